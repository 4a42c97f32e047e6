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

/* Whether the text of a mapping, "{tau: 3, params: {a: 1}}", has a key of that name. */
static bool mentions(const char *value, const char *key)
{
    size_t length = strlen(key);
    for (const char *at = value; (at = strstr(at, key)) != NULL; at++) {
        bool begins = at == value || strchr("{, \"'", at[-1]) != NULL;
        const char *end = at + length + strspn(at + length, "\"' ");
        if (begins && *end == ':')
            return true;
    }
    return false;
}

/* Whether KEY={...} is a mapping that holds the parameter: of a node, its options, a list item of
 * the layers or all of them; of the dynamics. */
static bool in_mapping(const cli_model *model, const char *item, const piece *key, int count,
                       const char *node, const char *field)
{
    const char *value = strchr(item, '=') + 1;
    bool order = strcmp(field, "alpha") == 0 || strcmp(field, "coefficient") == 0;
    if (!strpbrk(value, "{["))
        return false;
    if (is(key[0], "dynamics"))
        return count == 1 && order &&
               mentions(value, strcmp(field, "alpha") == 0 ? field : "coefficients");
    if (order || !mentions(value, field))
        return false;
    if (is(key[0], "layers") && count == 1) /* all layers, or one: layers.2 */
        return !is_number(key[1]) || names_node(model->net, key, node);
    bool within = is(key[count - 1], "params");
    int most = is(key[0], "layers") ? 3 : 1;
    return count - within <= most && names_node(model->net, key, node);
}

static bool sets(const cli_model *model, const char *item, const fsnn_param *param)
{
    piece key[PIECES] = {{NULL, 0}};
    int count = split(item, key);
    const char *dot = strrchr(param->name, '.');
    if (!dot || !strchr(item, '='))
        return false;
    const char *field = dot + 1;
    char *node = cli_format("%.*s", (int)(dot - param->name), param->name);
    bool found = in_mapping(model, item, key, count, node, field);
    if (found || count < 2)
        ;
    else if (!is(key[0], "dynamics"))
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
