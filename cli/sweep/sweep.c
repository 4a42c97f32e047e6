/* cli/sweep/sweep.c: fsnn sweep: one description with many values of its keys, each combination a
 * run of its own. */
#include "cli/sweep/sweep.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct options {
    cli_common common;
    const char *out, *slurm;
    cli_int jobs, job;
    bool list;
} options;

static const cli_option table[] = {
    {"out", 'o', CLI_PATH, offsetof(options, out), "DIR",
     "folder of the runs (default: out of SPEC.yaml, or runs/NAME)", 0, 0},
    {"jobs", 'j', CLI_INT, offsetof(options, jobs), "N",
     "jobs at a time (default: processors divided by --threads)", 1, 1024},
    {"list", 0, CLI_FLAG, offsetof(options, list), NULL,
     "print the jobs, whether each is done, and its command; run nothing", 0, 0},
    {"slurm", 0, CLI_PATH, offsetof(options, slurm), "FILE",
     "write a script for sbatch, a task a job; run nothing", 0, 0},
    {"job", 0, CLI_INT, offsetof(options, job), "N",
     "run job N only, with its output here: what a task of that script does", 1, FSNN_SWEEP_JOBS},
    {"threads", 0, CLI_INT, offsetof(cli_common, threads), "N", "threads of each job (default: 1)",
     1, 4096},
    CLI_ROWS_LAST,
};

static int list_jobs(const sweep_work *w)
{
    static const char *const word[] = {
        [JOB_NEW] = "new", [JOB_SAVED] = "saved", [JOB_DONE] = "done"};
    for (int i = 0; i < fsnn_sweep_jobs(w->sweep); i++) {
        fsnn_sweep_job job;
        if (fsnn_sweep_at(w->sweep, i, &job) < 0)
            return cli_fail(FSNN_EARGUMENT);
        job_state state = job_look(w, &job);
        char **argument = job_arguments(w, &job, state), *other = job_difference(w, &job);
        cli_out("%5d  %-5s  %s\n", i + 1, other ? "other" : word[state], job.name);
        if (other)
            cli_out("              a run of other settings is there: %s\n", other);
        free(other);
        cli_out("              fsnn");
        for (int k = 1; argument[k]; k++) {
            cli_out(" ");
            shell_word(stdout, argument[k]);
        }
        cli_out("\n");
        job_free(argument);
    }
    return CLI_GOOD;
}

static int default_jobs(const sweep_work *w)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors > w->threads ? (int)(processors / w->threads) : 1;
}

static int run_jobs(const options *o, const sweep_work *w)
{
    int code = cli_make_directory(w->folder);
    if (code != CLI_GOOD)
        return code;
    cli_signals_catch();
    cli_signals_keep(); /* jobs are told to stop, and waited for */
    if (o->job.given)
        return job_run(w, (int)o->job.value - 1);
    code = jobs_run(w, o->jobs.given ? (int)o->jobs.value : default_jobs(w));
    if (code == CLI_GOOD)
        cli_say("compare them with: fsnn compare %s", w->folder);
    return code;
}

static int with_sweep(const options *o, fsnn_sweep *sweep)
{
    sweep_work w = {.sweep = sweep,
                    .program = cli_own_program(),
                    .folder = o->out ? o->out : fsnn_sweep_directory(sweep),
                    .threads = o->common.threads.given ? (int)o->common.threads.value : 1};
    fsnn_status status = fsnn_sweep_check(sweep); /* before the first is trained */
    int code = status < 0 ? cli_fail_description(status) : CLI_GOOD;
    if (code == CLI_GOOD)
        code = o->list    ? list_jobs(&w)
               : o->slurm ? slurm_write(&w, o->common.operand[0], o->slurm)
                          : run_jobs(o, &w);
    free(w.program);
    return code;
}

static int run(void *given)
{
    const options *o = given;
    fsnn_sweep *sweep;
    if (o->list + (o->slurm != NULL) + o->job.given > 1)
        return cli_error(CLI_USAGE, "give one of --list, --slurm and --job");
    if (o->jobs.given && (o->list || o->slurm || o->job.given))
        return cli_error(CLI_USAGE, "--jobs is of a sweep that runs here: leave it out");
    fsnn_status status = fsnn_sweep_open(o->common.operand[0], &sweep);
    if (status < 0)
        return cli_fail_description(status);
    int code = with_sweep(o, sweep);
    fsnn_sweep_close(sweep);
    return code;
}

const cli_command cli_sweep = {
    .name = "sweep",
    .summary = "train a description with many values of its keys",
    .operands = "SPEC.yaml",
    .usage = "SPEC.yaml [options]",
    .details =
        "SPEC.yaml names a description and what is varied:\n\n"
        "  description: NET.yaml\n"
        "  out: runs/sweep\n"
        "  set:\n"
        "    dynamics.alpha: [0.5, 0.7, 1]\n"
        "    training.optimizer.lr: [0.001, 0.01]\n"
        "  seeds: 5\n\n"
        "Every combination is a job: a run in a directory of its own, OUT/NAME, with its output in "
        "OUT/NAME.log, and OUT/NAME.done at its end. The same command again goes on with what is "
        "not done; it is refused where a run there is of other settings. fsnn compare OUT gathers "
        "the runs.",
    .examples = "  fsnn sweep alpha.yaml --list\n"
                "  fsnn sweep alpha.yaml --jobs 4\n"
                "  fsnn sweep alpha.yaml --slurm alpha.sh && sbatch alpha.sh\n",
    .option = table,
    .min_operands = 1,
    .max_operands = 1,
    .size = sizeof(options),
    .run = run,
};
