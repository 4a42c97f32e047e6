/* data/events/events_walk.c: events are looked through in blocks, for each is looked at more than
 * once, and without branches where they stand in order, as nearly all do. */
#include "data/events/events_walk.h"

events_walk events_walk_begin(void)
{
    return (events_walk){.latest = {INT64_MIN, INT64_MIN}, .last = INT64_MIN};
}

/* Whether events [n] of one camera stand in order behind those before. */
static bool in_order(const fsnn_event *v, int64_t n, const events_walk *w)
{
    int64_t wrong = v[0].t < w->latest[0], second = v[0].camera;
    for (int64_t i = 1; i < n; i++) {
        wrong |= v[i].t < v[i - 1].t;
        second |= v[i].camera;
    }
    return !wrong && !second;
}

static void walk_each(const fsnn_event *v, int64_t n, events_walk *w)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t *at = &w->latest[v[i].camera];
        w->disorder += v[i].t < *at;
        *at = v[i].t > *at ? v[i].t : *at;
        w->mixed |= v[i].t < w->last;
        w->second |= v[i].camera;
        w->last = v[i].t;
    }
}

static void find_corner(const fsnn_event *v, int64_t n, events_walk *w)
{
    for (int64_t i = 0; i < n; i++) {
        w->x = v[i].x > w->x ? v[i].x : w->x;
        w->y = v[i].y > w->y ? v[i].y : w->y;
    }
}

void events_walk_on(events_walk *w, const fsnn_event *event, int64_t count)
{
    enum { BLOCK = 1024 };
    for (int64_t at = 0; at < count; at += BLOCK) {
        const fsnn_event *v = event + at;
        const int64_t n = count - at < BLOCK ? count - at : BLOCK;
        find_corner(v, n, w);
        if (in_order(v, n, w)) {
            w->mixed |= v[0].t < w->last;
            w->latest[0] = w->last = v[n - 1].t;
        } else {
            walk_each(v, n, w);
        }
    }
}
