/* data/graph/graph_parse.c: the plain files of a graph (fsnn/graph.h) from memory. Every count is
 * checked against what the files hold before anything of its size is allocated. Time and memory
 * are linear in the files, but for sorting the neighbours of each node. */
#include "data/graph/graph.h"

#include "format/lines.h"

#include <stdlib.h>
#include <string.h>

const char *const graph_file_name[GRAPH_FILES] = {
    "meta.txt",      "edges.txt", "labels.txt", "features.coo",
    "features.bits", "train.txt", "val.txt",    "test.txt",
};

/* ---- lines of numbers ---- */

typedef struct lines {
    const graph_text *text;
    size_t at;
    int64_t line; /* of what was read last, from 1 */
} lines;

static fsnn_status wrong(const lines *l, const char *found, const char *expected)
{
    return fsnn_fail(FSNN_EFORMAT, "%s:%lld: found %s, expected %s", l->text->name,
                     (long long)l->line, found, expected);
}

/* Copies the next line that is not blank; false at the end of the file. */
static bool next_line(lines *l, char *out, size_t capacity, bool *whole)
{
    const char *p = (const char *)l->text->bytes;
    while (l->at < l->text->size) {
        const char *end = p + l->text->size, *from = p + l->at, *stop = line_end(from, end);
        size_t n = (size_t)(stop - from);
        l->at += n + (stop < end);
        l->line++;
        while (n && (from[n - 1] == '\r' || from[n - 1] == ' '))
            n--;
        if (!n)
            continue;
        *whole = n < capacity && !memchr(from, 0, n);
        size_t kept = n < capacity ? n : capacity - 1;
        memcpy(out, from, kept);
        out[kept] = 0;
        return true;
    }
    return false;
}

/* `count` whole numbers of a line and, where `value` is given, a real one after them. */
static fsnn_status numbers(const lines *l, const char *text, int count, int64_t *out, double *value,
                           const char *expected)
{
    char *end;
    for (int i = 0; i < count; i++) {
        long long x = strtoll(text, &end, 10);
        if (end == text || (*end && *end != ' ' && *end != '\t'))
            return wrong(l, "another text", expected);
        out[i] = x;
        text = end;
    }
    if (value) {
        *value = strtod(text, &end);
        if (end == text)
            return wrong(l, "no value", expected);
        if (!graph_finite(*value))
            return wrong(l, "a value that is not finite", expected);
        text = end;
    }
    while (*text == ' ' || *text == '\t')
        text++;
    return *text ? wrong(l, "more than that", expected) : FSNN_OK;
}

enum { LINE = 160 };

/* The next line's numbers: 1, 0 at the end, or negative. */
static int next(lines *l, int count, int64_t *out, double *value, const char *expected)
{
    char text[LINE];
    bool whole = true;
    if (!next_line(l, text, sizeof text, &whole))
        return 0;
    if (!whole)
        return wrong(l, "a line that is too long or no text", expected);
    fsnn_status status = numbers(l, text, count, out, value, expected);
    return status < 0 ? (int)status : 1;
}

/* ---- meta.txt ---- */

typedef struct meta {
    int64_t nodes, features, classes; /* -1: not given */
    int64_t edges, nnz, row_bytes, part[FSNN_PARTS];
} meta;

static const struct {
    const char *key;
    size_t offset;
} meta_keys[] = {
    {"nodes", offsetof(meta, nodes)},
    {"features", offsetof(meta, features)},
    {"classes", offsetof(meta, classes)},
    {"edges", offsetof(meta, edges)},
    {"feature_nnz", offsetof(meta, nnz)},
    {"row_bytes", offsetof(meta, row_bytes)},
    {"train", offsetof(meta, part)},
    {"val", offsetof(meta, part) + sizeof(int64_t)},
    {"test", offsetof(meta, part) + 2 * sizeof(int64_t)},
};

static fsnn_status read_meta(const graph_text *text, meta *m)
{
    lines l = {.text = text};
    char line[LINE];
    bool whole = true;
    for (int i = 0; i < FSNN_COUNT(meta_keys); i++)
        *(int64_t *)(void *)((char *)m + meta_keys[i].offset) = -1;
    while (next_line(&l, line, sizeof line, &whole)) {
        char *space = strpbrk(line, " \t");
        if (!whole || !space)
            return wrong(&l, "another text", "a key, a space and its value");
        *space = 0;
        for (int i = 0; i < FSNN_COUNT(meta_keys); i++) {
            int64_t *at = (int64_t *)(void *)((char *)m + meta_keys[i].offset);
            if (strcmp(line, meta_keys[i].key) != 0)
                continue;
            FSNN_TRY(numbers(&l, space + 1, 1, at, NULL, "a key and a whole number"));
            if (*at < 0 || *at > INT32_MAX)
                return wrong(&l, "a number that is out of range", "one from 0 to 2147483647");
        }
    }
    if (m->nodes < 1 || m->features < 1 || m->classes < 1)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: the number of %s is missing or 0; nodes, features and classes are "
                         "needed",
                         text->name,
                         m->nodes < 1      ? "nodes"
                         : m->features < 1 ? "features"
                                           : "classes");
    return FSNN_OK;
}

