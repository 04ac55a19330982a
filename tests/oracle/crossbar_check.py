#!/usr/bin/python3
"""Linear crossbars with wires against badcrossbar (PyPI), which puts one segment before the first cell and one after the last.

usage: crossbar_check.py BUILD_FOLDER    (make oracle)
Word and bit lines with resistances of their own, open cells, several biases at once; output currents, currents of cells and node voltages
must agree to 1e-9 of the largest.
"""
import json
import logging
import pathlib
import subprocess
import sys
import tempfile

from pypi import needs

badcrossbar, np = needs("badcrossbar", "numpy")
logging.disable()
ALLOWED = 1e-9


def solved(ganbar, folder, g, v, rw, rb):
    """ganbar's answers, one for each bias: output currents, cell currents, word and bit line nodes."""
    rows, cols = g.shape
    problem = {"rows": rows, "cols": cols, "G": g.tolist(), "rw": rw, "rb": rb, "rdrv": rw, "rsense": rb, "Vw": v.T.tolist(), "Vb": [0.0] * cols}
    (folder / "in.json").write_text(json.dumps(problem))
    subprocess.run([ganbar, "solve", folder / "in.json", "--cell-currents", "--force", "-o", folder / "out.json"], check=True, capture_output=True)
    return [[np.array(r[k]) for k in ("I_bit_terminal", "I_cell", "W", "B")] for r in json.loads((folder / "out.json").read_text())["results"]]


def main():
    ganbar = next(pathlib.Path(sys.argv[1]).rglob("bin/ganbar"))
    rng = np.random.default_rng(1)
    worst, n, n_numbers = 0.0, 120, 0
    with tempfile.TemporaryDirectory() as name:
        for case in range(n):
            rows, cols = rng.integers(1, 33, 2)
            g = 10 ** rng.uniform(-6, -3, (rows, cols))
            rw, rb = 10 ** rng.uniform(-2, 2, 2)
            if case % 3 == 0:
                g[rng.random((rows, cols)) < 0.2] = 0  # open cells
            v = rng.uniform(-1, 1, (rows, 2 + case % 3))
            with np.errstate(divide="ignore"):
                theirs = badcrossbar.compute(v, 1 / g, r_i_word_line=rw, r_i_bit_line=rb)
            for k, ours in enumerate(solved(ganbar, pathlib.Path(name), g, v, rw, rb)):
                there = [theirs.currents.output[k], theirs.currents.device[..., k], theirs.voltages.word_line[..., k], theirs.voltages.bit_line[..., k]]
                for a, b in zip(ours, there):
                    worst, n_numbers = max(worst, abs(a - b).max() / max(abs(b).max(), 1e-30)), n_numbers + a.size
    print(f"badcrossbar: {n} crossbars, {n_numbers} currents and voltages, largest difference {worst:.2g} of the largest in its array")
    sys.exit(0 if worst < ALLOWED else 1)


if __name__ == "__main__":
    main()
