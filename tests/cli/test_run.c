/* fsnn run: what it writes, that chunks change nothing, and what bad input is told. */

#include "shell.h"
#include "tiny.h"

static void has_shape(const fsnn_arrays *list, const char *name, fsnn_dtype dtype, fsnn_shape shape)
{
    const fsnn_array *array = fsnn_arrays_find(list, name);
    char text[96];
    if (!array)
        fail_msg("there is no array %s", name);
    if (!fsnn_shape_equal(&array->shape, &shape))
        fail_msg("%s has shape %s", name, fsnn_shape_text(&array->shape, text, sizeof text));
    assert_int_equal(array->dtype, dtype);
}

static const float *floats(const fsnn_arrays *list, const char *name)
{
    const fsnn_array *array = fsnn_arrays_find(list, name);
    if (!array)
        fail_msg("there is no array %s", name);
    return array->data;
}

static void arrays_and_shapes(void **state)
{
    (void)state;
    shell_good("$F run model.yaml --input x.npz --output y.npz --record v,spikes,current");
    shell_contains(shell_err, "initial weights of seed", "run without weights");
    assert_string_equal(shell_out, "");
    fsnn_arrays y = shell_load("y.npz");
    assert_int_equal(y.count, 10);
    has_shape(&y, "step", FSNN_F64, (fsnn_shape){0});
    has_shape(&y, "threshold.lif1", FSNN_F32, FSNN_SHAPE(12));
    assert_float_equal(floats(&y, "threshold.lif1")[7], 1, 0);
    has_shape(&y, "output", FSNN_F32, FSNN_SHAPE(TINY_T, TINY_B, TINY_OUT));
    has_shape(&y, "v.lif1", FSNN_F32, FSNN_SHAPE(TINY_T, TINY_B, 12));
    has_shape(&y, "spikes.lif1", FSNN_F32, FSNN_SHAPE(TINY_T, TINY_B, 12));
    has_shape(&y, "current.lif2", FSNN_F32, FSNN_SHAPE(TINY_T, TINY_B, TINY_OUT));
    /* the output is the last neuron layer's spikes */
    assert_memory_equal(floats(&y, "output"), floats(&y, "spikes.lif2"),
                        TINY_T * TINY_B * TINY_OUT * 4);
    fsnn_arrays_free(&y);
    shell_good("$F run model.yaml --input x.npz --output y.npz --record=spikes");
    y = shell_load("y.npz");
    assert_int_equal(y.count, 4);
    fsnn_arrays_free(&y);
}

/* Of one layer and some steps: the part of the whole record. */
static void chosen_layers_and_steps(void **state)
{
    (void)state;
    shell_good("$F run model.yaml --input x.npz --output all.npz --record v,spikes");
    shell_good("$F run model.yaml --input x.npz --output y.npz --record v:lif1,spikes "
               "--record-steps 2:5 --chunk 3");
    fsnn_arrays all = shell_load("all.npz"), y = shell_load("y.npz");
    has_shape(&y, "v.lif1", FSNN_F32, FSNN_SHAPE(3, TINY_B, 12));
    has_shape(&y, "spikes.lif2", FSNN_F32, FSNN_SHAPE(3, TINY_B, TINY_OUT));
    has_shape(&y, "first_step", FSNN_I64, (fsnn_shape){0});
    has_shape(&y, "output", FSNN_F32, FSNN_SHAPE(TINY_T, TINY_B, TINY_OUT));
    assert_null(fsnn_arrays_find(&y, "v.lif2"));
    assert_memory_equal(floats(&y, "spikes.lif1"), floats(&all, "spikes.lif1") + 2 * TINY_B * 12,
                        3 * TINY_B * 12 * 4);
    fsnn_arrays_free(&all);
    fsnn_arrays_free(&y);
    shell_fails("$F run model.yaml --input x.npz --output y.npz --record v --record-steps 2:999", 1,
                "the run has the steps 0 to");
    shell_fails("$F run model.yaml --input x.npz --output y.npz --record v:lif9", 2,
                "--record v:lif9: there is no such layer; layers with v: lif1, lif2");
}

/* Spikes stand where what is tested reaches the threshold, in chunks too; a readout has neither. */
static void what_is_tested(void **state)
{
    (void)state;
    folder_write_text("tested.yaml", "input: [6]\nlayers:\n  - linear: {out: 5, name: w}\n"
                                     "  - alif: {tau: 2, params: {tau_a: 5}, name: a}\n"
                                     "  - lif: {tau: 2, threshold: 0.3, reset: jump, name: b}\n"
                                     "  - readout: {name: c}\ndynamics: {alpha: 0.6}\n");
    static const char *const name[] = {"a", "b"};
    shell_good("$F run tested.yaml --input x.npz --output y.npz --record spikes,test,threshold "
               "--chunk 3");
    fsnn_arrays y = shell_load("y.npz");
    assert_null(fsnn_arrays_find(&y, "test.c"));
    for (int l = 0; l < 2; l++) {
        char text[3][32];
        snprintf(text[0], 32, "spikes.%s", name[l]);
        snprintf(text[1], 32, "test.%s", name[l]);
        snprintf(text[2], 32, "threshold.%s", name[l]);
        has_shape(&y, text[2], FSNN_F32, FSNN_SHAPE(TINY_T, TINY_B, 5));
        for (int i = 0; i < TINY_T * TINY_B * 5; i++)
            assert_int_equal(floats(&y, text[1])[i] >= floats(&y, text[2])[i],
                             floats(&y, text[0])[i] != 0);
    }
    fsnn_arrays_free(&y);
    /* with v alone, one number a neuron where it does not move */
    shell_good("$F run tested.yaml --input x.npz --output y.npz --record v");
    y = shell_load("y.npz");
    assert_null(fsnn_arrays_find(&y, "threshold.a"));
    has_shape(&y, "threshold.b", FSNN_F32, FSNN_SHAPE(5));
    assert_float_equal(floats(&y, "threshold.b")[4], 0.3F, 0);
    fsnn_arrays_free(&y);
}

/* The potential of the first step from rest is gain * (I/tau - s threshold/tau), with gain =
 * h^alpha. */
