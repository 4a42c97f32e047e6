/* Stopping and going on: the same bytes as without the stop, wherever it falls; and states that
 * cannot be gone on from. */
#include "toy.h"

#include "train/history.h"

typedef struct stopper {
    int64_t batches, epochs; /* seen in this part */
    int64_t at_batch, at_epoch;
    volatile int *flag; /* set it at the batch, instead of returning non-zero */
} stopper;

static int on_batch(const fsnn_metrics *m, void *user)
{
    stopper *s = user;
    (void)m;
    if (++s->batches != s->at_batch)
        return 0;
    if (!s->flag)
        return 1;
    *s->flag = 1;
    return 0;
}

static int on_epoch(const fsnn_metrics *m, void *user)
{
    stopper *s = user;
    (void)m;
    return ++s->epochs == s->at_epoch;
}

/* All that a training may depend on is switched on: dropout, rate encoding, clipping, schedules
 * that remember. */
static fsnn_train_options everything(stopper *s)
{
    fsnn_train_options options = toy_training(5);
    options.training.clip = 0.5;
    options.training.optimizer.weight_decay = 1e-3;
    options.training.schedule =
        (fsnn_schedule){.kind = FSNN_PLATEAU, .warmup = 0.4, .factor = 0.7, .patience = 1};
    options.training.early_stop = (fsnn_early_stop){.patience = 4};
    options.on_batch = on_batch;
    options.on_epoch = on_epoch;
    options.user = s;
    return options;
}

/* metrics.csv without the columns of time. */
static void figures(char *out, size_t size)
{
    toy_file file = toy_read("metrics.csv");
    int column = 0;
    size_t n = 0;
    for (size_t i = 0; i < file.size && n + 1 < size; i++) {
        char c = (char)file.data[i];
        if (column != 9 && column != 10)
            out[n++] = c;
        column = c == ',' ? column + 1 : c == '\n' ? 0 : column;
    }
    out[n] = 0;
    fsnn_free(file.data);
}

typedef struct outcome {
    toy_file last, best;
    char figures[4096];
    fsnn_metrics result;
} outcome;

static void uninterrupted(const toy_options *o, fsnn_optimizer_kind kind, outcome *out)
{
    stopper never = {0};
    fsnn_train_options options = everything(&never);
    options.training.optimizer.kind = kind;
    GOOD(toy_run(o, &options, &out->result));
    out->last = toy_read("last.safetensors");
    out->best = toy_read("best.safetensors");
    figures(out->figures, sizeof out->figures);
    assert_int_equal(never.batches, 5 * 13);
    toy_clean();
}

static void outcome_free(outcome *out)
{
    fsnn_free(out->last.data);
    fsnn_free(out->best.data);
    fsnn_metrics_free(&out->result);
}

/* Releases the result. */
static void check_same(const outcome *expected, fsnn_metrics *result)
{
    char now[4096];
    figures(now, sizeof now);
    assert_true(toy_same("last.safetensors", &expected->last));
    assert_true(toy_same("best.safetensors", &expected->best));
    assert_string_equal(now, expected->figures);
    assert_int_equal(result->epoch, expected->result.epoch);
    assert_true(result->test_loss == expected->result.test_loss);
    assert_true(result->layer_rate[1] == expected->result.layer_rate[1]);
    fsnn_metrics_free(result);
}

/* Stops after each of `after` batches in turn, then goes on to the end. */
static void stop_and_go(const toy_options *o, fsnn_optimizer_kind kind, const int64_t *after,
                        int stops, bool by_flag, const outcome *expected)
{
    fsnn_metrics result;
    for (int i = 0; i <= stops; i++) {
        volatile int flag = 0;
        stopper s = {.at_batch = i < stops ? after[i] : 0, .flag = by_flag ? &flag : NULL};
        fsnn_train_options options = everything(&s);
        options.training.optimizer.kind = kind;
        options.resume = i > 0;
        options.stop = &flag;
        fsnn_status status = toy_run(o, &options, &result);
        assert_int_equal(status, i < stops ? FSNN_EINTERRUPTED : FSNN_OK);
        if (i < stops) {
            fsnn_metrics_free(&result);
            assert_int_equal(s.batches,
                             after[i]); /* the running batch is finished, no other begun */
            CONTAINS(fsnn_error_text(), "can be resumed from");
        }
    }
    check_same(expected, &result);
    toy_clean();
}

