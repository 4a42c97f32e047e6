/* Graphs from NPZ files: in each layout the same graph as the text's, what is left alone, what is
 * refused and with which words. */
#include "data/mutate.h"

#include "format/npy.h"
#include "format/zip.h"
#include "fuzz/fuzz_graph.h"

#include <fsnn/tensor.h>

/* ---- a graph as arrays ---- */

enum { CSR, EDGES, INDEX, LAYOUTS };

/* The text of test_graph.c: a path 0-1-2-3, a triangle 4-5-6, node 7 alone; 3 features. */
static fsnn_graph *read_small(void)
{
    static const char *const file[][2] = {
        {"meta.txt", "nodes 8\nfeatures 3\nclasses 2\n"},
        {"edges.txt", "0 1\n1 2\n2 3\n4 5\n4 6\n5 6\n"},
        {"labels.txt", "0\n0\n1\n1\n0\n1\n1\n-1\n"},
        {"features.coo", "0 0 1\n1 0 2\n1 2 0.5\n2 1 1\n3 2 1\n4 0 1\n5 1 3\n6 0 1\n6 1 -1\n"},
        {"train.txt", "0\n2\n"},
        {"val.txt", "4\n"},
        {"test.txt", "5\n6\n"},
    };
    fsnn_graph *g;
    for (int f = 0; f < FSNN_COUNT(file); f++)
        folder_write(file[f][0], file[f][1], strlen(file[f][1]));
    assert_true(fsnn_graph_known(folder));
    GOOD(fsnn_graph_read(folder, &g));
    for (int f = 0; f < FSNN_COUNT(file); f++)
        folder_delete(file[f][0]);
    assert_false(fsnn_graph_known(folder));
    return g;
}

static void put(fsnn_array *a, int64_t i, double value)
{
    switch (a->dtype) {
    case FSNN_F32:
        ((float *)a->data)[i] = (float)value;
        break;
    case FSNN_F64:
        ((double *)a->data)[i] = value;
        break;
    case FSNN_I8:
        ((int8_t *)a->data)[i] = (int8_t)value;
        break;
    case FSNN_I32:
        ((int32_t *)a->data)[i] = (int32_t)value;
        break;
    case FSNN_I64:
        ((int64_t *)a->data)[i] = (int64_t)value;
        break;
    case FSNN_BOOL:
        ((uint8_t *)a->data)[i] = (uint8_t)value;
        break;
    default:
        fail();
    }
}

static fsnn_array *add(fsnn_arrays *list, const char *name, fsnn_dtype dtype, fsnn_shape shape)
{
    fsnn_array *a = fsnn_arrays_add(list, name, dtype, &shape);
    assert_non_null(a);
    return a;
}

/* Sparse rows as SciPy keeps them; each row from its end, as it may be. value NULL: ones. */
static void add_csr(fsnn_arrays *list, const char *stem, int64_t rows, int64_t columns,
                    const int64_t *start, const int32_t *column, const float *value)
{
    char name[32];
    int64_t n = start[rows];
    snprintf(name, sizeof name, "%s_data", stem);
    fsnn_array *a = add(list, name, FSNN_F32, FSNN_SHAPE(n));
    for (int64_t i = 0; i < rows; i++)
        for (int64_t e = start[i]; e < start[i + 1]; e++)
            put(a, start[i] + start[i + 1] - 1 - e, value ? value[e] : 1);
    snprintf(name, sizeof name, "%s_indices", stem);
    a = add(list, name, FSNN_I32, FSNN_SHAPE(n));
    for (int64_t i = 0; i < rows; i++)
        for (int64_t e = start[i]; e < start[i + 1]; e++)
            put(a, start[i] + start[i + 1] - 1 - e, column[e]);
    snprintf(name, sizeof name, "%s_indptr", stem);
    a = add(list, name, FSNN_I32, FSNN_SHAPE(rows + 1));
    for (int64_t i = 0; i <= rows; i++)
        put(a, i, (double)start[i]);
    snprintf(name, sizeof name, "%s_shape", stem);
    a = add(list, name, FSNN_I64, FSNN_SHAPE(2));
    put(a, 0, (double)rows);
    put(a, 1, (double)columns);
}

