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
#include "neuron/model.h"

#include <string.h>

static void keep(const neuron_step *t, const float *p, const float *s, float *u, float *x)
{
    (void)t, (void)s, (void)x;
    memcpy(u, p, sizeof(lanes));
}

static void keep_back(const neuron_step *t, const float *p, const float *s, const float *G,
                      const float *gx, float *gp, float *gs, lanes *grow, float *ggain)
{
    (void)t, (void)p, (void)s, (void)gx, (void)gs, (void)grow, (void)ggain;
    memcpy(gp, G, sizeof(lanes));
}

static void subtract(const neuron_step *t, const float *p, const float *s, float *u, float *x)
{
    (void)x;
    EACH_LANE u[i] = p[i] - s[i] * t->row[ROW_THRESHOLD][i];
}

static void subtract_back(const neuron_step *t, const float *p, const float *s, const float *G,
                          const float *gx, float *gp, float *gs, lanes *grow, float *ggain)
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
static void value(const neuron_step *t, const float *p, const float *s, float *u, float *x)
{
    (void)x;
    EACH_LANE
    {
        float target = t->v_reset - t->off[i];
        u[i] = s[i] == 1 ? target : (1 - s[i]) * p[i] + s[i] * target;
    }
}

static void value_back(const neuron_step *t, const float *p, const float *s, const float *G,
                       const float *gx, float *gp, float *gs, lanes *grow, float *ggain)
{
    (void)gx, (void)grow, (void)ggain;
    EACH_LANE
    {
        gp[i] = G[i] * (1 - s[i]);
        gs[i] += G[i] * (t->v_reset - t->off[i] - p[i]);
    }
}

static void delta(const neuron_step *t, const float *p, const float *s, float *u, float *x)
{
    float per_step = 1 / t->h;
    EACH_LANE
    {
        float impulse = s[i] * t->row[ROW_THRESHOLD][i] * per_step;
        u[i] = p[i] - t->gain * impulse;
        x[i] -= impulse;
    }
}

static void delta_back(const neuron_step *t, const float *p, const float *s, const float *G,
                       const float *gx, float *gp, float *gs, lanes *grow, float *ggain)
{
    (void)p;
    float per_step = 1 / t->h;
    EACH_LANE
    {
        float gimpulse = -(t->gain * G[i] + gx[i]) * per_step;
        gp[i] = G[i];
        gs[i] += gimpulse * t->row[ROW_THRESHOLD][i];
        grow[ROW_THRESHOLD][i] += gimpulse * s[i];
        ggain[i] -= G[i] * s[i] * t->row[ROW_THRESHOLD][i] * per_step;
    }
}

/* The decision is the hard one, for smooth spikes too: a history is emptied or it is not. */
static void restart(const neuron_step *t, const float *p, const float *s, float *u, float *x)
{
    EACH_LANE
    {
        bool fired = t->arg[i] >= 0;
        u[i] = fired ? 0 : p[i];
        x[i] = fired ? 0 : x[i];
    }
    (void)s;
}

static void restart_back(const neuron_step *t, const float *p, const float *s, const float *G,
                         const float *gx, float *gp, float *gs, lanes *grow, float *ggain)
{
    (void)p, (void)s, (void)gx, (void)gs, (void)grow, (void)ggain;
    EACH_LANE gp[i] = t->arg[i] >= 0 ? 0 : G[i];
}

const neuron_reset FSNN_K(neuron_resets)[FSNN_RESETS] = {
    [FSNN_RESET_CURRENT] = {"current", .ahead = true, .kick = true, .apply = keep,
                            .back = keep_back},
    [FSNN_RESET_SUBTRACT] = {"subtract", .state = true, .keeps_arg = true, .apply = subtract,
                             .back = subtract_back},
    [FSNN_RESET_VALUE] = {"value", .state = true, .keeps_arg = true, .apply = value,
                          .back = value_back},
    [FSNN_RESET_NONE] = {"none", .ahead = true, .apply = keep, .back = keep_back},
    [FSNN_RESET_JUMP] = {"jump", .counts = true, .apply = keep, .back = keep_back},
    [FSNN_RESET_DELTA] = {"delta", .keeps_arg = true, .apply = delta, .back = delta_back},
    [FSNN_RESET_RESTART] = {"restart", .keeps_arg = true, .clears = true, .apply = restart,
                            .back = restart_back},
};
