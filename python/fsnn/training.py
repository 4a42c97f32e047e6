"""Training and evaluation by the library's own loops."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from _fsnn import ffi, lib

from . import figures
from ._arrays import read_once, view
from ._names import one_of
from ._session import Session
from .data import PARTS
from .errors import check, text
from .progress import Samples, Training, both
from .running import Watch
from .scoring import score as score_of

if TYPE_CHECKING:
    from .net import Net

MODES = {"new": lib.FSNN_RUN_NEW, "resume": lib.FSNN_RUN_RESUME, "replace": lib.FSNN_RUN_REPLACE}


@dataclass(frozen=True)
class Metrics:
    """Figures of an epoch, or of its part so far. Accuracies are in 0..1; `rate` and `rates` (by
    layer) are spikes a neuron and step; test figures are those of the data that training watches,
    NaN until the epoch's evaluation. `test_metrics` has those that judge the targets, by name:
    accuracy, top_k, balanced_accuracy, f1 of classes; mse, mae, r2 of values. `figures` has terms
    of the loss ("term.NAME"), norms of gradients ("gradient.LAYER") and what neurons have learned
    ("lif1.tau")."""

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
    test_metrics: dict[str, float] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    """Means over draws, and standard deviations (0 of one draw)."""

    loss: float
    accuracy: float
    spread_loss: float
    spread_accuracy: float


@dataclass(frozen=True)
class Evaluation:
    """Figures of a data set: `confusion` [classes, classes], row = label; by layer that spikes the
    rate, the neurons that never fired and those that fired at every step, and each neuron's spikes
    a step. Operations are those of one sample over all its steps. Of several draws figures are
    means, `score` has their spread, `losses` and `accuracies` each; `perturbed` the same under each
    disturbance, "noise=0.1". `metrics` has what judges the targets, by name. Of values there is no
    accuracy (NaN), and `truth` and `answers` are some of the pairs, taken evenly. `class_names`
    [classes] where the files have one for each, else empty. `rates_hz` are the rates in Hz, where
    the description's `units` name that of time."""

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
    score: Score | None = None
    losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    perturbed: dict[str, Score] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    truth: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    answers: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    class_names: list[str] = field(default_factory=list)
    rates_hz: dict[str, float] = field(default_factory=dict)

    def figure(self) -> figures.Figure:
        """The confusion matrix; of values, answers over the truth."""
        if len(self.truth):
            return figures.scatter(self.truth, self.answers, title=f"R2 {self.metrics['r2']:.4f}")
        title = f"accuracy {self.accuracy:.4f}"
        return figures.confusion(self.confusion, title=title, names=self.class_names)

    def _repr_png_(self) -> bytes:
        return self.figure().render()


def _judged(values: Any) -> dict[str, float]:
    """By name, those that judge the targets."""
    return {
        text(lib.fsnn_metric_name(i)): values[i]
        for i in range(lib.FSNN_METRIC_LOSS, lib.FSNN_METRICS)
        if values[i] == values[i]
    }


def _metrics(net: Net, c: Any) -> Metrics:
    assert net._session is not None
    rates = {net._session.node_name(c.layer_node[i]): c.layer_rate[i] for i in range(c.layers)}
    plain = {
        name: getattr(c, name)
        for name in Metrics.__dataclass_fields__
        if name not in ("rates", "best", "test_metrics", "figures")
    }
    judged = _judged(c.test_metric)
    named = {text(c.figure_name[i]): c.figure[i] for i in range(c.figures)}
    return Metrics(rates=rates, best=bool(c.best), test_metrics=judged, figures=named, **plain)


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


def _mode(name: str, directory: Any) -> int:
    one_of("mode", name, MODES)
    if directory is None and MODES[name] != lib.FSNN_RUN_NEW:
        raise ValueError(f"mode {name!r} is about a run in a directory: give directory")
    return MODES[name]


def _check_calls(**calls: Any) -> None:
    for name, call in calls.items():
        if call is not None and not callable(call):
            raise TypeError(f"{name} is {call!r}: it is a function of Metrics")


