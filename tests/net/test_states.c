/* Neurons with several states, through the public API: chunks, saved states, checkpointing, known
 * solutions, kinds, learned parameters, recorded states, errors. (test_states_reference.c has the
 * numbers of every method and reset.) */
#include "nets.h"

enum { T = 75, B = 3, IN = 5, HIDDEN = 14, OUT = 4 };

static const struct {
    const char *kind;
    fsnn_user what;
} neurons[] = {
    {"cuba",
     {.params = 1,
      .param = {{"tau_syn", {.value = 2.5, .learn = true, .per = FSNN_PER_CHANNEL}}},
      .fractionals = 1,
      .fractional = {"v"}}},
    {"alif",
     {.params = 2,
      .param = {{"tau_a", {.value = 5, .learn = true, .per = FSNN_PER_CHANNEL}},
                {"beta", {.value = 0.6, .learn = true}}},
      .fractionals = 2,
      .fractional = {"v", "a"}}},
    {"user",
     {.dv = "(-v - w + I)/tau",
      .states = 2,
      .state = {{"w", "(a*v - w)/5", "dw + b*s", 0.1}, {"u", "(-u + v*s)/3", NULL, 0}},
      .spike = "v + dv - threshold + 0.1*u",
      .params = 2,
      .param = {{"a", {.value = 0.3, .learn = true}}, {"b", {.value = 0.2, .learn = true}}},
      .fractionals = 2,
      .fractional = {"w", "u"}}},
};

static fsnn_user options(int n, fsnn_reset reset)
{
    fsnn_user o = neurons[n].what;
    o.neuron = FSNN_NEURON_DEFAULT;
    o.neuron.tau = (fsnn_value){.value = 2.0, .learn = true};
    o.neuron.threshold = (fsnn_value){.value = 0.5, .learn = true};
    o.neuron.surrogate.scale = 1.5;
    o.neuron.detach_reset = n % 2;
    o.neuron.reset = reset;
    o.neuron.refractory = reset == FSNN_RESET_VALUE ? 2 : 0;
    return o;
}

/* What layer "n1" receives besides, in a loop: the spikes of "n2", or its own, a step before. */
static int fed_back(fsnn_net *net, int x, const char *of, bool dense)
{
    int back = fsnn_net_delay(net, "before", of);
    if (dense)
        back = fsnn_net_linear(net, "w", back, HIDDEN, false);
    return (int)VALID(fsnn_net_add(net, "add", NULL, (int[]){x, back}, 2, NULL));
}

/* linear - neuron - linear - neuron; 3*14 and 3*4 neurons: tiles of 32 that are not whole. */
static fsnn_net *build(int n, fsnn_reset reset, bool loop)
{
    fsnn_net *net = net_new();
    fsnn_user o = options(n, reset);
    int x = fsnn_net_linear(net, "fc1", fsnn_net_input(net, FSNN_SHAPE(IN)), HIDDEN, true);
    x = loop ? fed_back(net, x, "n2", true) : x;
    x = fsnn_net_add(net, neurons[n].kind, "n1", &x, 1, &o);
    x = fsnn_net_linear(net, "fc2", x, OUT, true);
    VALID(fsnn_net_add(net, neurons[n].kind, "n2", &x, 1, &o));
    return net;
}

/* neuron - neuron: without products, whose bits depend on the number of rows. */
static fsnn_net *build_plain(int n, fsnn_reset reset, bool loop)
{
    fsnn_net *net = net_new();
    fsnn_user o = options(n, reset);
    int x = fsnn_net_input(net, FSNN_SHAPE(HIDDEN));
    x = loop ? fed_back(net, x, n == 1 ? "n1" : "n2", false) : x;
    x = fsnn_net_add(net, neurons[n].kind, "n1", &x, 1, &o);
    VALID(fsnn_net_add(net, neurons[n].kind, "n2", &x, 1, &o));
    return net;
}

/* Memory 0 full, 1 a number of steps, 2 exponentials, 3 one step. */
enum { MEMORY_LEAST = MEMORIES }; /* of two steps */

static fsnn_dynamics dynamics(fsnn_order *order, fsnn_method method, int memory)
{
    fsnn_dynamics d = learned_dynamics(order, method, memory);
    d.memory = memory == MEMORY_BOUNDED ? 9 : memory == MEMORY_LEAST ? 2 : 0;
    return d;
}

static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_AB, FSNN_EULER};
static const fsnn_reset resets[] = {FSNN_RESET_CURRENT, FSNN_RESET_JUMP, FSNN_RESET_RESTART,
                                    FSNN_RESET_VALUE, FSNN_RESET_DELTA};

/* Drives cannot be overwritten. */
static bool possible(int n, fsnn_method method, fsnn_reset reset)
{
    return !(method == FSNN_AB && reset == FSNN_RESET_VALUE && n != 2);
}

/* ---- chunks and states ---- */

