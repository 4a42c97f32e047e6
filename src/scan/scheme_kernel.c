/* Schemes: one step from the sums over the past to the new state, and its gradient (frac/method.h
 * has the formulas).
 *
 * The drive of a step is d(v) = dv(v, I) - c: the current I holds over the step, and so does what
 * the spike takes, c. Explicit schemes take it before the step, implicit ones after it,
 * predictor-corrector and Runge-Kutta at their stages. */
#include "base/isa_kernel.h"
#include "scan/step.h"

#include <string.h>

/* d at the potential u + off. */
static void drive_at(const scan_step *t, const real *u, real *d)
{
    lanes v;
    EACH_LANE v[i] = u[i] + t->off[i];
    t->model->charge(t->self, v, t->I, t->row, d);
    EACH_LANE d[i] -= t->c[i];
}

/* Gradient of drive_at: gu written; goff, gI, gc added to. */
static void drive_back(const scan_step *t, const real *u, const real *gd, real *gu,
                       scan_step_back *b)
{
    lanes v, gI;
    EACH_LANE v[i] = u[i] + t->off[i];
    t->model->charge_back(t->self, v, t->I, t->row, gd, gu, gI, b->grow);
    EACH_LANE
    {
        b->goff[i] += gu[i];
        b->gI[i] += gI[i];
        b->gc[i] -= gd[i];
    }
}

static inline void clear(const scan_step_back *b)
{
    EACH_LANE
    {
        b->gS[0][i] = 0;
        b->gS[1][i] = 0;
    }
    EACH_LANE
    {
        b->gdv[i] = 0;
        b->gu[i] = 0;
        b->goff[i] = 0;
        b->gc[i] = 0;
        b->gI[i] = 0;
    }
}

/* ---- explicit ---- */

static void explicit_step(const scan_step *t, real *p, real *x)
{
    EACH_LANE
    {
        x[i] = t->dv[i] - t->c[i];
        p[i] = t->S[0][i] + t->gain * x[i];
    }
}

static void explicit_drive(const scan_step *t, const real *p, real *x)
{
    (void)p;
    EACH_LANE x[i] = t->dv[i] - t->c[i];
}

static void explicit_back(const scan_step *t, scan_step_back *b)
{
    lanes_zero(b->gu);
    lanes_zero(b->goff);
    lanes_zero(b->gI);
    EACH_LANE
    {
        real gf = t->gain * b->gp[i] + b->gx[i];
        b->gS[0][i] = b->gp[i];
        b->gdv[i] = gf;
        b->gc[i] = -gf;
        b->ggain[i] += b->gp[i] * (t->dv[i] - t->c[i]);
    }
}

/* The slope's own gradient; b's rows are set. */
static void leak_back(const scan_step *t, const real *gJ, scan_step_back *b)
{
    lanes gv, gI;
    const neuron_gradients g = {.v = gv, .I = gI};
    lanes_zero(gv);
    lanes_zero(gI);
    t->model->leak_back(t->self, t->v, t->I, t->row, gJ, b->grow, &g);
    if (!t->model->curved)
        return;
    EACH_LANE
    {
        b->gu[i] += gv[i];
        b->goff[i] += gv[i];
        b->gI[i] += gI[i];
    }
}

/* ---- implicit: p = (S + g (f - J u)) / (1 - g J), x = f + J (p - u) ---- */

static void implicit_drive(const scan_step *t, const real *p, real *x)
{
    lanes J;
    t->model->leak(t->self, t->v, t->I, t->row, J);
    EACH_LANE x[i] = (t->dv[i] - t->c[i]) + J[i] * (p[i] - t->u[i]);
}

static void implicit_step(const scan_step *t, real *p, real *x)
{
    lanes J;
    t->model->leak(t->self, t->v, t->I, t->row, J);
    EACH_LANE
    {
        real rest = (t->dv[i] - t->c[i]) - J[i] * t->u[i];
        p[i] = (t->S[0][i] + t->gain * rest) / (1 - t->gain * J[i]);
    }
    implicit_drive(t, p, x);
}

static void implicit_back(const scan_step *t, scan_step_back *b)
{
    lanes J, gJ;
    clear(b);
    t->model->leak(t->self, t->v, t->I, t->row, J);
    EACH_LANE
    {
        real rest = (t->dv[i] - t->c[i]) - J[i] * t->u[i], D = 1 - t->gain * J[i];
        real gN = (b->gp[i] + J[i] * b->gx[i]) / D, gD = -gN * b->p[i];
        real gf = t->gain * gN + b->gx[i];
        b->gS[0][i] = gN;
        b->gdv[i] = gf;
        b->gc[i] = -gf;
        b->gu[i] = -J[i] * gf;
        gJ[i] = -t->u[i] * gf + b->p[i] * b->gx[i] - t->gain * gD;
        b->ggain[i] += gN * rest - J[i] * gD;
    }
    leak_back(t, gJ, b);
}

/* ---- predictor-corrector: P = S_1, p = S_0 + g d(P), x = d(p) ---- */

