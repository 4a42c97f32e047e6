/* fsnn/session.h: what programs do with a description: open it, with overrides; open its data, or
 * take the caller's; wrap the network for them; load weights; run; evaluate; train.
 *
 * A session holds the description, its network, its data and their loaders. The steps, in order:
 *
 *   fsnn_session_open       reads the description and builds the network
 *   fsnn_session_open_data  opens what the description's `data` names (or fsnn_session_give)
 *   fsnn_session_wrap       settles shapes and memory
 *   fsnn_session_fits       says whether data and network fit together
 *   fsnn_session_weights    loads weights
 *   fsnn_session_run        feeds an array, records what neurons do
 *   fsnn_session_evaluate   loss, accuracy, rates; under disturbances too
 *   fsnn_session_train      trains, into a run directory or in memory
 *   fsnn_session_best       takes the best weights of that
 *
 * Nothing is printed. What is no error but worth a word is kept as a list (fsnn_session_warning);
 * an error has its sentence (fsnn_error_text) and, where it is known, a place (fsnn_error_place).
 * One session serves one thread at a time. */
#ifndef FSNN_SESSION_H
#define FSNN_SESSION_H

#include <fsnn/integer.h>
#include <fsnn/model.h>
#include <fsnn/simulate.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fsnn_session fsnn_session;

/* ---- Open ------------------------------------------------------------------------------------ */

typedef struct fsnn_session_options {
    /* a description file, or the directory of a run, which stands for its description.yaml */
    const char *path;
    /* the description itself, as text: `path` (or NULL) is then its name in sentences and where its
     * relative paths start */
    const char *text;
    const char *const *set; /* [sets] overrides, as of fsnn_description_read */
    int sets;
    const uint64_t *seed; /* training.seed; NULL: that of the description */
    /* directory of a run to go on with: its validation set is drawn again, and a description that
     * draws another is refused; NULL: none */
    const char *run;
    /* `seed` is of initial weights, encodings and disturbances alone: the samples that data.limit
     * keeps are drawn as the description has it, so that a run is judged on its own */
    bool same_samples;
} fsnn_session_options;

/* All NULL and 0. */
FSNN_API fsnn_session_options fsnn_session_options_default(void);

/* Reads the description and builds its network, which is not yet wrapped. A description that lies
 * in the directory of a run draws the run's validation set, where its keys say nothing of that;
 * where they say another one there is a warning. What `options` points at is copied.
 * Errors: FSNN_EARGUMENT (neither path nor text; the description draws another validation set than
 * `run`: the error's key is "run"), FSNN_ENOTFOUND (`run` is no directory; the same key), those of
 * fsnn_description_read and fsnn_description_net. */
FSNN_API fsnn_status fsnn_session_open(const fsnn_session_options *options, fsnn_session **session);
/* Takes NULL. Pointers from the functions below become invalid. */
FSNN_API void fsnn_session_close(fsnn_session *session);

/* The description and the network of the session, for all functions on these; NULL for NULL. */
FSNN_API fsnn_description *fsnn_session_description(const fsnn_session *session);
FSNN_API fsnn_net *fsnn_session_net(const fsnn_session *session);
/* Of the description: a run's directory has become that of its file; of a text its name. */
FSNN_API const char *fsnn_session_path(const fsnn_session *session);
/* The section training, with the batch of fsnn_session_batch. */
FSNN_API const fsnn_training *fsnn_session_training(const fsnn_session *session);
/* As of the last wrap: the horizon is settled. NULL before. */
FSNN_API const fsnn_dynamics *fsnn_session_dynamics(const fsnn_session *session);
/* The plan of the last wrap, by whichever function. NULL before. */
FSNN_API const fsnn_plan *fsnn_session_plan(const fsnn_session *session);

/* ---- Warnings -------------------------------------------------------------------------------- */

