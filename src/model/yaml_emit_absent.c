/* model/yaml_emit_absent.c: a build without libfyaml writes what it can read again. */
#include "model/yaml.h"

fsnn_status yaml_emit(const yaml_doc *doc, char **text)
{
    return yaml_emit_json(doc, NULL, text);
}
