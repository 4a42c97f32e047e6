/* Heun and the classic Runge-Kutta scheme, integer order; the current holds over the step.
 *   heun  u_{n+1} = u_n + h/2 (k_1 + k_2)                     order 2, stable for h/tau <= 2
 *   rk4   u_{n+1} = u_n + h/6 (k_1 + 2 k_2 + 2 k_3 + k_4)     order 4, stable for h/tau <= 2.785 */
#include "frac/method.h"

static void weights(const fsnn_order *order, double h, int64_t n, double *w, double *gain)
{
    frac_euler.weights(order, h, n, w, gain);
}

static void dweights(const fsnn_order *order, double h, int64_t n, int p, double *dw, double *dgain)
{
    frac_euler.dweights(order, h, n, p, dw, dgain);
}

static double stable_heun(double alpha)
{
    (void)alpha;
    return 2;
}

static double stable_rk4(double alpha)
{
    (void)alpha;
    return 2.785293563405282;
}

const frac_method frac_heun = {
    .name = "heun",
    .help = "Heun, integer order, two stages",
    .integer = true,
    .multiterm = true,
    .scheme = FRAC_HEUN,
    .weights = weights,
    .dweights = dweights,
    .stable = stable_heun,
    .monotone = stable_heun, /* 1 - z + z^2/2 is positive everywhere */
};

const frac_method frac_rk4 = {
    .name = "rk4",
    .help = "Runge-Kutta, integer order, four stages",
    .integer = true,
    .multiterm = true,
    .scheme = FRAC_RK4,
    .weights = weights,
    .dweights = dweights,
    .stable = stable_rk4,
    .monotone = stable_rk4, /* and so is its 1 - z + z^2/2 - z^3/6 + z^4/24 */
};
