/* model/data_kinds.c: all kinds of data, a row each in both tables. */
#include "model/data_kinds.h"

extern const data_kind data_idx, data_npz, data_events, data_graph;
extern const data_kind data_npy, data_ts, data_wav, data_wfdb, data_hdf5;

const data_kind *const data_kinds[] = {
    &data_idx,  &data_npz,  &data_npy,    &data_ts,    &data_wav,
    &data_wfdb, &data_hdf5, &data_events, &data_graph, NULL,
};
const char *const data_kind_names[] = {
    "idx", "npz", "npy", "ts", "wav", "wfdb", "hdf5", "events", "graph", NULL,
};
