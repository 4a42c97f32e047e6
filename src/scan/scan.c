/* State of the scan: planning, reset, reading. Memory: 4 bytes a neuron and remembered step. */
#include "scan/scan.h"

#include "scan/fused.h"

#include <math.h>
#include <string.h>

static int64_t max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

fsnn_status scan_block_reserve(scan_block *block, size_t bytes)
{
    if (bytes <= block->bytes)
        return FSNN_OK;
    fsnn_free(block->data);
    block->bytes = 0;
    block->data = fsnn_alloc(bytes);
    if (!block->data)
        return FSNN_EMEMORY;
    block->bytes = bytes;
    return FSNN_OK;
}

/* Empty rows; what an earlier plan took is used. */
static fsnn_status rows_reserve(scan_rows *r, int64_t tiles, int64_t capacity)
{
    scan_block block = {r->data, r->bytes};
    fsnn_status status = scan_block_reserve(&block, sizeof(lanes) * (size_t)(tiles * capacity));
    r->data = block.data;
    r->bytes = block.bytes;
    r->capacity = status ? 0 : capacity;
    return status;
}

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

void scan_reset(scan *s)
{
    for (int i = 0; i < s->others; i++)
        scan_reset(&s->other[i]);
    /* while nothing is forgotten, the state of time 0 still stands first */
    bool stands = s->u.rows == s->time + 1;
    s->time = 0;
    s->u.rows = 1;
    s->x.rows = 0;
    for (int64_t t = 0; t < s->tiles && !stands; t++)
        memset(scan_rows_of(&s->u, t), 0, sizeof(lanes));
    if (s->count.data)
        memset(s->count.data, 0, s->count.bytes);
    if (s->wait.data)
        memset(s->wait.data, 0, s->wait.bytes);
    if (s->modes.data)
        memset(s->modes.data, 0, s->modes.bytes);
    scan_seen *seen = s->seen.data;
    for (int64_t t = 0; seen && t < s->tiles; t++)
        seen[t] = (scan_seen){INFINITY, 0};
}

/* Rows of q that a chain keeps from one call for the ones before it. */
static int64_t q_kept(const scan *s)
{
    if (!s->linked)
        return 0;
    return s->memory.keep < 0 ? s->total : max(s->memory.keep, 1);
}

static size_t modes_bytes(const scan *s)
{
    return sizeof(lanes) * (size_t)(s->memory.compressed ? s->memory.modes.padded : 0);
}

/* Gradients neuron by neuron, which only parameters of channels ask for. */
static fsnn_status plan_lanes(scan *s)
{
    if (scan_alike(s))
        return FSNN_OK;
    return scan_block_reserve(&s->lane, sizeof(lanes) * (size_t)(max(s->tiles, 1) * scan_pars(s)));
}

static fsnn_status plan_training(scan *s, int64_t K)
{
    if (!s->chained) /* a plan before this one may have left some */
        s->later = 0;
    size_t tiles = (size_t)max(s->tiles, 1), steps = (size_t)K;
    s->workers = fsnn_threads();
    s->tape_capacity = K;
    /* a chain's q stay where they are */
    s->q_capacity = s->chained ? max(s->q_capacity, K + q_kept(s)) : K;
    size_t sums = (size_t)s->memory.sums * (s->chained ? tiles : (size_t)s->workers);
    FSNN_TRY(scan_block_reserve(&s->work, sizeof(lanes) * (size_t)s->q_capacity * sums));
    FSNN_TRY(scan_block_reserve(&s->far, modes_bytes(s) * sums));
    FSNN_TRY(scan_block_reserve(&s->before, modes_bytes(s) * tiles));
    if (s->chained)
        FSNN_TRY(scan_block_reserve(&s->carry, sizeof(lanes) * SCAN_CARRY * tiles));
    FSNN_TRY(scan_block_reserve(&s->part, sizeof(double) * tiles * SCAN_PARTS));
    FSNN_TRY(plan_lanes(s));
    if (s->chained && scan_resetting(s)->counts)
        FSNN_TRY(scan_block_reserve(&s->recount, sizeof(lanes) * tiles));
    if (scan_resetting(s)->keeps_arg)
        FSNN_TRY(scan_block_reserve(&s->arg, sizeof(lanes) * tiles * steps));
    if (s->rest)
        FSNN_TRY(scan_block_reserve(&s->resting, sizeof(lanes) * tiles * steps));
    if (s->memory.scheme == FRAC_PECE)
        FSNN_TRY(scan_block_reserve(&s->predicted, sizeof(lanes) * tiles * steps));
    return FSNN_OK;
}

