/* Losses of every kind of target and readout against formulas written out, and their gradients
 * against differences, in double precision; what judges answers; trainings on values. Public
 * reports that asked for them: regression in snnTorch issues 85 and 98 and lava-dl issue 282,
 * target rates that do not depend on the length of a run in slayerPytorch issue 60. */
#include "toy.h"

enum { K = 4, B = 3, C = 5, ALL = K * B * C };

/* ---- losses ---- */

enum { LABELS, LABEL_STEPS, VALUES, VALUE_STEPS, TARGETS };
static const char *const target_name[] = {"labels", "labels a step", "values", "values a step"};

typedef struct problem {
    double y[ALL], values[B * K * C];
    int32_t labels[B * K];
} problem;

static void make(problem *p, uint64_t seed)
{
    for (int i = 0; i < ALL; i++)
        p->y[i] = fsnn_random_normal(seed, 0, (uint64_t)i);
    for (int i = 0; i < B * K * C; i++)
        p->values[i] = fsnn_random_uniform(seed, 1, (uint64_t)i);
    for (int i = 0; i < B * K; i++)
        p->labels[i] = i == 4 ? FSNN_UNLABELLED : i % C;
}

static fsnn_target target_of(const problem *p, int kind)
{
    bool values = kind >= VALUES;
    return (fsnn_target){.labels = values ? NULL : p->labels,
                         .values64 = values ? p->values : NULL,
                         .steps = kind == LABEL_STEPS || kind == VALUE_STEPS};
}

/* What a readout takes of x_k, k < K, `stride` apart. */
static double taken(fsnn_readout readout, const double *x, int stride, int step)
{
    double sum = 0, most = -INFINITY;
    for (int k = 0; k < K; k++) {
        sum += x[k * stride];
        most = fmax(most, x[k * stride]);
    }
    return readout == FSNN_READOUT_MEAN   ? sum / K
           : readout == FSNN_READOUT_SUM  ? sum
           : readout == FSNN_READOUT_MAX  ? most
           : readout == FSNN_READOUT_LAST ? x[(K - 1) * stride]
                                          : x[step * stride];
}

/* Of one answer x [C] held against t [C]. */
static double formula(fsnn_loss_kind loss, const double *x, const double *t)
{
    double sum = 0, all = 0;
    for (int c = 0; c < C; c++)
        all += exp(x[c]);
    for (int c = 0; c < C; c++)
        sum +=
            loss == FSNN_CE ? -t[c] * (x[c] - log(all))
            : loss == FSNN_MSE
                ? (x[c] - t[c]) * (x[c] - t[c]) / C
                : (-t[c] * log(1 / (1 + exp(-x[c]))) - (1 - t[c]) * log(1 - 1 / (1 + exp(-x[c])))) /
                      C;
    return sum;
}

/* What is wanted of class c of sample b, for an answer at step k (or of all of them). */
static double wanted(const problem *p, const fsnn_loss *loss, fsnn_readout readout, int kind, int b,
                     int k, int c)
{
    if (kind == LABELS || kind == LABEL_STEPS) {
        int32_t label = p->labels[kind == LABELS ? b : b * K + k];
        bool sum = readout == FSNN_READOUT_SUM && loss->kind == FSNN_MSE;
        return label == c ? (sum ? K : 1) : 0;
    }
    if (kind == VALUES)
        return p->values[b * C + c];
    return taken(readout, p->values + b * K * C + c, C, k);
}

static double reference(const problem *p, const fsnn_loss *loss, int kind)
{
    bool steps = kind == LABEL_STEPS || kind == VALUE_STEPS;
    fsnn_readout readout = loss->readout != FSNN_READOUT_AUTO ? loss->readout
                           : steps                            ? FSNN_READOUT_EACH
                                                              : FSNN_READOUT_MEAN;
    double sum = 0, count = 0;
    for (int b = 0; b < B; b++)
        for (int k = 0; k < (readout == FSNN_READOUT_EACH ? K : 1); k++) {
            double x[C], t[C];
            if (kind == LABEL_STEPS && p->labels[b * K + k] == FSNN_UNLABELLED)
                continue;
            for (int c = 0; c < C; c++) {
                x[c] = taken(readout, p->y + b * C + c, B * C, k);
                t[c] = wanted(p, loss, readout, kind, b, k, c);
            }
            sum += formula(loss->kind, x, t);
            count++;
        }
    return sum / count;
}

