/* What a memory of M steps loses. Under a constant input the sums over the past end, and with them
 * the potential settles elsewhere than with full memory. With r = -d(dv)/dv, W the sum of all
 * weights within the memory, g the gain and S their sum without it, relative to full memory:
 *
 *   states (gl, l1)   u = S u + g f                              R r / (1 + R r),  R = g/(1 - S)
 *   drives            u = W f                                    W r / (1 + W r)
 *   ml                u = W I/tau                                W r
 *   abm               P = W_P f, u = S f + g (f + r (u - P))     (r W - q) / (1 + r S - q),
 *                                                                q = g r^2 W_P
 *
 * Neurons without a leak integrate for ever with full memory; here they do not. Of several states
 * the share is that of v by itself. Where dv is not known or its slope is none at v_0, only that
 * something is lost can be said. */
#include "net/neuron_node.h"

/* What counts as moved: a twentieth. */
#define NEAR 0.95

static double sum_of(const neuron_layer *st, double *gain)
{
    const frac_memory *m = &st->scan.memory;
    double w[2];
    frac_method_weigh(st->method, 0, &st->order, &m->leak, st->h, 1, w, gain);
    return st->method->sum(&st->order, &m->leak, st->h, m->limit);
}

/* The steady state as a share of that with full memory. */
static double settles_at(const neuron_layer *st, double r)
{
    const frac_memory *m = &st->scan.memory;
    double g, S = sum_of(st, &g);
    if (!st->method->drive) {
        double R = g / (1 - S);
        return S < 1 ? R * r / (1 + R * r) : 1;
    }
    if (m->scheme == FRAC_EXACT)
        return (g + S) * r;
    if (m->scheme != FRAC_PECE)
        return (g + S) * r / (1 + (g + S) * r);
    double q = g * r * r * st->method->psum(&st->order, &m->leak, st->h, m->limit);
    return ((g + S) * r - q) / (1 + S * r - q);
}

/* Without a leak: where it settles, in units of the input. */
static char *stops(const op_node *node, const neuron_layer *st)
{
    double g, S = sum_of(st, &g), R = st->method->drive ? g + S : g / (1 - S);
    if (!st->method->drive && S >= 1)
        return NULL;
    const fsnn_neuron *o = node->options;
    double tau = neuron_value_least(&o->tau) / neuron_value_resistance(o);
    return fsnn_format("%s \"%s\": memory %lld ends what method %s integrates: under a constant "
                       "input I the potential settles at %.4g I, where it grows without end with "
                       "full memory; `memory: full` or {tolerance: 1e-5} remember everything",
                       node->op->kind, node->name, (long long)st->memory.steps, st->method->name,
                       R / tau);
}

/* What a user's equations or callback lose, of which no share is known. */
static char *loses(const op_node *node, const neuron_layer *st)
{
    double g;
    if (!st->method->drive && sum_of(st, &g) > NEAR)
        return NULL;
    return fsnn_format("%s \"%s\": memory %lld with method %s, which remembers %s, moves where a "
                       "constant input settles, how far is not known here; more steps, `memory: "
                       "full`, or {tolerance: 1e-5} in constant space%s",
                       node->op->kind, node->name, (long long)st->memory.steps, st->method->name,
                       st->method->drive ? "drives" : "states",
                       st->method->drive ? ", or gl and l1, which remember states" : "");
}

/* What the share is of, where it is not that of the whole neuron. */
static const char *share_of(const neuron_layer *st)
{
    if (st->scan.others)
        return "v by itself is at ";
    return st->scan.model->curved ? "near v0 it is at " : "";
}

char *neuron_forgets(const op_node *node)
{
    const neuron_layer *st = node->state;
    const frac_memory *m = &st->scan.memory;
    if (m->compressed || m->limit < 0 || !st->method->sum)
        return NULL;
    double r = neuron_leak_rate(st, node);
    if (r == 0)
        return st->user.ready ? loses(node, st) : stops(node, st);
    double share = settles_at(st, r);
    if (share > NEAR)
        return NULL;
    return fsnn_format("%s \"%s\": memory %lld with method %s, which remembers %s, moves where a "
                       "constant input settles: %s%.4g of what it is with full memory; more steps, "
                       "`memory: full`, or {tolerance: 1e-5} in constant space%s",
                       node->op->kind, node->name, (long long)st->memory.steps, st->method->name,
                       st->method->drive ? "drives" : "states", share_of(st), share,
                       st->method->drive ? ", or gl and l1, which remember states" : "");
}
