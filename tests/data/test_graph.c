/* Graphs: the plain files read right and refused with a place, propagation against plain loops,
 * encodings against what defines them, splits, nodes as samples. */
#include "data/files.h"

#include "data/graph/graph.h"

static const char *const names[] = {"meta.txt",      "edges.txt", "labels.txt", "features.coo",
                                    "features.bits", "train.txt", "val.txt",    "test.txt"};
enum { META, EDGES, LABELS, COO, BITS, TRAIN, VAL, TEST, FILES };

/* A path 0-1-2-3, a triangle 4-5-6, node 7 alone; 3 features. */
static const char *const small[FILES] = {
    [META] = "name small\nnodes 8\nfeatures 3\nclasses 2\nedges 6\nfeature_nnz 9\n",
    [EDGES] = "0 1\n1 2\n2 3\n4 5\n4 6\n5 6\n",
    [LABELS] = "0\n0\n1\n1\n0\n1\n1\n-1\n",
    [COO] = "0 0 1\n1 0 2\n1 2 0.5\n2 1 1\n3 2 1\n4 0 1\n5 1 3\n6 0 1\n6 1 -1\n",
    [TRAIN] = "0\n2\n",
    [VAL] = "4\n",
    [TEST] = "5\n6\n",
};

/* Writes the files, `other` in place of one of them ("" : left out), and reads the folder. */
static fsnn_status read_with(int which, const char *other, fsnn_graph **g)
{
    for (int f = 0; f < FILES; f++) {
        const char *text = f == which ? other : small[f];
        if (text && (f != which || *text))
            folder_write(names[f], text, strlen(text));
    }
    fsnn_status status = fsnn_graph_read(folder, g);
    for (int f = 0; f < FILES; f++)
        folder_delete(names[f]);
    return status;
}

static fsnn_graph *read_small(void)
{
    fsnn_graph *g;
    GOOD(read_with(-1, NULL, &g));
    return g;
}

static void what_is_read(void **state)
{
    (void)state;
    fsnn_graph *g = read_small();
    assert_int_equal(g->nodes, 8);
    assert_int_equal(g->edges, 6);
    static const int32_t neighbour[] = {1, 0, 2, 1, 3, 2, 5, 6, 4, 6, 4, 5};
    static const int64_t start[] = {0, 1, 3, 5, 6, 8, 10, 12, 12};
    assert_memory_equal(g->neighbour, neighbour, sizeof neighbour);
    assert_memory_equal(g->edge_start, start, sizeof start);
    assert_int_equal(g->feature_start[8], 9);
    assert_true(g->value[2] == 0.5F && g->feature[2] == 2);
    assert_int_equal(g->label[7], -1);
    assert_int_equal(g->part_count[FSNN_PART_TEST], 2);
    assert_int_equal(g->part[FSNN_PART_TEST][1], 6);
    fsnn_graph_destroy(g);
}

/* Lines end as they do on any system. */
static void lines_end(void **state)
{
    (void)state;
    static const char *const ends[] = {"\r\n", "\r"};
    for (int i = 0; i < FSNN_COUNT(ends); i++) {
        fsnn_graph *g;
        for (int f = 0; f < FILES; f++) {
            char text[512], *to = text;
            for (const char *at = small[f]; at && *at; at++)
                to += sprintf(to, "%s", *at == '\n' ? ends[i] : (char[]){*at, 0});
            if (small[f])
                folder_write(names[f], text, (size_t)(to - text));
        }
        GOOD(fsnn_graph_read(folder, &g));
        assert_int_equal(g->edges, 6);
        assert_int_equal(g->label[7], -1);
        assert_int_equal(g->part[FSNN_PART_TEST][1], 6);
        fsnn_graph_destroy(g);
        for (int f = 0; f < FILES; f++)
            folder_delete(names[f]);
    }
    static const char wrong[] = "nodes 8\rfeatures x\r";
    fsnn_graph *g;
    REFUSED(read_with(META, wrong, &g), FSNN_EFORMAT, "meta.txt:2: found another text");
}

/* The same features as bits: 5 is 101, the last bit first. */
static void features_as_bits(void **state)
{
    (void)state;
    static const char bits[] = {1, 5, 2, 4, 1, 2, 3, 0};
    static const char meta[] = "nodes 8\nfeatures 3\nclasses 2\nrow_bytes 1\n";
    fsnn_graph *g;
    for (int wrong = 0; wrong < 3; wrong++) {
        folder_write("edges.txt", small[EDGES], strlen(small[EDGES]));
        folder_write("labels.txt", small[LABELS], strlen(small[LABELS]));
        folder_write("meta.txt", meta, strlen(meta));
        char copy[sizeof bits];
        memcpy(copy, bits, sizeof bits);
        if (wrong == 1)
            copy[3] = 8; /* a bit behind the last feature */
        folder_write("features.bits", copy, sizeof copy - (wrong == 2));
        fsnn_status status = fsnn_graph_read(folder, &g);
        for (int f = 0; f < FILES; f++)
            folder_delete(names[f]);
        if (wrong) {
            assert_int_equal(status, FSNN_EFORMAT);
            CONTAINS(fsnn_error_text(), wrong == 1 ? "node 3: a bit behind" : "holds 7 bytes");
            assert_null(g);
            continue;
        }
        GOOD(status);
        assert_int_equal(g->feature_start[8], 9);
        assert_int_equal(g->feature_start[2] - g->feature_start[1], 2);
        assert_int_equal(g->feature[2], 2);
        fsnn_graph_destroy(g);
    }
}

