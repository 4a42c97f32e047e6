/* op/memory.h: operators that remember from one step of time to the next.
 *
 * Most operators see rows = K*B samples and do not know which step a row is of. One with a table of
 * these functions walks along K itself: row k B + b is step k of sample b. A forward begins with
 * the state that the last one left and leaves the state after its last step, so K steps in one call
 * and K calls of one step must give the same bits. In a loop of the graph K is 1 and each step is a
 * call (op_run.at). The net asks this table wherever state matters: resets, saved states, gradient
 * checkpointing, loops.
 *
 * plan() is called again within a run, when K changes or an evaluation comes between: it must keep
 * the state as long as B stays what it was. Where B changed, a reset follows.
 *
 * Backward: the state before a call is a constant, unless the call is a piece of a longer one
 * (op_node.chained, or op_node.looped). Then pieces come from the last to the first, and each adds
 * to its own the gradient of the state that the piece after it left. */
#ifndef FSNN_OP_MEMORY_H
#define FSNN_OP_MEMORY_H

#include "op/op.h"

struct op_memory {
    /* Time 0. */
    void (*reset)(op_node *node);
    /* Bytes of the state. */
    size_t (*bytes)(const op_node *node);
    /* Writes the state; restores one. `whole` states go to a file, or to another net that is alike.
     * The others stand at a border between two pieces and come back to this node: numbers that stay
     * where they are until then need not be copied. */
    void (*save)(const op_node *node, bool whole, void *bytes);
    fsnn_status (*load)(op_node *node, bool whole, const void *bytes);
    /* Before backward of each piece of a call. last: nothing stands behind it, the gradient of the
     * state after it is 0. first: nothing stands before it. NULL: no gradient goes from step to
     * step. */
    void (*chain)(op_node *node, bool last, bool first);

    /* What follows may be NULL; the default stands in brackets. */

    /* Bytes that a state at a border takes at most [those of `bytes`]. */
    size_t (*most)(const op_node *node);
    /* Whether `count` bytes are a whole state of this node [as many as `bytes` says]. */
    bool (*fits)(const op_node *node, const void *bytes, int64_t count);
    /* Mixes in what two nodes must agree in for one to take the whole state of the other
     * [the number of bytes, the layout of the output]. */
    void (*print)(const op_node *node, uint64_t *print);
    /* Bytes held between calls, for reports of memory [those of `bytes`]. */
    size_t (*held)(const op_node *node);
};

/* The same for every operator. Without a table: 0. */
size_t op_memory_most(const op_node *node); /* whole lines of 64 bytes */
size_t op_memory_held(const op_node *node);
/* Only with a table. */
bool op_memory_fits(const op_node *node, const void *bytes, int64_t count);
void op_memory_print(const op_node *node, uint64_t *print);

/* A print is a hash, begun as OP_PRINT; mixes `bytes` of `data` in. */
#define OP_PRINT UINT64_C(0xCBF29CE484222325)
void op_print_mix(uint64_t *print, const void *data, size_t bytes);

#endif
