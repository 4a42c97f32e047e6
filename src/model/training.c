/* The section `training`: tables onto the structs of fsnn/train.h. */
#include "base/error_key.h"
#include "model/description.h"

#include <math.h>
#include <string.h>

/* Indices are the values of the enums in fsnn/train.h. */
static const char *loss_name(int i)
{
    return i < FSNN_LOSSES ? fsnn_loss_name((fsnn_loss_kind)i) : NULL;
}

static const char *readout_name(int i)
{
    return i < FSNN_READOUTS ? fsnn_readout_name((fsnn_readout)i) : NULL;
}

static const char *optimizer_name(int i)
{
    return i < FSNN_OPTIMIZERS ? fsnn_optimizer_name((fsnn_optimizer_kind)i) : NULL;
}

static const char *schedule_name(int i)
{
    return i < FSNN_SCHEDULES ? fsnn_schedule_name((fsnn_schedule_kind)i) : NULL;
}

static const char *metric_name(int i)
{
    return i < FSNN_METRICS ? fsnn_metric_name((fsnn_metric)i) : NULL;
}

#define AT(struct_, field) .offset = offsetof(struct_, field)
#define BELOW_1 0.99999

static const fsnn_key loss_keys[] = {
    {.name = "kind",
     .type = FSNN_KEY_ENUM,
     AT(fsnn_loss, kind),
     .name_of = loss_name,
     .help =
         "cross entropy or squared error of the mean over the steps (ce_rate, mse_rate) or of "
         "their sum (ce_sum, mse_count), cross entropy at each step (tet), or of a `readout` "
         "cross entropy of classes (ce), squared error (mse), cross entropy of several labels a "
         "sample (bce)"},
    {.name = "label_smoothing",
     .type = FSNN_KEY_REAL,
     AT(fsnn_loss, label_smoothing),
     .min = 0,
     .max = BELOW_1,
     .help = "share of the target spread over all classes (cross entropies)"},
    {.name = "mix",
     .type = FSNN_KEY_REAL,
     AT(fsnn_loss, mix),
     .min = 0,
     .max = 1,
     .with = "kind",
     .when = 1u << FSNN_TET,
     .help = "tet: share of the squared error"},
    {.name = "correct_rate",
     .type = FSNN_KEY_REAL,
     AT(fsnn_loss, correct_rate),
     .min = 0,
     .max = INFINITY,
     .above = true,
     .with = "kind",
     .when = 1u << FSNN_MSE_RATE | 1u << FSNN_MSE_COUNT | 1u << FSNN_MSE,
     .help = "squared errors of classes: spikes a step that the class's output is to have"},
    {.name = "incorrect_rate",
     .type = FSNN_KEY_REAL,
     AT(fsnn_loss, incorrect_rate),
     .min = 0,
     .max = INFINITY,
     .with = "kind",
     .when = 1u << FSNN_MSE_RATE | 1u << FSNN_MSE_COUNT | 1u << FSNN_MSE,
     .help = "the same of the other outputs"},
    {.name = "mask",
     .type = FSNN_KEY_BOOL,
     AT(fsnn_loss, mask),
     .help = "series of different lengths: steps that are padding count in no readout, target and "
             "term"},
    {.name = "readout",
     .type = FSNN_KEY_ENUM,
     AT(fsnn_loss, readout),
     .name_of = readout_name,
     .with = "kind",
     .when = 1u << FSNN_CE | 1u << FSNN_MSE | 1u << FSNN_BCE,
     .help = "ce, mse, bce: what answers, the mean over the steps, the last step, the largest one, "
             "their sum, or each by itself; auto: the mean, or each where targets have steps"},
    {0},
};

static const fsnn_key rule_keys[] = {
    {.name = "lr",
     .type = FSNN_KEY_REAL,
     AT(fsnn_param_rule, lr),
     .min = 0,
     .max = INFINITY,
     .help = "factor on the learning rate of these parameters"},
    {.name = "learn",
     .type = FSNN_KEY_BOOL,
     AT(fsnn_param_rule, learn),
     .help = "false: these parameters stay as they are"},
    {0},
};

