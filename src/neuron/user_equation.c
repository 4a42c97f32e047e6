/* Equations as a model of the scan: rows go in and out through the table of slots
 * (equation/equation.h), of which each worker has one. The lines that the scan has for the usual
 * spike argument and reset drive stay in use where the equations are the usual ones. */
#include "neuron/user.h"

#include "base/whole.h"

#include <string.h>

/* A worker's space; the equation's own block follows, and, where it is wide, rows of parameters. */
typedef struct self {
    const equation *e;
    real **slot;
    real *par; /* [pars][tiles][32], wide */
    int tiles;
    char pad[36]; /* what follows is aligned to 64 */
} self;

static void point(const self *s, int slot, const real *row)
{
    s->slot[slot] = (real *)(uintptr_t)row; /* parts write to outputs only */
}

static void open(const neuron_model *m, void *at)
{
    self *s = at;
    s->e = m->of;
    s->slot = equation_open(s->e, s + 1);
    equation_clear(s->e, s->slot);
}

static void prepare(void *at, const lanes *par, lanes *row)
{
    const self *s = at;
    for (int p = 0; p < s->e->pars; p++)
        point(s, EQUATION_PAR + p, par[neuron_user_par(p)]);
    equation_run(s->e, EQUATION_PREPARE, s->slot);
    EACH_LANE
    {
        row[ROW_THRESHOLD][i] = par[PAR_THRESHOLD][i];
        row[ROW_RESET_DRIVE][i] = par[PAR_THRESHOLD][i] / par[PAR_TAU][i];
    }
}

/* What the spike's threshold and reset drive give to the parameters. */
static void usual_back(const lanes *par, const lanes *grow, lanes *gpar)
{
    EACH_LANE
    {
        real theta = par[PAR_THRESHOLD][i], rate = 1 / par[PAR_TAU][i];
        gpar[PAR_TAU][i] -= grow[ROW_RESET_DRIVE][i] * theta * rate * rate;
        gpar[PAR_THRESHOLD][i] += grow[ROW_THRESHOLD][i] + grow[ROW_RESET_DRIVE][i] * rate;
    }
}

static void prepare_back(void *at, const lanes *par, const lanes *row, const lanes *grow,
                         lanes *gpar)
{
    const self *s = at;
    (void)row;
    for (int p = 0; p < s->e->pars; p++)
        point(s, EQUATION_G + EQUATION_PAR + p, gpar[neuron_user_par(p)]);
    equation_run(s->e, EQUATION_PREPARE_BACK, s->slot);
    usual_back(par, grow, gpar);
}

static void charge(void *at, const real *v, const real *I, const lanes *row, real *dv)
{
    const self *s = at;
    (void)row;
    point(s, EQUATION_X, v);
    point(s, EQUATION_I, I);
    point(s, EQUATION_D, dv);
    equation_run(s->e, EQUATION_CHARGE, s->slot);
}

static void charge_back(void *at, const real *v, const real *I, const lanes *row, const real *gdv,
                        real *gv, real *gI, lanes *grow)
{
    const self *s = at;
    (void)row, (void)grow;
    point(s, EQUATION_X, v);
    point(s, EQUATION_I, I);
    point(s, EQUATION_G + EQUATION_D, gdv);
    point(s, EQUATION_G + EQUATION_X, gv);
    point(s, EQUATION_G + EQUATION_I, gI);
    equation_run(s->e, EQUATION_CHARGE_BACK, s->slot);
}

static void leak(void *at, const real *v, const real *I, const lanes *row, real *J)
{
    const self *s = at;
    (void)row;
    point(s, EQUATION_X, v);
    point(s, EQUATION_I, I);
    point(s, EQUATION_J, J);
    equation_run(s->e, EQUATION_LEAK, s->slot);
}

/* Where gradients of v, I, dv and s are added. */
static void point_gradients(const self *s, const neuron_gradients *g)
{
    s->slot[EQUATION_G + EQUATION_X] = g->v;
    s->slot[EQUATION_G + EQUATION_I] = g->I;
    s->slot[EQUATION_G + EQUATION_D] = g->dv;
    s->slot[EQUATION_G + EQUATION_S] = g->s;
}

static void leak_back(void *at, const real *v, const real *I, const lanes *row, const real *gJ,
                      lanes *grow, const neuron_gradients *g)
{
    const self *s = at;
    (void)row, (void)grow;
    point(s, EQUATION_X, v);
    point(s, EQUATION_I, I);
    point(s, EQUATION_G + EQUATION_J, gJ);
    point_gradients(s, g);
    equation_run(s->e, EQUATION_LEAK_BACK, s->slot);
}

static void spike(void *at, const real *v, const real *I, const real *dv, real *arg)
{
    const self *s = at;
    point(s, EQUATION_X, v);
    point(s, EQUATION_I, I);
    point(s, EQUATION_D, dv);
    point(s, EQUATION_ARG, arg);
    equation_run(s->e, EQUATION_SPIKE, s->slot);
}

static void spike_back(void *at, const real *v, const real *I, const real *dv, const real *garg,
                       const neuron_gradients *g)
{
    const self *s = at;
    point(s, EQUATION_X, v);
    point(s, EQUATION_I, I);
    point(s, EQUATION_D, dv);
    point(s, EQUATION_G + EQUATION_ARG, garg);
    point_gradients(s, g);
    equation_run(s->e, EQUATION_SPIKE_BACK, s->slot);
}

