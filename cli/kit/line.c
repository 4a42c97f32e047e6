/* cli/kit/line.c: a sign of life of what takes long: a line that is redrawn, on a terminal only. */
#include "cli/kit/kit.h"

#include <stdarg.h>
#include <time.h>

static const double patience = 1, redraw = 0.1; /* seconds */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

cli_line cli_line_begin(void)
{
    double now = seconds();
    return (cli_line){.start = now, .drawn = now};
}

void cli_line_draw(cli_line *line, const char *format, ...)
{
    double now = seconds();
    va_list list;
    if (!cli_terminal() || cli_quiet() || now - line->start < patience ||
        (line->visible && now - line->drawn < redraw))
        return;
    cli_signals_line(true); /* before it is drawn: a signal may come at any time */
    fputs("\r\033[K", stderr);
    va_start(list, format);
    cli_vprint_clean(stderr, format, list);
    va_end(list);
    fflush(stderr);
    line->visible = true;
    line->drawn = now;
}

void cli_line_end(cli_line *line)
{
    if (line->visible)
        fputs("\r\033[K", stderr);
    cli_signals_line(false);
    line->visible = false;
}
