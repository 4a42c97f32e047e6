/* Backward of every operator against central differences of its forward, along random directions,
 * of a random linear functional of the outputs; Richardson's extrapolation takes the h^2 error out.
 * Both layouts, several steps, every input and parameter. */
#include "harness.h"
#include "small_graph.h"

/* Of differences, and what is left of the gradient's norm. */
#ifdef FSNN_DOUBLE
#define STEP 0x1p-8
#define TOLERANCE 1e-7
#else
#define STEP 0x1p-4
#define TOLERANCE 1e-3
#endif

/* The functional: sum of gout * out over all outputs. */
static double functional(rig *r)
{
    double sum = 0;
    rig_forward(r);
    for (int p = 0; p < r->node.outputs; p++)
        for (int64_t i = 0; i < rig_size(r, &r->node.out[p]); i++)
            sum += (double)r->run.gout[p][i] * r->run.out[p][i];
    return sum;
}

static void move(real *x, const real *start, const real *d, int64_t n, double h)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = (real)(start[i] + h * d[i]);
}

static double difference(rig *r, real *x, const real *start, const real *d, int64_t n, double h)
{
    move(x, start, d, n, h);
    double up = functional(r);
    move(x, start, d, n, -h);
    double down = functional(r);
    move(x, start, d, n, 0);
    return (up - down) / (2 * h);
}

/* `grad` holds the analytic gradient with respect to x [n]. */
static void compare(rig *r, const char *what, real *x, const double *grad, int64_t n, double h)
{
    real *d = rig_array(r, n, -1, 1), *start = rig_array(r, n, 0, 0);
    double want, got = 0, size = 0;
    for (int64_t i = 0; i < n; i++) { /* +-1: with steps of powers of two nothing is rounded */
        d[i] = d[i] < 0 ? -1 : 1;
        start[i] = x[i];
        got += grad[i] * d[i];
        size += grad[i] * grad[i];
    }
    want = (4 * difference(r, x, start, d, n, h / 2) - difference(r, x, start, d, n, h)) / 3;
    if (!(fabs(got - want) <= TOLERANCE * (sqrt(size) + 1e-3)))
        fail_msg("%s, %s: %.9g along a direction, differences give %.9g (gradient's norm %.3g)",
                 r->node.op->kind, what, got, want, sqrt(size));
    fsnn_free(d);
    fsnn_free(start);
}

static double *keep(const real *x, int64_t n, double sign, double *into)
{
    if (!into)
        into = fsnn_alloc((size_t)n * sizeof *into);
    for (int64_t i = 0; x && i < n; i++)
        into[i] += sign * x[i];
    return into;
}

static void check_parameters(rig *r, double *const *grad)
{
    char what[64];
    for (int p = 0; p < r->node.params; p++) {
        if (!r->run.grad[p])
            continue;
        snprintf(what, sizeof what, "parameter %s", r->node.param[p].name);
        for (int k = 0; k < 3; k++)
            compare(r, what, r->run.value[p], grad[p], fsnn_shape_count(&r->node.param[p].shape),
                    STEP);
    }
}

static void check(const rig_setup *s, void (*prepare)(rig *))
{
    rig r;
    double *grad[OP_MAX_PARAM], *gin[OP_MAX_IN];
    rig_open(&r, s);
    if (prepare)
        prepare(&r);
    for (int p = 0; p < r.node.params; p++) /* what backward adds is the gradient */
        grad[p] = keep(r.run.grad[p], fsnn_shape_count(&r.node.param[p].shape), -1, NULL);
    rig_forward(&r);
    rig_backward(&r);
    for (int p = 0; p < r.node.params; p++)
        keep(r.run.grad[p], fsnn_shape_count(&r.node.param[p].shape), 1, grad[p]);
    for (int i = 0; i < s->inputs; i++)
        gin[i] = keep(r.run.gin[i], rig_size(&r, &s->in[i]), 1, NULL);
    check_parameters(&r, grad);
    for (int i = 0; i < s->inputs; i++)
        for (int k = 0; k < 3; k++)
            compare(&r, "input", (real *)r.run.in[i], gin[i], rig_size(&r, &s->in[i]), STEP);
    for (int p = 0; p < r.node.params; p++)
        fsnn_free(grad[p]);
    for (int i = 0; i < s->inputs; i++)
        fsnn_free(gin[i]);
    rig_close(&r);
}

