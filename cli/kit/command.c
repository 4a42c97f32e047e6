/* cli/kit/command.c: one command from its arguments to its exit code. */
#include "cli/kit/kit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void cli_version(void)
{
    printf("fsnn %s\n%s\n", fsnn_version(), fsnn_built());
}

int cli_threads_set(const cli_common *common)
{
    if (!common->threads.given)
        return CLI_GOOD;
    fsnn_status status = fsnn_threads_set((int)common->threads.value);
    if (status < 0)
        return cli_fail(status);
    if (common->threads.value > fsnn_threads())
        cli_warn("--threads %lld: one thread computes, fsnn was built without OpenMP (configure it "
                 "with -DFSNN_OPENMP=ON)",
                 (long long)common->threads.value);
    return CLI_GOOD;
}

/* A value of FSNN_ISA that the library does not know changes nothing there. */
static void check_environment(void)
{
    const char *wish = getenv("FSNN_ISA");
    if (wish && *wish && strcmp(wish, fsnn_isa()) != 0)
        cli_warn("FSNN_ISA=%s changes nothing: this is neither base, avx2 nor avx512, or this "
                 "processor does not have it; %s is used",
                 wish, fsnn_isa());
}

int cli_command_run(const cli_command *command, int argc, char **argv)
{
    if (argc > 0 && strcmp(argv[0], CLI_COMPLETE) == 0) {
        cli_complete(command, argc - 1, argv + 1);
        return CLI_GOOD;
    }
    cli_common *common = cli_allocate(1, command->size);
    cli_message_setup(command->name, false);
    int code = cli_options_parse(command, argc, argv, common);
    if (code == CLI_GOOD) {
        cli_message_setup(command->name, common->quiet);
        check_environment();
        if (common->help)
            cli_help(command);
        else if (common->version)
            cli_version();
        else
            code = command->run(common);
        cli_directories_end(code != CLI_GOOD);
    }
    cli_options_free(command, common);
    free(common);
    return code;
}

/* The next file that is opened would get the number of a stream that is closed, and what is printed
 * would go into that file. */
void cli_streams_setup(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0 &&
            open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) != stream)
            exit(CLI_FAILED);
}

/* stdout is where results go: a full disk or a closed pipe behind it is a failure. */
int cli_close(int code)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        int failed = cli_error(CLI_FAILED, "the results could not be written to standard output");
        return code == CLI_GOOD ? failed : code;
    }
    return code;
}
