/* op/rounded.c: which products in bfloat16 a layer has, and which it calls. */
#include "op/rounded.h"

#include <string.h>

static int size_of(const op_node *node)
{
    return node->looped && node->K == 1;
}

fsnn_status rounded_plan(rounded_products *p, const op_node *node, int64_t rows, int64_t in,
                         int64_t out, size_t *scratch)
{
    int at = size_of(node);
    rounded_build wish;
    memset(&wish, 0, sizeof wish); /* compared as bytes */
    wish.rows = rows;
    wish.in = in;
    wish.out = out;
    wish.backward = node->training;
    wish.data = node->gradient_in[0];
    if (!p->product[at] || memcmp(&wish, &p->built[at], sizeof wish)) {
        dense_bf16_destroy(p->product[at]);
        FSNN_TRY(dense_bf16_create(rows, in, out, node->training, node->gradient_in[0],
                                   &p->product[at]));
        memcpy(&p->built[at], &wish, sizeof wish);
    }
    *scratch = dense_bf16_scratch(p->product[at]);
    return FSNN_OK;
}

const dense_bf16 *rounded_now(const rounded_products *p, const op_node *node)
{
    return p->product[size_of(node)];
}

void rounded_close(rounded_products *p)
{
    for (int i = 0; i < ROUNDED_SIZES; i++)
        dense_bf16_destroy(p->product[i]);
    *p = (rounded_products){0};
}
