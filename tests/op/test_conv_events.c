/* Convolutions event by event: the numbers of plain loops for any kernel, stride, padding and
 * dilation, for spikes, counts and fractions of any density; the same bits for any number of
 * threads and any cut of the rows; chosen where it is quicker and only there. */
#include "harness.h"
#include "reference.h"

#include "op/conv.h"
#include "op/conv_choice.h"

typedef struct problem {
    dense_conv_shape s;
    ref_images x, y;
    ref_window win;
    int64_t xs, ys, ws;
    real *xv, *w, *b, *gy;
    char text[160];
} problem;

typedef enum values { ONES, INTEGERS, ANY } values; /* of events */

static real *sparse(int64_t n, double density, values values)
{
    real *x = random_array(n, -1, 1, 1);
    for (int64_t i = 0; i < n; i++) {
        bool event = fsnn_random_uniform(6, 0, (uint64_t)i) < density;
        x[i] = !event               ? 0
               : values == ONES     ? 1
               : values == INTEGERS ? floorf(4 + 4 * x[i]) + 1
                                    : x[i];
    }
    return x;
}

static void open_problem(problem *p, const dense_conv_shape *shape, double density, values values)
{
    dense_conv_shape *s = &p->s;
    *p = (problem){.s = *shape};
    p->win = (ref_window){{s->kernel[0], s->kernel[1]},
                          {s->stride[0], s->stride[1]},
                          {s->padding[0], s->padding[1]},
                          {s->dilation[0], s->dilation[1]},
                          1};
    s->OH = ref_size(s->H, &p->win, 0);
    s->OW = ref_size(s->W, &p->win, 1);
    p->x = (ref_images){s->rows, s->C, s->H, s->W, true};
    p->y = (ref_images){s->rows, s->out, s->OH, s->OW, true};
    p->xs = s->rows * s->C * s->H * s->W;
    p->ys = s->rows * s->out * s->OH * s->OW;
    p->ws = s->out * s->C * s->kernel[0] * s->kernel[1];
    p->xv = sparse(p->xs, density, values);
    p->w = random_array(p->ws, -1, 1, 2);
    p->b = random_array(s->out, -1, 1, 3);
    p->gy = random_array(p->ys, -1, 1, 4);
    snprintf(p->text, sizeof p->text,
             "%lld x [%lld, %lld, %lld] -> %lld, kernel %lldx%lld stride %lldx%lld padding "
             "%lldx%lld dilation %lldx%lld density %g",
             (long long)s->rows, (long long)s->C, (long long)s->H, (long long)s->W,
             (long long)s->out, (long long)s->kernel[0], (long long)s->kernel[1],
             (long long)s->stride[0], (long long)s->stride[1], (long long)s->padding[0],
             (long long)s->padding[1], (long long)s->dilation[0], (long long)s->dilation[1],
             density);
}

static void close_problem(problem *p)
{
    real *all[] = {p->xv, p->w, p->b, p->gy};
    for (int i = 0; i < FSNN_COUNT(all); i++)
        fsnn_free(all[i]);
}

/* Sums of `scale` terms of about 1, in one chain: they are rounded as often, each time by a half
 * unit of a partial sum. */
static void close_to(const problem *p, const char *what, const real *got, const double *want,
                     int64_t n, double scale)
{
    for (int64_t i = 0; i < n; i++)
        if (!(fabs(got[i] - want[i]) <= 1.2e-7 * ROUNDING * scale))
            fail_msg("%s: %s[%lld] is %.9g, expected %.9g", p->text, what, (long long)i, got[i],
                     want[i]);
}

/* Space of `bytes`, full of garbage, with a mark behind it. */
static void *space_of(size_t bytes)
{
    unsigned char *space = fsnn_alloc(bytes + 64);
    assert_non_null(space);
    memset(space, 0xff, bytes);
    memset(space + bytes, 0x5a, 64);
    return space;
}

static void free_space(const problem *p, void *space, size_t bytes)
{
    for (size_t i = 0; i < 64; i++)
        if (((unsigned char *)space)[bytes + i] != 0x5a)
            fail_msg("%s: wrote behind its space of %zu bytes", p->text, bytes);
    fsnn_free(space);
}

