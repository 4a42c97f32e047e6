/* data/series/wfdb_annotations.c: annotations in MIT format (annot(5) of G. Moody's WFDB
 * Applications Guide). */
#include "data/series/wfdb.h"

#include "base/bytes.h"

enum { SKIP = 59, NUM = 60, SUB = 61, CHN = 62, AUX = 63 };

/* ECG codes 0 .. 41 (ecgcodes.h). */
static const char symbols[] = " NLRaVFJASEj/Q~ | sT*D\"=pB^t+u?![]en@xf()r";

int wfdb_next(wfdb_annotations *a, wfdb_annotation *out)
{
    while (a->at + 2 <= a->size) {
        unsigned pair = (unsigned)bytes_le(a->bytes + a->at, 2), code = pair >> 10,
                 low = pair & 0x3ff;
        size_t more = code == SKIP ? 4 : code == AUX ? low + (low & 1) : 0;
        if (!pair)
            return 0;
        a->at += 2;
        if (more > a->size - a->at)
            break;
        if (code == SKIP) /* the high half first */
            a->time += (int32_t)(uint32_t)(bytes_le(a->bytes + a->at, 2) << 16 |
                                           bytes_le(a->bytes + a->at + 2, 2));
        a->at += more;
        if (code >= SKIP)
            continue;
        a->time += low;
        *out = (wfdb_annotation){a->time, code < sizeof symbols - 1 ? symbols[code] : '?'};
        return 1;
    }
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: the annotations end without their end mark (byte %zu of %zu)", a->path,
                     a->at, a->size);
}
