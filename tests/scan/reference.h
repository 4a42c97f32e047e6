/* The scan beside a plain double-precision model of the same equations, one neuron after the other:
 * potentials and spikes forward, and backward against central differences of that model, with the
 * spikes inside a detached reset held fixed. */
#ifndef TESTS_NEURON_REFERENCE_H
#define TESTS_NEURON_REFERENCE_H

#include "../json.h"
#include "scan/scan.h"
#include "neuron/user.h"

/* What numbers may differ by. */
#define BY_PRECISION(single, twice) (sizeof(real) == sizeof(double) ? twice : single)

enum { MAXK = 200, MAXN = 3 * 47 };

typedef struct setup {
    const char *kind;
    fsnn_neuron options;
    const frac_method *method;
    fsnn_order order;
    double h;
    int64_t memory;   /* as fsnn_dynamics.memory */
    double tolerance; /* of exponentials; 0: the history itself */
    int64_t K, B, N, channels;
    bool smooth, last, implicit;
    const equation *e; /* kind "user": its equations, with parameters a and b */
    bool interpreted;  /* the equations run, whatever they say */
} setup;

typedef struct numbers {
    double I[MAXK * MAXN], tau[8], theta[8], v_reset[8], own[2][8];
    fsnn_order order;
} numbers;

static int channel(const setup *c, int64_t n)
{
    int64_t i = n % c->N;
    return (int)(c->last ? i % c->channels : i / (c->N / c->channels));
}

static double conv(const double *w, const double *x, int64_t n, int64_t limit)
{
    double sum = 0; /* x[m], m = 1..n, at lag n + 1 - m */
    for (int64_t m = 1; m <= n; m++)
        if (n + 1 - m <= limit)
            sum += w[n + 1 - m] * x[m];
    return sum;
}

/* What an equation sees: slots of equation/equation.h. */
typedef struct point {
    double slot[EQUATION_VALUES];
} point;

static bool leaky(const setup *c)
{
    return strcmp(c->kind, "if") != 0;
}

static double drive(const setup *c, point *at, double u, double off, double I, double reset_drive)
{
    double tau = at->slot[EQUATION_PAR];
    at->slot[EQUATION_X] = u + off;
    at->slot[EQUATION_I] = I;
    if (c->e)
        return equation_value(c->e, EQUATION_D, at->slot) - reset_drive;
    return (!leaky(c) ? I / tau : (I - (u + off)) / tau) - reset_drive;
}

static double leak_of(const setup *c, point *at, double u, double off, double I)
{
    at->slot[EQUATION_X] = u + off;
    at->slot[EQUATION_I] = I;
    if (c->e)
        return equation_value(c->e, EQUATION_J, at->slot);
    return !leaky(c) ? 0 : -1 / at->slot[EQUATION_PAR];
}

/* The spike's argument at potential v. */
static double test_of(const setup *c, point *at, double v, double dv)
{
    at->slot[EQUATION_X] = v;
    at->slot[EQUATION_D] = dv;
    return c->e ? equation_value(c->e, EQUATION_ARG, at->slot)
                : v + dv - at->slot[EQUATION_PAR + 1];
}

/* What a spike takes from the drive. */
static double reset_drive_of(const setup *c, point *at, double v, double dv, double s)
{
    at->slot[EQUATION_X] = v;
    at->slot[EQUATION_D] = dv;
    at->slot[EQUATION_S] = s;
    return c->e ? dv - equation_value(c->e, EQUATION_F, at->slot)
                : s * at->slot[EQUATION_PAR + 1] / at->slot[EQUATION_PAR];
}

enum { SEED = 77, RUN = 3 };

/* Noise of neuron n at step k, in the potential's unit; the numbers are the scan's, what is done
 * with them is not. */
static double noise_of(const fsnn_noise *o, int64_t n, int64_t k)
{
    lanes x = {0};
    if (o->mode != FSNN_NOISE_NONE && o->mode != FSNN_NOISE_MEANFIELD)
        scan_kernels_get()->noise(SEED, RUN, k, n / ROW_LANES,
                                  (real)(o->gamma != 0 ? o->gamma : 0.2), x);
    return x[n % ROW_LANES];
}

/* The spike at argument arg, of which noise makes arg + xi (fsnn/neuron.h has the table of
 * modes). */
