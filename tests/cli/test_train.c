/* fsnn train and eval: a run and its files, going on, being interrupted, and what is refused. */

#include "shell.h"
#include "tiny.h"

static void files_of_a_run(void **state)
{
    (void)state;
    static const char *const files[] = {"description.yaml",       "metrics.csv",
                                        "metrics.jsonl",          "last.safetensors",
                                        "last.state.safetensors", "best.safetensors"};
    shell_good("$F train tiny.yaml --no-figures --set training.epochs=4 --set lif1.tau=1.5");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char name[64];
        snprintf(name, sizeof name, "runs/tiny/%s", files[i]);
        if (!folder_has(name))
            fail_msg("%s is missing", name);
    }
    assert_int_not_equal(access(folder_path("runs/tiny/figures"), F_OK), 0);
    static const char *const lines[] = {"best epoch", "accuracy", "runs/tiny/best.safetensors"};
    for (int i = 0; i < 3; i++)
        shell_contains(shell_out, lines[i], "train, stdout");
    static const char *const said[] = {"tiny: ", "96 training and 30 test samples", "alpha 0.6",
                                       "4 epochs", "4/4"};
    for (int i = 0; i < 5; i++)
        shell_contains(shell_err, said[i], "train, stderr");
    assert_null(strchr(shell_err, '\r')); /* no bar: stderr is a file */
    assert_null(strchr(shell_err, '\033'));
    shell_good("grep -q 'tau: *1.5' runs/tiny/description.yaml || grep -q 'value: *1.5' "
               "runs/tiny/description.yaml");
}

/* What a training will hold stands in front of it; what no machine has is refused with what would
 * help, and nothing is begun. */
static void memory(void **state)
{
    (void)state;
    const char *const part[] = {"  memory      about ", ": activations ", ", histories ",
                                ", parameters ",        ", batches ",     ", program and data "};
    shell_good("$F train tiny.yaml --out held --no-figures --set training.epochs=1");
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        shell_contains(shell_err, part[i], "train, memory");
    shell_fails("$F train tiny.yaml --out none --set fc1.out=350000000 --set training.batch=96", 1,
                "6 steps of batches of 96: out of memory");
    shell_contains(shell_err,
                   "a smaller training.batch needs less, and so does training.checkpoint: auto",
                   "what helps");
    shell_fails("$F train tiny.yaml --out none --set fc1.out=350000000 --set training.batch=96 "
                "--set training.checkpoint=2",
                1, "training.batch needs less\n");
    shell_fails("$F train tiny.yaml --out none --set data.encoder.steps=130000000 "
                "--set fc1.out=100000",
                1, "130000000 steps of batches of 16: out of memory");
    shell_fails("$F train tiny.yaml --out none --set data.encoder.steps=2000000000 --set "
                "data.encoder.kind=rate",
                1, "over 2000000000 steps do not fit into memory: smaller ones need less");
    assert_int_not_equal(access(folder_path("none"), F_OK), 0);
}

static void silence(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out silent --no-figures --quiet");
    assert_string_equal(shell_err, "");
    shell_contains(shell_out, "best epoch", "train --quiet");
}

static void old_runs_are_kept(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out kept --no-figures -q");
    shell_good("cp -r kept before");
    shell_fails("$F train tiny.yaml --out kept", 2, "kept already holds a run");
    shell_contains(shell_err, "--resume kept", "what to do is said");
    shell_contains(shell_err, "--force", "what to do is said");
    shell_good("diff -r kept before");
    shell_good("$F train tiny.yaml --out kept --no-figures --force -q --set training.epochs=1");
    shell_good("test $(wc -l <kept/metrics.csv) = 2");
    shell_good(
        "mkdir other && touch other/notes && $F train tiny.yaml --out other --no-figures -q");
}

