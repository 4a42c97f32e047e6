/* train/ranks.h: what the ranks of a training do together. Alone (NULL, or one rank) each returns
 * at once. */
#ifndef FSNN_TRAIN_RANKS_H
#define FSNN_TRAIN_RANKS_H

#include "base/base.h"

#include <fsnn/train.h>

/* Their number, and that of this one. */
int ranks_count(const fsnn_ranks *r);
int ranks_own(const fsnn_ranks *r);
bool ranks_many(const fsnn_ranks *r);
/* Whether they have calls that are begun and not waited for. */
bool ranks_apart(const fsnn_ranks *r);
/* Of shards 0 ... shards - 1 of `all` those of a rank: *first ... *last - 1. */
void ranks_share(const fsnn_ranks *r, int rank, int64_t all, int64_t shards, int64_t *first,
                 int64_t *last);

/* FSNN_EARGUMENT (key ranks): a number of ranks that does not divide the shards. */
fsnn_status ranks_check(const fsnn_ranks *r, int64_t shards);
/* The status of the first rank that has one, with its sentence; each rank gives its own. */
fsnn_status ranks_agree(const fsnn_ranks *r, fsnn_status status);
/* FSNN_ECALLBACK where a call to exchange `what` has failed, with the sentence that it left;
 * `before`: fsnn_errors_said before the call. */
fsnn_status ranks_told(const char *what, int failed, uint64_t before);
/* Whether one of them says so. FSNN_OK, or an error. */
fsnn_status ranks_any(const fsnn_ranks *r, bool *yes);
/* `out` [bytes] of each rank as `in` [count][bytes]. */
fsnn_status ranks_gather(const fsnn_ranks *r, const void *out, void *in, size_t bytes);
/* Bytes of rank 0 to all. FSNN_EMEMORY. */
fsnn_status ranks_broadcast(const fsnn_ranks *r, void *data, size_t bytes);
/* Whole numbers [count] become their sums over the ranks. FSNN_EMEMORY. */
fsnn_status ranks_sum_counts(const fsnn_ranks *r, int64_t *counts, int64_t count);
/* The same of numbers, added up in the order of the ranks. */
fsnn_status ranks_sum_numbers(const fsnn_ranks *r, double *numbers, int64_t count);

#endif
