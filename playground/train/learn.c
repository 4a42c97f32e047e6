/* The learner: linear and lif by turns, then linear and a leaky readout, whose mean over the steps
 * answers. */
#include "learn.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct {
    fsnn_net *net;
    fsnn_optimizer *optimizer;
    int inputs, classes, count, layers, hidden, steps;
    double loss;
    uint64_t drawn; /* numbers drawn so far */
} learner;

static float samples[LEARN_SAMPLES * LEARN_INPUT];
static int labels[LEARN_SAMPLES];
static float asked[LEARN_GRID * LEARN_INPUT];
static float answers[LEARN_GRID * LEARN_CLASSES];
static float spikes[LEARN_LAYERS_MOST * LEARN_STEPS_MOST * LEARN_HIDDEN_MOST];
static float potentials[LEARN_STEPS_MOST * LEARN_CLASSES];

LEARN_API(learn_samples) float *learn_samples(void)
{
    return samples;
}

LEARN_API(learn_labels) int *learn_labels(void)
{
    return labels;
}

LEARN_API(learn_asked) float *learn_asked(void)
{
    return asked;
}

LEARN_API(learn_answers) const float *learn_answers(void)
{
    return answers;
}

LEARN_API(learn_spikes) const float *learn_spikes(void)
{
    return spikes;
}

LEARN_API(learn_potentials) const float *learn_potentials(void)
{
    return potentials;
}

LEARN_API(learn_loss) double learn_loss(void)
{
    return learner.loss;
}

/* ---- making it ---- */

static fsnn_plan plan_of(int batch, bool training)
{
    return (fsnn_plan){.steps = learner.steps,
                       .batch = batch,
                       .training = training,
                       .still = true,
                       .seed = (uint64_t)fmax(0, learn_get(LEARN_SEED))};
}

static fsnn_status add_nodes(fsnn_net *net)
{
    char name[16];
    fsnn_neuron lif = FSNN_NEURON_DEFAULT, readout = FSNN_NEURON_DEFAULT;
    lif.tau.value = readout.tau.value = learn_get(LEARN_TAU);
    lif.reset = FSNN_RESET_SUBTRACT;
    int at = fsnn_net_input(net, FSNN_SHAPE(learner.inputs));
    for (int i = 1; i <= learner.layers; i++) {
        snprintf(name, sizeof name, "lif%d", i);
        at = fsnn_net_lif(net, name, fsnn_net_linear(net, NULL, at, learner.hidden, true), &lif);
    }
    at = fsnn_net_linear(net, NULL, at, learner.classes, true);
    at = fsnn_net_add(net, "readout", "readout", &at, 1, &readout);
    return at < 0 ? (fsnn_status)at : FSNN_OK;
}

/* Hidden layers have the order of the page, the readout is of order 1. */
static fsnn_status wrap(fsnn_net *net)
{
    fsnn_order orders[LEARN_LAYERS_MOST + 1];
    for (int i = 0; i <= learner.layers; i++) {
        orders[i] = fsnn_order_of(i < learner.layers ? learn_get(LEARN_ALPHA) : 1);
        orders[i].learn_alpha = i < learner.layers && learn_get(LEARN_FREE) != 0;
    }
    fsnn_dynamics dynamics = fsnn_dynamics_default(orders);
    dynamics.orders = learner.layers + 1;
    const fsnn_plan plan = plan_of(LEARN_BATCH, true);
    return fsnn_net_wrap(net, &dynamics, &plan);
}

static fsnn_status make_optimizer(void)
{
    const fsnn_optimizer_options adam = {.kind = FSNN_ADAM,
                                         .lr = learn_get(LEARN_RATE),
                                         .beta1 = 0.9,
                                         .beta2 = 0.999,
                                         .eps = 1e-8,
                                         .neuron_lr = 1};
    return fsnn_optimizer_create(learner.net, &adam, &learner.optimizer);
}

static void destroy(void)
{
    fsnn_optimizer_destroy(learner.optimizer);
    fsnn_net_destroy(learner.net);
    learner.net = NULL;
    learner.optimizer = NULL;
}

static fsnn_status in_range(const char *what, double value, double low, double high)
{
    if (value >= low && value <= high)
        return FSNN_OK;
    return fsnn_error_set(FSNN_EARGUMENT, "%s is %g: this page takes %g to %g", what, value, low,
                          high);
}

