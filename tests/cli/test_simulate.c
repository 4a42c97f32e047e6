/* fsnn simulate: spikes where closed forms put them, files, currents, ready-made tables, and what
 * wrong options are told. */

#include "shell.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { COLUMNS = 32, ROWS = 4096 };

/* A table of numbers with a line of names. */
static struct {
    char name[COLUMNS][32];
    int columns, rows;
    double value[ROWS][COLUMNS];
} csv;

static void read_csv(const char *path)
{
    static char text[1 << 20];
    char *rest = text, *line, *cells;
    shell_slurp(path, text, sizeof text);
    csv.columns = csv.rows = 0;
    line = strtok_r(rest, "\n", &rest);
    for (char *cell = strtok_r(line, ",", &cells); cell; cell = strtok_r(NULL, ",", &cells))
        snprintf(csv.name[csv.columns++], sizeof csv.name[0], "%s", cell);
    while ((line = strtok_r(NULL, "\n", &rest))) {
        int c = 0;
        assert_true(csv.rows < ROWS);
        for (char *cell = strtok_r(line, ",", &cells); cell; cell = strtok_r(NULL, ",", &cells))
            csv.value[csv.rows][c++] = strtod(cell, NULL);
        assert_int_equal(c, csv.columns);
        csv.rows++;
    }
}

static int column(const char *name)
{
    for (int c = 0; c < csv.columns; c++) {
        if (strcmp(csv.name[c], name) == 0)
            return c;
    }
    fail_msg("there is no column %s", name);
    return -1;
}

/* Times of the spikes in a column; returns how many. */
static int spikes(const char *name, double *t)
{
    int c = column(name), count = 0;
    for (int k = 0; k < csv.rows; k++) {
        if (csv.value[k][c] != 0)
            t[count++] = csv.value[k][0];
    }
    return count;
}

static void csv_columns(void **state)
{
    (void)state;
    static const char *const names[] = {"t", "current", "v.0.8", "spike.0.8", "v.0.5", "spike.0.5"};
    shell_good("$F simulate --alpha 0.8,0.5 --step 0.1 --time 2 --no-figure -o a");
    shell_contains(shell_out, "spikes", "summary");
    read_csv("a.csv");
    assert_int_equal(csv.columns, 6);
    assert_int_equal(csv.rows, 20);
    for (int c = 0; c < 6; c++)
        assert_string_equal(csv.name[c], names[c]);
    assert_float_equal(csv.value[0][0], 0.1, 1e-12); /* the end of the first step */
    assert_float_equal(csv.value[0][1], 1.5, 1e-12);
    assert_float_equal(csv.value[0][4], 1.5 * sqrt(0.1), 1e-6); /* gl: h^alpha I / tau */
    assert_int_equal(access(folder_path("a.png"), F_OK), -1);
}

/* An if neuron with reset jump spikes at (k threshold tau Gamma(1+alpha)/I)^(1/alpha); ml is exact,
 * so the spike stands at the end of the step that holds this time. */
static void jump_times(void **state)
{
    (void)state;
    static const double alphas[] = {1, 0.8, 0.5};
    double t[ROWS];
    shell_good("$F simulate --neuron if --tau 2 --threshold 0.5 --method ml --alpha 1,0.8,0.5 "
               "--current 1.3 --step 0.01 --time 20 --no-figure -o jump");
    read_csv("jump.csv");
    for (size_t a = 0; a < COUNT(alphas); a++) {
        char name[32];
        double alpha = alphas[a];
        snprintf(name, sizeof name, "spike.%g", alpha);
        int count = spikes(name, t);
        double last = 1.3 / (0.5 * 2 * tgamma(1 + alpha)) * pow(20, alpha);
        assert_in_range(count, (int)(last - 0.05), (int)(last + 0.05));
        for (int k = 1; k <= count; k++) {
            double exact = pow(k * 0.5 * 2 * tgamma(1 + alpha) / 1.3, 1 / alpha);
            if (t[k - 1] < exact - 1e-4 || t[k - 1] > exact + 0.0101)
                fail_msg("alpha %g: spike %d at %g, exact %g", alpha, k, t[k - 1], exact);
        }
    }
}

/* The first spike of the classic neuron, tau log(I/(I - threshold)), and its constant intervals. */
static void classic_neuron(void **state)
{
    (void)state;
    static const char *const how[] = {
        "--reset value --method gl",    "--reset value --method gl --implicit",
        "--reset jump --method ml",     "--reset jump --method trap",
        "--reset subtract --method gl", "--reset value --method euler",
        "--reset jump --method rk4",    "--reset delta --method ab",
    };
    double t[ROWS], exact = 2 * log(1.5 / (1.5 - 1.0));
    for (size_t i = 0; i < COUNT(how); i++) {
        char line[256];
        snprintf(line, sizeof line,
                 "$F simulate %s --alpha 1 --tau 2 --current constant:1.5 --step 0.01 "
                 "--time 20 --no-figure -o classic",
                 how[i]);
        shell_good(line);
        read_csv("classic.csv");
        int count = spikes("spike.1", t);
        assert_int_equal(count, 9);
        assert_float_equal(t[0], exact, 0.0201);
        for (int k = 1; k < count; k++)
            assert_float_equal(t[k] - t[k - 1], exact, 0.0201);
    }
}

/* The summary has the numbers of the file. */
static void summary(void **state)
{
    (void)state;
    double t[ROWS], first, rate, isi, last;
    int n;
    shell_good("$F simulate --alpha 0.6 --time 10 --current 3 --no-figure -o s");
    read_csv("s.csv");
    int count = spikes("spike.0.6", t);
    const char *row = strstr(shell_out, "\n     0.6");
    assert_non_null(row);
    assert_int_equal(sscanf(row, " 0.6 %d %lf %lf %lf %lf", &n, &first, &rate, &isi, &last), 5);
    assert_int_equal(n, count);
    assert_true(count > 2);
    assert_float_equal(first, t[0], 1e-5);
    assert_float_equal(rate, count / 10.0, 1e-6);
    assert_float_equal(isi, t[1] - t[0], 1e-5);
    assert_float_equal(last, t[count - 1] - t[count - 2], 1e-5);
    shell_good("$F simulate --current 0.5 --time 1 --no-figure -o s");
    shell_contains(shell_out, "     0.5       0            -            0            -", "silence");
}

