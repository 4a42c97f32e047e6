/* Windows over lines and images: conv1d, and pooling of every kind, size and padding, against plain
 * loops in double. */
#include "harness.h"
#include "reference.h"
#include "op/kernels.h"
#include "op/pool_walk.h"
#include "tensor/dense.h"

/* ---- conv1d ---- */

static void line_case(const fsnn_conv1d *o, int64_t C, int64_t L)
{
    rig r;
    rig_setup s = {"conv1d", o, 2, 3, true, 1, {FSNN_SHAPE(C, L)}, C > 1};
    rig_open(&r, &s);
    ref_window win = {{1, o->kernel}, {1, o->stride}, {0, o->padding}, {1, o->dilation}, o->groups};
    int64_t OL = ref_size(L, &win, 1), fan_in = C / o->groups * o->kernel;
    assert_true(fsnn_shape_equal(&r.node.out[0], &FSNN_SHAPE(o->out, OL)));
    assert_true(
        fsnn_shape_equal(&r.node.param[0].shape, &FSNN_SHAPE(o->out, C / o->groups, o->kernel)));
    assert_int_equal(r.node.operations, o->out * OL * fan_in);
    NEAR("bound of weights", r.node.param[0].scale, 1 / sqrt((double)fan_in), 1e-12);
    ref_images x = {6, C, 1, L, true}, y = {6, o->out, 1, OL, true};
    int64_t xs = 6 * C * L, ys = 6 * o->out * OL, ws = o->out * fan_in;
    double *want = fsnn_alloc((size_t)ys * sizeof *want), *gx = fsnn_alloc((size_t)xs * sizeof *gx);
    double *gw = fsnn_alloc((size_t)ws * sizeof *gw), *gb = fsnn_alloc((size_t)o->out * sizeof *gb);
    for (int64_t i = 0; i < ws; i++)
        gw[i] = r.run.grad[0][i];
    for (int64_t i = 0; o->bias && i < o->out; i++)
        gb[i] = r.run.grad[1][i];
    ref_conv_forward(&x, &y, &win, r.run.in[0], r.run.value[0], o->bias ? r.run.value[1] : NULL,
                     want);
    ref_conv_backward(&x, &y, &win, r.run.in[0], r.run.value[0], r.run.gout[0], gx, gw, gb);
    rig_forward(&r);
    rig_backward(&r);
    for (int64_t i = 0; i < ys; i++)
        NEAR("conv1d", r.run.out[0][i], want[i], 1e-5 * ROUNDING);
    for (int64_t i = 0; i < xs; i++)
        NEAR("input gradient", r.run.gin[0][i], gx[i], 1e-5 * ROUNDING);
    for (int64_t i = 0; i < ws; i++)
        NEAR("weight gradient", r.run.grad[0][i], gw[i], 1e-5 * ROUNDING);
    for (int64_t i = 0; o->bias && i < o->out; i++)
        NEAR("bias gradient", r.run.grad[1][i], gb[i], 1e-5 * ROUNDING);
    void *all[] = {want, gx, gw, gb};
    for (int i = 0; i < FSNN_COUNT(all); i++)
        fsnn_free(all[i]);
    rig_close(&r);
}

static void conv1d(void **state)
{
    (void)state;
    static const fsnn_conv1d o[] = {
        {6, 3, 1, 1, 1, 1, true},  {8, 4, 2, 0, 2, 2, false}, {4, 5, 3, 4, 1, 4, true},
        {33, 1, 1, 0, 1, 1, true}, {16, 9, 1, 8, 2, 1, true}, {4, 2, 5, 3, 3, 1, false},
    };
    for (int i = 0; i < FSNN_COUNT(o); i++)
        for (int64_t L = 17; L <= 40; L += 23) {
            line_case(&o[i], 4, L);
            line_case(&o[i], 8, L);
        }
    line_case(&o[0], 1, 12);
}

/* ---- pooling ---- */

typedef struct pool_case {
    const char *kind;
    fsnn_pool o;
    int64_t C, H, W; /* H 0: a line */
} pool_case;

typedef struct axis {
    int64_t in, out, first[64], last[64]; /* of each window, not clipped */
} axis;

