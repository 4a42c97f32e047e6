/* data/graph/graph_laplacian.c: eigenvectors of the normalised Laplacian L = I - S, S = D^-1/2 A
 * D^-1/2, for its smallest eigenvalues above 0: the largest of S below 1.
 *
 * The null space of L is known: D^1/2 on each connected piece. It is projected out, and what is
 * left is found by subspace iteration: a block V of m > count columns is filtered by the Chebyshev
 * polynomial that stays within -1..1 on [-1, c] and grows beyond (c: the smallest value of S in the
 * block), made orthonormal, and turned to the eigenvectors of V^T S V (Rayleigh and Ritz), until |S
 * v - theta v| is small for the wanted ones. Y. Zhou, Y. Saad, M. Tiago, J. Chelikowsky (2006).
 *
 * Time a round: DEGREE m (edges + nodes) + 2 nodes m^2; memory three blocks [nodes, m]. */
#include "base/error_key.h"
#include "data/graph/graph.h"

#include <math.h>
#include <string.h>

enum { DEGREE = 40, ROUNDS = 200, SWEEPS = 60, GUARD = 12 };

#define TOLERANCE 1e-6
#define STREAM (UINT64_C(0xd5) << 56)

typedef struct space {
    fsnn_graph_matrix s;
    int64_t n, m;          /* nodes, columns of the block */
    double *v, *w, *u;     /* [n, m] */
    double *h, *q;         /* [m, m] */
    double *theta;         /* [m] */
    int32_t *piece;        /* [n] connected piece of each node */
    double *root, *weight; /* [n] D^1/2; [pieces] 1 / sum of degrees */
    double *sum;           /* [pieces, m] */
    int64_t pieces;
} space;

/* ---- pieces ---- */

/* Numbers the connected pieces; `stack` [n]. */
static int64_t number_pieces(const fsnn_graph *g, int32_t *piece, int32_t *stack)
{
    int64_t pieces = 0;
    for (int64_t i = 0; i < g->nodes; i++)
        piece[i] = -1;
    for (int64_t i = 0; i < g->nodes; i++) {
        if (piece[i] >= 0)
            continue;
        int64_t depth = 0;
        stack[depth++] = (int32_t)i;
        piece[i] = (int32_t)pieces;
        while (depth) {
            int32_t at = stack[--depth];
            for (int64_t e = g->edge_start[at]; e < g->edge_start[at + 1]; e++)
                if (piece[g->neighbour[e]] < 0) {
                    piece[g->neighbour[e]] = (int32_t)pieces;
                    stack[depth++] = g->neighbour[e];
                }
        }
        pieces++;
    }
    return pieces;
}

/* A node without edges is a piece whose null vector is itself. */
static void null_space(const fsnn_graph *g, space *x)
{
    for (int64_t i = 0; i < x->n; i++) {
        int64_t degree = g->edge_start[i + 1] - g->edge_start[i];
        x->root[i] = sqrt((double)(degree ? degree : 1));
        x->weight[x->piece[i]] += x->root[i] * x->root[i];
    }
    for (int64_t p = 0; p < x->pieces; p++)
        x->weight[p] = 1 / x->weight[p];
}

static void project(const space *x, double *v)
{
    int64_t m = x->m;
    memset(x->sum, 0, (size_t)(x->pieces * m) * sizeof *x->sum);
    for (int64_t i = 0; i < x->n; i++)
        for (int64_t c = 0; c < m; c++)
            x->sum[x->piece[i] * m + c] += x->root[i] * v[i * m + c];
    for (int64_t i = 0; i < x->n; i++)
        for (int64_t c = 0; c < m; c++)
            v[i * m + c] -= x->root[i] * x->weight[x->piece[i]] * x->sum[x->piece[i] * m + c];
}

/* ---- the block ---- */