static const fsnn_key optimizer_keys[] = {
    {.name = "kind",
     .type = FSNN_KEY_ENUM,
     AT(fsnn_optimizer_options, kind),
     .name_of = optimizer_name,
     .help = "the update rule"},
    {.name = "lr",
     .type = FSNN_KEY_REAL,
     AT(fsnn_optimizer_options, lr),
     .min = 0,
     .max = INFINITY,
     .above = true,
     .help = "learning rate"},
    {.name = "momentum",
     .type = FSNN_KEY_REAL,
     AT(fsnn_optimizer_options, momentum),
     .min = 0,
     .max = BELOW_1,
     .with = "kind",
     .when = 1u << FSNN_SGD,
     .help = "sgd: share of the last update that is added"},
    {.name = "nesterov",
     .type = FSNN_KEY_BOOL,
     AT(fsnn_optimizer_options, nesterov),
     .with = "kind",
     .when = 1u << FSNN_SGD,
     .help = "sgd: Nesterov's form of momentum"},
    {.name = "beta1",
     .type = FSNN_KEY_REAL,
     AT(fsnn_optimizer_options, beta1),
     .min = 0,
     .max = BELOW_1,
     .with = "kind",
     .when = FSNN_ALL_BUT(FSNN_SGD),
     .help = "adam, adamw: decay of the mean gradient"},
    {.name = "beta2",
     .type = FSNN_KEY_REAL,
     AT(fsnn_optimizer_options, beta2),
     .min = 0,
     .max = BELOW_1,
     .with = "kind",
     .when = FSNN_ALL_BUT(FSNN_SGD),
     .help = "adam, adamw: decay of the mean squared gradient"},
    {.name = "eps",
     .type = FSNN_KEY_REAL,
     AT(fsnn_optimizer_options, eps),
     .min = 0,
     .max = 1,
     .above = true,
     .with = "kind",
     .when = FSNN_ALL_BUT(FSNN_SGD),
     .help = "adam, adamw: added to the root of the mean squared gradient"},
    {.name = "weight_decay",
     .type = FSNN_KEY_REAL,
     AT(fsnn_optimizer_options, weight_decay),
     .min = 0,
     .max = INFINITY,
     .help = "weight decay of linear layers and convolutions (not of biases, normalisation and "
             "parameters of neurons); decoupled from the gradient in adamw"},
    {.name = "neuron_lr",
     .type = FSNN_KEY_REAL,
     AT(fsnn_optimizer_options, neuron_lr),
     .min = 0,
     .max = INFINITY,
     .help = "factor on lr for tau, threshold, alpha, coefficients"},
    {.name = "parameters",
     .type = FSNN_KEY_NAMED,
     AT(fsnn_optimizer_options, rule),
     .max = FSNN_PARAM_RULES,
     .group = rule_keys,
     .like = "options, like {fc1: {lr: 0.1}}",
     .size = sizeof(fsnn_param_rule),
     .count = offsetof(fsnn_optimizer_options, rules),
     .help = "parameters by layers or patterns, of which the last that fits counts: `{fc1: {learn: "
             "false}, \"*.tau\": {lr: 0.1}}`"},
    {0},
};