static void check_both(rig_setup s)
{
    check(&s, NULL);
    s.last = true;
    check(&s, NULL);
}

static void linear(void **state)
{
    (void)state;
    for (int bias = 0; bias < 2; bias++) {
        fsnn_linear o = {7, bias};
        check(&(rig_setup){"linear", &o, 3, 4, true, 1, {FSNN_SHAPE(11)}, false}, NULL);
        check(&(rig_setup){"linear", &o, 1, 2, true, 1, {FSNN_SHAPE(2, 3, 5)}, false}, NULL);
        check(&(rig_setup){"linear", &o, 16, 40, true, 1, {FSNN_SHAPE(3)}, false}, NULL);
    }
}

static void conv2d(void **state)
{
    (void)state;
    static const fsnn_conv2d o[] = {
        {6, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1, true},
        {8, {2, 3}, {2, 1}, {0, 2}, {1, 2}, 1, false},
        {4, {3, 1}, {1, 3}, {2, 0}, {2, 1}, 2, true},
        {8, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 4, true},
        {32, {5, 5}, {1, 2}, {2, 1}, {1, 1}, 1, true},
    };
    for (int i = 0; i < FSNN_COUNT(o); i++)
        check(&(rig_setup){"conv2d", &o[i], 2, 2, true, 1, {FSNN_SHAPE(4, 9, 7)}, true}, NULL);
    check(&(rig_setup){"conv2d", &o[0], 2, 3, true, 1, {FSNN_SHAPE(1, 6, 5)}, false}, NULL);
}

static void conv1d(void **state)
{
    (void)state;
    static const fsnn_conv1d o[] = {{6, 3, 1, 1, 1, 1, true},
                                    {8, 4, 2, 0, 2, 2, false},
                                    {4, 5, 3, 4, 1, 4, true},
                                    {40, 1, 1, 0, 1, 1, true}};
    for (int i = 0; i < FSNN_COUNT(o); i++)
        check(&(rig_setup){"conv1d", &o[i], 3, 2, true, 1, {FSNN_SHAPE(4, 17)}, true}, NULL);
    check(&(rig_setup){"conv1d", &o[0], 2, 3, true, 1, {FSNN_SHAPE(1, 9)}, false}, NULL);
}

static void transposed(void **state)
{
    (void)state;
    static const fsnn_convtranspose2d o[] = {
        {6, {3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1}, 1, true},
        {8, {2, 3}, {2, 1}, {0, 2}, {1, 0}, {1, 2}, 1, false},
        {4, {3, 1}, {1, 3}, {2, 0}, {0, 2}, {2, 1}, 2, true},
        {4, {3, 3}, {2, 2}, {1, 1}, {0, 0}, {1, 1}, 4, true},
    };
    static const fsnn_convtranspose1d lines[] = {{6, 3, 2, 1, 1, 1, 1, true},
                                                 {8, 4, 3, 0, 2, 2, 2, false}};
    for (int i = 0; i < FSNN_COUNT(o); i++)
        check(&(rig_setup){"convtranspose2d", &o[i], 2, 2, true, 1, {FSNN_SHAPE(4, 5, 4)}, true},
              NULL);
    for (int i = 0; i < FSNN_COUNT(lines); i++)
        check(&(rig_setup){"convtranspose1d", &lines[i], 3, 2, true, 1, {FSNN_SHAPE(4, 7)}, true},
              NULL);
    check(&(rig_setup){"convtranspose2d", &o[0], 2, 3, true, 1, {FSNN_SHAPE(1, 3, 4)}, false},
          NULL);
}

