#!/usr/bin/env python3
"""A model of the cost of a network, fitted to this machine: T, batch, widths, layers, spikes.

    python3 bench/model.py build/fsnn --threads 1                   # measures, fits: some minutes
    python3 bench/model.py build/fsnn --threads 1 --rows FILE       # the same, and keeps the rows
    python3 bench/model.py --rows FILE --predict 784-2560-10 --steps 16 --batch 64 --ones 0.1

Without a program, the rows are those of an earlier run. The rows are of `fsnn bench grid`: forward
and training step of linear layers, each with LIF. The time of a call is a sum of what it does
(bench/cost/terms.py), each with a price that is not negative, by least squares of relative errors
over two of three networks; the error is stated for the third. --markdown puts the tables into a
page that has the marks <!-- model --> and <!-- /model -->. --predict prints milliseconds forward
and of a training step. It needs NumPy.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from arguments import Page, whole  # noqa: E402
from cost.fit import errors, parted, predict, prices  # noqa: E402
from cost.table import markdown  # noqa: E402
from cost.terms import TERMS, Case, read  # noqa: E402


def measured(options: argparse.Namespace) -> list[str]:
    command = [options.fsnn, "bench", "grid", "--json"]
    for name in ("threads", "rounds"):
        if getattr(options, name):
            command += [f"--{name}", str(getattr(options, name))]
    for name in ("quick", "processor"):
        if getattr(options, name):
            command.append(f"--{name}")
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode:
        sys.exit(f"model: {' '.join(command)} ended with {run.returncode}")
    if options.rows:
        pathlib.Path(options.rows).write_text(run.stdout)
    return run.stdout.splitlines()


def asked(options: argparse.Namespace, cases: list[Case], training: bool) -> Case:
    """The network of --predict."""
    widths, given = options.predict, options.ones
    ones = given + given[-1:] * (len(widths) - 1 - len(given))
    far = [case for case in cases if case.memory == "exponentials"]
    if options.memory == "exponentials" and not far:
        sys.exit("model: no row has exponentials, so nothing is known of them")
    like = far[-1] if options.memory == "exponentials" else cases[0]
    shape = (options.steps, options.batch, tuple(widths), tuple(ones), options.memory)
    return Case(*shape, like.exponentials, like.near, training)


def widths_of(text: str) -> list[int]:
    """Of inputs and layers."""
    widths = [whole(one) for one in text.split("-")]
    if len(widths) < 2:
        raise argparse.ArgumentTypeError(f"{text!r} has no layer: 784-10 has one")
    return widths


def share_of(text: str) -> float | None:
    if text == "no":
        return None
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a share from 0 to 1 nor no")
    return share


def shares_of(text: str) -> list[float | None]:
    return [share_of(one) for one in text.split(",")]


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("fsnn", nargs="?", help="the program that measures")
    parser.add_argument("--rows", metavar="FILE", help="lines of JSON: kept there, or read")
    parser.add_argument("--threads", type=whole, help="threads that compute (all)")
    parser.add_argument("--rounds", type=whole, help="rounds of a row (7)")
    parser.add_argument("--quick", action="store_true", help="few networks: a rough model")
    parser.add_argument("--processor", action="store_true", help="seconds of a processor")
    parser.add_argument("--markdown", metavar="PAGE", help="write the tables into this page")
    parser.add_argument("--predict", metavar="WIDTHS", type=widths_of, help="784-2560-10, say")
    parser.add_argument("--steps", type=whole, default=16, help="T of --predict (16)")
    parser.add_argument("--batch", type=whole, default=64, help="B of --predict (64)")
    parser.add_argument(
        "--ones",
        type=shares_of,
        default="no",
        help="share of ones in each layer's input, or no: other numbers",
    )
    parser.add_argument(
        "--memory", choices=("none", "direct", "exponentials"), default="direct", help="(direct)"
    )
    options = parser.parse_args(arguments)
    if not options.fsnn and not options.rows:
        parser.error("give the program fsnn, or --rows of an earlier run")
    if options.predict and len(options.ones) > len(options.predict) - 1:
        parser.error("--ones has more shares than --predict has layers")
    if options.markdown:
        options.markdown = Page(options.markdown, "model")
        options.markdown.check(parser)
    return options


def fit(lines: list[str]) -> tuple[list[Case], Any, str]:
    """Cases, prices, the tables."""
    cases, row = read(lines)
    fitted, held = parted(cases)
    if len(fitted) < 2 * len(TERMS) or not held:
        sys.exit(f"model: {len(cases)} rows are too few for {len(TERMS)} prices")
    price = prices(fitted)
    return cases, price, markdown(row, cases, price, errors(price, fitted), errors(price, held))


def main(arguments: list[str] | None = None) -> None:
    options = parsed(arguments)
    try:
        lines = (
            measured(options)
            if options.fsnn
            else pathlib.Path(options.rows).read_text().split("\n")
        )
        cases, price, text = fit(lines)
        if options.predict:
            for training, words in ((False, "forward"), (True, "training step")):
                ms = 1e3 * predict(price, asked(options, cases, training))
                print(f"{words} {ms:.3g} ms")
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"model: {error}")
    if options.markdown:
        options.markdown.write(text)
    elif not options.predict:
        print(text)


if __name__ == "__main__":
    main()
