/* cli/model.c: sessions of the command line: what the library's says of an opened description is
 * said here, at its time. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static int open_model(cli_model *model, const char *path, const cli_common *common, const char *run,
                      bool same_samples)
{
    *model = (cli_model){0};
    fsnn_session_options options = {.path = path,
                                    .set = common->set.item,
                                    .sets = common->set.count,
                                    .seed = common->seed.given ? &common->seed.value : NULL,
                                    .run = run,
                                    .same_samples = same_samples};
    int code = cli_threads_set(common);
    if (code != CLI_GOOD)
        return code;
    fsnn_status status = fsnn_session_open(&options, &model->session);
    if (status == FSNN_EARGUMENT && strcmp(fsnn_error_place().key, "run") == 0)
        return cli_error(CLI_USAGE, "--resume: %s", fsnn_error_text());
    if (status < 0)
        return cli_fail_description(status);
    model->description = fsnn_session_description(model->session);
    model->net = fsnn_session_net(model->session);
    cli_model_warn(model, FSNN_TOPIC_RUN);
    return CLI_GOOD;
}

int cli_model_open(cli_model *model, const char *path, const cli_common *common)
{
    return open_model(model, path, common, NULL, true);
}

int cli_model_open_run(cli_model *model, const char *path, const cli_common *common,
                       const char *run)
{
    return open_model(model, path, common, run, false);
}

void cli_model_close(cli_model *model)
{
    fsnn_session_close(model->session);
    for (int i = 0; i < model->tolds; i++)
        free(model->told[i]);
    free(model->told);
    *model = (cli_model){0};
}

const char *cli_model_units(const cli_model *model, char text[CLI_UNITS])
{
    const fsnn_units units = fsnn_description_units(model->description);
    return fsnn_units_text(&units, text, CLI_UNITS);
}

double cli_model_hertz(const cli_model *model)
{
    const fsnn_units units = fsnn_description_units(model->description);
    return fsnn_units_hertz(&units, fsnn_description_dynamics(model->description)->step);
}

void cli_model_json_units(const cli_model *model, cli_json *json)
{
    const fsnn_units units = fsnn_description_units(model->description);
    char text[CLI_UNITS];
    if (!*cli_model_units(model, text))
        return;
    cli_json_open(json, "units", '{');
    for (int q = 0; q < FSNN_QUANTITIES; q++)
        if (units.unit[q])
            cli_json_text(json, fsnn_quantity_name((fsnn_quantity)q),
                          fsnn_unit_name((fsnn_quantity)q, units.unit[q]));
    cli_json_close(json, '}');
}

void cli_model_warn(cli_model *model, fsnn_topic topic)
{
    const char *text;
    while ((text = fsnn_session_warning_on(model->session, topic, model->said[topic])) != NULL) {
        cli_warn("%s", text);
        model->said[topic]++;
    }
}

/* The network's warnings come and go as it is wrapped: they are told by their texts. Whether it was
 * not told before. */
static bool tell(cli_model *model, const char *text, bool print)
{
    for (int i = 0; i < model->tolds; i++)
        if (strcmp(model->told[i], text) == 0)
            return false;
    char **more = cli_allocate((size_t)model->tolds + 1, sizeof *more);
    if (model->tolds)
        memcpy(more, model->told, (size_t)model->tolds * sizeof *more);
    free(model->told);
    model->told = more;
    more[model->tolds++] = cli_format("%s", text);
    if (print)
        cli_warn("%s", text);
    return true;
}

void cli_model_warnings(cli_model *model)
{
    enum { SHOWN = 4 }; /* deep networks have the same remark for each layer */
    const char *text;
    int count = 0;
    cli_model_warn(model, FSNN_TOPIC_DESCRIPTION);
    for (int i = 0; (text = fsnn_session_warning_on(model->session, FSNN_TOPIC_NET, i)); i++)
        count += tell(model, text, count < SHOWN);
    if (count > SHOWN)
        cli_warn("%d more warnings of other layers", count - SHOWN);
}

