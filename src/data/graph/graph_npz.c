/* data/graph/graph_npz.c: a graph from the arrays of an NPZ file, SciPy's sparse rows (CSR) or
 * plain lists. Sizes of arrays are those of the file; numbers in them are checked before they are
 * used. An edge is there or not, as in text: either direction makes it, and both are one. */
#include "data/graph/graph.h"

#include "format/npz.h"
#include "format/zip.h"

#include <stdlib.h>
#include <string.h>

static const char *const array_names[] = {
    "adj_data",    "adj_indices", "adj_indptr",  "adj_shape", "attr_data", "attr_indices",
    "attr_indptr", "attr_shape",  "attr_matrix", "x",         "edges",     "edge_index",
    "labels",      "y",           "train_mask",  "val_mask",  "test_mask", NULL,
};

static const char *const mask_names[FSNN_PARTS] = {"train_mask", "val_mask", "test_mask"};

typedef struct source {
    const char *path; /* begins each sentence */
    const fsnn_arrays *list;
    const char *classes; /* the array that says how many nodes there are */
} source;

/* ---- arrays and their numbers ---- */

static double number(const fsnn_array *a, int64_t i)
{
    fsnn_array one = {.dtype = a->dtype,
                      .data = (char *)a->data + (size_t)i * fsnn_dtype_size(a->dtype)};
    double value;
    fsnn_array_to_f64(&one, &value);
    return value;
}

/* Number i, which must be whole and at least `low` and below `limit`. Where a double rounds it is
 * far out of range. */
static fsnn_status whole(const source *s, const fsnn_array *a, int64_t i, int64_t low,
                         int64_t limit, int64_t *out)
{
    double value = number(a, i);
    if (value >= (double)low && value < (double)limit) {
        *out = (int64_t)value;
        return FSNN_OK;
    }
    char range[48] = "";
    if (limit - 1 > low)
        snprintf(range, sizeof range, " to %lld", (long long)limit - 1);
    return fsnn_fail(FSNN_EFORMAT, "%s: %s: number %lld is %.17g; expected is %lld%s", s->path,
                     a->name, (long long)i, value, (long long)low, range);
}

static bool has_integers(const fsnn_array *a)
{
    return a->dtype != FSNN_F32 && a->dtype != FSNN_F64 && a->dtype != FSNN_BOOL;
}

static fsnn_status check_integers(const source *s, const fsnn_array *a)
{
    if (has_integers(a))
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: %s holds %s; integers are expected, NumPy's astype('int64') converts",
                     s->path, a->name, fsnn_dtype_name(a->dtype));
}

static fsnn_status unexpected(const source *s, const fsnn_array *a, const char *expected)
{
    char text[256];
    return fsnn_fail(FSNN_EFORMAT, "%s: %s has the shape %s; expected is %s", s->path, a->name,
                     fsnn_shape_text(&a->shape, text, sizeof text), expected);
}

static fsnn_status check_nodes(const source *s, const char *name, int64_t found, int64_t nodes)
{
    if (found == nodes)
        return FSNN_OK;
    return fsnn_fail(
        FSNN_EFORMAT,
        "%s: %s is of %lld nodes, but %s of %lld; all arrays must be of the same nodes", s->path,
        name, (long long)found, s->classes, (long long)nodes);
}

/* ---- sparse rows ---- */

enum { DATA, INDICES, INDPTR, SHAPE, CSR_ARRAYS };

typedef struct csr {
    const fsnn_array *part[CSR_ARRAYS];
    int64_t rows, columns, count;
} csr;

/* [k] of "adj" or "attr"; names of the table, so that they are those that were read. */
static const char *csr_name(const char *stem, int k)
{
    return array_names[k + (strcmp(stem, "adj") ? CSR_ARRAYS : 0)];
}

