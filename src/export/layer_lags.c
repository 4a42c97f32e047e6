/* export/layer_lags.c: delays that are learned, of numbers (learned_delay) and of connections
 * (delayed_linear). What a delay is made of are constants here: the weights of its lags. */
#include "base/whole.h"
#include "export/export.h"
#include "op/lags.h"
#include "tensor/dense.h"

/* Lags whose weight is not 0: first ... end - 1. */
typedef struct lag_range {
    int64_t first, end;
} lag_range;

static lag_range range_of(const fsnn_lags *o, float delay, double *w)
{
    double slope[LAGS_MOST + 1];
    lag_range r = {0, o->max + 1};
    lags_weights(o, (double)delay, w, slope);
    while (w[r.first] == 0)
        r.first++;
    while (w[r.end - 1] == 0)
        r.end--;
    return r;
}

/* ---- delays of numbers ---- */

/* What the delays [count] of a layer need: the longest lag and the most taps of one. */
typedef struct lag_sizes {
    int64_t depth, taps;
} lag_sizes;

static lag_sizes find_sizes(const fsnn_lags *o, const float *delay, int64_t count)
{
    double w[LAGS_MOST + 1];
    lag_sizes sizes = {1, 1};
    for (int64_t d = 0; d < count; d++) {
        const lag_range r = range_of(o, delay[d], w);
        sizes.depth = whole_most(sizes.depth, r.end - 1);
        sizes.taps = whole_most(sizes.taps, r.end - r.first);
    }
    return sizes;
}

/* first [delays], weight [taps][delays] */
static fsnn_status print_taps(code_job *j, const fsnn_lags *o, int number, const float *delay,
                              int64_t delays, const lag_sizes *sizes)
{
    double w[LAGS_MOST + 1];
    int32_t *first = fsnn_alloc((size_t)delays * sizeof *first);
    if (!first)
        return FSNN_EMEMORY;
    code_add(&j->tables, "static const double tap_%d[%lld] = {", number,
             (long long)(sizes->taps * delays));
    for (int64_t t = 0; t < sizes->taps; t++)
        for (int64_t d = 0; d < delays; d++) {
            const lag_range r = range_of(o, delay[d], w);
            first[d] = (int32_t)r.first;
            code_add(&j->tables, "%s%s%s", t || d ? "," : "", (t * delays + d) % 4 ? " " : "\n    ",
                     code_double(r.first + t < r.end ? w[r.first + t] : 0).text);
        }
    code_add(&j->tables, "};\n");
    j->flash += sizes->taps * delays * (int64_t)sizeof(double);
    const char *name = code_integers(j, "uint32_t", "first_lag", number, first, delays);
    code_add(&j->tables, "static const net_taps taps_%d = {%s, tap_%d, %lldu, %lldu, ", number,
             name, number, (long long)sizes->taps, (long long)delays);
    fsnn_free(first);
    return FSNN_OK;
}

fsnn_status code_print_learned_delay(code_job *j, const net_step *s)
{
    const fsnn_learned_delay *o = s->op->options;
    const int number = code_number(j, s);
    const float *delay = code_param(j, s, 0);
    const int64_t count = fsnn_shape_count(&s->op->in[0]),
                  delays = fsnn_shape_count(&s->op->param[0].shape);
    const lag_sizes sizes = find_sizes(&o->lags, delay, delays);
    FSNN_TRY(print_taps(j, &o->lags, number, delay, delays, &sizes));
    code_add(&j->tables, "%lldu};\n", (long long)(count / delays));
    code_delay_past(j, number, sizes.depth, count);
    code_use(j, "learned_delay");
    code_add(&j->step,
             "    net_delay_blend(&taps_%d, %s, s->delay_%d, %lldu, s->turn_%d, %lldu, %s);\n",
             number, code_in(j, s, 0).text, number, (long long)sizes.depth, number,
             (long long)count, code_out(j, s).text);
    code_delay_put(j, s, number, sizes.depth, count);
    j->multiply_adds += (double)(count * sizes.taps);
    return FSNN_OK;
}

/* ---- delays of connections ---- */

/* Connections by lag, then input: those of input i after lag l are start[l inputs + i] ... */
typedef struct connections {
    int64_t in, out, lags, count;
    double *lag_weight; /* [out][in][max + 1] */
    int32_t *start, *to;
    float *weight;
} connections;

