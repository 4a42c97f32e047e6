/* Newton's method for the implicit schemes:  G(y) = base + gain f(t, y) - y = 0  (Hairer and
 * Wanner, Solving ODEs II, IV.8).
 *
 * Every component is measured in a unit of its own, a power of two near its size, so that nothing
 * depends on the units in which an equation is written: neither the pivots of the matrix, nor the
 * steps of differences, nor the end. It ends when for each component
 *
 *   |change| <= newton_tolerance |y| + newton_atol,
 *
 * or when G is so small beside the terms that it is summed from, a hundredth of the tolerance, that
 * a value near 0 means no more than its rounding. Terms that cancel within f are not seen; so where
 * the search goes on for long, the rounding of f is measured, by a call at y moved by some ulps.
 *
 * The factorised Jacobian is kept from step to step and renewed when the changes of y do not shrink
 * tenfold an iteration, or when a unit no longer fits. Jacobian: the user's, or forward differences
 * (n calls). */
#include "frac/fde_run.h"
#include "frac/lu.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { ROWS = 8 };     /* of [n], from f on */
enum { PATIENCE = 4 }; /* from this iteration on the rounding of f is measured */

struct fde_newton {
    bool ready;                 /* A holds a factorisation */
    double *A;                  /* [n][n]: 1 - gain df/dy in units, factorised */
    size_t *pivot;              /* [n] */
    double *f, *change, *moved; /* [n] each, in one piece */
    double *unit;               /* of the columns and rows of A */
    double *terms;              /* gain |df/dy| |y|: what f is summed from */
    double *noise;              /* gain times the rounding of f seen in this search */
    double *start, *pace;       /* y where the search starts; how far the last one went */
};

fsnn_status fde_newton_create(fde_run *run)
{
    size_t n = run->n;
    fde_newton *newton = fsnn_alloc(sizeof *newton);
    if (!newton)
        return FSNN_EMEMORY;
    run->newton = newton; /* the run frees it whatever happens next */
    if (n > 20000)
        return fsnn_fail(
            FSNN_EUNSUPPORTED,
            "an implicit method with %zu components needs a dense %zu x %zu matrix: at "
            "most 20000 components, or take an explicit method",
            n, n, n);
    newton->A = fsnn_alloc(n * n * sizeof *newton->A);
    newton->pivot = fsnn_alloc(n * sizeof *newton->pivot);
    newton->f = fsnn_alloc(ROWS * n * sizeof *newton->f);
    if (!newton->A || !newton->pivot || !newton->f)
        return FSNN_EMEMORY;
    newton->change = newton->f + n;
    newton->moved = newton->change + n;
    newton->unit = newton->moved + n;
    newton->terms = newton->unit + n;
    newton->start = newton->terms + n;
    newton->pace = newton->start + n;
    newton->noise = newton->pace + n;
    return FSNN_OK;
}

size_t fde_newton_bytes(const fde_run *run)
{
    size_t n = run->n;
    return sizeof(double) * (1 + n * n + ROWS * n) + n * sizeof(size_t);
}

void fde_newton_save(const fde_run *run, void *bytes)
{
    const fde_newton *newton = run->newton;
    size_t n = run->n;
    double *at = bytes;
    *at++ = newton->ready;
    memcpy(at, newton->A, n * n * sizeof *at);
    memcpy(at + n * n, newton->f, ROWS * n * sizeof *at);
    memcpy(at + n * n + ROWS * n, newton->pivot, n * sizeof *newton->pivot);
}

void fde_newton_load(fde_run *run, const void *bytes)
{
    fde_newton *newton = run->newton;
    size_t n = run->n;
    const double *at = bytes;
    newton->ready = *at++ != 0;
    memcpy(newton->A, at, n * n * sizeof *at);
    memcpy(newton->f, at + n * n, ROWS * n * sizeof *at);
    memcpy(newton->pivot, at + n * n + ROWS * n, n * sizeof *newton->pivot);
    for (size_t i = 0; i < n; i++) /* whatever the bytes say, no exchange leaves the matrix */
        newton->ready = newton->ready && newton->pivot[i] < n;
}

