/* net/net.h: the inside of a network.
 *
 * Nodes are what the user added. Wrapping lowers them to steps: the same nodes in the same order,
 * with layout conversions put between where an operator asks for one. Each output of a step is a
 * value: a tensor [K*B, shape] with a place in one arena, planned once from the times at which it
 * is first written and last read. Step i runs at time i forward, at 2n-1-i backward.
 *
 * Steps of a loop, which delays close, are neighbours: a part. It goes through time step by step
 * (net/loops.c), so each of its steps runs at all the times of the part.
 *
 * The structure, this header, knows no precision: numbers stand behind void pointers, counted in
 * numbers of net->plane->size bytes. What works on them is compiled once a precision: the files
 * *_real.c, which see them through net/data.h, and which the others call through net/plane.h. */
#ifndef FSNN_NET_INSIDE_H
#define FSNN_NET_INSIDE_H

#include "base/error_key.h"
#include "frac/method.h"
#include "net/plane.h"
#include "op/op.h"
#include <fsnn/net.h>

#include <string.h>

#define NET_PACKS_FROM (128 << 20) /* bytes */
#define NET_PORTS 16               /* a handle is node * NET_PORTS + port */

typedef struct net_node {
    op_node op;
    char *name, *sources;
    int from[OP_MAX_IN]; /* handles */
    int first_param;
    int shares; /* the node whose parameters it uses; -1: its own */
} net_node;

typedef struct net_value {
    int step, port; /* who writes it; step -1: the input */
    fsnn_shape shape;
    bool last;   /* channels-last in memory */
    int root;    /* the value whose memory this one shares (views); itself otherwise */
    int readers; /* steps that read it (views count) */
    bool wants;  /* its gradient is needed */
    /* [B, shape], the same at every step; its gradient is the sum over the steps (net/still.c) */
    bool still;
    int64_t place; /* offset in the arena, numbers; -1: none */
    bool binary;   /* zeros and ones */
    /* kept as bits (net/pack.c) between the steps `pack_after` forward and `unpack_before`
     * backward */
    bool packed;
    int pack_after, unpack_before;
    int64_t bits, again; /* where, and where the numbers stand in backward */
    /* goes straight into the step that reads it: there is no place for it, nor for its gradient */
    bool passed;
    int64_t grad_place; /* the same for its gradient */
    int grad_root;      /* the value whose gradient memory this one shares */
} net_value;

typedef struct net_step {
    op_node *op;
    int node;                           /* user node, -1 for a conversion */
    int in[OP_MAX_IN], out[OP_MAX_OUT]; /* values */
    bool live;                          /* backward has something to do here */
    bool adds[OP_MAX_IN]; /* an earlier step of backward has written this gradient: add */
    int64_t tape;         /* offset of its tape */
    int first, last;      /* the steps of its part; itself alone where it is in no loop */
    int partner;          /* of a delay: the step that takes in, or gives; else -1 */
    /* the step before, whose bias' gradient it gives in passing; -1: none */
    int sums;
    int summed; /* the parameter whose gradient the step behind gives; -1: none */
    /* the step that it does the work of, patch by patch; that does its work; -1: none */
    int leads, follows;
} net_step;

typedef struct net_param_place {
    int64_t offset; /* into values and grads */
    int node, index;
    void *value, *grad; /* there, or where the caller bound the parameter */
    bool bound;
} net_param_place;

/* Gradient checkpointing (net/segments.c). */
typedef struct net_segments {
    int64_t steps; /* of a segment; 0: none */
    int64_t count;
    int64_t first;  /* step of the call that the running segment begins with */
    bool replay;    /* forward again, for backward: running statistics have counted it */
    size_t state;   /* bytes of the nodes' states at one border */
    char *states;   /* [count + 1][state], the last after the call */
    void *output;   /* [T, B, output] */
    void *gradient; /* [T, B, input], of the input */
    double *rate;   /* [nodes], sums over the steps */
    size_t states_bytes, output_bytes, gradient_bytes, rate_bytes;
} net_segments;

/* Nets that run the shards of one batch, each one shard, together (net/together.c). */
typedef struct net_together {
    int64_t samples; /* of the batch; 0: the net runs alone */
    int step;        /* that has given its sums and waits for those of all; -1: none */
    double *sums;    /* [capacity] */
    int64_t capacity;
    const double *total; /* of the step that goes on; NULL: none does */
} net_together;

/* What forwards cost since counting began (net/account.c): one a node. */
typedef struct net_tally {
    double inputs, ones, others; /* inputs seen; those that are 1; those that are neither 0 nor 1 */
    double memory, steps;        /* multiply-adds of sums over the past; steps times samples */
} net_tally;