static fsnn_status csr_find(const source *s, const char *stem, csr *m)
{
    for (int k = 0; k < CSR_ARRAYS; k++) {
        m->part[k] = fsnn_arrays_find(s->list, csr_name(stem, k));
        if (!m->part[k])
            return fsnn_fail(
                FSNN_EFORMAT, "%s: has no array %s; sparse rows (CSR) are %s, %s, %s and %s",
                s->path, csr_name(stem, k), csr_name(stem, DATA), csr_name(stem, INDICES),
                csr_name(stem, INDPTR), csr_name(stem, SHAPE));
        if (m->part[k]->shape.rank != 1)
            return unexpected(s, m->part[k], "a list");
        if (k != DATA)
            FSNN_TRY(check_integers(s, m->part[k]));
    }
    if (m->part[SHAPE]->shape.dim[0] != 2)
        return unexpected(s, m->part[SHAPE], "[2], the numbers of rows and columns");
    FSNN_TRY(whole(s, m->part[SHAPE], 0, 1, INT32_MAX, &m->rows));
    return whole(s, m->part[SHAPE], 1, 1, INT32_MAX, &m->columns);
}

static fsnn_status csr_read(const source *s, const char *stem, int64_t nodes, csr *m)
{
    int64_t end = 0, column;
    FSNN_TRY(csr_find(s, stem, m));
    FSNN_TRY(check_nodes(s, m->part[SHAPE]->name, m->rows, nodes));
    const fsnn_array *indptr = m->part[INDPTR];
    if (indptr->shape.dim[0] != nodes + 1)
        return unexpected(s, indptr, "a number for each node and one more");
    m->count = m->part[INDICES]->shape.dim[0];
    if (m->part[DATA]->shape.dim[0] != m->count)
        return unexpected(s, m->part[DATA], "a value for each index");
    for (int64_t i = 0; i <= nodes; i++) /* 0 first, none less than the one before, all at last */
        FSNN_TRY(whole(s, indptr, i, i < nodes ? end : m->count, i ? m->count + 1 : 1, &end));
    for (int64_t e = 0; e < m->count; e++)
        FSNN_TRY(whole(s, m->part[INDICES], e, 0, m->columns, &column));
    return FSNN_OK;
}

static int64_t csr_start(const csr *m, int64_t row)
{
    return (int64_t)number(m->part[INDPTR], row);
}

/* ---- classes ---- */

static fsnn_status read_classes(const source *s, const fsnn_array *a, fsnn_graph *g)
{
    int64_t label = 0;
    FSNN_TRY(check_integers(s, a));
    if (a->shape.rank != 1 || a->shape.dim[0] < 1 || a->shape.dim[0] >= INT32_MAX)
        return unexpected(s, a, "[N], the class of each node");
    g->nodes = a->shape.dim[0];
    g->label = fsnn_alloc((size_t)g->nodes * sizeof *g->label);
    if (!g->label)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < g->nodes; i++) { /* no more classes than nodes */
        FSNN_TRY(whole(s, a, i, -1, g->nodes, &label));
        g->label[i] = (int32_t)label;
        g->classes = label >= g->classes ? label + 1 : g->classes;
    }
    if (g->classes)
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT, "%s: %s has no class, only -1; classes count from 0", s->path,
                     a->name);
}

/* ---- edges ---- */

/* A loop says nothing that `self_loops` does not. */
static void put_pair(int32_t (*pair)[2], int64_t *count, int64_t u, int64_t v)
{
    if (u == v)
        return;
    pair[*count][0] = (int32_t)u;
    pair[(*count)++][1] = (int32_t)v;
}

static fsnn_status connect(fsnn_graph *g, int32_t (*pair)[2], int64_t count)
{
    int32_t repeated[2];
    return graph_connect(g, pair, count, repeated);
}

