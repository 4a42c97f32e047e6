/* What a scan makes room for: before its calls, and where one asks for more. */
#include "scan/front.h"
#include "base/whole.h"
#include "scan/fused.h"
#include "scan/history.h"

#include <string.h>

/* What stands for a model in the scans of states beside v: nothing is asked of it. */
static const neuron_model beside = {.kind = "state"};

fsnn_status scan_others(scan *s, int others)
{
    s->other = fsnn_alloc(sizeof *s->other * (size_t)(others + 1));
    if (!s->other)
        return FSNN_EMEMORY;
    s->others = others;
    memset(s->other, 0, sizeof *s->other * (size_t)(others + 1));
    for (int i = 0; i < others; i++) {
        s->other[i].model = &beside;
        s->other[i].options.reset = FSNN_RESET_NONE;
        s->other[i].options.surrogate.scale = 1;
    }
    return FSNN_OK;
}

/* Rows of q that a chain keeps from one call for the ones before it. */
static int64_t q_kept(const scan *s)
{
    if (!s->chain.linked)
        return 0;
    return s->memory.keep < 0 ? s->chain.total : whole_most(s->memory.keep, 1);
}

static int64_t modes(const scan *s)
{
    return s->memory.compressed ? s->memory.modes.padded : 0;
}

static fsnn_status reserve(scan_block *block, int64_t rows)
{
    return scan_block_reserve(block, fsnn_bytes(rows, sizeof(lanes)));
}

/* Gradients neuron by neuron, which only parameters of several numbers ask for. */
fsnn_status scan_plan_lanes(scan *s)
{
    if (scan_alike(s))
        return FSNN_OK;
    return reserve(&s->adjoint.lane, whole_most(s->tiles, 1) * scan_pars(s));
}

static fsnn_status plan_tape(scan *s, int64_t K)
{
    const int64_t tiles = whole_most(s->tiles, 1), rows = tiles * K;
    s->tape.capacity = K;
    FSNN_TRY(reserve(&s->tape.modes, modes(s) * tiles));
    if (scan_resetting(s)->keeps_arg)
        FSNN_TRY(reserve(&s->tape.arg, rows));
    if (s->rest)
        FSNN_TRY(reserve(&s->tape.resting, rows));
    return s->memory.scheme == FRAC_PECE ? reserve(&s->tape.predicted, rows) : FSNN_OK;
}

static fsnn_status plan_adjoint(scan *s, int64_t K)
{
    scan_adjoint *a = &s->adjoint;
    const int64_t tiles = whole_most(s->tiles, 1);
    a->workers = fsnn_threads();
    /* a chain's q stay where they are */
    a->q_capacity = s->chain.on ? whole_most(a->q_capacity, K + q_kept(s)) : K;
    int64_t sums = s->memory.sums * (s->chain.on ? tiles : a->workers);
    FSNN_TRY(reserve(&a->q, a->q_capacity * sums));
    FSNN_TRY(reserve(&a->far, modes(s) * sums));
    FSNN_TRY(scan_block_reserve(&a->part, fsnn_bytes(tiles * SCAN_PARTS, sizeof(double))));
    return scan_plan_lanes(s);
}

static fsnn_status plan_chain(scan *s)
{
    const int64_t tiles = whole_most(s->tiles, 1);
    if (!s->chain.on) {
        s->chain.later = 0; /* a plan before this one may have left some */
        return FSNN_OK;
    }
    FSNN_TRY(reserve(&s->chain.carry, SCAN_CARRY * tiles));
    return scan_resetting(s)->counts ? reserve(&s->chain.count, tiles) : FSNN_OK;
}

static fsnn_status plan_training(scan *s, int64_t K)
{
    FSNN_TRY(plan_chain(s));
    FSNN_TRY(plan_adjoint(s, K));
    if (s->holds.count)
        FSNN_TRY(scan_block_reserve(&s->adjoint.held,
                                    fsnn_bytes(s->tiles * SCAN_HOLDS, sizeof(double))));
    return plan_tape(s, K);
}

/* A space of the model for each worker. */
static fsnn_status plan_selves(scan *s)
{
    int workers = fsnn_threads();
    FSNN_TRY(scan_block_reserve(&s->self, s->model->self_bytes * (size_t)workers));
    s->selves = workers;
    return FSNN_OK;
}

/* What all states of a neuron share. */
static fsnn_status plan_others(scan *s, int64_t K)
{
    for (int i = 0; i < s->others; i++) {
        scan *o = &s->other[i];
        o->B = s->B;
        o->N = s->N;
        o->channels = s->channels;
        o->stride = s->stride;
        o->training = s->training;
        o->stream = s->stream;
        o->chain.on = s->chain.on;
        o->chain.linked = s->chain.linked;
        o->chain.total = s->chain.total;
        FSNN_TRY(scan_plan(o, K));
    }
    return FSNN_OK;
}

/* Steps of the histories' rows in a plan for calls of K steps: of the whole run, where it comes
 * back to them. */
static int64_t steps_of(const scan *s, int64_t K)
{
    return s->chain.linked && s->memory.keep < 0 ? whole_most(s->chain.total, K) : K;
}