/* Two epochs and two more are the same bytes as four. */
static void resumed_is_uninterrupted(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out four --no-figures -q --set training.epochs=4");
    shell_good("$F train tiny.yaml --out two --no-figures -q --set training.epochs=2");
    shell_good("$F train --resume two --no-figures -q --set training.epochs=4");
    shell_good("cmp four/last.safetensors two/last.safetensors");
    shell_good("cmp four/best.safetensors two/best.safetensors");
    /* a scale on its way: interrupted in the third of four epochs (end is where it was going) */
    shell_good("$F train tiny.yaml --out plain4 --no-figures -q --set training.epochs=4 --set "
               "lif1.surrogate.scale_end=40");
    shell_good("! cmp -s plain4/last.safetensors four/last.safetensors");
    shell_good("test $(wc -l <two/metrics.csv) = 5");
    shell_good("mkdir empty");
    shell_fails("$F train --resume empty", 2, "empty");
    shell_fails("$F train tiny.yaml --resume empty", 2, "last.state.safetensors is not there");
}

/* Samples at time stamps of their own: the solver's steps are what is trained on. Stamps one step
 * apart change nothing; constant input (direct encoding) on a finer grid is the same training as
 * more steps. */
static void time_stamps(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out unstamped --no-figures -q");
    shell_good("$F train tiny.yaml --out stamped --no-figures -q --set "
               "dynamics.times=[3,4,5,6,7,8]");
    shell_good("cmp unstamped/last.safetensors stamped/last.safetensors");
    shell_good("$F train tiny.yaml --out fine --no-figures --set dynamics.step=0.5 --set "
               "dynamics.times=[0,0.3,1,2,2.5,5] --set dynamics.interpolation=akima");
    shell_contains(shell_err, "direct encoding, T = 11 (akima, from 6 time stamps)", "fine");
    shell_good("$F train tiny.yaml --out more --no-figures -q --set dynamics.step=0.5 --set "
               "data.encoder.steps=11");
    shell_good("cmp fine/last.safetensors more/last.safetensors");
    shell_good("$F eval fine/description.yaml --weights fine/best.safetensors");
    shell_contains(shell_out, "T = 11", "eval");
    shell_good("$F inspect fine/description.yaml");
    shell_contains(shell_out, "T = 11", "inspect");
    shell_fails("$F train tiny.yaml --out refused --set dynamics.times=[0,1]", 2,
                "found 2 stamps, but encoded samples have T = 6");
    shell_fails("$F eval tiny.yaml --weights fine/best.safetensors --set dynamics.times=[0,1]", 2,
                "found 2 stamps, but encoded samples have T = 6");
}

/* Neurons that never fire or always do: in the table, in JSON, and one line of advice. */
static void silent_and_restless(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out spoken --no-figures -q");
    shell_contains(shell_out, " never spike, ", "train");
    shell_contains(shell_out, " spike in every step", "train");
    shell_good("$F eval tiny.yaml -w spoken/best.safetensors --set lif1.threshold=1e6");
    shell_contains(shell_out, "never fire   every step", "eval");
    shell_contains(shell_out, "lif1: 100 % of the neurons never fire: a lower threshold", "eval");
    shell_good("$F eval tiny.yaml -w spoken/best.safetensors --set lif1.threshold=1e6 --json");
    shell_contains(shell_out, "\"dead\": 12", "eval");
    shell_contains(shell_out, "\"advice\": \"lif1: 100 %", "eval");
    shell_good("$F eval tiny.yaml -w spoken/best.safetensors --set lif2.v0=1e6 --set lif2.tau=1e9");
    shell_contains(shell_out, "lif2: 100 % of the neurons fire at every step: a higher", "eval");
    shell_good("grep -q ',dead.lif1,dead.lif2,saturated.lif1,saturated.lif2' spoken/metrics.csv");
    shell_good("grep -q '\"layer_dead\": {\"lif1\": ' spoken/metrics.jsonl");
    /* Of one sample, two of the three classes have no accuracy. */
    shell_good("test $($F eval tiny.yaml -w spoken/best.safetensors --set data.limit.test=1 | "
               "grep -c '^[0-2]  *0  *-$') = 2");
}

