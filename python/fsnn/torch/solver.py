"""spikeDE's module of this name: what takes the place of its functions."""

from .._names import absent as _absent
from ._elsewhere import ELSEWHERE as _ELSEWHERE


__all__: list[str] = []


def __getattr__(name: str) -> object:
    raise _absent(__name__, name, __all__, _ELSEWHERE.get(name, ""))
