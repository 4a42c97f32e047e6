/* exchange/import.c: a NIR graph as a description and its network. The description is read like any
 * other, so that what it cannot do is said by the reader and by fsnn_net_wrap. */
#include "exchange/import.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error_key.h"

fsnn_nir_import_options fsnn_nir_import_options_default(void)
{
    return (fsnn_nir_import_options){.reset = -1};
}

/* ---- what has to be said ---- */

/* The first node with a time, or a rate; *field: of what. -1: none. */
static int timed(const fsnn_nir *nir, const char **field)
{
    for (int i = 0; i < nir->nodes; i++) {
        const nir_type *type = nir->node[i].type;
        for (const nir_field *f = type->field; f->name; f++)
            if (f->time || type->kind == NIR_I || type->kind == NIR_IF) {
                *field = f->name;
                return i;
            }
    }
    return -1;
}

static fsnn_status ask_dt(const fsnn_nir *nir, int node, const char *field)
{
    const double x = nir_value(nir, node, field, 0);
    if (!strcmp(field, "r"))
        return fsnn_fail_key(
            FSNN_EARGUMENT, "dt",
            "%s has r %.6g: an input of 1 raises its potential by r dt a step, %.6g "
            "with steps of 0.0001 s, %.6g where times are in steps (dt 1), and the "
            "file does not say which: say how many seconds a step has",
            nir_at(nir, node), x, x * 1e-4, x);
    return fsnn_fail_key(
        FSNN_EARGUMENT, "dt",
        "%s has %s %.6g: with steps of 0.0001 s that is %.6g steps where it is in "
        "seconds, %.6g steps where it is in milliseconds, and the file does not say "
        "which: say how many seconds a step has (and the unit where it is not "
        "seconds)",
        nir_at(nir, node), field, x, x / 1e-4, x / 0.1);
}

static fsnn_status ask_reset(const fsnn_nir *nir, int node)
{
    const double threshold = nir_value(nir, node, "v_threshold", 0),
                 reset = nir_value(nir, node, "v_reset", 0), v = threshold + 0.5 * fabs(threshold);
    return fsnn_fail_key(
        FSNN_EARGUMENT, "reset",
        "%s has v_threshold %.6g and v_reset %.6g: a spike at the potential %.6g leaves "
        "%.6g where it sets the potential (value), %.6g where it takes the threshold "
        "from it (subtract), and the file does not say which",
        nir_at(nir, node), threshold, reset, v, reset, v - threshold);
}

static fsnn_status check_options(const fsnn_nir *nir, fsnn_nir_import_options *o)
{
    const char *field = "";
    int with_time = timed(nir, &field);
    if (!(o->dt >= 0 && isfinite(o->dt)) || !(o->unit >= 0 && isfinite(o->unit)))
        return fsnn_fail_key(FSNN_EARGUMENT, o->dt >= 0 && isfinite(o->dt) ? "unit" : "dt",
                             "dt %g and unit %g must be positive numbers of seconds", o->dt,
                             o->unit);
    if (o->reset != -1 && o->reset != FSNN_RESET_VALUE && o->reset != FSNN_RESET_SUBTRACT)
        return fsnn_fail_key(FSNN_EARGUMENT, "reset",
                             "reset is value or subtract: NIR has no others");
    if (o->precision != FSNN_PRECISION_SINGLE && o->precision != FSNN_PRECISION_DOUBLE)
        return fsnn_fail_key(FSNN_EARGUMENT, "precision", "precision is single or double");
    if (with_time >= 0 && o->dt == 0)
        return ask_dt(nir, with_time, field);
    for (int i = 0; i < nir->nodes && o->reset == -1; i++)
        if (nir->node[i].type->spikes)
            return ask_reset(nir, i);
    o->dt = o->dt > 0 ? o->dt : 1;
    o->unit = o->unit > 0 ? o->unit : 1;
    return FSNN_OK;
}

/* ---- the description ---- */

static void write_name(text *t, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = fsnn_strdup(slash ? slash + 1 : path), *dot = name ? strrchr(name, '.') : NULL;
    if (dot && dot != name)
        *dot = '\0';
    text_add(t, "name: ");
    text_add_word(t, name ? name : "nir");
    fsnn_free(name);
}

/* The output of the network, a layer even where it is the input itself. */
static const char *output_of(importer *im)
{
    const char *output = import_value(im, im->nir->output);
    if (strcmp(output, "input") != 0)
        return output;
    const char *name = im->name[im->nir->output];
    char shape[160];
    import_begin(im, "reshape", name, "input");
    text_add(&im->layers, ", shape: %s",
             fsnn_shape_text(&im->nir->node[im->nir->input].out, shape, sizeof shape));
    import_end(im);
    return name;
}

static fsnn_status describe(importer *im, text *t)
{
    char shape[160];
    FSNN_TRY(import_layers(im));
    const char *output = output_of(im);
    write_name(t, im->nir->file);
    text_add(t, "\ninput: %s\nlayers:\n%s",
             fsnn_shape_text(&im->nir->node[im->nir->input].out, shape, sizeof shape),
             im->layers.bytes);
    text_add(t, "output: ");
    text_add_word(t, output);
    text_add(t, "\ndynamics: {integrator: odeint, method: euler, step: ");
    text_add_number(t, im->options.dt);
    text_add(t, im->options.precision == FSNN_PRECISION_DOUBLE ? ", precision: double}\n" : "}\n");
    return t->failed || im->failed ? FSNN_EMEMORY : FSNN_OK;
}

