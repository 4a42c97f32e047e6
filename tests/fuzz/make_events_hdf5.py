#!/usr/bin/env python3
"""Writes the small recordings of tests/fuzz/hdf5_events by h5py: a file for each place where programs put events.

    tests/fuzz/make_events_hdf5.py tests/fuzz/hdf5_events

Every recording holds the same six events (t x y p), but for what is wrong with the last ones.
"""
import os
import sys

import h5py
import numpy as np

EVENTS = np.array([(10, 3, 4, 1), (12, 0, 0, 0), (12, 127, 9, 1), (500, 64, 127, 0), (70000, 5, 6, 1), (4000000, 33, 33, 0)])


def columns(group, names='txyp', types=('u4', 'u2', '>u2', 'u1'), **how):
    for i, (name, dtype) in enumerate(zip(names, types)):
        group.create_dataset(name, data=EVENTS[:, i].astype(dtype), track_times=False, **how)


def records():
    rows = np.zeros(len(EVENTS), [('x', '<u2'), ('y', '<u2'), ('p', '<i2'), ('t', '<i8'), ('more', 'f4')])
    for i, name in enumerate('txyp'):
        rows[name] = EVENTS[:, i]
    return rows


def dsec(file):
    columns(file.create_group('events'), chunks=(4,), compression='gzip')
    file['t_offset'] = 123456789
    file['ms_to_idx'] = np.arange(4)


def utils(file):
    group = file.create_group('events')
    columns(group, ('ts', 'xs', 'ys', 'ps'), ('f8', 'i2', 'i2', '?'))
    group['ts'][:] = EVENTS[:, 0] * 1e-6
    file.attrs['sensor_resolution'] = (180, 240)


def sized(file):
    group = file.create_group('events')
    columns(group, types=('i8', 'f4', 'u8', 'i1'))
    group['width'], group['height'], group['divider'] = 346, 260, 3


def metavision(file):
    file.create_dataset('CD/events', data=records(), chunks=(4,), track_times=False)
    file.attrs['geometry'] = '1280x720'


def v2e(file):
    file.create_dataset('events', data=EVENTS.astype('u4'), maxshape=(None, 4), compression='gzip', track_times=False)


def mvsec(file):
    rows = np.stack([EVENTS[:, 1], EVENTS[:, 2], EVENTS[:, 0] * 1e-6, 2 * EVENTS[:, 3] - 1], 1)
    file['davis/left/events'] = rows
    file['davis/right/events'] = rows[:5] + (0, 0, 5e-6, 0)


def ecf(file):
    """A filter that no library has, without which the data lie plain in the file."""
    how = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    how.set_chunk((16,))
    how.set_filter(36559, h5py.h5z.FLAG_OPTIONAL, ())
    rows = records()
    space = h5py.h5s.create_simple((len(rows),), (h5py.h5s.UNLIMITED,))
    made = h5py.h5d.create(file.create_group('CD').id, b'events', h5py.h5t.py_create(rows.dtype, logical=True), space, how)
    h5py.Dataset(made)[:] = rows


def lack(file):
    columns(file.create_group('events'), 'txyq')


def uneven(file):
    columns(file.create_group('events'), 'txy')
    file['events/p'] = np.zeros(3, 'u1')


def huge(file):
    for name in 'txyp':
        file.create_group('events') if 'events' not in file else None
        file['events'].create_dataset(name, shape=(10**12,), dtype='u4', chunks=(1000,), track_times=False)


def link(file):
    file['events'] = h5py.ExternalLink('dsec.h5', 'events')


def wrong(file):
    columns(file.create_group('events'), types=('u4', 'i4', 'u2', 'u1'))
    file['events/x'][4] = -5


def nothing(file):
    file['a'] = 3


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for make in (dsec, utils, sized, metavision, v2e, mvsec, ecf, lack, uneven, huge, link, wrong, nothing):
        with h5py.File(os.path.join(sys.argv[1], make.__name__ + '.h5'), 'w') as file:
            make(file)
    with h5py.File(os.path.join(sys.argv[1], 'records.h5'), 'w') as file:
        file.create_dataset('events', data=records(), track_times=False)
    with h5py.File(os.path.join(sys.argv[1], 'root.h5'), 'w', libver='latest') as file:
        columns(file)


main()
