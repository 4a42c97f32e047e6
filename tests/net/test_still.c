/* An input that is the same at every step, given once (fsnn_plan.still): outputs, gradients and
 * running statistics are those of the same input given at every step, and less memory is held. */

#include "double.h"
#include "nets.h"
#include "net/net.h"

enum { T = 6, B = 3 };

typedef struct design {
    const char *name, *text; /* input, layers, dynamics */
    int64_t checkpoint;
    bool once; /* the first layer is computed once: its output is small */
} design;

#define PICTURE "input: [2, 8, 8]\n"
#define CONV "  - conv2d: {out: 8, kernel: 3, padding: 1, name: first}\n"
#define END "  - flatten: {}\n  - linear: {out: 5}\n"
#define GL "dynamics: {alpha: 0.6}\n"

static const design designs[] = {
    {"linear",
     "input: [33]\nlayers:\n  - linear: {out: 21, name: first}\n"
     "  - lif: {tau: 1.5, threshold: 0.3}\n" END GL,
     0, true},
    {"groups",
     "input: [40]\nlayers:\n  - linear: {out: 512, name: first}\n"
     "  - lif: {tau: {value: 1.5, learn: true}, threshold: {value: 0.3, learn: true}}\n" END
     "dynamics: {alpha: 0.6, learn_alpha: true}\n",
     0, true},
    {"conv",
     PICTURE "layers:\n" CONV "  - lif: {threshold: 0.3}\n  - maxpool: {kernel: 2}\n" END GL, 0,
     true},
    {"pool first",
     PICTURE "layers:\n  - avgpool: {kernel: 2}\n" CONV
             "  - maxpool: {kernel: 2}\n  - if: {threshold: 0.5}\n" END GL,
     0, true},
    {"batchnorm", PICTURE "layers:\n" CONV "  - batchnorm: {}\n  - lif: {threshold: 0.3}\n" END GL,
     0, true},
    {"batchnorm per step",
     PICTURE "layers:\n" CONV "  - batchnorm: {per_step: true}\n  - lif: {threshold: 0.3}\n" END GL,
     0, true},
    {"layernorm",
     PICTURE
     "layers:\n" CONV
     "  - permute: {axes: [1, 2, 0]}\n  - layernorm: {dims: 1}\n  - lif: {threshold: 0.3}\n" END GL,
     0, true},
    {"equation",
     "input: [33]\nlayers:\n  - linear: {out: 70, name: first}\n"
     "  - user: {dv: \"(-v + 0.2*exp(min(v, 2) - 1) + I)/tau\", threshold: 0.3, tau: "
     "{value: 1.5, learn: true}}\n" END GL,
     0, true},
    {"states",
     "input: [33]\nlayers:\n  - linear: {out: 70, name: first}\n  - cuba: {threshold: 0.2}\n" END
         GL,
     0, true},
    {"readout",
     "input: [33]\nlayers:\n  - linear: {out: 5, name: first}\n  - readout: {tau: 4.0}\n" GL, 0,
     true},
    {"jump",
     "input: [33]\nlayers:\n  - linear: {out: 70, name: first}\n"
     "  - lif: {threshold: 0.3, reset: jump}\n" END GL,
     0, true},
    {"two readers",
     "input: [33]\nlayers:\n  - linear: {out: 40, name: first}\n"
     "  - lif: {threshold: 0.3, name: a}\n  - lif: {threshold: 0.6, from: first, name: b}\n"
     "  - add: {from: [a, b]}\n" END GL,
     0, true},
    {"trapezoid",
     "input: [33]\nlayers:\n  - linear: {out: 70, name: first}\n  - lif: {threshold: 0.3}\n" END
     "dynamics: {alpha: 0.6, method: trap}\n",
     0, true},
    {"predictor",
     "input: [33]\nlayers:\n  - linear: {out: 70, name: first}\n  - lif: {threshold: 0.3}\n" END
     "dynamics: {alpha: 0.6, method: abm}\n",
     0, true},
    {"tolerance",
     "input: [33]\nlayers:\n  - linear: {out: 70, name: first}\n  - lif: {threshold: 0.3}\n" END
     "dynamics: {alpha: 0.6, memory: {tolerance: 1e-4, engine: exponentials}}\n",
     0, true},
    {"integer",
     "input: [33]\nlayers:\n  - linear: {out: 70, name: first}\n  - lif: {threshold: 0.3}\n" END
     "dynamics: {integrator: odeint}\n",
     0, true},
    {"segments", PICTURE "layers:\n" CONV "  - lif: {threshold: 0.3}\n" END GL, 4, true},
    {"segments, in the general scan",
     "input: [33]\nlayers:\n  - linear: {out: 70, name: first}\n"
     "  - lif: {threshold: 0.3, reset: jump, tau: {value: 1.2, learn: true}}\n" END GL,
     4, true},
    /* what cannot be computed once */
    {"skip",
     "input: [33]\nlayers:\n  - linear: {out: 33, name: first}\n"
     "  - lif: {threshold: 0.3, name: a}\n  - add: {from: [input, a]}\n" END GL,
     0, false},
    {"skip, segments",
     "input: [33]\nlayers:\n  - linear: {out: 33, name: first}\n"
     "  - lif: {threshold: 0.3, name: a}\n  - add: {from: [input, a]}\n" END GL,
     4, false},
    {"loop",
     "input: [33]\nlayers:\n  - delay: {of: a, name: back}\n"
     "  - linear: {from: input, out: 33, name: first}\n  - add: {from: [first, back], name: sum}\n"
     "  - lif: {threshold: 0.3, name: a}\n" END GL,
     0, false},
    {"no neurons", "input: [33]\nlayers:\n  - linear: {out: 5, name: first}\n" GL, 0, false},
};

