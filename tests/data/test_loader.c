/* Loader: same epoch, same batches, whatever the timing; every sample once; layouts; errors from
 * the thread; clean ends at any moment. */
#include "data/files.h"

#include <time.h>

#include "data/store.h"

/* count samples of `shape`, value i + j / 1000, class i mod 7 */
static fsnn_data *numbered(int64_t count, fsnn_shape shape, bool labelled)
{
    int64_t N = fsnn_shape_count(&shape);
    float *x = calloc((size_t)(count * N), sizeof *x);
    int32_t *y = calloc((size_t)count, sizeof *y);
    fsnn_data *data;
    for (int64_t i = 0; i < count; i++) {
        y[i] = (int32_t)(i % 7);
        for (int64_t j = 0; j < N; j++)
            x[i * N + j] = (float)i + (float)j / 1000;
    }
    GOOD(fsnn_data_memory(count, shape, x, labelled ? y : NULL, &data));
    free(x);
    free(y);
    return data;
}

static fsnn_loader *open_loader(const fsnn_data *data, fsnn_loader_options options)
{
    fsnn_loader *loader;
    GOOD(fsnn_loader_create(data, &options, &loader));
    return loader;
}

static void doze(uint64_t microseconds)
{
    struct timespec t = {0, (long)microseconds * 1000};
    nanosleep(&t, NULL);
}

#define DIRECT(T)                                                                                  \
    {                                                                                              \
        FSNN_ENCODE_DIRECT, T, 1, 0, 0, false                                                      \
    }
#define RATE(T, gain)                                                                              \
    {                                                                                              \
        FSNN_ENCODE_RATE, T, gain, 0, 0, false                                                     \
    }

static void passes_in_order(void **state)
{
    (void)state;
    fsnn_data *data = numbered(10, FSNN_SHAPE(2, 3), true);
    for (int drop = 0; drop < 2; drop++) {
        fsnn_loader *loader = open_loader(
            data, (fsnn_loader_options){.encoder = DIRECT(2), .batch = 4, .drop_last = drop == 1});
        assert_int_equal(fsnn_loader_batches(loader), drop ? 2 : 3);
        assert_int_equal(fsnn_loader_samples(loader), drop ? 8 : 10);
        int64_t steps;
        fsnn_shape shape;
        fsnn_loader_shape(loader, &steps, &shape);
        assert_int_equal(steps, 2);
        assert_true(fsnn_shape_equal(&shape, &FSNN_SHAPE(2, 3)));
        for (int epoch = 0; epoch < 2; epoch++) {
            fsnn_batch batch;
            int64_t seen = 0;
            GOOD(fsnn_loader_start(loader, epoch));
            while (fsnn_loader_next(loader, &batch) == 1) {
                assert_int_equal(batch.steps, 2);
                assert_int_equal(batch.batch, seen == 8 ? 2 : 4);
                for (int64_t b = 0; b < batch.batch; b++) {
                    assert_int_equal(batch.labels[b], (seen + b) % 7);
                    for (int64_t k = 0; k < 2; k++)
                        for (int64_t j = 0; j < 6; j++)
                            assert_true(batch.x[(k * batch.batch + b) * 6 + j] ==
                                        (float)(seen + b) + (float)j / 1000);
                }
                seen += batch.batch;
            }
            assert_int_equal(seen, drop ? 8 : 10);
            assert_int_equal(fsnn_loader_next(loader, &batch), 0); /* and stays there */
            assert_null(batch.x);
        }
        fsnn_loader_destroy(loader);
    }
    fsnn_data_destroy(data);
}

