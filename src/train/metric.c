/* Metrics: what is counted of each answer, and the table.
 *
 * With n_c samples of class c, a_c answers c, r_c of them right (of several labels a sample: n_c
 * where c is true, a_c where c is answered, r_c both), and for values y, errors e over n answers:
 *     accuracy           sum r_c / n;  of several labels the share of right decisions
 *     top_k              share of samples whose class is among the k largest answers
 *     balanced_accuracy  mean of r_c / n_c over the classes that there are; of several labels the
 *                        mean of the shares of right yes and right no
 *     f1                 mean of 2 r_c / (n_c + a_c) over the classes that are there or answered
 *     mse, mae           means of e^2, |e| over answers and outputs
 *     r2                 1 - sum e^2 / sum (y - mean y)^2, mean over the outputs whose truth varies
 * as sklearn.metrics computes them (average='macro', multioutput='uniform_average'). */
#include "train/metric.h"

#include <math.h>

/* ---- sums ---- */

fsnn_status metric_open(metric_sums *s, loss_task task, int64_t C, int64_t k)
{
    size_t n = (size_t)C;
    *s = (metric_sums){.task = task, .C = C, .k = k};
    if (task == LOSS_VALUES) {
        s->mean = fsnn_alloc(n * sizeof *s->mean);
        s->spread = fsnn_alloc(n * sizeof *s->spread);
        s->squares = fsnn_alloc(n * sizeof *s->squares);
        s->absolute = fsnn_alloc(n * sizeof *s->absolute);
        return s->mean && s->spread && s->squares && s->absolute ? FSNN_OK : FSNN_EMEMORY;
    }
    s->truth = fsnn_alloc(n * sizeof *s->truth);
    s->answered = fsnn_alloc(n * sizeof *s->answered);
    s->both = fsnn_alloc(n * sizeof *s->both);
    return s->truth && s->answered && s->both ? FSNN_OK : FSNN_EMEMORY;
}

void metric_close(metric_sums *s)
{
    void *owned[] = {s->truth, s->answered, s->both, s->mean, s->spread, s->squares, s->absolute};
    for (int i = 0; i < FSNN_COUNT(owned); i++)
        fsnn_free(owned[i]);
    *s = (metric_sums){0};
}

int64_t metric_class(const double *x, int64_t C)
{
    int64_t best = 0;
    for (int64_t c = 1; c < C; c++)
        if (x[c] > x[best])
            best = c;
    return best;
}

/* Answers that come before that of class c. */
static int64_t rank_of(const double *x, int64_t C, int64_t c)
{
    int64_t before = 0;
    for (int64_t i = 0; i < C; i++)
        before += x[i] > x[c] || (x[i] == x[c] && i < c);
    return before;
}

static void add_class(metric_sums *s, const loss_answer *a)
{
    int64_t truth = a->y ? metric_class(a->y, s->C) : a->label, answer = metric_class(a->x, s->C);
    s->truth[truth]++;
    s->answered[answer]++;
    s->both[answer] += truth == answer;
    s->in_top += rank_of(a->x, s->C, truth) < s->k;
}

static void add_labels(metric_sums *s, const loss_answer *a)
{
    for (int64_t c = 0; c < s->C; c++) {
        bool truth = a->y[c] > 0.5, answer = a->x[c] > 0;
        s->truth[c] += truth;
        s->answered[c] += answer;
        s->both[c] += truth && answer;
    }
}

/* Welford's update of the mean and the squares of deviations. */
static void add_values(metric_sums *s, const loss_answer *a)
{
    for (int64_t c = 0; c < s->C; c++) {
        double e = a->x[c] - a->y[c], d = a->y[c] - s->mean[c];
        s->mean[c] += d / (double)s->answers;
        s->spread[c] += d * (a->y[c] - s->mean[c]);
        s->squares[c] += e * e;
        s->absolute[c] += fabs(e);
    }
}

void metric_add(metric_sums *s, const loss_answer *answer)
{
    static void (*const add[])(metric_sums *, const loss_answer *) = {
        [LOSS_CLASSES] = add_class, [LOSS_LABELS] = add_labels, [LOSS_VALUES] = add_values};
    s->answers++;
    add[s->task](s, answer);
}

/* ---- what is made of them ---- */

/* The mean of one(s, c) over the c where it is a number. */
static double mean_over(const metric_sums *s, double (*one)(const metric_sums *s, int64_t c))
{
    double sum = 0;
    int64_t count = 0;
    for (int64_t c = 0; c < s->C; c++) {
        double x = one(s, c);
        if (isnan(x))
            continue;
        sum += x;
        count++;
    }
    return count ? sum / (double)count : NAN;
}