/* Steps from..to-1 in calls of `chunk`; outputs and the first layer's states go where the whole run
 * has them. */
typedef struct run_out {
    float y[T * B * HIDDEN], state[3][T * B * HIDDEN];
    double spikes;
} run_out;

static void go(fsnn_net *net, const float *x, int64_t from, int64_t to, int64_t chunk, run_out *out)
{
    fsnn_plan plan = {.steps = chunk, .batch = B, .seed = 3, .record = true};
    int n1 = (int)VALID(fsnn_net_node_find(net, "n1"));
    for (int64_t k = from; k < to; k += plan.steps) {
        const float *y;
        if (to - k < plan.steps) {
            plan.steps = to - k;
            GOOD(fsnn_net_replan(net, &plan));
        }
        GOOD(fsnn_net_forward(net, x + k * B * HIDDEN, &y));
        memcpy(out->y + k * B * HIDDEN, y, (size_t)(plan.steps * B * HIDDEN) * sizeof *y);
        for (int i = 0; fsnn_net_state_name(net, n1, i); i++)
            GOOD(fsnn_net_read_state(net, n1, i, out->state[i] + k * B * HIDDEN));
        out->spikes += fsnn_net_rate(net, n1) * (double)plan.steps;
    }
}

/* Any cut gives the bits of one call; a state carried to another net too. So it is in a loop. */
static void chunks(void **state)
{
    (void)state;
    static float x[T * B * HIDDEN];
    static run_out whole, parts;
    int turn = 0;
    fill_normal(x, T * B * HIDDEN, 0.9, 2, 1);
    for (int n = 0; n < FSNN_COUNT(neurons); n++)
        for (int m = 0; m < FSNN_COUNT(methods); m++)
            for (int row = 0; row < 8; row++, turn += row & 1) {
                if (!check_turn())
                    continue;
                bool loop = row & 1;
                fsnn_reset reset = resets[turn % FSNN_COUNT(resets)];
                fsnn_order order;
                fsnn_dynamics d = dynamics(&order, methods[m], row / 2);
                if (!possible(n, methods[m], reset))
                    reset = FSNN_RESET_JUMP;
                fsnn_net *net = build_plain(n, reset, loop), *other = build_plain(n, reset, loop);
                memset(&whole, 0, sizeof whole);
                memset(&parts, 0, sizeof parts);
                GOOD(fsnn_net_wrap(
                    net, &d, &(fsnn_plan){.steps = T, .batch = B, .seed = 3, .record = true}));
                go(net, x, 0, T, T, &whole);
                assert_true(whole.spikes > 1);
                int64_t chunk = (int64_t[]){1, 7, 30}[turn % 3], cut = 51;
                fsnn_plan plan = {.steps = chunk, .batch = B, .seed = 3, .record = true};
                GOOD(fsnn_net_wrap(net, &d, &plan));
                go(net, x, 0, cut, chunk, &parts);
                int64_t bytes = VALID(fsnn_net_state_bytes(net));
                char *saved = malloc((size_t)bytes);
                GOOD(fsnn_net_state_save(net, saved));
                plan.steps = 8;
                GOOD(fsnn_net_wrap(other, &d, &plan));
                GOOD(fsnn_net_forward(other, x, NULL)); /* has a state of its own */
                GOOD(fsnn_net_state_load(other, saved, bytes));
                go(other, x, cut, T, 8, &parts);
                assert_memory_equal(whole.y, parts.y, sizeof whole.y);
                assert_memory_equal(whole.state, parts.state, sizeof whole.state);
                free(saved);
                fsnn_net_destroy(net);
                fsnn_net_destroy(other);
            }
}

/* A plan with more steps keeps the state, of one state as of several. */
static void longer_calls(void **state)
{
    (void)state;
    static float x[T * B * HIDDEN];
    static run_out whole, parts;
    static const int64_t begin[] = {3, 30};
    fill_normal(x, T * B * HIDDEN, 0.9, 2, 1);
    for (int n = -1; n < FSNN_COUNT(neurons); n++)
        for (int m = 0; m < FSNN_COUNT(methods); m++)
            for (int memory = 0; memory < 3; memory++) {
                if (!check_turn())
                    continue;
                CASE("neurons[%d], methods[%d], memory %d", n, m, memory);
                fsnn_order order;
                fsnn_net *net;
                fsnn_dynamics d = dynamics(&order, methods[m], memory);
                fsnn_neuron lif = FSNN_NEURON_DEFAULT;
                lif.tau.value = 2;
                lif.reset = m == 1 ? FSNN_RESET_RESTART : FSNN_RESET_JUMP;
                if (n >= 0)
                    net = build_plain(n, lif.reset, memory % 2);
                else {
                    GOOD(fsnn_net_create(&net));
                    VALID(fsnn_net_lif(net, "n1", fsnn_net_input(net, FSNN_SHAPE(HIDDEN)), &lif));
                }
                memset(&whole, 0, sizeof whole);
                memset(&parts, 0, sizeof parts);
                GOOD(fsnn_net_wrap(
                    net, &d,
                    &(fsnn_plan){.steps = begin[m % 2], .batch = B, .seed = 3, .record = true}));
                go(net, x, 0, begin[m % 2], begin[m % 2], &parts);
                GOOD(fsnn_net_replan(
                    net, &(fsnn_plan){
                             .steps = T - begin[m % 2], .batch = B, .seed = 3, .record = true}));
                go(net, x, begin[m % 2], T, T - begin[m % 2], &parts);
                GOOD(fsnn_net_replan(
                    net, &(fsnn_plan){.steps = T, .batch = B, .seed = 3, .record = true}));
                GOOD(fsnn_net_reset(net));
                go(net, x, 0, T, T, &whole);
                assert_true(whole.spikes > 1);
                assert_memory_equal(whole.y, parts.y, sizeof whole.y);
                assert_memory_equal(whole.state, parts.state, sizeof whole.state);
                fsnn_net_destroy(net);
            }
}

