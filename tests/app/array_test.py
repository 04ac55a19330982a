"""`ganbar array`: one crossbar on the bench, against `ganbar solve`, over sizes, wires, chips; files of conductances; bad input.

usage: array_test.py GANBAR
"""
import csv
import io
import json
import re
import shutil
import struct
import subprocess
import unittest

from running import InFolder

G = [[150e-6, 220e-6, 180e-6], [290e-6, 160e-6, 250e-6]]


class Array(InFolder):
    FILES = {"g.csv": "\n".join(",".join(map(repr, row)) for row in G) + "\n",
             "bench.toml": '[array]\nrows = 8\ncols = 6\nchips = 2\n[device]\nmodel = "nili2020"\n[wires]\nrw = "2 ohm"\nrb = "2 ohm"\nscheme = "third"\n'}

    def figures(self, *words):
        return json.loads(self.good("array", *words, "--json").stdout)

    def test_a_read_is_what_solve_says(self):
        found = self.figures("--conductances", "g.csv", "--device", "ideal", "--wire", "3 ohm", "--driver", "20 ohm")
        self.assertEqual((found["rows"], found["cols"]), (2, 3))
        crossbar = {"rows": 2, "cols": 3, "G": G, "rw": 3, "rb": 3, "rdrv": 20, "rsense": 20, "Vw": [0.1, 0.1], "Vb": [0, 0, 0]}
        (self.folder / "x.json").write_text(json.dumps(crossbar))
        point = json.loads(self.good("solve", "x.json").stdout)
        for j, current in enumerate(point["I_bit_terminal"]):
            ideal = 0.1 * sum(row[j] for row in G)
            self.assertAlmostEqual(current / ideal - 1, found["column_error"][j], delta=1e-6)  # conductances are float32 there
        self.assertAlmostEqual(point["power_W"], found["figures"]["read_power_W"], delta=1e-6 * point["power_W"])

    def test_curved_cells_are_read_as_solve_reads_them(self):
        """nili2020's law is G0 (u + c3 u^3) around its conductance; both at 0.4 V, where a chord would be off by a third of the error."""
        said = json.loads(self.good("describe", "device", "nili2020", "--json").stdout)
        self.assertEqual(said["name"], "nili2020")
        words = ["--device", "nili2020", "--wire", "2.5ohm", "--driver", "10ohm", "--set", "device.d2d=off", "--set", "device.static_spread=off", "--set", "array.v_read=0.4V"]
        (self.folder / "even.csv").write_text("\n".join([",".join(["225e-6"] * 8)] * 8) + "\n")
        (self.folder / "one.csv").write_text("225e-6\n")

        def alone(volts):  # one cell without wires: its law
            found = self.figures("--conductances", "one.csv", *words[:2], "--wire", "0ohm", "--driver", "0ohm", *words[6:10], "--set", f"array.v_read={volts}V")
            return found["figures"]["read_power_W"] / volts

        a, b = alone(0.2) / 0.2, alone(0.4) / 0.4  # G0 (1 + c3 u^2) at two voltages
        c3 = (b - a) / (0.16 * a - 0.04 * b)
        g0 = a / (1 + 0.04 * c3)
        crossbar = {"rows": 8, "cols": 8, "G": [[g0] * 8] * 8, "device": {"type": "cubic", "c3": c3}, "rw": 2.5, "rb": 2.5, "rdrv": 10, "rsense": 10, "Vw": [0.4] * 8, "Vb": [0] * 8}
        (self.folder / "curved.json").write_text(json.dumps(crossbar))
        point = json.loads(self.good("solve", "curved.json").stdout)
        found = self.figures("--conductances", "even.csv", *words)
        self.assertAlmostEqual(found["figures"]["read_power_W"] / point["power_W"], 1, delta=1e-4)
        for current, error in zip(point["I_bit_terminal"], found["column_error"]):
            self.assertAlmostEqual(current / (8 * alone(0.4)) - 1, error, delta=1e-4)

    def test_an_array_of_a_trained_run(self):
        self.good("train", "satyam2022-balanced", "--out", "run", "--no-report", "--set", "data.dataset=synthetic-digits", "--set", "data.limit=40", "--set", "train.rounds=1", "--set", "train.batch=10",
                  "--set", "generator.layers=[20, 24, 784]", "--set", "discriminator.layers=[784, 24, 1]", "--set", "evaluation.samples=16")
        done = self.good("array", "--run", "run", "--array", "1", "--wire", "1ohm", "--driver", "10ohm", "--json")
        found = json.loads(done.stdout)
        self.assertIn("ideal wires", done.stderr)
        self.assertEqual((found["device"], found["cols"] <= 64, found["rows"] <= 64), ("nili2020", True, True))
        more = self.figures("--run", "run", "--array", "1", "--wire", "4ohm", "--driver", "10ohm")
        self.assertLess(more["figures"]["read_share_mean"], found["figures"]["read_share_mean"])
        self.assertNotEqual(self.figures("--run", "run", "--wire", "1ohm", "--driver", "10ohm")["figures"]["read_power_W"], found["figures"]["read_power_W"])
        for words, told in ((["--array", "99"], "the run has no array 99"), (["--size", "4"], "expected it without --size"), (["--device", "ideal"], "expected it without")):
            self.assertIn(told, self.refused("array", "--run", "run", *words))

    def test_what_a_figure_means_less_than_it_seems(self):
        for words, told in ((["--cell", "1d1r"], "the selectors pass"), (["--cell", "1t1r", "--scheme", "inhibit", "--set", "cell.v_gate=0.3V"], "the selectors pass"), ([], "disturb is 0 because")):
            self.assertIn(told, self.good("array", "--size", "6", *words).stderr)
        for words in ("device.threshold=0 V", "device.gate=off"):  # its old name
            self.assertNotIn("warning", self.good("array", "--size", "6", "--set", words).stderr)

    def test_against_a_word_or_a_key(self):
        found = self.figures("--size", "8x8", "--against", "wire=0.5ohm,2ohm,8ohm")
        self.assertEqual([one["wire"] for one in found], ["0.5ohm", "2ohm", "8ohm"])
        shares = [one["figures"]["read_share_mean"] for one in found]
        self.assertEqual(shares, sorted(shares, reverse=True))
        self.assertEqual(found[1]["figures"], self.figures("--size", "8x8", "--wire", "2ohm")["figures"])  # a point of a sweep is the array alone
        by_pulse = self.figures("--size", "4", "--against", "array.t_pulse=50 ns,100 ns")
        self.assertAlmostEqual(by_pulse[1]["figures"]["write_time_s"], 2 * by_pulse[0]["figures"]["write_time_s"])
        rows = list(csv.DictReader(io.StringIO(self.good("array", "--size", "8", "--chips", "2", "--against", "scheme=half,third", "--csv").stdout)))
        self.assertEqual([r["scheme"] for r in rows], ["half", "third"])
        self.assertLess(float(rows[0]["read_power_W_least"]), float(rows[0]["read_power_W_most"]))
        self.assertGreater(float(rows[0]["read_power_W_half_width_95"]), 0)
        longer = self.figures("--against", "size=8,16,32", "--wire", "10 ohm")
        times = [(one["figures"]["read_settle_s"], one["figures"]["write_settle_s"]) for one in longer]
        self.assertEqual(times, sorted(times))  # size has a price in time
        for cell in ("passive", "1t1r"):
            self.assertEqual(self.figures("--size", "8", "--cell", cell, "--set", "array.c_node=0 F")["figures"].get("write_settle_s"), None)

    def test_cells_with_transistors_are_what_solve_and_ngspice_say(self):
        """32 x 32, square law: every column of a read against operating points with and without wires, and against the deck of the first."""
        n = 32
        g = [[struct.unpack("f", struct.pack("f", 1.5e-4 + 1.5e-4 * ((7 * i + 13 * j) % 31) / 31))[0] for j in range(n)] for i in range(n)]
        (self.folder / "cut.csv").write_text("\n".join(",".join(map(repr, row)) for row in g) + "\n")
        words = ("--conductances", "cut.csv", "--device", "ideal", "--cell", "1t1r", "--set", "cell.transistor=square_law", "--scheme", "inhibit", "--set", "array.disturb_writes=1")
        found = self.figures(*words, "--wire", "2.5 ohm", "--driver", "10 ohm")
        currents = {}
        for name, r, r_end in (("wired", 2.5, 10), ("alone", 0, 0)):
            crossbar = {"rows": n, "cols": n, "G": g, "rw": r, "rb": r, "rdrv": r_end, "rsense": r_end, "Vw": [0.1] * n, "Vb": [0] * n, "Vg": [2.5] * n, "device": {"type": "1t1r", "transistor": "square_law"}}
            (self.folder / f"{name}.json").write_text(json.dumps(crossbar))
            point = json.loads(self.good("solve", f"{name}.json").stdout)
            currents[name] = point["I_bit_terminal"]
            if name == "wired":
                self.assertAlmostEqual(point["power_W"] / found["figures"]["read_power_W"], 1, delta=1e-9)
        for j in range(n):
            self.assertAlmostEqual(currents["wired"][j] / currents["alone"][j] - 1, found["column_error"][j], delta=1e-9)
        if shutil.which("ngspice") is None:
            self.skipTest("ngspice is not installed")
        self.good("netlist", "wired.json", "-o", "wired.cir")
        text = subprocess.run(["ngspice", "-b", "wired.cir"], cwd=self.folder, capture_output=True, text=True, timeout=200, check=True).stdout
        value = {name: float(number) for name, number in re.findall(r"^(\w+) = (\S+)$", text, re.M)}
        for j in range(n):
            self.assertAlmostEqual(value[f"ib_{j}"], currents["wired"][j], delta=1e-7 * max(currents["wired"]))

    @unittest.skipIf(shutil.which("ngspice") is None, "ngspice is not installed")
    def test_the_deck_of_an_array_is_its_read(self):
        """Linear devices, passive and behind transistors: ngspice's column currents have the power and the errors that the figures say."""
        for cell, more in (("passive", ()), ("1t1r", ("--set", "cell.transistor=square_law"))):
            words = ("array", "--size", "12x9", "--device", "soft_bounds", "--cell", cell, "--wire", "2.5 ohm", "--driver", "50 ohm", "--set", "array.disturb_writes=1", *more)
            found = json.loads(self.good(*words, "--json").stdout)
            self.good(*words, "-o", cell + ".cir")
            text = subprocess.run(["ngspice", "-b", cell + ".cir"], cwd=self.folder, capture_output=True, text=True, timeout=200, check=True).stdout
            value = {name: float(number) for name, number in re.findall(r"^(\w+) = (\S+)$", text, re.M)}
            self.assertAlmostEqual(0.1 * sum(value[f"iw_{i}"] for i in range(12)) / found["figures"]["read_power_W"], 1, delta=1e-6)
        self.assertIn("without --against", self.refused("array", "--size", "4", "--against", "wire=1ohm,2ohm", "-o", "x.cir"))
        self.assertIn("takes ngspice minutes", self.good("array", "--size", "65x64", "--cell", "1t1r", "--set", "array.disturb_writes=0", "-o", "large.cir").stderr)

    def test_figures_over_chips_keep_to_what_they_are(self):
        """Means lie in their range, what all chips share has no interval, a polarity that is not written has no margin, one chip no interval."""
        found = self.figures("--size", "3", "--chips", "20")
        for key, mean in found["figures"].items():
            if key in found["least"]:
                self.assertTrue(found["least"][key] <= mean <= found["most"][key], key)
                if found["least"][key] == found["most"][key]:
                    self.assertEqual(found["half_width_95"][key], 0, key)
        one = self.figures("--size", "1x1")["figures"]
        self.assertEqual(("write_margin_set" in one) + ("write_margin_reset" in one), 1)
        several = self.figures("--size", "1x1", "--chips", "8")
        self.assertTrue(0.9 < several["least"]["write_margin_set"] and several["most"]["write_margin_set"] < 0.995)  # nobody gets all behind 10 ohm
        for order in ("1,3", "3,1"):
            rows = list(csv.DictReader(io.StringIO(self.good("array", "--size", "3", "--against", "array.chips=" + order, "--csv").stdout)))
            alone, three = (rows if order == "1,3" else rows[::-1])
            self.assertEqual(alone["read_share_mean_half_width_95"], "")
            self.assertGreater(float(three["read_share_mean_half_width_95"]), 0)
        self.good("array", "--size", "3", "--against", "array.chips=1,3", "-o", "chips.html")
        for words in (("--wire", "0ohm", "--driver", "0ohm"), ("--wire", "1nohm", "--driver", "1nohm", "--scheme", "floating")):
            figures = self.figures("--size", "6", *words)["figures"]
            self.assertGreaterEqual(min(figures["write_wires_J"], figures["write_half_selected_J"]), 0)
        self.assertIn("sense amplifiers", self.good("array", "--size", "4", "--driver", "0ohm").stderr)
        self.assertIn("expected one of them", self.refused("array", "--size", "4", "-o", "-", "--json"))
        self.assertIn("expected cells with a selector", self.refused("array", "--size", "3", "--set", "cell.r_on=1ohm"))
        self.assertEqual([one["wire"] for one in self.figures("--size", "3", "--against", "wire=1 ohm, 2 ohm")], ["1 ohm", "2 ohm"])

    def test_cells_side_by_side(self):
        rows = list(csv.DictReader(io.StringIO(self.good("array", "--size", "8", "--against", "cell=passive,1t1r,1s1r,1d1r", "--set", "array.v_read=0.8 V", "--csv").stdout)))
        self.assertEqual([r["cell"] for r in rows], ["passive", "1t1r", "1s1r", "1d1r"])
        self.assertEqual(rows[0]["selector_share_mean"], "")
        self.assertEqual(rows[1]["read_margin_floating"], "")
        self.assertLess(abs(float(rows[1]["sneak_share"])), 1e-3)
        self.assertGreater(float(rows[0]["sneak_share"]), float(rows[2]["sneak_share"]))
        self.good("array", "--size", "8", "--cell", "1t1r", "--scheme", "inhibit", "-o", "gated.html")
        self.assertIn("1t1r cells", (self.folder / "gated.html").read_text())

    def test_cells_that_are_refused(self):
        for part, words in (("1t1r", ("--cell", "1t2r")), ("gates", ("--scheme", "inhibit")), ("passive", ("--cell", "1d1r", "--scheme", "floating")),
                            ("cell.r_on has no effect on 1d1r", ("--cell", "1d1r", "--set", "cell.r_on=1 kohm")), ("selector", ("--cell", "1s1r", "--set", "cell.selector=ovonic"))):
            self.assertIn(part, self.refused("array", "--size", "4", *words))

    def test_files_and_pages(self):
        found = self.figures("bench.toml")
        self.assertEqual((found["rows"], found["cols"], found["chips"]), (8, 6, 2))
        self.assertLess(found["least"]["read_power_W"], found["most"]["read_power_W"])
        half = (found["most"]["read_power_W"] - found["least"]["read_power_W"]) / 2  # of two values the standard deviation is sqrt 2 of that
        self.assertAlmostEqual(found["half_width_95"]["read_power_W"] / (12.7062 * half), 1, delta=1e-5)
        self.assertEqual(self.figures("bench.toml", "--size", "4x4", "--chips", "1")["rows"], 4)  # the line wins over the file
        self.good("array", "bench.toml", "--against", "size=4,8", "-o", "array.html")
        page = (self.folder / "array.html").read_text()
        self.assertIn("What a write delivers", page)
        self.assertIn("ganbar array bench.toml", page)
        self.good("array", "bench.toml", "-o", "array.csv")
        self.assertEqual(len((self.folder / "array.csv").read_text().splitlines()), 2)

    def test_every_device_can_be_a_cell(self):
        for name in json.loads(self.good("list", "devices", "--json").stdout):
            name = name["name"] if isinstance(name, dict) else name
            if name == "table":  # takes a measured device
                continue
            figures = self.figures("--size", "4", "--device", name)["figures"]
            self.assertTrue(0 < figures["delivered_least"] <= 1.0001, name)
            self.assertGreaterEqual(figures["disturb"], 0)

    def test_bad_input(self):
        said = {("--size", "0x4"): "array.rows", ("--size", "big"): "rows x columns", ("--device", "nili202"): "nili2020", ("--wire", "2"): "ohm", ("--scheme", "haf"): "half",
                ("--against", "sise=4"): "size", ("--against", "size"): "names no values", ("--conductances", "none.csv"): "none.csv", ("--size", "4", "--conductances", "none.csv"): "without --size", ("--set", "wires.rx=1 ohm"): "rx",
                ("--set", "array.v_set=0 V"): "v_set", ("-o", "x.pdf"): "html"}
        for words, expected in said.items():
            with self.subTest(words):
                done = self.command("array", *words)
                self.assertIn(done.returncode, (2, 3), done.stderr)
                self.assertIn(expected, done.stderr)
                self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        (self.folder / "bad.csv").write_text("1e-4,2e-4\n1e-4,x\n")
        self.assertIn("bad.csv:2", self.refused("array", "--conductances", "bad.csv", "--device", "ideal", code=3))


if __name__ == "__main__":
    unittest.main()
