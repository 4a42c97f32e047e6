/* EDF and BDF: what tests/fuzz/make_edf.py wrote, a file of pyEDFlib's, windows at annotations,
 * several rates, what is refused and with which words, damaged files. */
#include "data/mutate.h"

#include <fsnn/series.h>

#define LLVMFuzzerTestOneInput fuzz_edf
#include "fuzz/fuzz_edf.c"
#undef LLVMFuzzerTestOneInput

#define CORPUS "tests/fuzz/edf/"

static fsnn_series *open_edf(const char *name, const fsnn_edf_options *o, fsnn_series_info *info)
{
    char path[128];
    fsnn_series *s;
    snprintf(path, sizeof path, CORPUS "%s", name);
    GOOD(fsnn_series_edf(path, o, &s));
    fsnn_series_info_get(s, info);
    return s;
}

/* Sample k of signal s. */
static float value(int k, int s)
{
    return (float)(((37 * k + 11 * s) % 2001 - 1000) * 0.5);
}

static void whole(void **state)
{
    (void)state;
    static const char *const names[] = {"plain.edf", "open.edf", "plus.edf", "nogap.edf",
                                        "wide.bdf"};
    for (int i = 0; i < FSNN_COUNT(names); i++) {
        CASE("%s", names[i]);
        fsnn_series_info info;
        fsnn_series *s = open_edf(names[i], NULL, &info);
        assert_true(info.count == 1 && info.channels == 2 && info.classes == 0);
        assert_true(info.rate == 20 && info.longest == 60 && info.missing == 0);
        assert_string_equal(fsnn_series_channel(s, 1), "b");
        assert_string_equal(fsnn_series_unit(s, 1), "uV");
        const float *x = fsnn_series_values(s, 0, NULL, NULL);
        for (int k = 0; k < 60; k++)
            assert_true(x[2 * k] == value(k, 0) && x[2 * k + 1] == value(k, 1));
        const char *note = fsnn_series_note(s, 0);
        if (i == 1)
            assert_non_null(strstr(note, "3 bytes follow the 3 records of its header"));
        if (i == 2)
            assert_non_null(strstr(note, "5 annotations: \"one\" at 0.5 s, \"two\" at 1.5 s, "
                                         "\"one\" at 1.5 s, \"three\" at -1 s, ..."));
        assert_true((i == 0) == (note == NULL));
        fsnn_series_destroy(s);
    }
}

/* What pyEDFlib 0.1 wrote, and reads. */
static void another_program(void **state)
{
    (void)state;
    fsnn_series_info info;
    const fsnn_edf_options o = {.classes = "Sleep stage 2, spindle", .after = 1};
    fsnn_series *s = open_edf("pyedflib.edf", NULL, &info);
    double sum[2] = {0, 0};
    assert_true(info.channels == 2 && info.rate == 50 && info.longest == 200);
    assert_string_equal(fsnn_series_channel(s, 0), "EEG Fpz-Cz");
    const float *x = fsnn_series_values(s, 0, NULL, NULL);
    for (int k = 0; k < 200; k++)
        sum[0] += x[2 * k], sum[1] += x[2 * k + 1];
    assert_true(fabs(x[2] - 11.38780804150454) < 1e-5 && fabs(x[3] - 59.74975204089418) < 1e-5);
    assert_true(fabs(sum[0] - 1105.2964065003432) < 1e-2);
    assert_true(fabs(sum[1] + 401.96536202029455) < 1e-2);
    fsnn_series_destroy(s);
    s = open_edf("pyedflib.edf", &o, &info);
    assert_true(info.count == 3 && info.classes == 2 && info.longest == 50);
    int32_t label;
    fsnn_series_values(s, 0, NULL, &label);
    assert_int_equal(label, 1);
    x = fsnn_series_values(s, 2, NULL, &label); /* the second half of two seconds from 1 s on */
    assert_int_equal(label, 0);
    assert_true(fabs(x[0] - 80 * sin(100 / 7.0)) < 4e-3);
    fsnn_series_destroy(s);
}

