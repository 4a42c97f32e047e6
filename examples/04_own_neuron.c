/* 04_own_neuron: a neuron of your own, in C.
 *
 *     tau D^alpha v = -a v^2 + I,   v(0) = 0
 *
 * A leak that grows with the square of the potential, which no kind of neuron here has. It is a
 * function that gets arrays of v, I and the parameters and writes dv; the rest (methods, orders,
 * spikes, resets, gradients) is the library's. What it shows: (1) below threshold, at alpha = 1,
 * the potential is the exact one, sqrt(I/a) tanh(sqrt(a I) t/tau); (2) at alpha = 1/2 it creeps
 * towards the same limit; (3) the same neuron as an equation, one line of text, fires the same
 * spikes; (4) it learns: a neuron with another a finds, by gradient descent on firing rates, the a
 * of the one it is to imitate.
 *
 * Build: cc 04_own_neuron.c $(pkg-config --cflags --libs fsnn) */
#include <fsnn/fsnn.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 40, NEURONS = 64 };

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            fprintf(stderr, "%s\n", fsnn_error_text());                                            \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* ---- the neuron: all there is to write. param: tau, threshold, then our own, a ---- */

static int leak(const fsnn_neuron_rows *at, float *dv, void *user)
{
    (void)user;
    const float *v = at->v, *tau = at->param[0], *a = at->param[2];
    for (int i = 0; i < at->n; i++)
        dv[i] = (-a[i] * v[i] * v[i] + at->I[i]) / tau[i];
    return 0;
}

/* Its derivatives. Without them the library takes differences of the function above, which costs
 * time and digits. */
static int leak_slopes(const fsnn_neuron_rows *at, const fsnn_neuron_slopes *by, void *user)
{
    (void)user;
    const float *v = at->v, *tau = at->param[0], *a = at->param[2];
    for (int i = 0; i < at->n; i++) {
        if (by->v)
            by->v[i] = -2 * a[i] * v[i] / tau[i];
        if (by->I)
            by->I[i] = 1 / tau[i];
        if (by->param[0]) /* asked for where tau is learned */
            by->param[0][i] = -(-a[i] * v[i] * v[i] + at->I[i]) / (tau[i] * tau[i]);
        if (by->param[1])
            by->param[1][i] = 0;
        if (by->param[2])
            by->param[2][i] = -v[i] * v[i] / tau[i];
    }
    return 0;
}

static void make_known(void)
{
    const fsnn_neuron_callback squared = {.dv = leak,
                                          .dv_slopes = leak_slopes,
                                          .params = 1,
                                          .param = {{.name = "a", .value = {.value = 1}}}};
    TRY(fsnn_neuron_register("squared", &squared));
}

/* ---- networks of one layer ---- */

/* The neuron with the parameter a, learned if asked; as text where `equation`. */
static fsnn_user squared(double a, int learn, int equation)
{
    fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT, .params = 1};
    o.neuron.tau.value = 2;
    o.neuron.reset = FSNN_RESET_SUBTRACT;
    o.neuron.surrogate.scale = 2;
    o.param[0] = (fsnn_user_param){"a", {.value = a, .learn = learn}};
    if (equation)
        o.dv = "(-a*v^2 + I)/tau";
    else
        o.callback = "squared";
    return o;
}

static fsnn_net *network(const fsnn_user *o, const fsnn_dynamics *dynamics, int training)
{
    fsnn_net *net;
    TRY(fsnn_net_create(&net));
    TRY(fsnn_net_user(net, "mine", fsnn_net_input(net, FSNN_SHAPE(NEURONS)), o));
    TRY(fsnn_net_wrap(
        net, dynamics,
        &(fsnn_plan){.steps = STEPS, .batch = 1, .training = training, .record = true}));
    for (int i = 0; fsnn_net_warning(net, i); i++) /* what works, but not as one would expect */
        fprintf(stderr, "warning: %s\n", fsnn_net_warning(net, i));
    return net;
}

/* Currents from 0.5 to 2.5, held. */
static void currents(float *x)
{
    for (int k = 0; k < STEPS; k++)
        for (int n = 0; n < NEURONS; n++)
            x[k * NEURONS + n] = 0.5f + 2.0f * (float)n / NEURONS;
}

/* ---- (1), (2): potentials of a neuron that does not reach its threshold, I = 1.5, a = 1.5 ---- */

