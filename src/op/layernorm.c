/* op/layernorm.c: layer normalisation (Ba et al. 2016) over the last dimensions, n numbers of each
 * sample and step:
 *
 *     y = z weight + bias,  z = (x - mean) / sd,  sd = sqrt(var + eps), var biased
 *
 * Backward: gweight += gy z, gbias += gy, gx = (g - mean(g) - z mean(g z)) / sd with g = gy weight.
 * The same in training and evaluation. Sums are in double in a fixed order. Cost: two passes over
 * memory forward, three backward. */
#include "op/check.h"
#include "op/kernels.h"

#include <math.h>

static const fsnn_layernorm defaults = {.dims = 1, .eps = 1e-5, .affine = true};

static const fsnn_key keys[] = {
    {.name = "dims",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_layernorm, dims),
     .min = 0,
     .max = FSNN_MAX_RANK,
     .help = "last dimensions that are normalised together; 0: all of a sample"},
    {.name = "eps",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_layernorm, eps),
     .min = 0,
     .max = INFINITY,
     .above = true,
     .help = "added to the variance"},
    {.name = "affine",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_layernorm, affine),
     .help = "scale and shift by a learned weight and bias"},
    {0},
};

enum { WEIGHT, BIAS };

/* The normalised dimensions. */
static fsnn_shape inner_of(const op_node *node)
{
    const fsnn_layernorm *o = node->options;
    const fsnn_shape *in = &node->in[0];
    int first = o->dims ? in->rank - (int)o->dims : 0;
    fsnn_shape inner = {.rank = 0};
    for (int d = first; d < in->rank; d++)
        inner.dim[inner.rank++] = in->dim[d];
    return inner;
}

static fsnn_status shape(op_node *node)
{
    const fsnn_layernorm *o = node->options;
    char text[128];
    if (!(o->eps > 0 && isfinite(o->eps)))
        return fsnn_fail(FSNN_EARGUMENT, "layernorm \"%s\": eps is %g, it must be positive",
                         node->name, o->eps);
    FSNN_TRY(op_check(node, "dims", o->dims, 0, FSNN_MAX_RANK));
    if (node->in[0].rank < 1 || o->dims > node->in[0].rank)
        return fsnn_fail(FSNN_ESHAPE,
                         "layernorm \"%s\": dims is %lld, but its input %s has %d dimension%s: at "
                         "most as many work (0 is all)",
                         node->name, (long long)o->dims,
                         fsnn_shape_text(&node->in[0], text, sizeof text), node->in[0].rank,
                         node->in[0].rank == 1 ? "" : "s");
    fsnn_shape inner = inner_of(node);
    node->params = 0;
    if (o->affine) {
        node->param[node->params++] = (op_param){
            .name = "weight", .shape = inner, .init = OP_CONSTANT, .scale = 1, .learn = true};
        node->param[node->params++] =
            (op_param){.name = "bias", .shape = inner, .init = OP_CONSTANT, .learn = true};
    }
    op_output(node, 0, node->in[0], false);
    node->operations = fsnn_shape_count(&node->in[0]);
    return FSNN_OK;
}

enum { CHUNKS = 64, BLOCK = 8 };

/* `rows` runs of n numbers, in chunks that depend on these sizes only. */
typedef struct runs {
    int64_t n, rows, chunk, chunks;
} runs;

static runs runs_of(const op_node *node)
{
    fsnn_shape inner = inner_of(node);
    runs r = {.n = fsnn_shape_count(&inner)};
    r.rows = node->K * node->B * (fsnn_shape_count(&node->in[0]) / r.n);
    int64_t least = 1 + 4096 / r.n, share = (r.rows + CHUNKS - 1) / CHUNKS;
    r.chunk = share > least ? share : least;
    r.chunks = (r.rows + r.chunk - 1) / r.chunk;
    return r;
}

static fsnn_status plan(op_node *node)
{
    const fsnn_layernorm *o = node->options;
    runs r = runs_of(node);
    /* backward, a chunk: sums of the weight's and the bias' gradient, and products on the way */
    size_t chunk = (size_t)r.n * (2 * sizeof(double) + BLOCK * sizeof(real));
    node->scratch_bytes = node->training && o->affine ? (size_t)r.chunks * chunk : 0;
    node->tape_bytes = node->training ? (size_t)r.rows * 2 * sizeof(real) : 0;
    return FSNN_OK;
}

/* One call's arrays; tape [rows, 2]: mean and 1/sd. */
typedef struct job {
    runs r;
    double eps;
    const real *x, *gy, *weight, *bias;
    real *y, *gx, *tape, *products; /* products [chunks, BLOCK, n] */
    double *sums;                   /* [chunks, 2, n] */
} job;

