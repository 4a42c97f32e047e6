/* Interpolation: golden values, lines and parabolas, Catmull-Rom and Akima by their definitions,
 * the transpose, stamps of each sample, and the solver's grid of times. */
#include "data/files.h"

#include <float.h>

#include <fsnn/interpolate.h>
#include <fsnn/status.h>

#include "json.h"

enum { MOST = 64, KINDS = FSNN_INTERPOLATIONS };

static const fsnn_interpolation kinds[KINDS] = {FSNN_NEAREST, FSNN_HOLD, FSNN_LINEAR, FSNN_CUBIC,
                                                FSNN_AKIMA};

static void names(void **state)
{
    (void)state;
    for (int i = 0; i < KINDS; i++)
        assert_int_equal(fsnn_interpolation_find(fsnn_interpolation_name(kinds[i])), kinds[i]);
    assert_string_equal(fsnn_interpolation_name(FSNN_HOLD), "hold");
    assert_string_equal(fsnn_interpolation_name((fsnn_interpolation)9), "unknown");
    REFUSED(fsnn_interpolation_find("cubics"), FSNN_ENOTFOUND, "did you mean cubic?");
    FAILS(fsnn_interpolation_find(NULL), FSNN_ENOTFOUND);
}

static int numbers(json_node *list, double *out)
{
    int n = json_count(list);
    for (int i = 0; i < n; i++)
        out[i] = json_number(json_at(list, i));
    return n;
}

/* The golden linear values stand off the line by 1e-9 of an interval: they were made with a guarded
 * division. */
static void golden(void **state)
{
    (void)state;
    json_doc *doc = json_open("tests/golden/interpolation.json");
    json_node *root = doc->root, *cases = json_get(root, "cases");
    double times[16], t[64], sample[64], value[256];
    int n = numbers(json_get(root, "x_time"), times), q = numbers(json_get(root, "t"), t);
    int count = numbers(json_get(root, "x"), sample);
    float x[64], out[256];
    for (int i = 0; i < count; i++)
        x[i] = (float)sample[i];
    assert_int_equal(count, 4 * n);
    assert_int_equal(json_count(cases), 2);
    for (int c = 0; c < 2; c++) {
        json_node *row = json_at(cases, c);
        int kind = fsnn_interpolation_find(json_text(json_get(row, "method")));
        assert_int_equal(numbers(json_get(row, "value"), value), 4 * q);
        GOOD(fsnn_interpolate((fsnn_interpolation)kind, n, times, 2, false, 2, x, q, t, out));
        for (int i = 0; i < 4 * q; i++) {
            double off = kind == FSNN_LINEAR ? 4e-9 + FLT_EPSILON / 2 * fabs(value[i]) : 0;
            if (!(fabs(out[i] - value[i]) <= off))
                fail_msg("%s at t %g: %.9g, not %.9g", fsnn_interpolation_name(kind), t[i / 4],
                         out[i], value[i]);
        }
    }
    json_close(doc);
}

/* Random stamps whose gaps span two decades. */
static void random_times(double *t, int n, int stride, uint64_t stream)
{
    double at = -3;
    for (int k = 0; k < n; k++, at += pow(100, fsnn_random_uniform(5, stream, (uint64_t)k)) / 20)
        t[k * stride] = at;
}

static void query_times(const double *t, int n, double *query, int q)
{
    for (int k = 0; k < q; k++)
        query[k] = t[0] + (t[n - 1] - t[0]) * k / (q - 1);
}

static void polynomial(int kind, int n, double a, double b, double c)
{
    double t[MOST], query[MOST];
    float x[MOST], out[MOST];
    random_times(t, n, 1, (uint64_t)n);
    query_times(t, n, query, MOST);
    double size = 0;
    for (int k = 0; k < n; k++) {
        double exact = a + b * t[k] + c * t[k] * t[k];
        x[k] = (float)exact;
        size = fmax(size, fabs(exact));
    }
    GOOD(fsnn_interpolate(kinds[kind], n, t, 1, false, 1, x, MOST, query, out));
    for (int k = 0; k < MOST; k++) {
        double exact = a + b * query[k] + c * query[k] * query[k];
        if (!(fabs(out[k] - exact) <= 30 * FLT_EPSILON * size))
            fail_msg("%s, %d samples, t %g: %.9g, not %.9g", fsnn_interpolation_name(kinds[kind]),
                     n, query[k], out[k], exact);
    }
}

