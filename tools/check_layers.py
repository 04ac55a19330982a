#!/usr/bin/env python3
"""Holds the sources against the table of layers in CMakeLists.txt and against the promises of a library.

usage: check_layers.py [ROOT]

A layer may include itself, what it USES, and what those use. Faults, one a line: file:line: what. Exit code 1 when there is one.
Checked too: the table names known layers and has no circle; the headers inside a layer include each other without circles; the library
(everything but app, tests aside) neither prints nor asks the environment; `experiment` writes no file; no path of the source tree is
compiled in; ganbar.h names at most 15 headers of at most 80 lines, and what it reaches includes no header of another project.
"""
import pathlib
import re
import sys

LAYER = re.compile(r"^\s*ganbar(?:_python)?_layer\(\s*(\w+)(?:\s+USES((?:\s+[a-z]\w*\b)+))?", re.M)  # USES ends at the next word in capitals
INCLUDE = re.compile(r'^\s*#\s*include\s*"(ganbar/([\w-]+)/[^"]+)"')
ANY_INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]')
OF_TESTS = re.compile(r"/(test_[^/]*|[^/]*_(test|testing|test_support))\.(h|cpp)$")  # as GANBAR_TEST_HEADERS in cmake/ganbar.cmake
SAID = re.compile(r"std::(?:cout|cerr|clog)\b|\b(?:stdout|stderr)\b|(?<![\w.>])(?:std::)?(?:printf|puts|putchar|perror)\s*\(|\b(?:fmt|std)::print(?:ln)?\s*\(\s*[^\s\w]")
ASKED = re.compile(r"\b(?:secure_)?getenv\b")
WROTE = re.compile(r"\b(?:o?fstream|fopen|fwrite|create_director(?:y|ies))\b|\bwrite_\w+\s*\(")
WRITERS = {"fstream", "ganbar/data/atomic_file.h"}
TREE = re.compile(r"\b(?:GANBAR_SOURCE_ROOT|__FILE__|CMAKE_SOURCE_DIR)\b")
FACE, MOST_NAMED, MOST_LINES = "ganbar/ganbar.h", 15, 80


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


def code_of(text):
    """The lines of a source without comments and without what its string literals say (include lines stay as they are)."""
    blank = lambda m: m.group(0)[0] == "/" and re.sub(r"[^\n]", " ", m.group(0)) or ('""' if m.group(0)[0] in '"R' else m.group(0))
    token = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|^[ \t]*#[ \t]*include[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S | re.M)

    def keep_lines(match):
        out = blank(match)
        return out + "\n" * (match.group(0).count("\n") - out.count("\n"))

    return token.sub(keep_lines, text).splitlines()


def promises(name, layer, lines):
    """What breaks a promise of the library in one file that is no test, as (line, what)."""
    for number, line in enumerate(lines, 1):
        if layer != "app":
            if SAID.search(line):
                yield number, f"{layer} must not write to stdout or stderr; hand the line to whoever listens"
            if ASKED.search(line):
                yield number, f"{layer} must not ask the environment; app does, and hands the answer in"
        if TREE.search(line):
            yield number, "a path of the source tree would be compiled in"
        if layer == "experiment":
            found = ANY_INCLUDE.match(line)
            if WROTE.search(line) or (found and found.group(1) in WRITERS):
                yield number, "experiment writes no file; run does"


def check_face(source, texts):
    """ganbar.h: how much it names, and that no header of another project is reached from it."""
    if FACE not in texts:
        return []
    named = [m.group(1) for line in texts[FACE] if (m := INCLUDE.match(line))]
    faults = []
    if len(named) > MOST_NAMED:
        faults.append(f"src/{FACE}: names {len(named)} headers; expected at most {MOST_NAMED}")
    for name in named:
        length = len((source / name).read_text(encoding="utf-8").splitlines()) if name in texts else 0
        if length > MOST_LINES:
            faults.append(f"src/{name}: {length} lines; expected at most {MOST_LINES} of a header that ganbar.h names")
    reached, waiting = {FACE}, [FACE]
    while waiting:
        name = waiting.pop()
        for number, line in enumerate(texts.get(name, []), 1):
            found = ANY_INCLUDE.match(line)
            if not found:
                continue
            if found.group(1).startswith("ganbar/"):
                if found.group(1) not in reached:
                    reached.add(found.group(1)), waiting.append(found.group(1))
            elif "/" in found.group(1) or "." in found.group(1):  # the standard library's have neither
                faults.append(f"src/{name}:{number}: {found.group(1)} is another project's, and ganbar.h reaches this header")
    return faults


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
    includes, texts = {}, {}
    files = sorted(p for p in (source / "ganbar").rglob("*") if p.suffix in (".h", ".cpp"))
    for path in files:
        name = path.relative_to(source).as_posix()
        lines = texts[name] = code_of(path.read_text(encoding="utf-8"))
        if name == FACE:
            continue
        layer = name.split("/")[1]
        if layer not in table:
            faults.append(f"src/{name}: folder {layer} is no layer of CMakeLists.txt")
            continue
        allowed = reach(table, layer)
        includes[name] = set()
        for number, line in enumerate(lines, 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            includes[name].add(found.group(1))
            if found.group(2) not in allowed:
                faults.append(f"src/{name}:{number}: {layer} must not include {found.group(1)}; it may use {', '.join(sorted(allowed))}")
        if not OF_TESTS.search(name):
            faults += [f"src/{name}:{number}: {what}" for number, what in promises(name, layer, lines)]
    ring = circle(includes)
    if ring:
        faults.append("headers in a circle: " + " -> ".join(ring))
    return faults + check_face(source, texts)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    faults = check(root)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