static void upsample(void **state)
{
    (void)state;
    static const fsnn_upsample o[] = {
        {.factor = {2, 2}},
        {.factor = {2, 3}, .mode = FSNN_UPSAMPLE_LINEAR},
        {.size = {7, 3}, .mode = FSNN_UPSAMPLE_LINEAR, .align_corners = true},
        {.size = {3, 9}},
    };
    for (int i = 0; i < FSNN_COUNT(o); i++)
        check(&(rig_setup){"upsample", &o[i], 2, 2, true, 1, {FSNN_SHAPE(3, 4, 5)}, true}, NULL);
    fsnn_upsample line = {.factor = {2, 2}, .mode = FSNN_UPSAMPLE_LINEAR};
    check(&(rig_setup){"upsample", &line, 2, 2, true, 1, {FSNN_SHAPE(3, 6)}, true}, NULL);
}

/* Four numbers of five are 0. */
static void few(rig *r)
{
    for (int64_t i = 0; i < rig_size(r, &r->node.in[0]); i++)
        if (i % 5 != i / 25 % 5)
            ((real *)r->run.in[0])[i] = 0;
}

/* The convolutions above event by event, forward and for the weights. */
static void conv_events(void **state)
{
    setenv("FSNN_CONVOLUTION", "events", 1);
    conv2d(state);
    conv1d(state);
    fsnn_conv2d o = {33, {3, 3}, {1, 2}, {1, 1}, {1, 1}, 1, true};
    check(&(rig_setup){"conv2d", &o, 2, 3, true, 1, {FSNN_SHAPE(6, 9, 8)}, true}, few);
    unsetenv("FSNN_CONVOLUTION");
}

/* Inputs whose differences are larger than any step taken: no maximum changes hands. */
static void far_apart(rig *r)
{
    int64_t n = rig_size(r, &r->node.in[0]), order[2048];
    assert_true(n <= FSNN_COUNT(order));
    fsnn_random_order(order, n, 5, 1);
    for (int64_t i = 0; i < n; i++)
        ((real *)r->run.in[0])[i] = (real)order[i] * 0.25f;
}

static void pooling(void **state)
{
    (void)state;
    static const fsnn_pool o[] = {{{2, 2}, {0, 0}, {0, 0}, true, {0, 0}},
                                  {{3, 2}, {1, 2}, {1, 1}, true, {0, 0}},
                                  {{3, 3}, {2, 2}, {1, 1}, false, {0, 0}}};
    for (int i = 0; i < FSNN_COUNT(o); i++) {
        rig_setup s = {"maxpool", &o[i], 2, 2, true, 1, {FSNN_SHAPE(3, 8, 7)}, true};
        check(&s, far_apart);
        s.kind = "avgpool";
        check(&s, NULL);
        s.kind = "sumpool";
        check(&s, NULL);
    }
}

static void pooling_lines(void **state)
{
    (void)state;
    static const char *const kind[] = {"maxpool", "avgpool", "sumpool"};
    static const fsnn_pool o[] = {{.kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1}},
                                  {.kernel = {4, 4}},
                                  {.adaptive = {5, 5}},
                                  {.adaptive = {4, 4}},
                                  {.adaptive = {1, 1}},
                                  {.adaptive = {17, 17}}};
    for (int i = 0; i < FSNN_COUNT(o); i++)
        for (int k = 0; k < 3; k++)
            check(&(rig_setup){kind[k], &o[i], 2, 3, true, 1, {FSNN_SHAPE(5, 12)}, true},
                  far_apart);
}

static void pooling_adaptive(void **state)
{
    (void)state;
    static const char *const kind[] = {"maxpool", "avgpool", "sumpool"};
    static const int64_t size[][2] = {{1, 1}, {3, 2}, {4, 7}, {8, 7}, {5, 9}};
    for (int i = 0; i < FSNN_COUNT(size); i++)
        for (int k = 0; k < 3; k++) {
            fsnn_pool o = {.adaptive = {size[i][0], size[i][1]}};
            check(&(rig_setup){kind[k], &o, 2, 2, true, 1, {FSNN_SHAPE(3, 8, 7)}, true}, far_apart);
        }
}

