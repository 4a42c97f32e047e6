/* Recordings of other people's cameras and programs against what a reader of its own, plain Python,
 * found in them (field/EXPECTED.md below FSNN_DATA): number, times, polarity, place, and the CRC-32
 * of all events. */
#include "data/files.h"

#include "base/bytes.h"

#include <fsnn/events.h>

#include <dirent.h>

/* Of zip and gzip, bit for bit; of little-endian int64 t, x, y, p of every event. */
static uint32_t crc_of(const fsnn_events *e)
{
    uint32_t table[256], sum = UINT32_MAX;
    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] & 1 ? table[i] >> 1 ^ 0xedb88320 : table[i] >> 1;
    }
    for (int64_t i = 0; i < e->count; i++) {
        const fsnn_event *v = &e->event[i];
        uint8_t row[32], *at = row;
        at = bytes_put_le(at, (uint64_t)v->t, 8);
        at = bytes_put_le(at, v->x, 8);
        at = bytes_put_le(at, v->y, 8);
        bytes_put_le(at, v->p, 8);
        for (int k = 0; k < 32; k++)
            sum = table[(sum ^ row[k]) & 255] ^ sum >> 8;
    }
    return ~sum;
}

typedef struct expected {
    const char *name, *format;
    int64_t count, first, last, on;
    int x, y; /* the largest */
    uint32_t crc;
} expected;

static void check(const fsnn_events *e, const expected *want)
{
    int64_t on = 0;
    int x = 0, y = 0;
    for (int64_t i = 0; i < e->count; i++) {
        on += e->event[i].p;
        x = e->event[i].x > x ? e->event[i].x : x;
        y = e->event[i].y > y ? e->event[i].y : y;
    }
    assert_string_equal(e->format, want->format);
    assert_int_equal(e->count, want->count);
    assert_int_equal(e->event[0].t, want->first);
    assert_int_equal(e->event[e->count - 1].t, want->last);
    assert_int_equal(on, want->on);
    assert_int_equal(x, want->x);
    assert_int_equal(y, want->y);
    assert_int_equal(crc_of(e), want->crc);
    /* jAER writes some events behind later ones */
    assert_true(e->disorder == 0 || !strcmp(e->format, "AEDAT 2.0"));
}

static const expected files[] = {
    {"aedat2-dvs128-jaer/DVS128-2014-09-16T15-49-51+0200-20000-0.aedat", "AEDAT 2.0", 62274,
     305545666, 317618990, 21528, 127, 127, 0x6ec962b0},
    {"aedat2-dvs128-jaer/DVS128-2014-10-21T17-41-53+0200-20000-0.aedat", "AEDAT 2.0", 10615,
     171754426, 177119891, 3629, 127, 127, 0x672fafd8},
    {"aedat2-dvs128-jaer/Tmpdiff128StereoPair-2014-10-21T18-18-47+0200-0.aedat", "AEDAT 2.0", 4217,
     611876615, 618834592, 1633, 127, 127, 0x29d6b292},
    {"aedat2-dvs128-jaer/Tmpdiff128StereoPair-2015-01-15T13-14-35+0100-0-JustR.aedat", "AEDAT 2.0",
     27948, 8883735, 12931449, 8243, 127, 127, 0x525191a5},
    {"aedat4-davis346/davis.aedat4", "AEDAT 4.0", 117667, 1633953690975950, 1633953691105949, 72363,
     345, 259, 0x8b4e285c},
    {"evt-dat-es/evt2.raw", "EVT 2.0", 521252, 913716224, 913812095, 185861, 639, 479, 0xe3b4f295},
    {"evt-dat-es/evt3_sample.raw", "EVT 3.0", 219596, 11718656, 11727457, 115532, 1279, 719,
     0x12c66f37},
    {"evt-dat-es/evt3_test_pedestrians.raw", "EVT 3.0", 5000, 5840504, 5885714, 2894, 1279, 698,
     0x91273ec7},
    {"evt-dat-es/sample_ncars.dat", "DAT", 2009, 0, 99952, 1350, 77, 41, 0xadd26364},
    {"evt-dat-es/NCARS_obj_004397_td.dat", "DAT", 4407, 0, 99937, 1671, 53, 60, 0xb4131a23},
    {"evt-dat-es/dvs.es", "Event Stream", 473225, 0, 999000, 270001, 319, 239, 0x765d0785},
    {"evt-dat-es/sample_nmnist.bin", "40-bit events", 4325, 654, 311175, 2145, 33, 33, 0x8c7731fd},
};

