/* cli/simulate/simulate_help.c: help of options that take names, from the library's tables of these
 * names. */
#include "cli/simulate/simulate.h"

#include <string.h>

enum { TEXT = 640, LIST = 256 };

static const char *neuron(void)
{
    static char text[TEXT];
    char list[LIST] = "lif (default)";
    const char *kind;
    for (int i = 0; (kind = fsnn_kind_name(i)) != NULL; i++)
        if (fsnn_kind_is_neuron(kind) && strcmp(kind, "lif") != 0 && strcmp(kind, "user") != 0)
            cli_list_add(list, sizeof list, ", ", kind);
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
            cli_list_add(list, sizeof list, ", ", fsnn_reset_name((fsnn_reset)i));
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

/* ---- the same tables, for completion ---- */

static const char *neuron_values(void)
{
    static char list[LIST];
    const char *kind;
    list[0] = '\0';
    for (int i = 0; (kind = fsnn_kind_name(i)) != NULL; i++)
        if (fsnn_kind_is_neuron(kind))
            cli_list_add(list, sizeof list, ",", kind);
    return list;
}

static const char *reset_values(void)
{
    static char list[LIST];
    list[0] = '\0';
    for (int i = 0; i < FSNN_RESETS; i++)
        cli_list_add(list, sizeof list, ",", fsnn_reset_name((fsnn_reset)i));
    return list;
}

static const char *method_values(void)
{
    enum { MOST = 32 };
    static char list[LIST];
    list[0] = '\0';
    for (int m = FSNN_METHOD_DEFAULT + 1; m <= MOST; m++)
        if (fsnn_method_is((fsnn_method)m, FSNN_METHODS_FRACTIONAL) ||
            fsnn_method_is((fsnn_method)m, FSNN_METHODS_INTEGER))
            cli_list_add(list, sizeof list, ",", fsnn_method_name((fsnn_method)m));
    return list;
}

const char *sim_values(const char *option)
{
    static const struct {
        const char *option;
        const char *(*values)(void);
    } row[] = {{"neuron", neuron_values}, {"reset", reset_values}, {"method", method_values}};
    for (int i = 0; i < CLI_COUNT(row); i++)
        if (strcmp(row[i].option, option) == 0)
            return row[i].values();
    return NULL;
}
