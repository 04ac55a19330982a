#!/usr/bin/env python3
"""Writes python/ganbar/_keys/: a TypedDict of every section of an experiment, made from the parameter declarations of the library.

tools/python_keys.py [--check]: with --check it says whether the files are current, and writes nothing. Run it with the interpreter that has ganbar
(build/venv/bin/python), after a parameter has changed.
"""
import keyword
import math
import pathlib
import sys

import ganbar

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "python" / "ganbar" / "_keys"
FILES = {"cells": ("device", "noise_device"), "bits": ("noise", "trng"), "networks": ("generator", "discriminator", "latent"), "training": ("train", "evaluation", "quality")}  # and hardware.py, of all others
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


HEAD = """Made by tools/python_keys.py from the parameter declarations: do not edit."""


def file_of(path):
    """The file of a section, by the table it begins with."""
    table = path.split(".")[0]
    return next((name for name, tables in FILES.items() if table in tables or ("trng" in tables and table.endswith("_trng"))), "hardware")


def twin_of(found, path, before):
    """A section of the same file that has the same keys and nothing below it, and was written before; or None."""
    below = any(p.startswith(path + ".") for p in found)
    return None if below else next((p for p in before if found[p][1] and found[p] == found[path]), None)


def section(found, path, before):
    """Lines of one class; `before`: the sections that the file has already."""
    is_item, keys = found[path]
    if (twin := twin_of(found, path, before)) is not None:
        brackets = ("[[", "]]") if is_item else ("[", "]")
        return ["", f"class {class_name(path)}({class_name(twin)}, total=False):", f'    """{brackets[0]}{path}{brackets[1]}: the keys of {brackets[0]}{twin}{brackets[1]}."""', ""]
    children = sorted(p for p in found if p.startswith(path + ".") and p.count(".") == path.count(".") + 1)
    words = [k for k in sorted(keys) if keyword.iskeyword(k)]  # no names of Python's
    base, out = "TypedDict", []
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
    return [*out, ""]


def texts():
    """{file name: text}"""
    found = gather()
    for path in list(found):  # parents that hold nothing of their own
        parts = path.split(".")
        for n in range(1, len(parts)):
            found.setdefault(".".join(parts[:n]), (False, {}))
    paths = sorted((p for p in found if p), key=lambda p: (-p.count("."), p))
    out = {}
    for name in (*FILES, "hardware"):
        own = [path for path in paths if file_of(path) == name]
        body = [line for k, path in enumerate(own) for line in section(found, path, own[:k])]
        words = [w for w in ("Literal", "TypedDict") if any(w in line for line in body)]
        head = ["from collections.abc import Sequence"] if any("Sequence[" in line for line in body) else []
        out[f"{name}.py"] = [f'"""Keys of sections of an experiment: {name}. {HEAD}"""', "from __future__ import annotations", "", *head, f"from typing import {', '.join(words)}", "", *body]
    tops = [p for p in sorted(paths) if "." not in p]
    lines = [f'"""Keys of every section of an experiment, for type checkers and completion. {HEAD}"""', "from __future__ import annotations", "",
             *(["from collections.abc import Sequence"] if any(found[p][0] for p in tops) else []), "from typing import TypedDict", "",
             "from ..device import Device as _Device", "from ..device_model import DeviceModel as _DeviceModel"]
    for name in sorted((*FILES, "hardware")):
        lines.append(f"from .{name} import " + ", ".join(f"{c} as {c}" for c in sorted(class_name(p) for p in paths if file_of(p) == name)))
    lines += ["", "", "class Sections(TypedDict, total=False):", '    """The sections that ganbar.load takes as keywords."""', ""]
    for path in tops:
        name = class_name(path)
        lines.append(f"    {path}: {f'Sequence[{name}]' if found[path][0] else name}{' | _Device | _DeviceModel' if path == 'device' else ''} | None")
    out["__init__.py"] = lines
    return {name: "\n".join(body).rstrip("\n") + "\n" for name, body in out.items()}


def main():
    now = texts()
    there = {p.name: p.read_text() for p in FOLDER.glob("*.py")}
    if "--check" in sys.argv[1:]:
        if there != now:
            sys.exit(f"{FOLDER.name} is not what the parameter declarations say; run tools/python_keys.py")
        return
    FOLDER.mkdir(exist_ok=True)
    for name in set(there) - set(now):
        (FOLDER / name).unlink()
    for name, text in now.items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
