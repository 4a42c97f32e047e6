/* What a first network meets: a flatten that was forgotten, an equation that runs away, weights
 * that are no numbers, an epoch chosen on the test data, options that do nothing. */
#include "tiny.h"

#include <fsnn/fsnn.h>

static void forgotten_flatten(void **state)
{
    (void)state;
    char text[2048];
    snprintf(
        text, sizeof text,
        "input: [6]\nlayers:\n  - reshape: [2, 3]\n  - linear: {out: 3}\n  - lif: {name: out}\n"
        "dynamics: {alpha: 0.6}\n%s",
        tiny_training);
    folder_write_text("noflat.yaml", text);
    shell_fails("$F train noflat.yaml --out noflat", 2,
                "noflat.yaml:5:5: layers[2]: the network's output is [2, 3], 6 numbers, but the "
                "training data has 3 classes: a `- flatten` before the last layers");
}

static const char own[] = "input: [6]\nlayers:\n"
                          "  - linear: {out: 12, name: fc1}\n"
                          "  - user: {dv: \"(-40*v^2 - 9)/tau\", tau: 2, name: mine}\n"
                          "  - linear: {out: 3, name: fc2}\n"
                          "  - lif: {name: out}\n"
                          "dynamics: {alpha: 0.6}\n";

/* Training, evaluation and runs end with the same words. */
static void runs_away(void **state)
{
    (void)state;
    char text[2048];
    snprintf(text, sizeof text, "%s%s", own, tiny_training);
    folder_write_text("away.yaml", text);
    shell_good("$F train away.yaml --out stays --no-figures --set 'mine.dv=-v/tau'");
    static const char *const row[][2] = {
        {"train away.yaml --out away --no-figures", "epoch 1, batch 1, learning rate 0.02: user"},
        {"eval away.yaml -w stays/best.safetensors", "evaluation, batch 1: user"},
        {"run away.yaml -i x.npz -o y.npz", "user"},
    };
    for (int i = 0; i < 3; i++) {
        char line[256];
        snprintf(line, sizeof line, "$F %s", row[i][0]);
        assert_int_equal(shell(line), 1);
        shell_contains(shell_err, row[i][1], line);
        shell_contains(shell_err, "user \"mine\": v of neuron ", line);
        shell_contains(shell_err, "is -inf from step ", line);
        shell_contains(shell_err, "`implicit: true`", line);
        assert_null(strstr(shell_err, "lower learning rate"));
    }
    assert_int_equal(shell("$F simulate --dv '-v^2 - 9' --alpha 0.6 --step 0.5 --time 20 "
                           "--no-figure --precision single"),
                     1);
    shell_contains(shell_err, "is -inf from step ", "simulate");
}

static void weights(void **state)
{
    (void)state;
    fsnn_arrays list = {0};
    shell_good("$F train tiny.yaml --out good --no-figures");
    assert_int_equal(fsnn_safetensors_read(folder_path("good/best.safetensors"), &list), FSNN_OK);
    fsnn_array *array = NULL;
    for (int i = 0; i < list.count; i++)
        if (strcmp(list.item[i].name, "fc1.weight") == 0)
            array = &list.item[i];
    assert_non_null(array);
    ((float *)array->data)[6 * 2 + 1] = NAN;
    assert_int_equal(fsnn_npz_write(folder_path("nan.npz"), &list), FSNN_OK);
    fsnn_arrays_free(&list);
    static const char *const row[] = {"eval tiny.yaml -w nan.npz",
                                      "run tiny.yaml -w nan.npz -i x.npz -o y.npz"};
    for (int i = 0; i < 2; i++) {
        char line[256];
        snprintf(line, sizeof line, "$F %s", row[i]);
        assert_int_equal(shell(line), 1);
        shell_contains(shell_err, "nan.npz: \"fc1.weight\"[2, 1] is nan, not a finite number",
                       line);
    }
}

static void test_data_watched(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out watched --no-figures");
    shell_contains(shell_err, "the best epoch is chosen on the test data", "with a test set");
    shell_good("$F train tiny.yaml --out kept --no-figures --set data.validation=0.2");
    assert_null(strstr(shell_err, "chosen on the test data"));
    /* logs and figures name the data that were watched; an old log says test of both */
    shell_says("head -n 1 kept/metrics.csv; head -n 1 kept/metrics.jsonl",
               "epoch,loss,accuracy,validation_loss,validation_accuracy,lr",
               "\"accuracy\": ", "\"validation_loss\": ", "\"validation_accuracy\": ");
    assert_null(strstr(shell_out, "test_"));
    shell_says("head -n 1 watched/metrics.csv", "epoch,loss,accuracy,test_loss,test_accuracy,lr");
    shell_good("sed 's/validation_/test_/g' kept/metrics.csv >old.csv && mv old.csv "
               "kept/metrics.csv && $F inspect kept && $F train --resume kept --no-figures --set "
               "training.epochs=4 && head -n 1 kept/metrics.csv");
    shell_contains(shell_out, "validation_loss", "a run that goes on");
}

