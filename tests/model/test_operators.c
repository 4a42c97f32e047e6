/* Networks of many operators from their descriptions: every operator gives the same behind a layer
 * that only changes the layout in memory; attention is the composition of its parts; skips from
 * anywhere to anywhere; a spiking transformer with its gradients, in chunks and in segments. */
#include "double.h"
#include "helper.h"

enum { K = 3, B = 2, MOST = 1 << 16 };

static fsnn_net *net_of(const char *text, const fsnn_plan *plan)
{
    fsnn_net *net;
    fsnn_description *d = good(text);
    GOOD(fsnn_description_net(d, &net));
    if (fsnn_net_wrap(net, fsnn_description_dynamics(d), plan))
        fail_msg("%s\n%s", text, fsnn_error_text());
    fsnn_description_destroy(d);
    return net;
}

/* ---- layouts ---- */

/* Runs a net forward and back; the convolutions called "same" and "same2" do nothing. */
static int64_t run(const char *text, float *y, float *gx, float *grad)
{
    static float x[MOST], g[MOST];
    const float *out, *gradient;
    fsnn_plan plan = {.steps = K, .batch = B, .training = true, .input_gradient = true, .seed = 4};
    fsnn_net *net = net_of(text, &plan);
    fsnn_shape in, end;
    for (int i = 0; i < 2; i++) {
        const fsnn_param *p = fsnn_net_param_find(net, i ? "same2.weight" : "same.weight");
        for (int64_t k = 0; p && k < fsnn_shape_count(&p->shape); k++)
            p->value[k] = k / p->shape.dim[0] == k % p->shape.dim[0];
    }
    GOOD(fsnn_net_shapes(net, &in, &end));
    int64_t n = K * B * fsnn_shape_count(&in), m = K * B * fsnn_shape_count(&end), at = 0;
    assert_true(n <= MOST && m <= MOST);
    fill_normal(x, n, 0.5, 1, 1);
    fill_normal(g, m, 0.5, 1, 2);
    GOOD(fsnn_net_forward(net, x, &out));
    memcpy(y, out, (size_t)m * sizeof *y);
    fsnn_net_zero_grad(net);
    GOOD(fsnn_net_backward(net, g, &gradient));
    memcpy(gx, gradient, (size_t)n * sizeof *gx);
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        for (int64_t k = 0;
             p->learn && strncmp(p->name, "same", 4) && k < fsnn_shape_count(&p->shape); k++)
            grad[at++] = p->grad[k];
    }
    fsnn_net_destroy(net);
    return m + n * MOST + at; /* sizes in one number, to compare */
}

static void compare(const char *plain, const char *moved)
{
    static float y[2][MOST], gx[2][MOST], grad[2][MOST];
    memset(grad, 0, sizeof grad);
    memset(gx, 0, sizeof gx);
    memset(y, 0, sizeof y);
    assert_int_equal(run(plain, y[0], gx[0], grad[0]), run(moved, y[1], gx[1], grad[1]));
    CLOSE(moved, y[1], y[0], MOST, 1e-5);
    CLOSE(moved, gx[1], gx[0], MOST, 1e-5);
    CLOSE(moved, grad[1], grad[0], MOST, 2e-5);
}

/* An input, and layers of it: a is the first source of those that take one, b the second. */
typedef struct stem {
    const char *input, *same;
} stem;

static const stem image = {"[6, 5, 4]", "conv2d: {out: 6, kernel: 1, bias: false"};
static const stem line = {"[6, 20]", "conv1d: {out: 6, kernel: 1, bias: false"};

typedef struct part {
    const stem *stem;
    const char *layers; /* %1 and %2: names of sources */
} part;

