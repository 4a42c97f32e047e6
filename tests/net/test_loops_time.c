/* Layers of a loop go through time step by step. With a feedback of zero they do what layers
 * outside of loops do, in every method, reset and memory, forward and backward; with a real one,
 * chunks, segments and a state that is saved and restored make no difference. */
#include "nets.h"

enum { IN = 6, WIDE = 23, OUT = 4, T = 120, B = 3 };

typedef struct form {
    fsnn_reset reset;
    int rest;
    bool loop, drops, hard; /* hard spikes: there the fused scan works */
    float feedback;         /* of the loop's weights: 0, 1 */
    const char *kind;       /* with several states; NULL: lif */
} form;

/* What a kind of several states is made of. */
static fsnn_user several(const char *kind)
{
    if (strcmp(kind, "cuba") == 0)
        return (fsnn_user){
            .params = 1,
            .param = {{"tau_syn", {.value = 1.5, .learn = true, .per = FSNN_PER_CHANNEL}}},
            .fractionals = 2,
            .fractional = {"v", "i"}};
    if (strcmp(kind, "alif") == 0)
        return (fsnn_user){
            .params = 2,
            .param = {{"tau_a", {.value = 6, .learn = true, .per = FSNN_PER_CHANNEL}},
                      {"beta", {.value = 0.5, .learn = true}}}};
    return (fsnn_user){.dv = "(-v - w + I)/tau",
                       .states = 2,
                       .state = {{"w", "(a*v - w)/5", "dw + 0.2*s", 0.1},
                                 {.name = "u", .derivative = "(-u + v*s)/3"}},
                       .spike = "v + dv - threshold + 0.1*u",
                       .params = 1,
                       .param = {{"a", {.value = 0.3, .learn = true}}},
                       .fractionals = 2,
                       .fractional = {"v", "u"}};
}

/* Sorts of neurons: of a layer or a channel, resets attached or not. */
static int lif(fsnn_net *net, const char *name, int from, const form *f)
{
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    o.tau = (fsnn_value){.value = 3.0, .learn = true};
    o.threshold = (fsnn_value){.value = 0.8, .learn = true, .per = FSNN_PER_CHANNEL};
    o.surrogate.scale = 0.7;
    o.reset = f->reset;
    o.refractory = f->rest;
    o.detach_reset = f->reset == FSNN_RESET_JUMP;
    if (f->reset == FSNN_RESET_VALUE)
        o.v_reset = (fsnn_value){.value = 0.1, .learn = true};
    if (!f->kind)
        return (int)VALID(fsnn_net_lif(net, name, from, &o));
    fsnn_user user = several(f->kind);
    user.neuron = o;
    return (int)VALID(fsnn_net_add(net, f->kind, name, &from, 1, &user));
}

static fsnn_net *build(const form *f, const fsnn_dynamics *d, fsnn_plan plan)
{
    fsnn_net *net = net_new();
    fsnn_dropout drop = {0.3, false}, hold = {0.2, true};
    fsnn_batchnorm norm;
    fsnn_kind_defaults("batchnorm", &norm);
    norm.per_step = true;
    int x = fsnn_net_linear(net, "a", fsnn_net_input(net, FSNN_SHAPE(IN)), WIDE, true);
    int back = f->loop ? fsnn_net_delay(net, "d", "s2")
                       : fsnn_net_flatten(net, "d", x); /* as many nodes */
    x = fsnn_net_add(net, "add", NULL, (int[]){x, fsnn_net_linear(net, "w", back, WIDE, false)}, 2,
                     NULL);
    x = lif(net, "s1", x, f);
    if (f->drops)
        x = fsnn_net_add(net, "dropout", NULL, &x, 1, &drop);
    x = fsnn_net_linear(net, "b", x, WIDE, false);
    if (f->drops) {
        x = fsnn_net_add(net, "dropout", NULL, &x, 1, &hold);
        x = fsnn_net_add(net, "batchnorm", "bn", &x, 1, &norm);
    }
    x = lif(net, "s2", x, &(form){.reset = FSNN_RESET_CURRENT, .kind = f->kind});
    lif(net, "s3", fsnn_net_linear(net, "c", x, OUT, true), f);
    plan.batch = B;
    plan.seed = 3;
    GOOD(fsnn_net_wrap(net, d, &plan));
    const fsnn_param *w = fsnn_net_param_find(net, "w.weight");
    for (int i = 0; w && i < WIDE * WIDE; i++)
        w->value[i] *= f->feedback;
    return net;
}

