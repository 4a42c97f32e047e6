/* The dense kernels against plain loops, over odd shapes: strides, paddings, dilations, groups,
 * images that are not square, one row and several, with bias and without. */
#include "check.h"

#include "reference.h"
#include "tensor/dense.h"

static double *zeros(int64_t n)
{
    double *a = fsnn_alloc((size_t)n * sizeof *a);
    assert_non_null(a);
    return a;
}

static void near(const char *what, const real *got, const double *want, int64_t n, double scale)
{
    for (int64_t i = 0; i < n; i++)
        if (!(fabs(got[i] - want[i]) <= 2e-6 * ROUNDING * scale * (1 + fabs(want[i]))))
            fail_msg("%s: element %lld of %lld is %.9g, expected %.9g", what, (long long)i,
                     (long long)n, (double)got[i], want[i]);
}

/* ---- products ---- */

static void gemm_case(char ta, char tb, int64_t M, int64_t N, int64_t K, real alpha, real beta)
{
    int64_t lda = (ta == 'N' ? K : M) + 3, ldb = (tb == 'N' ? N : K) + 1, ldc = N + 2;
    real *A = random_array((ta == 'N' ? M : K) * lda, -1, 1, 1);
    real *B = random_array((tb == 'N' ? K : N) * ldb, -1, 1, 2);
    real *C = random_array(M * ldc, -1, 1, 3);
    double *want = zeros(M * ldc);
    for (int64_t i = 0; i < M * ldc; i++)
        want[i] = C[i];
    ref_gemm(ta, tb, M, N, K, alpha, A, lda, B, ldb, beta, want, ldc);
    GOOD(dense_gemm(ta, tb, M, N, K, alpha, A, lda, B, ldb, beta, C, ldc));
    near("gemm", C, want, M * ldc, sqrt((double)K));
    fsnn_free(A);
    fsnn_free(B);
    fsnn_free(C);
    fsnn_free(want);
}

static void gemm(void **state)
{
    (void)state;
    static const int64_t size[][3] = {
        {1, 1, 1}, {1, 10, 7}, {5, 3, 65}, {37, 41, 29}, {64, 10, 130}};
    static const real scale[][2] = {{1, 0}, {1, 1}, {0.5f, -2}};
    for (int i = 0; i < FSNN_COUNT(size); i++)
        for (int j = 0; j < FSNN_COUNT(scale); j++)
            for (int t = 0; t < 4; t++)
                gemm_case(t & 1 ? 'T' : 'N', t & 2 ? 'T' : 'N', size[i][0], size[i][1], size[i][2],
                          scale[j][0], scale[j][1]);
}

static void gemm_error(void **state)
{
    (void)state;
    real a[4] = {0};
    REFUSED(dense_gemm('N', 'N', 2, 2, 2, 1, a, 1, a, 2, 0, a, 2), FSNN_EDENSE,
            "could not multiply matrices");
}

