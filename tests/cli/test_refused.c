/* Mistakes in the section `training`: what cannot be together, what the network or the data refuse,
 * what is out of range. Each is told with its place before anything is written. */
#include "tiny.h"

#define DATA                                                                                       \
    "dynamics: {alpha: 0.6}\n"                                                                     \
    "data: {kind: npz, train: {path: train.npz}, test: {path: test.npz}, "                         \
    "encoder: {kind: direct, steps: 6}}\n"                                                         \
    "training:\n"                                                                                  \
    "  epochs: 1\n"                                                                                \
    "  batch: 16\n"

static const char norm[] = "name: norm\n"
                           "input: [6]\n"
                           "layers:\n"
                           "  - linear: {out: 12, name: fc1}\n"
                           "  - batchnorm: {name: bn1, per_step: true}\n"
                           "  - lif: {name: lif1}\n"
                           "  - linear: {out: 3, name: fc2}\n" DATA;

static const char loop[] = "name: loop\n"
                           "input: [6]\n"
                           "layers:\n"
                           "  - delay: {name: past, of: back}\n"
                           "  - add: {name: sum, from: [input, past]}\n"
                           "  - batchnorm: {name: bn1, per_step: true}\n"
                           "  - lif: {name: back}\n"
                           "  - linear: {out: 3, name: fc2}\n" DATA;

static int start(void **state)
{
    if (tiny_start(state) != 0)
        return -1;
    folder_write_text("norm.yaml", norm);
    folder_write_text("loop.yaml", loop);
    return 0;
}

/* A description, what is appended to it, options, and the beginning of what is said. */
typedef struct mistake {
    const char *file, *more, *options, *sentence;
} mistake;

static void refused(const char *command, const mistake *m)
{
    char line[1024];
    snprintf(line, sizeof line, "cp %s.yaml bad.yaml && printf '%s' >> bad.yaml && $F %s", m->file,
             m->more, command);
    snprintf(line + strlen(line), sizeof line - strlen(line), " %s", m->options);
    shell_fails(line, 2, m->sentence);
    shell_good("test ! -e out");
}

static void all_refused(const char *command, const mistake *m, int count)
{
    for (int i = 0; i < count; i++)
        refused(command, &m[i]);
}

static const char train[] = "train bad.yaml --no-figures --out out";

/* Of a file, and of an override: the place is that of the key that asks for it. */
static void what_cannot_be_together(void **state)
{
    (void)state;
    static const mistake row[] = {
        {"norm", "  quantise: int8\n", "--set dynamics.precision=double",
         "bad.yaml:13:13: training.quantise: weights of int8 are trained in single precision"},
        {"norm", "  quantise: int8\n", "--precision double", "bad.yaml:13:13: training.quantise: "},
        {"tiny", "", "--set dynamics.precision=double --set training.quantise=int4",
         "bad.yaml: override \"training.quantise=int4\": training.quantise: weights of int4 are"},
        {"norm", "  shards: 2\n  batchnorm: synchronised\n  checkpoint: 3\n", "",
         "bad.yaml:14:14: training.batchnorm: batchnorm \"bn1\": gradient checkpointing runs "
         "pieces"},
        {"norm", "  shards: 2\n  checkpoint: auto\n", "--set training.batchnorm=synchronised",
         "bad.yaml: override \"training.batchnorm=synchronised\": training.batchnorm: batchnorm"},
        {"loop", "  shards: 2\n  batchnorm: synchronised\n", "",
         "bad.yaml:15:14: training.batchnorm: batchnorm \"bn1\": a loop runs pieces of time"},
        {"tiny", "", "--set training.batchnorm=synchronised",
         "training.batchnorm: the network has no layer of batch normalisation"},
        {"norm", "  checkpoint: 3\n", "--set bn1.per_step=false",
         "bad.yaml:5:5: layers[1]: batchnorm \"bn1\": gradient checkpointing"},
        {"loop", "", "--set bn1.per_step=false",
         "bad.yaml:6:5: layers[2]: batchnorm \"bn1\": it stands in a loop"},
        {"norm", "  checkpoint: 3\n", "--set lif1.reset=restart",
         "bad.yaml:6:5: layers[2]: lif \"lif1\": reset restart empties the history"},
        {"norm", "", "--set 'dynamics.memory={tolerance: 1e-4, engine: few}'",
         "training exponentials works"},
        {"norm", "  truncate: true\n", "",
         "bad.yaml:13:13: training.truncate: truncated gradients need segments"},
    };
    all_refused(train, row, FSNN_COUNT(row));
}

static void with_bf16(void **state)
{
    (void)state;
    if (fsnn_products_check(FSNN_PRODUCTS_BF16) < 0) {
        print_message("skipped: %s\n", fsnn_error_text());
        skip();
    }
    static const mistake row[] = {
        {"norm", "  quantise: int8\n  precision: bf16\n", "",
         "bad.yaml:13:13: training.quantise: products in bf16 round the weights of int8"},
        {"norm", "  quantise: int8\n", "--precision bf16", "bad.yaml:13:13: training.quantise: "},
    };
    all_refused(train, row, FSNN_COUNT(row));
}

