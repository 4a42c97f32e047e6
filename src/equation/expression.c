/* The graph of expressions: normal form and sharing. */
#include "equation/expression.h"

#include <math.h>
#include <string.h>

/* Terms being gathered: a sum's number is c; a product's coefficient is c. */
typedef struct pile {
    graph_term term[GRAPH_WIDTH];
    int count;
    double c;
} pile;

fsnn_status graph_init(graph *g)
{
    memset(g, 0, sizeof *g);
    graph_const(g, 0); /* node 0: what functions return once the graph has failed */
    return g->status;
}

void graph_free(graph *g)
{
    fsnn_free(g->node);
    fsnn_free(g->term);
    g->node = NULL;
    g->term = NULL;
}

fsnn_status graph_status(const graph *g)
{
    return g->status;
}

static int fail(graph *g, fsnn_status status)
{
    if (!g->status)
        g->status = status;
    return 0;
}

/* Room for `need` nodes or terms, up to `most`. */
static bool grow(graph *g, void *array, int64_t *capacity, int count, int need, size_t size,
                 int most)
{
    if (!g->status)
        g->status =
            need <= most ? fsnn_grow(array, count, capacity, need, size) : FSNN_EUNSUPPORTED;
    return !g->status;
}

/* ---- interning ---- */

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 29;
}