static fsnn_status check(int inputs, int classes, int count)
{
    const struct {
        const char *what;
        double value, low, high;
    } limits[] = {
        {"the numbers of a sample", inputs, 1, LEARN_INPUT},
        {"the number of classes", classes, 2, LEARN_CLASSES},
        {"the number of samples", count, 1, LEARN_SAMPLES},
        {"hidden", learn_get(LEARN_HIDDEN), 1, LEARN_HIDDEN_MOST},
        {"layers", learn_get(LEARN_LAYERS), 1, LEARN_LAYERS_MOST},
        {"steps", learn_get(LEARN_STEPS), 1, LEARN_STEPS_MOST},
        {"the learning rate", learn_get(LEARN_RATE), 1e-6, 1},
    };
    fsnn_status status = FSNN_OK;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0] && status >= 0; i++)
        status = in_range(limits[i].what, limits[i].value, limits[i].low, limits[i].high);
    return status;
}

LEARN_API(learn_create) int learn_create(int inputs, int classes, int count)
{
    destroy();
    fsnn_status status = check(inputs, classes, count);
    if (status < 0)
        return learn_done(status);
    learner.inputs = inputs;
    learner.classes = classes;
    learner.count = count;
    learner.hidden = (int)learn_get(LEARN_HIDDEN);
    learner.layers = (int)learn_get(LEARN_LAYERS);
    learner.steps = (int)learn_get(LEARN_STEPS);
    learner.drawn = 0;
    status = fsnn_net_create(&learner.net);
    if (status >= 0)
        status = add_nodes(learner.net);
    if (status >= 0)
        status = wrap(learner.net);
    if (status >= 0)
        status = make_optimizer();
    if (status < 0)
        destroy();
    return learn_done(status);
}

LEARN_API(learn_count) int learn_count(int count)
{
    fsnn_status status = in_range("the number of samples", count, 1, LEARN_SAMPLES);
    if (status >= 0)
        learner.count = count;
    return learn_done(status);
}

/* ---- learning ---- */

static fsnn_status need(void)
{
    return learner.net ? FSNN_OK : fsnn_error_set(FSNN_ESTATE, "there is no network yet");
}

