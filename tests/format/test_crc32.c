/* CRC-32: published values, every variant beside a division bit by bit, pieces, every change of one
 * bit. */
#include "check.h"

#include "base/isa.h"
#include "format/crc32_fold.h"
#include "format/inflate.h"

/* The division as ISO 3309 has it, bits in reversed order. */
static uint32_t divided(uint32_t before, const uint8_t *bytes, size_t size)
{
    uint32_t sum = ~before;
    for (size_t i = 0; i < size; i++) {
        sum ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum;
}

/* The check value of the catalogue of parametrised CRC algorithms, and RFC 1952's of nothing. */
static void published(void **state)
{
    (void)state;
    assert_int_equal(inflate_crc32(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(inflate_crc32_plain(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(inflate_crc32(0, "", 0), 0);
    assert_int_equal(inflate_crc32(7, NULL, 0), 7);
}

enum { MOST = 1100 };

static void fill(uint8_t bytes[MOST])
{
    for (int i = 0; i < MOST; i++)
        bytes[i] = (uint8_t)fsnn_random_u32(1, 0, (uint64_t)i);
}

static void variants(void **state)
{
    (void)state;
    static crc32_fold *const by_isa[FSNN_ISA_LEVELS] = FSNN_BY_ISA(crc32_fold);
    uint8_t bytes[MOST];
    fill(bytes);
    for (size_t size = 0; size <= MOST; size++) {
        const uint8_t *from = bytes + MOST - size; /* anywhere in memory */
        const uint32_t expected = divided(99, from, size);
        assert_int_equal(inflate_crc32(99, from, size), expected);
        for (int isa = 0; isa <= fsnn_isa_level(); isa++) {
            if (!by_isa[isa])
                continue;
            CASE("%zu bytes, level %d", size, isa);
            uint32_t sum = ~(uint32_t)99;
            const size_t taken = by_isa[isa](&sum, from, size);
            assert_true(taken <= size);
            assert_true(isa == FSNN_ISA_BASE || size - taken < 64);
            assert_int_equal(divided(~sum, from + taken, size - taken), expected);
        }
    }
}

static void pieces_and_bits(void **state)
{
    (void)state;
    uint8_t bytes[MOST];
    fill(bytes);
    const uint32_t all = inflate_crc32(0, bytes, MOST);
    for (size_t cut = 0; cut <= MOST; cut++)
        assert_int_equal(inflate_crc32(inflate_crc32(0, bytes, cut), bytes + cut, MOST - cut), all);
    for (int bit = 0; bit < 8 * MOST; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(inflate_crc32(0, bytes, MOST), all);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),
        cmocka_unit_test(variants),
        cmocka_unit_test(pieces_and_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
