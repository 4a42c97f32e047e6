/* base/crc32c.c: the checksum in the variant that the processor has. */
#include "base/crc32c.h"

#include "base/isa.h"

uint32_t fsnn_crc32c(uint32_t before, const void *bytes, size_t size)
{
    static uint32_t (*const by_isa[FSNN_ISA_LEVELS])(uint32_t, const uint8_t *, size_t) =
        FSNN_BY_ISA(crc32c);
    return ~by_isa[fsnn_isa_level()](~before, bytes, size);
}
