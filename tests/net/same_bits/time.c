/* How time is gone through: chunks, checkpoints, still input, loops; and shapes of many and few
 * tiles. */
#include "bits.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const names[] = {"lif", "own", "cuba", "three", "callback", "noisy"};

static void run(const setup *s, const char *format, ...)
{
    char name[128];
    va_list list;
    va_start(list, format);
    vsnprintf(name, sizeof name, format, list);
    va_end(list);
    setup_run(name, s);
}

static setup of(int n, int reset, int e)
{
    setup s = setup_default();
    s.neuron = neuron_find(names[n]);
    s.options.reset = (fsnn_reset)reset;
    s.engine = engines[e];
    return s;
}

/* The same 24 steps in calls of 1, 5 and 24. */
static void chunks(void)
{
    static const int calls[] = {1, 4, 24};
    for (int n = 0; n < COUNT(names); n++)
        for (int c = 0; c < COUNT(calls); c++)
            for (int e = 0; e < engines_count; e++) {
                int start = 3 + (2 * n + e) % 9;
                setup s = of(n, (n + 2 * e) % FSNN_RESETS, e);
                s.plan.steps = 24 / calls[c];
                s.calls = calls[c];
                setup_fit(&s, start);
                run(&s, "calls/%s/%s/%s/%s/%d", names[n], s.way.name,
                    fsnn_reset_name(s.options.reset), s.engine.name, calls[c]);
            }
}

static void checkpoints(void)
{
    static const int64_t segments[] = {5, FSNN_CHECKPOINT_AUTO, 7};
    for (int n = 0; n < COUNT(names); n++)
        for (int c = 0; c < COUNT(segments); c++)
            for (int w = 3; w < ways_count; w++) {
                setup s = of(n, (n + c + w) % FSNN_RESETS, (w + c) % engines_count);
                s.plan.checkpoint = segments[c];
                s.plan.truncate = c == 2;
                setup_fit(&s, w);
                if (w < 6 || (w + n) % 3 == c)
                    run(&s, "checkpoint/%s/%s/%s/%s/%d%s", names[n], s.way.name,
                        fsnn_reset_name(s.options.reset), s.engine.name, (int)segments[c],
                        c == 2 ? "/truncate" : "");
            }
}

static void still(void)
{
    for (int n = 0; n < COUNT(names); n++)
        for (int e = 0; e < engines_count; e++)
            for (int fixed = 0; fixed < 2; fixed++) {
                int start = 3 + (n + 2 * e) % 9;
                setup s = of(n, fixed ? 0 : (n + e) % FSNN_RESETS, e);
                s.plan.still = true;
                s.fixed = fixed;
                setup_fit(&s, start);
                run(&s, "still/%s/%s/%s/%s/%s", names[n], s.way.name,
                    fsnn_reset_name(s.options.reset), s.engine.name, fixed ? "fixed" : "learned");
            }
}

/* One neuron, whole tiles, many groups of tiles, a batch that tiles do not end with. */
static void shapes(void)
{
    static const struct {
        int64_t channels, places, batch;
    } sizes[] = {{1, 1, 1}, {2, 16, 1}, {4, 40, 2}, {1, 33, 5}, {6, 500, 1}, {1, 3, 31}};
    for (int n = 0; n < 3; n++)
        for (int i = 0; i < COUNT(sizes); i++)
            for (int r = 0; r < FSNN_RESETS; r += 3) {
                int start = 3 + (i + r) % 9;
                setup s = of(n, r, 0);
                s.input = FSNN_SHAPE(sizes[i].channels, sizes[i].places);
                s.plan.batch = sizes[i].batch;
                s.plan.steps = 6;
                s.fixed = i % 2;
                setup_fit(&s, start);
                run(&s, "shape/%s/%s/%s/%dx%dx%d", names[n], s.way.name,
                    fsnn_reset_name(s.options.reset), (int)sizes[i].batch, (int)sizes[i].channels,
                    (int)sizes[i].places);
            }
}

/* ---- graphs ---- */

static int added(fsnn_net *net, int a, int b)
{
    return fsnn_net_add(net, "add", NULL, (int[]){a, b}, 2, NULL);
}

/* Its own spikes a step before. */
static int build_self(fsnn_net *net, const setup *s)
{
    int x = fsnn_net_input(net, s->input);
    x = added(net, x, fsnn_net_delay(net, "before", "n1"));
    x = neuron_add(net, s->neuron, "n1", x, &s->options, s->fixed);
    return neuron_add(net, s->neuron, "n2", x, &s->options, s->fixed);
}

/* Both layers in one loop. */
static int build_ring(fsnn_net *net, const setup *s)
{
    int x = fsnn_net_input(net, s->input);
    x = added(net, x, fsnn_net_delay(net, "before", "n2"));
    x = neuron_add(net, s->neuron, "n1", x, &s->options, s->fixed);
    return neuron_add(net, s->neuron, "n2", x, &s->options, s->fixed);
}

/* Two layers on one input, with the parameters of the first. */
static int build_shared(fsnn_net *net, const setup *s)
{
    int x = fsnn_net_input(net, s->input);
    int a = neuron_add(net, s->neuron, "n1", x, &s->options, s->fixed);
    int b = neuron_add(net, s->neuron, "n2", added(net, x, a), &s->options, s->fixed);
    if (fsnn_net_share(net, b, a) < 0)
        return -1;
    return added(net, a, b);
}

/* Spikes that only a pooling reads: one pass of the two. */
static int build_pooled(fsnn_net *net, const setup *s)
{
    int x = fsnn_net_input(net, s->input);
    x = neuron_add(net, s->neuron, "n1", x, &s->options, s->fixed);
    x = fsnn_net_maxpool(net, "pool", x, 2);
    return neuron_add(net, s->neuron, "n2", x, &s->options, s->fixed);
}

static const struct {
    const char *name;
    int (*build)(fsnn_net *net, const setup *s);
} graphs[] = {
    {"self", build_self}, {"ring", build_ring}, {"shared", build_shared}, {"pooled", build_pooled}};

static void graph(int g, int n, int w, int reset, int e)
{
    for (int form = 0; form < 3; form++) {
        setup s = of(n, reset, e);
        s.build = graphs[g].build;
        s.fixed = form == 1;
        s.plan.checkpoint = form == 2 ? 6 : 0;
        if (s.build == build_shared)
            s.orders = 1;
        if (s.build == build_pooled)
            s.input = FSNN_SHAPE(2, 4, 32);
        setup_fit(&s, w);
        run(&s, "graph/%s/%s/%s/%s/%s/%d", graphs[g].name, names[n], s.way.name,
            fsnn_reset_name(s.options.reset), s.engine.name, form);
    }
}

void group_time(void)
{
    chunks();
    checkpoints();
    still();
    shapes();
    for (int g = 0; g < COUNT(graphs); g++)
        for (int n = 0; n < COUNT(names); n++)
            for (int e = 0; e < engines_count; e++) {
                graph(g, n, 3 + (g + n + 2 * e) % 9, FSNN_RESET_CURRENT, e);
                graph(g, n, 3 + (g + n + e) % 9, 1 + (g + n + e) % 6, e);
            }
}
