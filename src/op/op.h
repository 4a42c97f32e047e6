/* op/op.h: what an operator is. An operator mixes across space; time is one more batch dimension,
 * so it sees rows = K*B samples at once. Shape, forward and backward of one operator stand together
 * in one file, and op/table.c has one row for each.
 *
 * Layout: [rows, C, H, W] tensors may lie channels-last in memory ([rows, H, W, C]), which is what
 * the convolutions like. Shapes are always given as C, H, W; `last` says how the numbers lie. The
 * net converts where an operator asks for plain input (no OP_LAST flag). */
#ifndef FSNN_OP_H
#define FSNN_OP_H

#include "base/base.h"
#include "base/keys.h"
#include "base/real.h"
#include <fsnn/net.h>

#define OP_MAX_IN 16
#define OP_MAX_OUT 8
#define OP_KEY 80 /* bytes of the name of a key */
#define OP_MAX_PARAM 24

enum op_flags {
    OP_LAST = 1,      /* takes channels-last inputs as they are */
    OP_VIEW = 2,      /* output is the input's memory with another shape: no forward or backward */
    OP_NEEDS_IN = 4,  /* backward reads its inputs */
    OP_NEEDS_OUT = 8, /* backward reads its output */
    /* backward may write the gradient of input 0 over that of output 0, number by number */
    OP_INPLACE = 16,
    /* a neuron layer (net/neuron_ops.h): it is given dynamics, and its spikes and states can be
     * recorded and counted */
    OP_NEURON = 32,
    OP_READS_STILL = 64, /* takes input 0 as one step where it is the same at all: still_in */
    OP_WANTS_LAST = 128, /* its images must lie channels-last: the net converts them */
    OP_SPIKES = 256,     /* takes a plain input of rank 1 as lists of spikes too: op_run.spikes */
    /* gradients of its parameters may be taken for all steps of a loop at once: its plan is scratch
     * only */
    OP_LATER = 512,
    OP_DRAWS = 1024,   /* draws random numbers in training: equal inputs may give other outputs */
    OP_CHOOSES = 2048, /* its output holds numbers of its inputs, and none else */
};

/* uniform: in middle - scale..middle + scale; normal: mean middle, standard deviation scale */
typedef enum op_init { OP_ZERO, OP_CONSTANT, OP_UNIFORM, OP_NORMAL } op_init;

/* A parameter as the operator's shape function asks for it; the net owns the numbers. */
typedef struct op_param {
    const char *name; /* static: "weight" */
    fsnn_shape shape;
    op_init init;
    double scale;  /* bound of uniform, value of constant, deviation of normal */
    double middle; /* of uniform, normal */
    /* of constant, in place of `scale`: its numbers, which the node's state holds; NULL: none */
    const double *values;
    bool learn, decay;
    bool neuron; /* tau, threshold, alpha, coefficient */
    /* added to the output along its first dimension: its gradient is the sum of the output's
     * over all others */
    bool channel;
    fsnn_range range;
} op_param;

typedef struct op_memory op_memory; /* op/memory.h */

typedef struct op_node {
    const struct fsnn_op *op;
    const char *name;
    void *options; /* a copy of the kind's options struct */
    void *state;   /* op->state_size bytes, zeroed; op->destroy releases what it holds */

    /* inputs: set by the net before shape() */
    int inputs;
    fsnn_shape in[OP_MAX_IN];
    bool in_last[OP_MAX_IN];
    /* outputs and parameters: set by shape() */
    int outputs;
    fsnn_shape out[OP_MAX_OUT];
    bool out_last[OP_MAX_OUT];
    int params;
    op_param param[OP_MAX_PARAM];
    int64_t operations; /* multiply-adds of one sample and step */

    /* sizes of the plan: set by the net before plan() */
    int64_t K, B;
    bool training;
    bool stream;            /* fsnn_plan.stream: what a call needs is made when it is planned */
    fsnn_products products; /* how its products of weights are computed */
    bool smooth;            /* gradient checks: see fsnn_plan.smooth */
    /* K steps are a piece of a call of `total`; backward goes on from piece to piece */
    bool segmented, chained;
    int64_t total;
    bool looped; /* in a loop: K is 1, and each of the `span` steps of the piece is a call */
    int64_t span;
    /* input and output are those of each of the `span` steps, their gradients the sums over
     * these: K is 1 */
    bool still;
    bool still_in;               /* input 0 is so (OP_READS_STILL); the rows are K B all the same */
    bool gradient_in[OP_MAX_IN]; /* backward must give the gradient of this input */
    uint64_t seed;               /* of this node: own stream of random numbers */
    /* samples of the batch of which the B are a shard, where sums go over all of its shards
     * (fsnn_op.gather); 0: B is all there is */
    int64_t together;
    /* set by plan(): bytes of scratch that forward or backward use during the call (shared between
     * nodes), and bytes that live from this node's forward to its backward (a dropout mask, pooling
     * indices) */
    size_t scratch_bytes, tape_bytes;
} op_node;

