/* Neurons with several states beside a plain double-precision model of the same equations, one
 * neuron after the other: states and spikes forward; backward against central differences of that
 * model, with the spikes inside a detached reset held fixed. By itself, and in a loop: fed with its
 * own spikes of the step before. */
#include "nets.h"

enum { STATES = 4, PARS = 4, STEPS = 90, NEURONS = 3 };
enum { TAU, THETA, A, B }; /* parameters */
#define FEEDBACK 0.7       /* of the loop */

/* The same equations twice: for the library, and here. P: tau, threshold, then params. */
typedef struct model {
    const char *kind;
    fsnn_user what;
    double start[STATES];
    void (*derive)(const double *X, double I, double s, const double *P, double *D);
    double (*spike)(const double *X, const double *D, const double *P);
    /* the drives that a spike leaves; of v under reset current */
    double (*after_v)(const double *X, const double *D, double s, const double *P);
    void (*after)(const double *X, const double *D, double s, const double *P, double *F);
} model;

static double usual_spike(const double *X, const double *D, const double *P)
{
    return X[0] + D[0] - P[THETA];
}

static double usual_after_v(const double *X, const double *D, double s, const double *P)
{
    (void)X;
    return D[0] - s * P[THETA] / P[TAU];
}

static void cuba(const double *X, double I, double s, const double *P, double *D)
{
    (void)s;
    D[0] = (-X[0] + X[1]) / P[TAU];
    D[1] = (-X[1] + I) / P[A];
}

static void alif(const double *X, double I, double s, const double *P, double *D)
{
    D[0] = (-X[0] + I) / P[TAU];
    D[1] = (-X[1] + s) / P[A];
}

static double alif_spike(const double *X, const double *D, const double *P)
{
    return X[0] + D[0] - P[THETA] - P[B] * X[1];
}

static void three(const double *X, double I, double s, const double *P, double *D)
{
    D[0] = (-X[0] + P[B] * X[1] + I) / P[TAU] - 0.1 * X[2] * X[0];
    D[1] = (-X[1] + P[A] * tanh(X[0])) / 3;
    D[2] = (-X[2] * X[2] * X[2] + X[0] * s + 0.2 * I) / 4;
}

static double three_spike(const double *X, const double *D, const double *P)
{
    return X[0] + D[0] - P[THETA] - 0.2 * X[1] + 0.1 * D[2];
}

static double three_after_v(const double *X, const double *D, double s, const double *P)
{
    return D[0] - s * (P[THETA] + P[A] * X[1]) / P[TAU];
}

static void three_after(const double *X, const double *D, double s, const double *P, double *F)
{
    F[1] = D[1] + s * P[B] * (1 + 0.1 * X[2]);
}

/* w integrates spikes with a decay of its own and takes from v. */
static void one_more(const double *X, double I, double s, const double *P, double *D)
{
    (void)s;
    D[0] = (-X[0] - X[1] + I) / P[TAU];
    D[1] = (P[A] * X[0] - X[1]) / 5;
}

static void one_after(const double *X, const double *D, double s, const double *P, double *F)
{
    (void)X;
    F[1] = D[1] + P[B] * s;
}

