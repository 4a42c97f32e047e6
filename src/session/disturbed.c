/* Evaluations under disturbances: those of samples are their loader's, those of a graph make data
 * and network anew. */
#include "base/error_key.h"
#include "net/net.h"
#include "session/evaluate.h"

#include <string.h>

/* One draw of one condition. */
typedef struct pass {
    const fsnn_condition *condition;
    int64_t draw;
    double loss, accuracy;
} pass;

/* Network and data, undisturbed or of the disturbed graph, under the disturbances of samples. */
static fsnn_status evaluate(assess *a, const fsnn_session *s, fsnn_net *net, const fsnn_data *data,
                            pass *p)
{
    fsnn_loader *loader = NULL;
    fsnn_evaluation e = {0};
    fsnn_perturbation item[FSNN_PERTURBS];
    int items = 0;
    for (int i = 0; i < p->condition->items; i++)
        if (!fsnn_perturb_of_graph(p->condition->item[i].kind))
            item[items++] = p->condition->item[i];
    FSNN_TRY(fsnn_session_new_loader(s, data, s->training.batch, item, items, &loader));
    fsnn_status status = assess_pass(a, net, loader, p->draw, &e);
    fsnn_loader_destroy(loader);
    p->loss = e.loss;
    p->accuracy = e.accuracy;
    fsnn_evaluation_free(&e);
    return status;
}

static bool of_graph(const fsnn_condition *condition)
{
    for (int i = 0; i < condition->items; i++)
        if (fsnn_perturb_of_graph(condition->item[i].kind))
            return true;
    return false;
}

/* The values of one net's parameters for another's, made by the same description. */
static fsnn_status copy_values(const fsnn_net *from, fsnn_net *to)
{
    for (int i = 0; i < fsnn_net_param_count(from); i++) {
        const fsnn_param *value = fsnn_net_param(from, i);
        const fsnn_param *place = fsnn_net_param_find(to, value->name);
        if (!place || !fsnn_shape_equal(&place->shape, &value->shape))
            return fsnn_fail(FSNN_ESHAPE, "%s has no place in the network of the disturbed graph",
                             value->name);
        memcpy(net_param_data(place), net_param_data(value), net_param_bytes(value));
    }
    return fsnn_net_params_changed(to);
}

/* `other` is the session with the data and the network of the disturbed graph. */
static fsnn_status evaluate_graph(assess *a, fsnn_session *other, pass *p)
{
    bool wanted[FSNN_PARTS] = {false};
    wanted[a->part] = true;
    FSNN_TRY(fsnn_description_perturb(other->description, p->condition->item, p->condition->items,
                                      (uint64_t)p->draw));
    FSNN_TRY(fsnn_description_parts(other->description, wanted, other->own));
    FSNN_TRY(fsnn_description_net(other->description, &other->net));
    FSNN_TRY(fsnn_session_wrap(other, &a->s->plan, a->s->plan.steps));
    FSNN_TRY(copy_values(a->s->net, other->net));
    return evaluate(a, other, other->net, other->own[a->part], p);
}

static fsnn_status evaluate_disturbed(assess *a, pass *p)
{
    fsnn_session other = {
        .path = a->s->path, .description = a->s->description, .training = a->s->training};
    fsnn_status status = evaluate_graph(a, &other, p);
    for (int i = 0; i < FSNN_PARTS; i++)
        fsnn_data_destroy(other.own[i]);
    fsnn_net_destroy(other.net);
    return status;
}

static fsnn_status evaluate_condition(assess *a, const fsnn_condition *condition, double *loss,
                                      double *accuracy)
{
    bool graph = of_graph(condition);
    for (int64_t r = 0; r < a->o->repeats; r++) {
        pass p = {.condition = condition, .draw = a->o->first + r};
        FSNN_TRY(graph ? evaluate_disturbed(a, &p)
                       : evaluate(a, a->s, a->s->net, a->s->data[a->part], &p));
        loss[r] = p.loss;
        accuracy[r] = p.accuracy;
    }
    return FSNN_OK;
}

/* The clean graph again, whatever became of the disturbed one. */
static fsnn_status clean(const assess *a, fsnn_status status)
{
    fsnn_error error;
    fsnn_error_keep(&error);
    return fsnn_error_first(status, &error,
                            fsnn_description_perturb(a->s->description, NULL, 0, 0));
}

fsnn_status assess_conditions(assess *a, fsnn_assessment *out)
{
    int64_t n = out->repeats;
    fsnn_status status = FSNN_OK;
    out->conditions = 0;
    double *loss = fsnn_alloc((size_t)n * sizeof *loss),
           *accuracy = fsnn_alloc((size_t)n * sizeof *accuracy);
    if (!loss || !accuracy)
        status = FSNN_EMEMORY;
    for (int i = 0; i < a->o->conditions && status >= 0; i++) {
        fsnn_score *score = &out->condition[i];
        status = evaluate_condition(a, &a->o->condition[i], loss, accuracy);
        if (status >= 0) {
            out->conditions++;
            score->loss = assess_mean(loss, n, &score->spread_loss);
            score->accuracy = assess_mean(accuracy, n, &score->spread_accuracy);
        }
    }
    fsnn_free(loss);
    fsnn_free(accuracy);
    return clean(a, status);
}
