/* tests/check.h: what every CMocka program of the tests needs: CMocka with the headers it wants
 * first, statuses of the library with their sentences, numbers compared by tolerance, random
 * arrays, and cases of a loop that name themselves when an assertion fails. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/real.h"

/* An assertion that fails: ends the test. */
static inline _Noreturn void check_fail(const char *file, int line)
{
    _fail(file, line);
    abort(); /* CMocka does not say that it never returns */
}

/* ---- cases of a loop ----
 *
 * CASE("method %s, reset %s", ...) says what the rest of the block is about. It is printed when an
 * assertion fails there, after those of the blocks around it and of the functions that called. An
 * assertion leaves by longjmp, which skips the end of the block: a case that is still open when its
 * test is over is where the test failed. */

enum { CHECK_CASES = 8, CHECK_CASE_TEXT = 256 };

static char check_case_text[CHECK_CASES][CHECK_CASE_TEXT];
static int check_cases; /* open ones */

static inline FSNN_PRINTF(1, 2) int check_case_open(const char *format, ...)
{
    if (check_cases < CHECK_CASES) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(check_case_text[check_cases], CHECK_CASE_TEXT, format, arguments);
        va_end(arguments);
    }
    return ++check_cases;
}

static inline void check_case_close(const int *open)
{
    check_cases = *open - 1;
}

#define CHECK_JOIN_(a, b) a##b
#define CHECK_JOIN(a, b) CHECK_JOIN_(a, b)
#define CASE(...)                                                                                  \
    __attribute__((cleanup(check_case_close), unused)) const int CHECK_JOIN(                       \
        check_case_, __LINE__) = check_case_open(__VA_ARGS__)

/* A test that is skipped has not failed. */
#undef skip
#define skip() (check_cases = 0, _skip(__FILE__, __LINE__))

/* Groups run with a teardown behind every test that prints the cases left open. */
static const struct CMUnitTest *check_test; /* the one that runs, as the group has it */

static inline int check_setup(void **state)
{
    check_test++;
    check_cases = 0;
    return check_test->setup_func ? check_test->setup_func(state) : 0;
}

static inline int check_teardown(void **state)
{
    int count = check_cases < CHECK_CASES ? check_cases : CHECK_CASES;
    for (int i = 0; i < count; i++)
        print_error("%s%s%s", i ? ": " : "case: ", check_case_text[i], i + 1 < count ? "" : "\n");
    check_cases = 0;
    return check_test->teardown_func ? check_test->teardown_func(state) : 0;
}

static inline int check_run(const char *name, const struct CMUnitTest *tests, size_t count,
                            CMFixtureFunction setup, CMFixtureFunction teardown)
{
    struct CMUnitTest *wrapped = malloc((count + 1) * sizeof *wrapped);
    if (!wrapped)
        return -1;
    for (size_t i = 0; i < count; i++) {
        wrapped[i] = tests[i];
        wrapped[i].setup_func = check_setup;
        wrapped[i].teardown_func = check_teardown;
    }
    check_test = tests - 1;
    int failed = _cmocka_run_group_tests(name, wrapped, count, setup, teardown);
    free(wrapped);
    return failed;
}

