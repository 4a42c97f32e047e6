/* fsnn/net.h: a network: a static graph of nodes, built once, wrapped once, then run.
 *
 * Build:   fsnn_net_create, fsnn_net_input, fsnn_net_add (or the short forms), fsnn_net_output
 * Wrap:    fsnn_net_wrap settles shapes, dynamics, memory and kernels; before it nothing runs
 * Run:     fsnn_net_forward over K time steps of a batch, fsnn_net_backward
 *
 * Numbers are row-major, [K, B, ...]: K steps, B samples, then the shape of one sample at one step.
 * They are float or, where the net was wrapped with dynamics.precision FSNN_PRECISION_DOUBLE,
 * double: functions that take or give arrays of them have a form for each precision
 * (fsnn_net_forward, fsnn_net_forward_double), and the one that is not of the net's precision
 * returns FSNN_EUNSUPPORTED with the name of the other.
 *
 * One net serves one thread at a time (it uses all processors itself: fsnn_threads_set); different
 * nets may be used by different threads. */
#ifndef FSNN_NET_H
#define FSNN_NET_H

#include <stdbool.h>
#include <stdint.h>

#include <fsnn/frac.h>
#include <fsnn/neuron.h>
#include <fsnn/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fsnn_net fsnn_net;

/* ---- Build --------------------------------------------------------------------------------------
 * Functions that add a node return its handle (>= 0) or a negative status. A negative `from` is
 * returned unchanged, so a chain of calls needs one check at its end; fsnn_error_text() then
 * describes the first error. */

FSNN_API fsnn_status fsnn_net_create(fsnn_net **net);
FSNN_API void fsnn_net_destroy(fsnn_net *net); /* takes NULL */

/* The input node, called "input": `shape` is one sample at one time step, without time and batch.
 * Once a net. */
FSNN_API int fsnn_net_input(fsnn_net *net, fsnn_shape shape);

/* Adds a node of a kind ("linear", "conv2d", "lif", ...; fsnn_kind_name lists them). `options` is
 * the options struct of the kind (below), NULL for its defaults; it is copied. `name` NULL gives
 * kind and number ("linear1"). `from` lists `sources` handles. Errors: unknown kind, name taken,
 * wrong number of sources. */
FSNN_API int fsnn_net_add(fsnn_net *net, const char *kind, const char *name, const int *from,
                          int sources, const void *options);

/* The node uses the parameters of `of`, an earlier node of its kind, in place of its own: there is
 * one set of values, and the gradients of both nodes are added. fsnn_net_wrap compares names and
 * shapes.
 * Errors: FSNN_EARGUMENT (other kinds, no parameters, a later node). */
FSNN_API fsnn_status fsnn_net_share(fsnn_net *net, int node, int of);

/* Output `port` of a node with several outputs (port 0 is the handle itself). */
FSNN_API int fsnn_net_port(fsnn_net *net, int node, int port);
/* Declares the output of the network; default: the last node. */
FSNN_API fsnn_status fsnn_net_output(fsnn_net *net, int node);

/* Kinds of nodes: fsnn_kind_name(i) for i = 0, 1, ... until NULL; what each does; the size of its
 * options. */
FSNN_API const char *fsnn_kind_name(int index);
FSNN_API const char *fsnn_kind_help(const char *kind);
/* Fills `options` with the defaults of a kind; returns its size in bytes or FSNN_ENOTFOUND. Start
 * from it, because zeros are often not the defaults (stride, dilation and groups of a convolution
 * are 1). `options` NULL: the size only. */
FSNN_API int fsnn_kind_defaults(const char *kind, void *options);
/* Whether nodes of a kind are neuron layers: their options begin with a fsnn_neuron. */
FSNN_API bool fsnn_kind_is_neuron(const char *kind);
/* Whether they are neuron layers that never spike, whose output is the potential. */
FSNN_API bool fsnn_kind_is_readout(const char *kind);
/* Whether a kind has an option of this name, as in descriptions: "v_peak" of "qif". */
FSNN_API bool fsnn_kind_has(const char *kind, const char *option);

typedef struct fsnn_linear { /* y = x W^T + b over the last dimension; W [out, in] */
    int64_t out;
    bool bias;
} fsnn_linear;

typedef struct fsnn_scaling { /* y = x W + b, element by element; W, b of the input's shape */
    bool bias;
} fsnn_scaling;

typedef struct fsnn_conv2d { /* x [C, H, W]; W [out, C/groups, kernel]; pairs are (height, width) */
    int64_t out;
    int64_t kernel[2], stride[2], padding[2], dilation[2];
    int64_t groups;
    bool bias;
} fsnn_conv2d;

typedef struct fsnn_conv1d { /* x [C, L]; W [out, C/groups, kernel] */
    int64_t out;
    int64_t kernel, stride, padding, dilation;
    int64_t groups;
    bool bias;
} fsnn_conv1d;

/* The adjoint of a convolution with the same kernel, stride, padding, dilation and groups, as
 * PyTorch's ConvTranspose2d has it: x [C, H, W]; W [C, out/groups, kernel]; a side of n becomes
 * (n - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1. Pairs are (height,
 * width); output_padding is below the stride. */
typedef struct fsnn_convtranspose2d {
    int64_t out;
    int64_t kernel[2], stride[2], padding[2], output_padding[2], dilation[2];
    int64_t groups;
    bool bias;
} fsnn_convtranspose2d;

typedef struct fsnn_convtranspose1d { /* x [C, L]; W [C, out/groups, kernel] */
    int64_t out;
    int64_t kernel, stride, padding, output_padding, dilation;
    int64_t groups;
    bool bias;
} fsnn_convtranspose1d;

