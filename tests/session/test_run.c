/* Runs: recording in one piece and in chunks, time stamps, targets, stop by callback, errors with
 * the array that is at fault. How to record spikes and potentials of chosen layers was asked in
 * BindsNET issue 339 and slayerPytorch issue 67. */
#include "session/tiny.h"

enum { T = 8, B = 3 };

/* An array of numbers of a type, which the caller frees. */
static fsnn_array array(fsnn_dtype dtype, fsnn_shape shape, double low, double high)
{
    int64_t count = fsnn_shape_count(&shape);
    fsnn_array a = {.dtype = dtype, .shape = shape};
    a.data = calloc((size_t)count + 1, fsnn_dtype_size(dtype));
    assert_non_null(a.data);
    for (int64_t i = 0; i < count; i++) {
        double x = low + (high - low) * (double)fsnn_random_uniform(3, 7, (uint64_t)i);
        if (dtype == FSNN_F32)
            ((float *)a.data)[i] = (float)x;
        else if (dtype == FSNN_F64)
            ((double *)a.data)[i] = (float)x;
        else
            ((int64_t *)a.data)[i] = (int64_t)x;
    }
    return a;
}

static void same(const fsnn_arrays *a, const fsnn_arrays *b)
{
    assert_int_equal(a->count, b->count);
    for (int i = 0; i < a->count; i++) {
        CASE("%s", a->item[i].name);
        assert_string_equal(a->item[i].name, b->item[i].name);
        assert_true(fsnn_shape_equal(&a->item[i].shape, &b->item[i].shape));
        assert_memory_equal(a->item[i].data, b->item[i].data,
                            (size_t)fsnn_shape_count(&a->item[i].shape) *
                                fsnn_dtype_size(a->item[i].dtype));
    }
}

/* The same run, whatever its chunks (but for rounding, in layers of many steps at once) and
 * whatever the numbers of x are stored as (to the bit). */
static void chunks_and_types(void **state)
{
    static const char *const names[] = {"output",      "v.lif1", "v.lif2",        "spikes.lif1",
                                        "spikes.lif2", "step",   "threshold.lif1"};
    const fsnn_shape shape = FSNN_SHAPE(T, B, TINY_IN);
    fsnn_array x = array(FSNN_F32, shape, 0, 3), exact = array(FSNN_F64, shape, 0, 3);
    fsnn_session *session = tiny_open(tiny_text, NULL);
    fsnn_arrays whole = {0}, cut = {0}, wide = {0};
    fsnn_run_request r = {.x = &x, .keep = (int)VALID(fsnn_keep_find("v,spikes"))};
    (void)state;
    GOOD(fsnn_session_run(session, &r, &whole));
    for (int i = 0; i < FSNN_COUNT(names); i++)
        assert_non_null(fsnn_arrays_find(&whole, names[i]));
    assert_null(fsnn_session_warning_on(session, FSNN_TOPIC_RESULT, 0));
    const fsnn_array *spikes = fsnn_arrays_find(&whole, "spikes.lif1");
    double sum = 0;
    for (int64_t i = 0; i < fsnn_shape_count(&spikes->shape); i++)
        sum += (double)((const float *)spikes->data)[i];
    assert_true(sum > 0);
    r.chunk = 3;
    GOOD(fsnn_session_run(session, &r, &cut));
    for (int i = 0; i < FSNN_COUNT(names) - 2; i++)
        CLOSE(names[i], fsnn_arrays_find(&cut, names[i])->data,
              fsnn_arrays_find(&whole, names[i])->data,
              fsnn_shape_count(&fsnn_arrays_find(&whole, names[i])->shape), 1e-5);
    r.x = &exact;
    GOOD(fsnn_session_run(session, &r, &wide));
    same(&cut, &wide);
    fsnn_arrays_free(&whole);
    fsnn_arrays_free(&cut);
    fsnn_arrays_free(&wide);
    fsnn_session_close(session);
    free(x.data);
    free(exact.data);
}

