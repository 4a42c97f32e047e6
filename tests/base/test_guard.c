/* Work in a child process: bytes and errors come through, and what becomes of the child in every
 * other case is an error here, in time, without a child left behind. */
#include "check.h"

#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/guard.h"

enum { LARGE = 300000 };

#if defined __SANITIZE_ADDRESS__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

typedef struct talk {
    int64_t pieces;  /* of numbers, one longer than the other */
    int64_t wanted;  /* how many the caller reads; -1: as many */
    int64_t refused; /* the caller gives up at this piece; -1: never */
    int64_t sum;
} talk;

static fsnn_status numbers(guard *g, void *user)
{
    const talk *t = user;
    int64_t *x = malloc(LARGE * sizeof *x);
    if (!x)
        return FSNN_EMEMORY;
    for (int64_t p = 0; p < t->pieces; p++) {
        int64_t n = p * 997 % LARGE;
        for (int64_t i = 0; i < n; i++)
            x[i] = p + i;
        FSNN_TRY(guard_put(g, &n, sizeof n));
        FSNN_TRY(guard_put(g, x, (size_t)n * sizeof *x));
    }
    return FSNN_OK;
}

static fsnn_status sum(guard *g, void *user)
{
    talk *t = user;
    static int64_t x[LARGE];
    for (int64_t p = 0; p < (t->wanted < 0 ? t->pieces : t->wanted); p++) {
        int64_t n = -1;
        if (p == t->refused)
            return fsnn_fail(FSNN_EFORMAT, "piece %lld is not wanted", (long long)p);
        FSNN_TRY(guard_get(g, &n, sizeof n));
        if (n != p * 997 % LARGE)
            return fsnn_fail(FSNN_EFORMAT, "piece %lld is wrong", (long long)p);
        FSNN_TRY(guard_get(g, x, (size_t)n * sizeof *x));
        for (int64_t i = 0; i < n; i++)
            t->sum += x[i] - p - i + 1;
    }
    return FSNN_OK;
}

static fsnn_status run(fsnn_status (*send)(guard *, void *), talk *t, double busy, double silence)
{
    fsnn_status status = guard_run(&(guard_work){.subject = "some.file",
                                                 .worker = "the library",
                                                 .send = send,
                                                 .receive = sum,
                                                 .user = t,
                                                 .memory = 64 << 20,
                                                 .busy = busy,
                                                 .silence = silence});
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is there */
    assert_int_equal(errno, ECHILD);
    return status;
}

static void what_is_given(void **state)
{
    (void)state;
    talk t = {.pieces = 400, .wanted = -1, .refused = -1};
    int64_t all = 0;
    for (int64_t p = 0; p < t.pieces; p++)
        all += p * 997 % LARGE;
    GOOD(run(numbers, &t, 60, 60));
    assert_int_equal(t.sum, all);
    t = (talk){.pieces = 0, .wanted = -1, .refused = -1};
    GOOD(run(numbers, &t, 60, 60));
}

static fsnn_status regrets(guard *g, void *user)
{
    FSNN_TRY(numbers(g, user));
    return fsnn_fail(FSNN_ENUMERIC, "the child's own words, %d", 7);
}

static void errors_come_through(void **state)
{
    (void)state;
    talk t = {.pieces = 3, .wanted = -1, .refused = -1};
    FAILS(run(regrets, &t, 60, 60), FSNN_ENUMERIC); /* all was given before */
    CONTAINS(fsnn_error_text(), "the child's own words, 7");
    t.wanted = 9;
    FAILS(run(regrets, &t, 60, 60), FSNN_ENUMERIC); /* less than wanted */
    CONTAINS(fsnn_error_text(), "the child's own words, 7");
    FAILS(run(numbers, &t, 60, 60), FSNN_EFORMAT);
    CONTAINS(fsnn_error_text(), "some.file: the library says less than it should");
    t.wanted = 2;
    FAILS(run(numbers, &t, 60, 60), FSNN_EFORMAT);
    CONTAINS(fsnn_error_text(), "some.file: the library says more than it should");
    t = (talk){.pieces = 400, .wanted = -1, .refused = 5}; /* the child would write much more */
    FAILS(run(numbers, &t, 60, 60), FSNN_EFORMAT);
    CONTAINS(fsnn_error_text(), "piece 5 is not wanted");
}

static fsnn_status raises(guard *g, void *user)
{
    FSNN_TRY(numbers(g, user));
    fprintf(stderr, "Sanitizer: nobody shall see this\n");
    raise((int)((talk *)user)->sum);
    return FSNN_OK;
}

static fsnn_status leaves(guard *g, void *user)
{
    (void)g, (void)user;
    _exit(3);
}

