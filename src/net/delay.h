/* net/delay.h: what the structure of a net knows of a delay: the head of its state. */
#ifndef FSNN_NET_DELAY_H
#define FSNN_NET_DELAY_H

#include "op/op.h"

typedef struct net_delay_head {
    char *of; /* what the option points to */
    fsnn_shape shape;
    bool last; /* channels-last */
} net_delay_head;

#endif