static double share(int64_t some, int64_t all)
{
    return all ? (double)some / (double)all : NAN;
}

/* Of decisions about c that are right: all but those where one of truth and answer is yes alone. */
static double decided(const metric_sums *s, int64_t c)
{
    return share(s->answers - s->truth[c] - s->answered[c] + 2 * s->both[c], s->answers);
}

static double accuracy(const metric_sums *s)
{
    int64_t right = 0;
    if (s->task == LOSS_LABELS)
        return mean_over(s, decided);
    for (int64_t c = 0; c < s->C; c++)
        right += s->both[c];
    return share(right, s->answers);
}

/* Where as many answers count as there are classes, all do, which says nothing. */
static double top_k(const metric_sums *s)
{
    return s->k < s->C ? share(s->in_top, s->answers) : NAN;
}

static double recall(const metric_sums *s, int64_t c)
{
    return share(s->both[c], s->truth[c]);
}

static double balance(const metric_sums *s, int64_t c)
{
    int64_t no = s->answers - s->truth[c], said = s->answered[c] - s->both[c];
    return (recall(s, c) + share(no - said, no)) / 2;
}

static double balanced(const metric_sums *s)
{
    return mean_over(s, s->task == LOSS_LABELS ? balance : recall);
}

static double f1_of(const metric_sums *s, int64_t c)
{
    return share(2 * s->both[c], s->truth[c] + s->answered[c]);
}

static double f1(const metric_sums *s)
{
    return mean_over(s, f1_of);
}

static double square(const metric_sums *s, int64_t c)
{
    return s->squares[c] / (double)s->answers;
}

static double mse(const metric_sums *s)
{
    return mean_over(s, square);
}

static double deviation(const metric_sums *s, int64_t c)
{
    return s->absolute[c] / (double)s->answers;
}

static double mae(const metric_sums *s)
{
    return mean_over(s, deviation);
}

static double explained(const metric_sums *s, int64_t c)
{
    return s->spread[c] > 0 ? 1 - s->squares[c] / s->spread[c] : NAN;
}

static double r2(const metric_sums *s)
{
    return mean_over(s, explained);
}

/* ---- the table ---- */

#define OF(task) (1u << (task))
#define ALL (OF(LOSS_CLASSES) | OF(LOSS_LABELS) | OF(LOSS_VALUES))

static const struct metric_row {
    const char *name;
    bool rises;     /* larger is better */
    unsigned tasks; /* that it judges */
    double (*read)(const metric_sums *sums);
} rows[FSNN_METRICS] = {
    [FSNN_METRIC_AUTO] = {"auto", true, ALL, NULL},
    [FSNN_METRIC_LOSS] = {"loss", false, ALL, NULL},
    [FSNN_METRIC_ACCURACY] = {"accuracy", true, OF(LOSS_CLASSES) | OF(LOSS_LABELS), accuracy},
    [FSNN_METRIC_TOP_K] = {"top_k", true, OF(LOSS_CLASSES), top_k},
    [FSNN_METRIC_BALANCED_ACCURACY] = {"balanced_accuracy", true,
                                       OF(LOSS_CLASSES) | OF(LOSS_LABELS), balanced},
    [FSNN_METRIC_F1] = {"f1", true, OF(LOSS_CLASSES) | OF(LOSS_LABELS), f1},
    [FSNN_METRIC_MSE] = {"mse", false, OF(LOSS_VALUES), mse},
    [FSNN_METRIC_MAE] = {"mae", false, OF(LOSS_VALUES), mae},
    [FSNN_METRIC_R2] = {"r2", true, OF(LOSS_VALUES), r2},
};

void metric_read(const metric_sums *s, double value[FSNN_METRICS])
{
    for (int i = 0; i < FSNN_METRICS; i++) {
        bool known = rows[i].read && s->answers && metric_judges((fsnn_metric)i, s->task);
        value[i] = known ? rows[i].read(s) : NAN;
    }
}

bool metric_judges(fsnn_metric metric, loss_task task)
{
    return rows[metric].tasks & OF(task);
}

const char *fsnn_metric_name(fsnn_metric metric)
{
    return (unsigned)metric < FSNN_METRICS ? rows[metric].name : "?";
}

bool fsnn_metric_rises(fsnn_metric metric)
{
    return (unsigned)metric < FSNN_METRICS && rows[metric].rises;
}

static const char *name_at(int i)
{
    return i < FSNN_METRICS ? rows[i].name : NULL;
}

int fsnn_metric_find(const char *name)
{
    return fsnn_name_find("metric", name, name_at, NULL);
}
