/* cli/run_directory.c: the directory of a run stands for its description and its weights. */
#include "cli/cli.h"

#include <stdlib.h>

static bool has(const char *directory, const char *name)
{
    char *path = cli_path(directory, name);
    bool there = cli_exists(path);
    free(path);
    return there;
}

static char *inside(const char *directory, const char *name)
{
    return has(directory, name) ? cli_path(directory, name) : NULL;
}

char *cli_run_description(const char *path)
{
    char *found = cli_is_directory(path) ? inside(path, "description.yaml") : NULL;
    return found ? found : cli_format("%s", path);
}

/* The best weights of a run, or else the last. */
static char *find_weights(const char *directory)
{
    static const char *const name[] = {"best.safetensors", "last.safetensors"};
    char *found = NULL;
    for (int i = 0; i < CLI_COUNT(name) && !found; i++)
        found = inside(directory, name[i]);
    return found;
}

int cli_run_weights(const char *operand, bool needed, const char **weights, char **owned)
{
    const char *directory = *weights ? *weights : operand;
    *owned = NULL;
    if (!cli_is_directory(directory))
        return CLI_GOOD;
    *owned = find_weights(directory);
    if (*owned)
        *weights = *owned;
    else if (*weights || (needed && has(directory, "description.yaml")))
        return cli_error(CLI_USAGE,
                         "%s: no weights are in this directory: neither best.safetensors nor "
                         "last.safetensors, which fsnn train writes",
                         directory);
    return CLI_GOOD;
}
