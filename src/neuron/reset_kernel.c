/* Resets (fsnn/neuron.h): what the spike test sees, what the solver and the history get, and the gradient of both.
 *
 *   current   arg = v + dv - theta    u = acc + gain (dv - s kick)
 *   none      arg = v + dv - theta    u = acc + gain dv
 *   subtract  p = acc + gain dv       arg = p + v0 - theta     u = p - s theta
 *   value     p = acc + gain dv       arg = p + v0 - theta     u = s ? v_reset - v0 : p
 *
 * Backward: G is the gradient of u, q that of the solver's sum acc + gain f, which the history's transpose carries on. With
 * `detach` the s inside the reset carries no gradient. */
#include "base/isa_kernel.h"
#include "neuron/model.h"

#define EACH for (int i = 0; i < FRAC_LANES; i++)

static void ahead(const neuron_step *t, float *arg)
{
    EACH arg[i] = (t->v[i] + t->dv[i]) - t->row[ROW_THRESHOLD][i];
}

static void charged(const neuron_step *t, float *arg)
{
    EACH arg[i] = ((t->acc[i] + t->gain * t->dv[i]) + t->v0) - t->row[ROW_THRESHOLD][i];
}

static void kicked(const neuron_step *t, const float *s, float *f)
{
    EACH f[i] = t->dv[i] - s[i] * t->row[ROW_KICK][i];
}

static void plain(const neuron_step *t, const float *s, float *f)
{
    (void)s;
    EACH f[i] = t->dv[i];
}

static void current(const neuron_step *t, const float *arg, const float *s, float *f, float *u)
{
    (void)arg;
    EACH
    {
        f[i] = t->dv[i] - s[i] * t->row[ROW_KICK][i];
        u[i] = t->acc[i] + t->gain * f[i];
    }
}

static void current_back(const neuron_step_back *b, const lanes *row, float *q, float *gdv, float *gv,
                         lanes *grow)
{
    float attach = b->detach ? 0 : 1;
    EACH
    {
        float gf = b->gain * b->G[i];
        float garg = (b->gs[i] - attach * gf * row[ROW_KICK][i]) * b->slope[i];
        q[i] = b->G[i];
        gdv[i] = gf + garg;
        gv[i] = garg;
        grow[ROW_THRESHOLD][i] -= garg;
        grow[ROW_KICK][i] -= gf * b->s[i];
    }
}

static void none(const neuron_step *t, const float *arg, const float *s, float *f, float *u)
{
    (void)arg, (void)s;
    EACH
    {
        f[i] = t->dv[i];
        u[i] = t->acc[i] + t->gain * f[i];
    }
}

static void none_back(const neuron_step_back *b, const lanes *row, float *q, float *gdv, float *gv,
                      lanes *grow)
{
    (void)row;
    EACH
    {
        float garg = b->gs[i] * b->slope[i];
        q[i] = b->G[i];
        gdv[i] = b->gain * b->G[i] + garg;
        gv[i] = garg;
        grow[ROW_THRESHOLD][i] -= garg;
    }
}

static void subtract(const neuron_step *t, const float *arg, const float *s, float *f, float *u)
{
    (void)arg;
    EACH
    {
        f[i] = t->dv[i];
        u[i] = (t->acc[i] + t->gain * f[i]) - s[i] * t->row[ROW_THRESHOLD][i];
    }
}

static void subtract_back(const neuron_step_back *b, const lanes *row, float *q, float *gdv, float *gv,
                          lanes *grow)
{
    float attach = b->detach ? 0 : 1;
    EACH
    {
        float garg = (b->gs[i] - attach * b->G[i] * row[ROW_THRESHOLD][i]) * b->slope[i];
        q[i] = b->G[i] + garg;
        gdv[i] = b->gain * q[i];
        gv[i] = 0;
        grow[ROW_THRESHOLD][i] -= garg + b->G[i] * b->s[i];
    }
}

/* The landing is exact, from an infinite p too; smooth spikes (gradient checks) blend. */
static void value(const neuron_step *t, const float *arg, const float *s, float *f, float *u)
{
    (void)arg;
    float target = t->v_reset - t->v0;
    EACH
    {
        f[i] = t->dv[i];
        float p = t->acc[i] + t->gain * f[i];
        u[i] = s[i] == 1 ? target : (1 - s[i]) * p + s[i] * target;
    }
}

static void value_back(const neuron_step_back *b, const lanes *row, float *q, float *gdv, float *gv,
                       lanes *grow)
{
    float attach = b->detach ? 0 : 1;
    EACH
    {
        float p = b->arg[i] + row[ROW_THRESHOLD][i]; /* the potential, v0 included */
        float garg = (b->gs[i] + attach * b->G[i] * (b->v_reset - p)) * b->slope[i];
        q[i] = b->G[i] * (1 - b->s[i]) + garg;
        gdv[i] = b->gain * q[i];
        gv[i] = 0;
        grow[ROW_THRESHOLD][i] -= garg;
    }
}

const neuron_reset FSNN_K(neuron_resets)[FSNN_RESETS] = {
    [FSNN_RESET_CURRENT] = {false, ahead, current, kicked, current_back},
    [FSNN_RESET_SUBTRACT] = {true, charged, subtract, plain, subtract_back},
    [FSNN_RESET_VALUE] = {true, charged, value, plain, value_back},
    [FSNN_RESET_NONE] = {false, ahead, none, plain, none_back},
};
