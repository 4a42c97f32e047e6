/* fsnn simulate: neurons of descriptions with their dynamics, neurons of several states, what spike
 * tests compared, exact values that are exact, and tables that are printed whole or not at all. */
#include "shell.h"

#include <time.h>

/* ---- descriptions ---- */

/* The current that layer n gets in the network is that of the simulation. */
static const char network[] = "input: [1]\nlayers:\n  - linear: {out: 1, bias: false, name: w}\n"
                              "  - %s\ndynamics: %s\n";

/* What fsnn run makes of a network whose weight is 1 and whose input is 1.5. */
static void run_network(const char *layer, const char *dynamics, int steps, fsnn_arrays *result)
{
    char text[1024];
    fsnn_arrays list = {0};
    snprintf(text, sizeof text, network, layer, dynamics);
    folder_write_text("net.yaml", text);
    float *x = shell_add(&list, "x", FSNN_SHAPE(steps, 1, 1));
    for (int k = 0; k < steps; k++)
        x[k] = 1.5F;
    shell_save(&list, "x.npz");
    shell_add(&list, "w.weight", FSNN_SHAPE(1, 1))[0] = 1;
    shell_save(&list, "w.npz");
    shell_good("$F run net.yaml -w w.npz -i x.npz -o y.npz --record v,spikes --precision double");
    *result = shell_load("y.npz");
}

static const double *array_of(const fsnn_arrays *list, const char *name)
{
    const fsnn_array *array = fsnn_arrays_find(list, name);
    if (!array)
        fail_msg("there is no array %s", name);
    assert_int_equal(array->dtype, FSNN_F64);
    return array->data;
}

