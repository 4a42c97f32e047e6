/* cli/check_file.c: the check of commands that tell the kind of a file by its content. */
#include "cli/cli.h"

int cli_check_file(const char *path)
{
    if (cli_is_file(path))
        return CLI_GOOD;
    if (cli_is_directory(path))
        return cli_enter(path);
    if (cli_exists(path))
        return cli_error(CLI_FAILED,
                         "%s: is a pipe or a device, and it takes more than one look "
                         "to find what it holds: save it as a file",
                         path);
    return fsnn_file_check(path) < 0 ? cli_fail(FSNN_EFORMAT) : CLI_GOOD;
}
