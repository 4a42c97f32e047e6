#!/usr/bin/env python3
"""What recordings of events hold, read without fsnn: plain Python, LZ4 and FlatBuffers unpacked by hand.

    tests/golden/make_events.py DATA >tests/golden/events.txt

DATA is the folder of nmnist-small, dvs-gesture-samples and aedat4-sample. A line a file:
name, events, first event (t x y p), last event, sums of x, y, p, and h = (...((v0 31 + v1) 31 + v2)...) mod 2^64
over v = t, x, y, p of every event in order.
"""
import os
import struct
import sys


def read_bin(data):
    for i in range(0, len(data), 5):
        x, y, a, b, c = data[i:i + 5]
        yield ((a & 0x7F) << 16 | b << 8 | c, x, y, a >> 7)


def lz4_block(src, out):
    i = 0
    while i < len(src):
        token = src[i]
        i += 1
        n = token >> 4
        if n == 15:
            while True:
                n += src[i]
                i += 1
                if src[i - 1] != 255:
                    break
        out += src[i:i + n]
        i += n
        if i >= len(src):
            return
        offset = src[i] | src[i + 1] << 8
        i += 2
        n = token & 15
        if n == 15:
            while True:
                n += src[i]
                i += 1
                if src[i - 1] != 255:
                    break
        for _ in range(n + 4):
            out.append(out[-offset])


def lz4_frame(src):
    magic, flags = struct.unpack_from('<IB', src)
    assert magic == 0x184D2204
    i = 6 + (8 if flags & 8 else 0) + (4 if flags & 1 else 0) + 1
    out = bytearray()
    while True:
        size, = struct.unpack_from('<I', src, i)
        i += 4
        if size == 0:
            return bytes(out)
        block = src[i:i + (size & 0x7FFFFFFF)]
        i += len(block) + (4 if flags & 16 else 0)
        if size >> 31:
            out += block
        else:
            lz4_block(block, out)


def field(buf, table, slot):
    v = table - struct.unpack_from('<i', buf, table)[0]
    length, = struct.unpack_from('<H', buf, v)
    if 4 + 2 * slot >= length:
        return None
    offset, = struct.unpack_from('<H', buf, v + 4 + 2 * slot)
    return table + offset if offset else None


def read_aedat4(data):
    size, = struct.unpack_from('<I', data, 14)
    head = data[18:18 + size]
    at = field(head, struct.unpack_from('<I', head)[0], 1)
    end = struct.unpack_from('<q', head, at)[0] if at else -1
    i, end = 18 + size, end if end >= 0 else len(data)
    while i < end:
        _, n = struct.unpack_from('<ii', data, i)
        packet = lz4_frame(data[i + 8:i + 8 + n])[4:]
        i += 8 + n
        if packet[4:8] != b'EVTS':
            continue
        at = field(packet, struct.unpack_from('<I', packet)[0], 0)
        at += struct.unpack_from('<I', packet, at)[0]
        count, = struct.unpack_from('<I', packet, at)
        for k in range(count):
            t, x, y, p = struct.unpack_from('<qhhB', packet, at + 4 + 16 * k)
            yield (t, x, y, p)


def read_aedat2(data):
    """Of a DVS128, its left or only camera, in order of time."""
    at, events, turns, before = 0, [], 0, 0
    while data[at:at + 1] == b'#' and data[at:at + 40].split(b'\n')[0].rstrip(b'\r').isascii():
        at = data.index(b'\n', at) + 1
    for i in range(at, len(data) - 7, 8):
        address, t = struct.unpack_from('>II', data, i)
        turns += before - t > 2**31
        before = t
        if not address >> 15:
            events.append((t + turns * 2**32, 127 - (address >> 1 & 127), 127 - (address >> 8 & 127), 1 - (address & 1)))
    return sorted(events, key=lambda e: e[0])


def read_es(data):
    """DVS events of Event Stream."""
    at, t = 20, 0
    while at < len(data):
        if data[at] >= 0xfe:
            t += 127 if data[at] == 0xff else 0
            at += 1
        else:
            first, x, y = struct.unpack_from('<BHH', data, at)
            t += first >> 1
            yield (t, x, y, first & 1)
            at += 5


READERS = {'.aedat4': read_aedat4, '.aedat': read_aedat2, '.es': read_es, '.bs2': read_bin}


def line(root, name):
    with open(os.path.join(root, name), 'rb') as f:
        data = f.read()
    events = list(READERS[os.path.splitext(name)[1]](data))
    assert all(a[0] <= b[0] for a, b in zip(events, events[1:])), name
    h = 0
    for e in events:
        for v in e:
            h = (h * 31 + v) % 2**64
    sums = [sum(e[i] for e in events) for i in (1, 2, 3)]
    print(name, len(events), *events[0], *events[-1], *sums, h)


def main():
    root = sys.argv[1]
    for n in list(range(1, 21)) + [500, 1000] + list(range(60001, 60011)) + [60100]:
        line(root, 'nmnist-small/events/%d.bs2' % n)
    for n in range(1, 11):
        line(root, 'dvs-gesture-samples/%d.bs2' % n)
    line(root, 'aedat4-sample/sample.aedat4')
    for name in ('DVS128-2014-09-16T15-49-51+0200-20000-0', 'DVS128-2014-10-21T17-41-53+0200-20000-0',
                 'Tmpdiff128StereoPair-2014-10-21T18-18-47+0200-0', 'Tmpdiff128StereoPair-2015-01-15T13-14-35+0100-0-JustR'):
        line(root, 'field/aedat2-dvs128-jaer/%s.aedat' % name)
    line(root, 'field/aedat4-davis346/davis.aedat4')
    line(root, 'field/evt-dat-es/dvs.es')


main()
