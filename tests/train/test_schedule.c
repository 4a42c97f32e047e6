/* Schedules: values worked by hand at the points that matter. */
#include "check.h"

#include "train/schedule.h"

static double at(const fsnn_schedule *s, double done)
{
    schedule_state state = SCHEDULE_START;
    return schedule_rate(s, &state, 0.1, 10, done);
}

static void constant(void **state)
{
    (void)state;
    fsnn_schedule s = {.kind = FSNN_CONSTANT};
    WITHIN("rate", at(&s, 0), 0.1, 1e-12);
    WITHIN("rate", at(&s, 9.99), 0.1, 1e-12);
}

static void step(void **state)
{
    (void)state;
    fsnn_schedule s = {.kind = FSNN_STEP, .every = 2.5, .factor = 0.5};
    WITHIN("rate", at(&s, 0), 0.1, 1e-12);
    WITHIN("rate", at(&s, 2.49), 0.1, 1e-12);
    WITHIN("rate", at(&s, 2.5), 0.05, 1e-12);
    WITHIN("rate", at(&s, 7.5), 0.0125, 1e-12);
    s.min_lr = 0.03;
    WITHIN("rate", at(&s, 7.5), 0.03, 1e-12);
}

static void cosine(void **state)
{
    (void)state;
    fsnn_schedule s = {.kind = FSNN_COSINE, .min_lr = 0.02};
    WITHIN("rate", at(&s, 0), 0.1, 1e-12);
    WITHIN("rate", at(&s, 5), 0.06, 1e-12);
    WITHIN("rate", at(&s, 2.5), 0.02 + 0.08 * 0.5 * (1 + sqrt(0.5)), 1e-12);
    WITHIN("rate", at(&s, 10), 0.02, 1e-12);
    WITHIN("rate", at(&s, 12), 0.02, 1e-12); /* past the end, it stays there */
}

/* Values that torch.optim.lr_scheduler.OneCycleLR(max_lr=0.1, total_steps=11, pct_start=0.4,
 * div_factor=10, final_div_factor=100) gives at its steps 0, 3, 7, 10: T = 10, whose peak it puts
 * at 0.4 11 - 1 = 3.4. */
static void one_cycle(void **state)
{
    (void)state;
    fsnn_schedule s = {.kind = FSNN_ONE_CYCLE, .peak = 0.34, .start_div = 10, .end_div = 100};
    WITHIN("rate", at(&s, 0), 0.01, 1e-12);
    WITHIN("rate", at(&s, 3.4), 0.1, 1e-12);
    WITHIN("rate", at(&s, 1.7), 0.055, 1e-12);
    WITHIN("rate", at(&s, 6.7), (0.1 + 1e-4) / 2, 1e-12);
    WITHIN("rate", at(&s, 10), 1e-4, 1e-12);
    WITHIN("rate", at(&s, 3), 0.09696125032319601, 1e-12);
    WITHIN("rate", at(&s, 7), 0.04294137382824942, 1e-12);
    WITHIN("rate", at(&s, 12), 1e-4, 1e-12);
    s.peak = 1;
    REFUSED(schedule_check(&s), FSNN_EARGUMENT, "peak is at 1");
    s.peak = 0.3;
    s.start_div = 0.5;
    REFUSED(schedule_check(&s), FSNN_EARGUMENT, "divides lr by 0.5 and 100");
}

static void warmup_from(void **state)
{
    (void)state;
    fsnn_schedule s = {.kind = FSNN_CONSTANT, .warmup = 2, .warmup_lr = 0.02};
    WITHIN("rate", at(&s, 0), 0.02, 1e-12);
    WITHIN("rate", at(&s, 1), 0.06, 1e-12);
    WITHIN("rate", at(&s, 2), 0.1, 1e-12);
    s.warmup_lr = 0.5; /* from above, too */
    WITHIN("rate", at(&s, 1), 0.3, 1e-12);
    s.warmup_lr = -1;
    REFUSED(schedule_check(&s), FSNN_EARGUMENT, "warmup_lr is -1");
}

static void warmup(void **state)
{
    (void)state;
    fsnn_schedule s = {.kind = FSNN_COSINE, .warmup = 2};
    WITHIN("rate", at(&s, 0), 0, 1e-12);
    WITHIN("rate", at(&s, 0.5), 0.025, 1e-12);
    WITHIN("rate", at(&s, 1), 0.05, 1e-12);
    WITHIN("rate", at(&s, 2), 0.1, 1e-12);
    WITHIN("rate", at(&s, 6), 0.05, 1e-12); /* the middle of what is left */
    WITHIN("rate", at(&s, 10), 0, 1e-12);
    s = (fsnn_schedule){.kind = FSNN_STEP, .warmup = 1, .every = 3, .factor = 0.1};
    WITHIN("rate", at(&s, 3.9), 0.1, 1e-12);
    WITHIN("rate", at(&s, 4), 0.01, 1e-12);
}

