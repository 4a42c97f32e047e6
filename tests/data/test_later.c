/* Samples that stay in their file: what is known of them without, that they come when they are
 * asked for, once, and are those that would have come at once; damage and change met then. */
#include "files.h"

#include "format/idx.h"

#include <fcntl.h>
#include <pthread.h>

enum { N = 40, H = 5, W = 4, SIZE = H * W, HEAD = 16 };

static uint8_t plain[4096], packed[8192];
static size_t plain_size, packed_size;

static void write_idx(bool gzip)
{
    uint8_t labels[64];
    plain_size = files_images(plain, N, H, W);
    packed_size = gzip ? files_gzip(plain, plain_size, packed, sizeof packed) : 0;
    folder_write("images", gzip ? packed : plain, gzip ? packed_size : plain_size);
    folder_write("labels", labels, files_labels(labels, N));
}

/* The file "images" with other bytes from `at` on. */
static void spoil(const uint8_t *file, size_t size, size_t at, size_t count)
{
    static uint8_t copy[8192];
    memcpy(copy, file, size);
    for (size_t i = at; i < at + count; i++)
        copy[i] ^= 0xff;
    folder_write("images", copy, size);
}

static void delete_idx(void)
{
    folder_delete("images");
    folder_delete("labels");
}

static fsnn_data *open_idx(void)
{
    fsnn_data *data;
    GOOD(fsnn_data_idx_later(folder_path("images"), folder_path("labels"), &data));
    return data;
}

/* The two have the same samples, and are told alike. */
static void same(const fsnn_data *a, const fsnn_data *b)
{
    fsnn_data_info x, y;
    float p[64], q[64];
    int32_t one, two;
    fsnn_data_info_get(a, &x);
    fsnn_data_info_get(b, &y);
    assert_int_equal(x.count, y.count);
    assert_int_equal(x.classes, y.classes);
    assert_true(fsnn_shape_equal(&x.shape, &y.shape));
    for (int64_t i = 0; i < x.count; i++) {
        GOOD(fsnn_data_sample(a, i, p, &one));
        GOOD(fsnn_data_sample(b, i, q, &two));
        assert_int_equal(one, two);
        assert_memory_equal(p, q, (size_t)fsnn_shape_count(&x.shape) * sizeof *p);
    }
}

static void images(void **state)
{
    (void)state;
    for (int gzip = 0; gzip < (check_built_with("zlib") ? 2 : 1); gzip++) {
        CASE("gzip %d", gzip);
        write_idx(gzip);
        fsnn_data *now, *later = open_idx();
        GOOD(fsnn_data_idx(folder_path("images"), folder_path("labels"), &now));
        same(now, later);
        GOOD(fsnn_data_load(later)); /* there is nothing left to do */
        GOOD(fsnn_data_load(now));
        fsnn_data_destroy(now);
        fsnn_data_destroy(later);
    }
    delete_idx();
}

/* What only samples can tell is not looked at, and told as it would have been at once. */
static void damage_behind_the_head(void **state)
{
    (void)state;
    NEEDS("zlib");
    float x[SIZE];
    char sentence[1024];
    fsnn_data *data;
    fsnn_data_info info;
    write_idx(true);
    spoil(packed, packed_size, packed_size - 8, 4); /* the checksum of gzip */
    FAILS(fsnn_data_idx(folder_path("images"), NULL, &data), FSNN_EFORMAT);
    snprintf(sentence, sizeof sentence, "%s", fsnn_error_text());
    data = open_idx();
    fsnn_data_info_get(data, &info);
    assert_int_equal(info.count, N);
    assert_true(fsnn_shape_equal(&info.shape, &FSNN_SHAPE(1, H, W)));
    for (int i = 0; i < 2; i++) {
        REFUSED(fsnn_data_load(data), FSNN_EFORMAT, sentence);
        REFUSED(fsnn_data_sample(data, 3, x, NULL), FSNN_EFORMAT, sentence);
    }
    fsnn_data_destroy(data);
    write_idx(true); /* mended */
    data = open_idx();
    GOOD(fsnn_data_load(data));
    GOOD(fsnn_data_sample(data, 3, x, NULL));
    fsnn_data_destroy(data);
    delete_idx();
}

