/* cli/kit/signals.c: SIGINT and SIGTERM. The first asks to stop in good order, the second ends at
 * once. */
#include "cli/kit/kit.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile int stop;

static void handle(int number)
{
    (void)number;
    if (stop)
        _exit(CLI_INTERRUPTED);
    stop = 1;
}

void cli_signals_catch(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handle;
    action.sa_flags = SA_RESTART; /* reads and writes under way go on */
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

volatile const int *cli_stop(void)
{
    return &stop;
}