int cli_model_data(cli_model *model, const bool wanted[FSNN_PARTS], bool in_order)
{
    fsnn_status status = fsnn_session_open_data(model->session, wanted, in_order);
    cli_model_warn(model, FSNN_TOPIC_DATA);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

int cli_model_wrap(cli_model *model, const fsnn_plan *plan, int64_t steps)
{
    fsnn_status status = fsnn_session_wrap(model->session, plan, steps);
    return status < 0 ? cli_fail_description(status) : CLI_GOOD;
}

int cli_model_prepare(cli_model *model, fsnn_part part, bool training)
{
    fsnn_status status = fsnn_session_prepare(model->session, part, training);
    cli_model_warn(model, FSNN_TOPIC_DATA);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

int cli_model_weights(cli_model *model, const char *path)
{
    const fsnn_session *session = model->session;
    const char *name;
    int said = 0;
    while (fsnn_session_warning_on(session, FSNN_TOPIC_NET, said))
        said++;
    fsnn_status status = fsnn_session_weights(model->session, path);
    if (status < 0)
        return cli_fail(status);
    for (const char *text; (text = fsnn_session_warning_on(session, FSNN_TOPIC_NET, said)); said++)
        tell(model, text, true);
    for (int i = 0; (name = fsnn_session_kept(session, i)) != NULL; i++)
        cli_say("%s is as --set has it, not as %s", name, path);
    return CLI_GOOD;
}

int cli_model_type(const cli_model *model, const char *name, fsnn_export_type *type)
{
    const fsnn_quantise quantise = fsnn_session_training(model->session)->quantise;
    int found = fsnn_export_type_find(name       ? name
                                      : quantise ? fsnn_quantise_name(quantise)
                                                 : "float");
    if (found < 0)
        return cli_error(CLI_USAGE, "--type: %s", fsnn_error_text());
    *type = (fsnn_export_type)found;
    return CLI_GOOD;
}

static void add_numbers(FILE *out, const double *number, int count)
{
    for (int i = 0; i < count; i++)
        fprintf(out, "%s%g", i ? ", " : "", number[i]);
}

/* "0.5", "0.3 + 0.5 (coefficients 1, 0.5)" */
static void add_order(FILE *out, const fsnn_order *order)
{
    for (int m = 0; m < order->terms; m++)
        fprintf(out, "%s%g", m ? " + " : "", order->alpha[m]);
    if (order->terms > 1 || order->coefficient[0] != 1) {
        fprintf(out, " (coefficient%s ", order->terms > 1 ? "s" : "");
        add_numbers(out, order->coefficient, order->terms);
        fputc(')', out);
    }
    if (order->learn_alpha)
        fputs(" learned", out);
}

static void add_memory(FILE *out, const fsnn_dynamics *dynamics)
{
    fsnn_engine engine = FSNN_ENGINE_DIRECT;
    fsnn_engine_settle(dynamics, &engine);
    if (dynamics->memory > 0)
        fprintf(out, ", memory %lld steps", (long long)dynamics->memory);
    else if (engine != FSNN_ENGINE_DIRECT)
        fprintf(out, ", full memory by exponentials to %g", dynamics->tolerance);
    else
        fputs(", full memory", out);
}

fsnn_method cli_dynamics_method(const fsnn_dynamics *dynamics)
{
    if (dynamics->method != FSNN_METHOD_DEFAULT)
        return dynamics->method;
    return dynamics->integrator == FSNN_ODEINT ? FSNN_EULER : FSNN_GL;
}

char *cli_dynamics_text(const fsnn_dynamics *dynamics)
{
    enum { SHOWN = 8 };
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return cli_format("-");
    bool fractional = dynamics->integrator == FSNN_FDEINT;
    fprintf(out, "%s %s%s", fractional ? "fdeint" : "odeint", dynamics->implicit ? "implicit " : "",
            fsnn_method_name(cli_dynamics_method(dynamics)));
    for (int i = 0; fractional && i < dynamics->orders && i < SHOWN; i++) {
        fputs(i ? ", " : ", alpha ", out);
        add_order(out, &dynamics->order[i]);
    }
    if (fractional && dynamics->orders > SHOWN)
        fputs(", ...", out);
    fprintf(out, ", step %g", dynamics->step);
    if (fractional)
        add_memory(out, dynamics);
    if (dynamics->precision == FSNN_PRECISION_DOUBLE)
        fputs(", double precision", out);
    fclose(out);
    return text;
}

int64_t cli_learnable(const fsnn_net *net)
{
    int64_t sum = 0;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *param = fsnn_net_param(net, i);
        if (param->learn)
            sum += fsnn_shape_count(&param->shape);
    }
    return sum;
}
