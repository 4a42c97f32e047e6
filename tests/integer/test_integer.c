/* Networks in integers (docs/fixed-point.md): beside single precision with the same weights,
 * bounds of their states for inputs at the ends of the range, and what has none. */
#include "base/quantise.h"
#include "integer/past.h"
#include "integer/run.h"
#include "nets.h"

enum { T = 150, B = 3, IN = 8, HIDDEN = 20, OUT = 5 };

static float x[T * B * 2 * IN], floats[T * B * 64], numbers[T * B * 64];

static void fill(double mean, double spread, bool spikes)
{
    for (int i = 0; i < T * B * 2 * IN; i++)
        x[i] = ldexpf(rintf(1024 * (float)(mean + spread * fsnn_random_normal(11, 0, (uint64_t)i))),
                      -10); /* exact in integers, too */
    for (int i = 0; spikes && i < T * B * 2 * IN; i++)
        x[i] = x[i] > mean;
}

/* Weights become what they are in integers; so both compute with the same. The first of a
 * channel is the largest that there can be, and so the scale is found again. */
static void quantise(fsnn_net *net, int bits)
{
    for (int p = 0; p < fsnn_net_param_count(net); p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        if (!strstr(param->name, ".weight") || param->shape.rank < 2)
            continue;
        const int64_t rows = param->shape.dim[0], width = fsnn_shape_count(&param->shape) / rows;
        for (int64_t r = 0; r < rows; r++) {
            float *w = param->value + r * width;
            quantise_scale scale = quantise_scale_of(quantise_largest(w, width), bits);
            for (int64_t i = 0; i < width; i++)
                w[i] = (float)quantise_number(w[i], scale, bits) * quantise_scale_value(scale);
            w[0] = (float)quantise_most(bits) * quantise_scale_value(scale);
        }
    }
    GOOD(fsnn_net_params_changed(net));
}

typedef struct setup {
    double alpha, tau;
    fsnn_method method;
    bool implicit;
    int memory; /* MEMORY_BOUNDED, MEMORY_EXPONENTIALS */
    fsnn_neuron neuron;
    const char *kind, *last;
    fsnn_user user; /* of kind "user" and those by equations, with `neuron` */
} setup;

static setup usual(void)
{
    setup s = {.alpha = 0.6,
               .method = FSNN_GL,
               .memory = MEMORY_EXPONENTIALS,
               .neuron = FSNN_NEURON_DEFAULT,
               .kind = "lif",
               .last = "readout"};
    s.neuron.threshold.value = 0.1;
    return s;
}

static fsnn_dynamics dynamics_of(const setup *s, fsnn_order *order)
{
    fsnn_dynamics d = learned_dynamics(order, s->method, s->memory);
    *order = fsnn_order_of(s->alpha);
    d.horizon = 1000;
    d.implicit = s->implicit;
    return d;
}

/* linear, neurons, linear, readout or neurons */
static fsnn_net *network(const setup *s)
{
    fsnn_net *net = net_new();
    int at = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(IN)));
    at = (int)VALID(fsnn_net_linear(net, "fc1", at, HIDDEN, true));
    fsnn_user user = s->user;
    user.neuron = s->neuron; /* which an fsnn_user begins with */
    at = (int)VALID(fsnn_net_add(net, s->kind, "n1", &at, 1, &user));
    at = (int)VALID(fsnn_net_linear(net, "fc2", at, OUT, true));
    VALID(fsnn_net_add(net, s->last, "n2", &at, 1, strcmp(s->last, "lif") ? NULL : &s->neuron));
    return net;
}

/* Potentials that a calibration would have had, up to `most` in size. */
static void see(fsnn_arrays *seen, double most)
{
    fsnn_array *v = fsnn_arrays_add(seen, "v.n1", FSNN_F32, &FSNN_SHAPE(1, 1, HIDDEN));
    assert_non_null(v);
    for (int i = 0; i < HIDDEN; i++)
        ((float *)v->data)[i] = (float)-most;
}

