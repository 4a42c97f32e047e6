/* Names of other libraries: what an unknown name is answered, and that the layers which the pages
 * docs/from-pytorch.md and docs/from-spikede.md write for them are the same neurons: plain loops of
 * the other library's formulas give the same spikes in every step. */
#include "helper.h"

#include <fsnn/model.h>

#define LIF(options) "input: [4]\nlayers:\n  - lif: {" options "}\n" ALPHA
#define DYNAMICS(options) "input: [4]\nlayers: [lif]\ndynamics: {alpha: 0.5, " options "}\n"

static void test_unknown_names_are_answered(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } row[] = {
        {LIF("beta: 0.9"), "mlp.yaml:3:11: layers[0].lif.beta: unknown key, did you mean \"tau\"? "
                           "(snnTorch's beta is tau here: tau = step/(1 - beta)"},
        {LIF("tau_learnable: true"), "unknown key, did you mean \"tau.learn\"? (spikeDE's"},
        {LIF("surrogate_grad_scale: 5"), "did you mean \"surrogate.scale\"? (spikeDE's"},
        {LIF("decay_input: false"), "unknown key; SpikingJelly's decay_input has no counterpart"},
        {LIF("step_mode: m"), "unknown key; SpikingJelly's step_mode has no counterpart here"},
        {LIF("v_reset: None"), "found \"None\", expected a number; did you mean \"reset: "
                               "subtract\"? (SpikingJelly's v_reset=None"},
        {LIF("v_reset: null"), "did you mean \"reset: subtract\"? (SpikingJelly's v_reset=None"},
        {LIF("v_reset: ~"), "did you mean \"reset: subtract\"? (SpikingJelly's v_reset=None"},
        {LIF("reset: zero"), "restart; did you mean \"value\"? (snnTorch's zero is value here"},
        {LIF("surrogate: arctan_surrogate"), "erf; did you mean \"arctan\"? (spikeDE's"},
        {LIF("surrogate: ATan"), "erf; did you mean \"arctan\"? (snnTorch's ATan"},
        {LIF("surrogate: {kind: atan}"), "erf; did you mean \"arctan\"? (snnTorch's atan"},
        {LIF("v_rest: -70"), "did you mean \"rest\"? (SpikingJelly's v_rest is rest here: of lif"},
        {LIF("v_leak: -70"), "did you mean \"rest\"? (Norse's v_leak"},
        {LIF("E_L: -70"), "did you mean \"rest\"? (NEST's E_L"},
        {LIF("v_peak: 30"),
         "v_peak: is of qif, eif and user, whose potential runs up by itself: lif"},
        /* what all libraries that know the name mean by it */
        {LIF("alpha: 0.5"), "did you mean \"dynamics.alpha\"? (spikeDE's alpha"},
        {LIF("alpha: 0.5"), "; snnTorch's alpha is params.tau_syn here"},
        {DYNAMICS("integrator: fdeint_adjoint"), "did you mean \"fdeint\"? (spikeDE's"},
        {DYNAMICS("integrator: odeint_adjoint"), "did you mean \"odeint\"? (spikeDE's"},
        {DYNAMICS("method: gl-f"), "ml; did you mean \"gl\"? (spikeDE's gl-f is gl here"},
        {DYNAMICS("method: glmulti"), "ml; did you mean \"gl\"? (spikeDE's glmulti is gl here"},
        {DYNAMICS("multi_coefficient: [1]"), "did you mean \"dynamics.coefficients\"? (spikeDE's"},
        {DYNAMICS("step_size: 1"), "did you mean \"dynamics.step\"? (spikeDE's step_size"},
        {"input: [4]\nlayers: [LIFNeuron]\n" ALPHA,
         "unknown kind of layer \"LIFNeuron\", did you mean \"lif\"? (spikeDE's LIFNeuron"},
        {"input: [4]\nlayers:\n  - LIFNode: {tau: 2}\n" ALPHA,
         "unknown kind of layer, did you mean \"lif\"? (SpikingJelly's LIFNode"},
        {"input: [4]\nlayers: [lif]\nfdeint: {alpha: 0.5}\n",
         "did you mean \"dynamics.integrator\"? (spikeDE's fdeint"},
        {INPUT ALPHA "training: {loss: ce_rate_loss}\n", "did you mean \"tet\"? (snnTorch's"},
        /* a slip of ours is a slip, also where a library knows the word */
        {"input: [4]\nlayers: [LIF]\n" ALPHA,
         "unknown kind of layer \"LIF\", did you mean \"lif\"?"},
        {LIF("thresold: 1"), "unknown key, did you mean \"threshold\"?"},
        /* the same word of ours, where it does not belong, is no advice */
        {"input: [1, 4, 4]\nlayers:\n  - batchnorm: {threshold: 1}\n" ALPHA,
         "batchnorm.threshold: unknown key; known are: "},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++)
        expect_error(row[i].text, NULL, row[i].wanted);
    expect_error(
        INPUT ALPHA, "lif1.learn_beta=true",
        "override \"lif1.learn_beta=true\": layers[1].lif.learn_beta: unknown key, did you "
        "mean \"tau.learn\"? (snnTorch's learn_beta");
    expect_error(INPUT ALPHA, "SNNWrapper.alpha=1",
                 "\"SNNWrapper\" is neither a key nor a node, did you mean \"dynamics\"?");
}

