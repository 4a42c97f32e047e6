/* scan/parameters_kernel.h: what both backward scans leave of a tile for the parameters of the
 * model. */
#ifndef FSNN_SCAN_PARAMETERS_KERNEL_H
#define FSNN_SCAN_PARAMETERS_KERNEL_H

#include "base/isa_kernel.h"
#include "scan/tile.h"

#include <string.h>

/* From `grow`, gradients of the rows that the model made of its parameters in tile t. Returns where
 * the tile's sums stand, [SCAN_PARTS]; those of the order begin as 0. */
static inline double *parameters_store(const scan *s, const scan_tile *tile, int64_t t,
                                       const lanes *grow)
{
    double *part = (double *)s->adjoint.part.data + t * SCAN_PARTS;
    lanes own[SCAN_PARS],
        *gpar = scan_alike(s) ? own : (lanes *)s->adjoint.lane.data + t * scan_pars(s);
    memset(part, 0, sizeof *part * SCAN_PARTS);
    memset(gpar, 0, (size_t)scan_pars(s) * sizeof(lanes));
    s->model->prepare_back(tile->self, tile->par, tile->row, grow, gpar);
    memcpy(gpar[PAR_V_RESET], grow[ROW_V_RESET], sizeof(lanes));
    /* reset value lands at v_reset - off */
    EACH_LANE gpar[PAR_V0][i] = grow[ROW_V0][i] - grow[ROW_V_RESET][i];
    EACH_LANE gpar[PAR_REST][i] =
        grow[ROW_REST][i] - (gpar[PAR_THRESHOLD][i] + gpar[PAR_V_RESET][i] + gpar[PAR_V0][i]);
    for (int p = 0; p < scan_pars(s); p++)
        for (int i = 0; i < tile->width; i++)
            part[p] += gpar[p][i];
    return part;
}

#endif
