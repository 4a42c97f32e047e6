/* Schedules: one function a kind and a table. t and T are counted in epochs after the warm-up. */
#include "train/schedule.h"

#include <math.h>

typedef double (*rate)(const fsnn_schedule *s, const schedule_state *state, double lr, double t,
                       double T);

static double constant(const fsnn_schedule *s, const schedule_state *state, double lr, double t,
                       double T)
{
    (void)s, (void)state, (void)t, (void)T;
    return lr;
}

static double step(const fsnn_schedule *s, const schedule_state *state, double lr, double t,
                   double T)
{
    (void)state, (void)T;
    return lr * pow(s->factor, floor(t / s->every));
}

static double cosine(const fsnn_schedule *s, const schedule_state *state, double lr, double t,
                     double T)
{
    (void)state;
    double share = T > 0 ? fmin(t / T, 1) : 1;
    return s->min_lr + (lr - s->min_lr) * 0.5 * (1 + cos(acos(-1) * share));
}

static double plateau(const fsnn_schedule *s, const schedule_state *state, double lr, double t,
                      double T)
{
    (void)s, (void)t, (void)T;
    return lr * state->scale;
}

static const struct {
    const char *name;
    rate rate;
} table[FSNN_SCHEDULES] = {
    [FSNN_CONSTANT] = {"constant", constant},
    [FSNN_STEP] = {"step", step},
    [FSNN_COSINE] = {"cosine", cosine},
    [FSNN_PLATEAU] = {"plateau", plateau},
};

const char *fsnn_schedule_name(fsnn_schedule_kind kind)
{
    return (unsigned)kind < FSNN_SCHEDULES ? table[kind].name : "?";
}

fsnn_status schedule_check(const fsnn_schedule *s)
{
    if ((unsigned)s->kind >= FSNN_SCHEDULES)
        return fsnn_fail(FSNN_EARGUMENT, "there is no schedule number %d", (int)s->kind);
    if (!(s->warmup >= 0 && isfinite(s->warmup)) || !(s->min_lr >= 0 && isfinite(s->min_lr)))
        return fsnn_fail(FSNN_EARGUMENT,
                         "the schedule's warmup is %g and its min_lr %g: neither may be negative",
                         s->warmup, s->min_lr);
    bool drops = s->kind == FSNN_STEP || s->kind == FSNN_PLATEAU;
    if (drops && !(s->factor > 0 && s->factor <= 1))
        return fsnn_fail(FSNN_EARGUMENT, "the schedule's factor is %g: it must be in (0, 1]",
                         s->factor);
    if (s->kind == FSNN_STEP && !(s->every > 0))
        return fsnn_fail(FSNN_EARGUMENT, "the schedule drops every %g epochs: it must be positive",
                         s->every);
    if (s->kind == FSNN_PLATEAU && s->patience < 0)
        return fsnn_fail(FSNN_EARGUMENT, "the schedule's patience is %d: it must not be negative",
                         s->patience);
    if (s->kind == FSNN_PLATEAU && !(s->threshold >= 0 && s->threshold < 1))
        return fsnn_fail(FSNN_EARGUMENT, "the schedule's threshold is %g: it must be in [0, 1)",
                         s->threshold);
    return FSNN_OK;
}

double schedule_rate(const fsnn_schedule *s, const schedule_state *state, double lr, double epochs,
                     double done)
{
    double now = done < s->warmup
                     ? lr * done / s->warmup
                     : table[s->kind].rate(s, state, lr, done - s->warmup, epochs - s->warmup);
    return fmax(now, fmin(s->min_lr, lr));
}

/* As torch.optim.lr_scheduler.ReduceLROnPlateau counts: `patience` epochs may pass without a better
 * loss, the next one drops. */
void schedule_epoch(const fsnn_schedule *s, schedule_state *state, double loss)
{
    if (loss < state->best * (1 - copysign(s->threshold, state->best))) {
        state->best = loss;
        state->bad = 0;
    } else if (++state->bad > s->patience) {
        state->scale *= s->factor;
        state->bad = 0;
    }
}
