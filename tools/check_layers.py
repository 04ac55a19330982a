#!/usr/bin/env python3
"""Holds every #include "ganbar/<layer>/..." against the table of layers in CMakeLists.txt.

usage: check_layers.py [ROOT]

A layer may include itself, what it USES, and what those use. Faults, one a line: file:line: what. Exit code 1 when there is one.
Checked too: the table names known layers and has no circle; the headers inside a layer include each other without circles.
"""
import pathlib
import re
import sys

LAYER = re.compile(r"^\s*ganbar_layer\(\s*(\w+)(?:\s+USES((?:\s+[a-z]\w*\b)+))?", re.M)  # USES ends at the next word in capitals
INCLUDE = re.compile(r'^\s*#\s*include\s*"(ganbar/([\w-]+)/[^"]+)"')


def read_table(text):
    """layer -> the layers it names after USES, from the text of CMakeLists.txt."""
    return {name: (uses or "").split() for name, uses in LAYER.findall(text)}


def reach(table, layer):
    """Every layer that `layer` may include, itself among them."""
    seen, waiting = set(), [layer]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += table.get(name, [])
    return seen


def circle(graph):
    """A list of nodes a, b, ..., a along edges of the graph, or None."""
    done = set()
    for start in sorted(graph):
        path, edges = [start], [iter(sorted(graph[start]))]
        while path:
            if path[-1] in done:
                path.pop(), edges.pop()
                continue
            nxt = next((n for n in edges[-1] if n in graph and n not in done), None)
            if nxt is None:
                done.add(path[-1])
            elif nxt in path:
                return path[path.index(nxt):] + [nxt]
            else:
                path.append(nxt)
                edges.append(iter(sorted(graph[nxt])))
    return None


def check(root):
    """The faults of the tree at `root`, as lines of text."""
    source = root / "src"
    table = read_table((root / "CMakeLists.txt").read_text())
    faults = []
    if not table:
        return [f"{root}/CMakeLists.txt: no ganbar_layer(...) found"]
    for layer, uses in table.items():
        faults += [f"CMakeLists.txt: layer {layer} uses {u}, which is no layer" for u in uses if u not in table]
    ring = circle({layer: set(uses) for layer, uses in table.items()})
    if ring:
        faults.append("CMakeLists.txt: layers in a circle: " + " -> ".join(ring))
    includes = {}
    files = sorted(p for p in (source / "ganbar").rglob("*") if p.suffix in (".h", ".cpp"))
    for path in files:
        name = path.relative_to(source).as_posix()
        layer = name.split("/")[1]
        if layer not in table:
            faults.append(f"src/{name}: folder {layer} is no layer of CMakeLists.txt")
            continue
        allowed = reach(table, layer)
        includes[name] = set()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            includes[name].add(found.group(1))
            if found.group(2) not in allowed:
                faults.append(f"src/{name}:{number}: {layer} must not include {found.group(1)}; it may use {', '.join(sorted(allowed))}")
    ring = circle(includes)
    if ring:
        faults.append("headers in a circle: " + " -> ".join(ring))
    return faults


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    faults = check(root)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
