/* tests/train/toy.h: a small problem that a small net learns in a second: three classes, each with
 * four bright values of twelve; and a directory for what training writes. */
#ifndef FSNN_TEST_TOY_H
#define FSNN_TEST_TOY_H

#include "folder.h"
#include "nets.h"

#include <fsnn/train.h>

#include <float.h>

enum { TOY_FEATURES = 12, TOY_CLASSES = 3, TOY_STEPS = 5, TOY_TRAIN = 200, TOY_BATCH = 16 };

static const char *const toy_files[] = {"last.safetensors", "last.state.safetensors",
                                        "best.safetensors", "metrics.csv", "metrics.jsonl"};

static inline void toy_clean(void)
{
    for (int i = 0; i < FSNN_COUNT(toy_files); i++)
        folder_delete(toy_files[i]);
}

static inline int toy_teardown(void **state)
{
    toy_clean();
    return folder_close(state);
}

typedef struct toy {
    fsnn_data *train_data, *test_data;
    fsnn_loader *train, *test;
    fsnn_net *net;
} toy;

typedef struct toy_options {
    int64_t batch, hidden,
        poison; /* this sample (counted from 1) of the training data overflows in its encoder */
    double dropout;
    double scale_end; /* of the surrogates; 0: their scale stays */
    bool direct;      /* direct encoding, else rate */
    bool in_order;
    bool no_labels;
    bool linear_out; /* the net ends in a linear layer */
    bool wide;       /* double precision */
    bool norm;       /* batch normalisation before the first neurons */
    int deep;        /* layers of [hidden, hidden] after those */
    uint64_t seed;
} toy_options;

#define TOY ((toy_options){.batch = TOY_BATCH, .hidden = 32, .dropout = 0.2, .seed = 1})

static inline fsnn_data *toy_data(int64_t count, uint64_t stream, const toy_options *o)
{
    float *x = fsnn_alloc((size_t)(count * TOY_FEATURES) * sizeof *x);
    int32_t *labels = fsnn_alloc((size_t)count * sizeof *labels);
    fsnn_data *data;
    for (int64_t i = 0; i < count; i++) {
        labels[i] = (int32_t)(i % TOY_CLASSES);
        for (int64_t j = 0; j < TOY_FEATURES; j++) {
            int64_t at = i * TOY_FEATURES + j;
            x[at] = 0.4f * fsnn_random_uniform(99, stream, (uint64_t)at) +
                    (j / 4 == labels[i] ? 0.6f : 0);
            if (stream == 0 && i + 1 == o->poison)
                x[at] = FLT_MAX;
        }
    }
    GOOD(fsnn_data_memory(count, FSNN_SHAPE(TOY_FEATURES), x, o->no_labels ? NULL : labels, &data));
    fsnn_free(x);
    fsnn_free(labels);
    return data;
}

static inline fsnn_net *toy_net(const toy_options *o)
{
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(0.7);
    order.learn_alpha = true;
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.precision = o->wide ? FSNN_PRECISION_DOUBLE : FSNN_PRECISION_SINGLE;
    fsnn_neuron neuron = FSNN_NEURON_DEFAULT;
    neuron.tau = (fsnn_value){.value = 0.5, .learn = true};
    neuron.surrogate.scale_end = o->scale_end;
    fsnn_plan plan = {.steps = TOY_STEPS, .batch = o->batch, .training = true, .seed = o->seed};
    int node = fsnn_net_input(net, FSNN_SHAPE(TOY_FEATURES));
    node = fsnn_net_linear(net, "fc1", node, o->hidden, true);
    if (o->norm)
        node = fsnn_net_batchnorm(net, "norm", node);
    node = fsnn_net_lif(net, "lif1", node, &neuron);
    if (o->dropout > 0)
        node = fsnn_net_add(net, "dropout", "drop", &node, 1, &(fsnn_dropout){.p = o->dropout});
    for (int i = 0; i < o->deep; i++) {
        node = fsnn_net_linear(net, (char[]){'d', (char)('0' + i), 0}, node, o->hidden, true);
        node = fsnn_net_lif(net, (char[]){'n', (char)('0' + i), 0}, node, &neuron);
    }
    node = fsnn_net_linear(net, "fc2", node, TOY_CLASSES, true);
    if (!o->linear_out)
        node = fsnn_net_lif(net, "lif2", node, &neuron);
    assert_true(node >= 0);
    GOOD(fsnn_net_wrap(net, &dynamics, &plan));
    return net;
}

static inline void toy_open(toy *t, const toy_options *o)
{
    fsnn_loader_options options = {
        .encoder = {.kind = o->direct ? FSNN_ENCODE_DIRECT : FSNN_ENCODE_RATE,
                    .steps = TOY_STEPS,
                    .gain = o->poison ? 2 : 1, /* 2 FLT_MAX is infinite */
                    .floor = 0.01},
        .batch = o->batch,
        .shuffle = !o->in_order,
        .seed = o->seed,
    };
    t->train_data = toy_data(TOY_TRAIN, 0, o);
    t->test_data = toy_data(100, 1, o);
    GOOD(fsnn_loader_create(t->train_data, &options, &t->train));
    options.shuffle = false;
    GOOD(fsnn_loader_create(t->test_data, &options, &t->test));
    t->net = toy_net(o);
}

static inline void toy_close(toy *t)
{
    fsnn_net_destroy(t->net);
    fsnn_loader_destroy(t->train);
    fsnn_loader_destroy(t->test);
    fsnn_data_destroy(t->train_data);
    fsnn_data_destroy(t->test_data);
}

/* Adam 1e-2 over `epochs`, writing into the test's directory. */
static inline fsnn_train_options toy_training(int64_t epochs)
{
    fsnn_train_options options = {.training = fsnn_training_default(), .directory = folder};
    options.training.epochs = epochs;
    options.training.batch = TOY_BATCH;
    options.training.optimizer.lr = 1e-2;
    return options;
}

/* A fresh net and loaders, one call of fsnn_train. */
static inline fsnn_status toy_run(const toy_options *o, const fsnn_train_options *options,
                                  fsnn_metrics *result)
{
    toy t;
    toy_open(&t, o);
    fsnn_status status = fsnn_train(t.net, t.train, t.test, options, result);
    toy_close(&t);
    return status;
}

typedef struct toy_file {
    uint8_t *data;
    size_t size;
} toy_file;

static inline toy_file toy_read(const char *name)
{
    toy_file file;
    GOOD(fsnn_file_read(folder_path(name), &file.data, &file.size));
    return file;
}

static inline bool toy_same_bytes(const toy_file *a, const toy_file *b)
{
    return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

/* The file has these bytes, or has not. */
static inline bool toy_same(const char *name, const toy_file *file)
{
    toy_file now = toy_read(name);
    bool same = toy_same_bytes(&now, file);
    fsnn_free(now.data);
    return same;
}

#endif
