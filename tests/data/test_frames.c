/* Events to frames, against plain loops of the definitions; changes of events and pictures;
 * lists. */
#include "data/files.h"

#include "data/events/frames.h"
#include "data/sparse.h"
#include "data/store.h"

#include <fsnn/events.h>

enum { W = 7, H = 5, N = 500 };

/* Random events in order of time; `gap` stretches the last ones. */
static fsnn_events some_events(fsnn_event *event, int64_t n, uint64_t stream)
{
    int64_t t = 1000000;
    for (int64_t i = 0; i < n; i++) {
        uint32_t r = fsnn_random_u32(5, stream, (uint64_t)i);
        t += r % 50 + (i > n / 2 ? 100 : 0);
        event[i] = (fsnn_event){.t = t,
                                .x = (uint16_t)(r >> 8 & 0xff) % W,
                                .y = (uint16_t)(r >> 16 & 0xff) % H,
                                .p = r >> 24 & 1};
    }
    return (fsnn_events){.event = event, .count = n, .width = W, .height = H};
}

/* The weight of event i in frame k, by the definition. */
static double weight(const fsnn_frames *f, const fsnn_events *e, int64_t i, int64_t k)
{
    int64_t n = e->count, T = f->count, t = e->event[i].t - e->event[0].t;
    int64_t last = e->event[n - 1].t - e->event[0].t;
    switch (f->by) {
    case FSNN_FRAMES_NUMBER:
        return i >= k * n / T && i < (k + 1) * n / T;
    case FSNN_FRAMES_TIME: /* windows [k, k + 1) (last + 1) / T */
        return t * T >= k * (last + 1) && t * T < (k + 1) * (last + 1);
    case FSNN_FRAMES_WINDOW:
        return t >= k * f->window && t < (k + 1) * f->window;
    default: {
        double at = last ? (double)(T - 1) * (double)t / (double)last : 0;
        return fmax(0, 1 - fabs((double)k - at));
    }
    }
}

static void plain_frame(const fsnn_frames *f, const fsnn_events *e, int64_t k,
                        const int64_t keep[2], const int64_t side[2], double *x)
{
    int C = f->polarity == FSNN_FRAMES_SPLIT ? 2 : 1;
    int64_t size = side[0] * side[1];
    double largest = 0;
    for (int64_t i = 0; i < C * size; i++)
        x[i] = 0;
    for (int64_t i = 0; i < e->count; i++) {
        int64_t row = e->event[i].y - (H - keep[0]) / 2, column = e->event[i].x - (W - keep[1]) / 2;
        if (row < 0 || row >= keep[0] || column < 0 || column >= keep[1])
            continue;
        int p = e->event[i].p;
        x[(C == 2 ? p * size : 0) + row * side[0] / keep[0] * side[1] +
          column * side[1] / keep[1]] +=
            weight(f, e, i, k) * (f->polarity == FSNN_FRAMES_SIGNED && !p ? -1 : 1);
    }
    for (int64_t i = 0; i < C * size; i++)
        largest = fmax(largest, fabs(x[i]));
    for (int64_t i = 0; i < C * size; i++) {
        if (f->value == FSNN_FRAMES_BINARY)
            x[i] = (x[i] > 0) - (x[i] < 0);
        else if (f->value == FSNN_FRAMES_NORMALIZED && largest > 0)
            x[i] /= largest;
    }
}

/* The lists hold what the frames x [T, N] hold. */
static void same_as_lists(const sparse_rows *rows, int64_t T, int64_t size, const float *x)
{
    assert_true(rows->T == T && rows->N == size && rows->start[0] == 0);
    for (int64_t k = 0; k < T; k++) {
        int64_t at = rows->start[k];
        for (int64_t i = 0; i < size; i++)
            if (x[k * size + i] != 0) {
                assert_true(at < rows->start[k + 1] && rows->index[at] == i);
                assert_true(rows->value[at++] == x[k * size + i]);
            }
        assert_int_equal(at, rows->start[k + 1]);
    }
}

static void lists_of(const fsnn_frames *f, const fsnn_events *e, const augment_clip *clip,
                     int64_t size, float *x, sparse_rows *rows)
{
    packed_event packed[N];
    GOOD(packed_from("e", 1, e->event, e->count, packed));
    GOOD(frames_fill(f, e->width, e->height, packed, e->count, clip, x));
    GOOD(frames_lists(f, e->width, e->height, packed, e->count, clip, rows));
    same_as_lists(rows, f->count, size, x);
}

