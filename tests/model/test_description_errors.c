/* Every class of error of a description: the sentence with its place in the file. */
#include "helper.h"

typedef struct bad {
    const char *text, *wanted;
} bad;

static void check(const bad *row, int count)
{
    for (int i = 0; i < count; i++)
        expect_error(row[i].text, NULL, row[i].wanted);
}

static void test_syntax(void **state)
{
    (void)state;
    static const bad row[] = {
        {"name: [a\nb: }\n", "mlp.yaml:2:"},
        {"a: b: c\n", "mlp.yaml:1:5: "},
        {"name: \"x\n", "mlp.yaml:1:"},
        {"\tname: 1\n", "mlp.yaml:1:1: "},
        {"name: x\nname: y\n", "mlp.yaml:2:1: name: this key stands here twice, first at line 1"},
        {INPUT "dynamics:\n  step: 1\n  alpha: 0.5\n  step: 2\n",
         "mlp.yaml:6:3: dynamics.step: this key stands here twice, first at line 4"},
        {INPUT "dynamics: {alpha: 0,5}\n",
         "mlp.yaml:3:21: dynamics.5: unknown key; numbers are written with a point, like 0.5"},
        {"input: *a\n", "mlp.yaml:1:8: this alias has no anchor"},
        {"input: &b [*b]\n", "mlp.yaml:1:12: an alias cannot stand inside of its own anchor"},
        {"input: !!int 3\n", "mlp.yaml:1:14: tags (!name) are not used here"},
        {"---\nname: x\n---\nname: y\n", "mlp.yaml:4:1: a second document begins here"},
        {"? [a]\n: 1\n", "mlp.yaml:1:3: a key must be a name"},
        {"name: \"a\\0b\"\n", "mlp.yaml:1:"},
        {"", "mlp.yaml:1:1: the description is empty"},
        {"# only a remark\n", "mlp.yaml:1:1: the description is empty"},
        {"[1, 2]\n", "mlp.yaml:1:1: found a list of 2, expected a mapping with the keys input"},
        {"hello\n", "mlp.yaml:1:1: found \"hello\", expected a mapping"},
        {"\xff\xfe", "mlp.yaml:1:1: this byte is no part of a UTF-8 text"},
        {"name: \xc3\xa9\xc3", "mlp.yaml:1:8: this byte is no part of a UTF-8 text"},
        {"name: a\nb: \x01", "mlp.yaml:2:4: this byte is no part of a UTF-8 text"},
        {"%YAML 1.2\n---\n", "mlp.yaml:1:1: directives (a line that begins with %) are not used"},
    };
    check(row, FSNN_COUNT(row));
}

static void test_depth_is_bounded(void **state)
{
    (void)state;
    char text[512] = "name: ";
    memset(text + 6, '[', 200);
    expect_error(text, NULL, "nested too deeply");
    /* each alias doubles: small text, huge tree */
    char bomb[2048] = "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n";
    for (int i = 1; i < 20; i++)
        sprintf(bomb + strlen(bomb), "a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1,
                i - 1, i - 1);
    expect_error(bomb, NULL,
                 "mlp.yaml:1:34: aliases (*name) repeat this more often than a description");
}

static void test_top(void **state)
{
    (void)state;
    static const bad row[] = {
        {INPUT ALPHA "nam: x\n", "mlp.yaml:4:1: nam: unknown key, did you mean \"name\"?"},
        {INPUT ALPHA "zzz: x\n",
         "mlp.yaml:4:1: zzz: unknown key; known are: name, input, units, layers, "
         "output, dynamics, data, training"},
        {INPUT ALPHA "name: [a]\n", "mlp.yaml:4:7: name: found a list of 1, expected a text"},
        {INPUT ALPHA "name:\n", "mlp.yaml:4:1: name: found nothing, expected a text"},
        {INPUT ALPHA "name: \"\"\n", "mlp.yaml:4:7: name: found an empty text, expected a name"},
        {"layers: [flatten]\n" ALPHA, "mlp.yaml:1:1: the key \"input\" is missing"},
        {"input: [4]\n" ALPHA, "mlp.yaml:1:1: the key \"layers\" is missing"},
        {"input: [4, 0]\n", "mlp.yaml:1:12: input[1]: found \"0\", expected an integer from 1 to "
                            "2147483647"},
        {"input: [4, x]\n", "mlp.yaml:1:12: input[1]: found \"x\", expected an integer"},
        {"input: []\n",
         "mlp.yaml:1:8: input: found a list of 0, expected a list of 1 to 8 integers"},
        {"input: [1,1,1,1,1,1,1,1,1]\n", "mlp.yaml:1:8: input: found a list of 9"},
        {"input: {a: 1}\n", "mlp.yaml:1:8: input: found a mapping, expected a list"},
        {INPUT ALPHA "output: lif2\n",
         "mlp.yaml:4:9: output: there is no node \"lif2\" before this one, did you mean \"lif1\"?"},
        {INPUT ALPHA "output: [a]\n", "mlp.yaml:4:9: output: found a list of 1"},
    };
    check(row, FSNN_COUNT(row));
}

#define L "input: [4]\nlayers:\n"

