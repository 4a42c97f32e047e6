/* What a new method can do without a word about it anywhere else: it is found by its name,
 * converges to the exact solution, streams with the same bits, has exact gradients, works with
 * every reset that keeps states, and is told in sentences and in the table of methods. Prints what
 * is wrong, exits 1. Argument: a folder for description files. */
#include <fsnn/fsnn.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 4, B = 2, T = 12, CUT = 5, STEP = B * N, NUMBERS = T * STEP };

static const char *folder;
static float x[NUMBERS];

static void check(int good, const char *what)
{
    if (good)
        return;
    printf("%s: %s\n", what, fsnn_error_text());
    exit(1);
}

#define GOOD(call) check((call) >= 0, #call)
#define TRUE(claim) check(claim, #claim)

static fsnn_description *read(int inputs, const char *layers, const char *dynamics)
{
    char path[512];
    fsnn_description *d;
    snprintf(path, sizeof path, "%s/net.yaml", folder);
    FILE *f = fopen(path, "w");
    TRUE(f != NULL);
    fprintf(f, "input: [%d]\nlayers: [%s]\ndynamics: {method: bdf2, %s}\n", inputs, layers,
            dynamics);
    TRUE(fclose(f) == 0);
    if (fsnn_description_read(path, NULL, 0, &d) < 0)
        return NULL;
    return d;
}

static fsnn_net *wrapped(int inputs, const char *layers, const char *dynamics,
                         const fsnn_plan *plan)
{
    fsnn_net *net;
    fsnn_description *d = read(inputs, layers, dynamics);
    TRUE(d != NULL);
    GOOD(fsnn_description_net(d, &net));
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), plan));
    fsnn_description_destroy(d);
    return net;
}

/* |v - exact| at time 2 of D^0.6 v = (1 - v)/2 from 0, in so many steps. */
static double off(int steps)
{
    char dynamics[64];
    const float *v;
    float *ones = malloc((size_t)steps * sizeof *ones);
    TRUE(ones != NULL);
    for (int i = 0; i < steps; i++)
        ones[i] = 1;
    snprintf(dynamics, sizeof dynamics, "alpha: 0.6, step: %.17g", 2.0 / steps);
    fsnn_net *net =
        wrapped(1, "readout: {tau: 2}", dynamics, &(fsnn_plan){.steps = steps, .batch = 1});
    GOOD(fsnn_net_forward(net, ones, &v));
    double exact = 1 - fsnn_mittag_leffler(0.6, 1, -pow(2, 0.6) / 2);
    double error = fabs((double)v[steps - 1] - exact);
    fsnn_net_destroy(net);
    free(ones);
    return error;
}

static void converges(void)
{
    double coarse = off(200), fine = off(400);
    TRUE(coarse < 5e-3);
    TRUE(coarse / fine > 1.7 && coarse / fine < 2.4);
}

static void streams(const char *reset)
{
    static float whole[NUMBERS], parts[NUMBERS];
    const float *out;
    char layer[96];
    snprintf(layer, sizeof layer, "lif: {tau: 1.5, reset: %s}", reset);
    fsnn_net *net = wrapped(N, layer, "alpha: 0.7", &(fsnn_plan){.steps = T, .batch = B});
    GOOD(fsnn_net_forward(net, x, &out));
    memcpy(whole, out, sizeof whole);
    GOOD(fsnn_net_reset(net));
    for (int k = 0; k < T; k += CUT) {
        int n = T - k < CUT ? T - k : CUT;
        GOOD(fsnn_net_replan(net, &(fsnn_plan){.steps = n, .batch = B}));
        GOOD(fsnn_net_forward(net, x + k * STEP, &out));
        memcpy(parts + k * STEP, out, (size_t)(n * STEP) * sizeof *parts);
    }
    TRUE(memcmp(whole, parts, sizeof whole) == 0);
    float spikes = 0;
    for (int i = 0; i < NUMBERS; i++)
        spikes += whole[i];
    TRUE(spikes > 0);
    fsnn_net_destroy(net);
}

static void has_gradients(void)
{
    double worst;
    const char *where;
    fsnn_net *net = wrapped(
        N, "linear: {out: 4}, lif: {tau: {value: 2, learn: true}, detach_reset: false}",
        "alpha: 0.7, learn_alpha: true, coefficients: 1.3, learn_coefficients: true",
        &(fsnn_plan){
            .steps = T, .batch = B, .training = true, .smooth = true, .input_gradient = true});
    GOOD(fsnn_net_gradcheck(net, x, 2, &worst, &where));
    if (!(worst < 2e-2))
        printf("gradient of %s is off by %g\n", where, worst);
    TRUE(worst < 2e-2);
    fsnn_net_destroy(net);
}

static void is_told(void)
{
    char list[256];
    fsnn_net *net;
    int number = fsnn_method_find("bdf2");
    TRUE(number > 0 && strcmp(fsnn_method_name((fsnn_method)number), "bdf2") == 0);
    TRUE(strstr(fsnn_method_list(FSNN_METHODS_FRACTIONAL, list, sizeof list), "bdf2") != NULL);
    TRUE(read(N, "lif", "integrator: odeint") == NULL);
    TRUE(strstr(fsnn_error_text(), "method bdf2 does not belong to integrator odeint") != NULL);
    TRUE(read(N, "lif", "alpha: 0.5, implicit: true") == NULL);
    TRUE(strstr(fsnn_error_text(), "method bdf2 has no implicit variant") != NULL);
    /* it gives no sums of exponentials: full memory, or a number of steps */
    fsnn_description *d = read(N, "lif", "alpha: 0.5, memory: {tolerance: 1e-4, horizon: 1000}");
    TRUE(d != NULL);
    GOOD(fsnn_description_net(d, &net));
    TRUE(fsnn_net_wrap(net, fsnn_description_dynamics(d), &(fsnn_plan){.steps = 4, .batch = 1}) ==
         FSNN_EUNSUPPORTED);
    TRUE(strstr(fsnn_error_text(), "method bdf2 has no memory by a tolerance") != NULL);
    fsnn_net_destroy(net);
    fsnn_description_destroy(d);
    fsnn_net_destroy(
        wrapped(N, "lif", "alpha: 0.5, memory: 5", &(fsnn_plan){.steps = 4, .batch = 1}));
}

int main(int count, char **given)
{
    folder = count > 1 ? given[1] : ".";
    for (int i = 0; i < NUMBERS; i++)
        x[i] = (float)((i * 29) % 17) / 4;
    converges();
    streams("current");
    streams("subtract");
    has_gradients();
    is_told();
    return 0;
}