static void unused_options(void **state)
{
    (void)state;
    shell_good(
        "$F train tiny.yaml --out unused --no-figures --set training.optimizer.momentum=0.5");
    shell_contains(shell_err,
                   "training.optimizer.momentum: counts only with kind sgd; kind is adam: here it "
                   "does nothing",
                   "train");
    shell_good("$F inspect tiny.yaml --set dynamics.integrator=odeint");
    shell_contains(shell_err, "learning alpha or coefficients does nothing here", "inspect");
}

/* Numbers that were learned and are fixed in the description at hand: they are the weights', which
 * is said once, and a training that begins with them keeps them. A neuron alone has them, too. */
static void learned_numbers(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out learns --no-figures");
    shell_good("sed 's/alpha: 0.6, learn_alpha: true/alpha: 1/' tiny.yaml >fixed.yaml");
    static const char said[] = "learns/best.safetensors: numbers that are not learned here are "
                               "those of the weights: lif1.alpha 0.";
    static const char *const row[] = {"eval fixed.yaml -w learns",
                                      "run fixed.yaml -w learns -i x.npz -o y.npz",
                                      "train fixed.yaml -w learns --out goes --no-figures"};
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        char line[256];
        snprintf(line, sizeof line, "$F %s", row[i]);
        shell_good(line);
        shell_contains(shell_err, said, line);
        shell_contains(shell_err, " (1 in the description), lif2.alpha 0.", line);
        assert_null(strstr(strstr(shell_err, said) + 1, said));
    }
    shell_good("$F eval fixed.yaml -w learns --set dynamics.alpha=1");
    assert_null(strstr(shell_err, said));
    /* what the training says of its best epoch is what its weights do */
    shell_good("$F train fixed.yaml -w learns --out again --no-figures --set training.epochs=2 && "
               "$F train --resume again --no-figures --set training.epochs=3");
    shell_good("cmp again/last.safetensors goes/last.safetensors && $F eval goes --json >e.json && "
               "grep -o '\"loss\": [0-9.]*' e.json | head -n 1 | cut -c 1-13");
    char loss[32];
    snprintf(loss, sizeof loss, "%.5s", strstr(shell_out, "0."));
    shell_good("awk -F, '$12 == 1 { x = $4 } END { print x }' goes/metrics.csv");
    shell_contains(shell_out, loss, "the loss of the best epoch");
    shell_says("$F simulate --model learns --node lif1 --precision single --no-figure",
               "; what it learned is of learns/best.safetensors", "\n0.9");
    shell_says(
        "$F simulate --model learns/description.yaml --node lif1 --precision single --no-figure",
        "\n     0.6");
}

/* What --set says of learned parameters in a mapping stays too. */
static void mappings(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {"'lif1={tau: {value: 3, learn: true}}'", "lif1.tau is as --set has it"},
        {"'layers.1.lif={name: lif1, tau: {value: 3, learn: true}}'",
         "lif1.tau is as --set has it"},
        {"'layers.1={lif: {name: lif1, tau: {value: 3, learn: true}}}'",
         "lif1.tau is as --set has it"},
        {"'dynamics={alpha: 0.3, learn_alpha: true}'", "lif1.alpha is as --set has it"},
        {"'lif1={name: lif1, threshold: 0.8, tau: {learn: true}}'", NULL},
    };
    shell_good("$F train tiny.yaml --out mapped --no-figures");
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char line[256];
        snprintf(line, sizeof line, "$F eval tiny.yaml -w mapped/best.safetensors --set %s",
                 row[i][0]);
        shell_good(line);
        if (row[i][1])
            shell_contains(shell_err, row[i][1], line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forgotten_flatten), cmocka_unit_test(runs_away),
        cmocka_unit_test(weights),           cmocka_unit_test(test_data_watched),
        cmocka_unit_test(learned_numbers),   cmocka_unit_test(unused_options),
        cmocka_unit_test(mappings),
    };
    return cmocka_run_group_tests(tests, tiny_start, folder_remove);
}