/* Lags whose weights are there after such a plan. */
static int64_t lags_of(const scan *s, int64_t K)
{
    return s->stream && s->memory.keep >= 0 ? whole_most(K, scan_kept(s)) : steps_of(s, K);
}

/* Rows of states and of the history. `fresh` becomes true where there were none. */
static fsnn_status plan_rows(scan *s, int64_t K, bool *fresh)
{
    FSNN_TRY(scan_rows_plan(s, &s->history.u, K, *fresh));
    if (!scan_apart(s))
        return FSNN_OK;
    *fresh = *fresh || !s->history.x.block.data;
    return scan_rows_plan(s, &s->history.x, K, *fresh);
}

/* What else the neurons carry from step to step. */
static fsnn_status plan_counts(scan *s)
{
    const int64_t tiles = whole_most(s->tiles, 1);
    if (scan_resetting(s)->counts)
        FSNN_TRY(reserve(&s->history.count, tiles));
    if (s->rest)
        FSNN_TRY(reserve(&s->history.wait, tiles));
    if (s->memory.method->start)
        FSNN_TRY(reserve(&s->history.first, tiles));
    return scan_block_reserve(&s->tape.fired, fsnn_bytes(tiles, sizeof(double)));
}

/* The far past, once the memory is settled. */
static fsnn_status plan_modes(scan *s, bool *fresh)
{
    const int64_t tiles = whole_most(s->tiles, 1), rows = modes(s) * tiles;
    if (!s->memory.compressed)
        return FSNN_OK;
    *fresh = *fresh || s->history.modes.bytes < fsnn_bytes(rows, sizeof(lanes));
    FSNN_TRY(reserve(&s->history.modes, rows));
    return scan_block_reserve(&s->history.extremes, fsnn_bytes(tiles, sizeof(scan_extremes)));
}

static fsnn_status plan_history(scan *s, int64_t K, bool *fresh)
{
    FSNN_TRY(plan_rows(s, steps_of(s, K), fresh));
    FSNN_TRY(plan_counts(s));
    FSNN_TRY(frac_memory_settle(&s->memory, lags_of(s, K), false));
    FSNN_TRY(frac_memory_starts(&s->memory, 0, K));
    FSNN_TRY(plan_modes(s, fresh));
    FSNN_TRY(plan_others(s, K));
    for (int i = 0; i < s->others; i++) /* all begin anew where one had to */
        *fresh = *fresh || s->other[i].history.time != s->history.time;
    return FSNN_OK;
}

/* Makes the scan a front (scan/front.h) or none, as its options say. */
static fsnn_status plan_front(scan *s, int64_t K)
{
#if SCAN_FRONT
    if (front_wanted(s))
        return front_plan(s, K);
    twin_free(s->twin);
#endif
    (void)K;
    s->twin = NULL;
    return FSNN_OK;
}

fsnn_status scan_plan(scan *s, int64_t K)
{
    const int64_t tiles = (s->B * s->N + ROW_LANES - 1) / ROW_LANES;
    /* an earlier plan may have found no memory */
    bool fresh = tiles != s->tiles || !s->history.u.block.data;
    s->tiles = tiles;
    if (s->options.surrogate.scale == 0)
        s->options.surrogate.scale = fsnn_surrogate_default_scale(s->options.surrogate.kind);
    s->least = scan_least(s->options.equality);
    FSNN_TRY(plan_front(s, K));
    if (s->twin)
        return FSNN_OK;
    FSNN_TRY(plan_history(s, K, &fresh));
    if (fresh) {
        s->history.u.rows = 0;
        scan_reset(s);
    }
    FSNN_TRY(plan_selves(s));
    if (!s->others && s->model != &beside)
        FSNN_TRY(scan_fused_plan(s, K));
    return s->training ? plan_training(s, K) : FSNN_OK;
}

fsnn_status scan_ready(scan *s, int64_t K)
{
    if (s->step.on) /* the first step made room for the call */
        return FSNN_OK;
    for (int i = 0; i < s->others; i++)
        FSNN_TRY(scan_ready(&s->other[i], K));
    bool apart = scan_apart(s);
    int64_t keep = scan_keeps(s);
    FSNN_TRY(scan_rows_ready(s, &s->history.u, K, apart ? 1 : keep));
    if (apart)
        FSNN_TRY(scan_rows_ready(s, &s->history.x, K, keep));
    int64_t lags = (apart ? s->history.x.rows : s->history.u.rows) + K;
    if (lags > s->memory.lags && (s->memory.lags < scan_kept(s) || s->memory.keep < 0))
        FSNN_TRY(frac_memory_settle(
            &s->memory, s->history.time ? whole_most(lags, 2 * s->memory.lags) : lags, false));
    FSNN_TRY(frac_memory_starts(&s->memory, s->history.time, K));
    if (fsnn_threads() > s->selves)
        FSNN_TRY(plan_selves(s));
    FSNN_TRY(scan_fused_workers(s));
    if (s->training && (K > s->tape.capacity || fsnn_threads() > s->adjoint.workers))
        FSNN_TRY(plan_training(s, whole_most(K, s->tape.capacity)));
    return FSNN_OK;
}
