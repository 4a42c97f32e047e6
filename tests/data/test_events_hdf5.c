/* Recordings in HDF5, as programs write them (tests/fuzz/make_events_hdf5.py): what is read, what
 * is refused in which words, and damage, the same each run. */
#include "data/files.h"
#include "data/mutate.h"

#include <fsnn/events.h>

#define LLVMFuzzerTestOneInput fuzz_hdf5
#include "fuzz/fuzz_events_hdf5.c"
#undef LLVMFuzzerTestOneInput

/* What every file holds. */
static const fsnn_event recorded[] = {{10, 3, 4, 1, 0},    {12, 0, 0, 0, 0},
                                      {12, 127, 9, 1, 0},  {500, 64, 127, 0, 0},
                                      {70000, 5, 6, 1, 0}, {4000000, 33, 33, 0, 0}};
enum { RECORDED = 6 };

static const char *path_of(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "tests/fuzz/hdf5_events/%s.h5", name);
    return path;
}

static void same_events(const fsnn_events *e)
{
    assert_int_equal(e->count, RECORDED);
    for (int i = 0; i < RECORDED; i++) {
        assert_int_equal(e->event[i].t, recorded[i].t);
        assert_int_equal(e->event[i].x, recorded[i].x);
        assert_int_equal(e->event[i].y, recorded[i].y);
        assert_int_equal(e->event[i].p, recorded[i].p);
    }
}

static void programs(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int width, height; /* of the sensor; 0: not told */
        const char *left_out[3];
    } files[] = {
        {"dsec", 0, 0, {"t_offset", "ms_to_idx"}},
        {"utils", 240, 180, {NULL}},
        {"sized", 346, 260, {"other names"}},
        {"metavision", 1280, 720, {"other names"}},
        {"records", 0, 0, {"other names"}},
        {"v2e", 0, 0, {NULL}},
        {"root", 0, 0, {NULL}},
    };
    for (int f = 0; f < FSNN_COUNT(files); f++) {
        CASE("%s", files[f].name);
        fsnn_events e;
        assert_true(fsnn_events_known(path_of(files[f].name)));
        GOOD(fsnn_events_read(path_of(files[f].name), &e));
        assert_string_equal(e.format, "HDF5");
        same_events(&e);
        assert_int_equal(e.sized, files[f].width > 0);
        assert_int_equal(e.width, e.sized ? files[f].width : 128);
        assert_int_equal(e.height, e.sized ? files[f].height : 128);
        assert_int_equal(e.disorder, 0);
        for (int i = 0; i < 3 && files[f].left_out[i]; i++) {
            assert_non_null(e.left_out[i].what);
            CONTAINS(e.left_out[i].what, files[f].left_out[i]);
            assert_int_equal(e.left_out[i].count, 1);
        }
        assert_true(files[f].left_out[0] || !e.left_out[0].what);
        fsnn_events_free(&e);
    }
}

/* MVSEC: two cameras of one recording, the right one without its last event. */
static void two_cameras(void **state)
{
    (void)state;
    fsnn_events e;
    GOOD(fsnn_events_read(path_of("mvsec"), &e));
    same_events(&e);
    assert_string_equal(e.left_out[0].what, "events of the right camera");
    assert_int_equal(e.left_out[0].count, 5);
    fsnn_events_free(&e);
    GOOD(fsnn_events_read_camera(path_of("mvsec"), FSNN_CAMERA_BOTH, &e));
    assert_int_equal(e.count, 11);
    assert_int_equal(e.cameras, 2);
    assert_int_equal(e.disorder, 0); /* each is in order */
    int64_t late = 0;
    for (int64_t i = 0; i < e.count; i++)
        late += e.event[i].camera ? e.event[i].t - recorded[0].t : 0;
    assert_int_equal(late, 5 + 7 + 7 + 495 + 69995);
    fsnn_events_free(&e);
}

