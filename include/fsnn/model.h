/* fsnn/model.h: the description file (YAML: model, dynamics, data, training) and weight files. */
#ifndef FSNN_MODEL_H
#define FSNN_MODEL_H

#include <fsnn/data.h>
#include <fsnn/interpolate.h>
#include <fsnn/net.h>
#include <fsnn/train.h>
#include <fsnn/units.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fsnn_description fsnn_description;

/* Reads a description. `set` are `count` overrides "dynamics.alpha=0.5", "layers.2.lif.tau=1.5" or
 * "lif1.tau=1.5" (a node's name, then its option), values in YAML.
 * Errors: FSNN_EIO; FSNN_EDESCRIPTION with file, line, column, key, what was found, what would be
 * accepted, the nearest known name. */
FSNN_API fsnn_status fsnn_description_read(const char *path, const char *const *set, int count,
                                           fsnn_description **description);
/* The same for a description as text. `path` is its name in sentences and the base of its relative
 * paths; it is not read. */
FSNN_API fsnn_status fsnn_description_parse(const char *path, const char *text,
                                            const char *const *set, int count,
                                            fsnn_description **description);
FSNN_API void fsnn_description_destroy(fsnn_description *description);
/* Warnings: options that have no effect together with the others, with their places in the file.
 * Index 0, 1, ... until NULL. */
FSNN_API const char *fsnn_description_warning(const fsnn_description *description, int index);
FSNN_API const char *fsnn_description_name(const fsnn_description *description);
/* The description with all overrides applied, as YAML; free() it. It means the same in any folder:
 * it contains the name, and paths of data next to the file are absolute. */
FSNN_API fsnn_status fsnn_description_text(const fsnn_description *description, char **text);
/* The same as JSON, which builds without YAML read, too. `without` (NULL: nothing) is a section
 * that is left out, like "data", whose paths mean nothing elsewhere. free() it. Errors:
 * FSNN_EARGUMENT for NULL, FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_description_json(const fsnn_description *description, const char *without,
                                           char **text);

/* Builds the network (not yet wrapped). Checks that alpha fits the number of neuron layers. */
FSNN_API fsnn_status fsnn_description_net(const fsnn_description *description, fsnn_net **net);
/* The dynamics; pointers inside live as long as the description. */
FSNN_API const fsnn_dynamics *fsnn_description_dynamics(const fsnn_description *description);
/* Time stamps of input samples, increasing (NULL and 0 when the description has none: sample k is
 * the input of step k), and how the input is found between them. */
FSNN_API const double *fsnn_description_times(const fsnn_description *description, int64_t *count);
FSNN_API fsnn_interpolation fsnn_description_interpolation(const fsnn_description *description);
/* The same for a loader: stamps, solver step and interpolation; all zero without stamps. Borrowed
 * from the description. */
FSNN_API fsnn_sampling fsnn_description_sampling(const fsnn_description *description);
/* The units of its numbers, the key `units`; a description that is NULL has none. */
FSNN_API fsnn_units fsnn_description_units(const fsnn_description *description);
FSNN_API const fsnn_training *fsnn_description_training(const fsnn_description *description);
FSNN_API const fsnn_encoder *fsnn_description_encoder(const fsnn_description *description);
/* For the loader of the training set alone. */
FSNN_API const fsnn_augment *fsnn_description_augment(const fsnn_description *description);
/* Whether training samples come in a new order each epoch. */
FSNN_API bool fsnn_description_shuffle(const fsnn_description *description);
FSNN_API bool fsnn_description_has_data(const fsnn_description *description);
/* Whether its samples are repeated as they are, T times: of kinds without time, by the direct
 * encoder (fsnn_plan.still). */
FSNN_API bool fsnn_description_still(const fsnn_description *description);
/* Where samples of its kind of data get their classes from, in words for a sentence. */
FSNN_API const char *fsnn_description_classes(const fsnn_description *description);
/* How the validation set is drawn from the training set; share 0: it is not. */
typedef struct fsnn_holdout {
    double share;
    uint64_t seed;
    bool by_class; /* the share of each class, or of all samples alike */
    bool given;    /* data.split_seed or data.split_by stands in the description */
} fsnn_holdout;
FSNN_API fsnn_holdout fsnn_description_holdout(const fsnn_description *description);
/* Opens the wanted parts of the data, NULL those that the description does not have: the training
 * set; the validation set, a share of the training set (`validation`) or what the kind of data
 * says; the test set. Relative paths are relative to the description file. */
FSNN_API fsnn_status fsnn_description_parts(const fsnn_description *description,
                                            const bool wanted[FSNN_PARTS],
                                            fsnn_data *part[FSNN_PARTS]);
/* The same for a caller that needs sizes, classes and steps: kinds that can leave the samples in
 * their files until these are needed (fsnn_data_idx_later: idx, npz, npy) do so. */
FSNN_API fsnn_status fsnn_description_parts_later(const fsnn_description *description,
                                                  const bool wanted[FSNN_PARTS],
                                                  fsnn_data *part[FSNN_PARTS]);
/* Names of the kinds of data, as in descriptions: index 0, 1, ... until NULL. */
FSNN_API const char *fsnn_data_kind_name(int index);
/* Data of any kind without a description: `section` is the text of its section `data`, say
 * "{kind: npz, train: {path: a.npz}, validation: 0.1}" or the same in lines. `path` (NULL: "data")
 * is its name in sentences and where relative paths start. Its parts are the caller's
 * (fsnn_data_destroy), NULL those that the section does not have. Lines in sentences are one more
 * than those of `section`. Errors: those of fsnn_description_parse and fsnn_description_parts; all
 * parts are NULL then. */