static const model models[] = {
    {.kind = "cuba",
     .what = {.params = 1,
              .param = {{"tau_syn", {.value = 2.5, .learn = true}}},
              .states = 1,
              .state = {{"i", NULL, NULL, 0.3}}},
     .start = {0, 0.3},
     .derive = cuba},
    {.kind = "alif",
     .what = {.params = 2,
              .param = {{"tau_a", {.value = 4, .learn = true}},
                        {"beta", {.value = 0.7, .learn = true}}}},
     .derive = alif,
     .spike = alif_spike},
    {.kind = "user",
     .what = {.dv = "(-v + b*w + I)/tau - 0.1*u*v",
              .spike = "v + dv - threshold - 0.2*w + 0.1*du",
              .after_spike = "dv - s*(threshold + a*w)/tau",
              .states = 2,
              .state = {{"w", "(-w + a*tanh(v))/3", "dw + s*b*(1 + 0.1*u)", -0.2},
                        {"u", "(-u^3 + v*s + 0.2*I)/4", NULL, 0.5}},
              .params = 2,
              .param = {{"a", {.value = 0.4, .learn = true}},
                        {"b", {.value = 0.3, .learn = true}}}},
     .start = {0, -0.2, 0.5},
     .derive = three,
     .spike = three_spike,
     .after_v = three_after_v,
     .after = three_after},
    {.kind = "user",
     .what = {.dv = "(-v - w + I)/tau",
              .states = 1,
              .state = {{"w", "(a*v - w)/5", "dw + b*s", 0}},
              .params = 2,
              .param = {{"a", {.value = 0.3, .learn = true}},
                        {"b", {.value = 0.2, .learn = true}}}},
     .derive = one_more,
     .after = one_after},
};

typedef struct setup {
    const model *m;
    fsnn_neuron o;
    fsnn_method method;
    fsnn_order order;
    double h;
    int64_t memory, K;
    double tolerance;
    bool smooth;
    unsigned fractional; /* bit i: state i */
    bool loop;
} setup;

typedef struct numbers {
    double I[STEPS], P[PARS], v_reset, feedback;
    fsnn_order order;
} numbers;

static int states_of(const setup *c)
{
    return strcmp(c->m->kind, "user") ? 2 : 1 + c->m->what.states;
}

/* Weights of lags 1..K of one state. */
static void weigh(const setup *c, const numbers *x, int state, double *w, double *gain)
{
    bool fractional = c->method != FSNN_EULER && (c->fractional >> state & 1);
    GOOD(
        fsnn_frac_weights(fractional ? c->method : FSNN_EULER, &x->order, c->h, c->K + 1, w, gain));
    for (int64_t l = 0; fractional && c->memory && l <= c->K; l++)
        w[l] = l + 1 > c->memory - 1 ? 0 : w[l];
}

/* Sum over history rows x[0..n-1], the newest last. */
static double past(const double *w, const double *x, int64_t n)
{
    double sum = 0;
    for (int64_t r = 0; r < n; r++)
        sum += w[n - 1 - r] * x[r];
    return sum;
}

/* What v's reset makes of p. */
static double reset(const setup *c, const numbers *x, double p, double off, double s, double land,
                    bool hard, double gain, double *drive)
{
    double impulse = s * x->P[THETA] / c->h;
    switch (c->o.reset) {
    case FSNN_RESET_SUBTRACT:
        return p - s * x->P[THETA];
    case FSNN_RESET_VALUE:
        return (1 - land) * p + land * (x->v_reset - off);
    case FSNN_RESET_DELTA:
        *drive -= impulse;
        return p - gain * impulse;
    case FSNN_RESET_RESTART:
        *drive = hard ? 0 : *drive;
        return hard ? 0 : p;
    default:
        return p;
    }
}

typedef struct trace {
    double s[STEPS], X[STATES][STEPS];
    double fixed[STEPS]; /* spikes as the reset sees them where it is detached */
    bool hard
        [STEPS]; /* arguments of at least 0: what empties histories and begins refractory periods */
} trace;

