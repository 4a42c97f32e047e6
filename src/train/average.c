/* Averaged weights, beside those that learn. */
#include "train/average.h"

#include "base/error_key.h"
#include "base/isa.h"
#include "net/net.h"
#include "tensor/finite.h"
#include "train/arrays.h"

#include <string.h>

static int params(const average *a)
{
    return a->net ? fsnn_net_param_count(a->net) : 0;
}

fsnn_status average_open(average *a, fsnn_net *net, double decay)
{
    *a = (average){.decay = decay};
    if (!(decay > 0))
        return FSNN_OK;
    a->net = net;
    a->value = fsnn_alloc(((size_t)params(a) + 1) * sizeof *a->value);
    if (!a->value)
        return FSNN_EMEMORY;
    for (int i = 0; i < params(a); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        if (!p->learn)
            continue;
        a->value[i] = fsnn_alloc(net_param_bytes(p));
        if (!a->value[i])
            return FSNN_EMEMORY;
        memcpy(a->value[i], net_param_data(p), net_param_bytes(p));
    }
    return FSNN_OK;
}

void average_close(average *a)
{
    for (int i = 0; a->value && i < params(a); i++)
        fsnn_free(a->value[i]);
    fsnn_free(a->value);
    *a = (average){0};
}

int64_t average_bytes(const fsnn_net *net, double decay)
{
    int64_t bytes = 0;
    for (int i = 0; i < fsnn_net_param_count(net) && decay > 0; i++)
        if (fsnn_net_param(net, i)->learn)
            bytes += (int64_t)net_param_bytes(fsnn_net_param(net, i));
    return bytes;
}

/* The parameter that averages move to. */
typedef struct walk {
    const fsnn_param *param;
    void *value;
    double decay;
} walk;

static void walk_range(int64_t begin, int64_t end, void *user)
{
    static const average_kernels *const level[] = FSNN_BY_ISA(&average_kernels);
    const average_kernels *k = level[fsnn_isa_level()];
    const walk *w = user;
    if (w->param->value64)
        k->of_double((double *)w->value + begin, w->param->value64 + begin, end - begin, w->decay);
    else
        k->of_float((float *)w->value + begin, w->param->value + begin, end - begin, w->decay);
}

void average_step(average *a)
{
    enum { GRAIN = 1 << 14 };
    for (int i = 0; i < params(a); i++) {
        walk w = {fsnn_net_param(a->net, i), a->value[i], a->decay};
        if (w.value)
            fsnn_parallel_range(fsnn_shape_count(&w.param->shape), GRAIN, walk_range, &w);
    }
}

static void exchange(char *x, char *y, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        char z = x[i];
        x[i] = y[i];
        y[i] = z;
    }
}

fsnn_status average_show(average *a, bool averages)
{
    if (!a->net || a->swapped == averages)
        return FSNN_OK;
    for (int i = 0; i < params(a); i++) {
        const fsnn_param *p = fsnn_net_param(a->net, i);
        if (a->value[i])
            exchange(net_param_data(p), a->value[i], net_param_bytes(p));
    }
    a->swapped = averages;
    return fsnn_net_params_changed(a->net);
}

/* ---- in a state ---- */

static const char prefix[] = "train.ema.";

static char *name_of(const fsnn_param *p)
{
    return fsnn_format("%s%s", prefix, p->name);
}

fsnn_status average_save(const average *a, fsnn_arrays *out)
{
    for (int i = 0; i < params(a); i++) {
        const fsnn_param *p = fsnn_net_param(a->net, i);
        if (!a->value[i])
            continue;
        char *name = name_of(p);
        fsnn_status status =
            name ? arrays_put(out, name, net_param_type(p), &p->shape, a->value[i]) : FSNN_EMEMORY;
        fsnn_free(name);
        FSNN_TRY(status);
    }
    return FSNN_OK;
}

static fsnn_status find(const fsnn_arrays *in, const fsnn_param *p, const fsnn_array **array)
{
    char *name = name_of(p);
    fsnn_status status =
        name ? arrays_get(in, name, net_param_type(p), &p->shape, array) : FSNN_EMEMORY;
    fsnn_free(name);
    return status ? status : array_check_finite(*array, net_param_type(p), "averaged weights");
}

/* A state of a training without averages. */
static bool has_none(const fsnn_arrays *in)
{
    for (int i = 0; i < in->count; i++)
        if (strncmp(in->item[i].name, prefix, strlen(prefix)) == 0)
            return false;
    return true;
}

fsnn_status average_load(average *a, const fsnn_arrays *in)
{
    const fsnn_array *array;
    if (params(a) && has_none(in))
        return fsnn_fail_key(FSNN_ENOTFOUND, "ema",
                             "what was saved has no averaged weights: it can go on without ema (a "
                             "run with ema begins anew)");
    for (int put = 0; put < 2; put++)
        for (int i = 0; i < params(a); i++) {
            if (!a->value[i])
                continue;
            FSNN_TRY(find(in, fsnn_net_param(a->net, i), &array));
            if (put)
                memcpy(a->value[i], array->data, net_param_bytes(fsnn_net_param(a->net, i)));
        }
    return FSNN_OK;
}
