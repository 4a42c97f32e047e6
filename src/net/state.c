/* The state of a network as bytes, to go on later or elsewhere: a head that says what it fits, with
 * a checksum of all of it, then the states of the nodes that remember (op/memory.h) with their
 * sizes. */
#include "base/crc32c.h"
#include "net/net.h"
#include "op/memory.h"

#include <string.h>

typedef struct head {
    char magic[8];
    uint32_t version, checksum; /* CRC-32C of head, with 0 here, and all behind it */
    uint64_t print; /* of batch, layers, methods, engines: a state fits nets that are alike */
    int64_t bytes;
} head;

/* Of states without a checksum. The magic of the two differs in more than a bit. */
typedef struct head_2 {
    char magic[8];
    uint64_t print;
    int64_t bytes;
} head_2;

/* Of states with a checksum, by precision; of those without. Any two differ in more than a bit. */
static const char magic[][8] =
    {[FSNN_PRECISION_SINGLE] = "FSNN-st", [FSNN_PRECISION_DOUBLE] = "FSNN=d8"},
                  magic_2[8] = "FSNNST2";
enum { VERSION = 3 };

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
    head h = {.version = VERSION, .print = print_of(net), .bytes = fsnn_net_state_bytes(net)};
    char *at = bytes;
    memcpy(h.magic, magic[net->plane->precision], sizeof h.magic);
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
    h.checksum = fsnn_crc32c(0, bytes, (size_t)h.bytes);
    memcpy(bytes, &h, sizeof h);
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

static fsnn_status none(int64_t count)
{
    return fsnn_fail(FSNN_EFORMAT, "these %lld bytes are no state that fsnn_net_state_save wrote",
                     (long long)count);
}

/* Whether nothing was changed since it was saved. */
static fsnn_status check_whole(const head *h, const char *bytes, int64_t count)
{
    head blank = *h;
    if (h->version > VERSION)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "the state was saved by a newer fsnn, in format %lu: this one reads "
                         "formats up to %d",
                         (unsigned long)h->version, VERSION);
    blank.checksum = 0;
    uint32_t sum = fsnn_crc32c(0, &blank, sizeof blank);
    sum = fsnn_crc32c(sum, bytes + sizeof blank, (size_t)count - sizeof blank);
    if (sum != h->checksum)
        return fsnn_fail(FSNN_EFORMAT,
                         "the state does not agree with its checksum: it is cut off or damaged");
    return FSNN_OK;
}

static fsnn_status read_new(const fsnn_net *net, fsnn_precision precision, const char *bytes,
                            int64_t count, head *h)
{
    memcpy(h, bytes, sizeof *h);
    FSNN_TRY(check_whole(h, bytes, count));
    if (precision == net->plane->precision)
        return FSNN_OK;
    return fsnn_fail(FSNN_ESHAPE,
                     "the state is of a net in %s precision, and this one computes in %s: a net "
                     "wrapped with dynamics.precision %s can go on from it",
                     fsnn_precision_name(precision), fsnn_precision_name(net->plane->precision),
                     fsnn_precision_name(precision));
}

/* The head of either version; *begin: where the states begin. */
static fsnn_status read_head(const fsnn_net *net, const char *bytes, int64_t count, head *h,
                             int64_t *begin)
{
    head_2 old;
    *begin = sizeof *h;
    for (int p = 0; p < FSNN_COUNT(magic) && count >= (int64_t)sizeof *h; p++)
        if (memcmp(bytes, magic[p], sizeof h->magic) == 0)
            return read_new(net, (fsnn_precision)p, bytes, count, h);
    if (count < (int64_t)sizeof old || memcmp(bytes, magic_2, sizeof magic_2) != 0)
        return none(count);
    memcpy(&old, bytes, sizeof old);
    *h = (head){.print = old.print, .bytes = old.bytes};
    *begin = sizeof old;
    return net->plane->precision == FSNN_PRECISION_SINGLE
               ? FSNN_OK
               : fsnn_fail(FSNN_ESHAPE, "the state is of a net in single precision, and this one "
                                        "computes in double: a net wrapped with "
                                        "dynamics.precision single can go on from it");
}

fsnn_status fsnn_net_state_load(fsnn_net *net, const void *bytes, int64_t count)
{
    head h;
    int64_t begin;
    const char *at = bytes;
    FSNN_TRY(check(net, bytes, "fsnn_net_state_load"));
    FSNN_TRY(read_head(net, at, count, &h, &begin));
    if (h.print != print_of(net))
        return fsnn_fail(FSNN_ESHAPE,
                         "the state is that of another net: batch, layers that remember (neurons, "
                         "delays), method, step, orders and memory must be those it was saved "
                         "with");
    if (h.bytes != count)
        return fsnn_fail(FSNN_EFORMAT,
                         "the state has %lld bytes, but says %lld: it is cut off or damaged",
                         (long long)count, (long long)h.bytes);
    FSNN_TRY(check_sizes(net, at + begin, at + count));
    at += begin;
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
