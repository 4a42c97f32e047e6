/* op/upsample.c: lines [C, L] and images [C, H, W], channels-last in memory, made larger (or
 * smaller), nearest or linear, the two axes one after the other:
 *
 *     y[i] = (1 - w) x[n] + w x[n + 1]        at i: n + w = the place of output i in the input
 *
 * Nearest is w = 0 throughout. Cost: one, two or four multiply-adds an output. Backward hands each
 * output's gradient to the inputs that it was made of, sample by sample, so that the order of the
 * sums depends on nothing else. */
#include "op/upsample.h"

#include "base/error_key.h"
#include "op/check.h"

#include <math.h>
#include <string.h>

#define MAX_SIDE 65536

static const fsnn_upsample defaults = {.mode = FSNN_UPSAMPLE_NEAREST};

static const char *const modes[] = {"nearest", "linear", NULL};
static const fsnn_alias other_modes[] = {{"bilinear", FSNN_UPSAMPLE_LINEAR}, {NULL, 0}};

static const fsnn_key keys[] = {
    {.name = "factor",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_upsample, factor),
     .min = 1,
     .max = MAX_SIDE,
     .otherwise = "must be given, or `size`",
     .help = "how many times as high and as wide the output is; of a line [C, L] one number"},
    {.name = "size",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_upsample, size),
     .min = 1,
     .max = MAX_SIDE,
     .otherwise = "the input's times `factor`",
     .help = "height and width of the output, which may be any"},
    {.name = "mode",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_upsample, mode),
     .names = modes,
     .aliases = other_modes,
     .help = "each output is the nearest input, or linear between those beside it (of images "
             "bilinear)"},
    {.name = "align_corners",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_upsample, align_corners),
     .with = "mode",
     .when = 1u << FSNN_UPSAMPLE_LINEAR,
     .help = "the first and last outputs are the first and last inputs"},
    {0},
};

typedef upsample_tap tap;

typedef struct axis {
    int64_t in, out;
    tap *tap; /* [out] */
} axis;

typedef struct state {
    axis axis[2]; /* height and width; a line has height 1 */
} state;

static void destroy(op_node *node)
{
    state *st = node->state;
    for (int d = 0; d < 2; d++) {
        fsnn_free(st->axis[d].tap);
        st->axis[d] = (axis){0};
    }
}

/* ---- options and shape ---- */

static const char *check_given(const fsnn_upsample *o, const char **key)
{
    const bool factor = o->factor[0] || o->factor[1], size = o->size[0] || o->size[1];
    *key = size ? "size" : "factor";
    if (factor && size)
        return "size is the output's and factor gives it, too: one of them works";
    return factor || size ? NULL : "it needs a factor, or the output's size";
}

static fsnn_status check(const fsnn_op *op, const void *options, char key[OP_KEY])
{
    const fsnn_upsample *o = options;
    const char *at, *wrong = check_given(o, &at);
    if (!wrong && (unsigned)o->mode > FSNN_UPSAMPLE_LINEAR)
        at = "mode", wrong = "there is no such mode: nearest and linear are there";
    if (!wrong)
        return FSNN_OK;
    strcpy(key, at);
    return fsnn_fail(FSNN_EARGUMENT, "%s: %s", op->kind, wrong);
}

/* The numbers of a line stand in both places of a pair: one of them is taken. */
static fsnn_status check_line(const op_node *node, const char *name, const int64_t *pair)
{
    char text[128], size[OP_SIZE_TEXT];
    if (node->in[0].rank != 2 || pair[0] == pair[1])
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, name,
                         "%s \"%s\": %s is %s, but its input %s is a line, for which it is one "
                         "number",
                         node->op->kind, node->name, name, op_size_text(pair, 2, size),
                         fsnn_shape_text(&node->in[0], text, sizeof text));
}

static fsnn_status output_size(const op_node *node, int d, int64_t in, int64_t *out)
{
    const fsnn_upsample *o = node->options;
    const bool sized = o->size[0] || o->size[1];
    *out = sized ? o->size[d] : op_product(in, o->factor[d]);
    return op_check(node, sized ? "size" : "factor", sized ? o->size[d] : o->factor[d], 1,
                    MAX_SIDE);
}

static fsnn_status shape(op_node *node)
{
    const fsnn_upsample *o = node->options;
    char key[OP_KEY];
    fsnn_shape out = node->in[0];
    FSNN_TRY(check(node->op, o, key));
    FSNN_TRY(op_check_image(node, 0));
    FSNN_TRY(check_line(node, "factor", o->factor));
    FSNN_TRY(check_line(node, "size", o->size));
    for (int d = 1; d < out.rank; d++)
        FSNN_TRY(output_size(node, d - 1, node->in[0].dim[d], &out.dim[d]));
    op_output(node, 0, out, true);
    node->operations = op_product(o->mode == FSNN_UPSAMPLE_LINEAR ? 1 << (out.rank - 1) : 1,
                                  fsnn_shape_count(&out));
    return FSNN_OK;
}

/* ---- plan ---- */