static real *forward(const problem *p, bool bias)
{
    conv_events plan;
    assert_true(conv_events_plan(&plan, &p->s));
    void *space = space_of(plan.forward_bytes);
    real *y = rig_unset(p->ys);
    conv_events_forward(&plan, p->xv, p->w, bias ? p->b : NULL, y, space);
    free_space(p, space, plan.forward_bytes);
    return y;
}

/* Adds to 1. */
static real *gradient(const problem *p)
{
    conv_events plan;
    assert_true(conv_events_plan(&plan, &p->s));
    void *space = space_of(plan.gradient_bytes);
    real *gw = fsnn_alloc((size_t)p->ws * sizeof *gw);
    for (int64_t i = 0; i < p->ws; i++)
        gw[i] = 1;
    conv_events_weights(&plan, p->xv, p->gy, gw, space);
    free_space(p, space, plan.gradient_bytes);
    return gw;
}

static void check(const dense_conv_shape *shape, double density, values values)
{
    problem p;
    open_problem(&p, shape, density, values);
    double *y = fsnn_alloc((size_t)p.ys * sizeof *y), *gx = fsnn_alloc((size_t)p.xs * sizeof *gx);
    double *gw = fsnn_alloc((size_t)p.ws * sizeof *gw),
           *gb = fsnn_alloc((size_t)p.s.out * sizeof *gb);
    ref_conv_forward(&p.x, &p.y, &p.win, p.xv, p.w, shape->bias ? p.b : NULL, y);
    ref_conv_backward(&p.x, &p.y, &p.win, p.xv, p.w, p.gy, gx, gw, gb);
    for (int64_t i = 0; i < p.ws; i++)
        gw[i] += 1;
    real *got = forward(&p, shape->bias), *got_gw = gradient(&p);
    double size = values == INTEGERS ? 8 : 1,
           terms = (double)(p.s.C * p.s.kernel[0] * p.s.kernel[1]) * density + 1;
    close_to(&p, "y", got, y, p.ys, size * (2 + terms));
    close_to(&p, "gw", got_gw, gw, p.ws,
             size * (10 + (double)(p.s.rows * p.s.OH * p.s.OW) * density));
    void *all[] = {y, gx, gw, gb, got, got_gw};
    for (int i = 0; i < FSNN_COUNT(all); i++)
        fsnn_free(all[i]);
    close_problem(&p);
}

static int64_t pick(uint64_t *index, int64_t low, int64_t high)
{
    return low + (int64_t)(fsnn_random_u32(12, 1, (*index)++) % (uint32_t)(high - low + 1));
}

static dense_conv_shape draw(uint64_t *at)
{
    static const int64_t channels[] = {1, 2, 3, 7, 16, 33},
                         outs[] = {1, 5, 8, 16, 17, 31, 32, 40, 70};
    dense_conv_shape s = {.rows = pick(at, 1, 5), .groups = 1, .bias = pick(at, 0, 1)};
    s.C = channels[pick(at, 0, FSNN_COUNT(channels) - 1)];
    s.out = outs[pick(at, 0, FSNN_COUNT(outs) - 1)];
    bool line = pick(at, 0, 4) == 0;
    for (int d = 0; d < 2; d++) {
        bool one = line && d == 0;
        s.kernel[d] = one ? 1 : pick(at, 1, 6);
        s.stride[d] = one ? 1 : pick(at, 1, 3);
        s.padding[d] = one ? 0 : pick(at, 0, 7); /* windows in the padding only, too */
        s.dilation[d] = one ? 1 : pick(at, 1, 3);
        int64_t need = s.dilation[d] * (s.kernel[d] - 1) + 1 - 2 * s.padding[d];
        *(d ? &s.W : &s.H) = one ? 1 : (need > 1 ? need : 1) + pick(at, 0, 12);
    }
    return s;
}

static void any_shape(void **state)
{
    (void)state;
    static const double density[] = {0.02, 0.1, 0.3, 1, 0};
    uint64_t at = 0;
    for (int i = 0; i < 400; i++) {
        dense_conv_shape s = draw(&at);
        check(&s, density[i % FSNN_COUNT(density)], (values)(i % 3));
    }
}

/* Images that are cut into parts and bands, groups that share a phase, kernels of many places, long
 * lines. */
