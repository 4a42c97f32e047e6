/* Series of the UCR/UEA archive as tables by tabs and as ARFF: what is read, what is refused and
 * with which words, damaged files. */
#include "data/mutate.h"

#include "base/bytes.h"

#include <fsnn/series.h>

#define LLVMFuzzerTestOneInput fuzz_ts
#include "fuzz/fuzz_ts.c"
#undef LLVMFuzzerTestOneInput

static const char *put(const char *text)
{
    folder_write_text("a.txt", text);
    return folder_path("a.txt");
}

typedef struct reading {
    const char *text;
    int count, channels, classes, missing, total;
    const char *names; /* of classes, by blanks */
    int labels[4];
    float values[12];
    const char *note;
} reading;

static void reads(const reading *row, int rows)
{
    for (int i = 0; i < rows; i++) {
        CASE("row[%d]", i);
        fsnn_series *s;
        fsnn_series_info info;
        char names[64] = "";
        const float *want = row[i].values;
        GOOD(fsnn_series_ts(put(row[i].text), &s));
        fsnn_series_info_get(s, &info);
        assert_int_equal(info.count, row[i].count);
        assert_int_equal(info.channels, row[i].channels);
        assert_int_equal(info.classes, row[i].classes);
        assert_int_equal(info.missing, row[i].missing);
        assert_int_equal(info.total, row[i].total);
        for (int c = 0; c < row[i].classes; c++) {
            strcat(names, c ? " " : "");
            strcat(names, fsnn_series_class(s, c));
        }
        assert_string_equal(names, row[i].names);
        for (int k = 0; k < row[i].count; k++) {
            int64_t length;
            int32_t label;
            const float *x = fsnn_series_values(s, k, &length, &label);
            assert_int_equal(label, row[i].labels[k]);
            for (int64_t j = 0; j < length * info.channels; j++)
                assert_true(x[j] == *want++);
        }
        if (row[i].note)
            CONTAINS(fsnn_series_note(s, 0), row[i].note);
        else
            assert_null(fsnn_series_note(s, 0));
        fsnn_series_destroy(s);
    }
    folder_delete("a.txt");
}

static void tables(void **state)
{
    (void)state;
    static const reading row[] = {
        {.text = "\xef\xbb\xbf"
                 "10\t1\t-2.5e1\r\n2\t3\t4\r\n-1\t5\t6\n",
         .count = 3,
         .channels = 1,
         .classes = 3,
         .total = 6,
         .names = "-1 2 10",
         .labels = {2, 1, 0},
         .values = {1, -25, 3, 4, 5, 6}},
        {.text = "% remark\nup\t1\n\ndown\t2\nup\t3",
         .count = 3,
         .channels = 1,
         .classes = 2,
         .total = 3,
         .names = "down up",
         .labels = {1, 0, 1},
         .values = {1, 2, 3}},
        {.text = "1\t1\tNaN\t3\tNaN\n2\t?\t2\t3\t4\n",
         .count = 2,
         .channels = 1,
         .classes = 2,
         .missing = 2,
         .total = 7,
         .names = "1 2",
         .labels = {0, 1},
         .values = {1, 2, 3, 2, 2, 3, 4},
         .note = "1 of 2 series end in NaN: they are read as shorter"},
    };
    reads(row, FSNN_COUNT(row));
}

#define ARFF "% so\n@RELATION x\n\n@attribute a numeric\n@ATTRIBUTE 'b c'  REAL\n"
#define MANY                                                                                       \
    "@relation x\n@attribute r relational\n@attribute a numeric\n@attribute b real\n@end r\n"      \
    "@attribute class {x,y}\n@data\n"

