/* cli/weights.c: weights from a file into an opened model. Files hold what was learned of tau,
 * threshold, alpha and so on, too; but what --set names is what the user wants to see now, so it
 * stays as it was set. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* A piece of a dotted name. */
typedef struct piece {
    const char *text;
    size_t length;
} piece;

enum { PIECES = 8 };

static bool is(piece p, const char *text)
{
    return strlen(text) == p.length && strncmp(p.text, text, p.length) == 0;
}

static bool is_number(piece p)
{
    return p.text && p.length > 0 && strspn(p.text, "0123456789") >= p.length;
}

/* The pieces of KEY in "KEY=VALUE". Returns how many they are without "value" and numbers at its
 * end: alpha.0, tau.value; but params.value is a parameter of that name. */
static int split(const char *item, piece *out)
{
    int count = 0;
    for (const char *at = item; count < PIECES;) {
        size_t length = strcspn(at, ".=");
        out[count++] = (piece){at, length};
        if (at[length] != '.')
            break;
        at += length + 1;
    }
    while (count > 1 && (is_number(out[count - 1]) ||
                         (is(out[count - 1], "value") && !is(out[count - 2], "params"))))
        count--;
    return count;
}

/* Whether the key's first piece, or its second behind "layers", is the node called `node`. */
static bool names_node(const fsnn_net *net, const piece *key, const char *node)
{
    if (!is(key[0], "layers"))
        return is(key[0], node);
    fsnn_node_info info;
    int layer = atoi(key[1].text); /* the input is node 0 */
    return fsnn_net_node(net, layer + 1, &info) >= 0 && strcmp(info.name, node) == 0;
}

/* Whether the order that the key names, alpha or alpha.1, is that of `node`: where layers have
 * orders of their own, the number is that of the neuron layer. */
static bool names_order(const cli_model *model, const piece *key, const char *node)
{
    fsnn_node_info info = {.name = ""};
    int layer = -1;
    if (fsnn_description_dynamics(model->description)->orders <= 1 || !is_number(key[2]))
        return true;
    for (int i = 0; strcmp(info.name, node) != 0 && fsnn_net_node(model->net, i, &info) >= 0; i++)
        layer += info.neuron;
    return layer == atoi(key[2].text);
}

/* Whether the key is NODE.field, layers.N.KIND.field or either with params.field. */
static bool names_option(const cli_model *model, const piece *key, int count, const char *node,
                         const char *field)
{
    int at = is(key[0], "layers") ? 3 : 1;
    at += at < count && is(key[at], "params");
    return count == at + 1 && is(key[at], field) && names_node(model->net, key, node);
}

static bool sets(const cli_model *model, const char *item, const fsnn_param *param)
{
    piece key[PIECES] = {{NULL, 0}};
    int count = split(item, key);
    const char *dot = strrchr(param->name, '.');
    if (count < 2 || !dot)
        return false;
    const char *field = dot + 1;
    char *node = cli_format("%.*s", (int)(dot - param->name), param->name);
    bool found = false;
    if (!is(key[0], "dynamics"))
        found = names_option(model, key, count, node, field);
    else if ((strcmp(field, "alpha") == 0 && is(key[1], "alpha")) ||
             (strcmp(field, "coefficient") == 0 && is(key[1], "coefficients")))
        found = names_order(model, key, node);
    free(node);
    return found;
}

/* Parameters of neurons only: `bias` is an option of layers whose values are called so, too. */
static bool is_set(const cli_model *model, const fsnn_param *param)
{
    for (int i = 0; i < model->set->count && param->neuron; i++)
        if (sets(model, model->set->item[i], param))
            return true;
    return false;
}

int cli_model_weights(cli_model *model, const char *path)
{
    fsnn_net *net = model->net;
    int count = fsnn_net_param_count(net);
    float **kept = cli_allocate((size_t)count + 1, sizeof *kept);
    for (int i = 0; i < count; i++) {
        const fsnn_param *param = fsnn_net_param(net, i);
        size_t n = (size_t)fsnn_shape_count(&param->shape);
        if (!is_set(model, param))
            continue;
        kept[i] = cli_allocate(n, sizeof **kept);
        memcpy(kept[i], param->value, n * sizeof **kept);
    }
    int said = 0;
    const char *warning;
    while (fsnn_net_warning(net, said))
        said++;
    fsnn_status status = fsnn_weights_load(net, path);
    for (int i = said; status >= 0 && (warning = fsnn_net_warning(net, i)); i++)
        cli_warn("%s", warning);
    for (int i = 0; i < count; i++) {
        const fsnn_param *param = fsnn_net_param(net, i);
        if (kept[i] && status >= 0) {
            size_t bytes = (size_t)fsnn_shape_count(&param->shape) * sizeof **kept;
            if (memcmp(param->value, kept[i], bytes) != 0)
                cli_say("%s is as --set has it, not as %s", param->name, path);
            memcpy(param->value, kept[i], bytes);
        }
        free(kept[i]);
    }
    free(kept);
    if (status >= 0)
        status = fsnn_net_params_changed(net);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}
