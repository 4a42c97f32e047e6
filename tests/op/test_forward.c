/* Forward of every operator against plain loops, in both layouts, in training and evaluation;
 * running statistics and masks; the same bits with any number of threads; no allocation in a call.
 */
#include "harness.h"
#include "reference.h"
#include "small_graph.h"
#include "op/kernels.h"

/* Where element (row, c, h, w) of a tensor lies; rank 1 is C alone, rank 2 a line of H. */
static int64_t place(const fsnn_shape *s, bool last, int64_t row, int64_t c, int64_t h, int64_t w)
{
    int64_t H = s->rank >= 2 ? s->dim[1] : 1, W = s->rank == 3 ? s->dim[2] : 1;
    ref_images images = {0, s->dim[0], H, W, last};
    return ref_at(&images, row, c, h, w);
}

#define FOR_IMAGE(shape)                                                                           \
    for (int64_t c = 0; c < (shape).dim[0]; c++)                                                   \
        for (int64_t h = 0; h < ((shape).rank >= 2 ? (shape).dim[1] : 1); h++)                     \
            for (int64_t w = 0; w < ((shape).rank == 3 ? (shape).dim[2] : 1); w++)

/* ---- dense operators ---- */

static void linear(void **state)
{
    (void)state;
    fsnn_linear o = {13, true};
    rig_setup s = {"linear", &o, 3, 5, false, 1, {FSNN_SHAPE(2, 9)}, false};
    rig r;
    rig_open(&r, &s);
    assert_int_equal(r.node.out[0].rank, 2);
    assert_int_equal(r.node.out[0].dim[1], 13);
    assert_int_equal(r.node.operations, 2 * 9 * 13);
    NEAR("bound of weights", r.node.param[0].scale, 1.0 / 3, 1e-12);
    assert_true(r.node.param[0].decay && !r.node.param[1].decay);
    rig_forward(&r);
    for (int64_t row = 0; row < 30; row++)
        for (int64_t k = 0; k < 13; k++) {
            double want = r.run.value[1][k];
            for (int64_t i = 0; i < 9; i++)
                want += (double)r.run.in[0][row * 9 + i] * r.run.value[0][k * 9 + i];
            NEAR("linear", r.run.out[0][row * 13 + k], want, 1e-6 * ROUNDING);
        }
    rig_close(&r);
}

/* y[r][i] = b + sum_j S[i][j] (W x[r][j]), by plain loops in double. */
static void along_edges(void **state)
{
    (void)state;
    enum { NODES = 5, IN = 3, OUT = 4, ROWS = 6 };
    double s[NODES][NODES] = {{0}};
    for (int i = 0; i < NODES; i++)
        for (int64_t e = small_start[i]; e < small_start[i + 1]; e++)
            s[i][small_column[e]] = small_weight[e];
    for (int gcn = 0; gcn < 2; gcn++) {
        fsnn_graph_layer o = {.out = OUT, .bias = true, .matrix = &small_graph};
        rig r;
        rig_open(&r,
                 &(rig_setup){
                     gcn ? "gcn" : "graph", &o, 2, 3, false, 1, {FSNN_SHAPE(NODES, IN)}, false});
        int out = gcn ? OUT : IN;
        assert_int_equal(r.node.operations, gcn ? (NODES * IN + 8) * OUT : 8 * IN);
        rig_forward(&r);
        for (int row = 0; row < ROWS; row++)
            for (int i = 0; i < NODES; i++)
                for (int c = 0; c < out; c++) {
                    double want = gcn ? r.run.value[1][c] : 0;
                    for (int j = 0; j < NODES; j++)
                        for (int f = 0; f < IN; f++)
                            want += s[i][j] * r.run.in[0][(row * NODES + j) * IN + f] *
                                    (gcn ? r.run.value[0][c * IN + f] : f == c);
                    NEAR("along edges", r.run.out[0][(row * NODES + i) * out + c], want,
                         1e-6 * ROUNDING);
                }
        rig_close(&r);
    }
}