static const fsnn_key schedule_keys[] = {
    {.name = "kind",
     .type = FSNN_KEY_ENUM,
     AT(fsnn_schedule, kind),
     .name_of = schedule_name,
     .help = "how the learning rate changes over the epochs"},
    {.name = "warmup",
     .type = FSNN_KEY_REAL,
     AT(fsnn_schedule, warmup),
     .min = 0,
     .max = INFINITY,
     .help = "epochs (fractions too) in which the rate grows from warmup_lr to lr"},
    {.name = "warmup_lr",
     .type = FSNN_KEY_REAL,
     AT(fsnn_schedule, warmup_lr),
     .min = 0,
     .max = INFINITY,
     .with = "warmup",
     .when = FSNN_ALL_BUT(0),
     .help = "rate at which the warm-up begins"},
    {.name = "every",
     .type = FSNN_KEY_REAL,
     AT(fsnn_schedule, every),
     .min = 0,
     .max = INFINITY,
     .above = true,
     .with = "kind",
     .when = 1u << FSNN_STEP,
     .help = "step: epochs between drops"},
    {.name = "factor",
     .type = FSNN_KEY_REAL,
     AT(fsnn_schedule, factor),
     .min = 0,
     .max = 1,
     .above = true,
     .with = "kind",
     .when = 1u << FSNN_STEP | 1u << FSNN_PLATEAU,
     .help = "step, plateau: factor of a drop"},
    {.name = "patience",
     .type = FSNN_KEY_INT32,
     AT(fsnn_schedule, patience),
     .min = 0,
     .max = INT32_MAX,
     .with = "kind",
     .when = 1u << FSNN_PLATEAU,
     .help = "plateau: epochs without a better loss before a drop"},
    {.name = "threshold",
     .type = FSNN_KEY_REAL,
     AT(fsnn_schedule, threshold),
     .min = 0,
     .max = BELOW_1,
     .with = "kind",
     .when = 1u << FSNN_PLATEAU,
     .help = "plateau: smallest improvement that counts, as a share of the best loss"},
    {.name = "min_lr",
     .type = FSNN_KEY_REAL,
     AT(fsnn_schedule, min_lr),
     .min = 0,
     .max = INFINITY,
     .with = "kind",
     .when = FSNN_ALL_BUT(FSNN_CONSTANT),
     .help = "smallest rate; cosine ends here"},
    {.name = "peak",
     .type = FSNN_KEY_REAL,
     AT(fsnn_schedule, peak),
     .min = 0,
     .max = BELOW_1,
     .above = true,
     .with = "kind",
     .when = 1u << FSNN_ONE_CYCLE,
     .help = "one_cycle: share of the epochs in which the rate rises to lr"},
    {.name = "start_div",
     .type = FSNN_KEY_REAL,
     AT(fsnn_schedule, start_div),
     .min = 1,
     .max = INFINITY,
     .with = "kind",
     .when = 1u << FSNN_ONE_CYCLE,
     .help = "one_cycle: the first rate is lr divided by this"},
    {.name = "end_div",
     .type = FSNN_KEY_REAL,
     AT(fsnn_schedule, end_div),
     .min = 1,
     .max = INFINITY,
     .with = "kind",
     .when = 1u << FSNN_ONE_CYCLE,
     .help = "one_cycle: the last rate is the first divided by this"},
    {0},
};

static const char *penalty_name(int i)
{
    return i < FSNN_PENALTY_KINDS ? fsnn_penalty_name((fsnn_penalty_kind)i) : NULL;
}

static const char *mean_name(int i)
{
    return i < FSNN_PENALTY_MEANS ? fsnn_penalty_mean_name((fsnn_penalty_mean)i) : NULL;
}

static const fsnn_key term_keys[] = {
    {.name = "of",
     .type = FSNN_KEY_ENUM,
     AT(fsnn_term, of),
     .name_of = penalty_name,
     .help = "what is bounded: spikes a neuron and step, or the membrane potential"},
    {.name = "layers",
     .type = FSNN_KEY_TEXT,
     AT(fsnn_term, layers),
     .otherwise = "all",
     .help = "neuron layers by name, with * and ? as in names of files"},
    {.name = "over",
     .type = FSNN_KEY_ENUM,
     AT(fsnn_term, over),
     .name_of = mean_name,
     .with = "of",
     .when = 1u << FSNN_PENALTY_RATE,
     .help = "rates: of each neuron in a sample, of a layer in a sample, of each neuron over the "
             "batch"},
    {.name = "min",
     .type = FSNN_KEY_REAL,
     AT(fsnn_term, min),
     .min = -INFINITY,
     .max = INFINITY,
     .otherwise = "none",
     .help = "bound from below: (min - x)^2 is added where x is less"},
    {.name = "max",
     .type = FSNN_KEY_REAL,
     AT(fsnn_term, max),
     .min = -INFINITY,
     .max = INFINITY,
     .otherwise = "none",
     .help = "bound from above: (x - max)^2 is added where x is more"},
    {.name = "weight",
     .type = FSNN_KEY_REAL,
     AT(fsnn_term, weight),
     .min = 0,
     .max = INFINITY,
     .help = "what the term's mean is multiplied with"},
    {0},
};

