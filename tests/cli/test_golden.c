/* The golden networks through the program itself: a description, weights, input and target are
 * written as files, `fsnn run` computes, and what it writes is compared with the stored float64
 * numbers: spikes exactly, potentials within 1e-5 relative or 1e-6 absolute, gradients within 1e-4
 * of the largest entry of their array. */

#include "../json.h"
#include "shell.h"

typedef json_node node;

static bool is(node *scalar, const char *text)
{
    const char *value = json_text(scalar);
    return value && strcmp(value, text) == 0;
}

/* All numbers of a list (nested lists one after the other). */
static int flatten(node *from, double *to, int capacity)
{
    if (!json_is_list(from)) {
        assert_true(capacity > 0);
        *to = json_number(from);
        return 1;
    }
    int count = 0;
    for (node *item = from->first; item; item = item->next)
        count += flatten(item, to + count, capacity - count);
    return count;
}

enum { MOST = 1 << 16 };
static double expected[MOST], got[MOST];

static void save_array(fsnn_arrays *list, const char *name, node *values, node *shape_list)
{
    double dim[FSNN_MAX_RANK];
    fsnn_shape shape = {.rank = flatten(shape_list, dim, FSNN_MAX_RANK)};
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = (int64_t)dim[i];
    int count = flatten(values, expected, MOST);
    assert_int_equal(count, fsnn_shape_count(&shape));
    fsnn_array *array = fsnn_arrays_add(list, name, FSNN_F64, &shape);
    assert_non_null(array);
    memcpy(array->data, expected, (size_t)count * sizeof *expected);
}

static void save_numbers(node *root)
{
    fsnn_arrays weights = {0}, x = {0}, target = {0};
    node *all = json_get(root, "weights"), *shapes = json_get(root, "weight_shapes");
    for (node *item = all->first; item; item = item->next) {
        const char *name = item->key->text;
        if (!strstr(name, ".tau_param")) /* is part of the description here */
            save_array(&weights, name, item, json_get(shapes, name));
    }
    save_array(&x, "x", json_get(root, "x"), json_get(root, "x_shape"));
    save_array(&target, "target", json_get(root, "target"), json_get(root, "target_shape"));
    shell_save(&weights, "w.npz");
    shell_save(&x, "x.npz");
    shell_save(&target, "t.npz");
}

/* ---- the description ---- */

/* tau = tau0 (1 + e^p); without the parameter, tau0. `*slope` gets d tau / d p. */
static double effective_tau(node *root, node *layer, double *slope)
{
    char key[64];
    double tau0 = json_member(layer, "tau");
    snprintf(key, sizeof key, "%s.tau_param", json_text(json_get(layer, "name")));
    node *p = json_get(json_get(root, "weights"), key);
    *slope = 0;
    if (!p || !is(json_get(layer, "tau_learnable"), "true"))
        return tau0;
    double value[1];
    flatten(p, value, 1);
    *slope = tau0 * exp(value[0]);
    return tau0 + *slope;
}

/* The start of a neuron's options: its kind, and its equation where it has no kind of its own. */
static const char *kind_of(node *layer)
{
    static const char *const kinds[][2] = {{"LIF", "lif: {"},
                                           {"quadratic", "user: {dv: \"(-v^2 + I)/tau\", "}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (is(json_get(layer, "neuron"), kinds[i][0]))
            return kinds[i][1];
    fail_msg("the neuron \"%s\" cannot be described", json_text(json_get(layer, "neuron")));
    return NULL;
}

static void write_neuron(FILE *out, node *root, node *layer)
{
    double slope, tau = effective_tau(root, layer, &slope);
    node *surrogate = json_get(layer, "surrogate");
    fprintf(out, "  - %sname: %s, tau: {value: %.17g, learn: %s}, threshold: %.17g, ",
            kind_of(layer), json_text(json_get(layer, "name")), tau, slope != 0 ? "true" : "false",
            json_member(layer, "threshold"));
    fprintf(out, "surrogate: {kind: %s, scale: %.17g}}\n",
            is(surrogate, "piecewise_linear") ? "rectangle" : json_text(surrogate),
            json_member(layer, "surrogate_scale"));
}

static void write_layer(FILE *out, node *root, node *layer)
{
    node *kind = json_get(layer, "kind");
    char name[64];
    snprintf(name, sizeof name, "%s", json_text(json_get(layer, "name")));
    if (is(kind, "neuron"))
        write_neuron(out, root, layer);
    else if (is(kind, "linear"))
        fprintf(out, "  - linear: {name: %s, out: %g, bias: %s}\n", name, json_member(layer, "out"),
                json_text(json_get(layer, "bias")));
    else if (is(kind, "conv2d"))
        fprintf(out, "  - conv2d: {name: %s, out: %g, kernel: %g, padding: %g, bias: %s}\n", name,
                json_member(layer, "out"), json_member(layer, "kernel"),
                json_member(layer, "padding"), json_text(json_get(layer, "bias")));
    else if (is(kind, "maxpool2d"))
        fprintf(out, "  - maxpool: {name: %s, kernel: %g}\n", name, json_member(layer, "kernel"));
    else if (is(kind, "flatten"))
        fprintf(out, "  - flatten: {name: %s}\n", name);
    else
        fail_msg("a layer of unknown kind %s", json_text(kind));
}

/* A list of lists as YAML. */
static void write_lists(FILE *out, const char *key, node *lists)
{
    fprintf(out, "  %s: [", key);
    for (int l = 0; l < json_count(lists); l++) {
        double value[FSNN_MAX_TERMS];
        int count = flatten(json_at(lists, l), value, FSNN_MAX_TERMS);
        fprintf(out, "%s[", l ? ", " : "");
        for (int m = 0; m < count; m++)
            fprintf(out, "%s%.17g", m ? ", " : "", value[m]);
        fprintf(out, "]");
    }
    fprintf(out, "]\n");
}

/* Our name of spikeDE's method. */
static const char *method_of(const char *method)
{
    static const char *const names[][2] = {{"euler", "euler"}, {"gl", "gl"},   {"glmulti", "gl"},
                                           {"l1", "l1"},       {"trap", "l1"}, {"pred", "ab"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i][0], method) == 0)
            return names[i][1];
    }
    fail_msg("the method \"%s\" has no name here", method);
    return NULL;
}

