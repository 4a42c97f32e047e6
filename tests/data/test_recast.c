/* Real recordings in other containers: what an event camera saw (DVS128 Gesture, 40-bit events)
 * written the way jAER, the camera's driver and the Heidelberg Digits write such data, then read
 * and held against the numbers that programs of their own found in the recordings
 * (tests/golden/events.txt, spike_trains.txt). Unlike the made-up files of tests/fuzz these have
 * hundreds of thousands of events, hundreds of packets, and every address of the sensor. */
#include "data/golden_events.h"

#include <hdf5.h>

enum { EVENTS = 200000, RECORDINGS = 10, SIDE = 128, UNITS = 700, STEPS = 100, CHANNELS = 140 };

typedef struct recording {
    int count;
    uint32_t t[EVENTS];
    uint8_t x[EVENTS], y[EVENTS], p[EVENTS];
} recording;

static recording now; /* the one at hand */

/* The 40-bit events by hand, without the reader that is tested elsewhere. */
static bool load(const char *name)
{
    char path[512];
    uint8_t b[5];
    snprintf(path, sizeof path, "%s/%s", files_data(), name);
    FILE *f = fopen(path, "rb");
    now.count = 0;
    for (; f && now.count < EVENTS && fread(b, 1, 5, f) == 5; now.count++) {
        now.x[now.count] = b[0];
        now.y[now.count] = b[1];
        now.p[now.count] = b[2] >> 7;
        now.t[now.count] = (b[2] & 0x7FU) << 16 | (uint32_t)b[3] << 8 | b[4];
    }
    return f && fclose(f) == 0 && now.count > 0;
}

static void put(FILE *f, uint32_t x, int bytes, bool big)
{
    for (int i = 0; i < bytes; i++)
        putc((int)(x >> 8 * (big ? bytes - 1 - i : i) & 255), f);
}

/* jAER's: turned over, 0 for ON; now and then an external event, which is no pixel's. */
static void write_dvs128(FILE *f)
{
    fputs("#!AER-DAT2.0\r\n# This is a raw AE data file - do not edit\r\n"
          "# Data format is int32 address, int32 timestamp (8 bytes total), repeated for each "
          "event\r\n# Timestamps tick is 1 us\r\n"
          "# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n",
          f);
    for (int i = 0; i < now.count; i++) {
        if (i % 1000 == 7)
            put(f, 0x8000, 4, true), put(f, now.t[i], 4, true);
        put(f, (SIDE - 1U - now.y[i]) << 8 | (SIDE - 1U - now.x[i]) << 1 | !now.p[i], 4, true);
        put(f, now.t[i], 4, true);
    }
}

/* The same scene in a corner of a larger sensor, by a program that does not name it, as v2e
 * does. */
static void write_davis346(FILE *f)
{
    fputs("#!AER-DAT2.0\r\n# This is a raw AE data file\r\n# Timestamps tick is 1 us\r\n", f);
    for (int i = 0; i < now.count; i++) {
        put(f, (259U - now.y[i]) << 22 | (345U - now.x[i]) << 12 | (uint32_t)now.p[i] << 11, 4,
            true);
        put(f, now.t[i], 4, true);
    }
}

static void put_packet(FILE *f, int type, int capacity, int count)
{
    put(f, (uint32_t)type, 2, false), put(f, 1, 2, false);
    const uint32_t word[6] = {8, 4, 0, (uint32_t)capacity, (uint32_t)count, (uint32_t)count};
    for (int i = 0; i < 6; i++)
        put(f, word[i], 4, false);
}

/* The driver's: packets of various lengths, some with room to spare, special events between
 * them. */