static void what_is_refused(void **state)
{
    (void)state;
    static const struct {
        int file;
        const char *text, *sentence;
    } row[] = {
        {META, "nodes 8\nfeatures 3\n", "meta.txt: the number of classes is missing"},
        {META, "nodes x\nfeatures 3\nclasses 2\n", "meta.txt:1: found another text"},
        {META, "nodes\n", "meta.txt:1: found another text, expected a key"},
        {META, "nodes 99999999999\nfeatures 3\nclasses 2\n", "meta.txt:1: found a number that is"},
        {META, "nodes 2000000000\nfeatures 3\nclasses 2\n", "labels.txt: holds 17 bytes"},
        {META, "nodes 9\nfeatures 3\nclasses 2\n",
         "labels.txt: holds 8 labels, but meta.txt says 9"},
        {META, "nodes 8\nfeatures 3\nclasses 2\nedges 7\n", "edges.txt: holds 6 edges"},
        {META, "", "meta.txt"},
        {EDGES, "", "edges.txt"},
        {EDGES, "0 1\n1 1\n", "edges.txt:2: found 1 1, an edge that cannot be"},
        {EDGES, "0 1\n\n3 2\n", "edges.txt:3: found 3 2, an edge that cannot be"},
        {EDGES, "0 8\n", "edges.txt:1: found 0 8, an edge"},
        {EDGES, "0 1 2\n", "edges.txt:1: found more than that"},
        {EDGES, "0\n", "edges.txt:1: found another text, expected two nodes"},
        {EDGES, "0 1\n1 2\n0 1\n3 4\n4 5\n5 6\n",
         "edges.txt: the edge between 0 and 1 is there twice"},
        {LABELS, "0\n0\n2\n0\n0\n0\n0\n0\n", "labels.txt:3: found a class that is out of range"},
        {LABELS, "0\n", "labels.txt: holds 2 bytes, fewer than labels, but meta.txt says 8"},
        {COO, "", "neither features.coo nor features.bits"},
        {COO, "0 0 1\n0 0 1\n", "features.coo:2: found a place that cannot be"},
        {COO, "0 3 1\n", "features.coo:1: found a place"},
        {COO, "8 0 1\n", "features.coo:1: found a place"},
        {COO, "0 0 inf\n", "features.coo:1: found a value that is not finite"},
        {COO, "0 0 \n", "features.coo:1: found no value"},
        {COO, "0 0 1\n", "features.coo: holds 1 values, but meta.txt says 9"},
        {TRAIN, "8\n", "train.txt:1: found a node that does not exist"},
        {TRAIN, "7\n", "train.txt:1: found a node without class"},
        {VAL, "4\n2\n", "val.txt:2: found a node that is already in a part"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        fsnn_graph *g;
        assert_true(read_with(row[i].file, row[i].text, &g) < 0);
        assert_null(g);
        if (!strstr(fsnn_error_text(), row[i].sentence))
            fail_msg("row %d: \"%s\" is not in \"%s\"", i, row[i].sentence, fsnn_error_text());
    }
}

/* ---- propagation ---- */

/* S [8, 8], the definition. */
static void matrix_of(const fsnn_graph *g, fsnn_propagation kind, bool loops, bool counted,
                      double s[8][8])
{
    double a[8][8] = {{0}}, degree[8] = {0};
    for (int i = 0; i < 8; i++) {
        for (int64_t e = g->edge_start[i]; e < g->edge_start[i + 1]; e++)
            a[i][g->neighbour[e]] = 1;
        degree[i] = (double)(g->edge_start[i + 1] - g->edge_start[i]) + (loops && counted);
        a[i][i] = loops;
    }
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++) {
            double d = kind == FSNN_PROPAGATE_SYM   ? sqrt(degree[i] * degree[j])
                       : kind == FSNN_PROPAGATE_ROW ? degree[i]
                                                    : 1;
            s[i][j] = a[i][j] == 0 || d == 0 ? 0 : a[i][j] / d;
        }
}