/* A state of another form, cut off or damaged, is refused or taken as numbers, and never read
 * beyond its end. */
static void damaged(void **state)
{
    (void)state;
    static float x[T * B * IN];
    fill_normal(x, T * B * IN, 0.9, 2, 1);
    for (int memory = 0; memory < 3; memory++) {
        fsnn_order order;
        fsnn_dynamics d = dynamics(&order, FSNN_GL, memory);
        fsnn_plan plan = {.steps = 60, .batch = B, .seed = 3};
        fsnn_net *net = build(1, FSNN_RESET_CURRENT, memory == 1),
                 *lone = build(0, FSNN_RESET_CURRENT, memory == 1);
        GOOD(fsnn_net_wrap(net, &d, &plan));
        GOOD(fsnn_net_wrap(lone, &d, &plan));
        GOOD(fsnn_net_forward(net, x, NULL));
        int64_t bytes = VALID(fsnn_net_state_bytes(net));
        char *kept = malloc((size_t)bytes);
        GOOD(fsnn_net_state_save(net, kept));
        REFUSED(fsnn_net_state_load(lone, kept, bytes), ANY_ERROR, "another net");
        for (int64_t cut = 0; cut < bytes; cut += 1 + bytes / 97) {
            char *part = malloc((size_t)cut + 1);
            memcpy(part, kept, (size_t)cut);
            FAILS(fsnn_net_state_load(net, part, cut), ANY_ERROR);
            free(part);
        }
        for (int64_t at = 0; at < bytes; at += 1 + bytes / 499) {
            char *bad = malloc((size_t)bytes);
            memcpy(bad, kept, (size_t)bytes);
            bad[at] ^= (char)(1 << at % 8);
            FAILS(fsnn_net_state_load(net, bad, bytes), ANY_ERROR);
            free(bad);
            /* without its checksum, as states were before: nothing holds it back */
            bad = malloc((size_t)bytes);
            memcpy(bad, "FSNNST2", 8);
            memcpy(bad + 8, kept + 16, (size_t)bytes - 16);
            *(int64_t *)(void *)(bad + 16) = bytes - 8;
            bad[at % (bytes - 8)] ^= (char)(1 << at % 8);
            (void)fsnn_net_state_load(net, bad, bytes - 8);
            free(bad);
        }
        GOOD(fsnn_net_state_load(net, kept, bytes));
        free(kept);
        fsnn_net_destroy(net);
        fsnn_net_destroy(lone);
    }
}

/* ---- checkpointing ---- */

typedef struct result {
    float out[T * B * OUT], in[T * B * IN], grad[512];
    double rate;
} result;

static void train_run(int n, fsnn_reset reset, bool loop, fsnn_dynamics *d, int64_t checkpoint,
                      result *r)
{
    static float x[2 * T * B * IN], g[T * B * OUT];
    const float *y, *gx;
    fsnn_net *net = build(n, reset, loop);
    fsnn_plan plan = {.steps = T,
                      .batch = B,
                      .training = true,
                      .smooth = true,
                      .input_gradient = true,
                      .seed = 3,
                      .checkpoint = checkpoint};
    fill_normal(x, 2 * T * B * IN, 0.9, 2, 1);
    fill_normal(g, T * B * OUT, 0.9, 2, 2);
    GOOD(fsnn_net_wrap(net, d, &plan));
    /* the second starts from a state; what a spike empties of that, the gradient of alpha misses */
    const int calls = loop && reset == FSNN_RESET_RESTART ? 1 : 2;
    for (int call = 0; call < calls; call++) {
        GOOD(fsnn_net_forward(net, x + call * T * B * IN, &y));
        memcpy(r->out, y, sizeof r->out);
        fsnn_net_zero_grad(net);
        GOOD(fsnn_net_backward(net, g, &gx));
        memcpy(r->in, gx, sizeof r->in);
    }
    memset(r->grad, 0, sizeof r->grad);
    int at = 0;
    for (int p = 0; p < fsnn_net_param_count(net); p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        for (int64_t i = 0; i < fsnn_shape_count(&param->shape); i++)
            r->grad[at++] = param->grad[i];
    }
    assert_true(at > 100 && at <= FSNN_COUNT(r->grad));
    r->rate = fsnn_net_rate(net, (int)VALID(fsnn_net_node_find(net, "n1")));
    fsnn_net_destroy(net);
}

