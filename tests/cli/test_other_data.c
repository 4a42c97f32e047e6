/* A run remembers what data it was trained on: going on with others is refused, or said where it is
 * allowed; evaluations of its weights on others are told. */
#include "shell.h"
#include "tiny.h"

/* The run `name` of one epoch on train.npz and test.npz. */
static void trained(const char *name)
{
    char line[256];
    tiny_data("train.npz", 96, 1);
    tiny_data("test.npz", 30, 2);
    snprintf(line, sizeof line,
             "rm -rf %s && $F train tiny.yaml -o %s --set training.epochs=1 "
             "--no-figures",
             name, name);
    shell_good(line);
}

/* Nothing is said of the data. */
static void silent(void)
{
    assert_null(strstr(shell_err, "warning"));
    assert_null(strstr(shell_err, "other"));
}

static void resume(void **state)
{
    (void)state;
    static const char again[] = "$F train --resume a --set training.epochs=2 --no-figures";
    trained("a");
    shell_good("cp -r a before");
    tiny_data("train.npz", 96, 8);
    shell_fails(again, 1, "the training data are not those that it was trained on: other values");
    shell_contains(shell_err,
                   "go on with the same data, train a new run, or allow other data "
                   "(--other-data; other_data in C)",
                   "other data");
    tiny_data("train.npz", 90, 1);
    shell_fails(again, 1, "96 samples (here 90), other labels, other values");
    tiny_data("train.npz", 96, 1);
    shell_fails("$F train --resume a --set data.limit.train=50 --set training.epochs=2 "
                "--no-figures",
                1, "96 samples (here 50)");
    shell_fails("$F train --resume a --set data.train.path=../test.npz --set training.epochs=2 "
                "--no-figures",
                1, "of npz train.npz (here npz test.npz)");
    shell_good("diff -r a before");
    shell_good("cp train.npz moved.npz");
    shell_good("$F train --resume a --set data.train.path=../moved.npz --set training.epochs=2 "
               "--no-figures");
    silent(); /* the same data in another place */
}

static void allowed(void **state)
{
    (void)state;
    trained("b");
    tiny_data("train.npz", 96, 8);
    shell_good("$F train --resume b --other-data --set training.epochs=2 --no-figures");
    shell_contains(shell_err, "b goes on with other training data than it had: other values",
                   "other data");
    shell_good("$F train --resume b --set training.epochs=3 --no-figures");
    silent(); /* those are its data now */
    tiny_data("test.npz", 30, 9);
    shell_good("$F train --resume b --set training.epochs=4 --no-figures");
    shell_contains(shell_err, "the data that are watched are not those that it had: other values",
                   "other data");
    shell_fails("$F train tiny.yaml -o c --other-data", 2, "it needs --resume DIR");
}

static void evaluated(void **state)
{
    (void)state;
    trained("d");
    shell_good("$F eval d && $F eval d --on train");
    silent();
    tiny_data("train.npz", 96, 8);
    tiny_data("test.npz", 27, 2);
    shell_good("$F eval d --on train");
    shell_contains(shell_err, "these weights were made with training data: other values",
                   "other data");
    shell_good("$F eval d");
    shell_contains(shell_err, "these weights were made with test data: 30 samples (here 27)",
                   "other data");
    shell_good("$F inspect d/best.safetensors");
    shell_contains(shell_out, "samples=96; shape=[6];", "other data");
}

/* A file of a run as it was before there were fingerprints: that of today without them, be they
 * marks of their own or lines behind those of the network. */
static void without_fingerprints(const char *file)
{
    fsnn_arrays list = {0};
    GOOD(fsnn_safetensors_read(folder_path(file), &list));
    for (int i = 0; i < list.meta_count; i++) {
        char *line = strstr(list.meta_value[i], "training data\t");
        if (strstr(list.meta_key[i], "data"))
            list.meta_key[i][0] = '_';
        if (line)
            *line = 0;
    }
    GOOD(fsnn_safetensors_write(folder_path(file), &list));
    fsnn_arrays_free(&list);
}

static void of_before(void **state)
{
    (void)state;
    trained("e");
    without_fingerprints("e/last.state.safetensors");
    without_fingerprints("e/last.safetensors");
    tiny_data("train.npz", 96, 8);
    shell_good("$F train --resume e --set training.epochs=2 --no-figures");
    silent();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resume),
        cmocka_unit_test(allowed),
        cmocka_unit_test(evaluated),
        cmocka_unit_test(of_before),
    };
    return cmocka_run_group_tests_name("other data", tests, tiny_start, folder_remove);
}
