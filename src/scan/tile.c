/* A tile of 32 neurons: its parameters, and its rows of arrays. */
#include "scan/tile.h"

#include <string.h>

void scan_tile_open(const scan *s, int64_t t, int worker, scan_tile *tile)
{
    int64_t total = s->B * s->N, first = t * ROW_LANES;
    tile->first = first;
    tile->width = total - first < ROW_LANES ? (int)(total - first) : ROW_LANES;
    for (int p = 0; p < scan_pars(s); p++) {
        const scan_param *par = &s->par[p];
        real alone = par->count      ? par->value[0]
                     : p == PAR_V0   ? s->v0
                     : p == PAR_REST ? 0
                                     : (real)s->options.v_reset.value;
        /* lanes beyond the last neuron repeat it */
        for (int i = 0; i < ROW_LANES; i++)
            tile->par[p][i] = par->count > 1
                                  ? par->value[scan_number_of(
                                        s, par, first + (i < tile->width ? i : tile->width - 1))]
                                  : alone;
    }
    if (scan_rests(s))
        EACH_LANE
        {
            tile->par[PAR_THRESHOLD][i] -= tile->par[PAR_REST][i];
            tile->par[PAR_V_RESET][i] -= tile->par[PAR_REST][i];
            tile->par[PAR_V0][i] -= tile->par[PAR_REST][i];
        }
    tile->self =
        s->model->open ? (char *)s->self.data + (size_t)worker * s->model->self_bytes : NULL;
    if (s->model->open)
        s->model->open(s->model, tile->self);
    s->model->prepare(tile->self, tile->par, tile->row);
    memcpy(tile->row[ROW_V_RESET], tile->par[PAR_V_RESET], sizeof(lanes));
    memcpy(tile->row[ROW_V0], tile->par[PAR_V0], sizeof(lanes));
}

bool scan_alike(const scan *s)
{
    for (int p = 0; p < scan_pars(s); p++)
        if (s->par[p].count > 1)
            return false;
    return true;
}

const real *scan_row(const scan *s, const scan_tile *tile, const real *x, int64_t k, lanes space)
{
    const real *row = x + k * s->B * s->N + tile->first;
    if (tile->width == ROW_LANES)
        return row;
    memset(space, 0, sizeof(lanes));
    memcpy(space, row, sizeof(real) * (size_t)tile->width);
    return space;
}

void scan_write_current(const scan *s, const scan_tile *tile, real *gI, int64_t k,
                        const real *given)
{
    if (!gI)
        return;
    real *to = gI + k * scan_pitch(s) + tile->first;
    if (s->still && k < s->K - 1)
        for (int i = 0; i < tile->width; i++)
            to[i] += given[i];
    else
        memcpy(to, given, sizeof *to * (size_t)tile->width);
}
