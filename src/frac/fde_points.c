/* The points of a solver: their rows, what is read between them, and jumps. */
#include "frac/fde_solver.h"

#include <math.h>
#include <string.h>

fsnn_status fde_points_reserve(fsnn_fde_solver *s, int64_t points)
{
    int64_t need = points - s->first;
    if (need <= s->capacity)
        return FSNN_OK;
    int64_t used = s->k + 1 - s->first, capacity[4];
    double **array[4] = {&s->z, &s->time, &s->f, &s->weight};
    size_t row = s->run.n * sizeof(double), size[4] = {row, sizeof(double), row, sizeof(double)};
    int arrays = fde_on_mesh(s) ? 4 : 2;
    for (int i = 0; i < arrays; i++) {
        capacity[i] = s->capacity;
        FSNN_TRY(fsnn_grow(array[i], i < 3 ? used : 0, &capacity[i], need, size[i]));
    }
    s->capacity = capacity[0];
    return FSNN_OK;
}

void fde_points_add(fsnn_fde_solver *s, double t, const double *y)
{
    size_t n = s->run.n;
    if (!s->plan.history && s->k > s->first) { /* the last two are kept */
        memcpy(s->z, s->z + n, n * sizeof *s->z);
        s->time[0] = s->time[1];
        s->first++;
    }
    s->k++;
    double *row = fde_row(s, s->k);
    for (size_t i = 0; i < n; i++)
        row[i] = s->jumps ? y[i] - s->shift[i] : y[i];
    s->time[s->k - s->first] = t;
}

void fde_points_begin(fsnn_fde_solver *s, double t, const double *y)
{
    s->first = s->k = s->ready = s->jumps = 0;
    memset(s->shift, 0, s->run.n * sizeof *s->shift);
    memcpy(s->z, y, s->run.n * sizeof *y);
    s->time[0] = t;
}

static void add_jump(const fsnn_fde_solver *s, int64_t j, double *y)
{
    for (size_t i = 0; i < s->run.n; i++)
        y[i] += s->delta[(size_t)j * s->run.n + i];
}

void fde_points_at(const fsnn_fde_solver *s, int64_t k, bool right, double *y)
{
    memcpy(y, fde_row(s, k), s->run.n * sizeof *y);
    for (int64_t j = 0; j < s->jumps; j++)
        if (s->jump[j].at < k || (right && s->jump[j].at == k))
            add_jump(s, j, y);
}

/* The gain of f in one explicit step of length d from the start. */
static double first_gain(const fsnn_order *order, double d)
{
    double sum = 0;
    if (order->terms == 1)
        return pow(d, order->alpha[0]) / tgamma(1 + order->alpha[0]) / order->coefficient[0];
    for (int m = 0; m < order->terms; m++)
        sum += order->coefficient[m] * pow(d, -order->alpha[m]);
    return 1 / sum;
}

static fsnn_status before_the_grid(fsnn_fde_solver *s, double d, double *y)
{
    fde_run *run = &s->run;
    FSNN_TRY(fde_call(run, s->o.t0, s->now, run->f));
    for (size_t i = 0; i < run->n; i++) {
        double v = run->velocity ? run->velocity[i] : 0;
        double f = run->f[i] - (v != 0 ? v * fde_lift(run, i, 0) : 0);
        y[i] = s->z[i] + v * d + first_gain(&run->order[run->slot[i]], d) * f;
    }
    return FSNN_OK;
}

static fsnn_status on_the_line(fsnn_fde_solver *s, double t, double *y)
{
    double position = fde_position(&s->o, t);
    int64_t right = (int64_t)fmax(fmin(ceil(position), (double)s->k), 1);
    if (position <= (double)s->k && position == floor(position)) {
        memcpy(y, fde_row(s, (int64_t)position), s->run.n * sizeof *y);
        return FSNN_OK;
    }
    if (s->k == 0)
        return before_the_grid(s, t - s->o.t0, y);
    double before = (double)right - position, after = position - (double)(right - 1);
    const double *last = fde_row(s, right - 1), *now = fde_row(s, right);
    for (size_t i = 0; i < s->run.n; i++)
        y[i] = before * last[i] + after * now[i];
    return FSNN_OK;
}

/* The last point at or before t. */
static int64_t point_of(const fsnn_fde_solver *s, double t)
{
    int64_t low = 0, high = s->k + 1;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (s->time[middle] <= t)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* z(t) = z_0 + v (t - t0) + the integral of f, which is a straight line between points. */
static void by_integral(fsnn_fde_solver *s, int64_t j, double t, double *y)
{
    const fde_run *run = &s->run;
    size_t n = run->n;
    double d = t - s->time[j], share = d / (s->time[j + 1] - s->time[j]);
    const double *left = s->f + (size_t)j * n, *right = left + n;
    for (size_t p = 0; p < run->slots; p++) {
        fde_ends last = fde_mesh_ends(&run->mix[p], d);
        fde_mesh_weights(s, &run->mix[p], j + 1, t, s->weight);
        for (size_t i = 0; i < n; i++) {
            if (run->slot[i] != p)
                continue;
            double v = run->velocity ? run->velocity[i] : 0, sum = 0;
            for (int64_t l = 0; l <= j; l++)
                sum += s->weight[l] * s->f[(size_t)l * n + i];
            double end = left[i] + share * (right[i] - left[i]);
            y[i] = s->z[i] + v * (t - s->o.t0) + sum + last.left * left[i] + last.right * end;
        }
    }
}

fsnn_status fde_points_read(fsnn_fde_solver *s, double t, double *y)
{
    if (!fde_on_mesh(s)) {
        FSNN_TRY(on_the_line(s, t, y));
    } else {
        int64_t j = point_of(s, t);
        if (s->time[j] == t || j == s->k)
            memcpy(y, fde_row(s, j), s->run.n * sizeof *y);
        else
            by_integral(s, j, t, y);
    }
    for (int64_t j = 0; j < s->jumps; j++)
        if (s->jump[j].t <= t)
            add_jump(s, j, y);
    return FSNN_OK;
}

/* The times that can be read; with fixed steps also what comes after the last grid point. */
static fsnn_status readable(const fsnn_fde_solver *s, double t)
{
    double last = fde_point(s, s->k), end = fde_on_mesh(s) ? last : fmax(last, s->asked);
    if (!(t >= s->o.t0 && t <= end))
        return fsnn_fail(FSNN_EARGUMENT,
                         "the state at t = %.9g is not known: it can be read from t = %.9g, where "
                         "the equation begins, to %.9g, up to where it was solved",
                         t, s->o.t0, end);
    if (t < fde_point(s, s->first) && fde_position(&s->o, t) < (double)s->first)
        return fsnn_fail(FSNN_ESTATE,
                         "the state at t = %.9g is no longer kept, only from %.9g on: a plan with "
                         "a history keeps all",
                         t, fde_point(s, s->first));
    return FSNN_OK;
}

fsnn_status fsnn_fde_solver_state(fsnn_fde_solver *solver, double t, double *y)
{
    FSNN_NEED(solver);
    FSNN_NEED(y);
    FSNN_TRY(readable(solver, t));
    return fde_points_read(solver, t, y);
}
