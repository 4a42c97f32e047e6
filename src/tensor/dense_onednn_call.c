/* tensor/dense_onednn_call.c: making and executing primitives. Each has a stream of its own, so
 * that calls from several threads do not meet. */
#include "tensor/dense_onednn_call.h"

#include "base/whole.h"

fsnn_status dense_call_create(dense_call *call, dnnl_primitive_desc_t pd)
{
    dnnl_engine_t engine;

    FSNN_TRY(dense_engine(&engine));
    FSNN_TRY(dense_check(caught_primitive_create(&call->primitive, pd), "make a primitive"));
    return dense_check(caught_stream_create(&call->stream, engine, dnnl_stream_default_flags),
                       "make a stream");
}

fsnn_status dense_call_arg(dense_call *call, int number, dense_layout layout)
{
    dnnl_engine_t engine;
    dnnl_exec_arg_t *arg = &call->arg[call->args];

    FSNN_TRY(dense_engine(&engine));
    FSNN_TRY(dense_check(caught_memory_create(&arg->memory, layout, engine, DNNL_MEMORY_NONE),
                         "make a memory object"));
    arg->arg = number;
    call->args++;
    return FSNN_OK;
}

fsnn_status dense_call_make(dense_call *call, dnnl_primitive_desc_t pd, const int *number,
                            const dnnl_query_t *layout, int args, size_t *own)
{
    dense_layout space = dense_layout_of(pd, dnnl_query_scratchpad_md);
    *own = whole_lines(dense_layout_bytes(space));
    FSNN_TRY(dense_call_create(call, pd));
    for (int i = 0; i < args; i++)
        FSNN_TRY(dense_call_arg(call, number[i], dense_layout_of(pd, layout[i])));
    return dense_call_arg(call, DNNL_ARG_SCRATCHPAD, space);
}

fsnn_status dense_call_run(const dense_call *call, void *const *address)
{
    dnnl_status_t status = dnnl_success;

    for (int i = 0; i < call->args && !status; i++)
        status = caught_memory_set_data_handle(call->arg[i].memory, address[i]);
    if (!status)
        status = caught_primitive_execute(call->primitive, call->stream, call->args, call->arg);
    if (!status)
        status = caught_stream_wait(call->stream);
    return dense_check(status, "run a primitive");
}

void dense_call_free(dense_call *call)
{
    for (int i = 0; i < call->args; i++)
        dnnl_memory_destroy(call->arg[i].memory);
    if (call->stream)
        dnnl_stream_destroy(call->stream);
    if (call->primitive)
        dnnl_primitive_destroy(call->primitive);
    *call = (dense_call){0};
}

/* ---- rounding ---- */

static fsnn_status make_rounding(dense_round *round, const dense_desc *from, const dense_desc *to)
{
    static const int number[] = {DNNL_ARG_FROM, DNNL_ARG_TO};
    static const dnnl_query_t layout[] = {dnnl_query_src_md, dnnl_query_dst_md};
    dnnl_primitive_desc_t pd;
    FSNN_TRY(dense_reorder_pd(&pd, dense_desc_layout(from), dense_desc_layout(to), false));
    round->bytes = whole_lines(dense_layout_bytes(dense_desc_layout(to)));
    fsnn_status status = dense_call_make(&round->call, pd, number, layout, 2, &round->own);
    dnnl_primitive_desc_destroy(pd);
    return status;
}

fsnn_status dense_round_create(dense_round *round, int rank, const int64_t *dims,
                               dnnl_format_tag_t tag)
{
    dense_desc from = {0}, to = {0};
    fsnn_status status = dense_desc_create(&from, rank, dims, tag);
    if (!status)
        status = dense_desc_create_of(&to, rank, dims, tag, dnnl_bf16);
    if (!status)
        status = make_rounding(round, &from, &to);
    dense_desc_free(&from);
    dense_desc_free(&to);
    return status;
}

fsnn_status dense_round_run(const dense_round *round, const float *from, void *to, void *own)
{
    return dense_call_run(&round->call, (void *[]){(void *)from, to, own});
}

void dense_round_free(dense_round *round)
{
    dense_call_free(&round->call);
    *round = (dense_round){0};
}
