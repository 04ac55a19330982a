"""`ganbar solve` and `ganbar netlist`: the contract's keys, agreement with ngspice through files, exit codes and places of faults.

usage: solve_test.py GANBAR
"""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from running import run


def example(**changes):
    """The crossbar of the manual with some keys changed; None removes a key."""
    crossbar = {"rows": 4, "cols": 3, "device": {"type": "linear"}, "rw": 1.0, "rb": 1.5, "rdrv": 10.0, "rsense": 5.0,
                "G": [[1e-4 * (1 + i + 0.3 * j) for j in range(3)] for i in range(4)], "Vw": [0.2, 0.05, 0.13, 0.0], "Vb": [0.0, None, 0.0]}
    crossbar.update(changes)
    return {key: value for key, value in crossbar.items() if value is not None}


class Solve(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name, text=None):
        path = pathlib.Path(self.folder.name, name)
        if text is not None:
            path.write_text(text if isinstance(text, str) else json.dumps(text))
        return str(path)

    def solve(self, crossbar):
        done = run("solve", self.path("in.json", crossbar))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def fault(self, code, crossbar, *parts):
        done = run("solve", self.path("in.json", crossbar))
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.strip().splitlines()), 1)
        for part in parts:
            self.assertIn(part, done.stderr)

    def test_keys_and_balance(self):
        point = self.solve(example())
        self.assertLessEqual({"W", "B", "I_word_source", "I_bit_terminal", "power_W", "iterations", "residual_A"}, set(point))
        self.assertEqual((len(point["W"]), len(point["W"][0]), len(point["B"]), len(point["B"][0])), (4, 3, 4, 3))
        self.assertEqual(point["I_bit_terminal"][1], 0)
        self.assertAlmostEqual(sum(point["I_word_source"]), sum(point["I_bit_terminal"]), delta=1e-15)
        power = sum(v * i for v, i in zip([0.2, 0.05, 0.13, 0.0], point["I_word_source"]))
        self.assertAlmostEqual(point["power_W"] / power, 1, delta=1e-12)
        self.assertAlmostEqual((point["power_cells_W"] + point["power_wires_W"]) / power, 1, delta=1e-12)

    def test_no_wires_is_ohms_law(self):
        point = self.solve(example(rw=0, rb=0, rdrv=0, rsense=0, Vb=[0, 0, 0]))
        for j in range(3):
            expected = sum(g[j] * v for g, v in zip(example()["G"], example()["Vw"]))
            self.assertAlmostEqual(point["I_bit_terminal"][j] / expected, 1, delta=1e-14)

    def test_output_file_is_what_stdout_would_be(self):
        source = self.path("in.json", example())
        self.assertEqual(run("solve", source, "-o", self.path("out.json")).stdout, "")
        self.assertEqual(pathlib.Path(self.path("out.json")).read_text(), run("solve", source).stdout)

    def test_netlist_runs_in_ngspice(self):
        if shutil.which("ngspice") is None:
            self.skipTest("ngspice is not installed")
        for device in ({"type": "linear"}, {"type": "cubic", "c3": 2.81}, {"type": "sinh", "b": 4.1}):
            crossbar = example(device=device)
            point = self.solve(crossbar)
            deck = self.path("x.cir")
            self.assertEqual(run("netlist", self.path("in.json"), "-o", deck).returncode, 0)
            text = subprocess.run(["ngspice", "-b", deck], capture_output=True, text=True, timeout=120, check=True).stdout
            value = {name: float(number) for name, number in re.findall(r"^(\w+) = (\S+)$", text, re.M)}
            for i in range(4):
                self.assertAlmostEqual(value[f"iw_{i}"], point["I_word_source"][i], delta=1e-7 * max(point["I_word_source"]))
                for j in range(3):
                    self.assertAlmostEqual(value[f"v_w_{i}_{j}"], point["W"][i][j], delta=1e-9)
                    self.assertAlmostEqual(value[f"v_b_{i}_{j}"], point["B"][i][j], delta=1e-9)

    def test_faults(self):
        table = example()["G"]
        self.fault(2, example(G=table[:3]), "G has 3 rows; expected 4")
        self.fault(2, example(G=table[:3] + [[1e-4, 1e-4]]), "G[3] has 2 values")
        self.fault(2, example(G=table[:3] + [[1e-4, -1e-4, 0]]), "G[3][1] = -0.0001", "expected a conductance >= 0")
        self.fault(2, json.dumps(example()).replace("0.13", "NaN"), "in.json:1:", "not JSON")
        self.fault(2, json.dumps(example()).replace("0.13", "1e999"), "in.json")
        self.fault(2, json.dumps(example(), indent=1).replace('"rsense"', '"rsens"'), "in.json:", 'did you mean "rsense"?')
        self.fault(2, example(rw=None), '"rw" is missing')
        self.fault(2, example(rb=-1), "rb = -1")
        self.fault(2, example(rows=0), "rows = 0")
        self.fault(2, example(Vw=[0.1]), "Vw has 1 values")
        self.fault(2, example(Vw=[0.1, "a", 0, 0]), "Vw[1]")
        self.fault(2, example(Vw=[None] * 4, Vb=[None] * 3), "every line floats")
        self.fault(2, example(Vw=[None, 0, 0, 0], G=[[0] * 3] + table[1:]), "word line 0 floats")
        self.fault(2, example(device={"type": "cubik", "c3": 1}), 'did you mean "cubic"?')
        self.fault(2, example(device={"type": "cubic"}), '"c3" is missing')
        self.fault(2, example(device={"type": "cubic", "c3": -1}), "c3 = -1")
        self.fault(2, "[1, 2]", "not an object")
        self.assertEqual(run("solve", self.path("absent.json")).returncode, 3)
        self.assertEqual(run("solve", self.path("in.json", example()), "-o", self.path("no/such/folder.json")).returncode, 3)

    def test_places_count_lines_and_columns(self):
        text = '{"rows": 1, "cols": 2,\n "G": [[1e-4,\n  "x"]],\n "rw": 1, "rb": 1, "rdrv": 1, "rsense": 1, "Vw": [1], "Vb": [0, 0]}'
        self.fault(2, text, "in.json:3:3: G[0][1]")


if __name__ == "__main__":
    unittest.main()