/* Potentials and spikes of the layer are those that the network has. */
static void layers_as_in_the_network(void **state)
{
    (void)state;
    enum { STEPS = 40 };
    static const char *const row[][3] = {
        {"lif: {tau: 2, name: n}", "{alpha: 0.5}", ""},
        {"lif: {tau: 2, reset: subtract, name: n}", "{alpha: 0.7, step: 0.5, memory: 8}", ""},
        {"lif: {tau: 2, reset: jump, name: n}", "{alpha: 0.7, step: 0.5, method: ml}", ""},
        {"if: {tau: 2, name: n}", "{alpha: 0.7, method: l1, implicit: true}", ""},
        {"lif: {tau: 2, name: n}", "{integrator: odeint, step: 0.25}", ""},
        {"lif: {tau: 2, name: n}",
         "{alpha: [0.3, 0.8], alpha_mode: multiterm, coefficients: [1, 0.5]}", ""},
        {"cuba: {tau: 2, params: {tau_syn: 3}, name: n}", "{alpha: 0.6}", "i"},
        {"alif: {tau: 2, fractional: [v, a], reset: subtract, name: n}", "{alpha: 0.6}", "a"},
        {"user: {dv: \"(-v + I - w)/tau\", dw: \"(-w + 2*s)/5\", w0: 0.1, tau: 2, name: n}",
         "{alpha: 0.6}", "w"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("%s, %s", row[i][0], row[i][1]);
        fsnn_arrays net, alone;
        run_network(row[i][0], row[i][1], STEPS, &net);
        double step = *(const double *)fsnn_arrays_find(&net, "step")->data;
        char line[256];
        snprintf(line, sizeof line,
                 "$F simulate --model net.yaml --time %g --no-figure -o alone.npz", STEPS * step);
        shell_good(line);
        shell_contains(shell_out,
                       "layer n of net.yaml, with its reset, method, alpha, step and memory", line);
        alone = shell_load("alone.npz");
        assert_memory_equal(array_of(&net, "v.n"), array_of(&alone, "v"), STEPS * sizeof(double));
        assert_memory_equal(array_of(&net, "spikes.n"), array_of(&alone, "spikes"),
                            STEPS * sizeof(double));
        if (*row[i][2]) {
            char name[32];
            snprintf(name, sizeof name, "state.%s", row[i][2]);
            array_of(&alone, name);
        }
        fsnn_arrays_free(&net);
        fsnn_arrays_free(&alone);
    }
}

/* Each order of a layer of its own. */
static void orders_layer_by_layer(void **state)
{
    (void)state;
    folder_write_text("two.yaml",
                      "input: [1]\nlayers:\n  - lif: {tau: 2, name: a}\n"
                      "  - lif: {tau: 2, name: b}\n"
                      "dynamics: {alpha: [0.9, 0.3], alpha_mode: per_layer, step: 0.5}\n");
    shell_good("$F simulate --model two.yaml --node b --no-figure -o b.csv");
    shell_good("head -1 b.csv | grep -qx 't,current,v.0.3,spike.0.3'");
    shell_good("test $(wc -l <b.csv) = 41");
    static const char options[] =
        "$F simulate --model two.yaml --node a --alpha 0.5 --step 0.1 --tau 3 --no-figure -o b.csv";
    shell_good(options);
    shell_contains(shell_out,
                   "with its reset, method and memory; from the options: alpha, step and tau",
                   options);
    shell_contains(shell_out, "tau 3, threshold 1, reset current; method gl, step 0.1", options);
    shell_contains(shell_out, "precision: double", options);
    shell_good("head -1 b.csv | grep -qx 't,current,v.0.5,spike.0.5'");
    shell_good("$F simulate --model two.yaml --node a --method euler --no-figure -o b.csv");
    shell_contains(shell_out, "from the options: method", "euler");
}

/* ---- several states on the command line ---- */

static void states_by_options(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"--neuron alif --reset subtract --w0 a=0.2 --fractional v,a",
         "--dv '(-v + I)/tau' --spike 'v + dv - threshold - beta*a' --dw 'a=(-a + s)/tau_a' "
         "--param tau_a=20 --param beta=1.8 --reset subtract --w0 a=0.2 --fractional v,a"},
        {"--neuron cuba", "--dv '(-v + i)/tau' --dw 'i = (-i + I)/tau_syn' --param tau_syn=2"},
        {"--dv '(-v + I - w)/tau' --dw '(-w + s)/4'",
         "--dv '(-v + I - w)/tau' --dw '-w/4' --after-spike-w 'w=dw + s/4'"},
    };
    static char first[1 << 20], other[1 << 20];
    for (int i = 0; i < FSNN_COUNT(same); i++)
        for (int side = 0; side < 2; side++) {
            char line[512];
            CASE("%s", same[i][side]);
            snprintf(line, sizeof line,
                     "$F simulate %s --alpha 1,0.6 --current 2 --no-figure -o same.csv",
                     same[i][side]);
            shell_good(line);
            shell_slurp("same.csv", side ? other : first, sizeof first);
            if (side)
                assert_string_equal(first, other);
        }
    static const char *const wrong[][2] = {
        {"--dw '-w'", "--dw is an equation of --neuron user, but the neuron is lif"},
        {"--w0 1", "a neuron of kind lif has no state but v"},
        {"--fractional v", "a neuron of kind lif has no state but v"},
        {"--neuron alif --w0 b=1", "kind alif has no state \"b\""},
        {"--dv '-v + w' --dw '-w' --dw 'I - w'", "the state w is there twice"},
        {"--dv '-v' --w0 1", "there is no state w: give its --dw"},
        {"--dv '-v + w' --dw '-w' --w0 x", "--w0 takes a number or NAME=NUMBER"},
        {"--dv '-v + w' --dw '-w' --after-spike-w 'u=1'", "there is no state u"},
        {"--dv '-v + w' --dw '-w' --fractional v,,w", "--fractional takes names of states"},
        {"--dv '-v + w' --dw '-w' --fractional u", "u"},
        {"--dv '-v' --dw 'a=-a' --dw 'b=-b' --dw 'c=-c' --dw 'd=-d'", "at most 3 states beside v"},
        {"--dv '-v + w' --dw '-w' --method ml", "ml"},
    };
    for (int i = 0; i < FSNN_COUNT(wrong); i++) {
        char line[256];
        snprintf(line, sizeof line, "$F simulate %s --no-figure -o wrong/", wrong[i][0]);
        shell_fails(line, 2, wrong[i][1]);
        assert_string_equal(shell_out, "");
    }
}

/* ---- what the spike tests compared ---- */

static void tests_are_recorded(void **state)
{
    (void)state;
    shell_good("$F simulate --neuron alif --reset current --tau 2 --step 1 --alpha 0.6 --current 3 "
               "--time 50 --param tau_a=5 --no-figure -o t.npz");
    fsnn_arrays list = shell_load("t.npz");
    const double *test = array_of(&list, "test"), *threshold = array_of(&list, "threshold");
    const double *spikes = array_of(&list, "spikes"), *a = array_of(&list, "state.a");
    int fired = 0;
    for (int k = 0; k < 50; k++) {
        assert_int_equal(test[k] >= threshold[k], spikes[k] != 0);
        assert_true(fabs(threshold[k] - 1 - 1.8 * (k ? a[k - 1] : 0)) < 1e-13);
        fired += spikes[k] != 0;
    }
    assert_true(fired > 5);
    fsnn_arrays_free(&list);
}

