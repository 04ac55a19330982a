#!/usr/bin/env python3
"""The tables of docs/readings.md and the sentences of README.md and docs/reproduced.md that rest on docs/results/readings.csv and readings_claims.csv.

tools/readings_table.py [--check]: writes the tables between <!-- readings --> and <!-- claims --> of docs/readings.md; with --check it writes nothing and says which
document does not agree with the committed results. Run it after `ganbar study readings` has been run again and its results.csv and claims.csv copied there.
"""
from result_tables import groups, main, mean_text, rows, spread, values


def runs_table(runs):
    out = ["| reading | latents | rounds | best round: accuracy | coverage | Frechet distance | last round: Frechet distance | 20 rounds, uJ | one update an epoch, uJ | round 20 over round 1 |",
           "|---|---|---|---|---|---|---|---|---|---|"]
    for (reading, variant), items in groups(runs, "reading", "variant").items():
        if variant == "software":
            energies = ["–"] * 3
        else:
            ratio = [dict(i, ratio=str(float(i["energy_round20_J"]) / float(i["energy_round1_J"]))) for i in items]
            energies = [spread(items, "energy_20_rounds_J", 1, 1e6), spread(items, "energy_one_an_epoch_J", 1, 1e6), mean_text(ratio, "ratio", 2)]
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
        return f"accuracy {mean_text(items, 'best_accuracy', 2)}, coverage {mean_text(items, 'best_coverage', 2)}, Frechet {mean_text(items, 'best_frechet_distance', 0)}"

    variants = ("prng", "trng", "trng-d2d")
    frechet = [float(mean_text(by["sigmoid", v], "best_frechet_distance", 0)) for v in variants]
    accuracy = [float(mean_text(by["sigmoid", v], "best_accuracy", 2)) for v in variants]
    span = ["accuracy " + between(accuracy, 2), "Frechet " + between(frechet, 0)]
    out += [("README.md", ", ".join(span))]
    out += [("docs/reproduced.md", quality("sigmoid", v)) for v in variants]

    def energy(reading, variant, key):
        return mean_text(by[reading, variant], key, 1, 1e6)

    out.append(("docs/reproduced.md", " / ".join(energy("sigmoid", v, "energy_20_rounds_J") for v in ("prng", "trng")) + " µJ after 20 rounds"))
    out.append(("docs/reproduced.md", " / ".join(energy("sigmoid", v, "energy_one_an_epoch_J") for v in ("prng", "trng")) + " µJ for one update an epoch"))
    out.append(("docs/reproduced.md", " / ".join(energy("ns-ln", v, "energy_20_rounds_J") for v in ("prng", "trng")) + " µJ with the width in nanoseconds"))
    return out


NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def claims_said(claims):
    """Sentences of docs/readings.md about the whole matrix."""
    found = groups(claims, "reading", "claim")
    readings = list(dict.fromkeys(c["reading"] for c in claims))
    every = lambda reading, claim: all(c["shown"] == "yes" for c in found[reading, claim])
    names = list(dict.fromkeys(c["claim"] for c in claims))
    shown = {r: sum(every(r, n) for n in names) for r in readings}
    most = max(shown.values())
    ns = [r for r in readings if r.startswith("ns-")]
    texts = [f"No reading shows more than {NUMBERS[most]} of the {NUMBERS[len(names)]} claims on every seed", f"{NUMBERS[list(shown.values()).count(most)].capitalize()} show {NUMBERS[most]}",
             f"All {NUMBERS[len(ns)]} readings with the width in nanoseconds", f"on every seed only in {', '.join(f'`{r}`' for r in readings if every(r, 'energy_trng'))}".replace(", `ns", " and `ns")]
    if not any(every(r, "energy_ratio") for r in readings):
        texts.append("none meets the ratio of the two energies")
    falling = [r for r in readings if every(r, "trng_falls") and r in ns]
    texts.append("under nanoseconds (" + ", ".join(f"`{r}`" for r in sorted(falling)) + ")")
    return [("docs/readings.md", text) for text in texts]


if __name__ == "__main__":
    runs, claims = rows("readings.csv"), rows("readings_claims.csv")
    main({"readings": ("docs/readings.md", runs_table(runs)), "claims": ("docs/readings.md", claims_table(claims))}, said(runs) + claims_said(claims), "docs/results/readings.csv or readings_claims.csv")
