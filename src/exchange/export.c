/* exchange/export.c: a network as a NIR graph. Its description and the parameters that no field of
 * NIR has as they are stand in the metadata of the graph, so that an import of the unchanged file
 * gives the same network (restore.c). */
#include "exchange/export.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error_key.h"

fsnn_nir_export_options fsnn_nir_export_options_default(void)
{
    return (fsnn_nir_export_options){0};
}

/* ---- metadata of the graph ---- */

/* Whether a field of NIR has the parameter as it is. */
static bool has_field(const exporter *ex, const fsnn_param *param)
{
    static const char *const kinds[] = {"linear", "conv1d", "conv2d"};
    const char *dot = strrchr(param->name, '.');
    for (int i = 1; dot && i < ex->count; i++) {
        const fsnn_node_info *info = &ex->entry[i].info;
        size_t length = (size_t)(dot - param->name);
        bool his = strlen(info->name) == length && !strncmp(info->name, param->name, length);
        for (int k = 0; his && k < FSNN_COUNT(kinds); k++)
            if (!strcmp(info->kind, kinds[k]))
                return true;
    }
    return false;
}

static fsnn_status add_parameters(exporter *ex, int metadata)
{
    int group = export_group(ex, metadata, "parameters");
    for (int i = 0; i < fsnn_net_param_count(ex->net) && !ex->failed; i++) {
        const fsnn_param *param = fsnn_net_param(ex->net, i);
        const int64_t count = fsnn_shape_count(&param->shape);
        if (has_field(ex, param))
            continue;
        int at = hdf_add_reals(&ex->nir->tree, group, param->name, param->shape.rank,
                               param->shape.dim, NULL, !param->value64);
        if (at < 0)
            return (fsnn_status)at;
        for (int64_t k = 0; k < count; k++)
            ex->nir->tree.item[at].real[k] =
                param->value64 ? param->value64[k] : (double)param->value[k];
    }
    return ex->failed;
}

/* In JSON, which every build reads; where somebody's data lie is nobody else's matter. */
static fsnn_status add_metadata(exporter *ex, int root)
{
    char *text;
    int group = export_group(ex, root, "metadata");
    FSNN_TRY(fsnn_description_json(ex->description, "data", &text));
    export_text(ex, group, "fsnn", fsnn_version());
    export_text(ex, group, "description", text);
    free(text);
    export_number(ex, group, "dt", ex->options.dt);
    export_number(ex, group, "expand", ex->options.expand);
    return ex->failed ? ex->failed : add_parameters(ex, group);
}

/* ---- nodes ---- */

static void add_ends(exporter *ex)
{
    fsnn_shape in, out;
    if (ex->failed || (ex->failed = fsnn_net_shapes(ex->net, &in, &out)) < 0)
        return;
    const struct {
        const char *name, *type;
        const fsnn_shape *shape;
    } ends[] = {{"input", "Input", &in}, {"output", "Output", &out}};
    for (int i = 0; i < FSNN_COUNT(ends); i++) {
        int group = export_group(ex, ex->nodes_group, ends[i].name);
        export_text(ex, group, "type", ends[i].type);
        export_sizes(ex, group, "shape", ends[i].shape->rank, ends[i].shape->dim);
    }
}

/* "output" belongs to the Output. */
static void rename_output(exporter *ex)
{
    for (int i = 1; i < ex->count; i++)
        if (!strcmp(ex->entry[i].name, "output")) {
            char *name = fsnn_strdup("output_");
            if (!name) {
                ex->failed = FSNN_EMEMORY;
                return;
            }
            fsnn_free(ex->entry[i].name);
            ex->entry[i].name = name;
        }
}

/* A path of HDF5 has slashes between its groups, in the metadata too. */
static void check_names(exporter *ex)
{
    for (int i = 1; i < ex->count; i++)
        if (strchr(ex->entry[i].info.name, '/'))
            export_refuse(ex, i, "a name of a NIR graph has no slash: give the layer another name");
}

/* A layer that becomes several nodes takes names of its own. */
static void check_doubles(exporter *ex)
{
    const hdf_tree *tree = &ex->nir->tree;
    const int group = ex->nodes_group;
    for (int i = hdf_next(tree, group, group); i >= 0 && !ex->failed; i = hdf_next(tree, group, i))
        if (hdf_find(tree, group, tree->item[i].name) != i)
            ex->failed = fsnn_fail(FSNN_EUNSUPPORTED,
                                   "two nodes of the graph would be called \"%s\": give the layer "
                                   "of this name another one",
                                   tree->item[i].name);
}

