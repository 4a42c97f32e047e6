/* tests/json.h: reading golden numbers. */
#ifndef TESTS_JSON_H
#define TESTS_JSON_H

#include "check.h"

#include "model/yaml.h"

typedef yaml_doc json_doc;
typedef const yaml_node json_node;

/* To be closed by json_close, with all nodes. */
static inline json_doc *json_open(const char *path)
{
    json_doc *doc = calloc(1, sizeof *doc);
    uint8_t *text;
    size_t size;
    assert_non_null(doc);
    GOOD(fsnn_file_read(path, &text, &size));
    GOOD(yaml_parse_json(doc, path, (const char *)text, size));
    fsnn_free(text);
    return doc;
}

/* Where json_at was last, so that going through a list from front to back takes one pass. */
static struct {
    json_node *list, *item;
    int index;
} json_last;

static inline void json_close(json_doc *doc)
{
    json_last.list = NULL;
    yaml_free(doc);
    free(doc);
}

static inline json_node *json_get(json_node *map, const char *key)
{
    return yaml_find(map, key);
}

static inline bool json_is_list(json_node *node)
{
    return node && node->type == YAML_LIST;
}

static inline int json_count(json_node *list)
{
    return json_is_list(list) ? list->count : -1;
}

/* NULL behind the end. */
static inline json_node *json_at(json_node *list, int index)
{
    if (!json_is_list(list) || index < 0 || index >= list->count)
        return NULL;
    if (list != json_last.list || index < json_last.index) {
        json_last.list = list;
        json_last.item = list->first;
        json_last.index = 0;
    }
    for (; json_last.index < index; json_last.index++)
        json_last.item = json_last.item->next;
    return json_last.item;
}

/* Text of a scalar; NULL: it is none. */
static inline const char *json_text(json_node *node)
{
    return node && node->type == YAML_SCALAR ? node->text : NULL;
}

static inline double json_number(json_node *node)
{
    const char *text = json_text(node);
    assert_non_null(text);
    return strtod(text, NULL);
}

static inline double json_member(json_node *map, const char *key)
{
    return json_number(json_get(map, key));
}

#endif
