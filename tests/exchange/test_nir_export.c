/* Networks as NIR graphs and back: the same description, the same bits; what NIR has no node for is
 * refused by its name; a file that another program changed is not taken for ours. */
#include "check.h"
#include "folder.h"

#include "exchange/nir.h"
#include "model/yaml.h"

enum { STEPS = 24, BATCH = 2 };

typedef struct model {
    fsnn_description *description;
    fsnn_net *net;
} model;

static void open_model(model *m, const char *text)
{
    GOOD(fsnn_description_parse("model.yaml", text, NULL, 0, &m->description));
    GOOD(fsnn_description_net(m->description, &m->net));
    GOOD(fsnn_net_wrap(m->net, fsnn_description_dynamics(m->description),
                       &(fsnn_plan){.steps = 1, .batch = 1, .seed = 3}));
}

static void close_model(model *m)
{
    fsnn_net_destroy(m->net);
    fsnn_description_destroy(m->description);
}

/* Values that are not those of the description. */
static void move_params(fsnn_net *net)
{
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        for (int64_t k = 0; k < fsnn_shape_count(&p->shape); k++) {
            const double by = 1 + 0.1 * (double)fsnn_random_uniform(5, (uint64_t)i, (uint64_t)k);
            if (p->value64)
                p->value64[k] /= by;
            else
                p->value[k] /= (float)by;
        }
    }
    GOOD(fsnn_net_params_changed(net));
}

/* Bits of the outputs [STEPS, BATCH, ...] of random input, to be freed. */
static void *run(fsnn_net *net, const fsnn_dynamics *dynamics, size_t *size)
{
    fsnn_shape in, out;
    bool wide = fsnn_net_precision(net) == FSNN_PRECISION_DOUBLE;
    const void *y;
    (void)dynamics;
    GOOD(fsnn_net_shapes(net, &in, &out));
    GOOD(fsnn_net_replan(net, &(fsnn_plan){.steps = STEPS, .batch = BATCH}));
    const int64_t n = STEPS * BATCH * fsnn_shape_count(&in);
    double *x64 = malloc((size_t)n * sizeof *x64);
    float *x = malloc((size_t)n * sizeof *x);
    for (int64_t i = 0; i < n; i++)
        x64[i] = x[i] = 3 * fsnn_random_uniform(9, 9, (uint64_t)i);
    if (wide)
        GOOD(fsnn_net_forward_double(net, x64, (const double **)&y));
    else
        GOOD(fsnn_net_forward(net, x, (const float **)&y));
    *size = (size_t)(STEPS * BATCH * fsnn_shape_count(&out)) * (wide ? 8 : 4);
    void *bits = malloc(*size);
    memcpy(bits, y, *size);
    free(x64);
    free(x);
    return bits;
}

#define LAYERS(input, text) "name: m\ninput: " input "\nlayers:\n" text
#define GL "dynamics: {alpha: 0.6, step: 0.5}\n"

