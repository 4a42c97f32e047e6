/* Checks of a neuron layer: of its options alone, and of options together with the method. Each
 * sentence names what would work. */
#include "net/neuron_node.h"

#include <math.h>
#include <string.h>

/* Kernels compute with the reciprocal, too. */
#ifdef FSNN_DOUBLE
#define RANGE ", from 2.3e-308 to 1.7e+308"
#define LARGEST "1.7e+308"
#else
#define RANGE ", from 1.2e-38 to 3.4e+38"
#define LARGEST "3e+38"
#endif
static bool positive(double value)
{
    return value >= (double)REAL_MIN && value <= (double)REAL_MAX;
}

static bool scale_fits(double scale)
{
    return scale == 0 || (scale >= NEURON_SCALE_LEAST && scale <= NEURON_SCALE_MOST);
}

static bool noise_fits(const fsnn_noise *o)
{
    const double least = 1 / NEURON_NOISE_MOST;
    bool gamma = o->gamma == 0 || (o->gamma >= least && o->gamma <= NEURON_NOISE_MOST);
    return gamma && (o->temperature == 0 ||
                     (o->temperature >= least && o->temperature <= NEURON_NOISE_MOST));
}

static fsnn_status check_noise(const fsnn_noise *o)
{
    if ((unsigned)o->mode >= FSNN_NOISES)
        return fsnn_fail(FSNN_EARGUMENT, "there is no noise mode number %d", o->mode);
    if (!noise_fits(o))
        return fsnn_fail(FSNN_EARGUMENT,
                         "the noise has gamma %g and temperature %g: each must be from 1e-9 to "
                         "1e+9, or 0 for its default",
                         o->gamma, o->temperature);
    if (o->mode == FSNN_NOISE_NONE && (o->gamma != 0 || o->temperature != 0))
        return fsnn_fail(FSNN_EARGUMENT, "the noise has a gamma or temperature but no mode: set "
                                         "one, like noise: {mode: hard_st}, or leave them out");
    return FSNN_OK;
}

fsnn_status neuron_named(const op_node *node, fsnn_status status)
{
    if (status && status != FSNN_EMEMORY) {
        char *why = fsnn_strdup(fsnn_error_text());
        fsnn_fail(status, "%s \"%s\": %s", node->op->kind, node->name, why ? why : "");
        fsnn_free(why);
    }
    return status;
}

static bool representable(double value)
{
    return isfinite((real)value);
}

/* v0 as a draw; for descriptions too. */
static fsnn_status check_start(const fsnn_neuron *o)
{
    const fsnn_start *s = &o->start;
    if ((unsigned)s->draw >= FSNN_DRAWS)
        return fsnn_fail(FSNN_EARGUMENT, "there is no draw of v0 number %d", (int)s->draw);
    if (!(s->spread >= 0 && representable(s->spread)))
        return fsnn_fail(FSNN_EARGUMENT, "the spread of v0 is %g: it must be from 0 to " LARGEST,
                         s->spread);
    if (s->draw && s->values)
        return fsnn_fail(FSNN_EARGUMENT,
                         "v0 is a list of %lld values and is drawn, too: one of them works",
                         (long long)s->count);
    if (s->draw && s->per == FSNN_PER_LAYER)
        return fsnn_fail(FSNN_EARGUMENT,
                         "v0 is drawn, but one for the layer: write `per: neuron` or `per: "
                         "channel` beside it");
    return FSNN_OK;
}

/* ---- a potential at rest and a resistance ---- */

/* What potentials of one neuron have to do with each other; `key` is the one at fault. */
static fsnn_status check_potentials(const fsnn_neuron *o, double threshold, double rest, double v0,
                                    double v_reset, char key[OP_KEY])
{
    snprintf(key, OP_KEY, "threshold");
    if (!(threshold > rest))
        return fsnn_fail(FSNN_EARGUMENT,
                         "threshold is %g: it must be above the potential at rest, which is %g%s",
                         threshold, rest,
                         neuron_value_rests(o) ? "" : " without `rest: -70`, say, beside it");
    if (!neuron_value_rests(o))
        return FSNN_OK;
    snprintf(key, OP_KEY, "v0");
    if (v0 >= threshold)
        return fsnn_fail(FSNN_EARGUMENT,
                         "v0 is %g, which is not below the threshold %g: rest %g does not move it: "
                         "give v0, too, like v0: %g",
                         v0, threshold, rest, rest);
    snprintf(key, OP_KEY, "v_reset");
    if (o->reset == FSNN_RESET_VALUE && v_reset >= threshold)
        return fsnn_fail(FSNN_EARGUMENT,
                         "v_reset is %g, which is not below the threshold %g: rest %g does not "
                         "move it: give v_reset, too, like v_reset: %g",
                         v_reset, threshold, rest, rest);
    key[0] = 0;
    return FSNN_OK;
}

