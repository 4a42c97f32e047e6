/* Products with weights of 8 bits (op/int8.h): sums are those of whole numbers, in every
 * instruction set that this processor has, for dense rows and for lists, and so the same bits;
 * scales; what is no spike is left to others. */
#include "check.h"

#include "base/isa.h"
#include "op/int8.h"

enum { MOST = 200000, WAYS = 6 };

/* ---- kernels that can run here ---- */

typedef struct way {
    const char *name;
    const int8_kernels *kernels;
    int level;
    bool vnni;
} way;

static int ways_here(way way[WAYS])
{
    int n = 0;
    memset(way, 0, WAYS * sizeof *way);
    way[n].name = "base";
    way[n++].kernels = &int8_kernels_base;
#if defined(__x86_64__)
#ifdef FSNN_HAVE_AVX2
    if (__builtin_cpu_supports("avx2")) {
        way[n].name = "avx2";
        way[n].level = FSNN_ISA_AVX2;
        way[n++].kernels = &int8_kernels_avx2;
    }
#endif
#ifdef FSNN_HAVE_AVX512
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
        way[n].name = "avx512";
        way[n].level = FSNN_ISA_AVX512;
        way[n++].kernels = &int8_kernels_avx512;
    }
#endif
#endif
    int plain = n;
    for (int i = 1; i < plain; i++)
        if (way[i].kernels->vnni.dense[0] && fsnn_isa_vnni(way[i].level)) {
            way[n] = way[i];
            way[n++].vnni = true;
        }
    return n;
}

/* ---- whole products ---- */

typedef struct shape {
    const char *what;
    int64_t rows, C, H, W, out, kernel[2], stride[2], padding[2], dilation[2], groups;
} shape;

#define LINEAR(rows, in, out) "linear", rows, in, 1, 1, out, {1, 1}, {1, 1}, {0, 0}, {1, 1}, 1

static const shape shapes[] = {
    {LINEAR(1, 1, 1)},
    {LINEAR(5, 3, 17)},
    {LINEAR(7, 64, 10)},
    {LINEAR(13, 130, 33)},
    {LINEAR(200, 97, 70)},
    {LINEAR(6, 700, 129)},
    {"3 x 3", 3, 5, 7, 9, 20, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1},
    {"one channel", 2, 1, 8, 8, 6, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1},
    {"stride", 2, 4, 11, 10, 66, {5, 3}, {2, 3}, {2, 0}, {1, 1}, 1},
    {"dilation", 2, 3, 12, 12, 9, {3, 3}, {1, 2}, {2, 1}, {2, 2}, 1},
    {"a line", 4, 6, 1, 31, 8, {1, 7}, {1, 2}, {0, 3}, {1, 1}, 1},
    {"points", 2, 16, 5, 5, 40, {1, 1}, {1, 1}, {0, 0}, {1, 1}, 1},
    {"no padding", 1, 2, 6, 6, 3, {4, 4}, {2, 2}, {0, 0}, {1, 1}, 1},
};

static int64_t outputs_of(const shape *s, int d)
{
    int64_t side = d ? s->W : s->H;
    return (side + 2 * s->padding[d] - s->dilation[d] * (s->kernel[d] - 1) - 1) / s->stride[d] + 1;
}

static dense_conv_shape conv_of(const shape *s)
{
    dense_conv_shape c;
    memset(&c, 0, sizeof c);
    c.rows = s->rows;
    c.C = s->C;
    c.H = s->H;
    c.W = s->W;
    c.out = s->out;
    c.OH = outputs_of(s, 0);
    c.OW = outputs_of(s, 1);
    memcpy(c.kernel, s->kernel, sizeof c.kernel);
    memcpy(c.stride, s->stride, sizeof c.stride);
    memcpy(c.padding, s->padding, sizeof c.padding);
    memcpy(c.dilation, s->dilation, sizeof c.dilation);
    c.groups = s->groups;
    return c;
}

static real x[MOST], w[MOST], bias[MOST], y[MOST], want[MOST];

