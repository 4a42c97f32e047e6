/* Evaluation: all batches forward, without learning; loss, accuracy, confusions, firing rates,
 * neurons that never fire or always do. The net's count of forward calls is put back, so that
 * training draws the same random numbers with and without evaluations in between. */
#include "train/evaluate.h"

#include "base/error_key.h"
#include "net/net.h"
#include "train/integers.h"
#include "train/metric.h"
#include "train/pairs.h"
#include "train/pass.h"
#include "train/plane.h"
#include "train/ranks.h"
#include "train/records.h"
#include "train/quantised.h"

#include <math.h>

/* What is asked for. */
typedef struct task {
    fsnn_net *net;
    fsnn_loader *loader;
    const fsnn_loss *loss;
    int64_t top_k;
    int64_t epoch;
    volatile const int *stop;    /* may be NULL */
    bool confusion;              /* or pairs */
    evaluate_progress *progress; /* may be NULL */
    void *user;
    fsnn_products products;
    const fsnn_ranks *ranks;      /* NULL: alone */
    const fsnn_integer *integers; /* give the answers; NULL: the net does */
} task;

typedef struct sums {
    double loss, steps;
    integer_room integers;
    int64_t batches;
    double *rate; /* [layers] */
    pass_input input;
    metric_sums metrics;
    pairs pairs;
    records records; /* of ranks: what the batches of this one have said */
} sums;

/* An answer, on its way into the figures. */
typedef struct judging {
    const task *t;
    sums *s;
    fsnn_evaluation *result;
} judging;

static void judge(const loss_answer *a, void *user)
{
    const judging *j = user;
    metric_sums *m = &j->s->metrics;
    metric_add(m, a);
    int64_t *confusion = j->result->confusion;
    if (confusion)
        confusion[(a->y ? metric_class(a->y, m->C) : a->label) * m->C + metric_class(a->x, m->C)]++;
    for (int64_t c = 0; j->s->pairs.truth && c < m->C; c++)
        pairs_add(&j->s->pairs, a->y[c], a->x[c]);
}

/* With the first batch it is known what the targets are. */
static fsnn_status open_sums(const task *t, bool labels, int64_t C, sums *s,
                             fsnn_evaluation *result)
{
    loss_task of = loss_task_of(t->loss, labels);
    int64_t k = t->top_k > 0 ? t->top_k : fsnn_training_default().top_k;
    FSNN_TRY(metric_open(&s->metrics, of, C, k));
    if (of == LOSS_CLASSES)
        result->classes = C;
    if (!t->confusion || of == LOSS_LABELS)
        return FSNN_OK;
    if (of == LOSS_VALUES)
        return pairs_open(&s->pairs);
    result->confusion = fsnn_alloc((size_t)(C * C) * sizeof(int64_t));
    return result->confusion ? FSNN_OK : FSNN_EMEMORY;
}

/* A batch; its rates and answers follow. */
static fsnn_status count(const task *t, const record *r, sums *s, fsnn_evaluation *result)
{
    s->loss += r->loss * r->counted;
    s->steps += r->steps;
    result->samples += (int64_t)r->counted;
    return s->metrics.C ? FSNN_OK : open_sums(t, r->labels, r->C, s, result);
}

static fsnn_status one(const task *t, const fsnn_batch *batch, const layers *l, sums *s,
                       fsnn_evaluation *result)
{
    loss_input answers;
    fsnn_measure measure;
    const train_plane *plane = train_plane_for(t->net);
    judging j = {t, s, result};
    fsnn_plan plan = pass_plan(t->net); /* segments bound the memory of an evaluation too */
    pass_mode mode = {false, plan.checkpoint, plan.truncate, t->products, 0};
    FSNN_TRY(pass_forward(t->net, batch, mode, &s->input, &answers));
    if (t->integers)
        FSNN_TRY(integer_answers(t->integers, t->net, batch, &s->integers, &answers.output));
    FSNN_TRY(plane->loss(t->loss, &answers, &measure));
    if (!isfinite(measure.value))
        return fsnn_fail(FSNN_ENUMERIC,
                         "the loss is %.6g: weights or samples hold numbers that are not finite",
                         measure.value);
    record r = {.loss = measure.value,
                .counted = (double)target_counted(batch, t->loss),
                .steps = (double)(batch->steps * batch->batch),
                .labels = answers.labels != NULL,
                .C = answers.C};
    if (ranks_many(t->ranks)) {
        FSNN_TRY(records_begin(&s->records, &r, l, t->net));
        FSNN_TRY(plane->answers(t->loss, &answers, records_answer, &s->records));
        return records_end(&s->records);
    }
    layers_add_rates(l, t->net, r.counted, s->rate);
    FSNN_TRY(count(t, &r, s, result));
    return plane->answers(t->loss, &answers, judge, &j);
}

