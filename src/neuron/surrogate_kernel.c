/* Surrogate gradients (fsnn/neuron.h has the formulas) on rows of 32, and their smooth primitives,
 * which replace the step in gradient checks. Slopes are on the training path and vectorise;
 * primitives need not. */
#include "base/isa_kernel.h"
#include "base/functions_kernel.h"
#include "neuron/model.h"

#include <string.h>

static const real PI = REAL(3.14159265358979323846);

#ifdef FSNN_DOUBLE
static const double ONE_BY_ROOT_PI = 0.56418958354775628695;

static inline double exp_negative(double x)
{
    return exp(x);
}
#else
static const float ONE_BY_ROOT_PI = 0.56418958f;

/* e^x for x <= 0, relative error about 2e-7: 2^n by exponent bits, e^r by its series on |r| <=
 * log(2)/2. */
static inline float exp_negative(float x)
{
    x = x > -87.0f ? x : -87.0f;
    float n = (float)(int)(x * 1.44269504f - 0.5f);
    float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float p =
        1 +
        r * (1 + r * (0.5f + r * (1.6666666e-1f +
                                  r * (4.1666667e-2f + r * (8.3333333e-3f + r * 1.3888889e-3f)))));
    int32_t bits = ((int32_t)n + 127) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}
#endif

static void arctan_slope(real k, const real *x, real *d)
{
    EACH_LANE
    {
        real y = PI / 2 * k * x[i];
        d[i] = k / 2 / (1 + y * y);
    }
}

static void arctan_smooth(real k, const real *x, real *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = REAL(0.5) + real_atan(PI / 2 * k * x[i]) / PI;
}

static void sigmoid_slope(real k, const real *x, real *d)
{
    EACH_LANE
    {
        real e = exp_negative(-real_abs(k * x[i]));
        d[i] = k * e / ((1 + e) * (1 + e));
    }
}

static void sigmoid_smooth(real k, const real *x, real *s)
{
    EACH_LANE s[i] = row_sigmoid(k * x[i]); /* noise has it on the training path */
}

static void rectangle_slope(real k, const real *x, real *d)
{
    EACH_LANE d[i] = real_abs(x[i]) <= k ? REAL(0.5) / k : 0;
}

static void rectangle_smooth(real k, const real *x, real *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = real_min(1, real_max(0, REAL(0.5) + REAL(0.5) * x[i] / k));
}

static void gaussian_slope(real k, const real *x, real *d)
{
    EACH_LANE
    {
        real y = x[i] / k;
        d[i] = exp_negative(-REAL(0.5) * y * y) / (k * REAL(2.50662827463100050242));
    }
}

static void gaussian_smooth(real k, const real *x, real *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = REAL(0.5) * real_erfc(-x[i] / (k * REAL(1.41421356237309504880)));
}

static void fast_sigmoid_slope(real k, const real *x, real *d)
{
    EACH_LANE
    {
        real y = 1 + k * real_abs(x[i]);
        d[i] = 1 / (y * y);
    }
}

/* x / (1 + k |x|), without a product that overflows. */
static void fast_sigmoid_smooth(real k, const real *x, real *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = REAL(0.5) + real_copysign(1 / (1 / real_abs(x[i]) + k), x[i]);
}

static void triangle_slope(real k, const real *x, real *d)
{
    EACH_LANE
    {
        real y = 1 - k * real_abs(x[i]);
        d[i] = y > 0 ? k * y : 0;
    }
}

static void triangle_smooth(real k, const real *x, real *s)
{
    for (int i = 0; i < ROW_LANES; i++) {
        real y = real_min(1, real_max(-1, k * x[i]));
        s[i] = REAL(0.5) + y - REAL(0.5) * y * real_abs(y);
    }
}

static void exponential_slope(real k, const real *x, real *d)
{
    EACH_LANE d[i] = exp_negative(-real_abs(x[i] / k)) / k;
}

static void exponential_smooth(real k, const real *x, real *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = REAL(0.5) + real_copysign(real_expm1(-real_abs(x[i] / k)), x[i]);
}

static void straight_through_slope(real k, const real *x, real *d)
{
    (void)x;
    EACH_LANE d[i] = k;
}

static void straight_through_smooth(real k, const real *x, real *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = REAL(0.5) + k * x[i];
}

static void erf_slope(real k, const real *x, real *d)
{
    EACH_LANE
    {
        real y = k * x[i];
        d[i] = k * ONE_BY_ROOT_PI * exp_negative(-y * y);
    }
}

static void erf_smooth(real k, const real *x, real *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = REAL(0.5) * real_erfc(-k * x[i]);
}

const neuron_surrogate FSNN_K(neuron_surrogates)[FSNN_SURROGATES] = {
    [FSNN_ARCTAN] = {arctan_slope, arctan_smooth},
    [FSNN_SIGMOID] = {sigmoid_slope, sigmoid_smooth},
    [FSNN_RECTANGLE] = {rectangle_slope, rectangle_smooth},
    [FSNN_GAUSSIAN] = {gaussian_slope, gaussian_smooth},
    [FSNN_FAST_SIGMOID] = {fast_sigmoid_slope, fast_sigmoid_smooth},
    [FSNN_TRIANGLE] = {triangle_slope, triangle_smooth},
    [FSNN_EXPONENTIAL] = {exponential_slope, exponential_smooth},
    [FSNN_STRAIGHT_THROUGH] = {straight_through_slope, straight_through_smooth},
    [FSNN_ERF] = {erf_slope, erf_smooth},
};