/* What a warning is about. */
typedef enum fsnn_topic {
    FSNN_TOPIC_DESCRIPTION, /* keys that do nothing */
    FSNN_TOPIC_RUN,         /* the run that the description lies in */
    FSNN_TOPIC_DATA,        /* files, encoding, classes */
    FSNN_TOPIC_NET,         /* of the last wrap, and of weights loaded since (fsnn_net_warning) */
    FSNN_TOPIC_RESULT,      /* of the last run, or of the layer that became a simulation */
    FSNN_TOPICS
} fsnn_topic;

/* Warnings in the order of their topics: index 0, 1, ... until NULL. The next wrap replaces those
 * of the network. */
FSNN_API const char *fsnn_session_warning(const fsnn_session *session, int index);
/* Those of one topic. */
FSNN_API const char *fsnn_session_warning_on(const fsnn_session *session, fsnn_topic topic,
                                             int index);

/* ---- Data ------------------------------------------------------------------------------------ */

/* The caller's data (fsnn_data_memory, ...) as a part, in place of the description's; borrowed
 * until the session or its data are closed. Beside the caller's training data nothing of the
 * description's is opened. Encoder, time stamps and augmentation are those of the description,
 * where a section `data` is not needed then: without it samples are repeated for the default steps,
 * or are sequences. Errors: FSNN_EARGUMENT, FSNN_ESTATE (this part is open already). */
FSNN_API fsnn_status fsnn_session_give(fsnn_session *session, fsnn_part part, fsnn_data *data);
/* Samples of a batch, in place of training.batch, of loaders made from now on. FSNN_EARGUMENT. */
FSNN_API fsnn_status fsnn_session_batch(fsnn_session *session, int64_t batch);
/* Products of evaluations and runs from now on, in place of full ones; trainings have those of the
 * section training. Errors: those of fsnn_products_check. */
FSNN_API fsnn_status fsnn_session_products(fsnn_session *session, fsnn_products products);
/* Encoder of loaders made from now on, in place of the description's; copied. FSNN_EARGUMENT (no
 * such kind; no step). */
FSNN_API fsnn_status fsnn_session_encode(fsnn_session *session, const fsnn_encoder *encoder);
/* How loaders of training data made from now on change samples, in place of the description's
 * data.augment; copied. FSNN_EARGUMENT (a number out of its range; data that cannot be changed so
 * are an error of their loader). */
FSNN_API fsnn_status fsnn_session_augment(fsnn_session *session, const fsnn_augment *augment);
/* Opens the wanted parts that there are, and a loader of each; what is open stays as it is. Only
 * training data are shuffled and augmented, and with `in_order` not they: a loader of theirs that
 * is open in the other way is made anew.
 * Errors: those of fsnn_description_parts and fsnn_loader_create. */
FSNN_API fsnn_status fsnn_session_open_data(fsnn_session *session, const bool wanted[FSNN_PARTS],
                                            bool in_order);
/* The same for a caller that looks at sizes, classes and steps: kinds of data that can leave the
 * samples in their files do so (fsnn_description_parts_later), until fsnn_session_open_data reads
 * them. */
FSNN_API fsnn_status fsnn_session_look_data(fsnn_session *session, const bool wanted[FSNN_PARTS]);
/* An open part, and its loader; NULL if it is not open. */
FSNN_API const fsnn_data *fsnn_session_data(const fsnn_session *session, fsnn_part part);
FSNN_API fsnn_loader *fsnn_session_loader(const fsnn_session *session, fsnn_part part);
/* Closes all loaders and the data that the session opened; the caller's are no longer borrowed. */
FSNN_API void fsnn_session_close_data(fsnn_session *session);
/* A loader more of samples, in their order, as of an evaluation; destroy it. `perturb` [perturbs]
 * disturbs them (NULL, 0: not). Errors: those of fsnn_loader_create. */
FSNN_API fsnn_status fsnn_session_new_loader(const fsnn_session *session, const fsnn_data *data,
                                             int64_t batch, const fsnn_perturbation *perturb,
                                             int perturbs, fsnn_loader **loader);
/* Opens a part for an evaluation, its samples in order; `part` negative: test, or validation where
 * there are no test data. The part that is open now (fsnn_part), or an error: FSNN_ENOTFOUND (there
 * is no such part), FSNN_EARGUMENT, those of fsnn_session_open_data. */