/* Of options alone: numbers of the layer. */
static fsnn_status check_membrane(const fsnn_op *op, const fsnn_neuron *o, char key[OP_KEY])
{
    const bool hand = op->keys == neuron_resting_keys;
    snprintf(key, OP_KEY, neuron_value_rests(o) ? "rest" : "resistance");
    if (!hand && (neuron_value_rests(o) || neuron_value_resists(o)))
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s is of kinds if, lif and noisy, not of %s: an equation can have it, "
                         "like dv: \"(-(v - E) + R*I)/tau\"",
                         key, op->kind);
    if (!hand || o->threshold.values || o->rest.values || o->v_reset.values || o->start.values ||
        o->start.draw)
        return FSNN_OK;
    return check_potentials(o, o->threshold.value, o->rest.value, o->v0, o->v_reset.value, key);
}

/* Neuron by neuron, where they are lists. */
fsnn_status neuron_check_membrane(const op_node *node)
{
    const fsnn_neuron *o = node->options;
    const scan *s = &((const neuron_layer *)node->state)->scan;
    const fsnn_value v0 = neuron_value_v0(o);
    char key[OP_KEY];
    fsnn_status status = check_membrane(node->op, o, key);
    const int64_t places =
        node->op->keys == neuron_resting_keys && neuron_values_listed(node) ? s->N : 0;
    for (int64_t n = 0; n < places && !status && !o->start.draw; n++)
        status = check_potentials(o, neuron_value_at(s, &o->threshold, n),
                                  neuron_value_at(s, &o->rest, n), neuron_value_at(s, &v0, n),
                                  neuron_value_at(s, &o->v_reset, n), key);
    return status ? fsnn_fail_in(neuron_named(node, status), key) : FSNN_OK;
}

/* ---- a peak in place of a threshold ---- */

/* No reset takes a peak from the potential: it is no distance from rest. */
static fsnn_status check_peak(const fsnn_op *op, const fsnn_neuron *o, char key[OP_KEY])
{
    const bool user = op->keys == neuron_user_keys;
    snprintf(key, OP_KEY, "v_peak");
    if (!o->peak)
        return FSNN_OK;
    if (!user && op->keys != neuron_peak_keys)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "v_peak is of qif, eif and user, whose potential runs up by itself: %s "
                         "spikes where its potential reaches `threshold`",
                         op->kind);
    if (user && ((const fsnn_user *)o)->spike)
        return fsnn_fail(FSNN_EARGUMENT,
                         "v_peak is where the potential is tested, and this neuron has a `spike` "
                         "of its own: leave one of them out");
    if (o->reset != FSNN_RESET_VALUE && o->reset != FSNN_RESET_RESTART)
        return fsnn_fail(FSNN_EARGUMENT,
                         "v_peak ends an upstroke, after which the potential has to land "
                         "somewhere, but the reset is %s: write `reset: value` with a v_reset, or "
                         "`reset: restart`",
                         fsnn_reset_name(o->reset));
    return FSNN_OK;
}

/* op.h: check */
fsnn_status neuron_check(const fsnn_op *op, const void *options, char key[OP_KEY])
{
    const fsnn_neuron *o = options;
    snprintf(key, OP_KEY, "noise");
    FSNN_TRY(check_noise(&o->noise));
    snprintf(key, OP_KEY, "v0");
    FSNN_TRY(check_start(o));
    FSNN_TRY(neuron_values_check_per(op, options, key));
    FSNN_TRY(check_membrane(op, o, key));
    FSNN_TRY(check_peak(op, o, key));
    return neuron_has_equations(op) ? neuron_user_check(op, options, key) : FSNN_OK;
}

