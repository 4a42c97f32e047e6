/* Resistances: the current of a scan is the input of its layer times the resistance of each neuron.
 * One pass over the input outside of the scan, which knows nothing of it; layers without a
 * resistance have none of this. */
#include "net/neuron_node.h"
#include "scan/tile.h"

#include <string.h>

typedef struct job {
    int64_t rows, N;
    const real *I, *each; /* [rows, N], [N] */
    real *out;            /* [rows, N] */
    double *sum;          /* [N]; NULL: not wanted */
} job;

bool neuron_resists(const op_node *node)
{
    return ((const neuron_layer *)node->state)->resistance >= 0;
}

int64_t neuron_drive_number(const neuron_layer *st, int64_t n)
{
    return st->drive.count > 1 ? scan_number_of(&st->scan, &st->drive, n) : 0;
}

int64_t neuron_drive_rows(const op_node *node)
{
    return (node->looped || node->still_in ? 1 : node->K) * node->B;
}

/* `space`: sums of gradients [N] double, resistances [N], the current [rows, N], and backward its
 * gradient. */
static int64_t neurons(const op_node *node)
{
    return ((const neuron_layer *)node->state)->scan.N;
}

static real *resistances(const op_node *node, void *space)
{
    return (real *)(void *)((double *)space + neurons(node));
}

size_t neuron_drive_bytes(const op_node *node, int64_t rows)
{
    const int64_t N = neurons(node);
    return fsnn_bytes(N, sizeof(double)) + fsnn_bytes((rows + 1) * N, sizeof(real));
}

size_t neuron_drive_back_bytes(const op_node *node, int64_t rows)
{
    return neuron_drive_bytes(node, 2 * rows);
}

/* The resistance of each neuron of a sample, as they lie, [N]. */
static void spread(const op_node *node, real *each)
{
    const neuron_layer *st = node->state;
    for (int64_t n = 0; n < st->scan.N; n++)
        each[n] = st->drive.value[neuron_drive_number(st, n)];
}

static void multiply(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    for (int64_t r = begin; r < end; r++)
        for (int64_t n = 0; n < j->N; n++)
            j->out[r * j->N + n] = j->I[r * j->N + n] * j->each[n];
}

const real *neuron_drive(const op_node *node, int64_t rows, const real *I, void *space)
{
    if (!neuron_resists(node))
        return I;
    const int64_t N = neurons(node);
    job j = {.rows = rows, .N = N, .I = I, .each = resistances(node, space)};
    j.out = resistances(node, space) + N;
    spread(node, resistances(node, space));
    fsnn_parallel_range(rows, 1 + 4096 / (N + 1), multiply, &j);
    return j.out;
}

real *neuron_drive_room(const op_node *node, const op_run *run, int64_t rows, void *space)
{
    const neuron_layer *st = node->state;
    if (run->gin[0] || !neuron_resists(node) || !run->grad[st->resistance])
        return run->gin[0];
    return resistances(node, space) + (1 + rows) * neurons(node);
}

/* Neuron by neuron over the rows, so that sums do not depend on the number of threads. */
static void multiply_back(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    for (int64_t n = begin; j->sum && n < end; n++)
        j->sum[n] = 0;
    for (int64_t r = 0; r < j->rows; r++)
        for (int64_t n = begin; n < end; n++) {
            const int64_t at = r * j->N + n;
            if (j->sum)
                j->sum[n] += (double)j->out[at] * (double)j->I[at];
            j->out[at] *= j->each[n];
        }
}

void neuron_drive_back(const op_node *node, const op_run *run, int64_t rows, real *g, void *space)
{
    const neuron_layer *st = node->state;
    const int64_t N = neurons(node);
    if (!g || !neuron_resists(node))
        return;
    real *grad = run->grad[st->resistance];
    job j = {.rows = rows, .N = N, .I = run->in[0], .each = resistances(node, space), .out = g};
    j.sum = grad ? space : NULL;
    fsnn_parallel_range(N, 64, multiply_back, &j);
    for (int64_t n = 0; grad && n < N; n++)
        grad[neuron_drive_number(st, n)] += (real)j.sum[n];
}
