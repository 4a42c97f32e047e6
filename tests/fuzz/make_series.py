#!/usr/bin/env python3
"""The corpus of fuzz_ts, fuzz_wav and fuzz_wfdb, made by hand: tests/fuzz/make_series.py writes tests/fuzz/series/."""
import os
import struct

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "series")
os.makedirs(here, exist_ok=True)


def put(name, data):
    open(os.path.join(here, name), "wb").write(data)


put("one.ts", b"# words\n@problemName p\n@timeStamps false\n@univariate true\n@equalLength true\n@seriesLength 4\n"
              b"@classLabel true x y\n@data\n1,2.5,-3e1,?:x\n0,0,0,0:y\n")
put("many.ts", b"\xef\xbb\xbf@dimensions 2\r\n@classLabel true 1 2 3\r\n@data\r\n1,?,3:4,5,6:3\r\n 1,1 : NaN,2 :1\r\n")
put("remarks.ts", b"%% words\n# words\n@classLabel true x\n@data\n1,2:x\n% between\n?,3:x\n")
put("tabs.ts", b"% words\n10\t1\t-2e1\tNaN\r\n2\t3\t?\t4\r\n")
put("weka.ts", b"% words\n@relation x\n@attribute a numeric\n@attribute 'b c' real\n@attribute t {2,'one more'}\n@data\n"
               b"1,2,'one more'\n?,4, 2\n")
put("sparse.ts", b"@relation x\r@attribute a numeric\r@attribute b real\r@attribute t {2,'one more'}\r@data\r"
                 b"{1 2.5}\r{0 1, 1 ?, 2 'one more'}\r{ }\r")
put("dimensions.ts", b"@relation x\n@attribute r relational\n@attribute a real\n@attribute b real\n@end r\n@attribute t {x,y}\n"
                     b"@data\n'1,2\\n3,4',y\n\"?,1\\n0,0\" , x\n")
put("none.ts", b"@data\n1\n2,3\n?,4,?\n")
put("long.ts", b"@data\n1\n2,3\n?,4,?" + b"\xff" * 90 + b"?\n")  # a number that is none, longer than any


def chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)


def wav(fmt, data):
    body = b"WAVE" + chunk(b"fmt ", fmt) + chunk(b"LIST", b"odd") + chunk(b"data", data)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def fmt(tag, channels, bits, extra=b""):
    return struct.pack("<HHIIHH", tag, channels, 8000, 8000 * channels * bits // 8, channels * bits // 8, bits) + extra


put("pcm8.wav", wav(fmt(1, 1, 8), bytes(range(0, 250, 10))))
put("pcm16.wav", wav(fmt(1, 2, 16), struct.pack("<8h", *range(-400, 400, 100))))
put("float.wav", wav(fmt(3, 1, 32), struct.pack("<4f", 0, 0.5, -1, 1)))
guid = struct.pack("<HHI", 22, 24, 4) + struct.pack("<H", 1) + bytes.fromhex("000000001000800000aa00389b71")
put("extensible.wav", wav(fmt(0xFFFE, 1, 24, guid), bytes(range(12))))

notes = struct.pack("<HH", 1 << 10 | 5, 63 << 10 | 3) + b"abc\0" + struct.pack("<HHHH", 59 << 10, 0, 40, 8 << 10 | 2) + b"\0\0"
for kind, head, data in [
    ("212", b"# c\r\nr 2 360/1 4 12:0:0\nr.dat 212 200 11 1024 995 0 0 a\r\nr.dat 212 200(1024)/mV 11 1024 1011 0 0 b\n",
     bytes.fromhex("e333f3e333f3e333f3e333f3")),
    ("16", b"r 1 250 3\nr.dat 16\n", struct.pack("<3h", 1, -2, 3)),
    ("16marks", b"r 2 250 4\nr.dat 16\nr.dat 16\n", struct.pack("<8h", -32768, 1, 2, -32768, -32768, -32768, 3, -32768)),
    ("212marks", b"r 1 250 4\nr.dat 212\n", bytes.fromhex("008000018002")),
    ("310frames", b"r 2 250 2\nr.dat 310x2:1+1 1/mV\nr.dat 310+1 1/mV\n", bytes(range(0, 180, 20))),
    ("311", b"r 1 250 5\nr.dat 311 1/mV\n", bytes(range(0, 140, 20))),
    ("8", b"r 2 250 3\nr.dat 8 1 8 0 5\nr.dat 8 1 8 2\n", bytes(range(0, 240, 40))),
    ("24", b"r 1 250 2\nr.dat 24 1/mV\n", bytes(range(0, 240, 40))),
]:
    put(f"record{kind}.wfdb", struct.pack("<HH", len(head), len(notes)) + head + notes + data)
