/* cli/convert/from_nir.c: a NIR graph as a folder with a description and its weights. */
#include "cli/convert/convert.h"
#include "cli/look/nir.h"

#include <stdlib.h>
#include <string.h>

static int read_unit(const char *name, double *unit)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}};
    char *end;
    *unit = 0;
    if (!name)
        return CLI_GOOD;
    for (int i = 0; i < CLI_COUNT(units); i++)
        if (!strcmp(name, units[i].name)) {
            *unit = units[i].seconds;
            return CLI_GOOD;
        }
    *unit = strtod(name, &end);
    if (end != name && !*end && *unit > 0 && *unit < 1e30)
        return CLI_GOOD;
    return cli_error(CLI_USAGE, "--unit is \"%s\": s, ms, us or a number of seconds are possible",
                     name);
}

static int read_options(const convert_options *o, fsnn_nir_import_options *import)
{
    *import = fsnn_nir_import_options_default();
    import->dt = o->dt.given ? o->dt.value : 0;
    if (o->reset && strcmp(o->reset, "value") != 0 && strcmp(o->reset, "subtract") != 0)
        return cli_error(CLI_USAGE, "--reset is \"%s\": value and subtract are possible", o->reset);
    if (o->reset)
        import->reset = fsnn_reset_find(o->reset);
    if (o->camera)
        return cli_error(CLI_USAGE, "--camera is for recordings of events");
    if (o->expand.given)
        return cli_error(CLI_USAGE, "--expand-memory is for the way to NIR");
    if (o->weights)
        return cli_error(CLI_USAGE, "--weights are for the way to NIR: a NIR graph has its own");
    int code = o->precision ? cli_precision_find(o->precision, &import->precision) : CLI_GOOD;
    return code == CLI_GOOD ? read_unit(o->unit, &import->unit) : code;
}

/* Options of the library are those of the command. */
static int import_failed(fsnn_status status)
{
    fsnn_place place = fsnn_error_place();
    if (status == FSNN_EARGUMENT && *place.key)
        return cli_error(CLI_USAGE, "--%s: %s", place.key, fsnn_error_text());
    return cli_fail(status);
}

static int write_text(const char *path, const char *text)
{
    fsnn_file file = {0};
    fsnn_status status = fsnn_file_create(&file, path);
    if (!status) {
        fputs(text, file.stream);
        status = fsnn_file_commit(&file);
    }
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

/* DIR/NAME.yaml and DIR/NAME.safetensors. */
static int write_model(const convert_options *o, const char *description, const fsnn_net *net)
{
    char *name = cli_format("%s", cli_base_name(convert_input(o))), *dot = strrchr(name, '.');
    if (dot && dot != name)
        *dot = '\0';
    char *yaml = cli_format("%s.yaml", name), *weights = cli_format("%s.safetensors", name);
    char *to = cli_path(o->output, yaml), *beside = cli_path(o->output, weights);
    int code = cli_make_directory(o->output);
    if (code == CLI_GOOD) {
        fsnn_status status = fsnn_weights_save(net, beside);
        code = status < 0 ? cli_fail(status) : write_text(to, description);
    }
    if (code == CLI_GOOD)
        cli_out("%s\n%s\n", to, beside);
    free(beside);
    free(to);
    free(weights);
    free(yaml);
    free(name);
    return code;
}

static int import(const convert_options *o, fsnn_nir *nir, const fsnn_nir_import_options *options)
{
    char *description;
    fsnn_net *net;
    fsnn_status status = fsnn_nir_import(nir, options, &description, &net);
    nir_remarks(nir, convert_input(o));
    if (status < 0)
        return import_failed(status);
    const char *warning;
    for (int i = 0; (warning = fsnn_net_warning(net, i)) != NULL; i++)
        cli_warn("%s", warning);
    int code = write_model(o, description, net);
    fsnn_net_destroy(net);
    free(description);
    return code;
}

int convert_from_nir(const convert_options *o)
{
    fsnn_nir_import_options options;
    fsnn_nir *nir;
    int code = read_options(o, &options);
    if (code != CLI_GOOD)
        return code;
    fsnn_status status = fsnn_nir_read(convert_input(o), &nir);
    if (status < 0)
        return cli_fail(status);
    code = import(o, nir, &options);
    fsnn_nir_destroy(nir);
    return code;
}
