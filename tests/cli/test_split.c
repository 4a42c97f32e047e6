/* The validation set of a run is drawn by a seed of its own, by class, and stays with the run:
 * other seeds of training do not move it, and what would draw another is told or refused. */

#include "shell.h"
#include "tiny.h"

static const char noisy[] = "input: [6]\n"
                            "layers:\n"
                            "  - linear: {out: 24}\n"
                            "  - lif: {tau: 2}\n"
                            "  - linear: {out: 2}\n"
                            "dynamics: {alpha: 0.9}\n"
                            "data: {kind: npz, train: {path: rare.npz}, validation: 0.3}\n"
                            "training: {epochs: 3, batch: 16}\n";

/* Every twentieth sample is of class 1: the labels say nothing of the values. */
static void rare_data(const char *name, int count)
{
    fsnn_arrays list = {0};
    fsnn_shape labels = FSNN_SHAPE(count);
    uint32_t seed = 7;
    float *x = shell_add(&list, "x", FSNN_SHAPE(count, TINY_IN));
    for (int i = 0; i < count * TINY_IN; i++)
        x[i] = (float)shell_random(&seed);
    fsnn_array *y = fsnn_arrays_add(&list, "y", FSNN_I64, &labels);
    assert_non_null(y);
    for (int i = 0; i < count; i++)
        ((int64_t *)y->data)[i] = i % 20 == 3;
    shell_save(&list, name);
}

static int start(void **state)
{
    if (tiny_start(state) != 0)
        return -1;
    rare_data("rare.npz", 100);
    folder_write_text("noisy.yaml", noisy);
    return 0;
}

/* Seeds of training and of an evaluation leave it alone. */
static void seeds_leave_it(void **state)
{
    (void)state;
    shell_good("$F train noisy.yaml -o one --no-figures -q");
    shell_good("$F eval one --on validation -q | grep -v speed >a");
    for (int seed = 1; seed < 5; seed++) {
        char line[256];
        snprintf(line, sizeof line,
                 "$F eval one --on validation -q --seed %d | grep -v speed >b && cmp a b", seed);
        shell_good(line);
    }
    shell_good("$F train noisy.yaml -o four --seed 4 --no-figures -q");
    shell_good("for f in four noisy.yaml; do $F eval $f -w four/last.safetensors | grep -v speed "
               ">$(basename $f).out; done; cmp four.out noisy.yaml.out");
    shell_good("grep -q 'split_seed: 0' four/description.yaml");
    shell_good("grep -q 'split_by: class' four/description.yaml");
}

/* Nor do they choose other samples where only a part is kept; a run has the part that it had. */
static void seeds_leave_the_limit(void **state)
{
    (void)state;
    shell_good("$F train noisy.yaml -o part --no-figures -q --seed 4 --set "
               "'data.limit={train: 40, test: 10}'");
    shell_good("$F eval part | grep -v speed >a");
    shell_good("$F eval part --seed 9 | grep -v speed >b && cmp a b");
    assert_null(strstr(shell_err, "were made with"));
    shell_good("$F eval part --on train --seed 9");
    assert_null(strstr(shell_err, "were made with"));
    shell_good("$F run part --on train -o s1.npz && $F run part --on train -o s2.npz --seed 9 && "
               "cmp s1.npz s2.npz");
    shell_good("$F eval part --set training.seed=9"); /* which is another description */
    shell_contains(shell_err, "were made with", "another part");
}

static void by_class(void **state)
{
    (void)state;
    for (int seed = 0; seed < 6; seed++) {
        char line[512];
        snprintf(line, sizeof line,
                 "$F train noisy.yaml -o c%d --set data.split_seed=%d --set data.validation=0.1 "
                 "--set training.epochs=1 --no-figures -q && $F eval c%d --on validation -q | grep "
                 "-q '^1  *1  *[0-9]'",
                 seed, seed, seed);
        shell_good(line);
    }
    shell_good("! cmp -s c1/last.safetensors c2/last.safetensors");
}

static void another_is_told(void **state)
{
    (void)state;
    shell_good("$F train noisy.yaml -o two --no-figures -q");
    shell_good("$F eval noisy.yaml -w two --set data.split_seed=9");
    shell_contains(shell_err, "made with data.split_seed 0 (here 9)", "eval");
    shell_good("cp -r two before");
    shell_fails("$F train --resume two --set data.split_seed=9 --set training.epochs=4", 2,
                "two drew its validation set with data.validation 0.3, data.split_seed 0");
    shell_fails("$F train --resume two --set data.validation=0.2 --set training.epochs=4", 2,
                "samples that the run has learned from would judge it");
    shell_good("diff -r two before");
}

/* A run that goes on with other options says what they were. */
static void other_options_are_told(void **state)
{
    (void)state;
    shell_good("$F train noisy.yaml -o made --no-figures -q");
    shell_good("cp -r made alpha && $F train --resume alpha --no-figures --set dynamics.alpha=0.4 "
               "--set training.epochs=4");
    shell_contains(shell_err, "these weights were made with lif1.alpha 0.9 (here 0.4)", "alpha");
    shell_good("cp -r made tau && $F train --resume tau --no-figures --set lif1.tau=3");
    shell_contains(shell_err, "these weights were made with lif1.tau 2 (here 3)",
                   "nothing is left");
    shell_good("$F train --resume made --no-figures --set training.epochs=4");
    assert_null(strstr(shell_err, "were made with"));
}

/* Runs made before there was a seed of the split drew with that of training, from all samples: two
 * epochs and one more are the three that their keys of today give. */
static void runs_of_before(void **state)
{
    (void)state;
    shell_good("$F train noisy.yaml -o whole --seed 4 --set data.split_seed=4 --set "
               "data.split_by=sample --no-figures -q");
    shell_good("$F train noisy.yaml -o old --seed 4 --set data.split_seed=4 --set "
               "data.split_by=sample --set training.epochs=2 --no-figures -q");
    shell_good("sed -i 's/^ *split_seed:.*//; s/^ *split_by:.*//; s/, split_seed: 4, split_by: "
               "sample//' old/description.yaml && ! grep -q split_ old/description.yaml");
    shell_good("cp -r old other && cp -r old third");
    shell_good("$F train --resume old --set training.epochs=3 --no-figures -q");
    shell_good("cmp old/last.safetensors whole/last.safetensors");
    shell_good("$F train noisy.yaml --resume third --seed 4 --no-figures -q");
    shell_good("cmp third/last.safetensors whole/last.safetensors");
    shell_good("$F eval whole --on validation -q --json | grep -A4 confusion >a");
    shell_good("$F eval old --on validation -q --seed 9 --json | grep -A4 confusion >b && cmp a b");
    shell_good("$F train --resume other --seed 9 --set training.epochs=3 --no-figures -q");
    shell_good("grep -q 'split_seed: 4' other/description.yaml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeds_leave_it),
        cmocka_unit_test(seeds_leave_the_limit),
        cmocka_unit_test(by_class),
        cmocka_unit_test(another_is_told),
        cmocka_unit_test(other_options_are_told),
        cmocka_unit_test(runs_of_before),
    };
    return cmocka_run_group_tests_name("validation split", tests, start, folder_remove);
}
