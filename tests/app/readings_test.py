"""`ganbar study readings`: rows, claims and page of small trainings; taken up again; bad input.

usage: readings_test.py GANBAR
"""
import csv
import json
import unittest

from running import InFolder

SMALL = ["data.dataset=synthetic-digits", "data.limit=200", "train.batch=20", "evaluation.samples=40"]


class Readings(InFolder):
    WORDS = ["study", "readings", "--readings", "sigmoid,ns-ln", "--rounds", "20", "--seeds", "2", "--jobs", "2", *[w for s in SMALL for w in ("--set", s)], "--out", "study"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done = cls.command(*cls.WORDS)
        assert cls.done.returncode == 0, cls.done.stderr

    def table(self, name):
        return list(csv.DictReader((self.folder / "study" / name).read_text().splitlines()))

    def test_one_row_a_training_from_its_run_folder(self):
        rows = self.table("results.csv")
        self.assertEqual([(r["reading"], r["variant"], r["seed"]) for r in rows],
                         [("software", "software", s) for s in "12"] + [(n, v, s) for n in ("sigmoid", "ns-ln") for s in "12" for v in ("prng", "trng", "trng-d2d")])
        run = self.folder / "study/sweep/runs/00008"  # ns-ln, trng, seed 1: three variants of two seeds before it, then two of pseudo-random
        settings = (run / "run.toml").read_text()
        for text in ('time_unit = "ns_ln"', 'source = "array"', 'd2d = "off"', "seed = 1"):
            self.assertIn(text, settings)
        metrics = list(csv.DictReader((run / "metrics.csv").read_text().splitlines()))
        row = rows[2 + 6 + 1]
        self.assertEqual(float(row["energy_20_rounds_J"]), float(metrics[19]["cumulative_update_energy_J"]))
        self.assertEqual(float(row["energy_round1_J"]), float(metrics[0]["update_energy_J"]))
        quality = list(csv.DictReader((run / "quality.csv").read_text().splitlines()))
        self.assertEqual([q["round"] for q in quality], ["10", "20"])
        self.assertEqual(float(row["best_frechet_distance"]), min(float(q["frechet_distance"]) for q in quality))
        self.assertEqual(float(row["accuracy_round10"]), float(quality[0]["classifier_accuracy"]))

    def test_claims_on_every_reading_and_seed(self):
        claims = self.table("claims.csv")
        self.assertEqual(len({(c["reading"], c["claim"], c["seed"]) for c in claims}), 2 * 12 * 2)
        results = json.loads((self.folder / "study/results.json").read_text())
        for reading in results["readings"]:
            for name, seeds in reading["claims"].items():
                self.assertEqual([s["shown"] for s in seeds], [c["shown"] for c in claims if (c["reading"], c["claim"]) == (reading["name"], name)])
        rows = {(r["reading"], r["variant"], r["seed"]): r for r in self.table("results.csv")}
        one = next(c for c in claims if (c["reading"], c["claim"], c["seed"]) == ("ns-ln", "energy_ratio", "2"))
        column = {"20 rounds": "energy_20_rounds_J", "one update an epoch": "energy_one_an_epoch_J", "until converged": "energy_until_converged_J"}[one["booking"]]
        ratio = float(rows["ns-ln", "trng", "2"][column]) / float(rows["ns-ln", "prng", "2"][column])
        self.assertAlmostEqual(float(one["values"].split("=")[1]), ratio, places=4)
        self.assertEqual(one["shown"], "yes" if abs(ratio - 48.34 / 52.06) <= 0.03 else "no")

    def test_the_page_says_words_and_shows_the_images(self):
        page = (self.folder / "study/report.html").read_text()
        for text in ("which reading gives which claim", 'class="chip bad">no</span>', "What no reading gives", "Images of the best readings", "device.time_unit", "Energies under every booking", "these runs learned synthetic-digits"):
            self.assertIn(text, page)
        self.assertGreaterEqual(page.count("data:image/png"), 7)

    def test_the_same_command_again_trains_nothing_and_says_the_same(self):
        before = {n: (self.folder / "study" / n).read_bytes() for n in ("results.csv", "claims.csv", "results.json", "report.html")}
        stamp = (self.folder / "study/sweep/runs/00000/summary.json").stat().st_mtime_ns
        self.good(*self.WORDS)
        self.assertEqual(before, {n: (self.folder / "study" / n).read_bytes() for n in before})
        self.assertEqual((self.folder / "study/sweep/runs/00000/summary.json").stat().st_mtime_ns, stamp)
        self.assertIn("another experiment", self.refused(*self.WORDS, "--set", "train.batch=25"))

    def test_bad_input(self):
        self.assertIn('did you mean "sigmoid"', self.refused("study", "readings", "--readings", "sigmod"))
        self.assertIn("expected KEY=V1,V2", self.refused("study", "readings", "--axis", "generator.init_scale"))
        self.assertIn("init_scal", self.refused("study", "readings", "--readings", "leaky", "--axis", "generator.init_scal=0.3,0.5", "--out", "none"))
        self.assertIn("belong to study readings", self.refused("study", "devices", "--readings", "leaky"))
        self.assertIn("expected wires, cells, devices, rules, readings", self.refused("study", "reading"))


if __name__ == "__main__":
    unittest.main()
