/* The table of schemes, and everything that can be wrong with what a caller asks for. */
#include "frac/fde_run.h"
#include "frac/method.h"

#include <math.h>
#include <stdio.h>

static const fde_scheme *const schemes[] = {
    &fde_scheme_gl[0], &fde_scheme_gl[1], &fde_scheme_l1[0], &fde_scheme_l1[1],
    &fde_scheme_ab[0], &fde_scheme_ab[1], &fde_scheme_trap,  &fde_scheme_abm,
    &fde_scheme_euler, &fde_scheme_heun,  &fde_scheme_rk4,
};

/* The scheme of a method, in the variant that is asked for; NULL: there is no such. What is
 * implicit in every variant needs no asking. */
static const fde_scheme *scheme_of(const frac_method *row, bool implicit)
{
    for (int i = 0; i < FSNN_COUNT(schemes); i++)
        if (frac_method_get(schemes[i]->method) == row &&
            (schemes[i]->implicit == implicit || frac_is_implicit(row, NULL)))
            return schemes[i];
    return NULL;
}

/* Methods for sentences. */
static bool solves(const frac_method *row, const void *what)
{
    (void)what;
    return scheme_of(row, false) != NULL;
}

static bool solves_implicitly(const frac_method *row, const void *what)
{
    (void)what;
    return scheme_of(row, true) != NULL;
}

static bool solves_fractional(const frac_method *row, const void *what)
{
    return !row->integer && solves(row, what);
}

static bool several_terms(const frac_method *row)
{
    return row->multiterm && !row->integer; /* the order of an integer method is one term, 1 */
}

static bool solves_terms(const frac_method *row, const void *what)
{
    return several_terms(row) && solves(row, what);
}

static bool solves_above_one(const frac_method *row, const void *what)
{
    (void)what;
    const fde_scheme *scheme = scheme_of(row, false);
    return scheme && scheme->above_one;
}

static const char *name_of(const fde_scheme *s)
{
    return fsnn_method_name(s->method);
}

static bool integer(const fde_scheme *s)
{
    return frac_method_get(s->method)->integer;
}

static fsnn_status find(const fsnn_fde *o, const fde_scheme **found)
{
    fsnn_method method = o->method == FSNN_METHOD_DEFAULT ? FSNN_GL : o->method;
    const frac_method *row = frac_method_get(method);
    char list[FRAC_NAMES];
    if (!row)
        return fsnn_fail(FSNN_EARGUMENT, "there is no method number %d", method);
    *found = scheme_of(row, o->implicit);
    if (*found)
        return FSNN_OK;
    if (solves(row, NULL))
        return fsnn_fail(FSNN_EUNSUPPORTED, "method %s has no implicit variant: %s have", row->name,
                         frac_method_names(solves_implicitly, NULL, "and", list));
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "method %s is for neurons in networks, not for a right-hand side of one's "
                     "own: %s work",
                     row->name, frac_method_names(solves_fractional, NULL, "and", list));
}

static fsnn_status order(const fde_scheme *s, const fsnn_order *o, size_t index)
{
    if (o->terms < 1 || o->terms > FSNN_MAX_TERMS)
        return fsnn_fail(FSNN_EARGUMENT, "order %zu has %d terms: 1 to %d are possible", index,
                         o->terms, FSNN_MAX_TERMS);
    char list[FRAC_NAMES];
    if (o->terms > 1 && !several_terms(frac_method_get(s->method)))
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "method %s takes one term, order %zu has %d: several terms work with %s",
                         name_of(s), index, o->terms,
                         frac_method_names(solves_terms, NULL, "and", list));
    for (int m = 0; m < o->terms; m++) {
        if (!(o->alpha[m] > 0 && o->alpha[m] <= 2))
            return fsnn_fail(FSNN_EARGUMENT, "alpha of order %zu is %g: it must lie in (0, 2]",
                             index, o->alpha[m]);
        if (!integer(s) && o->alpha[m] > 1 && !s->above_one)
            return fsnn_fail(FSNN_EUNSUPPORTED,
                             "method %s takes orders up to 1, alpha of order %zu is %g: %s go up "
                             "to 2",
                             name_of(s), index, o->alpha[m],
                             frac_method_names(solves_above_one, NULL, "and", list));
        if (!(o->coefficient[m] > 0 && isfinite(o->coefficient[m])))
            return fsnn_fail(FSNN_EARGUMENT,
                             "the coefficient of alpha %g in order %zu is %g: it must be positive",
                             o->alpha[m], index, o->coefficient[m]);
        if (integer(s) && o->alpha[m] != 1)
            return fsnn_fail(FSNN_EUNSUPPORTED,
                             "method %s is of integer order, alpha of order %zu is %g: %s work",
                             name_of(s), index, o->alpha[m],
                             frac_method_names(solves_fractional, NULL, "and", list));
    }
    return FSNN_OK;
}

