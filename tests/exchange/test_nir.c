/* NIR files of other tools, as they are: those of NIR's own paper, NIRTorch and Spyx. What is asked
 * for on import, and pictures. */
#include "check.h"
#include "folder.h"

#include <fsnn/exchange.h>

static const char *field(const char *name)
{
    static char path[1024];
    const char *data = getenv("FSNN_DATA");
    snprintf(path, sizeof path, "%s/field/nir/%s", data ? data : "../shared/data", name);
    return path;
}

static void need_field(void)
{
    FILE *file = fopen(field("lif_norse.nir"), "rb");
    if (!file) {
        print_message("skipped: no %s\n", field("lif_norse.nir"));
        skip();
    }
    fclose(file);
}

/* name, nodes, edges, neurons' layers, output size, a word of what is repaired */
static const struct {
    const char *name;
    int nodes, edges, remarks;
    int64_t out;
    const char *remark;
} files[] = {
    {"lif_norse.nir", 4, 3, 0, 1, NULL},
    {"lif_rockpool.nir", 4, 3, 1, 1, "states the shape [1, 1, 1]"},
    {"two_lif_neurons.nir", 6, 5, 0, 1, NULL},
    {"cnn_sinabs.nir", 15, 14, 0, 10, NULL},
    {"spyx_scnn_mnist.nir", 15, 14, 0, 10, NULL},
    {"braille_noDelay_bias_zero.nir", 7, 7, 0, 7, NULL},
    {"braille_noDelay_noBias_subtract.nir", 7, 7, 0, 7, NULL},
    {"braille_noDelay_bias_zero_subgraph.nir", 9, 9, 1, 7, "\"lif1/lif\", which is no node"},
    {"braille_noDelay_noBias_subtract_subgraph.nir", 9, 9, 1, 7, "taken as \"lif1/lif1\""},
    {"nirtorch_braille.nir", 7, 7, 0, 7, NULL},
};

static void run_random(fsnn_net *net, int64_t out)
{
    enum { STEPS = 20 };
    fsnn_shape in, o;
    const float *y;
    GOOD(fsnn_net_shapes(net, &in, &o));
    assert_int_equal(fsnn_shape_count(&o), out);
    GOOD(fsnn_net_replan(net, &(fsnn_plan){.steps = STEPS, .batch = 1}));
    const int64_t n = STEPS * fsnn_shape_count(&in);
    float *x = malloc((size_t)n * sizeof *x);
    for (int64_t i = 0; i < n; i++)
        x[i] = fsnn_random_uniform(1, 2, (uint64_t)i) < 0.3F;
    GOOD(fsnn_net_forward(net, x, &y));
    for (int64_t i = 0; i < STEPS * out; i++)
        assert_true(y[i] == 0 || y[i] == 1);
    free(x);
}

static void all_run(void **state)
{
    (void)state;
    need_field();
    for (int i = 0; i < FSNN_COUNT(files); i++) {
        CASE("%s", files[i].name);
        fsnn_nir *nir;
        fsnn_net *net;
        char *description;
        GOOD(fsnn_nir_read(field(files[i].name), &nir));
        assert_int_equal(fsnn_nir_node_count(nir), files[i].nodes);
        assert_int_equal(fsnn_nir_edge_count(nir), files[i].edges);
        int remarks = 0;
        while (fsnn_nir_remark(nir, remarks))
            remarks++;
        assert_int_equal(remarks, files[i].remarks);
        if (files[i].remark)
            CONTAINS(fsnn_nir_remark(nir, 0), files[i].remark);
        const fsnn_nir_import_options o = {.dt = files[i].nodes == 15 ? 1 : 1e-4,
                                           .reset = FSNN_RESET_SUBTRACT};
        GOOD(fsnn_nir_import(nir, &o, &description, &net));
        run_random(net, files[i].out);
        fsnn_net_destroy(net);
        free(description);
        fsnn_nir_destroy(nir);
    }
}

/* ---- what they answer, by the pack's reference in NumPy and double precision ---- */

enum { GOLDEN_STEPS = 100 };

/* x [GOLDEN_STEPS, n], as tests/golden/make_nir.py says. */
static double *golden_input(int64_t n)
{
    double *x = malloc((size_t)(GOLDEN_STEPS * n) * sizeof *x);
    assert_non_null(x);
    for (int64_t t = 0; t < GOLDEN_STEPS; t++)
        for (int64_t i = 0; i < n; i++)
            x[t * n + i] = (7 * t + 13 * i + t * i % 5) % 10 < 4;
    return x;
}

static void expect_answer(fsnn_net *net, int64_t spikes, int64_t sum)
{
    fsnn_shape in, out;
    const double *y;
    GOOD(fsnn_net_shapes(net, &in, &out));
    GOOD(fsnn_net_replan(net, &(fsnn_plan){.steps = GOLDEN_STEPS, .batch = 1}));
    double *x = golden_input(fsnn_shape_count(&in)), found = 0, weighted = 0;
    GOOD(fsnn_net_forward_double(net, x, &y));
    for (int64_t k = 0; k < GOLDEN_STEPS * fsnn_shape_count(&out); k++) {
        found += y[k];
        weighted += y[k] * (double)(k + 1);
    }
    assert_int_equal((int64_t)found, spikes);
    assert_int_equal((int64_t)weighted, sum);
    free(x);
}

