"""The small files of PyTorch in tests/golden/torch, the seeds in tests/fuzz/torch, and torch.txt, what
is in the files: a line a tensor, FILE NAME dtype shape sum, the sum of x[i] (i + 1) over its numbers,
row by row. Written with PyTorch 2.13:

    python3 tests/golden/make_torch.py
"""

import collections
import os
import shutil
import zipfile

import numpy as np
import torch
from torch import nn

torch.manual_seed(5)
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch")
SEEDS = os.path.join(FOLDER, "../../fuzz/torch")
expected = []


def numbers(t):
    t = t.detach()
    if t.dtype in (torch.float16, torch.bfloat16):
        t = t.float()
    return t.to("cpu").contiguous().numpy()


def note(file, tensors):
    for name, tensor in tensors.items():
        x = numbers(tensor)
        flat = x.reshape(-1).astype(np.float64)
        total = float((flat * (np.arange(flat.size) + 1)).sum())
        shape = ",".join(str(n) for n in x.shape) or "-"
        expected.append(f"{file} {name} {x.dtype} {shape} {total:.17g}")


def save(file, value, tensors, **how):
    torch.save(value, os.path.join(FOLDER, file), **how)
    note(file, tensors)


class Net(nn.Module):
    """Two layers, with the names of tests/golden/torch/net.yaml."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3, 4)
        self.fc2 = nn.Linear(4, 2)


class Convolutional(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.bn = nn.BatchNorm2d(2)


def types():
    base = torch.arange(-3, 3, dtype=torch.float64).reshape(2, 3) * 0.75
    kinds = "float32 float64 float16 bfloat16 int64 int32 int16 int8".split()
    tensors = {kind: base.to(getattr(torch, kind)) for kind in kinds}
    tensors["uint8"] = (base + 3).to(torch.uint8)
    tensors["uint16"] = (base + 3).to(torch.uint16)
    tensors["bool"] = base > 0
    return tensors


def views():
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    return {
        "whole": base,
        "transposed": base.permute(2, 0, 1),
        "part": base[1, 1:, ::2],
        "column": base[:, 1, 2],
        "scalar": base[1, 2, 3],
        "expanded": base[0, 0].expand(3, 4),
        "empty": base[:0],
        "tied": base,
    }


def seeds():
    """The pickles alone, for tests/fuzz/fuzz_torch.c, which puts them into archives of its own."""
    os.makedirs(SEEDS, exist_ok=True)
    for name in "state", "protocol4", "checkpoint", "parameters", "types", "views", "module":
        with zipfile.ZipFile(os.path.join(FOLDER, name + ".pt")) as archive:
            with open(os.path.join(SEEDS, name), "wb") as out:
                out.write(archive.read(name + "/data.pkl"))
    for name in "old", "types_old":
        shutil.copy(os.path.join(FOLDER, name + ".pt"), os.path.join(SEEDS, name))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    net = Net()
    state = net.state_dict()
    save("state.pt", state, state)
    save("old.pt", state, state, _use_new_zipfile_serialization=False)
    save("protocol4.pt", state, state, pickle_protocol=4)
    optimiser = torch.optim.Adam(net.parameters())
    net.fc2(net.fc1(torch.ones(1, 3))).sum().backward()
    optimiser.step()
    checkpoint = {
        "epoch": 7,
        "state_dict": nn.DataParallel(net).state_dict(),
        "optimizer": optimiser.state_dict(),
        "loss": 0.25,
        "done": None,
    }
    save("checkpoint.pt", checkpoint, state)
    save("parameters.pt", dict(net.named_parameters()), state)
    save("types.pt", types(), types())
    save("types_old.pt", {k: v for k, v in types().items() if k != "uint16"},
         {k: v for k, v in types().items() if k != "uint16"}, _use_new_zipfile_serialization=False)
    save("views.pt", views(), views())
    torch.serialization.set_crc32_options(False)
    save("unchecked.pt", net.state_dict(), net.state_dict())
    torch.serialization.set_crc32_options(True)
    save("tensor.pt", torch.arange(6.0).reshape(2, 3), {"x": torch.arange(6.0).reshape(2, 3)})
    state = Convolutional().state_dict()
    save("norm.pt", state, state)
    # what is refused
    torch.save(net, os.path.join(FOLDER, "module.pt"))
    torch.save({"w": torch.ones(2), "when": collections.deque([1])},
               os.path.join(FOLDER, "object.pt"))
    two = {"generator": {"w": torch.ones(2)}, "critic": {"w": torch.ones(2)}}
    torch.save(two, os.path.join(FOLDER, "two.pt"))
    torch.save([torch.ones(2)], os.path.join(FOLDER, "list.pt"))
    torch.save({"w": torch.ones(2).to_sparse()}, os.path.join(FOLDER, "sparse.pt"))
    torch.save({"w": torch.ones(2), "z": torch.ones(2, dtype=torch.complex64), "n": 3},
               os.path.join(FOLDER, "complex.pt"))
    note("complex.pt", {"w": torch.ones(2)})
    seeds()
    with open(os.path.join(FOLDER, "torch.txt"), "w", encoding="utf-8") as out:
        out.write("\n".join(expected) + "\n")


if __name__ == "__main__":
    main()
