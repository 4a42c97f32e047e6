/* Terms beside a loss: penalties of rates and potentials against formulas written out, gradients
 * against differences, in every way a net computes. */
#include "nets.h"

enum { K = 6, B = 3, IN = 5, N = 7, OUT = 2, ALL = K * B * IN };

typedef struct way {
    const char *kind;
    fsnn_reset reset;
    bool smooth, wide, loop, rests;
    int64_t checkpoint;
} way;

/* in -> fc1 -> n1 (-> loop) -> fc2 -> n2 */
static fsnn_net *net_of(const way *w, int *first)
{
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(0.7);
    order.learn_alpha = true;
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.precision = w->wide ? FSNN_PRECISION_DOUBLE : FSNN_PRECISION_SINGLE;
    fsnn_neuron neuron = FSNN_NEURON_DEFAULT;
    neuron.tau = (fsnn_value){.value = 1.5, .learn = true};
    neuron.threshold = (fsnn_value){.value = 0.8, .learn = true};
    neuron.reset = w->reset;
    neuron.detach_reset = false;
    if (w->rests) {
        neuron.rest = (fsnn_value){.value = -0.3, .learn = true};
        neuron.resistance = (fsnn_value){.value = 1.2, .learn = true};
        neuron.v0 = -0.2;
        neuron.v_reset = (fsnn_value){.value = -0.1, .learn = w->reset == FSNN_RESET_VALUE};
    }
    fsnn_plan plan = {.steps = K,
                      .batch = B,
                      .training = true,
                      .smooth = w->smooth,
                      .checkpoint = w->checkpoint,
                      .seed = 3};
    int node = fsnn_net_input(net, FSNN_SHAPE(IN));
    if (w->loop) {
        int back =
            fsnn_net_add(net, "delay", "back", NULL, 0, &(fsnn_delay){.of = "n1", .steps = 1});
        int side = fsnn_net_linear(net, "fcb", back, N, false);
        int in[2] = {fsnn_net_linear(net, "fc1", node, N, true), side};
        node = fsnn_net_add(net, "add", "sum", in, 2, NULL);
    } else {
        node = fsnn_net_linear(net, "fc1", node, N, true);
    }
    fsnn_user user = {.neuron = neuron};
    if (strcmp(w->kind, "lif") != 0) {
        assert_true(fsnn_kind_defaults(w->kind, &user) >= 0);
        user.neuron = neuron;
    }
    node = fsnn_net_add(net, w->kind, "n1", &node, 1, &user);
    *first = fsnn_net_node_find(net, "n1");
    node = fsnn_net_linear(net, "fc2", node, OUT, true);
    node = fsnn_net_lif(net, "n2", node, &neuron);
    assert_true(node >= 0 && *first > 0);
    GOOD(fsnn_net_wrap(net, &dynamics, &plan));
    for (int i = 0; i < fsnn_net_param_count(net); i++) /* neurons that fire now and then */
        if (strstr(fsnn_net_param(net, i)->name, "weight")) {
            const fsnn_param *p = fsnn_net_param(net, i);
            for (int64_t k = 0; k < fsnn_shape_count(&p->shape); k++)
                w->wide ? (p->value64[k] *= 3) : (p->value[k] *= 3);
        }
    GOOD(fsnn_net_params_changed(net));
    return net;
}

static void run(fsnn_net *net, const way *w, const double *x, bool back)
{
    static const double zero[K * B * OUT] = {0};
    static float y[ALL], none[K * B * OUT]; /* read until backward is over */
    for (int i = 0; i < ALL; i++)
        y[i] = (float)x[i];
    GOOD(fsnn_net_reset(net));
    if (w->wide) {
        const double *out;
        GOOD(fsnn_net_forward_double(net, x, &out));
        if (back)
            GOOD(fsnn_net_backward_double(net, zero, NULL));
        return;
    }
    const float *out;
    GOOD(fsnn_net_forward(net, y, &out));
    if (back)
        GOOD(fsnn_net_backward(net, none, NULL));
}

static const int64_t lengths[B] = {6, 2, 4};

static void input_of(double *x)
{
    for (int i = 0; i < ALL; i++)
        x[i] = fsnn_random_normal(8, 0, (uint64_t)i);
}

static void penalties_of(int first, fsnn_penalty list[6])
{
    const fsnn_penalty all[6] = {
        {FSNN_PENALTY_RATE, first, FSNN_PENALTY_NEURON, 0.3, 0.4, 2},
        {FSNN_PENALTY_RATE, first, FSNN_PENALTY_LAYER, -INFINITY, 0.1, 3},
        {FSNN_PENALTY_RATE, first, FSNN_PENALTY_BATCH, 0.35, INFINITY, 1.5},
        {FSNN_PENALTY_POTENTIAL, first, FSNN_PENALTY_NEURON, -0.2, 0.3, 0.7},
        {FSNN_PENALTY_POTENTIAL, first + 2, FSNN_PENALTY_NEURON, -INFINITY, 0.1, 1},
        {FSNN_PENALTY_RATE, first + 2, FSNN_PENALTY_NEURON, 0.2, 0.21, 4},
    };
    memcpy(list, all, sizeof all);
}