/* Stamps one step apart change nothing; others make steps of their own. */
static void time_stamps(void **state)
{
    fsnn_array x = array(FSNN_F32, FSNN_SHAPE(T, B, TINY_IN), 0, 3),
               times = array(FSNN_F64, FSNN_SHAPE(T), 0, 0);
    fsnn_session *session = tiny_open(tiny_text, NULL);
    fsnn_arrays without = {0}, with = {0};
    fsnn_run_request r = {.x = &x};
    (void)state;
    GOOD(fsnn_session_run(session, &r, &without));
    r.times = &times;
    REFUSED(fsnn_session_run(session, &r, &with), ANY_ERROR, "times");
    assert_string_equal(fsnn_error_place().key, "times");
    for (int k = 0; k < T; k++)
        ((double *)times.data)[k] = 2.0 * k;
    fsnn_arrays_free(&with);
    GOOD(fsnn_session_run(session, &r, &with));
    const fsnn_array *grid = fsnn_arrays_find(&with, "times");
    assert_int_equal(grid->shape.dim[0], 2 * T - 1);
    assert_int_equal(fsnn_arrays_find(&with, "output")->shape.dim[0], 2 * T - 1);
    for (int k = 0; k < T; k++)
        ((double *)times.data)[k] = k;
    fsnn_arrays_free(&with);
    GOOD(fsnn_session_run(session, &r, &with));
    assert_memory_equal(fsnn_arrays_find(&with, "output")->data,
                        fsnn_arrays_find(&without, "output")->data,
                        T * B * TINY_CLASSES * sizeof(float));
    fsnn_arrays_free(&with);
    fsnn_arrays_free(&without);
    fsnn_session_close(session);
    free(x.data);
    free(times.data);
}

/* The loss is fsnn_loss_compute's on the output; gradients are there for all that is learned. */
static void targets(void **state)
{
    fsnn_array x = array(FSNN_F32, FSNN_SHAPE(T, B, TINY_IN), 0, 3),
               classes = array(FSNN_I64, FSNN_SHAPE(B), 0, 3),
               values = array(FSNN_F32, FSNN_SHAPE(B, TINY_CLASSES), 0, 1);
    const struct {
        fsnn_loss loss;
        const fsnn_array *target;
    } good[] = {{{.kind = FSNN_MSE_RATE}, &values},
                {{.kind = FSNN_CE_RATE}, &classes},
                {{.kind = FSNN_TET}, &classes},
                {{.kind = FSNN_MSE, .readout = FSNN_READOUT_LAST}, &values},
                {{.kind = FSNN_CE, .readout = FSNN_READOUT_MAX}, &classes},
                {{.kind = FSNN_CE, .readout = FSNN_READOUT_EACH}, &classes}};
    fsnn_session *session = tiny_open(tiny_text, NULL);
    (void)state;
    for (int i = 0; i < FSNN_COUNT(good); i++) {
        CASE("%s, %s", fsnn_loss_name(good[i].loss.kind), fsnn_readout_name(good[i].loss.readout));
        fsnn_arrays result = {0};
        int32_t labels[B];
        double loss;
        const fsnn_run_request r = {.x = &x,
                                    .target = good[i].target,
                                    .loss = good[i].loss.kind,
                                    .options = &good[i].loss,
                                    .gradients = true};
        GOOD(fsnn_session_run(session, &r, &result));
        for (int b = 0; b < B; b++)
            labels[b] = (int32_t)((const int64_t *)classes.data)[b];
        bool whole = good[i].target == &classes;
        GOOD(fsnn_loss_compute(&good[i].loss, T, B, TINY_CLASSES,
                               fsnn_arrays_find(&result, "output")->data, whole ? labels : NULL,
                               whole ? NULL : values.data, NULL, &loss, NULL));
        assert_float_equal(*(double *)fsnn_arrays_find(&result, "loss")->data, loss, 0);
        assert_non_null(fsnn_arrays_find(&result, "grad.lif1.alpha"));
        const float *gradient = fsnn_arrays_find(&result, "grad.fc2.bias")->data;
        assert_true(gradient[0] != 0 || gradient[1] != 0 || gradient[2] != 0);
        fsnn_arrays_free(&result);
    }
    fsnn_session_close(session);
    free(x.data);
    free(classes.data);
    free(values.data);
}

