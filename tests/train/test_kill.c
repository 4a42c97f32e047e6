/* A training that is killed before any of its operations on files, alone, resumed, replacing
 * another: what comes next goes on to the very bytes of a training that nobody stopped, and leaves
 * no litter. FSNN_LONG tries every operation, without it every few. */
#include "toy.h"

#include "kill.h"

#include <dirent.h>
#include <sys/wait.h>

enum { EPOCHS = 3, STEP = 5 };

static int64_t step(void)
{
    return getenv("FSNN_LONG") ? 1 : STEP;
}

static const char *const own[] = {"description.yaml", "figures", NULL};

/* ---- one training, in a process of its own: threads do not outlive a fork ---- */

typedef struct job {
    fsnn_run_mode mode;
    const char *name; /* of the run's folder */
    int kind;         /* which description, and so which seed; 0: as the description there says */
    int64_t at;       /* killed before this operation; 0: never */
    int64_t stop;     /* after this batch; 0: never */
} job;

static const char *description(int kind)
{
    return kind == 1 ? "first\n" : "second\n";
}

static int kind_of(const char *name)
{
    char path[64];
    uint8_t *text;
    size_t size;
    snprintf(path, sizeof path, "%s/description.yaml", name);
    if (fsnn_file_read(folder_path(path), &text, &size) < 0)
        return 0;
    int kind = strcmp((char *)text, description(1)) == 0   ? 1
               : strcmp((char *)text, description(2)) == 0 ? 2
                                                           : 0;
    fsnn_free(text);
    return kind;
}

static int64_t batches;
static int on_batch(const fsnn_metrics *m, void *user)
{
    (void)m;
    return ++batches == *(const int64_t *)user;
}

static fsnn_status train(fsnn_run *run, const job *j, int kind)
{
    toy t;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(EPOCHS);
    options.directory = NULL;
    options.run = run;
    options.on_batch = on_batch;
    options.user = (void *)&j->stop;
    o.seed = (uint64_t)kind;
    o.batch = 50;
    o.hidden = 8;
    toy_open(&t, &o);
    fsnn_status status = fsnn_train(t.net, t.train, t.test, &options, NULL);
    toy_close(&t);
    return status;
}

static void put_figures(const job *j)
{
    char path[64];
    snprintf(path, sizeof path, "%s/figures", j->name);
    mkdir(folder_path(path), 0777);
    snprintf(path, sizeof path, "%s/figures/picture", j->name);
    folder_write_text(path, "picture");
}

/* A training as a program does it: its figures come at the end. */
static fsnn_status work(const job *j)
{
    fsnn_run *run;
    fsnn_threads_set(1);
    kill_at = j->at;
    kill_count = 0; /* not those of the test itself */
    fsnn_run_options options = {.directory = folder_path(j->name), .mode = j->mode, .own = own};
    FSNN_TRY(fsnn_run_open(&options, &run));
    int kind = j->kind ? j->kind : kind_of(j->name);
    fsnn_status status = kind ? FSNN_OK : fsnn_error_set(FSNN_EFORMAT, "no description");
    if (!status && j->kind)
        status = fsnn_run_put(run, own[0], description(kind));
    if (!status)
        status = train(run, j, kind);
    if (!status)
        put_figures(j);
    fsnn_run_close(run);
    return status;
}

/* 0, 1 killed, or a status. */
static int in_child(const job *j)
{
    int ended;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        fsnn_status status = work(j);
        if (status < 0 && !j->at && status != FSNN_EARGUMENT && status != FSNN_ENOTFOUND)
            fprintf(stderr, "%s\n", fsnn_error_text());
        _exit(-(int)status);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    if (WIFSIGNALED(ended)) {
        assert_int_equal(WTERMSIG(ended), SIGKILL);
        return 1;
    }
    return -WEXITSTATUS(ended);
}

static void good(job j)
{
    int status = in_child(&j);
    if (status != 0)
        fail_msg("mode %d, kind %d: status %d", (int)j.mode, j.kind, status);
}

/* ---- what a run's folder holds ---- */

static void wipe(const char *name)
{
    char command[640];
    snprintf(command, sizeof command, "rm -rf '%s'", folder_path(name));
    assert_int_equal(system(command), 0);
}

static void copy(const char *from, const char *to)
{
    char command[1200];
    wipe(to);
    if (!folder_has(from))
        return;
    snprintf(command, sizeof command, "cp -r '%s' '%s'", folder_path(from), folder_path(to));
    assert_int_equal(system(command), 0);
}

static bool has(const char *name, const char *file)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", name, file);
    return folder_has(path);
}