static const fsnn_key early_stop_keys[] = {
    {.name = "patience",
     .type = FSNN_KEY_INT32,
     AT(fsnn_early_stop, patience),
     .min = 0,
     .max = INT32_MAX,
     .help = "epochs without improvement before training ends; 0: never"},
    {.name = "min_delta",
     .type = FSNN_KEY_REAL,
     AT(fsnn_early_stop, min_delta),
     .min = 0,
     .max = INFINITY,
     .with = "patience",
     .when = FSNN_ALL_BUT(0),
     .help = "smallest improvement that counts"},
    {.name = "by",
     .type = FSNN_KEY_ENUM,
     AT(fsnn_early_stop, by),
     .name_of = metric_name,
     .with = "patience",
     .when = FSNN_ALL_BUT(0),
     .help = "the figure that is to improve; auto: the accuracy of the watched data, or the loss"},
    {0},
};

static const char *quantise_name(int i)
{
    return fsnn_quantise_name((fsnn_quantise)i);
}

static const char *norm_over_name(int i)
{
    return fsnn_norm_over_name((fsnn_norm_over)i);
}

static const char *const products_names[] = {
    [FSNN_PRODUCTS_FULL] = "full", [FSNN_PRODUCTS_BF16] = "bf16", NULL};

const fsnn_key training_keys[] = {
    {.name = "epochs",
     .type = FSNN_KEY_INT,
     AT(fsnn_training, epochs),
     .min = 1,
     .max = INT32_MAX,
     .help = "passes over the training data"},
    {.name = "batch",
     .type = FSNN_KEY_INT,
     AT(fsnn_training, batch),
     .min = 1,
     .max = INT32_MAX,
     .help = "samples per optimiser step"},
    {.name = "loss",
     .type = FSNN_KEY_GROUP,
     AT(fsnn_training, loss),
     .group = loss_keys,
     .help = "the loss to minimise"},
    {.name = "terms",
     .type = FSNN_KEY_NAMED,
     AT(fsnn_training, term),
     .max = FSNN_TERMS,
     .group = term_keys,
     .like = "options, like {quiet: {of: rate, max: 0.1}}",
     .size = sizeof(fsnn_term),
     .count = offsetof(fsnn_training, terms),
     .help =
         "terms beside the loss that hold rates or potentials of layers within bounds, by names "
         "of yours: `{quiet: {of: rate, over: layer, max: 0.1, weight: 0.5}}`"},
    {.name = "optimizer",
     .type = FSNN_KEY_GROUP,
     AT(fsnn_training, optimizer),
     .group = optimizer_keys,
     .help = "how weights are updated"},
    {.name = "schedule",
     .type = FSNN_KEY_GROUP,
     AT(fsnn_training, schedule),
     .group = schedule_keys,
     .help = "learning rate over time"},
    {.name = "clip",
     .type = FSNN_KEY_REAL,
     AT(fsnn_training, clip),
     .min = 0,
     .max = INFINITY,
     .help = "largest norm of the whole gradient; 0: no clipping"},
    {.name = "early_stop",
     .type = FSNN_KEY_GROUP,
     AT(fsnn_training, early_stop),
     .group = early_stop_keys,
     .help = "stop when nothing improves any more"},
    {.name = "accumulate",
     .type = FSNN_KEY_INT,
     AT(fsnn_training, accumulate),
     .min = 1,
     .max = INT32_MAX,
     .help = "batches whose mean gradient makes one step of the optimiser"},
    {.name = "shards",
     .type = FSNN_KEY_INT,
     AT(fsnn_training, shards),
     .min = 1,
     .max = INT32_MAX,
     .help = "equal parts of a batch that are run one by one, or by the ranks of fsnn-mpi; results "
             "depend on their number, not on who runs them"},
    {.name = "batchnorm",
     .type = FSNN_KEY_ENUM,
     AT(fsnn_training, batchnorm),
     .name_of = norm_over_name,
     .help = "with shards, over what batch normalisation normalises: each shard, or synchronised "
             "between them, the whole batch"},
    {.name = "ema",
     .type = FSNN_KEY_REAL,
     AT(fsnn_training, ema),
     .min = 0,
     .max = 0.9999999,
     .help = "averaged weights: what the average keeps of itself at each step, like 0.999; it is "
             "evaluated and saved; 0: no average"},
    {.name = "precision",
     .type = FSNN_KEY_ENUM,
     AT(fsnn_training, products),
     .names = products_names,
     .help = "products of linear layers and convolutions: full, as dynamics.precision says; bf16: "
             "numbers and weights rounded to bfloat16, sums in float32, quicker where the "
             "processor has AVX512-BF16 or AMX"},
    {.name = "quantise",
     .type = FSNN_KEY_ENUM,
     AT(fsnn_training, quantise),
     .name_of = quantise_name,
     .help = "weights of linear layers and convolutions as in integers of 8 or 4 bits, in every "
             "forward and backward pass (straight-through): int8, int4 (docs/fixed-point.md); "
             "fsnn eval and export-c then compute in these"},
    {.name = "best",
     .type = FSNN_KEY_ENUM,
     AT(fsnn_training, best),
     .name_of = metric_name,
     .help = "the figure that the best epoch has the best of; auto: accuracy, or the loss where "
             "there is none"},
    {.name = "top_k",
     .type = FSNN_KEY_INT,
     AT(fsnn_training, top_k),
     .min = 1,
     .max = INT32_MAX,
     .help = "answers that count for the metric top_k"},
    {.name = "truncate",
     .type = FSNN_KEY_BOOL,
     AT(fsnn_training, truncate),
     .help = "with checkpoint: gradients end at the borders of segments (truncated backpropagation "
             "through time)"},
    {.name = "drop_last",
     .type = FSNN_KEY_BOOL,
     AT(fsnn_training, drop_last),
     .help = "drop the last batch of an epoch if it is not full"},
    {.name = "seed",
     .type = FSNN_KEY_UINT64,
     AT(fsnn_training, seed),
     .help = "seed of weights, dropout, order and encoding"},
    {0},
};

