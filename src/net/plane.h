/* net/plane.h: what of a net is compiled once a precision, as one table: the kinds of nodes, and
 * the calls that work on numbers (files *_real.c). Whatever knows the structure alone stands in the
 * other files, is compiled once, and comes here through net->plane. Numbers are float or double, as
 * the table says; pointers to them are void. */
#ifndef FSNN_NET_PLANE_H
#define FSNN_NET_PLANE_H

#include "op/op.h"
#include <fsnn/net.h>

typedef struct net_plane {
    fsnn_precision precision;
    size_t size; /* bytes of a number */
    /* kinds of nodes, each list NULL-terminated, and the conversions of layout */
    const fsnn_op *const *ops, *const *delays;
    const fsnn_op *(*neuron_at)(int index);
    const fsnn_op *to_last, *to_plain;
    /* A call over all planned steps, of x or, where it is NULL, of lists of spikes; and back. */
    fsnn_status (*forward)(fsnn_net *net, const void *x, const fsnn_spikes *spikes,
                           const void **output);
    fsnn_status (*backward)(fsnn_net *net, const void *output_gradient,
                            const void **input_gradient);
    /* A call that waits goes on (net/net.h: net_go_on). */
    fsnn_status (*go_on)(fsnn_net *net, const void **output);
    /* Values of parameters were written (fsnn_op.changed of all nodes). */
    fsnn_status (*changed)(fsnn_net *net, bool *anew);
    /* What a neuron node did in the last forward, in plain layout. */
    fsnn_status (*read)(const fsnn_net *net, int node, fsnn_record what, void *out);
    fsnn_status (*read_state)(const fsnn_net *net, int node, int state, void *out);
    fsnn_status (*gradcheck)(fsnn_net *net, const void *x, int directions, double *worst,
                             const char **where);
} net_plane;

/* NULL: the library was built without this precision. */
const net_plane *net_plane_of(fsnn_precision precision);
/* The kind of this name; NULL: there is none. */
const fsnn_op *net_plane_kind(const net_plane *plane, const char *kind);
/* Kind 0, 1, ... : operators, neurons, delays; NULL behind the last. */
const fsnn_op *net_plane_kind_at(const net_plane *plane, int index);

#endif