static fsnn_status agrees(const graph_text *text, int64_t found, int64_t said, const char *what)
{
    if (said < 0 || found == said)
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT, "%s: holds %lld %s, but %s says %lld", text->name,
                     (long long)found, what, graph_file_name[GRAPH_META], (long long)said);
}

/* ---- labels.txt ---- */

static fsnn_status read_labels(const graph_text *text, const meta *m, fsnn_graph *g)
{
    lines l = {.text = text};
    int64_t i = 0, label;
    int more;
    if ((size_t)m->nodes >
        text->size) /* a line is at least a digit and, but for the last, its end */
        return agrees(text, (int64_t)text->size, m->nodes, "bytes, fewer than labels");
    g->label = fsnn_alloc((size_t)m->nodes * sizeof *g->label);
    if (!g->label)
        return FSNN_EMEMORY;
    while ((more = next(&l, 1, &label, NULL, "a class")) > 0) {
        if (label < -1 || label >= m->classes)
            return wrong(&l, "a class that is out of range",
                         "one from 0 to the number of classes less 1, or -1 for none");
        if (i < m->nodes)
            g->label[i] = (int32_t)label;
        i++;
    }
    return more < 0 ? (fsnn_status)more : agrees(text, i, m->nodes, "labels");
}

/* ---- edges.txt ---- */

static int64_t count_lines(const graph_text *text)
{
    int64_t n = 1;
    const char *at = (const char *)text->bytes, *end = at + text->size;
    for (; at < end; at++)
        n += line_ends(at, end);
    return n;
}

static fsnn_status read_pairs(const graph_text *text, const fsnn_graph *g, int32_t (*pair)[2],
                              int64_t *count)
{
    static const char expected[] = "two nodes u v, u < v, both below the number of nodes";
    lines l = {.text = text};
    int64_t e[2];
    int more;
    while ((more = next(&l, 2, e, NULL, expected)) > 0) {
        if (e[0] < 0 || e[0] >= e[1] || e[1] >= g->nodes) {
            char found[80];
            snprintf(found, sizeof found, "%lld %lld, an edge that cannot be", (long long)e[0],
                     (long long)e[1]);
            return wrong(&l, found, expected);
        }
        pair[*count][0] = (int32_t)e[0];
        pair[(*count)++][1] = (int32_t)e[1];
    }
    return (fsnn_status)more;
}

static fsnn_status read_edges(const graph_text *text, const meta *m, fsnn_graph *g)
{
    int64_t count = 0;
    int32_t repeated[2] = {-1, -1};
    int32_t(*pair)[2] = fsnn_alloc((size_t)count_lines(text) * sizeof *pair);
    if (!pair)
        return FSNN_EMEMORY;
    fsnn_status status = read_pairs(text, g, pair, &count);
    if (!status)
        status = agrees(text, count, m->edges, "edges");
    if (!status)
        status = graph_connect(g, pair, count, repeated);
    fsnn_free(pair);
    if (!status && repeated[0] >= 0)
        status = fsnn_fail(FSNN_EFORMAT, "%s: the edge between %d and %d is there twice",
                           text->name, (int)repeated[0], (int)repeated[1]);
    return status;
}

/* ---- features ---- */

static fsnn_status read_coo(const graph_text *text, const meta *m, fsnn_graph *g)
{
    static const char expected[] =
        "node, feature and value, both below their numbers and increasing";
    lines l = {.text = text};
    int64_t place[2], last[2] = {0, -1}, n = 0;
    double value;
    int more;
    FSNN_TRY(graph_feature_reserve(g, count_lines(text)));
    while ((more = next(&l, 2, place, &value, expected)) > 0) {
        bool later = place[0] > last[0] || (place[0] == last[0] && place[1] > last[1]);
        if (!later || place[0] >= g->nodes || place[1] < 0 || place[1] >= g->features)
            return wrong(&l, "a place that cannot be", expected);
        memcpy(last, place, sizeof last);
        g->feature[n] = (int32_t)place[1];
        g->value[n++] = (float)value;
        g->feature_start[place[0] + 1]++;
    }
    if (more < 0)
        return (fsnn_status)more;
    for (int64_t i = 0; i < g->nodes; i++)
        g->feature_start[i + 1] += g->feature_start[i];
    return agrees(text, n, m->nnz, "values");
}

