/* Sums of exponentials against the whole history: how many, how exact, what a step costs and keeps.
 *
 * For orders alpha, run lengths N and tolerances: the number of exponentials, the largest relative
 * error of a weight (measured, at every lag up to 280 and then every 2 %), the largest difference
 * of a membrane potential from that of the whole history, relative to the largest potential (32 LIF
 * neurons, Gruenwald-Letnikov, tau 2, below threshold, constant current with noise, all N steps),
 * and time and bytes a neuron and step (1,024 neurons, chunks of 64). The whole history of 10^6
 * steps costs too much: there the reference is a tolerance of 1e-9. One JSON object a line; --table
 * gives the table of docs/results.md.
 *
 *   bench_exponentials [--threads N] [--table] [longest]
 *                      longest: 1000 ... 1000000 (default 100000)
 */
#include "measure.h"

#include <math.h>

enum { FEW = 32, MANY = 1024, CHUNK = 64, CYCLE = 4096 };

static const double alphas[] = {0.1, 0.3, 0.5, 0.7, 0.9, 0.99}, tolerances[] = {1e-3, 1e-5, 1e-7};
static const int64_t lengths[] = {1000, 10000, 100000, 1000000};

typedef struct row {
    double alpha, tolerance;
    int64_t N;
    int modes;
    double weight_error, error, seconds, bytes; /* a neuron and step; a neuron */
} row;

/* One layer that never spikes; tolerance 0: the whole history. */
static fsnn_net *layer(double alpha, double tolerance, int64_t N, int64_t neurons, int64_t steps)
{
    fsnn_net *net;
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 2;
    lif.threshold.value = 1e9;
    lif.reset = FSNN_RESET_JUMP;
    fsnn_order order = fsnn_order_of(alpha);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.tolerance = tolerance;
    dynamics.horizon = N;
    dynamics.engine = tolerance > 0 ? FSNN_ENGINE_EXPONENTIALS : FSNN_ENGINE_DIRECT;
    fsnn_plan plan = {.steps = steps, .batch = 1, .record = neurons == FEW};
    TRY(fsnn_net_create(&net));
    TRY(fsnn_net_lif(net, NULL, fsnn_net_input(net, FSNN_SHAPE(neurons)), &lif));
    TRY(fsnn_net_wrap(net, &dynamics, &plan));
    return net;
}

/* Potentials of every CHUNK steps, v [N / CHUNK][FEW]. */
static void potentials(fsnn_net *net, const float *x, int64_t N, float *v)
{
    static float record[CHUNK * FEW];
    for (int64_t k = 0; k + CHUNK <= N; k += CHUNK) {
        TRY(fsnn_net_forward(net, x + k % CYCLE * FEW, NULL));
        TRY(fsnn_net_read(net, 1, FSNN_RECORD_V, record));
        memcpy(v + k / CHUNK * FEW, record + (CHUNK - 1) * FEW, FEW * sizeof *v);
    }
}

static double difference(const float *a, const float *b, int64_t n)
{
    double most = 0, largest = 0;
    for (int64_t i = 0; i < n; i++) {
        most = fmax(most, fabs((double)a[i] - (double)b[i]));
        largest = fmax(largest, fabs((double)b[i]));
    }
    return most / largest;
}

static void speed(row *r, const float *x)
{
    int64_t histories, steps = r->N < 4096 ? r->N / CHUNK * CHUNK : 4096;
    fsnn_net *net = layer(r->alpha, r->tolerance, r->N, MANY, CHUNK);
    double start = now();
    for (int64_t k = 0; k < steps; k += CHUNK)
        TRY(fsnn_net_forward(net, x, NULL));
    r->seconds = (now() - start) / (double)(steps * MANY);
    TRY(fsnn_net_memory(net, NULL, &histories, NULL));
    r->bytes = (double)histories / MANY;
    fsnn_net_destroy(net);
}

static void measure(row *r, const float *x, const float *wanted, float *v)
{
    fsnn_certificate c;
    fsnn_net *net = layer(r->alpha, r->tolerance, r->N, FEW, CHUNK);
    potentials(net, x, r->N, v);
    TRY(fsnn_net_certificate(net, 1, &c));
    r->modes = c.modes;
    r->weight_error = c.weight_error;
    r->error = difference(v, wanted, r->N / CHUNK * FEW);
    fsnn_net_destroy(net);
    speed(r, x);
}

static void print(const row *r, int table)
{
    if (table)
        printf("| %g | %lld | %g | %d | %.1e | %.1e | %.1f | %.0f |\n", r->alpha, (long long)r->N,
               r->tolerance, r->modes, r->weight_error, r->error, r->seconds * 1e9, r->bytes);
    else
        printf("{\"bench\": \"exponentials\", \"alpha\": %g, \"N\": %lld, \"tolerance\": %g, "
               "\"modes\": %d, \"weight_error\": %.3e, \"potential_error\": %.3e, "
               "\"ns_per_neuron_step\": %.2f, \"bytes_per_neuron\": %.0f, \"threads\": %d, "
               "\"isa\": \"%s\"}\n",
               r->alpha, (long long)r->N, r->tolerance, r->modes, r->weight_error, r->error,
               r->seconds * 1e9, r->bytes, fsnn_threads(), fsnn_isa());
    fflush(stdout);
}

static void one(double alpha, int64_t N, const float *x, int table)
{
    float *wanted = malloc((size_t)(N / CHUNK + 1) * FEW * sizeof *wanted);
    float *v = malloc((size_t)(N / CHUNK + 1) * FEW * sizeof *v);
    fsnn_net *net = layer(alpha, N > 100000 ? 1e-9 : 0, N, FEW, CHUNK);
    potentials(net, x, N, wanted);
    fsnn_net_destroy(net);
    for (size_t e = 0; e < sizeof tolerances / sizeof *tolerances; e++) {
        row r = {.alpha = alpha, .N = N, .tolerance = tolerances[e]};
        measure(&r, x, wanted, v);
        print(&r, table);
    }
    free(wanted);
    free(v);
}

int main(int argc, char **argv)
{
    int table = argc > 1 && strcmp(argv[argc - 1], "--table") == 0;
    argc -= table;
    int64_t longest = 100000;
    if (argc > 1 && atoll(argv[argc - 1]) >= 1000) {
        longest = atoll(argv[argc - 1]);
        argc--;
    }
    bench_read(argc, argv, 1, "bench_exponentials [--threads N] [longest] [--table]");
    float *x = numbers(CYCLE * (int64_t)FEW + MANY * (int64_t)CHUNK);
    for (int64_t i = 0; i < CYCLE * (int64_t)FEW; i++)
        x[i] += 0.5f;
    if (table)
        puts("| alpha | steps N | tolerance | exponentials | weight error | potential error | ns a "
             "neuron and step | bytes a neuron |\n|---|---|---|---|---|---|---|---|");
    for (size_t a = 0; a < sizeof alphas / sizeof *alphas; a++)
        for (size_t n = 0; n < sizeof lengths / sizeof *lengths && lengths[n] <= longest; n++)
            one(alphas[a], lengths[n], x, table);
    fsnn_free_array(x);
    return 0;
}
