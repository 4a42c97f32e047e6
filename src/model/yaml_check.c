/* What a text must be before libfyaml sees it: UTF-8 (Unicode 15, table 3-7), without control
 * characters, without directives. Some texts outside of that keep its scanner from ending. */
#include "model/yaml.h"

#include <string.h>

typedef struct form {
    uint8_t first, last; /* range of the lead byte */
    uint8_t low, high;   /* range of the second byte */
    int size;
} form;

static const form forms[] = {
    {0x09, 0x0a, 0, 0, 1},       {0x0d, 0x0d, 0, 0, 1},       {0x20, 0x7e, 0, 0, 1},
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

/* Bytes of the character at `c`, of which `left` are there; 0 when it is none. */
static int character(const uint8_t *c, size_t left)
{
    for (int i = 0; i < FSNN_COUNT(forms); i++) {
        const form *f = &forms[i];
        if (c[0] < f->first || c[0] > f->last)
            continue;
        if (left < (size_t)f->size || (f->size > 1 && (c[1] < f->low || c[1] > f->high)))
            return 0;
        for (int j = 2; j < f->size; j++)
            if ((c[j] & 0xc0) != 0x80)
                return 0;
        return f->size;
    }
    return 0;
}

static bool is_utf16(const uint8_t *bytes, size_t size)
{
    return size >= 4 && (!memcmp(bytes, "\xff\xfe", 2) || !memcmp(bytes, "\xfe\xff", 2)) &&
           !bytes[2] != !bytes[3];
}

const char *yaml_check(const char *text, size_t size, int *line, int *column)
{
    const uint8_t *bytes = (const uint8_t *)text;
    *line = *column = 1;
    for (size_t i = 0; i < size;) {
        int n = character(bytes + i, size - i);
        if (!n && i == 0 && is_utf16(bytes, size))
            return "this is a text of 16 bits a character (UTF-16): save it as UTF-8";
        if (!n)
            return "this byte is no part of a UTF-8 text";
        if (bytes[i] == '%' && *column == 1)
            return "directives (a line that begins with %) are not used here: leave it out";
        if (bytes[i] == '\n') {
            ++*line;
            *column = 1;
        } else {
            ++*column;
        }
        i += (size_t)n;
    }
    return NULL;
}
