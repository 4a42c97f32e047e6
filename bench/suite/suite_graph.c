/* bench/suite/suite_graph.c: an epoch of SGCN on a graph of the size of Cora: nodes are samples,
 * their features, averaged over the neighbours, spikes at 100 steps, drawn anew in each epoch and
 * given as lists; one linear layer, one of neurons (examples/sgcn_cora.yaml). On the real graph
 * where it is at hand, else on one made up of as many nodes, edges and words. */
#include "bench/suite/suite.h"
#include "bench/floor.h"

#include <stdlib.h>
#include <string.h>

enum {
    T = 100,
    BATCH = 512,
    NODES = 2708,
    EDGES = 5278,
    WORDS = 1433,
    CLASSES = 7,
    WORDS_OF_NODE = 18
};

/* ---- the graph ---- */

/* Whole numbers below `end`. */
static int64_t below(uint64_t *state, int64_t end)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((*state >> 33) % (uint64_t)end);
}

/* Two of three edges stay within a class, three of four words come from a class's own: about what
 * makes neighbours alike there. */
static int64_t neighbour_of(uint64_t *state, int64_t node)
{
    int64_t other = below(state, NODES);
    return below(state, 3) ? other / CLASSES * CLASSES + node % CLASSES : other;
}

static int64_t word_of(uint64_t *state, int64_t node)
{
    enum { OWN = WORDS / CLASSES };
    return below(state, 4) ? node % CLASSES * OWN + below(state, OWN) : below(state, WORDS);
}

/* Marks `count` places of the matrix [rows, columns] that were free, each with its mirror image
 * where it is square. */
static void mark(bool *matrix, int64_t row, int64_t columns, int64_t (*draw)(uint64_t *, int64_t),
                 uint64_t *state)
{
    for (;;) {
        int64_t column = draw(state, row);
        bool *at = &matrix[row * columns + column];
        bool loop = columns == NODES && column == row;
        if (loop || column >= columns || *at)
            continue;
        *at = true;
        if (columns == NODES)
            matrix[column * columns + row] = true;
        return;
    }
}

/* The marked places of each row as lists. */
static void list(const bool *matrix, int64_t columns, int64_t *start, int32_t *index)
{
    int64_t used = 0;
    for (int64_t r = 0; r < NODES; r++) {
        start[r] = used;
        for (int64_t c = 0; c < columns; c++)
            if (matrix[r * columns + c])
                index[used++] = (int32_t)c;
    }
    start[NODES] = used;
}

static fsnn_graph *synthetic_graph(void)
{
    uint64_t state = 1;
    fsnn_graph *g = cli_allocate(1, sizeof *g);
    bool *edge = cli_allocate((size_t)NODES * NODES, sizeof *edge),
         *word = cli_allocate((size_t)NODES * WORDS, sizeof *word);
    *g = (fsnn_graph){.nodes = NODES, .features = WORDS, .classes = CLASSES, .edges = EDGES};
    g->edge_start = cli_allocate(NODES + 1, sizeof *g->edge_start);
    g->feature_start = cli_allocate(NODES + 1, sizeof *g->feature_start);
    g->neighbour = cli_allocate(2 * EDGES, sizeof *g->neighbour);
    g->feature = cli_allocate((size_t)NODES * WORDS_OF_NODE, sizeof *g->feature);
    g->value = cli_allocate((size_t)NODES * WORDS_OF_NODE, sizeof *g->value);
    g->label = cli_allocate(NODES, sizeof *g->label);
    for (int i = 0; i < EDGES; i++)
        mark(edge, below(&state, NODES), NODES, neighbour_of, &state);
    for (int64_t i = 0; i < NODES; i++)
        g->label[i] = (int32_t)(i % CLASSES);
    for (int64_t i = 0; i < NODES * WORDS_OF_NODE; i++) {
        mark(word, i / WORDS_OF_NODE, WORDS, word_of, &state);
        g->value[i] = 1;
    }
    list(edge, NODES, g->edge_start, g->neighbour);
    list(word, WORDS, g->feature_start, g->feature);
    free(edge);
    free(word);
    return g;
}

static void forget(fsnn_graph *g)
{
    free(g->edge_start);
    free(g->feature_start);
    free(g->neighbour);
    free(g->feature);
    free(g->value);
    free(g->label);
    free(g);
}