static void batchnorm(void **state)
{
    (void)state;
    for (int affine = 0; affine < 2; affine++)
        for (int per_step = 0; per_step < 2; per_step++) {
            fsnn_batchnorm o = {1e-5, 0.1, affine, per_step};
            check(&(rig_setup){"batchnorm", &o, 3, 5, true, 1, {FSNN_SHAPE(19)}, false}, NULL);
            check_both((rig_setup){"batchnorm", &o, 2, 3, true, 1, {FSNN_SHAPE(5, 4, 3)}, false});
            check_both((rig_setup){"batchnorm", &o, 2, 3, true, 1, {FSNN_SHAPE(7, 11)}, false});
            check_both((rig_setup){"batchnorm", &o, 2, 3, true, 1, {FSNN_SHAPE(35, 5, 3)}, false});
        }
}

static void tdbn(void **state)
{
    (void)state;
    for (int affine = 0; affine < 2; affine++) {
        fsnn_tdbn o = {{1e-5, 0.1, affine, false}, 0.7, 0.5};
        check(&(rig_setup){"tdbn", &o, 3, 5, true, 1, {FSNN_SHAPE(19)}, false}, NULL);
        check_both((rig_setup){"tdbn", &o, 2, 3, true, 1, {FSNN_SHAPE(5, 4, 3)}, false});
    }
}

static void droppath(void **state)
{
    (void)state;
    fsnn_droppath o = {0.4};
    check_both((rig_setup){"droppath", &o, 3, 9, true, 1, {FSNN_SHAPE(5, 7, 3)}, false});
}

static void dropout(void **state)
{
    (void)state;
    for (int hold = 0; hold < 2; hold++) {
        fsnn_dropout o = {0.4, hold};
        check_both((rig_setup){"dropout", &o, 3, 4, true, 1, {FSNN_SHAPE(5, 7, 3)}, false});
    }
}

static void add(void **state)
{
    (void)state;
    check_both(
        (rig_setup){"add", NULL, 2, 3, true, 2, {FSNN_SHAPE(5, 2, 3), FSNN_SHAPE(5, 2, 3)}, false});
    check_both(
        (rig_setup){"add", NULL, 2, 3, true, 2, {FSNN_SHAPE(5, 6), FSNN_SHAPE(5, 6)}, false});
    check(
        &(rig_setup){
            "add", NULL, 2, 3, true, 3, {FSNN_SHAPE(9), FSNN_SHAPE(9), FSNN_SHAPE(9)}, false},
        NULL);
}

static void concat_split(void **state)
{
    (void)state;
    for (int64_t axis = 0; axis < 3; axis++) {
        fsnn_concat c = {axis};
        fsnn_split s = {axis, 2};
        rig_setup a = {"concat",
                       &c,
                       2,
                       3,
                       true,
                       3,
                       {FSNN_SHAPE(4, 2, 6), FSNN_SHAPE(4, 2, 6), FSNN_SHAPE(4, 2, 6)},
                       false};
        a.in[1].dim[axis] = 5;
        check_both(a);
        check_both((rig_setup){"split", &s, 2, 3, true, 1, {FSNN_SHAPE(4, 2, 6)}, false});
    }
}

static void along_edges(void **state)
{
    (void)state;
    fsnn_graph_layer o = {.out = 4, .matrix = &small_graph};
    check(&(rig_setup){"graph", &o, 2, 3, true, 1, {FSNN_SHAPE(5, 7)}, false}, NULL);
    for (int bias = 0; bias < 2; bias++) {
        o.bias = bias;
        check(&(rig_setup){"gcn", &o, 2, 3, true, 1, {FSNN_SHAPE(5, 7)}, false}, NULL);
        check(&(rig_setup){"gcn", &o, 1, 1, true, 1, {FSNN_SHAPE(5, 1)}, false}, NULL);
    }
}