static void test_layers(void **state)
{
    (void)state;
    static const bad row[] = {
        {"input: [4]\nlayers: 3\n", "mlp.yaml:2:9: layers: found \"3\", expected a list"},
        {"input: [4]\nlayers: []\n", "mlp.yaml:2:9: layers: found a list of 0, expected a list"},
        {L "  - flattten\n",
         "mlp.yaml:3:5: layers[0]: unknown kind of layer \"flattten\", did you mean \"flatten\"?"},
        {L "  - linaer: {out: 3}\n",
         "mlp.yaml:3:5: layers[0].linaer: unknown kind of layer, did you mean \"linear\"?"},
        {L "  - qqqqqqq\n", "unknown kind of layer \"qqqqqqq\"; known are: "},
        {L "  - {linear: {out: 3}, name: a}\n",
         "mlp.yaml:3:5: layers[0]: found a mapping of 2 keys, expected one kind with its options"},
        {L "  - [a]\n", "mlp.yaml:3:5: layers[0]: found a list of 1, expected a kind of layer"},
        {L "  -\n", "mlp.yaml:3:3: layers[0]: found nothing, expected a kind of layer"},
        {L "  - lif\n\n  # none\n  - # nor here\n  -\n  - lif\n",
         "mlp.yaml:6:3: layers[1]: found nothing, expected a kind of layer"},
        {L "  - add: {from: [input, ]}\n  -\n  - lif\n",
         "mlp.yaml:4:3: layers[1]: found nothing, expected a kind of layer"},
        {L "  - {: 3}\n", "mlp.yaml:3:6: layers[0].: unknown kind of layer"},
        {L "  - lif:\n      : 3\n", "mlp.yaml:4:7: layers[0].lif.: unknown key"},
        {": 3\n" L, "mlp.yaml:1:1: unknown key"},
        {L "  - linear\n", "mlp.yaml:3:5: layers[0]: the key \"out\" is missing"},
        {L "  - linear:\n", "mlp.yaml:3:5: layers[0].linear: the key \"out\" is missing"},
        {L "  - flatten\n  - linear: {out: ten}\n",
         "mlp.yaml:4:19: layers[1].linear.out: found \"ten\", expected an integer from 1 to"},
        {L "  - linear: {out: 0}\n", "mlp.yaml:3:19: layers[0].linear.out: found \"0\", expected"},
        {L "  - linear: {out: 1.5}\n", "mlp.yaml:3:19: layers[0].linear.out: found \"1.5\""},
        {L "  - linear: {out: 99999999999999999999}\n", "layers[0].linear.out: found \"9999"},
        {L "  - linear: {out: \"10\"}\n", "mlp.yaml:3:19: layers[0].linear.out: found \"10\" in "
                                          "quotes, a text, expected an integer"},
        {L "  - linear: {out: 3, bais: false}\n",
         "mlp.yaml:3:22: layers[0].linear.bais: unknown key, did you mean \"bias\"?"},
        {L "  - linear: {out: 3, bias: 1}\n",
         "mlp.yaml:3:28: layers[0].linear.bias: found \"1\", expected true or false"},
        {L "  - linear: [3]\n",
         "mlp.yaml:3:13: layers[0].linear: found a list of 1, expected a mapping"},
        {L "  - maxpool: {kernel: [1, 2, 3]}\n",
         "mlp.yaml:3:23: layers[0].maxpool.kernel: found a list of 3, expected an integer, or a "
         "list of two"},
        {L "  - lif: {tau: -1}\n",
         "mlp.yaml:3:16: layers[0].lif.tau: found \"-1\", expected a number above 0"},
        {L "  - lif: {tau: 0}\n",
         "mlp.yaml:3:16: layers[0].lif.tau: found \"0\", expected a number"},
        {L "  - lif: {tau: .inf}\n", "mlp.yaml:3:16: layers[0].lif.tau: found \".inf\""},
        {L "  - lif: {tau: 0x10}\n", "mlp.yaml:3:16: layers[0].lif.tau: found \"0x10\""},
        {L "  - lif: {tau: 1,5}\n", "layers[0].lif.5: unknown key"},
        {L "  - lif: {tau: {vale: 2}}\n",
         "mlp.yaml:3:17: layers[0].lif.tau.vale: unknown key, did you mean \"value\"?"},
        {L "  - lif: {tau: {value: 2, per: chanel}}\n",
         "mlp.yaml:3:32: layers[0].lif.tau.per: found \"chanel\", expected one of layer, channel, "
         "neuron (did you mean \"channel\"?)"},
        {L "  - lif: {tau: [1, 2]}\n", "mlp.yaml:3:16: layers[0].lif.tau: tau is a list of 2 "
                                       "values, but one for the layer: write "
                                       "`per: neuron` or `per: channel`"},
        {L "  - lif: {surrogate: arctann}\n",
         "mlp.yaml:3:22: layers[0].lif.surrogate: found \"arctann\", expected one of arctan, "},
        {L "  - lif: {reset: {a: 1}}\n", "mlp.yaml:3:18: layers[0].lif.reset: found a mapping"},
        {L "  - user: {dv: \"(-v + q)/tau\"}\n", "mlp.yaml:3:16: layers[0].user.dv: dv: \"(-v + "
                                                 "q)/tau\", column 7: there is no name \"q\""},
        {L "  - user: \"(-v + I\"\n", "mlp.yaml:3:11: layers[0].user: dv: \"(-v + I\", column 8: "},
        {L "  - user:\n      dv: (-v + I)/tau\n      spike: v >\n",
         "mlp.yaml:5:14: layers[0].user.spike: spike: \"v >\", column 3: "},
        {L "  - user: {dv: -v, after_spike: dv - s, reset: none}\n",
         "mlp.yaml:3:33: layers[0].user.after_spike: after_spike says what a spike leaves"},
        {L "  - user: {reset: none}\n", "mlp.yaml:3:5: layers[0]: the neuron has no equation"},
        {L "  - user: {dv: -v, params: {a: x}}\n",
         "mlp.yaml:3:32: layers[0].user.params.a: found \"x\", expected a number"},
        {L "  - user: {dv: -v, params: {a: {lern: true}}}\n",
         "mlp.yaml:3:33: layers[0].user.params.a.lern: unknown key, did you mean \"learn\"?"},
        {L "  - user: {dv: -v, params: [a]}\n",
         "mlp.yaml:3:28: layers[0].user.params: found a list of 1, expected a mapping of names"},
        {L "  - user: {dv: -v - w, dw: (-w + q)/tau}\n",
         "mlp.yaml:3:28: layers[0].user.dw: dw: \"(-w + q)/tau\", column 7: there is no name "
         "\"q\"; known are v, w, I, s"},
        {L "  - user: {dv: -v - w, dw: -w, after_spike_w: dw + }\n",
         "mlp.yaml:3:47: layers[0].user.after_spike_w: after_spike_w: \"dw +\", column 5: "},
        {L "  - user: {dv: -v, after_spike_w: dw + s}\n",
         "mlp.yaml:3:35: layers[0].user.after_spike_w: the neuron has no state \"w\": dw: \"...\" "
         "would make it"},
        {L "  - user: {dv: -v, w0: 1}\n",
         "mlp.yaml:3:24: layers[0].user.w0: the neuron has no state \"w\""},
        {L "  - user: {dv: -v, dw: -w, w0: x}\n",
         "mlp.yaml:3:32: layers[0].user.w0: found \"x\", expected a number"},
        {L "  - user: {dv: -v, dw: -w, fractional: [v, u]}\n",
         "mlp.yaml:3:40: layers[0].user.fractional: fractional: there is no state \"u\"; the "
         "neuron has v, w"},
        {L "  - user: {dv: -v, dw: -w, fractional: []}\n",
         "mlp.yaml:3:40: layers[0].user.fractional: found a list of 0, expected 1 to 4 names"},
        {L "  - user: {dv: -v, dw: -w, fractional: {v: 1}}\n",
         "layers[0].user.fractional: found a mapping"},
        {L "  - user: {dv: -v, da: -a, db: -b, dc: -c, de: -e}\n",
         "mlp.yaml:3:44: layers[0].user.de: one name too many: up to 3 can be had"},
        {L "  - user: {dv: -v, detach_rest: true}\n",
         "layers[0].user.detach_rest: unknown key, did you mean \"detach_reset\"?"},
        {L "  - user: {dv: -v, dw-: -w}\n", "the neuron's name \"w-\""},
        {L "  - user: {dv: -v, dcurrent: -v}\n", "cannot be called \"current\""},
        {L "  - cuba: {i0: 1, a0: 2}\n", "kind cuba has no state \"a\""},
        {L "  - cuba: {dw: -w}\n", "layers[0].cuba.dw: unknown key"},
        {L "  - lif: {dw: -w}\n", "layers[0].lif.dw: unknown key"},
        {L "  - alif: {params: {tau_a: 0}}\n",
         "kind alif: the parameter \"tau_a\" is 0: it must be positive"},
        {L "  - user: {dv: -v, params: {alpha: 1}}\n", "cannot be called \"alpha\""},
        {L "  - lif: {dv: -v}\n", "mlp.yaml:3:11: layers[0].lif.dv: unknown key"},
        {L "  - flatten: {a: 1}\n", "mlp.yaml:3:15: layers[0].flatten.a: unknown key; known are: "
                                    "name, from"},
        {L "  - flatten: 3\n", "mlp.yaml:3:14: layers[0].flatten: found \"3\", but there are no "
                               "options to set here"},
    };
    check(row, FSNN_COUNT(row));
}

