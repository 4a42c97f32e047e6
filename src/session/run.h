/* session/run.h: the parts of a run: the input in run_input.c, records in run_record.c and
 * record_list.c, loss and gradients in run_loss.c, what is said of layers afterwards in
 * run_layers.c. */
#ifndef FSNN_SESSION_RUN_H
#define FSNN_SESSION_RUN_H

#include "session/session.h"

/* What was asked for, and what is known of it by now. */
typedef struct run {
    fsnn_session *s;
    const fsnn_run_request *r;
    fsnn_arrays *result;
    int first;           /* of the run's own arrays in it: there may be others before */
    fsnn_shape in, out;  /* of one sample at one step */
    int64_t T, B, chunk; /* T solver steps */
    /* numbers of the network's precision */
    bool wide;     /* double; else float */
    const void *x; /* [T, B, in]: the caller's array, or the copy */
    void *copy;
    void *target;    /* [B, out], with `steps` [B, T, out]; or NULL */
    int32_t *labels; /* [B], with `steps` [B, T]; or NULL */
    bool steps;      /* a target for each step */
    /* records */
    int *keep;                /* [nodes] fsnn_keep of each */
    int kept;                 /* all of them */
    int64_t first_kept, last; /* steps first_kept to last - 1 */
    int64_t steps_now;        /* of the piece that they are read from */
} run;

/* A shape without its first `lead` dimensions. */
fsnn_shape run_rest(const fsnn_shape *shape, int lead);
/* Appends an array to the results; NULL where memory is out. */
void *run_add(run *w, fsnn_dtype dtype, const fsnn_shape *shape, const char *format, ...)
    FSNN_PRINTF(4, 5);
/* What was added under this name, which is there. */
void *run_added(const run *w, const char *name);
/* Arrays of the network's precision: their type, a number's bytes, number i of one; an array as
 * such. */
fsnn_dtype run_type(const run *w);
size_t run_size(const run *w);
double run_number(const run *w, const void *numbers, int64_t i);
void run_convert(const run *w, const fsnn_array *array, void *numbers);
/* Whether an array of the caller's is one: numbers of a type, in a shape. `name` is the key. */
fsnn_status run_check_array(const char *name, const fsnn_array *array);
/* FSNN_ENUMERIC where one of the numbers is not finite; `name` is the key. */
fsnn_status run_check_finite(const run *w, const char *name, const void *x, int64_t count);

/* Checks x against the network, puts it on the solver's grid where it has time stamps; sets x, T
 * and B. */
fsnn_status run_input(run *w);
/* Checks the target and makes numbers or classes of it. */
fsnn_status run_target(run *w);

/* session/record_list.c: bits of fsnn_keep are numbered 0 to RUN_RECORDS - 1; the name of one, and
 * whether a layer has it; sets keep and kept. */
enum { RUN_RECORDS = FSNN_RECORD_THRESHOLD + 2 };
const char *run_record_name(int bit);
bool run_record_has(int bit, const fsnn_node_info *info);
fsnn_status run_read_records(run *w);

/* What of which layers and steps is recorded, once T is known. */
fsnn_status run_settle_records(run *w);
/* Makes the arrays of records. */
fsnn_status run_add_records(run *w);
/* Copies what the layers did in the `steps` steps from `first` on. */
fsnn_status run_collect_records(run *w, int64_t first, int64_t steps);

/* Thresholds beside potentials, and certificates. */
fsnn_status run_layers(run *w);
/* Loss of the output and, where wanted, gradients. */
fsnn_status run_loss(run *w);

#endif
