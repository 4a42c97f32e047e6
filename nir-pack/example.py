"""A tool for run.py, as an example: the package nir reads the file (pip install nir), reference.py runs it.

    python3 nir-pack/run.py nir-pack/example.py

Another tool differs in what it makes of a graph; what run() takes and returns stays as it is here."""

import nir
import numpy as np

from reference import Node, simulate

SHAPES = {"input_type", "output_type", "metadata"}  # what the package adds to the fields of a file


def node_of(node):
    fields = {k: v for k, v in vars(node).items() if k not in SHAPES and v is not None}
    if isinstance(node, nir.Input):
        fields = {"shape": node.input_type["input"]}
    return Node(type(node).__name__, **fields)


def end_of(graph, name, kind):
    """The node that an edge leads from or to: of a sub-graph its Output or Input."""
    node = graph.nodes[name]
    if not isinstance(node, nir.NIRGraph):
        return name
    return f"{name}/" + next(inner for inner, n in node.nodes.items() if isinstance(n, kind))


def flat(graph, before=""):
    """Nodes and edges of a graph, those of its sub-graphs by paths."""
    nodes, edges = {}, [(before + end_of(graph, a, nir.Output), before + end_of(graph, b, nir.Input)) for a, b in graph.edges]
    for name, node in graph.nodes.items():
        if isinstance(node, nir.NIRGraph):
            inner, within = flat(node, f"{before}{name}/")
            nodes.update(inner)
            edges += within
        else:
            nodes[before + name] = node_of(node)
    return nodes, edges


def check(nodes, x):
    """What the package reads, and the equations have no answer to."""
    for name, node in nodes.items():
        for field, value in node.fields.items():
            if not isinstance(value, str) and not np.isfinite(value).all():
                raise ValueError(f"{name}: {field} is no number")
            if field.startswith("tau") and (value <= 0).any():
                raise ValueError(f"{name}: {field} is not above 0")
        if node.kind == "Input" and "/" not in name and tuple(node.fields["shape"]) != x.shape[2:]:
            raise ValueError(f"{name}: states the shape {node.fields['shape']}, the input has {x.shape[2:]}")


def run(model, x, case):
    """Output [T, B, ...] and potentials [T, B, neurons] of case["v_of"] after each step."""
    nodes, edges = flat(nir.read(model, type_check=False))
    output = next(name for name, node in nodes.items() if node.kind == "Output" and "/" not in name)
    check(nodes, x)
    nodes = {output: nodes[output], **nodes}  # the first Output is that of the graph
    output, v, _ = simulate(nodes, edges, x, case["dt"], case["reset"], case["unit"], case["v_of"])
    return output, v
