/* One case: a network is built and wrapped; then calls of forward and backward, the state, an
 * evaluation step by step, and a recorded call. */
#include "bits.h"

#include <stdlib.h>

const way ways[] = {{"euler", FSNN_EULER, true, false}, {"heun", FSNN_HEUN, true, false},
                    {"rk4", FSNN_RK4, true, false},     {"gl", FSNN_GL, false, false},
                    {"gl-i", FSNN_GL, false, true},     {"l1", FSNN_L1, false, false},
                    {"l1-i", FSNN_L1, false, true},     {"ab", FSNN_AB, false, false},
                    {"ab-i", FSNN_AB, false, true},     {"trap", FSNN_TRAP, false, false},
                    {"abm", FSNN_ABM, false, false},    {"ml", FSNN_ML, false, false}};
const int ways_count = COUNT(ways);

const engine engines[] = {
    {"full", 0, 0, 14}, {"short", 6, 0, 14}, {"least", 2, 0, 12}, {"exponentials", 0, 1e-4, 36}};
const int engines_count = COUNT(engines);

/* 3 x 25 neurons of 2 samples: four whole tiles of 32 and a part of one. */
enum { CHANNELS = 3, PLACES = 25, BATCH = 2 };

setup setup_default(void)
{
    setup s = {.build = build_stack,
               .neuron = neuron_find("lif"),
               .options = FSNN_NEURON_DEFAULT,
               .way = {"gl", FSNN_GL, false, false},
               .engine = engines[0],
               .orders = 2,
               .input = FSNN_SHAPE(CHANNELS, PLACES),
               .plan = {.batch = BATCH, .training = true, .input_gradient = true, .seed = 3},
               .calls = 2,
               .step = 1};
    s.options.tau = (fsnn_value){.value = 2.25, .learn = true, .per = FSNN_PER_CHANNEL};
    s.options.threshold = (fsnn_value){.value = 0.375, .learn = true};
    s.options.surrogate.scale = 1.5;
    s.options.detach_reset = false;
    s.order[0] = fsnn_order_of(0.6);
    s.order[1] = fsnn_order_of(0.85);
    s.order[0].learn_alpha = s.order[1].learn_alpha = true;
    return s;
}

/* Neurons on neurons: no sums over space, whose order is the dense kernels' choice. */
int build_stack(fsnn_net *net, const setup *s)
{
    int x = fsnn_net_input(net, s->input);
    x = neuron_add(net, s->neuron, "n1", x, &s->options, s->fixed);
    return neuron_add(net, s->neuron, "n2", x, &s->options, s->fixed);
}

static fsnn_dynamics dynamics(const setup *s)
{
    fsnn_dynamics d = fsnn_dynamics_default(s->order);
    d.orders = s->orders;
    d.method = s->way.method;
    d.integrator = s->way.integer ? FSNN_ODEINT : FSNN_FDEINT;
    d.implicit = s->way.implicit;
    d.step = s->step;
    d.memory = s->engine.memory;
    d.tolerance = s->engine.tolerance;
    if (d.tolerance > 0) {
        d.engine = FSNN_ENGINE_EXPONENTIALS;
        d.horizon = 400;
    }
    return d;
}

/* Method ml has one tau for the layer, and with exponentials nothing that they depend on is
 * learned. */
static void settle_ml(setup *s)
{
    if (s->way.method != FSNN_ML || s->way.integer)
        return;
    s->options.tau.per = FSNN_PER_LAYER;
    for (int i = 0; i < s->orders && s->engine.tolerance > 0; i++)
        s->options.tau.learn = s->order[i].learn_alpha = false;
}

/* Nothing is learned where the setup says so. */
static setup settled(const setup *given)
{
    setup s = *given;
    if (!s.plan.steps)
        s.plan.steps = s.engine.steps;
    s.options.v_reset.learn |= s.options.reset == FSNN_RESET_VALUE;
    settle_ml(&s);
    if (s.fixed) {
        s.options.tau.learn = s.options.threshold.learn = s.options.v_reset.learn = false;
        for (int i = 0; i < s.orders; i++)
            s.order[i].learn_alpha = s.order[i].learn_coefficient = false;
    }
    return s;
}

static bool wraps(const setup *given)
{
    setup s = settled(given);
    fsnn_dynamics d = dynamics(&s);
    fsnn_net *net;
    if (fsnn_net_create(&net) < 0)
        exit(2);
    bool good = s.build(net, &s) >= 0 && fsnn_net_wrap(net, &d, &s.plan) >= 0;
    fsnn_net_destroy(net);
    return good;
}

void setup_fit(setup *s, int w)
{
    for (int i = 0; i < ways_count; i++) {
        s->way = ways[(w + i) % ways_count];
        if (wraps(s))
            return;
    }
    s->way = ways[w % ways_count];
}