/* What EXPECTED.md has no row for. */
static const struct {
    const char *name;
    int64_t count;      /* events */
    const char *others; /* what is left out; of a file that is refused (count -1) words of why */
} others[] = {
    {"evt-dat-es/loris-test.es", 4407, NULL}, /* NCARS_obj_004397_td.dat, written by loris */
    {"evt-dat-es/generic.es", 0, "generic events"},
    {"evt-dat-es/sample_stmnist.mat", -1, "is a MATLAB file"},
};

static void recordings(void **state)
{
    (void)state;
    int missing = 0;
    for (int i = 0; i < FSNN_COUNT(files); i++) {
        CASE("%s", files[i].name);
        char path[512];
        fsnn_events e;
        snprintf(path, sizeof path, "%s/field/%s", files_data(), files[i].name);
#ifndef FSNN_HAVE_LZ4
        if (strstr(files[i].name, ".aedat4"))
            continue;
#endif
        if (access(path, R_OK) != 0) {
            missing++;
            continue;
        }
        assert_true(fsnn_events_known(path));
        GOOD(fsnn_events_read(path, &e));
        check(&e, &files[i]);
        fsnn_events_free(&e);
    }
    if (missing)
        print_message("%d of %d recordings are not below FSNN_DATA (%s/field): not compared\n",
                      missing, FSNN_COUNT(files), files_data());
    if (missing == FSNN_COUNT(files))
        skip();
}

static void check_other(int i, const char *path)
{
    fsnn_events e;
    if (others[i].count < 0) {
        REFUSED(fsnn_events_read(path, &e), FSNN_EUNSUPPORTED, others[i].others);
        return;
    }
    GOOD(fsnn_events_read(path, &e));
    assert_int_equal(e.count, others[i].count);
    if (others[i].others) {
        assert_non_null(e.left_out[0].what);
        CONTAINS(e.left_out[0].what, others[i].others);
    }
    fsnn_events_free(&e);
}

/* Whether a file has a row; one that is no recording of known content is looked at here. */
static bool has_row(const char *name, const char *path)
{
    for (int i = 0; i < FSNN_COUNT(files); i++)
        if (!strcmp(files[i].name, name))
            return true;
    for (int i = 0; i < FSNN_COUNT(others); i++)
        if (!strcmp(others[i].name, name)) {
            check_other(i, path);
            return true;
        }
    return false;
}

/* Every file in the folders of recordings is one of the rows. */
static void every_file_has_a_row(void **state)
{
    (void)state;
    static const char *const folders[] = {"aedat2-dvs128-jaer", "aedat4-davis346", "evt-dat-es"};
    int found = 0;
    for (int f = 0; f < FSNN_COUNT(folders); f++) {
        char folder[400], name[700], path[1200];
        snprintf(folder, sizeof folder, "%s/field/%s", files_data(), folders[f]);
        DIR *dir = opendir(folder);
        const struct dirent *entry;
        while (dir && (entry = readdir(dir))) {
            if (entry->d_name[0] == '.')
                continue;
            snprintf(name, sizeof name, "%s/%s", folders[f], entry->d_name);
            snprintf(path, sizeof path, "%s/field/%s", files_data(), name);
            CASE("%s", name);
            assert_true(has_row(name, path));
            found++;
        }
        if (dir)
            closedir(dir);
    }
    if (!found)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recordings),
        cmocka_unit_test(every_file_has_a_row),
    };
    return cmocka_run_group_tests_name("data/events_field", tests, NULL, NULL);
}