static void add_dense(const fsnn_graph *g, fsnn_arrays *list, const char *name, fsnn_dtype dtype)
{
    fsnn_array *a = add(list, name, dtype, FSNN_SHAPE(g->nodes, g->features));
    for (int64_t i = 0; i < g->nodes; i++)
        for (int64_t e = g->feature_start[i]; e < g->feature_start[i + 1]; e++)
            put(a, i * g->features + g->feature[e], g->value[e]);
}

/* [E, 2], u < v; across: [2, 2 E + 1], both directions and the loop 0 0. */
static void add_edges(const fsnn_graph *g, fsnn_arrays *list, bool across)
{
    int64_t edges = across ? 2 * g->edges + 1 : g->edges, n = 0;
    fsnn_array *a = across ? add(list, "edge_index", FSNN_I32, FSNN_SHAPE(2, edges))
                           : add(list, "edges", FSNN_I64, FSNN_SHAPE(edges, 2));
    for (int64_t i = 0; i < g->nodes; i++)
        for (int64_t e = g->edge_start[i]; e < g->edge_start[i + 1]; e++) {
            if (!across && g->neighbour[e] < i)
                continue;
            put(a, across ? n : 2 * n, (double)i);
            put(a, across ? edges + n : 2 * n + 1, g->neighbour[e]);
            n++;
        }
    assert_int_equal(n, edges - across);
}

static void to_arrays(const fsnn_graph *g, int layout, fsnn_arrays *list)
{
    static const char *const mask[] = {"train_mask", "val_mask", "test_mask"};
    *list = (fsnn_arrays){0};
    if (layout == CSR) {
        add_csr(list, "adj", g->nodes, g->nodes, g->edge_start, g->neighbour, NULL);
        add_csr(list, "attr", g->nodes, g->features, g->feature_start, g->feature, g->value);
    } else {
        add_edges(g, list, layout == INDEX);
        if (layout == INDEX)
            add_dense(g, list, "attr_matrix", FSNN_F64);
        else
            add_dense(g, list, "x", FSNN_F32);
    }
    fsnn_array *a = add(list, layout == CSR ? "labels" : "y", layout == INDEX ? FSNN_I8 : FSNN_I64,
                        FSNN_SHAPE(g->nodes));
    for (int64_t i = 0; i < g->nodes; i++)
        put(a, i, g->label[i]);
    for (int p = 0; p < FSNN_PARTS; p++) {
        if (!g->part[p])
            continue;
        a = add(list, mask[p], layout == EDGES ? FSNN_I64 : FSNN_BOOL, FSNN_SHAPE(g->nodes));
        for (int64_t k = 0; k < g->part_count[p]; k++)
            put(a, g->part[p][k], 1);
    }
}

static fsnn_status read_arrays(const fsnn_arrays *list, fsnn_graph **g)
{
    const char *path = folder_path("g.npz");
    GOOD(fsnn_npz_write(path, list));
    assert_true(fsnn_graph_known(path));
    fsnn_status status = fsnn_graph_read(path, g);
    folder_delete("g.npz");
    return status;
}

static void same(const fsnn_graph *a, const fsnn_graph *b)
{
    size_t rows = (size_t)a->nodes + 1, values = (size_t)a->feature_start[a->nodes];
    assert_true(a->nodes == b->nodes && a->features == b->features && a->classes == b->classes);
    assert_int_equal(a->edges, b->edges);
    assert_memory_equal(a->edge_start, b->edge_start, rows * sizeof *a->edge_start);
    assert_memory_equal(a->neighbour, b->neighbour, (size_t)(2 * a->edges) * sizeof *a->neighbour);
    assert_memory_equal(a->feature_start, b->feature_start, rows * sizeof *a->feature_start);
    assert_memory_equal(a->feature, b->feature, values * sizeof *a->feature);
    assert_memory_equal(a->value, b->value, values * sizeof *a->value);
    assert_memory_equal(a->label, b->label, (size_t)a->nodes * sizeof *a->label);
    for (int p = 0; p < FSNN_PARTS; p++) {
        assert_true(a->part_count[p] == b->part_count[p] && !a->part[p] == !b->part[p]);
        if (a->part[p])
            assert_memory_equal(a->part[p], b->part[p],
                                (size_t)a->part_count[p] * sizeof *a->part[p]);
    }
}

