/* cli/precision.c: --precision: dynamics.precision of the description, before its --set, or the
 * products of linear layers and convolutions. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static const char *const known[] = {"single", "double", "bf16", "int8"};
/* by number of `known`; NULL: not for trainings */
static const char *const item[] = {"dynamics.precision=single", "dynamics.precision=double",
                                   "training.precision=bf16", NULL};
enum { NUMBERS = 2, ALL = CLI_COUNT(known) }; /* how many of them are a precision of all numbers */

/* The number of a name among the first `count`; negative: it is none of them, which was said. */
static int find(const char *name, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name, known[i]) == 0)
            return i;
    const char *near = cli_nearest(name, known, count);
    cli_error(CLI_USAGE, "--precision takes %s, not \"%s\"%s%s%s",
              count == NUMBERS ? "single or double" : "single, double, bf16 or int8", name,
              near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    return -1;
}

int cli_precision_find(const char *name, fsnn_precision *precision)
{
    int i = find(name, NUMBERS);
    if (i < 0)
        return CLI_USAGE;
    *precision = (fsnn_precision)i;
    return CLI_GOOD;
}

/* Before those that the user gave. */
static void add_override(cli_common *common, const char *text)
{
    cli_list *set = &common->set;
    const char **longer = cli_allocate((size_t)set->count + 1, sizeof *longer);
    longer[0] = text;
    if (set->count)
        memcpy(longer + 1, set->item, (size_t)set->count * sizeof *longer);
    free(set->item);
    set->item = longer;
    set->count++;
}

int cli_precision(cli_common *common, const char *name, fsnn_products *products)
{
    int i = name ? find(name, ALL) : -1;
    if (products)
        *products = FSNN_PRODUCTS_FULL;
    if (i < 0)
        return name ? CLI_USAGE : CLI_GOOD;
    if (!products && !item[i])
        return cli_error(CLI_USAGE,
                         "--precision %s is for eval and run: train takes single, double or bf16; "
                         "--set training.quantise=int8 learns weights that fit 8 bits",
                         name);
    if (i < NUMBERS || !products) {
        add_override(common, item[i]);
        return CLI_GOOD;
    }
    *products = (fsnn_products)fsnn_products_find(name);
    fsnn_status status = fsnn_products_check(*products);
    return status < 0 ? cli_error(CLI_FAILED, "--precision %s", fsnn_error_text()) : CLI_GOOD;
}

int cli_model_products(cli_model *model, fsnn_products products)
{
    fsnn_status status = fsnn_session_products(model->session, products);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}
