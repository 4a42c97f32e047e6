/* fsnn/train.h: losses, optimisers, schedules, metrics, and the training loop. */
#ifndef FSNN_TRAIN_H
#define FSNN_TRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include <fsnn/data.h>
#include <fsnn/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Losses on an output o [K, B, C]; r = mean of o over the K steps:
 *   ce_rate    cross entropy of softmax(r) (with label smoothing), mean over B
 *   ce_sum     the same of softmax(K r), the sums over the steps
 *   mse_rate   mean over B and C of (r - target)^2, target = correct_rate for the class and
 *              incorrect_rate for the others (1 and 0), or given
 *   mse_count  mean over B and C of (K r - target)^2: numbers of spikes, target = K for the class
 *              and 0 for the others, or given
 *   tet        (1 - mix) CE + mix MSE: CE the mean over K and B of the cross entropy of
 *              softmax(o_k), MSE the mean over K, B and C of (o - 1)^2: all outputs, not only the
 *              class's, are held near the constant 1 (Deng et al. 2022, temporal efficient
 *              training, eq. 10 to 12 with phi = 1)
 *   ce         cross entropy of softmax(x), x the answer that the readout takes from o
 *   mse        mean over B and C of (x - target)^2
 *   bce        mean over B and C of the cross entropy of sigmoid(x), one answer for each class:
 *              several labels a sample
 * ce, mse and bce have a readout; the other losses are named for theirs. A target is a class, or
 * values [C]: numbers (mse), shares of the classes (ce), a share of each class in 0..1 (bce). Where
 * there is one for each step, the readout `each` compares step by step (mse_rate, mse_count and mse
 * with mean, sum, last compare with the same readout of the target).
 * Label smoothing e replaces the target q of a cross entropy by (1 - e) q + e/C. Sums are kept in
 * double. */
typedef enum fsnn_loss_kind {
    FSNN_CE_RATE,
    FSNN_MSE_RATE,
    FSNN_TET,
    FSNN_CE_SUM,
    FSNN_MSE_COUNT,
    FSNN_CE,
    FSNN_MSE,
    FSNN_BCE,
    FSNN_LOSSES
} fsnn_loss_kind;

/* What answers for class c of a sample: of o_kc over the K steps
 *   auto   that of the loss; of ce, mse, bce the mean, or each where targets have steps
 *   mean   their mean
 *   last   the last one
 *   max    the largest, the first of equals (its step gets the whole gradient)
 *   sum    their sum
 *   each   every one by itself: the loss is the mean over the steps */
typedef enum fsnn_readout {
    FSNN_READOUT_AUTO,
    FSNN_READOUT_MEAN,
    FSNN_READOUT_LAST,
    FSNN_READOUT_MAX,
    FSNN_READOUT_SUM,
    FSNN_READOUT_EACH,
    FSNN_READOUTS
} fsnn_readout;

FSNN_API const char *fsnn_readout_name(fsnn_readout readout);

typedef struct fsnn_loss {
    fsnn_loss_kind kind;
    double label_smoothing; /* in [0, 1), cross entropies only */
    double mix;             /* tet only, in [0, 1] */
    fsnn_readout readout;   /* ce, mse, bce only */
    /* mse_rate, mse_count, mse of classes: spikes a step that the class is to have (0 counts as 1),
     * and the others */
    double correct_rate, incorrect_rate;
    /* Weights of the classes [class_weights], borrowed; NULL: 1 each. In cross entropies w_c
     * multiplies the target q_c, in other losses of labels the item; the mean is over the sum of
     * the labels' weights, as in torch.nn.CrossEntropyLoss(weight). Of values w_c multiplies what
     * output c adds, and the mean is over all. Evaluations leave weights out. */
    const double *class_weight;
    int64_t class_weights;
    bool balanced; /* trainings: weights that fsnn_loss_balance takes from the training data */
    /* Steps that are padding do not count: readouts, targets a step and terms see the first steps
     * of each sample, as many as it has (fsnn_target.lengths, fsnn_batch.lengths). */
    bool mask;
} fsnn_loss;

