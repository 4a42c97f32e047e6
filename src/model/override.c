/* Overrides "path=value": the value is parsed as YAML and put into the tree before anything is
 * read, so that one reader checks everything. A path starts at a top-level key or at a node's name;
 * list items are numbers from 0. */
#include "base/error_key.h"
#include "model/description.h"

#include <stdlib.h>
#include <string.h>

typedef struct change {
    yaml_doc *doc;
    const char *set; /* the whole override */
    char *path;      /* what is left of it; cut at dots while walking */
} change;

static fsnn_status fail(const change *c, const char *sentence)
{
    fsnn_status status =
        fsnn_fail(FSNN_EDESCRIPTION, "%s: override \"%s\": %s", c->doc->path, c->set, sentence);
    return fsnn_error_set_place(status, c->doc->path, 0, 0, "");
}

static char *next_segment(change *c)
{
    if (!c->path)
        return NULL;
    char *segment = c->path, *dot = strchr(segment, '.');
    c->path = dot ? dot + 1 : NULL;
    if (dot)
        *dot = 0;
    return segment;
}

static yaml_node *new_node(const change *c, yaml_type type)
{
    yaml_node *node = yaml_new(c->doc, type);
    if (node) {
        node->set = c->set;
        node->plain = true;
    }
    return node;
}

/* Appends "key: (nothing)" to a map. */
static fsnn_status add_key(const change *c, yaml_node *map, const char *key, yaml_node **out)
{
    yaml_node *name = new_node(c, YAML_SCALAR), *child = new_node(c, YAML_SCALAR);
    if (!name || !child || !(name->text = pool_text(&c->doc->memory, key, strlen(key))))
        return FSNN_EMEMORY;
    child->key = name;
    yaml_append(map, child);
    *out = child;
    return FSNN_OK;
}

/* Puts a map where a value stands. With `keep`, the value becomes its first entry: under the key
 * `keep` or, when that is "", under one that the reader will name after the group's first key. */
static fsnn_status to_map(const change *c, yaml_node *old, const char *keep, yaml_node **out)
{
    yaml_node *map = *out = yaml_new(c->doc, YAML_MAP);
    if (!map)
        return FSNN_EMEMORY;
    map->line = old->line;
    map->column = old->column;
    map->set = old->set ? old->set : c->set; /* that it is a map here comes of the override */
    yaml_replace(c->doc, old, map);
    if (!keep)
        return FSNN_OK;
    yaml_node *key = yaml_new(c->doc, YAML_SCALAR);
    if (!key)
        return FSNN_EMEMORY;
    key->text = keep;
    key->plain = true;
    key->shorthand = !*keep;
    key->line = old->line;
    key->column = old->column;
    old->key = key;
    old->next = NULL;
    yaml_append(map, old);
    return FSNN_OK;
}

static bool is_layer(const yaml_doc *doc, const yaml_node *node)
{
    return node->parent && node->parent == yaml_find(doc->root, "layers");
}

/* The options of a layer; `- lif` becomes `- lif: ` first. */
static fsnn_status options_of(const change *c, yaml_node *item, yaml_node **out)
{
    if (item->type == YAML_SCALAR) {
        yaml_node *kind = new_node(c, YAML_SCALAR), *nothing = new_node(c, YAML_SCALAR), *map;
        if (!kind || !nothing)
            return FSNN_EMEMORY;
        kind->text = item->text;
        kind->line = nothing->line = item->line;
        kind->column = nothing->column = item->column;
        kind->set = nothing->set = item->set;
        FSNN_TRY(to_map(c, item, NULL, &map));
        nothing->key = kind;
        yaml_append(map, nothing);
        item = map;
    }
    *out = item->first;
    return FSNN_OK;
}

