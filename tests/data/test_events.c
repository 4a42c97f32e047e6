/* Readers of recordings: files made up from the formats' descriptions (tests/fuzz/events), real
 * ones against numbers that a program of its own found (tests/golden/events.txt), and what is
 * wrong. */
#include "data/golden_events.h"

#include "data/events/events.h"

#include <unistd.h>

#ifdef FSNN_HAVE_LZ4
#include <lz4frame.h>
#endif
#ifdef FSNN_HAVE_ZSTD
#include <zstd.h>
#endif

/* What every file of tests/fuzz/events holds, but for what its format cannot say. */
static const fsnn_event recorded[] = {{10, 3, 4, 1, 0},    {12, 0, 0, 0, 0},
                                      {12, 127, 9, 1, 0},  {500, 64, 127, 0, 0},
                                      {70000, 5, 6, 1, 0}, {4000000, 33, 33, 0, 0}};
enum { RECORDED = 6 };

static fsnn_events read_recorded(const char *name)
{
    char path[256];
    fsnn_events e;
    snprintf(path, sizeof path, "tests/fuzz/events/%s", name);
    assert_true(fsnn_events_known(path));
    GOOD(fsnn_events_read(path, &e));
    return e;
}

static void same_event(const fsnn_event *e, int64_t t, const fsnn_event *like)
{
    assert_int_equal(e->t, t);
    assert_int_equal(e->x, like->x);
    assert_int_equal(e->y, like->y);
    assert_int_equal(e->p, like->p);
}

static void made_recordings(void **state)
{
    (void)state;
    static const struct {
        const char *name, *format;
        int width, height, repeats[2]; /* of the first four events, of the others */
        int64_t start;                 /* of the times */
        bool sized;
    } files[] = {
        {"bin.bin", "40-bit events", 128, 128, {1, 1}, 0, false},
        {"dvs128.aedat", "AEDAT 2.0", 128, 128, {1, 1}, 0, true},
        {"davis.aedat", "AEDAT 2.0", 346, 260, {1, 1}, 0, true},
        {"unnamed.aedat", "AEDAT 2.0", 346, 260, {1, 1}, 0, true},
        {"turn.aedat", "AEDAT 2.0", 128, 128, {1, 1}, (INT64_C(1) << 32) - 100, true},
        {"packets.aedat", "AEDAT 3.1", 128, 128, {1, 1}, 0, true},
        {"plain.aedat4", "AEDAT 4.0", 346, 260, {1, 1}, 0, true},
#ifdef FSNN_HAVE_LZ4
        {"lz4.aedat4", "AEDAT 4.0", 346, 260, {1, 1}, 0, true},
#endif
#ifdef FSNN_HAVE_ZSTD
        {"zstd.aedat4", "AEDAT 4.0", 346, 260, {8, 10}, 0, true},
#endif
        {"arrays.npz", "NPZ", 128, 128, {1, 1}, 0, false},
        {"names.npz", "NPZ", 128, 128, {1, 1}, 0, false},
        {"records.npz", "NPZ", 304, 240, {1, 1}, 0, true},
        {"records.npy", "NPY", 128, 128, {1, 1}, 0, false},
        {"odd.npy", "NPY", 128, 128, {1, 1}, 0, false},
        {"evt2.raw", "EVT 2.0", 128, 128, {1, 1}, 0, false},
        {"turn2.raw", "EVT 2.0", 128, 128, {1, 1}, (INT64_C(1) << 34) - 100, false},
        {"evt21.raw", "EVT 2.1", 640, 480, {1, 1}, 0, true},
        {"legacy21.raw", "EVT 2.1", 1280, 720, {1, 1}, (INT64_C(1) << 34) - 100, true},
        {"evt3.raw", "EVT 3.0", 1280, 720, {1, 1}, 0, true},
        {"turn3.raw", "EVT 3.0", 128, 128, {1, 1}, (INT64_C(1) << 24) - 100, false},
        {"events.dat", "DAT", 304, 240, {1, 1}, 0, true},
        {"turn.dat", "DAT", 304, 240, {1, 1}, (INT64_C(1) << 32) - 100, true},
        {"version1.dat", "DAT", 128, 128, {1, 1}, 0, false},
        {"unnumbered.dat", "DAT", 128, 128, {1, 1}, 0, false},
        {"lines.dat", "DAT", 304, 240, {1, 1}, 0, true},
        {"dvs.es", "Event Stream", 346, 260, {1, 0}, 0, true},
        {"atis.es", "Event Stream", 304, 240, {1, 0}, 0, true},
    };
    for (int f = 0; f < FSNN_COUNT(files); f++) {
        CASE("files[%d]", f);
        fsnn_events e = read_recorded(files[f].name);
        assert_string_equal(e.format, files[f].format);
        assert_int_equal(e.width, files[f].width);
        assert_int_equal(e.height, files[f].height);
        assert_int_equal(e.sized, files[f].sized);
        const int *r = files[f].repeats;
        assert_int_equal(e.count, 4 * r[0] + 2 * r[1]);
        for (int64_t i = 0; i < e.count && r[0] == 1; i++)
            same_event(&e.event[i], recorded[i].t + files[f].start, &recorded[i]);
        for (int64_t i = 1; i < e.count; i++) /* ordered, whatever the file repeats */
            assert_true(e.event[i - 1].t <= e.event[i].t);
        assert_int_equal(e.disorder > 0, r[0] > 1);
        fsnn_events_free(&e);
    }
    /* events of row 240 are marks: the times after them are 2 x 8192 later */
    fsnn_events e = read_recorded("overflow.bin");
    assert_int_equal(e.count, RECORDED);
    for (int i = 0; i < RECORDED; i++)
        same_event(&e.event[i], recorded[i].t + (i < 3 ? 0 : 16384), &recorded[i]);
    fsnn_events_free(&e);
}

