/* NIR graphs with numbers that no network has, and shapes that nothing says: sentences, without the
 * HDF5 library. */
#include "check.h"

#include "exchange/nir.h"

typedef struct graph {
    fsnn_nir *nir;
    int nodes; /* group of the tree */
} graph;

static void begin(graph *g)
{
    g->nir = fsnn_alloc(sizeof *g->nir);
    assert_non_null(g->nir);
    g->nir->file = fsnn_strdup("x.nir");
    GOOD(hdf_tree_begin(&g->nir->tree));
    int root = hdf_add_group(&g->nir->tree, 0, "node");
    assert_true(hdf_add_text(&g->nir->tree, root, "type", "NIRGraph") > 0);
    g->nodes = hdf_add_group(&g->nir->tree, root, "nodes");
}

static int add(graph *g, const char *name, const char *type)
{
    int at = hdf_add_group(&g->nir->tree, g->nodes, name);
    assert_true(hdf_add_text(&g->nir->tree, at, "type", type) > 0);
    return at;
}

static void wholes(graph *g, int at, const char *name, int64_t count, const int64_t *value)
{
    assert_true(hdf_add_wholes(&g->nir->tree, at, name, 1, &count, value) > 0);
}

/* `names`: edges in pairs. */
static void refused(graph *g, fsnn_status wanted, const char *sentence, int64_t edges,
                    const char *const *names)
{
    const int64_t dim[] = {edges, 2};
    assert_true(hdf_add_texts(&g->nir->tree, 1, "edges", 2, dim, names) > 0);
    assert_int_equal(nir_look(g->nir), wanted);
    CONTAINS(fsnn_error_text(), sentence);
    fsnn_nir_destroy(g->nir);
}

static const char *const chain[] = {"a", "b", "b", "c"};

static void dilation(void **state)
{
    (void)state;
    graph g;
    begin(&g);
    wholes(&g, add(&g, "a", "Input"), "shape", 3, (int64_t[]){1, 8, 8});
    int b = add(&g, "b", "Conv2d");
    assert_true(hdf_add_reals(&g.nir->tree, b, "weight", 4, (int64_t[]){1, 1, 3, 3}, NULL, true) >
                0);
    assert_true(hdf_add_text(&g.nir->tree, b, "padding", "same") > 0);
    wholes(&g, b, "stride", 1, (int64_t[]){1});
    wholes(&g, b, "dilation", 1, (int64_t[]){INT64_MAX / 2});
    wholes(&g, b, "groups", 1, (int64_t[]){1});
    add(&g, "c", "Output");
    refused(&g, FSNN_EFORMAT, "dilation is 4611686018427387903, it must lie between 1 and 65536", 2,
            chain);
}

static void shapes(void **state)
{
    (void)state;
    graph g;
    begin(&g);
    wholes(&g, add(&g, "a", "Input"), "shape", 2, (int64_t[]){1LL << 40, 1LL << 40});
    int b = add(&g, "b", "Flatten");
    wholes(&g, b, "start_dim", 1, (int64_t[]){0});
    add(&g, "c", "Output");
    refused(&g, FSNN_EUNSUPPORTED, "has more than 2147483647 values", 2, chain);
}

/* A sub-graph that only itself leads to. */
static void cycle(void **state)
{
    (void)state;
    static const char *const edges[] = {"a", "c", "s", "s", "s", "c"}, *const inner[] = {"i", "o"};
    graph g, sub;
    begin(&g);
    wholes(&g, add(&g, "a", "Input"), "shape", 1, (int64_t[]){3});
    add(&g, "c", "Output");
    int s = add(&g, "s", "NIRGraph");
    sub = (graph){g.nir, hdf_add_group(&g.nir->tree, s, "nodes")};
    add(&sub, "i", "Input");
    add(&sub, "o", "Output");
    assert_true(hdf_add_texts(&g.nir->tree, s, "edges", 2, (int64_t[]){1, 2}, inner) > 0);
    refused(&g, FSNN_EFORMAT, "only a cycle leads to it and it states no shape", 3, edges);
}

/* Can be looked at, with all nodes and edges, and not be imported. */
static void several(void **state)
{
    (void)state;
    static const char *const edges[] = {"a", "l", "b", "l", "l", "c", "l", "d"};
    const int64_t dim[] = {4, 2};
    const fsnn_nir_import_options how = {.dt = 1e-3, .reset = FSNN_RESET_VALUE};
    graph g;
    fsnn_net *net;
    char *text;
    begin(&g);
    wholes(&g, add(&g, "a", "Input"), "shape", 1, (int64_t[]){3});
    wholes(&g, add(&g, "b", "Input"), "shape", 1, (int64_t[]){3});
    add(&g, "c", "Output");
    add(&g, "d", "Output");
    int l = add(&g, "l", "Scale");
    assert_true(hdf_add_reals(&g.nir->tree, l, "scale", 1, (int64_t[]){3}, NULL, true) > 0);
    assert_true(hdf_add_texts(&g.nir->tree, 1, "edges", 2, dim, edges) > 0);
    GOOD(nir_look(g.nir));
    assert_int_equal(fsnn_nir_node_count(g.nir), 5);
    assert_int_equal(fsnn_nir_edge_count(g.nir), 4);
    for (int i = 0; i < 5; i++) {
        fsnn_nir_node n;
        GOOD(fsnn_nir_node_at(g.nir, i, &n));
        assert_true(n.shape.rank == 1 && n.shape.dim[0] == 3);
    }
    CONTAINS(fsnn_nir_remark(g.nir, 0), "the graph has the Input nodes \"a\" and \"b\"");
    REFUSED(fsnn_nir_import(g.nir, &how, &text, &net), FSNN_EUNSUPPORTED,
            "x.nir: the graph has the Input nodes \"a\" and \"b\": fsnn's networks have one input");
    fsnn_nir_destroy(g.nir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dilation),
        cmocka_unit_test(shapes),
        cmocka_unit_test(cycle),
        cmocka_unit_test(several),
    };
    return cmocka_run_group_tests_name("exchange/nir_limits", tests, NULL, NULL);
}
