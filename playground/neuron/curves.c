/* Firing rates against current, and the weights of the past. */
#include "play.h"

static fsnn_table rates;

PLAY_API(play_rates) int play_rates(double most)
{
    double current[PLAY_CURRENTS];
    fsnn_simulation what;
    fsnn_table_free(&rates);
    rates = (fsnn_table){0};
    fsnn_status status = play_simulation(&what);
    for (int i = 0; i < PLAY_CURRENTS; i++)
        current[i] = most * i / (PLAY_CURRENTS - 1);
    if (status >= 0)
        status = fsnn_simulate_rates(&what, current, PLAY_CURRENTS, &rates);
    return play_done(status);
}

PLAY_API(play_rates_columns) int play_rates_columns(void)
{
    return rates.columns;
}

PLAY_API(play_rates_rows) const double *play_rates_rows(void)
{
    return rates.cell;
}

/* ---- weights ---- */

static double weights[2 * PLAY_STEPS + 1];

PLAY_API(play_weights) int play_weights(int lags)
{
    fsnn_simulation what;
    double gain;
    fsnn_status status = play_simulation(&what);
    if (lags > PLAY_STEPS)
        lags = PLAY_STEPS;
    for (int i = 0; i < 2 && status >= 0; i++) {
        const fsnn_order order = fsnn_order_of(i ? 1 : what.alpha[0]);
        status = fsnn_frac_weights(what.dynamics.method, &order, what.dynamics.step, lags,
                                   weights + i * lags, &gain);
        if (i == 0)
            weights[2 * lags] = gain;
    }
    return play_done(status);
}

PLAY_API(play_weights_rows) const double *play_weights_rows(void)
{
    return weights;
}