/* Segments give the gradients of the whole, in a loop too. */
static void segments(void **state)
{
    (void)state;
    static result whole, parts;
    static const int64_t lengths[] = {1, 5, 24, 40, FSNN_CHECKPOINT_AUTO};
    int turn = 0;
    for (int n = 0; n < FSNN_COUNT(neurons); n++)
        for (int m = 0; m < FSNN_COUNT(methods); m++)
            for (int memory = 0; memory < 4; memory++, turn++) {
                if (!check_turn())
                    continue;
                fsnn_reset reset = resets[turn % FSNN_COUNT(resets)];
                fsnn_order order;
                fsnn_dynamics d = dynamics(&order, methods[m], memory);
                bool kept = memory % 3 == 0 && reset == FSNN_RESET_RESTART;
                if (!possible(n, methods[m], reset) || kept)
                    reset = FSNN_RESET_JUMP;
                for (int i = 0; i < 4; i++) {
                    const bool loop = i / 2;
                    int64_t length = lengths[(turn + 2 * i) % FSNN_COUNT(lengths)];
                    CASE("%s, %s, memory %d, reset %s, loop %d, segments of %d", neurons[n].kind,
                         fsnn_method_name(methods[m]), memory, fsnn_reset_name(reset), loop,
                         (int)length);
                    if (i % 2 == 0)
                        train_run(n, reset, loop, &d, 0, &whole);
                    train_run(n, reset, loop, &d, length, &parts);
                    CLOSE("output", parts.out, whole.out, T * B * OUT, 1e-4);
                    CLOSE("input gradient", parts.in, whole.in, T * B * IN, 4e-4);
                    CLOSE("gradient", parts.grad, whole.grad, 512, 4e-4);
                    assert_float_equal(parts.rate, whole.rate, 1e-4);
                }
            }
}

/* The shortest memory leaves one row for the segment before, and a state: gradients pass them, with
 * one state as with several. */
static void least_memory(void **state)
{
    (void)state;
    static float grad[2][64];
    fsnn_order order;
    fsnn_dynamics d = dynamics(&order, FSNN_GL, 3);
    for (int checkpoint = 0; checkpoint < 2; checkpoint++) {
        static float x[20 * 2], g[20 * 2];
        const float *gx;
        fsnn_net *net = net_new();
        fsnn_neuron o = FSNN_NEURON_DEFAULT;
        o.tau.value = 3;
        fill_normal(x, 40, 0.9, 2, 5);
        fill_normal(g, 40, 0.9, 2, 6);
        VALID(fsnn_net_lif(net, NULL, fsnn_net_input(net, FSNN_SHAPE(2)), &o));
        GOOD(fsnn_net_wrap(net, &d,
                           &(fsnn_plan){.steps = 20,
                                        .batch = 1,
                                        .training = true,
                                        .smooth = true,
                                        .input_gradient = true,
                                        .checkpoint = checkpoint ? 3 : 0}));
        GOOD(fsnn_net_forward(net, x, NULL));
        GOOD(fsnn_net_backward(net, g, &gx));
        memcpy(grad[checkpoint], gx, 40 * sizeof *gx);
        fsnn_net_destroy(net);
    }
    CLOSE("input gradient", grad[1], grad[0], 40, 1e-4);
}

/* ---- known solutions ---- */

/* States of one neuron of a kind under a current I(k), threshold out of reach or not. [K] each;
 * returns the spikes. */
static int lone(const char *kind, const fsnn_user *o, const fsnn_dynamics *d, int64_t K,
                const float *I, float *v, float *w, float *spikes)
{
    fsnn_net *net = net_new();
    const float *y;
    int fired = 0;
    int in = fsnn_net_input(net, FSNN_SHAPE(1));
    VALID(fsnn_net_add(net, kind, "n", &in, 1, o));
    GOOD(fsnn_net_wrap(net, d, &(fsnn_plan){.steps = K, .batch = 1, .record = true}));
    GOOD(fsnn_net_forward(net, I, &y));
    GOOD(fsnn_net_read_state(net, 1, 0, v));
    GOOD(fsnn_net_read_state(net, 1, 1, w));
    for (int64_t k = 0; k < K; k++)
        fired += y[k] != 0;
    if (spikes)
        memcpy(spikes, y, (size_t)K * sizeof *y);
    fsnn_net_destroy(net);
    return fired;
}

