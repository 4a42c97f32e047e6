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

static const form forms[SIM_CURRENTS] = {
    [SIM_CONSTANT] = {"constant", "constant:AMP", NULL, 1, 1},
    [SIM_STEP] = {"step", "step:AMP@T0 or step:AMP@T0-T1", read_step, 0, 0},
    [SIM_RAMP] = {"ramp", "ramp:FROM:TO", NULL, 2, 2},
    [SIM_SINE] = {"sine", "sine:AMP:FREQUENCY or sine:AMP:FREQUENCY:OFFSET", NULL, 2, 3},
    [SIM_NOISE] = {"noise", "noise:MEAN:SD", NULL, 2, 2},
    [SIM_FILE] = {"file", "file:PATH.csv or file:PATH.npz", read_file, 0, 0},
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
    if (current->kind == SIM_NOISE && current->p[1] < 0)
        return cli_error(CLI_USAGE, "--current noise:%s: the standard deviation SD is at least 0",
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
    cli_error(CLI_USAGE, "--current %s: known are constant, step, ramp, sine, noise and file%s%s%s",
              text, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    free(name);
    return CLI_USAGE;
}

int sim_current_read(const char *text, sim_current *current)
{
    const char *rest = text;
    memset(current, 0, sizeof *current);
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

void sim_current_free(sim_current *current)
{
    free(current->sample);
    free(current->time);
    memset(current, 0, sizeof *current);
}
