/* tests/fuzz/fuzz.h: what fuzz targets share: checks, files in a folder of this process, seeds that
 * are made when the fuzzer begins. */
#ifndef FSNN_FUZZ_H
#define FSNN_FUZZ_H

#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* libFuzzer calls it first, where a target has one: the program's arguments are its to read. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

static inline void fuzz_check(bool good)
{
    if (!good)
        abort();
}

/* A call begins: the sentence of an error must be its own. */
static inline void fuzz_forget(void)
{
    fsnn_error_set(FSNN_OK, "%s", "");
}

/* Whether a call was good; where it was not there must be a sentence. */
static inline bool fuzz_good(fsnn_status status)
{
    fuzz_check(status >= 0 || *fsnn_error_text());
    return status >= 0;
}

/* What a target needs before it can begin. */
static inline void fuzz_must(fsnn_status status)
{
    if (status < 0)
        fprintf(stderr, "%s\n", fsnn_error_text());
    fuzz_check(status >= 0);
}

/* ---- files: in memory where the system has such a folder ---- */

static char fuzz_folder[64];

static inline void fuzz_remove(void)
{
    char command[sizeof fuzz_folder + 16];
    snprintf(command, sizeof command, "rm -rf '%s'", fuzz_folder);
    if (system(command) != 0)
        fprintf(stderr, "%s stays\n", fuzz_folder);
}

/* The path of a name in the folder, in one of a few places that are used in turn. */
static inline const char *fuzz_path(const char *name)
{
    static char path[8][128];
    static int turn;
    if (!*fuzz_folder) {
        snprintf(fuzz_folder, sizeof fuzz_folder, "%s/fsnn-fuzz-XXXXXX",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        fuzz_check(mkdtemp(fuzz_folder) != NULL);
        atexit(fuzz_remove);
    }
    turn = (turn + 1) % (int)FSNN_COUNT(path);
    snprintf(path[turn], sizeof path[turn], "%s/%s", fuzz_folder, name);
    return path[turn];
}

static inline void fuzz_write(const char *path, const void *data, size_t size)
{
    FILE *out = fopen(path, "wb");
    fuzz_check(out && fwrite(data, 1, size, out) == size && fclose(out) == 0);
}

/* The same as a file of the folder. */
static inline const char *fuzz_file(const char *name, const void *data, size_t size)
{
    const char *path = fuzz_path(name);
    fuzz_write(path, data, size);
    return path;
}

/* ---- seeds ---- */

/* Writes a seed into the first folder among the program's arguments: the corpus. */
static inline void fuzz_seed(int argc, char **argv, const char *name, const void *data, size_t size)
{
    struct stat about;
    for (int i = 1; i < argc; i++) {
        char path[4096];
        if (argv[i][0] == '-' || stat(argv[i], &about) != 0 || !S_ISDIR(about.st_mode))
            continue;
        snprintf(path, sizeof path, "%s/%s", argv[i], name);
        fuzz_write(path, data, size);
        return;
    }
}

static inline void fuzz_seed_text(int argc, char **argv, const char *name, const char *text)
{
    fuzz_seed(argc, argv, name, text, strlen(text));
}

/* ---- inputs of several files ---- */

/* Writes the input as three files of these names: the first two bytes are the length of the first,
 * the next two that of the second, the third is the rest. False where there are no lengths. */
static inline bool fuzz_files(const uint8_t *data, size_t size, const char *const name[3])
{
    const uint8_t *at = data + 4;
    if (size < 4)
        return false;
    size -= 4;
    for (int i = 0; i < 3; i++) {
        size_t wanted = (size_t)data[2 * i % 4] | (size_t)data[2 * i % 4 + 1] << 8;
        size_t length = i == 2 || wanted > size ? size : wanted;
        fuzz_file(name[i], at, length);
        at += length;
        size -= length;
    }
    return true;
}

/* ---- inputs of several texts ---- */

/* Cuts off the next piece, up to a line "%%" or the end. */
static inline const uint8_t *fuzz_next(const uint8_t **data, size_t *size, size_t *length)
{
    static const char mark[] = "\n%%\n";
    const uint8_t *from = *data, *end = *size ? memmem(from, *size, mark, strlen(mark)) : NULL;
    *length = end ? (size_t)(end - from) : *size;
    size_t used = *length + (end ? strlen(mark) : 0);
    *data += used;
    *size -= used;
    return from;
}

/* The same as a text that ends with 0, to be freed. */
static inline char *fuzz_next_text(const uint8_t **data, size_t *size)
{
    size_t length;
    const uint8_t *from = fuzz_next(data, size, &length);
    char *text = malloc(length + 1);
    fuzz_check(text != NULL);
    if (length)
        memcpy(text, from, length);
    text[length] = 0;
    return text;
}

#endif