FSNN_API const char *fsnn_loss_name(fsnn_loss_kind kind);
FSNN_API int fsnn_loss_find(const char *name);
/* FSNN_EARGUMENT if options are out of range or belong to other losses. */
FSNN_API fsnn_status fsnn_loss_check(const fsnn_loss *loss);
/* Weights by which each class counts the same in all: n / (m n_c) for n labels of which n_c are of
 * class c, in m classes that occur; 1 of a class that does not. `weight` is [classes].
 * Errors: FSNN_EARGUMENT (no labels; more classes than `classes`), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_loss_balance(const fsnn_data *data, int64_t classes, double *weight);

/* A label FSNN_UNLABELLED does not count: its sample is left out of all means, and its gradient is
 * 0.
 *
 * The loss of one batch and, where `gradient` is not NULL, its gradient [K, B, C]. Give `labels`
 * [B] or, for all but tet, `target` [B, C] (of ce_rate and ce_sum class probabilities); the other
 * NULL.
 * `*correct` counts samples whose largest r is the label's (first of equals; 0 without labels); may
 * be NULL. A loss that is not finite is returned as it is.
 * Errors: FSNN_EARGUMENT (a label outside 0..C-1: which sample). */
FSNN_API fsnn_status fsnn_loss_compute(const fsnn_loss *loss, int64_t K, int64_t B, int64_t C,
                                       const float *output, const int32_t *labels,
                                       const float *target, float *gradient, double *value,
                                       int64_t *correct);
/* The same in double precision. */
FSNN_API fsnn_status fsnn_loss_compute_double(const fsnn_loss *loss, int64_t K, int64_t B,
                                              int64_t C, const double *output,
                                              const int32_t *labels, const double *target,
                                              double *gradient, double *value, int64_t *correct);

/* What the answers of a batch are held against. */
typedef struct fsnn_target {
    const int32_t *labels;  /* [B], with `steps` [B, K]; NULL: there are values */
    const float *values;    /* [B, C], with `steps` [B, K, C] */
    const double *values64; /* the same, in double precision */
    bool steps;             /* one for each step */
    const int64_t *lengths; /* [B] steps of each sample that count under loss.mask, 1..K; or NULL */
} fsnn_target;

/* What a loss says of a batch. */
typedef struct fsnn_measure {
    double value;    /* the loss */
    int64_t counted; /* samples (with a target a step: steps of samples) that count */
    int64_t correct; /* of them those whose largest answer is the label's; 0 of values */
} fsnn_measure;

/* As fsnn_loss_compute, with any target.
 * Errors: FSNN_EARGUMENT, also of a target that the loss does not take. */
FSNN_API fsnn_status fsnn_loss_measure(const fsnn_loss *loss, int64_t K, int64_t B, int64_t C,
                                       const float *output, const fsnn_target *target,
                                       float *gradient, fsnn_measure *measure);
/* The same in double precision, with values64. */
FSNN_API fsnn_status fsnn_loss_measure_double(const fsnn_loss *loss, int64_t K, int64_t B,
                                              int64_t C, const double *output,
                                              const fsnn_target *target, double *gradient,
                                              fsnn_measure *measure);

typedef enum fsnn_optimizer_kind {
    FSNN_SGD,
    FSNN_ADAM,
    FSNN_ADAMW,
    FSNN_OPTIMIZERS
} fsnn_optimizer_kind;

/* Names, as in a description. */
FSNN_API const char *fsnn_optimizer_name(fsnn_optimizer_kind kind);

/* How parameters learn whose names a pattern fits: "fc1" all of that layer, "fc1.weight" one, and
 * with * and ? as in names of files "*.tau", "conv?.*". */
typedef struct fsnn_param_rule {
    const char *pattern; /* borrowed */
    double lr;           /* factor on the learning rate; 0: they do not learn */
    bool learn;          /* false: they do not learn: no step, no share in the gradient's norm */
} fsnn_param_rule;
enum { FSNN_PARAM_RULES = 32 };

