/* Resets (fsnn/neuron.h): what a spike does. p is the scheme's new state, theta the threshold, g
 * the scheme's gain, x the drive that the history keeps.
 *
 *   current    takes theta/tau from the drive, before the scheme    u = p
 *   none                                                            u = p
 *   subtract   v <- v - theta, the history sees it                  u = p - s theta
 *   value      v <- v_reset, the history sees it                    u = s ? v_reset - off : p
 *   jump       v = u - theta N, N counts the spikes (the scan       u = p
 *              does); the history goes on as if there were none
 *   delta      an impulse -theta/h in the drive of the step         u = p - s g theta/h,
 *                                                                   x <- x - s theta/h
 *   restart    v <- v_0, the scan empties the history               u = s ? 0 : p
 */
#include "base/isa_kernel.h"
#include "scan/step.h"

#include <string.h>

static void keep(const scan_step *t, const real *p, const real *s, real *u, real *x)
{
    (void)t, (void)s, (void)x;
    memcpy(u, p, sizeof(lanes));
}

static void keep_back(const scan_step *t, const real *p, const real *s, const real *G,
                      const real *gx, real *gp, real *gs, lanes *grow, real *ggain)
{
    (void)t, (void)p, (void)s, (void)gx, (void)gs, (void)grow, (void)ggain;
    memcpy(gp, G, sizeof(lanes));
}

static void subtract(const scan_step *t, const real *p, const real *s, real *u, real *x)
{
    (void)x;
    EACH_LANE u[i] = p[i] - s[i] * t->row[ROW_THRESHOLD][i];
}

static void subtract_back(const scan_step *t, const real *p, const real *s, const real *G,
                          const real *gx, real *gp, real *gs, lanes *grow, real *ggain)
{
    (void)p, (void)gx, (void)ggain;
    EACH_LANE
    {
        gp[i] = G[i];
        gs[i] -= G[i] * t->row[ROW_THRESHOLD][i];
        grow[ROW_THRESHOLD][i] -= G[i] * s[i];
    }
}

/* The landing is exact, from an infinite p too; smooth spikes (gradient checks) blend. */
static void value(const scan_step *t, const real *p, const real *s, real *u, real *x)
{
    (void)x;
    EACH_LANE
    {
        real target = t->row[ROW_V_RESET][i] - t->off[i];
        u[i] = s[i] == 1 ? target : (1 - s[i]) * p[i] + s[i] * target;
    }
}

static void value_back(const scan_step *t, const real *p, const real *s, const real *G,
                       const real *gx, real *gp, real *gs, lanes *grow, real *ggain)
{
    (void)gx, (void)ggain;
    EACH_LANE
    {
        gp[i] = G[i] * (1 - s[i]);
        gs[i] += G[i] * (t->row[ROW_V_RESET][i] - t->off[i] - p[i]);
        grow[ROW_V_RESET][i] += G[i] * s[i];
    }
}

/* What an impulse c in the drive takes: gain state c from the new state, drive c from the drive
 * that goes into the history. Implicit schemes solve p (1 - g J) = S + g (f - J u - c) with the
 * impulse within, so both feel 1/(1 - g J); the predictor-corrector takes the drive again at the
 * state below. Their derivatives in the gain and in J: d[gain state], d[drive]. */
typedef struct response {
    lanes state, drive, state_gain, state_J, drive_gain, drive_J;
} response;

static void respond(const scan_step *t, response *r)
{
    const real g = t->gain;
    lanes J;
    EACH_LANE
    {
        r->state[i] = r->drive[i] = r->state_gain[i] = 1;
        r->state_J[i] = r->drive_gain[i] = r->drive_J[i] = 0;
    }
    if (t->scheme != FRAC_IMPLICIT && t->scheme != FRAC_PECE)
        return;
    t->model->leak(t->self, t->v, t->I, t->row, J);
    if (t->scheme == FRAC_PECE) {
        EACH_LANE
        {
            r->drive[i] = 1 + g * J[i];
            r->drive_gain[i] = J[i];
            r->drive_J[i] = g;
        }
        return;
    }
    EACH_LANE
    {
        real D = 1 / (1 - g * J[i]);
        r->state[i] = r->drive[i] = D;
        r->state_gain[i] = D * D;
        r->state_J[i] = g * g * D * D;
        r->drive_gain[i] = J[i] * D * D;
        r->drive_J[i] = g * D * D;
    }
}