static void frames_are_as_defined(void **state)
{
    (void)state;
    static fsnn_event event[N];
    static const int64_t counts[] = {1, 3, 16, 97}, numbers[] = {1, 2, 15, N};
    static const int64_t crops[3][2] = {{0, 0}, {3, 4}, {5, 1}},
                         sizes[3][2] = {{0, 0}, {2, 3}, {4, 1}};
    static float x[97 * 2 * W * H];
    double want[2 * W * H];
    uint64_t stream = 0;
    sparse_rows rows = {0};
    for (int by = 0; by < FSNN_FRAMES_BYS; by++)
        for (int value = 0; value < FSNN_FRAMES_VALUES; value++)
            for (int polarity = 0; polarity < FSNN_FRAMES_POLARITIES; polarity++)
                for (int c = 0; c < 4; c++)
                    for (int d = 0; d < 3; d++) {
                        fsnn_frames f = {.by = (fsnn_frames_by)by,
                                         .count = counts[c],
                                         .window = 731,
                                         .value = (fsnn_frames_value)value,
                                         .polarity = (fsnn_frames_polarity)polarity,
                                         .crop = {crops[d][0], crops[d][1]},
                                         .size = {sizes[d][0], sizes[d][1]}};
                        fsnn_events e = some_events(event, numbers[(c + d + value) % 4], stream++);
                        const int64_t keep[2] = {f.crop[0] ? f.crop[0] : H,
                                                 f.crop[1] ? f.crop[1] : W};
                        const int64_t side[2] = {f.size[0] ? f.size[0] : keep[0],
                                                 f.size[1] ? f.size[1] : keep[1]};
                        int64_t frame = (polarity == FSNN_FRAMES_SPLIT ? 2 : 1) * side[0] * side[1];
                        fsnn_shape shape;
                        GOOD(fsnn_frames_shape(&f, W, H, &shape));
                        assert_int_equal(fsnn_shape_count(&shape), f.count * frame);
                        assert_int_equal(shape.dim[2], side[0]);
                        GOOD(fsnn_frames_make(&f, &e, x));
                        for (int64_t k = 0; k < f.count; k++) {
                            plain_frame(&f, &e, k, keep, side, want);
                            for (int64_t i = 0; i < frame; i++)
                                if (!(fabs(x[k * frame + i] - want[i]) < 1e-4))
                                    fail_msg(
                                        "by %d value %d polarity %d T %d: frame %d [%d] is %g, "
                                        "not %g",
                                        by, value, polarity, (int)f.count, (int)k, (int)i,
                                        (double)x[k * frame + i], want[i]);
                        }
                        augment_clip clip = {.W = side[1],
                                             .H = side[0],
                                             .to = {1, 0, 0, 1},
                                             .from = {1, 0, 0, 1},
                                             .dx = 1,
                                             .drop = 0.1,
                                             .jitter = 500,
                                             .flip = true};
                        lists_of(&f, &e, &clip, frame, x, &rows);
                        lists_of(&f, &e, NULL, frame, x, &rows);
                    }
    sparse_free(&rows);
}

static void no_events_are_empty_frames(void **state)
{
    (void)state;
    fsnn_events e = {.width = W, .height = H};
    float x[3 * 2 * W * H];
    for (int by = 0; by < FSNN_FRAMES_BYS; by++) {
        fsnn_frames f = {
            .by = (fsnn_frames_by)by, .count = 3, .window = 5, .value = FSNN_FRAMES_NORMALIZED};
        memset(x, 7, sizeof x);
        GOOD(fsnn_frames_make(&f, &e, x));
        for (size_t i = 0; i < sizeof x / sizeof *x; i++)
            assert_true(x[i] == 0);
    }
}