static void rates(void **state)
{
    (void)state;
    fsnn_series_info info;
    fsnn_series *s = open_edf("rates.edf", NULL, &info);
    assert_true(info.channels == 2 && info.rate == 20);
    assert_non_null(strstr(fsnn_series_note(s, 0), "1 of its signals are left out, \"slow\" with "
                                                   "5 samples/s first: the others have 20"));
    fsnn_series_destroy(s);
    s = open_edf("rates.edf", &(fsnn_edf_options){.channels = "slow, a", .rate = 5}, &info);
    assert_true(info.channels == 2 && info.rate == 5 && info.longest == 15);
    const float *x = fsnn_series_values(s, 0, NULL, NULL);
    fsnn_series *a = open_edf("rates.edf", &(fsnn_edf_options){.channels = "a"}, &info);
    GOOD(fsnn_series_decimate(a, 4)); /* the same filter */
    const float *y = fsnn_series_values(a, 0, NULL, NULL);
    for (int k = 0; k < 15; k++) {
        assert_true(x[2 * k] == value(k, 2));
        assert_true(fabs(x[2 * k + 1] - y[k]) < 1e-3);
    }
    fsnn_series_destroy(a), fsnn_series_destroy(s);
    s = open_edf("rates.edf", &(fsnn_edf_options){.channels = "slow", .rate = 20}, &info);
    assert_true(info.rate == 20 && info.longest == 60);
    fsnn_series_destroy(s);
    REFUSED(fsnn_series_edf(CORPUS "rates.edf", &(fsnn_edf_options){.channels = "a,slow"}, &s),
            FSNN_EARGUMENT,
            "signal \"a\" has 20 samples/s, \"slow\" 5: choose signals of one rate, or give");
    REFUSED(fsnn_series_edf(CORPUS "rates.edf", &(fsnn_edf_options){.channels = "a,c"}, &s),
            FSNN_EARGUMENT,
            "no signal \"c\" that is not named already; its signals are \"a\", \"b\", \"slow\"");
    REFUSED(fsnn_series_edf(CORPUS "rates.edf", &(fsnn_edf_options){.channels = "a,a"}, &s),
            FSNN_EARGUMENT, "no signal \"a\" that is not named already");
}

