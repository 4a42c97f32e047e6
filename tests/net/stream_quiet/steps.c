/* Steps of a stream, with every allocation of the process counted: `steps MODE COUNT THREADS` makes
 * the network 784-256-10 with LIF neurons, then COUNT steps, and prints how many allocations those
 * after the first made. For tests/net/stream_quiet.sh, which looks at calls of the system too. */
#include <fsnn/fsnn.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t),
    *__libc_memalign(size_t, size_t);

static long allocations;

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *p, size_t size)
{
    allocations++;
    return __libc_realloc(p, size);
}

int posix_memalign(void **p, size_t alignment, size_t size)
{
    allocations++;
    *p = __libc_memalign(alignment, size);
    return *p ? 0 : ENOMEM;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    allocations++;
    return __libc_memalign(alignment, size);
}

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            fprintf(stderr, "%s: %s\n", #call, fsnn_error_text());                                 \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

enum { IN = 784 };

static fsnn_net *make(fsnn_dynamics *dynamics)
{
    fsnn_net *net;
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    TRY(fsnn_net_create(&net));
    int x = fsnn_net_linear(net, "fc1", fsnn_net_input(net, FSNN_SHAPE(IN)), 256, true);
    x = fsnn_net_lif(net, "lif1", x, &lif);
    x = fsnn_net_linear(net, "fc2", x, 10, true);
    TRY(fsnn_net_lif(net, "lif2", x, &lif));
    TRY(fsnn_net_wrap(net, dynamics, &(fsnn_plan){.steps = 1, .batch = 1, .stream = true}));
    return net;
}

/* Row k % ROWS: every second dense, the others sparse. */
enum { ROWS = 8 };
static float x[ROWS][IN];
static int32_t index_of[ROWS][IN], count[ROWS];

static void fill(void)
{
    unsigned state = 1;
    for (int r = 0; r < ROWS; r++)
        for (int i = 0; i < IN; i++) {
            state = state * 1664525u + 1013904223u;
            x[r][i] = r % 2 ? (float)(state >> 8) / (1 << 24) : state >> 28 == 0;
            if (x[r][i] == 1)
                index_of[r][count[r]++] = i;
        }
}

static void step(fsnn_net *net, int k, int lists)
{
    const float *y;
    int r = k % ROWS;
    if (lists) {
        fsnn_spikes s = {1, 1, IN, (int64_t[]){0}, &count[r], index_of[r], NULL};
        TRY(fsnn_net_forward_spikes(net, &s, &y));
    } else {
        TRY(fsnn_net_forward(net, x[r], &y));
    }
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    int steps = atoi(argv[2]), lists = strcmp(argv[1], "lists") == 0;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.memory = strcmp(argv[1], "tolerance") == 0 ? 0 : 50;
    d.tolerance = strcmp(argv[1], "tolerance") == 0 ? 1e-4 : 0;
    TRY(fsnn_threads_set(atoi(argv[3])));
    fsnn_net *net = make(&d);
    fill();
    step(net, 0, lists);
    long before = allocations;
    fputs("begin", stderr); /* calls of the system, to be seen among them */
    for (int k = 1; k < steps; k++)
        step(net, k, lists);
    fputs("end", stderr);
    printf("%ld\n", allocations - before);
    fsnn_net_destroy(net);
    return 0;
}
