/* net/products.c: the kinds of products that a plan can ask for. */
#include "base/base.h"
#include "tensor/dense.h"

#include <fsnn/net.h>

#include <string.h>

static fsnn_status always(void)
{
    return FSNN_OK;
}

static const struct {
    const char *name;
    fsnn_status (*check)(void);
} kinds[FSNN_PRODUCTS_KINDS] = {
    [FSNN_PRODUCTS_FULL] = {"full", always},
    [FSNN_PRODUCTS_BF16] = {"bf16", dense_bf16_check},
    [FSNN_PRODUCTS_INT8] = {"int8", always},
};

const char *fsnn_products_name(fsnn_products products)
{
    return (unsigned)products < FSNN_PRODUCTS_KINDS ? kinds[products].name : NULL;
}

int fsnn_products_find(const char *name)
{
    for (int i = 0; name && i < FSNN_PRODUCTS_KINDS; i++)
        if (strcmp(name, kinds[i].name) == 0)
            return i;
    return fsnn_fail(FSNN_ENOTFOUND, "there are no products \"%s\": full, bf16 and int8 are known",
                     name ? name : "");
}

fsnn_status fsnn_products_check(fsnn_products products)
{
    if (!fsnn_products_name(products))
        return fsnn_fail(FSNN_EARGUMENT, "there is no kind of products number %d", (int)products);
    return kinds[products].check();
}
