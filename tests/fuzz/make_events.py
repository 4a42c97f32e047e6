#!/usr/bin/env python3
"""Writes the small recordings of tests/fuzz/events: a few events in each format that is read, made up.

    tests/fuzz/make_events.py tests/fuzz/events

Every recording holds the same six events (t x y p), but for what its format cannot say.
"""
import io
import os
import struct
import sys
import zipfile

EVENTS = [(10, 3, 4, 1), (12, 0, 0, 0), (12, 127, 9, 1), (500, 64, 127, 0), (70000, 5, 6, 1), (4000000, 33, 33, 0)]


def bin40(events):
    out = b''
    for t, x, y, p in events:
        out += bytes([x, y, p << 7 | t >> 16 & 0x7F, t >> 8 & 255, t & 255])
    return out


def aedat2(events, camera=None, start=0, named=True):
    out = b'#!AER-DAT2.0\r\n# This is a raw AE data file - do not edit\r\n'
    davis = camera and 'Davis' in camera
    if camera and named:
        out += b'# AEChip: ' + camera.encode() + b'\r\n'
    width, height = (346, 260) if davis else (128, 128)
    for t, x, y, p in events:  # address 0, 0 is the lower right corner; a DVS128 has 0 for ON
        column, row = width - 1 - x, height - 1 - y
        address = row << 22 | column << 12 | p << 11 if davis else row << 8 | column << 1 | 1 - p
        out += struct.pack('>II', address, (t + start) % 2**32)
    extra = 0x80000000 if davis else 0x8000  # a picture's sample; an external event
    return out + struct.pack('>II', extra, (events[-1][0] + start) % 2**32)


def packet3(kind, events, valid=None, overflow=0):
    body = b''
    for i, (t, x, y, p) in enumerate(events):
        good = 1 if valid is None else valid[i]
        body += struct.pack('<II', x << 17 | y << 2 | p << 1 | good, t)
    return struct.pack('<hhiiiiii', kind, 1, 8, 4, overflow, len(events), len(events), len(events)) + body


def aedat3(events):
    head = b'#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#Start-Time: 2020-01-01 00:00:00 (TZ+0000)\r\n'
    out = head + b'#!END-HEADER\r\n'
    out += packet3(1, events[:3] + [(13, 9, 9, 1)], [1, 1, 1, 0])
    out += packet3(0, [(14, 1, 1, 1)])  # a special event
    return out + packet3(1, events[3:])


def xxh32(data):
    """For fewer than 16 bytes, which a frame's header has."""
    m = 2**32
    h = (374761393 + len(data)) % m
    while len(data) >= 4:
        h = (h + struct.unpack('<I', data[:4])[0] * 3266489917) % m
        h = (h << 17 | h >> 15) % m * 668265263 % m
        data = data[4:]
    for b in data:
        h = (h + b * 374761393) % m
        h = (h << 11 | h >> 21) % m * 2654435761 % m
    h = (h ^ h >> 15) * 2246822519 % m
    h = (h ^ h >> 13) * 3266489917 % m
    return h ^ h >> 16


