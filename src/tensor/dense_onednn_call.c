/* tensor/dense_onednn_call.c: making and executing primitives. Each has a stream of its own, so
 * that calls from several threads do not meet. */
#include "tensor/dense_onednn_call.h"

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
