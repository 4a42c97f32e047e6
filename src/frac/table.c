/* The methods, one row each, and the checks that need no more than the table. */
#include "frac/method.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

static const frac_method *const methods[] = {
    [FSNN_EULER] = &frac_euler, [FSNN_GL] = &frac_gl,   [FSNN_L1] = &frac_l1,
    [FSNN_TRAP] = &frac_trap,   [FSNN_AB] = &frac_ab,   [FSNN_ABM] = &frac_abm,
    [FSNN_HEUN] = &frac_heun,   [FSNN_RK4] = &frac_rk4, [FSNN_ML] = &frac_ml,
};

int frac_methods(void)
{
    return FSNN_COUNT(methods);
}

const frac_method *frac_method_get(fsnn_method method)
{
    return (int)method > 0 && (int)method < FSNN_COUNT(methods) ? methods[method] : NULL;
}

const char *fsnn_method_name(fsnn_method method)
{
    const frac_method *row = frac_method_get(method);
    return row ? row->name : "default";
}

static const char *name_at(int i)
{
    return i >= FSNN_COUNT(methods) ? NULL : methods[i] ? methods[i]->name : "";
}

int fsnn_method_find(const char *name)
{
    static const fsnn_alias also[] = {{"pred", FSNN_AB}, {NULL, 0}}; /* spikeDE's word */
    return fsnn_name_find("method", name, name_at, also);
}

fsnn_status frac_method_settle(fsnn_integrator integrator, fsnn_method method,
                               const frac_method **row)
{
    if (integrator != FSNN_FDEINT && integrator != FSNN_ODEINT)
        return fsnn_fail(FSNN_EARGUMENT, "integrator %d is neither fdeint nor odeint", integrator);
    bool integer = integrator == FSNN_ODEINT;
    if (method == FSNN_METHOD_DEFAULT)
        method = integer ? FSNN_EULER : FSNN_GL;
    *row = frac_method_get(method);
    if (!*row)
        return fsnn_fail(FSNN_EARGUMENT, "there is no method number %d", method);
    if ((*row)->integer != integer) {
        char list[128];
        fsnn_method_list(integer ? FSNN_METHODS_INTEGER : FSNN_METHODS_FRACTIONAL, list,
                         sizeof list);
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "method %s does not belong to integrator %s: %s takes %s; for %s order "
                         "use %s",
                         (*row)->name, integer ? "odeint" : "fdeint", integer ? "odeint" : "fdeint",
                         list, integer ? "fractional" : "integer", integer ? "fdeint" : "odeint");
    }
    return FSNN_OK;
}

fsnn_status frac_order_check(const frac_method *method, const fsnn_order *o)
{
    if (o->terms < 1 || o->terms > FSNN_MAX_TERMS)
        return fsnn_fail(FSNN_EARGUMENT, "an order has 1 to %d terms, not %d", FSNN_MAX_TERMS,
                         o->terms);
    if (o->terms > 1 && !method->multiterm) {
        char list[128];
        return fsnn_fail(
            FSNN_EUNSUPPORTED, "method %s takes one term, not %d: several terms work with %s",
            method->name, o->terms, fsnn_method_list(FSNN_METHODS_TERMS, list, sizeof list));
    }
    for (int m = 0; m < o->terms; m++) {
        if (!(o->alpha[m] > 0 && o->alpha[m] <= 1))
            return fsnn_fail(FSNN_EARGUMENT, "alpha is %g: it must lie in (0, 1]", o->alpha[m]);
        if (!(o->coefficient[m] > 0 && isfinite(o->coefficient[m])))
            return fsnn_fail(FSNN_EARGUMENT, "coefficient of alpha %g is %g: it must be positive",
                             o->alpha[m], o->coefficient[m]);
    }
    return FSNN_OK;
}

static fsnn_status check_single(const char *name, double x)
{
    if (x >= FLT_MIN && x <= FLT_MAX)
        return FSNN_OK;
    return fsnn_fail(FSNN_EARGUMENT,
                     "%s is %g: single precision has numbers from %.2g to %.2g; precision double "
                     "has more",
                     name, x, FLT_MIN, FLT_MAX);
}

fsnn_status frac_order_check_single(const fsnn_order *o)
{
    for (int m = 0; m < o->terms; m++) {
        FSNN_TRY(check_single("alpha", o->alpha[m]));
        FSNN_TRY(check_single("a coefficient", o->coefficient[m]));
    }
    return FSNN_OK;
}

fsnn_order fsnn_order_of(double alpha)
{
    return (fsnn_order){.terms = 1, .alpha = {alpha}, .coefficient = {1}};
}

fsnn_dynamics fsnn_dynamics_default(const fsnn_order *order)
{
    return (fsnn_dynamics){.order = order, .orders = order ? 1 : 0, .step = 1};
}

fsnn_status fsnn_frac_weights(fsnn_method method, const fsnn_order *order, double step, int64_t n,
                              double *w, double *gain)
{
    const frac_method *row = frac_method_get(method);
    if (!row)
        return fsnn_fail(FSNN_EARGUMENT, "there is no method number %d", method);
    if (!(step > 0 && isfinite(step)))
        return fsnn_fail(FSNN_EARGUMENT, "step is %g: it must be positive", step);
    if (n < 1)
        return fsnn_fail(FSNN_EARGUMENT, "%lld weights asked for: at least 1", (long long)n);
    if (!order || !w || !gain)
        return fsnn_fail(FSNN_EARGUMENT, "%s is NULL",
                         !order ? "the order"
                         : !w   ? "the place for the weights"
                                : "the gain");
    FSNN_TRY(frac_order_check(row, order));
    if (!row->weights)
        return fsnn_fail(FSNN_EUNSUPPORTED, "the weights of method %s depend on the neuron",
                         row->name);
    row->weights(order, step, n, w - 1, gain); /* rows count lags from 1 and leave w[0] alone */
    return FSNN_OK;
}