/* ---- formulas ---- */

static double h(const fsnn_penalty *p, double x)
{
    double low = fmax(0, p->min - x), high = fmax(0, x - p->max);
    return low * low + high * high;
}

static double rates(const fsnn_penalty *p, const double *s, int n, const int64_t *T)
{
    double sum = 0, r[B][N], along[B] = {0}, across[N] = {0};
    for (int b = 0; b < B; b++)
        for (int i = 0; i < n; i++) {
            r[b][i] = 0;
            for (int k = 0; k < T[b]; k++)
                r[b][i] += s[(k * B + b) * n + i] / (double)T[b];
            along[b] += r[b][i] / n;
            across[i] += r[b][i] / B;
        }
    for (int b = 0; b < B && p->mean == FSNN_PENALTY_NEURON; b++)
        for (int i = 0; i < n; i++)
            sum += h(p, r[b][i]) / (B * n);
    for (int b = 0; b < B && p->mean == FSNN_PENALTY_LAYER; b++)
        sum += h(p, along[b]) / B;
    for (int i = 0; i < n && p->mean == FSNN_PENALTY_BATCH; i++)
        sum += h(p, across[i]) / n;
    return sum;
}

static double potentials(const fsnn_penalty *p, const double *v, int n, const int64_t *T)
{
    double sum = 0, count = 0;
    for (int b = 0; b < B; b++)
        for (int k = 0; k < T[b]; k++)
            for (int i = 0; i < n; i++, count++)
                sum += h(p, v[(k * B + b) * n + i]);
    return sum / count;
}

/* What the net says of the penalties is what the formulas make of its spikes and potentials. */
static void formulas(void **state)
{
    (void)state;
    NEEDS("double precision");
    static const fsnn_reset resets[] = {FSNN_RESET_CURRENT, FSNN_RESET_SUBTRACT, FSNN_RESET_JUMP};
    static const int64_t whole[B] = {K, K, K};
    double x[ALL], seen[K * B * N], spikes[K * B * N], value;
    int first;
    input_of(x);
    for (int r = 0; r < FSNN_COUNT(resets); r++)
        for (int masked = 0; masked < 2; masked++) {
            way w = {.kind = "lif", .reset = resets[r], .wide = true};
            CASE("reset %d%s", (int)w.reset, masked ? ", padded" : "");
            fsnn_penalty list[6];
            fsnn_net *net = net_of(&w, &first);
            penalties_of(first, list);
            fsnn_plan plan = {.steps = K, .batch = B, .record = true, .seed = 3};
            GOOD(fsnn_net_replan(net, &plan));
            run(net, &w, x, false);
            fsnn_record seen_by = w.reset == FSNN_RESET_CURRENT ? FSNN_RECORD_V : FSNN_RECORD_TEST;
            double expected[6];
            for (int i = 0; i < 6; i++) {
                GOOD(fsnn_net_read_double(net, list[i].node, seen_by, seen));
                GOOD(fsnn_net_read_double(net, list[i].node, FSNN_RECORD_SPIKES, spikes));
                const int64_t *T = masked ? lengths : whole;
                int n = list[i].node == first ? N : OUT;
                expected[i] = list[i].kind == FSNN_PENALTY_RATE ? rates(&list[i], spikes, n, T)
                                                                : potentials(&list[i], seen, n, T);
                assert_true(expected[i] > 0);
            }
            plan.record = false;
            plan.training = true;
            GOOD(fsnn_net_replan(net, &plan));
            GOOD(fsnn_net_penalize(net, list, 6));
            GOOD(fsnn_net_lengths(net, lengths, masked ? B : 0));
            run(net, &w, x, true);
            for (int i = 0; i < 6; i++) {
                GOOD(fsnn_net_penalty(net, i, &value));
                WITHIN("penalty", value, expected[i], 1e-12);
            }
            fsnn_net_destroy(net);
        }
}

/* ---- gradients ---- */

static double total(fsnn_net *net, const way *w, const double *x, const fsnn_penalty *list)
{
    double sum = 0, value;
    run(net, w, x, true);
    for (int i = 0; i < 6; i++) {
        GOOD(fsnn_net_penalty(net, i, &value));
        sum += list[i].weight * value;
    }
    return sum;
}

