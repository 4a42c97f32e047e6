/* Networks with dense kernels. Their names begin with dense/ or conv/: where the kernels give other
 * bits on their own (print/dense), these lines are not compared. */
#include "bits.h"

#include <stdarg.h>
#include <stdio.h>

static void run(const setup *s, const char *format, ...)
{
    char name[128];
    va_list list;
    va_start(list, format);
    vsnprintf(name, sizeof name, format, list);
    va_end(list);
    setup_run(name, s);
}

static int neuron(fsnn_net *net, const setup *s, const char *name, int from)
{
    return neuron_add(net, s->neuron, name, from, &s->options, s->fixed);
}

static int build_linear(fsnn_net *net, const setup *s)
{
    int x = fsnn_net_linear(net, "fc1", fsnn_net_input(net, s->input), 32, true);
    x = neuron(net, s, "n1", x);
    return neuron(net, s, "n2", fsnn_net_linear(net, "fc2", x, 10, true));
}

static int build_recurrent(fsnn_net *net, const setup *s)
{
    int x = fsnn_net_linear(net, "fc1", fsnn_net_input(net, s->input), 35, true);
    int back = fsnn_net_linear(net, "w", fsnn_net_delay(net, "before", "n1"), 35, false);
    x = neuron(net, s, "n1", fsnn_net_add(net, "add", NULL, (int[]){x, back}, 2, NULL));
    return neuron(net, s, "n2", fsnn_net_linear(net, "fc2", x, 4, true));
}

static int conv(fsnn_net *net, const char *name, int from, int64_t out)
{
    fsnn_conv2d o;
    fsnn_kind_defaults("conv2d", &o);
    o.out = out;
    o.kernel[0] = o.kernel[1] = 3;
    o.padding[0] = o.padding[1] = 1;
    o.bias = true;
    return fsnn_net_conv2d(net, name, from, &o);
}

static int build_conv(fsnn_net *net, const setup *s)
{
    int x = conv(net, "conv1", fsnn_net_input(net, s->input), 8);
    x = fsnn_net_maxpool(net, "pool1", neuron(net, s, "n1", x), 2);
    x = fsnn_net_batchnorm(net, "norm", conv(net, "conv2", x, 16));
    x = fsnn_net_avgpool(net, "pool2", neuron(net, s, "n2", x), 2);
    return fsnn_net_linear(net, "fc", fsnn_net_flatten(net, "flat", x), 5, true);
}

static int build_attention(fsnn_net *net, const setup *s)
{
    static const char *const name[] = {"q", "k", "v"};
    int x = fsnn_net_input(net, s->input), part[3];
    for (int i = 0; i < 3; i++)
        part[i] = neuron(net, s, name[i], fsnn_net_linear(net, NULL, x, 8, false));
    fsnn_attention o = {2, 0.5, FSNN_FEATURES_LAST};
    x = fsnn_net_attention(net, "attention", part[0], part[1], part[2], &o);
    x = fsnn_net_layernorm(net, "norm", neuron(net, s, "n", x), 1);
    return fsnn_net_mean(net, "mean", x, FSNN_SHAPE(0));
}

static const struct {
    const char *name;
    int (*build)(fsnn_net *net, const setup *s);
    fsnn_shape input;
    bool spikes;
} nets[] = {{"linear", build_linear, {1, {30}}, false},
            {"events", build_linear, {1, {30}}, true},
            {"recurrent", build_recurrent, {1, {6}}, false},
            {"conv", build_conv, {3, {2, 8, 32}}, false},
            {"attention", build_attention, {2, {6, 8}}, false}};

static const char *const names[] = {"lif", "own", "alif"};

static void one(int net, int n, int form)
{
    setup s = setup_default();
    s.build = nets[net].build;
    s.input = nets[net].input;
    s.spikes = nets[net].spikes;
    s.neuron = neuron_find(names[n]);
    s.orders = 1;
    s.plan.batch = form == 1 ? 3 : 16;
    s.engine = engines[form % engines_count];
    s.fixed = form % 2;
    s.options.reset = (fsnn_reset)(form < 3 ? 0 : (form + n) % FSNN_RESETS);
    s.plan.steps = s.engine.tolerance > 0 ? 36 : 6;
    s.plan.checkpoint = form == 2 ? 3 : 0;
    s.plan.still = form == 0 && !s.spikes;
    s.plan.input_gradient = !s.spikes && form != 3;
    setup_fit(&s, 3 + (form < 2 ? 0 : (form + n) % 9));
    /* threads share the sums of convolutions' gradients, so their number decides the bits */
    run(&s, "%s/%s/%s/%s/%d", s.build == build_conv ? "conv" : "dense", nets[net].name, names[n],
        s.engine.name, form);
}

void group_dense(void)
{
    for (int net = 0; net < COUNT(nets); net++)
        for (int n = 0; n < COUNT(names); n++)
            for (int form = 0; form < 5; form++)
                one(net, n, form);
}