static fsnn_status read_checkpoint(yaml_doc *doc, const yaml_node *node, void *out)
{
    int64_t *steps = &((fsnn_training *)out)->checkpoint;
    if (node->type == YAML_SCALAR && strcmp(node->text, "auto") == 0) {
        *steps = FSNN_CHECKPOINT_AUTO;
        return FSNN_OK;
    }
    if (!read_plain(node) || read_integer(doc, node, 0, INT64_MAX / 4, steps) < 0)
        return read_wrong(doc, node, "0 (keep everything), auto, or the steps of a segment");
    return FSNN_OK;
}

static const char class_weights_words[] = "balanced, or a list of numbers, one a class";

static fsnn_status read_class_weights(yaml_doc *doc, const yaml_node *node, void *out)
{
    fsnn_loss *loss = &((fsnn_training *)out)->loss;
    loss->balanced = node->type == YAML_SCALAR && strcmp(node->text, "balanced") == 0;
    if (loss->balanced)
        return FSNN_OK;
    if (node->type != YAML_LIST || node->count < 1)
        return read_wrong(doc, node, class_weights_words);
    double *weight = pool_alloc(&doc->memory, (size_t)node->count * sizeof *weight);
    if (!weight)
        return FSNN_EMEMORY;
    loss->class_weight = weight;
    loss->class_weights = node->count;
    for (const yaml_node *n = node->first; n; n = n->next)
        FSNN_TRY(read_real(doc, n, 0, INFINITY, false, weight++));
    return FSNN_OK;
}

