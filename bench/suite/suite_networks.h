/* bench/suite/suite_networks.h: the networks of several workloads, and their dense kernels. */
#ifndef FSNN_BENCH_SUITE_NETWORKS_H
#define FSNN_BENCH_SUITE_NETWORKS_H

#include "bench/suite/suite.h"
#include "bench/floor.h"

enum { BENCH_BATCH = 64, BENCH_CLASSES = 10 };

typedef struct bench_network {
    const char *name;
    fsnn_net *(*build)(void);
    /* rows of the first layer, of the others */
    void (*floor)(floor_list *f, int64_t first, int64_t rows);
    int64_t neurons;
} bench_network;

extern const bench_network bench_mlp_network, bench_cnn_network;

fsnn_net *bench_build_mlp(void);
fsnn_net *bench_build_cnn(void);
/* The MLP with another surrogate. */
fsnn_net *bench_net_mlp(fsnn_surrogate_kind surrogate);
/* Linear(n, n), with a layer of LIF or without. */
fsnn_net *bench_net_layer(int64_t n, bool neurons);
/* The kernels of a floor_list, as parts. */
void bench_floor_forward(void *of);
void bench_floor_both(void *of);

#endif