static double difference(fsnn_net *net, const way *w, const double *x, const fsnn_penalty *list,
                         double *number)
{
    const double e = 1e-6, was = *number;
    double side[2];
    for (int s = 0; s < 2; s++) {
        *number = was + (s ? -e : e);
        GOOD(fsnn_net_params_changed(net));
        side[s] = total(net, w, x, list);
    }
    *number = was;
    GOOD(fsnn_net_params_changed(net));
    return (side[0] - side[1]) / (2 * e);
}

static const way ways[] = {
    {.kind = "lif", .reset = FSNN_RESET_CURRENT},
    {.kind = "lif", .reset = FSNN_RESET_NONE},
    {.kind = "lif", .reset = FSNN_RESET_SUBTRACT},
    {.kind = "lif", .reset = FSNN_RESET_VALUE},
    {.kind = "lif", .reset = FSNN_RESET_JUMP},
    {.kind = "lif", .reset = FSNN_RESET_SUBTRACT, .loop = true},
    {.kind = "lif", .reset = FSNN_RESET_JUMP, .loop = true},
    {.kind = "lif", .reset = FSNN_RESET_CURRENT, .checkpoint = 2},
    {.kind = "lif", .reset = FSNN_RESET_SUBTRACT, .checkpoint = 4},
    {.kind = "lif", .reset = FSNN_RESET_CURRENT, .rests = true},
    {.kind = "lif", .reset = FSNN_RESET_NONE, .rests = true, .checkpoint = 2},
    {.kind = "lif", .reset = FSNN_RESET_SUBTRACT, .rests = true, .loop = true},
    {.kind = "lif", .reset = FSNN_RESET_VALUE, .rests = true},
    {.kind = "lif", .reset = FSNN_RESET_JUMP, .rests = true},
    {.kind = "noisy", .reset = FSNN_RESET_DELTA, .rests = true},
    {.kind = "qif", .reset = FSNN_RESET_SUBTRACT},
    {.kind = "alif", .reset = FSNN_RESET_SUBTRACT},
    {.kind = "cuba", .reset = FSNN_RESET_JUMP},
};

static void gradients(void **state)
{
    (void)state;
    NEEDS("double precision");
    double x[ALL];
    int first;
    input_of(x);
    for (int i = 0; i < FSNN_COUNT(ways); i++) {
        way w = ways[i];
        w.wide = w.smooth = true;
        CASE("%s, reset %d%s, segments of %d", w.kind, (int)w.reset, w.loop ? ", in a loop" : "",
             (int)w.checkpoint);
        fsnn_penalty list[6];
        fsnn_net *net = net_of(&w, &first);
        penalties_of(first, list);
        GOOD(fsnn_net_penalize(net, list, 6));
        GOOD(fsnn_net_lengths(net, lengths, i % 2 ? B : 0));
        int compared = 0;
        for (int p = 0; p < fsnn_net_param_count(net); p++) {
            const fsnn_param *param = fsnn_net_param(net, p);
            CASE("%s", param->name);
            for (int64_t n = 0; param->learn && n < fsnn_shape_count(&param->shape); n += 3) {
                fsnn_net_zero_grad(net);
                total(net, &w, x, list);
                double gradient = param->grad64[n];
                WITHIN("gradient", gradient, difference(net, &w, x, list, &param->value64[n]),
                       1e-6 * (1 + fabs(gradient)));
                compared++;
            }
        }
        assert_true(compared > 20);
        fsnn_net_destroy(net);
    }
}

/* Single precision gives the gradients of double precision, whatever walks through time. */
static void in_single(void **state)
{
    (void)state;
    NEEDS("double precision");
    double x[ALL];
    int first;
    input_of(x);
    for (int i = 0; i < FSNN_COUNT(ways); i++) {
        CASE("%s, reset %d%s, segments of %d", ways[i].kind, (int)ways[i].reset,
             ways[i].loop ? ", in a loop" : "", (int)ways[i].checkpoint);
        fsnn_net *net[2];
        for (int wide = 0; wide < 2; wide++) {
            way w = ways[i];
            fsnn_penalty list[6];
            w.wide = wide;
            w.smooth = true;
            net[wide] = net_of(&w, &first);
            for (int p = 0; wide && p < fsnn_net_param_count(net[0]); p++) {
                const fsnn_param *from = fsnn_net_param(net[0], p), *to = fsnn_net_param(net[1], p);
                for (int64_t n = 0; n < fsnn_shape_count(&from->shape); n++)
                    to->value64[n] = (double)from->value[n];
            }
            GOOD(fsnn_net_params_changed(net[wide]));
            penalties_of(first, list);
            GOOD(fsnn_net_penalize(net[wide], list, 6));
            fsnn_net_zero_grad(net[wide]);
            total(net[wide], &w, x, list);
        }
        for (int p = 0; p < fsnn_net_param_count(net[0]); p++) {
            const fsnn_param *a = fsnn_net_param(net[0], p), *b = fsnn_net_param(net[1], p);
            for (int64_t n = 0; a->learn && n < fsnn_shape_count(&a->shape); n++)
                NEAR(a->name, (double)a->grad[n], b->grad64[n], 2e-4);
        }
        fsnn_net_destroy(net[0]);
        fsnn_net_destroy(net[1]);
    }
}

