/* Figures of the subcommands, and that they, the tables, the logs and the advice say the same. */
#include "shell.h"
#include "tiny.h"

/* Neurons of a layer that never fire, in its panel of rates.svg. */
static long never_in_figure(const char *run, const char *layer)
{
    char name[256], wanted[64];
    snprintf(name, sizeof name, "%s/figures/rates.svg", run);
    snprintf(wanted, sizeof wanted, ">%s: ", layer);
    static char text[1 << 20];
    shell_slurp(name, text, sizeof text);
    const char *at = strstr(text, wanted);
    long never = -1;
    if (at)
        sscanf(at + strlen(wanted), "%ld", &never);
    if (never < 0)
        fail_msg("%s has no %s", name, layer);
    return never;
}

/* A network with a readout behind its layers, and one aside. */
static const char with_readout[] =
    "name: readout\ninput: [6]\nlayers:\n  - linear: {out: 40, name: fc1}\n"
    "  - lif: {name: lif1, tau: 2.0}\n  - linear: {out: 90, name: fc2}\n"
    "  - readout: {name: aside, tau: 2.0}\n  - linear: {out: 3, name: fc3}\n"
    "  - readout: {name: answer, tau: 2.0}\ndynamics: {alpha: 0.6}\n";

static void write_readout(void)
{
    char text[4096];
    snprintf(text, sizeof text, "%s%s", with_readout, tiny_training);
    folder_write_text("readout.yaml", text);
}

/* What is learned one a neuron has its distribution drawn, orders by layer; what a layer shares has
 * none. */
static void learned_parameters_are_spread(void **state)
{
    char text[2048];
    (void)state;
    snprintf(
        text, sizeof text,
        "name: spread\ninput: [6]\nlayers:\n  - linear: {out: 12, name: fc1}\n"
        "  - lif: {name: lif1, tau: {value: 2, learn: true}, threshold: {value: 0.8, learn: true, "
        "per: neuron}}\n  - linear: {out: 3, name: fc2}\n  - lif: {tau: 2, name: lif2}\n"
        "dynamics: {alpha: [0.6, 0.8], alpha_mode: per_layer, learn_alpha: true}\n%s",
        tiny_training);
    folder_write_text("spread.yaml", text);
    shell_good("$F train spread.yaml -o sp --set training.epochs=2");
    shell_good("test -s sp/figures/parameters.png");
    shell_good("grep -q 'orders alpha' sp/figures/parameters.svg");
    shell_good("grep -q 'lif2.alpha' sp/figures/parameters.svg");
    shell_good("grep -q 'lif1.threshold: 0.*of 12' sp/figures/parameters.svg");
    shell_good("! grep -q 'lif1.tau' sp/figures/parameters.svg");
    shell_good("$F train spread.yaml -o flat --set training.epochs=1 --set lif1.threshold=1 --set "
               "dynamics.learn_alpha=false");
    shell_good("test ! -e flat/figures/parameters.png && test -s flat/figures/training.png");
}

/* A readout never spikes: it has no spikes, no rates, no raster, no share in a mean. */
static void readouts_have_no_spikes(void **state)
{
    (void)state;
    write_readout();
    shell_good("$F train readout.yaml -o ro --set training.epochs=2");
    shell_contains(shell_out, "neurons         40: ", "train");
    shell_good("head -1 ro/metrics.csv | grep -q ',rate.lif1,dead.lif1,saturated.lif1,gradient'");
    /* rate is that of the only layer that spikes */
    shell_good("awk -F, 'NR > 1 && $8 != $16 { exit 1 }' ro/metrics.csv");
    shell_good("! grep -q 'aside\\|answer' ro/metrics.jsonl ro/figures/raster.svg "
               "ro/figures/rates.svg");
    shell_good("test -s ro/figures/traces-answer.png");
    shell_good("! grep -q 'threshold\\|>spike<' ro/figures/traces-answer.svg");
    shell_good("$F eval readout.yaml -w ro/best.safetensors --json");
    assert_null(strstr(shell_out, "\"name\": \"answer\", \"neurons\""));
    shell_good("$F run readout.yaml -w ro/best.safetensors -i x.npz -o r.npz --record v,spikes");
    fsnn_arrays r = shell_load("r.npz");
    assert_non_null(fsnn_arrays_find(&r, "v.answer"));
    assert_null(fsnn_arrays_find(&r, "spikes.answer"));
    assert_null(fsnn_arrays_find(&r, "spikes.aside"));
    assert_non_null(fsnn_arrays_find(&r, "spikes.lif1"));
    fsnn_arrays_free(&r);
    shell_good("$F plot r.npz -o drawn");
    shell_good("! grep -q 'answer\\|aside' drawn/raster.svg drawn/rates.svg");
    shell_good("! grep -q 'threshold\\|>spike<' drawn/traces-answer.svg");
    /* records of some steps begin where they do */
    shell_good("$F run readout.yaml -i x.npz -o s.npz --record v,spikes --record-steps 2:5");
    shell_good("$F plot s.npz -o later && grep -q 'time since 2' later/raster.svg");
    shell_good("$F run readout.yaml -i x.npz -o r.npz --record spikes");
    assert_null(strstr(shell_err, "no layer"));
}