/* A million steps of an integrator that reaches its threshold every 100 of them: the rounding of
 * single precision loses spikes, that of double none. It may shift one by a step. */
static void millions_of_steps(void **state)
{
    (void)state;
    static const char *const resets[] = {"jump", "subtract", "delta"};
    for (int i = 0; i < FSNN_COUNT(resets); i++) {
        char line[512];
        fsnn_arrays list;
        snprintf(line, sizeof line,
                 "$F simulate --neuron if --alpha 1 --current constant:1 --step 0.01 --time 10000 "
                 "--reset %s --memory tolerance:1e-6 --no-figure -o m.npz",
                 resets[i]);
        shell_good(line);
        shell_contains(shell_out, "1000000 steps, time 10000; precision: double", line);
        list = shell_load("m.npz");
        const double *spikes = array_of(&list, "spikes");
        int fired = 0;
        for (int k = 0; k < 1000000; k++)
            if (spikes[k] != 0 && abs(k + 1 - 100 * ++fired) > 1)
                fail_msg("%s: spike %d at step %d", resets[i], fired, k + 1);
        assert_int_equal(fired, 10000);
        fsnn_arrays_free(&list);
    }
    shell_good("rm -f m.npz");
}

/* alpha, reset: the spikes with a memory by tolerance are those of full memory. */
static void memory_by_tolerance(void **state)
{
    (void)state;
    enum { STEPS = 8000 };
    static const char *const ways[] = {"jump --alpha 0.98",    "subtract --alpha 0.98",
                                       "delta --alpha 0.98",   "jump --alpha 0.9",
                                       "subtract --alpha 0.9", "delta --alpha 0.9"};
    for (int i = 0; i < FSNN_COUNT(ways); i++) {
        char line[512];
        fsnn_arrays full, far;
        static const char *const memory[] = {"full -o full.npz", "tolerance:1e-9 -o far.npz"};
        CASE("%s", ways[i]);
        for (int m = 0; m < 2; m++) {
            snprintf(line, sizeof line,
                     "$F simulate --neuron if --current constant:1 --step 0.01 --time 80 "
                     "--no-figure --reset %s --memory %s",
                     ways[i], memory[m]);
            shell_good(line);
        }
        full = shell_load("full.npz");
        far = shell_load("far.npz");
        assert_memory_equal(array_of(&full, "spikes"), array_of(&far, "spikes"),
                            STEPS * sizeof(double));
        fsnn_arrays_free(&full);
        fsnn_arrays_free(&far);
    }
}

/* A leaky neuron on its way to the steady state, in small steps: within 1e-9 of the exact
 * solution, where single precision ends at some 1e-6. */
static void relaxation(void **state)
{
    (void)state;
    for (double alpha = 0.5; alpha <= 1; alpha += 0.25) {
        char line[256];
        fsnn_arrays list;
        snprintf(line, sizeof line,
                 "$F simulate --neuron lif --reset none --method ml --current constant:0.75 --step "
                 "1e-4 --time 1 --alpha %g --no-figure -o r.npz",
                 alpha);
        shell_good(line);
        list = shell_load("r.npz");
        const double *v = array_of(&list, "v");
        for (int k = 0; k < 10000; k += 7) {
            double t = (k + 1) * 1e-4;
            double exact = 0.75 * (1 - fsnn_mittag_leffler(alpha, 1, -pow(t, alpha)));
            if (!(fabs(v[k] - exact) < 1e-9))
                fail_msg("alpha %g: %.17g at time %g, expected %.17g", alpha, v[k], t, exact);
        }
        fsnn_arrays_free(&list);
    }
}

/* What single precision gives, and a wrong name. */
static void precisions(void **state)
{
    (void)state;
    shell_good("$F simulate --time 1 --no-figure --precision single -o s.npz");
    shell_contains(shell_out, "precision: single", "single");
    fsnn_arrays list = shell_load("s.npz");
    assert_int_equal(fsnn_arrays_find(&list, "v")->dtype, FSNN_F32);
    assert_int_equal(fsnn_arrays_find(&list, "current")->dtype, FSNN_F32);
    fsnn_arrays_free(&list);
    shell_fails("$F simulate --precision doubel", 2,
                "--precision takes single or double, not \"doubel\"; did you mean double?");
}