/* One neuron through all steps. `base`: what is held fixed; NULL: this run finds it. */
static void run(const setup *c, const numbers *x, const trace *base, trace *t)
{
    static double w[STATES][STEPS + 2], hist[STATES][STEPS + 2];
    const model *m = c->m;
    const bool ahead = c->o.reset == FSNN_RESET_CURRENT || c->o.reset == FSNN_RESET_NONE;
    const bool holds = c->o.reset == FSNN_RESET_VALUE || c->o.reset == FSNN_RESET_RESTART;
    double gain[STATES], u[STATES] = {0}, count = 0, wait = 0;
    int states = states_of(c);
    int64_t n[STATES], rest = (int64_t)round(c->o.refractory / c->h);
    for (int i = 0; i < states; i++) {
        bool drives = c->method == FSNN_AB && (c->fractional >> i & 1);
        weigh(c, x, i, w[i], &gain[i]);
        /* a history of states begins with that of time 0, which is 0; restart's begins empty */
        n[i] = drives || (i == 0 && c->o.reset == FSNN_RESET_RESTART) ? 0 : 1;
        hist[i][0] = 0;
    }
    for (int64_t k = 0; k < c->K; k++) {
        double X[STATES], D[STATES], L[STATES], F[STATES], at[STATES], zero[STATES] = {0};
        double off = c->o.v0 - x->P[THETA] * count, drive, reset_drive = 0, p, arg, s;
        double I = x->I[k] + (c->loop && k ? x->feedback * t->s[k - 1] : 0);
        for (int i = 0; i < states; i++)
            X[i] = at[i] = u[i] + (i ? m->start[i] : off);
        m->derive(X, I, 0, x->P, D);
        double S = past(w[0], hist[0], n[0]);
        drive = D[0];
        p = S + gain[0] * drive;
        at[0] = p + off;
        arg = (m->spike ? m->spike : usual_spike)(ahead ? X : at, ahead ? D : zero, x->P);
        s = c->smooth ? fsnn_surrogate_smooth(&c->o.surrogate, arg) : arg >= 0;
        t->hard[k] = arg >= 0;
        bool hard = base ? base->hard[k] : t->hard[k], resting = wait > 0;
        s = resting ? 0 : s;
        wait = resting ? wait - 1 : hard ? (double)rest : 0;
        double seen = c->o.detach_reset && base ? base->s[k] : s, land = resting ? holds : seen;
        if (c->o.reset == FSNN_RESET_CURRENT) {
            reset_drive = D[0] - (m->after_v ? m->after_v : usual_after_v)(X, D, seen, x->P);
            drive = D[0] - reset_drive;
            p = S + gain[0] * drive;
        }
        bool fired = c->o.reset == FSNN_RESET_RESTART && (hard || resting);
        u[0] = reset(c, x, p, off, seen, land, fired, gain[0], &drive);
        if (c->o.reset == FSNN_RESET_JUMP)
            count += seen;
        m->derive(X, I, s, x->P, L);
        memcpy(F, L, sizeof F);
        if (m->after)
            m->after(X, D, s, x->P, F);
        for (int i = 1; i < states; i++)
            u[i] = past(w[i], hist[i], n[i]) + gain[i] * F[i];
        F[0] = drive;
        for (int i = 0; i < states; i++) {
            bool drives = c->method == FSNN_AB && (c->fractional >> i & 1);
            hist[i][n[i]++] = drives ? F[i] : u[i];
        }
        if (c->o.reset == FSNN_RESET_RESTART && hard)
            for (int64_t r = 0; r < n[0]; r++)
                hist[0][r] = 0;
        double offset = c->o.v0 - x->P[THETA] * count;
        for (int i = 0; i < states; i++)
            t->X[i][k] = u[i] + (i ? m->start[i] : offset);
        t->s[k] = s;
    }
}

/* ---- the library ---- */

typedef struct output {
    float s[STEPS * NEURONS], X[STATES][STEPS * NEURONS], gI[STEPS * NEURONS];
    /* tau, threshold, own, v_reset, alpha, coefficient, feedback */
    double g[2 + PARS + 1 + 2 * FSNN_MAX_TERMS + 1];
} output;

static fsnn_user options(const setup *c)
{
    fsnn_user o = c->m->what;
    static const char *const names[][STATES] = {
        {"v", "i"}, {"v", "a"}, {"v", "w", "u"}, {"v", "w"}};
    o.neuron = c->o;
    for (int i = 0; i < states_of(c); i++)
        if (c->fractional >> i & 1)
            o.fractional[o.fractionals++] = names[c->m - models][i];
    if (c->o.reset != FSNN_RESET_CURRENT)
        o.after_spike = NULL;
    return o;
}

static double grad_of(const fsnn_net *net, const char *name, int i)
{
    const fsnn_param *p = fsnn_net_param_find(net, name);
    assert_non_null(p);
    return p->grad[i];
}