/* The sum of x q for output (n, oy, ox, o), and the scale of o. */
static int64_t reference(const dense_conv_shape *c, const int8_product *p, int64_t n, int64_t oy,
                         int64_t ox, int64_t o)
{
    int64_t sum = 0, at = o * c->C * c->kernel[0] * c->kernel[1];
    for (int64_t k = 0; k < c->C; k++)
        for (int64_t i = 0; i < c->kernel[0]; i++)
            for (int64_t j = 0; j < c->kernel[1]; j++, at++) {
                int64_t h = oy * c->stride[0] + i * c->dilation[0] - c->padding[0],
                        l = ox * c->stride[1] + j * c->dilation[1] - c->padding[1];
                if (h < 0 || h >= c->H || l < 0 || l >= c->W || p->scale[o] == 0)
                    continue;
                sum += llrint((double)p->rounded[at] / (double)p->scale[o]) *
                       (int64_t)x[((n * c->H + h) * c->W + l) * c->C + k];
            }
    return sum;
}

static void expect(const dense_conv_shape *c, const int8_product *p, const real *b)
{
    real *to = want;
    for (int64_t n = 0; n < c->rows; n++)
        for (int64_t i = 0; i < c->OH * c->OW; i++)
            for (int64_t o = 0; o < c->out; o++) {
                volatile real scaled = /* rounded by itself */
                    (real)reference(c, p, n, i / c->OW, i % c->OW, o) * p->scale[o];
                *to++ = b ? scaled + b[o] : scaled;
            }
}

/* `share` of the numbers are not 0; they are ones, or up to `most`. */
static void draw_input(int64_t n, double share, int most, uint64_t stream)
{
    assert_true(n <= MOST);
    for (int64_t i = 0; i < n; i++) {
        double u = (double)fsnn_random_uniform(5, stream, (uint64_t)i);
        x[i] = (real)(u < share ? 1 + (int)(u / share * most) : 0);
        x[i] = x[i] > (real)most ? (real)most : x[i];
    }
}

static void run(const shape *s, const way *by, const real *b, bool first)
{
    int8_product p = {0};
    dense_conv_shape c = conv_of(s);
    GOOD(int8_plan_by(&p, &c, by->kernels, by->vnni));
    assert_true(p.exact);
    int64_t n = s->rows * c.OH * c.OW * c.out;
    assert_true(n <= MOST);
    void *scratch = fsnn_alloc(int8_scratch(&p, s->rows));
    assert_non_null(scratch);
    memset(scratch, 0xff, int8_scratch(&p, s->rows));
    for (int64_t i = 0; i < n; i++)
        y[i] = NAN;
    assert_true(int8_forward(&p, s->rows, x, NULL, w, b, y, scratch));
    if (first)
        expect(&c, &p, b);
    assert_memory_equal(y, want, (size_t)n * sizeof *y);
    fsnn_free(scratch);
    int8_close(&p);
}

static void sums_are_whole_numbers(void **state)
{
    (void)state;
    static const struct {
        double share;
        int most;
    } input[] = {{0.5, 1}, {0.03, 1}, {0.4, 127}, {1, 127}, {0, 1}};
    way by[WAYS];
    int ways = ways_here(by);
    for (int k = 0; k < FSNN_COUNT(shapes); k++)
        for (int i = 0; i < FSNN_COUNT(input); i++) {
            const shape *s = &shapes[k];
            CASE("%s %lld -> %lld, input %d", s->what, (long long)s->C, (long long)s->out, i);
            fill_uniform(w, s->out * s->C * s->kernel[0] * s->kernel[1], -1, 1, 1);
            fill_uniform(bias, s->out, -1, 1, 2);
            draw_input(s->rows * s->C * s->H * s->W, input[i].share, input[i].most, 3);
            for (int a = 0; a < ways; a++) {
                CASE("%s%s", by[a].name, by[a].vnni ? " with VNNI" : "");
                run(s, &by[a], i % 2 ? bias : NULL, a == 0);
            }
        }
}

/* The largest bytes and weights there are, of one sign and of both: nothing saturates. */
static void extremes(void **state)
{
    (void)state;
    static const shape s = {LINEAR(7, 1000, 40)};
    way by[WAYS];
    int ways = ways_here(by);
    for (int sign = 0; sign < 3; sign++)
        for (int a = 0; a < ways; a++) {
            CASE("signs %d, %s%s", sign, by[a].name, by[a].vnni ? " with VNNI" : "");
            for (int64_t i = 0; i < s.C * s.out; i++)
                w[i] = sign == 2 ? (real)(i % 2 ? 0.5 : -0.5) : (real)(sign ? 0.5 : -0.5);
            draw_input(s.rows * s.C, 2, 127, 3);
            for (int64_t i = 0; i < s.rows * s.C; i++)
                x[i] = 127;
            run(&s, &by[a], NULL, a == 0);
        }
}