static void big(uint8_t *to, uint32_t x)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(x >> 8 * (3 - i));
}

static void little(uint8_t *to, uint32_t x)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(x >> 8 * i);
}

/* Addresses by hand: what jAER makes of them. The header's end is not marked, and the address
 * 0x2300a800 begins with '#'. */
static void addresses(void **state)
{
    (void)state;
    static const struct {
        const char *chip;
        uint32_t address;
        int x, y, p, width;
    } row[] = {
        {"", 2 << 8 | 5 << 1 | 0, 127 - 5, 127 - 2, 1, 128},
        {"", 2 << 8 | 5 << 1 | 1, 127 - 5, 127 - 2, 0, 128},
        {"# AEChip: ch.unizh.ini.jaer.chip.retina.Tmpdiff128\r\n", 127 << 1, 0, 127, 1, 128},
        {"# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C\r\n", 0x2300a800, 239 - 10, 179 - 140, 1,
         240},
        {"# AEChip: eu.seebetter.ini.chips.sbret10.SBret10\r\n", 0x2300a000, 239 - 10, 179 - 140, 0,
         240},
        {"# AEChip: eu.seebetter.ini.chips.davis.Davis346B\r\n", 345 << 12, 0, 259, 0, 346},
        {"# no chip is named\r\n", 239 << 12, 0, 179, 0, 240},
        {"# no chip is named\r\n", 259U << 22 | 1 << 11, 345, 0, 1, 346},
        {"# no chip is named\r\n", 346 << 12, 640 - 347, 479, 0, 640},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        uint8_t file[256];
        fsnn_events e;
        size_t n = (size_t)sprintf((char *)file, "#!AER-DAT2.0\r\n%s", row[i].chip);
        for (uint32_t k = 0; k < 2; k++, n += 8) {
            big(file + n, row[i].address);
            big(file + n + 4, 7 + k);
        }
        GOOD(events_parse("hand.aedat", file, n, &e));
        assert_int_equal(e.count, 2);
        assert_int_equal(e.width, row[i].width);
        for (int k = 0; k < 2; k++)
            assert_true(e.event[k].x == row[i].x && e.event[k].y == row[i].y &&
                        e.event[k].p == row[i].p && e.event[k].t == 7 + k);
        fsnn_events_free(&e);
    }
}

/* A packet with room for three events of which two are there, its times overflown twice, between
 * the words of a source that was and packets of other kinds. */
static void packets(void **state)
{
    (void)state;
    static const char head[] =
        "#!AER-DAT3.1\r\n#Format: RAW\r\n#-Source 0: DVS128\r\n#Source 1: DAVIS240C\r\n"
        "#Start-Time: 2016-05-01 10:00:00 (TZ+0200)\r\n#!END-HEADER\r\n";
    static const uint32_t field[][8] = {
        {0, 8, 4, 2, 1, 1, 1}, {1, 8, 4, 2, 3, 2, 2}, {2, 40, 8, 2, 1, 1, 1}};
    static const uint32_t event[][2] = {{239U << 17 | 179 << 2 | 1 << 1 | 1, 0x7fffffff},
                                        {3 << 17 | 4 << 2 | 1, 9}};
    uint8_t file[512] = {0};
    size_t n = sizeof head - 1;
    fsnn_events e;
    memcpy(file, head, n);
    for (int p = 0; p < 3; p++) {
        little(file + n, field[p][0] | 1 << 16); /* of source 1 */
        for (int k = 1; k < 7; k++)
            little(file + n + 4 * k, field[p][k]);
        for (int k = 0; k < 2 && p == 1; k++) {
            little(file + n + 28 + 8 * k, event[k][0]);
            little(file + n + 32 + 8 * k, event[k][1]);
        }
        n += 28 + field[p][1] * field[p][4];
    }
    GOOD(events_parse("hand.aedat", file, n, &e));
    assert_int_equal(e.count, 2);
    assert_true(e.width == 240 && e.height == 180);
    const fsnn_event first = {0, 3, 4, 0, 0}, last = {0, 239, 179, 1, 0}; /* in order of time */
    same_event(&e.event[0], (INT64_C(2) << 31) + 9, &first);
    same_event(&e.event[1], (INT64_C(2) << 31) + 0x7fffffff, &last);
    fsnn_events_free(&e);
}