/* Whose resets pass gradients on, so that these are those of the smooth net. */
#define SMOOTH "threshold: 0.5, detach_reset: false, surrogate: {scale: 2.0}"
static const design smooth[] = {
    {"linear",
     "input: [33]\nlayers:\n  - linear: {out: 21, name: first}\n  - lif: {tau: {value: 1.5, learn: "
     "true}, " SMOOTH "}\n" END GL,
     0, true},
    {"picture",
     PICTURE "layers:\n" CONV "  - batchnorm: {}\n  - lif: {" SMOOTH
             "}\n  - avgpool: {kernel: 2}\n" END GL,
     0, true},
    {"jump",
     "input: [33]\nlayers:\n  - linear: {out: 70, name: first}\n  - lif: {reset: jump, " SMOOTH
     "}\n" END GL,
     0, true},
    {"segments",
     "input: [33]\nlayers:\n  - linear: {out: 70, name: first}\n  - lif: {" SMOOTH "}\n" END GL, 4,
     true},
    {"skip",
     "input: [33]\nlayers:\n  - linear: {out: 33, name: first}\n  - lif: {" SMOOTH ", name: a}\n"
     "  - add: {from: [input, a]}\n" END GL,
     0, false},
};

static fsnn_net *build(const design *d, const fsnn_plan *plan)
{
    fsnn_description *description;
    fsnn_net *net = net_described(d->text, &description);
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(description), plan));
    fsnn_description_destroy(description);
    return net;
}

static fsnn_plan plan_of(const design *d, bool still, bool training)
{
    return (fsnn_plan){.steps = T,
                       .batch = B,
                       .training = training,
                       .input_gradient = training,
                       .checkpoint = d->checkpoint,
                       .seed = 3,
                       .still = still};
}

static float number(int64_t i)
{
    return (float)(i * 7919 % 1000) / 300 - 1;
}

/* Numbers of all parameters and their gradients, one after the other. */
typedef struct result {
    int64_t outputs, params, inputs;
    float *out, *value, *grad, *in;
} result;

static int64_t count_params(const fsnn_net *net)
{
    int64_t count = 0;
    for (int p = 0; p < fsnn_net_param_count(net); p++)
        count += fsnn_shape_count(&fsnn_net_param(net, p)->shape);
    return count;
}

