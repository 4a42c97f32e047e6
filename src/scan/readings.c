/* What can be read from a scan after a call: potentials, other states, rates, costs. */
#include "scan/front.h"
#include "scan/history.h"
#include "scan/tile.h"

#include <string.h>

void scan_potentials_from_rest(const scan *s, const real *spikes, real *v)
{
    int64_t total = s->B * s->N, first = s->history.u.rows - s->K;
    bool jumps = scan_resetting(s)->counts;
    for (int64_t t = 0; t < s->tiles; t++) {
        scan_tile tile;
        scan_tile_open(s, t, 0, &tile);
        lanes count = {0};
        if (jumps)
            memcpy(count, (lanes *)s->history.count.data + t, sizeof count);
        for (int64_t k = s->K - 1; k >= 0; k--) {
            const real *u = scan_rows_of(&s->history.u, t) + (first + k) * ROW_LANES;
            for (int i = 0; i < tile.width; i++) {
                int64_t at = k * total + tile.first + i;
                v[at] = u[i] + (tile.row[ROW_V0][i] - tile.row[ROW_THRESHOLD][i] * count[i]);
                count[i] -= jumps ? spikes[at] : 0;
            }
        }
    }
}

void scan_add_rest(const scan *s, real *v)
{
    int64_t total = s->B * s->N;
    for (int64_t t = 0; scan_rests(s) && t < s->tiles; t++) {
        scan_tile tile;
        scan_tile_open(s, t, 0, &tile);
        for (int64_t k = 0; k < s->K; k++)
            for (int i = 0; i < tile.width; i++)
                v[k * total + tile.first + i] += tile.par[PAR_REST][i];
    }
}

void scan_potentials(const scan *s, const real *spikes, real *v)
{
    FRONT_RETURN(s, twin_potentials(s->twin, spikes, v));
    scan_potentials_from_rest(s, spikes, v);
    scan_add_rest(s, v);
}

void scan_other_values(const scan *s, int other, real *out)
{
    FRONT_RETURN(s, twin_other_values(s->twin, other, out));
    const scan *o = &s->other[other];
    int64_t total = s->B * s->N, first = o->history.u.rows - s->K;
    for (int64_t n = 0; n < total; n++) {
        const real *row =
            scan_rows_of(&o->history.u, n / ROW_LANES) + first * ROW_LANES + n % ROW_LANES;
        for (int64_t k = 0; k < s->K; k++)
            out[k * total + n] = row[k * ROW_LANES] + o->v0;
    }
}

double scan_fired(const scan *s)
{
    FRONT_RETURN(s, twin_fired(s->twin));
    double sum = 0;
    for (int64_t t = 0; t < s->tiles; t++)
        sum += ((double *)s->tape.fired.data)[t];
    return s->step.fired + sum;
}

double scan_rate(const scan *s)
{
    FRONT_RETURN(s, twin_rate(s->twin));
    double steps = (double)(s->K * s->B * s->N);
    return steps > 0 ? scan_fired(s) / steps : 0;
}

double scan_memory_cost(const scan *s)
{
    FRONT_RETURN(s, twin_memory_cost(s->twin));
    double sum = 0;
    for (int64_t time = s->history.time - s->K; time < s->history.time; time++)
        sum += frac_memory_cost(&s->memory, scan_output(s, time));
    for (int i = 0; i < s->others; i++)
        sum += scan_memory_cost(&s->other[i]);
    return sum;
}