/* A node is not a word: it has no other name elsewhere. */
static void test_nodes_are_no_words(void **state)
{
    (void)state;
    fsnn_description *d;
    const char *text = "input: [4]\nlayers: [flatten, {lif: {from: beta}}]\n" ALPHA;
    assert_int_equal(parse(text, NULL, 0, &d), FSNN_EDESCRIPTION);
    assert_null(strstr(fsnn_error_text(), "snnTorch"));
}

static void test_names_of_the_c_interface(void **state)
{
    (void)state;
    assert_int_equal(fsnn_method_find("glmulti"), FSNN_ENOTFOUND);
    expect_text(fsnn_error_text(), "; did you mean \"gl\"? (spikeDE's glmulti", "glmulti");
    assert_int_equal(fsnn_surrogate_find("ATan"), FSNN_ENOTFOUND);
    expect_text(fsnn_error_text(), "; did you mean \"arctan\"? (snnTorch's ATan", "ATan");
}

static void test_sentences_and_tables(void **state)
{
    (void)state;
    char *text;
    GOOD(fsnn_name_elsewhere("LIFNEURON", &text));
    assert_true(strncmp(text, "spikeDE's LIFNeuron is lif here: ", 33) == 0);
    free(text);
    GOOD(fsnn_name_elsewhere("alpha", &text));
    int lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    assert_true(lines >= 4);
    free(text);
    GOOD(fsnn_library_names("norse", &text));
    expect_text(text, "| `tau_mem_inv` | 100 | `tau` | ", "Norse");
    assert_null(strstr(text, "surrogate_grad_scale"));
    free(text);
    assert_int_equal(fsnn_name_elsewhere("threshholt", &text), FSNN_ENOTFOUND);
    assert_int_equal(fsnn_library_names("torch", &text), FSNN_ENOTFOUND);
    assert_null(text);
    assert_int_equal(fsnn_name_elsewhere(NULL, &text), FSNN_EARGUMENT);
    assert_int_equal(fsnn_library_names("Norse", NULL), FSNN_EARGUMENT);
}

/* ---- the same neurons ---- */

enum { STEPS = 400, NEURONS = 64 };

/* A step of another library: from its states (potential, current) and the input x the spike. */
typedef int step_fn(double x, double state[2]);

static double drawn[STEPS * NEURONS];

static int leaky(double x, double s[2])
{
    double reset = s[0] > 1;
    s[0] = 0.9 * s[0] + x - reset;
    return s[0] > 1;
}

/* reset_delay=False: the reset in the step of the spike, but not twice */
static int leaky_at_once(double x, double s[2])
{
    double reset = s[0] > 1;
    s[0] = 0.9 * s[0] + x - reset;
    int spike = s[0] > 1;
    s[0] -= spike - reset;
    return spike;
}

static int leaky_zero(double x, double s[2])
{
    double reset = s[0] > 1;
    s[0] = 0.9 * ((1 - reset) * s[0]) + x;
    return s[0] > 1;
}

static int charge(double *v, double moved, double rest, bool soft)
{
    int spike = *v + moved >= 1;
    *v += moved;
    if (spike)
        *v = soft ? *v - 1 : rest;
    return spike;
}

static int node(double x, double s[2])
{
    return charge(&s[0], (x - s[0]) / 2, 0, false);
}

static int node_soft(double x, double s[2])
{
    return charge(&s[0], (x - s[0]) / 2, 0, true);
}

static int node_undecayed(double x, double s[2])
{
    return charge(&s[0], -s[0] / 2 + x, 0, false);
}

/* v_reset -0.2; s[1] says whether the potential has its first value */
static int node_below(double x, double s[2])
{
    if (s[1] == 0)
        s[0] = -0.2, s[1] = 1;
    return charge(&s[0], (x - (s[0] + 0.2)) / 2, -0.2, false);
}

static int node_if(double x, double s[2])
{
    return charge(&s[0], x, 0, false);
}

/* dt 0.001, tau_mem_inv 100, tau_syn_inv 200 */
static int norse(double x, double s[2])
{
    double i = s[1] + x;
    int spike = charge(&s[0], 0.1 * (i - s[0]), 0, false);
    s[1] = i - 0.2 * i;
    return spike;
}

static int norse_box(double x, double s[2])
{
    return charge(&s[0], 0.1 * (x - s[0]), 0, false);
}

