/* cli/cli.h: what the subcommands share beside the kit: an opened model, its pictures, advice. */
#ifndef FSNN_CLI_H
#define FSNN_CLI_H

#include "cli/kit/kit.h"

#include <fsnn/fsnn.h>

extern const cli_command cli_train, cli_eval, cli_run, cli_inspect, cli_plot, cli_simulate,
    cli_compare, cli_sweep, cli_convert, cli_export_c, cli_doctor, cli_bench;

/* Becomes the program that is the command, on argv[0..argc-1] and NULL; returns, with an exit code,
 * only where it is not there or does not start. */
int cli_start(const cli_command *command, int argc, char **argv);
/* Whether a program of fsnn's own stands where cli_start would find it. */
bool cli_has_program(const char *program);
/* The path of this program, to be freed; NULL where /proc does not say it. */
char *cli_own_program(void);
/* Whether a shell would find a program by its name alone. */
bool cli_on_path(const char *program);

/* ---- help on words of the description file (cli/topics.c); each to be freed ---- */

/* The page of a section, a kind, a key, or a name that a key takes; NULL: there is no such word. */
char *cli_topic(const char *topic);
char *cli_topic_nearest(const char *topic); /* the word that is most like it, or NULL */
/* Prints, for completion, keys of descriptions as --set takes them, and sections and kinds that
 * help has a page of. */
void cli_topic_keys(const char *typed);
void cli_topic_words(const char *typed);
char *cli_key_of(const char *name); /* "training.epochs" of "epochs", or NULL */
/* "; spikeDE's LIFNeuron is lif here: ..." for a name of another library, or NULL. */
char *cli_elsewhere(const char *name);

/* ---- an opened model: a session of the library ---- */

typedef struct cli_model {
    fsnn_session *session;
    fsnn_description *description; /* the session's, as is the network */
    fsnn_net *net;
    int said[FSNN_TOPICS]; /* warnings that were printed */
    char **told;           /* [tolds] those of the network */
    int tolds;
} cli_model;

/* The description that `path` stands for: that of a run directory, or else `path` itself; to be
 * freed. */
char *cli_run_description(const char *path);
/* Where --weights names a run directory, or is not given and the operand is one: *weights becomes
 * the path of its best weights, or of its last, which is *owned, to be freed. Returns an exit code:
 * a run without weights is an error where they are `needed`. */
int cli_run_weights(const char *operand, bool needed, const char **weights, char **owned);

/* Each returns an exit code, after a sentence when it is not CLI_GOOD, and prints the warnings that
 * it brings. `path`: of a description, or of a run directory. */
int cli_model_open(cli_model *model, const char *path, const cli_common *common);
/* For a training: --seed draws the samples of data.limit, too. With the directory `run` it goes on
 * with that run: the validation set is the one it had, and a description that draws another is
 * refused; NULL: a new run. */
int cli_model_open_run(cli_model *model, const char *path, const cli_common *common,
                       const char *run);
/* --precision single, double, bf16 or int8, of commands with --set; `name` may be NULL. The first
 * two are one more override. So is bf16 for a training, which gives `products` NULL and is refused
 * int8; for the other commands these two are *products, to be given to the model. */
int cli_precision(cli_common *common, const char *name, fsnn_products *products);
int cli_model_products(cli_model *model, fsnn_products products);
/* single or double only */
int cli_precision_find(const char *name, fsnn_precision *precision);
/* CLI_FAILED with a sentence for what is neither a file nor a folder: the bytes of a pipe can be
 * looked at only once. */
int cli_check_file(const char *path);
/* --camera left, right or both; NULL: left. */
int cli_camera_find(const char *name, fsnn_camera *camera);
#define CLI_ROW_CAMERA(options, what)                                                              \
    {                                                                                              \
        "camera", 0, CLI_TEXT, offsetof(options, camera), "left|right|both", what, 0, 0            \
    }
#define CLI_ROW_PRECISION(options, what)                                                           \
    {                                                                                              \
        "precision", 0, CLI_TEXT, offsetof(options, precision), "KIND", what, 0, 0                 \
    }
/* Opens the wanted parts that there are, and their loaders; only training data are shuffled, and
 * with `in_order` not they. */