/* Each current at the start of its steps. */
static void currents(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        double value[4];
    } row[] = {
        {"2.5", {2.5, 2.5, 2.5, 2.5}},
        {"constant:-1", {-1, -1, -1, -1}},
        {"step:2@0.1", {0, 2, 2, 2}},
        {"step:2@0.1-0.3", {0, 2, 2, 0}},
        {"ramp:1:3", {1, 1.5, 2, 2.5}},
        {"sine:2:2.5", {0, 2, 0, -2}},
        {"sine:2:2.5:1", {1, 3, 1, -1}},
        {"noise:1.5:0", {1.5, 1.5, 1.5, 1.5}},
        {"square:2:5:-1", {1, -1, 1, -1}},
        {"square:4:2.5:0:0.75", {4, 4, 4, 0}},
        {"white:1.5:0", {1.5, 1.5, 1.5, 1.5}},
        {"spikes:0.3@0.1,0.15,0.3", {0, 6, 0, 3}},
        {"1e+0+step:2@0.1+sine:2:2.5", {1, 5, 3, 1}},
        {"chirp:1:0:10:2", {2, 2.7071067811865475, 2, 2.7071067811865475}},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        char line[256];
        snprintf(line, sizeof line,
                 "$F simulate --step 0.1 --time 0.4 --no-figure -o c --current %s", row[i].what);
        shell_good(line);
        read_csv("c.csv");
        assert_int_equal(csv.rows, 4);
        for (int k = 0; k < 4; k++)
            assert_float_equal(csv.value[k][1], row[i].value[k], 1e-6);
    }
}

/* The cell of docs/neurons.md: an interval lasts 20 ln(24/4) = 35.835 ms from the beginning of the
 * current on, a rate of 27.9 Hz. */
static void own_units(void **state)
{
    (void)state;
    double t[ROWS], interval = 20 * log(24.0 / 4);
    shell_good("$F simulate --alpha 1 --rest -70 --threshold -50 --resistance 40 --tau 20 --step "
               "0.2 --time 500 --reset value --current step:0.6@50 "
               "--units time=ms,potential=mV,current=nA -o cell");
    read_csv("cell.csv");
    int count = spikes("spike.1", t);
    assert_int_equal(count, 12);
    assert_float_equal(t[0], 50 + interval, 0.4);
    assert_float_equal(t[5] - t[4], interval, 0.4);
    assert_float_equal(csv.value[0][column("v.1")], -70, 1e-9);
    shell_contains(shell_out, "rest -70, resistance 40", "the neuron");
    shell_contains(shell_out, "time in ms, potential in mV, current in nA, rates in Hz", "units");
    int n;
    double first, rate;
    const char *row = strstr(shell_out, "\n       1 ");
    assert_non_null(row);
    assert_int_equal(sscanf(row, " 1 %d %lf %lf", &n, &first, &rate), 3);
    assert_float_equal(rate, 12 / 0.5, 1e-6);
    shell_fails("$F simulate --units time=hours", 2, "time takes s, ms, us");
    shell_fails("$F simulate --units length=m", 2, "expected time=, potential= and current=");
    shell_fails("$F simulate --rest -70 --threshold -80", 2, "not above the resting potential");
    shell_fails("$F simulate --rest -70 --neuron qif", 2, "of kinds lif, if and noisy");
    shell_fails("$F simulate --threshold -1", 2, "threshold");
    shell_fails("$F simulate --current square:1:0", 2, "FREQUENCY is above 0");
    shell_fails("$F simulate --current spikes:1@2,1", 2, "times from 0 on that ascend");
    shell_fails("$F simulate --current 1+file:three.csv", 2, "first part of a sum");
}

/* The layer of docs/neurons.md is that cell, too. */
static void layer_in_own_units(void **state)
{
    (void)state;
    NEEDS("YAML");
    double plain[ROWS], layer[ROWS];
    folder_write_text("cell.yaml", "input: [1]\n"
                                   "layers:\n"
                                   "  - user:\n"
                                   "      name: cell\n"
                                   "      dv: \"(-(v - E) + R*I)/tau\"\n"
                                   "      spike: \"v + dv - (E + threshold)\"\n"
                                   "      params: {E: -70, R: {value: 40, learn: true}}\n"
                                   "      tau: 20\n"
                                   "      threshold: 20\n"
                                   "      v0: -70\n"
                                   "      reset: value\n"
                                   "      v_reset: -65\n"
                                   "dynamics: {alpha: 0.8, step: 0.2}\n");
    shell_good("$F simulate --model cell.yaml --current constant:0.8 --time 300 -o layer");
    read_csv("layer.csv");
    int count = spikes("spike.0.8", layer);
    assert_in_range(count, 3, ROWS);
    shell_good("$F simulate --alpha 0.8 --rest -70 --threshold -50 --resistance 40 --v-reset -65 "
               "--tau 20 --step 0.2 --time 300 --reset value --current constant:0.8 -o plain");
    read_csv("plain.csv");
    assert_int_equal(spikes("spike.0.8", plain), count);
    for (int i = 0; i < count; i++)
        assert_float_equal(layer[i], plain[i], 1e-9);
}

/* A quadratic cell in mV whose upstroke ends at 0 mV: its first interval at alpha 1 is that of
 * tests/net/test_peak.c. */