typedef enum fsnn_upsampling {
    FSNN_UPSAMPLE_NEAREST, /* output i of n is input floor(i L/n) of L */
    FSNN_UPSAMPLE_LINEAR,  /* linear between the two inputs beside it; of images bilinear */
} fsnn_upsampling;

/* upsample: x [C, H, W], pairs are (height, width); or x [C, L], both numbers of a pair then being
 * the same. As PyTorch's Upsample: output i of n lies at (i + 1/2) L/n - 1/2, or, with
 * align_corners, at i (L - 1)/(n - 1), and never outside of the input. */
typedef struct fsnn_upsample {
    int64_t factor[2]; /* the output's size is the input's times this; or */
    int64_t size[2];   /* this is the output's size, which may be any; 0: not given */
    fsnn_upsampling mode;
    bool align_corners; /* of FSNN_UPSAMPLE_LINEAR */
} fsnn_upsample;

/* maxpool, avgpool, sumpool: x [C, H, W], pairs are (height, width); or x [C, L], both numbers of a
 * pair then being the same. Stride 0 means the kernel's size. */
typedef struct fsnn_pool {
    int64_t kernel[2], stride[2], padding[2];
    bool count_padding; /* avgpool: padded zeros count in the mean (default true) */
    /* In place of kernel, stride and padding: the output's size. Output i of n covers the inputs
     * floor(i L/n) to ceil((i + 1) L/n) - 1 of L, as PyTorch has it; {1, 1} is all. */
    int64_t adaptive[2];
} fsnn_pool;

typedef struct fsnn_batchnorm { /* per channel (first dimension) */
    double eps, momentum;
    bool affine;
    bool per_step; /* batch statistics of each time step by itself, not over K*B */
} fsnn_batchnorm;

typedef struct fsnn_tdbn {   /* threshold-dependent: Zheng et al. 2021 */
    fsnn_batchnorm norm;     /* over all steps: per_step is false */
    double alpha, threshold; /* x is normalised to mean 0 and deviation alpha threshold */
} fsnn_tdbn;

typedef struct fsnn_layernorm { /* y = (x - mean)/sqrt(var + eps) W + b; W, b [last dims of x] */
    int64_t dims; /* last dimensions that a mean and variance are of; 0: all of a sample */
    double eps;
    bool affine; /* W and b are there, learned */
} fsnn_layernorm;

typedef struct fsnn_reshape { /* one dimension may be -1 */
    fsnn_shape shape;
} fsnn_reshape;

typedef struct fsnn_dropout {
    double p;
    bool hold; /* the same mask for all time steps of a sample */
} fsnn_dropout;

/* In training a sample is left out as a whole (Huang et al. 2016, stochastic depth). */
typedef struct fsnn_droppath {
    double p;
} fsnn_droppath;

typedef struct fsnn_concat {
    int64_t axis; /* of the sample's shape, 0 = channels */
} fsnn_concat;

typedef struct fsnn_split { /* equal parts along an axis, one output port each */
    int64_t axis, parts;
} fsnn_split;

typedef struct fsnn_permute { /* output axis d is input axis axes.dim[d]; rank as the input's */
    fsnn_shape axes;
} fsnn_permute;

typedef struct fsnn_multiply { /* scale times the product of all inputs, element by element */
    double scale;
} fsnn_multiply;

/* A [.., M, K] (or [.., K, M], transposed) times B [.., K, N] (or [.., N, K]), for each of the
 * leading dimensions, which both share. */
typedef struct fsnn_matmul {
    bool transpose_a, transpose_b;
    double scale; /* of the product */
} fsnn_matmul;

typedef struct fsnn_reduce { /* mean, sum */
    fsnn_shape axes;         /* that vanish; rank 0: all */
    bool keep;               /* they stay, with size 1 */
} fsnn_reduce;

/* Where a tensor of tokens has its features. */
typedef enum fsnn_features {
    FSNN_FEATURES_FIRST, /* [D, tokens] or [D, H, W]: channels, as convolutions have them */
    FSNN_FEATURES_LAST,  /* [tokens, D], as linear has them */
} fsnn_features;

/* Spiking self-attention without softmax, (q k^T) v scale in each head; sources q, k, v. The D
 * features are cut into heads of D/heads neighbours. k and v have as many tokens, q and k as many
 * features; the output has the tokens of q and the features of v. */
typedef struct fsnn_attention {
    int64_t heads;
    double scale;
    fsnn_features features;
} fsnn_attention;

/* Classification head: the mean over all tokens, then linear: [D, ...] or [.., D] -> [out]. */
typedef struct fsnn_head {
    int64_t out;
    bool bias;
    fsnn_features features;
} fsnn_head;

typedef struct fsnn_voting { /* [classes*voters] -> [classes]: mean of `voters` neighbours */
    int64_t voters;
} fsnn_voting;

/* What a node gave whole steps before, zeros until then: y_k = x_{k-steps}. Two forms:
 *
 *   with `of`   The name of its source ("lif1", or "split1.1" for another output), which may be
 *               added later; fsnn_net_wrap looks it up. A loop of the graph needs one. It has no
 *               sources; lags are at least 1.
 *   without     It has one source and delays it. A lag of 0 hands the step on.
 *
 * Start from fsnn_kind_defaults("delay", ...): a lag of 1. */
typedef struct fsnn_delay {
    const char *of;   /* copied */
    fsnn_shape shape; /* of one sample; rank 0: that of the source, found out by fsnn_net_wrap */
    int64_t steps;
    /* [count] lags in place of `steps`, a number a channel or neuron, as `per` says, in the order
     * of the shape; copied. NULL: all have one. */
    const int64_t *each;
    int64_t count;
    fsnn_per per;
} fsnn_delay;