def train(
    net: Net,
    data: Any,
    validation: Any,
    *,
    directory: str | os.PathLike[str] | None,
    mode: str,
    encoder: Mapping[str, Any] | None,
    augment: Mapping[str, Any] | None,
    best: bool | str,
    progress: bool,
    on_batch: Callable | None,
    on_epoch: Callable | None,
    training: Mapping[str, Any],
) -> Metrics:
    """Net.train."""
    more = {f"training.{key}": value for key, value in training.items()}
    if isinstance(best, str):
        more["training.best"] = best
    options = ffi.new("fsnn_session_training_options *")
    options.mode = _mode(mode, directory)
    _check_calls(on_batch=on_batch, on_epoch=on_epoch)
    path = ffi.NULL if directory is None else ffi.new("char []", os.fsencode(directory))
    options.directory = path
    if data is None and not net.description.has_data:
        raise ValueError(
            "there is nothing to train on: give data, or a description with a section data"
        )
    session = net._open(more, directory if mode == "resume" else None)
    for part, given in (("train", data), ("validation", validation)):
        if given is not None:
            session.give(part, given)
    session.encode(encoder)
    session.augment(augment)
    session.passed_on(lib.fsnn_session_check_training(session.c))
    net._adopt(session, more)
    net._remark(net.warnings)
    shown = Training() if progress else None
    if shown is not None:
        on_batch, on_epoch = both(on_batch, shown.on_batch), both(on_epoch, shown.on_epoch)
    try:
        return _loop(net, session, options, _Run(net, on_batch, on_epoch), bool(best))
    finally:
        if shown is not None:
            shown.close()


def _loop(net: Net, session: Session, options: Any, calls: _Run, best: bool) -> Metrics:
    result, handle = ffi.new("fsnn_metrics *"), ffi.new_handle(calls)
    options.user = handle
    options.on_batch, options.on_epoch = lib.fsnn_py_batch, lib.fsnn_py_epoch
    try:
        status = lib.fsnn_session_train(session.c, options, result)
        if calls.raised is not None:
            raise calls.raised
        session.passed_on(status)
        if best:
            check(lib.fsnn_session_best(session.c))
        return _metrics(net, result)
    finally:
        lib.fsnn_metrics_free(result)
        session.close_data()
        net._planned()


BITS = {"float": 0, "int8": 8, "int4": 4}  # of a weight, by the type of an evaluation


def _integers(session: Session, bits: int) -> Any:
    """The session's network in whole numbers (fsnn/integer.h), calibrated by its training data,
    else by those that there are; NULL of 0 bits."""
    if not bits:
        return ffi.NULL
    options, out = ffi.new("fsnn_integer_options *"), ffi.new("fsnn_integer **")
    options[0] = lib.fsnn_integer_options_default()
    options.bits = bits
    session.passed_on(lib.fsnn_session_integers(session.c, options, out))
    return ffi.gc(out[0], lib.fsnn_integer_destroy)


class _Conditions:
    """Disturbances as texts, "noise=0.1:0.2"."""

    def __init__(self, texts: str | Sequence[str]) -> None:
        self.list = ffi.gc(ffi.new("fsnn_condition **"), lambda c: lib.free(c[0]))
        self.count = ffi.new("int *")
        for number, one in enumerate([texts] if isinstance(texts, str) else texts):
            check(lib.fsnn_conditions_read(one.encode(), number, self.list, self.count))

    def name(self, i: int) -> str:
        """ "noise=0.1,jitter=2"."""
        c = self.list[0][i]
        items = (c.item[k] for k in range(c.items))
        return ",".join(f"{text(lib.fsnn_perturb_name(p.kind))}={p.amount:g}" for p in items)


