/* Operators on matrices and tokens against plain loops in double: matmul, attention, layer
 * normalisation, classification head; attention also against its composition of other operators. */
#include "harness.h"
#include "reference.h"

static double *zeros(int64_t n)
{
    double *a = fsnn_alloc((size_t)n * sizeof *a);
    assert_non_null(a);
    return a;
}

static void all_near(const char *what, const real *got, const double *want, int64_t n,
                     double tolerance)
{
    for (int64_t i = 0; i < n; i++)
        NEAR(what, got[i], want[i], tolerance);
}

/* ---- matmul ---- */

static void matmul_case(fsnn_shape lead, int64_t M, int64_t K, int64_t N, bool ta, bool tb)
{
    fsnn_matmul o = {ta, tb, -0.5};
    fsnn_shape a = lead, b = lead;
    a.dim[a.rank++] = ta ? K : M;
    a.dim[a.rank++] = ta ? M : K;
    b.dim[b.rank++] = tb ? N : K;
    b.dim[b.rank++] = tb ? K : N;
    rig_setup s = {"matmul", &o, 2, 2, true, 2, {a, b}, false};
    rig r;
    rig_open(&r, &s);
    int64_t count = 4 * fsnn_shape_count(&lead);
    fsnn_shape out = lead;
    out.dim[out.rank++] = M;
    out.dim[out.rank++] = N;
    assert_true(fsnn_shape_equal(&r.node.out[0], &out));
    assert_int_equal(r.node.operations, fsnn_shape_count(&lead) * M * K * N);
    rig_forward(&r);
    rig_backward(&r);
    double *y = zeros(count * M * N), *ga = zeros(count * M * K), *gb = zeros(count * K * N);
    for (int64_t i = 0; i < count; i++)
        for (int64_t m = 0; m < M; m++)
            for (int64_t n = 0; n < N; n++)
                for (int64_t k = 0; k < K; k++) {
                    int64_t at = i * M * K + (ta ? k * M + m : m * K + k);
                    int64_t bt = i * K * N + (tb ? n * K + k : k * N + n);
                    int64_t ct = (i * M + m) * N + n;
                    y[ct] -= 0.5 * r.run.in[0][at] * r.run.in[1][bt];
                    ga[at] -= 0.5 * r.run.gout[0][ct] * r.run.in[1][bt];
                    gb[bt] -= 0.5 * r.run.gout[0][ct] * r.run.in[0][at];
                }
    all_near("matmul", r.run.out[0], y, count * M * N, 1e-5 * ROUNDING);
    all_near("gradient of A", r.run.gin[0], ga, count * M * K, 1e-5 * ROUNDING);
    all_near("gradient of B", r.run.gin[1], gb, count * K * N, 1e-5 * ROUNDING);
    void *all[] = {y, ga, gb};
    for (int i = 0; i < FSNN_COUNT(all); i++)
        fsnn_free(all[i]);
    rig_close(&r);
}

static void matmul(void **state)
{
    (void)state;
    for (int t = 0; t < 4; t++) {
        matmul_case((fsnn_shape){.rank = 0}, 5, 3, 7, t & 1, t & 2);
        matmul_case(FSNN_SHAPE(3), 1, 9, 4, t & 1, t & 2);
        matmul_case(FSNN_SHAPE(2, 3), 17, 33, 20, t & 1, t & 2);
        matmul_case(FSNN_SHAPE(4), 6, 1, 1, t & 1, t & 2);
    }
}

/* ---- attention ---- */

typedef struct layout {
    fsnn_features features;
    bool last;
} layout;

static const layout layouts[] = {{FSNN_FEATURES_FIRST, false},
                                 {FSNN_FEATURES_FIRST, true},
                                 {FSNN_FEATURES_LAST, false},
                                 {FSNN_FEATURES_LAST, true}};

/* Number of feature c of token n, of N tokens with D features. */
static int64_t token(const layout *l, int64_t n, int64_t c, int64_t N, int64_t D)
{
    return (l->features == FSNN_FEATURES_LAST) != l->last ? n * D + c : c * N + n;
}

static fsnn_shape tokens_shape(const layout *l, int64_t N, int64_t D)
{
    return l->features == FSNN_FEATURES_LAST ? FSNN_SHAPE(N, D) : FSNN_SHAPE(D, N);
}

typedef struct sizes {
    int64_t N, M, d, e, heads;
} sizes;

static int64_t naive_operations(const sizes *z)
{
    int64_t kv = (z->N + z->M) * z->d * z->e, qk = z->N * z->M * (z->d + z->e);
    return z->heads * (kv < qk ? kv : qk);
}