static void seeds(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out s7 --no-figures -q --seed 7");
    shell_good("$F train tiny.yaml --out t7 --no-figures -q --set training.seed=7");
    shell_good("$F train tiny.yaml --out s8 --no-figures -q --seed 8");
    shell_good("cmp s7/last.safetensors t7/last.safetensors");
    shell_good("! cmp -s s7/last.safetensors s8/last.safetensors");
    shell_good("grep -q 'seed: *7' s7/description.yaml");
}

/* The copy of the description works where it lies: data beside the original is still found. */
static void description_of_a_run(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out deep/er --no-figures -q");
    shell_good("$F eval deep/er/description.yaml --weights deep/er/best.safetensors --json");
    shell_good("$F inspect deep/er/description.yaml");
    shell_contains(shell_out, "\"tiny\"", "the name is kept");
}

/* A terminal gets a bar that is redrawn in place, in colour unless NO_COLOR is set. */
static void bar_on_a_terminal(void **state)
{
    (void)state;
    if (system("command -v script >/dev/null") != 0)
        skip();
    shell_good("TERM=xterm LANG=C.UTF-8 script -qec \"$F train tiny.yaml --out seen --no-figures\" "
               "/dev/null");
    shell_contains(shell_out, "\r", "train on a terminal");
    shell_contains(shell_out, "\033[36m", "train on a terminal");
    shell_contains(shell_out, "\u2501", "train on a terminal");
    shell_good("TERM=xterm LANG=C NO_COLOR=1 script -qec \"$F train tiny.yaml --out grey "
               "--no-figures\" /dev/null");
    shell_contains(shell_out, "#", "train on a terminal without colours");
    assert_null(strstr(shell_out, "\033[36m"));
    assert_null(strstr(shell_out, "\u2501"));
    shell_good("TERM=dumb script -qec \"$F train tiny.yaml --out dumb --no-figures\" /dev/null");
    assert_null(strstr(shell_out, "\033"));
}

/* An output that is too wide is most often the wrong node. */
static void spare_outputs(void **state)
{
    (void)state;
    static const char sentence[] = "12 outputs, but the data has only 3 classes";
    shell_good("$F train tiny.yaml --out wide --no-figures --set output=lif1");
    shell_contains(shell_err, sentence, "train with a wide output");
    shell_good("$F train tiny.yaml --out fitting --no-figures");
    assert_null(strstr(shell_err, "outputs"));
}

/* A remark that every layer has is not repeated without end. */
static void many_warnings(void **state)
{
    (void)state;
    char text[1024] = "input: [3]\ndynamics: {alpha: 0.5}\nlayers:\n";
    for (int i = 0; i < 9; i++)
        strcat(text, "  - lif: {tau: 0.1}\n");
    folder_write_text("nine.yaml", text);
    shell_good("$F inspect nine.yaml");
    shell_contains(shell_err, "lif \"lif4\": step^alpha/tau", "inspect");
    shell_contains(shell_err, "5 more warnings of other layers", "inspect");
    assert_null(strstr(shell_err, "lif \"lif5\""));
}

/* Ctrl-C during an evaluation: here while the program waits for its description. */
static void interrupted_evaluation(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out known --no-figures --set training.epochs=1");
    assert_int_equal(shell("mkfifo late.yaml; $F eval late.yaml --weights known & pid=$!; "
                           "exec 3>late.yaml; kill -INT $pid; wait $pid"),
                     130);
    assert_string_equal(shell_out, "");
}

/* One signal ends a command that still waits for a file, for there is nothing to keep. */
static void interrupted_opening(void **state)
{
    (void)state;
    static const char *const line[] = {"$F train pipe", "$F eval tiny.yaml --weights pipe",
                                       "$F run tiny.yaml --input pipe --output y.npz",
                                       "$F simulate --current file:pipe"};
    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        char all[512];
        snprintf(all, sizeof all,
                 "rm -f pipe; mkfifo pipe; %s & pid=$!; exec 3>pipe; kill -TERM $pid; wait $pid",
                 line[i]);
        CASE("%s", line[i]);
        assert_int_equal(shell(all), 130);
    }
}

