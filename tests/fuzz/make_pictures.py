#!/usr/bin/env python3
"""Writes the small pictures of tests/fuzz/pictures: PNG of 3 columns and 2 rows in the forms that programs write.

    tests/fuzz/make_pictures.py tests/fuzz/pictures
"""
import os
import struct
import sys
import zlib

GRAY = [[0, 51, 102], [153, 204, 255]]


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def png(bits, color, rows, more=b'', size=(3, 2)):
    out = b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', *size, bits, color, 0, 0, 0)) + more
    return out + chunk(b'IDAT', zlib.compress(b''.join(b'\0' + row for row in rows), 9)) + chunk(b'IEND', b'')


def each(pixel):
    return [b''.join(pixel(v) for v in row) for row in GRAY]


def main():
    gray = png(8, 0, each(lambda v: bytes([v])))
    files = {
        'gray': gray,
        'deep': png(16, 0, each(lambda v: bytes([v, v]))),
        'alpha': png(8, 4, each(lambda v: bytes([v, 128]))),
        'bits': png(4, 0, [bytes([0x03, 0x60]), bytes([0x9c, 0xf0])]),
        'color': png(8, 2, each(lambda v: bytes([v, 255 - v, 7]))),
        'palette': png(2, 3, [bytes([0b00011000]), bytes([0b11000100])], chunk(b'PLTE', bytes([0, 255, 7, 51, 204, 7, 102, 153, 7, 255, 0, 7]))),
        'large': png(8, 0, [bytes(4)] * 2, size=(4, 2)),
        'promised': png(8, 0, [b''], size=(16000, 16000)),
        'cut': gray[:-20],
        'signature': gray[:5] + b'?' + gray[6:],
        'changed': gray[:45] + bytes([gray[45] ^ 4]) + gray[46:],
    }
    os.makedirs(sys.argv[1], exist_ok=True)
    for name, data in files.items():
        with open(os.path.join(sys.argv[1], name + '.png'), 'wb') as f:
            f.write(data)


main()
