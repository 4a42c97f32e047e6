/* cli/run/run.h: the parts of fsnn run: options, files and the run in run.c, streams in
 * run_stream.c, records in run_record.c, certificates in run_certificate.c. Functions that return
 * int return an exit code, after a sentence when it is not CLI_GOOD. */
#ifndef FSNN_CLI_RUN_H
#define FSNN_CLI_RUN_H

#include "cli/cli.h"

typedef struct run_options {
    cli_common common;
    const char *weights, *input, *output, *record, *target, *loss, *precision, *stream, *on,
        *record_steps;
    bool grads;
    cli_int chunk, sample;
    fsnn_products products;
} run_options;

/* One run: what was read, and what will be written. */
typedef struct run_work {
    const run_options *o;
    cli_model model;
    fsnn_loss_kind loss;
    int64_t record_first, record_steps; /* as in fsnn_run_request */
    int part;                           /* of the data, with --on */
    fsnn_arrays input, target, result;
} run_work;

/* --stream: whether what is given goes with it; and the stream, once the model is there. */
int run_stream_check(const run_options *o);
int run_stream(run_work *w);
/* --on, --sample: whether they go with what is given; the sample as the array x of the input; what
 * it is and what the network answers, once there is a result. */
int run_sample_check(const run_options *o);
int run_sample_read(run_work *w);
int run_sample_tell(run_work *w);
/* --record, --record-steps: whether they can be read; and whether the network has such layers. */
int run_record_read(run_work *w);
int run_record_fits(const run_work *w);
/* Says of layers with a memory by tolerance what is proven of their spikes. */
int run_certificates(run_work *w);

#endif
