/* cli/export/export.h: fsnn export-c: a trained network as C. */
#ifndef FSNN_CLI_EXPORT_H
#define FSNN_CLI_EXPORT_H

#include "cli/cli.h"

typedef struct export_options {
    cli_common common;
    const char *output, *weights, *type, *memory, *test, *target;
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
    fsnn_arrays samples;         /* x [T, B, ...] of float32; classes y [B] or [B, T], int32 */
    fsnn_arrays whole, expected; /* runs of both */
    int64_t steps;               /* T of the test; 0: there is none */
    fsnn_account step;           /* of the exported network, a mean over the test */
    bool counted;
} export_work;

/* Of --target, from the library's table. */
const char *export_help(const char *option);
const char *export_values(const char *option);

/* x and classes of --test, or of the first samples of the test data: w->samples; exit code. */
int export_samples(export_work *w);
/* The override of dynamics.memory that the C needs, to be freed; NULL: the description's. */
int export_memory(const export_work *w, char **override);
/* Runs the samples through a model; exit code. */
int export_run(const export_work *w, cli_model *model, fsnn_arrays *result);
/* w->step, of the bounded network that has just run; exit code. */
int export_count(export_work *w);
/* Markdown on the test input: what differs between both runs, accuracy, certificate, energy; to be
 * freed. */
char *export_notes(const export_work *w);

#endif
