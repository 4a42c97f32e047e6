/* cli/simulate/simulate_current.c: the input current of fsnn simulate, read from its short form.
 * Its samples are drawn in simulate_samples.c. */
#include "cli/simulate/simulate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- short forms ---- */

typedef struct form {
    const char *name, *pattern;
    int (*read)(const char *text, sim_current *current); /* NULL: numbers with colons between */
    int least, most;                                     /* numbers */
} form;

static int read_step(const char *text, sim_current *current);
static int read_file(const char *path, sim_current *current);
static int read_spikes(const char *text, sim_current *current);

static const form forms[SIM_CURRENTS] = {
    [SIM_CONSTANT] = {"constant", "constant:AMP", NULL, 1, 1},
    [SIM_STEP] = {"step", "step:AMP@T0 or step:AMP@T0-T1", read_step, 0, 0},
    [SIM_RAMP] = {"ramp", "ramp:FROM:TO", NULL, 2, 2},
    [SIM_SINE] = {"sine", "sine:AMP:FREQUENCY or sine:AMP:FREQUENCY:OFFSET", NULL, 2, 3},
    [SIM_NOISE] = {"noise", "noise:MEAN:SD", NULL, 2, 2},
    [SIM_FILE] = {"file", "file:PATH.csv or file:PATH.npz", read_file, 0, 0},
    [SIM_SQUARE] = {"square", "square:AMP:FREQUENCY[:OFFSET[:SHARE]]", NULL, 2, 4},
    [SIM_CHIRP] = {"chirp", "chirp:AMP:FROM:TO[:OFFSET]", NULL, 3, 4},
    [SIM_WHITE] = {"white", "white:MEAN:SD", NULL, 2, 2},
    [SIM_SPIKES] = {"spikes", "spikes:CHARGE@T1,T2,...", read_spikes, 0, 0},
};

static bool number(const char **text, double *value)
{
    char *end;
    *value = strtod(*text, &end);
    bool good = end != *text && isfinite(*value);
    *text = end;
    return good;
}

static int wrong(const char *text, sim_current_kind kind)
{
    return cli_error(CLI_USAGE,
                     "--current %s:%s: expected %s with numbers in place of the capitals",
                     forms[kind].name, text, forms[kind].pattern);
}

static int read_numbers(const char *text, sim_current *current)
{
    const form *f = &forms[current->kind];
    const char *rest = text;
    int count = 0;
    while (count < f->most && number(&rest, &current->p[count])) {
        count++;
        if (*rest != ':' || count == f->most)
            break;
        rest++;
        if (!*rest)
            return wrong(text, current->kind);
    }
    if (*rest || count < f->least)
        return wrong(text, current->kind);
    bool noise = current->kind == SIM_NOISE || current->kind == SIM_WHITE;
    if (noise && current->p[1] < 0)
        return cli_error(CLI_USAGE, "--current %s:%s: the standard deviation SD is at least 0",
                         f->name, text);
    if (current->kind == SIM_SQUARE &&
        !(current->p[1] > 0 && current->p[3] >= 0 && current->p[3] < 1))
        return cli_error(CLI_USAGE,
                         "--current square:%s: FREQUENCY is above 0, and SHARE, the part of a "
                         "period that is up, below 1",
                         text);
    return CLI_GOOD;
}

static int read_step(const char *text, sim_current *current)
{
    const char *rest = text;
    current->p[2] = INFINITY;
    if (!number(&rest, &current->p[0]) || *rest++ != '@' || !number(&rest, &current->p[1]))
        return wrong(text, SIM_STEP);
    if (*rest == '-') {
        rest++;
        if (!number(&rest, &current->p[2]))
            return wrong(text, SIM_STEP);
    }
    if (*rest)
        return wrong(text, SIM_STEP);
    if (!(current->p[1] < current->p[2]) || current->p[1] < 0)
        return cli_error(CLI_USAGE,
                         "--current step:%s: the step must begin at 0 or later and end after that",
                         text);
    return CLI_GOOD;
}

