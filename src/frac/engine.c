/* Which engine sums the past: by what is asked for, then by cost. A step over n lags costs 2 n
 * flops a neuron directly, about 4 modes + 3 FRAC_SPAN with exponentials: equal near a run of
 * FSNN_SHORT_RUN steps. */
#include "base/base.h"
#include <fsnn/frac.h>

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
    if ((unsigned)d->engine > FSNN_ENGINE_EXPONENTIALS)
        return fsnn_fail(FSNN_EARGUMENT, "there is no engine number %d", d->engine);
    if (d->memory > 0 && d->tolerance > 0)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "a memory of %lld steps and a tolerance of %g contradict each other: a "
                         "tolerance stands for full memory, so leave the number of steps out",
                         (long long)d->memory, d->tolerance);
    if (d->engine == FSNN_ENGINE_EXPONENTIALS && d->tolerance == 0)
        return fsnn_fail(FSNN_EUNSUPPORTED, "the engine exponentials needs a tolerance: 1e-5, say");
    bool compress = d->engine == FSNN_ENGINE_EXPONENTIALS ||
                    (d->engine == FSNN_ENGINE_AUTO && d->tolerance > 0 &&
                     (d->horizon == 0 || d->horizon > FSNN_SHORT_RUN));
    *engine = compress ? FSNN_ENGINE_EXPONENTIALS : FSNN_ENGINE_DIRECT;
    return FSNN_OK;
}