static fsnn_status orders(const fsnn_fde *o, const fde_scheme *s)
{
    if (!o->order) {
        if (!integer(s))
            return fsnn_fail(FSNN_EARGUMENT, "method %s needs an order (alpha): none is set",
                             name_of(s));
        return FSNN_OK;
    }
    char works[32] = "1 works";
    if (o->n > 1)
        snprintf(works, sizeof works, "1 or %zu", o->n);
    if (o->orders != 1 && o->orders != o->n)
        return fsnn_fail(FSNN_EARGUMENT, "%zu orders for %zu component%s: %s", o->orders, o->n,
                         o->n == 1 ? "" : "s", works);
    for (size_t i = 0; i < o->orders; i++)
        FSNN_TRY(order(s, &o->order[i], i));
    return FSNN_OK;
}

/* Whether component i has an order above 1, and so an initial velocity. */
static bool above_one(const fsnn_fde *o, size_t i)
{
    const fsnn_order *order = !o->order ? NULL : o->orders == 1 ? o->order : &o->order[i];
    bool found = false;
    for (int m = 0; order && m < order->terms; m++)
        found |= order->alpha[m] > 1;
    return found;
}

static fsnn_status velocities(const fsnn_fde *o)
{
    for (size_t i = 0; o->velocity && i < o->n; i++) {
        if (!isfinite(o->velocity[i]))
            return fsnn_fail(FSNN_EARGUMENT, "velocity of component %zu is %g: it must be finite",
                             i, o->velocity[i]);
        if (o->velocity[i] != 0 && !above_one(o, i))
            return fsnn_fail(FSNN_EARGUMENT,
                             "velocity of component %zu is %g, and its order is not above 1: "
                             "velocities belong to orders in (1, 2], 0 elsewhere",
                             i, o->velocity[i]);
    }
    return FSNN_OK;
}

static fsnn_status short_orders(const fsnn_fde *o)
{
    for (size_t i = 0; i < o->n; i++)
        if (above_one(o, i))
            return fsnn_fail(FSNN_EUNSUPPORTED,
                             "the memory of component %zu, of an order above 1, is no sum of "
                             "decaying exponentials: FSNN_FDE_DENSE works",
                             i);
    return FSNN_OK;
}

static fsnn_status memory(const fsnn_fde *o, const fde_scheme *s)
{
    if (o->memory == FSNN_FDE_DENSE)
        return FSNN_OK;
    if (o->memory != FSNN_FDE_EXPONENTIALS)
        return fsnn_fail(FSNN_EARGUMENT, "there is no memory number %d", o->memory);
    if (!s->kernel[0])
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "method %s has no memory that exponentials could hold: leave memory at "
                         "FSNN_FDE_DENSE, which costs nothing here",
                         name_of(s));
    FSNN_TRY(short_orders(o));
    if (!(o->tolerance >= 1e-12 && o->tolerance <= 0.1))
        return fsnn_fail(FSNN_EARGUMENT,
                         "the tolerance of the exponentials is %g: it must lie in 1e-12 .. 0.1",
                         o->tolerance);
    if (o->window < 2 || o->window > 4096)
        return fsnn_fail(FSNN_EARGUMENT, "the window of exact lags is %d: it must lie in 2 .. 4096",
                         o->window);
    return FSNN_OK;
}