static void all_layouts(const fsnn_graph *g)
{
    for (int layout = 0; layout < LAYOUTS; layout++) {
        fsnn_arrays list;
        fsnn_graph *other;
        to_arrays(g, layout, &list);
        GOOD(read_arrays(&list, &other));
        same(g, other);
        fsnn_graph_destroy(other);
        fsnn_arrays_free(&list);
    }
}

static void layouts(void **state)
{
    (void)state;
    fsnn_graph *g = read_small();
    all_layouts(g);
    fsnn_graph_destroy(g);
}

/* The real one, where the tests' data are: every edge, feature, class and part. */
static void cora(void **state)
{
    (void)state;
    static const char *const sets[] = {"planetoid/cora", "planetoid/citeseer", "amazon/photo"};
    for (int i = 0; i < FSNN_COUNT(sets); i++) {
        CASE("sets[%d]", i);
        char path[512];
        fsnn_graph *g;
        snprintf(path, sizeof path, "%s/%s", files_data(), sets[i]);
        if (access(path, R_OK) != 0) {
            print_message("skipped: there is no %s\n", path);
            skip();
        }
        GOOD(fsnn_graph_read(path, &g));
        all_layouts(g);
        fsnn_graph_destroy(g);
    }
}

/* One direction of some edges, the other of others, one twice: the same graph. */
static void directed(void **state)
{
    (void)state;
    static const int64_t pairs[][2] = {{1, 0}, {1, 2}, {3, 2}, {4, 5}, {6, 4},
                                       {6, 5}, {5, 6}, {6, 5}, {7, 7}};
    fsnn_graph *g = read_small(), *other;
    fsnn_arrays list = {0};
    fsnn_array *a = add(&list, "edges", FSNN_I64, FSNN_SHAPE(FSNN_COUNT(pairs), 2));
    memcpy(a->data, pairs, sizeof pairs);
    add_dense(g, &list, "x", FSNN_F32);
    a = add(&list, "y", FSNN_I64, FSNN_SHAPE(g->nodes));
    for (int64_t i = 0; i < g->nodes; i++)
        put(a, i, g->label[i]);
    GOOD(read_arrays(&list, &other));
    assert_int_equal(other->edges, g->edges);
    assert_memory_equal(other->neighbour, g->neighbour, (size_t)(2 * g->edges) * 4);
    assert_null(other->part[0]);
    fsnn_graph_destroy(other);
    fsnn_arrays_free(&list);
    fsnn_graph_destroy(g);
}

/* ---- what is left alone ---- */

/* An NPZ with, before the arrays, one of pickled objects called `name`, whose bytes are none. */
static void write_with_objects(const fsnn_arrays *list, const char *name)
{
    static const char dict[] = "{'descr': '|O', 'fortran_order': False, 'shape': (8,), }";
    char header[NPY_HEADER_MAX] = "\x93NUMPY\1\0\x76\0", file[64];
    memset(header + 10, ' ', 118);
    memcpy(header + 10, dict, strlen(dict));
    header[127] = '\n';
    zip_writer zip = {.stream = fopen(folder_path("g.npz"), "wb"), .limit = ZIP_LIMIT};
    assert_non_null(zip.stream);
    snprintf(file, sizeof file, "%s.npy", name);
    GOOD(zip_add(&zip, file, (zip_piece[]){{header, 128}, {"\x80\4no pickle", 11}}));
    for (int i = 0; i < list->count; i++) {
        const fsnn_array *a = &list->item[i];
        size_t size = (size_t)fsnn_shape_count(&a->shape) * fsnn_dtype_size(a->dtype);
        if (!strcmp(a->name, name))
            continue;
        snprintf(file, sizeof file, "%s.npy", a->name);
        GOOD(zip_add(
            &zip, file,
            (zip_piece[]){{header, npy_header(a->dtype, &a->shape, header)}, {a->data, size}}));
    }
    zip_finish(&zip);
    fclose(zip.stream);
    zip_free(&zip);
}

static void objects(void **state)
{
    (void)state;
    const char *path = folder_path("g.npz");
    fsnn_graph *g = read_small(), *other;
    fsnn_arrays list;
    to_arrays(g, CSR, &list);
    write_with_objects(&list, "node_names");
    GOOD(fsnn_graph_read(path, &other));
    same(g, other);
    fsnn_graph_destroy(other);
    write_with_objects(&list, "labels");
    REFUSED(fsnn_graph_read(path, &other), FSNN_EUNSUPPORTED,
            "g.npz: labels.npy: holds Python objects (type '|O')");
    assert_null(other);
    folder_delete("g.npz");
    fsnn_arrays_free(&list);
    fsnn_graph_destroy(g);
}

