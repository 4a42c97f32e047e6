"""fsnn: spiking neural networks of fractional order.

    import fsnn
    net = fsnn.Net(input=[3], layers=[{"linear": {"out": 4}}, {"lif": {"tau": 2.0}}],
                   dynamics={"alpha": 0.5})
    spikes = net.forward(x)  # [K, B, 3] in, [K, B, 4] out

`Net` builds, runs and trains networks; `fde_solve`, `FdeSolver` and `mittag_leffler` are the
solver; `fsnn.torch` has the same neurons as modules of PyTorch.
"""

from _fsnn import lib as _lib

from . import _hdf5, _sound, figures
from ._names import absent as _absent
from .currents import Current
from .data import Data
from .description import Description
from .errors import (
    ArgumentError,
    Error,
    FileError,
    NumericError,
    OutOfMemoryError,
    StateError,
    UnsupportedError,
)
from .errors import (
    check as _check,
)
from .errors import (
    text as _text,
)
from .fde import Solution, Terms, fde_solve, mittag_leffler
from .fde_solver import Event, FdeSolver, Gradient, Hit
from .inspect import Node, Summary
from .net import Net, NetWarning
from .params import Param, Params
from .running import Run, grid, interpolate
from .simulate import Simulation, simulate
from .tables import (
    Exponentials,
    Resets,
    Table,
    firing_rates,
    first_spikes,
    method_weights,
    relaxation,
    resets,
    spike_intervals,
    surrogate_gradients,
    surrogate_summary,
    weight_exponentials,
)
from .tensorboard import TensorBoard
from .training import Evaluation, Metrics, Score

_hdf5.offer(_text(_lib.fsnn_built()))
_sound.offer()
__version__ = _text(_lib.fsnn_version())


def set_threads(threads: int) -> None:
    """Threads that the library uses; 0: all processors."""
    _check(_lib.fsnn_threads_set(threads))


def threads() -> int:
    """Threads that the library uses."""
    return _lib.fsnn_threads()


def built() -> str:
    """What the library was built with and without: "with oneDNN, OpenMP, ... (without HDF5)"."""
    return _text(_lib.fsnn_built())


def isa() -> str:
    """The instruction set that the kernels run with: "avx512", "avx2" or "base"."""
    return _text(_lib.fsnn_isa())


__all__ = [
    "ArgumentError",
    "Current",
    "Data",
    "Description",
    "Error",
    "Evaluation",
    "Event",
    "Exponentials",
    "FdeSolver",
    "FileError",
    "Gradient",
    "Hit",
    "Metrics",
    "Net",
    "NetWarning",
    "Node",
    "NumericError",
    "OutOfMemoryError",
    "Param",
    "Params",
    "Resets",
    "Run",
    "Score",
    "Simulation",
    "Solution",
    "StateError",
    "Summary",
    "Table",
    "TensorBoard",
    "Terms",
    "UnsupportedError",
    "built",
    "fde_solve",
    "figures",
    "firing_rates",
    "first_spikes",
    "grid",
    "interpolate",
    "isa",
    "method_weights",
    "mittag_leffler",
    "relaxation",
    "resets",
    "set_threads",
    "simulate",
    "spike_intervals",
    "surrogate_gradients",
    "surrogate_summary",
    "threads",
    "weight_exponentials",
]


def __getattr__(name: str) -> object:
    in_torch = name == "SNNWrapper" or name.endswith("Neuron")
    elsewhere = "it is in fsnn.torch" if in_torch else ""
    if name == "torch":
        elsewhere = "import fsnn.torch first"
    raise _absent(__name__, name, __all__, elsewhere)
