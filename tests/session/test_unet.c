/* examples/unet.yaml, a spiking U-Net, learns within a few steps: a transposed convolution,
 * upsampling, and skips that concatenate. Asked for in SpikingJelly issue 309 and sinabs issue
 * 273. */
#include "session/tiny.h"

#include <math.h>

enum { SIDE = 16, POINTS = SIDE * SIDE, COUNT = 64 };

/* A bright disc in noise, and where it is. */
static void disc(uint64_t seed, float *x, float *y)
{
    float at[3];
    fsnn_random_fill(at, 3, seed, 1, 0);
    fsnn_random_fill(x, POINTS, seed, 2, 0);
    for (int i = 0; i < POINTS; i++) {
        const float h = (float)(i / SIDE) - 4 - 8 * at[0], w = (float)(i % SIDE) - 4 - 8 * at[1];
        y[i] = hypotf(h, w) < 2 + 2 * at[2];
        x[i] = 0.5f * x[i] + 0.5f * y[i];
    }
}

static fsnn_data *discs(uint64_t seed)
{
    static float x[COUNT][POINTS], y[COUNT][POINTS];
    fsnn_data *data;
    for (int i = 0; i < COUNT; i++)
        disc(seed + (uint64_t)i, x[i], y[i]);
    GOOD(fsnn_data_memory(COUNT, FSNN_SHAPE(1, SIDE, SIDE), x[0], NULL, &data));
    GOOD(fsnn_data_set_values(data, FSNN_SHAPE(POINTS), y[0]));
    return data;
}

static double loss_of(fsnn_session *session)
{
    fsnn_assess_options o = fsnn_assess_options_default();
    fsnn_assessment found;
    GOOD(fsnn_session_evaluate(session, &o, &found));
    const double loss = found.score.loss;
    fsnn_assessment_free(&found);
    return loss;
}

static void learns(void **state)
{
    (void)state;
    static const char *const set[] = {"training.epochs=15", "training.batch=16",
                                      "training.optimizer.lr=0.02"};
    fsnn_data *train = discs(1000), *test = discs(2000);
    fsnn_session_options options = fsnn_session_options_default();
    options.path = "examples/unet.yaml";
    options.set = set;
    options.sets = FSNN_COUNT(set);
    fsnn_session *session;
    GOOD(fsnn_session_open(&options, &session));
    GOOD(fsnn_session_give(session, FSNN_PART_TRAIN, train));
    GOOD(fsnn_session_give(session, FSNN_PART_TEST, test));
    const double before = loss_of(session);
    fsnn_session_training_options how = fsnn_session_training_default();
    GOOD(fsnn_session_train(session, &how, NULL));
    const double after = loss_of(session);
    if (!(after < 0.2))
        fail_msg("loss %g before, %g after", before, after);
    for (const char *const *name = (const char *[]){"up.weight", "up2.weight", NULL}; *name; name++)
        assert_non_null(tiny_param(session, *name));
    fsnn_session_close(session);
    fsnn_data_destroy(train);
    fsnn_data_destroy(test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(learns)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
