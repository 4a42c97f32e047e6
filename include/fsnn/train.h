/* fsnn/train.h: losses, optimisers, schedules, metrics, and the loop that puts them together. */
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
 *   mse_rate   mean over B and C of (r - target)^2, target = one-hot class or given
 *   tet        mean over K of the cross entropy of softmax(o_k), mixed with the mean of (o - 1 of the class's
 *              threshold)^2: (1 - mix) CE + mix MSE (Deng et al. 2022, temporal efficient training) */
typedef enum fsnn_loss_kind { FSNN_CE_RATE, FSNN_MSE_RATE, FSNN_TET, FSNN_LOSSES } fsnn_loss_kind;

typedef struct fsnn_loss {
    fsnn_loss_kind kind;
    double label_smoothing; /* in [0, 1), cross entropies only */
    double mix;             /* tet only, in [0, 1] */
} fsnn_loss;

FSNN_API const char *fsnn_loss_name(fsnn_loss_kind kind);
FSNN_API int fsnn_loss_find(const char *name);

/* The loss of one batch and, where `gradient` is not NULL, its gradient [K, B, C]. Give `labels` [B] or, for mse_rate and
 * ce_rate (then class probabilities), `target` [B, C]; the other NULL. `*correct` counts samples whose largest r is the
 * label's (first of equals); may be NULL. Errors: FSNN_EARGUMENT (a label outside 0..C-1). */
FSNN_API fsnn_status fsnn_loss_compute(const fsnn_loss *loss, int64_t K, int64_t B, int64_t C,
                                       const float *output, const int32_t *labels,
                                       const float *target, float *gradient, double *value,
                                       int64_t *correct);

typedef enum fsnn_optimizer_kind { FSNN_SGD, FSNN_ADAM, FSNN_ADAMW, FSNN_OPTIMIZERS } fsnn_optimizer_kind;

typedef struct fsnn_optimizer_options {
    fsnn_optimizer_kind kind;
    double lr;
    double momentum;     /* sgd */
    bool nesterov;       /* sgd */
    double beta1, beta2; /* adam, adamw */
    double eps;
    double weight_decay; /* sgd, adam: added to the gradient; adamw: decoupled; never on tau, threshold, alpha */
    double neuron_lr;    /* factor on lr for tau, threshold, alpha, coefficients; default 1 */
} fsnn_optimizer_options;

typedef struct fsnn_optimizer fsnn_optimizer;
FSNN_API fsnn_status fsnn_optimizer_create(fsnn_net *net, const fsnn_optimizer_options *options,
                                           fsnn_optimizer **optimizer);
FSNN_API void fsnn_optimizer_destroy(fsnn_optimizer *optimizer);
/* Clips the gradient's global norm to `clip` (0: not), then steps with learning rate `lr`; `*norm` gets the norm before
 * clipping (may be NULL). Positive parameters move in their logarithm, alpha is kept in (0, 1].
 * FSNN_ENUMERIC when the norm is not finite (parameters untouched; the sentence names the parameter). */
FSNN_API fsnn_status fsnn_optimizer_step(fsnn_optimizer *optimizer, double lr, double clip,
                                         double *norm);
/* The moments as arrays ("adam.m.fc1.weight", ...) and back. */
FSNN_API fsnn_status fsnn_optimizer_save(const fsnn_optimizer *optimizer, fsnn_arrays *out);
FSNN_API fsnn_status fsnn_optimizer_load(fsnn_optimizer *optimizer, const fsnn_arrays *in);

typedef enum fsnn_schedule_kind {
    FSNN_CONSTANT,
    FSNN_STEP,
    FSNN_COSINE,
    FSNN_PLATEAU,
    FSNN_SCHEDULES
} fsnn_schedule_kind;

typedef struct fsnn_schedule {
    fsnn_schedule_kind kind;
    double warmup; /* epochs (fractions too) of linear warm-up from 0 to lr, before any kind */
    double every;  /* step: epochs between drops */
    double factor; /* step, plateau: factor of a drop */
    int patience;  /* plateau: epochs without a better validation loss before a drop */
    double min_lr; /* floor; cosine ends here */
} fsnn_schedule;

