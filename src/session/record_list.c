/* What a run records of which layers, from a list like "v:lif1,spikes". */
#include "session/run.h"
#include "train/optimizer.h"

#include <string.h>

/* Of a bit of fsnn_keep: the number of a fsnn_record, and behind them the states beside v. */
static const char *const names[RUN_RECORDS] = {"v",    "spikes",    "current",
                                               "test", "threshold", "states"};
enum { NAME = 256, LIST = 512 };

/* An item of a list. */
typedef struct item {
    int bit;          /* of fsnn_keep */
    char layer[NAME]; /* a name or pattern; "": all layers */
    const char *text; /* [length] as it stands in the list */
    int length;
} item;

const char *run_record_name(int bit)
{
    return names[bit];
}

bool run_record_has(int bit, const fsnn_node_info *info)
{
    const int of_spikes = FSNN_KEEP_SPIKES | FSNN_KEEP_TEST | FSNN_KEEP_THRESHOLD;
    return info->neuron && (info->spiking || !(of_spikes & 1 << bit));
}

static fsnn_status unknown(const char *name, int length)
{
    char text[NAME], known[NAME] = "";
    snprintf(text, sizeof text, "%.*s", length, name);
    for (int i = 0; i < FSNN_COUNT(names); i++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i ? "," : "", names[i]);
    }
    const char *near = fsnn_nearest(text, names, FSNN_COUNT(names));
    return fsnn_fail(FSNN_ENOTFOUND, "record takes any of %s, not \"%s\"%s%s%s", known, text,
                     near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* The bit of a word. */
static int find(const char *word, int length)
{
    for (int i = 0; i < FSNN_COUNT(names); i++)
        if ((int)strlen(names[i]) == length && strncmp(word, names[i], (size_t)length) == 0)
            return i;
    return unknown(word, length);
}

int fsnn_keep_find(const char *list)
{
    int keep = 0;
    FSNN_NEED(list);
    while (*list) {
        int length = (int)strcspn(list, ","), bit = find(list, length);
        FSNN_TRY(bit);
        keep |= 1 << bit;
        list += length;
        list += *list == ',';
    }
    return keep;
}

/* "WHAT" or "WHAT:LAYER" at *list, which goes on behind it. */
static fsnn_status next(const char **list, item *it)
{
    it->text = *list;
    it->length = (int)strcspn(*list, ",");
    int word = (int)strcspn(*list, ",:"), rest = it->length - word - 1;
    *list += it->length;
    *list += **list == ',';
    it->bit = find(it->text, word);
    FSNN_TRY(it->bit);
    *it->layer = '\0';
    if (rest < 0)
        return FSNN_OK;
    if (rest == 0 || rest >= NAME)
        return fsnn_fail(FSNN_EARGUMENT,
                         "record %.*s: behind the colon stands the name of a layer, like lif1, "
                         "or a pattern, like lif*",
                         it->length < 64 ? it->length : 64, it->text);
    snprintf(it->layer, sizeof it->layer, "%.*s", rest, it->text + word + 1);
    return FSNN_OK;
}

/* "lif1, lif2" of the layers that have the record, as many as there is room for. */
static void list_layers(const fsnn_net *net, int bit, char text[LIST])
{
    fsnn_node_info info;
    size_t used = 0;
    snprintf(text, LIST, "none");
    for (int n = 0; n < fsnn_net_node_count(net); n++) {
        if (fsnn_net_node(net, n, &info) < 0 || !run_record_has(bit, &info))
            continue;
        if (used + strlen(info.name) + 8 > LIST) {
            snprintf(text + used, LIST - used, ", ...");
            return;
        }
        used += (size_t)snprintf(text + used, LIST - used, "%s%s", used ? ", " : "", info.name);
    }
}

/* No layer that the item names has what it asks for. */
static fsnn_status nowhere(const fsnn_net *net, const item *it)
{
    char layers[LIST];
    const char *why = "there is no such layer";
    fsnn_node_info info;
    list_layers(net, it->bit, layers);
    for (int n = 0; n < fsnn_net_node_count(net); n++)
        if (fsnn_net_node(net, n, &info) >= 0 && optimizer_pattern_fits(it->layer, info.name))
            why = info.neuron ? "the layer never spikes" : "only neuron layers are recorded";
    return fsnn_fail(FSNN_ENOTFOUND, "record %.*s: %s; layers with %s: %s", it->length, it->text,
                     why, names[it->bit], layers);
}

/* Marks the layers of an item in keep [nodes], which may be NULL. */
static fsnn_status mark(const fsnn_net *net, const item *it, int *keep)
{
    fsnn_node_info info;
    bool found = !*it->layer;
    for (int n = 0; n < fsnn_net_node_count(net); n++) {
        if (fsnn_net_node(net, n, &info) < 0 || !run_record_has(it->bit, &info) ||
            (*it->layer && !optimizer_pattern_fits(it->layer, info.name)))
            continue;
        found = true;
        if (keep)
            keep[n] |= 1 << it->bit;
    }
    return found ? FSNN_OK : nowhere(net, it);
}

static fsnn_status read(const char *record, const fsnn_net *net, int *keep, int *all)
{
    item it;
    while (*record) {
        FSNN_TRY(next(&record, &it));
        *all |= 1 << it.bit;
        if (net)
            FSNN_TRY(mark(net, &it, keep));
    }
    return FSNN_OK;
}

fsnn_status fsnn_record_check(const char *record, const fsnn_net *net)
{
    int all = 0;
    FSNN_NEED(record);
    return read(record, net, NULL, &all);
}

fsnn_status run_read_records(run *w)
{
    const fsnn_net *net = w->s->net;
    int nodes = fsnn_net_node_count(net);
    w->keep = fsnn_alloc(fsnn_bytes(nodes + 1, sizeof *w->keep));
    if (!w->keep)
        return fsnn_fail(FSNN_EMEMORY, "out of memory for what is recorded");
    for (int n = 0; n < nodes; n++)
        w->keep[n] = w->r->keep;
    w->kept = w->r->keep;
    return w->r->record ? read(w->r->record, net, w->keep, &w->kept) : FSNN_OK;
}
