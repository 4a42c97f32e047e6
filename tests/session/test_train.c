/* Trainings: of the caller's data, with and without a run directory; stopped and resumed; refused
 * before anything is written. */
#include "session/tiny.h"

#include <unistd.h>

static fsnn_data *train_data, *test_data;

static fsnn_session *open_with(const fsnn_session_options *options)
{
    fsnn_session *session;
    GOOD(fsnn_session_open(options, &session));
    GOOD(fsnn_session_give(session, FSNN_PART_TRAIN, train_data));
    GOOD(fsnn_session_give(session, FSNN_PART_TEST, test_data));
    return session;
}

static fsnn_session *open_tiny(void)
{
    return open_with(&(fsnn_session_options){.text = tiny_text});
}

static void same_weights(const fsnn_session *a, const fsnn_session *b)
{
    const fsnn_net *net = fsnn_session_net(a);
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        CASE("%s", p->name);
        assert_memory_equal(p->value, tiny_param(b, p->name)->value,
                            (size_t)fsnn_shape_count(&p->shape) * sizeof(float));
    }
}

typedef struct watch {
    int64_t batches, epochs;
    int64_t stop_after; /* batches; 0: never */
} watch;

static int on_batch(const fsnn_metrics *m, void *user)
{
    watch *w = user;
    (void)m;
    return ++w->batches == w->stop_after;
}

static int on_epoch(const fsnn_metrics *m, void *user)
{
    watch *w = user;
    assert_int_equal(m->epoch, ++w->epochs);
    return 0;
}

/* It learns; evaluations before, of training data in their order, do not change how. */
static void in_memory(void **state)
{
    fsnn_session *plain = open_tiny(), *looked = open_tiny();
    fsnn_assess_options o = fsnn_assess_options_default();
    fsnn_session_training_options how = fsnn_session_training_default();
    fsnn_assessment before, after;
    fsnn_metrics best;
    watch w = {0};
    (void)state;
    how.on_batch = on_batch;
    how.on_epoch = on_epoch;
    how.user = &w;
    GOOD(fsnn_session_train(plain, &how, &best));
    assert_int_equal(w.epochs, 4);
    assert_int_equal(w.batches, 4 * 4);
    assert_int_equal(best.epochs, 4);
    fsnn_metrics_free(&best);

    o.part = FSNN_PART_TRAIN;
    GOOD(fsnn_session_evaluate(looked, &o, &before));
    how = fsnn_session_training_default();
    GOOD(fsnn_session_train(looked, &how, NULL));
    same_weights(plain, looked);
    GOOD(fsnn_session_evaluate(looked, &o, &after));
    assert_true(after.score.loss < before.score.loss);
    fsnn_assessment_free(&before);
    fsnn_assessment_free(&after);
    fsnn_session_close(plain);
    fsnn_session_close(looked);
}

static double first_loss(const fsnn_augment *augment)
{
    fsnn_session *session = open_tiny();
    fsnn_session_training_options how = fsnn_session_training_default();
    fsnn_metrics best;
    if (augment)
        GOOD(fsnn_session_augment(session, augment));
    GOOD(fsnn_session_train(session, &how, &best));
    double loss = best.loss;
    fsnn_metrics_free(&best);
    fsnn_session_close(session);
    return loss;
}

/* Training samples of the caller's, changed; the same each time. */
static void augmented(void **state)
{
    (void)state;
    const fsnn_augment none = {0}, noisy = {.noise = 0.5}, flipped = {.flip = 0.5},
                       wrong = {.flip = 2};
    double plain = first_loss(NULL), noise = first_loss(&noisy);
    assert_true(first_loss(&none) == plain);
    assert_true(noise != plain);
    assert_true(first_loss(&noisy) == noise);
    fsnn_session *session = open_tiny();
    fsnn_session_training_options how = fsnn_session_training_default();
    REFUSED(fsnn_session_augment(session, &wrong), FSNN_EARGUMENT, "flip is 2");
    FAILS(fsnn_session_augment(session, NULL), FSNN_EARGUMENT);
    FAILS(fsnn_session_augment(NULL, &none), FSNN_EARGUMENT);
    GOOD(fsnn_session_augment(session, &flipped));
    REFUSED(fsnn_session_train(session, &how, NULL), FSNN_EDESCRIPTION, "are no pictures");
    fsnn_session_close(session);
}