/* ---- the input of a call, dense or as lists of what is above 0 ---- */

typedef struct input {
    float *x;
    int64_t *start;
    int32_t *count, *index;
    float *value;
    fsnn_spikes spikes; /* of the lists */
} input;

static void *room(int64_t count, size_t size)
{
    void *at = calloc((size_t)count + 1, size);
    if (!at)
        exit(2);
    return at;
}

static void input_lists(input *in, int64_t steps, int64_t batch, int64_t width)
{
    int64_t rows = steps * batch, n = 0;
    in->start = room(rows, sizeof *in->start);
    in->count = room(rows, sizeof *in->count);
    in->index = room(rows * width, sizeof *in->index);
    in->value = room(rows * width, sizeof *in->value);
    for (int64_t r = 0; r < rows; r++) {
        in->start[r] = n;
        for (int64_t i = 0; i < width; i++)
            if (in->x[r * width + i] > 0) {
                in->index[n] = (int32_t)i;
                in->value[n++] = in->x[r * width + i];
            }
        in->count[r] = (int32_t)(n - in->start[r]);
    }
    in->spikes = (fsnn_spikes){steps, batch, width, in->start, in->count, in->index, in->value};
}

static void input_free(input *in)
{
    free(in->x);
    free(in->start);
    free(in->count);
    free(in->index);
    free(in->value);
}

/* ---- the parts of a case ---- */

typedef struct run {
    const setup *s;
    fsnn_net *net;
    int64_t in, out; /* numbers of one sample at one step */
    hash output, gradient, state, eval, record;
    bool failed;
    bool ends; /* failed, because potentials leave the finite numbers */
} run;

static bool good(run *r, int64_t status)
{
    r->failed |= status < 0;
    return !r->failed;
}

/* `in` is to be freed when backward has run. */
static void forward(run *r, const fsnn_plan *plan, uint64_t stream, input *in, hash *h)
{
    int64_t rows = plan->steps * plan->batch;
    const float *y = NULL;
    fsnn_status status;
    *in = (input){.x = bits_values((plan->still ? plan->batch : rows) * r->in, stream, 1.25F,
                                   r->s->spikes ? -0.5F : 0.875F)};
    if (r->s->spikes) {
        input_lists(in, plan->steps, plan->batch, r->in);
        status = fsnn_net_forward_spikes(r->net, &in->spikes, &y);
    } else {
        status = fsnn_net_forward(r->net, in->x, &y);
    }
    r->ends = status == FSNN_ENUMERIC;
    if (good(r, status))
        hash_floats(h, y, rows * r->out);
}

static void forward_only(run *r, const fsnn_plan *plan, uint64_t stream, hash *h)
{
    input in;
    forward(r, plan, stream, &in, h);
    input_free(&in);
}

static void train(run *r)
{
    const fsnn_plan *plan = &r->s->plan;
    int64_t rows = plan->steps * plan->batch;
    if (!good(r, fsnn_net_progress(r->net, r->s->progress)))
        return;
    for (int c = 0; c < r->s->calls && !r->failed; c++) {
        input in;
        const float *gx = NULL;
        forward(r, plan, 10 + (uint64_t)c, &in, &r->output);
        float *g = bits_values(rows * r->out, 50 + (uint64_t)c, 0.5F, 0.0625F);
        if (!r->failed && plan->training &&
            good(r, fsnn_net_backward(r->net, g, plan->input_gradient ? &gx : NULL)) && gx)
            hash_floats(&r->gradient, gx, (plan->still ? plan->batch : rows) * r->in);
        free(g);
        input_free(&in);
    }
    for (int p = 0; p < fsnn_net_param_count(r->net) && plan->training; p++) {
        const fsnn_param *param = fsnn_net_param(r->net, p);
        if (param->learn)
            hash_floats(&r->gradient, param->grad, fsnn_shape_count(&param->shape));
    }
}

/* The states themselves, behind the head that they had when the hashes were recorded: its magic,
 * what they fit, their size. Today's head has a version and a checksum behind its magic. */
static void hash_state(hash *h, const char *bytes, int64_t size)
{
    enum { MAGIC = 8, ADDED = 8, FITS = 8 };
    int64_t then = size - ADDED;
    hash_add(h, "FSNNST2", MAGIC);
    hash_add(h, bytes + MAGIC + ADDED, FITS);
    hash_add(h, &then, sizeof then);
    size_t head = MAGIC + ADDED + FITS + sizeof then;
    hash_add(h, bytes + head, (size_t)size - head);
}