static void golden_answers(void **state)
{
    (void)state;
    need_field();
    NEEDS("double precision");
    char name[64], reset[16];
    double dt, margin;
    int nodes, edges, lines = 0;
    long long spikes, sum;
    FILE *in = fopen("tests/golden/nir.txt", "r");
    assert_non_null(in);
    while (fscanf(in, "%63s %lf %15s %d %d %lld %lld %lf", name, &dt, reset, &nodes, &edges,
                  &spikes, &sum, &margin) == 8) {
        CASE("%s, %s", name, reset);
        fsnn_nir *nir;
        fsnn_net *net;
        char *description;
        const fsnn_nir_import_options o = {
            .dt = dt, .reset = fsnn_reset_find(reset), .precision = FSNN_PRECISION_DOUBLE};
        GOOD(fsnn_nir_read(field(name), &nir));
        assert_int_equal(fsnn_nir_node_count(nir), nodes);
        assert_int_equal(fsnn_nir_edge_count(nir), edges);
        GOOD(fsnn_nir_import(nir, &o, &description, &net));
        expect_answer(net, spikes, sum);
        fsnn_net_destroy(net);
        free(description);
        fsnn_nir_destroy(nir);
        lines++;
    }
    fclose(in);
    assert_int_equal(lines, 2 * FSNN_COUNT(files));
}

/* Every .nir of the folder is one of them. */
static void none_left_out(void **state)
{
    (void)state;
    need_field();
    int count = 0;
    DIR *directory = opendir(field("."));
    assert_non_null(directory);
    for (struct dirent *e; (e = readdir(directory));) {
        const char *dot = strrchr(e->d_name, '.');
        if (!dot || strcmp(dot, ".nir") != 0)
            continue;
        CASE("%s", e->d_name);
        int i = 0;
        while (i < FSNN_COUNT(files) && strcmp(files[i].name, e->d_name) != 0)
            i++;
        assert_in_range(i, 0, FSNN_COUNT(files) - 1);
        count++;
    }
    closedir(directory);
    assert_int_equal(count, FSNN_COUNT(files));
}

/* ---- the answers of simulators to lif_norse.nir, beside the files ---- */

enum { ANSWERS = 1000 };
typedef struct answer {
    float in[ANSWERS];
    double v[ANSWERS], spike[ANSWERS];
} answer;

static void read_answer(const char *name, answer *a)
{
    FILE *file = fopen(field(name), "r");
    assert_non_null(file);
    for (int k = 0; k < ANSWERS; k++) {
        double in;
        assert_int_equal(fscanf(file, "%lf,%lf,%lf", &in, &a->v[k], &a->spike[k]), 3);
        a->in[k] = in > 0;
    }
    fclose(file);
}

static void lif_of_norse(float *v, float *s)
{
    fsnn_nir *nir;
    fsnn_net *net;
    char *description;
    const float *y;
    static answer a;
    read_answer("lif_norse.csv", &a);
    GOOD(fsnn_nir_read(field("lif_norse.nir"), &nir));
    const fsnn_nir_import_options o = {.dt = 1e-4, .reset = FSNN_RESET_VALUE};
    GOOD(fsnn_nir_import(nir, &o, &description, &net));
    GOOD(fsnn_net_replan(net, &(fsnn_plan){.steps = ANSWERS, .batch = 1, .record = true}));
    GOOD(fsnn_net_forward(net, a.in, &y));
    GOOD(fsnn_net_read(net, (int)VALID(fsnn_net_node_find(net, "1")), FSNN_RECORD_V, v));
    memcpy(s, y, ANSWERS * sizeof *s);
    fsnn_net_destroy(net);
    free(description);
    fsnn_nir_destroy(nir);
}

/* Norse solves the equations as they are here: every potential and every spike. snnTorch counts
 * potentials in units of r. Lava brings the input a step later. The exact solution, Nengo and
 * SpiNNaker 2 spike in the same steps. Rockpool and Sinabs decay by e^(-dt/tau), which
 * lets potentials be larger: two of four spikes come an input earlier. Spyx tests before adding. */
static void answers_of_the_paper(void **state)
{
    (void)state;
    need_field();
    static const struct {
        const char *name;
        int late;
        double scale; /* of its potentials; 0: not compared */
    } same[] = {{"lif_norse.csv", 0, 1},
                {"lif_snntorch.csv", 0, 25},
                {"lif_lava_cpu_float.csv", 1, 1},
                {"lif_lava_cpu_fixed.csv", 1, 0},
                {"lif_lava_loihi_fixed.csv", 1, 0},
                {"lif_exact.csv", 0, 0},
                {"lif_nengo.csv", 0, 0},
                {"lif_spinnaker2.csv", 0, 0}};
    static float v[ANSWERS], s[ANSWERS];
    static answer a;
    lif_of_norse(v, s);
    for (int i = 0; i < FSNN_COUNT(same); i++) {
        CASE("%s", same[i].name);
        read_answer(same[i].name, &a);
        for (int k = 0; k + same[i].late < ANSWERS; k++) {
            assert_int_equal((int)s[k], (int)a.spike[k + same[i].late]);
            if (same[i].scale > 0 && s[k] == 0)
                NEAR("v", (double)v[k] * same[i].scale, a.v[k + same[i].late],
                     2e-6 * same[i].scale);
        }
    }
}