/* The batches of all ranks, in their order. */
static fsnn_status count_all(const task *t, const layers *l, sums *s, fsnn_evaluation *result)
{
    const double *rate;
    record r;
    loss_answer a;
    judging j = {t, s, result};
    FSNN_TRY(records_share(&s->records, t->ranks));
    while (records_next(&s->records, &r, l->count, &rate)) {
        for (int i = 0; i < l->count; i++)
            s->rate[i] += r.counted * rate[i];
        FSNN_TRY(count(t, &r, s, result));
        while (records_next_answer(&s->records, &r, &a))
            judge(&a, &j);
    }
    return FSNN_OK;
}

/* ---- what neurons did ---- */

/* Never 1 but for a neuron that always fired, also where a float cannot tell. */
static float rate_of(int64_t spikes, int64_t most)
{
    if (spikes == most)
        return spikes ? 1 : 0;
    return fminf((float)((double)spikes / (double)most), nextafterf(1, 0));
}

static fsnn_status neurons(const task *t, int i, fsnn_evaluation *e)
{
    const fsnn_net *net = t->net;
    int64_t most, count = e->layer_neurons[i],
                  *spikes = fsnn_alloc((size_t)(count + 1) * sizeof *spikes);
    e->neuron_rate[i] = fsnn_alloc((size_t)(count + 1) * sizeof **e->neuron_rate);
    if (!spikes || !e->neuron_rate[i]) {
        fsnn_free(spikes);
        return FSNN_EMEMORY;
    }
    fsnn_status status = fsnn_net_spike_counts(net, e->layer_node[i], spikes, &most);
    spikes[count] = most;
    status = status ? status : ranks_sum_counts(t->ranks, spikes, count + 1);
    most = spikes[count];
    for (int64_t n = 0; n < count && !status; n++) {
        e->layer_dead[i] += spikes[n] == 0;
        e->layer_saturated[i] += spikes[n] == most;
        e->neuron_rate[i][n] = rate_of(spikes[n], most);
    }
    fsnn_free(spikes);
    return status;
}

/* Arrays of all layers, of zeros but for what is known of them. */
static fsnn_status reserve(const layers *l, fsnn_evaluation *e)
{
    size_t count = (size_t)l->count;
    e->layer_node = fsnn_alloc((count + 1) * sizeof *e->layer_node);
    e->layer_rate = fsnn_alloc((count + 1) * sizeof *e->layer_rate);
    e->layer_neurons = fsnn_alloc((count + 1) * sizeof *e->layer_neurons);
    e->layer_dead = fsnn_alloc((count + 1) * sizeof *e->layer_dead);
    e->layer_saturated = fsnn_alloc((count + 1) * sizeof *e->layer_saturated);
    e->neuron_rate = fsnn_alloc((count + 1) * sizeof *e->neuron_rate);
    if (!e->layer_node || !e->layer_rate || !e->layer_neurons || !e->layer_dead ||
        !e->layer_saturated || !e->neuron_rate)
        return FSNN_EMEMORY;
    e->layers = l->count;
    for (int i = 0; i < l->count; i++) {
        e->layer_node[i] = l->node[i];
        e->layer_neurons[i] = (int64_t)l->neurons[i];
    }
    return FSNN_OK;
}

static fsnn_status diagnose(const task *t, fsnn_evaluation *result)
{
    for (int i = 0; i < result->layers; i++)
        FSNN_TRY(neurons(t, i, result));
    return FSNN_OK;
}

