/* cli/eval/perturb.h: fsnn eval --perturb: evaluations under disturbances. */
#ifndef FSNN_CLI_PERTURB_H
#define FSNN_CLI_PERTURB_H

#include "cli/cli.h"

enum { CLI_CONDITIONS = 256 };

/* Disturbances that act together in one evaluation. */
typedef struct cli_condition {
    fsnn_perturbation item[FSNN_PERTURBS];
    int items;
    int sweep;              /* number of the --perturb it comes from */
    double loss, accuracy;  /* means over all draws */
    double spread_accuracy; /* standard deviation over them */
} cli_condition;

typedef struct cli_conditions {
    cli_condition *item;
    int count;
} cli_conditions;

/* Reads the texts of --perturb, "noise=0.1:0.2,jitter=2": every combination of the values is a
 * condition. */
int cli_conditions_read(const cli_list *texts, cli_conditions *out);
/* Whether they make sense for the data and the network of the model. */
int cli_conditions_check(cli_model *model, const cli_conditions *conditions);
/* Evaluates each on a part of the data, which is open; the network of `model` is wrapped and has
 * its weights. */
typedef struct cli_perturbed {
    cli_model *model;
    int part;
    const char *weights;
    const fsnn_plan *plan; /* for the networks of disturbed graphs */
    int64_t repeats;       /* draws of encoding and disturbances */
} cli_perturbed;
int cli_conditions_run(const cli_perturbed *how, cli_conditions *conditions);
/* A table, beside the undisturbed evaluation. */
void cli_conditions_print(const cli_conditions *conditions, const fsnn_evaluation *clean,
                          int64_t repeats);
void cli_conditions_json(cli_json *json, const cli_conditions *conditions, int64_t repeats);
/* A panel for each --perturb whose values differ in one disturbance, to DIRECTORY/robustness. */
int cli_conditions_figure(const cli_conditions *conditions, const fsnn_evaluation *clean,
                          const char *title, const char *directory);
void cli_conditions_free(cli_conditions *conditions);

#endif
