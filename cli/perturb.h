/* cli/perturb.h: fsnn eval --perturb: evaluations under disturbances. */
#ifndef FSNN_CLI_PERTURB_H
#define FSNN_CLI_PERTURB_H

#include "cli.h"

enum { CLI_CONDITIONS = 256 };

/* Disturbances that act together in one evaluation. */
typedef struct cli_condition {
    fsnn_perturbation item[FSNN_PERTURBS];
    int items;
    int sweep; /* number of the --perturb it comes from */
    double loss, accuracy;
} cli_condition;

typedef struct cli_conditions {
    cli_condition *item;
    int count;
} cli_conditions;

/* Reads the texts of --perturb, "noise=0.1:0.2,jitter=2": every combination of the values is a
 * condition. */
int cli_conditions_read(const cli_list *texts, cli_conditions *out);
/* Evaluates each on `data`; the network of `model` is wrapped and has its weights. */
int cli_conditions_run(cli_model *model, const fsnn_data *data, cli_conditions *conditions);
/* A table, beside the undisturbed evaluation. */
void cli_conditions_print(const cli_conditions *conditions, const fsnn_evaluation *clean);
void cli_conditions_json(cli_json *json, const cli_conditions *conditions);
/* A panel for each --perturb whose values differ in one disturbance, to DIRECTORY/robustness. */
int cli_conditions_figure(const cli_conditions *conditions, const fsnn_evaluation *clean,
                          const char *title, const char *directory);
void cli_conditions_free(cli_conditions *conditions);

#endif
