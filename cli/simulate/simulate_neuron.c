/* cli/simulate/simulate_neuron.c: which neuron fsnn simulate runs: a kind with its options,
 * equations from the command line, or a neuron layer of a description. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS = 64 };

/* Resets that suit a kind, where none is asked for: jump would let the potential of qif and eif run
 * away. */
static const struct {
    const char *kind, *reset;
} usual[] = {{"qif", "value"}, {"eif", "value"}, {"hard_lif", "current"}};

static int neuron_kinds(const char **known)
{
    const char *kind;
    int count = 0;
    for (int i = 0; (kind = fsnn_kind_name(i)) && count < KINDS; i++) {
        if (fsnn_kind_is_neuron(kind))
            known[count++] = kind;
    }
    return count;
}

fsnn_user *sim_user(const sim_setup *s)
{
    return s->size == sizeof(fsnn_user) ? s->options : NULL;
}

const char *sim_keep(sim_setup *s, char *text)
{
    if (s->names == SIM_NAMES)
        exit(cli_error(CLI_USAGE, "a neuron takes at most %d parameters and equations", SIM_NAMES));
    s->name[s->names++] = text;
    return text;
}

/* ---- a kind ---- */

static int set_kind(const char *name, sim_setup *s)
{
    const char *known[KINDS];
    int count = neuron_kinds(known);
    for (int i = 0; i < count; i++) {
        if (strcmp(name, known[i]) != 0)
            continue;
        s->kind = known[i];
        s->size = (size_t)fsnn_kind_defaults(name, NULL);
        s->options = cli_allocate(1, s->size);
        fsnn_kind_defaults(name, s->options);
        memcpy(&s->neuron, s->options, sizeof s->neuron);
        s->neuron.tau.value = 1;
        return CLI_GOOD;
    }
    return sim_no_such("neuron", name, known, count);
}

/* ---- a layer of a description ---- */

static int no_layer(const sim_options *o, fsnn_status status)
{
    bool asked = status == FSNN_ENOTFOUND || status == FSNN_EARGUMENT;
    if (!asked)
        return cli_fail(status);
    return cli_error(CLI_USAGE, "--%s: %s", o->node ? "node" : "model", fsnn_error_text());
}

/* Of a run what it learned. */
static int load_weights(const sim_options *o, sim_setup *s)
{
    const char *path = NULL;
    char *owned;
    int code = cli_run_weights(o->model, false, &path, &owned);
    if (code == CLI_GOOD && path)
        code = cli_model_weights(&s->model, path);
    s->weights = owned;
    return code;
}

static int set_layer(const sim_options *o, sim_setup *s)
{
    fsnn_simulation what;
    int code = cli_model_open(&s->model, o->model, &o->common);
    if (code == CLI_GOOD)
        code = load_weights(o, s);
    if (code != CLI_GOOD)
        return code;
    fsnn_status status = fsnn_session_simulation(s->model.session, o->node, &what);
    if (status < 0)
        return no_layer(o, status);
    cli_model_warn(&s->model, FSNN_TOPIC_RESULT);
    s->layer = what.layer;
    s->dynamics = what.dynamics;
    s->kind = what.kind;
    s->rest = what.rest;
    s->resistance = what.resistance;
    const fsnn_units units = fsnn_description_units(s->model.description);
    sim_units_take(&units, s);
    s->size = (size_t)fsnn_kind_defaults(what.kind, NULL);
    s->options = cli_allocate(1, s->size);
    memcpy(s->options, what.options, s->size);
    memcpy(&s->neuron, s->options, sizeof s->neuron);
    return CLI_GOOD;
}

/* The first option that is an equation, or NULL. */
static const char *equation_of(const sim_options *o)
{
    return o->dv                    ? "dv"
           : o->spike               ? "spike"
           : o->after_spike         ? "after-spike"
           : o->dw.count            ? "dw"
           : o->after_spike_w.count ? "after-spike-w"
                                    : NULL;
}

static int check_sources(const sim_options *o)
{
    const char *option = o->neuron             ? "neuron"
                         : o->rest.given       ? "rest"
                         : o->resistance.given ? "resistance"
                                               : equation_of(o);
    if (o->model && option)
        return cli_error(CLI_USAGE,
                         "--%s does not go with --model, which takes the neuron from a description",
                         option);
    if (!o->model && (o->node || o->common.set.count))
        return cli_error(CLI_USAGE, "--%s speaks of a description: name it with --model",
                         o->node ? "node" : "set");
    return CLI_GOOD;
}

