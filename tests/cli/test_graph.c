/* A graph from its folder to an evaluated network: inspect, plot, training on lists of spikes that
 * watches the validation nodes, resuming, evaluation of each part and over repeated encodings;
 * layers along its edges. */

#include <fsnn/graph.h>
#include <fsnn/tensor.h>

#include "shell.h"
#include "tiny.h"

enum { NODES = 90, CLASSES = 3, FEATURES = 12 };

/* Classes in turn; nodes of a class are in a ring, and every tenth has an edge to the next
 * class. */
static int graph_start(void **state)
{
    if (tiny_start(state) != 0)
        return -1;
    char text[8192] = "", *at = text;
    uint32_t seed = 3;
    mkdir(folder_path("graph"), 0777);
    folder_write_text("graph/meta.txt", "nodes 90\nfeatures 12\nclasses 3\n");
    for (int i = 0; i < NODES; i++) {
        if (i + CLASSES < NODES)
            at += sprintf(at, "%d %d\n", i, i + CLASSES);
        if (i % 10 == 0)
            at += sprintf(at, "%d %d\n", i, i + 1);
    }
    folder_write_text("graph/edges.txt", text);
    at = text;
    for (int i = 0; i < NODES; i++)
        at += sprintf(at, "%d\n", i % CLASSES);
    folder_write_text("graph/labels.txt", text);
    at = text;
    for (int i = 0; i < NODES; i++)
        for (int j = 0; j < FEATURES; j++)
            if (shell_random(&seed) < (j % CLASSES == i % CLASSES ? 0.6 : 0.1))
                at += sprintf(at, "%d %d 1\n", i, j);
    folder_write_text("graph/features.coo", text);
    folder_write_text(
        "graph.yaml",
        "input: 12\nlayers:\n  - linear: {out: 3, name: fc}\n  - lif: {tau: 4.0}\n"
        "dynamics: {alpha: 0.9, step: 0.1}\n"
        "data:\n  kind: graph\n  path: graph\n  normalize: zscore\n"
        "  encoder: {kind: rate, steps: 20, sparse: true}\n"
        "training: {epochs: 6, batch: 16, seed: 5, optimizer: {kind: adam, lr: 0.1}}\n");
    return 0;
}

static void what_it_holds(void **state)
{
    (void)state;
    shell_good("$F inspect graph");
    shell_contains(shell_out, "a graph of 90 nodes and 96 edges", "inspect");
    shell_contains(shell_out, "3 of 30 30 30 nodes", "inspect");
    shell_contains(shell_out, "90.6 % of the edges stay within one", "inspect"); /* 87 of 96 */
    shell_contains(shell_out, "none came with it", "inspect");
    if (check_built_with("plots")) {
        shell_good("$F plot graph --out pictures");
        shell_good("test -s pictures/degrees.png && test -s pictures/degrees.svg");
    }
    shell_good("mkdir bad && cp graph/* bad && echo 5 3 >>bad/edges.txt");
    shell_fails("$F inspect bad", 1, "bad/edges.txt:97: found 5 3, an edge that cannot be");
    shell_fails("$F plot bad", 1, "bad/edges.txt:97");
}

/* The same graph in an NPZ: train's weights are the same bytes. */
static void graph_in_a_file(void **state)
{
    (void)state;
    fsnn_graph *g;
    fsnn_arrays list = {0};
    GOOD(fsnn_graph_read(folder_path("graph"), &g));
    fsnn_shape pairs = FSNN_SHAPE(g->edges, 2), nodes = FSNN_SHAPE(g->nodes),
               values = FSNN_SHAPE(g->nodes, g->features);
    int32_t *pair = fsnn_arrays_add(&list, "edges", FSNN_I32, &pairs)->data;
    float *x = fsnn_arrays_add(&list, "x", FSNN_F32, &values)->data;
    int32_t *y = fsnn_arrays_add(&list, "y", FSNN_I32, &nodes)->data;
    for (int32_t i = 0; i < g->nodes; i++) {
        y[i] = g->label[i];
        for (int64_t e = g->edge_start[i]; e < g->edge_start[i + 1]; e++)
            if (i < g->neighbour[e])
                *pair++ = i, *pair++ = g->neighbour[e];
        for (int64_t e = g->feature_start[i]; e < g->feature_start[i + 1]; e++)
            x[i * g->features + g->feature[e]] = g->value[e];
    }
    GOOD(fsnn_npz_write(folder_path("graph.npz"), &list));
    fsnn_arrays_free(&list);
    fsnn_graph_destroy(g);
    shell_good("$F inspect graph.npz");
    shell_contains(shell_out, "graph.npz: a graph of 90 nodes and 96 edges", "inspect");
    if (check_built_with("plots"))
        shell_good("$F plot graph.npz --out pictures-npz && test -s pictures-npz/degrees.png");
    shell_good("$F train graph.yaml --out run-folder --no-figures --threads 1");
    shell_good("$F train graph.yaml --out run-npz --no-figures --threads 1 "
               "--set data.path=graph.npz");
    shell_good("cmp run-folder/last.safetensors run-npz/last.safetensors");
    shell_good("head -c 900 graph.npz >cut.npz");
    shell_fails("$F train graph.yaml --out run-cut --set data.path=cut.npz", 1, "cut.npz: no zip");
}

