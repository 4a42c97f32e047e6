/* What can go wrong around gnuplot and with arguments: each gives its status and a sentence that
 * helps. */
#include "figures.h"

static const int64_t counts[] = {3, 1, 0, 2};
static char usual_path[4096];

static fsnn_status draw(const char *name)
{
    return fsnn_plot_confusion("title", 2, NULL, counts, folder_path(name));
}

static int keep_path(void **state)
{
    const char *path = getenv("PATH");

    snprintf(usual_path, sizeof usual_path, "%s", path ? path : "");
    return folder_open(state);
}

static int restore_path(void **state)
{
    (void)state;
    setenv("PATH", usual_path, 1);
    return 0;
}

static void gnuplot_missing(void **state)
{
    (void)state;
    setenv("PATH", "", 1);
    folder_write_text("missing.png", "an older picture");
    FAILS(draw("missing"), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "gnuplot is not installed");
    CONTAINS(fsnn_error_text(), "apt install gnuplot-nox");
    CONTAINS(fsnn_error_text(), "`gnuplot missing.gp`");
    CONTAINS(fsnn_error_text(), folder_path("missing.gp"));
    assert_true(holds("missing.gp", "plot data"));
    assert_true(holds("missing.dat", "\n1 0 0.25 1 "));
    assert_false(folder_has("missing.png")); /* older data's picture is gone */
}

static void gnuplot_complains(void **state)
{
    (void)state;
    fake_gnuplot(
        "printf '\\nset terminal foo\\n  ^\\n\"./x.gp\" line 7: unknown terminal\\n\\n' >&2; "
        "exit 1");
    FAILS(draw("complains"), FSNN_EIO);
    CONTAINS(fsnn_error_text(),
             "complains.png: gnuplot failed with exit code 1: \"./x.gp\" line 7: unknown terminal");
    assert_null(strchr(fsnn_error_text(), '\n'));
}

static void gnuplot_says_nothing(void **state)
{
    (void)state;
    fake_gnuplot("exit 3");
    FAILS(draw("silent"), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "exit code 3: it gave no reason");
}

static void gnuplot_says_a_lot(void **state)
{
    (void)state;
    fake_gnuplot("i=0; while [ $i -lt 4000 ]; do echo 'warning: one of very many lines, all alike' "
                 ">&2; i=$((i+1)); done; echo 'at last' >&2; exit 2");
    FAILS(draw("lot"), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "exit code 2: at last");
}

static void gnuplot_dies(void **state)
{
    (void)state;
    fake_gnuplot("kill -9 $$");
    FAILS(draw("dies"), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "stopped by signal 9");
}

static void gnuplot_writes_half(void **state)
{
    (void)state;
    fake_gnuplot("exit 0");
    FAILS(draw("half"), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "half.png");
    CONTAINS(fsnn_error_text(), "did not write the whole picture");
    fake_gnuplot("printf 'a long enough PNG without its end' > half.png; exit 0");
    FAILS(draw("half"), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "half.png");
    fake_gnuplot("printf 'not really, but it ends with IEND....' > half.png; "
                 "printf '<?xml ?><svg><g>cut' > half.svg; exit 0");
    FAILS(draw("half"), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "half.svg");
    assert_false(folder_has("half.png")); /* no half of a figure stays */
    assert_false(folder_has("half.svg"));
    assert_true(folder_has("half.gp"));
}

static void gnuplot_cannot_be_run(void **state)
{
    (void)state;
    fake_gnuplot("exit 0");
    assert_int_equal(chmod(folder_path("bin/gnuplot"), 0644), 0);
    setenv("PATH", folder_path("bin"), 1);
    FAILS(draw("norun"), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "gnuplot could not be started");
    CONTAINS(fsnn_error_text(), "norun.gp");
}

static void folder_cannot_be_written(void **state)
{
    (void)state;
    FAILS(draw("no/such/folder/x"), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "no/such/folder/x.gp");
    folder_write_text("file", "x");
    FAILS(draw("file/x"), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "file/x.gp");
    assert_int_equal(mkdir(folder_path("dir.dat"), 0755), 0);
    FAILS(draw("dir"), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "dir.dat");
    assert_false(folder_has("dir.gp")); /* nothing half-made stays */
}

static void disk_is_full(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    assert_int_equal(symlink("/dev/full", folder_path("full.dat")), 0);
    FAILS(draw("full"), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "full");
    assert_false(folder_has("full.png"));
    /* the script does not fit either: no data stay without it, and the figure of before is whole */
    folder_write_text("first.dat", "old");
    assert_int_equal(symlink("/dev/full", folder_path("first.gp")), 0);
    assert_int_equal(symlink("/dev/full", folder_path("lone.gp")), 0);
    FAILS(draw("first"), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "No space left");
    assert_true(holds("first.dat", "old"));
    FAILS(draw("lone"), FSNN_EIO);
    assert_false(folder_has("lone.dat"));
}

