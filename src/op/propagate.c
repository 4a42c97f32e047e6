/* op/propagate.c: what graph and gcn share. A product costs one multiply-add an entry of the matrix
 * and feature; rows are shared by the threads, each summed in the order of its columns. */
#include "op/propagate.h"

#include <string.h>

const char *const propagate_names[] = {"sym", "row", "none", NULL};

static fsnn_status capacity(propagate_matrix *m, int64_t nodes, int64_t entries)
{
    m->nodes = nodes;
    m->start = fsnn_alloc(fsnn_bytes(nodes + 1, sizeof *m->start));
    m->column = fsnn_alloc(fsnn_bytes(entries + 1, sizeof *m->column));
    m->weight = fsnn_alloc(fsnn_bytes(entries + 1, sizeof *m->weight));
    return m->start && m->column && m->weight ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status check(const op_node *node, const fsnn_graph_matrix *m)
{
    const char *kind = node->op->kind;
    if (!m || m->nodes < 1 || !m->start || m->start[0] != 0)
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s \"%s\": there is no matrix: fsnn_graph_propagation makes one from a "
                         "graph, a description names the graph's folder in path",
                         kind, node->name);
    for (int64_t i = 0; i < m->nodes; i++)
        for (int64_t e = m->start[i]; e < m->start[i + 1]; e++)
            if (m->column[e] < 0 || m->column[e] >= m->nodes)
                return fsnn_fail(FSNN_EARGUMENT,
                                 "%s \"%s\": row %lld of the matrix has a column %d of %lld", kind,
                                 node->name, (long long)i, (int)m->column[e], (long long)m->nodes);
    return FSNN_OK;
}

/* Before rounding, unless the rounded one was changed since. */
static real weight_of(const fsnn_graph_matrix *m, size_t e)
{
    bool same = m->exact && (float)m->exact[e] == m->weight[e];
    return same ? (real)m->exact[e] : m->weight[e];
}

static void copy(const fsnn_graph_matrix *from, propagate_matrix *to)
{
    size_t entries = (size_t)from->start[from->nodes];
    memcpy(to->start, from->start, (size_t)(from->nodes + 1) * sizeof *to->start);
    memcpy(to->column, from->column, entries * sizeof *to->column);
    for (size_t e = 0; e < entries; e++)
        to->weight[e] = weight_of(from, e);
}

static void transpose(const propagate_matrix *from, propagate_matrix *to)
{
    int64_t n = from->nodes, entries = from->start[n];
    for (int64_t e = 0; e < entries; e++)
        to->start[from->column[e] + 1]++;
    for (int64_t i = 0; i < n; i++)
        to->start[i + 1] += to->start[i];
    for (int64_t i = 0; i < n; i++) /* start runs ahead: it is put back below */
        for (int64_t e = from->start[i]; e < from->start[i + 1]; e++) {
            int64_t at = to->start[from->column[e]]++;
            to->column[at] = (int32_t)i;
            to->weight[at] = from->weight[e];
        }
    memmove(to->start + 1, to->start, (size_t)n * sizeof *to->start);
    to->start[0] = 0;
}

fsnn_status propagate_create(op_node *node)
{
    fsnn_graph_layer *o = node->options;
    propagate_state *st = node->state;
    FSNN_TRY(check(node, o->matrix));
    int64_t nodes = o->matrix->nodes, entries = o->matrix->start[nodes];
    FSNN_TRY(capacity(&st->forward, nodes, entries));
    FSNN_TRY(capacity(&st->backward, nodes, entries));
    copy(o->matrix, &st->forward);
    transpose(&st->forward, &st->backward);
    o->matrix = NULL; /* the caller's, perhaps gone soon */
    o->path = NULL;
    return FSNN_OK;
}

/* The weights were floats when they came. */
fsnn_status propagate_lend(op_node *node, void *options)
{
    propagate_state *st = node->state;
    int64_t entries = st->forward.start[st->forward.nodes];
    fsnn_free(st->lent.weight);
    st->lent = (fsnn_graph_matrix){
        .nodes = st->forward.nodes, .start = st->forward.start, .column = st->forward.column};
    st->lent.weight = fsnn_alloc(fsnn_bytes(entries + 1, sizeof *st->lent.weight));
    if (!st->lent.weight)
        return FSNN_EMEMORY;
    for (int64_t e = 0; e < entries; e++)
        st->lent.weight[e] = (float)st->forward.weight[e];
    ((fsnn_graph_layer *)options)->matrix = &st->lent;
    return FSNN_OK;
}

static void release(propagate_matrix *m)
{
    fsnn_free(m->start);
    fsnn_free(m->column);
    fsnn_free(m->weight);
}

void propagate_destroy(op_node *node)
{
    propagate_state *st = node->state;
    release(&st->forward);
    release(&st->backward);
    fsnn_free(st->lent.weight);
}

fsnn_status propagate_check(const op_node *node)
{
    const propagate_state *st = node->state;
    char text[128];
    if (node->in[0].rank == 2 && node->in[0].dim[0] == st->forward.nodes)
        return FSNN_OK;
    return fsnn_fail(
        FSNN_ESHAPE,
        "%s \"%s\": its input is %s, but the graph has %lld nodes: it takes [%lld, features]",
        node->op->kind, node->name, fsnn_shape_text(&node->in[0], text, sizeof text),
        (long long)st->forward.nodes, (long long)st->forward.nodes);
}

typedef struct product {
    const propagate_matrix *s;
    int64_t F;
    const real *x, *bias;
    real *y;
} product;

static void rows(int64_t begin, int64_t end, void *user)
{
    const product *p = user;
    int64_t F = p->F, nodes = p->s->nodes;
    for (int64_t r = begin; r < end; r++) {
        int64_t i = r % nodes;
        const real *x = p->x + (r - i) * F;
        real *restrict y = p->y + r * F;
        if (p->bias)
            memcpy(y, p->bias, (size_t)F * sizeof *y);
        else
            memset(y, 0, (size_t)F * sizeof *y);
        for (int64_t e = p->s->start[i]; e < p->s->start[i + 1]; e++) {
            const real *from = x + p->s->column[e] * F;
            real w = p->s->weight[e];
#pragma omp simd
            for (int64_t c = 0; c < F; c++)
                y[c] += w * from[c];
        }
    }
}

void propagate_multiply(const propagate_matrix *s, int64_t samples, int64_t F, const real *x,
                        const real *bias, real *y)
{
    product p = {s, F, x, bias, y};
    fsnn_parallel_range(samples * s->nodes, 128, rows, &p);
}