static fsnn_status layer_step(const change *c, yaml_node *item, const char *segment,
                              yaml_node **out)
{
    const char *kind = layer_kind(item);
    if (!kind || strcmp(kind, segment) != 0)
        return fail(c, pool_format(&c->doc->memory, "%s is of kind %s, not \"%s\"",
                                   yaml_where(c->doc, item), kind ? kind : "?", segment));
    return options_of(c, item, out);
}

static fsnn_status list_step(const change *c, const yaml_node *list, const char *segment,
                             yaml_node **out)
{
    char *end;
    long index = strtol(segment, &end, 10);
    bool number = segment[0] >= '0' && segment[0] <= '9' && !*end;
    if (number && index < list->count) {
        *out = yaml_item(list, (int)index);
        return FSNN_OK;
    }
    return fail(c, pool_format(&c->doc->memory,
                               "%s is a list of %d: expected a number from 0 to %d, not \"%s\"",
                               yaml_where(c->doc, list), list->count, list->count - 1, segment));
}

static fsnn_status step(const change *c, yaml_node *node, const char *segment, yaml_node **out)
{
    if (!*segment)
        return fail(c, "the path before = has an empty part: write it like dynamics.alpha=0.5");
    if (is_layer(c->doc, node))
        return layer_step(c, node, segment, out);
    bool options = node->parent && is_layer(c->doc, node->parent);
    bool number = segment[0] >= '0' && segment[0] <= '9';
    if (node->type == YAML_LIST && (number || !options))
        return list_step(c, node, segment, out);
    if (node->type != YAML_MAP)
        FSNN_TRY(to_map(c, node, yaml_null(node) ? NULL : "", &node));
    *out = yaml_find(node, segment);
    return *out ? FSNN_OK : add_key(c, node, segment, out);
}

static fsnn_status unknown_start(const change *c, const char *segment)
{
    yaml_node *list = yaml_find(c->doc->root, "layers");
    int tops = keys_count_names(top_names), count = 0;
    int layers = list && list->type == YAML_LIST ? list->count : 0;
    const char **known = pool_alloc(&c->doc->memory, (size_t)(tops + layers) * sizeof *known);
    if (!known)
        return FSNN_EMEMORY;
    for (; count < tops; count++)
        known[count] = top_names[count];
    for (const yaml_node *n = layers ? list->first : NULL; n; n = n->next)
        if ((known[count] = layer_name(c->doc, list, n)))
            count++;
    return fail(c, pool_format(&c->doc->memory, "\"%s\" is neither a key nor a node%s", segment,
                               keys_advice_word(&c->doc->memory, segment, known, count)));
}

static fsnn_status start(const change *c, const char *segment, yaml_node **out)
{
    for (int i = 0; top_names[i]; i++)
        if (strcmp(top_names[i], segment) == 0)
            return step(c, c->doc->root, segment, out);
    yaml_node *list = yaml_find(c->doc->root, "layers");
    for (yaml_node *n = list && list->type == YAML_LIST ? list->first : NULL; n; n = n->next) {
        const char *name = layer_name(c->doc, list, n);
        if (name && strcmp(name, segment) == 0)
            return options_of(c, n, out);
    }
    return unknown_start(c, segment);
}

fsnn_status override_apply(yaml_doc *doc, const char *set)
{
    change c = {.doc = doc, .set = pool_text(&doc->memory, set, strlen(set))};
    const char *equals = strchr(set, '=');
    if (!c.set)
        return FSNN_EMEMORY;
    if (!equals || equals == set)
        return fail(&c, "expected key=value, like dynamics.alpha=0.5");
    c.path = pool_text(&doc->memory, set, (size_t)(equals - set));
    yaml_node *node, *value;
    if (!c.path)
        return FSNN_EMEMORY;
    FSNN_TRY(start(&c, next_segment(&c), &node));
    for (const char *segment; (segment = next_segment(&c));)
        FSNN_TRY(step(&c, node, segment, &node));
    FSNN_TRY(yaml_parse_value(doc, c.set, equals + 1, &value));
    yaml_replace(doc, node, value);
    return FSNN_OK;
}