void fde_newton_destroy(fde_newton *newton)
{
    if (!newton)
        return;
    fsnn_free(newton->A);
    fsnn_free(newton->pivot);
    fsnn_free(newton->f);
    fsnn_free(newton);
}

static double atol(const fde_run *run, size_t i)
{
    return run->o->newton_atols ? run->o->newton_atols[i] : run->o->newton_atol;
}

static double gain(const fde_run *run, size_t i)
{
    return run->gain[run->slot[i]];
}

/* The size of a component: of its value, and of how far it goes, since a value may pass 0. */
static double size_of(const fde_run *run, const double *y, size_t i)
{
    const fde_newton *newton = run->newton;
    double way = fmax(fabs(y[i] - newton->start[i]), newton->pace[i]);
    return fmax(fmax(fabs(y[i]), way), atol(run, i));
}

/* A component without a size, 0 so far, has that which f gives it; with nothing to go by, the
 * largest of the others. */
static void measure(fde_run *run, const double *y)
{
    const fde_newton *newton = run->newton;
    double largest = 0;
    for (size_t i = 0; i < run->n; i++) {
        int exponent;
        double size = size_of(run, y, i);
        if (size == 0)
            size = fabs(gain(run, i) * newton->f[i]);
        frexp(size, &exponent);
        newton->unit[i] = size > 0 ? ldexp(1, exponent) : 0;
        largest = fmax(largest, newton->unit[i]);
    }
    for (size_t i = 0; i < run->n; i++)
        if (newton->unit[i] == 0)
            newton->unit[i] = largest > 0 ? largest : 1;
}

/* Whether the units that the matrix was made with are far from the sizes now. */
static bool outgrown(const fde_run *run, const double *y)
{
    const double far = 1024;
    for (size_t i = 0; i < run->n; i++) {
        double size = size_of(run, y, i), unit = run->newton->unit[i];
        if (size > far * unit || (size > 0 && size * far < unit))
            return true;
    }
    return false;
}

/* df/dy at y, where f(t, y) is known. */
static fsnn_status differences(fde_run *run, double t, double *y, double *J)
{
    size_t n = run->n;
    const double *f = run->newton->f;
    double *moved = run->newton->moved;
    for (size_t j = 0; j < n; j++) {
        double kept = y[j], d = copysign(sqrt(DBL_EPSILON) * run->newton->unit[j], kept);
        y[j] = kept + d;
        d = y[j] - kept; /* as it was rounded */
        fsnn_status status = fde_call(run, t, y, moved);
        y[j] = kept;
        if (status < 0)
            return status;
        for (size_t i = 0; i < n; i++)
            J[i * n + j] = (moved[i] - f[i]) / d;
    }
    return FSNN_OK;
}

/* A = 1 - gain J in the units of rows and columns, in place. */
static void matrix(fde_run *run, const double *y)
{
    fde_newton *newton = run->newton;
    size_t n = run->n;
    for (size_t i = 0; i < n; i++) {
        double *row = newton->A + i * n;
        newton->terms[i] = 0;
        for (size_t j = 0; j < n; j++) {
            double share = gain(run, i) * row[j];
            newton->terms[i] += fabs(share * y[j]);
            row[j] = (i == j) - share * (newton->unit[j] / newton->unit[i]);
        }
    }
}

static fsnn_status renew(fde_run *run, double t, double *y)
{
    fde_newton *newton = run->newton;
    newton->ready = false;
    run->report.jacobians++;
    measure(run, y);
    if (run->o->jacobian)
        FSNN_TRY(fde_returned(run->o->jacobian(t, y, newton->A, run->n, run->o->user),
                              "the Jacobian", t));
    else
        FSNN_TRY(differences(run, t, y, newton->A));
    matrix(run, y);
    if (!frac_lu_factor(newton->A, newton->pivot, run->n))
        return fsnn_fail(
            FSNN_ENUMERIC,
            "Newton's method meets a singular or infinite matrix at t = %.6g: another step "
            "or an explicit method may work",
            t);
    newton->ready = true;
    return FSNN_OK;
}