/* What is written past the caches is what a few rows are. */
static void large_outputs(void **state)
{
    (void)state;
    enum { ROWS = 40000, IN = 5, OUT = 64, PIECE = 1000 };
    const size_t piece = (size_t)PIECE * OUT * sizeof(real);
    way by[WAYS];
    int ways = ways_here(by);
    real *all = fsnn_alloc((size_t)ROWS * OUT * sizeof *all);
    assert_non_null(all);
    fill_uniform(w, IN * OUT, -1, 1, 1);
    fill_uniform(bias, OUT, -1, 1, 2);
    draw_input(ROWS * IN, 0.5, 1, 3);
    for (int a = 0; a < ways; a++) {
        CASE("%s%s", by[a].name, by[a].vnni ? " with VNNI" : "");
        int8_product p = {0};
        dense_conv_shape c;
        int8_linear(IN, OUT, &c);
        GOOD(int8_plan_by(&p, &c, by[a].kernels, by[a].vnni));
        void *scratch = fsnn_alloc(int8_scratch(&p, ROWS));
        assert_true(int8_forward(&p, ROWS, x, NULL, w, bias, all, scratch));
        for (int r = 0; r < ROWS; r += PIECE) {
            assert_true(int8_forward(&p, PIECE, x + r * IN, NULL, w, bias, y, scratch));
            assert_memory_equal(all + (size_t)r * OUT, y, piece);
        }
        fsnn_free(scratch);
        int8_close(&p);
    }
    fsnn_free(all);
}

/* ---- what it is given ---- */

static int8_product linear_product(int64_t in, int64_t out)
{
    int8_product p = {0};
    dense_conv_shape c;
    int8_linear(in, out, &c);
    GOOD(int8_plan(&p, &c));
    return p;
}

/* Lists with and without values, against the same rows in full. */
static void lists(void **state)
{
    (void)state;
    enum { ROWS = 9, IN = 100, OUT = 37 };
    int64_t start[ROWS];
    int32_t count[ROWS], index[ROWS * IN], n = 0;
    float value[ROWS * IN];
    int8_product p = linear_product(IN, OUT);
    void *scratch = fsnn_alloc(int8_scratch(&p, ROWS));
    fill_uniform(w, IN * OUT, -1, 1, 1);
    for (int most = 1; most <= 5; most += 4) {
        CASE("numbers up to %d", most);
        draw_input(ROWS * IN, 0.2, most, 4);
        n = 0;
        for (int r = 0; r < ROWS; r++) {
            start[r] = n;
            for (int32_t i = 0; i < IN; i++)
                if (x[r * IN + i] != 0) {
                    index[n] = i;
                    value[n++] = (float)x[r * IN + i];
                }
            count[r] = (int32_t)(n - start[r]);
        }
        fsnn_spikes given = {1, ROWS, IN, start, count, index, most > 1 ? value : NULL};
        assert_true(int8_forward(&p, ROWS, x, NULL, w, NULL, want, scratch));
        assert_true(int8_forward(&p, ROWS, NULL, &given, w, NULL, y, scratch));
        assert_memory_equal(y, want, sizeof(real) * ROWS * OUT);
    }
    value[3] = 0.5f;
    fsnn_spikes given = {1, ROWS, IN, start, count, index, value};
    assert_false(int8_forward(&p, ROWS, NULL, &given, w, NULL, y, scratch));
    fsnn_free(scratch);
    int8_close(&p);
}

static void other_numbers_are_left(void **state)
{
    (void)state;
    enum { ROWS = 300, IN = 70, OUT = 20 };
    static const real other[] = {REAL(0.5), -1,        128,        NAN,
                                 INFINITY,  -INFINITY, REAL(1e20), REAL(1.0000001)};
    int8_product p = linear_product(IN, OUT);
    void *scratch = fsnn_alloc(int8_scratch(&p, ROWS));
    fill_uniform(w, IN * OUT, -1, 1, 1);
    for (int i = 0; i < FSNN_COUNT(other); i++) {
        CASE("%g", (double)other[i]);
        draw_input(ROWS * IN, 0.3, 1, 4);
        x[(ROWS - 1) * IN + IN - 1 - i] = other[i];
        y[0] = 77;
        assert_false(int8_forward(&p, ROWS, x, NULL, w, NULL, y, scratch));
        assert_true(y[0] == 77);
    }
    draw_input(ROWS * IN, 0.3, 1, 4);
    x[5] = REAL(-0.0);
    assert_true(int8_forward(&p, ROWS, x, NULL, w, NULL, y, scratch));
    fsnn_free(scratch);
    int8_close(&p);
}

