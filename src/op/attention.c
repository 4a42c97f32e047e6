/* op/attention.c: attention without softmax, y = scale (q k^T) v in each head, as spiking
 * transformers have it (Zhou et al. 2023, Spikformer): q, k and v are spikes, so the products are
 * sums. Without softmax the order of the two products is free, and the cheaper is taken:
 *
 *     W = k^T v [d, d'],  y = scale q W      (N + N') d d' multiply-adds a head, N tokens of q,
 *     A = q k^T [N, N'],  y = scale A v      N N' (d + d')                      N' of k and v
 *
 * Backward of the first: gq = scale gy W^T, gW = scale q^T gy, gk = v gW^T, gv = k gW; of the
 * second: gA = scale gy v^T, gv = scale A^T gy, gq = gA k, gk = gA^T q. Heads are neighbouring
 * features, so no head is ever copied out. Backward costs twice what forward does. */
#include "op/check.h"
#include "op/tokens.h"
#include "tensor/dense.h"

#include <assert.h>
#include <math.h>

static const fsnn_attention defaults = {.heads = 1, .scale = 0.125};

static const fsnn_key keys[] = {
    {.name = "heads",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_attention, heads),
     .min = 1,
     .max = INT32_MAX,
     .help = "number of heads; each gets an equal part of the features"},
    {.name = "scale",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_attention, scale),
     .min = -INFINITY,
     .max = INFINITY,
     .help = "constant factor of the products"},
    {.name = "features",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_attention, features),
     .names = tokens_features_names,
     .help = "where the features of a token are: first, [D, tokens] or [D, H, W]; last, "
             "[tokens, D]"},
    {0},
};

enum { Q, KEY, V, INPUTS };

/* ---- shapes ---- */

static fsnn_status misfit(const op_node *node, const char *why)
{
    char q[128], k[128], v[128];
    return fsnn_fail(FSNN_ESHAPE, "attention \"%s\": q %s, k %s, v %s: %s", node->name,
                     fsnn_shape_text(&node->in[Q], q, sizeof q),
                     fsnn_shape_text(&node->in[KEY], k, sizeof k),
                     fsnn_shape_text(&node->in[V], v, sizeof v), why);
}

static fsnn_status check_heads(const op_node *node, const tokens *t)
{
    const fsnn_attention *o = node->options;
    for (int i = 0; i < INPUTS; i++)
        if (t[i].D % o->heads)
            return fsnn_fail(FSNN_ESHAPE,
                             "attention \"%s\": %lld heads must divide the %lld features of %s",
                             node->name, (long long)o->heads, (long long)t[i].D,
                             (const char *[]){"q", "k", "v"}[i]);
    return FSNN_OK;
}

/* Sizes of one head, and where each input has it. */
typedef struct head {
    int64_t rows, heads, N, M, d, e; /* N tokens of q, M of k and v; d features of q, e of v */
    bool weights_first;              /* W = k^T v before q; otherwise A = q k^T before v */
    dense_operand in[INPUTS], out, middle;
    int64_t middle_size; /* of W or A, all heads of a sample */
} head;

static dense_operand operand(const tokens *t, int64_t heads)
{
    int64_t d = t->D / heads;
    return (dense_operand){t->N * t->D, t->side_by_side ? d : d * t->N,
                           t->side_by_side ? t->D : t->N, !t->side_by_side};
}

static head head_of(const op_node *node)
{
    const fsnn_attention *o = node->options;
    tokens t[INPUTS];
    head h = {.rows = node->K * node->B, .heads = o->heads};
    for (int i = 0; i < INPUTS; i++) {
        t[i] = tokens_of(node, i, o->features);
        h.in[i] = operand(&t[i], o->heads);
    }
    h.N = t[Q].N;
    h.M = t[V].N;
    h.d = t[Q].D / o->heads;
    h.e = t[V].D / o->heads;
    h.out = operand(&(tokens){h.N, t[V].D, t[Q].side_by_side}, o->heads);
    h.weights_first = (h.N + h.M) * h.d * h.e < h.N * h.M * (h.d + h.e);
    int64_t rows = h.weights_first ? h.d : h.N, columns = h.weights_first ? h.e : h.M;
    h.middle_size = o->heads * rows * columns;
    h.middle = (dense_operand){h.middle_size, rows * columns, columns, false};
    return h;
}

