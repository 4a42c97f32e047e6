/* cli/simulate/show_adaptation.c: inter-spike intervals against the spike's number. Exact for an if
 * neuron with reset jump, without a refractory period: spike k at
 * (k threshold tau Gamma(1 + alpha) / I)^(1/alpha). */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>

static bool has_exact(const sim_setup *s)
{
    return !s->leaky && s->neuron.reset == FSNN_RESET_JUMP && s->neuron.v0 == 0 &&
           s->neuron.refractory == 0;
}

static double exact(const sim_setup *s, double alpha, double k)
{
    double drive = s->current.p[0] / s->neuron.tau.value / s->neuron.threshold.value;
    return pow(k * tgamma(1 + alpha) / drive, 1 / alpha);
}

/* 1, 2, 3, 5, 7, 10, 20, ... */
static bool listed(int64_t k)
{
    while (k >= 10 && k % 10 == 0)
        k /= 10;
    return k == 1 || k == 2 || k == 3 || k == 5;
}

static void table_row(const sim_setup *s, double alpha, const double *t, int64_t k)
{
    bool known = has_exact(s);
    sim_print("%8g%8lld", alpha, (long long)k);
    sim_cell(t[k - 1], "");
    sim_cell(known ? exact(s, alpha, (double)k) : NAN, "");
    sim_cell(k > 1 ? t[k - 1] - t[k - 2] : NAN, "");
    sim_cell(known && k > 1 ? exact(s, alpha, (double)k) - exact(s, alpha, (double)k - 1) : NAN,
             "\n");
}

static int one_alpha(const sim_setup *s, const double *input, int i, sim_picture *p)
{
    char name[CLI_NUMBER];
    double *v, *spikes;
    int64_t count;
    int code = sim_run(s, s->alpha[i], input, &v, &spikes);
    if (code != CLI_GOOD)
        return code;
    double *t = sim_spike_times(s, spikes, 0, &count);
    sim_points *points =
        sim_picture_curve(p, sim_label(name, s->alpha[i]), FSNN_MARK_POINTS, i + 1);
    sim_points *line = sim_picture_curve(p, i == 0 ? "exact" : NULL, FSNN_MARK_REFERENCE, 7);
    for (int64_t k = 1; k <= count; k++) {
        if (listed(k) || k == count)
            table_row(s, s->alpha[i], t, k);
        if (k == 1)
            continue;
        sim_points_add(points, (double)k, t[k - 1] - t[k - 2]);
        if (has_exact(s))
            sim_points_add(line, (double)k,
                           exact(s, s->alpha[i], (double)k) - exact(s, s->alpha[i], (double)k - 1));
    }
    free(t);
    free(v);
    free(spikes);
    return CLI_GOOD;
}

static int run(const sim_setup *given, const sim_options *o, const char *path)
{
    sim_setup s = *given;
    s.neurons = 1;
    int code = sim_need_current(&s, o, SIM_CONSTANT, "constant:AMP");
    if (code == CLI_GOOD)
        code = sim_need_reset(&s, o);
    if (code != CLI_GOOD)
        return code;
    double *input = sim_current_samples(&s);
    sim_picture *p = cli_allocate(1, sizeof *p);
    fsnn_chart *chart = sim_picture_chart(p, "Inter-spike interval before spike k",
                                          "number of the spike k", "t(k) - t(k-1)");
    chart->log_x = chart->log_y = true;
    chart->height = 460;
    chart->empty = "fewer than two spikes";
    char *text = sim_setup_text(&s);
    sim_print("%s; current %g, time %g\n\n%8s%8s%13s%13s%13s%13s\n", text, s.current.p[0], s.time,
              "alpha", "spike", "time", "exact", "interval", "exact");
    for (int i = 0; i < s.alphas && code == CLI_GOOD; i++)
        code = one_alpha(&s, input, i, p);
    if (code == CLI_GOOD)
        code = sim_picture_draw(p, o, "Spike-frequency adaptation", text, 1, path);
    free(text);
    free(input);
    sim_picture_free(p);
    return code;
}

const sim_show show_adaptation = {
    .name = "adaptation",
    .neuron = "if",
    .reset = "jump",
    .method = "ml",
    .alpha = "1,0.8,0.6,0.4",
    .current = "constant:2",
    .step = 0.01,
    .time = 200,
    .run = run,
};
