/* A regression from the command line: training, evaluation, pictures, and what is refused. */
#include "tiny.h"

static const char text[] = "name: values\n"
                           "input: [6]\n"
                           "layers:\n"
                           "  - linear: {out: 12}\n"
                           "  - lif: {tau: 2.0}\n"
                           "  - linear: {out: 1}\n"
                           "dynamics: {alpha: 0.6}\n"
                           "data:\n"
                           "  kind: npz\n"
                           "  train: {path: values.npz}\n"
                           "  validation: 0.25\n"
                           "  encoder: {kind: direct, steps: 6}\n"
                           "training: {epochs: 6, batch: 16, loss: mse, best: r2, "
                           "optimizer: {lr: 0.02}}\n";

/* y is a mean of the six values. */
static void write_values(void)
{
    enum { COUNT = 96 };
    fsnn_arrays list = {0};
    uint32_t seed = 7;
    float *x = shell_add(&list, "x", FSNN_SHAPE(COUNT, TINY_IN));
    for (int i = 0; i < COUNT * TINY_IN; i++)
        x[i] = (float)shell_random(&seed);
    float *y = shell_add(&list, "y", FSNN_SHAPE(COUNT));
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < TINY_IN; j++)
            y[i] += list.item[0].data ? ((float *)list.item[0].data)[i * TINY_IN + j] / 6 : 0;
    shell_save(&list, "values.npz");
}

static void learned(void **state)
{
    (void)state;
    write_values();
    folder_write_text("values.yaml", text);
    shell_good("$F train values.yaml --out run --no-figures");
    shell_contains(shell_err, "R2", "the table of epochs");
    shell_contains(shell_out, "validation      R2 0.", "the result");
    assert_null(strstr(shell_out, "nan"));
    assert_null(strstr(shell_err, "nan"));
    shell_good("head -1 run/metrics.csv");
    shell_contains(shell_out, ",validation_mse,validation_mae,validation_r2,", "the columns");
    shell_good("$F eval run --json");
    static const char *const part[] = {"\"loss_kind\": \"mse\"",
                                       "\"loss\": 0.0",
                                       "\"accuracy\": null",
                                       "\"metrics\": {\"loss\": 0.0",
                                       "\"r2\": 0.",
                                       "\"mae\": 0.",
                                       "\"confusion\": []"};
    for (int i = 0; i < FSNN_COUNT(part); i++)
        shell_contains(shell_out, part[i], "eval --json");
    shell_good("$F eval run --perturb noise=0.1:0.5 --repeats 2");
    shell_contains(shell_out, "\nr2 ", "eval");
    shell_contains(shell_out, "disturbed by", "eval --perturb");
    assert_null(strstr(shell_out, "accuracy"));
    assert_null(strstr(shell_out, "nan"));
}

static void drawn(void **state)
{
    (void)state;
    NEEDS("plots");
    write_values();
    folder_write_text("values.yaml", text);
    shell_good("$F train values.yaml --out drawn --set training.epochs=2");
    shell_good("test -s drawn/figures/prediction.png && test ! -e drawn/figures/confusion.png");
    shell_good("$F eval drawn --prediction-figure here && test -s here.svg");
    shell_good("$F train tiny.yaml --out classes --no-figures");
    shell_fails("$F eval classes --prediction-figure there", 2, "draws a regression");
}

static fsnn_arrays weights_of(const char *name)
{
    fsnn_arrays list = {0};
    GOOD(fsnn_safetensors_read(folder_path(name), &list));
    return list;
}

/* A training that begins with the weights of another: with a rate of next to nothing it keeps
 * them. */
static void from_weights(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out first --no-figures");
    shell_good("$F train tiny.yaml --out second --no-figures --weights first/last.safetensors "
               "--set training.optimizer.lr=1e-30 --set training.epochs=1");
    shell_contains(shell_err, "weights     of first/last.safetensors", "the header");
    fsnn_arrays a = weights_of("first/last.safetensors"), b = weights_of("second/last.safetensors");
    for (int i = 0; i < a.count; i++) {
        const fsnn_array *same = fsnn_arrays_find(&b, a.item[i].name);
        assert_non_null(same);
        assert_memory_equal(a.item[i].data, same->data,
                            (size_t)fsnn_shape_count(&same->shape) * sizeof(float));
    }
    fsnn_arrays_free(&a);
    fsnn_arrays_free(&b);
    /* a run stands for its best weights */
    shell_good("$F train tiny.yaml --out third --no-figures -w first --set training.epochs=1");
    /* all but the last layer stay as they are */
    folder_write_text("tuned.yaml", tiny_model);
    shell_good(
        "sed -n '/^data/,$p' tiny.yaml | sed 's/lr: 0.02/lr: 0.02, parameters: {fc1: {learn: "
        "false}, \"lif?.*\": 0}/' >> tuned.yaml");
    shell_good("$F train tuned.yaml --out tuned --no-figures --weights first");
    b = weights_of("tuned/last.safetensors");
    a = weights_of("first/best.safetensors");
    for (int i = 0; i < a.count; i++) {
        const fsnn_array *now = fsnn_arrays_find(&b, a.item[i].name);
        bool same = memcmp(a.item[i].data, now->data,
                           (size_t)fsnn_shape_count(&now->shape) * sizeof(float)) == 0;
        assert_true(same == (strncmp(now->name, "fc2", 3) != 0));
    }
    fsnn_arrays_free(&a);
    fsnn_arrays_free(&b);
    shell_fails(
        "sed 's/fc1: {learn/fc9: {learn/' tuned.yaml > bad.yaml && $F train bad.yaml --out no", 2,
        "no parameter of the network fits \"fc9\"; the nearest is \"fc1.weight\"");
    shell_fails("$F train --resume first --weights second", 2, "give one of them");
    shell_fails("$F train tiny.yaml --out no --set fc1.out=13 --weights first", 1,
                "\"fc1.weight\" has shape [12, 6], but the network's has shape [13, 6]");
    shell_fails("$F train tiny.yaml --out no --weights nowhere.npz", 1, "nowhere.npz");
    assert_int_not_equal(shell("test -e no"), 0);
}

static void refused(void **state)
{
    (void)state;
    write_values();
    folder_write_text("values.yaml", text);
    shell_fails("$F train values.yaml --out no --set training.loss=tet --set training.best=auto", 2,
                "the loss tet needs labels: it takes no target");
    shell_fails("$F train values.yaml --out no --set training.best=f1", 2,
                "training.best: best is f1, which the targets do not have: "
                "loss, mse, mae and r2 judge values");
    shell_fails("$F train values.yaml --out no --set linear2.out=3", 2,
                "values of shape [1], but the network's output is [3] over 6 steps");
    /* the softmax of one number is 1 */
    shell_fails("$F train values.yaml --out no --set training.loss=ce --set training.best=auto", 2,
                "training.loss: the loss ce compares the outputs of classes, and the net has one "
                "output: it would be 0 whatever comes out; take an output for each class, or bce");
    /* whole numbers, that a squared error may mean as values */
    shell_fails("$F train tiny.yaml --out no --set fc2.out=1 --set training.loss=mse", 2,
                "data.targets: values takes whole numbers as values");
    shell_good("$F train tiny.yaml --out yes --set fc2.out=1 --set training.loss=mse --set "
               "data.targets=values --no-figures");
    shell_fails("$F train values.yaml --out no --set data.targets=classes", 1,
                "classes are whole numbers from 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learned),
        cmocka_unit_test(drawn),
        cmocka_unit_test(refused),
        cmocka_unit_test(from_weights),
    };
    return cmocka_run_group_tests(tests, tiny_start, folder_remove);
}