static void in_mid_epoch(void **state)
{
    (void)state;
    static const int64_t first[] = {1}, middle[] = {30}, end[] = {26}, twice[] = {5, 3, 20};
    toy_options o = TOY;
    o.scale_end = 9; /* goes on where it was */
    for (int kind = 0; kind < FSNN_OPTIMIZERS; kind++) {
        outcome expected;
        uninterrupted(&o, (fsnn_optimizer_kind)kind, &expected);
        stop_and_go(&o, (fsnn_optimizer_kind)kind, first, 1, false, &expected);
        stop_and_go(&o, (fsnn_optimizer_kind)kind, middle, 1, true, &expected);
        stop_and_go(&o, (fsnn_optimizer_kind)kind, end, 1, true, &expected);
        stop_and_go(&o, (fsnn_optimizer_kind)kind, twice, 3, false, &expected);
        outcome_free(&expected);
    }
}

/* In double precision: what is written holds doubles, and cannot be gone on from in single. */
static void in_double(void **state)
{
    (void)state;
#ifndef FSNN_HAVE_DOUBLE
    skip();
#endif
    static const int64_t twice[] = {5, 3, 20};
    toy_options o = TOY;
    o.wide = true;
    for (int kind = 0; kind < FSNN_OPTIMIZERS; kind++) {
        outcome expected;
        uninterrupted(&o, (fsnn_optimizer_kind)kind, &expected);
        if (kind == FSNN_ADAM) /* a third is chance */
            assert_true(expected.result.test_accuracy > 0.6);
        stop_and_go(&o, (fsnn_optimizer_kind)kind, twice, 3, false, &expected);
        outcome_free(&expected);
    }
    stopper s = {.at_epoch = 1};
    fsnn_train_options options = everything(&s);
    FAILS(toy_run(&o, &options, NULL), FSNN_EINTERRUPTED);
    fsnn_arrays list = {0};
    GOOD(fsnn_safetensors_read(folder_path("best.safetensors"), &list));
    assert_int_equal(fsnn_arrays_find(&list, "fc1.weight")->dtype, FSNN_F64);
    fsnn_arrays_free(&list);
    options.resume = true;
    o.wide = false;
    REFUSED(toy_run(&o, &options, NULL), FSNN_EFORMAT, "float64, but float32 is needed");
    toy_clean();
}

static void between_epochs(void **state)
{
    (void)state;
    toy_options o = TOY;
    outcome expected;
    fsnn_metrics result;
    uninterrupted(&o, FSNN_ADAM, &expected);
    stopper s = {.at_epoch = 2};
    fsnn_train_options options = everything(&s);
    options.training.optimizer.kind = FSNN_ADAM;
    FAILS(toy_run(&o, &options, NULL), FSNN_EINTERRUPTED);
    assert_int_equal(s.epochs, 2);
    s = (stopper){0};
    options.resume = true;
    GOOD(toy_run(&o, &options, &result));
    assert_int_equal(s.epochs, 3);
    check_same(&expected, &result);
    /* A run that is done has nothing left to do, and still tells its best. */
    s = (stopper){0};
    GOOD(toy_run(&o, &options, &result));
    assert_int_equal(s.batches, 0);
    check_same(&expected, &result);
    outcome_free(&expected);
    toy_clean();
}

/* A rate so small that nothing gets better: schedule and early stop count, over each of three
 * stops. */