static void conv2d(void **state)
{
    (void)state;
    fsnn_conv2d o = {6, {3, 2}, {2, 1}, {1, 0}, {1, 2}, 2, true};
    for (int training = 0; training < 2; training++) {
        rig_setup s = {"conv2d", &o, 2, 3, training, 1, {FSNN_SHAPE(4, 9, 8)}, true};
        rig r;
        rig_open(&r, &s);
        ref_window win = {{3, 2}, {2, 1}, {1, 0}, {1, 2}, 2};
        ref_images x = {6, 4, 9, 8, true}, y = {6, 6, 5, 6, true};
        double want[6 * 6 * 5 * 6] = {0};
        assert_true(r.node.out_last[0] && r.node.out[0].rank == 3);
        assert_int_equal(r.node.out[0].dim[1], 5);
        assert_int_equal(r.node.out[0].dim[2], 6);
        assert_int_equal(r.node.operations, 6 * 5 * 6 * 2 * 3 * 2);
        NEAR("bound of weights", r.node.param[0].scale, 1 / sqrt(12.0), 1e-12);
        rig_forward(&r);
        ref_conv_forward(&x, &y, &win, r.run.in[0], r.run.value[0], r.run.value[1], want);
        for (int i = 0; i < FSNN_COUNT(want); i++)
            NEAR("conv2d", r.run.out[0][i], want[i], 2e-6 * ROUNDING);
        rig_close(&r);
    }
}

/* A transposed convolution hands each input to the outputs that its kernel reaches: the gradient
 * loops of the convolution that goes the other way. */
static void transposed_case(const fsnn_convtranspose2d *o, int64_t C, int64_t H, int64_t W)
{
    for (int training = 0; training < 2; training++) {
        rig r;
        rig_open(
            &r, &(rig_setup){"convtranspose2d", o, 2, 2, training, 1, {FSNN_SHAPE(C, H, W)}, true});
        int64_t side[2] = {H, W};
        for (int d = 0; d < 2; d++) {
            side[d] = (side[d] - 1) * o->stride[d] - 2 * o->padding[d] +
                      o->dilation[d] * (o->kernel[d] - 1) + o->output_padding[d] + 1;
            assert_int_equal(r.node.out[0].dim[1 + d], side[d]);
        }
        int64_t n = 4 * o->out * side[0] * side[1], share = o->out / o->groups;
        assert_int_equal(r.node.param[0].shape.dim[0], C);
        assert_int_equal(r.node.param[0].shape.dim[1], share);
        assert_int_equal(r.node.operations, C * H * W * share * o->kernel[0] * o->kernel[1]);
        NEAR("bound of weights", r.node.param[0].scale,
             1 / sqrt((double)(share * o->kernel[0] * o->kernel[1])), 1e-12);
        ref_window win = {.groups = o->groups};
        memcpy(win.kernel, o->kernel, sizeof win.kernel);
        memcpy(win.stride, o->stride, sizeof win.stride);
        memcpy(win.padding, o->padding, sizeof win.padding);
        memcpy(win.dilation, o->dilation, sizeof win.dilation);
        ref_images x = {4, C, H, W, r.node.in_last[0]},
                   y = {4, o->out, side[0], side[1], r.node.out_last[0]};
        double *want = calloc((size_t)n, sizeof *want);
        rig_forward(&r);
        const real *w = r.run.value[0], *in = r.run.in[0];
        REF_CONV(&y, &x, &win, want[xi] += (double)in[yi] * w[wi]);
        for (int64_t row = 0; row < 4; row++)
            FOR_IMAGE(r.node.out[0])
            {
                int64_t i = ref_at(&y, row, c, h, w);
                NEAR("convtranspose2d", r.run.out[0][i],
                     want[i] + (o->bias ? r.run.value[1][c] : 0), 3e-6 * ROUNDING);
            }
        free(want);
        rig_close(&r);
    }
}

static void transposed(void **state)
{
    (void)state;
    static const fsnn_convtranspose2d o[] = {
        {6, {3, 2}, {2, 1}, {1, 0}, {1, 0}, {1, 2}, 2, true},
        {8, {2, 2}, {2, 2}, {0, 0}, {0, 0}, {1, 1}, 1, true},
        {4, {3, 3}, {1, 1}, {1, 1}, {0, 0}, {1, 1}, 4, false},
        {16, {4, 5}, {3, 2}, {2, 1}, {2, 1}, {2, 1}, 1, true},
        {1, {3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1}, 1, true},
    };
    for (int i = 0; i < FSNN_COUNT(o); i++) {
        transposed_case(&o[i], 4, 5, 6);
        transposed_case(&o[i], 16, 4, 3);
    }
}