/* ---- what is refused ---- */

enum { DROP, SET, FLOATS, SHORTER, FLAT, COPY };

/* Another list of one array: left out, with one number changed, as floats, with a row fewer, as one
 * column, or once more under another name. */
static void change(const fsnn_arrays *from, const char *name, int how, int64_t at, double value,
                   const char *other, fsnn_arrays *to)
{
    *to = (fsnn_arrays){0};
    for (int i = 0; i < from->count; i++) {
        const fsnn_array *a = &from->item[i];
        fsnn_shape shape = a->shape;
        bool this = !strcmp(a->name, name);
        fsnn_dtype dtype = this && how == FLOATS ? FSNN_F64 : a->dtype;
        if (this && how == DROP)
            continue;
        if (this && how == SHORTER)
            shape.dim[0]--;
        if (this && how == FLAT)
            shape = FSNN_SHAPE(fsnn_shape_count(&a->shape), 1);
        fsnn_array *b = add(to, a->name, dtype, shape);
        size_t size = (size_t)fsnn_shape_count(&shape) * fsnn_dtype_size(dtype);
        if (this && how == FLOATS)
            fsnn_array_to_f64(a, b->data);
        else
            memcpy(b->data, a->data, size);
        if (this && how == SET)
            put(b, at, value);
        if (this && how == COPY)
            memcpy(add(to, other, dtype, shape)->data, a->data, size);
    }
}

