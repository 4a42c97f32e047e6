"""PyTorch and fsnn in one process: beside_torch.py MODULE..., imported in this order.

Prints a line for each: what it computed, with convolutions and products in all threads, forward and
backward, as a hash. A line must not depend on the other module's being there.
"""

import hashlib
import importlib
import sys

import numpy as np


def digest(*arrays):
    found = hashlib.sha256()
    for array in arrays:
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()[:16]


def of_torch(torch):
    torch.manual_seed(1)
    torch.set_num_threads(2)
    layers = [torch.nn.Conv2d(8, 32, 3), torch.nn.ReLU(), torch.nn.Flatten()]
    net = torch.nn.Sequential(*layers, torch.nn.Linear(32 * 14 * 14, 64))
    y = net(torch.rand(16, 8, 16, 16))
    y.square().sum().backward()
    return digest(y.detach().numpy(), *(p.grad.numpy() for p in net.parameters()))


def of_fsnn(fsnn):
    fsnn.set_threads(2)
    layers = [{"conv2d": {"out": 32, "kernel": 3}}, "flatten", {"linear": {"out": 64}}, "lif"]
    net = fsnn.Net(input=[8, 16, 16], layers=layers, dynamics={"alpha": 0.7})
    net.wrap(8, 4, training=True, seed=1)
    y = net.forward(np.random.default_rng(1).random((8, 4, 8, 16, 16), np.float32))
    net.backward(np.ones_like(y))
    return digest(y, *(param.grad for param in net.params.values()))


def main(names):
    modules = {name: importlib.import_module(name) for name in names}
    for _ in range(3):  # in turns: each has its own threads
        found = {name: {"torch": of_torch, "fsnn": of_fsnn}[name](modules[name]) for name in names}
    for name in sorted(found):
        print(name, found[name])


main(sys.argv[1:])
