/* --precision bf16 of train, eval and run: what is said, what a description says, what is refused.
 * What needs the processor's instructions is skipped where it has none. */
#include "tiny.h"

#include <fsnn/fsnn.h>

static void trains_and_evaluates(void **state)
{
    (void)state;
    if (fsnn_products_check(FSNN_PRODUCTS_BF16) < 0) {
        print_message("skipped: %s\n", fsnn_error_text());
        skip();
    }
    shell_good("$F train tiny.yaml --out low --no-figures --precision bf16");
    shell_contains(shell_err, "products in bf16", "train");
    shell_good("grep -q 'precision: bf16' low/description.yaml");
    shell_good("$F train tiny.yaml --out full --no-figures");
    assert_null(strstr(shell_err, "products in"));
    assert_int_equal(shell("cmp -s low/last.safetensors full/last.safetensors"), 1);
    /* evaluations are in full precision, within the training and after it */
    shell_good("$F eval low");
    shell_good("$F eval low --precision bf16");
    shell_good("$F run low -i x.npz -o single.npz --precision single --record current");
    shell_good("$F run low -i x.npz -o low.npz --precision bf16 --record current");
    shell_good("$F run low -i x.npz -o plain.npz --record current");
    shell_good("cmp single.npz plain.npz");
    assert_int_equal(shell("cmp -s low.npz plain.npz"), 1);
    shell_good("$F train --resume low --no-figures --set training.epochs=4");
    shell_contains(shell_err, "products in bf16", "resume");
    shell_fails("printf '1 2 3 4 5 6\\n' | $F run low --stream numbers --precision bf16", 2,
                "leave --precision bf16 out");
    shell_fails("$F train tiny.yaml --out d --precision bf16 --set dynamics.precision=double", 2,
                "take precision single");
}

/* oneDNN's own variable hides the instructions. */
static void is_refused_without_instructions(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {"train tiny.yaml --out no --precision bf16", "training.precision"},
        {"train tiny.yaml --out no --set training.precision=bf16", "training.precision"},
        {"eval tiny.yaml -w w.npz --precision bf16", "--precision bf16: "},
        {"run model.yaml -i x.npz -o y.npz --precision bf16", "--precision bf16: "},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        char line[256];
        snprintf(line, sizeof line,
                 "DNNL_MAX_CPU_ISA=AVX512_CORE ONEDNN_MAX_CPU_ISA=AVX512_CORE $F %s", row[i][0]);
        assert_int_not_equal(shell(line), 0);
        shell_contains(shell_err, row[i][1], line);
        shell_contains(shell_err, "leave it out", line);
    }
    assert_int_not_equal(shell("test -e no"), 0);
}

static void other_words(void **state)
{
    (void)state;
    shell_fails("$F eval tiny.yaml -w w.npz --precision bf61", 2,
                "--precision takes single, double, bf16 or int8, not \"bf61\"; did you mean bf16?");
    shell_fails("$F simulate --precision bf16 --no-figure", 2,
                "--precision takes single or double, not \"bf16\"");
    shell_fails("$F train tiny.yaml --out no --set training.precision=half", 2, "full");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trains_and_evaluates),
        cmocka_unit_test(is_refused_without_instructions),
        cmocka_unit_test(other_words),
    };
    return cmocka_run_group_tests(tests, tiny_start, folder_remove);
}