/* A penalty (fsnn_net_penalize), in double whatever the precision. */
typedef struct net_penalty {
    fsnn_penalty what;
    int hold;    /* of a potential: its number in the layer */
    double *sum; /* of a rate: [B, N] spikes over the steps that count, as the layer has them */
    double *row; /* [B, N] what each step's spikes receive */
    int64_t capacity;
    double value; /* of the last backward */
} net_penalty;

typedef struct net_penalties {
    net_penalty *list; /* [count] */
    int count;
    int64_t *steps; /* [lengths] steps of each sample that count; NULL: all */
    int64_t lengths;
    double share; /* of a net that runs a shard of a batch together with others: its weight */
} net_penalties;

/* Called beside the hook, by the library itself and whenever a part of backward is over: parameters
 * `param` ... `param` + `count` - 1 are final; with `count` 0 none became so. */
typedef void net_final(fsnn_net *net, int param, int count, void *user);

struct fsnn_net {
    net_node **node;
    int nodes, node_capacity;
    int input, output; /* handles; output -1: last node */
    fsnn_shape input_shape;

    const net_plane *plane; /* of the precision that the nodes are made for */
    bool wrapped;
    fsnn_plan plan;
    uint64_t seed;
    fsnn_order *order; /* [neuron layers] as given at the last wrap */
    int layers;
    fsnn_dynamics dynamics; /* as wrapped, but for its orders, which stand above */
    char *notes;            /* lines of fsnn_net_note; NULL: none */
    int64_t counter;
    bool ran;                  /* backward may follow, and reads of what neurons did */
    bool moved;                /* parameters are others than in that forward */
    const void *x;             /* what the steps read */
    const void *given;         /* what the caller gave: of all segments */
    void *output_to;           /* the caller's place of the output; NULL: the arena */
    void *gradient_to;         /* likewise of the input's gradient */
    const fsnn_spikes *spikes; /* the input of the running call, where it came as lists */
    /* those as numbers, for nodes that cannot take lists, or a still input at every step,
     * [dense_capacity] */
    void *dense;
    int64_t dense_capacity; /* numbers */
    size_t dense_size;      /* bytes of one of them */
    fsnn_spikes piece;      /* of the spikes: the segment that runs */
    int64_t K;              /* steps that are planned for: those of a call, or of a segment of it */
    net_segments segments;

    net_value *value;
    int values;
    net_step *step;
    int steps, step_capacity, value_capacity;
    op_node **conversion;
    int conversions;
    int out_value;

    char *arena;
    size_t arena_bytes, arena_need;
    int packs;                      /* values that are kept as bits */
    int64_t packs_from;             /* bytes of an arena for which that is tried */
    bool back;                      /* backward runs */
    int64_t scratch, addend, zeros; /* places: of operators; of gradients to be added; of zeros */
    int64_t zeros_count;

    fsnn_param *param;
    net_param_place *place;
    int params;
    void *values_flat, *grads_flat;
    int64_t flat;     /* numbers of each */
    bool widened;     /* the last wrap made them double of single */
    size_t flat_size; /* bytes of one of them: parameters keep their precision until they are made
                         anew */
    char **warning;
    int warnings;
    fsnn_gradient_hook *hook; /* NULL: none */
    void *hook_user;
    net_final *final; /* NULL: nobody watches */
    void *final_user;
    net_tally *tally; /* [nodes]; NULL: nothing is counted */
    double done;      /* share of a training (fsnn_net_progress) */
    net_together together;
    net_penalties penalty;
};

/* Kinds: operators and neurons in one list. */
const fsnn_op *
net_kind_find(const char *kind); /* in single precision, where options are looked at */
const fsnn_op *net_kind_at(int index);
/* Whether it is a kind of neuron. Errors: FSNN_EARGUMENT (another kind), FSNN_ENOTFOUND with those
 * that there are. */
fsnn_status net_need_neuron(const char *kind);

/* The node of that name, -1: there is none. */
int net_node_index(const fsnn_net *net, const char *name);
/* FSNN_ENOTFOUND with a sentence that begins with `whose` and names the node most like it. */
fsnn_status net_no_node(const fsnn_net *net, const char *whose, const char *name);

/* Numbers that a sample's value or a parameter may have at most. The product of any two of them, or
 * of one and the rows of a call, is an int64_t then. */
#define NET_MOST_NUMBERS INT32_MAX
/* Whether `shape`, which is called `what`, is within that. */
fsnn_status net_check_size(const char *what, const fsnn_shape *shape);
/* The operator's shape(), and a look at what it says. */
fsnn_status net_shape(op_node *op);
/* Numbers of the largest value of a call must be countable and the memory there, before anything
 * is planned with them. */
fsnn_status net_check_memory(const fsnn_net *net);