/* One call of forward or backward. rows = K*B. Pointers are 64-byte aligned. */
typedef struct op_run {
    const real *in[OP_MAX_IN]; /* [rows, in shape]; NULL where it is given as spikes */
    /* OP_SPIKES only: the input's rows as lists, NULL where dense */
    const fsnn_spikes *spikes[OP_MAX_IN];
    real *out[OP_MAX_OUT];        /* [rows, out shape]; const in backward */
    real *gin[OP_MAX_IN];         /* backward: written (not added to); NULL where not wanted */
    const real *gout[OP_MAX_OUT]; /* backward */
    real *value[OP_MAX_PARAM];    /* parameters; running statistics are written in training */
    real *grad[OP_MAX_PARAM];     /* backward: added to; NULL for what is not learned */
    /* backward, only where fsnn_op.sums said yes: [channels] to which gin[0] is added, summed over
     * all else; NULL: not wanted */
    real *gsum;
    void *scratch, *tape;
    int64_t step;  /* number of the forward call: random numbers change with it */
    int64_t first; /* step of the call that the K steps begin with, where they are a piece of it */
    int64_t at;    /* in a loop: the step, 0..span-1 */
    /* forward of the same steps as before, for backward: nothing that lasts may change */
    bool replay;
    /* where the node sums over shards together: the sums over all of them, of what gather gave */
    const double *shared;
    /* The operator that takes the output as it is made, and its call: there is no out[0] and
     * gout[0] then. */
    const op_node *into;
    const struct op_run *into_run;
} op_run;

/* Patches in which an operator can take its input (channels-last) while it is being made: `lines`
 * neighbouring lines of `width` numbers, cut into stretches that are multiples of `unit`. */
typedef struct op_patches {
    int64_t lines, width, unit;
} op_patches;

typedef struct fsnn_op {
    const char *kind;
    const char *help;
    size_t options_size;
    const void *defaults; /* an options struct, NULL when options_size is 0 */
    const fsnn_key *keys; /* NULL when there are none */
    int min_in, max_in;
    unsigned flags;
    size_t state_size;
    /* When a node is added, options and state set: takes what options point to. May be NULL. */
    fsnn_status (*create)(op_node *node);
    /* What can be said of options alone, for descriptions: an error names the key at fault, or "".
     * May be NULL. */
    fsnn_status (*check)(const struct fsnn_op *op, const void *options, char key[OP_KEY]);
    /* Checks in[], sets out[], out_last[], param[], operations. Error sentences name the node and
     * the shapes. */
    fsnn_status (*shape)(op_node *node);
    /* Builds what K*B rows need (primitives); called again when sizes change. May be NULL. */
    fsnn_status (*plan)(op_node *node);
    fsnn_status (*forward)(op_node *node, const op_run *run);
    fsnn_status (*backward)(op_node *node, const op_run *run);
    /* Of an operator whose numbers depend on sums over the samples, where a batch is run in shards
     * together (op_node.together): how many sums it has, after plan(), and what its own shard adds
     * to them, before forward and, with `back`, before backward, which find the sums over all
     * shards in op_run.shared. Backward's gather gives the gradients of its parameters too. NULL:
     * a sample's numbers are its own. */
    int64_t (*sums_shared)(const op_node *node);
    void (*gather)(op_node *node, const op_run *run, bool back, double *sums);
    /* Of operators with one input and output that can do their work patch by patch, in any order
     * and by any thread; the others leave these NULL. patches: after plan(), false where it cannot.
     * x, gx [lines, count]: from number `from` of line `line` of a row on. Together they do what
     * forward and backward do. */
    bool (*patches)(const op_node *node, op_patches *patches);
    void (*patch_forward)(const op_node *node, const op_run *run, int64_t row, int64_t line,
                          int64_t from, int64_t count, const real *x);
    void (*patch_backward)(const op_node *node, const op_run *run, int64_t row, int64_t line,
                           int64_t from, int64_t count, real *gx);
    /* After plan(), of operators with one output that can hand it on as it is made; may be NULL.
     * Whether it may go straight into `next`, which takes patches: op_run.into. next NULL: it does
     * not. */
    bool (*into)(op_node *node, const op_node *next);
    /* After plan(): whether backward can give op_run.gsum; where it can, it is ready to. May be
     * NULL. */
    fsnn_status (*sums)(op_node *node, bool *can);
    /* After plan(): the outputs are zeros and ones. NULL: where OP_CHOOSES hands such numbers on,
     * or OP_VIEW does. */
    bool (*binary)(const op_node *node);
    /* Values of the parameters [params] were written: checks them and settles what depends on them.
     * *anew becomes true when the node must be planned anew and begin at time 0. May be NULL. */
    fsnn_status (*changed)(op_node *node, real *const *value, bool *anew);
    const op_memory *memory; /* what it remembers from step to step (op/memory.h); NULL: nothing */
    /* of a neuron layer, OP_NEURON: what the net may ask of it (net/neuron_ops.h); else NULL */
    const struct neuron_functions *neuron;
    /* Where create() takes what options point to and leaves them without: has `options`, a copy of
     * the node's own, point to what its state holds, for a create() of the same kind in another
     * precision. May be NULL. */
    fsnn_status (*lend)(op_node *node, void *options);
    /* Of an operator that, without inputs, gives what a node was steps before, whichever stands
     * first: the name of that node, or "", in its options; and the operator that takes it in, a
     * step of its own with the same state. NULL for all others. */
    const char *(*of)(const void *options);
    const struct fsnn_op *put;
    void (*destroy)(op_node *node); /* releases what state holds (not state itself); may be NULL */
} fsnn_op;

/* All operators, NULL-terminated (op/table.c); neuron kinds stand in net/neuron_kinds_real.c. */
extern const fsnn_op *const fsnn_ops[];

#endif