static void free_connections(connections *c)
{
    fsnn_free(c->lag_weight);
    fsnn_free(c->start);
    fsnn_free(c->to);
    fsnn_free(c->weight);
}

/* Weights of the lags of all connections, how many there are and the longest lag. */
static fsnn_status weigh(connections *c, const fsnn_lags *o, const float *delay)
{
    const int64_t stride = o->max + 1;
    c->lag_weight = fsnn_alloc(fsnn_bytes(c->in * c->out * stride, sizeof *c->lag_weight));
    if (!c->lag_weight)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < c->in * c->out; i++) {
        const lag_range r = range_of(o, delay[i], c->lag_weight + i * stride);
        c->lags = whole_most(c->lags, r.end);
        c->count += r.end - r.first;
    }
    c->start = fsnn_alloc((size_t)(c->lags * c->in + 1) * sizeof *c->start);
    c->to = fsnn_alloc((size_t)c->count * sizeof *c->to);
    c->weight = fsnn_alloc((size_t)c->count * sizeof *c->weight);
    return c->start && c->to && c->weight ? FSNN_OK : FSNN_EMEMORY;
}

static void sort(connections *c, const float *weight, int64_t stride)
{
    int64_t at = 0;
    for (int64_t l = 0; l < c->lags; l++)
        for (int64_t i = 0; i < c->in; i++) {
            c->start[l * c->in + i] = (int32_t)at;
            for (int64_t o = 0; o < c->out; o++) {
                const int64_t n = o * c->in + i;
                const float w = (float)((double)weight[n] * c->lag_weight[n * stride + l]);
                if (w == 0)
                    continue;
                c->to[at] = (int32_t)o;
                c->weight[at++] = w;
            }
        }
    c->start[c->lags * c->in] = (int32_t)at;
    c->count = at;
}

static void print_connections(code_job *j, int number, const connections *c, const char *bias)
{
    const int64_t kept = whole_most(c->count, 1);
    const char *start =
        code_integers(j, "uint32_t", "start", number, c->start, c->lags * c->in + 1);
    const char *to = code_integers(j, "uint16_t", "to", number, c->to, kept);
    const char *weight = code_floats(j, "weight", number, c->weight, kept);
    code_use(j, "delayed_linear");
    code_add(&j->tables,
             "static const net_delayed delayed_%d = {%s, %s, %s, %s, %lldu, %lldu, %lldu, "
             "%lldu};\n",
             number, start, to, weight, bias, (long long)c->lags, (long long)c->in,
             (long long)dense_piece(), (long long)c->out);
}

/* A row of the input after the other; all rows share the past. */
static void print_rows(code_job *j, const net_step *s, int number, const connections *c)
{
    const int64_t count = fsnn_shape_count(&s->op->in[0]), depth = whole_most(c->lags - 1, 1);
    code_delay_past(j, number, depth, count);
    code_state(j, "float", "sum", number, c->out);
    for (int64_t r = 0; r < count / c->in; r++)
        code_add(&j->step,
                 "    net_delayed_linear(&delayed_%d, %s + %lld, s->delay_%d + %lld, %lldu, "
                 "s->turn_%d, %lldu, s->sum_%d, %s + %lld);\n",
                 number, code_in(j, s, 0).text, (long long)(r * c->in), number,
                 (long long)(r * c->in), (long long)depth, number, (long long)count, number,
                 code_out(j, s).text, (long long)(r * c->out));
    code_delay_put(j, s, number, depth, count);
    j->multiply_adds += (double)(count / c->in * c->count);
}

fsnn_status code_print_delayed_linear(code_job *j, const net_step *s)
{
    const fsnn_delayed_linear *o = s->op->options;
    const fsnn_shape *in = &s->op->in[0];
    const int number = code_number(j, s);
    connections c = {.in = in->dim[in->rank - 1], .out = o->out};
    if (o->out > UINT16_MAX + 1)
        return code_refuse(s, "it has %lld outputs: at most %d work", (long long)o->out,
                           UINT16_MAX + 1);
    fsnn_status status = weigh(&c, &o->lags, code_param(j, s, 1));
    if (!status) {
        sort(&c, code_param(j, s, 0), o->lags.max + 1);
        const char *bias =
            o->bias ? code_floats(j, "bias", number, code_param(j, s, 2), o->out) : "NULL";
        print_connections(j, number, &c, bias);
        print_rows(j, s, number, &c);
    }
    free_connections(&c);
    return status;
}