/* Delays that are learned: any number of steps from 0 to max, made of whole lags whose weights
 * follow it smoothly (linear between the two beside it; a normalised gaussian over all, Hammouamri
 * et al. 2024), with the exact gradient of that sum. As a parameter "delay"; what is written beyond
 * 0 and max becomes the nearer of them. Zeros stand before the first step, and max steps are kept
 * between calls. */
typedef enum fsnn_lags_kernel { FSNN_LAGS_LINEAR, FSNN_LAGS_GAUSSIAN } fsnn_lags_kernel;
typedef enum fsnn_lags_init {
    FSNN_LAGS_UNIFORM,  /* drawn evenly from 0 to max */
    FSNN_LAGS_CONSTANT, /* all are `steps` */
} fsnn_lags_init;

typedef struct fsnn_lags {
    int64_t max; /* steps, 1 to 1024 */
    fsnn_lags_init init;
    double steps; /* 0 to max */
    fsnn_lags_kernel kernel;
    double sigma; /* of the gaussian, in steps */
    bool learn;
} fsnn_lags;

/* weight [max + 1]: those of the lags 0 ... max that a delay, from 0 to max steps, is made of;
 * their sum is 1. FSNN_EARGUMENT. */
FSNN_API fsnn_status fsnn_lags_weights(const fsnn_lags *lags, double delay, double *weight);

/* learned_delay: the input later, a delay for each number of a sample's shape, each channel or all.
 * Start from fsnn_kind_defaults. */
typedef struct fsnn_learned_delay {
    fsnn_lags lags;
    fsnn_per per;
} fsnn_learned_delay;

/* delayed_linear: y = x W^T + b over the last dimension, each connection with a delay of its own;
 * W and the delays [out, in]. Costs as much as max + 1 linear layers. Start from
 * fsnn_kind_defaults. */
typedef struct fsnn_delayed_linear {
    int64_t out;
    fsnn_lags lags;
    bool bias;
} fsnn_delayed_linear;

/* graph: y = S x along the edges of a graph, x [nodes, F] a whole graph as one sample; gcn: y = S
 * (x W^T) + b, W [out, F] (Kipf and Welling 2017). S is copied when the node is added. In a
 * description S comes from the folder `path` (default: that of the data) by the other options,
 * which are not read here. */
typedef struct fsnn_graph_layer {
    int64_t out;                     /* gcn only */
    bool bias;                       /* gcn only */
    const fsnn_graph_matrix *matrix; /* fsnn_graph_propagation makes one */
    const char *path;
    int propagation; /* fsnn_propagation */
    bool self_loops, loops_in_degree;
} fsnn_graph_layer;

/* flatten and add have no options; neuron kinds take fsnn_neuron; user, qif, eif, hard_lif, cuba,
 * alif take fsnn_user. */

/* Short forms of fsnn_net_add for the most used kinds. */
FSNN_API int fsnn_net_linear(fsnn_net *net, const char *name, int from, int64_t out, bool bias);
FSNN_API int fsnn_net_conv2d(fsnn_net *net, const char *name, int from, const fsnn_conv2d *options);
FSNN_API int fsnn_net_conv1d(fsnn_net *net, const char *name, int from, const fsnn_conv1d *options);
FSNN_API int fsnn_net_maxpool(fsnn_net *net, const char *name, int from, int64_t kernel);
FSNN_API int fsnn_net_avgpool(fsnn_net *net, const char *name, int from, int64_t kernel);
FSNN_API int fsnn_net_batchnorm(fsnn_net *net, const char *name, int from);
FSNN_API int fsnn_net_layernorm(fsnn_net *net, const char *name, int from, int64_t dims);
FSNN_API int fsnn_net_reshape(fsnn_net *net, const char *name, int from, fsnn_shape shape);
FSNN_API int fsnn_net_permute(fsnn_net *net, const char *name, int from, fsnn_shape axes);
FSNN_API int fsnn_net_multiply(fsnn_net *net, const char *name, int a, int b, double scale);
FSNN_API int fsnn_net_matmul(fsnn_net *net, const char *name, int a, int b,
                             const fsnn_matmul *options);
FSNN_API int fsnn_net_mean(fsnn_net *net, const char *name, int from, fsnn_shape axes);
FSNN_API int fsnn_net_attention(fsnn_net *net, const char *name, int q, int k, int v,
                                const fsnn_attention *options);
FSNN_API int fsnn_net_head(fsnn_net *net, const char *name, int from, int64_t out, bool bias);
FSNN_API int fsnn_net_flatten(fsnn_net *net, const char *name, int from);
FSNN_API int fsnn_net_lif(fsnn_net *net, const char *name, int from, const fsnn_neuron *options);
FSNN_API int fsnn_net_if(fsnn_net *net, const char *name, int from, const fsnn_neuron *options);
/* The output of the node called `of`, which may be added later, one time step before. */
FSNN_API int fsnn_net_delay(fsnn_net *net, const char *name, const char *of);
/* A neuron of your own. Errors in its equations (FSNN_EDESCRIPTION) point at the character. */
FSNN_API int fsnn_net_user(fsnn_net *net, const char *name, int from, const fsnn_user *options);

/* ---- Wrap ------------------------------------------------------------------------------------ */

/* How linear layers and convolutions multiply by their weights. Parameters, their gradients,
 * potentials, histories and all other operators keep the precision of the network, and so do
 * products that go event by event.
 *   full   in that precision
 *   bf16   numbers and weights rounded to bfloat16 (8 significant bits: spikes are exact), sums in
 *          float32, forward and backward; about half the time. Needs oneDNN and a processor with
 *          AVX512-BF16 or AMX.
 *   int8   not in training: weights are whole numbers of 8 bits times a scale for each output
 *          channel, that with the least squared error. Where the numbers that a call gives to a
 *          layer are all whole and in 0..127, as spikes are, its sums are exact, in 32 bits, in any
 *          order (also event by event), and take a third to a quarter of the time with VNNI
 *          instructions. Any other input, like grey values, and convolutions in groups are
 *          multiplied in float32 by the same weights. Weights that were written count from the next
 *          fsnn_net_params_changed on. */