fsnn_status net_lower(fsnn_net *net); /* shapes, layouts, steps and values */
fsnn_status
net_delays_settle(fsnn_net *net);          /* sources and shapes of delays: before steps are made */
fsnn_status net_loops_find(fsnn_net *net); /* puts the steps of each loop together */
fsnn_status net_mark(fsnn_net *net);       /* what takes part in backward */
fsnn_status net_collect(fsnn_net *net);    /* parameters */
/* After its shape is known: the parameters are those of the node it shares them with. */
fsnn_status net_share_params(const fsnn_net *net, net_node *node);
/* Writes values that are known to fit into parameters: those of neurons, or all others. */
typedef void net_put_params(fsnn_net *net, const void *values, bool neuron);
/* Replaces parameters by both of `put`; where a neuron's is out of its range all are as they were.
 * Errors: those of fsnn_net_params_changed, FSNN_EMEMORY. */
fsnn_status net_replace_params(fsnn_net *net, net_put_params *put, const void *values);
fsnn_status net_place(fsnn_net *net); /* plans of the operators, arena */
void net_find_bits(fsnn_net *net);    /* operators planned: which values are zeros and ones */
void net_still(fsnn_net *net);        /* what is the same at every step */
/* operators planned: which steps take over the work of others */
fsnn_status net_fuse(fsnn_net *net);
/* The step that does the work of step s: itself, or the one it follows. */
static inline const net_step *net_doer(const fsnn_net *net, const net_step *s)
{
    return s->follows < 0 ? s : &net->step[s->follows];
}
void net_unlower(fsnn_net *net);
fsnn_status net_warn(fsnn_net *net, char *sentence); /* takes the string */
/* The same, where it is not said yet. */
fsnn_status net_warn_once(fsnn_net *net, char *sentence);
/* Whether a parameter is a number of a neuron that is not learned and still is as the neuron's
 * options have it: files of weights need not hold it, a description does. */
bool net_param_described(const fsnn_net *net, int index);
/* fsnn_net_describe, and with `learned` the values that are learned, too. */
fsnn_status net_describe(const fsnn_net *net, bool learned, char **text);

/* A copy that computes the same, with its penalties and its hook: its learned values and those of
 * neurons lie in the memory of `net`, which outlives it; gradients and all other values are its
 * own. */
fsnn_status net_copy(const fsnn_net *net, fsnn_net **copy);
/* fsnn_net_replan for calls of one shard of a batch of so many samples, whose other shards nets
 * like this one run; 0: of a whole batch. FSNN_ESHAPE, FSNN_EUNSUPPORTED: an operator cannot; the
 * net is as before. */
fsnn_status net_replan_together(fsnn_net *net, const fsnn_plan *plan, int64_t samples);
/* Whether a node's numbers depend on sums over the samples (fsnn_op.gather). */
bool net_sums_samples(const fsnn_net *net);
/* Penalties of such a net count by its weight in the batch. */
void net_together_share(fsnn_net *net, double weight);
/* Planned: room for them. FSNN_EMEMORY. */
fsnn_status net_together_reserve(fsnn_net *net);
/* The most sums that a step of it, as it is planned, gives. */
int64_t net_together_most(const fsnn_net *net);
/* Whether the call, forward or backward, waits: it has left its sums [*count] in *sums. */
bool net_waits(const fsnn_net *net, const double **sums, int64_t *count);
/* It goes on with those of all shards, to its end or to the next step that waits; at the end of a
 * forward *output is set. */
fsnn_status net_go_on(fsnn_net *net, const double *total, const void **output);

/* After backward has come through steps first ... last: tells the hook, and who watches, what is
 * final by that. With last -1: that all is. */
fsnn_status net_tell_final(fsnn_net *net, int first, int last);
/* Numbers of a still input, written out where steps need it at each step, K B rows; 0: it is read
 * as it is. There is room for them in net->dense once the net is planned. */
int64_t net_still_numbers(const fsnn_net *net);
/* Room for so many numbers in net->dense. */
fsnn_status net_dense_reserve(fsnn_net *net, int64_t size);
/* Calls of several segments. */
bool net_segmented(const fsnn_net *net);
fsnn_status net_segments_plan(fsnn_net *net);
/* Segment i: its steps, and the plan for them (the last may be shorter). */
fsnn_status net_segments_enter(fsnn_net *net, int64_t i);
/* The nodes' states at the border before segment i: kept, or brought back. */
fsnn_status net_segments_states(fsnn_net *net, int64_t i, bool load);
void net_segments_count_spikes(fsnn_net *net);
/* Numbers of the output at one step. */
int64_t net_output_numbers(const fsnn_net *net);
double net_segments_rate(const fsnn_net *net, int node);
size_t net_segments_bytes(const fsnn_net *net);
void net_segments_free(fsnn_net *net);

