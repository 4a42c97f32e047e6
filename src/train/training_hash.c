/* Options field by field, since their structs have gaps and pointers. A test holds the fields
 * against the keys of a description (tests/train/test_training_hash.c). */
#include "train/training_hash.h"

#include "base/hash.h"
#include "train/shards.h"

#include <string.h>

static uint64_t text(uint64_t h, const char *text)
{
    return text ? hash_bytes(h, text, strlen(text) + 1) : h;
}

static uint64_t loss(uint64_t h, const fsnn_loss *l)
{
    const int64_t whole[] = {l->kind, l->readout, l->class_weights, l->balanced, l->mask};
    const double real[] = {l->label_smoothing, l->mix, l->correct_rate, l->incorrect_rate};
    h = hash_bytes(h, whole, sizeof whole);
    h = hash_bytes(h, real, sizeof real);
    if (!l->class_weight)
        return h;
    return hash_bytes(h, l->class_weight, (size_t)l->class_weights * sizeof *l->class_weight);
}

static uint64_t optimizer(uint64_t h, const fsnn_optimizer_options *o)
{
    const int64_t whole[] = {o->kind, o->nesterov, o->rules};
    const double real[] = {o->lr,  o->momentum,     o->beta1,    o->beta2,
                           o->eps, o->weight_decay, o->neuron_lr};
    h = hash_bytes(h, whole, sizeof whole);
    h = hash_bytes(h, real, sizeof real);
    for (int i = 0; i < o->rules; i++) {
        const double rule[] = {o->rule[i].lr, o->rule[i].learn};
        h = text(h, o->rule[i].pattern);
        h = hash_bytes(h, rule, sizeof rule);
    }
    return h;
}

static uint64_t schedule(uint64_t h, const fsnn_schedule *s)
{
    const int64_t whole[] = {s->kind, s->patience};
    const double real[] = {s->warmup,    s->every, s->factor,    s->threshold, s->min_lr,
                           s->warmup_lr, s->peak,  s->start_div, s->end_div};
    h = hash_bytes(h, whole, sizeof whole);
    return hash_bytes(h, real, sizeof real);
}

static uint64_t terms(uint64_t h, const fsnn_training *t)
{
    for (int i = 0; i < t->terms; i++) {
        const fsnn_term *term = &t->term[i];
        const double number[] = {term->of, term->over, term->min, term->max, term->weight};
        h = text(h, term->name);
        h = text(h, term->layers);
        h = hash_bytes(h, number, sizeof number);
    }
    return h;
}

uint64_t training_hash(const fsnn_training *t)
{
    const int64_t whole[] = {
        t->epochs,    t->batch,     shards_of(t),           t->accumulate,    (int64_t)t->seed,
        t->truncate,  t->drop_last, t->checkpoint,          t->best,          t->top_k,
        t->terms,     t->products,  t->early_stop.patience, t->early_stop.by, t->quantise,
        t->batchnorm,
    };
    const double real[] = {t->clip, t->ema, t->early_stop.min_delta};
    uint64_t h = hash_bytes(HASH_START, whole, sizeof whole);
    h = hash_bytes(h, real, sizeof real);
    h = loss(h, &t->loss);
    h = optimizer(h, &t->optimizer);
    h = schedule(h, &t->schedule);
    return terms(h, t);
}
