/* Derivatives of expressions, as expressions; and values in double precision, the reference for the
 * rows. */
#include "equation/expression.h"

#include <math.h>

/* ---- derivatives ---- */

static int one_minus(graph *g, int a)
{
    return graph_add(g, 1, graph_const(g, 1), -1, a);
}

static int slope_exp(graph *g, int node, const int *x)
{
    (void)g, (void)x;
    return node;
}

static int slope_log(graph *g, int node, const int *x)
{
    (void)node;
    return graph_product(g, &(graph_term){-1, x[0]}, 1);
}

static int slope_tanh(graph *g, int node, const int *x)
{
    (void)x;
    return one_minus(g, graph_mul(g, node, 1, node, 1));
}

static int slope_sigmoid(graph *g, int node, const int *x)
{
    (void)x;
    return graph_mul(g, node, 1, one_minus(g, node), 1);
}

static int slope_abs(graph *g, int node, const int *x)
{
    (void)node;
    return graph_add(g, 2, graph_call(g, GRAPH_STEP, x), -1, graph_const(g, 1));
}

static int slope_step(graph *g, int node, const int *x)
{
    (void)node, (void)x;
    return graph_const(g, 0);
}

static int slope_sin(graph *g, int node, const int *x)
{
    (void)node;
    return graph_call(g, GRAPH_COS, x);
}

static int slope_cos(graph *g, int node, const int *x)
{
    (void)node;
    int sine = graph_call(g, GRAPH_SIN, x);
    return graph_sum(g, &(graph_term){-1, sine}, 1);
}

/* Of min and max with respect to the first argument; with respect to the second it is one less
 * that. */
static int slope_min(graph *g, int node, const int *x)
{
    (void)node;
    int ahead = graph_add(g, 1, x[1], -1, x[0]);
    return graph_call(g, GRAPH_STEP, &ahead);
}

static int slope_max(graph *g, int node, const int *x)
{
    (void)node;
    int ahead = graph_add(g, 1, x[0], -1, x[1]);
    return graph_call(g, GRAPH_STEP, &ahead);
}

static int (*const slopes[GRAPH_FUNCTIONS])(graph *g, int node, const int *x) = {
    [GRAPH_EXP] = slope_exp,         [GRAPH_LOG] = slope_log, [GRAPH_TANH] = slope_tanh,
    [GRAPH_SIGMOID] = slope_sigmoid, [GRAPH_ABS] = slope_abs, [GRAPH_STEP] = slope_step,
    [GRAPH_SIN] = slope_sin,         [GRAPH_COS] = slope_cos, [GRAPH_MIN] = slope_min,
    [GRAPH_MAX] = slope_max,
};

static int of_sum(graph *g, graph_node n, const int *d)
{
    graph_term terms[GRAPH_WIDTH];
    for (int i = 0; i < n.count; i++) {
        graph_term t = g->term[n.first + i];
        terms[i] = (graph_term){t.k, d[t.node]};
    }
    return graph_sum(g, terms, n.count);
}

/* sum over i of  e_i d_i n_i^(e_i - 1) times the other factors */
static int of_product(graph *g, graph_node n, const int *d)
{
    graph_term sum[GRAPH_WIDTH], factors[GRAPH_WIDTH + 1];
    int count = 0;
    for (int i = 0; i < n.count; i++) {
        graph_term t = g->term[n.first + i];
        if (graph_is(g, d[t.node], 0))
            continue;
        for (int j = 0; j < n.count; j++)
            factors[j] = g->term[n.first + j];
        factors[i].k -= 1;
        factors[n.count] = (graph_term){1, d[t.node]};
        sum[count++] = (graph_term){t.k, graph_product(g, factors, n.count + 1)};
    }
    return graph_sum(g, sum, count);
}

/* a^b:  b a^(b-1) a' + a^b log(a) b' */
static int of_power(graph *g, int node, const int *d)
{
    int a = g->term[g->node[node].first].node, b = g->term[g->node[node].first + 1].node;
    int less = graph_add(g, 1, b, -1, graph_const(g, 1));
    int steep = graph_power(g, a, less), curl = graph_call(g, GRAPH_LOG, &a);
    int base = graph_product(g, (graph_term[]){{1, b}, {1, steep}, {1, d[a]}}, 3);
    int exponent = graph_product(g, (graph_term[]){{1, node}, {1, curl}, {1, d[b]}}, 3);
    return graph_add(g, 1, base, 1, exponent);
}

static int of_call(graph *g, int node, const int *d)
{
    graph_node n = g->node[node];
    int x[2] = {g->term[n.first].node, n.count > 1 ? g->term[n.first + 1].node : 0};
    int slope = slopes[n.function](g, node, x);
    int first = graph_mul(g, slope, 1, d[x[0]], 1);
    if (n.count == 1)
        return first;
    return graph_add(g, 1, first, 1, graph_mul(g, one_minus(g, slope), 1, d[x[1]], 1));
}

static int derivative(graph *g, int node, int leaf, const int *d)
{
    const graph_node *n = &g->node[node];
    if (!(n->leaves >> leaf & 1))
        return graph_const(g, 0);
    switch (n->kind) {
    case GRAPH_SUM:
        return of_sum(g, *n, d);
    case GRAPH_PRODUCT:
        return of_product(g, *n, d);
    case GRAPH_POWER:
        return of_power(g, node, d);
    case GRAPH_CALL:
        return of_call(g, node, d);
    default:
        return graph_const(g, 1);
    }
}

int graph_derivative(graph *g, int node, int leaf)
{
    int *d = fsnn_alloc(sizeof *d * (size_t)(node + 1));
    if (!d) {
        g->status = FSNN_EMEMORY;
        return 0;
    }
    for (int i = 0; i <= node && !g->status; i++)
        d[i] = derivative(g, i, leaf, d);
    int result = g->status ? 0 : d[node];
    fsnn_free(d);
    return result;
}

/* ---- values ---- */

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double step(double x)
{
    return x >= 0 ? 1 : 0;
}

static double (*const unary[GRAPH_FUNCTIONS])(double) = {
    [GRAPH_EXP] = exp,  [GRAPH_LOG] = log,   [GRAPH_TANH] = tanh, [GRAPH_SIGMOID] = sigmoid,
    [GRAPH_ABS] = fabs, [GRAPH_STEP] = step, [GRAPH_SIN] = sin,   [GRAPH_COS] = cos,
};

static double value_of(const graph_node *n, const graph_term *t, const double *leaves,
                       const double *v)
{
    double x = n->value;
    switch (n->kind) {
    case GRAPH_CONST:
        return x;
    case GRAPH_LEAF:
        return leaves[n->leaf];
    case GRAPH_SUM:
        for (int i = 0; i < n->count; i++)
            x += t[i].k * v[t[i].node];
        return x;
    case GRAPH_PRODUCT:
        x = 1;
        for (int i = 0; i < n->count; i++)
            x *= pow(v[t[i].node], t[i].k);
        return x;
    case GRAPH_POWER:
        return pow(v[t[0].node], v[t[1].node]);
    default:
        if (n->count == 1)
            return unary[n->function](v[t[0].node]);
        return n->function == GRAPH_MIN ? fmin(v[t[0].node], v[t[1].node])
                                        : fmax(v[t[0].node], v[t[1].node]);
    }
}

double graph_value(const graph *g, int node, const double *leaves, double *value)
{
    for (int i = 0; i <= node; i++)
        value[i] = value_of(&g->node[i], g->term + g->node[i].first, leaves, value);
    return value[node];
}
