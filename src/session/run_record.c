/* What neuron layers did in a run, as arrays of all its steps. */
#include "base/error_key.h"
#include "session/run.h"

#include <string.h>

enum { STATES = FSNN_RECORD_THRESHOLD + 1 };

static bool wanted(const run *w, int r, int node)
{
    int keep = w->keep[node];
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
    if (!wanted(w, a->r, a->node) || fsnn_net_node(net, a->node, &a->info) < 0 ||
        !run_record_has(a->r, &a->info))
        return false;
    a->what = a->r == STATES ? fsnn_net_state_name(net, a->node, a->i + 1) : run_record_name(a->r);
    return a->r == STATES ? a->what != NULL : a->i == 0;
}

static fsnn_status each(run *w, int64_t first,
                        fsnn_status (*visit)(run *w, const record *a, int64_t first))
{
    record a = {0};
    for (a.r = 0; a.r < RUN_RECORDS; a.r++)
        for (a.node = 0; a.node < fsnn_net_node_count(w->s->net); a.node++)
            for (a.i = 0; look(w, &a); a.i++)
                FSNN_TRY(visit(w, &a, first));
    return FSNN_OK;
}

static fsnn_status add(run *w, const record *a, int64_t first)
{
    (void)first;
    fsnn_shape shape = {.rank = a->info.shape.rank + 2, .dim = {w->last - w->first_kept, w->B}};
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

fsnn_status run_settle_records(run *w)
{
    int64_t first = w->r->record_first, count = w->r->record_steps;
    FSNN_TRY(run_read_records(w));
    if (first < 0 || count < 0)
        return fsnn_fail_key(FSNN_EARGUMENT, "record_first",
                             "records of %lld steps from step %lld: neither is below 0",
                             (long long)count, (long long)first);
    if ((first || count) && !w->kept)
        return fsnn_fail_key(FSNN_EARGUMENT, "record_first",
                             "steps of records are given, but not what is recorded");
    if (first >= w->T || count > w->T - first)
        return fsnn_fail_key(FSNN_EARGUMENT, "record_first",
                             "records of the steps %lld to %lld: the run has the steps 0 to %lld",
                             (long long)first, (long long)(first + (count ? count - 1 : 0)),
                             (long long)w->T - 1);
    w->first_kept = first;
    w->last = count ? first + count : w->T;
    return FSNN_OK;
}

static fsnn_status add_units(run *w)
{
    const fsnn_units units = fsnn_description_units(w->s->description);
    const fsnn_shape scalar = {0};
    for (int q = 0; q < FSNN_QUANTITIES; q++) {
        if (!units.unit[q])
            continue;
        double *size =
            run_add(w, FSNN_F64, &scalar, "unit.%s", fsnn_quantity_name((fsnn_quantity)q));
        if (!size)
            return FSNN_EMEMORY;
        *size = fsnn_unit_size((fsnn_quantity)q, units.unit[q]);
    }
    return FSNN_OK;
}

/* Pictures of the records need them. */
static fsnn_status add_time(run *w)
{
    const fsnn_shape scalar = {0};
    double *step = run_add(w, FSNN_F64, &scalar, "step");
    if (!step)
        return FSNN_EMEMORY;
    *step = fsnn_description_dynamics(w->s->description)->step;
    FSNN_TRY(add_units(w));
    if (!w->r->record_first && !w->r->record_steps)
        return FSNN_OK;
    int64_t *first = run_add(w, FSNN_I64, &scalar, "first_step");
    if (!first)
        return FSNN_EMEMORY;
    *first = w->first_kept;
    return FSNN_OK;
}

fsnn_status run_add_records(run *w)
{
    FSNN_TRY(each(w, 0, add));
    if (w->kept & FSNN_KEEP_SPIKES)
        FSNN_TRY(remark_no_spikes(w));
    return w->kept ? add_time(w) : FSNN_OK;
}

/* All steps of the last forward. */
static fsnn_status read(const run *w, const record *a, void *to)
{
    const fsnn_net *net = w->s->net;
    if (a->r == STATES)
        return w->wide ? fsnn_net_read_state_double(net, a->node, a->i + 1, to)
                       : fsnn_net_read_state(net, a->node, a->i + 1, to);
    return w->wide ? fsnn_net_read_double(net, a->node, (fsnn_record)a->r, to)
                   : fsnn_net_read(net, a->node, (fsnn_record)a->r, to);
}

/* Those of the steps first, first + 1, ... that are kept, at their place. */
static fsnn_status collect(run *w, const record *a, int64_t first)
{
    char name[512];
    snprintf(name, sizeof name, "%s.%s", a->what, a->info.name);
    size_t size = (size_t)(w->B * fsnn_shape_count(&a->info.shape)) * run_size(w);
    int64_t steps = w->steps_now, end = first + steps < w->last ? first + steps : w->last,
            begin = first > w->first_kept ? first : w->first_kept;
    char *to = (char *)run_added(w, name) + (size_t)(begin - w->first_kept) * size;
    if (end - begin == steps)
        return read(w, a, to);
    char *all = fsnn_alloc(fsnn_bytes(steps, size));
    if (!all)
        return fsnn_fail(FSNN_EMEMORY, "out of memory for the array %s", name);
    fsnn_status status = read(w, a, all);
    if (status >= 0)
        memcpy(to, all + (size_t)(begin - first) * size, (size_t)(end - begin) * size);
    fsnn_free(all);
    return status;
}

fsnn_status run_collect_records(run *w, int64_t first, int64_t steps)
{
    bool none = first >= w->last || first + steps <= w->first_kept;
    w->steps_now = steps;
    return none ? FSNN_OK : each(w, first, collect);
}
