/* cli/sweep/slurm.c: the jobs of a sweep as an array of Slurm: a task asks fsnn sweep for its job,
 * so the script is short and every task can be started again. */
#include "cli/sweep/sweep.h"

int slurm_write(const sweep_work *w, const char *spec, const char *path)
{
    fsnn_file file;
    if (fsnn_file_create(&file, path) < 0)
        return cli_fail(FSNN_EIO);
    fprintf(file.stream,
            "#!/bin/bash\n"
            "#SBATCH --job-name=fsnn-sweep\n"
            "#SBATCH --array=1-%d\n"
            "#SBATCH --ntasks=1\n"
            "#SBATCH --cpus-per-task=%d\n"
            "#SBATCH --time=04:00:00\n"
            "#SBATCH --signal=B:TERM@120\n"
            "# Submit it again for what is not done: runs that were stopped go on.\n"
            "exec fsnn sweep ",
            fsnn_sweep_jobs(w->sweep), w->threads);
    shell_word(file.stream, spec);
    fputs(" --out ", file.stream);
    shell_word(file.stream, w->folder);
    fprintf(file.stream, " --threads %d --job \"$SLURM_ARRAY_TASK_ID\"\n", w->threads);
    fsnn_status status = fsnn_file_commit(&file);
    if (status < 0)
        return cli_fail(status);
    cli_say("%s: an array of %d jobs; submit it with: sbatch %s", path, fsnn_sweep_jobs(w->sweep),
            path);
    return CLI_GOOD;
}
