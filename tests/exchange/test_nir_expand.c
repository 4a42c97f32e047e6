/* The memory of fractional neurons as nodes LI: what tools without fractional orders compute is
 * what the network computes, for every method and reset that can be expanded; the error is stated;
 * back again the network is the same. */
#include "check.h"

#include "exchange/export_bank.h"
#include "exchange/nir.h"

enum { STEPS = 300, IN = 3, OUT = 4 };

/* Outputs [STEPS, OUT] of random input, and the spikes of lif1, to be freed. */
static float *run(fsnn_net *net, float *spikes)
{
    const float *y;
    static float x[STEPS * IN];
    for (int i = 0; i < STEPS * IN; i++)
        x[i] = 16 * fsnn_random_uniform(3, 4, (uint64_t)i) - 6;
    GOOD(fsnn_net_replan(net, &(fsnn_plan){.steps = STEPS, .batch = 1, .record = true}));
    GOOD(fsnn_net_forward(net, x, &y));
    float *copy = malloc(STEPS * OUT * sizeof *copy);
    memcpy(copy, y, STEPS * OUT * sizeof *copy);
    if (spikes)
        GOOD(fsnn_net_read(net, (int)VALID(fsnn_net_node_find(net, "n")), FSNN_RECORD_SPIKES,
                           spikes));
    return copy;
}

typedef struct model {
    fsnn_description *description;
    fsnn_net *net;
} model;

static void open_model(model *m, const char *neuron, const char *dynamics)
{
    char text[512];
    snprintf(text, sizeof text,
             "name: m\ninput: 3\nlayers:\n  - linear: 6\n  - %s\n  - linear: 4\n"
             "  - readout: {tau: 2}\ndynamics: {%s}\n",
             neuron, dynamics);
    GOOD(fsnn_description_parse("m.yaml", text, NULL, 0, &m->description));
    GOOD(fsnn_description_net(m->description, &m->net));
    GOOD(fsnn_net_wrap(m->net, fsnn_description_dynamics(m->description),
                       &(fsnn_plan){.steps = 1, .batch = 1, .seed = 3}));
}

static void close_model(model *m)
{
    fsnn_net_destroy(m->net);
    fsnn_description_destroy(m->description);
}

static void strip(fsnn_nir *nir)
{
    for (int i = 0; i < nir->tree.count; i++)
        if (!strcmp(nir->tree.item[i].name, "metadata"))
            nir->tree.item[i].name[0] = 'M';
}

/* The largest distance of the outputs, of the network as others read it. */
static double distance(const model *m, double tolerance, double step)
{
    const fsnn_nir_export_options o = {.expand = tolerance};
    const fsnn_nir_import_options import = {.dt = step, .reset = FSNN_RESET_VALUE};
    fsnn_nir *nir;
    fsnn_net *plain;
    char *text;
    static float spikes[STEPS * 6], others[STEPS * 6];
    double most = 0, fired = 0;
    GOOD(fsnn_nir_export(m->description, m->net, &o, &nir));
    CONTAINS(fsnn_nir_remark(nir, 0),
             "nodes LI; the weights of the last 10000 steps are wrong by ");
    strip(nir);
    GOOD(fsnn_nir_import(nir, &import, &text, &plain));
    CONTAINS(text, "integrator: odeint");
    float *was = run(m->net, spikes), *is = run(plain, others);
    for (int i = 0; i < STEPS * OUT; i++)
        most = fmax(most, fabs((double)was[i] - (double)is[i]));
    for (int i = 0; i < STEPS * 6; i++)
        fired += (double)spikes[i];
    assert_memory_equal(spikes, others, sizeof spikes);
    assert_true(fired > 20);
    free(was);
    free(is);
    free(text);
    fsnn_net_destroy(plain);
    fsnn_nir_destroy(nir);
    return most;
}

static void every_reset(void **state)
{
    (void)state;
    static const char *const resets[] = {"current", "subtract", "delta", "none"},
                             *const methods[] = {"gl", "l1"}, *const kinds[] = {"lif", "if"};
    for (int r = 0; r < FSNN_COUNT(resets); r++)
        for (int k = 0; k < FSNN_COUNT(methods); k++)
            for (int n = 0; n < FSNN_COUNT(kinds); n++) {
                char neuron[128], dynamics[128];
                model m;
                CASE("%s, reset %s, method %s", kinds[n], resets[r], methods[k]);
                snprintf(neuron, sizeof neuron, "%s: {tau: 3, threshold: 0.6, reset: %s, name: n}",
                         kinds[n], resets[r]);
                snprintf(dynamics, sizeof dynamics, "alpha: 0.7, step: 0.5, method: %s",
                         methods[k]);
                open_model(&m, neuron, dynamics);
                assert_true(distance(&m, 1e-6, 0.5) < 3e-5);
                close_model(&m);
            }
}

