/* Gradients of a solution: the discrete adjoint, the steps of the method in reversed order.
 *
 * With z_k the rows of points, s_k = dL/dz_k, G the gain, J = df/dy, P = df/dp:
 *
 *   gl, l1    z_k = line_k + u_k,   u_k = G f* + sum_{j>=1} w_j u_{k-j}
 *     explicit  a_k = s_k + J_k' G a_{k+1} + sum_j w_j a_{k+j}
 *     implicit  (1 - J_k' G) a_k = s_k + sum_j w_j a_{k+j}
 *   ab, trap  z_k = line_k + sum_{i<k} W_ki f_i ( + G f_k ),   phi_i = sum_{k>i} W_ki a_k
 *     explicit  a_k = s_k + J_k' phi_k
 *     implicit  (1 - J_k' G) a_k = s_k + J_k' phi_k
 *   abm       P_k = line_k + sum_{i<k} R_ki f_i,   z_k = line_k + sum_{i<k} W_ki f_i + G f(P_k)
 *     a_k = s_k + J_k' phi_k,   m_k = J(P_k)' G a_k,   phi_i += W_ki a_k + R_ki m_k
 *
 * What stands at f goes to the parameters by P', what stands at the line to the initial values.
 * The history is read, nothing is run again but f's Jacobians and, of abm, the predictions. */
#include "frac/fde_solver.h"
#include "frac/lu.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef struct adjoint {
    fsnn_fde_solver *s;
    size_t n, parameters;
    double *seed;      /* [points][n] dL/dz */
    double *phi;       /* [points][n] dL/df of points; gl, l1: a */
    double *lag;       /* [2][slots][points] fixed steps: weights of the scheme's kernels */
    double *W, *R;     /* [slots][points] of a step */
    double *J, *M, *P; /* [n][n], [n][n], [n][parameters] */
    size_t *pivot;
    double *y, *f, *g, *scratch; /* [n] each */
    double *size;                /* [n] of the components, for differences */
    double *dy0, *dvelocity, *dparameter;
} adjoint;

/* ---- derivatives of f ---- */

static double width(double x, double size)
{
    double w = fmax(fabs(x), size);
    return cbrt(DBL_EPSILON) * (w > 0 ? w : 1);
}

static fsnn_status differences(adjoint *a, double t, double *y)
{
    size_t n = a->n;
    for (size_t j = 0; j < n; j++) {
        double x = y[j], h = width(x, a->size[j]);
        volatile double up = x + h, down = x - h;
        y[j] = up;
        fsnn_status status = fde_call(&a->s->run, t, y, a->g);
        y[j] = down;
        if (status >= 0)
            status = fde_call(&a->s->run, t, y, a->scratch);
        y[j] = x;
        FSNN_TRY(status);
        for (size_t i = 0; i < n; i++)
            a->J[i * n + j] = (a->g[i] - a->scratch[i]) / (up - down);
    }
    return FSNN_OK;
}

/* J at (t, y). */
static fsnn_status jacobian(adjoint *a, double t, double *y)
{
    const fsnn_fde *o = &a->s->o;
    t = fmin(t, a->s->run.last);
    if (o->jacobian)
        return fde_returned(o->jacobian(t, y, a->J, a->n, o->user), "the Jacobian", t);
    return differences(a, t, y);
}

static fsnn_status parameter_differences(adjoint *a, double t, const double *y)
{
    const fsnn_fde_plan *plan = &a->s->plan;
    for (size_t j = 0; j < a->parameters; j++) {
        double x = plan->parameter[j], h = width(x, 0);
        volatile double up = x + h, down = x - h;
        plan->parameter[j] = up;
        fsnn_status status = fde_call(&a->s->run, t, y, a->g);
        plan->parameter[j] = down;
        if (status >= 0)
            status = fde_call(&a->s->run, t, y, a->scratch);
        plan->parameter[j] = x;
        FSNN_TRY(status);
        for (size_t i = 0; i < a->n; i++)
            a->P[i * a->parameters + j] = (a->g[i] - a->scratch[i]) / (up - down);
    }
    return FSNN_OK;
}