static double value_of(const problem *p, const fsnn_loss *loss, int kind, double *gradient)
{
    fsnn_target target = target_of(p, kind);
    fsnn_measure m;
    GOOD(fsnn_loss_measure_double(loss, K, B, C, p->y, &target, gradient, &m));
    return m.value;
}

static void check_loss(problem *p, const fsnn_loss *loss, int kind)
{
    const double e = 1e-5;
    double gradient[ALL];
    memset(gradient, 0x7f, sizeof gradient); /* written, not added to */
    double value = value_of(p, loss, kind, gradient), expected = reference(p, loss, kind);
    if (!(fabs(value - expected) < 1e-12 * (1 + fabs(expected))))
        fail_msg("%.17g, expected %.17g", value, expected);
    for (int i = 0; i < ALL; i++) {
        double at = p->y[i], side[2];
        for (int s = 0; s < 2; s++) {
            p->y[i] = at + (s ? -e : e);
            side[s] = value_of(p, loss, kind, NULL);
        }
        p->y[i] = at;
        if (!(fabs((side[0] - side[1]) / (2 * e) - gradient[i]) < 1e-9))
            fail_msg("number %d: %.17g, expected %.17g", i, gradient[i],
                     (side[0] - side[1]) / (2 * e));
    }
}

static bool fits(fsnn_loss_kind loss, fsnn_readout readout, int kind)
{
    bool steps = kind == LABEL_STEPS || kind == VALUE_STEPS;
    if (!steps || readout == FSNN_READOUT_AUTO || readout == FSNN_READOUT_EACH)
        return true;
    return kind == VALUE_STEPS && loss == FSNN_MSE && readout != FSNN_READOUT_MAX;
}

static void losses(void **state)
{
    (void)state;
    static const fsnn_loss_kind kinds[] = {FSNN_CE, FSNN_MSE, FSNN_BCE};
    problem p;
    for (int l = 0; l < FSNN_COUNT(kinds); l++)
        for (int r = 0; r < FSNN_READOUTS; r++)
            for (int kind = 0; kind < TARGETS; kind++) {
                fsnn_loss loss = {.kind = kinds[l], .readout = (fsnn_readout)r};
                CASE("%s of %s, readout %s", fsnn_loss_name(loss.kind), target_name[kind],
                     fsnn_readout_name(loss.readout));
                make(&p, (uint64_t)(l + 1));
                if (fits(loss.kind, loss.readout, kind)) {
                    check_loss(&p, &loss, kind);
                    continue;
                }
                fsnn_target target = target_of(&p, kind);
                fsnn_measure m;
                REFUSED(fsnn_loss_measure_double(&loss, K, B, C, p.y, &target, NULL, &m),
                        FSNN_EARGUMENT, "answers once a sample");
            }
}

/* The losses that are named for their readout are those of that readout, bit for bit. */
static void named(void **state)
{
    (void)state;
    static const struct {
        fsnn_loss_kind name, kind;
        fsnn_readout readout;
    } same[] = {{FSNN_CE_RATE, FSNN_CE, FSNN_READOUT_MEAN},
                {FSNN_CE_SUM, FSNN_CE, FSNN_READOUT_SUM},
                {FSNN_TET, FSNN_CE, FSNN_READOUT_EACH},
                {FSNN_MSE_RATE, FSNN_MSE, FSNN_READOUT_MEAN},
                {FSNN_MSE_COUNT, FSNN_MSE, FSNN_READOUT_SUM}};
    problem p;
    double a[ALL], b[ALL];
    make(&p, 9);
    for (int i = 0; i < FSNN_COUNT(same); i++)
        for (int kind = LABELS; kind <= VALUE_STEPS; kind++) {
            fsnn_loss name = {.kind = same[i].name},
                      own = {.kind = same[i].kind, .readout = same[i].readout};
            if (kind == LABEL_STEPS ? same[i].name != FSNN_TET
                                    : kind != LABELS && same[i].kind != FSNN_MSE)
                continue;
            CASE("%s of %s", fsnn_loss_name(name.kind), target_name[kind]);
            assert_true(value_of(&p, &name, kind, a) == value_of(&p, &own, kind, b));
            assert_memory_equal(a, b, sizeof a);
        }
}