FSNN_API fsnn_status fsnn_data_open(const char *section, const char *path,
                                    fsnn_data *part[FSNN_PARTS]);
/* Opens two: training, and test, or validation where there is no test set. `train` may be NULL when
 * not wanted. Relative paths are relative to the description file. FSNN_EDESCRIPTION
 * when the description has time stamps whose number is not the T of the samples. */
FSNN_API fsnn_status fsnn_description_data(const fsnn_description *description, fsnn_data **train,
                                           fsnn_data **test);
/* Adds the location to an error that the reader of a description could not find: a network that
 * cannot be wrapped (`section` "layers"), a loader ("data"), or what a program itself found and
 * said by fsnn_error_set ("output", "data"). Its sentence gets the place in the file before it,
 * "FILE:LINE:COLUMN: KEY: ": that of the node or the key of the section that the error is about, as
 * far as the description has it; of a network, where no node is at fault, that of the section
 * dynamics. Returns FSNN_EDESCRIPTION. Call it right after the error. */
FSNN_API fsnn_status fsnn_description_locate(const fsnn_description *description,
                                             const char *section);
/* After this call networks and data of the description are those of a disturbed graph, for
 * evaluations: `list` [count] is applied to the graph of the data and to the graphs of layers
 * (fsnn_graph_disturb), with the seed of training; different draws remove different items.
 * Disturbances of samples are checked and left to loaders. `count` 0: undisturbed again.
 * Errors: FSNN_EARGUMENT for one that is impossible here (one of graphs without a graph; an
 * occlusion of a graph, whose features have no order); nothing is changed then. */
FSNN_API fsnn_status fsnn_description_perturb(fsnn_description *description,
                                              const fsnn_perturbation *list, int count,
                                              uint64_t draw);
/* The reference of all keys as Markdown, made from the tables that drive the reader; free() it. */
FSNN_API fsnn_status fsnn_description_reference(char **markdown);

/* What a name of another library (spikeDE, snnTorch, SpikingJelly, Norse) is here, one sentence per
 * line: "snnTorch's beta is tau here: ..."; free() it. FSNN_ENOTFOUND: no table has the name. */
FSNN_API fsnn_status fsnn_name_elsewhere(const char *name, char **text);
/* All names of one of these libraries as a Markdown table; free() it. FSNN_ENOTFOUND. */
FSNN_API fsnn_status fsnn_library_names(const char *library, char **markdown);

/* The net's weights then say what data they were made with: fsnn_data_fingerprint of the parts
 * without their origin, NULL those that are not open. Where it is called of the net that weights
 * are loaded into, too, fsnn_weights_load compares. Errors: those of reading, FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_net_note_data(fsnn_net *net, fsnn_data *const part[FSNN_PARTS]);

/* Weights of a wrapped net from .safetensors, .npz or .pt (fsnn_torch_read), arrays named as
 * parameters. Weights must all be there and fit in shape; tau, threshold, alpha, coefficient are
 * optional. Unknown arrays are an error naming the nearest known, numbers that are not finite in
 * the net's precision one (FSNN_ENUMERIC) naming array and index; the net is then as it was. Where
 * the file says that its weights were made with other options than the net has
 * (fsnn_net_describe), or with other data (fsnn_net_note_data), the net has a warning more. */
FSNN_API fsnn_status fsnn_weights_load(fsnn_net *net, const char *path);
/* Writes all weights, running statistics and learnable neuron parameters as .safetensors, with
 * fsnn_net_describe as metadata. */
FSNN_API fsnn_status fsnn_weights_save(const fsnn_net *net, const char *path);

/* ---- sweeps: one description, many values of its keys ------------------------------------------
 *
 * A file of its own says what is varied:
 *   description: NET.yaml          # beside this file
 *   out: runs/sweep                # where the runs go; default runs/NAME of this file
 *   set:                           # every combination of the values is a job
 *     dynamics.alpha: [0.5, 0.7, 1]
 *     training.optimizer.lr: [0.001, 0.01]
 *   seeds: 5                       # each of them with training.seed 1 ... 5; or a list */
typedef struct fsnn_sweep fsnn_sweep;

/* A job: its overrides, as of fsnn_description_read, and a name that no other has, which is good as
 * that of a folder: "dynamics.alpha=0.5,training.seed=1", of what is varied. */
typedef struct fsnn_sweep_job {
    const char *name;
    const char *const *set; /* [sets] */
    int sets;
} fsnn_sweep_job;
enum { FSNN_SWEEP_JOBS = 10000 }; /* at most */

/* Reads one; the description is not read. Errors: FSNN_EIO, FSNN_EDESCRIPTION (the place, what was
 * found, what is accepted; too many jobs), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_sweep_open(const char *path, fsnn_sweep **sweep);
/* Reads the description with the overrides of every job. Errors: those of fsnn_description_read; a
 * value that the description refuses by itself gets its place in the sweep's file before the
 * sentence. */
FSNN_API fsnn_status fsnn_sweep_check(fsnn_sweep *sweep);
/* NULL is fine. */
FSNN_API void fsnn_sweep_close(fsnn_sweep *sweep);
/* Path of the description, as seen from here, and of the folder of the runs; "" of NULL. */
FSNN_API const char *fsnn_sweep_description(const fsnn_sweep *sweep);
FSNN_API const char *fsnn_sweep_directory(const fsnn_sweep *sweep);
FSNN_API int fsnn_sweep_jobs(const fsnn_sweep *sweep);
/* The last value of `set` changes first. The texts belong to the sweep. FSNN_EARGUMENT. */
FSNN_API fsnn_status fsnn_sweep_at(const fsnn_sweep *sweep, int index, fsnn_sweep_job *job);

#ifdef __cplusplus
}
#endif
#endif
