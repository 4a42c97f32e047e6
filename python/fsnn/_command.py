"""The command `fsnn` of an installed package: starts the program that came with it."""

import os
import pathlib
import sys
from typing import NoReturn


def main() -> NoReturn:
    program = pathlib.Path(__file__).parent / "bin" / "fsnn"
    if not program.exists():
        sys.exit(f"fsnn: the program is not at {program}: this package was not installed by pip")
    os.execv(program, [str(program), *sys.argv[1:]])
