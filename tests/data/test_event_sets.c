/* Sets of recordings: which files, their classes, cuts, and the cache. */
#include "data/files.h"

#include "data/events/event_files.h"
#include "data/sparse.h"
#include "data/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fsnn/events.h>

/* A recording of `n` events at (x, k mod 8), k milliseconds after the first. */
static void record(const char *name, int n, int x)
{
    uint8_t bytes[5 * 64];
    for (int k = 0; k < n; k++) {
        int t = 1000 * k + 500;
        uint8_t *p = bytes + 5 * k;
        p[0] = (uint8_t)x, p[1] = (uint8_t)(k % 8);
        p[2] = (uint8_t)((k % 2 ? 0x80 : 0) | t >> 16), p[3] = (uint8_t)(t >> 8), p[4] = (uint8_t)t;
    }
    folder_write(name, bytes, (size_t)(5 * n));
}

static void clear(const char *name)
{
    char command[700];
    snprintf(command, sizeof command, "rm -r %s", folder_path(name));
    assert_int_equal(system(command), 0);
}

static const fsnn_frames four = {.count = 4};

/* Opens and checks the classes, in order, and the number of events of each sample. */
static void check_set(const fsnn_event_files *files, const char *cache, int count, const int *label,
                      const int *events)
{
    fsnn_data *data;
    fsnn_data_info info;
    GOOD(fsnn_data_events(files, &four, cache, &data));
    fsnn_data_info_get(data, &info);
    assert_int_equal(info.count, count);
    assert_true(info.sequence);
    float *x = malloc((size_t)fsnn_shape_count(&info.shape) * sizeof *x);
    assert_non_null(x);
    for (int i = 0; i < count; i++) {
        int32_t y;
        double sum = 0;
        GOOD(fsnn_data_sample(data, i, x, &y));
        for (int64_t j = 0; j < fsnn_shape_count(&info.shape); j++)
            sum += x[j];
        assert_int_equal(y, label[i]);
        assert_int_equal(sum, events[i]);
    }
    free(x);
    fsnn_data_destroy(data);
}

static void make_folders(void)
{
    folder_make("set"), folder_make("set/2"), folder_make("set/10"), folder_make("set/3");
    record("set/10/a.bin", 3, 1);
    record("set/2/b.bin", 4, 2);
    record("set/2/a.bin", 5, 3);
    record("set/3/c.bs2", 6, 9);
    folder_write("set/3/notes.txt", "no recording", 12);
}

static void folders_are_classes(void **state)
{
    (void)state;
    make_folders();
    fsnn_event_files files = {.path = folder_path("set"), .first_class = 2};
    check_set(&files, NULL, 4, (int[]){0, 0, 1, 8}, (int[]){5, 4, 6, 3}); /* 2, 2, 3, 10 less 2 */
    files.first_class = 3;
    fsnn_data *data;
    REFUSED(fsnn_data_events(&files, &four, NULL, &data), FSNN_EFORMAT,
            "there is the class 2, but classes count from 3");
    files.first_class = 0;
    assert_int_equal(rename(folder_path("set/3"), folder_path("set/cat")), 0);
    check_set(&files, NULL, 4, (int[]){1, 1, 0, 2}, (int[]){5, 4, 3, 6}); /* "10" < "2" < "cat" */
    /* the sensor: what the events need, or what is said */
    fsnn_data_info info;
    GOOD(fsnn_data_events(&files, &four, NULL, &data));
    fsnn_data_info_get(data, &info);
    assert_true(fsnn_shape_equal(&info.shape, &FSNN_SHAPE(4, 2, 6, 10)));
    fsnn_data_destroy(data);
    files.sensor[0] = files.sensor[1] = 12;
    GOOD(fsnn_data_events(&files, &four, NULL, &data));
    fsnn_data_info_get(data, &info);
    assert_true(fsnn_shape_equal(&info.shape, &FSNN_SHAPE(4, 2, 12, 12)));
    fsnn_data_destroy(data);
    files.sensor[1] = 9;
    REFUSED(fsnn_data_events(&files, &four, NULL, &data), FSNN_EARGUMENT,
            "events up to row 5, column 9");
    clear("set");
}