static void voting(void **state)
{
    (void)state;
    fsnn_voting o = {4};
    check(&(rig_setup){"voting", &o, 3, 2, true, 1, {FSNN_SHAPE(12)}, false}, NULL);
    check(&(rig_setup){"voting", &o, 1, 2, true, 1, {FSNN_SHAPE(3, 8)}, false}, NULL);
}

static void permute(void **state)
{
    (void)state;
    static const fsnn_permute o[] = {{FSNN_SHAPE(0, 1, 2)}, {FSNN_SHAPE(0, 2, 1)},
                                     {FSNN_SHAPE(1, 0, 2)}, {FSNN_SHAPE(1, 2, 0)},
                                     {FSNN_SHAPE(2, 0, 1)}, {FSNN_SHAPE(2, 1, 0)}};
    for (int i = 0; i < FSNN_COUNT(o); i++)
        check_both((rig_setup){"permute", &o[i], 2, 3, true, 1, {FSNN_SHAPE(5, 18, 3)}, false});
    fsnn_permute turn = {FSNN_SHAPE(1, 0)}, four = {FSNN_SHAPE(2, 0, 3, 1)};
    check_both((rig_setup){"permute", &turn, 2, 3, true, 1, {FSNN_SHAPE(19, 33)}, false});
    check_both((rig_setup){"permute", &four, 2, 3, true, 1, {FSNN_SHAPE(2, 5, 3, 4)}, false});
}

static void reductions(void **state)
{
    (void)state;
    static const char *const kind[] = {"mean", "sum"};
    static const fsnn_reduce o[] = {
        {FSNN_SHAPE(0), false}, {FSNN_SHAPE(1), true},     {FSNN_SHAPE(2), false},
        {{.rank = 0}, false},   {FSNN_SHAPE(2, 1), false}, {FSNN_SHAPE(0, 2), false},
    };
    for (int i = 0; i < FSNN_COUNT(o); i++)
        for (int k = 0; k < 2; k++)
            check_both((rig_setup){kind[k], &o[i], 2, 3, true, 1, {FSNN_SHAPE(5, 4, 3)}, false});
}

static void multiply(void **state)
{
    (void)state;
    fsnn_multiply o = {-1.5};
    fsnn_shape s = FSNN_SHAPE(5, 2, 3);
    check_both((rig_setup){"multiply", &o, 2, 3, true, 1, {s}, false});
    check_both((rig_setup){"multiply", &o, 2, 3, true, 2, {s, s}, false});
    check_both((rig_setup){"multiply", NULL, 2, 3, true, 3, {s, s, s}, false});
}

static void scale(void **state)
{
    (void)state;
    for (int bias = 0; bias < 2; bias++) {
        fsnn_scaling o = {bias};
        check(&(rig_setup){"scale", &o, 3, 2, true, 1, {FSNN_SHAPE(4, 3, 7)}, false}, NULL);
        check(&(rig_setup){"scale", &o, 40, 5, true, 1, {FSNN_SHAPE(70)}, false}, NULL);
    }
}

static void layernorm(void **state)
{
    (void)state;
    for (int64_t dims = 0; dims <= 3; dims++)
        for (int affine = 0; affine < 2; affine++) {
            fsnn_layernorm o = {dims, 1e-3, affine};
            check(&(rig_setup){"layernorm", &o, 3, 2, true, 1, {FSNN_SHAPE(4, 3, 7)}, false}, NULL);
        }
    fsnn_layernorm o = {1, 1e-5, true};
    check(&(rig_setup){"layernorm", &o, 4, 5, true, 1, {FSNN_SHAPE(16, 70)}, false}, NULL);
}