static void write_description(node *root, node *c, const char *method)
{
    FILE *out = fopen(folder_path("net.yaml"), "w");
    assert_non_null(out);
    double dim[FSNN_MAX_RANK];
    int rank = flatten(json_get(root, "x_shape"), dim, FSNN_MAX_RANK);
    fprintf(out, "name: golden\ninput: [");
    for (int i = 2; i < rank; i++)
        fprintf(out, "%s%g", i > 2 ? ", " : "", dim[i]);
    fprintf(out, "]\nlayers:\n");
    node *layers = json_get(root, "layers");
    for (int l = 0; l < json_count(layers); l++)
        write_layer(out, root, json_at(layers, l));
    bool fractional = is(json_get(c, "integrator"), "fdeint");
    fprintf(out, "dynamics:\n  integrator: %s\n  method: %s\n  step: %.17g\n",
            fractional ? "fdeint" : "odeint", method, json_member(c, "h"));
    if (fractional) {
        write_lists(out, "alpha", json_get(c, "alpha"));
        write_lists(out, "coefficients", json_get(c, "coefficient"));
        fprintf(out, "  learn_alpha: true\n  learn_coefficients: %s\n",
                is(json_get(c, "multiterm"), "true") ? "true" : "false");
    }
    if (fractional && json_member(c, "memory") > 0)
        fprintf(out, "  memory: %.0f\n", json_member(c, "memory"));
    assert_int_equal(fclose(out), 0);
}

/* ---- comparing ---- */

static int read_result(const fsnn_arrays *result, const char *name)
{
    const fsnn_array *array = fsnn_arrays_find(result, name);
    if (!array)
        fail_msg("%s is missing", name);
    int count = (int)fsnn_shape_count(&array->shape);
    assert_true(count <= MOST);
    fsnn_array_to_f64(array, got);
    return count;
}

static void compare_values(const fsnn_arrays *result, const char *name, node *list)
{
    int count = flatten(list, expected, MOST);
    assert_int_equal(read_result(result, name), count);
    for (int i = 0; i < count; i++) {
        double d = fabs(got[i] - expected[i]);
        if (!(d <= 1e-6 || d <= 1e-5 * fabs(expected[i])))
            fail_msg("%s[%d] is %.9g, expected %.9g", name, i, got[i], expected[i]);
    }
}

static void compare_spikes(const fsnn_arrays *result, const char *name, node *text)
{
    const char *spikes = json_text(text);
    size_t size = strlen(spikes);
    assert_int_equal(read_result(result, name), size);
    for (size_t i = 0; i < size; i++) {
        if (got[i] != spikes[i] - '0')
            fail_msg("%s[%zu] is %g, expected %c", name, i, got[i], spikes[i]);
    }
}

/* Differences are measured against the largest entry of the array. Returns the largest. */
static double compare_gradient(const fsnn_arrays *result, const char *name, node *list,
                               double factor)
{
    int count = flatten(list, expected, MOST);
    double largest = 0, worst = 0;
    char full[96];
    snprintf(full, sizeof full, "grad.%s", name);
    assert_int_equal(read_result(result, full), count);
    for (int i = 0; i < count; i++)
        largest = fmax(largest, fabs(expected[i]));
    for (int i = 0; i < count; i++) {
        double d = fabs(got[i] * factor - expected[i]) / fmax(largest, 1e-12);
        worst = fmax(worst, d);
        if (!(d <= 1e-4))
            fail_msg("%s[%d] is %.9g, expected %.9g (largest %.3g)", full, i, got[i] * factor,
                     expected[i], largest);
    }
    return worst;
}

