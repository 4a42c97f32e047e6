/* cli/export/target_names.c: help and completion of --target, from the library's table. */
#include "cli/export/export.h"

#include <string.h>

enum { LIST = 512 };

/* The names, with `between` between them and `last` before the last one. */
static const char *join(char list[LIST], const char *between, const char *last)
{
    const char *name;
    list[0] = '\0';
    for (int i = 0; (name = fsnn_export_target_name(i)) != NULL; i++)
        cli_list_add(list, LIST, fsnn_export_target_name(i + 1) ? between : last, name);
    return list;
}

const char *export_help(const char *option)
{
    static char text[LIST + 128];
    char list[LIST];
    (void)option; /* the one whose row has no help */
    snprintf(text, sizeof text,
             "%s: flash, RAM and stack are measured by its compiler, where it is there",
             join(list, ", ", " or "));
    return text;
}

const char *export_values(const char *option)
{
    static char list[LIST];
    return strcmp(option, "target") == 0 ? join(list, ",", ",") : NULL;
}