static void lists_name_recordings(void **state)
{
    (void)state;
    make_folders();
    static const char text[] = "#sample #class\r\n10/a\t7\r\n2/b.bin 0 # so\n\n 3/c , 4 \n # end\n";
    folder_write("list.txt", text, sizeof text - 1);
    fsnn_event_files files = {.path = folder_path("set"), .list = folder_path("list.txt")};
    check_set(&files, NULL, 3, (int[]){7, 0, 4}, (int[]){3, 4, 6});
    fsnn_data *data;
    folder_write("list.txt", "2/b 1\n3/c\n", 10);
    REFUSED(fsnn_data_events(&files, &four, NULL, &data), FSNN_EFORMAT, "3/c.bs2 has no class");
    folder_write("list.txt", "2/b 1\n3/x 1\n", 12);
    REFUSED(fsnn_data_events(&files, &four, NULL, &data), FSNN_ENOTFOUND,
            "line 2: there is no recording \"3/x\"");
    folder_write("list.txt", "2/b 1\n3/c 4 5\n", 14);
    REFUSED(fsnn_data_events(&files, &four, NULL, &data), FSNN_EFORMAT,
            "line 2: \"5\" stands behind the name and the class \"4\"");
    folder_write("list.txt", "2/b 1\0\n", 8);
    REFUSED(fsnn_data_events(&files, &four, NULL, &data), FSNN_EFORMAT,
            "list.txt: byte 5 is 0: this is no plain text");
    folder_write("list.txt", "# nothing\n", 10);
    REFUSED(fsnn_data_events(&files, &four, NULL, &data), FSNN_ENOTFOUND, "holds no recordings");
    folder_delete("list.txt");
    clear("set");
}

static void patterns_hold_classes(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *name, *text; /* NULL: no match; "" none in it */
    } row[] = {
        {"*_{class}.bin", "a_b_c.bin", "b_c"},
        {"{class}-*", "left-2.npz", "left"},
        {"u{class}_*.aedat", "u07_x.aedat", "07"},
        {"*.bin", "a.bin", ""},
        {"*.bin", "a.bs2", NULL},
        {"{class}.bin", ".bin", NULL},
        {"a*b*{class}", "aXbYb", "Yb"},
        {"", "", ""},
        {"{class", "{class", ""},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        char *text;
        assert_int_equal(event_pattern_match(row[i].pattern, row[i].name, &text),
                         row[i].text != NULL);
        assert_string_equal(text ? text : "", row[i].text ? row[i].text : "");
        fsnn_free(text);
    }
    folder_make("set");
    record("set/1_up.bin", 3, 1), record("set/2_down.bin", 4, 1), record("set/other.bin", 5, 1);
    fsnn_event_files files = {.path = folder_path("set"), .pattern = "*_{class}.bin"};
    check_set(&files, NULL, 2, (int[]){1, 0}, (int[]){3, 4});
    files.pattern = "x*";
    fsnn_data *data;
    REFUSED(fsnn_data_events(&files, &four, NULL, &data), FSNN_ENOTFOUND, "named like \"x*\"");
    clear("set");
}

