/* Sentences with numbers that read back as what they are. C's printf has no such conversion, so the
 * format is cut into pieces of one conversion each, and each is printed with its argument by
 * snprintf, but for the plain %g. */
#include "base/sentence.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *fsnn_number_text(char out[FSNN_NUMBER_SIZE], double x)
{
    bool single = (double)(float)x == x;
    x = fsnn_number_told(x);
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(out, FSNN_NUMBER_SIZE, "%.*g", digits, x);
        double back = strtod(out, NULL);
        if (back == x || (single && (float)back == (float)x))
            break;
    }
    return out;
}

int fsnn_digits_apart(double a, double b)
{
    char one[FSNN_NUMBER_SIZE], other[FSNN_NUMBER_SIZE];
    for (int digits = 4; digits < 17; digits++) {
        snprintf(one, sizeof one, "%.*g", digits, a);
        snprintf(other, sizeof other, "%.*g", digits, b);
        if (strcmp(one, other) != 0)
            return digits;
    }
    return 17;
}

/* x to four digits, and the next such number towards `direction` where that is beyond x. */
static double limit(double x, int direction)
{
    char text[FSNN_NUMBER_SIZE];
    if (!(x > 0) || isinf(x))
        return x;
    snprintf(text, sizeof text, "%.4g", x);
    double rounded = strtod(text, NULL), unit = pow(10, floor(log10(x)) - 3);
    return (rounded - x) * direction < 0 ? rounded + direction * unit : rounded;
}

double fsnn_limit_below(double x)
{
    return limit(x, -1);
}

double fsnn_limit_above(double x)
{
    return limit(x, 1);
}

/* The text so far; `length` goes on counting where it is full. */
typedef struct writer {
    char *out;
    size_t size, length;
    bool failed;
} writer;

static void put(writer *w, const char *text, size_t length)
{
    if (w->length + 1 < w->size) {
        size_t free = w->size - 1 - w->length;
        memcpy(w->out + w->length, text, length < free ? length : free);
    }
    w->length += length;
}

/* One conversion: "%-8.3lld" with its stars replaced by numbers. */
typedef struct conversion {
    char spec[64];
    char length[3]; /* "", "l", "ll", "z", ... */
    char kind;
    bool plain; /* no flags, width or precision */
} conversion;

/* Reads the conversion at `p`, behind its '%'; returns what follows it. */
static const char *conversion_read(conversion *c, const char *p, va_list *args)
{
    size_t used = 0, lengths = 0;
    memset(c, 0, sizeof *c);
    c->spec[used++] = '%';
    c->plain = true;
    for (; *p && strchr("-+ #0123456789.*", *p); p++) {
        c->plain = false;
        if (used + 16 < sizeof c->spec) {
            if (*p == '*')
                used += (size_t)snprintf(c->spec + used, 16, "%d", va_arg(*args, int));
            else
                c->spec[used++] = *p;
        }
    }
    for (; *p && strchr("hlzjtL", *p); p++)
        if (lengths + 1 < sizeof c->length)
            c->spec[used++] = c->length[lengths++] = *p;
    c->kind = *p;
    c->spec[used] = *p;
    return *p ? p + 1 : p;
}

static int whole_number(char *out, size_t size, const char *spec, const char *length, va_list *args)
{
    if (strcmp(length, "l") == 0)
        return snprintf(out, size, spec, va_arg(*args, long));
    if (strcmp(length, "ll") == 0)
        return snprintf(out, size, spec, va_arg(*args, long long));
    if (strcmp(length, "z") == 0)
        return snprintf(out, size, spec, va_arg(*args, size_t));
    if (strcmp(length, "j") == 0)
        return snprintf(out, size, spec, va_arg(*args, intmax_t));
    if (strcmp(length, "t") == 0)
        return snprintf(out, size, spec, va_arg(*args, ptrdiff_t));
    return snprintf(out, size, spec, va_arg(*args, int)); /* h and hh arrive as int */
}

/* Prints the conversion with the next argument. */
static int conversion_print(const conversion *c, char *out, size_t size, va_list *args)
{
    if (c->kind == '%')
        return snprintf(out, size, "%%");
    if (c->kind == 's')
        return snprintf(out, size, c->spec, va_arg(*args, const char *));
    if (c->kind == 'p')
        return snprintf(out, size, c->spec, va_arg(*args, void *));
    if (!strchr("aefgAEFG", c->kind))
        return whole_number(out, size, c->spec, c->length, args);
    if (c->length[0] == 'L')
        return snprintf(out, size, c->spec, va_arg(*args, long double));
    return snprintf(out, size, c->spec, va_arg(*args, double));
}

static void put_conversion(writer *w, const conversion *c, va_list *args)
{
    char number[FSNN_NUMBER_SIZE];
    if (c->kind == 'g' && c->plain && !c->length[0]) {
        fsnn_number_text(number, va_arg(*args, double));
        put(w, number, strlen(number));
        return;
    }
    size_t place = w->length < w->size ? w->length : w->size - 1;
    int length = conversion_print(c, w->out + place, w->size - place, args);
    w->failed |= length < 0;
    w->length += length < 0 ? 0 : (size_t)length;
}

int fsnn_sentence(char *out, size_t size, const char *format, va_list args)
{
    writer w = {out, size, 0, false};
    va_list rest;
    va_copy(rest, args);
    while (*format) {
        size_t plain = strcspn(format, "%");
        put(&w, format, plain);
        format += plain;
        if (*format == '%') {
            conversion c;
            format = conversion_read(&c, format + 1, &rest);
            put_conversion(&w, &c, &rest);
        }
    }
    va_end(rest);
    out[w.length < size ? w.length : size - 1] = 0;
    return w.failed ? -1 : (int)w.length;
}