static double spike_of(const setup *c, double arg, double xi)
{
    const fsnn_noise *o = &c->options.noise;
    double gamma = o->gamma != 0 ? o->gamma : 0.2, T = o->temperature != 0 ? o->temperature : 0.25;
    switch (o->mode) {
    case FSNN_NOISE_MEANFIELD:
        return 1 / (1 + exp(-arg / gamma));
    case FSNN_NOISE_SOFT_NOISY:
        return 1 / (1 + exp(-(arg + xi) / gamma));
    case FSNN_NOISE_CONCRETE:
        return 1 / (1 + exp(-(arg + xi) / (gamma * T)));
    case FSNN_NOISE_HARD_ST:
        return c->smooth ? 1 / (1 + exp(-arg / gamma)) : arg + xi >= 0;
    case FSNN_NOISE_HARD_CONCRETE:
        return c->smooth ? 1 / (1 + exp(-(arg + xi) / (gamma * T))) : arg + xi >= 0;
    default:
        return c->smooth ? fsnn_surrogate_smooth(&c->options.surrogate, arg) : arg >= 0;
    }
}

/* Mittag-Leffler weights cost: those of the last call are kept. */
static void kernel(const frac_method *M, const fsnn_order *o, const frac_leak *leak, double h,
                   double *w, double *gain)
{
    static double kept[MAXK + 2], kept_gain, key[5];
    double now[5] = {o->alpha[0], o->coefficient[0], leak->tau, leak->leaky, h};
    if (memcmp(key, now, sizeof key) != 0) {
        M->lweights(o, leak, h, MAXK, kept, &kept_gain);
        memcpy(key, now, sizeof key);
    }
    memcpy(w, kept, sizeof kept);
    *gain = kept_gain;
}

/* One neuron through all steps, straight from the equations. `frozen` [K]: spikes inside a detached
 * reset, `emptied` [K]: hard
 * spikes, which empty a history and begin a refractory period (frozen NULL: find out). */