/* What the forwards of all ranks cost. */
static fsnn_status sum_tallies(const task *t)
{
    enum { NUMBERS = sizeof(net_tally) / sizeof(double) };
    return ranks_sum_numbers(t->ranks, (double *)t->net->tally, (int64_t)NUMBERS * t->net->nodes);
}

static fsnn_status accounts(const task *t, fsnn_evaluation *result)
{
    const fsnn_net *net = t->net;
    FSNN_TRY(sum_tallies(t));
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
    for (int n = 0; e && n < e->nodes; n++) {
        sum.dense += e->steps * e->node[n].dense;
        sum.multiply_adds += e->steps * e->node[n].multiply_adds;
        sum.additions += e->steps * e->node[n].additions;
        sum.memory += e->steps * e->node[n].memory;
    }
    return sum;
}

static fsnn_status go_on(const task *t, int64_t samples)
{
    if ((t->stop && *t->stop) || (t->progress && t->progress(samples, t->user) != 0))
        return fsnn_fail(FSNN_EINTERRUPTED, "the evaluation was stopped on request");
    return FSNN_OK;
}

static fsnn_status batches(const task *t, const layers *l, sums *s, fsnn_evaluation *result)
{
    fsnn_batch batch;
    int more;
    int64_t samples = 0;
    if (t->progress)
        FSNN_TRY(go_on(t, 0));
    while ((more = fsnn_loader_next(t->loader, &batch)) > 0) {
        char where[64];
        fsnn_status status = one(t, &batch, l, s, result);
        snprintf(where, sizeof where, "evaluation, batch %lld", (long long)++s->batches);
        if (status)
            return pass_fail(status, where);
        FSNN_TRY(go_on(t, samples += batch.batch));
    }
    return more < 0 ? (fsnn_status)more : FSNN_OK;
}

/* Whether figures of the samples so far are wanted. */
static bool partly(const task *t, fsnn_status status)
{
    return status == FSNN_EINTERRUPTED && t->progress;
}

static fsnn_status all(const task *t, const layers *l, sums *s, fsnn_evaluation *result)
{
    double begin = fsnn_now();
    FSNN_TRY(reserve(l, result));
    s->rate = fsnn_alloc((size_t)(l->count + 1) * sizeof *s->rate);
    if (!s->rate)
        return FSNN_EMEMORY;
    FSNN_TRY(fsnn_loader_start(t->loader, t->epoch));
    FSNN_TRY(fsnn_net_count_spikes(t->net, true));
    fsnn_status status = ranks_agree(t->ranks, batches(t, l, s, result));
    if (status == FSNN_OK && ranks_many(t->ranks))
        status = count_all(t, l, s, result);
    if (status != FSNN_OK && !(partly(t, status) && result->samples))
        return status;
    double samples = (double)result->samples;
    result->loss = s->loss / samples;
    metric_read(&s->metrics, result->metric);
    result->metric[FSNN_METRIC_LOSS] = result->loss;
    result->accuracy = result->metric[FSNN_METRIC_ACCURACY];
    result->pairs = s->pairs.count;
    result->truth = s->pairs.truth;
    result->answer = s->pairs.answer;
    s->pairs = (pairs){0};
    result->steps = s->steps / samples;
    layers_mean(l, s->rate, samples, result->layer_rate);
    FSNN_TRY(diagnose(t, result));
    FSNN_TRY(accounts(t, result));
    result->seconds = fsnn_now() - begin;
    return status;
}

static fsnn_status of_layers(const task *t, fsnn_evaluation *result)
{
    layers l;
    sums s = {0};
    FSNN_TRY(pass_check(t->net, t->loader, "evaluation"));
    FSNN_TRY(target_check(t->net, t->loader, t->loss, "evaluation"));
    fsnn_status status = layers_find(t->net, &l);
    if (!status)
        status = all(t, &l, &s, result);
    layers_free(&l);
    fsnn_free(s.rate);
    fsnn_free(s.pairs.truth);
    fsnn_free(s.pairs.answer);
    records_free(&s.records);
    metric_close(&s.metrics);
    pass_input_free(&s.input);
    integer_room_free(&s.integers);
    return status;
}