/* y at i: linear between the inputs beside its place; nearest: the input that it lies in. */
static double upsampled(const fsnn_upsample *o, const rig *r, bool last, int64_t row, int64_t c,
                        int64_t h, int64_t w)
{
    const fsnn_shape *in = &r->node.in[0], *out = &r->node.out[0];
    const int64_t at[2] = {h, w};
    int64_t near[2] = {0, 0}, next[2] = {0, 0};
    double part[2] = {0, 0}, sum = 0;
    for (int d = 0; d < out->rank - 1; d++) {
        const double n = (double)in->dim[1 + d], m = (double)out->dim[1 + d], i = (double)at[d];
        double place = o->align_corners ? (m > 1 ? i * (n - 1) / (m - 1) : 0)
                                        : fmax((i + 0.5) * n / m - 0.5, 0);
        if (o->mode == FSNN_UPSAMPLE_NEAREST)
            place = floor(i * n / m + 1e-9);
        near[d] = (int64_t)floor(fmin(place, n - 1));
        next[d] = near[d] + 1 < in->dim[1 + d] ? near[d] + 1 : near[d];
        part[d] = place - (double)near[d];
    }
    for (int k = 0; k < 4; k++) {
        const int64_t a = k & 1 ? next[0] : near[0], b = k & 2 ? next[1] : near[1];
        sum += (k & 1 ? part[0] : 1 - part[0]) * (k & 2 ? part[1] : 1 - part[1]) *
               r->run.in[0][place(in, last, row, c, a, b)];
    }
    return sum;
}

static void upsample_case(const fsnn_upsample *o, fsnn_shape shape)
{
    rig r;
    rig_open(&r, &(rig_setup){"upsample", o, 2, 2, false, 1, {shape}, true});
    for (int d = 1; d < shape.rank; d++)
        assert_int_equal(r.node.out[0].dim[d],
                         o->size[0] ? o->size[d - 1] : shape.dim[d] * o->factor[d - 1]);
    rig_forward(&r);
    for (int64_t row = 0; row < 4; row++)
        FOR_IMAGE(r.node.out[0])
    NEAR("upsample", r.run.out[0][place(&r.node.out[0], r.node.out_last[0], row, c, h, w)],
         upsampled(o, &r, r.node.in_last[0], row, c, h, w), 1e-6 * ROUNDING);
    rig_close(&r);
}

static void upsample(void **state)
{
    (void)state;
    static const fsnn_upsample o[] = {
        {.factor = {2, 2}},
        {.factor = {3, 1}, .mode = FSNN_UPSAMPLE_LINEAR},
        {.factor = {2, 2}, .mode = FSNN_UPSAMPLE_LINEAR, .align_corners = true},
        {.size = {7, 11}},
        {.size = {9, 2}, .mode = FSNN_UPSAMPLE_LINEAR},
        {.size = {1, 8}, .mode = FSNN_UPSAMPLE_LINEAR, .align_corners = true},
    };
    static const fsnn_upsample lines[] = {{.factor = {3, 3}},
                                          {.size = {10, 10}, .mode = FSNN_UPSAMPLE_LINEAR}};
    for (int i = 0; i < FSNN_COUNT(o); i++) {
        upsample_case(&o[i], FSNN_SHAPE(3, 4, 5));
        upsample_case(&o[i], FSNN_SHAPE(2, 1, 3));
    }
    for (int i = 0; i < FSNN_COUNT(lines); i++)
        upsample_case(&lines[i], FSNN_SHAPE(5, 6));
}

static void pooling(void **state)
{
    (void)state;
    static const char *const kind[] = {"maxpool", "avgpool", "avgpool"};
    static const ref_pool what[] = {REF_MAX, REF_AVERAGE, REF_AVERAGE_INSIDE};
    for (int i = 0; i < 6; i++) {
        fsnn_pool o = {{3, 2}, {2, 0}, {1, 1}, i % 3 == 1, {0, 0}};
        rig_setup s = {kind[i % 3], &o, 2, 2, i < 3, 1, {FSNN_SHAPE(5, 9, 7)}, true};
        ref_window win = {{3, 2}, {2, 2}, {1, 1}, {1, 1}, 1};
        ref_images x = {4, 5, 9, 7, true}, y = {4, 5, 5, 4, true};
        double want[4 * 5 * 5 * 4], gx[4 * 5 * 9 * 7] = {0};
        rig r;
        rig_open(&r, &s);
        assert_int_equal(r.node.out[0].dim[1], 5);
        assert_int_equal(r.node.out[0].dim[2], 4);
        rig_forward(&r);
        ref_pooling(what[i % 3], &x, &y, &win, r.run.in[0], r.run.gout[0], want, gx);
        for (int k = 0; k < FSNN_COUNT(want); k++)
            NEAR(s.kind, r.run.out[0][k], want[k], 1e-6 * ROUNDING);
        rig_close(&r);
    }
}