FSNN_API int fsnn_session_open_part(fsnn_session *session, int part);
/* Of the open parts the one that a training watches, validation before test, and the one that
 * judges the result, test before validation before training; FSNN_ENOTFOUND: none is open. */
FSNN_API int fsnn_session_watched(const fsnn_session *session);
FSNN_API int fsnn_session_judge(const fsnn_session *session);

/* ---- Network --------------------------------------------------------------------------------- */

/* Wraps the network, with the dynamics of the description; `steps` is the length of a whole run,
 * which a memory by tolerance holds for unless the description says (0: plan->steps). May be called
 * again (fsnn_net_wrap): parameters keep their values.
 * Errors: FSNN_EDESCRIPTION with the place in the description that is at fault (and what it was as
 * its cause, fsnn_error_place), FSNN_EARGUMENT (the plan), FSNN_EMEMORY (with what would need
 * less), FSNN_EDENSE. */
FSNN_API fsnn_status fsnn_session_wrap(fsnn_session *session, const fsnn_plan *plan, int64_t steps);
/* Shapes of one sample at one step; a network that is not wrapped is, for one step of one sample.
 * Either may be NULL. Errors: those of fsnn_session_wrap. */
FSNN_API fsnn_status fsnn_session_shapes(fsnn_session *session, fsnn_shape *input,
                                         fsnn_shape *output);
/* Whether the open data and the network fit together: the samples' shape its input, their classes
 * its output. Outputs to spare are a warning. Errors: FSNN_EDESCRIPTION;
 * FSNN_EARGUMENT (the caller's data without classes); those of fsnn_session_wrap. */
FSNN_API fsnn_status fsnn_session_fits(fsnn_session *session);
/* Advice on what needs less memory than the plan, for sentences. A static string. */
FSNN_API const char *fsnn_session_less_memory(const fsnn_plan *plan);

/* Weights of a file (fsnn_weights_load), or the best ones of a run's directory. tau, threshold,
 * alpha and so on that an override of the session names keep the value that it gave. A network that
 * is not wrapped is (fsnn_session_shapes).
 * Errors: those of fsnn_weights_load, fsnn_run_weights and fsnn_session_wrap. */
FSNN_API fsnn_status fsnn_session_weights(fsnn_session *session, const char *path);
/* Names of parameters that overrides kept from the weights loaded last, which had other values:
 * index 0, 1, ... until NULL. */
FSNN_API const char *fsnn_session_kept(const fsnn_session *session, int index);

/* Wraps the network for the loader of an open part: its steps, its batch, samples that do not
 * change; for `training` or not, with the gradient checkpointing of the section training. Then as
 * fsnn_session_fits. Errors: FSNN_ESTATE (the part is not open); those of fsnn_session_wrap and
 * fsnn_session_fits. */
FSNN_API fsnn_status fsnn_session_prepare(fsnn_session *session, fsnn_part part, bool training);

/* ---- Run ------------------------------------------------------------------------------------- */

/* What of each neuron layer is kept, or'ed; arrays [T, B, node shape] called "v.NODE" and so on. */
typedef enum fsnn_keep {
    FSNN_KEEP_V = 1, /* the fsnn_record of these names (fsnn_net_read) */
    FSNN_KEEP_SPIKES = 2,
    FSNN_KEEP_CURRENT = 4,
    FSNN_KEEP_TEST = 8,
    FSNN_KEEP_THRESHOLD = 16,
    FSNN_KEEP_STATES = 32, /* v and the states beside it, "w.NODE" of a state w */
} fsnn_keep;
/* The bits of a list of names, "v,spikes"; 0 of "". FSNN_ENOTFOUND with the names that there are
 * (the sentence begins with "record"). */
FSNN_API int fsnn_keep_find(const char *names);

/* Whether a list of fsnn_run_request.record can be had of a network; `net` NULL: whether its words
 * are known. FSNN_ENOTFOUND with the records or layers that there are, FSNN_EARGUMENT (the sentence
 * begins with "record"). */
