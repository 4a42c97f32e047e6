/* op/rounded.h: the products of a linear layer with factors in bfloat16 (tensor/dense.h), for the
 * rows of its calls. */
#ifndef FSNN_OP_ROUNDED_H
#define FSNN_OP_ROUNDED_H

#include "op/op.h"
#include "tensor/dense.h"

/* Sizes that products are made for. */
typedef struct rounded_build {
    int64_t rows, in, out, backward, data;
} rounded_build;

/* In a loop a layer is called step by step and, for the gradient of its weights, for all steps at
 * once: it has products of both sizes. Zeroed: none. */
enum { ROUNDED_SIZES = 2 };

typedef struct rounded_products {
    dense_bf16 *product[ROUNDED_SIZES];
    rounded_build built[ROUNDED_SIZES];
} rounded_products;

/* Makes the products of the node's calls as they are planned now, `rows` a call; *scratch is what
 * they need of it. */
fsnn_status rounded_plan(rounded_products *products, const op_node *node, int64_t rows, int64_t in,
                         int64_t out, size_t *scratch);
/* Those of the call that the node makes now; NULL: none are planned. */
const dense_bf16 *rounded_now(const rounded_products *products, const op_node *node);
void rounded_close(rounded_products *products);

#endif
