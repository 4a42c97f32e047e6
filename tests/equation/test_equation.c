/* The language of equations: values, errors with their columns, simplification, sharing,
 * derivatives. */
#include "equation_tools.h"

#include "equation/parse.h"

/* ---- values ---- */

typedef struct value_case {
    const char *text;
    double expected;
} value_case;

/* v = 2, w = 3, I = 5, tau = 4, threshold = 0.5, a = -1, b = 0.25 */
static void leaves(double *x)
{
    memset(x, 0, sizeof *x * EQUATION_VALUES);
    x[EQUATION_X] = 2;
    x[EQUATION_X + 1] = 3;
    x[EQUATION_I] = 5;
    x[EQUATION_S] = 1;
    x[EQUATION_D] = 7;
    x[EQUATION_D + 1] = 11;
    x[EQUATION_PAR] = 4;
    x[EQUATION_PAR + 1] = 0.5;
    x[EQUATION_PAR + 2] = -1;
    x[EQUATION_PAR + 3] = 0.25;
}

static void grammar(void **state)
{
    (void)state;
    static const value_case cases[] = {
        {"v + I*tau", 22},
        {"(v + I)*tau", 28},
        {"v - I - tau", -7},
        {"v - (I - tau)", 1},
        {"I/v/tau", 0.625},
        {"I/v*tau", 10},
        {"-v^2", -4},
        {"(-v)^2", 4},
        {"v^w^b", 2.4898762}, /* 2^(3^0.25) */
        {"(v^w)^b", 1.6817928},
        {"v^-1", 0.5},
        {"2^-v^2", 0.0625},
        {"v*-I", -10},
        {"--v", 2},
        {"-+-v", 2},
        {"+v", 2},
        {"v--I", 7},
        {" \t v\n+\r1 ", 3},
        {"1e1 + .5 + 2. + 1E-1 + 1e+0", 13.6},
        {"exp(v) - exp(1)^v", 0},
        {"log(v)", 0.69314718},
        {"sqrt(tau)", 2},
        {"tanh(b)", 0.24491866},
        {"sigmoid(v)", 0.88079708},
        {"abs(a)", 1},
        {"step(a) + 10*step(v) + 100*step(a + 1)", 110},
        {"sin(v)^2 + cos(v)^2", 1},
        {"min(v, I) + 10*max(v, I)", 52},
        {"pow(v, w)", 8},
        {"pow(tau, 0.5)", 2},
        {"(-v^2 + I)/tau", 0.25},
        {"2*v*3/tau", 3},
        {"((((v))))", 2},
        {"threshold*tau", 2},
        {"pow(2*v, -0.5)*sqrt(2*v)", 1},
        {"sqrt(v^2) - sqrt(a^2)", 1},
        {"(v - I)*(I - v)", -9},
        {"(I - v)^3", 27},
        {"a^3*v", -2},
    };
    double x[EQUATION_VALUES];
    leaves(x);
    for (int i = 0; i < FSNN_COUNT(cases); i++) {
        equation *e = tools_equation((tools_texts){.dv = cases[i].text, .dw = "w"});
        double got = equation_value(e, EQUATION_D, x);
        if (!(fabs(got - cases[i].expected) <= 1e-7 * (1 + fabs(got))))
            fail_msg("%s is %.9g, expected %.9g", cases[i].text, got, cases[i].expected);
        equation_destroy(e);
    }
}

static void defaults(void **state)
{
    (void)state;
    double x[EQUATION_VALUES];
    leaves(x);
    equation *e = tools_equation((tools_texts){.dv = "-v", .dw = "-w"});
    assert_true(e->default_spike && e->default_after[0] && e->default_after[1]);
    assert_true(fabs(equation_value(e, EQUATION_ARG, x) - (2 + 7 - 0.5)) < 1e-12);
    assert_true(fabs(equation_value(e, EQUATION_F, x) - (7 - 0.5 / 4)) < 1e-12);
    assert_true(equation_value(e, EQUATION_F + 1, x) == 11);
    assert_true(isnan(equation_value(e, EQUATION_F + 2, x))); /* there is no such state */
    equation_destroy(e);
    /* the same, written otherwise */
    e = tools_equation(
        (tools_texts){"-v", "dv - (threshold - v)", "dv - threshold*s*(1/tau)", NULL, NULL});
    assert_true(e->default_spike && e->default_after[0]);
    equation_destroy(e);
    e = tools_equation((tools_texts){"-v", "v - threshold", "dv - s*v", "-w", "dw + s*a"});
    assert_false(e->default_spike || e->default_after[0] || e->default_after[1]);
    assert_true(equation_value(e, EQUATION_ARG, x) == 1.5);
    assert_true(equation_value(e, EQUATION_F, x) == 5);
    assert_true(equation_value(e, EQUATION_F + 1, x) == 10);
    equation_destroy(e);
}