static void ends_at_a_peak(void **state)
{
    (void)state;
    double t[ROWS], m = -52.5, w = sqrt(12 / 0.0625 - 15.0 * 15.0 / 4),
                    interval = 10 / (0.0625 * w) * (atan((0 - m) / w) - atan((-65 - m) / w));
    shell_good("$F simulate --neuron qif --v-peak 0 --v-reset -65 --v0 -60 --param a=0.0625 "
               "--param rest=-60 --param critical=-45 --tau 10 --step 0.04 --time 120 --alpha 1 "
               "--current constant:12 -o peak");
    shell_contains(shell_out, "v_peak 0", "the neuron");
    read_csv("peak.csv");
    int count = spikes("spike.1", t);
    assert_in_range(count, 3, ROWS);
    assert_float_equal(t[2] - t[1], interval, 0.02 * interval);
    shell_good("$F simulate --dv \"(v^2 + I)/tau\" --v-peak 5 --time 8 --no-figure -o user");
    shell_contains(shell_out, "v_peak 5, reset value", "value is the usual reset beside a peak");
    shell_fails("$F simulate --v-peak 1", 2, "--v-peak is of qif, eif and user");
    shell_fails("$F simulate --neuron qif --v-peak 1 --threshold 1", 2, "give one of them");
    shell_fails("$F simulate --neuron qif --v-peak 1 --reset jump", 2, "but the reset is jump");
}

/* The same cell in tables: 27.9 Hz under 0.6 nA, the first spike after 35.835 ms. */
static void tables_in_own_units(void **state)
{
    (void)state;
    shell_good("$F simulate --show fi --method gl --rest -70 --threshold -50 --resistance 40 --tau "
               "20 --step "
               "0.2 --time 500 --reset value --alpha 1 --current ramp:0.15:0.6 --no-figure "
               "--units time=ms,potential=mV,current=nA");
    shell_contains(shell_out, "rest -70, resistance 40", "the neuron");
    shell_contains(shell_out, "rates in Hz", "units");
    double current, rate, exact;
    const char *row = strstr(shell_out, "\n          0.6");
    assert_non_null(row);
    assert_int_equal(sscanf(row, " %lf %lf %lf", &current, &rate, &exact), 3);
    assert_float_equal(exact, 1000 / (20 * log(24.0 / 4)), 1e-3);
    assert_float_equal(rate, 26, 0.1); /* 13 spikes in 500 ms */
    shell_good("$F simulate --show latency --rest -70 --threshold -50 --resistance 40 --tau 20 "
               "--alpha 1 --current constant:0.6 --units time=ms -o latency");
    shell_contains(shell_out, "35.83", "the first spike");
    shell_contains(shell_out, "rest -70, resistance 40, method ml; time in ms", "the neuron");
    shell_good("$F simulate --show adaptation --rest -70 --threshold -50 --resistance 40 --tau 20 "
               "--alpha 1 --current constant:0.6 --units time=ms -o adaptation");
    shell_contains(shell_out, "16.66", "the first spike: (threshold - rest) tau / (R I)");
    shell_good("$F simulate --show relaxation --rest -70 --resistance 40 --tau 20 --alpha 1 "
               "--current constant:0.6 --units potential=mV -o relaxation");
    shell_contains(shell_out, "from v0 = -70 to rest + R I = -46", "the steady state");
    shell_good("$F simulate --show resets --rest -70 --threshold -50 --resistance 40 --tau 20 "
               "--alpha 1 --time 200 --current constant:0.6 -o resets");
    shell_fails("$F simulate --show weights --rest -70", 2, "--rest does nothing");
    shell_fails("$F simulate --show surrogates --units time=ms", 2, "--units does nothing");
    shell_fails("$F simulate --show latency --rest -70 --v0 0 --threshold -50", 2, "at rest");
}

static void noise(void **state)
{
    (void)state;
    static const char line[] =
        "$F simulate --current noise:1:2 --neurons 3 --step 0.01 --time 20 --no-figure --seed %d "
        "-o %s";
    char text[256];
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof text, line, i == 2 ? 8 : 7, i == 0 ? "n0" : i == 1 ? "n1" : "n2");
        shell_good(text);
    }
    shell_good("cmp n0.csv n1.csv");
    assert_int_equal(shell("cmp -s n0.csv n2.csv"), 1);
    read_csv("n0.csv");
    assert_int_equal(csv.columns, 1 + 3 + 6);
    int a = column("current[0]"), b = column("current[1]");
    double sum = 0, square = 0, product = 0;
    for (int k = 0; k < csv.rows; k++) {
        sum += csv.value[k][a] / csv.rows;
        square += pow(csv.value[k][a] - 1, 2) / csv.rows;
        product += (csv.value[k][a] - 1) * (csv.value[k][b] - 1) / csv.rows;
    }
    assert_float_equal(sum, 1, 0.2); /* 2000 numbers: 4 standard errors are 0.18, 0.5, 0.36 */
    assert_float_equal(square, 4, 0.55);
    assert_float_equal(product, 0, 0.4);
    assert_int_equal(column("v.0.5[2]"), 1 + 3 + 4);
}

