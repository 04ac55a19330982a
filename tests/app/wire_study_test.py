"""`ganbar study wires`: a row for every setting and seed, means with their range on the page; other settings do not take its trainings.

usage: wire_study_test.py GANBAR
"""
import csv
import signal
import subprocess
import unittest

from running import GANBAR, InFolder

SMALL = ["data.dataset=synthetic-digits", "data.limit=100", "train.batch=20", "evaluation.samples=40", "generator.layers=[8, 16, 784]", "discriminator.layers=[784, 16, 1]"]


class WireStudy(InFolder):
    WORDS = ["study", "wires", "--quick", "--rounds", "2", *[w for s in SMALL for w in ("--set", s)], "--out", "study"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done = cls.command(*cls.WORDS, "--seeds", "2")
        assert cls.done.returncode == 0, cls.done.stderr

    def test_every_setting_has_every_seed(self):
        rows = list(csv.DictReader((self.folder / "study/results.csv").read_text().splitlines()))
        variants = list(dict.fromkeys(r["variant"] for r in rows))
        self.assertEqual(len(variants), 5)
        self.assertEqual([(r["variant"], r["seed"]) for r in rows], [(v, s) for v in variants for s in "12"])
        for variant in variants:
            one, other = (r for r in rows if r["variant"] == variant)
            self.assertNotEqual(one["frechet_distance"], other["frechet_distance"])
            self.assertEqual(one["n_crossbars"], other["n_crossbars"])
        page = (self.folder / "study/report.html").read_text()
        self.assertIn("2 rounds, means over 2 seeds with the range", page)
        low, high = sorted(float(r["update_energy_J"]) * 1e3 for r in rows if r["variant"] == "16 x 16, 1 ohm")
        self.assertIn(f"({low:.3g} to {high:.3g})", page)
        self.assertIn("study wires --quick --rounds 2 --seeds 2 --set", page)
        self.assertIn("Of synthetic-digits, class 3, batches of 20; 2 rounds", page)

    def test_pulses_are_solved_in_batches(self):
        text = (self.folder / "study/runs/r1-seed2/run.toml").read_text()
        for said in ('programming = "batched"', "seed = 2", 'rw = "1 ohm"'):
            self.assertIn(said, text)

    def test_cells_that_move_too_far_for_batches_are_pulsed_one_phase_after_the_other(self):
        words = [*self.WORDS[:-1], "steep"]
        for set in ("wires.rdrv=300 ohm", "wires.rsense=300 ohm", "generator.layers=[8, 64, 784]", "discriminator.layers=[784, 64, 1]", "device.c0_set=1 S", "train.manhattan.t_pulse=10 us"):
            words += ["--set", set]
        done = self.command(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("not in batches", done.stderr)
        self.assertIn('programming = "sequential"', (self.folder / "steep/runs/r1-seed1-sequential/run.toml").read_text())
        rows = list(csv.DictReader((self.folder / "steep/results.csv").read_text().splitlines()))
        self.assertEqual(len(rows), 5)
        self.assertTrue(all(float(r["update_energy_J"]) > 0 for r in rows))

    def test_trainings_are_taken_up_but_not_those_of_other_settings(self):
        before = {p: p.read_bytes() for p in self.folder.glob("study/runs/*/metrics.csv")}
        self.assertEqual(len(before), 10)
        self.assertEqual(self.command(*self.WORDS, "--seeds", "1").returncode, 0)
        self.assertEqual(before, {p: p.read_bytes() for p in self.folder.glob("study/runs/*/metrics.csv")})
        done = self.command(*self.WORDS, "--seeds", "1", "--set", "train.batch=10")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("holds another experiment: train.batch differs", done.stderr)
        self.assertIn("or another --out", done.stderr)
        self.assertIn('holds "study wires, 2 rounds", not "study wires, 3 rounds"', self.refused(*[{"2": "3"}.get(w, w) for w in self.WORDS], code=3))
        self.assertIn("varies it itself", self.refused(*self.WORDS, "--set", "train.v_set=1.1 V"))  # the row of low conductances has its own

    def test_a_stop_loses_nothing(self):
        words = [*self.WORDS[:-1], "stopped"]
        process = subprocess.Popen([GANBAR, *words], cwd=self.folder, env=self.environment(), stderr=subprocess.PIPE, text=True)
        self.assertIn("ideal wires, seed 1 ...", process.stderr.readline())
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=120)[1]
        self.assertEqual(process.returncode, 130, said)
        self.assertIn("the same command goes on", said)
        self.assertLess(len(list(self.folder.glob("stopped/runs/*"))), 5)
        self.good(*words, "--seeds", "2")
        self.assertEqual(*[(self.folder / name / "results.csv").read_bytes() for name in ("study", "stopped")])


if __name__ == "__main__":
    unittest.main()
