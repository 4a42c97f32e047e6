/* A solver between calls: made, moved on, changed. Fixed steps are those of fsnn_fde_solve (fde.c,
 * its schemes and memories); the others are in fde_mesh.c. */
#include "frac/fde_solver.h"

#include <math.h>
#include <string.h>

enum { ROOM = 256 }; /* steps that the dense memory begins with */

/* Copies of what the caller's structs point at. */
static fsnn_status own(fsnn_fde_solver *s, const fsnn_fde *fde, const double *y0)
{
    size_t n = fde->n, orders = fde->order ? fde->orders : 0, events = s->plan.events;
    s->own = fsnn_alloc(8 * n * sizeof *s->own);
    s->order = fsnn_alloc((orders + 1) * sizeof *s->order);
    s->event = fsnn_alloc((events + 1) * sizeof *s->event);
    s->from = fsnn_alloc((2 * events + 1) * sizeof *s->from);
    if (!s->own || !s->order || !s->event || !s->from)
        return FSNN_EMEMORY;
    double **part[] = {&s->y0,   &s->velocity, &s->shift, &s->now,
                       &s->next, &s->error,    &s->atol,  &s->newton_atol};
    for (int i = 0; i < FSNN_COUNT(part); i++)
        *part[i] = s->own + (size_t)i * n;
    s->value = s->from + events;
    memcpy(s->y0, y0, n * sizeof *y0);
    if (orders)
        memcpy(s->order, fde->order, orders * sizeof *s->order);
    if (events)
        memcpy(s->event, s->plan.event, events * sizeof *s->event);
    for (size_t i = 0; i < n; i++) {
        s->velocity[i] = fde->velocity ? fde->velocity[i] : 0;
        s->atol[i] = s->plan.atols ? s->plan.atols[i] : s->plan.atol;
        s->newton_atol[i] = fde->newton_atols ? fde->newton_atols[i] : fde->newton_atol;
    }
    return FSNN_OK;
}

/* Nothing points at the caller's lists any more. */
static void point_at_own(fsnn_fde_solver *s)
{
    if (s->o.order)
        s->o.order = s->order;
    s->o.newton_atols = s->newton_atol;
    s->o.velocity = s->velocity;
    s->plan.event = s->event;
    s->plan.atols = s->atol;
    if (fde_on_mesh(s))
        s->plan.history = true;
}

/* A line without slope is left out: y0 + 0 t would be y0 only where it is not -0. */
static void tilt(fsnn_fde_solver *s)
{
    s->run.velocity = NULL;
    for (size_t i = 0; i < s->run.n; i++)
        if (s->velocity[i] != 0)
            s->run.velocity = s->velocity;
}

static void begin_at(fsnn_fde_solver *s, double t)
{
    s->o.t0 = s->t = s->asked = t;
    s->h = s->o.step;
    s->estimated = s->broken = false;
    memcpy(s->now, s->y0, s->run.n * sizeof *s->now);
    fde_points_begin(s, t, s->y0);
    tilt(s);
}

static fsnn_status make(fsnn_fde_solver *s, const fsnn_fde *fde, const fde_scheme *scheme,
                        const double *y0)
{
    s->o = *fde;
    FSNN_TRY(own(s, fde, y0));
    point_at_own(s);
    int64_t horizon = s->plan.horizon ? s->plan.horizon : FSNN_HORIZON;
    s->run = (fde_run){.o = &s->o,
                       .scheme = scheme,
                       .n = fde->n,
                       .y0 = s->y0,
                       .last = fde->t0,
                       .steps = fde->memory == FSNN_FDE_EXPONENTIALS ? horizon : ROOM};
    FSNN_TRY(fde_begin(&s->run));
    FSNN_TRY(fde_points_reserve(s, 2));
    begin_at(s, fde->t0);
    s->run.report.t = fde->t0;
    return FSNN_OK;
}

