/* Everything that can be wrong with a plan. */
#include "frac/fde_solver.h"

#include <math.h>

fsnn_fde_plan fsnn_fde_plan_default(void)
{
    return (fsnn_fde_plan){
        .history = true,
        .steps = FSNN_FDE_FIXED,
        .rtol = 1e-6,
        .atol = 1e-9,
        .step_most = INFINITY,
    };
}

static fsnn_status lengths(const fsnn_fde_plan *plan)
{
    if (!(plan->step_least >= 0 && isfinite(plan->step_least)))
        return fsnn_fail(FSNN_EARGUMENT, "step_least is %g: it must be 0 or positive",
                         plan->step_least);
    if (!(plan->step_most > 0 && plan->step_most >= plan->step_least))
        return fsnn_fail(FSNN_EARGUMENT,
                         "step_most is %g: it must be positive and at least step_least, %g",
                         plan->step_most, plan->step_least);
    return FSNN_OK;
}

static fsnn_status tolerances(const fsnn_fde *o, const fsnn_fde_plan *plan)
{
    if (!(plan->rtol >= 0 && isfinite(plan->rtol)))
        return fsnn_fail(FSNN_EARGUMENT, "rtol is %g: it must be 0 or positive", plan->rtol);
    for (size_t i = 0; i < (plan->atols ? o->n : 1); i++) {
        double atol = plan->atols ? plan->atols[i] : plan->atol;
        if (!(atol >= 0 && isfinite(atol)))
            return fsnn_fail(FSNN_EARGUMENT,
                             "atol of component %zu is %g: it must be 0 or positive", i, atol);
        if (!(plan->rtol > 0 || atol > 0))
            return fsnn_fail(FSNN_EARGUMENT,
                             "rtol and atol of component %zu are 0: no step is that exact", i);
    }
    return FSNN_OK;
}

static fsnn_status steps(const fsnn_fde *o, const fsnn_fde_plan *plan)
{
    if (plan->steps == FSNN_FDE_FIXED)
        return FSNN_OK;
    if (plan->steps != FSNN_FDE_ESTIMATED && plan->steps != FSNN_FDE_CONTROLLED)
        return fsnn_fail(FSNN_EARGUMENT, "there are no steps number %d", plan->steps);
    if (o->method != FSNN_ABM && o->method != FSNN_TRAP)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "method %s has fixed steps only: abm and trap estimate their error and "
                         "choose their steps",
                         fsnn_method_name(o->method == FSNN_METHOD_DEFAULT ? FSNN_GL : o->method));
    if (o->memory != FSNN_FDE_DENSE)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "exponentials need fixed steps: estimated and controlled ones take "
                         "FSNN_FDE_DENSE");
    FSNN_TRY(lengths(plan));
    return tolerances(o, plan);
}

static fsnn_status events(const fsnn_fde_plan *plan)
{
    if (plan->events && !plan->event)
        return fsnn_fail(FSNN_EARGUMENT, "%zu events, and the list of events is NULL",
                         plan->events);
    for (size_t e = 0; e < plan->events; e++)
        if (!plan->event[e].g)
            return fsnn_fail(FSNN_EARGUMENT, "the function of event %zu is NULL", e);
    return FSNN_OK;
}

fsnn_status fde_plan_check(const fsnn_fde *o, const fsnn_fde_plan *plan)
{
    if (plan->horizon < 0 || plan->horizon > FSNN_HORIZON_MOST)
        return fsnn_fail(FSNN_EARGUMENT, "horizon is %lld: it must lie in 0 .. 1e15",
                         (long long)plan->horizon);
    if (plan->parameters && !plan->parameter)
        return fsnn_fail(FSNN_EARGUMENT, "%zu parameters, and the list of parameters is NULL",
                         plan->parameters);
    FSNN_TRY(events(plan));
    return steps(o, plan);
}
