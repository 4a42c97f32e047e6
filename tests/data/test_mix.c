/* Augmentation besides that of test_loader.c: samples mixed with others (mixup, CutMix), scaled,
 * sheared, noisy pictures, series moved and masked; all a function of (seed, epoch, sample). AugLy
 * issue 100 asked for masked steps and channels (SpecAugment). */
#include "check.h"

#include "data/mix.h"
#include "train/toy.h"

enum { N = 12, H = 6, W = 8, CLASSES = 3, T = 10, C = 5 };

static float pixel(int64_t i)
{
    return 0.1f + fsnn_random_uniform(6, 0, (uint64_t)i);
}

static fsnn_data *set_of(fsnn_shape shape, bool sequence)
{
    int64_t size = fsnn_shape_count(&shape);
    float *x = fsnn_alloc((size_t)(N * size) * sizeof *x);
    int32_t labels[N];
    fsnn_data *data;
    for (int64_t i = 0; i < N * size; i++)
        x[i] = pixel(i);
    for (int i = 0; i < N; i++)
        labels[i] = i % CLASSES;
    GOOD(fsnn_data_memory(N, shape, x, labels, &data));
    if (sequence)
        GOOD(fsnn_data_sequence(data, FSNN_AXES_FIRST));
    fsnn_free(x);
    return data;
}

/* All samples of an epoch, in order, and their values [N, CLASSES] or NULL. */
static void epoch_of(const fsnn_data *data, const fsnn_augment *augment, int64_t batch,
                     int64_t epoch, int64_t size, float *x, float *y)
{
    const fsnn_loader_options how = {
        .encoder = {.steps = 1, .gain = 1}, .batch = batch, .seed = 9, .augment = *augment};
    fsnn_loader *loader;
    fsnn_batch b;
    GOOD(fsnn_loader_create(data, &how, &loader));
    GOOD(fsnn_loader_start(loader, epoch));
    int64_t at = 0;
    while (fsnn_loader_next(loader, &b) == 1) {
        int64_t one = size / b.steps;
        for (int64_t k = 0; k < b.steps; k++)
            for (int64_t i = 0; i < b.batch; i++)
                memcpy(x + (at + i) * size + k * one, b.x + (k * b.batch + i) * one,
                       (size_t)one * sizeof *x);
        assert_true((b.values != NULL) == (y != NULL) && (b.labels == NULL) == (y != NULL));
        if (y)
            memcpy(y + at * CLASSES, b.values, (size_t)(b.batch * CLASSES) * sizeof *y);
        at += b.batch;
    }
    assert_int_equal(at, N);
    fsnn_loader_destroy(loader);
}

/* Beta(a, a) has the mean 1/2 and the variance 1/(4 (2 a + 1)). */
static void shares(void **state)
{
    (void)state;
    static const double a[] = {0.2, 1, 4};
    enum { MANY = 20000 };
    for (int i = 0; i < FSNN_COUNT(a); i++) {
        const fsnn_augment augment = {.mixup = a[i]};
        double sum = 0, square = 0, partners = 0;
        for (int64_t n = 0; n < MANY; n++) {
            mix m = mix_draw(&augment, 100, 0, 0, 3, 1, n);
            assert_true(m.on && !m.cut && m.share >= 0 && m.share <= 1);
            assert_in_range(m.partner, 0, 99);
            sum += m.share;
            square += (m.share - 0.5) * (m.share - 0.5);
            partners += (double)m.partner;
        }
        WITHIN("mean", sum / MANY, 0.5, 0.012);
        NEAR("variance", square / MANY, 1 / (4 * (2 * a[i] + 1)), 0.01);
        WITHIN("partner", partners / MANY, 49.5, 1);
    }
}

