/* tests/base/test_error.c: statuses in words, the sentence of the last error, nearest names. */
#include "check.h"

#include "base/error_key.h"

#include <pthread.h>

static void statuses_have_names(void **state)
{
    (void)state;
    assert_string_equal(fsnn_status_name(FSNN_OK), "FSNN_OK");
    assert_string_equal(fsnn_status_name(FSNN_EDENSE), "FSNN_EDENSE");
    assert_string_equal(fsnn_status_meaning(FSNN_EMEMORY), "out of memory");
    assert_string_equal(fsnn_status_name((fsnn_status)-1000), "FSNN_UNKNOWN");
    assert_true(strlen(fsnn_status_meaning((fsnn_status)-1000)) > 0);
}

static void sentence_is_kept(void **state)
{
    (void)state;
    assert_int_equal(fsnn_fail(FSNN_ESHAPE, "layer %s: %d", "fc1", 7), FSNN_ESHAPE);
    assert_string_equal(fsnn_error_text(), "layer fc1: 7");
}

static void sentence_may_quote_the_last_one(void **state)
{
    (void)state;
    fsnn_fail(FSNN_EIO, "disk full");
    fsnn_fail(FSNN_EIO, "saving: %s", fsnn_error_text());
    assert_string_equal(fsnn_error_text(), "saving: disk full");
}

static void long_sentence_is_cut_and_says_so(void **state)
{
    char text[5000];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    fsnn_fail(FSNN_EIO, "%s", text);
    size_t length = strlen(fsnn_error_text());
    assert_in_range(length, 1000, sizeof text - 2);
    assert_string_equal(fsnn_error_text() + length - 4, "x...");
}

static void *other_thread(void *seen)
{
    strcpy(seen, fsnn_error_text());
    fsnn_fail(FSNN_EIO, "theirs");
    return NULL;
}

static void each_thread_has_its_own(void **state)
{
    pthread_t thread;
    char seen[64] = "?";

    (void)state;
    fsnn_fail(FSNN_EIO, "mine");
    assert_int_equal(pthread_create(&thread, NULL, other_thread, seen), 0);
    pthread_join(thread, NULL);
    assert_string_equal(seen, "");
    assert_string_equal(fsnn_error_text(), "mine");
}

static void what_it_is_about(void **state)
{
    (void)state;
    assert_int_equal(fsnn_fail_key(FSNN_EARGUMENT, "crop", "a crop of %d", 7), FSNN_EARGUMENT);
    assert_string_equal(fsnn_error_text(), "a crop of 7");
    assert_string_equal(fsnn_error_key(), "crop");
    assert_int_equal(fsnn_fail_in(FSNN_EARGUMENT, "frames"), FSNN_EARGUMENT);
    assert_string_equal(fsnn_error_key(), "frames.crop");
    assert_int_equal(fsnn_fail_in(FSNN_OK, "data"), FSNN_OK); /* no failure */
    assert_string_equal(fsnn_error_key(), "frames.crop");
    fsnn_fail(FSNN_EIO, "disk full");
    assert_string_equal(fsnn_error_key(), "");
    fsnn_fail_in(FSNN_EIO, "frames");
    assert_string_equal(fsnn_error_key(), "frames");
}

static void the_first_one_is_kept(void **state)
{
    fsnn_error error;

    (void)state;
    fsnn_fail_key(FSNN_EIO, "data.path", "disk full");
    fsnn_error_keep(&error);
    fsnn_fail(FSNN_ESTATE, "clean-up failed too");
    assert_string_equal(fsnn_error_key(), "");
    fsnn_error_restore(&error);
    assert_string_equal(fsnn_error_text(), "disk full");
    assert_string_equal(fsnn_error_key(), "data.path");
}

static fsnn_status work_and_undo(bool works, bool undoes)
{
    fsnn_error error;
    fsnn_status status = works ? FSNN_OK : fsnn_fail(FSNN_EIO, "the work");
    fsnn_error_keep(&error);
    return fsnn_error_first(status, &error, undoes ? FSNN_OK : fsnn_fail(FSNN_ESTATE, "undoing"));
}

static void the_first_failure(void **state)
{
    (void)state;
    assert_int_equal(work_and_undo(true, true), FSNN_OK);
    REFUSED(work_and_undo(true, false), FSNN_ESTATE, "undoing");
    REFUSED(work_and_undo(false, true), FSNN_EIO, "the work");
    REFUSED(work_and_undo(false, false), FSNN_EIO, "the work");
}

static void nearest_names(void **state)
{
    static const char *const known[] = {"linear",  "conv2d", "flatten", "lif",  "if",
                                        "dropout", "alpha",  "graph",   "float"};
    static const struct {
        const char *name, *near;
    } cases[] = {{"liner", "linear"},  {"lienar", "linear"},
                 {"Linear", "linear"}, {"conv2", "conv2d"},
                 {"cnov2d", "conv2d"}, {"flaten", "flatten"},
                 {"lfi", "lif"},       {"dropuot", "dropout"},
                 {"lif", "lif"},       {"transformer", NULL},
                 {"xyz", NULL},        {"", NULL},
                 {"q", NULL},          {"completely else", NULL},
                 {"alfa", "alpha"},    {"grapf", "graph"},
                 {"phloat", "float"}};

    (void)state;
    for (int i = 0; i < FSNN_COUNT(cases); i++) {
        CASE("cases[%d]", i);
        const char *near = fsnn_nearest(cases[i].name, known, FSNN_COUNT(known));
        if (cases[i].near) {
            assert_non_null(near);
            assert_string_equal(near, cases[i].near);
        } else {
            assert_null(near);
        }
    }
    assert_null(fsnn_nearest("lif", known, 0));
}

static void version_and_isa(void **state)
{
    int major, minor, patch;

    (void)state;
    assert_int_equal(sscanf(fsnn_version(), "%d.%d.%d", &major, &minor, &patch), 3);
    assert_true(strcmp(fsnn_isa(), "base") == 0 || strcmp(fsnn_isa(), "avx2") == 0 ||
                strcmp(fsnn_isa(), "avx512") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_have_names),
        cmocka_unit_test(sentence_is_kept),
        cmocka_unit_test(sentence_may_quote_the_last_one),
        cmocka_unit_test(long_sentence_is_cut_and_says_so),
        cmocka_unit_test(each_thread_has_its_own),
        cmocka_unit_test(what_it_is_about),
        cmocka_unit_test(the_first_one_is_kept),
        cmocka_unit_test(the_first_failure),
        cmocka_unit_test(nearest_names),
        cmocka_unit_test(version_and_isa),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
