"""Evaluation over an iterator of batches, which is read once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from _fsnn import ffi, lib

from ._arrays import pointer, shape_of
from .data import _Targets
from .errors import check

if TYPE_CHECKING:
    from .net import Net


class _Counts:
    """What layers did over all batches."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.layers = {
            node.name: index for index, node in enumerate(net.inspect().nodes) if node.spiking
        }
        self.nodes = len(net.inspect().nodes)

    def spikes(self, name: str) -> np.ndarray:
        """Spikes a step of each neuron, [layer's shape] as a row."""
        info, most = ffi.new("fsnn_node_info *"), ffi.new("int64_t *")
        check(lib.fsnn_net_node(self.net._net, self.layers[name], info))
        counts = np.zeros(int(np.prod(shape_of(info.shape))), np.int64)
        index = self.layers[name]
        check(lib.fsnn_net_spike_counts(self.net._net, index, pointer(counts, "int64_t *"), most))
        return counts / max(1, most[0])

    def account(self) -> list[float]:
        """Multiply-adds, additions, operations of memories: of one sample and step."""
        total, one = [0.0, 0.0, 0.0], ffi.new("fsnn_account *")
        for index in range(self.nodes):
            check(lib.fsnn_net_account(self.net._net, index, one))
            total[0] += one.multiply_adds
            total[1] += one.additions
            total[2] += one.memory
        return total


class Score:
    """Loss, hits and confusion, summed over batches; of values the pairs of truth and answer."""

    def __init__(self, loss: Any, classes: int) -> None:
        self.how, self.confusion = loss, np.zeros((classes, classes), np.int64)
        self.loss = self.correct = self.counted = self.samples = self.steps = 0.0
        self.of_values = False
        self.truth: list[np.ndarray] = []
        self.answers: list[np.ndarray] = []

    def add(self, y: np.ndarray, target: Any) -> None:
        K, B = y.shape[:2]
        flat = np.ascontiguousarray(y.reshape(K, B, -1), np.float32)
        given = _targets(target, flat, self.how)
        c, measure = ffi.new("fsnn_target *"), ffi.new("fsnn_measure *")
        if given.values is not None:
            c.values, c.steps = pointer(given.values, "float *"), len(given.shape) > 1
        else:
            labels = given.steps if given.labels is None else given.labels
            assert labels is not None
            c.labels, c.steps = pointer(labels, "int32_t *"), given.steps is not None
        shape = (K, B, flat.shape[2])
        output = pointer(flat, "float *")
        check(lib.fsnn_loss_measure(self.how, *shape, output, c, ffi.NULL, measure))
        self.loss += measure.value * measure.counted
        self.correct += measure.correct
        self.counted += measure.counted
        self.samples += B
        self.steps += K * B
        self._compare(flat, given)

    def _compare(self, flat: np.ndarray, given: _Targets) -> None:
        stepwise = given.steps is not None or (given.values is not None and len(given.shape) > 1)
        answers = _answers(flat, self.how.readout, stepwise)
        if given.values is not None:
            self.of_values, self.confusion = True, np.zeros((0, 0), np.int64)
            if self.how.kind == lib.FSNN_BCE:  # labels of a sample, and no numbers to compare
                return
            self.truth.append(given.values.reshape(-1, flat.shape[2]))
            self.answers.append(answers.reshape(-1, flat.shape[2]))
            return
        labels = np.asarray(given.labels if given.steps is None else given.steps)
        labels, best = np.broadcast_arrays(
            labels.T if stepwise else labels, answers.argmax(axis=-1)
        )
        counts = labels >= 0
        np.add.at(self.confusion, (labels[counts], best[counts]), 1)

    @property
    def accuracy(self) -> float:
        return np.nan if self.of_values else self.correct / self.counted

    def metrics(self) -> dict[str, float]:
        """What judges the targets, by name."""
        found = {"loss": self.loss / self.counted}
        if not self.truth:
            return found if self.of_values else {**found, "accuracy": self.accuracy}
        truth, answers = np.concatenate(self.truth), np.concatenate(self.answers)
        error = answers.astype(np.float64) - truth
        spread = ((truth - truth.mean(axis=0, dtype=np.float64)) ** 2).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            r2 = 1 - (error**2).sum(axis=0) / spread
        found |= {"mse": float((error**2).mean()), "mae": float(np.abs(error).mean())}
        return {**found, "r2": float(r2.mean())}


def _targets(target: Any, y: np.ndarray, loss: Any) -> _Targets:
    """Classes [B], or [B, K] of a loss of classes; values [B, C] or [B, K, C]."""
    K, B, C = y.shape
    array = np.asarray(target)
    whole = array.dtype.kind in "iub"
    a_step = whole and array.shape == (B, K) and loss.kind not in (lib.FSNN_MSE, lib.FSNN_BCE)
    given = _Targets(target, B, "classes" if a_step and (K != C or _each(loss)) else "auto")
    if given.values is not None and given.values.shape[1] not in (C, K * C):
        raise ValueError(
            f"a batch has targets of shape {list(array.shape)}: they are classes [{B}], a class a "
            f"step [{B}, {K}], values [{B}, {C}] or [{B}, {K}, {C}]"
        )
    return given


def _each(loss: Any) -> bool:
    return loss.readout == lib.FSNN_READOUT_EACH


def _answers(y: np.ndarray, readout: int, stepwise: bool) -> np.ndarray:
    """What answers for each sample, y [K, B, C] -> [B, C]; of each step [K, B, C]."""
    if stepwise or readout == lib.FSNN_READOUT_EACH:
        return y
    if readout == lib.FSNN_READOUT_LAST:
        return y[-1]
    if readout == lib.FSNN_READOUT_MAX:
        return y.max(axis=0)
    return y.sum(axis=0) if readout == lib.FSNN_READOUT_SUM else y.mean(axis=0)


def score(net: Net, batches: Iterator[Any], loss: Any) -> tuple[Score, _Counts]:
    """Every (x [T, B, ...], targets [B, ...]) of the iterator, from time 0."""
    found: Score | None = None
    for x, target in batches:
        steps, batch = np.shape(x)[:2]
        if np.shape(target)[:1] != (batch,):
            raise ValueError(
                f"a batch of {batch} samples has targets of shape {list(np.shape(target))}"
            )
        if found is None:
            net.wrap(steps, batch)
            check(lib.fsnn_net_count_spikes(net._net, True))
            counts = _Counts(net)
            found = Score(loss, int(np.prod(net._output)))
        else:
            net.reset()
        found.add(net.forward(x), target)
    if found is None:
        raise ValueError("there are no batches")
    return found, counts
