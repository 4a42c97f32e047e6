/* The list of layers: kinds and their options from the tables of operators and neurons, names,
 * sources. */
#include "model/description.h"
#include "net/net.h"

#include <stdlib.h>
#include <string.h>

#define MAX_KINDS 128
#define MAX_LAYERS 4096
#define MAX_VISITS 256 /* nodes that are looked at for the loop that an error names */

const special layer_specials[] = {
    {.name = "name",
     .type = "a text without dot, comma, equals sign or space",
     .fallback = "kind and number: `linear1`",
     .help = "the name of the node, of its weights in files and of its options in overrides"},
    {.name = "from",
     .type = "a name or a list of names",
     .fallback = "the node before",
     .help = "names of earlier nodes whose output it reads; `input` is the input, `node.1` the "
             "second output of a node with several. `delay` may have `of` instead"},
    {.name = "weights",
     .type = "a name",
     .fallback = "its own",
     .help = "an earlier node of the same kind whose parameters this one uses; both train them, "
             "and they are saved once"},
    {0},
};

const char *layer_kind(const yaml_node *item)
{
    if (item->type == YAML_SCALAR)
        return yaml_null(item) ? NULL : item->text;
    return item->type == YAML_MAP && item->count == 1 ? item->first->key->text : NULL;
}

yaml_node *layer_options(const yaml_node *item)
{
    return item->type == YAML_MAP ? item->first : NULL;
}

const char *layer_name(yaml_doc *doc, const yaml_node *list, const yaml_node *item)
{
    const char *kind = layer_kind(item);
    const yaml_node *given = yaml_find(layer_options(item), "name");
    if (!kind)
        return NULL;
    if (given && given->type == YAML_SCALAR)
        return given->text;
    int number = 1; /* counts all nodes of the kind, as fsnn_net_add does */
    for (const yaml_node *n = list->first; n != item; n = n->next) {
        const char *other = layer_kind(n);
        number += other && strcmp(other, kind) == 0;
    }
    return pool_format(&doc->memory, "%s%d", kind, number);
}

static fsnn_status unknown_kind(yaml_doc *doc, const yaml_node *item, const char *kind)
{
    const char *known[MAX_KINDS];
    int count = 0;
    const fsnn_op *op;
    while (count < MAX_KINDS && (op = net_kind_at(count)))
        known[count++] = op->kind;
    const char *advice = keys_advice_word(&doc->memory, kind, known, count);
    if (item->type == YAML_MAP)
        return yaml_fail_key(doc, item->first, "unknown kind of layer%s", advice);
    return yaml_fail(doc, item, "unknown kind of layer \"%s\"%s", kind, advice);
}

static fsnn_status find_kind(yaml_doc *doc, const yaml_node *item, const fsnn_op **op)
{
    const char *kind = layer_kind(item);
    if (!kind && item->type == YAML_MAP)
        return yaml_fail(doc, item,
                         "found a mapping of %d keys, expected one kind with its options inside, "
                         "like \"- linear: {out: 10, name: fc1}\"",
                         item->count);
    if (!kind)
        return yaml_fail(doc, item,
                         "found %s, expected a kind of layer, like \"- flatten\" or "
                         "\"- linear: {out: 10}\"",
                         yaml_found(doc, item));
    *op = net_kind_find(kind);
    return *op ? FSNN_OK : unknown_kind(doc, item, kind);
}

static fsnn_status check_name(fsnn_description *d, const yaml_node *item, const char *name)
{
    const yaml_node *given = yaml_find(layer_options(item), "name");
    const yaml_node *at = given ? given : item;
    if (given && given->type != YAML_SCALAR)
        return read_wrong(&d->doc, given, "a name");
    if (!*name || strpbrk(name, ".,= \t\n"))
        return yaml_fail(&d->doc, at,
                         "\"%s\" cannot be a name: names have no dot, comma, equals "
                         "sign or space and are not empty",
                         name);
    if (strcmp(name, "input") == 0)
        return yaml_fail(&d->doc, at, "the name \"input\" belongs to the input node");
    for (int i = 0; i < d->layers; i++)
        if (strcmp(d->layer[i].name, name) == 0)
            return yaml_fail(&d->doc, at,
                             "the name \"%s\" is taken by layers[%d]: every node needs "
                             "its own",
                             name, i);
    return FSNN_OK;
}

