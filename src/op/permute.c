/* op/permute.c: axes in another order; backward puts them back. The layout of the output is the one
 * in which less moves: from channels-last [C, N] to [N, C] nothing does, but for a copy. Cost: one
 * pass over memory. */
#include "op/axes.h"
#include "op/check.h"
#include "tensor/turn.h"

#include <string.h>

static const fsnn_permute defaults = {.axes = {.rank = 0}};

static const fsnn_key keys[] = {
    {.name = "axes",
     .type = FSNN_KEY_SHAPE,
     .offset = offsetof(fsnn_permute, axes),
     .min = 0,
     .max = FSNN_MAX_RANK - 1,
     .required = true,
     .help = "the input's axes in the order of the output's: [1, 0] is a transpose"},
    {0},
};

/* Where the numbers of `to`, in its memory's order, stand in `from`; axis d of `to` is axis[d] of
 * `from`. */
static axes_loop loop_of(const fsnn_shape *to, bool to_last, const fsnn_shape *from, bool from_last,
                         const int *axis)
{
    axes_loop l = {0};
    int order[FSNN_MAX_RANK];
    int64_t stride[FSNN_MAX_RANK];
    axes_order(to, to_last, order);
    axes_strides(from, from_last, stride);
    for (int d = 0; d < to->rank; d++)
        axes_loop_add(&l, to->dim[order[d]], stride[axis[order[d]]]);
    return l;
}

static void axes_of(const op_node *node, int *axis)
{
    const fsnn_permute *o = node->options;
    for (int d = 0; d < o->axes.rank; d++)
        axis[d] = (int)o->axes.dim[d];
}

static fsnn_status shape(op_node *node)
{
    const fsnn_permute *o = node->options;
    const fsnn_shape *in = &node->in[0];
    fsnn_shape out = *in;
    char text[128], list[128];
    int axis[FSNN_MAX_RANK];
    FSNN_TRY(axes_check(node, &o->axes));
    if (o->axes.rank != in->rank || in->rank < 1)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "permute \"%s\": axes %s are %d, but its input %s has %d: all of them work", node->name,
            fsnn_shape_text(&o->axes, list, sizeof list), o->axes.rank,
            fsnn_shape_text(in, text, sizeof text), in->rank);
    axes_of(node, axis);
    for (int d = 0; d < out.rank; d++)
        out.dim[d] = in->dim[axis[d]];
    axes_loop as_it_is = loop_of(&out, true, in, node->in_last[0], axis);
    op_output(node, 0, out, as_it_is.count == 1 && as_it_is.stride[0] == 1);
    node->operations = 0;
    return FSNN_OK;
}

typedef struct job {
    axes_loop outer;       /* over blocks */
    int64_t width, spread; /* fastest in `to`, and how far apart in `from` */
    int64_t height, line;  /* the axis that runs fastest in `from`, how far apart in `to` */
    axes_loop outer_to;    /* where blocks begin in `to` */
    int64_t size;          /* of a sample */
    const real *from;
    real *to;
} job;

/* Takes the fastest axis of `to` out, and the one that is fastest in `from`. */
static job split(const axes_loop *l)
{
    job j = {.height = 1};
    int64_t line = 1, lines[FSNN_MAX_RANK];
    for (int d = l->count - 1; d >= 0; d--) {
        lines[d] = line;
        line *= l->size[d];
    }
    j.size = l->total;
    j.width = l->size[l->count - 1];
    j.spread = l->stride[l->count - 1];
    axes_loop_add(&j.outer, 1, 0);
    axes_loop_add(&j.outer_to, 1, 0);
    for (int d = 0; d < l->count - 1; d++) {
        if (l->stride[d] == 1) {
            j.height = l->size[d];
            j.line = lines[d];
            continue;
        }
        axes_loop_add(&j.outer, l->size[d], l->stride[d]);
        axes_loop_add(&j.outer_to, l->size[d], lines[d]);
    }
    return j;
}

static void blocks(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    int64_t row = begin / j->outer.total, block = begin % j->outer.total;
    axes_walk from = axes_walk_from(&j->outer, block), to = axes_walk_from(&j->outer_to, block);
    for (int64_t i = begin; i < end; i++) {
        const real *x = j->from + row * j->size + from.at;
        real *y = j->to + row * j->size + to.at;
        if (j->spread == 1)
            memcpy(y, x, (size_t)j->width * sizeof *y);
        else
            turn(x, j->spread, y, j->line, j->width, j->height);
        row += axes_walk_on(&j->outer, &from);
        axes_walk_on(&j->outer_to, &to);
    }
}

static void move(const op_node *node, const axes_loop *l, const real *from, real *to)
{
    job j = split(l);
    j.from = from;
    j.to = to;
    fsnn_parallel_range(node->K * node->B * j.outer.total, 1 + 16384 / (j.width * j.height), blocks,
                        &j);
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    int axis[FSNN_MAX_RANK];
    axes_of(node, axis);
    axes_loop l = loop_of(&node->out[0], node->out_last[0], &node->in[0], node->in_last[0], axis);
    move(node, &l, run->in[0], run->out[0]);
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    int axis[FSNN_MAX_RANK], back[FSNN_MAX_RANK];
    if (!run->gin[0])
        return FSNN_OK;
    axes_of(node, axis);
    for (int d = 0; d < node->in[0].rank; d++)
        back[axis[d]] = d;
    axes_loop l = loop_of(&node->in[0], node->in_last[0], &node->out[0], node->out_last[0], back);
    move(node, &l, run->gout[0], run->gin[0]);
    return FSNN_OK;
}

const fsnn_op op_permute = {
    .kind = "permute",
    .help = "the axes of a sample in another order",
    .options_size = sizeof(fsnn_permute),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_LAST | OP_CHOOSES,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
