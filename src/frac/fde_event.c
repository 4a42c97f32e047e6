/* Events: g(t, y(t)) passes 0 between two points of the solver, on what it reads between them.
 *
 * g is known at the end of what was searched and at the last point. Where the signs differ, the
 * false position that keeps a bracket (Illinois, Dowell and Jarratt 1971), with a bisection every
 * third time, shrinks it to rounding; the event is at its right end, where the sign is the new
 * one. */
#include "frac/fde_solver.h"

#include <float.h>
#include <math.h>
#include <string.h>

static fsnn_status call(fsnn_fde_solver *s, size_t e, double t, const double *y, double *value)
{
    void *user = s->event[e].user ? s->event[e].user : s->o.user;
    FSNN_TRY(fde_returned(s->event[e].g(t, y, value, s->run.n, user), "an event function", t));
    if (!isfinite(*value))
        return fsnn_fail(FSNN_ENUMERIC, "the function of event %zu gives %.6g at t = %.6g", e,
                         *value, t);
    return FSNN_OK;
}

static bool passes(const fsnn_fde_event *event, double from, double to)
{
    bool up = from < 0 && to >= 0, down = from > 0 && to <= 0;
    return (up && event->direction >= 0) || (down && event->direction <= 0);
}

typedef struct bracket {
    double a, b, ga, gb;
} bracket;

/* The next place to look at, strictly inside. */
static double inside(const bracket *in, int round, double least)
{
    double middle = in->a + 0.5 * (in->b - in->a);
    double x = round % 3 == 2 ? middle : in->b - in->gb * (in->b - in->a) / (in->gb - in->ga);
    if (!(x > in->a + least))
        x = in->a + least;
    if (!(x < in->b - least))
        x = in->b - least;
    return x > in->a && x < in->b ? x : middle;
}

/* Shrinks the bracket until *t, its right end, is the event; *value: g there. */
static fsnn_status locate(fsnn_fde_solver *s, size_t e, bracket in, double *t, double *value)
{
    bool rises = in.ga < 0;
    int side = 0; /* the end that moved last: its other end halves g if it stays again */
    *value = in.gb;
    for (int round = 0; round < 200; round++) {
        double least = DBL_EPSILON * fmax(fabs(in.a), fabs(in.b)), g;
        double x = inside(&in, round, least);
        if (in.b - in.a <= 2 * least || !(x > in.a && x < in.b))
            break;
        FSNN_TRY(fde_points_read(s, x, s->next));
        FSNN_TRY(call(s, e, x, s->next, &g));
        if (rises ? g >= 0 : g <= 0) {
            in.b = x;
            in.gb = *value = g;
            in.ga *= side > 0 ? 0.5 : 1;
            side = 1;
        } else {
            in.a = x;
            in.ga = g;
            in.gb *= side < 0 ? 0.5 : 1;
            side = -1;
        }
    }
    *t = in.b;
    return FSNN_OK;
}

fsnn_status fde_events_begin(fsnn_fde_solver *s)
{
    for (size_t e = 0; e < s->plan.events; e++) {
        s->from[e] = s->t;
        FSNN_TRY(fde_points_read(s, s->t, s->next));
        FSNN_TRY(call(s, e, s->t, s->next, &s->value[e]));
    }
    s->primed = true;
    return FSNN_OK;
}

typedef struct found {
    int64_t event; /* -1: none */
    double t, value;
} found;

/* The earliest event; what has none is searched up to the last point. */
static fsnn_status earliest(fsnn_fde_solver *s, found *first)
{
    double end = fde_point(s, s->k), *y = s->next;
    first->event = -1;
    for (size_t e = 0; e < s->plan.events; e++) {
        found this = {(int64_t)e, 0, 0};
        double g;
        if (!(s->from[e] < end))
            continue;
        FSNN_TRY(fde_points_read(s, end, y));
        FSNN_TRY(call(s, e, end, y, &g));
        if (!passes(&s->event[e], s->value[e], g)) {
            s->from[e] = end;
            s->value[e] = g;
            continue;
        }
        bracket in = {s->from[e], end, s->value[e], g};
        FSNN_TRY(locate(s, e, in, &this.t, &this.value));
        if (first->event < 0 || this.t < first->t)
            *first = this;
    }
    return FSNN_OK;
}

static fsnn_status record(fsnn_fde_solver *s, const found *what)
{
    size_t row = s->run.n * sizeof(double);
    FSNN_TRY(fsnn_grow(&s->hit, s->hits, &s->hit_capacity, s->hits + 1, sizeof *s->hit));
    FSNN_TRY(fsnn_grow(&s->hit_y, s->hits, &s->hit_row_capacity, s->hits + 1, row));
    FSNN_TRY(fde_points_read(s, what->t, s->hit_y + (size_t)s->hits * s->run.n));
    s->hit[s->hits++] = (fsnn_fde_hit){(size_t)what->event, what->t};
    s->from[what->event] = what->t;
    s->value[what->event] = what->value;
    return FSNN_OK;
}

fsnn_status fde_events_seek(fsnn_fde_solver *s, int64_t *event)
{
    found first = {-1, 0, 0};
    *event = -1;
    if (!s->primed)
        FSNN_TRY(fde_events_begin(s));
    for (;;) {
        FSNN_TRY(earliest(s, &first));
        if (first.event < 0)
            return FSNN_OK;
        FSNN_TRY(record(s, &first));
        if (!s->event[first.event].terminal)
            continue;
        s->t = first.t;
        *event = first.event;
        if (fde_on_mesh(s) && first.t < fde_point(s, s->k))
            return fde_mesh_cut(s, first.t);
        return FSNN_OK;
    }
}

int64_t fsnn_fde_solver_hits(const fsnn_fde_solver *solver)
{
    FSNN_NEED(solver);
    return solver->hits;
}

fsnn_status fsnn_fde_solver_hit(const fsnn_fde_solver *solver, int64_t index, fsnn_fde_hit *hit,
                                double *y)
{
    FSNN_NEED(solver);
    FSNN_NEED(hit);
    if (index < 0 || index >= solver->hits)
        return fsnn_fail(FSNN_EARGUMENT, "there is no event number %lld: %lld were found",
                         (long long)index, (long long)solver->hits);
    *hit = solver->hit[index];
    if (y)
        memcpy(y, solver->hit_y + (size_t)index * solver->run.n, solver->run.n * sizeof *y);
    return FSNN_OK;
}