/* ---- equations and parameters ---- */

static int set_equations(const sim_options *o, sim_setup *s)
{
    fsnn_user *user = sim_user(s);
    bool own = strcmp(s->kind, "user") == 0;
    const char *equation = equation_of(o);
    if (o->model)
        return CLI_GOOD;
    if (equation && !own)
        return cli_error(CLI_USAGE, "--%s is an equation of --neuron user, but the neuron is %s",
                         equation, s->kind);
    if (own && !o->dv)
        return cli_error(
            CLI_USAGE,
            "a neuron of your own needs its equation: --dv TEXT, like --dv \"(-v^2 + I)/tau\"");
    if (own) {
        user->dv = o->dv;
        user->spike = o->spike;
        user->after_spike = o->after_spike;
    }
    return CLI_GOOD;
}

static int put_param(fsnn_user *user, const char *name, double value)
{
    int i = 0;
    while (i < user->params && strcmp(user->param[i].name, name) != 0)
        i++;
    if (i == FSNN_USER_PARAMS)
        return cli_error(CLI_USAGE,
                         "--param: a neuron can have %d parameters of its own, %s is one too many",
                         FSNN_USER_PARAMS, name);
    user->param[i] = (fsnn_user_param){name, {.value = value}};
    user->params += i == user->params;
    return CLI_GOOD;
}

/* NAME=NUMBER */
static int set_param(const char *text, sim_setup *s)
{
    const char *equals = strchr(text, '=');
    char *end = NULL;
    double value = equals ? strtod(equals + 1, &end) : 0;
    fsnn_user *user = sim_user(s);
    if (!user)
        return cli_error(CLI_USAGE, "--param %s: a neuron of kind %s has no parameters of its own",
                         text, s->kind);
    if (!equals || equals == text || end == equals + 1 || *end || !isfinite(value))
        return cli_error(CLI_USAGE, "--param takes NAME=NUMBER, like a=0.2, not \"%s\"", text);
    return put_param(user, sim_keep(s, cli_format("%.*s", (int)(equals - text), text)), value);
}

static int set_params(const sim_options *o, sim_setup *s)
{
    int code = CLI_GOOD;
    for (int i = 0; i < o->param.count && code == CLI_GOOD; i++)
        code = set_param(o->param.item[i], s);
    return code;
}

/* ---- all ---- */

static const char *usual_reset(const sim_setup *s, const char *otherwise)
{
    if (strcmp(s->kind, "user") == 0 && sim_user(s)->after_spike)
        return "current";
    if (fsnn_kind_is_readout(s->kind))
        return "none";
    if (s->given->v_peak.given)
        return "value";
    for (int i = 0; i < CLI_COUNT(usual); i++) {
        if (strcmp(s->kind, usual[i].kind) == 0)
            return usual[i].reset;
    }
    return otherwise;
}

static void put(cli_real given, double *value)
{
    if (given.given)
        *value = given.value;
}

/* Noise is there to be seen: hard spikes, drawn. */
static void set_noise(const sim_options *o, sim_setup *s)
{
    if (s->neuron.noise.mode != FSNN_NOISE_NONE || o->gamma.given)
        s->neuron.noise.mode = FSNN_NOISE_HARD_ST;
    put(o->gamma, &s->neuron.noise.gamma);
}

/* Another name of the threshold, which the kind has to know. */
static int set_peak(const sim_options *o, sim_setup *s)
{
    if (!o->v_peak.given)
        return CLI_GOOD;
    if (o->threshold.given)
        return cli_error(CLI_USAGE, "--v-peak is in place of --threshold: give one of them");
    if (!fsnn_kind_has(s->kind, "v_peak"))
        return cli_error(CLI_USAGE,
                         "--v-peak is of qif, eif and user, whose potential runs up by itself: %s "
                         "spikes where its potential reaches --threshold",
                         s->kind);
    s->neuron.threshold.value = o->v_peak.value;
    s->neuron.peak = true;
    return CLI_GOOD;
}

