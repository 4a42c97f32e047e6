/* equation/expression.h: expressions as one graph of shared nodes (hash-consed: equal expressions
 * are one node), kept in a normal form, so that simplification and the finding of common
 * subexpressions are one thing:
 *
 *   sum      c + k_1 n_1 + k_2 n_2 + ...     k numbers, n nodes, each n once; a sum inside a sum
 *                                            dissolves
 *   product  n_1^e_1 n_2^e_2 ...             e numbers; a product inside a product dissolves,
 *                                            numbers go to the sum around it
 *   power    a^b                             b not a number
 *   call     exp, log, ...
 *
 * What depends on parameters only is gathered: a sum or product of things that vary has at most one
 * such term or factor, so that a tile can prepare it once (s*threshold/tau is s times
 * threshold/tau).
 *
 * The algebra is that of real numbers: 0 x is 0 and x/x is 1 whatever x, x - x is 0, and the order
 * of additions is that of the normal form, not of the text. sqrt is the power 1/2.
 *
 * Nodes are numbered so that arguments come before what uses them. A graph that grew too large, or
 * found no memory, says so at the end (graph_status): in between its functions return some node. */
#ifndef FSNN_EQUATION_EXPRESSION_H
#define FSNN_EQUATION_EXPRESSION_H

#include "base/base.h"
#include "equation/equation.h"

typedef enum graph_kind {
    GRAPH_CONST,
    GRAPH_LEAF,
    GRAPH_SUM,
    GRAPH_PRODUCT,
    GRAPH_POWER,
    GRAPH_CALL
} graph_kind;

typedef enum graph_function {
    GRAPH_EXP,
    GRAPH_LOG,
    GRAPH_TANH,
    GRAPH_SIGMOID,
    GRAPH_ABS,
    GRAPH_STEP,
    GRAPH_SIN,
    GRAPH_COS,
    GRAPH_MIN,
    GRAPH_MAX,
    GRAPH_FUNCTIONS
} graph_function;

/* k times node in a sum, node to the power k in a product; a call's and a power's arguments have k
 * = 1 */
typedef struct graph_term {
    double k;
    int node;
} graph_term;

typedef struct graph_node {
    graph_kind kind;
    graph_function function; /* of calls */
    double value;            /* of constants; of sums the number c */
    uint64_t leaves;         /* bit l: leaf l is somewhere below */
    int leaf;                /* of leaves: a slot of equation/equation.h, below 64 */
    int first, count;        /* terms */
    int next;                /* in its bucket */
} graph_node;

enum { GRAPH_BUCKETS = 512, GRAPH_NODES = 4096, GRAPH_TERMS = 1 << 16, GRAPH_WIDTH = 256 };

typedef struct graph {
    graph_node *node; /* [capacity] */
    graph_term *term; /* [term_capacity] */
    int64_t capacity, term_capacity;
    int count, term_count;
    fsnn_status status;
    int bucket[GRAPH_BUCKETS]; /* first node + 1 */
} graph;

fsnn_status graph_init(graph *g);
void graph_free(graph *g);
/* FSNN_EMEMORY or FSNN_EUNSUPPORTED (too large), without a sentence. */
fsnn_status graph_status(const graph *g);

int graph_const(graph *g, double value);
int graph_leaf(graph *g, int leaf);
/* sum of k_i n_i; product of n_i^k_i; count <= GRAPH_WIDTH */
int graph_sum(graph *g, const graph_term *terms, int count);
int graph_product(graph *g, const graph_term *terms, int count);
int graph_power(graph *g, int base, int exponent);
int graph_call(graph *g, graph_function function, const int *args);

static inline int graph_add(graph *g, double ka, int a, double kb, int b)
{
    return graph_sum(g, (graph_term[]){{ka, a}, {kb, b}}, 2);
}
static inline int graph_mul(graph *g, int a, double ea, int b, double eb)
{
    return graph_product(g, (graph_term[]){{ea, a}, {eb, b}}, 2);
}

/* What varies from step to step: anything but parameters. */
static inline bool graph_varies(const graph_node *n)
{
    return (n->leaves & ((UINT64_C(1) << EQUATION_PAR) - 1)) != 0;
}
static inline bool graph_is(const graph *g, int node, double value)
{
    return g->node[node].kind == GRAPH_CONST && g->node[node].value == value;
}
int graph_arity(graph_function function);

/* d(node)/d(leaf). At a kink the derivative is that to the right for abs and step (1 and 0), of min
 * and max that of the first argument. */
int graph_derivative(graph *g, int node, int leaf);
/* value[i] of nodes 0..node in double precision, given those of the leaves [EQUATION_VALUES]. value
 * [node + 1] */
double graph_value(const graph *g, int node, const double *leaves, double *value);

#endif