/* A class or values for each step; -1 does not count, as FSNN_UNLABELLED of fsnn_loss_measure. */
static void targets_of_steps(void **state)
{
    fsnn_array x = array(FSNN_F32, FSNN_SHAPE(T, B, TINY_IN), 0, 3),
               classes = array(FSNN_I64, FSNN_SHAPE(B, T), 0, 3),
               values = array(FSNN_F32, FSNN_SHAPE(B, T, TINY_CLASSES), 0, 1);
    const fsnn_loss loss[] = {{.kind = FSNN_CE, .readout = FSNN_READOUT_EACH},
                              {.kind = FSNN_MSE, .readout = FSNN_READOUT_EACH}};
    int32_t labels[B * T];
    fsnn_session *session = tiny_open(tiny_text, NULL);
    (void)state;
    ((int64_t *)classes.data)[3] = -1;
    for (int i = 0; i < B * T; i++)
        labels[i] = i == 3 ? FSNN_UNLABELLED : (int32_t)((const int64_t *)classes.data)[i];
    const fsnn_target target[] = {{.labels = labels, .steps = true},
                                  {.values = values.data, .steps = true}};
    for (int i = 0; i < FSNN_COUNT(loss); i++) {
        CASE("%s", fsnn_loss_name(loss[i].kind));
        fsnn_arrays result = {0};
        fsnn_measure measure;
        const fsnn_run_request r = {.x = &x,
                                    .target = i ? &values : &classes,
                                    .loss = loss[i].kind,
                                    .options = &loss[i],
                                    .gradients = true};
        GOOD(fsnn_session_run(session, &r, &result));
        GOOD(fsnn_loss_measure(&loss[i], T, B, TINY_CLASSES,
                               fsnn_arrays_find(&result, "output")->data, &target[i], NULL,
                               &measure));
        assert_float_equal(*(double *)fsnn_arrays_find(&result, "loss")->data, measure.value, 0);
        const float *gradient = fsnn_arrays_find(&result, "grad.fc2.bias")->data;
        assert_true(gradient[0] != 0 || gradient[1] != 0 || gradient[2] != 0);
        fsnn_arrays_free(&result);
    }
    ((int64_t *)classes.data)[T + 2] = TINY_CLASSES;
    fsnn_arrays result = {0};
    fsnn_run_request r = {.x = &x, .target = &classes, .loss = FSNN_CE, .options = &loss[0]};
    REFUSED(fsnn_session_run(session, &r, &result), FSNN_EARGUMENT, "target[1, 2] is class 3");
    ((int64_t *)classes.data)[T + 2] = 0;
    r.options = NULL;
    r.loss = FSNN_CE_RATE;
    REFUSED(fsnn_session_run(session, &r, &result), FSNN_EARGUMENT, "readout each");
    fsnn_arrays_free(&result);
    fsnn_session_close(session);
    free(x.data);
    free(classes.data);
    free(values.data);
}

/* Results of several runs in one list: each reads its own arrays, and not those before. */
static void appended(void **state)
{
    fsnn_array x = array(FSNN_F32, FSNN_SHAPE(T, B, TINY_IN), 0, 3),
               longer = array(FSNN_F32, FSNN_SHAPE(3 * T, 2 * B, TINY_IN), 0, 2),
               classes = array(FSNN_I64, FSNN_SHAPE(2 * B), 0, 3);
    fsnn_session *session = tiny_open(tiny_text, NULL);
    const fsnn_run_request first = {.x = &x, .keep = FSNN_KEEP_V};
    const fsnn_run_request second = {
        .x = &longer, .keep = FSNN_KEEP_V, .target = &classes, .loss = FSNN_CE_RATE};
    fsnn_arrays both = {0}, alone = {0};
    (void)state;
    GOOD(fsnn_session_run(session, &first, &both));
    int before = both.count;
    GOOD(fsnn_session_run(session, &second, &both));
    GOOD(fsnn_session_run(session, &second, &alone));
    fsnn_arrays behind = {.item = both.item + before, .count = both.count - before};
    assert_non_null(fsnn_arrays_find(&behind, "loss"));
    same(&behind, &alone);
    fsnn_arrays_free(&both);
    fsnn_arrays_free(&alone);
    fsnn_session_close(session);
    free(x.data), free(longer.data), free(classes.data);
}

static int stop_at_second(int64_t done, int64_t steps, void *user)
{
    assert_int_equal(steps, T);
    *(int64_t *)user = done;
    return done == 4;
}

static void stop(void **state)
{
    fsnn_array x = array(FSNN_F32, FSNN_SHAPE(T, B, TINY_IN), 0, 3);
    fsnn_session *session = tiny_open(tiny_text, NULL);
    fsnn_arrays result = {0};
    int64_t done = -1;
    const fsnn_run_request r = {.x = &x, .chunk = 2, .progress = stop_at_second, .user = &done};
    (void)state;
    REFUSED(fsnn_session_run(session, &r, &result), FSNN_EINTERRUPTED, "after 4 of 8 steps");
    assert_int_equal(done, 4);
    fsnn_arrays_free(&result);
    fsnn_session_close(session);
    free(x.data);
}

