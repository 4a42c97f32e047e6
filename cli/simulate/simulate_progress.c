/* cli/simulate/simulate_progress.c: a sign of life of runs that take long, on a terminal only. */
#include "cli/simulate/simulate.h"

#include <time.h>

static const double patience = 1, redraw = 0.1; /* seconds */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

sim_progress sim_progress_start(const sim_setup *s, double alpha)
{
    double now = seconds();
    return (sim_progress){.setup = s, .alpha = alpha, .start = now, .drawn = now};
}

void sim_progress_step(sim_progress *p, int64_t steps)
{
    double now = seconds();
    if (!cli_terminal() || cli_quiet() || now - p->start < patience ||
        (p->visible && now - p->drawn < redraw))
        return;
    cli_signals_line(true); /* before it is drawn: a signal may come at any time */
    fprintf(stderr, "\r\033[Kalpha %g: time %.6g of %.6g, %.0f %%", p->alpha,
            (double)steps * p->setup->step, (double)p->setup->steps * p->setup->step,
            100 * (double)steps / (double)p->setup->steps);
    fflush(stderr);
    p->visible = true;
    p->drawn = now;
}

void sim_progress_end(sim_progress *p)
{
    if (p->visible)
        fputs("\r\033[K", stderr);
    cli_signals_line(false);
    p->visible = false;
}
