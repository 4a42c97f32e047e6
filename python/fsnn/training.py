"""Training and evaluation by the library's own loops."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from _fsnn import ffi, lib

from . import figures
from ._arrays import view
from .data import Loader, data_of, parts_of
from .errors import check, text
from .scoring import score

if TYPE_CHECKING:
    from .net import Net

MODES = {"new": lib.FSNN_RUN_NEW, "resume": lib.FSNN_RUN_RESUME, "replace": lib.FSNN_RUN_REPLACE}


@dataclass(frozen=True)
class Metrics:
    """Figures of an epoch, or of its part so far. Accuracies are in 0..1; `rate` and `rates` (by
    layer) are spikes a neuron and step; test figures are those of the data that training watches,
    NaN until the epoch's evaluation."""

    epoch: int
    epochs: int
    batch: int
    batches: int
    samples: int
    loss: float
    accuracy: float
    test_loss: float
    test_accuracy: float
    lr: float
    gradient_norm: float
    rate: float
    rates: dict[str, float]
    seconds: float
    samples_per_second: float
    seconds_left: float
    best: bool


@dataclass(frozen=True)
class Evaluation:
    """Figures of a data set: `confusion` [classes, classes], row = label; by layer that spikes the
    rate, the neurons that never fired and those that fired at every step, and each neuron's spikes
    a step. Operations are those of one sample over all its steps."""

    loss: float
    accuracy: float
    samples: int
    classes: int
    confusion: np.ndarray
    rates: dict[str, float]
    dead: dict[str, int]
    saturated: dict[str, int]
    neuron_rates: dict[str, np.ndarray]
    multiply_adds: float
    additions: float
    memory_operations: float
    steps: float
    seconds: float

    def figure(self) -> figures.Figure:
        """The confusion matrix."""
        return figures.confusion(self.confusion, title=f"accuracy {self.accuracy:.4f}")

    def _repr_png_(self) -> bytes:
        return self.figure().render()


def _name(net: Net, index: int) -> str:
    info = ffi.new("fsnn_node_info *")
    check(lib.fsnn_net_node(net._net, index, info))
    return text(info.name)


def _metrics(net: Net, c: Any) -> Metrics:
    rates = {_name(net, c.layer_node[i]): c.layer_rate[i] for i in range(c.layers)}
    plain = {
        name: getattr(c, name)
        for name in Metrics.__dataclass_fields__
        if name not in ("rates", "best")
    }
    return Metrics(rates=rates, best=bool(c.best), **plain)


class _Run:
    """What the callbacks of a training need, and the exception that one of them raised."""

    def __init__(self, net: Net, on_batch: Callable | None, on_epoch: Callable | None) -> None:
        self.net, self.on_batch, self.on_epoch = net, on_batch, on_epoch
        self.raised: BaseException | None = None


def _failed(exception: type[BaseException], value: BaseException, trace: Any) -> int:
    ffi.from_handle(trace.tb_frame.f_locals["user"]).raised = value
    return 1


@ffi.def_extern(onerror=_failed)
def fsnn_py_batch(metrics: Any, user: Any) -> int:
    """After each batch, also without a callback of the user's: signals are looked at here."""
    run = ffi.from_handle(user)
    if run.on_batch is not None:
        run.on_batch(_metrics(run.net, metrics))
    return 0


@ffi.def_extern(onerror=_failed)
def fsnn_py_epoch(metrics: Any, user: Any) -> int:
    run = ffi.from_handle(user)
    if run.on_epoch is not None:
        run.on_epoch(_metrics(run.net, metrics))
    return 0


def _open_run(directory: str | os.PathLike[str], mode: str) -> Any:
    if mode not in MODES:
        raise ValueError(f"mode is {mode!r}: it is one of {', '.join(MODES)}")
    own = [ffi.new("char []", b"description.yaml")]
    names = ffi.new("char *[2]", [own[0], ffi.NULL])
    path = ffi.new("char []", os.fsencode(directory))
    options = ffi.new("fsnn_run_options *", {"directory": path, "mode": MODES[mode], "own": names})
    out = ffi.new("fsnn_run **")
    check(lib.fsnn_run_open(options, out))
    return out[0]