static double number_of(const fsnn_value *v, int64_t i)
{
    return v->values ? v->values[i] : v->value;
}

/* The first number of a value that is not `right`; -1: all are. */
static int64_t first_wrong(const fsnn_value *v, bool (*right)(double))
{
    for (int64_t i = 0; i < (v->values ? v->count : 1); i++)
        if (!right(number_of(v, i)))
            return i;
    return -1;
}

/* "[3]", where there are several. */
static const char *index_text(const fsnn_value *v, int64_t i, char text[32])
{
    *text = 0;
    if (v->values)
        snprintf(text, 32, "[%lld]", (long long)i);
    return text;
}

/* `right` for all numbers of a value, which `must` says in words. */
static fsnn_status check_value(const op_node *node, const char *name, const fsnn_value *v,
                               bool (*right)(double), const char *must)
{
    char number[32];
    const int64_t at = first_wrong(v, right);
    return at < 0 ? FSNN_OK
                  : fsnn_fail_key(FSNN_EARGUMENT, name, "%s \"%s\": %s%s is %g, it must be %s",
                                  node->op->kind, node->name, name, index_text(v, at, number),
                                  number_of(v, at), must);
}

static fsnn_status check_values(const op_node *node, const fsnn_neuron *o)
{
    static const char above[] = "positive" RANGE,
                      any[] = "finite and of a magnitude up to " LARGEST;
    FSNN_TRY(check_value(node, "tau", &o->tau, positive, above));
    FSNN_TRY(check_value(node, "rest", &o->rest, representable, any));
    if (neuron_value_resists(o))
        FSNN_TRY(check_value(node, "resistance", &o->resistance, positive, above));
    return neuron_value_rests(o) || o->peak
               ? check_value(node, "threshold", &o->threshold, representable, any)
               : check_value(node, "threshold", &o->threshold, positive, above);
}

static fsnn_status check_surrogate(const op_node *node, const fsnn_neuron *o)
{
    if ((unsigned)o->surrogate.growth >= FSNN_GROWTHS || !scale_fits(o->surrogate.scale_end))
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s \"%s\": the surrogate's scale_end is %g, growth %d: the scale must be "
                         "from 1e-18 to 1e+18, or 0 where it does not change",
                         node->op->kind, node->name, o->surrogate.scale_end, o->surrogate.growth);
    if ((unsigned)o->surrogate.kind >= FSNN_SURROGATES || !scale_fits(o->surrogate.scale))
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s \"%s\": surrogate kind %d with scale %g: the scale must be from 1e-18 "
                         "to 1e+18, or 0 for the default of the kind",
                         node->op->kind, node->name, o->surrogate.kind, o->surrogate.scale);
    return FSNN_OK;
}

static fsnn_status check_landing(const op_node *node, const fsnn_neuron *o)
{
    if ((unsigned)o->equality >= FSNN_EQUALITIES)
        return fsnn_fail_key(FSNN_EARGUMENT, "equality",
                             "%s \"%s\": there is no equality number %d", node->op->kind,
                             node->name, o->equality);
    if ((unsigned)o->reset >= FSNN_RESETS)
        return fsnn_fail_key(FSNN_EARGUMENT, "reset", "%s \"%s\": there is no reset number %d",
                             node->op->kind, node->name, o->reset);
    const fsnn_value v0 = neuron_value_v0(o);
    const int64_t wrong = first_wrong(&o->v_reset, representable),
                  off = first_wrong(&v0, representable);
    if (wrong >= 0 || off >= 0)
        return fsnn_fail_key(FSNN_EARGUMENT, off < 0 ? "v_reset" : "v0",
                             "%s \"%s\": v0 is %g and v_reset is %g: they must be finite and of a "
                             "magnitude up to " LARGEST,
                             node->op->kind, node->name, number_of(&v0, off > 0 ? off : 0),
                             number_of(&o->v_reset, wrong > 0 ? wrong : 0));
    if ((o->v_reset.learn || o->v_reset.per != FSNN_PER_LAYER) && o->reset != FSNN_RESET_VALUE)
        return fsnn_fail_key(
            FSNN_EARGUMENT, "v_reset",
            "%s \"%s\": v_reset is where reset value lands, but the reset is %s: it "
            "cannot be learned or differ by channel or neuron",
            node->op->kind, node->name, fsnn_reset_name(o->reset));
    return FSNN_OK;
}