/* A hash of the seed and a counter (SplitMix64; Steele, Lea and Flood 2014). */
static uint64_t draw(void)
{
    uint64_t z = (uint64_t)fmax(0, learn_get(LEARN_SEED)) + 0x9e3779b97f4a7c15u * ++learner.drawn;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static const fsnn_loss loss = {.kind = FSNN_CE, .readout = FSNN_READOUT_MEAN};

static fsnn_status one_step(double *value)
{
    static float x[LEARN_BATCH * LEARN_INPUT];
    static float gradient[LEARN_STEPS_MOST * LEARN_BATCH * LEARN_CLASSES];
    int32_t label[LEARN_BATCH];
    const float *output;
    for (int b = 0; b < LEARN_BATCH; b++) {
        int sample = (int)(draw() % (uint64_t)learner.count);
        label[b] = labels[sample];
        memcpy(x + b * learner.inputs, samples + sample * learner.inputs,
               (size_t)learner.inputs * sizeof *x);
    }
    fsnn_status status = fsnn_net_reset(learner.net);
    if (status >= 0)
        status = fsnn_net_forward(learner.net, x, &output);
    if (status >= 0)
        status = fsnn_loss_compute(&loss, learner.steps, LEARN_BATCH, learner.classes, output,
                                   label, NULL, gradient, value, NULL);
    if (status < 0)
        return status;
    fsnn_net_zero_grad(learner.net);
    status = fsnn_net_backward(learner.net, gradient, NULL);
    return status < 0 ? status
                      : fsnn_optimizer_step(learner.optimizer, learn_get(LEARN_RATE), 1, NULL);
}

LEARN_API(learn_train) int learn_train(int batches)
{
    fsnn_status status = need();
    const fsnn_plan plan = plan_of(LEARN_BATCH, true);
    double sum = 0, value = 0;
    if (status >= 0)
        status = fsnn_net_replan(learner.net, &plan);
    for (int i = 0; i < batches && status >= 0; i++) {
        status = one_step(&value);
        if (status >= 0)
            status = fsnn_net_params_changed(learner.net);
        sum += value;
    }
    learner.loss = batches > 0 ? sum / batches : 0;
    return learn_done(status);
}

LEARN_API(learn_alpha) double learn_alpha(int layer)
{
    char name[24];
    snprintf(name, sizeof name, "lif%d.alpha", layer + 1);
    const fsnn_param *param = learner.net ? fsnn_net_param_find(learner.net, name) : NULL;
    return param ? param->value[0] : learn_get(LEARN_ALPHA);
}

/* ---- answers ---- */

/* Of the mean over the steps of output [K, B, classes] the softmax. */
static void softmax(const float *output, int B, float *share)
{
    for (int b = 0; b < B; b++) {
        double x[LEARN_CLASSES], most = -INFINITY, sum = 0;
        for (int c = 0; c < learner.classes; c++) {
            x[c] = 0;
            for (int k = 0; k < learner.steps; k++)
                x[c] += output[(k * B + b) * learner.classes + c] / (double)learner.steps;
            most = fmax(most, x[c]);
        }
        for (int c = 0; c < learner.classes; c++)
            sum += x[c] = exp(x[c] - most);
        for (int c = 0; c < learner.classes; c++)
            share[b * learner.classes + c] = (float)(x[c] / sum);
    }
}

static fsnn_status run(const float *x, int count, float *share)
{
    const fsnn_plan plan = plan_of(count, false);
    const float *output;
    fsnn_status status = fsnn_net_replan(learner.net, &plan);
    if (status >= 0)
        status = fsnn_net_reset(learner.net);
    if (status >= 0)
        status = fsnn_net_forward(learner.net, x, &output);
    if (status >= 0)
        softmax(output, count, share);
    return status;
}

LEARN_API(learn_answer) int learn_answer(int count)
{
    fsnn_status status = need();
    if (status >= 0)
        status = in_range("the number of samples", count, 1, LEARN_GRID);
    return learn_done(status < 0 ? status : run(asked, count, answers));
}

LEARN_API(learn_accuracy) double learn_accuracy(void)
{
    static float share[LEARN_SAMPLES * LEARN_CLASSES];
    fsnn_status status = need();
    if (status >= 0)
        status = run(samples, learner.count, share);
    if (status < 0)
        return learn_done(status);
    int right = 0;
    for (int i = 0; i < learner.count; i++) {
        int best = 0;
        for (int c = 1; c < learner.classes; c++)
            if (share[i * learner.classes + c] > share[i * learner.classes + best])
                best = c;
        right += best == labels[i];
    }
    return (double)right / learner.count;
}

LEARN_API(learn_look) int learn_look(void)
{
    fsnn_status status = need();
    if (status < 0)
        return learn_done(status);
    fsnn_plan plan = plan_of(1, false);
    plan.record = true;
    const float *output;
    status = fsnn_net_replan(learner.net, &plan);
    if (status >= 0)
        status = fsnn_net_reset(learner.net);
    if (status >= 0)
        status = fsnn_net_forward(learner.net, asked, &output);
    if (status < 0)
        return learn_done(status);
    memcpy(potentials, output, (size_t)(learner.steps * learner.classes) * sizeof *potentials);
    softmax(output, 1, answers);
    for (int i = 0; i < learner.layers && status >= 0; i++) {
        char name[16];
        snprintf(name, sizeof name, "lif%d", i + 1);
        status = fsnn_net_read(learner.net, fsnn_net_node_find(learner.net, name),
                               FSNN_RECORD_SPIKES, spikes + i * learner.steps * learner.hidden);
    }
    return learn_done(status);
}

/* ---- parameters ---- */

static float *flat(int64_t *count)
{
    fsnn_flat all = {0};
    bool there = learner.net && fsnn_net_flat(learner.net, &all) >= 0;
    *count = there ? all.count : 0;
    return there ? all.value : NULL;
}

LEARN_API(learn_parameters) int learn_parameters(void)
{
    int64_t count;
    flat(&count);
    return (int)count;
}

LEARN_API(learn_parameter_values) float *learn_parameter_values(void)
{
    int64_t count;
    return flat(&count);
}

LEARN_API(learn_take_parameters) int learn_take_parameters(int count)
{
    fsnn_status status = need();
    if (status >= 0 && count != learn_parameters())
        status = fsnn_error_set(FSNN_ESHAPE, "there are %d numbers, and the network has %d", count,
                                learn_parameters());
    return learn_done(status < 0 ? status : fsnn_net_params_changed(learner.net));
}
