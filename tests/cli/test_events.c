/* Recordings of events through the program: trained on with and without a cache, shown, drawn. */

#include "shell.h"

static const char description[] =
    "name: moves\n"
    "input: [2, 6, 6]\n"
    "layers:\n"
    "  - flatten\n"
    "  - linear: {out: 12, name: fc1}\n"
    "  - lif: {name: lif1}\n"
    "  - linear: {out: 2, name: fc2}\n"
    "  - lif: {name: lif2}\n"
    "dynamics: {alpha: 0.7}\n"
    "data:\n"
    "  kind: events\n"
    "  train: {path: train}\n"
    "  test: {path: test, list: test.txt}\n"
    "  sensor: [6, 6]\n"
    "  frames: {by: time, count: 5}\n"
    "training: {epochs: 4, batch: 8, seed: 2, optimizer: {kind: adam, lr: 0.05}}\n";

/* A dot that moves to the right (ON in the left column first) or to the left, 40-bit events. */
static void move(const char *name, int left, uint32_t seed)
{
    FILE *file = fopen(folder_path(name), "wb");
    assert_non_null(file);
    for (int k = 0; k < 60; k++) {
        int column = k / 10, t = 100 * k + (int)(50 * shell_random(&seed));
        unsigned char e[5] = {
            (unsigned char)(left ? 5 - column : column), (unsigned char)(6 * shell_random(&seed)),
            (unsigned char)(0x80 | t >> 16), (unsigned char)(t >> 8), (unsigned char)t};
        assert_int_equal(fwrite(e, 1, 5, file), 5);
    }
    assert_int_equal(fclose(file), 0);
}

static int start(void **state)
{
    char name[64];
    if (shell_start(state) != 0 || shell("mkdir -p train/left train/right test") != 0)
        return -1;
    FILE *list = fopen(folder_path("test.txt"), "w");
    if (!list)
        return -1;
    for (int i = 0; i < 24; i++) {
        snprintf(name, sizeof name, "train/%s/%d.bin", i % 2 ? "right" : "left", i);
        move(name, i % 2 == 0, (uint32_t)i);
        snprintf(name, sizeof name, "test/%d.bin", i);
        move(name, i % 2 == 0, (uint32_t)i + 100);
        fprintf(list, "%d %s\n", i, i % 2 ? "right" : "left");
    }
    folder_write_text("moves.yaml", description);
    return fclose(list);
}

static void learns_moves(void **state)
{
    (void)state;
    shell_good("$F train moves.yaml --out plain --no-figures --set training.epochs=12");
    shell_contains(shell_err, "24 training and 24 test samples, sequences, T = 5", "train");
    shell_contains(shell_out, "accuracy 100.00 %", "train");
    shell_good("$F eval plain/description.yaml --weights plain/best.safetensors");
    shell_contains(shell_out, "100.00 %", "eval");
    shell_good("$F inspect moves.yaml");
    shell_contains(shell_out, "T = 5 and batches of 8", "inspect");
}

