/* An optimiser's memory as named arrays: "adam.m.fc1.weight", ..., "adam.step". */
#include "train/plane.h"

#include "base/error_key.h"
#include "train/arrays.h"

#include <string.h>

/* One parameter's moments of one kind. */
typedef struct piece {
    const fsnn_param *param;
    void *data;
    fsnn_dtype type;
    char *name;
} piece;

typedef fsnn_status (*visitor)(const piece *p, void *user);

/* Calls `visit` for each moment of each learnable parameter. */
static fsnn_status each(const fsnn_optimizer *o, visitor visit, void *user)
{
    const train_plane *plane = train_plane_of(o->precision);
    for (int64_t i = 0; i < o->chunks; i++) {
        if (o->chunk[i].begin)
            continue;
        for (int s = 0; s < OPTIMIZER_SLOTS && o->slot[s]; s++) {
            piece p = {.param = fsnn_net_param(o->net, o->chunk[i].param),
                       .data = (char *)o->slot[s] + (size_t)o->chunk[i].slot * plane->size,
                       .type = plane->type};
            p.name = fsnn_format("%s.%s.%s", o->rule->name, o->rule->slot[s], p.param->name);
            fsnn_status status = p.name ? visit(&p, user) : FSNN_EMEMORY;
            fsnn_free(p.name);
            FSNN_TRY(status);
        }
    }
    return FSNN_OK;
}

static fsnn_status save_piece(const piece *p, void *user)
{
    return arrays_put(user, p->name, p->type, &p->param->shape, p->data);
}

static fsnn_status check_piece(const piece *p, void *user)
{
    const fsnn_array *array;
    return arrays_get(user, p->name, p->type, &p->param->shape, &array);
}

static fsnn_status load_piece(const piece *p, void *user)
{
    const fsnn_array *array = fsnn_arrays_find(user, p->name);
    memcpy(p->data, array->data,
           (size_t)fsnn_shape_count(&array->shape) * fsnn_dtype_size(p->type));
    return FSNN_OK;
}

static const fsnn_shape one = {.rank = 1, .dim = {1}};

fsnn_status fsnn_optimizer_save(const fsnn_optimizer *o, fsnn_arrays *out)
{
    char name[32];
    if (!o || !out)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_optimizer_save: optimizer and out must not be NULL");
    snprintf(name, sizeof name, "%s.step", o->rule->name);
    FSNN_TRY(arrays_put(out, name, FSNN_I64, &one, &o->steps));
    return each(o, save_piece, out);
}

/* The rule whose memory the arrays are; NULL: of none. */
static const char *rule_of(const fsnn_arrays *in)
{
    char name[32];
    for (int i = 0; i < FSNN_OPTIMIZERS; i++) {
        snprintf(name, sizeof name, "%s.step", optimizer_rules[i].name);
        if (fsnn_arrays_find(in, name))
            return optimizer_rules[i].name;
    }
    return NULL;
}

fsnn_status fsnn_optimizer_load(fsnn_optimizer *o, const fsnn_arrays *in)
{
    char name[32];
    const fsnn_array *steps;
    if (!o || !in)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_optimizer_load: optimizer and in must not be NULL");
    snprintf(name, sizeof name, "%s.step", o->rule->name);
    const char *other = fsnn_arrays_find(in, name) ? NULL : rule_of(in);
    if (other)
        return fsnn_fail_key(FSNN_ENOTFOUND, "optimizer.kind",
                             "the array \"%s\" is missing: what was saved is the memory of the "
                             "optimizer %s, with which it can go on (a run with %s begins anew)",
                             name, other, o->rule->name);
    FSNN_TRY(arrays_get(in, name, FSNN_I64, &one, &steps));
    if (*(const int64_t *)steps->data < 0)
        return fsnn_fail(FSNN_EFORMAT, "\"%s\" is %lld: a count of steps is not negative", name,
                         (long long)*(const int64_t *)steps->data);
    FSNN_TRY(each(o, check_piece, (void *)in));
    o->steps = *(const int64_t *)steps->data;
    return each(o, load_piece, (void *)in);
}
