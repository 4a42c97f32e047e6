/* Errors that come up when a network or data are made of a description: where in its file the fault
 * is. The error itself says what it is about (base/error_key.h). */
#include "base/error_key.h"
#include "model/data_kinds.h"

#include <string.h>

/* The node "lif1", or its option "lif1.tau"; NULL: there is no such node. */
static const yaml_node *in_layers(const fsnn_description *d, const char *key)
{
    size_t length = strcspn(key, ".");
    for (int i = 0; i < d->layers; i++) {
        const layer *l = &d->layer[i];
        if (strncmp(l->name, key, length) != 0 || l->name[length])
            continue;
        const yaml_node *options = layer_options(l->node);
        const yaml_node *option = yaml_reach(options, key + length + (key[length] == '.'));
        return option == options ? l->node : option;
    }
    return NULL;
}

/* The key `output`, or the node that is the output where it is not given. */
static const yaml_node *output_of(const fsnn_description *d)
{
    const yaml_node *node = yaml_find(d->doc.root, "output");
    return node ? node : d->output.layer >= 0 ? d->layer[d->output.layer].node : NULL;
}

static const yaml_node *place(const fsnn_description *d, const char *section, const char *key)
{
    const yaml_node *root = d->doc.root;
    bool network = strcmp(section, "layers") == 0;
    const yaml_node *node = network ? in_layers(d, key) : NULL;
    if (node)
        return node;
    if (strcmp(network ? key : section, "output") == 0)
        return output_of(d);
    if (!network)
        return yaml_reach(yaml_reach(root, section), key);
    node = yaml_reach(root, key);
    return node != root ? node : yaml_reach(root, "dynamics");
}

fsnn_status fsnn_description_locate(const fsnn_description *description, const char *section)
{
    if (!description || !section)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_description_locate: an argument is NULL");
    yaml_doc view = {.path = description->doc.path};
    fsnn_status status =
        fail_passed_on(&view, place(description, section, fsnn_error_key()), FSNN_EDESCRIPTION);
    pool_free(&view.memory);
    return status;
}

fsnn_status data_fail_in(const data_place *at, fsnn_status status)
{
    const char *key = fsnn_error_key();
    bool named = status == FSNN_ENOTFOUND && *key; /* a name that the data does not know */
    if (status != FSNN_EARGUMENT && !named)
        return status;
    const yaml_node *node = yaml_reach(at->node, key);
    if (node == at->node && *key && yaml_reach(at->d->data->node, key) != at->d->data->node)
        node = yaml_reach(at->d->data->node, key);
    return fail_passed_on(at->view, node, FSNN_EDESCRIPTION);
}
