/* op/tokens.c: where features and tokens of a tensor are. */
#include "op/tokens.h"

const char *const tokens_features_names[] = {
    [FSNN_FEATURES_FIRST] = "first", [FSNN_FEATURES_LAST] = "last", NULL};

fsnn_status tokens_check(const op_node *node, int i, fsnn_features features)
{
    static const char *const wanted[] = {
        [FSNN_FEATURES_FIRST] = "features first takes [D, tokens] or [D, H, W]",
        [FSNN_FEATURES_LAST] = "features last takes [tokens, D]",
    };
    char text[128];
    int rank = node->in[i].rank;
    if ((unsigned)features > FSNN_FEATURES_LAST)
        return fsnn_fail(FSNN_EARGUMENT, "%s \"%s\": features %d is neither first nor last",
                         node->op->kind, node->name, (int)features);
    if (features == FSNN_FEATURES_FIRST ? rank >= 2 : rank == 2)
        return FSNN_OK;
    return fsnn_fail(FSNN_ESHAPE, "%s \"%s\": its input %s is no set of tokens: %s", node->op->kind,
                     node->name, fsnn_shape_text(&node->in[i], text, sizeof text),
                     wanted[features]);
}

tokens tokens_of(const op_node *node, int i, fsnn_features features)
{
    const fsnn_shape *s = &node->in[i];
    tokens t = {.D = s->dim[features == FSNN_FEATURES_FIRST ? 0 : s->rank - 1]};
    t.N = fsnn_shape_count(s) / t.D;
    /* channels-last memory puts the first axis last */
    t.side_by_side = (features == FSNN_FEATURES_LAST) != node->in_last[i];
    return t;
}