static void counting(void **state)
{
    (void)state;
    toy_options o = TOY;
    outcome expected;
    stopper s = {0};
    fsnn_train_options options = everything(&s);
    options.training.epochs = 20;
    options.training.optimizer.lr = 1e-30;
    options.training.schedule.patience = 2;
    options.training.early_stop.patience = 8;
    GOOD(toy_run(&o, &options, &expected.result));
    assert_int_equal(s.epochs, 9);
    expected.last = toy_read("last.safetensors");
    expected.best = toy_read("best.safetensors");
    figures(expected.figures, sizeof expected.figures);
    CONTAINS(expected.figures, ",4.9e-31,");
    toy_clean();
    fsnn_metrics result;
    for (int part = 0; part < 4; part++) {
        if (part)
            fsnn_metrics_free(&result);
        s = (stopper){.at_epoch = part < 3 ? 2 : 0};
        options.resume = part > 0;
        assert_int_equal(toy_run(&o, &options, &result), part < 3 ? FSNN_EINTERRUPTED : FSNN_OK);
    }
    check_same(&expected, &result);
    outcome_free(&expected);
    toy_clean();
}

/* More epochs than the first time. */
static void longer(void **state)
{
    (void)state;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(3);
    GOOD(toy_run(&o, &options, NULL));
    toy_file last = toy_read("last.safetensors");
    toy_clean();
    options.training.epochs = 1;
    GOOD(toy_run(&o, &options, NULL));
    options.training.epochs = 3;
    options.resume = true;
    GOOD(toy_run(&o, &options, NULL));
    assert_true(toy_same("last.safetensors", &last));
    fsnn_free(last.data);
    toy_clean();
}

/* ---- states of earlier versions ---- */

static void copy_array(fsnn_arrays *to, const fsnn_array *from)
{
    fsnn_array *array = fsnn_arrays_add(to, from->name, from->dtype, &from->shape);
    assert_non_null(array);
    memcpy(array->data, from->data,
           (size_t)fsnn_shape_count(&from->shape) * fsnn_dtype_size(from->dtype));
}

/* The state as it was written before: rates behind the columns of the history, those of the running
 * epoch in an array of 64. */
static void make_old(const char *path)
{
    fsnn_arrays now = {0}, old = {0};
    GOOD(fsnn_safetensors_read(path, &now));
    for (int i = 0; i < now.count; i++)
        if ((strncmp(now.item[i].name, "train.history", 13) != 0 ||
             strcmp(now.item[i].name, "train.history.figures") == 0) &&
            strcmp(now.item[i].name, "train.layer_rate") != 0)
            copy_array(&old, &now.item[i]);
    const fsnn_array *columns = fsnn_arrays_find(&now, "train.history"),
                     *layers = fsnn_arrays_find(&now, "train.history.layers");
    int64_t rows = columns->shape.dim[0], width = columns->shape.dim[1];
    double *rate = fsnn_arrays_add(&old, "train.rate", FSNN_F64, &FSNN_SHAPE(64))->data,
           *history =
               fsnn_arrays_add(&old, "train.history", FSNN_F64, &FSNN_SHAPE(rows, width + 2))->data,
           *neurons =
               fsnn_arrays_add(&old, "train.history.neurons", FSNN_F64, &FSNN_SHAPE(rows, 2, 2))
                   ->data;
    memcpy(rate, fsnn_arrays_find(&now, "train.layer_rate")->data, 2 * sizeof *rate);
    for (int64_t r = 0; r < rows; r++) {
        const double *figures = (double *)layers->data + 6 * r;
        memcpy(history + r * (width + 2), (double *)columns->data + r * width,
               (size_t)width * sizeof *history);
        memcpy(history + r * (width + 2) + width, figures, 2 * sizeof *figures);
        memcpy(neurons + 4 * r, figures + 2, 4 * sizeof *figures);
    }
    GOOD(fsnn_safetensors_write(path, &old));
    fsnn_arrays_free(&now);
    fsnn_arrays_free(&old);
}

static void from_an_old_state(void **state)
{
    (void)state;
    toy_options o = TOY;
    outcome expected;
    fsnn_metrics result;
    uninterrupted(&o, FSNN_ADAM, &expected);
    stopper s = {.at_batch = 30};
    fsnn_train_options options = everything(&s);
    options.training.optimizer.kind = FSNN_ADAM;
    FAILS(toy_run(&o, &options, NULL), FSNN_EINTERRUPTED);
    make_old(folder_path("last.state.safetensors"));
    s = (stopper){0};
    options.resume = true;
    GOOD(toy_run(&o, &options, &result));
    check_same(&expected, &result);
    outcome_free(&expected);
    toy_clean();
}

