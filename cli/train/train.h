/* cli/train/train.h: the parts of fsnn train: the command in train.c, its pictures in
 * train_figures.c. */
#ifndef FSNN_CLI_TRAIN_H
#define FSNN_CLI_TRAIN_H

#include "cli/cli.h"

/* Draws into RUN/figures, the net holding the best weights; what fails is a warning. Changes the
 * net's plan. */
void train_figures(const cli_model *model, const char *run, int judge,
                   const fsnn_evaluation *evaluation);

#endif