/* Every operand turned or not, with rows apart, heads side by side or one after the other. */
static void batch_case(const int64_t *z, int64_t outer, int64_t inner, int turn)
{
    int64_t rows[] = {z[0], z[2], z[0]}, columns[] = {z[2], z[1], z[1]};
    dense_operand o[3];
    real *x[3];
    int64_t size[3];
    for (int i = 0; i < 3; i++) {
        bool turned = turn >> i & 1, side_by_side = turn >> (3 + i) & 1;
        int64_t height = turned ? columns[i] : rows[i], width = turned ? rows[i] : columns[i];
        o[i] = (dense_operand){0, side_by_side ? width : height * width,
                               side_by_side ? inner * width + i : width, turned};
        o[i].outer = side_by_side ? o[i].row * height : inner * height * width;
        size[i] = outer * o[i].outer;
        x[i] = random_array(size[i], -1, 1, 20 + (uint64_t)i);
    }
    double *want = zeros(size[2]);
    for (int64_t i = 0; i < size[2]; i++) /* what no product covers is left alone */
        want[i] = x[2][i];
    for (int64_t p = 0; p < outer * inner; p++)
        for (int64_t m = 0; m < z[0]; m++)
            for (int64_t n = 0; n < z[1]; n++) {
                double sum = 0;
                int64_t at[3];
                for (int i = 0; i < 3; i++)
                    at[i] = p / inner * o[i].outer + p % inner * o[i].inner;
                for (int64_t k = 0; k < z[2]; k++)
                    sum +=
                        (double)x[0][at[0] + (o[0].turned ? k * o[0].row + m : m * o[0].row + k)] *
                        x[1][at[1] + (o[1].turned ? n * o[1].row + k : k * o[1].row + n)];
                want[at[2] + (o[2].turned ? n * o[2].row + m : m * o[2].row + n)] = -0.5 * sum;
            }
    dense_batch s = {outer, inner, z[0], z[1], z[2], -0.5f, o[0], o[1], o[2]};
    GOOD(dense_gemm_batch(&s, x[0], x[1], x[2]));
    near("batch", x[2], want, size[2], sqrt((double)z[2]));
    for (int i = 0; i < 3; i++)
        fsnn_free(x[i]);
    fsnn_free(want);
}

static void gemm_batch(void **state)
{
    (void)state;
    static const int64_t size[][3] = {{1, 1, 1}, {5, 3, 7}, {16, 16, 64}, {33, 20, 4}};
    for (int i = 0; i < FSNN_COUNT(size); i++)
        for (int turn = 0; turn < 64; turn++) {
            batch_case(size[i], 3, 4, turn);
            batch_case(size[i], 1, 1, turn);
        }
}

static void gemm_batch_error(void **state)
{
    (void)state;
    real a[64] = {0};
    dense_operand good = {4, 0, 2, false}, bad = {4, 0, 1, false};
    dense_batch s = {4, 1, 2, 2, 2, 1, good, bad, good};
    fsnn_error_set(FSNN_OK, "nothing happened");
    REFUSED(dense_gemm_batch(&s, a, a + 16, a + 32), FSNN_EDENSE, "could not multiply matrices");
}

/* ---- convolution ---- */

typedef struct conv_run {
    dense_conv_shape s;
    ref_images x, y;
    ref_window win;
    int64_t xs, ys, ws;
    real *xv, *w, *b, *gy, *yv, *gx, *gw, *gb;
    double *want_y, *want_gx, *want_gw, *want_gb;
    void *scratch;
    char text[160];
} conv_run;

static void conv_setup(conv_run *c)
{
    dense_conv_shape *s = &c->s;
    c->win = (ref_window){{s->kernel[0], s->kernel[1]},
                          {s->stride[0], s->stride[1]},
                          {s->padding[0], s->padding[1]},
                          {s->dilation[0], s->dilation[1]},
                          s->groups};
    s->OH = ref_size(s->H, &c->win, 0);
    s->OW = ref_size(s->W, &c->win, 1);
    c->x = (ref_images){s->rows, s->C, s->H, s->W, true};
    c->y = (ref_images){s->rows, s->out, s->OH, s->OW, true};
    c->xs = s->rows * s->C * s->H * s->W;
    c->ys = s->rows * s->out * s->OH * s->OW;
    c->ws = s->out * (s->C / s->groups) * s->kernel[0] * s->kernel[1];
    c->xv = random_array(c->xs, -1, 1, 1);
    c->w = random_array(c->ws, -1, 1, 2);
    c->b = random_array(s->out, -1, 1, 3);
    c->gy = random_array(c->ys, -1, 1, 4);
    c->gw = random_array(c->ws, -1, 1, 5); /* gradients are added to what is there */
    c->gb = random_array(s->out, -1, 1, 6);
    c->yv = random_array(c->ys, -1, 1, 7); /* outputs are written over what is there */
    c->gx = random_array(c->xs, -1, 1, 8);
    c->want_y = zeros(c->ys);
    c->want_gx = zeros(c->xs);
    c->want_gw = zeros(c->ws);
    c->want_gb = zeros(s->out);
    for (int64_t i = 0; i < c->ws; i++)
        c->want_gw[i] = c->gw[i];
    for (int64_t i = 0; i < s->out; i++)
        c->want_gb[i] = c->gb[i];
    snprintf(
        c->text, sizeof c->text,
        "rows %lld [%lld, %lld, %lld] -> %lld, kernel %lldx%lld stride %lldx%lld padding %lldx%lld "
        "dilation %lldx%lld groups %lld bias %d",
        (long long)s->rows, (long long)s->C, (long long)s->H, (long long)s->W, (long long)s->out,
        (long long)s->kernel[0], (long long)s->kernel[1], (long long)s->stride[0],
        (long long)s->stride[1], (long long)s->padding[0], (long long)s->padding[1],
        (long long)s->dilation[0], (long long)s->dilation[1], (long long)s->groups, s->bias);
}

