/* cli/convert/convert.h: fsnn convert: files of other tools from and to ours. A conversion is a
 * file beside this and a row in convert.c. */
#ifndef FSNN_CLI_CONVERT_H
#define FSNN_CLI_CONVERT_H

#include "cli/cli.h"

typedef struct convert_options {
    cli_common common;
    const char *output, *weights, *unit, *reset, *camera, *precision;
    cli_real dt, expand;
    bool web;
} convert_options;

/* The input, one of the operands. */
static inline const char *convert_input(const convert_options *o)
{
    return o->common.operand[0];
}

/* Opens the input, a description or a run directory, with its weights, wrapped for one step; exit
 * code. The caller closes the model, whatever the code is. */
int convert_open(cli_model *model, const convert_options *o);

/* A description, or a run directory, with weights becomes a NIR graph; exit code. */
int convert_to_nir(const convert_options *o);
/* A NIR graph becomes a folder with a description and its weights; exit code. */
int convert_from_nir(const convert_options *o);
/* A description, or a run directory, with weights becomes a folder for the playground; exit
 * code. */
int convert_to_web(const convert_options *o);
/* A recording of events becomes an NPZ of arrays x, y, t, p; exit code. */
int convert_events_to_npz(const convert_options *o);

#endif
