/* cli/convert/to_nir.c: a description and its weights as a NIR graph. */
#include "cli/convert/convert.h"
#include "cli/look/nir.h"

#include <stdlib.h>

static int export_failed(fsnn_status status)
{
    fsnn_place place = fsnn_error_place();
    if (status == FSNN_EARGUMENT && *place.key)
        return cli_error(CLI_USAGE, "--%s: %s", place.key, fsnn_error_text());
    return cli_fail(status);
}

static int write(const convert_options *o, const cli_model *model)
{
    fsnn_nir_export_options options = fsnn_nir_export_options_default();
    fsnn_nir *nir;
    options.dt = o->dt.given ? o->dt.value : 0;
    options.expand = o->expand.given ? o->expand.value : 0;
    fsnn_status status = fsnn_nir_export(model->description, model->net, &options, &nir);
    if (status < 0)
        return export_failed(status);
    nir_remarks(nir, o->output);
    status = fsnn_nir_write(nir, o->output);
    if (!status)
        cli_out("%s\n", o->output);
    fsnn_nir_destroy(nir);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

static int check(const convert_options *o, const char *weights)
{
    if (o->unit || o->reset)
        return cli_error(CLI_USAGE, "--%s is for the way from NIR", o->unit ? "unit" : "reset");
    if (o->precision)
        return cli_error(CLI_USAGE, "--precision is for the way from NIR: here dynamics.precision "
                                    "decides");
    if (!weights)
        return cli_error(CLI_USAGE,
                         "--weights are missing: the weights of %s, .safetensors, .npz or .pt",
                         convert_input(o));
    return cli_check_writable(o->output);
}

int convert_to_nir(const convert_options *o)
{
    if (o->camera)
        return cli_error(CLI_USAGE, "--camera is for recordings of events");
    const char *weights = o->weights;
    char *owned = NULL;
    cli_model model = {0};
    int code = cli_run_weights(convert_input(o), true, &weights, &owned);
    if (code == CLI_GOOD)
        code = check(o, weights);
    if (code == CLI_GOOD)
        code = cli_model_open(&model, convert_input(o), &o->common);
    if (code == CLI_GOOD)
        code = cli_model_wrap(&model, &(fsnn_plan){.steps = 1, .batch = 1}, 1);
    if (code == CLI_GOOD)
        code = cli_model_weights(&model, weights);
    if (code == CLI_GOOD) {
        cli_model_warnings(&model);
        code = write(o, &model);
    }
    cli_model_close(&model);
    free(owned);
    return code;
}
