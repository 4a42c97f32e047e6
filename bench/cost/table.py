"""The fitted model as Markdown."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

from .fit import Errors
from .terms import TERMS, Case


def _machine(row: dict[str, Any]) -> str:
    threads = f"{row['threads']} thread" + "s" * (row["threads"] != 1)
    clock = ", time of the processor" if row.get("clock") == "processor" else ""
    return f"{row['machine']}, {threads}, {row['isa']}, fsnn {row['version']}{clock}"


def _prices(price: np.ndarray) -> list[str]:
    lines = ["| a | in a step alone | ns |", "|---|---|---|"]
    for term, ns in zip(TERMS, price):
        number = f"{ns:.3g}" if ns < 1000 else f"{ns:,.0f}"
        lines.append(f"| {term.name} | {'yes' * term.training} | {number if ns > 0 else '0'} |")
    return lines


def _row(words: str, errors: Errors) -> str:
    worst, case = errors.worst
    parts = [words, str(len(errors.relative)), f"{100 * errors.median:.0f} %"]
    parts += [f"{100 * errors.share(0.9):.0f} %", f"{100 * worst:.0f} %: {case}"]
    return "| " + " | ".join(parts) + " |"


def _errors(fitted: Errors, held: Errors) -> list[str]:
    lines = [
        "| rows | how many | median error | nine of ten below | worst |",
        "|---|---|---|---|---|",
    ]
    lines.append(_row("fitted to", fitted))
    for training, words in ((False, "held out, forward"), (True, "held out, training step")):
        part = [pair for pair in held.relative if pair[1].training == training]
        if part:
            lines.append(_row(words, Errors(part)))
    return lines


def _range(cases: list[Case]) -> str:
    widths = [width for case in cases for width in case.widths]
    steps, batch = [case.steps for case in cases], [case.batch for case in cases]
    times = [case.seconds * 1e3 for case in cases]
    return (
        f"Of T {min(steps)} to {max(steps)}, B {min(batch)} to {max(batch)}, widths {min(widths)} "
        f"to {max(widths)}, 1 to {max(len(case.widths) for case in cases) - 1} layers, "
        f"{min(times):.2g} to {max(times):.3g} ms a call."
    )


def markdown(
    row: dict[str, Any], cases: list[Case], price: np.ndarray, fitted: Errors, held: Errors
) -> str:
    """`row`: what a row says of the machine."""
    text = [_machine(row), "", *textwrap.wrap(_range(cases), 100), ""]
    return "\n".join([*text, *_prices(price), "", *_errors(fitted, held), ""])