static void refuses_options(void **state)
{
    (void)state;
    static const struct {
        fsnn_frames frames;
        const char *words;
    } row[] = {
        {{.by = FSNN_FRAMES_BYS, .count = 1}, "there is no such kind"},
        {{.count = 0}, "0 frames; from 1"},
        {{.by = FSNN_FRAMES_WINDOW, .count = 1}, "a window of 0 microseconds"},
        {{.count = 1, .crop = {0, W + 1}},
         "a crop of 8 columns cannot be taken from a sensor of 7"},
        {{.count = 1, .size = {H + 1, 0}}, "frames of 6 rows cannot be made of 5"},
        {{.count = 1, .crop = {3, 3}, .size = {3, 4}}, "frames of 4 columns cannot be made of 3"},
    };
    fsnn_shape shape;
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        REFUSED(fsnn_frames_shape(&row[i].frames, W, H, &shape), FSNN_EARGUMENT, row[i].words);
    }
    fsnn_frames f = fsnn_frames_default();
    FAILS(fsnn_frames_shape(&f, 0, H, &shape), FSNN_EARGUMENT);
    FAILS(fsnn_frames_shape(NULL, W, H, &shape), FSNN_EARGUMENT);
    /* further apart than 35 bits of microseconds, also where the difference overflows */
    static fsnn_event far[2][2] = {{{.t = 0}, {.t = INT64_C(1) << 35}},
                                   {{.t = INT64_MIN}, {.t = INT64_MAX}}};
    static float x[16 * 2 * W * H];
    for (int i = 0; i < 2; i++) {
        fsnn_events e = {.event = far[i], .count = 2, .width = W, .height = H};
        REFUSED(fsnn_frames_make(&f, &e, x), FSNN_EUNSUPPORTED, "up to 9.5 hours");
    }
}

/* ---- changes ---- */

static augment_clip still(int64_t w, int64_t h)
{
    return (augment_clip){.W = w, .H = h, .to = {1, 0, 0, 1}, .from = {1, 0, 0, 1}};
}

static void points_move(void **state)
{
    (void)state;
    augment_clip flip = still(W, H), turn = still(W, W), shift = still(W, H), cut = still(W, H);
    flip.flip = true;
    turn.to[0] = turn.to[3] = 0; /* a quarter, clockwise as seen: up goes to the right */
    turn.to[1] = -1, turn.to[2] = 1;
    shift.dx = 2, shift.dy = -1;
    cut.cut_x = 1, cut.cut_y = 2, cut.cut = 2;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            int a = x, b = y;
            assert_true(augment_point(&flip, &a, &b));
            assert_true(a == W - 1 - x && b == y);
            a = x, b = y;
            assert_true(augment_point(&turn, &a, &b));
            assert_true(a == W - 1 - y && b == x);
            a = x, b = y;
            assert_int_equal(augment_point(&shift, &a, &b), x + 2 < W && y >= 1);
            assert_true(a == x + 2 && b == y - 1);
            a = x, b = y;
            assert_int_equal(augment_point(&cut, &a, &b), !(x >= 1 && x < 3 && y >= 2 && y < 4));
        }
}

/* What moves points forwards and what looks pixels up backwards are the same change: exactly, where
 * no pixel falls between others; for small angles, in most pixels. */
static void pictures_move_as_points_do(void **state)
{
    (void)state;
    enum { S = 32 };
    static float x[S * S], work[S * S];
    for (int round = 0; round < 200; round++) {
        fsnn_augment a = {.flip = 0.5,
                          .flip_vertical = 0.5,
                          .shift = 5,
                          .cutout = 9,
                          .rotate = round % 2 ? 0 : 12};
        augment_clip clip = augment_draw(&a, S, S, 3, round, 7);
        int right = 0, placed = 0;
        for (int i = 0; i < S * S; i++)
            x[i] = (float)(i + 1);
        augment_pictures(&clip, 1, -1, work, x);
        for (int i = 0; i < S * S; i++) {
            int px = i % S, py = i / S;
            if (!augment_point(&clip, &px, &py))
                continue;
            placed++;
            right += x[py * S + px] == (float)(i + 1);
        }
        assert_true(placed > S * S / 3);
        if (round % 2)
            assert_int_equal(right, placed);
        else
            assert_true(right > 0.8 * placed);
        for (int i = 0; i < S * S; i++)
            assert_true(x[i] == -1 || (x[i] >= 1 && x[i] <= S * S));
    }
}

/* A window of the picture, never more: columns that stand one behind the other, as many as the
 * share says, from every part of it; points inside come to where the pixels are. */
