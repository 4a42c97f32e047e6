/* JSON: what RFC 8259 has is read, everything else is refused where it stands; descriptions in JSON
 * work in every build, in YAML only where fsnn is built with it. */
#include "helper.h"

/* The document as one line: texts in quotes, plain values as they are. */
static void show(const yaml_node *node, char *out, size_t size)
{
    size_t n = strlen(out);
    if (node->type == YAML_SCALAR) {
        snprintf(out + n, size - n, node->plain ? "%s" : "'%s'", node->text);
        return;
    }
    snprintf(out + n, size - n, node->type == YAML_MAP ? "{" : "[");
    for (const yaml_node *child = node->first; child; child = child->next) {
        n = strlen(out);
        snprintf(out + n, size - n, "%s%s%s", child == node->first ? "" : " ",
                 child->key ? child->key->text : "", child->key ? ":" : "");
        show(child, out, size);
    }
    n = strlen(out);
    snprintf(out + n, size - n, node->type == YAML_MAP ? "}" : "]");
}

static void values(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {"3", "3"},
        {" -0.5e+3\n", "-0.5e+3"},
        {"[0, 10, 1E9, 2.50, -0]", "[0 10 1E9 2.50 -0]"},
        {"[true, false,\tnull]", "[true false null]"},
        {"[]", "[]"},
        {"{ }", "{}"},
        {"[[[]], {}]", "[[[]] {}]"},
        {"{\"a\": 1, \"b\":{\"c\" :[2]}}", "{a:1 b:{c:[2]}}"},
        {"\"true\"", "'true'"},
        {"\"\"", "''"},
        {"\"a\\\"b\\\\c\\/d\\n\\t\\r\\b\\f\"", "'a\"b\\c/d\n\t\r\b\f'"},
        {"\"\\u0041\\u00e4\\u20AC\\ud83d\\ude00 \xc3\xa4\"",
         "'A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80 \xc3\xa4'"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("%s", row[i][0]);
        yaml_doc doc;
        char text[256] = "";
        GOOD(yaml_parse_json(&doc, "x.json", row[i][0], strlen(row[i][0])));
        show(doc.root, text, sizeof text);
        assert_string_equal(text, row[i][1]);
        yaml_free(&doc);
    }
}

static void places(void **state)
{
    (void)state;
    static const char text[] = "{\"\xc3\xa4\": [1,\n  \"b\", {\"c\":null}]}";
    yaml_doc doc;
    GOOD(yaml_parse_json(&doc, "x.json", text, strlen(text)));
    const yaml_node *list = doc.root->first, *map = yaml_item(list, 2);
    assert_true(list->key->line == 1 && list->key->column == 2);
    assert_true(list->line == 1 && list->column == 7); /* columns count characters */
    assert_true(list->first->line == 1 && list->first->column == 8);
    assert_true(list->first->next->line == 2 && list->first->next->column == 3);
    assert_true(map->line == 2 && map->column == 8);
    assert_true(map->first->line == 2 && map->first->column == 13);
    yaml_free(&doc);
}

static void refused(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {"[1, 2", "x.json:1:1: the list that begins here is not closed: a ] is missing"},
        {"[{\"a\": 1", "x.json:1:2: the mapping that begins here is not closed: a } is missing"},
        {"{\"a\":", "x.json:1:1: the mapping that begins here is not closed"},
        {"[1,", "x.json:1:1: the list that begins here is not closed"},
        {"[1 2]", "x.json:1:4: a , or ] must stand here"},
        {"{\"a\":1 \"b\":2}", "x.json:1:8: a , or } must stand here"},
        {"[1]]", "x.json:1:4: more follows"},
        {"1 2", "x.json:1:3: more follows"},
        {"[1,]", "x.json:1:4: no value of JSON begins here"},
        {"{\"a\":1,}", "x.json:1:8: a key must stand here"},
        {"{a: 1}", "x.json:1:2: a key must stand here, a text in double quotes"},
        {"{\"a\" 1}", "x.json:1:6: a : must follow the key"},
        {"{\"a\":1,\n \"a\":2}", "x.json:2:2: a: this key stands here twice, first at line 1"},
        {"'a'", "x.json:1:1: no value of JSON begins here"},
        {"[01]", "no value of JSON"},
        {"[1.]", "no value of JSON"},
        {"[.5]", "no value of JSON"},
        {"[+1]", "no value of JSON"},
        {"[-]", "no value of JSON"},
        {"[1e]", "no value of JSON"},
        {"[0x10]", "no value of JSON"},
        {"[NaN]", "no value of JSON"},
        {"[nul]", "no value of JSON"},
        {"[nullx]", "no value of JSON"},
        {"\"a", "x.json:1:1: the text that begins here is not closed: a \" is missing"},
        {"\"a\nb\"", "the text that begins here is not closed"},
        {"\"a\\", "the text that begins here is not closed"},
        {"\"a\\\"", "the text that begins here is not closed"},
        {"\"a\\\n\"", "the text that begins here is not closed"},
        {"\"\\x41\"", "an escape that JSON does not have"},
        {"\"\\u00g0\"", "an escape that JSON does not have"},
        {"\"\\u0000\"", "an escape that JSON does not have"},
        {"\"\\ud83d\"", "an escape that JSON does not have"},
        {"\"\\ud83d\\u0041\"", "an escape that JSON does not have"},
        {"\"\\ude00\"", "an escape that JSON does not have"},
        {"\"\\u12\"", "an escape that JSON does not have"},
        {"\"\xff\"", "x.json:1:2: this byte is no part of a UTF-8 text"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("%s", row[i][0]);
        size_t size = strlen(row[i][0]);
        char *exact = malloc(size); /* so that reading on shows */
        memcpy(exact, row[i][0], size);
        yaml_doc doc;
        REFUSED(yaml_parse_json(&doc, "x.json", exact, size), FSNN_EDESCRIPTION, row[i][1]);
        yaml_free(&doc);
        free(exact);
    }
}