static void golden_recordings(void **state)
{
    (void)state;
    char line[512], name[128], path[512];
    fsnn_events e;
    int numbers, read = 0, missing = 0;
    FILE *file = fopen("tests/golden/events.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        assert_int_equal(sscanf(line, "%127s %n", name, &numbers), 1);
        snprintf(path, sizeof path, "%s/%s", files_data(), name);
#ifndef FSNN_HAVE_LZ4
        if (strstr(name, ".aedat4"))
            continue;
#endif
        if (access(path, R_OK) != 0) {
            missing++;
            continue;
        }
        GOOD(fsnn_events_read(path, &e));
        golden_check(&e, line + numbers);
        fsnn_events_free(&e);
        read++;
    }
    fclose(file);
    if (missing)
        print_message("%d of %d real recordings are not below FSNN_DATA (%s): not compared\n",
                      missing, missing + read, files_data());
    if (!read)
        skip();
}

/* ---- damage ---- */

/* What stands behind the text, found for the `nth` time from 0. */
static long find_text(const uint8_t *bytes, size_t size, const char *text, int nth)
{
    const uint8_t *at = bytes;
    for (int i = 0; i <= nth; i++) {
        at = memmem(at, size - (size_t)(at - bytes), text, strlen(text));
        assert_non_null(at);
        at += strlen(text);
    }
    return at - bytes;
}

static void fails_with(const char *name, const uint8_t *bytes, size_t size, const char *words)
{
    fsnn_events e;
    uint8_t *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    if (events_parse(name, exact, size, &e) == FSNN_OK)
        fail_msg("%s is read, but should fail with \"%s\"", name, words);
    REFUSED(events_parse(name, exact, size, &e), FSNN_EFORMAT, words);
    CONTAINS(fsnn_error_text(), name);
    assert_null(e.event);
    free(exact);
}