def evaluate(
    net: Net,
    data: Any,
    *,
    part: str,
    batch: int | None,
    encoder: Mapping[str, Any] | None,
    seed: int | None,
    draw: int,
    repeats: int,
    perturb: str | Sequence[str],
    progress: bool | Callable[[int, int], Any] | None,
    precision: str | None,
    type: str,
) -> Evaluation:
    """Net.evaluate."""
    one_of("type", type, BITS)
    bits = BITS[type]
    if bits and precision is not None:
        raise TypeError(f'precision {precision!r} is for type="float": integers have their own')
    if bits and read_once(data):
        raise TypeError(f"type {type!r} goes with data that are held: it is calibrated by them")
    if part not in PARTS:
        raise ValueError(f"part is {part!r}: it is one of {', '.join(PARTS)}")
    if read_once(data):
        if seed is not None:
            raise TypeError(
                "seed goes with data that are held: batches that are read once are encoded already"
            )
        if precision is not None:
            raise TypeError(
                "precision goes with data that are held: batches that are read once run as the net "
                "is wrapped (products=...)"
            )
        options = lib.fsnn_description_training(net.description._c)
        return _scored(net, iter(data), ffi.new("fsnn_loss *", options.loss))
    if seed is not None:
        if not hasattr(seed, "__index__") or not 0 <= seed < 1 << 64:
            raise ValueError(f"seed is {seed!r}: it is a whole number from 0 to 2^64 - 1")
        if net._net is None:
            net.wrap(1)  # whose weights are those of the description's seed
    session = net._open(seed=seed)
    session.multiply(precision)
    if data is not None:
        session.give(part, data)
    elif not net.description.has_data:
        raise ValueError("there are no data to evaluate on: give data, or a section data")
    session.encode(encoder)
    if batch is not None:
        check(lib.fsnn_session_batch(session.c, batch))
    session.passed_on(lib.fsnn_session_open_part(session.c, PARTS[part]))
    session.passed_on(lib.fsnn_session_prepare(session.c, PARTS[part], False))
    net._valued(session)
    shown = Samples() if progress is True else None
    conditions, watch = _Conditions(perturb), Watch(shown or progress or None)
    handle, how = ffi.new_handle(watch), ffi.new("fsnn_assess_options *")
    integers = _integers(session, bits)
    how.integers = integers
    how.part, how.repeats, how.first = PARTS[part], repeats, draw
    how.condition, how.conditions = conditions.list[0], conditions.count[0]
    how.progress, how.user = lib.fsnn_py_progress, handle
    result = ffi.new("fsnn_assessment *")
    try:
        status = lib.fsnn_session_evaluate(session.c, how, result)
        watch.ended()
        session.passed_on(status)
        names = _class_names(session, part, result.mean.classes)
        return replace(_assessment(session, result, conditions), class_names=names)
    finally:
        if shown is not None:
            shown.close()
        lib.fsnn_assessment_free(result)


def _class_names(session: Session, part: str, classes: int) -> list[str]:
    data = lib.fsnn_session_data(session.c, PARTS[part])
    names = [lib.fsnn_data_class(data, label) for label in range(classes)] if data else []
    return [text(name) for name in names] if all(names) else []


def in_hertz(found: Evaluation, hertz: float) -> Evaluation:
    """With rates in Hz, where those of a spike in each step are known (above 0)."""
    rates = {name: rate * hertz for name, rate in found.rates.items()}
    return replace(found, rates_hz=rates) if hertz > 0 else found


def _assessment(session: Session, c: Any, conditions: _Conditions) -> Evaluation:
    def score(s: Any) -> Score:
        return Score(s.loss, s.accuracy, s.spread_loss, s.spread_accuracy)

    return replace(
        _evaluation(session, c.mean),
        score=score(c.score),
        losses=[c.loss[i] for i in range(c.repeats)],
        accuracies=[c.accuracy[i] for i in range(c.repeats)],
        perturbed={conditions.name(i): score(c.condition[i]) for i in range(c.conditions)},
    )


def _scored(net: Net, batches: Any, loss: Any) -> Evaluation:
    """Figures of batches that are read once."""
    start = time.monotonic()
    found, counts = score_of(net, batches, loss)
    rates = {name: counts.spikes(name) for name in counts.layers}
    steps, n = found.steps / found.samples, found.samples
    operations = [steps * value for value in counts.account()]
    check(lib.fsnn_net_count_spikes(net._net, False))
    net._planned()
    return Evaluation(
        found.loss / found.counted,
        found.accuracy,
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
        metrics=found.metrics(),
        truth=_flat(found.truth),
        answers=_flat(found.answers),
    )


def _flat(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(arrays).ravel() if arrays else np.zeros(0, np.float32)


def _pairs(c: Any, count: int) -> np.ndarray:
    return view(c, (count,), np.float32, None).copy() if c else np.zeros(0, np.float32)


def _evaluation(session: Session, c: Any) -> Evaluation:
    names = [session.node_name(c.layer_node[i]) for i in range(c.layers)]
    account = lib.fsnn_evaluation_account(ffi.addressof(c))
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
        metrics=_judged(c.metric),
        truth=_pairs(c.truth, c.pairs),
        answers=_pairs(c.answer, c.pairs),
    )
