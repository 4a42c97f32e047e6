"""python -m fsnn: the command."""

from ._command import main

main()
