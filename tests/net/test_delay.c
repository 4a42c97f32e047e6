/* Delays of any number of steps, of a layer, a channel or a neuron: what they give and what their
 * gradients are, in any layout, cut of time and loop; what cannot be. Asked for in lava issue
 * 237. */
#include "double.h"
#include "nets.h"

enum { C = 2, H = 2, W = 3, N = C * H * W, B = 3, T = 17, SIZE = T * B * N };

static const int64_t each[N] = {0, 1, 2, 3, 0, 5, 9, 1, 1, 4, 30, 2}, by_channel[C] = {4, 0};

static const fsnn_delay forms[] = {
    {.steps = 0},
    {.steps = 1},
    {.steps = 5},
    {.steps = T + 3},
    {.each = each, .count = N, .per = FSNN_PER_NEURON},
    {.each = by_channel, .count = C, .per = FSNN_PER_CHANNEL},
};

static int64_t lag(const fsnn_delay *o, int i)
{
    return !o->each ? o->steps : o->each[o->per == FSNN_PER_CHANNEL ? i / (H * W) : i];
}

/* Input - (1x1 convolution, the identity in another layout) - delay - flat. */
static fsnn_net *build(const fsnn_delay *o, bool last)
{
    fsnn_net *net = net_new();
    const fsnn_conv2d conv = square_conv(C, 1, 0);
    int x = fsnn_net_input(net, FSNN_SHAPE(C, H, W));
    x = last ? fsnn_net_conv2d(net, "turn", x, &conv) : x;
    x = o->of ? fsnn_net_add(net, "delay", "d", NULL, 0, o)
              : fsnn_net_add(net, "delay", "d", &x, 1, o);
    VALID(fsnn_net_flatten(net, NULL, x));
    return net;
}

static void wrap(fsnn_net *net, const fsnn_plan *plan)
{
    fsnn_order order = fsnn_order_of(0.7);
    const fsnn_dynamics d = fsnn_dynamics_default(&order);
    GOOD(fsnn_net_wrap(net, &d, plan));
    const fsnn_param *weight = fsnn_net_param_find(net, "turn.weight"),
                     *bias = fsnn_net_param_find(net, "turn.bias");
    for (int i = 0; weight && i < C * C; i++)
        weight->value[i] = i % (C + 1) == 0;
    if (bias)
        memset(bias->value, 0, sizeof *bias->value * C);
}

static float at(const float *x, int64_t k, int b, int i)
{
    return k < 0 || k >= T ? 0 : x[(k * B + b) * N + i];
}

#define EACH_NUMBER                                                                                \
    for (int k = 0; k < T; k++)                                                                    \
        for (int b = 0; b < B; b++)                                                                \
            for (int i = 0; i < N; i++)

static void shifts(void **state)
{
    (void)state;
    static float x[SIZE], g[SIZE];
    fill_normal(x, SIZE, 0, 1, 1);
    fill_normal(g, SIZE, 0, 1, 2);
    for (int f = 0; f < (int)FSNN_COUNT(forms); f++)
        for (int way = 0; way < 6; way++) {
            static const int64_t checkpoint[] = {0, 4, 5};
            const bool last = way % 2;
            const float *y, *gx;
            CASE("form %d, %s, segments of %d", f, last ? "channels-last" : "plain",
                 (int)checkpoint[way / 2]);
            fsnn_net *net = build(&forms[f], last);
            wrap(net, &(fsnn_plan){.steps = T,
                                   .batch = B,
                                   .training = true,
                                   .input_gradient = true,
                                   .checkpoint = checkpoint[way / 2]});
            for (int run = 0; run < 2; run++) { /* the second finds nothing of the first */
                GOOD(fsnn_net_reset(net));
                GOOD(fsnn_net_forward(net, x, &y));
                EACH_NUMBER assert_true(at(y, k, b, i) == at(x, k - lag(&forms[f], i), b, i));
                GOOD(fsnn_net_backward(net, g, &gx));
                EACH_NUMBER assert_true(at(gx, k, b, i) == at(g, k + lag(&forms[f], i), b, i));
            }
            fsnn_net_destroy(net);
        }
}

