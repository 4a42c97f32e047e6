/* model/yaml_parse_absent.c: descriptions where fsnn is built without libfyaml: JSON is read, other
 * texts are an error that says so. */
#include "model/yaml_json.h"

#include "base/error_key.h"

#include <string.h>

/* What is wrong may be that this is YAML. */
static fsnn_status explain(fsnn_status status)
{
    if (status != FSNN_EDESCRIPTION)
        return status;
    fsnn_error error;
    fsnn_error_keep(&error);
    status = fsnn_fail(FSNN_EUNSUPPORTED,
                       "%s; fsnn was built without YAML and reads JSON here: write it as JSON, or "
                       "configure fsnn with -DFSNN_YAML=ON",
                       error.text);
    return fsnn_error_set_place(status, error.file, error.line, error.column, "");
}

fsnn_status yaml_parse(yaml_doc *doc, const char *file, const char *text, size_t size)
{
    FSNN_TRY(yaml_begin(doc, file));
    yaml_builder b = {.doc = doc};
    FSNN_TRY(explain(json_read(&b, text, size)));
    doc->root = b.root;
    return FSNN_OK;
}

static bool is_word(const char *text)
{
    return !strpbrk(text, "[]{},:\"'#&*!|>%@`");
}

fsnn_status yaml_parse_value(yaml_doc *doc, const char *set, const char *text, yaml_node **node)
{
    yaml_builder b = {.doc = doc, .set = set};
    size_t space = strspn(text, " \t"), size = strlen(text + space);
    while (size && strchr(" \t", text[space + size - 1]))
        size--;
    if (is_word(text)) {
        FSNN_TRY(yaml_build_new(&b, YAML_SCALAR, 0, 0, &b.root));
        b.root->plain = true;
        if (!(b.root->text = pool_text(&doc->memory, text + space, size)))
            return FSNN_EMEMORY;
    } else {
        FSNN_TRY(explain(json_read(&b, text, strlen(text))));
    }
    *node = b.root;
    return FSNN_OK;
}
