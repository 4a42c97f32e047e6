/* Equations on rows: against double precision for every instruction set, gradients against symbolic
 * derivatives, the hand-written neuron bit for bit, accuracy of the functions at ordinary and at
 * extreme numbers. */
#include "equation_tools.h"

#include "base/isa.h"
#include "scan/step.h"

#include <float.h>

/* Rows for all slots, and an equation opened on them. */
typedef struct bench {
    lanes row[EQUATION_OWN];
    float **slot;
    void *scratch;
} bench;

static bench *bench_open(const equation *e)
{
    bench *b = fsnn_alloc(sizeof *b);
    b->scratch = fsnn_alloc(equation_bytes(e));
    b->slot = equation_open(e, b->scratch);
    for (int s = 0; s < EQUATION_OWN; s++)
        b->slot[s] = b->row[s];
    return b;
}

static void bench_close(bench *b)
{
    fsnn_free(b->scratch);
    fsnn_free(b);
}

static void fill(bench *b, tools_dice *d, double low, double high)
{
    for (int s = 0; s < EQUATION_OWN; s++)
        for (int i = 0; i < ROW_LANES; i++)
            b->row[s][i] = s < EQUATION_PAR + EQUATION_PARS || s >= EQUATION_G
                               ? (float)tools_uniform(d, low, high)
                               : 0;
}

static void lane(const bench *b, int i, double *x)
{
    for (int s = 0; s < EQUATION_VALUES; s++)
        x[s] = b->row[s][i];
}

/* ---- against double precision ---- */

/* Values beyond this, or too near a kink, are no test of single precision. */
static bool tame(const equation *e, const double *value)
{
    for (int i = 0; i < e->graph->count; i++) {
        const graph_node *n = &e->graph->node[i];
        if (!(fabs(value[i]) < 100))
            return false;
        if (n->kind != GRAPH_CALL || n->function < GRAPH_ABS)
            continue;
        double a = value[e->graph->term[n->first].node];
        double b = n->count > 1 ? value[e->graph->term[n->first + 1].node] : 0;
        if (n->function != GRAPH_SIN && n->function != GRAPH_COS && fabs(a - b) < 1e-3)
            return false;
    }
    return true;
}

static const struct {
    equation_part part;
    int first, count;
} parts[] = {{EQUATION_CHARGE, EQUATION_D, 2},
             {EQUATION_SPIKE, EQUATION_ARG, 1},
             {EQUATION_AFTER, EQUATION_F, 2},
             {EQUATION_LEAK, EQUATION_J, 2},
             {EQUATION_LEAK, EQUATION_J + EQUATION_STATES, 2}};

static int check_forward(const equation *e, bench *b, const char *text, double *value)
{
    int checked = 0;
    double x[EQUATION_VALUES];
    for (int p = 0; p < FSNN_COUNT(parts); p++) {
        lanes keep[2];
        memcpy(keep, b->row[EQUATION_D], sizeof keep);
        equation_run(e, parts[p].part, b->slot);
        for (int i = 0; i < ROW_LANES; i++) {
            lane(b, i, x);
            x[EQUATION_D] = keep[0][i];
            x[EQUATION_D + 1] = keep[1][i];
            graph_value(e->graph, e->graph->count - 1, x, value);
            if (!tame(e, value))
                continue;
            for (int k = 0; k < parts[p].count; k++) {
                double got = b->row[parts[p].first + k][i],
                       expected = value[e->node[parts[p].first + k]];
                if (!(fabs(got - expected) <= 2e-4 * (1 + fabs(expected))))
                    fail_msg("%s: slot %d is %.9g, expected %.9g", text, parts[p].first + k, got,
                             expected);
                checked++;
            }
        }
        memcpy(b->row[EQUATION_D], keep, sizeof keep);
    }
    return checked;
}

static int level_top(void)
{
    return fsnn_isa_level();
}

static void forward(void **state)
{
    (void)state;
    double *value = fsnn_alloc(sizeof *value * GRAPH_NODES);
    tools_random r;
    for (int level = 0; level <= level_top(); level++) {
        int checked = 0;
        for (int n = 0; n < 300; n++) {
            tools_dice d = {(uint64_t)n + 1000, 0};
            equation *e;
            tools_neuron(&d, &r);
            if (tools_create(r.t, NULL, &e) < 0)
                continue;
            equation_choose(e, level);
            bench *b = bench_open(e);
            fill(b, &d, 0.2, 2);
            equation_run(e, EQUATION_PREPARE, b->slot);
            checked += check_forward(e, b, r.text[0], value);
            bench_close(b);
            equation_destroy(e);
        }
        assert_true(checked > 20000);
    }
    fsnn_free(value);
}