/* y = a S x + b x + d y */
static void multiply(const space *x, double a, const double *in, double b, double d, double *y)
{
    int64_t m = x->m;
    for (int64_t i = 0; i < x->n; i++) {
        double *to = y + i * m;
        const double *own = in + i * m;
        for (int64_t c = 0; c < m; c++)
            to[c] = b * own[c] + d * to[c];
        for (int64_t e = x->s.start[i]; e < x->s.start[i + 1]; e++) {
            const double *from = in + (int64_t)x->s.column[e] * m;
            double w = a * x->s.weight[e];
            for (int64_t c = 0; c < m; c++)
                to[c] += w * from[c];
        }
    }
}

/* v <- T_DEGREE((S - center) / half) v, the interval [-1, c] mapped onto [-1, 1]; scaled so that
 * the largest value of S, 1, stays of the size it has (T grows fast). */
static void filter(space *x, double c)
{
    double half = (c + 1) / 2, center = (c - 1) / 2, at = (1 - center) / half;
    double sigma = 1 / at, first = sigma;
    multiply(x, sigma / half, x->v, -center * sigma / half, 0, x->w);
    for (int k = 2; k <= DEGREE; k++) {
        double next = 1 / (2 / first - sigma);
        multiply(x, 2 * next / half, x->w, -2 * center * next / half, -sigma * next, x->v);
        double *other = x->v;
        x->v = x->w;
        x->w = other;
        sigma = next;
    }
    double *result = x->w;
    x->w = x->v;
    x->v = result;
}

/* Gram and Schmidt, twice; a column that vanishes gets new random numbers. */
static void orthonormal(space *x, uint64_t seed, uint64_t *draws)
{
    int64_t m = x->m, n = x->n;
    double *v = x->v;
    for (int64_t c = 0; c < m; c++) {
        for (int again = 0; again < 2; again++) {
            double *dot = x->h; /* borrowed */
            memset(dot, 0, (size_t)m * sizeof *dot);
            for (int64_t i = 0; i < n; i++)
                for (int64_t k = 0; k < c; k++)
                    dot[k] += v[i * m + k] * v[i * m + c];
            for (int64_t i = 0; i < n; i++) {
                double s = 0;
                for (int64_t k = 0; k < c; k++)
                    s += dot[k] * v[i * m + k];
                v[i * m + c] -= s;
            }
            double norm = 0;
            for (int64_t i = 0; i < n; i++)
                norm += v[i * m + c] * v[i * m + c];
            norm = sqrt(norm);
            if (!(norm > 1e-280)) {
                for (int64_t i = 0; i < n; i++)
                    v[i * m + c] = fsnn_random_normal(seed, STREAM, (*draws)++);
                again = -1;
                continue;
            }
            for (int64_t i = 0; i < n; i++)
                v[i * m + c] /= norm;
        }
    }
}

/* Turns rows and columns a, b of h so that h[a][b] vanishes, and the columns of q. */
static void rotate(int64_t m, double *h, double *q, int64_t a, int64_t b)
{
    double t, d = h[b * m + b] - h[a * m + a], o = h[a * m + b];
    double r = d / (2 * o);
    t = (r >= 0 ? 1 : -1) / (fabs(r) + sqrt(1 + r * r));
    double c = 1 / sqrt(1 + t * t), s = t * c;
    for (int64_t k = 0; k < m; k++) {
        double x = h[k * m + a], y = h[k * m + b];
        h[k * m + a] = c * x - s * y;
        h[k * m + b] = s * x + c * y;
    }
    for (int64_t k = 0; k < m; k++) {
        double x = h[a * m + k], y = h[b * m + k];
        h[a * m + k] = c * x - s * y;
        h[b * m + k] = s * x + c * y;
    }
    for (int64_t k = 0; k < m; k++) {
        double x = q[k * m + a], y = q[k * m + b];
        q[k * m + a] = c * x - s * y;
        q[k * m + b] = s * x + c * y;
    }
}

/* Jacobi: eigenvectors of the symmetric h as columns of q, values on its diagonal. */
static void jacobi(int64_t m, double *h, double *q)
{
    for (int64_t k = 0; k < m * m; k++)
        q[k] = k % (m + 1) == 0;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double off = 0;
        for (int64_t a = 0; a < m; a++)
            for (int64_t b = a + 1; b < m; b++)
                off += h[a * m + b] * h[a * m + b];
        if (off < 1e-28)
            return;
        for (int64_t a = 0; a < m; a++)
            for (int64_t b = a + 1; b < m; b++)
                if (fabs(h[a * m + b]) > 1e-16)
                    rotate(m, h, q, a, b);
    }
}

