/* Whether an override of the session names a parameter: files of weights hold what was learned of
 * tau, threshold, alpha and so on, too; but what was set is what the user wants to see now. */
#include "session/overridden.h"

#include <stdlib.h>
#include <string.h>

/* A piece of a dotted name. */
typedef struct piece {
    const char *text;
    size_t length;
} piece;

enum { PIECES = 8 };

/* An override "KEY=VALUE" beside the parameter "NODE.field". */
typedef struct question {
    const fsnn_session *s;
    const char *item, *node, *field;
    piece key[PIECES];
    int count; /* pieces of the key, without "value" and numbers at its end */
} question;

static bool is(piece p, const char *text)
{
    return strlen(text) == p.length && strncmp(p.text, text, p.length) == 0;
}

static bool is_number(piece p)
{
    return p.text && p.length > 0 && strspn(p.text, "0123456789") >= p.length;
}

/* The pieces of KEY in "KEY=VALUE". Counts without "value" and numbers at its end: alpha.0,
 * tau.value; but params.value is a parameter of that name. */
static void split(question *q)
{
    piece *key = q->key;
    int count = 0;
    for (const char *at = q->item; count < PIECES;) {
        size_t length = strcspn(at, ".=");
        key[count++] = (piece){at, length};
        if (at[length] != '.')
            break;
        at += length + 1;
    }
    while (count > 1 && (is_number(key[count - 1]) ||
                         (is(key[count - 1], "value") && !is(key[count - 2], "params"))))
        count--;
    q->count = count;
}

/* Whether the key's first piece, or its second behind "layers", is the node. */
static bool names_node(const question *q)
{
    if (!is(q->key[0], "layers"))
        return is(q->key[0], q->node);
    fsnn_node_info info;
    int layer = atoi(q->key[1].text); /* the input is node 0 */
    return fsnn_net_node(q->s->net, layer + 1, &info) >= 0 && strcmp(info.name, q->node) == 0;
}

/* Whether the order that the key names, alpha or alpha.1, is that of the node: where layers have
 * orders of their own, the number is that of the neuron layer. */
static bool names_order(const question *q)
{
    fsnn_node_info info = {.name = ""};
    int layer = -1;
    if (fsnn_description_dynamics(q->s->description)->orders <= 1 || !is_number(q->key[2]))
        return true;
    for (int i = 0; strcmp(info.name, q->node) != 0 && fsnn_net_node(q->s->net, i, &info) >= 0; i++)
        layer += info.neuron;
    return layer == atoi(q->key[2].text);
}

/* Whether the key is NODE.field, layers.N.KIND.field or either with params.field. */
static bool names_option(const question *q)
{
    int at = is(q->key[0], "layers") ? 3 : 1;
    at += at < q->count && is(q->key[at], "params");
    return q->count == at + 1 && is(q->key[at], q->field) && names_node(q);
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
static bool in_mapping(const question *q)
{
    const char *value = strchr(q->item, '=') + 1;
    bool alpha = strcmp(q->field, "alpha") == 0;
    bool order = alpha || strcmp(q->field, "coefficient") == 0;
    if (!strpbrk(value, "{["))
        return false;
    if (is(q->key[0], "dynamics"))
        return q->count == 1 && order && mentions(value, alpha ? q->field : "coefficients");
    if (order || !mentions(value, q->field))
        return false;
    if (is(q->key[0], "layers") && q->count == 1) /* all layers, or one: layers.2 */
        return !is_number(q->key[1]) || names_node(q);
    bool within = is(q->key[q->count - 1], "params");
    int most = is(q->key[0], "layers") ? 3 : 1;
    return q->count - within <= most && names_node(q);
}

static bool sets(question *q)
{
    split(q);
    if (in_mapping(q))
        return true;
    if (q->count < 2)
        return false;
    if (!is(q->key[0], "dynamics"))
        return names_option(q);
    return ((strcmp(q->field, "alpha") == 0 && is(q->key[1], "alpha")) ||
            (strcmp(q->field, "coefficient") == 0 && is(q->key[1], "coefficients"))) &&
           names_order(q);
}

/* Parameters of neurons only: `bias` is an option of layers whose values are called so, too. */
fsnn_status session_overridden(const fsnn_session *s, const fsnn_param *param, bool *found)
{
    const char *dot = strrchr(param->name, '.');
    *found = false;
    if (!param->neuron || !dot || !s->sets)
        return FSNN_OK;
    char *node = fsnn_format("%.*s", (int)(dot - param->name), param->name);
    if (!node)
        return FSNN_EMEMORY;
    for (int i = 0; i < s->sets && !*found; i++) {
        question q = {.s = s, .item = s->set[i], .node = node, .field = dot + 1};
        *found = strchr(q.item, '=') && sets(&q);
    }
    fsnn_free(node);
    return FSNN_OK;
}
