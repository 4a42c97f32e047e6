/* cli/train/train.h: the parts of fsnn train: the command in train.c, its pictures in
 * train_figures.c and train_parameters.c. */
#ifndef FSNN_CLI_TRAIN_H
#define FSNN_CLI_TRAIN_H

#include "cli/cli.h"

/* Draws into RUN/figures, the net holding the best weights. Changes the net's plan. Exit code: each
 * figure that fails is a warning, and with one of them it is CLI_FAILED (cli_figures_end). */
int train_figures(const cli_model *model, const char *run, int judge,
                  const fsnn_evaluation *evaluation);

/* The distribution of each learned parameter that neurons or channels have one each of, PNG and
 * SVG; 1 where there are some. */
int train_figure_parameters(const cli_model *model, const char *path);

/* A training by several processes (fsnn-mpi), one of which this is. */
typedef struct train_team {
    fsnn_ranks ranks;
    /* The exit code of the first rank that has one, whose sentence is then printed; each gives its
     * own. */
    int (*agree)(int code);
    void (*report)(void); /* what was sent, once the training is over */
} train_team;
extern train_team *train_team_here; /* NULL: alone */

/* The command of fsnn-mpi. */
extern const cli_command cli_train_ranks;

#endif