/* Slopes and parameters that are used. */
static void properties(void **state)
{
    (void)state;
    static const struct {
        const char *dv;
        equation_slope slope;
        unsigned uses; /* bits: tau, threshold, a, b; the first two are in the defaults */
    } cases[] = {
        {"I", EQUATION_FLAT, 3},
        {"I/tau + v - v", EQUATION_FLAT, 3},
        {"(I - v)/tau", EQUATION_LINEAR, 3},
        {"a*v + I", EQUATION_LINEAR, 7},
        {"-3*v + b", EQUATION_LINEAR, 11},
        {"v*I", EQUATION_CURVED, 3},
        {"v^2", EQUATION_CURVED, 3},
        {"exp(a*v/b)", EQUATION_CURVED, 15},
        {"0*a + I", EQUATION_FLAT, 3},
        {"step(v)", EQUATION_FLAT, 3},
    };
    for (int i = 0; i < FSNN_COUNT(cases); i++) {
        equation *e = tools_equation((tools_texts){.dv = cases[i].dv});
        if (e->slope != cases[i].slope || e->uses >> EQUATION_PAR != cases[i].uses)
            fail_msg("%s: slope %d, uses %llx", cases[i].dv, (int)e->slope,
                     (unsigned long long)(e->uses >> EQUATION_PAR));
        equation_destroy(e);
    }
}

/* ---- errors ---- */

typedef struct error_case {
    tools_texts t;
    const char *key;
    int column;
    const char *sentence; /* after: KEY: "TEXT", column N: */
} error_case;

#define NAMES "known are v, I, tau, threshold, a, b"
#define FUNCTION_NAMES "known are exp, log, sqrt, tanh, sigmoid, abs, step, sin, cos, min, max, pow"