/* Splits "node.1" into name and port; without a port 0. */
static fsnn_status split_port(yaml_doc *doc, const yaml_node *node, char **name, int *port)
{
    *port = 0;
    *name = pool_text(&doc->memory, node->text, strlen(node->text));
    if (!*name)
        return FSNN_EMEMORY;
    char *dot = strrchr(*name, '.');
    if (!dot)
        return FSNN_OK;
    char *end;
    long number = strtol(dot + 1, &end, 10);
    if (dot[1] < '0' || dot[1] > '9' || *end || number >= OP_MAX_OUT)
        return yaml_fail(doc, node,
                         "found %s, expected a node's name, or name and output port like "
                         "\"split1.1\" with a port from 0 to %d",
                         yaml_found(doc, node), OP_MAX_OUT - 1);
    *dot = 0;
    *port = (int)number;
    return FSNN_OK;
}

static bool stands_later(yaml_doc *doc, const yaml_node *list, const char *name)
{
    for (const yaml_node *n = list ? list->first : NULL; n; n = n->next) {
        const char *other = layer_name(doc, list, n);
        if (other && strcmp(other, name) == 0)
            return true;
    }
    return false;
}

/* The names that a layer reads, one after the other: `at` is NULL at first. */
static const yaml_node *next_source(const yaml_node *item, const yaml_node *at)
{
    const yaml_node *from = yaml_find(layer_options(item), "from");
    if (!from)
        return NULL;
    if (from->type == YAML_LIST)
        return at ? at->next : from->first;
    return at ? NULL : from;
}

static const yaml_node *item_called(yaml_doc *doc, const yaml_node *list, const char *name)
{
    size_t length = strcspn(name, ".");
    for (const yaml_node *n = list->first; n; n = n->next) {
        const char *other = layer_name(doc, list, n);
        if (other && strlen(other) == length && strncmp(other, name, length) == 0)
            return n;
    }
    return NULL;
}

/* A delay of a node that it names, which may stand later. */
static bool opens_loop(const yaml_node *item)
{
    const char *kind = layer_kind(item);
    const yaml_node *options = layer_options(item);
    return kind && strcmp(kind, "delay") == 0 &&
           (yaml_find(options, "of") || (options && options->type == YAML_SCALAR));
}

/* "fc -> lif -> fc": how one gets from the layer at `to` along its sources back from `item`, which
 * stands later; NULL: not at all, or not within `*left` nodes. */
static const char *way(yaml_doc *doc, const yaml_node *list, const yaml_node *to,
                       const yaml_node *item, int *left)
{
    const char *name = layer_name(doc, list, item), *before = NULL;
    const yaml_node *given = yaml_find(layer_options(item), "from");
    if (item == to)
        return name;
    if (--*left < 0 || opens_loop(item))
        return NULL;
    const yaml_node *previous = list->first;
    while (previous && previous->next != item)
        previous = previous->next;
    if (!given && previous)
        before = way(doc, list, to, previous, left);
    for (const yaml_node *n = next_source(item, NULL); n && !before; n = next_source(item, n)) {
        const yaml_node *source =
            n->type == YAML_SCALAR && n->text ? item_called(doc, list, n->text) : NULL;
        if (source)
            before = way(doc, list, to, source, left);
    }
    return before ? pool_format(&doc->memory, "%s -> %s", before, name) : NULL;
}

