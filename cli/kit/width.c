/* cli/kit/width.c: lines as wide as the terminal that they go to; elsewhere as they are. */
#include "cli/kit/kit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { NARROWEST = 20, FARTHEST_INDENT = 30, INDENT = 4 };

int cli_columns(int descriptor)
{
    struct winsize size;
    if (!isatty(descriptor))
        return 0;
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col >= NARROWEST)
        return size.ws_col;
    return 80;
}

/* Columns of the first `bytes` of a text in UTF-8. */
static int columns_of(const char *text, size_t bytes)
{
    int count = 0;
    for (size_t i = 0; i < bytes; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

/* Where the lines that follow the first begin: below its second column, where it has one. */
static int hang(const char *line, size_t length)
{
    size_t begin = strspn(line, " "), at = begin;
    while (at + 1 < length && !(line[at] == ' ' && line[at + 1] == ' '))
        at++;
    size_t second = at + strspn(line + at, " ");
    if (at > begin && at + 1 < length && second < length && second <= FARTHEST_INDENT)
        return (int)second;
    /* what is indented far is one column */
    return (int)begin + (begin < 2 * INDENT ? INDENT : 0);
}

/* The bytes of a line that go into `width` columns, up to a blank where there is one. */
static size_t piece_of(const char *line, size_t length, int width)
{
    size_t best = 0;
    for (size_t i = 1; i < length && columns_of(line, i) <= width; i++)
        if (line[i] == ' ' && line[i - 1] != ' ')
            best = i;
    if (best)
        return best;
    size_t next = strspn(line, " ");
    next += strcspn(line + next, " \n");
    return next < length ? next : length; /* a word longer than that stays whole */
}

static void print_line(FILE *out, const char *line, size_t length, int width)
{
    int indent = hang(line, length), column = 0;
    while (columns_of(line, length) > width - column) {
        size_t piece = piece_of(line, length, width - column);
        if (piece >= length)
            break;
        fprintf(out, "%.*s\n%*s", (int)piece, line, indent, "");
        column = indent;
        piece += strspn(line + piece, " ");
        line += piece < length ? piece : length;
        length -= piece < length ? piece : length;
    }
    fprintf(out, "%.*s", (int)length, line);
}

void cli_put_lines(FILE *out, const char *text, int width)
{
    if (width <= 0) {
        fputs(text, out);
        return;
    }
    while (*text) {
        size_t length = strcspn(text, "\n");
        print_line(out, text, length, width);
        text += length;
        if (*text)
            fputc(*text++, out);
    }
}

void cli_print(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    char *text = cli_vformat_clean(format, list);
    if (text)
        cli_put_lines(stdout, text, cli_columns(STDOUT_FILENO));
    else
        cli_vprint_clean(stdout, format, list);
    va_end(list);
    free(text);
}