/* The integers of a net, which is left wrapped for a stream. */
static fsnn_integer *integers(fsnn_net *net, const fsnn_dynamics *d, int bits, double range)
{
    fsnn_integer *p;
    fsnn_arrays seen = {0};
    fsnn_integer_options o = fsnn_integer_options_default();
    see(&seen, 1);
    o.bits = bits;
    o.range = range;
    o.seen = &seen;
    GOOD(fsnn_net_wrap(net, d, &(fsnn_plan){.steps = 1, .batch = 1, .stream = true, .seed = 2}));
    GOOD(fsnn_integer_create(net, &o, &p));
    fsnn_arrays_free(&seen);
    return p;
}

/* Runs both: floats, numbers. */
static void run_both(fsnn_net *net, const fsnn_dynamics *d, int bits, int64_t out)
{
    const float *y;
    GOOD(fsnn_net_wrap(net, d, &(fsnn_plan){.steps = T, .batch = B, .seed = 2}));
    quantise(net, bits);
    GOOD(fsnn_net_forward(net, x, &y));
    memcpy(floats, y, (size_t)(T * B * out) * sizeof *floats);
    fsnn_integer *p = integers(net, d, bits, 6);
    GOOD(fsnn_integer_run(p, T, B, x, numbers));
    fsnn_integer_destroy(p);
}

static int differing(int64_t out, int *fired)
{
    int differ = 0;
    *fired = 0;
    for (int64_t i = 0; i < T * B * out; i++) {
        differ += floats[i] != numbers[i];
        *fired += floats[i] != 0;
    }
    return differ;
}

static void check_spikes(const setup *s)
{
    fsnn_order order;
    fsnn_dynamics d = dynamics_of(s, &order);
    setup spiking = *s;
    spiking.last = "lif";
    for (int bits = 4; bits <= 8; bits += 4) {
        CASE("%d bits, alpha %g, method %d%s, memory %d, reset %d", bits, s->alpha, (int)s->method,
             s->implicit ? " implicit" : "", s->memory, (int)s->neuron.reset);
        fsnn_net *net = network(&spiking);
        run_both(net, &d, bits, OUT);
        int fired, differ = differing(OUT, &fired);
        assert_true(fired > 40);
        assert_true(differ * 60 <= fired);
        fsnn_net_destroy(net);
    }
}

static void spikes_of_floats(void **state)
{
    (void)state;
    fill(0.5, 1, false);
    static const fsnn_reset resets[] = {FSNN_RESET_CURRENT, FSNN_RESET_SUBTRACT, FSNN_RESET_VALUE,
                                        FSNN_RESET_DELTA,   FSNN_RESET_RESTART,  FSNN_RESET_NONE};
    for (int i = 0; i < FSNN_COUNT(resets); i++) {
        setup s = usual();
        s.neuron.reset = resets[i];
        s.neuron.v_reset.value = -0.2;
        s.neuron.v0 = 0.1;
        s.neuron.refractory = i % 2 ? 2 : 0;
        s.memory = i % 2 ? MEMORY_BOUNDED : MEMORY_EXPONENTIALS;
        check_spikes(&s);
    }
}

static void orders_and_methods(void **state)
{
    (void)state;
    fill(0.5, 1, true);
    for (int i = 0; i < 4; i++) {
        setup s = usual();
        s.alpha = 0.3 + 0.2 * i;
        s.method = i == 3 ? FSNN_EULER : i % 2 ? FSNN_L1 : FSNN_GL;
        s.memory = i == 3 ? MEMORY_WHOLE : MEMORY_EXPONENTIALS;
        check_spikes(&s);
    }
}

/* Methods whose history keeps drives, or that take the leak elsewhere than before the step. */
static const struct form {
    fsnn_method method;
    bool implicit;
} forms[] = {{FSNN_AB, false}, {FSNN_ML, false}, {FSNN_AB, true}, {FSNN_GL, true}, {FSNN_L1, true}};