def lz4(data):
    """A frame of one block: literals alone."""
    descriptor = bytes([0x60, 0x40])
    n, token = len(data), b''
    if n < 15:
        token = bytes([n << 4])
    else:
        token, n = b'\xf0', n - 15
        token += b'\xff' * (n // 255) + bytes([n % 255])
    block = token + data
    check = bytes([xxh32(descriptor) >> 8 & 255])
    return struct.pack('<I', 0x184D2204) + descriptor + check + struct.pack('<I', len(block)) + block + b'\0\0\0\0'


def zstd(data):
    """A frame of one raw block, its size in the header."""
    return struct.pack('<IBH', 0xFD2FB528, 0x60, len(data) - 256) + struct.pack('<I', len(data) << 3 | 1)[:3] + data


def flat_events(events):
    """Size, root, EVTS, vtable of one field, table, vector of structs at a multiple of 8."""
    vtable = struct.pack('<HHH', 6, 8, 4) + b'\0\0'
    table = struct.pack('<iI', 8, 12)  # 8 bytes behind its vtable; the vector 12 bytes behind the field
    body = struct.pack('<I', 16) + b'EVTS' + vtable + table + b'\0\0\0\0\0\0\0\0' + struct.pack('<I', len(events))
    for t, x, y, p in events:
        body += struct.pack('<qhhBBBB', t, x, y, p, 0, 0, 0)
    return struct.pack('<I', len(body)) + body


def flat_other(mark=b'TRIG'):
    body = struct.pack('<I', 12) + mark + struct.pack('<HH', 4, 4) + struct.pack('<i', 4)
    return struct.pack('<I', len(body)) + body


def stream_info(stream, width=346, height=260):
    return (b'<node name="%d"><attr key="typeIdentifier" type="string">EVTS</attr><node name="info"><attr key="sizeX" type="int">%d</attr>'
            b'<attr key="sizeY" type="int">%d</attr></node></node>' % (stream, width, height))


def aedat4(events, packing, others=(), xml=stream_info(0), main=0):
    pack = [lambda b: b, lz4, lz4, zstd, zstd][packing]
    vtable = struct.pack('<HHHHH', 10, 24, 4, 16, 8) + b'\0\0'
    size = 4 + 4 + 12 + 24 + 4 + len(xml)
    size += -size % 8
    packets = b''
    for stream, body in ((main, flat_events(events[:4] * (1 if packing < 3 else 8))), (1, flat_other()),
                         (main, flat_events(events[4:] * (1 if packing < 3 else 10)))):
        if packing >= 3 and len(body) < 256:
            body += b'\0' * 256
        packed = pack(body)
        packets += struct.pack('<ii', stream, len(packed)) + packed
        if stream == main:
            for i, body in enumerate(others):
                packets += struct.pack('<ii', 2 + i, len(pack(body))) + pack(body)
    position = 14 + 4 + size + len(packets)
    table = struct.pack('<iiIIq', 12, packing, 16, 0, position)
    head = struct.pack('<I', 20) + b'IOHE' + vtable + table
    head += struct.pack('<I', len(xml)) + xml
    head += b'\0' * (size - len(head))
    return b'#!AER-DAT4.0\r\n' + struct.pack('<I', size) + head + packets + b'table'


def npy(descr, values, code):
    head = "{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }" % (descr, len(values))
    head += ' ' * (-(10 + len(head) + 1) % 64) + '\n'
    return b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)) + head.encode() + struct.pack('<%d%s' % (len(values), code), *values)


def records(events, fields, extra=''):
    """fields: (name, type, code of struct, place in an event), `extra` bytes of another field behind them."""
    head = ''.join("('%s', '%s'), " % f[:2] for f in fields) + extra
    head = "{'descr': [%s], 'fortran_order': False, 'shape': (%d,), }" % (head, len(events))
    head += ' ' * (-(10 + len(head) + 1) % 64) + '\n'
    body = b''.join(struct.pack(f[1][0].replace('|', '<') + f[2], e[f[3]] * (1e-6 if f[0] == 'ts' and f[2] == 'd' else 1))
                    for e in events for f in fields)
    if extra:  # six bytes a record
        size = len(body) // len(events)
        body = b''.join(body[i:i + size] + b'words.' for i in range(0, len(body), size))
    return b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)) + head.encode() + body


PLAIN = [('t', '<i8', 'q', 0), ('x', '<u2', 'H', 1), ('y', '<u2', 'H', 2), ('p', '|b1', '?', 3)]
ODD = [('pol', '|i1', 'b', 3), ('y_addr', '>f4', 'f', 2), ('ts', '<f8', 'd', 0), ('x_addr', '>u4', 'I', 1)]


def archive(arrays):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        for name, data in arrays:
            z.writestr(zipfile.ZipInfo(name + '.npy'), data)
    return out.getvalue()


def npz(events):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        for name, i, descr, code in (('t', 0, '<i8', 'q'), ('x', 1, '<u2', 'H'), ('y', 2, '<i4', 'i'), ('p', 3, '|i1', 'b')):
            z.writestr(zipfile.ZipInfo(name + '.npy'), npy(descr, [e[i] for e in events], code))
    return out.getvalue()


