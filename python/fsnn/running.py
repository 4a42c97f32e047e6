"""Whole recordings through a network: in pieces, from any iterator, with time stamps."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from _fsnn import ffi, lib

from . import figures
from ._arrays import KINDS, Results, lent, numbers, pointer, read_once
from ._names import in_table, near
from ._plan import INTERPOLATE
from .errors import check

if TYPE_CHECKING:
    from .net import Net


@dataclass(frozen=True)
class Run:
    """y [T, B, output shape], and what was recorded: {"lif1.v": [T, B, layer's shape], ...}.

    `times` [T] or [T, B]: when the steps are, of x with time stamps. `loss` of a target, and
    `gradients` by parameter. Beside recorded potentials `thresholds` [layer's shape] of layers
    whose threshold does not move. `certificates` of memories by tolerance: by layer the smallest
    distance of a spike test from its threshold, the largest effect of the memory on it, and 1 where
    the spikes are proven to be those of the exact weights. `units`: of the description, which
    figures name.
    """

    y: np.ndarray
    records: dict[str, np.ndarray]
    times: np.ndarray | None = None
    loss: float | None = None
    gradients: dict[str, np.ndarray] = field(default_factory=dict)
    thresholds: dict[str, np.ndarray] = field(default_factory=dict)
    certificates: dict[str, tuple[float, ...]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)

    def figure(self, sample: int = 0, step: float = 1.0) -> figures.Figure:
        """The spikes of one sample, which must have been recorded."""
        found = {
            key.rpartition(".")[0]: value[:, sample]
            for key, value in self.records.items()
            if key.endswith(".spikes")
        }
        if not found:
            raise ValueError('no spikes were recorded: run(x, record=["spikes"])')
        title = f"spikes of sample {sample}"
        return figures.raster(found, step=step, title=title, units=self.units)


def interpolate(x: Any, times: Any, query: Any, kind: str = "linear") -> np.ndarray:
    """Samples x [n, B, ...] at increasing `times` [n] to [q, B, ...] at `query` [q]: float64 of
    float64, float32 of all else.

    `kind`: nearest, hold, linear, cubic, akima. Before the first sample and after the last it is
    that sample. Raises ValueError (which stamp).
    """
    t, q = numbers(times, np.float64, "times"), numbers(query, np.float64, "query")
    double = getattr(x, "dtype", None) == np.float64 and np.float64 in INTERPOLATE
    dtype: Any = np.float64 if double else np.float32
    kind_of, function = INTERPOLATE[dtype]
    array = numbers(x, dtype, "x")
    found = lib.fsnn_interpolation_find(str(kind).encode())
    in_table("interpolation", kind, found, lib.fsnn_interpolation_name, lib.FSNN_INTERPOLATIONS)
    if array.ndim < 2 or t.shape != array.shape[:1] or q.ndim != 1:
        raise ValueError(
            f"x is [n, B, ...], times [n], query [q]; they are {list(array.shape)}, "
            f"{list(t.shape)}, {list(q.shape)}"
        )
    out = np.empty((q.size, *array.shape[1:]), dtype)
    width = int(np.prod(array.shape[2:]))
    times_c, query_c = pointer(t, "double *"), pointer(q, "double *")
    sizes = (t.size, times_c, array.shape[1], False, width, pointer(array, kind_of))
    check(function(found, *sizes, q.size, query_c, pointer(out, kind_of)))
    return out


def grid(times: Any, step: float) -> np.ndarray:
    """The solver's times t_0, t_0 + step, ... as far as the last of `times` [n]."""
    t = numbers(times, np.float64, "times")
    at = (t.size, pointer(t, "double *"), 1, False, step, 0.0)
    steps = check(lib.fsnn_interpolate_steps(*at))
    out = np.empty(steps)
    check(lib.fsnn_interpolate_grid(*at, steps, pointer(out, "double *")))
    return out


def run(
    net: Net,
    x: Any,
    *,
    chunk: int | None,
    record: Sequence[str],
    precision: str | None,
    **how: Any,
) -> Run:
    """Net.run."""
    record = record.split(",") if isinstance(record, str) else record
    if not read_once(x):
        return _whole(net, x, chunk or 0, record, precision=precision, **how)
    given = [key for key, value in how.items() if value is not None and value is not False]
    if chunk or given:
        raise TypeError(
            f"{given[0] if given else 'chunk'} goes with an array: an iterator has its own pieces"
        )
    return _pieces(net, iter(x), record, precision)


def _pieces(net: Net, pieces: Iterator[Any], record: Sequence[str], precision: str | None) -> Run:
    """Pieces that are read once; how many steps they are is known at the end."""
    outputs: list[np.ndarray] = []
    records: dict[str, list[np.ndarray]] = {}
    for piece in pieces:
        if not outputs:
            steps, batch = np.shape(piece)[:2]
            net.wrap(steps, batch, record=bool(record), products=precision)
            check(lib.fsnn_record_check(_listed(record), net._net))
            names = [node.name for node in net.inspect().nodes if node.neuron]
            items = [_parted(item) for item in record]
            wanted = [(n, what) for n in names for what, layers in items if layers.fullmatch(n)]
        outputs.append(net.forward(piece))
        for name, what in wanted:
            records.setdefault(f"{name}.{what}", []).append(net.read(name, what))
    if not outputs:
        raise ValueError("x has no steps")
    return Run(
        np.concatenate(outputs), {key: np.concatenate(parts) for key, parts in records.items()}
    )


# ---- arrays: a run of the library's own


class Watch:
    """A call that Python may end: Ctrl-C, or what `progress` raises."""

    def __init__(self, progress: Any = None) -> None:
        self.progress = progress
        self.raised: BaseException | None = None

    def ended(self) -> None:
        if self.raised is not None:
            raise self.raised


def _failed(exception: type[BaseException], value: BaseException, trace: Any) -> int:
    ffi.from_handle(trace.tb_frame.f_locals["user"]).raised = value
    return 1


@ffi.def_extern(onerror=_failed)
def fsnn_py_progress(done: int, all: int, user: Any) -> int:
    """Also without a callback of the user's: signals are looked at here."""
    watch = ffi.from_handle(user)
    if watch.progress is not None:
        watch.progress(done, all)
    return 0


KNOWN = frozenset({"v", "spikes", "current", "test", "threshold", "states"})


def _parted(item: str) -> tuple[str, re.Pattern[str]]:
    """ "v:lif*" as "v" and what fits the layers' names; all names without a colon."""
    if not isinstance(item, str):
        raise TypeError(f'record is a list of names like "v" and "spikes:lif1", and has {item!r}')
    what, colon, layers = item.partition(":")
    letters = {"*": ".*", "?": "."}
    pattern = "".join(letters.get(letter, re.escape(letter)) for letter in layers)
    return what, re.compile(pattern if colon else ".*")


def _listed(record: Sequence[str]) -> bytes:
    """The library's list. Names that are no record of the library's may be states."""
    items = [(item, _parted(item)) for item in record]
    return ",".join(i if w in KNOWN else f"states{i[len(w) :]}" for i, (w, _) in items).encode()


def _ask_steps(request: Any, steps: Any) -> None:
    """(first, end), where end may be None, or a range."""
    if isinstance(steps, range):
        if steps.step != 1:
            raise ValueError(f"record_steps is {steps}: its steps stand one behind the other")
        steps = (steps.start, steps.stop)
    try:
        first, end = steps
        request.record_first = first = operator.index(first)
        end = None if end is None else operator.index(end)
    except (TypeError, ValueError):
        raise TypeError(
            f"record_steps is {steps!r}: it is (first, end), (first, None) or a range"
        ) from None
    if first < 0 or (end is not None and end <= first):
        raise ValueError(f"record_steps is {steps!r}: 0 <= first < end, counted from 0")
    request.record_steps = 0 if end is None else end - first


def _ask_loss(request: Any, session: Any, name: str | None) -> None:
    """The loss of the description, with its options, or another by its name."""
    if name is None:
        request.loss = session.training.loss.kind
        request.options = ffi.addressof(session.training, "loss")
        return
    if not isinstance(name, str):
        raise TypeError(
            f"loss is {name!r}: it is a name; options of a loss are those of the description, "
            'training={"loss": {...}}'
        )
    request.loss = check(lib.fsnn_loss_find(name.encode()))


def _numbers(x: Any, what: str) -> np.ndarray:
    """As they are where the library reads them so."""
    dtype = getattr(x, "dtype", None)
    return numbers(x, dtype if dtype in KINDS else np.float64, what)


def _whole(
    net: Net,
    x: Any,
    chunk: int,
    record: Sequence[str],
    *,
    times: Any,
    target: Any,
    loss: str | None,
    gradients: bool,
    precision: str | None,
    record_steps: Any,
) -> Run:
    session, watch, result = net._open(), Watch(), Results()
    session.multiply(precision)
    check(lib.fsnn_session_shapes(session.c, ffi.NULL, ffi.NULL))
    net._valued(session)
    handle, request = ffi.new_handle(watch), ffi.new("fsnn_run_request *")
    arrays = {"x": _numbers(x, "x")}
    if times is not None:
        arrays["times"] = numbers(times, np.float64, "times")
    if target is not None:
        arrays["target"] = _numbers(target, "target")
        _ask_loss(request, session, loss)
    lends = {key: lent(array) for key, array in arrays.items()}
    for key, lend in lends.items():
        setattr(request, key, lend)
    listed = ffi.new("char []", _listed(record))
    request.gradients, request.record, request.chunk = gradients, listed, chunk
    if record_steps is not None:
        _ask_steps(request, record_steps)
    request.progress, request.user = lib.fsnn_py_progress, handle
    status = lib.fsnn_session_run(session.c, request, result.c)
    watch.ended()
    check(status)
    found = result.taken()
    net._adopt_run(session, len(found["output"]))
    return _run_of(found, record)


def _run_of(found: dict[str, np.ndarray], record: Sequence[str]) -> Run:
    """Arrays "v.NODE" as records "NODE.v"."""
    records, gradients, thresholds, certificates = {}, {}, {}, {}
    items = [_parted(item) for item in record]

    def asked(what: str, node: str, *names: str) -> bool:
        return any(name in (what, *names) and fits.fullmatch(node) for name, fits in items)

    for name, array in found.items():
        what, dot, node = name.partition(".")
        if not dot:
            continue
        if what == "grad":
            gradients[node] = array
        elif what == "certificate":
            certificates[node] = tuple(array)
        elif what == "threshold" and not asked(what, node):
            thresholds[node] = array
        elif asked(what, node, "states"):
            records[f"{node}.{what}"] = array
    missing = [what for what, _ in items if what not in KNOWN | _whats(records)]
    if missing:
        there = sorted(KNOWN | _whats(records))
        listed = ", ".join(there)
        raise ValueError(
            f"no layer has a state {missing[0]!r}: there are {listed}{near(missing[0], there)}"
        )
    times, loss = found.get("times"), found.get("loss")
    return Run(
        found["output"],
        records,
        times,
        None if loss is None else float(loss),
        gradients,
        thresholds,
        certificates,
    )


def _whats(records: dict[str, np.ndarray]) -> set[str]:
    return {key.rpartition(".")[2] for key in records}