static void three_parts(void **state)
{
    (void)state;
    shell_good("$F train graph.yaml --out run --no-figures");
    shell_contains(shell_err, "63 training, 18 validation and 9 test samples", "train");
    shell_contains(shell_err, "valid loss", "train");
    shell_contains(shell_out, "validation      accuracy", "train");
    shell_contains(shell_out, "test            accuracy", "train");
    double watched = shell_number("validation      accuracy "),
           judged = shell_number("test            accuracy ");
    /* what was watched is what eval says of the best weights */
    shell_good("$F eval run/description.yaml -w run/best.safetensors --on validation --json");
    assert_true(fabs(100 * shell_number("\"accuracy\": ") - watched) < 0.006);
    assert_true(watched > 60); /* chance is 33 */
    shell_contains(shell_out, "\"samples\": 18", "eval");
    shell_contains(shell_out, "\"data\": \"validation\"", "eval");
    shell_good("$F eval graph.yaml -w run/best.safetensors --json");
    assert_true(fabs(100 * shell_number("\"accuracy\": ") - judged) < 0.006);
    shell_contains(shell_out, "\"data\": \"test\"", "eval");
    shell_good("$F eval graph.yaml -w run/best.safetensors --on train --json");
    shell_contains(shell_out, "\"samples\": 63", "eval");
}

/* The mean is that of the draws, the first of which is the one without repeats. */
static void repeats(void **state)
{
    (void)state;
    shell_good("$F train graph.yaml --out repeated --no-figures -q --set training.epochs=2");
    shell_good("$F eval graph.yaml -w repeated/best.safetensors --on train --json");
    double first = shell_number("\"accuracy\": ");
    shell_good("$F eval graph.yaml -w repeated/best.safetensors --on train --repeats 4 --json");
    double mean = shell_number("\"accuracy\": "), spread = shell_number("\"accuracy_spread\": "),
           sum = 0, square = 0;
    char *at = strstr(shell_out, "\"accuracies\": [");
    assert_non_null(at);
    at += strlen("\"accuracies\": [");
    for (int i = 0; i < 4; i++) {
        double x = strtod(at + strspn(at, ", \n"), &at);
        assert_true(i || fabs(x - first) < 1e-9);
        sum += x;
        square += x * x;
    }
    assert_true(fabs(sum / 4 - mean) < 1e-6);
    assert_true(spread > 0 && fabs(sqrt((square - sum * sum / 4) / 3) - spread) < 1e-4);
    shell_good("$F eval graph.yaml -w repeated/best.safetensors --repeats 4");
    shell_contains(shell_out, "mean and spread of 4 encodings", "eval");
}

/* Lists change rounding only; a stopped run goes on with the same bytes. */
static void lists_of_spikes(void **state)
{
    (void)state;
    shell_good("$F train graph.yaml --out whole --no-figures -q");
    shell_good("$F train graph.yaml --out part --no-figures -q --set training.epochs=3");
    shell_good("$F train --resume part --no-figures -q --set training.epochs=6");
    shell_good("cmp whole/last.safetensors part/last.safetensors");
    shell_good("$F train graph.yaml --out dense --no-figures -q --set data.encoder.sparse=false");
    shell_good("$F eval graph.yaml -w whole/last.safetensors --json");
    double sparse = shell_number("\"loss\": "), additions = shell_number("\"additions\": ");
    shell_good(
        "$F eval graph.yaml -w dense/last.safetensors --json --set data.encoder.sparse=false");
    assert_true(fabs(shell_number("\"loss\": ") - sparse) < 1e-4);
    assert_true(additions > 0 &&
                fabs(shell_number("\"additions\": ") - additions) < 0.01 * additions);
}