/* Rows that a history keeps from call to call, where that is bounded. */
static int64_t kept(const scan *s)
{
    return max(s->memory.keep, 1);
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
        o->chained = s->chained;
        o->linked = s->linked;
        o->total = s->total;
        FSNN_TRY(scan_plan(o, K));
    }
    return FSNN_OK;
}

/* Rows that are kept from call to call, as far as they can have come when the next call begins;
 * histories grow later. Where a call in training is the whole run there are none. */
static int64_t rows_kept(const scan *s, int64_t K)
{
    if (s->training && s->total <= K)
        return 0;
    return kept(s) < K || s->memory.compressed ? kept(s) : K;
}

/* Rows for calls of K steps and the state they begin with. What is in them stays unless they are
 * fresh. */
static fsnn_status rows_plan(scan *s, scan_rows *r, int64_t K, bool fresh)
{
    int64_t few = s->training ? K : max(K, FRAC_BLOCK), tiles = max(s->tiles, 1);
    int64_t there = (int64_t)(r->bytes / sizeof(lanes)) / tiles,
            capacity = few + 1 + rows_kept(s, K);
    if (fresh) /* an evaluation between steps of training makes do with what these have */
        return rows_reserve(r, s->tiles, there > K && there < capacity ? there : capacity);
    return r->capacity > K ? FSNN_OK : scan_rows_reserve(s, r, capacity);
}

fsnn_status scan_plan(scan *s, int64_t K)
{
    int64_t tiles = (s->B * s->N + ROW_LANES - 1) / ROW_LANES;
    bool fresh = tiles != s->tiles || !s->u.data; /* an earlier plan may have found no memory */
    s->tiles = tiles;
    if (s->options.surrogate.scale == 0)
        s->options.surrogate.scale = fsnn_surrogate_default_scale(s->options.surrogate.kind);
    int64_t whole = s->linked && s->memory.keep < 0 ? s->total : 0;
    FSNN_TRY(rows_plan(s, &s->u, max(whole, K), fresh));
    if (scan_apart(s)) {
        fresh = fresh || !s->x.data;
        FSNN_TRY(rows_plan(s, &s->x, max(whole, K), fresh));
    }
    size_t bytes = sizeof(lanes) * (size_t)max(tiles, 1);
    if (scan_resetting(s)->counts)
        FSNN_TRY(scan_block_reserve(&s->count, bytes));
    if (s->rest)
        FSNN_TRY(scan_block_reserve(&s->wait, bytes));
    if (s->memory.method->start)
        FSNN_TRY(scan_block_reserve(&s->first, bytes));
    FSNN_TRY(scan_block_reserve(&s->fired, sizeof(double) * (size_t)max(tiles, 1)));
    FSNN_TRY(frac_memory_settle(&s->memory, max(whole, K), false));
    FSNN_TRY(frac_memory_starts(&s->memory, 0, K));
    if (s->memory.compressed && !fresh)
        fresh = s->modes.bytes < modes_bytes(s) * (size_t)max(tiles, 1);
    FSNN_TRY(scan_block_reserve(&s->modes, modes_bytes(s) * (size_t)max(tiles, 1)));
    FSNN_TRY(plan_others(s, K));
    for (int i = 0; i < s->others; i++) /* all begin anew where one had to */
        fresh = fresh || s->other[i].time != s->time;
    if (s->memory.compressed)
        FSNN_TRY(scan_block_reserve(&s->seen, sizeof(scan_seen) * (size_t)max(tiles, 1)));
    if (fresh) {
        s->u.rows = 0;
        scan_reset(s);
    }
    FSNN_TRY(plan_selves(s));
    if (!s->others && s->model != &beside)
        FSNN_TRY(scan_fused_plan(s, K));
    return s->training ? plan_training(s, K) : FSNN_OK;
}

/* Forgets what no later step will ask for: all but the last `keep` rows. */
static void forget(const scan *s, scan_rows *r, int64_t keep)
{
    int64_t drop = r->rows - keep;
    if (drop <= 0)
        return;
    for (int64_t t = 0; t < s->tiles; t++) {
        float *row = scan_rows_of(r, t);
        memmove(row, row + drop * ROW_LANES, sizeof(lanes) * (size_t)keep);
    }
    r->rows = keep;
}