static void propagation(void **state)
{
    (void)state;
    fsnn_graph *g = read_small();
    for (int variant = 0; variant < 9; variant++) {
        fsnn_propagation kind = (fsnn_propagation)(variant % 3);
        bool loops = variant >= 3, counted = variant >= 6;
        double s[8][8], seen[8][8] = {{0}};
        fsnn_graph_matrix m;
        matrix_of(g, kind, loops, counted, s);
        GOOD(fsnn_graph_propagation(g, kind, loops, counted, &m));
        for (int i = 0; i < 8; i++)
            for (int64_t e = m.start[i]; e < m.start[i + 1]; e++) {
                assert_true(e == m.start[i] || m.column[e] > m.column[e - 1]);
                seen[i][m.column[e]] = m.weight[e];
            }
        for (int i = 0; i < 64; i++)
            assert_true(fabs(seen[i / 8][i % 8] - s[i / 8][i % 8]) < 1e-6);
        fsnn_graph_matrix_free(&m);
    }
    fsnn_graph_destroy(g);
}

/* Features of `hops` hops, by plain loops in double. */
static void hop_of(const fsnn_graph *g, int hops, double x[8][3])
{
    double s[8][8], y[8][3];
    matrix_of(g, FSNN_PROPAGATE_SYM, true, true, s);
    memset(x, 0, sizeof y);
    for (int i = 0; i < 8; i++)
        for (int64_t e = g->feature_start[i]; e < g->feature_start[i + 1]; e++)
            x[i][g->feature[e]] = g->value[e];
    for (int h = 0; h < hops; h++) {
        memset(y, 0, sizeof y);
        for (int i = 0; i < 8; i++)
            for (int j = 0; j < 8; j++)
                for (int c = 0; c < 3; c++)
                    y[i][c] += s[i][j] * x[j][c];
        memcpy(x, y, sizeof y);
    }
}

/* Mean of a column and, in *square, its variance over one node fewer. */
static double moments(double x[8][3], int c, double *square)
{
    double mean = 0;
    for (int i = 0; i < 8; i++)
        mean += x[i][c] / 8;
    *square = 0;
    for (int i = 0; i < 8; i++)
        *square += (x[i][c] - mean) * (x[i][c] - mean) / 7;
    return mean;
}

static void features(void **state)
{
    (void)state;
    fsnn_graph *g = read_small();
    fsnn_graph_options o = fsnn_graph_options_default();
    double x[8][3];
    float *values;
    int64_t columns;
    o.hops = 2;
    o.concat = true;
    GOOD(fsnn_graph_features(g, &o, NULL, &values, &columns));
    assert_int_equal(columns, 9);
    for (int h = 0; h <= 2; h++) {
        hop_of(g, h, x);
        for (int i = 0; i < 8; i++)
            for (int c = 0; c < 3; c++)
                assert_true(fabs(values[i * 9 + 3 * h + c] - x[i][c]) < 1e-6);
    }
    free(values);
    o.concat = false;
    o.normalization = FSNN_GRAPH_ZSCORE;
    GOOD(fsnn_graph_features(g, &o, NULL, &values, &columns));
    for (int c = 0; c < 3; c++) {
        double square, mean = moments(x, c, &square);
        for (int i = 0; i < 8; i++)
            assert_true(fabs(values[i * 3 + c] - (x[i][c] - mean) / (sqrt(square) + 1e-8)) < 1e-5);
    }
    free(values);
    o.hops = 65;
    FAILS(fsnn_graph_features(g, &o, NULL, &values, &columns), FSNN_EARGUMENT);
    o.hops = 0;
    o.labels = 1;
    FAILS(fsnn_graph_features(g, &o, NULL, &values, &columns), FSNN_EARGUMENT);
    fsnn_graph_destroy(g);
}

/* What training nodes say of a node, its own class left out: (P^h - diag P^h) Y. */
static void columns_of_classes(void **state)
{
    (void)state;
    fsnn_graph *g = read_small();
    const int8_t part[8] = {0, 0, 0, 1, 0, 2, 0, -1};
    double p[8][8], power[8][8];
    float *values;
    int64_t columns;
    fsnn_graph_options o = fsnn_graph_options_default();
    o.hops = 0;
    o.labels = 3;
    GOOD(fsnn_graph_features(g, &o, part, &values, &columns));
    assert_int_equal(columns, 3 + 3 * 2);
    matrix_of(g, FSNN_PROPAGATE_ROW, false, false, p);
    memcpy(power, p, sizeof p);
    for (int h = 0; h < 3; h++) {
        for (int i = 0; i < 8; i++)
            for (int c = 0; c < 2; c++) {
                double want = 0;
                for (int j = 0; j < 8; j++)
                    want += j != i && part[j] == 0 && g->label[j] == c ? power[i][j] : 0;
                assert_true(fabs(values[i * 9 + 3 + 2 * h + c] - want) < 1e-6);
            }
        double next[8][8] = {{0}};
        for (int i = 0; i < 512; i++)
            next[i / 64][i % 8] += power[i / 64][i / 8 % 8] * p[i / 8 % 8][i % 8];
        memcpy(power, next, sizeof next);
    }
    free(values);
    fsnn_graph_destroy(g);
}

/* ---- disturbances ---- */

