/* Kinds of data whose samples are series, from description to data set: lengths, padding, scales by
 * the training set, classes of both sets; pictures in time; npy pairs; balance; `test: null`. */
#include "helper.h"

#include <sys/stat.h>

#include "folder.h"

static const char *const names[] = {"a.ts",  "b.ts",  "c.ts",   "d.ts",   "m.yaml",
                                    "x.npy", "y.npy", "images", "labels", "r.hea",
                                    "r.dat", "r.atr", "t.csv",  "r.edf"};

/* NumPy's format 1.0, float32. */
static void put_npy(const char *name, const char *shape, const float *values, size_t count)
{
    char bytes[512] = "\x93NUMPY\1";
    memset(bytes + 10, ' ', 118);
    bytes[8] = 118;
    int n = snprintf(bytes + 10, 118, "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }",
                     shape);
    bytes[10 + n] = ' ';
    bytes[127] = '\n';
    memcpy(bytes + 128, values, count * sizeof *values);
    folder_write(name, bytes, 128 + count * sizeof *values);
}

static int enter(void **state)
{
    if (folder_open(state))
        return -1;
    folder_write_text("a.ts", "@classLabel true u v w\n@data\n0,4:1,1:u\n2,2,2:1,1,1:v\n2:1:v\n");
    folder_write_text("b.ts", "@classLabel true u v w\n@data\n1,2,3,4,5:0,0,0,0,0:v\n");
    folder_write_text("c.ts", "@classLabel true v u w\n@data\n1,2:3,4:v\n");
    folder_write_text("d.ts", "@classLabel true x\n@data\n1,2:3,4:x\n");
    float x[12];
    for (int i = 0; i < 12; i++)
        x[i] = (float)i;
    put_npy("x.npy", "2, 2, 3", x, 12);
    put_npy("y.npy", "2,", (const float[]){1, 0}, 2);
    static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0,  1,   0,   0,  0,
                                     2, 0, 0, 0, 3, 0, 51, 255, 255, 51, 0};
    static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 1, 3};
    folder_write("images", images, sizeof images);
    folder_write("labels", labels, sizeof labels);
    int16_t signal[100];
    for (int k = 0; k < 100; k++)
        signal[k] = (int16_t)(k * 200);
    folder_write("r.dat", signal, sizeof signal);
    folder_write_text("r.hea", "r 1 10 100\nr.dat 16\n");
    folder_write_text("t.csv", "a;b;k\n0,5;1;x\n1;2;x\n");
    uint8_t *edf;
    size_t size;
    GOOD(fsnn_file_read("tests/fuzz/edf/rates.edf", &edf, &size));
    folder_write("r.edf", edf, size);
    fsnn_free(edf);
    folder_write("r.atr", "\x14\x04\x28\x04\x14\x20\0", 8); /* N at 20, N at 60, A at 80 */
    return 0;
}

static int leave(void **state)
{
    for (int i = 0; i < FSNN_COUNT(names); i++)
        folder_delete(names[i]);
    return folder_close(state);
}

static fsnn_description *describe(const char *data, const char *set)
{
    char text[1024];
    fsnn_description *d;
    snprintf(text, sizeof text, "input: [2]\nlayers: [lif]\n" ALPHA "data: %s\n", data);
    folder_write_text("m.yaml", text);
    GOOD(fsnn_description_read(folder_path("m.yaml"), &set, set ? 1 : 0, &d));
    return d;
}

/* Sample `index` of a set must hold these values [T, N] and this class. */
static void expect(const fsnn_data *data, int64_t index, int T, int N, const double *values,
                   int32_t wanted)
{
    float x[64];
    int32_t label;
    fsnn_data_info info;
    fsnn_data_info_get(data, &info);
    assert_true(info.sequence && info.shape.rank == 2);
    assert_int_equal(info.shape.dim[0], T);
    assert_int_equal(info.shape.dim[1], N);
    GOOD(fsnn_data_sample(data, index, x, &label));
    assert_int_equal(label, wanted);
    for (int i = 0; i < T * N; i++)
        assert_float_equal(x[i], values[i], 1e-6);
}

static void opens(const char *text, const char *set, fsnn_data **train, fsnn_data **test)
{
    fsnn_description *d = describe(text, set);
    if (fsnn_description_data(d, train, test))
        fail_msg("%s: %s", text, fsnn_error_text());
    fsnn_description_destroy(d);
}

