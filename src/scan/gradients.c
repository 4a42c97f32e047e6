/* What tiles have left for the parameters, added in their order. */
#include "scan/tile.h"

#include <string.h>

void scan_add_part(const scan *s, int part, real *grad)
{
    double sum = 0;
    for (int64_t t = 0; t < s->tiles; t++)
        sum += ((double *)s->adjoint.part.data)[t * SCAN_PARTS + part];
    *grad += (real)sum;
}

static void add_numbers(const scan *s, int p, real *grad)
{
    int64_t total = s->B * s->N;
    const lanes *lane = s->adjoint.lane.data;
    for (int64_t n = 0; n < total; n++)
        grad[scan_number_of(s, &s->par[p], n)] +=
            lane[n / ROW_LANES * scan_pars(s) + p][n % ROW_LANES];
}

void scan_add_pars(const scan *s, const scan_grads *grads)
{
    for (int p = 0; p < scan_pars(s); p++)
        if (grads->par[p])
            (s->par[p].count == 1 ? scan_add_part : add_numbers)(s, p, grads->par[p]);
}

/* The neurons of a channel in their order; channels side by side without a division each. */
void scan_add_sums(const scan *s, real *sums)
{
    int64_t total = s->B * s->N, channel = 0;
    const real *x = s->adjoint.sums.data;
    double *sum = (double *)(void *)((lanes *)s->adjoint.sums.data + s->tiles);
    memset(sum, 0, (size_t)s->channels * sizeof *sum);
    for (int64_t n = 0; n < total; n++) {
        channel = s->stride > 1 ? scan_channel(s, n) : channel == s->channels ? 0 : channel;
        sum[channel++] += (double)x[n];
    }
    for (int64_t c = 0; c < s->channels; c++)
        sums[c] += (real)sum[c];
}