static job job_of(const op_node *node, const op_run *run)
{
    const fsnn_layernorm *o = node->options;
    job j = {.r = runs_of(node), .eps = o->eps, .x = run->in[0], .y = run->out[0]};
    j.gy = run->gout[0];
    j.gx = run->gin[0];
    j.tape = node->training ? run->tape : NULL;
    if (o->affine) {
        j.weight = run->value[WEIGHT];
        j.bias = run->value[BIAS];
        j.sums = run->scratch;
        j.products = (real *)(void *)(j.sums + j.r.chunks * 2 * j.r.n);
    }
    return j;
}

typedef struct range {
    int64_t begin, end;
} range;

static range rows_of(const runs *r, int64_t chunk)
{
    int64_t begin = chunk * r->chunk, end = begin + r->chunk;
    return (range){begin, end < r->rows ? end : r->rows};
}

/* ---- forward ---- */

static void normalise(int64_t chunk, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    int64_t n = j->r.n;
    range rows = rows_of(&j->r, chunk);
    for (int64_t r = rows.begin; r < rows.end; r++) {
        const real *x = j->x + r * n;
        real *y = j->y + r * n;
        double s = 0, q = 0;
        op_kernels_get()->run_moments(x, n, &s, &q);
        double average = s / (double)n, var = q / (double)n - average * average;
        real mean = (real)average, inv = (real)(1 / sqrt((var > 0 ? var : 0) + j->eps));
        if (j->tape) {
            j->tape[2 * r] = mean;
            j->tape[2 * r + 1] = inv;
        }
        if (j->weight) {
#pragma omp simd
            for (int64_t i = 0; i < n; i++)
                y[i] = (x[i] - mean) * inv * j->weight[i] + j->bias[i];
        } else {
#pragma omp simd
            for (int64_t i = 0; i < n; i++)
                y[i] = (x[i] - mean) * inv;
        }
    }
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    job j = job_of(node, run);
    fsnn_parallel(j.r.chunks, normalise, &j);
    return FSNN_OK;
}

/* ---- backward ---- */

/* gx [n] of one run. */
static void back_run(const job *j, int64_t r)
{
    int64_t n = j->r.n;
    const real *x = j->x + r * n, *gy = j->gy + r * n, *weight = j->weight;
    real *gx = j->gx + r * n, mean = j->tape[2 * r], inv = j->tape[2 * r + 1];
    double s = 0, q = 0;
#pragma omp simd
    for (int64_t i = 0; i < n; i++)
        gx[i] = weight ? gy[i] * weight[i] : gy[i];
    op_kernels_get()->run_products(gx, x, (double)mean, n, &s, &q);
    real m = (real)(s / (double)n), slope = (real)(q / (double)n * (double)inv * (double)inv);
#pragma omp simd
    for (int64_t i = 0; i < n; i++)
        gx[i] = inv * (gx[i] - m - (x[i] - mean) * slope);
}

/* The chunk's sums of gy z and gy: products in blocks of rows that stay in the nearest cache. */
static void add_parameters(const job *j, int64_t chunk, range rows)
{
    int64_t n = j->r.n;
    double *weight = j->sums + chunk * 2 * n, *bias = weight + n;
    real *products = j->products + chunk * BLOCK * n;
    for (int64_t i = 0; i < 2 * n; i++)
        weight[i] = 0;
    for (int64_t r = rows.begin; r < rows.end; r += BLOCK) {
        int64_t count = rows.end - r < BLOCK ? rows.end - r : BLOCK;
        for (int64_t k = 0; k < count; k++) {
            const real *x = j->x + (r + k) * n, *gy = j->gy + (r + k) * n;
            real mean = j->tape[2 * (r + k)], inv = j->tape[2 * (r + k) + 1];
#pragma omp simd
            for (int64_t i = 0; i < n; i++)
                products[k * n + i] = gy[i] * (x[i] - mean) * inv;
        }
        op_kernels_get()->column_sums(products, count, n, n, weight);
        op_kernels_get()->column_sums(j->gy + r * n, count, n, n, bias);
    }
}

static void back_chunk(int64_t chunk, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    range rows = rows_of(&j->r, chunk);
    if (j->sums)
        add_parameters(j, chunk, rows);
    for (int64_t r = rows.begin; j->gx && r < rows.end; r++)
        back_run(j, r);
}

static void collect(const job *j, int part, real *grad)
{
    int64_t n = j->r.n;
    for (int64_t i = 0; grad && i < n; i++) {
        double sum = 0;
        for (int64_t c = 0; c < j->r.chunks; c++)
            sum += j->sums[(2 * c + part) * n + i];
        grad[i] += (real)sum;
    }
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    job j = job_of(node, run);
    fsnn_parallel(j.r.chunks, back_chunk, &j);
    if (j.sums) {
        collect(&j, 0, run->grad[WEIGHT]);
        collect(&j, 1, run->grad[BIAS]);
    }
    return FSNN_OK;
}

const fsnn_op op_layernorm = {
    .kind = "layernorm",
    .help = "normalises each sample over its last dimensions",
    .options_size = sizeof(fsnn_layernorm),
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
