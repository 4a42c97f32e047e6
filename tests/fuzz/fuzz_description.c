/* tests/fuzz/fuzz_description.c: a description, then (after a zero byte) an override. Good ones
 * must survive their own text. Built by the preset fuzz:
 *   cmake --preset fuzz && cmake --build --preset fuzz --target fuzz_description
 *   tools/fuzz-corpus.sh fuzz_description CORPUS
 *   LSAN_OPTIONS=suppressions=tests/fuzz/lsan.supp build-fuzz/fuzz/fuzz_description
 *   -dict=tests/fuzz/description.dict CORPUS */
#include "model/description.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const fsnn_description *d)
{
    char *text;
    fsnn_description *again;
    if (fsnn_description_text(d, &text))
        abort();
    if (description_parse("again", text, strlen(text), NULL, 0, &again))
        abort();
    fsnn_description_destroy(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
    size_t length = zero ? (size_t)(zero - data) : size;
    char *text = malloc(length + 1), *set = malloc(size - length + 1);
    if (!text || !set)
        abort();
    if (length)
        memcpy(text, data, length);
    size_t rest = zero ? size - length - 1 : 0;
    if (rest)
        memcpy(set, zero + 1, rest);
    set[rest] = 0;
    const char *const sets[] = {set};
    fsnn_description *d;
    if (!description_parse("fuzz", text, length, sets, zero ? 1 : 0, &d)) {
        check_text(d);
        fsnn_description_destroy(d);
    }
    free(text);
    free(set);
    return 0;
}