static fsnn_status list_pairs(const source *s, const fsnn_array *a, bool across, int64_t edges,
                              const fsnn_graph *g, int32_t (*pair)[2], int64_t *count)
{
    for (int64_t e = 0; e < edges; e++) {
        int64_t u, v;
        FSNN_TRY(whole(s, a, across ? e : 2 * e, 0, g->nodes, &u));
        FSNN_TRY(whole(s, a, across ? edges + e : 2 * e + 1, 0, g->nodes, &v));
        put_pair(pair, count, u, v);
    }
    return FSNN_OK;
}

static fsnn_status read_list(const source *s, const fsnn_array *a, fsnn_graph *g)
{
    bool across = !strcmp(a->name, "edge_index");
    FSNN_TRY(check_integers(s, a));
    if (a->shape.rank != 2 || a->shape.dim[!across] != 2)
        return unexpected(s, a, across ? "[2, E], two nodes an edge" : "[E, 2], two nodes an edge");
    int64_t edges = a->shape.dim[across], count = 0;
    int32_t(*pair)[2] = fsnn_alloc((size_t)(edges + 1) * sizeof *pair);
    if (!pair)
        return FSNN_EMEMORY;
    fsnn_status status = list_pairs(s, a, across, edges, g, pair, &count);
    if (!status)
        status = connect(g, pair, count);
    fsnn_free(pair);
    return status;
}

/* As in text, an edge has no weight. */
static fsnn_status check_weights(const source *s, const fsnn_array *a)
{
    for (int64_t e = 0; e < a->shape.dim[0]; e++)
        if (number(a, e) != 1)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: %s: number %lld is %g; edges have no weights: ones are "
                             "expected, A.data[:] = 1 makes them",
                             s->path, a->name, (long long)e, number(a, e));
    return FSNN_OK;
}

static fsnn_status read_adjacency(const source *s, const fsnn_array *a, fsnn_graph *g)
{
    csr m;
    int64_t count = 0;
    (void)a;
    FSNN_TRY(csr_read(s, "adj", g->nodes, &m));
    if (m.columns != m.rows)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: %s is %lld rows and %lld columns; both must be the number of nodes",
                         s->path, m.part[SHAPE]->name, (long long)m.rows, (long long)m.columns);
    FSNN_TRY(check_weights(s, m.part[DATA]));
    int32_t(*pair)[2] = fsnn_alloc((size_t)(m.count + 1) * sizeof *pair);
    if (!pair)
        return FSNN_EMEMORY;
    for (int64_t i = 0, e = 0; i < g->nodes; i++)
        for (int64_t end = csr_start(&m, i + 1); e < end; e++)
            put_pair(pair, &count, i, (int64_t)number(m.part[INDICES], e));
    fsnn_status status = connect(g, pair, count);
    fsnn_free(pair);
    return status;
}

/* ---- features ---- */

static fsnn_status check_value(const source *s, const fsnn_array *a, int64_t i)
{
    if (graph_finite(number(a, i)))
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: %s: number %lld is %g; finite ones that a float32 holds are expected",
                     s->path, a->name, (long long)i, number(a, i));
}

static fsnn_status read_matrix(const source *s, const fsnn_array *a, fsnn_graph *g)
{
    if (a->shape.rank != 2 || a->shape.dim[1] < 1 || a->shape.dim[1] >= INT32_MAX)
        return unexpected(s, a, "[N, F], the features of each node");
    FSNN_TRY(check_nodes(s, a->name, a->shape.dim[0], g->nodes));
    g->features = a->shape.dim[1];
    int64_t all = g->nodes * g->features, count = 0;
    for (int64_t i = 0; i < all; i++) {
        FSNN_TRY(check_value(s, a, i));
        count += number(a, i) != 0;
    }
    FSNN_TRY(graph_feature_reserve(g, count));
    count = 0;
    for (int64_t i = 0; i < all; i++) {
        double value = number(a, i);
        if (value != 0) {
            g->feature[count] = (int32_t)(i % g->features);
            g->value[count++] = (float)value;
        }
        g->feature_start[i / g->features + 1] = count;
    }
    return FSNN_OK;
}

