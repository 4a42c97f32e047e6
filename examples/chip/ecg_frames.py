"""Frames of an ECG for examples/chip/ecg_stream.yaml.

    python3 ecg_frames.py RECORD PREFIX

RECORD.dat is a record of the MIT-BIH Arrhythmia Database (two leads, 360 Hz, format 212), and
RECORD-beats.csv its beats: lines `sample,symbol`. PREFIX_train.npz has the first 20 minutes and
PREFIX_test.npz the last 10: x [N, 400, 9], the differences of neighbouring readings of the first
lead, in units of 32, nine a step; y [N, 400], 1 where the step or the one before holds a beat, -1
(it does not count) in the two steps beside, else 0. PREFIX_stream.txt has the last 10 minutes as
whole numbers, nine a line, and how many beats the line holds: what a device reads.
"""
import sys

import numpy as np

FRAME, STEPS, CUT = 9, 400, 20 * 60 * 40


def readings(path):
    """Of the first lead: 12 bits, two's complement, two leads in three bytes."""
    raw = np.fromfile(path, np.uint8).reshape(-1, 3).astype(np.int32)
    first = raw[:, 0] | (raw[:, 1] & 15) << 8
    return np.where(first > 2047, first - 4096, first)


def beats(path):
    with open(path) as lines:
        next(lines)
        fields = [line.strip().split(",") for line in lines]
    return np.array([int(sample) for sample, symbol in fields if symbol != "+"])


def main(record, prefix):
    lead = readings(record + ".dat")
    difference = np.diff(lead, prepend=lead[0])
    steps = len(lead) // FRAME
    frames = difference[: steps * FRAME].reshape(steps, FRAME)
    holds = np.bincount(beats(record + "-beats.csv") // FRAME, minlength=steps)[:steps]
    y = np.zeros(steps, np.int32)
    at = np.flatnonzero(holds)
    for offset, value in ((-1, -1), (2, -1), (0, 1), (1, 1)):
        y[np.clip(at + offset, 0, steps - 1)] = value
    for name, part in (("train", slice(0, CUT)), ("test", slice(CUT, None))):
        x, z = frames[part].astype(np.float32) / 32, y[part]
        whole = len(z) // STEPS * STEPS
        np.savez(f"{prefix}_{name}.npz", x=x[:whole].reshape(-1, STEPS, FRAME),
                 y=z[:whole].reshape(-1, STEPS))
    stream = np.column_stack([frames[CUT:], holds[CUT:]])
    np.savetxt(f"{prefix}_stream.txt", stream, fmt="%d")


if __name__ == "__main__":
    main(*sys.argv[1:3])
