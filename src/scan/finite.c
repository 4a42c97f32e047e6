/* States that have left the finite numbers. Each tile looks at its last states as it leaves them
 * (`strayed`); only where one is not finite are the rows of the call searched, which
 * cost nothing until then. */
#include "scan/front.h"
#include "scan/history.h"

#include <math.h>

bool scan_finite(const scan *s)
{
    FRONT_RETURN(s, twin_finite(s->twin));
    return !s->strayed;
}

/* The first step of tile t, before `end`, at which a state is not finite; `end` where there is
 * none. */
static int64_t first_step(const scan *s, int64_t t, int width, int64_t end)
{
    const real *row = scan_rows_of(&s->history.u, t) + (s->history.u.rows - s->K) * ROW_LANES;
    for (int64_t k = 0; k < end; k++)
        if (scan_strays(row + k * ROW_LANES, width))
            return k;
    return end;
}

static int lane_of(const real *row)
{
    int i = 0;
    while (i < ROW_LANES - 1 && isfinite(row[i]))
        i++;
    return i;
}

static int width_of(const scan *s, int64_t t)
{
    int64_t left = s->B * s->N - t * ROW_LANES;
    return left < ROW_LANES ? (int)left : ROW_LANES;
}

scan_stray scan_first_stray(const scan *s)
{
    FRONT_RETURN(s, front_first_stray(s));
    scan_stray found = {.step = s->K};
    for (int n = 0; n <= s->others; n++) {
        const scan *state = n ? &s->other[n - 1] : s;
        for (int64_t t = 0; t < s->tiles; t++) {
            int64_t k = first_step(state, t, width_of(s, t), found.step);
            if (k == found.step)
                continue;
            const real *row =
                scan_rows_of(&state->history.u, t) + (state->history.u.rows - s->K + k) * ROW_LANES;
            int i = lane_of(row);
            found = (scan_stray){n, k, s->history.time - s->K + k, t * ROW_LANES + i, row[i]};
        }
    }
    return found;
}
