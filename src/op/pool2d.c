/* op/pool2d.c: maximum and mean over windows of channels-last images. Of equal maxima the first,
 * row by row, gets the gradient. Cost: kh kw additions or comparisons an output. */
#include "op/check.h"
#include "op/max_pairs.h"

#include <string.h>

#define MAX_SIDE 65536

static const fsnn_pool2d defaults = {.count_padding = true};

#define WINDOW_KEYS                                                                                \
    {.name = "kernel",                                                                             \
     .type = FSNN_KEY_PAIR,                                                                        \
     .offset = offsetof(fsnn_pool2d, kernel),                                                      \
     .min = 1,                                                                                     \
     .max = MAX_SIDE,                                                                              \
     .required = true,                                                                             \
     .help = "height and width of the window"},                                                    \
        {.name = "stride",                                                                         \
         .type = FSNN_KEY_PAIR,                                                                    \
         .offset = offsetof(fsnn_pool2d, stride),                                                  \
         .min = 0,                                                                                 \
         .max = MAX_SIDE,                                                                          \
         .help = "step of the window over the image; 0 is the kernel's size"},                     \
    {                                                                                              \
        .name = "padding", .type = FSNN_KEY_PAIR, .offset = offsetof(fsnn_pool2d, padding),        \
        .min = 0, .max = MAX_SIDE, .help = "border around the image, at most half the kernel"      \
    }

static const fsnn_key max_keys[] = {WINDOW_KEYS, {0}};
static const fsnn_key average_keys[] = {
    WINDOW_KEYS,
    {.name = "count_padding",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_pool2d, count_padding),
     .help = "padded zeros count in the mean"},
    {0},
};

/* What the kernels were made for; made anew only when something of it changes. */
typedef struct making {
    dense_pool_shape shape;
    int64_t training, threads;
} making;

typedef struct state {
    dense_pool *pool; /* NULL where max_pairs does it */
    making made;
} state;

extern const fsnn_op op_maxpool, op_avgpool;

static void stride_of(const fsnn_pool2d *o, int64_t stride[2])
{
    for (int d = 0; d < 2; d++)
        stride[d] = o->stride[d] == 0 ? o->kernel[d] : o->stride[d];
}

static fsnn_status check_padding(const op_node *node)
{
    const fsnn_pool2d *o = node->options;
    for (int d = 0; d < 2; d++)
        if (2 * o->padding[d] > o->kernel[d])
            return fsnn_fail(FSNN_EARGUMENT,
                             "%s \"%s\": padding %lldx%lld is more than half the kernel %lldx%lld: "
                             "windows would lie outside of the image; at most %lldx%lld works",
                             node->op->kind, node->name, (long long)o->padding[0],
                             (long long)o->padding[1], (long long)o->kernel[0],
                             (long long)o->kernel[1], (long long)(o->kernel[0] / 2),
                             (long long)(o->kernel[1] / 2));
    return FSNN_OK;
}

static fsnn_status shape(op_node *node)
{
    static const int64_t dense[2] = {1, 1};
    const fsnn_pool2d *o = node->options;
    int64_t stride[2], side[2];
    stride_of(o, stride);
    op_window window = {o->kernel, stride, o->padding, dense};
    FSNN_TRY(op_check_image(node));
    FSNN_TRY(op_check_window(node, &window, side));
    FSNN_TRY(check_padding(node));
    op_output(node, 0, FSNN_SHAPE(node->in[0].dim[0], side[0], side[1]), true);
    bool adds = node->op == &op_avgpool;
    node->operations = adds ? fsnn_shape_count(&node->out[0]) * o->kernel[0] * o->kernel[1] : 0;
    return FSNN_OK;
}

static making wish(const op_node *node)
{
    const fsnn_pool2d *o = node->options;
    making m;
    memset(&m, 0, sizeof m); /* compared as bytes */
    m.shape.kind = node->op == &op_maxpool ? DENSE_MAX
                   : o->count_padding      ? DENSE_AVERAGE
                                           : DENSE_AVERAGE_INSIDE;
    m.shape.rows = node->K * node->B;
    m.shape.C = node->in[0].dim[0];
    m.shape.H = node->in[0].dim[1];
    m.shape.W = node->in[0].dim[2];
    m.shape.OH = node->out[0].dim[1];
    m.shape.OW = node->out[0].dim[2];
    memcpy(m.shape.kernel, o->kernel, sizeof o->kernel);
    memcpy(m.shape.padding, o->padding, sizeof o->padding);
    stride_of(o, m.shape.stride);
    m.training = node->training;
    m.threads = fsnn_threads();
    return m;
}

static void destroy(op_node *node)
{
    state *st = node->state;
    dense_pool_destroy(st->pool);
    st->pool = NULL;
}

static fsnn_status plan(op_node *node)
{
    state *st = node->state;
    making m = wish(node);
    if (max_pairs_fit(&m.shape)) {
        destroy(node);
        memcpy(&st->made, &m, sizeof m);
        node->tape_bytes = m.training ? max_pairs_tape(&m.shape) : 0;
        return FSNN_OK;
    }
    if (!st->pool || memcmp(&m, &st->made, sizeof m)) {
        dense_pool_destroy(st->pool);
        FSNN_TRY(dense_pool_create(&m.shape, m.training, &st->pool));
        memcpy(&st->made, &m, sizeof m);
    }
    node->tape_bytes = dense_pool_tape(st->pool);
    return FSNN_OK;
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    state *st = node->state;
    if (st->pool)
        return dense_pool_forward(st->pool, run->in[0], run->out[0], run->tape);
    max_pairs_forward(&st->made.shape, run->in[0], run->out[0], run->tape);
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    state *st = node->state;
    if (!run->gin[0])
        return FSNN_OK;
    if (st->pool)
        return dense_pool_backward(st->pool, run->gout[0], run->gin[0], run->tape);
    max_pairs_backward(&st->made.shape, run->gout[0], run->gin[0], run->tape);
    return FSNN_OK;
}

#define POOL(kind_name, what, table)                                                               \
    {                                                                                              \
        .kind = kind_name, .help = what, .options_size = sizeof(fsnn_pool2d),                      \
        .defaults = &defaults, .keys = table, .min_in = 1, .max_in = 1,                            \
        .flags = OP_LAST | OP_WANTS_LAST, .state_size = sizeof(state), .shape = shape,             \
        .plan = plan, .forward = forward, .backward = backward, .destroy = destroy                 \
    }

const fsnn_op op_maxpool = POOL("maxpool", "maximum over windows of images [C, H, W]", max_keys);
const fsnn_op op_avgpool = POOL("avgpool", "mean over windows of images [C, H, W]", average_keys);