static axis axis_of(const fsnn_pool *o, int d, int64_t in)
{
    axis a = {.in = in, .out = o->adaptive[d]};
    int64_t stride = o->stride[d] ? o->stride[d] : o->kernel[d];
    if (!a.out)
        a.out = (in + 2 * o->padding[d] - o->kernel[d]) / stride + 1;
    assert_true(a.out <= 64);
    for (int64_t i = 0; i < a.out; i++) {
        a.first[i] = i * stride - o->padding[d];
        a.last[i] = a.first[i] + o->kernel[d] - 1;
        if (o->adaptive[d]) {
            a.first[i] = (int64_t)floor((double)(i * in) / (double)a.out);
            a.last[i] = (int64_t)ceil((double)((i + 1) * in) / (double)a.out) - 1;
        }
    }
    return a;
}

/* One channel of one sample; [h, w] of x and y are C apart. */
static void pool_plane(const pool_case *c, const axis *h, const axis *v, const real *x,
                       const real *gy, double *y, double *gx)
{
    for (int64_t oh = 0; oh < h->out; oh++)
        for (int64_t ow = 0; ow < v->out; ow++) {
            int64_t o = (oh * v->out + ow) * c->C, best = -1, inside = 0;
            int64_t all = (h->last[oh] - h->first[oh] + 1) * (v->last[ow] - v->first[ow] + 1);
            double sum = 0;
            for (int pass = 0; pass < 2; pass++)
                for (int64_t a = h->first[oh]; a <= h->last[oh]; a++)
                    for (int64_t b = v->first[ow]; b <= v->last[ow]; b++) {
                        if (a < 0 || a >= h->in || b < 0 || b >= v->in)
                            continue;
                        int64_t i = (a * v->in + b) * c->C;
                        double n = c->kind[0] == 's'    ? 1
                                   : c->o.count_padding ? (double)all
                                                        : (double)inside;
                        if (pass == 1 && c->kind[0] != 'm')
                            gx[i] += gy[o] / n, y[o] = sum / n;
                        if (pass == 1)
                            continue;
                        inside++;
                        sum += x[i];
                        if (best < 0 || x[i] > x[best])
                            best = i;
                    }
            if (c->kind[0] == 'm')
                gx[best] += gy[o], y[o] = x[best];
        }
}

static void pool_run(const pool_case *c, bool training, bool spikes)
{
    fsnn_shape in = c->H ? FSNN_SHAPE(c->C, c->H, c->W) : FSNN_SHAPE(c->C, c->W);
    axis h = c->H ? axis_of(&c->o, 0, c->H) : (axis){.in = 1, .out = 1},
         v = axis_of(&c->o, 1, c->W);
    rig r;
    rig_setup s = {c->kind, &c->o, 2, 2, training, 1, {in}, c->C > 1};
    rig_open(&r, &s);
    fsnn_shape out = c->H ? FSNN_SHAPE(c->C, h.out, v.out) : FSNN_SHAPE(c->C, v.out);
    assert_true(fsnn_shape_equal(&r.node.out[0], &out));
    int64_t xs = c->C * h.in * v.in, ys = c->C * h.out * v.out;
    for (int64_t i = 0; spikes && i < 4 * xs; i++)
        ((real *)r.run.in[0])[i] = r.run.in[0][i] > 0;
    double *y = fsnn_alloc((size_t)ys * sizeof *y), *gx = fsnn_alloc((size_t)xs * sizeof *gx);
    rig_forward(&r);
    if (training)
        rig_backward(&r);
    for (int64_t row = 0; row < 4; row++) {
        memset(gx, 0, (size_t)xs * sizeof *gx);
        for (int64_t k = 0; k < c->C; k++)
            pool_plane(c, &h, &v, r.run.in[0] + row * xs + k, r.run.gout[0] + row * ys + k, y + k,
                       gx + k);
        for (int64_t i = 0; i < ys; i++)
            NEAR(c->kind, r.run.out[0][row * ys + i], y[i],
                 spikes && c->kind[0] == 's' ? 0 : 2e-6 * ROUNDING);
        for (int64_t i = 0; training && i < xs; i++)
            NEAR("gradient", r.run.gin[0][row * xs + i], gx[i], 2e-6 * ROUNDING);
    }
    fsnn_free(y);
    fsnn_free(gx);
    rig_close(&r);
}