static void damaged_recordings(void **state)
{
    (void)state;
    static const struct {
        const char *name, *from; /* offsets count from behind this text; "" from 0 */
        long cut, at;            /* bytes kept; byte changed; negative: neither */
        uint8_t byte;
        const char *words;
        int nth; /* of the places where the text stands */
    } row[] = {
        {"bin.bin", "", 28, -1, 0, "the event at offset 25 ends after 3 of its 5 bytes", 0},
        {"dvs128.aedat", "edit\r\n", 13, -1, 0, "ends after 5 of its 8 bytes", 0},
        {"dvs128.aedat", "edit\r\n", -1, 1, 1, "is none of a DVS128, 128 columns and 128 rows", 0},
        {"davis.aedat", "blue\r\n", -1, 0, 0x7f, "is none of a DAVIS346, 346 columns and 260 rows",
         0},
        {"dvs128.aedat", "#!AER-DAT2.0", 0, -1, 0, "header line at offset 0 has no end", 0},
        {"packets.aedat", "#Format: ", 2, -1, 0, "expected a header line up to #!END-HEADER", 0},
        {"packets.aedat", "END-HEADER\r\n", 20, -1, 0,
         "ends after 20 of the 28 bytes of its header", 0},
        {"packets.aedat", "END-HEADER\r\n", 40, -1, 0,
         "claims 4 events of 8 bytes, but only 12 bytes", 0},
        {"packets.aedat", "END-HEADER\r\n", -1, 4, 7, "holds polarity events of 7 bytes", 0},
        {"packets.aedat", "END-HEADER\r\n", -1, 7, 0x80, "the file is damaged", 0},
        {"packets.aedat", "END-HEADER\r\n", -1, 20, 5, "claims 5 of 4 events", 0},
        {"packets.aedat", "END-HEADER\r\n", -1, 35, 0x80, "times are not negative", 0},
        {"packets.aedat", "END-HEADER\r\n", -1, 31, 0xff, "the sensor has 128 columns and 128 rows",
         0},
        {"plain.aedat4", "DAT4.0\r\n", 2, -1, 0, "the header does not end within the file", 0},
        {"plain.aedat4", "DAT4.0\r\n", -1, 2, 9, "the header does not end within the file", 0},
        {"plain.aedat4", "IOHE", -1, -1, 'X', "expected a header marked IOHE", 0},
        {"plain.aedat4", "IOHE", -1, 5, 99, "table does not fit into it", 0},
        {"plain.aedat4", "EVTS", -1, -1, 0, "expected a packet marked EVTS", 2},
        {"plain.aedat4", "EVTS", -1, -13, 99, "bytes, but only", 1},
        {"plain.aedat4", "EVTS", -1, 24, 99, "the events of the packet do not fit into it", 1},
        {"arrays.npz", "", 400, -1, 0, "arrays.npz", 0},
        {"records.npy", "", 204, -1, 0, "need 78 bytes, but 76 are there", 0},
        {"records.npy", "'x', '<", -1, 0, 'q', "values of no known type", 0},
        {"records.npy", "'x', '<", -1, -6, '7', "has no array x", 0},
        {"records.npy", "('p', '|b1'", -1, 0, '[', "a field does not end", 0},
        {"records.npy", "'p', '|b1')", -1, 0, 'x', "no comma between two fields", 0},
        {"odd.npy", "'word", -1, -5, ' ', "a field has no proper name", 0},
        {"odd.npy", "'<i2', (2,)", -1, -3, 'x', "the shape of a field is none", 0},
        {"evt2.raw", "evt 2.0\n", 7, -1, 0, "the word at offset 64 ends after 3 of its 4 bytes", 0},
        {"evt21.raw", "480\n", 17, -1, 0, "ends after 1 of its 8 bytes", 0},
        {"evt21.raw", "geometry ", -1, 0, 'x', "the header tells no size of a sensor", 0},
        {"evt21.raw", "640x", -1, 0, '-', "expected a width and a height of 1 to 16384", 0},
        {"evt3.raw", "% end\n", 5, -1, 0, "ends after 1 of its 2 bytes", 0},
        {"evt3.raw", "width=", -1, 1, ';', "the sensor has 1 columns and 720 rows", 0},
        {"events.dat", "Width 304\n", 1, -1, 0, "where the kind and the size of events", 0},
        {"events.dat", "Width 304\n", 9, -1, 0, "ends after 7 of its 8 bytes", 0},
        {"events.dat", "Width 304\n", -1, 1, 9, "events of 9 bytes, expected 8", 0},
        {"events.dat", "Width 304\n", -1, 9, 0x20, "has polarity 2, expected 0 or 1", 0},
        {"events.dat", "Width 304\n", -1, 8, 0xff, "the sensor has 304 columns and 240 rows", 0},
        {"dvs.es", "Event Stream", 1, -1, 0, "what begins at offset 0 does not end", 0},
        {"dvs.es", "Event Stream", 6, -1, 0, "what begins at offset 16 does not end", 0},
        {"dvs.es", "Event Stream", 11, -1, 0, "what begins at offset 21 does not end", 0},
        {"dvs.es", "Event Stream", -1, 3, 9, "events of type 9, which there are none of", 0},
        {"dvs.es", "Event Stream", -1, 5, 0x90, "a sensor of 36954 columns and 260 rows", 0},
        {"dvs.es", "Event Stream", -1, 11, 9, "the sensor has 346 columns and 260 rows", 0},
        {"atis.es", "Event Stream", 12, -1, 0, "what begins at offset 21 does not end", 0},
        {"atis.es", "Event Stream", -1, 11, 9, "the sensor has 304 columns and 240 rows", 0},
        {"color.es", "Event Stream", 14, -1, 0, "what begins at offset 22 does not end", 0},
        {"color.es", "Event Stream", -1, 12, 9, "the sensor has 304 columns and 240 rows", 0},
        {"version1.dat", "Version 1\r\n", 9, -1, 0, "ends after 7 of its 8 bytes", 0},
        {"version1.dat", "Version 1\r\n", -1, 1, 16, "events of 16 bytes, expected 8", 0},
        {"generic.es", "Event Stream", 9, -1, 0, "what begins at offset 18 does not end", 0},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        char path[256];
        uint8_t *bytes;
        size_t size;
        snprintf(path, sizeof path, "tests/fuzz/events/%s", row[i].name);
        GOOD(fsnn_file_read(path, &bytes, &size));
        long from = find_text(bytes, size, row[i].from, row[i].nth);
        if (row[i].cut >= 0)
            size = (size_t)(from + row[i].cut);
        else
            bytes[from + row[i].at] = row[i].byte;
        fails_with(row[i].name, bytes, size, row[i].words);
        fsnn_free(bytes);
    }
}

/* Whatever the length a file is cut to, there is an error or fewer events, never another event. */
static void cut_anywhere(void **state)
{
    (void)state;
    static const char *const names[] = {
        "bin.bin",    "dvs128.aedat", "davis.aedat", "packets.aedat", "plain.aedat4",
        "arrays.npz", "evt2.raw",     "evt21.raw",   "evt3.raw",      "events.dat",
        "dvs.es",     "atis.es",      "version1.dat"};
    for (int f = 0; f < FSNN_COUNT(names); f++) {
        CASE("names[%d]", f);
        char path[256];
        uint8_t *bytes;
        size_t size;
        snprintf(path, sizeof path, "tests/fuzz/events/%s", names[f]);
        GOOD(fsnn_file_read(path, &bytes, &size));
        for (size_t n = 0; n < size; n++) {
            fsnn_events e;
            uint8_t *exact = malloc(n ? n : 1);
            assert_non_null(exact);
            memcpy(exact, bytes, n);
            fsnn_status status = events_parse(names[f], exact, n, &e);
            assert_true(status == FSNN_OK || status == FSNN_EFORMAT || status == FSNN_EUNSUPPORTED);
            for (int64_t i = 0; i < e.count; i++)
                same_event(&e.event[i], recorded[i].t, &recorded[i]);
            assert_true(e.count <= RECORDED);
            fsnn_events_free(&e);
            free(exact);
        }
        fsnn_free(bytes);
    }
}