/* Chunks, and a state that goes to another net on the way. */
static void pieces(void **state)
{
    (void)state;
    static float x[SIZE];
    fill_normal(x, SIZE, 0, 1, 1);
    for (int f = 0; f < (int)FSNN_COUNT(forms); f++)
        for (int loop = 0; loop < 2; loop++) {
            fsnn_delay o = forms[f];
            o.of = loop ? "input" : NULL;
            if (loop && (f == 0 || f >= 4))
                continue;
            CASE("form %d, %s", f, loop ? "of a name" : "of a source");
            fsnn_net *net[2] = {build(&o, false), build(&o, false)};
            int now = 0;
            for (int n = 0; n < 2; n++)
                wrap(net[n], &(fsnn_plan){.steps = 3, .batch = B});
            for (int k = 0; k < T; k++) {
                const float *y;
                fsnn_plan plan = {.steps = k == 6 ? 3 : 1, .batch = B};
                GOOD(fsnn_net_replan(net[now], &plan));
                GOOD(fsnn_net_forward(net[now], x + k * B * N, &y));
                for (int i = 0; i < plan.steps * B * N; i++)
                    assert_true(y[i] == at(x, k + i / (B * N) - lag(&o, i % N), i / N % B, i % N));
                k += (int)plan.steps - 1;
                if (k % 5 != 4)
                    continue;
                int64_t size = fsnn_net_state_bytes(net[now]);
                void *saved = malloc((size_t)size + 1);
                GOOD(fsnn_net_state_save(net[now], saved));
                now = !now;
                GOOD(fsnn_net_state_load(net[now], saved, size));
                free(saved);
            }
            fsnn_net_destroy(net[0]);
            fsnn_net_destroy(net[1]);
        }
}

/* linear - (+ spikes of `steps` before) - lif, fed back by one delay, by a delay of one step and
 * another of the rest, or by lags of every neuron. */
enum { IN = 4, NEURONS = 6 };
static const int64_t lags[NEURONS] = {1, 2, 3, 4, 5, 1}, rest[NEURONS] = {0, 1, 2, 3, 4, 0},
                     same[NEURONS] = {3, 3, 3, 3, 3, 3};

static fsnn_net *looped(const fsnn_delay *first, const fsnn_delay *second)
{
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau = (fsnn_value){.value = 2, .learn = true};
    lif.threshold.value = 0.4;
    lif.surrogate.scale = 1.5;
    lif.detach_reset = false;
    fsnn_net *net = net_new();
    int x = fsnn_net_linear(net, "in", fsnn_net_input(net, FSNN_SHAPE(IN)), NEURONS, true);
    int back = (int)VALID(fsnn_net_add(net, "delay", "before", NULL, 0, first));
    if (second)
        back = (int)VALID(fsnn_net_add(net, "delay", "more", &back, 1, second));
    back = fsnn_net_linear(net, "w", back, NEURONS, false);
    x = fsnn_net_add(net, "add", NULL, (int[]){x, back}, 2, NULL);
    VALID(fsnn_net_lif(net, "n", x, &lif));
    return net;
}

typedef struct results {
    float y[T * B * NEURONS], w[NEURONS * NEURONS], tau;
} results;

static void run(fsnn_net *net, int64_t checkpoint, results *r)
{
    static float x[T * B * IN], g[T * B * NEURONS];
    const float *y;
    fill_normal(x, T * B * IN, 0.5, 1, 1);
    fill_normal(g, T * B * NEURONS, 0, 1, 2);
    wrap(net, &(fsnn_plan){
                  .steps = T, .batch = B, .training = true, .seed = 5, .checkpoint = checkpoint});
    GOOD(fsnn_net_forward(net, x, &y));
    memcpy(r->y, y, sizeof r->y);
    GOOD(fsnn_net_backward(net, g, NULL));
    memcpy(r->w, fsnn_net_param_find(net, "w.weight")->grad, sizeof r->w);
    r->tau = fsnn_net_param_find(net, "n.tau")->grad[0];
    fsnn_net_destroy(net);
}

#define OF_N .of = "n", .shape = FSNN_SHAPE(NEURONS)

static void loops(void **state)
{
    (void)state;
    static results want, got;
    const fsnn_delay one = {OF_N, .steps = 1}, three = {OF_N, .steps = 3}, two = {.steps = 2},
                     all = {OF_N, .each = same, .count = NEURONS, .per = FSNN_PER_NEURON},
                     own = {OF_N, .each = lags, .count = NEURONS, .per = FSNN_PER_NEURON},
                     more = {.each = rest, .count = NEURONS, .per = FSNN_PER_NEURON};
    run(looped(&three, NULL), 0, &want);
    run(looped(&one, &two), 0, &got);
    assert_memory_equal(&got, &want, sizeof want);
    run(looped(&all, NULL), 0, &got);
    assert_memory_equal(&got, &want, sizeof want);
    run(looped(&own, NULL), 0, &want);
    run(looped(&one, &more), 0, &got);
    assert_memory_equal(&got, &want, sizeof want);
    run(looped(&own, NULL), 4, &got);
    assert_memory_equal(got.y, want.y, sizeof want.y);
    CLOSE("gradient of the feedback, in segments", got.w, want.w, NEURONS * NEURONS, 1e-5);
}