static void first_step(void **state)
{
    (void)state;
    shell_good(
        "$F run model.yaml --input x.npz --output y.npz --record v,spikes,current --set lif1.tau=4 "
        "--set dynamics.step=0.25");
    fsnn_arrays y = shell_load("y.npz");
    const float *v = floats(&y, "v.lif1"), *s = floats(&y, "spikes.lif1"),
                *I = floats(&y, "current.lif1");
    for (int i = 0; i < TINY_B * 12; i++)
        assert_float_equal(v[i], pow(0.25, 0.6) * (I[i] / 4 - s[i] / 4), 1e-6);
    fsnn_arrays_free(&y);
}

static void same_arrays(const char *a_name, const char *b_name, bool with_output)
{
    fsnn_arrays a = shell_load(a_name), b = shell_load(b_name);
    assert_int_equal(a.count, b.count);
    for (int i = 0; i < a.count; i++) {
        const fsnn_array *x = &a.item[i], *y = fsnn_arrays_find(&b, x->name);
        assert_non_null(y);
        assert_true(fsnn_shape_equal(&x->shape, &y->shape));
        if (with_output || strcmp(x->name, "output") != 0)
            assert_memory_equal(x->data, y->data, (size_t)fsnn_shape_count(&x->shape) * 4);
    }
    fsnn_arrays_free(&a);
    fsnn_arrays_free(&b);
}

/* Weights that are multiples of 1/16, and with them the input exact.npz of multiples of 1/16: every
 * current is exact, in whatever order the dense kernels add, so that all bits agree. */
static void exact_weights(const char *name)
{
    fsnn_arrays w = {0};
    uint32_t seed = 9;
    float *fc1 = shell_add(&w, "fc1.weight", FSNN_SHAPE(12, 6)),
          *b1 = shell_add(&w, "fc1.bias", FSNN_SHAPE(12));
    float *fc2 = shell_add(&w, "fc2.weight", FSNN_SHAPE(3, 12)),
          *b2 = shell_add(&w, "fc2.bias", FSNN_SHAPE(3));
    for (int i = 0; i < 72; i++)
        fc1[i] = (float)floor(16 * shell_random(&seed) - 6) / 16;
    for (int i = 0; i < 36; i++)
        fc2[i] = (float)floor(16 * shell_random(&seed) - 4) / 8;
    for (int i = 0; i < 12; i++)
        b1[i] = 0.25f;
    for (int i = 0; i < 3; i++)
        b2[i] = 0.125f;
    shell_save(&w, name);
    fsnn_arrays in = {0};
    float *x = shell_add(&in, "x", FSNN_SHAPE(TINY_T, TINY_B, TINY_IN));
    for (int i = 0; i < TINY_T * TINY_B * TINY_IN; i++)
        x[i] = (float)floor(48 * shell_random(&seed)) / 16;
    shell_save(&in, "exact.npz");
}

static void chunks_change_no_bit(void **state)
{
    (void)state;
    static const char run[] =
        "$F run model.yaml --weights w.npz --input exact.npz --record v,spikes";
    char line[256];
    exact_weights("w.npz");
    snprintf(line, sizeof line, "%s --output whole.npz", run);
    shell_good(line);
    fsnn_arrays whole = shell_load("whole.npz");
    const float *spikes = floats(&whole, "spikes.lif1");
    double sum = 0;
    for (int i = 0; i < TINY_T * TINY_B * 12; i++)
        sum += spikes[i];
    assert_true(sum > 10 && sum < TINY_T * TINY_B * 12 - 10); /* both happen */
    fsnn_arrays_free(&whole);
    for (int chunk = 1; chunk <= 9; chunk++) { /* 3, 5, 6, 7 leave a rest; 9 is more than all */
        snprintf(line, sizeof line, "%s --output parts.npz --chunk %d", run, chunk);
        shell_good(line);
        same_arrays("whole.npz", "parts.npz", true);
    }
}

/* The same for every method and reset: what each keeps of the past is carried over. */
static void chunks_of_every_method(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "dynamics.method=l1",
        "dynamics.method=trap",
        "dynamics.method=ab",
        "dynamics.method=abm",
        "dynamics.method=ml",
        "dynamics.memory=3",
        "dynamics='{alpha: [0.3, 0.7], alpha_mode: multiterm}'",
        "dynamics='{integrator: odeint, method: euler}'",
        "dynamics='{integrator: odeint, method: heun}'",
        "lif1.reset=subtract",
        "lif1.reset=value",
        "lif1.reset=jump",
        "lif1.reset=delta",
        "lif1.reset=restart",
        "lif1.reset=none",
    };
    char line[512];
    exact_weights("w.npz");
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        static const char run[] =
            "$F run model.yaml --weights w.npz --input exact.npz --record v,spikes";
        snprintf(line, sizeof line, "%s --set %s --output whole.npz", run, sets[i]);
        shell_good(line);
        snprintf(line, sizeof line, "%s --set %s --output parts.npz --chunk 3", run, sets[i]);
        shell_good(line);
        same_arrays("whole.npz", "parts.npz", true);
    }
}

/* What a delay holds is carried over too. All products of this net are of one step. */
static void chunks_of_a_loop(void **state)
{
    (void)state;
    static const char run[] = "$F run loop.yaml --input exact.npz --record v,spikes";
    char line[256], text[512];
    exact_weights("w.npz");
    snprintf(text, sizeof text,
             "input: [%d]\n"
             "layers:\n"
             "  - delay: lif1\n"
             "  - linear: {out: %d, name: w}\n"
             "  - add: {from: [input, w]}\n"
             "  - lif: {tau: 2.0}\n"
             "dynamics: {alpha: 0.6}\n",
             TINY_IN, TINY_IN);
    folder_write_text("loop.yaml", text);
    snprintf(line, sizeof line, "%s --output whole.npz", run);
    shell_good(line);
    for (int chunk = 1; chunk <= 9; chunk++) {
        snprintf(line, sizeof line, "%s --output parts.npz --chunk %d", run, chunk);
        shell_good(line);
        same_arrays("whole.npz", "parts.npz", true);
    }
    shell_good("$F inspect loop.yaml");
    shell_contains(shell_out, "step by step: delay1, w, add1, lif1", "inspect loop.yaml");
}

