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

int cli_run_weights(const char *operand, bool needed, const char **weights, char **owned)
{
    const char *directory = *weights ? *weights : operand;
    *owned = NULL;
    if (!cli_is_directory(directory))
        return CLI_GOOD;
    int code = cli_enter(directory);
    if (code != CLI_GOOD)
        return code;
    if (directory == operand && !has(operand, "description.yaml"))
        return cli_error(CLI_USAGE,
                         "%s: is a directory, but no run: there is no description.yaml in it",
                         operand);
    fsnn_status status = fsnn_run_weights(directory, owned);
    if (status >= 0)
        *weights = *owned;
    else if (status != FSNN_ENOTFOUND)
        return cli_fail(status);
    else if (*weights || needed)
        return cli_error(CLI_USAGE, "%s", fsnn_error_text());
    return CLI_GOOD;
}
