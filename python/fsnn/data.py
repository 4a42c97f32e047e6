"""Data sets and batches."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from _fsnn import ffi, lib

from ._arrays import number, numbers, pointer, read_once, shape_of, to_shape
from ._names import in_table, mapping_of, near
from .description import Description, _list, yaml_of
from .errors import DICT, check

PARTS = {
    "train": lib.FSNN_PART_TRAIN,
    "validation": lib.FSNN_PART_VALIDATION,
    "test": lib.FSNN_PART_TEST,
}


ENCODER = ("steps", "gain", "floor", "threshold", "sparse")  # options beside its kind
_UNLABELLED = -(2**31)  # FSNN_UNLABELLED, of a step that does not count


class _Source:
    """Samples that are asked of an object with `__len__` and `__getitem__`, and what it raised."""

    def __init__(self, items: Any) -> None:
        self.items = items
        self.raised: BaseException | None = None
        first = items[0]
        self.pairs = isinstance(first, tuple) and len(first) == 2
        self.shape = self.sample(0).shape or (1,)

    def sample(self, index: int) -> np.ndarray:
        item = self.items[index]
        return numbers(item[0] if self.pairs else item, np.float32, f"sample {index}")

    def classes(self) -> np.ndarray | None:
        """Of pairs: every item is asked for once."""
        if not self.pairs:
            return None
        targets = [np.asarray(self.items[i][1]) for i in range(len(self.items))]
        return np.stack(targets)


def _failed(exception: type[BaseException], value: BaseException, trace: Any) -> int:
    ffi.from_handle(trace.tb_frame.f_locals["user"]).raised = value
    return -1


@ffi.def_extern(onerror=_failed)
def fsnn_py_fetch(index: int, x: Any, user: Any) -> int:
    source = ffi.from_handle(user)
    sample = source.sample(index)
    if (sample.shape or (1,)) != source.shape:
        raise ValueError(
            f"sample {index} has the shape {sample.shape}, and the first {source.shape}"
        )
    np.frombuffer(ffi.buffer(x, 4 * sample.size), np.float32)[:] = sample.ravel()
    return 0


def _is_array(x: Any) -> bool:
    return hasattr(x, "__array__") or hasattr(x, "__dlpack__") or isinstance(x, memoryview)


class _Targets:
    """What `y` is: classes [N], a class a step [N, T], or values [N, ...]."""

    def __init__(self, y: Any, count: int, targets: str) -> None:
        if targets not in ("auto", "classes", "values"):
            raise ValueError(f"targets is {targets!r}: it is one of auto, classes, values")
        self.labels: np.ndarray | None = None
        self.steps: np.ndarray | None = None
        self.values: np.ndarray | None = None
        if y is None:
            return
        array = np.asarray(y)
        whole = array.dtype.kind in "iub"
        values = targets == "values" or (targets == "auto" and (not whole or array.ndim > 1))
        if array.ndim == 0 or len(array) != count:
            raise ValueError(f"y must have {count} rows, one a sample; its shape is {array.shape}")
        if values:
            self.values = numbers(array.reshape(count, -1), np.float32, "y")
            self.shape = array.shape[1:] or (1,)
        elif not whole or array.ndim > 2:
            raise ValueError(
                f"y must be {count} whole numbers, one a sample (or one a step, [N, T]); "
                f"this is {array.dtype} {list(array.shape)}"
            )
        elif array.ndim == 1:
            self.labels = numbers(array, np.int32, "y")
        else:
            unlabelled = np.where(array == -1, _UNLABELLED, array)
            self.steps = numbers(unlabelled, np.int32, "y")

    def pointer(self) -> Any:
        return ffi.NULL if self.labels is None else pointer(self.labels, "int32_t *")

    def give(self, data: Any) -> None:
        """What is not given when the samples are made."""
        if self.values is not None:
            y = pointer(self.values, "float *")
            check(lib.fsnn_data_set_values(data, to_shape(self.shape), y))
        if self.steps is not None:
            steps = pointer(self.steps, "int32_t *")
            check(lib.fsnn_data_set_labels(data, self.steps.shape[1], steps))


class Data:
    """A data set.

    `x` [N, ...] are the samples (with `sequence` [N, T, ...]: the first axis of a sample is time),
    `y` their targets (or None): classes 0, 1, ... where it is [N] of whole numbers; else values,
    [N], [N, C] or [N, T, C], that the output is to be: numbers of a regression, shares of classes,
    or 1 for each label that a sample has. `targets="values"` takes whole numbers as values,
    "classes" takes [N, T] as a class a step, where -1 does not count. Arrays are copied, as
    float32. `x` may also be anything with `__len__` and `__getitem__` that gives samples, or pairs
    (sample, class) (a Dataset of torch, a list), or a memmap: samples are asked for when they are
    wanted, and not kept. Threads of the library's own ask, one at a time. Where there is no `y`,
    all pairs are asked for once, for their classes.
    """

    _source: _Source | None = None
    _whole: Data | None = None  # whose samples these are

    def __init__(
        self, x: Any, y: Any = None, *, sequence: bool = False, targets: str = "auto"
    ) -> None:
        if read_once(x):
            raise TypeError(
                "data are asked for several times and in any order, and an iterator gives them "
                "once: give an array, or something with __len__ and __getitem__ (the dataset of a "
                "DataLoader)"
            )
        if isinstance(x, np.memmap) or (hasattr(x, "__getitem__") and not _is_array(x)):
            self._ask(_Source(x), y, sequence, targets)
            return
        samples = numbers(x, np.float32, "x")
        if samples.ndim == 0:
            raise ValueError("x is a number; samples are [N, ...]")
        wanted = _Targets(y, samples.shape[0], targets)
        shape = samples.shape[1:] or (1,)
        out = ffi.new("fsnn_data **")
        x_c = pointer(samples, "float *")
        check(lib.fsnn_data_memory(samples.shape[0], to_shape(shape), x_c, wanted.pointer(), out))
        self._take(out[0])
        wanted.give(self._c)
        if sequence:
            check(lib.fsnn_data_sequence(self._c, lib.FSNN_AXES_FIRST))

    def _ask(self, source: _Source, y: Any, sequence: bool, targets: str) -> None:
        count, handle = len(source.items), ffi.new_handle(source)
        wanted = _Targets(source.classes() if y is None else y, count, targets)
        options = ffi.new("fsnn_data_source *")
        options.count, options.shape = count, to_shape(source.shape)
        options.sequence, options.fetch, options.user = sequence, lib.fsnn_py_fetch, handle
        options.labels = wanted.pointer()
        out = ffi.new("fsnn_data **")
        check(lib.fsnn_data_fetched(options, out))
        self._take(out[0])
        wanted.give(self._c)
        self._source, self._handle = source, handle

    def raise_own(self) -> None:
        """What asking for a sample raised, if it did."""
        if self._source is not None and self._source.raised is not None:
            raised, self._source.raised = self._source.raised, None
            raise raised

    def passed_on(self, status: int) -> int:
        """As check; what a sample raised comes out itself."""
        if status < 0:
            self.raise_own()
        return check(status)

    def _take(self, c: Any) -> None:
        self._c = ffi.gc(c, lib.fsnn_data_destroy)

    @classmethod
    def _of(cls, c: Any) -> Data:
        data = cls.__new__(cls)
        data._take(c)
        return data

    @staticmethod
    def open(
        section: Mapping[str, Any] | str, path: str | os.PathLike[str] | None = None
    ) -> dict[str, Data]:
        """Data of any kind that descriptions know, by a section `data`, without a network:
        Data.open({"kind": "npz", "train": {"path": "a.npz"}, "validation": 0.1}).

        The parts that there are, by name: "train", "validation", "test". Relative paths start
        beside `path`, or in the working directory. Raises ValueError, OSError.
        """
        whole = section if isinstance(section, str) else yaml_of(section)
        parts = ffi.new("fsnn_data *[3]")
        name = ffi.NULL if path is None else os.fsencode(path)
        if not isinstance(section, str):  # its sentences name keys, and no lines
            folder = os.path.dirname(path) if path is not None else ""
            name = os.fsencode(os.path.join(folder, DICT))
        check(lib.fsnn_data_open(whole.encode(), name, parts))
        return {part: Data._of(parts[i]) for part, i in PARTS.items() if parts[i]}

    def _info(self) -> Any:
        info = ffi.new("fsnn_data_info *")
        lib.fsnn_data_info_get(self._c, info)
        return info

    def __len__(self) -> int:
        return self._info().count

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one sample; of sequences the first is T."""
        return shape_of(self._info().shape)

    @property
    def classes(self) -> int:
        return self._info().classes

    @property
    def target_shape(self) -> tuple[int, ...]:
        """Of the values of one sample; () of classes."""
        return shape_of(self._info().target)

    @property
    def sequence(self) -> bool:
        return bool(self._info().sequence)

    @property
    def warnings(self) -> list[str]:
        return _list(lambda i: lib.fsnn_data_warning(self._c, i))

    def __getitem__(self, index: int) -> tuple[np.ndarray, int]:
        """A sample and its class (-1: it has none)."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"sample {index} of {len(self)}")
        x, label = np.empty(self.shape, np.float32), ffi.new("int32_t *")
        self.passed_on(
            lib.fsnn_data_sample(self._c, index % len(self), pointer(x, "float *"), label)
        )
        return x, label[0]

    def split(self, share: float, seed: int = 1) -> Data:
        """Moves a random share of the samples, the same of each class, into a data set of its
        own."""
        out = ffi.new("fsnn_data **")
        check(lib.fsnn_data_split_classes(self._c, share, seed, out))
        part = Data._of(out[0])
        part._source, part._whole = self._source, self
        return part


def data_of(given: Any) -> Data:
    """Data, or arrays (x, y)."""
    if isinstance(given, Data):
        return given
    if isinstance(given, tuple) and len(given) == 2:
        return Data(*given)
    return Data(given)


def augment_of(change: Mapping[str, Any]) -> Any:
    """A fsnn_augment, whose members are called like the keys of the section augment."""
    augment = ffi.new("fsnn_augment *")
    known = [name for name, _ in ffi.typeof("fsnn_augment").fields]
    for key, value in mapping_of("augment", change, '{"flip": 0.5}').items():
        if key not in known:
            raise TypeError(
                f"{key!r} is no option of augment: those are {', '.join(known)}{near(key, known)}"
            )
        setattr(augment, key, number(f"augment.{key}", value))
    return augment


def encoder_of(description: Description, change: Mapping[str, Any]) -> Any:
    """The description's encoder with other options."""
    encoder = ffi.new("fsnn_encoder *", lib.fsnn_description_encoder(description._c)[0])
    for key, value in mapping_of("encoder", change, '{"kind": "rate", "steps": 8}').items():
        if key == "kind":
            kind = lib.fsnn_encoder_find(str(value).encode())
            value = in_table("encoder", value, kind, lib.fsnn_encoder_name, lib.FSNN_ENCODERS)
        elif key not in ENCODER:
            raise TypeError(
                f"{key!r} is no option of an encoder: those are kind, {', '.join(ENCODER)}"
                f"{near(key, ENCODER)}"
            )
        setattr(encoder, key, value)
    return encoder
