#!/usr/bin/env python3
"""The tables of docs that rest on the committed results of `ganbar study cells`, `study rules`, `study devices` and `study wires` (docs/results/*.csv).

tools/study_tables.py [--check]: writes the tables between <!-- cells --> and <!-- rules --> of the documents and says what tables written by hand (devices, wires)
do not have from their results; with --check it writes nothing and says which document does not agree. Run it after a study has been run again and its results.csv
copied to docs/results.
"""
import csv
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]


def rows(name):
    with open(ROOT / "docs/results" / name, newline="") as file:
        return list(csv.DictReader(file))


def groups(items, *keys):
    out = {}
    for item in items:
        out.setdefault(tuple(item[k] for k in keys), []).append(item)
    return out


def values(items, key, scale=1.0):
    return [scale * float(i[key]) for i in items]


def mean(items, key, scale=1.0):
    found = values(items, key, scale)
    return sum(found) / len(found)


def number(x, digits=3):
    """As many significant digits, without an exponent."""
    if x == 0:
        return "0"
    text = f"{x:.{digits}g}"
    return f"{float(text):.{max(0, digits - 1 - int(f'{x:e}'.split('e')[1]))}f}" if "e" in text or "." in text else f"{float(text):,.0f}"


def spread(items, key, decimals):
    found = values(items, key)
    lo, hi, middle = (f"{x:.{decimals}f}" for x in (min(found), max(found), sum(found) / len(found)))
    return f"{middle} ({lo} to {hi})" if len(found) > 1 and lo != hi else middle


def table(head, body):
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *body])


def cells_table():
    head = ["cells", "ohm", "accuracy", "coverage", "Fréchet distance", "updates, mJ", "reads, mJ", "time of updates, ms", "cells, mm2", "with converters, mm2"]
    body = []
    for (cells, ohm, case), items in groups(rows("cells.csv"), "cells", "segment_ohm", "case").items():
        body.append([cells + (", ideal wires" if case == "ideal" else ""), ohm, spread(items, "classifier_accuracy", 2), spread(items, "coverage", 3), spread(items, "frechet_distance", 0),
                     number(mean(items, "update_energy_J", 1e3)), number(mean(items, "read_energy_J", 1e3)), number(mean(items, "update_time_s", 1e3)), number(mean(items, "area_m2", 1e6)),
                     number(mean(items, "area_with_periphery_m2", 1e6))])
    return table(head, body)


def energy(joule):
    for scale, unit in ((1, "J"), (1e3, "mJ"), (1e6, "µJ"), (1e9, "nJ")):
        if joule * scale >= 0.9995:
            return f"{number(joule * scale)} {unit}"
    return f"{joule:.3g} J"


def rules_table():
    """The best setting of each rule over the seeds, best first."""
    head = ["device", "rule", "best of its settings", "Fréchet distance", "coverage", "accuracy", "pulses a cell", "updates", "digital numbers a weight"]
    body = []
    for device, items in groups(rows("rules.csv"), "device").items():
        ranked = []
        for (rule,), own in groups(items, "rule").items():
            best = min((r for r in own if r["seed"] == "1"), key=lambda r: float(r["frechet_distance"]))["setting"]
            runs = [r for r in own if r["setting"] == best]
            ranked.append((mean(runs, "frechet_distance"), rule, best, runs))
        for _, rule, best, runs in sorted(ranked, key=lambda r: r[0]):
            key, value = best.split("=")
            body.append([device[0], rule, f"`{key.split('.')[-1]}={value}`",
                         spread(runs, "frechet_distance", 0), spread(runs, "coverage", 2), spread(runs, "classifier_accuracy", 2), number(mean(runs, "pulses_per_cell_mean")),
                         energy(mean(runs, "update_energy_J")), f"{float(runs[0]['digital_words_per_weight']):.0f}"])
    return table(head, body)


def unsaid():
    """What the tables written by hand must say of their results: file, words."""
    out = []
    for (device,), items in groups(rows("devices.csv"), "device").items():
        by_rule = groups(items, "rule")
        (rule,), runs = max(by_rule.items(), key=lambda r: len(r[1]))
        out.append(("docs/own_device.md", f"| {device} | {rule} | {spread(runs, 'frechet_distance', 0)} |"))
    page = (ROOT / "docs/circuit.md").read_text()
    for row in rows("wires.csv"):
        words = f"| {float(row['classifier_accuracy']):.2f} | {float(row['coverage']):.2f} | {float(row['frechet_distance']):.0f} |"
        if row["variant"] in ("64 x 64, 1 ohm", "64 x 64, 5 ohm", "64 x 64, 20 ohm", "64 x 64, 0.1 ohm, terminals of 50 ohm"):
            continue  # one row stands for the first three, and the page leaves the last out
        if words not in page.replace("**", ""):
            out.append(("docs/circuit.md", f"{row['variant']}: {words}"))
    return [(file, words) for file, words in out if words not in (ROOT / file).read_text()]


TABLES = {"cells": ("docs/circuit.md", cells_table)}


def main():
    faults = [f"{file} does not say \"{words}\", which docs/results gives" for file, words in unsaid()]
    for name, (file, make) in TABLES.items():
        page = ROOT / file
        text = page.read_text()
        fresh, n = re.subn(f"<!-- {name} -->\n.*?<!-- /{name} -->", lambda m, name=name, make=make: f"<!-- {name} -->\n{make()}\n<!-- /{name} -->", text, flags=re.S)
        if n != 1:
            sys.exit(f"{file} has {n} places <!-- {name} -->; expected one")
        if "--check" not in sys.argv[1:]:
            page.write_text(fresh)
        elif fresh != text:
            faults.append(f"{file} has another table of {name} than docs/results; run tools/study_tables.py")
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