static void mixup(void **state)
{
    (void)state;
    enum { SIZE = H * W };
    const fsnn_augment augment = {.mixup = 1};
    fsnn_data *data = set_of(FSNN_SHAPE(1, H, W), false);
    static float x[N * SIZE], y[N * CLASSES], again[N * SIZE], shares_again[N * CLASSES];
    epoch_of(data, &augment, 5, 2, SIZE, x, y);
    for (int64_t i = 0; i < N; i++) {
        mix m = mix_draw(&augment, N, W, H, 9, 2, i);
        for (int64_t p = 0; p < SIZE; p++)
            WITHIN("pixel", (double)x[i * SIZE + p],
                   m.share * (double)pixel(i * SIZE + p) +
                       (1 - m.share) * (double)pixel(m.partner * SIZE + p),
                   1e-6);
        for (int c = 0; c < CLASSES; c++)
            WITHIN("share", (double)y[i * CLASSES + c],
                   (i % CLASSES == c) * m.share + (m.partner % CLASSES == c) * (1 - m.share), 1e-6);
    }
    epoch_of(data, &augment, 7, 2, SIZE, again, shares_again); /* whatever the batch */
    assert_memory_equal(x, again, sizeof x);
    assert_memory_equal(y, shares_again, sizeof y);
    epoch_of(data, &augment, 5, 3, SIZE, again, shares_again);
    assert_memory_not_equal(x, again, sizeof x);
    fsnn_data_destroy(data);
}

/* Each pixel is that of the sample or of its partner, and the target has the area. */
static void cutmix(void **state)
{
    (void)state;
    enum { SIZE = 2 * H * W };
    const fsnn_augment augment = {.cutmix = 1};
    fsnn_data *data = set_of(FSNN_SHAPE(2, H, W), false);
    static float x[N * SIZE], y[N * CLASSES];
    int64_t mixed = 0;
    epoch_of(data, &augment, 4, 0, SIZE, x, y);
    for (int64_t i = 0; i < N; i++) {
        mix m = mix_draw(&augment, N, W, H, 9, 0, i);
        int64_t own = 0;
        for (int64_t p = 0; p < SIZE; p++) {
            bool a = x[i * SIZE + p] == pixel(i * SIZE + p),
                 b = x[i * SIZE + p] == pixel(m.partner * SIZE + p);
            assert_true(a || b);
            own += a;
        }
        if (m.partner == i)
            continue;
        WITHIN("area", (double)own / SIZE, m.share, 1e-12);
        double target = m.share + (m.partner % CLASSES == i % CLASSES ? 1 - m.share : 0);
        WITHIN("share", (double)y[i * CLASSES + i % CLASSES], target, 1e-6);
        mixed += own < SIZE;
    }
    assert_true(mixed > N / 2);
    fsnn_data_destroy(data);
}

/* A picture whose value is where it is: sheared rows move by their height times the tangent, scaled
 * ones by their distance from the middle. */
static void sheared_and_scaled(void **state)
{
    (void)state;
    enum { SIDE = 21, SIZE = SIDE * SIDE };
    float x[SIZE];
    fsnn_data *data;
    for (int i = 0; i < SIZE; i++)
        x[i] = 100 + (float)(i % SIDE - 10) + 1000 * (float)(i / SIDE - 10 + 50);
    GOOD(fsnn_data_memory(1, FSNN_SHAPE(1, SIDE, SIDE), x, NULL, &data));
    int moved = 0;
    for (int scaled = 0; scaled < 2; scaled++)
        for (int64_t epoch = 0; epoch < 6; epoch++) {
            const fsnn_augment augment = {.scale = scaled ? 0.5 : 0, .shear = scaled ? 0 : 40};
            const fsnn_loader_options how = {
                .encoder = {.steps = 1, .gain = 1}, .batch = 1, .seed = 4, .augment = augment};
            fsnn_loader *loader;
            fsnn_batch b;
            GOOD(fsnn_loader_create(data, &how, &loader));
            GOOD(fsnn_loader_start(loader, epoch));
            assert_int_equal(fsnn_loader_next(loader, &b), 1);
            /* the factor, or the tangent, as two pixels tell it; the middle stays */
            assert_true(b.x[10 * SIDE + 10] == x[10 * SIDE + 10]);
            double worst = 0, best_k = 0;
            for (double k = -1; k <= 2; k += 0.01) { /* one number explains all pixels */
                int wrong = 0;
                for (int i = 0; i < SIZE; i++) {
                    if (b.x[i] == 0)
                        continue;
                    double px = i % SIDE - 10, py = i / SIDE - 10;
                    double fx = scaled ? px / k : px - k * py, fy = scaled ? py / k : py;
                    double value = (double)b.x[i], gy = floor(value / 1000) - 50,
                           gx = value - 1000 * (gy + 50) - 100;
                    wrong += fabs(gx - fx) > 0.65 || fabs(gy - fy) > 0.65;
                }
                if (k == -1 || wrong < worst) {
                    worst = wrong;
                    best_k = k;
                }
            }
            CASE("%s %g", scaled ? "scale" : "shear", best_k);
            assert_true(worst == 0);
            moved += scaled ? fabs(best_k - 1) > 0.05 : fabs(best_k) > 0.05;
            fsnn_loader_destroy(loader);
        }
    assert_true(moved > 6);
    fsnn_data_destroy(data);
}

