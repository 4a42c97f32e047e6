"""Memory for results that is used again: pages that are new to the process cost several times what
is then written into them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import numpy as np
import torch

LEAST = 1 << 20  # bytes; smaller ones malloc keeps itself
KEPT, SIZES = 4, 8  # free buffers of a size, and sizes, the latest ones

_free: OrderedDict[int, list[np.ndarray]] = OrderedDict()
_lock = threading.RLock()  # a buffer may die, and come back, while this thread holds it


class _Lent:
    """A buffer in use. The tensor over it keeps this alive; with its last view the buffer is
    free."""

    def __init__(self, buffer: np.ndarray) -> None:
        self._buffer = buffer
        self.__array_interface__ = buffer.__array_interface__

    def __del__(self) -> None:
        give(self._buffer)


def give(buffer: np.ndarray) -> None:
    with _lock:
        _free.setdefault(buffer.nbytes, [])
        _free.move_to_end(buffer.nbytes)
        if len(_free[buffer.nbytes]) < KEPT:
            _free[buffer.nbytes].append(buffer)
        while len(_free) > SIZES:
            _free.popitem(last=False)


def empty(shape: Any, dtype: torch.dtype) -> torch.Tensor:
    """As torch.empty."""
    count = 1
    for n in shape:
        count *= n
    bytes_of = count * (8 if dtype == torch.float64 else 4)
    if bytes_of < LEAST:
        return torch.empty(shape, dtype=dtype)
    with _lock:
        free = _free.get(bytes_of)
        buffer = free.pop() if free else None
    if buffer is None:
        buffer = np.empty(bytes_of, np.uint8)
    return torch.from_numpy(np.asarray(_Lent(buffer))).view(dtype).view(shape)


def contiguous(x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """x, or a copy of it, row-major and of the type."""
    if x.is_contiguous() and x.dtype == dtype:
        return x
    return empty(x.shape, dtype).copy_(x)