/* Where both layouts are one, the output is called plain. */
static void layouts(void **state)
{
    (void)state;
    fsnn_conv2d wide = {3, {2, 2}, {1, 1}, {0, 0}, {1, 1}, 1, false}, one = wide;
    one.out = 1;
    fsnn_pool all = {{4, 4}, {0, 0}, {0, 0}, true, {0, 0}};
    fsnn_split halves = {0, 2};
    struct {
        rig_setup s;
        bool last;
    } c[] = {
        {{"conv2d", &wide, 1, 1, false, 1, {FSNN_SHAPE(1, 4, 4)}, false}, true},
        {{"conv2d", &one, 1, 1, false, 1, {FSNN_SHAPE(2, 4, 4)}, true}, false},
        {{"conv2d", &wide, 1, 1, false, 1, {FSNN_SHAPE(2, 2, 2)}, true}, false},
        {{"maxpool", &all, 1, 1, false, 1, {FSNN_SHAPE(3, 4, 4)}, true}, false},
        {{"split", &halves, 1, 1, false, 1, {FSNN_SHAPE(2, 4, 4)}, true}, false},
        {{"split", &halves, 1, 1, false, 1, {FSNN_SHAPE(4, 4, 4)}, true}, true},
        {{"batchnorm", NULL, 1, 1, false, 1, {FSNN_SHAPE(4, 4, 4)}, true}, true},
    };
    for (int i = 0; i < FSNN_COUNT(c); i++) {
        CASE("c[%d]", i);
        rig r;
        GOOD(rig_shape(&r, &c[i].s));
        assert_int_equal(r.node.out_last[0], c[i].last);
        rig_close(&r);
    }
}

/* ---- batch normalisation ---- */

typedef struct moments {
    double mean, var, n;
} moments;

/* Two passes over steps k0..k1-1 of channel c. */
static moments naive_moments(const rig *r, bool last, int64_t channel, int64_t k0, int64_t k1)
{
    moments m = {0, 0, 0};
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t row = k0 * r->node.B; row < k1 * r->node.B; row++)
            FOR_IMAGE(r->node.in[0])
            {
                if (c != channel)
                    continue;
                double x = r->run.in[0][place(&r->node.in[0], last, row, c, h, w)];
                if (pass == 0)
                    m.mean += x, m.n += 1;
                else
                    m.var += (x - m.mean) * (x - m.mean);
            }
        if (pass == 0)
            m.mean /= m.n;
    }
    m.var /= m.n;
    return m;
}

static void check_normalised(const rig *r, bool last, int64_t channel, int64_t k0, int64_t k1,
                             double mean, double var)
{
    const fsnn_batchnorm *o = r->node.options;
    double weight = o->affine ? r->run.value[0][channel] : 1;
    double bias = o->affine ? r->run.value[1][channel] : 0;
    for (int64_t row = k0 * r->node.B; row < k1 * r->node.B; row++)
        FOR_IMAGE(r->node.in[0])
        {
            if (c != channel)
                continue;
            int64_t i = place(&r->node.in[0], last, row, c, h, w);
            NEAR("batchnorm", r->run.out[0][i],
                 (r->run.in[0][i] - mean) / sqrt(var + o->eps) * weight + bias, 3e-6 * ROUNDING);
        }
}

static void batchnorm_case(fsnn_shape shape, bool last, bool affine, bool per_step, double offset)
{
    fsnn_batchnorm o = {1e-3, 0.25, affine, per_step};
    rig_setup s = {"batchnorm", &o, 3, 4, true, 1, {shape}, last};
    rig r;
    rig_open(&r, &s);
    int64_t C = shape.dim[0], step = per_step ? 1 : 3;
    for (int64_t i = 0; i < rig_size(&r, &shape); i++)
        ((real *)r.run.in[0])[i] += (real)offset;
    real *running_mean = r.run.value[r.node.params - 2];
    real *running_var = r.run.value[r.node.params - 1];
    double mean[64], var[64];
    for (int64_t c = 0; c < C; c++)
        mean[c] = running_mean[c], var[c] = running_var[c];
    rig_forward(&r);
    for (int64_t c = 0; c < C; c++) {
        for (int64_t k = 0; k < 3; k += step) {
            moments m = naive_moments(&r, last, c, k, k + step);
            check_normalised(&r, last, c, k, k + step, m.mean, m.var);
            mean[c] = 0.75 * mean[c] + 0.25 * m.mean;
            var[c] = 0.75 * var[c] + 0.25 * m.var * m.n / (m.n - 1);
        }
        NEAR("running mean", running_mean[c], mean[c], 1e-6 * ROUNDING);
        NEAR("running variance", running_var[c], var[c], 1e-6 * ROUNDING);
    }
    r.node.training = false; /* evaluation: running statistics, left as they are */
    GOOD(r.node.op->plan(&r.node));
    rig_forward(&r);
    for (int64_t c = 0; c < C; c++) {
        check_normalised(&r, last, c, 0, 3, running_mean[c], running_var[c]);
        NEAR("running mean", running_mean[c], mean[c], 1e-6 * ROUNDING);
    }
    rig_close(&r);
}

