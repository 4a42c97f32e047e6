/* cli/precision.c: --precision: dynamics.precision of the description, before its --set. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static const char *const known[] = {"single", "double"};
/* by number of `known` */
static const char *const item[] = {"dynamics.precision=single", "dynamics.precision=double"};

int cli_precision_find(const char *name, fsnn_precision *precision)
{
    for (int i = 0; i < CLI_COUNT(known); i++)
        if (strcmp(name, known[i]) == 0) {
            *precision = (fsnn_precision)i;
            return CLI_GOOD;
        }
    const char *near = cli_nearest(name, known, CLI_COUNT(known));
    return cli_error(CLI_USAGE, "--precision takes single or double, not \"%s\"%s%s%s", name,
                     near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

int cli_precision(cli_common *common, const char *name)
{
    fsnn_precision precision = FSNN_PRECISION_SINGLE;
    if (!name)
        return CLI_GOOD;
    int code = cli_precision_find(name, &precision);
    if (code != CLI_GOOD)
        return code;
    cli_list *set = &common->set;
    const char **longer = cli_allocate((size_t)set->count + 1, sizeof *longer);
    longer[0] = item[precision];
    if (set->count)
        memcpy(longer + 1, set->item, (size_t)set->count * sizeof *longer);
    free(set->item);
    set->item = longer;
    set->count++;
    return CLI_GOOD;
}