static const part parts[] = {
    {&image, "- conv2d: {from: %1, out: 4, kernel: 3, stride: 2, padding: 1}\n"},
    {&image, "- convtranspose2d: {from: %1, out: 4, kernel: 3, stride: 2, padding: 1, "
             "output_padding: 1, groups: 2}\n"},
    {&image, "- upsample: {from: %1, factor: 2}\n"},
    {&image, "- upsample: {from: %1, size: [7, 9], mode: bilinear}\n"},
    {&image, "- maxpool: {from: %1, kernel: 2}\n"},
    {&image, "- maxpool: {from: %1, adaptive: [3, 3]}\n"},
    {&image, "- avgpool: {from: %1, kernel: 3, padding: 1}\n"},
    {&image, "- sumpool: {from: %1, adaptive: 1}\n"},
    {&image, "- flatten: {from: %1}\n"},
    {&image, "- reshape: {from: %1, shape: [8, -1]}\n- linear: {out: 3}\n"},
    {&image, "- linear: {from: %1, out: 3}\n"},
    {&image, "- permute: {from: %1, axes: [2, 0, 1]}\n"},
    {&image, "- permute: {from: %1, axes: [1, 2, 0]}\n- linear: {out: 5}\n"},
    {&image, "- dropout: {from: %1, p: 0}\n- flatten\n"},
    {&image, "- droppath: {from: %1, p: 0}\n- flatten\n"},
    {&image, "- batchnorm: {from: %1}\n"},
    {&image, "- batchnorm: {from: %1, per_step: true}\n"},
    {&image, "- tdbn: {from: %1, threshold: 0.5}\n"},
    {&image, "- delayed_linear: {from: %1, out: 3, max: 2, init: constant, steps: 1.3}\n"},
    {&image, "- learned_delay: {from: %1, max: 2, init: constant, steps: 0.4, per: channel}\n"},
    {&image, "- layernorm: {from: %1, dims: 2}\n"},
    {&image, "- scale: {from: %1}\n"},
    {&image, "- add: {from: [%1, %2]}\n"},
    {&image, "- multiply: {from: [%1, %2], scale: 0.5}\n"},
    {&image, "- multiply: {from: [%1, %1]}\n"},
    {&image, "- matmul: {from: [%1, %2], transpose_b: true}\n"},
    {&image, "- concat: {from: [%1, %2, input], axis: 1}\n"},
    {&image, "- concat: {from: [%1, %2], axis: 0}\n"},
    {&image, "- split: {from: %1, axis: 2}\n"},
    {&image, "- mean: {from: %1, axes: [1, 2]}\n"},
    {&image, "- mean: {from: %1, axes: 0, keep: true}\n"},
    {&image, "- sum: {from: %1, axes: [2]}\n- permute: [1, 0]\n"},
    {&image, "- mean: {from: %1}\n"},
    {&image, "- attention: {from: [%1, %2, %1], heads: 3}\n"},
    {&image, "- attention: {from: [%1, %1, %1]}\n- batchnorm\n"},
    {&image, "- head: {from: %1, out: 4}\n"},
    {&image, "- head: {from: %1, out: 4, features: last}\n"},
    {&image, "- voting: {from: %1, voters: 2}\n"},
    {&image, "- lif: {from: %1, tau: {value: 2, learn: true, per: channel}}\n- head: 3\n"},
    {&line, "- conv1d: {from: %1, out: 9, kernel: 5, padding: 2, dilation: 2, groups: 3}\n"},
    {&line, "- convtranspose1d: {from: %1, out: 9, kernel: 4, stride: 3, padding: 1}\n"},
    {&line, "- upsample: {from: %1, factor: 3, mode: linear, align_corners: true}\n"},
    {&line, "- maxpool: {from: %1, kernel: 2}\n"},
    {&line, "- avgpool: {from: %1, kernel: 3, stride: 2, padding: 1}\n"},
    {&line, "- sumpool: {from: %1, adaptive: 7}\n"},
    {&line, "- flatten: {from: %1}\n"},
    {&line, "- linear: {from: %1, out: 3}\n"},
    {&line, "- permute: {from: %1, axes: [1, 0]}\n- linear: {out: 5}\n"},
    {&line, "- reshape: {from: %1, shape: [6, 5, 4]}\n- avgpool: 2\n"},
    {&line, "- batchnorm: {from: %1}\n"},
    {&line, "- layernorm: {from: %1}\n"},
    {&line, "- scale: {from: %1, bias: true}\n"},
    {&line, "- dropout: {from: %1, p: 0.4, hold: true}\n- sum: {axes: [0, 1]}\n- multiply: 0\n"},
    {&line, "- add: {from: [%1, %2]}\n"},
    {&line, "- multiply: {from: [%1, %2, input]}\n"},
    {&line, "- matmul: {from: [%1, %2], transpose_a: true}\n"},
    {&line, "- concat: {from: [%1, %2], axis: 1}\n"},
    {&line, "- split: {from: %1, axis: 1, parts: 4}\n"},
    {&line, "- mean: {from: %1, axes: 1}\n"},
    {&line, "- attention: {from: [%1, %2, input], heads: 2}\n"},
    {&line, "- attention: {from: [%1, %1, %2], features: last, heads: 5}\n"},
    {&line, "- head: {from: %1, out: 4, bias: false}\n"},
    {&line, "- lif: {from: %1, threshold: {value: 0.5, learn: true, per: channel}}\n"},
};