static void files(void **state)
{
    (void)state;
    folder_write_text("plain.csv", "1\n2\n\n# a remark\n3\n");
    shell_good("$F simulate --current file:plain.csv --no-figure -o f");
    read_csv("f.csv");
    assert_int_equal(csv.rows, 3);
    assert_float_equal(csv.value[2][1], 3, 0);
    folder_write_text("named.csv", "t,current,other\r\n0,4,9\r\n1,5,9\r\n");
    shell_good("$F simulate --current file:named.csv --step 1 --neurons 2 --no-figure -o f");
    read_csv("f.csv");
    assert_float_equal(csv.value[1][column("current[0]")], 5, 0);
    assert_float_equal(csv.value[1][column("current[1]")], 5, 0); /* one column serves all */
    folder_write_text("two.csv", "a,b\n1,2\n3,4\n5,6\n");
    shell_good("$F simulate --current file:two.csv --time 0.02 --no-figure -o f");
    read_csv("f.csv");
    assert_int_equal(csv.rows, 2);
    assert_float_equal(csv.value[1][column("current[1]")], 4, 0);
    /* what was written can be read again, as CSV and as NPZ */
    shell_good("$F simulate --current sine:2:1:1 --alpha 0.7 --no-figure -o back.csv");
    shell_good("$F simulate --current sine:2:1:1 --alpha 0.7 --no-figure -o back.npz");
    shell_good("$F simulate --current file:back.csv --alpha 0.7 --no-figure -o again");
    shell_good("cmp back.csv again.csv");
    shell_good("$F simulate --current file:back.npz --alpha 0.7 --no-figure -o again");
    shell_good("cmp back.csv again.csv");
    shell_fails("$F simulate --current file:back.csv --alpha 0.5 --no-figure -o ./back", 2,
                "./back.csv is the file of the current");
    shell_good("cmp back.csv again.csv");
    shell_good("$F simulate --current file:back.csv --alpha 0.7 --no-figure --format npz -o back");
}

/* A column of times is the speed at which a file plays, whatever the step. */
static void files_with_times(void **state)
{
    (void)state;
    folder_write_text("t.csv", "# so\nTime; current ;x\n5;0;9\n6;2;9\n8;-2;9\n");
    shell_good("$F simulate --current file:t.csv --step 0.5 --alpha 0.5 --no-figure -o f");
    read_csv("f.csv");
    assert_int_equal(csv.rows, 9); /* 3, and the last row as long as the others in the mean, 1.5 */
    static const double want[9] = {0, 1, 2, 1, 0, -1, -2, -2, -2};
    for (int k = 0; k < 9; k++)
        assert_float_equal(csv.value[k][column("current")], want[k], 1e-6);
    shell_fails(
        "$F simulate --current file:t.csv --step 0.5 --time 5 --no-figure -o f", 2,
        "--time 5 takes 10 steps of 0.5, but t.csv holds 9: leave --time out or take at most 4.5");
    /* what fsnn writes plays at its own speed, with the same and with another step */
    shell_good(
        "$F simulate --current ramp:0:2 --step 0.1 --time 2 --alpha 0.5 --no-figure -o slow");
    shell_good("$F simulate --current file:slow.csv --step 0.1 --alpha 0.5 --no-figure -o again");
    shell_good("cmp slow.csv again.csv");
    shell_good("$F simulate --current file:slow.csv --step 0.05 --alpha 0.5 --no-figure -o fast");
    read_csv("fast.csv");
    assert_int_equal(csv.rows, 40);
    assert_float_equal(csv.value[39][0], 2, 1e-6);
    for (int k = 0; k < 39; k++)
        assert_float_equal(csv.value[k][column("current")], 0.05 * k, 1e-6);
    shell_good("$F simulate --current ramp:0:2 --step 0.1 --time 2 --alpha 0.5 --no-figure "
               "--format npz -o slow");
    shell_good("$F simulate --current file:slow.npz --step 0.05 --alpha 0.5 --no-figure -o again");
    read_csv("again.csv");
    assert_int_equal(csv.rows, 40);
    for (int k = 0; k < 39; k++)
        assert_float_equal(csv.value[k][column("current")], 0.05 * k, 1e-6);
    /* several neurons have a column each */
    shell_good("$F simulate --current noise:1:1 --neurons 3 --step 0.1 --time 1 --alpha 0.4,0.8 "
               "--no-figure -o three");
    shell_good(
        "$F simulate --current file:three.csv --step 0.1 --alpha 0.4,0.8 --no-figure -o again");
    shell_good("cmp three.csv again.csv");
}

static void npz(void **state)
{
    (void)state;
    shell_good("$F simulate --alpha 0.9,0.4 --neurons 3 --current noise:2:1 --time 1 --format npz "
               "--no-figure -o out/");
    shell_good(
        "$F simulate --alpha 0.9,0.4 --neurons 3 --current noise:2:1 --time 1 --no-figure -o "
        "out/");
    fsnn_arrays list = shell_load("out/simulation.npz");
    static const struct {
        const char *name;
        fsnn_shape shape;
    } wanted[] = {{"t", {1, {100}}},
                  {"alpha", {1, {2}}},
                  {"current", {2, {100, 3}}},
                  {"v", {3, {2, 100, 3}}},
                  {"spikes", {3, {2, 100, 3}}}};
    for (size_t i = 0; i < COUNT(wanted); i++) {
        CASE("wanted[%zu]", i);
        const fsnn_array *array = fsnn_arrays_find(&list, wanted[i].name);
        assert_non_null(array);
        assert_true(fsnn_shape_equal(&array->shape, &wanted[i].shape));
    }
    read_csv("out/simulation.csv");
    assert_int_equal(fsnn_arrays_find(&list, "v")->dtype, FSNN_F64);
    const double *v = fsnn_arrays_find(&list, "v")->data;
    int c = column("v.0.4[2]");
    for (int k = 0; k < 100; k++)
        assert_true(v[(100 + k) * 3 + 2] == csv.value[k][c]); /* 17 digits tell all apart */
    fsnn_arrays_free(&list);
}

/* An equation is the kind that it says; so is the layer of a description, whose options the command
 * line may change. */