static fsnn_status read_bits(const graph_text *text, const meta *m, fsnn_graph *g)
{
    int64_t bytes = m->row_bytes < 0 ? (g->features + 7) / 8 : m->row_bytes, n = 0;
    if (bytes < (g->features + 7) / 8)
        return fsnn_fail(FSNN_EFORMAT, "%s: row_bytes is %lld, too few for %lld features",
                         graph_file_name[GRAPH_META], (long long)bytes, (long long)g->features);
    if ((int64_t)text->size / bytes != g->nodes || (int64_t)text->size % bytes != 0)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: holds %lld bytes; %lld nodes of %lld bytes are expected", text->name,
                         (long long)text->size, (long long)g->nodes, (long long)bytes);
    for (size_t i = 0; i < text->size; i++)
        n += __builtin_popcount(text->bytes[i]);
    FSNN_TRY(graph_feature_reserve(g, n));
    n = 0;
    for (int64_t i = 0; i < g->nodes; i++) {
        const uint8_t *row = text->bytes + i * bytes;
        for (int64_t j = 0; j < 8 * bytes; j++) {
            if (!(row[j / 8] >> (j % 8) & 1))
                continue;
            if (j >= g->features)
                return fsnn_fail(FSNN_EFORMAT,
                                 "%s: node %lld: a bit behind the last feature is set", text->name,
                                 (long long)i);
            g->feature[n] = (int32_t)j;
            g->value[n++] = 1;
        }
        g->feature_start[i + 1] = n;
    }
    return agrees(text, n, m->nnz, "set bits");
}

static fsnn_status read_features(const graph_text text[GRAPH_FILES], const meta *m, fsnn_graph *g)
{
    if (text[GRAPH_COO].bytes)
        return read_coo(&text[GRAPH_COO], m, g);
    if (text[GRAPH_BITS].bytes)
        return read_bits(&text[GRAPH_BITS], m, g);
    return fsnn_fail(FSNN_EFORMAT, "%s: beside it there is neither %s nor %s",
                     text[GRAPH_META].name, graph_file_name[GRAPH_COO],
                     graph_file_name[GRAPH_BITS]);
}

/* ---- train.txt, val.txt, test.txt ---- */

static fsnn_status read_part(const graph_text *text, int part, int8_t *assigned, fsnn_graph *g)
{
    lines l = {.text = text};
    int64_t node;
    int more;
    FSNN_TRY(graph_part_reserve(g, part));
    while ((more = next(&l, 1, &node, NULL, "a node")) > 0) {
        if (node < 0 || node >= g->nodes)
            return wrong(&l, "a node that does not exist", "one below the number of nodes");
        const char *fault = graph_part_add(g, part, node, assigned);
        if (fault)
            return wrong(&l, fault, "each node once, and nodes that have a class");
    }
    graph_part_sort(g, part);
    return (fsnn_status)more;
}

static fsnn_status read_parts(const graph_text text[GRAPH_FILES], const meta *m, fsnn_graph *g)
{
    int8_t *assigned = fsnn_alloc((size_t)g->nodes);
    fsnn_status status = assigned ? FSNN_OK : FSNN_EMEMORY;
    for (int p = 0; p < FSNN_PARTS && !status; p++) {
        const graph_text *t = &text[GRAPH_PART + p];
        if (!t->bytes)
            continue;
        status = read_part(t, p, assigned, g);
        if (!status)
            status = agrees(t, g->part_count[p], m->part[p], "nodes");
    }
    fsnn_free(assigned);
    return status;
}

/* ---- all of it ---- */

static fsnn_status parse(const graph_text text[GRAPH_FILES], fsnn_graph *g)
{
    meta m;
    FSNN_TRY(read_meta(&text[GRAPH_META], &m));
    g->nodes = m.nodes;
    g->features = m.features;
    g->classes = m.classes;
    FSNN_TRY(read_labels(&text[GRAPH_LABELS], &m, g));
    FSNN_TRY(read_edges(&text[GRAPH_EDGES], &m, g));
    FSNN_TRY(read_features(text, &m, g));
    return read_parts(text, &m, g);
}

fsnn_status graph_parse(const graph_text text[GRAPH_FILES], fsnn_graph **graph)
{
    *graph = NULL;
    for (int f = GRAPH_META; f <= GRAPH_LABELS; f++)
        if (!text[f].bytes)
            return fsnn_fail(FSNN_EFORMAT, "%s is missing: a graph has %s, %s, %s and features",
                             text[f].name ? text[f].name : graph_file_name[f],
                             graph_file_name[GRAPH_META], graph_file_name[GRAPH_EDGES],
                             graph_file_name[GRAPH_LABELS]);
    fsnn_graph *g = fsnn_alloc(sizeof *g);
    if (!g)
        return FSNN_EMEMORY;
    return graph_finish(parse(text, g), g, graph);
}