static void refused(void **state)
{
    fsnn_array x = array(FSNN_F32, FSNN_SHAPE(T, B, TINY_IN), 0, 3),
               narrow = array(FSNN_F32, FSNN_SHAPE(T, B, 5), 0, 3),
               nothing = array(FSNN_F32, FSNN_SHAPE(0, B, TINY_IN), 0, 3),
               late = array(FSNN_I64, FSNN_SHAPE(B), 7, 9),
               few = array(FSNN_F32, FSNN_SHAPE(2, TINY_CLASSES), 0, 1),
               bad = array(FSNN_F32, FSNN_SHAPE(T, B, TINY_IN), 0, 3);
    ((float *)bad.data)[5] = NAN;
    fsnn_array untyped = x, flat = x, empty = x;
    untyped.dtype = (fsnn_dtype)99;
    flat.shape.rank = -1;
    empty.data = NULL;
    const struct {
        fsnn_run_request r;
        const char *key, *words;
    } wrong[] = {
        {{.x = NULL}, "", "needs an array x"},
        {{.x = &narrow}, "x", "expected [T, B, 6]"},
        {{.x = &nothing}, "x", "nothing to run"},
        {{.x = &bad}, "x", "NaN at element 5"},
        {{.x = &untyped}, "x", "x has the type 99, which does not exist"},
        {{.x = &flat}, "x", "x has the rank -1"},
        {{.x = &x, .times = &untyped}, "times", "times has the type 99"},
        {{.x = &x, .times = &flat}, "times", "times has the rank -1"},
        {{.x = &x, .times = &empty}, "times", "times has no numbers"},
        {{.x = &x, .target = &untyped}, "target", "target has the type 99"},
        {{.x = &x, .target = &flat}, "target", "target has the rank -1"},
        {{.x = &x, .target = &late, .loss = FSNN_CE_RATE}, "target", "classes 0 to 2"},
        {{.x = &x, .target = &few, .loss = FSNN_MSE_RATE}, "target", "mse_rate takes [3, 3]"},
        {{.x = &x, .gradients = true}, "", "need a loss"},
        {{.x = &x, .gradients = true, .target = &late, .chunk = 2}, "", "in one piece"},
        {{.x = &x, .chunk = -1}, "", "one step or more"},
    };
    fsnn_session *session = tiny_open(tiny_text, NULL);
    fsnn_arrays result = {0};
    (void)state;
    for (int i = 0; i < FSNN_COUNT(wrong); i++) {
        CASE("%s", wrong[i].words);
        REFUSED(fsnn_session_run(session, &wrong[i].r, &result), ANY_ERROR, wrong[i].words);
        assert_string_equal(fsnn_error_place().key, wrong[i].key);
        assert_int_equal(result.count, 0);
    }
    REFUSED(fsnn_keep_find("v,spike"), FSNN_ENOTFOUND, "did you mean spikes?");
    assert_int_equal(VALID(fsnn_keep_find("")), 0);
    assert_int_equal(VALID(fsnn_keep_find("states,v")), FSNN_KEEP_STATES | FSNN_KEEP_V);
    fsnn_session_close(session);
    free(x.data), free(narrow.data), free(nothing.data), free(late.data), free(few.data);
    free(bad.data);
}

/* A readout has no spikes to keep, which is said. */
static void readouts(void **state)
{
    fsnn_array x = array(FSNN_F32, FSNN_SHAPE(T, B, 4), 0, 3);
    fsnn_session *session = tiny_open("input: [4]\nlayers: [linear: {out: 2}, readout: {name: r}]\n"
                                      "dynamics: {alpha: 0.5, memory: {tolerance: 1.0e-5}}\n",
                                      NULL);
    fsnn_arrays result = {0};
    const fsnn_run_request r = {.x = &x, .keep = FSNN_KEEP_SPIKES | FSNN_KEEP_V};
    (void)state;
    GOOD(fsnn_session_run(session, &r, &result));
    CONTAINS(fsnn_session_warning_on(session, FSNN_TOPIC_RESULT, 0), "no layer");
    assert_null(fsnn_arrays_find(&result, "spikes.r"));
    assert_non_null(fsnn_arrays_find(&result, "v.r"));
    fsnn_arrays_free(&result);
    fsnn_session_close(session);
    free(x.data);
}