/* dparameter += P(t, y)' at. */
static fsnn_status to_parameters(adjoint *a, double t, const double *y, const double *at)
{
    const fsnn_fde_solver *s = a->s;
    size_t count = a->parameters;
    if (!a->dparameter || !count)
        return FSNN_OK;
    t = fmin(t, s->run.last);
    if (s->plan.parameter_jacobian)
        FSNN_TRY(fde_returned(s->plan.parameter_jacobian(t, y, a->P, a->n, count, s->o.user),
                              "the Jacobian by parameters", t));
    else
        FSNN_TRY(parameter_differences(a, t, y));
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < count; j++)
            a->dparameter[j] += a->P[i * count + j] * at[i];
    return FSNN_OK;
}

/* out += J' at */
static void transposed(const adjoint *a, const double *at, double *out)
{
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < a->n; j++)
            out[j] += a->J[i * a->n + j] * at[i];
}

/* x = (1 - J' G)^-1 x, gain[slots] */
static fsnn_status through_solution(adjoint *a, const double *gain, double *x)
{
    size_t n = a->n;
    const size_t *slot = a->s->run.slot;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            a->M[i * n + j] = (i == j) - a->J[j * n + i] * gain[slot[j]];
    if (!frac_lu_factor(a->M, a->pivot, n))
        return fsnn_fail(FSNN_ENUMERIC, "the gradient meets a singular matrix of the implicit "
                                        "method: another step may work");
    frac_lu_solve(a->M, a->pivot, n, x);
    return FSNN_OK;
}

/* ---- what stands at the line, y0 + v (t - t0) ---- */

static void to_line(adjoint *a, int64_t k, const double *at)
{
    double t = fde_on_mesh(a->s) ? a->s->time[k] - a->s->o.t0 : (double)k * a->s->o.step;
    for (size_t i = 0; i < a->n; i++) {
        a->dy0[i] += at[i];
        a->dvelocity[i] += t * at[i];
    }
}

/* ---- gl, l1 ---- */

/* out += sum_j w_j a_{k+j} */
static void later(const adjoint *a, int64_t k, double *out)
{
    int64_t last = a->s->k, points = last + 1;
    for (size_t i = 0; i < a->n; i++) {
        const double *w = a->lag + a->s->run.slot[i] * (size_t)points;
        for (int64_t j = 1; k + j <= last; j++)
            out[i] += w[j] * a->phi[(size_t)(k + j) * a->n + i];
    }
}

static void scaled(const adjoint *a, const double *gain, const double *x, double *out)
{
    for (size_t i = 0; i < a->n; i++)
        out[i] = gain[a->s->run.slot[i]] * x[i];
}

/* f at point k gave `at` to what follows: to the parameters, the velocity, and by J' to `out`. */
static fsnn_status from_f(adjoint *a, int64_t k, const double *at, double *out)
{
    transposed(a, at, out);
    for (size_t i = 0; i < a->n; i++)
        a->dvelocity[i] -= fde_lift(&a->s->run, i, k) * at[i];
    return to_parameters(a, fde_point(a->s, k), a->y, at);
}

static fsnn_status derivative_explicit(adjoint *a, int64_t k)
{
    const fde_run *run = &a->s->run;
    double *mine = a->phi + (size_t)k * a->n, *line = a->seed + (size_t)k * a->n;
    if (k < a->s->k) {
        fde_points_at(a->s, k, true, a->y);
        FSNN_TRY(jacobian(a, fde_point(a->s, k), a->y));
        scaled(a, run->gain, mine + a->n, a->f);
        FSNN_TRY(from_f(a, k, a->f, line));
    }
    to_line(a, k, line);
    memcpy(mine, line, a->n * sizeof *mine);
    later(a, k, mine);
    return FSNN_OK;
}

static fsnn_status derivative_implicit(adjoint *a, int64_t k)
{
    const fde_run *run = &a->s->run;
    double *mine = a->phi + (size_t)k * a->n, *line = a->seed + (size_t)k * a->n;
    if (k > 0) {
        memcpy(mine, line, a->n * sizeof *mine);
        later(a, k, mine);
        fde_points_at(a->s, k, false, a->y);
        FSNN_TRY(jacobian(a, fde_point(a->s, k), a->y));
        FSNN_TRY(through_solution(a, run->gain, mine));
        scaled(a, run->gain, mine, a->f);
        FSNN_TRY(from_f(a, k, a->f, line));
    }
    to_line(a, k, line);
    return FSNN_OK;
}

/* ---- ab, trap, abm: weights of f in step k, from point k-1 to k ---- */