static void names_that_scripts_cannot_hold(void **state)
{
    static const char *const bad[] = {"two\nlines", "a\033b", ""};

    (void)state;
    for (int i = 0; i < FSNN_COUNT(bad); i++)
        FAILS(draw(bad[i]), FSNN_EARGUMENT);
    FAILS(fsnn_plot_confusion("t", 2, NULL, counts, NULL), FSNN_EARGUMENT);
    CONTAINS(fsnn_error_text(), "path");
}

static void wrong_arguments(void **state)
{
    static const float v[4] = {0};
    const float *rows[] = {v, NULL};
    const char *names[] = {"a", "b"};
    const int64_t neurons[] = {2, 2}, none[] = {0}, negative[] = {1, 2, -3, 4};
    const char *to = folder_path("wrong");

    (void)state;
    FAILS(fsnn_plot_confusion("t", 0, NULL, counts, to), FSNN_EARGUMENT);
    FAILS(fsnn_plot_confusion("t", 2, NULL, NULL, to), FSNN_EARGUMENT);
    FAILS(fsnn_plot_confusion("t", 2, NULL, negative, to), FSNN_EARGUMENT);
    CONTAINS(fsnn_error_text(), "row 1, column 0 is -3");
    FAILS(fsnn_plot_raster("t", 0, names, neurons, 2, 1, rows, to), FSNN_EARGUMENT);
    FAILS(fsnn_plot_raster("t", 1, names, neurons, 0, 1, rows, to), FSNN_EARGUMENT);
    FAILS(fsnn_plot_raster("t", 1, names, none, 2, 1, rows, to), FSNN_EARGUMENT);
    FAILS(fsnn_plot_raster("t", 2, names, neurons, 2, 1, rows, to), FSNN_EARGUMENT);
    CONTAINS(fsnn_error_text(), "layer 1 (b)");
    FAILS(fsnn_plot_raster("t", 1, names, neurons, 2, 0, rows, to), FSNN_EARGUMENT);
    FAILS(fsnn_plot_raster("t", 1, names, neurons, 2, NAN, rows, to), FSNN_EARGUMENT);
    const fsnn_traces bad[] = {{2, 0, 1, 1, neurons, v, NULL, NULL, NULL, {{0}}},
                               {2, 65, 1, 1, neurons, v, NULL, NULL, NULL, {{0}}},
                               {2, 2, -1, 1, neurons, v, NULL, NULL, NULL, {{0}}},
                               {2, 2, 1, 1, NULL, v, NULL, NULL, NULL, {{0}}}};
    for (int i = 0; i < FSNN_COUNT(bad); i++)
        FAILS(fsnn_plot_traces("t", &bad[i], to), FSNN_EARGUMENT);
    FAILS(fsnn_plot_rates("t", 0, names, neurons, rows, to), FSNN_EARGUMENT);
    REFUSED(fsnn_plot_rates_in(-1, "t", 1, names, neurons, rows, to), FSNN_EARGUMENT,
            "the Hz of a spike in each step must be above 0");
    FAILS(fsnn_plot_rates_in(NAN, "t", 1, names, neurons, rows, to), FSNN_EARGUMENT);
    FAILS(fsnn_plot_rates("t", 2, names, neurons, rows, to), FSNN_EARGUMENT);
    FAILS(fsnn_plot_rates("t", 1, names, none, rows, to), FSNN_EARGUMENT);
    assert_false(folder_has("wrong.gp"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(gnuplot_missing, restore_path),
        cmocka_unit_test_teardown(gnuplot_complains, restore_path),
        cmocka_unit_test_teardown(gnuplot_says_nothing, restore_path),
        cmocka_unit_test_teardown(gnuplot_says_a_lot, restore_path),
        cmocka_unit_test_teardown(gnuplot_dies, restore_path),
        cmocka_unit_test_teardown(gnuplot_writes_half, restore_path),
        cmocka_unit_test_teardown(gnuplot_cannot_be_run, restore_path),
        cmocka_unit_test(folder_cannot_be_written),
        cmocka_unit_test(disk_is_full),
        cmocka_unit_test(names_that_scripts_cannot_hold),
        cmocka_unit_test(wrong_arguments),
    };

    return cmocka_run_group_tests(tests, keep_path, folder_remove);
}
