/* bench/measure.h: what the benches share: the clock, medians, errors, options. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <fsnn/fsnn.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_ROUNDS = 101 };

/* Ends the bench with the library's sentence where a call fails. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            fprintf(stderr, "bench: %s\n", fsnn_error_text());                                     \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* Time that passes, or (`--clock processor`) time that all threads spend on the processor: for
 * machines with other work to do. Threads should then wait asleep, or their waiting counts. */
static clockid_t bench_clock = CLOCK_MONOTONIC;

static inline const char *bench_clock_name(void)
{
    return bench_clock == CLOCK_MONOTONIC ? "wall" : "processor";
}

static inline double now(void)
{
    struct timespec t;
    clock_gettime(bench_clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts x[n]. */
static inline double median(double *x, int n)
{
    qsort(x, (size_t)n, sizeof *x, by_value);
    return x[n / 2];
}

/* Numbers in [0, 1), the same in every run; fsnn_free_array. They lie as the library's own arrays
 * do. */
static inline float *numbers(int64_t n)
{
    float *x = fsnn_alloc_array(n, sizeof *x);
    if (!x) {
        fprintf(stderr, "bench: %s\n", fsnn_error_text());
        exit(1);
    }
    uint32_t state = 1;
    for (int64_t i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = (float)(state >> 8) / (1 << 24);
    }
    return x;
}

typedef struct bench_options {
    int threads; /* 0: as the machine has */
    int rounds;
    int first; /* argument that the names begin with */
} bench_options;

/* [--threads N] [--rounds N] [--clock wall|processor] name ...; other options end the bench with
 * the usage line. */
static inline bench_options bench_read(int argc, char **argv, int rounds, const char *usage)
{
    bench_options o = {0, rounds, 1};
    for (; o.first + 1 < argc && strncmp(argv[o.first], "--", 2) == 0; o.first += 2) {
        int value = atoi(argv[o.first + 1]);
        if (strcmp(argv[o.first], "--threads") == 0 && value >= 1)
            o.threads = value;
        else if (strcmp(argv[o.first], "--rounds") == 0 && value >= 1 && value <= MAX_ROUNDS)
            o.rounds = value;
        else if (strcmp(argv[o.first], "--clock") == 0 &&
                 strcmp(argv[o.first + 1], "processor") == 0)
            bench_clock = CLOCK_PROCESS_CPUTIME_ID;
        else if (strcmp(argv[o.first], "--clock") != 0 || strcmp(argv[o.first + 1], "wall") != 0)
            break;
    }
    if (o.first < argc && strncmp(argv[o.first], "--", 2) == 0) {
        fprintf(stderr, "usage: %s\n", usage);
        exit(2);
    }
    TRY(fsnn_threads_set(o.threads));
    return o;
}

/* Whether `name` was asked for; without names everything was. */
static inline int bench_wanted(int argc, char **argv, const bench_options *o, const char *name)
{
    for (int i = o->first; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return 1;
    return o->first >= argc;
}

#endif