/* A share of the training set is watched, the test set judges. */
static void share_beside_test(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out share --no-figures --set data.validation=0.25");
    shell_contains(shell_err, "72 training, 24 validation and 30 test samples", "train");
    shell_good("$F eval tiny.yaml -w share/best.safetensors --set data.validation=0.25 --json");
    shell_contains(shell_out, "\"samples\": 30", "eval");
    shell_good("$F eval tiny.yaml -w share/best.safetensors --set data.validation=0.25 --on "
               "validation --json");
    shell_contains(shell_out, "\"samples\": 24", "eval");
}

static void layers_along_edges(void **state)
{
    (void)state;
    folder_write_text("gcn.yaml",
                      "input: [90, 12]\nlayers:\n  - gcn: {out: 4, path: graph}\n"
                      "  - lif: {tau: 2.0}\n  - graph: {path: graph, propagation: row}\n"
                      "dynamics: {alpha: 0.9}\n");
    shell_good("$F inspect gcn.yaml");
    shell_contains(shell_out, "[90, 4]", "inspect");
    shell_fails(
        "$F inspect gcn.yaml --set layers.0.gcn.path=absent", 2,
        "error: gcn.yaml: override \"layers.0.gcn.path=absent\": layers[0].gcn.path: there is no "
        "file \"absent\"");
    shell_fails("$F inspect gcn.yaml --set input=[80,12]", 2, "the graph has 90 nodes");
    shell_fails("$F train graph.yaml --out x --set data.split.train=0.9", 2,
                "data.split: the shares (train 0.9, ");
    shell_fails("$F train graph.yaml --out x --set data.laplacian=90", 2,
                "data.laplacian: the Lap");
    shell_fails("$F train graph.yaml --out x --set data.split.kind=public", 2,
                "data.split.kind: no split came with the graph");
}

/* Full-graph training: one sample, whose loss counts the nodes of the part. */
static void whole_graph(void **state)
{
    (void)state;
    folder_write_text(
        "whole.yaml",
        "input: [90, 12]\nlayers:\n  - gcn: {out: 8}\n  - lif: {tau: 2.0}\n"
        "  - gcn: {out: 3}\n  - readout: {tau: 4.0}\ndynamics: {alpha: 0.8}\n"
        "data: {kind: graph, path: graph, hops: 0, whole: true, encoder: {kind: rate, steps: 6}}\n"
        "training: {epochs: 40, batch: 1, seed: 5, optimizer: {kind: adam, lr: 0.05}}\n");
    shell_good("$F train whole.yaml --out gcn --no-figures");
    assert_true(shell_number("validation      accuracy ") > 60);
    shell_good("$F eval whole.yaml -w gcn/best.safetensors --json");
    shell_contains(shell_out, "\"samples\": 9", "eval");
    shell_good("$F eval whole.yaml -w gcn/best.safetensors --on train --json");
    shell_contains(shell_out, "\"samples\": 63", "eval");
    assert_true(shell_number("\"accuracy\": ") > 0.7);
}

/* The folder `bare`: the same graph without its edges; `blank`: without its features. */
static void lesser_graphs(void)
{
    shell_good("mkdir -p bare blank && cp graph/* bare && cp graph/* blank && : >bare/edges.txt && "
               ": >blank/features.coo");
}

static double disturbed_loss(const char *options)
{
    char line[512];
    snprintf(line, sizeof line, "$F eval %s --json", options);
    shell_good(line);
    char *at = strstr(shell_out, "\"perturbed\"");
    at = at ? strstr(at, "\"loss\": ") : NULL;
    assert_non_null(at);
    return strtod(at + strlen("\"loss\": "), NULL);
}

/* What is lost wholly is what a graph without it gives; what is not lost changes nothing. */
static void loses_all(const char *file, const char *run, const char *graph)
{
    static const char *const row[][2] = {{"edge_drop", "bare"}, {"feature_mask", "blank"}};
    char text[512];
    for (int i = 0; i < 2; i++) {
        snprintf(text, sizeof text, "%s -w %s/last.safetensors --perturb %s=1", file, run,
                 row[i][0]);
        double lost = disturbed_loss(text);
        snprintf(text, sizeof text, "$F eval %s -w %s/last.safetensors --json --set %s=%s", file,
                 run, graph, row[i][1]);
        shell_good(text);
        assert_true(fabs(shell_number("\"loss\": ") - lost) < 1e-12);
        snprintf(text, sizeof text, "%s -w %s/last.safetensors --perturb %s=0", file, run,
                 row[i][0]);
        double kept = disturbed_loss(text);
        assert_true(fabs(shell_number("\"loss\": ") - kept) < 1e-12 && fabs(kept - lost) > 1e-3);
    }
}

