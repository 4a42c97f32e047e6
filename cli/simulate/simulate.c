/* cli/simulate/simulate.c: fsnn simulate: one neuron or a small population under a current, for one
 * or more orders alpha, and ready-made pictures of what the order does. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const cli_option table[] = {
    {"show", 0, CLI_TEXT, offsetof(sim_options, show), "WHAT",
     "draw a ready-made figure instead: relaxation, latency, adaptation, fi, weights, surrogates "
     "or resets",
     0, 0},
    {"neuron", 0, CLI_TEXT, offsetof(sim_options, neuron), "KIND", NULL, 0, 0},
    {"dv", 0, CLI_TEXT, offsetof(sim_options, dv), "TEXT",
     "the derivative of a neuron of your own, like \"(-v^2 + I)/tau\"; implies --neuron user", 0,
     0},
    {"spike", 0, CLI_TEXT, offsetof(sim_options, spike), "TEXT",
     "the neuron spikes if this is >= 0 (default \"v + dv - threshold\")", 0, 0},
    {"after-spike", 0, CLI_TEXT, offsetof(sim_options, after_spike), "TEXT",
     "the value that replaces dv in a step; s is 1 if the neuron spiked; only for --reset current "
     "(default \"dv - s*threshold/tau\")",
     0, 0},
    {"dw", 0, CLI_LIST, offsetof(sim_options, dw), "[NAME=]TEXT",
     "a state beside v of a neuron of your own, w or NAME, by its derivative, like \"(v - w)/5\"; "
     "may be repeated",
     0, 0},
    {"after-spike-w", 0, CLI_LIST, offsetof(sim_options, after_spike_w), "[NAME=]TEXT",
     "the value that replaces the derivative of such a state in a step (default its derivative); "
     "may be repeated",
     0, 0},
    {"w0", 0, CLI_LIST, offsetof(sim_options, w0), "[NAME=]X",
     "a state beside v at time 0 (default 0); may be repeated", 0, 0},
    {"fractional", 0, CLI_TEXT, offsetof(sim_options, fractional), "NAME,...",
     "the states of fractional order, like v,w (default v alone)", 0, 0},
    {"param", 0, CLI_LIST, offsetof(sim_options, param), "NAME=X",
     "a parameter of a neuron that is an equation: user, qif, eif, hard_lif, cuba or alif; may be "
     "repeated",
     0, 0},
    {"model", 0, CLI_TEXT, offsetof(sim_options, model), "DESC.yaml",
     "take the neuron from a description, with its reset, method, alpha, step and memory; options "
     "here override them",
     0, 0},
    {"node", 0, CLI_TEXT, offsetof(sim_options, node), "NAME",
     "which neuron layer of it (not needed if there is only one)", 0, 0},
    CLI_ROW_SET,
    {"tau", 0, CLI_REAL, offsetof(sim_options, tau), "X", "time constant (default 1)", 1e-12, 1e12},
    {"threshold", 0, CLI_REAL, offsetof(sim_options, threshold), "X",
     "potential at which it spikes (default 1); may be negative with --rest", -1e12, 1e12},
    {"v-peak", 0, CLI_REAL, offsetof(sim_options, v_peak), "X",
     "in place of --threshold of qif, eif and user: the potential at which an upstroke counts as a "
     "spike and ends, any number, with --reset value or restart",
     -1e12, 1e12},
    {"rest", 0, CLI_REAL, offsetof(sim_options, rest), "X",
     "resting potential of lif, if and noisy (default 0); --v0 and --v-reset begin there", -1e12,
     1e12},
    {"resistance", 0, CLI_REAL, offsetof(sim_options, resistance), "X",
     "factor of the current of lif, if and noisy (default 1), like MOhm for mV and nA", 1e-12,
     1e12},
    {"units", 0, CLI_TEXT, offsetof(sim_options, units), "TEXT",
     "what numbers count in, like time=ms,potential=mV,current=nA: for axes, tables, and rates in "
     "Hz; --model has those of its description",
     0, 0},
    {"v0", 0, CLI_REAL, offsetof(sim_options, v0), "X", "potential at time 0 (default 0)", -1e12,
     1e12},
    {"reset", 0, CLI_TEXT, offsetof(sim_options, reset), "KIND", NULL, 0, 0},
    {"v-reset", 0, CLI_REAL, offsetof(sim_options, v_reset), "X",
     "potential after a spike under --reset value (default 0)", -1e12, 1e12},
    {"refractory", 0, CLI_REAL, offsetof(sim_options, refractory), "X",
     "time without spikes after a spike (default 0); resets value and restart hold the potential "
     "during it",
     0, 1e12},
    {"gamma", 0, CLI_REAL, offsetof(sim_options, gamma), "X",
     "logistic noise of this scale on the threshold (default 0.2 for noisy, else none)", 1e-9, 1e9},
    {"method", 0, CLI_TEXT, offsetof(sim_options, method), "NAME", NULL, 0, 0},
    {"implicit", 0, CLI_FLAG, offsetof(sim_options, implicit), NULL, NULL, 0, 0},
    {"alpha", 'a', CLI_TEXT, offsetof(sim_options, alpha), "A1,A2,...",
     "orders, each above 0 and up to 1, simulated one after the other and drawn together "
     "(default 0.5)",
     0, 0},
    {"step", 0, CLI_REAL, offsetof(sim_options, step), "H", "solver step (default 0.01)", 1e-12,
     1e12},
    {"time", 0, CLI_REAL, offsetof(sim_options, time), "T",
     "how long (default 20, with a file as long as it is)", 1e-12, 1e12},
    {"current", 'c', CLI_TEXT, offsetof(sim_options, current), "WHAT",
     "constant:AMP (default constant:1.5), step:AMP@T0-T1, ramp:FROM:TO, "
     "sine:AMP:FREQUENCY:OFFSET, square:..., chirp:..., noise:MEAN:SD, white:MEAN:SD, "
     "spikes:CHARGE@T1,T2,..., file:PATH, or a sum with + between; see above",
     0, 0},
    {"neurons", 'n', CLI_INT, offsetof(sim_options, neurons), "N",
     "neurons (default 1, with a file its columns); noise differs from neuron to neuron", 1, 4096},
    {"memory", 0, CLI_TEXT, offsetof(sim_options, memory), "M",
     "full (default), tolerance:E for the whole past by exponentials, or how many states a step "
     "sees",
     0, 0},
    CLI_ROW_PRECISION(sim_options,
                      "double (default), or single, in which networks compute that say nothing"),
    {"out", 'o', CLI_PATH, offsetof(sim_options, out), "PATH",
     "a directory (existing, or ending in /), or the beginning of the files' names (default "
     "simulation/)",
     0, 0},
    {"format", 0, CLI_TEXT, offsetof(sim_options, format), "KIND", "csv (default) or npz", 0, 0},
    {"no-figure", 0, CLI_FLAG, offsetof(sim_options, no_figure), NULL, "draw no figure", 0, 0},
    CLI_ROW_SEED("seed of the noise, in the current and on the threshold (default 0)"),
    CLI_ROW_THREADS,
    CLI_ROWS_LAST,
};

static int simulate(const sim_setup *setup, const sim_options *given, const char *path);

/* Defaults of a plain simulation. */
static const sim_show plain = {
    .name = "simulation",
    .neuron = "lif",
    .reset = "jump",
    .method = "gl",
    .alpha = "0.5",
    .current = "constant:1.5",
    .step = 0.01,
    .time = 20,
    .run = simulate,
};

