/* Penalties of potentials (scan/hold.h): set by the owner, read after backward. */
#include "scan/front.h"
#include "scan/history.h"

#include <string.h>

fsnn_status scan_hold(scan *s, const scan_holds *holds)
{
    s->holds = *holds;
    FRONT_RETURN(s, twin_hold(s->twin, holds));
    size_t bytes = fsnn_bytes(s->tiles * SCAN_HOLDS, sizeof(double));
    FSNN_TRY(scan_block_reserve(&s->adjoint.held, bytes));
    if (bytes)
        memset(s->adjoint.held.data, 0, bytes);
    return FSNN_OK;
}

double scan_held(const scan *s, int hold)
{
    FRONT_RETURN(s, twin_held(s->twin, hold));
    const double *held = s->adjoint.held.data;
    double sum = 0;
    for (int64_t t = 0; held && t < s->tiles; t++)
        sum += held[t * SCAN_HOLDS + hold];
    return sum;
}