fsnn_status fsnn_fde_solver_create(const fsnn_fde *fde, const fsnn_fde_plan *plan, const double *y0,
                                   fsnn_fde_solver **solver)
{
    const fde_scheme *scheme;
    FSNN_NEED(solver);
    *solver = NULL;
    FSNN_TRY(fde_check(fde, y0, &scheme));
    fsnn_fde_plan wanted = plan ? *plan : fsnn_fde_plan_default();
    FSNN_TRY(fde_plan_check(fde, &wanted));
    if (wanted.steps != FSNN_FDE_FIXED)
        scheme = fde->method == FSNN_ABM ? &fde_scheme_mesh_abm : &fde_scheme_mesh_trap;
    fsnn_fde_solver *s = fsnn_alloc(sizeof *s);
    if (!s)
        return FSNN_EMEMORY;
    s->plan = wanted;
    s->k = -1; /* no row is in use */
    fsnn_status status = make(s, fde, scheme, y0);
    if (status < 0)
        fsnn_fde_solver_destroy(s);
    else
        *solver = s;
    return status;
}

void fsnn_fde_solver_destroy(fsnn_fde_solver *s)
{
    if (!s)
        return;
    if (s->run.o)
        fde_end(&s->run);
    void *parts[] = {s->own, s->order,  s->event, s->from,  s->z,   s->time,
                     s->f,   s->weight, s->jump,  s->delta, s->hit, s->hit_y};
    for (int i = 0; i < FSNN_COUNT(parts); i++)
        fsnn_free(parts[i]);
    fsnn_free(s);
}

/* Room for one more step, so that none fails half way. */
static fsnn_status reserve(fsnn_fde_solver *s)
{
    const fde_engine *engine = fde_engine_of(&s->o);
    FSNN_TRY(fde_points_reserve(s, s->k + 2));
    if (s->run.past && engine->grow && s->k + 2 > s->run.steps)
        return engine->grow(&s->run, 2 * s->run.steps);
    return FSNN_OK;
}

static fsnn_status grid_step(fsnn_fde_solver *s)
{
    fde_run *run = &s->run;
    int64_t k = s->k + 1;
    double t = fde_time(run, k), *swap = s->now;
    FSNN_TRY(reserve(s));
    FSNN_TRY(run->scheme->step(run, k, s->now, s->next));
    fsnn_status status = fde_bounded(run, s->next, t);
    s->broken = status < 0;
    FSNN_TRY(status);
    fde_points_add(s, t, s->next);
    s->now = s->next;
    s->next = swap;
    run->report.steps++;
    return FSNN_OK;
}

static bool more(const fsnn_fde_solver *s, double t)
{
    return fde_on_mesh(s) ? fde_point(s, s->k) < t : fde_position(&s->o, t) >= (double)(s->k + 1);
}

static fsnn_status walk(fsnn_fde_solver *s, double t, int64_t *event)
{
    for (;;) {
        FSNN_TRY(fde_events_seek(s, event));
        if (*event >= 0)
            return FSNN_OK;
        s->t = fde_point(s, s->k);
        if (!more(s, t))
            return FSNN_OK;
        FSNN_TRY(fde_on_mesh(s) ? fde_mesh_step(s, t) : grid_step(s));
    }
}

static fsnn_status usable(const fsnn_fde_solver *s)
{
    return s->broken ? fsnn_fail(FSNN_ESTATE, "the state became infinite or not a number: restart "
                                              "the solver, or load a state")
                     : FSNN_OK;
}

fsnn_status fsnn_fde_solver_step_to(fsnn_fde_solver *solver, double t, int64_t *event)
{
    int64_t found = -1;
    FSNN_NEED(solver);
    if (event)
        *event = -1;
    FSNN_TRY(usable(solver));
    if (!(t >= solver->t && isfinite(t)))
        return fsnn_fail(FSNN_EARGUMENT,
                         "t is %.9g, and the solver is at %.9g: it goes forward, to a finite time",
                         t, solver->t);
    if (!fde_on_mesh(solver) && fde_position(&solver->o, t) > 1e15)
        return fsnn_fail(FSNN_EARGUMENT, "t is %.6g: it must lie within 1e15 steps of %g", t,
                         solver->o.step);
    solver->asked = solver->run.last = t;
    fsnn_status status = walk(solver, t, &found);
    if (status >= 0 && event)
        *event = found;
    return status;
}

