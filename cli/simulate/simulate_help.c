/* cli/simulate/simulate_help.c: help of options that take names, from the library's tables of these
 * names. */
#include "cli/simulate/simulate.h"

#include <string.h>

enum { TEXT = 640, LIST = 256 };

static void add(char list[LIST], const char *name)
{
    size_t used = strlen(list);
    snprintf(list + used, LIST - used, "%s%s", used ? ", " : "", name);
}

static const char *neuron(void)
{
    static char text[TEXT];
    char list[LIST] = "lif (default)";
    const char *kind;
    for (int i = 0; (kind = fsnn_kind_name(i)) != NULL; i++)
        if (fsnn_kind_is_neuron(kind) && strcmp(kind, "lif") != 0 && strcmp(kind, "user") != 0)
            add(list, kind);
    snprintf(text, sizeof text,
             "%s, or user with its equation in --dv; fsnn help description has all", list);
    return text;
}

static const char *reset(void)
{
    static char text[TEXT];
    char list[LIST] = "jump (default; qif and eif value, hard_lif current)";
    for (int i = 0; i < FSNN_RESETS; i++)
        if (i != FSNN_RESET_JUMP)
            add(list, fsnn_reset_name((fsnn_reset)i));
    snprintf(text, sizeof text, "what a spike does: %s", list);
    return text;
}

static const char *method(void)
{
    static char text[TEXT];
    char fractional[LIST], integer[LIST];
    fsnn_method_list(FSNN_METHODS_FRACTIONAL, fractional, sizeof fractional);
    fsnn_method_list(FSNN_METHODS_INTEGER, integer, sizeof integer);
    snprintf(text, sizeof text, "%s (default gl); of integer order: %s", fractional, integer);
    return text;
}

static const char *implicit(void)
{
    static char text[TEXT];
    char list[LIST];
    fsnn_method_list(FSNN_METHODS_IMPLICIT, list, sizeof list);
    snprintf(text, sizeof text, "the implicit variant of %s", list);
    return text;
}

const char *sim_help(const char *option)
{
    static const struct {
        const char *option;
        const char *(*help)(void);
    } row[] = {{"neuron", neuron}, {"reset", reset}, {"method", method}, {"implicit", implicit}};
    int i = 0;
    while (strcmp(row[i].option, option) != 0)
        i++;
    return row[i].help();
}