static void lines_and_parabolas(void **state)
{
    (void)state;
    for (int n = 2; n < 24; n++) {
        polynomial(FSNN_LINEAR, n, 3, 2, 0);
        polynomial(FSNN_CUBIC, n, 3, 2, 0);
        polynomial(FSNN_AKIMA, n, 3, 2, 0);
        if (n > 2)
            polynomial(FSNN_CUBIC, n, -1, 0.5, 2);
    }
}

/* At its own time a sample is itself, bit for bit; beyond the ends the end; constants stay. */
static void samples_ends_and_constants(void **state)
{
    (void)state;
    enum { N = 37 };
    double t[N], outside[4], between[MOST];
    float x[N], out[MOST], c[N];
    for (int n = 1; n <= N; n++) {
        random_times(t, n, 1, 77);
        query_times(t, n, between, MOST);
        outside[0] = -INFINITY, outside[1] = t[0] - 1e-9;
        outside[2] = t[n - 1] + 5, outside[3] = INFINITY;
        for (int k = 0; k < n; k++) {
            x[k] = (float)fsnn_random_normal(1, 2, (uint64_t)k);
            c[k] = 0.7F;
        }
        for (int i = 0; i < KINDS; i++) {
            GOOD(fsnn_interpolate(kinds[i], n, t, 1, false, 1, x, n, t, out));
            for (int k = 0; k < n; k++)
                assert_true(out[k] == x[k]);
            GOOD(fsnn_interpolate(kinds[i], n, t, 1, false, 1, x, 4, outside, out));
            assert_true(out[0] == x[0] && out[1] == x[0]);
            assert_true(out[2] == x[n - 1] && out[3] == x[n - 1]);
            GOOD(fsnn_interpolate(kinds[i], n, t, 1, false, 1, c, MOST, between, out));
            for (int k = 0; k < MOST; k++)
                assert_true(out[k] == 0.7F);
        }
    }
}

static const double steps_t[] = {0, 1, 3, 4, 8};
static const float steps_x[] = {0, 2, -2, 4, 0};

static void at(fsnn_interpolation kind, int n, double t, double value)
{
    float out;
    GOOD(fsnn_interpolate(kind, n, steps_t, 1, false, 1, steps_x, 1, &t, &out));
    if (!(fabs(out - value) <= 4 * FLT_EPSILON * (1 + fabs(value))))
        fail_msg("%s of %d samples at %g: %.9g, not %.9g", fsnn_interpolation_name(kind), n, t, out,
                 value);
}

static void steps_by_hand(void **state)
{
    (void)state;
    at(FSNN_HOLD, 5, 2.999, 2);
    at(FSNN_HOLD, 5, 3, -2);
    at(FSNN_NEAREST, 5, 2, 2); /* the middle: the earlier one */
    at(FSNN_NEAREST, 5, 2.0001, -2);
    at(FSNN_LINEAR, 5, 3.25, -0.5);
}

/* Slopes of the samples: 2, -2, 6, -1. Tangents: at 1, (2*2 + 1*(-2))/3 = 2/3; at 3, (1*(-2) +
 * 2*6)/3 = 10/3; at 4, (4*6 + 1*(-1))/5 = 23/5; ends 2*2 - 2/3 = 10/3 and 2*(-1) - 23/5 = -33/5. In
 * the middle of an interval of length H the Hermite cubic is (x0 + x1)/2 + H (d0 - d1)/8; at its
 * first quarter (54 x0 + 10 x1 + H (9 d0 - 3 d1))/64. */
static void catmull_rom_by_hand(void **state)
{
    (void)state;
    at(FSNN_CUBIC, 5, 2, 0 + 2 * (2. / 3 - 10. / 3) / 8);
    at(FSNN_CUBIC, 5, 3.5, 1 + (10. / 3 - 23. / 5) / 8);
    at(FSNN_CUBIC, 5, 1.5, (54 * 2 + 10 * -2 + 2 * (9 * 2. / 3 - 3 * 10. / 3)) / 64);
    at(FSNN_CUBIC, 5, 0.5, 1 + (10. / 3 - 2. / 3) / 8);
    at(FSNN_CUBIC, 5, 6, 2 + 4 * (23. / 5 + 33. / 5) / 8);
    at(FSNN_CUBIC, 2, 0.25, 0.5);
    at(FSNN_CUBIC, 3, 0.5, 1 + (10. / 3 - 2. / 3) / 8);
}

/* Slopes continued: 10, 6 | 2, -2, 6, -1 | -8, -15. Differences of neighbours: 4 4 4 8 7 7 7.
 * Tangents: at 0, (4*6 + 4*2)/8 = 4; at 1, (8*2 + 4*(-2))/12 = 2/3; at 3, (7*(-2) + 4*6)/11 =
 * 10/11; at 4, (7*6 + 8*(-1))/15 = 34/15; at 8, (7*(-1) + 7*(-8))/14 = -9/2. */
