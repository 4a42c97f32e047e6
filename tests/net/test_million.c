/* A million steps of a neuron that spikes: the same spikes as a recurrence in double precision that
 * is written here, with the layer's own weights and exponentials (fsnn_net_memory_weights,
 * _exponentials), in double precision; within a thousandth of them in single precision. FSNN_LONG:
 * full memory over 100,000 steps as well.
 *
 *     p_{n+1} = gain (I - v_n)/tau + sum_l w_l u_{n+1-l},    a spike where v reaches theta:
 *     jump      u = p,                 v = u - theta N, N counts the spikes
 *     subtract  u = p - theta,         v = u
 *     delta     u = p - gain theta/h,  v = u                                                   */
#include "nets.h"

enum { SPAN = 24, PIECE = 5000, MODES = 256 };
static const double h = 0.1, tau = 20, theta = 20, current = 22;

typedef struct run {
    fsnn_reset reset;
    double alpha, tolerance;
    int64_t steps;
} run;

/* Steps of a call. */
static int64_t piece_of(const run *r)
{
    return r->steps < PIECE ? r->steps : PIECE;
}

static fsnn_net *net_of(const run *r, fsnn_precision precision)
{
    fsnn_net *net = net_new();
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = tau;
    lif.threshold.value = theta;
    lif.reset = r->reset;
    VALID(fsnn_net_lif(net, "lif", (int)VALID(fsnn_net_input(net, FSNN_SHAPE(1))), &lif));
    fsnn_order order = fsnn_order_of(r->alpha);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.step = h;
    d.tolerance = r->tolerance;
    d.engine = r->tolerance > 0 ? FSNN_ENGINE_EXPONENTIALS : FSNN_ENGINE_DIRECT;
    d.precision = precision;
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = piece_of(r), .batch = 1}));
    return net;
}

/* ---- the recurrence ---- */

/* Rows u_0, u_1, ... in blocks of SPAN: an output sees its own block and the one before it row by
 * row, and what is before these by exponentials. */
typedef struct reference {
    const run *r;
    double gain, *w, *u;
    int64_t lags; /* that are summed row by row at most */
    int modes;    /* 0: none, and all rows that count are summed */
    double decay[MODES], out[SPAN][MODES], far[MODES];
    int64_t count;
} reference;

static void begin(reference *f, const run *r)
{
    fsnn_net *net = net_of(r, FSNN_PRECISION_DOUBLE);
    fsnn_memory_form form;
    GOOD(fsnn_net_memory_form(net, 1, 0, &form));
    assert_int_equal(form.exponentials > 0, r->tolerance > 0 && r->alpha < 1);
    int64_t lags = form.exponentials ? 2 * SPAN : r->alpha < 1 ? r->steps : 1;
    *f = (reference){.r = r, .gain = form.gain, .lags = lags, .modes = form.exponentials};
    f->w = calloc((size_t)lags + 1, sizeof *f->w);
    f->u = calloc((size_t)r->steps + 1, sizeof *f->u);
    assert_true(f->w && f->u && f->modes <= MODES);
    GOOD(fsnn_net_memory_weights(net, 1, 0, 0, lags, f->w + 1, NULL));
    double rate[MODES], weight[MODES];
    if (f->modes)
        GOOD(fsnn_net_memory_exponentials(net, 1, 0, 0, rate, weight));
    for (int k = 0; k < f->modes; k++) {
        f->decay[k] = exp(-rate[k]);
        for (int i = 0; i < SPAN; i++)
            f->out[i][k] = weight[k] * exp(-rate[k] * (SPAN + 1 + i));
    }
    fsnn_net_destroy(net);
}

/* The rows of a block leave those that are seen row by row. */
static void absorb(reference *f, int64_t block)
{
    for (int64_t row = block * SPAN; row < (block + 1) * SPAN; row++)
        for (int k = 0; k < f->modes; k++)
            f->far[k] = f->decay[k] * f->far[k] + f->u[row];
}

