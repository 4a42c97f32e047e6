/* op/tokens.h: tensors of tokens, [D, tokens ...] or [tokens, D], as they lie in memory. */
#ifndef FSNN_OP_TOKENS_H
#define FSNN_OP_TOKENS_H

#include "op/op.h"

extern const char *const tokens_features_names[]; /* of fsnn_features, for keys */

/* D features of N tokens; `side_by_side`: the features of a token are neighbours in memory. */
typedef struct tokens {
    int64_t N, D;
    bool side_by_side;
} tokens;

/* Input i as tokens. Error: it has not at least (features first) or exactly (features last) two
 * dimensions. */
fsnn_status tokens_check(const op_node *node, int i, fsnn_features features);
tokens tokens_of(const op_node *node, int i, fsnn_features features);

#endif
