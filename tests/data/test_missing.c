/* Missing values of series as a mask: they stay out of the scale, become 0, and a second channel
 * tells which were there; of every reader that knows missing values. */
#include "data/files.h"

#include "base/bytes.h"

#include <fsnn/series.h>

static const char *put(const char *name, const char *text)
{
    folder_write_text(name, text);
    return folder_path(name);
}

static fsnn_status read_ts(const char *path, fsnn_series **s)
{
    return fsnn_series_ts_missing(path, FSNN_MISSING_MASK, s);
}

static fsnn_status read_csv(const char *path, fsnn_series **s)
{
    return fsnn_series_csv(path, &(fsnn_csv_options){.missing = FSNN_MISSING_MASK}, s);
}

static fsnn_status read_rows(const char *path, fsnn_series **s)
{
    return fsnn_series_csv(
        path, &(fsnn_csv_options){.row_is_series = true, .missing = FSNN_MISSING_MASK}, s);
}

static fsnn_status read_samples(const char *path, fsnn_series **s)
{
    return fsnn_series_csv(
        path, &(fsnn_csv_options){.row_is_sample = true, .missing = FSNN_MISSING_MASK}, s);
}

static fsnn_status read_records(const char *path, fsnn_series **s)
{
    return fsnn_series_wfdb_records(path,
                                    &(fsnn_wfdb_records_options){.missing = FSNN_MISSING_MASK}, s);
}

static fsnn_status read_beats(const char *path, fsnn_series **s)
{
    const fsnn_wfdb_options o = {
        .classes = "N", .before = 0, .after = 2, .missing = FSNN_MISSING_MASK};
    return fsnn_series_wfdb(path, &o, s);
}

typedef struct reading {
    const char *name, *text;
    fsnn_status (*read)(const char *path, fsnn_series **s);
    int samples, steps, channels, missing;
    float want[24]; /* [samples, steps, 2 channels] */
} reading;

static void expect_samples(const fsnn_series *s, const reading *row)
{
    fsnn_data *data;
    float x[24];
    int32_t label;
    fsnn_data_info info;
    GOOD(fsnn_data_series(s, 0, FSNN_PAD_END, &data));
    fsnn_data_info_get(data, &info);
    assert_int_equal(info.count, row->samples);
    assert_int_equal(fsnn_shape_count(&info.shape), row->steps * 2 * row->channels);
    assert_int_equal(info.shape.dim[info.shape.rank - 1], 2 * row->channels);
    for (int i = 0; i < row->samples; i++) {
        const int n = row->steps * 2 * row->channels;
        GOOD(fsnn_data_sample(data, i, x, &label));
        for (int k = 0; k < n; k++) {
            CASE("sample %d, number %d", i, k);
            assert_true(x[k] == row->want[i * n + k]);
        }
    }
    fsnn_data_destroy(data);
}

/* 10, none, 40, none of one signal in format 16; beats at 1 and 2. */
static void put_record(void)
{
    uint8_t bytes[8], *p = bytes;
    static const int value[] = {10, -32768, 40, -32768};
    for (int k = 0; k < 4; k++)
        p = bytes_put_le(p, (uint64_t)value[k], 2);
    folder_write("r.dat", bytes, sizeof bytes);
    folder_write("r.atr", "\x01\x04\x02\x04\0", 6);
}

static void masks(void **state)
{
    (void)state;
    static const char head[] = "r 1 1 4\nr.dat 16 1/mV 16 0 10 0 0 a\n";
    static const reading row[] = {
        {.name = "a.ts",
         .text = "@classLabel true a\n@data\n1,?,3:NaN,?,?:a\n4:5:a\n",
         .read = read_ts,
         .samples = 2,
         .steps = 3,
         .channels = 2,
         .missing = 4,
         .want = {1, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 4, 5, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}},
        {.name = "a.tsv", /* what ends in NaN is a shorter series */
         .text = "1\t?\t2\t3\n2\t4\t?\tNaN\n2\t1\t2\t3\n",
         .read = read_ts,
         .samples = 3,
         .steps = 3,
         .channels = 1,
         .missing = 1,
         .want = {0, 0, 2, 1, 3, 1, 4, 1, 0, 0, 0, 0, 1, 1, 2, 1, 3, 1}},
        {.name = "a.arff",
         .text = "@relation x\n@attribute a numeric\n@attribute b numeric\n@data\n?,?\n{1 ?}\n",
         .read = read_ts,
         .samples = 2,
         .steps = 2,
         .channels = 1,
         .missing = 3,
         .want = {0, 0, 0, 0, 0, 1, 0, 0}},
        {.name = "a.csv",
         .text = "a;b\n1,5;\nNA;\n;2\n",
         .read = read_csv,
         .samples = 1,
         .steps = 3,
         .channels = 2,
         .missing = 4,
         .want = {1.5F, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0, 1}},
        {.name = "b.csv",
         .text = "1,,3\n4,5,\n",
         .read = read_rows,
         .samples = 2,
         .steps = 3,
         .channels = 1,
         .missing = 1,
         .want = {1, 1, 0, 0, 3, 1, 4, 1, 5, 1, 0, 0}},
        {.name = "c.csv",
         .text = "1,,3\n,5,\n",
         .read = read_samples,
         .samples = 2,
         .steps = 1,
         .channels = 3,
         .missing = 3,
         .want = {1, 0, 3, 1, 0, 1, 0, 5, 0, 0, 1, 0}},
        {.name = "r.hea",
         .text = head,
         .read = read_records,
         .samples = 1,
         .steps = 4,
         .channels = 1,
         .missing = 2,
         .want = {10, 1, 0, 0, 40, 1, 0, 0}},
    };
    put_record();
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d], %s", i, row[i].name);
        fsnn_series *s;
        fsnn_series_info info;
        GOOD(row[i].read(put(row[i].name, row[i].text), &s));
        fsnn_series_info_get(s, &info);
        assert_int_equal(info.missing, row[i].missing);
        assert_int_equal(info.channels, row[i].channels);
        expect_samples(s, &row[i]);
        fsnn_series_destroy(s);
    }
}

