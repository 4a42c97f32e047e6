/* Short trainings of networks as the examples have them, written as descriptions, on made data:
 * weights after two epochs, figures, outputs. Names begin with dense/ or conv/ (dense.c). */
#include "bits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a training is made of. */
typedef struct example {
    const char *name, *text;
    fsnn_shape sample;
    bool sequence; /* the first axis of samples is time, else `steps` are made by the encoder */
    fsnn_encoder encoder;
    bool sparse;
} example;

#define TRAINING(loss, optimizer, more)                                                            \
    "training: {epochs: 2, batch: 16, seed: 5, loss: " loss ", optimizer: " optimizer more "}\n"
#define ADAM "{kind: adam, lr: 0.01}"

static const example examples[] = {
    {"mlp",
     "input: [12]\n"
     "layers:\n"
     "  - linear: {out: 40, name: fc1}\n"
     "  - lif: {name: lif1, tau: {value: 2.0, learn: true}, threshold: 0.5}\n"
     "  - linear: {out: 3, name: fc2}\n"
     "  - lif: {name: lif2, tau: 2.0, threshold: 0.5}\n"
     "dynamics: {alpha: 0.6, learn_alpha: true}\n" TRAINING("ce_rate", ADAM, ""),
     {1, {12}},
     .encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = 6, .gain = 1}},
    {"cnn",
     "input: [1, 8, 8]\n"
     "layers:\n"
     "  - conv2d: {out: 8, kernel: 3, padding: 1, name: conv1}\n"
     "  - batchnorm\n"
     "  - lif: {tau: 2.0, threshold: 0.5, surrogate: {kind: arctan, scale: 2.0}, name: lif1}\n"
     "  - maxpool: {kernel: 2}\n"
     "  - flatten\n"
     "  - dropout: {p: 0.25}\n"
     "  - linear: {out: 6, name: fc1}\n"
     "  - lif: {tau: 2.0, threshold: 0.25, name: lif2}\n"
     "  - voting: {voters: 2}\n"
     "dynamics: {alpha: 0.5}\n" TRAINING("mse_rate", "{kind: adamw, lr: 0.01, weight_decay: 0.01}",
                                         ", schedule: cosine, clip: 1.0"),
     {3, {1, 8, 8}},
     .encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = 4, .gain = 4}},
    {"own",
     "input: [12]\n"
     "layers:\n"
     "  - linear: {out: 40, name: fc1}\n"
     "  - user: {name: hidden, dv: \"(-v*(1 + a*tanh(v)) + I)/tau\", tau: 2.0, threshold: 0.5,\n"
     "           params: {a: {value: 0, learn: true, per: channel}}}\n"
     "  - linear: {out: 3, name: fc2}\n"
     "  - lif: {tau: 2.0, threshold: 0.5, name: output}\n"
     "dynamics: {method: l1, alpha: 0.7}\n" TRAINING("mse_count",
                                                     "{kind: sgd, lr: 0.05, "
                                                     "momentum: 0.9, nesterov: true}",
                                                     ", checkpoint: 3"),
     {1, {12}},
     .encoder = {.kind = FSNN_ENCODE_RATE, .steps = 8, .gain = 1}},
    {"series",
     "input: [2]\n"
     "layers:\n"
     "  - linear: {out: 40, name: fc1}\n"
     "  - lif: {tau: {value: 4.0, learn: true, per: channel}, threshold: 0.2, name: lif1}\n"
     "  - linear: {out: 3, name: fc2}\n"
     "  - readout: {tau: 4.0, name: answer}\n"
     "dynamics: {alpha: 0.7, memory: {tolerance: 1e-4, engine: exponentials}}\n" TRAINING(
         "ce_rate", ADAM, ", clip: 1.0"),
     {2, {150, 2}},
     .sequence = true,
     .encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = 150, .gain = 1}},
    {"recurrent",
     "input: [2]\n"
     "layers:\n"
     "  - linear: {out: 35, name: fc1}\n"
     "  - delay: {of: alif1, name: before}\n"
     "  - linear: {from: before, out: 35, bias: false, name: w}\n"
     "  - add: {from: [fc1, w]}\n"
     "  - alif: {tau: 4.0, threshold: 0.2, name: alif1}\n"
     "  - linear: {out: 3, name: fc2}\n"
     "  - readout: {tau: 4.0, name: answer}\n"
     "dynamics: {alpha: 0.8, memory: 12}\n" TRAINING("tet", ADAM, ""),
     {2, {30, 2}},
     .sequence = true,
     .encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = 30, .gain = 1}},
    {"events",
     "input: [12]\n"
     "layers:\n"
     "  - linear: {out: 40, bias: false, name: fc1}\n"
     "  - noisy: {name: noisy1, tau: {value: 4.0, learn: true}, threshold: {value: 0.5, learn: "
     "true}}\n"
     "  - linear: {out: 3, bias: false, name: fc2}\n"
     "  - cuba: {tau: 2.0, threshold: 0.25, name: cuba1}\n"
     "dynamics: {method: gl, alpha: 0.9, step: 0.5}\n" TRAINING(
         "ce_sum", ADAM, ", schedule: {kind: plateau, factor: 0.5, patience: 1}"),
     {1, {12}},
     .encoder = {.kind = FSNN_ENCODE_RATE, .steps = 20, .gain = 1},
     .sparse = true},
};