/* Ctrl-C once an epoch is done: saved, 130, and it goes on afterwards. */
static void interrupted(void **state)
{
    (void)state;
    static const char line[] =
        "$F train tiny.yaml --out cut --no-figures --set training.epochs=1000000 & pid=$!; "
        "n=0; while [ ! -s cut/last.state.safetensors ] && [ $n -lt 300 ]; do sleep 0.1; "
        "n=$((n+1)); done; "
        "kill -INT $pid; wait $pid";
    /* a shell without job control starts background jobs with SIGINT ignored; the program must
     * listen all the same */
    assert_int_equal(shell(line), 130);
    shell_contains(shell_err, "interrupted", "SIGINT");
    shell_contains(shell_err, "fsnn train --resume cut", "SIGINT");
    shell_good("e=$(tail -n 1 cut/metrics.csv | cut -d, -f1); "
               "$F train --resume cut --no-figures --set training.epochs=$((e+2))");
    shell_contains(shell_out, "best epoch", "resumed");
    shell_good(
        "test $(($(tail -n 1 cut/metrics.csv | cut -d, -f1) + 1)) = $(wc -l <cut/metrics.csv)");
}

static void terminated(void **state)
{
    (void)state;
    static const char line[] =
        "$F train tiny.yaml --out term --no-figures -q --set training.epochs=1000000 & pid=$!; "
        "n=0; while [ ! -s term/last.state.safetensors ] && [ $n -lt 300 ]; do sleep 0.1; "
        "n=$((n+1)); done; "
        "kill -TERM $pid; wait $pid";
    assert_int_equal(shell(line), 130);
    assert_string_equal(shell_err, "");
}

static void figures(void **state)
{
    (void)state;
    if (!draws_figures())
        skip();
    static const char *const names[] = {"training", "confusion",   "raster",
                                        "rates",    "traces-lif1", "traces-lif2"};
    shell_good("$F train tiny.yaml --out pictured");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char line[128];
        snprintf(line, sizeof line,
                 "test -s pictured/figures/%s.png && test -s pictured/figures/%s.svg", names[i],
                 names[i]);
        shell_good(line);
    }
}

/* Without gnuplot a training is still a good training. */
static void figures_that_fail(void **state)
{
    (void)state;
    shell_good("mkdir -p nobin && PATH=$PWD/nobin $F train tiny.yaml --out plain");
    shell_contains(shell_err, "warning: no figure", "train without gnuplot");
    shell_contains(shell_out, "best epoch", "train without gnuplot");
}

/* Samples [4, 6] of classes 0, 1, 2, 0, or of none; `odd` is element 1 of sample 2. */
static void save_samples(const char *name, float odd, bool classes)
{
    fsnn_arrays list = {0};
    shell_add(&list, "x", FSNN_SHAPE(4, TINY_IN))[2 * TINY_IN + 1] = odd;
    float *y = classes ? shell_add(&list, "y", FSNN_SHAPE(4)) : NULL;
    for (int i = 0; y && i < 4; i++)
        y[i] = (float)(i % 3);
    shell_save(&list, name);
}

/* Numbers of 0 to 2 under the rate encoder, which can tell 0 to 1 apart. */
static void encoders_get_what_they_can_take(void **state)
{
    (void)state;
    const char *line = "$F train tiny.yaml --out far --no-figures --set training.epochs=1 --set "
                       "data.encoder.kind=rate";
    shell_good(line);
    shell_contains(shell_err, "warning: encoder rate: values (times gain) lie from", line);
    shell_contains(shell_err, "above 1 and spike as 1 does", line);
    line = "$F eval tiny.yaml -w far/best.safetensors --set data.encoder.kind=rate";
    shell_good(line);
    shell_contains(shell_err, "warning: encoder rate:", line);
    line = "$F train tiny.yaml --out near --no-figures --set training.epochs=1 --set "
           "data.encoder.kind=rate --set data.encoder.gain=0.4";
    shell_good(line);
    assert_null(strstr(shell_err, "encoder rate"));
}

