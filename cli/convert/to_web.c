/* cli/convert/to_web.c: a description and its weights for the page of the playground: net.json,
 * which says the network, and net.safetensors. What the page takes are the tables of
 * web_options.h. */
#include "cli/convert/convert.h"
#include "cli/convert/web_options.h"

#include <stdlib.h>

/* ---- what the page cannot have ---- */

static int refuse_kind(const fsnn_node_info *info)
{
    char taken[512] = "";
    for (const web_node *kind = web_nodes; kind->name; kind++)
        cli_list_add(taken, sizeof taken, (kind + 1)->name ? ", " : " and ", kind->name);
    return cli_error(CLI_USAGE, "--web: node %s is of the kind %s: the page has %s", info->name,
                     info->kind, taken);
}

static int check_node(const fsnn_net *net, int index)
{
    fsnn_node_info info;
    int port = 0;
    fsnn_net_node(net, index, &info);
    if (!web_node_find(info.kind))
        return refuse_kind(&info);
    if (*info.shares)
        return cli_error(CLI_USAGE,
                         "--web: node %s shares the parameters of %s: the page has none "
                         "that are shared",
                         info.name, info.shares);
    for (int k = 0; fsnn_net_source(net, index, k, &port) >= 0; k++)
        if (port != 0)
            return cli_error(CLI_USAGE,
                             "--web: a source of node %s is output %d of another: the "
                             "page has one a node",
                             info.name, port);
    if (info.neuron) {
        const fsnn_neuron *o = fsnn_net_options(net, index);
        if (o->start.learn || o->start.values || o->start.draw)
            return cli_error(CLI_USAGE,
                             "--web: v0 of node %s is learned, drawn or a list: the page "
                             "takes a number",
                             info.name);
    }
    return CLI_GOOD;
}

static int check_net(const fsnn_net *net)
{
    fsnn_shape input, output;
    if (fsnn_net_precision(net) == FSNN_PRECISION_DOUBLE)
        return cli_error(CLI_USAGE,
                         "--web: the page computes in single precision: take dynamics.precision "
                         "double out of the description");
    fsnn_net_shapes(net, &input, &output);
    if (input.rank > 3)
        return cli_error(CLI_USAGE, "--web: an input of %d dimensions: the page takes 1 to 3",
                         input.rank);
    for (int i = 1; i < fsnn_net_node_count(net); i++) {
        int code = check_node(net, i);
        if (code != CLI_GOOD)
            return code;
    }
    return CLI_GOOD;
}

/* ---- net.json ---- */

/* A neuron's options with the first of each list as its number, so that the numbers fit together as
 * the lists do: every number of them comes as a parameter. */
static fsnn_neuron without_lists(const fsnn_neuron *o)
{
    fsnn_neuron n = *o;
    fsnn_value *const value[] = {&n.tau, &n.threshold, &n.v_reset, &n.rest, &n.resistance};
    for (int i = 0; i < CLI_COUNT(value); i++)
        if (value[i]->values)
            value[i]->value = value[i]->values[0];
    return n;
}

static void write_options(cli_json *json, const web_node *kind, const void *options)
{
    cli_json_open(json, "options", '{');
    for (const web_option *o = kind->options; o->key; o++) {
        cli_json_open(json, o->key, '[');
        for (int i = 0; i < o->count; i++)
            cli_json_number(json, NULL, web_option_get(o, options, i));
        cli_json_close(json, ']');
    }
    cli_json_close(json, '}');
}

static void write_node(cli_json *json, const fsnn_net *net, int index)
{
    fsnn_node_info info, source;
    fsnn_net_node(net, index, &info);
    cli_json_open(json, NULL, '{');
    cli_json_text(json, "name", info.name);
    cli_json_text(json, "kind", info.kind);
    cli_json_open(json, "from", '[');
    for (int k = 0, of; (of = fsnn_net_source(net, index, k, NULL)) >= 0; k++) {
        fsnn_net_node(net, of, &source);
        cli_json_text(json, NULL, source.name);
    }
    cli_json_close(json, ']');
    const void *options = fsnn_net_options(net, index);
    fsnn_neuron neuron;
    if (info.neuron) {
        neuron = without_lists(options);
        options = &neuron;
    }
    write_options(json, web_node_find(info.kind), options);
    cli_json_close(json, '}');
}