static void usual_shapes(void **state)
{
    (void)state;
    static const int64_t usual[][8] = {
        /* rows, C, H, W, out, kernel, stride, padding */
        {40, 2, 34, 34, 16, 3, 1, 1}, {3, 32, 14, 14, 64, 3, 1, 1}, {1, 2, 90, 120, 32, 3, 1, 1},
        {2, 3, 40, 37, 48, 7, 2, 3},  {2, 64, 9, 9, 130, 1, 1, 0},  {2, 4, 33, 32, 24, 5, 1, 2},
        {5, 12, 1, 300, 64, 7, 2, 3}, {2, 1, 28, 28, 20, 7, 7, 0},  {2, 300, 5, 60, 16, 3, 1, 1}};
    for (int i = 0; i < FSNN_COUNT(usual); i++) {
        const int64_t *u = usual[i];
        int64_t up = u[2] == 1 ? 1 : u[5];
        check(&(dense_conv_shape){.rows = u[0],
                                  .C = u[1],
                                  .H = u[2],
                                  .W = u[3],
                                  .out = u[4],
                                  .kernel = {up, u[5]},
                                  .stride = {up == 1 ? 1 : u[6], u[6]},
                                  .padding = {up == 1 ? 0 : u[7], u[7]},
                                  .dilation = {1, 1},
                                  .groups = 1,
                                  .bias = i % 2},
              0.1, (values)(i % 3));
    }
}

/* Rows one by one, and any number of threads, give the bits of all at once. */
static void same_bits(void **state)
{
    (void)state;
    static const dense_conv_shape shapes[] = {
        {50, 2, 20, 21, 24, 0, 0, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1, true, false, false},
        {37, 9, 15, 12, 40, 0, 0, {3, 5}, {2, 2}, {2, 1}, {1, 1}, 1, true, false, false},
        {3, 5, 70, 11, 16, 0, 0, {5, 2}, {1, 1}, {2, 0}, {2, 1}, 1, true, false, false},
    };
    for (int i = 0; i < FSNN_COUNT(shapes); i++) {
        CASE("shapes[%d]", i);
        problem p;
        real *y[2], *gw[2];
        open_problem(&p, &shapes[i], 0.2, ANY);
        for (int k = 0; k < 2; k++) {
            GOOD(fsnn_threads_set(k ? 3 : 1));
            y[k] = forward(&p, true);
            gw[k] = gradient(&p);
        }
        GOOD(fsnn_threads_set(0));
        assert_memory_equal(y[0], y[1], (size_t)p.ys * sizeof(real));
        assert_memory_equal(gw[0], gw[1], (size_t)p.ws * sizeof(real));
        problem one = p;
        one.s.rows = 1;
        one.ys = p.ys / p.s.rows;
        for (int64_t r = 0; r < p.s.rows; r++) {
            one.xv = p.xv + r * p.xs / p.s.rows;
            real *part = forward(&one, true);
            assert_memory_equal(part, y[0] + r * one.ys, (size_t)one.ys * sizeof(real));
            fsnn_free(part);
        }
        for (int k = 0; k < 2; k++) {
            fsnn_free(y[k]);
            fsnn_free(gw[k]);
        }
        close_problem(&p);
    }
}

static void what_is_not_taken(void **state)
{
    (void)state;
    conv_events plan;
    dense_conv_shape s = {4,      4,      12,     12, 8,    12,    12,   {3, 3},
                          {1, 1}, {1, 1}, {1, 1}, 1,  true, false, false};
    assert_true(conv_events_plan(&plan, &s));
    s.groups = 2;
    assert_false(conv_events_plan(&plan, &s));
    s = (dense_conv_shape){1,      4,      12,     12, 8,    5,     5,    {8, 8},
                           {1, 1}, {0, 0}, {1, 1}, 1,  true, false, false};
    assert_false(conv_events_plan(&plan, &s)); /* 64 places */
    s = (dense_conv_shape){1,      1,      1,      200000, 64,   1,     199998, {1, 3},
                           {1, 1}, {0, 0}, {1, 1}, 1,      true, false, false};
    assert_false(conv_events_plan(&plan, &s)); /* sums larger than the caches */
    s = (dense_conv_shape){64,     256,    8,      8, 256,  8,     8,    {3, 3},
                           {1, 1}, {1, 1}, {1, 1}, 1, true, false, false};
    /* forward only: each chunk would have a sum of all weights */
    assert_true(conv_events_plan(&plan, &s));
    assert_int_equal(plan.gradient_chunks, 0);
    assert_true(conv_worth_look(&plan, CONV_FORWARD));
    assert_false(conv_worth_look(&plan, CONV_WEIGHTS));
}