static const char *const models[] = {
    LAYERS("3", "  - linear: 8\n  - lif: {tau: 2.5, threshold: 0.5}\n  - linear: 2\n  - readout\n")
        GL,
    LAYERS("3", "  - linear: 8\n  - lif: {reset: subtract}\n  - linear: {out: 4, bias: false}\n"
                "  - if: {reset: value, v_reset: -0.1}\n") "dynamics: {alpha: [0.3, 0.8], "
                                                           "alpha_mode: per_layer, memory: 6, "
                                                           "method: l1}\n",
    LAYERS("3", "  - linear: 8\n  - lif: {tau: {value: 3, learn: true, per: channel}, surrogate: "
                "sigmoid}\n") "dynamics: {alpha: [0.4, 0.9], alpha_mode: multiterm, "
                              "learn_alpha: true}\n",
    LAYERS("[2, 8, 8]",
           "  - conv2d: {out: 4, kernel: [3, 2], padding: [1, 0], stride: [1, 2]}\n  - "
           "batchnorm\n"
           "  - lif: {tau: {value: 2, learn: true, per: neuron}}\n  - avgpool: {kernel: 2}\n"
           "  - dropout: 0.2\n  - sumpool: {adaptive: 1}\n  - flatten\n  - linear: 20\n"
           "  - batchnorm\n  - lif\n  - voting: 10\n") GL,
    LAYERS("[2, 16]",
           "  - conv1d: {out: 4, kernel: 3, bias: false}\n  - batchnorm: {affine: false}\n"
           "  - noisy\n  - reshape: [56]\n  - linear: 3\n  - integrator\n") GL,
    LAYERS("3", "  - linear: {out: 6, name: output}\n  - delay: {of: lif1, name: before}\n"
                "  - linear: {out: 6, name: w}\n  - add: {from: [output, w]}\n  - lif: "
                "{name: lif1}\n"
                "  - add: {from: [lif1, output, output]}\n  - linear: 2\n") GL,
    LAYERS("3", "  - delay: {steps: [0, 2, 5], per: neuron}\n  - linear: 6\n"
                "  - delay: {of: lif1, name: before, steps: 3}\n  - linear: {out: 6, name: w}\n"
                "  - delay: {steps: 2, name: back}\n  - add: {from: [linear1, back]}\n"
                "  - lif: {name: lif1, reset: value}\n") GL,
    LAYERS("4", "  - scale\n  - cuba: {tau: 3, params: {tau_syn: 4}}\n  - delay: {of: cuba1}\n"
                "  - lif: {equality: '>'}\n") GL,
    LAYERS("3", "  - linear: 8\n  - lif: {rest: -70, resistance: {value: 8, per: neuron}, "
                "threshold: -60, v0: -68}\n  - linear: 4\n  - if: {rest: {value: -1, learn: true}, "
                "resistance: 2, threshold: -0.5, reset: value}\n") GL,
    LAYERS("3", "  - linear: 8\n  - lif: {tau: 2.5, reset: jump}\n  - linear: 2\n  - "
                "readout\n") "dynamics: {alpha: 0.7, method: gl, precision: double, "
                             "memory: {tolerance: 1e-4}}\n",
    LAYERS("3", "  - linear: {out: 3, name: a}\n  - lif\n  - linear: {out: 3, weights: "
                "a}\n  - lif\n") "dynamics: {integrator: odeint, step: 0.25}\n",
    LAYERS("[2, 6, 6]",
           "  - conv2d: {out: 3, kernel: 3}\n  - tdbn: {threshold: 0.5, alpha: 0.7}\n"
           "  - droppath: 0.3\n  - lif\n  - flatten\n  - linear: 5\n  - tdbn\n  - lif\n") GL,
    LAYERS("3",
           "  - learned_delay: {max: 4, name: output}\n  - delayed_linear: {out: 6, max: 5, "
           "kernel: gaussian}\n  - lif: {name: l}\n  - learned_delay: {max: 3, init: constant, "
           "steps: 2, per: channel}\n  - linear: 2\n") GL,
};

static void back_to_the_same_bits(void **state)
{
    (void)state;
    const char *path = folder_path("m.nir");
    for (int i = 0; i < FSNN_COUNT(models); i++) {
        CASE("%s", models[i]);
        if (strstr(models[i], "precision: double") && !check_built_with("double precision"))
            continue;
        const fsnn_nir_import_options none = fsnn_nir_import_options_default();
        const fsnn_nir_export_options o = {.dt = i % 2 ? 1e-3 : 0};
        model m;
        fsnn_nir *nir;
        fsnn_net *net;
        char *text, *back;
        size_t size, same;
        open_model(&m, models[i]);
        move_params(m.net);
        GOOD(fsnn_nir_export(m.description, m.net, &o, &nir));
        GOOD(fsnn_nir_write(nir, path));
        fsnn_nir_destroy(nir);
        GOOD(fsnn_nir_read(path, &nir));
        GOOD(fsnn_nir_import(nir, &none, &back, &net));
        assert_null(fsnn_nir_remark(nir, 0));
        GOOD(fsnn_description_text(m.description, &text));
        assert_string_equal(back, text);
        void *was = run(m.net, NULL, &size), *is = run(net, NULL, &same);
        assert_int_equal(size, same);
        assert_memory_equal(was, is, size);
        free(was);
        free(is);
        free(text);
        free(back);
        fsnn_net_destroy(net);
        fsnn_nir_destroy(nir);
        close_model(&m);
    }
    unlink(path);
}

/* ---- the file as others see it ---- */

