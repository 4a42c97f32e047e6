/* Recordings converted a piece at a time: the same NPZ, the same words about what is left out and
 * the same errors as of files that are read as a whole. */
#include "data/files.h"
#include "data/mutate.h"

#include "base/bytes.h"

#include <fsnn/events.h>

#include <dirent.h>

static char *last_words; /* of the errors */

/* The NPZ of the recording read as a whole. */
static fsnn_status whole(const char *path, const char *to, fsnn_events *about)
{
    FSNN_TRY(fsnn_events_read(path, about));
    fsnn_status status = about->count ? fsnn_events_write(to, about) : FSNN_OK;
    fsnn_free(about->event);
    about->event = NULL;
    return status;
}

static void same_about(const fsnn_events *a, const fsnn_events *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->sized, b->sized);
    assert_int_equal(a->cameras, b->cameras);
    assert_int_equal(a->disorder, b->disorder);
    assert_string_equal(a->format, b->format);
    for (int i = 0; i < FSNN_LEFT_OUT; i++) {
        assert_true(!a->left_out[i].what == !b->left_out[i].what);
        if (a->left_out[i].what)
            assert_string_equal(a->left_out[i].what, b->left_out[i].what);
        assert_int_equal(a->left_out[i].count, b->left_out[i].count);
        assert_int_equal(a->left_out[i].events, b->left_out[i].events);
    }
}

static void same_file(void)
{
    uint8_t *a = NULL, *b = NULL;
    size_t n, m;
    assert_int_equal(folder_has("a.npz"), folder_has("b.npz"));
    if (!folder_has("a.npz"))
        return;
    GOOD(fsnn_file_read(folder_path("a.npz"), &a, &n));
    GOOD(fsnn_file_read(folder_path("b.npz"), &b, &m));
    assert_int_equal(n, m);
    assert_memory_equal(a, b, n);
    fsnn_free(a), fsnn_free(b);
}

static void both_ways(const char *path)
{
    fsnn_events a = {0}, b = {0};
    folder_delete("a.npz"), folder_delete("b.npz");
    const fsnn_status status = whole(path, folder_path("a.npz"), &a);
    free(last_words);
    last_words = strdup(fsnn_error_text());
    assert_int_equal(fsnn_events_convert(path, FSNN_CAMERA_LEFT, folder_path("b.npz"), &b), status);
    if (status < 0) {
        assert_string_equal(fsnn_error_text(), last_words);
        assert_false(folder_has("b.npz"));
        return;
    }
    assert_null(b.event);
    same_about(&a, &b);
    same_file();
}

static void seeds(void **state)
{
    (void)state;
    DIR *dir = opendir("tests/fuzz/events");
    assert_non_null(dir);
    int count = 0;
    for (struct dirent *e; (e = readdir(dir)); count++) {
        char path[400];
        if (e->d_name[0] == '.')
            continue;
        CASE("%s", e->d_name);
        snprintf(path, sizeof path, "tests/fuzz/events/%s", e->d_name);
        both_ways(path);
    }
    closedir(dir);
    assert_true(count > 10);
}

/* ---- recordings of many pieces ---- */

enum { LONG = 90000 };
static uint8_t bytes[1 << 22];

static uint8_t *put_text(const char *text)
{
    return (uint8_t *)stpcpy((char *)bytes, text);
}

static uint32_t drawn(int i, uint32_t below)
{
    return fsnn_random_u32(3, 0, (uint64_t)i) % below;
}

static size_t evt2(void)
{
    uint8_t *p = put_text("% evt 2.0\n% geometry 2048x2048\n");
    for (int i = 0; i < LONG; i++) {
        uint32_t kind = drawn(i, 1000);
        p = bytes_put_le(p,
                         !(i % 10)     ? 8u << 28 | (uint32_t)(i / 10)
                         : kind == 999 ? 10u << 28
                         : kind == 998
                             ? 14u << 28
                             : kind % 2 << 28 | (uint32_t)(i % 10) << 22 | (kind * 2) << 11 | kind,
                         4);
    }
    return (size_t)(p - bytes);
}

