"""What a call does, counted: the terms that the model of cost gives each a price in nanoseconds."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

# As src/op/spikes.c and linear.c choose between events and the dense product: the share of ones up
# to which R rows go event by event is s (1 - r/R), with (s, r) of the product.
FORWARD, MADE, WEIGHTS = (0.3, 32), (0.3, 100), (0.2, 64)
LEAST_IN, LEAST_OUT, LEAST_WORK = 32, 64, 1 << 20
# As src/tensor/dense_onednn_linear.c makes a product for its sizes.
MADE_ROWS, MANY_ROWS, MANY_OUT = 16, 1024, 1024
# As src/op/events.c cuts a gradient.
CHUNKS, COLUMNS, CHUNK_ROWS = 8, 64, 128
# What a second cache holds of weights; others come from farther away.
NEAR_BYTES = 1 << 20
# A vector of a dense product; as src/scan cuts neurons, and keeps what it writes out of the caches.
LANES, TILE = 16, 32
LARGE_BYTES = 8 << 20


@dataclasses.dataclass(frozen=True)
class Case:
    """A network and a call: T steps, B samples."""

    steps: int
    batch: int
    widths: tuple[int, ...]  # of the input, of each layer
    ones: tuple[float | None, ...]  # share of ones in each layer's input; None: other numbers
    memory: str  # "none" (order 1), "direct", "exponentials"
    exponentials: int = 0
    near: int = 0  # lag up to which there are no exponentials
    training: bool = False
    seconds: float = 0.0  # measured

    @property
    def rows(self) -> int:
        return self.steps * self.batch

    def layers(self) -> Iterator[tuple[int, int, float | None]]:
        return zip(self.widths[:-1], self.widths[1:], self.ones)

    @property
    def lanes(self) -> int:
        """Neurons of all samples, in whole tiles."""
        return sum(-(-self.batch * out // TILE) * TILE for out in self.widths[1:])

    def __str__(self) -> str:
        kind = "step" if self.training else "forward"
        widths = "-".join(map(str, self.widths))
        given = "numbers" if self.ones[0] is None else f"{100 * self.ones[0]:g} % ones"
        return f"{widths}, T {self.steps}, B {self.batch}, {given}, {self.memory}, {kind}"


def case_of(row: dict[str, Any]) -> Case:
    """Of one JSON object of `fsnn bench grid --json`."""
    return Case(
        row["T"],
        row["batch"],
        tuple(row["widths"]),
        tuple(row["ones"]),
        row["memory"],
        row["exponentials"],
        row["near"],
        row["pass"] == "step",
        row["median_ms"] / 1e3,
    )


def read(lines: Iterable[str]) -> tuple[list[Case], dict[str, Any]]:
    """The cases of lines of JSON, and what the first row says of the machine."""
    rows = [json.loads(line) for line in lines if line.strip()]
    rows = [row for row in rows if isinstance(row, dict) and row.get("bench") == "grid"]
    if not rows:
        raise ValueError("there is no row of the workload grid: fsnn bench grid --json writes them")
    return [case_of(row) for row in rows], rows[0]


def _made(case: Case, given: int, out: int) -> bool:
    many = case.rows >= MANY_ROWS and out >= MANY_OUT
    return case.rows >= MADE_ROWS and not many and case.rows * given * out >= LEAST_WORK


def _looked(case: Case, given: int, out: int, ones: float | None, limit: tuple[float, int]) -> bool:
    """Whether the rows are looked at for lists; numbers that are no spikes show at once."""
    limit = MADE if limit is FORWARD and _made(case, given, out) else limit
    worth = out >= LEAST_OUT and given >= LEAST_IN and case.rows * given * out >= LEAST_WORK
    return worth and case.rows > limit[1] and ones is not None


def _listed(case: Case, given: int, out: int, ones: float | None, limit: tuple[float, int]) -> bool:
    limit = MADE if limit is FORWARD and _made(case, given, out) else limit
    most = limit[0] * (1 - limit[1] / case.rows)
    return _looked(case, given, out, ones, limit) and ones is not None and ones <= most


def _dense(case: Case) -> Iterator[tuple[int, int, int]]:
    """(inputs, outputs, how many products of these) of each layer."""
    for number, (given, out, ones) in enumerate(case.layers()):
        count = not _listed(case, given, out, ones, FORWARD)
        if case.training:
            count += (not _listed(case, given, out, ones, WEIGHTS)) + (number > 0)
        yield given, out, int(count)


def multiply_adds(case: Case) -> float:
    """Of whole vectors of outputs."""
    dense = _dense(case)
    return sum(case.rows * given * -(-out // LANES) * LANES * count for given, out, count in dense)


def row_numbers(case: Case) -> float:
    return sum(case.rows * (given + out) * count for given, out, count in _dense(case))


def weight_numbers(case: Case) -> float:
    return sum(given * out * count for given, out, count in _dense(case))


def looked_at(case: Case) -> float:
    limits = (FORWARD, WEIGHTS) if case.training else (FORWARD,)
    return sum(
        case.rows * given
        for limit in limits
        for given, out, ones in case.layers()
        if _looked(case, given, out, ones, limit)
    )


def _additions(case: Case, limit: tuple[float, int]) -> float:
    return sum(
        case.rows * given * out * (ones or 0)
        for given, out, ones in case.layers()
        if _listed(case, given, out, ones, limit)
    )


def _packed(case: Case, least: int = 0) -> float:
    """Weights of layers that add events, of those of more than `least` bytes."""
    return sum(
        given * out
        for given, out, ones in case.layers()
        if _listed(case, given, out, ones, FORWARD) and 4 * given * out > least
    )


def _summed(case: Case) -> float:
    """Weights whose gradient is added up from events, in chunks of rows."""
    found = 0
    for given, out, ones in case.layers():
        if _listed(case, given, out, ones, WEIGHTS):
            most = max(CHUNKS * COLUMNS // max(out, COLUMNS), 1)
            found += given * out * (1 + min(most, -(-case.rows // CHUNK_ROWS)))
    return found


def lags(case: Case) -> float:
    """Of all neurons and steps: how many earlier states are summed one by one."""
    if case.memory == "none":
        return 0
    steps = case.steps
    near = min(case.near, steps) if case.memory == "exponentials" else steps
    return case.lanes * (near * (near + 1) / 2 + (steps - near) * near)


def recalled(case: Case) -> float:
    """Exponentials that are read, of all neurons and steps."""
    if case.memory != "exponentials":
        return 0
    return case.lanes * case.exponentials * max(case.steps - case.near, 0)


def neuron_steps(case: Case) -> float:
    return case.steps * case.lanes


def outputs(case: Case) -> float:
    return case.rows * case.widths[-1]


def large(case: Case) -> float:
    return sum(case.rows * out for out in case.widths[1:] if 4 * case.rows * out > LARGE_BYTES)


def weights(case: Case) -> float:
    return sum(given * out + out for given, out, _ in case.layers())


@dataclasses.dataclass(frozen=True)
class Term:
    name: str  # what a unit is
    count: Callable[[Case], float]
    training: bool = False  # of a training step alone


TERMS = [
    Term("call", lambda case: 1),
    Term("layer", lambda case: len(case.widths) - 1),
    Term("multiply-add of a dense product", multiply_adds),
    Term("number of a dense product's rows", row_numbers),
    Term("weight of a dense product", weight_numbers),
    Term("number looked at for ones", looked_at),
    Term("addition of an event", lambda case: _additions(case, FORWARD)),
    Term("weight of a layer that adds events", _packed),
    Term("the same above 1 MiB of weights, more", lambda case: _packed(case, NEAR_BYTES)),
    Term("neuron and step", neuron_steps),
    Term("the same of a layer above 8 MiB, more", large),
    Term("lag", lags),
    Term("exponential", recalled),
    Term("call, more", lambda case: 1, True),
    Term("layer, more", lambda case: len(case.widths) - 1, True),
    Term("addition of an event to a gradient", lambda case: _additions(case, WEIGHTS), True),
    Term("weight of such a gradient, a chunk", _summed, True),
    Term("number of the output, of the loss", outputs, True),
    Term("neuron and step backward", neuron_steps, True),
    Term("the same of a layer above 8 MiB, more", large, True),
    Term("lag backward", lags, True),
    Term("exponential backward", recalled, True),
    Term("weight, of the optimiser", weights, True),
]


def counts(case: Case) -> list[float]:
    return [term.count(case) if case.training or not term.training else 0 for term in TERMS]