static const hdf_item *item(const fsnn_nir *nir, const char *node, const char *field)
{
    for (int i = 0; i < nir->nodes; i++)
        if (!strcmp(nir->node[i].path, node))
            return nir_item(nir, i, field);
    return NULL;
}

static void fields(void **state)
{
    (void)state;
    model m;
    fsnn_nir *nir;
    const fsnn_nir_export_options o = {.dt = 1e-3};
    open_model(&m, models[0]);
    GOOD(fsnn_nir_export(m.description, m.net, &o, &nir));
    const hdf_item *tau = item(nir, "lif1", "tau");
    assert_int_equal(tau->rank, 1);
    assert_int_equal(tau->dim[0], 8);
    NEAR("tau", tau->real[3], 2.5 * 1e-3 / 0.5, 1e-9);
    NEAR("v_reset", item(nir, "lif1", "v_reset")->real[0], 0, 0);
    int metadata =
        hdf_find(&nir->tree, (int)(item(nir, "lif1", "metadata") - nir->tree.item), "frac_alpha");
    assert_true(metadata > 0);
    NEAR("frac_alpha", nir->tree.item[metadata].real[0], 0.6, 0);
    CONTAINS(fsnn_nir_remark(nir, 0), "lif \"lif1\": reset current is in the metadata");
    CONTAINS(fsnn_nir_remark(nir, 1), "other tools read a neuron of order 1");
    fsnn_nir_destroy(nir);
    close_model(&m);
}

/* Neurons of other tools begin at 0: potentials are counted from rest. */
static void counted_from_rest(void **state)
{
    (void)state;
    model m;
    fsnn_nir *nir;
    const fsnn_nir_export_options o = {.dt = 1e-3};
    open_model(&m, LAYERS("3", "  - lif: {rest: -70, resistance: 8, threshold: -50, reset: value, "
                               "v_reset: -65}\n") "dynamics: {alpha: 1}\n");
    GOOD(fsnn_nir_export(m.description, m.net, &o, &nir));
    NEAR("v_leak", item(nir, "lif1", "v_leak")->real[0], 0, 0);
    NEAR("r", item(nir, "lif1", "r")->real[0], 8, 0);
    NEAR("v_threshold", item(nir, "lif1", "v_threshold")->real[0], 20, 0);
    NEAR("v_reset", item(nir, "lif1", "v_reset")->real[0], 5, 0);
    CONTAINS(fsnn_nir_remark(nir, 0), "lif \"lif1\": potentials are counted from its rest");
    assert_null(fsnn_nir_remark(nir, 1) && strstr(fsnn_nir_remark(nir, 1), "v0") ? "v0" : NULL);
    fsnn_nir_destroy(nir);
    close_model(&m);
}

/* A rest of each neuron is where it begins, unless it was learned since. */
static void begins_at_rest_no_more(void **state)
{
    (void)state;
    model m;
    const fsnn_nir_export_options o = {.dt = 1e-3};
    open_model(&m,
               LAYERS("2", "  - lif: {rest: {value: [-70.1, -60], per: neuron, learn: true}, "
                           "threshold: -50, reset: value, equality: '>'}\n") "dynamics: {alpha: "
                                                                             "1}\n");
    for (int moved = 0; moved < 2; moved++) {
        fsnn_nir *nir;
        bool said = false;
        fsnn_net_param_find(m.net, "lif1.rest")->value[1] += (float)moved;
        GOOD(fsnn_net_params_changed(m.net));
        GOOD(fsnn_nir_export(m.description, m.net, &o, &nir));
        for (int i = 0; fsnn_nir_remark(nir, i); i++)
            said = said || strstr(fsnn_nir_remark(nir, i), "v0 is in the metadata alone");
        assert_int_equal(said, moved);
        fsnn_nir_destroy(nir);
    }
    close_model(&m);
}

#define EULER "dynamics: {integrator: odeint, step: 0.5}\n"

/* What other tools read is the same network at order 1: delays, also learned ones, loops, sums,
 * normalisation. */