static int cuba_rhs(double t, const double *y, double *dydt, size_t n, void *user)
{
    (void)t, (void)n, (void)user;
    dydt[0] = (-y[0] + y[1]) / 2;
    dydt[1] = (-y[1] + 1.5) / 3;
    return 0;
}

/* cuba's step response is what the solver of systems gives, with orders of its own for each
 * state. */
static void solver(void **state)
{
    (void)state;
    enum { K = 120 };
    static float I[K], v[K], i[K];
    static double times[K], y[K][2];
    static const fsnn_method solvers[] = {FSNN_GL, FSNN_L1, FSNN_AB};
    for (int k = 0; k < K; k++) {
        I[k] = 1.5F;
        times[k] = 0.2 * (k + 1);
    }
    for (int m = 0; m < FSNN_COUNT(solvers); m++)
        for (int mask = 1; mask < 4; mask++) {
            CASE("solvers[%d], mask %d", m, mask);
            fsnn_order order = fsnn_order_of(0.55), orders[2];
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            fsnn_user o = {
                .neuron = FSNN_NEURON_DEFAULT, .params = 1, .param = {{"tau_syn", {.value = 3}}}};
            for (int s = 0; s < 2; s++) {
                orders[s] = fsnn_order_of(mask >> s & 1 ? 0.55 : 1);
                if (mask >> s & 1)
                    o.fractional[o.fractionals++] = s ? "i" : "v";
            }
            o.neuron.tau.value = 2;
            o.neuron.threshold.value = 1e6;
            o.neuron.reset = FSNN_RESET_NONE;
            d.method = solvers[m];
            d.step = 0.2;
            assert_int_equal(lone("cuba", &o, &d, K, I, v, i, NULL), 0);
            fsnn_fde fde = fsnn_fde_default(2, cuba_rhs, NULL);
            fde.method = solvers[m];
            fde.order = orders;
            fde.orders = 2;
            fde.step = 0.2;
            GOOD(fsnn_fde_solve(&fde, (double[]){0, 0}, times, K, y[0], NULL));
            for (int k = 0; k < K; k++) {
                assert_float_equal(v[k], y[k][0], 2e-6);
                assert_float_equal(i[k], y[k][1], 2e-6);
            }
            assert_true(v[K - 1] > 0.5F && (mask & 2 || fabs(i[K - 1] - 1.5) < 1e-3));
        }
}

/* At alpha = 1, v(t) = I (1 - (tau e^(-t/tau) - tau_syn e^(-t/tau_syn)) / (tau - tau_syn)): first
 * order in the step. */
static void step_response(void **state)
{
    (void)state;
    double error[2];
    for (int half = 0; half < 2; half++) {
        enum { MOST = 400 };
        static float I[MOST], v[MOST], i[MOST];
        double h = half ? 0.0125 : 0.025, tau = 2, syn = 0.7;
        int K = half ? 400 : 200;
        fsnn_order order = fsnn_order_of(1);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        fsnn_user o = {
            .neuron = FSNN_NEURON_DEFAULT, .params = 1, .param = {{"tau_syn", {.value = 0.7}}}};
        o.neuron.tau.value = tau;
        o.neuron.threshold.value = 10;
        d.step = h;
        for (int k = 0; k < K; k++)
            I[k] = 1;
        assert_int_equal(lone("cuba", &o, &d, K, I, v, i, NULL), 0);
        double t = h * K, exact = 1 - (tau * exp(-t / tau) - syn * exp(-t / syn)) / (tau - syn);
        error[half] = fabs((double)v[K - 1] - exact);
        assert_true(error[half] < 0.01);
        assert_float_equal(i[K - 1], 1 - exp(-t / syn), 1e-3);
    }
    double ratio = error[0] / error[1];
    assert_true(ratio > 1.8 && ratio < 2.2);
}

/* At alpha = 1 and step 1 alif is the classic loop (Bellec et al. 2018: rho = 1 - 1/tau_a), and its
 * intervals grow. */
static void adaptation(void **state)
{
    (void)state;
    enum { K = 150 };
    static float I[K], v[K], a[K], s[K];
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT};
    o.neuron.tau.value = 4;
    o.neuron.reset = FSNN_RESET_SUBTRACT;
    for (int k = 0; k < K; k++)
        I[k] = 3;
    assert_true(lone("alif", &o, &d, K, I, v, a, s) > 10);
    double mine = 0, eta = 0;
    int early = 0, late = 0;
    for (int k = 0; k < K; k++) {
        double p = mine + (3 - mine) / 4, z = p - 1 - 1.8 * eta >= 0;
        mine = p - z;
        eta += (z - eta) / 20;
        assert_float_equal(s[k], z, 0);
        assert_float_equal(v[k], mine, 1e-5);
        assert_float_equal(a[k], eta, 1e-6);
        early += k < 30 && z > 0;
        late += k >= K - 30 && z > 0;
    }
    assert_true(early > late && late > 2);
}