double fsnn_fde_solver_time(const fsnn_fde_solver *solver)
{
    return solver ? solver->t : NAN;
}

fsnn_status fsnn_fde_solver_error(const fsnn_fde_solver *solver, double *error)
{
    FSNN_NEED(solver);
    FSNN_NEED(error);
    if (!solver->estimated)
        return fsnn_fail(FSNN_ESTATE,
                         fde_on_mesh(solver)
                             ? "no step was made so far whose error could be estimated"
                             : "fixed steps have no estimate of their error: FSNN_FDE_ESTIMATED or "
                               "FSNN_FDE_CONTROLLED steps have");
    memcpy(error, solver->error, solver->run.n * sizeof *error);
    return FSNN_OK;
}

static fsnn_status all_finite(const fsnn_fde_solver *s, const double *x, const char *what)
{
    for (size_t i = 0; i < s->run.n; i++)
        if (!isfinite(x[i]))
            return fsnn_fail(FSNN_EARGUMENT, "%s of component %zu is %g: it must be finite", what,
                             i, x[i]);
    return FSNN_OK;
}

/* A mesh has f on both sides of a jump: a point more, at the same time. */
static fsnn_status double_point(fsnn_fde_solver *s)
{
    FSNN_TRY(fde_points_reserve(s, s->k + 2));
    return fde_mesh_ready(s);
}

fsnn_status fsnn_fde_solver_jump(fsnn_fde_solver *solver, const double *delta)
{
    fsnn_fde_solver *s = solver;
    FSNN_NEED(solver);
    FSNN_NEED(delta);
    FSNN_TRY(usable(s));
    FSNN_TRY(all_finite(s, delta, "the jump"));
    size_t n = s->run.n, row = n * sizeof *delta;
    FSNN_TRY(fsnn_grow(&s->jump, s->jumps, &s->jump_capacity, s->jumps + 1, sizeof *s->jump));
    FSNN_TRY(fsnn_grow(&s->delta, s->jumps, &s->delta_capacity, s->jumps + 1, row));
    if (fde_on_mesh(s))
        FSNN_TRY(double_point(s));
    memcpy(s->delta + (size_t)s->jumps * n, delta, row);
    s->jump[s->jumps++] = (fde_jump){s->k, s->t};
    for (size_t i = 0; i < n; i++) {
        s->y0[i] += delta[i];
        s->shift[i] += delta[i];
        s->now[i] += delta[i];
    }
    if (fde_on_mesh(s)) {
        fde_points_add(s, s->t, s->now);
        memcpy(fde_row(s, s->k), fde_row(s, s->k - 1), row); /* continuous to the last bit */
    }
    s->primed = false;
    return FSNN_OK;
}

fsnn_status fsnn_fde_solver_restart(fsnn_fde_solver *solver, const double *y,
                                    const double *velocity)
{
    const fde_scheme *scheme;
    fsnn_fde_solver *s = solver;
    FSNN_NEED(solver);
    FSNN_NEED(y);
    FSNN_TRY(all_finite(s, y, "the state"));
    fsnn_fde again = s->o;
    again.velocity = velocity;
    FSNN_TRY(fde_check(&again, y, &scheme));
    for (size_t i = 0; i < s->run.n; i++) {
        s->y0[i] = y[i];
        s->velocity[i] = velocity ? velocity[i] : 0;
    }
    if (s->run.past)
        fde_engine_of(&s->o)->clear(s->run.past);
    begin_at(s, s->t);
    s->primed = false;
    return FSNN_OK;
}

fsnn_status fsnn_fde_solver_report(const fsnn_fde_solver *solver, fsnn_fde_report *report)
{
    FSNN_NEED(solver);
    FSNN_NEED(report);
    *report = solver->run.report;
    report->t = solver->t;
    if (fde_on_mesh(solver))
        report->bytes =
            (int64_t)((2 * solver->run.n + 2) * (size_t)solver->capacity * sizeof(double));
    return FSNN_OK;
}