static const error_case errors[] = {
    {{.dv = "(-v^2 + J)/tau"}, "dv", 9, "there is no name \"J\"; " NAMES},
    {{.dv = "(I - v)/tua"}, "dv", 9, "there is no name \"tua\" (did you mean \"tau\"?); " NAMES},
    {{.dv = "thresold"},
     "dv",
     1,
     "there is no name \"thresold\" (did you mean \"threshold\"?); " NAMES},
    {{.dv = "I - sigmod(v)"},
     "dv",
     5,
     "there is no function \"sigmod\" (did you mean \"sigmoid\"?); " FUNCTION_NAMES},
    {{.dv = "I - w"}, "dv", 5, "there is no name \"w\"; " NAMES},
    {{.dv = "2 v"},
     "dv",
     3,
     "found \"v\", where an operator should stand: a product is written 2*v"},
    {{.dv = "v(I + 1)"}, "dv", 1, "\"v\" is no function: a product is written v*(...)"},
    {{.dv = "(v)(I)"},
     "dv",
     4,
     "found \"(\", where an operator should stand: a product is written 2*v"},
    {{.dv = "v +"}, "dv", 4, "found the end, where a number, a name or \"(\" should stand"},
    {{.dv = "* v"}, "dv", 1, "found \"*\", where a number, a name or \"(\" should stand"},
    {{.dv = "v**2"}, "dv", 3, "\"**\" is no operator here: a power is written v^2"},
    {{.dv = "exp v"},
     "dv",
     1,
     "\"exp\" is a function: its argument stands in parentheses, like exp(v)"},
    {{.dv = "1 + max"},
     "dv",
     5,
     "\"max\" is a function: its arguments stand in parentheses, like min(v, 1)"},
    {{.dv = "exp(v, 1)"}, "dv", 1, "\"exp\" takes one argument, here are more"},
    {{.dv = "min(v)"}, "dv", 1, "\"min\" takes two arguments, like min(v, 1), here are fewer"},
    {{.dv = "min(v, I, 1)"}, "dv", 1, "\"min\" takes two arguments, like min(v, 1), here are more"},
    {{.dv = "exp(v I)"}, "dv", 7, "found \"I\", where a \")\" should close the arguments"},
    {{.dv = "exp()"}, "dv", 5, "found \")\", where a number, a name or \"(\" should stand"},
    {{.dv = "(v + 1"}, "dv", 7, "found the end, where a \")\" should close the parenthesis"},
    {{.dv = "v)"}, "dv", 2, "a \")\" without a \"(\" before it"},
    {{.dv = "v > 1"},
     "dv",
     3,
     "\">\" compares: write step(v - 1), which is 1 from v = 1 on and 0 before"},
    {{.dv = "v = 1"},
     "dv",
     3,
     "\"=\" compares: write step(v - 1), which is 1 from v = 1 on and 0 before"},
    {{.dv = "v, I"}, "dv", 2, "found \",\", where an operator (+ - * / ^) or the end should stand"},
    {{.dv = "v + #"}, "dv", 5, "found \"#\", where a number, a name or \"(\" should stand"},
    {{.dv = "v + \xcf\x84*\xce\xb1"},
     "dv",
     5,
     "found \"\xcf\x84\", where a number, a name or \"(\" should stand"},
    {{.dv = "min(\xcf\x84, 1)"},
     "dv",
     5,
     "found \"\xcf\x84\", where a number, a name or \"(\" should stand"},
    {{.dv = "v + \xff"},
     "dv",
     5,
     "found the byte 0xff, where a number, a name or \"(\" should stand"},
    {{.dv = "1.2.3*v"}, "dv", 4, "a number ends before \".\": numbers are like 2, 0.5 or 1e-3"},
    {{.dv = "1e*v"},
     "dv",
     2,
     "found \"e\", where an operator should stand: a product is written 2*v"},
    {{.dv = "1e39*v"}, "dv", 1, "this number is too large: single precision ends at 3.4e38"},
    {{.dv = "v + 1e30*1e30"}, "dv", 9, "\"*\" of these numbers is infinite, or beyond 3.4e38"},
    {{.dv = "v + 1/(2 - 2)"}, "dv", 6, "a division by zero"},
    {{.dv = "v + log(0)"}, "dv", 5, "\"log\" of these numbers is infinite, or beyond 3.4e38"},
    {{.dv = "v + sqrt(-1)"}, "dv", 5, "\"sqrt\" of these numbers is not a number"},
    {{.dv = "s*v"}, "dv", 1, "\"s\" is known in after_spike only"},
    {{.dv = "dv + v"}, "dv", 1, "\"dv\" is known in spike and after_spike only"},
    {{.dv = ""}, "dv", 1, "there is no expression: write one like (-v + I)/tau"},
    {{.dv = "  "}, "dv", 3, "there is no expression: write one like (-v + I)/tau"},
    {{.dv = "v", .spike = "v + dw"},
     "spike",
     5,
     "there is no name \"dw\" (did you mean \"dv\"?); known are v, dv, I, tau, threshold, a, b"},
    {{.dv = "v", .spike = "v - s"}, "spike", 5, "\"s\" is known in after_spike only"},
    {{.dv = "v", .after = "dv - s*"},
     "after_spike",
     8,
     "found the end, where a number, a name or \"(\" should stand"},
    {{.dv = "v", .dw = "v - x"},
     "dw",
     5,
     "there is no name \"x\"; known are v, w, I, s, tau, threshold, a, b"},
    {{.dv = "v + s", .dw = "v"},
     "dv",
     5,
     "\"s\" is known in after_spike and the equations of the other states only"},
    {{.dv = "v", .dw = "v", .after_w = "dw ~ s"},
     "after_spike_w",
     4,
     "found \"~\", where an operator (+ - * / ^) or the end should stand"},
};

