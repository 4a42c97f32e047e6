/* The state of a network as bytes, to go on later or elsewhere: a head that says what it fits, then
 * the states of neuron layers and delays with their sizes. */
#include "net/net.h"
#include "net/neuron_ops.h"

#include <string.h>

typedef struct head {
    char magic[8];
    uint64_t print; /* of batch, layers, methods, engines: a state fits nets that are alike */
    int64_t bytes;
} head;

static const char magic[8] = "FSNNST2";

/* FNV-1a (Fowler, Noll, Vo) */
static void mix(uint64_t *print, const void *data, size_t bytes)
{
    const unsigned char *at = data;
    for (size_t i = 0; i < bytes; i++)
        *print = (*print ^ at[i]) * 0x100000001B3u;
}

static uint64_t print_of(const fsnn_net *net)
{
    uint64_t print = 0xCBF29CE484222325u;
    mix(&print, &net->plan.batch, sizeof net->plan.batch);
    for (int i = 1; i < net->nodes; i++)
        if (net->node[i]->op.op->flags & OP_NEURON) {
            mix(&print, net->node[i]->name, strlen(net->node[i]->name) + 1);
            neuron_node_print(&net->node[i]->op, mix, &print);
        } else if (net->node[i]->op.op->flags & OP_DELAY) {
            size_t bytes = net_delay_bytes(&net->node[i]->op);
            bool last = net_delay_last(&net->node[i]->op);
            mix(&print, net->node[i]->name, strlen(net->node[i]->name) + 1);
            mix(&print, &bytes, sizeof bytes);
            mix(&print, &last, sizeof last);
        }
    return print;
}

static bool has_state(const fsnn_net *net, int i)
{
    return (net->node[i]->op.op->flags & (OP_NEURON | OP_DELAY)) != 0;
}

static bool is_delay(const op_node *op)
{
    return (op->op->flags & OP_DELAY) != 0;
}

static int64_t bytes_of(const op_node *op)
{
    return (int64_t)(is_delay(op) ? net_delay_bytes(op) : neuron_node_state_bytes(op));
}

static void save(const op_node *op, void *bytes)
{
    (is_delay(op) ? net_delay_save : neuron_node_state_save)(op, bytes);
}

static bool fits(const op_node *op, const void *bytes, int64_t count)
{
    return is_delay(op) ? count == bytes_of(op) : neuron_node_state_fits(op, bytes, count);
}

static fsnn_status load(op_node *op, const void *bytes)
{
    if (!is_delay(op))
        return neuron_node_state_load(op, bytes);
    net_delay_load(op, bytes);
    return FSNN_OK;
}

static fsnn_status check(const fsnn_net *net, const void *bytes, const char *who)
{
    if (!net || !net->wrapped)
        return fsnn_fail(FSNN_ESTATE, "%s: the net is not wrapped: call fsnn_net_wrap first", who);
    if (!bytes)
        return fsnn_fail(FSNN_EARGUMENT, "%s: bytes is NULL", who);
    return FSNN_OK;
}

int64_t fsnn_net_state_bytes(const fsnn_net *net)
{
    int64_t sum = sizeof(head);
    if (!net || !net->wrapped)
        return fsnn_fail(FSNN_ESTATE, "the net is not wrapped: call fsnn_net_wrap first");
    for (int i = 1; i < net->nodes; i++)
        if (has_state(net, i))
            sum += (int64_t)sizeof(int64_t) + bytes_of(&net->node[i]->op);
    return sum;
}

fsnn_status fsnn_net_state_save(const fsnn_net *net, void *bytes)
{
    FSNN_TRY(check(net, bytes, "fsnn_net_state_save"));
    head h = {.print = print_of(net), .bytes = fsnn_net_state_bytes(net)};
    char *at = bytes;
    memcpy(h.magic, magic, sizeof magic);
    memcpy(at, &h, sizeof h);
    at += sizeof h;
    for (int i = 1; i < net->nodes; i++) {
        if (!has_state(net, i))
            continue;
        int64_t size = bytes_of(&net->node[i]->op);
        memcpy(at, &size, sizeof size);
        save(&net->node[i]->op, at + sizeof size);
        at += (int64_t)sizeof size + size;
    }
    return FSNN_OK;
}

/* Nothing is changed before all sizes have been looked at. */
static fsnn_status check_sizes(const fsnn_net *net, const char *at, const char *end)
{
    for (int i = 1; i < net->nodes; i++) {
        int64_t size;
        if (!has_state(net, i))
            continue;
        if (end - at < (int64_t)sizeof size)
            return fsnn_fail(FSNN_EFORMAT, "the state ends before layer \"%s\"",
                             net->node[i]->name);
        memcpy(&size, at, sizeof size);
        at += sizeof size;
        if (size < 0 || size > end - at || !fits(&net->node[i]->op, at, size))
            return fsnn_fail(FSNN_EFORMAT, "the state of layer \"%s\" is damaged",
                             net->node[i]->name);
        at += size;
    }
    return at == end ? FSNN_OK : fsnn_fail(FSNN_EFORMAT, "the state goes on after its last layer");
}

fsnn_status fsnn_net_state_load(fsnn_net *net, const void *bytes, int64_t count)
{
    head h;
    const char *at = bytes;
    FSNN_TRY(check(net, bytes, "fsnn_net_state_load"));
    if (count >= (int64_t)sizeof h)
        memcpy(&h, at, sizeof h);
    if (count < (int64_t)sizeof h || memcmp(h.magic, magic, sizeof magic) != 0)
        return fsnn_fail(FSNN_EFORMAT,
                         "these %lld bytes are no state that fsnn_net_state_save wrote",
                         (long long)count);
    if (h.print != print_of(net))
        return fsnn_fail(FSNN_ESHAPE,
                         "the state is that of another net: batch, neuron layers, method, step, "
                         "orders and memory must be those it was saved with");
    if (h.bytes != count)
        return fsnn_fail(FSNN_EFORMAT,
                         "the state has %lld bytes, but says %lld: it is cut off or damaged",
                         (long long)count, (long long)h.bytes);
    FSNN_TRY(check_sizes(net, at + sizeof h, at + count));
    at += sizeof h;
    for (int i = 1; i < net->nodes; i++) {
        int64_t size;
        if (!has_state(net, i))
            continue;
        memcpy(&size, at, sizeof size);
        FSNN_TRY(load(&net->node[i]->op, at + sizeof size));
        at += (int64_t)sizeof size + size;
    }
    net->ran = false;
    return FSNN_OK;
}