/* A node that reads a later one: a loop, or the wrong order. */
static fsnn_status no_delay(fsnn_description *d, const yaml_node *node, const char *name)
{
    const yaml_node *list = yaml_find(d->doc.root, "layers"), *reader = list->first;
    int left = MAX_VISITS;
    for (int i = 0; i < d->layers && reader; i++)
        reader = reader->next;
    const yaml_node *later = item_called(&d->doc, list, name);
    const char *loop = reader && later ? way(&d->doc, list, reader, later, &left) : NULL;
    if (!loop)
        return yaml_fail(
            &d->doc, node,
            "\"%s\" does not stand before this node: nodes refer only to earlier ones, and "
            "`- delay: {of: %s}` to any",
            name, name);
    const char *first = layer_name(&d->doc, list, reader);
    return yaml_fail(
        &d->doc, node,
        "%s -> %s is a loop without delay: put `- delay: {of: %s, name: %s_before}` before it "
        "and read %s_before here, which is %s one step earlier",
        loop, first ? first : "", name, name, name, name);
}

static fsnn_status find_source(fsnn_description *d, const yaml_node *node, source *out)
{
    char *name;
    if (yaml_null(node) || node->type != YAML_SCALAR)
        return read_wrong(&d->doc, node, "the name of an earlier node, or input");
    FSNN_TRY(split_port(&d->doc, node, &name, &out->port));
    for (out->layer = -1; out->layer < d->layers; out->layer++)
        if (strcmp(out->layer < 0 ? "input" : d->layer[out->layer].name, name) == 0)
            return FSNN_OK;
    if (stands_later(&d->doc, yaml_find(d->doc.root, "layers"), name))
        return no_delay(d, node, name);
    const char **known = pool_alloc(&d->doc.memory, (size_t)(d->layers + 1) * sizeof *known);
    if (!known)
        return FSNN_EMEMORY;
    known[0] = "input";
    for (int i = 0; i < d->layers; i++)
        known[i + 1] = d->layer[i].name;
    return yaml_fail(&d->doc, node, "there is no node \"%s\" before this one%s", name,
                     keys_advice(&d->doc.memory, name, known, d->layers + 1));
}

/* The layer names its source by `of`, in place of `from` or the layer before. */
static bool names_source(const layer *l)
{
    return l->op->of && *l->op->of(l->options);
}

static fsnn_status read_sources(fsnn_description *d, const yaml_node *from, layer *l)
{
    if (names_source(l)) {
        l->sources = 0;
        return !from ? FSNN_OK
                     : yaml_fail(&d->doc, from,
                                 "a %s with `of` takes no other source: leave `from` or `of` out",
                                 l->op->kind);
    }
    l->sources = 1;
    if (!from) {
        l->from[0].layer = d->layers - 1;
        return FSNN_OK;
    }
    if (from->type != YAML_LIST)
        return find_source(d, from, &l->from[0]);
    if (from->count < 1 || from->count > OP_MAX_IN)
        return yaml_fail(&d->doc, from,
                         "found a list of %d, expected 1 to %d names of earlier nodes", from->count,
                         OP_MAX_IN);
    l->sources = 0;
    for (const yaml_node *n = from->first; n; n = n->next)
        FSNN_TRY(find_source(d, n, &l->from[l->sources++]));
    return FSNN_OK;
}

static bool stands_before(const fsnn_description *d, const char *name)
{
    for (int i = 0; i < d->layers; i++)
        if (strcmp(d->layer[i].name, name) == 0)
            return true;
    return strcmp(name, "input") == 0;
}

/* A value that may be learned, or several of them by name: a parameter. */
static bool is_parameter(const fsnn_key *key)
{
    return fsnn_keys_find(key->group, "learn") != NULL;
}

/* Whether v0 is a parameter, and not only a number. */
static bool is_more(const fsnn_start *s)
{
    return s->learn || s->draw || s->values || s->per != FSNN_PER_LAYER;
}

/* A neuron with a potential at rest begins there, and reset value lands there, unless it is told
 * otherwise. */
