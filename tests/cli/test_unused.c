/* Options that would do nothing are refused, or a warning says so: nothing is ignored silently. */
#include "tiny.h"

static int start(void **state)
{
    if (tiny_start(state) != 0)
        return -1;
    shell_good("$F train tiny.yaml --out r --no-figures -q --set training.epochs=1 && "
               "$F run r -i x.npz -o rec.npz --record v,spikes -q && mkdir empty");
    return 0;
}

static void plots(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {"r --layer lif1", "--layer does nothing with a run, which r is: leave it out"},
        {"r --sample 1", "--sample does nothing with a run"},
        {"r/metrics.csv --frames 3", "--frames does nothing with metrics of a training"},
        {"r/best.safetensors --step 0.5", "--step does nothing with a file of weights"},
        {"rec.npz --frames 3", "--frames does nothing with records of fsnn run"},
        {"rec.npz --from 1", "--from does nothing with records of fsnn run"},
        {"x.npz --threshold 0.5", "--threshold does nothing with a file of arrays"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        char line[128];
        snprintf(line, sizeof line, "$F plot %s --out pictures", row[i][0]);
        shell_fails(line, 2, row[i][1]);
    }
    shell_good("test ! -e pictures");
}

static void overrides_of_nothing(void **state)
{
    (void)state;
    static const char *const path[] = {"x.npz", "r/best.safetensors", "r/metrics.csv", "empty"};
    for (int i = 0; i < FSNN_COUNT(path); i++) {
        char line[128], said[128];
        snprintf(line, sizeof line, "$F inspect %s --set training.epochs=2", path[i]);
        snprintf(said, sizeof said, "--set overrides keys of a description, and %s is none",
                 path[i]);
        shell_fails(line, 2, said);
    }
    shell_good("$F inspect r --set fc1.out=13");
}

static void simulations(void **state)
{
    (void)state;
    static const char *const row[] = {
        "relaxation --threshold 2", "relaxation --reset subtract", "relaxation --refractory 1",
        "latency --time 3",         "latency --refractory 0.1",    "weights --tau 2",
        "weights --current 2",      "weights --memory 5",          "weights --neuron if",
        "surrogates --alpha 0.5",   "surrogates --tau 2",          "surrogates --implicit",
        "surrogates --step 2",      "surrogates --model r",
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        char line[128], said[128];
        int show = (int)strcspn(row[i], " "), option = (int)strcspn(row[i] + show + 1, " ");
        snprintf(line, sizeof line, "$F simulate --show %s --no-figure", row[i]);
        snprintf(said, sizeof said, "%.*s does nothing with --show %.*s: leave it out",
                 option ? option : (int)strlen(row[i] + show + 1), row[i] + show + 1, show, row[i]);
        shell_fails(line, 2, said);
    }
    static const char seed[] = "--seed does nothing here";
    shell_good("$F simulate --time 1 --seed 3 --precision single --no-figure");
    shell_contains(shell_err, seed, "no noise");
    shell_good("$F simulate --time 1 --seed 3 --precision single --no-figure --current noise:1:2");
    assert_null(strstr(shell_err, seed));
    shell_good("$F simulate --time 1 --seed 3 --precision single --no-figure --gamma 0.1");
    assert_null(strstr(shell_err, seed));
}

static void evaluations(void **state)
{
    (void)state;
    static const char seed[] = "--seed does nothing here: ",
                      same[] = "--repeats 3: all draws are the same";
    shell_fails("$F eval r --out pictures", 2, "give them with --perturb");
    shell_good("$F eval r --repeats 3");
    shell_contains(shell_err, same, "direct encoding");
    shell_good("$F eval r --repeats 3 --perturb noise=1");
    assert_null(strstr(shell_err, same));
    shell_good("$F eval r --repeats 3 --set data.encoder.kind=rate --seed 3");
    assert_null(strstr(shell_err, same));
    assert_null(strstr(shell_err, seed));
    shell_good("$F eval r --seed 3");
    shell_contains(shell_err, seed, "direct encoding");
    shell_good("$F eval r --seed 3 --perturb noise=1");
    assert_null(strstr(shell_err, seed));
    shell_good("$F run r -i x.npz -o y.npz --seed 3");
    shell_contains(shell_err, "--seed does nothing here: the weights are those of a file", "a run");
    shell_good("$F run r/description.yaml -i x.npz -o y.npz --seed 3");
    assert_null(strstr(shell_err, seed));
    shell_good("$F run r --on test -o y.npz --seed 3 --set data.encoder.kind=rate");
    assert_null(strstr(shell_err, seed));
    folder_write_text("bare.yaml", "input: [6]\nlayers: [lif: {tau: 2}]\ndynamics: {alpha: 0.9}\n");
    shell_good("$F run bare.yaml -i x.npz -o y.npz --seed 3");
    shell_contains(shell_err, "--seed does nothing here: no parameter is drawn", "no weights");
    assert_null(strstr(shell_err, "initial weights"));
}

/* Folders that are no runs. */
static void no_run(void **state)
{
    (void)state;
    static const char *const row[] = {"eval empty", "run empty -i x.npz -o y.npz",
                                      "convert empty -o a.nir", "simulate --model empty"};
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        char line[128];
        snprintf(line, sizeof line, "$F %s", row[i]);
        shell_fails(line, 2, "empty");
        if (i < 3)
            shell_contains(shell_err,
                           "is a directory, but no run: there is no description.yaml in it", line);
    }
}

/* Lines of a log that are cut are counted. */
static void broken_lines(void **state)
{
    (void)state;
    shell_good("(cat r/metrics.csv; echo 7,8,9) >cut.csv && $F inspect cut.csv");
    shell_contains(shell_err, "cut.csv: 1 of its lines do not have ", "a cut line");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plots),       cmocka_unit_test(overrides_of_nothing),
        cmocka_unit_test(simulations), cmocka_unit_test(evaluations),
        cmocka_unit_test(no_run),      cmocka_unit_test(broken_lines),
    };
    return cmocka_run_group_tests(tests, start, folder_remove);
}