static void other_files(void **state)
{
    (void)state;
    fsnn_events e;
    const char *path = folder_path("notes.txt");
    folder_write("notes.txt", "no events", 9);
    REFUSED(fsnn_events_read(path, &e), FSNN_EFORMAT,
            "begins with the text \"no events\": it is not a recording of events");
    assert_false(fsnn_events_known(path));
    folder_delete("notes.txt");
    FAILS(fsnn_events_read(path, &e), FSNN_EIO);
    FAILS(fsnn_events_read(NULL, &e), FSNN_EARGUMENT);
    static const char chip[] = "#!AER-DAT2.0\r\n# AEChip: ch.uzh.Cochlea\r\n";
    REFUSED(events_parse("c.aedat", (const uint8_t *)chip, sizeof chip - 1, &e), FSNN_EUNSUPPORTED,
            "Cochlea");
    REFUSED(events_parse("e.bin", (const uint8_t *)"", 0, &e), FSNN_EFORMAT,
            "e.bin: is empty (0 bytes)");
    /* no events at all are a recording too: here a mark of later times alone */
    GOOD(events_parse("e.bin", (const uint8_t[]){0, 240, 0, 0, 0}, 5, &e));
    assert_int_equal(e.count, 0);
    fsnn_events_free(&e);
    fsnn_arrays list = {0};
    assert_non_null(fsnn_arrays_add(&list, "x", FSNN_F32, &FSNN_SHAPE(3)));
    path = folder_path("x.npz");
    GOOD(fsnn_npz_write(path, &list));
    fsnn_arrays_free(&list);
    assert_false(fsnn_events_known(path));
    REFUSED(fsnn_events_read(path, &e), FSNN_EFORMAT, "has no array y");
    folder_delete("x.npz");
    /* records that are cut short are told as such */
    uint8_t *bytes;
    size_t size;
    path = folder_path("cut.npy");
    GOOD(fsnn_file_read("tests/fuzz/events/records.npy", &bytes, &size));
    folder_write("cut.npy", bytes, size - 1);
    fsnn_free(bytes);
    assert_true(fsnn_events_known(path));
    folder_delete("cut.npy");
}

static void check_left_out(const char *path, const char *what, int64_t count, bool events)
{
    fsnn_events e;
    int i = 0;
    CASE("%s", path);
    GOOD(fsnn_events_read(path, &e));
    while (i < FSNN_LEFT_OUT - 1 && e.left_out[i].what && !strstr(e.left_out[i].what, what))
        i++;
    assert_non_null(e.left_out[i].what);
    CONTAINS(e.left_out[i].what, what);
    assert_int_equal(e.left_out[i].count, count);
    assert_int_equal(e.left_out[i].events, events);
    fsnn_events_free(&e);
}

/* Nothing vanishes: what is no event of the pixels is counted. */
static void what_is_left_out_is_counted(void **state)
{
    (void)state;
    static const struct {
        const char *name, *what;
        int64_t count;
        bool events;
    } made_up[] =
        {
            {"dvs128.aedat", "bit 15", 1, true},
            {"davis.aedat", "APS, IMU", 1, false},
            {"packets.aedat", "not valid", 1, false},
            {"packets.aedat", "special events", 1, false},
            {"streams.aedat4", "pictures (FRME)", 2, false},
            {"streams.aedat4", "events of the second stream", 4, true},
            {"streams.aedat4", "IMUS", 2, false},
            {"streams.aedat4", "packets of other kinds", 2, false},
            {"streams.aedat4", "TRIG", 1, false},
            {"evt2.raw", "before the first word of time", 1, true},
            {"evt2.raw", "triggers", 1, false},
            {"evt2.raw", "messages", 2, false},
            {"evt2.raw", "reserved", 1, false},
            {"evt21.raw", "before the first word of time", 2, true},
            {"evt21.raw", "triggers", 1, false},
            {"legacy21.raw", "messages", 2, false},
            {"legacy21.raw", "reserved", 1, false},
            {"evt3.raw", "before the first word of time", 1, true},
            {"evt3.raw", "second camera", 1, true},
            {"evt3.raw", "triggers", 1, false},
            {"evt3.raw", "messages", 3, false},
            {"evt3.raw", "reserved", 1, false},
            {"generic.es", "without a pixel", 3, true},
            {"records.npz", "arrays of other names", 1, false},
            {"names.npz", "arrays of other names", 1, false},
            {"odd.npy", "fields of other names", 2, false},
            {"atis.es", "threshold crossings", 4, false},
            {"color.es", "color events", 4, true},
        },
      real[] = {
          {"aedat2-dvs128-jaer/Tmpdiff128StereoPair-2014-10-21T18-18-47+0200-0.aedat", "bit 15",
           30037, true},
          {"aedat2-dvs128-jaer/Tmpdiff128StereoPair-2015-01-15T13-14-35+0100-0-JustR.aedat",
           "bit 15", 566, true},
          {"aedat4-davis346/davis.aedat4", "TRIG", 11, false},
          {"aedat4-davis346/davis.aedat4", "IMUS", 13, false},
          {"aedat4-davis346/davis.aedat4", "FRME", 3, false},
          {"evt-dat-es/generic.es", "without a pixel", 70, true},
      };
    char path[512];
    for (int i = 0; i < FSNN_COUNT(made_up); i++) {
        snprintf(path, sizeof path, "tests/fuzz/events/%s", made_up[i].name);
        check_left_out(path, made_up[i].what, made_up[i].count, made_up[i].events);
    }
    for (int i = 0; i < FSNN_COUNT(real); i++) {
        snprintf(path, sizeof path, "%s/field/%s", files_data(), real[i].name);
        if (strstr(real[i].name, ".aedat4"))
            NEEDS("LZ4");
        if (access(path, R_OK) != 0)
            skip();
        check_left_out(path, real[i].what, real[i].count, real[i].events);
    }
}

