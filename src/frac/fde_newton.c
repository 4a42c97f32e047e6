/* Newton's method for the implicit schemes:  G(y) = y - base - gain f(t, y) = 0  (Hairer and
 * Wanner, Solving ODEs II, IV.8).
 *
 * The factorised Jacobian is kept from step to step and renewed when the changes of y do not shrink
 * tenfold an iteration. Ends when a change is below tolerance (1 + max|y|). Jacobian: the user's,
 * or forward differences (n calls). */
#include "frac/fde_run.h"
#include "frac/lu.h"

#include <float.h>
#include <math.h>

struct fde_newton {
    bool ready;                 /* A holds a factorisation */
    double *A;                  /* [n][n]: 1 - gain df/dy, factorised */
    size_t *pivot;              /* [n] */
    double *f, *change, *moved; /* [n] */
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
    newton->f = fsnn_alloc(3 * n * sizeof *newton->f);
    if (!newton->A || !newton->pivot || !newton->f)
        return FSNN_EMEMORY;
    newton->change = newton->f + n;
    newton->moved = newton->change + n;
    return FSNN_OK;
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

static double largest(const double *x, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(x[i]));
    return most;
}

/* df/dy at y, where f(t, y) is known. */
static fsnn_status differences(fde_run *run, double t, double *y, double *J)
{
    size_t n = run->n;
    const double *f = run->newton->f;
    double *moved = run->newton->moved;
    for (size_t j = 0; j < n; j++) {
        double kept = y[j], d = sqrt(DBL_EPSILON) * fmax(1, fabs(kept));
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

static fsnn_status renew(fde_run *run, double t, double *y)
{
    fde_newton *newton = run->newton;
    size_t n = run->n;
    double *A = newton->A;
    newton->ready = false;
    run->report.jacobians++;
    if (run->o->jacobian)
        FSNN_TRY(fde_returned(run->o->jacobian(t, y, A, n, run->o->user), "the Jacobian", t));
    else
        FSNN_TRY(differences(run, t, y, A));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            A[i * n + j] = (i == j) - run->gain[run->slot[i]] * A[i * n + j];
    if (!frac_lu_factor(A, newton->pivot, n))
        return fsnn_fail(
            FSNN_ENUMERIC,
            "Newton's method meets a singular or infinite matrix at t = %g: another step "
            "or an explicit method may work",
            t);
    newton->ready = true;
    return FSNN_OK;
}

fsnn_status fde_newton_solve(fde_run *run, double t, const double *base, double *y)
{
    fde_newton *newton = run->newton;
    double last = INFINITY, size = 0;
    bool fresh = false;
    for (int i = 0; i < run->o->newton_iterations; i++) {
        FSNN_TRY(fde_call(run, t, y, newton->f));
        if (!newton->ready || (i > 0 && size > 0.1 * last && !fresh)) {
            FSNN_TRY(renew(run, t, y));
            fresh = true;
        } else {
            fresh = false;
        }
        for (size_t c = 0; c < run->n; c++)
            newton->change[c] = base[c] + run->gain[run->slot[c]] * newton->f[c] - y[c];
        frac_lu_solve(newton->A, newton->pivot, run->n, newton->change);
        for (size_t c = 0; c < run->n; c++)
            y[c] += newton->change[c];
        run->report.iterations++;
        last = i ? size : INFINITY;
        size = largest(newton->change, run->n);
        if (size <= run->o->newton_tolerance * (1 + largest(y, run->n)))
            return FSNN_OK;
    }
    return fsnn_fail(
        FSNN_ENUMERIC,
        "Newton's method did not converge in %d iterations at t = %g (last change %.1e): a "
        "smaller step, a Jacobian or a larger newton_tolerance may work",
        run->o->newton_iterations, t, size);
}