static void akima_by_hand(void **state)
{
    (void)state;
    at(FSNN_AKIMA, 5, 0.5, 1 + (4 - 2. / 3) / 8);
    at(FSNN_AKIMA, 5, 2, 0 + 2 * (2. / 3 - 10. / 11) / 8);
    at(FSNN_AKIMA, 5, 1.5, (54 * 2 + 10 * -2 + 2 * (9 * 2. / 3 - 3 * 10. / 11)) / 64);
    at(FSNN_AKIMA, 5, 3.5, 1 + (10. / 11 - 34. / 15) / 8);
    at(FSNN_AKIMA, 5, 6, 2 + 4 * (34. / 15 + 4.5) / 8);
    at(FSNN_AKIMA, 2, 0.25, 0.5);
    /* three samples: slopes 10, 6 | 2, -2 | -6, -10, all differences 4: tangents 4, 0, -4 */
    at(FSNN_AKIMA, 3, 0.5, 1 + (4. - 0) / 8);
    at(FSNN_AKIMA, 3, 2, 0 + 2 * (0 + 4.) / 8);
}

/* Akima once more from the paper, series by series, with the tangents kept: a random check of the
 * strips of columns. */
static double akima_tangent(const double *t, const double *x, int n, int i)
{
    double m[MOST + 4], *s = m + 2; /* s[-2] ... s[n] */
    for (int k = 0; k + 1 < n; k++)
        s[k] = (x[k + 1] - x[k]) / (t[k + 1] - t[k]);
    s[-1] = 2 * s[0] - s[1];
    s[-2] = 2 * s[-1] - s[0];
    s[n - 1] = 2 * s[n - 2] - s[n - 3];
    s[n] = 2 * s[n - 1] - s[n - 2];
    double a = fabs(s[i + 1] - s[i]), b = fabs(s[i - 1] - s[i - 2]);
    return a + b > 0 ? (a * s[i - 1] + b * s[i]) / (a + b) : (s[i - 1] + s[i]) / 2;
}

static double akima(const double *t, const double *x, int n, double at)
{
    int i = 0;
    while (i < n - 2 && t[i + 1] <= at)
        i++;
    double H = t[i + 1] - t[i], z = at - t[i], s = (x[i + 1] - x[i]) / H;
    double d = akima_tangent(t, x, n, i), e = akima_tangent(t, x, n, i + 1);
    return x[i] + d * z + (3 * s - 2 * d - e) / H * z * z + (d + e - 2 * s) / (H * H) * z * z * z;
}

enum { R_N = 21, R_B = 3, R_C = 13, R_Q = 40 }; /* 13 and 39 columns: strips that are not full */

typedef struct batch {
    double times[R_N * R_B], query[R_Q * R_B];
    float x[R_N * R_B * R_C], out[R_Q * R_B * R_C];
} batch;

static void random_batch(batch *b, bool per_sample)
{
    int groups = per_sample ? R_B : 1;
    for (int g = 0; g < groups; g++) {
        random_times(b->times + g, R_N, groups, (uint64_t)(100 + g));
        for (int k = 0; k < R_Q; k++)
            b->query[k * groups + g] = -3.5 + 25 * fsnn_random_uniform(6, (uint64_t)g, (uint64_t)k);
    }
    for (int i = 0; i < R_N * R_B * R_C; i++)
        b->x[i] = (float)fsnn_random_normal(7, 8, (uint64_t)i);
    for (int i = 0; i < R_Q * R_B * R_C; i++)
        b->out[i] = NAN;
}

static void akima_series(void **state)
{
    (void)state;
    static batch b;
    for (int each = 0; each < 2; each++) {
        random_batch(&b, each);
        GOOD(fsnn_interpolate(FSNN_AKIMA, R_N, b.times, R_B, each, R_C, b.x, R_Q, b.query, b.out));
        for (int i = 0; i < R_B * R_C; i++) {
            int groups = each ? R_B : 1, g = each ? i / R_C : 0;
            double t[R_N], x[R_N];
            for (int k = 0; k < R_N; k++) {
                t[k] = b.times[k * groups + g];
                x[k] = b.x[k * R_B * R_C + i];
            }
            for (int k = 0; k < R_Q; k++) {
                double when = fmin(fmax(b.query[k * groups + g], t[0]), t[R_N - 1]);
                assert_float_equal(b.out[k * R_B * R_C + i], akima(t, x, R_N, when), 1e-5);
            }
        }
    }
}

/* Each sample of a batch with its own stamps gets what it gets alone, bit for bit, on any number of
 * threads. */