/* Times that ascend. */
static int read_spikes(const char *text, sim_current *current)
{
    const char *rest = text;
    if (!number(&rest, &current->p[0]) || *rest++ != '@')
        return wrong(text, SIM_SPIKES);
    current->time = cli_allocate(strlen(rest) + 1, sizeof *current->time);
    do {
        double *t = &current->time[current->count];
        if (!number(&rest, t) || *t < 0 || (current->count && *t < t[-1]) ||
            (*rest && *rest != ','))
            return cli_error(CLI_USAGE,
                             "--current spikes:%s: expected %s with times from 0 on that ascend",
                             text, forms[SIM_SPIKES].pattern);
        current->count++;
    } while (*rest++ == ',');
    return CLI_GOOD;
}

static int read_file(const char *path, sim_current *current)
{
    return *path ? sim_file_read(path, current)
                 : cli_error(CLI_USAGE, "--current file: needs a path: expected %s",
                             forms[SIM_FILE].pattern);
}

/* ---- all of them ---- */

static int unknown(const char *text, size_t length)
{
    const char *known[SIM_CURRENTS];
    for (int i = 0; i < SIM_CURRENTS; i++)
        known[i] = forms[i].name;
    char *name = cli_format("%.*s", (int)length, text);
    const char *near = cli_nearest(name, known, SIM_CURRENTS);
    cli_error(CLI_USAGE,
              "--current %s: known are constant, step, ramp, sine, noise, file, square, "
              "chirp, white and spikes%s%s%s",
              text, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    free(name);
    return CLI_USAGE;
}

static int read_one(const char *text, sim_current *current)
{
    const char *rest = text;
    if (number(&rest, &current->p[0]) && !*rest)
        return CLI_GOOD; /* a number alone is constant */
    size_t length = strcspn(text, ":");
    for (int i = 0; i < SIM_CURRENTS; i++) {
        if (strlen(forms[i].name) != length || strncmp(text, forms[i].name, length) != 0)
            continue;
        current->kind = (sim_current_kind)i;
        if (!text[length])
            return cli_error(CLI_USAGE, "--current %s: expected %s", text, forms[i].pattern);
        int (*read)(const char *, sim_current *) = forms[i].read ? forms[i].read : read_numbers;
        return read(text + length + 1, current);
    }
    return unknown(text, length);
}

/* The + of a sum is followed by the name of a form and a colon; others belong to numbers and to
 * names of files. NULL: there is none. */
static const char *next_part(const char *text)
{
    for (const char *at = strchr(text, '+'); at; at = strchr(at + 1, '+'))
        for (int i = 0; at > text && i < SIM_CURRENTS; i++) {
            size_t length = strlen(forms[i].name);
            if (strncmp(at + 1, forms[i].name, length) == 0 && at[1 + length] == ':')
                return at;
        }
    return NULL;
}

int sim_current_read(const char *text, sim_current *current)
{
    int code = CLI_GOOD;
    memset(current, 0, sizeof *current);
    for (int parts = 0; text && code == CLI_GOOD; parts++) {
        const char *plus = next_part(text);
        char *one = cli_format("%.*s", (int)(plus ? (size_t)(plus - text) : strlen(text)), text);
        if (parts == SIM_PARTS)
            code = cli_error(CLI_USAGE, "--current: a sum has at most %d parts", SIM_PARTS);
        else
            code = read_one(one, current);
        if (code == CLI_GOOD && parts > 0 && current->kind == SIM_FILE)
            code = cli_error(CLI_USAGE, "--current +%s: a file is the first part of a sum", one);
        free(one);
        text = plus ? plus + 1 : NULL;
        if (text && code == CLI_GOOD)
            current = current->plus = cli_allocate(1, sizeof *current);
    }
    return code;
}

void sim_current_free(sim_current *current)
{
    if (current->plus)
        sim_current_free(current->plus);
    free(current->plus);
    free(current->sample);
    free(current->time);
    memset(current, 0, sizeof *current);
}