static void windows(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        fsnn_edf_options o;
        int count, length, first; /* first sample of the first window */
    } row[] = {
        {"plus.edf",
         {.classes = "one,two", .after = 0.5},
         5,
         10,
         10}, /* two halves of 1 s, twice */
        {"plus.edf", {.classes = "one,two", .before = 0.25, .after = 0.25}, 3, 10, 5},
        {"plus.edf", {.classes = "one,two", .after = 0.5, .from = 1}, 4, 10, 30},
        {"plus.edf", {.classes = "one|two", .after = 0.1, .to = 1}, 1, 2, 10},
        {"nogap.edf", {.classes = "two", .after = 0.5}, 2, 10, 25}, /* 1.5 s - 0.25 s */
        {"wide.bdf", {.classes = "one", .after = 1}, 2, 20, 10},
        {"plain.edf", {.classes = "one", .after = 1, .marks = CORPUS "marks.edf"}, 2, 20, 10},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_series_info info;
        fsnn_series *s = open_edf(row[i].file, &row[i].o, &info);
        assert_int_equal(info.count, row[i].count);
        assert_true(info.shortest == row[i].length && info.longest == row[i].length);
        assert_true(fsnn_series_values(s, 0, NULL, NULL)[0] == value(row[i].first, 0));
        fsnn_series_destroy(s);
    }
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        int at;
        const char *put;
        size_t keep;
        const char *words;
        fsnn_status status;
    } row[] = {
        {"plain.edf", 0, "1", 0, "it is not an EDF or BDF recording", FSNN_EFORMAT},
        {"plain.edf", 0, "", 200, "has 200 bytes, its header at least 256", FSNN_EFORMAT},
        {"plain.edf", 0, "", 700, "header of 2 signals is 768 bytes of 700", FSNN_EFORMAT},
        {"plain.edf", 0, "", 1000, "promises 3 records of 80 bytes, but 2 are there: it is cut",
         FSNN_EFORMAT},
        {"plain.edf", 252, "9999", 0, "header of 9999 signals is 768 bytes", FSNN_EFORMAT},
        {"plain.edf", 252, "x   ", 0, "the number of signals (byte 252) is \"x\"", FSNN_EFORMAT},
        {"plain.edf", 244, "-1", 0, "a record lasts -1 s", FSNN_EFORMAT},
        {"plain.edf", 244, "0 ", 0, "a record lasts 0 s, but signal 0 (a) has samples",
         FSNN_EFORMAT},
        {"plain.edf", 236, "99999999", 0, "promises 99999999 records", FSNN_EFORMAT},
        {"plain.edf", 496, "1000 ", 0, "signal 0 (a) has the digital range 1000 to 1000",
         FSNN_EFORMAT},
        {"plain.edf", 688, "0 ", 0, "samples a record of signal 0 (byte 688) is 0", FSNN_EFORMAT},
        {"gap.edf", 0, "", 0, "(EDF+D) with a gap before record 2", FSNN_EUNSUPPORTED},
        {"marks.edf", 0, "", 0, "holds annotations, but no signal", FSNN_EFORMAT},
        {"plus.edf", 1109, "*", 0, "the annotations of record 0 are no list of times and texts",
         FSNN_EFORMAT},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        char path[128];
        fsnn_series *s;
        snprintf(path, sizeof path, CORPUS "%s", row[i].file);
        folder_copy("r.edf", path, (size_t)row[i].at, row[i].put, row[i].keep);
        REFUSED(fsnn_series_edf(folder_path("r.edf"), NULL, &s), row[i].status, row[i].words);
        assert_null(s);
    }
    static const struct {
        fsnn_edf_options o;
        const char *words;
    } option[] = {
        {{.classes = "four", .after = 1}, "no annotation of the classes \"four\""},
        {{.classes = "one,", .after = 1}, "classes are texts of annotations between commas"},
        {{.classes = "one"}, "windows from 0 s before an annotation to 0 s after it"},
        {{.classes = "one", .after = 1, .from = 2, .to = 1}, "between 2 and 1 s"},
        {{.classes = "one", .after = 0.01}, "windows of 0.01 s are shorter than half a sample"},
        {{.rate = -1}, "a rate of -1 samples/s"},
        {{.rate = 1e8}, "are 3e+08 samples, which cannot be"},
    };
    for (int i = 0; i < FSNN_COUNT(option); i++) {
        CASE("option[%d]", i);
        fsnn_series *s;
        REFUSED(fsnn_series_edf(CORPUS "plus.edf", &option[i].o, &s), FSNN_EARGUMENT,
                option[i].words);
    }
    folder_delete("r.edf");
}

static void damaged(void **state)
{
    (void)state;
    static const char *const names[] = {"plain.edf", "rates.edf", "plus.edf", "nogap.edf",
                                        "wide.bdf"};
    for (int i = 0; i < FSNN_COUNT(names); i++) {
        char path[128];
        uint8_t *bytes;
        size_t size;
        snprintf(path, sizeof path, CORPUS "%s", names[i]);
        GOOD(fsnn_file_read(path, &bytes, &size));
        fuzz_times(fuzz_edf, bytes, size, (uint64_t)i, MUTATIONS / 5);
        fsnn_free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole),   cmocka_unit_test(another_program),
                                       cmocka_unit_test(rates),   cmocka_unit_test(windows),
                                       cmocka_unit_test(refused), cmocka_unit_test(damaged)};
    return cmocka_run_group_tests_name("data/edf", tests, folder_open, folder_close);
}
