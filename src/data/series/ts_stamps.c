/* data/series/ts_stamps.c: values of .ts files that stand beside times: "(2007-01-01 00:01:00,4.5)"
 * or "(1.5,4.5)", dimensions apart by `:` outside of parentheses. */
#include "data/series/series_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Days from 1970-01-01 in the Gregorian calendar. */
static double days(int64_t y, int m, int d)
{
    y -= m <= 2; /* years begin in March */
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return (double)(era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468);
}

/* Seconds of a date, or the number; *dated says which. */
static bool read_stamp(const text_place *at, text stamp, double *out, bool *dated)
{
    char copy[64];
    int y, m, d, h = 0, min = 0, n = 0;
    double s = 0;
    stamp = text_trimmed(stamp);
    if (!stamp.size || stamp.size >= sizeof copy)
        return false;
    memcpy(copy, stamp.at, stamp.size);
    copy[stamp.size] = 0;
    int got = sscanf(copy, "%4d-%2d-%2d%*1[ T]%2d:%2d%n", &y, &m, &d, &h, &min, &n);
    *dated = got >= 3 && m >= 1 && m <= 12 && d >= 1 && d <= 31;
    if (!*dated) {
        float x;
        bool good = text_value(at, stamp, 0, 0, &x) == FSNN_OK && !isnan(x);
        *out = good ? strtod_l(copy, NULL, at->plain) : 0;
        return good;
    }
    if (got == 5 && copy[n] == ':') {
        char *end;
        s = strtod_l(copy + n + 1, &end, at->plain);
        n = (int)(end - copy);
    }
    *out = days(y, m, d) * 86400 + h * 3600 + min * 60 + s;
    return isfinite(*out) && (got == 3 || !copy[n]);
}

/* The next time of a dimension, number k of it. */
static fsnn_status follow(const text_place *at, ts_stamps *s, text stamp, int64_t k)
{
    double t;
    bool dated;
    char found[48];
    if (!read_stamp(at, stamp, &t, &dated))
        return fsnn_fail(FSNN_EFORMAT,
                         "%s:%lld: the time stamp \"%s\" is neither a number nor a date like "
                         "2007-01-31 10:20:30",
                         at->path, (long long)at->line, text_shown(stamp, found));
    if (k && !(t > s->last))
        return fsnn_fail(FSNN_EFORMAT,
                         "%s:%lld: the time stamp \"%s\" is not after the one before it", at->path,
                         (long long)at->line, text_shown(stamp, found));
    if (k == 1 && s->step == 0)
        s->step = t - s->last;
    s->uneven = s->uneven || (k && fabs(t - s->last - s->step) > 1e-3 * s->step);
    s->dated = dated;
    s->last = t;
    return FSNN_OK;
}

/* "(stamp,value)" at the beginning of *rest, cut off. */
static fsnn_status read_pair(const text_place *at, text *rest, ts_stamps *s, int64_t k, text *value)
{
    char found[48];
    const char *end = memchr(rest->at, ')', rest->size);
    size_t n = end ? (size_t)(end - rest->at) : 0, comma = n;
    while (comma && rest->at[comma] != ',')
        comma--;
    if (!comma)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s:%lld: \"%s\" is no time stamp and value in parentheses, like "
                         "(2007-01-31 10:20:30,1.5)",
                         at->path, (long long)at->line, text_shown(*rest, found));
    *value = (text){rest->at + comma + 1, n - comma - 1};
    FSNN_TRY(follow(at, s, (text){rest->at + 1, comma - 1}, k));
    *rest = (text){rest->at + n + 1, rest->size - n - 1};
    return FSNN_OK;
}

fsnn_status ts_strip_stamps(const text_place *at, text line, char *out, text *stripped,
                            ts_stamps *s)
{
    size_t n = 0;
    int64_t k = 0; /* value of this dimension */
    while (line.size) {
        text value;
        if (*line.at != '(') {
            k = *line.at == ':' ? 0 : k;
            out[n++] = *line.at++;
            line.size--;
            continue;
        }
        FSNN_TRY(read_pair(at, &line, s, k++, &value));
        memcpy(out + n, value.at, value.size);
        n += value.size;
    }
    *stripped = (text){out, n};
    return FSNN_OK;
}