static size_t evt21(void)
{
    uint8_t *p = put_text("% evt 2.1\n% end\n");
    for (int i = 0; i < LONG; i++)
        p = bytes_put_le(p,
                         !(i % 50) ? UINT64_C(8) << 60 | (uint64_t)(i / 50) << 32
                                   : (uint64_t)(i % 2) << 60 | (uint64_t)(i % 50) << 54 |
                                         (uint64_t)drawn(i, 1000) << 43 | drawn(~i, UINT32_MAX),
                         8);
    return (size_t)(p - bytes);
}

/* Vectors of 12 pixels in a row fill blocks fastest. */
static size_t evt3(void)
{
    uint8_t *p = put_text("% evt 3.0\n% format EVT3;height=720;width=1280\n% end\n");
    p = bytes_put_le(p, 8u << 12, 2);
    for (int i = 0; i < LONG; i++) {
        static const unsigned kind[] = {0, 3, 4, 4, 4, 4, 5, 4, 2, 10, 4, 4};
        unsigned k = kind[i % 12], bits = k == 4   ? 0xfff
                                          : k == 5 ? drawn(i, 256)
                                                   : drawn(i, k ? 1000 : 700);
        p = bytes_put_le(p, i % 1200 ? k << 12 | bits : 6u << 12 | (unsigned)(i / 1200), 2);
    }
    return (size_t)(p - bytes);
}

static size_t dat(void)
{
    uint8_t *p = put_text("% Version 2\n% Width 1280\n% Height 720\n");
    *p++ = 0, *p++ = 8;
    for (int i = 0; i < LONG; i++) {
        p = bytes_put_le(p, UINT32_MAX - LONG / 2 + (uint32_t)i, 4); /* times begin anew */
        p = bytes_put_le(p, drawn(i, 1280) | drawn(~i, 720) << 14 | (uint32_t)(i % 2) << 28, 4);
    }
    return (size_t)(p - bytes);
}

static const struct {
    const char *name;
    size_t (*make)(void);
} kinds[] = {{"a.raw", evt2}, {"b.raw", evt21}, {"c.raw", evt3}, {"d.dat", dat}};

static void long_ones(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(kinds); i++) {
        CASE("%s", kinds[i].name);
        const size_t size = kinds[i].make();
        assert_true(size < sizeof bytes);
        folder_write(kinds[i].name, bytes, size);
        both_ways(folder_path(kinds[i].name));
        assert_true(folder_has("b.npz"));
    }
}

/* An event far from the beginning that is out of order, off the sensor, or of a second camera; a
 * word that no file has. */
static void far_away(void **state)
{
    (void)state;
    size_t size = evt2();
    bytes_put_le(bytes + 31 + 4 * 80000, 8u << 28 | 3, 4); /* 80000 is a word of time */
    folder_write("a.raw", bytes, size);
    both_ways(folder_path("a.raw"));
    fsnn_events about;
    GOOD(fsnn_events_convert(folder_path("a.raw"), FSNN_CAMERA_LEFT, folder_path("b.npz"), &about));
    assert_true(about.disorder > 0);

    size = evt3();
    bytes_put_le(bytes + size - 60, 0x0800 | 5, 2);
    folder_write("c.raw", bytes, size);
    both_ways(folder_path("c.raw"));
    size = evt3();
    bytes_put_le(bytes + size - 60, 0x2000 | 1300, 2);
    folder_write("c.raw", bytes, size);
    both_ways(folder_path("c.raw"));
    CONTAINS(last_words, "but the sensor has 1280 columns");
    bytes_put_le(bytes + size - 60, 0x3000 | 2047, 2);
    bytes_put_le(bytes + size - 58, 0x4000 | 2, 2);
    folder_write("c.raw", bytes, size);
    both_ways(folder_path("c.raw"));
    CONTAINS(last_words, "right of column 2047");

    size = dat();
    bytes[size - 1] |= 0x70;
    folder_write("d.dat", bytes, size);
    both_ways(folder_path("d.dat"));
    CONTAINS(last_words, "has polarity");
    folder_write("d.dat", bytes, size - 3);
    both_ways(folder_path("d.dat"));
    CONTAINS(last_words, "the file is cut short");
}

