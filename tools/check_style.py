#!/usr/bin/env python3
"""Holds the C++ sources against .clang-format, and sources and scripts against the lengths that keep them readable.

usage: check_style.py [ROOT]

Faults, one a line: file:line: what. Exit code 1 when there is one. Files have at most 400 lines; functions at most 60, but for lists of
declarations (schema() of parameters, registrations, a static list), which are tables. clang-format is version 14, as the file says; where another or none
is installed the check ends with exit code 2 and says so.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

FOLDERS = ("src", "tests", "fuzz", "bench")
PYTHON = ("python", "tests", "tools", "bench")  # only how long their files are
MOST_LINES, MOST_OF_FUNCTION = 400, 60
NO_FUNCTION = re.compile(r"^\s*(?:namespace|class|struct|enum|union|extern|if|for|while|switch|else|do|try|catch|case|default|return|template)\b")
BODY = re.compile(r"\)(?: const| noexcept| override| final| &&?| -> [\w:<>, *&]+)* \{$")
TABLE = re.compile(r"\bschema\(\) \{$|\bganbar_register_\w+\(|\bbind_\w+\(nb::module_")


def sources(root):
    return sorted(p for folder in FOLDERS for p in (root / folder).rglob("*") if p.suffix in (".cpp", ".h", ".hpp"))


def formatter_version():
    try:
        said = subprocess.run(["clang-format", "--version"], capture_output=True, text=True).stdout
    except FileNotFoundError:
        return ""
    found = re.search(r"version (\d+)", said)
    return found.group(1) if found else ""


def badly_formatted(paths):
    """clang-format's faults, as lines of text; a few files a call."""
    parts = [paths[i : i + 30] for i in range(0, len(paths), 30)]
    call = lambda part: subprocess.run(["clang-format", "--dry-run", "-Werror", *map(str, part)], capture_output=True, text=True).stderr
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for said in pool.map(call, parts):
            yield from (line.replace(" [-Wclang-format-violations]", "") for line in said.splitlines() if "error:" in line)


def functions(lines):
    """(line, length, its head) of every function that starts at the left edge or in a class: what .clang-format makes recognisable."""
    at = 0
    while at < len(lines):
        line = lines[at]
        indent = len(line) - len(line.lstrip(" "))
        if indent in (0, 4) and BODY.search(line) and not NO_FUNCTION.match(line):
            end = next((i for i in range(at + 1, len(lines)) if lines[i].startswith(" " * indent + "}")), at)
            yield at + 1, end - at + 1, line
            at = end if indent == 0 else at  # a class's functions lie inside it, a function's lambdas do not count again
        at += 1


def lengths(path, name):
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > MOST_LINES:
        yield f"{name}: {len(lines)} lines; expected at most {MOST_LINES}"
    for line, length, head in functions(lines):
        if length > MOST_OF_FUNCTION and not TABLE.search(head) and "static const" not in lines[line]:
            yield f"{name}:{line}: a function of {length} lines; expected at most {MOST_OF_FUNCTION}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    paths = sources(root)
    scripts = sorted(p for folder in PYTHON for p in (root / folder).rglob("*.py"))
    faults = [fault for p in paths + scripts for fault in lengths(p, p.relative_to(root).as_posix())]
    if formatter_version() != "14":
        print(f"clang-format 14 is not here ({formatter_version() or 'none'}); the layout of lines was not checked")
        return 2
    faults += badly_formatted(paths)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