static void what_the_network_refuses(void **state)
{
    (void)state;
    static const mistake row[] = {
        {"norm", "  optimizer: {parameters: {fc9: {learn: false}}}\n", "",
         "bad.yaml:13:33: training.optimizer.parameters.fc9: no parameter of the network fits "
         "\"fc9\"; the nearest is \"fc1.weight\""},
        {"norm", "  optimizer: {parameters: {fc1: {lr: 1}, \"fc1.wait*\": {lr: 0.1}}}\n", "",
         "bad.yaml:13:55: training.optimizer.parameters.fc1.wait*: no parameter of the network"},
        {"norm", "  optimizer: {parameters: {\"*\": {learn: false}}}\n", "",
         "bad.yaml:13:27: training.optimizer.parameters: the rules leave no parameter that learns"},
        {"norm", "  terms: {quiet: {of: rate, layers: lif9, max: 0.1}}\n", "",
         "bad.yaml:13:37: training.terms.quiet.layers: no layer of neurons that spikes fits "
         "\"lif9\"; there is \"lif1\", say"},
        {"norm", "  terms: {quiet: {of: rate}}\n", "",
         "bad.yaml:13:18: training.terms.quiet: a penalty without a bound does nothing"},
        {"norm", "  terms: {quiet: {of: rate, min: 0.5, max: 0.1}}\n", "",
         "bad.yaml:13:34: training.terms.quiet.min: a penalty with min 0.5 and max 0.1"},
        {"norm", "  shards: 3\n", "", "bad.yaml:13:11: training.shards: a batch of 16 samples"},
    };
    all_refused(train, row, FSNN_COUNT(row));
}

static void what_the_data_refuse(void **state)
{
    (void)state;
    static const mistake row[] = {
        {"norm", "  class_weights: [1, 2]\n", "",
         "bad.yaml:13:18: training.class_weights: there are 2 class weights, but"},
        {"norm", "  best: r2\n", "", "bad.yaml:13:9: training.best: best is r2, which the targets"},
        {"norm", "  early_stop: {patience: 2, by: mae}\n", "",
         "bad.yaml:13:33: training.early_stop.by: early_stop.by is mae"},
        {"norm", "  best: top_k\n  top_k: 3\n", "", "bad.yaml:13:9: training.best: best is top_k"},
        {"norm", "  drop_last: true\n", "--set training.batch=200",
         "bad.yaml:13:14: training.drop_last: a batch of 200 of only 96 samples"},
        {"norm", "  loss: {kind: mse, mask: true}\n", "",
         "bad.yaml:13:27: training.loss.mask: mask leaves out steps that are padding"},
    };
    all_refused(train, row, FSNN_COUNT(row));
}

static void what_is_out_of_range(void **state)
{
    (void)state;
    static const mistake row[] = {
        {"norm", "  ema: 1\n", "",
         "bad.yaml:13:8: training.ema: found \"1\", expected a number from 0 to 0.9999999"},
        {"norm", "  schedule: {kind: one_cycle, peak: 1.2}\n", "",
         "bad.yaml:13:37: training.schedule.peak: found \"1.2\", expected a number above 0 and"},
        {"norm", "  accumulate: 0\n", "", "bad.yaml:13:15: training.accumulate: found \"0\""},
        {"norm", "  quantize: int8\n", "",
         "training.quantize: unknown key, did you mean \"quantise"},
    };
    all_refused(train, row, FSNN_COUNT(row));
    all_refused("inspect bad.yaml", row, FSNN_COUNT(row));
}

static void evaluations(void **state)
{
    (void)state;
    static const mistake row[] = {
        {"norm", "  loss: {kind: mse, mask: true}\n", "",
         "bad.yaml:13:27: training.loss.mask: mask leaves out steps that are padding"},
        {"norm", "  quantise: int8\n", "--set dynamics.precision=double",
         "override \"dynamics.precision=double\": dynamics.precision: a net in double precision "
         "has "
         "no integers"},
        {"norm", "  quantise: int8\n", "--set lif1.reset=jump",
         "bad.yaml:6:5: layers[2]: lif \"lif1\" has no integers: reset jump"},
    };
    shell_good("$F train norm.yaml --no-figures --quiet --out learned");
    all_refused("eval bad.yaml -w learned", row, FSNN_COUNT(row));
}

/* Options that the state of a run has nothing for. */
static void states(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {"training.ema=0.9", "training.ema: cannot resume from state/last.state.safetensors: what "
                             "was saved has no averaged weights"},
        {"training.optimizer.kind=sgd",
         "training.optimizer.kind: cannot resume from state/last.state.safetensors: the array "
         "\"sgd.step\" is missing: what was saved is the memory of the optimizer adam"},
    };
    shell_good("$F train norm.yaml --no-figures --quiet --out state");
    shell_good("cp -r state before");
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        char line[256];
        snprintf(line, sizeof line, "$F train --resume state --set training.epochs=2 --set %s",
                 row[i][0]);
        shell_fails(line, 2, row[i][1]);
        shell_good("diff -r state before");
    }
}

/* A schedule that never comes to the rate that is written: it trains, with a warning. */
static void schedules(void **state)
{
    (void)state;
    shell_good("$F train norm.yaml --no-figures --out warm --set training.schedule.warmup=2");
    shell_contains(shell_err,
                   "training.schedule.warmup: the training is over after 1 epoch, before",
                   "warmup");
    shell_good("$F train norm.yaml --no-figures --out even --set training.schedule.warmup=1");
    assert_null(strstr(shell_err, "training.schedule"));
    shell_good("$F train norm.yaml --no-figures --out least --set "
               "'training.schedule={kind: cosine, min_lr: 1}'");
    shell_contains(shell_err, "training.schedule.min_lr: it is above lr, which is", "min_lr");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_together),
        cmocka_unit_test(with_bf16),
        cmocka_unit_test(what_the_network_refuses),
        cmocka_unit_test(what_the_data_refuse),
        cmocka_unit_test(what_is_out_of_range),
        cmocka_unit_test(evaluations),
        cmocka_unit_test(states),
        cmocka_unit_test(schedules),
    };
    return cmocka_run_group_tests_name("refused trainings", tests, start, folder_remove);
}
