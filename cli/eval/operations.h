/* cli/eval/operations.h: operations and energy of one sample, as text, JSON and a picture. */
#ifndef FSNN_CLI_OPERATIONS_H
#define FSNN_CLI_OPERATIONS_H

#include "cli/kit/kit.h"

#include <fsnn/fsnn.h>

/* "4.6,0.9"; NULL: of 45 nm. CLI_USAGE where it is something else. */
int cli_energy_parse(const char *text, fsnn_energy *energy);
/* Picojoule that was spent: sums over the past are multiply-adds, and counted. */
double cli_energy_spent(const fsnn_energy *energy, const fsnn_account *account);
void cli_operations_print(const fsnn_net *net, const fsnn_evaluation *evaluation,
                          const fsnn_energy *energy);
void cli_operations_json(cli_json *json, const fsnn_net *net, const fsnn_evaluation *evaluation,
                         const fsnn_energy *energy);
/* 1 when the figure was written. */
int cli_operations_figure(const fsnn_net *net, const fsnn_evaluation *evaluation,
                          const fsnn_energy *energy, const char *path);

#endif
