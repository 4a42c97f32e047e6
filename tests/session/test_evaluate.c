/* Evaluations: parts, draws and their mean, disturbances of samples and of graphs, progress. */
#include "session/tiny.h"

static const char rate_text[] = "name: tiny\n" TINY_LAYERS "data:\n"
                                "  kind: npz\n"
                                "  validation: 0.25\n"
                                "  train: {path: train.npz}\n"
                                "  encoder: {kind: rate, steps: 8}\n" TINY_TRAINING;

static void write_data(const char *name, int count)
{
    fsnn_arrays list = {0};
    fsnn_shape x = FSNN_SHAPE(count, TINY_IN), y = FSNN_SHAPE(count);
    fsnn_array *samples = fsnn_arrays_add(&list, "x", FSNN_F32, &x);
    float *values = samples->data;
    fsnn_array *classes = fsnn_arrays_add(&list, "y", FSNN_I32, &y);
    tiny_samples(count, 4, values, classes->data);
    GOOD(fsnn_npz_write(folder_path(name), &list));
    fsnn_arrays_free(&list);
}

/* Relative paths of a text start where its name says. */
static fsnn_session *open_rate(void)
{
    fsnn_session *session;
    const fsnn_session_options options = {.text = rate_text, .path = folder_path("rate.yaml")};
    GOOD(fsnn_session_open(&options, &session));
    return session;
}

static void parts(void **state)
{
    fsnn_session *session = open_rate();
    fsnn_assess_options o = fsnn_assess_options_default();
    fsnn_assessment a;
    (void)state;
    GOOD(fsnn_session_evaluate(session, &o, &a)); /* there are no test data */
    assert_int_equal(a.part, FSNN_PART_VALIDATION);
    assert_int_equal(a.mean.samples, 15);
    assert_int_equal(a.steps, 8);
    assert_int_equal(a.repeats, 1);
    assert_float_equal(a.score.loss, a.loss[0], 0);
    assert_float_equal(a.score.spread_loss, 0, 0);
    fsnn_assessment_free(&a);
    o.part = FSNN_PART_TRAIN;
    GOOD(fsnn_session_evaluate(session, &o, &a));
    assert_int_equal(a.mean.samples, 45);
    fsnn_assessment_free(&a);
    o.part = FSNN_PART_TEST;
    REFUSED(fsnn_session_evaluate(session, &o, &a), FSNN_ENOTFOUND, "no test data");
    o.part = FSNN_PARTS;
    REFUSED(fsnn_session_evaluate(session, &o, &a), FSNN_EARGUMENT, "part 3");
    o = (fsnn_assess_options){.part = -1};
    REFUSED(fsnn_session_evaluate(session, &o, &a), FSNN_EARGUMENT, "one draw or more");
    assert_null(a.loss);
    fsnn_assessment_free(NULL);
    fsnn_session_close(session);
}

/* Draw r is epoch r of the encoding; the mean is that of fsnn_evaluate_epoch by hand. */
static void draws(void **state)
{
    enum { R = 3 };
    fsnn_session *session = open_rate();
    fsnn_assess_options o = fsnn_assess_options_default();
    fsnn_assessment a;
    double loss = 0, fired = 0, last = 0;
    (void)state;
    o.repeats = R;
    GOOD(fsnn_session_evaluate(session, &o, &a));
    for (int r = 0; r < R; r++) {
        fsnn_evaluation e;
        GOOD(fsnn_evaluate_epoch(fsnn_session_net(session),
                                 fsnn_session_loader(session, FSNN_PART_VALIDATION),
                                 &fsnn_session_training(session)->loss, r, &e));
        assert_float_equal(a.loss[r], e.loss, 0);
        loss += e.loss / R;
        fired += e.layer_rate[0] / R;
        last = e.loss;
        fsnn_evaluation_free(&e);
    }
    NEAR("loss", a.score.loss, loss, 1e-12);
    NEAR("rate", a.mean.layer_rate[0], fired, 1e-12);
    assert_true(last != a.loss[0]); /* the encoding is random */
    assert_true(a.score.spread_loss > 0);
    int64_t confusions = 0;
    for (int i = 0; i < 9; i++)
        confusions += a.mean.confusion[i];
    assert_int_equal(confusions, R * 15);
    fsnn_assessment_free(&a);
    fsnn_session_close(session);
}

static void condition_texts(void **state)
{
    static const struct {
        const char *text, *words;
    } wrong[] = {
        {"noise", "takes KIND=AMOUNT"},
        {"", "takes KIND=AMOUNT"},
        {"noise=0.1:x", "wrong is \"x\""},
        {"noise=-1", "perturb noise=-1: "},
        {"noise=1,noise=2", "twice"},
        {"nois=1", "noise"},
        {"noise=1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17,jitter=1:2:3:4:5:6:7:8:9:10:11:12:13:14:"
         "15:16",
         "at most 256"},
    };
    fsnn_condition *list = NULL;
    int count = 0;
    (void)state;
    GOOD(fsnn_conditions_read("noise=0.1:0.2,jitter=1:2", 0, &list, &count));
    GOOD(fsnn_conditions_read("frame_loss=0.5", 1, &list, &count));
    assert_int_equal(count, 5);
    assert_int_equal(list[3].items, 2);
    assert_int_equal(list[3].item[1].kind, FSNN_PERTURB_JITTER);
    assert_float_equal(list[3].item[1].amount, 2, 0);
    assert_int_equal(list[4].sweep, 1);
    for (int i = 0; i < FSNN_COUNT(wrong); i++) {
        CASE("%s", wrong[i].text);
        REFUSED(fsnn_conditions_read(wrong[i].text, 2, &list, &count), FSNN_EARGUMENT,
                wrong[i].words);
        assert_int_equal(count, 5);
    }
    free(list);
    list = NULL;
    REFUSED(fsnn_conditions_read("noise=1", 0, &list, &count), FSNN_EARGUMENT, "no list of them");
}

