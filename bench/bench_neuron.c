/* What a neuron by equation costs beside the hand-written one.
 *
 * A layer of 4096 neurons, 64 samples, T = 16 steps, Gruenwald-Letnikov of order 0.5 with full
 * memory, forward and backward (gradients of the current, of tau and of threshold): the neuron
 * `lif`, the same by its equation (which the library knows and takes for `lif`), a quadratic one,
 * and one with an exponential; then `lif` and the quadratic one with a learned order. Reset
 * `current`, where all have the fused scan, and reset `jump`, where all go through the general one.
 * One JSON object a line, medians; `ratio` is to `lif` with the same reset.
 *
 *   bench_neuron [--threads N] [--rounds N] [--clock wall|processor] [current] [jump] */
#include "measure.h"

enum { NEURONS = 4096, BATCH = 64, STEPS = 16, KINDS = 6 };

static const struct {
    const char *name, *dv; /* dv NULL: hand-written */
    bool learns_alpha;
} kinds[KINDS] = {{"lif", NULL, false},
                  {"equation", "(-v + I)/tau", false},
                  {"quadratic", "(-v^2 + I)/tau", false},
                  {"exponential", "(-v + 0.2*exp(2*(min(v, 2) - 1)) + I)/tau", false},
                  {"lif, alpha learned", NULL, true},
                  {"quadratic, alpha learned", "(-v^2 + I)/tau", true}};

static fsnn_net *network(int kind, fsnn_reset reset)
{
    fsnn_net *net;
    fsnn_user user = {.neuron = FSNN_NEURON_DEFAULT, .dv = kinds[kind].dv};
    user.neuron.tau = (fsnn_value){.value = 2, .learn = true};
    user.neuron.threshold.learn = true;
    user.neuron.reset = reset;
    fsnn_order order = fsnn_order_of(0.5);
    order.learn_alpha = kinds[kind].learns_alpha;
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    TRY(fsnn_net_create(&net));
    int x = fsnn_net_input(net, FSNN_SHAPE(NEURONS));
    TRY(kinds[kind].dv ? fsnn_net_user(net, NULL, x, &user)
                       : fsnn_net_lif(net, NULL, x, &user.neuron));
    TRY(fsnn_net_wrap(
        net, &dynamics,
        &(fsnn_plan){
            .steps = STEPS, .batch = BATCH, .training = true, .input_gradient = true, .seed = 1}));
    return net;
}

/* Seconds of forward and of backward. */
static void run(fsnn_net *net, const float *x, const float *gradient, double *seconds)
{
    const float *out, *gx;
    TRY(fsnn_net_reset(net));
    fsnn_net_zero_grad(net);
    double start = now();
    TRY(fsnn_net_forward(net, x, &out));
    double middle = now();
    TRY(fsnn_net_backward(net, gradient, &gx));
    seconds[0] = middle - start;
    seconds[1] = now() - middle;
}

static void measure(fsnn_reset reset, int rounds)
{
    static double time[KINDS][2][MAX_ROUNDS];
    const int64_t count = (int64_t)STEPS * BATCH * NEURONS;
    fsnn_net *net[KINDS];
    float *x = numbers(count), *gradient = numbers(count);
    for (int64_t i = 0; i < count; i++)
        x[i] *= 3;
    for (int k = 0; k < KINDS; k++)
        net[k] = network(k, reset);
    for (int i = -1; i < rounds; i++) /* one round to warm up */
        for (int k = 0; k < KINDS; k++) {
            double t[2];
            run(net[k], x, gradient, t);
            for (int part = 0; part < 2 && i >= 0; part++)
                time[k][part][i] = t[part];
        }
    double lif = 0, unit = 1e9 / (double)count;
    for (int k = 0; k < KINDS; k++) {
        double forward = median(time[k][0], rounds), backward = median(time[k][1], rounds);
        double both = forward + backward;
        lif = k ? lif : both;
        printf("{\"bench\": \"neuron\", \"neuron\": \"%s\", \"reset\": \"%s\", \"T\": %d, "
               "\"threads\": %d, \"isa\": \"%s\", \"rounds\": %d, \"clock\": \"%s\", "
               "\"forward_ns\": %.3f, \"backward_ns\": %.3f, \"rate\": %.3f, \"ratio\": %.3f}\n",
               kinds[k].name, fsnn_reset_name(reset), STEPS, fsnn_threads(), fsnn_isa(), rounds,
               bench_clock_name(), forward * unit, backward * unit, fsnn_net_rate(net[k], 1),
               both / lif);
        fflush(stdout);
        fsnn_net_destroy(net[k]);
    }
    fsnn_free_array(x);
    fsnn_free_array(gradient);
}

int main(int argc, char **argv)
{
    bench_options o = bench_read(
        argc, argv, 11,
        "bench_neuron [--threads N] [--rounds 1..101] [--clock wall|processor] [current] [jump]");
    if (bench_wanted(argc, argv, &o, "current"))
        measure(FSNN_RESET_CURRENT, o.rounds);
    if (bench_wanted(argc, argv, &o, "jump"))
        measure(FSNN_RESET_JUMP, o.rounds);
    return 0;
}