static double compare_weights(const fsnn_arrays *result, node *root, node *grad)
{
    double worst = 0;
    for (node *item = grad->first; item; item = item->next) {
        const char *name = item->key->text;
        if (!strstr(name, ".tau_param"))
            worst = fmax(worst, compare_gradient(result, name, item, 1));
    }
    node *layers = json_get(root, "layers");
    for (int l = 0; l < json_count(layers); l++) {
        node *layer = json_at(layers, l);
        char key[64];
        double slope = 0;
        if (!is(json_get(layer, "kind"), "neuron"))
            continue;
        effective_tau(root, layer, &slope);
        snprintf(key, sizeof key, "%s.tau_param", json_text(json_get(layer, "name")));
        node *of_p = json_get(grad, key);
        snprintf(key, sizeof key, "%s.tau", json_text(json_get(layer, "name")));
        if (slope != 0) /* d loss / d p = d loss / d tau * d tau / d p */
            worst = fmax(worst, compare_gradient(result, key, of_p, slope));
    }
    return worst;
}

static void compare(node *root, node *c, const char *file)
{
    fsnn_arrays result = shell_load("out.npz");
    node *e = json_get(c, "expected"), *layers = json_get(root, "layers");
    node *alpha = json_get(e, "grad_alpha_full"), *coefficient = json_get(e, "grad_coefficient");
    if (!alpha || !json_is_list(alpha))
        alpha = json_get(e, "grad_alpha");
    assert_int_equal(alpha && json_is_list(alpha), is(json_get(c, "integrator"), "fdeint"));
    assert_int_equal(coefficient && json_is_list(coefficient),
                     is(json_get(c, "multiterm"), "true"));
    compare_values(&result, "output", json_get(e, "out"));
    double loss = json_member(e, "loss");
    assert_int_equal(read_result(&result, "loss"), 1);
    assert_float_equal(got[0], loss, 1e-6 * fabs(loss));
    double worst = compare_weights(&result, root, json_get(e, "grad"));
    for (int l = 0, n = 0; l < json_count(layers); l++) {
        char name[96];
        node *layer = json_at(layers, l);
        if (!is(json_get(layer, "kind"), "neuron"))
            continue;
        char own[64];
        snprintf(own, sizeof own, "%s", json_text(json_get(layer, "name")));
        snprintf(name, sizeof name, "v.%s", own);
        compare_values(&result, name, json_at(json_get(e, "v"), n));
        snprintf(name, sizeof name, "spikes.%s", own);
        compare_spikes(&result, name, json_at(json_get(e, "spikes"), n));
        snprintf(name, sizeof name, "%s.alpha", own);
        if (alpha && json_is_list(alpha))
            worst = fmax(worst, compare_gradient(&result, name, json_at(alpha, n), 1));
        snprintf(name, sizeof name, "%s.coefficient", own);
        if (coefficient && json_is_list(coefficient))
            worst = fmax(worst, compare_gradient(&result, name, json_at(coefficient, n), 1));
        n++;
    }
    fsnn_arrays_free(&result);
    print_message("%s %s: same spikes, gradients within %.1e\n", file,
                  json_text(json_get(c, "name")), worst);
}

/* ---- the cases ---- */

static const char run_line[] =
    "$F run net.yaml --weights w.npz --input x.npz --output out.npz --record v,spikes "
    "--target t.npz --loss mse_rate --grads --threads 2";

static void run_case(node *root, node *c, const char *file)
{
    write_description(root, c, method_of(json_text(json_get(c, "method"))));
    shell_good(run_line);
    compare(root, c, file);
}

/* Every case of a file; at least `least` of them must have been computed. */
static void run_file(const char *file, int least)
{
    char path[128];
    snprintf(path, sizeof path, "tests/golden/%s", file);
    json_doc *doc = json_open(path);
    node *root = doc->root, *cases = json_get(root, "cases");
    int computed = 0;
    save_numbers(root);
    for (; computed < json_count(cases); computed++)
        run_case(root, json_at(cases, computed), file);
    json_close(doc);
    assert_true(computed >= least);
}

static void one_layer(void **state)
{
    (void)state;
    run_file("net1_lif.json", 6); /* Euler, GL, trap, L1, pred, multi-term */
}

static void two_layers(void **state)
{
    (void)state;
    run_file("net2_lif_gl.json", 4);
}

static void learned_tau(void **state)
{
    (void)state;
    run_file("net2_lif_tau.json", 1);
}

static void convolution(void **state)
{
    (void)state;
    run_file("conv_lif.json", 1);
}

static void own_neurons(void **state)
{
    (void)state;
    run_file("net2_quadratic.json", 1); /* an equation: the leak is quadratic */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_layer),   cmocka_unit_test(two_layers),  cmocka_unit_test(learned_tau),
        cmocka_unit_test(convolution), cmocka_unit_test(own_neurons),
    };
    return cmocka_run_group_tests(tests, shell_start, folder_remove);
}
