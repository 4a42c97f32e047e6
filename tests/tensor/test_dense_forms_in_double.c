/* The dense kernels of single precision, oneDNN or our own, beside our own in double precision:
 * random shapes, the same numbers, equal but for the rounding of float. This file sees the library
 * in double precision; the functions of single precision are declared by hand. */
#include "check.h"

#include "tensor/dense.h"

#undef dense_gemm
#undef dense_conv_create
#undef dense_conv_destroy
#undef dense_conv_scratch
#undef dense_conv_forward
#undef dense_conv_backward_data
#undef dense_conv_backward_weights
#undef dense_pool_create
#undef dense_pool_destroy
#undef dense_pool_tape
#undef dense_pool_forward
#undef dense_pool_backward

fsnn_status dense_gemm(char ta, char tb, int64_t M, int64_t N, int64_t K, float alpha,
                       const float *A, int64_t lda, const float *B, int64_t ldb, float beta,
                       float *C, int64_t ldc);
fsnn_status dense_conv_create(const dense_conv_shape *shape, bool backward, bool backward_data,
                              dense_conv **conv);
void dense_conv_destroy(dense_conv *conv);
size_t dense_conv_scratch(const dense_conv *conv);
fsnn_status dense_conv_forward(dense_conv *conv, const float *x, const float *w, const float *b,
                               float *y, void *scratch);
fsnn_status dense_conv_backward_data(dense_conv *conv, const float *gy, const float *w, float *gx,
                                     void *scratch);
fsnn_status dense_conv_backward_weights(dense_conv *conv, const float *x, const float *gy,
                                        float *gw, float *gb, void *scratch);
fsnn_status dense_pool_create(const dense_pool_shape *shape, bool backward, dense_pool **pool);
void dense_pool_destroy(dense_pool *pool);
size_t dense_pool_tape(const dense_pool *pool);
fsnn_status dense_pool_forward(dense_pool *pool, const float *x, float *y, void *tape);
fsnn_status dense_pool_backward(dense_pool *pool, const float *gy, float *gx, const void *tape);

/* The same numbers in both precisions. */
typedef struct twin {
    int64_t n;
    float *f;
    double *d;
} twin;

static twin twin_of(int64_t n, uint64_t stream)
{
    twin t = {n, fsnn_alloc((size_t)n * sizeof *t.f), fsnn_alloc((size_t)n * sizeof *t.d)};
    assert_true(t.f && t.d);
    for (int64_t i = 0; i < n; i++)
        t.d[i] = t.f[i] = 2 * fsnn_random_uniform(31, stream, (uint64_t)i) - 1;
    return t;
}

static void twin_free(twin *t)
{
    fsnn_free(t->f);
    fsnn_free(t->d);
}

/* `terms`: of a sum. */
static void equal(const char *what, const twin *t, int64_t terms)
{
    double most = 3e-6 * sqrt((double)terms);
    for (int64_t i = 0; i < t->n; i++)
        if (!(fabs(t->f[i] - t->d[i]) <= most * (1 + fabs(t->d[i]))))
            fail_msg("%s: number %lld of %lld is %.9g in single, %.9g in double precision", what,
                     (long long)i, (long long)t->n, (double)t->f[i], t->d[i]);
}

static uint64_t draws;

static int64_t pick(int64_t low, int64_t high)
{
    return low + (int64_t)(fsnn_random_u32(77, 1, draws++) % (uint32_t)(high - low + 1));
}

static void product(int64_t M, int64_t N, int64_t K, bool ta, bool tb, float beta)
{
    CASE("[%lld, %lld, %lld], turned %d %d, beta %g", (long long)M, (long long)N, (long long)K, ta,
         tb, (double)beta);
    char a = ta ? 'T' : 'N', b = tb ? 'T' : 'N';
    int64_t lda = ta ? M : K, ldb = tb ? K : N;
    twin A = twin_of(M * K, 1), B = twin_of(K * N, 2), C = twin_of(M * N, 3);
    GOOD(dense_gemm(a, b, M, N, K, 0.5F, A.f, lda, B.f, ldb, beta, C.f, N));
    GOOD(dense_gemm_double(a, b, M, N, K, 0.5, A.d, lda, B.d, ldb, beta, C.d, N));
    equal("product", &C, K);
    twin_free(&A);
    twin_free(&B);
    twin_free(&C);
}

