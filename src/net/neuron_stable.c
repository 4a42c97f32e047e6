/* Whether the step is stable. Explicit methods are where the slope of dv is at most
 * sum_m C_m limit(alpha_m) / h^alpha_m (frac/method.h: stable). Beyond that wrapping warns, and
 * says which step would be stable. */
#include "base/sentence.h"
#include "net/neuron_node.h"

#include <math.h>
#include <stdio.h>

/* The largest 1/tau that is stable at step h: sum_m C_m limit(alpha_m) / h^alpha_m. */
static double stable_rate(const neuron_layer *st, double h)
{
    double sum = 0;
    for (int m = 0; m < st->order.terms; m++) {
        double a = st->method->integer ? 1 : st->order.alpha[m];
        sum += st->order.coefficient[m] * st->method->stable(a) / pow(h, a);
    }
    return sum;
}

/* The largest stable step: stable_rate falls with it. */
static double stable_step(const neuron_layer *st, double rate)
{
    double low = 1e-30, high = 1e30;
    for (int i = 0; i < 200; i++) {
        double middle = sqrt(low * high);
        if (stable_rate(st, middle) > rate)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* How fast dv falls with v: -d(dv)/dv with the parameters as they were given; where it changes with
 * v, at v0 without a current. 0: it does not fall, or that is not known (a callback). */
static double leak_rate(const neuron_layer *st, const op_node *node)
{
    const fsnn_neuron *o = node->options;
    const equation *e = st->user.equation;
    double at[EQUATION_VALUES] = {0};
    if (st->scan.model->leaky)
        return 1 / o->tau.value;
    if (!e)
        return 0;
    at[EQUATION_X] = o->v0;
    at[EQUATION_PAR + PAR_TAU] = o->tau.value;
    at[EQUATION_PAR + PAR_THRESHOLD] = o->threshold.value;
    for (int i = 0; i < st->scan.model->own; i++)
        at[EQUATION_PAR + 2 + i] = ((const fsnn_user *)node->options)->param[i].value.value;
    double rate = -equation_value(e, EQUATION_J, at);
    return isfinite(rate) && rate > 0 ? rate : 0;
}

/* A step below ..., and for the leak of lif a tau above ..., are stable. */
static char *remedy(const neuron_layer *st, double rate, double most)
{
    double step = stable_step(st, rate);
    if (st->scan.model->leaky)
        return fsnn_format("a step below %.4g or a tau above %.4g is stable",
                           fsnn_limit_below(step), fsnn_limit_above(1 / most));
    return fsnn_format("a step below %.4g is stable", fsnn_limit_below(step));
}

static char *unstable_terms(const op_node *node, const neuron_layer *st, double rate, double most,
                            const char *works)
{
    int digits = fsnn_digits_apart(rate, most);
    return fsnn_format("%s \"%s\": %s is %.*g, beyond the %.*g up to which explicit %s is stable "
                       "with these %d terms at step %g: potentials below threshold may oscillate "
                       "and grow; %s, and so is `implicit: true` at any step",
                       node->op->kind, node->name,
                       st->scan.model->leaky ? "1/tau" : "the slope of dv, -d(dv)/dv,", digits,
                       rate, digits, most, st->method->name, st->order.terms, st->h, works);
}

static char *unstable_term(const op_node *node, const neuron_layer *st, double rate, double most,
                           const char *works)
{
    double a = st->method->integer ? 1 : st->order.alpha[0], limit = st->method->stable(a);
    double z = rate / most * limit; /* h^alpha / (tau C) */
    bool leaky = st->scan.model->leaky;
    char slope[64] = "step^alpha/tau";
    if (!leaky)
        snprintf(slope, sizeof slope, "step^alpha times the slope of dv%s, %.4g,",
                 st->scan.model->curved ? " at v0" : "", rate);
    int digits = fsnn_digits_apart(z, limit);
    return fsnn_format("%s \"%s\": %s is %.*g, beyond the %.*g up to which explicit %s is stable "
                       "at alpha %g: potentials below threshold may oscillate and grow; %s, and so "
                       "%s, or `implicit: true` with gl, l1 and ab, at any step",
                       node->op->kind, node->name, slope, digits, z, digits, limit,
                       st->method->name, a, works,
                       leaky ? "are the methods trap and ml" : "is the method trap");
}

char *neuron_node_unstable(const op_node *node)
{
    const neuron_layer *st = node->state;
    double rate = leak_rate(st, node);
    if (rate == 0 || !st->method->stable || st->scan.memory.scheme == FRAC_IMPLICIT)
        return NULL;
    double most = stable_rate(st, st->h);
    if (rate <= most * (1 + 1e-12))
        return NULL;
    char *works = remedy(st, rate, most);
    if (!works)
        return NULL;
    char *sentence =
        (st->order.terms > 1 ? unstable_terms : unstable_term)(node, st, rate, most, works);
    fsnn_free(works);
    return sentence;
}