static const char *const plain[] = {
    LAYERS("3", "  - delay: {steps: [0, 2, 5], per: neuron}\n  - linear: 6\n"
                "  - delay: {of: lif1, name: before, steps: 3}\n"
                "  - linear: {out: 6, name: w}\n  - delay: {steps: 2, name: back}\n"
                "  - add: {from: [linear1, back]}\n"
                "  - lif: {name: lif1, reset: value, threshold: 0.3}\n"
                "  - add: {from: [lif1, linear1, linear1]}\n  - readout\n") EULER,
    LAYERS("3",
           "  - learned_delay: {max: 3}\n  - delayed_linear: {out: 4, max: 4}\n"
           "  - lif: {reset: value, threshold: 0.2}\n  - delayed_linear: {out: 5, max: 6, kernel: "
           "gaussian, sigma: 0.8, bias: false}\n  - readout\n") EULER,
    LAYERS("[2, 3, 4]", "  - learned_delay: {max: 5, per: channel, init: constant, steps: 1.5}\n"
                        "  - learned_delay: {max: 3, kernel: gaussian}\n"
                        "  - learned_delay: {max: 2, per: layer, init: constant, steps: 1}\n")
        EULER,
    LAYERS("3", "  - delay: {of: lif1, name: before}\n  - delayed_linear: {out: 4, max: 2, bias: "
                "false, name: w}\n"
                "  - delayed_linear: {from: input, out: 4, max: 3, name: in}\n"
                "  - add: {from: [in, w]}\n  - lif: {name: lif1, reset: value, threshold: 0.3}\n")
        EULER,
    /* the bias is there in the first step, before any spike comes back */
    LAYERS("3",
           "  - delay: {of: lif1, name: before}\n  - delayed_linear: {out: 4, max: 2, name: w}\n"
           "  - delayed_linear: {from: input, out: 4, max: 3, name: in}\n"
           "  - add: {from: [in, w]}\n  - lif: {name: lif1, reset: value, threshold: 0.3}\n") EULER,
    LAYERS("[2, 6, 6]",
           "  - tdbn: {threshold: 0.5, alpha: 0.7}\n  - droppath: 0.3\n  - lif: {reset: "
           "value}\n  - flatten\n  - tdbn: {affine: false}\n") EULER,
};

static void without_metadata_of(const char *description)
{
    model m;
    fsnn_nir *nir;
    fsnn_net *net;
    char *text;
    size_t size, same;
    const fsnn_nir_export_options o = fsnn_nir_export_options_default();
    const fsnn_nir_import_options import = {.dt = 0.5, .reset = FSNN_RESET_VALUE};
    CASE("%s", description);
    open_model(&m, description);
    move_params(m.net);
    GOOD(fsnn_nir_export(m.description, m.net, &o, &nir));
    for (int i = 0; i < nir->tree.count; i++)
        if (!strcmp(nir->tree.item[i].name, "metadata"))
            nir->tree.item[i].name[0] = 'M';
    GOOD(fsnn_nir_import(nir, &import, &text, &net));
    float *was = run(m.net, NULL, &size), *is = run(net, NULL, &same);
    assert_int_equal(size, same);
    for (size_t i = 0; i < size / sizeof *was; i++)
        NEAR("output", (double)is[i], (double)was[i], 2e-6);
    free(was);
    free(is);
    free(text);
    fsnn_net_destroy(net);
    fsnn_nir_destroy(nir);
    close_model(&m);
}

static void without_metadata(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(plain); i++)
        without_metadata_of(plain[i]);
}

/* A delay that is a whole number of steps is a Delay, as chips have them. */
static void whole_delays(void **state)
{
    (void)state;
    model m;
    fsnn_nir *nir;
    const fsnn_nir_export_options o = {.dt = 1e-3};
    open_model(&m, LAYERS("3", "  - linear: 4\n  - learned_delay: {max: 3}\n  - lif\n") EULER);
    const fsnn_param *delay = fsnn_net_param_find(m.net, "learned_delay1.delay");
    for (int i = 0; i < 4; i++)
        delay->value[i] = (float)i;
    GOOD(fsnn_nir_export(m.description, m.net, &o, &nir));
    assert_int_equal(nir->nodes, 5);
    for (int i = 0; i < 4; i++)
        NEAR("delay", item(nir, "learned_delay1", "delay")->real[i], i * 1e-3, 1e-9);
    fsnn_nir_destroy(nir);
    delay->value[2] = 1.25F;
    GOOD(fsnn_nir_export(m.description, m.net, &o, &nir));
    NEAR("scale", item(nir, "learned_delay1_part1", "scale")->real[2], 0.75, 1e-7);
    fsnn_nir_destroy(nir);
    close_model(&m);
}

