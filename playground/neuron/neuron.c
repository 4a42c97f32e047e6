/* The neuron, its dynamics and its current, as the page describes them. */
#include "play.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a simulation points at. */
static fsnn_user options;
static double orders[2];
static char names[FSNN_USER_PARAMS][64];

static double drawn[2][PLAY_POINTS];
static int points;

PLAY_API(play_drawn) double *play_drawn(void)
{
    return drawn[0];
}

PLAY_API(play_drawn_count) void play_drawn_count(int count)
{
    points = count < 0 ? 0 : count > PLAY_POINTS ? PLAY_POINTS : count;
}

/* ---- parameters: "a=0.2, b=1" ---- */

static fsnn_status wrong(const char *at, const char *why)
{
    return fsnn_error_set(FSNN_EDESCRIPTION,
                          "params, column %d: %s: write NAME=NUMBER with commas between",
                          (int)(at - play_say(PLAY_PARAMS)) + 1, why);
}

static const char *skip(const char *at)
{
    while (isspace((unsigned char)*at))
        at++;
    return at;
}

/* One of them; `at` goes behind it. */
static fsnn_status read_param(const char **at, int number)
{
    const char *begin = skip(*at), *end = begin;
    char *rest;
    while (isalnum((unsigned char)*end) || *end == '_')
        end++;
    if (end == begin)
        return wrong(begin, "a name is expected");
    if (end - begin >= (int)sizeof names[number])
        return wrong(begin, "the name is too long");
    memcpy(names[number], begin, (size_t)(end - begin));
    names[number][end - begin] = 0;
    end = skip(end);
    if (*end != '=')
        return wrong(end, "\"=\" is expected");
    double value = strtod(end + 1, &rest);
    if (rest == end + 1)
        return wrong(end + 1, "a number is expected");
    options.param[number] = (fsnn_user_param){names[number], {.value = value}};
    *at = skip(rest);
    return FSNN_OK;
}

static fsnn_status read_params(void)
{
    const char *at = skip(play_say(PLAY_PARAMS));
    for (options.params = 0; *at; options.params++) {
        if (options.params == FSNN_USER_PARAMS)
            return wrong(at, "a neuron has at most 14 parameters");
        fsnn_status status = read_param(&at, options.params);
        if (status < 0)
            return status;
        if (*at && *at != ',')
            return wrong(at, "a comma is expected");
        at += *at == ',';
    }
    return FSNN_OK;
}

/* ---- the neuron ---- */

static fsnn_status find(const char *what, int found, const char *name)
{
    if (found >= 0)
        return FSNN_OK;
    return fsnn_error_set(FSNN_EARGUMENT, "there is no %s \"%s\"", what, name);
}

static void set_common(fsnn_neuron *neuron)
{
    neuron->tau.value = play_get(PLAY_TAU);
    neuron->threshold.value = play_get(PLAY_THRESHOLD);
    neuron->v_reset.value = play_get(PLAY_V_RESET);
    neuron->refractory = play_get(PLAY_REFRACTORY);
    neuron->reset = (fsnn_reset)fsnn_reset_find(play_say(PLAY_RESET));
}

static fsnn_status set_neuron(fsnn_simulation *what)
{
    const char *kind = play_say(PLAY_KIND), *reset = play_say(PLAY_RESET);
    memset(&options, 0, sizeof options);
    fsnn_status status = find("neuron", fsnn_kind_is_neuron(kind) ? 0 : -1, kind);
    if (status >= 0)
        status = find("reset", fsnn_reset_find(reset), reset);
    if (status < 0)
        return status;
    fsnn_kind_defaults(kind, &options);
    set_common(&options.neuron);
    what->kind = kind;
    what->options = &options;
    if (fsnn_kind_defaults(kind, NULL) < (int)sizeof options)
        return FSNN_OK; /* if, lif: without parameters of their own */
    if (strcmp(kind, "user") == 0) {
        options.dv = play_say(PLAY_DV);
        options.states = *skip(play_say(PLAY_DW)) != 0;
        options.state[0] = (fsnn_user_state){.name = "w", .derivative = play_say(PLAY_DW)};
    }
    return read_params();
}

int play_has_state(const fsnn_simulation *what)
{
    return strcmp(what->kind, "alif") == 0 || strcmp(what->kind, "cuba") == 0 ||
           (strcmp(what->kind, "user") == 0 && options.states > 0);
}

/* ---- the current ---- */

fsnn_status play_current(fsnn_current *current)
{
    static const struct {
        const char *name;
        fsnn_current_kind kind;
        int numbers;
    } kinds[] = {{"constant", FSNN_CURRENT_CONSTANT, 1},
                 {"step", FSNN_CURRENT_STEP, 3},
                 {"ramp", FSNN_CURRENT_RAMP, 2},
                 {"noise", FSNN_CURRENT_NOISE, 2},
                 {"drawn", FSNN_CURRENT_SAMPLES, 0}};
    const char *name = play_say(PLAY_CURRENT);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(name, kinds[i].name) != 0)
            continue;
        *current = (fsnn_current){.kind = kinds[i].kind};
        for (int p = 0; p < kinds[i].numbers; p++)
            current->p[p] = play_get((play_number)(PLAY_P0 + p));
        if (current->kind == FSNN_CURRENT_SAMPLES) {
            current->time = drawn[0];
            current->sample = drawn[1];
            current->count = points;
            current->neurons = 1;
        }
        return FSNN_OK;
    }
    return find("current", -1, name);
}

/* ---- all ---- */

static fsnn_status set_dynamics(fsnn_simulation *what)
{
    const char *name = play_say(PLAY_METHOD);
    int method = fsnn_method_find(name);
    fsnn_status status = find("method", method, name);
    if (status < 0)
        return status;
    bool integer = fsnn_method_is((fsnn_method)method, FSNN_METHODS_INTEGER);
    what->dynamics.method = (fsnn_method)method;
    what->dynamics.integrator = integer ? FSNN_ODEINT : FSNN_FDEINT;
    what->dynamics.step = play_get(PLAY_STEP);
    what->dynamics.precision = FSNN_PRECISION_SINGLE; /* what networks compute in */
    orders[0] = integer ? 1 : play_get(PLAY_ALPHA);
    orders[1] = 1;
    what->alpha = orders;
    what->alphas = orders[0] == 1 ? 1 : 2;
    return FSNN_OK;
}

fsnn_status play_simulation(fsnn_simulation *what)
{
    double steps = round(play_get(PLAY_TIME) / play_get(PLAY_STEP));
    *what = fsnn_simulation_default();
    if (!(steps >= 1 && steps <= PLAY_STEPS))
        return fsnn_error_set(
            FSNN_EARGUMENT,
            "time / step is %.0f steps: this page takes 1 to %d, so take a longer step "
            "or less time",
            steps, PLAY_STEPS);
    what->steps = (int64_t)steps;
    what->seed = (uint64_t)fmax(0, play_get(PLAY_SEED));
    fsnn_status status = set_dynamics(what);
    if (status >= 0)
        status = play_current(&what->current);
    return status < 0 ? status : set_neuron(what);
}
