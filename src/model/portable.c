/* What a description takes from its place, written into its tree: the default name, and the paths
 * of data, beside it or elsewhere. Its text then means the same wherever it is put. */
#include "model/data_kinds.h"
#include "model/description.h"

#include "base/port_files.h"

#include <string.h>

static yaml_node *text_node(yaml_doc *doc, const char *text)
{
    yaml_node *node = yaml_new(doc, YAML_SCALAR);
    if (node)
        node->text = text;
    return node;
}

/* The default name, as the first key. */
static fsnn_status settle_name(fsnn_description *d)
{
    yaml_node *root = d->doc.root;
    if (yaml_find(root, "name"))
        return FSNN_OK;
    yaml_node *value = text_node(&d->doc, d->name), *key = text_node(&d->doc, "name");
    if (!value || !key)
        return FSNN_EMEMORY;
    key->plain = true;
    value->key = key;
    value->parent = root;
    value->next = root->first;
    root->first = value;
    if (!root->last)
        root->last = value;
    root->count++;
    return FSNN_OK;
}

/* A path that leads to a file beside the description, below FSNN_DATA or the home folder becomes
 * absolute; what is not there stays as it is. */
static fsnn_status settle_file(fsnn_description *d, yaml_node *node)
{
    const char *try[DATA_CANDIDATES];
    if (!node || node->type != YAML_SCALAR || node->text[0] == '/')
        return FSNN_OK;
    FSNN_TRY(data_candidates(d, &d->doc.memory, node->text, try));
    char *absolute = NULL;
    for (int i = 0; i < DATA_CANDIDATES && try[i] && !absolute; i++)
        FSNN_TRY(port_real_path(try[i], &absolute));
    if (!absolute)
        return FSNN_OK;
    const char *text = pool_text(&d->doc.memory, absolute, strlen(absolute));
    fsnn_free(absolute);
    if (!text)
        return FSNN_EMEMORY;
    node->text = text;
    node->plain = false;
    return FSNN_OK;
}

/* The paths among the values of a table's keys; the node may be the value of the first. */
static fsnn_status settle_paths(fsnn_description *d, yaml_node *node, const fsnn_key *table)
{
    const fsnn_key *first = fsnn_keys_first(table);
    if (!node || !first)
        return FSNN_OK;
    if (node->type != YAML_MAP)
        return first->file ? settle_file(d, node) : FSNN_OK;
    for (const fsnn_key *key = first; key; key = fsnn_keys_next(key)) {
        yaml_node *value = yaml_find(node, key->name);
        if (key->file)
            FSNN_TRY(settle_file(d, value));
        else if (key->type == FSNN_KEY_GROUP && value && value->type != YAML_LIST)
            FSNN_TRY(settle_paths(d, value, key->group));
    }
    return FSNN_OK;
}

/* A key at the end of a mapping. */
static fsnn_status append(yaml_doc *doc, yaml_node *map, const char *name, const char *text)
{
    if (yaml_find(map, name))
        return FSNN_OK;
    yaml_node *value = text_node(doc, text), *key = text_node(doc, name);
    if (!value || !key)
        return FSNN_EMEMORY;
    key->plain = value->plain = true;
    value->key = key;
    value->parent = map;
    if (map->last)
        map->last->next = value;
    else
        map->first = value;
    map->last = value;
    map->count++;
    return FSNN_OK;
}

/* What the validation set is drawn with, so that a run keeps it whatever the defaults are. */
static fsnn_status settle_split(fsnn_description *d)
{
    const data_section *s = d->data;
    if (!(fsnn_description_holdout(d).share > 0))
        return FSNN_OK;
    const char *seed = pool_format(&d->doc.memory, "%llu", (unsigned long long)s->split_seed);
    if (!seed)
        return FSNN_EMEMORY;
    FSNN_TRY(append(&d->doc, (yaml_node *)s->node, "split_seed", seed));
    return append(&d->doc, (yaml_node *)s->node, "split_by", data_split_names[s->split_by]);
}

fsnn_status description_settle(fsnn_description *d)
{
    FSNN_TRY(settle_name(d));
    for (int i = 0; i < d->layers; i++)
        if (layer_follows_edges(&d->layer[i]))
            FSNN_TRY(settle_file(d, yaml_find(layer_options(d->layer[i].node), "path")));
    if (!d->data->given)
        return FSNN_OK;
    FSNN_TRY(settle_split(d));
    return settle_paths(d, (yaml_node *)d->data->node, data_kinds[d->data->kind]->keys);
}
