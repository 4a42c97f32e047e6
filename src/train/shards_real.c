/* A piece of a parameter, from the net into a vector and back. */
#include "base/real.h"
#include "train/shards.h"

#include <string.h>

/* Where a piece stands: in the net, the gradient of what learns or the value of a statistic; among
 * the gradients that wait, or the statistics of before. */
typedef struct place {
    bool learned;
    real *net, *aside;
} place;

static place place_of(const shard_walk *w, const shard_piece *c)
{
    const fsnn_param *p = fsnn_net_param(w->net, c->param);
    const bool learned = c->at < w->s->learned;
#ifdef FSNN_DOUBLE
    real *net = learned ? p->grad64 : p->value64;
#else
    real *net = learned ? p->grad : p->value;
#endif
    real *aside = learned ? w->s->kept : w->s->before;
    return (place){learned, net + c->begin,
                   aside ? aside + (learned ? c->at : c->at - w->s->learned) : NULL};
}

void shard_begin(const shard_walk *w, const shard_piece *c)
{
    const place p = place_of(w, c);
    const size_t bytes = (size_t)c->count * sizeof(real);
    if (!p.learned || w->waiting)
        memcpy(p.aside, p.net, bytes);
    if (p.learned)
        memset(p.net, 0, bytes);
}

void shard_take(const shard_walk *w, const shard_piece *c)
{
    const place p = place_of(w, c);
    const real weight = (real)w->weight.gradient, moved = (real)w->weight.statistics;
    real *to = (real *)w->to + (c->at - w->begin);
    for (int64_t i = 0; i < c->count && p.learned; i++) {
        to[i] = weight * p.net[i];
        p.net[i] = 0;
    }
    for (int64_t i = 0; i < c->count && !p.learned; i++) {
        to[i] = moved * (p.net[i] - p.aside[i]);
        p.net[i] = p.aside[i];
    }
}

void shard_put(const shard_walk *w, const shard_piece *c)
{
    const place p = place_of(w, c);
    const real *from = (const real *)w->from + (c->at - w->begin);
    for (int64_t i = 0; i < c->count; i++)
        if (!p.learned)
            p.net[i] = (real)((double)p.aside[i] + (double)from[i] / w->weight.statistics);
        else
            p.net[i] = w->waiting ? p.aside[i] + from[i] : from[i];
}
