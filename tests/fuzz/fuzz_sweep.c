/* tests/fuzz/fuzz_sweep.c: a sweep from any bytes; its jobs have names of their own. */
#include "fuzz.h"

#include "model/sweep.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    fuzz_seed_text(*argc, *argv, "values",
                   "description: a.yaml\nout: runs/b\nset:\n  dynamics.alpha: [0.5, 1]\n"
                   "  lif1: [{tau: 2}, \"x/y\", [1, null]]\nseeds: 3\n");
    fuzz_seed_text(*argc, *argv, "seeds", "{\"description\": \"a\", \"seeds\": [7, 8]}");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fsnn_sweep *sweep;
    fuzz_forget();
    if (!fuzz_good(sweep_parse("fuzz", (const char *)data, size, &sweep)))
        return 0;
    for (int i = 0; i < fsnn_sweep_jobs(sweep); i++) {
        fsnn_sweep_job job;
        fuzz_must(fsnn_sweep_at(sweep, i, &job));
        fuzz_check(*job.name && !strchr(job.name, '/') && *job.name != '.');
        for (int k = 0; k < job.sets; k++)
            fuzz_check(strchr(job.set[k], '=') != NULL);
    }
    fsnn_sweep_close(sweep);
    return 0;
}
