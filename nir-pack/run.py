"""Runs the cases of the pack through a tool and says which it meets: python3 run.py TOOL [CASE ...].

TOOL is the path of the program fsnn, or a Python file that defines

    def run(model, x, case): ...

which gets the path of model.nir, the input [T, B, ...] and the dict of case.json, and returns the output [T, B, ...], or a
pair of it and v [T, B, neurons] of the node case["v_of"] after each step, in the order of its shape. It raises an exception
where the tool refuses the file. Exit code 1 where a case is not met."""

import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np


def fsnn(program):
    """fsnn convert and fsnn run. Its potentials are counted from v_leak, `v_rest`, where a threshold is not above 0."""

    def call(*args):
        done = subprocess.run([program, *map(str, args)], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stderr

    def run(model, x, case):
        with tempfile.TemporaryDirectory() as place:
            place = pathlib.Path(place)
            warned = call("convert", model, "-o", place, "--dt", repr(case["dt"]), "--unit", repr(case["unit"]), "--reset", case["reset"])
            if case["expect"] == "repair" and case["sentence"] not in warned:
                raise AssertionError(f"its warnings do not say \"{case['sentence']}\": {warned}")
            np.savez(place / "x.npz", x=np.asarray(x, "f4"))
            record = ["--record", "v"] if case["v_of"] else []
            call("run", place / "model.yaml", "-w", place / "model.safetensors", "-i", place / "x.npz", "-o", place / "y.npz", *record)
            with np.load(place / "y.npz") as y:
                name = "".join(c if c.isalnum() or c in "-_" else "_" for c in case["v_of"] or "")
                v = y[f"v.{name}"] + case["v_rest"] if case["v_of"] else None
                return y["output"], v

    return run


def tool_of(path):
    if not path.endswith(".py"):
        return fsnn(path)
    spec = importlib.util.spec_from_file_location("tool", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.run


def check(folder, run):
    """What is not met, or None."""
    case = json.loads((folder / "case.json").read_text(encoding="utf8"))
    if case["expect"] == "refuse":
        try:
            run(folder / "model.nir", np.zeros((1, 1, 3), "f4"), case)
        except Exception as error:
            return None if case["sentence"] in str(error) else f"refused, but without \"{case['sentence']}\": {error}"
        return "expected to be refused"
    x, output, v = (np.load(folder / f"{name}.npy") for name in ("input", "output", "v"))
    try:
        answer = run(folder / "model.nir", x, case)
    except Exception as error:
        return f"failed: {error}"
    given, potential = answer if isinstance(answer, tuple) else (answer, None)
    if np.shape(given) != output.shape:
        return f"output {np.shape(given)}, expected {output.shape}"
    distance = np.abs(np.asarray(given, float) - output).max(initial=0)
    scale = max(1.0, np.abs(output).max(initial=0))
    if not distance <= case["tolerance"] * scale:
        return f"the output differs by {distance:g}"
    if potential is not None and v.size:
        distance = np.abs(np.asarray(potential, float).reshape(v.shape) - v).max(initial=0)
        if not distance <= case["tolerance"] * max(1.0, np.abs(v).max(initial=0)):
            return f"v of {case['v_of']} differs by {distance:g}"
    return None


def main(tool, *only):
    here = pathlib.Path(__file__).resolve().parent
    folders = sorted(path.parent for path in here.glob("*/case.json"))
    if "/" in (only[0] if only else ""):
        folders, only = sorted(path.parent for path in pathlib.Path(only[0]).glob("*/case.json")), only[1:]
    missed = 0
    run = tool_of(tool)
    for folder in [f for f in folders if not only or f.name in only]:
        wrong = check(folder, run)
        missed += wrong is not None
        print(f"{'ok  ' if wrong is None else 'MISS'} {folder.name}{'' if wrong is None else ': ' + wrong}")
    print(f"{len(folders)} cases, {missed} missed")
    return missed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) > 1 else __doc__)
