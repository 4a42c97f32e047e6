/* A term is a penalty of all layers that its pattern fits; its value is their sum. */
#include "train/terms.h"

#include "base/error_key.h"
#include "train/optimizer.h"

#include <string.h>

/* A layer that the term can be of: it remembers a potential, of rates it spikes. */
static bool has(const fsnn_net *net, int node, const fsnn_term *term)
{
    fsnn_node_info info;
    if (fsnn_net_node(net, node, &info) != FSNN_OK || !info.neuron)
        return false;
    return term->of == FSNN_PENALTY_POTENTIAL || info.spiking;
}

static bool fits(const fsnn_net *net, int node, const fsnn_term *term)
{
    fsnn_node_info info;
    if (!has(net, node, term))
        return false;
    fsnn_net_node(net, node, &info);
    return optimizer_pattern_fits(term->layers ? term->layers : "*", info.name);
}

int terms_list(const fsnn_net *net, const fsnn_training *t, fsnn_penalty *list, int *count)
{
    int all = 0;
    for (int i = 0; i < t->terms; i++) {
        const fsnn_term *term = &t->term[i];
        int before = all;
        for (int n = 0; n < fsnn_net_node_count(net); n++) {
            if (!fits(net, n, term))
                continue;
            if (list)
                list[all] =
                    (fsnn_penalty){term->of, n, term->over, term->min, term->max, term->weight};
            all++;
        }
        if (count)
            count[i] = all - before;
    }
    return all;
}

static fsnn_status nothing_fits(const fsnn_net *net, const fsnn_term *term)
{
    const char *last = NULL;
    fsnn_node_info info;
    for (int n = 0; n < fsnn_net_node_count(net); n++)
        if (has(net, n, term) && fsnn_net_node(net, n, &info) == FSNN_OK)
            last = info.name;
    const char *which = term->of == FSNN_PENALTY_RATE ? " that spikes" : "";
    if (!last)
        return fsnn_fail_key(FSNN_EARGUMENT, "of", "the network has no layer of neurons%s", which);
    return fsnn_fail_key(
        FSNN_EARGUMENT, "layers",
        "no layer of neurons%s fits \"%s\"; there is \"%s\", say, and * stands for "
        "any letters",
        which, term->layers ? term->layers : "*", last);
}

static fsnn_status check(const fsnn_net *net, const fsnn_term *term)
{
    const fsnn_penalty p = {term->of, 0, term->over, term->min, term->max, term->weight};
    const fsnn_training alone = {.term = {*term}, .terms = 1};
    FSNN_TRY(fsnn_penalty_check(&p));
    return terms_list(net, &alone, NULL, NULL) ? FSNN_OK : nothing_fits(net, term);
}

fsnn_status terms_check(const fsnn_net *net, const fsnn_training *t)
{
    if (t->terms < 0 || t->terms > FSNN_TERMS)
        return fsnn_fail(FSNN_EARGUMENT, "a loss with %d terms beside it: at most %d", t->terms,
                         FSNN_TERMS);
    for (int i = 0; i < t->terms; i++) {
        const fsnn_term *term = &t->term[i];
        if (!term->name || !*term->name)
            return fsnn_fail(FSNN_EARGUMENT, "term %d of the loss has no name", i);
        fsnn_status status = fsnn_fail_in(check(net, term), term->name);
        if (status < 0)
            return fsnn_fail_in(status, "terms");
    }
    return FSNN_OK;
}

fsnn_status terms_begin(fsnn_net *net, const fsnn_training *t)
{
    int count = terms_list(net, t, NULL, NULL);
    fsnn_penalty *list = fsnn_alloc((size_t)(count + 1) * sizeof *list);
    if (!list)
        return FSNN_EMEMORY;
    terms_list(net, t, list, NULL);
    fsnn_status status = count ? fsnn_net_penalize(net, list, count) : FSNN_OK;
    fsnn_free(list);
    return status;
}

fsnn_status terms_end(fsnn_net *net, const fsnn_training *t)
{
    if (!t->terms)
        return FSNN_OK;
    FSNN_TRY(fsnn_net_lengths(net, NULL, 0));
    return fsnn_net_penalize(net, NULL, 0);
}
