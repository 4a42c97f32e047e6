"""Evaluation over an iterator of batches, which is read once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from _fsnn import ffi, lib

from ._arrays import numbers, pointer, shape_of
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
    """Loss, hits and confusion, summed over batches."""

    def __init__(self, loss: Any, classes: int) -> None:
        self.loss_kind, self.confusion = loss, np.zeros((classes, classes), np.int64)
        self.loss = self.correct = self.samples = self.steps = 0.0

    def add(self, y: np.ndarray, labels: np.ndarray) -> None:
        value, correct = ffi.new("double *"), ffi.new("int64_t *")
        K, B = y.shape[:2]
        flat = np.ascontiguousarray(y.reshape(K, B, -1), np.float32)
        sizes = (K, B, flat.shape[2], pointer(flat, "float *"), pointer(labels, "int32_t *"))
        check(lib.fsnn_loss_compute(self.loss_kind, *sizes, ffi.NULL, ffi.NULL, value, correct))
        self.loss += value[0] * B
        self.correct += correct[0]
        self.samples += B
        self.steps += K * B
        np.add.at(self.confusion, (labels, flat.mean(axis=0).argmax(axis=1)), 1)


def score(net: Net, batches: Iterator[Any], loss: Any) -> tuple[Score, _Counts]:
    """Every (x [T, B, ...], classes [B]) of the iterator, from time 0."""
    found: Score | None = None
    for x, labels in batches:
        classes = numbers(labels, np.int32, "the classes")
        steps, batch = np.shape(x)[:2]
        if classes.shape != (batch,):
            raise ValueError(f"a batch of {batch} samples has classes of shape {classes.shape}")
        if found is None:
            net.wrap(steps, batch)
            check(lib.fsnn_net_count_spikes(net._net, True))
            counts = _Counts(net)
            found = Score(loss, int(np.prod(net._output)))
        else:
            net.reset()
        found.add(net.forward(x), classes)
    if found is None:
        raise ValueError("there are no batches")
    return found, counts