static void tables_cut(void **state)
{
    (void)state;
    static const char table[] =
        "class,startTime_usec,endTime_usec\r\n5,500,3500\r\n1,3501,9000\r\n";
    folder_make("set");
    record("set/u.bin", 20, 1), record("set/v.bin", 6, 1);
    folder_write("set/u_labels.csv", table, sizeof table - 1);
    folder_write("set/v_labels.csv", "2,0,100000", 10);
    folder_write("list.txt", "u.bin\nv.bin\n", 12);
    fsnn_event_files files = {.path = folder_path("set"),
                              .list = folder_path("list.txt"),
                              .cuts = "_labels.csv",
                              .first_class = 1};
    check_set(&files, NULL, 3, (int[]){4, 0, 1}, (int[]){3, 5, 6}); /* from <= t < to */
    files.list = NULL;
    check_set(&files, NULL, 3, (int[]){4, 0, 1}, (int[]){3, 5, 6});
    static const struct {
        const char *table, *words;
    } row[] = {
        {"1,5,5\n", "line 1: \"1,5,5\" ends before it begins"},
        {"1,0,5\n1;6;7\n", "line 2: found \"1;6;7\", expected CLASS,FROM,TO"},
        {"class,from,to\nclass,from,to\n", "line 2: found"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_data *data;
        folder_write("set/u_labels.csv", row[i].table, strlen(row[i].table));
        REFUSED(fsnn_data_events(&files, &four, NULL, &data), FSNN_EFORMAT, row[i].words);
    }
    fsnn_data *data;
    folder_delete("set/u_labels.csv");
    FAILS(fsnn_data_events(&files, &four, NULL, &data), FSNN_EIO);
    folder_delete("list.txt");
    clear("set");
}

/* ---- one numbering ---- */

static void make_parts(void)
{
    folder_make("tr"), folder_make("tr/cat"), folder_make("tr/dog");
    folder_make("te"), folder_make("te/ant"), folder_make("te/dog");
    record("tr/cat/1.bin", 3, 1), record("tr/dog/1.bin", 4, 1), record("te/dog/1.bin", 5, 1);
}

/* A test set by itself would number its only class 0. */
static void training_numbers_the_classes(void **state)
{
    (void)state;
    fsnn_data *data;
    fsnn_data_info info;
    make_parts();
    const fsnn_event_files training = {.path = folder_path("tr")};
    fsnn_event_files test = {.path = folder_path("te"), .training = &training};
    check_set(&test, NULL, 1, (int[]){1}, (int[]){5});
    GOOD(fsnn_data_events(&test, &four, NULL, &data));
    fsnn_data_info_get(data, &info);
    assert_int_equal(info.classes, 2);
    assert_string_equal(fsnn_data_class(data, 0), "cat");
    assert_string_equal(fsnn_data_class(data, 1), "dog");
    assert_null(fsnn_data_class(data, 2));
    assert_null(fsnn_data_class(data, -1));
    fsnn_data_destroy(data);
    record("te/ant/1.bin", 6, 1);
    REFUSED(fsnn_data_events(&test, &four, NULL, &data), FSNN_EFORMAT,
            "te: has samples of the class \"ant\", which the training set");
    CONTAINS(fsnn_error_text(), "tr lacks; its classes are cat, dog");
    assert_null(data);
    clear("tr"), clear("te");
}

/* Texts in names of files, and numbers beside words. */
static void patterns_are_numbered_alike(void **state)
{
    (void)state;
    fsnn_data *data;
    folder_make("tr"), folder_make("te");
    record("tr/a_x.bin", 3, 1), record("tr/b_x.bin", 4, 1), record("tr/c_x.bin", 5, 1);
    record("te/c_y.bin", 6, 1), record("te/b_y.bin", 7, 1);
    const fsnn_event_files training = {.path = folder_path("tr"), .pattern = "{class}_*.bin"};
    fsnn_event_files test = training;
    test.path = folder_path("te");
    test.training = &training;
    check_set(&test, NULL, 2, (int[]){1, 2}, (int[]){7, 6});
    /* numbers count by themselves, less first_class, in all parts */
    record("tr/10.bs2", 3, 1), record("tr/2.bs2", 4, 1), record("te/10.bs2", 5, 1);
    fsnn_event_files whole = {
        .path = folder_path("tr"), .pattern = "{class}.bs2", .first_class = 2};
    test = whole;
    test.path = folder_path("te");
    test.training = &whole;
    check_set(&test, NULL, 1, (int[]){8}, (int[]){5});
    GOOD(fsnn_data_events(&test, &four, NULL, &data));
    assert_string_equal(fsnn_data_class(data, 8), "10");
    assert_null(fsnn_data_class(data, 7));
    fsnn_data_destroy(data);
    record("te/3.bs2", 5, 1);
    REFUSED(fsnn_data_events(&test, &four, NULL, &data), FSNN_EFORMAT,
            "the class \"3\", which the training set");
    folder_delete("te/3.bs2");
    record("te/x.bs2", 5, 1);
    REFUSED(fsnn_data_events(&test, &four, NULL, &data), FSNN_EFORMAT, "the class \"x\"");
    clear("tr"), clear("te");
}

static void classes_from_one_on_are_warned_of(void **state)
{
    (void)state;
    fsnn_data *data;
    folder_make("set");
    record("set/1.bs2", 3, 1), record("set/2.bs2", 4, 1);
    fsnn_event_files files = {.path = folder_path("set"), .pattern = "{class}.bs2"};
    GOOD(fsnn_data_events(&files, &four, NULL, &data));
    CONTAINS(fsnn_data_warning(data, 0), "first_class: 1 numbers them from 0");
    assert_null(fsnn_data_warning(data, 1));
    fsnn_data_destroy(data);
    files.first_class = 1;
    GOOD(fsnn_data_events(&files, &four, NULL, &data));
    assert_null(fsnn_data_warning(data, 0));
    fsnn_data_destroy(data);
    clear("set");
}

/* A stereo pair: what belongs to the other camera is said, also by a cache. */
static void losses_are_warned_of(void **state)
{
    (void)state;
    static const char head[] = "#!AER-DAT2.0\r\n# AEChip: DVS128\r\n";
    uint8_t bytes[200];
    size_t size = sizeof head - 1;
    fsnn_data *data;
    memcpy(bytes, head, size);
    for (int i = 0; i < 5; i++) { /* one event, then four of the right camera */
        const uint8_t event[8] = {0, 0, i ? 0x80 : 0, 2, 0, 0, 0, (uint8_t)i};
        memcpy(bytes + size, event, sizeof event);
        size += sizeof event;
    }
    folder_make("set");
    folder_write("set/a.aedat", bytes, size);
    const fsnn_event_files files = {.path = folder_path("set")};
    for (int i = 0; i < 3; i++) {
        GOOD(fsnn_data_events(&files, &four, i ? folder_path("cache") : NULL, &data));
        CONTAINS(fsnn_data_warning(data, 0), "in 1 of 1 recordings more events are left out than "
                                             "are read: in all 4 events with bit 15");
        CONTAINS(fsnn_data_warning(data, 0), "; 1 are read");
        assert_null(fsnn_data_warning(data, 1));
        fsnn_data_destroy(data);
    }
    bytes[sizeof head - 1 + 2] = 0x80; /* none is left */
    folder_write("set/a.aedat", bytes, size);
    REFUSED(fsnn_data_events(&files, &four, NULL, &data), FSNN_EFORMAT,
            "a.aedat: no events are there that can be read, only 5 events with bit 15");
    clear("cache");
    clear("set");
}

/* ---- the cache ---- */

static int files_in(const char *name, char *last)
{
    int count = 0;
    DIR *d = opendir(folder_path(name));
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.') {
            snprintf(last, 128, "%s/%.100s", name, e->d_name);
            count++;
        }
    closedir(d);
    return count;
}