static void relax(double alpha, float *v)
{
    static float x[STEPS * NEURONS], all[STEPS * NEURONS];
    fsnn_order order = fsnn_order_of(alpha);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.step = 0.1;
    dynamics.method = FSNN_TRAP; /* of second order */
    fsnn_user o = squared(1.5, 0, 0);
    o.neuron.threshold.value = 100;
    o.neuron.reset = FSNN_RESET_JUMP;
    fsnn_net *net = network(&o, &dynamics, 0);
    for (int i = 0; i < STEPS * NEURONS; i++)
        x[i] = 1.5f;
    TRY(fsnn_net_forward(net, x, NULL));
    TRY(fsnn_net_read(net, 1, FSNN_RECORD_V, all));
    for (int k = 0; k < STEPS; k++)
        v[k] = all[k * NEURONS];
    fsnn_net_destroy(net);
}

static int relaxation(void)
{
    static float classic[STEPS], fractional[STEPS];
    double worst = 0;
    puts("Below threshold, a = 1.5, I = 1.5, limit 1:");
    puts("      t    alpha 1 (exact)      alpha 1/2");
    relax(1, classic);
    relax(0.5, fractional);
    for (int k = 4; k < STEPS; k += 5) {
        double t = 0.1 * (k + 1), exact = tanh(1.5 * t / 2);
        printf("%7.1f    %.4f  (%.4f)      %.4f\n", t, classic[k], exact, fractional[k]);
        worst = fmax(worst, fabs(classic[k] - exact));
    }
    printf("largest error %.1e\n\n", worst);
    return worst < 2e-3 && fractional[4] > classic[4] && fractional[STEPS - 1] < classic[STEPS - 1];
}

/* ---- (3): the equation fires the same spikes ---- */

static void fire(int equation, float *spikes)
{
    static float x[STEPS * NEURONS];
    const float *y;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    fsnn_user o = squared(0.8, 0, equation);
    fsnn_net *net = network(&o, &dynamics, 0);
    currents(x);
    TRY(fsnn_net_forward(net, x, &y));
    memcpy(spikes, y, sizeof x);
    fsnn_net_destroy(net);
}

static int same_spikes(void)
{
    static float callback[STEPS * NEURONS], equation[STEPS * NEURONS];
    int count = 0, differ = 0;
    fire(0, callback);
    fire(1, equation);
    for (int i = 0; i < STEPS * NEURONS; i++) {
        count += callback[i] != 0;
        differ += callback[i] != equation[i];
    }
    printf("callback and equation: %d spikes, %d differ\n\n", count, differ);
    return count > 0 && differ == 0;
}

/* ---- (4): learning a from firing rates ---- */

static void rates(fsnn_net *net, const float *x, float *rate)
{
    const float *y;
    memset(rate, 0, NEURONS * sizeof *rate);
    TRY(fsnn_net_reset(net));
    TRY(fsnn_net_forward(net, x, &y));
    for (int i = 0; i < STEPS * NEURONS; i++)
        rate[i % NEURONS] += y[i] / STEPS;
}

/* One step of gradient descent on the mean squared difference of the rates, which is returned. */
static double descend(fsnn_net *net, const float *x, const float *wanted, double rate)
{
    static float got[NEURONS], gradient[STEPS * NEURONS];
    double loss = 0;
    const fsnn_param *a = fsnn_net_param_find(net, "mine.a");
    rates(net, x, got);
    for (int n = 0; n < NEURONS; n++) {
        double difference = got[n] - wanted[n];
        loss += difference * difference / NEURONS;
        for (int k = 0; k < STEPS; k++)
            gradient[k * NEURONS + n] = (float)(2 * difference / NEURONS / STEPS);
    }
    fsnn_net_zero_grad(net);
    TRY(fsnn_net_backward(net, gradient, NULL));
    a->value[0] -= (float)rate * a->grad[0];
    TRY(fsnn_net_params_changed(net));
    return loss;
}

static int learning(void)
{
    static float x[STEPS * NEURONS], wanted[NEURONS];
    fsnn_order order = fsnn_order_of(0.8);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    fsnn_user model = squared(1.2, 0, 0), student = squared(0.4, 1, 0);
    fsnn_net *teacher = network(&model, &dynamics, 0), *learner = network(&student, &dynamics, 1);
    const fsnn_param *a = fsnn_net_param_find(learner, "mine.a");
    currents(x);
    rates(teacher, x, wanted);
    puts("A neuron with a = 0.4 imitates the rates of one with a = 1.2:");
    puts("   step      loss        a");
    for (int step = 0; step <= 40; step++) {
        double before = a->value[0], loss = descend(learner, x, wanted, 1);
        if (step % 10 == 0)
            printf("%7d   %.1e   %.4f\n", step, loss, before);
    }
    double found = a->value[0];
    fsnn_net_destroy(teacher);
    fsnn_net_destroy(learner);
    return fabs(found - 1.2) < 0.05;
}

int main(void)
{
    make_known();
    int good = relaxation();
    good = same_spikes() && good;
    good = learning() && good;
    puts(good ? "ok" : "FAILED");
    return !good;
}