/* One count of the neurons that never fire, over one set of samples. */
static void one_vocabulary(void **state)
{
    (void)state;
    write_readout();
    /* more samples than are recorded for traces, and neurons that some of them alone wake */
    shell_good("$F train readout.yaml -o said --set training.epochs=3 --set lif1.threshold=2.2 "
               "--set data.test.path=train.npz");
    const char *line = strstr(shell_out, "neurons         40: ");
    assert_non_null(line);
    long never = strtol(line + strlen("neurons         40: "), NULL, 10);
    assert_int_equal(never_in_figure("said", "lif1"), never);
    if (never == 0 || never == 40)
        fail_msg("the case says nothing: %ld of 40 never fire", never);
    shell_good("$F eval said/description.yaml -w said/best.safetensors --json");
    char wanted[64];
    snprintf(wanted, sizeof wanted, "\"dead\": %ld", never);
    shell_contains(shell_out, wanted, "eval");
    shell_contains(shell_out, "\"samples\": 96", "eval");
    /* the epoch that was the best */
    char script[256];
    snprintf(
        script, sizeof script,
        "awk -F, '$12 == 1 { dead = $17 } END { exit dead * 40 < %ld - 0.01 || dead * 40 > %ld "
        "+ 0.01 }' said/metrics.csv",
        never, never);
    shell_good(script);
    shell_good("! grep -q 'silent\\|saturated' said/figures/*.svg");
    shell_good("grep -q 'mean of 96 test samples' said/figures/rates.svg");
}

/* Layers beyond any number have their figures. */
static void many_layers(void **state)
{
    enum { LAYERS = 70 };
    char text[16384];
    size_t used = (size_t)snprintf(text, sizeof text, "name: deep\ninput: [6]\nlayers:\n");
    (void)state;
    for (int l = 0; l < LAYERS; l++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "  - linear: {out: 3, name: f%d}\n"
                                 "  - lif: {name: n%d, tau: 2.0, threshold: 0.2}\n",
                                 l, l);
    snprintf(text + used, sizeof text - used, "dynamics: {alpha: 0.6}\n%s", tiny_training);
    folder_write_text("deep.yaml", text);
    shell_good("$F train deep.yaml -o deep --set training.epochs=1");
    shell_contains(shell_out, "neurons         210: ", "train");
    assert_null(strstr(shell_err, "no figure"));
    shell_good("head -1 deep/metrics.csv | grep -q ',rate.n69,dead.n0,'");
    shell_good("grep -q '\"n69\": ' deep/metrics.jsonl");
    shell_good("grep -l 'n69 (3 neurons)' deep/figures/raster*.svg");
    shell_good("grep -l 'n69: ' deep/figures/rates*.svg");
    shell_good("grep -q n69 deep/figures/energy.svg");
    shell_good("test -s deep/figures/traces-n69.png");
    shell_good("test $($F eval deep.yaml -w deep/best.safetensors --json | "
               "tr '{' '\\n' | grep -c '\"dead\"') = 70");
    shell_good("$F inspect deep");
    shell_contains(shell_out, "saturated.n69", "inspect");
}

