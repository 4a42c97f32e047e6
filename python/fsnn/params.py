"""Parameters of a network as arrays: the library's own memory, without copies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from _fsnn import lib

from ._arrays import numbers, shape_of, view
from ._names import near
from .errors import text

RANGES = {lib.FSNN_ANY: "any", lib.FSNN_POSITIVE: "positive", lib.FSNN_UNIT: "(0, 1]"}


class Param:
    """A parameter. `value` and `grad` are arrays over the library's memory: write into them.

    `learn`: optimisers move it; `decay`: weight decay applies; `neuron`: tau, threshold, alpha or
    coefficient of a neuron layer; `range`: "any", "positive" or "(0, 1]". A wrap gives new arrays;
    those of before stay readable and belong to no network any more.
    """

    def __init__(self, c: Any, owner: Any) -> None:
        shape = shape_of(c.shape)
        double = hasattr(c, "value64") and bool(c.value64)
        dtype = np.float64 if double else np.float32
        self.name = text(c.name)
        self.value = view(c.value64 if double else c.value, shape, dtype, owner)
        self.grad = view(c.grad64 if double else c.grad, shape, dtype, owner)
        self.learn, self.decay, self.neuron = bool(c.learn), bool(c.decay), bool(c.neuron)
        self.range = RANGES[c.range]

    def __repr__(self) -> str:
        how = "learned" if self.learn else "fixed"
        return f"Param({self.name!r}, shape {list(self.value.shape)}, {how})"


class Params(Mapping[str, Param]):
    """The parameters of a wrapped network by name, in the order of its nodes.

    `params["fc1.weight"].value[...] = w` writes; `params["fc1.weight"] = w` does too.
    """

    def __init__(self, net: Any, owner: Any) -> None:
        found = (lib.fsnn_net_param(net, i) for i in range(lib.fsnn_net_param_count(net)))
        self._items = {p.name: p for p in (Param(c, owner) for c in found)}

    def __getitem__(self, name: str) -> Param:
        if name not in self._items:
            raise KeyError(
                f"there is no parameter {name!r}; there are {', '.join(self._items) or 'none'}"
                f"{near(name, self._items)}"
            )
        return self._items[name]

    def __setitem__(self, name: str, value: Any) -> None:
        param = self[name]
        array = numbers(value, param.value.dtype, name)
        if array.shape != param.value.shape:
            raise ValueError(
                f"{name} has the shape {list(param.value.shape)}, and this is {list(array.shape)}"
            )
        param.value[...] = array

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return "\n".join(repr(param) for param in self._items.values())


class SettledValues:
    """Notices that numbers were written from outside of which the net has made others: tau,
    threshold, alpha, a coefficient; with `weights` those that are multiplied, too."""

    def __init__(self, params: Params, weights: bool = False) -> None:
        self._values = [p.value for p in params.values() if p.neuron or weights]
        self._known = [v.copy() for v in self._values]

    def moved(self) -> bool:
        if all(np.array_equal(a, b) for a, b in zip(self._values, self._known)):
            return False
        self._known = [v.copy() for v in self._values]
        return True
