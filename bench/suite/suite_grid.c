/* bench/suite/suite_grid.c: the cost of networks of many sizes, drawn at random but the same in
 * every run: linear layers, each with LIF. bench/model.py fits a model of cost to these rows. */
#include "bench/suite/suite.h"

#include <math.h>
#include <string.h>

enum { CASES = 240, QUICK = 40 };

typedef struct grid_case {
    int64_t T, batch, width[BENCH_LAYERS + 1];
    int layers;
    double ones, loud; /* of the input, < 0: grey values; current of a layer in thresholds */
    const char *memory;
} grid_case;

/* ---- what is drawn ---- */

static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)*state * below) >> 32);
}

#define DRAW(state, list) ((list)[draw(state, CLI_COUNT(list))])

static grid_case draw_case(uint32_t *state)
{
    static const int64_t steps[] = {4, 8, 16, 32, 64, 128, 256, 512, 1024};
    static const int64_t batches[] = {1, 4, 16, 32, 64, 128, 256};
    static const int64_t inputs[] = {64, 200, 784, 2312};
    static const int64_t hidden[] = {32, 64, 100, 128, 256, 400, 512, 1024, 2560};
    static const int64_t outputs[] = {10, 10, 20, 100};
    static const double shares[] = {-1, -1, 0.01, 0.03, 0.1, 0.25};
    static const double loud[] = {0.5, 0.8, 1.2, 2};
    static const char *const memories[] = {"none", "direct", "direct", "exponentials"};
    grid_case g = {.T = DRAW(state, steps), .batch = DRAW(state, batches)};
    g.layers = 1 + (int)draw(state, BENCH_LAYERS);
    g.width[0] = DRAW(state, inputs);
    for (int i = 1; i < g.layers; i++)
        g.width[i] = DRAW(state, hidden);
    g.width[g.layers] = DRAW(state, outputs);
    g.ones = DRAW(state, shares);
    g.loud = DRAW(state, loud);
    g.memory = DRAW(state, memories);
    return g;
}

/* Large enough to be timed, small enough for some hundred of them; flops of a step at most. */
static bool fits(const grid_case *g, double most)
{
    const double least = 1e6, bytes = 1 << 27, lags = most / 3;
    double rows = (double)(g->T * g->batch), weights = 0, neurons = 0;
    for (int i = 0; i < g->layers; i++) {
        weights += (double)(g->width[i] * g->width[i + 1]);
        neurons += (double)g->width[i + 1];
    }
    double flops = 6 * rows * weights, values = rows * (neurons + (double)g->width[0]);
    bool direct = strcmp(g->memory, "direct") == 0;
    if (strcmp(g->memory, "exponentials") == 0 && g->T < 64)
        return false;
    return flops < most && flops > least && values * sizeof(float) < bytes &&
           (!direct || rows * neurons * (double)g->T < lags);
}

/* ---- its network ---- */

/* Thresholds are such that layers of any width and input spike. */
static fsnn_net *build(const grid_case *g)
{
    fsnn_net *net;
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    double ones = g->ones > 0 ? g->ones : 0.3;
    bench_try(fsnn_net_create(&net));
    int x = fsnn_net_input(net, FSNN_SHAPE(g->width[0]));
    for (int i = 0; i < g->layers; i++) {
        lif.threshold.value = sqrt(ones / 3) / g->loud;
        x = fsnn_net_linear(net, NULL, x, g->width[i + 1], true);
        x = fsnn_net_lif(net, NULL, x, &lif);
        ones = 0.15;
    }
    bench_try(x);
    return net;
}

