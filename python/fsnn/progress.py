"""How far a training or an evaluation is: a bar by tqdm where it is installed, else lines.

Both go to stderr. `Net.train(progress=True)` and `Net.evaluate(progress=True)` use them.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .training import Metrics


class _Bar:
    """One bar at a time; without tqdm there is none."""

    def __init__(self) -> None:
        found = importlib.util.find_spec("tqdm")
        self._tqdm = importlib.import_module("tqdm.auto").tqdm if found else None
        self._bar: Any = None

    def show(self, done: int, total: int, what: str, unit: str, **figures: str) -> None:
        if self._tqdm is None:
            return
        if self._bar is None:
            self._bar = self._tqdm(total=total, desc=what, unit=unit, leave=False)
        self._bar.set_postfix(figures, refresh=False)
        self._bar.update(done - self._bar.n)

    def say(self, line: str) -> None:
        self.close()
        if self._tqdm is None:
            print(line, file=sys.stderr, flush=True)
        else:
            self._tqdm.write(line, file=sys.stderr)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _figures(kind: str, loss: float, accuracy: float) -> str:
    if accuracy != accuracy:  # NaN: a regression
        return f"{kind} loss {loss:.4f}"
    return f"{kind} loss {loss:.4f}, accuracy {100 * accuracy:.2f} %"


class Training:
    """Callbacks of `Net.train`: the batches of an epoch as a bar, its figures as a line."""

    def __init__(self) -> None:
        self._bar = _Bar()

    def on_batch(self, m: Metrics) -> None:
        what = f"epoch {m.epoch}/{m.epochs}"
        self._bar.show(m.batch, m.batches, what, "batch", loss=f"{m.loss:.4f}")

    def on_epoch(self, m: Metrics) -> None:
        line = f"epoch {m.epoch}/{m.epochs}: {_figures('training', m.loss, m.accuracy)}"
        if m.test_loss == m.test_loss:  # NaN: nothing is watched
            line += f"; {_figures('validation', m.test_loss, m.test_accuracy)}"
        self._bar.say(f"{line}; {m.seconds:.1f} s{', best' if m.best else ''}")

    def close(self) -> None:
        self._bar.close()


class Samples:
    """Callback of `Net.evaluate`: its samples as a bar."""

    def __init__(self) -> None:
        self._bar = _Bar()

    def __call__(self, done: int, total: int) -> None:
        self._bar.show(done, total, "evaluation", "sample")
        if done >= total:
            self._bar.close()

    def close(self) -> None:
        self._bar.close()


def both(first: Callable | None, second: Callable) -> Callable:
    """One callback of two: what the first raises comes before the second."""
    if first is None:
        return second

    def called(*figures: Any) -> None:
        first(*figures)
        second(*figures)

    return called


__all__ = ["Samples", "Training"]