static void turns_sequences(void **state)
{
    (void)state;
    const char *path = folder_path("s.npz");
    fsnn_arrays list = {0};
    fsnn_array *x = fsnn_arrays_add(&list, "x", FSNN_F32, &FSNN_SHAPE(5, 3, 2, 2)); /* [N,T,...] */
    for (int i = 0; i < 60; i++)
        ((float *)x->data)[i] = (float)i;
    GOOD(fsnn_npz_write(path, &list));
    fsnn_arrays_free(&list);
    fsnn_data *data;
    GOOD(fsnn_data_npz(path, NULL, NULL, true, &data));
    fsnn_loader *loader = open_loader(data, (fsnn_loader_options){.batch = 2});
    int64_t steps, first = 0;
    fsnn_shape shape;
    fsnn_batch batch;
    fsnn_loader_shape(loader, &steps, &shape);
    assert_int_equal(steps, 3);
    assert_true(fsnn_shape_equal(&shape, &FSNN_SHAPE(2, 2)));
    GOOD(fsnn_loader_start(loader, 0));
    while (fsnn_loader_next(loader, &batch) == 1) {
        assert_null(batch.labels);
        assert_int_equal(batch.steps, 3);
        for (int64_t k = 0; k < 3; k++)
            for (int64_t b = 0; b < batch.batch; b++)
                for (int64_t j = 0; j < 4; j++)
                    assert_true(batch.x[(k * batch.batch + b) * 4 + j] ==
                                (float)(((first + b) * 3 + k) * 4 + j));
        first += batch.batch;
    }
    assert_int_equal(first, 5);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
    folder_delete("s.npz");
}

static void shuffles_each_epoch(void **state)
{
    (void)state;
    enum { COUNT = 100 };
    fsnn_data *data = numbered(COUNT, FSNN_SHAPE(1), true);
    fsnn_loader *loader = open_loader(
        data, (fsnn_loader_options){.encoder = DIRECT(1), .batch = 8, .shuffle = true, .seed = 5});
    int64_t order[3][COUNT];
    const int64_t epochs[3] = {0, 1, 0};
    for (int e = 0; e < 3; e++) {
        bool seen[COUNT] = {false};
        int64_t n = 0;
        fsnn_batch batch;
        GOOD(fsnn_loader_start(loader, epochs[e]));
        while (fsnn_loader_next(loader, &batch) == 1)
            for (int64_t b = 0; b < batch.batch; b++) {
                int64_t i = (int64_t)batch.x[b];
                assert_int_equal(batch.labels[b], i % 7);
                assert_false(seen[i]);
                seen[i] = true;
                order[e][n++] = i;
            }
        assert_int_equal(n, COUNT);
    }
    int same = 0, still = 0;
    for (int i = 0; i < COUNT; i++) {
        same += order[0][i] == order[1][i];
        still += order[0][i] == i;
    }
    assert_true(same < 20 && still < 20);
    assert_memory_equal(order[0], order[2], sizeof order[0]);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
}

/* Two loaders, one read at once and one with pauses, epochs left half way: the same numbers. */
static void timing_does_not_show(void **state)
{
    (void)state;
    fsnn_data *data = numbered(61, FSNN_SHAPE(5, 7), true);
    fsnn_loader_options options = {
        .encoder = RATE(6, 0.01), .batch = 8, .shuffle = true, .seed = 77};
    fsnn_loader *fast = open_loader(data, options), *slow = open_loader(data, options);
    for (int round = 0; round < 30; round++) {
        int64_t epoch = round % 4;
        fsnn_batch a, b;
        GOOD(fsnn_loader_start(slow, 99)); /* begun, perhaps under way, and given up */
        if (round % 3 == 0)
            assert_int_equal(fsnn_loader_next(slow, &b), 1);
        doze(fsnn_random_u32(1, 1, (uint64_t)round) % 300);
        GOOD(fsnn_loader_start(fast, epoch));
        GOOD(fsnn_loader_start(slow, epoch));
        for (uint64_t n = 0;; n++) {
            int more = fsnn_loader_next(fast, &a);
            if (fsnn_random_u32(1, 2 + (uint64_t)round, n) % 3 == 0)
                doze(fsnn_random_u32(2, 2, n) % 500);
            assert_int_equal(fsnn_loader_next(slow, &b), more);
            if (more != 1)
                break;
            doze(fsnn_random_u32(3, (uint64_t)round, n) % 200); /* the thread goes on meanwhile */
            assert_int_equal(a.batch, b.batch);
            assert_memory_equal(a.labels, b.labels, (size_t)a.batch * sizeof *a.labels);
            assert_memory_equal(a.x, b.x, (size_t)(a.steps * a.batch * 35) * sizeof *a.x);
        }
    }
    fsnn_loader_destroy(fast);
    fsnn_loader_destroy(slow);
    fsnn_data_destroy(data);
}