typedef struct fsnn_optimizer_options {
    fsnn_optimizer_kind kind;
    double lr;
    double momentum;     /* sgd */
    bool nesterov;       /* sgd */
    double beta1, beta2; /* adam, adamw */
    double eps;
    double weight_decay; /* in the gradient (adamw: decoupled); see fsnn_param.decay */
    double neuron_lr;    /* factor on lr for tau, threshold, alpha, coefficients; default 1 */
    fsnn_param_rule rule[FSNN_PARAM_RULES]; /* [rules]; of several that fit the last one counts */
    int rules;
} fsnn_optimizer_options;

/* An optimiser of the parameters of one wrapped net, which is borrowed for its life. The first one
 * of a process also has the kernels of products made: the first step need not wait for them. */
typedef struct fsnn_optimizer fsnn_optimizer;
FSNN_API fsnn_status fsnn_optimizer_create(fsnn_net *net, const fsnn_optimizer_options *options,
                                           fsnn_optimizer **optimizer);
FSNN_API void fsnn_optimizer_destroy(fsnn_optimizer *optimizer);
/* Clips the gradient's global norm to `clip` (0: not), then steps with learning rate `lr`; `*norm`
 * gets the norm before clipping (may be NULL), that of the gradients with respect to the values.
 * Positive parameters move in their logarithm (gradient times value), alpha is kept in [0.01, 1].
 * Gradients stay as they are: fsnn_net_zero_grad clears them.
 *   sgd    b <- momentum b + g,  value -= lr b  (nesterov: lr (g + momentum b))
 *   adam   Kingma and Ba (2015) with bias correction: value -= lr m^ / (sqrt(v^) + eps)
 *   adamw  the same after value -= lr weight_decay value (Loshchilov and Hutter 2019)
 * FSNN_ENUMERIC when the norm is not finite (parameters untouched; the sentence names the
 * parameter). */
FSNN_API fsnn_status fsnn_optimizer_step(fsnn_optimizer *optimizer, double lr, double clip,
                                         double *norm);
/* The same, and the gradients are 0 afterwards: in one walk over memory, which saves
 * fsnn_net_zero_grad a second one. After FSNN_ENUMERIC they are as they were. */
FSNN_API fsnn_status fsnn_optimizer_step_and_zero(fsnn_optimizer *optimizer, double lr, double clip,
                                                  double *norm);
/* The moments as arrays ("adam.m.fc1.weight", ..., and the count of steps "adam.step") appended to
 * `out`, and back, bit for bit. Other arrays of `in` are ignored. Load changes nothing unless all
 * arrays are there and fit.
 * Errors: FSNN_ENOTFOUND, FSNN_ESHAPE, FSNN_EFORMAT (which array, what was found), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_optimizer_save(const fsnn_optimizer *optimizer, fsnn_arrays *out);
FSNN_API fsnn_status fsnn_optimizer_load(fsnn_optimizer *optimizer, const fsnn_arrays *in);

typedef enum fsnn_schedule_kind {
    FSNN_CONSTANT,
    FSNN_STEP,
    FSNN_COSINE,
    FSNN_PLATEAU,
    FSNN_ONE_CYCLE,
    FSNN_SCHEDULES
} fsnn_schedule_kind;

FSNN_API const char *fsnn_schedule_name(fsnn_schedule_kind kind);

/* The learning rate at t, epochs done so far as a fraction, counted after the warm-up; never below
 * min_lr:
 *   constant  lr
 *   step      lr factor^floor(t / every)
 *   cosine    min_lr + (lr - min_lr) (1 + cos(pi t / T)) / 2, T the epochs after the warm-up
 *   plateau   lr times `factor` for each time that the loss of the test data (of training, without
 *             any) was not better for more than `patience` epochs in a row; better is what is lower
 *             by more than `threshold` times the best so far (the rule and the defaults of
 *             torch.optim.lr_scheduler.ReduceLROnPlateau, but for factor and patience)
 *   one_cycle cosine from lr / start_div up to lr over the share `peak` of T, then down to lr /
 *             (start_div end_div) at T (Smith and Topin 2018; torch.optim.lr_scheduler.OneCycleLR,
 *             two phases)
 * During the warm-up lr grows linearly with the epochs done, from warmup_lr. */