def train(
    net: Net,
    data: Any,
    validation: Any,
    *,
    directory: str | os.PathLike[str] | None,
    mode: str,
    encoder: Mapping[str, Any] | None,
    on_batch: Callable | None,
    on_epoch: Callable | None,
    training: Mapping[str, Any],
) -> Metrics:
    """Net.train."""
    more = {f"training.{key}": value for key, value in training.items()}
    description = net.description.changed(more)
    options = lib.fsnn_description_training(description._c)
    if data is None:
        data, watched, test = parts_of(description, "train", "validation", "test")
        validation = (
            validation if validation is not None else watched if watched is not None else test
        )
    if data is None:
        raise ValueError(
            "there is nothing to train on: give data, or a description with a section data"
        )
    made = {"batch": options.batch, "encoder": encoder}
    loader = Loader(description, data_of(data), training=True, **made)
    watch = (
        None
        if validation is None
        else Loader(description, data_of(validation), training=False, **made)
    )
    plan = {"checkpoint": options.checkpoint, "truncate": options.truncate, "still": loader.still}
    net.wrap(loader.steps, loader.batch, training=True, set=more, **plan)
    run = None if directory is None else _open_run(directory, mode)
    try:
        if run is not None:
            whole = net.description.text.encode()
            check(lib.fsnn_run_put(run, b"description.yaml", whole))
        return _loop(net, loader, watch, run, _Run(net, on_batch, on_epoch), options)
    finally:
        if run is not None:
            lib.fsnn_run_close(run)


def _loop(
    net: Net, loader: Loader, watch: Loader | None, run: Any, calls: _Run, training: Any
) -> Metrics:
    options, result = ffi.new("fsnn_train_options *"), ffi.new("fsnn_metrics *")
    handle = ffi.new_handle(calls)
    options.training, options.user = training[0], handle
    options.on_batch, options.on_epoch = lib.fsnn_py_batch, lib.fsnn_py_epoch
    options.run = ffi.NULL if run is None else run
    try:
        status = lib.fsnn_train(
            net._net, loader._c, ffi.NULL if watch is None else watch._c, options, result
        )
        if calls.raised is not None:
            raise calls.raised
        if watch is not None and status < 0:
            watch.data.raise_own()
        loader.data.passed_on(status)
        return _metrics(net, result)
    finally:
        lib.fsnn_metrics_free(result)
        net._planned()


def evaluate(
    net: Net,
    data: Any,
    *,
    part: str,
    batch: int | None,
    encoder: Mapping[str, Any] | None,
    draw: int,
) -> Evaluation:
    """Net.evaluate."""
    description = net.description
    options = lib.fsnn_description_training(description._c)
    if data is None:
        data = parts_of(description, part)[0]
        if data is None:
            raise ValueError(
                f"the description has no {part} data: give data, or the name of another part"
            )
    if hasattr(data, "__next__"):
        return _scored(net, data, ffi.new("fsnn_loss *", options.loss))
    loader = Loader(
        description, data_of(data), training=False, batch=batch or options.batch, encoder=encoder
    )
    if net._net is None:
        net.wrap(loader.steps, loader.batch, still=loader.still)
    result = ffi.new("fsnn_evaluation *")
    loss = ffi.new("fsnn_loss *", options.loss)
    try:
        status = lib.fsnn_evaluate_epoch(net._net, loader._c, loss, draw, result)
        loader.data.passed_on(status)
        return _evaluation(net, result)
    finally:
        lib.fsnn_evaluation_free(result)
        net._planned()


def _scored(net: Net, batches: Any, loss: Any) -> Evaluation:
    """Figures of batches that are read once."""
    start = time.monotonic()
    found, counts = score(net, batches, loss)
    rates = {name: counts.spikes(name) for name in counts.layers}
    steps, n = found.steps / found.samples, found.samples
    operations = [steps * value for value in counts.account()]
    check(lib.fsnn_net_count_spikes(net._net, False))
    net._planned()
    return Evaluation(
        found.loss / n,
        found.correct / n,
        int(n),
        len(found.confusion),
        found.confusion,
        {name: float(rate.mean()) for name, rate in rates.items()},
        {name: int((rate == 0).sum()) for name, rate in rates.items()},
        {name: int((rate == 1).sum()) for name, rate in rates.items()},
        {name: rate.astype(np.float32) for name, rate in rates.items()},
        operations[0],
        operations[1],
        operations[2],
        steps,
        time.monotonic() - start,
    )


def _evaluation(net: Net, c: Any) -> Evaluation:
    names = [_name(net, c.layer_node[i]) for i in range(c.layers)]
    account = lib.fsnn_evaluation_account(c)
    confusion = (
        view(c.confusion, (c.classes, c.classes), np.int64, None).copy()
        if c.confusion
        else np.zeros((0, 0), int)
    )
    rates = [
        view(c.neuron_rate[i], (c.layer_neurons[i],), np.float32, None).copy()
        for i in range(c.layers)
    ]
    return Evaluation(
        c.loss,
        c.accuracy,
        c.samples,
        c.classes,
        confusion,
        {n: c.layer_rate[i] for i, n in enumerate(names)},
        {n: c.layer_dead[i] for i, n in enumerate(names)},
        {n: c.layer_saturated[i] for i, n in enumerate(names)},
        dict(zip(names, rates)),
        account.multiply_adds,
        account.additions,
        account.memory,
        c.steps,
        c.seconds,
    )
