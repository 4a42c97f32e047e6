/* train/together.h. A message is whether its rank failed and whether its shards wait, then the sums
 * of the nodes of the tree that they leave. */
#include "train/together.h"

#include <string.h>

enum { FAILED, WAITS, HEAD };

/* The most nodes that a rank leaves, of any batch: a part may begin and end within branches. */
static int64_t most_nodes(const together *m)
{
    return 2 * tree_held(m->all / ranks_count(m->ranks));
}

static int64_t message(const together *m)
{
    return HEAD + most_nodes(m) * m->most;
}

fsnn_status together_open(together *m, const fsnn_ranks *ranks, int64_t shards, int64_t most)
{
    *m = (together){.ranks = ranks, .most = most, .all = shards};
    tree_open(&m->mine, most, true);
    tree_open(&m->whole, most, true);
    m->out = fsnn_alloc((size_t)message(m) * sizeof *m->out);
    m->in = fsnn_alloc((size_t)(ranks_count(ranks) * message(m)) * sizeof *m->in);
    return m->out && m->in ? FSNN_OK : FSNN_EMEMORY;
}

void together_close(together *m)
{
    tree_close(&m->mine);
    tree_close(&m->whole);
    fsnn_free(m->out);
    fsnn_free(m->in);
    *m = (together){0};
}

fsnn_status together_give(together *m, int64_t shard, const double *sums, int64_t count)
{
    double *to = tree_next(&m->mine);
    if (!to)
        return FSNN_EMEMORY;
    memcpy(to, sums, (size_t)count * sizeof *to);
    memset(to + count, 0, (size_t)(m->most - count) * sizeof *to);
    tree_add(&m->mine, (tree_node){0, shard});
    return FSNN_OK;
}

/* The nodes of a rank, in its message, into the whole tree. */
static fsnn_status add_rank(together *m, int64_t shards, int rank)
{
    tree_node list[TREE_DEPTH];
    int64_t first, last;
    ranks_share(m->ranks, rank, m->all, shards, &first, &last);
    int nodes = tree_nodes(first, last, list);
    const double *from = m->in + rank * message(m) + HEAD;
    for (int n = 0; n < nodes; n++, from += m->most) {
        double *to = tree_next(&m->whole);
        if (!to)
            return FSNN_EMEMORY;
        memcpy(to, from, (size_t)m->most * sizeof *to);
        tree_add(&m->whole, list[n]);
    }
    return FSNN_OK;
}

static void write_message(together *m, bool waits, fsnn_status status)
{
    m->out[FAILED] = status != FSNN_OK;
    m->out[WAITS] = waits;
    for (int n = 0; n < m->mine.nodes; n++)
        memcpy(m->out + HEAD + n * m->most, m->mine.value[n], (size_t)m->most * sizeof *m->out);
    tree_clear(&m->mine);
}

fsnn_status together_sum(together *m, int64_t shards, bool waits, fsnn_status status,
                         const double **total)
{
    bool any = false, failed = false;
    *total = NULL;
    write_message(m, waits, status);
    FSNN_TRY(ranks_gather(m->ranks, m->out, m->in, (size_t)message(m) * sizeof *m->out));
    for (int k = 0; k < ranks_count(m->ranks); k++) {
        any = any || m->in[k * message(m) + WAITS] != 0;
        failed = failed || m->in[k * message(m) + FAILED] != 0;
    }
    if (!any || failed)
        return FSNN_OK;
    tree_clear(&m->whole);
    for (int k = 0; k < ranks_count(m->ranks); k++)
        FSNN_TRY(add_rank(m, shards, k));
    *total = tree_sum(&m->whole);
    return FSNN_OK;
}
