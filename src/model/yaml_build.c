/* The tree as a text is read: nodes in their places, duplicate keys refused. */
#include "model/yaml_build.h"

#include "base/error_key.h"

#include <stdlib.h>
#include <string.h>

#define MAX_NODES 4000000

fsnn_status yaml_begin(yaml_doc *doc, const char *file)
{
    *doc = (yaml_doc){.path = file};
    doc->path = pool_text(&doc->memory, file, strlen(file));
    return doc->path ? FSNN_OK : FSNN_EMEMORY;
}

fsnn_status yaml_build_fail(const yaml_builder *b, int line, int column, const char *sentence)
{
    fsnn_status status =
        b->set ? fsnn_fail(FSNN_EDESCRIPTION, "%s: override \"%s\": %s", b->doc->path, b->set,
                           sentence)
               : fsnn_fail(FSNN_EDESCRIPTION, "%s:%d:%d: %s", b->doc->path, line, column, sentence);
    return fsnn_error_set_place(status, b->doc->path, b->set ? 0 : line, b->set ? 0 : column, "");
}

fsnn_status yaml_build_new(yaml_builder *b, yaml_type type, int line, int column, yaml_node **node)
{
    *node = yaml_new(b->doc, type);
    if (!*node)
        return FSNN_EMEMORY;
    (*node)->line = line;
    (*node)->column = column;
    (*node)->set = b->set;
    return FSNN_OK;
}

fsnn_status yaml_build_count(yaml_builder *b, const yaml_node *node)
{
    if (++b->nodes > MAX_NODES)
        return yaml_build_fail(b, node->line, node->column, "the document has too many values");
    return FSNN_OK;
}

fsnn_status yaml_build_put(yaml_builder *b, yaml_node *node)
{
    FSNN_TRY(yaml_build_count(b, node));
    if (!b->top) {
        if (b->root)
            return yaml_build_fail(b, node->line, node->column, "a second document begins here");
        b->root = node;
        return FSNN_OK;
    }
    if (b->top->type == YAML_MAP && !b->key) {
        if (node->type != YAML_SCALAR)
            return yaml_build_fail(b, node->line, node->column,
                                   "a key must be a name, not a list or mapping");
        b->key = node;
        return FSNN_OK;
    }
    node->key = b->key;
    b->key = NULL;
    yaml_append(b->top, node);
    return FSNN_OK;
}

fsnn_status yaml_build_open(yaml_builder *b, yaml_node *node)
{
    if (++b->depth > YAML_MAX_DEPTH)
        return yaml_build_fail(b, node->line, node->column, YAML_TOO_DEEP);
    FSNN_TRY(yaml_build_put(b, node));
    node->open = true;
    node->parent = b->top;
    b->top = node;
    return FSNN_OK;
}

static int by_key(const void *a, const void *b)
{
    const yaml_node *x = *(yaml_node *const *)a, *y = *(yaml_node *const *)b;
    int order = strcmp(x->key->text, y->key->text);
    if (order)
        return order;
    if (x->key->line != y->key->line)
        return x->key->line < y->key->line ? -1 : 1;
    return (x->key->column > y->key->column) - (x->key->column < y->key->column);
}

/* Sorted by name, equal keys stand side by side: n log n also for the large headers of weight
 * files. */
static fsnn_status check_duplicates(yaml_builder *b, const yaml_node *map)
{
    if (map->count < 2)
        return FSNN_OK;
    const yaml_node **sorted = fsnn_alloc((size_t)map->count * sizeof *sorted);
    if (!sorted)
        return FSNN_EMEMORY;
    int n = 0;
    for (const yaml_node *child = map->first; child; child = child->next)
        sorted[n++] = child;
    qsort(sorted, (size_t)n, sizeof *sorted, by_key);
    const yaml_node *first = NULL, *again = NULL;
    for (int i = 1; i < n && !again; i++)
        if (strcmp(sorted[i - 1]->key->text, sorted[i]->key->text) == 0) {
            first = sorted[i - 1];
            again = sorted[i];
        }
    fsnn_free(sorted);
    if (!again)
        return FSNN_OK;
    return yaml_fail_key(b->doc, again, "this key stands here twice, first at line %d: keep one",
                         first->key->line);
}

fsnn_status yaml_build_close(yaml_builder *b)
{
    yaml_node *node = b->top;
    node->open = false;
    b->top = node->parent;
    b->depth--;
    return node->type == YAML_MAP ? check_duplicates(b, node) : FSNN_OK;
}

fsnn_status yaml_build_unclosed(const yaml_builder *b, const yaml_node *node)
{
    return yaml_build_fail(b, node->line, node->column,
                           node->type == YAML_LIST
                               ? "the list that begins here is not closed: a ] is missing"
                               : "the mapping that begins here is not closed: a } is missing");
}
