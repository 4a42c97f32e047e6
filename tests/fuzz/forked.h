/* tests/fuzz/forked.h: for targets whose reader works in a child process: the input as a file of
 * this process, and no findings of the child's. */
#ifndef FSNN_FUZZ_FORKED_H
#define FSNN_FUZZ_FORKED_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>
#define FUZZ_FORKS
#endif
#endif

#ifdef FUZZ_FORKS
/* In the child: the fuzzer's own end, which would write the input down as a finding. */
static void forget_findings(void)
{
    __sanitizer_set_death_callback(NULL);
}
#endif

/* A file of this process by its ending; the target removes it. */
static const char *fuzz_forked_file(const char *ending, const uint8_t *data, size_t size)
{
    static char path[64];
#ifdef FUZZ_FORKS
    if (!path[0])
        pthread_atfork(NULL, NULL, forget_findings);
#endif
    snprintf(path, sizeof path, "/tmp/fsnn-fuzz-%d.%s", (int)getpid(), ending);
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(data, 1, size, out) != size || fclose(out) != 0)
        abort();
    return path;
}

#endif