/* A sample's spikes in an epoch do not depend on order or batch size; another epoch draws new ones.
 */
static void spikes_belong_to_sample_and_epoch(void **state)
{
    (void)state;
    enum { COUNT = 24, T = 5, N = 40 };
    float values[COUNT * N];
    int32_t labels[COUNT];
    fsnn_data *data;
    for (int i = 0; i < COUNT * N; i++)
        values[i] = 0.4F;
    for (int i = 0; i < COUNT; i++)
        labels[i] = i; /* tells which sample it is */
    GOOD(fsnn_data_memory(COUNT, FSNN_SHAPE(N), values, labels, &data));
    static float spikes[3][COUNT][T][N];
    const int64_t batches[3] = {5, 24, 7}, epochs[3] = {3, 3, 4};
    for (int r = 0; r < 3; r++) {
        fsnn_loader *loader = open_loader(
            data, (fsnn_loader_options){
                      .encoder = RATE(T, 1), .batch = batches[r], .shuffle = r != 1, .seed = 9});
        fsnn_batch batch;
        GOOD(fsnn_loader_start(loader, epochs[r]));
        while (fsnn_loader_next(loader, &batch) == 1)
            for (int64_t b = 0; b < batch.batch; b++)
                for (int64_t k = 0; k < T; k++)
                    memcpy(spikes[r][batch.labels[b]][k], batch.x + (k * batch.batch + b) * N,
                           sizeof spikes[r][0][k]);
        fsnn_loader_destroy(loader);
    }
    assert_memory_equal(spikes[0], spikes[1], sizeof spikes[0]);
    for (int i = 0; i < COUNT; i++) {
        assert_memory_not_equal(spikes[0][i], spikes[2][i], sizeof spikes[0][i]);
        if (i)
            assert_memory_not_equal(spikes[0][i], spikes[0][i - 1], sizeof spikes[0][i]);
    }
    fsnn_data_destroy(data);
}

/* Lists hold what the dense batch holds, bit for bit, whatever the encoder, and whether few or many
 * of a sample's elements need a random number. */
static void makes_lists(void **state)
{
    (void)state;
    enum { COUNT = 23, T = 9, N = 50 };
    static float values[COUNT * N], dense[T * COUNT * N];
    int32_t labels[COUNT] = {0};
    fsnn_data *data;
    for (int i = 0; i < COUNT * N; i++) {
        double u = fsnn_random_uniform(4, 1, (uint64_t)i);
        bool few = i / N % 2 && i % 11; /* of every other sample: certain or impossible, mostly */
        values[i] = (float)(few ? (u < 0.7 ? -u : 1 + u) : 2 * u - 0.6);
    }
    GOOD(fsnn_data_memory(COUNT, FSNN_SHAPE(N), values, labels, &data));
    for (int kind = 0; kind < FSNN_ENCODERS; kind++) {
        fsnn_loader_options o = {.encoder = {(fsnn_encoder_kind)kind, T, 0.9, 0.01, 0.1, false},
                                 .batch = 7,
                                 .shuffle = true,
                                 .seed = 3};
        fsnn_loader *plain = open_loader(data, o);
        o.encoder.sparse = true;
        fsnn_loader *lists = open_loader(data, o);
        for (int64_t epoch = 0; epoch < 2; epoch++) {
            fsnn_batch a, b;
            GOOD(fsnn_loader_start(plain, epoch));
            GOOD(fsnn_loader_start(lists, epoch));
            while (fsnn_loader_next(plain, &a) == 1) {
                assert_int_equal(fsnn_loader_next(lists, &b), 1);
                assert_null(b.x);
                assert_null(a.spikes);
                GOOD(fsnn_spikes_check(b.spikes));
                assert_true(!b.spikes->value == (kind != FSNN_ENCODE_DIRECT));
                fsnn_spikes_dense(b.spikes, dense);
                assert_memory_equal(dense, a.x, (size_t)(T * a.batch * N) * sizeof *dense);
            }
            assert_int_equal(fsnn_loader_next(lists, &b), 0);
        }
        fsnn_loader_destroy(plain);
        fsnn_loader_destroy(lists);
    }
    fsnn_data_destroy(data);
}

