/* Encoders: exact where they are exact, statistics where they are random, independence of batching.
 */
#include "data/files.h"

static void names(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_ENCODERS; i++)
        assert_int_equal(fsnn_encoder_find(fsnn_encoder_name((fsnn_encoder_kind)i)), i);
    assert_string_equal(fsnn_encoder_name(FSNN_ENCODE_RATE), "rate");
    assert_string_equal(fsnn_encoder_name((fsnn_encoder_kind)77), "unknown");
    REFUSED(fsnn_encoder_find("latencies"), FSNN_ENOTFOUND, "latency");
    FAILS(fsnn_encoder_find(NULL), FSNN_ENOTFOUND);
}

static void direct_repeats(void **state)
{
    (void)state;
    fsnn_encoder encoder = {FSNN_ENCODE_DIRECT, 3, 2, 0, 0, false};
    float x[6] = {0, 0.25F, 0.5F, -1, 3, 1e-3F}, out[18];
    GOOD(fsnn_encode(&encoder, 2, 3, x, 1, 2, out));
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 6; i++)
            assert_true(out[6 * k + i] == 2 * x[i]);
}

static void latency_is_exact(void **state)
{
    (void)state;
    enum { T = 5, N = 10 };
    fsnn_encoder encoder = {FSNN_ENCODE_LATENCY, T, 1, 0.2, 0, false};
    /* (T - 1) (1 - v) / (1 - floor) = 5 (1 - v) */
    const float x[N] = {1, 2, 0.9F, 0.85F, 0.6F, 0.45F, 0.21F, 0.2F, 0, -1};
    const int step[N] = {0, 0, 1, 1, 2, 3, 4, -1, -1, -1};
    float out[T * N];
    memset(out, 0x7f, sizeof out);
    encoder.floor = 0.2F; /* the float itself: a value equal to it stays silent */
    GOOD(fsnn_encode(&encoder, 1, N, x, 1, 2, out));
    for (int k = 0; k < T; k++)
        for (int i = 0; i < N; i++)
            assert_true(out[N * k + i] == (step[i] == k ? 1.0F : 0.0F));
    encoder.gain = 0.5;
    GOOD(fsnn_encode(&encoder, 1, N, x, 1, 2, out));
    assert_true(out[N * 3] == 1 && out[N * 2] == 0); /* v = 0.5: a hair above 2.5, so 3 */
    encoder.steps = 1;
    encoder.gain = 1;
    GOOD(fsnn_encode(&encoder, 1, N, x, 1, 2, out));
    for (int i = 0; i < N; i++)
        assert_true(out[i] == (step[i] < 0 ? 0.0F : 1.0F));
    float odd[2] = {NAN, INFINITY};
    GOOD(fsnn_encode(&encoder, 1, 2, odd, 1, 2, out));
    assert_true(out[0] == 0 && out[1] == 1);
}

static void latency_covers_all_steps(void **state)
{
    (void)state;
    enum { T = 16, N = 4096 };
    static float x[N], out[T * N];
    fsnn_encoder encoder = {FSNN_ENCODE_LATENCY, T, 1, 0.01, 0, false};
    for (int i = 0; i < N; i++)
        x[i] = (float)i / (N - 1);
    GOOD(fsnn_encode(&encoder, 1, N, x, 1, 2, out));
    int last = T, first = -1;
    for (int i = 0; i < N; i++) {
        int count = 0, step = -1;
        for (int k = 0; k < T; k++)
            if (out[k * N + i] != 0)
                step = k, count++;
        assert_int_equal(count, x[i] > 0.01);
        if (!count)
            continue;
        if (first < 0)
            first = step;
        assert_true(step == last || step == last - 1 || last == T); /* brighter is earlier */
        last = step;
    }
    assert_int_equal(first, T - 1);
    assert_int_equal(last, 0);
}

static void rate_has_the_right_mean(void **state)
{
    (void)state;
    enum { T = 400, N = 500, B = 2 };
    static float x[B * N], out[T * B * N];
    const double p[] = {0, 0.001, 0.1, 0.5, 0.9, 1, 1.7, -0.5};
    const double gain[] = {1, 0.5};
    for (int g = 0; g < 2; g++)
        for (int c = 0; c < FSNN_COUNT(p); c++) {
            CASE("g %d, p[%d]", g, c);
            fsnn_encoder encoder = {FSNN_ENCODE_RATE, T, gain[g], 0, 0, false};
            double q = fmin(1, fmax(0, gain[g] * p[c])), sum = 0, n = (double)T * B * N;
            for (int i = 0; i < B * N; i++)
                x[i] = (float)p[c];
            GOOD(fsnn_encode(&encoder, B, N, x, 11, (uint64_t)(100 * c), out));
            for (int i = 0; i < T * B * N; i++) {
                assert_true(out[i] == 0 || out[i] == 1);
                sum += out[i];
            }
            assert_true(fabs(sum - n * q) <= 5 * sqrt(n * q * (1 - q)));
        }
}