static void neurons(void **state)
{
    (void)state;
    NEEDS("YAML");
    static char first[1 << 20], other[1 << 20];
    static const char *const same[][2] = {
        {"--tau 2", "--dv '(-v + I)/tau' --tau 2"},
        {"--neuron if --reset restart", "--dv I/tau --reset restart"},
        {"--neuron qif --tau 3",
         "--dv '(a*(v - 0)*(v - c) + I)/tau' --param a=1 --param c=0.5 --tau 3 --reset value"},
        {"--neuron qif --param critical=0.3", "--model net.yaml --node q --tau 1"},
        {"--neuron hard_lif --param kappa=3 --tau 2",
         "--dv '(-v + I)/tau' --after-spike 'dv - s*kappa*v/tau' --param kappa=3 --tau 2"},
        {"--tau 2.5 --threshold 0.7 --reset subtract", "--model net.yaml --node a"},
        {"--tau 4 --threshold 0.7 --reset value --v-reset -0.1",
         "--model net.yaml --node a --set a.tau=4 --reset value --v-reset -0.1"},
        {"--dv '(-a*v^2 + I)/tau' --param a=0.3 --tau 2 --reset jump",
         "--model net.yaml --node u --param a=0.3"},
        {"--neuron noisy", "--gamma 0.2"},
        {"--neuron noisy --gamma 1e-6", ""},
        {"--neuron noisy --seed 3 --tau 2", "--model net.yaml --node n --seed 3"},
    };
    folder_write_text(
        "net.yaml",
        "input: 3\nlayers:\n"
        "  - lif: {tau: 2.5, threshold: {value: 0.7, learn: true}, reset: subtract, name: a}\n"
        "  - user: {dv: \"(-a*v^2 + I)/tau\", params: {a: 0.2}, tau: 2, reset: jump, name: u}\n"
        "  - qif: {params: {critical: 0.3}, reset: value, name: q}\n"
        "  - noisy: {noise: {mode: concrete}, reset: jump, name: n}\n"
        "dynamics: {alpha: 0.9}\n");
    for (size_t i = 0; i < COUNT(same); i++) {
        char line[512];
        for (int side = 0; side < 2; side++) {
            snprintf(
                line, sizeof line,
                "$F simulate %s --alpha 1,0.6 --step 0.01 --time 12 --current 1.3 --no-figure -o "
                "same",
                same[i][side]);
            shell_good(line);
            shell_slurp("same.csv", side ? other : first, sizeof first);
        }
        if (strcmp(first, other) != 0)
            fail_msg("%s and %s differ", same[i][0], same[i][1]);
        read_csv("same.csv");
        double t[ROWS];
        assert_true(spikes("spike.1", t) > 0);
    }
}

/* tau v' = -v^2 + I from 0: v = sqrt(I) tanh(sqrt(I) t/tau). A readout is charged like a lif neuron
 * that never fires. */
static void exact_potentials(void **state)
{
    (void)state;
    double t[ROWS], root = sqrt(1.5);
    shell_good("$F simulate --dv '(-v^2 + I)/tau' --tau 2 --method rk4 --step 0.01 --time 4 "
               "--no-figure -o own");
    read_csv("own.csv");
    assert_true(spikes("spike.1", t) > 0);
    assert_float_equal(t[0], 2 / root * atanh(1 / root), 0.0101);
    assert_float_equal(csv.value[49][column("v.1")], root * tanh(root * 0.5 / 2), 1e-6);
    shell_good("$F simulate --neuron readout --tau 2 --method ml --alpha 0.5,1 --current 2 --time "
               "4 --no-figure -o charged");
    read_csv("charged.csv");
    assert_int_equal(spikes("spike.1", t), 0);
    assert_float_equal(csv.value[399][column("v.1")], 2 * (1 - exp(-2)), 1e-5);
    assert_float_equal(csv.value[399][column("v.0.5")], 2 * (1 - exp(1) * erfc(1)), 1e-5);
    shell_good("$F simulate --neuron integrator --tau 2 --alpha 1 --current 2 --time 4 --no-figure "
               "-o charged");
    read_csv("charged.csv");
    assert_int_equal(spikes("spike.1", t), 0);
    assert_float_equal(csv.value[399][column("v.1")], 4, 1e-9);
}

/* Noise on the threshold: spikes below it, others for each neuron and seed, and for each seed the
 * same. */
static void noisy(void **state)
{
    (void)state;
    static char first[1 << 20], again[1 << 20];
    double t[2][ROWS];
    static const char line[] =
        "$F simulate --neuron noisy --current 0.8 --neurons 2 --seed %d --no-figure -o noisy";
    char text[256];
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof text, line, i / 2);
        shell_good(text);
        shell_slurp("noisy.csv", again, sizeof again);
        assert_int_equal(i > 0 && strcmp(first, again) == 0, i == 1);
        memcpy(first, again, sizeof first);
        read_csv("noisy.csv");
        int n = spikes("spike.0.5[0]", t[0]), m = spikes("spike.0.5[1]", t[1]);
        assert_true(n > 1 && m > 1 &&
                    (n != m || memcmp(t[0], t[1], sizeof t[0][0] * (size_t)n) != 0));
    }
    shell_good("$F simulate --current 0.8 --no-figure -o noisy");
    read_csv("noisy.csv");
    assert_int_equal(spikes("spike.0.5", t[0]), 0);
}

