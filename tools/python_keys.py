#!/usr/bin/env python3
"""Writes python/ganbar/_keys.py: a TypedDict of every section of an experiment, made from the parameter declarations of the library.

tools/python_keys.py [--check]: with --check it says whether the file is current, and writes nothing. Run it with the interpreter that has ganbar
(build/venv/bin/python), after a parameter has changed.
"""
import keyword
import math
import pathlib
import sys

import ganbar

FILE = pathlib.Path(__file__).resolve().parents[1] / "python" / "ganbar" / "_keys.py"
BOOLEAN, INTEGER, REAL, CHOICE, TEXT, INTEGERS, REALS = range(7)


def experiments():
    """Every preset, and every device model and rule on the first preset that takes it: between them they have every section and key."""
    presets = sorted(ganbar.list("experiments"))
    for name in presets:
        yield ganbar.load(name)
    for section, key, names in (("device", "model", ganbar.list("devices")), ("train", "rule", ganbar.list("rules") if "rules" in ganbar.list() else []),
                                ("noise", "generator", ganbar.list("generators"))):
        for name in sorted(names):
            for preset in presets:
                try:
                    yield ganbar.load(preset, **{section: {key: name}})
                    break
                except ganbar.Error:
                    continue


def type_of(name, info):
    kind, unit = info["type"], info["unit"]
    if kind == REAL:
        return "str" if unit else "float"
    if kind == CHOICE:
        if name in ("model", "dataset"):
            return "str"
        literal = "Literal[" + ", ".join(f'"{c}"' for c in info["choices"]) + "]"
        return literal + (" | bool" if {"on", "off"} & set(info["choices"]) else "")
    return {BOOLEAN: "bool", INTEGER: "int", TEXT: "str", INTEGERS: "Sequence[int] | int", REALS: "Sequence[float] | float"}[kind]


def number(x):
    return f"{x:.6g}"


def says(name, info):
    """One line: what it is, unit, range, source and its kind."""
    out = info["doc"]
    if info["unit"]:
        out += f"; a text with its unit, {info['unit']}"
    if info["type"] == CHOICE:
        out += "; " + ", ".join(info["choices"])
    elif info["type"] in (INTEGER, REAL):
        lo, hi = info["lo"], info["hi"]
        if info["type"] == INTEGER and abs(hi) >= 2**62:
            hi = math.inf
        if math.isfinite(lo) and math.isfinite(hi):
            out += f"; {number(lo)} to {number(hi)}"
        elif math.isfinite(lo):
            out += f"; from {number(lo)}"
        elif math.isfinite(hi):
            out += f"; up to {number(hi)}"
    return f"{name}: {out} ({info['kind']}: {info['source']})".replace("\\", "\\\\").replace('"""', "'''")


def gather():
    """{path: (is_item, {key: (types, line)})}"""
    found = {}
    for exp in experiments():
        for path, is_item, rows in exp._core.sections():
            keys = found.setdefault(path, (is_item, {}))[1]
            for info in rows:
                types, lines = keys.setdefault(info["name"], ([], []))
                for word in type_of(info["name"], info).split(" | "):
                    if word not in types:
                        types.append(word)
                line = says(info["name"], info)
                if not lines:
                    lines.append(line)
    return found


def class_name(path):
    return "".join(part.capitalize() for part in path.replace("_", ".").split(".")) if path else "Top"


def text():
    found = gather()
    for path in list(found):  # parents that hold nothing of their own
        parts = path.split(".")
        for n in range(1, len(parts)):
            found.setdefault(".".join(parts[:n]), (False, {}))
    out = ['"""Keys of every section of an experiment, for type checkers and completion. Made by tools/python_keys.py from the parameter declarations: do not edit."""',
           "from __future__ import annotations", "", "from collections.abc import Sequence", "from typing import Literal, TypedDict", "", "from .device import Device as _Device", "from .device_model import DeviceModel as _DeviceModel", ""]
    for path in sorted(found, key=lambda p: (-p.count("."), p)):
        if path == "":
            continue
        is_item, keys = found[path]
        children = sorted(p for p in found if p.startswith(path + ".") and p.count(".") == path.count(".") + 1)
        words = [k for k in sorted(keys) if keyword.iskeyword(k)]  # no names of Python's
        base = "TypedDict"
        if words:
            base = f"_{class_name(path)}Words"
            out += ["", base + f' = TypedDict("{base}", {{' + ", ".join(f'"{k}": "{" | ".join(keys[k][0])} | None"' for k in words) + "}, total=False)", ""]
        out += ["", f"class {class_name(path)}({base}, total=False):", f'    """[{"[" if is_item else ""}{path}]{"]" if is_item else ""}', ""]
        out += [f"    {lines[0]}" for _, lines in (keys[k] for k in sorted(keys))] + ['    """', ""]
        for key in (k for k in sorted(keys) if k not in words):
            out.append(f"    {key}: {' | '.join(keys[key][0])} | None")
        for child in children:
            name = class_name(child)
            out.append(f"    {child.rsplit('.', 1)[1]}: {f'Sequence[{name}]' if found[child][0] else name} | None")
        if not keys and not children:
            out.append("    pass")
        out.append("")
    out += ["", "class Sections(TypedDict, total=False):", '    """The sections that ganbar.load takes as keywords."""', ""]
    for path in sorted(p for p in found if p and "." not in p):
        name = class_name(path)
        out.append(f"    {path}: {f'Sequence[{name}]' if found[path][0] else name}{' | _Device | _DeviceModel' if path == 'device' else ''} | None")
    return "\n".join(out) + "\n"


def main():
    now = text()
    if "--check" not in sys.argv[1:]:
        FILE.write_text(now)
    elif not FILE.exists() or FILE.read_text() != now:
        sys.exit(f"{FILE.name} is not what the parameter declarations say; run tools/python_keys.py")


if __name__ == "__main__":
    main()
