#!/usr/bin/env python3
"""playground.py FOLDER: packs the pages of playground/ with the modules FOLDER/modules/PAGE.wasm. A page is one file: its style,
one classic script made of its JavaScript modules, and the module of WebAssembly in it, so that it opens from a disk too."""
import base64
import gzip
import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "playground"
# folder, file, name in the list of pages, most bytes when it is packed by gzip
PAGES = [("neuron", "index.html", "One neuron", 400_000), ("train", "train.html", "A network learns", 600_000)]
IMPORT = re.compile(r"^import \{ ([\w, ]+) \} from '([^']+)';\n", re.M)
EXPORT = re.compile(r"^export (?=(?:async function|function|class|const|let) (\w+))", re.M)


class Bundle:
    """JavaScript modules as one classic script: each becomes a function that returns what it exports."""

    def __init__(self):
        self.parts, self.names = [], {}

    def add(self, path):
        if path in self.names:
            return self.names[path]
        text = path.read_text(encoding="utf-8")

        def bring(found):
            return f"const {{ {found[1]} }} = {self.add((path.parent / found[2]).resolve())};\n"

        text = IMPORT.sub(bring, text)
        exported = EXPORT.findall(text)
        text = EXPORT.sub("", text)
        for line in text.splitlines():
            if re.match(r"(import|export)\b", line) or "</script" in line:
                sys.exit(f"{path}: what the packer does not read: {line}")
        name = self.names[path] = f"module_{len(self.names) + 1}"
        self.parts.append(f"const {name} = (() => {{\n{text}return {{ {', '.join(exported)} }};\n}})();\n")
        return name


def navigation(page):
    links = (f'<a href="{file}"{" aria-current=" + chr(34) + "page" + chr(34) if folder == page else ""}>{name}</a>'
             for folder, file, name, _ in PAGES)
    return "<nav aria-label=\"Pages\">\n" + "\n".join(links) + "\n</nav>"


def pack(folder, page):
    wasm = (folder / "modules" / f"{page}.wasm").read_bytes()
    packed = base64.b64encode(gzip.compress(wasm, 9, mtime=0)).decode()
    bundle = Bundle()
    bundle.add(SOURCE / page / "main.js")
    style = "".join((SOURCE / part / "style.css").read_text(encoding="utf-8") for part in ("kit", page))
    html = (SOURCE / page / "page.html").read_text(encoding="utf-8")
    for place, text in (("@NAV@", navigation(page)), ("@STYLE@", style),
                        ("@SCRIPT@", f"'use strict';\nconst MODULE = '{packed}';\n{''.join(bundle.parts)}")):
        if html.count(place) != 1:
            sys.exit(f"playground/{page}/page.html: {place} is there {html.count(place)} times, not once")
        html = html.replace(place, text)
    return html


def main(folder):
    for page, file, _, most in PAGES:
        html = pack(folder, page)
        (folder / file).write_text(html, encoding="utf-8")
        size = len(gzip.compress(html.encode(), 9, mtime=0))
        print(f"{folder / file}: {len(html.encode())} bytes, {size} packed by gzip")
        if size > most:
            sys.exit(f"{folder / file} has {size} bytes when it is packed: at most {most}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
