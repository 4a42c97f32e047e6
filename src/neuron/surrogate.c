/* Surrogates by name, and their formulas once more in double precision for one number: the reference. */
#include <fsnn/neuron.h>

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

typedef struct row {
    const char *name;
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

static const row table[FSNN_SURROGATES] = {
    [FSNN_ARCTAN] = {"arctan", arctan_slope, arctan_smooth},
    [FSNN_SIGMOID] = {"sigmoid", sigmoid_slope, sigmoid_smooth},
    [FSNN_RECTANGLE] = {"rectangle", rectangle_slope, rectangle_smooth},
    [FSNN_GAUSSIAN] = {"gaussian", gaussian_slope, gaussian_smooth},
};

const char *fsnn_surrogate_name(fsnn_surrogate_kind kind)
{
    return (unsigned)kind < FSNN_SURROGATES ? table[kind].name : NULL;
}

int fsnn_surrogate_find(const char *name)
{
    for (int i = 0; i < FSNN_SURROGATES; i++)
        if (strcmp(name, table[i].name) == 0)
            return i;
    return FSNN_ENOTFOUND;
}

double fsnn_surrogate_slope(const fsnn_surrogate *surrogate, double x)
{
    return table[surrogate->kind].slope(surrogate->scale, x);
}

double fsnn_surrogate_smooth(const fsnn_surrogate *surrogate, double x)
{
    return table[surrogate->kind].smooth(surrogate->scale, x);
}
