/* 01_lif: one fractional leaky integrate-and-fire neuron.
 *
 *     tau D^alpha v = -v + I,   v(0) = 0;   a spike where v reaches the threshold: v falls by it
 *
 * What it shows: (1) below threshold a fractional neuron relaxes towards I with a power law, far
 * slower than the exponential of the classic one (alpha = 1); (2) above threshold the classic one
 * fires at equal intervals, the fractional one adapts: its first spike comes a little later, its
 * second much later. It checks itself against exact values: v(t) = I (1 - E_alpha(-t^alpha/tau)),
 * which is I (1 - e^-t) for alpha = 1 and I (1 - e^t erfc(sqrt t)) for alpha = 1/2 (tau = 1), and
 * the first spike where that reaches the threshold.
 *
 * Build: cc 01_lif.c $(pkg-config --cflags --libs fsnn) */
#include <fsnn/fsnn.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEPS = 1000 };
static const double h = 0.01;

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            fprintf(stderr, "%s\n", fsnn_error_text());                                            \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* Feeds a constant current to one neuron; v and spikes get STEPS numbers each. */
static void neuron(double alpha, double threshold, float current, float *v, float *spikes)
{
    fsnn_net *net;
    TRY(fsnn_net_create(&net));
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 1.0;
    lif.threshold.value = threshold;
    lif.reset = FSNN_RESET_JUMP; /* the spikes do not depend on the step, once it is small */
    int node = fsnn_net_lif(net, "lif", fsnn_net_input(net, FSNN_SHAPE(1)), &lif);
    TRY(node);

    fsnn_order order = fsnn_order_of(alpha);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.step = h;
    TRY(fsnn_net_wrap(net, &dynamics, &(fsnn_plan){.steps = STEPS, .batch = 1, .record = true}));
    for (int i = 0; fsnn_net_warning(net, i); i++) /* what works, but not as one would expect */
        fprintf(stderr, "warning: %s\n", fsnn_net_warning(net, i));

    static float input[STEPS];
    for (int k = 0; k < STEPS; k++)
        input[k] = current;
    TRY(fsnn_net_forward(net, input, NULL));
    int index = fsnn_net_node_find(net, "lif");
    TRY(fsnn_net_read(net, index, FSNN_RECORD_V, v));
    TRY(fsnn_net_read(net, index, FSNN_RECORD_SPIKES, spikes));
    fsnn_net_destroy(net);
}

/* The exact potential before the first spike, tau = I = 1. */
static double exact(double alpha, double t)
{
    return alpha == 1 ? -expm1(-t) : 1 - exp(t) * erfc(sqrt(t));
}

/* When the exact potential under the current I reaches 1, by bisection. */
static double exact_spike(double alpha, double I)
{
    double low = 0, high = STEPS * h;
    while (high - low > 1e-9) {
        double middle = (low + high) / 2;
        if (I * exact(alpha, middle) < 1)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Times of the first `most` spikes; returns how many there are. */
static int times(const float *spikes, double *t, int most)
{
    int n = 0;
    for (int k = 0; k < STEPS; k++)
        if (spikes[k] != 0) {
            if (n < most)
                t[n] = (k + 1) * h;
            n++;
        }
    return n;
}

/* Below threshold: the largest difference from the exact potentials. */
static double relaxation(void)
{
    static float classic[STEPS], fractional[STEPS], spikes[STEPS];
    double worst = 0;
    puts("Relaxation towards I = 1 (threshold out of reach): distance I - v(t)");
    puts("      t    alpha 1 (exact)        alpha 1/2 (exact)");
    neuron(1.0, 100, 1.0f, classic, spikes);
    neuron(0.5, 100, 1.0f, fractional, spikes);
    for (int k = 124; k < STEPS; k = 2 * k + 1) {
        double t = (k + 1) * h, exact1 = 1 - exact(1, t), exact5 = 1 - exact(0.5, t);
        printf("%7.2f    %.5f (%.5f)      %.5f (%.5f)\n", t, 1 - classic[k], exact1,
               1 - fractional[k], exact5);
        worst = fmax(worst, fmax(fabs(1 - classic[k] - exact1), fabs(1 - fractional[k] - exact5)));
    }
    printf("largest error %.1e (first-order methods, h = %g)\n\n", worst, h);
    return worst;
}

/* Above threshold: whether both fire when they should. */
static int spiking(void)
{
    static const double alpha[] = {1, 0.5};
    static float v[STEPS], spikes[STEPS];
    double t[2][2] = {{0}}, first[2];
    int n[2];
    puts("I = 1.6, threshold 1");
    for (int a = 0; a < 2; a++) {
        neuron(alpha[a], 1, 1.6f, v, spikes);
        n[a] = times(spikes, t[a], 2);
        first[a] = exact_spike(alpha[a], 1.6);
        printf("alpha %-4g %2d spikes, the first at t = %.2f (exact %.3f), the next %.2f later\n",
               alpha[a], n[a], t[a][0], first[a], t[a][1] - t[a][0]);
    }
    /* as early as the grid allows; equal intervals (a step of rounding) and growing ones */
    return fabs(t[0][0] - first[0]) < 1.5 * h && fabs(t[1][0] - first[1]) < 1.5 * h && n[1] >= 2 &&
           fabs(t[0][1] - 2 * t[0][0]) < 1.5 * h && t[1][1] > 2.5 * t[1][0];
}

int main(void)
{
    int good = relaxation() < 0.01;
    good = spiking() && good;
    puts(good ? "ok" : "FAILED");
    return !good;
}
