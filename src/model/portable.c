/* What a description takes from the place of its file, written into its tree: the default name, and
 * the paths of data that lie beside it. The text of the description then means the same wherever it
 * is put. */
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

/* A relative path that leads to a file beside the description becomes absolute; others (below
 * FSNN_DATA, or not there) stay. */
static fsnn_status settle_file(fsnn_description *d, yaml_node *node)
{
    if (!node || node->type != YAML_SCALAR || node->text[0] == '/' || node->text[0] == '~')
        return FSNN_OK;
    const char *beside = pool_format(&d->doc.memory, "%s%s", d->folder, node->text);
    if (!beside)
        return FSNN_EMEMORY;
    char *absolute;
    FSNN_TRY(port_real_path(beside, &absolute));
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

static fsnn_status settle_set(fsnn_description *d, yaml_node *set)
{
    static const char *const keys[] = {"path",    "images", "labels", "samples",
                                       "classes", "list",   "except"};
    if (!set || set->type != YAML_MAP)
        return settle_file(d, set);
    for (int i = 0; i < FSNN_COUNT(keys); i++)
        FSNN_TRY(settle_file(d, yaml_find(set, keys[i])));
    return FSNN_OK;
}

fsnn_status description_settle(fsnn_description *d)
{
    FSNN_TRY(settle_name(d));
    if (!d->data.given)
        return FSNN_OK;
    FSNN_TRY(settle_file(d, yaml_find(d->data.node, "path"))); /* data in one piece */
    FSNN_TRY(settle_set(d, yaml_find(d->data.node, "train")));
    return settle_set(d, yaml_find(d->data.node, "test"));
}
