#!/usr/bin/python3
"""Precision, recall, density and coverage against prdc (PyPI), on the features that ganbar's own network gives.

usage: quality_check.py BUILD_FOLDER    (make oracle)
All four must be equal: they count points. (prdc leaves out points at exactly the radius, which no feature here is.)
"""
import contextlib
import io
import json
import pathlib
import subprocess
import sys

from pypi import needs

prdc, np = needs("prdc", "numpy")


def main():
    program = next(pathlib.Path(sys.argv[1]).rglob("metrics_program"))
    cases = json.loads(subprocess.run([program], capture_output=True, text=True, check=True).stdout)["cases"]
    worst, values = 0.0, set()
    for case in cases:
        real, fake = (np.array(case[k], dtype=np.float64) for k in ("real", "fake"))
        for k, names in (("k_precision", ("precision", "recall")), ("k_density", ("density", "coverage"))):
            with contextlib.redirect_stdout(io.StringIO()):
                theirs = prdc.compute_prdc(real, fake, case[k])
            for name in names:
                worst = max(worst, abs(theirs[name] - case[name]))
                values.add(round(case[name], 6))
    print(f"prdc: {len(cases)} pairs of sets, {4 * len(cases)} numbers, {len(values)} different ones, largest difference {worst:.2g}")
    sys.exit(0 if worst < 1e-9 and len(values) > len(cases) else 1)


if __name__ == "__main__":
    main()