/* Penalties that are off, or bounds that hold, leave the bits of the gradients. */
static void idle(void **state)
{
    (void)state;
    float *was = NULL;
    int first;
    double x[ALL];
    input_of(x);
    for (int c = 0; c < 3; c++) {
        way w = {.kind = "lif", .reset = FSNN_RESET_CURRENT};
        fsnn_net *net = net_of(&w, &first);
        const fsnn_penalty wide[2] = {
            {FSNN_PENALTY_RATE, first, FSNN_PENALTY_NEURON, 0, 1, 1},
            {FSNN_PENALTY_POTENTIAL, first, FSNN_PENALTY_NEURON, -100, 100, 1}};
        GOOD(fsnn_net_penalize(net, wide, c ? 2 : 0));
        if (c == 2)
            GOOD(fsnn_net_penalize(net, NULL, 0));
        float g[K * B * OUT];
        for (int i = 0; i < K * B * OUT; i++)
            g[i] = (float)fsnn_random_normal(1, 1, (uint64_t)i);
        fsnn_net_zero_grad(net);
        run(net, &w, x, false);
        GOOD(fsnn_net_backward(net, g, NULL));
        int64_t count = 0;
        for (int p = 0; p < fsnn_net_param_count(net); p++)
            count += fsnn_shape_count(&fsnn_net_param(net, p)->shape);
        float *now = fsnn_alloc((size_t)count * sizeof *now), *at = now;
        for (int p = 0; p < fsnn_net_param_count(net); p++) {
            const fsnn_param *param = fsnn_net_param(net, p);
            for (int64_t n = 0; n < fsnn_shape_count(&param->shape); n++)
                *at++ = param->learn ? param->grad[n] : 0;
        }
        for (int64_t n = 0; was && n < count; n++)
            if (was[n] != now[n])
                fail_msg("gradient %d: %.9g, without penalties %.9g", (int)n, (double)now[n],
                         (double)was[n]);
        fsnn_free(was);
        was = now;
        fsnn_net_destroy(net);
    }
    fsnn_free(was);
}

static void refused(void **state)
{
    (void)state;
    way w = {.kind = "lif", .reset = FSNN_RESET_CURRENT};
    int first;
    double value;
    fsnn_net *net = net_of(&w, &first), *bare = net_new();
    fsnn_penalty p = {FSNN_PENALTY_RATE, first, FSNN_PENALTY_NEURON, 0.5, 0.1, 1};
    REFUSED(fsnn_net_penalize(net, &p, 1), FSNN_EARGUMENT, "min 0.5 and max 0.1");
    p.min = -INFINITY, p.max = INFINITY;
    REFUSED(fsnn_net_penalize(net, &p, 1), FSNN_EARGUMENT, "without a bound");
    p.max = -0.5;
    REFUSED(fsnn_net_penalize(net, &p, 1), FSNN_EARGUMENT, "from 0 to 1");
    p.max = 0.5, p.weight = NAN;
    REFUSED(fsnn_net_penalize(net, &p, 1), FSNN_EARGUMENT, "weight");
    p.weight = 1, p.node = 1;
    REFUSED(fsnn_net_penalize(net, &p, 1), FSNN_EARGUMENT, "no neuron layer");
    REFUSED(fsnn_net_penalize(bare, &p, 1), FSNN_ESTATE, "not wrapped");
    REFUSED(fsnn_net_penalty(net, 0, &value), FSNN_EARGUMENT, "the net has 0");
    fsnn_penalty many[5];
    for (int i = 0; i < 5; i++)
        many[i] = (fsnn_penalty){FSNN_PENALTY_POTENTIAL, first, FSNN_PENALTY_NEURON, 0, i, 1};
    REFUSED(fsnn_net_penalize(net, many, 5), FSNN_EARGUMENT, "more than 4 penalties");
    REFUSED(fsnn_net_lengths(net, (const int64_t[2]){3, 0}, 2), FSNN_EARGUMENT, "sample 1 has 0");
    p.node = first;
    GOOD(fsnn_net_penalize(net, &p, 1));
    GOOD(fsnn_net_lengths(net, lengths, 2));
    float x[ALL] = {0};
    const float *out;
    REFUSED(fsnn_net_forward(net, x, &out), FSNN_EARGUMENT, "of 2 samples, but a batch of 3");
    fsnn_net_destroy(net);
    fsnn_net_destroy(bare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas), cmocka_unit_test(gradients), cmocka_unit_test(in_single),
        cmocka_unit_test(idle),     cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