typedef struct result {
    float out[T * B * OUT], in[T * B * IN], grad[2048], running[2 * WIDE];
    float v[3][T * B * WIDE]; /* the states of "s2" */
    double rate;
} result;

static void copy(const fsnn_net *net, result *r, bool feedback)
{
    int64_t at = 0;
    for (int p = 0; p < fsnn_net_param_count(net); p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        if (!feedback && strcmp(param->name, "w.weight") == 0)
            continue;
        for (int64_t i = 0; param->learn && i < fsnn_shape_count(&param->shape); i++)
            r->grad[at++] = param->grad[i];
    }
    assert_true(at < FSNN_COUNT(r->grad));
    const fsnn_param *mean = fsnn_net_param_find(net, "bn.running_mean");
    if (mean) {
        memcpy(r->running, mean->value, WIDE * sizeof(float));
        memcpy(r->running + WIDE, fsnn_net_param_find(net, "bn.running_var")->value,
               WIDE * sizeof(float));
    }
    r->rate = fsnn_net_rate(net, (int)VALID(fsnn_net_node_find(net, "s1")));
}

static void numbers(float *x, float *g)
{
    for (int64_t i = 0; i < (int64_t)2 * T * B * IN; i++)
        x[i] = (float)(0.9 + fsnn_random_normal(9, 1, (uint64_t)i));
    for (int64_t i = 0; i < (int64_t)T * B * OUT; i++)
        g[i] = (float)fsnn_random_normal(9, 2, (uint64_t)i);
}

/* Two calls, so that the second starts from a state. */
static void run(const form *f, const fsnn_dynamics *d, fsnn_plan plan, result *r)
{
    static float x[2 * T * B * IN], g[T * B * OUT];
    const float *y, *gx;
    numbers(x, g);
    memset(r, 0, sizeof *r);
    plan.training = plan.input_gradient = true;
    plan.smooth = !f->hard;
    plan.steps = T;
    plan.record = !plan.checkpoint;
    fsnn_net *net = build(f, d, plan);
    for (int call = 0; call < 2; call++) {
        GOOD(fsnn_net_forward(net, x + call * T * B * IN, &y));
        memcpy(r->out, y, sizeof r->out);
        int s2 = (int)VALID(fsnn_net_node_find(net, "s2"));
        for (int i = 0; plan.record && fsnn_net_state_name(net, s2, i); i++)
            GOOD(fsnn_net_read_state(net, s2, i, r->v[i]));
        fsnn_net_zero_grad(net);
        GOOD(fsnn_net_backward(net, g, &gx));
        memcpy(r->in, gx, sizeof r->in);
    }
    copy(net, r, f->feedback != 0);
    fsnn_net_destroy(net);
}

static void same(const result *a, const result *b, double share, bool recorded)
{
    CLOSE("output", a->out, b->out, T * B * OUT, share);
    CLOSE("input gradient", a->in, b->in, T * B * IN, 2 * share);
    CLOSE("gradient", a->grad, b->grad, FSNN_COUNT(a->grad), 2 * share);
    CLOSE("running", a->running, b->running, 2 * WIDE, share);
    if (recorded)
        for (int i = 0; i < FSNN_COUNT(a->v); i++)
            CLOSE("state", a->v[i], b->v[i], T * B * WIDE, share);
    if (!(fabs(a->rate - b->rate) < share && b->rate > 0.02))
        fail_msg("rate %g, expected %g", a->rate, b->rate);
}

static void as_outside(void **state)
{
    (void)state;
    static const struct {
        fsnn_method method;
        fsnn_reset reset;
        int rest;
    } rows[] = {{FSNN_GL, FSNN_RESET_CURRENT, 0}, {FSNN_GL, FSNN_RESET_SUBTRACT, 2},
                {FSNN_GL, FSNN_RESET_VALUE, 0},   {FSNN_GL, FSNN_RESET_RESTART, 2},
                {FSNN_L1, FSNN_RESET_JUMP, 2},    {FSNN_AB, FSNN_RESET_CURRENT, 0},
                {FSNN_AB, FSNN_RESET_RESTART, 0}, {FSNN_TRAP, FSNN_RESET_JUMP, 0},
                {FSNN_ABM, FSNN_RESET_DELTA, 0},  {FSNN_ABM, FSNN_RESET_JUMP, 1}};
    static result whole, steps;
    for (int i = 0; i < FSNN_COUNT(rows); i++)
        for (int memory = 0; memory < 3; memory++) {
            if (!check_turn())
                continue;
            fsnn_order order;
            fsnn_dynamics d = learned_dynamics(&order, rows[i].method, memory);
            form f = {.reset = rows[i].reset, .rest = rows[i].rest, .drops = true};
            CASE("row %d, memory %d", i, memory);
            run(&f, &d, (fsnn_plan){0}, &whole);
            f.loop = true;
            run(&f, &d, (fsnn_plan){0}, &steps);
            same(&steps, &whole, 2e-4, true);
        }
}