/* Neighbours in time, in space and in the batch have nothing to do with each other. */
static void rate_is_uncorrelated(void **state)
{
    (void)state;
    enum { T = 200, N = 257, B = 4, ALL = T * B * N };
    static float x[B * N], out[ALL];
    fsnn_encoder encoder = {FSNN_ENCODE_RATE, T, 1, 0, 0, false};
    for (int i = 0; i < B * N; i++)
        x[i] = 0.5F;
    GOOD(fsnn_encode(&encoder, B, N, x, 5, 0, out));
    const int shift[] = {1, 2, 4, N, B * N, 2 * B * N};
    for (int s = 0; s < FSNN_COUNT(shift); s++) {
        CASE("shift[%d]", s);
        double sum = 0, n = ALL - shift[s];
        for (int i = 0; i + shift[s] < ALL; i++)
            sum += ((double)out[i] - 0.5) * ((double)out[i + shift[s]] - 0.5);
        assert_true(fabs(sum) <= 5 * 0.25 * sqrt(n));
    }
}

static void rate_depends_on_sample_not_on_batch(void **state)
{
    (void)state;
    enum { T = 7, N = 131, B = 9 };
    static float x[B * N], all[T * B * N], one[T * N];
    fsnn_encoder encoder = {FSNN_ENCODE_RATE, T, 1, 0, 0, false};
    fsnn_random_fill(x, B * N, 1, 1, 0);
    GOOD(fsnn_encode(&encoder, B, N, x, 3, 1000, all));
    for (int b = 0; b < B; b++) {
        GOOD(fsnn_encode(&encoder, 1, N, x + b * N, 3, 1000 + (uint64_t)b, one));
        for (int k = 0; k < T; k++)
            assert_memory_equal(one + k * N, all + (k * B + b) * N, N * sizeof *one);
    }
    encoder.steps = 3; /* fewer steps: the same beginning */
    static float fewer[3 * B * N];
    GOOD(fsnn_encode(&encoder, B, N, x, 3, 1000, fewer));
    assert_memory_equal(fewer, all, sizeof fewer);
    GOOD(fsnn_encode(&encoder, B, N, x, 4, 1000, fewer)); /* another seed */
    assert_memory_not_equal(fewer, all, sizeof fewer);
    for (int k = 0; k < 3; k++) /* as documented: number k N + n of the sample's stream */
        for (int i = 0; i < N; i++)
            assert_true(all[k * B * N + i] ==
                        (fsnn_random_uniform(3, 1000, (uint64_t)(k * N + i)) < x[i]));
}

/* Up and down spikes, and that their running sum follows the value to within a threshold as far as
 * one spike a step can. */
static void delta_follows(void **state)
{
    (void)state;
    enum { T = 12, N = 4 };
    fsnn_encoder encoder = {.kind = FSNN_ENCODE_DELTA, .steps = T, .gain = 2, .threshold = 0.25};
    const float x[N] = {0.5F, -0.3F, 0.12F, 9};
    float out[T * 2 * N];
    memset(out, 0x7f, sizeof out);
    GOOD(fsnn_encode(&encoder, 1, N, x, 1, 2, out));
    for (int i = 0; i < N; i++) {
        double level = 0;
        int spikes = 0;
        for (int k = 0; k < T; k++) {
            float up = out[k * 2 * N + i], down = out[k * 2 * N + N + i];
            assert_true((up == 0 || up == 1) && (down == 0 || down == 1) && up + down < 2);
            level += 0.25 * ((double)up - (double)down);
            spikes += up + down > 0;
            if (k + 1 >= 4 && i < 3)
                assert_true(fabs(level - 2 * (double)x[i]) < 0.25);
        }
        assert_int_equal(spikes, ((const int[]){4, 2, 0, T})[i]);
    }
    encoder.threshold = 0;
    FAILS(fsnn_encode(&encoder, 1, N, x, 1, 2, out), FSNN_EARGUMENT);
    encoder.threshold = NAN;
    FAILS(fsnn_encode(&encoder, 1, N, x, 1, 2, out), FSNN_EARGUMENT);
}

