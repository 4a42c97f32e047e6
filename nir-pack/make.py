"""Makes the cases of the pack: python3 make.py [FOLDER]. Needs NumPy and h5py; not the package nir, whose reader refuses what
some of the cases are about. Every run gives the same files."""

import json
import pathlib
import sys

import h5py
import numpy as np

from reference import Node, simulate

UTF8 = h5py.string_dtype()
DT = 2.0**-10
cases = {}


def rng(seed=1):
    return np.random.default_rng(seed)


def f4(*shape, seed=1, scale=1.0):
    """Numbers that single precision holds exactly."""
    return (rng(seed).standard_normal(shape) * scale).astype("f4")


def full(value, *shape):
    return np.full(shape, value, "f4")


def lif(*shape, **fields):
    given = dict(tau=full(16 * DT, *shape), r=full(1, *shape), v_leak=full(0, *shape), v_threshold=full(0.5, *shape),
                 v_reset=full(0, *shape))
    return Node("LIF", **{**given, **fields})


def cuba(kind, *shape, **fields):
    given = dict(tau_syn=full(4 * DT, *shape), tau_mem=full(16 * DT, *shape), r=full(1, *shape), v_leak=full(0, *shape),
                 w_in=full(4, *shape))
    if kind == "CubaLIF":
        given.update(v_threshold=full(0.5, *shape), v_reset=full(0, *shape))
    return Node(kind, **{**given, **fields})


def without(node, *fields):
    return Node(node.kind, **{k: v for k, v in node.fields.items() if k not in fields})


def affine(out, inputs, seed=1, scale=0.7):
    return Node("Affine", weight=f4(out, inputs, seed=seed, scale=scale), bias=f4(out, seed=seed + 50, scale=0.2))


def linear(out, inputs, seed=1, scale=0.7):
    return Node("Linear", weight=f4(out, inputs, seed=seed, scale=scale))


