/* cli/simulate/show_weights.c: the weights with which gl sums the past, against the lag, beside the
 * power law alpha/Gamma(1-alpha) j^(-1-alpha) that they approach; and the error of their
 * approximation by a sum of exponentials.
 *
 * The approximate weights are read off the solver: after an impulse, y_1 = 1 and
 * y_{n+1} = sum_j w_j y_{n+1-j}, which gives w_n from y_1 ... y_{n+1}. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>

enum {
    MOST_LAGS = 20000, /* reading the weights off takes lags^2 / 2 products */
    TOLERANCES = 3,
    WINDOW = 16, /* lags below it are exact */
};
static const double tolerance[TOLERANCES] = {1e-3, 1e-5, 1e-7};

/* A force of 1 over the first step. */
static int impulse(double t, const double *y, double *dydt, size_t n, void *user)
{
    (void)y, (void)n, (void)user;
    dydt[0] = t < 0.5 ? 1 : 0;
    return 0;
}

static int response(double alpha, double eps, int64_t lags, double *y, fsnn_fde_report *report)
{
    fsnn_order order = fsnn_order_of(alpha);
    fsnn_fde fde = fsnn_fde_default(1, impulse, NULL);
    double *times = cli_allocate((size_t)lags + 1, sizeof *times), zero = 0;
    fde.order = &order;
    fde.orders = 1;
    fde.step = 1;
    fde.memory = FSNN_FDE_EXPONENTIALS;
    fde.tolerance = eps;
    fde.window = WINDOW;
    for (int64_t n = 0; n <= lags; n++)
        times[n] = (double)(n + 1);
    fsnn_status status = fsnn_fde_solve(&fde, &zero, times, (size_t)lags + 1, y, report);
    free(times);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

/* w[n-1] from the response y[0] = 1, y[1], ... */
static void weights_of(const double *y, int64_t lags, double *w)
{
    for (int64_t n = 1; n <= lags; n++) {
        double sum = y[n];
        for (int64_t j = 1; j < n; j++)
            sum -= w[j - 1] * y[n - j];
        w[n - 1] = sum;
    }
}

/* The relative error at lags that lie evenly in the logarithm. */
static int one_fit(double alpha, double eps, int64_t lags, const double *w, sim_points *points)
{
    double *y = cli_allocate((size_t)lags + 1, sizeof *y);
    double *fit = cli_allocate((size_t)lags, sizeof *fit), worst = 0;
    fsnn_fde_report report = {0};
    int code = response(alpha, eps, lags, y, &report);
    if (code == CLI_GOOD) {
        double next = 0;
        weights_of(y, lags, fit);
        for (int64_t j = 1; j <= lags; j++) {
            double error = fabs(fit[j - 1] / w[j - 1] - 1);
            worst = fmax(worst, error);
            if (points && (double)j >= next && j >= WINDOW) {
                sim_points_add(points, (double)j, error);
                next = (double)j * 1.02;
            }
        }
        sim_print("%12g%12g%12d", alpha, eps, report.modes);
        sim_cell(worst, "");
        sim_cell(report.weight_error, "\n");
    }
    free(fit);
    free(y);
    return code;
}

static void add_weights(const sim_setup *s, int i, const double *w, sim_picture *p)
{
    char name[CLI_NUMBER];
    double alpha = s->alpha[i], next = 0;
    sim_points *points = sim_picture_curve(p, sim_label(name, alpha), FSNN_MARK_LINE, i + 1);
    sim_points *line = sim_picture_curve(p, i == 0 ? "power law" : NULL, FSNN_MARK_REFERENCE, 7);
    for (int64_t j = 1; j <= s->steps; j++) {
        if ((double)j < next && j < s->steps)
            continue;
        next = (double)j * 1.02;
        sim_points_add(points, (double)j, fabs(w[j - 1]));
        sim_points_add(line, (double)j, alpha / tgamma(1 - alpha) * pow((double)j, -1 - alpha));
    }
}

static void table_of(const sim_setup *s, double *const *w)
{
    char name[CLI_NUMBER];
    sim_print("|w_j| of gl\n%12s", "lag j");
    for (int i = 0; i < s->alphas; i++)
        sim_print("%14s", sim_label(name, s->alpha[i]));
    for (int64_t j = 1; j <= s->steps; j = j < 8 ? j + 1 : 2 * j) {
        sim_print("\n%12lld", (long long)j);
        for (int i = 0; i < s->alphas; i++)
            sim_print("%14.6e", fabs(w[i][j - 1]));
    }
    sim_print("\n%12s", "slope");
    for (int i = 0; i < s->alphas; i++) { /* between the last lag and half of it */
        int64_t last = s->steps, half = last / 2;
        sim_print("%14.4f",
                  log(w[i][last - 1] / w[i][half - 1]) / log((double)last / (double)half));
    }
    sim_print("\n%12s", "-1-alpha");
    for (int i = 0; i < s->alphas; i++)
        sim_print("%14.4f", -1 - s->alpha[i]);
    sim_print("\n\nsum of exponentials over %lld lags, the first %d exact\n%12s%12s%12s%13s%13s\n",
              (long long)s->steps, WINDOW - 1, "alpha", "tolerance", "modes", "largest", "stated");
}

/* Fits of every order are listed; those of the middle one are drawn. */
static int fits(const sim_setup *s, double *const *w, sim_picture *p)
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
                sim_points_add(limit, WINDOW, tolerance[e]);
                sim_points_add(limit, (double)s->steps, tolerance[e]);
            }
            code = one_fit(s->alpha[i], tolerance[e], s->steps, w[i], points);
        }
    }
    return code;
}