static uint64_t bits(double x)
{
    uint64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static int bucket_of(const graph_node *n, const graph_term *terms)
{
    uint64_t h = mix((uint64_t)n->kind * 64 + n->function, (uint64_t)n->leaf);
    h = mix(h, bits(n->value));
    for (int i = 0; i < n->count; i++)
        h = mix(mix(h, bits(terms[i].k)), (uint64_t)terms[i].node);
    return (int)(h % GRAPH_BUCKETS);
}

static bool same(const graph *g, const graph_node *a, const graph_node *b, const graph_term *terms)
{
    if (a->kind != b->kind || a->function != b->function || a->leaf != b->leaf ||
        a->count != b->count || bits(a->value) != bits(b->value))
        return false;
    for (int i = 0; i < a->count; i++)
        if (g->term[a->first + i].node != terms[i].node || g->term[a->first + i].k != terms[i].k)
            return false;
    return true;
}

static int intern(graph *g, graph_node n, const graph_term *terms, int count)
{
    n.count = count;
    int *bucket = &g->bucket[bucket_of(&n, terms)];
    for (int i = *bucket; i; i = g->node[i - 1].next)
        if (same(g, &g->node[i - 1], &n, terms))
            return i - 1;
    if (!grow(g, &g->node, &g->capacity, g->count, g->count + 1, sizeof *g->node, GRAPH_NODES) ||
        !grow(g, &g->term, &g->term_capacity, g->term_count, g->term_count + count, sizeof *g->term,
              GRAPH_TERMS))
        return 0;
    n.first = g->term_count;
    for (int i = 0; i < count; i++) {
        g->term[g->term_count++] = terms[i];
        n.leaves |= g->node[terms[i].node].leaves;
    }
    if (n.kind == GRAPH_LEAF)
        n.leaves = UINT64_C(1) << n.leaf;
    n.next = *bucket;
    g->node[g->count] = n;
    *bucket = ++g->count;
    return g->count - 1;
}

int graph_const(graph *g, double value)
{
    return intern(g, (graph_node){.kind = GRAPH_CONST, .value = value + 0.0 /* no -0 */}, NULL, 0);
}

int graph_leaf(graph *g, int leaf)
{
    return intern(g, (graph_node){.kind = GRAPH_LEAF, .leaf = leaf}, NULL, 0);
}

/* ---- piles ---- */

static void put(graph *g, pile *p, double k, int node)
{
    for (int i = 0; i < p->count; i++)
        if (p->term[i].node == node) {
            p->term[i].k += k;
            return;
        }
    if (p->count == GRAPH_WIDTH)
        fail(g, FSNN_EUNSUPPORTED);
    else
        p->term[p->count++] = (graph_term){k, node};
}

static void drop(pile *p, int i)
{
    p->term[i] = p->term[--p->count];
}

static void sort(pile *p)
{
    int n = 0;
    for (int i = 0; i < p->count; i++) {
        graph_term t = p->term[i];
        if (t.k == 0)
            continue;
        int at = n++;
        for (; at > 0 && p->term[at - 1].node > t.node; at--)
            p->term[at] = p->term[at - 1];
        p->term[at] = t;
    }
    p->count = n;
}

/* What varies stays in p, parameters go to `par`. */
static void divide(const graph *g, pile *p, pile *par)
{
    int n = 0;
    par->count = 0;
    for (int i = 0; i < p->count; i++)
        if (graph_varies(&g->node[p->term[i].node]))
            p->term[n++] = p->term[i];
        else
            par->term[par->count++] = p->term[i];
    p->count = n;
}

/* ---- sums ---- */

static int product_of(graph *g, pile *p);
static void gather_factor(graph *g, pile *p, double e, int node);

/* One term k n and no number. */
static bool is_multiple(const graph_node *n)
{
    return n->kind == GRAPH_SUM && n->count == 1 && n->value == 0;
}

/* node = k * (the returned node). */
static int without_number(graph *g, int node, double *k)
{
    const graph_node *n = &g->node[node];
    if (is_multiple(n)) {
        graph_term t = g->term[n->first];
        *k *= t.k;
        return without_number(g, t.node, k);
    }
    if (n->kind != GRAPH_PRODUCT || !graph_varies(n))
        return node;
    for (int i = 0; i < n->count; i++) {
        graph_term t = g->term[n->first + i];
        if (t.k != 1 || !is_multiple(&g->node[t.node]) || graph_varies(&g->node[t.node]))
            continue;
        pile p = {.c = 1};
        for (int j = 0; j < g->node[node].count; j++)
            gather_factor(g, &p, g->term[g->node[node].first + j].k,
                          g->term[g->node[node].first + j].node);
        *k *= p.c;
        p.c = 1;
        return product_of(g, &p);
    }
    return node;
}

static void gather_term(graph *g, pile *p, double k, int node)
{
    if (g->status)
        return;
    node = without_number(g, node, &k);
    graph_node n = g->node[node];
    if (n.kind == GRAPH_CONST)
        p->c += k * n.value;
    else if (n.kind == GRAPH_SUM && (k == 1 || k == -1)) {
        p->c += k * n.value;
        for (int i = 0; i < n.count; i++)
            gather_term(g, p, k * g->term[n.first + i].k, g->term[n.first + i].node);
    } else
        put(g, p, k, node);
}

/* k n with the size of k in n's parameters, where it has any: 2 v/tau is v times 2/tau. */
static graph_term settle(graph *g, graph_term t)
{
    graph_node n = g->node[t.node];
    if (t.k == 1 || t.k == -1 || n.kind != GRAPH_PRODUCT || !graph_varies(&n))
        return t;
    for (int i = 0; i < n.count; i++) {
        graph_term f = g->term[n.first + i];
        if (graph_varies(&g->node[f.node]))
            continue;
        graph_term more[GRAPH_WIDTH];
        int scaled = graph_sum(g, &(graph_term){fabs(t.k), f.node}, 1);
        memcpy(more, g->term + n.first, sizeof *more * (size_t)n.count);
        more[i].node = scaled;
        pile p = {.count = n.count};
        memcpy(p.term, more, sizeof *more * (size_t)n.count);
        sort(&p);
        return (graph_term){t.k < 0 ? -1 : 1,
                            intern(g, (graph_node){.kind = GRAPH_PRODUCT}, p.term, p.count)};
    }
    return t;
}

static int sum_of(graph *g, pile *p)
{
    sort(p);
    pile par;
    divide(g, p, &par);
    if (p->count == 0) {
        *p = (pile){.count = par.count, .c = p->c};
        memcpy(p->term, par.term, sizeof *par.term * (size_t)par.count);
    } else if (par.count) {
        par.c = p->c;
        if (par.count > 1 || p->c != 0 || fabs(par.term[0].k) != 1) {
            par.term[0] = (graph_term){1, sum_of(g, &par)};
            p->c = 0;
        }
        p->term[p->count++] = par.term[0];
    }
    for (int i = 0; i < p->count; i++)
        p->term[i] = settle(g, p->term[i]);
    sort(p);
    if (p->count == 0)
        return graph_const(g, p->c);
    if (p->count == 1 && p->term[0].k == 1 && p->c == 0)
        return p->term[0].node;
    return intern(g, (graph_node){.kind = GRAPH_SUM, .value = p->c + 0.0}, p->term, p->count);
}

int graph_sum(graph *g, const graph_term *terms, int count)
{
    pile p = {.c = 0};
    for (int i = 0; i < count; i++)
        gather_term(g, &p, terms[i].k, terms[i].node);
    return g->status ? 0 : sum_of(g, &p);
}

/* ---- products ---- */

static bool whole(double e)
{
    return e == floor(e) && fabs(e) < 1e9;
}

static bool even(double e)
{
    return whole(e) && fmod(e, 2) == 0;
}

/* A sum whose first term is negative, as factor: the sign goes out, so that (a - b) and (b - a) are
 * one node. */
static int without_sign(graph *g, int node, double e, double *c)
{
    graph_node n = g->node[node];
    if (n.kind != GRAPH_SUM || !whole(e) || g->term[n.first].k > 0)
        return node;
    *c *= even(e) ? 1 : -1;
    return graph_sum(g, &(graph_term){-1, node}, 1);
}

/* (n^e1)^e is n^(e1 e), but for even e1 and broken e: sqrt(x^2) is |x|. */
static bool opens(const graph *g, const graph_node *n, double e)
{
    return n->kind == GRAPH_PRODUCT && (whole(e) || (n->count == 1 && !even(g->term[n->first].k)));
}

static void gather_factor(graph *g, pile *p, double e, int node)
{
    if (g->status)
        return;
    graph_node n = g->node[node];
    if (n.kind == GRAPH_CONST && (whole(e) || n.value >= 0)) {
        p->c *= pow(n.value, e);
    } else if (is_multiple(&n) && whole(e)) {
        p->c *= pow(g->term[n.first].k, e);
        gather_factor(g, p, e, g->term[n.first].node);
    } else if (opens(g, &n, e)) {
        for (int i = 0; i < n.count; i++)
            gather_factor(g, p, g->term[n.first + i].k * e, g->term[n.first + i].node);
    } else
        put(g, p, e, without_sign(g, node, e, &p->c));
}

/* Powers that came together may have become whole: sqrt(2x) sqrt(2x) is 2x. */
static void reopen(graph *g, pile *p)
{
    for (int i = 0; i < p->count && !g->status;) {
        graph_term t = p->term[i];
        const graph_node *n = &g->node[t.node];
        if (t.k != 0 && (opens(g, n, t.k) || (is_multiple(n) && whole(t.k)))) {
            drop(p, i);
            gather_factor(g, p, t.k, t.node);
            i = 0;
        } else
            i++;
    }
}

static int bare_product(graph *g, pile *p)
{
    sort(p);
    if (p->count == 0)
        return graph_const(g, 1);
    if (p->count == 1 && p->term[0].k == 1)
        return p->term[0].node;
    return intern(g, (graph_node){.kind = GRAPH_PRODUCT}, p->term, p->count);
}

static int product_of(graph *g, pile *p)
{
    reopen(g, p);
    if (p->c == 0 || g->status)
        return graph_const(g, 0);
    sort(p);
    pile par;
    double c = p->c;
    divide(g, p, &par);
    if (p->count == 0)
        *p = par;
    else if (par.count)
        p->term[p->count++] = (graph_term){1, bare_product(g, &par)};
    int node = bare_product(g, p);
    return c == 1 ? node : graph_sum(g, &(graph_term){c, node}, 1);
}

int graph_product(graph *g, const graph_term *terms, int count)
{
    pile p = {.c = 1};
    for (int i = 0; i < count; i++)
        gather_factor(g, &p, terms[i].k, terms[i].node);
    return g->status ? 0 : product_of(g, &p);
}

int graph_power(graph *g, int base, int exponent)
{
    graph_node a = g->node[base], b = g->node[exponent];
    if (b.kind == GRAPH_CONST && a.kind == GRAPH_CONST)
        return graph_const(g, pow(a.value, b.value));
    if (b.kind == GRAPH_CONST)
        return graph_product(g, &(graph_term){b.value, base}, 1);
    if (graph_is(g, base, 1))
        return base;
    return intern(g, (graph_node){.kind = GRAPH_POWER}, (graph_term[]){{1, base}, {1, exponent}},
                  2);
}

/* ---- calls ---- */

int graph_arity(graph_function function)
{
    return function >= GRAPH_MIN ? 2 : 1;
}

/* log(exp(x)) and exp(log(x)) are x. */
static bool undoes(const graph_node *arg, graph_function function)
{
    return arg->kind == GRAPH_CALL && ((function == GRAPH_LOG && arg->function == GRAPH_EXP) ||
                                       (function == GRAPH_EXP && arg->function == GRAPH_LOG));
}

int graph_call(graph *g, graph_function function, const int *args)
{
    graph_term t[2];
    int n = graph_arity(function), constants = 0;
    for (int i = 0; i < n; i++) {
        t[i] = (graph_term){1, args[i]};
        constants += g->node[args[i]].kind == GRAPH_CONST;
    }
    if (undoes(&g->node[args[0]], function))
        return g->term[g->node[args[0]].first].node;
    if (n == 2 && args[0] == args[1])
        return args[0];
    int node = intern(g, (graph_node){.kind = GRAPH_CALL, .function = function}, t, n);
    if (constants < n || g->status)
        return node;
    double *value = fsnn_alloc(sizeof *value * (size_t)(node + 1));
    if (!value)
        return fail(g, FSNN_EMEMORY);
    double folded = graph_value(g, node, (const double[EQUATION_VALUES]){0}, value);
    fsnn_free(value);
    return graph_const(g, folded);
}