static void noise(void **state)
{
    (void)state;
    enum { SIZE = H * W };
    const fsnn_augment augment = {.noise = 0.5};
    fsnn_data *data = set_of(FSNN_SHAPE(SIZE), false);
    const fsnn_loader_options how = {
        .encoder = {.steps = 1, .gain = 1}, .batch = N, .seed = 9, .augment = augment};
    fsnn_loader *loader;
    fsnn_batch b;
    double sum = 0, square = 0, count = 0;
    GOOD(fsnn_loader_create(data, &how, &loader));
    for (int64_t epoch = 0; epoch < 10; epoch++) {
        GOOD(fsnn_loader_start(loader, epoch));
        assert_int_equal(fsnn_loader_next(loader, &b), 1);
        for (int64_t i = 0; i < N * SIZE; i++, count++) {
            double e = (double)(b.x[i] - pixel(i));
            sum += e;
            square += e * e;
        }
    }
    WITHIN("mean", sum / count, 0, 0.02);
    WITHIN("deviation", sqrt(square / count), 0.5, 0.02);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
}

/* SpecAugment: a stretch of steps, one of channels is 0; all other values are those of a step that
 * lies as far away for all. */
static void series(void **state)
{
    (void)state;
    enum { SIZE = T * C };
    const fsnn_augment augment = {.mask_steps = 3, .mask_channels = 2, .shift_steps = 2};
    fsnn_data *data = set_of(FSNN_SHAPE(T, C), true);
    const fsnn_loader_options how = {
        .encoder = {.steps = 1, .gain = 1}, .batch = N, .seed = 9, .augment = augment};
    fsnn_loader *loader;
    fsnn_batch b;
    int moves = 0, steps_masked = 0, channels_masked = 0;
    GOOD(fsnn_loader_create(data, &how, &loader));
    GOOD(fsnn_loader_start(loader, 0));
    assert_int_equal(fsnn_loader_next(loader, &b), 1);
    for (int i = 0; i < N; i++) {
        int by = 99, empty_steps = 0, empty_channels = 0;
        for (int move = -2; move <= 2; move++) {
            bool fits = true;
            for (int k = 0; k < T; k++)
                for (int c = 0; c < C; c++) {
                    float value = b.x[(k * N + i) * C + c];
                    int from = k - move;
                    if (value != 0)
                        fits =
                            fits && from >= 0 && from < T && value == pixel((i * T + from) * C + c);
                }
            by = fits ? move : by;
        }
        assert_true(by != 99);
        for (int k = 0; k < T; k++) {
            int zeros = 0;
            for (int c = 0; c < C; c++)
                zeros += b.x[(k * N + i) * C + c] == 0;
            empty_steps += zeros == C;
        }
        for (int c = 0; c < C; c++) {
            int zeros = 0;
            for (int k = 0; k < T; k++)
                zeros += b.x[(k * N + i) * C + c] == 0;
            empty_channels += zeros == T;
        }
        assert_in_range(empty_steps, 0, 5);
        assert_in_range(empty_channels, 0, 2);
        moves += by != 0;
        steps_masked += empty_steps > abs(by);
        channels_masked += empty_channels > 0;
    }
    assert_true(moves > N / 3 && steps_masked > N / 3 && channels_masked > N / 3);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
}