/* A longer history: rows copied. */
static fsnn_status extend(const scan *s, scan_rows *r, int64_t capacity)
{
    size_t bytes = sizeof(lanes) * (size_t)(s->tiles * capacity);
    scan_rows grown = {fsnn_alloc(bytes), capacity, r->rows, bytes};
    if (!grown.data)
        return FSNN_EMEMORY;
    for (int64_t t = 0; t < s->tiles; t++)
        memcpy(scan_rows_of(&grown, t), scan_rows_of(r, t), sizeof(lanes) * (size_t)r->rows);
    fsnn_free(r->data);
    *r = grown;
    return FSNN_OK;
}

fsnn_status scan_rows_reserve(const scan *s, scan_rows *r, int64_t rows)
{
    return rows > r->capacity ? extend(s, r, rows) : FSNN_OK;
}

/* Forgetting moves the rows that stay: with a quarter more room than these it is done so seldom
 * that it costs little. */
static fsnn_status rows_ready(const scan *s, scan_rows *r, int64_t K, int64_t keep)
{
    if (r->rows + K <= r->capacity)
        return FSNN_OK;
    int64_t more = max(r->rows + K, 2 * r->capacity);
    if (keep < 0)
        return extend(s, r, more);
    int64_t enough = keep + max(K, keep / 4 + 1);
    more = more < enough ? more : enough;
    if (r->rows + K > more || r->capacity >= enough)
        forget(s, r, keep);
    return r->capacity < enough ? extend(s, r, more) : FSNN_OK;
}

fsnn_status scan_ready(scan *s, int64_t K)
{
    if (s->within) /* the first step made room for the call */
        return FSNN_OK;
    for (int i = 0; i < s->others; i++)
        FSNN_TRY(scan_ready(&s->other[i], K));
    bool apart = scan_apart(s);
    int64_t keep = s->memory.keep < 0 ? -1 : kept(s);
    FSNN_TRY(rows_ready(s, &s->u, K, apart ? 1 : keep));
    if (apart)
        FSNN_TRY(rows_ready(s, &s->x, K, keep));
    int64_t lags = (apart ? s->x.rows : s->u.rows) + K;
    if (lags > s->memory.lags && (s->memory.lags < kept(s) || s->memory.keep < 0))
        FSNN_TRY(
            frac_memory_settle(&s->memory, s->time ? max(lags, 2 * s->memory.lags) : lags, false));
    FSNN_TRY(frac_memory_starts(&s->memory, s->time, K));
    if (fsnn_threads() > s->selves)
        FSNN_TRY(plan_selves(s));
    FSNN_TRY(scan_fused_workers(s));
    if (s->training && (K > s->tape_capacity || fsnn_threads() > s->workers))
        FSNN_TRY(plan_training(s, max(K, s->tape_capacity)));
    return FSNN_OK;
}

int64_t scan_order_floats(const scan *s)
{
    const frac_modes *modes = &s->memory.modes;
    int64_t out = s->memory.compressed ? modes->padded * modes->stride : 0;
    return s->memory.capacity + FRAC_PAD + s->memory.starts + out;
}

fsnn_status scan_plan_order(scan *s, int orders)
{
    size_t one = (size_t)scan_order_floats(s);
    return scan_block_reserve(&s->dw, one * sizeof(float) * (size_t)(s->memory.sums * orders));
}

void scan_tile_open(const scan *s, int64_t t, int worker, scan_tile *tile)
{
    int64_t total = s->B * s->N, first = t * ROW_LANES;
    tile->first = first;
    tile->width = total - first < ROW_LANES ? (int)(total - first) : ROW_LANES;
    int64_t channel[ROW_LANES];
    /* lanes beyond the last neuron repeat it */
    for (int i = 0; i < ROW_LANES && !scan_alike(s); i++)
        channel[i] = scan_channel(s, first + (i < tile->width ? i : tile->width - 1));
    for (int p = 0; p < scan_pars(s); p++) {
        const scan_param *par = &s->par[p];
        float alone = par->count ? par->value[0] : (float)s->options.v_reset.value;
        for (int i = 0; i < ROW_LANES; i++)
            tile->par[p][i] = par->count > 1 ? par->value[channel[i]] : alone;
    }
    tile->self =
        s->model->open ? (char *)s->self.data + (size_t)worker * s->model->self_bytes : NULL;
    if (s->model->open)
        s->model->open(s->model, tile->self);
    s->model->prepare(tile->self, tile->par, tile->row);
    memcpy(tile->row[ROW_V_RESET], tile->par[PAR_V_RESET], sizeof(lanes));
}

bool scan_alike(const scan *s)
{
    for (int p = 0; p < scan_pars(s); p++)
        if (s->par[p].count > 1)
            return false;
    return true;
}