/* The description, %1 and %2 replaced. */
static char *description(const part *p, const char *a, const char *b, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size,
                                   "input: %s\nlayers:\n- %s, name: same, from: input}\n"
                                   "- %s, name: same2, from: input}\n",
                                   p->stem->input, p->stem->same, p->stem->same);
    for (const char *c = p->layers; *c; c++)
        if (*c == '%')
            used += (size_t)snprintf(text + used, size - used, "%s", *++c == '1' ? a : b);
        else
            used += (size_t)snprintf(text + used, size - used, "%c", *c);
    snprintf(text + used, size - used, "%s", ALPHA);
    return text;
}

/* Sources that lie as the input does, or channels-last, or one so and one so. */
static void layouts(void **state)
{
    (void)state;
    static const char *const sources[][2] = {
        {"same", "same2"}, {"same", "input"}, {"input", "same"}, {"same", "same"}};
    for (int i = 0; i < FSNN_COUNT(parts); i++)
        for (int s = 0; s < FSNN_COUNT(sources); s++) {
            char plain[2000], moved[2000];
            bool two = strstr(parts[i].layers, "%2");
            if (!two && s)
                continue;
            compare(description(&parts[i], "input", "input", plain, sizeof plain),
                    description(&parts[i], sources[s][0], sources[s][1], moved, sizeof moved));
        }
}

/* Every operator's gradients by differences in double precision, behind neurons and layers that
 * change the layout. */
static void doubles(void **state)
{
    (void)state;
    static float x[MOST];
    const fsnn_plan plan = {.steps = K,
                            .batch = B,
                            .training = true,
                            .smooth = true,
                            .input_gradient = true,
                            .seed = 4};
    for (int i = 0; i < FSNN_COUNT(parts); i++) {
        char text[2000];
        if (strstr(parts[i].layers, "lif")) /* its reset is detached: no differences show that */
            continue;
        CASE("%s", parts[i].layers);
        fsnn_net *net = net_of(description(&parts[i], "same", "same2", text, sizeof text), &plan);
        fill_normal(x, MOST, 0.5, 1, 1);
        gradcheck_double(net, x, 2);
        fsnn_net_destroy(net);
    }
}

/* ---- attention as a composition ---- */

#define QKV                                                                                        \
    "- conv1d: {from: input, out: 8, kernel: 1, bias: false, name: q}\n"                           \
    "- conv1d: {from: input, out: 8, kernel: 1, bias: false, name: k}\n"                           \
    "- conv1d: {from: input, out: 8, kernel: 1, bias: false, name: v}\n"