static void test_names_and_sources(void **state)
{
    (void)state;
    static const bad row[] = {
        {L "  - lif: {name: a}\n  - lif: {name: a}\n",
         "mlp.yaml:4:17: layers[1].lif.name: the name \"a\" is taken by layers[0]"},
        {L "  - lif: {name: lif2}\n  - lif\n",
         "mlp.yaml:4:5: layers[1]: the name \"lif2\" is taken"},
        {L "  - lif: {name: input}\n",
         "mlp.yaml:3:17: layers[0].lif.name: the name \"input\" belongs"},
        {L "  - lif: {name: a.b}\n", "mlp.yaml:3:17: layers[0].lif.name: \"a.b\" cannot be a name"},
        {L "  - lif: {name: \"\"}\n", "mlp.yaml:3:17: layers[0].lif.name: \"\" cannot be a name"},
        {L "  - lif: {name: [a]}\n", "mlp.yaml:3:17: layers[0].lif.name: found a list of 1"},
        {L "  - lif\n  - add: {from: [lif1, lif2]}\n  - lif\n",
         "mlp.yaml:4:24: layers[1].add.from[1]: add1 -> lif2 -> add1 is a loop without delay"},
        {L "  - lif: {from: lif1}\n",
         "mlp.yaml:3:17: layers[0].lif.from: lif1 -> lif1 is a loop without delay"},
        {L "  - lif: {from: inptu}\n",
         "mlp.yaml:3:17: layers[0].lif.from: there is no node \"inptu\" "
         "before this one, did you mean \"input\"?"},
        {L "  - lif: {from: {a: 1}}\n", "mlp.yaml:3:17: layers[0].lif.from: found a mapping"},
        {L "  - add: {from: []}\n", "mlp.yaml:3:17: layers[0].add.from: found a list of 0"},
        {L "  - lif: {from: input.x}\n",
         "mlp.yaml:3:17: layers[0].lif.from: found \"input.x\", expected a node's name"},
        {L "  - lif: {from: input.8}\n", "with a port from 0 to 7"},
    };
    check(row, FSNN_COUNT(row));
}

