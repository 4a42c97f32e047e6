/* cli/convert/model.c: the model and the weights that a conversion starts from. */
#include "cli/convert/convert.h"

#include <stdlib.h>

static int no_weights(const convert_options *o)
{
    return cli_error(CLI_USAGE,
                     "--weights are missing: the weights of %s, .safetensors, .npz or .pt",
                     convert_input(o));
}

int convert_open(cli_model *model, const convert_options *o)
{
    const char *weights = o->weights;
    char *owned = NULL;
    int code = cli_run_weights(convert_input(o), true, &weights, &owned);
    if (code == CLI_GOOD && !weights)
        code = no_weights(o);
    if (code == CLI_GOOD)
        code = cli_model_open(model, convert_input(o), &o->common);
    if (code == CLI_GOOD)
        code = cli_model_wrap(model, &(fsnn_plan){.steps = 1, .batch = 1}, 1);
    if (code == CLI_GOOD)
        code = cli_model_weights(model, weights);
    free(owned);
    return code;
}