typedef enum fsnn_products {
    FSNN_PRODUCTS_FULL,
    FSNN_PRODUCTS_BF16,
    FSNN_PRODUCTS_INT8,
    FSNN_PRODUCTS_KINDS
} fsnn_products;

/* "full", "bf16", "int8"; NULL: there is no such kind. The kind of a name, or FSNN_ENOTFOUND. */
FSNN_API const char *fsnn_products_name(fsnn_products products);
FSNN_API int fsnn_products_find(const char *name);
/* Whether there are such products here. Errors: FSNN_EUNSUPPORTED with what this machine or this
 * build lacks, FSNN_EARGUMENT. */
FSNN_API fsnn_status fsnn_products_check(fsnn_products products);

typedef struct fsnn_plan {
    int64_t steps; /* K: time steps of one call of forward */
    int64_t batch; /* B: samples */
    bool training; /* plan for backward; dropout and batch statistics active */
    bool record;   /* keep potentials, spikes and currents of neuron layers for fsnn_net_read */
    bool input_gradient; /* backward also gives the gradient of the input */
    bool smooth;   /* gradient checks only: spikes are the smooth primitive of their surrogate */
    uint64_t seed; /* of initial weights and dropout */
    /* Gradient checkpointing: time is cut into segments of this many steps; between forward and
     * backward only the neurons' states at their borders and the output are kept, and backward runs
     * forward again for each segment. Gradients are those of the whole run, up to rounding. Kept:
     * `steps` outputs; with full memory the neurons' histories (one number per neuron and step, and
     * another in backward); with a truncated memory or a tolerance one bounded state per border, so
     * that memory grows with the root of `steps`. 0: everything is kept. FSNN_CHECKPOINT_AUTO: the
     * segment that needs least memory. Without training the segments bound the memory of a long
     * call. */
    int64_t checkpoint;
    /* with checkpoint: gradients do not cross borders (truncated backpropagation through time) */
    bool truncate;
    /* constant input, the same in every step, as from the direct encoder: x and the input's
     * gradient are [B, input shape], the gradient summed over the steps. The layers before the
     * first neurons are computed once and not K times, unless they draw random numbers (dropout in
     * training) or `record` is set. The results are the same up to rounding. */
    bool still;
    /* for short calls, one after the other, that must be answered soon (docs/streaming.md), not in
     * training. What a call needs is made at wrap and by the first call: with a bounded memory (a
     * tolerance or a number of steps) later ones allocate nothing. Linear layers of up to four rows
     * (steps times samples) keep their weights transposed, skip zeros of their input and call no
     * thread for small products: the results are the same up to rounding. Weights that were
     * written count from the next fsnn_net_params_changed on. */
    bool stream;
    /* bf16 and int8 not with double precision, and not with `stream`; int8 not in training */
    fsnn_products products;
} fsnn_plan;

#define FSNN_CHECKPOINT_AUTO (-1)

/* Settles shapes, dynamics, memory and kernels and draws the initial parameters. May be called
 * again with another plan or dynamics: parameters keep their values, state is reset. With another
 * precision they keep them as far as it goes: from single to double exactly, back rounded;
 * fsnn_param and what was made of it (an optimiser) are to be taken anew.
 * Errors: FSNN_ESHAPE (which node, which shapes), FSNN_EUNSUPPORTED, FSNN_EARGUMENT,
 * FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_net_wrap(fsnn_net *net, const fsnn_dynamics *dynamics,
                                   const fsnn_plan *plan);
/* The precision of the last wrap; single before the first. */
FSNN_API fsnn_precision fsnn_net_precision(const fsnn_net *net);
/* Changes K, B or the mode of a wrapped net; resets the state unless only `steps`, `record`,
 * `still`, `stream` or `products` change. Cheap if the new size was used before or is smaller. If a
 * plan is refused, the net keeps the one it had, with its state reset. */
FSNN_API fsnn_status fsnn_net_replan(fsnn_net *net, const fsnn_plan *plan);
/* Warnings about the last wrap (a step that is unstable or overshoots, a memory that changes the
 * steady state under a constant input) and about weights loaded since (trained with other options).
 * Index 0, 1, ... until NULL. Nothing else shows them: check them after every wrap. */
FSNN_API const char *fsnn_net_warning(const fsnn_net *net, int index);
/* What a wrapped net computes, without its weights, as lines "KEY<tab>VALUE": dynamics, kind and
 * options of each neuron layer with the values that are not learned, notes. free() it. Files of
 * weights contain it as metadata "net". */
FSNN_API fsnn_status fsnn_net_describe(const fsnn_net *net, char **text);
/* Adds a line to this description: something else that must be the same for the weights to mean the
 * same. One line, without tabs; it replaces the line with this key, if any. */
FSNN_API fsnn_status fsnn_net_note(fsnn_net *net, const char *key, const char *value);

/* ---- Run ------------------------------------------------------------------------------------- */

/* Runs `x` [K, B, input shape] (with plan.still [B, input shape]) through the network. `x` is not
 * copied: in training it must stay unchanged until fsnn_net_backward has run. `*output` [K, B,
 * output shape] belongs to the net and is valid until the next call. The state of neurons and
 * delays continues from the last call; fsnn_net_reset starts at time 0. Errors: FSNN_ESTATE (not
 * wrapped); FSNN_ENUMERIC when a neuron's state is not finite at the end of the call, or the output
 * is not: the sentence names layer, neuron and first step, and the input or the parameter that it
 * comes from. The state is then unusable: call fsnn_net_reset, or load a saved state. The check
 * covers the last state of each neuron and the output, so it misses a number that is not finite and
 * reaches neither (behind max, or if a spike resets from infinity). */