/* Columns of q by falling value; selection, m is small. */
static void sort_columns(int64_t m, double *h, double *q)
{
    for (int64_t a = 0; a < m; a++) {
        int64_t top = a;
        for (int64_t b = a + 1; b < m; b++)
            if (h[b * m + b] > h[top * m + top])
                top = b;
        if (top == a)
            continue;
        double t = h[a * m + a];
        h[a * m + a] = h[top * m + top];
        h[top * m + top] = t;
        for (int64_t k = 0; k < m; k++) {
            t = q[k * m + a];
            q[k * m + a] = q[k * m + top];
            q[k * m + top] = t;
        }
    }
}

/* to = from q, block by small matrix */
static void turn(const space *x, const double *from, double *to)
{
    int64_t m = x->m;
    for (int64_t i = 0; i < x->n; i++) {
        double *out = to + i * m;
        memset(out, 0, (size_t)m * sizeof *out);
        for (int64_t k = 0; k < m; k++) {
            double f = from[i * m + k];
            for (int64_t c = 0; c < m; c++)
                out[c] += f * x->q[k * m + c];
        }
    }
}

/* v becomes the Ritz vectors, largest first; largest residual of the first `count`. */
static double ritz(space *x, int64_t count)
{
    int64_t m = x->m, n = x->n;
    multiply(x, 1, x->v, 0, 0, x->w);
    memset(x->h, 0, (size_t)(m * m) * sizeof *x->h);
    for (int64_t i = 0; i < n; i++)
        for (int64_t a = 0; a < m; a++)
            for (int64_t b = 0; b < m; b++)
                x->h[a * m + b] += x->v[i * m + a] * x->w[i * m + b];
    for (int64_t a = 0; a < m; a++)
        for (int64_t b = 0; b < a; b++)
            x->h[a * m + b] = x->h[b * m + a] = (x->h[a * m + b] + x->h[b * m + a]) / 2;
    jacobi(m, x->h, x->q);
    sort_columns(m, x->h, x->q);
    for (int64_t a = 0; a < m; a++)
        x->theta[a] = x->h[a * m + a];
    turn(x, x->v, x->u);
    double *other = x->v;
    x->v = x->u;
    x->u = other;
    multiply(x, 1, x->v, 0, 0, x->w);
    double worst = 0;
    for (int64_t c = 0; c < count; c++) {
        double r = 0;
        for (int64_t i = 0; i < n; i++) {
            double d = x->w[i * m + c] - x->theta[c] * x->v[i * m + c];
            r += d * d;
        }
        worst = fmax(worst, sqrt(r));
    }
    return worst;
}

static fsnn_status iterate(space *x, int64_t count, uint64_t seed)
{
    uint64_t draws = 0;
    for (int64_t i = 0; i < x->n * x->m; i++)
        x->v[i] = fsnn_random_normal(seed, STREAM, draws++);
    double worst = 1;
    for (int round = 0; round < ROUNDS; round++) {
        project(x, x->v);
        orthonormal(x, seed, &draws);
        worst = ritz(x, count);
        if (worst < TOLERANCE)
            return FSNN_OK;
        filter(x, fmin(fmax(x->theta[x->m - 1], -0.5), 1 - 1e-9));
    }
    return fsnn_fail(FSNN_ENUMERIC,
                     "the %lld eigenvectors of the Laplacian have not converged after %d rounds "
                     "(residual %.2g); fewer of them may",
                     (long long)count, ROUNDS, worst);
}

/* ---- all of it ---- */

