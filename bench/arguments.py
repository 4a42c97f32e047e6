"""What the programs in bench/ take: whole numbers, and pages in Markdown whose tables they write."""

from __future__ import annotations

import argparse
import pathlib


def whole(text: str) -> int:
    """A number from 1 on, as argparse's `type`."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


class Page:
    """A page whose tables go between the marks <!-- NAME --> and <!-- /NAME -->."""

    def __init__(self, path: str, name: str) -> None:
        self.path = pathlib.Path(path)
        self.begin, self.end = f"<!-- {name} -->", f"<!-- /{name} -->"

    def check(self, parser: argparse.ArgumentParser) -> None:
        """A page that is there and has no marks would be lost: an error, before anything runs."""
        if self.path.is_file() and self.end not in self.path.read_text().partition(self.begin)[2]:
            marks = f"{self.begin} and {self.end}"
            parser.error(f"{self.path} has no marks {marks}: the tables go between them")

    def write(self, text: str) -> None:
        """A page that is not there has the marks alone."""
        page = self.path.read_text() if self.path.exists() else f"{self.begin}\n{self.end}\n"
        before, _, rest = page.partition(self.begin)
        after = rest.partition(self.end)[2]
        self.path.write_text(f"{before}{self.begin}\n{text}\n{self.end}{after}")