static void write_packets(FILE *f)
{
    fputs("#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n"
          "#Start-Time: 2016-11-21 14:08:51 (TZ+0100)\r\n#!END-HEADER\r\n",
          f);
    for (int at = 0, n; at < now.count; at += n) {
        n = 1 + at % 1021 < now.count - at ? 1 + at % 1021 : now.count - at;
        int spare = at % 3;
        put_packet(f, 1, n + spare, n);
        for (int i = at; i < at + n; i++) {
            put(f, (uint32_t)now.x[i] << 17 | (uint32_t)now.y[i] << 2 | (uint32_t)now.p[i] << 1 | 1,
                4, false);
            put(f, now.t[i], 4, false);
        }
        for (int i = 0; i < 8 * spare; i++)
            putc(0, f);
        if (at % 5 == 0) {
            put_packet(f, 0, 1, 1);
            put(f, 1, 4, false), put(f, now.t[at], 4, false);
        }
    }
}

static void recordings(void **state)
{
    (void)state;
    static const struct {
        const char *file, *format;
        int width, height;
        void (*write)(FILE *f);
    } container[] = {
        {"dvs128.aedat", "AEDAT 2.0", SIDE, SIDE, write_dvs128},
        {"davis346.aedat", "AEDAT 2.0", 346, 260, write_davis346},
        {"packets.aedat", "AEDAT 3.1", SIDE, SIDE, write_packets},
    };
    char line[512], name[128];
    int numbers, read = 0;
    FILE *golden = fopen("tests/golden/events.txt", "r");
    assert_non_null(golden);
    while (fgets(line, sizeof line, golden)) {
        assert_int_equal(sscanf(line, "%127s %n", name, &numbers), 1);
        if (!strstr(name, "gesture") || !load(name))
            continue;
        for (int i = 0; i < FSNN_COUNT(container); i++) {
            CASE("container[%d]", i);
            const char *path = folder_path(container[i].file);
            FILE *f = fopen(path, "wb");
            fsnn_events e;
            assert_non_null(f);
            container[i].write(f);
            assert_int_equal(fclose(f), 0);
            GOOD(fsnn_events_read(path, &e));
            assert_string_equal(e.format, container[i].format);
            assert_int_equal(e.width, container[i].width);
            assert_int_equal(e.height, container[i].height);
            golden_check(&e, line + numbers);
            fsnn_events_free(&e);
            folder_delete(container[i].file);
        }
        read++;
    }
    fclose(golden);
    if (!read) {
        print_message("dvs-gesture-samples are not below FSNN_DATA (%s): not compared\n",
                      files_data());
        skip();
    }
    assert_int_equal(read, RECORDINGS);
}

/* A list of lists as in the Heidelberg Digits: in compressed chunks of its samples. */
static hid_t create_lists(hid_t file, const char *name, hid_t type)
{
    hsize_t n = RECORDINGS, chunk = 3;
    hid_t space = H5Screate_simple(1, &n, NULL), how = H5Pcreate(H5P_DATASET_CREATE);
    assert_true(H5Pset_chunk(how, 1, &chunk) >= 0 && H5Pset_deflate(how, 5) >= 0);
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, how, H5P_DEFAULT);
    assert_true(set >= 0);
    H5Pclose(how), H5Sclose(space);
    return set;
}

static void write_list(hid_t set, hid_t memory, hsize_t row, size_t count, const void *data)
{
    hsize_t one = 1;
    hvl_t list = {count, (void *)(uintptr_t)data};
    hid_t from = H5Screate_simple(1, &one, NULL), to = H5Dget_space(set);
    assert_true(H5Sselect_hyperslab(to, H5S_SELECT_SET, &row, NULL, &one, NULL) >= 0);
    assert_true(H5Dwrite(set, memory, from, to, H5P_DEFAULT, &list) >= 0);
    H5Sclose(from), H5Sclose(to);
}

/* IEEE 754 of 16 bits, which HDF5 has no name for before 1.14. */
static hid_t half_type(void)
{
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    assert_true(H5Tset_fields(type, 15, 10, 5, 0, 10) >= 0 && H5Tset_size(type, 2) >= 0 &&
                H5Tset_ebias(type, 15) >= 0);
    return type;
}

/* The nearest half of 0 <= x < 2, of two as near the even one. By hand: HDF5 1.10 halves numbers
 * that round up to a power of two. */
