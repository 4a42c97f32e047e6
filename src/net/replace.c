/* Parameters that are replaced by those of a file: all of them, or none. */
#include "net/net.h"

/* Neuron parameters, all in a row: to `saved`, or back from it; NULL: nowhere. Returns their
 * bytes. */
static size_t neuron_values(fsnn_net *net, char *saved, bool back)
{
    size_t at = 0;
    for (int i = 0; i < net->params; i++) {
        const fsnn_param *p = &net->param[i];
        if (!p->neuron)
            continue;
        if (saved && back)
            memcpy(net_param_data(p), saved + at, net_param_bytes(p));
        else if (saved)
            memcpy(saved + at, net_param_data(p), net_param_bytes(p));
        at += net_param_bytes(p);
    }
    return at;
}

/* As it was before: that cannot fail for a value's sake. The sentence stays. */
static fsnn_status put_back(fsnn_net *net, char *saved, fsnn_status status)
{
    char *reason = fsnn_strdup(fsnn_error_text());
    neuron_values(net, saved, true);
    fsnn_net_params_changed(net);
    fsnn_fail(status, "%s", reason ? reason : "a value is out of its range");
    fsnn_free(reason);
    return status;
}

fsnn_status net_replace_params(fsnn_net *net, net_put_params *put, const void *values)
{
    char *saved = fsnn_alloc(neuron_values(net, NULL, false) + 1);
    if (!saved)
        return FSNN_EMEMORY;
    neuron_values(net, saved, false);
    put(net, values, true);
    fsnn_status status = fsnn_net_params_changed(net);
    if (status)
        status = put_back(net, saved, status);
    else
        put(net, values, false);
    fsnn_free(saved);
    return status;
}
