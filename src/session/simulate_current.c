/* The current of each step of a simulation, sampled where the method takes it. */
#include "session/simulate.h"

#include <math.h>

/* ---- where in its step a method takes the current ---- */

typedef enum side { AFTER, BEFORE, BETWEEN } side;

typedef struct moment {
    double at; /* share of the step */
    side side; /* at a jump of the current, its value */
} moment;

/* Explicit methods take the current at the beginning of a step, with the value behind a jump there;
 * implicit ones at its end, with the value before a jump, which the step that ends there has none
 * of. trap and abm go from one end to the next in a straight line: the mean at a jump keeps its
 * integral. What is held over the step is nearest to a current that varies in the middle. */
static const moment forward = {0, AFTER}, backward = {1, BEFORE};
static const moment of_method[] = {
    [FSNN_TRAP] = {1, BETWEEN}, [FSNN_ABM] = {1, BETWEEN}, [FSNN_ML] = {0.5, AFTER},
    [FSNN_HEUN] = {0.5, AFTER}, [FSNN_RK4] = {0.5, AFTER},
};

static moment moment_of(const fsnn_dynamics *d)
{
    if ((int)d->method < FSNN_COUNT(of_method) && of_method[d->method].at > 0)
        return of_method[d->method];
    return d->implicit ? backward : forward;
}

/* ---- random numbers ---- */

/* SplitMix64 (Steele, Lea and Flood 2014): a hash of seed and index, so that a sample does not
 * depend on how many there are. */