/* ---- gradients ---- */

static const int leaves[] = {EQUATION_X,       EQUATION_X + 1,  EQUATION_I,   EQUATION_S,
                             EQUATION_D,       EQUATION_D + 1,  EQUATION_PAR, EQUATION_PAR + 1,
                             EQUATION_PAR + 2, EQUATION_PAR + 3};

/* sum over the part's outputs of gradient times symbolic slope, for every leaf; false when
 * derivatives were too long. */
static bool slopes_of(const equation *e, equation_part part, int slope[][EQUATION_VALUES])
{
    for (int p = 0; p < FSNN_COUNT(parts); p++)
        for (int k = 0; k < parts[p].count && parts[p].part == part; k++)
            for (int l = 0; l < FSNN_COUNT(leaves); l++)
                slope[l][parts[p].first + k] =
                    graph_derivative(e->graph, e->node[parts[p].first + k], leaves[l]);
    return graph_status(e->graph) == FSNN_OK;
}

static int check_backward(const equation *e, equation_part part, bench *b, const char *text,
                          double *value)
{
    static lanes before[EQUATION_OWN];
    int slope[FSNN_COUNT(leaves)][EQUATION_VALUES], checked = 0;
    if (!slopes_of(e, part, slope))
        return 0;
    equation_clear(e, b->slot);
    memcpy(before, b->row, sizeof before);
    equation_run(e, part + EQUATION_BACK, b->slot);
    equation_run(e, EQUATION_PREPARE_BACK, b->slot);
    for (int i = 0; i < ROW_LANES; i++) {
        double x[EQUATION_VALUES];
        lane(b, i, x);
        graph_value(e->graph, e->graph->count - 1, x, value);
        if (!tame(e, value))
            continue;
        for (int l = 0; l < FSNN_COUNT(leaves); l++) {
            bool written = part == EQUATION_CHARGE && leaves[l] <= EQUATION_I;
            double expected = written ? 0 : before[EQUATION_G + leaves[l]][i];
            for (int p = 0; p < FSNN_COUNT(parts); p++)
                for (int k = 0; k < parts[p].count && parts[p].part == part; k++)
                    expected += (double)before[EQUATION_G + parts[p].first + k][i] *
                                value[slope[l][parts[p].first + k]];
            double got = b->row[EQUATION_G + leaves[l]][i];
            if (!(fabs(got - expected) <= 1e-3 * (1 + fabs(expected))))
                fail_msg("%s: part %d, gradient of slot %d is %.9g, expected %.9g", text, (int)part,
                         leaves[l], got, expected);
            checked++;
        }
    }
    memcpy(b->row, before, sizeof before);
    return checked;
}

static void backward(void **state)
{
    (void)state;
    double *value = fsnn_alloc(sizeof *value * GRAPH_NODES);
    tools_random r;
    for (int level = 0; level <= level_top(); level++) {
        int checked[EQUATION_BACK] = {0};
        for (int n = 0; n < 200; n++) {
            tools_dice d = {(uint64_t)n + 2000, 0};
            equation *e;
            tools_neuron(&d, &r);
            if (tools_create(r.t, NULL, &e) < 0)
                continue;
            equation_choose(e, level);
            bench *b = bench_open(e);
            fill(b, &d, 0.2, 2);
            equation_run(e, EQUATION_PREPARE, b->slot);
            for (equation_part part = EQUATION_CHARGE; part < EQUATION_BACK; part++)
                checked[part] += check_backward(e, part, b, r.text[part == EQUATION_SPIKE], value);
            bench_close(b);
            equation_destroy(e);
        }
        for (int part = EQUATION_CHARGE; part < EQUATION_BACK; part++)
            assert_true(checked[part] > 5000);
    }
    fsnn_free(value);
}

/* ---- the hand-written neuron ---- */

static void same_row(const char *what, const float *got, const float *expected)
{
    for (int i = 0; i < ROW_LANES; i++)
        if (memcmp(&got[i], &expected[i], sizeof *got) != 0)
            fail_msg("%s, lane %d: %.9g, by hand %.9g", what, i, (double)got[i],
                     (double)expected[i]);
}