/* More lines of text than are looked at first. */
static void long_header(void **state)
{
    (void)state;
    static uint8_t long_one[sizeof bytes + 100000];
    const size_t size = evt2();
    uint8_t *p = long_one;
    for (int i = 0; i < 5000; i++)
        p = (uint8_t *)stpcpy((char *)p, "% remark 12345\n");
    memcpy(p, bytes, size);
    folder_write("a.raw", long_one, (size_t)(p - long_one) + size);
    both_ways(folder_path("a.raw"));
    assert_true(folder_has("b.npz"));
    memcpy(long_one, "% evt 2.0\n% rem\n", 16);
    memcpy(long_one + 16, "% 12345678901\n", 14);
    folder_write("a.raw", long_one, (size_t)(p - long_one) + size);
    both_ways(folder_path("a.raw"));
    assert_true(folder_has("b.npz"));
}

/* One line that is longer than what is looked at first, its length a multiple of a word's: what is
 * within would be words without it. */
static void long_line(void **state)
{
    (void)state;
    static uint8_t long_one[sizeof bytes + 100000];
    const size_t size = evt2();
    memcpy(long_one, "% evt 2.0\n% ", 12);
    for (size_t length = 65000; length <= 66000; length += 4 * 31) {
        memset(long_one + 12, 'z', length);
        long_one[12 + length] = '\n';
        memcpy(long_one + 13 + length, bytes + 10, size - 10); /* without its "% evt 2.0" */
        folder_write("a.raw", long_one, 3 + length + size);
        both_ways(folder_path("a.raw"));
        assert_true(folder_has("b.npz"));
    }
}

static void try_bytes(const uint8_t *data, size_t size)
{
    folder_write("m.raw", data, size);
    both_ways(folder_path("m.raw"));
}

static int mutated(const uint8_t *data, size_t size)
{
    try_bytes(data, size);
    return 0;
}

static void damaged(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(kinds); i++) {
        CASE("%s", kinds[i].name);
        kinds[i].make();
        fuzz_times(mutated, bytes, 700, (uint64_t)i, 100);
    }
}

static void refuses(void **state)
{
    (void)state;
    fsnn_events about;
    const char *to = folder_path("b.npz");
    folder_delete("b.npz");
    REFUSED(fsnn_events_convert("nowhere.raw", FSNN_CAMERA_LEFT, to, &about), FSNN_EIO,
            "nowhere.raw: cannot be read");
    REFUSED(fsnn_events_convert(folder_path("a.raw"), FSNN_CAMERAS, to, &about), FSNN_EARGUMENT,
            "a camera");
    REFUSED(fsnn_events_convert(folder_path("a.raw"), FSNN_CAMERA_RIGHT, to, &about),
            FSNN_EARGUMENT, "events of one camera only");
    REFUSED(fsnn_events_convert(folder_path("a.raw"), FSNN_CAMERA_LEFT, "/nowhere/x.npz", &about),
            FSNN_EIO, "/nowhere/x.npz: cannot be written");
    assert_false(folder_has("b.npz"));
}

static int leave(void **state)
{
    free(last_words);
    return folder_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeds),       cmocka_unit_test(long_ones), cmocka_unit_test(far_away),
        cmocka_unit_test(long_header), cmocka_unit_test(long_line), cmocka_unit_test(damaged),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("data/events_convert", tests, folder_open, leave);
}