static bool remarked(const fsnn_nir *nir, const char *words)
{
    for (int i = 0; fsnn_nir_remark(nir, i); i++)
        if (strstr(fsnn_nir_remark(nir, i), words))
            return true;
    return false;
}

static hdf_item *metadata_item(fsnn_nir *nir, const char *name)
{
    int node = hdf_find(&nir->tree, 0, "node"), metadata = hdf_find(&nir->tree, node, "metadata"),
        at = metadata < 0 ? -1 : hdf_find(&nir->tree, metadata, name);
    assert_true(at > 0);
    return &nir->tree.item[at];
}

static void say(fsnn_nir *nir, const char *description)
{
    char **text = metadata_item(nir, "description")->text;
    fsnn_free(text[0]);
    text[0] = fsnn_strdup(description);
}

/* The metadata have JSON, which builds without YAML read; files from before have YAML. */
static void description_in_metadata(void **state)
{
    (void)state;
    model m;
    fsnn_nir *nir;
    fsnn_net *net;
    char *text, *back;
    yaml_doc doc;
    const fsnn_nir_export_options o = fsnn_nir_export_options_default();
    const fsnn_nir_import_options none = fsnn_nir_import_options_default();
    open_model(&m, models[0]);
    GOOD(fsnn_description_text(m.description, &text));
    GOOD(fsnn_nir_export(m.description, m.net, &o, &nir));
    const char *json = metadata_item(nir, "description")->text[0];
    GOOD(yaml_parse_json(&doc, "metadata", json, strlen(json)));
    yaml_free(&doc);
    say(nir, text);
    GOOD(fsnn_nir_import(nir, &none, &back, &net));
    assert_string_equal(back, text);
    free(back);
    fsnn_net_destroy(net);
    say(nir, "{\"input\": 3, \"layers\": [\"a layer of tomorrow\"]}");
    REFUSED(fsnn_nir_import(nir, &none, &back, &net), FSNN_EARGUMENT, "how many seconds a step");
    assert_true(remarked(nir, "the description in its metadata cannot be read here and is not "
                              "used: "));
    assert_true(remarked(nir, "a layer of tomorrow"));
    free(text);
    fsnn_nir_destroy(nir);
    close_model(&m);
}

/* The files of the data are not named in the file. */
static void data_stay_at_home(void **state)
{
    (void)state;
    model m;
    fsnn_nir *nir;
    fsnn_net *net;
    char *text;
    const fsnn_nir_export_options o = fsnn_nir_export_options_default();
    const fsnn_nir_import_options none = fsnn_nir_import_options_default();
    open_model(&m, "data: {kind: npz, train: /home/me/secret.npz, encoder: {steps: 5}}\n"
                   "training: {epochs: 3}\n" LAYERS("3", "  - linear: 2\n  - lif\n") GL);
    GOOD(fsnn_nir_export(m.description, m.net, &o, &nir));
    GOOD(fsnn_nir_import(nir, &none, &text, &net));
    assert_null(strstr(text, "secret"));
    assert_null(strstr(text, "encoder"));
    CONTAINS(text, "epochs: 3");
    free(text);
    fsnn_net_destroy(net);
    fsnn_nir_destroy(nir);
    close_model(&m);
}

static void changed_by_others(void **state)
{
    (void)state;
    model m;
    fsnn_nir *nir;
    fsnn_net *net;
    char *text;
    const fsnn_nir_export_options o = fsnn_nir_export_options_default();
    fsnn_nir_import_options import = fsnn_nir_import_options_default();
    open_model(&m, models[1]);
    GOOD(fsnn_nir_export(m.description, m.net, &o, &nir));
    ((hdf_item *)item(nir, "linear1", "weight"))->real[0] = 0.125; /* as fine-tuning does */
    GOOD(fsnn_nir_import(nir, &import, &text, &net));
    NEAR("weight", (double)fsnn_net_param_find(net, "linear1.weight")->value[0], 0.125, 0);
    fsnn_net_destroy(net);
    free(text);
    ((hdf_item *)item(nir, "lif1", "tau"))->real[0] = 5;
    REFUSED(fsnn_nir_import(nir, &import, &text, &net), FSNN_EARGUMENT, "how many seconds a step");
    assert_true(remarked(nir, "another program changed it"));
    import.dt = 1;
    import.reset = FSNN_RESET_VALUE;
    assert_false(remarked(nir, "reset value is taken"));
    GOOD(fsnn_nir_import(nir, &import, &text, &net));
    assert_true(
        remarked(nir, "LIF \"lif1\": its metadata say reset subtract; reset value is taken"));
    assert_false(remarked(nir, "IF \"if1\": its metadata say reset"));
    assert_true(remarked(nir, "LIF \"lif1\": its metadata give the order 0.3; the graph alone "
                              "counts, a neuron of order 1"));
    CONTAINS(text, "tau: {value: [5, 2, 2, 2, 2, 2, 2, 2], per: neuron}");
    fsnn_net_destroy(net);
    free(text);
    fsnn_nir_destroy(nir);
    close_model(&m);
}