/* What is wrong with the head or the length of a file is told at once, in the same words. */
static void damage_in_view(void **state)
{
    (void)state;
    fsnn_data *data;
    char sentence[1024];
    bool zlib = check_built_with("zlib");
    for (int i = 0; i < (zlib ? 6 : 4); i++) {
        CASE("damage %d", i);
        write_idx(i >= 4);
        if (i == 0)
            folder_write("images", plain, plain_size - 1);
        else if (i == 1)
            folder_write("images", plain, sizeof plain);
        else if (i == 2)
            folder_write("images", plain, 9);
        else if (i == 3)
            spoil(plain, plain_size, 0, 2);
        else if (i == 4)
            folder_write("images", packed, packed_size - 20);
        else
            spoil(packed, packed_size, packed_size - 4, 2);
        FAILS(fsnn_data_idx(folder_path("images"), NULL, &data), FSNN_EFORMAT);
        snprintf(sentence, sizeof sentence, "%s", fsnn_error_text());
        REFUSED(fsnn_data_idx_later(folder_path("images"), NULL, &data), FSNN_EFORMAT, sentence);
        assert_null(data);
    }
    REFUSED(fsnn_data_idx_later("/no/such/file", NULL, &data), FSNN_EIO, "/no/such/file");
    FAILS(fsnn_data_idx_later(folder, NULL, &data), FSNN_EIO);
    FAILS(fsnn_data_idx_later(NULL, NULL, &data), FSNN_EARGUMENT);
    delete_idx();
}

/* The sentence of an error, "" of none; *data is destroyed. */
static void sentence_of(fsnn_status status, fsnn_data *data, char text[1024])
{
    snprintf(text, 1024, "%s", status < 0 ? fsnn_error_text() : "");
    fsnn_data_destroy(data);
}

/* One byte is another, any one: what is refused later is refused at once, in the same words; what
 * is good at once is good later; and the sum of opening and reading later is that at once. */
static void any_damage(void **state)
{
    (void)state;
    char now[1024], later[1024];
    for (int gzip = 0; gzip < (check_built_with("zlib") ? 2 : 1); gzip++) {
        write_idx(gzip);
        const uint8_t *file = gzip ? packed : plain;
        size_t size = gzip ? packed_size : plain_size;
        for (size_t at = 0; at < size; at += at < 64 || at + 16 > size ? 1 : 37) {
            CASE("gzip %d, byte %zu", gzip, at);
            fsnn_data *data;
            spoil(file, size, at, 1);
            fsnn_status status = fsnn_data_idx(folder_path("images"), NULL, &data);
            sentence_of(status, data, now);
            status = fsnn_data_idx_later(folder_path("images"), NULL, &data);
            if (status >= 0)
                status = fsnn_data_load(data);
            sentence_of(status, data, later);
            assert_string_equal(now, later);
        }
    }
    delete_idx();
}

/* gzip of two members says at its end how long the second is: all of it is read at once. */
static void members(void **state)
{
    (void)state;
    NEEDS("zlib");
    fsnn_array array;
    write_idx(true);
    size_t first = files_gzip(plain, 100, packed, sizeof packed);
    size_t second =
        files_gzip(plain + 100, plain_size - 100, packed + first, sizeof packed - first);
    folder_write("images", packed, first + second);
    GOOD(idx_look(folder_path("images"), &array));
    assert_memory_equal(array.data, plain + HEAD, N * SIZE);
    fsnn_free(array.data);
    write_idx(true);
    GOOD(idx_look(folder_path("images"), &array));
    assert_null(array.data);
    assert_true(fsnn_shape_equal(&array.shape, &FSNN_SHAPE(N, H, W)));
    delete_idx();
}