static void weka(void **state)
{
    (void)state;
    static const reading row[] = {
        {.text = ARFF "@attribute target { 2 ,'one more',3}\r\n@data\n1,2,'one more'\n% \n?,4, 2\n",
         .count = 2,
         .channels = 1,
         .classes = 3,
         .missing = 1,
         .total = 4,
         .names = "2 one more 3",
         .labels = {1, 0},
         .values = {1, 2, 4, 4}},
        {.text = ARFF "@data\n1,2\n3,4\n",
         .count = 2,
         .channels = 1,
         .total = 4,
         .names = "",
         .labels = {-1, -1},
         .values = {1, 2, 3, 4}},
        {.text = ARFF "@attribute c {w,'one more'}\n@data\n{1 2.5}\n{0 1, 1 ?, 2 'one more'}\n{ }\n"
                      "{0 3 ,2 w}\n",
         .count = 4,
         .channels = 1,
         .classes = 2,
         .missing = 1,
         .total = 8,
         .names = "w one more",
         .labels = {0, 1, 0, 0},
         .values = {0, 2.5F, 1, 1, 0, 0, 3, 0}},
        {.text =
             "@relation x\r@attribute a real\r@attribute b real\r% so\r@attribute c {x,y}\r@data\r"
             "1,2,y\r\r3,4,x\r",
         .count = 2,
         .channels = 1,
         .classes = 2,
         .total = 4,
         .names = "x y",
         .labels = {1, 0},
         .values = {1, 2, 3, 4}},
        {.text = MANY "'1,2\\n3,4\\n5,6',y\n\"?,1\\n0,0\\n7,8\" , x\n",
         .count = 2,
         .channels = 3,
         .classes = 2,
         .missing = 1,
         .total = 4,
         .names = "x y",
         .labels = {1, 0},
         .values = {1, 3, 5, 2, 4, 6, 1, 0, 7, 1, 0, 8}},
    };
    reads(row, FSNN_COUNT(row));
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
        fsnn_status status;
    } row[] = {
        {"1\t2\n3\n", ":2: holds no tab", FSNN_EFORMAT},
        {"1\t2\n\t3\n", ":2: begins with a tab", FSNN_EFORMAT},
        {"1\t2\tx\n", ":1: \"x\" is not a number that can be used (dimension 1, value 2)",
         FSNN_EFORMAT},
        {"1\t2\n2\tNaN\tNaN\n", ":2: the series has no value at all", FSNN_EFORMAT},
        {"@relation x\n@data\n", "@data follows no numeric attribute", FSNN_EFORMAT},
        {ARFF "x\n", ":6: \"x\" stands before @data", FSNN_EFORMAT},
        {ARFF, "has no line @data", FSNN_EFORMAT},
        {ARFF "@data\n%\n", "no series follows @data", FSNN_EFORMAT},
        {ARFF "@data\n1,2,3\n", ":7: has 3 values in dimension 1, but the header names 2",
         FSNN_EFORMAT},
        {ARFF "@attribute d date\n", ":6: the attribute \"d\" has the type \"date\"",
         FSNN_EUNSUPPORTED},
        {ARFF "@attribute d\n", ":6: the attribute \"d\" has no type", FSNN_EFORMAT},
        {ARFF "@attribute c {1,2\n", "the list of classes \"{1,2\" lacks its end", FSNN_EFORMAT},
        {ARFF "@attribute c {1,1}\n", "a class is named \"1\", as another", FSNN_EFORMAT},
        {ARFF "@attribute c {}\n", "the list of classes is empty", FSNN_EFORMAT},
        {ARFF "@attribute c {'1' 2}\n", "a comma is expected before \"2\"", FSNN_EFORMAT},
        {ARFF "@attribute c {1}\n@attribute d real\n", "the attribute \"d\" follows the class",
         FSNN_EUNSUPPORTED},
        {ARFF "@attribute c {1}\n@data\n1,2,3\n", ":8: the line ends with \"3\"", FSNN_EFORMAT},
        {ARFF "@attribute c {1}\n@data\n{1 2, 2 3}\n", ":8: \"3\" is not among the 1 classes",
         FSNN_EFORMAT},
        {ARFF "@data\n{1 2, 0 3}\n", ":7: \"0\" is no number of an attribute from 2 to 1",
         FSNN_EFORMAT},
        {ARFF "@data\n{2 1}\n", ":7: \"2\" is no number of an attribute from 0 to 1", FSNN_EFORMAT},
        {ARFF "@data\n{99999999999999999999 1}\n", "is no number of an attribute", FSNN_EFORMAT},
        {ARFF "@data\n{0}\n", "\"\" is not a number that can be used", FSNN_EFORMAT},
        {ARFF "@data\n{0 1 1 2}\n", "\"1 1 2\" is not a number that can be used", FSNN_EFORMAT},
        {ARFF "@data\n{0 '1' 1}\n", ":7: a comma is expected after the value 1", FSNN_EFORMAT},
        {ARFF "@data\n{0 1\n", "the sparse line \"{0 1\" lacks its end", FSNN_EFORMAT},
        {ARFF "@data\n{\n", "the sparse line \"{\" lacks its end", FSNN_EFORMAT},
        {ARFF "@data\n{0 ?, 1 ?}\n", ":7: has no value at all", FSNN_EFORMAT},
        {MANY "{0 1}\n", "has no place for a relational attribute", FSNN_EFORMAT},
        {ARFF "@data\n1,2\\n3,4\n", "several dimensions, but no relational", FSNN_EFORMAT},
        {MANY "'1,2',y\n'1,2\\n3,4',y\n", ":9: has 2 dimensions, expected are 1", FSNN_EFORMAT},
        {MANY "'1,2'3,y\n", "\"3\" stands between series and class", FSNN_EFORMAT},
        {MANY "'?,?',y\n", "dimension 1 has no value at all", FSNN_EFORMAT},
        {"@relation x\n@attribute r relational\n@attribute a real\n@data\n", "without @end",
         FSNN_EFORMAT},
    };
    fsnn_series *s;
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        REFUSED(fsnn_series_ts(put(row[i].text), &s), row[i].status, row[i].words);
        CONTAINS(fsnn_error_text(), "a.txt");
        assert_null(s);
    }
    folder_write("a.txt", "1\t2\0\n", 5);
    REFUSED(fsnn_series_ts(folder_path("a.txt"), &s), FSNN_EFORMAT, "byte 3 is 0");
    char *text = malloc(65536), *p = text;
    assert_non_null(text);
    for (int i = 0; i <= 4096; i++) /* targets in place of classes */
        p += sprintf(p, "%d.5\t1\n", i);
    REFUSED(fsnn_series_ts(put(text), &s), FSNN_EUNSUPPORTED, ":4097: \"4096.5\" would be class");
    free(text);
    folder_delete("a.txt");
}

static void damaged(void **state)
{
    (void)state;
    static const char *const valid[] = {
        "2\t1\t-2.5e1\tNaN\n1\t3\t?\t4\n",
        ARFF "@attribute target {2,'one more',3}\n@data\n1,2,'one more'\n?,4, 2\n",
        MANY "'1,2\\n3,4\\n5,6',y\n\"?,1\\n0,0\\n7,8\" , x\n",
        ARFF "@attribute c {w,'one more'}\n@data\n{1 2.5}\n{0 1, 1 ?, 2 'one more'}\n{ }\n",
    };
    for (int i = 0; i < FSNN_COUNT(valid); i++)
        fuzz(fuzz_ts, (const uint8_t *)valid[i], strlen(valid[i]), (uint64_t)i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables), cmocka_unit_test(weka),
                                       cmocka_unit_test(refused), cmocka_unit_test(damaged)};
    return cmocka_run_group_tests_name("data/ucr", tests, folder_open, folder_close);
}
