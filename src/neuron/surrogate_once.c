/* Surrogates by name, and their formulas once more in double precision for one number: the
 * reference. */
#include "base/base.h"
#include <fsnn/neuron.h>

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

typedef struct row {
    const char *name;
    double scale; /* the default */
    double (*slope)(double k, double x);
    double (*smooth)(double k, double x);
} row;

static double arctan_slope(double k, double x)
{
    double y = PI / 2 * k * x;
    return k / 2 / (1 + y * y);
}

static double arctan_smooth(double k, double x)
{
    return 0.5 + atan(PI / 2 * k * x) / PI;
}

static double sigmoid_slope(double k, double x)
{
    double e = exp(-fabs(k * x));
    return k * e / ((1 + e) * (1 + e));
}

static double sigmoid_smooth(double k, double x)
{
    return 1 / (1 + exp(-k * x));
}

static double rectangle_slope(double k, double x)
{
    return fabs(x) <= k ? 0.5 / k : 0;
}

static double rectangle_smooth(double k, double x)
{
    return fmin(1, fmax(0, 0.5 + 0.5 * x / k));
}

static double gaussian_slope(double k, double x)
{
    return exp(-0.5 * (x / k) * (x / k)) / (k * sqrt(2 * PI));
}

static double gaussian_smooth(double k, double x)
{
    return 0.5 * erfc(-x / (k * sqrt(2)));
}

static double fast_sigmoid_slope(double k, double x)
{
    double y = 1 + k * fabs(x);
    return 1 / (y * y);
}

static double fast_sigmoid_smooth(double k, double x)
{
    return 0.5 + copysign(1 / (1 / fabs(x) + k), x);
}

static double triangle_slope(double k, double x)
{
    return k * fmax(0, 1 - k * fabs(x));
}

static double triangle_smooth(double k, double x)
{
    double y = fmin(1, fmax(-1, k * x));
    return 0.5 + y - 0.5 * y * fabs(y);
}

static double exponential_slope(double k, double x)
{
    return exp(-fabs(x / k)) / k;
}

static double exponential_smooth(double k, double x)
{
    return 0.5 + copysign(expm1(-fabs(x / k)), x);
}

static double straight_through_slope(double k, double x)
{
    (void)x;
    return k;
}

static double straight_through_smooth(double k, double x)
{
    return 0.5 + k * x;
}

static double erf_slope(double k, double x)
{
    return k / sqrt(PI) * exp(-k * x * k * x);
}

static double erf_smooth(double k, double x)
{
    return 0.5 * erfc(-k * x);
}

static const row table[FSNN_SURROGATES] = {
    [FSNN_ARCTAN] = {"arctan", 5, arctan_slope, arctan_smooth},
    [FSNN_SIGMOID] = {"sigmoid", 5, sigmoid_slope, sigmoid_smooth},
    [FSNN_RECTANGLE] = {"rectangle", 0.5, rectangle_slope, rectangle_smooth},
    [FSNN_GAUSSIAN] = {"gaussian", 0.4, gaussian_slope, gaussian_smooth},
    [FSNN_FAST_SIGMOID] = {"fast_sigmoid", 10, fast_sigmoid_slope, fast_sigmoid_smooth},
    [FSNN_TRIANGLE] = {"triangle", 1, triangle_slope, triangle_smooth},
    [FSNN_EXPONENTIAL] = {"exponential", 1, exponential_slope, exponential_smooth},
    [FSNN_STRAIGHT_THROUGH] = {"straight_through", 1, straight_through_slope,
                               straight_through_smooth},
    [FSNN_ERF] = {"erf", 2, erf_slope, erf_smooth},
};

/* Other names that the field has for a kind. */
static const fsnn_alias also[] = {
    {"piecewise_linear", FSNN_RECTANGLE}, {"superspike", FSNN_FAST_SIGMOID}, {NULL, 0}};

static const char *name_at(int i)
{
    return i < FSNN_SURROGATES ? table[i].name : NULL;
}

const char *fsnn_surrogate_name(fsnn_surrogate_kind kind)
{
    return (unsigned)kind < FSNN_SURROGATES ? table[kind].name : NULL;
}

int fsnn_surrogate_find(const char *name)
{
    return fsnn_name_find("surrogate gradient", name, name_at, also);
}

double fsnn_surrogate_default_scale(fsnn_surrogate_kind kind)
{
    return (unsigned)kind < FSNN_SURROGATES ? table[kind].scale : 0;
}

static bool known(const fsnn_surrogate *surrogate)
{
    return surrogate && (unsigned)surrogate->kind < FSNN_SURROGATES;
}

static double scale_of(const fsnn_surrogate *surrogate)
{
    return surrogate->scale > 0 ? surrogate->scale : table[surrogate->kind].scale;
}

double fsnn_surrogate_scale_at(const fsnn_surrogate *surrogate, double done)
{
    if (!known(surrogate))
        return 0;
    double from = scale_of(surrogate), to = surrogate->scale_end;
    double t = done > 0 ? fmin(done, 1) : 0;
    if (!(to > 0))
        return from;
    if (surrogate->growth == FSNN_GROWTH_LINEAR)
        return from + (to - from) * t;
    return from * pow(to / from, t);
}

double fsnn_surrogate_slope(const fsnn_surrogate *surrogate, double x)
{
    return !known(surrogate) ? 0 : table[surrogate->kind].slope(scale_of(surrogate), x);
}

double fsnn_surrogate_smooth(const fsnn_surrogate *surrogate, double x)
{
    return !known(surrogate) ? 0 : table[surrogate->kind].smooth(scale_of(surrogate), x);
}