static void test_ts(void **state)
{
    (void)state;
    fsnn_data *train, *test;
    fsnn_data_info info;
    opens("{kind: ts, train: a.ts, test: b.ts}", NULL, &train, &test);
    expect(train, 0, 5, 2, (const double[]){0, 1, 4, 1, 0, 0, 0, 0, 0, 0},
           0); /* as long as the longest test series */
    expect(test, 0, 5, 2, (const double[]){1, 0, 2, 0, 3, 0, 4, 0, 5, 0}, 1);
    fsnn_data_info_get(test, &info);
    assert_int_equal(info.classes, 3);
    fsnn_data_destroy(train), fsnn_data_destroy(test);
    /* the first channel has mean 2 and deviation sqrt(8/6), the second 1 and does not vary; zeros
     * go to the start */
    const double s = sqrt(8 / 6.0);
    opens("{kind: ts, train: a.ts, test: b.ts, scale: channel, pad: start, steps: 3}", NULL, &train,
          &test);
    expect(train, 0, 3, 2, (const double[]){0, 0, -2 / s, 0, 2 / s, 0}, 0);
    expect(test, 0, 3, 2, (const double[]){1 / s, -1, 2 / s, -1, 3 / s, -1}, 1);
    fsnn_data_destroy(train), fsnn_data_destroy(test);
    /* the test set alone: the same */
    opens("{kind: ts, train: a.ts, test: b.ts, scale: channel, pad: start, steps: 3}", NULL, NULL,
          &test);
    expect(test, 0, 3, 2, (const double[]){1 / s, -1, 2 / s, -1, 3 / s, -1}, 1);
    fsnn_data_destroy(test);
    /* frames of the series, in samples because the rate is not known */
    opens("{kind: ts, train: a.ts, test: b.ts, front: {kind: frames, frame: 2, hop: 2}}", NULL,
          &train, &test);
    expect(test, 0, 3, 4, (const double[]){1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 0, 0}, 1);
    fsnn_data_destroy(train), fsnn_data_destroy(test);
    opens("{kind: ts, train: a.ts, balance: true}", NULL, &train, NULL);
    fsnn_data_info_get(train, &info);
    assert_int_equal(info.count, 4);
    fsnn_data_destroy(train);
    opens("{kind: ts, train: a.ts, test: b.ts, validation: 0.4}", "data.test=null", &train, &test);
    fsnn_data_info_get(test, &info);
    assert_int_equal(info.count, 1);
    fsnn_data_destroy(train), fsnn_data_destroy(test);
}

static void test_missing(void **state)
{
    (void)state;
    fsnn_data *train, *test;
    /* of 1 and 3 that are there the mean is 2 and the deviation 1 */
    folder_write_text("d.ts", "@data\n1,?,3\n");
    opens("{kind: ts, train: d.ts, test: d.ts, scale: channel, missing: mask}", NULL, &train,
          &test);
    expect(train, 0, 3, 2, (const double[]){-1, 1, 0, 0, 1, 1}, -1);
    expect(test, 0, 3, 2, (const double[]){-1, 1, 0, 0, 1, 1}, -1);
    fsnn_data_destroy(train), fsnn_data_destroy(test);
    opens("{kind: ts, train: d.ts, missing: interpolate}", NULL, &train, NULL);
    expect(train, 0, 3, 1, (const double[]){1, 2, 3}, -1);
    fsnn_data_destroy(train);
    folder_write_text("t.csv", "a;b\n0,5;\n;2\n");
    opens("{kind: csv, train: t.csv, missing: mask}", NULL, &train, NULL);
    expect(train, 0, 2, 4, (const double[]){0.5, 0, 1, 0, 0, 2, 0, 1}, -1);
    fsnn_data_destroy(train);
    opens("{kind: wfdb, train: r.hea, classes: N A, before: 0, after: 0.1, missing: mask}", NULL,
          &train, NULL);
    expect(train, 1, 1, 2, (const double[]){60, 1}, 0);
    fsnn_data_destroy(train);
    folder_write_text("t.csv", "r,healthy\n");
    opens("{kind: wfdb, train: {path: r.hea, table: t.csv}, steps: 2, missing: mask}", NULL, &train,
          NULL);
    expect(train, 0, 2, 2, (const double[]){0, 1, 1, 1}, 0);
    fsnn_data_destroy(train);
    folder_write_text("d.ts", "@classLabel true x\n@data\n1,2:3,4:x\n");
    folder_write_text("t.csv", "a;b;k\n0,5;1;x\n1;2;x\n");
}

