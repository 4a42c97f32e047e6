/* Charts: what is drawn, on which axes, and what wrong ones are told. Needs gnuplot. */
#include "figures.h"

enum { POINTS = 50 };
static double x[POINTS], power[POINTS], wave[POINTS];

static void fill(void)
{
    for (int i = 0; i < POINTS; i++) {
        x[i] = i + 1;
        power[i] = pow(x[i], -1.5);
        wave[i] = sin(0.3 * i);
    }
}

static fsnn_curve curve(const char *name, fsnn_mark mark, int colour, const double *y)
{
    return (fsnn_curve){name, mark, colour, POINTS, x, y};
}

static void every_mark(void **state)
{
    fsnn_curve curves[FSNN_MARKS];
    fsnn_chart chart = {.heading = "it's 100 %",
                        .x_label = "time",
                        .y_label = "value",
                        .height = 300,
                        .curves = FSNN_MARKS,
                        .curve = curves};

    (void)state;
    fill();
    for (int m = 0; m < FSNN_MARKS; m++)
        curves[m] = curve(m == 0 ? "wave" : NULL, (fsnn_mark)m, m % 8 + 1, wave);
    wave[3] = NAN;
    for (int l = 0; l < FSNN_LEGENDS; l++) {
        chart.legend = (fsnn_legend)l;
        GOOD(fsnn_plot_charts("marks", "below", 1, 1, &chart, folder_path("marks")));
        check_pictures("marks");
        assert_true(holds("marks.svg", ">wave<"));
        assert_true(holds("marks.svg", ">below<"));
        assert_true(holds("marks.svg", "it's 100 %"));
        assert_true(holds("marks.dat", "\n4 NaN\n"));
    }
}

/* The distance of the tics of an axis, and that at least two of them lie on it. */
static void tics_enough(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i += 10) {
        double low = 0.37 * i - 9, high = low + 0.1 + 0.013 * i, y[2] = {low, high}, px[2] = {0, 1};
        fsnn_curve c = {NULL, FSNN_MARK_THIN, 1, 2, px, y};
        fsnn_chart chart = {.heading = "h",
                            .x_label = "x",
                            .y_label = "y",
                            .height = 70 + i % 60,
                            .y_low = low,
                            .y_high = high,
                            .curves = 1,
                            .curve = &c};
        char text[64], line[256];
        double step = 0;
        GOOD(fsnn_plot_charts("tics", NULL, 1, 1, &chart, folder_path("tics")));
        snprintf(text, sizeof text, "%s.gp", folder_path("tics"));
        FILE *script = fopen(text, "r");
        assert_non_null(script);
        while (fgets(line, sizeof line, script))
            if (sscanf(line, "set ytics %lf", &step) == 1)
                break;
        fclose(script);
        assert_true(step > 0 && floor(high / step) - ceil(low / step) >= 1);
    }
}

static void grid_and_axes(void **state)
{
    fsnn_curve one = curve("power", FSNN_MARK_LINE, 1, power),
               two = curve("wave", FSNN_MARK_LINE, 2, wave);
    static const char *const rows[] = {"first", "second"};
    fsnn_chart charts[3] = {
        {.heading = "a",
         .x_label = "lag",
         .y_label = "w",
         .log_x = true,
         .log_y = true,
         .height = 200,
         .curves = 1,
         .curve = &one},
        {.heading = "b",
         .x_label = "lag",
         .y_label = "w",
         .log_y = true,
         .height = 100,
         .curves = 1,
         .curve = &two},
        {.heading = "c",
         .y_label = "w",
         .height = 100,
         .rows = 2,
         .row = rows,
         .empty = "nothing here",
         .x_low = 0,
         .x_high = 4},
    };

    (void)state;
    fill();
    GOOD(fsnn_plot_charts("grid", NULL, 2, 3, charts, folder_path("grid")));
    int height = check_pictures("grid");
    assert_in_range(height, 200 + 100 + 100, 200 + 100 + 300);
    assert_int_equal(times("grid.gp", "set logscale x"), 1);
    assert_int_equal(times("grid.gp", "set logscale y"), 2);
    assert_true(holds("grid.svg", ">second<"));
    assert_true(holds("grid.svg", ">nothing here<"));
    assert_true(holds("grid.dat", "\n1 NaN\n")); /* sin(0) on a logarithmic axis */
    assert_true(holds("grid.gp", "set xrange [0:4]"));
}

