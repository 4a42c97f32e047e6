/* tests/base/test_port_threads.c: threads beside the pool, and what keeps threads apart. */
#include "base/port_once.h"
#include "base/port_threads.h"
#include "check.h"

#include <signal.h>

static int calls;
static atomic_int early; /* came back before the call was over */

static void make(void)
{
    calls++;
}

static void ask(int64_t i, int worker, void *user)
{
    (void)i, (void)worker;
    port_once(user, make);
    atomic_fetch_add(&early, calls != 1);
}

static void once(void **state)
{
    static atomic_bool done;
    (void)state;
    calls = 0;
    GOOD(fsnn_threads_set(4));
    fsnn_parallel(1000, ask, &done);
    assert_int_equal(calls, 1);
    assert_int_equal(early, 0);
    GOOD(fsnn_threads_set(0));
}

static void count_up(int64_t i, int worker, void *user)
{
    volatile int *count = user;
    (void)i, (void)worker;
    port_lists_lock();
    int before = *count;
    *count = before + 1;
    port_lists_unlock();
}

static void one_at_a_time(void **state)
{
    int count = 0;
    (void)state;
    GOOD(fsnn_threads_set(4));
    fsnn_parallel(100000, count_up, &count);
    assert_int_equal(count, 100000);
    GOOD(fsnn_threads_set(0));
}

enum { ASKED, ANSWERED };

typedef struct pair {
    port_monitor *monitor;
    int asked, answered; /* under the lock */
    bool signals_held_back;
} pair;

static void answer(void *user)
{
    pair *p = user;
    sigset_t held;
    pthread_sigmask(SIG_SETMASK, NULL, &held);
    port_enter(p->monitor);
    p->signals_held_back = sigismember(&held, SIGINT) && sigismember(&held, SIGTERM);
    for (int i = 1; i <= 100; i++) {
        while (p->asked < i)
            port_wait(p->monitor, ASKED);
        p->answered = i;
        port_wake(p->monitor, ANSWERED);
    }
    port_leave(p->monitor);
}

static void question_and_answer(void **state)
{
    pair p = {.monitor = port_monitor_create()};
    port_thread *thread;
    sigset_t held;
    (void)state;
    assert_non_null(p.monitor);
    GOOD(port_thread_start("the thread of the test", answer, &p, &thread));
    port_enter(p.monitor);
    for (int i = 1; i <= 100; i++) {
        p.asked = i;
        port_wake(p.monitor, ASKED);
        while (p.answered < i)
            port_wait(p.monitor, ANSWERED);
        assert_int_equal(p.answered, i);
    }
    port_leave(p.monitor);
    port_thread_join(thread);
    port_monitor_destroy(p.monitor);
    assert_true(p.signals_held_back);
    pthread_sigmask(SIG_SETMASK, NULL, &held);
    assert_false(sigismember(&held, SIGINT)); /* the caller's are as they were */
}

static void without_memory(void **state)
{
    port_thread *thread;
    (void)state;
    fsnn_alloc_fail_at(1);
    assert_null(port_monitor_create());
    fsnn_alloc_fail_at(1);
    FAILS(port_thread_start("the thread of the test", answer, NULL, &thread), FSNN_EMEMORY);
    assert_null(thread);
    fsnn_alloc_fail_at(0);
    port_monitor_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once),
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(question_and_answer),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
