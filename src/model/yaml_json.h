/* model/yaml_json.h: JSON (RFC 8259): read into a tree that is being built, and its texts
 * written. */
#ifndef FSNN_YAML_JSON_H
#define FSNN_YAML_JSON_H

#include "model/yaml_build.h"

#include <stdio.h>

/* One value, and nothing but space around it; an empty text leaves b->root NULL. */
fsnn_status json_read(yaml_builder *b, const char *text, size_t size);
/* Bytes of the number that `text` [size] begins with; 0: it begins with none. */
size_t json_number(const char *text, size_t size);
/* Writes a text in its quotation marks (model/yaml_emit_json.c). */
void json_text(FILE *out, const char *text);

#endif