/* It counted readouts among the layers. */
static void old_layers(void **state)
{
    (void)state;
    enum { COLUMNS = 15, KEPT = 3 };
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    o.tau.value = 2;
    int x = fsnn_net_lif(net, "a", fsnn_net_input(net, FSNN_SHAPE(4)), &o);
    x = fsnn_net_add(net, "readout", "r", &x, 1, &o);
    VALID(fsnn_net_lif(net, "b", x, &o));
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 1, .batch = 1}));
    layers l;
    history h = {0};
    fsnn_arrays in = {0};
    GOOD(layers_find(net, &l));
    assert_int_equal(l.count, 2);
    double *rows =
        fsnn_arrays_add(&in, "train.history", FSNN_F64, &FSNN_SHAPE(2, COLUMNS + KEPT))->data;
    for (int i = 0; i < 2 * (COLUMNS + KEPT); i++)
        rows[i] = i;
    GOOD(history_load(&h, net, &l, &(train_figures){0}, 2, &in));
    for (int r = 0; r < 2; r++) {
        const double *rates = rows + r * (COLUMNS + KEPT) + COLUMNS;
        assert_int_equal(h.row[r].epoch, r * (COLUMNS + KEPT));
        assert_true(h.row[r].layer_rate[0] == rates[0] && h.row[r].layer_rate[1] == rates[2]);
        assert_true(isnan(h.row[r].layer_dead[1]) && isnan(h.row[r].layer_saturated[0]));
    }
    history_free(&h);
    layers_free(&l);
    fsnn_arrays_free(&in);
    fsnn_net_destroy(net);
}

/* ---- what cannot be gone on from ---- */

static void refuse(const toy_options *o, const fsnn_train_options *options, fsnn_status status,
                   const char *says)
{
    toy t;
    toy_open(&t, o);
    const fsnn_param *p = fsnn_net_param_find(t.net, "fc2.weight");
    float before = p->value[0];
    assert_int_equal(fsnn_train(t.net, t.train, t.test, options, NULL), status);
    if (!strstr(fsnn_error_text(), says) || !strstr(fsnn_error_text(), "cannot resume"))
        fail_msg("%s", fsnn_error_text());
    assert_true(p->value[0] == before); /* nothing half loaded */
    toy_close(&t);
}

static void refuses(void **state)
{
    (void)state;
    toy_options o = TOY;
    stopper s = {.at_batch = 20};
    fsnn_train_options options = everything(&s);
    options.resume = true;
    refuse(&o, &options, FSNN_ENOTFOUND, "last.state.safetensors");

    options.resume = false;
    options.training.optimizer.kind = FSNN_ADAM;
    FAILS(toy_run(&o, &options, NULL), FSNN_EINTERRUPTED);
    options.resume = true;

    toy_options other = TOY;
    other.hidden = 30;
    refuse(&other, &options, FSNN_ESHAPE, "\"net.fc1.weight\" is [32, 12], but [30, 12] is needed");
    other = TOY;
    other.batch = 20;
    refuse(&other, &options, FSNN_EARGUMENT,
           "it stopped at batch 7 of 13 (200 samples), but the data now give 10 batches");
    other = TOY;
    other.linear_out = true; /* one neuron layer less: its history has another width */
    refuse(&other, &options, FSNN_ESHAPE, "\"train.history.layers\"");
    options.training.optimizer.kind = FSNN_SGD;
    refuse(&o, &options, FSNN_ENOTFOUND,
           "\"sgd.step\" is missing: what was saved is the memory of the optimizer adam");
    options.training.optimizer.kind = FSNN_ADAM;
    options.directory = NULL;
    refuse(&o, &options, FSNN_EARGUMENT, "no directory is given");
    options.directory = folder;

    /* Cut off in the middle, and something else altogether. */
    toy_file file = toy_read("last.state.safetensors");
    for (int i = 0; i < 2; i++) {
        FILE *out = fopen(folder_path("last.state.safetensors"), "wb");
        assert_non_null(out);
        if (i == 0)
            fwrite(file.data, 1, file.size / 2, out);
        else
            fputs("something else", out);
        fclose(out);
        refuse(&o, &options, FSNN_EFORMAT, "last.state.safetensors");
    }
    fsnn_free(file.data);
    toy_clean();
}