static double past(reference *f, int64_t o)
{
    int64_t block = o / SPAN, from = o > f->lags ? o - f->lags : 0;
    double sum = 0;
    if (f->modes && block > 1) {
        from = (block - 1) * SPAN;
        if (o % SPAN == 0)
            absorb(f, block - 2);
        for (int k = 0; k < f->modes; k++)
            sum += f->out[o % SPAN][k] * f->far[k];
    }
    for (int64_t row = from; row < o; row++)
        sum += f->w[o - row] * f->u[row];
    return sum;
}

/* Step n -> n + 1; whether it spikes. */
static bool step(reference *f, int64_t n)
{
    bool jump = f->r->reset == FSNN_RESET_JUMP;
    double v = f->u[n] - (jump ? theta * (double)f->count : 0);
    double p = f->gain * (current - v) / tau + past(f, n + 1);
    bool spike = p - (jump ? theta * (double)f->count : 0) >= theta;
    double fall = jump ? 0 : f->r->reset == FSNN_RESET_DELTA ? f->gain * theta / h : theta;
    f->u[n + 1] = p - (spike ? fall : 0);
    f->count += spike;
    return spike;
}

/* ---- the layer beside it ---- */

static int64_t beside(const run *r)
{
    static double I[PIECE];
    reference f;
    begin(&f, r);
    fsnn_net *net = net_of(r, FSNN_PRECISION_DOUBLE);
    for (int k = 0; k < PIECE; k++)
        I[k] = current;
    for (int64_t done = 0; done < r->steps; done += piece_of(r)) {
        const double *spikes;
        GOOD(fsnn_net_forward_double(net, I, &spikes));
        for (int64_t k = 0; k < piece_of(r); k++) {
            bool spike = step(&f, done + k);
            if (spike != (spikes[k] != 0)) {
                print_error("step %lld: %d spikes before it\n", (long long)(done + k),
                            (int)f.count);
                check_fail(__FILE__, __LINE__);
            }
        }
    }
    fsnn_net_destroy(net);
    free(f.w);
    free(f.u);
    return f.count;
}

static int64_t in_single(const run *r)
{
    static float I[PIECE];
    int64_t count = 0;
    fsnn_net *net = net_of(r, FSNN_PRECISION_SINGLE);
    for (int k = 0; k < PIECE; k++)
        I[k] = (float)current;
    for (int64_t done = 0; done < r->steps; done += piece_of(r)) {
        const float *spikes;
        GOOD(fsnn_net_forward(net, I, &spikes));
        for (int64_t k = 0; k < piece_of(r); k++)
            count += spikes[k] != 0;
    }
    fsnn_net_destroy(net);
    return count;
}

static const fsnn_reset resets[] = {FSNN_RESET_JUMP, FSNN_RESET_DELTA, FSNN_RESET_SUBTRACT};
static const double alphas[] = {1, 0.98, 0.9};

static void all(double tolerance, int64_t steps)
{
    for (int i = 0; i < (int)FSNN_COUNT(resets); i++)
        for (int a = 0; a < (int)FSNN_COUNT(alphas); a++) {
            CASE("reset %s, alpha %g, tolerance %g", fsnn_reset_name(resets[i]), alphas[a],
                 tolerance);
            run r = {resets[i], alphas[a], tolerance, steps};
            int64_t want = beside(&r), single = in_single(&r);
            CASE("%lld spikes in double precision, %lld in single", (long long)want,
                 (long long)single);
            assert_true(want > 0 && want > steps / 10000 - 1);
            assert_true(llabs(single - want) * 1000 <= want);
        }
}

static void by_exponentials(void **state)
{
    (void)state;
    all(1e-9, check_every() > 1 ? PIECE : 1000000);
}

static void full_memory(void **state)
{
    (void)state;
    all(0, getenv("FSNN_LONG") ? 100000 : check_every() > 1 ? 2000 : 10000);
}

int main(void)
{
#ifndef FSNN_HAVE_DOUBLE
    return 77;
#endif
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_exponentials),
        cmocka_unit_test(full_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