static void batchnorm(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        bool affine = i & 1, per_step = i & 2;
        batchnorm_case(FSNN_SHAPE(37), false, affine, per_step, 0);
        batchnorm_case(FSNN_SHAPE(3), false, affine, per_step, 5);
        for (int last = 0; last < 2; last++) {
            batchnorm_case(FSNN_SHAPE(37, 3, 2), last, affine, per_step, 0);
            batchnorm_case(FSNN_SHAPE(2, 5, 7), last, affine, per_step, -1);
            batchnorm_case(FSNN_SHAPE(5, 40), last, affine, per_step, 2);
            batchnorm_case(FSNN_SHAPE(4, 36, 35), last, affine, per_step, 0);
        }
    }
}

/* Threshold-dependent: batch normalisation over time and batch, times alpha threshold; what it
 * learns acts on that. */
static void tdbn(void **state)
{
    (void)state;
    enum { K = 3, ROWS = 4, C = 5, P = 6, SIZE = K * ROWS * C * P };
    const fsnn_tdbn o = {{1e-3, 0.25, true, false}, 0.7071, 0.5};
    const fsnn_batchnorm plain = o.norm;
    for (int training = 0; training < 2; training++) {
        rig r[2];
        for (int i = 0; i < 2; i++) {
            rig_open(&r[i], &(rig_setup){i ? "batchnorm" : "tdbn",
                                         i ? (const void *)&plain : &o,
                                         K,
                                         ROWS,
                                         training,
                                         1,
                                         {FSNN_SHAPE(C, P)},
                                         false});
            for (int c = 0; c < C; c++) {
                r[i].run.value[0][c] =
                    i ? (real)0.35355 * (real)(1 + 0.1 * c) : (real)(1 + 0.1 * c);
                r[i].run.value[1][c] = (real)(0.1 * c);
                r[i].run.value[2][c] = 0.25f;
                r[i].run.value[3][c] = 2;
            }
            memcpy((real *)r[i].run.in[0], r[0].run.in[0], SIZE * sizeof(real));
            rig_forward(&r[i]);
        }
        for (int i = 0; i < SIZE; i++)
            NEAR("tdbn", r[0].run.out[0][i], r[1].run.out[0][i], 1e-6);
        rig_close(&r[0]);
        rig_close(&r[1]);
    }
}

static void batchnorm_one_number(void **state)
{
    (void)state;
    rig_setup s = {"batchnorm", NULL, 1, 1, true, 1, {FSNN_SHAPE(6)}, false};
    rig r;
    GOOD(rig_shape(&r, &s));
    REFUSED(r.node.op->plan(&r.node), FSNN_ESHAPE, "batchnorm \"node\": training sees one number");
    r.node.training = false;
    GOOD(r.node.op->plan(&r.node));
    rig_close(&r);
}

/* ---- dropout ---- */

static void dropout_case(bool hold)
{
    enum { K = 4, B = 25, N = 60 };
    fsnn_dropout o = {0.3, hold};
    rig_setup s = {"dropout", &o, K, B, true, 1, {FSNN_SHAPE(N)}, false};
    rig r;
    rig_open(&r, &s);
    rig_forward(&r);
    int64_t kept = 0, differ = 0;
    real mask[K * B * N];
    for (int i = 0; i < K * B * N; i++) {
        real x = r.run.in[0][i], y = r.run.out[0][i];
        uint64_t index = (uint64_t)(hold ? i % (B * N) : i);
        mask[i] = fsnn_random_uniform(99, 5, index) >= 0.3f;
        kept += mask[i] != 0;
        differ += mask[i] != mask[i % (B * N)];
        NEAR("dropout", y, mask[i] ? x / 0.7 : 0, 1e-6 * ROUNDING);
    }
    assert_true(hold ? differ == 0 : differ > K * B * N / 10);
    NEAR("share kept", (double)kept / (K * B * N), 0.7, 0.02);
    r.run.step = 6; /* another call, another mask */
    rig_forward(&r);
    differ = 0;
    for (int i = 0; i < K * B * N; i++)
        differ += (r.run.out[0][i] != 0) != (mask[i] != 0);
    assert_true(differ > K * B * N / 10);
    r.node.training = false;
    GOOD(r.node.op->plan(&r.node));
    assert_int_equal(r.node.tape_bytes, 0);
    rig_forward(&r);
    assert_memory_equal(r.run.out[0], r.run.in[0], K * B * N * sizeof(real));
    rig_close(&r);
}