/* The best weights, of a run and of none; an epoch that is worse comes after the best. */
static void best_weights(void **state)
{
    static const char *const wild[4] = {"training.optimizer.lr=0.5", "training.epochs=6"};
    fsnn_session *memory = tiny_open(tiny_text, wild), *run = tiny_open(tiny_text, wild);
    fsnn_data *data = tiny_data(64, 1);
    fsnn_session_training_options how = fsnn_session_training_default();
    fsnn_assess_options o = fsnn_assess_options_default();
    fsnn_assessment best;
    fsnn_metrics metrics;
    (void)state;
    REFUSED(fsnn_session_best(memory), FSNN_ENOTFOUND, "no training was made");
    GOOD(fsnn_session_give(memory, FSNN_PART_TRAIN, data));
    GOOD(fsnn_session_give(run, FSNN_PART_TRAIN, data));
    GOOD(fsnn_session_give(memory, FSNN_PART_TEST, data));
    GOOD(fsnn_session_give(run, FSNN_PART_TEST, data));
    GOOD(fsnn_session_train(memory, &how, &metrics));
    how.directory = folder_path("best");
    GOOD(fsnn_session_train(run, &how, NULL));
    assert_true(metrics.epoch < metrics.epochs);
    float last = tiny_param(memory, "fc1.weight")->value[0];
    GOOD(fsnn_session_best(memory));
    assert_true(tiny_param(memory, "fc1.weight")->value[0] != last);
    GOOD(fsnn_session_best(run));
    same_weights(memory, run);
    GOOD(fsnn_session_evaluate(memory, &o, &best));
    NEAR("the best epoch's loss", best.score.loss, metrics.test_loss, 1e-12);
    GOOD(fsnn_session_best(memory)); /* as often as wanted */
    fsnn_assessment_free(&best);
    fsnn_metrics_free(&metrics);
    fsnn_session_close(memory);
    fsnn_session_close(run);
    fsnn_data_destroy(data);
}

static bool there(const char *name)
{
    return access(folder_path(name), F_OK) == 0;
}

/* A run that was stopped by a callback and gone on with ends where one that was not ends. */
static void stop_and_resume(void **state)
{
    fsnn_session *whole = open_tiny(), *stopped = open_tiny(), *resumed;
    fsnn_session_training_options how = fsnn_session_training_default();
    watch w = {.stop_after = 6};
    fsnn_metrics best;
    (void)state;
    GOOD(fsnn_session_train(whole, &how, NULL));
    how.directory = folder_path("run");
    how.on_batch = on_batch;
    how.user = &w;
    FAILS(fsnn_session_train(stopped, &how, &best), FSNN_EINTERRUPTED);
    fsnn_metrics_free(&best);
    assert_true(there("run/description.yaml"));
    assert_true(there("run/last.state.safetensors"));
    fsnn_session_close(stopped);

    stopped = open_tiny(); /* as if by another process, that did not mean to go on */
    REFUSED(fsnn_session_train(stopped, &how, NULL), FSNN_EARGUMENT, "run");
    fsnn_session_close(stopped);

    resumed = open_with(&(fsnn_session_options){.path = how.directory, .run = how.directory});
    how.mode = FSNN_RUN_RESUME;
    how.on_batch = NULL;
    GOOD(fsnn_session_train(resumed, &how, &best));
    assert_int_equal(best.epochs, 4);
    fsnn_metrics_free(&best);
    same_weights(whole, resumed);
    fsnn_session_close(resumed);
    fsnn_session_close(whole);

    how.directory = folder_path("nothing");
    resumed = open_tiny();
    FAILS(fsnn_session_train(resumed, &how, NULL), FSNN_ENOTFOUND);
    fsnn_session_close(resumed);
}

/* A validation set that the run did not have would be judged by what it learned from. */
static void other_split(void **state)
{
    static const char text[] = "name: tiny\n" TINY_LAYERS "data:\n"
                               "  kind: npz\n"
                               "  validation: 0.25\n"
                               "  train: {path: none.npz}\n" TINY_TRAINING;
    static const char *const other = "data.split_seed=99";
    fsnn_session *session;
    fsnn_session_options o = {.path = folder_path("split/description.yaml")};
    (void)state;
    mkdir(folder_path("split"), 0777);
    folder_write_text("split/description.yaml", text);
    folder_write_text("split/metrics.csv", "");
    GOOD(fsnn_session_open(&o, &session));
    assert_null(fsnn_session_warning(session, 0));
    fsnn_session_close(session);
    o.set = &other;
    o.sets = 1;
    GOOD(fsnn_session_open(&o, &session));
    CONTAINS(fsnn_session_warning_on(session, FSNN_TOPIC_RUN, 0), "data.split_seed 99");
    fsnn_session_close(session);
    o.run = folder_path("split");
    REFUSED(fsnn_session_open(&o, &session), FSNN_EARGUMENT, "leave these keys as they were");
    assert_string_equal(fsnn_error_place().key, "run");
}

