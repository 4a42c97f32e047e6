/* data/events/events_hdf5.h: the inside of recordings in HDF5. */
#ifndef FSNN_DATA_EVENTS_HDF5_H
#define FSNN_DATA_EVENTS_HDF5_H

/* Seconds without a byte of the child, after which it is given up (base/guard.h); tests are less
 * patient. */
extern struct hdf5_patience {
    double busy, silence;
} hdf5_patience;

#endif
