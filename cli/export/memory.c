/* cli/export/memory.c: the memory of the exported C. */
#include "cli/export/export.h"

#include <math.h>
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
    *override = cli_format("dynamics.memory={tolerance: %g, horizon: %lld, engine: exponentials}",
                           tolerance, (long long)horizon_of(w));
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

/* ---- what it changes ---- */

static void add_difference(FILE *out, const fsnn_array *a, const fsnn_array *b)
{
    const float *x = a->data, *y = b->data;
    const int64_t count = fsnn_shape_count(&a->shape);
    int64_t differ = 0;
    double most = 0;
    for (int64_t i = 0; i < count; i++) {
        differ += x[i] != y[i];
        most = fabs((double)x[i] - y[i]) > most ? fabs((double)x[i] - y[i]) : most;
    }
    fprintf(out, "| %s | %lld | %lld | %.2g |\n", a->name, (long long)count, (long long)differ,
            most);
}

char *export_notes(const export_work *w)
{
    char *text = NULL;
    size_t size;
    const fsnn_array *x = fsnn_arrays_find(&w->samples, "x");
    FILE *out = x ? open_memstream(&text, &size) : NULL;
    if (!out)
        return NULL;
    fprintf(out,
            "## On the test input\n\n%lld samples of %lld steps: this memory beside that of the "
            "description, both by `fsnn run` on instruction set %s. net_test.c holds the C to the "
            "former, bit for bit in its spikes.\n\n| what | numbers | differ | largest difference "
            "|\n|---|---|---|---|\n",
            (long long)x->shape.dim[1], (long long)x->shape.dim[0], fsnn_isa());
    for (int i = 0; i < w->whole.count; i++) {
        const fsnn_array *a = &w->whole.item[i], *b = fsnn_arrays_find(&w->expected, a->name);
        bool told = !strcmp(a->name, "output") || !strncmp(a->name, "spikes.", 7);
        if (b && told && a->dtype == FSNN_F32 && fsnn_shape_equal(&a->shape, &b->shape))
            add_difference(out, a, b);
    }
    fclose(out);
    return text;
}
