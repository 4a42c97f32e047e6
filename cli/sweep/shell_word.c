/* cli/sweep/shell_word.c: commands that are printed can be copied into a shell. */
#include "cli/sweep/sweep.h"

#include <ctype.h>
#include <string.h>

static bool plain(const char *text)
{
    const char *c = text;
    while (isalnum((unsigned char)*c) || (*c && strchr("-_=.,/:+@%", *c)))
        c++;
    return *text && !*c;
}

void shell_word(FILE *out, const char *text)
{
    if (plain(text)) {
        fputs(text, out);
        return;
    }
    fputc('\'', out);
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fputc(*text, out);
    fputc('\'', out);
}