static setup of_form(const struct form *form)
{
    setup s = usual();
    s.method = form->method;
    s.implicit = form->implicit;
    return s;
}

static void methods_become_sums_of_states(void **state)
{
    (void)state;
    static const fsnn_reset resets[] = {FSNN_RESET_CURRENT, FSNN_RESET_DELTA, FSNN_RESET_RESTART};
    fill(0.5, 1, true);
    for (int i = 0; i < FSNN_COUNT(forms); i++)
        for (int r = 0; r < FSNN_COUNT(resets); r++) {
            setup s = of_form(&forms[i]);
            s.alpha = 0.4 + 0.2 * r;
            s.neuron.reset = resets[r];
            s.neuron.v0 = 0.05;
            s.neuron.refractory = r;
            check_spikes(&s);
        }
}

/* What a unit drive leaves behind is the method's own weights: of the first lags and, by
 * exponentials, of the far ones. */
static void inverse_gives_the_weights_back(void **state)
{
    (void)state;
    enum { LAGS = 1000 };
    static double u[LAGS + 2], w[LAGS + 2];
    for (int i = 0; i < 6; i++) {
        const fsnn_order order = fsnn_order_of(0.3 + 0.3 * (i % 3));
        const frac_method *method = i < 3 ? &frac_ab : &frac_ml;
        frac_memory m = {.method = method,
                         .order = order,
                         .h = 0.5,
                         .leak = {.tau = 3, .leaky = true},
                         .what = {.tolerance = 1e-6, .horizon = LAGS}};
        integer_inverse inverse;
        double gain;
        CASE("%s, alpha %g", method->name, order.alpha[0]);
        GOOD(integer_inverse_make(&m, &inverse));
        frac_method_weigh(method, 0, &order, &m.leak, m.h, LAGS, w, &gain);
        u[0] = gain;
        for (int l = 1; l <= LAGS; l++) {
            u[l] = 0;
            for (int j = 1; j <= l; j++) {
                double b = j < FSNN_COUNT(inverse.b) ? inverse.b[j] : 0;
                for (int k = 0; k < inverse.fit.modes && j >= FSNN_COUNT(inverse.b); k++)
                    b += inverse.fit.weight[k] * exp(-inverse.fit.s[k] * j);
                assert_true(b >= 0);
                u[l] += b * u[l - j];
            }
            assert_true(fabs(u[l] - w[l]) < 1e-5 * w[l]);
        }
    }
}

/* At order 1 method ab is Euler's: one state. */
static void order_one_is_one_state(void **state)
{
    (void)state;
    setup s = of_form(&forms[0]);
    s.alpha = 1;
    fsnn_order order;
    fsnn_dynamics d = dynamics_of(&s, &order);
    fsnn_net *net = network(&s);
    fsnn_integer *p = integers(net, &d, 8, 2);
    assert_int_equal(p->step[1].memory.rows, 1);
    assert_int_equal(p->step[1].memory.modes, 0);
    assert_int_equal(p->step[1].memory.w[0], 1 << 30);
    fsnn_integer_destroy(p);
    fsnn_net_destroy(net);
}

/* Potentials of a readout differ by rounding alone. */
static void check_potentials(const setup *s)
{
    fsnn_order order;
    fsnn_dynamics d = dynamics_of(s, &order);
    fsnn_net *net = net_new();
    int at = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(IN)));
    at = (int)VALID(fsnn_net_linear(net, "fc1", at, HIDDEN, true));
    at = (int)VALID(fsnn_net_add(net, "readout", "n1", &at, 1, NULL));
    at = (int)VALID(fsnn_net_linear(net, "fc2", at, OUT, true));
    VALID(fsnn_net_add(net, "readout", "n2", &at, 1, NULL));
    run_both(net, &d, 8, OUT);
    for (int i = 0; i < T * B * OUT; i++)
        assert_true(fabsf(floats[i] - numbers[i]) < 2e-5f);
    fsnn_net_destroy(net);
}