/* The nodes that train; whether they are those of Cora. */
static fsnn_data *nodes(bool *real)
{
    fsnn_graph_options options = fsnn_graph_options_default();
    fsnn_data *part[FSNN_PARTS] = {0};
    fsnn_graph *graph = NULL;
    const char *folder = getenv("FSNN_DATA");
    char *path = cli_path(folder ? folder : ".", "planetoid/cora");
    options.normalization = FSNN_GRAPH_ZSCORE;
    *real = folder && cli_is_directory(path);
    if (*real)
        bench_try(fsnn_graph_read(path, &graph));
    else
        graph = synthetic_graph();
    bench_try(fsnn_data_graph(graph, &options, part));
    (*real ? fsnn_graph_destroy : forget)(graph);
    fsnn_data_destroy(part[FSNN_PART_VALIDATION]);
    fsnn_data_destroy(part[FSNN_PART_TEST]);
    free(path);
    return part[FSNN_PART_TRAIN];
}

/* ---- the training ---- */

enum { MOST_BATCHES = 8 };

/* Batches that stay: copies of what the loader gave. */
typedef struct kept {
    fsnn_spikes spikes[MOST_BATCHES];
    int32_t *label[MOST_BATCHES];
    int batches;
} kept;

typedef struct graph_run {
    fsnn_net *net;
    fsnn_loader *loader;
    fsnn_optimizer *optimizer;
    fsnn_training training;
    fsnn_plan plan;
    float *gradient; /* [T, BATCH, CLASSES] */
    kept kept;
} graph_run;

static void open_net(graph_run *r)
{
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 4;
    lif.tau.learn = true;
    fsnn_order order = fsnn_order_of(0.9);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.step = 0.1;
    bench_try(fsnn_net_create(&r->net));
    int x =
        fsnn_net_linear(r->net, NULL, fsnn_net_input(r->net, FSNN_SHAPE(WORDS)), CLASSES, false);
    bench_try(fsnn_net_lif(r->net, NULL, x, &lif));
    r->plan = (fsnn_plan){.steps = T, .batch = BATCH, .training = true, .seed = 1};
    bench_try(fsnn_net_wrap(r->net, &dynamics, &r->plan));
    r->training = fsnn_training_default();
    r->training.optimizer.weight_decay = 1e-4;
    bench_try(fsnn_optimizer_create(r->net, &r->training.optimizer, &r->optimizer));
    r->gradient = bench_numbers((int64_t)T * BATCH * CLASSES);
}

/* Forward, loss, backward, clipped Adam. */
static void learn(graph_run *r, const fsnn_spikes *spikes, const int32_t *label)
{
    const float *out;
    double value;
    if (r->plan.batch != spikes->batch) { /* the last one is smaller */
        r->plan.batch = spikes->batch;
        bench_try(fsnn_net_replan(r->net, &r->plan));
    }
    bench_try(fsnn_net_reset(r->net));
    bench_try(fsnn_net_forward_spikes(r->net, spikes, &out));
    bench_try(fsnn_loss_compute(&r->training.loss, T, spikes->batch, CLASSES, out, label, NULL,
                                r->gradient, &value, NULL));
    fsnn_net_zero_grad(r->net);
    bench_try(fsnn_net_backward(r->net, r->gradient, NULL));
    bench_try(fsnn_optimizer_step(r->optimizer, 1e-3, 1.0, NULL));
}

static void epoch(void *of)
{
    graph_run *r = of;
    fsnn_batch batch;
    int more;
    bench_try(fsnn_loader_start(r->loader, 0));
    while ((more = fsnn_loader_next(r->loader, &batch)) > 0)
        learn(r, batch.spikes, batch.labels);
    bench_try(more);
}

/* The same without the encoder: the lists are there. */
static void steps(void *of)
{
    graph_run *r = of;
    for (int i = 0; i < r->kept.batches; i++)
        learn(r, &r->kept.spikes[i], r->kept.label[i]);
}

/* The encoder alone. */
static void draw(void *of)
{
    graph_run *r = of;
    fsnn_batch batch;
    int more;
    bench_try(fsnn_loader_start(r->loader, 0));
    while ((more = fsnn_loader_next(r->loader, &batch)) > 0)
        ;
    bench_try(more);
}