static result capacity_for(const fsnn_net *net)
{
    fsnn_shape in, out;
    GOOD(fsnn_net_shapes(net, &in, &out));
    result r = {.outputs = T * B * fsnn_shape_count(&out),
                .params = count_params(net),
                .inputs = B * fsnn_shape_count(&in)};
    r.out = calloc((size_t)r.outputs, sizeof(float));
    r.value = calloc((size_t)r.params, sizeof(float));
    r.grad = calloc((size_t)r.params, sizeof(float));
    r.in = calloc((size_t)r.inputs, sizeof(float));
    assert_true(r.out && r.value && r.grad && r.in);
    return r;
}

static void result_free(result *r)
{
    free(r->out);
    free(r->value);
    free(r->grad);
    free(r->in);
}

/* Two calls, the second of which goes on from the first, and the gradients of the second. */
static void run(fsnn_net *net, bool still, bool training, result *r)
{
    int64_t steps = still ? 1 : T, at = 0;
    const float *out, *gx;
    float *x = malloc((size_t)(steps * r->inputs) * sizeof *x),
          *g = malloc((size_t)r->outputs * sizeof *g);
    for (int64_t i = 0; i < steps * r->inputs; i++)
        x[i] = number(i % r->inputs);
    for (int64_t i = 0; i < r->outputs; i++)
        g[i] = number(i + 3);
    GOOD(fsnn_net_forward(net, x, &out));
    GOOD(fsnn_net_forward(net, x, &out));
    memcpy(r->out, out, (size_t)r->outputs * sizeof *out);
    if (training) {
        fsnn_net_zero_grad(net);
        GOOD(fsnn_net_backward(net, g, &gx));
        for (int64_t i = 0; i < steps * r->inputs; i++)
            r->in[i % r->inputs] += gx[i];
    }
    for (int p = 0; p < fsnn_net_param_count(net); p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        for (int64_t i = 0; i < fsnn_shape_count(&param->shape); i++, at++) {
            r->value[at] = param->value[i];
            r->grad[at] = param->learn && training ? param->grad[i] : 0;
        }
    }
    free(x);
    free(g);
}

static void close_by(const char *what, const char *name, const float *a, const float *b,
                     int64_t count)
{
    double square = 0;
    for (int64_t i = 0; i < count; i++)
        square += (double)a[i] * (double)a[i];
    double size = sqrt(square / (double)count);
    for (int64_t i = 0; i < count; i++)
        if (!(fabs((double)a[i] - (double)b[i]) <= 1e-4 * (size + fabs((double)a[i])) + 1e-7))
            fail_msg("%s: %s %lld is %.8g, with the input once %.8g", name, what, (long long)i,
                     a[i], b[i]);
}

static void compare(const design *d, bool training)
{
    fsnn_plan plan[] = {plan_of(d, false, training), plan_of(d, true, training)};
    fsnn_net *every = build(d, &plan[0]), *once = build(d, &plan[1]);
    result a = capacity_for(every), b = capacity_for(once);
    run(every, false, training, &a);
    run(once, true, training, &b);
    close_by("output", d->name, a.out, b.out, a.outputs);
    close_by("parameter", d->name, a.value, b.value, a.params);
    close_by("gradient", d->name, a.grad, b.grad, a.params);
    close_by("gradient of the input", d->name, a.in, b.in, a.inputs);
    if (training) {
        double sum = 0;
        for (int64_t i = 0; i < a.inputs; i++)
            sum += fabs((double)a.in[i]);
        assert_true(sum > 0);
    }
    int node = VALID(fsnn_net_node_find(once, "first"));
    fsnn_node_info all, one;
    GOOD(fsnn_net_node(every, node, &all));
    GOOD(fsnn_net_node(once, node, &one));
    int64_t steps = d->checkpoint ? T % d->checkpoint : T; /* of the last piece */
    if (d->once ? one.memory * steps > all.memory : one.memory != all.memory)
        fail_msg("%s: %lld bytes for the first layer, %lld with the input at every step", d->name,
                 (long long)one.memory, (long long)all.memory);
    result_free(&a);
    result_free(&b);
    fsnn_net_destroy(every);
    fsnn_net_destroy(once);
}

