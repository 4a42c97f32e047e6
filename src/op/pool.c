/* op/pool.c: maximum, mean and sum over windows of lines [C, L] and images [C, H, W], channels-last
 * in memory. Of equal maxima the first, row by row, gets the gradient. Cost: kh kw additions or
 * comparisons an output. Three ways: max_pairs for maxima of 2x2 side by side, the dense kernels
 * for means over windows of one size, pool_walk for the rest. */
#include "op/check.h"
#include "op/max_pairs.h"
#include "op/pool_walk.h"

#include <string.h>

#define MAX_SIDE 65536

static const fsnn_pool defaults = {.count_padding = true};

#define WINDOW_KEYS                                                                                \
    {.name = "kernel",                                                                             \
     .type = FSNN_KEY_PAIR,                                                                        \
     .offset = offsetof(fsnn_pool, kernel),                                                        \
     .min = 1,                                                                                     \
     .max = MAX_SIDE,                                                                              \
     .otherwise = "must be given, or `adaptive`",                                                  \
     .help = "height and width of the window; of a line [C, L] one number, its length"},           \
        {.name = "stride",                                                                         \
         .type = FSNN_KEY_PAIR,                                                                    \
         .offset = offsetof(fsnn_pool, stride),                                                    \
         .min = 0,                                                                                 \
         .max = MAX_SIDE,                                                                          \
         .help = "step of the window over the image; 0 is the kernel's size"},                     \
        {.name = "padding",                                                                        \
         .type = FSNN_KEY_PAIR,                                                                    \
         .offset = offsetof(fsnn_pool, padding),                                                   \
         .min = 0,                                                                                 \
         .max = MAX_SIDE,                                                                          \
         .help = "border around the image, at most half the kernel"},                              \
    {                                                                                              \
        .name = "adaptive", .type = FSNN_KEY_PAIR, .offset = offsetof(fsnn_pool, adaptive),        \
        .min = 1, .max = MAX_SIDE, .otherwise = "windows by `kernel`",                             \
        .help = "height and width of the output, whose windows share the image; 1 is all of it"    \
    }

static const fsnn_key keys[] = {WINDOW_KEYS, {0}};
static const fsnn_key average_keys[] = {
    WINDOW_KEYS,
    {.name = "count_padding",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_pool, count_padding),
     .help = "padded zeros count in the mean"},
    {0},
};

/* What the kernels were made for; made anew only when something of it changes. */
typedef struct build {
    dense_pool_shape shape;
    int64_t training, threads;
} build;

typedef enum way { WAY_DENSE, WAY_PAIRS, WAY_WALK } way;

typedef struct state {
    way way;
    pool_walk walk;
    dense_pool *pool; /* of WAY_DENSE */
    build built;
} state;

extern const fsnn_op op_maxpool, op_avgpool, op_sumpool;

static bool adaptive(const fsnn_pool *o)
{
    return o->adaptive[0] || o->adaptive[1];
}

static const char *check_given(const fsnn_pool *o, const char **key)
{
    bool kernel = o->kernel[0] || o->kernel[1], more = false;
    for (int d = 0; d < 2; d++)
        more |= o->stride[d] || o->padding[d];
    *key = adaptive(o) ? "adaptive" : "kernel";
    if (adaptive(o) && (kernel || more))
        return "adaptive is the output's size, from which the windows follow: without kernel, "
               "stride and padding it works";
    return adaptive(o) || kernel ? NULL
                                 : "it needs a kernel, the window's size, or adaptive, the "
                                   "output's size";
}

static fsnn_status check(const fsnn_op *op, const void *options, char key[OP_KEY])
{
    const char *at, *wrong = check_given(options, &at);
    if (!wrong)
        return FSNN_OK;
    strcpy(key, at);
    return fsnn_fail(FSNN_EARGUMENT, "%s: %s", op->kind, wrong);
}

/* The numbers of a line stand in both places of a pair: one of them is taken. */
static fsnn_status check_pairs(const op_node *node, int dims)
{
    const fsnn_pool *o = node->options;
    const struct {
        const char *name;
        const int64_t *pair;
    } all[] = {{"kernel", o->kernel},
               {"stride", o->stride},
               {"padding", o->padding},
               {"adaptive", o->adaptive}};
    char text[128], size[OP_SIZE_TEXT];
    for (int i = 0; dims == 1 && i < FSNN_COUNT(all); i++)
        if (all[i].pair[0] != all[i].pair[1])
            return fsnn_fail(FSNN_EARGUMENT,
                             "%s \"%s\": %s is %s, but its input %s is a line, for which it is one "
                             "number",
                             node->op->kind, node->name, all[i].name,
                             op_size_text(all[i].pair, 2, size),
                             fsnn_shape_text(&node->in[0], text, sizeof text));
    return FSNN_OK;
}