fsnn_status neuron_check_options(const op_node *node)
{
    const fsnn_neuron *o = node->options;
    FSNN_TRY(check_values(node, o));
    FSNN_TRY(check_surrogate(node, o));
    FSNN_TRY(check_landing(node, o));
    char key[OP_KEY];
    fsnn_status peak = check_peak(node->op, o, key);
    if (peak)
        return fsnn_fail_in(neuron_named(node, peak), key);
    FSNN_TRY(neuron_named(node, check_noise(&o->noise)));
    fsnn_status start = check_start(o);
    if (start)
        return fsnn_fail_in(neuron_named(node, start), "v0");
    const neuron_layer *st = node->state;
    if (!(o->refractory >= 0 && o->refractory / st->h <= NEURON_REST_MOST))
        return fsnn_fail_key(
            FSNN_EARGUMENT, "refractory",
            "%s \"%s\": refractory is %g at step %g: it must be from 0 to %g steps", node->op->kind,
            node->name, o->refractory, st->h, NEURON_REST_MOST);
    return FSNN_OK;
}

/* ---- methods that would work, for sentences ---- */

static bool any_equation(const frac_method *method, const void *what)
{
    (void)what;
    return !method->integer && !method->lweights;
}

/* Exponentials that do not depend on what is learned. */
static bool learns_in_modes(const frac_method *method, const void *what)
{
    (void)what;
    return method->kernel && !method->start;
}

static bool keeps_states(const frac_method *method, const void *what)
{
    (void)what;
    return !method->integer && !method->drive;
}

static bool starts_anew(const frac_method *method, const void *what)
{
    (void)what;
    return !method->integer && !method->start;
}

static bool several_states(const frac_method *method, const void *what)
{
    (void)what;
    return method->scheme == FRAC_EXPLICIT && !method->start;
}

static bool without_slopes(const frac_method *method, const void *what)
{
    (void)what;
    return !method->integer && method->scheme == FRAC_EXPLICIT;
}

/* Method ml knows the exact solution of one form of equation. */
static fsnn_status check_exact(const op_node *node, const scan *s)
{
    const neuron_layer *st = node->state;
    const frac_method *method = s->memory.method;
    const char *kind = node->op->kind;
    char list[FRAC_NAMES];
    if (!method->lweights)
        return FSNN_OK;
    const equation *e = st->user.equation;
    if (st->user.ready && !(e && (e->leaks || e->slope == EQUATION_FLAT)))
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s \"%s\": method %s is exact for dv = (-v + ...)/tau and for a dv "
                         "without v, and this neuron's dv %s: use %s with it",
                         kind, node->name, method->name,
                         e ? "depends on v otherwise" : "is a callback",
                         frac_method_names(any_equation, NULL, "or", list));
    const fsnn_order *order = &s->memory.order;
    if (s->memory.compressed &&
        (s->options.tau.learn || order->learn_alpha || order->learn_coefficient))
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s \"%s\": with method %s the exponentials of a memory given by its "
                         "tolerance depend on tau and alpha, so these cannot be learned: use full "
                         "memory, or the method %s",
                         kind, node->name, method->name,
                         frac_method_names(learns_in_modes, NULL, "or", list));
    if (s->options.tau.per != FSNN_PER_LAYER)
        return fsnn_fail_key(
            FSNN_EUNSUPPORTED, "tau",
            "%s \"%s\": the weights of method %s depend on tau, so it must be one for "
            "the layer: write `per: layer`, or use another method",
            kind, node->name, method->name);
    return FSNN_OK;
}

enum { RESETS_TEXT = 128 };

/* Resets that leave the potential to the method, but for none, "jump, delta or current": those with
 * a limit as the step shrinks before the others. */
static const char *resets_of_drives(const scan *s, char text[RESETS_TEXT])
{
    const frac_method *method = s->memory.method;
    const char *name[FSNN_RESETS];
    int count = 0;
    for (int ahead = 0; ahead < 2; ahead++)
        for (int r = 0; r < FSNN_RESETS; r++) {
            const reset_rule *rule = &scan_kernels_get()->resets[r];
            bool fits = !rule->state && !(rule->clears && method->start) && r != FSNN_RESET_NONE;
            if (fits && rule->ahead == (ahead == 1))
                name[count++] = rule->name;
        }
    *text = 0;
    for (int i = 0; i < count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, RESETS_TEXT - used, "%s%s",
                 i == 0          ? ""
                 : i + 1 < count ? ", "
                                 : " or ",
                 name[i]);
    }
    return text;
}