/* ---- the choice ---- */

static const dense_conv_shape second = {64,     32,     14,     14, 64,   14,    14,   {3, 3},
                                        {1, 1}, {1, 1}, {1, 1}, 1,  true, false, false};

static void looks(void **state)
{
    (void)state;
    conv_events plan;
    dense_conv_shape s = {2,      3,      8,      7, 16,   8,     7,    {3, 3},
                          {1, 1}, {1, 1}, {1, 1}, 1, true, false, false};
    real x[2 * 8 * 7 * 3] = {0};
    assert_true(conv_events_plan(&plan, &s));
    x[0] = 1;
    x[2] = -0.5F;                           /* the same pixel */
    x[FSNN_COUNT(x) - 1] = NAN;             /* not 0 */
    x[50] = -0.0F;                          /* 0 */
    conv_density all = conv_look(&plan, x); /* so few lines are all looked at */
    assert_true(all.events == 3.0 / FSNN_COUNT(x) && all.pixels == 2.0 / (2 * 8 * 7));
    problem p;
    open_problem(&p, &second, 0.15, ONES);
    assert_true(conv_events_plan(&plan, &p.s));
    conv_density some = conv_look(&plan, p.xv);
    assert_true(fabs(some.events - 0.15) < 0.01 && fabs(some.pixels - (1 - pow(0.85, 32))) < 0.02);
    close_problem(&p);
    /* rows of images of which only the middle is busy: every height is looked at */
    open_problem(&p, &second, 1, ONES);
    for (int64_t i = 0; i < p.xs; i++)
        p.xv[i] = i / (14 * 32) % 14 >= 5 && i / (14 * 32) % 14 < 9;
    some = conv_look(&plan, p.xv);
    assert_true(fabs(some.events - 4.0 / 14) < 0.1);
    close_problem(&p);
}

/* More events never make it look better, and there is one density at which it turns. */
static void turns_once(void **state)
{
    (void)state;
    conv_events plan;
    assert_true(conv_events_plan(&plan, &second));
    for (int way = 0; way < 2; way++) {
        double before = 0;
        assert_true(conv_worth_look(&plan, (conv_way)way));
        for (int i = 0; i <= 100; i++) {
            double d = i / 100.0,
                   ratio = conv_ratio(&plan, (conv_way)way, (conv_density){d, 1 - pow(1 - d, 32)});
            assert_true(ratio >= before);
            before = ratio;
        }
        assert_true(conv_quicker(&plan, (conv_way)way, (conv_density){0.02, 0.5}));
        assert_false(conv_quicker(&plan, (conv_way)way, (conv_density){1, 1}));
    }
    dense_conv_shape few = second; /* a call of too little work, and too few channels */
    few.rows = few.H = few.OH = 1;
    few.C = 1;
    assert_true(conv_events_plan(&plan, &few));
    assert_false(conv_worth_look(&plan, CONV_FORWARD));
    few = second;
    few.out = 8;
    assert_true(conv_events_plan(&plan, &few));
    assert_false(conv_worth_look(&plan, CONV_FORWARD));
}