static fsnn_graph *disturbed(const fsnn_graph *g, fsnn_perturb_kind kind, double share,
                             uint64_t draw)
{
    const fsnn_perturbation p = {kind, share};
    fsnn_graph *out;
    GOOD(fsnn_graph_disturb(g, &p, 1, 7, draw, &out));
    return out;
}

/* A ring of 400 nodes with chords: node i to i + 1 and i + 7; each has 5 features of 20. */
enum { RING = 400, RING_FEATURES = 20, RING_OF_EACH = 5 };

static fsnn_graph *read_ring(void)
{
    static char text[4][RING * RING_OF_EACH * 12];
    char *at[4] = {text[0], text[1], text[2], text[3]};
    fsnn_graph *g;
    at[0] += sprintf(at[0], "nodes %d\nfeatures %d\nclasses 1\n", RING, RING_FEATURES);
    for (int i = 0; i < RING; i++) {
        for (int step = 1; step <= 7; step += 6) {
            int j = (i + step) % RING;
            at[1] += sprintf(at[1], "%d %d\n", i < j ? i : j, i < j ? j : i);
        }
        at[2] += sprintf(at[2], "0\n");
        for (int f = 0; f < RING_OF_EACH; f++)
            at[3] += sprintf(at[3], "%d %d %d\n", i, i % 4 + 4 * f, 1 + f);
    }
    for (int f = 0; f < 4; f++)
        folder_write(names[f], text[f], strlen(text[f]));
    GOOD(fsnn_graph_read(folder, &g));
    for (int f = 0; f < 4; f++)
        folder_delete(names[f]);
    return g;
}

static bool has_edge(const fsnn_graph *g, int i, int j)
{
    for (int64_t e = g->edge_start[i]; e < g->edge_start[i + 1]; e++)
        if (g->neighbour[e] == j)
            return true;
    return false;
}

static float entry_of(const fsnn_graph *g, int i, int feature)
{
    for (int64_t e = g->feature_start[i]; e < g->feature_start[i + 1]; e++)
        if (g->feature[e] == feature)
            return g->value[e];
    return 0;
}

static void is_within(double found, double n, double share)
{
    assert_true(fabs(found - n * share) < 5 * sqrt(n * share * (1 - share)) + 1e-9);
}

/* Both directions of an edge go together, lists stay in order, what is lost at 0.3 is lost at 0.6,
 * the number is what the share says, and other draws lose others. */
static void edges_lost(void **state)
{
    (void)state;
    fsnn_graph *g = read_ring();
    fsnn_graph *some = disturbed(g, FSNN_PERTURB_EDGE_DROP, 0.3, 0),
               *more = disturbed(g, FSNN_PERTURB_EDGE_DROP, 0.6, 0),
               *again = disturbed(g, FSNN_PERTURB_EDGE_DROP, 0.3, 0),
               *other = disturbed(g, FSNN_PERTURB_EDGE_DROP, 0.3, 1);
    is_within((double)(g->edges - some->edges), 2 * RING, 0.3);
    is_within((double)(g->edges - more->edges), 2 * RING, 0.6);
    assert_int_equal(2 * some->edges, some->edge_start[RING]);
    int common = 0;
    for (int i = 0; i < RING; i++)
        for (int64_t e = some->edge_start[i]; e < some->edge_start[i + 1]; e++) {
            int j = some->neighbour[e];
            assert_true(has_edge(g, i, j) && has_edge(some, j, i));
            assert_true(e == some->edge_start[i] || some->neighbour[e - 1] < j);
            common += has_edge(other, i, j);
        }
    for (int i = 0; i < RING; i++)
        for (int64_t e = more->edge_start[i]; e < more->edge_start[i + 1]; e++)
            assert_true(has_edge(some, i, more->neighbour[e]));
    is_within(common / 2.0, (double)some->edges, 0.7);
    assert_memory_equal(some->neighbour, again->neighbour, (size_t)(2 * some->edges) * 4);
    assert_memory_equal(some->feature_start, g->feature_start, (RING + 1) * 8);
    fsnn_graph_destroy(g);
    fsnn_graph_destroy(some);
    fsnn_graph_destroy(more);
    fsnn_graph_destroy(again);
    fsnn_graph_destroy(other);
}

static void features_lost(void **state)
{
    (void)state;
    fsnn_graph *g = read_ring();
    fsnn_graph *some = disturbed(g, FSNN_PERTURB_FEATURE_MASK, 0.3, 0),
               *more = disturbed(g, FSNN_PERTURB_FEATURE_MASK, 0.6, 0);
    double of_feature[RING_FEATURES] = {0};
    for (int i = 0; i < RING; i++)
        for (int f = 0; f < RING_FEATURES; f++) {
            float was = entry_of(g, i, f), is = entry_of(some, i, f);
            assert_true(is == was || is == 0);
            assert_true(entry_of(more, i, f) == is || entry_of(more, i, f) == 0);
            of_feature[f] += is == 0 && was != 0;
        }
    for (int f = 0; f < RING_FEATURES; f++) /* entries go, not columns or nodes */
        is_within(of_feature[f], RING / 4.0, 0.3);
    is_within((double)(g->feature_start[RING] - more->feature_start[RING]), RING * RING_OF_EACH,
              0.6);
    assert_memory_equal(some->edge_start, g->edge_start, (RING + 1) * 8);
    fsnn_graph_destroy(g);
    fsnn_graph_destroy(some);
    fsnn_graph_destroy(more);
}