typedef struct fsnn_schedule {
    fsnn_schedule_kind kind;
    double warmup;    /* epochs (fractions too) of linear warm-up to lr, before any kind */
    double every;     /* step: epochs between drops */
    double factor;    /* step, plateau: factor of a drop */
    int patience;     /* plateau: epochs without a better validation loss that do not drop yet */
    double threshold; /* plateau: smallest improvement that counts, a share of the best loss */
    double min_lr;    /* floor; cosine ends here */
    double warmup_lr; /* rate at which a warm-up begins */
    double peak;      /* one_cycle: share of the epochs until lr is reached, in (0, 1) */
    double start_div; /* one_cycle: lr divided by it is the first rate */
    double end_div;   /* one_cycle: that divided by it is the last */
} fsnn_schedule;

/* By what a network is judged. With n_c samples of class c, a_c answers c, r_c of them right, and
 * errors e of values y (sums over classes or outputs; of several labels a sample n_c, a_c, r_c
 * count yes: true, answered by an output above 0, both):
 *   loss               lower is better
 *   accuracy           sum r_c / n; of several labels the share of right decisions
 *   top_k              share of samples whose class is among the k largest answers; NaN where
 *                      there are no more than k
 *   balanced_accuracy  mean of r_c / n_c; of several labels of the shares of right yes and right no
 *   f1                 mean of 2 r_c / (n_c + a_c)
 *   mse, mae           mean of e^2, |e|; lower is better
 *   r2                 1 - sum e^2 / sum (y - mean)^2, mean over the outputs
 * auto: accuracy, where there is one, else the loss. */
typedef enum fsnn_metric {
    FSNN_METRIC_AUTO,
    FSNN_METRIC_LOSS,
    FSNN_METRIC_ACCURACY,
    FSNN_METRIC_TOP_K,
    FSNN_METRIC_BALANCED_ACCURACY,
    FSNN_METRIC_F1,
    FSNN_METRIC_MSE,
    FSNN_METRIC_MAE,
    FSNN_METRIC_R2,
    FSNN_METRICS
} fsnn_metric;

FSNN_API const char *fsnn_metric_name(fsnn_metric metric);
FSNN_API int fsnn_metric_find(const char *name); /* or FSNN_ENOTFOUND */
/* Whether larger is better. */
FSNN_API bool fsnn_metric_rises(fsnn_metric metric);

typedef struct fsnn_early_stop {
    int patience;     /* epochs without improvement of the watched figure; 0: never stop early */
    double min_delta; /* smallest improvement that counts */
    fsnn_metric by;   /* the watched figure */
} fsnn_early_stop;

/* A term beside the loss: weight times a penalty (fsnn/net.h) of each layer that fits, added up. */
typedef struct fsnn_term {
    const char *name; /* of the figure "term.NAME"; borrowed, as `layers` */
    fsnn_penalty_kind of;
    const char *layers;     /* neuron layers, with * and ? as in names of files; NULL: all */
    fsnn_penalty_mean over; /* rates: what is bounded */
    double min, max;        /* -INFINITY, INFINITY: no bound */
    double weight;
} fsnn_term;
enum { FSNN_TERMS = 16 };

/* Bits of the weights of a training that is aware of them. */
typedef enum fsnn_quantise {
    FSNN_QUANTISE_NONE,
    FSNN_QUANTISE_INT8,
    FSNN_QUANTISE_INT4,
    FSNN_QUANTISES
} fsnn_quantise;
/* 0, 8, 4. */
FSNN_API int fsnn_quantise_bits(fsnn_quantise quantise);
/* "none", "int8", "int4"; NULL: there is no such one. */
FSNN_API const char *fsnn_quantise_name(fsnn_quantise quantise);

/* Over what batch normalisation normalises where a batch is run in shards:
 *   shard         over each of them: a shard should have 16 samples or more
 *   synchronised  over the whole batch, as without shards: forward and backward wait, at each such
 *                 layer, for the sums of all shards, which are run at the same time */
typedef enum fsnn_norm_over {
    FSNN_NORM_SHARD,
    FSNN_NORM_SYNCHRONISED,
    FSNN_NORMS_OVER
} fsnn_norm_over;
/* "shard", "synchronised"; NULL: there is no such one. */
FSNN_API const char *fsnn_norm_over_name(fsnn_norm_over over);

