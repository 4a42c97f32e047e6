/* Ranks before the first batch: all from one state, and alike. Each says a hash of each thing that
 * must be the same. */
#include "base/error_key.h"
#include "base/hash.h"
#include "net/net.h"
#include "train/trainer.h"
#include "train/training_hash.h"

#include <stdlib.h>
#include <string.h>

/* ---- one state ---- */

static fsnn_status load_path(trainer *t, char *path, size_t size)
{
    memset(path, 0, size);
    if (!t->run || !fsnn_run_saved(t->run))
        return FSNN_OK;
    FSNN_TRY(checkpoint_load(t));
    char *state = run_path(t->run, "last.state.safetensors");
    fsnn_status status = state ? FSNN_OK : FSNN_EMEMORY;
    if (state && (size_t)snprintf(path, size, "%s", state) >= size)
        status = fsnn_fail(FSNN_EARGUMENT, "%s: the path is too long for ranks", state);
    fsnn_free(state);
    return status;
}

fsnn_status trainer_ranks_load(trainer *t)
{
    const fsnn_ranks *r = t->options->ranks;
    char path[4096];
    FSNN_TRY(ranks_agree(r, load_path(t, path, sizeof path)));
    FSNN_TRY(ranks_broadcast(r, path, sizeof path));
    if (!*path)
        return FSNN_OK;
    FSNN_TRY(ranks_agree(r, r->rank ? checkpoint_load_other(t, path) : FSNN_OK));
    return ranks_broadcast(r, &t->at.best, sizeof t->at.best); /* which file is there */
}

/* ---- alike ---- */

enum { VERSION, KERNELS, TRAINED, WATCHED, NETWORK, OPTIONS, WEIGHTS, THINGS };
static const struct {
    const char *what, *advice;
} things[THINGS] = {
    [VERSION] = {"another version of fsnn", "install the same on all machines"},
    [KERNELS] = {"other instructions or dense kernels",
                 "install the same build on all machines; FSNN_ISA=avx2 makes instructions alike"},
    [TRAINED] = {"other training data", "give all ranks the same files and the same section data"},
    [WATCHED] = {"other data to be watched",
                 "give all ranks the same files and the same section data"},
    [NETWORK] = {"another network", "give all ranks the same description and --set"},
    [OPTIONS] = {"other options of training",
                 "give all ranks the same section training, --set and --lossy"},
    [WEIGHTS] = {"other weights to begin with",
                 "give all ranks the same training.seed and the same file of weights"},
};

static uint64_t hash_text(const char *text)
{
    return hash_bytes(HASH_START, text, strlen(text));
}

static uint64_t hash_weights(const fsnn_net *net)
{
    uint64_t h = HASH_START;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        h = hash_bytes(h, net_param_data(p), net_param_bytes(p));
    }
    return h;
}

static uint64_t hash_options(const trainer *t)
{
    const fsnn_ranks *r = t->options->ranks;
    const int64_t own[] = {r->count, r->lossy, ranks_apart(r)};
    return hash_bytes(training_hash(&t->options->training), own, sizeof own);
}

static fsnn_status own_hashes(const trainer *t, uint64_t h[THINGS])
{
    char *text, *kernels = fsnn_format("%s %s", fsnn_isa(), fsnn_built());
    fsnn_status status = kernels ? fsnn_net_describe(t->net, &text) : FSNN_EMEMORY;
    if (!status) {
        h[VERSION] = hash_text(fsnn_version());
        h[KERNELS] = hash_text(kernels);
        h[TRAINED] = hash_text(t->data);
        h[WATCHED] = hash_text(t->watched);
        h[NETWORK] = hash_text(text);
        h[OPTIONS] = hash_options(t);
        h[WEIGHTS] = hash_weights(t->net);
        free(text);
    }
    fsnn_free(kernels);
    return status;
}

fsnn_status trainer_ranks_compare(const trainer *t)
{
    const fsnn_ranks *r = t->options->ranks;
    uint64_t mine[THINGS] = {0}, *all = fsnn_alloc((size_t)r->count * sizeof mine);
    fsnn_status status = ranks_agree(r, all ? own_hashes(t, mine) : FSNN_EMEMORY);
    if (!status)
        status = ranks_gather(r, mine, all, sizeof mine);
    for (int i = 0; i < THINGS && !status; i++)
        for (int k = 1; k < r->count && !status; k++)
            if (all[k * THINGS + i] != all[i])
                status = fsnn_fail_key(FSNN_EARGUMENT, "ranks", "rank %d has %s than rank 0: %s", k,
                                       things[i].what, things[i].advice);
    fsnn_free(all);
    return status;
}