/* Stops once so many samples are over. */
typedef struct watch {
    int64_t stop, last;
} watch;

static int until(int64_t done, int64_t all, void *user)
{
    watch *w = user;
    assert_int_equal(all, 6 * 45);
    assert_true(done == 0 || done >= w->last);
    w->last = done;
    return done >= w->stop;
}

/* Without a sample left nothing fires. */
static void disturbances(void **state)
{
    const fsnn_condition list[2] = {
        {.item = {{FSNN_PERTURB_NOISE, 0.4}}, .items = 1},
        {.item = {{FSNN_PERTURB_FRAME_LOSS, 1}}, .items = 1},
    };
    const fsnn_condition of_graph = {.item = {{FSNN_PERTURB_EDGE_DROP, 0.5}}, .items = 1};
    fsnn_session *session = open_rate();
    fsnn_assess_options o = {
        .part = FSNN_PART_TRAIN, .repeats = 2, .condition = list, .conditions = 2};
    fsnn_assessment a;
    (void)state;
    GOOD(fsnn_session_evaluate(session, &o, &a));
    assert_int_equal(a.conditions, 2);
    assert_true(a.condition[0].loss != a.score.loss);
    assert_float_equal(a.condition[1].spread_loss, 0, 0); /* nothing comes in, in any draw */
    fsnn_assessment_free(&a);
    REFUSED(fsnn_session_check_conditions(session, &of_graph, 1), FSNN_EARGUMENT, "edge_drop");
    fsnn_session_close(session);
}

/* What is stopped has the figures of what was over: samples, then draws, then conditions. */
static void stopped(void **state)
{
    const fsnn_condition list[2] = {
        {.item = {{FSNN_PERTURB_NOISE, 0.4}}, .items = 1},
        {.item = {{FSNN_PERTURB_FRAME_LOSS, 0.5}}, .items = 1},
    };
    fsnn_session *session = open_rate();
    watch w = {0};
    fsnn_assess_options o = {.part = FSNN_PART_TRAIN,
                             .repeats = 2,
                             .condition = list,
                             .conditions = 2,
                             .progress = until,
                             .user = &w};
    fsnn_assessment a, whole;
    (void)state;
    w.stop = INT64_MAX;
    GOOD(fsnn_session_evaluate(session, &o, &whole));
    assert_int_equal(w.last, 6 * 45);
    w = (watch){.stop = 0};
    REFUSED(fsnn_session_evaluate(session, &o, &a), FSNN_EINTERRUPTED, "pass 1 of 6");
    assert_int_equal(a.mean.samples, 0);
    fsnn_assessment_free(&a);
    w.stop = 17; /* batches of 16 */
    FAILS(fsnn_session_evaluate(session, &o, &a), FSNN_EINTERRUPTED);
    assert_int_equal(a.mean.samples, 32);
    assert_int_equal(a.repeats, 0);
    assert_int_equal(a.conditions, 0);
    assert_true(a.score.loss > 0 && a.score.loss == a.mean.loss && a.mean.layers == 2);
    fsnn_assessment_free(&a);
    w.stop = 46; /* in the second draw: the first is known */
    FAILS(fsnn_session_evaluate(session, &o, &a), FSNN_EINTERRUPTED);
    assert_int_equal(a.mean.samples, 45);
    assert_int_equal(a.repeats, 1);
    assert_float_equal(a.score.loss, whole.loss[0], 0);
    fsnn_assessment_free(&a);
    w.stop = 4 * 45 + 1; /* in the second condition */
    REFUSED(fsnn_session_evaluate(session, &o, &a), FSNN_EINTERRUPTED, "pass 5 of 6");
    assert_int_equal(a.repeats, 2);
    assert_int_equal(a.conditions, 1);
    assert_float_equal(a.score.loss, whole.score.loss, 0);
    assert_float_equal(a.condition[0].loss, whole.condition[0].loss, 0);
    fsnn_assessment_free(&a);
    fsnn_assessment_free(&whole);
    fsnn_session_close(session);
}

static int setup(void **state)
{
    if (folder_open(state))
        return -1;
    write_data("train.npz", 60);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts),           cmocka_unit_test(draws),
        cmocka_unit_test(condition_texts), cmocka_unit_test(disturbances),
        cmocka_unit_test(stopped),
    };
    return cmocka_run_group_tests(tests, setup, folder_remove);
}