FSNN_API fsnn_status fsnn_net_forward(fsnn_net *net, const float *x, const float **output);
/* The same of a net in double precision. */
FSNN_API fsnn_status fsnn_net_forward_double(fsnn_net *net, const double *x, const double **output);
/* The same with the output in the caller's memory: `output` [K, B, output shape] is written, and in
 * training is read by fsnn_net_backward: until then it stays as it is. It must not overlap with
 * `x`. */
FSNN_API fsnn_status fsnn_net_forward_into(fsnn_net *net, const float *x, float *output);
FSNN_API fsnn_status fsnn_net_forward_into_double(fsnn_net *net, const double *x, double *output);
/* The same with the input as lists of spikes [K, B], whose width is the number of elements of the
 * input's shape. A linear layer that reads the input (flat, of rank 1) adds event by event, at a
 * cost proportional to the number of spikes; other nodes get the dense numbers. The lists are not
 * copied: in training they must stay unchanged until fsnn_net_backward has run. Only their sizes
 * are checked (FSNN_ESHAPE); check lists of unknown origin with fsnn_spikes_check. */
FSNN_API fsnn_status fsnn_net_forward_spikes(fsnn_net *net, const fsnn_spikes *spikes,
                                             const float **output);
/* The same of a net in double precision: the lists' numbers are exact in it. */
FSNN_API fsnn_status fsnn_net_forward_spikes_double(fsnn_net *net, const fsnn_spikes *spikes,
                                                    const double **output);
/* Gradients of a scalar loss, given its gradient [K, B, output shape] at the output of the last
 * forward: *added* to the parameter gradients (fsnn_net_zero_grad clears them). State from before
 * the last forward counts as constant. `*input_gradient` may be NULL; else it gets the gradient [K,
 * B, input shape] (with plan.still [B, input shape]; needs plan.input_gradient). Once per forward.
 * Errors: FSNN_ESTATE (no forward before it; since then a reset, another plan or state, or
 * parameters that changed). */
FSNN_API fsnn_status fsnn_net_backward(fsnn_net *net, const float *output_gradient,
                                       const float **input_gradient);
FSNN_API fsnn_status fsnn_net_backward_double(fsnn_net *net, const double *output_gradient,
                                              const double **input_gradient);
/* The same with the input's gradient in the caller's memory, which must not overlap with
 * `output_gradient`, nor with the input and the output of the forward; NULL: it is not wanted. */
FSNN_API fsnn_status fsnn_net_backward_into(fsnn_net *net, const float *output_gradient,
                                            float *input_gradient);
FSNN_API fsnn_status fsnn_net_backward_into_double(fsnn_net *net, const double *output_gradient,
                                                   double *input_gradient);
/* Called while backward runs: the gradients of parameters `param` ... `param` + `count` - 1, those
 * of one node, are final, in the order in which backward comes to them, from the last node to the
 * first; at the end once more with `count` 0. So the sums over several machines can be on their way
 * while the rest is computed. The hook may change these gradients. Returns 0 to go on; positive:
 * backward ends with FSNN_EINTERRUPTED; negative: with FSNN_ECALLBACK, its sentence names the
 * number. A training with shards calls the hook for one shard after the other, with the net that
 * runs the shard: the training's own or a copy. */
typedef int fsnn_gradient_hook(fsnn_net *net, int param, int count, void *user);
/* One hook a net; NULL: none. */
FSNN_API fsnn_status fsnn_net_on_gradient(fsnn_net *net, fsnn_gradient_hook *hook, void *user);
/* ---- penalties: what neuron layers should not do, as terms beside a loss ----
 *
 * With h(x) = max(0, min - x)^2 + max(0, x - max)^2, r_bn the spikes a step of neuron n of sample b
 * over the call's steps, and v the potential behind each step, before a reset that overwrites it:
 *   rate       neuron  mean over samples and neurons of h(r_bn)
 *              layer   mean over samples of h(mean_n r_bn): how much the layer fires
 *              batch   mean over neurons of h(mean_b r_bn): no neuron is silent for all samples
 *   potential          mean over steps, samples and neurons of h(v)
 * (Cramer et al. 2022 bound the first from below and the second from above, Bellec et al. 2018 the
 * third.) */
typedef enum fsnn_penalty_kind {
    FSNN_PENALTY_RATE,
    FSNN_PENALTY_POTENTIAL,
    FSNN_PENALTY_KINDS
} fsnn_penalty_kind;

/* Of what a rate is the mean; a potential is that of each neuron and step. */
typedef enum fsnn_penalty_mean {
    FSNN_PENALTY_NEURON,
    FSNN_PENALTY_LAYER,
    FSNN_PENALTY_BATCH,
    FSNN_PENALTY_MEANS
} fsnn_penalty_mean;

FSNN_API const char *fsnn_penalty_name(fsnn_penalty_kind kind);
FSNN_API const char *fsnn_penalty_mean_name(fsnn_penalty_mean mean);

typedef struct fsnn_penalty {
    fsnn_penalty_kind kind;
    int node; /* a neuron layer; of a rate one that spikes */
    fsnn_penalty_mean mean;
    double min, max; /* spikes a step; potential; -INFINITY, INFINITY: no bound */
    double weight;   /* backward adds the gradient of weight times the penalty */
} fsnn_penalty;

