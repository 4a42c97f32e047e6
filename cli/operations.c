/* cli/operations.c: operations and energy of one sample. A layer whose input is spikes needs one
 * addition for each spike and outgoing weight: accumulations = rate of its input times its dense
 * multiply-adds. A layer whose input is analog needs all of its multiply-adds. Rates are those of
 * the layer's input, not of its output.
 *
 * The rate of a neuron layer comes from the evaluation. Other inputs (the network's own, or spikes
 * that went through pooling) are measured: the network is built once more with that node as its
 * output and run on the first batch. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* What a node hands on: only zeros and ones, and how many of them are ones. */
typedef struct signal_kind {
    bool spikes;
    double rate;
} signal_kind;

typedef struct survey {
    const cli_model *model;
    fsnn_loader *loader;
    const fsnn_evaluation *evaluation;
    const cli_common *common; /* the description and its overrides */
} survey;

static signal_kind look_at(const float *x, int64_t count)
{
    int64_t ones = 0, other = 0;
    for (int64_t i = 0; i < count; i++) {
        ones += x[i] == 1;
        other += x[i] != 1 && x[i] != 0;
    }
    return (signal_kind){other == 0, count ? (double)ones / (double)count : 0};
}

static signal_kind look_at_lists(const fsnn_spikes *s, int64_t count)
{
    int64_t total = fsnn_spikes_total(s);
    bool ones = true;
    for (int64_t r = 0; s->value && r < s->steps * s->batch; r++)
        for (int64_t e = s->start[r]; e < s->start[r] + s->count[r]; e++)
            ones = ones && s->value[e] == 1;
    return (signal_kind){ones, (double)total / (double)count};
}

/* The position of a neuron node among the neuron nodes, in whose order rates are given; -1 for
 * other nodes. */
static int neuron_index(const fsnn_net *net, int node)
{
    int index = 0;
    fsnn_node_info info;
    for (int n = 0; n < node; n++)
        index += fsnn_net_node(net, n, &info) >= 0 && info.neuron;
    return fsnn_net_node(net, node, &info) >= 0 && info.neuron ? index : -1;
}

static fsnn_status copy_parameters(const fsnn_net *from, fsnn_net *to)
{
    for (int i = 0; i < fsnn_net_param_count(from); i++) {
        const fsnn_param *a = fsnn_net_param(from, i), *b = fsnn_net_param_find(to, a->name);
        if (b && fsnn_shape_equal(&a->shape, &b->shape))
            memcpy(b->value, a->value, (size_t)fsnn_shape_count(&a->shape) * sizeof *a->value);
    }
    return fsnn_net_params_changed(to);
}

static fsnn_status run_to_output(const survey *s, const fsnn_description *description,
                                 fsnn_net *net, const fsnn_batch *batch, signal_kind *kind)
{
    fsnn_plan plan = {
        .steps = batch->steps, .batch = batch->batch, .seed = s->model->training.seed};
    fsnn_status status = fsnn_net_wrap(net, fsnn_description_dynamics(description), &plan);
    const float *output;
    fsnn_shape in, out;
    if (status >= 0)
        status = copy_parameters(s->model->net, net);
    if (status >= 0)
        status = batch->spikes ? fsnn_net_forward_spikes(net, batch->spikes, &output)
                               : fsnn_net_forward(net, batch->x, &output);
    if (status >= 0)
        status = fsnn_net_shapes(net, &in, &out);
    if (status >= 0)
        *kind = look_at(output, batch->steps * batch->batch * fsnn_shape_count(&out));
    return status;
}

/* The same description with `name` as its output. */
static fsnn_status measure_node(const survey *s, const char *name, const fsnn_batch *batch,
                                signal_kind *kind)
{
    const cli_list *set = &s->common->set;
    const char **item = cli_allocate((size_t)set->count + 1, sizeof *item);
    if (set->count)
        memcpy(item, set->item, (size_t)set->count * sizeof *item);
    char *output = cli_format("output=%s", name);
    item[set->count] = output;
    fsnn_description *description = NULL;
    fsnn_net *net = NULL;
    fsnn_status status =
        fsnn_description_read(s->common->operand[0], item, set->count + 1, &description);
    if (status >= 0)
        status = fsnn_description_net(description, &net);
    if (status >= 0)
        status = run_to_output(s, description, net, batch, kind);
    fsnn_net_destroy(net);
    fsnn_description_destroy(description);
    free(output);
    free(item);
    return status;
}

static fsnn_status measure(const survey *s, const char *name, signal_kind *kind)
{
    fsnn_batch batch;
    fsnn_status status = fsnn_loader_start(s->loader, 0);
    int more = status < 0 ? (int)status : fsnn_loader_next(s->loader, &batch);
    if (more <= 0)
        return more < 0 ? (fsnn_status)more : fsnn_error_set(FSNN_ESTATE, "the data set is empty");
    if (strcmp(name, "input") != 0)
        return measure_node(s, name, &batch, kind);
    int64_t steps;
    fsnn_shape shape;
    fsnn_loader_shape(s->loader, &steps, &shape);
    int64_t numbers = batch.steps * batch.batch * fsnn_shape_count(&shape);
    *kind = batch.spikes ? look_at_lists(batch.spikes, numbers) : look_at(batch.x, numbers);
    return FSNN_OK;
}

static fsnn_status signal_of(const survey *s, const char *name, signal_kind *kind)
{
    int node = fsnn_net_node_find(s->model->net, name);
    int neuron = node < 0 ? -1 : neuron_index(s->model->net, node);
    if (neuron < 0 || neuron >= s->evaluation->layers)
        return measure(s, name, kind);
    *kind = (signal_kind){true, s->evaluation->layer_rate[neuron]};
    return FSNN_OK;
}

/* Adds one node with `dense` multiply-adds a sample; `sources` is "fc1" or "a, b". An input that
 * cannot be measured counts as analog. */
static void count_node(const survey *s, const fsnn_node_info *info, double dense, cli_operations *o)
{
    char *list = cli_format("%s", info->sources), *rest = list, *name;
    double rate = 0;
    int inputs = 0;
    bool spikes = true;
    for (; (name = strtok_r(rest, ", ", &rest)) != NULL; inputs++) {
        signal_kind kind = {false, 0};
        if (signal_of(s, name, &kind) < 0)
            cli_warn("the input of %s counts as analog: %s", info->name, fsnn_error_text());
        spikes = spikes && kind.spikes;
        rate += kind.rate;
    }
    free(list);
    o->dense += dense;
    if (spikes && inputs > 0)
        o->add += dense * rate / inputs;
    else
        o->multiply += dense;
}

void cli_operations_count(const cli_model *model, const cli_common *common, fsnn_loader *loader,
                          const fsnn_evaluation *evaluation, cli_operations *operations)
{
    survey s = {.model = model, .loader = loader, .evaluation = evaluation, .common = common};
    int64_t steps;
    fsnn_shape shape;
    fsnn_loader_shape(loader, &steps, &shape);
    memset(operations, 0, sizeof *operations);
    for (int n = 0; n < fsnn_net_node_count(model->net); n++) {
        fsnn_node_info info;
        if (fsnn_net_node(model->net, n, &info) >= 0 && info.operations > 0)
            count_node(&s, &info, (double)(info.operations * steps), operations);
    }
}

double cli_operations_energy(const cli_operations *o)
{
    return CLI_PJ_MAC * o->multiply + CLI_PJ_AC * o->add;
}
