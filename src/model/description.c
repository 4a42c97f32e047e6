/* The whole description: the top-level keys, and the public functions on what was read. */
#include "base/error_key.h"
#include "model/data_kinds.h"
#include "model/description.h"

#include <stdlib.h>
#include <string.h>

static fsnn_status on_layers(yaml_doc *doc, const yaml_node *node, void *out)
{
    (void)doc;
    return layers_read(out, (yaml_node *)node);
}

static fsnn_status on_dynamics(yaml_doc *doc, const yaml_node *node, void *out)
{
    return dynamics_read(doc, (yaml_node *)node, &((fsnn_description *)out)->dynamics);
}

static fsnn_status on_data(yaml_doc *doc, const yaml_node *node, void *out)
{
    return data_read(doc, (yaml_node *)node, &((fsnn_description *)out)->data);
}

static fsnn_status on_training(yaml_doc *doc, const yaml_node *node, void *out)
{
    return training_read(doc, (yaml_node *)node, &((fsnn_description *)out)->training);
}

const char *const top_names[] = {"name", "input",    "layers", "output", "dynamics",
                                 "data", "training", "units",  NULL};

/* The value of a key is the number of a unit. */
static const char *time_name(int i)
{
    return fsnn_unit_name(FSNN_QUANTITY_TIME, i);
}

static const char *potential_name(int i)
{
    return fsnn_unit_name(FSNN_QUANTITY_POTENTIAL, i);
}

static const char *current_name(int i)
{
    return fsnn_unit_name(FSNN_QUANTITY_CURRENT, i);
}

static const fsnn_key units_keys[] = {
    {.name = "time",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_units, unit[FSNN_QUANTITY_TIME]),
     .name_of = time_name,
     .help = "of tau, step and refractory; with it firing rates are also in Hz"},
    {.name = "potential",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_units, unit[FSNN_QUANTITY_POTENTIAL]),
     .name_of = potential_name,
     .help = "of v, threshold, v_reset, v0 and rest"},
    {.name = "current",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_units, unit[FSNN_QUANTITY_CURRENT]),
     .name_of = current_name,
     .help = "of the input of neurons"},
    {0},
};

const fsnn_key top_keys[] = {
    {.name = "name",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(fsnn_description, name),
     .help = "name of the model; default: the file's name"},
    {.name = "input",
     .type = FSNN_KEY_SHAPE,
     .offset = offsetof(fsnn_description, input),
     .min = 1,
     .max = INT32_MAX,
     .required = true,
     .help = "shape of one sample at one time step, without time and batch, like [1, 28, 28]"},
    {.name = "units",
     .type = FSNN_KEY_GROUP,
     .offset = offsetof(fsnn_description, units),
     .group = units_keys,
     .help = "what numbers count in, for axes, tables, JSON and records; nothing is converted"},
    {0},
};

const special top_specials[] = {
    {.name = "layers",
     .read = on_layers,
     .required = true,
     .type = "a list of layers",
     .fallback = "must be given",
     .help = "the nodes of the network, in order"},
    {.name = "output",
     .type = "a name",
     .fallback = "the last node",
     .help = "the node whose output is the network's"},
    {.name = "dynamics",
     .read = on_dynamics,
     .type = "a mapping",
     .fallback = "see below",
     .help = "order, method and step of the neurons"},
    {.name = "data",
     .read = on_data,
     .type = "a mapping",
     .fallback = "none",
     .help = "training and test data"},
    {.name = "training",
     .read = on_training,
     .type = "a mapping",
     .fallback = "see below",
     .help = "loss, optimiser, schedule"},
    {0},
};

fsnn_status fail_passed_on(yaml_doc *doc, const yaml_node *node, fsnn_status status)
{
    const char *reason = fsnn_error_text();
    fsnn_status cause = fsnn_error_place().cause;
    char *copy = status == FSNN_EMEMORY ? NULL : pool_text(&doc->memory, reason, strlen(reason));
    if (!copy)
        return FSNN_EMEMORY;
    status = yaml_fail(doc, node, "%s", copy);
    fsnn_error_set_cause(cause);
    return status;
}