const float *scan_row(const scan *s, const scan_tile *tile, const float *x, int64_t k, lanes space)
{
    const float *row = x + k * s->B * s->N + tile->first;
    if (tile->width == ROW_LANES)
        return row;
    memset(space, 0, sizeof(lanes));
    memcpy(space, row, sizeof(float) * (size_t)tile->width);
    return space;
}

void scan_write_current(const scan *s, const scan_tile *tile, float *gI, int64_t k,
                        const float *given)
{
    if (!gI)
        return;
    float *to = gI + k * scan_pitch(s) + tile->first;
    if (s->still && k < s->K - 1)
        for (int i = 0; i < tile->width; i++)
            to[i] += given[i];
    else
        memcpy(to, given, sizeof *to * (size_t)tile->width);
}

fsnn_status scan_forward(scan *s, int64_t K, const float *I, float *spikes)
{
    const scan_kernels *kernels = scan_kernels_get();
    s->fired_before = 0;
    FSNN_TRY((s->others ? kernels->states_forward : kernels->forward)(s, K, I, spikes));
    return s->model->trouble ? s->model->trouble(s->model) : FSNN_OK;
}

fsnn_status scan_backward(scan *s, const float *I, const float *spikes, const float *gspikes,
                          const scan_grads *grads)
{
    const scan_kernels *kernels = scan_kernels_get();
    FSNN_TRY(plan_lanes(s)); /* parameters may have been bound after planning */
    FSNN_TRY(
        (s->others ? kernels->states_backward : kernels->backward)(s, I, spikes, gspikes, grads));
    return s->model->trouble ? s->model->trouble(s->model) : FSNN_OK;
}

static double fired(const scan *s)
{
    double sum = 0;
    for (int64_t t = 0; t < s->tiles; t++)
        sum += ((double *)s->fired.data)[t];
    return sum;
}

/* The step at hand is one of `call`, to v and to all states beside it. */
static void enter_step(scan *s, int64_t step, int64_t call)
{
    for (int i = 0; i <= s->others; i++) {
        scan *state = scan_state(s, i);
        state->within = true;
        state->at = step;
        state->call = call;
        state->K = 1;
    }
}

/* Of the call there have been K steps. */
static void leave_step(scan *s, int64_t K)
{
    for (int i = 0; i <= s->others; i++) {
        scan_state(s, i)->within = false;
        scan_state(s, i)->K = K;
    }
}

fsnn_status scan_step_forward(scan *s, int64_t step, int64_t K, const float *I, float *spikes)
{
    if (step == 0)
        FSNN_TRY(scan_ready(s, K));
    double before = step ? s->fired_before + fired(s) : 0;
    enter_step(s, step, K);
    fsnn_status status = scan_forward(s, 1, I, spikes);
    leave_step(s, step + 1); /* of the call so far */
    s->fired_before = before;
    return status;
}

/* The last `steps` steps of the call go out of sight, or (below 0) come back: the state is that
 * after the call. */
static void hide(scan *s, int64_t steps)
{
    for (int i = 0; i <= s->others; i++) {
        scan *state = scan_state(s, i);
        state->time -= steps;
        state->u.rows -= steps;
        state->x.rows -= scan_apart(state) ? steps : 0;
    }
}

fsnn_status scan_step_backward(scan *s, int64_t step, const float *I, const float *spikes,
                               const float *gspikes, const scan_grads *grads)
{
    const int64_t K = s->K, past = K - 1 - step;
    const bool begins = s->begins;
    hide(s, past);
    enter_step(s, step, s->call);
    s->begins = begins && step == 0;
    fsnn_status status = scan_backward(s, I, spikes, gspikes, grads);
    s->begins = begins;
    leave_step(s, K);
    hide(s, -past);
    return status;
}

void scan_chain(scan *s)
{
    s->later = 0;
    s->handed = false;
    for (int i = 0; i < s->others; i++)
        scan_chain(&s->other[i]);
}

void scan_potentials(const scan *s, const float *spikes, float *v)
{
    int64_t total = s->B * s->N, first = s->u.rows - s->K;
    bool jumps = scan_resetting(s)->counts;
    for (int64_t t = 0; t < s->tiles; t++) {
        scan_tile tile;
        scan_tile_open(s, t, 0, &tile);
        lanes count = {0};
        if (jumps)
            memcpy(count, (lanes *)s->count.data + t, sizeof count);
        for (int64_t k = s->K - 1; k >= 0; k--) {
            const float *u = scan_rows_of(&s->u, t) + (first + k) * ROW_LANES;
            for (int i = 0; i < tile.width; i++) {
                int64_t at = k * total + tile.first + i;
                v[at] = u[i] + (s->v0 - tile.row[ROW_THRESHOLD][i] * count[i]);
                count[i] -= jumps ? spikes[at] : 0;
            }
        }
    }
}

