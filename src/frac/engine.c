/* Which engine sums the past: by what is asked for, then by cost. */
#include "base/base.h"
#include "base/isa.h"
#include <fsnn/frac.h>

#include <math.h>

/* Nanoseconds of processor time for a neuron and step of LIF neurons, one forward in evaluation and
 * one forward and backward in training together: a run of T steps takes fixed + lag T directly, and
 * block + mode modes(T) by exponentials where the two meet (longer runs: up to a third less of the
 * one or more of the other, which decides nothing). Measured by bench/bench_engines.c, medians of
 * five on one thread of an AMD EPYC with AVX-512 whose kernels were lowered by FSNN_ISA: T = 64 to
 * 4096, tolerances 1e-3 to 1e-7. */
static const struct cost {
    double fixed, lag, block, mode;
} costs[FSNN_ISA_LEVELS] = {
    [FSNN_ISA_BASE] = {2.12, 0.0669, 6.25, 0.26},
    [FSNN_ISA_AVX2] = {1.24, 0.025, 1.88, 0.17},
    [FSNN_ISA_AVX512] = {1.25, 0.0123, 2.52, 0.0557},
};

/* Exponentials of a run of a few hundred steps, about; the same for all orders (frac/fit.h). */
static double modes_of(double tolerance)
{
    return 7 - 2.2 * log10(tolerance);
}

static bool exponentials_pay(const fsnn_dynamics *d)
{
    const struct cost *c = &costs[fsnn_isa_level()];
    if (d->horizon == 0) /* as long as it likes */
        return true;
    double direct = c->fixed + c->lag * (double)d->horizon;
    return c->block + c->mode * modes_of(d->tolerance) < direct;
}

fsnn_status fsnn_engine_settle(const fsnn_dynamics *d, fsnn_engine *engine)
{
    if (!d)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_engine_settle: dynamics must not be NULL");
    FSNN_NEED(engine);
    if (!(d->tolerance == 0 || (d->tolerance >= 1e-12 && d->tolerance <= 0.1)))
        return fsnn_fail(FSNN_EARGUMENT,
                         "the memory's tolerance is %g: it must lie between 1e-12 and 0.1 (or be "
                         "0: the history itself)",
                         d->tolerance);
    if (d->horizon < 0 || d->horizon > FSNN_HORIZON_MOST)
        return fsnn_fail(FSNN_EARGUMENT,
                         "the memory's horizon is %lld steps: it must be from 1 to %lld",
                         (long long)d->horizon, (long long)FSNN_HORIZON_MOST);
    if ((unsigned)d->engine > FSNN_ENGINE_FEW)
        return fsnn_fail(FSNN_EARGUMENT, "there is no engine number %d", d->engine);
    if (d->memory > 0 && d->tolerance > 0)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "a memory of %lld steps and a tolerance of %g contradict each other: a "
                         "tolerance stands for full memory, so leave the number of steps out",
                         (long long)d->memory, d->tolerance);
    const bool compress = d->engine == FSNN_ENGINE_EXPONENTIALS || d->engine == FSNN_ENGINE_FEW;
    if (compress && d->tolerance == 0)
        return fsnn_fail(FSNN_EUNSUPPORTED, "the engine %s needs a tolerance: 1e-5, say",
                         d->engine == FSNN_ENGINE_FEW ? "few" : "exponentials");
    *engine = d->engine;
    if (d->engine == FSNN_ENGINE_AUTO)
        *engine =
            d->tolerance > 0 && exponentials_pay(d) ? FSNN_ENGINE_EXPONENTIALS : FSNN_ENGINE_DIRECT;
    return FSNN_OK;
}
