/* cli/look/inspect_model.c: the network of a description: its nodes, sizes, memory and dynamics. */
#include "cli/look/inspect.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS = 7, TEXTS = 4 }; /* the first TEXTS stand at the left of their columns */

static const char *const titles[COLUMNS] = {"node",       "kind",       "from",  "output",
                                            "parameters", "operations", "memory"};

/* The cells of a node's row; numbers are written into `number`. */
static void cells_of(const fsnn_node_info *info, char number[COLUMNS][96],
                     const char *cell[COLUMNS])
{
    cell[0] = info->name;
    cell[1] = info->kind;
    cell[2] = info->sources;
    cell[3] = fsnn_shape_text(&info->shape, number[3], sizeof number[3]);
    cell[4] = info->params ? cli_count(number[4], info->params) : "-";
    cell[5] = info->operations ? cli_count(number[5], info->operations) : "-";
    cell[6] = info->memory ? cli_bytes(number[6], (double)info->memory) : "-";
}

static void print_row(const int width[COLUMNS], const char *const cell[COLUMNS])
{
    for (int c = 0; c < COLUMNS; c++)
        cli_out("%s%*s", c ? " " : "", c < TEXTS ? -width[c] : width[c], cell[c]);
    cli_out("\n");
}

static void widen(int width[COLUMNS], const char *const cell[COLUMNS])
{
    for (int c = 0; c < COLUMNS; c++)
        if (width[c] < (int)strlen(cell[c]))
            width[c] = (int)strlen(cell[c]);
}

/* Columns of their usual widths, or as narrow as what they hold where the terminal has less. */
static void choose_widths(const cli_model *model, int width[COLUMNS])
{
    static const int usual[COLUMNS] = {14, 10, 16, 14, 10, 11, 10};
    char number[COLUMNS][96];
    const char *cell[COLUMNS];
    int sum = COLUMNS - 1, columns = cli_columns(STDOUT_FILENO);
    for (int c = 0; c < COLUMNS; c++)
        sum += width[c] = usual[c];
    if (!columns || sum <= columns)
        return;
    memset(width, 0, COLUMNS * sizeof *width);
    widen(width, titles);
    for (int n = 0; n < fsnn_net_node_count(model->net); n++) {
        fsnn_node_info info;
        if (fsnn_net_node(model->net, n, &info) < 0)
            continue;
        cells_of(&info, number, cell);
        widen(width, cell);
    }
}

/* Equations one a line, below the node's row. */
static void print_equations(const char *text)
{
    for (const char *end; *text; text = *end ? end + 1 : end) {
        end = strchr(text, '\n');
        end = end ? end : text + strlen(text);
        cli_out("%-14s %.*s\n", "", (int)(end - text), text);
    }
}

static void print_nodes(const cli_model *model)
{
    int64_t params = 0, operations = 0;
    char a[CLI_NUMBER], b[CLI_NUMBER], number[COLUMNS][96];
    const char *cell[COLUMNS];
    int width[COLUMNS];
    choose_widths(model, width);
    cli_out("\n");
    print_row(width, titles);
    for (int n = 0; n < fsnn_net_node_count(model->net); n++) {
        fsnn_node_info info;
        if (fsnn_net_node(model->net, n, &info) < 0)
            continue;
        cells_of(&info, number, cell);
        print_row(width, cell);
        print_equations(info.equations);
        if (*info.shares)
            cli_out("%-14s with the parameters of %s\n", "", info.shares);
        params += info.params;
        operations += info.operations;
    }
    cli_out("%-*s %*s %*s\n", width[0] + width[1] + width[2] + width[3] + TEXTS - 1, "sum",
            width[4], cli_count(a, params), width[5], cli_count(b, operations));
    if (cli_columns(STDOUT_FILENO))
        cli_print("(operations: multiply-adds of one sample and step when every input counts; "
                  "memory: outputs, their gradients and histories in training, before nodes share "
                  "memory)\n");
    else
        cli_print("(operations: multiply-adds of one sample and step when every input counts; "
                  "memory: outputs, their\ngradients and histories in training, before nodes share "
                  "memory)\n");
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
            cli_out("%s%s", begun ? ", " : "step by step: ", info.name);
            begun = true;
        }
        if (begun)
            cli_out("\n");
    }
}