static void delta(const scan_step *t, const real *p, const real *s, real *u, real *x)
{
    const real per_step = 1 / t->h;
    response r;
    respond(t, &r);
    EACH_LANE
    {
        real impulse = s[i] * t->row[ROW_THRESHOLD][i] * per_step;
        u[i] = p[i] - t->gain * r.state[i] * impulse;
        x[i] -= r.drive[i] * impulse;
    }
}

static void delta_back(const scan_step *t, const real *p, const real *s, const real *G,
                       const real *gx, real *gp, real *gs, lanes *grow, real *ggain)
{
    (void)p;
    const real per_step = 1 / t->h;
    response r;
    lanes gJ;
    respond(t, &r);
    EACH_LANE
    {
        real impulse = s[i] * t->row[ROW_THRESHOLD][i] * per_step;
        real gimpulse = -(t->gain * r.state[i] * G[i] + r.drive[i] * gx[i]) * per_step;
        gp[i] = G[i];
        gs[i] += gimpulse * t->row[ROW_THRESHOLD][i];
        grow[ROW_THRESHOLD][i] += gimpulse * s[i];
        ggain[i] -= impulse * (G[i] * r.state_gain[i] + gx[i] * r.drive_gain[i]);
        gJ[i] = -impulse * (G[i] * r.state_J[i] + gx[i] * r.drive_J[i]);
    }
    if (t->scheme == FRAC_IMPLICIT || t->scheme == FRAC_PECE)
        t->model->leak_back(t->self, t->v, t->I, t->row, gJ, grow, t->more);
}

/* The decision is the hard one, for smooth spikes too: a history is emptied or it is not. */
static void restart(const scan_step *t, const real *p, const real *s, real *u, real *x)
{
    EACH_LANE
    {
        bool fired = s[i] == 1 || t->arg[i] >= t->least;
        u[i] = fired ? 0 : p[i];
        x[i] = fired ? 0 : x[i];
    }
}

static void restart_back(const scan_step *t, const real *p, const real *s, const real *G,
                         const real *gx, real *gp, real *gs, lanes *grow, real *ggain)
{
    (void)p, (void)gx, (void)gs, (void)grow, (void)ggain;
    EACH_LANE
    {
        bool fired = s[i] == 1 || t->arg[i] >= t->least;
        gp[i] = fired ? 0 : G[i];
    }
}

const reset_rule FSNN_K(reset_rules)[FSNN_RESETS] = {
    [FSNN_RESET_CURRENT] = {"current", .ahead = true, .reset_drive = true, .apply = keep,
                            .back = keep_back},
    [FSNN_RESET_SUBTRACT] = {"subtract", .state = true, .keeps_arg = true, .subtracts = true,
                             .apply = subtract, .back = subtract_back},
    [FSNN_RESET_VALUE] = {"value", .state = true, .keeps_arg = true, .holds = true, .apply = value,
                          .back = value_back},
    [FSNN_RESET_NONE] = {"none", .ahead = true, .apply = keep, .back = keep_back},
    [FSNN_RESET_JUMP] = {"jump", .counts = true, .apply = keep, .back = keep_back},
    [FSNN_RESET_DELTA] = {"delta", .keeps_arg = true, .apply = delta, .back = delta_back},
    [FSNN_RESET_RESTART] = {"restart", .keeps_arg = true, .clears = true, .holds = true,
                            .apply = restart, .back = restart_back},
};