static void refused(void **state)
{
    (void)state;
    problem p;
    fsnn_measure m;
    make(&p, 3);
    p.values[3] = 1.5;
    fsnn_target values = target_of(&p, VALUES), steps = target_of(&p, LABEL_STEPS);
    REFUSED(
        fsnn_loss_measure_double(&(fsnn_loss){.kind = FSNN_BCE}, K, B, C, p.y, &values, NULL, &m),
        FSNN_EARGUMENT, "sample 0 of the batch has the target 1.5");
    REFUSED(
        fsnn_loss_measure_double(&(fsnn_loss){.kind = FSNN_TET}, K, B, C, p.y, &values, NULL, &m),
        FSNN_EARGUMENT, "takes no target");
    REFUSED(fsnn_loss_measure_double(&(fsnn_loss){.kind = FSNN_CE_RATE}, K, B, C, p.y, &steps, NULL,
                                     &m),
            FSNN_EARGUMENT, "answers at each step");
    REFUSED(fsnn_loss_check(&(fsnn_loss){.kind = FSNN_CE_RATE, .readout = FSNN_READOUT_LAST}),
            FSNN_EARGUMENT, "readout is last, but the loss is ce_rate, which reads mean");
    REFUSED(fsnn_loss_check(&(fsnn_loss){.kind = FSNN_CE, .readout = (fsnn_readout)17}),
            FSNN_EARGUMENT, "no readout number 17");
}

/* ---- what judges ---- */

typedef struct judged {
    fsnn_data *data;
    fsnn_loader *loader;
    fsnn_net *net;
} judged;

/* A net whose output is its input: answers are the samples x [n, width]. */
static judged judged_open(int64_t n, int64_t width, const float *x, const int32_t *labels,
                          const float *values)
{
    judged j;
    const fsnn_loader_options options = {
        .encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = 2, .gain = 1}, .batch = 4};
    const fsnn_dynamics dynamics = fsnn_dynamics_default(&(fsnn_order){0});
    GOOD(fsnn_data_memory(n, FSNN_SHAPE(width), x, labels, &j.data));
    if (values)
        GOOD(fsnn_data_set_values(j.data, FSNN_SHAPE(width), values));
    GOOD(fsnn_loader_create(j.data, &options, &j.loader));
    j.net = net_new();
    int node = fsnn_net_input(j.net, FSNN_SHAPE(width));
    assert_true(fsnn_net_add(j.net, "flatten", "out", &node, 1, NULL) >= 0);
    GOOD(fsnn_net_wrap(j.net, &dynamics, &(fsnn_plan){.steps = 2, .batch = 4, .seed = 1}));
    return j;
}

static void judge(int64_t n, int64_t width, const float *x, const int32_t *labels,
                  const float *values, fsnn_loss_kind loss, double metric[FSNN_METRICS])
{
    judged j = judged_open(n, width, x, labels, values);
    fsnn_evaluation e;
    GOOD(fsnn_evaluate(j.net, j.loader, &(fsnn_loss){.kind = loss}, &e));
    memcpy(metric, e.metric, sizeof e.metric);
    assert_true(e.metric[FSNN_METRIC_LOSS] == e.loss);
    assert_true(isnan(e.accuracy) ? isnan(metric[FSNN_METRIC_ACCURACY])
                                  : e.accuracy == metric[FSNN_METRIC_ACCURACY]);
    assert_true((e.pairs > 0) == !isnan(metric[FSNN_METRIC_R2]));
    for (int64_t i = 0; i < e.pairs; i++)
        assert_true(e.truth[i] == values[i] && e.answer[i] == x[i]);
    fsnn_evaluation_free(&e);
    fsnn_net_destroy(j.net);
    fsnn_loader_destroy(j.loader);
    fsnn_data_destroy(j.data);
}

static void near(double a, double b)
{
    if (!(fabs(a - b) < 1e-7))
        fail_msg("%.17g, expected %.17g", a, b);
}

