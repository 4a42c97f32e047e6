/* format/crc32_fold.h: the bulk of a CRC-32, one variant per instruction set. */
#ifndef FSNN_FORMAT_CRC32_FOLD_H
#define FSNN_FORMAT_CRC32_FOLD_H

#include <stddef.h>
#include <stdint.h>

/* Takes the bytes [size] from the beginning on into *sum, without the inversions at both ends, and
 * returns how many it took; the others are the caller's. 0: this instruction set has no quick way.
 */
typedef size_t crc32_fold(uint32_t *sum, const uint8_t *bytes, size_t size);

crc32_fold crc32_fold_base, crc32_fold_avx2, crc32_fold_avx512;

#endif