static void threads_and_seed(void **state)
{
    (void)state;
    shell_good("$F run model.yaml --input x.npz --output a.npz --record v --seed 4 --threads 1");
    shell_good("$F run model.yaml --input x.npz --output b.npz --record v --seed=4 --threads=2");
    same_arrays("a.npz", "b.npz", true);
    shell_good("$F run model.yaml --input x.npz --output b.npz --record v --seed 5");
    fsnn_arrays a = shell_load("a.npz"), b = shell_load("b.npz");
    assert_memory_not_equal(floats(&a, "v.lif1"), floats(&b, "v.lif1"), TINY_T * TINY_B * 12 * 4);
    fsnn_arrays_free(&a);
    fsnn_arrays_free(&b);
}

/* A sample of the data gives what its numbers give as a file. */
static void sample_of_the_data(void **state)
{
    (void)state;
    enum { STEPS = 6, SAMPLE = 4 };
    fsnn_arrays test = shell_load("test.npz"), list = {0};
    const float *from = fsnn_arrays_find(&test, "x")->data;
    float *x = shell_add(&list, "x", FSNN_SHAPE(STEPS, 1, TINY_IN));
    for (int k = 0; k < STEPS; k++)
        memcpy(x + k * TINY_IN, from + SAMPLE * TINY_IN, TINY_IN * sizeof *x);
    shell_save(&list, "one.npz");
    fsnn_arrays_free(&test);
    shell_good("$F run tiny.yaml --input one.npz --output a.npz --record v");
    shell_says("$F run tiny.yaml --on test --sample 4 --output b.npz --record v",
               "test sample 4: class 1, answer ");
    fsnn_arrays a = shell_load("a.npz"), b = shell_load("b.npz");
    static const char *const same[] = {"output", "v.lif1", "v.lif2"};
    for (int i = 0; i < FSNN_COUNT(same); i++) {
        const fsnn_array *one = fsnn_arrays_find(&a, same[i]), *two = fsnn_arrays_find(&b, same[i]);
        assert_true(fsnn_shape_equal(&one->shape, &two->shape));
        assert_memory_equal(one->data, two->data,
                            (size_t)fsnn_shape_count(&one->shape) * sizeof(float));
    }
    assert_int_equal(*(const int32_t *)fsnn_arrays_find(&b, "label")->data, 1);
    fsnn_arrays_free(&a);
    fsnn_arrays_free(&b);
    shell_fails("$F run tiny.yaml --on tests --output c.npz", 2, "there are train, validation");
    shell_fails("$F run tiny.yaml --sample 4 --output c.npz", 2, "--on train, validation or test");
    shell_fails("$F run tiny.yaml --on test --input x.npz --output c.npz", 2, "leave --input out");
    shell_fails("$F run tiny.yaml --on test --sample 100000 --output c.npz", 2,
                "--sample 100000: the test data have");
    shell_fails("$F run tiny.yaml --on validation --output c.npz", 1, "has no such data");
    shell_fails("$F run model.yaml --on test --output c.npz", 2, "data");
}

static void save_target(const char *name, int rows, int columns)
{
    fsnn_arrays t = {0};
    float *target = shell_add(&t, "target", FSNN_SHAPE(rows, columns));
    for (int i = 0; i < rows * columns; i++)
        target[i] = i % 3 == 0 ? 1 : 0;
    shell_save(&t, name);
}

static void save_classes(const char *name, fsnn_dtype dtype, int count, int highest)
{
    fsnn_arrays t = {0};
    fsnn_shape shape = FSNN_SHAPE(count);
    fsnn_array *target = fsnn_arrays_add(&t, "target", dtype, &shape);
    assert_non_null(target);
    for (int i = 0; i < count && dtype == FSNN_I32; i++)
        ((int32_t *)target->data)[i] = i == count - 1 ? highest : 0;
    shell_save(&t, name);
}

/* mse_rate = mean over all elements of (mean over T of output - target)^2, formed here once more.
 */
static void loss_and_gradients(void **state)
{
    (void)state;
    save_target("t.npz", TINY_B, TINY_OUT);
    shell_good("$F run model.yaml --input x.npz --output y.npz --target t.npz --grads");
    shell_contains(shell_out, "mse_rate ", "run --target");
    fsnn_arrays y = shell_load("y.npz");
    fsnn_shape scalar = {0};
    has_shape(&y, "loss", FSNN_F64, scalar);
    const float *o = floats(&y, "output");
    double sum = 0;
    for (int i = 0; i < TINY_B * TINY_OUT; i++) {
        double rate = 0;
        for (int k = 0; k < TINY_T; k++)
            rate += o[k * TINY_B * TINY_OUT + i] / TINY_T;
        double d = rate - (i % 3 == 0);
        sum += d * d / (TINY_B * TINY_OUT);
    }
    assert_float_equal(*(double *)fsnn_arrays_find(&y, "loss")->data, sum, 1e-6);
    has_shape(&y, "grad.fc1.weight", FSNN_F32, FSNN_SHAPE(12, 6));
    has_shape(&y, "grad.fc2.bias", FSNN_F32, FSNN_SHAPE(3));
    assert_non_null(fsnn_arrays_find(&y, "grad.lif1.tau"));   /* learned */
    assert_null(fsnn_arrays_find(&y, "grad.lif2.tau"));       /* fixed */
    assert_non_null(fsnn_arrays_find(&y, "grad.lif2.alpha")); /* learned */
    assert_null(fsnn_arrays_find(&y, "grad.lif2.threshold"));
    fsnn_arrays_free(&y);
}

static void classes_as_target(void **state)
{
    (void)state;
    save_classes("c.npz", FSNN_I32, TINY_B, 2);
    shell_good("$F run model.yaml --input x.npz --output y.npz --target c.npz --loss ce_rate");
    shell_contains(shell_out, "ce_rate ", "run --loss ce_rate");
    save_target("p.npz", TINY_B, TINY_OUT); /* class 0 for all: probabilities instead of classes */
    shell_good("$F run model.yaml --input x.npz --output p_out.npz --target p.npz --loss ce_rate");
    save_classes("zero.npz", FSNN_I32, TINY_B, 0);
    shell_good(
        "$F run model.yaml --input x.npz --output z_out.npz --target zero.npz --loss ce_rate");
    fsnn_arrays p = shell_load("p_out.npz"), z = shell_load("z_out.npz");
    assert_float_equal(*(double *)fsnn_arrays_find(&p, "loss")->data,
                       *(double *)fsnn_arrays_find(&z, "loss")->data, 1e-6);
    fsnn_arrays_free(&p);
    fsnn_arrays_free(&z);
}