static uint16_t half(float x)
{
    int exponent = -14; /* of the smallest normal numbers; below these the same step */
    while (exponent < 0 && x >= ldexpf(1, exponent + 1))
        exponent++;
    /* 1024 and more unless subnormal */
    uint32_t steps = (uint32_t)lrintf(ldexpf(x, 10 - exponent));
    return (uint16_t)(steps + 1024U * (uint32_t)(exponent + 14));
}

static int write_trains(const char *path)
{
    static uint16_t seconds[EVENTS];
    static uint16_t unit[EVENTS];
    uint16_t label[RECORDINGS];
    hsize_t n = RECORDINGS;
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t group = H5Gcreate2(file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
          small = half_type();
    hid_t halves = H5Tvlen_create(small), whole = H5Tvlen_create(H5T_STD_U16LE);
    hid_t times = create_lists(file, "spikes/times", halves),
          units = create_lists(file, "spikes/units", whole);
    int written = 0;
    for (; written < RECORDINGS; written++) {
        char name[64];
        snprintf(name, sizeof name, "dvs-gesture-samples/%d.bs2", written + 1);
        if (!load(name))
            break;
        for (int i = 0; i < now.count; i++) {
            seconds[i] = half((float)(now.t[i] * 1e-6));
            unit[i] = (uint16_t)((now.x[i] + SIDE * now.y[i]) * UNITS / (SIDE * SIDE));
        }
        write_list(times, halves, (hsize_t)written, (size_t)now.count, seconds);
        write_list(units, whole, (hsize_t)written, (size_t)now.count, unit);
        label[written] = (uint16_t)(2 * written);
    }
    hid_t space = H5Screate_simple(1, &n, NULL);
    hid_t labels =
        H5Dcreate2(file, "labels", H5T_STD_U16LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Dwrite(labels, H5T_NATIVE_UINT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, label) >= 0);
    H5Dclose(labels), H5Sclose(space), H5Dclose(times), H5Dclose(units), H5Gclose(group);
    H5Tclose(halves), H5Tclose(whole), H5Tclose(small), H5Fclose(file);
    return written;
}

/* A line of tests/golden/spike_trains.txt against a sample. */
static void check_train(const char *line, int64_t row, fsnn_data *data)
{
    static float x[STEPS * CHANNELS];
    char name[128];
    long long spikes, kept, above;
    unsigned long long want;
    uint64_t h = 0;
    int32_t label;
    assert_int_equal(sscanf(line, "%127s %lld %lld %lld %llu", name, &spikes, &kept, &above, &want),
                     5);
    GOOD(fsnn_data_sample(data, row, x, &label));
    assert_int_equal(label, 2 * row);
    for (int i = 0; i < STEPS * CHANNELS; i++) {
        h = h * 31 + (uint64_t)x[i];
        kept -= (long long)x[i];
        above -= x[i] > 0;
    }
    assert_true(kept == 0 && above == 0 && h == want);
}

static void spike_trains(void **state)
{
    (void)state;
    char line[256];
    const char *path = folder_path("trains.h5");
    fsnn_shd_options o = {
        .steps = STEPS, .duration = 1.4, .units = UNITS, .channels = CHANNELS, .count = true};
    fsnn_shd_info info;
    fsnn_data *data;
    int written = write_trains(path);
    if (written == RECORDINGS) {
        GOOD(fsnn_shd_survey(path, &info));
        assert_true(info.count == RECORDINGS && info.spikes == 1206710 && info.units == UNITS);
        GOOD(fsnn_data_shd(path, &o, &data));
        FILE *golden = fopen("tests/golden/spike_trains.txt", "r");
        assert_non_null(golden);
        for (int64_t row = 0; row < RECORDINGS; row++) {
            assert_non_null(fgets(line, sizeof line, golden));
            check_train(line, row, data);
        }
        fclose(golden);
        fsnn_data_destroy(data);
    }
    folder_delete("trains.h5");
    if (!written) {
        print_message("dvs-gesture-samples are not below FSNN_DATA (%s): not compared\n",
                      files_data());
        skip();
    }
    assert_int_equal(written, RECORDINGS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recordings),
        cmocka_unit_test(spike_trains),
    };
    return cmocka_run_group_tests_name("data/recast", tests, folder_open, folder_close);
}
