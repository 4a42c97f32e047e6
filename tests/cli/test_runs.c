/* fsnn train and its run directories: one process at a time, refused commands change nothing, a run
 * that is replaced is kept until the new one has an epoch, and after a kill either is gone on
 * with. */
#include "shell.h"
#include "tiny.h"

/* The directory is exactly what it was. */
static void same(const char *now, const char *before)
{
    char line[256];
    snprintf(line, sizeof line, "diff -r %s %s", now, before);
    shell_good(line);
    snprintf(line, sizeof line, "test \"$(ls -A %s)\" = \"$(ls -A %s)\"", now, before);
    shell_good(line);
}

/* A training that goes on until it is told to stop; the line after it runs while it does. */
#define ENDLESS(options)                                                                           \
    "$F train " options " --no-figures -q --set training.epochs=1000000 >/dev/null & pid=$!; "     \
    "n=0; while ! grep -q \"process $pid \" %s/.lock 2>/dev/null && [ $n -lt 300 ]; do sleep "     \
    "0.1; "                                                                                        \
    "n=$((n+1)); done; "

/* Started together with the default directory: one trains, the others are told who does. */
static void one_at_a_time(void **state)
{
    (void)state;
    shell_good("for s in 1 2 3; do $F train tiny.yaml --seed $s --no-figures -q --set "
               "training.epochs=2 --set training.batch=4 --set data.encoder.steps=400 2>err.$s "
               ">/dev/null & p=\"$p $!\"; done; "
               "good=0; for q in $p; do wait $q && good=$((good+1)) && winner=$q; done; "
               "test $good = 1");
    shell_good("cat err.*");
    shell_contains(shell_out, "runs/tiny: process ", "who trains is said");
    shell_contains(shell_out, "is training into this directory: wait for its end", "said");
    shell_good("for s in 1 2 3; do if ! test -s err.$s; then grep \"seed: *$s\" "
               "runs/tiny/description.yaml; fi; done | grep -q seed");
    shell_good("test ! -e runs/tiny/.lock");
}

static void nobody_gets_in(void **state)
{
    (void)state;
    static const char *const ways[] = {"tiny.yaml --out held", "tiny.yaml --out held --force",
                                       "--resume held"};
    for (int i = 0; i < 3; i++) {
        char line[1024];
        CASE("%s", ways[i]);
        snprintf(line, sizeof line,
                 ENDLESS("tiny.yaml --out held --force") "until [ -s held/last.state.safetensors "
                                                         "]; do sleep 0.1; done; $F train %s -q "
                                                         "--no-figures; code=$?; "
                                                         "kill -KILL $pid; wait $pid; exit $code",
                 "held", ways[i]);
        shell_fails(line, 1, "is training into this directory");
    }
    /* the lock went with the process */
    shell_good("$F train --resume held --no-figures -q --set training.epochs=1");
}

/* What is refused has changed nothing, and has not made what was not there. */
static void refused(void **state)
{
    (void)state;
    static const char *const ways[] = {
        "--resume r --set fc1.out=13",
        "--resume r --set training.optimizer.kind=sgd",
        "--resume r --set training.loss.mix=0.5",
        "--resume r --set data.train.path=absent.npz",
        "--resume r --set input=[7]",
        "--resume r --set dynamics.method=nonsense",
        "model.yaml --resume r",
        "tiny.yaml --out r",
        "tiny.yaml --out r --force --set data.train.path=absent.npz",
        "tiny.yaml --out r --force --set fc1.out=2000000000",
        "tiny.yaml --out r/description.yaml/x",
    };
    shell_good("$F train tiny.yaml --out r --no-figures -q --set training.epochs=2");
    shell_good("cp -r r r_before");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char line[256];
        CASE("%s", ways[i]);
        snprintf(line, sizeof line, "$F train %s --no-figures -q", ways[i]);
        int code = shell(line);
        assert_in_range(code, 1, 2);
        shell_contains(shell_err, "error: ", line);
        same("r", "r_before");
    }
    shell_fails("$F train tiny.yaml --out deep/er --set data.train.path=absent.npz", 2, "absent");
    assert_false(folder_has("deep"));
    folder_write_text("bad.csv", "epoch,loss\nx,y\n");
    shell_fails("$F plot bad.csv --out pictures/of", 1, "no figure");
    assert_false(folder_has("pictures"));
    shell_fails("$F simulate --neuron if --alpha 1 --current constant:1 --step 0.01 --time 1 "
                "--method ml --reset subtract --precision single --out sim/x",
                2, "reset subtract");
    assert_false(folder_has("sim"));
    shell_good("$F train --resume r --no-figures -q --set training.epochs=4");
}

