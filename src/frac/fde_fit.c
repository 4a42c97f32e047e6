/* The sums of exponentials of one run: one set of nodes for all its kernels and orders
 * (frac/fit.h). */
#include "frac/fde_run.h"

#include <math.h>
#include <string.h>

static int kernels(const fde_run *run)
{
    int count = 0;
    while (count < FDE_KERNELS && run->scheme->kernel[count])
        count++;
    return count;
}

static fsnn_status weigh(const fde_run *run, const frac_fit *nodes, fde_fit *fit)
{
    for (int m = 0; m < kernels(run); m++)
        for (size_t p = 0; p < run->slots; p++) {
            const fde_kernel *kernel = run->scheme->kernel[m];
            double *weight = fit->weight[m] + p * FDE_MODES, error, sum;
            FSNN_TRY(frac_fit_weigh(nodes, kernel, &run->mix[p], weight));
            frac_fit_measure(nodes, kernel, &run->mix[p], weight, &error, &sum);
            if (isnan(error))
                return FSNN_EMEMORY;
            fit->error = fmax(fit->error, error);
            fit->error_sum = fmax(fit->error_sum, sum);
        }
    return FSNN_OK;
}

fsnn_status fde_fit_make(const fde_run *run, fde_fit *fit)
{
    frac_fit nodes = {
        .tolerance = run->o->tolerance, .window = run->o->window, .steps = run->steps};
    int targets = kernels(run) * (int)run->slots;
    frac_target *target = fsnn_alloc((size_t)(targets + 1) * sizeof *target);
    if (!target)
        return FSNN_EMEMORY;
    for (int m = 0, t = 0; m < kernels(run); m++)
        for (size_t p = 0; p < run->slots; p++)
            target[t++] = (frac_target){run->scheme->kernel[m], run->mix[p]};
    fsnn_status status = frac_fit_make(&nodes, target, targets);
    fsnn_free(target);
    FSNN_TRY(status);
    fit->modes = nodes.modes;
    fit->error = fit->error_sum = 0;
    memcpy(fit->s, nodes.s, sizeof fit->s);
    return nodes.modes ? weigh(run, &nodes, fit) : FSNN_OK;
}