static double start_weight(const fde_run *run, int kernel, size_t p, int64_t k)
{
    const fde_kernel *what = run->scheme->kernel[kernel];
    const fde_mix *mix = &run->mix[p];
    double a = mix->alpha[0];
    return what == &fde_rect_explicit ? mix->share[0] * fde_rect_start(a, (double)k)
           : what == &fde_trap        ? mix->share[0] * fde_trap_start(a, (double)k)
                                      : 0;
}

static void fixed_row(const adjoint *a, int kernel, size_t p, int64_t k, double *row)
{
    const fde_run *run = &a->s->run;
    size_t points = (size_t)a->s->k + 1;
    const double *lag = a->lag + ((size_t)kernel * run->slots + p) * points;
    row[0] = start_weight(run, kernel, p, k);
    for (int64_t i = 1; i < k; i++)
        row[i] = lag[k - i];
}

/* The rows of all slots; of abm W is that of the correction. */
static void rows(adjoint *a, int64_t k)
{
    fsnn_fde_solver *s = a->s;
    fde_run *run = &s->run;
    bool pece = run->scheme->method == FSNN_ABM;
    for (size_t p = 0; p < run->slots; p++) {
        double *W = a->W + p * (size_t)(s->k + 1), *R = a->R + p * (size_t)(s->k + 1);
        if (fde_on_mesh(s)) {
            fde_ends last = fde_mesh_ends(&run->mix[p], s->time[k] - s->time[k - 1]);
            fde_mesh_weights(s, &run->mix[p], k, s->time[k], W);
            memcpy(R, W, (size_t)k * sizeof *R);
            W[k - 1] += last.left;
            R[k - 1] += last.whole;
            run->gain[p] = last.right;
        } else {
            fixed_row(a, pece ? 1 : 0, p, k, W);
            if (pece)
                fixed_row(a, 0, p, k, R);
        }
    }
}

/* phi_i += w_i at, for i < k */
static void spread(adjoint *a, const double *w, int64_t k, const double *at)
{
    size_t points = (size_t)a->s->k + 1, n = a->n;
    for (size_t i = 0; i < n; i++) {
        const double *row = w + a->s->run.slot[i] * points;
        for (int64_t j = 0; j < k; j++)
            a->phi[(size_t)j * n + i] += row[j] * at[i];
    }
}

/* f at all points as the run had it, for predictions; fixed steps. */
static fsnn_status all_f(adjoint *a, double *f)
{
    for (int64_t k = 0; k <= a->s->k; k++) {
        fde_points_at(a->s, k, k == 0, a->g);
        FSNN_TRY(fde_call(&a->s->run, fde_point(a->s, k), a->g, f + (size_t)k * a->n));
    }
    return FSNN_OK;
}

/* The prediction P of step k in y; `f` [points][n]. */
static void predict(adjoint *a, int64_t k, const double *f, double *y)
{
    const fsnn_fde_solver *s = a->s;
    size_t points = (size_t)s->k + 1, n = a->n;
    double t = fde_on_mesh(s) ? s->time[k] - s->o.t0 : (double)k * s->o.step;
    fde_points_at(s, k, false, y);
    const double *z = fde_row(s, k), *z0 = fde_row(s, 0);
    for (size_t i = 0; i < n; i++) {
        const double *row = a->R + s->run.slot[i] * points;
        double sum = 0;
        for (int64_t j = 0; j < k; j++)
            sum += row[j] * f[(size_t)j * n + i];
        y[i] += z0[i] + (s->run.velocity ? s->run.velocity[i] * t : 0) + sum - z[i];
    }
}

/* What the correction gives to the prediction; added to the line's. */
static fsnn_status predicted(adjoint *a, int64_t k, const double *f, double *line)
{
    double *at = a->scratch + a->n, *m = at + a->n;
    scaled(a, a->s->run.gain, line, at);
    predict(a, k, f, a->y);
    FSNN_TRY(jacobian(a, fde_point(a->s, k), a->y));
    FSNN_TRY(to_parameters(a, fde_point(a->s, k), a->y, at));
    memset(m, 0, a->n * sizeof *m);
    transposed(a, at, m);
    spread(a, a->R, k, m);
    for (size_t i = 0; i < a->n; i++)
        line[i] += m[i];
    return FSNN_OK;
}

/* Whether point k is the second at its time, behind a jump. */
static bool doubled(const fsnn_fde_solver *s, int64_t k)
{
    return fde_on_mesh(s) && k > 0 && s->time[k] == s->time[k - 1];
}

