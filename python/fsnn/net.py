"""fsnn.Net: a network, built from a description, wrapped, then run forwards and backwards."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from _fsnn import ffi, lib

from . import _plan, running, training
from ._arrays import numbers, pointer, shape_of, view
from ._names import missing, near
from ._session import Session
from .currents import Drive
from .description import Description, Source, _list
from .errors import StateError, check, text
from .inspect import Summary, summary_of
from .params import Params, SettledValues
from .running import Run
from .simulate import Simulation, simulate_layer
from .training import Evaluation, Metrics

_NOTHING: Mapping[str, Any] = {}
_FOLDER = os.path.dirname(__file__)

# Formats of arrays that are not written.
OTHER_WEIGHTS = (".npz", ".npy", ".pt", ".pth", ".h5", ".nir", ".onnx", ".yaml")
RECORDS = {
    "v": lib.FSNN_RECORD_V,
    "spikes": lib.FSNN_RECORD_SPIKES,
    "current": lib.FSNN_RECORD_CURRENT,
    "test": lib.FSNN_RECORD_TEST,
    "threshold": lib.FSNN_RECORD_THRESHOLD,
}


class NetWarning(UserWarning):
    """A remark of the library's that is no error: an unstable step, an option that does nothing."""


class Net:
    """A fractional spiking network.

        net = fsnn.Net("net.yaml", set={"dynamics.alpha": 0.8})
        net = fsnn.Net(input=[3], layers=[{"linear": {"out": 4}}, {"lif": {"tau": 2.0}}],
                       dynamics={"alpha": 0.5})
        spikes = net.forward(x)  # x [K, B, 3] -> [K, B, 4]

    `description` is what `Description` takes (a path, a run's directory, a text, a dict); keyword
    arguments are the keys of a description. `set` are overrides.

    Numbers are [K, B, ...]: K steps, B samples, then the shape of one sample at one step; float32,
    or float64 where the description says `dynamics: {precision: double}`. Times (tau, step,
    refractory) are in one unit of the user's. One net serves one thread at a time: calls of others
    wait. The state of neurons goes on from call to call: `reset` begins anew.
    """

    def __init__(
        self,
        description: Source | None = None,
        *,
        set: Mapping[str, Any] | None = None,
        **keys: Any,
    ) -> None:
        if (description is None) == (not keys):
            raise TypeError(
                "a net is made of a description, or of keys of one: input=, layers=, dynamics=, ..."
            )
        source: Source = description if description is not None else {"layers": [], **keys}
        if isinstance(source, Mapping):
            source = {**source, "layers": list(source.get("layers", []))}
        self._lock = threading.RLock()
        self._begin(
            Description(source, set) if self._whole(source) else None, source, dict(set or {})
        )

    @staticmethod
    def _whole(source: Source) -> bool:
        """A net that is being built has no layers yet, which is no description."""
        return not isinstance(source, Mapping) or bool(source["layers"])

    def _begin(
        self, description: Description | None, source: Source, overrides: dict[str, Any]
    ) -> None:
        self._description, self._source, self._overrides = description, source, overrides
        self._session: Session | None = None
        self._net: Any = None
        self._params: Params | None = None
        self._x: np.ndarray | None = None

    # ---- Build -----------------------------------------------------------------------------------

    def add(
        self,
        kind: str,
        from_: str | list[str] | None = None,
        name: str | None = None,
        **options: Any,
    ) -> str:
        """Adds a node and returns its name, to be used as another's `from_`.

        `kind` and `options` are those of the description: net.add("conv2d", out=8, kernel=3). A
        node reads the one before it, or what `from_` names. Raises ValueError for what cannot be;
        the net is then as it was. Only for nets made of keys or of a dict, and before the first
        wrap.
        """
        if not isinstance(self._source, Mapping):
            raise TypeError(
                "nodes are added to nets that are made of keys or a dict; this one is a file's "
                "or a text's"
            )
        if self._net is not None:
            raise StateError("a net that is wrapped takes no more nodes", "FSNN_ESTATE")
        node = {**options}
        if from_ is not None:
            node["from"] = from_
        if name is None:
            name = self._free_name(kind)
        node["name"] = name
        source = {**self._source, "layers": [*self._source["layers"], {kind: node}]}
        alone = {key: value for key, value in source.items() if key in ("input", "layers", "name")}
        Description({**alone, "dynamics": {"integrator": "odeint"}})
        self._source, self._description = source, None
        return name

    def _free_name(self, kind: str) -> str:
        """kind and number, as the library names nodes."""
        layers = self._source["layers"]  # type: ignore[index]
        of_kind = sum(
            1
            for layer in layers
            if kind == (layer if isinstance(layer, str) else next(iter(layer), None))
        )
        return f"{kind}{of_kind + 1}"

    @property
    def description(self) -> Description:
        if self._description is None:
            self._description = Description(self._source, self._overrides)
        return self._description

    # ---- Wrap ------------------------------------------------------------------------------------

    def wrap(
        self,
        steps: int,
        batch: int = 1,
        *,
        seed: int | None = None,
        set: Mapping[str, Any] | None = None,
        dynamics: Mapping[str, Any] | None = None,
        **plan: Any,
    ) -> Net:
        """Settles shapes, dynamics, memory and kernels for calls of `steps` steps of `batch`
        samples.

        Options: training (for backward; dropout and batch statistics active), record (keep what
        `read` gives), input_gradient (backward gives it), smooth (spikes are the primitive of their
        surrogate: gradient checks), checkpoint (segments of so many steps are run again in
        backward; "auto"), truncate, still (the same input at every step, x [B, ...]), products
        (how linear layers and convolutions multiply: "full"; "bf16", factors rounded to bfloat16,
        where the processor has it; "int8", not in training: weights of 8 bits with a scale a
        channel, exact sums where the input are spikes). `seed` of the initial weights and dropout:
        that of the description's training. `dynamics` and `set` change the description: wrap(8,
        dynamics={"alpha": 0.7}).

        Again with another plan or dynamics: parameters keep their values, the state is reset.
        Returns the net. Remarks come as NetWarning. Raises ValueError (which node, which shapes),
        NotImplementedError, MemoryError.
        """
        more = {
            **(set or {}),
            **{f"dynamics.{key}": value for key, value in (dynamics or {}).items()},
        }
        with self._lock:
            session = self._open(more)
            if seed is None:
                seed = session.training.seed
            plan_c = _plan.plan_of(steps, batch, seed, plan)
            check(lib.fsnn_session_wrap(session.c, plan_c, lib.FSNN_HORIZON))
            self._adopt(session, more)
        self._remark(self.warnings)
        return self

    def _open(
        self,
        more: Mapping[str, Any] = _NOTHING,
        run: str | os.PathLike[str] | None = None,
        seed: int | None = None,
    ) -> Session:
        """A session of the net's description with more overrides. Each wrap, run and training has
        one of its own: arrays over the memory of the one before stay valid."""
        return Session(self._source, {**self._overrides, **more}, run, seed)

    def _adopt(self, session: Session, more: Mapping[str, Any] = _NOTHING) -> None:
        """The net of a session that is wrapped becomes this one; it gets the values of this."""
        params = self._valued(session)
        self._session, self._net, self._params = session, session.net, params
        self._description = session.description
        self._overrides.update(more)
        self._plan = ffi.new("fsnn_plan *", session.plan[0])
        self._functions = _plan.functions_of(session.net)
        self._settled = SettledValues(params, self._plan.products == lib.FSNN_PRODUCTS_INT8)
        self._input, self._output = self._shapes()
        self._x = None

    def _adopt_run(self, session: Session, steps: int) -> None:
        """After a run in chunks the net is planned for the last of them, and its state goes on."""
        self._adopt(session)
        self._plan.steps = steps % self._plan.steps or self._plan.steps
        self._remark(self.warnings)

    def _valued(self, session: Session) -> Params:
        """The parameters of a session that is wrapped, with the values of this net."""
        params = Params(session.net, session)
        if self._params is not None:
            self._take_over(session.net, params, self._params)
        return params

    @staticmethod
    def _remark(sentences: Iterable[str]) -> None:
        """Remarks as warnings, at the line of the program that called."""
        level, frame = 1, sys._getframe()
        while frame is not None and os.path.dirname(frame.f_code.co_filename) == _FOLDER:
            level, frame = level + 1, frame.f_back  # type: ignore[assignment]
        for sentence in sentences:
            warnings.warn(sentence, NetWarning, stacklevel=level)

    @staticmethod
    def _take_over(net: Any, params: Params, before: Params) -> None:
        """Values of parameters of the wrap before, but for orders, which the dynamics give."""
        for name, param in params.items():
            was = before._items.get(name)
            of_dynamics = name.rpartition(".")[2].startswith(("alpha", "coefficient"))
            if (
                was is not None
                and was.value.shape == param.value.shape
                and not (of_dynamics and not param.learn)
            ):
                param.value[...] = was.value
        check(lib.fsnn_net_params_changed(net))

    def _shapes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        shapes = ffi.new("fsnn_shape [2]")
        check(lib.fsnn_net_shapes(self._net, shapes, shapes + 1))
        return shape_of(shapes[0]), shape_of(shapes[1])

    @property
    def dtype(self) -> Any:
        """float32 or float64: what the net computes in, by the precision of its dynamics."""
        if self._net is not None:
            return self._functions.dtype
        return _plan.dtype_of(lib.fsnn_description_dynamics(self.description._c))

    @property
    def units(self) -> dict[str, str]:
        """What numbers count in, as the description says: {"time": "ms"}. Nothing is converted."""
        return self.description.units

    @property
    def warnings(self) -> list[str]:
        """Remarks that are no errors: of the description, its data and run, the last wrap and the
        last run."""
        return self.description.warnings if self._session is None else self._session.warnings

    def _wrapped(self) -> Any:
        if self._net is None:
            raise StateError(
                "the net is not wrapped yet: call wrap or forward first", "FSNN_ESTATE"
            )
        return self._net

    # ---- Run -------------------------------------------------------------------------------------

    def forward(self, x: Any, out: np.ndarray | None = None) -> np.ndarray:
        """Runs x [K, B, input shape] (of a `still` plan [B, input shape]): the output [K, B, output
        shape].

        `out` takes the result in place of a new array. A net that is not wrapped is, for K and B;
        one that is wrapped for others is planned again (which resets the state, unless only K
        changes). The state goes on from the last call.
        Raises ValueError (shapes), fsnn.NumericError (which layer, neuron, step; the state is
        spoilt then), MemoryError.
        """
        with self._lock:
            if self._net is None:
                self.wrap(*self._steps_and_batch(np.shape(x), False))
            functions = self._functions
            array = numbers(x, functions.dtype, "x")
            if self._plan.training and array is x:
                array = array.copy()  # backward reads it; the caller may write into it before
            self._fit(array.shape)
            self._settle()
            shape = (self._plan.steps, self._plan.batch, *self._output)
            if self._plan.training:  # backward reads the net's own output again
                result = ffi.new(f"const {functions.pointer}*")
                check(functions.forward(self._net, pointer(array, functions.pointer), result))
                self._x = array
                return _copied(view(result[0], shape, functions.dtype, self._session), out)
            self._x = None
            target = _target(out, shape, functions.dtype, array)
            given, taken = (pointer(a, functions.pointer) for a in (array, target))
            check(functions.forward_into(self._net, given, taken))
            return target if out is None or out is target else _copied(target, out)

    __call__ = forward

    def _steps_and_batch(self, shape: tuple[int, ...], still: bool) -> tuple[int, int]:
        known = self._input if self._net is not None else self._declared_input()
        lead = 1 if still else 2
        if len(shape) != len(known) + lead or tuple(shape[lead:]) != tuple(known):
            axes = "[B" if still else "[K, B"
            rest = "".join(f", {n}" for n in known)
            raise ValueError(f"x has the shape {list(shape)}, and the net takes {axes}{rest}]")
        return (self._plan.steps, shape[0]) if still else (shape[0], shape[1])

    def _declared_input(self) -> tuple[int, ...]:
        info, session = ffi.new("fsnn_node_info *"), self._open()
        check(lib.fsnn_net_node(session.net, 0, info))
        return shape_of(info.shape)

    def _fit(self, shape: tuple[int, ...]) -> None:
        """Plans again where x has other K or B than the plan."""
        steps, batch = self._steps_and_batch(shape, self._plan.still)
        if (steps, batch) != (self._plan.steps, self._plan.batch):
            plan = ffi.new("fsnn_plan *", self._plan[0])
            plan.steps, plan.batch = steps, batch
            check(lib.fsnn_net_replan(self._net, plan))
            self._plan = plan

    def _settle(self) -> None:
        if self._settled.moved():
            check(lib.fsnn_net_params_changed(self._net))

    def backward(self, gradient: Any) -> np.ndarray | None:
        """Gradients of a scalar loss from its `gradient` [K, B, output shape] at the output of the
        last forward: *added* to `params[...].grad`. Gives the gradient of the input, [K, B, input
        shape], where the net was wrapped with input_gradient, else None.

        Raises fsnn.StateError (no forward before it, or not wrapped with training), ValueError.
        """
        with self._lock:
            self._wrapped()
            functions, plan = self._functions, self._plan
            array = numbers(gradient, functions.dtype, "the gradient")
            expected = (plan.steps, plan.batch, *self._output)
            if array.shape != expected:
                raise ValueError(
                    f"the gradient has the shape {list(array.shape)}, and the output "
                    f"{list(expected)}"
                )
            given = pointer(array, functions.pointer)
            if not plan.input_gradient:
                check(functions.backward_into(self._net, given, ffi.NULL))
                return None
            lead = (plan.batch,) if plan.still else (plan.steps, plan.batch)
            result = np.empty((*lead, *self._input), functions.dtype)
            taken = pointer(result, functions.pointer)
            check(functions.backward_into(self._net, given, taken))
            return result

    def zero_grad(self) -> None:
        """Clears the gradients."""
        lib.fsnn_net_zero_grad(self._wrapped())

    def reset(self) -> None:
        """Membranes to rest, histories empty, zeros in delays: time 0."""
        with self._lock:
            check(lib.fsnn_net_reset(self._wrapped()))

    def stream(self, chunks: Iterable[Any]) -> Iterator[np.ndarray]:
        """The outputs of chunks [K, B, ...] of any lengths, one after the other. Neurons give the
        bits of one call over all of them for the same currents (a matrix product of other sizes may
        round differently). Takes any iterator, and reads it once."""
        for chunk in chunks:
            yield self.forward(chunk)

    def state(self) -> bytes:
        """The state of neurons and delays, to go on from later, in this process or another."""
        with self._lock:
            count = check(lib.fsnn_net_state_bytes(self._wrapped()))
            out = bytearray(count)
            check(lib.fsnn_net_state_save(self._net, ffi.from_buffer(out)))
            return bytes(out)

    def load_state(self, state: bytes) -> None:
        """Goes on from a state that was saved. Raises ValueError (damaged, or of another net)."""
        with self._lock:
            check(lib.fsnn_net_state_load(self._wrapped(), ffi.from_buffer(state), len(state)))

    # ---- Parameters ------------------------------------------------------------------------------

    @property
    def params(self) -> Params:
        """The parameters by name, as arrays over the library's memory. Exist from wrap on."""
        self._wrapped()
        assert self._params is not None
        return self._params

    def state_dict(self) -> dict[str, np.ndarray]:
        """Copies of all parameters, by name."""
        return {name: param.value.copy() for name, param in self.params.items()}

    def load_state_dict(self, values: Mapping[str, Any]) -> None:
        """Writes parameters. Raises KeyError (no such parameter), ValueError (shape); nothing has
        changed then."""
        arrays = {
            name: numbers(value, self.params[name].value.dtype, name)
            for name, value in values.items()
        }
        for name, array in arrays.items():
            if array.shape != self.params[name].value.shape:
                raise ValueError(
                    f"{name} has the shape {list(self.params[name].value.shape)}, and this is "
                    f"{list(array.shape)}"
                )
        for name, array in arrays.items():
            self.params[name].value[...] = array

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the weights as .safetensors, whole or not at all. Raises OSError, ValueError (a
        name that is another format's)."""
        suffix = os.path.splitext(os.fsdecode(path))[1]
        if suffix.lower() in OTHER_WEIGHTS:
            raise ValueError(f"weights are written as .safetensors, and {path} is named {suffix}")
        with self._lock:
            check(lib.fsnn_weights_save(self._wrapped(), os.fsencode(path)))

    def load(self, path: str | os.PathLike[str]) -> Net:
        """Loads weights from .safetensors, .npz or .pt, or the best ones of a run's directory. A
        net that is not wrapped is, for one step. What `set` gave the neurons (tau, threshold,
        alpha, ...) stays. Raises OSError, ValueError (an array that is missing, unknown or does not
        fit)."""
        with self._lock:
            if self._session is None:
                self.wrap(1)
            assert self._session is not None
            check(lib.fsnn_session_weights(self._session.c, os.fsencode(path)))
            self._settle()
        return self

    # ---- Whole runs ------------------------------------------------------------------------------

    def run(
        self,
        x: Any,
        *,
        chunk: int | None = None,
        record: Sequence[str] = (),
        record_steps: range | tuple[int, int | None] | None = None,
        times: Any = None,
        target: Any = None,
        loss: str | None = None,
        gradients: bool = False,
        precision: str | None = None,
    ) -> Run:
        """A whole recording from time 0: x [T, B, input shape], or an iterator over pieces of it,
        which is read once. `chunk`: so many steps at a time, which bounds the memory (`stream` says
        what it does to the bits). `record`: what `read` names, of every neuron layer ("v",
        "spikes", ...; "states": all states), or of chosen ones: "v:lif1", "spikes:enc*".
        `record_steps`: of an array, the steps that records have, (10, 20) or range(10, 20) for 10
        to 19, (10, None) from 10 on.

        Of an array: with `times` [T] or [T, B], or time stamps of the description, x is
        interpolated at the solver's steps. `target`, classes [B] or numbers [B, output shape], or
        (of a loss that answers at each step) classes [B, T], where -1 does not count, or numbers
        [B, T, output shape], gives the `loss` ("ce_rate", ...; that of the description), and
        `gradients` those of every learned parameter. `precision="bf16"` or "int8": as the plan's
        `products` of `wrap`. Ctrl-C ends it.
        """
        with self._lock:
            how: dict[str, Any] = {"times": times, "target": target, "loss": loss}
            how |= {"precision": precision, "record_steps": record_steps}
            found = running.run(self, x, chunk=chunk, record=record, gradients=gradients, **how)
            return replace(found, units=self.units)

    def train(
        self,
        data: Any = None,
        validation: Any = None,
        *,
        directory: str | os.PathLike[str] | None = None,
        mode: str = "new",
        encoder: Mapping[str, Any] | None = None,
        augment: Mapping[str, Any] | None = None,
        best: bool | str = False,
        progress: bool = False,
        on_batch: Callable[[Metrics], Any] | None = None,
        on_epoch: Callable[[Metrics], Any] | None = None,
        **options: Any,
    ) -> Metrics:
        """Trains the net; the figures of the best epoch.

        `data` and `validation` are `Data`, pairs of arrays (x [N, ...], y [N]), or None: those of
        the description. `options` are the keys of its section training: epochs=5, loss="ce_rate",
        optimizer={"kind": "adam", "lr": 1e-3}. `encoder`: {"kind": "rate", "steps": 8}.
        `augment`: how training samples are changed, in place of data.augment, {"flip": 0.5,
        "mixup": 0.2}. `directory` keeps weights, states and figures, as `fsnn train --out` does;
        `mode` is "new" (a run that is there is refused), "resume" (with the same encoder and
        augment) or "replace". With `best` the net has the weights of the best epoch at the end,
        else those of the last; best="f1" chooses that epoch by this figure, the key `best` of the
        section training.

        `on_batch` and `on_epoch` get `Metrics`; what they raise ends the training in good order and
        comes out. Ctrl-C does too: the state is saved, then KeyboardInterrupt is raised, and
        mode="resume" goes on to the same bytes. `progress`: a bar by tqdm where that is installed,
        and a line an epoch. Raises ValueError (data and net do not fit), fsnn.NumericError (the
        loss is not finite: epoch and batch), OSError.
        """
        with self._lock:
            calls: dict[str, Any] = {"on_batch": on_batch, "on_epoch": on_epoch}
            calls["progress"] = progress
            how: dict[str, Any] = {"directory": directory, "mode": mode, "encoder": encoder}
            how["augment"] = augment
            return training.train(
                self, data, validation, best=best, **how, **calls, training=options
            )

    def evaluate(
        self,
        data: Any = None,
        *,
        part: str = "test",
        batch: int | None = None,
        encoder: Mapping[str, Any] | None = None,
        seed: int | None = None,
        draw: int = 0,
        repeats: int = 1,
        perturb: str | Sequence[str] = (),
        progress: bool | Callable[[int, int], Any] | None = None,
        precision: str | None = None,
        type: str = "float",
    ) -> Evaluation:
        """Figures over a data set, with the loss of the description: `data` as of `train`, or the
        `part` ("train", "validation", "test") of the description's; or an iterator of batches (x
        [T, B, ...], targets: classes [B], a class a step [B, T], values [B, ...]) or a DataLoader,
        which is read once.

        Of data: the mean over `repeats` draws of a random encoding, from number `draw` on; also
        under disturbances, as `fsnn eval --perturb` has them: perturb="noise=0.1:0.2". `seed`: of
        encodings and disturbances, in place of that of the training; the samples stay the same.
        `progress(done, all)` is called with samples after each batch; True is a bar by tqdm, where
        that is installed. Ctrl-C ends it. `precision="bf16"` or "int8", of data: as the plan's
        `products` of `wrap`. `type="int8"` or "int4", of data: answers are those of the network in
        whole numbers with weights of so many bits, as `fsnn eval --type` and the C of `fsnn
        export-c` have them, after training with or without quantise="int8".
        """
        with self._lock:
            how: dict[str, Any] = {"batch": batch, "encoder": encoder, "draw": draw}
            how |= {"precision": precision, "seed": seed, "type": type}
            found = training.evaluate(
                self, data, part=part, repeats=repeats, perturb=perturb, progress=progress, **how
            )
            return training.in_hertz(found, self.description.hertz)

    def simulate(
        self,
        current: Drive,
        node: str | None = None,
        *,
        steps: int | None = None,
        neurons: int | None = None,
        alpha: float | Sequence[float] | None = None,
        seed: int | None = None,
        precision: str = "double",
        units: Mapping[str, str] | None = None,
    ) -> Simulation:
        """A neuron of the layer `node` (not needed where there is one) alone under `current`, as
        `fsnn.simulate` has it: with the layer's kind, options and dynamics, and the numbers that it
        has now. `alpha`: other orders; `seed` of noise: that of the training; `precision="single"`
        is that of most networks; `units` beside those of the description. Of layers whose neurons
        differ it is the first, and a NetWarning says so. Raises ValueError (which layers there
        are)."""
        with self._lock:
            session = self._open()
            check(lib.fsnn_session_shapes(session.c, ffi.NULL, ffi.NULL))
            self._valued(session)
            how: dict[str, Any] = {"steps": steps, "neurons": neurons, "alpha": alpha}
            named = {**self.units, **(units or {})}
            how |= {"seed": seed, "precision": precision, "units": named}
            found = simulate_layer(session, node, current, **how)
        self._remark(sentence for sentence in session.warnings if sentence not in self.warnings)
        return found

    def _planned(self) -> None:
        """After the library's own loops, which plan the net for their batches: it begins anew."""
        self._x = None
        check(lib.fsnn_net_replan(self._net, self._plan))
        check(lib.fsnn_net_reset(self._net))
        self._settled.moved()

    # ---- Look ------------------------------------------------------------------------------------

    def inspect(self) -> Summary:
        """Nodes, shapes, parameters, memory. A net that is not wrapped is, for one step."""
        with self._lock:
            if self._net is None:
                self.wrap(1)
            return summary_of(self._net, self.description.name)

    def _node(self, node: str | int) -> int:
        if isinstance(node, str):
            index = lib.fsnn_net_node_find(self._wrapped(), node.encode())
            if index < 0:
                raise missing("node", node, [n.name for n in self.inspect().nodes])
            return index
        return node

    def read(self, node: str | int, what: str = "v") -> np.ndarray:
        """What a neuron layer did in the last forward: [K, B, layer's shape].

        `what`: "v" the potential after each step, "spikes" its output, "current" its input, "test"
        the potential that the spike test saw, "threshold" what it was compared with; or the name of
        a further state. The net must have been wrapped with record.
        """
        with self._lock:
            index, functions = self._node(node), self._functions
            info = ffi.new("fsnn_node_info *")
            check(lib.fsnn_net_node(self._wrapped(), index, info))
            out = np.empty(
                (self._plan.steps, self._plan.batch, *shape_of(info.shape)), functions.dtype
            )
            target = pointer(out, functions.pointer)
            if what in RECORDS:
                check(functions.read(self._net, index, RECORDS[what], target))
                return out
            states = self.states(index)
            if what not in states:
                names = [*RECORDS, *states[1:]]
                raise ValueError(
                    f"{what!r} is not recorded: there are {', '.join(names)}{near(what, names)}"
                )
            check(functions.read_state(self._net, index, states.index(what), target))
            return out

    def states(self, node: str | int) -> list[str]:
        """The states of a neuron layer, "v" first."""
        index = self._node(node)
        return _list(lambda i: lib.fsnn_net_state_name(self._net, index, i))

    def rates(self) -> dict[str, float]:
        """Spikes a neuron and step over the last forward, of each layer that spikes."""
        net = self._wrapped()
        return {
            node.name: lib.fsnn_net_rate(net, index)
            for index, node in enumerate(self.inspect().nodes)
            if node.spiking
        }

    def describe(self) -> dict[str, str]:
        """What a wrapped net computes beside its weights: dynamics, kinds and options of
        neurons."""
        out = ffi.new("char **")
        check(lib.fsnn_net_describe(self._wrapped(), out))
        try:
            lines = text(out[0]).splitlines()
        finally:
            lib.free(out[0])
        return dict(line.split("\t", 1) for line in lines)

    def __repr__(self) -> str:
        return f"<fsnn.Net {self.description.name!r}>"

    def __reduce__(self) -> tuple:
        """Copies and pickles hold description, plan, parameters and the neurons' state."""
        with self._lock:
            if self._net is None:
                return _restored, (self.description.text, None, {}, b"")
            return _restored, (
                self.description.text,
                _plan.options_of(self._plan),
                self.state_dict(),
                self.state(),
            )


def _restored(text: str, plan: dict[str, Any] | None, values: dict[str, Any], state: bytes) -> Net:
    net = Net(text)
    if plan is not None:
        with warnings.catch_warnings():  # they were given when the net was wrapped first
            warnings.simplefilter("ignore", NetWarning)
            net.wrap(**plan)
        net.load_state_dict(values)
        net._settle()
        net.load_state(state)
    return net


def _target(
    out: np.ndarray | None, shape: tuple[int, ...], dtype: Any, x: np.ndarray
) -> np.ndarray:
    """Where the library writes a result: `out`, where it can; a new array else."""
    if out is None:
        return np.empty(shape, dtype)
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out is a {type(out).__name__}: it is an array of NumPy")
    flags = out.flags
    fits = out.shape == shape and out.dtype == dtype and flags.c_contiguous and flags.writeable
    return out if fits and not np.may_share_memory(out, x) else np.empty(shape, dtype)


def _copied(array: np.ndarray, out: np.ndarray | None) -> np.ndarray:
    if out is None:
        return array.copy()
    if out.shape != array.shape:
        raise ValueError(f"out has the shape {list(out.shape)}, and the output {list(array.shape)}")
    out[...] = array
    return out
