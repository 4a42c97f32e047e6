/* The weights of the best epoch of a session's training: in the run's directory, or, where there is
 * none, a copy in memory. */
#include "net/net.h"
#include "session/session.h"

#include <string.h>

static size_t all_bytes(const fsnn_net *net)
{
    size_t sum = 0;
    for (int i = 0; i < fsnn_net_param_count(net); i++)
        sum += net_param_bytes(fsnn_net_param(net, i));
    return sum;
}

void session_best_forget(fsnn_session *s)
{
    fsnn_free(s->best.values);
    fsnn_free(s->best.directory);
    s->best = (session_best){0};
}

fsnn_status session_best_begin(fsnn_session *s, const fsnn_run *run)
{
    session_best_forget(s);
    s->best.bytes = all_bytes(s->net);
    if (run)
        s->best.directory = fsnn_strdup(fsnn_run_directory(run));
    else
        s->best.values = fsnn_alloc(s->best.bytes + 1);
    return s->best.directory || s->best.values ? FSNN_OK : FSNN_EMEMORY;
}

void session_best_keep(fsnn_session *s)
{
    char *to = s->best.values;
    s->best.known = true;
    for (int i = 0; to && i < fsnn_net_param_count(s->net); i++) {
        const fsnn_param *param = fsnn_net_param(s->net, i);
        memcpy(to, net_param_data(param), net_param_bytes(param));
        to += net_param_bytes(param);
    }
}

static fsnn_status take(fsnn_session *s)
{
    const char *from = s->best.values;
    if (all_bytes(s->net) != s->best.bytes)
        return fsnn_fail(FSNN_ESHAPE,
                         "%s: the network has other parameters than it was trained "
                         "with",
                         s->path);
    for (int i = 0; i < fsnn_net_param_count(s->net); i++) {
        const fsnn_param *param = fsnn_net_param(s->net, i);
        memcpy(net_param_data(param), from, net_param_bytes(param));
        from += net_param_bytes(param);
    }
    return fsnn_net_params_changed(s->net);
}

fsnn_status fsnn_session_best(fsnn_session *session)
{
    FSNN_NEED(session);
    const session_best *best = &session->best;
    if (!best->directory && !best->values)
        return fsnn_fail(FSNN_ENOTFOUND, "%s: no training was made in this session", session->path);
    if (best->values && !best->known)
        return fsnn_fail(FSNN_ENOTFOUND, "%s: no epoch of the training was ended", session->path);
    if (best->values)
        return take(session);
    char *file = NULL;
    FSNN_TRY(session_inside(best->directory, "best.safetensors", &file));
    if (!file)
        return fsnn_fail(FSNN_ENOTFOUND,
                         "%s: no epoch of the training was ended: there is no "
                         "best.safetensors",
                         best->directory);
    fsnn_status status = fsnn_weights_load(session->net, file);
    fsnn_free(file);
    return status;
}
