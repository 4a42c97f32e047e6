/* The sentence of a layer whose states have left the finite numbers: which, where, and what would
 * work. */
#include "base/sentence.h"
#include "net/neuron_node.h"

#include <math.h>

/* The number of a neuron in its sample, in the order that users see. */
static int64_t plain_index(const op_node *node, int64_t i)
{
    int64_t N = fsnn_shape_count(&node->in[0]), C = node->in[0].rank ? node->in[0].dim[0] : 1;
    i %= N;
    return node->in_last[0] ? i % C * (N / C) + i / C : i;
}

/* Step and value of the first current of that neuron which is not finite, up to `end`; -1: there
 * is none. Of a layer in a loop the present step alone is there. */
static int64_t current_strays(const op_node *node, const op_run *run, int64_t neuron, int64_t end,
                              real *value)
{
    int64_t BN = node->B * fsnn_shape_count(&node->in[0]);
    const real *I = run->in[0] + neuron;
    bool one = node->looped || node->still_in;
    for (int64_t k = 0; k <= end && !(one && k); k++)
        if (!isfinite(I[k * BN])) {
            *value = I[k * BN];
            return one && !node->still_in ? end : k;
        }
    return -1;
}

/* What may hold a state that runs away; to be freed, NULL: there was no room for it. */
static char *remedy(const neuron_layer *st)
{
    char linearised[FRAC_NAMES], implicit[FRAC_NAMES];
    if (st->scan.memory.scheme == FRAC_IMPLICIT || st->scan.model->leaky)
        return fsnn_strdup("a smaller step, or a larger tau");
    if (st->scan.others)
        return fsnn_strdup("a smaller step where it is too long, bounds in the equations (min, "
                           "max, tanh) where they have none");
    return fsnn_format("`implicit: true` with %s, the method %s or a smaller step where the step "
                       "is too long, bounds in the equation (min, max, tanh) where it has none",
                       frac_method_names(frac_linearised, NULL, "or", linearised),
                       frac_method_names(frac_is_implicit, NULL, "or", implicit));
}

/* Numbers from here on are near the end of the precision. */
#ifdef FSNN_DOUBLE
#define LARGE 1e300
#define PRECISION "double"
#else
#define LARGE 1e30f
#define PRECISION "single"
#endif

/* The largest current, in magnitude, of that neuron up to step `end`; of a layer in a loop the
 * present one. */
static real largest_current(const op_node *node, const op_run *run, int64_t neuron, int64_t end)
{
    int64_t BN = node->B * fsnn_shape_count(&node->in[0]);
    const real *I = run->in[0] + neuron;
    real most = I[0];
    for (int64_t k = 1; k <= end && !node->looped && !node->still_in; k++)
        if (real_abs(I[k * BN]) > real_abs(most))
            most = I[k * BN];
    return most;
}

static fsnn_status runs_away(const op_node *node, const char *where, real current)
{
    const neuron_layer *st = node->state;
    if (real_abs(current) > LARGE)
        return fsnn_fail(FSNN_ENUMERIC,
                         "%s: its current comes to %g, near the end of " PRECISION
                         " precision; look at "
                         "the weights and the input before it, or lower the learning rate",
                         where, (double)current);
    char *unstable = neuron_unstable(node), *help = remedy(st), tau[64] = "";
    if (st->scan.model->leaky)
        snprintf(tau, sizeof tau, ", its tau is %g", (double)st->scan.par[PAR_TAU].value[0]);
    fsnn_fail(FSNN_ENUMERIC, "%s: it has run away%s; what may help: %s%s%s", where, tau,
              help ? help : "a smaller step", unstable ? ". " : "", unstable ? unstable : "");
    fsnn_free(help);
    fsnn_free(unstable);
    return FSNN_ENUMERIC;
}

fsnn_status neuron_strayed(const op_node *node, const op_run *run)
{
    const neuron_layer *st = node->state;
    scan_stray at = scan_first_stray(&st->scan);
    int64_t N = fsnn_shape_count(&node->in[0]);
    real current = 0;
    int64_t k = current_strays(node, run, at.neuron, at.step, &current);
    char where[192];
    snprintf(where, sizeof where,
             "%s \"%s\": %s of neuron %lld in sample %lld (both from 0) is %g from step %lld on",
             node->op->kind, node->name, neuron_state_name(node, at.state),
             (long long)plain_index(node, at.neuron), (long long)(at.neuron / N),
             fsnn_number_told((double)at.value), (long long)at.time + 1);
    if (k < 0)
        return runs_away(node, where, largest_current(node, run, at.neuron, at.step));
    return fsnn_fail(
        FSNN_ENUMERIC, "%s, and so is what it gets: its current is %g at step %lld" STRAYED_ADVICE,
        where, fsnn_number_told((double)current), (long long)(at.time - at.step + k) + 1);
}