/* ---- the network ---- */

static fsnn_status set(fsnn_net *net, const setting *s)
{
    const fsnn_param *param = fsnn_net_param_find(net, s->param);
    if (!param || fsnn_shape_count(&param->shape) != s->count)
        return fsnn_fail(FSNN_ESHAPE, "%s: the network has %lld values, the file %lld", s->param,
                         param ? (long long)fsnn_shape_count(&param->shape) : 0,
                         (long long)s->count);
    for (int64_t i = 0; i < s->count; i++) {
        if (param->value64)
            param->value64[i] = s->value[i];
        else
            param->value[i] = (float)s->value[i];
        if (!param->value64 && !isfinite(param->value[i]))
            return fsnn_fail(FSNN_ENUMERIC, "%s[%lld] is %g, which single precision does not hold",
                             s->param, (long long)i, s->value[i]);
    }
    return FSNN_OK;
}

static fsnn_status build(const fsnn_description *description, const importer *im, fsnn_net **net)
{
    const fsnn_plan plan = {.steps = 1, .batch = 1, .seed = 1};
    FSNN_TRY(fsnn_description_net(description, net));
    FSNN_TRY(fsnn_net_wrap(*net, fsnn_description_dynamics(description), &plan));
    for (int i = 0; i < im->settings; i++)
        FSNN_TRY(set(*net, &im->setting[i]));
    return fsnn_net_params_changed(*net);
}

/* A build that does not read YAML gets JSON. */
static fsnn_status parse(const importer *im, text *t, fsnn_description **read)
{
    fsnn_status status = fsnn_description_parse(im->nir->file, t->bytes, NULL, 0, read);
    if (status != FSNN_EUNSUPPORTED)
        return status;
    text json = {0};
    status = import_to_json(t->bytes, &json);
    text_free(t);
    *t = json;
    return status ? status : fsnn_description_parse(im->nir->file, t->bytes, NULL, 0, read);
}

static fsnn_status make(importer *im, char **description, fsnn_net **net)
{
    text t = {0};
    fsnn_description *read = NULL;
    fsnn_net *built = NULL;
    fsnn_status status = import_name_all(im);
    if (!status)
        status = describe(im, &t);
    if (!status)
        status = parse(im, &t, &read);
    if (!status)
        status = build(read, im, &built);
    if (!status)
        status = import_remark_rounded(im);
    if (!status)
        status = import_remark_metadata(im);
    char *copy = status ? NULL : malloc((size_t)t.length + 1);
    if (!status && !copy)
        status = fsnn_fail(FSNN_EMEMORY, "out of memory");
    if (copy)
        memcpy(copy, t.bytes, (size_t)t.length + 1);
    fsnn_error error;
    fsnn_error_keep(&error);
    text_free(&t);
    fsnn_description_destroy(read);
    if (status || !net) {
        fsnn_net_destroy(built);
        built = NULL;
    }
    fsnn_error_restore(&error);
    *description = copy;
    if (net)
        *net = built;
    return status;
}

/* What was given and does not count. */
static fsnn_status remark_ignored(fsnn_nir *nir, const fsnn_nir_import_options *o)
{
    if (o->dt == 0 && o->unit == 0 && o->reset == -1)
        return FSNN_OK;
    return texts_add(&nir->remark,
                     "fsnn wrote the file: dt, unit and reset are those of the network "
                     "that it was made from");
}

static void release(importer *im)
{
    for (int i = 0; im->name && i < im->nir->nodes; i++)
        fsnn_free(im->name[i]);
    for (int i = 0; i < im->settings; i++) {
        fsnn_free(im->setting[i].param);
        fsnn_free(im->setting[i].value);
    }
    fsnn_free(im->setting);
    fsnn_free(im->name);
    fsnn_free(im->late);
    texts_free(&im->used);
    text_free(&im->layers);
}

fsnn_status fsnn_nir_import(fsnn_nir *nir, const fsnn_nir_import_options *options,
                            char **description, fsnn_net **net)
{
    if (net)
        *net = NULL;
    FSNN_NEED(description);
    *description = NULL;
    FSNN_NEED(nir);
    FSNN_NEED(options);
    importer im = {.nir = nir, .options = *options};
    fsnn_net *restored = NULL;
    bool done;
    if (nir->several)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: %s", nir->file, nir->several);
    FSNN_TRY(import_restore(nir, description, &restored, &done));
    if (done) {
        if (net)
            *net = restored;
        else
            fsnn_net_destroy(restored);
        return remark_ignored(nir, options);
    }
    FSNN_TRY(check_options(nir, &im.options));
    im.name = fsnn_alloc((size_t)nir->nodes * sizeof *im.name);
    im.late = fsnn_alloc((size_t)nir->nodes * sizeof *im.late);
    fsnn_status status = im.name && im.late ? make(&im, description, net) : FSNN_EMEMORY;
    release(&im);
    return status;
}