/* FSNN_EARGUMENT with a sentence, whatever the node. */
FSNN_API fsnn_status fsnn_penalty_check(const fsnn_penalty *penalty);
/* From now on fsnn_net_backward adds the gradients of these penalties [count], copied, in place of
 * those before; 0: of none. The net is planned again, its state reset. Layers that are wrapped anew
 * keep them. Errors: FSNN_ESTATE (not wrapped), FSNN_EARGUMENT (which node, which bound),
 * FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_net_penalize(fsnn_net *net, const fsnn_penalty *list, int count);
/* The steps of each sample of the next calls that count in penalties, [count], the first ones since
 * the reset; copied; 0: all. FSNN_EARGUMENT, FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_net_lengths(fsnn_net *net, const int64_t *steps, int64_t count);
/* Penalty `index` of the last backward, without its weight; NaN before. FSNN_EARGUMENT. */
FSNN_API fsnn_status fsnn_net_penalty(const fsnn_net *net, int index, double *value);

/* Sets the gradients of all parameters to 0. */
FSNN_API void fsnn_net_zero_grad(fsnn_net *net);
/* Sets time to 0: potentials at rest, histories empty, zeros in delays. What neurons did in the
 * last forward is gone with the histories: backward and reads need another one. */
FSNN_API fsnn_status fsnn_net_reset(fsnn_net *net);

/* The state of neurons (potentials, histories, modes, counts) and delays as bytes, to continue
 * later, in this process or another on the same kind of machine: the steps that follow give the
 * same bits. The bytes include a checksum (CRC-32C).
 * Bytes needed now (a full history grows with time), or a negative status. */
FSNN_API int64_t fsnn_net_state_bytes(const fsnn_net *net);
FSNN_API fsnn_status fsnn_net_state_save(const fsnn_net *net, void *bytes);
/* States without a checksum, from older versions, are accepted.
 * Errors: FSNN_EFORMAT (cut off or damaged; nothing has changed), FSNN_EUNSUPPORTED (of a newer
 * format), FSNN_ESHAPE (of another net, batch, dynamics or precision), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_net_state_load(fsnn_net *net, const void *bytes, int64_t count);

/* Sets the finished share of a training, in 0..1: surrogate scales that change during a training
 * (fsnn_surrogate.scale_end) take their value at this point; 0 until the first call. fsnn_train
 * calls it before each batch. Errors: FSNN_ESTATE (not wrapped), FSNN_EARGUMENT (outside 0..1). */
FSNN_API fsnn_status fsnn_net_progress(fsnn_net *net, double done);

/* Number of forward calls so far; the random numbers of dropout depend on it. Set it to continue
 * from a checkpoint. */
FSNN_API int64_t fsnn_net_counter(const fsnn_net *net);
FSNN_API void fsnn_net_counter_set(fsnn_net *net, int64_t counter);

/* ---- Parameters ------------------------------------------------------------------------------ */

/* Range of a parameter; optimisers keep it inside. */
typedef enum fsnn_range {
    FSNN_ANY,
    FSNN_POSITIVE, /* tau, threshold: stepped in the logarithm */
    FSNN_UNIT,     /* alpha: (0, 1] */
} fsnn_range;

typedef struct fsnn_param {
    const char *name; /* "fc1.weight", "lif1.tau", "lif1.alpha", "bn1.running_mean" */
    fsnn_shape shape;
    /* into the flat array of values, and that of gradients, which are always with respect to the
     * value itself; in double precision NULL, and `value64` and `grad64` are there */
    float *value;
    float *grad;
    bool learn;  /* false: fixed parameters and running statistics */
    bool decay;  /* weight decay applies: weights of linear layers and convolutions */
    bool neuron; /* tau, threshold, alpha, coefficient of a neuron layer */
    fsnn_range range;
    double *value64, *grad64; /* the same in double precision; NULL in single */
} fsnn_param;

/* Exist from wrap on. Index 0 ... count-1, in the order of nodes; stable. */
FSNN_API int fsnn_net_param_count(const fsnn_net *net);
FSNN_API const fsnn_param *fsnn_net_param(const fsnn_net *net, int index);
FSNN_API const fsnn_param *fsnn_net_param_find(const fsnn_net *net, const char *name);
/* All parameters as one array, in their order, and all gradients as another. Each parameter begins
 * on a 64-byte line of its own, so there are numbers between them that belong to none: they are 0
 * and whatever is written there counts nowhere. */
typedef struct fsnn_flat {
    float *value, *grad;      /* [count]; NULL in double precision */
    double *value64, *grad64; /* [count]; NULL in single precision */
    int64_t count;
} fsnn_flat;
/* Belongs to the net, until the next fsnn_net_wrap. Errors: FSNN_ESTATE (not wrapped; a parameter
 * is bound to the caller's memory). */
FSNN_API fsnn_status fsnn_net_flat(const fsnn_net *net, fsnn_flat *flat);
/* Parameter `index` lies in the caller's memory from now on: `value` and `grad` [its shape] of
 * numbers of the net's precision; `grad` may be NULL where it is not learned. The values there
 * count: write them before the call, and call fsnn_net_params_changed after it. The memory must
 * live as long as the net, or until the parameter is bound anew. fsnn_net_wrap leaves it bound,
 * unless its shape or the net's precision changes. `value` NULL: back into the net's own memory,
 * with the values that it has. A backward needs a forward after the call. Errors: FSNN_EARGUMENT
 * (no such parameter, no memory for the gradient, not aligned to its numbers, `value` and `grad`
 * overlap). */
FSNN_API fsnn_status fsnn_net_bind(fsnn_net *net, int index, void *value, void *grad);
/* Call it after you wrote values of tau, threshold, alpha or coefficients, and with plan.stream
 * after you wrote any (optimiser steps and weight files do it themselves): recomputes what depends
 * on them. The run continues, except for method ml with a memory by tolerance: its exponentials
 * depend on tau and alpha, so it starts again (fsnn_net_reset) if these changed. FSNN_EARGUMENT if
 * a value left its range. */
