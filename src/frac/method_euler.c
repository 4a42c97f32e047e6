/* Forward Euler, integer order:  u_{n+1} = u_n + h f_n.
 * Order 1; stable for h/tau <= 2. Remembers one step. */
#include "frac/method.h"

static void weights(const fsnn_order *order, double h, int64_t n, double *w, double *gain)
{
    (void)order;
    for (int64_t j = 1; j <= n; j++)
        w[j] = j == 1;
    *gain = h;
}

static void dweights(const fsnn_order *order, double h, int64_t n, int p, double *dw, double *dgain)
{
    (void)order, (void)h, (void)p;
    for (int64_t j = 1; j <= n; j++)
        dw[j] = 0;
    *dgain = 0;
}

static double stable(double alpha)
{
    (void)alpha;
    return 2;
}

static double monotone(double alpha)
{
    (void)alpha;
    return 1;
}

const frac_method frac_euler = {
    .name = "euler",
    .help = "forward Euler, integer order, explicit",
    .integer = true,
    .multiterm = true,
    .weights = weights,
    .dweights = dweights,
    .stable = stable,
    .monotone = monotone,
};
