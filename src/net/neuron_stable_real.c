/* Whether the step is short enough. A method is stable where the slope of dv is at most sum_m C_m
 * limit(alpha_m) / h^alpha_m (frac/method.h: stable), and approaches the rest of a constant input
 * without overshooting up to a smaller bound of the same form (monotone). Beyond either wrapping
 * warns, and says which step would do. */
#include "base/sentence.h"
#include "net/neuron_node.h"

#include <math.h>
#include <stdio.h>

typedef double limit_fn(double alpha);

enum { WAYS = 192 };

/* The largest 1/tau within the limit at step h: sum_m C_m limit(alpha_m) / h^alpha_m. */
static double rate_within(const neuron_layer *st, limit_fn *limit, double h)
{
    double sum = 0;
    for (int m = 0; m < st->order.terms; m++) {
        double a = st->method->integer ? 1 : st->order.alpha[m];
        sum += st->order.coefficient[m] * limit(a) / pow(h, a);
    }
    return sum;
}

/* The largest step within the limit: rate_within falls with it. */
static double step_within(const neuron_layer *st, limit_fn *limit, double rate)
{
    double low = 1e-30, high = 1e30;
    for (int i = 0; i < 200; i++) {
        double middle = sqrt(low * high);
        if (rate_within(st, limit, middle) > rate)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The same of the equations of one neuron. */
static double rate_at(const neuron_layer *st, const op_node *node, int64_t place)
{
    const fsnn_neuron *o = node->options;
    const fsnn_user *user = node->options;
    const scan *s = &st->scan;
    double at[EQUATION_VALUES] = {0};
    const fsnn_value v0 = neuron_value_v0(o);
    at[EQUATION_X] = neuron_value_at(s, &v0, place);
    at[EQUATION_PAR + PAR_TAU] = neuron_value_at(s, &o->tau, place);
    at[EQUATION_PAR + PAR_THRESHOLD] = neuron_value_at(s, &o->threshold, place);
    for (int i = 0; i < s->model->own; i++)
        at[EQUATION_PAR + 2 + i] = neuron_value_at(s, &user->param[i].value, place);
    double rate = -equation_value(st->user.equation, EQUATION_J, at);
    return isfinite(rate) && rate > 0 ? rate : 0;
}

/* How fast dv falls with v: -d(dv)/dv with the parameters as they were given; where it changes with
 * v, at v0 without a current; of the neuron where it falls fastest. 0: it does not fall, or that is
 * not known (a callback). */
double neuron_leak_rate(const neuron_layer *st, const op_node *node)
{
    const fsnn_neuron *o = node->options;
    double rate = 0;
    if (st->scan.model->leaky)
        return 1 / neuron_value_least(&o->tau);
    if (!st->user.equation)
        return 0;
    for (int64_t place = 0; place < (neuron_values_listed(node) ? st->scan.N : 1); place++)
        rate = fmax(rate, rate_at(st, node, place));
    return rate;
}

/* A step below ..., and for the leak of lif a tau above ..., are stable. */
static char *remedy(const neuron_layer *st, double rate, double most)
{
    double step = step_within(st, st->method->stable, rate);
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

/* Methods without a limit; `what` says whether the neuron leaks as if and lif do. */
static bool at_any_step(const frac_method *method, const void *what)
{
    return frac_is_implicit(method, NULL) || (*(const bool *)what && frac_is_exact(method, NULL));
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
    char any[FRAC_NAMES], linearised[FRAC_NAMES];
    return fsnn_format("%s \"%s\": %s is %.*g, beyond the %.*g up to which explicit %s is stable "
                       "at alpha %g: potentials below threshold may oscillate and grow; %s, and so "
                       "is any step with the method %s, or with `implicit: true` and %s",
                       node->op->kind, node->name, slope, digits, z, digits, limit,
                       st->method->name, a, works,
                       frac_method_names(at_any_step, &leaky, "or", any),
                       frac_method_names(frac_linearised, NULL, "or", linearised));
}

char *neuron_unstable(const op_node *node)
{
    const neuron_layer *st = node->state;
    double rate = neuron_leak_rate(st, node);
    if (rate == 0 || !st->method->stable || st->scan.memory.scheme == FRAC_IMPLICIT)
        return NULL;
    double most = rate_within(st, st->method->stable, st->h);
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

/* What the limit is of: "step^alpha/tau", or what takes its place. */
static const char *steepness(const neuron_layer *st)
{
    if (st->order.terms > 1)
        return st->scan.model->leaky ? "1/tau" : "the slope of dv";
    if (st->scan.model->leaky)
        return "step^alpha/tau";
    return st->scan.model->curved ? "step^alpha times the slope of dv at v0"
                                  : "step^alpha times the slope of dv";
}

/* What approaches without overshooting at any step, into text [WAYS]. */
static const char *monotone_ways(const neuron_layer *st, char text[WAYS])
{
    char exact[FRAC_NAMES];
    bool implicit = st->method->linearised && !st->scan.others;
    bool solved = st->scan.model->leaky && st->order.terms == 1 && !st->scan.others;
    *text = 0;
    if (implicit || solved)
        snprintf(text, WAYS, ", nor does %s%s%s%s at any step", implicit ? "`implicit: true`" : "",
                 implicit && solved ? " or " : "", solved ? "the method " : "",
                 solved ? frac_method_names(frac_is_exact, NULL, "or", exact) : "");
    return text;
}

static double order_of(const neuron_layer *st)
{
    return st->method->integer ? 1 : st->order.alpha[0];
}

char *neuron_overshoots(const op_node *node)
{
    const neuron_layer *st = node->state;
    double rate = neuron_leak_rate(st, node);
    limit_fn *limit = st->method->monotone;
    bool implicit = st->scan.memory.scheme == FRAC_IMPLICIT && st->method->linearised;
    if (rate == 0 || !limit || implicit || limit == st->method->stable)
        return NULL;
    double most = rate_within(st, limit, st->h);
    if (rate <= most * (1 + 1e-12))
        return NULL;
    double unit = st->order.terms > 1 ? 1 : pow(st->h, order_of(st)) / st->order.coefficient[0];
    int digits = fsnn_digits_apart(rate * unit, most * unit);
    char tau[48] = "", ways[WAYS];
    if (st->scan.model->leaky)
        snprintf(tau, sizeof tau, " or a tau from %.4g", fsnn_limit_above(1 / most));
    return fsnn_format(
        "%s \"%s\": %s is %.*g, beyond the %.*g up to which %s follows a constant input without "
        "overshooting: the first steps are too large, and neurons may spike that should not; a "
        "step "
        "up to %.4g%s does not overshoot%s",
        node->op->kind, node->name, steepness(st), digits, rate * unit, digits, most * unit,
        st->method->name, fsnn_limit_below(step_within(st, limit, rate)), tau,
        monotone_ways(st, ways));
}
