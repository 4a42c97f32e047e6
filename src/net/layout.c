/* Layout conversions: channels-last to plain and back, put between nodes when a net is wrapped.
 * Both are a transpose of [H*W, C] in each row; the gradient is the other one. Cost: one pass over
 * memory. */
#include "net/net.h"

#include <string.h>

typedef struct job {
    const float *in;
    float *out;
    int64_t from, to;
} job;

enum {
    SIDE = 16,
    QUAD = 4
}; /* blocks that stay in the first cache, of squares that stay in registers */

typedef float quad __attribute__((vector_size(QUAD * sizeof(float))));

static inline quad load(const float *p)
{
    quad v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void store(float *p, quad v)
{
    memcpy(p, &v, sizeof v);
}

/* out[k * from + i] = in[i * to + k], i and k below 4 */
static inline void square(const float *in, float *out, int64_t from, int64_t to)
{
    quad a = load(in), b = load(in + to), c = load(in + 2 * to), d = load(in + 3 * to);
    quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5),
         cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    quad AB = __builtin_shufflevector(a, b, 2, 6, 3, 7),
         CD = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    store(out, __builtin_shufflevector(ab, cd, 0, 1, 4, 5));
    store(out + from, __builtin_shufflevector(ab, cd, 2, 3, 6, 7));
    store(out + 2 * from, __builtin_shufflevector(AB, CD, 0, 1, 4, 5));
    store(out + 3 * from, __builtin_shufflevector(AB, CD, 2, 3, 6, 7));
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Numbers i in begin..end-1 of columns k in first..last-1, one by one. */
static void rest(const job *j, const float *in, float *out, int64_t begin, int64_t end,
                 int64_t first, int64_t last)
{
    for (int64_t k = first; k < last; k++)
        for (int64_t i = begin; i < end; i++)
            out[k * j->from + i] = in[i * j->to + k];
}

static void block(const job *j, const float *in, float *out, int64_t a, int64_t b)
{
    int64_t end = least(j->from, a + SIDE), last = least(j->to, b + SIDE);
    int64_t i = a, whole = b + (last - b) / QUAD * QUAD;
    for (; i + QUAD <= end; i += QUAD)
        for (int64_t k = b; k < whole; k += QUAD)
            square(in + i * j->to + k, out + k * j->from + i, j->from, j->to);
    rest(j, in, out, i, end, b, whole);
    rest(j, in, out, a, end, whole, last);
}

static void one(int64_t row, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    const float *in = j->in + row * j->from * j->to;
    float *out = j->out + row * j->from * j->to;
    for (int64_t a = 0; a < j->from; a += SIDE)
        for (int64_t b = 0; b < j->to; b += SIDE)
            block(j, in, out, a, b);
}

void net_transpose(const float *in, float *out, int64_t rows, int64_t from, int64_t to)
{
    job j = {in, out, from, to};
    fsnn_parallel(rows, one, &j);
}

static fsnn_status shape(op_node *node)
{
    node->outputs = 1;
    node->out[0] = node->in[0];
    node->out_last[0] = !node->in_last[0];
    return FSNN_OK;
}

static void convert(const op_node *node, bool to_last, const float *in, float *out)
{
    int64_t C = node->in[0].dim[0], P = fsnn_shape_count(&node->in[0]) / C;
    net_transpose(in, out, node->K * node->B, to_last ? C : P, to_last ? P : C);
}

static fsnn_status last_forward(op_node *node, const op_run *run)
{
    convert(node, true, run->in[0], run->out[0]);
    return FSNN_OK;
}

static fsnn_status last_backward(op_node *node, const op_run *run)
{
    if (run->gin[0])
        convert(node, false, run->gout[0], run->gin[0]);
    return FSNN_OK;
}

static fsnn_status plain_forward(op_node *node, const op_run *run)
{
    convert(node, false, run->in[0], run->out[0]);
    return FSNN_OK;
}

static fsnn_status plain_backward(op_node *node, const op_run *run)
{
    if (run->gin[0])
        convert(node, true, run->gout[0], run->gin[0]);
    return FSNN_OK;
}

const fsnn_op net_to_last = {.kind = "to channels-last",
                             .min_in = 1,
                             .max_in = 1,
                             .flags = OP_LAST,
                             .shape = shape,
                             .forward = last_forward,
                             .backward = last_backward};
const fsnn_op net_to_plain = {.kind = "to plain",
                              .min_in = 1,
                              .max_in = 1,
                              .flags = OP_LAST,
                              .shape = shape,
                              .forward = plain_forward,
                              .backward = plain_backward};