static void test_loops(void **state)
{
    (void)state;
    static const bad row[] = {
        {"input: [4]\nlayers:\n  - linear: {out: 4, name: fc}\n"
         "  - add: {from: [fc, w], name: sum}\n  - lif: {name: s}\n"
         "  - linear: {out: 4, name: w}\n" ALPHA,
         "mlp.yaml:4:22: layers[1].add.from[1]: sum -> s -> w -> sum is a loop without delay: put "
         "`- delay: {of: w, name: w_before}` before it and read w_before here"},
        {"input: [4]\nlayers:\n  - linear: {out: 4, from: lif1}\n  - lif: {from: input}\n" ALPHA,
         "\"lif1\" does not stand before this node: nodes refer only to earlier ones, and "
         "`- delay: {of: lif1}` to any"},
        {"input: [4]\nlayers:\n  - add: {from: [input, add1]}\n  - lif\n" ALPHA,
         "add1 -> add1 is a loop without delay"},
        {"input: [4]\nlayers:\n  - delay: {of: lif7}\n  - lif\n" ALPHA,
         "mlp.yaml:3:17: layers[0].delay.of: there is no node \"lif7\", did you mean \"lif1\"?"},
        {"input: [4]\nlayers:\n  - delay: lif7\n  - lif\n" ALPHA, "there is no node \"lif7\""},
        {"input: [4]\nlayers:\n  - delay: {of: lif1, from: input}\n  - lif\n" ALPHA,
         "a delay with `of` takes no other source"},
        {"input: [4]\nlayers:\n  - delay: {steps: -1}\n  - lif\n" ALPHA,
         "layers[0].delay.steps: found \"-1\", expected an integer from 0 to 2147483647"},
        {"input: [4]\nlayers:\n  - delay: {of: lif1, steps: 0}\n  - lif\n" ALPHA,
         "layers[0].delay.steps: a delay of 0 steps: it must be from 1 to"},
        {"input: [4]\nlayers:\n  - delay: {steps: [1, 2, 3, 4]}\n  - lif\n" ALPHA,
         "layers[0].delay.steps: steps is a list of 4 numbers, but one for the layer"},
        {"input: [4]\nlayers:\n  - delay: {per: neuron}\n  - lif\n" ALPHA,
         "layers[0].delay.per: steps is one number: give a list of them"},
        {"input: [4]\nlayers:\n  - linear: 4\n  - lif: {weights: linear1}\n" ALPHA,
         "\"linear1\" is linear, but weights are shared with a node of the same kind, lif"},
        {"input: [4]\nlayers:\n  - lif: {weights: input}\n" ALPHA, "\"input\" is the input"},
        {"input: [4]\nlayers:\n  - lif: {weights: lif2}\n  - lif\n" ALPHA, "does not stand before"},
        {"input: [4]\nlayers:\n  - lif: {weights: lif3}\n  - lif\n" ALPHA, "no node \"lif3\""},
    };
    check(row, FSNN_COUNT(row));
}

