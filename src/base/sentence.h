/* base/sentence.h: numbers and pieces of files in sentences. */
#ifndef FSNN_SENTENCE_H
#define FSNN_SENTENCE_H

#include <math.h>
#include <stdarg.h>
#include <stddef.h>

enum { FSNN_NUMBER_SIZE = 32 };

/* The shortest text, from six digits on, that reads back as x; as x in single precision where x is
 * such a number, which 0.1f shall not show as 0.10000000149011612. Returns `out`. */
const char *fsnn_number_text(char out[FSNN_NUMBER_SIZE], double x);

/* A piece of a file as text that ends in 0: what is no printable character of UTF-8 is '?', and
 * "..." stands in place of what does not fit into `capacity`, at least 8. Returns `out`. */
const char *fsnn_shown(char *out, size_t capacity, const char *text, size_t size);

/* x, or a NaN without the sign that printf would show. */
static inline double fsnn_number_told(double x)
{
    return isnan(x) ? fabs(x) : x;
}

/* The digits, four or more, from which on the texts of two numbers that differ are not the same. */
int fsnn_digits_apart(double a, double b);

/* A limit x > 0 to four digits on the side that is within it: not above x, or (up) not below. */
double fsnn_limit_below(double x);
double fsnn_limit_above(double x);

/* vsnprintf in which a plain %g is fsnn_number_text: 1.0000001 is not said to be 1 where it must
 * not be above 1. A precision (%.4g) means what it does in C. Always ends `out`; returns the length
 * that the whole text has, negative when C's own fails. */
int fsnn_sentence(char *out, size_t size, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

#endif