def evt2(events, start=0):
    def word(kind, rest):
        return struct.pack('<I', kind << 28 | rest)

    out = b'% Date 2020-01-01 00:00:00\n% firmware_version 3.0\n% evt 2.0\n'
    out += word(1, 7 << 11 | 8)  # before any word of time
    for t, x, y, p in events:
        out += word(8, (t + start) >> 6 & 0xfffffff) + word(p, (t + start & 63) << 22 | x << 11 | y)
    return out + word(10, 1) + word(14, 0) + word(15, 5) + word(3, 0)  # trigger, message, its rest, a reserved type


def evt21(events, head, legacy=False, start=0):
    def word(kind, rest):
        whole = kind << 60 | rest
        return struct.pack('<Q', whole >> 32 | (whole & 0xffffffff) << 32 if legacy else whole)

    out = head + word(0, 7 << 43 | 8 << 32 | 3)
    for t, x, y, p in events:
        out += word(8, ((t + start) >> 6 & 0xfffffff) << 32)
        out += word(p, (t + start & 63) << 54 | (x & ~31) << 43 | y << 32 | 1 << x % 32)
    return out + word(10, 1) + word(14, 0) + word(15, 5) + word(3, 0)


def evt3(events, head, start=0):
    def word(kind, rest):
        return struct.pack('<H', kind << 12 | rest)

    out = head + word(0, 8) + word(2, 7)  # an event before any word of time
    for i, (t, x, y, p) in enumerate(events):
        t += start
        out += word(8, t >> 12 & 0xfff) * 2 + word(6, t & 0xfff) + word(0, y)
        if i % 3 == 0:
            out += word(2, p << 11 | x)
        else:  # 20 pixels from the base on, the event among the last 8 of them or the first 12
            base = max(x - 13, 0)
            bits = 1 << x - base
            out += word(3, p << 11 | base) + word(4, bits & 0xfff) + word(5, bits >> 12)
    out += word(0, 1 << 11 | 5) + word(2, 3)  # of a second camera
    return out + word(10, 1) + word(14, 0) + word(15, 5) + word(7, 5) + word(9, 0)


DAT = b'% Data file containing CD events.\n% Version 2\n% Date 2020-01-01 00:00:00\n% Height 240\n% Width 304\n'


def dat(events, start=0, head=DAT, y_bit=14, p_bit=28):
    out = head + bytes([12, 8])
    for t, x, y, p in events:
        out += struct.pack('<II', (t + start) % 2**32, p << p_bit | y << y_bit | x)
    return out


def es_dvs(events):
    out, before = b'Event Stream\2\0\0\1' + struct.pack('<HH', 346, 260), 0
    for t, x, y, p in events:
        late, rest = divmod(t - before, 127)
        before = t
        out += b'\xff' * late + b'\xfe' + struct.pack('<BHH', rest << 1 | p, x, y)
    return out