static void attention_parts(void **state)
{
    (void)state;
    /* features first: heads are the first axis of [2, 4, N]; W = k v^T, y = W^T q */
    compare("input: [6, 11]\nlayers:\n" QKV "- reshape: {from: q, shape: [2, 4, -1], name: qh}\n"
            "- reshape: {from: k, shape: [2, 4, -1], name: kh}\n"
            "- reshape: {from: v, shape: [2, 4, -1], name: vh}\n"
            "- matmul: {from: [kh, vh], transpose_b: true, name: W}\n"
            "- matmul: {from: [W, qh], transpose_a: true, scale: 0.25}\n"
            "- reshape: {shape: [8, -1]}\n" ALPHA,
            "input: [6, 11]\nlayers:\n" QKV
            "- attention: {from: [q, k, v], heads: 2, scale: 0.25}\n" ALPHA);
    /* features last: heads in the middle of [N, 2, 4]; A = q k^T, y = A v; few tokens */
    compare("input: [6, 3]\nlayers:\n" QKV "- permute: {from: q, axes: [1, 0]}\n"
            "- reshape: {shape: [-1, 2, 4]}\n"
            "- permute: {axes: [1, 0, 2], name: qh}\n"
            "- permute: {from: k, axes: [1, 0]}\n"
            "- reshape: {shape: [-1, 2, 4]}\n"
            "- permute: {axes: [1, 0, 2], name: kh}\n"
            "- permute: {from: v, axes: [1, 0]}\n"
            "- reshape: {shape: [-1, 2, 4]}\n"
            "- permute: {axes: [1, 0, 2], name: vh}\n"
            "- matmul: {from: [qh, kh], transpose_b: true, scale: 0.125, name: A}\n"
            "- matmul: {from: [A, vh]}\n"
            "- permute: {axes: [1, 0, 2]}\n"
            "- reshape: {shape: [-1, 8]}\n" ALPHA,
            "input: [6, 3]\nlayers:\n" QKV "- permute: {from: q, axes: [1, 0], name: qt}\n"
            "- permute: {from: k, axes: [1, 0], name: kt}\n"
            "- permute: {from: v, axes: [1, 0], name: vt}\n"
            "- attention: {from: [qt, kt, vt], heads: 2, features: last}\n" ALPHA);
    /* the head is a mean and a linear layer */
    compare(
        "input: [6, 5, 4]\nlayers:\n- mean: {axes: [1, 2]}\n- linear: {out: 3, name: c}\n" ALPHA,
        "input: [6, 5, 4]\nlayers:\n- head: {out: 3, name: c}\n" ALPHA);
}

/* ---- a spiking transformer ---- */

#define LIF "lif: {tau: {value: 2, learn: true}, surrogate: {scale: 1.5}, detach_reset: false"
#define NORM "- batchnorm: {per_step: true}\n"

/* Stem and patches; positions by a convolution added; a block of attention over features first, as
 * convolutions have them; a block over tokens with linear layers; skips over both, and one from the
 * input to the end. */
