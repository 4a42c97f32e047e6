/* A session is opened: path or text, overrides, errors with their places, data of the caller or of
 * the description, warnings, weights. */
#include "session/tiny.h"

static fsnn_status open_text(const char *text, const char *override)
{
    fsnn_session *session;
    const fsnn_session_options options = {
        .text = text, .set = &override, .sets = override ? 1 : 0, .path = "tiny.yaml"};
    fsnn_status status = fsnn_session_open(&options, &session);
    fsnn_session_close(session);
    return status;
}

/* A file and its text are the same network; the seed is the override training.seed. */
static void text_and_path(void **state)
{
    uint64_t seed = 77;
    fsnn_session *of[2];
    fsnn_session_options options = {.text = tiny_text, .seed = &seed};
    char *text[2];
    (void)state;
    folder_write_text("tiny.yaml", tiny_text);
    GOOD(fsnn_session_open(&options, &of[0]));
    options.text = NULL;
    options.path = folder_path("tiny.yaml");
    GOOD(fsnn_session_open(&options, &of[1]));
    for (int i = 0; i < 2; i++) {
        CASE("%s", i ? "path" : "text");
        assert_int_equal(fsnn_session_training(of[i])->seed, seed);
        assert_null(fsnn_session_dynamics(of[i]));
        GOOD(fsnn_session_shapes(of[i], NULL, NULL));
        assert_non_null(fsnn_session_dynamics(of[i]));
        GOOD(fsnn_description_text(fsnn_session_description(of[i]), &text[i]));
    }
    assert_string_equal(text[0], text[1]);
    assert_memory_equal(tiny_param(of[0], "fc1.weight")->value,
                        tiny_param(of[1], "fc1.weight")->value, 16 * TINY_IN * sizeof(float));
    assert_string_equal(fsnn_session_path(of[0]), "description");
    assert_string_equal(fsnn_session_path(of[1]), folder_path("tiny.yaml"));
    for (int i = 0; i < 2; i++) {
        free(text[i]);
        fsnn_session_close(of[i]);
    }
    unlink(folder_path("tiny.yaml"));
}

/* The sentence is for people, the place for programs. */
static void errors_have_places(void **state)
{
    fsnn_session *session;
    fsnn_place place;
    const fsnn_session_options nothing = {.path = NULL}, lost = {.path = "/nowhere/model.yaml"};
    (void)state;
    REFUSED(fsnn_session_open(&nothing, &session), FSNN_EARGUMENT, "neither path nor text");
    assert_null(session);
    FAILS(fsnn_session_open(&lost, &session), FSNN_EIO);
    const fsnn_session_options no_run = {.path = "model.yaml", .run = "/nowhere"};
    REFUSED(fsnn_session_open(&no_run, &session), FSNN_ENOTFOUND, "no directory /nowhere of a run");
    assert_string_equal(fsnn_error_place().key, "run");

    REFUSED(open_text("input: [6]\nlayers:\n  - linear: {out: 3}\n  - lif: {tau: -1}\n", NULL),
            FSNN_EDESCRIPTION, "tiny.yaml:4:");
    place = fsnn_error_place();
    assert_string_equal(place.file, "tiny.yaml");
    assert_int_equal(place.line, 4);
    assert_true(place.column > 1);
    assert_string_equal(place.key, "layers[1].lif.tau");

    FAILS(open_text("input: [6\n", NULL), FSNN_EDESCRIPTION); /* no tree to find a key in */
    place = fsnn_error_place();
    assert_string_equal(place.file, "tiny.yaml");
    assert_in_range(place.line, 1, 2);
    assert_string_equal(place.key, "");

    FAILS(open_text("", NULL), FSNN_EDESCRIPTION);
    assert_int_equal(fsnn_error_place().line, 1);

    REFUSED(open_text(tiny_text, "lif1.tau=abc"), FSNN_EDESCRIPTION, "override \"lif1.tau=abc\"");
    place = fsnn_error_place();
    assert_int_equal(place.line, 0);
    assert_string_equal(place.key, "layers[1].lif.tau");
    FAILS(open_text(tiny_text, "nothing=1"), FSNN_EDESCRIPTION);
    assert_string_equal(fsnn_error_place().file, "tiny.yaml");

    fsnn_error_set(FSNN_EIO, "another error");
    place = fsnn_error_place();
    assert_string_equal(place.file, "");
    assert_string_equal(place.key, "");
}

