/* Pairs for a picture. When all places are taken every second pair is dropped. */
#include "train/pairs.h"

fsnn_status pairs_open(pairs *p)
{
    *p = (pairs){.truth = fsnn_alloc(PAIRS_MOST * sizeof(float)),
                 .answer = fsnn_alloc(PAIRS_MOST * sizeof(float)),
                 .stride = 1};
    return p->truth && p->answer ? FSNN_OK : FSNN_EMEMORY;
}

static void thin(pairs *p)
{
    for (int64_t i = 0; 2 * i < p->count; i++) {
        p->truth[i] = p->truth[2 * i];
        p->answer[i] = p->answer[2 * i];
    }
    p->count = (p->count + 1) / 2;
    p->stride *= 2;
}

void pairs_add(pairs *p, double truth, double answer)
{
    if (p->seen++ % p->stride)
        return;
    if (p->count == PAIRS_MOST) {
        thin(p);
        if ((p->seen - 1) % p->stride)
            return;
    }
    p->truth[p->count] = (float)truth;
    p->answer[p->count++] = (float)answer;
}