typedef struct entry {
    int32_t column;
    float value;
} entry;

static int by_column(const void *a, const void *b)
{
    int32_t x = ((const entry *)a)->column, y = ((const entry *)b)->column;
    return (x > y) - (x < y);
}

/* SciPy's rows may be in any order. */
static fsnn_status fill_row(const source *s, const csr *m, int64_t row, entry *e, fsnn_graph *g)
{
    int64_t from = csr_start(m, row), n = csr_start(m, row + 1) - from;
    for (int64_t k = 0; k < n; k++) {
        FSNN_TRY(check_value(s, m->part[DATA], from + k));
        e[k].column = (int32_t)number(m->part[INDICES], from + k);
        e[k].value = (float)number(m->part[DATA], from + k);
    }
    qsort(e, (size_t)n, sizeof *e, by_column);
    for (int64_t k = 0; k < n; k++) {
        if (k && e[k].column == e[k - 1].column)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: %s: row %lld has the column %d twice; SciPy's sum_duplicates() "
                             "joins them",
                             s->path, m->part[INDICES]->name, (long long)row, (int)e[k].column);
        g->feature[from + k] = e[k].column;
        g->value[from + k] = e[k].value;
    }
    g->feature_start[row + 1] = from + n;
    return FSNN_OK;
}

static fsnn_status read_attributes(const source *s, const fsnn_array *a, fsnn_graph *g)
{
    csr m;
    (void)a;
    FSNN_TRY(csr_read(s, "attr", g->nodes, &m));
    g->features = m.columns;
    FSNN_TRY(graph_feature_reserve(g, m.count));
    entry *row = fsnn_alloc((size_t)(m.count + 1) * sizeof *row);
    fsnn_status status = row ? FSNN_OK : FSNN_EMEMORY;
    for (int64_t i = 0; i < g->nodes && !status; i++)
        status = fill_row(s, &m, i, row, g);
    fsnn_free(row);
    return status;
}

/* ---- parts ---- */

static fsnn_status read_mask(const source *s, const fsnn_array *a, int part, int8_t *assigned,
                             fsnn_graph *g)
{
    int64_t in;
    if (a->dtype != FSNN_BOOL)
        FSNN_TRY(check_integers(s, a));
    if (a->shape.rank != 1)
        return unexpected(s, a, "[N], 1 for the nodes of the part and 0 for others");
    FSNN_TRY(check_nodes(s, a->name, a->shape.dim[0], g->nodes));
    FSNN_TRY(graph_part_reserve(g, part));
    for (int64_t i = 0; i < g->nodes; i++) {
        FSNN_TRY(whole(s, a, i, 0, 2, &in));
        const char *fault = in ? graph_part_add(g, part, i, assigned) : NULL;
        if (fault)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: %s: %lld is %s; expected is each node once, and "
                             "nodes that have a class",
                             s->path, a->name, (long long)i, fault);
    }
    return FSNN_OK;
}

static fsnn_status read_masks(const source *s, fsnn_graph *g)
{
    int8_t *assigned = fsnn_alloc((size_t)g->nodes);
    fsnn_status status = assigned ? FSNN_OK : FSNN_EMEMORY;
    for (int p = 0; p < FSNN_PARTS && !status; p++) {
        const fsnn_array *a = fsnn_arrays_find(s->list, mask_names[p]);
        if (a)
            status = read_mask(s, a, p, assigned, g);
    }
    fsnn_free(assigned);
    return status;
}

/* ---- which arrays ---- */

typedef fsnn_status (*reader)(const source *s, const fsnn_array *a, fsnn_graph *g);

/* In the order in which they are read; of each group one is there. */
enum { CLASSES, EDGES, FEATURES, GROUPS, FORMS = 3 };