static fsnn_status open_space(space *x, const fsnn_graph *g, int64_t count)
{
    size_t n = (size_t)g->nodes;
    x->n = g->nodes;
    x->piece = fsnn_alloc(n * sizeof *x->piece);
    x->root = fsnn_alloc(n * sizeof *x->root);
    int32_t *stack = fsnn_alloc((n + 1) * sizeof *stack);
    if (!x->piece || !x->root || !stack) {
        fsnn_free(stack);
        return FSNN_EMEMORY;
    }
    x->pieces = number_pieces(g, x->piece, stack);
    fsnn_free(stack);
    int64_t there = x->n - x->pieces;
    if (count > there)
        return fsnn_fail_key(FSNN_EARGUMENT, "laplacian",
                             "the Laplacian of a graph of %lld nodes in %lld pieces has %lld "
                             "eigenvalues above 0, not %lld",
                             (long long)x->n, (long long)x->pieces, (long long)there,
                             (long long)count);
    x->m = count + count / 2 + GUARD < there ? count + count / 2 + GUARD : there;
    size_t block = n * (size_t)x->m * sizeof(double),
           small = (size_t)(x->m * x->m) * sizeof(double);
    x->v = fsnn_alloc(block);
    x->w = fsnn_alloc(block);
    x->u = fsnn_alloc(block);
    x->h = fsnn_alloc(small);
    x->q = fsnn_alloc(small);
    x->theta = fsnn_alloc((size_t)x->m * sizeof *x->theta);
    x->weight = fsnn_alloc((size_t)x->pieces * sizeof *x->weight);
    x->sum = fsnn_alloc((size_t)(x->pieces * x->m) * sizeof *x->sum);
    if (!x->v || !x->w || !x->u || !x->h || !x->q || !x->theta || !x->weight || !x->sum)
        return FSNN_EMEMORY;
    null_space(g, x);
    return fsnn_graph_propagation(g, FSNN_PROPAGATE_SYM, false, false, &x->s);
}

static void close_space(space *x)
{
    fsnn_graph_matrix_free(&x->s);
    fsnn_free(x->v);
    fsnn_free(x->w);
    fsnn_free(x->u);
    fsnn_free(x->h);
    fsnn_free(x->q);
    fsnn_free(x->theta);
    fsnn_free(x->piece);
    fsnn_free(x->root);
    fsnn_free(x->weight);
    fsnn_free(x->sum);
}

static void deliver(const space *x, int64_t count, float *encoding, double *values)
{
    for (int64_t c = 0; c < count; c++) {
        double most = 0, sign = 0;
        for (int64_t i = 0; i < x->n; i++)
            most = fmax(most, fabs(x->v[i * x->m + c]));
        /* of equals but for rounding the first decides */
        for (int64_t i = 0; i < x->n && sign == 0; i++)
            if (fabs(x->v[i * x->m + c]) > most * (1 - 1e-6))
                sign = x->v[i * x->m + c] < 0 ? -1 : 1;
        double scale = sign * sqrt((double)x->n);
        for (int64_t i = 0; i < x->n; i++)
            encoding[i * count + c] = (float)(scale * x->v[i * x->m + c]);
        if (values)
            values[c] = 1 - x->theta[c];
    }
}

fsnn_status graph_laplacian_vectors(const fsnn_graph *g, int64_t *count)
{
    int32_t *piece = fsnn_alloc((size_t)g->nodes * sizeof *piece),
            *stack = fsnn_alloc((size_t)g->nodes * sizeof *stack);
    bool good = piece && stack;
    if (good)
        *count = g->nodes - number_pieces(g, piece, stack);
    fsnn_free(piece);
    fsnn_free(stack);
    return good ? FSNN_OK : FSNN_EMEMORY;
}

fsnn_status fsnn_graph_laplacian(const fsnn_graph *graph, int64_t count, uint64_t seed,
                                 float *encoding, double *values)
{
    if (!graph || !encoding || count < 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_graph_laplacian needs a graph, at least one vector (%lld) and a "
                         "place for the encoding",
                         (long long)count);
    space x = {0};
    fsnn_status status = open_space(&x, graph, count);
    if (!status)
        status = iterate(&x, count, seed);
    if (!status)
        deliver(&x, count, encoding, values);
    close_space(&x);
    return status;
}
