/* Optimisers: the table of rules, chunks, norm and step. */
#include "tensor/dense.h"
#include "base/whole.h"
#include "train/plane.h"

#include <math.h>
#include <string.h>

const optimizer_rule optimizer_rules[FSNN_OPTIMIZERS] = {
    [FSNN_SGD] = {"sgd", 1, {"momentum"}},
    [FSNN_ADAM] = {"adam", 2, {"m", "v"}},
    [FSNN_ADAMW] = {"adamw", 2, {"m", "v"}},
};

const char *fsnn_optimizer_name(fsnn_optimizer_kind kind)
{
    return (unsigned)kind < FSNN_OPTIMIZERS ? optimizer_rules[kind].name : "?";
}

/* ---- creating ---- */

static fsnn_status check_number(const char *what, double value, double below)
{
    if (value >= 0 && value < below)
        return FSNN_OK;
    return fsnn_fail(FSNN_EARGUMENT, "the optimiser's %s is %g: it must be in [0, %g)", what, value,
                     below);
}

fsnn_status optimizer_check(const fsnn_optimizer_options *o)
{
    if ((unsigned)o->kind >= FSNN_OPTIMIZERS)
        return fsnn_fail(FSNN_EARGUMENT, "there is no optimiser number %d", (int)o->kind);
    FSNN_TRY(check_number("lr", o->lr, INFINITY));
    FSNN_TRY(check_number("weight_decay", o->weight_decay, INFINITY));
    FSNN_TRY(check_number("neuron_lr", o->neuron_lr, INFINITY));
    if (o->kind == FSNN_SGD)
        return check_number("momentum", o->momentum, 1);
    FSNN_TRY(check_number("beta1", o->beta1, 1));
    FSNN_TRY(check_number("beta2", o->beta2, 1));
    if (!(o->eps > 0 && isfinite(o->eps)))
        return fsnn_fail(FSNN_EARGUMENT, "the optimiser's eps is %g: it must be positive", o->eps);
    return FSNN_OK;
}

/* Cuts the learnable parameters into chunks; with chunk NULL only counts. */
static int64_t cut(const fsnn_net *net, const fsnn_optimizer_options *options,
                   optimizer_chunk *chunk, int64_t *total)
{
    int64_t chunks = 0;
    *total = 0;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        int64_t n = fsnn_shape_count(&p->shape);
        double rate = optimizer_rate(options, p);
        if (!(rate > 0))
            continue;
        for (int64_t begin = 0; begin < n; begin += OPTIMIZER_CHUNK, chunks++)
            if (chunk)
                chunk[chunks] = (optimizer_chunk){
                    i, begin, n - begin < OPTIMIZER_CHUNK ? n - begin : OPTIMIZER_CHUNK,
                    *total + begin, rate};
        *total += whole_line_numbers(n);
    }
    return chunks;
}

static bool learns_neurons(const fsnn_net *net)
{
    for (int i = 0; i < fsnn_net_param_count(net); i++)
        if (fsnn_net_param(net, i)->learn && fsnn_net_param(net, i)->neuron)
            return true;
    return false;
}

static int slots(const fsnn_optimizer_options *o)
{
    return o->kind == FSNN_SGD && o->momentum == 0 ? 0 : optimizer_rules[o->kind].slots;
}

int64_t optimizer_bytes(const fsnn_net *net, const fsnn_optimizer_options *options)
{
    int64_t total;
    cut(net, options, NULL, &total);
    return slots(options) * total * (int64_t)train_plane_for(net)->size;
}

static fsnn_status allot(fsnn_optimizer *o)
{
    o->chunks = cut(o->net, &o->options, NULL, &o->total);
    o->chunk = fsnn_alloc((size_t)(o->chunks + 1) * sizeof *o->chunk);
    o->square = fsnn_alloc((size_t)(o->chunks + 1) * sizeof *o->square);
    if (!o->chunk || !o->square)
        return FSNN_EMEMORY;
    cut(o->net, &o->options, o->chunk, &o->total);
    for (int i = 0; i < slots(&o->options); i++) {
        o->slot[i] = fsnn_alloc((size_t)(o->total + 1) * train_plane_of(o->precision)->size);
        if (!o->slot[i])
            return FSNN_EMEMORY;
    }
    return FSNN_OK;
}

fsnn_status fsnn_optimizer_create(fsnn_net *net, const fsnn_optimizer_options *options,
                                  fsnn_optimizer **optimizer)
{
    FSNN_NEED(optimizer);
    *optimizer = NULL;
    FSNN_NEED(net);
    FSNN_NEED(options);
    FSNN_TRY(optimizer_check(options));
    FSNN_TRY(fsnn_net_shapes(net, NULL, NULL)); /* wrapped? */
    FSNN_TRY(optimizer_check_rules(net, options));
    fsnn_optimizer *o = fsnn_alloc(sizeof *o);
    if (!o)
        return FSNN_EMEMORY;
    o->net = net;
    o->options = *options;
    o->rule = &optimizer_rules[options->kind];
    o->precision = fsnn_net_precision(net);
    o->neuron = learns_neurons(net);
    fsnn_status status = allot(o);
    if (!status && o->precision == FSNN_PRECISION_SINGLE)
        status = dense_warm(); /* the first step need not */
    if (status) {
        fsnn_optimizer_destroy(o);
        return status;
    }
    *optimizer = o;
    return FSNN_OK;
}