static void hand_written(void **state)
{
    (void)state;
    static const char *const kinds[][2] = {{"lif", "(-v + I)/tau"}, {"if", "I/tau"}};
    for (int k = 0; k < 2; k++) {
        const neuron_model *m = neuron_model_find(kinds[k][0]);
        equation *e = tools_equation((tools_texts){.dv = kinds[k][1]});
        bench *b = bench_open(e);
        lanes row[NEURON_ROWS], grow[NEURON_ROWS] = {0}, dv, gv, gI, J, gpar[NEURON_PARS] = {0};
        tools_dice d = {(uint64_t)k, 0};
        fill(b, &d, 0.2, 2);
        for (int s = EQUATION_G + EQUATION_PAR; s < EQUATION_G + EQUATION_PAR + 2; s++)
            memset(b->row[s], 0, sizeof(lanes));
        equation_clear(e, b->slot);
        equation_run(e, EQUATION_PREPARE, b->slot);
        m->prepare(NULL, (const lanes *)b->row + EQUATION_PAR, row);
        m->charge(NULL, b->row[EQUATION_X], b->row[EQUATION_I], (const lanes *)row, dv);
        m->charge_back(NULL, b->row[EQUATION_X], b->row[EQUATION_I], (const lanes *)row,
                       b->row[EQUATION_G + EQUATION_D], gv, gI, grow);
        m->leak(NULL, b->row[EQUATION_X], b->row[EQUATION_I], (const lanes *)row, J);
        m->prepare_back(NULL, (const lanes *)b->row + EQUATION_PAR, (const lanes *)row,
                        (const lanes *)grow, gpar);
        equation_run(e, EQUATION_CHARGE, b->slot);
        equation_run(e, EQUATION_CHARGE_BACK, b->slot);
        equation_run(e, EQUATION_LEAK, b->slot);
        equation_run(e, EQUATION_PREPARE_BACK, b->slot);
        same_row("dv", b->row[EQUATION_D], dv);
        same_row("gradient of v", b->row[EQUATION_G + EQUATION_X], gv);
        same_row("gradient of I", b->row[EQUATION_G + EQUATION_I], gI);
        same_row("slope", b->row[EQUATION_J], J);
        for (int i = 0; i < ROW_LANES; i++)
            assert_true(fabsf(b->row[EQUATION_G + EQUATION_PAR][i] - gpar[PAR_TAU][i]) <=
                        1e-5f * (1 + fabsf(gpar[PAR_TAU][i])));
        bench_close(b);
        equation_destroy(e);
    }
}

/* Nothing is allocated, threads do not meet. */
typedef struct shared {
    const equation *e;
    float result[8][ROW_LANES];
} shared;

static void one_thread(int64_t t, int worker, void *user)
{
    (void)worker;
    shared *s = user;
    bench *b = bench_open(s->e);
    tools_dice d = {5, 0};
    fill(b, &d, 0.2, 2);
    equation_run(s->e, EQUATION_PREPARE, b->slot);
    for (int k = 0; k < 200; k++)
        equation_run(s->e, EQUATION_CHARGE, b->slot);
    memcpy(s->result[t], b->row[EQUATION_D], sizeof(lanes));
    bench_close(b);
}

static void threads(void **state)
{
    (void)state;
    equation *e =
        tools_equation((tools_texts){.dv = "(a*exp((v - threshold)/b) - v*sin(I) + I)/tau"});
    static shared s;
    s.e = e;
    fsnn_parallel(8, one_thread, &s);
    for (int t = 1; t < 8; t++)
        assert_memory_equal(s.result[t], s.result[0], sizeof(lanes));
    bench *b = bench_open(e);
    fsnn_alloc_fail_at(0);
    for (int part = 0; part < EQUATION_PARTS; part++)
        equation_run(e, (equation_part)part, b->slot);
    assert_int_equal(fsnn_alloc_fail_at(0), 0);
    bench_close(b);
    equation_destroy(e);
}

/* ---- accuracy ---- */

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

typedef struct function_case {
    const char *text;
    double (*exact)(double);
    double units; /* most that is accepted, in units of the last place */
} function_case;

