/* 01_lif: one fractional leaky integrate-and-fire neuron.
 *
 *     tau D^alpha v = -v + I,   v(0) = 0,   a spike at v + dv >= threshold
 *
 * What it shows: (1) below threshold a fractional neuron relaxes towards I with a power law, far slower than the exponential
 * of the classic one (alpha = 1); (2) above threshold both fire, and the fractional one starts earlier and adapts.
 * It checks itself against exact values: v(t) = I (1 - E_alpha(-t^alpha/tau)), which is 1 - e^-t for alpha = 1 and
 * 1 - e^t erfc(sqrt t) for alpha = 1/2 (tau = I = 1).
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
    lif.reset = FSNN_RESET_SUBTRACT;
    int node = fsnn_net_lif(net, "lif", fsnn_net_input(net, FSNN_SHAPE(1)), &lif);
    TRY(node);

    fsnn_order order = fsnn_order_of(alpha);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.step = h;
    TRY(fsnn_net_wrap(net, &dynamics, &(fsnn_plan){.steps = STEPS, .batch = 1, .record = true}));

    static float input[STEPS];
    for (int k = 0; k < STEPS; k++)
        input[k] = current;
    TRY(fsnn_net_forward(net, input, NULL));
    int index = fsnn_net_node_find(net, "lif");
    TRY(fsnn_net_read(net, index, FSNN_RECORD_V, v));
    TRY(fsnn_net_read(net, index, FSNN_RECORD_SPIKES, spikes));
    fsnn_net_destroy(net);
}

static int count(const float *spikes, int *first)
{
    int n = 0;
    for (int k = 0; k < STEPS; k++)
        if (spikes[k] != 0 && n++ == 0)
            *first = k;
    return n;
}

int main(void)
{
    static float classic[STEPS], frac[STEPS], spikes[STEPS];
    double worst = 0;

    puts("Relaxation towards I = 1 (threshold out of reach): distance I - v(t)");
    puts("      t    alpha 1 (exact)        alpha 1/2 (exact)");
    neuron(1.0, 100, 1.0f, classic, spikes);
    neuron(0.5, 100, 1.0f, frac, spikes);
    for (int k = 124; k < STEPS; k = 2 * k + 1) {
        double t = (k + 1) * h, exact1 = exp(-t), exact5 = exp(t) * erfc(sqrt(t));
        printf("%7.2f    %.5f (%.5f)      %.5f (%.5f)\n", t, 1 - classic[k], exact1, 1 - frac[k],
               exact5);
        worst = fmax(worst, fmax(fabs(1 - classic[k] - exact1), fabs(1 - frac[k] - exact5)));
    }
    printf("largest error %.1e (first-order methods, h = %g)\n\n", worst, h);

    int first1 = 0, first5 = 0;
    neuron(1.0, 1, 1.6f, classic, spikes);
    int n1 = count(spikes, &first1);
    neuron(0.5, 1, 1.6f, frac, spikes);
    int n5 = count(spikes, &first5);
    printf("I = 1.6, threshold 1: alpha 1 fires %d times, first at t = %.2f; alpha 1/2 %d times, first at %.2f\n",
           n1, (first1 + 1) * h, n5, (first5 + 1) * h);
    /* v(t) = 1.6 (1 - e^-t) reaches 1 at t = log(1.6/0.6) */
    double exact_first = log(1.6 / 0.6);

    int good = worst < 0.01 && fabs((first1 + 1) * h - exact_first) < 0.02 && n1 > 0 && n5 > 0;
    puts(good ? "ok" : "FAILED");
    return !good;
}
