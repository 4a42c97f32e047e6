/* op/strips.c: one pass over memory, rows in parallel. */
#include "op/strips.h"

#include <string.h>

int64_t strips_width(const fsnn_shape *shape, bool last, int64_t axis)
{
    if (last) /* memory is [H, W, C]: channels are last, the others move up */
        return axis == 0 ? shape->dim[0]
                         : fsnn_shape_count(shape) / (axis == 1 ? 1 : shape->dim[1]);
    int64_t width = 1;
    for (int d = (int)axis; d < shape->rank; d++)
        width *= shape->dim[d];
    return width;
}

fsnn_status strips_check_axis(const op_node *node, int64_t axis)
{
    char text[128];
    if (axis >= 0 && axis < node->in[0].rank)
        return FSNN_OK;
    return fsnn_fail(FSNN_EARGUMENT,
                     "%s \"%s\": axis is %lld, its input %s has the axes 0 to %d (channels are 0)",
                     node->op->kind, node->name, (long long)axis,
                     fsnn_shape_text(&node->in[0], text, sizeof text), node->in[0].rank - 1);
}

typedef struct job {
    const strips *s;
    const real *const *from_part;
    real *to_whole;
    const real *from_whole;
    real *const *to_part;
} job;

static void gather(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    for (int64_t r = begin; r < end; r++) {
        real *at = j->to_whole + r * j->s->whole;
        for (int p = 0; p < j->s->parts; p++) {
            int64_t n = j->s->width[p];
            memcpy(at, j->from_part[p] + r * n, (size_t)n * sizeof *at);
            at += n;
        }
    }
}

static void scatter(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    for (int64_t r = begin; r < end; r++) {
        const real *at = j->from_whole + r * j->s->whole;
        for (int p = 0; p < j->s->parts; p++) {
            int64_t n = j->s->width[p];
            if (j->to_part[p])
                memcpy(j->to_part[p] + r * n, at, (size_t)n * sizeof *at);
            at += n;
        }
    }
}

void strips_gather(const strips *s, const real *const *part, real *whole)
{
    job j = {.s = s, .from_part = part, .to_whole = whole};
    fsnn_parallel_range(s->rows, 1 + 16384 / s->whole, gather, &j);
}

void strips_scatter(const strips *s, const real *whole, real *const *part)
{
    job j = {.s = s, .from_whole = whole, .to_part = part};
    fsnn_parallel_range(s->rows, 1 + 16384 / s->whole, scatter, &j);
}
