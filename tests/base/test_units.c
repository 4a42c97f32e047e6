/* Units: their names, sizes and texts, and rates in Hz. */
#include "check.h"

#include <fsnn/units.h>

static void sizes(void **state)
{
    (void)state;
    static const struct {
        fsnn_quantity q;
        int unit;
        const char *name;
        double size;
    } all[] = {{FSNN_QUANTITY_TIME, 1, "s", 1},          {FSNN_QUANTITY_TIME, 2, "ms", 1e-3},
               {FSNN_QUANTITY_TIME, 3, "us", 1e-6},      {FSNN_QUANTITY_POTENTIAL, 1, "V", 1},
               {FSNN_QUANTITY_POTENTIAL, 2, "mV", 1e-3}, {FSNN_QUANTITY_POTENTIAL, 3, "uV", 1e-6},
               {FSNN_QUANTITY_CURRENT, 1, "A", 1},       {FSNN_QUANTITY_CURRENT, 4, "nA", 1e-9},
               {FSNN_QUANTITY_CURRENT, 5, "pA", 1e-12}};
    for (int i = 0; i < FSNN_COUNT(all); i++) {
        CASE("%s", all[i].name);
        assert_string_equal(fsnn_unit_name(all[i].q, all[i].unit), all[i].name);
        assert_true(fsnn_unit_size(all[i].q, all[i].unit) == all[i].size);
        assert_int_equal(fsnn_unit_of_size(all[i].q, all[i].size), all[i].unit);
    }
    assert_string_equal(fsnn_quantity_name(FSNN_QUANTITY_POTENTIAL), "potential");
    assert_null(fsnn_quantity_name(FSNN_QUANTITIES));
    assert_string_equal(fsnn_unit_name(FSNN_QUANTITY_TIME, 0), "none");
    assert_null(fsnn_unit_name(FSNN_QUANTITY_TIME, 4));
    assert_null(fsnn_unit_name(FSNN_QUANTITY_CURRENT, 100));
    assert_null(fsnn_unit_name((fsnn_quantity)-1, 0));
    assert_true(fsnn_unit_size(FSNN_QUANTITY_TIME, -1) == 1);
    assert_int_equal(fsnn_unit_of_size(FSNN_QUANTITY_TIME, 1e-9), 0);
    assert_int_equal(fsnn_unit_of_size(FSNN_QUANTITY_TIME, NAN), 0);
}

static void texts(void **state)
{
    (void)state;
    fsnn_units units = {{0}};
    char text[96], tiny[8];
    assert_string_equal(fsnn_units_text(&units, text, sizeof text), "");
    GOOD(fsnn_units_read("current=nA,time=ms", &units));
    assert_string_equal(fsnn_units_text(&units, text, sizeof text),
                        "time in ms, current in nA, rates in Hz");
    GOOD(fsnn_units_read("potential=mV", &units)); /* the others stay */
    assert_string_equal(fsnn_units_text(&units, text, sizeof text),
                        "time in ms, potential in mV, current in nA, rates in Hz");
    assert_string_equal(fsnn_units_label(&units, FSNN_QUANTITY_TIME, "tau", text, sizeof text),
                        "tau [ms]");
    assert_string_equal(fsnn_units_label(NULL, FSNN_QUANTITY_TIME, "tau", text, sizeof text),
                        "tau");
    assert_string_equal(fsnn_units_label(&units, FSNN_QUANTITIES, "tau", text, sizeof text), "tau");
    assert_string_equal(fsnn_units_text(&units, tiny, sizeof tiny), "time in");
    units.unit[FSNN_QUANTITY_TIME] = 77; /* there is no such unit: nothing is named */
    assert_string_equal(fsnn_units_label(&units, FSNN_QUANTITY_TIME, "tau", text, sizeof text),
                        "tau");
}

/* A spike in each step of 0.5 ms is 2000 in a second. */
static void hertz(void **state)
{
    (void)state;
    fsnn_units units = {{0}};
    assert_true(fsnn_units_hertz(&units, 0.5) == 0);
    GOOD(fsnn_units_read("time=ms", &units));
    assert_float_equal(fsnn_units_hertz(&units, 0.5), 2000, 1e-9);
    assert_true(fsnn_units_hertz(&units, 0) == 0);
    assert_true(fsnn_units_hertz(NULL, 1) == 0);
    GOOD(fsnn_units_read("time=s", &units));
    assert_float_equal(fsnn_units_hertz(&units, 0.25), 4, 1e-12);
}

static void refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "time",
                                        "time=",
                                        "time=hours",
                                        "length=m",
                                        "time=ms,",
                                        ",time=ms",
                                        "time=mV",
                                        "time=none",
                                        "time=ms;current=nA",
                                        "time=ms,time=s",
                                        "tim=ms",
                                        "time=ms,potential"};
    fsnn_units units = {{2, 0, 0}};
    for (int i = 0; i < FSNN_COUNT(wrong); i++) {
        CASE("\"%s\"", wrong[i]);
        REFUSED(fsnn_units_read(wrong[i], &units), FSNN_EARGUMENT,
                "expected time=, potential= and current= with units");
        assert_int_equal(units.unit[FSNN_QUANTITY_TIME], 2);
    }
    FAILS(fsnn_units_read(NULL, &units), FSNN_EARGUMENT);
    FAILS(fsnn_units_read("time=ms", NULL), FSNN_EARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sizes), cmocka_unit_test(texts),
                                       cmocka_unit_test(hertz), cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
