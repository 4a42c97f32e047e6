#!/usr/bin/env python3
"""Figures of the series and sound files in field/ below FSNN_DATA, found without fsnn: WFDB by the package wfdb, sound by
soundfile, the rest by the lines below. For tests/data/test_series_field.c:

    FSNN_DATA=... tests/golden/make_field_series.py > tests/golden/field_series.txt

A row: file, series, channels, shortest, longest, missing values, classes, sum of (i + 1) class, CRC-32 of all values as float32
(of the channels without missing values), sum of targets or -, channels with missing values or -. Or: file, refused, words of the sentence.
"""

import os
import re
import zlib

import numpy as np
import soundfile
import wfdb

data = os.environ.get("FSNN_DATA", "../shared/data") + "/field/"
refused = {  # why a file is not read
    "wfdb/p10143.hea": "p10143.dat: cannot be read",
    "wfdb/s0010_re.hea": "s0010_re.dat: cannot be read",
    "wav-scipy/test-44100Hz-le-1ch-4bytes-early-eof-no-data.wav": "has no chunk of samples",
    "wav-scipy/test-44100Hz-le-1ch-4bytes-early-eof.wav": "should be 17640 bytes from byte 80 on, but only 944 follow",
    "wav-scipy/test-44100Hz-le-1ch-4bytes-incomplete-chunk.wav": "ends inside the head of a chunk",
    "wav-scipy/test-8000Hz-le-3ch-5S-24bit-inconsistent.wav": "in blocks of 4 bytes do not fit together",
    "wav-scipy/test-8000Hz-le-3ch-5S-36bit.wav": "holds PCM samples (format 1) of 36 bits",
    "wav-scipy/test-8000Hz-le-3ch-5S-45bit.wav": "holds PCM samples (format 1) of 45 bits",
    "wav-scipy/test-8000Hz-le-3ch-5S-53bit.wav": "holds PCM samples (format 1) of 53 bits",
    "wav-scipy/test-8000Hz-le-3ch-5S-64bit.wav": "holds PCM samples (format 1) of 64 bits",
}


def put(name, series, labels, classes, targets=None):
    """series: arrays [length, channels], NaN where a value is missing."""
    everything = np.concatenate(series)
    gaps = np.isnan(everything)
    whole = everything[:, ~gaps.any(axis=0)].astype("<f4")
    lengths = [len(x) for x in series]
    print(name, len(series), everything.shape[1], min(lengths), max(lengths), gaps.sum(), classes,
          sum((i + 1) * label for i, label in enumerate(labels)), "%08x" % zlib.crc32(np.ascontiguousarray(whole).tobytes()),
          "%.6f" % sum(targets) if targets else "-", "".join(str(c) for c in np.flatnonzero(gaps.any(axis=0))) or "-")


def record(name):
    r = wfdb.rdrecord(data + name[:-4], smooth_frames=False)
    if isinstance(r, wfdb.MultiRecord):
        r = r.multi_to_single(physical=True, return_res=64)
    columns = r.e_p_signal if r.e_p_signal is not None else list(r.p_signal.T)
    x = np.stack([np.reshape(c, (-1, n)).mean(1) for c, n in zip(columns, r.samps_per_frame)], 1)
    put(name, [x], [-1], 0)


def sound(name):
    x, _ = soundfile.read(data + name, always_2d=True)
    put(name, [sum(x.T)[:, None] / x.shape[1]], [-1], 0)


def number(text):
    return float("nan") if text.strip() in ("?", "NaN") else float(text)


def ts(name):
    lines = [line.strip() for line in open(data + name) if line.strip() and line[0] not in "#%"]
    start = [line.lower() for line in lines].index("@data")
    head = {line.split()[0].lower(): line.split()[1:] for line in lines[:start]}
    names = head.get("@classlabel", ["false"])[1:]
    regression = head.get("@targetlabel", ["false"])[0].lower() == "true"
    series, labels, targets = [], [], []
    for line in lines[start + 1 :]:
        line = re.sub(r"\(([^()]*),([^(),]*)\)", r"\2", line)
        *parts, end = line.split(":") if names or regression else (*line.split(":"), "")
        series.append(np.array([[number(v) for v in part.split(",")] for part in parts]).T)
        labels.append(names.index(end) if names else -1)
        if regression:
            targets.append(float(end))
    put(name, series, labels, len(names), targets)


def table(name):
    rows = [line.split("\t") for line in open(data + name) if line.strip()]
    names = sorted({row[0] for row in rows}, key=float)
    put(name, [np.array([[number(v)] for v in row[1:]]) for row in rows], [names.index(row[0]) for row in rows], len(names))


def arff(name):
    lines = [line.strip() for line in open(data + name) if line.strip() and line[0] != "%"]
    start = [line.lower() for line in lines].index("@data")
    names = re.search(r"{(.*)}", lines[start - 1]).group(1).replace(" ", "").split(",")
    rows = [line.split(",") for line in lines[start + 1 :]]
    put(name, [np.array([[number(v)] for v in row[:-1]]) for row in rows], [names.index(row[-1].strip()) for row in rows], len(names))


readers = {".hea": record, ".wav": sound, ".ts": ts, ".tsv": table, ".arff": arff}
for folder in ("ts", "wav-scipy", "wfdb", "wfdb/041s"):
    for file in sorted(os.listdir(data + folder)):
        name = folder + "/" + file
        if name in refused:
            print(name, "refused", refused[name])
        elif os.path.splitext(file)[1] in readers:
            readers[os.path.splitext(file)[1]](name)