FSNN_API fsnn_status fsnn_record_check(const char *record, const fsnn_net *net);

typedef struct fsnn_run_request {
    const fsnn_array *x; /* [T, B, input shape], of any type of numbers */
    /* time stamps of x: [T], or [T, B] of each sample; NULL: those of the description, where it has
     * some. Then the run has the solver's steps, found by dynamics.interpolation. */
    const fsnn_array *times;
    /* for a loss: [B, output shape], but for tet; or, but for mse, mse_rate and mse_count, whole
     * numbers [B], classes; either of them for each step, [B, T, output shape] or [B, T], where the
     * loss answers at each (readout each); a class -1 of a step does not count. NULL: none */
    const fsnn_array *target;
    fsnn_loss_kind loss;
    /* of that loss: readout, label_smoothing, mix, rates (fsnn_description_training(...)->loss has
     * those of the description); NULL: its defaults. Weights of classes are left out. */
    const fsnn_loss *options;
    bool gradients; /* of the loss; the network then runs as in training, in one piece */
    int keep;       /* fsnn_keep, of all layers */
    /* or, as a list of texts, with layers: "v:lif1,spikes:enc*,current" is v of lif1, spikes of the
     * layers whose names begin with enc (`*` any letters, `?` one) and the current of all. Beside
     * `keep`; NULL: nothing. FSNN_ENOTFOUND with the names that there are */
    const char *record;
    /* which steps the records have, counted from 0: record_steps from record_first on; 0 steps: to
     * the end. Steps that the run does not have are FSNN_EARGUMENT */
    int64_t record_first, record_steps;
    int64_t chunk; /* steps at a time; 0: all */
    /* before the first chunk, with done 0, and after each; a non-zero return stops:
     * FSNN_EINTERRUPTED. May be NULL. */
    int (*progress)(int64_t done, int64_t steps, void *user);
    void *user;
} fsnn_run_request;

/* Feeds x through the network, from its state at rest. Appended to `result` (release it by
 * fsnn_arrays_free, after an error too), float32, or float64 of a network in double precision,
 * where nothing else stands here:
 *   times        float64 [steps] or [steps, B], of x with time stamps: when the steps are
 *   output       [steps, B, output shape]
 *   v.NODE, ...  what `keep` and `record` say; of readouts, which never spike, v and current; of
 *                the steps that are recorded
 *   step         float64, the solver's, beside these
 *   first_step   int64, the first step of the records, where steps are chosen
 *   unit.time, unit.potential, unit.current   float64, beside records: sizes of the description's
 *                units in s, V and A (fsnn_unit_of_size), of those that it names
 *   threshold.NODE    [node shape] beside v.NODE, where the threshold does not move
 *   certificate.NODE  float64 [3] of a memory by tolerance: the smallest distance of a spike test
 *                     from its threshold, the largest effect that the memory can have on it, and 1
 *                     where spikes are proven to be those of the exact weights, in this layer and
 *                     all before it
 *   loss         float64, a scalar
 *   grad.PARAM   with respect to the value of each learnable parameter
 * Numbers that are not finite, and records that no layer has, are warnings (FSNN_TOPIC_RESULT).
 * Errors: FSNN_ESHAPE, FSNN_ENUMERIC, FSNN_EARGUMENT of what was given; their key is "x", "times",
 * "target", or "dynamics.times" of the description's. FSNN_EINTERRUPTED; those of
 * fsnn_session_wrap and fsnn_net_forward. */
FSNN_API fsnn_status fsnn_session_run(fsnn_session *session, const fsnn_run_request *request,
                                      fsnn_arrays *result);

/* ---- Evaluate -------------------------------------------------------------------------------- */

/* Disturbances that act together in one evaluation (fsnn_perturb, fsnn_graph_disturb). */
typedef struct fsnn_condition {
    fsnn_perturbation item[FSNN_PERTURBS];
    int items;
    int sweep; /* of the text that it was read from */
} fsnn_condition;

