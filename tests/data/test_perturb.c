/* Disturbances: what they change and what they leave, statistics where they are random,
 * independence of batches. */
#include "data/files.h"

enum { T = 200, H = 8, W = 10, N = 2 * H * W };

static float x[T * N], work[T * N];

/* Step k, value i: 1 + k + i / 1000, on a sample of shape [2, H, W] or [N]. */
static void disturb(fsnn_perturb_kind kind, double amount, bool flat, uint64_t stream)
{
    fsnn_perturbation p = {kind, amount};
    fsnn_shape shape = FSNN_SHAPE(2, H, W), line = FSNN_SHAPE(N);
    for (int k = 0; k < T; k++)
        for (int i = 0; i < N; i++)
            x[k * N + i] = (float)(1 + k + i / 1000.0);
    GOOD(fsnn_perturb(&p, 1, T, flat ? &line : &shape, 7, stream, x, work));
}

static float before(int k, int i)
{
    return (float)(1 + k + i / 1000.0);
}

static void names(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_PERTURBS; i++) {
        assert_int_equal(fsnn_perturb_find(fsnn_perturb_name((fsnn_perturb_kind)i)), i);
        assert_true(strlen(fsnn_perturb_unit((fsnn_perturb_kind)i)) > 3);
        if (fsnn_perturb_of_graph((fsnn_perturb_kind)i))
            continue;
        disturb((fsnn_perturb_kind)i, 0, false, 1); /* no amount: no change */
        for (int k = 0; k < T; k++)
            for (int j = 0; j < N; j++)
                assert_true(x[k * N + j] == before(k, j));
    }
    assert_string_equal(fsnn_perturb_name((fsnn_perturb_kind)77), "unknown");
    REFUSED(fsnn_perturb_find("frameloss"), FSNN_ENOTFOUND, "did you mean frame_loss");
}

static void noise(void **state)
{
    (void)state;
    double sum = 0, square = 0, lag = 0, last = 0, n = T * N;
    disturb(FSNN_PERTURB_NOISE, 0.5, false, 3);
    for (int k = 0; k < T; k++)
        for (int i = 0; i < N; i++) {
            double e = ((double)x[k * N + i] - before(k, i)) / 0.5;
            sum += e;
            square += e * e;
            lag += e * last;
            last = e;
        }
    assert_true(fabs(sum) < 5 * sqrt(n));
    assert_true(fabs(square - n) < 5 * sqrt(2 * n));
    assert_true(fabs(lag) < 5 * sqrt(n));
}

static void occlusion(void **state)
{
    (void)state;
    int places = 0, first = -1;
    for (uint64_t stream = 0; stream < 20; stream++) {
        disturb(FSNN_PERTURB_OCCLUSION, 0.25, false, stream); /* 4 x 5 of 8 x 10 */
        int top = H, bottom = -1, left = W, right = -1, count = 0;
        for (int i = 0; i < N; i++) {
            bool gone = x[i] == 0;
            int y = i / W % H, c = i % W;
            for (int k = 0; k < T; k++)
                assert_true(gone ? x[k * N + i] == 0 : x[k * N + i] == before(k, i));
            count += gone;
            if (gone) {
                top = y < top ? y : top, bottom = y > bottom ? y : bottom;
                left = c < left ? c : left, right = c > right ? c : right;
            }
        }
        assert_int_equal(count, 2 * 4 * 5);
        assert_true(bottom - top == 3 && right - left == 4);
        places += first >= 0 && top * W + left != first;
        first = top * W + left;
    }
    assert_true(places > 10);
    disturb(FSNN_PERTURB_OCCLUSION, 0.25, true, 1); /* neighbours */
    int begin = 0, gone = 0;
    while (x[begin] != 0)
        begin++;
    for (int i = 0; i < N; i++)
        gone += x[i] == 0;
    assert_int_equal(gone, N / 4);
    for (int i = begin; i < begin + gone; i++)
        assert_true(x[i] == 0);
    disturb(FSNN_PERTURB_OCCLUSION, 1, false, 1);
    for (int i = 0; i < T * N; i++)
        assert_true(x[i] == 0);
}

static void jitter(void **state)
{
    (void)state;
    int count[5] = {0};
    disturb(FSNN_PERTURB_JITTER, 2, false, 5);
    for (int k = 0; k < T; k++) {
        int from = (int)x[k * N] - 1;
        assert_true(from >= 0 && from < T && abs(from - k) <= 2);
        for (int i = 0; i < N; i++)
            assert_true(x[k * N + i] == before(from, i)); /* whole steps */
        if (k > 2 && k < T - 2)
            count[from - k + 2]++;
    }
    for (int d = 0; d < 5; d++)
        assert_true(abs(count[d] - T / 5) < 30);
}

