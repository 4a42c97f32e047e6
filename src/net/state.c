/* The state of a network as bytes, to go on later or elsewhere: a head that says what it fits, then
 * the states of the nodes that remember (op/memory.h) with their sizes. */
#include "net/net.h"
#include "op/memory.h"

#include <string.h>

typedef struct head {
    char magic[8];
    uint64_t print; /* of batch, layers, methods, engines: a state fits nets that are alike */
    int64_t bytes;
} head;

static const char magic[8] = "FSNNST2";

/* Of a node that has a state; NULL otherwise. */
static const op_memory *memory_of(const fsnn_net *net, int i)
{
    return net->node[i]->op.op->memory;
}

static uint64_t print_of(const fsnn_net *net)
{
    uint64_t print = OP_PRINT;
    op_print_mix(&print, &net->plan.batch, sizeof net->plan.batch);
    for (int i = 1; i < net->nodes; i++) {
        if (!memory_of(net, i))
            continue;
        op_print_mix(&print, net->node[i]->name, strlen(net->node[i]->name) + 1);
        op_memory_print(&net->node[i]->op, &print);
    }
    return print;
}

static int64_t bytes_of(const op_node *op)
{
    return (int64_t)op->op->memory->bytes(op);
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
        if (memory_of(net, i))
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
        if (!memory_of(net, i))
            continue;
        int64_t size = bytes_of(&net->node[i]->op);
        memcpy(at, &size, sizeof size);
        memory_of(net, i)->save(&net->node[i]->op, true, at + sizeof size);
        at += (int64_t)sizeof size + size;
    }
    return FSNN_OK;
}

/* Nothing is changed before all sizes have been looked at. */
static fsnn_status check_sizes(const fsnn_net *net, const char *at, const char *end)
{
    for (int i = 1; i < net->nodes; i++) {
        int64_t size;
        if (!memory_of(net, i))
            continue;
        if (end - at < (int64_t)sizeof size)
            return fsnn_fail(FSNN_EFORMAT, "the state ends before layer \"%s\"",
                             net->node[i]->name);
        memcpy(&size, at, sizeof size);
        at += sizeof size;
        if (size < 0 || size > end - at || !op_memory_fits(&net->node[i]->op, at, size))
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
                         "the state is that of another net: batch, layers that remember (neurons, "
                         "delays), method, step, orders and memory must be those it was saved "
                         "with");
    if (h.bytes != count)
        return fsnn_fail(FSNN_EFORMAT,
                         "the state has %lld bytes, but says %lld: it is cut off or damaged",
                         (long long)count, (long long)h.bytes);
    FSNN_TRY(check_sizes(net, at + sizeof h, at + count));
    at += sizeof h;
    for (int i = 1; i < net->nodes; i++) {
        int64_t size;
        if (!memory_of(net, i))
            continue;
        memcpy(&size, at, sizeof size);
        FSNN_TRY(memory_of(net, i)->load(&net->node[i]->op, true, at + sizeof size));
        at += (int64_t)sizeof size + size;
    }
    net->ran = false;
    return FSNN_OK;
}