static void wrong_neurons(void **state)
{
    (void)state;
    NEEDS("YAML");
    static const char *const wrong[][2] = {
        {"--neuron user", "needs its equation: --dv TEXT"},
        {"--dv '(-v + J)/tau'", "column 7: there is no name \"J\"; known are v, I, tau, threshold"},
        {"--dv '-v + a*I' --param a=x", "--param takes NAME=NUMBER, like a=0.2, not \"a=x\""},
        {"--dv '-v + I' --param tau=2", "tau"},
        {"--param a=1", "a neuron of kind lif has no parameters of its own"},
        {"--neuron eif --param slop=1", "did you mean \"slope\"?"},
        {"--neuron eif --spike v",
         "--spike is an equation of --neuron user, but the neuron is eif"},
        {"--neuron hard_lif --reset jump", "reset jump, which acts by itself"},
        {"--neuron readout --reset jump", "it never spikes, so reset jump does nothing"},
        {"--neuron readout --gamma 0.1", "it never spikes, so noise"},
        {"--neuron qif --show fi", "exact values, which are known for lif and if"},
        {"--gamma 0.1 --show latency", "leave the noise out"},
        {"--gamma 0", "--gamma takes a number"},
        {"--node a", "--node speaks of a description: name it with --model"},
        {"--set a.tau=1", "--set speaks of a description"},
        {"--model none.yaml", "none.yaml: cannot be read"},
        {"--model two.yaml", "has 2 neuron layers: choose one as node, like first"},
        {"--model two.yaml --node frist", "did you mean first?"},
        {"--model two.yaml --neuron lif", "--neuron does not go with --model"},
        {"--model two.yaml --node first --set first.tua=1", "did you mean \"tau\"?"},
        {"--model flat.yaml", "has no neuron layer"},
    };
    folder_write_text("two.yaml",
                      "input: 3\nlayers: [lif: {name: first}, if]\ndynamics: {alpha: 0.5}\n");
    folder_write_text("flat.yaml", "input: 3\nlayers: [flatten]\ndynamics: {alpha: 0.5}\n");
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char line[256];
        snprintf(line, sizeof line, "$F simulate %s --no-figure", wrong[i][0]);
        shell_fails(line, 2, wrong[i][1]);
    }
    shell_fails("$F simulate --dv 'v^3 + I' --reset none --current 3 --no-figure", 1,
                "bounds in the equation (min, max, tanh)");
}

static void instability_is_warned_of(void **state)
{
    (void)state;
    static const char line[] = "$F simulate --step 1 --tau 0.3 --time 20 --no-figure -o w";
    shell_good(line);
    shell_contains(shell_err, "warning: ", line);
    shell_contains(shell_err, "is stable at alpha 0.5", line);
    shell_good("$F simulate --step 1 --tau 0.3 --time 20 --no-figure -o w --implicit");
    assert_null(strstr(shell_err, "warning"));
}

/* ---- pictures ---- */

static void is_there(const char *name)
{
    if (!folder_has(name))
        fail_msg("%s was not written", name);
}

static void picture(void **state)
{
    (void)state;
    static const char line[] = "$F simulate --alpha 1,0.5 --time 5 --current 2 -o pic/one";
    shell_good(line);
    if (strstr(shell_err, "no figure"))
        skip(); /* gnuplot is not installed */
    static const char *const names[] = {"pic/one.png", "pic/one.svg", "pic/one.gp", "pic/one.dat",
                                        "pic/one.csv"};
    for (size_t i = 0; i < COUNT(names); i++)
        is_there(names[i]);
    shell_good("grep -q 'alpha 0.5' pic/one.svg && grep -q threshold pic/one.svg");
}

/* The columns of a row that begins with these numbers. */
static void table_row(const char *start, double *value, int count)
{
    const char *line = shell_out;
    for (; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        const char *at = line + strspn(line, " ");
        if (strncmp(at, start, strlen(start)) != 0 || at[strlen(start)] != ' ')
            continue;
        char *end;
        for (int i = 0; i < count; i++, at = end)
            value[i] = strtod(at, &end);
        return;
    }
    fail_msg("no row begins with %s in\n%s", start, shell_out);
}

static void show_relaxation(void **state)
{
    (void)state;
    double row[4];
    shell_good("$F simulate --show relaxation --alpha 0.5 --time 10 --no-figure");
    table_row("0.2", row, 4);
    assert_float_equal(row[2], exp(0.2) * erfc(sqrt(0.2)), 1e-5); /* E_1/2(-sqrt t) */
    assert_float_equal(row[1], row[2], 1e-5);
    shell_good(
        "$F simulate --show relaxation --alpha 1 --current 0.7 --time 10 --method gl --no-figure");
    table_row("2", row, 4);
    assert_float_equal(row[2], 0.7 * exp(-2), 1e-5);
    assert_float_equal(row[1], 0.7 * pow(0.98, 100), 1e-5);
}

static void show_latency(void **state)
{
    (void)state;
    double row[5];
    shell_good("$F simulate --show latency --alpha 1 --current 2 --tau 3 --no-figure");
    table_row("1", row, 5);
    assert_float_equal(row[3], 3 * log(2), 1e-4);
    assert_true(row[4] > -1e-4 && row[4] < 0.005);
    shell_good("$F simulate --show latency --neuron if --alpha 0.5 --current 2 --no-figure");
    table_row("0.5", row, 5);
    assert_float_equal(row[3], M_PI / 16, 1e-5); /* (Gamma(3/2)/2)^2 */
    assert_true(row[4] > -1e-4 && row[4] < 0.005);
}

static void show_adaptation(void **state)
{
    (void)state;
    double row[6];
    shell_good("$F simulate --show adaptation --alpha 0.5 --time 20 --no-figure");
    table_row("0.5       3", row, 6);
    assert_float_equal(row[3], M_PI / 16 * 9, 1e-4); /* (k Gamma(3/2)/2)^2 */
    assert_float_equal(row[5], M_PI / 16 * 5, 1e-4);
    assert_true(row[2] >= row[3] - 1e-4 && row[2] <= row[3] + 0.0101);
}

static void show_fi(void **state)
{
    (void)state;
    double row[3];
    shell_good("$F simulate --show fi --alpha 1 --time 20 --no-figure");
    table_row("2", row, 3);
    assert_float_equal(row[2], 1 / log(2), 1e-4);
    assert_float_equal(row[1], row[2], 0.08); /* less than a spike, and a step an interval */
    table_row("0.5", row, 3);
    assert_float_equal(row[1], 0, 0);
}