static void tests_are_drawn(void **state)
{
    (void)state;
    static const char line[] =
        "$F simulate --neuron alif --reset current --tau 2 --step 1 --current 3 -o alif";
    shell_good(line);
    if (strstr(shell_err, "no figure"))
        skip();
    shell_good("grep -q 'v + dv, tested' alif.svg && grep -q threshold alif.svg");
    shell_good("$F simulate --time 5 -o jump && ! grep -q 'v + dv' jump.svg");
    shell_good("$F simulate --show resets -o res && grep -q 'v + dv, tested' res.svg");
}

/* ---- exact values, whole tables ---- */

/* The number in column `c` of the row that begins with `start`; NaN where it has a dash. */
static double cell(const char *start, int c)
{
    for (const char *line = shell_out; line; line = strchr(line, '\n')) {
        char *at = (char *)line + strspn(line, " \n"), *end;
        if (strncmp(at, start, strlen(start)) == 0 && at[strlen(start)] == ' ') {
            for (int i = 0; i < c; i++) {
                at += strspn(at, " ");
                at += strcspn(at, " ");
            }
            double value = strtod(at, &end);
            return end == at ? NAN : value;
        }
        line = line + (*line == '\n');
    }
    fail_msg("no row begins with %s in\n%s", start, shell_out);
    return NAN;
}

static void adaptation_knows_when_it_is_exact(void **state)
{
    (void)state;
    shell_good("$F simulate --show adaptation --alpha 0.8 --time 10 --no-figure");
    assert_true(isfinite(cell("0.8       3", 3)));
    shell_good("$F simulate --show adaptation --alpha 0.8 --time 10 --refractory 1 --no-figure");
    assert_true(isnan(cell("0.8       3", 3)));
}

/* Intervals of the classic neuron: tau log((I - r)/(I - threshold)), with the refractory period
 * where v is held. */
static void rates_are_exact(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        double I, interval;
    } row[] = {
        {"--reset value --method gl --refractory 0.5", 2, 0.69314718 + 0.5},
        {"--reset value --v-reset -1 --method gl", 2, 1.09861229},
        {"--reset restart --method ml --refractory 0.5", 2, 0.69314718 + 0.5},
        {"--reset restart --v0 0.5 --method ml", 2, 0.40546511},
        {"--reset subtract --method gl --refractory 0.5", 2, 0.69314718},
        {"--reset subtract --method gl --refractory 1", 2, 1},
        {"--neuron if --reset value --method gl --refractory 0.25", 2, 0.75},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        char line[256], current[16];
        CASE("%s", row[i].options);
        snprintf(line, sizeof line,
                 "$F simulate --show fi --alpha 1 --step 0.002 --time 100 --no-figure %s",
                 row[i].options);
        shell_good(line);
        snprintf(current, sizeof current, "%g", row[i].I);
        assert_true(isfinite(cell(current, 2)));
        assert_float_equal(cell(current, 2), 1 / row[i].interval, 1e-4);
        assert_float_equal(cell(current, 1), cell(current, 2), 0.015);
    }
    shell_good("$F simulate --show fi --alpha 1 --reset value --v-reset 1 --method gl --no-figure");
    assert_null(strstr(shell_out, "exact"));
}

/* Read off, the largest error of a weight is not above the one stated. */
static void weights_within_what_is_stated(void **state)
{
    (void)state;
    int rows = 0;
    shell_good("$F simulate --show weights --no-figure");
    const char *line = strstr(shell_out, "sum of exponentials");
    assert_non_null(line);
    for (line = strchr(strchr(line, '\n') + 1, '\n'); line && line[1];
         line = strchr(line + 1, '\n')) {
        double alpha, tolerance, largest, stated;
        int modes;
        assert_int_equal(
            sscanf(line, "%lf %lf %d %lf %lf", &alpha, &tolerance, &modes, &largest, &stated), 5);
        assert_true(largest <= stated && stated <= tolerance);
        rows++;
    }
    assert_int_equal(rows, 12);
}