static void pooling(void **state)
{
    (void)state;
    static const char *const kind[] = {"maxpool", "avgpool", "sumpool"};
    static const fsnn_pool o[] = {
        {{2, 2}, {0, 0}, {0, 0}, true, {0, 0}},
        {{3, 3}, {2, 2}, {1, 1}, true, {0, 0}},
        {{3, 3}, {2, 2}, {1, 1}, false, {0, 0}},
        {{5, 5}, {1, 1}, {2, 2}, true, {0, 0}},
        {.adaptive = {1, 1}},
        {.adaptive = {2, 2}},
        {.adaptive = {3, 3}},
        {.adaptive = {7, 7}},
        {.adaptive = {12, 12}},
        {.adaptive = {13, 13}},
    };
    static const int64_t size[][3] = {{5, 0, 12}, {1, 0, 9}, {3, 12, 7}, {17, 9, 10}, {1, 8, 8}};
    for (int i = 0; i < FSNN_COUNT(o); i++)
        for (int k = 0; k < 3; k++)
            for (int z = 0; z < FSNN_COUNT(size); z++)
                for (int way = 0; way < 4; way++)
                    pool_run(&(pool_case){kind[k], o[i], size[z][0], size[z][1], size[z][2]},
                             way & 1, way & 2);
}

static void pooling_oblong(void **state)
{
    (void)state;
    static const char *const kind[] = {"maxpool", "avgpool", "sumpool"};
    static const fsnn_pool o[] = {
        {{3, 2}, {1, 2}, {1, 0}, true, {0, 0}}, {.adaptive = {1, 4}}, {.adaptive = {6, 5}}};
    for (int i = 0; i < FSNN_COUNT(o); i++)
        for (int k = 0; k < 3; k++)
            pool_run(&(pool_case){kind[k], o[i], 6, 12, 9}, true, false);
}

/* Maxima by our walk are the dense-kernel library's, bit for bit: equal ones, numbers that are not
 * finite, channels that fill no vector. Gradients are whole numbers, so that their sums are exact
 * in any order. */
static void same_maxima(int64_t C, const int64_t *z, bool strange)
{
    static const real odd[] = {NAN, INFINITY, -INFINITY, -0.0f, 0.0f, 1.0f, 1e-40f};
    enum { ROWS = 3, H = 9, W = 11 };
    int64_t K = z[0], S = z[1], P = z[2], OH = (H + 2 * P - K) / S + 1,
            OW = (W + 2 * P - K) / S + 1;
    dense_pool_shape s = {DENSE_MAX, ROWS, C, H, W, OH, OW, {K, K}, {S, S}, {P, P}};
    pool_walk w = {POOL_MAX, ROWS, C, {{H, OH, K, S, P}, {W, OW, K, S, P}}};
    int64_t xs = ROWS * C * H * W, ys = ROWS * C * OH * OW;
    real *x = rig_unset(xs), *y[2] = {rig_unset(ys), rig_unset(ys)}, *gy = rig_unset(ys),
         *gx[2] = {rig_unset(xs), rig_unset(xs)};
    for (int64_t i = 0; i < xs; i++) {
        uint32_t bits = fsnn_random_u32(7, (uint64_t)C, (uint64_t)i);
        x[i] = strange ? odd[bits % FSNN_COUNT(odd)] : (real)(bits % 3);
    }
    for (int64_t i = 0; i < ys; i++)
        gy[i] = (real)(fsnn_random_u32(8, (uint64_t)C, (uint64_t)i) % 9) - 4;
    dense_pool *pool;
    GOOD(dense_pool_create(&s, true, &pool));
    void *tape[2] = {fsnn_alloc(dense_pool_tape(pool)), fsnn_alloc(pool_walk_tape(&w))};
    GOOD(dense_pool_forward(pool, x, y[0], tape[0]));
    pool_walk_forward(&w, x, y[1], tape[1]);
    assert_memory_equal(y[0], y[1], (size_t)ys * sizeof *gy);
    GOOD(dense_pool_backward(pool, gy, gx[0], tape[0]));
    pool_walk_backward(&w, gy, gx[1], tape[1]);
    /* where no number of a window is above -infinity the library may choose one in the padding */
    for (int64_t i = 0; i < xs && !(strange && P); i++)
        assert_true(gx[0][i] == gx[1][i]);
    memset(y[1], 0xff, (size_t)ys * sizeof *gy);
    pool_walk_forward(&w, x, y[1], NULL);
    assert_memory_equal(y[0], y[1], (size_t)ys * sizeof *gy);
    dense_pool_destroy(pool);
    void *all[] = {x, y[0], y[1], gy, gx[0], gx[1], tape[0], tape[1]};
    for (int i = 0; i < FSNN_COUNT(all); i++)
        fsnn_free(all[i]);
}

