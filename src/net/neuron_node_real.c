/* A neuron layer as a node of the graph: calls of the scan (scan/scan.h). */
#include "net/neuron_node.h"

#include <math.h>
#include <string.h>

fsnn_status neuron_create(op_node *node)
{
    neuron_layer *st = node->state;
    if (neuron_has_equations(node->op)) {
        FSNN_TRY(neuron_user_create(&st->user, node->options, node));
        FSNN_TRY(scan_others(&st->scan, st->user.model.others));
    }
    return neuron_values_take(node);
}

void neuron_dynamics(op_node *node, const frac_method *method, bool implicit,
                     const fsnn_order *order, double h, const frac_keep *memory)
{
    neuron_layer *st = node->state;
    st->method = method;
    st->order = *order;
    st->h = h;
    enum { NEVER = INT32_MAX }; /* steps that no run reaches: as good as full, and no overflow */
    st->memory = *memory;
    if (memory->steps >= NEVER)
        st->memory.steps = 0;
    st->implicit = implicit;
    frac_memory_init(&st->scan.memory, method, implicit, order, h, &st->memory);
}

void neuron_progress(op_node *node, double done)
{
    neuron_layer *st = node->state;
    const fsnn_neuron *o = node->options;
    st->done = done;
    st->scan.options.surrogate = o->surrogate;
    st->scan.options.surrogate.scale = fsnn_surrogate_scale_at(&o->surrogate, done);
    scan_settle_noise(&st->scan);
}

/* Each state's memory: the layer's where it is of fractional order, else that of forward Euler. */
static void settle_states(const op_node *node, neuron_layer *st)
{
    const fsnn_user *o = node->options;
    const frac_method *euler = frac_method_get(FSNN_EULER);
    for (int i = 0; i <= st->scan.others; i++) {
        scan *s = scan_state(&st->scan, i);
        bool fractional = !st->user.ready || neuron_user_fractional(o, i);
        if (i || !fractional)
            frac_memory_init(&s->memory, fractional ? st->method : euler, st->implicit, &st->order,
                             st->h, &st->memory);
        if (i)
            s->v0 = (real)o->state[i - 1].start;
    }
}

fsnn_status neuron_shape(op_node *node)
{
    FSNN_TRY(neuron_check_options(node));
    const fsnn_neuron *o = node->options;
    neuron_layer *st = node->state;
    node->outputs = 1;
    node->out[0] = node->in[0];
    node->out_last[0] = node->in_last[0];

    scan *s = &st->scan;
    s->model = st->user.ready ? &st->user.model : neuron_model_find(node->op->kind);
    s->options = *o;
    s->v0 = (real)o->v0;
    s->rest = (int64_t)round(o->refractory / st->h);
    s->channels = node->in[0].rank ? node->in[0].dim[0] : 1;
    s->N = fsnn_shape_count(&node->in[0]);
    s->stride = node->in_last[0] ? 1 : s->N / s->channels;
    FSNN_TRY(neuron_values_check(node));
    FSNN_TRY(neuron_check_membrane(node));

    if (s->model->readout) {
        FSNN_TRY(neuron_check_readout(node));
        s->options.reset = FSNN_RESET_NONE;
        s->rest = 0;
    }
    FSNN_TRY(neuron_check_states(node));
    settle_states(node, st);
    s->memory.leak = (frac_leak){o->tau.value, s->model->leaky};
    FSNN_TRY(neuron_check_reset(node));
    neuron_params(node);
    return FSNN_OK;
}

/* Errors of the scan get the node's name; those of a plan have it. */
static fsnn_status named(const op_node *node, fsnn_status status)
{
    return status == FSNN_ENUMERIC || status == FSNN_ECALLBACK ? neuron_named(node, status)
                                                               : status;
}