static void set_numbers(const sim_options *o, sim_setup *s)
{
    put(o->tau, &s->neuron.tau.value);
    put(o->threshold, &s->neuron.threshold.value);
    put(o->v_reset, &s->neuron.v_reset.value);
    put(o->v0, &s->neuron.v0);
    put(o->refractory, &s->neuron.refractory);
    put(o->rest, &s->rest);
    put(o->resistance, &s->resistance);
    if (o->rest.given && !o->v0.given)
        s->neuron.v0 = s->rest;
    if (o->rest.given && !o->v_reset.given)
        s->neuron.v_reset.value = s->rest;
    set_noise(o, s);
    s->leaky = strcmp(s->kind, "lif") == 0;
    s->readout = fsnn_kind_is_readout(s->kind);
}

int sim_neuron_read(const sim_options *o, const sim_show *row, sim_setup *s)
{
    const char *kind = o->neuron ? o->neuron : o->dv ? "user" : row->neuron;
    int code = check_sources(o);
    if (code == CLI_GOOD)
        code = o->model ? set_layer(o, s) : set_kind(kind, s);
    if (code == CLI_GOOD)
        code = set_equations(o, s);
    if (code == CLI_GOOD)
        code = set_params(o, s);
    if (code == CLI_GOOD)
        code = sim_states_read(o, s);
    if (code != CLI_GOOD)
        return code;
    set_numbers(o, s);
    code = set_peak(o, s);
    if (code != CLI_GOOD)
        return code;
    if (o->model && !o->reset)
        return CLI_GOOD;
    return sim_reset_read(o->reset ? o->reset : usual_reset(s, row->reset), s);
}

/* An equation that is long is cut. */
const char *sim_kind_text(const sim_setup *s, char *text)
{
    enum { SHOWN = SIM_KIND_TEXT - 16 };
    const fsnn_user *user = sim_user(s);
    snprintf(text, SIM_KIND_TEXT, "%s",
             s->leaky                     ? "LIF"
             : strcmp(s->kind, "if") == 0 ? "IF"
                                          : s->kind);
    if (user && user->dv)
        snprintf(text, SIM_KIND_TEXT, "dv = %.*s%s", SHOWN, user->dv,
                 strlen(user->dv) > SHOWN ? "..." : "");
    return text;
}

double sim_resistance(const sim_setup *s)
{
    return s->resistance != 0 ? s->resistance : 1;
}

const char *sim_shift_text(const sim_setup *s, char *text)
{
    *text = 0;
    if (s->rest != 0 || sim_resistance(s) != 1)
        snprintf(text, SIM_SHIFT, ", rest %g, resistance %g", s->rest, sim_resistance(s));
    return text;
}

char *sim_neuron_text(const sim_setup *s)
{
    const fsnn_user *user = sim_user(s);
    char kind[SIM_KIND_TEXT], own[256] = "", reset[32] = "", noise[48] = "", shift[SIM_SHIFT];
    size_t used = 0;
    sim_kind_text(s, kind);
    for (int i = 0; user && i < user->states && used < sizeof own; i++)
        if (user->state[i].derivative)
            used += (size_t)snprintf(own + used, sizeof own - used, ", d%s = %s",
                                     user->state[i].name, user->state[i].derivative);
    for (int i = 0; user && i < user->params && used < sizeof own; i++)
        used += (size_t)snprintf(own + used, sizeof own - used, ", %s %g", user->param[i].name,
                                 user->param[i].value.value);
    if (s->readout)
        return cli_format("%s, tau %g", kind, s->neuron.tau.value);
    snprintf(reset, sizeof reset, ", reset %s", fsnn_reset_name(s->neuron.reset));
    if (s->neuron.noise.mode != FSNN_NOISE_NONE)
        snprintf(noise, sizeof noise, ", noise %g",
                 s->neuron.noise.gamma != 0 ? s->neuron.noise.gamma : 0.2);
    return cli_format("%s, tau %g, %s %g%s%s%s%s", kind, s->neuron.tau.value,
                      s->neuron.peak ? "v_peak" : "threshold", s->neuron.threshold.value,
                      sim_shift_text(s, shift), own, noise, reset);
}

void sim_neuron_free(sim_setup *s)
{
    for (int i = 0; i < s->names; i++)
        free(s->name[i]);
    free(s->options);
    free(s->weights);
    cli_model_close(&s->model);
}