static void pece_step(const scan_step *t, real *p, real *x)
{
    lanes d;
    drive_at(t, t->S[1], d);
    EACH_LANE p[i] = t->S[0][i] + t->gain * d[i];
    drive_at(t, p, x);
}

static void pece_drive(const scan_step *t, const real *p, real *x)
{
    drive_at(t, p, x);
}

static void pece_back(const scan_step *t, scan_step_back *b)
{
    lanes gp, gd, d;
    clear(b);
    drive_back(t, b->p, b->gx, gp, b);
    drive_at(t, t->S[1], d);
    EACH_LANE
    {
        gp[i] += b->gp[i];
        gd[i] = t->gain * gp[i];
        b->gS[0][i] = gp[i];
        b->ggain[i] += gp[i] * d[i];
    }
    drive_back(t, t->S[1], gd, b->gS[1], b);
}

/* ---- Runge-Kutta: k_s = d(u + h a_s k_{s-1}), p = S + g sum_s b_s k_s with S = u, g = h ---- */

typedef struct tableau {
    int stages;
    real a[4], b[4];
} tableau;

static const tableau heun = {2, {0, 1}, {0.5, 0.5}};
static const tableau rk4 = {
    4, {0, 0.5, 0.5, 1}, {1 / REAL(6.0), 1 / REAL(3.0), 1 / REAL(3.0), 1 / REAL(6.0)}};

static void stages(const scan_step *t, const tableau *m, lanes *u, lanes *k)
{
    for (int s = 0; s < m->stages; s++) {
        EACH_LANE u[s][i] = t->u[i] + (s ? t->gain * m->a[s] * k[s - 1][i] : 0);
        drive_at(t, u[s], k[s]);
    }
}

static void runge_kutta(const scan_step *t, const tableau *m, real *p, real *x)
{
    lanes u[4], k[4];
    stages(t, m, u, k);
    memcpy(p, t->S[0], sizeof(lanes));
    for (int s = 0; s < m->stages; s++)
        EACH_LANE p[i] += t->gain * m->b[s] * k[s][i];
    memcpy(x, k[0], sizeof(lanes));
}

static void runge_kutta_back(const scan_step *t, const tableau *m, scan_step_back *b)
{
    lanes u[4], k[4], gk[4], gu;
    clear(b);
    stages(t, m, u, k);
    for (int s = 0; s < m->stages; s++)
        EACH_LANE gk[s][i] = t->gain * m->b[s] * b->gp[i];
    memcpy(b->gS[0], b->gp, sizeof(lanes));
    for (int s = m->stages - 1; s >= 0; s--) {
        drive_back(t, u[s], gk[s], gu, b);
        EACH_LANE
        {
            b->gu[i] += gu[i];
            if (s)
                gk[s - 1][i] += t->gain * m->a[s] * gu[i];
        }
    }
}

static void heun_step(const scan_step *t, real *p, real *x)
{
    runge_kutta(t, &heun, p, x);
}

static void heun_back(const scan_step *t, scan_step_back *b)
{
    runge_kutta_back(t, &heun, b);
}

static void rk4_step(const scan_step *t, real *p, real *x)
{
    runge_kutta(t, &rk4, p, x);
}

static void rk4_back(const scan_step *t, scan_step_back *b)
{
    runge_kutta_back(t, &rk4, b);
}

/* ---- exact: x = f - J u, p = S + g x ---- */

static void exact_drive(const scan_step *t, const real *p, real *x)
{
    lanes J;
    (void)p;
    t->model->leak(t->self, t->v, t->I, t->row, J);
    EACH_LANE x[i] = (t->dv[i] - t->c[i]) - J[i] * t->u[i];
}

static void exact_step(const scan_step *t, real *p, real *x)
{
    exact_drive(t, p, x);
    EACH_LANE p[i] = t->S[0][i] + t->gain * x[i];
}

static void exact_back(const scan_step *t, scan_step_back *b)
{
    lanes J, gJ, x;
    clear(b);
    t->model->leak(t->self, t->v, t->I, t->row, J);
    exact_drive(t, b->p, x);
    EACH_LANE
    {
        real gx = t->gain * b->gp[i] + b->gx[i];
        b->gS[0][i] = b->gp[i];
        b->gdv[i] = gx;
        b->gc[i] = -gx;
        b->gu[i] = -J[i] * gx;
        gJ[i] = -t->u[i] * gx;
        b->ggain[i] += b->gp[i] * x[i];
    }
    leak_back(t, gJ, b);
}

const scan_scheme FSNN_K(scan_schemes)[FRAC_SCHEMES] = {
    [FRAC_EXPLICIT] = {explicit_step, explicit_back, explicit_drive},
    [FRAC_IMPLICIT] = {implicit_step, implicit_back, implicit_drive},
    [FRAC_PECE] = {pece_step, pece_back, pece_drive},
    [FRAC_HEUN] = {heun_step, heun_back, explicit_drive},
    [FRAC_RK4] = {rk4_step, rk4_back, explicit_drive},
    [FRAC_EXACT] = {exact_step, exact_back, exact_drive},
};
