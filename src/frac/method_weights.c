/* The weights of any method, of which those of ml alone depend on the leak. */
#include "frac/method.h"

void frac_method_weigh(const frac_method *method, int sum, const fsnn_order *order,
                       const frac_leak *leak, double h, int64_t n, double *w, double *gain)
{
    if (method->lweights)
        method->lweights(order, leak, h, n, w, gain);
    else
        (sum ? method->pweights : method->weights)(order, h, n, w, gain);
}

frac_target frac_method_target(const frac_method *method, int sum, const fsnn_order *order,
                               const frac_leak *leak, double h)
{
    frac_target t = {.kernel = sum ? method->pkernel : method->kernel};
    if (method->lmix)
        t.kernel = method->lmix(order, leak, h, &t.mix);
    else
        method->mix(order, h, &t.mix);
    return t;
}