/* Samples as a whole, at all steps, the others scaled; draws of 20 calls keep 1 - p of them. */
static void droppath(void **state)
{
    (void)state;
    enum { K = 3, B = 40, N = 7, CALLS = 20 };
    fsnn_droppath o = {0.25};
    rig_setup s = {"droppath", &o, K, B, true, 1, {FSNN_SHAPE(N)}, false};
    rig r;
    int64_t all = 0;
    rig_open(&r, &s);
    for (r.run.step = 0; r.run.step < CALLS; r.run.step++) {
        rig_forward(&r);
        for (int b = 0; b < B; b++) {
            bool kept = fsnn_random_uniform(99, (uint64_t)r.run.step, (uint64_t)b) >= 0.25f;
            all += kept;
            for (int k = 0; k < K; k++)
                for (int n = 0; n < N; n++) {
                    int i = (k * B + b) * N + n;
                    NEAR("droppath", r.run.out[0][i], kept ? r.run.in[0][i] / 0.75 : 0,
                         1e-6 * ROUNDING);
                }
        }
    }
    NEAR("share kept", (double)all / (B * CALLS), 0.75, 0.04);
    r.node.training = false;
    GOOD(r.node.op->plan(&r.node));
    rig_forward(&r);
    assert_memory_equal(r.run.out[0], r.run.in[0], K * B * N * sizeof(real));
    rig_close(&r);
}

static void dropout(void **state)
{
    (void)state;
    dropout_case(false);
    dropout_case(true);
}

/* ---- moving and adding ---- */

static void add(void **state)
{
    (void)state;
    rig_setup s = {
        "add", NULL, 2, 3, false, 3, {FSNN_SHAPE(7, 3), FSNN_SHAPE(7, 3), FSNN_SHAPE(7, 3)}, false};
    rig r;
    rig_open(&r, &s);
    rig_forward(&r);
    for (int i = 0; i < 6 * 21; i++)
        assert_true(r.run.out[0][i] == r.run.in[0][i] + r.run.in[1][i] + r.run.in[2][i]);
    rig_close(&r);
}

static void concat_case(int64_t axis, bool last)
{
    fsnn_concat o = {axis};
    rig_setup s = {"concat", &o, 2, 2, false, 2, {FSNN_SHAPE(3, 4, 5), FSNN_SHAPE(3, 4, 5)}, last};
    s.in[1].dim[axis] = 2;
    rig r;
    rig_open(&r, &s);
    rig_forward(&r);
    int64_t edge = s.in[0].dim[axis];
    assert_int_equal(r.node.out[0].dim[axis], edge + 2);
    for (int64_t row = 0; row < 4; row++)
        FOR_IMAGE(r.node.out[0])
        {
            int64_t at[3] = {c, h, w}, part = at[axis] >= edge;
            at[axis] -= part ? edge : 0;
            real want = r.run.in[part][place(&s.in[part], last, row, at[0], at[1], at[2])];
            assert_true(r.run.out[0][place(&r.node.out[0], last, row, c, h, w)] == want);
        }
    rig_close(&r);
}

static void split_case(int64_t axis, bool last)
{
    fsnn_split o = {axis, 3};
    rig_setup s = {"split", &o, 2, 2, false, 1, {FSNN_SHAPE(6, 6, 6)}, last};
    rig r;
    rig_open(&r, &s);
    rig_forward(&r);
    assert_int_equal(r.node.outputs, 3);
    for (int part = 0; part < 3; part++)
        for (int64_t row = 0; row < 4; row++)
            FOR_IMAGE(r.node.out[part])
            {
                int64_t at[3] = {c, h, w};
                at[axis] += 2 * part;
                real want = r.run.in[0][place(&s.in[0], last, row, at[0], at[1], at[2])];
                assert_true(r.run.out[part][place(&r.node.out[part], last, row, c, h, w)] == want);
            }
    rig_close(&r);
}

static void concat_split(void **state)
{
    (void)state;
    for (int64_t axis = 0; axis < 3; axis++)
        for (int last = 0; last < 2; last++) {
            concat_case(axis, last);
            split_case(axis, last);
        }
}

static void voting(void **state)
{
    (void)state;
    fsnn_voting o = {3};
    rig_setup s = {"voting", &o, 2, 2, false, 1, {FSNN_SHAPE(2, 12)}, false};
    rig r;
    rig_open(&r, &s);
    rig_forward(&r);
    assert_int_equal(r.node.out[0].dim[1], 4);
    for (int i = 0; i < 4 * 8; i++) {
        const real *x = r.run.in[0] + 3 * i;
        NEAR("voting", r.run.out[0][i], ((double)x[0] + x[1] + x[2]) / 3, 1e-7 * ROUNDING);
    }
    rig_close(&r);
}