static void another_file_by_now(void **state)
{
    (void)state;
    uint8_t other[4096];
    float x[SIZE];
    write_idx(false);
    fsnn_data *data = open_idx();
    folder_write("images", other, files_images(other, N, W, H));
    REFUSED(fsnn_data_load(data), FSNN_EFORMAT,
            "has changed since it was opened: it held uint8 [40, 5, 4], now uint8 [40, 4, 5]");
    folder_delete("images");
    REFUSED(fsnn_data_sample(data, 0, x, NULL), FSNN_EIO, "images");
    fsnn_data_destroy(data);
    folder_delete("labels");
}

/* The classes that are there already are not those of such samples. */
static void same_shape_by_now(void **state)
{
    (void)state;
    float x[SIZE];
    const struct timespec first[2] = {{1000, 0}, {1000, 0}}, second[2] = {{1000, 0}, {2000, 0}};
    write_idx(false);
    assert_int_equal(utimensat(AT_FDCWD, folder_path("images"), first, 0), 0);
    fsnn_data *data = open_idx();
    spoil(plain, plain_size, HEAD, 5);
    assert_int_equal(utimensat(AT_FDCWD, folder_path("images"), second, 0), 0);
    for (int i = 0; i < 2; i++)
        REFUSED(fsnn_data_sample(data, 0, x, NULL), FSNN_EFORMAT,
                "images: has changed since it was opened: open it again");
    folder_delete("images"); /* what is waited for, if it is opened */
    assert_int_equal(mkfifo(folder_path("images"), 0600), 0);
    REFUSED(fsnn_data_load(data), FSNN_EFORMAT, "has changed since it was opened");
    fsnn_data_destroy(data);
    delete_idx();
}

/* A relative path is that of the folder in which the file was opened. */
static void another_folder_by_now(void **state)
{
    (void)state;
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    write_idx(false);
    fsnn_data *now, *later;
    GOOD(fsnn_data_idx(folder_path("images"), NULL, &now));
    assert_int_equal(mkdir(folder_path("other"), 0700), 0);
    assert_int_equal(chdir(folder), 0);
    spoil(plain, plain_size, HEAD, 5);
    assert_int_equal(rename(folder_path("images"), folder_path("other/images")), 0);
    write_idx(false);
    GOOD(fsnn_data_idx_later("images", NULL, &later));
    assert_int_equal(chdir("other"), 0);
    same(now, later);
    assert_int_equal(chdir(before), 0);
    fsnn_data_destroy(now);
    fsnn_data_destroy(later);
    folder_delete("other/images");
    assert_int_equal(rmdir(folder_path("other")), 0);
    delete_idx();
}

/* Subsets share what is read; classes and numbers of samples are known before. */
static void shared(void **state)
{
    (void)state;
    fsnn_data *now, *parts[2];
    write_idx(false);
    fsnn_data *later = open_idx();
    GOOD(fsnn_data_idx(folder_path("images"), folder_path("labels"), &now));
    GOOD(fsnn_data_split_classes(later, 0.25, 7, &parts[0]));
    GOOD(fsnn_data_split_classes(now, 0.25, 7, &parts[1]));
    GOOD(fsnn_data_limit(later, 9, 3));
    GOOD(fsnn_data_limit(now, 9, 3));
    GOOD(fsnn_data_normalize(later, 0.5, 2));
    GOOD(fsnn_data_normalize(now, 0.5, 2));
    same(now, later);
    delete_idx(); /* it has been read */
    same(parts[1], parts[0]);
    fsnn_data_destroy(now);
    fsnn_data_destroy(later);
    fsnn_data_destroy(parts[0]);
    fsnn_data_destroy(parts[1]);
}

typedef struct crowd {
    const fsnn_data *data;
    bool good[N];
} crowd;

static void ask(int64_t i, int worker, void *user)
{
    crowd *c = user;
    float x[SIZE];
    (void)worker;
    c->good[i] = fsnn_data_sample(c->data, i, x, NULL) == FSNN_OK &&
                 x[0] == (float)(uint8_t)(7 * (SIZE * i) + 1) / 255.0F;
}

