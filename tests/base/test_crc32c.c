/* CRC-32C: published values, every variant, pieces, and every change of one bit. */
#include "check.h"

#include "base/crc32c.h"
#include "base/isa.h"

/* RFC 3720, B.4, and the check value of the catalogue of parametrised CRC algorithms. */
static void published(void **state)
{
    (void)state;
    uint8_t bytes[32];
    assert_int_equal(fsnn_crc32c(0, "123456789", 9), 0xe3069283);
    assert_int_equal(fsnn_crc32c(0, "", 0), 0);
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(fsnn_crc32c(0, bytes, sizeof bytes), 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    assert_int_equal(fsnn_crc32c(0, bytes, sizeof bytes), 0x62a8ab43);
    for (int i = 0; i < 32; i++)
        bytes[i] = (uint8_t)i;
    assert_int_equal(fsnn_crc32c(0, bytes, sizeof bytes), 0x46dd794e);
}

static void variants(void **state)
{
    (void)state;
    static uint32_t (*const by_isa[FSNN_ISA_LEVELS])(uint32_t, const uint8_t *, size_t) =
        FSNN_BY_ISA(crc32c);
    uint8_t bytes[257];
    for (int i = 0; i < 257; i++)
        bytes[i] = (uint8_t)fsnn_random_u32(1, 0, (uint64_t)i);
    for (int size = 0; size <= 257; size++)
        for (int isa = 0; isa <= fsnn_isa_level(); isa++) {
            if (!by_isa[isa])
                continue;
            CASE("%d bytes, level %d", size, isa);
            assert_int_equal(by_isa[isa](7, bytes + 257 - size, (size_t)size),
                             crc32c_base(7, bytes + 257 - size, (size_t)size));
        }
}

static void pieces_and_bits(void **state)
{
    (void)state;
    uint8_t bytes[64];
    for (int i = 0; i < 64; i++)
        bytes[i] = (uint8_t)(i * 37);
    uint32_t all = fsnn_crc32c(0, bytes, sizeof bytes);
    for (size_t cut = 0; cut <= sizeof bytes; cut++)
        assert_int_equal(fsnn_crc32c(fsnn_crc32c(0, bytes, cut), bytes + cut, sizeof bytes - cut),
                         all);
    for (int bit = 0; bit < 8 * 64; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(fsnn_crc32c(0, bytes, sizeof bytes), all);
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