/* float64 and byte arrays are taken as well. */
static void types_of_input(void **state)
{
    (void)state;
    static const fsnn_dtype types[] = {FSNN_F32, FSNN_F64, FSNN_U8};
    fsnn_shape shape = FSNN_SHAPE(TINY_T, TINY_B, TINY_IN);
    for (int t = 0; t < 3; t++) {
        fsnn_arrays in = {0};
        fsnn_array *x = fsnn_arrays_add(&in, "x", types[t], &shape);
        assert_non_null(x);
        for (int i = 0; i < TINY_T * TINY_B * TINY_IN; i++) {
            if (types[t] == FSNN_F32)
                ((float *)x->data)[i] = (float)(i % 3);
            else if (types[t] == FSNN_F64)
                ((double *)x->data)[i] = i % 3;
            else
                ((uint8_t *)x->data)[i] = (uint8_t)(i % 3);
        }
        shell_save(&in, "typed.npz");
        shell_good(t == 0 ? "$F run model.yaml --input typed.npz --output f32.npz --record v"
                          : "$F run model.yaml --input typed.npz --output other.npz --record v");
        if (t > 0)
            same_arrays("f32.npz", "other.npz", true);
    }
}

/* The input x of the file `like`, with stamps [count] or [count, columns]. */
static void save_stamps(const char *name, const char *like, fsnn_dtype dtype, int columns,
                        const double *t, int count)
{
    fsnn_arrays list = {0}, from = shell_load(like);
    const fsnn_array *x = fsnn_arrays_find(&from, "x");
    memcpy(shell_add(&list, "x", x->shape), x->data, (size_t)fsnn_shape_count(&x->shape) * 4);
    fsnn_arrays_free(&from);
    fsnn_shape shape = FSNN_SHAPE(count, columns ? columns : 1);
    shape.rank = columns ? 2 : 1;
    fsnn_array *times = fsnn_arrays_add(&list, "times", dtype, &shape);
    assert_non_null(times);
    for (int i = 0; i < fsnn_shape_count(&shape); i++) {
        if (dtype == FSNN_F64)
            ((double *)times->data)[i] = t[i];
        else
            ((float *)times->data)[i] = (float)t[i];
    }
    shell_save(&list, name);
}

/* All arrays of `less` are in `more`, bit for bit, and there is one more: times. */
static void has_times_too(const char *less, const char *more)
{
    fsnn_arrays a = shell_load(less), b = shell_load(more);
    assert_int_equal(a.count + 1, b.count);
    assert_non_null(fsnn_arrays_find(&b, "times"));
    for (int i = 0; i < a.count; i++) {
        const fsnn_array *x = &a.item[i], *y = fsnn_arrays_find(&b, x->name);
        assert_non_null(y);
        assert_true(fsnn_shape_equal(&x->shape, &y->shape));
        assert_memory_equal(x->data, y->data, (size_t)fsnn_shape_count(&x->shape) * 4);
    }
    fsnn_arrays_free(&a);
    fsnn_arrays_free(&b);
}

#define RUN "$F run model.yaml --record v,spikes,current --input "

/* Stamps one solver step apart change nothing, rounded to float or not, whatever the
 * interpolation. */
static void times_one_step_apart(void **state)
{
    (void)state;
    static const char *const kind[] = {"nearest", "hold", "linear", "cubic", "akima"};
    double t[TINY_T];
    char line[256];
    for (int k = 0; k < TINY_T; k++)
        t[k] = 3 + 0.1 * k;
    shell_good(RUN "x.npz --output plain.npz --set dynamics.step=0.1");
    for (int i = 0; i < 10; i++) {
        save_stamps("times.npz", "x.npz", i % 2 ? FSNN_F64 : FSNN_F32, 0, t, TINY_T);
        snprintf(line, sizeof line,
                 RUN "times.npz --output y.npz --set dynamics.step=0.1 "
                     "--set dynamics.interpolation=%s",
                 kind[i / 2]);
        shell_good(line);
        has_times_too("plain.npz", "y.npz");
    }
}

/* An input that does not change is the same at any times. */
static void times_of_a_constant(void **state)
{
    (void)state;
    static const double t[] = {0, 0.75, 1, 4, 4.5, 5, 6.25, 7};
    fsnn_arrays list = {0};
    float *x = shell_add(&list, "x", FSNN_SHAPE(TINY_T, TINY_B, TINY_IN));
    for (int i = 0; i < TINY_T * TINY_B * TINY_IN; i++)
        x[i] = 0.3F * (float)(i % (TINY_B * TINY_IN));
    shell_save(&list, "same.npz");
    save_stamps("times.npz", "same.npz", FSNN_F64, 0, t, TINY_T);
    shell_good(RUN "same.npz --output plain.npz");
    shell_good(RUN "times.npz --output y.npz");
    has_times_too("plain.npz", "y.npz");
    shell_good(RUN "times.npz --output y.npz --set dynamics.interpolation=akima");
    has_times_too("plain.npz", "y.npz");
    shell_good(RUN "same.npz --output y.npz --set dynamics.times=[0,1,2,3,5,5.5,5.75,7]");
    has_times_too("plain.npz", "y.npz");
    /* the file's own stamps come before those of the description */
    shell_good(RUN "times.npz --output y.npz --set dynamics.times=[0,1,2,3,4,5,6,70]");
    has_times_too("plain.npz", "y.npz");
}

/* The input at twice as many steps: the samples and the middles between them. */
static void save_fine(const char *name, int steps)
{
    enum { ROW = TINY_B * TINY_IN };
    fsnn_arrays list = {0}, in = shell_load("x.npz");
    const float *x = floats(&in, "x");
    float *fine = shell_add(&list, "x", FSNN_SHAPE(steps, TINY_B, TINY_IN));
    for (int k = 0; k < steps; k++)
        for (int i = 0; i < ROW; i++)
            fine[k * ROW + i] = (float)(0.5 * x[k / 2 * ROW + i] + 0.5 * x[(k + 1) / 2 * ROW + i]);
    fsnn_arrays_free(&in);
    shell_save(&list, name);
}