static void plateau(void **state)
{
    (void)state;
    fsnn_schedule s = {.kind = FSNN_PLATEAU, .factor = 0.5, .patience = 2, .min_lr = 0.02};
    static const struct {
        double loss, rate; /* after the epoch */
    } epoch[] = {
        {1, 0.1},     {0.9, 0.1},    {0.95, 0.1},   {0.9, 0.1},   /* equal is not better */
        {0.91, 0.05}, {0.92, 0.05},  {0.8, 0.05},   {0.85, 0.05}, /* patience has run out */
        {0.85, 0.05}, {0.85, 0.025}, {0.85, 0.025}, {0.85, 0.025}, {0.85, 0.02}};
    schedule_state now = SCHEDULE_START;
    for (int i = 0; i < FSNN_COUNT(epoch); i++) {
        CASE("epoch[%d]", i);
        schedule_epoch(&s, &now, epoch[i].loss);
        WITHIN("rate", schedule_rate(&s, &now, 0.1, 10, i + 1), epoch[i].rate, 1e-12);
    }
    s.patience = 0; /* any epoch that is not better */
    now = SCHEDULE_START;
    schedule_epoch(&s, &now, 1);
    schedule_epoch(&s, &now, 1);
    WITHIN("rate", schedule_rate(&s, &now, 0.1, 10, 2), 0.05, 1e-12);
}

/* Losses that creep down count as better only once they are lower by the threshold in all. */
static void threshold(void **state)
{
    (void)state;
    fsnn_schedule s = {.kind = FSNN_PLATEAU, .factor = 0.5, .patience = 1, .threshold = 0.1};
    static const struct {
        double loss, rate;
    } epoch[] = {{1, 0.1},     {0.95, 0.1}, {0.89, 0.1}, {0.85, 0.1},
                 {0.81, 0.05}, {0.8, 0.05}, {0.79, 0.05}};
    schedule_state now = SCHEDULE_START;
    for (int i = 0; i < FSNN_COUNT(epoch); i++) {
        CASE("epoch[%d]", i);
        schedule_epoch(&s, &now, epoch[i].loss);
        WITHIN("rate", schedule_rate(&s, &now, 0.1, 10, i + 1), epoch[i].rate, 1e-12);
    }
    now = SCHEDULE_START; /* a loss below 0 must fall too */
    schedule_epoch(&s, &now, -1);
    schedule_epoch(&s, &now, -1.05);
    schedule_epoch(&s, &now, -1.05);
    WITHIN("rate", schedule_rate(&s, &now, 0.1, 10, 3), 0.05, 1e-12);
    s.threshold = fsnn_training_default().schedule.threshold;
    for (int enough = 0; enough < 2; enough++) {
        now = SCHEDULE_START;
        schedule_epoch(&s, &now, 1);
        schedule_epoch(&s, &now, 1 - (enough ? 1.1e-4 : 0.9e-4));
        schedule_epoch(&s, &now, 1);
        WITHIN("rate", schedule_rate(&s, &now, 0.1, 10, 3), enough ? 0.1 : 0.05, 1e-12);
    }
}

static void refuse(fsnn_schedule s, const char *says)
{
    REFUSED(schedule_check(&s), FSNN_EARGUMENT, says);
}

static void refuses(void **state)
{
    (void)state;
    refuse((fsnn_schedule){.kind = (fsnn_schedule_kind)7}, "number 7");
    refuse((fsnn_schedule){.warmup = -1}, "warmup is -1");
    refuse((fsnn_schedule){.min_lr = NAN}, "min_lr");
    refuse((fsnn_schedule){.kind = FSNN_STEP, .factor = 0.5}, "every 0 epochs");
    refuse((fsnn_schedule){.kind = FSNN_STEP, .factor = 2, .every = 1}, "factor is 2");
    refuse((fsnn_schedule){.kind = FSNN_PLATEAU, .factor = 0.5, .patience = -1}, "patience is -1");
    refuse((fsnn_schedule){.kind = FSNN_PLATEAU, .factor = 0.5, .threshold = 1}, "threshold is 1");
    fsnn_training training = fsnn_training_default();
    for (int kind = 0; kind < FSNN_SCHEDULES; kind++) {
        training.schedule.kind = (fsnn_schedule_kind)kind;
        GOOD(schedule_check(&training.schedule));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant), cmocka_unit_test(step),        cmocka_unit_test(cosine),
        cmocka_unit_test(warmup),   cmocka_unit_test(warmup_from), cmocka_unit_test(one_cycle),
        cmocka_unit_test(plateau),  cmocka_unit_test(threshold),   cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
