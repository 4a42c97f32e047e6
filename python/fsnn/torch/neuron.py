"""Neurons as modules of PyTorch, for networks inside an `SNNWrapper`.

Inside of a wrapper a neuron is called with its input current and gives its spikes; outside,
`neuron(v_mem, current_input)` is its rule for one step, (dv_dt, spike), in plain torch.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from typing import Any

import torch

from .._arrays import number
from .._names import near
from ..description import Description
from ..errors import Error
from . import _values
from ._context import (
    Order,
    Running,
    check_tensor,
    in_backward,
    in_forward_mode,
    no_script,
    not_compiled,
    of_autocast,
    running,
    say_once,
)
from ._record import Equations, record, recorder
from ._record import Symbol as _Symbol
from ._scan import Latest, Layer, Pool, Scan
from ._steps import steps
from .surrogate import Spike, canonical

# What a layer of any kind may be given besides: keys of the description, with their defaults there.
OPTIONS = "reset v0 v_reset refractory detach_reset equality noise dw du dx fractional".split()
OPTIONS += ["rest", "resistance"]

ARGUMENTS = "tau threshold surrogate_grad_scale surrogate_opt tau_learnable".split()
ARGUMENTS += ["threshold_learnable"]
OTHER_NAMES = {
    "surrogate": "surrogate_opt",
    "surrogate_scale": "surrogate_grad_scale",
    "scale": "surrogate_grad_scale",
    "learn_tau": "tau_learnable",
    "learn_threshold": "threshold_learnable",
    "v_threshold": "threshold",
}
OF_WRAPPER = {
    "alpha": "SNNWrapper(module, alpha=...)",
    "method": "SNNWrapper(module, method=...)",
    "step_size": "the spacing of x_time, net(x, x_time)",
    "dt": "the spacing of x_time, net(x, x_time)",
}

# Where torch keeps what users hang on a module.
HOOKS = "_forward_pre_hooks _forward_hooks _backward_pre_hooks _backward_hooks".split()


class BaseNeuron(torch.nn.Module):
    """A neuron of one's own: subclasses write `forward(self, v_mem, current_input)`, which gives
    (dv_dt, spike), or v_mem where current_input is None.

    The forward is recorded into equations and runs in C; what no equation says (a branch, a
    function that equations do not have) runs step by step through torch, which is slow and said
    once.

    tau, threshold: positive numbers, or a tensor of them that broadcasts to the shape of one sample
    at one step ([C, 1, 1] of [C, H, W]: one a channel); learned with `tau_learnable` and
    `threshold_learnable` (from the value given on, in their logarithm: they stay positive). A
    torch.nn.Parameter is learned as it is, and may be shared. `surrogate_opt` names the surrogate
    gradient of `surrogate_f` ("arctan" or "arctan_surrogate", ...), `surrogate_grad_scale` its
    scale. Further options are those of the description: reset="current", v0, v_reset, refractory,
    detach_reset, equality; LIF, IF and noisy neurons also take the numbers rest and resistance, and
    then threshold, v0 and v_reset are potentials like rest, which may be negative.

    With reset="current" the forward subtracts its spike from dv. The other resets act by
    themselves: their dv has no spike in it, and they test v after the step, with dv as 0.
    """

    kind = "user"
    _numbers: dict[str, float] = {}  # what a kind of the library's has besides, with its defaults
    _rest = 0.0  # on which the threshold stands
    _peaks = False  # a kind whose threshold may be the peak of an upstroke, v_peak
    _peak: float | None = None
    _tau: Any  # a number, or a buffer of several
    _threshold: Any

    def __init__(
        self,
        tau: _values.Values = 0.5,
        threshold: _values.Values = 1.0,
        surrogate_grad_scale: float = 5.0,
        surrogate_opt: str = "arctan",
        tau_learnable: bool = False,
        *,
        threshold_learnable: bool = False,
        **options: Any,
    ) -> None:
        super().__init__()
        if self._peaks and "v_peak" in options:
            threshold = self._take_peak(threshold, threshold_learnable, options["v_peak"])
            options["v_peak"] = threshold
        if "rest" not in self._numbers:  # qif has one of its own
            self._rest = number("rest", options.get("rest", 0.0))
        for name, value in (("tau", tau), ("threshold", threshold)):
            if isinstance(value, torch.nn.Parameter):
                self.register_parameter(name, value)
            else:
                self._hold(name, self._checked(name, value))
        own = {key: number(key, options.pop(key)) for key in [*self._numbers] if key in options}
        self.own = {**self._numbers, **own}
        taken = [*OPTIONS, "v_peak"] if self._peaks else OPTIONS
        unknown = [key for key in options if key not in taken]
        if unknown:
            raise self._no_option(unknown[0])
        for key, value in options.items():
            if isinstance(value, dict) and value.get("learn"):
                raise NotImplementedError(
                    f"{key} is not learned here, as tau and threshold are: a number, or a "
                    "Parameter of a neuron of your own"
                )
        self.surrogate_opt = canonical(surrogate_opt)
        self.surrogate_grad_scale = _values.positive_number(
            "surrogate_grad_scale", surrogate_grad_scale
        )
        self.options, self.initial_tau, self.tau_learnable = options, self._tau, bool(tau_learnable)
        if tau_learnable and "tau" not in self._parameters:
            self.log_tau = _values.learned(self._tau)
        if threshold_learnable and "threshold" not in self._parameters:
            self.log_threshold = _values.learned(self._threshold - self._rest)
        self._pool, self._latest = Pool(), Latest()
        self._steps_because: str | None = None
        self._check_options()

    def _no_option(self, name: str) -> TypeError:
        known = [*ARGUMENTS, *self._numbers, *OPTIONS]
        meant = OTHER_NAMES.get(name)
        said = f' (did you mean "{meant}"?)' if meant else near(name, known)
        if name in OF_WRAPPER:
            said = f" (the wrapper has it: {OF_WRAPPER[name]})"
        listed = ", ".join(known)
        return TypeError(f"{type(self).__name__} has no option {name!r}{said}: there are {listed}")

    def _check_options(self) -> None:
        """Options of the description as it checks them; those of one's own equations are checked
        with these."""

    def _counted_from(self, name: str) -> float:
        """What a value is above, and the logarithm of a learned one is counted from."""
        return self._rest if name == "threshold" else 0.0

    def _take_peak(self, threshold: Any, learned: bool, peak: Any) -> float:
        """A number in place of the threshold."""
        if learned or not isinstance(threshold, (int, float)) or threshold != 1.0:
            raise TypeError(
                f"{type(self).__name__} got v_peak and a threshold: v_peak is another name for it, "
                "a number of any sign that is not learned"
            )
        self._peak = number("v_peak", peak)
        return self._peak

    def _checked(self, name: str, value: Any) -> Any:
        if name == "threshold" and self._peak is not None:
            return number("v_peak", value)
        return _values.positive(name, value, self._counted_from(name))

    # ---- what a rule uses

    def _value(self, name: str) -> Any:
        own, learned = self._parameters.get(name), self._parameters.get(f"log_{name}")
        if recorder() is not None:
            return _Symbol(name)
        if own is not None:
            return own
        if learned is None:
            return getattr(self, f"_{name}")
        base = self._counted_from(name)
        return learned.exp() + base if base else learned.exp()

    def _learns(self, name: str) -> bool:
        return name in self._parameters or f"log_{name}" in self._parameters

    def get_tau(self) -> Any:
        """The time constant: a number, or a tensor where it is learned or not one for all."""
        return self._value("tau")

    @property
    def tau(self) -> Any:
        return self._value("tau")

    @tau.setter
    def tau(self, value: Any) -> None:
        self._set("tau", value)

    @property
    def threshold(self) -> Any:
        """The threshold: a number, or a tensor where it is learned."""
        return self._value("threshold")

    @threshold.setter
    def threshold(self, value: Any) -> None:
        self._set("threshold", value)

    def _set(self, name: str, value: Any) -> None:
        value = self._checked(name, value)
        if name == "threshold" and self._peak is not None:
            self._peak = self.options["v_peak"] = value
        logarithm = self._parameters.get(f"log_{name}")
        if logarithm is not None:
            with torch.no_grad():
                logarithm.copy_(_values.learned(value - self._counted_from(name)))
        self._hold(name, value)

    def register_parameter(self, name: str, param: torch.nn.Parameter | None) -> None:
        """tau and threshold may be Parameters of one's own, which then learn as they are."""
        if name not in ("tau", "threshold") or param is None:
            super().register_parameter(name, param)
            return
        self._hold(name, self._checked(name, param))
        self._parameters.pop(f"log_{name}", None)
        self._parameters[name] = param

    def _hold(self, name: str, value: Any) -> None:
        """Several numbers go with the module's precision, and a fixed one is in no state_dict."""
        if isinstance(value, torch.Tensor):
            self.__dict__.pop(f"_{name}", None)
            self.register_buffer(f"_{name}", value, persistent=False)
            return
        self._buffers.pop(f"_{name}", None)
        setattr(self, f"_{name}", value)

    def surrogate_f(self, x: Any, scale: float | None = None) -> Any:
        """1 where x >= 0, with the surrogate gradient of this neuron backward."""
        at, k = recorder(), self.surrogate_grad_scale if scale is None else float(scale)
        if at is not None:
            return at.surrogate(x, self.surrogate_opt, k)
        return Spike.apply(x, self.surrogate_opt, k)

    def _unwritten(self, *_: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no forward(v_mem, current_input)")

    # as torch's modules have it: subclasses may have arguments of any type
    forward: Callable[..., Any] = _unwritten

    def extra_repr(self) -> str:
        """What print shows: the present tau and threshold, whether they learn, the surrogate."""
        parts = []
        for name in ("tau", "threshold"):
            learns = " (learned)" if self._learns(name) else ""
            parts.append(f"{name}={_values.shown(self._value(name))}{learns}")
        parts.append(f"surrogate={self.surrogate_opt}, scale={self.surrogate_grad_scale:g}")
        return ", ".join(parts + [f"{key}={value!r}" for key, value in self.options.items()])

    def __prepare_scriptable__(self) -> Any:
        raise no_script(type(self).__name__)

    # ---- inside of a wrapper

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) != 1 or kwargs or type(args[0]).__name__ == "Proxy":  # of torch.fx
            return super().__call__(*args, **kwargs)
        call = running()
        if call is None and in_backward():
            raise RuntimeError(
                f"{type(self).__name__} is run again by a backward, after the call of its "
                "SNNWrapper: torch.utils.checkpoint goes around the wrapper, checkpoint(net, x), "
                "and not inside of it"
            )
        if call is None:
            raise RuntimeError(
                f"{type(self).__name__} was called with its input current outside of an "
                "SNNWrapper: wrap the network, "
                "net = SNNWrapper(network, integrator='fdeint', alpha=0.7), and call net(x)"
            )
        if not any(getattr(self, hooks, None) for hooks in HOOKS):
            return self._layer(args[0], call)
        object.__setattr__(self, "forward", lambda x: self._layer(x, call))
        try:
            return super().__call__(*args)
        finally:
            object.__delattr__(self, "forward")

    @not_compiled
    def _layer(self, x: torch.Tensor, call: Running) -> torch.Tensor:
        name = call.names.get(id(self))
        if name is None:
            raise RuntimeError(
                f"{type(self).__name__} is no part of the module that its SNNWrapper was made of"
            )
        x = of_autocast(x)
        check_tensor(x, f"the neuron {name}")
        if x.dim() == 0 or x.shape[0] % call.steps:
            raise ValueError(
                f"the neuron {name} got a tensor of shape {list(x.shape)}: its first axis is time "
                "and batch folded, "
                f"a multiple of {call.steps} steps"
            )
        if 0 in x.shape:
            raise ValueError(
                f"the neuron {name} got a tensor of shape {list(x.shape)}, which has no numbers"
            )
        order = call.orders[id(self)]
        numbers = self._numbers_alone(name, order, call, x)
        known = self._latest.of(numbers)
        if known is not None:
            return self._run(known, (), x, call)
        layer, learned = self._described(name, order, call)
        for what in ("tau", "threshold"):
            if what in learned:
                sample = tuple(x.shape[1:]) or (1,)
                learned[what] = _values.of_sample(name, what, learned[what], sample)
        if layer is not None:
            made = self._made(layer, learned, x, call)
            self._latest.keep(numbers, made)
            return self._run(made, tuple(learned.values()), x, call)
        rows = x.reshape(call.steps, x.shape[0] // call.steps, *x.shape[1:])
        return self._step_by_step(name, rows, order, call).reshape(x.shape)

    def _step_by_step(
        self, name: str, x: torch.Tensor, order: Order, call: Running
    ) -> torch.Tensor:
        own = {"reset": "current", **self.options}
        refused = [k for k, v in own.items() if (k, v) != ("reset", "current")]
        refused = [k for k in refused if k != "detach_reset"]
        refused += [key for key in ("implicit",) if call.dynamics.get(key)]
        refused += ["smooth"] if call.smooth else []
        if refused:
            raise NotImplementedError(
                f"the neuron {name} has {refused[0]}, which neurons that run step by step through "
                f"torch do not have; it does, because {self._steps_because}"
            )
        rule = functools.partial(self._rule, name)
        return _finite(lambda: steps(rule, x, call.dynamics, order, name), x, call)

    def _rule(self, name: str, v: torch.Tensor, current: torch.Tensor) -> Any:
        """One step through torch: (dv, spike)."""
        who = f"the neuron {name} ({type(self).__name__})"
        given = type(self).forward(self, v, current)
        if not isinstance(given, (tuple, list)) or len(given) != 2:
            raise TypeError(
                f"the forward of {who} gave a {type(given).__name__}: it gives (dv_dt, spike)"
            )
        for what, value in zip(("dv_dt", "spike"), given):
            shape = getattr(value, "shape", None)
            if shape != v.shape:
                found = type(value).__name__ if shape is None else f"tensor of shape {list(shape)}"
                raise TypeError(f"{what} of {who} is a {found}, and its v_mem {list(v.shape)}")
        say_once(
            f"{who} runs step by step through torch, which is slow: its forward is not recorded as "
            f"an equation, because {self._steps_because}"
        )
        return given

    def _described(
        self, name: str, order: Order, call: Running
    ) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """The layer as a description, and the parameters that it takes as tensors: what is learned,
        or is not one for all neurons. None: it runs step by step."""
        learned: dict[str, Any] = {}
        options: dict[str, Any] = {"name": name.replace(".", "_") or "neuron", **self.options}
        if call.smooth:  # what is checked is the gradient of all of the forward
            options.setdefault("detach_reset", False)
        for what in ("tau", "threshold"):
            key = "v_peak" if what == "threshold" and self._peak is not None else what
            options[key] = self._entry(what, learned)
        options["surrogate"] = {"kind": self.surrogate_opt, "scale": self.surrogate_grad_scale}
        more = self._special(options, learned, name)
        if not more:
            return None, {}
        dynamics = self._dynamics(order, call, learned)
        return {"layers": [{self.kind: options}], "dynamics": dynamics}, learned

    def _entry(self, what: str, learned: dict[str, Any]) -> Any:
        """tau or threshold in a description, which is the same in every call; the tensor of its
        present values goes to `learned`."""
        value, learns = self._value(what), self._learns(what)
        several = _values.is_several(value)
        if learns or several:
            learned[what] = value
        # where learning began; remarks are about the shortest tau
        first = getattr(self, f"_{what}")
        first = float(first.min()) if isinstance(first, torch.Tensor) else first
        if several:
            return {"value": first, "per": _values.per(value), "learn": learns}
        return {"value": first, "learn": True} if learns else first

    def _dynamics(self, order: Order, call: Running, learned: dict[str, Any]) -> dict[str, Any]:
        """The section dynamics; learned orders are parameters of the layer."""
        if call.dynamics["integrator"] != "fdeint":
            return dict(call.dynamics)
        return {**call.dynamics, **_order_keys(order, learned)}

    def _special(self, options: dict[str, Any], learned: dict[str, Any], name: str) -> bool:
        """Options of the kind beside the common ones; of one's own neuron: its equations."""
        try:
            equations: Equations = record(self)
        except (
            Exception
        ) as error:  # whatever a forward does with symbols; with tensors it raises again
            self._steps_because = str(error)
            return False
        options |= {"dv": equations.dv, "spike": equations.spike}
        reset = options.get("reset", "current")
        if reset == "current":
            options["after_spike"] = equations.after_spike
        elif equations.resets:
            raise ValueError(
                f"the dv of {type(self).__name__} has its spike in it, and reset {reset} acts by "
                'itself: leave the spike out of dv, or take reset="current"'
            )
        elif equations.dv.startswith("("):  # these test v after the step, where dv counts as 0
            options["spike"] = equations.spike.replace(equations.dv, "dv")
        options.setdefault("detach_reset", equations.detach_reset)
        kind, scale = equations.surrogate
        options["surrogate"] = {"kind": kind, "scale": scale}
        if equations.params:
            options["params"] = {key: {"value": 1.0, "learn": True} for key in equations.params}
            learned.update(equations.params)
        return True

    def _numbers_alone(self, name: str, order: Order, call: Running, x: torch.Tensor) -> Any:
        """All that the layer of this call is made of, where it is numbers and words; None where it
        is described anew in each call."""
        return None

    def _made(
        self, layer: dict[str, Any], learned: dict[str, Any], x: torch.Tensor, call: Running
    ) -> Layer:
        gradient = torch.is_grad_enabled() and (
            x.requires_grad or any(p.requires_grad for p in learned.values())
        )
        noise = layer["layers"][0][self.kind].get("noise", {"mode": "none"})
        training = bool(gradient or call.smooth or noise["mode"] != "none")
        return Layer(self._pool, layer, list(learned), x, call.steps, training, call.smooth)

    def _run(
        self, made: Layer, params: tuple[torch.Tensor, ...], x: torch.Tensor, call: Running
    ) -> torch.Tensor:
        if made.training or in_forward_mode():
            return _finite(lambda: Scan.apply(x, made, *params), x, call)
        return _finite(lambda: made.forward(x, params), x, call)


def _finite(layer: Callable[[], torch.Tensor], x: torch.Tensor, call: Running) -> torch.Tensor:
    """What a layer gives, or NaN where its potentials are not finite and that is no error."""
    try:
        return layer()
    except ArithmeticError as error:
        if call.on_nonfinite == "raise":
            raise
        say_once(f"{error} (on_nonfinite='warn': the layer gives NaN)")
        return torch.full_like(x, math.nan)


def _order_keys(order: Order, learned: dict[str, Any]) -> dict[str, Any]:
    """The order as keys of the section dynamics; learned ones are parameters of the layer."""
    for name, values in (("alpha", order.alpha), ("coefficient", order.coefficient)):
        if isinstance(values, torch.Tensor):
            learned[name] = values
    n = order.terms
    alpha = [0.5 + 0.4 * i / n for i in range(n)] if "alpha" in learned else list(order.alpha)
    ones = "coefficient" in learned or list(order.coefficient) == [1.0] * n
    weights = [1.0] * n if ones else list(order.coefficient)
    keys: dict[str, Any] = {"alpha": [alpha]}  # the terms of each of the one layer
    if n > 1 or "coefficient" in learned or not ones:
        keys["coefficients"] = [weights]
    keys["learn_alpha"] = "alpha" in learned
    keys["learn_coefficients"] = "coefficient" in learned
    return keys


class _Kind(BaseNeuron):
    """A neuron that the library has as a kind."""

    def _check_options(self) -> None:
        if type(self).forward not in BUILT_IN or not self.options:
            return
        options = dict(self.options)
        if "rest" in options:  # on which the threshold stands
            options["threshold"] = float(torch.as_tensor(self._threshold).min())
        alone = {"input": [1], "layers": [{self.kind: options}], "dynamics": {"alpha": 1.0}}
        try:
            Description(alone)
        except Error as error:  # which key of the layer
            sentence = re.sub(r"^layers\[0\]\.\w+\.", "", str(error))
            raise type(error)(f"{type(self).__name__}: {sentence}", error.status) from None

    def _special(self, options: dict[str, Any], learned: dict[str, Any], name: str) -> bool:
        if type(self).forward not in BUILT_IN:  # a subclass with a rule of its own
            return super()._special(options, learned, name)
        if self.own:
            options["params"] = self.own
        return True

    def _numbers_alone(self, name: str, order: Order, call: Running, x: torch.Tensor) -> Any:
        rules = type(self)
        if (rules._special, rules._dynamics) != (_Kind._special, BaseNeuron._dynamics):
            return None
        if rules.forward not in BUILT_IN or self._parameters or self._buffers:
            return None
        alpha, coefficient = order.alpha, order.coefficient
        if isinstance(alpha, torch.Tensor) or isinstance(coefficient, torch.Tensor):
            return None
        gradient = torch.is_grad_enabled() and x.requires_grad
        own = (self._tau, self._threshold, self.surrogate_opt, self.surrogate_grad_scale)
        more = (repr(self.options) if self.options else "", dict(self.own))
        # the wrapper's own lists, which may be changed in place
        run = (call.steps, call.smooth, call.dynamics, tuple(alpha), tuple(coefficient))
        return name, own, more, run, x.shape, x.dtype, gradient

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__module__ != __name__ and "forward" in cls.__dict__:
            cls.kind = "user"

    def _fired(self, v_mem: Any, dv: Any, strength: Any = None) -> tuple[Any, Any]:
        """The test one unit of time ahead, and what a spike takes from the drive."""
        spike = self.surrogate_f(v_mem + dv - self.threshold, self.surrogate_grad_scale)
        takes = self._over_rest() / self.get_tau() if strength is None else strength
        return dv - spike.detach() * takes, spike

    def _over_rest(self) -> Any:
        """What a spike takes of the potential."""
        return self.threshold - self._rest if self._rest else self.threshold

    def _resisted(self, current_input: Any) -> Any:
        resistance = self.options.get("resistance", 1.0)
        return current_input if resistance == 1.0 else resistance * current_input

    def _leak(self, v_mem: Any, current_input: Any) -> Any:
        from_rest = v_mem - self._rest if self._rest else v_mem
        return -from_rest + self._resisted(current_input)


class LIFNeuron(_Kind):
    """Leaky integrate-and-fire: tau D^alpha v = -(v - rest) + resistance I."""

    kind = "lif"

    def forward(self, v_mem: Any, current_input: Any = None) -> Any:
        if current_input is None:
            return v_mem
        return self._fired(v_mem, self._leak(v_mem, current_input) / self.get_tau())


class IFNeuron(_Kind):
    """Integrate-and-fire: tau D^alpha v = resistance I."""

    kind = "if"

    def forward(self, v_mem: Any, current_input: Any = None) -> Any:
        if current_input is None:
            return v_mem
        return self._fired(v_mem, self._resisted(current_input) / self.get_tau())


class HardLIFNeuron(_Kind):
    """As LIF, but a spike takes kappa v/tau from the drive."""

    kind = "hard_lif"
    _numbers = {"kappa": 1.0}

    def forward(self, v_mem: Any, current_input: Any = None) -> Any:
        if current_input is None:
            return v_mem
        tau = self.get_tau()
        return self._fired(v_mem, (-v_mem + current_input) / tau, self.own["kappa"] * v_mem / tau)


class HardResetLIFNeuron(HardLIFNeuron):
    """HardLIFNeuron by the name and with the arguments that spikeDE has; `reset_strength` is
    kappa."""

    def __init__(
        self,
        tau: _values.Values = 0.5,
        threshold: _values.Values = 1.0,
        surrogate_grad_scale: float = 5.0,
        reset_strength: float = 50.0,
        **options: Any,
    ) -> None:
        super().__init__(tau, threshold, surrogate_grad_scale, kappa=reset_strength, **options)


class _OrderOne(BaseNeuron):
    """Neurons of integer order and step 1 in every wrapper, whose spikes take the threshold from
    the potential (reset "subtract")."""

    def _dynamics(self, order: Order, call: Running, learned: dict[str, Any]) -> dict[str, Any]:
        return {"integrator": "odeint", "method": "euler", "step": 1.0}


class LIFNeuron_OrderOne(_OrderOne, LIFNeuron):
    """The discrete LIF neuron: v <- v + (I - v)/tau, less the threshold where it spikes. The same
    in every wrapper: order 1, step 1."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"reset": "subtract", **options})

    def forward(self, v_mem: Any, current_input: Any = None) -> Any:
        """(the next potential, spike), as in spikeDE."""
        if current_input is None:
            return v_mem
        v = v_mem + self._leak(v_mem, current_input) / self.get_tau()
        spike = self.surrogate_f(v - self.threshold, self.surrogate_grad_scale)
        return v - spike.detach() * self._over_rest(), spike


class LIFNeuronFDE(LIFNeuron):
    """LIF of an order `beta` of its own in every wrapper, by Gruenwald and Letnikov with a step
    `step_size` and a memory of its own; its spikes take the threshold from the potential (reset
    "subtract"). `memory`: -1 is full; M: a step sees M earlier states. T, batchsize and name, which
    spikeDE asks for, have no use here."""

    def __init__(
        self,
        tau: _values.Values = 0.5,
        threshold: _values.Values = 1.0,
        surrogate_grad_scale: float = 5.0,
        surrogate_opt: str = "arctan",
        tau_learnable: bool = False,
        method: str = "gl",
        beta: float = 0.5,
        batchsize: int | None = None,
        T: int | None = None,
        step_size: float = 1.0,
        memory: int | None = -1,
        name: str = "",
        **options: Any,
    ) -> None:
        surrogate = (surrogate_grad_scale, surrogate_opt)
        options = {"reset": "subtract", **options}
        super().__init__(tau, threshold, *surrogate, tau_learnable, **options)
        self.method, self.beta, self.step_size, self.memory = method, beta, step_size, memory

    def _dynamics(self, order: Order, call: Running, learned: dict[str, Any]) -> dict[str, Any]:
        own: dict[str, Any] = {"integrator": "fdeint", "method": self.method}
        own |= {"alpha": [[self.beta]], "step": self.step_size}
        if self.memory is not None and self.memory != -1:
            own["memory"] = self.memory + 1  # the library counts the state that is made
        return own


class QIFNeuron(_Kind):
    """Quadratic: tau D^alpha v = a (v - rest)(v - critical) + I. `v_peak` in place of threshold: a
    number of any sign, with reset "value" or "restart"."""

    kind = "qif"
    _peaks = True
    _numbers = {"a": 1.0, "rest": 0.0, "critical": 0.5}

    def forward(self, v_mem: Any, current_input: Any = None) -> Any:
        if current_input is None:
            return v_mem
        drive = self.own["a"] * (v_mem - self.own["rest"]) * (v_mem - self.own["critical"])
        return self._fired(v_mem, (drive + current_input) / self.get_tau())


class _NoRule(_Kind):
    """Kinds that no rule of v and I alone says."""

    def forward(self, v_mem: Any, current_input: Any = None) -> Any:
        if current_input is None:
            return v_mem
        raise NotImplementedError(
            f"{type(self).__name__} has more than a rule of v and I: it runs inside an SNNWrapper "
            "only"
        )


class EIFNeuron(_NoRule):
    """Exponential: tau D^alpha v = -v + slope exp((v - onset)/slope) + I; `v_peak` as of QIF."""

    kind = "eif"
    _peaks = True
    _numbers = {"slope": 0.2, "onset": 0.8}


class CubaLIFNeuron(_NoRule):
    """LIF whose current passes a synaptic filter of time constant tau_syn."""

    kind = "cuba"
    _numbers = {"tau_syn": 2.0}


class ALIFNeuron(_NoRule):
    """LIF whose threshold rises by beta a, a a trace of its spikes of time constant tau_a."""

    kind = "alif"
    _numbers = {"tau_a": 10.0, "beta": 0.2}


class ReadoutNeuron(_NoRule):
    """LIF that never spikes: its output is the potential."""

    kind = "readout"

    def _special(self, options: dict[str, Any], learned: dict[str, Any], name: str) -> bool:
        for key in ("threshold", "surrogate"):
            options.pop(key)
        return True


class NoisyLIFNeuron(_NoRule):
    """LIF with logistic noise of scale `gamma` on its threshold while it is trained;
    `train_spike_mode` is hard_st, meanfield, soft_noisy, concrete or hard_concrete, `concrete_temp`
    its temperature. Outside of training the threshold is sharp, unless `hard_eval` is False. A
    `z_clip` is taken and not used: the logistic function needs no bound."""

    kind = "noisy"

    def __init__(
        self,
        tau: _values.Values = 10.0,
        threshold: _values.Values = 1.0,
        gamma: float = 0.2,
        train_spike_mode: str = "hard_concrete",
        concrete_temp: float = 0.25,
        z_clip: float | None = 10.0,
        hard_eval: bool = True,
        detach_reset: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(tau, threshold, detach_reset=detach_reset, **options)
        self.noise = {"mode": train_spike_mode, "gamma": gamma, "temperature": concrete_temp}
        self.hard_eval = hard_eval

    def _special(self, options: dict[str, Any], learned: dict[str, Any], name: str) -> bool:
        noisy = self.training or not self.hard_eval
        options["noise"] = self.noise if noisy else {"mode": "none"}
        return True


class NoisyLIFNeuron_OrderOne(_OrderOne, NoisyLIFNeuron):
    """The discrete LIF neuron (LIFNeuron_OrderOne) with the noise of NoisyLIFNeuron."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"reset": "subtract", **options})


_RULES = (LIFNeuron, IFNeuron, HardLIFNeuron, LIFNeuron_OrderOne, QIFNeuron, _NoRule)
BUILT_IN = {c.forward for c in _RULES}

__all__ = [
    "ALIFNeuron",
    "BaseNeuron",
    "CubaLIFNeuron",
    "EIFNeuron",
    "HardLIFNeuron",
    "HardResetLIFNeuron",
    "IFNeuron",
    "LIFNeuron",
    "LIFNeuronFDE",
    "LIFNeuron_OrderOne",
    "NoisyLIFNeuron",
    "NoisyLIFNeuron_OrderOne",
    "QIFNeuron",
    "ReadoutNeuron",
]