static void state(run *r, hash *h)
{
    int64_t bytes = fsnn_net_state_bytes(r->net);
    if (!good(r, bytes))
        return;
    void *at = calloc(1, (size_t)bytes + 1);
    if (!at)
        exit(2);
    if (good(r, fsnn_net_state_save(r->net, at)))
        hash_state(h, at, bytes);
    /* what is loaded goes on as what was saved */
    if (good(r, fsnn_net_reset(r->net)))
        good(r, fsnn_net_state_load(r->net, at, bytes));
    free(at);
}

/* Step by step, without training: another plan of memory and other paths. */
static void evaluate(run *r)
{
    fsnn_plan plan = r->s->plan;
    plan.training = plan.smooth = plan.truncate = plan.input_gradient = false;
    plan.checkpoint = 0;
    plan.steps = 1;
    if (!good(r, fsnn_net_replan(r->net, &plan)) || !good(r, fsnn_net_reset(r->net)))
        return;
    for (int k = 0; k < 9 && !r->failed; k++)
        forward_only(r, &plan, 100 + (uint64_t)k, &r->eval);
    if (!r->failed)
        state(r, &r->eval);
    forward_only(r, &plan, 110, &r->eval);
}

static void look(run *r, int node, int64_t numbers)
{
    static const fsnn_record records[] = {FSNN_RECORD_V, FSNN_RECORD_SPIKES, FSNN_RECORD_CURRENT};
    float *x = bits_values(numbers, 0, 0, 0);
    fsnn_certificate c;
    int64_t most;
    for (int i = 0; i < COUNT(records); i++)
        if (good(r, fsnn_net_read(r->net, node, records[i], x)))
            hash_floats(&r->record, x, numbers);
    for (int i = 1; fsnn_net_state_name(r->net, node, i); i++)
        if (good(r, fsnn_net_read_state(r->net, node, i, x)))
            hash_floats(&r->record, x, numbers);
    if (good(r, fsnn_net_certificate(r->net, node, &c))) {
        hash_number(&r->record, c.proven);
        hash_number(&r->record, c.modes);
        hash_double(&r->record, c.margin);
        hash_double(&r->record, c.bound);
        hash_double(&r->record, c.weight_error);
        hash_double(&r->record, c.weight_error_sum);
    }
    hash_double(&r->record, fsnn_net_rate(r->net, node));
    int64_t *counts = calloc((size_t)numbers, sizeof *counts);
    if (counts && good(r, fsnn_net_spike_counts(r->net, node, counts, &most)))
        hash_add(&r->record, counts, (size_t)numbers * sizeof *counts);
    free(counts);
    free(x);
}

/* A recorded call: potentials, further states, spikes, currents, certificates, rates, counts. */
static void record(run *r)
{
    fsnn_plan plan = r->s->plan;
    plan.training = plan.smooth = plan.truncate = plan.input_gradient = false;
    plan.checkpoint = 0;
    plan.record = true;
    if (!good(r, fsnn_net_replan(r->net, &plan)) || !good(r, fsnn_net_reset(r->net)) ||
        !good(r, fsnn_net_count_spikes(r->net, true)))
        return;
    input in; /* currents of the first layer are the input itself */
    forward(r, &plan, 120, &in, &r->record);
    for (int i = 0; i < fsnn_net_node_count(r->net) && !r->failed; i++) {
        fsnn_node_info info;
        if (good(r, fsnn_net_node(r->net, i, &info)) && info.neuron)
            look(r, i, plan.steps * plan.batch * fsnn_shape_count(&info.shape));
    }
    input_free(&in);
}

static void print(const char *name, const run *r)
{
    if (r->ends) {
        line_word(name, "ends");
        return;
    }
    if (r->failed) {
        line_failed(name);
        return;
    }
    line_begin(name);
    line_part("output", &r->output);
    line_part("gradient", &r->gradient);
    line_part("state", &r->state);
    line_part("eval", &r->eval);
    line_part("record", &r->record);
    line_end();
}

void setup_run(const char *name, const setup *given)
{
    setup s = settled(given);
    run r = {.s = &s,
             .output = hash_new(),
             .gradient = hash_new(),
             .state = hash_new(),
             .eval = hash_new(),
             .record = hash_new()};
    fsnn_dynamics d = dynamics(&s);
    fsnn_shape in, out;
    if (fsnn_net_create(&r.net) < 0)
        exit(2);
    int last = s.build(r.net, &s);
    if (last < 0 || fsnn_net_wrap(r.net, &d, &s.plan) < 0 ||
        fsnn_net_shapes(r.net, &in, &out) < 0) {
        line_word(name, "refused");
    } else {
        r.in = fsnn_shape_count(&in);
        r.out = fsnn_shape_count(&out);
        train(&r);
        if (!r.failed)
            state(&r, &r.state);
        if (!r.failed)
            evaluate(&r);
        if (!r.failed)
            record(&r);
        print(name, &r);
    }
    fsnn_net_destroy(r.net);
}