static void crops_are_windows(void **state)
{
    (void)state;
    enum { S = 40, ROUNDS = 400 };
    static float x[S * S], work[S * S];
    int left = 0, right = 0, widest = 0, narrowest = S;
    for (int round = 0; round < ROUNDS; round++) {
        const fsnn_augment a = {.crop = 0.5, .flip = round % 2};
        augment_clip clip = augment_draw(&a, S, S, 3, round, 7);
        for (int i = 0; i < S * S; i++)
            x[i] = (float)i;
        augment_pictures(&clip, 1, -1, work, x);
        int from = S, to = -1, step = round % 2 ? -1 : 1;
        for (int i = 0; i < S * S; i++) {
            int column = (int)x[i] % S, before = i % S ? (int)x[i - 1] % S : column;
            assert_true(x[i] >= 0); /* nothing from outside */
            assert_true(column == before || column == before + step);
            from = column < from ? column : from;
            to = column > to ? column : to;
        }
        int width = to - from + 1;
        assert_true(width >= S / 2 && width <= S);
        widest = width > widest ? width : widest;
        narrowest = width < narrowest ? width : narrowest;
        left += from == 0;
        right += to == S - 1;
        for (int i = 0; i < S * S; i++) {
            int px = i % S, py = i / S;
            if (augment_point(&clip, &px, &py))
                assert_true(abs((int)x[py * S + px] % S - i % S) <= 1 &&
                            abs((int)x[py * S + px] / S - i / S) <= 1);
        }
    }
    assert_true(widest >= S - 1 && narrowest <= S / 2 + 1);
    assert_true(left > ROUNDS / 50 && left < ROUNDS / 2);
    assert_true(right > ROUNDS / 50 && right < ROUNDS / 2);
}

static void draws_are_of_seed_epoch_and_sample(void **state)
{
    (void)state;
    enum { DRAWS = 4000 };
    const fsnn_augment a = {
        .flip = 0.25, .flip_polarity = 0.5, .shift = 3, .rotate = 30, .cutout = 2};
    int flips = 0, polarity = 0, same = 0, shifts[7] = {0};
    for (int i = 0; i < DRAWS; i++) {
        augment_clip c = augment_draw(&a, W, H, 1, i / 100, i % 100),
                     d = augment_draw(&a, W, H, 1, i / 100, i % 100);
        augment_clip other = augment_draw(&a, W, H, 1, i / 100 + 1, i % 100);
        assert_true(c.to[2] == d.to[2] && c.dx == d.dx && c.flip == d.flip && c.cut_y == d.cut_y);
        same += c.to[2] == other.to[2];
        flips += c.flip;
        polarity += c.flip_polarity;
        assert_true(fabs(c.to[2]) <= sin(30 * acos(-1) / 180) + 1e-9);
        assert_true(c.dx >= -3 && c.dx <= 3 && c.dx == floor(c.dx));
        shifts[(int)c.dx + 3]++;
    }
    assert_true(same < DRAWS / 100);
    assert_true(abs(flips - DRAWS / 4) < 150 && abs(polarity - DRAWS / 2) < 150);
    for (int i = 0; i < 7; i++)
        assert_true(abs(shifts[i] - DRAWS / 7) < 120);
}

static void events_are_dropped_and_delayed(void **state)
{
    (void)state;
    static fsnn_event event[N];
    static packed_event packed[N];
    static float plain[8 * 2 * W * H], x[8 * 2 * W * H];
    fsnn_events e = some_events(event, N, 77);
    fsnn_frames f = {.by = FSNN_FRAMES_TIME, .count = 8};
    double sum = 0, moved = 0;
    int64_t size = 8 * 2 * W * H;
    GOOD(packed_from("e", 1, event, N, packed));
    GOOD(frames_fill(&f, W, H, packed, N, NULL, plain));
    augment_clip clip = still(W, H);
    GOOD(frames_fill(&f, W, H, packed, N, &clip, x));
    assert_memory_equal(x, plain, sizeof x); /* a change that changes nothing */
    clip.flip_polarity = true;
    GOOD(frames_fill(&f, W, H, packed, N, &clip, x));
    for (int64_t i = 0; i < size; i++) {
        int64_t other = i / (W * H) % 2 ? i - W * H : i + W * H;
        assert_true(x[i] == plain[other]);
    }
    clip = still(W, H);
    clip.drop = 0.3;
    GOOD(frames_fill(&f, W, H, packed, N, &clip, x));
    for (int64_t i = 0; i < size; i++) {
        assert_true(x[i] <= plain[i]);
        sum += x[i];
    }
    assert_true(fabs(sum - 0.7 * N) < 40);
    clip = still(W, H);
    clip.jitter = 2000; /* about two frames of eight: times end where they did */
    sum = 0;
    GOOD(frames_fill(&f, W, H, packed, N, &clip, x));
    for (int64_t i = 0; i < size; i++) {
        sum += x[i];
        moved += fabs(x[i] - plain[i]) / 2;
    }
    assert_true(sum == N && moved > N / 8.0);
    (void)e;
}

/* ---- through a loader ---- */