static void features_with(const fsnn_graph *g, fsnn_graph_options o, fsnn_perturb_kind kind,
                          double share, float values[24])
{
    const fsnn_perturbation p = {kind, share};
    float *x;
    int64_t columns;
    o.perturb = &p;
    o.perturbs = 1;
    GOOD(fsnn_graph_features(g, &o, NULL, &x, &columns));
    assert_int_equal(columns, 3);
    memcpy(values, x, 24 * sizeof *values);
    free(x);
}

/* By hand: the normalisation is the clean graph's. Without features a column of S X is 0, so -mean
 * / deviation everywhere; without edges S is the identity (each node has its loop only), so the
 * columns are (X - mean) / deviation, mean and deviation of S X. */
static void features_of_what_is_left(void **state)
{
    (void)state;
    fsnn_graph *g = read_small();
    fsnn_graph_options o = fsnn_graph_options_default();
    double x[8][3], bare[8][3] = {{0}};
    float got[24], clean[24], *values;
    int64_t columns;
    o.normalization = FSNN_GRAPH_ZSCORE;
    GOOD(fsnn_graph_features(g, &o, NULL, &values, &columns));
    memcpy(clean, values, sizeof clean);
    free(values);
    for (int k = 0; k < 2; k++) { /* nothing lost: the same bits */
        features_with(g, o, k ? FSNN_PERTURB_EDGE_DROP : FSNN_PERTURB_FEATURE_MASK, 0, got);
        assert_memory_equal(got, clean, sizeof clean);
    }
    hop_of(g, 1, x);
    for (int i = 0; i < 8; i++)
        for (int64_t e = g->feature_start[i]; e < g->feature_start[i + 1]; e++)
            bare[i][g->feature[e]] = g->value[e];
    for (int c = 0; c < 3; c++) {
        double square, mean = moments(x, c, &square);
        features_with(g, o, FSNN_PERTURB_FEATURE_MASK, 1, got);
        for (int i = 0; i < 8; i++)
            assert_true(fabs(got[i * 3 + c] + mean / sqrt(square)) < 1e-5);
        features_with(g, o, FSNN_PERTURB_EDGE_DROP, 1, got);
        for (int i = 0; i < 8; i++)
            assert_true(fabs(got[i * 3 + c] - (bare[i][c] - mean) / sqrt(square)) < 1e-5);
    }
    o.normalization = FSNN_GRAPH_MAX;
    o.hops = 0; /* largest of the columns: 2, 3, 1 */
    features_with(g, o, FSNN_PERTURB_EDGE_DROP, 1, got);
    assert_true(got[3] == 1 && fabs(got[2 * 3 + 1] - 1 / 3.0) < 1e-6 && got[5] == 0.5F);
    o.normalization = FSNN_GRAPH_PLAIN; /* half of the features: none but those that there are */
    features_with(g, o, FSNN_PERTURB_FEATURE_MASK, 0.5, got);
    int gone = 0;
    for (int i = 0; i < 24; i++) {
        assert_true(got[i] == 0 || got[i] == (float)bare[i / 3][i % 3]);
        gone += got[i] != (float)bare[i / 3][i % 3];
    }
    assert_true(gone > 0 && gone < 9);
    fsnn_graph_destroy(g);
}

/* The eigenvectors that are left, then zeros: all five at first, none without edges, where no walk
 * comes back either. */
static void encodings_of_what_is_left(void **state)
{
    (void)state;
    fsnn_graph *g = read_small();
    fsnn_graph_options o = fsnn_graph_options_default();
    o.laplacian = 5;
    o.walk = 3;
    for (int share = 0; share <= 10; share++) {
        const fsnn_perturbation p = {FSNN_PERTURB_EDGE_DROP, share / 10.0};
        fsnn_graph *left = disturbed(g, FSNN_PERTURB_EDGE_DROP, share / 10.0, 0);
        float *x, own[8 * 5];
        int64_t columns, there = -1;
        o.perturb = &p;
        o.perturbs = 1;
        o.perturb_seed = 7;
        GOOD(fsnn_graph_features(g, &o, NULL, &x, &columns));
        GOOD(graph_laplacian_vectors(left, &there));
        assert_int_equal(columns, 3 + 5 + 3);
        assert_true(there <= left->edges && (share < 10 || there == 0) && (share || there == 5));
        if (there)
            GOOD(fsnn_graph_laplacian(left, there, 1, own, NULL));
        for (int i = 0; i < 8; i++)
            for (int c = 0; c < 5; c++)
                assert_true(x[i * 11 + 3 + c] == (c < there ? own[i * there + c] : 0));
        for (int i = 0; i < 8 && share == 10; i++)
            for (int c = 0; c < 3; c++)
                assert_true(x[i * 11 + 8 + c] == 0);
        free(x);
        fsnn_graph_destroy(left);
    }
    fsnn_graph_destroy(g);
}