static void stamps_of_each_sample(void **state)
{
    (void)state;
    static batch b;
    double times[R_N], query[R_Q];
    float x[R_N * R_C], out[R_Q * R_C];
    for (int i = 0; i < KINDS; i++) {
        random_batch(&b, true);
        GOOD(fsnn_interpolate(kinds[i], R_N, b.times, R_B, true, R_C, b.x, R_Q, b.query, b.out));
        fsnn_threads_set(1);
        for (int g = 0; g < R_B; g++) {
            for (int k = 0; k < R_N; k++) {
                times[k] = b.times[k * R_B + g];
                memcpy(x + k * R_C, b.x + (k * R_B + g) * R_C, sizeof(float) * R_C);
            }
            for (int k = 0; k < R_Q; k++)
                query[k] = b.query[k * R_B + g];
            GOOD(fsnn_interpolate(kinds[i], R_N, times, 1, false, R_C, x, R_Q, query, out));
            for (int k = 0; k < R_Q; k++)
                assert_memory_equal(out + k * R_C, b.out + (k * R_B + g) * R_C,
                                    sizeof(float) * R_C);
        }
        fsnn_threads_set(0);
    }
}

/* <A x, y> = <x, A^T y>, and every entry: A^T of a unit vector is a row of A. */
static void transpose(void **state)
{
    (void)state;
    static batch b;
    static float y[R_Q * R_B * R_C], back[R_N * R_B * R_C];
    for (int i = 0; i < R_Q * R_B * R_C; i++)
        y[i] = (float)fsnn_random_normal(9, 9, (uint64_t)i);
    for (int i = 0; i < 2 * FSNN_AKIMA; i++) {
        bool each = i % 2;
        random_batch(&b, each);
        GOOD(
            fsnn_interpolate(kinds[i / 2], R_N, b.times, R_B, each, R_C, b.x, R_Q, b.query, b.out));
        for (int k = 0; k < R_N * R_B * R_C; k++)
            back[k] = NAN;
        GOOD(fsnn_interpolate_back(kinds[i / 2], R_N, b.times, R_B, each, R_C, R_Q, b.query, y,
                                   back));
        double left = 0, right = 0, size = 0;
        for (int k = 0; k < R_Q * R_B * R_C; k++) {
            left += (double)b.out[k] * y[k];
            size += fabs((double)b.out[k] * y[k]);
        }
        for (int k = 0; k < R_N * R_B * R_C; k++)
            right += (double)b.x[k] * back[k];
        if (!(fabs(left - right) <= 1e-7 * size && size > 100))
            fail_msg("%s: %.12g and %.12g of %g", fsnn_interpolation_name(kinds[i / 2]), left,
                     right, size);
    }
}

static void rows_of_the_transpose(void **state)
{
    (void)state;
    enum { N = 9, Q = 25 };
    double t[N], query[Q];
    random_times(t, N, 1, 3);
    query_times(t, N, query, Q);
    for (int i = 0; i < FSNN_AKIMA; i++)
        for (int j = 0; j < N; j++) {
            float unit[N] = {0}, column[Q], row[N];
            unit[j] = 1;
            GOOD(fsnn_interpolate(kinds[i], N, t, 1, false, 1, unit, Q, query, column));
            for (int k = 0; k < Q; k++) {
                float probe[Q] = {0};
                probe[k] = 1;
                GOOD(fsnn_interpolate_back(kinds[i], N, t, 1, false, 1, Q, query, probe, row));
                assert_true(row[j] == column[k]);
            }
        }
}

static void grid_of_a_solver(void **state)
{
    (void)state;
    double tenth[11], grid[32], uneven[] = {2, 2.5, 3.7};
    for (int scale = 0; scale < 2; scale++) { /* stamps as doubles, and as floats were */
        double rounding = scale ? 1.2e-7 : 0;
        for (int k = 0; k < 11; k++)
            tenth[k] = scale ? (float)(3 + 0.1 * k) : 3 + 0.1 * k;
        assert_int_equal(fsnn_interpolate_steps(11, tenth, 1, false, 0.1, rounding), 11);
        GOOD(fsnn_interpolate_grid(11, tenth, 1, false, 0.1, rounding, 11, grid));
        assert_memory_equal(grid, tenth, sizeof tenth);
        assert_int_equal(fsnn_interpolate_steps(11, tenth, 1, false, 0.05, rounding), 21);
        assert_int_equal(fsnn_interpolate_steps(11, tenth, 1, false, 0.3, rounding), 4);
        assert_int_equal(fsnn_interpolate_steps(11, tenth, 1, false, 5, rounding), 1);
    }
    assert_int_equal(fsnn_interpolate_steps(3, uneven, 1, false, 0.5, 0), 4);
    GOOD(fsnn_interpolate_grid(3, uneven, 1, false, 0.5, 0, 4, grid));
    for (int k = 0; k < 4; k++)
        assert_true(grid[k] == 2 + 0.5 * k);
    /* two samples: 0 to 1 and 5 to 9 */
    double each[] = {0, 5, 1, 9};
    assert_int_equal(fsnn_interpolate_steps(2, each, 2, true, 2, 0), 3);
    GOOD(fsnn_interpolate_grid(2, each, 2, true, 2, 0, 3, grid));
    const double wanted[] = {0, 5, 2, 7, 4, 9};
    assert_memory_equal(grid, wanted, sizeof wanted);
    assert_int_equal(fsnn_interpolate_steps(1, each, 1, false, 2, 0), 1);
}

