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

from . import neuron
from .convert import load_weights, to_net
from .layer import VotingLayer
from .neuron import (
    ALIFNeuron,
    BaseNeuron,
    CubaLIFNeuron,
    EIFNeuron,
    HardLIFNeuron,
    HardResetLIFNeuron,
    IFNeuron,
    LIFNeuron,
    LIFNeuron_OrderOne,
    NoisyLIFNeuron,
    QIFNeuron,
    ReadoutNeuron,
)
from .wrapper import SNNWrapper

__all__ = [
    "ALIFNeuron",
    "BaseNeuron",
    "CubaLIFNeuron",
    "EIFNeuron",
    "HardLIFNeuron",
    "HardResetLIFNeuron",
    "IFNeuron",
    "LIFNeuron",
    "LIFNeuron_OrderOne",
    "NoisyLIFNeuron",
    "QIFNeuron",
    "ReadoutNeuron",
    "SNNWrapper",
    "VotingLayer",
    "load_weights",
    "neuron",
    "to_net",
]