static void error_sentences(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(errors); i++) {
        CASE("errors[%d]", i);
        const error_case *c = &errors[i];
        const char *text = strcmp(c->key, "dv") == 0      ? c->t.dv
                           : strcmp(c->key, "spike") == 0 ? c->t.spike
                           : strcmp(c->key, "dw") == 0    ? c->t.dw
                           : c->t.after                   ? c->t.after
                                                          : c->t.after_w;
        char expected[600];
        snprintf(expected, sizeof expected, "%s: \"%s\", column %d: %s", c->key, text, c->column,
                 c->sentence);
        equation_place place;
        equation *e;
        FAILS(tools_create(c->t, &place, &e), FSNN_EDESCRIPTION);
        assert_null(e);
        assert_string_equal(fsnn_error_text(), expected);
        assert_string_equal(place.key, c->key);
        assert_int_equal(place.column, c->column);
    }
}

static void expect(const equation_source *source, fsnn_status status, const char *sentence)
{
    equation *e;
    equation_place place;
    assert_int_equal(equation_create(source, &place, &e), status);
    assert_null(e);
    assert_string_equal(fsnn_error_text(), sentence);
    assert_string_equal(place.key, "");
}

static void name_errors(void **state)
{
    (void)state;
    const equation_state v = {"v", "I", NULL}, none = {"w", NULL, NULL}, i = {"I", "v", NULL};
    static const struct {
        const char *name, *sentence;
    } cases[] = {
        {"2a", "the neuron's name \"2a\" is no name: names start with a letter"},
        {"", "the neuron's name \"\" is no name: names start with a letter"},
        {"a-b",
         "the neuron's name \"a-b\" is no name: names are of letters, digits and underscores"},
        {"exp", "the neuron's name \"exp\" is the name of a function: another one would do"},
        {"tau", "the neuron has the name \"tau\" twice: states, their derivatives, I, s, tau, "
                "threshold and "
                "parameters need names of their own"},
        {"dv", "the neuron has the name \"dv\" twice: states, their derivatives, I, s, tau, "
               "threshold and "
               "parameters need names of their own"},
    };
    for (int k = 0; k < FSNN_COUNT(cases); k++)
        expect(&(equation_source){&v, 1, NULL, &cases[k].name, 1}, FSNN_EDESCRIPTION,
               cases[k].sentence);
    char longer[70];
    memset(longer, 'x', 64);
    longer[64] = 0;
    const char *name = longer;
    equation *e;
    REFUSED(equation_create(&(equation_source){&v, 1, NULL, &name, 1}, NULL, &e), FSNN_EDESCRIPTION,
            "is too long: names have up to 63 characters");
    expect(&(equation_source){(equation_state[]){v, none}, 2, NULL, NULL, 0}, FSNN_EDESCRIPTION,
           "the neuron's state w has no equation: write dw: \"...\"");
    expect(&(equation_source){(equation_state[]){v, i}, 2, NULL, NULL, 0}, FSNN_EDESCRIPTION,
           "the neuron has the name \"I\" twice: states, their derivatives, I, s, tau, threshold "
           "and parameters "
           "need names of their own");
    expect(&(equation_source){&i, 1, NULL, NULL, 0}, FSNN_EDESCRIPTION,
           "the first state is called \"I\": it must be v, the membrane potential");
    expect(&(equation_source){&v, 0, NULL, NULL, 0}, FSNN_EDESCRIPTION,
           "a neuron with 0 states: from 1 (v) to 4 can be had");
    expect(&(equation_source){&v, 1, NULL, NULL, 15}, FSNN_EDESCRIPTION,
           "a neuron with 15 parameters of its own: up to 14 can be had");
}

/* Text of `count` times `open`, then v, then `count` times `close`. */
static char *nested(const char *open, const char *close, int count, char *out)
{
    char *at = out;
    for (int i = 0; i < count; i++)
        at += sprintf(at, "%s", open);
    at += sprintf(at, "v");
    for (int i = 0; i < count; i++)
        at += sprintf(at, "%s", close);
    return out;
}

