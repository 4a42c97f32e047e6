/* The network of a session is evaluated on a part of the data: draw by draw, then under each
 * condition. */
#include "session/evaluate.h"
#include "train/evaluate.h"

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

static int64_t all_samples(const assess *a)
{
    return a->samples * a->o->repeats * (1 + a->o->conditions);
}

static int progress(int64_t samples, void *user)
{
    const assess *a = user;
    const fsnn_assess_options *o = a->o;
    int64_t done = a->passes * a->samples + samples;
    return o->progress ? o->progress(done, all_samples(a), o->user) : 0;
}

fsnn_status assess_pass(assess *a, fsnn_net *net, fsnn_loader *loader, int64_t draw,
                        fsnn_evaluation *e)
{
    fsnn_status status =
        evaluate_watched(net, loader, &a->s->training, draw, a->o->integers, progress, a, e);
    a->passes++;
    if (status != FSNN_EINTERRUPTED)
        return session_refused(a->s, status);
    return fsnn_fail(status, "the evaluation was stopped in pass %lld of %lld over the data",
                     (long long)a->passes, (long long)(a->o->repeats * (1 + a->o->conditions)));
}

static fsnn_status open_one(fsnn_session *s, int part)
{
    bool wanted[FSNN_PARTS] = {false};
    wanted[part] = true;
    return fsnn_session_open_data(s, wanted, true);
}

int fsnn_session_open_part(fsnn_session *session, int part)
{
    FSNN_NEED(session);
    int first = part < 0 ? FSNN_PART_TEST : part;
    if (part >= FSNN_PARTS)
        return fsnn_fail(FSNN_EARGUMENT, "there is no part %d of the data", part);
    FSNN_TRY(open_one(session, first));
    if (session->loader[first])
        return first;
    if (part < 0) {
        FSNN_TRY(open_one(session, FSNN_PART_VALIDATION));
        if (session->loader[FSNN_PART_VALIDATION])
            return FSNN_PART_VALIDATION;
    }
    return fsnn_fail(FSNN_ENOTFOUND, "%s: there are no %s data to evaluate on", session->path,
                     part < 0 ? "test or validation" : fsnn_part_name((fsnn_part)part));
}

static fsnn_status check(const fsnn_session *s, const fsnn_assess_options *o)
{
    if (o->repeats < 1)
        return fsnn_fail(FSNN_EARGUMENT, "an evaluation takes one draw or more, not %lld",
                         (long long)o->repeats);
    if (o->first < 0)
        return fsnn_fail(FSNN_EARGUMENT, "draws are numbered from 0, not from %lld",
                         (long long)o->first);
    return fsnn_session_check_conditions(s, o->condition, o->conditions);
}

static fsnn_status make_room(const fsnn_assess_options *o, fsnn_assessment *out)
{
    size_t n = (size_t)o->repeats;
    out->loss = fsnn_alloc(n * sizeof *out->loss);
    out->accuracy = fsnn_alloc(n * sizeof *out->accuracy);
    out->condition = fsnn_alloc(((size_t)o->conditions + 1) * sizeof *out->condition);
    return out->loss && out->accuracy && out->condition ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status evaluate(assess *a, fsnn_assessment *out)
{
    fsnn_shape shape;
    FSNN_TRY(check(a->s, a->o));
    a->part = fsnn_session_open_part(a->s, a->o->part);
    if (a->part < 0)
        return (fsnn_status)a->part;
    FSNN_TRY(fsnn_session_prepare(a->s, (fsnn_part)a->part, false));
    FSNN_TRY(make_room(a->o, out));
    out->part = (fsnn_part)a->part;
    fsnn_loader_shape(a->s->loader[a->part], &out->steps, &shape);
    a->samples = fsnn_loader_samples(a->s->loader[a->part]);
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
    if (status < 0 && status != FSNN_EINTERRUPTED)
        fsnn_assessment_free(result);
    return status;
}
