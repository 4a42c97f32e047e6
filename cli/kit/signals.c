/* cli/kit/signals.c: SIGINT, SIGTERM and SIGHUP. Once the work has begun, the first asks to stop in
 * good order and the second ends at once; before that there is nothing to keep, and the first ends
 * at once. And SIGXFSZ: what would end the program makes a write fail, which has a sentence. */
#include "cli/kit/kit.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile int stop;
static volatile sig_atomic_t line_open, working;

void cli_signals_line(bool open)
{
    line_open = open;
}

static void handle(int number)
{
    (void)number;
    static const char clear[] = "\r\033[K";
    if (stop || !working) {
        if (line_open && write(STDERR_FILENO, clear, sizeof clear - 1) < 0)
            _exit(CLI_FAILED);
        _exit(CLI_INTERRUPTED);
    }
    stop = 1;
}

void cli_signals_catch(void)
{
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    action.sa_handler = handle;
    action.sa_flags = SA_RESTART; /* reads and writes under way go on */
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) /* nohup */
        sigaction(SIGHUP, &action, NULL);
}

void cli_signals_keep(void)
{
    working = 1;
}

void cli_signals_setup(void)
{
    signal(SIGXFSZ, SIG_IGN);
}

volatile const int *cli_stop(void)
{
    return &stop;
}
