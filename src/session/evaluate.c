/* The network of a session is evaluated on a part of the data: draw by draw, then under each
 * condition. */
#include "session/evaluate.h"

#include <math.h>

fsnn_assess_options fsnn_assess_options_default(void)
{
    return (fsnn_assess_options){.part = -1, .repeats = 1};
}

void fsnn_assessment_free(fsnn_assessment *assessment)
{
    if (!assessment)
        return;
    fsnn_evaluation_free(&assessment->mean);
    fsnn_free(assessment->loss);
    fsnn_free(assessment->accuracy);
    fsnn_free(assessment->condition);
    *assessment = (fsnn_assessment){0};
}

double assess_mean(const double *x, int64_t n, double *deviation)
{
    double mean = 0, square = 0;
    for (int64_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (int64_t i = 0; i < n; i++)
        square += (x[i] - mean) * (x[i] - mean);
    *deviation = n > 1 ? sqrt(square / (double)(n - 1)) : 0;
    return mean;
}

fsnn_status assess_go_on(assess *a)
{
    const fsnn_assess_options *o = a->o;
    int64_t all = o->repeats * (1 + o->conditions);
    if (o->progress && o->progress(a->done, all, o->user) != 0)
        return fsnn_fail(FSNN_EINTERRUPTED, "the evaluation was stopped after %lld of %lld passes",
                         (long long)a->done, (long long)all);
    a->done++;
    return FSNN_OK;
}

static fsnn_status open_one(fsnn_session *s, int part)
{
    bool wanted[FSNN_PARTS] = {false};
    wanted[part] = true;
    return fsnn_session_open_data(s, wanted, true);
}

static fsnn_status choose_part(assess *a)
{
    int part = a->o->part < 0 ? FSNN_PART_TEST : a->o->part;
    FSNN_TRY(open_one(a->s, part));
    if (!a->s->loader[part] && a->o->part < 0) {
        part = FSNN_PART_VALIDATION;
        FSNN_TRY(open_one(a->s, part));
    }
    a->part = part;
    if (a->s->loader[part])
        return FSNN_OK;
    return fsnn_fail(FSNN_ENOTFOUND, "%s: there are no %s data to evaluate on", a->s->path,
                     a->o->part < 0 ? "test or validation" : fsnn_part_name((fsnn_part)part));
}

static fsnn_status check(const fsnn_session *s, const fsnn_assess_options *o)
{
    if (o->part >= FSNN_PARTS)
        return fsnn_fail(FSNN_EARGUMENT, "there is no part %d of the data", o->part);
    if (o->repeats < 1)
        return fsnn_fail(FSNN_EARGUMENT, "an evaluation takes one draw or more, not %lld",
                         (long long)o->repeats);
    return fsnn_session_check_conditions(s, o->condition, o->conditions);
}

static fsnn_status make_room(const fsnn_assess_options *o, fsnn_assessment *out)
{
    size_t n = (size_t)o->repeats;
    out->loss = fsnn_alloc(n * sizeof *out->loss);
    out->accuracy = fsnn_alloc(n * sizeof *out->accuracy);
    out->condition = fsnn_alloc(((size_t)o->conditions + 1) * sizeof *out->condition);
    out->repeats = o->repeats;
    out->conditions = o->conditions;
    return out->loss && out->accuracy && out->condition ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status evaluate(assess *a, fsnn_assessment *out)
{
    fsnn_shape shape;
    FSNN_TRY(check(a->s, a->o));
    FSNN_TRY(choose_part(a));
    FSNN_TRY(fsnn_session_prepare(a->s, (fsnn_part)a->part, false));
    FSNN_TRY(make_room(a->o, out));
    out->part = (fsnn_part)a->part;
    fsnn_loader_shape(a->s->loader[a->part], &out->steps, &shape);
    FSNN_TRY(assess_draws(a, out));
    return assess_conditions(a, out);
}

fsnn_status fsnn_session_evaluate(fsnn_session *session, const fsnn_assess_options *options,
                                  fsnn_assessment *result)
{
    FSNN_NEED(result);
    *result = (fsnn_assessment){0};
    FSNN_NEED(session);
    FSNN_NEED(options);
    assess a = {.s = session, .o = options};
    fsnn_status status = evaluate(&a, result);
    if (status < 0)
        fsnn_assessment_free(result);
    return status;
}