/* after_spike is the drive F that is left: the spike takes dv - F. */
static void reset_drive(void *at, const real *v, const real *I, const real *dv, const real *spikes,
                        real *c)
{
    const self *s = at;
    point(s, EQUATION_X, v);
    point(s, EQUATION_I, I);
    point(s, EQUATION_D, dv);
    point(s, EQUATION_S, spikes);
    point(s, EQUATION_F, c);
    equation_run(s->e, EQUATION_AFTER, s->slot);
    EACH_LANE c[i] = dv[i] - c[i];
}

static void reset_drive_back(void *at, const real *v, const real *I, const real *dv,
                             const real *spikes, const real *gc, const neuron_gradients *g)
{
    const self *s = at;
    real *gdv = g->dv;
    lanes gF;
    EACH_LANE
    {
        gF[i] = -gc[i];
        gdv[i] += gc[i];
    }
    point(s, EQUATION_X, v);
    point(s, EQUATION_I, I);
    point(s, EQUATION_D, dv);
    point(s, EQUATION_S, spikes);
    point(s, EQUATION_G + EQUATION_F, gF);
    point_gradients(s, g);
    equation_run(s->e, EQUATION_AFTER_BACK, s->slot);
}

real **neuron_equation_slots(void *at)
{
    return ((self *)at)->slot;
}

/* ---- several tiles at once ---- */

static size_t wide_bytes(const neuron_model *m, int tiles)
{
    const equation *e = m->of;
    return sizeof(self) + whole_lines(equation_wide_bytes(e, tiles)) +
           sizeof(lanes) * (size_t)(e->pars * tiles);
}

static void wide_open(const neuron_model *m, void *at, int tiles, const lanes *const *par)
{
    self *s = at;
    s->e = m->of;
    s->tiles = tiles;
    s->slot = equation_wide_open(s->e, s + 1, tiles);
    s->par = (real *)((char *)(s + 1) + whole_lines(equation_wide_bytes(s->e, tiles)));
    equation_wide_clear(s->e, s->slot, tiles);
    for (int p = 0; p < s->e->pars; p++) {
        real *row = s->par + p * tiles * ROW_LANES;
        point(s, EQUATION_PAR + p, row);
        for (int t = 0; t < tiles; t++)
            memcpy(row + t * ROW_LANES, par[t][neuron_user_par(p)], sizeof(lanes));
    }
    equation_wide_run(s->e, EQUATION_PREPARE, s->slot, tiles);
}

static void wide_charge(void *at, const real *v, const real *I, real *dv)
{
    const self *s = at;
    point(s, EQUATION_X, v);
    point(s, EQUATION_I, I);
    point(s, EQUATION_D, dv);
    equation_wide_run(s->e, EQUATION_CHARGE, s->slot, s->tiles);
}

static void wide_charge_back(void *at, const real *v, const real *I, const real *gdv, real *gv,
                             real *gI)
{
    const self *s = at;
    point(s, EQUATION_X, v);
    point(s, EQUATION_I, I);
    point(s, EQUATION_G + EQUATION_D, gdv);
    point(s, EQUATION_G + EQUATION_X, gv);
    point(s, EQUATION_G + EQUATION_I, gI);
    equation_wide_run(s->e, EQUATION_CHARGE_BACK, s->slot, s->tiles);
}

/* Tile by tile: a table that points into the wide rows. */
static void wide_close(void *at, const lanes *const *par, const lanes *const *grow,
                       lanes *const *gpar)
{
    const self *s = at;
    const int own = EQUATION_OWN, rows = 2 * s->e->rows + s->e->constants + s->e->temporaries;
    for (int t = 0; t < s->tiles; t++) {
        for (int p = 0; p < s->e->pars; p++) {
            point(s, EQUATION_PAR + p, par[t][neuron_user_par(p)]);
            point(s, EQUATION_G + EQUATION_PAR + p, gpar[t][neuron_user_par(p)]);
        }
        equation_run(s->e, EQUATION_PREPARE_BACK, s->slot);
        usual_back(par[t], grow[t], gpar[t]);
        for (int r = own; r < own + rows; r++)
            s->slot[r] += ROW_LANES;
    }
}

static const neuron_wide wide = {wide_bytes, wide_open, wide_charge, wide_charge_back, wide_close};

/* ---- models ---- */

neuron_model neuron_interpreted_model(const equation *e)
{
    size_t self_bytes = sizeof(self) + equation_bytes(e);
    neuron_model m = {.kind = "user",
                      .leaky = e->leaks,
                      .curved = e->slope == EQUATION_CURVED,
                      .own = e->pars - 2,
                      .others = e->states - 1,
                      .of = e,
                      .self_bytes = whole_lines(self_bytes),
                      .open = open,
                      .prepare = prepare,
                      .prepare_back = prepare_back,
                      .charge = charge,
                      .charge_back = charge_back,
                      .leak = leak,
                      .leak_back = leak_back};
    if (!e->default_spike) {
        m.spike = spike;
        m.spike_back = spike_back;
    }
    if (!e->default_after[0]) {
        m.reset_drive = reset_drive;
        m.reset_drive_back = reset_drive_back;
    }
    if (e->states == 1 && e->default_spike && e->default_after[0])
        m.wide = &wide;
    return m;
}

/* The hand-written neuron that the equations say, which has its own fused loop. */
static neuron_model known(const equation *e, const char *kind)
{
    neuron_model m = *neuron_model_find(kind);
    m.kind = "user";
    m.own = e->pars - 2;
    return m;
}

neuron_model neuron_equation_model(const equation *e)
{
    if (e->lif || e->plain_if)
        return known(e, e->lif ? "lif" : "if");
    return neuron_interpreted_model(e);
}