double scan_memory_cost(const scan *s)
{
    double sum = 0;
    for (int64_t time = s->time - s->K; time < s->time; time++)
        sum += frac_memory_cost(&s->memory, scan_output(s, time));
    for (int i = 0; i < s->others; i++)
        sum += scan_memory_cost(&s->other[i]);
    return sum;
}

void scan_other_values(const scan *s, int other, float *out)
{
    const scan *o = &s->other[other];
    int64_t total = s->B * s->N, first = o->u.rows - s->K;
    for (int64_t n = 0; n < total; n++) {
        const float *row = scan_rows_of(&o->u, n / ROW_LANES) + first * ROW_LANES + n % ROW_LANES;
        for (int64_t k = 0; k < s->K; k++)
            out[k * total + n] = row[k * ROW_LANES] + o->v0;
    }
}

void scan_add_part(const scan *s, int part, float *grad)
{
    double sum = 0;
    for (int64_t t = 0; t < s->tiles; t++)
        sum += ((double *)s->part.data)[t * SCAN_PARTS + part];
    *grad += (float)sum;
}

static void add_channels(const scan *s, int p, float *grad)
{
    int64_t total = s->B * s->N;
    const lanes *lane = s->lane.data;
    for (int64_t n = 0; n < total; n++)
        grad[scan_channel(s, n)] += lane[n / ROW_LANES * scan_pars(s) + p][n % ROW_LANES];
}

void scan_add_pars(const scan *s, const scan_grads *grads)
{
    for (int p = 0; p < scan_pars(s); p++)
        if (grads->par[p])
            (s->par[p].count == 1 ? scan_add_part : add_channels)(s, p, grads->par[p]);
}

/* The neurons of a channel in their order; channels side by side without a division each. */
void scan_add_sums(const scan *s, float *sums)
{
    int64_t total = s->B * s->N, channel = 0;
    const float *x = s->sums.data;
    double *sum = (double *)(void *)((lanes *)s->sums.data + s->tiles);
    memset(sum, 0, (size_t)s->channels * sizeof *sum);
    for (int64_t n = 0; n < total; n++) {
        channel = s->stride > 1 ? scan_channel(s, n) : channel == s->channels ? 0 : channel;
        sum[channel++] += (double)x[n];
    }
    for (int64_t c = 0; c < s->channels; c++)
        sums[c] += (float)sum[c];
}

double scan_rate(const scan *s)
{
    double steps = (double)(s->K * s->B * s->N);
    return steps > 0 ? (s->fired_before + fired(s)) / steps : 0;
}

size_t scan_bytes(const scan *s)
{
    const scan_block *blocks[] = {
        &s->first,   &s->count,      &s->wait,  &s->resting, &s->modes, &s->seen,
        &s->arg,     &s->predicted,  &s->fired, &s->before,  &s->work,  &s->far,
        &s->part,    &s->lane,       &s->dw,    &s->carry,   &s->self,  &s->fused.space,
        &s->recount, &s->fused.wide, &s->sums};
    size_t sum = s->u.bytes + s->x.bytes;
    for (int i = 0; i < FSNN_COUNT(blocks); i++)
        sum += blocks[i]->bytes;
    for (int i = 0; i < s->others; i++)
        sum += scan_bytes(&s->other[i]);
    return sum;
}

void scan_free(scan *s)
{
    scan_block *blocks[] = {&s->first, &s->count, &s->wait,        &s->resting, &s->modes,
                            &s->seen,  &s->arg,   &s->predicted,   &s->fired,   &s->before,
                            &s->work,  &s->far,   &s->part,        &s->lane,    &s->dw,
                            &s->carry, &s->self,  &s->fused.space, &s->recount, &s->fused.wide,
                            &s->sums};
    for (int i = 0; i < FSNN_COUNT(blocks); i++)
        fsnn_free(blocks[i]->data);
    fsnn_free(s->u.data);
    fsnn_free(s->x.data);
    frac_memory_free(&s->memory);
    for (int i = 0; i < s->others; i++)
        scan_free(&s->other[i]);
    fsnn_free(s->other);
    *s = (scan){0};
}