/* Batches made ahead by a thread of their own and batches made by all that compute when they are
 * asked for: the same numbers, in rows and in lists, with augmentation, and the same error. */
static void whoever_makes_them(void **state)
{
    (void)state;
    enum { COUNT = 75, T = 6, N = 64 };
    static float values[COUNT * N], one[T * COUNT * N], other[T * COUNT * N];
    int32_t labels[COUNT];
    fsnn_data *data;
    for (int i = 0; i < COUNT; i++)
        labels[i] = i % 5;
    for (int i = 0; i < COUNT * N; i++)
        values[i] = 1.5F * fsnn_random_uniform(6, 1, (uint64_t)i) - 0.4F;
    GOOD(fsnn_data_memory(COUNT, FSNN_SHAPE(1, 8, 8), values, labels, &data));
    for (int kind = 0; kind < 4; kind++) {
        fsnn_loader_options o = {.encoder = RATE(T, 1), .batch = 64, .shuffle = true, .seed = 11};
        o.encoder.sparse = kind % 2;
        o.augment.shift = kind / 2 * 2;
        fsnn_loader *alone, *together;
        GOOD(fsnn_threads_set(1));
        alone = open_loader(data, o);
        GOOD(fsnn_threads_set(3 + fsnn_processors()));
        together = open_loader(data, o);
        for (int64_t epoch = 0; epoch < 3; epoch++) {
            fsnn_batch a, b;
            GOOD(fsnn_threads_set(1));
            GOOD(fsnn_loader_start(alone, epoch));
            /* more and more of them */
            GOOD(fsnn_threads_set(2 + (int)epoch + fsnn_processors()));
            GOOD(fsnn_loader_start(together, epoch));
            for (int n = 0; n < 2; n++) {
                assert_int_equal(fsnn_loader_next(alone, &a), 1);
                assert_int_equal(fsnn_loader_next(together, &b), 1);
                assert_int_equal(a.batch, b.batch);
                assert_memory_equal(a.labels, b.labels, (size_t)a.batch * sizeof *a.labels);
                if (o.encoder.sparse) {
                    GOOD(fsnn_spikes_check(b.spikes));
                    assert_memory_equal(a.spikes->count, b.spikes->count,
                                        (size_t)(T * a.batch) * sizeof *a.spikes->count);
                    fsnn_spikes_dense(a.spikes, one);
                    fsnn_spikes_dense(b.spikes, other);
                    assert_memory_equal(one, other, (size_t)(T * a.batch * N) * sizeof *one);
                } else {
                    assert_memory_equal(a.x, b.x, (size_t)(T * a.batch * N) * sizeof *a.x);
                }
            }
            assert_int_equal(fsnn_loader_next(alone, &a), 0);
            assert_int_equal(fsnn_loader_next(together, &b), 0);
        }
        fsnn_loader_destroy(alone);
        fsnn_loader_destroy(together);
    }
    GOOD(fsnn_threads_set(0));
    fsnn_data_destroy(data);
}

static void takes_large_batches(void **state)
{
    (void)state;
    fsnn_data *data = numbered(3, FSNN_SHAPE(2), false);
    fsnn_loader *loader =
        open_loader(data, (fsnn_loader_options){.encoder = DIRECT(1), .batch = INT64_C(1) << 50});
    fsnn_batch batch;
    assert_int_equal(fsnn_loader_batches(loader), 1);
    GOOD(fsnn_loader_start(loader, 0));
    assert_int_equal(fsnn_loader_next(loader, &batch), 1);
    assert_int_equal(batch.batch, 3);
    assert_int_equal(fsnn_loader_next(loader, &batch), 0);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
}

