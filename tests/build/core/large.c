/* tests/build/core/large.c: networks that need a little more than 4 GiB, which wraps around to a
 * little where addresses have 32 bits. Each is refused there with FSNN_EMEMORY and a sentence. */
#include <fsnn/fsnn.h>

#include <stdio.h>

typedef struct large {
    const char *what;
    int64_t inputs, outputs, steps;
    bool training;
} large;

static fsnn_status wrap(const large *l)
{
    fsnn_net *net;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    if (fsnn_net_create(&net) < 0)
        return FSNN_ESTATE;
    int x = fsnn_net_input(net, FSNN_SHAPE(l->inputs));
    if (l->outputs)
        x = fsnn_net_linear(net, "fc", x, l->outputs, false);
    fsnn_net_lif(net, "lif", x, NULL);
    fsnn_status status = fsnn_net_wrap(
        net, &dynamics, &(fsnn_plan){.steps = l->steps, .batch = 1, .training = l->training});
    fsnn_net_destroy(net);
    return status;
}

int main(void)
{
    static const large all[] = {
        {"weights", 65536, 16400, 1, true},
        {"a value", 1 << 20, 0, 1025, false},
        {"the values of training together", 1 << 20, 0, 600, true},
        {"steps", 64, 0, (1 << 24) + 1000, true},
    };
    int wrong = 0;
    for (int i = 0; i < (int)(sizeof all / sizeof *all); i++) {
        fsnn_status status = wrap(&all[i]);
        printf("%s: %s: %s\n", all[i].what, fsnn_status_name(status), fsnn_error_text());
        wrong += status != FSNN_EMEMORY;
    }
    return wrong;
}
