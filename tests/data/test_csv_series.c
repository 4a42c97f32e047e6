/* Tables of texts as series: separators, decimal signs, names, quotes, missing values, rows as
 * steps and as series, folders, what is refused and with which words, damaged files. */
#include "data/mutate.h"

#include <fsnn/series.h>

#define LLVMFuzzerTestOneInput fuzz_table
#include "fuzz/fuzz_table.c"
#undef LLVMFuzzerTestOneInput

/* What one series holds. */
typedef struct wanted {
    int length, label;
    float x[8];
} wanted;

static const struct {
    const char *text;
    fsnn_csv_options o;
    int count, channels, classes, missing;
    double rate;
    wanted series[3];
} row[] = {
    {"a,b\n1,2\n3,4\n", {0}, 1, 2, 0, 0, 0, {{2, -1, {1, 2, 3, 4}}}},
    {"1,2\n3,4", {0}, 1, 2, 0, 0, 0, {{2, -1, {1, 2, 3, 4}}}},
    {"\xef\xbb\xbf# r\n\n\"a\",\"b\"\r\n 1 ,\"2\"\r\n,4\r\n",
     {0},
     1,
     2,
     0,
     1,
     0,
     {{2, -1, {1, 2, 1, 4}}}},
    {"a;b\n1,5;2\n-2,5e1;NA\n", {0}, 1, 2, 0, 1, 0, {{2, -1, {1.5F, 2, -25, 2}}}},
    {"a\tb\n1,5\t2\n3,5\t4\n", {0}, 1, 2, 0, 0, 0, {{2, -1, {1.5F, 2, 3.5F, 4}}}},
    {"a;b\n1.5;2\n3.5;4\n", {0}, 1, 2, 0, 0, 0, {{2, -1, {1.5F, 2, 3.5F, 4}}}},
    {"\"a;\";b\n1;2\n", {.columns = "b, a;"}, 1, 2, 0, 0, 0, {{1, -1, {2, 1}}}},
    {"t,v,k,id\n0,1,x,7\n0,3,w,8\n.5,2,x,7\n0.5,4,w,8\n",
     {.id = "id", .time = "t", .label = "k"},
     2,
     1,
     2,
     0,
     2,
     {{2, 1, {1, 2}}, {2, 0, {3, 4}}}},
    {"10,1,2,\n9,3,?,5\n10,7,,8\n",
     {.row_is_series = true, .label = "1"},
     3,
     1,
     2,
     2,
     0,
     {{2, 1, {1, 2}}, {3, 0, {3, 4, 5}}, {3, 1, {7, 7.5F, 8}}}},
    {"a,b,k\n1,2,x\n3,4,w\n5,6,x\n",
     {.row_is_sample = true, .label = "k"},
     3,
     2,
     2,
     0,
     0,
     {{1, 1, {1, 2}}, {1, 0, {3, 4}}, {1, 1, {5, 6}}}},
    {"a|b\n1|2\n3|4\n", {0}, 1, 2, 0, 0, 0, {{2, -1, {1, 2, 3, 4}}}},
    {"1,5|2\n3,5|4\n", {0}, 1, 2, 0, 0, 0, {{2, -1, {1.5F, 2, 3.5F, 4}}}},
    {" a  b\t c \r\n1 2   3\r\n\"4\" 5 6 \n", {0}, 1, 3, 0, 0, 0, {{2, -1, {1, 2, 3, 4, 5, 6}}}},
    {"1,5 2\n3 4,5\n", {.separator = ' '}, 1, 2, 0, 0, 0, {{2, -1, {1.5F, 2, 3, 4.5F}}}},
    {"a value\n1\n2\n", {0}, 1, 1, 0, 0, 0, {{2, -1, {1, 2}}}},
    {"a|b\n1|2\n", {.separator = '|'}, 1, 2, 0, 0, 0, {{1, -1, {1, 2}}}},
    {"a,b\r1,2\r\r3,4\r", {0}, 1, 2, 0, 0, 0, {{2, -1, {1, 2, 3, 4}}}},
    {"\"a\"\tb\r\"1\" \t2\r3\t\"4\"\r", {0}, 1, 2, 0, 0, 0, {{2, -1, {1, 2, 3, 4}}}},
    {"# r\ra b\r1  2 \r\"3\" 4", {0}, 1, 2, 0, 0, 0, {{2, -1, {1, 2, 3, 4}}}},
    {"a\n1,5\n", {.separator = ';', .decimal = ','}, 1, 1, 0, 0, 0, {{1, -1, {1.5F}}}},
};

