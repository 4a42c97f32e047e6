/* tensor/dense_plain_space.c: the blocks that wait stand in slots, taken and given back by exchange
 * of pointers. */
#include "tensor/dense_plain_space.h"

#include <stdatomic.h>

enum { SLOTS = 256 };

static _Atomic(void *) slots[SLOTS];
static atomic_int made; /* blocks there are, waiting or taken */

static void *add(void)
{
    void *space = fsnn_alloc(DENSE_SPACE);
    if (space)
        atomic_fetch_add(&made, 1);
    return space;
}

void *dense_space_take(void)
{
    for (int i = 0; i < SLOTS; i++)
        if (atomic_load(&slots[i])) {
            void *space = atomic_exchange(&slots[i], NULL);
            if (space)
                return space;
        }
    return add();
}

void dense_space_give(void *space)
{
    for (int i = 0; space && i < SLOTS; i++) {
        void *none = NULL;
        if (!atomic_load(&slots[i]) && atomic_compare_exchange_strong(&slots[i], &none, space))
            return;
    }
    if (space)
        atomic_fetch_sub(&made, 1);
    fsnn_free(space);
}

fsnn_status dense_space_reserve(int count)
{
    while (atomic_load(&made) < count) {
        void *space = add();
        if (!space)
            return FSNN_EMEMORY;
        dense_space_give(space);
    }
    return FSNN_OK;
}

__attribute__((destructor)) static void release(void)
{
    for (int i = 0; i < SLOTS; i++)
        fsnn_free(atomic_exchange(&slots[i], NULL));
}
