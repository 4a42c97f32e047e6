"""tests/golden/nir.txt: what the NIR files of data/field/nir answer, by nir-pack/reference.py in double precision (NumPy, h5py):

    python3 tests/golden/make_nir.py DATA/field/nir

A line is FILE dt reset nodes edges spikes sum margin: nodes and edges with sub-graphs laid out flat (their Inputs and Outputs count);
100 steps of the input x[t, i] = 1 where (7 t + 13 i + t i % 5) % 10 < 4, else 0; spikes of the output, the sum of k + 1 over the
places k of these in the output [T, N], and how near the nearest test for a spike comes to its threshold."""

import pathlib
import sys

import h5py
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "nir-pack"))
from reference import Node, simulate  # noqa: E402

STEPS = 100


def value(item):
    x = item[()]
    return x.decode() if isinstance(x, bytes) else x


def flat(group, prefix, nodes, edges):
    """Adds what is in a graph; returns the names of its Input and Output."""
    ends = {}
    for name, item in group["nodes"].items():
        kind = value(item["type"])
        if kind == "NIRGraph":
            ends[name] = flat(item, prefix + name + "/", nodes, edges)
        else:
            nodes[prefix + name] = Node(kind, **{k: value(v) for k, v in item.items() if k not in ("type", "metadata")})
            ends[name] = (prefix + name, prefix + name)
    named = {name for edge in group["edges"][()] for name in (n.decode() for n in edge)}
    unknown, left = named - set(ends), set(ends) - named
    if unknown:  # the paper's sub-graphs: edges name "lif", the node is "lif1"
        (wrong,), (right,) = unknown, left
        ends[wrong] = ends[right]
    for a, b in group["edges"][()]:
        edges.append((ends[a.decode()][1], ends[b.decode()][0]))
    kinds = {nodes[prefix + n].kind: prefix + n for n in group["nodes"] if prefix + n in nodes}
    return kinds["Input"], kinds["Output"]


def top(nodes, edges):
    """The graph with the Inputs and Outputs of sub-graphs as plain nodes that hand on."""
    for name, node in nodes.items():
        if "/" in name and node.kind in ("Input", "Output"):
            nodes[name] = Node("Input")
    return nodes, edges


def answer(path, dt, reset):
    nodes, edges = {}, []
    with h5py.File(path) as file:
        flat(file["node"], "", nodes, edges)
    nodes, edges = top(nodes, edges)
    first = next(node for name, node in nodes.items() if node.kind == "Input" and "/" not in name)
    shape = tuple(int(n) for n in np.atleast_1d(first.fields["shape"]))
    size = int(np.prod(shape))
    t, i = np.arange(STEPS)[:, None], np.arange(size)[None]
    x = ((7 * t + 13 * i + t * i % 5) % 10 < 4).astype(float).reshape(STEPS, 1, *shape)
    y, _, margin = simulate(nodes, edges, x, dt, reset)
    y = y.reshape(-1)
    assert set(np.unique(y)) <= {0.0, 1.0}
    return len(nodes), len(edges), int(y.sum()), int((y * (np.arange(y.size) + 1)).sum()), margin


def main():
    lines = []
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.nir")):
        for reset in "value", "subtract":
            dt = 1.0 if "cnn" in path.name else 1e-4
            nodes, edges, spikes, total, margin = answer(path, dt, reset)
            lines.append(f"{path.name} {dt:g} {reset} {nodes} {edges} {spikes} {total} {margin:.3g}")
            print(lines[-1])
    (HERE / "nir.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