static void conv_free(conv_run *c)
{
    void *all[] = {c->xv, c->w,      c->b,       c->gy,      c->gw,      c->gb,     c->yv,
                   c->gx, c->want_y, c->want_gx, c->want_gw, c->want_gb, c->scratch};
    for (int i = 0; i < FSNN_COUNT(all); i++)
        fsnn_free(all[i]);
}

static void conv_case(const dense_conv_shape *shape)
{
    conv_run c = {.s = *shape};
    dense_conv *conv;
    conv_setup(&c);
    bool bias = shape->bias;
    ref_conv_forward(&c.x, &c.y, &c.win, c.xv, c.w, bias ? c.b : NULL, c.want_y);
    ref_conv_backward(&c.x, &c.y, &c.win, c.xv, c.w, c.gy, c.want_gx, c.want_gw, c.want_gb);
    if (dense_conv_create(&c.s, true, true, &conv))
        fail_msg("%s: %s", c.text, fsnn_error_text());
    c.scratch = fsnn_alloc(dense_conv_scratch(conv));
    memset(c.scratch, 0xff, dense_conv_scratch(conv)); /* scratch holds whatever others left */
    double terms = sqrt((double)(shape->C / shape->groups * shape->kernel[0] * shape->kernel[1]));
    assert_int_equal(dense_conv_forward(conv, c.xv, c.w, bias ? c.b : NULL, c.yv, c.scratch), 0);
    near(c.text, c.yv, c.want_y, c.ys, terms);
    memset(c.scratch, 0xff, dense_conv_scratch(conv));
    assert_int_equal(dense_conv_backward_data(conv, c.gy, c.w, c.gx, c.scratch), 0);
    near(c.text, c.gx, c.want_gx, c.xs, 2 * terms);
    memset(c.scratch, 0xff, dense_conv_scratch(conv));
    assert_int_equal(
        dense_conv_backward_weights(conv, c.xv, c.gy, c.gw, bias ? c.gb : NULL, c.scratch), 0);
    double sums = sqrt((double)(c.s.rows * c.s.OH * c.s.OW));
    near(c.text, c.gw, c.want_gw, c.ws, sums);
    if (bias)
        near(c.text, c.gb, c.want_gb, c.s.out, sums);
    dense_conv_destroy(conv);
    conv_free(&c);
}

static int64_t pick(uint64_t *index, int64_t low, int64_t high)
{
    return low + (int64_t)(fsnn_random_u32(11, 1, (*index)++) % (uint32_t)(high - low + 1));
}