static void errors(void **state)
{
    (void)state;
    double t[] = {0, 1, 1, 2}, good[] = {0, 1, 2, 3}, odd[] = {0, NAN};
    float x[4] = {0}, out[4];
    REFUSED(fsnn_interpolate(FSNN_LINEAR, 4, t, 1, false, 1, x, 4, good, out), FSNN_EARGUMENT,
            "times[2] is 1, but the stamp before it is 1");
    t[1] = 5;
    REFUSED(fsnn_interpolate(FSNN_HOLD, 2, t, 2, true, 1, x, 1, good, out), FSNN_EARGUMENT,
            "times[1, 1] is 2, but the stamp before it is 5");
    t[2] = INFINITY;
    REFUSED(fsnn_interpolate_back(FSNN_HOLD, 4, t, 1, false, 1, 4, good, x, out), FSNN_EARGUMENT,
            "times[2] is inf");
    REFUSED(fsnn_interpolate(FSNN_LINEAR, 4, good, 1, false, 1, x, 2, odd, out), FSNN_EARGUMENT,
            "time 1 to interpolate at");
    REFUSED(fsnn_interpolate((fsnn_interpolation)5, 4, good, 1, false, 1, x, 4, good, out),
            FSNN_EARGUMENT, "nearest, hold, linear, cubic, akima");
    FAILS(fsnn_interpolate(FSNN_HOLD, 0, good, 1, false, 1, x, 4, good, out), FSNN_EARGUMENT);
    FAILS(fsnn_interpolate(FSNN_HOLD, 4, good, 1, false, 0, x, 4, good, out), FSNN_EARGUMENT);
    FAILS(fsnn_interpolate(FSNN_HOLD, 4, good, 1, false, 1, x, 4, NULL, out), FSNN_EARGUMENT);
    REFUSED(fsnn_interpolate_back(FSNN_AKIMA, 4, good, 1, false, 1, 4, good, x, out),
            FSNN_EUNSUPPORTED, "akima");
    REFUSED(fsnn_interpolate_steps(4, good, 1, false, 0, 0), FSNN_EARGUMENT, "above 0");
    REFUSED(fsnn_interpolate_steps(4, good, 1, false, 1e-12, 0), FSNN_EARGUMENT, "larger step");
    FAILS(fsnn_interpolate_grid(4, good, 1, false, 1, 0, 0, good), FSNN_EARGUMENT);
    FAILS(fsnn_interpolate_grid(4, good, 1, false, 1, -1, 4, good), FSNN_EARGUMENT);
}

/* No allocation that fails does harm: a sentence, and nothing else. */
static void memory_runs_out(void **state)
{
    (void)state;
    double t[] = {0, 1, 2};
    float x[3] = {1, 2, 3}, out[3];
    fsnn_alloc_fail_at(1);
    FAILS(fsnn_interpolate(FSNN_AKIMA, 3, t, 1, false, 1, x, 3, t, out), FSNN_EMEMORY);
    fsnn_alloc_fail_at(1);
    FAILS(fsnn_interpolate_back(FSNN_CUBIC, 3, t, 1, false, 1, 3, t, x, out), FSNN_EMEMORY);
    fsnn_alloc_fail_at(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(golden),
        cmocka_unit_test(lines_and_parabolas),
        cmocka_unit_test(samples_ends_and_constants),
        cmocka_unit_test(steps_by_hand),
        cmocka_unit_test(catmull_rom_by_hand),
        cmocka_unit_test(akima_by_hand),
        cmocka_unit_test(akima_series),
        cmocka_unit_test(stamps_of_each_sample),
        cmocka_unit_test(transpose),
        cmocka_unit_test(rows_of_the_transpose),
        cmocka_unit_test(grid_of_a_solver),
        cmocka_unit_test(errors),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