/* Resets act on what a method keeps: not every pair can be. */
fsnn_status neuron_check_reset(const op_node *node)
{
    const neuron_layer *st = node->state;
    const scan *s = &st->scan;
    const reset_rule *reset = scan_resetting(s);
    const frac_method *method = s->memory.method;
    const char *kind = node->op->kind;
    char methods[FRAC_NAMES], resets[RESETS_TEXT];
    if (reset->state && method->drive)
        return fsnn_fail_key(
            FSNN_EUNSUPPORTED, "reset",
            "%s \"%s\": reset %s overwrites the potential, but method %s remembers "
            "the drive: use %s with it, or the methods %s",
            kind, node->name, reset->name, method->name, resets_of_drives(s, resets),
            frac_method_names(keeps_states, NULL, "or", methods));
    if (reset->clears && method->start)
        return fsnn_fail_key(
            FSNN_EUNSUPPORTED, "reset",
            "%s \"%s\": reset %s begins a new history for each neuron, but method %s "
            "weighs the first drive apart: use %s with it",
            kind, node->name, reset->name, method->name,
            frac_method_names(starts_anew, NULL, "or", methods));
    return check_exact(node, s);
}

/* Several states are advanced by explicit methods with one sum over the past. */
fsnn_status neuron_check_states(const op_node *node)
{
    const neuron_layer *st = node->state;
    if (!st->scan.others)
        return FSNN_OK;
    const frac_method *method = st->method;
    char list[FRAC_NAMES];
    if (!several_states(method, NULL))
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s \"%s\": it has %d states, which method %s cannot advance together: "
                         "%s can",
                         node->op->kind, node->name, 1 + st->scan.others, method->name,
                         frac_method_names(several_states, NULL, "and", list));
    if (st->implicit && method->linearised)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s \"%s\": it has %d states, which would have to be solved for together: "
                         "leave `implicit` out, with a step that is small enough",
                         node->op->kind, node->name, 1 + st->scan.others);
    if (((const fsnn_neuron *)node->options)->noise.mode != FSNN_NOISE_NONE)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s \"%s\": it has %d states, and noise on the threshold is for neurons "
                         "of one: leave `noise` out",
                         node->op->kind, node->name, 1 + st->scan.others);
    return FSNN_OK;
}

/* Without spikes there is nothing to reset. */
fsnn_status neuron_check_readout(const op_node *node)
{
    const fsnn_neuron *o = node->options;
    if (o->reset != FSNN_RESET_CURRENT && o->reset != FSNN_RESET_NONE)
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s \"%s\": it never spikes, so reset %s does nothing: leave it out",
                         node->op->kind, node->name, fsnn_reset_name(o->reset));
    if (o->noise.mode != FSNN_NOISE_NONE)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "%s \"%s\": it never spikes, so noise on its threshold does nothing: leave it out",
            node->op->kind, node->name);
    return FSNN_OK;
}

/* Where a step uses the slope of dv, backward uses its change: a difference of differences would be
 * noise. */
fsnn_status neuron_check_slopes(const op_node *node)
{
    const neuron_layer *st = node->state;
    const scan *s = &st->scan;
    const fsnn_neuron_callback *c = &st->user.callback.c;
    bool sloped = s->memory.scheme == FRAC_IMPLICIT ||
                  (s->memory.scheme == FRAC_PECE && s->options.reset == FSNN_RESET_DELTA);
    char list[FRAC_NAMES];
    if (!node->training || !sloped || !c->dv || c->dv_slopes)
        return FSNN_OK;
    return fsnn_fail(
        FSNN_EUNSUPPORTED,
        "%s \"%s\": the gradient of an implicit method, and of reset delta with abm, needs the "
        "callback's dv_slopes: give them, or train with %s, not implicit",
        node->op->kind, node->name, frac_method_names(without_slopes, NULL, "or", list));
}