/* Place of output i in the input, which has `a->in` numbers at 0, 1, ... */
static double place_of(const axis *a, const fsnn_upsample *o, int64_t i)
{
    if (o->align_corners)
        return a->out > 1 ? (double)i * (double)(a->in - 1) / (double)(a->out - 1) : 0;
    double place = ((double)i + 0.5) * (double)a->in / (double)a->out - 0.5;
    return place > 0 ? place : 0;
}

static tap tap_of(const axis *a, const fsnn_upsample *o, int64_t i)
{
    if (o->mode == FSNN_UPSAMPLE_NEAREST)
        return (tap){i * a->in / a->out, 0, 0};
    const double place = place_of(a, o, i);
    int64_t n = (int64_t)place;
    n = n < a->in ? n : a->in - 1;
    const bool last = n == a->in - 1;
    return (tap){n, !last, last ? 0 : (real)(place - (double)n)};
}

static fsnn_status settle(axis *a, const fsnn_upsample *o, int64_t in, int64_t out)
{
    fsnn_free(a->tap);
    *a = (axis){in, out, fsnn_alloc(fsnn_bytes(out, sizeof(tap)))};
    if (!a->tap)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < out; i++)
        a->tap[i] = tap_of(a, o, i);
    return FSNN_OK;
}

static fsnn_status plan(op_node *node)
{
    state *st = node->state;
    for (int d = 0; d < 2; d++) {
        const int at = node->in[0].rank - 2 + d;
        const int64_t in = at > 0 ? node->in[0].dim[at] : 1,
                      out = at > 0 ? node->out[0].dim[at] : 1;
        FSNN_TRY(settle(&st->axis[d], node->options, in, out));
    }
    return FSNN_OK;
}

upsample_tap upsample_tap_of(const op_node *node, int d, int64_t i)
{
    const state *st = node->state;
    return st->axis[d].tap[i];
}

/* ---- calls ---- */

typedef struct job {
    const axis *h, *w;
    int64_t C;
    bool linear;
    const real *from;
    real *to;
} job;

static job job_of(const op_node *node, const real *from, real *to)
{
    const state *st = node->state;
    const fsnn_upsample *o = node->options;
    return (job){.h = &st->axis[0],
                 .w = &st->axis[1],
                 .C = node->in[0].dim[0],
                 .linear = o->mode == FSNN_UPSAMPLE_LINEAR,
                 .from = from,
                 .to = to};
}

/* Line i of all output lines. */
static void forward_line(int64_t i, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    const int64_t C = j->C, line = j->w->in * C;
    const tap h = j->h->tap[i % j->h->out];
    const real *above = j->from + (i / j->h->out * j->h->in + h.n) * line,
               *below = above + h.step * line;
    real *y = j->to + i * j->w->out * C;
    for (int64_t o = 0; o < j->w->out; o++, y += C) {
        const tap w = j->w->tap[o];
        const real *a = above + w.n * C, *b = below + w.n * C;
        const int64_t next = w.step * C;
        if (!j->linear) {
            memcpy(y, a, (size_t)C * sizeof *y);
            continue;
        }
#pragma omp simd
        for (int64_t c = 0; c < C; c++)
            y[c] = (1 - h.w) * ((1 - w.w) * a[c] + w.w * a[next + c]) +
                   h.w * ((1 - w.w) * b[c] + w.w * b[next + c]);
    }
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    job j = job_of(node, run->in[0], run->out[0]);
    fsnn_parallel(node->K * node->B * j.h->out, forward_line, &j);
    return FSNN_OK;
}

static void add_scaled(real *to, const real *from, real factor, int64_t C)
{
#pragma omp simd
    for (int64_t c = 0; c < C; c++)
        to[c] += factor * from[c];
}

static void backward_line(const job *j, const tap *h, const real *gy, real *gx)
{
    const int64_t C = j->C, line = j->w->in * C;
    for (int64_t o = 0; o < j->w->out; o++, gy += C) {
        const tap w = j->w->tap[o];
        real *a = gx + h->n * line + w.n * C, *b = a + h->step * line;
        add_scaled(a, gy, (1 - h->w) * (1 - w.w), C);
        if (w.step)
            add_scaled(a + C, gy, (1 - h->w) * w.w, C);
        if (h->step)
            add_scaled(b, gy, h->w * (1 - w.w), C);
        if (h->step && w.step)
            add_scaled(b + C, gy, h->w * w.w, C);
    }
}

static void backward_sample(int64_t r, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    const int64_t in = j->h->in * j->w->in * j->C, line = j->w->out * j->C;
    real *gx = j->to + r * in;
    memset(gx, 0, (size_t)in * sizeof *gx);
    for (int64_t i = 0; i < j->h->out; i++)
        backward_line(j, &j->h->tap[i], j->from + (r * j->h->out + i) * line, gx);
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    job j = job_of(node, run->gout[0], run->gin[0]);
    if (run->gin[0])
        fsnn_parallel(node->K * node->B, backward_sample, &j);
    return FSNN_OK;
}

const fsnn_op op_upsample = {
    .kind = "upsample",
    .help = "images or lines made larger, nearest or linear",
    .options_size = sizeof(fsnn_upsample),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_LAST | OP_WANTS_LAST,
    .state_size = sizeof(state),
    .check = check,
    .shape = shape,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .destroy = destroy,
};