static void same_as_every_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof designs / sizeof *designs; i++) {
        compare(&designs[i], false);
        compare(&designs[i], true);
    }
}

static void gradients(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof smooth / sizeof *smooth; i++) {
        const design *d = &smooth[i];
        fsnn_plan plan = plan_of(d, true, true);
        plan.smooth = true;
        fsnn_net *net = build(d, &plan);
        result r = capacity_for(net);
        double worst;
        const char *where;
        for (int64_t n = 0; n < r.inputs; n++)
            r.in[n] = number(n) / 2;
        GOOD(fsnn_net_gradcheck(net, r.in, 2, &worst, &where));
        if (!(worst < 1e-2))
            fail_msg("%s: the gradient of %s is off by %g", d->name, where, worst);
        CASE("%s", d->name);
        gradcheck_double(net, r.in, 2);
        result_free(&r);
        fsnn_net_destroy(net);
    }
}

/* With and without, in one net: what is planned anew is what counts; recording keeps all steps. */
static void replanned(void **state)
{
    (void)state;
    const design *d = &designs[2];
    fsnn_plan plan[] = {plan_of(d, false, false), plan_of(d, true, false), plan_of(d, true, false)};
    plan[2].record = true;
    fsnn_net *net = build(d, &plan[0]);
    result r[3] = {capacity_for(net), capacity_for(net), capacity_for(net)};
    for (int i = 0; i < 3; i++) {
        GOOD(fsnn_net_replan(net, &plan[i]));
        GOOD(fsnn_net_reset(net));
        run(net, plan[i].still, false, &r[i]);
    }
    close_by("output", d->name, r[0].out, r[1].out, r[0].outputs);
    close_by("output", d->name, r[0].out, r[2].out, r[0].outputs);
    float current[T * B * 8 * 8 * 8];
    GOOD(fsnn_net_read(net, 2, FSNN_RECORD_CURRENT, current));
    for (int i = 0; i < B * 8 * 8 * 8; i++)
        assert_true(current[i] == current[(T - 1) * B * 8 * 8 * 8 + i]);
    for (int i = 0; i < 3; i++)
        result_free(&r[i]);
    fsnn_net_destroy(net);
}

/* An input that has to be written out needs room for all its steps: it is there, and counted, once
 * the net is planned. */
static void memory_of_all_steps(void **state)
{
    (void)state;
    const design skip = {"skip",
                         "input: [33]\nlayers:\n  - linear: {out: 33, name: first}\n"
                         "  - lif: {threshold: 0.3, name: a}\n  - add: {from: [input, a]}\n" GL,
                         0, false};
    fsnn_plan plan[] = {plan_of(&skip, false, true), plan_of(&skip, true, true)};
    int64_t bytes[2];
    for (int i = 0; i < 2; i++) {
        fsnn_net *net = build(&skip, &plan[i]);
        GOOD(fsnn_net_memory(net, &bytes[i], NULL, NULL));
        assert_true(!plan[i].still || net->dense_capacity >= T * B * 33);
        fsnn_net_destroy(net);
    }
    assert_int_equal(bytes[1] - bytes[0], T * B * 33 * sizeof(float));
}

static void lists_are_refused(void **state)
{
    (void)state;
    fsnn_plan plan = plan_of(&designs[0], true, false);
    fsnn_net *net = build(&designs[0], &plan);
    int64_t start[T * B] = {0};
    int32_t count[T * B] = {0}, index[1] = {0};
    fsnn_spikes spikes = {
        .steps = T, .batch = B, .width = 33, .start = start, .count = count, .index = index};
    const float *out;
    REFUSED(fsnn_net_forward_spikes(net, &spikes, &out), FSNN_ESTATE, "plan.still");
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_every_step), cmocka_unit_test(gradients),
        cmocka_unit_test(replanned),          cmocka_unit_test(memory_of_all_steps),
        cmocka_unit_test(lists_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