/* The neuron "n", by itself or with w s_{k-1} added to its input. */
static fsnn_net *build(const setup *c)
{
    fsnn_net *net = net_new();
    fsnn_user o = options(c);
    int in = fsnn_net_input(net, FSNN_SHAPE(1));
    if (c->loop) {
        int back = fsnn_net_linear(net, "w", fsnn_net_delay(net, "before", "n"), 1, false);
        in = fsnn_net_add(net, "add", NULL, (int[]){in, back}, 2, NULL);
    }
    VALID(fsnn_net_add(net, c->m->kind, "n", &in, 1, &o));
    return net;
}

static void library(const setup *c, const float *I, const float *gout, output *r)
{
    const float *y, *gI;
    fsnn_dynamics d = fsnn_dynamics_default(&c->order);
    d.integrator = c->method == FSNN_EULER ? FSNN_ODEINT : FSNN_FDEINT;
    d.method = c->method;
    d.step = c->h;
    d.memory = c->memory;
    d.tolerance = c->tolerance;
    d.engine = c->tolerance > 0 ? FSNN_ENGINE_EXPONENTIALS : FSNN_ENGINE_AUTO;
    fsnn_plan plan = {.steps = c->K,
                      .batch = NEURONS,
                      .training = true,
                      .record = true,
                      .input_gradient = true,
                      .smooth = c->smooth};
    fsnn_net *net = build(c);
    GOOD(fsnn_net_wrap(net, &d, &plan));
    int n = VALID(fsnn_net_node_find(net, "n"));
    if (c->loop)
        fsnn_net_param_find(net, "w.weight")->value[0] = (float)FEEDBACK;
    GOOD(fsnn_net_forward(net, I, &y));
    memcpy(r->s, y, sizeof(float) * (size_t)(c->K * NEURONS));
    for (int i = 0; i < states_of(c); i++)
        GOOD(fsnn_net_read_state(net, n, i, r->X[i]));
    GOOD(fsnn_net_backward(net, gout, &gI));
    memcpy(r->gI, gI, sizeof(float) * (size_t)(c->K * NEURONS));
    int at = 0;
    char name[80];
    r->g[at++] = grad_of(net, "n.tau", 0);
    r->g[at++] = grad_of(net, "n.threshold", 0);
    for (int i = 0; i < c->m->what.params; i++) {
        snprintf(name, sizeof name, "n.%s", c->m->what.param[i].name);
        r->g[at++] = grad_of(net, name, 0);
    }
    if (c->o.reset == FSNN_RESET_VALUE)
        r->g[at++] = grad_of(net, "n.v_reset", 0);
    for (int i = 0; c->method != FSNN_EULER && i < 2 * c->order.terms; i++)
        r->g[at++] =
            grad_of(net, i < c->order.terms ? "n.alpha" : "n.coefficient", i % c->order.terms);
    if (c->loop)
        r->g[at++] = grad_of(net, "w.weight", 0);
    fsnn_net_destroy(net);
}

/* ---- comparison ---- */

static char what[200];

static void close_to(const char *of, int at, double got, double want, double scale, double share)
{
    if (!(fabs(got - want) <= share * scale))
        fail_msg("%s: %s[%d] is %.8g, by the model %.8g (scale %.3g)", what, of, at, got, want,
                 scale);
}

static int numbers_of(const setup *c)
{
    return 2 + c->m->what.params + (c->o.reset == FSNN_RESET_VALUE) +
           (c->method == FSNN_EULER ? 0 : 2 * c->order.terms) + c->loop;
}

/* Where the parameters of the library's list stand in the numbers. */
static double *number(const setup *c, numbers *x, int p)
{
    if (c->loop && p == numbers_of(c) - 1)
        return &x->feedback;
    int own = 2 + c->m->what.params;
    if (p < own)
        return &x->P[p];
    p -= own;
    if (c->o.reset == FSNN_RESET_VALUE && p-- == 0)
        return &x->v_reset;
    return p < c->order.terms ? &x->order.alpha[p] : &x->order.coefficient[p - c->order.terms];
}