static dense_conv_shape draw_conv(uint64_t *at)
{
    static const int64_t channels[] = {1, 2, 3, 6, 16, 24, 32};
    dense_conv_shape s = {.rows = pick(at, 1, 5), .groups = 1, .bias = pick(at, 0, 1)};
    s.C = channels[pick(at, 0, FSNN_COUNT(channels) - 1)];
    s.out = pick(at, 1, 40);
    int64_t kind = pick(at, 0, 2);
    if (kind == 1 && s.C % 2 == 0)
        s.groups = 2;
    if (kind == 2)
        s.groups = s.C;
    s.out = (s.out + s.groups - 1) / s.groups * s.groups;
    for (int d = 0; d < 2; d++) {
        s.kernel[d] = pick(at, 1, 5);
        s.stride[d] = pick(at, 1, 3);
        s.padding[d] = pick(at, 0, 2);
        s.dilation[d] = pick(at, 1, 2);
        int64_t need = s.dilation[d] * (s.kernel[d] - 1) + 1 - 2 * s.padding[d];
        *(d ? &s.W : &s.H) = (need > 1 ? need : 1) + pick(at, 0, 11);
    }
    return s;
}

static void conv_random(void **state)
{
    (void)state;
    uint64_t at = 0;
    for (int i = 0; i < 300; i++) {
        dense_conv_shape s = draw_conv(&at);
        conv_case(&s);
    }
}

/* The shapes of real networks, where the fast kernels run. */
static void conv_usual(void **state)
{
    (void)state;
    static const int64_t usual[][6] = {/* rows, C, H, out, kernel, padding */
                                       {3, 1, 28, 32, 3, 1}, {2, 32, 14, 64, 3, 1},
                                       {2, 3, 32, 64, 7, 3}, {2, 64, 8, 128, 1, 0},
                                       {1, 2, 34, 16, 5, 2}, {4, 64, 7, 64, 3, 0}};
    for (int i = 0; i < FSNN_COUNT(usual); i++)
        for (int64_t stride = 1; stride <= 2; stride++)
            conv_case(&(dense_conv_shape){.rows = usual[i][0],
                                          .C = usual[i][1],
                                          .H = usual[i][2],
                                          .W = usual[i][2] + 1,
                                          .out = usual[i][3],
                                          .kernel = {usual[i][4], usual[i][4]},
                                          .stride = {stride, stride},
                                          .padding = {usual[i][5], usual[i][5]},
                                          .dilation = {1, 1},
                                          .groups = 1,
                                          .bias = stride == 1});
}

/* Only what is wanted: no weight gradient, no bias gradient, neither; forward alone. */
static void conv_parts(void **state)
{
    (void)state;
    conv_run c = {
        .s = {3, 4, 9, 8, 6, 0, 0, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1, true, false, false}};
    dense_conv *conv;
    conv_setup(&c);
    real before[2];
    ref_conv_forward(&c.x, &c.y, &c.win, c.xv, c.w, c.b, c.want_y);
    ref_conv_backward(&c.x, &c.y, &c.win, c.xv, c.w, c.gy, c.want_gx, c.want_gw, c.want_gb);
    GOOD(dense_conv_create(&c.s, true, false, &conv));
    c.scratch = fsnn_alloc(dense_conv_scratch(conv));
    before[0] = c.gb[0];
    before[1] = c.gw[0];
    assert_int_equal(dense_conv_backward_weights(conv, c.xv, c.gy, NULL, NULL, c.scratch), 0);
    assert_int_equal(dense_conv_backward_weights(conv, c.xv, c.gy, c.gw, NULL, c.scratch), 0);
    assert_true(c.gb[0] == before[0]);
    near("weights alone", c.gw, c.want_gw, c.ws, 16);
    before[1] = c.gw[0];
    assert_int_equal(dense_conv_backward_weights(conv, c.xv, c.gy, NULL, c.gb, c.scratch), 0);
    assert_true(c.gw[0] == before[1]);
    near("bias alone", c.gb, c.want_gb, c.s.out, 16);
    dense_conv_destroy(conv);
    GOOD(dense_conv_create(&c.s, false, false, &conv));
    assert_int_equal(dense_conv_forward(conv, c.xv, c.w, c.b, c.yv, c.scratch), 0);
    near("forward alone", c.yv, c.want_y, c.ys, 8);
    dense_conv_destroy(conv);
    conv_free(&c);
}

