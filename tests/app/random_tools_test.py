"""Files of `ganbar noise generate` in the hands of ent, rngtest and dieharder: they must read the same bits and come to the same verdicts.

usage: random_tools_test.py GANBAR    (exit code 77 = skipped: none of the tools is installed; tools/install.sh slow brings them)
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from running import GANBAR

TOOLS = {name: shutil.which(name) for name in ("ent", "rngtest", "dieharder")}


def run(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, timeout=900, **options)


def needs(tool):
    return unittest.skipUnless(TOOLS[tool], f"{tool} is not installed; tools/install.sh slow brings it")


class RandomTools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.files = {}
        for name, n_bits, sets in (("good", 48_000_000, ["noise.generator=thermal", "noise.post=sha256"]), ("columns", 8_000_000, ["trng.comparator_offset=0 V"]),
                                   ("bad", 48_000_000, ["noise.generator=thermal", "thermal_trng.offset=10 nA"])):
            path = f"{cls.folder.name}/{name}.bin"
            done = run(GANBAR, "noise", "generate", "--bits", str(n_bits), "-o", path, *[w for s in sets for w in ("--set", s)])
            assert done.returncode == 0, done.stderr
            cls.files[name] = path

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def verdict(self, name):
        done = run(GANBAR, "noise", "test", self.files[name], "--bits", "8000000", "--no-entropy", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    @needs("ent")
    def test_ent_counts_the_same_bits(self):
        for name in ("columns", "bad"):
            ours = self.verdict(name)
            head = pathlib.Path(self.folder.name, "head.bin")
            head.write_bytes(pathlib.Path(self.files[name]).read_bytes()[:1_000_000])
            lines = run(TOOLS["ent"], "-b", "-t", str(head)).stdout.splitlines()
            theirs = dict(zip(lines[0].split(","), lines[1].split(",")))
            self.assertEqual(int(theirs["File-bits"]), ours["n_bits"])
            self.assertAlmostEqual(float(theirs["Mean"]) - 0.5, ours["bias"], delta=1e-6)
            self.assertLessEqual(abs(float(theirs["Serial-Correlation"])), ours["largest_autocorrelation"] + 1e-5)
            # chi-squared of ones and zeros = 4 n bias^2
            self.assertAlmostEqual(float(theirs["Chi-square"]), 4 * ours["n_bits"] * ours["bias"] ** 2, delta=1e-3 * max(1, float(theirs["Chi-square"])))

    @needs("rngtest")
    def test_rngtest_finds_the_same_blocks(self):
        for name in ("good", "columns", "bad"):
            data = pathlib.Path(self.files[name]).read_bytes()[4:]  # the first 32 bits only start its comparison of neighbours
            blocks = len(data) // 2500
            with open(self.files[name], "rb") as file:
                told = run(TOOLS["rngtest"], stdin=file).stderr
            count = {key: int(re.search(rf"{key}: (\d+)", told)[1]) for key in ("successes", "failures", "Monobit")}
            self.assertEqual(count["successes"] + count["failures"], blocks, told)
            ones = [int.from_bytes(data[2500 * b:2500 * (b + 1)], "big").bit_count() for b in range(blocks)] if hasattr(int, "bit_count") else \
                   [bin(int.from_bytes(data[2500 * b:2500 * (b + 1)], "big")).count("1") for b in range(blocks)]
            self.assertEqual(count["Monobit"], sum(not 9725 < n < 10275 for n in ones), name)
            if name == "bad":
                self.assertGreater(count["failures"], blocks / 10)
            else:
                self.assertLessEqual(count["failures"], 2 + blocks / 250)  # about 8 of 10,000 fail by chance

    @needs("dieharder")
    def test_dieharder_agrees(self):
        def judged(name, test, samples):
            done = run(TOOLS["dieharder"], "-g", "201", "-f", self.files[name], "-d", str(test), "-t", str(samples), "-p", "15")
            verdicts = re.findall(r"\|\s*(PASSED|WEAK|FAILED)\s*$", done.stdout, re.M)
            self.assertTrue(verdicts, done.stdout + done.stderr)
            return verdicts
        for test, samples in ((100, 100_000), (101, 100_000), (2, 3000)):  # STS monobit and runs, rank of 32 x 32 matrices
            self.assertNotIn("FAILED", judged("good", test, samples), f"test {test}")
        self.assertIn("FAILED", judged("bad", 100, 100_000))
        ours = {t["name"]: t for t in self.verdict("bad")["sp800_22"]}
        self.assertFalse(ours["frequency"]["pass"])
        self.assertTrue(all(t.get("pass", True) for t in self.verdict("good")["sp800_22"]))


if __name__ == "__main__":
    if not any(TOOLS.values()):
        print("skipped: none of ent, rngtest, dieharder is installed; tools/install.sh slow brings them")
        sys.exit(77)
    unittest.main()
