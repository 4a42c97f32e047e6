/* Optimisers: the table of rules, chunks, norm and step. */
#include "train/optimizer.h"

#include "base/isa.h"

#include <math.h>
#include <string.h>

#define ALPHA_LEAST 0.01f /* alpha is kept in [ALPHA_LEAST, 1] */

static void sgd(const optimizer_kernels *k, const optimizer_step *s, const optimizer_range *r)
{
    k->sgd(s, r);
}

static void adam(const optimizer_kernels *k, const optimizer_step *s, const optimizer_range *r)
{
    k->adam(s, r);
}

const optimizer_rule optimizer_rules[FSNN_OPTIMIZERS] = {
    [FSNN_SGD] = {"sgd", 1, {"momentum"}, sgd},
    [FSNN_ADAM] = {"adam", 2, {"m", "v"}, adam},
    [FSNN_ADAMW] = {"adamw", 2, {"m", "v"}, adam},
};

const char *fsnn_optimizer_name(fsnn_optimizer_kind kind)
{
    return (unsigned)kind < FSNN_OPTIMIZERS ? optimizer_rules[kind].name : "?";
}

extern const optimizer_kernels optimizer_kernels_base;
#ifdef FSNN_HAVE_AVX2
extern const optimizer_kernels optimizer_kernels_avx2;
#endif
#ifdef FSNN_HAVE_AVX512
extern const optimizer_kernels optimizer_kernels_avx512;
#endif