/* A step of half the interval, alone, with gradients and in chunks. */
static void half_a_step(void **state)
{
    (void)state;
    enum { FINE = 2 * TINY_T - 1 };
    static const char *const more[] = {"--target t.npz --grads", "--chunk 4", ""};
    double t[TINY_T];
    char line[256];
    for (int k = 0; k < TINY_T; k++)
        t[k] = k;
    save_fine("fine.npz", FINE);
    save_stamps("times.npz", "x.npz", FSNN_F64, 0, t, TINY_T);
    save_target("t.npz", TINY_B, TINY_OUT);
    for (int i = 0; i < 3; i++) {
        snprintf(line, sizeof line, RUN "fine.npz --output plain.npz --set dynamics.step=0.5 %s",
                 more[i]);
        shell_good(line);
        snprintf(line, sizeof line, RUN "times.npz --output y.npz --set dynamics.step=0.5 %s",
                 more[i]);
        shell_good(line);
        has_times_too("plain.npz", "y.npz");
    }
    fsnn_arrays y = shell_load("y.npz");
    has_shape(&y, "times", FSNN_F64, FSNN_SHAPE(FINE));
    const double *when = fsnn_arrays_find(&y, "times")->data;
    for (int k = 0; k < FINE; k++)
        assert_true(when[k] == 0.5 * k);
    has_shape(&y, "v.lif1", FSNN_F32, FSNN_SHAPE(FINE, TINY_B, 12));
    fsnn_arrays_free(&y);
}

/* Currents of sample b among all, beside those it has alone with its stamps, which has its own
 * number of steps. */
static void same_currents(const fsnn_arrays *all, const fsnn_arrays *alone, int b, int steps)
{
    const float *a = floats(all, "current.lif1"), *c = floats(alone, "current.lif1");
    has_shape(alone, "current.lif1", FSNN_F32, FSNN_SHAPE(steps, TINY_B, 12));
    for (int k = 0; k < steps; k++)
        for (int i = 0; i < 12; i++)
            assert_float_equal(a[(k * TINY_B + b) * 12 + i], c[(k * TINY_B + b) * 12 + i], 1e-5);
}

static void times_of_each_sample(void **state)
{
    (void)state;
    enum { STEPS = 15 };
    double t[TINY_T * TINY_B], own[TINY_T];
    for (int k = 0; k < TINY_T; k++)
        for (int b = 0; b < TINY_B; b++)
            t[k * TINY_B + b] = 10 * b + (1 + 0.5 * b) * k; /* they end after 7, 10.5 and 14 */
    exact_weights("w.npz"); /* dense kernels may round by row, and rows are compared */
    save_stamps("times.npz", "exact.npz", FSNN_F64, TINY_B, t, TINY_T);
    shell_good(RUN "times.npz --output y.npz --weights w.npz");
    fsnn_arrays y = shell_load("y.npz");
    has_shape(&y, "times", FSNN_F64, FSNN_SHAPE(STEPS, TINY_B));
    has_shape(&y, "output", FSNN_F32, FSNN_SHAPE(STEPS, TINY_B, TINY_OUT));
    const double *when = fsnn_arrays_find(&y, "times")->data;
    for (int k = 0; k < STEPS * TINY_B; k++)
        assert_true(when[k] == k % TINY_B * 10 + k / TINY_B);
    for (int b = 0; b < TINY_B; b++) {
        for (int k = 0; k < TINY_T; k++)
            own[k] = t[k * TINY_B + b];
        save_stamps("own.npz", "exact.npz", FSNN_F64, 0, own, TINY_T);
        shell_good(RUN "own.npz --output alone.npz --weights w.npz");
        fsnn_arrays alone = shell_load("alone.npz");
        same_currents(&y, &alone, b, 8 + 7 * b / 2);
        fsnn_arrays_free(&alone);
    }
    const float *I = floats(&y, "current.lif1"); /* sample 0 keeps its last value */
    for (int k = 8; k < STEPS; k++)
        for (int i = 0; i < 12; i++) /* dense kernels may round the last rows otherwise */
            assert_float_equal(I[k * TINY_B * 12 + i], I[7 * TINY_B * 12 + i], 1e-5);
    fsnn_arrays_free(&y);
}

static void bad_times(void **state)
{
    (void)state;
    double t[TINY_T * TINY_B] = {0, 1, 2, 3, 3, 5, 6, 7e12};
    save_stamps("times.npz", "x.npz", FSNN_F64, 0, t, TINY_T);
    shell_fails("$F run model.yaml --input times.npz --output y.npz", 1,
                "times.npz: times[4] is 3, but the stamp before it is 3");
    t[4] = 4;
    save_stamps("times.npz", "x.npz", FSNN_F64, 0, t, TINY_T);
    shell_fails("$F run model.yaml --input times.npz --output y.npz", 1, "take a larger step");
    for (int i = 0; i < TINY_T * TINY_B; i++)
        t[i] = i == 7 ? 1 : i;
    save_stamps("times.npz", "x.npz", FSNN_F64, TINY_B, t, TINY_T);
    shell_fails("$F run model.yaml --input times.npz --output y.npz", 1, "times[2, 1] is 1");
    fsnn_arrays list = {0};
    shell_add(&list, "x", FSNN_SHAPE(TINY_T, TINY_B, TINY_IN));
    shell_add(&list, "times", FSNN_SHAPE(TINY_T - 1));
    shell_save(&list, "times.npz");
    shell_fails("$F run model.yaml --input times.npz --output y.npz", 1, "expected [8] or");
    shell_add(&list, "x", FSNN_SHAPE(TINY_T, TINY_B, TINY_IN));
    shell_add(&list, "times", FSNN_SHAPE(TINY_T, 2));
    shell_save(&list, "times.npz");
    shell_fails("$F run model.yaml --input times.npz --output y.npz", 1, "[8, 3]");
    shell_fails("$F run model.yaml --input x.npz --output y.npz --set dynamics.times=[0,1]", 1,
                "dynamics.times has 2 stamps, but x of x.npz has 8 samples");
    shell_fails("$F run model.yaml --input x.npz --output y.npz --set dynamics.times=[0,1,1]", 2,
                "found 1 after 1");
}