static const struct {
    const char *what;
    struct {
        const char *name; /* of sparse rows any of the four */
        int count;
        reader read;
    } form[FORMS];
} groups[GROUPS] = {
    [CLASSES] = {"classes (y or labels [N])",
                 {{"y", 1, read_classes}, {"labels", 1, read_classes}}},
    [EDGES] = {"edges (edges [E, 2], edge_index [2, E], or adj_data, adj_indices, adj_indptr and "
               "adj_shape)",
               {{"edges", 1, read_list},
                {"edge_index", 1, read_list},
                {"adj_data", CSR_ARRAYS, read_adjacency}}},
    [FEATURES] = {"features (x or attr_matrix [N, F], or attr_data, attr_indices, attr_indptr and "
                  "attr_shape)",
                  {{"x", 1, read_matrix},
                   {"attr_matrix", 1, read_matrix},
                   {"attr_data", CSR_ARRAYS, read_attributes}}},
};

static const fsnn_array *find_form(const fsnn_arrays *list, int group, int form)
{
    int at = 0, count = groups[group].form[form].count;
    while (groups[group].form[form].name &&
           strcmp(array_names[at], groups[group].form[form].name) != 0)
        at++;
    for (int k = 0; k < count; k++)
        if (fsnn_arrays_find(list, array_names[at + k]))
            return fsnn_arrays_find(list, array_names[at + k]);
    return NULL;
}

static fsnn_status read_group(source *s, int group, fsnn_graph *g)
{
    const fsnn_array *found = NULL;
    reader read = NULL;
    for (int f = 0; f < FORMS; f++) {
        const fsnn_array *a = find_form(s->list, group, f);
        if (a && found)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: has both %s and %s; a graph in an NPZ has one of "
                             "its %s",
                             s->path, found->name, a->name, groups[group].what);
        found = a ? a : found;
        read = a ? groups[group].form[f].read : read;
    }
    if (!found)
        return fsnn_fail(FSNN_EFORMAT, "%s: has no %s, which a graph in an NPZ needs", s->path,
                         groups[group].what);
    if (group == CLASSES)
        s->classes = found->name;
    return read(s, found, g);
}

fsnn_status graph_from_arrays(const char *path, const fsnn_arrays *list, fsnn_graph **graph)
{
    source s = {.path = path, .list = list};
    *graph = NULL;
    fsnn_graph *g = fsnn_alloc(sizeof *g);
    fsnn_status status = g ? FSNN_OK : FSNN_EMEMORY;
    for (int group = 0; group < GROUPS && !status; group++)
        status = read_group(&s, group, g);
    if (!status)
        status = read_masks(&s, g);
    return graph_finish(status, g, graph);
}

fsnn_status graph_npz_parse(const char *path, const uint8_t *bytes, size_t size, fsnn_graph **graph)
{
    fsnn_arrays list = {0};
    *graph = NULL;
    FSNN_TRY(npz_parse_named(path, bytes, size, array_names, &list));
    fsnn_status status = graph_from_arrays(path, &list, graph);
    fsnn_arrays_free(&list);
    return status;
}

/* Names only: edges, and something that nodes have. */
bool graph_npz_is(const uint8_t *bytes, size_t size)
{
    zip_reader zip;
    zip_entry e;
    bool edges = false, nodes = false;
    if (size < 2 || memcmp(bytes, "PK", 2) != 0 || zip_open(&zip, "", bytes, size) < 0)
        return false;
    while (zip_next(&zip, &e) > 0)
        for (int i = 0; array_names[i]; i++) {
            const char *name = array_names[i];
            size_t n = strlen(name);
            if (e.name_size != n + 4 || memcmp(e.name, name, n) || memcmp(e.name + n, ".npy", 4))
                continue;
            bool edge = !strncmp(name, "adj_", 4) || !strncmp(name, "edge", 4);
            edges |= edge;
            nodes |= !edge;
        }
    return edges && nodes;
}
