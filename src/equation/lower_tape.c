/* From the graph's normal form to a tape of operations on two values: what one would write by hand.
 */
#include "equation/code.h"

#include <math.h>
#include <string.h>

enum { REPEATED = 32 }; /* powers up to here by multiplication */

/* Marks what the nodes need; l->stack[node] is 1 for it. What varies opens its arguments,
 * parameters do `inside` only. */
static void mark(const lowering *l, const int *nodes, int count, bool inside)
{
    memset(l->stack, 0, sizeof *l->stack * (size_t)l->g->count);
    for (int i = 0; i < count; i++)
        l->stack[nodes[i]] = 1;
    for (int i = l->g->count - 1; i >= 0; i--) {
        const graph_node *n = &l->g->node[i];
        if (l->stack[i] && (inside || graph_varies(n)))
            for (int k = 0; k < n->count; k++)
                l->stack[l->g->term[n->first + k].node] = 1;
    }
}

int lower_rows(const lowering *l, const int *nodes, int count)
{
    int rows = 0;
    mark(l, nodes, count, false);
    for (int i = 0; i < l->g->count; i++) {
        const graph_node *n = &l->g->node[i];
        l->row[i] = l->stack[i] && n->kind != GRAPH_CONST && !graph_varies(n) ? rows++ : -1;
    }
    return rows;
}

static int scaled(tape *t, double k, int value)
{
    return fabs(k) == 1 ? value : tape_mul(t, value, tape_const(t, fabs(k)));
}

/* The terms of one sign, added to acc (-1: none yet). */
static int gather(const lowering *l, tape *t, const graph_node *n, double sign, int acc)
{
    const graph_term *term = l->g->term + n->first;
    for (int i = 0; i < n->count; i++) {
        if (term[i].k * sign < 0)
            continue;
        int value = scaled(t, term[i].k, l->value[term[i].node]);
        acc = acc < 0 ? value : sign > 0 ? tape_add(t, acc, value) : tape_sub(t, acc, value);
    }
    return acc;
}

/* Positive terms first: I - v and not -v + I. */
static int lower_sum(const lowering *l, tape *t, const graph_node *n)
{
    double c = n->value;
    int acc = gather(l, t, n, 1, -1);
    if (acc < 0 && c != 0) {
        acc = tape_const(t, c);
        c = 0;
    }
    if (acc < 0) {
        const graph_term *term = l->g->term + n->first;
        for (int i = 0; i < n->count; i++) {
            int value = scaled(t, term[i].k, l->value[term[i].node]);
            acc = acc < 0 ? value : tape_add(t, acc, value);
        }
        return tape_neg(t, acc);
    }
    acc = gather(l, t, n, -1, acc);
    if (c > 0)
        return tape_add(t, acc, tape_const(t, c));
    return c < 0 ? tape_sub(t, acc, tape_const(t, -c)) : acc;
}

/* x^e, e > 0 whole */
static int repeated(tape *t, int x, int e)
{
    if (e == 1)
        return x;
    int half = repeated(t, x, e / 2), square = tape_mul(t, half, half);
    return e % 2 ? tape_mul(t, square, x) : square;
}

/* x^e, e > 0 */
static int lower_power(tape *t, int x, double e)
{
    double whole = floor(e);
    if (e > REPEATED || (e != whole && e != whole + 0.5))
        return tape_op(t, OP_POW, x, tape_const(t, e), -1);
    if (e == whole)
        return repeated(t, x, (int)e);
    int root = tape_op(t, OP_SQRT, x, -1, -1);
    return whole == 0 ? root : tape_mul(t, repeated(t, x, (int)whole), root);
}

/* What varies first, then its one factor of parameters. */
static int lower_product(const lowering *l, tape *t, const graph_node *n)
{
    int over = -1, under = -1;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < n->count; i++) {
            graph_term f = l->g->term[n->first + i];
            if (graph_varies(&l->g->node[f.node]) != (pass == 0))
                continue;
            int value = lower_power(t, l->value[f.node], fabs(f.k));
            int *side = f.k > 0 ? &over : &under;
            *side = *side < 0 ? value : tape_mul(t, *side, value);
        }
    if (under < 0)
        return over;
    return tape_div(t, over < 0 ? tape_const(t, 1) : over, under);
}

static int lower_call(const lowering *l, tape *t, const graph_node *n)
{
    static const int op[GRAPH_FUNCTIONS] = {
        [GRAPH_EXP] = OP_EXP,         [GRAPH_LOG] = OP_LOG, [GRAPH_TANH] = OP_TANH,
        [GRAPH_SIGMOID] = OP_SIGMOID, [GRAPH_ABS] = OP_ABS, [GRAPH_STEP] = OP_STEP,
        [GRAPH_SIN] = OP_SIN,         [GRAPH_COS] = OP_COS, [GRAPH_MIN] = OP_MIN,
        [GRAPH_MAX] = OP_MAX,
    };
    const graph_term *term = l->g->term + n->first;
    return tape_op(t, op[n->function], l->value[term[0].node],
                   n->count > 1 ? l->value[term[1].node] : -1, -1);
}

static int lower_node(const lowering *l, tape *t, int node, bool inside)
{
    const graph_node *n = &l->g->node[node];
    const graph_term *term = l->g->term + n->first;
    if (n->kind != GRAPH_CONST && !inside && !graph_varies(n))
        return tape_slot(t, EQUATION_OWN + l->row[node]);
    switch (n->kind) {
    case GRAPH_CONST:
        return tape_const(t, n->value);
    case GRAPH_LEAF:
        return tape_slot(t, n->leaf);
    case GRAPH_SUM:
        return lower_sum(l, t, n);
    case GRAPH_PRODUCT:
        return lower_product(l, t, n);
    case GRAPH_POWER:
        return tape_op(t, OP_POW, l->value[term[0].node], l->value[term[1].node], -1);
    default:
        return lower_call(l, t, n);
    }
}

void lower_outputs(const lowering *l, tape *t, const int *nodes, const int *slots, int count,
                   bool inside)
{
    mark(l, nodes, count, inside);
    for (int i = 0; i < l->g->count && !t->status; i++)
        l->value[i] = l->stack[i] ? lower_node(l, t, i, inside) : -1;
    for (int i = 0; i < count && !t->status; i++)
        tape_output_add(t, l->value[nodes[i]], slots[i]);
}