fsnn_status neuron_plan(op_node *node)
{
    neuron_layer *st = node->state;
    scan *s = &st->scan;
    neuron_bind(node, NULL);
    s->B = node->B;
    s->training = node->training;
    s->stream = node->stream;
    s->still = node->still_in;
    s->noise.seed = node->seed;
    neuron_progress(node, st->done);
    s->smooth = node->smooth;
    FSNN_TRY(neuron_check_slopes(node));
    s->chain.linked = node->training && node->chained;
    s->chain.on = s->chain.linked || (node->training && node->looped);
    s->chain.total = node->total;
    if (s->chain.linked && s->memory.keep < 0 && scan_resetting(s)->clears)
        return fsnn_fail(
            FSNN_EUNSUPPORTED,
            "%s \"%s\": reset %s empties the history that gradient checkpointing comes back to: a "
            "memory by tolerance or of a number of steps works with it, or no checkpointing",
            node->op->kind, node->name, scan_resetting(s)->name);
    node->tape_bytes = 0;
    node->scratch_bytes =
        neuron_resists(node) ? neuron_drive_back_bytes(node, neuron_drive_rows(node)) : 0;
    return named(node, scan_plan(s, node->looped ? node->span : node->K));
}

static void accept_spikes(const scan_sink *sink, int64_t row, int64_t line, int64_t from,
                          int64_t count, const real *spikes)
{
    const op_node *next = sink->of[0];
    next->op->patch_forward(next, sink->of[1], row, line, from, count, spikes);
}

static void return_gradients(const scan_sink *sink, int64_t row, int64_t line, int64_t from,
                             int64_t count, real *gspikes)
{
    const op_node *next = sink->of[0];
    next->op->patch_backward(next, sink->of[1], row, line, from, count, gspikes);
}

bool neuron_into(op_node *node, const op_node *next)
{
    neuron_layer *st = node->state;
    op_patches p = {0};
    if (next && !(node->out_last[0] && next->op->patches && next->op->patches(next, &p)))
        return false;
    scan_sink sink = {.lines = p.lines,
                      .width = p.width,
                      .unit = p.unit,
                      .accept_spikes = accept_spikes,
                      .return_gradients = return_gradients};
    return scan_sinks(&st->scan, &sink) && next;
}

fsnn_status neuron_sums(op_node *node, bool *can)
{
    neuron_layer *st = node->state;
    FSNN_TRY(scan_sums(&st->scan, can));
    *can = *can && !neuron_resists(node); /* sums of the scan's are those of its own current */
    return FSNN_OK;
}

bool neuron_binary(const op_node *node)
{
    const scan *s = &((const neuron_layer *)node->state)->scan;
    return !s->model->readout && !s->smooth && !(s->noise.on && s->noise.soft);
}

static void send(neuron_layer *st, const op_run *run)
{
    st->scan.sink.of[0] = run->into;
    st->scan.sink.of[1] = run->into_run;
}

fsnn_status neuron_forward(op_node *node, const op_run *run)
{
    neuron_layer *st = node->state;
    neuron_bind(node, run->value);
    send(st, run);
    if (st->scan.history.time == 0)
        st->scan.noise.run = (uint64_t)run->step;
    const real *I = neuron_drive(node, neuron_drive_rows(node), run->in[0], run->scratch);
    fsnn_status status = node->looped
                             ? scan_step_forward(&st->scan, run->at, node->span, I, run->out[0])
                             : scan_forward(&st->scan, node->K, I, run->out[0]);
    FSNN_TRY(named(node, status));
    if (!scan_finite(&st->scan))
        return neuron_strayed(node, run);
    neuron_tally(node, run->out[0]);
    return FSNN_OK;
}

fsnn_status neuron_backward(op_node *node, const op_run *run)
{
    neuron_layer *st = node->state;
    neuron_bind(node, run->value);
    send(st, run);
    scan_grads grads;
    neuron_grads_of(node, run, &grads);
    const int64_t rows = neuron_drive_rows(node);
    const real *I = neuron_drive(node, rows, run->in[0], run->scratch);
    grads.I = neuron_drive_room(node, run, rows, run->scratch);
    FSNN_TRY(named(
        node, node->looped
                  ? scan_step_backward(&st->scan, run->at, I, run->out[0], run->gout[0], &grads)
                  : scan_backward(&st->scan, I, run->out[0], run->gout[0], &grads)));
    neuron_drive_back(node, run, rows, grads.I, run->scratch);
    return FSNN_OK;
}

void neuron_destroy(op_node *node)
{
    neuron_layer *st = node->state;
    fsnn_free(st->counts);
    st->counts = NULL;
    scan_free(&st->scan);
    neuron_user_free(&st->user);
    neuron_values_free(st);
}
