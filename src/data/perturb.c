/* data/perturb.c: disturbances of one sample, by which the robustness of a network is measured. A
 * new one is a function and a row. */
#include "data/perturb.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct sample {
    float *x, *work; /* [T, N] */
    int64_t T, N;
    const fsnn_shape *shape;      /* of N */
    uint64_t seed, stream, first; /* `first`: where the numbers of this kind begin in the stream */
} sample;

static void noise(const sample *s, double amount)
{
    for (int64_t i = 0; i < s->T * s->N; i++)
        s->x[i] += (float)(amount * fsnn_random_normal(s->seed, s->stream, s->first + (uint64_t)i));
}

/* Where `length` of `all` begin, number `which` of this kind. */
static int64_t place(const sample *s, uint64_t which, int64_t length, int64_t all)
{
    double u = fsnn_random_uniform(s->seed, s->stream, s->first + which);
    return (int64_t)(u * (double)(all - length + 1));
}

static void occlusion(const sample *s, double amount)
{
    int rank = s->shape->rank;
    bool picture = rank >= 2;
    int64_t H = picture ? s->shape->dim[rank - 2] : 1, W = picture ? s->shape->dim[rank - 1] : s->N;
    int64_t h = picture ? llround(sqrt(amount) * (double)H) : 1;
    int64_t w = llround((picture ? sqrt(amount) : amount) * (double)W);
    int64_t top = place(s, 0, h, H), left = place(s, 1, w, W), planes = s->T * s->N / (H * W);
    for (int64_t p = 0; p < planes; p++)
        for (int64_t y = top; y < top + h; y++)
            memset(s->x + (p * H + y) * W + left, 0, (size_t)w * sizeof *s->x);
}

static void jitter(const sample *s, double amount)
{
    int64_t reach = llround(amount);
    memcpy(s->work, s->x, (size_t)(s->T * s->N) * sizeof *s->x);
    for (int64_t k = 0; k < s->T; k++) {
        double u = fsnn_random_uniform(s->seed, s->stream, s->first + (uint64_t)k);
        int64_t from = k - reach + (int64_t)(u * (double)(2 * reach + 1));
        from = from < 0 ? 0 : from >= s->T ? s->T - 1 : from;
        memcpy(s->x + k * s->N, s->work + from * s->N, (size_t)s->N * sizeof *s->x);
    }
}

static void truncate_end(const sample *s, double amount)
{
    int64_t lost = llround(amount * (double)s->T);
    memset(s->x + (s->T - lost) * s->N, 0, (size_t)(lost * s->N) * sizeof *s->x);
}

static void frame_loss(const sample *s, double amount)
{
    for (int64_t k = 0; k < s->T; k++)
        if (fsnn_random_uniform(s->seed, s->stream, s->first + (uint64_t)k) < amount)
            memset(s->x + k * s->N, 0, (size_t)s->N * sizeof *s->x);
}

/* Those without `disturb` act on graphs (graph_disturb.c). */
static const struct {
    const char *name, *unit;
    double most;
    bool whole;
    void (*disturb)(const sample *s, double amount);
} kinds[FSNN_PERTURBS] = {
    [FSNN_PERTURB_NOISE] = {"noise", "standard deviation, in the unit of the input", 1e6, false,
                            noise},
    [FSNN_PERTURB_OCCLUSION] = {"occlusion", "share of the area", 1, false, occlusion},
    [FSNN_PERTURB_JITTER] = {"jitter", "steps", 1e6, true, jitter},
    [FSNN_PERTURB_TRUNCATE] = {"truncate", "share of the steps", 1, false, truncate_end},
    [FSNN_PERTURB_FRAME_LOSS] = {"frame_loss", "share of the steps", 1, false, frame_loss},
    [FSNN_PERTURB_FEATURE_MASK] = {"feature_mask", "share of the features", 1, false, NULL},
    [FSNN_PERTURB_EDGE_DROP] = {"edge_drop", "share of the edges", 1, false, NULL},
};

static bool known(int kind)
{
    return kind >= 0 && kind < FSNN_PERTURBS;
}

const char *fsnn_perturb_name(fsnn_perturb_kind kind)
{
    return known((int)kind) ? kinds[kind].name : "unknown";
}

const char *fsnn_perturb_unit(fsnn_perturb_kind kind)
{
    return known((int)kind) ? kinds[kind].unit : "";
}

bool fsnn_perturb_of_graph(fsnn_perturb_kind kind)
{
    return known((int)kind) && !kinds[kind].disturb;
}

static const char *name_at(int i)
{
    return i < FSNN_PERTURBS ? kinds[i].name : NULL;
}

int fsnn_perturb_find(const char *name)
{
    return fsnn_name_find("perturbation", name, name_at, NULL);
}

fsnn_status fsnn_perturb_check(const fsnn_perturbation *p)
{
    if (!p || !known((int)p->kind))
        return fsnn_fail(FSNN_EARGUMENT, "perturbation %d does not exist", p ? (int)p->kind : -1);
    double s = p->amount;
    if (!(s >= 0 && s <= kinds[p->kind].most) || (kinds[p->kind].whole && s != floor(s)))
        return fsnn_fail(FSNN_EARGUMENT, "%s: %g is no amount; it is a %s from 0 to %g (%s)",
                         kinds[p->kind].name, s, kinds[p->kind].whole ? "whole number" : "number",
                         kinds[p->kind].most, kinds[p->kind].unit);
    return FSNN_OK;
}

fsnn_status perturb_check_sample(const fsnn_perturbation *p)
{
    FSNN_TRY(fsnn_perturb_check(p));
    if (fsnn_perturb_of_graph(p->kind))
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s acts on a graph before samples are made of it, not on samples: "
                         "fsnn_graph_disturb does that",
                         kinds[p->kind].name);
    return FSNN_OK;
}

fsnn_status fsnn_perturb(const fsnn_perturbation *list, int count, int64_t T,
                         const fsnn_shape *shape, uint64_t seed, uint64_t stream, float *x,
                         float *work)
{
    if (!shape || !x || !work || T < 1 || count < 0 || (count && !list))
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_perturb needs a list, a sample of at least one step, and "
                         "as much memory to work in");
    sample s = {x, work, T, fsnn_shape_count(shape), shape, seed, stream, 0};
    for (int i = 0; i < count; i++) {
        FSNN_TRY(perturb_check_sample(&list[i]));
        s.first = (uint64_t)list[i].kind << 40;
        kinds[list[i].kind].disturb(&s, list[i].amount);
    }
    return FSNN_OK;
}
