/* A child of a process that has computed with several threads computes too, with one; a loader of
 * its parent's is refused there instead of waiting for a thread that did not come along. */
#include "check.h"

#include <fsnn/fsnn.h>

#include <sys/wait.h>
#include <unistd.h>

enum { T = 20, B = 64, N = 512 };

static const float x[2] = {1, 2};

static int compute(void)
{
    fsnn_net *net;
    const float *y;
    fsnn_order order = {.terms = 1, .alpha = {0.6}, .coefficient = {1}};
    fsnn_dynamics dynamics = {.order = &order, .orders = 1, .step = 1};
    float *input = calloc(T * B * N, sizeof *input);
    int status = fsnn_net_create(&net);
    int fc = fsnn_net_linear(net, "fc", fsnn_net_input(net, FSNN_SHAPE(N)), N, true);
    status = status ? status : fsnn_net_lif(net, "lif", fc, &FSNN_NEURON_DEFAULT);
    status =
        status < 0 ? status : fsnn_net_wrap(net, &dynamics, &(fsnn_plan){.steps = T, .batch = B});
    status = status < 0 ? status : fsnn_net_forward(net, input, &y);
    fsnn_net_destroy(net);
    free(input);
    return status;
}

/* What the child's function returns; -1 where it had to be ended after a minute. */
static int in_child(int (*call)(void *user), void *user)
{
    enum { SECONDS = 60 };
    int code;
    pid_t child = fork();
    if (child == 0) {
        alarm(SECONDS);
        _exit(call(user));
    }
    waitpid(child, &code, 0);
    return WIFEXITED(code) ? WEXITSTATUS(code) : -1;
}

static int computes(void *user)
{
    (void)user;
    if (fsnn_threads() != 1 || fsnn_threads_set(2) != FSNN_OK || fsnn_threads() != 1)
        return 1;
    return compute() < 0 ? 2 : 0;
}

static int forks_again(void *user)
{
    return in_child(computes, user);
}

static void child_computes(void **state)
{
    (void)state;
    GOOD(fsnn_threads_set(2));
    int threads = fsnn_threads(); // 1 without OpenMP
    GOOD(compute() < 0);
    assert_int_equal(in_child(computes, NULL), 0);
    assert_int_equal(in_child(forks_again, NULL), 0);
    assert_int_equal(fsnn_threads(), threads);
    GOOD(compute() < 0);
}

static int refused(void *user)
{
    fsnn_loader *loader = user;
    fsnn_batch batch;
    if (fsnn_loader_next(loader, &batch) != FSNN_ESTATE || !strstr(fsnn_error_text(), "forked"))
        return 1;
    if (fsnn_loader_start(loader, 1) != FSNN_ESTATE)
        return 2;
    fsnn_loader_destroy(loader);
    return 0;
}

static void child_has_no_loader(void **state)
{
    (void)state;
    fsnn_data *data;
    fsnn_loader *loader;
    fsnn_batch batch;
    GOOD(fsnn_data_memory(1, FSNN_SHAPE(2), x, NULL, &data));
    GOOD(fsnn_loader_create(
        data, &(fsnn_loader_options){.encoder = {.steps = 1, .gain = 1}, .batch = 1}, &loader));
    GOOD(fsnn_loader_start(loader, 0));
    assert_int_equal(in_child(refused, loader), 0);
    assert_int_equal(fsnn_loader_next(loader, &batch), 1);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(child_computes),
        cmocka_unit_test(child_has_no_loader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