/* Reads a text "noise=0.1:0.2,jitter=2": every combination of the amounts is a condition, with the
 * number `sweep`. They are appended to `*list` [*count], which becomes longer (before the first
 * text NULL and 0; free() it). 256 conditions are the most.
 * Errors: FSNN_EARGUMENT (the sentence begins with "perturb"), FSNN_EMEMORY; *list is as it was. */
FSNN_API fsnn_status fsnn_conditions_read(const char *text, int sweep, fsnn_condition **list,
                                          int *count);
/* Whether they make sense for the description: those of graphs need one. FSNN_EARGUMENT. */
FSNN_API fsnn_status fsnn_session_check_conditions(const fsnn_session *session,
                                                   const fsnn_condition *list, int count);

/* Means over all draws, and standard deviations (n - 1; 0 for one draw). */
typedef struct fsnn_score {
    double loss, accuracy;
    double spread_loss, spread_accuracy;
} fsnn_score;

typedef struct fsnn_assess_options {
    int part;        /* fsnn_part; negative: test, or validation without test data */
    int64_t repeats; /* draws of a random encoding and of disturbances; default 1 */
    int64_t first;   /* number of the first of them */
    const fsnn_condition *condition; /* [conditions] evaluated beside the undisturbed data */
    int conditions;
    /* before the first batch and after each: `done` of the `all` samples of all draws and
     * conditions are over; a non-zero return stops: FSNN_EINTERRUPTED. May be NULL. */
    int (*progress)(int64_t done, int64_t all, void *user);
    void *user;
    /* The integers that answer (fsnn_session_integers); rates and operations are those of the
     * network with their weights, in single precision. NULL: the network answers */
    const fsnn_integer *integers;
} fsnn_assess_options;

/* The network, as its weights are now, in integers (fsnn/integer.h); its plan is void after. Of
 * `options` x and seen may be NULL: then the first 256 samples of the training data (else of
 * other data) are the calibration. A full memory becomes exponentials with the tolerance 1e-5
 * for the steps of the samples and at least 100000, as in fsnn export-c. Errors: those of
 * fsnn_integer_create, FSNN_EDESCRIPTION with the place of a layer that has no integers, and those
 * of the data. */
FSNN_API fsnn_status fsnn_session_integers(fsnn_session *session,
                                           const fsnn_integer_options *options,
                                           fsnn_integer **result);

/* The default part, once, undisturbed. */
FSNN_API fsnn_assess_options fsnn_assess_options_default(void);

/* Owned: fsnn_assessment_free. */
typedef struct fsnn_assessment {
    fsnn_part part;
    int64_t steps; /* T */
    /* undisturbed, the mean over the draws; confusions are added up, and a neuron counts as dead or
     * saturated where it was in all of them */
    fsnn_evaluation mean;
    fsnn_score score;        /* the same with its spread */
    int64_t repeats;         /* draws */
    double *loss, *accuracy; /* [repeats] of each draw */
    int conditions;
    fsnn_score *condition; /* [conditions] in the order of the options */
} fsnn_assessment;

/* Evaluates the network, with the weights that it has, on a part of the data, which is opened where
 * it is not and left in its order; the network is prepared for it (fsnn_session_prepare). Draw r
 * (first, first + 1, ...) is epoch r of a random encoding. Under disturbances of a graph the
 * network and the data are made anew of the disturbed graph, with the same weights.
 * Errors: FSNN_EDESCRIPTION (options of the loss that the data refuse), FSNN_ENOTFOUND (there is no
 * such part), FSNN_EARGUMENT, those of fsnn_session_open_data, fsnn_session_prepare and
 * fsnn_evaluate; *result is empty then. FSNN_EINTERRUPTED: stopped; *result has what is known, to
 * be freed: `repeats` draws and `conditions` that are over, or of none (repeats 0) the mean over
 * the samples so far (mean.samples; 0: nothing is known). */
FSNN_API fsnn_status fsnn_session_evaluate(fsnn_session *session,
                                           const fsnn_assess_options *options,
                                           fsnn_assessment *result);