static const function_case functions[] = {
    {"exp(v)", exp, 1.5},         {"log(v)", log, 1.5},    {"tanh(v)", tanh, 2.5},
    {"sigmoid(v)", sigmoid, 2.5}, {"sqrt(v)", sqrt, 0.51}, {"sin(v)", sin, 1.5},
    {"cos(v)", cos, 1.5},         {"abs(v)", fabs, 0},
};

/* Distance in units of the last place of `exact`, which may be smaller than any float. */
static double units(float got, double exact)
{
    if (isnan(exact))
        return isnan(got) ? 0 : INFINITY;
    float nearest = (float)exact;
    if (isinf(nearest) || isinf(got))
        return got == nearest || (!isinf(exact) && fabs(exact) > FLT_MAX * 0.9999999) ? 0
                                                                                      : INFINITY;
    int e;
    frexp(exact, &e);
    double unit = ldexp(1, (e < -125 ? -125 : e) - 24);
    return fabs((double)got - exact) / unit;
}

static float bits_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static const float extremes[] = {0.0f,    -0.0f,       1e-45f,     -1e-45f,     1e-38f,    -1e-38f,
                                 FLT_MIN, FLT_MAX,     -FLT_MAX,   INFINITY,    -INFINITY, NAN,
                                 1,       -1,          88.72f,     88.73f,      -87.33f,   -87.34f,
                                 -103.9f, -104.0f,     -110,       16777216.0f, 8.0e9f,    0.625f,
                                 -0.625f, 0.70710677f, 1.4142135f, 1e10f};

static void check_function(const function_case *f, int level, bench *b, const equation *e,
                           double *worst)
{
    equation_run(e, EQUATION_CHARGE, b->slot);
    for (int i = 0; i < ROW_LANES; i++) {
        float x = b->row[EQUATION_X][i];
        double far = units(b->row[EQUATION_D][i], f->exact((double)x));
        *worst = far > *worst ? far : *worst;
        if (!(far <= f->units))
            fail_msg("%s at %.9g, level %d: %.9g, exactly %.9g, %.2f units off", f->text, (double)x,
                     level, (double)b->row[EQUATION_D][i], f->exact((double)x), far);
    }
}

static void accuracy(void **state)
{
    (void)state;
    for (int level = 0; level <= level_top(); level++)
        for (int k = 0; k < FSNN_COUNT(functions); k++) {
            equation *e = tools_equation((tools_texts){.dv = functions[k].text});
            double worst = 0;
            equation_choose(e, level);
            bench *b = bench_open(e);
            for (int i = 0; i < ROW_LANES; i++)
                b->row[EQUATION_X][i] = extremes[i % FSNN_COUNT(extremes)];
            check_function(&functions[k], level, b, e, &worst);
            for (uint64_t bits = 0; bits < UINT64_C(1) << 32; bits += 32 * 12007) {
                for (int i = 0; i < ROW_LANES; i++)
                    b->row[EQUATION_X][i] = bits_of((uint32_t)(bits + (uint64_t)i * 12007));
                check_function(&functions[k], level, b, e, &worst);
            }
            for (int n = 0; n < 8000; n++) { /* where the functions are curved */
                for (int i = 0; i < ROW_LANES; i++)
                    b->row[EQUATION_X][i] =
                        (float)(n * ROW_LANES + i - 128000) * 1e-4f * (k < 2 ? 7 : 1);
                check_function(&functions[k], level, b, e, &worst);
            }
            print_message("level %d, %-10s  %.2f units\n", level, functions[k].text, worst);
            bench_close(b);
            equation_destroy(e);
        }
}

