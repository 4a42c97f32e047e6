/* integer/shape.c: steps that move numbers, sums and means of several. Where values of several
 * fractions meet, all get the largest that has room. */
#include "integer/integer.h"
#include "integer/window.h"
#include "op/strips.h"

#include <math.h>

fsnn_status integer_make_view(fsnn_integer *p, const net_step *s, integer_step *t)
{
    t->form = INTEGER_VIEW;
    p->root[s->out[0]] = p->root[s->in[0]]; /* of what is folded, too */
    integer_give(p, s, *integer_in(p, s, 0));
    return FSNN_OK;
}

/* Outside of training the output is the input. */
fsnn_status integer_make_copy(fsnn_integer *p, const net_step *s, integer_step *t)
{
    t->form = INTEGER_MOVE;
    t->rows = 1;
    t->width[0] = t->whole = t->numbers;
    integer_give(p, s, *integer_in(p, s, 0));
    return FSNN_OK;
}

fsnn_status integer_make_turn(fsnn_integer *p, const net_step *s, integer_step *t)
{
    const int64_t C = s->op->in[0].dim[0], P = t->numbers / C;
    const bool to_last = s->op->out_last[0];
    t->form = INTEGER_TURN;
    t->rows = to_last ? C : P;
    t->columns = to_last ? P : C;
    integer_give(p, s, *integer_in(p, s, 0));
    return FSNN_OK;
}

/* The inputs in one fraction, whose bound is that of their sum, or the largest. */
static void meet(fsnn_integer *p, const net_step *s, integer_step *t, bool sum)
{
    double bound = 0;
    int fraction = -64;
    for (int k = 0; k < t->inputs; k++) {
        const integer_value *v = integer_in(p, s, k);
        const double size = integer_real_bound(v);
        bound = sum ? bound + size : size > bound ? size : bound;
        fraction = v->fraction > fraction ? v->fraction : fraction;
    }
    int most = integer_fraction(bound);
    fraction = fraction < most ? fraction : most;
    for (int k = 0; k < t->inputs; k++)
        t->down[k] = integer_in(p, s, k)->fraction - fraction;
    integer_value v = integer_value_of(bound, fraction);
    v.bound += t->inputs; /* roundings */
    integer_give(p, s, v);
}

fsnn_status integer_make_add(fsnn_integer *p, const net_step *s, integer_step *t)
{
    t->form = INTEGER_ADD;
    meet(p, s, t, true);
    return FSNN_OK;
}

fsnn_status integer_make_concat(fsnn_integer *p, const net_step *s, integer_step *t)
{
    const fsnn_concat *o = s->op->options;
    t->form = INTEGER_MOVE;
    for (int k = 0; k < t->inputs; k++) {
        t->width[k] = strips_width(&s->op->in[k], s->op->in_last[k], (int)o->axis);
        t->whole += t->width[k];
    }
    t->rows = t->numbers / t->whole;
    meet(p, s, t, false);
    return FSNN_OK;
}

/* ---- sums and means ---- */

/* log2 of n, where it is a power of 2; else -1. */
static int power(int64_t n)
{
    int k = 0;
    while (((int64_t)1 << k) < n)
        k++;
    return ((int64_t)1 << k) == n ? k : -1;
}

enum { MORE = 8 }; /* bits that a mean gains */

/* Bits that a mean of up to n numbers gains: it stays within 2^30, and so does twice the sum. */
static int gained(const integer_value *v, double n)
{
    int more = MORE;
    while (ldexp(v->bound, more) > 0x1p29 || ldexp(v->bound * n, more + 1) > 0x1p61)
        more--;
    return more < -30 ? -30 : more;
}

static void give_mean(fsnn_integer *p, const net_step *s, int more)
{
    const integer_value *v = integer_in(p, s, 0);
    integer_give(p, s, integer_value_of(integer_real_bound(v), v->fraction + more));
}

/* The sum of up to n numbers, which loses bits where it needs to. */
static int give_sum(fsnn_integer *p, const net_step *s, double n, int fraction)
{
    const integer_value *v = integer_in(p, s, 0);
    int down = 0;
    while (ldexp(v->bound * n, -down) > 0x1p30 - 2)
        down++;
    integer_value sum = {.fraction = v->fraction + fraction - down,
                         .bound = ceil(ldexp(v->bound * n, -down)) + (down > 0)};
    integer_give(p, s, sum);
    return down;
}

/* log2 of the points of each window, where all count as many and that is a power of 2; else -1. */
static int counts_power(const net_window *w)
{
    for (int d = 0; d < 2 && !w->counted; d++) {
        const net_axis *a = &w->axis[d];
        if (!a->kernel || a->padding || (a->out - 1) * a->stride + a->kernel > a->in)
            return -1;
    }
    return power((int64_t)w->axis[0].kernel * w->axis[1].kernel);
}

static double most_points(const net_window *w)
{
    double points = 1;
    for (int d = 0; d < 2; d++)
        points *= w->axis[d].kernel ? w->axis[d].kernel : w->axis[d].in / w->axis[d].out + 2;
    return points;
}

fsnn_status integer_make_pool(fsnn_integer *p, const net_step *s, integer_step *t)
{
    const integer_value *in = integer_in(p, s, 0);
    t->form = INTEGER_POOL;
    t->window = integer_pool_window(s);
    t->pool = integer_pool_kind(s);
    const int bits = counts_power(&t->window);
    const double points = most_points(&t->window);
    if (t->pool == 2) {
        integer_give(p, s, *in);
    } else if (t->pool == 1 && bits < 0) {
        t->down[0] = -gained(in, points);
        give_mean(p, s, -t->down[0]);
    } else {
        const int fraction = t->pool == 1 ? bits : 0;
        t->pool = 0;
        t->down[0] = give_sum(p, s, points, fraction);
    }
    return FSNN_OK;
}

fsnn_status integer_make_voting(fsnn_integer *p, const net_step *s, integer_step *t)
{
    const fsnn_voting *o = s->op->options;
    t->form = INTEGER_VOTING;
    t->voters = o->voters;
    t->more = gained(integer_in(p, s, 0), (double)o->voters);
    give_mean(p, s, (int)t->more);
    return FSNN_OK;
}