static void bad_input(void **state)
{
    (void)state;
    fsnn_arrays list = {0};
    shell_add(&list, "x", FSNN_SHAPE(TINY_T, TINY_B, 5));
    shell_save(&list, "five.npz");
    shell_fails("$F run model.yaml --input five.npz --output y.npz", 1, "[8, 3, 5]");
    shell_contains(shell_err, "[6]", "both shapes are named");
    shell_add(&list, "x", FSNN_SHAPE(6));
    shell_save(&list, "flat.npz");
    shell_fails("$F run model.yaml --input flat.npz --output y.npz", 1, "expected [T, B, 6]");
    shell_add(&list, "X", FSNN_SHAPE(TINY_T, TINY_B, TINY_IN));
    shell_save(&list, "name.npz");
    shell_fails("$F run model.yaml --input name.npz --output y.npz", 1, "no array \"x\"");
    shell_add(&list, "x", FSNN_SHAPE(TINY_T, TINY_B, TINY_IN))[7] = NAN;
    shell_save(&list, "nan.npz");
    shell_fails("$F run model.yaml --input nan.npz --output y.npz", 1, "NaN at element 7");
    shell_fails("$F run model.yaml --input absent.npz --output y.npz", 1, "absent.npz");
    shell_fails("$F run model.yaml --input model.yaml --output y.npz", 1, "model.yaml");
    shell_fails("head -c 300 x.npz >cut.npz; $F run model.yaml --input cut.npz --output y.npz", 1,
                "cut.npz");
    shell_fails("$F run model.yaml --input x.npz --output no/such/y.npz", 1, "no/such/y.npz");
}

/* Numbers that grow beyond float are written, and said. */
static void overflow(void **state)
{
    (void)state;
    shell_fails(
        "$F run model.yaml --input x.npz --output y.npz --record v --set dynamics.step=1e30", 1,
        "lif \"lif1\": v of neuron 0 in sample 0 (both from 0) is -inf from step 3 on");
    shell_good("$F run model.yaml --input x.npz --output y.npz --record v");
    assert_null(strstr(shell_err, "infinite"));
}

/* A compressed memory's word on a layer without spikes is of potentials, whatever its kind. */
static void certificates_of_readouts(void **state)
{
    enum { T = 600 };
    (void)state;
    fsnn_arrays list = {0};
    float *x = shell_add(&list, "x", FSNN_SHAPE(T, 1, 2));
    for (int i = 0; i < T * 2; i++)
        x[i] = (float)(i % 7) / 7;
    shell_save(&list, "long.npz");
    folder_write_text("readouts.yaml", "input: [2]\nlayers:\n  - lif: {name: a}\n"
                                       "  - integrator: {name: b}\n  - readout: {name: c}\n"
                                       "dynamics: {alpha: 0.6, memory: {tolerance: 1e-5}}\n");
    shell_good("$F run readouts.yaml --input long.npz --output y.npz");
    shell_contains(shell_err, "certificate a: spikes proven", "run");
    shell_contains(shell_err, "certificate b: potentials within", "run");
    shell_contains(shell_err, "certificate c: potentials within", "run");
}

/* A memory of more steps than any run has is the full memory. */
static void endless_memory(void **state)
{
    (void)state;
    shell_good("$F run model.yaml --input x.npz --output a.npz --record v");
    shell_good("$F run model.yaml --input x.npz --output b.npz --record v "
               "--set dynamics.memory=9223372036854775807");
    same_arrays("a.npz", "b.npz", true);
}

static void bad_targets_and_weights(void **state)
{
    (void)state;
    save_target("t.npz", TINY_B, 2);
    shell_fails("$F run model.yaml --input x.npz --output y.npz --target t.npz", 1, "[3, 2]");
    save_classes("t.npz", FSNN_I32, TINY_B, 3);
    shell_fails("$F run model.yaml --input x.npz --output y.npz --target t.npz --loss ce_rate", 1,
                "target[2] is class 3");
    shell_fails("$F run model.yaml --input x.npz --output y.npz --target t.npz", 1,
                "mse_rate takes [3, 3]");
    save_classes("t.npz", FSNN_F32, TINY_B, 0);
    shell_fails("$F run model.yaml --input x.npz --output y.npz --target t.npz --loss ce_rate", 1,
                "float32");
    shell_fails("$F run model.yaml --input x.npz --output y.npz --target t.npz --loss tet", 1,
                "tet takes integer classes [");
    fsnn_arrays w = {0};
    shell_add(&w, "fc1.weight", FSNN_SHAPE(12, 6));
    shell_save(&w, "part.npz");
    shell_fails("$F run model.yaml --weights part.npz --input x.npz --output y.npz", 1, "fc");
    shell_fails("$F run model.yaml --weights absent.npz --input x.npz --output y.npz", 1,
                "absent.npz");
}

/* What was learned comes with the weights, but for what --set names. */
static void overrides_win_over_weights(void **state)
{
    (void)state;
    static const char *const sets[] = {"lif1.tau=4", "layers.1.lif.tau=4", "lif1.tau.value=4",
                                       "dynamics.alpha=0.3"};
    char line[256];
    exact_weights("plain.npz");
    fsnn_arrays w = shell_load("plain.npz");
    *shell_add(&w, "lif1.tau", FSNN_SHAPE(1)) = 1.5f;
    *shell_add(&w, "lif2.alpha", FSNN_SHAPE(1)) = 0.8f;
    shell_save(&w, "learned.npz");
    shell_good("$F run model.yaml -w plain.npz -i exact.npz -o a.npz --record v");
    shell_good("$F run model.yaml -w learned.npz -i exact.npz -o b.npz --record v");
    fsnn_arrays a = shell_load("a.npz"), b = shell_load("b.npz");
    assert_memory_not_equal(floats(&a, "v.lif1"), floats(&b, "v.lif1"), 4 * 12 * TINY_B * TINY_T);
    fsnn_arrays_free(&a);
    fsnn_arrays_free(&b);
    for (int i = 0; i < 4; i++) { /* beside what was learned and is not named */
        const char *rest = i < 3 ? "lif2.alpha" : "lif1.tau";
        fsnn_arrays some = shell_load("plain.npz");
        *shell_add(&some, rest, FSNN_SHAPE(1)) = i < 3 ? 0.8f : 1.5f;
        shell_save(&some, "some.npz");
        snprintf(line, sizeof line,
                 "$F run model.yaml -w some.npz -i exact.npz -o a.npz --record v --set %s",
                 sets[i]);
        shell_good(line);
        snprintf(line, sizeof line,
                 "$F run model.yaml -w learned.npz -i exact.npz -o b.npz --record v --set %s",
                 sets[i]);
        shell_good(line);
        shell_contains(shell_err, "is as --set has it, not as learned.npz", line);
        same_arrays("a.npz", "b.npz", true);
    }
}