/* Of two cameras: one, the other, both in order of time; what is not asked for is counted. */
static void two_cameras(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool real;
        int64_t left, right;
    } files[] = {
        {"dvs128.aedat", false, RECORDED, 1},
        {"evt3.raw", false, RECORDED, 1},
        {"cameras.npz", false, 4, 2},
        {"streams.aedat4", false, RECORDED, 4},
        {"stereo.aedat4", false, 4, RECORDED},
        {"field/aedat2-dvs128-jaer/Tmpdiff128StereoPair-2014-10-21T18-18-47+0200-0.aedat", true,
         4217, 30037},
        {"field/aedat2-dvs128-jaer/Tmpdiff128StereoPair-2015-01-15T13-14-35+0100-0-JustR.aedat",
         true, 27948, 566},
    };
    for (int f = 0; f < FSNN_COUNT(files); f++) {
        CASE("%s", files[f].name);
        char path[512];
        fsnn_events e;
        snprintf(path, sizeof path, "%s/%s", files[f].real ? files_data() : "tests/fuzz/events",
                 files[f].name);
        if (access(path, R_OK) != 0)
            continue;
        const int64_t count[] = {files[f].left, files[f].right, files[f].left + files[f].right};
        for (int c = 0; c < FSNN_CAMERAS; c++) {
            int64_t second = 0, others = 0;
            GOOD(fsnn_events_read_camera(path, (fsnn_camera)c, &e));
            assert_int_equal(e.count, count[c]);
            assert_int_equal(e.cameras, c == FSNN_CAMERA_BOTH ? 2 : 1);
            for (int64_t i = 0; i < e.count; i++) {
                second += e.event[i].camera;
                assert_true(!i || e.event[i - 1].t <= e.event[i].t);
            }
            assert_int_equal(second, c == FSNN_CAMERA_BOTH ? count[FSNN_CAMERA_RIGHT] : 0);
            for (int i = 0; i < FSNN_LEFT_OUT; i++)
                others +=
                    e.left_out[i].events && !strstr(e.left_out[i].what ? e.left_out[i].what : "",
                                                    "before the first word")
                        ? e.left_out[i].count
                        : 0;
            assert_int_equal(others, c == FSNN_CAMERA_BOTH ? 0 : count[1 - c]);
            fsnn_events_free(&e);
        }
    }
    fsnn_events e;
    REFUSED(fsnn_events_read_camera("tests/fuzz/events/evt2.raw", FSNN_CAMERA_RIGHT, &e),
            FSNN_EARGUMENT, "holds events of one camera only");
    FAILS(fsnn_events_read_camera("tests/fuzz/events/evt2.raw", FSNN_CAMERAS, &e), FSNN_EARGUMENT);
}

/* AEDAT 4.0: the header names the cameras; where it does not, their numbers do. A third stream, or
 * one of another sensor, is counted. */
static void streams_as_cameras(void **state)
{
    (void)state;
    static const char unnamed[] = "tests/fuzz/events/unnamed_stereo.aedat4",
                      sensors[] = "tests/fuzz/events/two_sensors.aedat4";
    fsnn_events e;
    check_left_out(unnamed, "events of the second stream", RECORDED, true);
    check_left_out(unnamed, "events of another stream", 2, true);
    GOOD(fsnn_events_read_camera(unnamed, FSNN_CAMERA_LEFT, &e));
    assert_int_equal(e.count, 4);
    fsnn_events_free(&e);
    check_left_out(sensors, "events of another stream", 4, true);
    GOOD(fsnn_events_read(sensors, &e));
    assert_true(e.count == RECORDED && e.width == 346 && e.height == 260);
    fsnn_events_free(&e);
    REFUSED(fsnn_events_read_camera(sensors, FSNN_CAMERA_RIGHT, &e), FSNN_EARGUMENT,
            "holds events of one camera only");
}

/* More kinds than there are places for: none is lost. */
static void many_kinds(void **state)
{
    (void)state;
    static const char *const what[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    fsnn_events e = {0};
    int64_t sum = 0;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < FSNN_COUNT(what); i++)
            events_leave_out(&e, what[i], i == 9, i + 1);
    events_leave_out(&e, "nothing", true, 0);
    for (int i = 0; i < FSNN_LEFT_OUT; i++)
        sum += e.left_out[i].count;
    assert_int_equal(sum, 110);
    assert_string_equal(e.left_out[1].what, "b");
    assert_int_equal(e.left_out[1].count, 4);
    CONTAINS(e.left_out[FSNN_LEFT_OUT - 1].what, "several other kinds");
    assert_true(e.left_out[FSNN_LEFT_OUT - 1].events);
}