static void limits(void **state)
{
    (void)state;
    static char text[9000];
    equation *e;
    equation_place place;
    equation_destroy(tools_equation((tools_texts){.dv = nested("(", ")", 59, text)}));
    FAILS(tools_create((tools_texts){.dv = nested("(", ")", 60, text)}, &place, &e),
          FSNN_EUNSUPPORTED);
    assert_int_equal(place.column, 61);
    CONTAINS(fsnn_error_text(), "dv: \"...((((((((((((((((((((((((((((((");
    CONTAINS(fsnn_error_text(),
             ", column 61: too many parentheses, signs or powers inside one another (60 "
             "is the most): a simpler expression would do");
    const char *const deep[][2] = {{"-", ""}, {"v^", ""}, {"exp(", ")"}, {"(", ""}, {"-(", ")"}};
    for (int i = 0; i < FSNN_COUNT(deep); i++)
        FAILS(
            tools_create((tools_texts){.dv = nested(deep[i][0], deep[i][1], 300, text)}, NULL, &e),
            FSNN_EUNSUPPORTED);
    FAILS(tools_create((tools_texts){.dv = nested("v + ", "", 600, text)}, &place, &e),
          FSNN_EUNSUPPORTED);
    assert_int_equal(place.column, 2001);
    CONTAINS(fsnn_error_text(),
             "column 2001: the expression goes on here: 2000 characters are the most");
    /* many terms, all different */
    char *at = text;
    for (int i = 1; at - text < 1900; i++)
        at += sprintf(at, "v^%d*I+", i);
    sprintf(at, "1");
    fsnn_status status = tools_create((tools_texts){.dv = text}, NULL, &e);
    assert_true(status == FSNN_OK || status == FSNN_EUNSUPPORTED);
    equation_destroy(e);
    at = text;
    for (int i = 1; at - text < 1900; i++)
        at += sprintf(at, "%stanh(v+%d)", i > 1 ? "*" : "", i);
    status = tools_create((tools_texts){.dv = text}, NULL, &e);
    assert_int_equal(status, FSNN_EUNSUPPORTED);
    assert_string_equal(fsnn_error_text(),
                        "the neuron's equations are too long once differentiated: fewer or shorter "
                        "products and sums would do");
    FAILS(tools_create((tools_texts){.dv = "v*1e30*I*1e30"}, NULL, &e), FSNN_EDESCRIPTION);
    assert_string_equal(fsnn_error_text(),
                        "the neuron's equations come to a number beyond 3.4e38, where single "
                        "precision ends: other units would do");
}

static void out_of_memory(void **state)
{
    (void)state;
    equation *e;
    int64_t n = 1;
    for (;; n++) {
        fsnn_alloc_fail_at(n);
        fsnn_status status = tools_create(
            (tools_texts){.dv = "(a*exp(v/b) - v + I)/tau", .dw = "v^2 - w"}, NULL, &e);
        fsnn_alloc_fail_at(0);
        if (status == FSNN_OK)
            break;
        assert_int_equal(status, FSNN_EMEMORY);
        assert_null(e);
        CONTAINS(fsnn_error_text(), "out of memory");
    }
    equation_destroy(e);
    assert_true(n > 20);
    equation_destroy(NULL);
}

/* ---- simplification and sharing ---- */

static int parsed(graph *g, const char *text)
{
    static const parse_name names[] = {{"v", EQUATION_X, NULL},       {"w", EQUATION_X + 1, NULL},
                                       {"I", EQUATION_I, NULL},       {"tau", EQUATION_PAR, NULL},
                                       {"a", EQUATION_PAR + 2, NULL}, {"b", EQUATION_PAR + 3, NULL},
                                       {"s", EQUATION_S, NULL},       {"dw", EQUATION_D + 1, NULL}};
    int node;
    if (parse_expression(g, "x", text, names, FSNN_COUNT(names), NULL, &node) < 0 ||
        graph_status(g))
        fail_msg("%s: %s", text, fsnn_error_text());
    return node;
}