/* Samples in time at stamps of their own: what the loader gives is what fsnn_interpolate makes of
 * the batch without stamps, for every method, for sequences and for encoded samples. */
static void puts_stamps_on_the_grid(void **state)
{
    (void)state;
    enum { B = 5, T = 6, N = 3 };
    static const double times[T] = {-1, -0.7, 0.1, 0.3, 1.7, 2.05};
    static float plain[T * B * N], want[64 * B * N];
    double grid[64];
    float values[B * T * N];
    for (int i = 0; i < B * T * N; i++)
        values[i] = (float)fsnn_random_uniform(7, 0, (uint64_t)i);
    fsnn_data *set[2];
    GOOD(fsnn_data_memory(B, FSNN_SHAPE(T, N), values, NULL, &set[0]));
    set[0]->sequence = true;
    GOOD(fsnn_data_memory(B, FSNN_SHAPE(N), values, NULL, &set[1]));
    for (int kind = 0; kind < 2 * FSNN_INTERPOLATIONS; kind++) {
        fsnn_loader_options options = {.encoder = RATE(T, 0.8), .batch = B, .seed = 3};
        fsnn_data *data = set[kind % 2];
        fsnn_batch batch;
        fsnn_loader *loader = open_loader(data, options);
        GOOD(fsnn_loader_start(loader, 2));
        assert_int_equal(fsnn_loader_next(loader, &batch), 1);
        assert_int_equal(batch.steps, T);
        memcpy(plain, batch.x, sizeof plain);
        fsnn_loader_destroy(loader);

        options.sampling = (fsnn_sampling){times, T, 0.125, (fsnn_interpolation)(kind / 2)};
        loader = open_loader(data, options);
        int64_t steps;
        fsnn_shape shape;
        fsnn_loader_shape(loader, &steps, &shape);
        assert_int_equal(steps, 25); /* 3.05 / 0.125 = 24.4 */
        assert_true(fsnn_shape_equal(&shape, &FSNN_SHAPE(N)));
        GOOD(fsnn_interpolate_grid(T, times, 1, false, 0.125, 0, steps, grid));
        GOOD(fsnn_interpolate(options.sampling.interpolation, T, times, B, false, N, plain, steps,
                              grid, want));
        for (int round = 0; round < 2; round++) {
            GOOD(fsnn_loader_start(loader, 2));
            assert_int_equal(fsnn_loader_next(loader, &batch), 1);
            assert_int_equal(batch.steps, steps);
            assert_memory_equal(batch.x, want, (size_t)(steps * B * N) * sizeof *want);
        }
        fsnn_loader_destroy(loader);
    }
    /* one step apart they change nothing */
    double apart[T];
    for (int k = 0; k < T; k++)
        apart[k] = 0.1 * k;
    fsnn_loader_options options = {.batch = B, .sampling = {apart, T, 0.1, FSNN_CUBIC}};
    fsnn_loader *loader = open_loader(set[0], options);
    fsnn_batch batch;
    GOOD(fsnn_loader_start(loader, 0));
    assert_int_equal(fsnn_loader_next(loader, &batch), 1);
    for (int k = 0; k < T; k++)
        for (int b = 0; b < B; b++)
            assert_memory_equal(batch.x + (k * B + b) * N, values + (b * T + k) * N, N * 4);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(set[0]);
    fsnn_data_destroy(set[1]);
}