static void show_weights(void **state)
{
    (void)state;
    double row[5];
    shell_good("$F simulate --show weights --alpha 0.5 --time 1024 --no-figure");
    table_row("2", row, 2);
    assert_float_equal(row[1], 0.125, 1e-9);
    shell_contains(shell_out, "slope       -1.50", "the power law");
    table_row("0.5       1e-05", row, 5);
    assert_true(row[2] > 0 && row[3] > 0 && row[3] < 1e-5);
    assert_float_equal(row[3] / row[4], 1, 0.05); /* as the solver itself states it */
}

static void show_surrogates(void **state)
{
    (void)state;
    shell_good("$F simulate --show surrogates --no-figure -o sur/");
    shell_contains(shell_out, "fast_sigmoid                10            1", "show surrogates");
    shell_good("test $(wc -l <sur/surrogates.csv) = 402");
    shell_good("head -1 sur/surrogates.csv | grep -q '^x,slope.arctan,.*,smooth.erf$'");
    shell_good("grep -q '^0,2.5,1.25,1,' sur/surrogates.csv");
}

/* None but the order of memory: at alpha 1 the soft resets agree. */
static void show_resets(void **state)
{
    (void)state;
    shell_good("$F simulate --show resets --no-figure -o res/");
    shell_contains(shell_out, "restart ", "show resets");
    shell_good("$F simulate --show resets --alpha 1 --no-figure -o res/ >one && test $(grep -E "
               "'^(jump|delta|subtract) ' one | awk '{print $2, $3, $4}' | sort -u | wc -l) = 1");
    shell_fails("$F simulate --show resets --reset jump", 2, "leave --reset out");
    shell_fails("$F simulate --show resets --alpha 1,0.5", 2, "takes one --alpha, not 2");
}

static void shows_are_drawn(void **state)
{
    (void)state;
    static const char *const show[] = {
        "surrogates",           "resets",      "relaxation --time 5", "latency --alpha 1,0.5",
        "adaptation --time 10", "fi --time 5", "weights --time 256"};
    for (size_t i = 0; i < COUNT(show); i++) {
        char line[128], file[64];
        snprintf(line, sizeof line, "$F simulate -o shows/ --show %s", show[i]);
        shell_good(line);
        if (strstr(shell_err, "no figure"))
            skip();
        snprintf(file, sizeof file, "shows/%.*s.png", (int)strcspn(show[i], " "), show[i]);
        is_there(file);
    }
}

/* ---- errors ---- */

static void wrong_options(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"--neuron liff", "did you mean lif?"},
        {"--reset jmup", "did you mean jump?"},
        {"--neuron LIFNeuron", "not \"LIFNeuron\"; spikeDE's LIFNeuron is lif here: tau is 2"},
        {"--reset zero", "not \"zero\"; snnTorch's zero is value here: v_reset is 0"},
        {"--method g1", "--method takes one of gl, l1, trap, ab, abm, ml, euler, heun, rk4"},
        {"--show latenzy", "did you mean latency?"},
        {"--format json", "--format takes one of csv, npz"},
        {"--alpha 1.5", "above 0 and up to 1"},
        {"--alpha 0.5,", "above 0 and up to 1"},
        {"--alpha 0.5,0.5", "0.5 is there twice"},
        {"--alpha .1,.2,.3,.4,.5,.6,.7,.8,.9", "at most 8 orders"},
        {"--alpha 0.5 --method euler", "takes no --alpha but 1"},
        {"--method trap --implicit --alpha 0.5 --memory 0", "--memory takes full"},
        {"--method ml --implicit", "has no implicit variant"},
        {"--v-reset 0.2", "the reset is jump"},
        {"--memory some", "--memory takes full, a whole number from 1, or tolerance:E"},
        {"--time 0.001", "shorter than one step"},
        {"--time 1e9", "too many to record"},
        {"--neurons 0", "--neurons takes a whole number from 1"},
        {"--tau 0", "--tau takes a number"},
        {"--current nosie:1:2", "did you mean noise?"},
        {"--current ''", "--current needs WHAT"},
        {"--current sine", "expected sine:AMP:FREQUENCY"},
        {"--current sine:1", "expected sine:AMP:FREQUENCY"},
        {"--current ramp:1:2:3", "expected ramp:FROM:TO"},
        {"--current ramp:1:", "expected ramp:FROM:TO"},
        {"--current constant:nan", "expected constant:AMP"},
        {"--current step:1", "expected step:AMP@T0"},
        {"--current step:1@2-", "expected step:AMP@T0"},
        {"--current step:1@2-1", "end after that"},
        {"--current file:", "needs a path"},
        {"--current file:three.csv --time 1", "holds 3"},
        {"--current file:pairs.csv --neurons 3", "holds 2 columns"},
        {"--out x.csv --format npz", "another format"},
        {"--out x.npz --format csv", "another format"},
        {"--show latency --neurons 2", "does not go with --show"},
        {"--show latency --current noise:1:1", "takes --current constant:AMP"},
        {"--show latency --current 0.5", "never reaches the threshold"},
        {"--show latency --reset current", "looks a unit of time ahead"},
        {"--show relaxation --neuron if", "needs a leaky neuron"},
        {"--show relaxation --current 1 --v0 1", "the steady state already"},
        {"--show fi --current 2", "takes --current ramp:FROM:TO"},
        {"--show fi --current ramp:2:1", "must go up"},
        {"--show fi --reset none", "take jump, subtract, value, delta or restart"},
        {"--show adaptation --reset current", "comes in every step"},
        {"--current noise:1:-1", "the standard deviation SD is at least 0"},
        {"--show weights --method l1", "shows those of gl"},
        {"--show weights --time 5", "the number of lags"},
        {"--show weights --alpha 1", "orders below 1"},
    };
    folder_write_text("three.csv", "1\n2\n3\n");
    folder_write_text("pairs.csv", "1,2\n");
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char line[256];
        snprintf(line, sizeof line, "$F simulate --no-figure -o wrong/ %s", wrong[i][0]);
        shell_fails(line, 2, wrong[i][1]);
        assert_string_equal(shell_out, "");
        assert_ptr_equal(strchr(shell_err, '\n'), shell_err + strlen(shell_err) - 1);
    }
}

