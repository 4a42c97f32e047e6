/* cli/start.c: commands that are programs of their own. They stand beside this program, as a build
 * leaves them, or in the directory of an installation, found from this program's own place so that
 * the tree may be moved. */
#include "cli/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const cli_command cli_bench = {
    .name = "bench",
    .summary = "speed of this machine on standard workloads",
    .program = "fsnn-bench",
};

/* From the directory of this program; the second is the build's: "../libexec/fsnn". */
static const char *const places[] = {".", FSNN_PROGRAMS};

char *cli_own_program(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return NULL;
    path[length] = '\0';
    return cli_format("%s", path);
}

/* The directory this program stands in, to be freed. */
static char *own_directory(void)
{
    char *path = cli_own_program(), *slash = path ? strrchr(path, '/') : NULL;
    if (slash)
        slash[slash == path] = '\0'; /* "/" stays */
    return path;
}

/* Why none of the places had it: `found` says that the last one did. */
static int refuse(const char *program, const char *directory, bool found)
{
    if (!directory)
        return cli_error(CLI_FAILED,
                         "%s cannot be looked for: /proc does not say where fsnn stands", program);
    if (found)
        return cli_error(CLI_FAILED, "%s does not start: %s", program, strerror(errno));
    return cli_error(CLI_FAILED,
                     "the program %s is missing, fsnn was built or installed without it: it is "
                     "neither in %s nor in %s/%s",
                     program, directory, directory, places[1]);
}

bool cli_has_program(const char *program)
{
    char *directory = own_directory();
    bool has = false;
    for (int i = 0; directory && !has && i < CLI_COUNT(places); i++) {
        char *path = cli_format("%s/%s/%s", directory, places[i], program);
        has = access(path, X_OK) == 0;
        free(path);
    }
    free(directory);
    return has;
}

bool cli_on_path(const char *program)
{
    bool has = false;
    for (const char *at = getenv("PATH"); at && !has; at = strchr(at, ':'), at += at != NULL) {
        int length = (int)strcspn(at, ":");
        char *path = cli_format("%.*s/%s", length ? length : 1, length ? at : ".", program);
        has = access(path, X_OK) == 0 && cli_is_file(path);
        free(path);
    }
    return has;
}

int cli_start(const cli_command *command, int argc, char **argv)
{
    char **argument = cli_allocate((size_t)argc + 2, sizeof *argument);
    char *directory = own_directory();
    bool found = false;
    cli_message_setup(command->name, false);
    argument[0] = (char *)command->program;
    memcpy(argument + 1, argv, (size_t)argc * sizeof *argv);
    for (int i = 0; directory && !found && i < CLI_COUNT(places); i++) {
        char *path = cli_format("%s/%s/%s", directory, places[i], command->program);
        execv(path, argument);
        found = errno != ENOENT && errno != ENOTDIR;
        free(path);
    }
    int code = refuse(command->program, directory, found);
    free(directory);
    free(argument);
    return code;
}