static void refuses_stamps(void **state)
{
    (void)state;
    fsnn_data *data = numbered(3, FSNN_SHAPE(2), false);
    static const double times[3] = {0, 1, 0.5}, good[3] = {0, 1, 2};
    static const struct {
        fsnn_sampling sampling;
        const char *words;
    } row[] = {
        {{good, 2, 1, FSNN_LINEAR}, "2 time stamps are given for samples of T = 3"},
        {{times, 3, 1, FSNN_LINEAR}, "times[2] is 0.5, but the stamp before it is 1"},
        {{good, 3, 0, FSNN_LINEAR}, "the step size is 0"},
        {{good, 3, 1, (fsnn_interpolation)9}, "interpolation 9 does not exist"},
        {{good, 3, 1e-12, FSNN_LINEAR}, "take a larger step"},
        {{NULL, 3, 1, FSNN_LINEAR}, "3 time stamps, but no list"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_loader_options options = {
            .encoder = DIRECT(3), .batch = 1, .sampling = row[i].sampling};
        fsnn_loader *loader;
        REFUSED(fsnn_loader_create(data, &options, &loader), FSNN_EARGUMENT, row[i].words);
    }
    fsnn_data_destroy(data);
}

static void refuses_options(void **state)
{
    (void)state;
    fsnn_data *data = numbered(3, FSNN_SHAPE(2), false);
    const fsnn_loader_options bad[] = {
        {.encoder = DIRECT(1), .batch = 0},
        {.encoder = DIRECT(0), .batch = 1},
        {.encoder = RATE(1, 0), .batch = 1},
        {.encoder = DIRECT(1), .batch = 4, .drop_last = true},
    };
    fsnn_loader *loader;
    for (int i = 0; i < FSNN_COUNT(bad); i++) {
        CASE("bad[%d]", i);
        FAILS(fsnn_loader_create(data, &bad[i], &loader), FSNN_EARGUMENT);
        assert_null(loader);
    }
    fsnn_loader_options huge = {.encoder = DIRECT(INT64_MAX / 3), .batch = 3};
    FAILS(fsnn_loader_create(data, &huge, &loader), FSNN_EMEMORY);
    FAILS(fsnn_loader_create(NULL, &bad[0], &loader), FSNN_EARGUMENT);
    loader = open_loader(data, (fsnn_loader_options){.encoder = DIRECT(1), .batch = 1});
    fsnn_batch batch;
    FAILS(fsnn_loader_next(loader, &batch), FSNN_ESTATE);
    FAILS(fsnn_loader_start(loader, -1), FSNN_EARGUMENT);
    fsnn_loader_destroy(loader);
    fsnn_loader_destroy(NULL);
    fsnn_data_destroy(data);
}

/* ---- errors inside the thread ---- */

static fsnn_status fetch_or_fail(const fsnn_data *data, int64_t row, float *x)
{
    for (int64_t i = 0; i < data->size; i++)
        x[i] = (float)row;
    return row == 9 ? fsnn_fail(FSNN_EIO, "row %lld lies on a broken disk", (long long)row)
                    : FSNN_OK;
}

static void passes_errors_on(void **state)
{
    (void)state;
    fsnn_data *data = numbered(20, FSNN_SHAPE(2), false);
    data->fetch = fetch_or_fail;
    fsnn_loader *loader =
        open_loader(data, (fsnn_loader_options){.encoder = DIRECT(1), .batch = 4});
    for (int round = 0; round < 3; round++) {
        fsnn_batch batch;
        GOOD(fsnn_loader_start(loader, round));
        for (int n = 0; n < 2; n++) {
            assert_int_equal(fsnn_loader_next(loader, &batch), 1);
            assert_true(batch.x[0] == (float)(4 * n));
        }
        for (int n = 0; n < 2; n++) { /* and it does not go away by asking again */
            REFUSED(fsnn_loader_next(loader, &batch), FSNN_EIO, "row 9 lies on a broken disk");
            assert_null(batch.x);
        }
    }
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
}

/* The same sentence where all threads make the batch: that of the first sample that has an
 * error. */
static fsnn_status fetch_or_fail_often(const fsnn_data *data, int64_t row, float *x)
{
    for (int64_t i = 0; i < data->size; i++)
        x[i] = (float)row;
    return row >= 9 ? fsnn_fail(FSNN_EIO, "row %lld lies on a broken disk", (long long)row)
                    : FSNN_OK;
}

static void passes_errors_of_all_threads_on(void **state)
{
    (void)state;
    fsnn_data *data = numbered(50, FSNN_SHAPE(2), false);
    data->fetch = fetch_or_fail_often;
    GOOD(fsnn_threads_set(3 + fsnn_processors()));
    for (int sparse = 0; sparse < 2; sparse++) {
        fsnn_loader_options options = {.encoder = DIRECT(1), .batch = 5};
        options.encoder.sparse = sparse;
        fsnn_loader *loader = open_loader(data, options);
        fsnn_batch batch;
        GOOD(fsnn_loader_start(loader, 0));
        assert_int_equal(fsnn_loader_next(loader, &batch), 1);
        for (int n = 0; n < 2; n++) {
            REFUSED(fsnn_loader_next(loader, &batch), FSNN_EIO, "row 9 lies on a broken disk");
        }
        fsnn_loader_destroy(loader);
    }
    GOOD(fsnn_threads_set(0));
    fsnn_data_destroy(data);
}

/* What it says it holds is what its arrays take. */
static void tells_its_memory(void **state)
{
    (void)state;
    fsnn_data *data = numbered(64, FSNN_SHAPE(100), true);
    fsnn_loader_options options = {.encoder = RATE(10, 0.001), .batch = 32};
    int64_t batch = 10 * 32 * 100 * 4, sample = 100 * 4;
    GOOD(fsnn_threads_set(2 + fsnn_processors()));
    fsnn_loader *loader = open_loader(data, options);
    assert_int_equal(fsnn_loader_memory(loader), batch + fsnn_threads() * sample);
    fsnn_loader_destroy(loader);
    options.encoder.sparse = true;
    loader = open_loader(data, options);
    assert_true(fsnn_loader_memory(loader) < batch);
    fsnn_loader_destroy(loader);
    GOOD(fsnn_threads_set(0));
    fsnn_data_destroy(data);
}

static void ends_at_any_moment(void **state)
{
    (void)state;
    fsnn_data *data = numbered(300, FSNN_SHAPE(100), true);
    for (uint64_t round = 0; round < 60; round++) {
        fsnn_loader *loader = open_loader(
            data,
            (fsnn_loader_options){.encoder = RATE(4, 1), .batch = 32, .shuffle = round % 2 == 0});
        fsnn_batch batch;
        if (round % 5)
            GOOD(fsnn_loader_start(loader, 0));
        for (uint64_t n = 0; round % 5 && n < round % 4; n++)
            assert_int_equal(fsnn_loader_next(loader, &batch), 1);
        doze(fsnn_random_u32(8, 8, round) % 400);
        fsnn_loader_destroy(loader);
    }
    fsnn_data_destroy(data);
}

static void allocates_nothing_per_batch(void **state)
{
    (void)state;
    fsnn_data *data = numbered(100, FSNN_SHAPE(10), true);
    fsnn_loader *loader = open_loader(
        data, (fsnn_loader_options){.encoder = RATE(4, 0.1), .batch = 8, .shuffle = true});
    fsnn_alloc_fail_at(0);
    for (int epoch = 0; epoch < 3; epoch++) {
        fsnn_batch batch;
        int more;
        GOOD(fsnn_loader_start(loader, epoch));
        while ((more = fsnn_loader_next(loader, &batch)) == 1)
            ;
        assert_int_equal(more, 0);
    }
    assert_int_equal(fsnn_alloc_fail_at(0), 0);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
}

/* Pictures that the direct encoder would repeat come once where that is asked for; all else as
 * ever. */
static void still_samples_come_once(void **state)
{
    (void)state;
    enum { T = 5, N = 6 };
    static double times[T] = {0, 1, 2, 3, 4};
    const fsnn_perturbation noise = {FSNN_PERTURB_NOISE, 0.1};
    const struct {
        fsnn_loader_options options;
        bool sequence, still;
    } rows[] = {
        {{.encoder = DIRECT(T)}, false, true},
        {{.encoder = DIRECT(T), .sampling = {.times = times, .count = T, .step = 1}}, false, true},
        {{.encoder = RATE(T, 0.1)}, false, false},
        {{.encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = T, .gain = 1, .sparse = true}},
         false,
         false},
        {{.encoder = DIRECT(T), .perturb = &noise, .perturbs = 1}, false, false},
        {{.encoder = DIRECT(T)}, true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CASE("rows[%zu]", i);
        fsnn_data *data =
            numbered(10, rows[i].sequence ? FSNN_SHAPE(T, 2, 3) : FSNN_SHAPE(2, 3), true);
        data->sequence = rows[i].sequence;
        fsnn_loader_options options = rows[i].options;
        options.batch = 4;
        options.shuffle = true;
        fsnn_loader *every = open_loader(data, options);
        options.still = true;
        fsnn_loader *once = open_loader(data, options);
        assert_int_equal(fsnn_loader_still(every), false);
        assert_int_equal(fsnn_loader_still(once), rows[i].still);
        if (rows[i].still)
            assert_true(fsnn_loader_memory(once) < fsnn_loader_memory(every));
        int64_t steps;
        fsnn_loader_shape(once, &steps, NULL);
        assert_int_equal(steps, T);
        GOOD(fsnn_loader_start(every, 1));
        GOOD(fsnn_loader_start(once, 1));
        fsnn_batch a, b;
        while (fsnn_loader_next(every, &a) == 1) {
            assert_int_equal(fsnn_loader_next(once, &b), 1);
            assert_int_equal(b.still, rows[i].still);
            assert_int_equal(b.steps, T);
            assert_int_equal(b.batch, a.batch);
            assert_memory_equal(a.labels, b.labels, (size_t)a.batch * sizeof *a.labels);
            for (int64_t k = 0; k < T && a.x; k++)
                assert_memory_equal(a.x + k * a.batch * N, b.x + (b.still ? 0 : k) * b.batch * N,
                                    (size_t)(a.batch * N) * sizeof *a.x);
        }
        assert_int_equal(fsnn_loader_next(once, &b), 0);
        fsnn_loader_destroy(every);
        fsnn_loader_destroy(once);
        fsnn_data_destroy(data);
    }
}

static void survives_failing_memory(void **state)
{
    (void)state;
    fsnn_data *data = numbered(10, FSNN_SHAPE(2), true);
    fsnn_loader_options options = {.encoder = DIRECT(1), .batch = 4};
    fsnn_loader *loader = NULL;
    int64_t n;
    for (n = 1; !loader; n++) {
        fsnn_alloc_fail_at(n);
        fsnn_status status = fsnn_loader_create(data, &options, &loader);
        fsnn_alloc_fail_at(0);
        assert_int_equal(status, loader ? FSNN_OK : FSNN_EMEMORY);
    }
    assert_true(n > 6); /* struct, order, makers, sample, a slot of two blocks */
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_in_order),
        cmocka_unit_test(turns_sequences),
        cmocka_unit_test(shuffles_each_epoch),
        cmocka_unit_test(timing_does_not_show),
        cmocka_unit_test(spikes_belong_to_sample_and_epoch),
        cmocka_unit_test(makes_lists),
        cmocka_unit_test(whoever_makes_them),
        cmocka_unit_test(takes_large_batches),
        cmocka_unit_test(puts_stamps_on_the_grid),
        cmocka_unit_test(refuses_stamps),
        cmocka_unit_test(refuses_options),
        cmocka_unit_test(passes_errors_on),
        cmocka_unit_test(passes_errors_of_all_threads_on),
        cmocka_unit_test(tells_its_memory),
        cmocka_unit_test(ends_at_any_moment),
        cmocka_unit_test(allocates_nothing_per_batch),
        cmocka_unit_test(still_samples_come_once),
        cmocka_unit_test(survives_failing_memory),
    };
    return cmocka_run_group_tests_name("data/loader", tests, folder_open, folder_close);
}
