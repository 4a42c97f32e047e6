/* --precision int8 of eval and run: its accuracy beside that of float32, what is refused. */
#include "tiny.h"

#include <fsnn/fsnn.h>

static void evaluates_and_runs(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out run --no-figures --set training.epochs=30");
    shell_good("$F eval run --json");
    double full = shell_number("\"accuracy\":");
    shell_good("$F eval run --json --precision int8");
    double low = shell_number("\"accuracy\":");
    assert_true(full > 0.5);
    assert_true(fabs(full - low) <= 0.11); /* three of thirty samples */
    shell_good("$F run run -i x.npz -o low.npz --precision int8 --record current");
    shell_good("$F run run -i x.npz -o plain.npz --record current");
    assert_int_equal(shell("cmp -s low.npz plain.npz"), 1);
}

static void is_refused(void **state)
{
    (void)state;
    shell_fails("$F train tiny.yaml --out no --precision int8", 2, "training.quantise=int8");
    assert_int_not_equal(shell("test -e no"), 0);
    shell_fails("printf '1 2 3 4 5 6\\n' | $F run model.yaml --stream numbers --precision int8", 2,
                "leave --precision int8 out");
    shell_fails("$F eval tiny.yaml -w w.npz --precision int8 --set dynamics.precision=double", 2,
                "take precision single");
    shell_fails("$F eval tiny.yaml -w w.npz --precision int9", 2, "did you mean int8?");
    shell_fails("$F train tiny.yaml --out no --set training.precision=int8", 2, "full");
    shell_fails("$F simulate --precision int8 --no-figure", 2,
                "--precision takes single or double, not \"int8\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evaluates_and_runs),
        cmocka_unit_test(is_refused),
    };
    return cmocka_run_group_tests(tests, tiny_start, folder_remove);
}