/* ---- sums ---- */

static const op_kernels *const kernels[] = {
    &op_kernels_base,
#ifdef FSNN_HAVE_AVX2
    &op_kernels_avx2,
#endif
#ifdef FSNN_HAVE_AVX512
    &op_kernels_avx512,
#endif
};

/* Every variant that this machine runs adds up the same numbers as plain loops. */
static void sums(void **state)
{
    (void)state;
    enum { ROWS = 23, MOST = 67 };
    real g[ROWS * MOST], x[ROWS * MOST];
    double mean[MOST], s[MOST], q[MOST], sum[MOST];
    int levels = 1; /* up to the variant chosen for this machine */
    while (kernels[levels - 1] != op_kernels_get())
        levels++;
    for (int i = 0; i < ROWS * MOST; i++) {
        g[i] = fsnn_random_uniform(1, 1, (uint64_t)i) - 0.5f;
        x[i] = fsnn_random_uniform(1, 2, (uint64_t)i);
    }
    for (int64_t C = 1; C <= MOST; C += 3)
        for (int v = 0; v < levels; v++) {
            const op_kernels *k = kernels[v];
            double run_s = 1, run_q = 2, run_m = 3, run_p = 4;
            for (int64_t c = 0; c < C; c++)
                mean[c] = 0.1 * (double)c, s[c] = q[c] = sum[c] = 0;
            k->column_moments(x, ROWS, C, s, q);
            k->column_products(g, x, mean, ROWS, C, s, q);
            k->column_sums(g, ROWS, C, C, sum);
            k->run_moments(x, C, &run_s, &run_q);
            k->run_products(g, x, 0.25, C, &run_m, &run_p);
            for (int64_t c = 0; c < C; c++) {
                double a = 0, b = 0, d = 0;
                for (int64_t r = 0; r < ROWS; r++) {
                    double y = x[r * C + c], z = g[r * C + c];
                    a += y + z;
                    b += y * y + z * (y - mean[c]);
                    d += z;
                }
                NEAR("column sums", sum[c], d, 1e-13);
                NEAR("column sums of x and g", s[c], a, 1e-13);
                NEAR("column sums of squares and products", q[c], b, 1e-13);
                run_s -= x[c];
                run_q -= (double)x[c] * x[c];
                run_m -= g[c];
                run_p -= g[c] * (x[c] - 0.25);
            }
            NEAR("sum of a run", run_s, 1, 1e-12);
            NEAR("squares of a run", run_q, 2, 1e-12);
            NEAR("sum of g", run_m, 3, 1e-12);
            NEAR("products of a run", run_p, 4, 1e-12);
        }
}

/* ---- threads and memory ---- */

static void run_with(int threads, const rig_setup *s, real *out, int64_t *n, int64_t *allocations)
{
    rig r;
    GOOD(fsnn_threads_set(threads));
    rig_open(&r, s);
    fsnn_alloc_fail_at(0);
    rig_forward(&r);
    rig_backward(&r);
    *allocations = fsnn_alloc_fail_at(0);
    int64_t at = 0, rows = rig_rows(&r);
    for (int p = 0; p < r.node.params; p++)
        for (int64_t i = 0; r.run.grad[p] && i < fsnn_shape_count(&r.node.param[p].shape); i++)
            out[at++] = r.run.grad[p][i];
    int64_t all = rows * fsnn_shape_count(&s->in[0]);
    memcpy(out + at, r.run.gin[0], (size_t)all * sizeof *out);
    *n = at + all;
    rig_close(&r);
}

static void threads(void **state)
{
    (void)state;
    enum { MOST = 200000 };
    fsnn_dropout drop = {0.5, false};
    rig_setup c[] = {
        {"batchnorm", NULL, 4, 50, true, 1, {FSNN_SHAPE(24, 5, 5)}, true},
        {"batchnorm", NULL, 4, 50, true, 1, {FSNN_SHAPE(24, 5, 5)}, false},
        {"dropout", &drop, 4, 50, true, 1, {FSNN_SHAPE(300)}, false},
        {"add", NULL, 4, 50, true, 2, {FSNN_SHAPE(300), FSNN_SHAPE(300)}, false},
    };
    real *one = fsnn_alloc(MOST * sizeof *one), *three = fsnn_alloc(MOST * sizeof *three);
    for (int i = 0; i < FSNN_COUNT(c); i++) {
        CASE("c[%d]", i);
        int64_t n, m, allocations;
        run_with(1, &c[i], one, &n, &allocations);
        assert_int_equal(allocations, 0);
        run_with(3, &c[i], three, &m, &allocations);
        assert_true(n == m && n <= MOST);
        assert_memory_equal(one, three, (size_t)n * sizeof *one);
    }
    GOOD(fsnn_threads_set(0));
    fsnn_free(one);
    fsnn_free(three);
}

