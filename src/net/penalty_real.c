/* Penalties on their way through a call. With h(x) = max(0, min - x)^2 + max(0, x - max)^2, r_bn
 * the spikes a step of neuron n in sample b over the T_b steps that count, a rate's penalty is
 *     neuron  1/(B N) sum_bn h(r_bn)          each step's spike receives h'(r_bn)/(B N T_b)
 *     layer   1/B sum_b h(1/N sum_n r_bn)     h' of it /(B N T_b)
 *     batch   1/N sum_n h(1/B sum_b r_bn)     h' of it /(B N T_b)
 * and that of potentials the mean of h(v) over steps, samples and neurons, which the scan adds
 * (scan/hold.h). */
#include "net/data.h"
#include "net/neuron_ops.h"

static bool of_rate(const net_penalty *p, int node)
{
    return p->what.kind == FSNN_PENALTY_RATE && p->what.node == node;
}

static int64_t steps_of(const fsnn_net *net, int64_t b)
{
    int64_t T = net->plan.steps, own = net->penalty.steps ? net->penalty.steps[b] : T;
    return own < T ? own : T;
}

static double steps_all(const fsnn_net *net)
{
    double sum = 0;
    for (int64_t b = 0; b < net->plan.batch; b++)
        sum += (double)steps_of(net, b);
    return sum;
}

static int64_t neurons(const fsnn_net *net, const net_penalty *p)
{
    return fsnn_shape_count(&net->node[p->what.node]->op.out[0]);
}

static fsnn_status reserve(net_penalty *p, int64_t count)
{
    if (count <= p->capacity)
        return FSNN_OK;
    fsnn_free(p->sum);
    fsnn_free(p->row);
    p->capacity = 0;
    p->sum = fsnn_alloc((size_t)count * sizeof *p->sum);
    p->row = fsnn_alloc((size_t)count * sizeof *p->row);
    if (!p->sum || !p->row)
        return FSNN_EMEMORY;
    p->capacity = count;
    return FSNN_OK;
}

fsnn_status net_penalties_begin(fsnn_net *net)
{
    if (!net->penalty.count || !net->plan.training)
        return FSNN_OK;
    if (net->penalty.steps && net->penalty.lengths != net->plan.batch)
        return fsnn_fail(FSNN_EARGUMENT,
                         "the net has steps that count of %lld samples, but a batch of %lld",
                         (long long)net->penalty.lengths, (long long)net->plan.batch);
    for (int i = 0; i < net->penalty.count; i++) {
        net_penalty *p = &net->penalty.list[i];
        int64_t count = net->plan.batch * neurons(net, p);
        if (p->what.kind != FSNN_PENALTY_RATE)
            continue;
        FSNN_TRY(reserve(p, count));
        memset(p->sum, 0, (size_t)count * sizeof *p->sum);
    }
    return FSNN_OK;
}

/* Steps from `first` on, of those of a call that are at hand. */
static int64_t steps_left(const fsnn_net *net, int64_t b, int64_t first, int64_t K)
{
    int64_t left = steps_of(net, b) - first;
    return left < 0 ? 0 : left < K ? left : K;
}

/* Rows of a step of the graph, of `K` steps from `first` on. */
typedef struct walk {
    const fsnn_net *net;
    const net_penalty *p;
    int64_t first, K;
    real *gradient;
    const real *spikes;
} walk;

enum { MOST = 1 << 15 }; /* numbers that are not worth a thread */

static void count_range(int64_t begin, int64_t end, void *user)
{
    const walk *w = user;
    int64_t N = neurons(w->net, w->p), B = w->net->plan.batch;
    for (int64_t b = begin; b < end; b++)
        for (int64_t k = 0; k < steps_left(w->net, b, w->first, w->K); k++)
            for (int64_t n = 0; n < N; n++)
                w->p->sum[b * N + n] += w->spikes[(k * B + b) * N + n];
}

static void give_range(int64_t begin, int64_t end, void *user)
{
    const walk *w = user;
    int64_t N = neurons(w->net, w->p), B = w->net->plan.batch;
    for (int64_t b = begin; b < end; b++)
        for (int64_t k = 0; k < steps_left(w->net, b, w->first, w->K); k++)
            for (int64_t n = 0; n < N; n++)
                w->gradient[(k * B + b) * N + n] += (real)w->p->row[b * N + n];
}

void net_penalties_count(fsnn_net *net, const net_step *step)
{
    if (!net->penalty.count || !net->plan.training || net->segments.replay || step->node < 0)
        return;
    for (int i = 0; i < net->penalty.count; i++) {
        net_penalty *p = &net->penalty.list[i];
        if (!of_rate(p, step->node))
            continue;
        walk w = {net, p, net->segments.first, net->K, NULL, net_data(net, step->out[0])};
        fsnn_parallel_range(net->plan.batch, 1 + MOST / (net->K * neurons(net, p) + 1), count_range,
                            &w);
    }
}