static void as_outside_several(void **state)
{
    (void)state;
    static const char *const kinds[] = {"cuba", "alif", "user"};
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_AB, FSNN_EULER};
    static const fsnn_reset resets[] = {FSNN_RESET_CURRENT, FSNN_RESET_SUBTRACT, FSNN_RESET_VALUE,
                                        FSNN_RESET_JUMP, FSNN_RESET_RESTART};
    static result whole, steps;
    int turn = 0;
    for (int n = 0; n < FSNN_COUNT(kinds); n++)
        for (int m = 0; m < FSNN_COUNT(methods); m++)
            for (int memory = 0; memory < 3; memory++, turn++) {
                if (!check_turn())
                    continue;
                fsnn_order order;
                fsnn_dynamics d = learned_dynamics(&order, methods[m], memory);
                form f = {.reset = resets[turn % FSNN_COUNT(resets)],
                          .rest = turn % 4 == 0 ? 2 : 0,
                          .kind = kinds[n],
                          .drops = turn % 2};
                bool overwrites = f.reset == FSNN_RESET_SUBTRACT || f.reset == FSNN_RESET_VALUE;
                if (methods[m] == FSNN_AB && overwrites)
                    f.reset = FSNN_RESET_DELTA;
                CASE("%s, %s, reset %s, memory %d", f.kind, fsnn_method_name(d.method),
                     fsnn_reset_name(f.reset), memory);
                run(&f, &d, (fsnn_plan){0}, &whole);
                f.loop = true;
                run(&f, &d, (fsnn_plan){0}, &steps);
                same(&steps, &whole, 2e-4, true);
            }
}

/* With hard spikes and a fixed order, where the fused scan does the whole tiles: by itself, in a
 * loop, in segments, and in a loop in segments. */
static void fused(void **state)
{
    (void)state;
    static const int64_t lengths[] = {0, 1, 7, 40};
    static result whole, steps;
    for (int memory = 0; memory < 2; memory++)
        for (int reset = 0; reset < 2; reset++) {
            fsnn_order order;
            fsnn_dynamics d = learned_dynamics(&order, FSNN_GL, memory);
            order.learn_alpha = order.learn_coefficient = false;
            const form once = {.reset = reset ? FSNN_RESET_NONE : FSNN_RESET_CURRENT, .hard = true};
            form f = once;
            bool have = false;
            for (int i = 0; i < FSNN_COUNT(lengths); i++)
                for (int loop = i == 0; loop < 2; loop++) {
                    if (!check_turn())
                        continue;
                    if (!have)
                        run(&once, &d, (fsnn_plan){0}, &whole);
                    have = true;
                    CASE("fused, memory %d, reset %d, segments of %d, loop %d", memory, reset,
                         (int)lengths[i], loop);
                    f.loop = loop;
                    run(&f, &d, (fsnn_plan){.checkpoint = lengths[i]}, &steps);
                    same(&steps, &whole, 2e-4, lengths[i] == 0);
                }
        }
}

/* Checkpointing around a loop, with feedback; a segment of one step too. */
static void segments(void **state)
{
    (void)state;
    static const int64_t lengths[] = {1, 7, 40, T, FSNN_CHECKPOINT_AUTO};
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_AB, FSNN_TRAP, FSNN_ABM};
    static result whole, parts;
    for (int m = 0; m < FSNN_COUNT(methods); m++)
        for (int memory = 0; memory < 3; memory++) {
            fsnn_order order;
            fsnn_dynamics d = learned_dynamics(&order, methods[m], memory);
            form f = {.reset = m % 2 ? FSNN_RESET_JUMP : FSNN_RESET_CURRENT,
                      .loop = true,
                      .drops = m % 2 == 0,
                      .feedback = 1};
            bool have = false;
            for (int i = (m + memory) % 2; i < FSNN_COUNT(lengths); i += 2) {
                if (!check_turn())
                    continue;
                if (!have)
                    run(&f, &d, (fsnn_plan){0}, &whole);
                have = true;
                CASE("%s, memory %d, segments of %d", fsnn_method_name(methods[m]), memory,
                     (int)lengths[i]);
                run(&f, &d, (fsnn_plan){.checkpoint = lengths[i]}, &parts);
                same(&parts, &whole, 1e-3, false); /* feedback makes more of rounding */
            }
        }
}

