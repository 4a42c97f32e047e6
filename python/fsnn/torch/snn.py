"""spikeDE's module of this name: `SNNWrapper`."""

from .._names import absent as _absent
from ._elsewhere import ELSEWHERE as _ELSEWHERE
from .wrapper import SNNWrapper

__all__ = ["SNNWrapper"]


def __getattr__(name: str) -> object:
    raise _absent(__name__, name, __all__, _ELSEWHERE.get(name, ""))
