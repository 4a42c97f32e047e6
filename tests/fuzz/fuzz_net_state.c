/* tests/fuzz/fuzz_net_state.c: fsnn_net_state_load on any bytes. The first byte says which memory
 * the network has, and whether the head is left as it is or made one that fits (its checksum would
 * keep nearly everything out). What is refused changes nothing, what is taken can be gone on from.
 */
#include "fuzz_net.h"
#include "fuzz_state.h"

enum { STATE_NETS = 3, STATE_AS_IT_IS = 4 };

static const char *const state_memory[STATE_NETS] = {"full", "2", "{tolerance: 1e-3}"};

/* The network with one of the memories, after three steps; its saved state [*size]. */
static fsnn_net *state_net(int which, const uint8_t **saved, size_t *size)
{
    static fsnn_net *net[STATE_NETS];
    static uint8_t *kept[STATE_NETS];
    static size_t bytes[STATE_NETS];
    static fsnn_description *d[STATE_NETS];
    static float x[FUZZ_STEPS * FUZZ_BATCH * FUZZ_FEATURES];
    const float *y;
    if (!net[which]) {
        char text[512];
        snprintf(text, sizeof text,
                 "{\"name\": \"s\", \"input\": [%d], \"layers\": ["
                 "{\"linear\": {\"out\": 3, \"name\": \"first\"}}, "
                 "{\"lif\": {\"noise\": \"meanfield\", \"name\": \"spikes\"}}, "
                 "{\"delay\": {\"of\": \"last\"}}, "
                 "{\"linear\": {\"out\": 3, \"name\": \"back\"}}, "
                 "{\"add\": {\"from\": [\"spikes\", \"back\"]}}, "
                 "{\"alif\": {\"reset\": \"restart\", \"refractory\": 2}}, "
                 "{\"linear\": {\"out\": 2, \"name\": \"last\"}}], "
                 "\"dynamics\": {\"alpha\": 0.6, \"memory\": %s}}",
                 FUZZ_FEATURES, state_memory[which]);
        net[which] = fuzz_net(text, &d[which]);
        fuzz_values(x, FSNN_COUNT(x));
        fuzz_must(fsnn_net_forward(net[which], x, &y));
        bytes[which] = (size_t)fsnn_net_state_bytes(net[which]);
        kept[which] = malloc(bytes[which]);
        fuzz_check(kept[which] && !fsnn_net_state_save(net[which], kept[which]));
        /* saved again, rows of the past that no step asks for are forgotten */
        fuzz_must(fsnn_net_state_load(net[which], kept[which], (int64_t)bytes[which]));
        fuzz_must(fsnn_net_state_save(net[which], kept[which]));
    }
    *saved = kept[which];
    *size = bytes[which];
    return net[which];
}

static void state_go_on(fsnn_net *net)
{
    static float x[FUZZ_STEPS * FUZZ_BATCH * FUZZ_FEATURES];
    const float *y;
    fuzz_values(x, FSNN_COUNT(x));
    fuzz_forget();
    (void)fuzz_good(fsnn_net_forward(net, x, &y)); /* numbers may leave the finite ones */
    uint8_t *again = malloc((size_t)fsnn_net_state_bytes(net));
    fuzz_check(again && !fsnn_net_state_save(net, again));
    free(again);
}

/* The state is the one that was saved. */
static void state_unchanged(const fsnn_net *net, const uint8_t *saved, size_t size)
{
    uint8_t *now = malloc(size);
    fuzz_check((size_t)fsnn_net_state_bytes(net) == size);
    fuzz_check(now && !fsnn_net_state_save(net, now) && !memcmp(now, saved, size));
    free(now);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const name[STATE_NETS] = {"full", "last", "tolerance"};
    for (int i = 0; i < STATE_NETS; i++) {
        const uint8_t *saved;
        size_t size;
        (void)state_net(i, &saved, &size);
        state_seed(*argc, *argv, name[i], i, saved, size);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *saved;
    size_t own;
    if (!size)
        return 0;
    bool mend = !(data[0] & STATE_AS_IT_IS);
    fsnn_net *net = state_net(data[0] % STATE_AS_IT_IS % STATE_NETS, &saved, &own);
    fuzz_check(!fsnn_net_reset(net) && !fsnn_net_state_load(net, saved, (int64_t)own));
    uint8_t *bytes = malloc(size);
    fuzz_check(bytes != NULL);
    memcpy(bytes, data + 1, --size);
    if (mend && size >= sizeof(state_head))
        state_mend(bytes, size, saved);
    fuzz_forget();
    if (fuzz_good(fsnn_net_state_load(net, bytes, (int64_t)size)))
        state_go_on(net);
    else
        state_unchanged(net, saved, own);
    free(bytes);
    return 0;
}
