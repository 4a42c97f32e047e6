"""What a network is made of: nodes, shapes, parameters, memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from _fsnn import ffi, lib

from ._arrays import shape_of
from .errors import check, text


@dataclass(frozen=True)
class Node:
    """A node. `shape` is that of one sample at one step; `operations` its dense multiply-adds for
    one; `memory` bytes that the plan of the last wrap gives it; `states` of a neuron."""

    name: str
    kind: str
    sources: str
    shape: tuple[int, ...]
    params: int
    operations: int
    memory: int
    neuron: bool
    spiking: bool
    equations: str
    loop: int
    shares: str
    states: int


@dataclass(frozen=True)
class Summary:
    """A network: its nodes in order, bytes of activations, histories and parameters."""

    name: str
    nodes: tuple[Node, ...]
    activations: int
    histories: int
    parameters: int

    @property
    def params(self) -> int:
        """Number of parameter values."""
        return sum(node.params for node in self.nodes)

    def __getitem__(self, name: str) -> Node:
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(
            f"there is no node {name!r}; there are {', '.join(n.name for n in self.nodes)}"
        )

    def __str__(self) -> str:
        rows = [("node", "kind", "from", "shape", "parameters", "multiply-adds")]
        rows += [
            (n.name, n.kind, n.sources, str(list(n.shape)), f"{n.params:,}", f"{n.operations:,}")
            for n in self.nodes
        ]
        widths = [max(len(row[i]) for row in rows) for i in range(6)]
        pads = [str.ljust, str.ljust, str.ljust, str.ljust, str.rjust, str.rjust]
        lines = [
            "  ".join(pad(cell, w) for pad, cell, w in zip(pads, row, widths)).rstrip()
            for row in rows
        ]
        return f"{self.name}: {len(self.nodes)} nodes, {self.params:,} parameters\n" + "\n".join(
            lines
        )


def node_of(net: Any, index: int) -> Node:
    info = ffi.new("fsnn_node_info *")
    check(lib.fsnn_net_node(net, index, info))
    return Node(
        text(info.name),
        text(info.kind),
        text(info.sources),
        shape_of(info.shape),
        info.params,
        info.operations,
        info.memory,
        bool(info.neuron),
        bool(info.spiking),
        text(info.equations),
        info.loop,
        text(info.shares),
        info.states,
    )


def summary_of(net: Any, name: str) -> Summary:
    sizes = ffi.new("int64_t [3]")
    check(lib.fsnn_net_memory(net, sizes, sizes + 1, sizes + 2))
    nodes = tuple(node_of(net, i) for i in range(lib.fsnn_net_node_count(net)))
    return Summary(name, nodes, *sizes)