/* Labels 0 0 0 1 1 2, answers 0 0 1 1 2 1: by hand, and by sklearn. */
static void metrics_of_classes(void **state)
{
    (void)state;
    const float x[6][7] = {{3, 2, 1, 0}, {3, 1, 2, 0}, {2, 3, 1, 0},
                           {1, 3, 2, 0}, {1, 2, 3, 0}, {0, 9, 1, 5, 4, 3, 2}};
    const int32_t labels[6] = {0, 0, 0, 1, 1, 2};
    double m[FSNN_METRICS];
    judge(6, 7, x[0], labels, NULL, FSNN_CE_RATE, m);
    near(m[FSNN_METRIC_ACCURACY], 3.0 / 6);
    near(m[FSNN_METRIC_BALANCED_ACCURACY], (2.0 / 3 + 1.0 / 2 + 0) / 3);
    near(m[FSNN_METRIC_F1], (4.0 / 5 + 2.0 / 5 + 0) / 3);
    near(m[FSNN_METRIC_TOP_K], 5.0 / 6); /* the last sample's class is the sixth */
    assert_true(isnan(m[FSNN_METRIC_MSE]) && isnan(m[FSNN_METRIC_R2]));
    const float few[2][3] = {{3, 2, 1}, {1, 2, 3}}; /* five of three: that says nothing */
    double f[FSNN_METRICS];
    judge(2, 3, few[0], labels, NULL, FSNN_CE_RATE, f);
    near(f[FSNN_METRIC_ACCURACY], 0.5);
    assert_true(isnan(f[FSNN_METRIC_TOP_K]));
    /* shares of classes: the largest is the class */
    const float soft[6][7] = {{0.6f, 0.4f}, {1}, {0.7f, 0, 0.3f}, {0, 1}, {0.1f, 0.9f}, {0, 0, 1}};
    double s[FSNN_METRICS];
    judge(6, 7, x[0], NULL, soft[0], FSNN_CE_RATE, s);
    near(s[FSNN_METRIC_ACCURACY], m[FSNN_METRIC_ACCURACY]);
    near(s[FSNN_METRIC_F1], m[FSNN_METRIC_F1]);
}

/* Yes where the answer is above 0. */
static void metrics_of_labels(void **state)
{
    (void)state;
    const float x[4][2] = {{1, -1}, {1, 1}, {-1, 1}, {1, -1}};
    const float y[4][2] = {{1, 0}, {0, 1}, {1, 0}, {1, 0}};
    double m[FSNN_METRICS];
    judge(4, 2, x[0], NULL, y[0], FSNN_BCE, m);
    near(m[FSNN_METRIC_ACCURACY], (2.0 / 4 + 3.0 / 4) / 2);
    near(m[FSNN_METRIC_F1], (4.0 / 6 + 2.0 / 3) / 2);
    near(m[FSNN_METRIC_BALANCED_ACCURACY], ((2.0 / 3 + 0) / 2 + (1 + 2.0 / 3) / 2) / 2);
    assert_true(isnan(m[FSNN_METRIC_TOP_K]) && isnan(m[FSNN_METRIC_MAE]));
}

/* The example of sklearn.metrics.r2_score, and an output whose truth does not vary. */
static void metrics_of_values(void **state)
{
    (void)state;
    const float y[4][2] = {{3, 1}, {-0.5f, 1}, {2, 1}, {7, 1}};
    const float x[4][2] = {{2.5f, 1}, {0, 2}, {2, 1}, {8, 1}};
    double m[FSNN_METRICS];
    judge(4, 2, x[0], NULL, y[0], FSNN_MSE_RATE, m);
    near(m[FSNN_METRIC_MSE], (0.375 + 0.25) / 2);
    near(m[FSNN_METRIC_LOSS], m[FSNN_METRIC_MSE]);
    near(m[FSNN_METRIC_MAE], (0.5 + 0.25) / 2);
    near(m[FSNN_METRIC_R2], 0.9486081370449679);
    assert_true(isnan(m[FSNN_METRIC_ACCURACY]));
}

