#!/usr/bin/env python3
"""The documentation as a site: tools/docs.py OUT [FSNN_VERSION].

OUT/VERSION/ has README.md, docs/ and what they link to as pages with a search (mkdocs with the theme
material), and in api/ the reference of the C headers (doxygen). OUT/index.html leads to the newest
version in OUT and lists the others. No page asks for anything outside of the site.
"""
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PARTS = os.path.join(ROOT, "tools", "site")
PAGES = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "THIRD-PARTY.md", "CITATION.cff", "LICENSE",
         "nir-pack/README.md"]
FOLDERS = ["docs", "examples", "include/fsnn"]
LINK = re.compile(r"\]\(([^)#:\s]+)((?:#[^)\s]*)?)\)")


def version():
    with open(os.path.join(ROOT, "CMakeLists.txt"), encoding="utf-8") as file:
        return re.search(r"project\(\s*fsnn\s+VERSION\s+([0-9.]+)", file.read()).group(1)


def first_words(path):
    """What the comment at the head of a file says of it: its first sentence."""
    with open(path, encoding="utf-8") as file:
        lines = file.read(2000).splitlines()
    words = []
    for line in lines:
        text = line.strip().lstrip("#/*\"").strip(" */\"")
        if not text and words:
            break
        words += [text] if text else []
        if text.endswith(".") or "*/" in line:
            break
    return re.sub(r"^\S+\.[chpy]+: ", "", " ".join(words)) if len(words) < 8 else ""


def list_folder(stage, folder):
    """A page for a folder that pages link to."""
    place = os.path.join(stage, folder)
    lines = [f"# {folder}", ""]
    if folder == "include/fsnn":
        lines += [f"[Reference of the C API]({os.path.relpath('api/index.html', folder)}): every function, with its errors.",
                  ""]
    lines += ["| file | |", "|---|---|"]
    for name in sorted(os.listdir(place)):
        path = os.path.join(place, name)
        if os.path.isfile(path) and name != "README.md":
            about = html.escape(first_words(path)).replace("|", "&#124;")
            lines.append(f"| [{name}]({name}) | {about} |")
    with open(os.path.join(place, "README.md"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def lead_links(stage, page):
    """Links to folders become links to their pages."""
    path = os.path.join(stage, page)
    folder = os.path.dirname(path)

    def target(match):
        place = os.path.normpath(os.path.join(folder, match[1]))
        if not os.path.isdir(place):
            return match[0]
        if not os.path.isfile(os.path.join(place, "README.md")):
            list_folder(stage, os.path.relpath(place, stage))
        return f"]({os.path.join(match[1], 'README.md')}{match[2]})"

    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(LINK.sub(target, text))


def stage_pages(stage):
    """The pages and what they link to, laid out as in the tree, so that links hold as they are."""
    for folder in FOLDERS:
        shutil.copytree(os.path.join(ROOT, folder), os.path.join(stage, folder),
                        ignore=shutil.ignore_patterns("__pycache__"))
    for page in PAGES:
        os.makedirs(os.path.dirname(os.path.join(stage, page)), exist_ok=True)
        shutil.copy(os.path.join(ROOT, page), os.path.join(stage, page))
    pages = [os.path.relpath(os.path.join(base, name), stage)
             for base, _, names in os.walk(stage) for name in names if name.endswith(".md")]
    for page in sorted(pages):
        lead_links(stage, page)
    for folder in FOLDERS[1:]:
        list_folder(stage, folder)


def call(command, folder):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"docs: {command[0]} failed:\n{done.stdout}")


def settings(work, file, **values):
    """A file of tools/site with its gaps filled, in the folder `work`."""
    with open(os.path.join(PARTS, file), encoding="utf-8") as template:
        text = template.read()
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    with open(os.path.join(work, file), "w", encoding="utf-8") as filled:
        filled.write(text)


def build(out, name):
    site = os.path.join(out, name)
    with tempfile.TemporaryDirectory() as work:
        stage = os.path.join(work, "pages")
        os.mkdir(stage)
        settings(work, "Doxyfile", ROOT=ROOT, OUT=work, VERSION=name)
        call(["doxygen", "Doxyfile"], work)
        shutil.move(os.path.join(work, "html"), os.path.join(stage, "api"))
        stage_pages(stage)
        settings(work, "mkdocs.yml", STAGE=stage, VERSION=name)
        call(["mkdocs", "build", "--strict", "--clean", "--site-dir", os.path.abspath(site)], work)
    for spare in ("404.html", "sitemap.xml", "sitemap.xml.gz"):  # of a site that is the root of its server
        os.remove(os.path.join(site, spare))


def number(name):
    return [int(part) for part in re.findall(r"\d+", name)]


def write_index(out):
    """The page above the versions."""
    names = sorted((n for n in os.listdir(out) if os.path.isfile(os.path.join(out, n, "index.html"))), key=number,
                   reverse=True)
    items = "".join(f'<li><a href="{n}/index.html">{html.escape(n)}</a></li>' for n in names)
    with open(os.path.join(out, "index.html"), "w", encoding="utf-8") as file:
        file.write("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>fsnn</title>"
                   f'<meta http-equiv="refresh" content="0; url={names[0]}/index.html">'
                   f"<h1>fsnn</h1><p>Documentation of the versions:</p><ul>{items}</ul></html>\n")


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    missing = [name for name in ("mkdocs", "doxygen") if not shutil.which(name)]
    if missing:
        sys.exit(f"docs: {' and '.join(missing)} not found: run tools/install-deps.sh --docs")
    out = sys.argv[1]
    name = sys.argv[2] if len(sys.argv) > 2 else version()
    os.makedirs(out, exist_ok=True)
    shutil.rmtree(os.path.join(out, name), ignore_errors=True)
    build(out, name)
    write_index(out)
    print(f"docs: {os.path.join(out, name, 'index.html')}")


main()
