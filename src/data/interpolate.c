/* data/interpolate.c: the methods of interpolation by name, the checks, and the loops over a batch.
 * Methods that are linear in x go row by row of out; their transpose and akima go by strips of
 * columns. */
#include "data/interpolate.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    taps_fn *taps; /* NULL: not linear in x */
} method[FSNN_INTERPOLATIONS] = {
    [FSNN_NEAREST] = {"nearest", taps_nearest},
    [FSNN_HOLD] = {"hold", taps_hold},
    [FSNN_LINEAR] = {"linear", taps_linear},
    [FSNN_CUBIC] = {"cubic", taps_cubic},
    [FSNN_AKIMA] = {"akima", NULL},
};

static const char all[] = "nearest, hold, linear, cubic, akima";

static bool known(int kind)
{
    return kind >= 0 && kind < FSNN_INTERPOLATIONS;
}

const char *fsnn_interpolation_name(fsnn_interpolation kind)
{
    return known((int)kind) ? method[kind].name : "unknown";
}

static const char *name_at(int i)
{
    return i < FSNN_INTERPOLATIONS ? method[i].name : NULL;
}

int fsnn_interpolation_find(const char *name)
{
    return fsnn_name_find("interpolation", name, name_at, NULL);
}

/* ---- times ---- */

int64_t series_locate(const series *s, int64_t group, double t)
{
    int64_t low = 0, high = s->n; /* the stamp is in [low, high) */
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (series_time(s, middle, group) <= t)
            low = middle;
        else
            high = middle;
    }
    return low;
}

double series_query(const series *s, int64_t k, int64_t group)
{
    double t = s->query[k * s->groups + group];
    return fmin(fmax(t, series_time(s, 0, group)), series_time(s, s->n - 1, group));
}

static fsnn_status stamp_fail(int64_t k, int64_t b, bool per_sample, double t, double last)
{
    char at[64];
    if (per_sample)
        snprintf(at, sizeof at, "[%lld, %lld]", (long long)k, (long long)b);
    else
        snprintf(at, sizeof at, "[%lld]", (long long)k);
    if (!isfinite(t))
        return fsnn_fail(FSNN_EARGUMENT, "times%s is %g: time stamps are finite numbers", at, t);
    return fsnn_fail(
        FSNN_EARGUMENT,
        "times%s is %.17g, but the stamp before it is %.17g: time stamps must increase "
        "from sample to sample",
        at, t, last);
}

fsnn_status stamps_check(int64_t n, const double *times, int64_t B, bool per_sample)
{
    if (!times || n < 1 || B < 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "interpolation needs time stamps of at least one sample in time (n %lld) "
                         "and in the batch (B %lld)",
                         (long long)n, (long long)B);
    int64_t groups = per_sample ? B : 1;
    for (int64_t k = 0; k < n; k++)
        for (int64_t b = 0; b < groups; b++) {
            double t = times[k * groups + b], last = k ? times[(k - 1) * groups + b] : -INFINITY;
            if (!isfinite(t) || !(t > last))
                return stamp_fail(k, b, per_sample, t, last);
        }
    return FSNN_OK;
}

/* ---- the loops ---- */

typedef struct job {
    series s;
    taps_fn *taps;
    int64_t strips; /* of a group */
    size_t size;    /* doubles of `work` a worker has */
    double *work;
    const float *in; /* x, or dout */
    float *out;      /* out, or dx */
} job;

static void choose(job *j, fsnn_interpolation kind)
{
    j->taps = j->s.n == 1 ? taps_hold : method[kind].taps; /* one sample holds */
    j->strips = (j->s.columns + INTERPOLATE_WIDTH - 1) / INTERPOLATE_WIDTH;
}

static fsnn_status prepare(job *j, fsnn_interpolation kind, const char *caller, int64_t B,
                           bool per_sample, int64_t N)
{
    series *s = &j->s;
    if (!known((int)kind))
        return fsnn_fail(FSNN_EARGUMENT, "%s: interpolation %d does not exist; there are %s",
                         caller, (int)kind, all);
    if (!j->in || !j->out || !s->query || N < 1 || s->q < 1)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "%s needs an input, an output and at least one time (q %lld) and one value "
            "a sample (N %lld)",
            caller, (long long)s->q, (long long)N);
    FSNN_TRY(stamps_check(s->n, s->times, B, per_sample));
    s->groups = per_sample ? B : 1;
    s->columns = per_sample ? N : B * N;
    for (int64_t i = 0; i < s->q * s->groups; i++)
        if (isnan(s->query[i]))
            return fsnn_fail(FSNN_EARGUMENT, "%s: time %lld to interpolate at is not a number",
                             caller, (long long)i);
    choose(j, kind);
    return FSNN_OK;
}

