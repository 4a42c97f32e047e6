/* model/data_kinds.c: all kinds of data, a row each: KIND(name) is data_name of data_name.c. */
#include "model/data_kinds.h"

#define KINDS                                                                                      \
    KIND(idx)                                                                                      \
    KIND(npz)                                                                                      \
    KIND(npy)                                                                                      \
    KIND(csv)                                                                                      \
    KIND(ts)                                                                                       \
    KIND(wav)                                                                                      \
    KIND(edf)                                                                                      \
    KIND(wfdb)                                                                                     \
    KIND(hdf5)                                                                                     \
    KIND(events)                                                                                   \
    KIND(frames)                                                                                   \
    KIND(png)                                                                                      \
    KIND(graph)

#define KIND(name) extern const data_kind data_##name;
KINDS
#undef KIND

#define KIND(name) &data_##name,
const data_kind *const data_kinds[] = {KINDS NULL};
#undef KIND

#define KIND(name) #name,
const char *const data_kind_names[] = {KINDS NULL};

bool data_is_timeless(const data_section *section)
{
    const data_kind *kind = data_kinds[section->kind];
    bool still = kind->timeless || (kind->still && kind->still(section));
    return still && section->sequence == FSNN_AXES_NONE;
}