typedef struct fsnn_early_stop {
    int patience;     /* epochs without improvement of the watched figure; 0: never stop early */
    double min_delta; /* smallest improvement that counts */
} fsnn_early_stop;

typedef struct fsnn_training {
    int64_t epochs, batch;
    fsnn_loss loss;
    fsnn_optimizer_options optimizer;
    fsnn_schedule schedule;
    double clip; /* global gradient norm; 0: not clipped */
    fsnn_early_stop early_stop;
    uint64_t seed; /* of weights, dropout, order and encoding */
} fsnn_training;

/* ce_rate, Adam 1e-3, constant, no clipping, 10 epochs of batches of 64, seed 1. */
FSNN_API fsnn_training fsnn_training_default(void);

#define FSNN_MAX_NEURON_NODES 64

/* Figures of an epoch (or of its part so far). */
typedef struct fsnn_metrics {
    int64_t epoch, epochs;   /* epoch counts from 1 */
    int64_t batch, batches;  /* within the epoch; batch counts from 1 */
    int64_t samples;         /* seen in this epoch */
    double loss, accuracy;   /* training, running mean of the epoch; accuracy in 0..1 */
    double test_loss, test_accuracy; /* NaN until the epoch's evaluation */
    double lr, gradient_norm;
    double rate;             /* mean spike rate over all neuron layers */
    int layers;
    double layer_rate[FSNN_MAX_NEURON_NODES]; /* one a neuron layer, running mean of the epoch */
    double seconds;            /* since the epoch began */
    double samples_per_second; /* training */
    double seconds_left;       /* to the end of all epochs, estimated */
    bool best;                 /* epoch end: the best so far */
} fsnn_metrics;

/* Called after each batch and after each epoch; a non-zero return stops the training in good order (checkpoint saved,
 * FSNN_EINTERRUPTED). */
typedef int (*fsnn_training_callback)(const fsnn_metrics *metrics, void *user);

typedef struct fsnn_train_options {
    fsnn_training training;
    const char *directory; /* where checkpoints and logs go; NULL: nowhere */
    bool resume;           /* go on from directory/last.* : the same bytes as a run that was never stopped */
    fsnn_training_callback on_batch, on_epoch;
    void *user;
    volatile const int *stop; /* set from a signal handler: finish the batch, save, return FSNN_EINTERRUPTED */
} fsnn_train_options;

/* Trains a wrapped net (its plan's batch and steps fit the loader). After each epoch evaluates on `test` (may be NULL:
 * then the training figures decide) and writes into `directory`: last.safetensors, last.state.safetensors (optimiser, epoch,
 * random streams), best.safetensors, metrics.csv, metrics.jsonl, all atomically. `*result` gets the figures of the best epoch.
 * Errors: FSNN_ENUMERIC (the loss is NaN or infinite: epoch and batch; earlier checkpoints stay), FSNN_EIO, FSNN_EINTERRUPTED. */
FSNN_API fsnn_status fsnn_train(fsnn_net *net, fsnn_loader *train, fsnn_loader *test,
                                const fsnn_train_options *options, fsnn_metrics *result);

typedef struct fsnn_evaluation {
    double loss, accuracy;
    int64_t samples, classes;
    int64_t *confusion; /* [classes][classes], row = label; owned, free with fsnn_evaluation_free */
    int layers;
    double layer_rate[FSNN_MAX_NEURON_NODES];
    double seconds;
} fsnn_evaluation;

FSNN_API fsnn_status fsnn_evaluate(fsnn_net *net, fsnn_loader *loader, const fsnn_loss *loss,
                                   fsnn_evaluation *result);
FSNN_API void fsnn_evaluation_free(fsnn_evaluation *evaluation);

#ifdef __cplusplus
}
#endif
#endif
