/* cli/run/run.h: the parts of fsnn run: options and the run in run.c, its input in run_input.c and
 * run_times.c, loss and gradients in run_loss.c, thresholds in run_threshold.c. Functions that
 * return int return an exit code, after a sentence when it is not CLI_GOOD. */
#ifndef FSNN_CLI_RUN_H
#define FSNN_CLI_RUN_H

#include "cli/cli.h"

typedef struct run_options {
    cli_common common;
    const char *weights, *input, *output, *record, *target, *loss;
    bool grads;
    cli_int chunk;
} run_options;

/* One run: what was read, and what will be written. */
typedef struct run_work {
    const run_options *o;
    cli_model model;
    fsnn_loss_kind loss;
    bool record[6]; /* by fsnn_record; then states beside v */
    fsnn_arrays input, target, result;
    fsnn_shape in, out;  /* of one sample at one step */
    int64_t T, B, chunk; /* T solver steps; until run_resample, samples */
    float *x, *output;   /* [T, B, in], [T, B, out] */
} run_work;

/* The array `name` of an NPZ file. */
int run_read_arrays(const char *path, const char *name, fsnn_arrays *arrays,
                    const fsnn_array **array);
int run_check_finite(const char *path, const char *name, const float *x, int64_t count);
/* A shape without its first `lead` dimensions. */
fsnn_shape run_rest(const fsnn_shape *shape, int lead);
/* Reads and checks x and its time stamps; sets x, T, B, in. */
int run_read_input(run_work *w);
/* Where x has time stamps: puts x and T on the solver's grid of times, which becomes the result
 * "times". */
int run_resample(run_work *w);
/* Appends a float32 array to the results; its data, or NULL with `*code` set. */
float *run_add(run_work *w, const char *name, const fsnn_shape *shape, int *code);
/* Loss of the collected output, and with --grads the gradients. */
int run_loss(run_work *w);
/* cli/run_certificate.c: says of layers with a memory by tolerance what is proven of their spikes,
 * and adds it to the result. */
/* Adds threshold.NEURON [...] beside v.NEURON where the threshold does not move. */
int run_thresholds(run_work *w);
int run_certificates(run_work *w);

#endif