typedef struct fsnn_training {
    int64_t epochs, batch;
    fsnn_loss loss;
    fsnn_optimizer_options optimizer;
    fsnn_schedule schedule;
    double clip; /* global gradient norm; 0: not clipped */
    fsnn_early_stop early_stop;
    uint64_t seed;      /* of weights, dropout, order and encoding */
    int64_t checkpoint; /* gradient checkpointing and truncation as in fsnn_plan */
    bool truncate;
    bool drop_last;   /* of the training data's loader: leave out an incomplete last batch */
    fsnn_metric best; /* by what the best epoch is chosen, of equals by the lower loss */
    int64_t top_k;    /* of the metric of that name; 0: 5 */
    /* batches whose mean gradient makes one step of the optimiser; 0 counts as 1. The last step of
     * an epoch takes what is left; a stop waits for the step. */
    int64_t accumulate;
    /* Averaged weights: after each step average <- ema average + (1 - ema) weights, from the first
     * weights on; 0: none. Evaluations, best and last weights, callbacks of epochs and the network
     * at the end have the averages; the training goes on with the weights themselves. Statistics of
     * normalisation are not averaged. */
    double ema;
    /* What training minimises is the loss and these terms [terms]; figures called loss are the loss
     * alone, evaluations know no terms. */
    fsnn_term term[FSNN_TERMS];
    int terms;
    /* of the batches that the network learns from; evaluations of a training are in full precision,
     * as those after it */
    fsnn_products products;
    /* Shards of a batch; 0 counts as 1. Each is run by itself: batches of the training data's
     * loader are shards, of batch / shards samples, and so many of them make one batch (the last of
     * an epoch may have fewer). Gradients are those of the mean loss of each shard, added up by one
     * fixed tree, weighted by the samples that count; batch normalisation normalises over a shard
     * or over all of them (`batchnorm`), and its running statistics move by the mean of the
     * shards'. Random numbers of a shard depend on its number, and one thread runs it (several
     * threads run as many shards), so that results depend on the number of shards and not on who
     * computes them. */
    int64_t shards;
    /* Weights of linear layers and convolutions as docs/fixed-point.md quantises them, in forward,
     * backward and evaluations of the training; gradients go to the weights behind them as if they
     * had not been rounded (straight-through: Bengio et al. 2013). What is saved are the weights
     * themselves, which fsnn_integer_create makes the same integers of. Single precision. */
    fsnn_quantise quantise;
    fsnn_norm_over batchnorm; /* with shards; SYNCHRONISED only of nets with batch normalisation */
} fsnn_training;

/* ce_rate, Adam 1e-3, constant, no clipping, 10 epochs of batches of 64, seed 1. */
FSNN_API fsnn_training fsnn_training_default(void);

/* Figures of an epoch (or of its part so far). They count the neurons of layers that spike; a
 * readout, whose output is its potential, is not counted. */
typedef struct fsnn_metrics {
    int64_t epoch, epochs;  /* epoch counts from 1 */
    int64_t batch, batches; /* within the epoch; batch counts from 1 (0: none yet) */
    int64_t samples;        /* seen in this epoch */
    double loss, accuracy;  /* training, running mean of the epoch; accuracy in 0..1 */
    /* of the data that training watches; NaN until the epoch's evaluation */
    double test_loss, test_accuracy;
    double lr, gradient_norm; /* of the last batch; norm before clipping, mean of the epoch */
    double rate;              /* spikes a neuron and step, mean over the neurons of all layers */
    int layers;               /* neuron layers that spike */
    int *layer_node;          /* [layers] index of each in the net, ascending */
    double *layer_rate;       /* [layers] running mean of the epoch */
    /* [layers] share of the layer's neurons that never fired over the epoch's evaluation, and that
     * fired at every step of every sample; NaN without test data */
    double *layer_dead, *layer_saturated;
    /* of one sample of the epoch's evaluation, over all its steps (fsnn_account); NaN without test
     * data */
    double multiply_adds, additions, memory;
    double seconds;            /* since the epoch began */
    double samples_per_second; /* training */
    double seconds_left;       /* to the end of all epochs, estimated */
    bool best;                 /* epoch end: the best so far */
    /* of the epoch's evaluation; NaN: of other targets, or there was none */
    double test_metric[FSNN_METRICS];
    /* Further figures [figures], by name: "term.NAME", a term of the loss without its weight, mean
     * over the batches; "gradient.LAYER", the norm of the gradient of a layer's parameters before
     * clipping, mean over the steps; parameters of neurons that are learned, "lif1.tau", as they
     * are (of several numbers the mean, and "lif1.tau.min", "lif1.tau.max"). */
    int figures;
    char **figure_name;
    double *figure;
} fsnn_metrics;

