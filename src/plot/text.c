/* plot/text.c: names and titles of users, made safe for a gnuplot script and for SVG: one line,
 * valid UTF-8, quoted so that gnuplot reads every character literally. */
#include "plot/figure.h"

#include <string.h>

/* Length of the UTF-8 character at `s`, 0 when it is none (RFC 3629: no overlong forms, no
 * surrogates). */
static int character(const unsigned char *s)
{
    static const struct {
        unsigned char mask, lead;
        int length;
        unsigned least;
    } forms[] = {{0x80, 0x00, 1, 0},
                 {0xe0, 0xc0, 2, 0x80},
                 {0xf0, 0xe0, 3, 0x800},
                 {0xf8, 0xf0, 4, 0x10000}};

    for (int i = 0; i < FSNN_COUNT(forms); i++) {
        if ((s[0] & forms[i].mask) != forms[i].lead)
            continue;
        unsigned code = s[0] & (unsigned char)~forms[i].mask;
        for (int j = 1; j < forms[i].length; j++) {
            if ((s[j] & 0xc0) != 0x80)
                return 0;
            code = code << 6 | (s[j] & 0x3f);
        }
        bool surrogate = code >= 0xd800 && code <= 0xdfff;
        /* U+0080..9f are controls, U+FFFE and U+FFFF may not stand in XML */
        bool unwanted = (code >= 0x80 && code < 0xa0) || code == 0xfffe || code == 0xffff;
        return code < forms[i].least || code > 0x10ffff || surrogate || unwanted ? 0
                                                                                 : forms[i].length;
    }
    return 0;
}

void fsnn_text_clean(char out[FSNN_TEXT], int columns, const char *text)
{
    const unsigned char *s = (const unsigned char *)(text ? text : "");
    size_t used = 0, cut = 0; /* cut: where "..." goes if the text turns out too long */

    for (int column = 0; *s && used + 8 < FSNN_TEXT; column++) {
        int length = character(s);
        if (column == columns - 1)
            cut = used;
        if (column == columns) {
            memcpy(out + cut, "\xe2\x80\xa6", 3);
            used = cut + 3;
            break;
        }
        if (length == 0)
            out[used] = '?';
        else if (length == 1)
            out[used] = *s < 0x20 || *s == 0x7f ? ' ' : (char)*s;
        else
            memcpy(out + used, s, (size_t)length);
        used += length ? (size_t)length : 1;
        s += length ? length : 1;
    }
    out[used] = 0;
}

/* In double quotes, with all that could mean something there as an octal number: backquotes run
 * commands, and in single quotes gnuplot 5.4 loses track of doubled ones at the beginning. */
static void quote(FILE *out, const char *text, char doubled)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7f || strchr("\"\\`'@$", c))
            fprintf(out, "\\%03o", c);
        else
            fputc(c, out);
        if (c == (unsigned char)doubled)
            fputc(c, out);
    }
    fputc('"', out);
}

void fsnn_text_quote(FILE *out, const char *text)
{
    quote(out, text, 0);
}

void fsnn_text_quote_tic(FILE *out, const char *text)
{
    quote(out, text, '%');
}