const optimizer_kernels *optimizer_kernels_get(void)
{
    static const optimizer_kernels *const level[] = FSNN_BY_ISA(&optimizer_kernels);
    return level[fsnn_isa_level()];
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

static int64_t round_up(int64_t n)
{
    return (n + 15) / 16 * 16;
}

/* Cuts the learnable parameters into chunks; with chunk NULL only counts. */
static int64_t cut(const fsnn_net *net, optimizer_chunk *chunk, int64_t *total)
{
    int64_t chunks = 0;
    *total = 0;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        int64_t n = fsnn_shape_count(&p->shape);
        if (!p->learn)
            continue;
        for (int64_t begin = 0; begin < n; begin += OPTIMIZER_CHUNK, chunks++)
            if (chunk)
                chunk[chunks] = (optimizer_chunk){
                    i, begin, n - begin < OPTIMIZER_CHUNK ? n - begin : OPTIMIZER_CHUNK,
                    *total + begin};
        *total += round_up(n);
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
    cut(net, NULL, &total);
    return slots(options) * total * (int64_t)sizeof(float);
}

static fsnn_status allot(fsnn_optimizer *o)
{
    o->chunks = cut(o->net, NULL, &o->total);
    o->chunk = fsnn_alloc((size_t)(o->chunks + 1) * sizeof *o->chunk);
    o->square = fsnn_alloc((size_t)(o->chunks + 1) * sizeof *o->square);
    if (!o->chunk || !o->square)
        return FSNN_EMEMORY;
    cut(o->net, o->chunk, &o->total);
    for (int i = 0; i < slots(&o->options); i++) {
        o->slot[i] = fsnn_alloc((size_t)(o->total + 1) * sizeof(float));
        if (!o->slot[i])
            return FSNN_EMEMORY;
    }
    return FSNN_OK;
}

fsnn_status fsnn_optimizer_create(fsnn_net *net, const fsnn_optimizer_options *options,
                                  fsnn_optimizer **optimizer)
{
    if (!net || !options || !optimizer)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_optimizer_create: net, options and optimizer must not be NULL");
    FSNN_TRY(optimizer_check(options));
    FSNN_TRY(fsnn_net_shapes(net, NULL, NULL)); /* wrapped? */
    fsnn_optimizer *o = fsnn_alloc(sizeof *o);
    if (!o)
        return FSNN_EMEMORY;
    o->net = net;
    o->options = *options;
    o->rule = &optimizer_rules[options->kind];
    o->kernels = optimizer_kernels_get();
    o->neuron = learns_neurons(net);
    fsnn_status status = allot(o);
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
    const optimizer_chunk *c = &o->chunk[i];
    o->square[i] = o->kernels->square(fsnn_net_param(o->net, c->param)->grad + c->begin, c->count);
}

/* Squares of floats cannot overflow a double: a sum that is not finite means a gradient that is
 * not. */
static fsnn_status measure(fsnn_optimizer *o, double *norm)
{
    double sum = 0;
    fsnn_parallel(o->chunks, square_chunk, o);
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

typedef struct walk {
    const fsnn_optimizer *o;
    double lr, scale;
    bool zero;
} walk;

static optimizer_step prepare(const walk *w, const fsnn_param *p)
{
    const fsnn_optimizer_options *o = &w->o->options;
    double lr = w->lr * (p->neuron ? o->neuron_lr : 1), t = (double)w->o->steps;
    double decay = p->decay ? o->weight_decay : 0;
    bool decoupled = o->kind == FSNN_ADAMW, moments = o->kind != FSNN_SGD;
    return (optimizer_step){
        .scale = (float)w->scale,
        .rate = (float)(moments ? lr / (1 - pow(o->beta1, t)) : lr),
        .shrink = (float)(decoupled ? 1 - lr * decay : 1),
        .decay = (float)(decoupled ? 0 : decay),
        .momentum = (float)o->momentum,
        .beta1 = (float)o->beta1,
        .beta2 = (float)o->beta2,
        .rest1 = (float)(1 - o->beta1),
        .rest2 = (float)(1 - o->beta2),
        .root = (float)(moments ? 1 / sqrt(1 - pow(o->beta2, t)) : 1),
        .eps = (float)o->eps,
        .nesterov = o->nesterov,
        .zero = w->zero,
    };
}

/* Positive parameters: a step of p = log value, whose gradient is value times the value's. From p =
 * 0 on, so that nothing is lost to rounding: value <- value exp(p). */
static void step_positive(const walk *w, const optimizer_step *s, const optimizer_range *r)
{
    for (int64_t i = 0; i < r->count; i++) {
        float p = 0, g = r->grad[i] * r->value[i];
        w->o->rule->kernel(w->o->kernels, s,
                           &(optimizer_range){&p, &g, r->first ? r->first + i : NULL,
                                              r->second ? r->second + i : NULL, 1});
        double value = r->value[i] * exp((double)p);
        r->value[i] = (float)fmin(fmax(value, 1e-30), 1e30);
        if (w->zero)
            r->grad[i] = 0;
    }
}

static void step_any(const walk *w, const optimizer_step *s, const optimizer_range *r)
{
    w->o->rule->kernel(w->o->kernels, s, r);
}

static void step_unit(const walk *w, const optimizer_step *s, const optimizer_range *r)
{
    step_any(w, s, r);
    for (int64_t i = 0; i < r->count; i++)
        r->value[i] = fminf(fmaxf(r->value[i], ALPHA_LEAST), 1);
}

static void step_chunk(int64_t i, int worker, void *user)
{
    static void (*const step[])(const walk *, const optimizer_step *, const optimizer_range *) = {
        [FSNN_ANY] = step_any, [FSNN_POSITIVE] = step_positive, [FSNN_UNIT] = step_unit};
    (void)worker;
    const walk *w = user;
    const optimizer_chunk *c = &w->o->chunk[i];
    const fsnn_param *p = fsnn_net_param(w->o->net, c->param);
    optimizer_step s = prepare(w, p);
    optimizer_range r = {.value = p->value + c->begin,
                         .grad = p->grad + c->begin,
                         .first = w->o->slot[0] ? w->o->slot[0] + c->slot : NULL,
                         .second = w->o->slot[1] ? w->o->slot[1] + c->slot : NULL,
                         .count = c->count};
    step[p->range](w, &s, &r);
}

/* The net may have been wrapped again: chunks must still lie within its parameters. */
static fsnn_status check_chunks(const fsnn_optimizer *o)
{
    for (int64_t i = 0; i < o->chunks; i++) {
        const optimizer_chunk *c = &o->chunk[i];
        const fsnn_param *p = fsnn_net_param(o->net, c->param);
        if (!p || !p->learn || c->begin + c->count > fsnn_shape_count(&p->shape))
            return fsnn_fail(FSNN_ESTATE, "the net's parameters are not those the optimiser was "
                                          "made for: create it anew after wrapping");
    }
    return FSNN_OK;
}

static fsnn_status update(fsnn_optimizer *o, double lr, double clip, bool zero, double *norm)
{
    double size = 0;
    if (!o || !(lr >= 0 && isfinite(lr)) || !(clip >= 0))
        return fsnn_fail(FSNN_EARGUMENT,
                         "a step of an optimiser needs the optimiser (%s), a rate (%g) and a clip "
                         "(%g) that are not negative",
                         o ? "given" : "NULL", lr, clip);
    FSNN_TRY(check_chunks(o));
    FSNN_TRY(measure(o, &size));
    if (norm)
        *norm = size;
    o->steps++;
    walk w = {o, lr, clip > 0 && size > clip ? clip / size : 1, zero};
    fsnn_parallel(o->chunks, step_chunk, &w);
    return o->neuron ? fsnn_net_params_changed(o->net) : FSNN_OK;
}

fsnn_status fsnn_optimizer_step(fsnn_optimizer *optimizer, double lr, double clip, double *norm)
{
    return update(optimizer, lr, clip, false, norm);
}

fsnn_status optimizer_step_and_zero(fsnn_optimizer *optimizer, double lr, double clip, double *norm)
{
    return update(optimizer, lr, clip, true, norm);
}
