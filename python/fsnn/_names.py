"""Names that users write, and those that they may have meant."""

from __future__ import annotations

import difflib
import opcode
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .errors import text


def near(name: Any, known: Iterable[str]) -> str:
    """What follows a sentence about a wrong name: the known one that is most like it, if any is."""
    if not isinstance(name, str):
        return ""
    names = {one.lower(): one for one in known}
    found = difflib.get_close_matches(name.lower(), names, 1, 0.6)
    return f' (did you mean "{names[found[0]]}"?)' if found else ""


def one_of(what: str, value: Any, known: Iterable[str]) -> None:
    """Raises ValueError where value is none of the names."""
    names = list(known)
    if value not in names:
        listed = ", ".join(names)
        raise ValueError(f"{what} is {value!r}: it is one of {listed}{near(value, names)}")


def mapping_of(what: str, value: Any, like: str) -> Mapping[str, Any]:
    """value; raises TypeError, with an example, where it is no mapping."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{what} is {value!r}: it is a mapping, like {like}")
    return value


def missing(what: str, name: Any, known: Iterable[str]) -> ValueError:
    """The error where nothing of a kind has this name."""
    names = list(known)
    listed = ", ".join(names)
    return ValueError(f"there is no {what} {name!r}: known are {listed}{near(name, names)}")


def in_table(what: str, name: Any, kind: int, name_of: Callable[[int], Any], count: int) -> int:
    """`kind`, which the library found by its name; raises ValueError where it found none (-1). The
    table has `count` names, which `name_of` gives."""
    if kind < 0:
        raise missing(what, name, (text(name_of(i)) for i in range(count)))
    return kind


def _imports() -> bool:
    """Whether the program is at `from module import name`, which loses the sentence of an
    AttributeError."""
    frame = sys._getframe(3)  # of absent, and of a module's __getattr__
    code = frame.f_code.co_code
    at = frame.f_lasti
    return 0 <= at < len(code) and opcode.opname[code[at]] == "IMPORT_FROM"


def absent(module: str, name: str, known: Iterable[str], elsewhere: str = "") -> Exception:
    """What the __getattr__ of a module raises for a name that it does not have; `elsewhere` says
    what to take."""
    kind = ImportError if _imports() else AttributeError
    said = f": {elsewhere}" if elsewhere else near(name, known)
    return kind(f"{module} has no {name!r}{said}")
