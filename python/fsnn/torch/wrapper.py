"""SNNWrapper: a torch network with neurons inside, integrated over time."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch

from .._names import near, one_of
from ._arguments import (
    INTEGRATORS,
    OPTIONS,
    check_base,
    memory_of,
    method_of,
    named,
    step_size_of,
)
from ._context import Order, Running, check_tensor, no_script, not_compiled, run, say_once
from ._interpolate import KINDS
from ._orders import HALF, case_of, held, learned_of, orders_of, terms_of, text_of, without_effect
from ._times import Latest
from .neuron import BaseNeuron


class SNNWrapper(torch.nn.Module):
    """Integrates the neurons of `base` over time; everything else of it sees time folded into the
    batch. Gradients are exact.

        net = SNNWrapper(model, integrator="fdeint", alpha=0.7)
        y = net(x)                      # x [T, B, ...] -> y [T, B, ...]
        y = net(x, x_time, method="gl", options={"memory": 64})

    `integrator`: fdeint (fractional) or odeint (integer order). `alpha`: one order, a list (one for
    each neuron of `base.modules()`, or with alpha_mode="multiterm" the terms of every layer), or
    a list of lists (terms of each layer) with `multi_coefficient` in the same form; "auto" takes a
    list as long as there are neurons for one order a layer, unless coefficients are given.
    `method`, `memory`: of calls that name none.
    `learn_alpha`, `learn_coefficient`: they are parameters, of all layers or, with a list, of those
    where it is True; alpha is kept in [0.01, 1]. A flat coefficient list belongs to the terms of
    every layer. `norm`: "step" takes the statistics of
    BatchNorm inside of each step by itself, "folded" over time and batch. `substeps`: solver steps
    between two samples. `on_nonfinite`: a potential that is not finite raises fsnn.NumericError
    with layer and step ("raise"), or gives NaN ("warn"). `smooth`: for gradient checks, spikes are
    the smooth primitive of their surrogate, and gradients go through the resets of neurons whose
    detach_reset is not given.

    `module` is what was wrapped. The parameters are those of the module, not copies. float32 and
    float64, on the processor.
    """

    @named
    def __init__(
        self,
        base: torch.nn.Module,
        integrator: str = "odeint",
        interpolation_method: str = "linear",
        alpha: Any = HALF,
        multi_coefficient: Any = None,
        learn_alpha: bool | Sequence[bool] = False,
        learn_coefficient: bool | Sequence[bool] = False,
        alpha_mode: str = "auto",
        *,
        method: str | None = None,
        memory: int | None = None,
        norm: str = "step",
        substeps: int = 1,
        on_nonfinite: str = "raise",
        smooth: bool = False,
    ) -> None:
        super().__init__()
        check_base(base)
        if any(isinstance(m, SNNWrapper) for m in base.modules()):
            raise ValueError("the module holds an SNNWrapper: one wrapper goes around all neurons")
        one_of("integrator", integrator, INTEGRATORS)
        one_of("interpolation_method", interpolation_method, KINDS)
        one_of("alpha_mode", alpha_mode, ("auto", "per_layer", "multiterm"))
        one_of("norm", norm, ("step", "folded"))
        one_of("on_nonfinite", on_nonfinite, ("raise", "warn"))
        if not isinstance(substeps, int) or substeps < 1:
            raise ValueError(f"substeps is {substeps!r}: it must be a whole number from 1 on")
        self.module = base
        self.integrator, self.interpolation_method = INTEGRATORS[integrator], interpolation_method
        self.norm, self.substeps, self.on_nonfinite = norm, substeps, on_nonfinite
        self.method, self.memory = method, memory_of(memory)
        method_of(method, self.integrator)
        self.smooth, self._times = smooth, Latest()
        count = len(self._neurons())
        if not count:
            raise ValueError(
                "the module has no neurons: there is no LIFNeuron, IFNeuron or other BaseNeuron "
                "among its modules"
            )
        walks = [type(m).__name__ for m in base.modules() if isinstance(m, torch.nn.RNNBase)]
        if walks:
            say_once(
                f"the module has a {walks[0]}, which walks along its first axis: inside of an "
                "SNNWrapper that is time and batch folded, and a layer over time goes before or "
                "after the wrapper"
            )
        if "_mem" in integrator:
            say_once(
                f"integrator {integrator!r} is {self.integrator}: neurons need no memory of their "
                "own"
            )
        alphas, coefficients = orders_of(alpha, multi_coefficient, count, alpha_mode)
        self._alpha_case = case_of(alpha, multi_coefficient, count, alpha_mode)
        fractional = self.integrator == "fdeint"
        learns = learned_of("learn_alpha", learn_alpha, count)
        weighs = learned_of("learn_coefficient", learn_coefficient, count)
        if not fractional:
            without_effect(alpha, multi_coefficient, learns, weighs)
        self.alpha = held(alphas, [fractional and one for one in learns])
        self.coefficient = held(coefficients, [fractional and one for one in weighs])

    def _neurons(self) -> dict[str, BaseNeuron]:
        return self._found()[0]

    def _found(self) -> tuple[dict[str, BaseNeuron], list[Any]]:
        """The neurons by name, in the order of named_modules, and BatchNorm in training."""
        neurons: dict[str, BaseNeuron] = {}
        norms: list[Any] = []
        kind = torch.nn.modules.batchnorm._BatchNorm
        for name, m in self.module.named_modules():
            if isinstance(m, BaseNeuron):
                neurons[name] = m
            elif isinstance(m, kind) and m.training:
                norms.append(m)
        return neurons, norms

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("alpha", "coefficient") and hasattr(self, name):
            argument = {"coefficient": "multi_coefficient"}.get(name, name)
            raise AttributeError(
                f"{name} is settled when the network is wrapped, SNNWrapper(module, {argument}=...)"
                ": wrap it again; what is learned changes in place, net.alpha[0].data.fill_(0.5)"
            )
        super().__setattr__(name, value)

    def __prepare_scriptable__(self) -> Any:
        raise no_script("SNNWrapper")  # torch.jit.script asks before it reads the source

    def _set_neuron_shapes(self, input_shape: Any = None) -> None:
        """Nothing is left to do: shapes follow from the input."""

    def _reset_mem(self) -> None:
        """Nothing is left to do: every call begins at time 0."""

    def get_per_layer_alpha(self) -> list[torch.Tensor]:
        """The terms of alpha of each neuron layer, [terms]: the parameters where they are
        learned."""
        return [torch.as_tensor(alpha) for alpha in self.alpha]

    def get_per_layer_coefficient(self) -> list[torch.Tensor]:
        """The coefficients of the terms of each neuron layer, [terms]."""
        return [torch.as_tensor(coefficient) for coefficient in self.coefficient]

    # by spikeDE's names
    per_layer_alpha_params = property(get_per_layer_alpha)
    per_layer_coefficient_params = property(get_per_layer_coefficient)

    def print_alpha_info(self) -> None:
        """Prints alpha and coefficients of each neuron layer."""
        for name, order in zip(self._neurons(), self.orders()):
            more = f", coefficients {text_of(order.coefficient)}" if order.terms > 1 else ""
            print(f"{name}: alpha {text_of(order.alpha)}{more}")

    @not_compiled
    def orders(self) -> list[Order]:
        """The order of each neuron, in the order of module.modules()."""
        for alpha in self.alpha:
            if isinstance(alpha, torch.nn.Parameter) and alpha.requires_grad:
                with torch.no_grad():
                    # no change in place without need: a call before its backward would be caught
                    if ((alpha < 0.01) | (alpha > 1.0)).any():
                        alpha.clamp_(0.01, 1.0)
        return [Order(terms_of(a), terms_of(c)) for a, c in zip(self.alpha, self.coefficient)]

    def forward(
        self,
        x: torch.Tensor,
        x_time: Any = None,
        output_time: Any = None,
        method: str | None = None,
        options: dict[str, Any] | None = None,
        interpolation_method: str | None = None,
    ) -> torch.Tensor:
        """x [T, B, ...] at the times `x_time` [T] (default: one unit apart) -> [T, B, ...].

        `method`: gl (the default), l1, ab, abm, ml, trapezoid; of odeint euler, heun, rk4. The step
        is the spacing of x_time; times that are not uniform are interpolated on a uniform grid of
        as many steps (`interpolation_method`: linear, nearest, hold, cubic, akima). `options`:
        memory (None or -1: full; M: a step sees M states, its own included), tolerance (far lags by
        exponentials), implicit.
        """
        check_tensor(x, "SNNWrapper")
        shape = x.shape
        if len(shape) < 2 or not shape[0] or not shape[1]:
            raise ValueError(
                f"x has the shape {list(shape)}; it is [T, B, ...]: steps, batch (each at least "
                "1), and one sample's"
            )
        if output_time is not None:
            say_once("output_time does nothing: every step has an output")
        if options is not None and not isinstance(options, Mapping):
            raise TypeError(f'options is {options!r}: it is a dict, {{"memory": 64}}')
        options = dict(options) if options else {}
        # of a single sample, which has no spacing
        alone = step_size_of(options.get("step_size")) or 1.0 if options else 1.0
        kind = interpolation_method or self.interpolation_method
        times = self._times.of(shape[0], x_time, self.substeps, kind, alone)
        dynamics = self._dynamics(method, options, times.step)
        rows = times.on_grid(x)
        neurons, norms = self._found()
        steps = rows.shape[0]
        call = self._call(steps, dynamics, neurons)
        with run(call):
            if norms and self.norm == "step":
                with _step_by_step(norms, steps):
                    y = self.module(_folded(rows))
            else:
                y = self.module(_folded(rows))
        if call.averaged and isinstance(y, torch.Tensor) and y.dim() and len(y) == shape[1]:
            return y  # a ClassificationHead took the mean over time
        y = self._unfolded(y, steps)
        return y if self.substeps == 1 else y[:: self.substeps]  # a slice costs its backward

    def _call(
        self,
        steps: int,
        dynamics: dict[str, Any],
        neurons: dict[str, BaseNeuron] | None = None,
    ) -> Running:
        neurons = self._neurons() if neurons is None else neurons
        if len(neurons) != len(self.alpha):
            raise ValueError(
                f"the module has {len(neurons)} neurons, and had {len(self.alpha)} when it was "
                "wrapped: wrap it again"
            )
        orders = {id(m): order for m, order in zip(neurons.values(), self.orders())}
        names = {id(m): name for name, m in neurons.items()}
        how = (self.on_nonfinite, self.smooth, self.substeps)
        return Running(steps, dynamics, orders, names, *how)

    if TYPE_CHECKING:  # torch says Any

        def __call__(
            self,
            x: torch.Tensor,
            x_time: Any = None,
            output_time: Any = None,
            method: str | None = None,
            options: dict[str, Any] | None = None,
            interpolation_method: str | None = None,
        ) -> torch.Tensor: ...

    @staticmethod
    def _unfolded(y: Any, T: int) -> torch.Tensor:
        if not isinstance(y, torch.Tensor):
            raise TypeError(
                f"the module gave a {type(y).__name__}; SNNWrapper takes modules that give one "
                "tensor"
            )
        shape = y.shape
        if not shape or shape[0] % T:
            raise ValueError(
                f"the module gave a tensor of shape {list(shape)}: its first axis must be time "
                "and batch, as its input's"
            )
        apart = (T, shape[0] // T, *shape[1:])
        return y.view(apart) if y.is_contiguous() else y.reshape(apart)

    def _dynamics(self, method: str | None, options: dict[str, Any], step: float) -> dict[str, Any]:
        dynamics: dict[str, Any] = {
            "integrator": self.integrator,
            "method": method_of(method or self.method, self.integrator),
            "step": step,
        }
        given = options.pop("step_size", None)
        known = (step, step * self.substeps)  # the solver's, and that of the samples
        if given is not None and not any(math.isclose(given, h, rel_tol=1e-5) for h in known):
            say_once(
                f"step_size {given} is not used: the step is the spacing of x_time, here {step:g}"
            )
        tolerance = options.pop("tolerance", None)
        memory = memory_of(options.pop("memory", self.memory if tolerance is None else None))
        if memory is not None and tolerance is not None:
            raise ValueError("memory and tolerance exclude each other: give one of them")
        if memory is not None:
            dynamics["memory"] = memory
        if tolerance is not None:
            dynamics["memory"] = {"tolerance": tolerance}
        if options.pop("implicit", False):
            dynamics["implicit"] = True
        if options:
            name = next(iter(options))
            raise TypeError(
                f"there is no option {name!r}: there are {', '.join(OPTIONS)}{near(name, OPTIONS)}"
            )
        return dynamics


def _folded(rows: torch.Tensor) -> torch.Tensor:
    """[T, B, ...] -> [T*B, ...]; a view is one call of torch, flatten several."""
    if not rows.is_contiguous():
        return rows.flatten(0, 1)
    return rows.view(rows.shape[0] * rows.shape[1], *rows.shape[2:])


@contextlib.contextmanager
def _step_by_step(layers: list[Any], T: int) -> Iterator[None]:
    """BatchNorm in training sees one step after the other."""
    for m in layers:
        m.forward = _StepByStep(m, T)
    try:
        yield
    finally:
        for m in layers:
            del m.forward


class _StepByStep:
    """BatchNorm over each step by itself."""

    def __init__(self, layer: torch.nn.Module, T: int) -> None:
        self.layer, self.T = layer, T

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        forward = type(self.layer).forward
        return torch.cat([forward(self.layer, part) for part in x.chunk(self.T)])