/* The operator, with inputs on both sides of the turn: y, gw, gb, gx as plain loops have them. */
static void operator_at(double density, bool line, const bool events[2])
{
    fsnn_conv2d image = {64, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1, true};
    fsnn_conv1d row = {64, 3, 1, 1, 1, 1, true};
    rig_setup s = {line ? "conv1d" : "conv2d",
                   line ? (void *)&row : (void *)&image,
                   2,
                   4,
                   true,
                   1,
                   {FSNN_SHAPE(32, 14, 14)},
                   true};
    int64_t H = line ? 1 : 14, W = line ? 150 : 14, rows = 8, xs = rows * 32 * H * W,
            ys = rows * 64 * H * W, ws = 64 * 32 * (line ? 3 : 9);
    if (line)
        s.in[0] = FSNN_SHAPE(32, 150);
    rig r;
    rig_open(&r, &s);
    fsnn_free((void *)r.run.in[0]);
    r.run.in[0] = sparse(xs, density, INTEGERS);
    const conv_state *st = r.node.state;
    for (int way = 0; way < 2; way++) {
        assert_true(st->by_events[way]);
        assert_int_equal(
            conv_quicker(&st->events, (conv_way)way, conv_look(&st->events, r.run.in[0])),
            events[way]);
    }
    ref_window win = {{line ? 1 : 3, 3}, {1, 1}, {line ? 0 : 1, 1}, {1, 1}, 1};
    ref_images x = {rows, 32, H, W, true}, y = {rows, 64, H, W, true};
    double *want = fsnn_alloc((size_t)ys * sizeof *want), *gx = fsnn_alloc((size_t)xs * sizeof *gx);
    double *gw = fsnn_alloc((size_t)ws * sizeof *gw), gb[64] = {0};
    ref_conv_forward(&x, &y, &win, r.run.in[0], r.run.value[0], r.run.value[1], want);
    ref_conv_backward(&x, &y, &win, r.run.in[0], r.run.value[0], r.run.gout[0], gx, gw, gb);
    for (int64_t i = 0; i < ws; i++)
        gw[i] += r.run.grad[0][i];
    for (int i = 0; i < 64; i++)
        gb[i] += r.run.grad[1][i];
    rig_forward(&r);
    rig_backward(&r);
    problem named = {0};
    snprintf(named.text, sizeof named.text, "%s at density %g", s.kind, density);
    close_to(&named, "y", r.run.out[0], want, ys, 8 * 288);
    close_to(&named, "gx", r.run.gin[0], gx, xs, 576);
    close_to(&named, "gw", r.run.grad[0], gw, ws, 8 * 1568);
    close_to(&named, "gb", r.run.grad[1], gb, 64, 1568);
    fsnn_free(want);
    fsnn_free(gx);
    fsnn_free(gw);
    rig_close(&r);
}

static void both_sides(void **state)
{
    (void)state;
    for (int line = 0; line < 2; line++) {
        operator_at(0.03, line, (bool[]){true, true});
        operator_at(1, line, (bool[]){false, false});
    }
}

/* What the environment asks for is done whatever the input; both give the same numbers. */
static void wished(void **state)
{
    (void)state;
    static const char *const wish[] = {"events", "dense", "EVENTS"};
    fsnn_conv2d o = {5, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1, true};
    rig r[3];
    for (int i = 0; i < 3; i++) {
        setenv("FSNN_CONVOLUTION", wish[i], 1);
        assert_int_equal(conv_wished(), i == 0 ? CONV_EVENTS : i == 1 ? CONV_DENSE : CONV_BY_INPUT);
        rig_open(&r[i], &(rig_setup){"conv2d", &o, 2, 2, true, 1, {FSNN_SHAPE(3, 9, 7)}, true});
        const conv_state *st = r[i].node.state;
        assert_int_equal(st->by_events[CONV_FORWARD], i == 0); /* too small for a look */
        rig_forward(&r[i]);
        rig_backward(&r[i]);
    }
    unsetenv("FSNN_CONVOLUTION");
    for (int64_t k = 0; k < rig_size(&r[0], &r[0].node.out[0]); k++)
        assert_true(fabs(r[0].run.out[0][k] - r[1].run.out[0][k]) <= 2e-6 * ROUNDING);
    for (int64_t k = 0; k < 5 * 3 * 9; k++)
        assert_true(fabs(r[0].run.grad[0][k] - r[1].run.grad[0][k]) <= 2e-5 * ROUNDING);
    for (int i = 0; i < 3; i++)
        rig_close(&r[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_shape),  cmocka_unit_test(usual_shapes),
        cmocka_unit_test(same_bits),  cmocka_unit_test(what_is_not_taken),
        cmocka_unit_test(looks),      cmocka_unit_test(turns_once),
        cmocka_unit_test(both_sides), cmocka_unit_test(wished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
