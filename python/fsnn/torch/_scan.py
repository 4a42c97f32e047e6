"""A layer of neurons over all steps as one function of autograd: the library's scan and its exact
backward."""

from __future__ import annotations

import threading
import warnings
from collections import OrderedDict
from typing import Any

import numpy as np
import torch
from _fsnn import ffi, lib

from .._plan import HAS_DOUBLE
from ..errors import check
from ..net import Net, NetWarning
from ._buffers import contiguous, empty
from ._context import StartsEmpty, say_once

KEPT = 4  # nets that a layer keeps for the next call, the latest ones


class Pool(StartsEmpty):
    """Nets of one layer, by what they were made for."""

    def __init__(self) -> None:
        self._free: OrderedDict[Any, list[Net]] = OrderedDict()
        self._count = 0  # of nets in it
        self._lock = threading.RLock()  # a net may come back while this thread holds it

    def take(self, key: Any) -> Net | None:
        with self._lock:
            nets = self._free.get(key)
            if not nets:
                return None
            self._count -= 1
            return nets.pop()

    def give(self, key: Any, net: Net) -> None:
        with self._lock:
            self._count += 1
            self._free.setdefault(key, []).append(net)
            if len(self._free) > 1:
                self._free.move_to_end(key)
            if self._count > KEPT:
                self._drop()

    def _drop(self) -> None:
        """The net that was not asked for for the longest time, and keys that have none."""
        oldest = next(key for key, nets in self._free.items() if nets)
        self._free[oldest].pop(0)
        self._count -= 1
        for key in [key for key, nets in self._free.items() if not nets]:
            del self._free[key]


class Latest(StartsEmpty):
    """The layer of the latest call and what it was made of, which most calls have again."""

    def __init__(self) -> None:
        self._latest: tuple[Any, Layer] | None = None

    def of(self, made_of: Any) -> Layer | None:
        latest = self._latest
        return latest[1] if latest is not None and latest[0] == made_of else None

    def keep(self, made_of: Any, layer: Layer) -> None:
        self._latest = None if made_of is None else (made_of, layer)


class _Held:
    """A net between forward and backward. What dies without a backward gives it back."""

    def __init__(self, layer: Layer, net: Net) -> None:
        self.layer, self.net = layer, [net]

    def taken(self) -> Net:
        return self.net.pop()

    def __del__(self) -> None:
        if self.net:
            self.layer.give(self.net[0])


class Layer:
    """One call of a layer: what its net is made of, for x [T*B, ...] of what size and precision.
    Time and batch stay folded, as its memory is the same: every view costs as much as a kernel."""

    def __init__(
        self,
        pool: Pool,
        description: dict[str, Any],
        names: list[str],
        x: torch.Tensor,
        steps: int,
        training: bool,
        smooth: bool = False,
    ) -> None:
        self.pool, self.names, self.smooth = pool, names, smooth
        self.double = x.dtype == torch.float64
        if self.double:
            if not HAS_DOUBLE:
                raise NotImplementedError(
                    "this build of fsnn has no networks in double precision: convert the module "
                    "and its input with .float()"
                )
            description["dynamics"]["precision"] = "double"
        description["input"] = list(x.shape[1:]) or [1]
        self.description, self.training = description, training
        self.steps, self.batch = steps, x.shape[0] // steps
        self.key = (repr(description), self.steps, self.batch, training, smooth)

    def take(self, params: tuple[torch.Tensor, ...]) -> Net:
        net = self.pool.take(self.key)
        if net is None:
            net = Net(self.description)
            with warnings.catch_warnings(record=True) as remarks:
                warnings.simplefilter("always", NetWarning)
                plan: dict[str, Any] = {"training": self.training, "smooth": self.smooth}
                net.wrap(self.steps, self.batch, input_gradient=self.training, **plan)
            for remark in remarks:
                say_once(str(remark.message))
        if self.noisy:  # which draw of it
            lib.fsnn_net_counter_set(net._net, int(torch.randint(1 << 40, ())))
        for name, value in zip(self.names, params):
            target = net.params[f"{self.node}.{name}"].value
            target[...] = value.detach().reshape(target.shape).numpy()
        if params:
            check(lib.fsnn_net_params_changed(net._net))
        check(lib.fsnn_net_reset(net._net))
        return net

    def give(self, net: Net) -> None:
        self.pool.give(self.key, net)

    def forward(self, x: torch.Tensor, params: tuple[torch.Tensor, ...]) -> torch.Tensor:
        """The output alone; nothing is kept."""
        net = self.take(params)
        y = _forward(net, contiguous(x, x.dtype))  # a net that failed is spoilt: not given back
        self.give(net)
        return y

    @property
    def _options(self) -> dict[str, Any]:
        return next(iter(self.description["layers"][0].values()))

    @property
    def node(self) -> str:
        return self._options["name"]

    @property
    def noisy(self) -> bool:
        if not self.training:
            return False
        return self._options.get("noise", {}).get("mode", "none") != "none"


