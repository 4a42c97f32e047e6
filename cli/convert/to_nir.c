/* cli/convert/to_nir.c: a description and its weights as a NIR graph. */
#include "cli/convert/convert.h"
#include "cli/look/nir.h"

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

static int check(const convert_options *o)
{
    if (o->camera)
        return cli_error(CLI_USAGE, "--camera is for recordings of events");
    if (o->unit || o->reset)
        return cli_error(CLI_USAGE, "--%s is for the way from NIR", o->unit ? "unit" : "reset");
    if (o->precision)
        return cli_error(CLI_USAGE, "--precision is for the way from NIR: here dynamics.precision "
                                    "decides");
    return cli_check_writable(o->output);
}

int convert_to_nir(const convert_options *o)
{
    cli_model model = {0};
    int code = check(o);
    if (code == CLI_GOOD)
        code = convert_open(&model, o);
    if (code == CLI_GOOD) {
        cli_model_warnings(&model);
        code = write(o, &model);
    }
    cli_model_close(&model);
    return code;
}