static void several_threads(void **state)
{
    (void)state;
    write_idx(false);
    crowd c = {open_idx(), {false}};
    fsnn_parallel(N, ask, &c);
    for (int i = 0; i < N; i++)
        assert_true(c.good[i]);
    fsnn_data_destroy((fsnn_data *)c.data);
    delete_idx();
}

/* ---- arrays of NumPy ---- */

static void write_arrays(int bad)
{
    fsnn_arrays list = {0};
    float *x = fsnn_arrays_add(&list, "x", FSNN_F32, &FSNN_SHAPE(N, 3))->data;
    int64_t *y = fsnn_arrays_add(&list, "y", FSNN_I64, &FSNN_SHAPE(N))->data;
    double *other = fsnn_arrays_add(&list, "other", FSNN_F64, &FSNN_SHAPE(2))->data;
    for (int i = 0; i < 3 * N; i++)
        x[i] = (float)i / 7;
    for (int i = 0; i < N; i++)
        y[i] = i % 4;
    if (bad >= 0)
        x[bad] = NAN;
    other[0] = other[1] = 1;
    GOOD(fsnn_npz_write(folder_path("a.npz"), &list));
    fsnn_arrays_free(&list);
}

static void npz(void **state)
{
    (void)state;
    fsnn_data *now, *later;
    fsnn_npz_options o = {0};
    write_arrays(-1);
    GOOD(fsnn_data_npz_open(folder_path("a.npz"), &o, &now));
    o.later = true;
    GOOD(fsnn_data_npz_open(folder_path("a.npz"), &o, &later));
    CONTAINS(fsnn_data_warning(later, 0), "arrays that are not used: other");
    same(now, later);
    fsnn_data_destroy(now);
    fsnn_data_destroy(later);
    write_arrays(3 * 11 + 1); /* is in the array, not in its head */
    REFUSED(fsnn_data_npz(folder_path("a.npz"), NULL, NULL, false, &now), FSNN_EFORMAT,
            "a.npz: x: sample 11 holds NaN (element 1)");
    GOOD(fsnn_data_npz_open(folder_path("a.npz"), &o, &later));
    REFUSED(fsnn_data_load(later), FSNN_EFORMAT, "a.npz: x: sample 11 holds NaN (element 1)");
    fsnn_data_destroy(later);
    o.x = "absent";
    REFUSED(fsnn_data_npz_open(folder_path("a.npz"), &o, &later), FSNN_ENOTFOUND,
            "has no array absent");
    o = (fsnn_npz_options){.x = "y", .y = "y", .later = true};
    REFUSED(fsnn_data_npz_open(folder_path("a.npz"), &o, &later), FSNN_EARGUMENT, "cannot be both");
    folder_delete("a.npz");
}

/* [N, 3] of float64, which are kept as float32. */
static void write_npy(size_t cut)
{
    static uint8_t file[4096];
    static const char dict[] = "{'descr': '<f8', 'fortran_order': False, 'shape': (40, 3), }";
    memcpy(file, "\x93NUMPY\x01\x00\x76\x00", 10);
    memset(file + 10, ' ', 0x76);
    memcpy(file + 10, dict, sizeof dict - 1);
    file[127] = '\n';
    double x[3 * N];
    for (int i = 0; i < 3 * N; i++)
        x[i] = i / 3.0;
    memcpy(file + 128, x, sizeof x);
    folder_write("x.npy", file, 128 + sizeof x - cut);
}

