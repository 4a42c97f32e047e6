/* base/shown.c: pieces of files in sentences. */
#include "base/sentence.h"

#include <string.h>

/* Length of the printable character of UTF-8 (RFC 3629) at `at`; 0 where there is none. */
static size_t character(const unsigned char *at, size_t size)
{
    static const unsigned least[] = {0, 0, 0xa0, 0x800, 0x10000};
    const size_t length = *at < 0x80 ? 1 : *at >= 0xf0 ? 4 : *at >= 0xe0 ? 3 : 2;
    unsigned code = length == 1 ? *at : *at & (0x7fu >> length);
    if ((*at >= 0x80 && *at < 0xc2) || *at > 0xf4 || length > size)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3f);
    }
    if (length == 1)
        return code >= 0x20 && code < 0x7f;
    return code >= least[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? length
                                                                                         : 0;
}

const char *fsnn_shown(char *out, size_t capacity, const char *text, size_t size)
{
    static const char more[] = "...";
    size_t used = 0;
    for (size_t at = 0; at < size;) {
        const size_t found = character((const unsigned char *)text + at, size - at),
                     length = found ? found : 1;
        if (used + length + sizeof more > capacity) {
            memcpy(out + used, more, sizeof more);
            return out;
        }
        memcpy(out + used, found ? text + at : "?", length);
        used += length;
        at += length;
    }
    out[used] = 0;
    return out;
}
