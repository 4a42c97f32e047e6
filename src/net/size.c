/* Sizes that can be worked with: every product of dimensions is checked here, before operators and
 * the dense kernels make plans with it. */
#include "net/net.h"

fsnn_status net_check_size(const char *what, const fsnn_shape *shape)
{
    char text[128];
    if (fsnn_shape_count(shape) <= NET_MOST_NUMBERS)
        return FSNN_OK;
    return fsnn_fail(FSNN_ESHAPE,
                     "%s is %s, which is too large: at most %d numbers a sample or a "
                     "parameter",
                     what, fsnn_shape_text(shape, text, sizeof text), NET_MOST_NUMBERS);
}

static fsnn_status check_node(const op_node *op, const char *part, const fsnn_shape *shape)
{
    char what[256];
    snprintf(what, sizeof what, "%s \"%s\": its %s", op->op->kind, op->name ? op->name : "", part);
    return net_check_size(what, shape);
}

fsnn_status net_shape(op_node *op)
{
    FSNN_TRY(op->op->shape(op));
    for (int p = 0; p < op->outputs; p++)
        FSNN_TRY(check_node(op, "output", &op->out[p]));
    for (int i = 0; i < op->params; i++)
        FSNN_TRY(check_node(op, op->param[i].name, &op->param[i].shape));
    return FSNN_OK;
}

static int64_t largest(const fsnn_net *net)
{
    int64_t most = fsnn_shape_count(&net->input_shape);
    for (int v = 0; v < net->values; v++) {
        int64_t numbers = fsnn_shape_count(&net->value[v].shape);
        most = numbers > most && !net->value[v].still ? numbers : most;
    }
    return most;
}

fsnn_status net_check_memory(const fsnn_net *net)
{
    int64_t bytes, row = largest(net) * (int64_t)net->plane->size, rows = net->K * net->plan.batch;
    if (__builtin_mul_overflow(row, rows, &bytes))
        bytes = INT64_MAX;
    int64_t left = fsnn_memory_left();
    if (bytes <= left)
        return FSNN_OK;
    return fsnn_fail(FSNN_EMEMORY, "out of memory: %.3g GiB are needed at once, %.3g GiB are free",
                     (double)row * (double)rows / (1 << 30), (double)left / (1 << 30));
}