static void npy(void **state)
{
    (void)state;
    fsnn_data *now, *later;
    fsnn_arrays heads = {0};
    write_npy(0);
    GOOD(fsnn_data_npy(folder_path("x.npy"), NULL, &now));
    GOOD(fsnn_data_npy_later(folder_path("x.npy"), NULL, FSNN_TARGETS_AUTO, &later));
    same(now, later);
    fsnn_data_destroy(now);
    fsnn_data_destroy(later);
    GOOD(fsnn_npz_headers(folder_path("x.npy"), &heads));
    assert_true(fsnn_shape_equal(&heads.item[0].shape, &FSNN_SHAPE(N, 3)));
    assert_int_equal(heads.item[0].dtype, FSNN_F64);
    assert_null(heads.item[0].data);
    fsnn_arrays_free(&heads);
    write_npy(1);
    char sentence[1024];
    FAILS(fsnn_data_npy(folder_path("x.npy"), NULL, &now), FSNN_EFORMAT);
    snprintf(sentence, sizeof sentence, "%s", fsnn_error_text());
    REFUSED(fsnn_data_npy_later(folder_path("x.npy"), NULL, FSNN_TARGETS_AUTO, &later),
            FSNN_EFORMAT, sentence);
    folder_delete("x.npy");
}

/* ---- what can be read once ---- */

typedef struct piped {
    const char *from, *to;
} piped;

static void *feed(void *user)
{
    const piped *p = user;
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (fsnn_file_read(p->from, &bytes, &size) < 0)
        return NULL;
    FILE *to = fopen(p->to, "wb");
    size_t put = to ? fwrite(bytes, 1, size, to) : 0;
    fsnn_free(bytes);
    return to && fclose(to) == 0 && put == size ? user : NULL;
}

/* Of a pipe nothing can stay where it is. */
static void pipes(void **state)
{
    (void)state;
    fsnn_data *now, *later;
    pthread_t thread;
    write_arrays(-1);
    assert_int_equal(mkfifo(folder_path("pipe"), 0600), 0);
    GOOD(fsnn_data_npz(folder_path("a.npz"), NULL, NULL, false, &now));
    piped p = {folder_path("a.npz"), folder_path("pipe")};
    const fsnn_npz_options o = {.later = true};
    assert_int_equal(pthread_create(&thread, NULL, feed, &p), 0);
    GOOD(fsnn_data_npz_open(p.to, &o, &later));
    void *fed;
    pthread_join(thread, &fed);
    assert_non_null(fed);
    folder_delete("pipe"); /* which is not looked for again */
    folder_delete("a.npz");
    same(now, later);
    fsnn_data_destroy(now);
    fsnn_data_destroy(later);
}

/* ---- out of memory ---- */

static void survives_failing_memory(void **state)
{
    (void)state;
    float x[SIZE];
    fsnn_data *data = NULL;
    fsnn_status status = FSNN_EMEMORY;
    write_idx(check_built_with("zlib"));
    for (int64_t n = 1; !data; n++) {
        fsnn_alloc_fail_at(n);
        status = fsnn_data_idx_later(folder_path("images"), folder_path("labels"), &data);
        fsnn_alloc_fail_at(0);
        assert_int_equal(status, data ? FSNN_OK : FSNN_EMEMORY);
    }
    status = FSNN_EMEMORY;
    for (int64_t n = 1; status != FSNN_OK; n++) {
        fsnn_alloc_fail_at(n);
        status = fsnn_data_sample(data, 0, x, NULL);
        fsnn_alloc_fail_at(0);
        assert_true(status == FSNN_OK || status == FSNN_EMEMORY);
    }
    fsnn_data_destroy(data);
    delete_idx();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images),
        cmocka_unit_test(damage_behind_the_head),
        cmocka_unit_test(damage_in_view),
        cmocka_unit_test(any_damage),
        cmocka_unit_test(members),
        cmocka_unit_test(another_file_by_now),
        cmocka_unit_test(same_shape_by_now),
        cmocka_unit_test(another_folder_by_now),
        cmocka_unit_test(shared),
        cmocka_unit_test(several_threads),
        cmocka_unit_test(npz),
        cmocka_unit_test(npy),
        cmocka_unit_test(pipes),
        cmocka_unit_test(survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, folder_open, folder_close);
}