/* ---- import asks ---- */

static void asks(void **state)
{
    (void)state;
    need_field();
    fsnn_nir *nir;
    char *description = NULL;
    GOOD(fsnn_nir_read(field("lif_norse.nir"), &nir));
    fsnn_nir_import_options o = fsnn_nir_import_options_default();
    REFUSED(
        fsnn_nir_import(nir, &o, &description, NULL), FSNN_EARGUMENT,
        "tau 0.0025: with steps of 0.0001 s that is 25 steps where it is in seconds, 0.025 steps "
        "where it is in milliseconds");
    assert_string_equal(fsnn_error_place().key, "dt");
    o.dt = 1e-4;
    REFUSED(
        fsnn_nir_import(nir, &o, &description, NULL), FSNN_EARGUMENT,
        "a spike at the potential 0.15 leaves 0 where it sets the potential (value), 0.05 where "
        "it takes the threshold from it (subtract)");
    assert_string_equal(fsnn_error_place().key, "reset");
    assert_null(description);
    o.reset = FSNN_RESET_JUMP;
    REFUSED(fsnn_nir_import(nir, &o, &description, NULL), FSNN_EARGUMENT, "value or subtract");
    o.reset = FSNN_RESET_VALUE;
    GOOD(fsnn_nir_import(nir, &o, &description, NULL));
    CONTAINS(description, check_built_with("YAML") ? "step: 0.0001}" : "\"step\": 0.0001}");
    free(description);
    fsnn_nir_destroy(nir);
}

static void import_pack(const char *path, const fsnn_nir_import_options *o, char **description,
                        fsnn_nir **nir)
{
    fsnn_net *net;
    GOOD(fsnn_nir_read(path, nir));
    GOOD(fsnn_nir_import(*nir, o, description, &net));
    assert_int_equal(fsnn_net_precision(net), o->precision);
    fsnn_net_destroy(net);
}

static bool remarked(const fsnn_nir *nir, const char *words)
{
    for (int i = 0; fsnn_nir_remark(nir, i); i++)
        if (strstr(fsnn_nir_remark(nir, i), words))
            return true;
    return false;
}

/* Thresholds below 0: what a spike then takes. */
static void below_zero(void **state)
{
    (void)state;
    fsnn_nir *nir;
    char *description;
    for (int value = 0; value < 2; value++) {
        CASE("value %d", value);
        const fsnn_nir_import_options o = {.dt = 0.0009765625,
                                           .reset = value ? FSNN_RESET_VALUE : FSNN_RESET_SUBTRACT};
        import_pack("nir-pack/lif_millivolts/model.nir", &o, &description, &nir);
        assert_true(remarked(nir, "it starts there"));
        assert_int_equal(remarked(nir, ", and a spike takes v_threshold less v_leak"), !value);
        free(description);
        fsnn_nir_destroy(nir);
    }
}

static void in_double_precision(void **state)
{
    (void)state;
    NEEDS("double precision");
    fsnn_nir *nir;
    char *description;
    fsnn_nir_import_options o = {
        .dt = 0.0009765625, .reset = FSNN_RESET_VALUE, .precision = FSNN_PRECISION_DOUBLE};
    import_pack("nir-pack/stored_double/model.nir", &o, &description, &nir);
    CONTAINS(description,
             check_built_with("YAML") ? ", precision: double}" : ", \"precision\": \"double\"}");
    free(description);
    description = NULL;
    o.precision = (fsnn_precision)7;
    REFUSED(fsnn_nir_import(nir, &o, &description, NULL), FSNN_EARGUMENT, "single or double");
    fsnn_nir_destroy(nir);
}

static void picture(void **state)
{
    (void)state;
    need_field();
    fsnn_nir *nir;
    char *dot;
    GOOD(fsnn_nir_read(field("nirtorch_braille.nir"), &nir));
    GOOD(fsnn_nir_dot(nir, &dot));
    CONTAINS(dot, "digraph nir {");
    CONTAINS(dot, "lif1.lif\\nCubaLIF [38]");
    CONTAINS(dot, "[style=dashed]");
    free(dot);
    fsnn_nir_destroy(nir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_run),       cmocka_unit_test(golden_answers),
        cmocka_unit_test(none_left_out), cmocka_unit_test(answers_of_the_paper),
        cmocka_unit_test(below_zero),    cmocka_unit_test(in_double_precision),
        cmocka_unit_test(asks),          cmocka_unit_test(picture),
    };
    return cmocka_run_group_tests(tests, folder_open, folder_close);
}