/* "dir/mlp.yaml" -> folder "dir/", name "mlp". */
static fsnn_status settle_path(fsnn_description *d, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash ? slash + 1 : path, *dot = strrchr(file, '.');
    d->folder = pool_text(&d->doc.memory, path, (size_t)(file - path));
    d->name =
        pool_text(&d->doc.memory, file, dot && dot != file ? (size_t)(dot - file) : strlen(file));
    return d->folder && d->name ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status read_tree(fsnn_description *d)
{
    yaml_node *root = d->doc.root;
    d->training = fsnn_training_default();
    d->data = &data_none;
    FSNN_TRY(keys_read(&d->doc, root, root, top_keys, top_specials, d));
    d->limit_seed = d->training.seed;
    FSNN_TRY(output_read(d, yaml_find(root, "output")));
    if (!yaml_find(root, "dynamics"))
        FSNN_TRY(dynamics_read(&d->doc, NULL, &d->dynamics));
    return dynamics_check(d);
}

static fsnn_status parse(fsnn_description *d, const char *path, const char *text, size_t size,
                         const char *const *set, int count)
{
    FSNN_TRY(yaml_parse(&d->doc, path, text, size));
    FSNN_TRY(settle_path(d, path));
    if (yaml_null(d->doc.root))
        return fsnn_error_set_place(
            fsnn_fail(FSNN_EDESCRIPTION,
                      "%s:1:1: the description is empty: expected a mapping with the keys input, "
                      "layers and dynamics",
                      path),
            path, 1, 1, "");
    if (d->doc.root->type != YAML_MAP)
        return read_wrong(&d->doc, d->doc.root,
                          "a mapping with the keys input, layers and dynamics");
    for (int i = 0; i < count; i++)
        FSNN_TRY(override_apply(&d->doc, set[i]));
    FSNN_TRY(read_tree(d));
    if (!*d->name)
        return yaml_fail(&d->doc, yaml_find(d->doc.root, "name"),
                         "found an empty text, expected a name; without this key it is the file's");
    return description_settle(d);
}

fsnn_status description_parse(const char *path, const char *text, size_t size,
                              const char *const *set, int count, fsnn_description **out)
{
    fsnn_description *d = fsnn_alloc(sizeof *d);
    *out = NULL;
    if (!d)
        return FSNN_EMEMORY;
    fsnn_status status = parse(d, path, text, size, set, count);
    if (status)
        fsnn_description_destroy(d);
    else
        *out = d;
    return status;
}

fsnn_status fsnn_description_read(const char *path, const char *const *set, int count,
                                  fsnn_description **description)
{
    uint8_t *text;
    size_t size;
    if (!description)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_description_read: there is nowhere to put the result");
    *description = NULL;
    if (!path || count < 0 || (count > 0 && !set))
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_description_read: path and set must not be NULL");
    FSNN_TRY(fsnn_file_read(path, &text, &size));
    fsnn_status status = description_parse(path, (const char *)text, size, set, count, description);
    fsnn_free(text);
    return status;
}

fsnn_status fsnn_description_parse(const char *path, const char *text, const char *const *set,
                                   int count, fsnn_description **description)
{
    if (!description)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_description_parse: there is nowhere to put the result");
    *description = NULL;
    if (!path || !text || count < 0 || (count > 0 && !set))
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_description_parse: path, text and set must not be NULL");
    return description_parse(path, text, strlen(text), set, count, description);
}

void fsnn_description_destroy(fsnn_description *description)
{
    if (!description)
        return;
    yaml_free(&description->doc);
    fsnn_free(description);
}

const char *fsnn_description_warning(const fsnn_description *description, int index)
{
    const yaml_remark *remark = description && index >= 0 ? description->doc.remark : NULL;
    for (; remark && index > 0; index--)
        remark = remark->next;
    return remark ? remark->text : NULL;
}

const char *fsnn_description_name(const fsnn_description *description)
{
    return description ? description->name : NULL;
}

fsnn_status fsnn_description_text(const fsnn_description *description, char **text)
{
    if (!description || !text)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_description_text: an argument is NULL");
    return yaml_emit(&description->doc, text);
}

fsnn_status fsnn_description_json(const fsnn_description *description, const char *without,
                                  char **text)
{
    if (!description || !text)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_description_json: description and text must not be NULL");
    return yaml_emit_json(&description->doc, without, text);
}

const fsnn_dynamics *fsnn_description_dynamics(const fsnn_description *description)
{
    return description ? &description->dynamics.dynamics : NULL;
}

const double *fsnn_description_times(const fsnn_description *description, int64_t *count)
{
    if (count)
        *count = description ? description->dynamics.count : 0;
    return description ? description->dynamics.times : NULL;
}

fsnn_interpolation fsnn_description_interpolation(const fsnn_description *description)
{
    return description ? description->dynamics.interpolation : (fsnn_interpolation)0;
}

fsnn_sampling fsnn_description_sampling(const fsnn_description *description)
{
    if (!description || !description->dynamics.times)
        return (fsnn_sampling){0};
    const dynamics_section *d = &description->dynamics;
    return (fsnn_sampling){d->times, d->count, d->dynamics.step, d->interpolation};
}

fsnn_units fsnn_description_units(const fsnn_description *description)
{
    return description ? description->units : (fsnn_units){{0}};
}

const fsnn_training *fsnn_description_training(const fsnn_description *description)
{
    return description ? &description->training : NULL;
}

const fsnn_encoder *fsnn_description_encoder(const fsnn_description *description)
{
    return description ? &description->data->encoder : NULL;
}

const fsnn_augment *fsnn_description_augment(const fsnn_description *description)
{
    return description ? &description->data->augment : NULL;
}

bool fsnn_description_shuffle(const fsnn_description *description)
{
    return description && description->data->shuffle;
}

bool fsnn_description_still(const fsnn_description *description)
{
    const data_section *data = description ? description->data : NULL;
    return data && data->given && data_is_timeless(data) &&
           data->encoder.kind == FSNN_ENCODE_DIRECT && !data->encoder.sparse;
}

bool fsnn_description_has_data(const fsnn_description *description)
{
    return description && description->data->given;
}