static void tables(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_series *s;
        fsnn_series_info info;
        folder_write_text("t.csv", row[i].text);
        GOOD(fsnn_series_csv(folder_path("t.csv"), &row[i].o, &s));
        fsnn_series_info_get(s, &info);
        assert_int_equal(info.count, row[i].count);
        assert_int_equal(info.channels, row[i].channels);
        assert_int_equal(info.classes, row[i].classes);
        assert_int_equal(info.missing, row[i].missing);
        assert_true(info.rate == row[i].rate);
        for (int k = 0; k < row[i].count; k++) {
            const wanted *want = &row[i].series[k];
            int64_t length;
            int32_t label;
            const float *x = fsnn_series_values(s, k, &length, &label);
            assert_true(length == want->length && label == want->label);
            assert_memory_equal(x, want->x, (size_t)(length * info.channels) * sizeof *x);
        }
        fsnn_series_destroy(s);
    }
    folder_delete("t.csv");
}

static void names(void **state)
{
    (void)state;
    fsnn_series *s;
    folder_write_text("t.csv", "\"left \"\"ear\"\"\",b\n1,2\n");
    GOOD(fsnn_series_csv(folder_path("t.csv"), NULL, &s));
    assert_string_equal(fsnn_series_channel(s, 0), "left \"ear\"");
    fsnn_series_destroy(s);
    folder_write_text("t.csv", "a,b,c\n1,2,x\n1,2,\n");
    GOOD(fsnn_series_csv(folder_path("t.csv"), NULL, &s));
    assert_non_null(strstr(fsnn_series_note(s, 0), "the column \"c\" holds texts and is left out"));
    fsnn_series_destroy(s);
    folder_write_text("t.csv", "t,b\n0,2\n1,3\n5,4\n");
    GOOD(fsnn_series_csv(folder_path("t.csv"), &(fsnn_csv_options){.time = "t"}, &s));
    assert_non_null(strstr(fsnn_series_note(s, 0), "times are not evenly spaced"));
    fsnn_series_destroy(s);
    folder_delete("t.csv");
}

/* A row as a sample: no axis of time, and numbers that a regression is to give. */
static void samples(void **state)
{
    (void)state;
    const fsnn_csv_options o = {.row_is_sample = true, .target = "y"};
    fsnn_series *s;
    fsnn_data *data;
    fsnn_data_info info;
    folder_write_text("t.csv", "a;y;b\n0,5;-1,5;2\n1;7;3\n");
    GOOD(fsnn_series_csv(folder_path("t.csv"), &o, &s));
    REFUSED(fsnn_data_series(s, 2, FSNN_PAD_END, &data), FSNN_EARGUMENT, "have no steps");
    GOOD(fsnn_data_series(s, 0, FSNN_PAD_END, &data));
    fsnn_data_info_get(data, &info);
    assert_true(info.count == 2 && !info.sequence && info.shape.rank == 1 &&
                info.shape.dim[0] == 2);
    fsnn_data_destroy(data);
    GOOD(fsnn_series_scale(s, FSNN_SCALE_CHANNEL, s)); /* each column by itself */
    assert_true(fsnn_series_values(s, 0, NULL, NULL)[1] == -1);
    fsnn_series_destroy(s);
    folder_delete("t.csv");
}

