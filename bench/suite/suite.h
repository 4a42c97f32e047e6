/* bench/suite/suite.h: what the workloads of fsnn bench share. A workload is a function that
 * measures and hands over rows; each runs in a process of its own, so that its memory can be told
 * and one that fails takes nothing with it. */
#ifndef FSNN_BENCH_SUITE_H
#define FSNN_BENCH_SUITE_H

#include "cli/kit/kit.h"

#include <fsnn/fsnn.h>

#define BENCH_ROUNDS 51

/* Of a network of linear layers, each with LIF: what its cost hangs on. */
#define BENCH_LAYERS 4
typedef struct bench_sizes {
    int layers;                      /* 0: the row has no such network */
    int64_t width[BENCH_LAYERS + 1]; /* of the input, of each layer */
    double ones[BENCH_LAYERS];       /* share of ones in what each is given; -1: other numbers */
    char memory[16];                 /* "none" (order 1), "direct", "exponentials" */
    int64_t exponentials, near;      /* how many, and the lag up to which there are none */
    bool training;                   /* a whole step; else forward */
} bench_sizes;

/* One row: a median beside a floor of the same run. */
typedef struct bench_row {
    char workload[16], what[72];
    int64_t steps, batch, neurons; /* T, B, neurons of a sample; 0: does not apply */
    int rounds;
    bool memory;                /* median, least, most and floor are bytes */
    double median, least, most; /* seconds */
    double floor;               /* seconds, median; 0: none */
    /* of one round's time to its floor's, median over the rounds; 0: of the medians */
    double ratio;
    char against[32]; /* what the floor is: "linear alone" */
    double aim;       /* most that median/floor should be; 0: none */
    double limit;     /* most that the median should be; 0: none */
    double bytes;     /* most memory the process held, from its start */
    bench_sizes sizes;
} bench_row;

typedef struct bench {
    int rounds;       /* of a quick row; long rows take fewer */
    double seconds;   /* that single steps are watched */
    bool quick;       /* the small sizes only */
    int pipe;         /* where rows go */
    double bandwidth; /* bytes/s read by all threads from main memory, once it was measured */
} bench;

/* Rows that were kept. */
typedef struct bench_rows {
    bench_row *row;
    int count, capacity;
} bench_rows;
void bench_keep(bench_rows *rows, const bench_row *row);

/* ---- how rows are shown (suite_print.c); `machine` is the processor's name ---- */

void bench_machine(char *name, size_t capacity);
double bench_ratio(const bench_row *r);
/* Of the rounds: (most - least) / median; 0 for a single one. A row is wide where it is above
 * BENCH_WIDE. */
#define BENCH_WIDE 0.3
double bench_spread(const bench_row *r);
/* On stderr, how many rows are wide. */
void bench_warn_wide(const bench_rows *rows);
void bench_print_machine(FILE *out, const char *machine);
void bench_print_heading(void);
void bench_print_row(const bench_row *r);
void bench_print_json(const bench_row *r, const char *machine);
/* A file in Markdown, a picture of the ratios; exit codes. */
int bench_write_table(const bench_rows *rows, const char *path, const char *machine);
void bench_draw(const bench_rows *rows, const char *path, const char *machine);
/* The same of two runs row by row, with one thread and with `threads`: what the second gains, and
 * what its floor gains. */
void bench_scaling_print(const bench_rows *one, const bench_rows *all, int threads,
                         const char *machine, bool json);
int bench_scaling_table(const bench_rows *one, const bench_rows *all, int threads, const char *path,
                        const char *machine);

/* ---- workloads ---- */

typedef struct bench_workload {
    const char *name, *help;
    void (*run)(bench *b);
    bool only_named; /* not among those of `fsnn bench` without operands */
} bench_workload;

extern const bench_workload *const bench_workloads[]; /* NULL-terminated */

/* Something that is timed. */
typedef struct bench_part {
    void (*run)(void *of);
    void *of;
    double median, least, most; /* written */
    double time[BENCH_ROUNDS];  /* written: of each round */
} bench_part;

/* Seconds, of the clock or, once they are chosen, of the processors that the process had. */
double bench_now(void);
void bench_watch_processor(void);
bool bench_watches_processor(void);
/* Ends the workload's process with the library's sentence where a call fails. */
void bench_try(int status);
/* The median of x, whose numbers are in order afterwards. */
double bench_median(double *x, int count);
/* Runs the parts in turn, one round to warm up and then b->rounds, fewer (at least 5) where a round
 * takes long; returns how many. */
int bench_measure(const bench *b, bench_part *part, int parts);
/* The ratio of two parts that were measured together, next to one another: the median over the
 * rounds. What slows a machine down for seconds slows both. */
double bench_paired(const bench_part *part, const bench_part *floor, int rounds);
/* Most memory that the process has held so far. */
double bench_peak(void);
/* Hands a row over. */
void bench_put(const bench *b, bench_row *row);
typedef struct bench_net bench_net;
/* A row of a part of `n` that was measured beside its floor; floor NULL: there is none. */
void bench_put_parts(const bench *b, const char *workload, const char *what, const bench_net *n,
                     int64_t neurons, int rounds, const bench_part *part, const bench_part *floor,
                     const char *against, double aim);
/* Numbers in [0, 1), [count]; fsnn_free_array. With share < 1 they are zeros and ones, `share` of
 * them ones. */
float *bench_numbers(int64_t count);
float *bench_spikes(int64_t count, double share);
/* Bytes a second that all threads read together from main memory. */
double bench_bandwidth(bench *b);

/* A network and what its calls need. */
struct bench_net {
    fsnn_net *net;
    fsnn_optimizer *optimizer;
    fsnn_training training;
    double rate; /* of learning */
    int64_t T, batch, classes;
    bool input_gradient;
    float *x, *gradient;
    int32_t *label;
};

/* What a network is given. */
/* still: numbers, the same at every step */
typedef enum bench_input { BENCH_NUMBERS, BENCH_SPIKES, BENCH_STILL, BENCH_INPUTS } bench_input;

/* Wraps `net` (taken over) with Gruenwald-Letnikov of order alpha and makes its input; of spikes a
 * tenth are ones. */
void bench_net_open(bench_net *n, fsnn_net *net, double alpha, int64_t T, int64_t batch,
                    bool input_gradient, bench_input input);
/* The same with dynamics of any kind. */
void bench_net_open_of(bench_net *n, fsnn_net *net, const fsnn_dynamics *dynamics, int64_t T,
                       int64_t batch, bool input_gradient, bench_input input);
/* Wraps `net` (taken over) for training steps; x is the caller's to set, of bench_numbers or
 * bench_spikes. */
void bench_net_wrap(bench_net *n, fsnn_net *net, const fsnn_dynamics *dynamics,
                    const fsnn_plan *plan);
/* For inference alone: order 0.5, batches of 64, `share` of the input ones. */
void bench_net_open_forward(bench_net *n, fsnn_net *net, int64_t T, double share,
                            fsnn_products products);
/* Has a network of bench_net_open multiply in another way; its input is not still. */
void bench_net_products(bench_net *n, fsnn_products products);
void bench_net_close(bench_net *n);
void bench_net_forward(void *net);
void bench_net_both(void *net); /* forward and backward, from a gradient that is there */
void bench_net_step(void *net); /* with loss and optimiser */

#endif
