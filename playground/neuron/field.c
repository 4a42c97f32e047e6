/* The phase plane: the derivatives of the neuron's states, read off one step of forward Euler by as
 * many neurons as there are places. */
#include "play.h"

#include <string.h>

static double field[2][PLAY_FIELD * PLAY_FIELD];

/* A step of the population that starts at `v`; a spike changes nothing. */
static fsnn_status one_step(const fsnn_simulation *what, fsnn_user *options, double current,
                            const double *v, fsnn_arrays *result)
{
    static const double one = 1;
    fsnn_simulation step = *what;
    options->neuron.start = (fsnn_start){.per = FSNN_PER_NEURON, .values = v, .count = PLAY_FIELD};
    options->neuron.reset = FSNN_RESET_NONE;
    options->neuron.refractory = 0;
    step.options = options;
    step.dynamics.integrator = FSNN_ODEINT;
    step.dynamics.method = FSNN_EULER;
    step.dynamics.step = 1;
    step.dynamics.precision = FSNN_PRECISION_DOUBLE;
    step.alpha = &one;
    step.alphas = 1;
    step.current = (fsnn_current){.kind = FSNN_CURRENT_CONSTANT, .p = {current}};
    step.steps = 1;
    step.neurons = PLAY_FIELD;
    return fsnn_simulate(&step, result);
}

static fsnn_status row(const fsnn_simulation *what, fsnn_user *options, double current,
                       const double *v, double w, int number)
{
    fsnn_arrays result = {0};
    double *dv = field[0] + number * PLAY_FIELD, *dw = field[1] + number * PLAY_FIELD;
    fsnn_status status = one_step(what, options, current, v, &result);
    const double *after = status < 0 ? NULL : fsnn_arrays_find(&result, "v")->data;
    const double *state = play_second(&result);
    for (int i = 0; i < PLAY_FIELD && after; i++) {
        dv[i] = after[i] - v[i];
        dw[i] = state ? state[i] - w : 0;
    }
    fsnn_arrays_free(&result);
    return status;
}

PLAY_API(play_field)
int play_field(double current, double v_low, double v_high, double w_low, double w_high)
{
    fsnn_simulation what;
    double v[PLAY_FIELD];
    fsnn_status status = play_simulation(&what);
    if (status < 0)
        return play_done(status);
    fsnn_user options;
    memcpy(&options, what.options, sizeof options);
    int states = play_has_state(&what);
    for (int i = 0; i < PLAY_FIELD; i++)
        v[i] = v_low + (v_high - v_low) * i / (PLAY_FIELD - 1);
    for (int i = 0; i < (states ? PLAY_FIELD : 1) && status >= 0; i++) {
        double w = states ? w_low + (w_high - w_low) * i / (PLAY_FIELD - 1) : 0;
        if (states) { /* of the kinds alif and cuba their only state of their own */
            options.states = 1;
            options.state[0].start = w;
            if (!options.state[0].name)
                options.state[0].name = strcmp(what.kind, "alif") == 0 ? "a" : "i";
        }
        status = row(&what, &options, current, v, w, i);
    }
    return play_done(status);
}

PLAY_API(play_field_rows) const double *play_field_rows(void)
{
    return field[0];
}