static void what_is_refused(void **state)
{
    (void)state;
    static const struct {
        int layout;
        const char *name;
        int how;
        int64_t at;
        double value;
        const char *other, *sentence;
    } row[] = {
        {CSR, "labels", DROP, 0, 0, 0, "has no classes (y or labels [N]), which a graph"},
        {CSR, "labels", COPY, 0, 0, "y", "has both y and labels"},
        {CSR, "labels", FLOATS, 0, 0, 0, "labels holds float64; integers are expected"},
        {CSR, "labels", FLAT, 0, 0, 0, "labels has the shape [8, 1]; expected is [N]"},
        {CSR, "labels", SET, 3, 8, 0, "labels: number 3 is 8; expected is -1 to 7"},
        {CSR, "labels", SET, 3, -2, 0, "labels: number 3 is -2"},
        {CSR, "labels", SET, 3, 9e18, 0, "labels: number 3 is 9e+18"},
        {CSR, "labels", SHORTER, 0, 0, 0, "adj_shape is of 8 nodes, but labels of 7"},
        {CSR, "adj_data", DROP, 0, 0, 0, "has no array adj_data; sparse rows (CSR) are adj_data,"},
        {CSR, "adj_indptr", DROP, 0, 0, 0, "has no array adj_indptr"},
        {CSR, "adj_data", SET, 4, 2, 0, "adj_data: number 4 is 2; edges have no weights"},
        {CSR, "adj_data", SHORTER, 0, 0, 0, "adj_data has the shape [11]; expected is a value for"},
        {CSR, "adj_indices", SET, 4, 8, 0, "adj_indices: number 4 is 8; expected is 0 to 7"},
        {CSR, "adj_indices", SET, 4, -1, 0, "adj_indices: number 4 is -1"},
        {CSR, "adj_indices", FLOATS, 0, 0, 0, "adj_indices holds float64"},
        {CSR, "adj_indptr", SET, 0, 1, 0, "adj_indptr: number 0 is 1; expected is 0"},
        {CSR, "adj_indptr", SET, 2, 6, 0, "adj_indptr: number 3 is 5; expected is 6 to 12"},
        {CSR, "adj_indptr", SET, 2, 13, 0, "adj_indptr: number 2 is 13; expected is 1 to 12"},
        {CSR, "adj_indptr", SET, 8, 11, 0, "adj_indptr: number 8 is 11; expected is 12"},
        {CSR, "adj_indptr", SHORTER, 0, 0, 0, "adj_indptr has the shape [8]; expected is a number"},
        {CSR, "adj_shape", SET, 1, 9, 0, "adj_shape is 8 rows and 9 columns"},
        {CSR, "adj_shape", SET, 0, 5e9, 0, "adj_shape: number 0 is 5000000000; expected is 1 to"},
        {CSR, "adj_shape", SHORTER, 0, 0, 0, "adj_shape has the shape [1]; expected is [2]"},
        {CSR, "attr_shape", SET, 0, 7, 0, "attr_shape is of 7 nodes, but labels of 8"},
        {CSR, "attr_shape", SET, 1, 2, 0, "attr_indices: number 1 is 2; expected is 0 to 1"},
        {CSR, "attr_data", SET, 3, NAN, 0, "attr_data: number 3 is nan; finite ones"},
        {CSR, "attr_data", SET, 3, INFINITY, 0, "attr_data: number 3 is inf"},
        {CSR, "attr_indices", SET, 1, 0, 0, "attr_indices: row 1 has the column 0 twice"},
        {CSR, "attr_indices", COPY, 0, 0, "x", "has both x and attr_"},
        {EDGES, "x", DROP, 0, 0, 0, "has no features (x or attr_matrix [N, F]"},
        {EDGES, "x", FLAT, 0, 0, 0, "x is of 24 nodes, but y of 8"},
        {EDGES, "x", SET, 5, -INFINITY, 0, "x: number 5 is -inf"},
        {EDGES, "edges", DROP, 0, 0, 0, ""},
        {EDGES, "edges", FLAT, 0, 0, 0, "edges has the shape [12, 1]; expected is [E, 2]"},
        {EDGES, "edges", FLOATS, 0, 0, 0, "edges holds float64; integers are expected"},
        {EDGES, "edges", SET, 3, 8, 0, "edges: number 3 is 8; expected is 0 to 7"},
        {EDGES, "train_mask", SET, 7, 1, 0, "train_mask: 7 is a node without class"},
        {EDGES, "val_mask", SET, 2, 1, 0, "val_mask: 2 is a node that is already in a part"},
        {EDGES, "val_mask", SET, 2, 5, 0, "val_mask: number 2 is 5; expected is 0 to 1"},
        {EDGES, "test_mask", SHORTER, 0, 0, 0, "test_mask is of 7 nodes, but y of 8"},
        {EDGES, "test_mask", FLAT, 0, 0, 0, "test_mask has the shape [8, 1]; expected is [N], 1"},
        {EDGES, "test_mask", FLOATS, 0, 0, 0, "test_mask holds float64"},
        {INDEX, "edge_index", FLAT, 0, 0, 0,
         "edge_index has the shape [26, 1]; expected is [2, E]"},
        {INDEX, "edge_index", SET, 20, -3, 0, "edge_index: number 20 is -3"},
        {INDEX, "edge_index", COPY, 0, 0, "edges", "has both edges and edge_index"},
        {INDEX, "attr_matrix", SET, 2, 1e39, 0, "attr_matrix: number 2 is 1e+39"},
    };
    fsnn_graph *g = read_small(), *other;
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_arrays list, changed;
        const char *path = folder_path("g.npz");
        to_arrays(g, row[i].layout, &list);
        change(&list, row[i].name, row[i].how, row[i].at, row[i].value, row[i].other, &changed);
        GOOD(fsnn_npz_write(path, &changed));
        FAILS(fsnn_graph_read(path, &other), FSNN_EFORMAT);
        assert_null(other);
        CONTAINS(fsnn_error_text(), "g.npz: ");
        if (!strstr(fsnn_error_text(), row[i].sentence))
            fail_msg("row %d: \"%s\" is not in \"%s\"", i, row[i].sentence, fsnn_error_text());
        folder_delete("g.npz");
        fsnn_arrays_free(&changed);
        fsnn_arrays_free(&list);
    }
    fsnn_graph_destroy(g);
}