static void test_dynamics(void **state)
{
    (void)state;
    static const bad row[] = {
        {INPUT, "mlp.yaml:1:1: the fractional order is missing: add \"alpha: 0.5\""},
        {INPUT "dynamics: {step: 1}\n", "mlp.yaml:3:11: dynamics: the fractional order is missing"},
        {INPUT "dynamics: 0.5\n", "mlp.yaml:3:11: dynamics: found \"0.5\", expected a mapping"},
        {INPUT "dynamics: {alpha: 0}\n", "mlp.yaml:3:19: dynamics.alpha: found \"0\", expected a "
                                         "number above 0 and at most 1"},
        {INPUT "dynamics: {alpha: 1.01}\n", "mlp.yaml:3:19: dynamics.alpha: found \"1.01\""},
        {INPUT "dynamics: {alpha: half}\n", "mlp.yaml:3:19: dynamics.alpha: found \"half\""},
        {INPUT "dynamics: {alpha: {a: 1}}\n", "mlp.yaml:3:19: dynamics.alpha: found a mapping"},
        {INPUT "dynamics: {alpha: []}\n", "mlp.yaml:3:19: dynamics.alpha: found a list of 0"},
        {INPUT "dynamics: {alpha: [0.3, 0.8]}\n",
         "mlp.yaml:3:19: dynamics.alpha: a flat list can be read in two ways: one value a neuron "
         "layer (add \"alpha_mode: per_layer\"), or the terms of every layer (add \"alpha_mode: "
         "multiterm\")"},
        {INPUT "dynamics: {alpha: [0.3, 8], alpha_mode: per_layer}\n",
         "mlp.yaml:3:25: dynamics.alpha[1]: found \"8\""},
        {INPUT "dynamics: {alpha: [[0.3, 0.5], 2]}\n",
         "mlp.yaml:3:32: dynamics.alpha[1]: found \"2\""},
        {INPUT "dynamics: {alpha: [[0.3, [1]], 0.5]}\n", "dynamics.alpha[0][1]: found a list of 1"},
        {INPUT "dynamics: {alpha: [[.1,.2,.3,.4,.5,.6,.7,.8,.9]]}\n",
         "mlp.yaml:3:20: dynamics.alpha[0]: found a list of 9, expected 1 to 8 terms"},
        {INPUT "dynamics: {alpha: [[0.3]], alpha_mode: multiterm}\n",
         "mlp.yaml:3:19: dynamics.alpha: found a list a layer, but alpha_mode is multiterm"},
        {INPUT "dynamics: {alpha: 0.5, alpha_mode: multi}\n",
         "mlp.yaml:3:36: dynamics.alpha_mode: found \"multi\", expected one of auto, per_layer, "
         "multiterm"},
        {INPUT "dynamics: {alpha: 0.5, coefficients: [1, 2], alpha_mode: multiterm}\n",
         "mlp.yaml:3:38: dynamics.coefficients: found 2 terms for layer 0, but alpha has 1"},
        {INPUT "dynamics: {alpha: [[0.3, 0.5]], coefficients: 1}\n",
         "mlp.yaml:3:47: dynamics.coefficients: found 1 term for layer 0, but alpha has 2"},
        {INPUT "dynamics: {alpha: [[0.3, 0.5]], coefficients: [[1]]}\n",
         "mlp.yaml:3:47: dynamics.coefficients: found 1 term for layer 0, but alpha has 2"},
        {INPUT "dynamics: {alpha: 0.5, coefficients: 0}\n",
         "mlp.yaml:3:38: dynamics.coefficients: found \"0\", expected a number above 0"},
        {INPUT "dynamics: {alpha: 0.5, learn_alpha: 1}\n",
         "mlp.yaml:3:37: dynamics.learn_alpha: found \"1\", expected true or false"},
        {INPUT "dynamics: {alpha: 0.5, learn_alpha: [true, 7]}\n",
         "mlp.yaml:3:44: dynamics.learn_alpha[1]: found \"7\", expected true or false"},
        {INPUT "dynamics: {alpha: 0.5, learn_alpha: {}}\n", "mlp.yaml:3:37: dynamics.learn_alpha: "
                                                            "found a mapping"},
        {INPUT "dynamics: {alpha: [[0.5], [0.6]], learn_alpha: [true]}\n",
         "mlp.yaml:3:48: dynamics.learn_alpha: this list has 1 entries, but dynamics.alpha has 2"},
        {INPUT "dynamics: {alpha: 1e-300}\n",
         "dynamics.alpha: alpha is 1e-300: single precision has numbers from 1.2e-38 to 3.4e+38; "
         "precision double has more"},
        {INPUT "dynamics: {alpha: [0.5, 0.6], coefficients: [1, 1e39], alpha_mode: multiterm}\n",
         "a coefficient is 1e+39: single precision has numbers from"},
        {INPUT "dynamics: {alpha: 0.5, method: glx}\n",
         "mlp.yaml:3:32: dynamics.method: found \"glx\", expected one of the methods euler, gl, "
         "l1, trap, ab, abm, heun, rk4, ml"},
        {INPUT "dynamics: {alpha: 0.5, method: euler}\n",
         "mlp.yaml:3:32: dynamics.method: method euler does not belong to integrator fdeint"},
        {INPUT "dynamics: {integrator: odeint, method: gl}\n",
         "mlp.yaml:3:40: dynamics.method: method gl does not belong to integrator odeint"},
        {INPUT "dynamics: {integrator: ode}\n",
         "mlp.yaml:3:24: dynamics.integrator: found \"ode\", expected one of fdeint, odeint"},
        {INPUT "dynamics: {alpha: 0.5, method: abm, implicit: true}\n",
         "mlp.yaml:3:47: dynamics.implicit: method abm has no implicit variant"},
        {INPUT "dynamics: {alpha: 0.5, step: 0}\n",
         "mlp.yaml:3:30: dynamics.step: found \"0\", expected a number above 0"},
        {INPUT "dynamics: {alpha: 0.5, memory: 0}\n",
         "mlp.yaml:3:32: dynamics.memory: found \"0\", expected full, a number of steps"},
        {INPUT "dynamics: {alpha: 0.5, memory: -1}\n",
         "mlp.yaml:3:32: dynamics.memory: found \"-1\", expected full, a number of steps of at "
         "least 2"},
        {INPUT "dynamics: {alpha: 0.5, memory: 1}\n",
         "mlp.yaml:3:32: dynamics.memory: found \"1\", expected full, a number of steps of at "
         "least 2"},
        {INPUT "dynamics: {alpha: [0.3, 0.8], alpha_mode: multiterm, coefficients: [[1, 2], 1]}\n",
         "dynamics.coefficients: found 1 term for layer 1, but alpha has 2"},
        {INPUT "dynamics: {alpha: [[0.3], [0.8]], coefficients: [[1], [2], [3]]}\n",
         "dynamics.coefficients: found a list of 3, but alpha is a list of 2"},
        {INPUT "dynamics: {alpha: 0.5, memory: most}\n",
         "mlp.yaml:3:32: dynamics.memory: found \"most\", expected full, a number of steps"},
        {INPUT "dynamics: {alpha: 0.5, memory: {tolerance: 2}}\n",
         "mlp.yaml:3:44: dynamics.memory.tolerance: found \"2\", expected a number from 1e-12 to "
         "0.1"},
        {INPUT "dynamics: {alpha: 0.5, memory: {horizon: 2}}\n",
         "mlp.yaml:3:32: dynamics.memory: a memory in braces is given by its tolerance"},
        {INPUT "dynamics: {alpha: 0.5, memory: {tolerence: 1e-5}}\n",
         "mlp.yaml:3:33: dynamics.memory.tolerence: unknown key, did you mean \"tolerance\"?"},
        {INPUT "dynamics: {alpha: 0.5, memory: {tolerance: 1e-4, engin: auto}}\n",
         "dynamics.memory.engin: unknown key, did you mean \"engine\"?"},
        {INPUT "dynamics: {alpha: 0.5}\ntraining: {class_weights: even}\n",
         "training.class_weights: found \"even\", expected balanced, or a list of numbers, one a "
         "class"},
        {INPUT "dynamics: {alpha: 0.5}\ntraining: {class_weights: [1, -1]}\n",
         "mlp.yaml:4:31: training.class_weights[1]: found \"-1\", expected a number of at least 0"},
        {INPUT "dynamics: {alpha: 0.5}\ntraining: {class_weights: [0, 0]}\n",
         "training.class_weights: none of the 2 class weights is above 0"},
        {INPUT "dynamics: {alpha: 0.5}\ntraining: {terms: {a: {of: spikes, max: 1}}}\n",
         "training.terms.a.of: found \"spikes\", expected one of rate, potential"},
        {INPUT "dynamics: {alpha: 0.5}\ntraining: {terms: {a: {of: rate, maxx: 1}}}\n",
         "training.terms.a.maxx: unknown key, did you mean \"max\"?"},
        {INPUT "dynamics: {alpha: 0.5}\ntraining: {truncate: true}\n",
         "training.truncate: truncated gradients need segments"},
        {INPUT "dynamics: {alpha: 0.5}\ntraining: {loss: {kind: mse_rate, mix: 0.5}}\n",
         "mlp.yaml:4:40: training.loss.mix: mix is 0.5, but the loss is mse_rate: only tet has it"},
        {INPUT
         "dynamics: {alpha: 0.5}\ntraining: {loss: {kind: mse_count, label_smoothing: 0.1}}\n",
         "training.loss.label_smoothing: label_smoothing is 0.1, but the loss is mse_count"},
        {INPUT "dynamics: {alpha: 0.5}\ntraining: {checkpoint: some}\n",
         "training.checkpoint: found \"some\", expected 0 (keep everything), auto, or the steps"},
        {INPUT "dynamics: {alpha: 0.5, times: [0, 2, 1]}\n",
         "mlp.yaml:3:38: dynamics.times[2]: found 1 after 2: time stamps must increase"},
        {INPUT "dynamics: {alpha: 0.5, times: [0, now]}\n",
         "mlp.yaml:3:35: dynamics.times[1]: found \"now\", expected a number"},
        {INPUT "dynamics: {alpha: 0.5, times: 3}\n",
         "mlp.yaml:3:31: dynamics.times: found \"3\", expected a list of increasing numbers"},
        {INPUT "dynamics: {alpha: 0.5, times: []}\n",
         "mlp.yaml:3:31: dynamics.times: found a list of 0, expected a list of increasing "
         "numbers"},
        {INPUT "dynamics: {alpha: 0.5, interpolation: spline}\n",
         "mlp.yaml:3:39: dynamics.interpolation: found \"spline\", expected one of nearest, hold, "
         "linear, cubic, akima"},
        {INPUT "dynamics: {alhpa: 0.5}\n",
         "mlp.yaml:3:12: dynamics.alhpa: unknown key, did you mean \"alpha\"?"},
    };
    check(row, FSNN_COUNT(row));
}