static fsnn_status newton(const fsnn_fde *o)
{
    if (!(o->newton_tolerance >= 1e-15 && o->newton_tolerance < 1))
        return fsnn_fail(FSNN_EARGUMENT, "newton_tolerance is %g: it must lie in 1e-15 .. 1",
                         o->newton_tolerance);
    if (o->newton_iterations < 1)
        return fsnn_fail(FSNN_EARGUMENT, "newton_iterations is %d: at least 1",
                         o->newton_iterations);
    if (!(o->newton_atol >= 0 && isfinite(o->newton_atol)))
        return fsnn_fail(FSNN_EARGUMENT, "newton_atol is %g: it must be 0 or positive",
                         o->newton_atol);
    for (size_t i = 0; o->newton_atols && i < o->n; i++)
        if (!(o->newton_atols[i] >= 0 && isfinite(o->newton_atols[i])))
            return fsnn_fail(FSNN_EARGUMENT,
                             "newton_atols of component %zu is %g: it must be 0 or positive", i,
                             o->newton_atols[i]);
    return FSNN_OK;
}

double fde_position(const fsnn_fde *o, double t)
{
    double position = (t - o->t0) / o->step, whole = round(position);
    return fabs(position - whole) <= fmax(1e-9, 1e-15 * whole) ? whole : position;
}

static fsnn_status grid(const fsnn_fde *o)
{
    if (!isfinite(o->t0))
        return fsnn_fail(FSNN_EARGUMENT, "t0 is %g: it must be finite", o->t0);
    if (!(o->step > 0 && isfinite(o->step)))
        return fsnn_fail(FSNN_EARGUMENT, "step is %g: it must be positive", o->step);
    return FSNN_OK;
}

fsnn_status fde_check_times(const fsnn_fde *o, const double *times, size_t count, const double *y,
                            int64_t *steps)
{
    if (!times || !y)
        return fsnn_fail(FSNN_EARGUMENT, "%s is NULL",
                         !times ? "the list of times" : "the place for the result");
    if (count < 1)
        return fsnn_fail(FSNN_EARGUMENT, "no times are asked for: at least 1");
    double before = o->t0;
    for (size_t i = 0; i < count; i++) {
        if (!(times[i] >= before && isfinite(times[i])))
            return fsnn_fail(FSNN_EARGUMENT,
                             "time %zu is %g after %g: times ascend from t0 on and are finite", i,
                             times[i], before);
        before = times[i];
    }
    double last = floor(fde_position(o, before));
    if (last > 1e15)
        return fsnn_fail(FSNN_EARGUMENT, "%.6g steps of %g to reach t = %g: at most 1e15", last,
                         o->step, before);
    if (last < 1 && before > o->t0)
        return fsnn_fail(FSNN_EARGUMENT,
                         "step is %g, longer than the interval from t0 = %g to the last time, %g: "
                         "at most %g",
                         o->step, o->t0, before, before - o->t0);
    *steps = (int64_t)last;
    return FSNN_OK;
}

fsnn_status fde_check(const fsnn_fde *o, const double *y0, const fde_scheme **scheme)
{
    if (!o || !o->f || !y0)
        return fsnn_fail(FSNN_EARGUMENT, "%s is NULL",
                         !o      ? "the equation"
                         : !o->f ? "the right-hand side f"
                                 : "y0");
    if (o->n < 1 || o->n > SIZE_MAX / 4096)
        return fsnn_fail(FSNN_EARGUMENT, "%zu components: at least 1", o->n);
    FSNN_TRY(find(o, scheme));
    FSNN_TRY(orders(o, *scheme));
    FSNN_TRY(velocities(o));
    FSNN_TRY(memory(o, *scheme));
    if ((*scheme)->implicit)
        FSNN_TRY(newton(o));
    for (size_t i = 0; i < o->n; i++)
        if (!isfinite(y0[i]))
            return fsnn_fail(FSNN_EARGUMENT, "y0 of component %zu is %g: it must be finite", i,
                             y0[i]);
    return grid(o);
}