/* The plan is one for training, and a penalty is on the node. */
bool net_penalized(const fsnn_net *net, int node);
void net_penalties_free(fsnn_net *net);

/* fsnn_net_forward_into and fsnn_net_backward_into of a precision; sentences name the function
 * `who`, or, where the net is of the other precision, `other`. */
fsnn_status net_forward_into(fsnn_net *net, fsnn_precision precision, const char *who,
                             const char *other, const void *x, void *output);
fsnn_status net_backward_into(fsnn_net *net, fsnn_precision precision, const char *who,
                              const char *other, const void *output_gradient, void *input_gradient);
/* Whether two pieces of memory share a byte; NULL has none. */
static inline bool net_overlap(const void *a, size_t a_bytes, const void *b, size_t b_bytes)
{
    uintptr_t from = (uintptr_t)a, other = (uintptr_t)b;
    return a && b && from < other + b_bytes && other < from + a_bytes;
}

/* Step i reads input k of the net's input as lists of spikes. */
bool net_reads_spikes(const fsnn_net *net, const net_step *step, int k);
/* Rows of a value. */
static inline int64_t net_rows(const fsnn_net *net, int value)
{
    return (net->value[value].still ? 1 : net->K) * net->plan.batch;
}
/* Numbers of a value. */
static inline int64_t net_numbers(const fsnn_net *net, int value)
{
    return net_rows(net, value) * fsnn_shape_count(&net->value[value].shape);
}
/* Numbers of the input at one step. */
static inline int64_t net_input_numbers(const fsnn_net *net)
{
    return net->plan.batch * fsnn_shape_count(&net->input_shape);
}
/* Parameter p of a step that is a node's. */
static inline fsnn_param *net_step_param(const fsnn_net *net, const net_step *step, int p)
{
    return &net->param[net->node[step->node]->first_param + p];
}
/* A layer of neurons in single precision learns where its parameters lie, as its first call tells
 * it: for readers of its constants before that. */
void net_neuron_bind(const fsnn_net *net, const net_step *step);
/* Where the number that lies i-th in a sample stands in the order of its shape; `last`: it lies
 * channels-last. */
static inline int64_t net_plain(const fsnn_shape *shape, bool last, int64_t i)
{
    if (!last)
        return i;
    const int64_t channels = shape->dim[0], places = fsnn_shape_count(shape) / channels;
    return i % channels * places + i / channels;
}
/* Loops: steps first..last of the graph over all K steps of time. */
static inline bool net_looped(const net_step *step)
{
    return step->op->looped;
}
/* What one call leaves on the tape, in numbers. */
int64_t net_tape_numbers(const fsnn_net *net, const net_step *step);

/* The operator of a node that is a neuron layer, a delay; NULL: the node is none. */
op_node *net_neuron(const fsnn_net *net, int node);
op_node *net_delay(const fsnn_net *net, int node);

/* Delays (net/delay.h). */
/* The source is known by then, and given its shape and layout. */
void net_delay_settle(op_node *delay, const fsnn_shape *shape, bool last);
const fsnn_shape *net_delay_shape(const op_node *delay); /* rank 0: unknown */
bool net_delay_last(const op_node *delay);

/* A failure is said to be of this node, or of the option of it that it names; what names something
 * else, "dynamics.step", goes on to do so (base/error_key.h). */
static inline fsnn_status net_fail_in(const op_node *op, fsnn_status status)
{
    return strchr(fsnn_error_key(), '.') ? status : fsnn_fail_in(status, op->name);
}

/* `made` becomes what `node` is, of the same or another table. Options point to what the state of
 * `node` holds, which is there until all nodes are made. Released also after an error. */
fsnn_status net_make_node(net_node *node, const fsnn_op *kind, op_node *made);
void net_release_node(op_node *op);
/* The nodes are made anew for another precision, where they are of one; the net as it was after an
 * error. */
fsnn_status net_set_precision(fsnn_net *net, fsnn_precision precision);
/* Number i of a parameter's values. */
static inline double net_param_value(const fsnn_param *p, int64_t i)
{
    return p->value64 ? p->value64[i] : (double)p->value[i];
}
/* All of them as they lie, their type, their bytes. */
static inline void *net_param_data(const fsnn_param *p)
{
    return p->value64 ? (void *)p->value64 : (void *)p->value;
}
static inline fsnn_dtype net_param_type(const fsnn_param *p)
{
    return p->value64 ? FSNN_F64 : FSNN_F32;
}
static inline size_t net_param_bytes(const fsnn_param *p)
{
    return (size_t)fsnn_shape_count(&p->shape) * fsnn_dtype_size(net_param_type(p));
}
static inline void net_param_set(const fsnn_param *p, int64_t i, double value)
{
    if (p->value64)
        p->value64[i] = value;
    else
        p->value[i] = (float)value;
}

#endif