/* Of chosen layers and steps, in any chunks, what a run that records all has there. */
static void chosen_records(void **state)
{
    static const char *const names[] = {"v.lif1", "spikes.lif1", "spikes.lif2"};
    enum { FIRST = 2, STEPS = 5 };
    fsnn_array x = array(FSNN_F32, FSNN_SHAPE(T, B, TINY_IN), 0, 3);
    fsnn_session *session = tiny_open(tiny_text, NULL);
    fsnn_arrays all = {0};
    fsnn_run_request r = {.x = &x, .keep = (int)VALID(fsnn_keep_find("v,spikes"))};
    (void)state;
    for (r.chunk = 0; r.chunk <= T; r.chunk++) {
        fsnn_arrays some = {0};
        r.keep = FSNN_KEEP_V | FSNN_KEEP_SPIKES, r.record = NULL;
        r.record_first = r.record_steps = 0;
        GOOD(fsnn_session_run(session, &r, &all));
        r.keep = 0, r.record = "v:lif1,spikes:lif?";
        r.record_first = FIRST, r.record_steps = STEPS;
        GOOD(fsnn_session_run(session, &r, &some));
        /* output, three records, step, first_step, threshold.lif1 */
        assert_int_equal(some.count, 7);
        assert_int_equal(*(int64_t *)fsnn_arrays_find(&some, "first_step")->data, FIRST);
        assert_non_null(fsnn_arrays_find(&some, "threshold.lif1"));
        assert_null(fsnn_arrays_find(&some, "v.lif2"));
        for (int i = 0; i < FSNN_COUNT(names); i++) {
            CASE("%s, chunk %d", names[i], (int)r.chunk);
            const fsnn_array *a = fsnn_arrays_find(&some, names[i]);
            size_t step = (size_t)fsnn_shape_count(&a->shape) / STEPS * sizeof(float);
            assert_int_equal(a->shape.dim[0], STEPS);
            assert_memory_equal(a->data,
                                (char *)fsnn_arrays_find(&all, names[i])->data + FIRST * step,
                                STEPS * step);
        }
        fsnn_arrays_free(&all);
        fsnn_arrays_free(&some);
    }
    fsnn_session_close(session);
    free(x.data);
}

static void wrong_records(void **state)
{
    fsnn_array x = array(FSNN_F32, FSNN_SHAPE(T, B, TINY_IN), 0, 3);
    const struct {
        fsnn_run_request r;
        const char *words;
    } wrong[] = {
        {{.record = "v:lif3"}, "record v:lif3: there is no such layer; layers with v: lif1, lif2"},
        {{.record = "spikes,v:fc1"}, "only neuron layers are recorded; layers with v: lif1, lif2"},
        {{.record = "spike:lif1"}, "did you mean spikes?"},
        {{.record = "v:"}, "behind the colon"},
        {{.record = "v", .record_first = T}, "steps 8 to 8: the run has the steps 0 to 7"},
        {{.record = "v", .record_first = 4, .record_steps = 5}, "steps 4 to 8: the run has"},
        {{.record = "v", .record_first = -1}, "neither is below 0"},
        {{.record_steps = 2}, "not what is recorded"},
    };
    fsnn_session *session = tiny_open(tiny_text, NULL);
    fsnn_arrays result = {0};
    (void)state;
    for (int i = 0; i < FSNN_COUNT(wrong); i++) {
        fsnn_run_request r = wrong[i].r;
        r.x = &x;
        CASE("%s", wrong[i].words);
        REFUSED(fsnn_session_run(session, &r, &result), ANY_ERROR, wrong[i].words);
        assert_int_equal(result.count, 0);
    }
    GOOD(fsnn_record_check("v:anything,spikes", NULL));
    GOOD(fsnn_record_check("v:*,spikes:lif1", fsnn_session_net(session)));
    REFUSED(fsnn_record_check("v:x", fsnn_session_net(session)), FSNN_ENOTFOUND, "no such layer");
    fsnn_session_close(session);
    session = tiny_open("input: [6]\nlayers: [linear: {out: 2}, readout: {name: r}]\n"
                        "dynamics: {alpha: 0.5}\n",
                        NULL);
    const fsnn_run_request silent = {.x = &x, .record = "spikes:r"};
    REFUSED(fsnn_session_run(session, &silent, &result), FSNN_ENOTFOUND, "the layer never spikes");
    fsnn_session_close(session);
    free(x.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_and_types), cmocka_unit_test(time_stamps),
        cmocka_unit_test(targets),          cmocka_unit_test(stop),
        cmocka_unit_test(targets_of_steps), cmocka_unit_test(refused),
        cmocka_unit_test(readouts),         cmocka_unit_test(appended),
        cmocka_unit_test(chosen_records),   cmocka_unit_test(wrong_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
