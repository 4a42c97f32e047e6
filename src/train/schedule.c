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

/* From `from` at 0 to `to` at 1. */
static double along_cosine(double from, double to, double share)
{
    return to + (from - to) * 0.5 * (1 + cos(acos(-1) * share));
}

static double one_cycle(const fsnn_schedule *s, const schedule_state *state, double lr, double t,
                        double T)
{
    (void)state;
    double share = T > 0 ? fmin(t / T, 1) : 1, first = lr / s->start_div;
    if (share < s->peak)
        return along_cosine(first, lr, share / s->peak);
    return along_cosine(lr, first / s->end_div, (share - s->peak) / (1 - s->peak));
}

static const struct {
    const char *name;
    rate rate;
} table[FSNN_SCHEDULES] = {
    [FSNN_CONSTANT] = {"constant", constant},    [FSNN_STEP] = {"step", step},
    [FSNN_COSINE] = {"cosine", cosine},          [FSNN_PLATEAU] = {"plateau", plateau},
    [FSNN_ONE_CYCLE] = {"one_cycle", one_cycle},
};

const char *fsnn_schedule_name(fsnn_schedule_kind kind)
{
    return (unsigned)kind < FSNN_SCHEDULES ? table[kind].name : "?";
}

static fsnn_status check_cycle(const fsnn_schedule *s)
{
    if (s->kind != FSNN_ONE_CYCLE)
        return FSNN_OK;
    if (!(s->peak > 0 && s->peak < 1))
        return fsnn_fail(FSNN_EARGUMENT, "the schedule's peak is at %g: a share in (0, 1)",
                         s->peak);
    if (!(s->start_div >= 1 && isfinite(s->start_div)) ||
        !(s->end_div >= 1 && isfinite(s->end_div)))
        return fsnn_fail(FSNN_EARGUMENT, "the schedule divides lr by %g and %g: both are 1 or more",
                         s->start_div, s->end_div);
    return FSNN_OK;
}

fsnn_status schedule_check(const fsnn_schedule *s)
{
    if ((unsigned)s->kind >= FSNN_SCHEDULES)
        return fsnn_fail(FSNN_EARGUMENT, "there is no schedule number %d", (int)s->kind);
    if (!(s->warmup >= 0 && isfinite(s->warmup)) || !(s->min_lr >= 0 && isfinite(s->min_lr)))
        return fsnn_fail(FSNN_EARGUMENT,
                         "the schedule's warmup is %g and its min_lr %g: neither may be negative",
                         s->warmup, s->min_lr);
    if (!(s->warmup_lr >= 0 && isfinite(s->warmup_lr)))
        return fsnn_fail(FSNN_EARGUMENT, "the schedule's warmup_lr is %g: it must not be negative",
                         s->warmup_lr);
    FSNN_TRY(check_cycle(s));
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
                     ? s->warmup_lr + (lr - s->warmup_lr) * done / s->warmup
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