void fsnn_optimizer_destroy(fsnn_optimizer *o)
{
    if (!o)
        return;
    for (int i = 0; i < OPTIMIZER_SLOTS; i++)
        fsnn_free(o->slot[i]);
    fsnn_free(o->chunk);
    fsnn_free(o->square);
    fsnn_free(o);
}

/* ---- the norm ---- */

static void square_chunk(int64_t i, int worker, void *user)
{
    (void)worker;
    fsnn_optimizer *o = user;
    o->square[i] = train_plane_of(o->precision)->square(o, &o->chunk[i]);
}

/* A chunk's bits do not depend on the number of threads. */
static void all_chunks(const fsnn_optimizer *o, void (*body)(int64_t i, int worker, void *user),
                       void *user)
{
    const int threads = fsnn_threads();
    if (o->threads)
        fsnn_threads_set(o->threads);
    fsnn_parallel(o->chunks, body, user);
    if (o->threads)
        fsnn_threads_set(threads);
}

/* Squares of floats cannot overflow a double: a sum that is not finite means a gradient that is
 * not, or in double precision one beyond 1e154. */
static fsnn_status measure(fsnn_optimizer *o, double *norm)
{
    double sum = 0;
    all_chunks(o, square_chunk, o);
    for (int64_t i = 0; i < o->chunks; i++) {
        if (!isfinite(o->square[i]))
            return fsnn_fail(FSNN_ENUMERIC,
                             "the gradient of \"%s\" holds a number that is infinite or not a "
                             "number: a lower learning rate or clipping may help",
                             fsnn_net_param(o->net, o->chunk[i].param)->name);
        sum += o->square[i];
    }
    *norm = sqrt(sum);
    return FSNN_OK;
}

/* ---- the step ---- */

static void step_chunk(int64_t i, int worker, void *user)
{
    (void)worker;
    const optimizer_walk *w = user;
    train_plane_of(w->o->precision)->step(w, &w->o->chunk[i]);
}

/* The net may have been wrapped again: chunks must still lie within its parameters. */
static fsnn_status check_chunks(const fsnn_optimizer *o)
{
    if (fsnn_net_precision(o->net) != o->precision)
        return fsnn_fail(FSNN_ESTATE,
                         "the optimiser was made for a net in %s precision, and the net now "
                         "computes in %s: create it anew after wrapping",
                         fsnn_precision_name(o->precision),
                         fsnn_precision_name(fsnn_net_precision(o->net)));
    for (int64_t i = 0; i < o->chunks; i++) {
        const optimizer_chunk *c = &o->chunk[i];
        const fsnn_param *p = fsnn_net_param(o->net, c->param);
        if (!p || !p->learn || c->begin + c->count > fsnn_shape_count(&p->shape))
            return fsnn_fail(FSNN_ESTATE, "the net's parameters are not those the optimiser was "
                                          "made for: create it anew after wrapping");
    }
    return FSNN_OK;
}

static fsnn_status update(fsnn_optimizer *o, double lr, double clip, double weight, bool zero,
                          double *norm)
{
    double size = 0;
    if (!o || !(lr >= 0 && isfinite(lr)) || !(clip >= 0))
        return fsnn_fail(FSNN_EARGUMENT,
                         "a step of an optimiser needs the optimiser (%s), a rate (%g) and a clip "
                         "(%g) that are not negative",
                         o ? "given" : "NULL", lr, clip);
    FSNN_TRY(check_chunks(o));
    FSNN_TRY(measure(o, &size));
    size /= weight;
    if (norm)
        *norm = size;
    o->steps++;
    double scale = clip > 0 && size > clip ? clip / size : 1;
    optimizer_walk w = {o, lr, scale / weight, zero};
    all_chunks(o, step_chunk, &w);
    if (zero)
        optimizer_clear_fixed(o->net, &o->options);
    return o->neuron ? fsnn_net_params_changed(o->net) : FSNN_OK;
}

fsnn_status fsnn_optimizer_step(fsnn_optimizer *optimizer, double lr, double clip, double *norm)
{
    return update(optimizer, lr, clip, 1, false, norm);
}

fsnn_status fsnn_optimizer_step_and_zero(fsnn_optimizer *optimizer, double lr, double clip,
                                         double *norm)
{
    return update(optimizer, lr, clip, 1, true, norm);
}

fsnn_status optimizer_step_and_zero(fsnn_optimizer *optimizer, double lr, double clip,
                                    double weight, double *norm)
{
    return update(optimizer, lr, clip, weight, true, norm);
}
