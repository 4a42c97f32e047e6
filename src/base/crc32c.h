/* base/crc32c.h: a checksum of 32 bits: it tells every change of up to 32 bits in a row, and others
 * but for one in four thousand million. */
#ifndef FSNN_BASE_CRC32C_H
#define FSNN_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli, Braeuer and Herrmann 1993; the one of iSCSI, RFC 3720) of `bytes` behind
 * what `before` is the sum of, 0 at the beginning. */
uint32_t fsnn_crc32c(uint32_t before, const void *bytes, size_t size);

/* The variants, without the inversions at both ends. */
uint32_t crc32c_base(uint32_t sum, const uint8_t *bytes, size_t size);
uint32_t crc32c_avx2(uint32_t sum, const uint8_t *bytes, size_t size);
uint32_t crc32c_avx512(uint32_t sum, const uint8_t *bytes, size_t size);

#endif