static const sim_show *const shows[] = {&show_relaxation, &show_latency, &show_adaptation,
                                        &show_fi,         &show_weights, &show_surrogates,
                                        &show_resets};

/* ---- names ---- */

int sim_no_such(const char *option, const char *name, const char *const *known, int count)
{
    char list[256] = "";
    size_t used = 0;
    for (int i = 0; i < count; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", known[i]);
    const char *near = cli_nearest(name, known, count);
    char *advice = cli_elsewhere(name);
    if (!advice && near)
        advice = cli_format("; did you mean %s?", near);
    cli_error(CLI_USAGE, "--%s takes one of %s, not \"%s\"%s", option, list, name,
              advice ? advice : "");
    free(advice);
    return CLI_USAGE;
}

int sim_reset_read(const char *name, sim_setup *s)
{
    const char *known[FSNN_RESETS];
    int found = fsnn_reset_find(name);
    for (int i = 0; i < FSNN_RESETS; i++)
        known[i] = fsnn_reset_name((fsnn_reset)i);
    if (found < 0)
        return sim_no_such("reset", name, known, FSNN_RESETS);
    s->neuron.reset = (fsnn_reset)found;
    return CLI_GOOD;
}

/* ---- numbers ---- */

static double real_or(cli_real given, double otherwise)
{
    return given.given ? given.value : otherwise;
}

/* Rows one step apart, but for rounding, are the steps. */
static void align(sim_current *c, double step)
{
    for (int64_t k = 0; c->time && k < c->count; k++)
        if (fabs(c->time[k] - (double)k * step) > 1e-6 * step)
            return;
    free(c->time);
    c->time = NULL;
}

/* Steps that the rows of a file last. */
static double steps_of_file(const sim_current *c, double step)
{
    return c->time ? fmax(1, floor(sim_file_duration(c) / step + 1e-6)) : (double)c->count;
}

/* A file says how long it is and for how many neurons. */
static int fit_file(const sim_options *o, sim_setup *s)
{
    sim_current *c = &s->current;
    const char *file = strchr(o->current, ':') + 1;
    align(c, s->step);
    double most = steps_of_file(c, s->step);
    if (!o->time.given)
        s->steps = most < 4e18 ? (int64_t)most : INT64_MAX;
    if (!o->neurons.given)
        s->neurons = c->neurons;
    if ((double)s->steps > most)
        return cli_error(CLI_USAGE,
                         "--time %g takes %lld steps of %g, but %s holds %.0f: leave --time out or "
                         "take at most %g",
                         s->time, (long long)s->steps, s->step, file, most, most * s->step);
    if (c->neurons != 1 && c->neurons != s->neurons)
        return cli_error(CLI_USAGE, "--neurons %lld, but %s holds %lld columns, one a neuron",
                         (long long)s->neurons, file, (long long)c->neurons);
    s->time = (double)s->steps * s->step;
    return CLI_GOOD;
}

static int fit_steps(const sim_options *o, sim_setup *s)
{
    double steps = round(s->time / s->step);
    if (s->current.kind != SIM_FILE && steps < 1)
        return cli_error(CLI_USAGE, "--time %g is shorter than one step of %g", s->time, s->step);
    s->steps = steps < 1 ? 1 : steps < 4e18 ? (int64_t)steps : INT64_MAX;
    s->neurons = o->neurons.given ? o->neurons.value : 1;
    int code = s->current.kind == SIM_FILE ? fit_file(o, s) : CLI_GOOD;
    if (code == CLI_GOOD && s->steps > SIM_VALUES / s->neurons)
        return cli_error(CLI_USAGE,
                         "%.3g steps of %lld neurons are too many to record: at most %d numbers; "
                         "take a shorter --time or a larger --step",
                         s->time / s->step, (long long)s->neurons, SIM_VALUES);
    return code;
}

/* ---- all options ---- */

static const char *text_or(const char *given, const char *otherwise)
{
    return given ? given : otherwise;
}

static int check_together(const sim_options *o, const sim_show *row, const sim_setup *s)
{
    bool known =
        (s->leaky || strcmp(s->kind, "if") == 0) && s->neuron.noise.mode == FSNN_NOISE_NONE;
    if (o->show && !row->any && !known)
        return cli_error(CLI_USAGE,
                         "--show %s stands beside exact values, which are known for lif and if "
                         "without noise: leave %s out",
                         o->show, s->neuron.noise.mode != FSNN_NOISE_NONE ? "the noise" : s->kind);
    bool every = o->show && strcmp(o->show, "resets") == 0;
    if (o->v_reset.given && s->neuron.reset != FSNN_RESET_VALUE && !every)
        return cli_error(CLI_USAGE, "--v-reset says where --reset value lands, but the reset is %s",
                         fsnn_reset_name(s->neuron.reset));
    if (s->integer && o->alpha && !(s->alphas == 1 && s->alpha[0] == 1)) {
        char list[128];
        return cli_error(
            CLI_USAGE,
            "--method %s is of integer order and takes no --alpha but 1: any works with %s",
            fsnn_method_name(s->method),
            fsnn_method_list(FSNN_METHODS_FRACTIONAL, list, sizeof list));
    }
    if (o->show && !row->any && s->several.terms > 1)
        return cli_error(CLI_USAGE,
                         "--show %s takes orders of one term, but layer %s of %s has %d: give "
                         "--alpha",
                         o->show, s->layer, o->model, s->several.terms);
    if (o->show && (o->neurons.given || o->format))
        return cli_error(CLI_USAGE, "--%s does not go with --show, which settles it itself",
                         o->format ? "format" : "neurons");
    return CLI_GOOD;
}

/* Options that a ready-made picture has no use for. */
static int check_used(const sim_options *o, const sim_show *row)
{
    for (const cli_option *option = table; row->unused && option->name; option++)
        if (cli_option_given(option, o) && cli_has_word(row->unused, option->name))
            return cli_error(CLI_USAGE, "--%s does nothing with --show %s: leave it out",
                             option->name, row->name);
    return CLI_GOOD;
}

static void warn_seed(const sim_options *o, const sim_setup *s)
{
    if (o->common.seed.given && s->current.kind != SIM_NOISE &&
        s->neuron.noise.mode == FSNN_NOISE_NONE)
        cli_warn("--seed does nothing here: neither the current nor the threshold has noise");
}

static int read_setup(const sim_options *o, const sim_show *row, sim_setup *s)
{
    s->given = o;
    s->time = real_or(o->time, row->time);
    s->seed = o->common.seed.value;
    int code = sim_units_read(o->units, s);
    if (code == CLI_GOOD)
        code = sim_neuron_read(o, row, s);
    if (code == CLI_GOOD)
        code = sim_dynamics_read(o, row, s);
    if (code == CLI_GOOD)
        code = check_together(o, row, s);
    if (code == CLI_GOOD)
        code = sim_current_read(text_or(o->current, row->current), &s->current);
    return code == CLI_GOOD ? fit_steps(o, s) : code;
}

static int find_show(const char *name, const sim_show **show)
{
    const char *known[CLI_COUNT(shows)];
    for (int i = 0; i < CLI_COUNT(shows); i++) {
        known[i] = shows[i]->name;
        if (strcmp(name, known[i]) == 0) {
            *show = shows[i];
            return CLI_GOOD;
        }
    }
    return sim_no_such("show", name, known, CLI_COUNT(known));
}

/* ---- where it goes ---- */

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

/* "DIR/", an existing directory, or the beginning of a name; .csv and .npz give the format too. */
static int read_out(const sim_options *o, const sim_show *row, bool *npz, char **path)
{
    static const char *const known[] = {"csv", "npz"};
    const char *out = o->out ? o->out : "simulation/";
    bool csv_name = ends_with(out, ".csv"), npz_name = ends_with(out, ".npz");
    if (o->format && strcmp(o->format, "csv") != 0 && strcmp(o->format, "npz") != 0)
        return sim_no_such("format", o->format, known, CLI_COUNT(known));
    *npz = o->format ? strcmp(o->format, "npz") == 0 : npz_name;
    if ((csv_name && *npz) || (npz_name && !*npz))
        return cli_error(CLI_USAGE, "--out %s says another format than --format %s", out,
                         o->format);
    if (ends_with(out, "/") || strcmp(out, "/") == 0 || cli_is_directory(out))
        *path = cli_path(out, row->name);
    else if ((csv_name || npz_name) && !o->show)
        *path = cli_format("%.*s", (int)strlen(out) - 4, out);
    else
        *path = cli_format("%s", out);
    return CLI_GOOD;
}

/* The file of the current is not written over. */
static int check_out(const sim_options *o, bool npz, const char *path)
{
    static const char file[] = "file:";
    const char *current = o->current ? o->current : "";
    char *out = cli_format("%s.%s", path, npz ? "npz" : "csv");
    int code = CLI_GOOD;
    if (strncmp(current, file, sizeof file - 1) == 0 &&
        cli_same_file(current + sizeof file - 1, out))
        code = cli_error(CLI_USAGE,
                         "--out: %s is the file of the current, which would be lost: choose "
                         "another name",
                         out);
    free(out);
    return code;
}

static int make_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return CLI_GOOD;
    char *folder = cli_format("%.*s", (int)(slash - path), path);
    int code = cli_make_directory(folder);
    free(folder);
    return code;
}