static void potentials_of_floats(void **state)
{
    (void)state;
    fill(0.5, 1, false);
    setup s = usual();
    check_potentials(&s);
    for (int i = 0; i < FSNN_COUNT(forms); i++) {
        CASE("method %d%s", (int)forms[i].method, forms[i].implicit ? " implicit" : "");
        s = of_form(&forms[i]);
        check_potentials(&s);
    }
}

/* ---- equations ---- */

static const fsnn_user_param numbers_of[] = {{"a", {.value = 0.3}},
                                             {"b", {.value = 0.1, .per = FSNN_PER_NEURON}}};
static const struct own {
    const char *kind, *dv, *spike, *after;
} owns[] = {
    {"user", "(-v*(1 + a*v^2) + I)/tau", NULL, NULL},
    {"user", "(-v + I - b*v*abs(v))/(2*tau)", "v + dv - threshold*(1 + b)", NULL},
    {"user", "(max(I, -2) - min(v, 3) + a*step(v))/tau", NULL, "dv*(1 - s) - s*(b + threshold)"},
    {"user", "(I*(1 - a*min(max(v, -1), 1)) + b)/tau - 2^2*v/(4*tau)", "v - threshold + 0*I", NULL},
    {"hard_lif", NULL, NULL, "its own"},
    {"qif", NULL, NULL, NULL}, /* runs away in floats */
};

static setup of_equation(const struct own *own)
{
    setup s = usual();
    s.kind = own->kind;
    if (own->dv) {
        s.user = (fsnn_user){.dv = own->dv, .spike = own->spike, .after_spike = own->after};
        memcpy(s.user.param, numbers_of, sizeof numbers_of);
        s.user.params = FSNN_COUNT(numbers_of);
    }
    return s;
}

static void equations_of_floats(void **state)
{
    (void)state;
    static const fsnn_reset resets[] = {FSNN_RESET_CURRENT, FSNN_RESET_SUBTRACT, FSNN_RESET_VALUE,
                                        FSNN_RESET_RESTART, FSNN_RESET_NONE,     FSNN_RESET_DELTA};
    fill(0.5, 1, false);
    for (int i = 0; i + 1 < FSNN_COUNT(owns); i++)
        for (int r = 0; r < FSNN_COUNT(resets); r++) {
            if (owns[i].after && resets[r] != FSNN_RESET_CURRENT)
                continue;
            setup s = of_equation(&owns[i]);
            s.neuron.reset = resets[r];
            s.neuron.refractory = r % 2;
            s.neuron.v_reset.value = -0.1;
            s.method = r == 0 ? FSNN_AB : FSNN_GL;
            check_spikes(&s);
        }
}

/* All that operations give is at most 2^30. */
static void check_operations(const integer_step *t, const net_operation *o, uint32_t count,
                             int32_t *x)
{
    for (uint32_t i = 0; i < count; i++) {
        const int64_t result = net_operate(&o[i], t->equation->row, 0, x);
        assert_true(result <= NET_MOST && result >= -NET_MOST);
        x[o[i].to] = (int32_t)result;
    }
}

static void equations_stay_in_their_ranges(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(owns); i++) {
        setup s = of_equation(&owns[i]);
        fsnn_order order;
        fsnn_dynamics d = dynamics_of(&s, &order);
        fsnn_net *net = network(&s);
        fsnn_integer *p = integers(net, &d, 8, 3);
        const integer_step *t = &p->step[1];
        const int32_t most = (int32_t)p->value[t->in[0]].bound;
        CASE("equation %d", i);
        assert_non_null(t->equation);
        for (int v = -4; v <= 4; v++)
            for (int I = -4; I <= 4; I++)
                for (int spike = 0; spike < 2; spike++) {
                    int32_t values[NET_VALUES] = {0};
                    values[NET_V] = NET_MOST / 4 * v;
                    values[NET_I] = most / 4 * I;
                    values[NET_S] = spike;
                    check_operations(t, t->equation->charge, t->equation->charges, values);
                    check_operations(t, t->equation->spike, t->equation->spikes, values);
                    check_operations(t, t->equation->after, t->equation->afters, values);
                }
        fsnn_integer_destroy(p);
        fsnn_net_destroy(net);
    }
}