/* A mark before the text is no line of names; times have their unit; what may be times is told. */
static void marked_files(void **state)
{
    (void)state;
    static const char told[] = "its first column ascends evenly, as times do", now[] = "now.csv";
    folder_write_text(now, "\xef\xbb\xbf"
                           "1\n2\n");
    shell_good("$F simulate --no-figure -o m --current file:now.csv && test $(wc -l <m.csv) = 3");
    static const char *const names[] = {"Time (ms)", "t [s]", "time_s", "times"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char text[128];
        CASE("%s", names[i]);
        snprintf(text, sizeof text, "\xef\xbb\xbf%s,I (nA)\n0,1\n0.1,2\n0.2,3\n", names[i]);
        folder_write_text(now, text);
        shell_good("$F simulate --no-figure -o m --step 0.1 --current file:now.csv && "
                   "head -1 m.csv | grep -qx 't,current,v.0.5,spike.0.5'");
        assert_null(strstr(shell_err, told));
    }
    folder_write_text(now, "0,1\n0.1,2\n0.2,3\n");
    shell_good("$F simulate --no-figure -o m --current file:now.csv");
    shell_contains(shell_err, told, "no names");
    folder_write_text(now, "0, 1\n0.1, 2\n0.3, 3\n"); /* a comma and a blank are one separator */
    shell_good("$F simulate --no-figure -o m --current file:now.csv");
    assert_null(strstr(shell_err, told));
}

static void wrong_files(void **state)
{
    (void)state;
    fsnn_arrays list = {0};
    shell_add(&list, "y", FSNN_SHAPE(3));
    shell_save(&list, "no.npz");
    shell_add(&list, "current", FSNN_SHAPE(2, 2, 2));
    shell_save(&list, "deep.npz");
    folder_write_text("words.csv", "1\ntwo\n");
    folder_write_text("ragged.csv", "1,2\n3\n");
    folder_write_text("empty.csv", "");
    folder_write_text("inf.csv", "1\n2\ninf\n");
    folder_write_text("comma.csv", "1,5;2,5\n1,5;2,5\n");
    folder_write_text("tabs.csv", "a\tb\n1,5\t2,5\n");
    folder_write_text("blanks.csv", "1,5 2,5\n1,5 2,5\n");
    folder_write_text("back.csv", "t,current\n0,1\n1,1\n0.5,1\n");
    folder_write("zero.csv", "1\n2\0\n", 5);
    shell_add(&list, "current", FSNN_SHAPE(3));
    shell_add(&list, "t", FSNN_SHAPE(2));
    shell_save(&list, "times.npz");
    static const char *const wrong[][2] = {
        {"missing.csv", "missing.csv: cannot be read"},
        {".", "cannot be read"},
        {"no.npz", "no array \"current\""},
        {"deep.npz", "expected [steps] or [steps, neurons]"},
        {"words.csv", "line 2 holds something that is no number"},
        {"ragged.csv", "line 2 has 1 columns, expected 2"},
        {"empty.csv", "no numbers in it"},
        {"inf.csv", "step 2 (counted from 0) is not finite"},
        {"comma.csv", "line 1 has commas and another separator: are the commas decimal ones?"},
        {"tabs.csv", "line 2 has commas and another separator"},
        {"blanks.csv", "line 1 has commas and another separator"},
        {"back.csv",
         "row 2 (counted from 0) has the time 0.5 after a later one: times must increase"},
        {"zero.csv", "line 2 holds a byte 0: this is no plain text"},
        {"times.npz", "t has shape [2]: expected is a time for each of the 3 rows of current"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char line[256];
        snprintf(line, sizeof line, "$F simulate --no-figure -o w --current file:%s", wrong[i][0]);
        shell_fails(line, 1, wrong[i][1]);
    }
    shell_fails("$F simulate --no-figure -o three.csv/x", 1, "a file of this name is in the way");
    shell_fails("$F simulate --no-figure --reset none --alpha 1 --step 10 --time 10000 -o w", 1,
                "is inf from step ");
}

static int start(void **state)
{
    if (shell_start(state) != 0)
        return -1;
    folder_write_text("three.csv", "1\n2\n3\n");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_columns),
        cmocka_unit_test(jump_times),
        cmocka_unit_test(classic_neuron),
        cmocka_unit_test(summary),
        cmocka_unit_test(currents),
        cmocka_unit_test(own_units),
        cmocka_unit_test(layer_in_own_units),
        cmocka_unit_test(ends_at_a_peak),
        cmocka_unit_test(tables_in_own_units),
        cmocka_unit_test(noise),
        cmocka_unit_test(files),
        cmocka_unit_test(files_with_times),
        cmocka_unit_test(npz),
        cmocka_unit_test(neurons),
        cmocka_unit_test(exact_potentials),
        cmocka_unit_test(noisy),
        cmocka_unit_test(wrong_neurons),
        cmocka_unit_test(instability_is_warned_of),
        cmocka_unit_test(picture),
        cmocka_unit_test(show_relaxation),
        cmocka_unit_test(show_latency),
        cmocka_unit_test(show_adaptation),
        cmocka_unit_test(show_fi),
        cmocka_unit_test(show_weights),
        cmocka_unit_test(show_surrogates),
        cmocka_unit_test(show_resets),
        cmocka_unit_test(shows_are_drawn),
        cmocka_unit_test(wrong_options),
        cmocka_unit_test(marked_files),
        cmocka_unit_test(wrong_files),
    };
    return cmocka_run_group_tests(tests, start, folder_remove);
}
