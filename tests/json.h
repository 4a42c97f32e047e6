/* tests/json.h: reading golden numbers. */
#ifndef TESTS_JSON_H
#define TESTS_JSON_H

#include "check.h"

#include <libfyaml.h>

static inline struct fy_document *json_open(const char *path)
{
    struct fy_document *doc = fy_document_build_from_file(NULL, path);
    assert_non_null(doc);
    return doc;
}

static inline struct fy_node *json_get(struct fy_node *map, const char *key)
{
    return fy_node_mapping_lookup_by_string(map, key, strlen(key));
}

static inline int json_count(struct fy_node *list)
{
    return fy_node_sequence_item_count(list);
}

static inline struct fy_node *json_at(struct fy_node *list, int index)
{
    return fy_node_sequence_get_by_index(list, index);
}

/* Text of a scalar; valid until the next call (four calls may be held at once). */
static inline const char *json_text(struct fy_node *node)
{
    static char space[4][256];
    static int next;
    size_t size = 0;
    const char *text = node ? fy_node_get_scalar(node, &size) : NULL;
    if (!text || size >= sizeof space[0])
        return NULL;
    char *out = space[next++ % 4];
    memcpy(out, text, size);
    out[size] = 0;
    return out;
}

static inline double json_number(struct fy_node *node)
{
    const char *text = json_text(node);
    assert_non_null(text);
    return strtod(text, NULL);
}

static inline double json_member(struct fy_node *map, const char *key)
{
    return json_number(json_get(map, key));
}

#endif
