/* The state of a net as bytes: steps after it are the same bits in another net of the same kind;
 * what is cut off, damaged, or of another net is refused and changes nothing. */
#include "nets.h"

enum { IN = 5, OUT = 3, B = 2, T = 150, CUT = 67 };

static fsnn_net *build(fsnn_method method, int memory, fsnn_reset reset, int64_t steps)
{
    fsnn_net *net = net_new();
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    o.tau.value = 3;
    o.reset = reset;
    o.threshold.value = 0.2;
    d.method = method;
    d.memory = memory == 1 ? 20 : 0;
    d.tolerance = memory == 2 ? 1e-5 : 0;
    int x = fsnn_net_linear(net, "a", fsnn_net_input(net, FSNN_SHAPE(IN)), 40, true);
    x = fsnn_net_lif(net, NULL, x, &o);
    VALID(fsnn_net_lif(net, NULL, fsnn_net_linear(net, "b", x, OUT, true), &o));
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = steps, .batch = B, .seed = 4}));
    return net;
}

/* One step at a time, so that the products have the same form everywhere. */
static double spikes; /* of the first layer, a neuron */

static void run(fsnn_net *net, const float *x, int64_t from, int64_t to, float *y)
{
    const float *out;
    for (int64_t k = from; k < to; k++) {
        GOOD(fsnn_net_forward(net, x + k * B * IN, &out));
        memcpy(y + k * B * OUT, out, B * OUT * sizeof *y);
        spikes += fsnn_net_rate(net, 2);
    }
}

static void goes_on(void **state)
{
    (void)state;
    static float x[T * B * IN], whole[T * B * OUT], parts[T * B * OUT];
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_AB, FSNN_TRAP, FSNN_ABM, FSNN_ML};
    fill_normal(x, T * B * IN, 2, 2, 1);
    for (int m = 0; m < FSNN_COUNT(methods); m++)
        for (int memory = 0; memory < 3; memory++)
            for (int reset = 0; reset < 2; reset++) {
                if (!check_turn())
                    continue;
                CASE("methods[%d], memory %d, reset %d", m, memory, reset);
                fsnn_reset r = reset ? FSNN_RESET_JUMP : FSNN_RESET_CURRENT;
                fsnn_net *a = build(methods[m], memory, r, 1), *b = build(methods[m], memory, r, 1);
                spikes = 0;
                run(a, x, 0, T, whole);
                GOOD(fsnn_net_reset(a));
                run(a, x, 0, CUT, parts);
                int64_t bytes = VALID(fsnn_net_state_bytes(a));
                char *kept = malloc((size_t)bytes);
                GOOD(fsnn_net_state_save(a, kept));
                run(b, x, 7, 11, parts); /* has a state of its own */
                GOOD(fsnn_net_state_load(b, kept, bytes));
                free(kept);
                run(a, x, 0, CUT, parts);
                run(b, x, CUT, T, parts);
                memcpy(parts, whole, CUT * B * OUT * sizeof *parts);
                assert_memory_equal(whole, parts, sizeof whole);
                assert_true(spikes > 5);
                fsnn_net_destroy(a);
                fsnn_net_destroy(b);
            }
}

static void refused(fsnn_net *net, const char *bytes, int64_t count, const char *sentence)
{
    REFUSED(fsnn_net_state_load(net, bytes, count), ANY_ERROR, sentence);
}