static void folders(void **state)
{
    (void)state;
    fsnn_series *s;
    fsnn_series_info info;
    const fsnn_csv_options o = {.files = {.pattern = "{label}_{n}.csv", .only = "n=1-2"}};
    folder_write_text("up_1.csv", "x,y\n1,2\n");
    folder_write_text("down_2.csv", "x;y\n3,5;4\n5,5;6\n");
    folder_write_text("down_3.csv", "no table\n");
    GOOD(fsnn_series_csv(folder_path(""), &o, &s));
    fsnn_series_info_get(s, &info);
    assert_true(info.count == 2 && info.channels == 2 && info.classes == 2);
    assert_string_equal(fsnn_series_class(s, 0), "down");
    assert_string_equal(fsnn_series_channel(s, 1), "y");
    int32_t label;
    const float *x = fsnn_series_values(s, 0, NULL, &label);
    assert_true(x[0] == 3.5F && label == 0);
    fsnn_series_destroy(s);
    folder_write_text("up_1.csv", "x\n1\n");
    REFUSED(fsnn_series_csv(folder_path(""), &o, &s), FSNN_EFORMAT,
            "up_1.csv: has 1 columns of values, the tables before it 2");
    folder_delete("up_1.csv"), folder_delete("down_2.csv"), folder_delete("down_3.csv");
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        fsnn_csv_options o;
        const char *words;
        fsnn_status status;
    } bad[] = {
        {"", {0}, "is empty (0 bytes); expected is a table of texts (CSV)", FSNN_EFORMAT},
        {"# only\n\n", {0}, "holds no line of a table", FSNN_EFORMAT},
        {"a,b\n", {0}, "holds a line of names, but no row", FSNN_EFORMAT},
        {"a,b\n1\n", {0}, "t.csv:2: has 1 cells, the first line 2", FSNN_EFORMAT},
        {"a,b\n1,\"2\n", {0}, "t.csv:2: a quote \" has no other one that ends it", FSNN_EFORMAT},
        {"a,b\n\"1\"x,2\n", {0}, "t.csv:2: \"x\" follows a quote that ends a cell", FSNN_EFORMAT},
        {"a,b\n1,two\n1,2\n",
         {0},
         "t.csv:2: \"two\" in the column \"b\" is not a number",
         FSNN_EFORMAT},
        {"a,b\r\"1\",2\r1,two\r",
         {0},
         "t.csv:3: \"two\" in the column \"b\" is not a number",
         FSNN_EFORMAT},
        {"a;b\n1.000,5;2\n3;4\n",
         {0},
         ":2: \"1.000,5\" in the column \"a\" is not a",
         FSNN_EFORMAT},
        {"a,b\n1e39,2\n", {0}, ":2: \"1e39\" in the column \"a\" is not a number", FSNN_EFORMAT},
        {"a,b\n1,?\n", {0}, ":2: the series that begins here has no value in \"b\"", FSNN_EFORMAT},
        {"a,b\n1,2\n",
         {.columns = "a,c"},
         "has no column \"c\"; its columns are \"a\", \"b\"",
         FSNN_EARGUMENT},
        {"a,b\n1,2\n", {.columns = "a,a"}, "the column \"a\" is named twice", FSNN_EARGUMENT},
        {"a,b\n1,2\n", {.label = "c"}, "has no column \"c\"", FSNN_EARGUMENT},
        {"a,b\n1,2\n3,4\n",
         {.label = "b"},
         ":3: the class changes from \"2\" to \"4\" within a",
         FSNN_EFORMAT},
        {"a,b\n1,\n", {.label = "b"}, ":2: the class is empty", FSNN_EFORMAT},
        {"a,b\n1,2\n1,4\n",
         {.time = "a"},
         ":3: the time \"1\" is no number above the one before",
         FSNN_EFORMAT},
        {"a\n1\n", {.label = "a"}, "has no column left for values", FSNN_EFORMAT},
        {"a\n1\n", {.id = "a", .row_is_series = true}, "here each row is a series", FSNN_EARGUMENT},
        {"a\n1\n",
         {.time = "a", .row_is_sample = true},
         "here each row is a sample",
         FSNN_EARGUMENT},
        {"a,b\n1,2\n3,\n",
         {.row_is_sample = true},
         "t.csv:3: has no value in \"b\": a sample without time has no neighbours",
         FSNN_EFORMAT},
        {"a,b\n1,2\n",
         {.row_is_sample = true, .row_is_series = true},
         "a series or a sample, not both",
         FSNN_EARGUMENT},
        {"a,b\n1,2\n", {.label = "a", .target = "b"}, "not both", FSNN_EARGUMENT},
        {"a,b\n1,2\n", {.target = "c"}, "has no column \"c\"", FSNN_EARGUMENT},
        {"a,b\n1,2\n1,\n",
         {.target = "b", .row_is_sample = true},
         ":3: the target \"\" is not a number",
         FSNN_EFORMAT},
        {"a,b\n1,2\n1,3\n",
         {.target = "b"},
         ":3: the target \"3\" is not the one of",
         FSNN_EFORMAT},
        {"a\n1\n",
         {.separator = ',', .decimal = ','},
         "are both \",\": they must differ",
         FSNN_EARGUMENT},
    };
    fsnn_series *s;
    for (int i = 0; i < FSNN_COUNT(bad); i++) {
        CASE("bad[%d]", i);
        folder_write_text("t.csv", bad[i].text);
        REFUSED(fsnn_series_csv(folder_path("t.csv"), &bad[i].o, &s), bad[i].status, bad[i].words);
        assert_null(s);
    }
    folder_write("t.csv", "a,b\n1,\0\n", 8);
    REFUSED(fsnn_series_csv(folder_path("t.csv"), NULL, &s), FSNN_EFORMAT, "byte 6 is 0");
    folder_delete("t.csv");
}

static void damaged(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(row); i++)
        fuzz_times(fuzz_table, (const uint8_t *)row[i].text, strlen(row[i].text), (uint64_t)i,
                   MUTATIONS / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables),  cmocka_unit_test(names),
                                       cmocka_unit_test(samples), cmocka_unit_test(folders),
                                       cmocka_unit_test(refused), cmocka_unit_test(damaged)};
    return cmocka_run_group_tests_name("data/csv_series", tests, folder_open, folder_close);
}
