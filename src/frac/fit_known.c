/* The latest sums of few exponentials of this process: a search takes a tenth of a second, and
 * layers mostly have one order, which stays where a network is wrapped anew. */
#include "base/port_once.h"
#include "frac/fit.h"

enum { KNOWN = 8 };
static struct known {
    frac_fit fit;
    frac_target target;
} known[KNOWN];
static int64_t searches; /* so far */

static bool is_of(const struct known *k, const frac_fit *fit, const frac_target *target)
{
    const fde_mix *a = &k->target.mix, *b = &target->mix;
    bool same = k->target.kernel == target->kernel && k->fit.tolerance == fit->tolerance &&
                k->fit.window == fit->window && k->fit.steps == fit->steps &&
                a->terms == b->terms && a->z == b->z;
    for (int m = 0; same && m < a->terms; m++)
        same = a->alpha[m] == b->alpha[m] && a->share[m] == b->share[m];
    return same;
}

static bool is_known(frac_fit *fit, const frac_target *target)
{
    bool found = false;
    port_lists_lock();
    for (int i = 0; i < KNOWN && i < searches && !found; i++) {
        found = is_of(&known[i], fit, target);
        if (found)
            *fit = known[i].fit;
    }
    port_lists_unlock();
    return found;
}

fsnn_status frac_fit_known(frac_fit *fit, const frac_target *target)
{
    if (is_known(fit, target))
        return FSNN_OK;
    FSNN_TRY(frac_fit_few(fit, target));
    port_lists_lock();
    known[searches++ % KNOWN] = (struct known){*fit, *target};
    port_lists_unlock();
    return FSNN_OK;
}

int64_t frac_fit_searches(void)
{
    port_lists_lock();
    const int64_t count = searches;
    port_lists_unlock();
    return count;
}