/* Where values are interpolated, this window is left out. */
static void windows(void **state)
{
    (void)state;
    fsnn_series *s;
    fsnn_series_info info;
    put_record();
    folder_write("r.dat", "\x0a\0\0\x80\0\x80\x0a\0", 8); /* 10, none, none, 10 */
    GOOD(read_beats(put("r.hea", "r 1 1 4\nr.dat 16 1/mV 16 0 10 0 0 a\n"), &s));
    fsnn_series_info_get(s, &info);
    assert_true(info.count == 1 && info.missing == 2 && info.total == 2);
    const float *x = fsnn_series_values(s, 0, NULL, NULL);
    assert_true(isnan(x[0]) && isnan(x[1]));
    fsnn_series_destroy(s);
}

/* Statistics are those of the values that are there, and what is missing is the mean, 0. */
static void scales(void **state)
{
    (void)state;
    static const float want[FSNN_SCALES][4] = {
        {1, 0, 3, 8}, {-1, 0, -1.F / 3, 4.F / 3}, {-1, 0, -1.F / 3, 4.F / 3}, {-1, 0, 1, 0}};
    for (int scale = 0; scale < FSNN_SCALES; scale++) {
        CASE("scale %d", scale);
        fsnn_series *s;
        fsnn_data *data;
        float x[6];
        int32_t label;
        GOOD(read_ts(put("a.ts", "@data\n1,?,3\n8\n"), &s));
        GOOD(fsnn_series_scale(s, (fsnn_scale)scale, s));
        GOOD(fsnn_data_series(s, 3, FSNN_PAD_START, &data));
        float mean = scale == FSNN_SCALE_ALL || scale == FSNN_SCALE_CHANNEL ? 4 : 0;
        float by = mean > 0 ? sqrtf(26.F / 3) / 3 : 1;
        GOOD(fsnn_data_sample(data, 0, x, &label));
        for (int k = 0; k < 3; k++) {
            assert_float_equal(x[2 * k] * by, want[scale][k], 1e-6);
            assert_true(x[2 * k + 1] == (k != 1));
        }
        GOOD(fsnn_data_sample(data, 1, x, &label));
        assert_float_equal(x[4] * by, want[scale][3], 1e-6);
        assert_true(x[5] == 1 && !x[0] && !x[1] && !x[2] && !x[3]);
        fsnn_data_destroy(data);
        fsnn_series_destroy(s);
    }
}

static void refuses(void **state)
{
    (void)state;
    fsnn_series *s;
    const fsnn_missing wrong = FSNN_MISSINGS;
    const char *path = put("a.ts", "@data\n1,?,3\n");
    const fsnn_mel mel = {0.025, 0.01, 4, 0, 0, 1e-6};
    REFUSED(fsnn_series_ts_missing(path, wrong, &s), FSNN_EARGUMENT, "there are interpolate (0)");
    REFUSED(fsnn_series_csv(path, &(fsnn_csv_options){.missing = wrong}, &s), FSNN_EARGUMENT,
            "missing values of kind 2");
    REFUSED(fsnn_series_wfdb_records(path, &(fsnn_wfdb_records_options){.missing = wrong}, &s),
            FSNN_EARGUMENT, "missing values of kind 2");
    put_record();
    put("r.hea", "r 1 1 4\nr.dat 16 1/mV 16 0 10 0 0 a\n");
    const fsnn_wfdb_options o = {.classes = "N", .after = 1, .missing = wrong};
    REFUSED(fsnn_series_wfdb(folder_path("r.hea"), &o, &s), FSNN_EARGUMENT, "of kind 2");
    GOOD(read_ts(path, &s));
    GOOD(fsnn_series_decimate(s, 1));
    REFUSED(fsnn_series_decimate(s, 2), FSNN_EARGUMENT, "decimation needs all values");
    REFUSED(fsnn_series_frames(s, 2, 1), FSNN_EARGUMENT, "frames needs all values");
    REFUSED(fsnn_series_mel(s, &mel), FSNN_EARGUMENT, "a mel spectrum needs all values");
    fsnn_series_destroy(s);
    REFUSED(read_ts(put("a.tsv", "1\tNaN\tNaN\n"), &s), FSNN_EFORMAT, "has no value at all");
    REFUSED(read_rows(put("b.csv", "1,2\n,\n"), &s), FSNN_EFORMAT, "has no value in");
    REFUSED(fsnn_series_csv(put("a.csv", "a,b\n1,\n2,\n"), NULL, &s), FSNN_EFORMAT,
            "has no value in \"b\", which only missing: mask takes");
}

static int leave(void **state)
{
    static const char *const names[] = {"a.ts",  "a.tsv", "a.arff", "a.csv", "b.csv",
                                        "c.csv", "r.hea", "r.dat",  "r.atr"};
    for (int i = 0; i < FSNN_COUNT(names); i++)
        folder_delete(names[i]);
    return folder_close(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks),
        cmocka_unit_test(windows),
        cmocka_unit_test(scales),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("data/missing", tests, folder_open, leave);
}