def _pointer(net: Net, x: torch.Tensor) -> Any:
    return ffi.cast(net._functions.pointer, x.data_ptr())


def _forward(net: Net, x: torch.Tensor) -> torch.Tensor:
    """The output, which the library writes where it stays, and reads in backward."""
    y = empty(x.shape, x.dtype)
    check(net._functions.forward_into(net._net, _pointer(net, x), _pointer(net, y)))
    return y


class Scan(torch.autograd.Function):
    """x [T*B, ...] and the learned parameters of the layer -> spikes [T*B, ...].

    The net of a forward waits for its backward. Where that finds no net (a second backward of
    retain_graph), spikes that were changed in place, or x at another place than the net reads it
    (what is saved for backward goes through hooks, of checkpoints), forward runs again.
    """

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, layer: Layer, *params: torch.Tensor) -> torch.Tensor:
        x = contiguous(x, x.dtype)
        net = layer.take(params)
        y = _forward(net, x)  # a net whose forward failed is spoilt and not given back
        ctx.layer, ctx.held = layer, _Held(layer, net)
        ctx.counter = lib.fsnn_net_counter(net._net)
        # a tensor apart over the same memory: it sees changes of y, and keeps no graph alive
        ctx.spikes, ctx.version, ctx.place = y.detach(), y._version, x.data_ptr()
        ctx.save_for_backward(x, *params)
        return y

    @staticmethod
    def again(ctx: Any, x: torch.Tensor, params: list[torch.Tensor]) -> _Held:
        """A net that has gone forward, with the spikes that it reads in ctx.spikes."""
        ctx.held = None  # gives back its net, to be taken at once
        net = ctx.layer.take(tuple(params))
        lib.fsnn_net_counter_set(net._net, ctx.counter - 1)
        ctx.spikes = _forward(net, x)
        ctx.version, ctx.place = ctx.spikes._version, x.data_ptr()
        return _Held(ctx.layer, net)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple:
        if torch.is_grad_enabled():
            raise NotImplementedError(
                "fsnn's neurons have no second derivative: call backward without create_graph"
            )
        x, *params = ctx.saved_tensors
        layer, held = ctx.layer, ctx.held
        moved = x.data_ptr() != ctx.place or ctx.spikes._version != ctx.version
        if held is None or moved:
            held = None
            held = Scan.again(ctx, x, params)
        ctx.held, net = None, held.taken()
        lib.fsnn_net_zero_grad(net._net)
        gradient, dx = contiguous(gradient, x.dtype), empty(x.shape, x.dtype)
        check(net._functions.backward_into(net._net, _pointer(net, gradient), _pointer(net, dx)))
        grads: list[torch.Tensor | None] = []
        for name, param in zip(layer.names, params):
            if not param.requires_grad:
                grads.append(None)
                continue
            got = net.params[f"{layer.node}.{name}"].grad
            grads.append(torch.from_numpy(np.array(got)).to(param.dtype).reshape(param.shape))
        layer.give(net)
        return (dx, None, *grads)
