/* model/yaml.h: a YAML or JSON document as a tree whose every node knows where it stands in the
 * file. libfyaml parses YAML; JSON has a reader of our own, so that a build without libfyaml reads
 * weights, and descriptions in JSON. The tree is our own so that overrides can change it and errors
 * can point into it. */
#ifndef FSNN_YAML_H
#define FSNN_YAML_H

#include "base/pool.h"

typedef enum yaml_type { YAML_SCALAR, YAML_LIST, YAML_MAP } yaml_type;

typedef struct yaml_node yaml_node;
struct yaml_node {
    yaml_type type;
    const char *text; /* scalar: its value, never NULL */
    bool plain;       /* scalar: written without quotes, so it may be a number, true, null */
    bool shorthand; /* key made from `tau: 2.0` by an override of tau.learn: stands for the group's
                       first key */
    bool open;      /* while parsing: its end was not seen yet */
    int line, column; /* from 1; 0 when an override made the node */
    const char *set;  /* the override that made the node, or NULL */
    yaml_node *key;   /* of a value in a map: its key, a scalar */
    yaml_node *parent, *first, *last, *next;
    int count; /* children */
};

/* What is no error, but will not do what it seems to. */
typedef struct yaml_remark {
    const char *text;
    struct yaml_remark *next;
} yaml_remark;

typedef struct yaml_doc {
    const char *path; /* for error sentences */
    pool memory;
    yaml_node *root; /* NULL for an empty document */
    yaml_remark *remark;
} yaml_doc;

/* Parses `size` bytes. `file` names them in errors; `set` is the override they come from, or NULL.
 * Anchors and aliases are resolved to copies; duplicate keys, tags, keys that are no scalars and
 * second documents are errors. Always yaml_free(doc), also after an error. FSNN_EDESCRIPTION,
 * FSNN_EMEMORY; FSNN_EUNSUPPORTED for what is no JSON where fsnn was built without YAML. */
fsnn_status yaml_parse(yaml_doc *doc, const char *file, const char *text, size_t size);
/* The same for a text that must be JSON (RFC 8259). */
fsnn_status yaml_parse_json(yaml_doc *doc, const char *file, const char *text, size_t size);
/* Parses `text` into a node of `doc`: the value of override `set`. Without YAML a value is JSON, or
 * a word without quotes. */
fsnn_status yaml_parse_value(yaml_doc *doc, const char *set, const char *text, yaml_node **node);
void yaml_free(yaml_doc *doc);

/* The sentence that says why a text cannot be parsed at all, and where; NULL when it can. */
const char *yaml_check(const char *text, size_t size, int *line, int *column);

yaml_node *yaml_new(yaml_doc *doc, yaml_type type);
void yaml_append(yaml_node *parent, yaml_node *child);
/* Puts `fresh` where `old` stands; it takes over old's key. */
void yaml_replace(yaml_doc *doc, yaml_node *old, yaml_node *fresh);
/* The value of a key in a map, or NULL. */
yaml_node *yaml_find(const yaml_node *map, const char *key);
/* The value at "frames.crop" below `node`, or NULL. */
const yaml_node *yaml_at(const yaml_node *node, const char *path);
/* The same, or the last there is on the way to it. */
const yaml_node *yaml_reach(const yaml_node *node, const char *path);
yaml_node *yaml_item(const yaml_node *list, int index);
/* A plain scalar that is empty, ~ or null; also NULL itself. */
bool yaml_null(const yaml_node *node);

/* "layers[1].linear.out" */
const char *yaml_where(yaml_doc *doc, const yaml_node *node);
/* Error at a node: "file:line:column: layers[1].linear.out: " and the sentence; FSNN_EDESCRIPTION.
 */
fsnn_status yaml_fail(yaml_doc *doc, const yaml_node *node, const char *format, ...)
    FSNN_PRINTF(3, 4);
/* The same, pointing at the node's key. */
fsnn_status yaml_fail_key(yaml_doc *doc, const yaml_node *node, const char *format, ...)
    FSNN_PRINTF(3, 4);
/* A remark, behind the others: the place of the node's key, and the sentence. */
fsnn_status yaml_remark_key(yaml_doc *doc, const yaml_node *node, const char *format, ...)
    FSNN_PRINTF(3, 4);
/* What stands at a node, for "found ...": a scalar in quotes, "a list of 3", "a mapping",
 * "nothing". */
const char *yaml_found(yaml_doc *doc, const yaml_node *node);

/* The tree as text that yaml_parse reads: YAML, or JSON where fsnn was built without YAML; free()
 * it. */
fsnn_status yaml_emit(const yaml_doc *doc, char **text);
/* The tree as JSON, without the key `without` of its root (NULL: all of it); free() it. */
fsnn_status yaml_emit_json(const yaml_doc *doc, const char *without, char **text);

#endif
