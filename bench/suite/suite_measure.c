/* bench/suite/suite_measure.c: time, memory, and networks to be timed. */
#include "bench/suite/suite.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void bench_try(int status)
{
    if (status >= 0)
        return;
    cli_error(CLI_FAILED, "%s", fsnn_error_text());
    exit(CLI_FAILED);
}

static clockid_t watched = CLOCK_MONOTONIC;

void bench_watch_processor(void)
{
    watched = CLOCK_PROCESS_CPUTIME_ID;
}

bool bench_watches_processor(void)
{
    return watched == CLOCK_PROCESS_CPUTIME_ID;
}

double bench_now(void)
{
    struct timespec t;
    clock_gettime(watched, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double once(bench_part *part)
{
    double start = bench_now();
    part->run(part->of);
    return bench_now() - start;
}

double bench_median(double *x, int count)
{
    qsort(x, (size_t)count, sizeof *x, by_value);
    return x[count / 2];
}

static void settle(bench_part *part, int rounds)
{
    double time[BENCH_ROUNDS];
    memcpy(time, part->time, (size_t)rounds * sizeof *time);
    part->median = bench_median(time, rounds);
    part->least = time[0];
    part->most = time[rounds - 1];
}

int bench_measure(const bench *b, bench_part *part, int parts)
{
    enum { FEW = 5 };
    const double budget = 30; /* seconds for a row */
    double round = 0;
    for (int p = 0; p < parts; p++)
        round += once(&part[p]);
    int rounds = b->rounds;
    if (rounds > FEW && round * rounds > budget)
        rounds = round * FEW > budget ? FEW : (int)(budget / round);
    rounds = rounds > b->rounds ? b->rounds : rounds;
    for (int r = 0; r < rounds; r++)
        for (int p = 0; p < parts; p++)
            part[p].time[r] = once(&part[p]);
    for (int p = 0; p < parts; p++)
        settle(&part[p], rounds);
    return rounds;
}

double bench_paired(const bench_part *part, const bench_part *floor, int rounds)
{
    double ratio[BENCH_ROUNDS];
    for (int r = 0; r < rounds; r++)
        ratio[r] = part->time[r] / floor->time[r];
    return bench_median(ratio, rounds);
}

double bench_peak(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss * 1024;
}

void bench_put(const bench *b, bench_row *row)
{
    row->bytes = bench_peak();
    const char *at = (const char *)row;
    for (size_t left = sizeof *row; left;) {
        ssize_t wrote = write(b->pipe, at, left);
        if (wrote <= 0)
            exit(CLI_FAILED);
        at += wrote;
        left -= (size_t)wrote;
    }
}

void bench_put_parts(const bench *b, const char *workload, const char *what, const bench_net *n,
                     int64_t neurons, int rounds, const bench_part *part, const bench_part *floor,
                     const char *against, double aim)
{
    bench_row row = {.steps = n->T,
                     .batch = n->batch,
                     .neurons = neurons,
                     .rounds = rounds,
                     .median = part->median,
                     .least = part->least,
                     .most = part->most,
                     .floor = floor ? floor->median : 0,
                     .aim = floor ? aim : 0,
                     .ratio = floor ? bench_paired(part, floor, rounds) : 0};
    snprintf(row.workload, sizeof row.workload, "%s", workload);
    snprintf(row.what, sizeof row.what, "%s", what);
    snprintf(row.against, sizeof row.against, "%s", floor ? against : "no floor");
    bench_put(b, &row);
}

/* As the library's own arrays are. */
static float *capacity(int64_t count)
{
    float *x = fsnn_alloc_array(count, sizeof *x);
    bench_try(x ? FSNN_OK : FSNN_EMEMORY);
    return x;
}

static double next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (double)(*state >> 8) / (1 << 24);
}

float *bench_numbers(int64_t count)
{
    float *x = capacity(count);
    uint32_t state = 1;
    for (int64_t i = 0; i < count; i++)
        x[i] = (float)next(&state);
    return x;
}

float *bench_spikes(int64_t count, double share)
{
    float *x = capacity(count);
    uint32_t state = 1;
    for (int64_t i = 0; i < count; i++)
        x[i] = next(&state) < share ? 1 : 0;
    return x;
}

/* ---- bandwidth ---- */

enum { PIECE = 64 << 20 }; /* floats: 256 MiB, beyond any cache */

static void read_all(void *of)
{
    const float *x = of;
    double sum = 0;
#pragma omp parallel for reduction(+ : sum) schedule(static)
    for (int64_t piece = 0; piece < PIECE / 1024; piece++) {
        float part[16] = {0};
        for (int i = 0; i < 1024; i += 16)
            for (int k = 0; k < 16; k++)
                part[k] += x[piece * 1024 + i + k];
        for (int k = 0; k < 16; k++)
            sum += part[k];
    }
    if (sum < 0) /* the sum must be used */
        puts("");
}

double bench_bandwidth(bench *b)
{
    if (b->bandwidth > 0)
        return b->bandwidth;
    float *x = capacity(PIECE);
    memset(x, 0, PIECE * sizeof *x);
    bench_part part = {.run = read_all, .of = x};
    bench_measure(b, &part, 1);
    fsnn_free_array(x);
    b->bandwidth = PIECE * sizeof(float) / part.least;
    return b->bandwidth;
}

/* ---- networks ---- */

void bench_net_wrap(bench_net *n, fsnn_net *net, const fsnn_dynamics *dynamics,
                    const fsnn_plan *plan)
{
    fsnn_shape out;
    *n = (bench_net){.net = net,
                     .T = plan->steps,
                     .batch = plan->batch,
                     .training = fsnn_training_default(),
                     .rate = 1e-3,
                     .input_gradient = plan->input_gradient};
    bench_try(fsnn_net_wrap(net, dynamics, plan));
    bench_try(fsnn_net_shapes(net, NULL, &out));
    bench_try(fsnn_optimizer_create(net, &n->training.optimizer, &n->optimizer));
    fsnn_net_zero_grad(net); /* from here on each step leaves them zero */
    n->classes = fsnn_shape_count(&out);
    n->gradient = bench_numbers(n->T * n->batch * n->classes);
    n->label = cli_allocate((size_t)n->batch, sizeof *n->label);
    for (int64_t b = 0; b < n->batch; b++)
        n->label[b] = (int32_t)(b % n->classes);
}

void bench_net_open(bench_net *n, fsnn_net *net, double alpha, int64_t T, int64_t batch,
                    bool input_gradient, bench_input input)
{
    fsnn_order order = fsnn_order_of(alpha);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    bench_net_open_of(n, net, &dynamics, T, batch, input_gradient, input);
}

void bench_net_open_of(bench_net *n, fsnn_net *net, const fsnn_dynamics *dynamics, int64_t T,
                       int64_t batch, bool input_gradient, bench_input input)
{
    fsnn_plan plan = {.steps = T,
                      .batch = batch,
                      .training = true,
                      .input_gradient = input_gradient,
                      .seed = 1,
                      .still = input == BENCH_STILL};
    fsnn_shape in;
    bench_net_wrap(n, net, dynamics, &plan);
    bench_try(fsnn_net_shapes(net, &in, NULL));
    int64_t inputs = T * batch * fsnn_shape_count(&in);
    n->x = input == BENCH_SPIKES ? bench_spikes(inputs, 0.1) : bench_numbers(inputs);
}

void bench_net_close(bench_net *n)
{
    fsnn_optimizer_destroy(n->optimizer);
    fsnn_net_destroy(n->net);
    fsnn_free_array(n->x);
    fsnn_free_array(n->gradient);
    free(n->label);
}

void bench_net_open_forward(bench_net *n, fsnn_net *net, int64_t T, double share,
                            fsnn_products products)
{
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = T, .batch = 64, .seed = 1, .products = products};
    fsnn_shape in;
    *n = (bench_net){.net = net, .T = T, .batch = plan.batch};
    bench_try(fsnn_net_wrap(net, &dynamics, &plan));
    bench_try(fsnn_net_shapes(net, &in, NULL));
    n->x = bench_spikes(T * plan.batch * fsnn_shape_count(&in), share);
}