/* dL at f of point k goes on to y there and the parameters; an implicit step first gives its own
 * part. In `line`, dL/dz_k on entry, that by the line of the step. */
static fsnn_status integral_f(adjoint *a, int64_t k, bool solved, double *line)
{
    const fde_run *run = &a->s->run;
    double *phi = a->phi + (size_t)k * a->n;
    bool right = !fde_on_mesh(a->s) &&
                 (k == 0 || (!run->scheme->implicit && run->scheme->method == FSNN_AB));
    fde_points_at(a->s, k, right, a->y);
    FSNN_TRY(jacobian(a, fde_point(a->s, k), a->y));
    transposed(a, phi, line);
    if (solved) {
        FSNN_TRY(through_solution(a, run->gain, line));
        for (size_t i = 0; i < a->n; i++)
            phi[i] += run->gain[run->slot[i]] * line[i];
    }
    return to_parameters(a, fde_point(a->s, k), a->y, phi);
}

static fsnn_status integral(adjoint *a, int64_t k, const double *f)
{
    fsnn_fde_solver *s = a->s;
    double *line = a->seed + (size_t)k * a->n;
    bool step = k > 0 && !doubled(s, k), pece = s->run.scheme->method == FSNN_ABM;
    if (step)
        rows(a, k);
    FSNN_TRY(integral_f(a, k, step && s->run.scheme->implicit, line));
    if (doubled(s, k)) { /* the same z */
        for (size_t i = 0; i < a->n; i++)
            line[i - a->n] += line[i];
        return FSNN_OK;
    }
    if (step)
        spread(a, a->W, k, line);
    if (step && pece)
        FSNN_TRY(predicted(a, k, f, line));
    to_line(a, k, line);
    return FSNN_OK;
}

/* ---- the whole ---- */

static fsnn_status backward(adjoint *a)
{
    fsnn_fde_solver *s = a->s;
    const fde_scheme *scheme = s->run.scheme;
    bool states = scheme->method == FSNN_GL || scheme->method == FSNN_L1;
    double *f = NULL;
    fsnn_status status = FSNN_OK;
    if (scheme->method == FSNN_ABM && !fde_on_mesh(s)) {
        f = fsnn_alloc((size_t)(s->k + 1) * a->n * sizeof *f);
        status = f ? all_f(a, f) : FSNN_EMEMORY;
    }
    for (int64_t k = s->k; k >= 0 && status >= 0; k--)
        status = !states            ? integral(a, k, fde_on_mesh(s) ? s->f : f)
                 : scheme->implicit ? derivative_implicit(a, k)
                                    : derivative_explicit(a, k);
    fsnn_free(f);
    return status;
}

/* dL/dy(t) to the rows, as fsnn_fde_solver_state reads y(t). */
static void seed_line(adjoint *a, double t, const double *d)
{
    double position = fde_position(&a->s->o, t);
    int64_t left = (int64_t)fmin(floor(position), (double)a->s->k);
    double after = position - (double)left;
    for (size_t i = 0; i < a->n; i++) {
        a->seed[(size_t)left * a->n + i] += (1 - after) * d[i];
        if (after > 0)
            a->seed[(size_t)(left + 1) * a->n + i] += after * d[i];
    }
}

static void seed_integral(adjoint *a, int64_t j, double t, const double *d)
{
    const fsnn_fde_solver *s = a->s;
    size_t n = a->n;
    double length = t - s->time[j], share = length / (s->time[j + 1] - s->time[j]);
    for (size_t p = 0; p < s->run.slots; p++) {
        fde_ends last = fde_mesh_ends(&s->run.mix[p], length);
        fde_mesh_weights(s, &s->run.mix[p], j + 1, t, a->W);
        a->W[j] += last.left + (1 - share) * last.right;
        for (size_t i = 0; i < n; i++) {
            if (s->run.slot[i] != p)
                continue;
            for (int64_t l = 0; l <= j; l++)
                a->phi[(size_t)l * n + i] += a->W[l] * d[i];
            a->phi[(size_t)(j + 1) * n + i] += share * last.right * d[i];
            a->dy0[i] += d[i];
            a->dvelocity[i] += (t - s->o.t0) * d[i];
        }
    }
}