/* With --force the old run is there until the new one has something, its pictures with it. */
static void replaced(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out old --no-figures -q --set training.epochs=2");
    shell_good("mkdir old/figures && echo x >old/figures/training.png && echo mine >old/notes");
    shell_good("cp -r old old_before");
    /* the new one fails in its first epoch */
    shell_fails(
        "$F train tiny.yaml --out old --force --no-figures --set training.optimizer.lr=1e30 "
        "--set training.optimizer.kind=sgd --set output=fc2 --set "
        "training.loss.kind=mse_rate",
        1, "epoch 1, batch 2");
    shell_contains(shell_err, "the run before is back in old", "said");
    same("old", "old_before");
    /* the new one is killed in it */
    static const char killed[] =
        "$F train tiny.yaml --out old --force --no-figures -q --set training.batch=1 --set "
        "data.encoder.steps=20000 >/dev/null & pid=$!; n=0; "
        "while [ ! -s old/replaced/description.yaml -o ! -s old/description.yaml ] && "
        "[ $n -lt 300 ]; do sleep 0.1; n=$((n+1)); done; kill -KILL $pid; wait $pid";
    assert_int_equal(shell(killed), 128 + 9);
    shell_good("diff -r old/replaced old_before | grep -v notes | grep -q . && exit 1; true");
    assert_false(folder_has("old/figures"));
    shell_fails("$F train tiny.yaml --out old --no-figures", 2,
                "a run that was to replace another was ended before its first epoch; the other one "
                "is whole in old/replaced: go on with it by --resume old");
    shell_good("$F inspect old");
    shell_contains(shell_out, "old/replaced: the run before", "inspect");
    shell_good("$F inspect old/replaced");
    /* it is a run by itself */
    shell_good("cp -r old/replaced aside && $F train --resume aside --no-figures -q --set "
               "training.epochs=3");
    shell_good("$F train --resume old --no-figures -q --set data.encoder.steps=6 --set "
               "training.epochs=1");
    shell_good("test \"$(ls -A old | tr '\\n' ' ')\" = \"best.safetensors description.yaml "
               "last.safetensors last.state.safetensors metrics.csv metrics.jsonl notes \"");
    shell_good("grep -q 'batch: *1$' old/description.yaml && test $(wc -l <old/metrics.csv) = 2");
}

/* Killed before the first state: by --resume and without --force too. */
static void before_the_first_state(void **state)
{
    (void)state;
    static const char killed[] =
        "$F train tiny.yaml --out young --no-figures -q --set training.batch=1 --set "
        "data.encoder.steps=20000 >/dev/null & pid=$!; n=0; "
        "while [ ! -s young/description.yaml ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n+1)); done; "
        "kill -KILL $pid; wait $pid";
    assert_int_equal(shell(killed), 128 + 9);
    assert_false(folder_has("young/last.state.safetensors"));
    shell_good("cp -r young younger");
    shell_good("$F train --resume young --no-figures -q --set data.encoder.steps=6");
    shell_good("$F train tiny.yaml --out younger --no-figures -q --set training.batch=1");
    shell_good("cmp young/last.safetensors younger/last.safetensors");
    same("young", "young");
    /* weights without a state are of some other kind */
    shell_good("mkdir weights && cp young/best.safetensors young/description.yaml weights");
    shell_fails("$F train --resume weights --no-figures", 2,
                "last.state.safetensors is not there, though there is best.safetensors");
    shell_fails("$F train tiny.yaml --out weights --no-figures", 2, "already holds a run");
}

/* Two begin together and are killed at any moment: one trains, the other was killed before it came
 * to that, or said who does; and what is there goes on to the bytes of a training that nobody
 * stopped. */
static void killed_at_random(void **state)
{
    (void)state;
    int times = getenv("FSNN_LONG") ? 200 : 4;
    uint32_t seed = 11;
    shell_good("$F train tiny.yaml --out never --no-figures -q --set training.epochs=12");
    for (int i = 0; i < times; i++) {
        char line[1024];
        double wait = 0.02 + 0.8 * shell_random(&seed);
        CASE("killed after %.3f s", wait);
        snprintf(
            line, sizeof line,
            "rm -rf k; p=''; for i in 1 2; do $F train tiny.yaml --out k --no-figures -q --set "
            "training.epochs=12 >/dev/null 2>err.$i & p=\"$p $!\"; done; sleep %.3f; "
            "kill -KILL $p 2>/dev/null; i=0; done=0; for p in $p; do i=$((i+1)); wait $p; "
            "case $? in 0) done=$((done+1)) ;; 137) ;; "
            "*) grep 'is training into this directory\\|already holds a run' err.$i || exit 1 "
            ";; esac; done; echo $done >>ends; test $done -le 1",
            wait);
        shell_good(line);
        shell_good(
            "if [ -e k/description.yaml ]; then $F train --resume k --no-figures -q; else $F "
            "train tiny.yaml --out k --no-figures -q --set training.epochs=12; fi");
        shell_good("for f in last best; do cmp k/$f.safetensors never/$f.safetensors || exit 1; "
                   "done; test \"$(ls -A k)\" = \"$(ls -A never)\" && "
                   "cut -d, -f1-9,12- k/metrics.csv >k.csv && "
                   "cut -d, -f1-9,12- never/metrics.csv >never.csv && cmp k.csv never.csv && "
                   "cmp k/description.yaml never/description.yaml");
    }
    shell_good("echo $(grep -c 0 ends) of $(wc -l <ends)");
    print_message("killed before the end: %s", shell_out);
}

/* Weights and logs that are older than the state are brought to it. */
static void stale_files(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out s --no-figures -q --set training.epochs=3 && cp -r s s3");
    shell_good("$F train tiny.yaml --out s2 --no-figures -q --set training.epochs=2");
    shell_good("cp s2/last.safetensors s2/metrics.csv s2/metrics.jsonl s/ && "
               "echo half >s/metrics.csv.tmp-4711 && echo half >s/best.safetensors.tmp-1-0123abcd");
    shell_good("$F train --resume s --no-figures -q");
    same("s", "s3");
    /* the best weights follow from a state that is the best epoch's */
    shell_good(
        "$F train tiny.yaml --out b --no-figures -q --set training.epochs=1 && cp -r b b1 && "
        "rm b/best.safetensors && $F train --resume b --no-figures -q");
    same("b", "b1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(nobody_gets_in),
        cmocka_unit_test(refused),
        cmocka_unit_test(replaced),
        cmocka_unit_test(before_the_first_state),
        cmocka_unit_test(killed_at_random),
        cmocka_unit_test(stale_files),
    };
    return cmocka_run_group_tests(tests, tiny_start, folder_remove);
}