static void equations_without_integers(void **state)
{
    (void)state;
    static const struct {
        const char *dv, *words;
    } wrong[] = {{"(-v + tanh(I))/tau", "calls tanh: sums, products"},
                 {"(-v + I/(1 + v^2))/tau", "divides by what changes"},
                 {"(-v + I - abs(v)^2.3)/tau", "no whole number"},
                 {"(-v + sqrt(I))/tau", "calls sqrt"},
                 {"(-v + I + 1e20)/tau", "numbers of too different size: a shorter one"},
                 {"(-v + I + sqrt(-2*a))/tau", "a parameter that is not finite: a shorter one"}};
    for (int i = 0; i < FSNN_COUNT(wrong); i++) {
        setup s = of_equation(&owns[0]);
        fsnn_order order;
        fsnn_dynamics d = dynamics_of(&s, &order);
        fsnn_arrays seen = {0};
        fsnn_integer_options o = fsnn_integer_options_default();
        fsnn_integer *p;
        s.user.dv = wrong[i].dv;
        fsnn_net *net = network(&s);
        GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 1, .batch = 1, .stream = true}));
        REFUSED(fsnn_integer_create(net, &o, &p), FSNN_EUNSUPPORTED, "its equation may be any");
        see(&seen, 1);
        o.seen = &seen;
        REFUSED(fsnn_integer_create(net, &o, &p), FSNN_EUNSUPPORTED, wrong[i].words);
        fsnn_arrays_free(&seen);
        fsnn_net_destroy(net);
    }
    setup s = of_equation(&owns[0]);
    s.implicit = true;
    fsnn_order order;
    fsnn_dynamics d = dynamics_of(&s, &order);
    fsnn_integer_options o = fsnn_integer_options_default();
    fsnn_integer *p;
    fsnn_net *net = network(&s);
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 1, .batch = 1, .stream = true}));
    REFUSED(fsnn_integer_create(net, &o, &p), FSNN_EUNSUPPORTED, "the slope of its equation");
    fsnn_net_destroy(net);
}

/* ---- images ---- */

static void images(void **state)
{
    (void)state;
    fill(0.3, 1, false);
    setup s = usual();
    fsnn_order order;
    fsnn_dynamics d = dynamics_of(&s, &order);
    fsnn_net *net = net_new();
    int at = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(1, 4, 4)));
    fsnn_conv2d conv = square_conv(6, 3, 1), apart = square_conv(6, 3, 1);
    apart.groups = 6;
    at = (int)VALID(fsnn_net_add(net, "conv2d", "c1", &at, 1, &conv));
    at = (int)VALID(fsnn_net_add(net, "batchnorm", "bn", &at, 1, NULL));
    at = (int)VALID(fsnn_net_add(net, "readout", "n1", &at, 1, NULL));
    at = (int)VALID(fsnn_net_add(net, "conv2d", "c2", &at, 1, &apart));
    int early = at;
    at = (int)VALID(fsnn_net_add(net, "tdbn", "td", &at, 1, NULL));
    int both[] = {early, at};
    at = (int)VALID(fsnn_net_add(net, "add", "sum", both, 2, NULL));
    fsnn_pool pool;
    VALID(fsnn_kind_defaults("avgpool", &pool));
    pool.kernel[0] = pool.kernel[1] = 3;
    pool.padding[0] = pool.padding[1] = 1;
    pool.stride[0] = pool.stride[1] = 2;
    at = (int)VALID(fsnn_net_add(net, "avgpool", "p1", &at, 1, &pool));
    VALID(fsnn_net_add(net, "readout", "out", &at, 1, NULL));
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = T, .batch = B, .seed = 2}));
    for (int p = 0; p < fsnn_net_param_count(net); p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        for (int64_t i = 0; strstr(param->name, "running") && i < 6; i++)
            param->value[i] += 0.3f + 0.1f * (float)i;
        for (int64_t i = 0; strstr(param->name, "bn.weight") && i < 6; i++)
            param->value[i] = i == 2 ? -1.5f : 2;
    }
    run_both(net, &d, 8, 24);
    for (int i = 0; i < T * B * 24; i++)
        assert_true(fabsf(floats[i] - numbers[i]) < 2e-5f);
    fsnn_net_destroy(net);
}

