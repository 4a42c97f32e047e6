"""Runs the cases of the pack through a tool and says which it meets: python3 run.py TOOL [CASE ...].

TOOL is the path of the program fsnn, or a Python file (example.py is one) that defines

    def run(model, x, case): ...

which gets the path of model.nir, the input [T, B, ...] and the dict of case.json, and returns the output [T, B, ...], or a
pair of it and v [T, B, neurons] of the node case["v_of"] after each step, in the order of its shape. It raises an exception
where the tool refuses the file.

A case is met ("ok") where the answers agree, or where a file that nobody can understand is refused. A file that only a
lenient reader understands may be refused, and what is a limit of fsnn alone is not tried ("no"). Anything else is a miss; the
exit code is then 1. Exit code 2: wrong
arguments. A folder of cases, with a slash, may stand before the names of cases."""

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
    """Its function `run`, and whether the sentences of case.json are its own."""
    if not path.endswith(".py"):
        return fsnn(path), True
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    spec = importlib.util.spec_from_file_location("tool", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.run, False


class Refused(Exception):
    """A file that a reader need not understand."""


def check(folder, run, ours=True):
    """What is not met, or None. Raises Refused where a reader may refuse, and did."""
    case = json.loads((folder / "case.json").read_text(encoding="utf8"))
    if case["expect"] == "limit" and not ours:
        raise Refused("not tried")
    if case["expect"] in ("refuse", "limit"):
        try:
            run(folder / "model.nir", np.zeros((1, 1, 3), "f4"), case)
        except Exception as error:
            said = not ours or case["sentence"] in str(error)
            return None if said else f"refused, but without \"{case['sentence']}\": {error}"
        return "expected to be refused"
    x, output, v = (np.load(folder / f"{name}.npy") for name in ("input", "output", "v"))
    try:
        answer = run(folder / "model.nir", x, case)
    except Exception as error:
        if case["expect"] == "repair" and not ours:
            raise Refused(f"refused, as it may be: {type(error).__name__}: {error}") from error
        return f"failed: {type(error).__name__}: {error}"
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


def stop(sentence):
    print(sentence, file=sys.stderr)
    sys.exit(2)


def cases_of(only):
    """The folders of the cases that are asked for."""
    place = pathlib.Path(__file__).resolve().parent
    if only and "/" in only[0]:
        place, only = pathlib.Path(only[0]), only[1:]
    folders = {path.parent.name: path.parent for path in sorted(place.glob("*/case.json"))}
    unknown = [name for name in only if name not in folders]
    if unknown or not folders:
        stop(f"{place}: has no case {unknown[0] if unknown else 'at all: case.json is expected in its folders'}")
    return [folders[name] for name in only or folders]


def main(tool, *only):
    if not pathlib.Path(tool).is_file():
        stop(f"{tool}: there is no such tool: expected is the program fsnn or a Python file with a function run")
    run, ours = tool_of(tool)
    count = {"ok": 0, "no": 0, "MISS": 0}
    for folder in cases_of(only):
        try:
            wrong = check(folder, run, ours)
            answer = "ok" if wrong is None else "MISS"
        except Refused as refused:
            wrong, answer = f"{refused}", "no"
        count[answer] += 1
        print(f"{answer:4} {folder.name}{'' if wrong is None else ': ' + wrong}")
    print(f"{sum(count.values())} cases: {count['ok']} met, {count['no']} need not be, {count['MISS']} missed")
    return count["MISS"] > 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