/* A state that is not fractional is what gl and l1 make of it at alpha = 1, to the bit; there is no
 * other difference to euler. */
static void integer_order(void **state)
{
    (void)state;
    static float x[T * B * HIDDEN];
    static run_out out[5];
    static const fsnn_method at_one[] = {FSNN_GL, FSNN_L1};
    fill_normal(x, T * B * HIDDEN, 0.9, 2, 1);
    for (int n = 0; n < FSNN_COUNT(neurons); n++) {
        CASE("neurons[%d]", n);
        memset(out, 0, sizeof out);
        for (int i = 0; i < FSNN_COUNT(out); i++) {
            fsnn_net *net = net_new();
            fsnn_user o = options(n, FSNN_RESET_SUBTRACT);
            fsnn_order order = fsnn_order_of(1);
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            d.step = 0.5;
            d.integrator = i < 4 ? FSNN_FDEINT : FSNN_ODEINT;
            d.method = i < 4 ? at_one[i % 2] : FSNN_EULER;
            o.fractionals = i < 2 ? 2 : 0;
            o.fractional[0] = "v";
            o.fractional[1] = n == 0 ? "i" : n == 1 ? "a" : "w";
            int in = fsnn_net_input(net, FSNN_SHAPE(HIDDEN));
            VALID(fsnn_net_add(net, neurons[n].kind, "n1", &in, 1, &o));
            GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = T, .batch = B, .record = true}));
            go(net, x, 0, T, T, &out[i]);
            assert_true(out[i].spikes > 1);
            fsnn_net_destroy(net);
            assert_memory_equal(out[0].y, out[i].y, sizeof out[0].y);
            assert_memory_equal(out[0].state, out[i].state, sizeof out[0].state);
        }
    }
}

/* Finite input gives finite numbers, forward and backward, whatever its size and that of the
 * parameters. */
static void extremes(void **state)
{
    (void)state;
    static const float sizes[] = {0, 1e-30F, 1, 1e6F, 1e18F, -1e18F};
    static float x[20 * 2 * 3], g[20 * 2 * 3];
    for (int n = 0; n < 2; n++)
        for (int i = 0; i < FSNN_COUNT(sizes); i++)
            for (int r = 0; r < FSNN_COUNT(resets); r++) {
                CASE("n %d, sizes[%d], resets[%d]", n, i, r);
                fsnn_net *net = net_new();
                const float *y, *gx;
                fsnn_order order;
                fsnn_dynamics d = dynamics(&order, FSNN_GL, i % 3);
                fsnn_user o = options(n, resets[r]);
                o.param[0].value.per = FSNN_PER_LAYER;
                int in = fsnn_net_input(net, FSNN_SHAPE(3));
                VALID(fsnn_net_add(net, neurons[n].kind, "n", &in, 1, &o));
                GOOD(fsnn_net_wrap(
                    net, &d,
                    &(fsnn_plan){
                        .steps = 20, .batch = 2, .training = true, .input_gradient = true}));
                for (int k = 0; k < FSNN_COUNT(x); k++) {
                    x[k] = sizes[i] * (float)(1 + k % 3);
                    g[k] = 1;
                }
                GOOD(fsnn_net_forward(net, x, &y));
                GOOD(fsnn_net_backward(net, g, &gx));
                for (int k = 0; k < FSNN_COUNT(x); k++)
                    assert_true((y[k] == 0 || y[k] == 1) && isfinite(gx[k]));
                for (int p = 0; p < fsnn_net_param_count(net); p++)
                    assert_true(isfinite(fsnn_net_param(net, p)->grad[0]));
                fsnn_net_destroy(net);
            }
}

/* ---- kinds, learning, looking ---- */

/* Kinds are their equations. */
static void kinds(void **state)
{
    (void)state;
    static float x[T * B * 3], out[2][T * B * 3];
    static const fsnn_user equal[] = {
        {.dv = "(-v + i)/tau",
         .states = 1,
         .state = {{"i", "(-i + I)/tau_syn", NULL, 0.25}},
         .params = 1,
         .param = {{"tau_syn", {.value = 2}}}},
        {.dv = "(-v + I)/tau",
         .spike = "v + dv - threshold - beta*a",
         .states = 1,
         .state = {{"a", "(-a + s)/tau_a", NULL, 0.25}},
         .params = 2,
         .param = {{"tau_a", {.value = 20}}, {"beta", {.value = 1.8}}}}};
    static const char *const texts[] = {
        "dv = (-v + i)/tau\ndi = (-i + I)/tau_syn",
        "dv = (-v + I)/tau\nda = (-a + s)/tau_a\nspike = v + dv - threshold - beta*a"};
    fill_normal(x, T * B * 3, 0.9, 2, 7);
    for (int n = 0; n < 2; n++) {
        for (int user = 0; user < 2; user++) {
            fsnn_net *net = net_new();
            const float *y;
            fsnn_node_info info;
            fsnn_order order = fsnn_order_of(0.7);
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            fsnn_user o =
                user ? equal[n]
                     : (fsnn_user){.states = 1, .state = {{.name = n ? "a" : "i", .start = 0.25}}};
            o.neuron = FSNN_NEURON_DEFAULT;
            o.neuron.tau.value = 2;
            int in = fsnn_net_input(net, FSNN_SHAPE(3));
            VALID(fsnn_net_add(net, user ? "user" : n ? "alif" : "cuba", "n", &in, 1, &o));
            GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = T, .batch = B}));
            GOOD(fsnn_net_forward(net, x, &y));
            memcpy(out[user], y, sizeof out[user]);
            assert_true(fsnn_net_rate(net, 1) > 0.02);
            GOOD(fsnn_net_node(net, 1, &info));
            assert_string_equal(info.equations, texts[n]);
            assert_int_equal(info.states, 2);
            fsnn_net_destroy(net);
        }
        assert_memory_equal(out[0], out[1], sizeof out[0]);
    }
}