def es_atis(events):
    out, before = b'Event Stream\2\0\0\2' + struct.pack('<HH', 304, 240), 0
    for t, x, y, p in events:
        late, rest = divmod(t - before, 63)
        before = t
        out += b'\xff' * (late // 3) + bytes([0xfc | late % 3]) + struct.pack('<BHH', rest << 2 | p << 1, x, y)
        out += struct.pack('<BHH', p << 1 | 1, x, y)  # a threshold crossing
    return out


def es_color(events):
    out = b'Event Stream\2\0\0\4' + struct.pack('<HH', 304, 240)
    for t, x, y, p in events:
        out += b'\xff\xfe' + struct.pack('<BHHBBB', 3, x, y, 0, p, 255)
    return out


def es_generic(texts):
    out = b'Event Stream\2\0\0\0'
    for i, text in enumerate(texts):
        n = len(text)
        size = bytes([n << 1]) if n < 128 else bytes([(n & 127) << 1 | 1, n >> 7 << 1])
        out += b'\xff\xfe' + bytes([i]) + size + text
    return out


def main():
    prophesee = b'% format EVT21;height=720;width=1280;endianness=legacy\n% end\n'
    files = {
        'bin.bin': bin40(EVENTS),
        'overflow.bin': bin40(EVENTS[:3] + [(0, 0, 240, 0), (0, 0, 240, 0)] + EVENTS[3:]),
        'dvs128.aedat': aedat2(EVENTS),
        'davis.aedat': aedat2(EVENTS, 'eu.seebetter.ini.chips.davis.Davis346blue'),
        'unnamed.aedat': aedat2(EVENTS, 'Davis346B', named=False),
        'turn.aedat': aedat2(EVENTS, 'ch.unizh.ini.jaer.chip.retina.DVS128', 2**32 - 100),
        'packets.aedat': aedat3(EVENTS),
        'plain.aedat4': aedat4(EVENTS, 0),
        'lz4.aedat4': aedat4(EVENTS, 1),
        'zstd.aedat4': aedat4(EVENTS, 3),
        'streams.aedat4': aedat4(EVENTS, 0, [flat_other(b'FRME'), flat_events(EVENTS[:2]), flat_other(b'IMUS'), b'']),
        # two cameras: as the header names them, whatever comes first; by number, where it names none; of two sensors
        'stereo.aedat4': aedat4(EVENTS, 0, [flat_events(EVENTS[:2])], stream_info(2) + stream_info(0)),
        'unnamed_stereo.aedat4': aedat4(EVENTS, 0, [flat_events(EVENTS[:2]), flat_events(EVENTS[:1])], b'<node name="x"></node>', 5),
        'two_sensors.aedat4': aedat4(EVENTS, 0, [flat_events(EVENTS[:2])], stream_info(0) + stream_info(2, 640, 480)),
        'arrays.npz': npz(EVENTS),
        'records.npy': records(EVENTS, PLAIN),
        'odd.npy': records(EVENTS, ODD, "('word', '|S2'), ('pair', '<i2', (2,)), "),
        'records.npz': archive([('note', npy('<i4', [1], 'i')), ('events', records(EVENTS, PLAIN)), ('width', npy('<i4', [304], 'i')),
                                ('height', npy('<i4', [240], 'i'))]),
        'names.npz': archive([(name, npy(descr, [e[i] for e in EVENTS], code)) for name, i, descr, code in
                              (('ts', 0, '<u4', 'I'), ('xs', 1, '<i2', 'h'), ('ys', 2, '<u8', 'Q'), ('ps', 3, '|u1', 'B'),
                               ('time', 1, '<i2', 'h'))]),
        'cameras.npz': archive([(name, npy(descr, values, code)) for name, values, descr, code in
                                [(n, [e[i] for e in EVENTS], '<i4', 'i') for i, n in enumerate('txyp')] +
                                [('camera', [0, 1, 0, 0, 1, 0], '|u1', 'B'), ('width', [128], '<i4', 'i'), ('height', [128], '<i4', 'i')]]),
        'evt2.raw': evt2(EVENTS),
        'turn2.raw': evt2(EVENTS, 2**34 - 100),
        'evt21.raw': evt21(EVENTS, b'% evt 2.1\n% geometry 640x480\n'),
        'legacy21.raw': evt21(EVENTS, prophesee, True, 2**34 - 100),
        'evt3.raw': evt3(EVENTS, b'% evt 3.0\n% format EVT3;height=720;width=1280\n% end\n'),
        'turn3.raw': evt3(EVENTS, b'% evt 3.0\n', 2**24 - 100),
        'events.dat': dat(EVENTS),
        'turn.dat': dat(EVENTS, 2**32 - 100),
        'version1.dat': dat(EVENTS, head=b'% Data file containing TD events.\r\n% Version 1\r\n', y_bit=9, p_bit=17),
        'unnumbered.dat': dat(EVENTS, head=b'% Data file containing TD events\n', y_bit=9, p_bit=17),
        'lines.dat': dat(EVENTS, head=DAT.replace(b'% ', b'%').replace(b'\n', b'\r') + b'%\r%\tend\r'),
        'dvs.es': es_dvs(EVENTS[:4]),
        'atis.es': es_atis(EVENTS[:4]),
        'color.es': es_color(EVENTS[:4]),
        'generic.es': es_generic([b'words', b'', b'long ' * 40]),
    }
    os.makedirs(sys.argv[1], exist_ok=True)
    for name, data in files.items():
        with open(os.path.join(sys.argv[1], name), 'wb') as f:
            f.write(data)


main()
