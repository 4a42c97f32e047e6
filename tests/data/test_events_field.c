/* Recordings of other people's cameras and programs against what a reader of its own, plain Python,
 * found in them (field/EXPECTED.md below FSNN_DATA): number, times, polarity, place, and the CRC-32
 * of all events. */
#include "data/files.h"

#include "base/bytes.h"

#include <fsnn/events.h>

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
    assert_int_equal(e->disorder, 0);
}

static void recordings(void **state)
{
    (void)state;
    static const expected files[] = {
        {"aedat4-davis346/davis.aedat4", "AEDAT 4.0", 117667, 1633953690975950, 1633953691105949,
         72363, 345, 259, 0x8b4e285c},
        {"evt-dat-es/evt2.raw", "EVT 2.0", 521252, 913716224, 913812095, 185861, 639, 479,
         0xe3b4f295},
        {"evt-dat-es/evt3_sample.raw", "EVT 3.0", 219596, 11718656, 11727457, 115532, 1279, 719,
         0x12c66f37},
        {"evt-dat-es/evt3_test_pedestrians.raw", "EVT 3.0", 5000, 5840504, 5885714, 2894, 1279, 698,
         0x91273ec7},
        {"evt-dat-es/sample_ncars.dat", "DAT", 2009, 0, 99952, 1350, 77, 41, 0xadd26364},
        {"evt-dat-es/NCARS_obj_004397_td.dat", "DAT", 4407, 0, 99937, 1671, 53, 60, 0xb4131a23},
        {"evt-dat-es/dvs.es", "Event Stream", 473225, 0, 999000, 270001, 319, 239, 0x765d0785},
        {"evt-dat-es/sample_nmnist.bin", "40-bit events", 4325, 654, 311175, 2145, 33, 33,
         0x8c7731fd},
    };
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recordings),
    };
    return cmocka_run_group_tests_name("data/events_field", tests, NULL, NULL);
}
