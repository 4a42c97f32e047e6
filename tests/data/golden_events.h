/* tests/data/golden_events.h: a recording against a line of tests/golden/events.txt, what a program
 * of its own found in it. */
#ifndef FSNN_TEST_GOLDEN_EVENTS_H
#define FSNN_TEST_GOLDEN_EVENTS_H

#include "data/files.h"

#include <fsnn/events.h>

static inline void golden_same_event(const fsnn_event *e, const long long *txyp)
{
    assert_int_equal(e->t, txyp[0]);
    assert_int_equal(e->x, txyp[1]);
    assert_int_equal(e->y, txyp[2]);
    assert_int_equal(e->p, txyp[3]);
}

/* `numbers` is the line behind its name: number, first, last event, sums, hash. */
static inline void golden_check(const fsnn_events *e, const char *numbers)
{
    long long count, first[4], last[4], sum[3], got[3] = {0};
    unsigned long long want;
    uint64_t h = 0;
    assert_int_equal(sscanf(numbers,
                            "%lld %lld %lld %lld %lld %lld %lld %lld %lld %lld %lld %lld %llu",
                            &count, &first[0], &first[1], &first[2], &first[3], &last[0], &last[1],
                            &last[2], &last[3], &sum[0], &sum[1], &sum[2], &want),
                     13);
    assert_int_equal(e->count, count);
    golden_same_event(&e->event[0], first);
    golden_same_event(&e->event[e->count - 1], last);
    for (int64_t i = 0; i < e->count; i++) {
        const fsnn_event *v = &e->event[i];
        const uint64_t value[4] = {(uint64_t)v->t, v->x, v->y, v->p};
        for (int k = 0; k < 4; k++)
            h = h * 31 + value[k];
        got[0] += v->x, got[1] += v->y, got[2] += v->p;
    }
    for (int k = 0; k < 3; k++)
        assert_int_equal(got[k], sum[k]);
    assert_true(h == want);
    /* jAER writes some events behind later ones */
    assert_true(e->disorder == 0 || !strcmp(e->format, "AEDAT 2.0"));
}

#endif