/* Nothing is written where a training is refused. */
static void refused(void **state)
{
    fsnn_session_training_options how = {.directory = folder_path("never")};
    fsnn_session *session = tiny_open(tiny_text, NULL);
    (void)state;
    REFUSED(fsnn_session_train(session, &how, NULL), FSNN_EDESCRIPTION, "section \"data\"");
    GOOD(fsnn_session_give(session, FSNN_PART_TEST, test_data));
    REFUSED(fsnn_session_train(session, &how, NULL), FSNN_ENOTFOUND, "no set \"train\"");
    fsnn_session_close(session);

    session = open_with(&(fsnn_session_options){
        .text = "input: [6]\nlayers:\n  - batchnorm: {}\n  - linear: {out: 3}\n  - lif: {}\n"
                "dynamics: {alpha: 0.5, times: [0, 1]}\ntraining: {batch: 59}\n"});
    FAILS(fsnn_session_check_training(session), FSNN_EDESCRIPTION);
    fsnn_session_close(session);
    assert_false(there("never"));
}

/* Batches that hold more than there is are refused with what would need less. */
static void memory(void **state)
{
    fsnn_session *session = tiny_open(tiny_text, NULL);
    fsnn_plan plan = {.steps = 1 << 20, .batch = 1 << 10, .training = true};
    (void)state;
    REFUSED(fsnn_session_wrap(session, &plan, 0), FSNN_EMEMORY, "training.checkpoint: auto");
    assert_null(fsnn_session_dynamics(session));
    fsnn_session_close(session);
}

static int setup(void **state)
{
    if (folder_open(state))
        return -1;
    train_data = tiny_data(60, 1);
    test_data = tiny_data(30, 2);
    return 0;
}

static int teardown(void **state)
{
    fsnn_data_destroy(train_data);
    fsnn_data_destroy(test_data);
    return folder_remove(state);
}

/* Data that are given between two trainings are watched by the second. */
static void given_later(void **state)
{
    fsnn_session *session = tiny_open(tiny_text, NULL);
    const fsnn_session_training_options how = fsnn_session_training_default();
    fsnn_metrics best;
    (void)state;
    GOOD(fsnn_session_give(session, FSNN_PART_TRAIN, train_data));
    GOOD(fsnn_session_train(session, &how, &best));
    assert_true(isnan(best.test_loss));
    fsnn_metrics_free(&best);
    GOOD(fsnn_session_give(session, FSNN_PART_VALIDATION, test_data));
    GOOD(fsnn_session_train(session, &how, &best));
    assert_true(isfinite(best.test_loss));
    fsnn_metrics_free(&best);
    fsnn_session_close(session);
}