static void test_data(void **state)
{
    (void)state;
    static const bad row[] = {
        {INPUT ALPHA "data: x\n", "mlp.yaml:4:7: data: found \"x\", expected a mapping"},
        {INPUT ALPHA "data: {train: {images: a, labels: b}}\n",
         "mlp.yaml:4:7: data: the key \"kind\" is missing"},
        {INPUT ALPHA "data: {kind: idy}\n",
         "mlp.yaml:4:14: data.kind: found \"idy\", expected one "
         "of idx, npz, npy, csv, ts, wav, edf, wfdb, "
         "hdf5, events, frames, png, graph (did you mean \"idx\"?)"},
        {INPUT ALPHA "data: {kind: idx}\n",
         "mlp.yaml:4:7: data: there is neither a \"train\" nor a \"test\" set"},
        {INPUT ALPHA "data: {kind: idx, train: {images: a}}\n",
         "mlp.yaml:4:26: data.train: the key \"labels\" is missing"},
        {INPUT ALPHA "data: {kind: idx, train: a}\n",
         "mlp.yaml:4:26: data.train: the key \"labels\" is missing"},
        {INPUT ALPHA "data: {kind: idx, train: {path: a}}\n",
         "mlp.yaml:4:27: data.train.path: unknown key; known are: images, labels"},
        {INPUT ALPHA "data: {kind: npz, train: {images: a}}\n",
         "mlp.yaml:4:27: data.train.images: unknown key; known are: path, x, y"},
        {INPUT ALPHA "data: {kind: idx, train:}\n",
         "data.train: found nothing, expected a mapping"},
        {INPUT ALPHA "data: {kind: npz, test: b, validation: 0.1}\n",
         "mlp.yaml:4:40: data.validation: there is no training set"},
        {INPUT ALPHA "data: {kind: graph}\n", "mlp.yaml:4:7: data: the key \"path\" is missing"},
        {INPUT ALPHA "data: {kind: graph, path: a, train: b}\n",
         "mlp.yaml:4:30: data.train: unknown key; known are: kind, path, hops"},
        {INPUT ALPHA "data: {kind: graph, path: a, hops: -1}\n",
         "mlp.yaml:4:36: data.hops: found \"-1\", expected an integer from 0 to 64"},
        {INPUT ALPHA "data: {kind: graph, path: a, split: {kind: randm}}\n",
         "mlp.yaml:4:44: data.split.kind: found \"randm\", expected one of random, public (did you "
         "mean \"random\"?)"},
        {INPUT ALPHA "data: {kind: graph, path: a, normalize: z}\n",
         "mlp.yaml:4:41: data.normalize: found \"z\", expected one of none, zscore, row, max"},
        {INPUT ALPHA "data: {kind: idx, train: {images: a, labels: b}, steps: 8}\n",
         "mlp.yaml:4:50: data.steps: unknown key"},
        {INPUT ALPHA "data: {kind: idx, train: {images: a, labels: b}, sequence: columns}\n",
         "mlp.yaml:4:60: data.sequence: found \"columns\", expected one of none, first, rows, "
         "pixels"},
        {INPUT ALPHA "data: {kind: npz, train: a, validation: 1}\n",
         "mlp.yaml:4:41: data.validation: found \"1\", expected a number from 0 to"},
        {INPUT ALPHA "data: {kind: npz, train: a, normalize: {deviation: 0}}\n",
         "mlp.yaml:4:52: data.normalize.deviation: found \"0\", expected a number above 0"},
        {INPUT ALPHA "data: {kind: npz, train: a, limit: {train: -1}}\n",
         "mlp.yaml:4:44: data.limit.train: found \"-1\", expected an integer from 0 to"},
        {INPUT ALPHA "data: {kind: npz, train: a, encoder: ratee}\n",
         "mlp.yaml:4:38: data.encoder: found \"ratee\", expected one of direct, rate, latency, "
         "delta (did you mean \"rate\"?)"},
        {INPUT ALPHA "data: {kind: npz, train: a, encoder: {steps: 0}}\n",
         "mlp.yaml:4:46: data.encoder.steps: found \"0\", expected an integer from 1 to"},
    };
    check(row, FSNN_COUNT(row));
}

