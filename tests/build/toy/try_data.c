/* What a new kind of data can do without a word about it anywhere else: it is read with its own
 * options and those that all kinds share, split, in time, fed to a training, settled into a run's
 * description, fingerprinted, told in errors and in the reference. Prints what is wrong, exits 1.
 * Argument: a folder for files. */
#include <fsnn/fsnn.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *folder;

static void check(int good, const char *what)
{
    if (good)
        return;
    printf("%s: %s\n", what, fsnn_error_text());
    exit(1);
}

#define GOOD(call) check((call) >= 0, #call)
#define TRUE(claim) check(claim, #claim)

static const char *path_of(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    TRUE(file != NULL);
    fputs(text, file);
    TRUE(fclose(file) == 0);
}

/* A file of `count` samples of two classes, three values each. */
static void samples(const char *name, int count)
{
    FILE *file = fopen(path_of(name), "w");
    TRUE(file != NULL);
    fputs("class a b c\n", file);
    for (int i = 0; i < count; i++)
        fprintf(file, "%d %d %g %g\n", i % 2, i % 2, 0.25 * (i % 3), 0.5);
    TRUE(fclose(file) == 0);
}

static fsnn_status read(const char *data, const char *set, fsnn_description **d)
{
    char text[1024];
    snprintf(text, sizeof text,
             "input: [3]\nlayers: [linear: {out: 2}, lif]\ndynamics: {alpha: 0.6}\n"
             "data: {kind: columns, %s}\ntraining: {epochs: 1, batch: 8}\n",
             data);
    put("net.yaml", text);
    return fsnn_description_read(path_of("net.yaml"), &set, set ? 1 : 0, d);
}

static void refused(const char *data, const char *words)
{
    fsnn_description *d;
    TRUE(read(data, NULL, &d) < 0);
    if (!strstr(fsnn_error_text(), words)) {
        printf("%s\n  said: %s\n  expected in it: %s\n", data, fsnn_error_text(), words);
        exit(1);
    }
}

static void opens(void)
{
    static const bool all[FSNN_PARTS] = {true, true, true};
    static const int64_t count[FSNN_PARTS] = {30, 10, 9};
    fsnn_data *part[FSNN_PARTS];
    fsnn_description *d;
    char *text, print[FSNN_FINGERPRINT_SIZE];
    GOOD(read("train: a.txt, test: {path: b.txt}, validation: 0.25", "data.limit.test=9", &d));
    GOOD(fsnn_description_parts(d, all, part));
    for (int p = 0; p < FSNN_PARTS; p++) {
        fsnn_data_info info;
        fsnn_data_info_get(part[p], &info);
        TRUE(info.count == count[p] && info.classes == 2 && info.shape.dim[0] == 3);
    }
    GOOD(fsnn_data_fingerprint(part[FSNN_PART_TEST], print));
    TRUE(strstr(print, "origin=columns b.txt") != NULL);
    GOOD(fsnn_description_text(d, &text));
    TRUE(strstr(text, path_of("a.txt")) != NULL); /* a run's description finds it from anywhere */
    TRUE(strstr(text, path_of("b.txt")) != NULL);
    free(text);
    for (int p = 0; p < FSNN_PARTS; p++)
        fsnn_data_destroy(part[p]);
    fsnn_description_destroy(d);
}

static void trains(void)
{
    fsnn_data *train, *test;
    fsnn_loader *loader;
    fsnn_net *net;
    fsnn_description *d;
    fsnn_metrics result;
    GOOD(read("train: a.txt, test: b.txt", NULL, &d));
    GOOD(fsnn_description_data(d, &train, &test));
    fsnn_loader_options how = {.encoder = *fsnn_description_encoder(d), .batch = 8, .seed = 1};
    GOOD(fsnn_loader_create(train, &how, &loader));
    GOOD(fsnn_description_net(d, &net));
    fsnn_plan plan = {.steps = 4, .batch = 8, .training = true};
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), &plan));
    fsnn_train_options options = {.training = *fsnn_description_training(d)};
    GOOD(fsnn_train(net, loader, NULL, &options, &result));
    TRUE(result.samples == 40);
    fsnn_metrics_free(&result);
    fsnn_net_destroy(net);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(train);
    fsnn_data_destroy(test);
    fsnn_description_destroy(d);
}

static void says(void)
{
    fsnn_description *d;
    fsnn_data *train;
    char *page;
    GOOD(fsnn_description_reference(&page));
    TRUE(strstr(page, "data, kind columns") && strstr(page, "lines of heading"));
    free(page);
    refused("train: a.txt, skip: 101",
            "data.skip: found \"101\", expected an integer from 0 to 100");
    refused("train: a.txt, skop: 1", "did you mean \"skip\"?");
    refused("skip: 0", "there is neither a \"train\" nor a \"test\" set");
    GOOD(read("train: a.txt, skip: 0", NULL, &d));
    TRUE(fsnn_description_data(d, &train, NULL) < 0);
    TRUE(strstr(fsnn_error_text(), "a.txt:1: \"class\" is no number") != NULL);
    fsnn_description_destroy(d);
    GOOD(read("test: a.txt, balance: true", NULL, &d));
    TRUE(strstr(fsnn_description_warning(d, 0), "data.balance: counts only") != NULL);
    fsnn_description_destroy(d);
}

/* Programs open it by its name, without a network. */
static void opens_alone(void)
{
    fsnn_data *part[FSNN_PARTS];
    fsnn_data_info info;
    int known = 0;
    const char *name;
    for (int i = 0; (name = fsnn_data_kind_name(i)) != NULL; i++)
        known += strcmp(name, "columns") == 0;
    TRUE(known == 1);
    GOOD(fsnn_data_open("{kind: columns, skip: 1, train: {path: a.txt}, validation: 0.5}",
                        path_of("net.yaml"), part));
    fsnn_data_info_get(part[FSNN_PART_VALIDATION], &info);
    TRUE(info.count == 20 && info.classes == 2);
    for (int p = 0; p < FSNN_PARTS; p++)
        fsnn_data_destroy(part[p]);
}

int main(int count, char **given)
{
    folder = count > 1 ? given[1] : ".";
    samples("a.txt", 40);
    samples("b.txt", 20);
    opens();
    trains();
    says();
    opens_alone();
    return 0;
}
