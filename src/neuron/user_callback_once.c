/* Callbacks as a model of the scan. Gradients by the callback's own slopes, or by differences of
 * its function: the row of one input is moved by e and 2e either way, (4 D(e) - D(2e))/3 with D the
 * central difference (Richardson), error O(e^4) and rounding of about 2^-24/e: e = max(1, |x|)/64
 * balances them. Parameters may be small: e = |x|/64, which keeps positive ones positive. */
#include "neuron/user.h"

#include "base/whole.h"

#include <math.h>
#include <string.h>

enum { PARS = 2 + FSNN_USER_PARAMS };
/* What a function may depend on. */
enum { IN_V, IN_I, IN_DV, IN_S, IN_PAR, INPUTS = IN_PAR + PARS };

/* A worker's space. */
typedef struct self {
    neuron_callback *c;
    const float *par[PARS]; /* rows of the tile's parameters */
    lanes gpar[PARS];       /* their gradients */
} self;

/* A function of the callback, with what it depends on. */
typedef struct function {
    fsnn_neuron_fn *value;
    fsnn_neuron_slopes_fn *slopes;
} function;

/* Inputs of a call, in the order of IN_*; NULL: not known there. */
typedef struct point {
    const float *in[INPUTS];
} point;

static void open(const neuron_model *m, void *at)
{
    self *s = at;
    memcpy(&s->c, &m->of, sizeof s->c);
    memset(s->gpar, 0, sizeof s->gpar);
}

static fsnn_status trouble(const neuron_model *m)
{
    neuron_callback *c;
    memcpy(&c, &m->of, sizeof c);
    int code = __atomic_exchange_n(&c->failed, 0, __ATOMIC_RELAXED);
    return code ? fsnn_fail(FSNN_ECALLBACK, "the neuron's callback returned %d", code) : FSNN_OK;
}

static void note(const self *s, int code)
{
    if (code)
        __atomic_store_n(&s->c->failed, code, __ATOMIC_RELAXED);
}

static point point_of(const self *s, const float *v, const float *I, const float *dv,
                      const float *spikes)
{
    point p = {{v, I, dv, spikes}};
    for (int i = 0; i < s->c->pars; i++)
        p.in[IN_PAR + i] = s->par[i];
    return p;
}

static fsnn_neuron_rows rows_of(const point *p)
{
    return (fsnn_neuron_rows){.n = ROW_LANES,
                              .v = p->in[IN_V],
                              .I = p->in[IN_I],
                              .dv = p->in[IN_DV],
                              .s = p->in[IN_S],
                              .param = p->in + IN_PAR};
}

static void value(const self *s, function f, const point *p, float *out)
{
    fsnn_neuron_rows rows = rows_of(p);
    note(s, f.value(&rows, out, s->c->c.user));
}

/* d f / d input, by differences. */
static void difference(const self *s, function f, const point *p, int input, float *slope)
{
    lanes moved, wide, out[4];
    point q = *p;
    const float *x = p->in[input];
    q.in[input] = moved;
    for (int i = 0; i < ROW_LANES; i++) {
        float size = fabsf(x[i]);
        bool unit = input < IN_PAR ? size < 1 : size == 0;
        wide[i] = (unit ? 1 : size) / 64;
    }
    for (int k = 0; k < 4; k++) {
        float steps = (float[]){-2, -1, 1, 2}[k];
        EACH_LANE moved[i] = x[i] + steps * wide[i];
        value(s, f, &q, out[k]);
    }
    EACH_LANE slope[i] = (8 * (out[2][i] - out[1][i]) - (out[3][i] - out[0][i])) / (12 * wide[i]);
}

/* Where the gradient of an input goes; NULL: nowhere. */
static float *target(self *s, const neuron_gradients *g, int input)
{
    float *const common[] = {g->v, g->I, g->dv, g->s};
    if (input < IN_PAR)
        return common[input];
    int p = input - IN_PAR;
    return p < s->c->pars && s->c->learned[p] ? s->gpar[p] : NULL;
}

static void add(float *to, const float *gout, const float *slope)
{
    EACH_LANE to[i] += gout[i] * slope[i];
}

/* g += gout df/d(input), for all inputs that are known in f. */
static void backward(self *s, function f, const point *p, const float *gout,
                     const neuron_gradients *g)
{
    lanes slope[INPUTS];
    float *want[INPUTS] = {0};
    for (int i = 0; i < INPUTS; i++)
        want[i] = p->in[i] && target(s, g, i) ? slope[i] : NULL;
    if (f.slopes) {
        fsnn_neuron_rows rows = rows_of(p);
        const fsnn_neuron_slopes to = {want[IN_V], want[IN_I], want[IN_DV], want[IN_S],
                                       want + IN_PAR};
        note(s, f.slopes(&rows, &to, s->c->c.user));
    }
    for (int i = 0; i < INPUTS; i++) {
        if (!want[i])
            continue;
        if (!f.slopes)
            difference(s, f, p, i, slope[i]);
        add(target(s, g, i), gout, slope[i]);
    }
}

/* ---- the model ---- */

static function dv_of(const self *s)
{
    return (function){s->c->c.dv, s->c->c.dv_slopes};
}

static function spike_of(const self *s)
{
    return (function){s->c->c.spike, s->c->c.spike_slopes};
}

static function after_of(const self *s)
{
    return (function){s->c->c.after_spike, s->c->c.after_spike_slopes};
}