static void what_fails(void **state)
{
    (void)state;
    folder_write_text("file", "in the way");
    shell_fails("$F train tiny.yaml --out file/run", 1, "file");
    shell_fails("$F train tiny.yaml --out x --set data.train.path=absent.npz", 2, "absent.npz");
    shell_fails(
        "$F train tiny.yaml --out x --set input=[7]", 2,
        "override \"input=[7]\": input: the training samples have shape [6] at one step, but "
        "the description's input is [7]");
    shell_fails(
        "$F train tiny.yaml --out x --set fc2.out=2", 2,
        "tiny.yaml:7:5: layers[3]: the training data has 3 classes, but the network's output "
        "is [2]");
    save_samples("blind.npz", 0, false);
    shell_fails("$F train tiny.yaml --out x --set data.train.path=blind.npz", 2,
                "data.train: the training data has no classes");
    shell_fails("$F train tiny.yaml --out x --set data.augment.drop=0.5", 2,
                "data.augment.drop: augmentation: ");
    shell_fails("$F train tiny.yaml --out x --set data.train.y=classes", 2,
                "data.train.y: train.npz: has no array classes; it holds x, y");
    shell_fails("$F train tiny.yaml --set 'name=\"\"'", 2, "name: found an empty text");
    shell_fails("$F train tiny.yaml --out x --set data.test.path=blind.npz", 2,
                "data.test: the test data has no classes");
    save_samples("nan.npz", NAN, true);
    shell_fails("$F train tiny.yaml --out x --set data.train.path=nan.npz", 1,
                "nan.npz: x: sample 2 holds NaN (element 1)");
    save_samples("inf.npz", -INFINITY, true);
    shell_fails("$F train tiny.yaml --out x --set data.train.path=inf.npz", 1,
                "inf.npz: x: sample 2 holds an infinite number (element 1)");
    shell_fails("$F train tiny.yaml --out x --set lif1.tau=1e300", 2,
                "override \"lif1.tau=1e300\": layers[1].lif.tau: lif \"lif1\": tau is 1e+300");
    /* a gain of 0 would leave the neurons where they are */
    shell_fails("$F train tiny.yaml --out x --set dynamics.step=1e-320", 2,
                "beyond single precision: a larger step");
    shell_fails("$F train tiny.yaml --out x --set dynamics.step=1e300", 2,
                "beyond single precision: a smaller step");
    shell_fails(
        "$F train tiny.yaml --out x --set lif1.reset=subtract --set dynamics.method=ml", 2,
        "override \"lif1.reset=subtract\": layers[1].lif.reset: lif \"lif1\": reset subtract");
    shell_fails("$F train tiny.yaml --set name=../outside", 2,
                "\"../outside\" is no name for a directory below runs/");
    shell_good("test ! -e outside && test ! -e ../outside");
    shell_good("test ! -e x"); /* nothing is left behind */
    shell_fails("$F train tiny.yaml --out nan --no-figures --set training.optimizer.lr=1e30 --set "
                "training.epochs=50",
                1, "epoch 1, batch 2, learning rate 1e+30: ");
}

static void evaluation(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out judged --no-figures -q --set training.epochs=20");
    shell_good("$F eval tiny.yaml --weights judged/best.safetensors --confusion");
    static const char *const parts[] = {"loss", "accuracy", "lif1", "lif2", "dense multiply-adds",
                                        "pJ",   "confusion"};
    for (int i = 0; i < 7; i++)
        shell_contains(shell_out, parts[i], "eval");
    shell_good("$F eval tiny.yaml --weights judged/best.safetensors --json -q");
    assert_string_equal(shell_err, "");
    shell_contains(shell_out, "\"samples\": 30", "eval --json");
    /* fc1 [12, 6] is fed with analog numbers, fc2 [3, 12] with spikes; 6 steps */
    shell_contains(shell_out, "\"dense\": 648", "eval --json");
    shell_contains(shell_out, "\"multiply_adds\": 432", "eval --json");
    assert_true(shell_number("\"accuracy\": ") > 0.9);
    shell_good("$F eval tiny.yaml --weights judged/best.safetensors --json --data train --batch 7");
    shell_contains(shell_out, "\"samples\": 96", "eval --data train");
    shell_fails("$F eval tiny.yaml --weights absent.safetensors", 1, "absent.safetensors");
    shell_fails("head -c 100 judged/best.safetensors >cut.safetensors; $F eval tiny.yaml --weights "
                "cut.safetensors",
                1, "cut.safetensors");
    shell_fails("$F eval model.yaml --weights judged/best.safetensors", 2, "data");
}