static void keep(kept *k, const fsnn_batch *batch)
{
    const fsnn_spikes *s = batch->spikes;
    int64_t rows = s->steps * s->batch, used = 0;
    int64_t *start = cli_allocate((size_t)rows, sizeof *start);
    int32_t *count = cli_allocate((size_t)rows, sizeof *count);
    int32_t *index = cli_allocate((size_t)fsnn_spikes_total(s) + 1, sizeof *index);
    for (int64_t row = 0; row < rows; row++) {
        memcpy(index + used, s->index + s->start[row], (size_t)s->count[row] * sizeof *index);
        start[row] = used;
        count[row] = s->count[row];
        used += count[row];
    }
    k->label[k->batches] = cli_allocate((size_t)s->batch, sizeof **k->label);
    memcpy(k->label[k->batches], batch->labels, (size_t)s->batch * sizeof **k->label);
    k->spikes[k->batches++] =
        (fsnn_spikes){s->steps, s->batch, s->width, start, count, index, NULL};
}

static void keep_all(graph_run *r)
{
    fsnn_batch batch;
    bench_try(fsnn_loader_start(r->loader, 0));
    while (fsnn_loader_next(r->loader, &batch) > 0 && r->kept.batches < MOST_BATCHES)
        keep(&r->kept, &batch);
}

static void close_run(graph_run *r)
{
    for (int i = 0; i < r->kept.batches; i++) {
        free((void *)r->kept.spikes[i].start);
        free((void *)r->kept.spikes[i].count);
        free((void *)r->kept.spikes[i].index);
        free(r->kept.label[i]);
    }
    fsnn_free_array(r->gradient);
    fsnn_loader_destroy(r->loader);
    fsnn_optimizer_destroy(r->optimizer);
    fsnn_net_destroy(r->net);
}

static void run_floor(void *of)
{
    floor_forward(of);
    floor_backward(of);
}

/* ---- rows ---- */

static void put(const bench *b, const char *of, const char *what, int rounds,
                const bench_part *part, double floor, double limit)
{
    bench_row row = {.workload = "graph",
                     .steps = T,
                     .batch = BATCH,
                     .neurons = CLASSES,
                     .rounds = rounds,
                     .median = part->median,
                     .least = part->least,
                     .most = part->most,
                     .floor = floor,
                     .limit = limit};
    snprintf(row.what, sizeof row.what, "%s, %s", of, what);
    snprintf(row.against, sizeof row.against, "%s",
             floor > 0     ? "dense kernels"
             : floor_there ? ""
                           : "no floor");
    bench_put(b, &row);
}

/* The floor is the products of one batch, times the batches of an epoch. */
static void run_graph(bench *b)
{
    bool real;
    fsnn_data *data = nodes(&real);
    graph_run r = {0};
    floor_list floor = {0};
    fsnn_loader_options options = {
        .encoder = {.kind = FSNN_ENCODE_RATE, .steps = T, .gain = 1, .sparse = true},
        .batch = BATCH,
        .seed = 1};
    bench_try(fsnn_loader_create(data, &options, &r.loader));
    open_net(&r);
    keep_all(&r);
    floor_product(&floor, T * BATCH, CLASSES, WORDS, false);
    bench_part part[] = {{.run = epoch, .of = &r},
                         {.run = steps, .of = &r},
                         {.run = draw, .of = &r},
                         {.run = run_floor, .of = &floor}};
    int rounds = bench_measure(b, part, CLI_COUNT(part));
    double batches = (double)fsnn_loader_samples(r.loader) / BATCH;
    double dense = floor_there ? part[3].median * batches : 0;
    const char *of = real ? "Cora" : "made up";
    put(b, of, "an epoch", rounds, &part[0], dense, 0.1);
    put(b, of, "its steps, spikes drawn before", rounds, &part[1], dense, 0);
    put(b, of, "drawing its spikes", rounds, &part[2], 0, 0);
    floor_free(&floor);
    close_run(&r);
    fsnn_data_destroy(data);
}

const bench_workload bench_graph = {"graph",
                                    "an epoch of SGCN on Cora or a graph of its size, 100 steps, "
                                    "spikes as lists, beside its products alone",
                                    run_graph, false};
