/* tests/frac/fde_tools.h: what the tests of the solver share. */
#ifndef TESTS_FDE_TOOLS_H
#define TESTS_FDE_TOOLS_H

#include "check.h"

#include <fsnn/fde.h>

typedef struct variant {
    const char *name; /* as the reference tables have it */
    fsnn_method method;
    bool implicit;
} variant;

static const variant variants[] = {
    {"gl_ex", FSNN_GL, false}, {"gl_im", FSNN_GL, true},     {"l1_ex", FSNN_L1, false},
    {"l1_im", FSNN_L1, true},  {"rect_ex", FSNN_AB, false},  {"rect_im", FSNN_AB, true},
    {"pece", FSNN_ABM, false}, {"trap_im", FSNN_TRAP, true},
};
enum { VARIANTS = sizeof variants / sizeof *variants };

static inline const variant *variant_find(const char *name)
{
    for (int i = 0; i < VARIANTS; i++)
        if (strcmp(variants[i].name, name) == 0)
            return &variants[i];
    return NULL;
}

static inline fsnn_fde fde_of(const variant *v, const fsnn_order *order, double h, size_t n,
                              fsnn_fde_function f, void *user)
{
    fsnn_fde fde = fsnn_fde_default(n, f, user);
    fde.method = v->method;
    fde.implicit = v->implicit;
    fde.order = order;
    fde.step = h;
    return fde;
}

/* Solves, and fails the test with the sentence when that does not work. */
static inline fsnn_fde_report fde_must(const fsnn_fde *fde, const double *y0, const double *times,
                                       size_t count, double *y)
{
    fsnn_fde_report report;
    GOOD(fsnn_fde_solve(fde, y0, times, count, y, &report));
    assert_int_equal(report.times, count);
    return report;
}

/* Values on the whole grid: y[(steps+1)][n]. */
static inline double *fde_grid(const fsnn_fde *fde, const double *y0, int steps)
{
    double *times = malloc((size_t)(steps + 1) * sizeof *times);
    double *y = malloc((size_t)(steps + 1) * fde->n * sizeof *y);
    for (int k = 0; k <= steps; k++)
        times[k] = fde->t0 + k * fde->step;
    fde_must(fde, y0, times, (size_t)steps + 1, y);
    free(times);
    return y;
}

#endif