/* More pairs than are kept: every second, every fourth ... */
static void pairs_are_few(void **state)
{
    (void)state;
    enum { MANY = 10000 };
    float *x = fsnn_alloc(MANY * sizeof *x);
    for (int i = 0; i < MANY; i++)
        x[i] = (float)i;
    judged j = judged_open(MANY, 1, x, NULL, x);
    fsnn_evaluation e;
    GOOD(fsnn_evaluate(j.net, j.loader, &(fsnn_loss){.kind = FSNN_MSE}, &e));
    assert_int_equal(e.pairs, MANY / 4);
    for (int64_t i = 0; i < e.pairs; i++)
        assert_true(e.truth[i] == (float)(4 * i) && e.answer[i] == e.truth[i]);
    fsnn_evaluation_free(&e);
    fsnn_net_destroy(j.net);
    fsnn_loader_destroy(j.loader);
    fsnn_data_destroy(j.data);
    fsnn_free(x);
}

/* ---- trainings ---- */

/* The toy's samples, with two numbers to be found: means of eight values each. */
static fsnn_data *regression(int64_t count, uint64_t stream, bool steps)
{
    int64_t each = steps ? 2 * TOY_STEPS : 2;
    float *x = fsnn_alloc((size_t)(count * TOY_FEATURES) * sizeof *x);
    float *y = fsnn_alloc((size_t)(count * each) * sizeof *y);
    fsnn_data *data;
    for (int64_t i = 0; i < count; i++) {
        float mean[2] = {0, 0};
        for (int64_t j = 0; j < TOY_FEATURES; j++) {
            float value = fsnn_random_uniform(7, stream, (uint64_t)(i * TOY_FEATURES + j));
            x[i * TOY_FEATURES + j] = value;
            for (int c = 0; c < 2; c++)
                mean[c] += j / 4 == c || j / 4 == 2 ? value / 8 : 0;
        }
        for (int64_t n = 0; n < each; n++)
            y[i * each + n] = mean[n % 2] * (steps ? (float)(n / 2) / TOY_STEPS : 1);
    }
    GOOD(fsnn_data_memory(count, FSNN_SHAPE(TOY_FEATURES), x, NULL, &data));
    GOOD(fsnn_data_set_values(data, steps ? FSNN_SHAPE(TOY_STEPS, 2) : FSNN_SHAPE(2), y));
    fsnn_free(x);
    fsnn_free(y);
    return data;
}

static fsnn_net *regressor(bool wide)
{
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(0.8);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.precision = wide ? FSNN_PRECISION_DOUBLE : FSNN_PRECISION_SINGLE;
    fsnn_plan plan = {.steps = TOY_STEPS, .batch = TOY_BATCH, .training = true, .seed = 4};
    int node = fsnn_net_input(net, FSNN_SHAPE(TOY_FEATURES));
    node = fsnn_net_linear(net, "fc1", node, 24, true);
    node = fsnn_net_lif(net, "lif1", node, &FSNN_NEURON_DEFAULT);
    node = fsnn_net_linear(net, "fc2", node, 2, true);
    GOOD(fsnn_net_wrap(net, &dynamics, &plan));
    return net;
}

static toy regression_open(bool steps, bool wide)
{
    toy t;
    fsnn_loader_options options = {
        .encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = TOY_STEPS, .gain = 1},
        .batch = TOY_BATCH,
        .shuffle = true,
        .seed = 4};
    t.train_data = regression(TOY_TRAIN, 0, steps);
    t.test_data = regression(60, 1, steps);
    GOOD(fsnn_loader_create(t.train_data, &options, &t.train));
    options.shuffle = false;
    GOOD(fsnn_loader_create(t.test_data, &options, &t.test));
    t.net = regressor(wide);
    return t;
}

static fsnn_status learn(const fsnn_train_options *options, bool steps, bool wide, bool tested,
                         fsnn_metrics *result)
{
    toy t = regression_open(steps, wide);
    fsnn_status status = fsnn_train(t.net, t.train, tested ? t.test : NULL, options, result);
    toy_close(&t);
    return status;
}

static int stop_in_epoch_3(const fsnn_metrics *m, void *user)
{
    (void)user;
    return m->epoch == 3 && m->batch == 5;
}

/* The best epoch is that of the lowest loss; the logs have the metrics of values; a training that
 * is stopped goes on to the same bytes. */
