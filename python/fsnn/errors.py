"""Errors: the library's sentences as exceptions.

Every error of the library is an `Error`, and one of Python's own kinds besides, so that programs
catch what they would catch of NumPy or of the system:

==================  ======================  ==================================================
class               also                    status
==================  ======================  ==================================================
ArgumentError       ValueError              EARGUMENT, ESHAPE, EDESCRIPTION, EFORMAT, ENOTFOUND
StateError          RuntimeError            ESTATE, ECALLBACK, EDENSE
UnsupportedError    NotImplementedError     EUNSUPPORTED
FileError           OSError                 EIO, EBUSY
OutOfMemoryError    MemoryError             EMEMORY
NumericError        ArithmeticError         ENUMERIC
==================  ======================  ==================================================
"""

from __future__ import annotations

import re

from _fsnn import ffi, lib


class Error(Exception):
    """An error of the library. `status` is its name, "FSNN_ESHAPE"; the text is its sentence."""

    status: str = ""

    def __init__(self, sentence: str, status: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status

    def __str__(self) -> str:
        return self.sentence

    def __reduce__(self) -> tuple:
        return type(self), (self.sentence, self.status)


class ArgumentError(Error, ValueError):
    """An argument, a shape, a name, a description or a file's contents that cannot be."""


class StateError(Error, RuntimeError):
    """Something was called in the wrong order, or failed inside."""


class UnsupportedError(Error, NotImplementedError):
    """A combination that cannot be done; the sentence names what would work."""


class FileError(Error, OSError):
    """A file could not be read or written, or another process holds it."""


class OutOfMemoryError(Error, MemoryError):
    """Memory is out."""


class NumericError(Error, ArithmeticError):
    """A number became infinite or not a number; the sentence names layer, neuron and step."""


KINDS: dict[int, type[Error]] = {
    lib.FSNN_EMEMORY: OutOfMemoryError,
    lib.FSNN_EARGUMENT: ArgumentError,
    lib.FSNN_ESHAPE: ArgumentError,
    lib.FSNN_ESTATE: StateError,
    lib.FSNN_EUNSUPPORTED: UnsupportedError,
    lib.FSNN_EIO: FileError,
    lib.FSNN_EFORMAT: ArgumentError,
    lib.FSNN_EDESCRIPTION: ArgumentError,
    lib.FSNN_ENOTFOUND: ArgumentError,
    lib.FSNN_ENUMERIC: NumericError,
    lib.FSNN_EBUSY: FileError,
}


# The name of a dict as a description. Users have no text of it: its lines and columns are left out.
DICT = "<dict>"
# Before it stands the folder that its relative paths start in, where there is one.
_PLACE = re.compile(rf"(?:^.*/)?{DICT}:(\d+:\d+:)? ")


def without_place(sentence: str) -> str:
    """A sentence about a dict, which names the key."""
    if DICT not in sentence:
        return sentence
    return _PLACE.sub("", sentence).replace(DICT, "the description")


def text(pointer: object) -> str:
    """A text of the library's; "" of NULL."""
    return ffi.string(pointer).decode("utf-8", "replace") if pointer else ""


def error_of(status: int) -> Error:
    """The exception for a status that a call has just returned."""
    if status == lib.FSNN_EDESCRIPTION:  # what it was before it got its place
        status = lib.fsnn_error_place().cause
    name = text(lib.fsnn_status_name(status))
    if (
        status == lib.FSNN_EMEMORY
    ):  # its sentence may be of an older error: there was no room for one
        return OutOfMemoryError("memory is out", name)
    sentence = text(lib.fsnn_error_text()) or text(lib.fsnn_status_meaning(status))
    return KINDS.get(status, StateError)(without_place(sentence), name)


def check(status: int) -> int:
    """Passes a status, handle or count through; a negative one becomes an exception."""
    if status < 0:
        raise error_of(status)
    return status