static void simplification(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"--v", "v"},
        {"v + 0", "v"},
        {"0 + v", "v"},
        {"v - 0", "v"},
        {"1*v", "v"},
        {"v/1", "v"},
        {"v^1", "v"},
        {"v^0", "1"},
        {"0*v", "0"},
        {"0/v", "0"},
        {"v - v", "0"},
        {"v/v", "1"},
        {"2*3 + v", "v + 6"},
        {"v + v", "2*v"},
        {"v*v", "v^2"},
        {"v*v^2", "v^3"},
        {"v/tau*tau", "v"},
        {"I + v", "v + I"},
        {"I*v", "v*I"},
        {"(I - v)/tau", "-(v - I)/tau"},
        {"(I - v)*w", "w*-(v - I)"},
        {"(v + I)^2", "(I + v)*(v + I)"},
        {"(v - I)^2", "(I - v)^2"},
        {"v*2/tau", "v/tau*2"},
        {"v/tau*2 + v/tau*3", "5*v/tau"},
        {"v*a/tau", "a/tau*v"},
        {"a + v + b", "v + (b + a)"},
        {"a - (b - v)", "v - b + a"},
        {"sqrt(v)*sqrt(v)", "v"},
        {"sqrt(2*v)*sqrt(2*v)", "2*v"},
        {"sqrt(v)^4", "v^2"},
        {"1/(1/v)", "v"},
        {"exp(2*v)", "exp(v + v)"},
        {"log(exp(v))", "v"},
        {"exp(log(v))", "v"},
        {"min(v, v)", "v"},
        {"pow(v, 2)", "v^2"},
        {"exp(0)", "1"},
        {"2^3^2", "512"},
        {"1^v", "1"},
        {"tanh(0)*v", "0"},
    };
    static const char *const other[][2] = {
        {"sqrt(v^2)", "v"}, {"v - I", "I - v"},          {"min(v, I)", "max(v, I)"},
        {"v^2", "2^v"},     {"exp(v)*exp(I)", "exp(v)"}, {"a*v + b", "b*v + a"},
    };
    graph g;
    graph_init(&g);
    for (int i = 0; i < FSNN_COUNT(same); i++)
        if (parsed(&g, same[i][0]) != parsed(&g, same[i][1]))
            fail_msg("%s is not %s", same[i][0], same[i][1]);
    for (int i = 0; i < FSNN_COUNT(other); i++)
        if (parsed(&g, other[i][0]) == parsed(&g, other[i][1]))
            fail_msg("%s is taken for %s", other[i][0], other[i][1]);
    graph_free(&g);
}

/* Derivatives as one would write them. */
static void slopes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int leaf;
        const char *expected;
    } cases[] = {
        {"(-v + I)/tau", EQUATION_X, "-1/tau"},
        {"(-v + I)/tau", EQUATION_I, "1/tau"},
        {"(-v + I)/tau", EQUATION_PAR, "(v - I)/tau^2"},
        {"(-v^2 + I)/tau", EQUATION_X, "-2*v/tau"},
        {"(-v^2 + I)/tau", EQUATION_X + 1, "0"},
        {"exp(a*v)", EQUATION_X, "a*exp(a*v)"},
        {"log(v)", EQUATION_X, "1/v"},
        {"sqrt(v)", EQUATION_X, "0.5*v^-0.5"},
        {"tanh(v)", EQUATION_X, "1 - tanh(v)^2"},
        {"sigmoid(v)", EQUATION_X, "sigmoid(v)*(1 - sigmoid(v))"},
        {"abs(v)", EQUATION_X, "2*step(v) - 1"},
        {"step(v)", EQUATION_X, "0"},
        {"sin(v)*cos(v)", EQUATION_X, "cos(v)^2 - sin(v)^2"},
        {"min(v, I)", EQUATION_X, "step(I - v)"},
        {"min(v, I)", EQUATION_I, "1 - step(I - v)"},
        {"max(v, I)", EQUATION_X, "step(v - I)"},
        {"v^a", EQUATION_X, "a*v^(a - 1)"},
        {"v^a", EQUATION_PAR + 2, "v^a*log(v)"},
        {"v*w*I", EQUATION_X + 1, "v*I"},
    };
    graph g;
    graph_init(&g);
    for (int i = 0; i < FSNN_COUNT(cases); i++)
        if (graph_derivative(&g, parsed(&g, cases[i].text), cases[i].leaf) !=
            parsed(&g, cases[i].expected))
            fail_msg("d(%s) is not %s", cases[i].text, cases[i].expected);
    graph_free(&g);
}