static void products(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++)
        product(pick(1, 90), pick(1, 90), pick(1, 90), i & 1, i & 2, i & 4 ? 1 : 0);
    product(300, 530, 410, false, true, 0); /* several tiles and depths */
    product(7, 700, 1000, true, false, 1);
}

static dense_conv_shape draw_shape(void)
{
    dense_conv_shape s = {.rows = pick(1, 6), .groups = 1, .bias = pick(0, 1)};
    int64_t kind = pick(0, 3), wide = pick(1, 40);
    s.groups = kind == 2 ? 2 : kind == 3 ? wide : 1;
    s.C = kind == 3 ? wide : s.groups * pick(1, 20);
    s.out = s.groups * (kind == 3 ? pick(1, 2) : pick(1, 40));
    for (int d = 0; d < 2; d++) {
        s.kernel[d] = pick(1, 5);
        s.stride[d] = pick(1, 3);
        s.padding[d] = pick(0, 3);
        s.dilation[d] = pick(1, 3);
        int64_t reach = s.dilation[d] * (s.kernel[d] - 1) + 1, least = reach - 2 * s.padding[d];
        int64_t side = (least > 1 ? least : 1) + pick(0, 12);
        *(d ? &s.W : &s.H) = side;
        *(d ? &s.OW : &s.OH) = (side + 2 * s.padding[d] - reach) / s.stride[d] + 1;
    }
    return s;
}

static void convolve(const dense_conv_shape *s)
{
    CASE("rows %lld [%lld, %lld, %lld] -> %lld, kernel %lldx%lld stride %lldx%lld padding "
         "%lldx%lld dilation %lldx%lld groups %lld bias %d",
         (long long)s->rows, (long long)s->C, (long long)s->H, (long long)s->W, (long long)s->out,
         (long long)s->kernel[0], (long long)s->kernel[1], (long long)s->stride[0],
         (long long)s->stride[1], (long long)s->padding[0], (long long)s->padding[1],
         (long long)s->dilation[0], (long long)s->dilation[1], (long long)s->groups, s->bias);
    int64_t places = s->kernel[0] * s->kernel[1], in = s->C / s->groups;
    int64_t points = s->rows * s->OH * s->OW;
    twin x = twin_of(s->rows * s->C * s->H * s->W, 1), w = twin_of(s->out * in * places, 2);
    twin b = twin_of(s->out, 3), y = twin_of(points * s->out, 4), gy = twin_of(points * s->out, 5);
    twin gx = twin_of(x.n, 6), gw = twin_of(w.n, 7), gb = twin_of(s->out, 8);
    dense_conv *single, *twice;
    GOOD(dense_conv_create(s, true, true, &single));
    GOOD(dense_conv_create_double(s, true, true, &twice));
    void *room = fsnn_alloc(dense_conv_scratch(single));
    void *space = fsnn_alloc(dense_conv_scratch_double(twice));
    GOOD(dense_conv_forward(single, x.f, w.f, s->bias ? b.f : NULL, y.f, room));
    GOOD(dense_conv_forward_double(twice, x.d, w.d, s->bias ? b.d : NULL, y.d, space));
    equal("forward", &y, in * places);
    GOOD(dense_conv_backward_data(single, gy.f, w.f, gx.f, room));
    GOOD(dense_conv_backward_data_double(twice, gy.d, w.d, gx.d, space));
    equal("gradient of the input", &gx, s->out / s->groups * places);
    GOOD(dense_conv_backward_weights(single, x.f, gy.f, gw.f, s->bias ? gb.f : NULL, room));
    GOOD(dense_conv_backward_weights_double(twice, x.d, gy.d, gw.d, s->bias ? gb.d : NULL, space));
    equal("gradient of the weights", &gw, points);
    equal("gradient of the bias", &gb, points);
    dense_conv_destroy(single);
    dense_conv_destroy_double(twice);
    twin *all[] = {&x, &w, &b, &y, &gy, &gx, &gw, &gb};
    for (int i = 0; i < FSNN_COUNT(all); i++)
        twin_free(all[i]);
    fsnn_free(room);
    fsnn_free(space);
}

