"""A neuron that was written in Python as an equation: its forward is run once on symbols.

What cannot be recorded (branches, other functions, states of its own) raises; the neuron then runs
step by step through torch.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import torch

# Functions of the equations (fsnn/neuron.h) by the names that torch has for them.
FUNCTIONS = {name: name for name in "exp log sqrt tanh sigmoid abs sin cos".split()}
FUNCTIONS["absolute"] = "abs"
OPERATORS = {
    "add": "+", "sub": "-", "subtract": "-", "mul": "*", "multiply": "*", "div": "/", "divide": "/",
    "true_divide": "/", "pow": "^",
}  # fmt: skip
PAIRS = {"maximum": "max", "minimum": "min"}
# The spike of the step within a text: as it is, and detached.
SPIKE, DETACHED = "\x01", "\x02"


class NotRecordable(Exception):
    """The forward does what equations do not have."""


@dataclass(frozen=True)
class Equations:
    """A recorded neuron: texts as in a description, and parameters of its own by name."""

    dv: str
    spike: str
    after_spike: str
    detach_reset: bool
    surrogate: tuple[str, float]  # its kind and scale
    params: dict[str, torch.Tensor]
    resets: bool  # dv has the spike in it


class Recorder:
    """What is seen while a forward runs on symbols."""

    current = threading.local()

    def __init__(self, neuron: torch.nn.Module) -> None:
        self.names = {id(p): name.replace(".", "_") for name, p in neuron.named_parameters()}
        self.params: dict[str, torch.Tensor] = {}
        self.spike: str | None = None
        self.how: tuple[str, float] = ("", 0.0)

    def text_of(self, value: Any) -> str:
        """A symbol, a number, or a parameter with one element."""
        if isinstance(value, Symbol):
            return value.text
        if isinstance(value, torch.Tensor):
            if id(value) in self.names and value.numel() == 1:
                self.params[self.names[id(value)]] = value
                return self.names[id(value)]
            if value.numel() != 1 or value.requires_grad:
                raise NotRecordable(f"it uses a tensor of shape {list(value.shape)}")
        number = float(value)
        return repr(number) if number >= 0 else f"({number!r})"

    def surrogate(self, x: Any, kind: str, scale: float) -> Symbol:
        if self.spike is not None:
            raise NotRecordable("it calls a surrogate gradient twice")
        self.spike, self.how = self.text_of(x), (kind, scale)
        return Symbol(SPIKE)


def recorder() -> Recorder | None:
    """The recorder of this thread while a forward is recorded."""
    return getattr(Recorder.current, "recorder", None)


def record(neuron: torch.nn.Module) -> Equations:
    """The equations of a neuron; raises where there are none."""
    at = Recorder(neuron)
    Recorder.current.recorder = at
    try:
        dv, spike = type(neuron).forward(neuron, Symbol("v"), Symbol("I"))
        text = at.text_of(dv)
    finally:
        Recorder.current.recorder = None
    if at.spike is None or not isinstance(spike, Symbol) or spike.text not in (SPIKE, DETACHED):
        raise NotRecordable("the spike that it returns is not what surrogate_f gave")
    if SPIKE in at.spike or (SPIKE in text and DETACHED in text):
        raise NotRecordable("it uses its spike detached and not")
    without = text.replace(SPIKE, "0").replace(DETACHED, "0")
    after = text.replace(SPIKE, "s").replace(DETACHED, "s")
    if max(map(len, (without, at.spike, after))) > 2000:
        raise NotRecordable("its equations are longer than 2000 characters")
    resets = SPIKE in text or DETACHED in text
    return Equations(without, at.spike, after, SPIKE not in text, at.how, at.params, resets)


def _function(name: str) -> Any:
    return lambda self: Symbol(f"{name}({self.text})")


class Symbol:
    """A number that is not known yet: arithmetic with it is kept as text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _with(self, operator: str, other: Any, swapped: bool = False) -> Symbol:
        at = recorder()
        if at is None:
            raise NotRecordable("it is used after the recording")
        a, b = self.text, at.text_of(other)
        return Symbol(f"({b} {operator} {a})" if swapped else f"({a} {operator} {b})")

    def __add__(self, b: Any) -> Symbol:
        return self._with("+", b)

    def __sub__(self, b: Any) -> Symbol:
        return self._with("-", b)

    def __mul__(self, b: Any) -> Symbol:
        return self._with("*", b)

    def __truediv__(self, b: Any) -> Symbol:
        return self._with("/", b)

    def __pow__(self, b: Any) -> Symbol:
        return self._with("^", b)

    def __radd__(self, b: Any) -> Symbol:
        return self._with("+", b, True)

    def __rsub__(self, b: Any) -> Symbol:
        return self._with("-", b, True)

    def __rmul__(self, b: Any) -> Symbol:
        return self._with("*", b, True)

    def __rtruediv__(self, b: Any) -> Symbol:
        return self._with("/", b, True)

    def __rpow__(self, b: Any) -> Symbol:
        return self._with("^", b, True)

    def __neg__(self) -> Symbol:
        return Symbol(f"(-{self.text})")

    def __pos__(self) -> Symbol:
        return self

    def __abs__(self) -> Symbol:
        return Symbol(f"abs({self.text})")

    pow = __pow__

    def detach(self) -> Symbol:
        if self.text in (SPIKE, DETACHED):
            return Symbol(DETACHED)
        raise NotRecordable("it detaches something other than its spike")

    def square(self) -> Symbol:
        return Symbol(f"({self.text} ^ 2.0)")

    def clamp(self, min: Any = None, max: Any = None) -> Symbol:
        at, text = recorder(), self.text
        if at is None:
            raise NotRecordable("it is used after the recording")
        if min is not None:
            text = f"max({text}, {at.text_of(min)})"
        if max is not None:
            text = f"min({text}, {at.text_of(max)})"
        return Symbol(text)

    def relu(self) -> Symbol:
        return self.clamp(min=0.0)

    def __bool__(self) -> bool:
        raise NotRecordable("it branches on a number")

    def _compared(self, other: Any) -> Any:
        raise NotRecordable("it compares numbers")

    __lt__ = __le__ = __gt__ = __ge__ = _compared

    def __getattr__(self, name: str) -> Any:
        raise NotRecordable(f"it uses .{name}, which equations do not have")

    @classmethod
    def __torch_function__(
        cls, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Symbol:
        name = getattr(function, "__name__", str(function)).strip("_")
        at, kwargs = recorder(), kwargs or {}
        swapped = name[1:] if name.startswith("r") and name[1:] in OPERATORS else None
        if at is not None and len(args) == 2 and (name in OPERATORS or swapped):
            a, b = (args[1], args[0]) if swapped else args
            return Symbol(f"({at.text_of(a)} {OPERATORS[swapped or name]} {at.text_of(b)})")
        if at is not None and name in PAIRS and len(args) == 2:
            return Symbol(f"{PAIRS[name]}({at.text_of(args[0])}, {at.text_of(args[1])})")
        if name in ("zeros_like", "ones_like"):
            return Symbol("0.0" if name[0] == "z" else "1.0")
        if name == "neg":
            return -args[0]
        if name in FUNCTIONS or name in ("square", "clamp", "relu"):
            return getattr(cls, name)(*args, **kwargs)
        known = ", ".join([*FUNCTIONS, "clamp, maximum, minimum, relu, square", "+ - * / **"])
        raise NotRecordable(f"it calls torch's {name}; equations have {known}")


for _name, _text in FUNCTIONS.items():
    setattr(Symbol, _name, _function(_text))