static void disturbed(void **state)
{
    (void)state;
    lesser_graphs();
    shell_good("sed 's/zscore/none/' graph.yaml >plain.yaml");
    shell_good("$F train plain.yaml --out plain --no-figures -q");
    loses_all("plain.yaml", "plain", "data.path");
    folder_write_text(
        "edges.yaml",
        "input: [90, 12]\nlayers:\n  - gcn: {out: 8}\n  - lif: {tau: 2.0}\n"
        "  - gcn: {out: 3}\n  - readout: {tau: 4.0}\ndynamics: {alpha: 0.8}\n"
        "data: {kind: graph, path: graph, hops: 1, whole: true, encoder: {kind: rate, steps: 6}}\n"
        "training: {epochs: 10, batch: 1, seed: 5, optimizer: {kind: adam, lr: 0.05}}\n");
    shell_good("$F train edges.yaml --out edges --no-figures -q");
    loses_all("edges.yaml", "edges", "data.path");
    /* the same call says the same, another seed another thing, more draws have a spread */
    shell_good("$F eval plain.yaml -w plain/last.safetensors --perturb "
               "edge_drop=0.5,frame_loss=0.2 --perturb feature_mask=0.2:0.6 >one");
    if (check_built_with("plots"))
        shell_good("$F eval plain.yaml -w plain/last.safetensors --perturb edge_drop=0:0.5 "
                   "--out pictures && test -s pictures/robustness.png");
    shell_good("$F eval plain.yaml -w plain/last.safetensors --perturb "
               "edge_drop=0.5,frame_loss=0.2 --perturb feature_mask=0.2:0.6 --batch 5 >two");
    shell_good("grep '=0' one >a; grep '=0' two >b; cmp a b; wc -l <a | grep -x 3");
    shell_good("$F eval plain.yaml -w plain/last.safetensors --on train --perturb feature_mask=0.6 "
               "--seed 1 | grep mask= >a; $F eval plain.yaml -w plain/last.safetensors --on train "
               "--perturb feature_mask=0.6 --seed 2 | grep mask= >b; ! cmp -s a b");
    shell_good("$F eval plain.yaml -w plain/last.safetensors --on train --perturb feature_mask=0.6 "
               "--repeats 3");
    shell_contains(shell_out, "(means and the spread of accuracy over 3 draws", "repeats");
}

static void disturbances_that_cannot_be(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out tiny -q --no-figures");
    shell_good("$F train graph.yaml --out nodes -q --no-figures --set training.epochs=1");
    static const char *const row[][3] = {
        {"tiny", "feature_mask=0.1",
         "data of tiny are of kind npz; occlusion and noise act on any"},
        {"tiny", "edge_drop=0.1",
         "neither the data of tiny are a graph nor has it layers along edges"},
        {"nodes", "occlusion=0.1", "in no order: feature_mask takes a share of them"},
        {"nodes", "edge_drop=1.1", "edge_drop: 1.1 is no amount"},
        {"nodes", "feature_mask=-1", "feature_mask: -1 is no amount"},
        {"nodes", "edgedrop=0.1", "did you mean edge_drop?"},
    };
    for (int i = 0; i < (int)(sizeof row / sizeof row[0]); i++) {
        char line[256];
        snprintf(line, sizeof line,
                 "$F eval %s/description.yaml -w %s/last.safetensors --perturb %s", row[i][0],
                 row[i][0], row[i][1]);
        shell_fails(line, 2, row[i][2]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_holds),   cmocka_unit_test(graph_in_a_file),
        cmocka_unit_test(three_parts),     cmocka_unit_test(repeats),
        cmocka_unit_test(lists_of_spikes), cmocka_unit_test(share_beside_test),
        cmocka_unit_test(whole_graph),     cmocka_unit_test(layers_along_edges),
        cmocka_unit_test(disturbed),       cmocka_unit_test(disturbances_that_cannot_be),
    };
    return cmocka_run_group_tests_name("cli/graph", tests, graph_start, folder_remove);
}
