/* cli/simulate/show_weights.c: the weights with which gl sums the past, against the lag, beside the
 * power law alpha/Gamma(1-alpha) j^(-1-alpha) that they approach; and the error of their
 * approximation by a sum of exponentials. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>

enum { TOLERANCES = 3, ERROR = 3 /* column */ };
static const double tolerance[TOLERANCES] = {1e-3, 1e-5, 1e-7};

/* The relative error at lags that lie evenly in the logarithm. */
static int one_fit(double alpha, double eps, int64_t lags, sim_points *points)
{
    fsnn_table t;
    fsnn_exponentials found;
    fsnn_status status = fsnn_exponentials_table(alpha, eps, lags, &found, &t);
    if (status < 0)
        return cli_fail(status);
    double next = 0;
    for (int64_t j = 1; points && j <= t.rows; j++)
        if ((double)j >= next && j >= FSNN_TABLE_WINDOW) {
            sim_points_add(points, (double)j, t.cell[(j - 1) * t.columns + ERROR]);
            next = (double)j * 1.02;
        }
    sim_print("%12g%12g%12d", alpha, eps, found.modes);
    sim_cell(found.largest, "");
    sim_cell(found.stated, "\n");
    fsnn_table_free(&t);
    return CLI_GOOD;
}

/* |w_j| of order number i. */
static double weight(const fsnn_table *t, int i, int64_t j)
{
    return fabs(t->cell[(j - 1) * t->columns + 1 + i]);
}

static void add_weights(const sim_setup *s, int i, const fsnn_table *t, sim_picture *p)
{
    double next = 0;
    sim_points *points = sim_picture_curve(p, t->name[1 + i], FSNN_MARK_LINE, i + 1);
    sim_points *line = sim_picture_curve(p, i == 0 ? "power law" : NULL, FSNN_MARK_REFERENCE, 7);
    for (int64_t j = 1; j <= s->steps; j++) {
        if ((double)j < next && j < s->steps)
            continue;
        next = (double)j * 1.02;
        sim_points_add(points, (double)j, weight(t, i, j));
        sim_points_add(line, (double)j, t->cell[(j - 1) * t->columns + 1 + s->alphas + i]);
    }
}

static void table_of(const sim_setup *s, const fsnn_table *t)
{
    char name[CLI_NUMBER];
    sim_print("|w_j| of gl\n%12s", "lag j");
    for (int i = 0; i < s->alphas; i++)
        sim_print("%14s", sim_label(name, s->alpha[i]));
    for (int64_t j = 1; j <= s->steps; j = j < 8 ? j + 1 : 2 * j) {
        sim_print("\n%12lld", (long long)j);
        for (int i = 0; i < s->alphas; i++)
            sim_print("%14.6e", weight(t, i, j));
    }
    sim_print("\n%12s", "slope");
    for (int i = 0; i < s->alphas; i++) { /* between the last lag and half of it */
        int64_t last = s->steps, half = last / 2;
        sim_print("%14.4f",
                  log(weight(t, i, last) / weight(t, i, half)) / log((double)last / (double)half));
    }
    sim_print("\n%12s", "-1-alpha");
    for (int i = 0; i < s->alphas; i++)
        sim_print("%14.4f", -1 - s->alpha[i]);
    sim_print("\n\nsum of exponentials over %lld lags, the first %d exact\n%12s%12s%12s%13s%13s\n",
              (long long)s->steps, FSNN_TABLE_WINDOW - 1, "alpha", "tolerance", "modes", "largest",
              "stated");
}

/* Fits of every order are listed; those of the middle one are drawn. */
static int fits(const sim_setup *s, sim_picture *p)
{
    char name[CLI_NUMBER];
    int code = CLI_GOOD;
    for (int i = 0; i < s->alphas; i++) {
        for (int e = 0; e < TOLERANCES && code == CLI_GOOD; e++) {
            sim_points *points = NULL;
            if (i == s->alphas / 2) {
                snprintf(name, sizeof name, "tolerance %g", tolerance[e]);
                points = sim_picture_curve(p, name, FSNN_MARK_LINE, e + 1);
                sim_points *limit = sim_picture_curve(p, NULL, FSNN_MARK_LIMIT, e + 1);
                sim_points_add(limit, FSNN_TABLE_WINDOW, tolerance[e]);
                sim_points_add(limit, (double)s->steps, tolerance[e]);
            }
            code = one_fit(s->alpha[i], tolerance[e], s->steps, points);
        }
    }
    return code;
}

static int check(const sim_setup *s, const sim_options *o)
{
    if (s->method != FSNN_GL || s->implicit)
        return cli_error(CLI_USAGE, "--show weights shows those of gl: leave --method out");
    if (s->steps < 2 * FSNN_TABLE_WINDOW || s->steps > FSNN_TABLE_LAGS)
        return cli_error(CLI_USAGE,
                         "--show weights: --time over --step is the number of lags: %d to %d, not "
                         "%lld",
                         2 * FSNN_TABLE_WINDOW, FSNN_TABLE_LAGS, (long long)s->steps);
    for (int i = 0; i < s->alphas; i++) {
        if (s->alpha[i] == 1)
            return cli_error(CLI_USAGE, "--show weights: at alpha 1 all weights but the first are "
                                        "0: take orders below 1");
    }
    return sim_need_current(s, o, SIM_CONSTANT, "none: leave it out");
}

static int draw(const sim_setup *s, const sim_options *o, const fsnn_table *t, const char *path)
{
    char heading[96];
    sim_picture *p = cli_allocate(1, sizeof *p);
    fsnn_chart *weights =
        sim_picture_chart(p, "Weight of the state j steps back", "lag j", "|w_j|");
    weights->legend = FSNN_LEGEND_UPPER_RIGHT;
    weights->log_x = weights->log_y = true;
    for (int i = 0; i < s->alphas; i++)
        add_weights(s, i, t, p);
    snprintf(heading, sizeof heading, "Sum of exponentials, alpha %g", s->alpha[s->alphas / 2]);
    fsnn_chart *error = sim_picture_chart(p, heading, "lag j", "relative error of a weight");
    error->legend = FSNN_LEGEND_LOWER_RIGHT;
    error->log_x = error->log_y = true;
    error->y_low = 1e-15;
    error->y_high = 1e-2;
    table_of(s, t);
    int code = fits(s, p);
    if (code == CLI_GOOD)
        code =
            sim_picture_draw(p, o, "How the past is weighted",
                             "Gruenwald-Letnikov weights and the power law j^(-1-alpha); dashed: "
                             "the tolerances",
                             2, path);
    sim_picture_free(p);
    return code;
}

static int run(const sim_setup *s, const sim_options *o, const char *path)
{
    fsnn_table t;
    int code = check(s, o);
    if (code != CLI_GOOD)
        return code;
    fsnn_status status = fsnn_weights_table(FSNN_GL, s->alpha, s->alphas, s->steps, &t);
    code = status < 0 ? cli_fail(status) : draw(s, o, &t, path);
    fsnn_table_free(&t);
    return code;
}

const sim_show show_weights = {
    .name = "weights",
    .neuron = "lif",
    .reset = "jump",
    .method = "gl",
    .alpha = "0.2,0.4,0.6,0.8",
    .current = "constant:0",
    .step = 1,
    .time = 4096,
    .run = run,
    .unused =
        "neuron tau threshold rest resistance units v0 reset refractory current memory precision "
        "model node set",
};
