/* cli/export/memory.c: the memory of the exported C. */
#include "cli/export/export.h"

#include <stdlib.h>
#include <string.h>

#define TOLERANCE 1e-5
enum { LONG = 100000 }; /* steps that a tolerance holds for at least */

/* T of the training: that of the description's data. */
static int64_t trained_steps(const export_work *w)
{
    const fsnn_plan *plan = fsnn_session_plan(w->model.session);
    return plan ? plan->steps : 1;
}

static int64_t horizon_of(const export_work *w)
{
    int64_t steps = trained_steps(w);
    if (w->o->horizon.given)
        return w->o->horizon.value;
    steps = w->steps > steps ? w->steps : steps;
    return steps > LONG ? steps : LONG;
}

static int full(const export_work *w, char **override)
{
    if (!w->o->horizon.given)
        return cli_error(CLI_USAGE, "--memory full needs --horizon N, the steps that are kept: "
                                    "they are N numbers a neuron");
    *override = cli_format("dynamics.memory=%lld",
                           (long long)(w->o->horizon.value < 1 ? 2 : w->o->horizon.value + 1));
    return CLI_GOOD;
}

static int within(const export_work *w, double tolerance, char **override)
{
    *override = cli_format("dynamics.memory={tolerance: %g, horizon: %lld, engine: few}", tolerance,
                           (long long)horizon_of(w));
    return CLI_GOOD;
}

int export_memory(const export_work *w, char **override)
{
    const fsnn_dynamics *d = fsnn_description_dynamics(w->model.description);
    const char *memory = w->o->memory;
    *override = NULL;
    if (d->integrator == FSNN_ODEINT)
        return CLI_GOOD;
    if (memory && strcmp(memory, "full") == 0)
        return full(w, override);
    if (memory) {
        char *end;
        double tolerance = strtod(memory, &end);
        if (end == memory || *end || !(tolerance >= 1e-12 && tolerance <= 0.1))
            return cli_error(CLI_USAGE,
                             "--memory is a tolerance from 1e-12 to 0.1, or full, not "
                             "\"%s\"",
                             memory);
        return within(w, tolerance, override);
    }
    if (d->memory > 0) /* trained so: it is part of the network */
        return CLI_GOOD;
    return within(w, d->tolerance > 0 ? d->tolerance : TOLERANCE, override);
}