/* Sums over n, m and c of gy[n,e] q[n,c] k[m,c] v[m,e] and their derivatives, in each head. */
static void naive(const rig *r, const layout *l, const sizes *z, double scale, double *y,
                  double *gq, double *gk, double *gv)
{
    int64_t D = z->d * z->heads, E = z->e * z->heads;
    for (int64_t row = 0; row < rig_rows(r); row++) {
        const real *q = r->run.in[0] + row * z->N * D, *k = r->run.in[1] + row * z->M * D,
                   *v = r->run.in[2] + row * z->M * E, *gy = r->run.gout[0] + row * z->N * E;
        for (int64_t h = 0; h < z->heads; h++)
            for (int64_t n = 0; n < z->N; n++)
                for (int64_t m = 0; m < z->M; m++) {
                    double score = 0, gscore = 0;
                    for (int64_t c = h * z->d; c < (h + 1) * z->d; c++)
                        score += scale * q[token(l, n, c, z->N, D)] * k[token(l, m, c, z->M, D)];
                    for (int64_t e = h * z->e; e < (h + 1) * z->e; e++) {
                        int64_t ie = token(l, n, e, z->N, E), iv = token(l, m, e, z->M, E);
                        y[row * z->N * E + ie] += score * v[iv];
                        gv[row * z->M * E + iv] += score * gy[ie];
                        gscore += scale * gy[ie] * v[iv];
                    }
                    for (int64_t c = h * z->d; c < (h + 1) * z->d; c++) {
                        int64_t iq = token(l, n, c, z->N, D), ik = token(l, m, c, z->M, D);
                        gq[row * z->N * D + iq] += gscore * k[ik];
                        gk[row * z->M * D + ik] += gscore * q[iq];
                    }
                }
    }
}

static void attention_case(const layout *l, const sizes *z, bool spikes)
{
    int64_t D = z->d * z->heads, E = z->e * z->heads;
    fsnn_attention o = {z->heads, 0.25, l->features};
    fsnn_shape k = tokens_shape(l, z->M, D);
    rig_setup s = {
        "attention", &o, 2, 3, true, 3, {tokens_shape(l, z->N, D), k, tokens_shape(l, z->M, E)},
        l->last};
    rig r;
    rig_open(&r, &s);
    fsnn_shape out = tokens_shape(l, z->N, E);
    assert_true(fsnn_shape_equal(&r.node.out[0], &out));
    assert_int_equal(r.node.operations, naive_operations(z));
    int64_t nq = 6 * z->N * D, nk = 6 * z->M * D, nv = 6 * z->M * E, ny = 6 * z->N * E;
    for (int i = 0; i < 3 && spikes; i++)
        for (int64_t n = 0; n < rig_size(&r, &s.in[i]); n++)
            ((real *)r.run.in[i])[n] = r.run.in[i][n] > 0.4f;
    double *y = zeros(ny), *gq = zeros(nq), *gk = zeros(nk), *gv = zeros(nv);
    naive(&r, l, z, 0.25, y, gq, gk, gv);
    rig_forward(&r);
    rig_backward(&r);
    all_near("attention", r.run.out[0], y, ny,
             spikes ? 0 : 1e-5 * ROUNDING); /* sums of spikes are exact */
    all_near("gradient of q", r.run.gin[0], gq, nq, 1e-5 * ROUNDING);
    all_near("gradient of k", r.run.gin[1], gk, nk, 1e-5 * ROUNDING);
    all_near("gradient of v", r.run.gin[2], gv, nv, 1e-5 * ROUNDING);
    r.node.training = false; /* evaluation: nothing on the tape */
    GOOD(r.node.op->plan(&r.node));
    assert_int_equal(r.node.tape_bytes, 0);
    void *tape = r.run.tape;
    r.run.tape = NULL;
    rig_forward(&r);
    r.run.tape = tape;
    all_near("attention", r.run.out[0], y, ny, spikes ? 0 : 1e-5 * ROUNDING);
    void *all[] = {y, gq, gk, gv};
    for (int i = 0; i < FSNN_COUNT(all); i++)
        fsnn_free(all[i]);
    rig_close(&r);
}

static void attention(void **state)
{
    (void)state;
    static const sizes z[] = {{64, 64, 8, 8, 4},  {4, 4, 16, 16, 2}, {9, 5, 3, 7, 3},
                              {1, 6, 4, 2, 1},    {6, 1, 2, 3, 2},   {7, 7, 1, 1, 5},
                              {16, 16, 16, 16, 1}};
    for (int i = 0; i < FSNN_COUNT(z); i++)
        for (int k = 0; k < FSNN_COUNT(layouts); k++)
            for (int spikes = 0; spikes < 2; spikes++)
                attention_case(&layouts[k], &z[i], spikes);
}