static void begin_at_rest(fsnn_neuron *o, bool v0_told, bool v_reset_told)
{
    if (o->rest.value == 0 && !o->rest.values)
        return;
    if (!v0_told) {
        o->v0 = o->rest.value;
        o->start = (fsnn_start){.values = o->rest.values, .count = o->rest.count};
        o->start.per = o->rest.values ? o->rest.per : FSNN_PER_LAYER;
    }
    if (o->reset == FSNN_RESET_VALUE && !v_reset_told) {
        o->v_reset = o->rest;
        o->v_reset.learn = false;
        o->v_reset.per = o->rest.values ? o->rest.per : FSNN_PER_LAYER;
    }
}

/* v0 is a number of each layer, and a parameter only where it is more. */
static void take_start(const layer *l, const layer *of, bool given)
{
    fsnn_neuron *o = l->options;
    const fsnn_neuron *from = of->options;
    if (given || !is_more(&from->start))
        return;
    o->v0 = from->v0;
    o->start = from->start;
}

/* A layer that uses the parameters of another has none to give values to: what it begins with is
 * what that one has. */
static fsnn_status take_values(fsnn_description *d, const yaml_node *options, const layer *l)
{
    const layer *of = &d->layer[l->weights];
    for (const fsnn_key *key = fsnn_keys_first(l->op->keys); key; key = fsnn_keys_next(key)) {
        if (!is_parameter(key))
            continue;
        const yaml_node *given = yaml_find(options, key->name);
        if (given && !(key->brief && given->type == YAML_SCALAR))
            return yaml_fail_key(&d->doc, given,
                                 "is a parameter, and this layer uses those of \"%s\": give it "
                                 "there, or leave out `weights`",
                                 of->name);
        if (key->brief)
            take_start(l, of, given);
        else if (key->type == FSNN_KEY_GROUP)
            memcpy((char *)l->options + key->offset, (const char *)of->options + key->offset,
                   sizeof(fsnn_value));
    }
    if (l->op->flags & OP_NEURON) {
        const fsnn_neuron *from = of->options;
        ((fsnn_neuron *)l->options)->peak = from->peak;
        begin_at_rest(l->options, yaml_find(options, "v0") || is_more(&from->start),
                      from->reset == FSNN_RESET_VALUE);
    }
    return FSNN_OK;
}

static fsnn_status read_weights(fsnn_description *d, const yaml_node *node, layer *l)
{
    source of;
    l->weights = -1;
    if (!node)
        return FSNN_OK;
    if (node->type == YAML_SCALAR && !yaml_null(node) && !stands_before(d, node->text) &&
        stands_later(&d->doc, yaml_find(d->doc.root, "layers"), node->text))
        return yaml_fail(
            &d->doc, node,
            "\"%s\" does not stand before this node: weights are those of an earlier one",
            node->text);
    FSNN_TRY(find_source(d, node, &of));
    if (of.layer < 0 || d->layer[of.layer].op != l->op)
        return yaml_fail(
            &d->doc, node, "\"%s\" is %s, but weights are shared with a node of the same kind, %s",
            node->text, of.layer < 0 ? "the input" : d->layer[of.layer].op->kind, l->op->kind);
    l->weights = of.layer;
    return take_values(d, node->parent, l);
}

/* Delays refer to any node, so this comes when all are read. */
static fsnn_status check_delays(fsnn_description *d, const yaml_node *list)
{
    for (int i = 0; i < d->layers; i++) {
        const layer *l = &d->layer[i];
        if (!names_source(l))
            continue;
        const char *of = l->op->of(l->options);
        const yaml_node *options = layer_options(l->node), *at = yaml_find(options, "of");
        at = at ? at : options ? options : l->node;
        if (strcmp(of, "input") == 0 || item_called(&d->doc, list, of))
            continue;
        const char **known = pool_alloc(&d->doc.memory, (size_t)(d->layers + 1) * sizeof *known);
        if (!known)
            return FSNN_EMEMORY;
        known[0] = "input";
        for (int k = 0; k < d->layers; k++)
            known[k + 1] = d->layer[k].name;
        return yaml_fail(&d->doc, at, "there is no node \"%s\"%s", of,
                         keys_advice(&d->doc.memory, of, known, d->layers + 1));
    }
    return FSNN_OK;
}

