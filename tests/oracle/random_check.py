#!/usr/bin/python3
"""Tests of SP 800-22 against nistrng (PyPI), where both follow the document with the same sizes of blocks.

usage: random_check.py BUILD_FOLDER    (make oracle)
Frequency, runs, matrix rank and spectral (with the printed constants): p-values equal to 1e-8. nistrng's other tests choose other sizes of
blocks or templates at random, or report 0 for what fails: they are not compared.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

from pypi import needs

nistrng, np = needs("nistrng", "numpy")
SAME = {"monobit": "frequency", "runs": "runs", "binary_matrix_rank": "rank", "dft": "dft"}


def main():
    ganbar = next(pathlib.Path(sys.argv[1]).rglob("bin/ganbar"))
    worst, n = 0.0, 0
    rng = np.random.default_rng(3)
    with tempfile.TemporaryDirectory() as name:
        file = pathlib.Path(name) / "bits.bin"
        for n_bits, bias in ((40000, 0.5), (50000, 0.502), (100000, 0.5), (65536, 0.497)):
            bits = (rng.random(n_bits) < bias).astype(np.uint8)
            file.write_bytes(np.packbits(bits).tobytes())
            done = subprocess.run([ganbar, "noise", "test", file, "--as-printed", "--no-entropy", "--json"], check=True, capture_output=True, text=True)
            ours = {t["name"]: t.get("p_values") for t in json.loads(done.stdout)["sp800_22"]}
            for there, here in SAME.items():
                test = nistrng.SP800_22R1A_BATTERY[there]
                signed = bits.astype(np.int64)
                if not test.is_eligible(signed):
                    continue
                p = float(np.ravel(test.run(signed)[0].score)[0])
                worst, n = max(worst, abs(p - ours[here][0])), n + 1
                if abs(p - ours[here][0]) > 1e-8:
                    print(f"{here}: {ours[here][0]} here, {p} by nistrng, {n_bits} bits")
    print(f"nistrng: {n} p-values, largest difference {worst:.2g}")
    sys.exit(0 if worst < 1e-8 and n >= 12 else 1)


if __name__ == "__main__":
    main()
