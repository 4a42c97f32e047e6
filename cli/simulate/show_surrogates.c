/* cli/simulate/show_surrogates.c: the surrogate gradients at their default scales: slopes, the
 * primitives that stand in for the spike in gradient checks, and both as a table. */
#include "cli/simulate/simulate.h"

#include <stdio.h>
#include <stdlib.h>

enum { POINTS = 401, WIDE = 2 };

/* Bells on the left, those with edges or without an end on the right. */
static const fsnn_surrogate_kind group[2][5] = {
    {FSNN_ARCTAN, FSNN_SIGMOID, FSNN_GAUSSIAN, FSNN_ERF, FSNN_SURROGATES},
    {FSNN_RECTANGLE, FSNN_TRIANGLE, FSNN_FAST_SIGMOID, FSNN_EXPONENTIAL, FSNN_STRAIGHT_THROUGH}};

static void curves(sim_picture *p, const fsnn_table *t, int side, bool smooth)
{
    for (int c = 0; c < 5 && group[side][c] < FSNN_SURROGATES; c++) {
        char name[CLI_NUMBER];
        fsnn_surrogate_kind kind = group[side][c];
        snprintf(name, sizeof name, "%s %g", fsnn_surrogate_name(kind),
                 fsnn_surrogate_default_scale(kind));
        sim_points *points = sim_picture_curve(p, name, FSNN_MARK_LINE, c + 1);
        int column = 1 + (int)kind + (smooth ? FSNN_SURROGATES : 0);
        for (int64_t i = 0; i < t->rows; i++)
            sim_points_add(points, t->cell[i * t->columns], t->cell[i * t->columns + column]);
    }
}

static int print_table(void)
{
    fsnn_table t;
    fsnn_status status = fsnn_surrogates_summary(&t);
    if (status < 0)
        return cli_fail(status);
    sim_print("%-17s%13s%13s%13s%13s%13s\n", "surrogate", t.name[1], t.name[2], t.name[3],
              t.name[4], t.name[5]);
    for (int64_t r = 0; r < t.rows; r++) {
        const double *row = t.cell + r * t.columns;
        sim_print("%-17s", fsnn_surrogate_name((fsnn_surrogate_kind)row[0]));
        for (int c = 1; c < t.columns; c++)
            sim_cell(row[c], c + 1 < t.columns ? "" : "\n");
    }
    fsnn_table_free(&t);
    return CLI_GOOD;
}

static void write_rows(FILE *out, const fsnn_table *t)
{
    for (int c = 0; c < t->columns; c++)
        fprintf(out, "%s%s", c ? "," : "", t->name[c]);
    for (int64_t r = 0; r < t->rows; r++)
        for (int c = 0; c < t->columns; c++)
            fprintf(out, "%s%.9g", c ? "," : "\n", t->cell[r * t->columns + c]);
    fprintf(out, "\n");
}

static int write_csv(const fsnn_table *t, const char *path)
{
    fsnn_file file;
    char *name = cli_format("%s.csv", path);
    fsnn_status status = fsnn_file_create(&file, name);
    if (status >= 0) {
        write_rows(file.stream, t);
        status = fsnn_file_commit(&file);
    }
    if (status >= 0)
        cli_say("wrote %s", name);
    free(name);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

static int draw(const fsnn_table *t, const sim_options *o, const char *path)
{
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
            chart->x_low = -WIDE;
            chart->x_high = WIDE;
            chart->y_low = smooth ? -0.6 : 0;
            chart->y_high = smooth ? 1.6 : 2.6;
            curves(p, t, side, smooth);
        }
    int code = sim_picture_draw(p, o, "Surrogate gradients",
                                "at the default scale of each, which the legend gives", 2, path);
    sim_picture_free(p);
    return code;
}

static int run(const sim_setup *s, const sim_options *o, const char *path)
{
    (void)s;
    fsnn_table t;
    fsnn_status status = fsnn_surrogates_table(-WIDE, WIDE, POINTS, &t);
    if (status < 0)
        return cli_fail(status);
    int code = print_table();
    if (code == CLI_GOOD)
        code = write_csv(&t, path);
    if (code == CLI_GOOD)
        code = draw(&t, o, path);
    fsnn_table_free(&t);
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
    .unused =
        "neuron tau threshold rest resistance units v0 reset refractory method implicit alpha "
        "step time current memory precision model node set",
};