/* ---- a plain simulation ---- */

static int run_all(const sim_setup *s, sim_result *r)
{
    int code = CLI_GOOD;
    for (int i = 0; i < s->alphas && code == CLI_GOOD; i++)
        code = sim_trace_run(s, i, &r->trace[i]);
    r->input = r->trace[0].input;
    return code;
}

static int simulate(const sim_setup *s, const sim_options *o, const char *path)
{
    sim_result result = {0};
    bool npz = false;
    char *again = NULL;
    int code = read_out(o, &plain, &npz, &again);
    free(again);
    if (code == CLI_GOOD)
        code = run_all(s, &result);
    if (code == CLI_GOOD)
        code = sim_write(s, &result, npz, path);
    if (code == CLI_GOOD)
        sim_summary(s, &result);
    if (code == CLI_GOOD && !o->no_figure)
        sim_figure(s, &result, path);
    for (int i = 0; i < s->alphas; i++)
        sim_trace_free(&result.trace[i]);
    return code;
}

static int simulate_row(const sim_setup *s, const sim_show *row, const char *path)
{
    if (s->layer) {
        char *text = sim_sources_text(s);
        sim_print("%s\n", text);
        free(text);
    }
    return row->run(s, s->given, path);
}

static int run(void *given)
{
    const sim_options *o = given;
    const sim_show *row = &plain;
    cli_signals_catch();
    sim_setup setup = {0};
    char *path = NULL;
    bool npz;
    int code = o->show ? find_show(o->show, &row) : CLI_GOOD;
    if (code == CLI_GOOD)
        code = check_used(o, row);
    if (code == CLI_GOOD)
        code = read_setup(o, row, &setup);
    if (code == CLI_GOOD)
        warn_seed(o, &setup);
    if (code == CLI_GOOD)
        code = read_out(o, row, &npz, &path);
    if (code == CLI_GOOD)
        code = check_out(o, npz, path);
    if (code == CLI_GOOD)
        code = cli_threads_set(&o->common);
    if (code == CLI_GOOD)
        code = make_folder(path);
    cli_signals_keep();
    if (code == CLI_GOOD)
        code = sim_print_end(simulate_row(&setup, row, path));
    sim_current_free(&setup.current);
    sim_neuron_free(&setup);
    free(path);
    return cli_figures_end(code);
}

