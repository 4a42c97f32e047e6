/* Sizes at and beyond what can be counted: nets of every kind of node with huge shapes and options
 * are refused with a sentence, or planned; nothing overflows (the sanitizers look), divides by zero
 * or takes for ever. */
#include "check.h"

#include <fsnn/fsnn.h>

enum { M = 2147483647, K64 = 65536 };

static const fsnn_shape shapes[] = {
    {1, {M}},
    {2, {M, 1}},
    {2, {1, 100000000}},
    {2, {16384, 131071}},
    {3, {1, 46340, 46340}},
    {3, {M, 1, 1}},
    {3, {1, 1, 1}},
    {3, {2, 32767, 32768}},
    {1, {4}},
    {2, {4, 6}},
};
static const fsnn_shape beyond[] = {
    {1, {(int64_t)M + 1}},       {2, {M, M}},
    {3, {M, 32768, 32768}},      {3, {16777216, 46340, 46340}},
    {2, {INT64_MAX, INT64_MAX}}, {6, {M, M, M, M, M, M}},
};

static const fsnn_linear lines[] = {{M, true}, {4, true}};
static const fsnn_conv2d images[] = {
    {.out = 16777216,
     .kernel = {K64, K64},
     .stride = {1, 1},
     .padding = {K64, K64},
     .dilation = {1, 1},
     .groups = 1},
    {.out = K64,
     .kernel = {2, 2},
     .stride = {1, 1},
     .padding = {32768, 32768},
     .dilation = {1, 1},
     .groups = 1},
    {.out = 4,
     .kernel = {3, 3},
     .stride = {1, 1},
     .padding = {1, 1},
     .dilation = {K64, K64},
     .groups = 1,
     .bias = true},
};
static const fsnn_conv1d waves[] = {
    {16777216, K64, 1, K64, 1, 1, true}, {4, 3, 1, 1, K64, 1, true}, {M, 1, 1, 0, 1, 1, true}};
static const fsnn_convtranspose2d spread[] = {
    {16777216, {K64, K64}, {K64, K64}, {0, 0}, {0, 0}, {K64, K64}, 1, true},
    {4, {2, 2}, {2, 2}, {0, 0}, {1, 1}, {1, 1}, 1, true},
    {4, {1, 1}, {K64, K64}, {K64, K64}, {0, 0}, {1, 1}, 1, false},
};
static const fsnn_convtranspose1d spread_lines[] = {{16777216, K64, K64, 0, 0, K64, 1, true},
                                                    {M, 1, 1, 0, 0, 1, 1, true}};
static const fsnn_upsample larger[] = {
    {.factor = {K64, K64}},
    {.size = {K64, K64}, .mode = FSNN_UPSAMPLE_LINEAR},
    {.factor = {M, M}},
};
static const fsnn_delayed_linear late_lines[] = {{.out = 4, .lags = {.max = 2}}};
/* one delay for all: drawing as many as there can be takes long */
static const fsnn_learned_delay late[] = {{.lags = {.max = 2}, .per = FSNN_PER_LAYER}};
static const fsnn_pool pools[] = {
    {.kernel = {K64, K64}, .stride = {1, 1}, .padding = {32768, 32768}, .count_padding = true},
    {.kernel = {2, 2}},
    {.adaptive = {M, M}},
    {.kernel = {K64, K64}, .stride = {K64, K64}},
};
static const fsnn_head heads[] = {{M, true, FSNN_FEATURES_FIRST}};

typedef struct kind {
    const char *name;
    int inputs;
    const void *options; /* NULL: the defaults */
    size_t size;
    int count;
} kind;

static const kind kinds[] = {
    {"linear", 1, lines, sizeof *lines, FSNN_COUNT(lines)},
    {"conv2d", 1, images, sizeof *images, FSNN_COUNT(images)},
    {"conv1d", 1, waves, sizeof *waves, FSNN_COUNT(waves)},
    {"convtranspose2d", 1, spread, sizeof *spread, FSNN_COUNT(spread)},
    {"convtranspose1d", 1, spread_lines, sizeof *spread_lines, FSNN_COUNT(spread_lines)},
    {"upsample", 1, larger, sizeof *larger, FSNN_COUNT(larger)},
    {"delayed_linear", 1, late_lines, sizeof *late_lines, FSNN_COUNT(late_lines)},
    {"learned_delay", 1, late, sizeof *late, FSNN_COUNT(late)},
    {"tdbn", 1, NULL, 0, 1},
    {"maxpool", 1, pools, sizeof *pools, FSNN_COUNT(pools)},
    {"avgpool", 1, pools, sizeof *pools, FSNN_COUNT(pools)},
    {"sumpool", 1, pools, sizeof *pools, FSNN_COUNT(pools)},
    {"head", 1, heads, sizeof *heads, FSNN_COUNT(heads)},
    {"batchnorm", 1, NULL, 0, 1},
    {"layernorm", 1, NULL, 0, 1},
    {"lif", 1, NULL, 0, 1},
    {"alif", 1, NULL, 0, 1},
    {"cuba", 1, NULL, 0, 1},
    {"flatten", 1, NULL, 0, 1},
    {"dropout", 1, NULL, 0, 1},
    {"droppath", 1, NULL, 0, 1},
    {"mean", 1, NULL, 0, 1},
    {"add", 2, NULL, 0, 1},
    {"concat", 8, NULL, 0, 1},
    {"matmul", 2, NULL, 0, 1},
    {"multiply", 2, NULL, 0, 1},
    {"attention", 3, NULL, 0, 1},
};