/* What only the wrap finds has its place in the text too. */
static void wrap_has_a_place(void **state)
{
    fsnn_session *session =
        tiny_open(tiny_text, (const char *const[4]){"lif1.reset=value", "dynamics.method=ab"});
    (void)state;
    FAILS(fsnn_session_shapes(session, NULL, NULL), FSNN_EDESCRIPTION);
    assert_int_equal(fsnn_error_place().line, 0); /* an override set it */
    assert_true(strstr(fsnn_error_place().key, "layers[1]") ||
                strstr(fsnn_error_place().key, "dynamics"));
    assert_null(fsnn_session_dynamics(session));
    fsnn_session_close(session);
}

static void data_of_the_caller(void **state)
{
    static const bool all[FSNN_PARTS] = {true, true, true};
    fsnn_session *session = tiny_open(tiny_text, NULL);
    fsnn_data *train = tiny_data(60, 1), *test = tiny_data(30, 2);
    (void)state;
    FAILS(fsnn_session_judge(session), FSNN_ENOTFOUND);
    REFUSED(fsnn_session_prepare(session, FSNN_PART_TRAIN, true), FSNN_ESTATE, "not open");
    REFUSED(fsnn_session_open_data(session, all, false), FSNN_EDESCRIPTION, "section \"data\"");
    REFUSED(fsnn_session_give(session, FSNN_PARTS, train), FSNN_EARGUMENT, "part 3");
    REFUSED(fsnn_session_batch(session, 0), FSNN_EARGUMENT, "one sample or more");
    GOOD(fsnn_session_batch(session, 20));
    GOOD(fsnn_session_give(session, FSNN_PART_TRAIN, train));
    GOOD(fsnn_session_give(session, FSNN_PART_TEST, test));
    GOOD(fsnn_session_open_data(session, all, false));
    REFUSED(fsnn_session_give(session, FSNN_PART_TEST, train), FSNN_ESTATE, "open already");
    assert_ptr_equal(fsnn_session_data(session, FSNN_PART_TEST), test);
    assert_int_equal(fsnn_loader_batch(fsnn_session_loader(session, FSNN_PART_TRAIN)), 20);
    assert_null(fsnn_session_loader(session, FSNN_PART_VALIDATION));
    assert_int_equal(fsnn_session_watched(session), FSNN_PART_TEST);
    assert_int_equal(fsnn_session_judge(session), FSNN_PART_TEST);
    GOOD(fsnn_session_prepare(session, FSNN_PART_TRAIN, true));
    assert_null(fsnn_session_warning(session, 0));
    fsnn_session_close(session);
    fsnn_data_destroy(train);
    fsnn_data_destroy(test);
}

/* Samples [T, ...] of data that have no time, for a network that takes one step. */
static void looks_like_time(void **state)
{
    const fsnn_shape shape = FSNN_SHAPE(4, 6);
    float x[3 * 4 * 6] = {0};
    const int32_t y[3] = {0, 1, 2};
    fsnn_data *data;
    (void)state;
    GOOD(fsnn_data_memory(3, shape, x, y, &data));
    fsnn_session *session =
        tiny_open("input: [6]\nlayers: [linear: {out: 3}, lif: {}]\ndynamics: {alpha: 1}\n", NULL);
    GOOD(fsnn_session_give(session, FSNN_PART_TRAIN, data));
    GOOD(fsnn_session_open_data(session, (const bool[FSNN_PARTS]){true}, true));
    REFUSED(fsnn_session_fits(session), FSNN_EDESCRIPTION, "`sequence: first` of the data");
    fsnn_session_close(session);
    fsnn_data_destroy(data);
}

