#!/usr/bin/env python3
"""What HDF5 spike trains made of the gesture recordings give, without fsnn and HDF5: plain Python.

    tests/golden/make_spike_trains.py DATA >tests/golden/spike_trains.txt

DATA is the folder of dvs-gesture-samples. An event is a spike of unit floor((x + 128 y) 700 / 16384), its time in seconds of 16
bits, as in the Heidelberg Digits. A line a recording: name, spikes, then of its [100, 140] numbers of spikes a step and channel
over 1.4 s: sum, entries above 0, and h = (...(v0 31 + v1) 31 + ...) mod 2^64.
"""
import os
import struct
import sys

STEPS, CHANNELS, DURATION = 100, 140, 1.4


def half(x):
    single = struct.unpack('<f', struct.pack('<f', x))[0]
    return struct.unpack('<e', struct.pack('<e', single))[0]


def line(root, name):
    with open(os.path.join(root, name), 'rb') as f:
        data = f.read()
    count = [0] * (STEPS * CHANNELS)
    for i in range(0, len(data), 5):
        x, y, a, b, c = data[i:i + 5]
        t = half(((a & 0x7F) << 16 | b << 8 | c) * 1e-6)
        unit = (x + 128 * y) * 700 // 16384
        if t < DURATION:
            count[int(t / DURATION * STEPS) * CHANNELS + unit * CHANNELS // 700] += 1
    h = 0
    for v in count:
        h = (h * 31 + v) % 2**64
    print(name, len(data) // 5, sum(count), sum(v > 0 for v in count), h)


for n in range(1, 11):
    line(sys.argv[1], 'dvs-gesture-samples/%d.bs2' % n)