static void test_training(void **state)
{
    (void)state;
    static const bad row[] = {
        {INPUT ALPHA "training: {terms: [{of: rate, max: 0.3}]}\n",
         "training.terms: found a list of 1, expected a mapping of names to options, like {quiet: "
         "{of: rate, max: 0.1}}"},
        {INPUT ALPHA "training: {terms: {a: [1, 2]}}\n",
         "training.terms.a: found a list of 2, expected a mapping of options, like {of: VALUE}"},
        {INPUT ALPHA "training: {optimizer: {parameters: 3}}\n",
         "training.optimizer.parameters: found \"3\", expected a mapping of names to options, like "
         "{fc1: {lr: 0.1}}"},
        {INPUT ALPHA "training: 3\n", "mlp.yaml:4:11: training: found \"3\", expected a mapping"},
        {INPUT ALPHA "training: {epochs: 0}\n",
         "mlp.yaml:4:20: training.epochs: found \"0\", expected an integer from 1 to 2147483647"},
        {INPUT ALPHA "training: {loss: cce}\n",
         "mlp.yaml:4:18: training.loss: found \"cce\", expected one of ce_rate, mse_rate, tet"},
        {INPUT ALPHA "training: {loss: {kind: tet, mix: 2}}\n",
         "mlp.yaml:4:35: training.loss.mix: found \"2\", expected a number from 0 to 1"},
        {INPUT ALPHA "training: {optimizer: {kind: adam, lr: 0}}\n",
         "mlp.yaml:4:40: training.optimizer.lr: found \"0\", expected a number above 0"},
        {INPUT ALPHA "training: {optimiser: adam}\n",
         "mlp.yaml:4:12: training.optimiser: unknown key, did you mean \"optimizer\"?"},
        {INPUT ALPHA "training: {optimizer: addam}\n",
         "mlp.yaml:4:23: training.optimizer: found \"addam\", expected one of sgd, adam, adamw"},
        {INPUT ALPHA "training: {schedule: {kind: step, every: -2}}\n",
         "mlp.yaml:4:42: training.schedule.every: found \"-2\""},
        {INPUT ALPHA "training: {clip: -1}\n",
         "mlp.yaml:4:18: training.clip: found \"-1\", expected a number of at least 0"},
        {INPUT ALPHA "training: {early_stop: {patience: 1.5}}\n",
         "mlp.yaml:4:35: training.early_stop.patience: found \"1.5\", expected an integer"},
        {INPUT ALPHA "training: {seed: -1}\n", "mlp.yaml:4:18: training.seed: found \"-1\""},
    };
    check(row, FSNN_COUNT(row));
}

static void test_overrides(void **state)
{
    (void)state;
    static const char text[] = INPUT ALPHA "training: {loss: ce_rate}\n";
    static const char *const row[][2] = {
        {"epochs", "mlp.yaml: override \"epochs\": expected key=value, like dynamics.alpha=0.5"},
        {"=3", "override \"=3\": expected key=value"},
        {"dynamic.alpha=3",
         "mlp.yaml: override \"dynamic.alpha=3\": \"dynamic\" is neither a key nor "
         "a node, did you mean \"dynamics\"?"},
        {"lif2.tau=3", "\"lif2\" is neither a key nor a node, did you mean \"lif1\"?"},
        {"dynamics.alpha=2",
         "mlp.yaml: override \"dynamics.alpha=2\": dynamics.alpha: found \"2\", "
         "expected a number above 0 and at most 1"},
        {"dynamics.aplha=0.2", "override \"dynamics.aplha=0.2\": dynamics.aplha: unknown key, did "
                               "you mean \"alpha\"?"},
        {"dynamics.alpha=[0.2, 3]", "override \"dynamics.alpha=[0.2, 3]\": dynamics.alpha: a flat "
                                    "list can be read in two ways"},
        {"dynamics.alpha=[0.2", "mlp.yaml: override \"dynamics.alpha=[0.2\": "},
        {"dynamics.alpha={a: 1, a: 2}", "this key stands here twice"},
        {"dynamics.alpha.0=0.3",
         "mlp.yaml: override \"dynamics.alpha.0=0.3\": dynamics.alpha: found "
         "a mapping, expected a number"},
        {"name.first=x", "override \"name.first=x\": name: found a mapping, expected a text"},
        {"dynamics..alpha=0.2", "the path before = has an empty part"},
        {"layers.9.lif.tau=1", "layers is a list of 2: expected a number from 0 to 1, not \"9\""},
        {"layers.lif.tau=1", "layers is a list of 2: expected a number from 0 to 1, not \"lif\""},
        {"layers.1.linear.out=1", "layers[1] is of kind lif, not \"linear\""},
        {"lif1.tau=fast",
         "override \"lif1.tau=fast\": layers[1].lif.tau: found \"fast\", expected a "
         "number above 0"},
        {"lif1.tauu=1", "override \"lif1.tauu=1\": layers[1].lif.tauu: unknown key, did you mean "
                        "\"tau\"?"},
        {"training.loss.mixx=1", "training.loss.mixx: unknown key, did you mean \"mix\"?"},
        {"input=", "override \"input=\": input: found nothing, expected a list"},
        {"layers=flatten",
         "override \"layers=flatten\": layers: found \"flatten\", expected a list"},
        {"data.encoder.steps=8", "override \"data.encoder.steps=8\": data: the key \"kind\" is "
                                 "missing"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++)
        expect_error(text, row[i][0], row[i][1]);
    /* a value of the file around which an override put a map stays the file's */
    expect_error("input: [4]\nlayers: [lif: {tau: fast}]\n" ALPHA, "lif1.tau.learn=true",
                 "mlp.yaml:2:21: layers[0].lif.tau.value: found \"fast\", expected a number");
}

static void test_files_and_arguments(void **state)
{
    (void)state;
    fsnn_description *d = (fsnn_description *)&d;
    FAILS(fsnn_description_read("/nonexistent/x.yaml", NULL, 0, &d), FSNN_EIO);
    assert_null(d);
    expect_text(fsnn_error_text(), "/nonexistent/x.yaml", "a missing file");
    FAILS(fsnn_description_read(NULL, NULL, 0, &d), FSNN_EARGUMENT);
    FAILS(fsnn_description_read("x", NULL, 3, &d), FSNN_EARGUMENT);
    FAILS(fsnn_description_read("x", NULL, 0, NULL), FSNN_EARGUMENT);
    fsnn_description_destroy(NULL);
}

/* What no reader finds, but the network: where the node is that is at fault. */
static void test_network(void **state)
{
    (void)state;
    static const struct {
        const char *layers, *dynamics, *wanted;
    } row[] = {
        {"maxpool: 2", "alpha: 0.5",
         "mlp.yaml:4:5: layers[1]: maxpool \"maxpool1\": its input [4] is"},
        {"avgpool: 2", "alpha: 0.5",
         "mlp.yaml:4:5: layers[1]: avgpool \"avgpool1\": its input [4] is"},
        {"conv2d: {out: 4, kernel: 3}", "alpha: 0.5", "mlp.yaml:4:5: layers[1]: conv2d"},
        {"voting: {voters: 3}", "alpha: 0.5", "mlp.yaml:4:5: layers[1]: voting"},
        {"reshape: {shape: [3, 2]}", "alpha: 0.5", "mlp.yaml:4:5: layers[1]: reshape"},
        {"permute: {axes: [1, 0]}", "alpha: 0.5", "mlp.yaml:4:5: layers[1]: permute"},
        {"mean: {axes: 3}", "alpha: 0.5", "mlp.yaml:4:5: layers[1]: mean"},
        {"flatten\n  - matmul: {from: [flatten1, flatten2]}", "alpha: 0.5",
         "mlp.yaml:5:5: layers[2]: matmul"},
        {"lif: {tau: 1e-300}", "alpha: 0.5",
         "mlp.yaml:4:16: layers[1].lif.tau: lif \"lif1\": tau is 1e-300"},
        {"lif: {reset: value}", "alpha: 0.5, method: ab",
         "mlp.yaml:4:18: layers[1].lif.reset: lif \"lif1\": reset value overwrites the potential"},
        {"lif: {reset: subtract}", "alpha: 0.5, method: ab",
         "mlp.yaml:4:18: layers[1].lif.reset: lif \"lif1\""},
        {"lif", "alpha: 0.5, step: 1e300",
         "mlp.yaml:5:30: dynamics.step: the step 1e+300 gives method gl a gain"},
        {"lif: {name: a}\n  - lif: {name: b, weights: a}", "alpha: [[0.3], [0.5]]",
         "mlp.yaml:5:5: layers[2]: lif \"b\" uses the parameters of \"a\""},
        {"linear: {out: 3, name: a}\n  - linear: {out: 3, weights: a}", "alpha: 0.5",
         "mlp.yaml:5:5: layers[2]: linear \"linear2\" cannot use the weights"},
        {"split: {parts: 2}\n  - add: {from: [split1, split1.3]}", "alpha: 0.5",
         "mlp.yaml:5:5: layers[2]: \"add1\" reads output 3 of \"split1\""},
        {"delay: {of: linear1}\n  - linear: {out: 3}", "alpha: 0.5",
         "mlp.yaml:4:5: layers[1]: delay \"delay1\": the shape of \"linear1\" follows from "
         "nothing"},
        {"flatten\noutput: flatten1.3", "alpha: 0.5",
         "mlp.yaml:5:9: output: \"output\" reads output 3 of \"flatten1\""},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        char text[512];
        snprintf(text, sizeof text, "input: [4]\nlayers:\n  - flatten\n  - %s\ndynamics: {%s}\n",
                 row[i].layers, row[i].dynamics);
        fsnn_description *d = good(text);
        fsnn_net *net;
        GOOD(fsnn_description_net(d, &net));
        const fsnn_plan plan = {.steps = 2, .batch = 2, .training = true};
        FAILS(fsnn_net_wrap(net, fsnn_description_dynamics(d), &plan), ANY_ERROR);
        assert_int_equal(fsnn_description_locate(d, "layers"), FSNN_EDESCRIPTION);
        expect_text(fsnn_error_text(), row[i].wanted, text);
        fsnn_net_destroy(net);
        fsnn_description_destroy(d);
    }
}

/* What a program finds: the places of sections and keys, as far as they are given. */
static void test_places(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {"data.augment.drop", "mlp.yaml:4:45: data.augment.drop: odd"},
        {"data.augment.flip", "mlp.yaml:4:38: data.augment: odd"},
        {"data.train.x", "mlp.yaml:4:26: data.train: odd"},
        {"data.frames.crop", "mlp.yaml:4:7: data: odd"},
        {"output", "mlp.yaml:2:19: layers[1]: odd"},
        {"layers", "mlp.yaml:3:11: dynamics: odd"},
        {"input", "mlp.yaml:1:8: input: odd"},
        {"training.epochs", "mlp.yaml:1:1: odd"},
    };
    static const char text[] = INPUT ALPHA "data: {kind: npz, train: x, augment: {drop: 0.5}}\n";
    fsnn_description *d = good(text);
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_error_set(FSNN_EARGUMENT, "odd");
        assert_int_equal(fsnn_description_locate(d, row[i][0]), FSNN_EDESCRIPTION);
        expect_text(fsnn_error_text(), row[i][1], row[i][0]);
    }
    FAILS(fsnn_description_locate(NULL, "data"), FSNN_EARGUMENT);
    FAILS(fsnn_description_locate(d, NULL), FSNN_EARGUMENT);
    fsnn_description_destroy(d);
}

