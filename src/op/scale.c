/* op/scale.c: y = x W + b, element by element: each number of a sample has a factor of its own and,
 * where wanted, a number that is added. Its operations are cheap and its weights are as many as its
 * outputs: one pass over memory forward, two backward. */
#include "op/check.h"
#include "op/kernels.h"

static const fsnn_scaling defaults = {.bias = false};

static const fsnn_key keys[] = {
    {.name = "bias",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_scaling, bias),
     .help = "add a number to each, too"},
    {0},
};

enum { WEIGHT, BIAS };

static fsnn_status shape(op_node *node)
{
    const fsnn_scaling *o = node->options;
    const fsnn_shape *in = &node->in[0];
    node->params = 0;
    node->param[node->params++] =
        (op_param){.name = "weight", .shape = *in, .init = OP_CONSTANT, .scale = 1, .learn = true};
    if (o->bias)
        node->param[node->params++] =
            (op_param){.name = "bias", .shape = *in, .init = OP_CONSTANT, .learn = true};
    op_output(node, 0, *in, false);
    node->operations = fsnn_shape_count(in);
    return FSNN_OK;
}

enum { CHUNKS = 64, BLOCK = 8 };

/* One call's arrays: rows of n numbers, in chunks that depend on these sizes only. */
typedef struct job {
    int64_t n, rows, chunk, chunks;
    const real *x, *gy, *weight, *bias;
    real *y, *gx, *products; /* products [chunks, BLOCK, n] */
    double *sums;            /* [chunks, 2, n] of the weight's and the bias' gradient */
} job;

static job sizes_of(const op_node *node)
{
    job j = {.n = fsnn_shape_count(&node->in[0]), .rows = node->K * node->B};
    int64_t least = 1 + 4096 / j.n, share = (j.rows + CHUNKS - 1) / CHUNKS;
    j.chunk = share > least ? share : least;
    j.chunks = (j.rows + j.chunk - 1) / j.chunk;
    return j;
}

static fsnn_status plan(op_node *node)
{
    const job j = sizes_of(node);
    size_t chunk = (size_t)j.n * (2 * sizeof(double) + BLOCK * sizeof(real));
    node->scratch_bytes = node->training ? (size_t)j.chunks * chunk : 0;
    return FSNN_OK;
}

static job job_of(const op_node *node, const op_run *run)
{
    const fsnn_scaling *o = node->options;
    job j = sizes_of(node);
    j.x = run->in[0];
    j.y = run->out[0];
    j.gy = run->gout[0];
    j.gx = run->gin[0];
    j.weight = run->value[WEIGHT];
    j.bias = o->bias ? run->value[BIAS] : NULL;
    return j;
}

static void forward_chunk(int64_t chunk, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    int64_t end = (chunk + 1) * j->chunk;
    for (int64_t r = chunk * j->chunk; r < (end < j->rows ? end : j->rows); r++) {
        const real *x = j->x + r * j->n;
        real *y = j->y + r * j->n;
        if (j->bias) {
#pragma omp simd
            for (int64_t i = 0; i < j->n; i++)
                y[i] = x[i] * j->weight[i] + j->bias[i];
        } else {
#pragma omp simd
            for (int64_t i = 0; i < j->n; i++)
                y[i] = x[i] * j->weight[i];
        }
    }
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    job j = job_of(node, run);
    fsnn_parallel(j.chunks, forward_chunk, &j);
    return FSNN_OK;
}

/* The chunk's sums of gy x and gy: products in blocks of rows that stay in the nearest cache. */
static void add_parameters(const job *j, int64_t chunk, int64_t begin, int64_t end)
{
    const int64_t n = j->n;
    double *weight = j->sums + chunk * 2 * n, *bias = weight + n;
    real *products = j->products + chunk * BLOCK * n;
    for (int64_t i = 0; i < 2 * n; i++)
        weight[i] = 0;
    for (int64_t r = begin; r < end; r += BLOCK) {
        int64_t count = end - r < BLOCK ? end - r : BLOCK;
        const real *x = j->x + r * n, *gy = j->gy + r * n;
#pragma omp simd
        for (int64_t i = 0; i < count * n; i++)
            products[i] = gy[i] * x[i];
        op_kernels_get()->column_sums(products, count, n, n, weight);
        if (j->bias)
            op_kernels_get()->column_sums(gy, count, n, n, bias);
    }
}

static void backward_chunk(int64_t chunk, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    int64_t begin = chunk * j->chunk, end = begin + j->chunk;
    end = end < j->rows ? end : j->rows;
    add_parameters(j, chunk, begin, end);
    for (int64_t r = begin; j->gx && r < end; r++) {
        const real *gy = j->gy + r * j->n;
        real *gx = j->gx + r * j->n;
#pragma omp simd
        for (int64_t i = 0; i < j->n; i++)
            gx[i] = gy[i] * j->weight[i];
    }
}

static void collect(const job *j, int part, real *grad)
{
    for (int64_t i = 0; grad && i < j->n; i++) {
        double sum = 0;
        for (int64_t c = 0; c < j->chunks; c++)
            sum += j->sums[(2 * c + part) * j->n + i];
        grad[i] += (real)sum;
    }
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    job j = job_of(node, run);
    j.sums = run->scratch;
    j.products = (real *)(void *)(j.sums + j.chunks * 2 * j.n);
    fsnn_parallel(j.chunks, backward_chunk, &j);
    collect(&j, 0, run->grad[WEIGHT]);
    if (j.bias)
        collect(&j, 1, run->grad[BIAS]);
    return FSNN_OK;
}

const fsnn_op op_scale = {
    .kind = "scale",
    .help = "y = x W + b element by element: a factor for each number of a sample",
    .options_size = sizeof(fsnn_scaling),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_NEEDS_IN,
    .shape = shape,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
