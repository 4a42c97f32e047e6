"""Networks both ways: from a torch module with its weights to an fsnn.Net, and weights back."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
import torch.fx
from torch import nn

from ..net import Net
from . import _values
from ._context import Running
from .layer import ClassificationHead, VotingLayer
from .neuron import BaseNeuron
from .wrapper import SNNWrapper


def _numbers(value: Any) -> Any:
    return list(value) if isinstance(value, (tuple, list)) else value


def _conv(m: Any) -> dict[str, Any]:
    if m.padding_mode != "zeros" or isinstance(m.padding, str):
        raise NotImplementedError("convolutions have a padding of zeros, given as numbers")
    size = {
        "kernel": m.kernel_size,
        "stride": m.stride,
        "padding": m.padding,
        "dilation": m.dilation,
    }
    one = isinstance(m, nn.Conv1d)
    options = {key: v[0] if one else list(v) for key, v in size.items()}
    return {"out": m.out_channels, "groups": m.groups, "bias": m.bias is not None, **options}


def _transposed(m: Any) -> dict[str, Any]:
    if m.padding_mode != "zeros":
        raise NotImplementedError("transposed convolutions have a padding of zeros")
    if any(o >= s for o, s in zip(m.output_padding, m.stride)):
        raise NotImplementedError(
            "the output_padding of a transposed convolution is below its stride"
        )
    one = isinstance(m, nn.ConvTranspose1d)
    size = {"kernel": m.kernel_size, **{key: getattr(m, key) for key in SPREAD}}
    options = {key: v[0] if one else list(v) for key, v in size.items()}
    return {"out": m.out_channels, "groups": m.groups, "bias": m.bias is not None, **options}


SPREAD = ("stride", "padding", "output_padding", "dilation")


def _pair(value: Any) -> Any:
    """One number, or a list of two."""
    values = _numbers(value)
    return values[0] if isinstance(values, list) and len(values) == 1 else values


def _resized(size: Any, factor: Any, mode: str, align_corners: Any) -> dict[str, Any]:
    """The options of upsample, from those of torch.nn.functional.interpolate."""
    if mode not in ("nearest", "linear", "bilinear"):
        raise NotImplementedError(f"upsampling is nearest, linear or bilinear, not {mode}")
    factors = [] if factor is None else factor if isinstance(factor, (tuple, list)) else [factor]
    if any(f != int(f) for f in factors):
        raise NotImplementedError(f"upsampling has whole factors, not {factor}: give it the size")
    options: dict[str, Any] = {"mode": "nearest" if mode == "nearest" else "linear"}
    if mode != "nearest" and align_corners:
        options["align_corners"] = True
    if size is not None:
        return {**options, "size": _pair(size)}
    return {**options, "factor": _pair([int(f) for f in factors])}


def _upsample(m: Any) -> dict[str, Any]:
    return _resized(m.size, m.scale_factor, m.mode, m.align_corners)


def _pool(m: Any) -> dict[str, Any]:
    if m.ceil_mode or getattr(m, "dilation", 1) != 1 or getattr(m, "divisor_override", None):
        raise NotImplementedError("pooling has no ceil_mode, dilation or divisor_override")
    options = {key: _numbers(getattr(m, f"{key}_size" if key == "kernel" else key)) for key in SIZE}
    if hasattr(m, "count_include_pad"):
        options["count_padding"] = m.count_include_pad
    return options


SIZE = ("kernel", "stride", "padding")


def _norm(m: Any) -> dict[str, Any]:
    if m.momentum is None or not m.track_running_stats:
        raise NotImplementedError("batch normalisation keeps running statistics, with a momentum")
    return {"eps": m.eps, "momentum": m.momentum, "affine": m.affine}


def _layer_norm(m: Any) -> dict[str, Any]:
    affine = m.weight is not None
    if affine and m.bias is None:
        raise NotImplementedError("layer normalisation has a weight and a bias, or neither")
    return {"dims": len(m.normalized_shape), "eps": m.eps, "affine": affine}


def _head(m: Any) -> dict[str, Any]:
    if m.num_classes <= 0:
        raise NotImplementedError("a ClassificationHead without classes is no layer of a net")
    return {"out": m.num_classes}


def _flatten(m: Any) -> dict[str, Any]:
    if m.start_dim != 1 or m.end_dim != -1:
        raise NotImplementedError("flatten is of all dimensions of a sample")
    return {}


# Kinds of the description by class, and their options.
MODULES: dict[type, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    nn.Linear: ("linear", lambda m: {"out": m.out_features, "bias": m.bias is not None}),
    nn.Conv1d: ("conv1d", _conv),
    nn.Conv2d: ("conv2d", _conv),
    nn.ConvTranspose1d: ("convtranspose1d", _transposed),
    nn.ConvTranspose2d: ("convtranspose2d", _transposed),
    nn.Upsample: ("upsample", _upsample),
    nn.UpsamplingNearest2d: ("upsample", _upsample),
    nn.UpsamplingBilinear2d: ("upsample", _upsample),
    nn.MaxPool1d: ("maxpool", _pool),
    nn.MaxPool2d: ("maxpool", _pool),
    nn.AvgPool1d: ("avgpool", _pool),
    nn.AvgPool2d: ("avgpool", _pool),
    nn.AdaptiveAvgPool2d: ("avgpool", lambda m: {"adaptive": _numbers(m.output_size)}),
    nn.BatchNorm1d: ("batchnorm", _norm),
    nn.BatchNorm2d: ("batchnorm", _norm),
    nn.LayerNorm: ("layernorm", _layer_norm),
    nn.Flatten: ("flatten", _flatten),
    ClassificationHead: ("head", _head),
    VotingLayer: ("voting", lambda m: {"voters": m.voting_size}),
    nn.Dropout: ("dropout", lambda m: {"p": m.p}),
}


class _Tracer(torch.fx.Tracer):
    def is_leaf_module(self, m: nn.Module, name: str) -> bool:
        return isinstance(
            m, (BaseNeuron, ClassificationHead, VotingLayer)
        ) or super().is_leaf_module(m, name)


class _Builder:
    """The layers of a description, one after the other, as the module is traced."""

    def __init__(self, wrapper: SNNWrapper, call: Running) -> None:
        self.wrapper, self.call = wrapper, call
        self.modules = dict(wrapper.module.named_modules())
        self.layers: list[dict[str, Any]] = []
        self.named: dict[torch.fx.Node, str] = {}
        self.first: dict[str, str] = {}  # where a module's weights are
        self.orders: list[Any] = []
        self.values: dict[str, Any] = {}  # learned values of neurons by parameter

    def add(self, node: torch.fx.Node, kind: str, sources: Sequence[Any], **options: Any) -> str:
        name = options.pop("name", None) or node.name
        for source in sources:
            if source not in self.named:
                raise NotImplementedError(
                    f"{node.name} reads {source}, which is no tensor of a layer"
                )
        names = [self.named[s] for s in sources]
        self.layers.append(
            {kind: {**options, "name": name, "from": names if len(names) > 1 else names[0]}}
        )
        self.named[node] = name
        return name

    def call_module(self, node: torch.fx.Node) -> None:
        target, source = str(node.target), node.args[:1]
        module, name = self.modules[target], target.replace(".", "_")
        if isinstance(module, nn.Identity):
            self.named[node] = self.named[node.args[0]]  # type: ignore[index]
            return
        if isinstance(module, BaseNeuron):
            kind, options = self.neuron(target, module)
        elif type(module) in MODULES:
            kind, read = MODULES[type(module)]
            options = read(module)
            if kind == "batchnorm":
                options["per_step"] = self.wrapper.norm == "step"
        else:
            known = ", ".join(c.__name__ for c in MODULES)
            raise NotImplementedError(
                f"{target} is a {type(module).__name__}, which descriptions do not have: "
                f"there are {known}, neurons, add, cat, interpolate and flatten"
            )
        if target in self.first:
            if isinstance(module, BaseNeuron) or next(module.parameters(), None) is not None:
                options["weights"] = self.first[target]
            name = f"{name}_{node.name}"
        self.first.setdefault(target, self.add(node, kind, source, **options, name=name))

    def neuron(self, target: str, module: BaseNeuron) -> tuple[str, dict[str, Any]]:
        order = self.call.orders[id(module)]
        layer, learned = module._described(target, order, self.call)
        if layer is None:
            raise NotImplementedError(
                f"the neuron {target} is not recorded as an equation: {module._steps_because}"
            )
        plain = BaseNeuron._dynamics(module, order, self.call, {})
        if _set(layer["dynamics"]) != _set(plain):
            raise NotImplementedError(
                f"the neuron {target} ({type(module).__name__}) has an order and a step of its "
                f"own, {_set(layer['dynamics'])}, and the wrapper has {_set(plain)}: a net has one "
                "step"
            )
        self.orders.append(order)
        options = dict(layer["layers"][0][module.kind])
        name = options.pop("name")
        self.values.update({f"{name}.{key}": value for key, value in learned.items()})
        return module.kind, options

    def call_function(self, node: torch.fx.Node) -> None:
        target, args = node.target, node.args
        if target in (operator.add, operator.iadd, torch.add) and len(args) == 2:
            self.add(node, "add", args)
        elif target in (torch.cat, torch.concat):
            axis = node.kwargs.get("dim", args[1] if len(args) > 1 else 0)
            self.add(node, "concat", args[0], axis=int(axis) - 1)  # type: ignore[arg-type]
        elif target is torch.flatten and args[1:] in ((1,), (1, -1)):
            self.add(node, "flatten", args[:1])
        elif target is nn.functional.interpolate:
            keys = ("size", "scale_factor", "mode", "align_corners")
            given = {**dict(zip(keys, args[1:])), **node.kwargs}
            options = _resized(
                given.get("size"),
                given.get("scale_factor"),
                str(given.get("mode", "nearest")),
                given.get("align_corners"),
            )
            self.add(node, "upsample", args[:1], **options)
        else:
            raise NotImplementedError(
                f"the function {getattr(target, '__name__', target)} has no place in a "
                "description: there are add, cat, interpolate and flatten(x, 1)"
            )

    def call_method(self, node: torch.fx.Node) -> None:
        if node.target == "flatten" and node.args[1:] == (1,):
            self.add(node, "flatten", node.args[:1])
        elif node.target in ("add", "add_") and len(node.args) == 2:
            self.add(node, "add", node.args)
        else:
            raise NotImplementedError(f"the method {node.target} has no place in a description")

    def build(self) -> str:
        """All layers; the name of the output."""
        output = ""
        for node in _Tracer().trace(self.wrapper.module).nodes:
            if node.op == "placeholder":
                if "input" in self.named.values():
                    raise NotImplementedError("the module takes more than one tensor")
                self.named[node] = "input"
            elif node.op == "output":
                if node.args[0] not in self.named:
                    raise NotImplementedError("the module gives more than one tensor")
                output = self.named[node.args[0]]
            elif node.op == "get_attr":
                raise NotImplementedError(f"the tensor {node.target} is used outside of a layer")
            else:
                getattr(self, node.op)(node)
        return output


def _set(dynamics: dict[str, Any]) -> dict[str, Any]:
    """Keys that say something, but for what is learned."""
    return {k: v for k, v in dynamics.items() if v and not k.startswith("learn_")}


def _floats(values: Any) -> list[float]:
    if isinstance(values, torch.Tensor):
        return values.detach().tolist()
    return [float(v) for v in values]


def _section(call: Running, orders: list[Any]) -> dict[str, Any]:
    """The section dynamics with an order for each layer."""
    if call.dynamics["integrator"] != "fdeint":
        return dict(call.dynamics)
    learned = [isinstance(o.alpha, torch.Tensor) for o in orders]
    weighed = [isinstance(o.coefficient, torch.Tensor) for o in orders]
    keys: dict[str, Any] = {"alpha": [_floats(o.alpha) for o in orders], "learn_alpha": learned}
    coefficients = [_floats(o.coefficient) for o in orders]
    if any(weighed) or any(c != [1.0] * len(c) for c in coefficients):
        keys |= {"coefficients": coefficients, "learn_coefficients": weighed}
    return {**call.dynamics, **keys}


def _paired(wrapper: SNNWrapper, net: Net, values: dict[str, Any]) -> dict[str, torch.Tensor]:
    """Tensors of the module by the parameter of the net that each is."""
    tensors: dict[str, torch.Tensor] = dict(wrapper.module.named_parameters())
    tensors.update(wrapper.module.named_buffers())
    pairs: dict[str, torch.Tensor] = {}
    modules = wrapper.module.named_modules()
    heads = {name for name, m in modules if isinstance(m, ClassificationHead)}
    for name, tensor in tensors.items():
        module, _, last = name.rpartition(".")
        if module.endswith(".head") and module[: -len(".head")] in heads:
            module = module[: -len(".head")]
        at = f"{module.replace('.', '_')}.{last}"
        if at in net.params:
            pairs[at] = tensor
    pairs.update({name: value for name, value in values.items() if name in net.params})
    return pairs


def to_net(
    wrapper: SNNWrapper,
    input_shape: Sequence[int],
    *,
    method: str | None = None,
    step: float = 1.0,
    options: dict[str, Any] | None = None,
) -> Net:
    """The same network as an `fsnn.Net`, with the module's weights: the same spikes, in C alone.

    `input_shape` is that of one sample at one step, without time and batch; method, step and
    options are those of the calls. `net.save(path)` writes the weights, `net.description.text` the
    description that the command line takes. Modules: Linear, Conv, pooling, BatchNorm, LayerNorm,
    Flatten, Dropout, Identity, neurons, VotingLayer, ClassificationHead (its mean over time is left
    to the loss); between them +, cat, flatten. Raises NotImplementedError,
    which names what has no place in a description.
    """
    dynamics = wrapper._dynamics(method, dict(options or {}), step)
    builder = _Builder(wrapper, wrapper._call(1, dynamics))
    output = builder.build()
    if next(wrapper.module.parameters(), torch.zeros(())).dtype == torch.float64:
        dynamics["precision"] = "double"
    section, shape = _section(builder.call, builder.orders), list(input_shape)
    keys: dict[str, Any] = {"layers": builder.layers, "output": output, "dynamics": section}
    net = _valued(Net(input=shape, **keys).wrap(1, 1), wrapper, builder.values)
    if _listed(net, builder.layers):
        net = _valued(Net(input=shape, **keys).wrap(1, 1), wrapper, builder.values)
    return net


def _valued(net: Net, wrapper: SNNWrapper, values: dict[str, Any]) -> Net:
    """The net with the values of the module."""
    for name, tensor in _paired(wrapper, net, values).items():
        param = net.params[name].value
        if _values.is_several(tensor) and name in values:
            layer = name.rpartition(".")
            sample = param.shape if _values.per(tensor) == "neuron" else tensor.shape
            tensor = _values.of_sample(layer[0], layer[2], tensor, tuple(sample))
        param[...] = tensor.detach().reshape(param.shape).numpy()
    return net


def _listed(net: Net, layers: list[dict[str, Any]]) -> bool:
    """Numbers one a channel or a neuron come into the description; whether there are any."""
    found = False
    for options in (next(iter(layer.values())) for layer in layers):
        for key in ("tau", "threshold"):
            entry = options.get(key)
            if isinstance(entry, dict) and "per" in entry:
                entry["value"] = net.params[f"{options['name']}.{key}"].value.ravel().tolist()
                found = True
    return found


def load_weights(wrapper: SNNWrapper, net: Net) -> None:
    """Writes the weights of a net that `to_net` made (and that was trained since, say) into the
    module that it was made of. tau and threshold that are learned, alpha and coefficients too.
    Raises NotImplementedError of what does not go back; nothing has changed then."""
    pairs = [(t, net.params[name].value) for name, t in _paired(wrapper, net, {}).items()]
    logarithms = list(_learned(wrapper, net))
    for name, tensor, value in logarithms:
        if tensor.numel() != value.size:
            raise NotImplementedError(
                f"{name} has the shape {list(value.shape)}, and neurons of the module share their "
                f"numbers, {list(tensor.shape)}: it does not go back"
            )
    with torch.no_grad():
        for tensor, value in pairs:
            tensor.copy_(torch.from_numpy(value.copy()).reshape(tensor.shape))
        for name, tensor, value in logarithms:
            tensor.copy_(torch.from_numpy(value.copy()).reshape(tensor.shape))
            if name.endswith((".tau", ".threshold")):
                tensor.log_()


def _learned(wrapper: SNNWrapper, net: Net) -> Iterator[tuple[str, torch.Tensor, Any]]:
    """What neurons learn: the net's name, the module's parameter, the net's value."""
    held = {"alpha": wrapper.alpha, "coefficient": wrapper.coefficient}
    for index, (name, module) in enumerate(wrapper._neurons().items()):
        layer = name.replace(".", "_")
        own: dict[str, Any] = {w: module._parameters.get(f"log_{w}") for w in ("tau", "threshold")}
        own.update({what: values[index] for what, values in held.items()})
        for what, parameter in own.items():
            if isinstance(parameter, torch.nn.Parameter) and f"{layer}.{what}" in net.params:
                yield f"{layer}.{what}", parameter, net.params[f"{layer}.{what}"].value