/* Another program's numbers in the right places. */
static void contradictions(void **state)
{
    (void)state;
    static const char *const names[] = {"train.best",    "train.epoch",   "train.rows",
                                        "train.correct", "train.samples", "adam.step"};
    static const int64_t bad[] = {7, -1, -3, 1, INT64_MAX, -1};
    toy_options o = TOY;
    fsnn_train_options options = toy_training(1);
    GOOD(toy_run(&o, &options, NULL));
    options.resume = true;
    options.training.epochs = 2;
    for (int i = 0; i < FSNN_COUNT(names); i++) {
        CASE("names[%d]", i);
        fsnn_arrays list = {0};
        const char *path = folder_path("last.state.safetensors");
        GOOD(fsnn_safetensors_read(path, &list));
        int64_t *value = fsnn_arrays_find(&list, names[i])->data, was = *value;
        *value = bad[i];
        GOOD(fsnn_safetensors_write(path, &list));
        refuse(&o, &options, FSNN_EFORMAT, i < 5 ? "contradict" : "\"adam.step\" is -1");
        *value = was;
        GOOD(fsnn_safetensors_write(folder_path("last.state.safetensors"), &list));
        fsnn_arrays_free(&list);
    }
    GOOD(toy_run(&o, &options, NULL));
    toy_clean();
}

/* Counts in the history, which keeps all its columns as float64, that no integer can be. */
static void odd_history(void **state)
{
    (void)state;
    static const double bad[] = {1e161, -1e300, NAN, INFINITY, -1, 0.5, 0x1p53 + 2};
    toy_options o = TOY;
    fsnn_train_options options = toy_training(1);
    GOOD(toy_run(&o, &options, NULL));
    options.resume = true;
    options.training.epochs = 2;
    fsnn_arrays list = {0};
    GOOD(fsnn_safetensors_read(folder_path("last.state.safetensors"), &list));
    double *epoch = fsnn_arrays_find(&list, "train.history")->data; /* the first column */
    assert_true(*epoch == 1);
    for (int i = 0; i < FSNN_COUNT(bad); i++) {
        CASE("bad[%d]", i);
        *epoch = bad[i];
        GOOD(fsnn_safetensors_write(folder_path("last.state.safetensors"), &list));
        refuse(&o, &options, FSNN_EFORMAT, "as epoch");
    }
    fsnn_arrays_free(&list);
    toy_clean();
}

/* An order that no neuron can have is found when the weights are taken over: none is, then. */
static void odd_order(void **state)
{
    (void)state;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(1);
    GOOD(toy_run(&o, &options, NULL));
    options.resume = true;
    options.training.epochs = 2;
    fsnn_arrays list = {0};
    GOOD(fsnn_safetensors_read(folder_path("last.state.safetensors"), &list));
    *(float *)fsnn_arrays_find(&list, "net.lif1.alpha")->data = 8e17f;
    GOOD(fsnn_safetensors_write(folder_path("last.state.safetensors"), &list));
    toy t;
    toy_open(&t, &o);
    const fsnn_param *alpha = fsnn_net_param_find(t.net, "lif1.alpha"),
                     *tau = fsnn_net_param_find(t.net, "lif1.tau");
    float before[] = {*alpha->value, *tau->value};
    REFUSED(fsnn_train(t.net, t.train, t.test, &options, NULL), FSNN_EARGUMENT,
            "cannot resume from");
    CONTAINS(fsnn_error_text(), "lif1.alpha[0] is 8e+17");
    assert_true(*alpha->value == before[0] && *tau->value == before[1]);
    toy_close(&t);
    fsnn_arrays_free(&list);
    toy_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_history),    cmocka_unit_test(odd_order),
        cmocka_unit_test(in_mid_epoch),   cmocka_unit_test(in_double),
        cmocka_unit_test(between_epochs), cmocka_unit_test(counting),
        cmocka_unit_test(longer),         cmocka_unit_test(refuses),
        cmocka_unit_test(contradictions), cmocka_unit_test(from_an_old_state),
        cmocka_unit_test(old_layers),
    };
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}
