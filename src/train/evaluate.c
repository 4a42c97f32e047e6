/* Evaluation: all batches forward, without learning; loss, accuracy, confusions, firing rates,
 * neurons that never fire or always do. The net's count of forward calls is put back, so that
 * training draws the same random numbers with and without evaluations in between. */
#include "train/evaluate.h"

#include "base/error_key.h"
#include "train/loss.h"
#include "train/pass.h"

#include <math.h>
#include <string.h>

typedef struct sums {
    double loss, steps;
    int64_t correct, batches;
    double rate[FSNN_MAX_NEURON_NODES];
} sums;

static fsnn_status confuse(const fsnn_batch *batch, const float *output, int64_t classes,
                           fsnn_evaluation *result)
{
    if (!result->confusion)
        result->confusion = fsnn_alloc((size_t)(classes * classes) * sizeof(int64_t));
    if (!result->confusion)
        return FSNN_EMEMORY;
    int64_t rows = batch->batch * batch->places;
    for (int64_t b = 0; b < rows; b++) {
        if (batch->labels[b] == FSNN_UNLABELLED)
            continue;
        result->confusion[batch->labels[b] * classes +
                          loss_answer(batch->steps, rows, classes, output, b)]++;
    }
    return FSNN_OK;
}

static fsnn_status one(fsnn_net *net, const fsnn_batch *batch, const fsnn_loss *loss,
                       const layers *l, sums *s, bool confusion, fsnn_evaluation *result)
{
    const float *output;
    int64_t classes, correct;
    double value;
    fsnn_plan plan = pass_plan(net); /* segments bound the memory of an evaluation too */
    pass_mode mode = {false, plan.checkpoint, plan.truncate};
    FSNN_TRY(pass_forward(net, batch, mode, &output, &classes));
    FSNN_TRY(fsnn_loss_compute(loss, batch->steps, batch->batch * batch->places, classes, output,
                               batch->labels, NULL, NULL, &value, &correct));
    if (!isfinite(value))
        return fsnn_fail(FSNN_ENUMERIC,
                         "the loss is %.6g: weights or samples hold numbers that are not finite",
                         value);
    double counted = (double)pass_counted(batch);
    s->loss += value * counted;
    s->correct += correct;
    s->steps += (double)(batch->steps * batch->batch);
    layers_add_rates(l, net, counted, s->rate);
    result->samples += (int64_t)counted;
    result->classes = classes;
    return confusion ? confuse(batch, output, classes, result) : FSNN_OK;
}

static fsnn_status neurons(const fsnn_net *net, int node, int64_t *count, int64_t *dead,
                           int64_t *saturated)
{
    fsnn_node_info info;
    int64_t most;
    FSNN_TRY(fsnn_net_node(net, node, &info));
    *count = fsnn_shape_count(&info.shape);
    *dead = *saturated = 0;
    if (strcmp(info.kind, "readout") == 0) /* gives potentials: it cannot be silent */
        return FSNN_OK;
    int64_t *spikes = fsnn_alloc((size_t)(*count + 1) * sizeof *spikes);
    if (!spikes)
        return FSNN_EMEMORY;
    fsnn_status status = fsnn_net_spike_counts(net, node, spikes, &most);
    for (int64_t n = 0; n < *count && !status; n++) {
        *dead += spikes[n] == 0;
        *saturated += spikes[n] == most;
    }
    fsnn_free(spikes);
    return status;
}

static fsnn_status diagnose(const fsnn_net *net, const layers *l, fsnn_evaluation *result)
{
    for (int i = 0; i < l->count; i++)
        FSNN_TRY(neurons(net, l->node[i], &result->layer_neurons[i], &result->layer_dead[i],
                         &result->layer_saturated[i]));
    return FSNN_OK;
}

static fsnn_status accounts(const fsnn_net *net, fsnn_evaluation *result)
{
    result->nodes = fsnn_net_node_count(net);
    result->node = fsnn_alloc((size_t)result->nodes * sizeof *result->node);
    if (!result->node)
        return FSNN_EMEMORY;
    for (int n = 0; n < result->nodes; n++)
        FSNN_TRY(fsnn_net_account(net, n, &result->node[n]));
    return FSNN_OK;
}

