/* cli/kit/message.c: lines on stderr. Errors are always shown, the rest not with --quiet; colour
 * only on a terminal and without NO_COLOR (https://no-color.org). */
#include "cli/kit/kit.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static struct {
    const char *command;
    bool quiet, terminal, colour, figure_lost;
} here = {.command = ""};

void cli_message_setup(const char *command, bool quiet)
{
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    here.command = command;
    here.quiet = quiet;
    here.terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
    here.colour = here.terminal && !(no_color && *no_color);
}

bool cli_quiet(void)
{
    return here.quiet;
}

bool cli_terminal(void)
{
    return here.terminal;
}

bool cli_colour(void)
{
    return here.colour;
}

int cli_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/* A line behind `label`, broken where a terminal is too narrow; as it is where there is no memory
 * to break it in. */
static void put(const char *label, const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    char *text = cli_vformat_clean(format, list), *line = NULL;
    if (text && asprintf(&line, "%s%s\n", label, text) >= 0) {
        cli_put_lines(stderr, line, here.terminal ? cli_width() : 0);
        free(line);
    } else {
        fputs(label, stderr);
        cli_vprint_clean(stderr, format, again);
        fputc('\n', stderr);
    }
    va_end(again);
    free(text);
}

void cli_say(const char *format, ...)
{
    if (here.quiet)
        return;
    va_list list;
    va_start(list, format);
    put("", format, list);
    va_end(list);
}

/* "fsnn run: error: sentence": one line, the label in colour. */
static void labelled(const char *label, const char *escape, const char *format, va_list list)
{
    char begin[64];
    if (here.colour)
        snprintf(begin, sizeof begin, "%s%s%s: \033[%sm%s\033[0m ", cli_program,
                 *here.command ? " " : "", here.command, escape, label);
    else
        snprintf(begin, sizeof begin, "%s%s%s: %s ", cli_program, *here.command ? " " : "",
                 here.command, label);
    put(begin, format, list);
}

void cli_warn(const char *format, ...)
{
    if (here.quiet)
        return;
    va_list list;
    va_start(list, format);
    labelled("warning:", "33", format, list);
    va_end(list);
}

int cli_error(int code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    labelled("error:", "31", format, list);
    va_end(list);
    return code;
}

int cli_fail(fsnn_status status)
{
    const char *text = fsnn_error_text();
    int code = status == FSNN_EDESCRIPTION   ? CLI_USAGE
               : status == FSNN_EINTERRUPTED ? CLI_INTERRUPTED
                                             : CLI_FAILED;
    return cli_error(code, "%s", *text ? text : fsnn_status_meaning(status));
}

int cli_fail_description(fsnn_status status)
{
    int code = cli_fail(status);
    return status == FSNN_EMEMORY || status == FSNN_EDENSE ? code : CLI_USAGE;
}

int cli_figure_done(fsnn_status status, const char *path)
{
    if (status >= 0)
        return 1;
    here.figure_lost = true;
    cli_warn("no figure %s.png: %s", path, fsnn_error_text());
    return 0;
}

void cli_figures_lost(const char *what)
{
    here.figure_lost = true;
    cli_warn("no figures of %s: %s", what, fsnn_error_text());
}

bool cli_figure_lost(void)
{
    return here.figure_lost;
}
