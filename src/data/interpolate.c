/* data/interpolate.c: the methods of interpolation by name, the checks, and the calls. */
#include "data/interpolate.h"

#include <math.h>

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

/* ---- calls ---- */

typedef interpolate_job job;

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

fsnn_status fsnn_interpolate(fsnn_interpolation kind, int64_t n, const double *times, int64_t B,
                             bool per_sample, int64_t N, const float *x, int64_t q,
                             const double *query, float *out)
{
    job j = {.s = {.n = n, .q = q, .times = times, .query = query}, .in = x, .out = out};
    FSNN_TRY(prepare(&j, kind, "fsnn_interpolate", B, per_sample, N));
    return interpolate_forward(&j);
}

fsnn_status fsnn_interpolate_double(fsnn_interpolation kind, int64_t n, const double *times,
                                    int64_t B, bool per_sample, int64_t N, const double *x,
                                    int64_t q, const double *query, double *out)
{
    job j = {.s = {.n = n, .q = q, .times = times, .query = query}, .in = x, .out = out};
    FSNN_TRY(prepare(&j, kind, "fsnn_interpolate_double", B, per_sample, N));
#ifdef FSNN_HAVE_DOUBLE
    return interpolate_forward_double(&j);
#else
    return fsnn_fail(FSNN_EUNSUPPORTED, "this fsnn was built without double precision "
                                        "(FSNN_PRECISION_DOUBLE=OFF): fsnn_interpolate works");
#endif
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
    interpolate_here(&j);
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
    return interpolate_backward(&j);
}