/* What the caller did is not said to be the description's fault. */
static void faults_of_callers(void **state)
{
    fsnn_session *session = tiny_open(tiny_text, NULL);
    const float x[2 * TINY_IN] = {0};
    float chunk[TINY_IN] = {0};
    const fsnn_array input = {.shape = FSNN_SHAPE(1, 1, TINY_IN), .data = chunk};
    const fsnn_run_request request = {.x = &input, .keep = 1 << 12};
    const fsnn_plan none = {.steps = 0, .batch = 1};
    fsnn_session_training_options how = fsnn_session_training_default();
    fsnn_arrays result = {0};
    fsnn_data *unlabelled, *data = tiny_data(64, 1);
    (void)state;
    GOOD(fsnn_data_memory(2, FSNN_SHAPE(TINY_IN), x, NULL, &unlabelled));
    GOOD(fsnn_session_give(session, FSNN_PART_TRAIN, unlabelled));
    REFUSED(fsnn_session_train(session, &how, NULL), FSNN_EARGUMENT,
            "the training data has no classes: a loss needs them");
    assert_null(strstr(fsnn_error_text(), "kind of data"));
    REFUSED(fsnn_session_wrap(session, &none, 0), FSNN_EARGUMENT, "0 steps");
    REFUSED(fsnn_session_run(session, &request, &result), FSNN_EARGUMENT, "keep is 4096");
    fsnn_session_close_data(session); /* others may be given then */
    GOOD(fsnn_session_give(session, FSNN_PART_TRAIN, data));
    fsnn_loader *loader;
    REFUSED(fsnn_session_new_loader(session, data, 0, NULL, 0, &loader), FSNN_EARGUMENT,
            "a batch is one sample or more, not 0");
    assert_null(loader);
    REFUSED(fsnn_session_prepare(session, (fsnn_part)55, false), FSNN_EARGUMENT, "no part 55");
    how.directory = folder_path("twice");
    GOOD(fsnn_session_train(session, &how, NULL));
    REFUSED(fsnn_session_train(session, &how, NULL), FSNN_EARGUMENT, "mode resume goes on with it");
    fsnn_session_close(session);
    fsnn_data_destroy(unlabelled);
    fsnn_data_destroy(data);
}

/* A file of samples and their classes as arrays x and y. */
static void write_samples(const char *name, int count, uint64_t seed)
{
    fsnn_arrays list = {0};
    float *x = fsnn_arrays_add(&list, "x", FSNN_F32, &FSNN_SHAPE(count, TINY_IN))->data;
    int32_t *y = fsnn_arrays_add(&list, "y", FSNN_I32, &FSNN_SHAPE(count))->data;
    tiny_samples(count, seed, x, y);
    GOOD(fsnn_npz_write(folder_path(name), &list));
    fsnn_arrays_free(&list);
}

/* Data that were looked at first are those of a training all the same: read, noted by the weights,
 * and refused where they are damaged, before there is a run directory. */
static void looked_at_first(void **state)
{
    static const bool all[FSNN_PARTS] = {true, true, true};
    char text[2048], *described[2] = {NULL, NULL};
    fsnn_session_training_options how = fsnn_session_training_default();
    int64_t steps = 0;
    (void)state;
    write_samples("looked.npz", 60, 3);
    snprintf(text, sizeof text,
             "%sdata: {kind: npz, train: {path: %s}, validation: 0.2, encoder: {steps: 7}}\n",
             tiny_text, folder_path("looked.npz"));
    for (int look = 0; look < 2; look++) {
        CASE("look %d", look);
        fsnn_session *session = tiny_open(text, NULL);
        if (look) {
            GOOD(fsnn_session_look_data(session, all));
            fsnn_loader_shape(fsnn_session_loader(session, FSNN_PART_TRAIN), &steps, NULL);
            assert_int_equal(steps, 7);
            assert_int_equal(fsnn_loader_samples(fsnn_session_loader(session, FSNN_PART_TRAIN)),
                             48);
            assert_null(fsnn_session_loader(session, FSNN_PART_TEST));
        }
        GOOD(fsnn_session_train(session, &how, NULL));
        GOOD(fsnn_net_describe(fsnn_session_net(session), &described[look]));
        CONTAINS(described[look], "values=");
        fsnn_session_close(session);
    }
    assert_string_equal(described[0], described[1]);
    fsnn_session *session = tiny_open(text, NULL);
    char command[1024]; /* a number of x is another: only the checksum knows */
    snprintf(command, sizeof command,
             "printf '\\001' | dd of='%s' bs=1 seek=700 conv=notrunc 2>/dev/null",
             folder_path("looked.npz"));
    assert_int_equal(system(command), 0);
    how.directory = folder_path("looked");
    GOOD(fsnn_session_look_data(session, all));
    REFUSED(fsnn_session_train(session, &how, NULL), FSNN_EFORMAT, "entry x.npy is damaged");
    assert_int_not_equal(access(how.directory, F_OK), 0);
    fsnn_session_close(session);
    free(described[0]);
    free(described[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_memory),       cmocka_unit_test(augmented),
        cmocka_unit_test(stop_and_resume), cmocka_unit_test(other_split),
        cmocka_unit_test(refused),         cmocka_unit_test(memory),
        cmocka_unit_test(best_weights),    cmocka_unit_test(faults_of_callers),
        cmocka_unit_test(given_later),     cmocka_unit_test(looked_at_first),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