static fsnn_status check_padding(const op_node *node, int dims)
{
    const fsnn_pool *o = node->options;
    char padding[OP_SIZE_TEXT], kernel[OP_SIZE_TEXT], most[OP_SIZE_TEXT];
    int64_t half[2] = {o->kernel[0] / 2, o->kernel[1] / 2};
    for (int d = 0; d < dims; d++)
        if (2 * o->padding[d] > o->kernel[d])
            return fsnn_fail(FSNN_EARGUMENT,
                             "%s \"%s\": padding %s is more than half the kernel %s: windows would "
                             "lie outside of the image; at most %s works",
                             node->op->kind, node->name, op_size_text(o->padding, dims, padding),
                             op_size_text(o->kernel, dims, kernel), op_size_text(half, dims, most));
    return FSNN_OK;
}

/* Size of the output, side [dims]. */
static fsnn_status output_size(const op_node *node, int dims, int64_t *side)
{
    static const int64_t dense[2] = {1, 1};
    const fsnn_pool *o = node->options;
    int64_t stride[2];
    for (int d = 0; d < 2; d++)
        stride[d] = o->stride[d] == 0 ? o->kernel[d] : o->stride[d];
    for (int d = 0; adaptive(o) && d < dims; d++) {
        FSNN_TRY(op_check(node, "adaptive", o->adaptive[d], 1, MAX_SIDE));
        side[d] = o->adaptive[d];
    }
    if (adaptive(o))
        return FSNN_OK;
    op_window window = {dims, o->kernel, stride, o->padding, dense};
    FSNN_TRY(op_check_window(node, &window, side));
    return check_padding(node, dims);
}

/* Axis d of the image, 0 height, 1 width; a line has height 1. */
static pool_axis axis_of(const op_node *node, int d)
{
    const fsnn_pool *o = node->options;
    int at = node->in[0].rank - 2 + d;
    if (at < 1)
        return (pool_axis){1, 1, 1, 1, 0};
    pool_axis a = {.in = node->in[0].dim[at], .out = node->out[0].dim[at]};
    if (!adaptive(o)) {
        a.kernel = o->kernel[d];
        a.stride = o->stride[d] == 0 ? o->kernel[d] : o->stride[d];
        a.padding = o->padding[d];
    } else if (a.in % a.out == 0) { /* windows side by side, of one size */
        a.kernel = a.stride = a.in / a.out;
    }
    return a;
}

static pool_walk walk_of(const op_node *node)
{
    pool_walk w = {.kind = POOL_SUM, .C = node->in[0].dim[0]};
    if (node->op != &op_sumpool)
        w.kind = node->op == &op_maxpool ? POOL_MAX : POOL_MEAN;
    for (int d = 0; d < 2; d++)
        w.axis[d] = axis_of(node, d);
    return w;
}

static fsnn_status shape(op_node *node)
{
    const char *key, *wrong = check_given(node->options, &key);
    int dims = node->in[0].rank - 1;
    int64_t side[2];
    if (wrong)
        return fsnn_fail(FSNN_EARGUMENT, "%s \"%s\": %s", node->op->kind, node->name, wrong);
    FSNN_TRY(op_check_image(node, 0));
    FSNN_TRY(check_pairs(node, dims));
    FSNN_TRY(output_size(node, dims, side));
    fsnn_shape out = node->in[0];
    for (int d = 0; d < dims; d++)
        out.dim[1 + d] = side[d];
    op_output(node, 0, out, true);
    pool_walk w = walk_of(node);
    node->operations = w.kind == POOL_MAX ? 0 : op_product(w.C, pool_walk_points(&w));
    return FSNN_OK;
}