def conv(out, inputs, *kernel, stride=1, padding=0, dilation=1, groups=1, size=None, seed=1, **more):
    dims = len(kernel)
    wide = lambda x: x if isinstance(x, str) else (int(x) if dims == 1 else np.broadcast_to(np.asarray(x, "i8"), (2,)).copy())
    return Node(f"Conv{dims}d", input_shape=size[0] if dims == 1 else np.asarray(size, "i8"),
                weight=f4(out, inputs // groups, *kernel, seed=seed, scale=0.5), stride=wide(stride), padding=wide(padding),
                dilation=wide(dilation), groups=groups, bias=f4(out, seed=seed + 9, scale=0.1), **more)


def pool(kind, kernel, stride, padding):
    two = lambda x: np.broadcast_to(np.asarray(x, "i8"), (2,)).copy()
    return Node(kind, kernel_size=two(kernel), stride=two(stride), padding=two(padding))


def chain(inputs, outputs, **nodes):
    """Input, the nodes in their order, Output."""
    names = ["input", *nodes, "output"]
    return ({"input": Node("Input", shape=np.asarray(inputs, "i8")), **nodes,
             "output": Node("Output", shape=np.asarray(outputs, "i8"))}, list(zip(names, names[1:])))


def case(name, what, graph, *, watch=None, write=None, flat=None, steps=40, batch=2, spikes=False, **more):
    """`flat` is the graph that is simulated where the file holds another one."""
    nodes, edges = graph
    about = dict(what=what, dt=DT, unit=1.0, reset="value", equality=">", integrator="euler", v_of=watch, v_rest=0.0, tolerance=1e-5,
                 expect="ok", sentence="")
    about.update(more)
    cases[name] = (about, nodes, edges, flat or graph, dict(steps=steps, batch=batch, spikes=spikes), write or {})


# ---- the file ----


def put(group, key, value, storage):
    if isinstance(value, str):
        if storage.get("fixed"):
            group.create_dataset(key, data=np.bytes_(value))
        else:
            group.create_dataset(key, data=value, dtype=UTF8)
    elif isinstance(value, dict):
        for k, v in value.items():
            put(group.require_group(key), k, v, storage)
    elif isinstance(value, np.ndarray) and value.ndim:
        value = value.astype(storage["floats"]) if "floats" in storage and value.dtype.kind == "f" else value
        value = value.astype("f8") if storage.get("real_sizes") and value.dtype.kind == "i" else value
        value = value.astype("i4") if storage.get("small") and value.dtype.kind == "i" else value
        packed = dict(compression="gzip", chunks=value.shape) if storage.get("packed") else {}
        group.create_dataset(key, data=value, **packed)
    else:
        group.create_dataset(key, data=value)


def put_graph(group, nodes, edges, storage):
    put(group, "type", "NIRGraph", storage)
    inside = group.create_group("nodes")
    for name, node in nodes.items():
        at = inside.create_group(name)
        if isinstance(node, tuple):
            put_graph(at, *node, storage)
            continue
        put(at, "type", node.kind, storage)
        for key, value in node.fields.items():
            put(at, key, value, storage)
    if storage.get("fixed"):
        group.create_dataset("edges", data=np.array(edges, dtype="S"))
    else:
        group.create_dataset("edges", data=edges, dtype=UTF8)


def write_model(path, nodes, edges, storage):
    with h5py.File(path, "w", libver=None if storage else ("v108", "v110")) as file:
        if not storage.get("no_version"):
            put(file, "version", "1.0.8", storage)
        put_graph(file.create_group("node"), nodes, edges, storage)
        if storage.get("beside"):
            file.create_group("tool")["settings"] = np.arange(3)
            file["node"].attrs["author"] = "somebody"
        if "change" in storage:
            storage["change"](file)
    if "cut" in storage:
        data = path.read_bytes()
        path.write_bytes(data[: len(data) * storage["cut"] // 100])


# ---- primitives ----

case("affine", "x W^T + b", chain([3], [4], fc=affine(4, 3)))
case("linear", "x W^T", chain([3], [4], fc=linear(4, 3)))
case("scale", "element by element", chain([3], [3], gain=Node("Scale", scale=f4(3))))
case("scale_image", "factors of the shape of an image", chain([2, 3, 4], [2, 3, 4], gain=Node("Scale", scale=f4(2, 3, 4))))
case("conv1d", "stride, padding, dilation", chain([2, 20], [3, 9], c=conv(3, 2, 3, stride=2, padding=1, dilation=2, size=(20,))), steps=4)
case("conv1d_same", "padding same, an even kernel: one zero more at the end",
     chain([2, 9], [3, 9], c=conv(3, 2, 4, padding="same", size=(9,))), steps=4)
case("conv2d", "a square kernel", chain([2, 8, 8], [3, 4, 4], c=conv(3, 2, 3, 3, stride=2, padding=1, size=(8, 8))), steps=4)
case("conv2d_rectangle", "kernel, stride, padding and dilation differ by axis",
     chain([2, 9, 12], [3, 4, 10], c=conv(3, 2, 2, 3, stride=(2, 1), padding=(0, 1), dilation=(2, 2), size=(9, 12))), steps=4)
case("conv2d_groups", "two groups of channels", chain([4, 6, 6], [6, 4, 4], c=conv(6, 4, 3, 3, groups=2, size=(6, 6))), steps=4)
case("conv2d_same", "padding is the text same", chain([2, 6, 7], [3, 6, 7], c=conv(3, 2, 3, 5, padding="same", size=(6, 7))), steps=4)
case("conv2d_same_even", "padding same, even kernels, one dilated: one zero more at the end of both axes",
     chain([2, 6, 9], [3, 6, 9], c=conv(3, 2, 2, 4, padding="same", dilation=(1, 1), size=(6, 9))), steps=4)
case("conv2d_same_even_dilated", "padding same, an even kernel with an odd dilation",
     chain([2, 9, 9], [3, 9, 9], c=conv(3, 2, 2, 2, padding="same", dilation=(3, 3), size=(9, 9))), steps=4)
case("conv2d_valid", "padding is the text valid", chain([2, 6, 6], [3, 4, 4], c=conv(3, 2, 3, 3, padding="valid", size=(6, 6))), steps=4)
case("sumpool2d", "sums of windows", chain([2, 6, 8], [2, 3, 4], p=pool("SumPool2d", 2, 2, 0)), steps=4)
case("avgpool2d", "means of windows, zeros of the padding count", chain([2, 6, 6], [2, 3, 3], p=pool("AvgPool2d", 3, 2, 1)), steps=4)
case("pool_rectangle", "kernel and stride differ by axis", chain([2, 6, 9], [2, 5, 3], p=pool("SumPool2d", (2, 3), (1, 3), 0)), steps=4)
case("flatten", "dimensions are counted without the batch: 0 to -1 is all",
     chain([2, 3, 4], [24], f=Node("Flatten", input_type=np.array([2, 3, 4]), start_dim=0, end_dim=-1)), steps=4)
case("flatten_part", "from dimension 1 on", chain([2, 3, 4], [2, 12], f=Node("Flatten", input_type=np.array([2, 3, 4]), start_dim=1, end_dim=-1)), steps=4)
case("threshold", "a step function without state: 1 where the input is above", chain([4], [4], t=Node("Threshold", threshold=full(0.3, 4))))
case("threshold_below_zero", "a threshold may be negative", chain([4], [4], t=Node("Threshold", threshold=full(-0.3, 4))))
case("delay", "three steps", chain([3], [3], d=Node("Delay", delay=full(3 * DT, 3))))
case("delay_each", "a delay of its own for each element, one of none", chain([4], [4], d=Node("Delay", delay=np.array([0, 1, 2, 2]) * np.float32(DT))))
case("i", "an integrator: v' = r x, the output is v", chain([3], [3], n=Node("I", r=f4(3, seed=4) + 30)), watch="n")
case("if_value", "spikes set v to v_reset", chain([3], [3], fc=linear(3, 3, scale=3), n=Node("IF", r=full(200, 3), v_threshold=full(0.5, 3), v_reset=full(0, 3))), watch="n")
case("if_subtract", "spikes take v_threshold from v", chain([3], [3], fc=linear(3, 3, scale=3), n=Node("IF", r=full(200, 3), v_threshold=full(0.5, 3), v_reset=full(0, 3))), watch="n", reset="subtract")
case("if_negative_r", "r of either sign", chain([3], [3], n=Node("IF", r=np.array([200, -200, 90], "f4"), v_threshold=full(0.5, 3), v_reset=full(0, 3))), watch="n")
case("li", "the output is v", chain([3], [3], n=without(lif(3), "v_threshold", "v_reset").__class__("LI", tau=full(16 * DT, 3), r=full(1, 3), v_leak=full(0, 3))), watch="n")
case("li_leak", "v_leak and r", chain([3], [3], n=Node("LI", tau=full(16 * DT, 3), r=full(2.5, 3), v_leak=full(-0.4, 3))), watch="n")
case("lif_value", "spikes set v to v_reset", chain([3], [4], fc=affine(4, 3, scale=6), n=lif(4)), watch="n")
case("lif_subtract", "spikes take v_threshold from v", chain([3], [4], fc=affine(4, 3, scale=6), n=lif(4)), watch="n", reset="subtract")
case("lif_v_reset", "v_reset is not 0", chain([3], [4], fc=affine(4, 3, scale=6), n=lif(4, v_reset=full(-0.25, 4))), watch="n")
case("cubali", "a synapse and a membrane", chain([3], [3], n=cuba("CubaLI", 3)), watch="n")
case("cubalif_value", "the membrane sees the synapse's new current", chain([3], [4], fc=affine(4, 3, scale=3), n=cuba("CubaLIF", 4)), watch="n")
case("cubalif_subtract", "the same, spikes subtract", chain([3], [4], fc=affine(4, 3, scale=3), n=cuba("CubaLIF", 4)), watch="n", reset="subtract")

# ---- parameters ----

case("lif_each", "every neuron has its own parameters",
     chain([3], [4], fc=affine(4, 3, scale=6), n=lif(4, tau=np.array([8, 12, 16, 20]).astype("f4") * np.float32(DT), r=np.array([1, 2, 0.5, 1.5], "f4"),
                                            v_leak=np.array([0, 0.1, -0.1, 0.2], "f4"), v_threshold=np.array([0.5, 0.6, 0.4, 0.7], "f4"),
                                            v_reset=np.array([0, -0.1, 0.1, 0], "f4"))), watch="n")
case("lif_r", "r scales the input", chain([3], [4], fc=affine(4, 3), n=lif(4, r=full(6, 4))), watch="n")
case("lif_leak", "v_leak above the threshold: it spikes without input", chain([3], [4], fc=linear(4, 3, scale=0.1), n=lif(4, v_leak=full(0.8, 4))), watch="n")
case("lif_millivolts", "potentials below 0: it starts at v_leak", chain([3], [4], fc=affine(4, 3, scale=120),
     n=lif(4, v_leak=full(-65, 4), v_threshold=full(-55, 4), v_reset=full(-70, 4))), watch="n", v_rest=-65.0, tolerance=1e-4)
case("lif_milliseconds", "times are in milliseconds: --unit ms", chain([3], [4], fc=affine(4, 3, scale=6), n=lif(4, tau=full(15, 4))), watch="n", unit=1e-3)
case("lif_no_v_reset", "files before 1.0.7 have no v_reset: zeros", chain([3], [4], fc=affine(4, 3, scale=6), n=without(lif(4), "v_reset")), watch="n")
case("cubalif_each", "every neuron has its own parameters", chain([3], [3], fc=affine(3, 3, scale=3),
     n=cuba("CubaLIF", 3, tau_syn=np.array([2, 4, 8]).astype("f4") * np.float32(DT), tau_mem=np.array([8, 16, 24]).astype("f4") * np.float32(DT),
            r=np.array([1, 2, 0.5], "f4"), w_in=np.array([4, 2, 8], "f4"), v_leak=np.array([0, 0.1, -0.1], "f4"))), watch="n")
case("cubalif_no_w_in", "w_in may be missing: ones", chain([3], [3], fc=affine(3, 3, scale=5), n=without(cuba("CubaLIF", 3), "w_in", "v_reset")), watch="n")
case("lif_image", "neurons of the shape of an image", chain([2, 6, 6], [3, 6, 6], c=conv(3, 2, 3, 3, padding=1, size=(6, 6)), n=lif(3, 6, 6)), watch="n", steps=20)
case("parameters_one_for_all", "parameters [1] stand for all neurons", chain([3], [4], fc=affine(4, 3, scale=6), n=lif(1)), watch="n", expect="repair",
     sentence="has one value of each parameter for all")
case("parameters_scalar", "parameters without dimensions", chain([3], [4], fc=affine(4, 3, scale=6),
     n=Node("LIF", tau=16 * DT, r=1.0, v_leak=0.0, v_threshold=0.5, v_reset=0.0)), watch="n", expect="repair", sentence="has one value of each parameter for all")

# An input that ends in v = v_threshold exactly: binary fractions.
case("equality", "a potential that is equal to the threshold is no spike",
     chain([2], [2], n=Node("IF", r=full(1 / DT, 2), v_threshold=full(0.5, 2), v_reset=full(0, 2))), watch="n", steps=8, batch=1, spikes="eighths")

# ---- storage ----

stored = chain([3], [4], fc=affine(4, 3, scale=6), n=lif(4))
case("stored_packed", "every array is one chunk, by gzip, as nir.write has it", stored, watch="n", write=dict(packed=True))
case("stored_packed_image", "the same of an image's layers", chain([2, 8, 8], [3, 4, 4], c=conv(3, 2, 3, 3, stride=2, padding=1, size=(8, 8))), steps=4, write=dict(packed=True))
case("stored_old", "groups as HDF5 1.6 has them, nothing is packed", stored, watch="n", write=dict(old=True))
case("stored_double", "numbers of double precision", stored, watch="n", write=dict(floats="f8"))
case("stored_big_endian", "numbers with the highest byte first", stored, watch="n", write=dict(floats=">f4"))
case("stored_fixed_strings", "texts of a fixed length", stored, watch="n", write=dict(fixed=True))
case("stored_small_integers", "sizes of 32 bits", chain([2, 8, 8], [3, 4, 4], c=conv(3, 2, 3, 3, stride=2, padding=1, size=(8, 8))), steps=4, write=dict(small=True))
case("stored_real_sizes", "sizes as real numbers", chain([2, 8, 8], [3, 4, 4], c=conv(3, 2, 3, 3, stride=2, padding=1, size=(8, 8))), steps=4, write=dict(real_sizes=True))
case("stored_no_version", "no version", stored, watch="n", write=dict(no_version=True))
case("stored_beside", "groups and attributes of another tool", stored, watch="n", write=dict(beside=True))
case("metadata", "metadata of nodes, with groups in groups", chain([3], [4], fc=affine(4, 3, scale=6),
     n=lif(4, metadata={"note": "text", "numbers": np.arange(3.0), "more": {"deep": 1}})), watch="n")

# ---- graphs ----


def graph(nodes, edges):
    return {"input": Node("Input", shape=np.array([3])), **nodes, "output": Node("Output", shape=np.array([4]))}, edges


def recurrent(weights):
    return graph(dict(fc=affine(4, 3, scale=6), n=lif(4), w=weights), [("input", "fc"), ("fc", "n"), ("n", "w"), ("w", "n"), ("n", "output")])


inner = ({"input": Node("Input", shape=np.array([4])), "n": lif(4), "w": linear(4, 4, seed=7), "output": Node("Output", shape=np.array([4]))},
         [("input", "n"), ("n", "w"), ("w", "n"), ("n", "output")])
laid_out = graph({"fc": affine(4, 3, scale=6), "cell/input": inner[0]["input"], "cell/n": inner[0]["n"], "cell/w": inner[0]["w"],
                  "cell/output": inner[0]["output"]},
                 [("input", "fc"), ("fc", "cell/input"), ("cell/input", "cell/n"), ("cell/n", "cell/w"), ("cell/w", "cell/n"),
                  ("cell/n", "cell/output"), ("cell/output", "output")])
nested = graph(dict(fc=affine(4, 3, scale=6), cell=inner), [("input", "fc"), ("fc", "cell"), ("cell", "output")])
case("recurrent", "a cycle costs one step", recurrent(linear(4, 4, seed=7)), watch="n")
case("recurrent_bias", "the weights of a cycle see zeros in the first step: their bias counts", recurrent(affine(4, 4, seed=7)), watch="n")
case("recurrent_delays", "weights of a cycle, with a bias, behind two delays and in a sum of their own: the bias counts from the first step on",
     graph(dict(fc=affine(4, 3, scale=3), n=lif(4), part=Node("Scale", scale=np.ones(4)), late=Node("Delay", delay=np.full(4, 2e-3)), w0=affine(4, 4, seed=7),
                w2=linear(4, 4, seed=8), sum=Node("Scale", scale=np.ones(4))),
           [("input", "fc"), ("fc", "n"), ("n", "part"), ("part", "w0"), ("part", "late"), ("late", "w2"), ("w0", "sum"), ("w2", "sum"), ("sum", "n"),
            ("n", "output")]), watch="n")
case("recurrent_self", "a neuron that reads itself", graph(dict(fc=affine(4, 3, scale=6), n=lif(4)), [("input", "fc"), ("fc", "n"), ("n", "n"), ("n", "output")]), watch="n")
case("recurrent_subgraph", "the cycle lies in a sub-graph", nested, watch="cell/n", flat=laid_out)
case("recurrent_two", "a cycle through two layers of neurons costs one step",
     graph(dict(fc=affine(4, 3, scale=6), a=lif(4), fc2=linear(5, 4, seed=3, scale=2), b=lif(5), back=linear(4, 5, seed=5)),
           [("input", "fc"), ("fc", "a"), ("a", "fc2"), ("fc2", "b"), ("b", "back"), ("back", "a"), ("a", "output")]), watch="b")
case("nested_twice", "a sub-graph in a sub-graph",
     graph(dict(fc=affine(4, 3, scale=6), outer=({"input": Node("Input", shape=np.array([4])), "inner": inner, "output": Node("Output", shape=np.array([4]))},
                                        [("input", "inner"), ("inner", "output")])), [("input", "fc"), ("fc", "outer"), ("outer", "output")]),
     watch="outer/inner/n", flat=laid_out)
case("sum", "several edges into a node are added", graph(dict(a=affine(4, 3), b=affine(4, 3, seed=2), n=lif(4, r=full(6, 4))),
     [("input", "a"), ("input", "b"), ("a", "n"), ("b", "n"), ("n", "output")]), watch="n")
case("sum_output", "several edges into the Output, one past the neurons", graph(dict(a=affine(4, 3, scale=6), n=lif(4)),
     [("input", "a"), ("a", "n"), ("n", "output"), ("a", "output")]), watch="n")
case("no_nodes_between", "Input and Output alone", ({"input": Node("Input", shape=np.array([3])), "output": Node("Output", shape=np.array([3]))}, [("input", "output")]))
case("names", "names with points, spaces, signs, digits, of any script, and \"input\" for another node",
     ({"x.0": Node("Input", shape=np.array([3])), "input": affine(4, 3, scale=6), "0": lif(4), "Gewicht, zwei=2 \u03b1": Node("Linear", weight=np.abs(f4(2, 4, seed=3, scale=12))), "lif1.lif": lif(2),
       "y": Node("Output", shape=np.array([2]))},
      [("x.0", "input"), ("input", "0"), ("0", "Gewicht, zwei=2 \u03b1"), ("Gewicht, zwei=2 \u03b1", "lif1.lif"), ("lif1.lif", "y")]), watch="lif1.lif")

# ---- what other readers refuse, and can be understood ----

wrong = {name: node for name, node in inner[0].items()}
case("repair_inner_name", "edges of a sub-graph name a node that it does not have; one node is named by none",
     graph(dict(fc=affine(4, 3, scale=6), cell=(wrong, [("input", "lif"), ("lif", "w"), ("w", "lif"), ("lif", "output")])), [("input", "fc"), ("fc", "cell"), ("cell", "output")]),
     watch="cell/n", flat=laid_out, expect="repair", sentence="which is no node: taken as")
case("repair_output_shape", "the Output states another shape", (lambda g: ({**g[0], "output": Node("Output", shape=np.array([1, 1, 4]))}, g[1]))(stored), watch="n",
     expect="repair", sentence="states the shape [1, 1, 4]")
case("repair_duplicate_edge", "an edge is there twice: it counts once", (stored[0], stored[1] + [("fc", "n")]), watch="n", expect="repair", sentence="is there more than once")
case("repair_parameter_shape", "parameters [1, 4] of 4 neurons", chain([3], [4], fc=affine(4, 3, scale=6), n=lif(1, 4)), watch="n", expect="repair", sentence="have the shape [1, 4]")
case("repair_extra_field", "a node has a field that its type does not have", chain([3], [4], fc=affine(4, 3, scale=6), n=lif(4, tau_slow=full(1, 4))), watch="n",
     expect="repair", sentence='has "tau_slow", which NIR does not give it')
case("repair_no_output", "no Output node: the only node that nothing follows", ({k: v for k, v in stored[0].items() if k != "output"}, stored[1][:-1]),
     watch="n", flat=stored, expect="repair", sentence="no Output node")

# ---- what nobody can understand ----


def refuse(name, what, sentence, graph_=stored, **more):
    case(name, what, graph_, **{"expect": "refuse", **more}, sentence=sentence)


def drop(path):
    return dict(change=lambda file: file.__delitem__(path))


refuse("refuse_type", "a type that NIR does not have", 'is of the type "Quantum"', chain([3], [4], fc=affine(4, 3), n=Node("Quantum", tau=full(1, 4))))
refuse("refuse_field", "a field is missing", "has no r", chain([3], [4], fc=affine(4, 3), n=without(lif(4), "r")))
refuse("refuse_bare", "a bare node as root", "not a NIRGraph", write=dict(change=lambda file: (file.__delitem__("node"), put(file, "node", {"type": "LIF", **lif(4).fields}, {}))))
refuse("refuse_no_node", "HDF5 without /node", "no NIR graph", write=drop("node"))
refuse("refuse_no_edges", "a graph without edges", "has no edges", write=drop("node/edges"))
refuse("refuse_edges_none", "no edge, which the reference writer stores as float64 [0]", "no edge leads to it", write=dict(change=lambda file:
       (file["node"].__delitem__("edges"), file["node"].create_dataset("edges", data=np.zeros(0)))))
refuse("refuse_edge", "an edge to a node that nobody is", "which is no node", (stored[0], stored[1] + [("fc", "nobody")]))
refuse("limit_two_inputs", "two inputs: which of them input.npy would be for nobody says", "one input and one output", graph(dict(second=Node("Input", shape=np.array([4])), fc=affine(4, 3), n=lif(4)),
       [("input", "fc"), ("fc", "n"), ("second", "n"), ("n", "output")]), expect="limit")
refuse("refuse_nan", "a weight that is no number", "is nan", chain([3], [4], fc=Node("Linear", weight=np.full((4, 3), np.nan, "f4")), n=lif(4)))
refuse("refuse_tau", "a time constant of 0", "times are positive", chain([3], [4], fc=affine(4, 3), n=lif(4, tau=full(0, 4))))
refuse("refuse_shape", "a weight that does not fit", "does not fit its input", chain([5], [4], fc=affine(4, 3), n=lif(4)))
refuse("refuse_neurons", "parameters of another number of neurons", "its parameters have the shape [7]", chain([3], [4], fc=affine(4, 3), n=lif(7)))
refuse("refuse_sum", "edges of different shapes into a node", "which are added", graph(dict(a=affine(4, 3), b=affine(5, 3), n=lif(4)),
       [("input", "a"), ("input", "b"), ("a", "n"), ("b", "n"), ("n", "output")]))
refuse("refuse_cut", "a file that is cut short", "damaged", write=dict(cut=60))
refuse("limit_at_rest", "a threshold below both 0 and the leak: the neuron spikes at rest, in every step", "spike at rest",
       chain([3], [4], fc=affine(4, 3), n=lif(4, v_threshold=full(-1, 4))), expect="limit")


# ---- all ----


def input_of(about, size, settings):
    shape = (settings["steps"], settings["batch"], *size)
    if settings["spikes"] == "eighths":
        return np.full(shape, 0.125, "f4")
    return np.round(rng(11).standard_normal(shape) * 64).astype("f4") / 64


def make(folder):
    for name, (about, nodes, edges, flat, settings, storage) in cases.items():
        to = folder / name
        to.mkdir(parents=True, exist_ok=True)
        write_model(to / "model.nir", nodes, edges, storage)
        (to / "case.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
        if about["expect"] in ("refuse", "limit"):
            continue
        x = input_of(about, [n for n in flat[0].values() if n.kind == "Input"][0].fields["shape"], settings)
        output, v, margin = simulate(*flat, x, about["dt"], about["reset"], about["unit"], "cell/n" if flat is laid_out else about["v_of"])
        assert name == "equality" or margin > 3 * about["tolerance"], (name, margin)
        spikes = [n for n in flat[0].values() if n.kind in ("LIF", "IF", "CubaLIF")]
        assert not spikes or output.any(), (name, "no spikes")
        np.save(to / "input.npy", x)
        np.save(to / "output.npy", output)
        np.save(to / "v.npy", v)
        print(name, x.shape, output.shape, "spikes" if spikes else "", int(output.sum()) if spikes else "")


if __name__ == "__main__":
    make(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent)
