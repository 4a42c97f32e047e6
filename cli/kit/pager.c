/* cli/kit/pager.c: a text longer than the terminal goes through the user's pager. */
#include "cli/kit/kit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int rows(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

static bool is_long(const char *text)
{
    int lines = 0, most = rows() - 1;
    for (; *text && lines <= most; text++)
        lines += *text == '\n';
    return lines > most;
}

/* A pager that is quit before its end closes the pipe: no fault. */
static bool through(const char *pager, const char *text)
{
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    setenv("LESS", "FRX", 0); /* as git does: colours, and no page for what fits */
    fflush(stdout);
    FILE *out = popen(pager, "w");
    if (out)
        fputs(text, out);
    bool good = out && pclose(out) == 0;
    signal(SIGPIPE, before);
    return good;
}

void cli_page(const char *text)
{
    const char *pager = getenv("PAGER"), *term = getenv("TERM");
    bool terminal = isatty(STDOUT_FILENO) && isatty(STDIN_FILENO) && term && strcmp(term, "dumb");
    if (!pager)
        pager = "less 2>/dev/null || more";
    if (!terminal || !*pager || !is_long(text) || !through(pager, text))
        fputs(text, stdout);
}
