/* cli/simulate/show_surrogates.c: the surrogate gradients at their default scales: slopes, the
 * primitives that stand in for the spike in gradient checks, and both as a table. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 401 };

/* Bells on the left, those with edges or without an end on the right. */
static const fsnn_surrogate_kind group[2][5] = {
    {FSNN_ARCTAN, FSNN_SIGMOID, FSNN_GAUSSIAN, FSNN_ERF, FSNN_SURROGATES},
    {FSNN_RECTANGLE, FSNN_TRIANGLE, FSNN_FAST_SIGMOID, FSNN_EXPONENTIAL, FSNN_STRAIGHT_THROUGH}};

static double x_of(int i)
{
    return 4.0 * i / (POINTS - 1) - 2;
}

static void curves(sim_picture *p, int side, bool smooth)
{
    for (int c = 0; c < 5 && group[side][c] < FSNN_SURROGATES; c++) {
        char name[CLI_NUMBER];
        fsnn_surrogate s = {.kind = group[side][c]};
        snprintf(name, sizeof name, "%s %g", fsnn_surrogate_name(s.kind),
                 fsnn_surrogate_default_scale(s.kind));
        sim_points *points = sim_picture_curve(p, name, FSNN_MARK_LINE, c + 1);
        for (int i = 0; i < POINTS; i++)
            sim_points_add(points, x_of(i),
                           smooth ? fsnn_surrogate_smooth(&s, x_of(i))
                                  : fsnn_surrogate_slope(&s, x_of(i)));
    }
}

/* The x at which the slope is half of that at 0; infinite where it never is. */
static double half_width(const fsnn_surrogate *s)
{
    double low = 0, high = 1e6, half = fsnn_surrogate_slope(s, 0) / 2;
    if (fsnn_surrogate_slope(s, high) > half)
        return INFINITY;
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        if (fsnn_surrogate_slope(s, middle) > half)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void print_table(void)
{
    sim_print("%-17s%13s%13s%13s%13s%13s\n", "surrogate", "scale", "slope at 0", "half width",
              "slope at 1", "area");
    for (int k = 0; k < FSNN_SURROGATES; k++) {
        fsnn_surrogate s = {.kind = (fsnn_surrogate_kind)k};
        double far = 1e9, area = fsnn_surrogate_smooth(&s, far) - fsnn_surrogate_smooth(&s, -far);
        sim_print("%-17s", fsnn_surrogate_name(s.kind));
        sim_cell(fsnn_surrogate_default_scale(s.kind), "");
        sim_cell(fsnn_surrogate_slope(&s, 0), "");
        sim_cell(half_width(&s), "");
        sim_cell(fsnn_surrogate_slope(&s, 1), "");
        sim_cell(k == FSNN_STRAIGHT_THROUGH ? INFINITY : area, "\n");
    }
}

static void table(FILE *out)
{
    fprintf(out, "x");
    for (int k = 0; k < 2 * FSNN_SURROGATES; k++)
        fprintf(out, ",%s.%s", k < FSNN_SURROGATES ? "slope" : "smooth",
                fsnn_surrogate_name((fsnn_surrogate_kind)(k % FSNN_SURROGATES)));
    for (int i = 0; i < POINTS; i++) {
        fprintf(out, "\n%.9g", x_of(i));
        for (int k = 0; k < 2 * FSNN_SURROGATES; k++) {
            fsnn_surrogate s = {.kind = (fsnn_surrogate_kind)(k % FSNN_SURROGATES)};
            fprintf(out, ",%.9g",
                    k < FSNN_SURROGATES ? fsnn_surrogate_slope(&s, x_of(i))
                                        : fsnn_surrogate_smooth(&s, x_of(i)));
        }
    }
    fprintf(out, "\n");
}

static int write_csv(const char *path)
{
    fsnn_file file;
    char *name = cli_format("%s.csv", path);
    fsnn_status status = fsnn_file_create(&file, name);
    if (status >= 0) {
        table(file.stream);
        status = fsnn_file_commit(&file);
    }
    if (status >= 0)
        cli_say("wrote %s", name);
    free(name);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

static int run(const sim_setup *s, const sim_options *o, const char *path)
{
    (void)s;
    static const char *const heading[2][2] = {
        {"Slopes: bells", "Slopes with edges, cusps, or flat"},
        {"Smooth spikes of bells", "Smooth spikes of the others"}};
    sim_picture *p = cli_allocate(1, sizeof *p);
    for (int smooth = 0; smooth < 2; smooth++)
        for (int side = 0; side < 2; side++) {
            fsnn_chart *chart =
                sim_picture_chart(p, heading[smooth][side], smooth ? "potential - threshold" : NULL,
                                  smooth ? "smooth spike" : "slope");
            chart->legend = smooth ? FSNN_LEGEND_LOWER_RIGHT : FSNN_LEGEND_UPPER_RIGHT;
            chart->x_low = -2;
            chart->x_high = 2;
            chart->y_low = smooth ? -0.6 : 0;
            chart->y_high = smooth ? 1.6 : 2.6;
            curves(p, side, smooth);
        }
    print_table();
    int code = write_csv(path);
    if (code == CLI_GOOD)
        code = sim_picture_draw(p, o, "Surrogate gradients",
                                "at the default scale of each, which the legend gives", 2, path);
    sim_picture_free(p);
    return code;
}

const sim_show show_surrogates = {
    .name = "surrogates",
    .neuron = "lif",
    .reset = "jump",
    .method = "gl",
    .alpha = "1",
    .current = "constant:0",
    .step = 1,
    .time = 1,
    .run = run,
};