static fsnn_status counted(const task *t, fsnn_evaluation *result)
{
    int64_t counter = fsnn_net_counter(t->net);
    fsnn_loss plain = *t->loss; /* every sample counts the same */
    task of = *t;
    plain.class_weight = NULL;
    plain.balanced = false;
    of.loss = &plain;
    *result = (fsnn_evaluation){0};
    fsnn_status status = of_layers(&of, result);
    fsnn_net_counter_set(t->net, counter);
    fsnn_error error;
    fsnn_error_keep(&error);
    if (fsnn_net_shapes(t->net, NULL, NULL) == FSNN_OK) /* still wrapped */
        fsnn_net_count_spikes(t->net, false);
    fsnn_error_restore(&error);
    if (status && !(partly(t, status) && result->samples))
        fsnn_evaluation_free(result);
    return status;
}

fsnn_status evaluate_quick(fsnn_net *net, fsnn_loader *loader, const fsnn_training *training,
                           const fsnn_ranks *ranks, volatile const int *stop,
                           fsnn_evaluation *result)
{
    const task t = {.net = net,
                    .loader = loader,
                    .loss = &training->loss,
                    .top_k = training->top_k,
                    .stop = stop,
                    .ranks = ranks};
    return counted(&t, result);
}

fsnn_status fsnn_evaluate(fsnn_net *net, fsnn_loader *loader, const fsnn_loss *loss,
                          fsnn_evaluation *result)
{
    return fsnn_evaluate_epoch(net, loader, loss, 0, result);
}

fsnn_status evaluate_watched(fsnn_net *net, fsnn_loader *loader, const fsnn_training *training,
                             int64_t epoch, const fsnn_integer *integers,
                             evaluate_progress *progress, void *user, fsnn_evaluation *result)
{
    FSNN_TRY(fsnn_net_shapes(net, NULL, NULL)); /* wrapped? */
    FSNN_TRY(fsnn_loss_check(&training->loss));
    fsnn_plan plan = pass_plan(net);
    const task t = {.net = net,
                    .loader = loader,
                    .loss = &training->loss,
                    .top_k = training->top_k,
                    .epoch = epoch,
                    .confusion = true,
                    .progress = progress,
                    .user = user,
                    .products = plan.products,
                    .integers = integers};
    quantised weights;
    fsnn_status status = quantised_open(&weights, net,
                                        integers ? fsnn_integer_bits(integers)
                                                 : fsnn_quantise_bits(training->quantise));
    status = status ? status : quantised_show(&weights, true);
    status = status ? status : counted(&t, result);
    status = quantised_hide(&weights, status);
    quantised_close(&weights);
    bool evaluated = status == FSNN_OK;
    status = pass_back(net, &plan, status);
    if (evaluated && status)
        fsnn_evaluation_free(result);
    return status;
}

fsnn_status fsnn_evaluate_epoch(fsnn_net *net, fsnn_loader *loader, const fsnn_loss *loss,
                                int64_t epoch, fsnn_evaluation *result)
{
    if (!net || !loader || !loss || !result)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_evaluate: net, loader, loss and result must not be NULL");
    const fsnn_training training = {.loss = *loss};
    return evaluate_watched(net, loader, &training, epoch, NULL, NULL, NULL, result);
}

void fsnn_evaluation_free(fsnn_evaluation *evaluation)
{
    if (!evaluation)
        return;
    for (int i = 0; evaluation->neuron_rate && i < evaluation->layers; i++)
        fsnn_free(evaluation->neuron_rate[i]);
    void *owned[] = {evaluation->confusion,       evaluation->node,          evaluation->layer_node,
                     evaluation->layer_rate,      evaluation->layer_neurons, evaluation->layer_dead,
                     evaluation->layer_saturated, evaluation->neuron_rate,   evaluation->truth,
                     evaluation->answer};
    for (int i = 0; i < FSNN_COUNT(owned); i++)
        fsnn_free(owned[i]);
    *evaluation = (fsnn_evaluation){0};
}