static void disturbances_refused(void **state)
{
    (void)state;
    fsnn_graph *g = read_small(), *out;
    static const struct {
        fsnn_perturbation p;
        const char *sentence;
    } row[] = {
        {{FSNN_PERTURB_EDGE_DROP, 1.5}, "edge_drop: 1.5 is no amount; it is a number from 0 to 1"},
        {{FSNN_PERTURB_FEATURE_MASK, -0.1}, "feature_mask: -0.1 is no amount"},
        {{FSNN_PERTURB_NOISE, 0.1}, "noise acts on samples, not on the graph"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        REFUSED(fsnn_graph_disturb(g, &row[i].p, 1, 1, 0, &out), FSNN_EARGUMENT, row[i].sentence);
        assert_null(out);
    }
    float x[4] = {1, 2, 3, 4}, work[4];
    const fsnn_shape shape = FSNN_SHAPE(4);
    const fsnn_perturbation p = {FSNN_PERTURB_EDGE_DROP, 0.5};
    REFUSED(fsnn_perturb(&p, 1, 1, &shape, 1, 1, x, work), FSNN_EARGUMENT,
            "edge_drop acts on a graph before samples are made");
    fsnn_graph_destroy(g);
}

/* Whatever allocation fails, a clean error and nothing lost. */
static void disturbances_without_memory(void **state)
{
    (void)state;
    fsnn_graph *g = read_small(), *out;
    const fsnn_perturbation p = {FSNN_PERTURB_EDGE_DROP, 0.5};
    fsnn_graph_options o = fsnn_graph_options_default();
    float *values;
    int64_t columns, n = 0;
    o.perturb = &p;
    o.perturbs = 1;
    o.normalization = FSNN_GRAPH_ZSCORE;
    fsnn_status status = FSNN_EMEMORY;
    while (status == FSNN_EMEMORY) {
        fsnn_alloc_fail_at(++n);
        status = fsnn_graph_features(g, &o, NULL, &values, &columns);
    }
    fsnn_alloc_fail_at(0);
    GOOD(status);
    assert_true(n > 10);
    free(values);
    GOOD(fsnn_graph_disturb(g, NULL, 0, 1, 0, &out));
    assert_int_equal(out->edges, g->edges);
    fsnn_graph_destroy(out);
    fsnn_graph_destroy(g);
}

/* ---- encodings ---- */

static void walks(void **state)
{
    (void)state;
    enum { STEPS = 7 };
    fsnn_graph *g = read_small();
    double p[8][8], power[8][8];
    float encoding[8 * STEPS];
    matrix_of(g, FSNN_PROPAGATE_ROW, false, false, p);
    memcpy(power, p, sizeof p);
    GOOD(fsnn_graph_walk(g, STEPS, encoding));
    for (int s = 0; s < STEPS; s++) {
        for (int i = 0; i < 8; i++)
            assert_true(fabs(encoding[i * STEPS + s] - power[i][i]) < 1e-6);
        double next[8][8] = {{0}};
        for (int i = 0; i < 512; i++)
            next[i / 64][i % 8] += power[i / 64][i / 8 % 8] * p[i / 8 % 8][i % 8];
        memcpy(power, next, sizeof next);
    }
    FAILS(fsnn_graph_walk(g, 0, encoding), FSNN_EARGUMENT);
    fsnn_graph_destroy(g);
}

/* Eigenvalues of the small graph above 0: the path of 4 has 1 - cos(pi k / 3), the triangle twice
 * 3/2. Five in all, as 8 nodes are in 3 pieces. */
static void laplacian(void **state)
{
    (void)state;
    static const double want[] = {0.5, 1.5, 1.5, 1.5, 2};
    fsnn_graph *g = read_small();
    float v[8 * 6];
    double value[6], s[8][8];
    GOOD(fsnn_graph_laplacian(g, 5, 3, v, value));
    matrix_of(g, FSNN_PROPAGATE_SYM, false, false, s);
    for (int c = 0; c < 5; c++) {
        double length = 0, most = 0, high = 0;
        assert_true(fabs(value[c] - want[c]) < 1e-6);
        for (int i = 0; i < 8; i++) {
            double lv = v[i * 5 + c];
            for (int j = 0; j < 8; j++)
                lv -= s[i][j] * v[j * 5 + c];
            assert_true(fabs(lv - value[c] * v[i * 5 + c]) < 1e-4);
            length += v[i * 5 + c] * v[i * 5 + c];
            most = fmax(most, fabs(v[i * 5 + c]));
            high = fmax(high, v[i * 5 + c]);
        }
        assert_true(fabs(length - 8) < 1e-4 && high > most - 1e-4);
        assert_true(fabs(v[7 * 5 + c]) < 1e-6); /* the node alone is no place */
    }
    REFUSED(fsnn_graph_laplacian(g, 6, 3, v, value), FSNN_EARGUMENT,
            "8 nodes in 3 pieces has 5 eigenvalues");
    fsnn_graph_destroy(g);
}

/* A ring of 60: 1 - cos(2 pi k / 60), each twice. More vectors are asked for than a block has room
 * to spare, so the filter must work. */
static void laplacian_of_a_ring(void **state)
{
    (void)state;
    enum { N = 60, COUNT = 8 };
    int64_t start[N + 1];
    int32_t neighbour[2 * N];
    float v[N * COUNT];
    double value[COUNT];
    for (int i = 0; i < N; i++) {
        int a = (i + N - 1) % N, b = (i + 1) % N;
        start[i] = 2 * i;
        neighbour[2 * i] = a < b ? a : b;
        neighbour[2 * i + 1] = a < b ? b : a;
    }
    start[N] = 2 * N;
    fsnn_graph g = {.nodes = N, .edges = N, .edge_start = start, .neighbour = neighbour};
    GOOD(fsnn_graph_laplacian(&g, COUNT, 1, v, value));
    for (int c = 0; c < COUNT; c++)
        assert_true(fabs(value[c] - (1 - cos(2 * M_PI * (c / 2 + 1) / N))) < 1e-9);
}

/* ---- parts ---- */

static void splits(void **state)
{
    (void)state;
    enum { N = 1000, C = 3 };
    static int32_t label[N];
    static int8_t part[N], again[N];
    for (int i = 0; i < N; i++)
        label[i] = i % 10 == 0 ? -1 : i % C;
    fsnn_graph g = {.nodes = N, .classes = C, .label = label};
    fsnn_graph_split s = fsnn_graph_options_default().split;
    GOOD(fsnn_graph_split_nodes(&g, &s, part));
    int count[C][FSNN_PARTS] = {{0}};
    for (int i = 0; i < N; i++) {
        assert_true((part[i] < 0) == (label[i] < 0));
        if (label[i] >= 0)
            count[label[i]][part[i]]++;
    }
    for (int c = 0; c < C; c++) { /* 300 of each, shares of 210, 60 and 30 */
        assert_int_equal(count[c][FSNN_PART_TRAIN], 210);
        assert_int_equal(count[c][FSNN_PART_VALIDATION], 60);
        assert_int_equal(count[c][FSNN_PART_TEST], 30);
    }
    GOOD(fsnn_graph_split_nodes(&g, &s, again));
    assert_memory_equal(part, again, N);
    s.seed = 2;
    GOOD(fsnn_graph_split_nodes(&g, &s, again));
    assert_memory_not_equal(part, again, N);
    s = (fsnn_graph_split){.train = 20, .validation = 30, .per_class = true, .seed = 1};
    GOOD(fsnn_graph_split_nodes(&g, &s, part)); /* the rest is the test part */
    int sum[FSNN_PARTS] = {0};
    for (int i = 0; i < N; i++)
        if (part[i] >= 0)
            sum[part[i]]++;
    assert_true(sum[0] == 60 && sum[1] == 90 && sum[2] == 750);
    s.per_class = false;
    s.test = 5;
    GOOD(fsnn_graph_split_nodes(&g, &s, part));
    memset(sum, 0, sizeof sum);
    for (int i = 0; i < N; i++)
        if (part[i] >= 0)
            sum[part[i]]++;
    assert_true(sum[0] == 20 && sum[1] == 30 && sum[2] == 5);
    s = (fsnn_graph_split){.train = 2, .validation = 1, .test = 1, .per_class = true, .seed = 1};
    GOOD(fsnn_graph_split_nodes(&g, &s, part)); /* beside 2 nodes 1 is a node */
    memset(sum, 0, sizeof sum);
    for (int i = 0; i < N; i++)
        if (part[i] >= 0)
            sum[part[i]]++;
    assert_true(sum[0] == 6 && sum[1] == 3 && sum[2] == 3);
    s = (fsnn_graph_split){.train = 1}; /* by itself it is all of them */
    GOOD(fsnn_graph_split_nodes(&g, &s, part));
    for (int i = 0; i < N; i++)
        assert_int_equal(part[i], label[i] < 0 ? -1 : FSNN_PART_TRAIN);
    s = (fsnn_graph_split){.train = 20, .validation = 0.7, .test = 0.4};
    REFUSED(fsnn_graph_split_nodes(&g, &s, part), FSNN_EARGUMENT,
            "the shares (validation 0.7, test 0.4) are");
    s = (fsnn_graph_split){.train = 0.7, .validation = 0.4};
    FAILS(fsnn_graph_split_nodes(&g, &s, part), FSNN_EARGUMENT);
    s = (fsnn_graph_split){.train = 1.5};
    FAILS(fsnn_graph_split_nodes(&g, &s, part), FSNN_EARGUMENT);
    s = (fsnn_graph_split){.train = 0, .validation = 0.4};
    FAILS(fsnn_graph_split_nodes(&g, &s, part), FSNN_EARGUMENT);
    s.kind = FSNN_SPLIT_GIVEN;
    REFUSED(fsnn_graph_split_nodes(&g, &s, part), FSNN_EARGUMENT, "no split came with the graph");
}

static void nodes_as_samples(void **state)
{
    (void)state;
    fsnn_graph *g = read_small();
    fsnn_graph_options o = fsnn_graph_options_default();
    fsnn_data *part[FSNN_PARTS];
    fsnn_data_info info;
    float x[3];
    double want[8][3];
    int32_t label;
    o.split.kind = FSNN_SPLIT_GIVEN;
    GOOD(fsnn_data_graph(g, &o, part));
    fsnn_data_info_get(part[FSNN_PART_TRAIN], &info);
    assert_true(info.count == 2 && info.classes == 2 && info.shape.dim[0] == 3);
    fsnn_data_info_get(part[FSNN_PART_TEST], &info);
    assert_true(info.count == 2 && info.classes == 2);
    GOOD(fsnn_data_sample(part[FSNN_PART_TRAIN], 1, x, &label)); /* node 2 */
    hop_of(g, 1, want);
    assert_int_equal(label, 1);
    for (int c = 0; c < 3; c++)
        assert_true(fabs(x[c] - want[2][c]) < 1e-6);
    for (int p = 0; p < FSNN_PARTS; p++)
        fsnn_data_destroy(part[p]);
    fsnn_graph_destroy(g);
}

/* Each allocation on the way may fail: an error, and nothing is lost. */
static void out_of_memory(void **state)
{
    (void)state;
    fsnn_graph_options o = fsnn_graph_options_default();
    o.laplacian = 2;
    o.walk = 2;
    o.labels = 2;
    for (int n = 1;; n++) {
        fsnn_graph *g = NULL;
        fsnn_data *part[FSNN_PARTS] = {NULL};
        for (int f = 0; f < FILES; f++)
            if (small[f])
                folder_write(names[f], small[f], strlen(small[f]));
        fsnn_alloc_fail_at(n);
        fsnn_status status = fsnn_graph_read(folder, &g);
        if (!status)
            status = fsnn_data_graph(g, &o, part);
        fsnn_alloc_fail_at(0);
        for (int f = 0; f < FILES; f++)
            folder_delete(names[f]);
        for (int p = 0; p < FSNN_PARTS; p++) {
            assert_true(!status || !part[p]);
            fsnn_data_destroy(part[p]);
        }
        fsnn_graph_destroy(g);
        if (!status)
            break;
        assert_int_equal(status, FSNN_EMEMORY);
    }
}

/* Cora, where the tests' data are: counts of its own description, and figures that another program
 * gives of it. */
static void cora(void **state)
{
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s/planetoid/cora", files_data());
    if (access(path, R_OK) != 0) {
        print_message("skipped: there is no %s\n", path);
        skip();
    }
    fsnn_graph *g;
    GOOD(fsnn_graph_read(path, &g));
    assert_true(g->nodes == 2708 && g->edges == 5278 && g->features == 1433 && g->classes == 7);
    assert_int_equal(g->feature_start[g->nodes], 49216);
    assert_true(g->part_count[0] == 140 && g->part_count[1] == 500 && g->part_count[2] == 1000);
    int64_t most = 0, sizes[7] = {0};
    static const int64_t want[7] = {351, 217, 418, 818, 426, 298, 180};
    for (int64_t i = 0; i < g->nodes; i++) {
        int64_t degree = g->edge_start[i + 1] - g->edge_start[i];
        most = degree > most ? degree : most;
        sizes[g->label[i]]++;
    }
    assert_int_equal(most, 168);
    assert_memory_equal(sizes, want, sizeof want);
    fsnn_graph_destroy(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read),
        cmocka_unit_test(lines_end),
        cmocka_unit_test(features_as_bits),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(propagation),
        cmocka_unit_test(features),
        cmocka_unit_test(columns_of_classes),
        cmocka_unit_test(edges_lost),
        cmocka_unit_test(features_lost),
        cmocka_unit_test(features_of_what_is_left),
        cmocka_unit_test(encodings_of_what_is_left),
        cmocka_unit_test(disturbances_refused),
        cmocka_unit_test(disturbances_without_memory),
        cmocka_unit_test(walks),
        cmocka_unit_test(laplacian),
        cmocka_unit_test(laplacian_of_a_ring),
        cmocka_unit_test(splits),
        cmocka_unit_test(nodes_as_samples),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(cora),
    };
    return cmocka_run_group_tests_name("data/graph", tests, folder_open, folder_close);
}
