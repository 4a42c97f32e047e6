/* Drives one operator by itself: shapes, plan, buffers, forward, backward. Outputs and gradients
 * that are to be written start as NaN, scratch as garbage, so that what is left out shows. */
#ifndef FSNN_TESTS_OP_HARNESS_H
#define FSNN_TESTS_OP_HARNESS_H

#include "check.h"

#include "op/op.h"

typedef struct rig {
    op_node node;
    op_run run;
    uint64_t stream; /* of its random numbers */
} rig;

typedef struct rig_setup {
    const char *kind;
    const void *options; /* NULL: defaults */
    int64_t K, B;
    bool training;
    int inputs;
    fsnn_shape in[OP_MAX_IN];
    bool last;
} rig_setup;

static inline const fsnn_op *rig_find(const char *kind)
{
    for (int i = 0; fsnn_ops[i]; i++)
        if (strcmp(fsnn_ops[i]->kind, kind) == 0)
            return fsnn_ops[i];
    fail_msg("no operator \"%s\"", kind);
    return NULL;
}

static inline int64_t rig_rows(const rig *r)
{
    return r->node.K * r->node.B;
}

static inline int64_t rig_size(const rig *r, const fsnn_shape *shape)
{
    return rig_rows(r) * fsnn_shape_count(shape);
}

static inline real *rig_array(rig *r, int64_t n, double low, double high)
{
    real *a = fsnn_alloc((size_t)n * sizeof *a);
    assert_non_null(a);
    r->stream++;
    for (int64_t i = 0; i < n; i++)
        a[i] = (real)(low + (high - low) * fsnn_random_uniform(3, r->stream, (uint64_t)i));
    return a;
}

static inline real *rig_unset(int64_t n)
{
    real *a = fsnn_alloc((size_t)n * sizeof *a);
    assert_non_null(a);
    for (int64_t i = 0; i < n; i++)
        a[i] = NAN;
    return a;
}

/* Sets the node up as far as shape(). */
static inline fsnn_status rig_shape(rig *r, const rig_setup *s)
{
    *r = (rig){.node = {.op = rig_find(s->kind), .name = "node", .inputs = s->inputs}};
    op_node *node = &r->node;
    node->options = fsnn_alloc(node->op->options_size);
    node->state = fsnn_alloc(node->op->state_size);
    const void *options = s->options ? s->options : node->op->defaults;
    if (options)
        memcpy(node->options, options, node->op->options_size);
    for (int i = 0; i < s->inputs; i++) {
        node->in[i] = s->in[i];
        node->in_last[i] = s->last;
        node->gradient_in[i] = s->training;
    }
    node->K = s->K;
    node->B = s->B;
    node->training = s->training;
    node->seed = 99;
    if (node->op->create)
        FSNN_TRY(node->op->create(node));
    return node->op->shape(node);
}

static inline void rig_parameters(rig *r)
{
    for (int p = 0; p < r->node.params; p++) {
        const op_param *param = &r->node.param[p];
        int64_t n = fsnn_shape_count(&param->shape);
        bool variance = strcmp(param->name, "running_var") == 0;
        r->run.value[p] = rig_array(r, n, variance ? 0.5 : -1, variance ? 2 : 1);
        r->run.grad[p] = param->learn ? rig_array(r, n, -1, 1) : NULL;
    }
}

static inline void rig_buffers(rig *r)
{
    op_node *node = &r->node;
    op_run *run = &r->run;
    for (int i = 0; i < node->inputs; i++) {
        run->in[i] = rig_array(r, rig_size(r, &node->in[i]), -1, 1);
        run->gin[i] = node->gradient_in[i] ? rig_unset(rig_size(r, &node->in[i])) : NULL;
    }
    for (int p = 0; p < node->outputs; p++) {
        run->out[p] = rig_unset(rig_size(r, &node->out[p]));
        run->gout[p] = rig_array(r, rig_size(r, &node->out[p]), -1, 1);
    }
    rig_parameters(r);
    run->scratch = fsnn_alloc(node->scratch_bytes);
    run->tape = fsnn_alloc(node->tape_bytes);
    run->step = 5;
}

static inline void rig_open(rig *r, const rig_setup *s)
{
    GOOD(rig_shape(r, s));
    if (r->node.op->plan)
        GOOD(r->node.op->plan(&r->node));
    rig_buffers(r);
}

static inline void rig_forward(rig *r)
{
    memset(r->run.scratch, 0xff, r->node.scratch_bytes);
    GOOD(r->node.op->forward(&r->node, &r->run));
}

static inline void rig_backward(rig *r)
{
    memset(r->run.scratch, 0xff, r->node.scratch_bytes);
    GOOD(r->node.op->backward(&r->node, &r->run));
}

static inline void rig_close(rig *r)
{
    if (r->node.op->destroy)
        r->node.op->destroy(&r->node);
    for (int i = 0; i < OP_MAX_IN; i++) {
        fsnn_free((void *)r->run.in[i]);
        fsnn_free(r->run.gin[i]);
    }
    for (int p = 0; p < OP_MAX_OUT; p++) {
        fsnn_free(r->run.out[p]);
        fsnn_free((void *)r->run.gout[p]);
    }
    for (int p = 0; p < OP_MAX_PARAM; p++) {
        fsnn_free(r->run.value[p]);
        fsnn_free(r->run.grad[p]);
    }
    fsnn_free(r->run.scratch);
    fsnn_free(r->run.tape);
    fsnn_free(r->node.options);
    fsnn_free(r->node.state);
}

#endif