#undef cmocka_run_group_tests
#define cmocka_run_group_tests(tests, setup, teardown)                                             \
    check_run(#tests, tests, sizeof(tests) / sizeof(tests)[0], setup, teardown)
#undef cmocka_run_group_tests_name
#define cmocka_run_group_tests_name(name, tests, setup, teardown)                                  \
    check_run(name, tests, sizeof(tests) / sizeof(tests)[0], setup, teardown)

/* ---- where instructions cost much ----
 *
 * FSNN_EVERY=11: of loops over combinations (methods, resets, engines, lengths) a test runs every
 * eleventh, where the processor is emulated. As no axis has 11 values, each value still has its
 * turns, beside others. Unset: all. */
static inline int check_every(void)
{
    const char *given = getenv("FSNN_EVERY");
    int every = given ? atoi(given) : 1;
    return every > 1 ? every : 1;
}

/* Whether this combination is run. */
static inline bool check_turn(void)
{
    static int turn;
    return turn++ % check_every() == 0;
}

/* ---- what a build can leave out ---- */

/* Whether this build has it, a word of fsnn_built(): "YAML", "zlib", "double precision". */
static inline bool check_built_with(const char *what)
{
    const char *without = strstr(fsnn_built(), "(without");
    return !without || !strstr(without, what);
}

/* Skips the test where fsnn was built without it. */
#define NEEDS(what)                                                                                \
    do {                                                                                           \
        if (!check_built_with(what)) {                                                             \
            print_message("skipped: fsnn is built without %s\n", what);                            \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

/* ---- statuses ---- */

static inline void check_forget(void)
{
    fsnn_error_set(FSNN_OK, "%s", "");
}

static inline void check_good(int64_t status, const char *call, const char *file, int line)
{
    if (status == FSNN_OK)
        return;
    print_error("%s\n  is %s: %s\n", call, fsnn_status_name((fsnn_status)status),
                fsnn_error_text());
    check_fail(file, line);
}

static inline int64_t check_valid(int64_t value, const char *call, const char *file, int line)
{
    if (value < 0)
        check_good(value, call, file, line);
    return value;
}

enum { ANY_ERROR = 1 };

/* `words` NULL: any sentence. */
static inline int64_t check_refused(int64_t found, int64_t status, const char *words,
                                    const char *call, const char *file, int line)
{
    const char *text = fsnn_error_text();
    bool right = status == ANY_ERROR ? found < 0 : found == status;
    if (right && (words ? strstr(text, words) != NULL : strlen(text) > 8))
        return found;
    print_error("%s\n  is %s: %s\n  expected %s: %s\n", call, fsnn_status_name((fsnn_status)found),
                text, status == ANY_ERROR ? "an error" : fsnn_status_name((fsnn_status)status),
                words ? words : "(a sentence)");
    check_fail(file, line);
}

/* The call returns FSNN_OK. */
#define GOOD(call) check_good((int64_t)(call), #call, __FILE__, __LINE__)

/* A handle, a count or a size, not an error; its value. */
#define VALID(call) check_valid((int64_t)(call), #call, __FILE__, __LINE__)

/* The call fails with the status and leaves a sentence; with one that has these words in it. The
 * sentence is the call's: what was there before is forgotten. Their value is the status. */
#define FAILS(call, status)                                                                        \
    check_refused((check_forget(), (int64_t)(call)), status, NULL, #call, __FILE__, __LINE__)
#define REFUSED(call, status, words)                                                               \
    check_refused((check_forget(), (int64_t)(call)), status, words, #call, __FILE__, __LINE__)

/* ---- text ---- */

static inline void check_contains(const char *text, const char *words, const char *file, int line)
{
    if (text && strstr(text, words))
        return;
    print_error("%s\n  does not say: %s\n", text ? text : "(null)", words);
    check_fail(file, line);
}

#define CONTAINS(text, words) check_contains(text, words, __FILE__, __LINE__)

/* ---- numbers ---- */

static inline void check_within(const char *what, double got, double want, double bound,
                                const char *file, int line)
{
    if (fabs(got - want) <= bound)
        return;
    print_error("%s is %.17g, expected %.17g within %.3g\n", what, got, want, bound);
    check_fail(file, line);
}

static inline void check_near(const char *what, double got, double want, double tolerance,
                              const char *file, int line)
{
    check_within(what, got, want, tolerance * (1 + fabs(want)), file, line);
}

static inline void check_close(const char *what, const float *got, const float *want, int64_t n,
                               double share, const char *file, int line)
{
    double scale = 1e-3;
    for (int64_t i = 0; i < n; i++)
        scale = fmax(scale, fabs((double)want[i]));
    for (int64_t i = 0; i < n; i++)
        if (!(fabs((double)got[i] - (double)want[i]) <= share * scale)) {
            print_error("%s[%lld] is %.9g, expected %.9g within %.3g\n", what, (long long)i,
                        (double)got[i], (double)want[i], share * scale);
            check_fail(file, line);
        }
}

/* Tolerances that stand for the rounding of float are multiplied by it. */
#ifdef FSNN_DOUBLE
#define ROUNDING 1e-8
#else
#define ROUNDING 1
#endif

/* |got - want| <= bound. */
#define WITHIN(what, got, want, bound) check_within(what, got, want, bound, __FILE__, __LINE__)

/* |got - want| <= tolerance (1 + |want|). */
#define NEAR(what, got, want, tolerance) check_near(what, got, want, tolerance, __FILE__, __LINE__)

/* Floats [n]: each within `share` of the largest wanted, or of 1e-3 where all are smaller. */
#define CLOSE(what, got, want, n, share) check_close(what, got, want, n, share, __FILE__, __LINE__)

/* ---- random arrays: the same ones each run ---- */

enum { CHECK_SEED = 9 };

static inline void fill_normal(float *x, int64_t n, double mean, double spread, uint64_t stream)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(mean + spread * fsnn_random_normal(CHECK_SEED, stream, (uint64_t)i));
}

static inline void fill_uniform(real *x, int64_t n, double low, double high, uint64_t stream)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = (real)(low +
                      (high - low) * (double)fsnn_random_uniform(CHECK_SEED, stream, (uint64_t)i));
}

/* A new array of such numbers in [low, high), to be freed with fsnn_free. */
static inline real *random_array(int64_t n, double low, double high, uint64_t stream)
{
    real *x = fsnn_alloc((size_t)n * sizeof *x);
    assert_non_null(x);
    fill_uniform(x, n, low, high, stream);
    return x;
}

#endif
