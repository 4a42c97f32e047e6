/* tests/build/core/try.c: what the core computes, as lines "WHAT NUMBER...": one neuron by every
 * method, reset and memory in both precisions, and a small network forward and backward. Numbers
 * have all their digits, so two programs that compute the same print the same. */
#include <fsnn/fsnn.h>

#include <stdio.h>
#include <stdlib.h>

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            fprintf(stderr, "%s\n", fsnn_error_text());                                            \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static const char *const precisions[] = {"single", "double"};

/* ---- one neuron ---- */

enum { STEPS = 200 };

static void print_steps(const char *what, const double *x)
{
    printf(" %s", what);
    for (int k = 0; k < STEPS; k++)
        printf(" %.17g", x[k]);
    putchar('\n');
}

/* Potentials and spikes of the neuron, as double whatever its precision. */
static void read(const fsnn_net *net, int node, fsnn_record what, double *x)
{
    float single[STEPS];
    if (fsnn_net_precision(net) == FSNN_PRECISION_DOUBLE) {
        TRY(fsnn_net_read_double(net, node, what, x));
        return;
    }
    TRY(fsnn_net_read(net, node, what, single));
    for (int k = 0; k < STEPS; k++)
        x[k] = (double)single[k];
}

static fsnn_status run(fsnn_net *net, const fsnn_dynamics *dynamics)
{
    float single[STEPS];
    double current[STEPS];
    for (int k = 0; k < STEPS; k++)
        single[k] = (float)(current[k] = 2 + 0.25 * (k % 5));
    fsnn_status status =
        fsnn_net_wrap(net, dynamics, &(fsnn_plan){.steps = STEPS, .batch = 1, .record = true});
    if (status < 0)
        return status;
    return dynamics->precision == FSNN_PRECISION_DOUBLE
               ? fsnn_net_forward_double(net, current, NULL)
               : fsnn_net_forward(net, single, NULL);
}

static void neuron(const fsnn_dynamics *dynamics, fsnn_reset reset, double alpha)
{
    fsnn_net *net;
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    double x[STEPS];
    lif.tau.value = 2;
    lif.reset = reset;
    TRY(fsnn_net_create(&net));
    TRY(fsnn_net_lif(net, "lif", fsnn_net_input(net, FSNN_SHAPE(1)), &lif));
    printf("neuron %s %s %g %g %s\n", fsnn_method_name(dynamics->method), fsnn_reset_name(reset),
           alpha, dynamics->tolerance, precisions[dynamics->precision]);
    if (run(net, dynamics) < 0) {
        printf(" refused: %s\n", fsnn_error_text());
    } else {
        int node = fsnn_net_node_find(net, "lif");
        read(net, node, FSNN_RECORD_SPIKES, x);
        print_steps("spikes", x);
        read(net, node, FSNN_RECORD_V, x);
        print_steps("v", x);
    }
    fsnn_net_destroy(net);
}

static void neurons(fsnn_precision precision)
{
    static const double alphas[] = {1, 0.7, 0.3}, tolerances[] = {0, 1e-4};
    for (int m = FSNN_EULER; m <= FSNN_ML; m++)
        for (int a = 0; a < 3; a++)
            for (int t = 0; t < 2; t++)
                for (int r = 0; r < FSNN_RESETS; r++) {
                    fsnn_order order = fsnn_order_of(alphas[a]);
                    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
                    dynamics.method = (fsnn_method)m;
                    if (fsnn_method_is((fsnn_method)m, FSNN_METHODS_INTEGER))
                        dynamics.integrator = FSNN_ODEINT;
                    dynamics.tolerance = tolerances[t];
                    dynamics.step = 0.5;
                    dynamics.precision = precision;
                    neuron(&dynamics, (fsnn_reset)r, alphas[a]);
                }
}

/* ---- a network: conv2d, lif, maxpool, linear, an equation, linear ---- */

enum { K = 12, B = 3, IN = 2 * 8 * 8, OUT = 5 };