/* The cheaper order, told by the cost of 256 tokens and of 4. */
static void operations(void **state)
{
    (void)state;
    fsnn_attention o = {8, 0.125, FSNN_FEATURES_FIRST};
    static const int64_t tokens[] = {256, 4}, want[] = {8 * 512 * 32 * 32, 8 * 4 * 4 * 64};
    for (int i = 0; i < 2; i++) {
        fsnn_shape x = FSNN_SHAPE(256, tokens[i]);
        rig r;
        rig_setup s = {"attention", &o, 1, 1, false, 3, {x, x, x}, true};
        GOOD(rig_shape(&r, &s));
        assert_int_equal(r.node.operations, want[i]);
        rig_close(&r);
    }
}

/* ---- layer normalisation ---- */

static void layernorm_case(fsnn_shape shape, int64_t dims, bool affine, double offset)
{
    fsnn_layernorm o = {dims, 1e-3, affine};
    rig_setup s = {"layernorm", &o, 3, 4, true, 1, {shape}, false};
    rig r;
    rig_open(&r, &s);
    int64_t n = 1, all = rig_size(&r, &shape);
    for (int d = dims ? shape.rank - (int)dims : 0; d < shape.rank; d++)
        n *= shape.dim[d];
    for (int64_t i = 0; i < all; i++)
        ((real *)r.run.in[0])[i] += (real)offset;
    double *gw = zeros(n), *gb = zeros(n);
    for (int64_t i = 0; affine && i < n; i++)
        gw[i] = r.run.grad[0][i], gb[i] = r.run.grad[1][i];
    rig_forward(&r);
    rig_backward(&r);
    for (int64_t at = 0; at < all; at += n) {
        const real *x = r.run.in[0] + at, *gy = r.run.gout[0] + at;
        double mean = 0, var = 0, m = 0, q = 0;
        for (int64_t i = 0; i < n; i++)
            mean += x[i] / (double)n;
        for (int64_t i = 0; i < n; i++)
            var += (x[i] - mean) * (x[i] - mean) / (double)n;
        double sd = sqrt(var + 1e-3);
        for (int64_t i = 0; i < n; i++) {
            double z = (x[i] - mean) / sd, w = affine ? r.run.value[0][i] : 1;
            NEAR("layernorm", r.run.out[0][at + i], z * w + (affine ? r.run.value[1][i] : 0),
                 4e-6 * ROUNDING);
            m += gy[i] * w / (double)n;
            q += gy[i] * w * z / (double)n;
            gw[i] += gy[i] * z;
            gb[i] += gy[i];
        }
        for (int64_t i = 0; i < n; i++) {
            double z = (x[i] - mean) / sd, w = affine ? r.run.value[0][i] : 1;
            NEAR("input gradient", r.run.gin[0][at + i], (gy[i] * w - m - z * q) / sd,
                 1e-4 * ROUNDING);
        }
    }
    if (affine) {
        all_near("weight gradient", r.run.grad[0], gw, n, 2e-5 * ROUNDING);
        all_near("bias gradient", r.run.grad[1], gb, n, 2e-5 * ROUNDING);
    }
    fsnn_free(gw);
    fsnn_free(gb);
    rig_close(&r);
}

static void layernorm(void **state)
{
    (void)state;
    for (int affine = 0; affine < 2; affine++) {
        layernorm_case(FSNN_SHAPE(50), 1, affine, 0);
        layernorm_case(FSNN_SHAPE(16, 33), 1, affine, 2);
        layernorm_case(FSNN_SHAPE(5, 4, 3), 2, affine, 0);
        layernorm_case(FSNN_SHAPE(5, 40, 30), 0, affine, -1);
        layernorm_case(FSNN_SHAPE(5, 40, 30), 3, affine, 0);
        layernorm_case(FSNN_SHAPE(600, 2), 1, affine, 0);
    }
}

/* ---- head ---- */