static void model(const setup *c, const numbers *x, int64_t n, const double *frozen,
                  double *emptied, double *v, double *s)
{
    const fsnn_neuron *o = &c->options;
    const frac_method *M = c->method;
    static double w[MAXK + 2], pw[MAXK + 2], st[MAXK + 2], pst[MAXK + 2], X[MAXK + 2];
    double gain, none, tau = x->tau[channel(c, n)], theta = x->theta[channel(c, n)];
    double v_reset = x->v_reset[channel(c, n)];
    int64_t rest = (int64_t)round(o->refractory / c->h), wait = 0;
    frac_leak leak = {tau, c->e ? c->e->leaks : leaky(c)};
    point at = {{0}};
    at.slot[EQUATION_PAR] = tau;
    at.slot[EQUATION_PAR + 1] = theta;
    for (int p = 0; p < 2; p++)
        at.slot[EQUATION_PAR + 2 + p] = x->own[p][channel(c, n)];
    if (M->lweights)
        kernel(M, &x->order, &leak, c->h, w, &gain);
    else
        M->weights(&x->order, c->h, MAXK, w, &gain);
    if (M->pweights)
        M->pweights(&x->order, c->h, MAXK, pw, &none);
    for (int n = 1; n <= MAXK; n++) {
        st[n] = M->start ? M->start(&x->order, c->h, n) : 0;
        pst[n] = M->pstart ? M->pstart(&x->order, c->h, n) : 0;
    }
    bool ahead = o->reset == FSNN_RESET_CURRENT || o->reset == FSNN_RESET_NONE;
    int64_t limit = c->memory && !M->integer ? c->memory - 1 : MAXK;
    frac_scheme scheme = c->implicit ? FRAC_IMPLICIT : M->scheme;
    double u = 0, N = 0, F0 = 0, h = c->h;
    for (int64_t k = 0; k < c->K; k++) {
        double I = x->I[k * c->B * c->N + n], off = o->v0 - theta * N,
               J = leak_of(c, &at, u, off, I);
        double dv = drive(c, &at, u, off, I, 0), arg = test_of(c, &at, u + off, dv), p, xk;
        double reset_drive = 0, r = 0, xi = noise_of(&o->noise, n, k);
        if (ahead) {
            s[k] = spike_of(c, arg, xi);
            s[k] = wait ? 0 : s[k];
            r = frozen && o->detach_reset ? frozen[k] : s[k];
            reset_drive =
                o->reset == FSNN_RESET_CURRENT ? reset_drive_of(c, &at, u + off, dv, r) : 0;
        }
        double f = dv - reset_drive, S = conv(w, X, k, limit), P = 0;
        if (M->start) {
            if (k == 0)
                F0 = f;
            S += k + 1 <= limit ? st[k + 1] * F0 : 0;
        }
        switch (scheme) {
        case FRAC_EXPLICIT:
            p = S + gain * f;
            xk = f;
            break;
        case FRAC_IMPLICIT:
            p = (S + gain * (f - J * u)) / (1 - gain * J);
            xk = f + J * (p - u);
            break;
        case FRAC_PECE:
            P = conv(pw, X, k, limit) + (k + 1 <= limit ? pst[k + 1] * F0 : 0);
            p = S + gain * drive(c, &at, P, off, I, reset_drive);
            xk = drive(c, &at, p, off, I, reset_drive);
            break;
        case FRAC_HEUN:
            P = drive(c, &at, u + h * f, off, I, reset_drive);
            p = u + h / 2 * (f + P);
            xk = f;
            break;
        case FRAC_RK4: {
            double k2 = drive(c, &at, u + h / 2 * f, off, I, reset_drive);
            double k3 = drive(c, &at, u + h / 2 * k2, off, I, reset_drive);
            double k4 = drive(c, &at, u + h * k3, off, I, reset_drive);
            p = u + h / 6 * (f + 2 * k2 + 2 * k3 + k4);
            xk = f;
            break;
        }
        default:
            xk = f - J * u;
            p = S + gain * xk;
        }
        if (!ahead) {
            arg = test_of(c, &at, p + off, 0);
            s[k] = spike_of(c, arg, xi);
            s[k] = wait ? 0 : s[k];
            r = frozen && o->detach_reset ? frozen[k] : s[k];
        }
        u = p;
        if (o->reset == FSNN_RESET_SUBTRACT)
            u = p - r * theta;
        if (o->reset == FSNN_RESET_VALUE)
            u = p + (wait ? 1 : r) * (v_reset - off - p);
        if (o->reset == FSNN_RESET_DELTA) {
            double implicit = scheme == FRAC_IMPLICIT ? 1 / (1 - gain * J) : 1;
            u = p - gain * r * theta / h * implicit;
            xk -= r * theta / h * implicit * (scheme == FRAC_PECE ? 1 + gain * J : 1);
        }
        if (o->reset == FSNN_RESET_JUMP)
            N += r;
        X[k + 1] = M->drive ? xk : u;
        if (!frozen)
            emptied[k] = !wait && arg + xi >= 0;
        if (o->reset == FSNN_RESET_RESTART && (emptied[k] != 0 || wait)) {
            u = 0;
            memset(X, 0, sizeof X);
        }
        wait = wait ? wait - 1 : emptied[k] != 0 ? rest : 0;
        v[k] = u + o->v0 - theta * N;
    }
}

static double R(int64_t i) /* the loss is sum R(i) s_i */
{
    return fsnn_random_normal(5, 5, (uint64_t)i);
}

static void fill(const setup *c, numbers *x)
{
    for (int64_t i = 0; i < c->K * c->B * c->N; i++)
        x->I[i] = (real)(0.9 + 1.3 * fsnn_random_normal(3, 0, (uint64_t)i));
    for (int i = 0; i < 8; i++) {
        x->tau[i] = (real)(1.6 + 0.1 * i);
        x->theta[i] = (real)(1.0 - 0.05 * i);
        x->own[0][i] = (real)(0.3 + 0.02 * i);
        x->own[1][i] = (real)(1.2 - 0.04 * i);
        x->v_reset[i] = (real)(c->options.v_reset.value - 0.03 * i);
    }
    x->order = c->order;
}

typedef struct machine {
    scan s;
    real I[MAXK * MAXN], spikes[MAXK * MAXN], v[MAXK * MAXN], g[MAXK * MAXN], gI[MAXK * MAXN];
    real tau[8], theta[8], v_reset[8], own[2][8];
    neuron_model user;
} machine;

