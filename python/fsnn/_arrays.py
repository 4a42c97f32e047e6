"""Arrays on their way in and out: anything with numbers becomes what the library reads."""

from __future__ import annotations

from typing import Any

import numpy as np
from _fsnn import ffi, lib

DTYPES = {
    "float *": np.float32,
    "double *": np.float64,
    "int32_t *": np.int32,
    "int64_t *": np.int64,
}


def number(what: str, value: Any) -> float:
    """`value` as a float; raises TypeError, which names `what`."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{what} is {value!r}: it is a number") from None


def numbers(x: Any, dtype: Any, what: str) -> np.ndarray:
    """`x` as an array of `dtype`, row-major; the same memory where it is that already.

    Takes arrays, sequences, and whatever has the buffer protocol, `__array__` or DLPack.
    """
    if not hasattr(x, "__array__") and hasattr(x, "__dlpack__"):
        x = np.from_dlpack(x)
    array = np.asarray(x)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{what} must be real numbers, and this is {array.dtype}")
    return np.asarray(array, dtype=dtype, order="C")


def read_once(x: Any) -> bool:
    """Whether x can only be gone through: an iterator, a generator, a DataLoader of torch."""
    known = ("__getitem__", "__array__", "__dlpack__")
    return hasattr(x, "__iter__") and not any(hasattr(x, name) for name in known)


def pointer(array: np.ndarray, kind: str) -> Any:
    """The memory of an array as `kind` ("float *"), for the length of a call."""
    assert array.dtype == DTYPES[kind] and array.flags.c_contiguous
    return ffi.cast(kind, array.ctypes.data)


class _Memory:
    """Memory of the library's as NumPy's array interface; keeps its owner alive."""

    def __init__(self, address: Any, shape: tuple[int, ...], dtype: Any, owner: Any) -> None:
        self.owner = owner
        self.__array_interface__ = {
            "version": 3,
            "data": (int(ffi.cast("uintptr_t", address)), False),
            "shape": shape,
            "typestr": np.dtype(dtype).str,
        }


def view(address: Any, shape: tuple[int, ...], dtype: Any, owner: Any) -> np.ndarray:
    """The library's own memory as an array, without a copy. `owner` lives as long as the array."""
    return np.asarray(_Memory(address, shape, dtype, owner))


def shape_of(shape: Any) -> tuple[int, ...]:
    """A fsnn_shape as a tuple."""
    return tuple(shape.dim[i] for i in range(shape.rank))


def to_shape(dims: tuple[int, ...]) -> Any:
    """A tuple as a fsnn_shape."""
    if len(dims) > 8:
        raise ValueError(f"shapes have at most 8 dimensions, {dims} has {len(dims)}")
    shape = ffi.new("fsnn_shape *")
    shape.rank = len(dims)
    for i, dim in enumerate(dims):
        shape.dim[i] = dim
    return shape[0]


# fsnn_dtype of arrays that the library reads and writes
KINDS = {
    np.dtype(np.float32): lib.FSNN_F32,
    np.dtype(np.float64): lib.FSNN_F64,
    np.dtype(np.int32): lib.FSNN_I32,
    np.dtype(np.int64): lib.FSNN_I64,
}


def lent(array: np.ndarray) -> Any:
    """A fsnn_array over the memory of an array, for the length of a call."""
    lend = ffi.new("fsnn_array *")
    lend.dtype, lend.shape = KINDS[array.dtype], to_shape(array.shape)
    lend.data = ffi.cast("void *", array.ctypes.data)
    return lend


class Results:
    """A fsnn_arrays that a function fills; `taken` has copies, by name."""

    def __init__(self) -> None:
        self.c = ffi.gc(ffi.new("fsnn_arrays *"), lib.fsnn_arrays_free)

    def taken(self) -> dict[str, np.ndarray]:
        dtypes = {kind: dtype for dtype, kind in KINDS.items()}
        found = {}
        for i in range(self.c.count):
            item = self.c.item[i]
            name = ffi.string(item.name).decode()
            found[name] = view(item.data, shape_of(item.shape), dtypes[item.dtype], self.c).copy()
        return found
