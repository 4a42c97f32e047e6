/* net/delay.h: what the structure of a net knows of a delay: the head of its state, its lags. */
#ifndef FSNN_NET_DELAY_H
#define FSNN_NET_DELAY_H

#include "op/op.h"

typedef struct net_delay_head {
    char *of; /* what the option points to */
    fsnn_shape shape;
    bool last; /* channels-last */
} net_delay_head;

/* The lag of the number that lies i-th in a sample of a delay whose shape is settled. */
int64_t net_delay_lag(const op_node *delay, int64_t i);
/* The steps that it remembers: its longest lag, at least 1. */
int64_t net_delay_depth(const op_node *delay);

#endif