static void conv_error(void **state)
{
    (void)state;
    dense_conv *conv = (dense_conv *)8;
    dense_conv_shape s = {1,      2,      4,      4, 2,     9,     9,    {3, 3},
                          {1, 1}, {0, 0}, {1, 1}, 1, false, false, false};
    FAILS(dense_conv_create(&s, true, true, &conv), FSNN_EDENSE); /* output too large */
    assert_null(conv);
    CONTAINS(fsnn_error_text(), "could not prepare a convolution: ");
    dense_conv_destroy(NULL);
    dense_pool_destroy(NULL);
}

/* ---- pooling ---- */

static void pool_case(const dense_pool_shape *shape, bool spikes)
{
    dense_pool_shape s = *shape;
    ref_window win = {{s.kernel[0], s.kernel[1]},
                      {s.stride[0], s.stride[1]},
                      {s.padding[0], s.padding[1]},
                      {1, 1},
                      1};
    s.OH = ref_size(s.H, &win, 0);
    s.OW = ref_size(s.W, &win, 1);
    ref_images x = {s.rows, s.C, s.H, s.W, true}, y = {s.rows, s.C, s.OH, s.OW, true};
    int64_t xs = s.rows * s.C * s.H * s.W, ys = s.rows * s.C * s.OH * s.OW;
    real *xv = random_array(xs, -1, 1, 1), *gy = random_array(ys, -1, 1, 2);
    real *yv = random_array(ys, -1, 1, 3), *gx = random_array(xs, -1, 1, 4);
    double *want_y = zeros(ys), *want_gx = zeros(xs);
    for (int64_t i = 0; spikes && i < xs; i++)
        xv[i] = xv[i] > 0; /* many equal maxima */
    static const ref_pool kinds[] = {REF_MAX, REF_AVERAGE, REF_AVERAGE_INSIDE};
    ref_pooling(kinds[s.kind], &x, &y, &win, xv, gy, want_y, want_gx);
    dense_pool *pool;
    GOOD(dense_pool_create(&s, true, &pool));
    void *tape = fsnn_alloc(dense_pool_tape(pool));
    GOOD(dense_pool_forward(pool, xv, yv, tape));
    near("pool forward", yv, want_y, ys, 1);
    GOOD(dense_pool_backward(pool, gy, gx, tape));
    near("pool backward", gx, want_gx, xs, 4);
    dense_pool_destroy(pool);
    GOOD(dense_pool_create(&s, false, &pool));
    assert_int_equal(dense_pool_tape(pool), 0);
    GOOD(dense_pool_forward(pool, xv, yv, NULL));
    near("pool inference", yv, want_y, ys, 1);
    dense_pool_destroy(pool);
    void *all[] = {xv, gy, yv, gx, want_y, want_gx, tape};
    for (int i = 0; i < FSNN_COUNT(all); i++)
        fsnn_free(all[i]);
}

static void pool_random(void **state)
{
    (void)state;
    static const int64_t channels[] = {1, 2, 5, 16, 33, 64};
    uint64_t at = 1000;
    for (int i = 0; i < 200; i++) {
        dense_pool_shape s = {.kind = (dense_pool_kind)(i % 3), .rows = pick(&at, 1, 5)};
        s.C = channels[pick(&at, 0, FSNN_COUNT(channels) - 1)];
        for (int d = 0; d < 2; d++) {
            s.kernel[d] = pick(&at, 1, 5);
            s.stride[d] = pick(&at, 1, 3);
            s.padding[d] = pick(&at, 0, s.kernel[d] / 2);
            *(d ? &s.W : &s.H) = s.kernel[d] + pick(&at, 0, 9);
        }
        pool_case(&s, i % 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gemm),
        cmocka_unit_test(gemm_error),
        cmocka_unit_test(conv_random),
        cmocka_unit_test(conv_usual),
        cmocka_unit_test(conv_parts),
        cmocka_unit_test(conv_error),
        cmocka_unit_test(pool_random),
        cmocka_unit_test(gemm_batch),
        cmocka_unit_test(gemm_batch_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
