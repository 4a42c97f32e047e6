/* Planning of the fused scan: what it can do, and how tiles are grouped. */
#include "neuron/scan_fused.h"

#include <string.h>

/* A group's working space is to stay in the second cache; more rows, fewer tiles. */
enum { SPACE_ROWS = 2048 };

static int64_t clamp(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

bool scan_fused_fits(const scan *s)
{
    const frac_memory *m = &s->memory;
    const neuron_reset *reset = scan_resetting(s);
    bool state =
        m->scheme == FRAC_EXPLICIT && !m->method->drive && !m->method->start && m->sums == 1 &&
        !m->compressed;
    bool plain =
        reset->ahead && !reset->state && !reset->counts && !reset->clears && !reset->keeps_arg;
    return state && plain && s->model->linear && !s->rest && !s->smooth && !s->noise.on && !s->general && s->fused.space.data &&
           fsnn_threads() <= s->fused.workers;
}

fsnn_status scan_fused_plan(scan *s, int64_t K)
{
    int workers = fsnn_threads();
    /* every thread wants a few groups */
    int64_t share = clamp(scan_fused_tiles(s) / (4 * (int64_t)workers), 1, SCAN_GROUP);
    s->fused.group = clamp(SPACE_ROWS / (K + 1), 1, share);
    s->fused.rows = K + 1;
    s->fused.workers = workers;
    return scan_block_room(&s->fused.space,
                           sizeof(lanes) * (size_t)(workers * s->fused.group * (K + 1)));
}

int64_t scan_fused_groups(const scan *s)
{
    return (scan_fused_tiles(s) + s->fused.group - 1) / s->fused.group;
}

/* Tiles are alike where each parameter is one number. */
static bool alike(const scan *s)
{
    for (int p = 0; p < NEURON_PARS; p++)
        if (s->par[p].count > 1)
            return false;
    return true;
}

void scan_fused_open(const scan *s, int64_t number, int worker, scan_group *group)
{
    int64_t left = scan_fused_tiles(s) - number * s->fused.group;
    bool one = alike(s);
    group->first = number * s->fused.group;
    group->tiles = (int)clamp(left, 1, s->fused.group);
    group->space = (float *)s->fused.space.data +
                   (int64_t)worker * s->fused.group * s->fused.rows * FRAC_LANES;
    for (int i = 0; i < group->tiles; i++) {
        scan_tile tile;
        if (i == 0 || !one) {
            scan_tile_open(s, group->first + i, worker, &tile);
            memcpy(group->own[i], tile.row, sizeof tile.row);
            memcpy(group->par[i], tile.par, sizeof group->par[i]);
        }
        group->row[i] = group->own[one ? 0 : i];
        group->parameters[i] = group->par[one ? 0 : i];
    }
}