static uint64_t hash(uint64_t z)
{
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double uniform(uint64_t bits) /* (0, 1] */
{
    return (double)((bits >> 11) + 1) * 0x1p-53;
}

/* Box and Muller (1958). */
static double normal(uint64_t seed, uint64_t neuron, uint64_t k)
{
    uint64_t key = hash(hash(hash(seed) ^ neuron) ^ k);
    return sqrt(-2 * log(uniform(hash(key)))) * cos(2 * M_PI * uniform(hash(key + 1)));
}

/* ---- the kinds: the current of step k and neuron n, taken at time t ---- */

typedef struct instant {
    int64_t k;
    double t;
    side side;
} instant;

static double constant(const fsnn_simulation *s, const fsnn_current *c, const instant *i, int64_t n)
{
    (void)s, (void)i, (void)n;
    return c->p[0];
}

static double step(const fsnn_simulation *s, const fsnn_current *c, const instant *i, int64_t n)
{
    const double *p = c->p, slack = 1e-9 * s->dynamics.step;
    bool after = i->t >= p[1] - slack && i->t < p[2] - slack;
    bool before = i->t > p[1] + slack && i->t <= p[2] + slack;
    (void)n;
    if (i->side == BETWEEN)
        return p[0] * 0.5 * (before + after);
    return i->side == BEFORE ? p[0] * before : p[0] * after;
}

static double ramp(const fsnn_simulation *s, const fsnn_current *c, const instant *i, int64_t n)
{
    const double *p = c->p;
    double time = p[2] > 0 ? p[2] : (double)s->steps * s->dynamics.step;
    (void)n;
    return p[0] + (p[1] - p[0]) * i->t / time;
}

static double sine(const fsnn_simulation *s, const fsnn_current *c, const instant *i, int64_t n)
{
    const double *p = c->p;
    (void)s, (void)n;
    return p[2] + p[0] * sin(2 * M_PI * p[1] * i->t);
}

/* A number a step, wherever in it the method takes it: between two samples there is no more. */
static double noise(const fsnn_simulation *s, const fsnn_current *c, const instant *i, int64_t n)
{
    const double *p = c->p;
    return p[0] + p[1] * normal(s->seed, (uint64_t)n, (uint64_t)i->k);
}

/* Whether a square wave is up just before or just after an instant. */
static bool up(const double *p, double t, double slack)
{
    double phase = (t + slack) * p[1], duty = p[3] > 0 ? p[3] : 0.5;
    return t + slack >= 0 && phase - floor(phase) < duty;
}

static double square(const fsnn_simulation *s, const fsnn_current *c, const instant *i, int64_t n)
{
    const double *p = c->p, slack = 1e-9 * s->dynamics.step;
    bool after = up(p, i->t, slack), before = up(p, i->t, -slack);
    (void)n;
    double share = i->side == BETWEEN ? 0.5 * (before + after) : i->side == BEFORE ? before : after;
    return p[2] + p[0] * share;
}

static double chirp(const fsnn_simulation *s, const fsnn_current *c, const instant *i, int64_t n)
{
    const double *p = c->p, time = (double)s->steps * s->dynamics.step;
    (void)n;
    return p[3] + p[0] * sin(2 * M_PI * (p[1] * i->t + (p[2] - p[1]) * i->t * i->t / (2 * time)));
}

/* White noise, whose mean over a step has a variance like 1/step. */
static double white(const fsnn_simulation *s, const fsnn_current *c, const instant *i, int64_t n)
{
    return c->p[0] + (noise(s, c, i, n) - c->p[0]) / sqrt(s->dynamics.step);
}

/* The first of the times at or behind t. */
static int64_t first_from(const fsnn_current *c, double t)
{
    int64_t low = 0, high = c->count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (c->time[middle] < t)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A charge of a step, wherever in it the method takes its current. */
static double spikes(const fsnn_simulation *s, const fsnn_current *c, const instant *i, int64_t n)
{
    double h = s->dynamics.step, begin = ((double)i->k - 1e-9) * h;
    (void)n;
    return c->p[0] * (double)(first_from(c, begin + h) - first_from(c, begin)) / h;
}

/* The last row at or before t. */
static int64_t row_at(const fsnn_current *c, double t)
{
    int64_t low = 0, high = c->count;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (c->time[middle] <= t)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Rows without times: row k is the current of step k, wherever in it the method takes it. Otherwise
 * straight lines between the rows, and the last one holds. A single column serves all neurons. */
static double recorded(const fsnn_simulation *s, const fsnn_current *c, const instant *i, int64_t n)
{
    (void)s;
    int64_t column = n % c->neurons;
    if (!c->time)
        return c->sample[i->k * c->neurons + column];
    int64_t row = row_at(c, i->t);
    const double *at = c->sample + row * c->neurons + column;
    if (row == c->count - 1)
        return *at;
    double share = (i->t - c->time[row]) / (c->time[row + 1] - c->time[row]);
    return *at + share * (at[c->neurons] - *at);
}

typedef double kind_fn(const fsnn_simulation *, const fsnn_current *, const instant *, int64_t);

static kind_fn *const sample[FSNN_CURRENTS] = {
    [FSNN_CURRENT_CONSTANT] = constant, [FSNN_CURRENT_STEP] = step,
    [FSNN_CURRENT_RAMP] = ramp,         [FSNN_CURRENT_SINE] = sine,
    [FSNN_CURRENT_NOISE] = noise,       [FSNN_CURRENT_SAMPLES] = recorded,
    [FSNN_CURRENT_SQUARE] = square,     [FSNN_CURRENT_CHIRP] = chirp,
    [FSNN_CURRENT_WHITE] = white,       [FSNN_CURRENT_SPIKES] = spikes,
};

static fsnn_status check_rows(const fsnn_simulation *s, const fsnn_current *c)
{
    if (!c->sample || c->count < 1 || c->neurons < 1)
        return fsnn_fail(FSNN_EARGUMENT, "a current of samples needs rows of numbers");
    if (!c->time && c->count < s->steps)
        return fsnn_fail(FSNN_EARGUMENT, "the current has %lld rows, but there are %lld steps",
                         (long long)c->count, (long long)s->steps);
    if (c->neurons != 1 && c->neurons != s->neurons)
        return fsnn_fail(FSNN_EARGUMENT,
                         "the current has %lld columns, one a neuron, but there are %lld neurons",
                         (long long)c->neurons, (long long)s->neurons);
    return FSNN_OK;
}

static fsnn_status check_times(const fsnn_simulation *s, const fsnn_current *c)
{
    (void)s;
    if (c->count < 0 || (c->count && !c->time))
        return fsnn_fail(FSNN_EARGUMENT, "a current of spikes needs the list of their times");
    for (int64_t i = 0; i < c->count; i++)
        if (!(c->time[i] >= (i ? c->time[i - 1] : 0)) || !isfinite(c->time[i]))
            return fsnn_fail(FSNN_EARGUMENT,
                             "spike %lld of the current (counted from 0) is at %g: times are not "
                             "negative and ascend",
                             (long long)i, c->time[i]);
    return FSNN_OK;
}

static fsnn_status check_wave(const fsnn_simulation *s, const fsnn_current *c)
{
    (void)s;
    if (!(c->p[1] > 0) || !(c->p[3] >= 0 && c->p[3] < 1))
        return fsnn_fail(
            FSNN_EARGUMENT,
            "a square wave of frequency %g and share %g: the frequency is above 0, the "
            "share that is up below 1",
            c->p[1], c->p[3]);
    return FSNN_OK;
}

static fsnn_status check(const fsnn_simulation *s)
{
    enum { MOST = 16 };
    static fsnn_status (*const one[FSNN_CURRENTS])(const fsnn_simulation *,
                                                   const fsnn_current *) = {
        [FSNN_CURRENT_SAMPLES] = check_rows,
        [FSNN_CURRENT_SQUARE] = check_wave,
        [FSNN_CURRENT_SPIKES] = check_times,
    };
    int parts = 0;
    for (const fsnn_current *c = &s->current; c; c = c->plus) {
        if ((int)c->kind < 0 || c->kind >= FSNN_CURRENTS)
            return fsnn_fail(FSNN_EARGUMENT, "there is no current of kind %d", (int)c->kind);
        if (++parts > MOST)
            return fsnn_fail(FSNN_EARGUMENT, "a current is a sum of at most %d", MOST);
        if (one[c->kind])
            FSNN_TRY(one[c->kind](s, c));
    }
    return FSNN_OK;
}

fsnn_status fsnn_simulation_current(const fsnn_simulation *what, double *out)
{
    FSNN_NEED(what);
    FSNN_NEED(out);
    FSNN_TRY(simulate_check(what));
    FSNN_TRY(check(what));
    bool single = what->dynamics.precision == FSNN_PRECISION_SINGLE;
    const moment m = moment_of(&what->dynamics);
    for (int64_t k = 0; k < what->steps; k++) {
        const instant i = {k, ((double)k + m.at) * what->dynamics.step, m.side};
        for (int64_t n = 0; n < what->neurons; n++) {
            double x = sample[what->current.kind](what, &what->current, &i, n);
            for (const fsnn_current *c = what->current.plus; c; c = c->plus)
                x += sample[c->kind](what, c, &i, n);
            out[k * what->neurons + n] = single ? (double)(float)x : x; /* as the network gets it */
        }
    }
    return FSNN_OK;
}