/* Row i of out: one time of one group. */
static void forward_row(int64_t i, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    const series *s = &j->s;
    int64_t k = i / s->groups, g = i % s->groups, stride = s->groups * s->columns;
    taps t;
    j->taps(s, g, series_query(s, k, g), &t);
    const float *x = j->in + t.first * stride + g * s->columns;
    float *out = j->out + i * s->columns;
    if (t.count == 1) {
        memcpy(out, x, (size_t)s->columns * sizeof *out);
        return;
    }
    for (int64_t c = 0; c < s->columns; c++) {
        double sum = 0;
        for (int m = 0; m < t.count; m++)
            sum += t.weight[m] * x[m * stride + c];
        out[c] = (float)sum;
    }
}

/* Strip i of the columns: its group, its first column and its width. */
static int64_t strip(const job *j, int64_t i, int64_t *group, int64_t *width)
{
    int64_t first = i % j->strips * INTERPOLATE_WIDTH, left = j->s.columns - first;
    *group = i / j->strips;
    *width = left < INTERPOLATE_WIDTH ? left : INTERPOLATE_WIDTH;
    return *group * j->s.columns + first;
}

static void forward_strip(int64_t i, int worker, void *user)
{
    const job *j = user;
    int64_t group, width, at = strip(j, i, &group, &width);
    akima_columns(&j->s, group, width, j->in + at, j->work + (size_t)worker * j->size, j->out + at);
}

/* Sums are formed in double over all times, and rounded once. */
static void backward_strip(int64_t i, int worker, void *user)
{
    const job *j = user;
    const series *s = &j->s;
    int64_t group, width, at = strip(j, i, &group, &width), stride = s->groups * s->columns;
    double *sum = j->work + (size_t)worker * j->size;
    memset(sum, 0, j->size * sizeof *sum);
    for (int64_t k = 0; k < s->q; k++) {
        taps t;
        j->taps(s, group, series_query(s, k, group), &t);
        const float *dout = j->in + at + k * stride;
        for (int m = 0; m < t.count; m++)
            for (int64_t c = 0; c < width; c++)
                sum[(t.first + m) * INTERPOLATE_WIDTH + c] += t.weight[m] * dout[c];
    }
    for (int64_t k = 0; k < s->n; k++)
        for (int64_t c = 0; c < width; c++)
            j->out[at + k * stride + c] = (float)sum[k * INTERPOLATE_WIDTH + c];
}

static fsnn_status by_strips(job *j, size_t size, void (*body)(int64_t i, int worker, void *user))
{
    j->size = size;
    j->work = fsnn_alloc((size_t)fsnn_threads() * size * sizeof *j->work);
    if (!j->work)
        return FSNN_EMEMORY;
    fsnn_parallel(j->s.groups * j->strips, body, j);
    fsnn_free(j->work);
    return FSNN_OK;
}

fsnn_status fsnn_interpolate(fsnn_interpolation kind, int64_t n, const double *times, int64_t B,
                             bool per_sample, int64_t N, const float *x, int64_t q,
                             const double *query, float *out)
{
    job j = {.s = {.n = n, .q = q, .times = times, .query = query}, .in = x, .out = out};
    FSNN_TRY(prepare(&j, kind, "fsnn_interpolate", B, per_sample, N));
    if (!j.taps)
        return by_strips(&j, akima_work(&j.s), forward_strip);
    fsnn_parallel(q * j.s.groups, forward_row, &j);
    return FSNN_OK;
}

size_t interpolate_work(fsnn_interpolation kind, const series *s)
{
    return s->n > 1 && !method[kind].taps ? akima_work(s) : 0;
}

void interpolate_alone(fsnn_interpolation kind, const series *s, const float *x, double *work,
                       float *out)
{
    job j = {.s = *s, .in = x, .out = out, .work = work};
    choose(&j, kind);
    int64_t parts = s->groups * (j.taps ? s->q : j.strips);
    for (int64_t i = 0; i < parts; i++)
        (j.taps ? forward_row : forward_strip)(i, 0, &j);
}

fsnn_status fsnn_interpolate_back(fsnn_interpolation kind, int64_t n, const double *times,
                                  int64_t B, bool per_sample, int64_t N, int64_t q,
                                  const double *query, const float *dout, float *dx)
{
    job j = {.s = {.n = n, .q = q, .times = times, .query = query}, .in = dout, .out = dx};
    FSNN_TRY(prepare(&j, kind, "fsnn_interpolate_back", B, per_sample, N));
    if (!j.taps)
        return fsnn_fail(
            FSNN_EUNSUPPORTED,
            "akima is not linear in the samples and has no transpose: expected nearest, "
            "hold, linear or cubic where a gradient is wanted");
    return by_strips(&j, (size_t)n * INTERPOLATE_WIDTH, backward_strip);
}