/* NULL is fine. */
FSNN_API void fsnn_assessment_free(fsnn_assessment *assessment);

/* ---- Train ----------------------------------------------------------------------------------- */

/* Whether a training could begin: opens all parts of the data that are not open, prepares the
 * network for the training set, and refuses what fsnn_train would refuse, and what would not find
 * room in memory. Figures of fsnn_train_memory are those of the training after it.
 * Errors: FSNN_EDESCRIPTION (options that the network or the data refuse, or that cannot be
 * together: file, line and key), FSNN_ENOTFOUND (there are no training data), FSNN_EMEMORY (with
 * what would need less), those of fsnn_session_open_data, fsnn_session_prepare and
 * fsnn_train_check. */
FSNN_API fsnn_status fsnn_session_check_training(fsnn_session *session);

typedef struct fsnn_session_training_options {
    /* the run directory, which keeps the description, states, weights and figures (fsnn_run); NULL:
     * nothing is written */
    const char *directory;
    /* FSNN_RUN_RESUME goes on with the run that is there, for which the session was opened
     * (fsnn_session_options.run) */
    fsnn_run_mode mode;
    fsnn_run *run;   /* instead of both, opened by the program with "description.yaml" among its own
                      * files; borrowed */
    bool other_data; /* as of fsnn_train_options, as is what follows */
    fsnn_training_callback on_batch, on_epoch;
    void *user;
    volatile const int *stop;
    const fsnn_ranks *ranks; /* as of fsnn_train_options: only rank 0 has a directory or a run */
} fsnn_session_training_options;

/* A training that writes nothing. */
FSNN_API fsnn_session_training_options fsnn_session_training_default(void);

/* Trains the network as the section training says, from the weights that it has (where it is not
 * wrapped yet those of its seed), watching the validation or test data; the network has the last
 * weights then (fsnn_session_best gives it the best), and is planned for training. What
 * fsnn_session_check_training refuses is refused before anything is written. Remarks of the run are
 * warnings (FSNN_TOPIC_RUN). `*result` (may be NULL) as of fsnn_train: free it by
 * fsnn_metrics_free, after an error too.
 * Errors: those of fsnn_session_check_training, fsnn_run_open and fsnn_train; FSNN_EINTERRUPTED:
 * stopped, by `stop` or a callback, after the state was saved. */
FSNN_API fsnn_status fsnn_session_train(fsnn_session *session,
                                        const fsnn_session_training_options *options,
                                        fsnn_metrics *result);

/* The weights of the best epoch of the session's last training become those of the network: of a
 * run those in its directory, of earlier calls too, else a copy that the session keeps. Also after
 * a training that was stopped. Errors: FSNN_ENOTFOUND (there was no training, or no epoch of it
 * ended), FSNN_ESHAPE, those of fsnn_weights_load. */
FSNN_API fsnn_status fsnn_session_best(fsnn_session *session);

/* ---- Simulate -------------------------------------------------------------------------------- */

/* The neuron layer `node` of the description, or its only one where `node` is NULL, as a simulation
 * of one such neuron (fsnn_simulate): its kind and options, the dynamics with its order and
 * precision, the seed of training; current 0, 1000 steps. Numbers that weights or a training
 * changed are those that the network has now. Where neurons have numbers of their own it is the
 * first, and a warning says so (FSNN_TOPIC_RESULT). What it points at belongs to the session and
 * stands until the next call. Errors: FSNN_ENOTFOUND, FSNN_EARGUMENT (several layers; the key of
 * both is "node"). */
FSNN_API fsnn_status fsnn_session_simulation(fsnn_session *session, const char *node,
                                             fsnn_simulation *simulation);

/* ---- Runs ------------------------------------------------------------------------------------ */

/* The weights in a run's directory: best.safetensors, or else last.safetensors. `*path` is to be
 * released by free(). Errors: FSNN_ENOTFOUND (it has neither), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_run_weights(const char *directory, char **path);

#ifdef __cplusplus
}
#endif
#endif