/* Every neuron with its own tau. */
static void each_neuron(void **state)
{
    (void)state;
    model m;
    open_model(&m, "lif: {tau: {value: [2, 3, 4, 5, 6, 7], per: neuron}, reset: subtract, name: n}",
               "alpha: 0.4");
    assert_true(distance(&m, 1e-6, 1) < 3e-5);
    close_model(&m);
}

/* Exponentials alone for the first lags of l^(-1.5); lag 1 is exact. */
static void by_tolerance(void **state)
{
    (void)state;
    enum { LAGS = 40 };
    double w[LAGS], total = 0;
    for (int l = 0; l < LAGS; l++)
        total += w[l] = pow(l + 1, -1.5);
    for (double tolerance = 1e-1; tolerance > 1e-7; tolerance /= 10) {
        bank b;
        CASE("tolerance %g", tolerance);
        GOOD(bank_fit(w, LAGS, NULL, NULL, 0, LAGS, tolerance, &b));
        assert_true(b.error <= tolerance * total);
        double sum = b.first, error = 0;
        for (int k = 0; k < b.modes; k++)
            sum += b.weight[k];
        NEAR("w_1", sum, w[0], 1e-12);
        for (int l = 1; l < LAGS; l++) {
            sum = 0;
            for (int k = 0; k < b.modes; k++)
                sum += b.weight[k] * pow(b.decay[k], l);
            error += fabs(w[l] - sum);
        }
        NEAR("error", error, b.error, 1e-12);
    }
}

static void back_again(void **state)
{
    (void)state;
    model m;
    fsnn_nir *nir;
    fsnn_net *net;
    char *text, *was;
    const fsnn_nir_export_options o = {.expand = 1e-3, .dt = 1e-3};
    const fsnn_nir_import_options none = fsnn_nir_import_options_default();
    open_model(&m, "lif: {reset: subtract, name: n}", "alpha: 0.7");
    GOOD(fsnn_nir_export(m.description, m.net, &o, &nir));
    GOOD(fsnn_nir_import(nir, &none, &text, &net));
    GOOD(fsnn_description_text(m.description, &was));
    assert_string_equal(text, was);
    float *a = run(m.net, NULL), *b = run(net, NULL);
    assert_memory_equal(a, b, STEPS * OUT * sizeof *a);
    free(a);
    free(b);
    free(was);
    free(text);
    fsnn_net_destroy(net);
    fsnn_nir_destroy(nir);
    close_model(&m);
}

static const struct {
    const char *neuron, *dynamics, *words;
} refused[] = {
    {"lif: {reset: value}", "alpha: 0.7", "reset value is no sum of what NIR has"},
    {"lif: {reset: restart}", "alpha: 0.7", "reset restart is no sum"},
    {"lif: {reset: subtract, v0: 0.1}", "alpha: 0.7", "v0 other than 0 cannot be expanded"},
    {"lif: {reset: subtract, refractory: 2}", "alpha: 0.7", "a refractory period cannot"},
    {"lif: {reset: subtract, resistance: 2}", "alpha: 0.7", "a rest or a resistance cannot"},
    {"lif: {reset: subtract, rest: {value: 0, per: neuron}}", "alpha: 0.7", "a rest or a"},
    {"lif: {reset: subtract, resistance: {value: 1, per: neuron}}", "alpha: 0.7", "a rest or a"},
    {"lif: {reset: subtract}", "alpha: 0.7, memory: 8", "a memory that ends after some steps"},
    {"lif", "alpha: 0.7, method: ab", "method ab does not keep states step by step"},
    {"lif", "alpha: 0.7, implicit: true", "does not keep states step by step"},
    {"cuba", "alpha: 0.7", "its memory cannot be expanded"},
};

static void what_cannot_be(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(refused); i++) {
        CASE("%s, %s", refused[i].neuron, refused[i].dynamics);
        const fsnn_nir_export_options o = {.expand = 1e-3};
        model m;
        fsnn_nir *nir;
        open_model(&m, refused[i].neuron, refused[i].dynamics);
        REFUSED(fsnn_nir_export(m.description, m.net, &o, &nir), FSNN_EUNSUPPORTED,
                refused[i].words);
        close_model(&m);
    }
    model m;
    fsnn_nir *nir;
    const fsnn_nir_export_options o = {.expand = 0.5};
    open_model(&m, "lif", "alpha: 0.7");
    REFUSED(fsnn_nir_export(m.description, m.net, &o, &nir), FSNN_EARGUMENT, "between 1e-12 and");
    close_model(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reset),    cmocka_unit_test(each_neuron),
        cmocka_unit_test(by_tolerance),   cmocka_unit_test(back_again),
        cmocka_unit_test(what_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