static void loaders_change_pictures(void **state)
{
    (void)state;
    enum { COUNT = 6, SIZE = 2 * 8 * 8 };
    float values[COUNT * SIZE];
    for (int i = 0; i < COUNT * SIZE; i++)
        values[i] = (float)(i % SIZE + 1);
    fsnn_data *data;
    GOOD(fsnn_data_memory(COUNT, FSNN_SHAPE(2, 8, 8), values, NULL, &data));
    GOOD(fsnn_data_normalize(data, 1, 2));
    fsnn_loader_options options = {.encoder = {.steps = 1, .gain = 1},
                                   .batch = COUNT,
                                   .seed = 4,
                                   .augment = {.flip = 0.5, .shift = 2, .cutout = 3}};
    fsnn_loader *loader;
    static float first[COUNT * SIZE];
    for (int epoch = 0; epoch < 3; epoch++) {
        fsnn_batch batch;
        GOOD(fsnn_loader_create(data, &options, &loader));
        GOOD(fsnn_loader_start(loader, epoch % 2));
        assert_int_equal(fsnn_loader_next(loader, &batch), 1);
        for (int b = 0; b < COUNT; b++) {
            augment_clip clip = augment_draw(&options.augment, 8, 8, 4, epoch % 2, b);
            float want[SIZE], work[64];
            GOOD(fsnn_data_sample(data, b, want, NULL));
            augment_pictures(&clip, 2, -0.5F, work, want); /* an empty pixel: (0 - 1) / 2 */
            assert_memory_equal(batch.x + b * SIZE, want, sizeof want);
        }
        if (epoch == 0)
            memcpy(first, batch.x, sizeof first);
        else if (epoch == 1)
            assert_memory_not_equal(first, batch.x, sizeof first);
        else
            assert_memory_equal(first, batch.x, sizeof first);
        fsnn_loader_destroy(loader);
    }
    options.augment = (fsnn_augment){.jitter = 5};
    REFUSED(fsnn_loader_create(data, &options, &loader), FSNN_EARGUMENT,
            "are for recordings of events");
    options.augment = (fsnn_augment){.flip = 2};
    REFUSED(fsnn_loader_create(data, &options, &loader), FSNN_EARGUMENT,
            "flip is 2; it must lie from 0 to 1");
    fsnn_data_destroy(data);
    GOOD(fsnn_data_memory(COUNT, FSNN_SHAPE(SIZE), values, NULL, &data));
    options.augment = (fsnn_augment){.flip = 1};
    REFUSED(fsnn_loader_create(data, &options, &loader), FSNN_EARGUMENT,
            "[128] are no pictures [C, H, W]");
    fsnn_data_destroy(data);
}

/* ---- lists ---- */

static void lists_hold_what_is_not_empty(void **state)
{
    (void)state;
    enum { COUNT = 3, T = 4, SIZE = 30 };
    float values[COUNT * T * SIZE];
    for (int i = 0; i < COUNT * T * SIZE; i++)
        values[i] = fsnn_random_u32(8, 8, (uint64_t)i) % 5 ? 0 : (float)i;
    fsnn_data *data;
    sparse_rows rows = {0};
    GOOD(fsnn_data_memory(COUNT, FSNN_SHAPE(T, SIZE), values, NULL, &data));
    FAILS(sparse_fetch(data, 0, NULL, &rows), FSNN_EARGUMENT);
    data->sequence = true;
    for (int s = 0; s < COUNT; s++) {
        float x[T * SIZE] = {0};
        GOOD(sparse_fetch(data, s, NULL, &rows));
        assert_true(rows.T == T && rows.N == SIZE && rows.start[0] == 0);
        for (int k = 0; k < T; k++)
            for (int64_t i = rows.start[k]; i < rows.start[k + 1]; i++) {
                assert_true(rows.value[i] != 0 &&
                            (i == rows.start[k] || rows.index[i] > rows.index[i - 1]));
                x[k * SIZE + rows.index[i]] = rows.value[i];
            }
        assert_memory_equal(x, values + s * T * SIZE, sizeof x);
    }
    sparse_free(&rows);
    fsnn_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_as_defined),
        cmocka_unit_test(no_events_are_empty_frames),
        cmocka_unit_test(refuses_options),
        cmocka_unit_test(points_move),
        cmocka_unit_test(pictures_move_as_points_do),
        cmocka_unit_test(draws_are_of_seed_epoch_and_sample),
        cmocka_unit_test(crops_are_windows),
        cmocka_unit_test(events_are_dropped_and_delayed),
        cmocka_unit_test(loaders_change_pictures),
        cmocka_unit_test(lists_hold_what_is_not_empty),
    };
    return cmocka_run_group_tests_name("data/frames", tests, folder_open, folder_close);
}