static void open_case(bench_net *n, const grid_case *g)
{
    bool none = strcmp(g->memory, "none") == 0, far = strcmp(g->memory, "exponentials") == 0;
    fsnn_order order = fsnn_order_of(none ? 1 : 0.5);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    int64_t inputs = g->T * g->batch * g->width[0];
    if (far) {
        dynamics.tolerance = 1e-5;
        dynamics.engine = FSNN_ENGINE_EXPONENTIALS;
        dynamics.horizon = g->T;
    }
    bench_net_wrap(n, build(g), &dynamics,
                   &(fsnn_plan){.steps = g->T, .batch = g->batch, .training = true, .seed = 1});
    n->rate = 0; /* spikes stay as many as they are */
    n->x = g->ones < 0 ? bench_numbers(inputs) : bench_spikes(inputs, g->ones);
}

/* Of the network after a forward. Nodes: the input, then linear and LIF in turn. */
static bench_sizes sizes_of(const grid_case *g, const fsnn_net *net)
{
    fsnn_memory_form form;
    bench_sizes s = {.layers = g->layers};
    snprintf(s.memory, sizeof s.memory, "%s", g->memory);
    memcpy(s.width, g->width, sizeof s.width);
    for (int i = 0; i < g->layers; i++)
        s.ones[i] = i ? fsnn_net_rate(net, 2 * i) : g->ones;
    bench_try(fsnn_net_memory_form(net, 2, 0, &form));
    s.exponentials = form.exponentials;
    s.near = form.exponentials ? form.near : 0;
    return s;
}

/* ---- its times ---- */

/* So many calls in a row that the clock's own time is nothing beside them. */
typedef struct repeated {
    bench_net *net;
    void (*run)(void *net);
    int64_t times;
} repeated;

static void repeat(void *of)
{
    const repeated *r = of;
    for (int64_t i = 0; i < r->times; i++)
        r->run(r->net);
}

static repeated repeated_of(bench_net *n, void (*run)(void *net))
{
    const double enough = 2e-3;
    run(n);
    double start = bench_now();
    run(n);
    double took = fmax(bench_now() - start, 1e-7);
    return (repeated){n, run, took < enough ? (int64_t)(enough / took) + 1 : 1};
}

static void put(const bench *b, const grid_case *g, const bench_net *n, const bench_part *part,
                int rounds, bool training)
{
    const repeated *r = part->of;
    double times = (double)r->times;
    bench_row row = {.workload = "grid",
                     .steps = g->T,
                     .batch = g->batch,
                     .rounds = rounds,
                     .median = part->median / times,
                     .least = part->least / times,
                     .most = part->most / times,
                     .sizes = sizes_of(g, n->net)};
    row.sizes.training = training;
    size_t at = 0;
    for (int i = 0; i <= g->layers && at < sizeof row.what; i++) {
        row.neurons += i ? g->width[i] : 0;
        at += (size_t)snprintf(row.what + at, sizeof row.what - at, "%s%lld", i ? "-" : "",
                               (long long)g->width[i]);
    }
    if (at < sizeof row.what)
        snprintf(row.what + at, sizeof row.what - at, ", T %lld, B %lld, %s", (long long)g->T,
                 (long long)g->batch, training ? "step" : "forward");
    bench_put(b, &row);
}

static void measure(const bench *b, const grid_case *g)
{
    bench_net n;
    open_case(&n, g);
    repeated forward = repeated_of(&n, bench_net_forward), step = repeated_of(&n, bench_net_step);
    bench_part part[] = {{.run = repeat, .of = &forward}, {.run = repeat, .of = &step}};
    int rounds = bench_measure(b, part, CLI_COUNT(part));
    put(b, g, &n, &part[0], rounds, false);
    put(b, g, &n, &part[1], rounds, true);
    bench_net_close(&n);
}

static void run_grid(bench *b)
{
    uint32_t state = 1;
    for (int done = 0; done < (b->quick ? QUICK : CASES);) {
        grid_case g = draw_case(&state);
        if (!fits(&g, b->quick ? 6e8 : 6e9))
            continue;
        measure(b, &g);
        done++;
    }
}

const bench_workload bench_grid = {
    "grid",
    "forward and training step of networks of many sizes, which bench/model.py fits a model of "
    "cost to; runs only where it is named",
    run_grid, true};