static void start(machine *m, const setup *c, const numbers *x, int64_t K)
{
    memset(m, 0, sizeof *m);
    for (int64_t i = 0; i < c->K * c->B * c->N; i++)
        m->I[i] = (real)x->I[i];
    for (int i = 0; i < 8; i++) {
        m->tau[i] = (real)x->tau[i];
        m->theta[i] = (real)x->theta[i];
        m->v_reset[i] = (real)x->v_reset[i];
        for (int p = 0; p < 2; p++)
            m->own[p][i] = (real)x->own[p][i];
    }
    if (c->e)
        m->user = c->interpreted ? neuron_interpreted_model(c->e) : neuron_equation_model(c->e);
    m->s.model = c->e ? &m->user : neuron_model_find(c->kind);
    assert_non_null(m->s.model);
    m->s.options = c->options;
    m->s.v0 = (real)c->options.v0;
    m->s.smooth = c->smooth;
    m->s.training = true;
    m->s.noise.seed = SEED;
    m->s.noise.run = RUN;
    scan_settle_noise(&m->s);
    m->s.B = c->B;
    m->s.N = c->N;
    m->s.channels = c->channels;
    m->s.stride = c->last ? 1 : c->N / c->channels;
    m->s.par[PAR_TAU] = (scan_param){m->tau, c->channels};
    m->s.par[PAR_THRESHOLD] = (scan_param){m->theta, c->channels};
    m->s.par[PAR_V_RESET] = (scan_param){m->v_reset, c->channels};
    m->s.rest = (int64_t)round(c->options.refractory / c->h);
    for (int p = 0; c->e && p < 2; p++)
        m->s.par[NEURON_PARS + p] = (scan_param){m->own[p], c->channels};
    frac_keep keep = {.steps = c->memory, .tolerance = c->tolerance, .horizon = 100000};
    frac_memory_init(&m->s.memory, c->method, c->implicit, &c->order, c->h, &keep);
    m->s.memory.leak = (frac_leak){m->tau[0], m->s.model->leaky};
    GOOD(scan_plan(&m->s, K));
}

static void expect(const setup *c, const char *what, double got, double want, double tolerance)
{
    if (fabs(got - want) <= tolerance)
        return;
    fail_msg("%s %s%s reset %s noise %s surrogate %s detach %d memory %d h %g terms %d: %s is "
             "%.9g, expected %.9g",
             c->kind, c->method->name, c->implicit ? " implicit" : "",
             fsnn_reset_name(c->options.reset), fsnn_noise_name(c->options.noise.mode),
             fsnn_surrogate_name(c->options.surrogate.kind), c->options.detach_reset,
             (int)c->memory, c->h, c->order.terms, what, got, want);
}

static bool soft(const setup *c)
{
    fsnn_noise_mode mode = c->options.noise.mode;
    return mode == FSNN_NOISE_MEANFIELD || mode == FSNN_NOISE_SOFT_NOISY ||
           mode == FSNN_NOISE_CONCRETE;
}

static inline void check_forward(const setup *c)
{
    static numbers x;
    static machine m;
    static double v[MAXK], s[MAXK], emptied[MAXK];
    fill(c, &x);
    start(&m, c, &x, c->K);
    GOOD(scan_forward(&m.s, c->K, m.I, m.spikes));
    scan_potentials(&m.s, m.spikes, m.v);
    double count = 0;
    int64_t total = c->B * c->N;
    for (int64_t n = 0; n < total; n++) {
        model(c, &x, n, NULL, emptied, v, s);
        for (int64_t k = 0; k < c->K; k++) {
            expect(c, "v", m.v[k * total + n], v[k],
                   BY_PRECISION(2e-5, 1e-11) * fmax(1, fabs(v[k])));
            expect(c, "s", m.spikes[k * total + n], s[k],
                   c->smooth || soft(c) ? BY_PRECISION(2e-5, 1e-11) : 0);
            count += m.spikes[k * total + n];
        }
    }
    expect(c, "rate", scan_rate(&m.s), count / (double)(c->K * total), BY_PRECISION(1e-6, 1e-12));
    if (c->options.reset != FSNN_RESET_NONE)
        expect(c, "the share of spikes", count > 0 && count < (double)(c->K * total), 1,
               0); /* the case says something */
    scan_free(&m.s);
}

/* Loss of the model with x moved by e along one number. */
static double empties[MAXN * MAXK];

