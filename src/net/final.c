/* The hook, and the library's own watcher, that are told which gradients are final while backward
 * runs. */
#include "base/error_key.h"
#include "net/net.h"

fsnn_status fsnn_net_on_gradient(fsnn_net *net, fsnn_gradient_hook *hook, void *user)
{
    FSNN_NEED(net);
    net->hook = hook;
    net->hook_user = user;
    return FSNN_OK;
}

static fsnn_status call(fsnn_net *net, int param, int count)
{
    if (!net->hook)
        return FSNN_OK;
    uint64_t before = fsnn_errors_said();
    int code = net->hook(net, param, count, net->hook_user);
    const char *why = fsnn_error_since(before);
    if (!code)
        return FSNN_OK;
    return code > 0 ? fsnn_fail(FSNN_EINTERRUPTED, "the hook for gradients ended backward")
                    : fsnn_fail(FSNN_ECALLBACK, "the hook for gradients returned %d%s%s", code,
                                *why ? ": " : "", why);
}

/* The node whose parameters a step uses; 0: it has none. */
static int owner_of(const fsnn_net *net, const net_step *step)
{
    if (step->node < 1 || !net->node[step->node]->op.params)
        return 0;
    int shares = net->node[step->node]->shares;
    return shares < 0 ? step->node : shares;
}

/* Whether steps before `first`, to which backward has yet to come, add to the same gradients. */
static bool used_before(const fsnn_net *net, int owner, int first)
{
    for (int i = 0; i < first; i++)
        if (owner_of(net, &net->step[i]) == owner)
            return true;
    return false;
}

/* Steps of one part may share parameters: the first of them speaks. */
static bool speaks(const fsnn_net *net, int step, int first)
{
    int owner = owner_of(net, &net->step[step]);
    for (int i = first; i < step; i++)
        if (owner_of(net, &net->step[i]) == owner)
            return false;
    return owner && !used_before(net, owner, first);
}

static void watched(fsnn_net *net, int param, int count)
{
    if (net->final)
        net->final(net, param, count, net->final_user);
}

/* Of the nodes of steps first ... last. */
static fsnn_status tell_nodes(fsnn_net *net, int first, int last)
{
    for (int i = last; i >= first; i--) {
        if (!speaks(net, i, first))
            continue;
        const net_node *node = net->node[owner_of(net, &net->step[i])];
        FSNN_TRY(call(net, node->first_param, node->op.params));
        watched(net, node->first_param, node->op.params);
    }
    return FSNN_OK;
}

fsnn_status net_tell_final(fsnn_net *net, int first, int last)
{
    if (!net->hook && !net->final)
        return FSNN_OK;
    watched(net, 0, 0);
    if (net->segments.first) /* earlier segments come later, and add */
        return FSNN_OK;
    return last < 0 ? call(net, net->params, 0) : tell_nodes(net, first, last);
}
