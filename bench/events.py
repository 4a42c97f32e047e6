"""Recordings of event cameras beside public readers: python3 bench/events.py build/fsnn FILE [FILE ...] [--repeat N]

Of each recording, in seconds of a processor, the least of seven: reading alone (fsnn by PYTHONPATH=build/python;
expelliarmus, faery, aedat, as they are installed), the conversion to an NPZ of x, y, t, p (fsnn convert, a program with all
that it loads; the others followed by numpy.savez, in this process), and the others as programs that only read. --repeat N makes a recording of EVT 2, EVT 3 or DAT N times
as long first, with times that go on. A line of JSON a recording."""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

ROUNDS = 7


def least(work):
    def once():
        begin = time.process_time()
        work()
        return time.process_time() - begin

    return min(once() for _ in range(ROUNDS))


def program(*command):
    def used():
        all_ = resource.getrusage(resource.RUSAGE_CHILDREN)
        return all_.ru_utime + all_.ru_stime

    def once():
        begin = used()
        subprocess.run(command, check=True, capture_output=True)
        return used() - begin

    return min(once() for _ in range(ROUNDS))


# ---- longer recordings ----


def header(data):
    at = 0
    while data[at : at + 1] == b"%":
        at = data.index(b"\n", at) + 1
    return at


def kind_of(path, head):
    if path.suffix == ".raw":
        return "evt3" if b"evt 3" in head.lower() or b"EVT3" in head else "evt2"
    return {".dat": "dat", ".es": "es", ".aedat4": "aedat4"}[path.suffix]


def longer(path, kind, repeat, place):
    """The words `repeat` times, those of time moved on by what the recording spans."""
    data = path.read_bytes()
    begin = header(data) + (2 if kind == "dat" else 0)
    size = {"evt2": 4, "evt3": 2, "dat": 8}[kind]
    words = np.frombuffer(data[begin : len(data) - (len(data) - begin) % size], f"<u{min(size, 4)}")
    bits = {"evt2": 28, "evt3": 12}.get(kind)
    stamps = words[::2] if kind == "dat" else words[words >> bits == 8] & ((1 << bits) - 1)
    span = int(stamps[-1]) - int(stamps[0]) + 2
    parts = []
    for k in range(repeat):
        part = words.copy()
        if kind == "dat":
            part[::2] = stamps + np.uint32(k * span)
        else:
            part[words >> bits == 8] = (8 << bits) | (
                (stamps.astype("u8") + k * span) & ((1 << bits) - 1)
            )
        parts.append(part)
    out = pathlib.Path(place) / path.name
    out.write_bytes(data[:begin] + np.concatenate(parts).tobytes())
    return out


# ---- readers ----


def readers(path, kind):
    """Functions that return an array with fields x, y, t and one for the polarity, or None."""
    found = {}
    try:
        import expelliarmus

        if kind in ("evt2", "evt3", "dat"):
            found["expelliarmus"] = lambda: expelliarmus.Wizard(encoding=kind).read(str(path))
    except ImportError:
        pass
    try:
        import faery

        if kind != "dat":
            found["faery"] = lambda: faery.events_stream_from_file(path).to_array()
    except ImportError:
        pass
    try:
        import aedat

        if kind == "aedat4":
            found["aedat"] = lambda: np.concatenate(
                [p["events"] for p in aedat.Decoder(str(path)) if "events" in p]
            )
    except ImportError:
        pass
    return found


PROGRAMS = {
    "expelliarmus": "import expelliarmus; expelliarmus.Wizard(encoding={kind!r}).read({path!r})",
    "faery": "import faery; faery.events_stream_from_file({path!r}).to_array()",
    "aedat": "import aedat; [p['events'] for p in aedat.Decoder({path!r}) if 'events' in p]",
}


def read_here(path):
    try:
        from _fsnn import ffi, lib
    except ImportError:
        return None
    events = ffi.new("fsnn_events *")

    def read():
        if lib.fsnn_events_read(str(path).encode(), events) < 0:
            raise RuntimeError(ffi.string(lib.fsnn_error_text()).decode())
        lib.fsnn_events_free(events)

    return least(read)


def save(events, path):
    polarity = next(name for name in ("p", "on", "polarity") if name in events.dtype.names)
    np.savez(
        path,
        x=events["x"].astype("u2"),
        y=events["y"].astype("u2"),
        t=events["t"].astype("i8"),
        p=events[polarity],
    )


def measure(fsnn, path, kind, place):
    to = pathlib.Path(place) / "out.npz"
    row = {
        "file": path.name,
        "bytes": path.stat().st_size,
        "kind": kind,
        "read": {},
        "convert": {},
        "program": {},
    }
    here = read_here(path)
    if here is not None:
        row["read"]["fsnn"] = here
    row["convert"]["fsnn"] = program(fsnn, "convert", str(path), "-o", str(to))
    with np.load(to) as made:
        row["events"] = len(made["t"])
    for name, read in readers(path, kind).items():
        try:
            row["read"][name] = least(read)
            row["convert"][name] = least(lambda read=read: save(read(), to))
            code = PROGRAMS[name].format(kind=kind, path=str(path))
            row["program"][name] = program(sys.executable, "-c", code)
        except Exception as error:  # what a reader cannot do is a part of the answer
            row["read"][name] = f"{type(error).__name__}: {error}"
    return row


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("fsnn")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--repeat", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        for path in given.files:
            kind = kind_of(path, path.read_bytes()[:4096])
            if given.repeat > 1 and kind in ("evt2", "evt3", "dat"):
                path = longer(path, kind, given.repeat, place)
            print(json.dumps(measure(given.fsnn, path, kind, place)), flush=True)


if __name__ == "__main__":
    main()