/* d sum(gout s) / d *at of neuron n, by a difference of fourth order. */
static double slope(const setup *c, const numbers *x, const trace *base, double *at,
                    const float *gout, int n)
{
    static trace t;
    static const double by[] = {-2, -1, 1, 2}, factor[] = {1, -8, 8, -1};
    double was = *at, e = 1e-3 * fmax(0.1, fabs(was)), sum = 0;
    for (int i = 0; i < 4; i++) {
        *at = was + by[i] * e;
        run(c, x, base, &t);
        for (int64_t k = 0; k < c->K; k++)
            sum += factor[i] * (double)gout[k * NEURONS + n] * t.s[k];
    }
    *at = was;
    return sum / (12 * e);
}

static void compare(const setup *c, uint64_t seed, double share)
{
    static float I[STEPS * NEURONS], gout[STEPS * NEURONS];
    static output r;
    static trace base;
    double want[32] = {0}, scale = 0.05, gscale = 0.05;
    for (int64_t i = 0; i < c->K * NEURONS; i++) {
        I[i] = (float)(1.1 + 0.8 * fsnn_random_normal(11, seed, (uint64_t)i));
        gout[i] = (float)fsnn_random_normal(12, seed, (uint64_t)i);
    }
    library(c, I, gout, &r);
    for (int n = 0; n < NEURONS; n++) {
        numbers x = {.P = {c->o.tau.value, c->o.threshold.value},
                     .v_reset = c->o.v_reset.value,
                     .feedback = FEEDBACK,
                     .order = c->order};
        for (int i = 0; i < c->m->what.params; i++)
            x.P[2 + i] = c->m->what.param[i].value.value;
        for (int64_t k = 0; k < c->K; k++)
            x.I[k] = (double)I[k * NEURONS + n];
        run(c, &x, NULL, &base);
        for (int64_t k = 0; k < c->K; k++) {
            close_to("spike", (int)k, (double)r.s[k * NEURONS + n], base.s[k], 1, share);
            for (int i = 0; i < states_of(c); i++)
                close_to("state", (int)k, (double)r.X[i][k * NEURONS + n], base.X[i][k],
                         1 + fabs(base.X[i][k]), share);
        }
        if (!c->smooth)
            continue;
        for (int p = 0; p < numbers_of(c); p++)
            want[p] += slope(c, &x, &base, number(c, &x, p), gout, n);
        for (int64_t k = 0; k < c->K; k += 7) {
            double g = slope(c, &x, &base, &x.I[k], gout, n);
            gscale = fmax(gscale, fabs(g));
            close_to("current's gradient", (int)k, (double)r.gI[k * NEURONS + n], g, gscale + 0.1,
                     5 * share);
        }
    }
    for (int p = 0; p < numbers_of(c); p++)
        scale = fmax(scale, fabs(want[p]));
    for (int p = 0; p < numbers_of(c) && c->smooth; p++)
        close_to("parameter's gradient", p, r.g[p], want[p], scale, 5 * share);
}

static setup setup_of(int m, fsnn_method method, fsnn_reset reset)
{
    setup c = {.m = &models[m],
               .method = method,
               .h = 1,
               .K = 40,
               .order = fsnn_order_of(0.65),
               .fractional = 1,
               .smooth = true};
    c.o = FSNN_NEURON_DEFAULT;
    c.o.tau = (fsnn_value){.value = 2.5, .learn = true};
    c.o.threshold = (fsnn_value){.value = 0.8, .learn = true};
    c.o.surrogate = (fsnn_surrogate){.kind = FSNN_SIGMOID, .scale = 1.5};
    c.o.reset = reset;
    c.o.v0 = 0.1;
    c.o.detach_reset = (m + (int)reset) % 2;
    c.order.learn_alpha = c.order.learn_coefficient = true;
    c.order.coefficient[0] = 1.1;
    if (reset == FSNN_RESET_VALUE)
        c.o.v_reset = (fsnn_value){.value = -0.2, .learn = true};
    return c;
}

