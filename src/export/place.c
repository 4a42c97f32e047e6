/* export/place.c: where values lie in net_state.work. Values whose lives do not meet share places:
 * the largest first, each at the lowest place that is free while it lives. */
#include "export/export.h"

typedef struct life {
    int first, last; /* steps */
} life;

static void look(const code_job *j, life *lives)
{
    const fsnn_net *net = j->net;
    for (int v = 0; v < net->values; v++)
        lives[v] = (life){net->steps, -1};
    for (int i = 0; i < net->steps; i++) {
        const net_step *s = &net->step[i];
        for (int k = 0; k < s->op->outputs; k++) {
            life *l = &lives[j->root[s->out[k]]];
            l->first = i < l->first ? i : l->first;
            l->last = i > l->last ? i : l->last;
        }
        for (int k = 0; k < s->op->inputs; k++) {
            life *l = &lives[j->root[s->in[k]]];
            l->last = i > l->last ? i : l->last;
        }
    }
    lives[j->root[net->out_value]].last = net->steps;
}

static int64_t size_of(const code_job *j, int v)
{
    return fsnn_shape_count(&j->net->value[v].shape);
}

/* The lowest place that is free for all of v's life. */
static int64_t find(const code_job *j, const life *lives, int v)
{
    int64_t at = 0;
    for (int w = 0; w < j->net->values;) {
        bool meets = w != v && j->place[w] >= 0 && lives[w].first <= lives[v].last &&
                     lives[v].first <= lives[w].last && j->place[w] < at + size_of(j, v) &&
                     at < j->place[w] + size_of(j, w);
        if (meets)
            at = j->place[w] + size_of(j, w);
        w = meets ? 0 : w + 1;
    }
    return at;
}

static int largest_left(const code_job *j, const life *lives)
{
    int best = -1;
    for (int v = 0; v < j->net->values; v++) {
        bool own =
            j->root[v] == v && j->net->value[v].step >= 0 && j->place[v] < 0 && lives[v].last >= 0;
        if (own && (best < 0 || size_of(j, v) > size_of(j, best)))
            best = v;
    }
    return best;
}

fsnn_status code_place_values(code_job *j)
{
    int values = j->net->values;
    life *lives = fsnn_alloc((size_t)values * sizeof *lives);
    j->place = fsnn_alloc((size_t)values * sizeof *j->place);
    if (!lives || !j->place) {
        fsnn_free(lives);
        return FSNN_EMEMORY;
    }
    look(j, lives);
    for (int v = 0; v < values; v++)
        j->place[v] = -1;
    for (int v; (v = largest_left(j, lives)) >= 0;) {
        j->place[v] = find(j, lives, v);
        int64_t end = j->place[v] + size_of(j, v);
        j->work = end > j->work ? end : j->work;
    }
    fsnn_free(lives);
    return FSNN_OK;
}