/* No temporary files, no locks, no runs set aside. */
static void no_litter(const char *name)
{
    static const char *const files[] = {
        "description.yaml", "figures",       "best.safetensors",      "metrics.csv",
        "last.safetensors", "metrics.jsonl", "last.state.safetensors"};
    DIR *opened = opendir(folder_path(name));
    int count = 0;
    assert_non_null(opened);
    for (struct dirent *e; (e = readdir(opened));) {
        bool known = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
        count += !known;
        for (int i = 0; i < FSNN_COUNT(files); i++)
            known = known || strcmp(e->d_name, files[i]) == 0;
        if (!known)
            fail_msg("%s holds %s", name, e->d_name);
    }
    closedir(opened);
    assert_int_equal(count, FSNN_COUNT(files));
}

static void same_bytes(const char *one, const char *other, const char *file)
{
    char path[2][128];
    toy_file read[2];
    for (int i = 0; i < 2; i++) {
        snprintf(path[i], sizeof path[i], "%s/%s", i ? other : one, file);
        read[i] = toy_read(path[i]);
    }
    if (!toy_same_bytes(&read[0], &read[1]))
        fail_msg("%s differs between %s and %s", file, one, other);
    fsnn_free(read[0].data);
    fsnn_free(read[1].data);
}

/* The CSV without its columns of time; the JSON lines without them. */
static char *without_times(const char *name, const char *file)
{
    static const char *const keys[] = {"\"seconds\": ", "\"samples_per_second\": "};
    char path[128];
    snprintf(path, sizeof path, "%s/%s", name, file);
    char *text = folder_text(path), *to = text;
    int column = 0;
    bool csv = strstr(file, ".csv");
    for (const char *from = text; *from; from++) {
        bool left = csv && (column == 9 || column == 10);
        column = *from == ',' ? column + 1 : *from == '\n' ? 0 : column;
        for (int i = 0; !csv && i < FSNN_COUNT(keys); i++)
            if (strncmp(from, keys[i], strlen(keys[i])) == 0)
                from = strchr(from, ',');
        if (!left)
            *to++ = *from;
    }
    *to = 0;
    return text;
}

static void same_figures(const char *one, const char *other, const char *file)
{
    char *a = without_times(one, file), *b = without_times(other, file);
    assert_string_equal(a, b);
    fsnn_free(a);
    fsnn_free(b);
}

/* All of the state but the times. */
static void same_state(const char *one, const char *other)
{
    fsnn_arrays list[2] = {{0}};
    char path[128];
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/last.state.safetensors", i ? other : one);
        GOOD(fsnn_safetensors_read(folder_path(path), &list[i]));
    }
    assert_int_equal(list[0].count, list[1].count);
    for (int i = 0; i < list[0].count; i++) {
        const fsnn_array *a = &list[0].item[i], *b = &list[1].item[i];
        int64_t bytes = fsnn_shape_count(&a->shape) * (int64_t)fsnn_dtype_size(a->dtype);
        assert_string_equal(a->name, b->name);
        assert_true(fsnn_shape_equal(&a->shape, &b->shape));
        int64_t columns = a->shape.rank ? a->shape.dim[a->shape.rank - 1] : 1;
        bool history = strcmp(a->name, "train.history") == 0;
        if (!history && strcmp(a->name, "train.seconds") != 0)
            assert_memory_equal(a->data, b->data, bytes);
        for (int64_t k = 0; history && k < bytes / 8; k++)
            if (k % columns != 9 && k % columns != 10)
                assert_memory_equal((double *)a->data + k, (double *)b->data + k, 8);
    }
    fsnn_arrays_free(&list[0]);
    fsnn_arrays_free(&list[1]);
}

static void same_run(const char *one, const char *other)
{
    same_bytes(one, other, "description.yaml");
    same_bytes(one, other, "best.safetensors");
    same_bytes(one, other, "last.safetensors");
    same_figures(one, other, "metrics.csv");
    same_figures(one, other, "metrics.jsonl");
    same_state(one, other);
}

/* ---- the tests ---- */

static const char *const whole[] = {NULL, "first", "second"};

/* The two trainings as nobody stops them. */
static int references(void **state)
{
    if (folder_open(state))
        return -1;
    for (int kind = 1; kind <= 2; kind++)
        good((job){.mode = FSNN_RUN_NEW, .name = whole[kind], .kind = kind});
    no_litter("first");
    return 0;
}

/* Alone: gone on with where there is a state, or else a description; begun anew otherwise, for
 * which no force is needed. */
