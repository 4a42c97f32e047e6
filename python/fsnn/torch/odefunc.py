"""spikeDE's module of this name: `interpolate`."""

from .._names import absent as _absent
from ._elsewhere import ELSEWHERE as _ELSEWHERE
from ._interpolate import interpolate

__all__ = ["interpolate"]


def __getattr__(name: str) -> object:
    raise _absent(__name__, name, __all__, _ELSEWHERE.get(name, ""))