static double loss(const setup *c, const numbers *x, const double *frozen, int64_t only)
{
    static double v[MAXK], s[MAXK];
    double sum = 0;
    for (int64_t n = 0; n < c->B * c->N; n++) {
        if (only >= 0 && n != only)
            continue;
        model(c, x, n, frozen + n * MAXK, empties + n * MAXK, v, s);
        for (int64_t k = 0; k < c->K; k++)
            sum += R(k * c->B * c->N + n) * s[k];
    }
    return sum;
}

static inline double slope(const setup *c, numbers *x, double *at, const double *frozen,
                           int64_t only)
{
    double keep = *at, e = 1e-5;
    *at = keep + e;
    double hi = loss(c, x, frozen, only);
    *at = keep - e;
    double lo = loss(c, x, frozen, only);
    *at = keep;
    return (hi - lo) / (2 * e);
}

static inline void check_backward(const setup *c)
{
    static numbers x;
    static machine m;
    static double frozen[MAXN * MAXK], v[MAXK];
    int64_t total = c->B * c->N;
    fill(c, &x);
    start(&m, c, &x, c->K);
    GOOD(scan_forward(&m.s, c->K, m.I, m.spikes));
    for (int64_t n = 0; n < total; n++)
        model(c, &x, n, NULL, empties + n * MAXK, v, frozen + n * MAXK);
    for (int64_t i = 0; i < c->K * total; i++)
        m.g[i] = (real)R(i);
    real gtau[8] = {0}, gtheta[8] = {0}, gv_reset[8] = {0}, gown[2][8] = {{0}}, galpha[8] = {0},
         gcoefficient[8] = {0};
    bool ordered = !c->method->integer;
    scan_grads grads = {m.gI,
                        {gtau, gtheta, gv_reset},
                        ordered ? galpha : NULL,
                        ordered ? gcoefficient : NULL,
                        NULL};
    for (int p = 0; c->e && p < 2; p++)
        grads.par[NEURON_PARS + p] = gown[p];
    GOOD(scan_backward(&m.s, m.I, m.spikes, m.g, &grads));

    for (int64_t i = 0; i < c->K * total; i += 11) {
        double want = slope(c, &x, &x.I[i], frozen, i % total);
        expect(c, "gI", m.gI[i], want, BY_PRECISION(3e-4, 1e-7) * fmax(1, fabs(want)));
    }
    for (int ch = 0; ch < (int)c->channels; ch++) {
        double want = slope(c, &x, &x.tau[ch], frozen, -1);
        expect(c, "gtau", gtau[ch], want, BY_PRECISION(3e-4, 1e-7) * fmax(10, fabs(want)));
        want = slope(c, &x, &x.theta[ch], frozen, -1);
        expect(c, "gtheta", gtheta[ch], want, BY_PRECISION(3e-4, 1e-7) * fmax(10, fabs(want)));
        for (int p = 0; c->e && p < 2; p++) {
            want = slope(c, &x, &x.own[p][ch], frozen, -1);
            expect(c, p ? "gb" : "ga", gown[p][ch], want,
                   BY_PRECISION(3e-4, 1e-7) * fmax(10, fabs(want)));
        }
        want = slope(c, &x, &x.v_reset[ch], frozen, -1);
        expect(c, "gv_reset", gv_reset[ch], want, BY_PRECISION(3e-4, 1e-7) * fmax(10, fabs(want)));
    }
    for (int t = 0; ordered && t < c->order.terms; t++) {
        double want = slope(c, &x, &x.order.alpha[t], frozen, -1);
        expect(c, "galpha", galpha[t], want, BY_PRECISION(3e-4, 1e-7) * fmax(10, fabs(want)));
        want = slope(c, &x, &x.order.coefficient[t], frozen, -1);
        expect(c, "gcoefficient", gcoefficient[t], want,
               BY_PRECISION(3e-4, 1e-7) * fmax(10, fabs(want)));
    }
    scan_free(&m.s);
}

static inline setup plain(void)
{
    setup c = {.kind = "lif",
               .options = FSNN_NEURON_DEFAULT,
               .method = &frac_gl,
               .h = 1,
               .K = 29,
               .B = 2,
               .N = 17,
               .channels = 1};
    c.order = fsnn_order_of(0.6);
    c.options.surrogate.scale = 2;
    c.options.v_reset.value = -0.2;
    return c;
}

#endif