static void gradients(void **state)
{
    (void)state;
    static float x[T * B * IN];
    const fsnn_delay own = {OF_N, .each = lags, .count = NEURONS, .per = FSNN_PER_NEURON};
    double worst = INFINITY;
    const char *where = "";
    fsnn_net *net = looped(&own, &(fsnn_delay){.steps = 2});
    fill_normal(x, T * B * IN, 0.5, 1, 1);
    wrap(net, &(fsnn_plan){.steps = T,
                           .batch = B,
                           .training = true,
                           .smooth = true,
                           .input_gradient = true,
                           .seed = 5});
    GOOD(fsnn_net_gradcheck(net, x, 2, &worst, &where));
    if (!(worst < 1e-2))
        fail_msg("%.2e at %s", worst, where);
    gradcheck_double(net, x, 2);
    fsnn_net_destroy(net);
}

static void refuse(const fsnn_delay *o, const char *words)
{
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(0.7);
    const fsnn_dynamics d = fsnn_dynamics_default(&order);
    int x = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(3))), inputs = o->of ? 0 : 1;
    check_forget();
    int status = fsnn_net_add(net, "delay", "mine", inputs ? &x : NULL, inputs, o);
    if (status >= 0)
        status = fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1});
    check_refused(status, ANY_ERROR, words, "fsnn_net_add, fsnn_net_wrap", __FILE__, __LINE__);
    fsnn_net_destroy(net);
}

static void refused(void **state)
{
    (void)state;
    const fsnn_shape two = FSNN_SHAPE(2);
    refuse(&(fsnn_delay){.steps = -1}, "delay \"mine\": a delay of -1 steps");
    refuse(&(fsnn_delay){.of = "input", .steps = 0}, "it must be from 1 to 2147483647, for what");
    refuse(&(fsnn_delay){.of = "input", .each = rest, .count = 3, .per = FSNN_PER_NEURON},
           "a delay of 0 steps");
    refuse(&(fsnn_delay){.each = each, .count = 3}, "write `per: neuron` or `per: channel`");
    refuse(&(fsnn_delay){.each = each, .count = 2, .per = FSNN_PER_NEURON},
           "steps is a list of 2 numbers, one a neuron, but the shape [3] has 3 of these");
    refuse(&(fsnn_delay){.steps = 1, .per = FSNN_PER_NEURON}, "give a list of them");
    refuse(&(fsnn_delay){.steps = 1, .shape = two}, "its shape is said to be [2]");
}

static void described(void **state)
{
    (void)state;
    fsnn_description *d;
    fsnn_net *net = net_described("input: [2]\n"
                                  "layers:\n"
                                  "  - delay\n"
                                  "  - delay: {steps: 2, name: d}\n"
                                  "  - delay: {from: input, steps: [0, 3], per: neuron, name: e}\n"
                                  "  - concat: {from: [d, e]}\n"
                                  "  - delay: {of: concat1, steps: 2, name: f}\n"
                                  "  - concat: {from: [concat1, f]}\n"
                                  "dynamics: {integrator: odeint}\n",
                                  &d);
    float x[7 * 2];
    const float *y;
    for (int i = 0; i < 14; i++)
        x[i] = (float)(1 + i);
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), &(fsnn_plan){.steps = 7, .batch = 1}));
    GOOD(fsnn_net_forward(net, x, &y));
    for (int k = 0; k < 7; k++) {
        const int lag_of[8] = {3, 3, 0, 3, 5, 5, 2, 5};
        for (int i = 0; i < 8; i++) {
            const int from = k - lag_of[i];
            assert_true(y[k * 8 + i] == (from < 0 ? 0 : x[from * 2 + i % 2]));
        }
    }
    fsnn_net_destroy(net);
    fsnn_description_destroy(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shifts),    cmocka_unit_test(pieces),  cmocka_unit_test(loops),
        cmocka_unit_test(gradients), cmocka_unit_test(refused), cmocka_unit_test(described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
