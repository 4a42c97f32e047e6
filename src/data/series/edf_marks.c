/* data/series/edf_marks.c: annotations of EDF+ and BDF+: lists of a time, a duration that may be
 * missing, and texts: "+12.5" 21 "3" 20 "text" 20 "text" 20 0, the bytes 21 and 20 between them. */
#include "data/series/edf.h"

#include <math.h>
#include <string.h>

enum { BEFORE_DURATION = 21, BEFORE_TEXT = 20 };

typedef struct block {
    const uint8_t *at;
    size_t size;
} block;

static block notes_of(const edf *e, int64_t record, int64_t signal)
{
    const edf_signal *s = &e->signal[signal];
    return (block){e->records + record * e->record_size + s->at, (size_t)(s->samples * e->width)};
}

/* Digits with a point, up to a byte that is neither; no locale is asked. */
static bool decimal(const block *b, size_t *at, double *out)
{
    double unit = 0;
    size_t begin = *at;
    for (*out = 0; *at < b->size; ++*at) {
        uint8_t c = b->at[*at];
        if (c == '.' && unit == 0) {
            unit = 1;
        } else if (c >= '0' && c <= '9' && unit > 0) {
            unit /= 10;
            *out += (c - '0') * unit;
        } else if (c >= '0' && c <= '9') {
            *out = *out * 10 + (c - '0');
        } else {
            break;
        }
    }
    return *at > begin && *out < 1e12;
}

/* The time and duration that a list begins with, up to its first text. */
static bool read_times(const block *b, size_t *at, double *onset, double *duration)
{
    double sign = b->at[*at] == '-' ? -1 : 1;
    *duration = 0;
    if (b->at[*at] != '-' && b->at[*at] != '+')
        return false;
    ++*at;
    if (!decimal(b, at, onset))
        return false;
    *onset *= sign;
    if (*at < b->size && b->at[*at] == BEFORE_DURATION) {
        ++*at;
        if (!decimal(b, at, duration))
            return false;
    }
    return *at < b->size && b->at[(*at)++] == BEFORE_TEXT;
}

bool edf_record_start(const edf *e, int64_t record, int64_t notes, double *onset)
{
    const block b = notes_of(e, record, notes);
    double duration;
    size_t at = 0;
    return read_times(&b, &at, onset, &duration);
}

static int damaged(const edf_marks *m)
{
    return (int)fsnn_fail(FSNN_EFORMAT,
                          "%s: the annotations of record %lld are no list of times and texts (byte "
                          "%zu of signal %lld)",
                          m->of->path, (long long)m->record, m->at, (long long)m->signal);
}

/* The next text of this record and signal: 1; 0: there is none; negative on error. */
static int next_here(edf_marks *m, const block *b, edf_mark *out)
{
    for (;;) {
        while (!m->inside && m->at < b->size && b->at[m->at] == 0)
            m->at++;
        if (m->at >= b->size)
            return m->inside ? damaged(m) : 0;
        if (!m->inside && !read_times(b, &m->at, &m->onset, &m->duration))
            return damaged(m);
        if (!m->inside || b->at[m->at] == 0) { /* a list begins, or ends */
            m->inside = !m->inside;
            continue;
        }
        const uint8_t *from = b->at + m->at, *end = memchr(from, BEFORE_TEXT, b->size - m->at);
        if (!end)
            return damaged(m);
        m->at += (size_t)(end - from) + 1;
        *out = (edf_mark){m->onset - m->of->first, m->duration, (const char *)from,
                          (size_t)(end - from)};
        if (out->length) /* without a text it keeps the time of the record */
            return 1;
    }
}

int edf_next(edf_marks *m, edf_mark *out)
{
    for (; m->record < m->of->count; m->record++, m->signal = 0)
        for (; m->signal < m->of->signals; m->signal++, m->at = 0, m->inside = false) {
            if (!m->of->signal[m->signal].notes)
                continue;
            const block b = notes_of(m->of, m->record, m->signal);
            int found = next_here(m, &b, out);
            if (found)
                return found;
        }
    return 0;
}