FSNN_API fsnn_status fsnn_net_params_changed(fsnn_net *net);

/* ---- Look ------------------------------------------------------------------------------------ */

/* Functions below take the *index* of a node: 0 the input, then the order of adding. It is not the
 * handle that fsnn_net_add returned (which names an output port); fsnn_net_node_find gives it.
 * Names belong to the net. */

typedef struct fsnn_node_info {
    const char *name, *kind;
    fsnn_shape shape; /* of its first output, one sample at one step; rank 0 before wrap */
    bool neuron;
    bool spiking;        /* a neuron that spikes: all of them but readouts */
    int64_t params;      /* number of parameter values */
    int64_t operations;  /* dense multiply-adds of one sample and step; 0 for neurons, views */
    const char *sources; /* "fc1" or "a, b" */
    /* bytes that it needs in the plan of the last wrap: outputs, their gradients, what backward
     * keeps, histories; nodes whose lives do not meet share places, so that all together need
     * less (fsnn_net_memory) */
    int64_t memory;
    /* of a neuron: "dv = (-v^2 + I)/tau"; several one a line; "" elsewhere */
    const char *equations;
    int loop;           /* number of the loop it is in, from 1; 0: none, or before wrap */
    const char *shares; /* the node whose parameters it uses; "" where they are its own */
    int states;         /* of a neuron: 1 (v) or more; 0 elsewhere */
} fsnn_node_info;

FSNN_API int fsnn_net_node_count(const fsnn_net *net);
FSNN_API fsnn_status fsnn_net_node(const fsnn_net *net, int index, fsnn_node_info *info);
/* Source k = 0, 1, ... of a node: the index of a node and in `*port` (may be NULL) which of its
 * outputs, from 0. A delay has one, the node that it delays, from wrap on. FSNN_ENOTFOUND: there is
 * no such source. Error: FSNN_EARGUMENT (no such node). */
FSNN_API int fsnn_net_source(const fsnn_net *net, int node, int k, int *port);
/* The index of the node whose output is the network's, and in `*port` (may be NULL) which of its
 * outputs. FSNN_ENOTFOUND: there is none. */
FSNN_API int fsnn_net_output_node(const fsnn_net *net, int *port);
/* The options of a node, a struct of its kind; for kinds that are equations it contains the
 * equations. NULL if the node has none or does not exist. Belongs to the net. */
FSNN_API const void *fsnn_net_options(const fsnn_net *net, int index);
/* The index of the node called `name`, or FSNN_ENOTFOUND. */
FSNN_API int fsnn_net_node_find(const fsnn_net *net, const char *name);
FSNN_API fsnn_status fsnn_net_shapes(const fsnn_net *net, fsnn_shape *input, fsnn_shape *output);
/* Bytes planned by wrap: activations and gradients, neuron histories (and the states that
 * checkpointing keeps), parameters (with gradients). */
FSNN_API fsnn_status fsnn_net_memory(const fsnn_net *net, int64_t *activations, int64_t *histories,
                                     int64_t *parameters);
/* Steps of a segment under gradient checkpointing (plan.checkpoint), 0 without. */
FSNN_API int64_t fsnn_net_segment(const fsnn_net *net);
/* Mean spike rate (spikes per neuron and step) of a neuron node over the last forward; 0 for
 * readouts and other nodes. */
FSNN_API double fsnn_net_rate(const fsnn_net *net, int node);

/* Starts (`on`) or stops counting the spikes of each neuron, and the operations on them, over all
 * following forwards; each call starts at zero. For evaluations: it visits every spike, and needs
 * memory for spikes that are otherwise not kept (memory is planned again, and results of earlier
 * forwards are lost). Errors: FSNN_ESTATE (not wrapped), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_net_count_spikes(fsnn_net *net, bool on);
/* Spikes of each neuron since counting started, counts [node shape] (may be NULL; all 0 for a
 * readout), and their largest possible number, `*most` (may be NULL): steps times samples. Errors:
 * FSNN_EARGUMENT (no neuron node), FSNN_ESTATE (nothing is counted). */
FSNN_API fsnn_status fsnn_net_spike_counts(const fsnn_net *net, int node, int64_t *counts,
                                           int64_t *most);

/* The cost of a node for one step of one sample, as the mean over the forwards since counting
 * started. An operator whose inputs are all 0 or 1 adds, once for each 1 and each of its weights;
 * the number of additions is the share of ones times `dense`. That is exact if every input has the
 * same number of weights (linear). In a convolution with padding or stride, ones at the border or
 * between strides have fewer or more weights than this mean. Any other input is multiplied. A
 * neuron layer sums over its past: one multiply-add for each earlier state that has a weight, or
 * two for each exponential if the memory has a tolerance. Its other operations (a few for charge
 * and spike test) are not counted. Every step counts, also under plan.still, where the first layers
 * are computed once: a device that is fed step by step would compute them in every step. */
typedef struct fsnn_account {
    double dense;         /* multiply-adds if every input counted */
    bool spikes;          /* inputs are zeros and ones */
    double rate;          /* share of ones; 1 where inputs are not spikes */
    double multiply_adds; /* done: dense, or 0 where additions do */
    double additions;     /* done: rate times dense, or 0 */
    double memory;        /* multiply-adds of the sums over the past: neuron nodes */
} fsnn_account;

/* Errors: FSNN_EARGUMENT (no such node), FSNN_ESTATE (fsnn_net_count_spikes was not called). */
FSNN_API fsnn_status fsnn_net_account(const fsnn_net *net, int node, fsnn_account *account);