/* What gzip packed is unpacked for the library; another packed file is none. */
static void packed(void **state)
{
    (void)state;
    NEEDS("zlib");
    static uint8_t out[1 << 16];
    uint8_t *bytes;
    size_t size;
    fsnn_events e;
    GOOD(fsnn_file_read(path_of("dsec"), &bytes, &size));
    size_t n = files_gzip(bytes, size, out, sizeof out);
    folder_write("e.h5.gz", out, n);
    fsnn_free(bytes);
    assert_true(fsnn_events_known(folder_path("e.h5.gz")));
    GOOD(fsnn_events_read(folder_path("e.h5.gz"), &e));
    same_events(&e);
    assert_string_equal(e.format, "HDF5");
    fsnn_events_free(&e);
    folder_write("e.h5.gz", out, n - 9);
    REFUSED(fsnn_events_read(folder_path("e.h5.gz"), &e), FSNN_EFORMAT, "e.h5.gz: the gzip");
    n = files_gzip("\x89HDF\r\n\x1a\n and no more", 20, out, sizeof out);
    folder_write("e.h5.gz", out, n);
    REFUSED(fsnn_events_read(folder_path("e.h5.gz"), &e), FSNN_EFORMAT,
            "e.h5.gz: the HDF5 library cannot open it");
    n = files_gzip("1,2", 3, out, sizeof out);
    folder_write("e.h5.gz", out, n);
    assert_false(fsnn_events_known(folder_path("e.h5.gz")));
    folder_delete("e.h5.gz");
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        fsnn_status status;
        const char *words;
    } files[] = {
        {"ecf", FSNN_EUNSUPPORTED, "the filter 36559 (ECF, Prophesee's codec of events)"},
        {"lack", FSNN_EFORMAT, "/events has no data set p"},
        {"uneven", FSNN_EFORMAT, "p has 3 numbers, but x has 6"},
        {"huge", FSNN_EFORMAT, "has more values than the file can hold"},
        {"link", FSNN_EUNSUPPORTED, "events is a link to somewhere else"},
        {"wrong", FSNN_EFORMAT, "event 4 has x = -5"},
        {"nothing", FSNN_EFORMAT, "is an HDF5 file without events"},
    };
    for (int f = 0; f < FSNN_COUNT(files); f++) {
        CASE("%s", files[f].name);
        fsnn_events e;
        REFUSED(fsnn_events_read(path_of(files[f].name), &e), files[f].status, files[f].words);
        assert_null(e.event);
        assert_int_equal(fsnn_events_known(path_of(files[f].name)),
                         strcmp(files[f].name, "nothing") != 0);
    }
    assert_false(fsnn_events_known("tests/fuzz/hdf5/plain.h5")); /* spike trains */
}

/* ---- damage ---- */

static const char *const corpus[] = {"dsec", "utils", "metavision", "v2e", "root", "records"};

static void cuts(void **state)
{
    (void)state;
    enum { CUTS = 16 };
    for (int i = 0; i < FSNN_COUNT(corpus); i++) {
        CASE("%s", corpus[i]);
        uint8_t *bytes;
        size_t size;
        GOOD(fsnn_file_read(path_of(corpus[i]), &bytes, &size));
        for (size_t k = 1; k < CUTS; k++) {
            fuzz_hdf5(bytes, k * size / CUTS);
            assert_true(*fsnn_error_text()); /* a file that is cut is never good */
        }
        fsnn_free(bytes);
    }
}

static void changes(void **state)
{
    (void)state;
    enum { CHANGES = 40 };
    for (int i = 0; i < FSNN_COUNT(corpus); i++) {
        CASE("%s", corpus[i]);
        uint8_t *bytes;
        size_t size;
        GOOD(fsnn_file_read(path_of(corpus[i]), &bytes, &size));
        fuzz_times(fuzz_hdf5, bytes, size, (uint64_t)(50 + i), CHANGES);
        fsnn_free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs), cmocka_unit_test(two_cameras), cmocka_unit_test(packed),
        cmocka_unit_test(refused),  cmocka_unit_test(cuts),        cmocka_unit_test(changes),
    };
    return cmocka_run_group_tests_name("data/events_hdf5", tests, NULL, NULL);
}