fsnn_account fsnn_evaluation_account(const fsnn_evaluation *e)
{
    fsnn_account sum = {0};
    for (int n = 0; n < e->nodes; n++) {
        sum.dense += e->steps * e->node[n].dense;
        sum.multiply_adds += e->steps * e->node[n].multiply_adds;
        sum.additions += e->steps * e->node[n].additions;
        sum.memory += e->steps * e->node[n].memory;
    }
    return sum;
}

static fsnn_status all(fsnn_net *net, fsnn_loader *loader, const fsnn_loss *loss, int64_t epoch,
                       volatile const int *stop, bool confusion, fsnn_evaluation *result)
{
    layers l;
    sums s = {0};
    fsnn_batch batch;
    int more;
    double begin = fsnn_now();
    FSNN_TRY(pass_check(net, loader, "evaluation"));
    FSNN_TRY(layers_find(net, &l));
    FSNN_TRY(fsnn_loader_start(loader, epoch));
    FSNN_TRY(fsnn_net_count_spikes(net, true));
    while ((more = fsnn_loader_next(loader, &batch)) > 0) {
        char where[64];
        fsnn_status status = one(net, &batch, loss, &l, &s, confusion, result);
        snprintf(where, sizeof where, "evaluation, batch %lld", (long long)++s.batches);
        if (status)
            return pass_fail(status, where);
        if (stop && *stop)
            return fsnn_fail(FSNN_EINTERRUPTED, "the evaluation was stopped on request");
    }
    if (more < 0)
        return (fsnn_status)more;
    result->loss = s.loss / (double)result->samples;
    result->accuracy = (double)s.correct / (double)result->samples;
    result->layers = l.count;
    layers_mean(&l, s.rate, (double)result->samples, result->layer_rate);
    FSNN_TRY(diagnose(net, &l, result));
    FSNN_TRY(accounts(net, result));
    result->steps = s.steps / (double)result->samples;
    result->seconds = fsnn_now() - begin;
    return FSNN_OK;
}

static fsnn_status counted(fsnn_net *net, fsnn_loader *loader, const fsnn_loss *loss, int64_t epoch,
                           volatile const int *stop, bool confusion, fsnn_evaluation *result)
{
    int64_t counter = fsnn_net_counter(net);
    *result = (fsnn_evaluation){0};
    fsnn_status status = all(net, loader, loss, epoch, stop, confusion, result);
    fsnn_net_counter_set(net, counter);
    fsnn_error error;
    fsnn_error_keep(&error);
    if (fsnn_net_shapes(net, NULL, NULL) == FSNN_OK) /* still wrapped */
        fsnn_net_count_spikes(net, false);
    fsnn_error_restore(&error);
    if (status)
        fsnn_evaluation_free(result);
    return status;
}

fsnn_status evaluate_quick(fsnn_net *net, fsnn_loader *loader, const fsnn_loss *loss,
                           volatile const int *stop, fsnn_evaluation *result)
{
    return counted(net, loader, loss, 0, stop, false, result);
}

fsnn_status fsnn_evaluate(fsnn_net *net, fsnn_loader *loader, const fsnn_loss *loss,
                          fsnn_evaluation *result)
{
    return fsnn_evaluate_epoch(net, loader, loss, 0, result);
}

fsnn_status fsnn_evaluate_epoch(fsnn_net *net, fsnn_loader *loader, const fsnn_loss *loss,
                                int64_t epoch, fsnn_evaluation *result)
{
    if (!net || !loader || !loss || !result)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_evaluate: net, loader, loss and result must not be NULL");
    FSNN_TRY(fsnn_net_shapes(net, NULL, NULL)); /* wrapped? */
    FSNN_TRY(fsnn_loss_check(loss));
    fsnn_plan plan = pass_plan(net);
    fsnn_status status = counted(net, loader, loss, epoch, NULL, true, result);
    bool evaluated = status == FSNN_OK;
    status = pass_back(net, &plan, status);
    if (evaluated && status)
        fsnn_evaluation_free(result);
    return status;
}

void fsnn_evaluation_free(fsnn_evaluation *evaluation)
{
    if (!evaluation)
        return;
    fsnn_free(evaluation->confusion);
    fsnn_free(evaluation->node);
    *evaluation = (fsnn_evaluation){0};
}
