/* cli/kit/help.c: help pages, made from the commands' tables of options. */
#include "cli/kit/kit.h"

#include <string.h>

enum { WIDTH = 80, OPTION_COLUMN = 24 };

/* One paragraph: words up to the newline or the end, behind the blanks that it begins with; returns
 * where it ended. */
static const char *paragraph(FILE *out, const char *text, int indent, int column)
{
    bool first = true;
    const int blanks = (int)strspn(text, " ");
    fprintf(out, "%*s", blanks, "");
    text += blanks;
    indent += blanks;
    column += blanks;
    while (*text && *text != '\n') {
        int length = (int)strcspn(text, " \n");
        if (!first && column + 1 + length > WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (!first) {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", length, text);
        column += length;
        first = false;
        text += length;
        text += strspn(text, " ");
    }
    return text;
}

void cli_print_wrapped(FILE *out, const char *text, int indent, int column)
{
    for (;;) {
        text = paragraph(out, text, indent, column);
        fputc('\n', out);
        if (!*text)
            return;
        text++;
        if (*text != '\n')
            fprintf(out, "%*s", indent, "");
        column = indent;
    }
}

static void print_option(const cli_command *command, const cli_option *o)
{
    char left[64];
    char letter[8] = "";
    if (o->letter)
        snprintf(letter, sizeof letter, "-%c, ", o->letter);
    int n = snprintf(left, sizeof left, "  %s--%s%s%s", letter, o->name, o->argument ? " " : "",
                     o->argument ? o->argument : "");
    printf("%s", left);
    if (n > OPTION_COLUMN - 2) {
        printf("\n");
        n = 0;
    }
    printf("%*s", OPTION_COLUMN - n, "");
    cli_print_wrapped(stdout, o->help ? o->help : command->option_help(o->name), OPTION_COLUMN,
                      OPTION_COLUMN);
}

const char *cli_program = "fsnn";

void cli_help(const cli_command *command)
{
    int column = printf("usage: %s %s ", cli_program, command->name);
    cli_print_wrapped(stdout, command->usage, 12, column);
    printf("\n");
    cli_print_wrapped(stdout, command->details, 0, 0);
    printf("\noptions:\n");
    for (const cli_option *o = command->option; o->name; o++)
        print_option(command, o);
    printf("\nexample%s:\n%s", strchr(command->examples, '\n')[1] ? "s" : "", command->examples);
}