static void write_dynamics(cli_json *json, const fsnn_dynamics *d)
{
    cli_json_open(json, "dynamics", '{');
    cli_json_integer(json, "integer", d->integrator == FSNN_ODEINT);
    cli_json_text(json, "method", fsnn_method_name(cli_dynamics_method(d)));
    cli_json_integer(json, "implicit", d->implicit);
    cli_json_number(json, "step", d->step);
    cli_json_integer(json, "memory", d->memory);
    cli_json_number(json, "tolerance", d->tolerance);
    cli_json_open(json, "orders", '['); /* of one layer, or of each: alpha, coefficient, ... */
    for (int i = 0; i < d->orders; i++) {
        cli_json_open(json, NULL, '[');
        for (int m = 0; m < d->order[i].terms; m++) {
            cli_json_number(json, NULL, d->order[i].alpha[m]);
            cli_json_number(json, NULL, d->order[i].coefficient[m]);
        }
        cli_json_close(json, ']');
    }
    cli_json_close(json, ']');
    cli_json_close(json, '}');
}

/* Parameters of neurons that are not learned: files of weights leave them out. */
static void write_fixed(cli_json *json, const fsnn_net *net)
{
    cli_json_open(json, "parameters", '{');
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *param = fsnn_net_param(net, i);
        if (param->learn || !param->neuron)
            continue;
        cli_json_open(json, param->name, '[');
        for (int64_t k = 0; k < fsnn_shape_count(&param->shape); k++)
            cli_json_number(json, NULL, (double)param->value[k]);
        cli_json_close(json, ']');
    }
    cli_json_close(json, '}');
}

static void write_net(FILE *out, const cli_model *model)
{
    cli_json json = {.out = out};
    fsnn_shape input, output;
    fsnn_node_info last;
    const fsnn_encoder *encoder = fsnn_description_encoder(model->description);
    fsnn_net_shapes(model->net, &input, &output);
    fsnn_net_node(model->net, fsnn_net_output_node(model->net, NULL), &last);
    cli_json_open(&json, NULL, '{');
    cli_json_text(&json, "format", "fsnn web 1");
    cli_json_open(&json, "input", '[');
    for (int i = 0; i < input.rank; i++)
        cli_json_integer(&json, NULL, input.dim[i]);
    cli_json_close(&json, ']');
    cli_json_text(&json, "output", last.name);
    cli_json_integer(&json, "steps", encoder->steps);
    write_dynamics(&json, fsnn_description_dynamics(model->description));
    write_fixed(&json, model->net);
    cli_json_open(&json, "nodes", '[');
    for (int i = 1; i < fsnn_net_node_count(model->net); i++)
        write_node(&json, model->net, i);
    cli_json_close(&json, ']');
    cli_json_close(&json, '}');
}

static int write(const convert_options *o, const cli_model *model)
{
    char *to = cli_path(o->output, "net.json"), *beside = cli_path(o->output, "net.safetensors");
    int code = cli_make_directory(o->output);
    fsnn_file file = {0};
    if (code == CLI_GOOD) {
        fsnn_status status = fsnn_weights_save(model->net, beside);
        if (!status)
            status = fsnn_file_create(&file, to);
        if (!status) {
            write_net(file.stream, model);
            status = fsnn_file_commit(&file);
        }
        code = status < 0 ? cli_fail(status) : CLI_GOOD;
    }
    if (code == CLI_GOOD)
        cli_out("%s\n%s\n", to, beside);
    free(beside);
    free(to);
    return code;
}

/* ---- the command ---- */

static int check_options(const convert_options *o)
{
    if (o->unit || o->reset || o->dt.given || o->expand.given || o->precision || o->camera)
        return cli_error(CLI_USAGE, "--web takes --weights and --output alone: the others are for "
                                    "NIR and for recordings of events");
    return CLI_GOOD;
}

int convert_to_web(const convert_options *o)
{
    cli_model model = {0};
    int code = check_options(o);
    if (code == CLI_GOOD)
        code = convert_open(&model, o);
    if (code == CLI_GOOD)
        code = check_net(model.net);
    if (code == CLI_GOOD) {
        cli_model_warnings(&model);
        code = write(o, &model);
    }
    cli_model_close(&model);
    return code;
}
