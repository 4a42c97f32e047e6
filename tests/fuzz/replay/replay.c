/* tests/fuzz/replay/replay.c: a fuzz target without a fuzzer: on every file of a folder, as it is
 * and with a few bytes changed, cut or repeated, the same ones each run.
 *
 *   replay_idx FOLDER [CHANGES]
 *
 * The target's own seeds are written into the folder first. A finding is a signal; the line before
 * it names the file and the change. */
#include "fuzz/mutate.h"

#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);

enum { CHANGES = 100, LARGEST = 1 << 16 };

static char now[2048]; /* what is tried */

static void finding(int number)
{
    static const char text[] = "\nFAILED: ";
    ssize_t ignored = write(2, text, sizeof text - 1);
    ignored = write(2, now, strlen(now));
    ignored = write(2, "\n", 1);
    (void)ignored;
    signal(number, SIG_DFL);
    raise(number);
}

/* An exact copy, so that sanitizers see reading past the end. */
static void feed(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact)
        abort();
    memcpy(exact, bytes, size);
    if (LLVMFuzzerTestOneInput(exact, size) != 0)
        abort();
    free(exact);
}

static void replay(const char *path, int changes)
{
    static uint8_t valid[LARGEST], bytes[LARGEST];
    FILE *file = fopen(path, "rb");
    if (!file)
        abort();
    size_t size = fread(valid, 1, sizeof valid, file);
    fclose(file);
    dice d = dice_of(size);
    for (int i = 0; i <= changes; i++) {
        snprintf(now, sizeof now, "%s, change %d", path, i);
        memcpy(bytes, valid, size);
        feed(bytes, i ? mutate(&d, bytes, size, sizeof bytes) : size);
    }
}

/* Files in the order of their names, and nothing: an empty input. */
static int replay_folder(const char *folder, int changes)
{
    struct dirent **entry;
    int found = 0, count = scandir(folder, &entry, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
        if (entry[i]->d_name[0] != '.') {
            replay(path, changes);
            found++;
        }
        free(entry[i]);
    }
    if (count >= 0)
        free(entry);
    snprintf(now, sizeof now, "nothing");
    feed((const uint8_t *)"", 0);
    return found;
}

int main(int argc, char **argv)
{
    static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    if (argc < 2) {
        fprintf(stderr, "usage: %s FOLDER [CHANGES]\n", argv[0]);
        return 2;
    }
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], finding);
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    int found = replay_folder(argv[1], argc > 2 ? atoi(argv[2]) : CHANGES);
    printf("%d files\n", found);
    return 0;
}