/* Whatever a layer is called, it has its figures, in files that can be named. */
static void odd_names(void **state)
{
    (void)state;
    char text[4096], script[256];
    static const char *const names[] = {"'quoted", "a''b", "a/b", "50%"};
    for (int i = 0; i < FSNN_COUNT(names); i++) {
        snprintf(text, sizeof text,
                 "name: odd\ninput: [6]\nlayers:\n  - linear: {out: 3, name: fc1}\n"
                 "  - lif: {name: \"%s\", tau: 2.0}\ndynamics: {alpha: 0.6}\n%s",
                 names[i], tiny_training);
        folder_write_text("odd.yaml", text);
        snprintf(script, sizeof script, "$F train odd.yaml -o odd%d --set training.epochs=1", i);
        shell_good(script);
        if (strstr(shell_err, "no figure"))
            fail_msg("%s: %s", names[i], shell_err);
        snprintf(script, sizeof script, "test $(ls odd%d/figures/traces-*.png | wc -l) = 1", i);
        shell_good(script);
    }
    shell_good("test -s odd2/figures/traces-a%2Fb.png");
}

/* What cannot be drawn or written in the end is refused before the work. */
static void asked_before_the_work(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml -o asked --set training.epochs=1");
    shell_contains(shell_err, "drawing figures", "train");
    shell_good("mkdir -p none && ln -sf /bin/sh none/sh");
    shell_fails("PATH=$PWD/none $F eval tiny.yaml -w asked/best.safetensors --energy-figure e", 1,
                "--energy-figure e: gnuplot, which draws figures, is not installed");
    assert_string_equal(shell_out, "");
    assert_false(folder_has("e.gp"));
    shell_fails("$F eval tiny.yaml -w asked/best.safetensors --energy-figure no/such/e", 1,
                "no/such/e.gp: cannot be written");
    assert_string_equal(shell_out, "");
    shell_fails("PATH=$PWD/none $F eval tiny.yaml -w asked/best.safetensors -o rob --perturb "
                "noise=0.1:0.2",
                1, "--out rob: gnuplot");
    shell_fails("$F run tiny.yaml -i x.npz -o no/such/y.npz", 1, "no/such/y.npz");
    assert_null(strstr(shell_err, "no --weights")); /* nothing has begun */
    shell_fails("$F bench --figure no/such/b", 1, "no/such/b.gp");
    assert_string_equal(shell_out, "");
    shell_fails("PATH=$PWD/none $F bench --figure b", 1, "--figure b: gnuplot");
    shell_fails("$F bench --table no/such/b.md", 1, "no/such/b.md");
    assert_string_equal(shell_out, "");
    shell_good("PATH=$PWD/none $F train tiny.yaml -o early --set training.epochs=1");
    const char *warned = strstr(shell_err, "no figures after the training"),
               *epoch = strstr(shell_err, "1/1");
    assert_true(warned && epoch && warned < epoch);
}

/* Axes begin and end around what is drawn; figures of amounts, energies, waveforms. */
static void pictures(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml -o pic --no-figures -q --set training.epochs=20");
    shell_good("$F eval tiny.yaml -w pic/best.safetensors -o pic --perturb noise=0.01:0.02 "
               "--energy-figure pic/energy");
    shell_good("! grep -q 'set yrange .0:100' pic/robustness.gp");
    /* dense and done of fc1, whose input are no spikes, are as large: both are to be seen */
    shell_good("awk 'NF == 2 { print $2 }' pic/energy.dat | sort | uniq -d > twice; test ! -s "
               "twice");
    /* neuron 0 is at the bottom of every raster */
    shell_good("$F simulate -c constant:3 --neurons 3 --alpha 1 --time 5 --precision single "
               "-o pic/sim");
    shell_good("grep -q 'set ytics (\"2\" 0, \"1\" 1, \"0\" 2)' pic/sim.gp");
    shell_good("$F simulate --show adaptation --precision single -o pic/adaptation");
    shell_good("grep -q 'set ytics (0.5, 1, 2, 5, 10, 20)' pic/adaptation.gp");
    shell_good("$F simulate --show resets --precision single -o pic/resets");
    shell_good("! grep -q 'set key inside' pic/resets.gp");
}

