/* The small tools under the figures: texts made safe, ranges and tic distances. */
#include "check.h"

#include "plot/figure.h"

static void texts_are_one_line_of_utf8(void **state)
{
    static const struct {
        int columns;
        const char *given, *wanted;
    } cases[] = {
        {10, "plain", "plain"},
        {10, NULL, ""},
        {10, "a\nb\tc\x7f", "a b c "},
        {10, "\xce\xb1\xe2\x82\xac\xf0\x9f\x98\x80", "\xce\xb1\xe2\x82\xac\xf0\x9f\x98\x80"},
        {10, "\xff\xc0\x80\xed\xa0\x80.", "??????."}, /* none, overlong, surrogate */
        {10, "\xc2\x85\xef\xbf\xbf!",
         "??"
         "??"
         "?!"}, /* a control, and what XML forbids */
        {10, "cut\xe2\x82", "cut??"},
        {4, "four", "four"},
        {4, "fives", "fiv\xe2\x80\xa6"},
        {2, "\xce\xb1\xce\xb2\xce\xb3", "\xce\xb1\xe2\x80\xa6"},
    };
    char out[FSNN_TEXT], huge[5000];

    (void)state;
    for (int i = 0; i < FSNN_COUNT(cases); i++) {
        CASE("cases[%d]", i);
        fsnn_text_clean(out, cases[i].columns, cases[i].given);
        assert_string_equal(out, cases[i].wanted);
    }
    memset(huge, 'x', sizeof huge - 1);
    huge[sizeof huge - 1] = 0;
    fsnn_text_clean(out, 100000, huge);
    assert_in_range(strlen(out), 400, FSNN_TEXT - 1);
}

static void quoted(void (*quote)(FILE *, const char *), const char *given, const char *wanted)
{
    char out[64] = "";
    FILE *stream = fmemopen(out, sizeof out, "w");

    assert_non_null(stream);
    quote(stream, given);
    fclose(stream);
    assert_string_equal(out, wanted);
}

static void nothing_is_special_in_quotes(void **state)
{
    (void)state;
    quoted(fsnn_text_quote, "it's 5 % \\n", "\"it\\047s 5 % \\134n\"");
    quoted(fsnn_text_quote_tic, "it's 5 % \\n", "\"it\\047s 5 %% \\134n\"");
    quoted(fsnn_text_quote, "`a` \"$@", "\"\\140a\\140 \\042\\044\\100\"");
    quoted(fsnn_text_quote, "", "\"\"");
}

static void ranges_are_never_empty(void **state)
{
    static const double values[][2] = {{0, 0},         {5, 5},     {-3, -3},
                                       {1e-30, 1e-30}, {1e9, 1e9}, {0, 1}};

    (void)state;
    for (int i = 0; i < FSNN_COUNT(values); i++) {
        CASE("values[%d]", i);
        fsnn_range range = fsnn_range_none();
        assert_true(fsnn_range_empty(&range));
        fsnn_range_add(&range, NAN);
        fsnn_range_add(&range, INFINITY);
        assert_true(fsnn_range_empty(&range));
        fsnn_range_add(&range, values[i][0]);
        fsnn_range_add(&range, values[i][1]);
        assert_false(fsnn_range_empty(&range));
        range = fsnn_range_padded(range);
        assert_true(range.low < values[i][0] && range.high > values[i][1]);
    }
    fsnn_range none = fsnn_range_padded(fsnn_range_none());
    assert_true(none.low == 0 && none.high == 1);
}

static void steps_are_round(void **state)
{
    static const struct {
        double length;
        int most;
        double step;
    } cases[] = {{10, 10, 1},   {11, 10, 2},     {0.3, 3, 0.1},    {1, 5, 0.2},
                 {100, 12, 10}, {1000, 12, 100}, {3e-5, 10, 5e-6}, {0, 5, 1},
                 {-1, 5, 1},    {NAN, 5, 1},     {INFINITY, 5, 1}};

    (void)state;
    for (int i = 0; i < FSNN_COUNT(cases); i++) {
        CASE("cases[%d]", i);
        double step = fsnn_axis_step(cases[i].length, cases[i].most);
        assert_true(fabs(step - cases[i].step) <= 1e-9 * cases[i].step);
    }
    assert_int_equal(fsnn_axis_whole_step(4, 12), 1);
    assert_int_equal(fsnn_axis_whole_step(1, 12), 1);
    assert_int_equal(fsnn_axis_whole_step(100, 12), 10);
    assert_int_equal(fsnn_axis_whole_step(2560, 6), 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_one_line_of_utf8),
        cmocka_unit_test(nothing_is_special_in_quotes),
        cmocka_unit_test(ranges_are_never_empty),
        cmocka_unit_test(steps_are_round),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
