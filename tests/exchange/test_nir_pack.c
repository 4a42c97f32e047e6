/* The cases of nir-pack/: NIR graphs with what a reference in NumPy and double precision answers.
 * Each is read, imported and run; files that nobody can understand are refused with the sentence
 * that the case names. */
#include "check.h"
#include "json.h"

#include "exchange/import.h"
#include "model/yaml.h"

#include <dirent.h>

typedef struct pack_case {
    char folder[512];
    char expect[16], sentence[128], v_of[128];
    fsnn_nir_import_options options;
    double tolerance, rest;
} pack_case;

static const char *in_case(const pack_case *c, const char *name)
{
    static char path[4][1024];
    static int next;
    char *out = path[next++ % 4];
    snprintf(out, sizeof path[0], "%s/%s", c->folder, name);
    return out;
}

static void read_case(pack_case *c)
{
    json_doc *doc = json_open(in_case(c, "case.json"));
    json_node *root = doc->root;
    const char *v_of = json_text(json_get(root, "v_of"));
    snprintf(c->expect, sizeof c->expect, "%s", json_text(json_get(root, "expect")));
    snprintf(c->sentence, sizeof c->sentence, "%s", json_text(json_get(root, "sentence")));
    snprintf(c->v_of, sizeof c->v_of, "%s", v_of && strcmp(v_of, "null") != 0 ? v_of : "");
    c->options = fsnn_nir_import_options_default();
    c->options.dt = json_member(root, "dt");
    c->options.unit = json_member(root, "unit");
    c->options.reset = fsnn_reset_find(json_text(json_get(root, "reset")));
    c->tolerance = json_member(root, "tolerance");
    c->rest = json_member(root, "v_rest");
    json_close(doc);
}

/* An array as doubles [*count], to be freed; its first two dimensions. */
static double *read_array(const pack_case *c, const char *name, int64_t *count, int64_t first[2])
{
    fsnn_arrays arrays = {0};
    GOOD(fsnn_npz_read(in_case(c, name), &arrays));
    const fsnn_array *array = &arrays.item[0];
    *count = fsnn_shape_count(&array->shape);
    double *x = malloc((size_t)(*count + 1) * sizeof *x);
    fsnn_array_to_f64(array, x);
    first[0] = array->shape.dim[0];
    first[1] = array->shape.dim[1];
    fsnn_arrays_free(&arrays);
    return x;
}

/* A description in the words of builds without YAML: strict JSON, and the same nodes. */
static void check_json(const char *description)
{
    text json = {0};
    yaml_doc doc;
    fsnn_description *here, *there;
    fsnn_net *a, *b;
    if (*description == '{') /* it is JSON: this build does not read YAML */
        return;
    GOOD(import_to_json(description, &json));
    GOOD(yaml_parse_json(&doc, "made.json", json.bytes, (size_t)json.length));
    yaml_free(&doc);
    GOOD(fsnn_description_parse("made.json", json.bytes, NULL, 0, &here));
    GOOD(fsnn_description_net(here, &a));
    GOOD(fsnn_description_parse("made.yaml", description, NULL, 0, &there));
    GOOD(fsnn_description_net(there, &b));
    assert_int_equal(fsnn_net_node_count(a), fsnn_net_node_count(b));
    for (int i = 0; i < fsnn_net_node_count(a); i++) {
        fsnn_node_info x, y;
        GOOD(fsnn_net_node(a, i, &x));
        GOOD(fsnn_net_node(b, i, &y));
        assert_string_equal(x.name, y.name);
        assert_string_equal(x.kind, y.kind);
    }
    fsnn_net_destroy(b);
    fsnn_description_destroy(there);
    fsnn_net_destroy(a);
    fsnn_description_destroy(here);
    text_free(&json);
}

static void compare(const char *what, const float *got, const double *want, int64_t count,
                    double offset, double tolerance)
{
    double scale = 1;
    for (int64_t i = 0; i < count; i++)
        scale = fmax(scale, fabs(want[i]));
    for (int64_t i = 0; i < count; i++)
        if (!(fabs((double)got[i] + offset - want[i]) <= tolerance * scale)) {
            print_error("%s[%lld] is %.9g, expected %.9g\n", what, (long long)i,
                        (double)got[i] + offset, want[i]);
            fail();
        }
}