static build wish(const op_node *node, const pool_walk *w)
{
    const fsnn_pool *o = node->options;
    const pool_axis *h = &w->axis[0], *v = &w->axis[1];
    build m;
    memset(&m, 0, sizeof m); /* compared as bytes */
    m.shape = (dense_pool_shape){.kind = w->kind == POOL_MAX ? DENSE_MAX
                                         : o->count_padding  ? DENSE_AVERAGE
                                                             : DENSE_AVERAGE_INSIDE,
                                 .rows = node->K * node->B,
                                 .C = w->C,
                                 .H = h->in,
                                 .W = v->in,
                                 .OH = h->out,
                                 .OW = v->out,
                                 .kernel = {h->kernel, v->kernel},
                                 .stride = {h->stride, v->stride},
                                 .padding = {h->padding, v->padding}};
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

static way way_of(const pool_walk *w, const dense_pool_shape *s)
{
    if (max_pairs_fit(s))
        return WAY_PAIRS;
    bool one_size = w->axis[0].kernel && w->axis[1].kernel;
    return w->kind == POOL_MEAN && one_size ? WAY_DENSE : WAY_WALK;
}

static fsnn_status plan(op_node *node)
{
    state *st = node->state;
    st->walk = walk_of(node);
    st->walk.rows = node->K * node->B;
    build m = wish(node, &st->walk);
    st->way = way_of(&st->walk, &m.shape);
    if (st->way != WAY_DENSE) {
        destroy(node);
        memcpy(&st->built, &m, sizeof m);
        size_t tape = st->way == WAY_PAIRS ? max_pairs_tape(&m.shape) : pool_walk_tape(&st->walk);
        node->tape_bytes = m.training ? tape : 0;
        return FSNN_OK;
    }
    if (!st->pool || memcmp(&m, &st->built, sizeof m)) {
        dense_pool_destroy(st->pool);
        FSNN_TRY(dense_pool_create(&m.shape, m.training, &st->pool));
        memcpy(&st->built, &m, sizeof m);
    }
    node->tape_bytes = dense_pool_tape(st->pool);
    return FSNN_OK;
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    state *st = node->state;
    void *tape = node->training ? run->tape : NULL;
    if (st->way == WAY_DENSE)
        return dense_pool_forward(st->pool, run->in[0], run->out[0], run->tape);
    if (st->way == WAY_PAIRS)
        max_pairs_forward(&st->built.shape, run->in[0], run->out[0], tape);
    else
        pool_walk_forward(&st->walk, run->in[0], run->out[0], tape);
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    state *st = node->state;
    if (!run->gin[0])
        return FSNN_OK;
    if (st->way == WAY_DENSE)
        return dense_pool_backward(st->pool, run->gout[0], run->gin[0], run->tape);
    if (st->way == WAY_PAIRS)
        max_pairs_backward(&st->built.shape, run->gout[0], run->gin[0], run->tape);
    else
        pool_walk_backward(&st->walk, run->gout[0], run->gin[0], run->tape);
    return FSNN_OK;
}

static bool patches(const op_node *node, op_patches *p)
{
    const state *st = node->state;
    const dense_pool_shape *s = &st->built.shape;
    *p = (op_patches){2, s->W * s->C, 2 * s->C};
    return st->way == WAY_PAIRS && max_pairs_even(s);
}

static void patch_forward(const op_node *node, const op_run *run, int64_t row, int64_t line,
                          int64_t from, int64_t count, const real *x)
{
    const state *st = node->state;
    max_pairs_forward_patch(&st->built.shape, row, line, from, count, x, run->out[0],
                            node->training ? run->tape : NULL);
}

static void patch_backward(const op_node *node, const op_run *run, int64_t row, int64_t line,
                           int64_t from, int64_t count, real *gx)
{
    const state *st = node->state;
    max_pairs_backward_patch(&st->built.shape, row, line, from, count, run->gout[0], gx, run->tape);
}

#define POOL(kind_name, what, table, more)                                                         \
    {                                                                                              \
        .kind = kind_name, .help = what, .options_size = sizeof(fsnn_pool), .defaults = &defaults, \
        .keys = table, .min_in = 1, .max_in = 1, .flags = OP_LAST | OP_WANTS_LAST | (more),        \
        .state_size = sizeof(state), .check = check, .shape = shape, .plan = plan,                 \
        .forward = forward, .backward = backward, .patches = patches,                              \
        .patch_forward = patch_forward, .patch_backward = patch_backward, .destroy = destroy       \
    }

const fsnn_op op_maxpool =
    POOL("maxpool", "maximum over windows of images or lines", keys, OP_CHOOSES);
const fsnn_op op_avgpool = POOL("avgpool", "mean over windows of images or lines", average_keys, 0);
const fsnn_op op_sumpool = POOL("sumpool", "sum over windows of images or lines", keys, 0);
