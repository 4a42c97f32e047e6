"""A session of the library (fsnn/session.h): a description with its network and its data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from _fsnn import ffi, lib

from ._plan import products_of
from .data import PARTS, Data, augment_of, data_of, encoder_of
from .description import Description, Source, _list, overrides_of, place_of
from .errors import check, text


class Session:
    """Opened for one wrap, run, training or evaluation; arrays over its parameters hold it.

    What it points at (data of the caller's) lives as long. Raises as `Description`.
    """

    def __init__(
        self,
        source: Source,
        overrides: Mapping[str, Any],
        run: str | os.PathLike[str] | None = None,
        seed: int | None = None,
    ) -> None:
        """`seed`: of encodings and disturbances; the samples that data.limit keeps stay those of
        the description."""
        self.c: Any = None
        self._given: list[Data] = []
        self._source, self._overrides = source, overrides
        path, whole = place_of(source)
        sets = overrides_of(overrides)
        options = ffi.new("fsnn_session_options *")
        keep = [ffi.new("char []", t) if t is not None else ffi.NULL for t in (path, whole)]
        options.path, options.text = keep
        array = ffi.new("char *[]", sets)
        options.set, options.sets = array, len(sets)
        directory = ffi.NULL if run is None else ffi.new("char []", os.fsencode(run))
        options.run = directory
        drawn = ffi.NULL if seed is None else ffi.new("uint64_t *", seed)
        options.seed, options.same_samples = drawn, True
        out = ffi.new("fsnn_session **")
        check(lib.fsnn_session_open(options, out))
        self.c = out[0]
        self.net = lib.fsnn_session_net(self.c)

    def __del__(self) -> None:
        if self.c is not None:
            lib.fsnn_session_close(self.c)  # its loaders first, then the data given

    @property
    def description(self) -> Description:
        """A new object, which holds the session."""
        c = lib.fsnn_session_description(self.c)
        return Description._of(self._source, self._overrides, c, self)

    @property
    def training(self) -> Any:
        return lib.fsnn_session_training(self.c)

    @property
    def plan(self) -> Any:
        return lib.fsnn_session_plan(self.c)

    @property
    def warnings(self) -> list[str]:
        return _list(lambda i: lib.fsnn_session_warning(self.c, i))

    def give(self, part: str, data: Any) -> Data:
        """The caller's data as a part."""
        found = data_of(data)
        check(lib.fsnn_session_give(self.c, PARTS[part], found._c))
        self._given.append(found)
        return found

    def multiply(self, precision: str | None) -> None:
        """How evaluations and runs multiply by weights."""
        self.passed_on(lib.fsnn_session_products(self.c, products_of(precision)))

    def encode(self, change: Mapping[str, Any] | None) -> None:
        if change:
            check(lib.fsnn_session_encode(self.c, encoder_of(self.description, change)))

    def augment(self, change: Mapping[str, Any] | None) -> None:
        if change is not None:
            check(lib.fsnn_session_augment(self.c, augment_of(change)))

    def passed_on(self, status: int) -> int:
        """As check; what asking for a sample of the caller's raised comes out itself."""
        if status < 0:
            for data in self._given:
                data.raise_own()
        return check(status)

    def close_data(self) -> None:
        lib.fsnn_session_close_data(self.c)
        self._given = []

    def node_name(self, index: int) -> str:
        info = ffi.new("fsnn_node_info *")
        check(lib.fsnn_net_node(self.net, index, info))
        return text(info.name)