static void head_case(const layout *l, int64_t N, int64_t D, bool bias)
{
    enum { OUT = 7, ROWS = 6 };
    fsnn_head o = {OUT, bias, l->features};
    rig_setup s = {"head", &o, 2, 3, true, 1, {tokens_shape(l, N, D)}, l->last};
    rig r;
    rig_open(&r, &s);
    assert_true(fsnn_shape_equal(&r.node.out[0], &FSNN_SHAPE(OUT)));
    assert_int_equal(r.node.operations, N * D + D * OUT);
    NEAR("bound of weights", r.node.param[0].scale, 1 / sqrt((double)D), 1e-12);
    double *gw = zeros(OUT * D), gb[OUT] = {0};
    for (int64_t i = 0; i < OUT * D; i++)
        gw[i] = r.run.grad[0][i];
    for (int i = 0; bias && i < OUT; i++)
        gb[i] = r.run.grad[1][i];
    rig_forward(&r);
    rig_backward(&r);
    for (int64_t row = 0; row < ROWS; row++) {
        double y[OUT] = {0};
        for (int c = 0; c < OUT; c++) {
            y[c] = bias ? r.run.value[1][c] : 0;
            gb[c] += r.run.gout[0][row * OUT + c];
        }
        for (int64_t d = 0; d < D; d++) {
            double mean = 0, g = 0;
            for (int64_t n = 0; n < N; n++)
                mean += r.run.in[0][row * N * D + token(l, n, d, N, D)] / (double)N;
            for (int c = 0; c < OUT; c++) {
                y[c] += mean * r.run.value[0][c * D + d];
                g += r.run.gout[0][row * OUT + c] * r.run.value[0][c * D + d] / (double)N;
                gw[c * D + d] += r.run.gout[0][row * OUT + c] * mean;
            }
            for (int64_t n = 0; n < N; n++)
                NEAR("input gradient", r.run.gin[0][row * N * D + token(l, n, d, N, D)], g,
                     1e-5 * ROUNDING);
        }
        all_near("head", r.run.out[0] + row * OUT, y, OUT, 1e-5 * ROUNDING);
    }
    all_near("weight gradient", r.run.grad[0], gw, OUT * D, 1e-5 * ROUNDING);
    if (bias)
        all_near("bias gradient", r.run.grad[1], gb, OUT, 1e-5 * ROUNDING);
    fsnn_free(gw);
    rig_close(&r);
}

static void head(void **state)
{
    (void)state;
    for (int k = 0; k < FSNN_COUNT(layouts); k++)
        for (int bias = 0; bias < 2; bias++) {
            head_case(&layouts[k], 5, 12, bias);
            head_case(&layouts[k], 64, 3, bias);
            head_case(&layouts[k], 2, 130, bias);
        }
}

/* ---- threads and memory ---- */

static void run_with(int threads, const rig_setup *s, real *out, int64_t *n)
{
    rig r;
    GOOD(fsnn_threads_set(threads));
    rig_open(&r, s);
    fsnn_alloc_fail_at(0);
    rig_forward(&r);
    rig_backward(&r);
    assert_int_equal(fsnn_alloc_fail_at(0), 0);
    *n = 0;
    for (int i = 0; i < s->inputs; i++)
        for (int64_t k = 0; k < rig_size(&r, &s->in[i]); k++)
            out[(*n)++] = r.run.gin[i][k];
    for (int64_t k = 0; k < rig_size(&r, &r.node.out[0]); k++)
        out[(*n)++] = r.run.out[0][k];
    bool sums = strcmp(s->kind, "head") != 0; /* its products are the dense kernels' */
    for (int p = 0; sums && p < r.node.params; p++)
        for (int64_t i = 0; r.run.grad[p] && i < fsnn_shape_count(&r.node.param[p].shape); i++)
            out[(*n)++] = r.run.grad[p][i];
    rig_close(&r);
}

/* The same bits with any number of threads, and no allocation of ours in a call. */
static void threads(void **state)
{
    (void)state;
    enum { MOST = 400000 };
    fsnn_attention four = {4, 0.25, FSNN_FEATURES_FIRST};
    fsnn_permute turn = {FSNN_SHAPE(1, 0)};
    fsnn_reduce rows = {.axes = FSNN_SHAPE(1)};
    fsnn_pool odd = {.adaptive = {3, 3}};
    fsnn_shape x = FSNN_SHAPE(32, 49), y = FSNN_SHAPE(49, 32);
    rig_setup c[] = {
        {"layernorm", NULL, 4, 10, true, 1, {x}, false},
        {"attention", &four, 4, 10, true, 3, {x, x, x}, true},
        {"matmul", NULL, 4, 10, true, 2, {x, y}, false},
        {"permute", &turn, 4, 10, true, 1, {x}, false},
        {"mean", &rows, 4, 10, true, 1, {x}, true},
        {"multiply", NULL, 4, 10, true, 2, {x, x}, true},
        {"maxpool", &odd, 4, 10, true, 1, {FSNN_SHAPE(8, 7, 7)}, true},
        {"sumpool", &odd, 4, 10, true, 1, {FSNN_SHAPE(8, 7, 7)}, true},
    };
    real *one = fsnn_alloc(MOST * sizeof *one), *three = fsnn_alloc(MOST * sizeof *three);
    for (int i = 0; i < FSNN_COUNT(c); i++) {
        int64_t n, m;
        run_with(1, &c[i], one, &n);
        run_with(3, &c[i], three, &m);
        assert_true(n == m && n <= MOST);
        assert_memory_equal(one, three, (size_t)n * sizeof *one);
    }
    GOOD(fsnn_threads_set(0));
    fsnn_free(one);
    fsnn_free(three);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matmul),    cmocka_unit_test(attention), cmocka_unit_test(operations),
        cmocka_unit_test(layernorm), cmocka_unit_test(head),      cmocka_unit_test(threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
