#!/usr/bin/env python3
"""Builds the documentation site.

usage: build.py GANBAR OUT [--stage FOLDER]

Copies docs/ into FOLDER (build/docs-src), runs its tutorials, writes the reference from the program's declarations, lets Sphinx make HTML in
OUT with every warning a fault, and then follows every link and anchor of what it made. Run it with a Python that has requirements.txt.
"""
import argparse
import html.parser
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse

from program import ROOT, Program
from reference import write_reference
from stage import Stage


class Links(html.parser.HTMLParser):
    """Links and anchors of one page."""

    def __init__(self):
        super().__init__()
        self.links, self.anchors = [], set()

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name in ("id", "name") and value:
                self.anchors.add(value)


def broken_links(folder):
    """Links inside the site that lead nowhere, and anything that a browser would load from elsewhere."""
    pages = {}
    for path in folder.rglob("*.html"):
        pages[path] = Links()
        pages[path].feed(path.read_text(encoding="utf-8"))
    faults = []
    for path, page in pages.items():
        for link in page.links:
            address, _, anchor = link.partition("#")
            if re.match(r"^(https?:|mailto:|data:|javascript:)", link):
                continue
            target = path if not address else pathlib.Path(os.path.normpath(path.parent / urllib.parse.unquote(address.partition("?")[0])))
            if not target.is_file():
                faults.append(f"{path.relative_to(folder)}: {link}: no such file")
            elif anchor and target in pages and urllib.parse.unquote(anchor) not in pages[target].anchors:
                faults.append(f"{path.relative_to(folder)}: {link}: no such place on that page")
    return sorted(set(faults)), len(pages)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--stage", type=pathlib.Path, default=ROOT / "build/docs-src")
    given = parser.parse_args()
    program = Program(given.program)
    if "GANBAR_DATA" not in program.environment and (ROOT.parent / "shared/data").is_dir():
        program.environment["GANBAR_DATA"] = str(ROOT.parent / "shared/data")
    stage = Stage(given.stage.resolve(), program)
    times = stage.all()
    write_reference(program, stage.folder / "reference")
    version = re.search(r"project\(ganbar VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")).group(1)
    done = subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-c", str(ROOT / "tools/site"), "-d",
                           str(given.stage.resolve()) + "-doctrees", str(stage.folder), str(given.out)], env=dict(os.environ, GANBAR_SITE_VERSION=version, GANBAR_SITE_STAGE=str(stage.folder)))
    if done.returncode != 0:
        return 1
    faults, n_pages = broken_links(given.out.resolve())
    print("\n".join(faults), end="\n" if faults else "")
    print(f"{n_pages} pages, {len(times)} tutorials in {sum(times.values()):.0f} s of processor time, {len(faults)} broken links: {given.out / 'index.html'}")
    return 1 if faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RuntimeError as fault:
        print(f"build.py: {fault}", file=sys.stderr)
        sys.exit(1)
