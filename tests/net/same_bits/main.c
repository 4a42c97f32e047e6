/* Prints the hash of everything: same_bits THREADS [PREFIX]. With a prefix only the groups whose
 * name begins so. */
#include "bits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    void (*run)(void);
} groups[] = {{"prints", group_prints},    {"cross", group_cross},   {"options", group_options},
              {"time", group_time},        {"solver", group_solver}, {"dense", group_dense},
              {"training", group_training}};

int main(int argc, char **argv)
{
    const char *prefix = argc > 2 ? argv[2] : "";
    int threads = argc > 1 ? atoi(argv[1]) : 0;
    if (threads < 1 || argc > 3) {
        fprintf(stderr, "usage: same_bits THREADS [GROUP]\n");
        return 2;
    }
    if (fsnn_threads_set(threads) < 0)
        return 2;
    fprintf(stderr, "same_bits: instructions %s\n", fsnn_isa());
    neurons_register();
    for (int i = 0; i < COUNT(groups); i++)
        if (strncmp(groups[i].name, prefix, strlen(prefix)) == 0)
            groups[i].run();
    return lines_failed() ? 1 : 0;
}
