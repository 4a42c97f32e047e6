/* model/yaml_build.h: a tree put together in the order of the text, whatever reads the text: YAML
 * (yaml_parse.c) or JSON (yaml_json.c). Depth and size are bounded, so that no file can exhaust the
 * stack. */
#ifndef FSNN_YAML_BUILD_H
#define FSNN_YAML_BUILD_H

#include "model/yaml.h"

#define YAML_MAX_DEPTH 64
#define YAML_TOO_DEEP "lists and mappings are nested too deeply"

typedef struct yaml_builder {
    yaml_doc *doc;
    const char *set; /* the override being parsed, or NULL */
    yaml_node *root;
    yaml_node *top; /* the innermost list or mapping that is open */
    yaml_node *key; /* that waits for its value */
    int depth, nodes;
} yaml_builder;

/* A document without content that knows its file. */
fsnn_status yaml_begin(yaml_doc *doc, const char *file);

/* An error at a place that is no node of the tree yet; FSNN_EDESCRIPTION. */
fsnn_status yaml_build_fail(const yaml_builder *b, int line, int column, const char *sentence);
fsnn_status yaml_build_new(yaml_builder *b, yaml_type type, int line, int column, yaml_node **node);
/* Counts a node against the most that a document can have. */
fsnn_status yaml_build_count(yaml_builder *b, const yaml_node *node);
/* Puts a finished scalar where it belongs: as a key, a value or an item. */
fsnn_status yaml_build_put(yaml_builder *b, yaml_node *node);
/* The same for a list or mapping, whose content follows. */
fsnn_status yaml_build_open(yaml_builder *b, yaml_node *node);
/* The end of what was opened last. */
fsnn_status yaml_build_close(yaml_builder *b);
/* What was opened last was never closed. */
fsnn_status yaml_build_unclosed(const yaml_builder *b, const yaml_node *node);

#endif
