/* Figures by name, a row of a table a kind. */
#include "train/figures.h"

#include "net/net.h"
#include "train/arrays.h"
#include "train/terms.h"

#include <math.h>
#include <string.h>

enum { TERM, GRADIENT, MEAN, LEAST, MOST };

/* A figure is counted, then named: both walks are one. */
typedef struct making {
    train_figures *f;
    char *text; /* where the next name stands; NULL: it is counted */
    size_t bytes;
} making;

static void add(making *m, int kind, int of, int count, const char *before, const char *name,
                const char *behind)
{
    size_t bytes = strlen(before) + strlen(name) + strlen(behind) + 1;
    train_figures *f = m->f;
    m->bytes += bytes;
    f->count++;
    if (!m->text)
        return;
    f->list[f->count - 1] = (train_figure){kind, of, count};
    f->name[f->count - 1] = m->text;
    snprintf(m->text, bytes, "%s%s%s", before, name, behind);
    m->text += bytes;
}

static fsnn_status add_terms(making *m, const fsnn_net *net, const fsnn_training *t)
{
    int count[FSNN_TERMS], first = 0;
    terms_list(net, t, NULL, count);
    for (int i = 0; i < t->terms; first += count[i], i++)
        add(m, TERM, first, count[i], "term.", t->term[i].name, "");
    return FSNN_OK;
}

/* Layers with parameters that the optimiser steps. */
static void add_gradients(making *m, const fsnn_net *net, const fsnn_training *t)
{
    int last = -1;
    for (int p = 0; p < fsnn_net_param_count(net); p++) {
        int node = net->place[p].node;
        if (node == last || optimizer_rate(&t->optimizer, fsnn_net_param(net, p)) <= 0)
            continue;
        last = node;
        add(m, GRADIENT, node, 0, "gradient.", net->node[node]->name, "");
    }
}

static void add_parameters(making *m, const fsnn_net *net)
{
    for (int p = 0; p < fsnn_net_param_count(net); p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        if (!param->neuron || !param->learn)
            continue;
        add(m, MEAN, p, 0, "", param->name, "");
        if (fsnn_shape_count(&param->shape) < 2)
            continue;
        add(m, LEAST, p, 0, "", param->name, ".min");
        add(m, MOST, p, 0, "", param->name, ".max");
    }
}

static void walk(making *m, const fsnn_net *net, const fsnn_training *t)
{
    m->f->count = 0;
    add_terms(m, net, t);
    add_gradients(m, net, t);
    add_parameters(m, net);
}

fsnn_status figures_open(train_figures *f, const fsnn_net *net, const fsnn_training *t)
{
    making m = {.f = f};
    *f = (train_figures){0};
    walk(&m, net, t);
    size_t count = (size_t)f->count + 1;
    f->list = fsnn_alloc(count * sizeof *f->list);
    f->sum = fsnn_alloc(count * sizeof *f->sum);
    f->name = fsnn_alloc(count * sizeof *f->name + m.bytes);
    if (!f->list || !f->sum || !f->name) {
        f->count = 0;
        return FSNN_EMEMORY;
    }
    m.text = (char *)(f->name + count);
    walk(&m, net, t);
    return FSNN_OK;
}

void figures_close(train_figures *f)
{
    fsnn_free(f->list);
    fsnn_free(f->sum);
    fsnn_free(f->name);
    *f = (train_figures){0};
}

void figures_batch(train_figures *f, const fsnn_net *net)
{
    for (int i = 0; i < f->count; i++)
        for (int k = 0; f->list[i].kind == TERM && k < f->list[i].count; k++) {
            double value = 0;
            fsnn_net_penalty(net, f->list[i].of + k, &value);
            f->sum[i] += value;
        }
}

void figures_look(const train_figures *f, const fsnn_net *net, double *value)
{
    for (int i = 0; i < f->count; i++) {
        value[i] = 0;
        for (int k = 0; f->list[i].kind == TERM && k < f->list[i].count; k++) {
            double one = 0;
            fsnn_net_penalty(net, f->list[i].of + k, &one);
            value[i] += one;
        }
    }
}

void figures_batch_mean(train_figures *f, const double *value)
{
    for (int i = 0; i < f->count; i++)
        f->sum[i] += value[i];
}

void figures_step(train_figures *f, const fsnn_optimizer *o, double weight)
{
    for (int i = 0; i < f->count; i++) {
        double square = 0;
        if (f->list[i].kind != GRADIENT)
            continue;
        for (int64_t c = 0; c < o->chunks; c++)
            if (o->net->place[o->chunk[c].param].node == f->list[i].of)
                square += o->square[c];
        f->sum[i] += sqrt(square) / weight;
    }
}

static double parameter(const fsnn_net *net, const train_figure *figure)
{
    const fsnn_param *p = fsnn_net_param(net, figure->of);
    int64_t count = fsnn_shape_count(&p->shape);
    double sum = 0, least = INFINITY, most = -INFINITY;
    for (int64_t i = 0; i < count; i++) {
        double x = net_param_value(p, i);
        sum += x;
        least = fmin(least, x);
        most = fmax(most, x);
    }
    return figure->kind == MEAN ? sum / (double)count : figure->kind == LEAST ? least : most;
}

void figures_read(const train_figures *f, const fsnn_net *net, int64_t batches, int64_t steps,
                  double *out)
{
    for (int i = 0; i < f->count; i++) {
        int kind = f->list[i].kind;
        int64_t count = kind == TERM ? batches : steps;
        out[i] = kind >= MEAN ? parameter(net, &f->list[i])
                 : count > 0  ? f->sum[i] / (double)count
                              : NAN;
    }
}

void figures_next_epoch(train_figures *f)
{
    memset(f->sum, 0, (size_t)f->count * sizeof *f->sum);
}

static const char in_state[] = "train.figures";

fsnn_status figures_save(const train_figures *f, fsnn_arrays *out)
{
    fsnn_shape shape = FSNN_SHAPE(f->count);
    return f->count ? arrays_put(out, in_state, FSNN_F64, &shape, f->sum) : FSNN_OK;
}

void figures_load(train_figures *f, const fsnn_arrays *in)
{
    const fsnn_array *array = fsnn_arrays_find(in, in_state);
    if (array && array->dtype == FSNN_F64 && fsnn_shape_count(&array->shape) == f->count)
        memcpy(f->sum, array->data, (size_t)f->count * sizeof *f->sum);
}