static fsnn_status add_nodes(exporter *ex)
{
    check_names(ex);
    rename_output(ex);
    add_ends(ex);
    for (int i = 1; i < ex->count && !ex->failed; i++) {
        if (ex->entry[i].role != EXPORT_NODE)
            continue;
        const export_kind *kind = export_kind_of(ex->entry[i].info.kind);
        if (export_expands(ex, i)) {
            export_expanded(ex, i);
            continue;
        }
        if (ex->entry[i].many) {
            kind->write(ex, i, 0);
            continue;
        }
        int group = export_group(ex, ex->nodes_group, ex->entry[i].name);
        if (kind->type)
            export_text(ex, group, "type", kind->type);
        if (!ex->failed)
            kind->write(ex, i, group);
    }
    return ex->failed;
}

/* ---- all ---- */

/* The network once more, with its memory by exponentials for `expand`. */
static fsnn_status make_bank(exporter *ex)
{
    const fsnn_plan plan = {.steps = 1, .batch = 1, .seed = 1};
    fsnn_dynamics d = *ex->dynamics;
    if (!(ex->options.expand > 0) || d.integrator != FSNN_FDEINT || d.memory)
        return FSNN_OK; /* a memory that ends is refused by its layer */
    d.tolerance = ex->options.expand;
    d.horizon = d.horizon ? d.horizon : FSNN_HORIZON;
    d.engine = FSNN_ENGINE_EXPONENTIALS;
    FSNN_TRY(fsnn_description_net(ex->description, &ex->bank));
    FSNN_TRY(fsnn_net_wrap(ex->bank, &d, &plan));
    for (int i = 0; i < fsnn_net_param_count(ex->net); i++) {
        const fsnn_param *from = fsnn_net_param(ex->net, i), *to = fsnn_net_param(ex->bank, i);
        const size_t count = (size_t)fsnn_shape_count(&from->shape);
        if (from->value64)
            memcpy(to->value64, from->value64, count * sizeof(double));
        else
            memcpy(to->value, from->value, count * sizeof(float));
    }
    return fsnn_net_params_changed(ex->bank);
}

static fsnn_status fill(exporter *ex)
{
    hdf_tree *tree = &ex->nir->tree;
    FSNN_TRY(hdf_tree_begin(tree));
    export_text(ex, 0, "version", "1.0.8");
    int root = export_group(ex, 0, "node");
    export_text(ex, root, "type", "NIRGraph");
    ex->nodes_group = export_group(ex, root, "nodes");
    FSNN_TRY(ex->failed);
    FSNN_TRY(make_bank(ex));
    FSNN_TRY(export_roles(ex));
    FSNN_TRY(add_nodes(ex));
    FSNN_TRY(export_edges(ex));
    check_doubles(ex);
    FSNN_TRY(ex->failed);
    FSNN_TRY(export_remarks(ex));
    FSNN_TRY(add_metadata(ex, root));
    return nir_look(ex->nir);
}

static void release(exporter *ex)
{
    fsnn_net_destroy(ex->bank);
    for (int i = 0; ex->entry && i < ex->count; i++)
        fsnn_free(ex->entry[i].name);
    fsnn_free(ex->entry);
    texts_free(&ex->from);
    texts_free(&ex->to);
}

static fsnn_status check(const fsnn_net *net, const fsnn_nir_export_options *o)
{
    fsnn_shape in, out;
    FSNN_TRY(fsnn_net_shapes(net, &in, &out));
    if (!(o->dt >= 0 && isfinite(o->dt)))
        return fsnn_fail_key(FSNN_EARGUMENT, "dt", "dt %g must be a positive number of seconds",
                             o->dt);
    if (!(o->expand == 0 || (o->expand >= 1e-12 && o->expand <= 0.1)))
        return fsnn_fail_key(FSNN_EARGUMENT, "expand-memory",
                             "the tolerance %g must lie between 1e-12 and 0.1", o->expand);
    return FSNN_OK;
}

fsnn_status fsnn_nir_export(const fsnn_description *description, const fsnn_net *net,
                            const fsnn_nir_export_options *options, fsnn_nir **nir)
{
    FSNN_NEED(nir);
    *nir = NULL;
    FSNN_NEED(description);
    FSNN_NEED(net);
    FSNN_NEED(options);
    FSNN_TRY(check(net, options));
    const fsnn_dynamics *dynamics = fsnn_description_dynamics(description);
    exporter ex = {.description = description,
                   .net = net,
                   .dynamics = dynamics,
                   .options = *options,
                   .unit = options->dt > 0 ? options->dt / dynamics->step : 1,
                   .count = fsnn_net_node_count(net)};
    ex.nir = fsnn_alloc(sizeof *ex.nir);
    ex.entry = fsnn_alloc((size_t)ex.count * sizeof *ex.entry);
    bool room = ex.nir && ex.entry;
    if (room)
        ex.nir->file = fsnn_strdup(fsnn_description_name(description));
    fsnn_status status = room && ex.nir->file ? fill(&ex) : FSNN_EMEMORY;
    release(&ex);
    if (!status) {
        *nir = ex.nir;
        return FSNN_OK;
    }
    fsnn_error error;
    fsnn_error_keep(&error);
    fsnn_nir_destroy(ex.nir);
    fsnn_error_restore(&error);
    return status;
}