enum { SAMPLES = 48, CLASSES = 3 };

/* Three classes: one number of three is large. */
static fsnn_status make(const example *e, fsnn_data **data)
{
    int64_t n = fsnn_shape_count(&e->sample);
    float *x = bits_values(SAMPLES * n, 77, 0.25F, 0.25F);
    int32_t label[SAMPLES];
    for (int64_t i = 0; i < SAMPLES; i++) {
        label[i] = (int32_t)(i % CLASSES);
        for (int64_t j = label[i]; j < n; j += CLASSES)
            x[i * n + j] += 0.75F;
    }
    fsnn_status status = fsnn_data_memory(SAMPLES, e->sample, x, label, data);
    free(x);
    if (status == FSNN_OK && e->sequence)
        status = fsnn_data_sequence(*data, FSNN_AXES_FIRST);
    return status;
}

static fsnn_status read_text(const example *e, fsnn_description **description)
{
    char path[4096];
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/fsnn-same-bits-XXXXXX", folder && *folder ? folder : "/tmp");
    int file = mkstemp(path);
    if (file < 0)
        return fsnn_error_set(FSNN_EIO, "no temporary file");
    size_t length = strlen(e->text);
    bool written =
        write(file, "name: bits\n", 11) == 11 && write(file, e->text, length) == (ssize_t)length;
    close(file);
    fsnn_status status = written ? fsnn_description_read(path, NULL, 0, description)
                                 : fsnn_error_set(FSNN_EIO, "the temporary file is not written");
    unlink(path);
    return status;
}

static void hash_metrics(hash *h, const fsnn_metrics *m)
{
    hash_number(h, m->epoch);
    const double figures[] = {
        m->loss,          m->accuracy,  m->test_loss, m->test_accuracy, m->gradient_norm,
        m->multiply_adds, m->additions, m->memory,    m->rate,          m->lr};
    for (int i = 0; i < COUNT(figures); i++)
        hash_double(h, figures[i]);
    for (int i = 0; i < m->layers; i++)
        hash_double(h, m->layer_rate[i]);
}

static int on_epoch(const fsnn_metrics *metrics, void *user)
{
    hash_metrics(user, metrics);
    return 0;
}

/* The parts of a training, to be released together. */
typedef struct pieces {
    fsnn_description *description;
    fsnn_net *net;
    fsnn_data *data;
    fsnn_loader *train, *test;
} pieces;

static fsnn_status open_pieces(const example *e, pieces *p)
{
    fsnn_status status = read_text(e, &p->description);
    if (status == FSNN_OK)
        status = fsnn_description_net(p->description, &p->net);
    if (status == FSNN_OK)
        status = make(e, &p->data);
    if (status != FSNN_OK)
        return status;
    const fsnn_training *t = fsnn_description_training(p->description);
    fsnn_loader_options o = {.encoder = e->encoder, .batch = t->batch, .shuffle = true, .seed = 5};
    o.encoder.sparse = e->sparse;
    status = fsnn_loader_create(p->data, &o, &p->train);
    o.shuffle = false;
    if (status == FSNN_OK)
        status = fsnn_loader_create(p->data, &o, &p->test);
    if (status != FSNN_OK)
        return status;
    fsnn_plan plan = {.batch = t->batch,
                      .training = true,
                      .seed = t->seed,
                      .checkpoint = t->checkpoint,
                      .truncate = t->truncate};
    fsnn_shape shape;
    fsnn_loader_shape(p->train, &plan.steps, &shape);
    return fsnn_net_wrap(p->net, fsnn_description_dynamics(p->description), &plan);
}

static void close_pieces(pieces *p)
{
    fsnn_loader_destroy(p->train);
    fsnn_loader_destroy(p->test);
    fsnn_data_destroy(p->data);
    fsnn_net_destroy(p->net);
    fsnn_description_destroy(p->description);
}

static void one(const example *e)
{
    char name[128];
    pieces p = {0};
    hash figures = hash_new(), weights = hash_new();
    bool conv = strstr(e->text, "conv2d");
    snprintf(name, sizeof name, "%s/training/%s", conv ? "conv" : "dense", e->name);
    fsnn_status status = open_pieces(e, &p);
    if (status == FSNN_OK) {
        fsnn_train_options o = {.training = *fsnn_description_training(p.description),
                                .on_epoch = on_epoch,
                                .user = &figures};
        status = fsnn_train(p.net, p.train, p.test, &o, NULL);
    }
    if (status == FSNN_OK) {
        for (int i = 0; i < fsnn_net_param_count(p.net); i++) {
            const fsnn_param *param = fsnn_net_param(p.net, i);
            hash_floats(&weights, param->value, fsnn_shape_count(&param->shape));
        }
        line_begin(name);
        line_part("figures", &figures);
        line_part("weights", &weights);
        line_end();
    } else {
        line_failed(name);
    }
    close_pieces(&p);
}

void group_training(void)
{
    for (int i = 0; i < COUNT(examples); i++)
        one(&examples[i]);
}