/* Spikes that pass through another node count like those that come straight from the neurons: here
 * flatten, which changes nothing, so that the measured rate of its output must be the neurons' own.
 */
static void operations_behind_other_nodes(void **state)
{
    (void)state;
    char text[2048], rest[2048], *at;
    snprintf(text, sizeof text, "%s%s", tiny_model, tiny_training);
    at = strstr(text, "  - linear: {out: 3");
    assert_non_null(at);
    snprintf(rest, sizeof rest, "%s", at);
    *at = '\0';
    char flat[3 * sizeof text];
    snprintf(flat, sizeof flat, "%s  - flatten\n%s", text, rest);
    folder_write_text("flat.yaml", flat);
    shell_good("$F train tiny.yaml --out direct --no-figures -q");
    shell_good("$F eval tiny.yaml --weights direct/best.safetensors --json --batch 30");
    double additions = shell_number("\"additions\": ");
    assert_true(additions > 1 && additions < 215);
    shell_good("$F eval flat.yaml --weights direct/best.safetensors --json --batch 30");
    assert_float_equal(shell_number("\"additions\": "), additions, 1e-5 * additions);
    /* input spikes: no layer multiplies any more */
    shell_good(
        "$F eval tiny.yaml --weights direct/best.safetensors --json --set data.encoder.kind=rate");
    assert_float_equal(shell_number("\"multiply_adds\": "), 0, 0);
}

/* Losses that run away stay readable. */
static void large_losses(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out large --no-figures --set output=fc2 --set "
               "training.optimizer.kind=sgd --set training.optimizer.lr=1e9 --set "
               "training.loss.kind=mse_rate --set training.epochs=1 --set training.batch=96 "
               "--set lif1.tau=2 --set dynamics.learn_alpha=false");
    shell_contains(shell_out, "e+", "train");
    shell_good("! cat .out .err | grep -q '[0-9]\\{12\\}'");
    shell_good("$F eval tiny.yaml --set output=fc2 --set training.loss.kind=mse_rate -w "
               "large/last.safetensors --perturb noise=0.1");
    shell_contains(shell_out, "e+", "eval");
    shell_good("! grep -q '[0-9]\\{12\\}' .out");
}

/* A run that has done more epochs than are asked for. */
static void fewer_epochs(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out much --no-figures -q --set training.epochs=5");
    shell_good("cp -r much much_before");
    shell_good("$F train --resume much --no-figures --set training.epochs=2");
    shell_contains(shell_err,
                   "nothing is left to train: 5 epochs are done, and training.epochs is 2", "said");
    shell_contains(shell_out, " of 5\n", "best epoch");
    shell_good("cmp much/last.safetensors much_before/last.safetensors");
}

/* Batch normalisation cannot learn from one sample: said before training, with the place. */
static void a_last_batch_of_one(void **state)
{
    (void)state;
    folder_write_text("norm.yaml",
                      "name: norm\ninput: [6]\nlayers:\n  - batchnorm\n  - linear: {out: 3}\n"
                      "data: {kind: npz, train: {path: train.npz}, limit: {train: 33}, "
                      "encoder: {kind: direct, steps: 1}}\n"
                      "training: {epochs: 2, batch: 8}\n");
    shell_fails("$F train norm.yaml --out norm --no-figures", 2,
                "norm.yaml:4:5: layers[0]: the last batch of an epoch is 1 of 33 samples, in "
                "batches of 8: batchnorm \"batchnorm1\": ");
    shell_contains(shell_err, "`drop_last: true`", "what would work");
    shell_good("test ! -e norm");
    shell_good("$F train norm.yaml --out norm --no-figures --set training.drop_last=true");
    shell_contains(shell_err, "32 training and no test samples", "train");
}