/* Gradient descent finds the parameters of a teacher: the synapse's time constant; how much spikes
 * raise the threshold. */
static void learns(void **state)
{
    (void)state;
    static float x[T * B * 3], target[T * B * 3], g[T * B * 3];
    static const struct {
        const char *kind, *name, *param;
        double truth, begin;
    } rows[] = {{"cuba", "tau_syn", "n.tau_syn", 4, 2}, {"alif", "beta", "n.beta", 1.2, 0.4}};
    fill_normal(x, T * B * 3, 0.9, 2, 7);
    for (int r = 0; r < FSNN_COUNT(rows); r++) {
        CASE("rows[%d]", r);
        double last = 0;
        for (int student = 0; student < 2; student++) {
            fsnn_net *net = net_new();
            const float *y;
            fsnn_order order = fsnn_order_of(0.7);
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            fsnn_user o = {
                .neuron = FSNN_NEURON_DEFAULT,
                .params = 1,
                .param = {{rows[r].name,
                           {.value = student ? rows[r].begin : rows[r].truth, .learn = true}}}};
            o.neuron.tau.value = 2;
            o.neuron.surrogate.scale = 1.5;
            int in = fsnn_net_input(net, FSNN_SHAPE(3));
            VALID(fsnn_net_add(net, rows[r].kind, "n", &in, 1, &o));
            GOOD(fsnn_net_wrap(
                net, &d, &(fsnn_plan){.steps = T, .batch = B, .training = true, .smooth = true}));
            float *value = fsnn_net_param_find(net, rows[r].param)->value;
            const float *grad = fsnn_net_param_find(net, rows[r].param)->grad;
            double size = 0.5;
            float before = 0;
            for (int i = 0; i < (student ? 80 : 1); i++) {
                GOOD(fsnn_net_reset(net));
                GOOD(fsnn_net_forward(net, x, &y));
                if (!student)
                    memcpy(target, y, sizeof target);
                for (int k = 0; k < T * B * 3; k++)
                    g[k] = y[k] - target[k];
                fsnn_net_zero_grad(net);
                GOOD(fsnn_net_backward(net, g, NULL));
                size *=
                    i && (grad[0] > 0) != (before > 0) ? 0.5 : 1; /* steps of the gradient's sign */
                before = grad[0];
                value[0] -= student ? (float)(size * (grad[0] > 0 ? 1 : -1) * 0.4) : 0;
                GOOD(fsnn_net_params_changed(net));
            }
            last = value[0];
            fsnn_net_destroy(net);
        }
        assert_float_equal(last, rows[r].truth, 0.01);
    }
}

/* States of images, which lie channels-last inside, come out as the loop over what the layer
 * received. */
static void images(void **state)
{
    (void)state;
    enum { C = 3, S = 4, K = 9, ALL = 2 * C * S * S };
    static float x[K * 2 * 2 * S * S], current[K * ALL], spikes[K * ALL], values[2][K * ALL];
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT};
    fsnn_conv2d conv = square_conv(C, 3, 1);
    o.neuron.tau.value = 2;
    fill_normal(x, FSNN_COUNT(x), 0.9, 2, 3);
    int at = fsnn_net_conv2d(net, "c", fsnn_net_input(net, FSNN_SHAPE(2, S, S)), &conv);
    VALID(fsnn_net_add(net, "alif", "n", &at, 1, &o));
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = K, .batch = 2, .record = true, .seed = 2}));
    GOOD(fsnn_net_forward(net, x, NULL));
    GOOD(fsnn_net_read(net, 2, FSNN_RECORD_CURRENT, current));
    GOOD(fsnn_net_read(net, 2, FSNN_RECORD_SPIKES, spikes));
    GOOD(fsnn_net_read(net, 2, FSNN_RECORD_V, values[0]));
    GOOD(fsnn_net_read_state(net, 2, 1, values[1]));
    assert_string_equal(fsnn_net_state_name(net, 2, 1), "a");
    assert_null(fsnn_net_state_name(net, 2, 2));
    assert_null(fsnn_net_state_name(net, 1, 0));
    REFUSED(fsnn_net_read_state(net, 2, 2, values[1]), ANY_ERROR,
            "\"n\" has no state number 2: its states are 0 to 1");
    for (int n = 0; n < ALL; n++) {
        double v = 0, a = 0;
        for (int k = 0; k < K; k++) {
            double dv = ((double)current[k * ALL + n] - v) / 2, s = spikes[k * ALL + n];
            v += dv - s / 2;
            a += (s - a) / 20;
            assert_float_equal(values[0][k * ALL + n], v, 1e-5);
            assert_float_equal(values[1][k * ALL + n], a, 1e-6);
        }
    }
    fsnn_net_destroy(net);
}