/* The layer of a node: names without what names of layers cannot have. */
static int layer_of(const fsnn_net *net, const char *node)
{
    char name[128];
    snprintf(name, sizeof name, "%s", node);
    for (char *at = name; *at; at++)
        if (!((*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') ||
              (*at >= 'A' && *at <= 'Z')))
            *at = '_';
    return (int)VALID(fsnn_net_node_find(net, name));
}

/* The network as a graph again, without what fsnn wrote into its metadata: what other tools see. */
static void run_again(const pack_case *c, const char *text, const fsnn_net *net);

static void run_net(const pack_case *c, fsnn_net *net)
{
    int64_t inputs, outputs, potentials, sizes[2], other[2];
    double *x = read_array(c, "input.npy", &inputs, sizes),
           *output = read_array(c, "output.npy", &outputs, other),
           *v = read_array(c, "v.npy", &potentials, other);
    float *in = malloc((size_t)(inputs + 1) * sizeof *in), *read;
    const float *given;
    fsnn_shape shape_in, shape_out;
    for (int64_t i = 0; i < inputs; i++)
        in[i] = (float)x[i];
    GOOD(fsnn_net_replan(net, &(fsnn_plan){.steps = sizes[0], .batch = sizes[1], .record = true}));
    GOOD(fsnn_net_shapes(net, &shape_in, &shape_out));
    assert_int_equal(sizes[0] * sizes[1] * fsnn_shape_count(&shape_in), inputs);
    assert_int_equal(sizes[0] * sizes[1] * fsnn_shape_count(&shape_out), outputs);
    GOOD(fsnn_net_forward(net, in, &given));
    compare("output", given, output, outputs, 0, c->tolerance);
    if (*c->v_of) {
        read = malloc((size_t)potentials * sizeof *read);
        GOOD(fsnn_net_read(net, layer_of(net, c->v_of), FSNN_RECORD_V, read));
        compare("v", read, v, potentials, c->rest, c->tolerance);
        free(read);
    }
    free(in);
    free(x);
    free(output);
    free(v);
}

static bool remarks_have(const fsnn_nir *nir, const char *words)
{
    const char *remark;
    for (int i = 0; (remark = fsnn_nir_remark(nir, i)) != NULL; i++)
        if (strstr(remark, words))
            return true;
    return false;
}

static void run_case(const pack_case *c)
{
    fsnn_nir *nir = NULL;
    fsnn_net *net = NULL;
    char *description = NULL;
    fsnn_status status = fsnn_nir_read(in_case(c, "model.nir"), &nir);
    if (!status)
        status = fsnn_nir_import(nir, &c->options, &description, &net);
    if (!strcmp(c->expect, "refuse") || !strcmp(c->expect, "limit")) {
        assert_true(status < 0);
        CONTAINS(fsnn_error_text(), c->sentence);
    } else {
        GOOD(status);
        assert_int_equal(!strcmp(c->expect, "repair"),
                         *c->sentence && remarks_have(nir, c->sentence));
        check_json(description);
        run_net(c, net);
        run_again(c, description, net);
    }
    fsnn_net_destroy(net);
    fsnn_nir_destroy(nir);
    free(description);
}

static void run_again(const pack_case *c, const char *text, const fsnn_net *net)
{
    fsnn_description *description;
    fsnn_nir *nir;
    fsnn_net *other;
    char *again;
    pack_case seconds = *c;
    const fsnn_nir_export_options o = fsnn_nir_export_options_default();
    CASE("exported");
    GOOD(fsnn_description_parse("again.yaml", text, NULL, 0, &description));
    GOOD(fsnn_nir_export(description, net, &o, &nir));
    assert_true(fsnn_nir_is_ours(nir));
    for (int i = 0; i < nir->tree.count; i++)
        if (!strcmp(nir->tree.item[i].name, "metadata"))
            nir->tree.item[i].name[0] = 'M';
    assert_false(fsnn_nir_is_ours(nir));
    seconds.options.unit = 1; /* times of the network are in seconds */
    GOOD(fsnn_nir_import(nir, &seconds.options, &again, &other));
    run_net(&seconds, other);
    fsnn_net_destroy(other);
    free(again);
    fsnn_nir_destroy(nir);
    fsnn_description_destroy(description);
}

static void cases(void **state)
{
    (void)state;
    struct dirent **names;
    int count = scandir("nir-pack", &names, NULL, alphasort), run = 0;
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        pack_case c;
        snprintf(c.folder, sizeof c.folder, "nir-pack/%s", names[i]->d_name);
        FILE *file = fopen(in_case(&c, "case.json"), "r");
        free(names[i]);
        if (!file)
            continue;
        fclose(file);
        CASE("%s", c.folder);
        read_case(&c);
        run_case(&c);
        run++;
    }
    free(names);
    assert_true(run >= 88);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
