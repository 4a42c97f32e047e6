/* cli/look/inspect_model.c: the network of a description: its nodes, sizes, memory and dynamics. */
#include "cli/look/inspect.h"

#include <stdlib.h>
#include <string.h>

static void print_node(const fsnn_node_info *info)
{
    char shape[96], params[CLI_NUMBER], operations[CLI_NUMBER], memory[CLI_NUMBER];
    fsnn_shape_text(&info->shape, shape, sizeof shape);
    printf("%-14s %-10s %-16s %-14s %10s %11s %10s\n", info->name, info->kind, info->sources, shape,
           info->params ? cli_count(params, info->params) : "-",
           info->operations ? cli_count(operations, info->operations) : "-",
           info->memory ? cli_bytes(memory, (double)info->memory) : "-");
}

/* Equations one a line, below the node's row. */
static void print_equations(const char *text)
{
    for (const char *end; *text; text = *end ? end + 1 : end) {
        end = strchr(text, '\n');
        end = end ? end : text + strlen(text);
        printf("%-14s %.*s\n", "", (int)(end - text), text);
    }
}

static void print_nodes(const cli_model *model)
{
    int64_t params = 0, operations = 0;
    char a[CLI_NUMBER], b[CLI_NUMBER];
    printf("\n%-14s %-10s %-16s %-14s %10s %11s %10s\n", "node", "kind", "from", "output",
           "parameters", "operations", "memory");
    for (int n = 0; n < fsnn_net_node_count(model->net); n++) {
        fsnn_node_info info;
        if (fsnn_net_node(model->net, n, &info) < 0)
            continue;
        print_node(&info);
        print_equations(info.equations);
        if (*info.shares)
            printf("%-14s with the parameters of %s\n", "", info.shares);
        params += info.params;
        operations += info.operations;
    }
    printf("%-57s %10s %11s\n", "sum", cli_count(a, params), cli_count(b, operations));
    printf("(operations: multiply-adds of one sample and step when every input counts; memory: "
           "outputs, their\n"
           "gradients and histories in training, before nodes share places)\n");
}

/* Nodes of each loop, a line a loop. */
static void print_loops(const cli_model *model)
{
    int loops = 0, nodes = fsnn_net_node_count(model->net);
    for (int loop = 1; loop == 1 || loop <= loops; loop++) {
        bool begun = false;
        for (int n = 0; n < nodes; n++) {
            fsnn_node_info info;
            if (fsnn_net_node(model->net, n, &info) < 0)
                continue;
            loops = info.loop > loops ? info.loop : loops;
            if (info.loop != loop)
                continue;
            printf("%s%s", begun ? ", " : "step by step: ", info.name);
            begun = true;
        }
        if (begun)
            printf("\n");
    }
}

static void print_sums(const cli_model *model, const fsnn_plan *plan)
{
    int64_t activations, histories, parameters;
    char a[CLI_NUMBER], h[CLI_NUMBER], p[CLI_NUMBER], learned[CLI_NUMBER];
    char *dynamics = cli_dynamics_text(&model->dynamics);
    printf("\nlearned     %s numbers\n", cli_count(learned, cli_learnable(model->net)));
    printf("dynamics    %s\n", dynamics);
    free(dynamics);
    if (fsnn_net_memory(model->net, &activations, &histories, &parameters) < 0)
        return;
    printf("memory      activations %s, histories %s, parameters %s\n",
           cli_bytes(a, (double)activations), cli_bytes(h, (double)histories),
           cli_bytes(p, (double)parameters));
    printf("            (in training with T = %lld and batches of %lld)\n", (long long)plan->steps,
           (long long)plan->batch);
}

/* T of the encoder, or of the solver where samples have time stamps. */
static int64_t steps_of(const cli_model *model)
{
    const fsnn_encoder *encoder = fsnn_description_encoder(model->description);
    fsnn_sampling sampling = fsnn_description_sampling(model->description);
    int64_t steps = encoder->steps;
    if (sampling.times)
        steps = fsnn_interpolate_steps(sampling.count, sampling.times, 1, false, sampling.step, 0);
    return steps > 0 ? steps : 1;
}

static int print_model(const char *path, cli_model *model)
{
    fsnn_plan plan = {.steps = steps_of(model),
                      .batch = model->training.batch,
                      .training = true,
                      .checkpoint = model->training.checkpoint,
                      .truncate = model->training.truncate,
                      .still = fsnn_description_still(model->description),
                      .seed = model->training.seed};
    int code = cli_model_wrap(model, &plan, plan.steps);
    if (code != CLI_GOOD)
        return code;
    fsnn_shape in, out;
    char in_text[96], out_text[96];
    fsnn_status status = fsnn_net_shapes(model->net, &in, &out);
    if (status < 0)
        return cli_fail(status);
    printf("%s: description of the network \"%s\", %s -> %s\n", path,
           fsnn_description_name(model->description), fsnn_shape_text(&in, in_text, sizeof in_text),
           fsnn_shape_text(&out, out_text, sizeof out_text));
    print_nodes(model);
    print_loops(model);
    print_sums(model, &plan);
    fflush(stdout);
    cli_model_warnings(model);
    return CLI_GOOD;
}

int inspect_model(const char *path, const cli_common *common)
{
    cli_model model;
    int code = cli_model_open(&model, path, common);
    if (code == CLI_GOOD)
        code = print_model(path, &model);
    cli_model_close(&model);
    return code;
}