/* Gradients of calls of C steps, added up; without `cut`, of one call with truncated segments. */
static int64_t pieces(const fsnn_dynamics *d, const form *f, bool cut, float *grad, float *out)
{
    enum { C = 20 };
    static float x[2 * T * B * IN], g[T * B * OUT];
    int64_t at = 0;
    const float *y;
    numbers(x, g);
    fsnn_plan plan = {.steps = cut ? C : T,
                      .training = true,
                      .smooth = true,
                      .checkpoint = cut ? 0 : C,
                      .truncate = !cut};
    fsnn_net *net = build(f, d, plan);
    for (int64_t k = 0; k < T; k += plan.steps) {
        GOOD(fsnn_net_forward(net, x + k * B * IN, &y));
        memcpy(out + k * B * OUT, y, (size_t)(plan.steps * B * OUT) * sizeof *y);
        GOOD(fsnn_net_backward(net, g + k * B * OUT, NULL));
    }
    for (int p = 0; p < fsnn_net_param_count(net); p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        for (int64_t i = 0; i < fsnn_shape_count(&param->shape); i++)
            grad[at++] = param->grad[i];
    }
    fsnn_net_destroy(net);
    return at;
}

static void truncated(void **state)
{
    (void)state;
    static float grad[2][2048], out[2][T * B * OUT];
    for (int memory = 0; memory < 6; memory++) {
        fsnn_order order;
        fsnn_dynamics d = learned_dynamics(&order, FSNN_GL, memory % 3);
        form f = {.reset = FSNN_RESET_JUMP,
                  .loop = true,
                  .feedback = 1,
                  .kind = memory / 3 ? "cuba" : NULL};
        int64_t n = pieces(&d, &f, false, grad[0], out[0]);
        pieces(&d, &f, true, grad[1], out[1]);
        CASE("truncated, memory %d", memory);
        CLOSE("output", out[0], out[1], T * B * OUT, 1e-4);
        CLOSE("gradient", grad[0], grad[1], n, 5e-4);
    }
}

/* Chunks of any length, and a state that moves to another net. One step at a time the products have
 * the same form everywhere, so bits must agree. */
static void chunks(void **state)
{
    (void)state;
    static float x[2 * T * B * IN], g[T * B * OUT], whole[T * B * OUT], parts[T * B * OUT];
    static const int64_t lengths[] = {1, 5, 50, 64};
    const float *y;
    numbers(x, g);
    for (int memory = 0; memory < 3; memory++) {
        fsnn_order order;
        fsnn_dynamics d = learned_dynamics(&order, FSNN_GL, memory);
        form f = {.reset = FSNN_RESET_JUMP, .loop = true, .feedback = 1};
        fsnn_net *net = build(&f, &d, (fsnn_plan){.steps = T, .smooth = true});
        fsnn_net *other = build(&f, &d, (fsnn_plan){.steps = 1, .smooth = true});
        GOOD(fsnn_net_forward(net, x, &y));
        memcpy(whole, y, sizeof whole);
        GOOD(fsnn_net_reset(net));
        for (int64_t c = 0, k = 0; c < FSNN_COUNT(lengths); k += lengths[c++]) {
            GOOD(fsnn_net_replan(
                net, &(fsnn_plan){.steps = lengths[c], .batch = B, .smooth = true, .seed = 3}));
            GOOD(fsnn_net_forward(net, x + k * B * IN, &y));
            memcpy(parts + k * B * OUT, y, (size_t)(lengths[c] * B * OUT) * sizeof *y);
        }
        CASE("chunks, memory %d", memory);
        CLOSE("output", parts, whole, T * B * OUT, 1e-4);

        char *kept = NULL;
        int64_t bytes = 0;
        for (int64_t k = 0; k < T; k++) {
            GOOD(fsnn_net_forward(other, x + k * B * IN, &y));
            memcpy(whole + k * B * OUT, y, B * OUT * sizeof *y);
            if (k != 66)
                continue;
            bytes = VALID(fsnn_net_state_bytes(other));
            kept = malloc((size_t)bytes);
            GOOD(fsnn_net_state_save(other, kept));
        }
        CLOSE("single steps", whole, parts, T * B * OUT, 1e-4);
        fsnn_net *third = build(&f, &d, (fsnn_plan){.steps = 1, .smooth = true});
        GOOD(fsnn_net_forward(third, x, &y)); /* has a state of its own */
        GOOD(fsnn_net_state_load(third, kept, bytes));
        for (int64_t k = 67; k < T; k++) {
            GOOD(fsnn_net_forward(third, x + k * B * IN, &y));
            assert_memory_equal(y, whole + k * B * OUT, B * OUT * sizeof *y);
        }
        FAILS(fsnn_net_state_load(third, kept, bytes - 4), ANY_ERROR);
        f.loop = false; /* no delay there */
        fsnn_net *plain = build(&f, &d, (fsnn_plan){.steps = 1, .smooth = true});
        FAILS(fsnn_net_state_load(plain, kept, bytes), FSNN_ESHAPE);
        free(kept);
        fsnn_net_destroy(plain);
        fsnn_net_destroy(third);
        fsnn_net_destroy(other);
        fsnn_net_destroy(net);
    }
}