static void powers(void **state)
{
    (void)state;
    static const float exponents[] = {
        0,       1,    -1,          2,          3,           -3,    0.5f, 1.5f,     -0.5f,    0.3f,
        100.25f, 1e9f, 16777217.0f, 8388607.0f, -8388607.0f, 1e-9f, NAN,  INFINITY, -INFINITY};
    equation *e = tools_equation((tools_texts){.dv = "pow(v, I)"});
    bench *b = bench_open(e);
    for (int level = 0; level <= level_top(); level++) {
        equation_choose(e, level);
        for (int k = 0; k < FSNN_COUNT(exponents) + 400; k++)
            for (int part = 0; part < 2; part++) {
                for (int i = 0; i < ROW_LANES; i++) {
                    double spread = exp((i - 16) * (k % 7 + 0.37) / 3);
                    b->row[EQUATION_X][i] =
                        part ? (float)spread : extremes[i % FSNN_COUNT(extremes)];
                    b->row[EQUATION_I][i] =
                        k < FSNN_COUNT(exponents) ? exponents[k] : (float)(k - 200) * 0.0737f;
                }
                equation_run(e, EQUATION_CHARGE, b->slot);
                for (int i = 0; i < ROW_LANES; i++) {
                    float x = b->row[EQUATION_X][i], y = b->row[EQUATION_I][i],
                          got = b->row[EQUATION_D][i];
                    if (!(units(got, pow(x, y)) <= 0.51))
                        fail_msg("pow(%.9g, %.9g) is %.9g, exactly %.17g", (double)x, (double)y,
                                 (double)got, pow(x, y));
                }
            }
    }
    bench_close(b);
    equation_destroy(e);
}

/* Finite where mathematics is finite: values and gradients. */
static void extremes_are_finite(void **state)
{
    (void)state;
    static const struct {
        const char *dv;
        float v, gradient; /* gradient of v expected; NAN: only finite */
    } cases[] = {
        {"tanh(v)", 3e38f, 0},
        {"tanh(v)", -3e38f, 0},
        {"sigmoid(v)", 3e38f, 0},
        {"sigmoid(v)", -3e38f, 0},
        {"exp(-v)", 3e38f, 0},
        {"exp(-v^2)", 1e30f, 0},
        {"1/(1 + exp(v))", -200, 0},
        {"abs(v)", 0, 1},
        {"abs(v)", -3e38f, -1},
        {"step(v)", 0, 0},
        {"min(v, I)", 3e38f, 0},
        {"max(v, I)", 3e38f, 1},
        {"sqrt(v)", 0, NAN},
        {"pow(v, 0.3)", 0, NAN},
        {"pow(v, 3)", 0, 0},
        {"pow(v, 2.5)", 0, 0},
        {"log(1 + v)", 0, 1},
        {"v^a", 0, 0},
        {"v/v", 0, 0},
        {"0*v", 3e38f, 0},
        {"v*v/v", 1e30f, 1},
        {"sqrt(v)^2", 0, 1},
        {"min(v, v)", 1, 1},
        {"v^2*v^-2", 1e30f, 0},
    };
    for (int k = 0; k < FSNN_COUNT(cases); k++) {
        equation *e = tools_equation((tools_texts){.dv = cases[k].dv});
        bench *b = bench_open(e);
        for (int i = 0; i < ROW_LANES; i++) {
            b->row[EQUATION_X][i] = cases[k].v;
            b->row[EQUATION_I][i] = 0.5f;
            b->row[EQUATION_PAR][i] = b->row[EQUATION_PAR + 1][i] = 1;
            b->row[EQUATION_PAR + 2][i] = 2.5f;
            b->row[EQUATION_G + EQUATION_D][i] = 1;
        }
        equation_run(e, EQUATION_PREPARE, b->slot);
        equation_clear(e, b->slot);
        equation_run(e, EQUATION_CHARGE, b->slot);
        equation_run(e, EQUATION_CHARGE_BACK, b->slot);
        equation_run(e, EQUATION_PREPARE_BACK, b->slot);
        float gradient = b->row[EQUATION_G + EQUATION_X][0];
        bool right = isnan(cases[k].gradient) ? isfinite(gradient) != 0
                                              : fabsf(gradient - cases[k].gradient) < 1e-6f;
        if (!isfinite(b->row[EQUATION_D][0]) || !right ||
            !isfinite(b->row[EQUATION_G + EQUATION_PAR + 2][0]))
            fail_msg("%s at %g: %g, gradient %g, of a %g", cases[k].dv, (double)cases[k].v,
                     (double)b->row[EQUATION_D][0], (double)gradient,
                     (double)b->row[EQUATION_G + EQUATION_PAR + 2][0]);
        bench_close(b);
        equation_destroy(e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward),
        cmocka_unit_test(backward),
        cmocka_unit_test(hand_written),
        cmocka_unit_test(threads),
        cmocka_unit_test(accuracy),
        cmocka_unit_test(powers),
        cmocka_unit_test(extremes_are_finite),
    };
    return cmocka_run_group_tests_name("neuron/equation_rows", tests, NULL, NULL);
}
