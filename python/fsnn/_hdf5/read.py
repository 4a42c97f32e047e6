"""Reads HDF5 files by h5py for a library that was built without HDF5: read.py WHAT PATH.

The library starts it as a process of its own (src/format/hdf_program.h says what it writes). It
stands in a folder of its own, because Python looks for modules beside a script first.
"""

import os
import struct
import sys

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"  # NumPy computes nothing here, and memory is limited

import h5py
import numpy as np

GROUP, REAL, WHOLE, WORDS, OTHER = range(5)  # hdf_kind of src/format/hdf_tree.h
END, RANK = -2, 8
NAMES, NAME = 4096, 255
PIECE = 64  # samples at a time


class Refused(Exception):
    """A sentence about the file."""


def put(data):
    if data:
        sys.stdout.buffer.write(struct.pack("=q", len(data)))
        sys.stdout.buffer.write(data)


def put_text(text, most):
    data = text[:most]
    put(struct.pack("=q", len(data)) + data)


def as_bytes(text):
    return bytes(text) if isinstance(text, (bytes, np.bytes_)) else str(text).encode()


def inside(item, name):
    """Only what lies in the file itself is read."""
    if isinstance(item, h5py.Dataset) and (item.external or item.is_virtual):
        raise Refused(f"{name} is kept in another file, which is not opened")
    return item


def found(file, name):
    """The data set of this name. A link to another file is not followed."""
    group = file
    *folders, last = name.split("/")
    for part in [*folders, last]:
        link = group.get(part, getlink=True)
        if link is None:
            raise Refused(f"has no {name}")
        if isinstance(link, h5py.ExternalLink):
            raise Refused(f"{name} is a link to another file, which is not opened")
        group = group[part]
    if not isinstance(group, h5py.Dataset) or group.ndim != 1:
        raise Refused(f"{name} is not what it should be, a list")
    return inside(group, name)


def names(file):
    """The names of classes, where the file has them: extra/keys."""
    try:
        texts = [as_bytes(text) for text in found(file, "extra/keys")[: NAMES + 1]]
    except Refused:
        texts = []
    put(struct.pack("=q", len(texts[:NAMES])))
    for text in texts[:NAMES]:
        put_text(text, NAME)


def lists(file, name, kinds):
    """A list of lists of numbers."""
    found_set = found(file, name)
    inner = h5py.check_vlen_dtype(found_set.dtype)
    if inner is None or np.dtype(inner).kind not in kinds:
        raise Refused(f"{name} is not what it should be, a list of lists of numbers")
    return found_set


def comes_swapped(dtype):
    """Whether h5py gives rows of this type in the file's order of bytes and calls it the machine's,
    as h5py 3 does: asked of a file in memory."""
    if dtype.isnative:
        return False
    with h5py.File("probe", "w", driver="core", backing_store=False) as file:
        probe = file.create_dataset("probe", (1,), dtype=h5py.vlen_dtype(dtype))
        probe[0] = np.array([1], dtype)
        return probe[0][0] != 1


def rows_of(item):
    """Its rows, a few at a time in memory."""
    swapped = comes_swapped(np.dtype(h5py.check_vlen_dtype(item.dtype)))
    for first in range(0, len(item), PIECE):
        for row in item[first : first + PIECE]:
            yield row.byteswap() if swapped else row


def trains(file):
    times, units = lists(file, "spikes/times", "iuf"), lists(file, "spikes/units", "iu")
    labels = found(file, "labels")
    if labels.dtype.kind not in "iu":
        raise Refused("labels is not what it should be, a list of whole numbers")
    rows = len(times)
    for name, one in (("spikes/units", units), ("labels", labels)):
        if len(one) != rows:
            raise Refused(f"{name} has {len(one)} entries, not as many as the lists before it")
    put(struct.pack("=q", rows) + labels[:].astype(np.int64).tobytes())
    for t, u in zip(rows_of(times), rows_of(units)):
        put(struct.pack("=qq", len(t), len(u)))
        put(np.asarray(t, np.float64).tobytes() + np.asarray(u, np.int64).tobytes())


class Tree:
    """Groups and data sets, a group before what is in it."""

    def __init__(self):
        self.sent = 1

    def record(self, name, parent, kind, single=False, shape=()):
        data = name.encode()
        dims = [*shape, *[0] * (RANK - len(shape))]
        put(struct.pack("=4i8qq", parent, kind, single, len(shape), *dims, len(data)) + data)
        self.sent += 1

    def group(self, group, at):
        for name in group:
            if isinstance(group.get(name, getlink=True), h5py.HardLink):
                self.item(group[name], name, at)
            else:
                self.record(name, at, OTHER)

    def item(self, item, name, parent):
        if isinstance(item, h5py.Group):
            at = self.sent
            self.record(name, parent, GROUP)
            self.group(item, at)
        elif isinstance(item, h5py.Dataset):
            self.values(inside(item, name), name, parent)
        else:
            self.record(name, parent, OTHER)

    def values(self, item, name, parent):
        kind = item.dtype.kind
        if item.shape is None or item.ndim > RANK:
            raise Refused(f"{name} has no shape, or more than {RANK} dimensions")
        if h5py.check_string_dtype(item.dtype) or kind == "S":
            self.record(name, parent, WORDS, shape=item.shape)
            for text in np.ravel(item[()]):
                put_text(as_bytes(text), 1 << 24)
        elif kind == "f" and item.dtype.itemsize <= 8:
            self.record(name, parent, REAL, item.dtype.itemsize <= 4, item.shape)
            put(np.asarray(item[()], np.float64).tobytes())
        elif kind in "iub":
            self.record(name, parent, WHOLE, shape=item.shape)
            put(np.asarray(item[()], np.int64).tobytes())
        else:
            self.record(name, parent, OTHER)


def tree(file):
    Tree().group(file, 0)
    put(struct.pack("=4i8qq", END, 0, 0, 0, *[0] * RANK, 0))


def read(what, path):
    # a file without a name, which gzip packed: only this driver asks for no real path
    driver = "stdio" if path.startswith("/dev/fd/") else None
    with h5py.File(path, "r", driver=driver) as file:
        if what == "tree":
            tree(file)
            return
        names(file)
        if what == "trains":
            trains(file)


def main(what, path):
    try:
        read(what, path)
    except Refused as error:
        sentence = str(error)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        reason = " ".join(str(error).split())
        sentence = f"h5py {h5py.__version__} cannot read it: {reason}"
    else:
        sys.stdout.buffer.write(struct.pack("=q", 0))
        return
    text = sentence.encode()[:1000]
    sys.stdout.buffer.write(struct.pack("=qq", -1, len(text)) + text)


if __name__ == "__main__":
    main(*sys.argv[1:])