/* change = G in units; whether it is no more than rounding. */
static bool residual(const fde_run *run, const double *base, const double *y)
{
    const fde_newton *newton = run->newton;
    double share = 0.01 * run->o->newton_tolerance + 4 * DBL_EPSILON;
    bool rounding = true;
    for (size_t i = 0; i < run->n; i++) {
        double drive = gain(run, i) * newton->f[i], G = base[i] + drive - y[i];
        double terms = fabs(base[i]) + fabs(drive) + fabs(y[i]) + newton->terms[i];
        rounding &= fabs(G) <= share * terms + 8 * newton->noise[i];
        newton->change[i] = G / newton->unit[i];
    }
    return rounding;
}

/* The largest change of f seen when y moves by up to four units of its last digit, another way at
 * each call. */
static fsnn_status listen(fde_run *run, double t, const double *y, size_t call)
{
    fde_newton *newton = run->newton;
    for (size_t i = 0; i < run->n; i++) {
        double ulps = (double)((5 * call + 3 * i) % 9) - 4;
        newton->change[i] = y[i] * (1 + ulps * DBL_EPSILON);
    }
    FSNN_TRY(fde_call(run, t, newton->change, newton->moved));
    for (size_t i = 0; i < run->n; i++) {
        double noise = fabs(gain(run, i) * (newton->moved[i] - newton->f[i]));
        newton->noise[i] = fmax(newton->noise[i], noise);
    }
    return FSNN_OK;
}

/* Adds the change to y; its size, largest over components, where at most 1 is wanted. */
static double move(const fde_run *run, double *y)
{
    const fde_newton *newton = run->newton;
    double size = 0;
    for (size_t i = 0; i < run->n; i++) {
        double change = newton->change[i] * newton->unit[i];
        y[i] += change;
        double wanted = run->o->newton_tolerance * fabs(y[i]) + atol(run, i);
        double ratio = change == 0 ? 0 : fabs(change) / wanted;
        size = isnan(ratio) ? INFINITY : fmax(size, ratio);
    }
    return size;
}

static fsnn_status gave_up(const fde_run *run, double t, double size)
{
    return fsnn_fail(
        FSNN_ENUMERIC,
        "Newton's method did not converge in %d iteration%s at t = %.6g (last change %.1e of what "
        "newton_tolerance and newton_atol allow): a smaller step, a Jacobian or a larger "
        "tolerance may work",
        run->o->newton_iterations, run->o->newton_iterations == 1 ? "" : "s", t, size);
}

static void begin(fde_run *run, const double *y)
{
    fde_newton *newton = run->newton;
    memcpy(newton->start, y, run->n * sizeof *y);
    memset(newton->noise, 0, run->n * sizeof *newton->noise);
    if (newton->ready && outgrown(run, y))
        newton->ready = false;
}

static void end(fde_run *run, const double *y)
{
    for (size_t i = 0; i < run->n; i++)
        run->newton->pace[i] = fabs(y[i] - run->newton->start[i]);
}

fsnn_status fde_newton_solve(fde_run *run, double t, const double *base, double *y)
{
    fde_newton *newton = run->newton;
    double last = INFINITY, size = INFINITY;
    bool fresh = false;
    begin(run, y);
    for (int i = 0; i < run->o->newton_iterations; i++) {
        FSNN_TRY(fde_call(run, t, y, newton->f));
        fresh = !newton->ready || (i > 0 && size > 0.1 * last && !fresh);
        if (fresh)
            FSNN_TRY(renew(run, t, y));
        if (i >= PATIENCE)
            FSNN_TRY(listen(run, t, y, (size_t)i));
        bool rounding = residual(run, base, y);
        frac_lu_solve(newton->A, newton->pivot, run->n, newton->change);
        last = i ? size : INFINITY;
        size = move(run, y);
        run->report.iterations++;
        if (size <= 1 || rounding) {
            end(run, y);
            return FSNN_OK;
        }
    }
    return gave_up(run, t, size);
}
