/* Planning of the fused scan: what it can do, and how tiles are grouped. */
#include "scan/fused.h"

#include <string.h>

/* What a group works on is to stay in the second cache; more rows, fewer tiles. Of a compressed
 * memory that are only the newest rows, but the others take room, too. */
enum { SPACE_ROWS = 2048, SPACE_MOST = 1 << 15 };

static int64_t clamp(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

bool scan_fused_fits(const scan *s)
{
    const frac_memory *m = &s->memory;
    const reset_rule *reset = scan_resetting(s);
    bool state =
        m->scheme == FRAC_EXPLICIT && !m->method->drive && !m->method->start && m->sums == 1;
    bool plain =
        reset->ahead && !reset->state && !reset->counts && !reset->clears && !reset->keeps_arg;
    bool wide = s->model->wide && s->fused.wide.data && !reset->subtracts;
    bool derivative = s->model->linear || wide;
    /* at one number, whose gradient is not asked for */
    bool begins = !s->par[PAR_V0].count &&
                  (!scan_rests(s) || (s->par[PAR_REST].count == 1 && !s->options.rest.learn));
    plain = plain || reset->subtracts;
    return state && plain && begins && derivative && !s->rest && !s->smooth && !s->noise.on &&
           !s->general && !s->holds.count && s->fused.space.data &&
           fsnn_threads() <= s->fused.workers;
}

/* A worker's: the band in work, then the model's space for each band. */
static size_t wide_bytes(const scan *s)
{
    return sizeof(scan_band) + SCAN_BANDS * s->model->wide->self_bytes(s->model, SCAN_BAND);
}

static fsnn_status rooms(scan *s, int workers)
{
    if (s->model->wide)
        FSNN_TRY(scan_block_reserve(&s->fused.wide, wide_bytes(s) * (size_t)workers));
    FSNN_TRY(scan_block_reserve(
        &s->fused.space,
        fsnn_bytes(workers * s->fused.group * scan_fused_stride(s), sizeof(lanes))));
    s->fused.workers = workers;
    return FSNN_OK;
}

/* Rows of a tile that calls of K steps work on at a time. */
static int64_t rows_at_work(const scan *s, int64_t K)
{
    int64_t near = 2 * FRAC_SPAN + s->memory.modes.padded;
    return s->memory.compressed && near < K + 1 ? near : K + 1;
}

fsnn_status scan_fused_plan(scan *s, int64_t K)
{
    int workers = fsnn_threads();
    /* every thread wants a few groups */
    int64_t share = clamp(scan_fused_tiles(s) / (4 * (int64_t)workers), 1, SCAN_GROUP);
    share = clamp(SPACE_MOST / (K + 1), 1, share);
    s->fused.group = clamp(SPACE_ROWS / rows_at_work(s, K), 1, share);
    s->fused.rows = K + 1;
    return rooms(s, workers);
}

fsnn_status scan_fused_workers(scan *s)
{
    int workers = fsnn_threads();
    return s->fused.space.data && workers > s->fused.workers ? rooms(s, workers) : FSNN_OK;
}

/* ---- patches of a sink ---- */

static int64_t least_common(int64_t a, int64_t b)
{
    int64_t x = a, y = b;
    while (y) {
        int64_t rest = x % y;
        x = y;
        y = rest;
    }
    return a / x * b;
}

/* Nothing the plan leaves open may keep the fused scan from doing it: there is no array to fall
 * back on. (Reset `subtract` and exponentials go without: sums of a sink's gradients would round
 * otherwise than those of arrays, which networks with them have always had.) */
static bool always_fits(const scan *s)
{
    const fsnn_order *order = &s->memory.order;
    bool orders = s->chain.on && (order->learn_alpha || order->learn_coefficient);
    bool usual = !scan_resetting(s)->subtracts && !s->memory.compressed;
    return scan_fused_fits(s) && usual && !s->model->wide && !s->step.on && !orders;
}

bool scan_sinks(scan *s, const scan_sink *sink)
{
    s->sink = (scan_sink){0};
    if (!sink->lines)
        return true;
    int64_t unit = least_common(sink->unit, ROW_LANES),
            capacity = s->fused.group * ROW_LANES / sink->lines;
    bool whole = sink->width % unit == 0 && s->N % (sink->lines * sink->width) == 0;
    if (s->others || !whole || capacity < unit || !always_fits(s))
        return false;
    /* stretches as long as the room allows, and about alike */
    int64_t units = sink->width / unit, most = clamp(capacity / unit, 1, units);
    int64_t pieces = (units + most - 1) / most;
    s->fused.stretch = (units + pieces - 1) / pieces * unit;
    s->sink = *sink;
    return true;
}

fsnn_status scan_sums(scan *s, bool *can)
{
    /* every neuron in a whole tile */
    *can = !s->others && s->training && s->B * s->N % ROW_LANES == 0 && always_fits(s);
    size_t bytes = sizeof(lanes) * (size_t)s->tiles + sizeof(double) * (size_t)s->channels;
    return *can ? scan_block_reserve(&s->adjoint.sums, bytes) : FSNN_OK;
}

static int64_t pieces(const scan *s)
{
    return (s->sink.width + s->fused.stretch - 1) / s->fused.stretch;
}

static void open_patch(const scan *s, int64_t number, scan_group *group)
{
    const scan_sink *sink = &s->sink;
    int64_t line_of = pieces(s), patches = s->N / (sink->lines * sink->width) * line_of;
    int64_t rest = number % patches, left;
    group->sample = number / patches;
    group->line = rest / line_of * sink->lines;
    group->from = rest % line_of * s->fused.stretch;
    left = sink->width - group->from;
    group->count = left < s->fused.stretch ? left : s->fused.stretch;
    group->tiles = 0;
    group->next = group->count / ROW_LANES;
    for (int64_t l = 0; l < sink->lines; l++) {
        int64_t at = group->sample * s->N + (group->line + l) * sink->width + group->from;
        for (int64_t i = 0; i < group->count / ROW_LANES; i++)
            group->tile[group->tiles++] = at / ROW_LANES + i;
    }
}

static void open_neighbours(const scan *s, int64_t number, scan_group *group)
{
    int64_t left = scan_fused_tiles(s) - number * s->fused.group;
    group->tiles = (int)clamp(left, 1, s->fused.group);
    group->next = s->fused.group;
    for (int i = 0; i < group->tiles; i++)
        group->tile[i] = number * s->fused.group + i;
}

int64_t scan_fused_groups(const scan *s)
{
    if (s->sink.lines)
        return s->B * (s->N / (s->sink.lines * s->sink.width)) * pieces(s);
    return (scan_fused_tiles(s) + s->fused.group - 1) / s->fused.group;
}

static void open_bands(const scan *s, int worker, scan_group *group)
{
    const neuron_wide *wide = s->model->wide;
    char *space = (char *)s->fused.wide.data + (size_t)worker * wide_bytes(s);
    group->band = (scan_band *)space;
    space += sizeof(scan_band);
    for (int b = 0; b * SCAN_BAND < group->tiles; b++) {
        group->self[b] = space;
        wide->open(s->model, space, scan_band_tiles(group, b), group->parameters + b * SCAN_BAND);
        space += wide->self_bytes(s->model, SCAN_BAND);
    }
}

void scan_fused_open(const scan *s, int64_t number, int worker, scan_group *group)
{
    bool one = scan_alike(s);
    (s->sink.lines ? open_patch : open_neighbours)(s, number, group);
    group->space = (real *)s->fused.space.data +
                   (int64_t)worker * s->fused.group * scan_fused_stride(s) * ROW_LANES;
    for (int i = 0; i < group->tiles; i++) {
        scan_tile tile;
        if (i == 0 || !one) {
            scan_tile_open(s, group->tile[i], worker, &tile);
            memcpy(group->own[i], tile.row, sizeof tile.row);
            memcpy(group->par[i], tile.par, sizeof(lanes) * (size_t)scan_pars(s));
        }
        group->row[i] = group->own[one ? 0 : i];
        group->parameters[i] = group->par[one ? 0 : i];
    }
    group->band = NULL;
    if (s->model->wide)
        open_bands(s, worker, group);
}
