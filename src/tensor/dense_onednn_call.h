/* tensor/dense_onednn_call.h: a oneDNN primitive made ready once, with a memory object for each of
 * its arguments; a call only sets their addresses and executes. */
#ifndef FSNN_DENSE_ONEDNN_CALL_H
#define FSNN_DENSE_ONEDNN_CALL_H

#include "tensor/dense_onednn.h"

enum { DENSE_CALL_ARGS = 6 };

/* Zeroed: none. */
typedef struct dense_call {
    dnnl_primitive_t primitive;
    dnnl_stream_t stream;
    dnnl_exec_arg_t arg[DENSE_CALL_ARGS];
    int args;
} dense_call;

fsnn_status dense_call_create(dense_call *call, dnnl_primitive_desc_t pd);
/* Adds argument `number` (DNNL_ARG_...). */
fsnn_status dense_call_arg(dense_call *call, int number, dense_layout layout);
/* Both at once for `args` arguments whose layouts the descriptor knows, and its scratchpad behind
 * them, whose bytes are *own. */
fsnn_status dense_call_make(dense_call *call, dnnl_primitive_desc_t pd, const int *number,
                            const dnnl_query_t *layout, int args, size_t *own);
/* Executes on `address` [args], in the order the arguments were added. */
fsnn_status dense_call_run(const dense_call *call, void *const *address);
void dense_call_free(dense_call *call);

/* An array of float32 rounded to bfloat16, as it lies. Zeroed: none. */
typedef struct dense_round {
    dense_call call;
    size_t bytes, own; /* of the rounded array, and of scratch; both multiples of 64 */
} dense_round;

fsnn_status dense_round_create(dense_round *round, int rank, const int64_t *dims,
                               dnnl_format_tag_t tag);
fsnn_status dense_round_run(const dense_round *round, const float *from, void *to, void *own);
void dense_round_free(dense_round *round);

#endif