static void learns_values(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        CASE("values%s, %s", i % 2 ? " a step" : "", i / 2 ? "double" : "single");
        fsnn_train_options options = toy_training(8);
        options.training.loss.kind = i % 2 ? FSNN_MSE : FSNN_MSE_RATE;
        fsnn_metrics m;
        GOOD(learn(&options, i % 2, i / 2, true, &m));
        assert_true(isnan(m.accuracy) && isnan(m.test_accuracy));
        if (!(m.test_metric[FSNN_METRIC_R2] > 0.3 && m.test_metric[FSNN_METRIC_R2] < 1))
            fail_msg("R2 is %g", m.test_metric[FSNN_METRIC_R2]);
        assert_true(fabs(m.test_metric[FSNN_METRIC_MSE] - m.test_loss) < 1e-6);
        fsnn_metrics_free(&m);
        toy_file csv = toy_read("metrics.csv"), best = toy_read("best.safetensors");
        assert_non_null(memmem(csv.data, csv.size, ",test_mse,test_mae,test_r2,", 27));
        toy_clean();
        options.on_batch = stop_in_epoch_3;
        FAILS(learn(&options, i % 2, i / 2, true, NULL), FSNN_EINTERRUPTED);
        options.on_batch = NULL;
        options.resume = true;
        GOOD(learn(&options, i % 2, i / 2, true, NULL));
        assert_true(toy_same("best.safetensors", &best));
        fsnn_free(csv.data);
        fsnn_free(best.data);
        toy_clean();
    }
}

static double lowest;
static int64_t lowest_epoch;

static int find_lowest(const fsnn_metrics *m, void *user)
{
    const fsnn_metric *by = user;
    double x = *by == FSNN_METRIC_LOSS ? m->test_loss : m->test_metric[*by];
    x = fsnn_metric_rises(*by) ? -x : x;
    if (x < lowest) {
        lowest = x;
        lowest_epoch = m->epoch;
    }
    return 0;
}

/* By a figure that is named; early stop, too. */
static void best_by(void **state)
{
    (void)state;
    static const fsnn_metric by[] = {FSNN_METRIC_LOSS, FSNN_METRIC_F1, FSNN_METRIC_TOP_K};
    for (int i = 0; i < FSNN_COUNT(by); i++) {
        CASE("%s", fsnn_metric_name(by[i]));
        fsnn_train_options options = toy_training(6);
        fsnn_metrics m;
        options.training.best = by[i];
        options.training.top_k = 2;
        options.on_epoch = find_lowest;
        options.user = (void *)(uintptr_t)&by[i];
        lowest = INFINITY;
        GOOD(toy_run(&TOY, &options, &m));
        assert_int_equal(m.epoch, lowest_epoch);
        fsnn_metrics_free(&m);
        toy_clean();
    }
    /* an R2 that cannot rise by a million ends the training after patience + 1 epochs */
    fsnn_train_options options = toy_training(20);
    fsnn_metrics m;
    options.training.loss.kind = FSNN_MSE;
    options.training.early_stop =
        (fsnn_early_stop){.patience = 2, .min_delta = 1e6, .by = FSNN_METRIC_R2};
    GOOD(learn(&options, false, false, true, &m));
    assert_int_equal(m.epochs, 3);
    fsnn_metrics_free(&m);
}