/* Waveforms bear the names and units of their channels. */
static void units(void **state)
{
    (void)state;
    folder_write_text("r.hea", "r 3 100 3\nr.dat 16 200(0)/mV 16 0 0 0 0 MLII\n"
                               "r.dat 16 10/mmHg 16 0 0 0 0 arterial pressure\nr.dat 16 0\n");
    shell_good("printf '\\000\\000\\000\\000\\001\\000\\310\\000\\144\\000\\002\\000"
               "\\070\\377\\234\\377\\003\\000' >r.dat");
    shell_good("$F plot r.hea -o wave");
    static const char *const shown[] = {
        ">MLII (channel 0)<", ">mV<",   ">arterial pressure (channel 1)<", ">mmHg<",
        ">channel 2<",        ">value<"};
    for (int i = 0; i < FSNN_COUNT(shown); i++) {
        char script[128];
        snprintf(script, sizeof script, "grep -q '%s' wave/series.svg", shown[i]);
        shell_good(script);
    }
    shell_good("$F inspect r.hea");
    shell_contains(shell_out, "mmHg  arterial pressure\n", "inspect");
}

/* A training in double precision has the figures of one in single, of lists of spikes too. */
static void double_precision(void **state)
{
    (void)state;
    NEEDS("double precision");
    static const char *const encoder[] = {"{kind: direct, steps: 6}",
                                          "{kind: rate, steps: 6, sparse: true}"};
    for (int i = 0; i < FSNN_COUNT(encoder); i++) {
        char script[256];
        CASE("%s", encoder[i]);
        snprintf(script, sizeof script,
                 "for p in single double; do $F train tiny.yaml -o $p --set training.epochs=1 "
                 "--set 'data.encoder=%s' --set dynamics.precision=$p || exit 1; done",
                 encoder[i]);
        shell_good(script);
        shell_good("ls single/figures >a && ls double/figures | cmp - a && grep -q raster.png a");
        shell_good("rm -r single double");
    }
}

/* A figure that was asked for and cannot be written fails the command. */
static void asked_and_lost(void **state)
{
    (void)state;
    NEEDS("plot");
    if (access("/dev/full", W_OK) != 0)
        skip();
    shell_good("ln -s /dev/full lost.gp; ln -s /dev/full fi.gp");
    shell_fails("$F simulate -c constant:2 --time 1 -o lost", 1, "not all figures");
    shell_contains(shell_err, "no figure lost.png", "simulate");
    assert_true(folder_has("lost.csv"));
    assert_false(folder_has("lost.dat"));
    shell_fails("$F simulate --show fi -c ramp:0:2 --time 1 -o fi", 1, "not all figures");
    assert_false(folder_has("fi.dat"));
    shell_good("mkdir -p nobin; PATH=$PWD/nobin $F simulate -c constant:2 --time 1 -o bare");
}

/* So do those of a training, whose weights are kept. */
static void lost_by_a_training(void **state)
{
    (void)state;
    NEEDS("plot");
    NEEDS("YAML");
    if (access("/dev/full", W_OK) != 0)
        skip();
    shell_good("$F train tiny.yaml -o gone --no-figures -q --set training.epochs=1");
    shell_good("mkdir gone/figures && ln -s /dev/full gone/figures/training.gp");
    shell_fails("$F train --resume gone --set training.epochs=2", 1, "not all figures");
    shell_contains(shell_err, "no figure gone/figures/training.png", "train");
    shell_contains(shell_out, "best epoch      ", "train");
    assert_true(folder_has("gone/figures/confusion.png"));
    shell_good("rm -r gone/figures && touch gone/figures");
    shell_fails("$F train --resume gone --set training.epochs=3", 1, "gone/figures");
    shell_good("rm gone/figures && $F train --resume gone --set training.epochs=3");
    assert_true(folder_has("gone/figures/training.png"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readouts_have_no_spikes),
        cmocka_unit_test(learned_parameters_are_spread),
        cmocka_unit_test(one_vocabulary),
        cmocka_unit_test(many_layers),
        cmocka_unit_test(odd_names),
        cmocka_unit_test(asked_before_the_work),
        cmocka_unit_test(pictures),
        cmocka_unit_test(double_precision),
        cmocka_unit_test(asked_and_lost),
        cmocka_unit_test(lost_by_a_training),
        cmocka_unit_test(units),
    };
    return cmocka_run_group_tests(tests, tiny_start, folder_remove);
}