static void changes_one_byte(const char *name, long at)
{
    FILE *f = fopen(folder_path(name), "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    int c = fgetc(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    assert_int_not_equal(fputc(c ^ 0x40, f), EOF);
    assert_int_equal(fclose(f), 0);
}

static void cache_is_used_while_files_stay(void **state)
{
    (void)state;
    char file[128];
    const char *full = folder_path("set/2/a.bin");
    const char *cache = folder_path("cache");
    make_folders();
    fsnn_event_files files = {.path = folder_path("set")};
    const int label[] = {2, 2, 3, 10}, events[] = {5, 4, 6, 3};
    check_set(&files, cache, 4, label, events);
    assert_int_equal(files_in("cache", file), 1);
    /* it is read from there: recordings that cannot be read any more do not matter */
    struct stat before, after;
    assert_int_equal(stat(full, &before), 0);
    FILE *f = fopen(full, "r+b");
    assert_non_null(f);
    assert_int_not_equal(fputc(99, f), EOF); /* column 99, were it read */
    assert_int_equal(fclose(f), 0);
    const struct timespec times[2] = {before.st_atim, before.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, full, times, 0), 0);
    check_set(&files, cache, 4, label, events);
    fsnn_data *data;
    fsnn_data_info info;
    GOOD(fsnn_data_events(&files, &four, cache, &data));
    fsnn_data_info_get(data, &info);
    assert_int_equal(info.shape.dim[3], 10);
    fsnn_data_destroy(data);
    /* a cache that was cut or changed is written anew */
    full = folder_path(file);
    assert_int_equal(stat(full, &before), 0);
    assert_int_equal(truncate(full, before.st_size - 8), 0);
    check_set(&files, cache, 4, label, events);
    assert_int_equal(stat(full, &after), 0);
    assert_int_equal(after.st_size, before.st_size);
    const long places[] = {0, 9, 17, 30, 44, 60};
    for (int i = 0; i < FSNN_COUNT(places); i++) {
        changes_one_byte(file, places[i]);
        check_set(&files, cache, 4, label, events);
    }
    /* another time of change, another sensor: other files */
    assert_int_equal(
        utimensat(AT_FDCWD, folder_path("set/3/c.bs2"), (struct timespec[2]){{1, 0}, {1, 0}}, 0),
        0);
    check_set(&files, cache, 4, label, events);
    assert_int_equal(files_in("cache", file), 2);
    files.sensor[0] = files.sensor[1] = 100;
    check_set(&files, cache, 4, label, events);
    assert_int_equal(files_in("cache", file), 3);
    fsnn_frames other = {.by = FSNN_FRAMES_VOXEL, .count = 3, .crop = {6, 6}};
    GOOD(fsnn_data_events(&files, &other, cache, &data)); /* frames are made from the same events */
    fsnn_data_destroy(data);
    assert_int_equal(files_in("cache", file), 3);
    FAILS(fsnn_data_events(&files, &four, "/proc/nowhere", &data), FSNN_EIO);
    clear("cache");
    clear("set");
}