static fsnn_net *network(void)
{
    fsnn_net *net;
    TRY(fsnn_net_create(&net));
    fsnn_conv2d conv;
    TRY(fsnn_kind_defaults("conv2d", &conv));
    conv.out = 4;
    conv.kernel[0] = conv.kernel[1] = 3;
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 2;
    lif.tau.learn = true;
    fsnn_user own = {.neuron = FSNN_NEURON_DEFAULT,
                     .dv = "(-v*(1 + a*tanh(v)) + I)/tau",
                     .params = 1,
                     .param = {{"a", {.value = 0.25, .learn = true}}}};
    int x = fsnn_net_conv2d(net, "conv", fsnn_net_input(net, FSNN_SHAPE(2, 8, 8)), &conv);
    x = fsnn_net_maxpool(net, "pool", fsnn_net_lif(net, "lif", x, &lif), 2);
    x = fsnn_net_linear(net, "hidden", fsnn_net_flatten(net, "flat", x), 16, true);
    x = fsnn_net_linear(net, "out", fsnn_net_user(net, "own", x, &own), OUT, true);
    TRY(x);
    return net;
}

/* Weights that make all sums of the forward exact, in whatever order: multiples of 1/32. */
static void fill(const fsnn_net *net, fsnn_precision precision)
{
    for (int p = 0; p < fsnn_net_param_count(net); p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        for (int64_t i = 0; !param->neuron && i < fsnn_shape_count(&param->shape); i++) {
            double w = (double)((i * 37 + 11) % 41 - 16) / 32;
            if (precision == FSNN_PRECISION_DOUBLE)
                param->value64[i] = w;
            else
                param->value[i] = (float)w;
        }
    }
}

static void print_numbers(const char *what, const float *single, const double *numbers, int64_t n)
{
    printf(" %s", what);
    for (int64_t i = 0; i < n; i++)
        printf(" %.17g", numbers ? numbers[i] : (double)single[i]);
    putchar('\n');
}

static void print_gradients(const fsnn_net *net)
{
    for (int p = 0; p < fsnn_net_param_count(net); p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        print_numbers(param->name, param->grad, param->grad64, fsnn_shape_count(&param->shape));
    }
}

static void forward_backward(fsnn_precision precision)
{
    static float x[K * B * IN], g[K * B * OUT];
    static double x64[K * B * IN], g64[K * B * OUT];
    for (int i = 0; i < K * B * IN; i++)
        x[i] = (float)(x64[i] = (double)((i * 7919) % 101 < 30));
    for (int i = 0; i < K * B * OUT; i++)
        g[i] = (float)(g64[i] = i % 7 - 3);
    fsnn_net *net = network();
    fsnn_order order = fsnn_order_of(0.7);
    order.learn_alpha = true;
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.precision = precision;
    printf("net %s\n", precisions[precision]);
    if (fsnn_net_wrap(net, &dynamics, &(fsnn_plan){.steps = K, .batch = B, .training = true}) < 0) {
        printf(" refused: %s\n", fsnn_error_text());
        fsnn_net_destroy(net);
        return;
    }
    fill(net, precision);
    TRY(fsnn_net_params_changed(net));
    const float *y = NULL;
    const double *y64 = NULL;
    if (precision == FSNN_PRECISION_DOUBLE)
        TRY(fsnn_net_forward_double(net, x64, &y64));
    else
        TRY(fsnn_net_forward(net, x, &y));
    print_numbers("output", y, y64, K * B * OUT);
    fsnn_net_zero_grad(net);
    if (precision == FSNN_PRECISION_DOUBLE)
        TRY(fsnn_net_backward_double(net, g64, NULL));
    else
        TRY(fsnn_net_backward(net, g, NULL));
    print_gradients(net);
    fsnn_net_destroy(net);
}

int main(void)
{
    for (int p = 0; p < 2; p++) {
        neurons((fsnn_precision)p);
        forward_backward((fsnn_precision)p);
    }
    return 0;
}
