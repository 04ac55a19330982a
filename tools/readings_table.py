#!/usr/bin/env python3
"""The tables of docs/readings.md and the sentences of README.md and docs/reproduced.md that rest on docs/results/readings.csv and readings_claims.csv.

tools/readings_table.py [--check]: writes the tables between <!-- readings --> and <!-- claims --> of docs/readings.md; with --check it writes nothing and says which
document does not agree with the committed results. Run it after `ganbar study readings` has been run again and its results.csv and claims.csv copied there.
"""
import csv
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
RUNS, CLAIMS = ROOT / "docs/results/readings.csv", ROOT / "docs/results/readings_claims.csv"


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def groups(items, *keys):
    out = {}
    for item in items:
        out.setdefault(tuple(item[k] for k in keys), []).append(item)
    return out


def values(items, key, scale=1.0):
    return [scale * float(i[key]) for i in items if i[key] not in ("", "nan")]


def mean(items, key, digits, scale=1.0):
    found = values(items, key, scale)
    return f"{sum(found) / len(found):.{digits}f}" if found else "–"


def spread(items, key, digits, scale=1.0):
    found = values(items, key, scale)
    if not found:
        return "–"
    lo, hi = f"{min(found):.{digits}f}", f"{max(found):.{digits}f}"
    return mean(items, key, digits, scale) if lo == hi else f"{mean(items, key, digits, scale)} ({lo} to {hi})"


def runs_table(runs):
    out = ["| reading | latents | rounds | best round: accuracy | coverage | Frechet distance | last round: Frechet distance | 20 rounds, uJ | one update an epoch, uJ | round 20 over round 1 |",
           "|---|---|---|---|---|---|---|---|---|---|"]
    for (reading, variant), items in groups(runs, "reading", "variant").items():
        if variant == "software":
            energies = ["–"] * 3
        else:
            ratio = [dict(i, ratio=str(float(i["energy_round20_J"]) / float(i["energy_round1_J"]))) for i in items]
            energies = [spread(items, "energy_20_rounds_J", 1, 1e6), spread(items, "energy_one_an_epoch_J", 1, 1e6), mean(ratio, "ratio", 2)]
        cells = [f"`{reading}`" if variant != "software" else reading, "N(0,1)" if variant in ("software", "prng") else variant, items[0]["rounds"], spread(items, "best_accuracy", 2), spread(items, "best_coverage", 2),
                 spread(items, "best_frechet_distance", 0), spread(items, "last_frechet_distance", 0), *energies]
        out.append("| " + " | ".join(cells) + " |")
    return "\n".join(out)


def claims_table(claims):
    """Readings in rows: on how many seeds each claim is shown."""
    names = list(dict.fromkeys(c["claim"] for c in claims))
    out = ["| reading | " + " | ".join(f"`{n}`" for n in names) + " | shown | energies counted |", "|---" * (len(names) + 3) + "|"]
    found = groups(claims, "reading", "claim")
    rows_of = []
    for reading in dict.fromkeys(c["reading"] for c in claims):
        cells, shown = [], 0
        for claim in names:
            answers = [c["shown"] for c in found[reading, claim]]
            yes, known = answers.count("yes"), len(answers) - answers.count("unknown")
            shown += 0 < known == yes
            cells.append("?" if known == 0 else "**yes**" if yes == known else "no" if yes == 0 else f"{yes}/{known}")
        rows_of.append((-shown, f"| `{reading}` | " + " | ".join(cells) + f" | {shown} | {found[reading, names[0]][0]['booking']} |"))
    return "\n".join(out + [row for _, row in sorted(rows_of, key=lambda r: r[0])])


def between(found, digits):
    lo, hi = f"{min(found):.{digits}f}", f"{max(found):.{digits}f}"
    return lo if lo == hi else f"{lo} to {hi}"


def said(runs):
    """What documents must say: file, text. Every number of satyam2022 in them that a reading's training gave."""
    by = groups(runs, "reading", "variant")
    out = []

    def quality(reading, variant):
        items = by[reading, variant]
        return f"accuracy {mean(items, 'best_accuracy', 2)}, coverage {mean(items, 'best_coverage', 2)}, Frechet {mean(items, 'best_frechet_distance', 0)}"

    variants = ("prng", "trng", "trng-d2d")
    frechet = [float(mean(by["sigmoid", v], "best_frechet_distance", 0)) for v in variants]
    accuracy = [float(mean(by["sigmoid", v], "best_accuracy", 2)) for v in variants]
    span = ["accuracy " + between(accuracy, 2), "Frechet " + between(frechet, 0)]
    out += [("README.md", ", ".join(span))]
    out += [("docs/reproduced.md", quality("sigmoid", v)) for v in variants]

    def energy(reading, variant, key):
        return mean(by[reading, variant], key, 1, 1e6)

    out.append(("docs/reproduced.md", " / ".join(energy("sigmoid", v, "energy_20_rounds_J") for v in ("prng", "trng")) + " µJ after 20 rounds"))
    out.append(("docs/reproduced.md", " / ".join(energy("sigmoid", v, "energy_one_an_epoch_J") for v in ("prng", "trng")) + " µJ for one update an epoch"))
    out.append(("docs/reproduced.md", " / ".join(energy("ns-ln", v, "energy_20_rounds_J") for v in ("prng", "trng")) + " µJ with the width in nanoseconds"))
    return out


def main():
    runs, claims = rows(RUNS), rows(CLAIMS)
    page = ROOT / "docs/readings.md"
    text = page.read_text()
    fresh = text
    for name, table in (("readings", runs_table(runs)), ("claims", claims_table(claims))):
        fresh, n = re.subn(f"<!-- {name} -->\n.*?<!-- /{name} -->", lambda m, name=name, table=table: f"<!-- {name} -->\n{table}\n<!-- /{name} -->", fresh, flags=re.S)
        if n != 1:
            sys.exit(f"docs/readings.md has {n} places <!-- {name} -->; expected one")
    faults = [f"{file} does not say \"{words}\", which docs/results/readings.csv gives" for file, words in said(runs) if words not in (ROOT / file).read_text()]
    if "--check" in sys.argv[1:]:
        if fresh != text:
            faults.append("docs/readings.md has other tables than docs/results; run tools/readings_table.py")
    else:
        page.write_text(fresh)
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
