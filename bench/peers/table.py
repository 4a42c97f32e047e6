"""What was measured, as Markdown: first where another library is faster."""

from __future__ import annotations

import statistics
import textwrap
from collections.abc import Iterable
from typing import Any

from .contenders import BASES

Results = dict[
    tuple[int, str, str, str], list[dict[str, float]]
]  # cores, workload, pass, contender

UNITS = "The columns of `fsnn.torch` are medians in milliseconds, the others say how many times as long."


def median(rounds: list[dict[str, float]], what: str) -> float:
    return statistics.median(one[what] for one in rounds)


def ratio(results: Results, key: tuple[int, str, str, str], what: str) -> float | None:
    """Median, over the rounds, of a contender's time over that of its base in the same round."""
    base = results.get((*key[:3], BASES[key[3]]))
    mine = results.get(key)
    if not base or not mine:
        return None
    return statistics.median(m[what] / b[what] for m, b in zip(mine, base))


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def _label(cores: int) -> str:
    return "one core" if cores == 1 else f"{cores} cores"


def faster(results: Results) -> list[str]:
    """A line for each row in which another library took less time than fsnn of the same order."""
    found = []
    for key in results:
        cores, workload, passed, contender = key
        if contender.startswith("fsnn"):
            continue
        value = ratio(results, key, "wall")
        if value is not None and value < 1:
            found.append((value, f"{workload}, {passed}, {_label(cores)}: {contender} {value:.2f}"))
    return [line for _, line in sorted(found)]


def _verdict(results: Results) -> list[str]:
    lines = faster(results)
    if not lines:
        return ["In none of these rows is another library faster than fsnn.", ""]
    head = "**Where another library is faster** (its time over that of `fsnn.torch`, same order):"
    return [head, "", *(f"- {line}" for line in lines), ""]


def _columns(results: Results, cores: int) -> list[str]:
    there = {key[3] for key in results if key[0] == cores}
    return [name for name in BASES if name in there]


def _cell(results: Results, key: tuple[int, str, str, str], what: str) -> str:
    if not results.get(key):
        return ""
    if key[3] in BASES.values():
        return f"{_number(1000 * median(results[key], what))} ms"
    value = ratio(results, key, what)
    return "" if value is None else _number(value)


def _table(results: Results, cores: int, what: str) -> list[str]:
    columns = _columns(results, cores)
    lines = ["| workload | pass | " + " | ".join(columns) + " |", "|---" * (len(columns) + 2) + "|"]
    rows = dict.fromkeys(key[1:3] for key in results if key[0] == cores)
    for workload, passed in rows:
        cells = [_cell(results, (cores, workload, passed, name), what) for name in columns]
        lines.append(f"| {workload} | {passed} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def _rounds(results: Results, cores: int) -> str:
    counts = [len(rounds) for key, rounds in results.items() if key[0] == cores]
    few, many = min(counts), max(counts)
    return f"Rounds: {many}." if few == many else f"Rounds: {few} to {many}."


def _wrapped(line: str) -> str:
    """Prose within 100 columns; tables have the length they need."""
    indent = "  " if line.startswith("- ") else ""
    return line if line.startswith("|") else textwrap.fill(line, 100, subsequent_indent=indent)


def markdown(results: Results, left_out: Iterable[str], machine: str, versions: Any) -> str:
    lines = [machine, "", ", ".join(f"{name} {version}" for name, version in versions), ""]
    lines += _verdict(results)
    for cores in sorted({key[0] for key in results}):
        title = _label(cores).capitalize()
        lines += [f"**{title}.** {UNITS} {_rounds(results, cores)}", ""]
        lines += _table(results, cores, "wall")
        lines += [f"**{title}, time of the processor** in the same runs.", ""]
        lines += _table(results, cores, "cpu")
    out = sorted(left_out)
    if out:
        lines += ["Left out:", "", *(f"- {line}" for line in out), ""]
    return "\n".join(map(_wrapped, lines))