static void crashes(void **state)
{
    (void)state;
    static const int signals[] = {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGKILL};
    for (int i = 0; i < FSNN_COUNT(signals); i++)
        for (int64_t wanted = 0; wanted <= 5; wanted += 5) {
            char text[64];
            talk t = {.pieces = 0, .wanted = wanted, .refused = -1, .sum = signals[i]};
            FAILS(run(raises, &t, 60, 60), FSNN_EFORMAT);
            snprintf(text, sizeof text, "some.file: the library crashed reading it (signal %d)",
                     signals[i]);
            CONTAINS(fsnn_error_text(), text);
        }
    talk t = {.wanted = 1, .refused = -1};
    FAILS(run(leaves, &t, 60, 60), FSNN_EFORMAT);
    CONTAINS(fsnn_error_text(), "the library crashed reading it: the file is damaged");
}

static fsnn_status sleeps(guard *g, void *user)
{
    FSNN_TRY(numbers(g, user));
    for (;;)
        pause();
}

static fsnn_status circles(guard *g, void *user)
{
    FSNN_TRY(numbers(g, user));
    for (volatile int i = 0;; i = 1 - i)
        ;
}

static void hangs(void **state)
{
    (void)state;
    /* while the caller waits for the end, or for more */
    for (int64_t wanted = 2; wanted <= 4; wanted += 2) {
        talk t = {.pieces = 2, .wanted = wanted, .refused = -1};
        double start = fsnn_now();
        FAILS(run(sleeps, &t, 60, 0.2), FSNN_EFORMAT);
        assert_true(fsnn_now() - start >= 0.2);
        CONTAINS(fsnn_error_text(),
                 "some.file: the library did not get on for 0.2 s and was stopped");
        t = (talk){.pieces = 2, .wanted = wanted, .refused = -1};
        FAILS(run(circles, &t, 0.1, 60), FSNN_EFORMAT);
        CONTAINS(fsnn_error_text(),
                 "some.file: the library did not get on for 0.1 s and was stopped");
    }
}

static fsnn_status hungry(guard *g, void *user)
{
    (void)user;
    int64_t got = malloc((size_t)256 << 20) != NULL;
    return guard_put(g, &got, sizeof got);
}

static fsnn_status learn(guard *g, void *user)
{
    return guard_get(g, user, sizeof(int64_t));
}

static void takes_all_memory(void **state)
{
    (void)state;
#ifdef SANITIZED
    (void)hungry, (void)learn;
    skip(); /* the sanitizer has taken all address space beforehand */
#else
    for (int capacity = 64; capacity <= 1024; capacity += 960) {
        int64_t got = -1;
        GOOD(guard_run(&(guard_work){.subject = "f",
                                     .worker = "w",
                                     .send = hungry,
                                     .receive = learn,
                                     .user = &got,
                                     .memory = (size_t)capacity << 20,
                                     .busy = 60,
                                     .silence = 60}));
        assert_int_equal(got, capacity == 1024);
    }
#endif
}

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
    (void)number;
    alarms++;
}

static fsnn_status slow(guard *g, void *user)
{
    struct timespec a_little = {.tv_nsec = 100000000};
    nanosleep(&a_little, NULL);
    return numbers(g, user);
}

/* Signals of the caller's do not disturb it, and text that is not yet written is written once. */
static void caller_is_left_alone(void **state)
{
    (void)state;
    struct sigaction old, now = {.sa_handler = on_alarm};
    const struct itimerval often = {{0, 5000}, {0, 5000}}, never = {{0, 0}, {0, 0}};
    char name[] = "/tmp/fsnn-guard-XXXXXX";
    int file = mkstemp(name);
    assert_true(file >= 0);
    FILE *out = fdopen(file, "w");
    fputs("once", out);
    sigaction(SIGALRM, &now, &old);
    setitimer(ITIMER_REAL, &often, NULL);
    talk t = {.pieces = 100, .wanted = -1, .refused = -1};
    fsnn_status status = run(slow, &t, 60, 60);
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &old, NULL);
    GOOD(status);
    assert_true(alarms > 3);
    fclose(out);
    FILE *in = fopen(name, "r");
    char text[16] = "";
    assert_int_equal(fread(text, 1, sizeof text, in), 4);
    fclose(in);
    unlink(name);
}

/* With the threads of parallel loops waiting, as after training. */
static void nothing(int64_t i, int worker, void *user)
{
    (void)i, (void)worker, (void)user;
}

static void beside_threads(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        fsnn_parallel(1000, nothing, NULL);
        talk t = {.pieces = 20, .wanted = -1, .refused = -1};
        GOOD(run(numbers, &t, 60, 60));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_given),    cmocka_unit_test(errors_come_through),
        cmocka_unit_test(crashes),          cmocka_unit_test(hangs),
        cmocka_unit_test(takes_all_memory), cmocka_unit_test(caller_is_left_alone),
        cmocka_unit_test(beside_threads),
    };
    return cmocka_run_group_tests_name("base/guard", tests, NULL, NULL);
}