/* Releases the arrays of figures that fsnn_train gave; NULL is fine. */
FSNN_API void fsnn_metrics_free(fsnn_metrics *metrics);

/* Called after each batch and after each epoch; a non-zero return stops the training (after saving
 * a checkpoint, FSNN_EINTERRUPTED). The arrays of `metrics` belong to the training and hold these
 * figures during the call only. */
typedef int (*fsnn_training_callback)(const fsnn_metrics *metrics, void *user);

/* ---- run directories: where a training keeps what it makes -------------------------------------
 *
 * In the order in which they are written: the program's own files (a description), and after each
 * epoch
 *   last.state.safetensors         all that resuming needs: weights, optimiser, position, figures
 *   best.safetensors               weights of the best epoch (fsnn_training.best)
 *   last.safetensors               weights
 *   metrics.csv, metrics.jsonl     a row, an object an epoch
 * Each is replaced as a whole. One process at a time writes into a directory; it holds the lock of
 * DIR/.lock, which the system frees when the process is gone. A process that is killed, whenever,
 * leaves a run that resuming brings to the very bytes of one that was not. */

typedef enum fsnn_run_mode {
    FSNN_RUN_NEW,    /* a run that is there is refused */
    FSNN_RUN_RESUME, /* it is gone on with; one that was ended before its first state begins anew */
    /* it is set aside, in DIR/replaced, until the new one has saved an epoch, and then removed;
     * where the new one ends without anything saved it is put back */
    FSNN_RUN_REPLACE,
} fsnn_run_mode;

typedef struct fsnn_run_options {
    const char *directory; /* made where it is not there, but not to resume */
    fsnn_run_mode mode;
    /* names of the files and folders that the program itself puts into a run, NULL at the end: they
     * are set aside and removed with it; NULL: none */
    const char *const *own;
} fsnn_run_options;

/* A run directory that this process may write into. */
typedef struct fsnn_run fsnn_run;

/* Nothing is written yet: that begins when fsnn_train has checked all there is to refuse. What a
 * killed process left half done (a run half set aside, say) is put right.
 * Errors: FSNN_EBUSY (someone trains there: who), FSNN_EARGUMENT (a run is there already: by what
 * one sees it), FSNN_ENOTFOUND (nothing to go on with), FSNN_EIO, FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_run_open(const fsnn_run_options *options, fsnn_run **run);
/* Releases the directory. A run that has saved nothing leaves no trace: the run that it should
 * replace is put back, and folders that were created for it are removed. */
FSNN_API void fsnn_run_close(fsnn_run *run);
/* One of the program's own files as a text. It is kept until training starts and then written
 * (unless there is nothing left to train); after that it is written at once.
 * Errors: FSNN_EARGUMENT (a name that the run was not opened with), FSNN_EIO, FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_run_put(fsnn_run *run, const char *name, const char *text);
/* As it was given, without slashes at its end; "" of NULL. */
FSNN_API const char *fsnn_run_directory(const fsnn_run *run);
/* Whether there is a state to continue from. */
FSNN_API bool fsnn_run_saved(const fsnn_run *run);
/* Where the replaced run is kept for now, or NULL. */
FSNN_API const char *fsnn_run_before(const fsnn_run *run);
/* A remark that is no error (the file system has no locks, the data are not those that the run
 * had), or NULL. */
FSNN_API const char *fsnn_run_warning(const fsnn_run *run);