static int check(const sim_setup *s, const sim_options *o)
{
    if (s->method != FSNN_GL || s->implicit)
        return cli_error(CLI_USAGE, "--show weights shows those of gl: leave --method out");
    if (s->steps < 2 * WINDOW || s->steps > MOST_LAGS)
        return cli_error(CLI_USAGE,
                         "--show weights: --time over --step is the number of lags: %d to %d, not "
                         "%lld",
                         2 * WINDOW, MOST_LAGS, (long long)s->steps);
    for (int i = 0; i < s->alphas; i++) {
        if (s->alpha[i] == 1)
            return cli_error(CLI_USAGE, "--show weights: at alpha 1 all weights but the first are "
                                        "0: take orders below 1");
    }
    return sim_need_current(s, o, SIM_CONSTANT, "none: leave it out");
}

static int draw(const sim_setup *s, const sim_options *o, double *const *w, const char *path)
{
    char heading[96];
    sim_picture *p = cli_allocate(1, sizeof *p);
    fsnn_chart *weights =
        sim_picture_chart(p, "Weight of the state j steps back", "lag j", "|w_j|");
    weights->legend = FSNN_LEGEND_UPPER_RIGHT;
    weights->log_x = weights->log_y = true;
    for (int i = 0; i < s->alphas; i++)
        add_weights(s, i, w[i], p);
    snprintf(heading, sizeof heading, "Sum of exponentials, alpha %g", s->alpha[s->alphas / 2]);
    fsnn_chart *error = sim_picture_chart(p, heading, "lag j", "relative error of a weight");
    error->legend = FSNN_LEGEND_LOWER_RIGHT;
    error->log_x = error->log_y = true;
    error->y_low = 1e-15;
    error->y_high = 1e-2;
    table_of(s, w);
    int code = fits(s, w, p);
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
    double *w[SIM_ALPHAS] = {NULL}, gain;
    int code = check(s, o);
    for (int i = 0; i < s->alphas && code == CLI_GOOD; i++) {
        fsnn_order order = fsnn_order_of(s->alpha[i]);
        w[i] = cli_allocate((size_t)s->steps, sizeof **w);
        fsnn_status status = fsnn_frac_weights(FSNN_GL, &order, 1, s->steps, w[i], &gain);
        code = status < 0 ? cli_fail(status) : CLI_GOOD;
    }
    if (code == CLI_GOOD)
        code = draw(s, o, w, path);
    for (int i = 0; i < s->alphas; i++)
        free(w[i]);
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
};
