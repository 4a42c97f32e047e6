/* Draws of the undisturbed data: their mean. */
#include "session/evaluate.h"

/* Rates of layers and neurons, and what the nodes cost, of one draw more. */
static void add_layers(fsnn_evaluation *sum, const fsnn_evaluation *one)
{
    for (int i = 0; i < sum->layers; i++) {
        sum->layer_rate[i] += one->layer_rate[i];
        for (int64_t n = 0; n < sum->layer_neurons[i]; n++)
            sum->neuron_rate[i][n] += one->neuron_rate[i][n];
    }
    for (int n = 0; n < sum->nodes; n++) {
        sum->node[n].multiply_adds += one->node[n].multiply_adds;
        sum->node[n].additions += one->node[n].additions;
        sum->node[n].memory += one->node[n].memory;
        sum->node[n].rate += one->node[n].rate;
        sum->node[n].spikes = sum->node[n].spikes && one->node[n].spikes;
    }
}

/* Of n draws: neurons that fired in none of them, and at every step of all. */
static void divide_layers(fsnn_evaluation *e, double n)
{
    for (int i = 0; i < e->layers; i++) {
        e->layer_rate[i] /= n;
        e->layer_dead[i] = e->layer_saturated[i] = 0;
        for (int64_t k = 0; k < e->layer_neurons[i]; k++) {
            e->neuron_rate[i][k] /= (float)n;
            e->layer_dead[i] += e->neuron_rate[i][k] == 0;
            e->layer_saturated[i] += e->neuron_rate[i][k] == 1;
        }
    }
    for (int k = 0; k < e->nodes; k++) {
        e->node[k].multiply_adds /= n;
        e->node[k].additions /= n;
        e->node[k].memory /= n;
        e->node[k].rate /= n;
    }
}

static void add(fsnn_evaluation *sum, const fsnn_evaluation *one)
{
    sum->loss += one->loss;
    sum->accuracy += one->accuracy;
    for (int i = 0; i < FSNN_METRICS; i++)
        sum->metric[i] += one->metric[i];
    sum->seconds += one->seconds;
    add_layers(sum, one);
    for (int64_t i = 0; sum->confusion && i < sum->classes * sum->classes; i++)
        sum->confusion[i] += one->confusion[i];
}

/* One draw of the encoding; its figures are added to the mean, which the first one begins. */
static fsnn_status draw(assess *a, int64_t r, fsnn_assessment *out)
{
    fsnn_evaluation one = {0}, *e = r ? &one : &out->mean;
    fsnn_status status = assess_pass(a, a->s->net, a->s->loader[a->part], a->o->first + r, e);
    if (status == FSNN_OK) {
        out->loss[r] = e->loss;
        out->accuracy[r] = e->accuracy;
        if (r)
            add(&out->mean, &one);
    }
    fsnn_evaluation_free(&one);
    return status;
}

static void finish(fsnn_assessment *out)
{
    fsnn_evaluation *e = &out->mean;
    double n = (double)out->repeats;
    if (out->repeats > 1) {
        e->loss /= n;
        e->accuracy /= n;
        for (int i = 0; i < FSNN_METRICS; i++)
            e->metric[i] /= n;
        e->seconds /= n;
        divide_layers(e, n);
    }
    out->score.loss = e->loss;
    out->score.accuracy = e->accuracy;
    assess_mean(out->loss, out->repeats, &out->score.spread_loss);
    assess_mean(out->accuracy, out->repeats, &out->score.spread_accuracy);
}

/* Of one that is stopped, the draws that are over; of none, the samples so far. */
fsnn_status assess_draws(assess *a, fsnn_assessment *out)
{
    fsnn_status status = FSNN_OK;
    for (out->repeats = 0; out->repeats < a->o->repeats; out->repeats++) {
        status = draw(a, out->repeats, out);
        if (status < 0)
            break;
    }
    if (status == FSNN_OK || status == FSNN_EINTERRUPTED)
        finish(out);
    return status;
}