static void alone(void **state)
{
    (void)state;
    int64_t n = 1;
    int by[3] = {0};
    for (;; n += step()) {
        CASE("operation %lld", (long long)n);
        wipe("run");
        job j = {.mode = FSNN_RUN_NEW, .name = "run", .kind = 1, .at = n};
        if (in_child(&j) == 0)
            break;
        bool saved = has("run", "last.state.safetensors"), described = has("run", own[0]);
        for (int again = 0; again < (saved ? 1 : 2); again++) {
            copy("run", "copy");
            if (again == 0 && described) {
                good((job){.mode = FSNN_RUN_RESUME, .name = "copy"});
            } else {
                job resume = {.mode = FSNN_RUN_RESUME, .name = "copy", .kind = 1};
                if (!described)
                    assert_int_equal(in_child(&resume), FSNN_ENOTFOUND);
                good((job){.mode = FSNN_RUN_NEW, .name = "copy", .kind = 1});
            }
            no_litter("copy");
            same_run("copy", "first");
        }
        by[saved ? 2 : described]++;
    }
    assert_true(n > 50 && by[2] > 0);
    print_message("%lld operations on files\n", (long long)n - 1);
    wipe("run");
    wipe("copy");
}

/* One that was stopped and is gone on with. */
static void resumed(void **state)
{
    (void)state;
    int64_t n = 1;
    job stopped = {.mode = FSNN_RUN_NEW, .name = "stopped", .kind = 1, .stop = 6};
    assert_int_equal(in_child(&stopped), FSNN_EINTERRUPTED);
    for (;; n += step()) {
        CASE("operation %lld", (long long)n);
        copy("stopped", "run");
        job j = {.mode = FSNN_RUN_RESUME, .name = "run", .kind = 1, .at = n};
        if (in_child(&j) == 0)
            break;
        good((job){.mode = FSNN_RUN_RESUME, .name = "run"});
        no_litter("run");
        same_run("run", "first");
    }
    assert_true(n > 40);
    print_message("%lld operations on files\n", (long long)n - 1);
    wipe("run");
    wipe("stopped");
}

/* One that replaces another: either is whole, the old one until the new one has an epoch; nothing
 * of the one lies beside the other. */
static void replacing(void **state)
{
    (void)state;
    int64_t n = 1;
    int old = 0, fresh = 0, aside = 0;
    for (;; n += step()) {
        CASE("operation %lld", (long long)n);
        copy("first", "run");
        folder_write_text("run/notes", "of the user");
        job j = {.mode = FSNN_RUN_REPLACE, .name = "run", .kind = 2, .at = n};
        if (in_child(&j) == 0)
            break;
        job plain = {.mode = FSNN_RUN_NEW, .name = "run", .kind = 2};
        assert_int_equal(in_child(&plain), FSNN_EARGUMENT);
        if (has("run", "replaced")) {
            same_run("run/replaced", "first");
            assert_true(has("run/replaced", "figures/picture"));
            assert_false(has("run", "figures"));
            aside++;
        }
        int kind = kind_of("run");
        assert_true(kind > 0);
        if (kind == 1)
            same_run("run", "first");
        good((job){.mode = FSNN_RUN_RESUME, .name = "run"});
        folder_delete("run/notes");
        no_litter("run");
        same_run("run", whole[kind]);
        kind == 1 ? old++ : fresh++;
    }
    assert_true(n > 60 && old > 0 && fresh > 0 && aside > 0);
    print_message("%lld operations on files\n", (long long)n - 1);
    wipe("run");
}

/* A second one is refused as long as the first lives, whatever it wants to do, and changes
 * nothing. */
static void two_at_once(void **state)
{
    (void)state;
    fsnn_run *run;
    copy("first", "run");
    fsnn_run_options options = {
        .directory = folder_path("run"), .mode = FSNN_RUN_RESUME, .own = own};
    GOOD(fsnn_run_open(&options, &run));
    for (int mode = FSNN_RUN_NEW; mode <= FSNN_RUN_REPLACE; mode++) {
        job j = {.mode = (fsnn_run_mode)mode, .name = "run", .kind = 2};
        assert_int_equal(in_child(&j), FSNN_EBUSY);
        fsnn_run *second;
        options.mode = (fsnn_run_mode)mode;
        REFUSED(fsnn_run_open(&options, &second), FSNN_EBUSY, "is training into this directory");
        same_run("run", "first");
    }
    fsnn_run_close(run);
    no_litter("run");
    good((job){.mode = FSNN_RUN_REPLACE, .name = "run", .kind = 2});
    same_run("run", "second");
    wipe("run");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alone),
        cmocka_unit_test(resumed),
        cmocka_unit_test(replacing),
        cmocka_unit_test(two_at_once),
    };
    return cmocka_run_group_tests(tests, references, folder_remove);
}