static void seed(adjoint *a, double t, const double *d)
{
    const fsnn_fde_solver *s = a->s;
    int64_t j = s->k;
    if (!fde_on_mesh(s)) {
        seed_line(a, t, d);
        return;
    }
    while (j > 0 && s->time[j] > t)
        j--;
    if (j < s->k && s->time[j] < t) {
        seed_integral(a, j, t, d);
        return;
    }
    for (size_t i = 0; i < a->n; i++)
        a->seed[(size_t)j * a->n + i] += d[i];
}

static fsnn_status prepare(adjoint *a)
{
    fsnn_fde_solver *s = a->s;
    fde_run *run = &s->run;
    size_t n = a->n, points = (size_t)s->k + 1, slots = run->slots;
    a->seed = fsnn_alloc(2 * points * n * sizeof *a->seed);
    a->lag = fsnn_alloc(4 * slots * points * sizeof *a->lag);
    a->J = fsnn_alloc((2 * n * n + n * a->parameters) * sizeof *a->J);
    a->pivot = fsnn_alloc(n * sizeof *a->pivot);
    a->y = fsnn_alloc(9 * n * sizeof *a->y);
    if (!a->seed || !a->lag || !a->J || !a->pivot || !a->y)
        return FSNN_EMEMORY;
    a->phi = a->seed + points * n;
    a->W = a->lag + 2 * slots * points;
    a->R = a->W + slots * points;
    a->M = a->J + n * n;
    a->P = a->M + n * n;
    a->f = a->y + n;
    a->g = a->f + n;
    a->scratch = a->g + n; /* [3][n] */
    a->size = a->scratch + 3 * n;
    a->dy0 = a->size + n;
    a->dvelocity = a->dy0 + n;
    for (int kernel = 0; kernel < FDE_KERNELS && run->scheme->kernel[kernel]; kernel++)
        for (size_t p = 0; p < slots; p++)
            fde_mix_lags(run->scheme->kernel[kernel], &run->mix[p], s->k,
                         a->lag + ((size_t)kernel * slots + p) * points);
    for (size_t k = 0; k < points; k++)
        for (size_t i = 0; i < n; i++)
            a->size[i] = fmax(a->size[i], fabs(fde_row(s, (int64_t)k)[i]));
    return FSNN_OK;
}

static fsnn_status check(const fsnn_fde_solver *s, const double *times, size_t count)
{
    const fsnn_method method = s->run.scheme->method;
    double before = s->o.t0;
    if (!s->plan.history)
        return fsnn_fail(FSNN_ESTATE, "the gradient needs the states: a plan with a history keeps "
                                      "them");
    if (s->o.memory != FSNN_FDE_DENSE)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "a memory of exponentials has no gradient: FSNN_FDE_DENSE has");
    if (!fde_on_mesh(s) && !s->run.scheme->kernel[0])
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "method %s has no gradient: gl, l1, ab, abm and trap have (gl of order 1 "
                         "is Euler's method)",
                         fsnn_method_name(method));
    for (size_t i = 0; i < count; i++) {
        if (!(times[i] >= before && times[i] <= fde_point(s, s->k)))
            return fsnn_fail(FSNN_EARGUMENT,
                             "time %zu is %.9g: times ascend from %.9g to %.9g, the last point of "
                             "the solution",
                             i, times[i], s->o.t0, fde_point(s, s->k));
        before = times[i];
    }
    return FSNN_OK;
}

fsnn_status fsnn_fde_solver_gradient(fsnn_fde_solver *solver, const double *times, size_t count,
                                     const double *dL, double *dy0, double *dvelocity,
                                     double *dparameter)
{
    FSNN_NEED(solver);
    FSNN_NEED(times);
    FSNN_NEED(dL);
    FSNN_TRY(check(solver, times, count));
    adjoint a = {.s = solver,
                 .n = solver->run.n,
                 .parameters = solver->plan.parameters,
                 .dparameter = dparameter};
    if (dparameter)
        memset(dparameter, 0, a.parameters * sizeof *dparameter);
    fsnn_status status = prepare(&a);
    for (size_t i = 0; i < count && status >= 0; i++)
        seed(&a, times[i], dL + i * a.n);
    if (status >= 0)
        status = backward(&a);
    if (status >= 0 && dy0)
        memcpy(dy0, a.dy0, a.n * sizeof *dy0);
    if (status >= 0 && dvelocity)
        memcpy(dvelocity, a.dvelocity, a.n * sizeof *dvelocity);
    fsnn_free(a.seed);
    fsnn_free(a.lag);
    fsnn_free(a.J);
    fsnn_free(a.pivot);
    fsnn_free(a.y);
    return status;
}