static fsnn_status shape(op_node *node)
{
    const fsnn_attention *o = node->options;
    tokens t[INPUTS];
    FSNN_TRY(op_check(node, "heads", o->heads, 1, INT32_MAX));
    if (!isfinite(o->scale))
        return fsnn_fail(FSNN_EARGUMENT, "attention \"%s\": scale is %g, it must be finite",
                         node->name, o->scale);
    for (int i = 0; i < INPUTS; i++) {
        assert(node->in_last[i] == node->in_last[0]);
        FSNN_TRY(tokens_check(node, i, o->features));
        t[i] = tokens_of(node, i, o->features);
    }
    if (t[Q].D != t[KEY].D)
        return misfit(node, "q and k must have as many features");
    if (t[KEY].N != t[V].N)
        return misfit(node, "k and v must have as many tokens");
    FSNN_TRY(check_heads(node, t));
    fsnn_shape out = node->in[Q];
    out.dim[o->features == FSNN_FEATURES_FIRST ? 0 : out.rank - 1] = t[V].D;
    op_output(node, 0, out, node->in_last[Q]);
    head h = head_of(node);
    node->operations =
        op_product(h.heads, h.weights_first ? op_product(op_product(h.N + h.M, h.d), h.e)
                                            : op_product(op_product(h.N, h.M), h.d + h.e));
    return FSNN_OK;
}

static fsnn_status plan(op_node *node)
{
    head h = head_of(node);
    size_t bytes = fsnn_bytes(h.rows * h.middle_size, sizeof(real));
    node->scratch_bytes = bytes;
    node->tape_bytes = node->training ? bytes : 0;
    return dense_prepare();
}

/* ---- products ---- */

/* c [M, N] = scale a [M, K] b [K, N], in every head of every sample. */
static fsnn_status product(const head *h, int64_t M, int64_t N, int64_t K, double scale,
                           dense_operand a, const real *A, dense_operand b, const real *B,
                           dense_operand c, real *C)
{
    dense_batch s = {h->rows, h->heads, M, N, K, (real)scale, a, b, c};
    return C ? dense_gemm_batch(&s, A, B, C) : FSNN_OK;
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    const fsnn_attention *o = node->options;
    head h = head_of(node);
    const real *q = run->in[Q], *k = run->in[KEY], *v = run->in[V];
    real *middle = node->training ? run->tape : run->scratch, *y = run->out[0];
    dense_operand hq = h.in[Q], hk = h.in[KEY], hv = h.in[V];
    if (h.weights_first) {
        FSNN_TRY(product(&h, h.d, h.e, h.M, 1, dense_turned(hk), k, hv, v, h.middle, middle));
        return product(&h, h.N, h.e, h.d, o->scale, hq, q, h.middle, middle, h.out, y);
    }
    FSNN_TRY(product(&h, h.N, h.M, h.d, 1, hq, q, dense_turned(hk), k, h.middle, middle));
    return product(&h, h.N, h.e, h.M, o->scale, h.middle, middle, hv, v, h.out, y);
}

/* y = scale q W, W = k^T v */
static fsnn_status back_weights(const head *h, const op_run *run, double scale)
{
    const real *gy = run->gout[0], *W = run->tape;
    real *gW = run->scratch;
    dense_operand hq = h->in[Q], hk = h->in[KEY], hv = h->in[V], m = h->middle;
    FSNN_TRY(product(h, h->N, h->d, h->e, scale, h->out, gy, dense_turned(m), W, hq, run->gin[Q]));
    if (!run->gin[KEY] && !run->gin[V])
        return FSNN_OK;
    FSNN_TRY(product(h, h->d, h->e, h->N, scale, dense_turned(hq), run->in[Q], h->out, gy, m, gW));
    FSNN_TRY(
        product(h, h->M, h->d, h->e, 1, hv, run->in[V], dense_turned(m), gW, hk, run->gin[KEY]));
    return product(h, h->M, h->e, h->d, 1, hk, run->in[KEY], m, gW, hv, run->gin[V]);
}

/* y = scale A v, A = q k^T */
static fsnn_status back_scores(const head *h, const op_run *run, double scale)
{
    const real *gy = run->gout[0], *A = run->tape;
    real *gA = run->scratch;
    dense_operand hq = h->in[Q], hk = h->in[KEY], hv = h->in[V], m = h->middle;
    FSNN_TRY(product(h, h->M, h->e, h->N, scale, dense_turned(m), A, h->out, gy, hv, run->gin[V]));
    if (!run->gin[Q] && !run->gin[KEY])
        return FSNN_OK;
    FSNN_TRY(product(h, h->N, h->M, h->e, scale, h->out, gy, dense_turned(hv), run->in[V], m, gA));
    FSNN_TRY(product(h, h->N, h->d, h->M, 1, m, gA, hk, run->in[KEY], hq, run->gin[Q]));
    return product(h, h->M, h->d, h->N, 1, dense_turned(m), gA, hq, run->in[Q], hk, run->gin[KEY]);
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    const fsnn_attention *o = node->options;
    head h = head_of(node);
    return (h.weights_first ? back_weights : back_scores)(&h, run, o->scale);
}

const fsnn_op op_attention = {
    .kind = "attention",
    .help =
        "spiking self-attention, (q k^T) v scale in each head, without softmax; sources q, k, v",
    .options_size = sizeof(fsnn_attention),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 3,
    .max_in = 3,
    .flags = OP_LAST | OP_NEEDS_IN,
    .shape = shape,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
