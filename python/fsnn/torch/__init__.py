"""fsnn.torch: fractional spiking neurons as modules of PyTorch, computed in C with exact gradients.

    from fsnn.torch import SNNWrapper, LIFNeuron
    net = SNNWrapper(model, integrator="fdeint", alpha=0.7)
    y = net(x)  # [T, B, ...] -> [T, B, ...]

Needs torch 1.13 or later, on the processor.
"""

try:
    import torch as _torch  # noqa: F401
except ImportError as error:
    raise ImportError("fsnn.torch needs PyTorch: pip install torch") from error

from .._names import absent as _absent
from . import layer, neuron, surrogate
from ._elsewhere import ELSEWHERE as _ELSEWHERE
from ._interpolate import interpolate
from .convert import load_weights, to_net
from .layer import ClassificationHead, VotingLayer
from .neuron import *  # noqa: F403
from .wrapper import SNNWrapper

__all__ = [
    *neuron.__all__,
    "ClassificationHead",
    "SNNWrapper",
    "VotingLayer",
    "interpolate",
    "layer",
    "load_weights",
    "neuron",
    "surrogate",
    "to_net",
]


def __getattr__(name: str) -> object:
    raise _absent(__name__, name, __all__, _ELSEWHERE.get(name, ""))
