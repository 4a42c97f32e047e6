/* Weights from a file into the network of a session; what overrides set stays as it was set. */
#include "session/overridden.h"

#include "base/port_files.h"
#include "model/weights.h"
#include "net/net.h"

#include <stdlib.h>
#include <string.h>

/* kept[i]: a copy of parameter i where it was set, or NULL. */
static fsnn_status keep(const fsnn_session *s, void **kept)
{
    for (int i = 0; i < fsnn_net_param_count(s->net); i++) {
        const fsnn_param *param = fsnn_net_param(s->net, i);
        bool set;
        FSNN_TRY(session_overridden(s, param, &set));
        if (!set)
            continue;
        kept[i] = fsnn_alloc(net_param_bytes(param));
        if (!kept[i])
            return FSNN_EMEMORY;
        memcpy(kept[i], net_param_data(param), net_param_bytes(param));
    }
    return FSNN_OK;
}

static fsnn_status put_back(fsnn_session *s, void *const *kept)
{
    fsnn_status status = FSNN_OK;
    session_texts_free(&s->kept);
    for (int i = 0; i < fsnn_net_param_count(s->net); i++) {
        const fsnn_param *param = fsnn_net_param(s->net, i);
        if (!kept[i])
            continue;
        if (status >= 0 && memcmp(net_param_data(param), kept[i], net_param_bytes(param)) != 0)
            status = session_texts_add(&s->kept, "%s", param->name);
        memcpy(net_param_data(param), kept[i], net_param_bytes(param));
    }
    fsnn_status changed = fsnn_net_params_changed(s->net);
    return status < 0 ? status : changed;
}

fsnn_status session_load(fsnn_session *s, const char *file)
{
    int count = fsnn_net_param_count(s->net);
    void **kept = fsnn_alloc(((size_t)count + 1) * sizeof *kept);
    fsnn_status status = kept ? keep(s, kept) : FSNN_EMEMORY;
    if (status >= 0)
        status = weights_load(s->net, file, kept);
    if (status >= 0)
        status = put_back(s, kept);
    for (int i = 0; kept && i < count; i++)
        fsnn_free(kept[i]);
    fsnn_free(kept);
    return status;
}

fsnn_status fsnn_session_weights(fsnn_session *session, const char *path)
{
    char *best = NULL;
    FSNN_NEED(session);
    FSNN_NEED(path);
    FSNN_TRY(fsnn_session_shapes(session, NULL, NULL));
    if (port_is_folder(path))
        FSNN_TRY(fsnn_run_weights(path, &best));
    fsnn_status status = session_load(session, best ? best : path);
    free(best);
    return status;
}

const char *fsnn_session_kept(const fsnn_session *session, int index)
{
    bool there = session && index >= 0 && index < session->kept.count;
    return there ? session->kept.item[index] : NULL;
}