/* Energy of operations, picojoule: a multiply-add and an addition of 32 bits in 45 nm are 4.6 and
 * 0.9 (Horowitz, ISSCC 2014). */
typedef struct fsnn_energy {
    double multiply_add, addition;
} fsnn_energy;
#define FSNN_ENERGY_45NM                                                                           \
    {                                                                                              \
        4.6, 0.9                                                                                   \
    }

/* The certificate of a neuron node, for its run since the reset (fsnn/neuron.h). Error
 * FSNN_EARGUMENT: the node is no neuron layer of a wrapped net. Source: the resolvent of the
 * error's recurrence is positive, so its sum bounds the error (docs/math.md). */
FSNN_API fsnn_status fsnn_net_certificate(const fsnn_net *net, int node,
                                          fsnn_certificate *certificate);

/* How a state of a neuron layer remembers, as it is settled now (orders that are learned move).
 * With u = v - v0 and f = D^alpha v as the neuron gives it, step n + 1 is
 *
 *     u_{n+1} = gain f + sum_{l = 1 .. n} w_l x_{n+1-l} + start_{n+1} x_0
 *
 * with f at u_n, implicit methods (trap, too) at u_{n+1}, abm at the predictor, which is its sum 1
 * with that sum's start and no gain; of ml without the leak, which is in the weights. The history
 * x_m, of step m, is u_m (gl, l1, integer order) or the f of that step (ab, trap, ml), of abm f at
 * u_m. x_0 is the drive at time 0 under the current of step 1. */
typedef struct fsnn_memory_form {
    const char *method; /* "gl" */
    bool implicit;      /* the linearised implicit variant */
    bool drives;        /* the history keeps f and not u */
    int sums;           /* 1, with a predictor 2 */
    double gain;
    int64_t lags;     /* lags that count: M - 1 with a memory of M steps; 0: all */
    int exponentials; /* that far lags are summed by; 0: lag by lag */
    int64_t near;     /* up to this lag at least sums are exact where there are exponentials */
} fsnn_memory_form;

/* Of state `state` (0: v) of a neuron node. Errors: FSNN_EARGUMENT (no neuron layer of a wrapped
 * net, no such state). */
FSNN_API fsnn_status fsnn_net_memory_form(const fsnn_net *net, int node, int state,
                                          fsnn_memory_form *form);
/* The weights w[l - 1] of lags l = 1 .. n of one of its sums in double precision, 0 where a lag
 * does not count, and start[j - 1] of the first drive in output j = 1 .. n (may be NULL; all 0
 * where the method has none). Those of ml, which depend on tau, too. Error: FSNN_EARGUMENT. */
FSNN_API fsnn_status fsnn_net_memory_weights(const fsnn_net *net, int node, int state, int sum,
                                             int64_t n, double *w, double *start);
/* The exponentials of one of its sums: w_l = sum_k weight[k] e^(-rate[k] l) for lags l >
 * form.near, within the tolerance of the dynamics. rate, weight [form.exponentials]. Error:
 * FSNN_EARGUMENT. */
FSNN_API fsnn_status fsnn_net_memory_exponentials(const fsnn_net *net, int node, int state, int sum,
                                                  double *rate, double *weight);

typedef enum fsnn_record {
    FSNN_RECORD_V,
    FSNN_RECORD_SPIKES,
    FSNN_RECORD_CURRENT,
    FSNN_RECORD_TEST,
    FSNN_RECORD_THRESHOLD
} fsnn_record;
/* Copies a record of a neuron node in the last forward: `out` [K, B, node shape], row-major: V the
 * potential after each step (v_1 ... v_K), SPIKES its output (0 of a readout, which never spikes:
 * its output is V), CURRENT its input. TEST is the potential that the spike test of each step
 * compared with THRESHOLD: a spike if TEST >= THRESHOLD (apart from noise and refractory periods).
 * Resets current and none test v + dv at the state before the step; the others test the potential
 * that the step gave (with value, delta and restart V is that after the spike). If a neuron has a
 * spike argument of its own (alif), it is TEST - THRESHOLD, so the threshold moves. Needs
 * plan.record. `node` is an index. Error FSNN_EARGUMENT: TEST or THRESHOLD of a readout, which has
 * none. */
FSNN_API fsnn_status fsnn_net_read(const fsnn_net *net, int node, fsnn_record what, float *out);
FSNN_API fsnn_status fsnn_net_read_double(const fsnn_net *net, int node, fsnn_record what,
                                          double *out);

/* The states of a neuron node: the name of state i, "v" first, until NULL (also for other
 * nodes). */
FSNN_API const char *fsnn_net_state_name(const fsnn_net *net, int node, int state);
/* State `state` after each step of the last forward, as fsnn_net_read; 0 is v. */
FSNN_API fsnn_status fsnn_net_read_state(const fsnn_net *net, int node, int state, float *out);
FSNN_API fsnn_status fsnn_net_read_state_double(const fsnn_net *net, int node, int state,
                                                double *out);

/* Compares backward with central differences of forward along `directions` random directions, for
 * each learnable parameter and the input; the net must be wrapped with smooth, training and
 * input_gradient. `x` [K, B, ...], with plan.still [B, ...].
 * Returns in `*worst` the largest |analytic - numeric| / (|numeric| + floor) and its parameter's
 * name in `*where`: some 1e-3 in single precision, 1e-8 in double. */
FSNN_API fsnn_status fsnn_net_gradcheck(fsnn_net *net, const float *x, int directions,
                                        double *worst, const char **where);
FSNN_API fsnn_status fsnn_net_gradcheck_double(fsnn_net *net, const double *x, int directions,
                                               double *worst, const char **where);

#ifdef __cplusplus
}
#endif
#endif