/* ---- bounds ---- */

/* Inputs that push the potentials as far as they can: signs of the weights of one neuron. */
static void push(const fsnn_net *net, int64_t neuron)
{
    const float *w = fsnn_net_param_find(net, "fc1.weight")->value + neuron * IN;
    for (int k = 0; k < T; k++)
        for (int b = 0; b < B; b++)
            for (int i = 0; i < IN; i++)
                x[(k * B + b) * IN + i] =
                    ((w[i] > 0) ^ (b == 1) ^ (b == 2 && k / 40 % 2)) ? 1e9f : -1e9f;
}

static void keep_bounds(const fsnn_integer *p, const int32_t *state, int64_t k, int64_t b,
                        void *user)
{
    double *largest = user;
    (void)k, (void)b;
    for (int i = 0; i < p->steps; i++) {
        const integer_step *t = &p->step[i];
        if (t->form != INTEGER_NEURON)
            continue;
        const double bound = ldexp(t->reach, t->fraction);
        assert_true(bound <= 0x1p30);
        for (int64_t n = 0; n < (int64_t)t->memory.rows * t->memory.neurons; n++) {
            double share = fabs((double)state[t->past + n]) / bound;
            *largest = share > *largest ? share : *largest;
        }
        for (int64_t n = 0; n < (int64_t)t->memory.modes * t->memory.neurons; n++)
            assert_true(fabs((double)state[t->modes + n]) <= bound);
    }
}

static void check_bounds(const setup *s)
{
    fsnn_order order;
    double largest = 0;
    fsnn_dynamics d = dynamics_of(s, &order);
    fsnn_net *net = network(s);
    fsnn_integer *p = integers(net, &d, 8, 2);
    CASE("reset %d, method %d%s", (int)s->neuron.reset, (int)s->method,
         s->implicit ? " implicit" : "");
    push(net, 3);
    for (int t = 0; t < p->steps; t++)
        assert_true(p->step[t].form != INTEGER_NEURON || p->step[t].proven);
    GOOD(integer_run(p, T, B, x, keep_bounds, &largest));
    assert_true(largest <= 1 && largest > 0.1);
    fsnn_integer_destroy(p);
    fsnn_net_destroy(net);
}

static void states_are_bounded(void **state)
{
    (void)state;
    static const fsnn_reset resets[] = {FSNN_RESET_CURRENT, FSNN_RESET_SUBTRACT, FSNN_RESET_VALUE,
                                        FSNN_RESET_NONE};
    fsnn_threads_set(1);
    for (int i = 0; i < FSNN_COUNT(resets); i++) {
        setup s = usual();
        s.neuron.reset = resets[i];
        check_bounds(&s);
    }
    for (int i = 0; i < FSNN_COUNT(forms); i++) {
        setup s = of_form(&forms[i]);
        check_bounds(&s);
    }
}

/* ---- 100,000 steps without a reset ---- */

enum { LONG = 100000 };