/* A file that is cut short or changed while it is in use is an error, no crash. */
static void cache_is_damaged_in_use(void **state)
{
    (void)state;
    char file[128];
    struct stat about;
    int32_t y;
    fsnn_data *data;
    fsnn_data_info info;
    make_folders();
    const fsnn_event_files files = {.path = folder_path("set")};
    GOOD(fsnn_data_events(&files, &four, folder_path("cache"), &data));
    fsnn_data_info_get(data, &info);
    float *x = malloc((size_t)fsnn_shape_count(&info.shape) * sizeof *x);
    assert_non_null(x);
    assert_int_equal(files_in("cache", file), 1);
    assert_int_equal(stat(folder_path(file), &about), 0);
    GOOD(fsnn_data_sample(data, 3, x, &y));
    changes_one_byte(file, about.st_size - 4);
    REFUSED(fsnn_data_sample(data, 3, x, &y), FSNN_EFORMAT,
            "the cache of events is damaged (sample 3");
    GOOD(fsnn_data_sample(data, 2, x, &y));
    changes_one_byte(file, about.st_size - 4);
    GOOD(fsnn_data_sample(data, 3, x, &y));
    /* one bit anywhere: the file is made anew or the sample is an error */
    const int count[4] = {5, 4, 6, 3}, class[4] = {2, 2, 3, 10};
    for (long at = 0; at < about.st_size; at++) {
        fsnn_data *again;
        bool refused = false;
        changes_one_byte(file, at);
        GOOD(fsnn_data_events(&files, &four, folder_path("cache"), &again));
        for (int i = 0; i < 4; i++) {
            double sum = 0;
            if (fsnn_data_sample(again, i, x, &y) < 0) {
                refused = true;
                continue;
            }
            for (int64_t j = 0; j < fsnn_shape_count(&info.shape); j++)
                sum += x[j];
            assert_true(sum == count[i] && y == class[i]);
        }
        fsnn_data_destroy(again);
        if (refused) /* otherwise it was written anew */
            changes_one_byte(file, at);
    }
    fsnn_data_destroy(data);
    GOOD(fsnn_data_events(&files, &four, folder_path("cache"), &data));
    assert_int_equal(truncate(folder_path(file), about.st_size - 8), 0);
    REFUSED(fsnn_data_sample(data, 3, x, &y), FSNN_EIO, "was cut short while it was in use");
    GOOD(fsnn_data_sample(data, 0, x, &y));
    assert_int_equal(truncate(folder_path(file), 0), 0);
    REFUSED(fsnn_data_sample(data, 0, x, &y), FSNN_EIO, "remove it, it is made anew");
    free(x);
    fsnn_data_destroy(data);
    clear("cache");
    clear("set");
}

