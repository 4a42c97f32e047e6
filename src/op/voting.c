/* op/voting.c: [..., classes*voters] -> [..., classes]: each class is the mean of its `voters`
 * neighbours. */
#include "op/check.h"

static const fsnn_voting defaults = {.voters = 10};

static const fsnn_key keys[] = {
    {.name = "voters",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_voting, voters),
     .min = 1,
     .max = INT32_MAX,
     .help = "number of neighbouring outputs for one class"},
    {0},
};

static fsnn_status shape(op_node *node)
{
    const fsnn_voting *o = node->options;
    fsnn_shape out = node->in[0];
    char text[128];
    FSNN_TRY(op_check(node, "voters", o->voters, 1, INT32_MAX));
    if (out.rank < 1 || out.dim[out.rank - 1] % o->voters)
        return fsnn_fail(FSNN_ESHAPE,
                         "voting \"%s\": the last dimension of its input %s must be a multiple of "
                         "voters %lld",
                         node->name, fsnn_shape_text(&out, text, sizeof text),
                         (long long)o->voters);
    node->operations = fsnn_shape_count(&out);
    out.dim[out.rank - 1] /= o->voters;
    op_output(node, 0, out, false);
    return FSNN_OK;
}

typedef struct job {
    const real *from;
    real *to;
    int64_t voters;
} job;

static void mean(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    for (int64_t i = begin; i < end; i++) {
        double sum = 0;
        for (int64_t v = 0; v < j->voters; v++)
            sum += (double)j->from[i * j->voters + v];
        j->to[i] = (real)(sum / (double)j->voters);
    }
}

static void spread(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    for (int64_t i = begin; i < end; i++) {
        real share = j->from[i] / (real)j->voters;
        for (int64_t v = 0; v < j->voters; v++)
            j->to[i * j->voters + v] = share;
    }
}

static void each(const op_node *node, job *j, void (*body)(int64_t, int64_t, void *))
{
    const fsnn_voting *o = node->options;
    j->voters = o->voters;
    int64_t n = node->K * node->B * fsnn_shape_count(&node->out[0]);
    fsnn_parallel_range(n, 1 + 8192 / o->voters, body, j);
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    job j = {.from = run->in[0], .to = run->out[0]};
    each(node, &j, mean);
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    job j = {.from = run->gout[0], .to = run->gin[0]};
    if (j.to)
        each(node, &j, spread);
    return FSNN_OK;
}

const fsnn_op op_voting = {
    .kind = "voting",
    .help = "the mean of each group of neighbours",
    .options_size = sizeof(fsnn_voting),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
