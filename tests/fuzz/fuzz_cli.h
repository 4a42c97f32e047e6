/* tests/fuzz/fuzz_cli.h: what targets of the command line's readers share; they see what commands
 * see, public headers and the kit. */
#ifndef FSNN_FUZZ_CLI_H
#define FSNN_FUZZ_CLI_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char fuzz_cli_path[96];

static inline void fuzz_cli_remove(void)
{
    unlink(fuzz_cli_path);
}

/* A file of this process, removed with it. */
static inline const char *fuzz_cli_file(const char *name, const uint8_t *data, size_t size)
{
    if (!fuzz_cli_path[0]) {
        snprintf(fuzz_cli_path, sizeof fuzz_cli_path, "%s/fsnn-fuzz-%ld-%s",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (long)getpid(), name);
        atexit(fuzz_cli_remove);
    }
    FILE *out = fopen(fuzz_cli_path, "wb");
    if (!out || fwrite(data, 1, size, out) != size || fclose(out) != 0)
        abort();
    return fuzz_cli_path;
}

/* Writes a seed into the first folder among the program's arguments, behind options: the corpus. */
static inline void fuzz_cli_seed(int argc, char **argv, const char *name, const char *text)
{
    char path[4096];
    int i = 1;
    while (i < argc && argv[i][0] == '-')
        i++;
    if (i == argc)
        return;
    snprintf(path, sizeof path, "%s/%s", argv[i], name);
    FILE *out = fopen(path, "wb");
    if (out) { /* else it is a file: an input to be tried again */
        fputs(text, out);
        fclose(out);
    }
}

#endif