typedef struct stream {
    const float *y;           /* [LONG, OUT] in single precision, the same weights */
    int64_t fired, differ[2]; /* in the first and second half */
    double largest;
} stream;

static void follow(const fsnn_integer *p, const int32_t *state, int64_t k, int64_t b, void *user)
{
    stream *s = user;
    const int32_t *out = integer_output(p, state);
    for (int64_t i = 0; i < OUT; i++) {
        const bool spike = s->y[k * OUT + i] != 0;
        s->fired += spike;
        s->differ[k >= LONG / 2] += spike != (out[i] != 0);
    }
    if (k % 101 == 0)
        keep_bounds(p, state, k, b, &s->largest);
}

static void check_stream(const setup *s)
{
    fsnn_order order;
    fsnn_dynamics d = dynamics_of(s, &order);
    float *in = malloc(LONG * IN * sizeof *in), *copy = malloc(LONG * OUT * sizeof *copy);
    const float *y;
    stream seen = {.y = copy};
    assert_true(in && copy);
    for (int64_t i = 0; i < (int64_t)LONG * IN; i++)
        in[i] = fsnn_random_uniform(5, 0, (uint64_t)i) < 0.3;
    d.horizon = LONG;
    CASE("method %d%s over %d steps", (int)s->method, s->implicit ? " implicit" : "", LONG);
    fsnn_net *net = network(s);
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = LONG, .batch = 1, .seed = 2}));
    quantise(net, 8);
    GOOD(fsnn_net_forward(net, in, &y));
    memcpy(copy, y, LONG * OUT * sizeof *copy);
    fsnn_integer *p = integers(net, &d, 8, 1);
    fsnn_threads_set(1);
    GOOD(integer_run(p, LONG, 1, in, follow, &seen));
    printf("method %d%s: %lld spikes, %lld and %lld differ in the halves of %d steps\n",
           (int)s->method, s->implicit ? " implicit" : "", (long long)seen.fired,
           (long long)seen.differ[0], (long long)seen.differ[1], LONG);
    assert_true(seen.fired > 1000 && seen.largest > 0.05 && seen.largest <= 1);
    for (int half = 0; half < 2; half++) /* nothing drifts */
        assert_true(seen.differ[half] * 200 <= seen.fired);
    fsnn_integer_destroy(p);
    fsnn_net_destroy(net);
    free(in);
    free(copy);
}

static void long_streams(void **state)
{
    (void)state;
    setup s = usual();
    s.last = "lif";
    check_stream(&s);
    for (int i = 0; i < 2; i++) {
        s = of_form(&forms[i]);
        s.last = "lif";
        check_stream(&s);
    }
}

/* Without a leak there is no bound but what the calibration shows; states beyond are held there. */
static void bounds_of_calibration(void **state)
{
    (void)state;
    setup s = usual();
    fsnn_order order;
    fsnn_dynamics d = dynamics_of(&s, &order);
    s.kind = "if";
    fsnn_net *net = network(&s);
    fsnn_integer *p;
    fsnn_integer_options o = fsnn_integer_options_default();
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 1, .batch = 1, .stream = true}));
    REFUSED(fsnn_integer_create(net, &o, &p), FSNN_EUNSUPPORTED, "there is no leak");
    fsnn_arrays seen = {0};
    see(&seen, 1.5);
    o.seen = &seen;
    GOOD(fsnn_integer_create(net, &o, &p));
    push(net, 0);
    assert_false(p->step[1].proven);
    assert_float_equal(p->step[1].reach, 4 * (1.5 + 0.1 * 0.5), 1e-5);
    GOOD(fsnn_integer_run(p, T, B, x, numbers));
    fsnn_integer_destroy(p);
    fsnn_arrays_free(&seen);
    fsnn_net_destroy(net);
}

/* ---- what has none ---- */

