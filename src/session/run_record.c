/* What neuron layers did in a run, as arrays of all its steps. */
#include "session/run.h"

#include <string.h>

/* Of a bit of fsnn_keep: the number of a fsnn_record, and behind them the states beside v. */
static const char *const names[] = {"v", "spikes", "current", "test", "threshold", "states"};
enum { STATES = FSNN_RECORD_THRESHOLD + 1 };

static fsnn_status unknown(const char *name, int length)
{
    char text[128], known[128] = "";
    snprintf(text, sizeof text, "%.*s", length, name);
    for (int i = 0; i < FSNN_COUNT(names); i++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i ? "," : "", names[i]);
    }
    const char *near = fsnn_nearest(text, names, FSNN_COUNT(names));
    return fsnn_fail(FSNN_ENOTFOUND, "record takes any of %s, not \"%s\"%s%s%s", known, text,
                     near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

int fsnn_keep_find(const char *list)
{
    int keep = 0;
    FSNN_NEED(list);
    while (*list) {
        int length = (int)strcspn(list, ","), found = -1;
        for (int i = 0; i < FSNN_COUNT(names); i++)
            if ((int)strlen(names[i]) == length && strncmp(list, names[i], (size_t)length) == 0)
                found = i;
        if (found < 0)
            return unknown(list, length);
        keep |= 1 << found;
        list += length;
        list += *list == ',';
    }
    return keep;
}

static bool wanted(const run *w, int r)
{
    int keep = w->r->keep;
    if (keep & FSNN_KEEP_STATES)
        keep |= FSNN_KEEP_V;
    return keep & 1 << r;
}

/* Array i of record r of a node. */
typedef struct record {
    int r, node, i;
    fsnn_node_info info;
    const char *what; /* "v", "spikes", or a state's name */
} record;

/* Whether there is such an array. States beside v have one each. */
static bool look(const run *w, record *a)
{
    const fsnn_net *net = w->s->net;
    if (!wanted(w, a->r) || fsnn_net_node(net, a->node, &a->info) < 0 || !a->info.neuron)
        return false;
    bool of_spikes =
        a->r == FSNN_RECORD_SPIKES || a->r == FSNN_RECORD_TEST || a->r == FSNN_RECORD_THRESHOLD;
    if (of_spikes && !a->info.spiking)
        return false;
    a->what = a->r == STATES ? fsnn_net_state_name(net, a->node, a->i + 1) : names[a->r];
    return a->r == STATES ? a->what != NULL : a->i == 0;
}

static fsnn_status each(run *w, int64_t first,
                        fsnn_status (*visit)(run *w, const record *a, int64_t first))
{
    record a = {0};
    for (a.r = 0; a.r < FSNN_COUNT(names); a.r++)
        for (a.node = 0; a.node < fsnn_net_node_count(w->s->net); a.node++)
            for (a.i = 0; look(w, &a); a.i++)
                FSNN_TRY(visit(w, &a, first));
    return FSNN_OK;
}

static fsnn_status add(run *w, const record *a, int64_t first)
{
    (void)first;
    fsnn_shape shape = {.rank = a->info.shape.rank + 2, .dim = {w->T, w->B}};
    for (int i = 0; i < a->info.shape.rank; i++)
        shape.dim[i + 2] = a->info.shape.dim[i];
    return run_add(w, run_type(w), &shape, "%s.%s", a->what, a->info.name) ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status remark_no_spikes(run *w)
{
    fsnn_node_info info;
    for (int n = 0; n < fsnn_net_node_count(w->s->net); n++)
        if (fsnn_net_node(w->s->net, n, &info) >= 0 && info.neuron && info.spiking)
            return FSNN_OK;
    return session_texts_add(&w->s->remark[FSNN_TOPIC_RESULT],
                             "record spikes: no layer of this network spikes, so there are none to "
                             "write");
}

fsnn_status run_add_records(run *w)
{
    const fsnn_shape scalar = {0};
    FSNN_TRY(each(w, 0, add));
    if (w->r->keep & FSNN_KEEP_SPIKES)
        FSNN_TRY(remark_no_spikes(w));
    if (!w->r->keep)
        return FSNN_OK;
    double *step = run_add(w, FSNN_F64, &scalar, "step"); /* pictures of the records need it */
    if (!step)
        return FSNN_EMEMORY;
    *step = fsnn_description_dynamics(w->s->description)->step;
    return FSNN_OK;
}

static fsnn_status collect(run *w, const record *a, int64_t first)
{
    char name[512];
    snprintf(name, sizeof name, "%s.%s", a->what, a->info.name);
    void *to = (char *)run_added(w, name) +
               (size_t)(first * w->B * fsnn_shape_count(&a->info.shape)) * run_size(w);
    const fsnn_net *net = w->s->net;
    if (a->r == STATES)
        return w->wide ? fsnn_net_read_state_double(net, a->node, a->i + 1, to)
                       : fsnn_net_read_state(net, a->node, a->i + 1, to);
    return w->wide ? fsnn_net_read_double(net, a->node, (fsnn_record)a->r, to)
                   : fsnn_net_read(net, a->node, (fsnn_record)a->r, to);
}

fsnn_status run_collect_records(run *w, int64_t first)
{
    return each(w, first, collect);
}