static void convolutions(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        dense_conv_shape s = draw_shape();
        convolve(&s);
    }
}

static void pool(const dense_pool_shape *s)
{
    int64_t xs = s->rows * s->C * s->H * s->W, ys = s->rows * s->C * s->OH * s->OW;
    twin x = twin_of(xs, 1), y = twin_of(ys, 2), gy = twin_of(ys, 3), gx = twin_of(xs, 4);
    dense_pool *single, *twice;
    GOOD(dense_pool_create(s, true, &single));
    GOOD(dense_pool_create_double(s, true, &twice));
    void *tape = fsnn_alloc(dense_pool_tape(single));
    void *other = fsnn_alloc(dense_pool_tape_double(twice));
    GOOD(dense_pool_forward(single, x.f, y.f, tape));
    GOOD(dense_pool_forward_double(twice, x.d, y.d, other));
    equal("pooling", &y, 1);
    GOOD(dense_pool_backward(single, gy.f, gx.f, tape));
    GOOD(dense_pool_backward_double(twice, gy.d, gx.d, other));
    equal("gradient of pooling", &gx, 4);
    dense_pool_destroy(single);
    dense_pool_destroy_double(twice);
    twin *all[] = {&x, &y, &gy, &gx};
    for (int i = 0; i < FSNN_COUNT(all); i++)
        twin_free(all[i]);
    fsnn_free(tape);
    fsnn_free(other);
}

static void poolings(void **state)
{
    (void)state;
    for (int i = 0; i < 150; i++) {
        dense_pool_shape s = {
            .kind = (dense_pool_kind)(i % 3), .rows = pick(1, 5), .C = pick(1, 40)};
        for (int d = 0; d < 2; d++) {
            s.kernel[d] = pick(1, 5);
            s.stride[d] = pick(1, 3);
            s.padding[d] = pick(0, s.kernel[d] / 2);
            int64_t side = s.kernel[d] + pick(0, 9);
            *(d ? &s.W : &s.H) = side;
            *(d ? &s.OW : &s.OH) = (side + 2 * s.padding[d] - s.kernel[d]) / s.stride[d] + 1;
        }
        pool(&s);
    }
}

/* A row of a product, and the whole with any number of threads: the same bits. */
static void same_bits(void **state)
{
    (void)state;
    enum { M = 70, N = 130, K = 500 };
    twin A = twin_of(M * K, 1), B = twin_of(N * K, 2), C = twin_of(M * N, 3), D = twin_of(M * N, 4);
    GOOD(fsnn_threads_set(1));
    GOOD(dense_gemm_double('N', 'T', M, N, K, 1, A.d, K, B.d, K, 0, C.d, N));
    GOOD(fsnn_threads_set(3));
    GOOD(dense_gemm_double('N', 'T', M, N, K, 1, A.d, K, B.d, K, 0, D.d, N));
    assert_memory_equal(C.d, D.d, M * N * sizeof(double));
    for (int m = 0; m < M; m++)
        GOOD(dense_gemm_double('N', 'T', 1, N, K, 1, A.d + m * K, K, B.d, K, 0, D.d + m * N, N));
    assert_memory_equal(C.d, D.d, M * N * sizeof(double));
    GOOD(fsnn_threads_set(0));
    twin *all[] = {&A, &B, &C, &D};
    for (int i = 0; i < FSNN_COUNT(all); i++)
        twin_free(all[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products),
        cmocka_unit_test(convolutions),
        cmocka_unit_test(poolings),
        cmocka_unit_test(same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