static void name(const setup *c)
{
    snprintf(
        what, sizeof what,
        "%s (%d), %s, reset %s, memory %d, tolerance %g, step %g, fractional %u, refractory %g%s%s",
        c->m->kind, (int)(c->m - models), fsnn_method_name(c->method), fsnn_reset_name(c->o.reset),
        (int)c->memory, c->tolerance, c->h, c->fractional, c->o.refractory,
        c->o.detach_reset ? ", detached" : "", c->loop ? ", in a loop" : "");
}

static bool refused(const setup *c)
{
    bool overwrites = c->o.reset == FSNN_RESET_SUBTRACT || c->o.reset == FSNN_RESET_VALUE;
    return overwrites && c->method == FSNN_AB && c->fractional & 1;
}

/* Every model, method, reset; which states are fractional, memory, step and detaching go round. */
static void all(void **state)
{
    (void)state;
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_AB, FSNN_EULER};
    int turn = 0;
    for (int m = 0; m < FSNN_COUNT(models); m++)
        for (int method = 0; method < FSNN_COUNT(methods); method++)
            for (int reset = 0; reset < FSNN_RESETS; reset++)
                for (int memory = 0; memory < 3; memory++, turn++) {
                    if (!check_turn())
                        continue;
                    setup c = setup_of(m, methods[method], (fsnn_reset)reset);
                    unsigned masks[] = {1, 3, 2, m == 2 ? 7 : 3};
                    c.fractional = masks[(turn + memory) % 4];
                    c.memory = memory == 1 ? 7 : 0;
                    c.K = memory == 2 ? STEPS : 40;
                    c.tolerance = memory == 2 ? 1e-7 : 0;
                    c.h = turn % 3 == 0 ? 0.5 : 1;
                    c.o.refractory = turn % 5 == 0 ? 2 : 0;
                    c.o.detach_reset = turn % 2;
                    if (refused(&c))
                        c.fractional = 2;
                    for (int loop = 0; loop < 2; loop++) {
                        c.loop = loop;
                        name(&c);
                        compare(&c, (uint64_t)turn, memory == 2 ? 4e-4 : 2e-4);
                    }
                }
}

/* Several terms. */
static void terms(void **state)
{
    (void)state;
    for (int m = 0; m < FSNN_COUNT(models); m++)
        for (int method = 0; method < 2; method++)
            for (int memory = 0; memory < 2; memory++) {
                if (!check_turn())
                    continue;
                setup c = setup_of(m, method ? FSNN_L1 : FSNN_GL,
                                   memory ? FSNN_RESET_JUMP : FSNN_RESET_CURRENT);
                c.order = (fsnn_order){.terms = 2,
                                       .alpha = {0.9, 0.4},
                                       .coefficient = {0.8, 0.5},
                                       .learn_alpha = true,
                                       .learn_coefficient = true};
                c.fractional = 3;
                c.tolerance = memory ? 1e-7 : 0;
                c.K = memory ? STEPS : 30;
                for (int loop = 0; loop < 2; loop++) {
                    c.loop = loop;
                    name(&c);
                    compare(&c, (uint64_t)(100 + m), 4e-4);
                }
            }
}

/* Hard spikes: the same ones. (Seeds for which no argument comes within rounding of 0.) */
static void hard(void **state)
{
    (void)state;
    for (int m = 0; m < FSNN_COUNT(models); m++)
        for (int reset = 0; reset < FSNN_RESETS; reset++) {
            if (!check_turn())
                continue;
            setup c = setup_of(m, FSNN_GL, (fsnn_reset)reset);
            c.smooth = false;
            c.fractional = 3;
            for (int loop = 0; loop < 2; loop++) {
                c.loop = loop;
                name(&c);
                compare(&c, (uint64_t)(200 + m), 1e-4);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all), cmocka_unit_test(terms),
                                       cmocka_unit_test(hard)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