static const char transformer[] =
    "input: [2, 8, 8]\n"
    "layers:\n"
    "- conv2d: {out: 8, kernel: 3, padding: 1, bias: false, name: stem}\n" NORM "- " LIF "}\n"
    "- avgpool: {kernel: 3, stride: 2, padding: 1, name: patches}\n" /* [8, 4, 4] */
    "- conv2d: {out: 8, kernel: 3, padding: 1, bias: false, name: positions}\n" NORM "- " LIF
    ", name: placed}\n"
    "- add: {from: [patches, placed], name: x}\n"
    "- conv2d: {from: x, out: 8, kernel: 1, bias: false}\n" NORM "- " LIF ", name: q}\n"
    "- conv2d: {from: x, out: 8, kernel: 1, bias: false}\n" NORM "- " LIF ", name: k}\n"
    "- conv2d: {from: x, out: 8, kernel: 1, bias: false}\n" NORM "- " LIF ", name: v}\n"
    "- attention: {from: [q, k, v], heads: 2, scale: 0.25, name: sa}\n"
    "- " LIF "}\n"
    "- conv2d: {out: 8, kernel: 1, bias: false, name: proj}\n" NORM "- " LIF ", name: sb}\n"
    "- add: {from: [x, sb], name: y}\n"
    "- reshape: {shape: [8, 16]}\n"
    "- permute: {axes: [1, 0], name: tokens}\n" /* [16, 8] */
    "- layernorm: {from: tokens}\n"
    "- linear: {out: 8}\n"
    "- " LIF ", name: q2}\n"
    "- attention: {from: [q2, q2, tokens], heads: 4, features: last}\n"
    "- linear: {out: 32, name: mlp}\n"
    "- " LIF "}\n"
    "- linear: {out: 8}\n"
    "- " LIF ", name: end}\n"
    "- add: {from: [tokens, end], name: z}\n"
    "- head: {out: 4, features: last, name: classes}\n"
    "- sumpool: {from: input, adaptive: 2}\n"
    "- flatten\n"
    "- linear: {out: 4, bias: false, name: skip}\n"
    "- add: {from: [classes, skip]}\n"
    "- " LIF "}\n"
    "dynamics: {alpha: 0.7}\n";

static void gradients(void **state)
{
    (void)state;
    static float x[3 * 2 * 128];
    fsnn_plan plan = {.steps = 3,
                      .batch = 2,
                      .training = true,
                      .smooth = true,
                      .input_gradient = true,
                      .seed = 11};
    fsnn_net *net = net_of(transformer, &plan);
    double worst;
    const char *where;
    fill_normal(x, FSNN_COUNT(x), 0.5, 1, 5);
    for (int i = 0; i < fsnn_net_param_count(net); i++) { /* away from 0, for steps of some size */
        const fsnn_param *p = fsnn_net_param(net, i);
        if (strstr(p->name, ".bias"))
            fill_normal(p->value, fsnn_shape_count(&p->shape), 0.5, 1, 20 + (uint64_t)i);
    }
    GOOD(fsnn_net_gradcheck(net, x, 2, &worst, &where));
    if (!(worst < 1e-2))
        fail_msg("%.2e at %s", worst, where);
    gradcheck_double(net, x, 2);
    fsnn_net_destroy(net);
}

static void chunks(void **state)
{
    (void)state;
    enum { T = 12, STEP = 2 * 128, OUT = 2 * 4 };
    static float x[T * STEP], y[2][T * OUT];
    const float *out;
    fill_normal(x, FSNN_COUNT(x), 0.5, 1, 6);
    for (int part = 0; part < 2; part++) {
        int64_t chunk = part ? 4 : T;
        fsnn_plan plan = {.steps = chunk, .batch = 2, .smooth = true, .seed = 3};
        fsnn_net *net = net_of(transformer, &plan);
        for (int64_t k = 0; k < T; k += chunk) {
            GOOD(fsnn_net_forward(net, x + k * STEP, &out));
            memcpy(y[part] + k * OUT, out, (size_t)(chunk * OUT) * sizeof *out);
        }
        fsnn_net_destroy(net);
    }
    CLOSE("chunks", y[1], y[0], T * OUT, 1e-4);
}