/* Processes that train one network together: each runs some of the shards of every batch, and all
 * take the same step. All ranks call `exchange` and `gather` in the same order, with the same
 * `bytes`. A function returns non-zero on an error, whose sentence it sets. `out` and `in` do not
 * overlap. */
typedef struct fsnn_ranks {
    int rank, count; /* this one, from 0, of so many */
    /* `out` [count][bytes]: what each rank receives from this one; `in` [count][bytes]: what this
     * one receives from each */
    int (*exchange)(const void *out, void *in, size_t bytes, void *user);
    /* `out` [bytes] of each rank becomes `in` [count][bytes] of all */
    int (*gather)(const void *out, void *in, size_t bytes, void *user);
    void *user;
    /* Gradients travel as bfloat16, half of the bytes or a quarter; results then depend on the
     * number of ranks, too. */
    bool lossy;
    /* The first two, begun and not waited for: they set `*call`, which `done` is asked with, and
     * have `out` and `in` to themselves until that has ended. Calls of each of the two meet those
     * of other ranks in the order in which they are begun, whatever else is called meanwhile, and
     * end though a rank waits in `gather`. With all three the sums of gradients are on their way
     * while backward runs; NULL, in all ranks: they go once it has ended. The thread that trains
     * calls them. */
    int (*exchange_begin)(const void *out, void *in, size_t bytes, void **call, void *user);
    int (*gather_begin)(const void *out, void *in, size_t bytes, void **call, void *user);
    /* 1: the call has ended, 0: not yet, negative: it failed; with `wait` it returns once it has
     * ended. It is asked no more after that; nor about any other call once one has failed, and the
     * memory of those that run is freed as the training ends. */
    int (*done)(void *call, bool wait, void *user);
} fsnn_ranks;

typedef struct fsnn_train_options {
    fsnn_training training;
    /* where checkpoints and logs go, as a run of its own that replaces what is there; NULL:
     * nowhere, or into `run` */
    const char *directory;
    bool resume; /* go on from directory/last.*, as if never stopped */
    /* go on with other training data than the run had; otherwise they are refused */
    bool other_data;
    fsnn_training_callback on_batch, on_epoch;
    void *user;
    volatile const int *stop; /* set by a signal handler: save, FSNN_EINTERRUPTED */
    fsnn_run *run; /* instead of `directory` and `resume`, whose part its mode has; borrowed */
    /* All ranks call fsnn_train, with the same net, data and options, and return alike; an error of
     * one rank is an error of all. Their count divides training.shards. Rank 0 writes: only it is
     * given a directory or a run. Where the run is resumed, the others read its state from there.
     * Evaluations are spread over the ranks. NULL: this process trains alone. */
    const fsnn_ranks *ranks;
} fsnn_train_options;

/* Whether a training can start: refuses whatever fsnn_train refuses before its first batch, and
 * changes nothing but the net's state, which is reset. A last batch of an epoch that is too small
 * for a layer (batch normalisation of one sample) is refused, too. `test` may be NULL.
 * Errors: FSNN_EARGUMENT, FSNN_EUNSUPPORTED (options that cannot be together), FSNN_ESHAPE,
 * FSNN_ESTATE (not wrapped). The key of fsnn_error_place names the option, as descriptions do. */
FSNN_API fsnn_status fsnn_train_check(fsnn_net *net, const fsnn_loader *train,
                                      const fsnn_loader *test, const fsnn_training *training);

/* Trains a wrapped net; its plan is changed to what the batches need and is as before at the end.
 * After each epoch evaluates on `test`, the data to be watched: the validation set, where there is
 * one (may be NULL: then the training figures decide), and writes the files of the run into
 * `directory`, which must exist, or `run`. Early stop watches the test accuracy, without test data
 * the training loss, or what early_stop.by says. Evaluations do not change what training does. A
 * stop, by `stop` or a callback, saves after the running batch; resuming goes on within the epoch.
 * What is refused has changed nothing. `*result` (may be NULL) gets the figures of the best epoch,
 * `epochs` those that are done by now; of the part so far where none has ended; free it with
 * fsnn_metrics_free, after an error too. A run that is resumed with no more epochs than it has done
 * (or was stopped early) has nothing left to train: FSNN_OK. A state remembers what data it was
 * trained on (fsnn_data_fingerprint): others are refused (FSNN_EARGUMENT) unless the options take
 * them; other data to be watched are a warning of the run.
 * Errors: FSNN_EARGUMENT (key "ranks": their number, and what differs between them), FSNN_ESHAPE
 * (data and net do not fit), FSNN_ENUMERIC (the loss is NaN or infinite: epoch and batch; earlier
 * checkpoints stay), FSNN_EIO (directory or disk), FSNN_EFORMAT, FSNN_ENOTFOUND, FSNN_ESHAPE (no
 * state, or one that does not fit: which array), FSNN_EBUSY (someone else trains into the
 * directory), FSNN_EINTERRUPTED. */