/* A sequence [T, N] through a loader with each encoder. */
static void sequences(void **state)
{
    (void)state;
    enum { T = 3, N = 2, S = 4 };
    const float x[2 * T * N] = {0.5F, 0, 1, 0.25F, 0.2F, 0.75F, 1, 1, 0, 0, 1, 0};
    static const struct {
        fsnn_encoder_kind kind;
        int steps, values;
    } row[] = {{FSNN_ENCODE_DIRECT, T, N},
               {FSNN_ENCODE_RATE, T, N},
               {FSNN_ENCODE_LATENCY, T * S, N},
               {FSNN_ENCODE_DELTA, T, 2 * N}};
    fsnn_data *data;
    GOOD(fsnn_data_memory(2, FSNN_SHAPE(T, N), x, NULL, &data));
    GOOD(fsnn_data_sequence(data, FSNN_AXES_FIRST));
    for (int r = 0; r < FSNN_COUNT(row); r++) {
        CASE("row[%d]", r);
        fsnn_loader *loader;
        fsnn_batch batch;
        fsnn_shape shape;
        int64_t steps;
        fsnn_loader_options o = {
            .encoder = {row[r].kind, S, 1, 0.1, 0.3, false}, .batch = 2, .seed = 5};
        GOOD(fsnn_loader_create(data, &o, &loader));
        fsnn_loader_shape(loader, &steps, &shape);
        assert_int_equal(steps, row[r].steps);
        assert_true(shape.rank == 1 && shape.dim[0] == row[r].values);
        GOOD(fsnn_loader_start(loader, 0));
        assert_int_equal(fsnn_loader_next(loader, &batch), 1);
        for (int b = 0; b < 2; b++)
            for (int i = 0; i < N; i++) {
                double level = 0;
                for (int k = 0; k < T; k++) {
                    float v = x[(b * T + k) * N + i],
                          *y = (float *)batch.x + (k * 2 + b) * row[r].values;
                    if (row[r].kind == FSNN_ENCODE_DIRECT)
                        assert_true(y[i] == v);
                    if (row[r].kind == FSNN_ENCODE_RATE)
                        assert_true((y[i] == 0 || y[i] == 1) && (v > 0 || y[i] == 0) &&
                                    (v < 1 || y[i] == 1));
                    /* one step of the reference towards the value */
                    if (row[r].kind == FSNN_ENCODE_DELTA) {
                        double d = (double)v - level;
                        assert_true(y[i] == (d >= 0.3) && y[N + i] == (d <= -0.3));
                        level += 0.3 * ((double)y[i] - (double)y[N + i]);
                    }
                    for (int j = 0; j < S && row[r].kind == FSNN_ENCODE_LATENCY; j++) {
                        bool here = v > 0.1F && (int)((S - 1) * (1 - (double)v) / 0.9 + 0.5) == j;
                        assert_true(batch.x[((k * S + j) * 2 + b) * N + i] == here);
                    }
                }
            }
        fsnn_loader_destroy(loader);
    }
    fsnn_data_destroy(data);
    fsnn_loader *loader; /* the shape of pictures: channels double */
    fsnn_shape shape;
    fsnn_loader_options o = {.encoder = {FSNN_ENCODE_DELTA, S, 1, 0, 0.3, false}, .batch = 1};
    GOOD(fsnn_data_memory(2, FSNN_SHAPE(1, 2, 3), x, NULL, &data));
    GOOD(fsnn_loader_create(data, &o, &loader));
    fsnn_loader_shape(loader, NULL, &shape);
    assert_true(shape.rank == 3 && shape.dim[0] == 2 && shape.dim[1] == 2 && shape.dim[2] == 3);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
}

static void refuses_options(void **state)
{
    (void)state;
    const fsnn_encoder bad[] = {
        {FSNN_ENCODE_RATE, 0, 1, 0, 0, false},      {FSNN_ENCODE_RATE, 4, 0, 0, 0, false},
        {FSNN_ENCODE_DIRECT, 4, NAN, 0, 0, false},  {FSNN_ENCODE_LATENCY, 4, 1, 1, 0, false},
        {FSNN_ENCODE_LATENCY, 4, 1, NAN, 0, false}, {FSNN_ENCODE_LATENCY, 4, 1, -0.1, 0, false},
        {(fsnn_encoder_kind)9, 4, 1, 0, 0, false},  {(fsnn_encoder_kind)-1, 4, 1, 0, 0, false},
    };
    float x = 1, out[8];
    for (int i = 0; i < FSNN_COUNT(bad); i++)
        FAILS(fsnn_encode(&bad[i], 1, 1, &x, 0, 0, out), FSNN_EARGUMENT);
    fsnn_encoder good = {FSNN_ENCODE_RATE, 4, 1, 0, 0, false};
    FAILS(fsnn_encode(NULL, 1, 1, &x, 0, 0, out), FSNN_EARGUMENT);
    FAILS(fsnn_encode(&good, 0, 1, &x, 0, 0, out), FSNN_EARGUMENT);
    FAILS(fsnn_encode(&good, 1, 0, &x, 0, 0, out), FSNN_EARGUMENT);
    FAILS(fsnn_encode(&good, 1, 1, NULL, 0, 0, out), FSNN_EARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(direct_repeats),
        cmocka_unit_test(latency_is_exact),
        cmocka_unit_test(latency_covers_all_steps),
        cmocka_unit_test(rate_has_the_right_mean),
        cmocka_unit_test(rate_is_uncorrelated),
        cmocka_unit_test(rate_depends_on_sample_not_on_batch),
        cmocka_unit_test(delta_follows),
        cmocka_unit_test(sequences),
        cmocka_unit_test(refuses_options),
    };
    return cmocka_run_group_tests_name("data/encoder", tests, NULL, NULL);
}
