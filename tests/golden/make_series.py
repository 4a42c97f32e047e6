#!/usr/bin/env python3
"""Figures of real recordings, found without fsnn, for tests/data/test_series_real.c:

    FSNN_DATA=... tests/golden/make_series.py > tests/golden/series.txt

A line each:
    ts PATH count channels classes shortest longest total sum first last labels
    wav PATH count rate total sum_of_samples sum_of_squares (16-bit numbers of all files)
    wfdb PATH length channels rate sum_0 sum_1 first_0 first_1 (numbers of the converter)
    beats PATH SYMBOL count sum (of the first signal at the beats, numbers of the converter)
    mel FILE frame hop bands k value... (all bands of frame k, by a plain Fourier sum)
"""
import cmath
import glob
import math
import os
import struct
import wave

root = os.environ.get("FSNN_DATA", "../shared/data")


def ts(path):
    classes, data, rows = None, False, []
    for line in open(os.path.join(root, path), encoding="utf-8"):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if data:
            parts = line.split(":")
            rows.append(([[float(v) for v in p.split(",")] for p in parts[:-1]], classes.index(parts[-1].strip())))
        elif line.lower().startswith("@classlabel"):
            classes = line.split()[2:]
        elif line.lower().startswith("@data"):
            data = True
    lengths = [len(x[0]) for x, _ in rows]
    total = sum(sum(sum(d) for d in x) for x, _ in rows)
    print("ts", path, len(rows), len(rows[0][0]), len(classes), min(lengths), max(lengths), sum(lengths),
          repr(total), repr(rows[0][0][0][0]), repr(rows[-1][0][-1][-1]), sum((i + 1) * c for i, (_, c) in enumerate(rows)))


def wav(folder):
    files = sorted(glob.glob(os.path.join(root, folder, "*.wav")))
    total = add = square = 0
    for name in files:
        with wave.open(name) as w:
            assert (w.getnchannels(), w.getsampwidth(), w.getframerate()) == (1, 2, 8000)
            x = struct.unpack("<%dh" % w.getnframes(), w.readframes(w.getnframes()))
        total += len(x)
        add += sum(x)
        square += sum(v * v for v in x)
    print("wav", folder, len(files), 8000, total, add, square)


def wfdb(path):
    raw = open(os.path.join(root, path[:-4] + ".dat"), "rb").read()
    sign = lambda v: v - 4096 if v & 2048 else v
    a = [sign(raw[i] | (raw[i + 1] & 15) << 8) for i in range(0, len(raw), 3)]
    b = [sign(raw[i + 2] | (raw[i + 1] >> 4) << 8) for i in range(0, len(raw), 3)]
    print("wfdb", path, len(a), 2, 360, sum(a), sum(b), a[0], b[0])
    beats = {}  # the csv was made by another program than this one
    for line in open(os.path.join(root, path[:-4] + "-beats.csv")).read().split()[1:]:
        at, symbol = line.split(",")
        beats.setdefault(symbol, []).append(int(at))
    for symbol in sorted(beats):
        print("beats", path, symbol, len(beats[symbol]), sum(a[i] for i in beats[symbol]))


def mel(path, frame, hop, bands, k):
    with wave.open(os.path.join(root, path)) as w:
        rate = w.getframerate()
        x = [v / 32768 for v in struct.unpack("<%dh" % w.getnframes(), w.readframes(w.getnframes()))]
    n, step = round(frame * rate), round(hop * rate)
    size = 1 << (n - 1).bit_length()
    part = [x[k * step + i] * (0.5 - 0.5 * math.cos(2 * math.pi * i / n)) for i in range(n)]
    power = [abs(sum(v * cmath.exp(-2j * math.pi * f * i / size) for i, v in enumerate(part))) ** 2 / n
             for f in range(size // 2 + 1)]
    to_mel = lambda f: 2595 * math.log10(1 + f / 700)
    edge = [700 * (10 ** (to_mel(rate / 2) * i / (bands + 1) / 2595) - 1) for i in range(bands + 2)]
    out = []
    for b in range(bands):
        l, m, r = edge[b:b + 3]
        out.append(math.log(1e-6 + sum(p * max(0, min((f * rate / size - l) / (m - l), (r - f * rate / size) / (r - m)))
                                       for f, p in enumerate(power))))
    print("mel", path, frame, hop, bands, k, *["%.6f" % v for v in out])


for name in ["ACSF1", "BasicMotions", "GunPoint", "ItalyPowerDemand", "JapaneseVowels", "PickupGestureWiimoteZ"]:
    for part in ["TRAIN", "TEST"]:
        ts(f"ucr-uea/{name}/{name}_{part}.ts")
wav("fsdd/recordings")
wfdb("mitbih-100/100.hea")
mel("fsdd/recordings/7_theo_12.wav", 0.025, 0.01, 20, 0)
mel("fsdd/recordings/7_theo_12.wav", 0.025, 0.01, 20, 9)
