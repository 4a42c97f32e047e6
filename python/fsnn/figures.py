"""Figures: by matplotlib where it is installed, else by gnuplot through the library.

A figure shows itself in a notebook; `save` writes it as .png or .svg.
"""

from __future__ import annotations

import importlib.util
import io
import os
import pathlib
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from _fsnn import ffi, lib

from ._arrays import numbers, pointer
from ._names import mapping_of
from .errors import FileError, UnsupportedError, check


class Figure:
    """A picture that is drawn when it is asked for."""

    def __init__(self, by_matplotlib: Callable[[Any], None], by_gnuplot: Callable[[bytes], int]):
        self._by_matplotlib, self._by_gnuplot = by_matplotlib, by_gnuplot

    def render(self, kind: str = "png") -> bytes:
        """The file's contents; `kind` is "png" or "svg".

        Raises ImportError where there is neither matplotlib nor gnuplot.
        """
        if kind not in ("png", "svg"):
            raise ValueError(f"figures are png or svg, not {kind!r}")
        if importlib.util.find_spec("matplotlib"):
            return self._matplotlib(kind)
        try:
            check(lib.fsnn_plot_check(ffi.NULL))
        except (FileError, UnsupportedError) as error:
            raise ImportError(
                "figures need matplotlib (pip install matplotlib) or gnuplot (the Debian package "
                f"gnuplot-nox): {error}"
            ) from error
        return self._gnuplot(kind)

    def _matplotlib(self, kind: str) -> bytes:
        from matplotlib.figure import Figure as Canvas

        canvas, out = Canvas(figsize=(8, 4), layout="constrained"), io.BytesIO()
        self._by_matplotlib(canvas)
        canvas.savefig(out, format=kind, dpi=120)
        return out.getvalue()

    def _gnuplot(self, kind: str) -> bytes:
        folder = tempfile.mkdtemp()
        try:
            check(self._by_gnuplot(os.fsencode(os.path.join(folder, "figure"))))
            return (pathlib.Path(folder) / f"figure.{kind}").read_bytes()
        finally:
            shutil.rmtree(folder)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the file; its name ends in .png or .svg."""
        target = pathlib.Path(path)
        target.write_bytes(self.render(target.suffix[1:]))

    def _repr_png_(self) -> bytes:
        return self.render()


def _rows(x: Any, what: str) -> np.ndarray:
    """[K, N] of [K], [K, N], or [K, 1, ...]: the first sample's neurons in a row."""
    array = numbers(x, np.float32, what)
    if array.ndim == 0 or not array.size:
        raise ValueError(f"{what} must be [K, N], and has the shape {list(array.shape)}")
    return np.ascontiguousarray(array.reshape(len(array), -1))


def _units_of(units: Mapping[str, str] | None) -> Any:
    """A fsnn_units of names that `simulate` knows."""
    named = ffi.new("fsnn_units *")
    if units:
        given = mapping_of("units", units, '{"time": "ms"}').items()
        listed = ",".join(f"{quantity}={unit}" for quantity, unit in given)
        check(lib.fsnn_units_read(listed.encode(), named))
    return named


def _axis(what: str, units: Mapping[str, str] | None) -> str:
    """The label of an axis: "time", "time [ms]"."""
    return f"{what} [{units[what]}]" if units and what in units else what


def raster(
    spikes: Any,
    *,
    step: float = 1.0,
    title: str = "spikes",
    units: Mapping[str, str] | None = None,
) -> Figure:
    """Spikes of one sample, {"lif1": [K, N], ...} or [K, N]: a panel a layer, neuron 0 at the
    bottom; `units` of "time"."""
    named = _units_of(units)
    layers = spikes if isinstance(spikes, Mapping) else {"": spikes}
    rows = {name: _rows(s, "spikes") for name, s in layers.items()}
    if not rows or len({len(s) for s in rows.values()}) != 1:
        raise ValueError("a raster shows layers over the same steps")
    steps = len(next(iter(rows.values())))

    def draw(canvas: Any) -> None:
        panels = canvas.subplots(len(rows), 1, sharex=True, squeeze=False)[:, 0]
        for panel, (name, s) in zip(panels, rows.items()):
            k, n = np.nonzero(s)
            panel.plot((k + 1) * step, n, "|", color="black", markersize=4)
            panel.set(ylabel=f"{name} neuron".strip(), ylim=(-0.7, s.shape[1] - 0.3))
        panels[0].set_title(title)
        panels[-1].set(xlabel=_axis("time", units), xlim=(0, (steps + 1) * step))

    def plot(path: bytes) -> int:
        names = [ffi.new("char []", name.encode()) for name in rows]
        widths = [s.shape[1] for s in rows.values()]
        pointers = ffi.new("float *[]", [pointer(s, "float *") for s in rows.values()])
        sizes = (len(rows), ffi.new("char *[]", names), widths, steps, step)
        return lib.fsnn_plot_raster_in(named, title.encode(), *sizes, pointers, path)

    return Figure(draw, plot)


