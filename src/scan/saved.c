/* The state of a scan as bytes: the header, then tile by tile the rows that later steps ask for,
 * modes, counts, first drives, extremes; then the same of the states beside v. A history that is
 * kept whole may stay where it is: then only its length is noted. */
#include "scan/front.h"
#include "scan/history.h"

#include <string.h>

typedef struct header {
    int64_t time, u, x; /* steps since the reset; rows of states and of the history apart */
    uint64_t run;       /* of the noise */
} header;

/* Goes through all that is saved, in order: copies out, in, or only counts. */
typedef struct pass {
    char *out;
    const char *in;
    size_t bytes;
} pass;

static void one(pass *p, void *data, size_t bytes)
{
    if (p->out)
        memcpy(p->out + p->bytes, data, bytes);
    if (p->in)
        memcpy(data, p->in + p->bytes, bytes);
    p->bytes += bytes;
}

/* The last rows of each tile, at most `keep` where that is a number; read back they become the
 * first ones. */
static void rows(const scan *s, const scan_rows *r, int64_t have, int64_t keep, bool whole, pass *p)
{
    if (keep < 0 && !whole)
        return;
    int64_t count = keep >= 0 && keep < have ? keep : have, skip = p->in ? 0 : have - count;
    for (int64_t t = 0; t < s->tiles; t++)
        one(p, scan_rows_of(r, t) + skip * ROW_LANES, sizeof(lanes) * (size_t)count);
}

static void walk(const scan *s, const header *h, bool whole, pass *p)
{
    int64_t keep = scan_keeps(s);
    bool apart = scan_apart(s);
    size_t tiles = (size_t)s->tiles, row = sizeof(lanes) * tiles;
    rows(s, &s->history.u, h->u, apart ? 1 : keep, whole,
         p); /* states apart: the present one is enough */
    if (apart)
        rows(s, &s->history.x, h->x, keep, whole, p);
    /* by what the layer is, not by what there is room for: a net wrapped before may have left some
     */
    if (scan_resetting(s)->counts)
        one(p, s->history.count.data, row);
    if (s->rest)
        one(p, s->history.wait.data, row);
    if (s->memory.method->start)
        one(p, s->history.first.data, row);
    if (s->memory.compressed) {
        one(p, s->history.modes.data, row * (size_t)s->memory.modes.padded);
        one(p, s->history.extremes.data, sizeof(scan_extremes) * tiles);
    }
}

size_t scan_state_bytes(const scan *s, bool whole)
{
    FRONT_RETURN(s, twin_state_bytes(s->twin, whole));
    pass p = {0};
    header h = {s->history.time, s->history.u.rows, s->history.x.rows, s->noise.run};
    walk(s, &h, whole, &p);
    for (int i = 0; i < s->others; i++)
        p.bytes += scan_state_bytes(&s->other[i], whole);
    return sizeof h + p.bytes;
}

size_t scan_state_most(const scan *s)
{
    FRONT_RETURN(s, twin_state_most(s->twin));
    pass p = {0};
    int64_t keep = scan_kept(s);
    header h = {s->history.time, keep, keep, 0};
    walk(s, &h, false, &p);
    for (int i = 0; i < s->others; i++)
        p.bytes += scan_state_most(&s->other[i]);
    return sizeof h + p.bytes;
}

void scan_state_save(const scan *s, bool whole, void *bytes)
{
    FRONT_RETURN(s, twin_state_save(s->twin, whole, bytes));
    header h = {s->history.time, s->history.u.rows, s->history.x.rows, s->noise.run};
    pass p = {.out = (char *)bytes + sizeof h};
    memcpy(bytes, &h, sizeof h);
    walk(s, &h, whole, &p);
    char *next = p.out + p.bytes;
    for (int i = 0; i < s->others; i++) {
        scan_state_save(&s->other[i], whole, next);
        next += scan_state_bytes(&s->other[i], whole);
    }
}

/* Bytes that the scan itself has of the `count` there are; -1: they are no state of it. */
static int64_t fitting(const scan *s, const void *bytes, int64_t count, header *h)
{
    const int64_t most = INT64_MAX / 4096 / (int64_t)sizeof(lanes);
    pass p = {0};
    if (count < (int64_t)sizeof *h)
        return -1;
    memcpy(h, bytes, sizeof *h);
    if (h->time < 0 || h->u < 1 || h->x < 0 || h->u > h->time + 1 || h->x > h->time ||
        h->time > most)
        return -1;
    /* a step goes back as far as `keep`, or to the start */
    int64_t keep = scan_keeps(s), u = h->time + 1, x = h->time;
    u = keep >= 0 && keep < u ? keep : u;
    x = keep >= 0 && keep < x ? keep : x;
    if (scan_apart(s) ? h->x < x : h->u < u)
        return -1;
    walk(s, h, true, &p);
    return (int64_t)(p.bytes + sizeof *h) <= count ? (int64_t)(p.bytes + sizeof *h) : -1;
}

bool scan_state_fits(const scan *s, const void *bytes, int64_t count)
{
    FRONT_RETURN(s, twin_state_fits(s->twin, bytes, count));
    header h, other;
    const char *at = bytes;
    int64_t own = fitting(s, at, count, &h);
    for (int i = 0; i < s->others && own >= 0; i++) {
        at += own;
        count -= own;
        own = fitting(&s->other[i], at, count, &other);
        if (own >= 0 && other.time != h.time)
            own = -1;
    }
    return own >= 0 && own == count;
}

/* Rows that come back to the start of the buffers. */
static int64_t returned(const scan *s, int64_t rows, bool one, bool whole)
{
    int64_t keep = scan_keeps(s);
    if (one)
        return 1;
    if (keep < 0 && !whole)
        return rows;
    return keep >= 0 && keep < rows ? keep : rows;
}

/* Bytes of the state that stands there. */
static size_t state_size(const scan *s, bool whole, const void *bytes)
{
    header h;
    pass p = {0};
    memcpy(&h, bytes, sizeof h);
    walk(s, &h, whole, &p);
    return sizeof h + p.bytes;
}

fsnn_status scan_state_load(scan *s, bool whole, const void *bytes)
{
    FRONT_RETURN(s, front_state_load(s, whole, bytes));
    header h;
    bool apart = scan_apart(s);
    memcpy(&h, bytes, sizeof h);
    pass p = {.in = (const char *)bytes + sizeof h};
    int64_t u = returned(s, h.u, apart, whole), x = returned(s, h.x, false, whole);
    FSNN_TRY(scan_rows_reserve(s, &s->history.u, u));
    if (apart)
        FSNN_TRY(scan_rows_reserve(s, &s->history.x, x));
    walk(s, &h, whole, &p);
    s->history.time = h.time;
    s->noise.run = h.run;
    s->history.u.rows = u;
    s->history.x.rows = x;
    const char *next = p.in + p.bytes;
    for (int i = 0; i < s->others; i++) {
        FSNN_TRY(scan_state_load(&s->other[i], whole, next));
        next += state_size(&s->other[i], whole, next);
    }
    return FSNN_OK;
}
