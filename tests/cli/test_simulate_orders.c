/* fsnn simulate: every method has its documented order under a current that varies, sampled where
 * the method takes it. Exact for lif from rest under I = c t:
 * v = c/tau t^(1 + alpha) E_{alpha, 2 + alpha}(-t^alpha/tau). */
#include "shell.h"

static const double duration = 2, slope = 2;

static double last_potential(const char *options, double step)
{
    static char text[1 << 16];
    char line[512];
    double t, current, v;
    snprintf(line, sizeof line,
             "$F simulate --tau 1 --reset none --threshold 1e6 --time %g --step %g --no-figure "
             "-o o.csv --current %s",
             duration, step, options);
    shell_good(line);
    shell_slurp("o.csv", text, sizeof text - 1);
    text[strlen(text) - 1] = '\0'; /* the last newline */
    const char *row = strrchr(text, '\n');
    assert_non_null(row);
    assert_int_equal(sscanf(row, " %lf,%lf,%lf", &t, &current, &v), 3);
    assert_float_equal(t, duration, 1e-9);
    return v;
}

static double order_of(const char *options, double exact)
{
    double coarse = fabs(last_potential(options, 0.05) - exact);
    double fine = fabs(last_potential(options, 0.025) - exact);
    return log2(coarse / fine);
}

static double ramp(double alpha)
{
    return slope * pow(duration, 1 + alpha) *
           fsnn_mittag_leffler(alpha, 2 + alpha, -pow(duration, alpha));
}

static double first(double alpha)
{
    (void)alpha;
    return 1;
}

static double second(double alpha)
{
    (void)alpha;
    return 2;
}

static double one_and_alpha(double alpha)
{
    return 1 + alpha;
}

static double two_less_alpha(double alpha)
{
    return 2 - alpha;
}

static const struct {
    const char *method;
    double (*order)(double alpha);
    bool integer;
} methods[] = {
    {"gl", first, false},         {"gl --implicit", first, false},
    {"l1", first, false},         {"l1 --implicit", two_less_alpha, false},
    {"ab", first, false},         {"ab --implicit", first, false},
    {"trap", second, false},      {"abm", one_and_alpha, false},
    {"ml", one_and_alpha, false}, /* exact where the current holds over each step */
    {"euler", first, true},       {"heun", second, true},
    {"rk4", second, true}, /* whose 4 is that of a current that holds */
};

static void orders_of_methods(void **state)
{
    (void)state;
    static const double alphas[] = {0.5, 0.8, 1};
    for (int i = 0; i < FSNN_COUNT(methods); i++)
        for (int a = methods[i].integer ? 2 : 0; a < FSNN_COUNT(alphas); a++) {
            char options[128];
            double alpha = alphas[a], wanted = methods[i].order(alpha);
            snprintf(options, sizeof options, "ramp:0:%g --method %s --alpha %g", slope * duration,
                     methods[i].method, alpha);
            double order = order_of(options, ramp(alpha));
            if (fabs(order - wanted) > 0.15)
                fail_msg("%s: order %.2f, documented %.2f", options, order, wanted);
        }
}

/* A jump on the grid costs no order: I from time 0.5 on gives I (1 - E_alpha(-(t - 0.5)^alpha)). */
static void orders_at_a_jump(void **state)
{
    (void)state;
    for (double alpha = 0.5; alpha <= 1; alpha += 0.25) {
        char options[128];
        double exact = 3 * (1 - fsnn_mittag_leffler(alpha, 1, -pow(duration - 0.5, alpha)));
        snprintf(options, sizeof options, "step:3@0.5 --method trap --alpha %g", alpha);
        double order = order_of(options, exact);
        if (order < 0.85 + alpha)
            fail_msg("%s: order %.2f, documented %.2f", options, order, 1 + alpha);
        snprintf(options, sizeof options, "step:3@0.5 --method ml --alpha %g", alpha);
        assert_float_equal(last_potential(options, 0.05), exact, 1e-5);
    }
}

/* Where the samples lie: the beginning, the middle or the end of each step. */
static void samples(void **state)
{
    (void)state;
    static const struct {
        const char *how, *current;
    } rows[] = {
        {"ramp:0:4 --method gl", "0,1,2,3"},
        {"ramp:0:4 --method gl --implicit", "1,2,3,4"},
        {"ramp:0:4 --method abm", "1,2,3,4"},
        {"ramp:0:4 --method ml", "0.5,1.5,2.5,3.5"},
        {"sine:1:0.25 --method rk4 --alpha 1",
         "0.70710678118654752,0.70710678118654752,-0.70710678118654752,-0.70710678118654752"},
        {"sine:1:0.25 --method trap", "1,0,-1,0"},
        {"step:2@1-3 --method gl", "0,2,2,0"},
        {"step:2@1-3 --method gl --implicit", "0,2,2,0"},
        {"step:2@1-3 --method ml", "0,2,2,0"},
        {"step:2@1-3 --method trap", "1,2,1,0"},
        {"step:2@0 --method trap", "2,2,2,2"},
    };
    for (int i = 0; i < FSNN_COUNT(rows); i++) {
        char line[256];
        snprintf(line, sizeof line,
                 "$F simulate --step 1 --time 4 --no-figure -o s.csv -q --current %s && cut -d, "
                 "-f2 s.csv | tail -n +2 | paste -sd,",
                 rows[i].how);
        shell_good(line);
        const char *out = strrchr(shell_out, '\n');
        assert_non_null(out);
        while (out > shell_out && out[-1] != '\n')
            out--;
        const char *wanted = rows[i].current;
        for (int k = 0; k < 4; k++) {
            char *rest, *end;
            if (!(fabs(strtod(out, &rest) - strtod(wanted, &end)) < 1e-12))
                fail_msg("%s: %s, wanted %s", rows[i].how, out, wanted);
            out = rest + 1;
            wanted = end + 1;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_of_methods),
        cmocka_unit_test(orders_at_a_jump),
        cmocka_unit_test(samples),
    };
    return cmocka_run_group_tests(tests, shell_start, folder_remove);
}