static int counted(const equation *e, equation_part part, int op)
{
    int count = 0;
    for (int i = 0; i < e->part[part].count; i++)
        count += e->part[part].op[i].op == op;
    return count;
}

/* How many operations equations become. */
static void operations(void **state)
{
    (void)state;
    static const struct {
        tools_texts t;
        int rows, charge, spike, after, charge_back;
    } cases[] = {
        {{.dv = "(-v + I)/tau"}, 4, 1, 1, 1, 3}, /* threshold, 1/tau, threshold/tau, -1/tau */
        {{.dv = "I/tau"}, 3, 1, 1, 1, 3},
        {{.dv = "(-v^2 + I)/tau"}, 4, 1, 1, 1, 3}, /* (I - v v) rate; 2/tau for the slope */
        {{.dv = "a*v + I", .spike = "v"}, 2, 1, 1, 1, 3},
        {{.dv = "(a*exp((v - threshold)/b) - v + I)/tau"}, 6, 4, 1, 1, -1},
    };
    for (int i = 0; i < FSNN_COUNT(cases); i++) {
        equation *e = tools_equation(cases[i].t);
        const equation_code *p = e->part;
        if (e->rows != cases[i].rows || p[EQUATION_CHARGE].count != cases[i].charge ||
            p[EQUATION_SPIKE].count != cases[i].spike ||
            p[EQUATION_AFTER].count != cases[i].after ||
            (cases[i].charge_back >= 0 && p[EQUATION_CHARGE_BACK].count != cases[i].charge_back))
            fail_msg("%s: %d rows; %d, %d, %d, %d operations", cases[i].t.dv, e->rows,
                     p[EQUATION_CHARGE].count, p[EQUATION_SPIKE].count, p[EQUATION_AFTER].count,
                     p[EQUATION_CHARGE_BACK].count);
        equation_destroy(e);
    }
    /* one exp and one square for both states, forward and backward; parameters' in the preparation
     */
    equation *e = tools_equation((tools_texts){.dv = "exp(v/a)*v^2 - exp(v/a)",
                                               .dw = "w*exp(v/a) + v^2 + exp(b) + exp(-b*tau)"});
    assert_int_equal(counted(e, EQUATION_CHARGE, OP_EXP), 1);
    assert_int_equal(counted(e, EQUATION_CHARGE_BACK, OP_EXP), 1);
    assert_int_equal(counted(e, EQUATION_LEAK, OP_EXP), 1);
    assert_int_equal(counted(e, EQUATION_PREPARE, OP_EXP), 2);
    assert_int_equal(counted(e, EQUATION_PREPARE, OP_DIV), 2); /* 1/a, threshold/tau */
    equation_destroy(e);
    /* few rows for long equations */
    e = tools_equation((tools_texts){
        .dv = "tanh(v + 1)*tanh(v + 2) + tanh(v + 3)*tanh(v + 4) + tanh(v + 5)*tanh(v + 6)"});
    assert_true(e->temporaries >= 2);
    assert_int_equal(counted(e, EQUATION_CHARGE, OP_TANH), 6);
    equation_destroy(e);
}

/* ---- derivatives by differences ---- */

/* Central difference of node in leaf; false where it is not smooth here. */
static bool difference(const graph *g, int node, int leaf, double *x, double *value, double *slope)
{
    double keep = x[leaf], d[2];
    for (int i = 0; i < 2; i++) {
        double h = i ? 5e-6 : 1e-5;
        x[leaf] = keep + h;
        double up = graph_value(g, node, x, value);
        x[leaf] = keep - h;
        d[i] = (up - graph_value(g, node, x, value)) / (2 * h);
    }
    x[leaf] = keep;
    *slope = d[1];
    return fabs(d[0] - d[1]) <= 1e-6 * (1 + fabs(d[1])) && fabs(d[1]) < 1e4;
}