/* A batch of any size is at most all samples, for the plan too. */
static void a_batch_of_all(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out all --no-figures -q --set training.batch=96");
    shell_good(
        "$F train tiny.yaml --out more_than_all --no-figures --set training.batch=2147483647");
    shell_contains(shell_err, "batch 96,", "train");
    shell_good("cmp all/last.safetensors more_than_all/last.safetensors");
    shell_good("$F eval tiny.yaml -w all/best.safetensors --batch 1000000");
}

/* A terminal that goes away stops a training as SIGTERM does, but not under nohup. */
static void hung_up(void **state)
{
    (void)state;
    static const char line[] =
        "$F train tiny.yaml --out hung --no-figures -q --set training.epochs=1000000 & pid=$!; "
        "n=0; while [ ! -s hung/last.state.safetensors ] && [ $n -lt 300 ]; do sleep 0.1; "
        "n=$((n+1)); done; "
        "kill -HUP $pid; wait $pid";
    assert_int_equal(shell(line), 130);
    shell_good("e=$(tail -n 1 hung/metrics.csv | cut -d, -f1); "
               "$F train --resume hung --no-figures --set training.epochs=$((e+2))");
    static const char kept[] =
        "trap '' HUP; $F train tiny.yaml --out kept --force --no-figures -q --set "
        "training.epochs=1000000 & pid=$!; "
        "n=0; while [ ! -s kept/last.state.safetensors ] && [ $n -lt 300 ]; do sleep 0.1; "
        "n=$((n+1)); done; "
        "kill -HUP $pid; rm kept/last.state.safetensors; "
        "n=0; while [ ! -s kept/last.state.safetensors ] && [ $n -lt 300 ]; do sleep 0.1; "
        "n=$((n+1)); done; test -s kept/last.state.safetensors && kill -TERM $pid; wait $pid";
    assert_int_equal(shell(kept), 130);
}

/* Files that may not grow: a sentence and exit code 1, not a signal. */
static void file_size_limit(void **state)
{
    (void)state;
    shell_fails("ulimit -f 1; $F train tiny.yaml --out limited --no-figures -q", 1,
                "writing failed: File too large");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_a_run),
        cmocka_unit_test(memory),
        cmocka_unit_test(silence),
        cmocka_unit_test(old_runs_are_kept),
        cmocka_unit_test(resumed_is_uninterrupted),
        cmocka_unit_test(time_stamps),
        cmocka_unit_test(silent_and_restless),
        cmocka_unit_test(seeds),
        cmocka_unit_test(description_of_a_run),
        cmocka_unit_test(bar_on_a_terminal),
        cmocka_unit_test(spare_outputs),
        cmocka_unit_test(many_warnings),
        cmocka_unit_test(interrupted),
        cmocka_unit_test(interrupted_evaluation),
        cmocka_unit_test(interrupted_opening),
        cmocka_unit_test(terminated),
        cmocka_unit_test(figures),
        cmocka_unit_test(figures_that_fail),
        cmocka_unit_test(operations_behind_other_nodes),
        cmocka_unit_test(what_fails),
        cmocka_unit_test(encoders_get_what_they_can_take),
        cmocka_unit_test(evaluation),
        cmocka_unit_test(large_losses),
        cmocka_unit_test(fewer_epochs),
        cmocka_unit_test(a_last_batch_of_one),
        cmocka_unit_test(a_batch_of_all),
        cmocka_unit_test(hung_up),
        cmocka_unit_test(file_size_limit),
    };
    return cmocka_run_group_tests(tests, tiny_start, folder_remove);
}