static void matmul(void **state)
{
    (void)state;
    for (int t = 0; t < 4; t++) {
        fsnn_matmul o = {t & 1, t & 2, 0.5};
        fsnn_shape a = t & 1 ? FSNN_SHAPE(3, 6, 5) : FSNN_SHAPE(3, 5, 6);
        fsnn_shape b = t & 2 ? FSNN_SHAPE(3, 7, 6) : FSNN_SHAPE(3, 6, 7);
        check(&(rig_setup){"matmul", &o, 2, 3, true, 2, {a, b}, false}, NULL);
    }
    check(
        &(rig_setup){
            "matmul", NULL, 1, 1, true, 2, {FSNN_SHAPE(40, 30), FSNN_SHAPE(30, 50)}, false},
        NULL);
}

/* Many tokens of few features and few of many, so that both orders of the products are taken; v
 * with features of its own, q with tokens of its own. */
static void attention(void **state)
{
    (void)state;
    static const int64_t size[][4] = {
        {24, 24, 4, 4}, {3, 3, 12, 12}, {10, 5, 6, 9}, {2, 7, 12, 3}}; /* N, M, D, E */
    for (int i = 0; i < FSNN_COUNT(size); i++)
        for (int64_t heads = 1; heads <= 3; heads += 2) {
            const int64_t *z = size[i], D = z[2] * heads, E = z[3] * heads;
            fsnn_attention o = {heads, 0.25, FSNN_FEATURES_FIRST};
            rig_setup s = {"attention",
                           &o,
                           2,
                           2,
                           true,
                           3,
                           {FSNN_SHAPE(D, z[0]), FSNN_SHAPE(D, z[1]), FSNN_SHAPE(E, z[1])},
                           false};
            check_both(s);
            o.features = FSNN_FEATURES_LAST;
            s.in[0] = FSNN_SHAPE(z[0], D);
            s.in[1] = FSNN_SHAPE(z[1], D);
            s.in[2] = FSNN_SHAPE(z[1], E);
            check_both(s);
        }
    fsnn_attention o = {2, 0.125, FSNN_FEATURES_FIRST};
    fsnn_shape image = FSNN_SHAPE(8, 3, 4);
    check_both((rig_setup){"attention", &o, 2, 2, true, 3, {image, image, image}, false});
}

static void head(void **state)
{
    (void)state;
    for (int bias = 0; bias < 2; bias++) {
        fsnn_head o = {7, bias, FSNN_FEATURES_FIRST};
        check_both((rig_setup){"head", &o, 2, 3, true, 1, {FSNN_SHAPE(6, 4, 5)}, false});
        check_both((rig_setup){"head", &o, 2, 3, true, 1, {FSNN_SHAPE(6, 4)}, false});
        check(&(rig_setup){"head", &o, 2, 3, true, 1, {FSNN_SHAPE(6)}, false}, NULL);
        o.features = FSNN_FEATURES_LAST;
        check_both((rig_setup){"head", &o, 2, 3, true, 1, {FSNN_SHAPE(6, 4)}, false});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear),
        cmocka_unit_test(conv2d),
        cmocka_unit_test(pooling),
        cmocka_unit_test(conv1d),
        cmocka_unit_test(transposed),
        cmocka_unit_test(upsample),
        cmocka_unit_test(conv_events),
        cmocka_unit_test(pooling_lines),
        cmocka_unit_test(pooling_adaptive),
        cmocka_unit_test(batchnorm),
        cmocka_unit_test(tdbn),
        cmocka_unit_test(dropout),
        cmocka_unit_test(droppath),
        cmocka_unit_test(add),
        cmocka_unit_test(concat_split),
        cmocka_unit_test(voting),
        cmocka_unit_test(permute),
        cmocka_unit_test(reductions),
        cmocka_unit_test(multiply),
        cmocka_unit_test(layernorm),
        cmocka_unit_test(scale),
        cmocka_unit_test(matmul),
        cmocka_unit_test(attention),
        cmocka_unit_test(head),
        cmocka_unit_test(along_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
