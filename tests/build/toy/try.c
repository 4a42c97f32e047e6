/* What a new operator with memory can do without a word about it anywhere else. Prints what is
 * wrong, exits 1. Argument: a folder for description files. */
#include <fsnn/fsnn.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 6, B = 3, T = 11, CUT = 4, NUMBERS = T * B * N, STEP = B * N };

static const char *folder;
static float x[NUMBERS];

static void check(int good, const char *what)
{
    if (good)
        return;
    printf("%s: %s\n", what, fsnn_error_text());
    exit(1);
}

#define GOOD(call) check((call) >= 0, #call)
#define TRUE(claim) check(claim, #claim)

/* The net of a description with these layers. */
static fsnn_net *describe(const char *layers, const fsnn_plan *plan)
{
    char path[512];
    fsnn_description *d;
    fsnn_net *net;
    snprintf(path, sizeof path, "%s/net.yaml", folder);
    FILE *f = fopen(path, "w");
    TRUE(f != NULL);
    fprintf(f, "input: [%d]\nlayers:\n%sdynamics: {alpha: 0.6}\n", N, layers);
    TRUE(fclose(f) == 0);
    GOOD(fsnn_description_read(path, NULL, 0, &d));
    GOOD(fsnn_description_net(d, &net));
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), plan));
    fsnn_description_destroy(d);
    return net;
}

/* Steps from..to-1, `at_once` a call. */
static void run(fsnn_net *net, int from, int to, int at_once, float *y)
{
    const float *out;
    for (int k = from; k < to; k += at_once) {
        GOOD(fsnn_net_forward(net, x + k * STEP, &out));
        memcpy(y + k * STEP, out, (size_t)(at_once * STEP) * sizeof *y);
    }
}

static const char alone[] = "  - leak: {decay: 0.7}\n";
/* A neuron layer keeps the shape. */
static const char behind[] =
    "  - leak: {decay: 0.7, name: sum}\n  - lif: {tau: 4, detach_reset: false}\n";

static int same(const float *a, const float *b)
{
    return memcmp(a, b, sizeof x) == 0;
}

static void wraps_and_sums(void)
{
    static float y[NUMBERS];
    const float decay = 0.7F;
    fsnn_node_info info;
    fsnn_net *net = describe(alone, &(fsnn_plan){.steps = T, .batch = B});
    run(net, 0, T, T, y);
    for (int i = 0; i < NUMBERS; i++)
        TRUE(y[i] == x[i] + (i < STEP ? 0 : decay * y[i - STEP]));
    GOOD(fsnn_net_node(net, 1, &info));
    TRUE(strcmp(info.kind, "leak") == 0 && !info.neuron && info.memory >= STEP * 4);
    fsnn_net_destroy(net);
}

static void streams(const char *layers)
{
    static float whole[NUMBERS], steps[NUMBERS], again[NUMBERS];
    fsnn_net *net = describe(layers, &(fsnn_plan){.steps = T, .batch = B});
    run(net, 0, T, T, whole);
    GOOD(fsnn_net_reset(net));
    run(net, 0, T, T, again);
    TRUE(same(again, whole));
    GOOD(fsnn_net_reset(net));
    GOOD(fsnn_net_replan(net, &(fsnn_plan){.steps = 1, .batch = B}));
    run(net, 0, CUT, 1, steps);
    GOOD(fsnn_net_replan(net, &(fsnn_plan){.steps = T - CUT, .batch = B}));
    run(net, CUT, T, T - CUT, steps);
    TRUE(same(steps, whole));
    fsnn_net_destroy(net);
}

static void saves(const char *layers)
{
    static float whole[NUMBERS], parts[NUMBERS];
    const fsnn_plan one = {.steps = 1, .batch = B};
    fsnn_net *a = describe(layers, &one), *b = describe(layers, &one);
    run(a, 0, T, 1, whole);
    GOOD(fsnn_net_reset(a));
    run(a, 0, CUT, 1, parts);
    int64_t bytes = fsnn_net_state_bytes(a);
    TRUE(bytes > STEP * 4);
    char *state = malloc((size_t)bytes);
    TRUE(state != NULL);
    GOOD(fsnn_net_state_save(a, state));
    GOOD(fsnn_net_state_load(b, state, bytes));
    run(b, CUT, T, 1, parts);
    TRUE(same(parts, whole));
    TRUE(fsnn_net_state_load(b, state, bytes - 1) == FSNN_EFORMAT);
    fsnn_net *other = describe(layers, &(fsnn_plan){.steps = 1, .batch = B + 1});
    TRUE(fsnn_net_state_load(other, state, bytes) == FSNN_ESHAPE);
    free(state);
    fsnn_net_destroy(other);
    fsnn_net_destroy(b);
    fsnn_net_destroy(a);
}

/* The same picture at every step: an operator that remembers gives something else each time. */
static void sees_still_input(void)
{
    static float moving[NUMBERS], still[NUMBERS];
    const float *out;
    for (int i = STEP; i < NUMBERS; i++)
        x[i] = x[i - STEP];
    fsnn_net *net = describe(behind, &(fsnn_plan){.steps = T, .batch = B});
    run(net, 0, T, T, moving);
    fsnn_net_destroy(net);
    net = describe(behind, &(fsnn_plan){.steps = T, .batch = B, .still = true});
    GOOD(fsnn_net_forward(net, x, &out));
    memcpy(still, out, sizeof still);
    TRUE(same(still, moving));
    fsnn_net_destroy(net);
}

