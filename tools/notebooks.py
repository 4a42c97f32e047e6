#!/usr/bin/env python3
"""Makes notebooks of the programs in examples/python: notebooks.py FOLDER.

A cell begins at "# %%"; what stands behind that is its heading, and the text at the top of a program
is its title. Notebooks are not kept in the project: the programs are, which tests run.
"""

import ast
import json
import pathlib
import sys

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples" / "python"


def cell(kind, text):
    lines = text.strip("\n").splitlines(keepends=True)
    more = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": lines, **more}


def cells(program):
    """The title, then a heading and the code of each cell."""
    title = ast.get_docstring(ast.parse(program))
    yield cell("markdown", f"# {title}")
    for part in program.split("# %%")[1:]:
        heading, _, code = part.partition("\n")
        yield cell("markdown", heading.strip())
        yield cell("code", code)


def notebook(program):
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    found = [{**c, "id": f"cell-{i}"} for i, c in enumerate(cells(program))]
    return {"cells": found, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def main(folder):
    target = pathlib.Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(EXAMPLES.glob("[0-9]*.py")):
        text = json.dumps(notebook(path.read_text()), indent=1)
        (target / f"{path.stem}.ipynb").write_text(text + "\n")
        print(target / f"{path.stem}.ipynb")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
