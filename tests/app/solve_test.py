"""`ganbar solve` and `ganbar netlist`: the contract's keys, agreement with ngspice through files, exit codes and places of faults.

usage: solve_test.py GANBAR
"""
import json
import math
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

    def test_cells_with_selectors(self):
        gates = {"Vg": ["2.5 V", 2.5, 0, 2.5], "Vb": [0, 0, 0]}
        plain = self.solve(example(Vb=[0, 0, 0]))
        closed = self.solve(example(device={"type": "1t1r", "r_on": "1 kohm"}, **gates))
        self.assertLess(closed["I_word_source"][2], 1e-9)  # its gate is closed
        self.assertLess(closed["I_word_source"][0], plain["I_word_source"][0])
        for device in ({"type": "1t1r", "law": "cubic", "c3": 2.81, "transistor": "square_law", "k": "300 uA/V2", "vt": "0.5 V"},
                       {"type": "1s1r", "law": "sinh", "b": 4.1, "v_0": "40 mV"}, {"type": "1s1r", "selector": "threshold", "v_th": "50 mV"}, {"type": "1d1r", "i_s": "1 nA", "n": 1.5, "temperature": "300 K"}):
            crossbar = example(device=device, **(gates if device["type"] == "1t1r" else {}))
            source = self.path("in.json", crossbar)
            point = json.loads(run("solve", source, "--internal-nodes", "--cell-currents").stdout)
            for i in range(4):
                for j in range(3):
                    (low, high), inner = sorted((point["W"][i][j], point["B"][i][j])), point["X"][i][j]
                    self.assertTrue(low - 1e-15 <= inner <= high + 1e-15)
                    if "law" not in device:  # the memristor is linear
                        self.assertAlmostEqual(point["I_cell"][i][j], crossbar["G"][i][j] * (point["W"][i][j] - inner), delta=1e-15)
        done = run("solve", self.path("in.json", example()), "--internal-nodes")
        self.assertEqual(done.returncode, 2)

    def test_many_gate_voltages(self):
        device, gates = {"type": "1t1r", "transistor": "square_law"}, [[2.5, 2.5, 0, 2.5], [1.0, "2 V", 2, 0]]
        many = self.solve(example(device=device, Vb=[0, 0, 0], Vg=gates))["results"]
        for got, gate in zip(many, gates, strict=True):
            self.assertEqual(got, self.solve(example(device=device, Vb=[0, 0, 0], Vg=gate)))
        self.assertNotEqual(many[0], many[1])
        both = self.solve(example(device=device, Vb=[[0, 0, 0], [0.1, 0, 0]], Vg=gates))["results"]
        self.assertEqual(both[0], many[0])
        self.fault(2, example(device=device, Vb=[[0, 0, 0]] * 3, Vg=gates), "Vg has 2 lists of voltages, another has 3")
        self.fault(2, example(device=device, Vb=[0, 0, 0], Vg=[[1, 1, 1, 1], [1, 1]]), "Vg[1] has 2 values")

    def test_faults_of_selectors(self):
        self.fault(2, example(device={"type": "1t1r"}), '"Vg" is missing')
        self.fault(2, example(device={"type": "1t1r"}, Vg=[1, 2]), "Vg has 2 values")
        self.fault(2, example(Vg=[1, 1, 1, 1]), "no gate")
        self.fault(2, example(device={"type": "1d1r", "vt": 0.4}), "a 1d1r device has no vt", "i_s")
        self.fault(2, example(device={"type": "linear", "law": "sinh"}), "law")
        self.fault(2, example(device={"type": "1d1r", "n": "1.2"}), "n = ")
        self.fault(2, example(device={"type": "1s1r", "v_0": "1 A"}), "voltage")
        self.fault(2, example(device={"type": "1d1r", "i_s": -1}), "i_s")
        self.fault(2, example(device={"type": "1d1q"}), "1d1r")

    def test_netlist_runs_in_ngspice(self):
        if shutil.which("ngspice") is None:
            self.skipTest("ngspice is not installed")
        for device in ({"type": "linear"}, {"type": "cubic", "c3": 2.81}, {"type": "sinh", "b": 4.1}):
            crossbar = example(device=device)
            point = self.solve(crossbar)
            deck = self.path("x.cir")
            self.assertEqual(run("netlist", self.path("in.json"), "--nodes", "-o", deck, "--force").returncode, 0)
            text = subprocess.run(["ngspice", "-b", deck], capture_output=True, text=True, timeout=120, check=True).stdout
            value = {name: float(number) for name, number in re.findall(r"^(\w+) = (\S+)$", text, re.M)}
            for i in range(4):
                self.assertAlmostEqual(value[f"iw_{i}"], point["I_word_source"][i], delta=1e-7 * max(point["I_word_source"]))
                for j in range(3):
                    self.assertAlmostEqual(value[f"v_w_{i}_{j}"], point["W"][i][j], delta=1e-9)
                    self.assertAlmostEqual(value[f"v_b_{i}_{j}"], point["B"][i][j], delta=1e-9)

    def test_a_deck_prints_terminals_unless_asked(self):
        deck = run("netlist", self.path("in.json", example())).stdout
        self.assertIn("print iw_3", deck)
        self.assertNotIn("v_w_", deck)
        big = example(rows=32, cols=32, G=[[1e-4] * 32] * 32, Vw=[0.1] * 32, Vb=[0] * 32)
        self.assertIn("warning: the voltages of 2048 nodes", run("netlist", self.path("in.json", big), "--nodes").stdout)
        self.assertEqual(run("netlist", self.path("in.json", example(Vw=[[0.1] * 4] * 2))).returncode, 2)

    def test_steep_cells(self):
        one = {"rows": 1, "cols": 1, "G": [[1e-4]], "device": {"type": "sinh", "b": 20}, "rw": 1, "rb": 1, "rdrv": 10, "rsense": 10, "Vw": [4.8], "Vb": [0.0]}
        point = self.solve(one)
        u = point["W"][0][0] - point["B"][0][0]
        self.assertAlmostEqual(1e-4 * math.sinh(20 * u) / 20 / ((4.8 - u) / 20), 1, delta=1e-9)  # on the load line
        self.assertAlmostEqual(point["I_bit_terminal"][0], 0.2116, delta=5e-5)
        beyond = dict(one, rdrv=0, rsense=0, device={"type": "sinh", "b": 500})
        self.fault(4, beyond, "cell [0][0] exceeds the range of numbers: 4.8 V")

    def test_quantities_may_be_texts(self):
        numbers = example(device={"type": "sinh", "b": 4.1})
        texts = example(device={"type": "sinh", "b": "4.1 1/V"}, rw="1 ohm", rb="1.5 ohm", rdrv="0.01 kohm", rsense="5000 mohm",
                        G=[[f"{g * 1e6} uS" for g in row] for row in numbers["G"]], Vw=["200 mV", "0.05 V", 0.13, "0 V"])
        for a, b in zip(self.solve(numbers)["I_word_source"], self.solve(texts)["I_word_source"]):
            self.assertAlmostEqual(a, b, delta=1e-12 * abs(a))
        self.fault(2, example(rw="1 V"), "in.json:1:", '"1 V"', "rw")
        self.fault(2, example(rw="1"), "has no unit")
        self.fault(2, example(rb="-1 ohm"), "rb = -1")
        self.fault(2, example(Vw=["0.2 A", 0, 0, 0]), "Vw[0]")
        self.fault(2, example(device={"type": "sinh", "b": 0}), "b = 0")

    def test_many_input_vectors(self):
        vectors = [[0.2, 0.05, 0.13, 0.0], [0.1, None, 0.0, "20 mV"], [0, 0, 0, 0]]
        for device in ({"type": "linear"}, {"type": "sinh", "b": 30}):
            many = self.solve(example(Vw=vectors, device=device))
            self.assertEqual(list(many), ["results"])
            self.assertEqual(many["results"], [self.solve(example(Vw=v, device=device)) for v in vectors])
        both = self.solve(example(Vw=vectors, Vb=[[0, 0, 0], [None, 0, 0], [0.1, 0, 0]]))["results"]
        self.assertEqual(both[1]["I_bit_terminal"][0], 0)
        self.fault(2, example(Vw=vectors, Vb=[[0, 0, 0]] * 2), "Vb has 2 lists of voltages, another has 3")
        self.fault(2, json.dumps(example(Vw=[[0, 0, 0, 0], [0, 0, 0]])), "Vw[1] has 3 values")
        self.fault(2, example(Vw=[[0, 0, 0, 0], 7]), "Vw[1] is not a list")
        self.fault(2, example(Vw=[[None] * 4], Vb=[None] * 3), "every line floats")

    def test_cell_currents(self):
        done = run("solve", self.path("in.json", example()), "--cell-currents")
        point = json.loads(done.stdout)
        self.assertNotIn("I_cell", self.solve(example()))
        for i in range(4):
            self.assertAlmostEqual(sum(point["I_cell"][i]) / point["I_word_source"][i], 1, delta=1e-9)
            for j in range(3):
                self.assertAlmostEqual(point["I_cell"][i][j], example()["G"][i][j] * (point["W"][i][j] - point["B"][i][j]), delta=1e-15)

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
        self.fault(2, text, "in.json:3:3:", "G[0][1] is a conductance")


if __name__ == "__main__":
    unittest.main()