static void test_wfdb(void **state)
{
    (void)state;
    fsnn_data *train, *test;
    const char *text = "{kind: wfdb, train: {path: r.hea, to: 7}, test: {path: r.hea, from: 7}, "
                       "classes: N A, before: 0.1, "
                       "after: 0.2}";
    opens(text, NULL, &train, &test);
    expect(train, 1, 3, 1, (const double[]){59, 60, 61}, 0); /* gain 200, the default */
    expect(test, 0, 3, 1, (const double[]){79, 80, 81}, 1);
    fsnn_data_destroy(train), fsnn_data_destroy(test);
    fsnn_description *d = describe(text, "data.test.from=6.9");
    FAILS(fsnn_description_data(d, &train, &test), FSNN_EDESCRIPTION);
    expect_text(fsnn_error_text(), "both sets take the same seconds", text);
    fsnn_description_destroy(d);
}

static void test_tables_and_records(void **state)
{
    (void)state;
    fsnn_data *train;
    opens("{kind: csv, train: t.csv, class: k, columns: \"b, a\"}", NULL, &train, NULL);
    expect(train, 0, 2, 2, (const double[]){1, 0.5, 2, 1}, 0);
    fsnn_data_destroy(train);
    opens("{kind: csv, train: t.csv, row: series, class: k, decimal: comma, separator: semicolon}",
          NULL, &train, NULL);
    expect(train, 1, 2, 1, (const double[]){1, 2}, 0);
    fsnn_data_destroy(train);
    fsnn_data_info info;
    opens("{kind: csv, train: t.csv, row: sample, class: k}", NULL, &train, NULL);
    fsnn_data_info_get(train, &info);
    assert_true(info.count == 2 && !info.sequence && info.shape.rank == 1 && info.classes == 1);
    fsnn_data_destroy(train);
    opens("{kind: edf, train: r.edf, channels: slow, steps: 2}", NULL, &train, NULL);
    expect(train, 0, 2, 1, (const double[]){-489, -470.5}, -1);
    fsnn_data_destroy(train);
    folder_write_text("t.csv", "r,healthy\n");
    opens("{kind: wfdb, train: {path: r.hea, table: t.csv}, steps: 3}", NULL, &train, NULL);
    expect(train, 0, 3, 1, (const double[]){0, 1, 2}, 0);
    assert_string_equal(fsnn_data_class(train, 0), "healthy");
    fsnn_data_destroy(train);
    folder_write_text("t.csv", "a;b;k\n0,5;1;x\n1;2;x\n");
}

static void test_arrays(void **state)
{
    (void)state;
    fsnn_data *train;
    fsnn_data_info info;
    opens("{kind: npy, train: {samples: x.npy, classes: y.npy}}", NULL, &train, NULL);
    fsnn_data_info_get(train, &info);
    assert_true(info.count == 2 && !info.sequence && info.classes == 2);
    fsnn_data_destroy(train);
    opens("{kind: npy, train: x.npy, sequence: true}", NULL, &train, NULL);
    expect(train, 1, 2, 3, (const double[]){6, 7, 8, 9, 10, 11}, -1);
    fsnn_data_destroy(train);
    opens("{kind: npy, train: {samples: x.npy, classes: y.npy}, sequence: pixels}", NULL, &train,
          NULL);
    expect(train, 0, 6, 1, (const double[]){0, 1, 2, 3, 4, 5}, 1);
    fsnn_data_destroy(train);
    opens("{kind: idx, train: {images: images, labels: labels}, sequence: rows}", NULL, &train,
          NULL);
    expect(train, 0, 2, 3, (const double[]){0, 0.2, 1, 1, 0.2, 0}, 3);
    fsnn_data_destroy(train);
    opens("{kind: idx, train: {images: images, labels: labels}, sequence: pixels}", NULL, &train,
          NULL);
    expect(train, 0, 6, 1, (const double[]){0, 0.2, 1, 1, 0.2, 0}, 3);
    fsnn_data_destroy(train);
}

/* The test set's file has the classes in another order: numbers are those of the training set, also
 * where the test set alone is opened. */
