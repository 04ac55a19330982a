"""Design-space exploration as a user meets it: fronts, limits, files, bad input, the join with training.

usage: explore_test.py GANBAR
"""
import csv
import json
import unittest

from running import DIGITS, InFolder, connected

EXPERIMENT = DIGITS + connected(8, 16) + "[train]\nrounds = 3\nbatch = 16\n[evaluation]\nsamples = 32\n"
AXES = ["--axis", "rows+cols=64,128,256", "--axis", "adc_bits=0,6", "--axis", "steps_per_cycle=16:256:3:log"]


class Explore(InFolder):
    FILES = {"small.toml": EXPERIMENT}

    def explored(self, *words):
        return json.loads(self.good("explore", *words, "--json").stdout)

    def test_points_are_estimates_and_none_of_the_front_is_beaten(self):
        found = self.explored("gan1", "--on", "isaac", *AXES, "--csv", "all.csv")
        self.assertEqual((found["n_points"], found["n_combinations"], found["sampled"]), (18, 18, False))
        with open(self.folder / "all.csv") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 18)
        self.assertEqual([int(r["point"]) for r in rows if r["on_front"] == "1"], sorted(d["point"] for d in found["front"]))
        keys = found["objectives"]
        for row in rows:
            values = [float(row[k]) for k in keys]
            beaten = any(d["point"] != int(row["point"]) and all(d[k] <= v for k, v in zip(keys, values)) for d in found["front"])
            self.assertEqual(beaten, row["on_front"] == "0", row)
        design = found["front"][0]
        words = [w for name, value in design["settings"].items() for w in ("--set", f"isaac.{name}={value}")]
        one = json.loads(self.good("estimate", "gan1", "--on", "isaac", *words, "--json").stdout)[0]
        for key in ("iteration_latency_s", "iteration_energy_J", "area_m2", "power_W", "n_arrays", "utilisation"):
            self.assertEqual(one[key], design[key], key)

    def test_what_is_set_is_the_same_in_all_designs(self):
        found = self.explored("gan1", "--on", "isaac", "--set", "isaac.rows=64", "--csv", "set.csv")
        table = (self.folder / "set.csv").read_text().splitlines()
        self.assertFalse({"rows", "cols", "isaac.rows"} & set(table[0].split(",")), table[0])
        self.assertIn("rows is set: all designs share it", self.good("explore", "gan1", "--on", "isaac", "--set", "isaac.rows=64").stderr + json.dumps(found))
        self.assertIn("is set and an axis", self.refused("explore", "gan1", "--on", "isaac", "--set", "isaac.rows=64", "--axis", "rows=64,128"))

    def test_limits_threads_and_pages(self):
        free = self.explored("gan1", "--on", "isaac", *AXES)
        area, latency = (sorted(d[k] for d in free["front"])[len(free["front"]) // 2] for k in ("area_m2", "iteration_latency_s"))
        tight = self.explored("gan1", "--on", "isaac", *AXES, "--max-area", f"{area * 1e6} mm2", "--max-latency", f"{latency} s")
        self.assertLess(tight["n_within_limits"], free["n_within_limits"])
        self.assertTrue(all(d["area_m2"] <= area and d["iteration_latency_s"] <= latency for d in tight["front"]))
        said = self.good("explore", "gan1", "--on", "isaac", *AXES, "--max-power", "100 W", "-o", "page.html").stdout
        self.assertIn("within 100 W", said)
        page = (self.folder / "page.html").read_text()
        self.assertIn("--max-power '100 W'", page.replace("&#39;", "'"))
        self.assertIn("Energy against time", page)
        self.refused("explore", "gan1", "--on", "isaac", *AXES, "-o", "page.html")  # it is there
        self.assertIn("no design is within the limits", self.good("explore", "gan1", "--on", "isaac", *AXES, "--max-area", "0.001 mm2").stdout)

    def test_twenty_thousand_designs(self):
        for machine in ("isaac", "pipelayer", "ganax"):
            found = self.explored("dcgan", "--on", machine, "--points", "20000")
            self.assertGreater(found["n_points"], 50)
        found = self.explored("dcgan", "--on", "isaac", "--axis", "rows=8:4096:600", "--axis", "cols=8:4096:600", "--axis", "cell_bits=1,2,4", "--points", "20000")
        self.assertTrue(found["sampled"])
        self.assertTrue(19000 < found["n_points"] <= 20000, found["n_points"])  # a design drawn twice counts once
        told = self.good("explore", "dcgan", "--on", "isaac", "--axis", "rows=8:4096:600", "--axis", "cols=16,32", "--points", "900").stdout
        self.assertRegex(told, r"\d+ designs, drawn as a Latin hypercube of 900 from 1200 combinations, equal ones once")
        self.assertIn("the machine as set is lower in energy and smaller than every design", told)  # its own 128 columns are not among them

    def test_bad_input(self):
        for words, said in ((["--on", "isac"], "isaac"), (["--on", "gtx1080"], "--axis"), (["--on", "isaac", "--axis", "row=64"], "did you mean"), (["--on", "isaac", "--axis", "rows=4"], "out of range"),
                            (["--on", "isaac", "--max-area", "50"], "unit"), (["--on", "isaac", "--max-area", "-1 mm2"], "above 0"), (["--on", "isaac", "--points", "0"], "points"),
                            (["--on", "isaac", "--set", "isaac.row=4"], "did you mean"), (["--on", "isaac", "--set", "regan.rows=64"], "regan"), (["--on", "isaac", "--rounds", "5"], "--train"),
                            (["--on", "isaac", "--task", "play"], "training or generation")):
            self.assertIn(said, self.refused("explore", "gan1", *words))
        self.assertIn("another network", self.refused("explore", "gan1", "--on", "isaac", "--axis", "adc_bits=0,4", "--train", "small.toml"))
        self.assertIn("no axis changes the quality", self.refused("explore", "small.toml", "--on", "isaac", "--axis", "rows=64,128", "--train", "small.toml"))

    def test_quality_joins_the_front(self):
        words = ["small.toml", "--on", "isaac", "--axis", "adc_bits=0,2", "--axis", "cell_bits=2,4", "--axis", "rows+cols=64,128", "--train", "small.toml", "--rounds", "2", "--seeds", "2", "--train-out", "runs"]
        found = self.explored(*words, "-o", "quality.html")
        self.assertEqual(found["objectives"][3], "frechet_distance")
        self.assertEqual([(t["settings"], t["n_runs"]) for t in found["trainings"]], [([f"tile.adc_bits={a}", f"nonideal.levels={n}"], 2) for a in (0, 2) for n in (4, 16)])
        self.assertEqual(len(list((self.folder / "runs").iterdir())), 8)
        quality = {tuple(t["settings"]): t["frechet_distance"] for t in found["trainings"]}
        self.assertGreater(len(set(quality.values())), 1)
        for d in found["front"]:
            key = (f"tile.adc_bits={d['settings']['adc_bits']}", f"nonideal.levels={2 ** d['settings']['cell_bits']}")
            self.assertEqual(d["frechet_distance"], quality[key])
        run = json.loads((self.folder / "runs/rounds-2_tile.adc_bits-2_nonideal.levels-4_experiment.seed-1/summary.json").read_text())
        other = json.loads((self.folder / "runs/rounds-2_tile.adc_bits-2_nonideal.levels-4_experiment.seed-2/summary.json").read_text())
        self.assertAlmostEqual((run["frechet_distance"] + other["frechet_distance"]) / 2, quality[("tile.adc_bits=2", "nonideal.levels=4")], 9)
        self.assertEqual(self.explored(*words)["front"], found["front"])  # what is there is not trained again
        page = (self.folder / "quality.html").read_text()
        trained = found["trainings"][0]
        self.assertEqual((trained["design"], found["training"]), ("adc_bits = 0, cell_bits = 2", "small.toml, 2 rounds, seeds 1 to 2"))
        for said in ("Fréchet distance against energy", "Trained: small.toml, 2 rounds, seeds 1 to 2,", "adc_bits = {adc_bits}, cell_bits = {cell_bits}: Fréchet distance ".format(**found["front"][0]["settings"]),
                     "<th scope=\"col\">as the training takes it</th>"):
            self.assertIn(said, page)
        self.assertNotIn("frechet distance", page)
        text = self.good("explore", *words, "--csv", "quality.csv").stdout
        self.assertIn("Fréchet distance (less is better) of trainings of small.toml, 2 rounds, seeds 1 to 2: mean, lowest ... highest\nadc_bits = 0, cell_bits = 2 ", text)
        with open(self.folder / "quality.csv", newline="") as file:
            row = next(csv.DictReader(file))
        self.assertEqual([float(row[f"frechet_distance{k}"]) for k in ("", "_lowest", "_highest")], [trained[k] for k in ("frechet_distance", "lowest", "highest")])
        self.assertEqual(row["trainings"], "2")


unittest.main(verbosity=2)
