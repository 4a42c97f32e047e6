#!/usr/bin/env python3
"""site_links.py SITE: every link within the site leads to a file and, behind #, to a place in it, and no page or style
asks for anything outside of the site: scripts, styles, fonts, pictures. Each fault is a line; the exit code is 1."""
import html.parser
import os
import re
import sys
import urllib.parse

# what a browser fetches by itself; all other links wait for a click
FETCHED = {"script": ["src"], "img": ["src", "srcset"], "iframe": ["src"], "source": ["src", "srcset"], "video": ["src", "poster"],
           "audio": ["src"], "object": ["data"], "embed": ["src"], "input": ["src"], "track": ["src"], "use": ["href", "xlink:href"],
           "image": ["href", "xlink:href"]}
FETCHED_LINKS = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "modulepreload", "manifest", "shortcut"}
OUTSIDE = re.compile(r"^\s*(https?:)?//", re.I)
STYLE = re.compile(r"""url\(\s*['"]?\s*((?:https?:)?//[^)'"]*)|@import\s+['"]((?:https?:)?//[^'"]*)""", re.I)


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.links, self.places, self.asked, self.style = [], set(), [], False
        with open(path, encoding="utf-8") as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attrs):
        given = {key: value or "" for key, value in attrs}
        self.places.update(value for key, value in given.items() if key == "id" or (tag == "a" and key == "name"))
        fetched = [given[key] for key in FETCHED.get(tag, []) if key in given]
        if tag == "link" and FETCHED_LINKS & set(given.get("rel", "").lower().split()):
            fetched.append(given.get("href", ""))
        # a part of the theme that fetches once it sees this
        if "mermaid" in given.get("class", "").split() or given.get("data-md-component") == "source":
            self.asked.append(f"<{tag} class=\"{given.get('class', '')}\">")
        self.asked += [address for address in fetched if OUTSIDE.match(address)]
        self.asked += [a or b for a, b in STYLE.findall(given.get("style", ""))]
        self.links += [address for address in fetched if not OUTSIDE.match(address)]
        if tag in ("a", "area") and "href" in given:
            self.links.append(given["href"])
        self.style = tag == "style"

    def handle_endtag(self, tag):
        self.style = False

    def handle_data(self, data):
        if self.style:
            self.asked += [a or b for a, b in STYLE.findall(data)]


def main(site):
    pages, faults = {}, []
    for base, _, names in os.walk(site):
        for name in names:
            path = os.path.realpath(os.path.join(base, name))
            if name.endswith(".html"):
                pages[path] = Page(path)
            elif name.endswith(".css"):
                with open(path, encoding="utf-8") as file:
                    faults += [f"{path}: asks for {a or b}" for a, b in STYLE.findall(file.read())]
    root = os.path.realpath(site)
    count = 0
    for path, page in sorted(pages.items()):
        faults += [f"{path}: asks for {address}" for address in page.asked]
        for link in page.links:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            count += 1
            name = urllib.parse.unquote(parts.path)
            if name.startswith("/"): # 404.html stands at the root of a server
                target = os.path.realpath(root + name)
            else:
                target = os.path.realpath(os.path.join(os.path.dirname(path), name)) if name else path
            if target != root and not target.startswith(root + os.sep):
                faults.append(f"{path}: {link} leads out of the site")
            elif os.path.isdir(target) and not os.path.isfile(os.path.join(target, "index.html")):
                faults.append(f"{path}: {link} is a folder without a page")
            elif not os.path.exists(target):
                faults.append(f"{path}: {link} leads nowhere")
            elif parts.fragment and target in pages and \
                    urllib.parse.unquote(parts.fragment) not in pages[target].places | {"top", "__tabbed"}:
                faults.append(f"{path}: {link} has no such place")
    for fault in faults:
        print(fault)
    if len(pages) == 0:
        print(f"{site} has no pages")
    print(f"{len(pages)} pages, {count} links within the site, {len(faults)} faults")
    return bool(faults) or not pages


sys.exit(main(sys.argv[1]))