static void truncate_and_loss(void **state)
{
    (void)state;
    disturb(FSNN_PERTURB_TRUNCATE, 0.3, false, 1);
    for (int k = 0; k < T; k++)
        for (int i = 0; i < N; i++)
            assert_true(x[k * N + i] == (k < 140 ? before(k, i) : 0));
    int lost[2] = {0};
    bool gone[T];
    for (int round = 0; round < 2; round++) {
        disturb(FSNN_PERTURB_FRAME_LOSS, round ? 0.6 : 0.3, false, 9);
        for (int k = 0; k < T; k++) {
            bool zero = x[k * N] == 0;
            for (int i = 0; i < N; i++)
                assert_true(x[k * N + i] == (zero ? 0 : before(k, i)));
            lost[round] += zero;
            if (round)
                assert_true(zero ||
                            !gone[k]); /* the same numbers: more is lost, nothing comes back */
            gone[k] = zero;
        }
    }
    assert_true(abs(lost[0] - 60) < 33 && abs(lost[1] - 120) < 35);
}

static void refuses(void **state)
{
    (void)state;
    const fsnn_perturbation bad[] = {
        {FSNN_PERTURB_NOISE, -1},       {FSNN_PERTURB_NOISE, NAN},  {FSNN_PERTURB_OCCLUSION, 1.5},
        {FSNN_PERTURB_JITTER, 0.5},     {FSNN_PERTURB_TRUNCATE, 2}, {(fsnn_perturb_kind)55, 0.1},
        {FSNN_PERTURB_FRAME_LOSS, 1.1}, {FSNN_PERTURB_JITTER, 1e9},
    };
    for (int i = 0; i < FSNN_COUNT(bad); i++)
        FAILS(fsnn_perturb_check(&bad[i]), FSNN_EARGUMENT);
}

/* A loader disturbs each sample by itself, whatever batch it is in, and after its encoder. */
static void loader(void **state)
{
    (void)state;
    enum { COUNT = 7, STEPS = 5 };
    float values[COUNT * 3], found[2][COUNT][STEPS][3];
    fsnn_data *data;
    const fsnn_perturbation list[] = {{FSNN_PERTURB_FRAME_LOSS, 0.3}, {FSNN_PERTURB_NOISE, 0.1}};
    for (int i = 0; i < COUNT * 3; i++)
        values[i] = (float)(10 + i);
    GOOD(fsnn_data_memory(COUNT, FSNN_SHAPE(3), values, NULL, &data));
    for (int round = 0; round < 2; round++) {
        fsnn_loader *l;
        fsnn_batch batch;
        int64_t done = 0;
        fsnn_loader_options o = {.encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = STEPS, .gain = 1},
                                 .batch = round ? 2 : 7,
                                 .seed = 4,
                                 .perturb = list,
                                 .perturbs = 2};
        GOOD(fsnn_loader_create(data, &o, &l));
        GOOD(fsnn_loader_start(l, 0));
        while (fsnn_loader_next(l, &batch) > 0) {
            for (int64_t b = 0; b < batch.batch; b++)
                for (int k = 0; k < STEPS; k++)
                    memcpy(found[round][done + b][k], batch.x + (k * batch.batch + b) * 3,
                           3 * sizeof(float));
            done += batch.batch;
        }
        assert_int_equal(done, COUNT);
        fsnn_loader_destroy(l);
    }
    assert_memory_equal(found[0], found[1], sizeof found[0]);
    int lost = 0;
    for (int i = 0; i < COUNT; i++)
        for (int k = 0; k < STEPS; k++) {
            double d = fabs((double)found[0][i][k][0] - (10 + 3 * i));
            lost += d > 5;
            assert_true(d < 0.6 || fabs(found[0][i][k][0]) < 0.6);
        }
    assert_true(lost > 2 && lost < 25);
    fsnn_loader *l;
    fsnn_loader_options o = {.encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = 2, .gain = 1},
                             .batch = 1};
    o.perturbs = 1;
    FAILS(fsnn_loader_create(data, &o, &l), FSNN_EARGUMENT);
    o.perturb = &(fsnn_perturbation){FSNN_PERTURB_TRUNCATE, 7};
    FAILS(fsnn_loader_create(data, &o, &l), FSNN_EARGUMENT);
    fsnn_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(noise),
        cmocka_unit_test(occlusion),
        cmocka_unit_test(jitter),
        cmocka_unit_test(truncate_and_loss),
        cmocka_unit_test(refuses),
        cmocka_unit_test(loader),
    };
    return cmocka_run_group_tests_name("data/perturb", tests, NULL, NULL);
}
