/* The directory of a run stands for its description and its weights, wherever the data lie. */

#include "shell.h"
#include "tiny.h"

static void stands_for_its_parts(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out r --no-figures -q");
    shell_good("$F eval r -q | grep -v speed >a && $F eval r/description.yaml -w "
               "r/best.safetensors -q | grep -v speed >b && cmp a b && grep -q best a");
    shell_good("$F eval tiny.yaml -w r -q | grep -v speed >c && cmp a c");
    shell_good("$F eval r -w r/last.safetensors -q | grep -q r/last.safetensors");
    shell_good("$F run r --input x.npz --output y.npz");
    shell_good("$F run tiny.yaml -w r/best.safetensors --input x.npz --output z.npz");
    shell_good("cmp y.npz z.npz");
    shell_good("$F inspect r");
    shell_good("$F simulate --model r --node lif1 --time 2 --precision single -q");
    shell_good("rm r/best.safetensors && $F eval r -q | grep -q r/last.safetensors");
    shell_good("cp r/last.safetensors kept && rm r/last.safetensors");
    shell_fails("$F eval r", 2, "r: no weights are in this directory: neither best.safetensors");
    shell_good("$F run r --input x.npz --output y.npz"); /* the initial ones, which is said */
    shell_contains(shell_err, "initial weights", "run of a directory without weights");
    shell_fails("$F run r --input x.npz --output r/description.yaml", 2, "the description itself");
    shell_fails("$F eval nothing", 2, "nothing: there is no such run directory or description");
    shell_good("mkdir nothing");
    shell_fails("$F eval nothing", 2, "nothing: is a directory, but no run");
    shell_fails("$F eval r -w nothing", 2, "nothing: no weights are in this directory");
}

/* A run is opened again without the environment that it was made in. */
static void paths_of_a_run(void **state)
{
    (void)state;
    shell_good("mkdir -p far/set && cp train.npz test.npz far/set && "
               "sed 's/path: /path: set\\//' tiny.yaml >far.yaml");
    shell_good("FSNN_DATA=\"$PWD/far\" $F train far.yaml --out d --no-figures -q");
    shell_good("env -u FSNN_DATA $F eval d -q");
    shell_good("mkdir sub && cd sub && env -u FSNN_DATA $F eval ../d -q");
    shell_good("HOME=\"$PWD/far\" $F train tiny.yaml --out h --no-figures -q --set "
               "data.train.path=~/set/train.npz --set data.test.path=~/set/test.npz");
    shell_good("HOME=/nowhere $F eval h -q");
    shell_fails("env -u FSNN_DATA $F train far.yaml --out n --no-figures", 2,
                "where data lie in another folder, set the environment variable FSNN_DATA to it");
}

/* A folder that is no user's own is not looked into. */
static void no_folder_by_default(void **state)
{
    (void)state;
    shell_good("mkdir -p shared/data inner && cp train.npz shared/data/only.npz");
    shell_fails("cd inner && env -u FSNN_DATA $F train ../tiny.yaml --out n --no-figures --set "
                "data.train.path=only.npz",
                2, "there is no file \"only.npz\"");
}

/* Weights that a description does not fit say so. */
static void weights_of_another(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out one --no-figures -q --set dynamics.alpha=1 --set "
               "dynamics.learn_alpha=false");
    shell_good("$F eval tiny.yaml -w one --set dynamics.learn_alpha=false");
    shell_contains(
        shell_err,
        "warning: one/best.safetensors: these weights were made with lif1.alpha 1 (here 0.6), "
        "lif2.alpha 1 (here 0.6)",
        "eval");
    shell_good("$F run tiny.yaml -w one --input x.npz --output y.npz");
    shell_contains(shell_err, "these weights were made with lif1.alpha 1 (here 0.6)", "run");
    shell_good("$F eval one");
    assert_null(strstr(shell_err, "made with"));
    shell_good("$F run one --input x.npz --output y.npz");
    assert_null(strstr(shell_err, "made with"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stands_for_its_parts),
        cmocka_unit_test(paths_of_a_run),
        cmocka_unit_test(no_folder_by_default),
        cmocka_unit_test(weights_of_another),
    };
    return cmocka_run_group_tests_name("run directory", tests, tiny_start, folder_remove);
}