static void prepare(void *at, const lanes *par, lanes *row)
{
    self *s = at;
    for (int p = 0; p < s->c->pars; p++)
        s->par[p] = par[neuron_user_par(p)];
    EACH_LANE
    {
        row[ROW_THRESHOLD][i] = par[PAR_THRESHOLD][i];
        row[ROW_RESET_DRIVE][i] = par[PAR_THRESHOLD][i] / par[PAR_TAU][i];
    }
}

static void prepare_back(void *at, const lanes *par, const lanes *row, const lanes *grow,
                         lanes *gpar)
{
    const self *s = at;
    (void)row;
    for (int p = 0; p < s->c->pars; p++) {
        float *to = gpar[neuron_user_par(p)];
        const float *from = s->gpar[p];
        EACH_LANE to[i] += from[i];
    }
    EACH_LANE
    {
        float theta = par[PAR_THRESHOLD][i], rate = 1 / par[PAR_TAU][i];
        gpar[PAR_TAU][i] -= grow[ROW_RESET_DRIVE][i] * theta * rate * rate;
        gpar[PAR_THRESHOLD][i] += grow[ROW_THRESHOLD][i] + grow[ROW_RESET_DRIVE][i] * rate;
    }
}

static void charge(void *at, const float *v, const float *I, const lanes *row, float *dv)
{
    const self *s = at;
    (void)row;
    point p = point_of(s, v, I, NULL, NULL);
    value(s, dv_of(s), &p, dv);
}

static void charge_back(void *at, const float *v, const float *I, const lanes *row,
                        const float *gdv, float *gv, float *gI, lanes *grow)
{
    self *s = at;
    (void)row, (void)grow;
    point p = point_of(s, v, I, NULL, NULL);
    lanes_zero(gv);
    lanes_zero(gI);
    backward(s, dv_of(s), &p, gdv, &(neuron_gradients){.v = gv, .I = gI});
}

static void leak(void *at, const float *v, const float *I, const lanes *row, float *J)
{
    const self *s = at;
    (void)row;
    point p = point_of(s, v, I, NULL, NULL);
    if (!s->c->c.dv_slopes) {
        difference(s, dv_of(s), &p, IN_V, J);
        return;
    }
    float *none[PARS] = {0};
    fsnn_neuron_rows rows = rows_of(&p);
    note(s, s->c->c.dv_slopes(&rows, &(fsnn_neuron_slopes){.v = J, .param = none}, s->c->c.user));
}

/* The slope as a function, for its differences. */
static int slope_value(const fsnn_neuron_rows *at, float *out, void *user)
{
    const fsnn_neuron_callback *c = user;
    float *none[PARS] = {0};
    return c->dv_slopes(at, &(fsnn_neuron_slopes){.v = out, .param = none}, c->user);
}

static void leak_back(void *at, const float *v, const float *I, const lanes *row, const float *gJ,
                      lanes *grow, const neuron_gradients *g)
{
    self *s = at;
    (void)row, (void)grow;
    if (!s->c->c.dv_slopes) /* refused where a net is wrapped for training */
        return;
    neuron_callback slopes = *s->c;
    slopes.c.user = &s->c->c;
    self of = {.c = &slopes};
    memcpy(of.par, s->par, sizeof of.par);
    point p = point_of(s, v, I, NULL, NULL);
    backward(&of, (function){slope_value, NULL}, &p, gJ, g);
    for (int k = 0; k < s->c->pars; k++)
        EACH_LANE s->gpar[k][i] += of.gpar[k][i];
    note(s, slopes.failed);
}

static void spike(void *at, const float *v, const float *I, const float *dv, float *arg)
{
    const self *s = at;
    point p = point_of(s, v, I, dv, NULL);
    value(s, spike_of(s), &p, arg);
}

static void spike_back(void *at, const float *v, const float *I, const float *dv, const float *garg,
                       const neuron_gradients *g)
{
    self *s = at;
    point p = point_of(s, v, I, dv, NULL);
    backward(s, spike_of(s), &p, garg, g);
}

/* after_spike is the drive F that is left: the spike takes dv - F. */
static void reset_drive(void *at, const float *v, const float *I, const float *dv,
                        const float *spikes, float *c)
{
    const self *s = at;
    point p = point_of(s, v, I, dv, spikes);
    value(s, after_of(s), &p, c);
    EACH_LANE c[i] = dv[i] - c[i];
}

static void reset_drive_back(void *at, const float *v, const float *I, const float *dv,
                             const float *spikes, const float *gc, const neuron_gradients *g)
{
    self *s = at;
    point p = point_of(s, v, I, dv, spikes);
    float *gdv = g->dv;
    lanes gF;
    EACH_LANE
    {
        gF[i] = -gc[i];
        gdv[i] += gc[i];
    }
    backward(s, after_of(s), &p, gF, g);
}

neuron_model neuron_callback_model(neuron_callback *c)
{
    neuron_model m = {.kind = "user",
                      .curved = true,
                      .own = c->pars - 2,
                      .of = c,
                      .self_bytes = whole_lines(sizeof(self)),
                      .open = open,
                      .trouble = trouble,
                      .prepare = prepare,
                      .prepare_back = prepare_back,
                      .charge = charge,
                      .charge_back = charge_back,
                      .leak = leak,
                      .leak_back = leak_back};
    if (c->c.spike) {
        m.spike = spike;
        m.spike_back = spike_back;
    }
    if (c->c.after_spike) {
        m.reset_drive = reset_drive;
        m.reset_drive_back = reset_drive_back;
    }
    return m;
}
