/* cli/kit/text.c: texts of files and of the command line, made safe for a terminal. Names may hold
 * anything: escape sequences that a terminal would obey, line ends that would forge lines, signs
 * that turn the direction of writing. In what programs print, each text that a format takes by %s
 * has them written out, as \x1b or \n; what stands in the format itself is the program's own. */
#include "cli/kit/kit.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Length of the UTF-8 character at s and its number; 0 where there is none (RFC 3629). */
static size_t character(const unsigned char *s, unsigned *code)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = *s < 0x80 ? 1 : *s >= 0xf0 ? 4 : *s >= 0xe0 ? 3 : 2;
    *code = length == 1 ? *s : *s & (0x7fu >> length);
    if ((*s >= 0x80 && *s < 0xc0) || *s >= 0xf8)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (s[i] & 0x3f);
    }
    bool surrogate = *code >= 0xd800 && *code < 0xe000;
    return *code < least[length] || *code > 0x10ffff || surrogate ? 0 : length;
}

/* Controls (C0, C1, delete), line and paragraph separators, and what turns the direction. */
static bool unsafe(unsigned code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static void put_byte(FILE *out, unsigned char byte, int *columns)
{
    static const char known[] = "\n\t\r", letter[] = "ntr";
    const char *at = strchr(known, byte);
    char text[8];
    snprintf(text, sizeof text, at ? "\\%c" : "\\x%02x", at ? letter[at - known] : byte);
    if (out)
        fputs(text, out);
    *columns += (int)strlen(text);
}

/* The first `most` bytes of a text at most; returns the columns that it takes. Without `out` only
 * these. */
static int put_safe(FILE *out, const char *text, size_t most)
{
    size_t size = strnlen(text, most), length;
    int columns = 0;
    while (size == most && size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
        size--; /* not within a character */
    for (size_t i = 0; i < size; i += length ? length : 1) {
        unsigned code;
        length = character((const unsigned char *)text + i, &code);
        if (length && !unsafe(code)) {
            if (out)
                fwrite(text + i, 1, length, out);
            columns++;
            continue;
        }
        for (size_t k = 0; k < (length ? length : 1); k++)
            put_byte(out, (unsigned char)text[i + k], &columns);
    }
    return columns;
}

/* ---- formats ---- */

/* One conversion of a format, "%-*.3s". */
typedef struct conversion {
    char flags[8];
    int width, precision; /* precision < 0: none */
    char length;          /* 'L' for ll, or h, l, z, j, t; 0: none */
    char kind;
} conversion;

static int number(const char **at, va_list *list)
{
    if (**at == '*') {
        (*at)++;
        return va_arg(*list, int);
    }
    return (int)strtol(*at, (char **)at, 10);
}

/* Reads behind the percent sign. */
static conversion read_conversion(const char **at, va_list *list)
{
    conversion c = {.precision = -1};
    size_t flags = strspn(*at, "-+ #0");
    memcpy(c.flags, *at, flags < 5 ? flags : 5);
    *at += flags;
    if (**at == '*' || (**at >= '1' && **at <= '9'))
        c.width = number(at, list);
    if (c.width < 0) {
        c.width = -c.width;
        strcat(c.flags, "-");
    }
    if (**at == '.') {
        (*at)++;
        c.precision = number(at, list);
    }
    while (**at && strchr("hlzjt", **at)) {
        c.length = c.length == 'l' && **at == 'l' ? 'L' : **at;
        (*at)++;
    }
    c.kind = *(*at)++;
    return c;
}

/* Padded by columns, not by bytes. */
static void put_text(FILE *out, const conversion *c, const char *text)
{
    size_t most = c->precision < 0 ? SIZE_MAX : (size_t)c->precision;
    text = text ? text : "(null)";
    int pad = c->width - put_safe(NULL, text, most);
    pad = pad > 0 ? pad : 0;
    if (!strchr(c->flags, '-'))
        fprintf(out, "%*s", pad, "");
    put_safe(out, text, most);
    if (strchr(c->flags, '-'))
        fprintf(out, "%*s", pad, "");
}

#define SPECIFIER "%%%s*.*"

static void put_integer(FILE *out, const conversion *c, va_list *list)
{
    char format[24];
    long long value = c->length == 'L'                   ? va_arg(*list, long long)
                      : c->length == 'l'                 ? va_arg(*list, long)
                      : c->length == 'z'                 ? (long long)va_arg(*list, size_t)
                      : c->length == 'j'                 ? (long long)va_arg(*list, intmax_t)
                      : c->length == 't'                 ? (long long)va_arg(*list, ptrdiff_t)
                      : c->kind == 'd' || c->kind == 'i' ? va_arg(*list, int)
                                                         : (long long)va_arg(*list, unsigned);
    snprintf(format, sizeof format, SPECIFIER "ll%c", c->flags, c->kind);
    fprintf(out, format, c->width, c->precision, value);
}

static void put_real(FILE *out, const conversion *c, va_list *list)
{
    char format[24];
    snprintf(format, sizeof format, SPECIFIER "%c", c->flags, c->kind);
    fprintf(out, format, c->width, c->precision, va_arg(*list, double));
}

static void put(FILE *out, const conversion *c, va_list *list)
{
    if (c->kind == '%') {
        fputc('%', out);
    } else if (c->kind == 's') {
        put_text(out, c, va_arg(*list, const char *));
    } else if (c->kind == 'c') {
        const char one[] = {(char)va_arg(*list, int), 0};
        put_text(out, c, one);
    } else if (strchr("diuoxX", c->kind)) {
        put_integer(out, c, list);
    } else {
        put_real(out, c, list);
    }
}

void cli_vprint_clean(FILE *out, const char *format, va_list given)
{
    va_list list;
    va_copy(list, given);
    while (*format) {
        size_t plain = strcspn(format, "%");
        fwrite(format, 1, plain, out);
        format += plain;
        if (*format) {
            format++;
            conversion c = read_conversion(&format, &list);
            put(out, &c, &list);
        }
    }
    va_end(list);
}

char *cli_vformat_clean(const char *format, va_list list)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return NULL;
    cli_vprint_clean(stream, format, list);
    if (fclose(stream) == 0)
        return text;
    free(text);
    return NULL;
}

void cli_out(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    cli_vprint_clean(stdout, format, list);
    va_end(list);
}