/* A net that is wrapped again, with other sizes, does what a new one does. */
static void wrap_again(const char *kind)
{
    static float x[2 * T * B * IN], g[T * B * OUT], first[T * B * OUT];
    const float *y, *gx;
    fsnn_order order;
    numbers(x, g);
    fsnn_dynamics d = learned_dynamics(&order, FSNN_GL, 0),
                  short_memory = learned_dynamics(&order, FSNN_GL, 1);
    form f = {.reset = FSNN_RESET_JUMP, .loop = true, .feedback = 1, .kind = kind};
    fsnn_plan plan = {.steps = 30, .batch = B, .training = true, .smooth = true, .seed = 3};
    fsnn_net *net = build(&f, &d, plan);
    GOOD(fsnn_net_forward(net, x, &y));
    memcpy(first, y, 30 * B * OUT * sizeof *y);
    GOOD(fsnn_net_wrap(net, &short_memory, &(fsnn_plan){.steps = 7, .batch = 1, .seed = 3}));
    GOOD(fsnn_net_forward(net, x, NULL));
    plan.checkpoint = 11;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    GOOD(fsnn_net_forward(net, x, NULL));
    GOOD(fsnn_net_backward(net, g, NULL));
    plan.checkpoint = 0;
    plan.input_gradient = true;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    GOOD(fsnn_net_forward(net, x, &y));
    assert_memory_equal(y, first, 30 * B * OUT * sizeof *y);
    GOOD(fsnn_net_backward(net, g, &gx));
    fsnn_net_destroy(net);
}

static void rewrapped(void **state)
{
    (void)state;
    wrap_again(NULL);
    wrap_again("alif");
    wrap_again("user");
}

static void no_allocation(void **state)
{
    (void)state;
    static float x[2 * T * B * IN], g[T * B * OUT];
    numbers(x, g);
    for (int memory = 0; memory < 6; memory++) {
        fsnn_order order;
        fsnn_dynamics d = learned_dynamics(&order, FSNN_GL, memory % 3);
        form f = {.reset = FSNN_RESET_JUMP,
                  .rest = 2,
                  .loop = true,
                  .drops = true,
                  .feedback = 1,
                  .kind = memory / 3 ? "alif" : NULL};
        fsnn_net *net = build(&f, &d, (fsnn_plan){.steps = T, .training = true});
        for (int step = 0; step < 3; step++) {
            if (step == 1)
                fsnn_alloc_fail_at(INT64_MAX); /* starts counting */
            GOOD(fsnn_net_reset(net));
            GOOD(fsnn_net_forward(net, x, NULL));
            GOOD(fsnn_net_backward(net, g, NULL));
        }
        assert_int_equal(fsnn_alloc_fail_at(0), 0);
        fsnn_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_outside),    cmocka_unit_test(fused),
        cmocka_unit_test(segments),      cmocka_unit_test(truncated),
        cmocka_unit_test(chunks),        cmocka_unit_test(rewrapped),
        cmocka_unit_test(no_allocation), cmocka_unit_test(as_outside_several),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