static void derivatives(void **state)
{
    (void)state;
    static const int leaf[] = {EQUATION_X,       EQUATION_X + 1,  EQUATION_I,   EQUATION_S,
                               EQUATION_D,       EQUATION_D + 1,  EQUATION_PAR, EQUATION_PAR + 1,
                               EQUATION_PAR + 2, EQUATION_PAR + 3};
    static const int outputs[] = {EQUATION_D, EQUATION_D + 1, EQUATION_ARG, EQUATION_F,
                                  EQUATION_F + 1};
    tools_random r;
    int checked = 0, nonzero = 0;
    double *value = fsnn_alloc(sizeof *value * GRAPH_NODES);
    for (int n = 0; n < 300; n++) {
        tools_dice d = {(uint64_t)n, 0};
        tools_neuron(&d, &r);
        equation *e;
        if (tools_create(r.t, NULL, &e) < 0) {
            assert_true(strstr(fsnn_error_text(), "too long") ||
                        strstr(fsnn_error_text(), "of these numbers") ||
                        strstr(fsnn_error_text(), "zero"));
            continue;
        }
        double x[EQUATION_VALUES] = {0};
        for (int i = 0; i < FSNN_COUNT(leaf); i++)
            x[leaf[i]] = tools_uniform(&d, 0.2, 2);
        for (int o = 0; o < FSNN_COUNT(outputs); o++)
            for (int i = 0; i < FSNN_COUNT(leaf); i++) {
                double expected;
                int node = e->node[outputs[o]], slope = graph_derivative(e->graph, node, leaf[i]);
                if (graph_status(e->graph) ||
                    !difference(e->graph, node, leaf[i], x, value, &expected))
                    continue;
                double got = graph_value(e->graph, slope, x, value);
                if (!(fabs(got - expected) <= 1e-5 * (1 + fabs(expected))))
                    fail_msg("%s: slope %d is %.9g, by differences %.9g", r.text[o], leaf[i], got,
                             expected);
                checked++;
                nonzero += expected != 0;
            }
        equation_destroy(e);
    }
    fsnn_free(value);
    assert_true(checked > 5000 && nonzero > 1500);
}

/* A further state's equation sees the spike: 0 as its derivative, the spike's own in the drive that
 * is left. */
static void spike_in_states(void **state)
{
    (void)state;
    static const struct {
        const char *dw, *after_w, *spike, *quiet, *drive;
        bool usual;
    } cases[] = {
        {"(-w + s)/tau", NULL, NULL, "-w/tau", "(-w + s)/tau", false},
        {"(-w + v)/tau", NULL, NULL, "(-w + v)/tau", "dw", true},
        {"s", NULL, NULL, "0", "s", false},
        {"v", NULL, NULL, "v", "dw", true},
        {"w*s - w", "dw + 2*s", NULL, "-w", "dw + 2*s", false},
        {"-w", "dw", NULL, "-w", "dw", true},
        {"exp(s)*w", NULL, "v + dw", "w", "exp(s)*w", false},
    };
    for (int i = 0; i < FSNN_COUNT(cases); i++) {
        CASE("cases[%d]", i);
        equation *e = tools_equation(
            (tools_texts){"-v", cases[i].spike, NULL, cases[i].dw, cases[i].after_w});
        assert_int_equal(e->node[EQUATION_D + 1], parsed(e->graph, cases[i].quiet));
        assert_int_equal(e->node[EQUATION_F + 1], parsed(e->graph, cases[i].drive));
        assert_int_equal(e->default_after[1], cases[i].usual);
        assert_true(e->default_after[0]);
        equation_destroy(e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grammar),       cmocka_unit_test(defaults),
        cmocka_unit_test(properties),    cmocka_unit_test(error_sentences),
        cmocka_unit_test(name_errors),   cmocka_unit_test(limits),
        cmocka_unit_test(out_of_memory), cmocka_unit_test(simplification),
        cmocka_unit_test(slopes),        cmocka_unit_test(operations),
        cmocka_unit_test(derivatives),   cmocka_unit_test(spike_in_states),
    };
    return cmocka_run_group_tests_name("neuron/equation", tests, NULL, NULL);
}
