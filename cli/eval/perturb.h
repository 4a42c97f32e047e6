/* cli/eval/perturb.h: fsnn eval --perturb: evaluations under disturbances. */
#ifndef FSNN_CLI_PERTURB_H
#define FSNN_CLI_PERTURB_H

#include "cli/cli.h"

/* To be freed by cli_conditions_free. */
typedef struct cli_conditions {
    fsnn_condition *item;
    int count;
} cli_conditions;

/* Reads the texts of --perturb, "noise=0.1:0.2,jitter=2": every combination of the values is a
 * condition. */
int cli_conditions_read(const cli_list *texts, cli_conditions *out);
/* Whether they make sense for the data and the network of the model. */
int cli_conditions_check(const cli_model *model, const cli_conditions *conditions);
/* A table of what came out, beside the undisturbed evaluation. */
void cli_conditions_print(const cli_conditions *conditions, const fsnn_assessment *assessment);
void cli_conditions_json(cli_json *json, const cli_conditions *conditions,
                         const fsnn_assessment *assessment);
/* A panel for each --perturb whose values differ in one disturbance, to DIRECTORY/robustness. */
int cli_conditions_figure(const cli_conditions *conditions, const fsnn_assessment *assessment,
                          const char *title, const char *directory);
void cli_conditions_free(cli_conditions *conditions);

#endif