static const kind neuron = {"lif", 1, NULL, 0, 1};

/* A status below 0 has a sentence. */
static void said(int64_t status)
{
    if (status < 0 && !*fsnn_error_text())
        fail_msg("status %lld without a sentence", (long long)status);
}

static const void *options_of(const kind *k, int i, void *space)
{
    if (k->options)
        return (const char *)k->options + (size_t)i * k->size;
    return VALID(fsnn_kind_defaults(k->name, space)) ? space : NULL;
}

static int add(fsnn_net *net, const kind *k, int option, int from)
{
    _Alignas(16) char space[4096];
    int sources[8];
    for (int i = 0; i < 8; i++)
        sources[i] = from;
    int node = fsnn_net_add(net, k->name, NULL, sources, k->inputs, options_of(k, option, space));
    said(node);
    return node;
}

static void wrap(fsnn_net *net, int64_t steps, int64_t batch)
{
    fsnn_order order = {.terms = 1, .alpha = {0.6}, .coefficient = {1}};
    fsnn_dynamics dynamics = {.order = &order, .orders = 1, .step = 1};
    said(fsnn_net_wrap(net, &dynamics,
                       &(fsnn_plan){.steps = steps, .batch = batch, .training = true}));
}

/* Small nets are really planned; of those that would take all the memory of the machine the plan
 * is not made here. */
static bool small(const fsnn_shape *shape)
{
    return fsnn_shape_count(shape) <= 1000;
}

static void try_pair(const fsnn_shape *shape, const kind *first, int option, const kind *second)
{
    fsnn_net *net;
    GOOD(fsnn_net_create(&net));
    int node = fsnn_net_input(net, *shape);
    said(node);
    if (node >= 0)
        node = add(net, first, option, node);
    if (node >= 0 && second)
        node = add(net, second, 0, node);
    if (node >= 0)
        wrap(net, small(shape) ? 4 : K64, small(shape) ? 64 : 32767);
    fsnn_net_destroy(net);
}

static void every_kind(void **state)
{
    (void)state;
    for (int s = 0; s < FSNN_COUNT(shapes); s++)
        for (int k = 0; k < FSNN_COUNT(kinds); k++)
            for (int o = 0; o < kinds[k].count; o++) {
                char text[128];
                if (!check_turn())
                    continue;
                CASE("%s %d on %s", kinds[k].name, o,
                     fsnn_shape_text(&shapes[s], text, sizeof text));
                try_pair(&shapes[s], &kinds[k], o, NULL);
                try_pair(&shapes[s], &kinds[k], o, &neuron);
            }
}

static void inputs(void **state)
{
    (void)state;
    for (int s = 0; s < FSNN_COUNT(beyond); s++) {
        CASE("beyond[%d]", s);
        fsnn_net *net;
        GOOD(fsnn_net_create(&net));
        REFUSED(fsnn_net_input(net, beyond[s]), FSNN_ESHAPE, "too large");
        fsnn_net_destroy(net);
    }
    assert_true(fsnn_shape_count(&beyond[1]) == (int64_t)M * M);
    assert_true(fsnn_shape_count(&beyond[4]) == INT64_MAX);
}

static void layers(void **state)
{
    (void)state;
    fsnn_net *net;
    GOOD(fsnn_net_create(&net));
    int in = fsnn_net_input(net, FSNN_SHAPE(1, 1, 1));
    assert_true(fsnn_net_conv2d(net, "wide", in, &images[0]) >= 0);
    fsnn_order order = {.terms = 1, .alpha = {0.6}, .coefficient = {1}};
    fsnn_dynamics dynamics = {.order = &order, .orders = 1, .step = 1};
    fsnn_plan plan = {.steps = 4, .batch = 64};
    REFUSED(fsnn_net_wrap(net, &dynamics, &plan), FSNN_ESHAPE, "conv2d \"wide\": its output is");
    fsnn_net_destroy(net);
    GOOD(fsnn_net_create(&net));
    in = fsnn_net_input(net, FSNN_SHAPE(M));
    assert_true(fsnn_net_linear(net, "fc", in, 4, true) >= 0);
    REFUSED(fsnn_net_wrap(net, &dynamics, &plan), FSNN_ESHAPE, "linear \"fc\": its weight is");
    fsnn_net_destroy(net);
}

/* A plan that is refused leaves the net as it was. */
static void plans(void **state)
{
    (void)state;
    fsnn_net *net;
    const float x[4] = {1, 2, 3, 4}, *out;
    GOOD(fsnn_net_create(&net));
    int in = fsnn_net_input(net, FSNN_SHAPE(4));
    assert_true(fsnn_net_lif(net, "lif", in, &FSNN_NEURON_DEFAULT) >= 0);
    fsnn_order order = {.terms = 1, .alpha = {0.6}, .coefficient = {1}};
    fsnn_dynamics dynamics = {.order = &order, .orders = 1, .step = 1};
    GOOD(fsnn_net_wrap(net, &dynamics, &(fsnn_plan){.steps = 1, .batch = 1}));
    REFUSED(fsnn_net_replan(net, &(fsnn_plan){.steps = INT64_MAX, .batch = INT64_MAX}),
            FSNN_EARGUMENT, "too many for one call");
    REFUSED(fsnn_net_replan(net, &(fsnn_plan){.steps = 0, .batch = 1}), FSNN_EARGUMENT,
            "at least 1");
    GOOD(fsnn_net_forward(net, x, &out));
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs),
        cmocka_unit_test(layers),
        cmocka_unit_test(plans),
        cmocka_unit_test(every_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