static void wrong_numbers_in_arrays(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double value;
        const char *words;
    } row[] = {
        {"x", -1, "event 2 has x = -1"},
        {"y", 40000, "event 2 has y = 40000"},
        {"t", 0.5, "event 2 has t = 0.5"},
        {"p", 2, "event 2 has p = 2"},
    };
    static const char *const names[] = {"x", "y", "t", "p"};
    for (int r = 0; r < FSNN_COUNT(row); r++) {
        CASE("row[%d]", r);
        const char *path = folder_path("w.npz");
        fsnn_arrays list = {0};
        fsnn_events e;
        for (int i = 0; i < 4; i++) {
            fsnn_array *a = fsnn_arrays_add(&list, names[i], FSNN_F64, &FSNN_SHAPE(3));
            assert_non_null(a);
            if (!strcmp(names[i], row[r].name))
                ((double *)a->data)[2] = row[r].value;
        }
        GOOD(fsnn_npz_write(path, &list));
        fsnn_arrays_free(&list);
        REFUSED(fsnn_events_read(path, &e), FSNN_EFORMAT, row[r].words);
        folder_delete("w.npz");
    }
}

/* width and height of an NPZ are the sensor's, and wrong ones are told. */
static void sensor_in_arrays(void **state)
{
    (void)state;
    static const char *const names[] = {"x", "y", "t", "p", "width", "height"};
    static const struct {
        int32_t width;
        const char *words; /* NULL: good */
    } row[] = {{20, NULL}, {0, "the array width is no size of a sensor"}, {1, "at column 2"}};
    for (int r = 0; r < FSNN_COUNT(row); r++) {
        CASE("row[%d]", r);
        const char *path = folder_path("w.npz");
        fsnn_arrays list = {0};
        fsnn_events e;
        for (int i = 0; i < 6; i++) {
            fsnn_array *a = fsnn_arrays_add(&list, names[i], FSNN_I32, &FSNN_SHAPE(1));
            assert_non_null(a);
            *(int32_t *)a->data = i == 0 ? 2 : i == 4 ? row[r].width : i == 5 ? 10 : 0;
        }
        GOOD(fsnn_npz_write(path, &list));
        fsnn_arrays_free(&list);
        if (row[r].words) {
            REFUSED(fsnn_events_read(path, &e), FSNN_EFORMAT, row[r].words);
        } else {
            GOOD(fsnn_events_read(path, &e));
            assert_true(e.sized && e.width == 20 && e.height == 10);
            fsnn_events_free(&e);
        }
        folder_delete("w.npz");
    }
}

/* What is whole but not read: the sentence names it. */
static void known_but_not_read(void **state)
{
    (void)state;
    static const struct {
        const char *name, *content;
        size_t size;
        const char *words;
    } row[] = {
#define CONTENT(text) text, sizeof text - 1
        {"a.es", CONTENT("Event Stream\1\0\0\1"), "version 1.0.0 of Event Stream"},
        {"a.es", CONTENT("Event Stream\2\0\0\3"), "holds asynchronous display events (type 3)"},
        {"a.dat", CONTENT("% Version 3\n\0\10"), "version 3 of DAT; versions 1 and 2 are read"},
        {"a.dat", CONTENT("% Version 2\n\16\10"), "events of kind 0x0e"},
        {"a.raw", CONTENT("% format EVT21;endianness=big\n"), "the header says endianness=big"},
#undef CONTENT
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_events e;
        REFUSED(events_parse(row[i].name, (const uint8_t *)row[i].content, row[i].size, &e),
                FSNN_EUNSUPPORTED, row[i].words);
        assert_null(e.event);
    }
    /* a vector that walks right of all columns */
    static const char wide[] = "% evt 3.0\n\0\x80\xf8\x37\xff\x5f\x01\x50";
    fsnn_events e;
    REFUSED(events_parse("a.raw", (const uint8_t *)wide, sizeof wide - 1, &e), FSNN_EFORMAT,
            "the vector at offset 16 has an event right of column 2047");
}

/* A build without the libraries of packed packets says so. */
static void packings_that_are_not_there(void **state)
{
    (void)state;
    int missing = 0;
    const char *name = "";
#ifndef FSNN_HAVE_LZ4
    missing++, name = "lz4.aedat4";
#endif
#ifndef FSNN_HAVE_ZSTD
    missing++, name = "zstd.aedat4";
#endif
    if (!missing)
        skip();
    char path[256];
    fsnn_events e;
    snprintf(path, sizeof path, "tests/fuzz/events/%s", name);
    REFUSED(fsnn_events_read(path, &e), FSNN_EUNSUPPORTED, "fsnn was built without ");
    assert_true(strstr(fsnn_error_text(), "configure it with -DFSNN_LZ4=ON") ||
                strstr(fsnn_error_text(), "configure it with -DFSNN_ZSTD=ON"));
    assert_null(e.event);
}