static void refused(void **state)
{
    (void)state;
    setup s = usual();
    fsnn_order order;
    fsnn_dynamics d = dynamics_of(&s, &order);
    fsnn_plan stream = {.steps = 1, .batch = 1, .stream = true};
    fsnn_net *net = network(&s);
    fsnn_integer *p;
    fsnn_integer_options o = fsnn_integer_options_default();
    REFUSED(fsnn_integer_create(net, &o, &p), FSNN_ESTATE, "not wrapped");
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1}));
    REFUSED(fsnn_integer_create(net, &o, &p), FSNN_ESTATE, "stream of one step");
    GOOD(fsnn_net_wrap(net, &d, &stream));
    o.bits = 5;
    REFUSED(fsnn_integer_create(net, &o, &p), FSNN_EARGUMENT, "8 or 4 bits, not 5");
    o.bits = 8;
    o.range = 1e6;
    REFUSED(fsnn_integer_create(net, &o, &p), FSNN_EUNSUPPORTED, "up to 32767");
    o.range = NAN;
    REFUSED(fsnn_integer_create(net, &o, &p), FSNN_EARGUMENT, "range");
    o.range = 1;
    d.method = FSNN_ABM;
    GOOD(fsnn_net_wrap(net, &d, &stream));
    REFUSED(fsnn_integer_create(net, &o, &p), FSNN_EUNSUPPORTED, "gl, l1, ab, ml and euler work");
    d.method = FSNN_AB;
    d.tolerance = 1e-9;
    d.horizon = 1000000;
    GOOD(fsnn_net_wrap(net, &d, &stream));
    REFUSED(fsnn_integer_create(net, &o, &p), FSNN_EUNSUPPORTED, "larger tolerance or fewer steps");
    d.tolerance = 0;
    d.engine = FSNN_ENGINE_AUTO;
    d.memory = 30;
    GOOD(fsnn_net_wrap(net, &d, &stream));
    REFUSED(fsnn_integer_create(net, &o, &p), FSNN_EUNSUPPORTED, "ab keeps drives");
    fsnn_net_destroy(net);
    s.neuron.tau.per = FSNN_PER_NEURON;
    s.implicit = true;
    d = dynamics_of(&s, &order);
    net = network(&s);
    GOOD(fsnn_net_wrap(net, &d, &stream));
    fsnn_net_param_find(net, "n1.tau")->value[1] = 3;
    GOOD(fsnn_net_params_changed(net));
    REFUSED(fsnn_integer_create(net, &o, &p), FSNN_EUNSUPPORTED, "tau is not the same");
    fsnn_net_destroy(net);
    s = usual();
    s.neuron.resistance.value = 2;
    d = dynamics_of(&s, &order);
    net = network(&s);
    GOOD(fsnn_net_wrap(net, &d, &stream));
    REFUSED(fsnn_integer_create(net, &o, &p), FSNN_EUNSUPPORTED, "a resistance has no integers");
    fsnn_net_destroy(net);
    s = usual();
    s.neuron.threshold.value = 1e20; /* no shift of 64 bits reaches from the input to it */
    d = dynamics_of(&s, &order);
    net = network(&s);
    GOOD(fsnn_net_wrap(net, &d, &stream));
    REFUSED(fsnn_integer_create(net, &o, &p), FSNN_EUNSUPPORTED, "e+20: below 1e18 works");
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spikes_of_floats),
        cmocka_unit_test(orders_and_methods),
        cmocka_unit_test(methods_become_sums_of_states),
        cmocka_unit_test(inverse_gives_the_weights_back),
        cmocka_unit_test(order_one_is_one_state),
        cmocka_unit_test(potentials_of_floats),
        cmocka_unit_test(equations_of_floats),
        cmocka_unit_test(equations_stay_in_their_ranges),
        cmocka_unit_test(equations_without_integers),
        cmocka_unit_test(images),
        cmocka_unit_test(states_are_bounded),
        cmocka_unit_test(long_streams),
        cmocka_unit_test(bounds_of_calibration),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