/* A short logarithmic axis has numbers at 1, 2, 5 or at even distances, a long one at powers. */
static void log_tics(void **state)
{
    static const struct {
        double low, high;
        const char *tics;
    } cases[] = {
        {0.6, 24, "set ytics (1, 2, 5, 10, 20)"},
        {3, 4, "set ytics (3, 3.5, 4)"},
        {1.1, 1.9, "set ytics (1.2, 1.4, 1.6, 1.8)"},
        {1e-6, 1, "set ytics 10\n"},
        {1e-20, 1, "set ytics 1000\n"},
    };

    (void)state;
    for (int i = 0; i < FSNN_COUNT(cases); i++) {
        const double x[] = {0, 1}, y[] = {cases[i].low, cases[i].high};
        fsnn_curve c = {NULL, FSNN_MARK_LINE, 1, 2, x, y};
        fsnn_chart chart = {.heading = "log",
                            .y_label = "y",
                            .log_y = true,
                            .y_low = cases[i].low,
                            .y_high = cases[i].high,
                            .height = 200,
                            .curves = 1,
                            .curve = &c};
        GOOD(fsnn_plot_charts("log", NULL, 1, 1, &chart, folder_path("log")));
        if (!holds("log.gp", cases[i].tics))
            fail_msg("%g to %g: no %s", cases[i].low, cases[i].high, cases[i].tics);
    }
}

/* Frames have a pixel of the picture for each of theirs: small ones stand in a longer row. */
static void strips(void **state)
{
    enum { K = 8, SIDE = 240 };
    float *x = calloc((size_t)K * 2 * SIDE * SIDE, sizeof *x);

    (void)state;
    assert_non_null(x);
    GOOD(fsnn_plot_frames("large", NULL, K, SIDE, SIDE, x, NULL, folder_path("large")));
    assert_true(check_pictures("large") > 2 * SIDE);
    GOOD(fsnn_plot_frames("small", NULL, K, 28, 28, x, NULL, folder_path("small")));
    assert_true(check_pictures("small") < 300);
    free(x);
}

/* A long line keeps its highest and lowest value. */
static void long_lines(void **state)
{
    enum { MANY = 100000 };
    double *t = calloc(MANY, sizeof *t), *y = calloc(MANY, sizeof *y);

    (void)state;
    assert_non_null(t);
    assert_non_null(y);
    for (int i = 0; i < MANY; i++)
        t[i] = i;
    y[77777] = 5;
    y[77778] = -3;
    fsnn_curve one = {NULL, FSNN_MARK_LINE, 1, MANY, t, y};
    fsnn_chart chart = {
        .heading = "long", .y_label = "y", .height = 100, .curves = 1, .curve = &one};
    GOOD(fsnn_plot_charts("long", NULL, 1, 1, &chart, folder_path("long")));
    assert_true(holds("long.dat", "\n77777 5\n77778 -3\n"));
    assert_in_range(times("long.dat", "\n"), 3000, 6100);
    free(t);
    free(y);
}

static void wrong_charts(void **state)
{
    fsnn_curve good = curve(NULL, FSNN_MARK_LINE, 1, power), bad;
    fsnn_chart chart = {.heading = "h", .y_label = "y", .height = 100, .curves = 1, .curve = &good},
               wrong = chart;

    (void)state;
    fill();
#define BAD(charts, columns, sentence)                                                             \
    do {                                                                                           \
        REFUSED(fsnn_plot_charts("t", NULL, columns, 1, charts, folder_path("bad")),               \
                FSNN_EARGUMENT, sentence);                                                         \
        assert_false(folder_has("bad.gp"));                                                        \
    } while (0)
    BAD(&chart, 0, "1 to 3 columns");
    BAD(&chart, 4, "1 to 3 columns");
    BAD(NULL, 1, "charts");
    wrong.height = 10;
    BAD(&wrong, 1, "60 to 32000 pixels high, not 10");
    wrong = chart;
    wrong.curves = 1000;
    BAD(&wrong, 1, "up to 64 curves, not 1000");
    wrong = chart;
    wrong.rows = 2;
    BAD(&wrong, 1, "names of the 2 rows");
    wrong = chart;
    wrong.legend = FSNN_LEGENDS;
    BAD(&wrong, 1, "legend");
    wrong = chart;
    wrong.curve = &bad;
    bad = good;
    bad.count = 0;
    BAD(&wrong, 1, "at least one point");
    bad = good;
    bad.colour = 9;
    BAD(&wrong, 1, "colours are 1 to 8, not 9");
    bad = good;
    bad.mark = FSNN_MARKS;
    BAD(&wrong, 1, "no mark number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mark),   cmocka_unit_test(grid_and_axes),
        cmocka_unit_test(tics_enough),  cmocka_unit_test(log_tics),
        cmocka_unit_test(strips),       cmocka_unit_test(long_lines),
        cmocka_unit_test(wrong_charts),
    };
    return cmocka_run_group_tests(tests, folder_open, folder_remove);
}
