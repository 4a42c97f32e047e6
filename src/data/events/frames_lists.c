/* data/events/frames_lists.c: frames as lists of what is not 0. Events come frame by frame, so two
 * frames at a time are summed (two, because voxels share an event between neighbours); the
 * elements that were touched are remembered, sorted, listed and set back to 0. O(events log
 * events) a sample. */
#include "data/events/frames_walk.h"
#include "data/sparse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Frames k with k mod 2 = 0 and 1. */
typedef struct window {
    float *sum[2];       /* [N] */
    uint8_t *known[2];   /* [N] whether it stands in `touched` */
    int32_t *touched[2]; /* [N] */
    int64_t count[2];
} window;

typedef struct lister {
    const fsnn_frames *frames;
    sparse_rows *out;
    window w;
    int64_t next; /* the frame that is listed next */
    fsnn_status status;
} lister;

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static float largest(const lister *l, int side)
{
    float most = 0;
    for (int64_t i = 0; i < l->w.count[side]; i++)
        most = fmaxf(most, fabsf(l->w.sum[side][l->w.touched[side][i]]));
    return most;
}

static float value_of(const lister *l, float sum, float most)
{
    if (l->frames->value == FSNN_FRAMES_BINARY)
        return sum > 0 ? 1.0F : sum < 0 ? -1.0F : 0.0F;
    return l->frames->value == FSNN_FRAMES_NORMALIZED && most > 0 ? sum / most : sum;
}

/* Lists frame l->next and empties its sums. */
static void list(lister *l)
{
    int side = (int)(l->next % 2);
    int32_t *touched = l->w.touched[side];
    int64_t n = l->w.count[side], at = l->out->start[l->next];
    float *sum = l->w.sum[side], most = largest(l, side);
    if (l->status == FSNN_OK)
        l->status = sparse_reserve(l->out, at, at + n);
    qsort(touched, (size_t)n, sizeof *touched, by_value);
    for (int64_t i = 0; i < n; i++) {
        float value = value_of(l, sum[touched[i]], most);
        if (value != 0 && l->status == FSNN_OK) {
            l->out->index[at] = touched[i];
            l->out->value[at++] = value;
        }
        sum[touched[i]] = 0;
        l->w.known[side][touched[i]] = 0;
    }
    l->w.count[side] = 0;
    l->out->start[++l->next] = at;
}

static void add(void *user, int64_t k, int64_t i, float weight)
{
    lister *l = user;
    int side = (int)(k % 2);
    while (l->next + 1 < k) /* the frame before may get more */
        list(l);
    if (!l->w.known[side][i]) {
        l->w.known[side][i] = 1;
        l->w.touched[side][l->w.count[side]++] = (int32_t)i;
    }
    l->w.sum[side][i] += weight;
}

static fsnn_status open_window(window *w, int64_t N)
{
    bool good = true;
    for (int side = 0; side < 2; side++) {
        w->sum[side] = fsnn_alloc((size_t)N * sizeof(float));
        w->known[side] = fsnn_alloc((size_t)N);
        w->touched[side] = fsnn_alloc((size_t)N * sizeof(int32_t));
        good = good && w->sum[side] && w->known[side] && w->touched[side];
    }
    return good ? FSNN_OK : FSNN_EMEMORY;
}

static void close_window(window *w)
{
    for (int side = 0; side < 2; side++) {
        fsnn_free(w->sum[side]);
        fsnn_free(w->known[side]);
        fsnn_free(w->touched[side]);
    }
}

static void list_all(lister *l, const place *p, const packed_event *event, int64_t n, int64_t last)
{
    l->out->start[0] = 0;
    frames_walk(l->frames, p, event, n, last, add, l);
    while (l->next < l->out->T)
        list(l);
}

fsnn_status frames_lists(const fsnn_frames *frames, int width, int height,
                         const packed_event *event, int64_t n, const augment_clip *clip,
                         sparse_rows *out)
{
    place p = place_of(frames, width, height);
    const place whole = {0, 0, p.W, p.H, p.W, p.H};
    int64_t last = last_time(event, n);
    changed_events left = {0};
    lister l = {.frames = frames, .out = out};
    FSNN_TRY(sparse_open(out, frames->count, channels(frames) * p.H * p.W));
    l.status = open_window(&l.w, out->N);
    if (clip && l.status == FSNN_OK)
        l.status = frames_change(&p, frames->cameras, event, n, clip, &left);
    if (l.status == FSNN_OK && clip)
        list_all(&l, &whole, left.event, left.n, last);
    else if (l.status == FSNN_OK)
        list_all(&l, &p, event, n, last);
    fsnn_free(left.event);
    close_window(&l.w);
    return l.status;
}