void bench_net_products(bench_net *n, fsnn_products products)
{
    fsnn_plan plan = {.steps = n->T,
                      .batch = n->batch,
                      .training = true,
                      .input_gradient = n->input_gradient,
                      .products = products};
    bench_try(fsnn_net_replan(n->net, &plan));
}

void bench_net_forward(void *net)
{
    bench_net *n = net;
    bench_try(fsnn_net_reset(n->net));
    bench_try(fsnn_net_forward(n->net, n->x, NULL));
}

void bench_net_both(void *net)
{
    bench_net *n = net;
    bench_net_forward(n);
    fsnn_net_zero_grad(n->net);
    bench_try(fsnn_net_backward(n->net, n->gradient, NULL));
}

void bench_net_step(void *net)
{
    bench_net *n = net;
    const float *out;
    double value;
    bench_try(fsnn_net_reset(n->net));
    bench_try(fsnn_net_forward(n->net, n->x, &out));
    bench_try(fsnn_loss_compute(&n->training.loss, n->T, n->batch, n->classes, out, n->label, NULL,
                                n->gradient, &value, NULL));
    bench_try(fsnn_net_backward(n->net, n->gradient, NULL));
    bench_try(fsnn_optimizer_step_and_zero(n->optimizer, n->rate, 0, NULL));
}