/* Only what is named is kept: not the values of a bias that an override says is there, nor the
 * orders of other layers. */
static void overrides_win_by_name(void **state)
{
    (void)state;
    exact_weights("plain.npz");
    shell_good("$F run model.yaml -w plain.npz -i exact.npz -o a.npz --record v");
    shell_good("$F run model.yaml -w plain.npz -i exact.npz -o b.npz --record v "
               "--set fc1.bias=true --set layers.0.linear.bias=true");
    assert_null(strstr(shell_err, "is as --set has it"));
    same_arrays("a.npz", "b.npz", true);
    fsnn_arrays w = shell_load("plain.npz");
    *shell_add(&w, "lif1.alpha", FSNN_SHAPE(1)) = 0.9f;
    *shell_add(&w, "lif2.alpha", FSNN_SHAPE(1)) = 0.8f;
    shell_save(&w, "learned.npz");
    shell_good("$F run model.yaml -w learned.npz -i exact.npz -o a.npz --record v "
               "--set 'dynamics.alpha=[0.3, 0.4]' --set dynamics.alpha_mode=per_layer");
    shell_contains(shell_err, "lif1.alpha is as --set", "both");
    shell_contains(shell_err, "lif2.alpha is as --set", "both");
    folder_write_text("layers.yaml", "input: [6]\n"
                                     "layers: [{linear: {out: 12, name: fc1}}, lif, "
                                     "{linear: {out: 3, name: fc2}}, lif]\n"
                                     "dynamics: {alpha: [0.3, 0.4], alpha_mode: per_layer}\n");
    shell_good(
        "$F run layers.yaml -w learned.npz -i exact.npz -o a.npz --set dynamics.alpha.1=0.5");
    shell_contains(shell_err, "lif2.alpha is as --set", "the second");
    assert_null(strstr(shell_err, "lif1.alpha is as --set"));
}

/* Parameters whose names are those of other options. */
static void overrides_of_own_parameters(void **state)
{
    (void)state;
    folder_write_text("own.yaml", "input: [6]\n"
                                  "layers: [{user: {dv: \"(-v + kind*I + value)/tau\", tau: 2, "
                                  "params: {kind: 1, value: 0}, name: u}}]\n"
                                  "dynamics: {alpha: 0.5}\n");
    fsnn_arrays w = {0};
    *shell_add(&w, "u.kind", FSNN_SHAPE(1)) = 2;
    *shell_add(&w, "u.value", FSNN_SHAPE(1)) = 0.5f;
    shell_save(&w, "own.npz");
    exact_weights("plain.npz");
    shell_good("$F run own.yaml -w own.npz -i exact.npz -o a.npz --set u.surrogate.kind=sigmoid");
    assert_null(strstr(shell_err, "is as --set has it"));
    shell_good("$F run own.yaml -w own.npz -i exact.npz -o a.npz --set u.params.value=0.25");
    shell_contains(shell_err, "u.value is as --set has it", "value");
    shell_good("$F run own.yaml -w own.npz -i exact.npz -o a.npz "
               "--set layers.0.user.params.kind.value=3");
    shell_contains(shell_err, "u.kind is as --set has it", "kind");
}

/* A run that fails leaves the file that was there. */
static void old_output_stays(void **state)
{
    (void)state;
    folder_write_text("kept.npz", "old");
    save_target("t.npz", TINY_B, 2);
    assert_int_equal(shell("$F run model.yaml --input x.npz --output kept.npz --target t.npz"), 1);
    shell_good("test \"$(cat kept.npz)\" = old");
}

/* What a run reads it does not write over, whatever the file is called. */
static void input_stays(void **state)
{
    (void)state;
    save_target("t.npz", TINY_B, TINY_OUT);
    exact_weights("w.npz");
    shell_good("cp x.npz mine.npz && ln -sf mine.npz link.npz");
    shell_fails("$F run model.yaml --input mine.npz --output ./mine.npz", 2,
                "--output ./mine.npz is --input itself");
    shell_fails("$F run model.yaml --input mine.npz --output link.npz", 2, "is --input itself");
    shell_fails("$F run model.yaml --input x.npz --weights w.npz --output w.npz", 2, "--weights");
    shell_fails("$F run model.yaml --input x.npz --target t.npz --output t.npz", 2, "--target");
    shell_fails("$F run model.yaml --input x.npz --output model.yaml", 2, "the description itself");
    shell_good("cmp x.npz mine.npz");
}

/* States beside v, from a description that gives them their equations: recorded, in any chunks, and
 * changed by --set. */