static void maxima(void **state)
{
    (void)state;
    static const int64_t window[][3] = {{3, 2, 1}, {3, 1, 1}, {5, 3, 2}, {2, 2, 1}, {4, 4, 0}};
    static const int64_t channels[] = {1, 3, 8, 16, 20, 33};
    for (int i = 0; i < FSNN_COUNT(window); i++)
        for (int c = 0; c < FSNN_COUNT(channels); c++)
            for (int strange = 0; strange < 2; strange++)
                same_maxima(channels[c], window[i], strange);
}

/* Every variant of the kernels that this machine runs gives the same numbers. */
static void variants(void **state)
{
    (void)state;
    static const op_patch_kernels *const kernels[] = {
        &op_patch_kernels_base,
#ifdef FSNN_HAVE_AVX2
        &op_patch_kernels_avx2,
#endif
#ifdef FSNN_HAVE_AVX512
        &op_patch_kernels_avx512,
#endif
    };
    enum { MOST = 37, POINTS = 20 };
    real x[POINTS * MOST], y[2][MOST];
    int32_t where[2][MOST];
    for (int i = 0; i < FSNN_COUNT(x); i++)
        x[i] = fsnn_random_uniform(3, 1, (uint64_t)i) - 0.5f;
    for (int v = 0; kernels[v] != op_patch_kernels_get(); v++)
        for (int64_t C = 1; C <= MOST; C += 4) {
            op_patch p = {1, 4, 2, 5, 5, C};
            const op_patch_kernels *k[2] = {kernels[v], op_patch_kernels_get()};
            for (int i = 0; i < 2; i++)
                k[i]->largest(&p, x, y[i], where[i]);
            assert_memory_equal(y[0], y[1], (size_t)C * sizeof(real));
            assert_memory_equal(where[0], where[1], (size_t)C * sizeof(int32_t));
            for (int i = 0; i < 2; i++)
                k[i]->sum(&p, x, 0.25f, y[i]);
            assert_memory_equal(y[0], y[1], (size_t)C * sizeof(real));
            real gx[2][POINTS * MOST];
            for (int i = 0; i < 2; i++) {
                memcpy(gx[i], x, sizeof x);
                k[i]->spread(&p, y[0], 0.3f, gx[i]);
            }
            for (int i = 0; i < POINTS * C; i++)
                NEAR("spread", gx[1][i], gx[0][i], 1e-6 * ROUNDING);
        }
}

/* An addition a number of a window for sums and means, none for maxima. */
static void operations(void **state)
{
    (void)state;
    static const fsnn_pool o[] = {{.kernel = {2, 2}}, {.adaptive = {1, 1}}, {.adaptive = {3, 3}}};
    static const int64_t want[] = {5 * 16 * 4, 5 * 64,
                                   5 * 10 * 10}; /* 8 in 3: windows of 3, 4, 3 */
    for (int i = 0; i < FSNN_COUNT(o); i++) {
        CASE("o[%d]", i);
        rig r;
        rig_setup s = {"sumpool", &o[i], 1, 1, false, 1, {FSNN_SHAPE(5, 8, 8)}, true};
        GOOD(rig_shape(&r, &s));
        assert_int_equal(r.node.operations, want[i]);
        rig_close(&r);
        s.kind = "maxpool";
        GOOD(rig_shape(&r, &s));
        assert_int_equal(r.node.operations, 0);
        rig_close(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conv1d), cmocka_unit_test(pooling),  cmocka_unit_test(pooling_oblong),
        cmocka_unit_test(maxima), cmocka_unit_test(variants), cmocka_unit_test(operations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
