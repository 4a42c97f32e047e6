/* train/quantised.h: weights of linear layers and convolutions as they are in integers, shown to
 * a net in place of its own, which come back unchanged. Forward and backward with them give
 * gradients that go to the weights behind: the straight-through estimator (Bengio, Leonard and
 * Courville 2013), d q(w) / d w taken as 1. Scales follow from the largest weight of a channel,
 * so that nothing is clipped. */
#ifndef FSNN_TRAIN_QUANTISED_H
#define FSNN_TRAIN_QUANTISED_H

#include "base/base.h"
#include <fsnn/net.h>

typedef struct quantised {
    fsnn_net *net; /* NULL: nothing is quantised */
    int bits;
    float **value; /* [params] those of the net while it is shown others; NULL: another parameter */
    bool shown;
} quantised;

/* Nothing where bits are 0. FSNN_EMEMORY; quantised_close is due after an error too. */
fsnn_status quantised_open(quantised *q, fsnn_net *net, int bits);
void quantised_close(quantised *q);
/* The net has the quantised weights from now on, or its own again; nothing where it is so. */
fsnn_status quantised_show(quantised *q, bool show);
/* The same with false, after work that ended with `status`, whose error stays. */
fsnn_status quantised_hide(quantised *q, fsnn_status status);

#endif