static const char learned[] =
    "  - linear: {out: 6}\n  - leak: {decay: 0.7, learn: true}\n"
    "  - leak: {decay: 0.2}\n"
    "  - lif: {tau: 4, detach_reset: false}\n  - leak: {decay: 0.4, learn: true}\n";
static const char loop[] = "  - delay: {of: sum, name: before}\n"
                           "  - linear: {out: 6, name: back}\n"
                           "  - add: {from: [input, back]}\n"
                           "  - leak: {decay: 0.6, learn: true, name: sum}\n"
                           "  - lif: {tau: 4, detach_reset: false}\n";

static void passes_gradient_check(const char *layers)
{
    double worst;
    const char *where;
    fsnn_net *net = describe(
        layers,
        &(fsnn_plan){
            .steps = T, .batch = B, .training = true, .smooth = true, .input_gradient = true});
    GOOD(fsnn_net_gradcheck(net, x, 2, &worst, &where));
    if (!(worst < 2e-2))
        printf("gradient of %s is off by %g\n", where, worst);
    TRUE(worst < 2e-2);
    fsnn_net_destroy(net);
}

/* Gradients of all parameters, learned or not, after a call in segments of `checkpoint` steps, made
 * so many times: what one leaves must not count in the next. */
static fsnn_net *gradients(const char *layers, int64_t checkpoint, bool truncate, int times)
{
    static float r[NUMBERS];
    const float *out;
    fsnn_net *net = describe(layers, &(fsnn_plan){.steps = T,
                                                  .batch = B,
                                                  .training = true,
                                                  .checkpoint = checkpoint,
                                                  .truncate = truncate});
    for (int i = 0; i < NUMBERS; i++)
        r[i] = (float)((i * 37) % 11) / 5 - 1;
    for (int i = 0; i < times; i++) {
        GOOD(fsnn_net_reset(net));
        fsnn_net_zero_grad(net);
        GOOD(fsnn_net_forward(net, x, &out));
        GOOD(fsnn_net_backward(net, r, NULL));
    }
    return net;
}

/* Largest difference of two nets' gradients, in shares of the largest gradient. */
static double apart(const fsnn_net *a, const fsnn_net *b)
{
    double most = 0, largest = 1e-30;
    for (int p = 0; p < fsnn_net_param_count(a); p++) {
        const fsnn_param *one = fsnn_net_param(a, p), *two = fsnn_net_param(b, p);
        for (int64_t i = 0; one->learn && i < fsnn_shape_count(&one->shape); i++) {
            most = fmax(most, fabs((double)one->grad[i] - (double)two->grad[i]));
            largest = fmax(largest, fabs((double)one->grad[i]));
        }
    }
    return most / largest;
}

static void checkpoints(const char *layers)
{
    fsnn_net *whole = gradients(layers, 0, false, 1);
    static const int64_t steps[] = {0, 1, 3, T, FSNN_CHECKPOINT_AUTO};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        fsnn_net *cut = gradients(layers, steps[i], false, 2);
        TRUE(apart(whole, cut) < 1e-5);
        fsnn_net_destroy(cut);
    }
    /* gradients that stop at the borders are others: the check above is none of nothing */
    fsnn_net *truncated = gradients(layers, 3, true, 1);
    TRUE(apart(whole, truncated) > 1e-3);
    fsnn_net_destroy(truncated);
    fsnn_net_destroy(whole);
}

static void refuses(const char *layers, const char *sentence)
{
    char path[512];
    fsnn_description *d;
    snprintf(path, sizeof path, "%s/net.yaml", folder);
    FILE *f = fopen(path, "w");
    TRUE(f != NULL);
    fprintf(f, "input: [%d]\nlayers:\n%s", N, layers);
    TRUE(fclose(f) == 0);
    TRUE(fsnn_description_read(path, NULL, 0, &d) < 0);
    TRUE(strstr(fsnn_error_text(), sentence) != NULL);
}

/* The keys of the operator are those of descriptions and of the reference. */
static void is_described(void)
{
    char *reference;
    refuses("  - leak: {decay: 1.5}\n", "decay");
    refuses("  - leak: {decai: 0.5}\n", "did you mean \"decay\"");
    GOOD(fsnn_description_reference(&reference));
    TRUE(strstr(reference, "### leak") != NULL);
    TRUE(strstr(reference, "share of the sum that is left a step later") != NULL);
    free(reference);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    folder = argv[1];
    for (int i = 0; i < NUMBERS; i++)
        x[i] = (float)((i * 29) % 17) / 8 - 0.5F;
    wraps_and_sums();
    streams(alone);
    streams(behind);
    saves(alone);
    saves(behind);
    passes_gradient_check(learned);
    passes_gradient_check(loop);
    checkpoints(learned);
    checkpoints(loop);
    is_described();
    sees_still_input();
    return 0;
}