/* What the kind itself says of its options, at the key it names. */
static fsnn_status check_options(fsnn_description *d, const yaml_node *item, const layer *l)
{
    char key[OP_KEY] = "";
    fsnn_status status = l->op->check ? l->op->check(l->op, l->options, key) : FSNN_OK;
    if (status == FSNN_OK)
        return status;
    yaml_node *options = layer_options(item);
    const yaml_node *at = yaml_find(options, key);
    if (!at && options && options->type == YAML_SCALAR) /* a value for the first key */
        at = options;
    return fail_passed_on(&d->doc, at ? at : item, status);
}

/* A key that other kinds of neurons have. */
static fsnn_status refuse_peak(yaml_doc *doc, const yaml_node *options, const fsnn_op *op)
{
    const yaml_node *given =
        options && options->type == YAML_MAP ? yaml_find(options, "v_peak") : NULL;
    if (!given || !(op->flags & OP_NEURON) || fsnn_kind_has(op->kind, "v_peak"))
        return FSNN_OK;
    return yaml_fail_key(
        doc, given, "is of qif, eif and user, whose potential runs up by itself: %s %s", op->kind,
        fsnn_kind_has(op->kind, "threshold") ? "spikes where its potential reaches `threshold`"
                                             : "never spikes");
}

static fsnn_status read_layer(fsnn_description *d, const yaml_node *list, yaml_node *item)
{
    layer *l = &d->layer[d->layers];
    l->node = item;
    FSNN_TRY(find_kind(&d->doc, item, &l->op));
    if (!(l->name = layer_name(&d->doc, list, item)))
        return FSNN_EMEMORY;
    l->options = pool_alloc(&d->doc.memory, l->op->options_size + 1);
    if (!l->options)
        return FSNN_EMEMORY;
    if (l->op->options_size)
        memcpy(l->options, l->op->defaults, l->op->options_size);
    yaml_node *options = layer_options(item);
    FSNN_TRY(refuse_peak(&d->doc, options, l->op));
    FSNN_TRY(keys_read(&d->doc, options, options ? options : item, l->op->keys, layer_specials,
                       l->options));
    if (l->op->flags & OP_NEURON)
        begin_at_rest(l->options, yaml_find(options, "v0"), yaml_find(options, "v_reset"));
    FSNN_TRY(check_options(d, item, l));
    FSNN_TRY(check_name(d, item, l->name));
    FSNN_TRY(read_sources(d, yaml_find(options, "from"), l));
    FSNN_TRY(read_weights(d, yaml_find(options, "weights"), l));
    d->layers++;
    return FSNN_OK;
}

fsnn_status layers_read(fsnn_description *d, yaml_node *list)
{
    if (list->type != YAML_LIST || !list->count || list->count > MAX_LAYERS)
        return yaml_fail(&d->doc, list,
                         "found %s, expected a list of 1 to %d layers, like "
                         "\"- linear: {out: 10}\"",
                         yaml_found(&d->doc, list), MAX_LAYERS);
    d->layer = pool_alloc(&d->doc.memory, (size_t)list->count * sizeof *d->layer);
    if (!d->layer)
        return FSNN_EMEMORY;
    for (yaml_node *item = list->first; item; item = item->next)
        FSNN_TRY(read_layer(d, list, item));
    d->output.layer = d->layers - 1;
    return check_delays(d, list);
}

fsnn_status output_read(fsnn_description *d, const yaml_node *node)
{
    return node ? find_source(d, node, &d->output) : FSNN_OK;
}