/* Each reader with memory running out at every place: an error, and nothing left behind. */
static void survives_failing_memory(void **state)
{
    (void)state;
    static const char *const names[] = {
        "bin.bin",     "davis.aedat", "packets.aedat", "plain.aedat4",
#ifdef FSNN_HAVE_LZ4
        "lz4.aedat4",
#endif
#ifdef FSNN_HAVE_ZSTD
        "zstd.aedat4",
#endif
        "arrays.npz",  "records.npz", "odd.npy",       "evt2.raw",     "evt21.raw", "evt3.raw",
        "events.dat",  "dvs.es",      "atis.es",       "color.es",     "generic.es"};
    for (int f = 0; f < FSNN_COUNT(names); f++) {
        CASE("names[%d]", f);
        char path[256];
        fsnn_events e;
        fsnn_status status = FSNN_EMEMORY;
        snprintf(path, sizeof path, "tests/fuzz/events/%s", names[f]);
        for (int64_t n = 1; status != FSNN_OK; n++) {
            fsnn_alloc_fail_at(n);
            status = fsnn_events_read(path, &e);
            fsnn_alloc_fail_at(0);
            assert_true(status == FSNN_OK || status == FSNN_EMEMORY);
            assert_true(n < 100);
        }
        fsnn_events_free(&e);
    }
}

static void sorts_stably(void **state)
{
    (void)state;
    enum { N = 1000 };
    static fsnn_event e[N];
    for (int n = 1; n < N; n += 37) {
        for (int i = 0; i < n; i++)
            e[i] = (fsnn_event){.t = (int64_t)fsnn_random_u32(1, (uint64_t)n, (uint64_t)i) % 50,
                                .x = (uint16_t)i};
        GOOD(events_sort(e, n));
        for (int i = 1; i < n; i++)
            assert_true(e[i - 1].t < e[i].t || (e[i - 1].t == e[i].t && e[i - 1].x < e[i].x));
    }
}

/* Blocks of rows, one of them not full; two cameras; a sensor that was told. */
static void written_and_read_again(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    const char *path = folder_path("w.npz");
    fsnn_event *event = calloc(MANY, sizeof *event);
    assert_non_null(event);
    for (int i = 0; i < MANY; i++)
        event[i] = (fsnn_event){.t = 5000000000 + 3 * i,
                                .x = (uint16_t)(i % 640),
                                .y = (uint16_t)(i / 640),
                                .p = i % 3 == 0,
                                .camera = i % 5 == 0};
    static const int counts[] = {0, 1, 8192, MANY};
    for (int k = 0; k < 2 * FSNN_COUNT(counts); k++) {
        const bool both = k % 2 && counts[k / 2] > 1; /* event 0 is of the right camera */
        fsnn_events is, was = {.event = event,
                               .count = counts[k / 2],
                               .width = 640,
                               .height = 480,
                               .sized = k % 2,
                               .cameras = 1 + both};
        CASE("%d events of %d cameras", (int)was.count, was.cameras);
        GOOD(fsnn_events_write(path, &was));
        fsnn_arrays list = {0};
        GOOD(fsnn_npz_read(path, &list));
        assert_int_equal(list.count, 4 + 2 * was.sized + both);
        fsnn_arrays_free(&list);
        if (!was.count)
            continue;
        GOOD(fsnn_events_read_camera(path, both ? FSNN_CAMERA_BOTH : FSNN_CAMERA_LEFT, &is));
        assert_true(is.count == was.count && is.sized == was.sized && is.cameras == was.cameras);
        assert_true(!is.sized || (is.width == 640 && is.height == 480));
        for (int64_t i = 0; i < is.count; i++) {
            same_event(&is.event[i], event[i].t, &event[i]);
            assert_int_equal(is.event[i].camera, both ? event[i].camera : 0);
        }
        fsnn_events_free(&is);
    }
    REFUSED(fsnn_events_write(path, &(fsnn_events){.count = 2}), FSNN_EARGUMENT, "2 events cannot");
    REFUSED(fsnn_events_write(folder_path("no/w.npz"), &(fsnn_events){0}), FSNN_EIO, "w.npz");
    if (access("/dev/full", W_OK) == 0)
        REFUSED(fsnn_events_write("/dev/full", &(fsnn_events){.event = event, .count = MANY}),
                FSNN_EIO, "/dev/full");
    free(event);
    folder_delete("w.npz");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_recordings),
        cmocka_unit_test(addresses),
        cmocka_unit_test(packets),
        cmocka_unit_test(golden_recordings),
        cmocka_unit_test(damaged_recordings),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(other_files),
        cmocka_unit_test(what_is_left_out_is_counted),
        cmocka_unit_test(two_cameras),
        cmocka_unit_test(streams_as_cameras),
        cmocka_unit_test(many_kinds),
        cmocka_unit_test(wrong_numbers_in_arrays),
        cmocka_unit_test(sensor_in_arrays),
        cmocka_unit_test(known_but_not_read),
        cmocka_unit_test(packings_that_are_not_there),
        cmocka_unit_test(survives_failing_memory),
        cmocka_unit_test(written_and_read_again),
        cmocka_unit_test(sorts_stably),
    };
    return cmocka_run_group_tests_name("data/events", tests, folder_open, folder_close);
}
