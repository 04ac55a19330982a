"""What the tables of committed results (docs/results/*.csv) share: rows, groups, means, and the places in documents where tables stand."""
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
    return [scale * float(i[key]) for i in items if i[key] not in ("", "nan")]


def mean(items, key, scale=1.0):
    found = values(items, key, scale)
    return sum(found) / len(found) if found else None


def mean_text(items, key, digits, scale=1.0):
    middle = mean(items, key, scale)
    return "–" if middle is None else f"{middle:.{digits}f}"


def spread(items, key, digits, scale=1.0):
    """"0.99 (0.98 to 1.00)"; the mean alone where all read alike."""
    found = values(items, key, scale)
    if not found:
        return "–"
    lo, hi = f"{min(found):.{digits}f}", f"{max(found):.{digits}f}"
    return mean_text(items, key, digits, scale) if lo == hi else f"{mean_text(items, key, digits, scale)} ({lo} to {hi})"


def says(file, words):
    """Whether a document says words, wherever its lines break and whatever it sets in bold."""
    plain = lambda text: re.sub(r"\s+", " ", text.replace("**", ""))
    return plain(words) in plain((ROOT / file).read_text())


def main(tables, said, source):
    """`tables`: name -> (document, its table), which stand between <!-- NAME --> and <!-- /NAME -->; `said`: (document, words) that it must say. With --check
    nothing is written. Exit code 1 and a line for each fault."""
    faults = [f"{file} does not say \"{words}\", which {source} gives" for file, words in said if not says(file, words)]
    for name, (file, table) in tables.items():
        page = ROOT / file
        text = page.read_text()
        fresh, n = re.subn(f"<!-- {name} -->\n.*?<!-- /{name} -->", lambda m, name=name, table=table: f"<!-- {name} -->\n{table}\n<!-- /{name} -->", text, flags=re.S)
        if n != 1:
            sys.exit(f"{file} has {n} places <!-- {name} -->; expected one")
        if "--check" not in sys.argv[1:]:
            page.write_text(fresh)
        elif fresh != text:
            faults.append(f"{file} has another table of {name} than docs/results; run {sys.argv[0]}")
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)