FSNN_API fsnn_status fsnn_train(fsnn_net *net, fsnn_loader *train, fsnn_loader *test,
                                const fsnn_train_options *options, fsnn_metrics *result);

/* Bytes that a training holds. */
typedef struct fsnn_footprint {
    int64_t activations, histories; /* of the net (fsnn_net_memory) */
    /* with their gradients, and what the optimiser remembers of them */
    int64_t parameters;
    int64_t batches; /* of the loaders, and the gradient of the output */
    int64_t saving;  /* copies of values and moments while a checkpoint is written */
    int64_t total;
} fsnn_footprint;

/* What fsnn_train will hold, of a net that was wrapped for training with the loaders' steps and
 * batch; `test` may be NULL. The data themselves and the program are not counted.
 * Errors: FSNN_EARGUMENT, FSNN_ESTATE (not wrapped). */
FSNN_API fsnn_status fsnn_train_memory(const fsnn_net *net, const fsnn_loader *train,
                                       const fsnn_loader *test, const fsnn_training *training,
                                       fsnn_footprint *footprint);

/* Its arrays are owned: free with fsnn_evaluation_free. */
typedef struct fsnn_evaluation {
    double loss, accuracy;
    int64_t samples, classes;
    int64_t *confusion; /* [classes][classes], row = label */
    int layers;         /* neuron layers that spike; readouts, which never do, are left out */
    int *layer_node;    /* [layers] index of each in the net, ascending */
    double *layer_rate; /* [layers] spikes a neuron and step */
    /* [layers] neurons, those that never fired, those that fired at every step of every sample */
    int64_t *layer_neurons, *layer_dead, *layer_saturated;
    /* [layers] of [layer_neurons]: spikes a step of each neuron, over all samples (those without a
     * label too); 0 and 1 are exactly those that never fired and that fired at every step */
    float **neuron_rate;
    int nodes;
    fsnn_account *node; /* [nodes] of the net: what each costs, a step of a sample */
    /* T, mean over the samples: a sample costs steps times the sum over the nodes */
    double steps;
    double seconds;
    double metric[FSNN_METRICS]; /* NaN: of other targets */
    /* Of values: some pairs [pairs] of truth and answer, taken evenly; classes is then 0. */
    int64_t pairs;
    float *truth, *answer;
} fsnn_evaluation;

/* The sum over the nodes of one sample over all its steps; rate and spikes are left 0. */
FSNN_API fsnn_account fsnn_evaluation_account(const fsnn_evaluation *evaluation);

/* Runs all batches of a loader (its epoch 0) through a wrapped net without training it; plan and
 * random numbers of the net are as before at the end. Errors: FSNN_EARGUMENT, FSNN_ESHAPE,
 * FSNN_ENUMERIC (the loss of a batch is not finite). */
FSNN_API fsnn_status fsnn_evaluate(fsnn_net *net, fsnn_loader *loader, const fsnn_loss *loss,
                                   fsnn_evaluation *result);
/* The same on another epoch of the loader: another draw of a random encoding, of the same
 * samples. */
FSNN_API fsnn_status fsnn_evaluate_epoch(fsnn_net *net, fsnn_loader *loader, const fsnn_loss *loss,
                                         int64_t epoch, fsnn_evaluation *result);
FSNN_API void fsnn_evaluation_free(fsnn_evaluation *evaluation);

#ifdef __cplusplus
}
#endif
#endif
