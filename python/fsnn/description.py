"""Descriptions: the YAML files of the command line, from a path, a text or a dict."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from typing import Any, Union

import numpy as np
from _fsnn import ffi, lib

from .errors import DICT, check, text, without_place

Source = Union[str, "os.PathLike[str]", Mapping[str, Any]]


def _plain(value: Any) -> Any:
    """What json does not know: numbers and arrays of NumPy, paths."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(
        f"a description holds numbers, texts, lists and mappings, not {type(value).__name__}"
    )


def yaml_of(value: Any, key: str = "") -> str:
    """A value, of a key, as JSON, which is YAML too."""
    try:
        return json.dumps(value, default=_plain, allow_nan=False)
    except ValueError:  # a circle of lists, or
        found = _not_finite(value, key)
        if not found:
            raise
        place, number = found
        sentence = f"{place} is {number}: a description holds finite numbers".lstrip()
        raise ValueError(sentence) from None


def _not_finite(value: Any, key: str, depth: int = 0) -> tuple[str, Any] | None:
    """The place of the first number that is not finite, and it."""
    if depth > 32:
        return None
    if isinstance(value, Mapping):
        parts = [(f"{key}.{name}".lstrip("."), one) for name, one in value.items()]
    elif isinstance(value, (list, tuple, np.ndarray)):
        parts = [(f"{key}[{i}]", one) for i, one in enumerate(value)]
    else:
        number = isinstance(value, (float, np.floating)) and not math.isfinite(value)
        return (key, value) if number else None
    found = (_not_finite(one, name, depth + 1) for name, one in parts)
    return next((one for one in found if one), None)


def _layers_apart(source: Mapping[str, Any]) -> str:
    """A dict as JSON, a key and a layer a line: an error names the line."""
    lines = []
    for key, value in source.items():
        if isinstance(value, (list, tuple)) and value and key == "layers":
            items = ",\n  ".join(yaml_of(item) for item in value)
            lines.append(f'"layers": [\n  {items}]')
        else:
            lines.append(yaml_of({str(key): value})[1:-1])
    return "{" + ",\n ".join(lines) + "}\n"


def _is_text(source: str) -> bool:
    return "\n" in source or source.lstrip().startswith("{")


def place_of(source: Source) -> tuple[bytes, bytes | None]:
    """The path of a source, or its name and text."""
    if isinstance(source, Mapping):
        return DICT.encode(), _layers_apart({"name": "net", **source}).encode()
    if isinstance(source, str) and _is_text(source):
        return b"net", source.encode()
    return os.fsencode(source), None


def overrides_of(overrides: Mapping[str, Any]) -> list[Any]:
    """Overrides as texts of C, "dynamics.alpha=0.5"."""
    return [
        ffi.new("char []", f"{key}={yaml_of(value, key)}".encode())
        for key, value in overrides.items()
    ]


class Description:
    """A description that was read and checked. `set` are overrides, {"dynamics.alpha": 0.5}.

    `source` is the path of a file or of a run's directory, a text (with more than one line, or
    beginning with "{"), or a dict of its keys: input, layers, dynamics, data, training, units,
    name, output. Relative paths in a text or dict start at the working directory.
    Raises ValueError with file, line, column, key, what was found and what would be accepted;
    OSError.
    """

    def __init__(self, source: Source, set: Mapping[str, Any] | None = None) -> None:
        self.source, self.overrides = source, dict(set or {})
        sets = overrides_of(self.overrides)
        array = ffi.new("char *[]", sets)
        out = ffi.new("fsnn_description **")
        path, whole = place_of(source)
        if whole is not None:
            status = lib.fsnn_description_parse(path, whole, array, len(sets), out)
        else:
            folder = os.path.isdir(os.fsdecode(path))
            name = os.path.join(path, b"description.yaml") if folder else path
            status = lib.fsnn_description_read(name, array, len(sets), out)
        check(status)
        self._c = ffi.gc(out[0], lib.fsnn_description_destroy)
        self._owner: Any = None

    @classmethod
    def _of(cls, source: Source, overrides: Mapping[str, Any], c: Any, owner: Any) -> Description:
        """The description of a session, which is `owner`."""
        found = cls.__new__(cls)
        found.source, found.overrides, found._c, found._owner = source, dict(overrides), c, owner
        return found

    @property
    def name(self) -> str:
        return text(lib.fsnn_description_name(self._c))

    @property
    def text(self) -> str:
        """All of it with the overrides applied, as YAML."""
        out = ffi.new("char **")
        check(lib.fsnn_description_text(self._c, out))
        try:
            return text(out[0])
        finally:
            lib.free(out[0])

    @property
    def warnings(self) -> list[str]:
        """Remarks that are no errors: options that are given but do nothing."""
        return _list(lambda i: lib.fsnn_description_warning(self._c, i))

    @property
    def units(self) -> dict[str, str]:
        """What its numbers count in, its key `units`: {"time": "ms", "potential": "mV"}."""
        named = lib.fsnn_description_units(self._c)
        return {
            text(lib.fsnn_quantity_name(q)): text(lib.fsnn_unit_name(q, unit))
            for q, unit in enumerate(named.unit)
            if unit
        }

    @property
    def hertz(self) -> float:
        """Hz of a spike in each step; 0 where the unit of time is not known."""
        named = ffi.new("fsnn_units *", lib.fsnn_description_units(self._c))
        return lib.fsnn_units_hertz(named, lib.fsnn_description_dynamics(self._c).step)

    @property
    def has_data(self) -> bool:
        return bool(lib.fsnn_description_has_data(self._c))


def _list(get: Any) -> list[str]:
    found: list[str] = []
    while pointer := get(len(found)):
        found.append(without_place(text(pointer)))
    return found