static bool open_often(const fsnn_event_files *files)
{
    const char *cache = folder_path("cache");
    for (int i = 0; i < 20; i++) {
        fsnn_data *data;
        if (fsnn_data_events(files, &four, cache, &data) < 0)
            return false;
        fsnn_data_destroy(data);
    }
    return true;
}

/* Programs that begin at once: each gets its data. */
static void programs_share_a_cache(void **state)
{
    (void)state;
    char file[128];
    make_folders();
    fsnn_event_files files = {.path = folder_path("set")};
    pid_t child[4];
    for (int i = 0; i < 4; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (!child[i])
            _exit(open_often(&files) ? 0 : 1);
    }
    for (int i = 0; i < 4; i++) {
        int status;
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(files_in("cache", file), 1); /* and no temporary file is left */
    clear("cache");
    clear("set");
}

static void sensors_must_agree(void **state)
{
    (void)state;
    fsnn_data *data;
    folder_make("set");
    static const char *const names[] = {"davis.aedat", "dvs128.aedat"};
    for (int i = 0; i < 2; i++) {
        char from[256], to[128];
        uint8_t *bytes;
        size_t size;
        snprintf(from, sizeof from, "tests/fuzz/events/%s", names[i]);
        snprintf(to, sizeof to, "set/%.100s", names[i]);
        GOOD(fsnn_file_read(from, &bytes, &size));
        folder_write(to, bytes, size);
        fsnn_free(bytes);
    }
    fsnn_event_files files = {.path = folder_path("set")};
    REFUSED(fsnn_data_events(&files, &four, NULL, &data), FSNN_EFORMAT,
            "a set holds recordings of one sensor");
    files.path = folder_path("set/davis.aedat");
    files.sensor[0] = 128, files.sensor[1] = 346;
    REFUSED(fsnn_data_events(&files, &four, NULL, &data), FSNN_EARGUMENT,
            "260 rows and 346 columns, not 128 and 346");
    files.sensor[0] = 260;
    GOOD(fsnn_data_events(&files, &four, NULL, &data)); /* one recording, no class */
    fsnn_data_info info;
    fsnn_data_info_get(data, &info);
    assert_true(info.count == 1 && info.classes == 0);
    fsnn_data_destroy(data);
    clear("set");
}

/* A sample as lists: from its events, or, once values are shifted, from what comes out; and with
 * memory running out at every place. */
/* One window of all events: channels of the left camera, then those of the right one. */
static void cameras_are_channels(void **state)
{
    (void)state;
    enum { PIXELS = 128 * 128 };
    const fsnn_frames window = {.by = FSNN_FRAMES_WINDOW, .count = 1, .window = 10000000};
    static float x[FSNN_CAMERAS][4 * PIXELS];
    static const int count[] = {4, 2, 6};
    for (int with = 0; with < 3; with++) /* without a cache, one that is made, one that is there */
        for (int c = 0; c < FSNN_CAMERAS; c++) {
            CASE("camera %d, cache %d", c, with);
            fsnn_event_files files = {.path = "tests/fuzz/events/cameras.npz",
                                      .sensor = {128, 128},
                                      .camera = (fsnn_camera)c};
            fsnn_data *data;
            fsnn_data_info info;
            GOOD(fsnn_data_events(&files, &window, with ? folder_path("cameras") : NULL, &data));
            fsnn_data_info_get(data, &info);
            assert_int_equal(info.shape.dim[1], c == FSNN_CAMERA_BOTH ? 4 : 2);
            GOOD(fsnn_data_sample(data, 0, x[c], NULL));
            double sum = 0;
            for (int i = 0; i < (c == FSNN_CAMERA_BOTH ? 4 : 2) * PIXELS; i++)
                sum += (double)x[c][i];
            assert_true(sum == count[c]);
            fsnn_data_destroy(data);
        }
    assert_memory_equal(x[FSNN_CAMERA_BOTH], x[FSNN_CAMERA_LEFT], 2 * PIXELS * sizeof(float));
    assert_memory_equal(x[FSNN_CAMERA_BOTH] + 2 * PIXELS, x[FSNN_CAMERA_RIGHT],
                        2 * PIXELS * sizeof(float));
    fsnn_event_files files = {.path = "tests/fuzz/events/evt2.raw", .camera = FSNN_CAMERA_BOTH};
    fsnn_data *data;
    REFUSED(fsnn_data_events(&files, &window, NULL, &data), FSNN_EARGUMENT,
            "holds events of one camera only");
    files.camera = FSNN_CAMERAS;
    FAILS(fsnn_data_events(&files, &window, NULL, &data), FSNN_EARGUMENT);
    clear("cameras");
}

static void samples_are_listed(void **state)
{
    (void)state;
    fsnn_data *data;
    make_folders();
    fsnn_event_files files = {.path = folder_path("set")};
    fsnn_frames frames = {.by = FSNN_FRAMES_VOXEL, .count = 3};
    GOOD(fsnn_data_events(&files, &frames, NULL, &data));
    float *x = malloc((size_t)data->size * sizeof *x);
    assert_non_null(x);
    for (int round = 0; round < 2; round++) {
        sparse_rows rows = {0};
        fsnn_status status = FSNN_EMEMORY;
        for (int64_t n = 1; status != FSNN_OK; n++) {
            fsnn_alloc_fail_at(n);
            status = sparse_fetch(data, 1, NULL, &rows);
            fsnn_alloc_fail_at(0);
            assert_true(status == FSNN_OK || status == FSNN_EMEMORY);
            assert_true(n < 50);
        }
        assert_int_equal(rows.dense != NULL, round);
        GOOD(fsnn_data_sample(data, 1, x, NULL));
        int64_t at = 0, N = data->size / 3;
        for (int64_t i = 0; i < data->size; i++)
            if (x[i] != 0) {
                assert_true(rows.index[at] == i % N && rows.value[at] == x[i]);
                at++;
            }
        assert_int_equal(rows.start[3], at);
        assert_int_equal(at > 8, round);
        sparse_free(&rows);
        GOOD(fsnn_data_normalize(data, 0.5, 1));
    }
    free(x);
    fsnn_data_destroy(data);
    clear("set");
}

static void survives_failing_memory(void **state)
{
    (void)state;
    const char *cache = folder_path("cache");
    make_folders();
    fsnn_event_files files = {.path = folder_path("set")};
    for (int with = 0; with < 2; with++) {
        fsnn_data *data = NULL;
        for (int64_t n = 1; !data; n++) {
            fsnn_alloc_fail_at(n);
            fsnn_status status = fsnn_data_events(&files, &four, with ? cache : NULL, &data);
            fsnn_alloc_fail_at(0);
            assert_int_equal(status, data ? FSNN_OK : FSNN_EMEMORY);
            assert_true(n < 500);
        }
        fsnn_data_destroy(data);
    }
    clear("cache");
    clear("set");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_classes),
        cmocka_unit_test(lists_name_recordings),
        cmocka_unit_test(patterns_hold_classes),
        cmocka_unit_test(tables_cut),
        cmocka_unit_test(training_numbers_the_classes),
        cmocka_unit_test(patterns_are_numbered_alike),
        cmocka_unit_test(classes_from_one_on_are_warned_of),
        cmocka_unit_test(losses_are_warned_of),
        cmocka_unit_test(cache_is_damaged_in_use),
        cmocka_unit_test(cache_is_used_while_files_stay),
        cmocka_unit_test(programs_share_a_cache),
        cmocka_unit_test(sensors_must_agree),
        cmocka_unit_test(cameras_are_channels),
        cmocka_unit_test(samples_are_listed),
        cmocka_unit_test(survives_failing_memory),
    };
    return cmocka_run_group_tests_name("data/event_sets", tests, folder_open, folder_close);
}