/* Files that are no graph, or not all of one. */
static void no_graphs(void **state)
{
    (void)state;
    const char *path = folder_path("g.npz"), *none = folder_path("none.npz");
    fsnn_graph *g = read_small(), *other;
    fsnn_arrays list;
    uint8_t *bytes;
    size_t size;
    FAILS(fsnn_graph_read(NULL, &other), FSNN_EARGUMENT);
    FAILS(fsnn_graph_read(none, &other), FSNN_EIO);
    assert_false(fsnn_graph_known(none) || fsnn_graph_known(NULL));
    folder_write("g.npz", "nodes 8\n", 8);
    REFUSED(fsnn_graph_read(path, &other), FSNN_EFORMAT,
            "g.npz: begins with the text \"nodes 8\": it is not a graph: an NPZ file, or a folder");
    assert_false(fsnn_graph_known(path));
    to_arrays(g, EDGES, &list);
    GOOD(fsnn_npz_write(path, &list));
    GOOD(fsnn_file_read(path, &bytes, &size));
    for (size_t n = 0; n < size; n += 13) {
        folder_write("g.npz", bytes, n);
        FAILS(fsnn_graph_read(path, &other), FSNN_EFORMAT);
        assert_null(other);
        assert_false(fsnn_graph_known(path));
    }
    folder_delete("g.npz");
    fsnn_free(bytes);
    fsnn_arrays_free(&list);
    add(&list, "x", FSNN_F32, FSNN_SHAPE(2, 2));
    add(&list, "y", FSNN_I32, FSNN_SHAPE(2));
    GOOD(fsnn_npz_write(path, &list));
    assert_false(fsnn_graph_known(path));
    REFUSED(fsnn_graph_read(path, &other), FSNN_EFORMAT,
            "g.npz: has no edges (edges [E, 2], edge_index [2, E], or adj_data");
    folder_delete("g.npz");
    fsnn_arrays_free(&list);
    fsnn_graph_destroy(g);
}

/* Checksums keep changed bytes from the reader, so numbers and sizes are changed behind them. */
static void changed_numbers(void **state)
{
    (void)state;
    fsnn_graph *g = read_small(), *other;
    dice d = dice_of(77);
    for (int i = 0; i < 3 * MUTATIONS; i++) {
        static const double telling_values[] = {-1, 0, 1, 2, 3, 7, 8, 12, 13, 255, 0x7fffffff};
        fsnn_arrays list;
        to_arrays(g, i % LAYOUTS, &list);
        for (uint32_t times = 1 + roll(&d, 3); times > 0; times--) {
            fsnn_array *a = &list.item[roll(&d, (size_t)list.count)];
            int64_t n = fsnn_shape_count(&a->shape);
            double value = telling_values[roll(&d, FSNN_COUNT(telling_values))];
            if (roll(&d, 8) == 0)
                a->shape.dim[roll(&d, (size_t)a->shape.rank)] -= n > 0;
            else if (n > 0)
                put(a, roll(&d, (size_t)n),
                    a->dtype == FSNN_BOOL || a->dtype == FSNN_I8 ? (double)roll(&d, 3) : value);
        }
        fsnn_error_set(FSNN_OK, "%s", "");
        fsnn_status status = graph_from_arrays("g.npz", &list, &other);
        fuzz_read(status, other);
        fsnn_arrays_free(&list);
    }
    fsnn_graph_destroy(g);
}

/* Each allocation on the way may fail: an error, and nothing is lost. */
static void out_of_memory(void **state)
{
    (void)state;
    const char *path = folder_path("g.npz");
    fsnn_graph *g = read_small();
    for (int layout = 0; layout < LAYOUTS; layout++) {
        fsnn_arrays list;
        to_arrays(g, layout, &list);
        GOOD(fsnn_npz_write(path, &list));
        fsnn_arrays_free(&list);
        for (int n = 1;; n++) {
            fsnn_graph *other;
            fsnn_alloc_fail_at(n);
            fsnn_status status = fsnn_graph_read(path, &other);
            fsnn_alloc_fail_at(0);
            assert_true(!status == !!other);
            fsnn_graph_destroy(other);
            if (!status)
                break;
            assert_int_equal(status, FSNN_EMEMORY);
        }
        folder_delete("g.npz");
    }
    fsnn_graph_destroy(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts),       cmocka_unit_test(directed),
        cmocka_unit_test(objects),       cmocka_unit_test(what_is_refused),
        cmocka_unit_test(no_graphs),     cmocka_unit_test(changed_numbers),
        cmocka_unit_test(out_of_memory), cmocka_unit_test(cora),
    };
    return cmocka_run_group_tests_name("data/graph_npz", tests, folder_open, folder_close);
}
