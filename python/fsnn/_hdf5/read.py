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


# ---- recordings of events (src/format/hdf_events.h) ----

# where, what rows of four are, the name of a real time, camera, whether the next belongs to it
PLACES = (
    ("events", "txyp", "t", 0, False),
    ("event", "txyp", "t", 0, False),
    ("CD/events", None, None, 0, False),
    ("", None, None, 0, False),
    ("davis/left/events", "xytp", "ts", 0, True),
    ("davis/right/events", "xytp", "ts", 1, False),
)
COLUMNS = (  # the other names of x, y, t and p, the first that is there counts
    ("x", "xs", "x_addr", "x_address", "col"),
    ("y", "ys", "y_addr", "y_address", "row"),
    ("t", "ts", "timestamp", "timestamps", "time"),
    ("p", "ps", "pol", "polarity", "polarities", "on"),
)
DTYPES = ["f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "b1"]  # fsnn_dtype
EVENTS = 1 << 16  # at a time


def place(file, where):
    """What stands there; None: nothing."""
    item = file
    for part in filter(None, where.split("/")):
        link = item.get(part, getlink=True) if isinstance(item, h5py.Group) else None
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            raise Refused(f"{part} is a link to somewhere else, which is not opened")
        item = item[part]
    return item


def choose(names):
    """The name of each column among the names, or None."""
    lower = {name.lower(): name for name in reversed(list(names))}
    return [next((lower[name] for name in column if name in lower), None) for column in COLUMNS]


def plain(dtype):
    """As fsnn names it, or None."""
    name = "f4" if dtype == np.float16 else dtype.str[1:]
    return name if name in DTYPES else None


def columns(group, where):
    """Columns of a group, as (name, data set), and how many others there are; None: it has none."""
    links = [n for n in group if isinstance(group.get(n, getlink=True), h5py.HardLink)]
    sets = {n: group[n] for n in links if isinstance(group[n], h5py.Dataset)}
    chosen = choose(n for n, s in sets.items() if s.ndim == 1 and plain(s.dtype))
    if None in chosen:
        if where and sum(name is not None for name in chosen) > 1:
            lacks = "xytp"[chosen.index(None)]
            raise Refused(f"/{where} has no data set {lacks} of numbers, one an event")
        return None
    if len({len(sets[name]) for name in chosen}) > 1:
        raise Refused(f"/{where}: its data sets differ in length, expected is one number an event")
    beside = {"t_offset", "ms_to_idx", "width", "height", *chosen}
    return [(n, held(sets[n], where)) for n in chosen], sum(n not in beside for n in sets)


def sensor(file, group):
    def side(name):
        item = group.get(name) if isinstance(group, h5py.Group) else None
        one = isinstance(item, h5py.Dataset) and item.size == 1
        return int(np.ravel(item[()])[0]) if one else 0

    if side("width") and side("height"):
        return side("width"), side("height")
    width, cross, height = str(file.attrs.get("geometry", "")).partition("x")
    if cross and width.isdigit() and height.isdigit():
        return int(width), int(height)
    resolution = np.ravel(file.attrs.get("sensor_resolution", []))
    return (int(resolution[1]), int(resolution[0])) if len(resolution) == 2 else (0, 0)


def held(item, where):
    """A data set whose numbers can lie in what is stored: fsnn refuses others, too."""
    if item.size * item.dtype.itemsize > 1100 * item.id.get_storage_size() + (1 << 16):
        raise Refused(f"/{where} has more values than the file can hold: the file is damaged")
    return inside(item, where)


def table(file, where, order, real_time):
    """The names of columns, their types, a function that reads some rows, their number, others."""
    item = place(file, where)
    if isinstance(item, h5py.Group):
        of_group = columns(item, where)
        if of_group is None:
            return None
        sets = [one for _, one in of_group[0]]
        names, types = [name for name, _ in of_group[0]], [one.dtype for one in sets]
        return names, types, lambda a, b: [one[a:b] for one in sets], len(sets[0]), of_group[1]
    if not isinstance(item, h5py.Dataset):
        return None
    held(item, where)
    if item.ndim == 1 and item.dtype.names:
        names = choose(item.dtype.names)
        if None in names:
            return None
        types = [item.dtype[name] for name in names]
        others = len(item.dtype.names) - len(names)
        return names, types, lambda a, b: fields(item[a:b], names), len(item), others
    if order and item.ndim == 2 and item.shape[1] == len(order) and plain(item.dtype):
        at = [order.index(c) for c in "xytp"]
        names = [real_time if c == "t" and item.dtype.kind == "f" else c for c in "xytp"]
        return names, [item.dtype] * 4, lambda a, b: list(item[a:b].T[at]), len(item), 0
    return None


def fields(rows, names):
    return [rows[name] for name in names]


def events(file):
    found_one = False
    for where, order, real_time, camera, more in PLACES:
        one = table(file, where, order, real_time)
        if one is not None:
            found_one = True
            put_table(file, where, camera, one)
        if found_one and not more:
            break
    if not found_one:
        raise Refused("is an HDF5 file without events: expected are x, y, t and p in /events")
    put(struct.pack("=q", -1) + bytes(HEAD - 8))


HEAD = 4 * 8 + 7 * 4 + 4 * 64 + 4  # of hdf_events_head


def put_table(file, where, camera, one):
    names, types, rows, count, others = one
    item = place(file, where)
    kinds = [plain(np.dtype(t)) for t in types]
    if None in kinds:
        raise Refused(f"/{where} holds values that are no numbers")
    groups = [file, item] if where and isinstance(item, h5py.Group) else [file]
    beside = [sum(name in group for group in groups) for name in ("t_offset", "ms_to_idx")]
    sides = [side if 0 <= side < 1 << 31 else -1 for side in sensor(file, item)]
    head = struct.pack("=4q3i", count, others, *beside, camera, *sides)
    head += struct.pack("=4i", *map(DTYPES.index, kinds))
    head += b"".join(n.encode()[:63].ljust(64, b"\0") for n in names)
    put(head.ljust(HEAD, b"\0"))
    for first in range(0, count, EVENTS):
        part = rows(first, min(first + EVENTS, count))
        put(struct.pack("=q", len(part[0])))
        for values, kind in zip(part, kinds):
            put(np.ascontiguousarray(values, "=" + kind).tobytes())


def read(what, path):
    # a file without a name, which gzip packed: only this driver asks for no real path
    driver = "stdio" if path.startswith("/dev/fd/") else None
    with h5py.File(path, "r", driver=driver) as file:
        if what in ("tree", "events"):
            {"tree": tree, "events": events}[what](file)
            return
        if what == "events?":
            there = any(table(file, *p[:3]) is not None for p in PLACES)
            put(struct.pack("=q", there))
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