def traces(
    v: Any,
    spikes: Any = None,
    *,
    threshold: float | None = None,
    step: float = 1.0,
    title: str = "potential",
    neurons: Sequence[int] | None = None,
    units: Mapping[str, str] | None = None,
) -> Figure:
    """Potentials v [K, N] of a few neurons (the first four, or `neurons`), with their spikes;
    `units` of "time" and "potential"."""
    named = _units_of(units)
    rows = _rows(v, "v")
    fired = np.zeros_like(rows) if spikes is None else _rows(spikes, "spikes")
    chosen = list(range(min(4, rows.shape[1]))) if neurons is None else list(neurons)
    if (
        fired.shape != rows.shape
        or not chosen
        or not 0 <= min(chosen) <= max(chosen) < rows.shape[1]
    ):
        raise ValueError(f"v is {list(rows.shape)}, spikes {list(fired.shape)}, neurons {chosen}")
    shown, marks = (np.ascontiguousarray(a[:, chosen]) for a in (rows, fired))
    t = step * np.arange(1, len(rows) + 1)

    def draw(canvas: Any) -> None:
        panel = canvas.subplots()
        gap = 0.04 * (float(np.ptp(shown)) or 1.0)
        top = float(shown.max()) + 2 * gap  # spikes stand above the potentials
        for i, n in enumerate(chosen):
            (line,) = panel.plot(t, shown[:, i], label=f"neuron {n}", linewidth=1)
            at = t[marks[:, i] > 0]
            panel.plot(at, np.full(len(at), top + gap * i), "|", color=line.get_color())
        if threshold is not None:
            panel.axhline(threshold, linestyle="--", color="grey", linewidth=1)
        panel.set(title=title, xlabel=_axis("time", units), ylabel=_axis("potential", units))
        panel.legend()

    def plot(path: bytes) -> int:
        level = float("nan") if threshold is None else threshold
        index = ffi.new("int64_t []", chosen)
        fields = {"K": len(rows), "n": len(chosen), "step": step, "level": level, "index": index}
        options = ffi.new("fsnn_traces *", fields)
        options.units = named[0]
        options.v, options.spikes = pointer(shown, "float *"), pointer(marks, "float *")
        return lib.fsnn_plot_traces(title.encode(), options, path)

    return Figure(draw, plot)


def confusion(
    matrix: Any, *, title: str = "confusion", names: Sequence[str] | None = None
) -> Figure:
    """A confusion matrix [classes, classes], row = true class. `names` of the classes; else their
    numbers."""
    counts = numbers(matrix, np.int64, "the confusion")
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not counts.size:
        raise ValueError(f"a confusion is [classes, classes], and this is {list(counts.shape)}")
    if names and len(names) != len(counts):
        raise ValueError(f"there are {len(counts)} classes, and {len(names)} names of classes")

    def draw(canvas: Any) -> None:
        panel = canvas.subplots()
        image = panel.imshow(counts, cmap="Blues")
        if names:
            panel.set_xticks(range(len(names)), names, rotation=45, ha="right")
            panel.set_yticks(range(len(names)), names)
        canvas.colorbar(image)
        panel.set(title=title, xlabel="found", ylabel="true class")

    def plot(path: bytes) -> int:
        values = pointer(counts, "int64_t *")
        texts = [ffi.new("char []", str(name).encode()) for name in names or ()]
        labels = ffi.new("char *[]", texts) if texts else ffi.NULL
        return lib.fsnn_plot_confusion(title.encode(), len(counts), labels, values, path)

    return Figure(draw, plot)


def scatter(truth: Any, answers: Any, *, title: str = "answers and truth") -> Figure:
    """Answers of a regression over the truth, numbers in any shape, and the diagonal."""
    x, y = numbers(truth, np.float32, "truth").ravel(), numbers(answers, np.float32, "answers")
    y = y.ravel()
    if x.size != y.size or not x.size:
        raise ValueError(f"there are {x.size} numbers of truth and {y.size} answers")

    def draw(canvas: Any) -> None:
        panel = canvas.subplots()
        panel.axline((x[0], x[0]), slope=1, linestyle="--", color="gray")
        panel.plot(x, y, ".", markersize=3)
        panel.set(title=title, xlabel="truth", ylabel="answer")

    def plot(path: bytes) -> int:
        pairs = pointer(x, "float *"), pointer(y, "float *")
        return lib.fsnn_plot_scatter(title.encode(), ffi.NULL, x.size, *pairs, path)

    return Figure(draw, plot)
