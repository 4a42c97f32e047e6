"""Event files of TensorBoard from the callbacks of a training, without TensorFlow.

An event file is a row of records (a length, its checksum, a message, its checksum), whose messages
are Events of Protocol Buffers: a time, a step and named numbers.
"""

from __future__ import annotations

import os
import socket
import struct
import time
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from .training import Metrics


def _table() -> list[int]:
    """Of CRC-32C, polynomial 0x1EDC6F41 reflected."""
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_CRC = _table()


def _masked(data: bytes) -> bytes:
    """The checksum as records have it: rotated by 15 bits, plus a constant."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 255]
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def _field(number: int, data: bytes) -> bytes:
    """Bytes of a length of their own."""
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _event(seconds: float, step: int, rest: bytes) -> bytes:
    message = struct.pack("<Bd", 1 << 3 | 1, seconds)
    if step:
        message += _varint(2 << 3) + _varint(step)
    return message + rest


def _scalars(figures: dict[str, float]) -> bytes:
    """A Summary, field 5 of an Event: of each value its tag (1) and the number (2)."""
    values = b""
    for tag, number in figures.items():
        value = _field(1, tag.encode()) + struct.pack("<Bf", 2 << 3 | 5, number)
        values += _field(1, value)
    return _field(5, values)


class TensorBoard:
    """Writes an event file into `directory`: pass its `epoch` (and `batch`, for a point a batch) as
    callbacks of `Net.train`, and close it, or use it in a `with`.

        with fsnn.TensorBoard("runs/net") as board:
            net.train(data, on_epoch=board.epoch)

    Names of figures are those of metrics.csv, with a slash where groups begin: "loss/training",
    "loss/watched", "accuracy/training", "rate/lif1", "gradient/fc1", "neurons/lif1.tau",
    "term/quiet". Figures that are not finite are left out."""

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        os.makedirs(directory, exist_ok=True)
        name = f"events.out.tfevents.{time.time():.6f}.{socket.gethostname()}.{os.getpid()}"
        self.path = os.path.join(directory, name)
        self._file: BinaryIO | None = open(self.path, "xb")
        self._write(_event(time.time(), 0, _field(3, b"brain.Event:2")))

    def _write(self, event: bytes) -> None:
        if self._file is None:
            raise ValueError(f"{self.path} is closed")
        length = struct.pack("<Q", len(event))
        self._file.write(length + _masked(length) + event + _masked(event))
        self._file.flush()

    def add(self, step: int, figures: dict[str, float]) -> None:
        """Numbers by name at a step, which is at least 0."""
        if step < 0:
            raise ValueError(f"a step is at least 0, not {step}")
        finite = {name: x for name, x in figures.items() if abs(x) < float("inf")}
        if finite:
            self._write(_event(time.time(), step, _scalars(finite)))

    def epoch(self, m: Metrics) -> None:
        """Figures of an epoch, at its number."""
        figures = {
            "loss/training": m.loss,
            "loss/watched": m.test_loss,
            "accuracy/training": m.accuracy,
            "accuracy/watched": m.test_accuracy,
            "lr": m.lr,
            "gradient/all": m.gradient_norm,
            "rate/all": m.rate,
        }
        figures |= {f"rate/{layer}": rate for layer, rate in m.rates.items()}
        figures |= {f"watched/{name}": x for name, x in m.test_metrics.items()}
        for name, x in m.figures.items():
            group, _, rest = name.partition(".")
            known = group in ("term", "gradient")
            figures[f"{group}/{rest}" if known else f"neurons/{name}"] = x
        self.add(m.epoch, figures)

    def batch(self, m: Metrics) -> None:
        """The running loss and accuracy, at the number of batches since the beginning."""
        step = (m.epoch - 1) * m.batches + m.batch
        self.add(step, {"batch/loss": m.loss, "batch/accuracy": m.accuracy, "batch/lr": m.lr})

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> TensorBoard:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
