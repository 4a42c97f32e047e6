/* tests/fuzz/fuzz_json.c: JSON from any bytes; what was read and is written reads as the same. */
#include "fuzz.h"

#include "model/yaml.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    fuzz_seed_text(
        *argc, *argv, "values",
        "{\"a\": [1, -0.5e+3, true, false, null, \"\"],\n \"\\u00e9\\ud83d\\ude00\": "
        "{\"dtype\": \"F32\", \"shape\": [2, 3], \"b\\n\\\"\\\\\\/\": {}}, \"c\": [[]]}");
    return 0;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void same(const yaml_node *a, const yaml_node *b)
{
    fuzz_check(!a == !b);
    if (!a)
        return;
    fuzz_check(a->type == b->type && a->count == b->count && !a->key == !b->key);
    fuzz_check(same_text(a->text, b->text) && (!a->key || same_text(a->key->text, b->key->text)));
    const yaml_node *y = b->first;
    for (const yaml_node *x = a->first; x; x = x->next, y = y->next) {
        fuzz_check(y != NULL);
        same(x, y);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    yaml_doc doc, again;
    char *text;
    fuzz_forget();
    if (fuzz_good(yaml_parse_json(&doc, "fuzz", (const char *)data, size)) && doc.root) {
        fuzz_must(yaml_emit(&doc, &text));
        fuzz_must(yaml_parse(&again, "again", text, strlen(text)));
        same(doc.root, again.root);
        yaml_free(&again);
        free(text);
    }
    yaml_free(&doc);
    return 0;
}
