"""Memory for results that is used again: pages that are new to the process cost several times what
is then written into them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import numpy as np
import torch

LEAST = 1 << 20  # bytes; smaller ones malloc keeps itself
LINE = 64  # bytes: vector stores across the lines of the cache cost a quarter of a scan
KEPT, SIZES = 4, 8  # free buffers of a size, and sizes, the latest ones

_free: OrderedDict[int, list[np.ndarray]] = OrderedDict()
_lock = threading.RLock()  # a buffer may die, and come back, while this thread holds it


class _Lent(np.ndarray):
    """A buffer in use. The tensor over it keeps this alive; with its last view the buffer is
    free."""

    buffer: np.ndarray

    def __del__(self) -> None:
        give(self.buffer)


def give(buffer: np.ndarray) -> None:
    with _lock:
        _free.setdefault(buffer.nbytes, [])
        _free.move_to_end(buffer.nbytes)
        if len(_free[buffer.nbytes]) < KEPT:
            _free[buffer.nbytes].append(buffer)
        while len(_free) > SIZES:
            _free.popitem(last=False)


def _aligned(count: int) -> np.ndarray:
    """Bytes that begin with a line of the cache."""
    whole = np.empty(count + LINE, np.uint8)
    start = -whole.ctypes.data % LINE
    return whole[start : start + count]


def empty(shape: Any, dtype: torch.dtype) -> torch.Tensor:
    """As torch.empty."""
    count = 1
    for n in shape:
        count *= n
    of = np.dtype(np.float64 if dtype == torch.float64 else np.float32)
    bytes_of = count * of.itemsize
    if bytes_of < LEAST:
        return torch.empty(shape, dtype=dtype)
    with _lock:
        free = _free.get(bytes_of)
        buffer = free.pop() if free else None
    if buffer is None:
        buffer = _aligned(bytes_of)
    # shaped by NumPy: torch lets no view be changed in place that was made inside of a function
    lent = _Lent(tuple(shape), of, buffer)
    lent.buffer = buffer
    return torch.from_numpy(lent)


def contiguous(x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """x, or a copy of it, row-major and of the type."""
    if x.is_contiguous() and x.dtype == dtype:
        return x
    return empty(x.shape, dtype).copy_(x)