/* spikeDE's LIFNeuron by Euler with step 0.1 and tau 0.5 */
static int spikede(double x, double s[2])
{
    double dv = (x - s[0]) / 0.5;
    int spike = s[0] + dv >= 1;
    s[0] += 0.1 * (dv - spike / 0.5);
    return spike;
}

typedef struct pair {
    const char *name;
    step_fn *step;
    double least, most; /* inputs are drawn between these */
    double factor;      /* of the input here: "input times tau" */
    const char *layer, *dynamics;
} pair;

#define ONE "alpha: 1, step: 1, method: gl"

static const pair pairs[] = {
    {"Leaky", leaky, -0.2, 0.6, 1,
     "user: {dv: \"I - (1 - beta)*v\", after_spike: \"dv - s*threshold/beta\", params: {beta: "
     "0.9}}",
     ONE},
    {"Leaky, reset_delay", leaky_at_once, -0.2, 0.6, 10, "lif: {tau: 10, reset: subtract}", ONE},
    {"Leaky, exact decay", leaky_at_once, -0.2, 0.6, 10, "lif: {tau: 9.491221581, reset: jump}",
     "alpha: 1, method: ml"},
    {"Leaky, zero", leaky_zero, -0.2, 0.6, 10, "lif: {tau: 10, reset: value}", ONE},
    {"LIFNode", node, -0.5, 3, 1, "lif: {tau: 2, reset: value, detach_reset: false}", ONE},
    {"LIFNode, None", node_soft, -0.5, 3, 1, "lif: {tau: 2, reset: subtract}", ONE},
    {"LIFNode, decay", node_undecayed, -0.3, 1.5, 2, "lif: {tau: 2, reset: value}", ONE},
    {"LIFNode, -0.2", node_below, -0.5, 3, 1, "lif: {tau: 2, reset: value, threshold: 1.2}", ONE},
    {"IFNode", node_if, -0.2, 0.8, 1, "if: {tau: 1, reset: value}", ONE},
    {"LIF", norse, -0.2, 0.8, 1,
     "user: {dv: \"(-v + i + I)/tau\", di: \"I - (i + I)/tau_syn\", params: {tau_syn: 5}, tau: 10, "
     "reset: value}",
     ONE},
    {"LIFBox", norse_box, -1, 4, 1, "lif: {tau: 10, reset: value}", ONE},
    {"LIFNeuron", spikede, -0.5, 2, 1, "lif: {tau: 0.5}",
     "integrator: odeint, method: euler, step: 0.1"},
    {"LIFNeuron, gl", spikede, -0.5, 2, 1, "lif: {tau: 0.5}", "alpha: 1, step: 0.1"},
};

static const float *run(const pair *p, fsnn_net **net)
{
    char text[512];
    static float x[STEPS * NEURONS];
    const float *spikes;
    snprintf(text, sizeof text, "input: [%d]\nlayers:\n  - %s\ndynamics: {%s}\n", NEURONS, p->layer,
             p->dynamics);
    fsnn_description *d = good(text);
    GOOD(fsnn_description_net(d, net));
    GOOD(fsnn_net_wrap(*net, fsnn_description_dynamics(d),
                       &(fsnn_plan){.steps = STEPS, .batch = 1}));
    fsnn_description_destroy(d);
    for (int i = 0; i < STEPS * NEURONS; i++)
        x[i] = (float)(p->factor * (p->least + (p->most - p->least) * drawn[i]));
    GOOD(fsnn_net_forward(*net, x, &spikes));
    return spikes;
}

/* A potential may meet the threshold within rounding: such a neuron is compared up to there. */
static int same_spikes(const pair *p, const float *spikes)
{
    int count = 0, parted = 0;
    for (int n = 0; n < NEURONS; n++) {
        double state[2] = {0};
        for (int k = 0; k < STEPS; k++) {
            double x = p->least + (p->most - p->least) * drawn[k * NEURONS + n];
            int wanted = p->step(x, state), found = spikes[k * NEURONS + n] == 1.0F;
            if (wanted != found) {
                parted++;
                break;
            }
            count += wanted;
        }
    }
    assert_true(parted <= 1);
    return count;
}

static void test_layers_are_the_neurons_of_other_libraries(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int i = 0; i < STEPS * NEURONS; i++)
        drawn[i] = (double)((seed = seed * 1664525 + 1013904223) >> 8) / (1 << 24);
    for (int i = 0; i < FSNN_COUNT(pairs); i++) {
        CASE("%s", pairs[i].name);
        fsnn_net *net = NULL;
        int count = same_spikes(&pairs[i], run(&pairs[i], &net));
        assert_in_range(count, NEURONS * STEPS / 50, NEURONS * STEPS * 3 / 4);
        fsnn_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_names_are_answered),
        cmocka_unit_test(test_nodes_are_no_words),
        cmocka_unit_test(test_names_of_the_c_interface),
        cmocka_unit_test(test_sentences_and_tables),
        cmocka_unit_test(test_layers_are_the_neurons_of_other_libraries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