/* ---- backward ---- */

static double weight_of(const fsnn_net *net, const net_penalty *p)
{
    return net->together.samples ? net->penalty.share * p->what.weight : p->what.weight;
}

static double h(const fsnn_penalty *p, double x, double *slope)
{
    double beyond = x > p->max ? x - p->max : x < p->min ? x - p->min : 0;
    *slope = 2 * beyond;
    return beyond * beyond;
}

/* The number of spikes that answers for a neuron of a sample: how many numbers stand in the mean
 * beside it, `across` samples and `along` neurons. */
static double mean_of(const fsnn_net *net, const net_penalty *p, int64_t b, int64_t n)
{
    int64_t N = neurons(net, p), B = net->plan.batch;
    double sum = 0;
    if (p->what.mean == FSNN_PENALTY_NEURON)
        return p->sum[b * N + n] / (double)steps_of(net, b);
    if (p->what.mean == FSNN_PENALTY_LAYER) {
        for (int64_t i = 0; i < N; i++)
            sum += p->sum[b * N + i];
        return sum / ((double)N * (double)steps_of(net, b));
    }
    for (int64_t i = 0; i < B; i++)
        sum += p->sum[i * N + n] / (double)steps_of(net, i);
    return sum / (double)B;
}

/* Spikes of sample b, neuron n, receive w h'/(B N T_b). */
static double put(const fsnn_net *net, net_penalty *p, int64_t b, int64_t n, double rate)
{
    int64_t N = neurons(net, p), B = net->plan.batch;
    double slope, value = h(&p->what, rate, &slope);
    p->row[b * N + n] = weight_of(net, p) * slope / ((double)(B * N) * (double)steps_of(net, b));
    return value;
}

static void rates_back(const fsnn_net *net, net_penalty *p)
{
    int64_t N = neurons(net, p), B = net->plan.batch;
    double sum = 0;
    for (int64_t b = 0; b < B && p->what.mean != FSNN_PENALTY_BATCH; b++) {
        double rate = mean_of(net, p, b, 0);
        for (int64_t n = 0; n < N; n++)
            sum += put(net, p, b, n,
                       p->what.mean == FSNN_PENALTY_LAYER ? rate : mean_of(net, p, b, n));
    }
    for (int64_t n = 0; n < N && p->what.mean == FSNN_PENALTY_BATCH; n++) {
        double rate = mean_of(net, p, 0, n);
        for (int64_t b = 0; b < B; b++)
            sum += put(net, p, b, n, rate);
    }
    p->value = sum / (double)(B * N);
}

/* Slopes of the potentials' penalties: 2 w/(N sum_b T_b). */
static fsnn_status holds_back(const fsnn_net *net, int node)
{
    scan_holds holds = {.steps = net->penalty.steps};
    for (int i = 0; i < net->penalty.count; i++) {
        const net_penalty *p = &net->penalty.list[i];
        if (p->what.node != node || p->what.kind != FSNN_PENALTY_POTENTIAL)
            continue;
        double count = (double)neurons(net, p) * steps_all(net);
        holds.hold[holds.count++] =
            (scan_bound){p->what.min, p->what.max, 2 * weight_of(net, p) / count};
    }
    return holds.count ? neuron_node_hold(net_neuron(net, node), &holds) : FSNN_OK;
}

fsnn_status net_penalties_back(fsnn_net *net)
{
    if (!net->penalty.count)
        return FSNN_OK;
    for (int i = 0; i < net->penalty.count; i++)
        if (net->penalty.list[i].what.kind == FSNN_PENALTY_RATE)
            rates_back(net, &net->penalty.list[i]);
    for (int n = 1; n < net->nodes; n++)
        FSNN_TRY(holds_back(net, n));
    return FSNN_OK;
}

/* The scans have gone through their potentials. */
void net_penalties_end(fsnn_net *net)
{
    for (int i = 0; i < net->penalty.count; i++) {
        net_penalty *p = &net->penalty.list[i];
        if (p->what.kind == FSNN_PENALTY_POTENTIAL)
            p->value = neuron_node_held(net_neuron(net, p->what.node), p->hold) /
                       ((double)neurons(net, p) * steps_all(net));
    }
}

void net_penalties_give(const fsnn_net *net, const net_step *step, int64_t at, real *gradient)
{
    for (int i = 0; i < net->penalty.count && step->node >= 0; i++) {
        const net_penalty *p = &net->penalty.list[i];
        walk w = {net, p, net->segments.first + at, step->op->K, gradient, NULL};
        if (of_rate(p, step->node))
            fsnn_parallel_range(net->plan.batch, 1 + MOST / (w.K * neurons(net, p) + 1), give_range,
                                &w);
    }
}