/* What NIR does not say of a network: `words` of each remark; no others. */
static const struct {
    const char *text, *words[4];
} unsaid[] = {
    {LAYERS("3", "  - linear: 2\n  - lif: {reset: value, equality: '>'}\n  - lif: {reset: value, "
                 "equality: '>'}\n") "dynamics: {integrator: odeint}\n",
     {NULL}},
    {LAYERS("3", "  - linear: 2\n  - readout\n") "dynamics: {alpha: 1}\n", {NULL}},
    {LAYERS("3",
            "  - lif: {reset: value, equality: '>'}\n  - if: {reset: subtract, equality: '>'}\n"
            "  - lif: {reset: value, equality: '>', name: c}\n") "dynamics: {alpha: 1}\n",
     {"layers reset in two ways, by value (lif1, c) and by subtraction (if1)"}},
    {LAYERS("3", "  - lif: {reset: value}\n") "dynamics: {alpha: 1}\n",
     {"a potential exactly at the threshold spikes here, in NIR it does not"}},
    {LAYERS("3",
            "  - lif: {reset: subtract, equality: '>', v0: 0.5, refractory: 2}\n") "dynamics: "
                                                                                   "{alpha: 1}\n",
     {"lif \"lif1\": v0 is in the metadata alone", "lif \"lif1\": the refractory period is in"}},
    {LAYERS("3", "  - lif: {reset: restart, equality: '>'}\n") "dynamics: {alpha: [0.5, 0.7], "
                                                               "alpha_mode: multiterm}\n",
     {"lif \"lif1\": reset restart is in the metadata", "lif \"lif1\": its order is in the"}},
    {LAYERS("3", "  - linear: 2\n  - readout\n") "dynamics: {integrator: odeint, method: rk4}\n",
     {"the method, rk4, is in the metadata: other tools make steps of their own"}},
    {LAYERS("3",
            "  - linear: 2\n  - readout\n") "dynamics: {alpha: 1, method: gl, implicit: true}\n",
     {"the method, implicit gl, is in the metadata"}},
};

static void what_nir_does_not_say(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(unsaid); i++) {
        CASE("%s", unsaid[i].text);
        model m;
        fsnn_nir *nir;
        const fsnn_nir_export_options o = fsnn_nir_export_options_default();
        int count = 0;
        open_model(&m, unsaid[i].text);
        GOOD(fsnn_nir_export(m.description, m.net, &o, &nir));
        for (; count < 4 && unsaid[i].words[count]; count++)
            CONTAINS(fsnn_nir_remark(nir, count), unsaid[i].words[count]);
        assert_null(fsnn_nir_remark(nir, count));
        fsnn_nir_destroy(nir);
        close_model(&m);
    }
}