/* Bias gradients of linear: the same bits, and no allocation of ours in calls of the dense
 * operators. */
static void column_adds(void **state)
{
    (void)state;
    enum { ROWS = 1000, COLUMNS = 300 };
    real *g = fsnn_alloc(ROWS * COLUMNS * sizeof *g), one[COLUMNS] = {0}, three[COLUMNS] = {0};
    double *part = fsnn_alloc((size_t)op_column_parts(ROWS, COLUMNS) * sizeof *part);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        g[i] = fsnn_random_uniform(2, 1, (uint64_t)i);
    fsnn_threads_set(1);
    op_column_add(g, ROWS, COLUMNS, part, one);
    fsnn_threads_set(3);
    op_column_add(g, ROWS, COLUMNS, part, three);
    fsnn_threads_set(0);
    assert_memory_equal(one, three, sizeof one);
    for (int c = 0; c < COLUMNS; c++) {
        double want = 0;
        for (int i = 0; i < ROWS; i++)
            want += g[i * COLUMNS + c];
        NEAR("column", one[c], want, 1e-7 * ROUNDING);
    }
    fsnn_free(g);
    fsnn_free(part);
}

static void no_allocation(void **state)
{
    (void)state;
    fsnn_linear l = {9, true};
    fsnn_conv2d conv = {6, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1, true};
    fsnn_pool pool = {{2, 2}, {0, 0}, {0, 0}, true, {0, 0}};
    rig_setup c[] = {{"linear", &l, 4, 5, true, 1, {FSNN_SHAPE(12)}, false},
                     {"conv2d", &conv, 2, 3, true, 1, {FSNN_SHAPE(4, 8, 8)}, true},
                     {"maxpool", &pool, 2, 3, true, 1, {FSNN_SHAPE(4, 8, 8)}, true},
                     {"avgpool", &pool, 2, 3, true, 1, {FSNN_SHAPE(4, 8, 8)}, true}};
    for (int i = 0; i < FSNN_COUNT(c); i++) {
        CASE("c[%d]", i);
        rig r;
        rig_open(&r, &c[i]);
        fsnn_alloc_fail_at(0);
        rig_forward(&r);
        rig_backward(&r);
        GOOD(r.node.op->plan(&r.node)); /* the same plan: nothing new */
        assert_int_equal(fsnn_alloc_fail_at(0), 0);
        rig_close(&r);
    }
}

/* Each allocation of a plan fails in turn: an error, nothing lost, and the next plan works. */
static void out_of_memory(void **state)
{
    (void)state;
    fsnn_conv2d conv = {6, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1, true};
    fsnn_pool pool = {{3, 3}, {2, 2}, {1, 1}, true, {0, 0}}; /* one that allocates */
    rig_setup c[] = {{"conv2d", &conv, 2, 3, true, 1, {FSNN_SHAPE(4, 8, 8)}, true},
                     {"avgpool", &pool, 2, 3, true, 1, {FSNN_SHAPE(4, 8, 8)}, true}};
    for (int i = 0; i < FSNN_COUNT(c); i++) {
        CASE("c[%d]", i);
        rig r;
        GOOD(rig_shape(&r, &c[i]));
        fsnn_alloc_fail_at(1);
        FAILS(r.node.op->plan(&r.node), FSNN_EMEMORY);
        fsnn_alloc_fail_at(0);
        GOOD(r.node.op->plan(&r.node));
        r.node.B = 2; /* another size: made anew, and failing */
        fsnn_alloc_fail_at(1);
        FAILS(r.node.op->plan(&r.node), FSNN_EMEMORY);
        fsnn_alloc_fail_at(0);
        GOOD(r.node.op->plan(&r.node));
        rig_buffers(&r);
        rig_forward(&r);
        rig_close(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear),        cmocka_unit_test(along_edges),
        cmocka_unit_test(conv2d),        cmocka_unit_test(transposed),
        cmocka_unit_test(upsample),      cmocka_unit_test(pooling),
        cmocka_unit_test(layouts),       cmocka_unit_test(batchnorm),
        cmocka_unit_test(tdbn),          cmocka_unit_test(batchnorm_one_number),
        cmocka_unit_test(dropout),       cmocka_unit_test(droppath),
        cmocka_unit_test(add),           cmocka_unit_test(concat_split),
        cmocka_unit_test(voting),        cmocka_unit_test(sums),
        cmocka_unit_test(threads),       cmocka_unit_test(column_adds),
        cmocka_unit_test(no_allocation), cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
