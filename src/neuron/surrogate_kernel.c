/* Surrogate gradients (fsnn/neuron.h has the formulas) on rows of 32, and their smooth primitives,
 * which replace the step in gradient checks. Slopes are on the training path and vectorise;
 * primitives need not. */
#include "base/isa_kernel.h"
#include "base/functions_kernel.h"
#include "neuron/model.h"

#include <math.h>
#include <string.h>

static const float PI = 3.14159265358979f;

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

static void arctan_slope(float k, const float *x, float *d)
{
    EACH_LANE
    {
        float y = PI / 2 * k * x[i];
        d[i] = k / 2 / (1 + y * y);
    }
}

static void arctan_smooth(float k, const float *x, float *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = 0.5f + atanf(PI / 2 * k * x[i]) / PI;
}

static void sigmoid_slope(float k, const float *x, float *d)
{
    EACH_LANE
    {
        float e = exp_negative(-fabsf(k * x[i]));
        d[i] = k * e / ((1 + e) * (1 + e));
    }
}

static void sigmoid_smooth(float k, const float *x, float *s)
{
    EACH_LANE s[i] = row_sigmoid(k * x[i]); /* noise has it on the training path */
}

static void rectangle_slope(float k, const float *x, float *d)
{
    EACH_LANE d[i] = fabsf(x[i]) <= k ? 0.5f / k : 0;
}

static void rectangle_smooth(float k, const float *x, float *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = fminf(1, fmaxf(0, 0.5f + 0.5f * x[i] / k));
}

static void gaussian_slope(float k, const float *x, float *d)
{
    EACH_LANE
    {
        float y = x[i] / k;
        d[i] = exp_negative(-0.5f * y * y) / (k * 2.50662827f);
    }
}

static void gaussian_smooth(float k, const float *x, float *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = 0.5f * erfcf(-x[i] / (k * 1.41421356f));
}

static void fast_sigmoid_slope(float k, const float *x, float *d)
{
    EACH_LANE
    {
        float y = 1 + k * fabsf(x[i]);
        d[i] = 1 / (y * y);
    }
}

/* x / (1 + k |x|), without a product that overflows. */
static void fast_sigmoid_smooth(float k, const float *x, float *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = 0.5f + copysignf(1 / (1 / fabsf(x[i]) + k), x[i]);
}

static void triangle_slope(float k, const float *x, float *d)
{
    EACH_LANE
    {
        float y = 1 - k * fabsf(x[i]);
        d[i] = y > 0 ? k * y : 0;
    }
}

static void triangle_smooth(float k, const float *x, float *s)
{
    for (int i = 0; i < ROW_LANES; i++) {
        float y = fminf(1, fmaxf(-1, k * x[i]));
        s[i] = 0.5f + y - 0.5f * y * fabsf(y);
    }
}

static void exponential_slope(float k, const float *x, float *d)
{
    EACH_LANE d[i] = exp_negative(-fabsf(x[i] / k)) / k;
}

static void exponential_smooth(float k, const float *x, float *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = 0.5f + copysignf(expm1f(-fabsf(x[i] / k)), x[i]);
}

static void straight_through_slope(float k, const float *x, float *d)
{
    (void)x;
    EACH_LANE d[i] = k;
}

static void straight_through_smooth(float k, const float *x, float *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = 0.5f + k * x[i];
}

static void erf_slope(float k, const float *x, float *d)
{
    EACH_LANE
    {
        float y = k * x[i];
        d[i] = k * 0.56418958f * exp_negative(-y * y);
    }
}

static void erf_smooth(float k, const float *x, float *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = 0.5f * erfcf(-k * x[i]);
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