static const struct {
    const char *text, *words;
} refused[] = {
    {LAYERS("[2, 8, 8]", "  - maxpool: 2\n"), "maxpool \"maxpool1\": NIR has no node for it"},
    {LAYERS("[2, 8]", "  - convtranspose1d: {out: 2, kernel: 3}\n"),
     "convtranspose1d \"convtranspose1d1\": NIR has no"},
    {LAYERS("[2, 8, 8]", "  - convtranspose2d: {out: 2, kernel: 3}\n"),
     "convtranspose2d \"convtranspose2d1\": NIR has no"},
    {LAYERS("[2, 8, 8]", "  - upsample: 2\n"), "upsample \"upsample1\": NIR has no node"},
    {LAYERS("[2, 8]", "  - permute: [1, 0]\n"), "permute \"permute1\": NIR has no node"},
    {LAYERS("3", "  - layernorm\n"), "layernorm \"layernorm1\": NIR has no node"},
    {LAYERS("3", "  - linear: {out: 3, name: a}\n  - multiply: {from: [input, a]}\n"),
     "multiply \"multiply1\": NIR has no node"},
    {LAYERS("3", "  - linear: {out: 3, name: a}\n  - concat: {from: [input, a]}\n"),
     "concat \"concat1\": NIR has no node"},
    {LAYERS("[2, 4]", "  - mean: 1\n"), "mean \"mean1\": NIR has no node"},
    {LAYERS("[2, 4]", "  - sum: 1\n"), "sum \"sum1\": NIR has no node"},
    {LAYERS("[4, 6]", "  - attention: {from: [input, input, input], heads: 2}\n"),
     "attention \"attention1\": NIR has no node"},
    {LAYERS("3", "  - qif\n") GL, "qif \"qif1\": NIR has no node"},
    {LAYERS("3", "  - eif\n") GL, "eif \"eif1\": NIR has no node"},
    {LAYERS("3", "  - hard_lif\n") GL, "hard_lif \"hard_lif1\": NIR has no node"},
    {LAYERS("3", "  - alif\n") GL, "alif \"alif1\": NIR has no node for it"},
    {LAYERS("3", "  - user: {dv: \"-v + I\"}\n") GL, "user \"user1\": NIR has no neurons of one's"},
    {LAYERS("3",
            "  - delayed_linear: {out: 3, max: 2, name: w}\n  - linear: {out: 3, name: w_in}\n"),
     "two nodes of the graph would be called \"w_in\""},
    {LAYERS("3", "  - scale: {bias: true}\n"), "scale \"scale1\": NIR's Scale has no bias"},
    {LAYERS("[2, 8, 8]", "  - avgpool: {adaptive: 3}\n"), "has no pools whose windows differ"},
    {LAYERS("[2, 8]", "  - sumpool: 2\n"), "NIR pools images"},
    {LAYERS("3", "  - delay: {of: lif1, name: d}\n  - add: {from: [input, d]}\n  - lif\n"
                 "  - delay: {of: lif2, name: e}\n  - add: {from: [lif1, e]}\n  - lif\n") GL,
     NULL},
    {LAYERS("3", "  - delay: {of: lif1, name: e, shape: [3]}\n  - delay: {of: e, name: d}\n"
                 "  - add: {from: [input, d]}\n  - lif\n") GL,
     "in a cycle with another delay"},
    {LAYERS("[2, 8]", "  - reshape: [4, 4]\n"), "NIR flattens neighbouring dimensions"},
    {LAYERS("3", "  - linear: {out: 3, name: fc/1}\n  - lif\n") GL,
     "linear \"fc/1\": a name of a NIR graph has no slash"},
    {LAYERS("3", "  - linear: 3\n  - lif: {name: /}\n") GL, "lif \"/\": a name of a NIR graph"},
};

static void no_counterpart(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(refused); i++) {
        CASE("%s", refused[i].text);
        model m;
        fsnn_nir *nir;
        const fsnn_nir_export_options o = fsnn_nir_export_options_default();
        open_model(&m, refused[i].text);
        if (refused[i].words)
            REFUSED(fsnn_nir_export(m.description, m.net, &o, &nir), FSNN_EUNSUPPORTED,
                    refused[i].words);
        else
            GOOD(fsnn_nir_export(m.description, m.net, &o, &nir));
        assert_int_equal(!refused[i].words, nir != NULL);
        fsnn_nir_destroy(nir);
        close_model(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(back_to_the_same_bits), cmocka_unit_test(fields),
        cmocka_unit_test(counted_from_rest),     cmocka_unit_test(begins_at_rest_no_more),
        cmocka_unit_test(without_metadata),      cmocka_unit_test(whole_delays),
        cmocka_unit_test(data_stay_at_home),     cmocka_unit_test(description_in_metadata),
        cmocka_unit_test(what_nir_does_not_say), cmocka_unit_test(changed_by_others),
        cmocka_unit_test(no_counterpart),
    };
    return cmocka_run_group_tests(tests, folder_open, folder_close);
}