static const cli_values values[] = {
    {"show", "relaxation,latency,adaptation,fi,weights,surrogates,resets"},
    {"current", "constant:,step:,ramp:,sine:,square:,chirp:,noise:,white:,spikes:,file:"},
    {"memory", "full,tolerance:"},
    {"precision", "single,double"},
    {"format", "csv,npz"},
    {NULL, NULL},
};

const cli_command cli_simulate = {
    .name = "simulate",
    .summary = "one neuron or a small population, and what the order does",
    .operands = "",
    .usage = "[--show WHAT] [options]",
    .details =
        "Simulates one neuron or a small population for one or several orders alpha: tau D^alpha "
        "v = -v + I (lif), tau D^alpha v = I (if), another kind, or D^alpha v = dv with equations "
        "of your own (--dv, --dw; names: v, I, tau, threshold and those of --param and --dw). "
        "--model and --node take the neuron of a layer from a description, with its method, "
        "alpha, step, memory and reset; options given here override them, and the summary says "
        "which value comes from where.\n\n"
        "Prints a summary and writes PATH.csv, one row per step (t, current, v.ALPHA, "
        "spike.ALPHA, STATE.ALPHA of states beside v), or PATH.npz (t [T], current [T, N], alpha "
        "[A]; v, spikes, state.STATE, test and threshold [A, T, N], which are what the spike "
        "tests compared), and a figure, PATH.png and PATH.svg. A current acts during the step in "
        "its row; v is the potential at the end of the step, at time t. A current that varies is "
        "sampled where the method takes it: at the beginning of each step (explicit gl, l1, ab, "
        "euler), at its end (implicit methods, trap, abm) or in its middle (ml, heun, rk4, which "
        "hold it over the step).\n\n"
        "Currents: constant:AMP; step:AMP@T0 from time T0 on, or until T1 with step:AMP@T0-T1; "
        "ramp:FROM:TO over the whole time; sine:AMP:FREQUENCY[:OFFSET] with cycles per unit of "
        "time; square:AMP:FREQUENCY[:OFFSET[:SHARE]], OFFSET plus AMP in the first SHARE (default "
        "0.5) of each period; chirp:AMP:FROM:TO[:OFFSET], a sine whose frequency goes from FROM to "
        "TO over the whole time; noise:MEAN:SD, a normal random number for each step; "
        "white:MEAN:SD, the same with SD per root of time, SD/sqrt(step), so that it does not "
        "depend on the step; spikes:CHARGE@T1,T2,..., a charge at each time; file:PATH, a CSV (one "
        "line "
        "per step, one column per neuron, or a column called current) or an NPZ (array current or "
        "x, [T] or [T, N]). A sum has + between its parts: constant:1+sine:0.5:2.\n\n"
        "Units: with --rest E and --resistance R, lif is tau D^alpha v = -(v - E) + R I, and "
        "threshold, v0 and v_reset are potentials like E. --units names what numbers count in.\n\n"
        "--show draws a ready-made figure, with a table of its numbers and of exact values where "
        "they are known: relaxation (a leaky neuron that decays, or is charged by --current "
        "constant:AMP: power law and exponential), latency (first spike against alpha), "
        "adaptation (inter-spike intervals), fi (firing rate against current, --current "
        "ramp:FROM:TO), weights (of the past, and their approximation by exponentials), "
        "surrogates (slopes and primitives of the surrogate gradients, also as PATH.csv), resets "
        "(the same current under every reset).",
    .examples = "  fsnn simulate --alpha 1,0.7,0.4 --current step:2@1-15 --out pictures/\n"
                "  fsnn simulate --current noise:1.2:5 --neurons 20 --seed 3 --format npz\n"
                "  fsnn simulate --dv \"(-a*v^2 + I)/tau\" --param a=0.2 --tau 2 --alpha 1,0.5\n"
                "  fsnn simulate --rest -70 --threshold -50 --resistance 40 --tau 20 \\\n"
                "                --step 0.1 --time 500 --current step:0.6@50 \\\n"
                "                --units time=ms,potential=mV,current=nA\n"
                "  fsnn simulate --neuron alif --current 2 --reset subtract\n"
                "  fsnn simulate --dv \"(-v + I - w)/tau\" --dw \"(-w + 5*s)/8\" --fractional v,w\n"
                "  fsnn simulate --neuron eif --param slope=0.1 --current constant:1.2\n"
                "  fsnn simulate --model net.yaml --node lif1 --set lif1.tau=3 --reset value\n"
                "  fsnn simulate --show relaxation --alpha 1,0.8,0.5\n",
    .option = table,
    .values = values,
    .min_operands = 0,
    .max_operands = 0,
    .size = sizeof(sim_options),
    .run = run,
    .option_help = sim_help,
    .option_values = sim_values,
};