/* Only neurons have an order. */
static void test_no_neurons(void **state)
{
    (void)state;
    fsnn_description_destroy(good("input: [4]\nlayers: [linear: 3]\n"));
    fsnn_description_destroy(good("input: [4]\nlayers: [flatten]\ndynamics: {step: 0.5}\n"));
    expect_error("dynamics: {step: 0.5}\n" INPUT, NULL,
                 "mlp.yaml:1:11: dynamics: the fractional order is missing: add \"alpha: 0.5\"");
}

/* Whatever allocation fails, the result is FSNN_EMEMORY and nothing leaks. */
static void test_out_of_memory(void **state)
{
    (void)state;
    static const char text[] = INPUT "dynamics: {alpha: [[0.2, 0.3]]}\ntraining: {seed: 3}\n";
    const char *const set = "lif1.tau.learn=true";
    for (int n = 1;; n++) {
        fsnn_description *d = NULL;
        fsnn_alloc_fail_at(n);
        fsnn_status status = parse(text, &set, 1, &d);
        fsnn_alloc_fail_at(0);
        if (!status) {
            fsnn_description_destroy(d);
            assert_true(n > 1);
            return;
        }
        assert_null(d);
        assert_int_equal(status, FSNN_EMEMORY);
        assert_true(n < 10000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_syntax),
        cmocka_unit_test(test_depth_is_bounded),
        cmocka_unit_test(test_top),
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_loops),
        cmocka_unit_test(test_dynamics),
        cmocka_unit_test(test_names_and_sources),
        cmocka_unit_test(test_data),
        cmocka_unit_test(test_training),
        cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_files_and_arguments),
        cmocka_unit_test(test_network),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_no_neurons),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
