/* cli/export/export.h: fsnn export-c: a trained network as C. */
#ifndef FSNN_CLI_EXPORT_H
#define FSNN_CLI_EXPORT_H

#include "cli/cli.h"

typedef struct export_options {
    cli_common common;
    const char *output, *weights, *type, *memory, *test;
    cli_int horizon, samples;
    cli_real range;
} export_options;

typedef struct export_work {
    const export_options *o;
    const char *weights;
    fsnn_export_type type;
    fsnn_integer *integers;      /* NULL: the C computes in single precision */
    cli_model model;             /* as the description has it */
    cli_model bounded;           /* with the memory that the C has */
    fsnn_arrays input;           /* of --test */
    fsnn_arrays samples;         /* x [T, B, ...] of float32 */
    fsnn_arrays whole, expected; /* runs of both */
    int64_t steps;               /* T of the test; 0: there is none */
} export_work;

/* x of --test, or of the first samples of the test data: w->samples; exit code. */
int export_samples(export_work *w);
/* The override of dynamics.memory that the C needs, to be freed; NULL: the description's. */
int export_memory(const export_work *w, char **override);
/* Runs the samples through a model; exit code. */
int export_run(const export_work *w, cli_model *model, fsnn_arrays *result);
/* Markdown on what differs between both runs; to be freed. */
char *export_notes(const export_work *w);

#endif
