/* Logistic noise: with u uniform in (0, 1), g = log(u / (1 - u)) has the distribution function 1/(1
 * + e^-g). Nothing is kept: backward draws it again. The same numbers in
 * both precisions. Philox counter: step and block of the tile in
 * one word, the run in the other (base/random.h). */
#include "base/isa_kernel.h"
#include "base/random.h"
#include "base/functions_kernel.h"
#include "neuron/model.h"

_Static_assert(RANDOM_ROW == ROW_LANES, "a tile draws a row");

void FSNN_K(neuron_noise)(uint64_t seed, uint64_t run, int64_t step, int64_t tile, real gamma,
                          real *x)
{
    float u[ROW_LANES] __attribute__((aligned(64)));
    FSNN_K(random_row)(u, seed, run, (uint64_t)step << 32 | (uint64_t)tile * (RANDOM_ROW / 4));
    EACH_LANE
    {
        real w = u[i];
        x[i] += gamma * row_log(w / (1 - w));
    }
}