const special training_specials[] = {
    {.name = "class_weights",
     .read = read_class_weights,
     .type = class_weights_words,
     .fallback = "1 each",
     .help =
         "what each class counts in the loss of a training; balanced: the rarer in the training "
         "data the more, so that all classes count the same. Evaluations count each sample the "
         "same"},
    {.name = "checkpoint",
     .read = read_checkpoint,
     .type = "0, auto, or the steps of a segment",
     .fallback = "0",
     .help =
         "gradient checkpointing: of long sequences only the neurons' states between segments are "
         "kept and each segment runs again in the backward pass: a third more work, the same "
         "gradients, memory that grows with the root of the length (full memory: the history)"},
    {0},
};

/* Rates with which nothing can be learned, which shows in no loss that stays finite. */
static fsnn_status remark_rate(yaml_doc *doc, const yaml_node *node, const fsnn_training *t)
{
    static const struct {
        double most;
        const char *step, *usual;
    } of[] = {
        [FSNN_SGD] = {1e4, "a step moves each weight by its gradient times", "1e-3 to 1"},
        [FSNN_ADAM] = {10, "a step moves each weight by about", "1e-4 to 1e-2"},
        [FSNN_ADAMW] = {10, "a step moves each weight by about", "1e-4 to 1e-2"},
    };
    const fsnn_optimizer_options *o = &t->optimizer;
    const yaml_node *at = yaml_at(node, "optimizer.lr");
    if (!at || o->lr <= of[o->kind].most)
        return FSNN_OK;
    return yaml_remark_key(
        doc, at, "with %s %s %g, which leaves nothing of what it was: %s is usual",
        fsnn_optimizer_name(o->kind), of[o->kind].step, o->lr, of[o->kind].usual);
}

/* Schedules that never come to the rate that is written. */
static fsnn_status remark_schedule(yaml_doc *doc, const yaml_node *node, const fsnn_training *t)
{
    const fsnn_schedule *s = &t->schedule;
    const yaml_node *warmup = yaml_at(node, "schedule.warmup"),
                    *min_lr = yaml_at(node, "schedule.min_lr");
    if (warmup && s->warmup > (double)t->epochs)
        FSNN_TRY(yaml_remark_key(doc, warmup,
                                 "the training is over after %lld epoch%s, before the rate has "
                                 "grown to lr",
                                 (long long)t->epochs, t->epochs == 1 ? "" : "s"));
    if (min_lr && s->kind != FSNN_CONSTANT && s->min_lr > t->optimizer.lr)
        FSNN_TRY(yaml_remark_key(doc, min_lr, "it is above lr, which is %g: the rate never falls",
                                 t->optimizer.lr));
    return FSNN_OK;
}

fsnn_status training_read(yaml_doc *doc, yaml_node *node, fsnn_training *out)
{
    if (node && node->type != YAML_MAP && !yaml_null(node))
        return read_wrong(doc, node, "a mapping, like {epochs: 10, batch: 64}");
    FSNN_TRY(keys_read(doc, node, node, training_keys, training_specials, out));
    FSNN_TRY(remark_rate(doc, node, out));
    FSNN_TRY(remark_schedule(doc, node, out));
    if (out->truncate && !out->checkpoint)
        return yaml_fail(doc, yaml_find(node, "truncate"),
                         "truncated gradients need segments: add \"checkpoint: auto\", or the "
                         "steps of a segment");
    fsnn_status status = fsnn_loss_check(&out->loss);
    return status < 0 ? fail_passed_on(doc, yaml_reach(node, fsnn_error_key()), FSNN_EDESCRIPTION)
                      : FSNN_OK;
}
