/* net/neuron_user.h: the user's neuron as a node has it: texts, compiled equations, model. */
#ifndef FSNN_NEURON_USER_NODE_H
#define FSNN_NEURON_USER_NODE_H

#include "neuron/user.h"
#include "op/op.h"

typedef struct neuron_user {
    equation *equation; /* NULL where it is a callback */
    neuron_callback callback;
    neuron_model model;
    bool ready;        /* model is there */
    unsigned positive; /* bit i: parameter i of its own is and stays above 0 */
    char *names;       /* of the callback's parameters */
    /* copies of what options point to */
    char *text[4 + FSNN_USER_PARAMS + 3 * FSNN_USER_STATES + 1 + FSNN_USER_STATES];
    int texts;
    char *equations; /* for looking at: "dv = ..." */
} neuron_user;

/* Compiles; options then point to copies. Errors name the node. Free also after an error. */
fsnn_status neuron_user_create(neuron_user *u, fsnn_user *options, const op_node *node);
void neuron_user_free(neuron_user *u);
/* States: v and others. */
enum { NEURON_USER_STATES = 1 + FSNN_USER_STATES };
static inline int neuron_user_states(const fsnn_user *o)
{
    return 1 + o->states;
}
const char *neuron_user_state(const fsnn_user *o, int i);
/* State i is of fractional order. */
bool neuron_user_fractional(const fsnn_user *o, int i);
/* Checks of its parts, and of all: an error names the key at fault in `place`, or in `key`. */
fsnn_status neuron_user_check_param(const fsnn_user_param *p);
fsnn_status neuron_user_check_params(const fsnn_user *o);
fsnn_status neuron_user_check_after(const fsnn_user *o);
fsnn_status neuron_user_check_states(const fsnn_user *o, equation_place *place);
/* Copies of all texts take their places in the options; u->equations. */
fsnn_status neuron_user_copy(neuron_user *u, fsnn_user *o);
/* op.h: check */
fsnn_status neuron_user_check(const fsnn_op *op, const void *options, char key[OP_KEY]);

/* A kind of neuron (net/neuron_kinds_real.c). */
typedef struct neuron_kind {
    fsnn_op op;
    fsnn_user what;    /* of kinds that are equations; without dv elsewhere */
    unsigned positive; /* bit i: parameter i is and stays above 0 */
} neuron_kind;
/* A kind that is equations; NULL: it is none, or `user` itself. */
const neuron_kind *neuron_kind_find(const char *kind);

#endif
