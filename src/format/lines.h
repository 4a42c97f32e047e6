/* format/lines.h: where lines of texts end: "\n", "\r\n", or "\r" alone, as programs of old Macs
 * and some instruments write. */
#ifndef FSNN_FORMAT_LINES_H
#define FSNN_FORMAT_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the character at `at`, before `end`, ends a line; of "\r\n" it is the second one. */
static inline bool line_ends(const char *at, const char *end)
{
    return *at == '\n' || (*at == '\r' && (at + 1 == end || at[1] != '\n'));
}

/* The character that ends the line at `at`, or `end`. A "\r" before it is still of the line. */
static inline const char *line_end(const char *at, const char *end)
{
    while (at < end && !line_ends(at, end))
        at++;
    return at;
}

#endif