/* ---- errors ---- */

static void errors(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_user o = options(2, FSNN_RESET_CURRENT);
    static const fsnn_method not [] = {FSNN_TRAP, FSNN_ABM, FSNN_ML};
    for (int i = 0; i < FSNN_COUNT(not ); i++) {
        d.method = not [i];
        refuse_neuron("user", &o, &d, "user \"mine\": it has 3 states, which method");
        refuse_neuron("user", &o, &d, "cannot advance together: gl, l1, ab and euler can");
    }
    d.method = FSNN_L1;
    d.implicit = true;
    refuse_neuron("user", &o, &d, "would have to be solved for together: leave `implicit` out");
    d.implicit = false;
    d.method = FSNN_AB;
    o = options(0, FSNN_RESET_SUBTRACT);
    refuse_neuron("cuba", &o, &d,
                  "reset subtract overwrites the potential, but method ab remembers the drive");
    o = options(2, FSNN_RESET_CURRENT);
    o.state[1].derivative = "(-u + q)/3";
    refuse_neuron("user", &o, NULL,
                  "user \"mine\": du: \"(-u + q)/3\", column 7: there is no name \"q\"");
    o = options(2, FSNN_RESET_CURRENT);
    o.dv = "-v + s";
    refuse_neuron("user", &o, NULL,
                  "\"s\" is known in after_spike and the equations of the other states only");
    o = options(2, FSNN_RESET_CURRENT);
    o.state[1].derivative = NULL;
    refuse_neuron("user", &o, NULL, "the neuron has no state \"u\": du: \"...\" would make it");
    o = options(2, FSNN_RESET_CURRENT);
    o.fractionals = 0;
    o.state[1].name = "w";
    refuse_neuron("user", &o, NULL, "the neuron has the name \"w\" twice");
    o.state[1].name = "spikes";
    refuse_neuron("user", &o, NULL, "cannot be called \"spikes\"");
    o.state[1].name = NULL;
    refuse_neuron("user", &o, NULL, "a state of the neuron has no name");
    o = options(2, FSNN_RESET_CURRENT);
    o.state[0].start = INFINITY;
    refuse_neuron("user", &o, NULL, "the neuron's state \"w\" is inf at time 0");
    o = options(2, FSNN_RESET_CURRENT);
    o.fractional[1] = "x";
    refuse_neuron("user", &o, NULL, "fractional: there is no state \"x\"; the neuron has v, w, u");
    o.fractionals = 5;
    refuse_neuron("user", &o, NULL, "fractional: 5 names");
    o = options(2, FSNN_RESET_CURRENT);
    o.states = 4;
    refuse_neuron("user", &o, NULL, "the neuron has 4 states beside v: up to 3 can be had");
    o = (fsnn_user){.neuron = FSNN_NEURON_DEFAULT, .states = 1, .state = {{"w", "-w", NULL, 0}}};
    refuse_neuron("alif", &o, NULL, "the alif neuron has its own equations");
    o.state[0].derivative = NULL;
    refuse_neuron("alif", &o, NULL, "kind alif has no state \"w\"");
    o = (fsnn_user){
        .neuron = FSNN_NEURON_DEFAULT, .params = 1, .param = {{"tau_syn", {.value = 0}}}};
    refuse_neuron("cuba", &o, NULL,
                  "kind cuba: the parameter \"tau_syn\" is 0: it must be positive");
    o = options(2, FSNN_RESET_CURRENT);
    o.dv = NULL;
    o.spike = NULL;
    o.callback = "mine";
    refuse_neuron("user", &o, NULL, "the neuron has equations and the callback \"mine\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks),   cmocka_unit_test(damaged),
        cmocka_unit_test(segments), cmocka_unit_test(least_memory),
        cmocka_unit_test(solver),   cmocka_unit_test(step_response),
        cmocka_unit_test(kinds),    cmocka_unit_test(adaptation),
        cmocka_unit_test(learns),   cmocka_unit_test(images),
        cmocka_unit_test(errors),   cmocka_unit_test(integer_order),
        cmocka_unit_test(extremes), cmocka_unit_test(longer_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