/* Nothing is printed of what then fails. */
static void tables_are_whole(void **state)
{
    (void)state;
    static const char *const fails[] = {
        "--show adaptation --reset subtract",
        "--show adaptation --method trap --reset restart",
        "--show latency --method l1 --implicit --memory 5 --reset restart --method trap",
        "--show relaxation --alpha 1 --method gl --step 10 --time 10000",
        "--show relaxation --alpha 0.5,1 --method gl --step 10 --time 10000",
        "--show fi --reset subtract",
        "--show resets --method trap",
    };
    for (int i = 0; i < FSNN_COUNT(fails); i++) {
        char line[256];
        snprintf(line, sizeof line, "$F simulate %s --no-figure -o fails/", fails[i]);
        if (shell(line) == 0)
            fail_msg("%s was to fail", line);
        CASE("%s", line);
        assert_string_equal(shell_out, "");
    }
}

/* A step that is stable and yet overshoots is warned of, with what works; which works. The
 * potential of this neuron reaches the threshold at 5.8e5. */
static void overshoot_is_warned_of(void **state)
{
    (void)state;
    static const char *const works[] = {"--implicit", "--method ml"};
    static const char line[] =
        "$F simulate --alpha 0.05 -c constant:1.5 --reset restart --no-figure -o small.csv";
    shell_good(line);
    shell_contains(shell_err, "warning: ", line);
    shell_contains(shell_err, "without overshooting", line);
    shell_contains(shell_err, "`implicit: true` or the method ml", line);
    for (int i = 0; i < FSNN_COUNT(works); i++) {
        char text[160];
        snprintf(text, sizeof text, "%s %s", line, works[i]);
        shell_good(text);
        assert_null(strstr(shell_err, "warning: "));
        assert_float_equal(cell("0.05", 1), 0, 0);
    }
}

/* Runs by the dozen say the same of each order once, and of many orders no more than that. */
static void warnings_are_few(void **state)
{
    (void)state;
    shell_good("$F simulate --show latency --method gl --step 1 --tau 0.2 --no-figure");
    int lines = 0;
    for (const char *at = shell_err; (at = strstr(at, "warning: ")); at++)
        lines++;
    assert_in_range(lines, 2, 9);
    shell_contains(shell_err, "more runs have such warnings", "latency");
    shell_good("$F simulate --show resets --step 0.5 --tau 0.2 --no-figure");
    const char *first = strstr(shell_err, "explicit gl is stable at alpha 0.6");
    assert_non_null(first);
    assert_null(strstr(first + 1, "explicit gl is stable at alpha 0.6"));
}

/* ---- a sign of life ---- */

/* A run of more than a second, on a terminal that script(1) makes; piped it says nothing. */
static void progress_on_a_terminal(void **state)
{
    (void)state;
    static const char long_run[] = "simulate --time 800 --no-figure -o long.csv";
    char line[256];
    if (shell("command -v script") != 0)
        skip();
    snprintf(line, sizeof line, "TERM=xterm script -qec \"$F %s\" typed >/dev/null", long_run);
    shell_good(line);
    snprintf(line, sizeof line, "$F %s", long_run);
    time_t begun = time(NULL);
    shell_good(line);
    double took = difftime(time(NULL), begun);
    assert_null(strchr(shell_err, '\r'));
    static char typed[1 << 16];
    shell_slurp("typed", typed, sizeof typed);
    char *shown = strstr(typed, "alpha 0.5: time ");
    if (!shown && took < 2)
        skip(); /* a machine that needs less than a second */
    assert_non_null(shown);
    for (char *next; (next = strstr(shown + 1, "alpha 0.5: time "));)
        shown = next;
    shell_contains(shown, "\r\033[K", "the line is taken away");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_as_in_the_network),
        cmocka_unit_test(orders_layer_by_layer),
        cmocka_unit_test(states_by_options),
        cmocka_unit_test(tests_are_recorded),
        cmocka_unit_test(millions_of_steps),
        cmocka_unit_test(memory_by_tolerance),
        cmocka_unit_test(relaxation),
        cmocka_unit_test(precisions),
        cmocka_unit_test(tests_are_drawn),
        cmocka_unit_test(adaptation_knows_when_it_is_exact),
        cmocka_unit_test(rates_are_exact),
        cmocka_unit_test(weights_within_what_is_stated),
        cmocka_unit_test(tables_are_whole),
        cmocka_unit_test(overshoot_is_warned_of),
        cmocka_unit_test(warnings_are_few),
        cmocka_unit_test(progress_on_a_terminal),
    };
    return cmocka_run_group_tests(tests, shell_start, folder_remove);
}
