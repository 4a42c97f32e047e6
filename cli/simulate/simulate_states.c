/* cli/simulate/simulate_states.c: states beside v of the neuron of fsnn simulate, by equations on
 * the command line, where they begin, and which are of fractional order. */
#include "cli/simulate/simulate.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* "NAME=TEXT", or "TEXT" of the state w: the name, kept; the text follows in `*rest`. */
static const char *name_of(sim_setup *s, const char *text, const char **rest)
{
    size_t blank = strspn(text, " "), length = 0;
    while (isalnum((unsigned char)text[blank + length]) || text[blank + length] == '_')
        length++;
    size_t behind = blank + length + strspn(text + blank + length, " ");
    if (length == 0 || text[behind] != '=') {
        *rest = text;
        return "w";
    }
    *rest = text + behind + 1;
    return sim_keep(s, cli_format("%.*s", (int)length, text + blank));
}

static fsnn_user_state *find(fsnn_user *user, const char *name)
{
    for (int i = 0; i < user->states; i++)
        if (strcmp(user->state[i].name, name) == 0)
            return &user->state[i];
    return NULL;
}

static int add(fsnn_user *user, const char *option, const char *name, fsnn_user_state **state)
{
    if (user->states == FSNN_USER_STATES)
        return cli_error(CLI_USAGE, "--%s: a neuron has at most %d states beside v, %s is one more",
                         option, FSNN_USER_STATES, name);
    *state = &user->state[user->states++];
    **state = (fsnn_user_state){.name = name};
    return CLI_GOOD;
}

static int set_derivative(sim_setup *s, const char *text)
{
    fsnn_user_state *state = NULL;
    const char *rest, *name = name_of(s, text, &rest);
    if (find(sim_user(s), name))
        return cli_error(CLI_USAGE,
                         "--dw: the state %s is there twice: name one, like --dw "
                         "\"u=(v - u)/5\"",
                         name);
    int code = add(sim_user(s), "dw", name, &state);
    if (code == CLI_GOOD)
        state->derivative = rest;
    return code;
}

static int set_after(sim_setup *s, const char *text)
{
    const char *rest, *name = name_of(s, text, &rest);
    fsnn_user_state *state = find(sim_user(s), name);
    if (!state)
        return cli_error(CLI_USAGE, "--after-spike-w: there is no state %s: give its --dw", name);
    state->after_spike = rest;
    return CLI_GOOD;
}

/* A kind with states of its own has them filled in only where they are from a description. */
static int set_start(sim_setup *s, const char *text)
{
    char *end;
    const char *rest, *name = name_of(s, text, &rest);
    double value = strtod(rest, &end);
    if (end == rest || *end || !isfinite(value))
        return cli_error(CLI_USAGE, "--w0 takes a number or NAME=NUMBER, like a=0.2, not \"%s\"",
                         text);
    fsnn_user_state *state = find(sim_user(s), name);
    if (!state && strcmp(s->kind, "user") == 0)
        return cli_error(CLI_USAGE, "--w0: there is no state %s: give its --dw", name);
    int code = state ? CLI_GOOD : add(sim_user(s), "w0", name, &state);
    if (code == CLI_GOOD)
        state->start = value;
    return code;
}

static int set_fractional(sim_setup *s, const char *text)
{
    fsnn_user *user = sim_user(s);
    user->fractionals = 0;
    for (const char *rest = text;; rest++) {
        size_t length = strcspn(rest, ",");
        if (length == 0)
            return cli_error(
                CLI_USAGE,
                "--fractional takes names of states with commas between, like v,w, not "
                "\"%s\"",
                text);
        if (user->fractionals == 1 + FSNN_USER_STATES)
            return cli_error(CLI_USAGE, "--fractional %s: a neuron has at most %d states", text,
                             1 + FSNN_USER_STATES);
        user->fractional[user->fractionals++] = sim_keep(s, cli_format("%.*s", (int)length, rest));
        rest += length;
        if (!*rest)
            return CLI_GOOD;
    }
}

static int each(const cli_list *list, sim_setup *s, int (*set)(sim_setup *s, const char *text))
{
    int code = CLI_GOOD;
    for (int i = 0; i < list->count && code == CLI_GOOD; i++)
        code = set(s, list->item[i]);
    return code;
}

int sim_states_read(const sim_options *o, sim_setup *s)
{
    const char *option = o->w0.count ? "w0" : o->fractional ? "fractional" : NULL;
    if (option && !sim_user(s))
        return cli_error(CLI_USAGE, "--%s: a neuron of kind %s has no state but v", option,
                         s->kind);
    int code = each(&o->dw, s, set_derivative);
    if (code == CLI_GOOD)
        code = each(&o->after_spike_w, s, set_after);
    if (code == CLI_GOOD)
        code = each(&o->w0, s, set_start);
    return code == CLI_GOOD && o->fractional ? set_fractional(s, o->fractional) : code;
}