static void several_states(void **state)
{
    (void)state;
    folder_write_text(
        "states.yaml",
        "input: [6]\n"
        "layers:\n"
        "  - user:\n"
        "      name: n1\n"
        "      dv: \"(-v - w + I)/tau\"\n"
        "      w0: 0.25\n"
        "      after_spike_w: \"dw + s*b\"\n"
        "      dw: \"(-w + a*v)/8\"\n"
        "      params: {a: 0.5, b: 0.125}\n"
        "      fractional: [v, w]\n"
        "      tau: 2\n"
        "  - alif: {name: n2, tau: 2, params: {tau_a: {value: 4, learn: true}}, fractional: v}\n"
        "dynamics: {alpha: 0.6}\n");
    shell_good(
        "$F run states.yaml --input x.npz --output whole.npz --record states,spikes,current");
    fsnn_arrays y = shell_load("whole.npz");
    fsnn_shape shape = FSNN_SHAPE(TINY_T, TINY_B, 6);
    assert_int_equal(y.count, 2 + 4 + 4 + 1); /* and a threshold */
    has_shape(&y, "v.n1", FSNN_F32, shape);
    has_shape(&y, "a.n2", FSNN_F32, shape);
    has_shape(&y, "w.n1", FSNN_F32, shape);
    const float *w = floats(&y, "w.n1"), *v = floats(&y, "v.n1"), *s = floats(&y, "spikes.n1");
    int fired = 0;
    for (int i = 0; i < 18; i++) { /* gl: w_1 = 0.6, w_2 = 0.12, of w - w0 */
        float first = -0.25f / 8 + s[i] * 0.125f, at = w[18 + i];
        float second = 0.6f * first + (-w[i] + 0.5f * v[i]) / 8 + s[18 + i] * 0.125f;
        assert_float_equal(w[i], 0.25f + first, 1e-6);
        assert_float_equal(at, 0.25f + second, 1e-6);
        fired += s[i] > 0;
    }
    assert_true(fired > 0 && fired < 18);
    fsnn_arrays_free(&y);
    shell_good("$F run states.yaml --input x.npz --output parts.npz --record "
               "v,spikes,current,states --chunk 3");
    same_arrays("whole.npz", "parts.npz", true);
    shell_good("$F run states.yaml --input x.npz --output b.npz --record states --set "
               "n1.fractional=v --set n1.w0=0.5");
    y = shell_load("b.npz");
    w = floats(&y, "w.n1");
    assert_true(fabsf(w[0] - 0.4375f) < 1e-6 || fabsf(w[0] - 0.5625f) < 1e-6);
    fsnn_arrays_free(&y);
    shell_fails("$F run states.yaml --input x.npz --output b.npz --set n1.dw=w+q", 2,
                "there is no name \"q\"");
    shell_good("$F inspect states.yaml");
    shell_contains(shell_out, "dw = (-w + a*v)/8", "inspect");
    shell_contains(shell_out, "da = (-a + s)/tau_a", "inspect");
    shell_good("$F run model.yaml --input x.npz --output b.npz --record states");
    y = shell_load("b.npz");
    assert_int_equal(y.count, 6); /* v alone, and thresholds */
    fsnn_arrays_free(&y);
}

static void quiet(void **state)
{
    (void)state;
    shell_good("$F run model.yaml --input x.npz --output y.npz --quiet");
    assert_string_equal(shell_err, "");
    shell_good("$F run model.yaml --input x.npz --output y.npz -q");
    assert_string_equal(shell_err, "");
    shell_fails("$F run model.yaml --input absent.npz --output y.npz --quiet", 1, "absent.npz");
}

/* All arrays in double precision; the same numbers as in single, as far as that goes; time stamps
 * too. */
static void in_double(void **state)
{
    (void)state;
#ifndef FSNN_HAVE_DOUBLE
    skip();
#endif
    tiny_input("x.npz", 3);
    shell_good(
        "$F run model.yaml --seed 3 --input x.npz --output one.npz --record v,spikes,current");
    shell_good(
        "$F run model.yaml --seed 3 --input x.npz --output two.npz --record v,spikes,current "
        "--precision double");
    fsnn_arrays one = shell_load("one.npz"), two = shell_load("two.npz");
    assert_int_equal(one.count, two.count);
    for (int i = 0; i < one.count; i++) {
        const fsnn_array *a = &one.item[i], *b = fsnn_arrays_find(&two, a->name);
        CASE("%s", a->name);
        assert_non_null(b);
        assert_int_equal(b->dtype, FSNN_F64);
        if (a->dtype != FSNN_F32 || strncmp(a->name, "current.lif1", 12) != 0)
            continue;
        for (int64_t k = 0; k < fsnn_shape_count(&a->shape); k++)
            assert_float_equal(((const float *)a->data)[k], ((const double *)b->data)[k], 1e-5);
    }
    fsnn_arrays_free(&one);
    fsnn_arrays_free(&two);
    shell_fails("$F run model.yaml -i x.npz -o y.npz --precision quad", 2,
                "--precision takes single, double, bf16 or int8, not \"quad\"");
    shell_good("$F run model.yaml --seed 3 -i x.npz -o a.npz --set dynamics.precision=double "
               "--chunk 3 && $F run model.yaml --seed 3 -i x.npz -o b.npz --precision double && "
               "cmp a.npz b.npz");
    shell_good(
        "$F inspect model.yaml --set dynamics.precision=double | grep -q 'double precision'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sample_of_the_data),
        cmocka_unit_test(arrays_and_shapes),
        cmocka_unit_test(chosen_layers_and_steps),
        cmocka_unit_test(first_step),
        cmocka_unit_test(what_is_tested),
        cmocka_unit_test(chunks_change_no_bit),
        cmocka_unit_test(chunks_of_every_method),
        cmocka_unit_test(chunks_of_a_loop),
        cmocka_unit_test(threads_and_seed),
        cmocka_unit_test(loss_and_gradients),
        cmocka_unit_test(classes_as_target),
        cmocka_unit_test(types_of_input),
        cmocka_unit_test(times_one_step_apart),
        cmocka_unit_test(times_of_a_constant),
        cmocka_unit_test(half_a_step),
        cmocka_unit_test(times_of_each_sample),
        cmocka_unit_test(bad_times),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(overflow),
        cmocka_unit_test(certificates_of_readouts),
        cmocka_unit_test(endless_memory),
        cmocka_unit_test(bad_targets_and_weights),
        cmocka_unit_test(overrides_win_over_weights),
        cmocka_unit_test(overrides_win_by_name),
        cmocka_unit_test(overrides_of_own_parameters),
        cmocka_unit_test(old_output_stays),
        cmocka_unit_test(input_stays),
        cmocka_unit_test(several_states),
        cmocka_unit_test(in_double),
        cmocka_unit_test(quiet),
    };
    return cmocka_run_group_tests(tests, tiny_start, folder_remove);
}
