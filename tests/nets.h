/* tests/nets.h: networks for tests: from the text of a description, or put together from small
 * options and calls that must be good. */
#ifndef TESTS_NETS_H
#define TESTS_NETS_H

#include "check.h"

#include <unistd.h>

#include <fsnn/fsnn.h>

/* A net without nodes. */
static inline fsnn_net *net_new(void)
{
    fsnn_net *net;
    GOOD(fsnn_net_create(&net));
    return net;
}

/* What reading the text gives; its file is gone afterwards. */
static inline fsnn_status net_description(const char *text, fsnn_description **description)
{
    char path[] = "/tmp/fsnn-test-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *f = fdopen(file, "w");
    assert_non_null(f);
    fprintf(f, "name: described\n%s", text);
    fclose(f);
    fsnn_status status = fsnn_description_read(path, NULL, 0, description);
    unlink(path);
    return status;
}

/* Not wrapped yet; the dynamics are the description's, to be destroyed with it. */
static inline fsnn_net *net_described(const char *text, fsnn_description **description)
{
    NEEDS("YAML");
    fsnn_net *net;
    GOOD(net_description(text, description));
    GOOD(fsnn_description_net(*description, &net));
    return net;
}

/* The text is refused with these words: when it is read, when its net is built or, at the latest,
 * when that is wrapped. */
static inline void refuse_description(const char *text, const char *words)
{
    fsnn_description *d = NULL;
    fsnn_net *net = NULL;
    check_forget();
    fsnn_status status = net_description(text, &d);
    if (!status)
        status = fsnn_description_net(d, &net);
    if (!status)
        status =
            fsnn_net_wrap(net, fsnn_description_dynamics(d), &(fsnn_plan){.steps = 1, .batch = 1});
    CASE("%s", text);
    check_refused(status, ANY_ERROR, words, "a description", __FILE__, __LINE__);
    fsnn_net_destroy(net);
    fsnn_description_destroy(d);
}

/* A square kernel, padded by the same on every side; the rest as by default. */
static inline fsnn_conv2d square_conv(int64_t out, int64_t kernel, int64_t padding)
{
    fsnn_conv2d o;
    VALID(fsnn_kind_defaults("conv2d", &o));
    o.out = out;
    o.kernel[0] = o.kernel[1] = kernel;
    o.padding[0] = o.padding[1] = padding;
    return o;
}

/* ---- dynamics: every memory by its number ---- */

enum { MEMORY_WHOLE, MEMORY_BOUNDED, MEMORY_EXPONENTIALS, MEMORIES };

/* Order 0.6, learned where the method can. A bounded memory has 30 steps. */
static inline fsnn_dynamics learned_dynamics(fsnn_order *order, fsnn_method method, int memory)
{
    *order = fsnn_order_of(0.6);
    order->learn_alpha = order->learn_coefficient = method != FSNN_ML;
    fsnn_dynamics d = fsnn_dynamics_default(order);
    d.method = method;
    d.integrator = method == FSNN_EULER ? FSNN_ODEINT : FSNN_FDEINT;
    d.memory = memory == MEMORY_BOUNDED ? 30 : 0;
    d.tolerance = memory == MEMORY_EXPONENTIALS ? 1e-6 : 0;
    d.engine = memory == MEMORY_EXPONENTIALS ? FSNN_ENGINE_EXPONENTIALS : FSNN_ENGINE_AUTO;
    return d;
}

/* A neuron of the kind with these options is refused: when it is added, or, with dynamics, at the
 * latest when the net is wrapped. */
static inline void refuse_neuron(const char *kind, const fsnn_user *o, const fsnn_dynamics *d,
                                 const char *words)
{
    fsnn_net *net = net_new();
    int in = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(3)));
    check_forget();
    int status = fsnn_net_add(net, kind, "mine", &in, 1, o);
    if (d && status >= 0)
        status = fsnn_net_wrap(net, d, &(fsnn_plan){.steps = 2, .batch = 1});
    CASE("a neuron of kind %s", kind);
    check_refused(status, ANY_ERROR, words, "fsnn_net_add, fsnn_net_wrap", __FILE__, __LINE__);
    fsnn_net_destroy(net);
}

#endif