static void refused_before(void **state)
{
    (void)state;
    fsnn_train_options options = toy_training(2);
    options.training.best = FSNN_METRIC_F1;
    options.training.loss.kind = FSNN_MSE;
    REFUSED(learn(&options, false, false, true, NULL), FSNN_EARGUMENT,
            "best is f1, which the targets do not have: loss, mse, mae and r2 judge values");
    options.training.best = FSNN_METRIC_R2;
    REFUSED(learn(&options, false, false, false, NULL), FSNN_EARGUMENT,
            "best is r2, which is measured on validation or test data");
    options = toy_training(2);
    options.training.early_stop.by = FSNN_METRIC_TOP_K;
    options.training.top_k = 99;
    REFUSED(toy_run(&TOY, &options, NULL), FSNN_EARGUMENT,
            "early_stop.by is top_k, and k is 99: of");
    options.training.early_stop.by = FSNN_METRIC_AUTO;
    options.training.best = FSNN_METRIC_R2;
    options.training.best = FSNN_METRIC_LOSS;
    options.training.loss.kind = FSNN_TET;
    REFUSED(learn(&options, false, false, false, NULL), FSNN_EARGUMENT, "takes no target");
    options.training.loss.kind = FSNN_CE;
    options.training.loss.readout = FSNN_READOUT_LAST;
    REFUSED(learn(&options, true, false, false, NULL), FSNN_EARGUMENT, "answers once a sample");
    /* values of another shape than the output */
    toy t = regression_open(false, false);
    fsnn_data_destroy(t.test_data);
    float x[TOY_FEATURES] = {0}, y[3] = {0};
    fsnn_loader_destroy(t.test);
    GOOD(fsnn_data_memory(1, FSNN_SHAPE(TOY_FEATURES), x, NULL, &t.test_data));
    GOOD(fsnn_data_set_values(t.test_data, FSNN_SHAPE(3), y));
    const fsnn_loader_options how = {
        .encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = TOY_STEPS, .gain = 1}, .batch = 1};
    GOOD(fsnn_loader_create(t.test_data, &how, &t.test));
    options.training = fsnn_training_default();
    options.training.loss.kind = FSNN_MSE;
    REFUSED(fsnn_train(t.net, t.train, t.test, &options, NULL), FSNN_ESHAPE,
            "a test sample has values of shape [3], but the net's output is [2] over 5 steps");
    toy_close(&t);
}

/* A class a step: which third of the features is bright at the step. */
static void a_class_a_step(void **state)
{
    (void)state;
    enum { COUNT = 96, T = 6, F = 6 };
    float x[COUNT][T][F];
    int32_t labels[COUNT][T];
    for (int i = 0; i < COUNT; i++)
        for (int k = 0; k < T; k++) {
            labels[i][k] = (i + k * (1 + i / 7)) % 3;
            for (int j = 0; j < F; j++)
                x[i][k][j] = j / 2 == labels[i][k] ? 2 : 0;
            if (k == 0)
                labels[i][k] = FSNN_UNLABELLED;
        }
    fsnn_data *data;
    fsnn_loader *loader;
    fsnn_net *net = net_new();
    const fsnn_loader_options how = {
        .encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = T, .gain = 1}, .batch = 16, .seed = 1};
    GOOD(fsnn_data_memory(COUNT, FSNN_SHAPE(T, F), x[0][0], NULL, &data));
    GOOD(fsnn_data_sequence(data, FSNN_AXES_FIRST));
    GOOD(fsnn_data_set_labels(data, T, labels[0]));
    GOOD(fsnn_loader_create(data, &how, &loader));
    int node = fsnn_net_input(net, FSNN_SHAPE(F));
    assert_true(fsnn_net_linear(net, "fc", node, 3, true) >= 0);
    const fsnn_dynamics dynamics = fsnn_dynamics_default(&(fsnn_order){0});
    GOOD(fsnn_net_wrap(net, &dynamics,
                       &(fsnn_plan){.steps = T, .batch = 16, .training = true, .seed = 1}));
    fsnn_train_options options = toy_training(12);
    options.directory = NULL;
    options.training.loss.kind = FSNN_CE;
    options.training.optimizer.lr = 0.05;
    fsnn_metrics m;
    fsnn_evaluation e;
    GOOD(fsnn_train(net, loader, loader, &options, &m));
    assert_true(m.test_accuracy == 1);
    fsnn_metrics_free(&m);
    GOOD(fsnn_evaluate(net, loader, &options.training.loss, &e));
    assert_int_equal(e.samples, COUNT * (T - 1)); /* what counts */
    fsnn_evaluation_free(&e);
    options.training.loss.kind = FSNN_CE_RATE;
    REFUSED(fsnn_train(net, loader, loader, &options, NULL), FSNN_EARGUMENT,
            "answers at each step");
    fsnn_net_destroy(net);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses),
        cmocka_unit_test(named),
        cmocka_unit_test(refused),
        cmocka_unit_test(metrics_of_classes),
        cmocka_unit_test(metrics_of_labels),
        cmocka_unit_test(metrics_of_values),
        cmocka_unit_test(pairs_are_few),
        cmocka_unit_test(learns_values),
        cmocka_unit_test(best_by),
        cmocka_unit_test(refused_before),
        cmocka_unit_test(a_class_a_step),
    };
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}