/* A training on mixed samples stops and goes on to the same bytes; a loss that takes no shares is
 * refused before it begins. */
static int64_t stop_batch;

static int stop(const fsnn_metrics *m, void *user)
{
    (void)user;
    return m->epoch == 2 && m->batch == stop_batch;
}

static fsnn_status train_mixed(const fsnn_train_options *options, fsnn_metrics *result)
{
    toy_options o = TOY;
    toy t;
    toy_open(&t, &o);
    const fsnn_loader_options how = {
        .encoder = {.kind = FSNN_ENCODE_RATE, .steps = TOY_STEPS, .gain = 1},
        .batch = TOY_BATCH,
        .shuffle = true,
        .seed = 1,
        .augment = {.mixup = 0.4}};
    fsnn_loader_destroy(t.train);
    GOOD(fsnn_loader_create(t.train_data, &how, &t.train));
    fsnn_status status = fsnn_train(t.net, t.train, t.test, options, result);
    toy_close(&t);
    return status;
}

static void trainings(void **state)
{
    (void)state;
    fsnn_train_options options = toy_training(6);
    fsnn_metrics m;
    GOOD(train_mixed(&options, &m));
    assert_true(isnan(m.accuracy) && m.test_accuracy > 0.8);
    fsnn_metrics_free(&m);
    toy_file last = toy_read("last.safetensors");
    toy_clean();
    stop_batch = 4;
    options.on_batch = stop;
    FAILS(train_mixed(&options, NULL), FSNN_EINTERRUPTED);
    options.on_batch = NULL;
    options.resume = true;
    GOOD(train_mixed(&options, NULL));
    assert_true(toy_same("last.safetensors", &last));
    fsnn_free(last.data);
    toy_clean();
    options.resume = false;
    options.training.loss = (fsnn_loss){.kind = FSNN_TET};
    REFUSED(train_mixed(&options, NULL), FSNN_EARGUMENT, "takes no target");
    options.training.loss = (fsnn_loss){.kind = FSNN_MSE_RATE, .correct_rate = 0.8};
    REFUSED(train_mixed(&options, NULL), FSNN_EARGUMENT, "have shares of the classes");
}

static void refuse(const fsnn_data *data, fsnn_augment augment, const char *says)
{
    const fsnn_loader_options how = {
        .encoder = {.steps = 1, .gain = 1}, .batch = 4, .augment = augment};
    fsnn_loader *loader;
    REFUSED(fsnn_loader_create(data, &how, &loader), FSNN_EARGUMENT, says);
}

static void refused(void **state)
{
    (void)state;
    fsnn_data *flat = set_of(FSNN_SHAPE(7), false), *lines = set_of(FSNN_SHAPE(T, C), true);
    refuse(flat, (fsnn_augment){.cutmix = 1}, "are no pictures");
    refuse(flat, (fsnn_augment){.shear = 5}, "are no pictures");
    refuse(flat, (fsnn_augment){.mask_steps = 5}, "mask_steps is for series [T, C]");
    refuse(lines, (fsnn_augment){.scale = 1}, "scale is 1; it must lie from 0 to 0.99");
    refuse(lines, (fsnn_augment){.mixup = -1}, "mixup is -1");
    fsnn_data_destroy(flat);
    fsnn_data_destroy(lines);
    fsnn_data *steps;
    GOOD(fsnn_data_memory(1, FSNN_SHAPE(2), (const float[2]){1, 2}, NULL, &steps));
    GOOD(fsnn_data_set_labels(steps, 2, (const int32_t[2]){0, 1}));
    refuse(steps, (fsnn_augment){.mixup = 1}, "have 2 classes each, one for each step or place");
    fsnn_data_destroy(steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares),    cmocka_unit_test(mixup),
        cmocka_unit_test(cutmix),    cmocka_unit_test(sheared_and_scaled),
        cmocka_unit_test(noise),     cmocka_unit_test(series),
        cmocka_unit_test(trainings), cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}