/* Samples that do not fit are an error at the key to change; outputs to spare are a warning. */
static void fits(void **state)
{
    static const struct {
        const char *text, *words, *key;
    } wrong[] = {
        {"input: [5]\nlayers: [linear: {out: 3}, lif: {}]\ndynamics: {alpha: 1}\n",
         "`input: [6]` takes them", "input"},
        {"input: [6]\nlayers: [linear: {out: 2}, lif: {}]\ndynamics: {alpha: 1}\n", "3 classes",
         "layers[1]"},
    };
    fsnn_data *data = tiny_data(12, 3);
    (void)state;
    for (int i = 0; i < FSNN_COUNT(wrong); i++) {
        CASE("%s", wrong[i].text);
        fsnn_session *session = tiny_open(wrong[i].text, NULL);
        GOOD(fsnn_session_give(session, FSNN_PART_TRAIN, data));
        GOOD(fsnn_session_open_data(session, (const bool[FSNN_PARTS]){true}, true));
        REFUSED(fsnn_session_fits(session), FSNN_EDESCRIPTION, wrong[i].words);
        assert_string_equal(fsnn_error_place().key, wrong[i].key);
        fsnn_session_close(session);
    }
    fsnn_session *session = tiny_open(
        "input: [6]\nlayers: [linear: {out: 9}, lif: {}]\ndynamics: {alpha: 1, step: 30}\n"
        "training: {seed: 2}\n",
        NULL);
    GOOD(fsnn_session_give(session, FSNN_PART_TRAIN, data));
    GOOD(fsnn_session_open_data(session, (const bool[FSNN_PARTS]){true}, true));
    for (int again = 0; again < 2; again++) { /* the list does not grow by asking again */
        GOOD(fsnn_session_prepare(session, FSNN_PART_TRAIN, true));
        const char *spare = fsnn_session_warning_on(session, FSNN_TOPIC_DATA, 0);
        CONTAINS(spare, "9 outputs, but the data has only 3 classes");
        assert_null(fsnn_session_warning_on(session, FSNN_TOPIC_DATA, 1));
        const char *step = fsnn_session_warning_on(session, FSNN_TOPIC_NET, 0);
        CONTAINS(step, "lif1");
        int count = 0, both = 0;
        for (const char *text; (text = fsnn_session_warning(session, count)); count++)
            both += text == spare || text == step;
        assert_int_equal(both, 2);
    }
    assert_null(fsnn_session_warning_on(session, FSNN_TOPICS, 0));
    assert_null(fsnn_session_warning(NULL, 0));
    fsnn_session_close(session);
    fsnn_data_destroy(data);
}

/* Weights come from a file or a run's directory; what an override names stays as it was set. */
static void weights(void **state)
{
    fsnn_session *from = tiny_open(tiny_text, NULL), *to;
    char *path = NULL;
    (void)state;
    mkdir(folder_path("run"), 0777);
    REFUSED(fsnn_run_weights(folder_path("run"), &path), FSNN_ENOTFOUND, "best.safetensors");
    assert_null(path);
    GOOD(fsnn_session_shapes(from, NULL, NULL));
    tiny_param(from, "fc1.weight")->value[7] = 1234;
    tiny_param(from, "lif1.tau")->value[0] = 3.5f;
    GOOD(fsnn_weights_save(fsnn_session_net(from), folder_path("run/last.safetensors")));
    GOOD(fsnn_run_weights(folder_path("run"), &path));
    assert_string_equal(path, folder_path("run/last.safetensors"));
    free(path);
    for (int set = 0; set < 2; set++) {
        CASE("%s", set ? "tau is set" : "tau is the file's");
        to = tiny_open(tiny_text, set ? (const char *const[4]){"lif1.tau.value=1.25"} : NULL);
        GOOD(fsnn_session_weights(to, folder_path("run")));
        assert_float_equal(tiny_param(to, "fc1.weight")->value[7], 1234, 0);
        assert_float_equal(tiny_param(to, "lif1.tau")->value[0], set ? 1.25f : 3.5f, 0);
        if (set)
            assert_string_equal(fsnn_session_kept(to, 0), "lif1.tau");
        assert_null(fsnn_session_kept(to, set));
        fsnn_session_close(to);
    }
    to = tiny_open("input: [6]\nlayers: [linear: {out: 4, name: fc1}, lif: {name: "
                   "lif1}]\ndynamics: {alpha: 1}\n",
                   NULL);
    FAILS(fsnn_session_weights(to, folder_path("run")), ANY_ERROR);
    FAILS(fsnn_session_weights(to, folder_path("nothing")), ANY_ERROR);
    fsnn_session_close(to);
    fsnn_session_close(from);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_path),
        cmocka_unit_test(errors_have_places),
        cmocka_unit_test(wrap_has_a_place),
        cmocka_unit_test(data_of_the_caller),
        cmocka_unit_test(fits),
        cmocka_unit_test(looks_like_time),
        cmocka_unit_test(weights),
    };
    return cmocka_run_group_tests(tests, folder_open, folder_remove);
}
