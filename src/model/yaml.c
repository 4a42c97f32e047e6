/* The tree and its error sentences; yaml_parse.c builds it, yaml_emit.c writes it. */
#include "model/yaml.h"

#include "base/error_key.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FOUND_BYTES 60 /* of a scalar shown in an error */

void yaml_free(yaml_doc *doc)
{
    pool_free(&doc->memory);
    doc->root = NULL;
}

yaml_node *yaml_new(yaml_doc *doc, yaml_type type)
{
    yaml_node *node = pool_alloc(&doc->memory, sizeof *node);
    if (node) {
        node->type = type;
        node->text = "";
    }
    return node;
}

void yaml_append(yaml_node *parent, yaml_node *child)
{
    child->parent = parent;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->count++;
}

void yaml_replace(yaml_doc *doc, yaml_node *old, yaml_node *fresh)
{
    yaml_node *parent = old->parent;
    fresh->key = old->key;
    fresh->parent = parent;
    fresh->next = old->next;
    if (!parent) {
        doc->root = fresh;
        return;
    }
    yaml_node *before = NULL;
    for (yaml_node *n = parent->first; n != old; n = n->next)
        before = n;
    if (before)
        before->next = fresh;
    else
        parent->first = fresh;
    if (parent->last == old)
        parent->last = fresh;
}

yaml_node *yaml_find(const yaml_node *map, const char *key)
{
    if (!map || map->type != YAML_MAP)
        return NULL;
    for (yaml_node *n = map->first; n; n = n->next)
        if (!n->key->shorthand && strcmp(n->key->text, key) == 0)
            return n;
    return NULL;
}

/* The child that a path begins with, and the length of its key: the longest, because names of the
 * user's may have dots themselves, as in {"fc1.*": {lr: 0.1}}. */
static const yaml_node *find_start(const yaml_node *map, const char *path, size_t *length)
{
    const yaml_node *found = NULL;
    *length = 0;
    for (const yaml_node *n = map->type == YAML_MAP ? map->first : NULL; n; n = n->next) {
        size_t size = strlen(n->key->text);
        bool fits = !n->key->shorthand && strncmp(n->key->text, path, size) == 0 &&
                    (!path[size] || path[size] == '.');
        if (!fits || (found && size <= *length))
            continue;
        found = n;
        *length = size;
    }
    return found;
}

/* As far as the path can be followed; what is left of it. */
static const yaml_node *follow(const yaml_node *node, const char **path)
{
    while (node && **path) {
        size_t length;
        const yaml_node *next = find_start(node, *path, &length);
        if (!next)
            break;
        node = next;
        *path += length + ((*path)[length] == '.');
    }
    return node;
}

const yaml_node *yaml_at(const yaml_node *node, const char *path)
{
    node = follow(node, &path);
    return *path ? NULL : node;
}

const yaml_node *yaml_reach(const yaml_node *node, const char *path)
{
    return follow(node, &path);
}

yaml_node *yaml_item(const yaml_node *list, int index)
{
    yaml_node *n = index < 0 ? NULL : list->first;
    while (n && index--)
        n = n->next;
    return n;
}

bool yaml_null(const yaml_node *node)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    if (!node)
        return true;
    if (node->type != YAML_SCALAR || !node->plain)
        return false;
    for (int i = 0; i < FSNN_COUNT(words); i++)
        if (strcmp(node->text, words[i]) == 0)
            return true;
    return false;
}

static int index_of(const yaml_node *node)
{
    int index = 0;
    for (const yaml_node *n = node->parent->first; n != node; n = n->next)
        index++;
    return index;
}

const char *yaml_where(yaml_doc *doc, const yaml_node *node)
{
    if (!node || !node->parent)
        return "";
    const char *before = yaml_where(doc, node->parent);
    const char *text;
    if (node->parent->type == YAML_LIST)
        text = pool_format(&doc->memory, "%s[%d]", before, index_of(node));
    else
        text = pool_format(&doc->memory, "%s%s%s", before, *before ? "." : "", node->key->text);
    return text ? text : "?";
}

/* The override that a node came from, or NULL. */
static const char *override_of(const yaml_node *node)
{
    for (const yaml_node *n = node; n; n = n->parent) {
        if (n->set)
            return n->set;
        if (n->line)
            break; /* from the file, though an override may have put a map around it */
    }
    return NULL;
}

/* "file:7:14" or, for what came from an override, "file: override "a=b"" */
static const char *position(yaml_doc *doc, const yaml_node *node, int line, int column)
{
    const char *set = override_of(node);
    if (set)
        return pool_format(&doc->memory, "%s: override \"%s\"", doc->path, set);
    if (line)
        return pool_format(&doc->memory, "%s:%d:%d", doc->path, line, column);
    return pool_format(&doc->memory, "%s", doc->path);
}

/* "file:7:14: layers[1].lif.tau: " and the sentence; NULL: out of memory. */
static const char *located(yaml_doc *doc, const yaml_node *node, bool key, const char *format,
                           va_list args)
{
    va_list again;
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    const yaml_node *at = key && node ? node->key : node;
    char *sentence = size < 0 ? NULL : pool_alloc(&doc->memory, (size_t)size + 1);
    const char *place = position(doc, node, at ? at->line : 0, at ? at->column : 0);
    if (!sentence || !place)
        return NULL;
    vsnprintf(sentence, (size_t)size + 1, format, args);
    const char *where = yaml_where(doc, node);
    return pool_format(&doc->memory, "%s: %s%s%s", place, where, *where ? ": " : "", sentence);
}

static fsnn_status fail_at(yaml_doc *doc, const yaml_node *node, bool key, const char *format,
                           va_list args)
{
    const char *text = located(doc, node, key, format, args);
    if (!text)
        return FSNN_EMEMORY;
    const yaml_node *at = key && node ? node->key : node;
    bool in_file = at && !override_of(node);
    fsnn_status status = fsnn_fail(FSNN_EDESCRIPTION, "%s", text);
    return fsnn_error_set_place(status, doc->path, in_file ? at->line : 0, in_file ? at->column : 0,
                                yaml_where(doc, node));
}

fsnn_status yaml_remark_key(yaml_doc *doc, const yaml_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = located(doc, node, true, format, args);
    va_end(args);
    yaml_remark *remark = pool_alloc(&doc->memory, sizeof *remark), **end = &doc->remark;
    if (!text || !remark)
        return FSNN_EMEMORY;
    while (*end)
        end = &(*end)->next;
    *remark = (yaml_remark){.text = text};
    *end = remark;
    return FSNN_OK;
}

fsnn_status yaml_fail(yaml_doc *doc, const yaml_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fsnn_status status = fail_at(doc, node, false, format, args);
    va_end(args);
    return status;
}

fsnn_status yaml_fail_key(yaml_doc *doc, const yaml_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fsnn_status status = fail_at(doc, node, true, format, args);
    va_end(args);
    return status;
}

const char *yaml_found(yaml_doc *doc, const yaml_node *node)
{
    const char *text = NULL;
    if (yaml_null(node))
        return "nothing";
    if (node->type == YAML_LIST)
        text = pool_format(&doc->memory, "a list of %d", node->count);
    else if (node->type == YAML_MAP)
        return "a mapping";
    else
        text = pool_format(&doc->memory, "\"%.*s\"%s", FOUND_BYTES, node->text,
                           strlen(node->text) > FOUND_BYTES ? " ..." : "");
    return text ? text : "?";
}