/* Names of classes wherever classes are shown; one numbering; hints that fit the kind of data. */
static void names_of_classes(void **state)
{
    (void)state;
    shell_good("$F train moves.yaml --out named --no-figures -q");
    const char *eval = "$F eval named/description.yaml -w named/best.safetensors --confusion";
    shell_good(eval);
    static const char *const words[] = {"\nleft                               12 ",
                                        "\nright                              12 ",
                                        "\n        left  right\n left ", "\nright "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        shell_contains(shell_out, words[i], eval);
    shell_good("$F eval named/description.yaml -w named/best.safetensors --json");
    shell_contains(shell_out, "\"classes\": [\"left\", \"right\"]", "eval --json");
    /* the test set has one of the classes, the second: it is not number 0 */
    shell_good("grep right test.txt >some.txt; sed 's/test.txt/some.txt/' moves.yaml >some.yaml");
    shell_good("$F eval some.yaml -w named/best.safetensors --confusion");
    shell_contains(shell_out, "\nleft                                0            -",
                   "eval some.yaml");
    shell_contains(shell_out, "\nright                              12 ", "eval some.yaml");
    shell_good("echo 0 up >>some.txt");
    const char *lacks = "some.txt: has samples of the class \"up\", which the training set train "
                        "lacks; its classes are left, right";
    shell_fails("$F eval some.yaml -w named/best.safetensors", 1, lacks);
    shell_fails("$F train some.yaml --out other --no-figures", 1, lacks);
    shell_fails(
        "$F train moves.yaml --out other --no-figures --set data.train.path=test --set "
        "data.test=null",
        2,
        "the training data has no classes: a loss needs them (of this kind of data: a folder "
        "for each class, `list`, `cuts`, or `pattern` with {class})");
}

/* 1.bs2 and 2.bs2 would be classes 1 and 2 of 3. */
static void classes_from_one_on(void **state)
{
    (void)state;
    shell_good("mkdir count; for i in 1 2; do cp train/left/$((2 * i)).bin count/$i.bs2; done");
    const char *set = "$F train moves.yaml --out other --no-figures --set data.test=null --set "
                      "'data.train={path: count, pattern: \"{class}.bs2\"}'";
    shell_fails(set, 2, "the training data has 3 classes, but the network's output is [2]");
    shell_contains(shell_err, "first_class: 1 numbers them from 0", set);
    shell_good("$F train moves.yaml --out other --no-figures --set data.test=null --set "
               "data.first_class=1 --set 'data.train={path: count, pattern: \"{class}.bs2\"}'");
}

/* The same bytes with a cache, made or found, as without. */
static void caches(void **state)
{
    (void)state;
    shell_good("$F train moves.yaml --out none --no-figures -q");
    shell_good("$F train moves.yaml --out made --no-figures -q --set data.cache=cache");
    shell_good("test $(ls cache | wc -l) = 2");
    shell_good("$F train moves.yaml --out found --no-figures -q --set data.cache=cache");
    shell_good("cmp none/last.safetensors made/last.safetensors");
    shell_good("cmp none/last.safetensors found/last.safetensors");
    shell_good("test $(ls cache | wc -l) = 2");
}

/* Changes are of the training set alone, and the same in each run with a seed. */
static void augments(void **state)
{
    (void)state;
    const char *how = "--no-figures -q --set data.augment.shift=1 --set data.augment.drop=0.2";
    char line[512];
    static const char *const runs[] = {"one", "two"};
    for (int i = 0; i < 2; i++) {
        snprintf(line, sizeof line, "$F train moves.yaml --out %s %s", runs[i], how);
        shell_good(line);
    }
    shell_good("cmp one/last.safetensors two/last.safetensors");
    shell_good("$F train moves.yaml --out still --no-figures -q");
    shell_good("! cmp -s one/last.safetensors still/last.safetensors");
    shell_good("$F eval one/description.yaml -w one/best.safetensors >a");
    shell_good("$F eval one/description.yaml -w one/best.safetensors --set data.augment.drop=1 >b");
    shell_good(
        "grep -v speed a >c && grep -v speed b | diff - c"); /* the test set is not changed */
    /* every event dropped: nothing reaches the network */
    shell_good("$F train moves.yaml --out nothing --no-figures --set data.augment.drop=1 --set "
               "fc1.bias=false --set fc2.bias=false");
    shell_contains(shell_out, "accuracy 50.00 %", "train");
}

static void wrong_sections(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {"data.frames.by=numbr", "did you mean \"number\"?"},
        {"data.frames.size=[7,7]", "override \"data.frames.size=[7,7]\": data.frames.size: frames "
                                   "of 7 rows cannot be made of 6"},
        {"data.frames.crop=4", "the training samples have shape [2, 4, 4]"},
        {"data.frames.polarity=signed", "the training samples have shape [1, 6, 6]"},
        {"data.train.path=nowhere", "there is no file \"nowhere\""},
        {"data.train.list=nowhere", "there is no file \"nowhere\""},
        {"data.train.pattern=x", "holds no recordings named like \"x\""},
        {"data.frames.crop=100", "data.frames.crop: a crop of 100 rows cannot be taken"},
        {"data.sensor=5", "the sensor must have more than 5 rows"},
        {"data.augment.flip=2", "expected a number from 0 to 1"},
        {"data.augment.flop=1", "did you mean \"flip\"?"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char line[256];
        snprintf(line, sizeof line, "$F train moves.yaml --out refused --set '%s'", row[i][0]);
        int code = shell(line);
        if (code != 1 && code != 2)
            fail_msg("%s\n  exit code %d", line, code);
        shell_contains(shell_err, row[i][1], line);
    }
}

static void shows_recordings(void **state)
{
    (void)state;
    shell_good("$F inspect train/left/0.bin");
    static const char *const one[] = {
        "40-bit events", "events      60", "6 columns, 6 rows", "polarity    100.0 % ON",
        "first",         "last",           "events/s"};
    for (size_t i = 0; i < sizeof one / sizeof *one; i++)
        shell_contains(shell_out, one[i], "inspect");
    shell_good("$F inspect train");
    shell_contains(shell_out, "left                           12            720", "inspect");
    shell_contains(shell_out, "all                            24          1,440", "inspect");
    shell_fails("head -c 52 train/left/0.bin >cut.bin; $F inspect cut.bin", 1,
                "the event at offset 50 ends after 2 of its 5 bytes");
    shell_fails("mkdir -p empty; $F inspect empty", 1,
                "empty: the directory is empty; inspect reads");
}

/* Of two cameras: one or the other, or both. */
static void shows_cameras(void **state)
{
    (void)state;
    uint8_t *bytes;
    size_t size;
    GOOD(fsnn_file_read("tests/fuzz/events/stereo.aedat4", &bytes, &size));
    folder_write("stereo.aedat4", bytes, size);
    fsnn_free(bytes);
    shell_good("$F inspect stereo.aedat4");
    shell_contains(shell_out, "events      4\n", "inspect");
    shell_contains(shell_out, "left out    6 events of the second stream", "inspect");
    shell_good("$F inspect stereo.aedat4 --camera right");
    shell_contains(shell_out, "events      6\n", "inspect");
    shell_good("$F inspect stereo.aedat4 --camera both");
    shell_contains(shell_out, "cameras     2, 4 events of the left one, 6 of the right one",
                   "inspect");
    shell_good("mkdir -p two && mv stereo.aedat4 two && $F inspect two --camera both");
    shell_contains(shell_out, "10 to 10 events a recording", "inspect");
    shell_fails("$F inspect train/left/0.bin --camera right", 1, "holds events of one camera only");
    shell_fails("$F inspect train --camera middle", 2, "left, right and both are possible");
    shell_fails("$F inspect moves.yaml --camera left", 2, "--camera is for recordings of events");
    shell_fails("$F plot two --camera both", 2, "a picture shows one camera");
    shell_fails("$F plot moves.yaml --camera left", 2, "--camera is for recordings of events");
}

static void draws_recordings(void **state)
{
    (void)state;
    NEEDS("plots");
    shell_good("$F plot train/left/0.bin --frames 3 --out pictures");
    shell_good("test -s pictures/events-0-bin.png && test -s pictures/events-0-bin.svg");
    shell_good("test $(grep -c 'with rgbimage' pictures/events-0-bin.gp) = 3");
    shell_fails("$F plot cut.bin --out pictures", 1, "ends after 2 of its 5 bytes");
    /* of a folder the recording that is asked for: 12 of each class */
    shell_good("$F plot train --sample 13 --out folder && ls folder | wc -l | grep -x 4");
    shell_good("$F plot train/left --sample 11 --out folder");
    shell_fails("$F plot train --sample 24", 2, "train holds 24 recordings, counted from 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_cameras),    cmocka_unit_test(learns_moves),
        cmocka_unit_test(names_of_classes), cmocka_unit_test(classes_from_one_on),
        cmocka_unit_test(caches),           cmocka_unit_test(augments),
        cmocka_unit_test(wrong_sections),   cmocka_unit_test(shows_recordings),
        cmocka_unit_test(draws_recordings),
    };
    return cmocka_run_group_tests_name("cli/events", tests, start, folder_remove);
}
