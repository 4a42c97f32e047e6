/* tests/base/test_check.c: the test kit (tests/check.h) itself. Called with an argument the program
 * runs tests that fail; called without, it looks at what that prints. */
#include "check.h"

#include <sys/wait.h>

static const char *program;

/* ---- tests that fail ---- */

static void inner(int j)
{
    CASE("inner %d", j);
    assert_true(j < 2);
}

static void nested_cases(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        CASE("outer %s", i == 1 ? "one" : "other");
        for (int j = 0; j < 2 + i; j++) {
            if (j == 1 && i == 0)
                continue; /* leaves the case, too */
            inner(j);
        }
    }
}

static void case_that_is_over(void **state)
{
    (void)state;
    {
        CASE("%s", "over");
    }
    assert_true(program == NULL && false);
}

static void many_cases(int depth)
{
    CASE("depth %d", depth);
    if (depth < 10)
        many_cases(depth + 1);
    else
        fail();
}

static void deeper_than_kept(void **state)
{
    (void)state;
    many_cases(0);
}

static void not_good(void **state)
{
    (void)state;
    GOOD(fsnn_fail(FSNN_ESHAPE, "a sentence of %s", "its own"));
}

static void not_valid(void **state)
{
    (void)state;
    VALID(fsnn_fail(FSNN_ENOTFOUND, "no such node"));
}

static void not_refused(void **state)
{
    (void)state;
    REFUSED(FSNN_OK, FSNN_EARGUMENT, "words that are wanted");
}

static void other_status(void **state)
{
    (void)state;
    REFUSED(fsnn_fail(FSNN_EIO, "the right words"), FSNN_EFORMAT, "the right words");
}

static void other_words(void **state)
{
    (void)state;
    REFUSED(fsnn_fail(FSNN_EIO, "some words"), ANY_ERROR, "others");
}

static void sentence_of_before(void **state)
{
    (void)state;
    fsnn_fail(FSNN_EIO, "a long sentence of before");
    FAILS(FSNN_EIO, FSNN_EIO);
}

static void numbers_apart(void **state)
{
    (void)state;
    static const float got[] = {1, 2, 3.5f}, want[] = {1, 2, 3};
    CLOSE("share", got, want, 3, 0.2);
    CLOSE("apart", got, want, 3, 0.1);
}

static void not_a_number(void **state)
{
    (void)state;
    NEAR("number", NAN, 1, 1);
}

static void skipped_case(void **state)
{
    (void)state;
    CASE("%s", "skipped");
    skip();
}

static int given_back(void **state)
{
    (void)state;
    print_error("teardown of the test's own\n");
    return 0;
}

static int fails(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_cases),
        cmocka_unit_test(case_that_is_over),
        cmocka_unit_test_teardown(deeper_than_kept, given_back),
        cmocka_unit_test(not_good),
        cmocka_unit_test(not_valid),
        cmocka_unit_test(not_refused),
        cmocka_unit_test(other_status),
        cmocka_unit_test(other_words),
        cmocka_unit_test(sentence_of_before),
        cmocka_unit_test(numbers_apart),
        cmocka_unit_test(not_a_number),
        cmocka_unit_test(skipped_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* ---- what they print ---- */

static char said[1 << 16];

static int listen(void **state)
{
    (void)state;
    char command[4096];
    snprintf(command, sizeof command, "'%s' fail 2>&1", program);
    FILE *output = popen(command, "r");
    if (!output)
        return -1;
    said[fread(said, 1, sizeof said - 1, output)] = 0;
    int status = pclose(output);
    return WIFEXITED(status) && WEXITSTATUS(status) == 11 ? 0 : -1; /* all but the skipped one */
}

static void cases_are_named(void **state)
{
    (void)state;
    CONTAINS(said, "case: outer one: inner 2\n");
    assert_null(strstr(said, "case: over"));
    assert_null(strstr(said, "case: skipped"));
}

static void cases_have_a_limit(void **state)
{
    (void)state;
    CONTAINS(said,
             "case: depth 0: depth 1: depth 2: depth 3: depth 4: depth 5: depth 6: depth 7\n");
    CONTAINS(said, "teardown of the test's own\n");
}

static void statuses_bring_their_sentence(void **state)
{
    (void)state;
    CONTAINS(said, "is FSNN_ESHAPE: a sentence of its own");
    CONTAINS(said, "is FSNN_ENOTFOUND: no such node");
    CONTAINS(said, "is FSNN_OK: \n  expected FSNN_EARGUMENT: words that are wanted");
    CONTAINS(said, "is FSNN_EIO: the right words\n  expected FSNN_EFORMAT: the right words");
    CONTAINS(said, "is FSNN_EIO: some words\n  expected an error: others");
    CONTAINS(said, "is FSNN_EIO: \n  expected FSNN_EIO: (a sentence)");
    CONTAINS(said, "test_check.c:");
}

static void numbers_have_their_place(void **state)
{
    (void)state;
    CONTAINS(said, "apart[2] is 3.5, expected 3 within 0.3");
    CONTAINS(said, "number is nan, expected 1 within 2");
    assert_null(strstr(said, "share["));
}

static void passes(void **state)
{
    (void)state;
    static const float got[] = {0, 1e-4f}, want[] = {0, 0};
    GOOD(FSNN_OK);
    assert_int_equal(VALID(7), 7);
    FAILS(fsnn_fail(FSNN_EIO, "a sentence that is long"), FSNN_EIO);
    assert_int_equal(REFUSED(fsnn_fail(FSNN_EIO, "what, where, how"), ANY_ERROR, "where"),
                     FSNN_EIO);
    CLOSE("small", got, want, 2, 0.11);
    WITHIN("the same", 0.5, 0.5, 0);
    NEAR("large", 100, 101, 0.01);
}

static void random_arrays_repeat(void **state)
{
    (void)state;
    float *a = random_array(64, -1, 2, 3), *b = random_array(64, -1, 2, 3), low = 2, high = -1;
    assert_memory_equal(a, b, 64 * sizeof *a);
    fill_uniform(b, 64, -1, 2, 4);
    assert_memory_not_equal(a, b, 64 * sizeof *a);
    for (int i = 0; i < 64; i++) {
        low = fminf(low, a[i]);
        high = fmaxf(high, a[i]);
    }
    assert_true(low >= -1 && low < 0 && high > 1 && high < 2);
    fsnn_free(a);
    fsnn_free(b);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_are_named),
        cmocka_unit_test(cases_have_a_limit),
        cmocka_unit_test(statuses_bring_their_sentence),
        cmocka_unit_test(numbers_have_their_place),
        cmocka_unit_test(passes),
        cmocka_unit_test(random_arrays_repeat),
    };
    program = argv[0];
    return argc > 1 ? fails() : cmocka_run_group_tests(tests, listen, NULL);
}
