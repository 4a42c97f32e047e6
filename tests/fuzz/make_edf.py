#!/usr/bin/env python3
"""Writes the corpus of fuzz_edf, which tests/data/test_edf.c reads: tests/fuzz/make_edf.py tests/fuzz/edf

Sample k of signal s is the digital value (37 k + 11 s) % 2001 - 1000; the physical range is +-500 for
the digital range +-1000. Signals a, b have 20 samples a second, slow has 5. Three records of a second.
"""

import sys


def field(text, n):
    return str(text).ljust(n)[:n].encode("latin-1")


def lists(*marks):
    return b"".join(t.encode() + b"\x14" + b"".join(x.encode() + b"\x14" for x in texts) + b"\0" for t, texts in marks)


def recording(path, signals, notes=None, kind="", wide=False, records=3, starts=(0, 1, 2), extra=b""):
    """signals: (label, samples a record); notes: annotations of each record."""
    width = 3 if wide else 2
    all_ = list(signals) + ([("BDF Annotations" if wide else "EDF Annotations", 60 // width)] if notes else [])
    n, least = len(all_), -(1 << (8 * width - 1))
    head = b"\xffBIOSEMI" if wide else field("0", 8)
    head += field("X X X X", 80) + field("Startdate 01-JAN-2020 X X X", 80) + field("01.01.20", 8) + field("10.00.00", 8)
    head += field(256 * (n + 1), 8) + field(kind, 44) + field(records, 8) + field(1, 8) + field(n, 4)
    rows = [
        ([name for name, _ in all_], 16), ([""] * n, 80), (["uV"] * n, 8), ([-500] * n, 8), ([500] * n, 8),
        ([-1000] * len(signals) + [least] * (n - len(signals)), 8),
        ([1000] * len(signals) + [-least - 1] * (n - len(signals)), 8), ([""] * n, 80), ([count for _, count in all_], 8), ([""] * n, 32),
    ]
    for texts, length in rows:
        head += b"".join(field(t, length) for t in texts)
    body = b""
    for r in range(3):
        for s, (_, count) in enumerate(signals):
            for k in range(r * count, (r + 1) * count):
                body += ((37 * k + 11 * s) % 2001 - 1000).to_bytes(width, "little", signed=True)
        if notes:
            body += (lists(("+%g" % starts[r], [""])) + lists(*notes[r])).ljust(60, b"\0")
    with open(path, "wb") as file:
        file.write(head + body + extra)


to = sys.argv[1] + "/"
pair = [("a", 20), ("b", 20)]
notes = [[("+0.5", ["one"])], [("+1.5\x151", ["two", "one"])], [("-1", ["three"]), ("+2.9", ["two"])]]
recording(to + "plain.edf", pair)
recording(to + "open.edf", pair, records=-1, extra=b"abc")
recording(to + "rates.edf", pair + [("slow", 5)])
recording(to + "plus.edf", pair, notes, "EDF+C")
recording(to + "gap.edf", pair, notes, "EDF+D", starts=(0, 1, 5))
recording(to + "nogap.edf", pair, notes, "EDF+D", starts=(0.25, 1.25, 2.25))
recording(to + "wide.bdf", pair, notes, "BDF+C", wide=True)
recording(to + "marks.edf", [], notes, "EDF+C")