static void print_sums(const cli_model *model, const fsnn_plan *plan)
{
    int64_t activations, histories, parameters;
    char a[CLI_NUMBER], h[CLI_NUMBER], p[CLI_NUMBER], learned[CLI_NUMBER], units[CLI_UNITS];
    char *dynamics = cli_dynamics_text(fsnn_session_dynamics(model->session));
    cli_out("\nlearned     %s numbers\n", cli_count(learned, cli_learnable(model->net)));
    cli_print("dynamics    %s\n", dynamics);
    free(dynamics);
    if (*cli_model_units(model, units))
        cli_print("units       %s\n", units);
    if (fsnn_net_memory(model->net, &activations, &histories, &parameters) < 0)
        return;
    cli_print("memory      activations %s, histories %s, parameters %s\n",
              cli_bytes(a, (double)activations), cli_bytes(h, (double)histories),
              cli_bytes(p, (double)parameters));
    cli_print("            (in training with T = %lld and batches of %lld)\n",
              (long long)plan->steps, (long long)plan->batch);
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

/* As the description has it. */
static fsnn_plan plan_written(const cli_model *model)
{
    const fsnn_training *t = fsnn_session_training(model->session);
    return (fsnn_plan){.steps = steps_of(model),
                       .batch = t->batch,
                       .training = true,
                       .checkpoint = t->checkpoint,
                       .truncate = t->truncate,
                       .products = t->products,
                       .still = fsnn_description_still(model->description),
                       .seed = t->seed};
}

/* As a training plans it, with the steps of the samples, and batches of no more than there are.
 * Data that cannot be opened are told in *trouble (to be freed): the description can be looked at
 * without them. */
static fsnn_plan plan_of(cli_model *model, char **trouble)
{
    static const bool wanted[FSNN_PARTS] = {[FSNN_PART_TRAIN] = true};
    fsnn_plan plan = plan_written(model);
    *trouble = NULL;
    if (!fsnn_description_has_data(model->description))
        return plan;
    if (fsnn_session_look_data(model->session, wanted) < 0)
        *trouble = cli_format("%s", fsnn_error_text());
    const fsnn_loader *loader = fsnn_session_loader(model->session, FSNN_PART_TRAIN);
    if (!loader)
        return plan;
    fsnn_loader_shape(loader, &plan.steps, NULL);
    plan.batch = fsnn_loader_batch(loader);
    plan.still = fsnn_loader_still(loader);
    return plan;
}

static int print_network(const char *path, cli_model *model, const fsnn_plan *plan)
{
    fsnn_shape in, out;
    char in_text[96], out_text[96];
    fsnn_status status = fsnn_net_shapes(model->net, &in, &out);
    if (status < 0)
        return cli_fail(status);
    cli_print("%s: description of the network \"%s\", %s -> %s\n", path,
              fsnn_description_name(model->description),
              fsnn_shape_text(&in, in_text, sizeof in_text),
              fsnn_shape_text(&out, out_text, sizeof out_text));
    print_nodes(model);
    print_loops(model);
    print_sums(model, plan);
    return CLI_GOOD;
}

static int print_model(const char *path, cli_model *model)
{
    char *trouble;
    fsnn_plan plan = plan_of(model, &trouble);
    int code = cli_model_wrap(model, &plan, plan.steps);
    if (code == CLI_GOOD)
        code = print_network(path, model, &plan);
    if (code == CLI_GOOD && trouble)
        cli_print("            (as written, for the data could not be opened: %s)\n", trouble);
    fflush(stdout);
    free(trouble);
    if (code != CLI_GOOD)
        return code;
    cli_model_warn(model, FSNN_TOPIC_DATA);
    cli_model_warnings(model);
    if (fsnn_session_loader(model->session, FSNN_PART_TRAIN) &&
        fsnn_session_fits(model->session) < 0)
        cli_warn("fsnn train refuses it: %s", fsnn_error_text());
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
