/* net/products.c: the kinds of products that a plan can ask for. */
#include "base/base.h"
#include "tensor/dense.h"

#include <fsnn/net.h>

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

static const char *name_at(int i)
{
    return fsnn_products_name((fsnn_products)i);
}

int fsnn_products_find(const char *name)
{
    return fsnn_name_find("kind of products", name, name_at, NULL);
}

fsnn_status fsnn_products_check(fsnn_products products)
{
    if (!fsnn_products_name(products))
        return fsnn_fail(FSNN_EARGUMENT, "there is no kind of products number %d", (int)products);
    return kinds[products].check();
}