/* Sums that could leave 32 bits, groups, and paddings that dwarf their images have no bytes. */
static void what_has_no_sums(void **state)
{
    (void)state;
    int8_product p = linear_product(140000, 1);
    assert_false(p.exact);
    assert_int_equal(int8_scratch(&p, 8), 0);
    assert_false(int8_forward(&p, 1, x, NULL, w, NULL, y, NULL));
    int8_close(&p);
    shape s = {"groups", 2, 4, 6, 6, 8, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 2};
    dense_conv_shape c = conv_of(&s);
    GOOD(int8_plan(&p, &c));
    assert_false(p.exact);
    fill_uniform(w, 8 * 2 * 9, -1, 1, 1);
    const real *rounded = int8_rounded(&p, w);
    for (int i = 0; i < 8 * 2 * 9; i++)
        WITHIN("rounded", (double)rounded[i], (double)w[i], 0.5 / 127 + 7.0 / 32);
    int8_close(&p);
    shape far = {"far", 2, 1, 4, 4, 1, {1, 1}, {60000, 60000}, {60000, 60000}, {1, 1}, 1};
    c = conv_of(&far);
    GOOD(int8_plan(&p, &c));
    assert_false(p.exact);
    int8_close(&p);
}

/* ---- weights ---- */

static double error_with(int64_t n, double scale)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        double q = fmax(-127, fmin(127, nearbyint((double)w[i] / scale)));
        sum += ((double)w[i] - q * scale) * ((double)w[i] - q * scale);
    }
    return sum;
}

static void scales(void **state)
{
    (void)state;
    enum { N = 500 };
    for (int kind = 0; kind < 3; kind++) {
        CASE("weights %d", kind);
        double most = 0;
        for (int64_t i = 0; i < N; i++) {
            double u = 2 * (double)fsnn_random_uniform(5, 6, (uint64_t)i) - 1,
                   z = (double)fsnn_random_normal(5, 7, (uint64_t)i);
            w[i] = (real)(kind == 0 ? u : kind == 1 ? z : u * u * u);
            most = fmax(most, fabs((double)w[i]));
        }
        double scale = (double)int8_calibrate(w, N), least = INFINITY;
        for (int c = 0; c < 8; c++)
            least = fmin(least, error_with(N, most / 127 * (32 - c) / 32));
        WITHIN("error", error_with(N, scale), least, 1e-4 * least);
        assert_true(scale <= most / 127 * 1.000001);
    }
    memset(w, 0, sizeof w);
    assert_true(int8_calibrate(w, N) == 0);
    w[3] = REAL_MIN;
    assert_true(int8_calibrate(w, N) >= 0);
    w[4] = NAN;
    assert_true(isnan(int8_calibrate(w, N)));
    w[4] = INFINITY;
    assert_true(isnan(int8_calibrate(w, N)));
}

/* A weight that is no number shows in its column, and nowhere else. */
static void not_finite(void **state)
{
    (void)state;
    enum { ROWS = 8, IN = 70, OUT = 20 };
    int8_product p = linear_product(IN, OUT);
    void *scratch = fsnn_alloc(int8_scratch(&p, ROWS));
    fill_uniform(w, IN * OUT, -1, 1, 1);
    w[3 * IN + 5] = NAN;
    draw_input(ROWS * IN, 0.3, 1, 4);
    assert_true(int8_forward(&p, ROWS, x, NULL, w, NULL, y, scratch));
    for (int i = 0; i < ROWS * OUT; i++)
        assert_true(!isfinite(y[i]) == (i % OUT == 3));
    fsnn_free(scratch);
    int8_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_whole_numbers),
        cmocka_unit_test(extremes),
        cmocka_unit_test(large_outputs),
        cmocka_unit_test(lists),
        cmocka_unit_test(other_numbers_are_left),
        cmocka_unit_test(what_has_no_sums),
        cmocka_unit_test(scales),
        cmocka_unit_test(not_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