static void depth(void **state)
{
    (void)state;
    char text[256];
    yaml_doc doc;
    for (int deep = 64; deep <= 65; deep++) {
        memset(text, '[', (size_t)deep);
        memset(text + deep, ']', (size_t)deep);
        fsnn_status status = yaml_parse_json(&doc, "x.json", text, 2 * (size_t)deep);
        assert_int_equal(status, deep == 64 ? FSNN_OK : FSNN_EDESCRIPTION);
        yaml_free(&doc);
    }
    CONTAINS(fsnn_error_text(), "nested too deeply");
    GOOD(yaml_parse_json(&doc, "x.json", " \n", 2));
    assert_null(doc.root);
    yaml_free(&doc);
}

static const char net[] = "{\"input\": [4],\n"
                          " \"layers\": [\"flatten\", {\"lif\": {\"tau\": 3, \"name\": \"a\"}}],\n"
                          " \"dynamics\": {\"alpha\": 0.5}}\n";

/* What a description says, written and read again, overrides included. */
static void descriptions(void **state)
{
    (void)state;
    static const char *const set[] = {"dynamics.alpha=.75", "a.tau=+4.", "input=[2, 3]",
                                      "dynamics.method=gl", "a.name=\"b\\u00e4\""};
    fsnn_description *d;
    char *text;
    GOOD(parse(net, set, FSNN_COUNT(set), &d));
    GOOD(fsnn_description_text(d, &text));
    for (int i = 0; i < 2; i++) {
        CASE("%s", text);
        const fsnn_dynamics *dynamics = fsnn_description_dynamics(d);
        assert_true(dynamics->order->alpha[0] == 0.75 && dynamics->method == FSNN_GL);
        fsnn_net *n;
        GOOD(fsnn_description_net(d, &n));
        VALID(fsnn_net_node_find(n, "b\xc3\xa4"));
        fsnn_net_destroy(n);
        fsnn_description_destroy(d);
        GOOD(parse(text, NULL, 0, &d));
    }
    fsnn_description_destroy(d);
    free(text);
    expect_error("{\"input\": [4],\n \"layers\": [\"lfi\"]}", NULL, "mlp.yaml:2:13: ");
}

/* Whatever a description was written in, as JSON every build reads it; a section may be absent. */
static void any_as_json(void **state)
{
    (void)state;
    static const char as_yaml[] =
        "name: 2024-11-30\ninput: [+4]\ndata: {kind: npz, train: a.npz}\n"
        "layers:\n  - linear: {out: 03, bias: True}\n  - lif: {name: \"yes\", tau: "
        ".5}\n  - linear: {out: 2, name: 'q\"\\'}\ndynamics: {alpha: .75, step: 1.}\n";
    static const char as_json[] = "{\"name\": \"n\", \"data\": {}, \"input\": [4], \"layers\": []}";
    bool have = check_built_with("YAML");
    yaml_doc doc, again;
    char *text, *once;
    GOOD(yaml_parse(&doc, "m", have ? as_yaml : as_json, strlen(have ? as_yaml : as_json)));
    GOOD(yaml_emit_json(&doc, "data", &text));
    assert_null(strstr(text, "data"));
    CONTAINS(text, have ? "\"name\": \"2024-11-30\"" : "\"name\": \"n\"");
    CONTAINS(text, "\"input\": [4]");
    GOOD(yaml_parse_json(&again, "m", text, strlen(text)));
    if (have) {
        CONTAINS(text, "{\"out\": 3, \"bias\": true}");
        CONTAINS(text, "{\"name\": \"yes\", \"tau\": 0.5}");
        CONTAINS(text, "{\"out\": 2, \"name\": \"q\\\"\\\\\"}");
        CONTAINS(text, "\"step\": 1");
        GOOD(yaml_emit(&again, &once));
        CONTAINS(once, "name: \"2024-11-30\"\n");
        CONTAINS(once, "- lif: {name: \"yes\", tau: 0.5}\n"); /* words need no quotes, values do */
        free(once);
    }
    yaml_free(&again);
    free(text);
    GOOD(yaml_emit_json(&doc, NULL, &text));
    CONTAINS(text, "\"data\": {");
    free(text);
    yaml_free(&doc);
}

/* Where fsnn is built without YAML a text that is none of JSON is an error that says so. */
static void yaml(void **state)
{
    (void)state;
    fsnn_description *d;
    static const char *const set[] = {"input=[a, b]"};
    if (check_built_with("YAML")) {
        fsnn_description_destroy(good(INPUT ALPHA));
        return;
    }
    REFUSED(parse(INPUT ALPHA, NULL, 0, &d), FSNN_EUNSUPPORTED,
            "mlp.yaml:1:1: no value of JSON begins here: these are numbers, texts in double "
            "quotes, true, false, null, lists [...] and mappings {...}; fsnn was built without "
            "YAML and reads JSON here: write it as JSON, or configure fsnn with -DFSNN_YAML=ON");
    assert_null(d);
    REFUSED(parse(net, set, 1, &d), FSNN_EUNSUPPORTED, "override \"input=[a, b]\": no value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),      cmocka_unit_test(places),       cmocka_unit_test(refused),
        cmocka_unit_test(depth),       cmocka_unit_test(descriptions), cmocka_unit_test(yaml),
        cmocka_unit_test(any_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
