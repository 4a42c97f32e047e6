/* format/inflate_crc32.c: CRC-32, its bulk in the variant that the processor has. */
#include "base/isa.h"
#include "format/crc32_fold.h"
#include "format/inflate.h"

uint32_t inflate_crc32(uint32_t before, const void *bytes, size_t size)
{
    static crc32_fold *const by_isa[FSNN_ISA_LEVELS] = FSNN_BY_ISA(crc32_fold);
    uint32_t sum = ~before;
    const size_t taken = by_isa[fsnn_isa_level()](&sum, bytes, size);
    return inflate_crc32_plain(~sum, (const uint8_t *)bytes + taken, size - taken);
}