/* Output, gradients of the input and of every parameter, with checkpoints or without. */
static int64_t trained(int64_t checkpoint, float *to)
{
    enum { T = 12, STEP = 2 * 128, OUT = 2 * 4 };
    static float x[T * STEP], g[T * OUT];
    const float *out, *gx;
    int64_t at = 0;
    fsnn_plan plan = {.steps = T,
                      .batch = 2,
                      .training = true,
                      .smooth = true,
                      .input_gradient = true,
                      .seed = 3,
                      .checkpoint = checkpoint};
    fill_normal(x, FSNN_COUNT(x), 0.5, 1, 6);
    fill_normal(g, FSNN_COUNT(g), 0.5, 1, 7);
    fsnn_net *net = net_of(transformer, &plan);
    GOOD(fsnn_net_forward(net, x, &out));
    for (int i = 0; i < T * OUT; i++)
        to[at++] = out[i];
    fsnn_net_zero_grad(net);
    GOOD(fsnn_net_backward(net, g, &gx));
    for (int i = 0; i < T * STEP; i++)
        to[at++] = gx[i];
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        for (int64_t k = 0; p->learn && k < fsnn_shape_count(&p->shape); k++)
            to[at++] = p->grad[k];
    }
    fsnn_net_destroy(net);
    return at;
}

static void segments(void **state)
{
    (void)state;
    static float whole[MOST], cut[MOST];
    int64_t n = trained(0, whole);
    assert_true(n <= MOST);
    assert_int_equal(trained(5, cut), n);
    CLOSE("segments", cut, whole, n, 1e-4);
}

/* What a step of a sample costs: attention and products are counted. */
static void operations(void **state)
{
    (void)state;
    static const struct {
        const char *node;
        int64_t want;
    } all[] = {
        {"stem", 8 * 64 * 2 * 9}, {"proj", 8 * 16 * 8},           {"sa", 2 * (16 + 16) * 4 * 4},
        {"mlp", 16 * 8 * 32},     {"classes", 16 * 8 + 8 * 4},    {"y", 8 * 16},
        {"patches", 8 * 11 * 11}, {"attention2", 4 * 32 * 2 * 2}, {"tokens", 0}};
    fsnn_net *net = net_of(transformer, &(fsnn_plan){.steps = 1, .batch = 1});
    fsnn_node_info info;
    for (int i = 0; i < FSNN_COUNT(all); i++) {
        GOOD(fsnn_net_node(net, VALID(fsnn_net_node_find(net, all[i].node)), &info));
        if (info.operations != all[i].want)
            fail_msg("%s: %lld operations, expected %lld", all[i].node, (long long)info.operations,
                     (long long)all[i].want);
    }
    fsnn_net_destroy(net);
}

/* Errors of options stand where the key does. */
static void errors(void **state)
{
    (void)state;
    expect_error("input: [2, 8]\nlayers:\n- maxpool: {stride: 2}\n" ALPHA, NULL,
                 "maxpool: it needs a kernel, the window's size, or adaptive, the output's size");
    expect_error("input: [2, 8]\nlayers:\n- avgpool: {adaptive: 2, kernel: 3}\n" ALPHA, NULL,
                 "adaptive is the output's size");
    expect_error("input: [2, 8]\nlayers:\n- sumpool: {adaptive: 0}\n" ALPHA, NULL,
                 "sumpool.adaptive: found \"0\", expected an integer from 1 to 65536");
    expect_error("input: [2, 8]\nlayers:\n- upsample: {}\n" ALPHA, NULL,
                 "upsample: it needs a factor, or the output's size");
    expect_error("input: [2, 8]\nlayers:\n- upsample: {factor: 2, size: 5}\n" ALPHA, NULL,
                 "one of them works");
    expect_error("input: [2, 8]\nlayers:\n- attention: {features: middle}\n" ALPHA, NULL,
                 "expected one of first, last");
    expect_error("input: [2, 8]\nlayers:\n- permute: {axes: [-1, 0]}\n" ALPHA, NULL,
                 "expected an integer from 0 to 7");
    expect_error("input: [2, 8]\nlayers:\n- layernorm: {eps: 0}\n" ALPHA, NULL,
                 "expected a number above 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts),    cmocka_unit_test(doubles), cmocka_unit_test(attention_parts),
        cmocka_unit_test(gradients),  cmocka_unit_test(chunks),  cmocka_unit_test(segments),
        cmocka_unit_test(operations), cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