static void errors(void **state)
{
    (void)state;
    static float x[T * B * IN], y[T * B * OUT], z[T * B * OUT];
    fill_normal(x, T * B * IN, 2, 2, 1);
    for (int memory = 0; memory < 3; memory++) {
        fsnn_net *net = build(FSNN_GL, memory, FSNN_RESET_JUMP, 1);
        fsnn_net *other = build(FSNN_L1, memory, FSNN_RESET_JUMP, 1);
        run(net, x, 0, CUT, y);
        int64_t bytes = VALID(fsnn_net_state_bytes(net));
        char *kept = malloc((size_t)bytes), *bad = malloc((size_t)bytes);
        GOOD(fsnn_net_state_save(net, kept));
        refused(other, kept, bytes, "another net");
        for (int64_t cut = 0; cut < bytes; cut += 1 + bytes / 97)
            FAILS(fsnn_net_state_load(net, kept, cut), ANY_ERROR);
        for (int64_t at = 0; at < 256; at++) { /* heads and sizes: damaged, or taken as numbers */
            memcpy(bad, kept, (size_t)bytes);
            bad[at % bytes] ^= (char)(1 << at % 8);
            if (fsnn_net_state_load(net, bad, bytes) < 0)
                assert_true(strlen(fsnn_error_text()) > 10);
        }
        bad[0] = 'x';
        refused(net, bad, bytes, "no state");
        GOOD(fsnn_net_state_load(net, kept, bytes)); /* still good */
        run(net, x, CUT, T, y);
        GOOD(fsnn_net_state_load(net, kept, bytes));
        run(net, x, CUT, T, z);
        assert_memory_equal(y + CUT * B * OUT, z + CUT * B * OUT, (T - CUT) * B * OUT * sizeof *y);
        free(kept);
        free(bad);
        fsnn_net_destroy(net);
        fsnn_net_destroy(other);
    }
}

/* The form that states had before there was a checksum. */
static char *without_checksum(const char *kept, int64_t bytes, int64_t *size)
{
    enum { MAGIC = 8, ADDED = 8, HEAD = 24 };
    char *old = malloc((size_t)bytes);
    assert_non_null(old);
    *size = bytes - ADDED;
    memcpy(old, "FSNNST2", MAGIC);
    memcpy(old + MAGIC, kept + MAGIC + ADDED, (size_t)(bytes - MAGIC - ADDED));
    memcpy(old + MAGIC + 8, size, sizeof *size);
    return old;
}

/* One bit in each byte, and every bit of the head: refused, and nothing has changed. */
static void every_byte(void **state)
{
    (void)state;
    enum { HEAD = 32, STEPS = 20 };
    static float x[T * B * IN], y[T * B * OUT], again[T * B * OUT];
    fill_normal(x, T * B * IN, 2, 2, 1);
    for (int memory = 0; memory < 3; memory++) {
        CASE("memory %d", memory);
        fsnn_net *net = build(FSNN_GL, memory, FSNN_RESET_CURRENT, 1);
        run(net, x, 0, STEPS, y);
        int64_t bytes = VALID(fsnn_net_state_bytes(net)), size;
        char *kept = malloc((size_t)bytes), *now = malloc((size_t)bytes);
        GOOD(fsnn_net_state_save(net, kept));
        for (int64_t i = 0; i < 8 * bytes; i += i < 8 * HEAD ? 1 : 8 + (i + 3) % 8 - i % 8) {
            CASE("bit %lld", (long long)i);
            kept[i / 8] ^= (char)(1 << i % 8);
            FAILS(fsnn_net_state_load(net, kept, bytes), ANY_ERROR);
            kept[i / 8] ^= (char)(1 << i % 8);
        }
        GOOD(fsnn_net_state_save(net, now));
        assert_memory_equal(now, kept, bytes);
        char *old = without_checksum(kept, bytes, &size);
        run(net, x, STEPS, STEPS + 5, y);
        GOOD(fsnn_net_state_load(net, old, size));
        run(net, x, STEPS, STEPS + 5, again);
        assert_memory_equal(y + STEPS * B * OUT, again + STEPS * B * OUT, 5 * B * OUT * sizeof *y);
        kept[8] = 9; /* the version */
        REFUSED(fsnn_net_state_load(net, kept, bytes), FSNN_EUNSUPPORTED,
                "the state was saved by a newer fsnn, in format 9: this one reads formats up to 3");
        free(old);
        free(now);
        free(kept);
        fsnn_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(goes_on), cmocka_unit_test(errors),
                                       cmocka_unit_test(every_byte)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
