/* tests/base/test_threads.c: parallel loops cover every index once, whatever the number of threads.
 */
#include "check.h"

#include <stdatomic.h>

enum { MOST = 1000 };

typedef struct cover {
    atomic_int times[MOST];
    atomic_int calls, bad_worker, bad_range;
    int64_t n, grain;
} cover;

static void visit(int64_t i, int worker, void *user)
{
    cover *c = user;

    if (worker < 0 || worker >= fsnn_threads())
        atomic_fetch_add(&c->bad_worker, 1);
    atomic_fetch_add(&c->times[i], 1);
}

static void visit_range(int64_t begin, int64_t end, void *user)
{
    cover *c = user;

    atomic_fetch_add(&c->calls, 1);
    /* ranges begin at multiples of the grain: they depend on the problem, not on the threads */
    if (begin % c->grain != 0 || end - begin > c->grain || (end - begin < c->grain && end != c->n))
        atomic_fetch_add(&c->bad_range, 1);
    for (int64_t i = begin; i < end; i++)
        atomic_fetch_add(&c->times[i], 1);
}

static void covered_once(const cover *c, int64_t n)
{
    for (int64_t i = 0; i < MOST; i++)
        assert_int_equal(c->times[i], i < n);
}

static const int thread_counts[] = {1, 2, 3, 7, 16};
static const int64_t sizes[] = {0, 1, 2, 15, 16, 17, 1000};

static void every_index_once(void **state)
{
    static cover c;

    (void)state;
    for (int t = 0; t < FSNN_COUNT(thread_counts); t++) {
        CASE("thread_counts[%d]", t);
        GOOD(fsnn_threads_set(thread_counts[t]));
        assert_int_equal(fsnn_threads(), thread_counts[t]);
        for (int s = 0; s < FSNN_COUNT(sizes); s++) {
            CASE("sizes[%d]", s);
            memset(&c, 0, sizeof c);
            fsnn_parallel(sizes[s], visit, &c);
            covered_once(&c, sizes[s]);
            assert_int_equal(c.bad_worker, 0);
        }
    }
    fsnn_threads_set(0);
}

static void every_range_once(void **state)
{
    static cover c;
    static const int64_t grains[] = {1, 7, 64, 5000};

    (void)state;
    for (int t = 0; t < FSNN_COUNT(thread_counts); t++)
        for (int s = 0; s < FSNN_COUNT(sizes); s++)
            for (int g = 0; g < FSNN_COUNT(grains); g++) {
                CASE("thread_counts[%d], sizes[%d], grains[%d]", t, s, g);
                fsnn_threads_set(thread_counts[t]);
                memset(&c, 0, sizeof c);
                c.n = sizes[s];
                c.grain = grains[g];
                fsnn_parallel_range(sizes[s], grains[g], visit_range, &c);
                covered_once(&c, sizes[s]);
                assert_int_equal(c.bad_range, 0);
                assert_int_equal(c.calls, (sizes[s] + grains[g] - 1) / grains[g]);
            }
    fsnn_threads_set(0);
}

static void thread_counts_are_checked(void **state)
{
    (void)state;
    GOOD(fsnn_threads_set(3));
    REFUSED(fsnn_threads_set(-1), FSNN_EARGUMENT, "-1");
    FAILS(fsnn_threads_set(1000000), FSNN_EARGUMENT);
    assert_int_equal(fsnn_threads(), 3);
    GOOD(fsnn_threads_set(0));
    assert_true(fsnn_threads() >= 1);
}

static void clock_runs_forward(void **state)
{
    double t = fsnn_now();

    (void)state;
    for (int i = 0; i < 1000; i++) {
        double now = fsnn_now();
        assert_true(now >= t);
        t = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_index_once),
        cmocka_unit_test(every_range_once),
        cmocka_unit_test(thread_counts_are_checked),
        cmocka_unit_test(clock_runs_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