int cli_model_data(cli_model *model, const bool wanted[FSNN_PARTS], bool in_order);
/* Weights of the file, but what --set names stays as it was set. */
int cli_model_weights(cli_model *model, const char *path);
/* The type of --type, or, where that is NULL, the one that the network was trained for
 * (training.quantise). */
int cli_model_type(const cli_model *model, const char *name, fsnn_export_type *type);
/* `steps` of a whole run: what the tolerance of the memory holds for, unless the description
 * says. */
int cli_model_wrap(cli_model *model, const fsnn_plan *plan, int64_t steps);
/* Wraps the network for the loader of a part, and says whether data and network fit together. */
int cli_model_prepare(cli_model *model, fsnn_part part, bool training);
/* Prints the warnings of a topic that were not printed yet. */
void cli_model_warn(cli_model *model, fsnn_topic topic);
/* Those of the description and, a few of them, of the network. */
void cli_model_warnings(cli_model *model);
void cli_model_close(cli_model *model);
/* Writes the units of the description into `text`, "" where it names none (fsnn_units_text). */
enum { CLI_UNITS = 96 };
const char *cli_model_units(const cli_model *model, char text[CLI_UNITS]);
/* The rate in Hz of a spike in each step; 0: the unit of time is not known. */
double cli_model_hertz(const cli_model *model);
/* "units": {"time": "ms"}, where the description names some. */
void cli_model_json_units(const cli_model *model, cli_json *json);
/* The method of these dynamics; for FSNN_METHOD_DEFAULT the integrator's own. */
fsnn_method cli_dynamics_method(const fsnn_dynamics *dynamics);
/* "fdeint gl, alpha 0.5, step 1, full memory"; to be freed. */
char *cli_dynamics_text(const fsnn_dynamics *dynamics);
/* Values in all learnable parameters. */
int64_t cli_learnable(const fsnn_net *net);

/* ---- pictures ---- */

/* One recorded neuron layer: v and spikes [K, B, N]. */
typedef struct cli_layer {
    char *name;
    int64_t neurons;
    double threshold;  /* not a number: none is drawn */
    float *v, *spikes; /* either may be NULL; readouts have no spikes */
    /* what spike tests compared: [K, B, N]; NULL: the threshold is `threshold` everywhere */
    float *test, *moving;
} cli_layer;
typedef struct cli_recording {
    int64_t steps, batch;
    double step;
    int layers;
    cli_layer *layer;
    fsnn_units units;
} cli_recording;
void cli_recording_free(cli_recording *recording);
typedef struct cli_figure_options {
    const char *directory, *subject; /* "first test sample": part of the titles */
    int64_t sample;
    const char *only;      /* layer of the traces; NULL: every layer */
    const int64_t *neuron; /* neurons of the traces; NULL: a few that spike */
    int neurons;
    bool rates; /* of the recorded samples */
} cli_figure_options;
/* Raster, traces of each layer and, where wanted, rates. Each of the functions returns how many
 * figures were written; failures are warnings. Many layers are several figures. */
int cli_figures_recording(const cli_recording *recording, const cli_figure_options *options);
/* Rates of all neurons over the samples of an evaluation of the model, in Hz where the description
 * names the unit of time. */
int cli_figures_rates(const cli_model *model, const fsnn_evaluation *evaluation, const char *title,
                      const char *directory);

/* A histogram of finite values as steps, each bin's count from its lower to its upper end, in x and
 * y [bins + 2], of which y holds zeros; where all values are equal, a bin is `least` wide. Without
 * values x is infinite: gaps, an empty chart. */
fsnn_curve cli_histogram(const double *value, int64_t count, int bins, double least, double *x,
                         double *y);

/* The end of a command that was asked for figures: CLI_FAILED where one is missing. Without gnuplot
 * it stays as it is, because scripts and data are there. */
int cli_figures_end(int code);

/* ---- advice ---- */

/* One sentence on the layer with the largest share of neurons that never fire or always do, and
 * what may help; `dead` and `saturated` [layers] are shares. NULL where no layer has a tenth of
 * either; to be freed. */
char *cli_neuron_advice(int layers, const char *const *names, const double *dead,
                        const double *saturated);
/* The name of a node, the net's. */
const char *cli_layer_name(const fsnn_net *net, int node);
/* The same from an evaluation of the net. */
char *cli_evaluation_advice(const fsnn_net *net, const fsnn_evaluation *evaluation);

#endif