static void test_one_numbering(void **state)
{
    (void)state;
    fsnn_data *train = NULL, *test;
    int32_t label;
    fsnn_description *d = describe("{kind: ts, train: a.ts, test: c.ts}", NULL);
    for (int alone = 0; alone < 2; alone++) {
        GOOD(fsnn_description_data(d, alone ? NULL : &train, &test));
        GOOD(fsnn_data_sample(test, 0, NULL, &label));
        assert_int_equal(label, 1);
        assert_string_equal(fsnn_data_class(test, 1), "v");
        fsnn_data_destroy(test);
    }
    fsnn_data_destroy(train);
    fsnn_description_destroy(d);
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } row[] = {
        {"{kind: ts, train: c.ts, test: d.ts}",
         "m.yaml:4:37: data.test: there are samples of the class \"x\", which the training "
         "set lacks; its classes are v, u, w"},
        {"{kind: ts, train: a.ts, front: mel}",
         "m.yaml:4:38: data.front: a mel spectrum needs series whose rate is known"},
        {"{kind: ts, train: a.ts, missing: mask, front: {decimate: 2}}",
         "data.front.decimate: decimation needs all values, and missing: mask leaves those that"},
        {"{kind: ts, train: a.ts, missing: mask, front: {kind: frames}}",
         "data.front.kind: a front end of frames needs all values"},
        {"{kind: hdf5, train: a.ts, channels: 800}",
         "m.yaml:4:43: data.channels: spike trains over 1.4 s in 100 steps, 700 units in 800"},
        {"{kind: wfdb, train: r.hea, classes: \"\"}",
         "m.yaml:4:43: data.classes: beats need classes"},
        {"{kind: wfdb, train: {path: r.hea, from: 3, to: 2}}",
         "m.yaml:4:54: data.train.to: windows"},
        {"{kind: wfdb, train: r.hea, before: 0, after: 0}",
         "m.yaml:4:52: data.after: windows from 0 s before a beat to 0 s after it"},
        {"{kind: wfdb, train: r.hea, after: 3000}", "m.yaml:4:27: data.train: "},
        {"{kind: npy, train: x.npy, balance: true}",
         "m.yaml:4:42: data.balance: samples without classes cannot be balanced"},
        {"{kind: ts, train: nowhere.ts}", "there is no file \"nowhere.ts\""},
        {"{kind: wav, train: a.ts}", "it is not a file of sound"},
        {"{kind: hdf5, train: a.ts}", "it is not an HDF5 file of spike trains"},
        {"{kind: csv, train: t.csv, class: c}", "m.yaml:4:40: data.class: "},
        {"{kind: csv, train: t.csv, row: series, id: a}", "m.yaml:4:50: data.id: a column \"a\""},
        {"{kind: csv, train: t.csv, row: sample, class: k, steps: 3}",
         "m.yaml:4:63: data.steps: counts for series in time: with row: sample a row is without"},
        {"{kind: csv, train: t.csv, row: sample, class: k, scale: sample}",
         "data.scale: counts for series in time: with row: sample a row is without time; scale: "
         "ch"},
        {"{kind: csv, train: t.csv, row: sample, class: k, front: {decimate: 2}}", "data.front: "},
        {"{kind: csv, train: t.csv, class: k, target: a}", "data.target: a sample has a class"},
        {"{kind: edf, train: r.edf, channels: c}", "m.yaml:4:43: data.channels: "},
        {"{kind: edf, train: r.edf, channels: \"a,slow\"}", "m.yaml:4:26: data.train: "},
        {"{kind: wfdb, train: {path: r.hea, table: t.csv}, classes: N}",
         "m.yaml:4:65: data.classes: is about windows around beats: here each record is a sample"},
        {"{kind: wfdb, train: r.hea, comment: Dx}", "r.hea: has no comment \"# Dx: ...\""},
        {"{kind: npy, train: {samples: x.npy, classes: x.npy}, targets: classes}",
         "expected is one class a sample"},
        {"{kind: npy, train: y.npy, sequence: rows}",
         "m.yaml:4:43: data.sequence: samples of shape [1] are no pictures"},
        {"{kind: ts, train: {path: a.ts}, balance: true, limit: {train: 1}, normalize: {mean: 1}}",
         NULL},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_data *train, *test;
        fsnn_description *d = describe(row[i].text, NULL);
        fsnn_status status = fsnn_description_data(d, &train, &test);
        assert_true((status < 0) == (row[i].words != NULL));
        assert_true(status == FSNN_EDESCRIPTION ||
                    !strstr(row[i].words ? row[i].words : "", "data."));
        if (row[i].words)
            expect_text(fsnn_error_text(), row[i].words, row[i].text);
        fsnn_data_destroy(train);
        fsnn_data_destroy(test);
        fsnn_description_destroy(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ts),     cmocka_unit_test(test_missing),
        cmocka_unit_test(test_wfdb),   cmocka_unit_test(test_tables_and_records),
        cmocka_unit_test(test_arrays), cmocka_unit_test(test_one_numbering),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
