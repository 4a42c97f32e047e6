/* cli/run_split.c: a run keeps its validation set, whatever opens it: no sample that it learned
 * from judges it. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static bool has(const char *directory, const char *name)
{
    char *path = cli_path(directory, name);
    bool there = cli_exists(path);
    free(path);
    return there;
}

char *cli_run_of(const char *description)
{
    const char *name = cli_base_name(description);
    if (strcmp(name, "description.yaml") != 0)
        return NULL;
    int length = (int)(name - description);
    char *directory = length ? cli_format("%.*s", length, description) : cli_format("./");
    if (has(directory, "metrics.csv") || has(directory, "last.state.safetensors"))
        return directory;
    free(directory);
    return NULL;
}

/* Runs made before there were keys for it drew with the seed of training, from all samples. */
bool cli_run_split(const char *directory, fsnn_holdout *split)
{
    fsnn_description *description = NULL;
    *split = (fsnn_holdout){0};
    if (!directory)
        return false;
    char *path = cli_path(directory, "description.yaml");
    if (cli_exists(path) && fsnn_description_read(path, NULL, 0, &description) >= 0) {
        *split = fsnn_description_holdout(description);
        if (!split->given) {
            split->seed = fsnn_description_training(description)->seed;
            split->by_class = false;
        }
        fsnn_description_destroy(description);
    }
    free(path);
    return split->share > 0;
}

static char *in_words(const fsnn_holdout *split)
{
    return cli_format("data.validation %g, data.split_seed %llu, data.split_by %s", split->share,
                      (unsigned long long)split->seed, split->by_class ? "class" : "sample");
}

int cli_run_other_split(const char *directory, const fsnn_holdout *run, const fsnn_holdout *now,
                        bool go_on)
{
    char *was = in_words(run), *is = in_words(now);
    char *text = cli_format("%s drew its validation set with %s, and this is %s: samples that the "
                            "run has learned from would judge it",
                            directory, was, is);
    int code = CLI_GOOD;
    if (go_on)
        code = cli_error(CLI_USAGE, "--resume: %s; leave these keys as they were", text);
    else
        cli_warn("%s", text);
    free(was);
    free(is);
    free(text);
    return code;
}
