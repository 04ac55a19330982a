"""`ganbar study quality`: software and crossbars with every seed and evaluation, their ratio on the page; trainings are taken up.

usage: quality_study_test.py GANBAR
"""
import csv
import fcntl
import re
import signal
import subprocess
import unittest

from running import GANBAR, InFolder

SMALL = ["data.dataset=synthetic-digits", "data.limit=100", "train.batch=20", "evaluation.samples=40", "generator.layers=[8, 16, 784]", "discriminator.layers=[784, 16, 1]", "evaluation.every=3"]


class QualityStudy(InFolder):
    WORDS = ["study", "quality", "--networks", "dense", "--rounds", "6", "--seeds", "2", *[w for s in SMALL for w in ("--set", s)], "--out", "study"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done = cls.command(*cls.WORDS, "--jobs", "2")
        assert cls.done.returncode == 0, cls.done.stderr

    def rows(self):
        return list(csv.DictReader((self.folder / "study/results.csv").read_text().splitlines()))

    def test_every_system_has_every_seed_and_evaluation(self):
        rows = self.rows()
        self.assertEqual([(r["system"], r["seed"], r["round"]) for r in rows],
                         [(system, seed, n) for system in ("software", "feedback") for seed in "12" for n in "36"])
        self.assertEqual(len({r["frechet_distance"] for r in rows}), len(rows))

    def test_the_page_holds_crossbars_against_software(self):
        last = [r for r in self.rows() if r["round"] == "6"]
        mean = lambda system: sum(float(r["frechet_distance"]) for r in last if r["system"] == system) / 2
        page = (self.folder / "study/report.html").read_text()
        self.assertIn(f"{mean('feedback') / mean('software'):.2f}", page)
        self.assertIn("study quality --networks dense --rounds 6 --seeds 2", page)
        ends = page[page.index("Where each variant ended"):]
        has_energy = {name: bool(re.search(r"\d\s*[num\u00b5]?J", re.sub("<[^>]+>", " ", row))) for name in ("software", "error feedback")
                      for row in re.findall("<tr.*?</tr>", ends[:ends.index("</table>")], re.S) if name in row}
        self.assertEqual(has_energy, {"software": False, "error feedback": True})  # software books its latents alone

    def test_systems_differ_in_hardware_alone(self):
        texts = [(self.folder / f"study/dense/{system}/runs/00001/run.toml").read_text() for system in ("software", "feedback")]
        for text in texts:
            for said in ("seed = 2", "batch = 20", "rounds = 6", "layers = [8, 16, 784]"):
                self.assertIn(said, text)
        self.assertIn('kind = "software"', texts[0])
        self.assertIn('kind = "crossbar"', texts[1])

    def test_trainings_are_taken_up(self):
        before = {p: p.read_bytes() for p in self.folder.glob("study/dense/*/runs/*/metrics.csv")}
        self.assertEqual(len(before), 4)
        done = self.command(*self.WORDS)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(before, {p: p.read_bytes() for p in self.folder.glob("study/dense/*/runs/*/metrics.csv")})

    def test_the_learning_rate_of_the_dcgan_falls_over_the_last_third(self):
        small = ["data.dataset=synthetic-digits", "data.limit=40", "train.batch=20", "evaluation.samples=40", "evaluation.features=untrained"]
        self.good("study", "quality", "--networks", "digits", "--rounds", "6", "--seeds", "1", *[w for s in small for w in ("--set", s)], "--out", "falling")
        for system in ("software", "analog"):
            text = (self.folder / f"falling/digits/{system}/runs/00000/run.toml").read_text()
            for said in ("rate_end = 0.0", "rate_from = 4", "rate_rounds = 2"):
                self.assertIn(said, text)
        page = (self.folder / "falling/report.html").read_text()
        self.assertIn("synthetic-digits, batches of 20", page)
        self.assertIn("falls to zero over the last third", page)

    def test_a_stop_loses_nothing(self):
        words = [*self.WORDS[:-1], "stopped"]
        process = subprocess.Popen([GANBAR, *words], cwd=self.folder, env=self.environment(), stderr=subprocess.PIPE, text=True)
        while "point 0" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=120)[1]
        self.assertEqual(process.returncode, 130, said)
        self.assertIn("trainings of dense-", said)
        self.good(*words)
        self.assertEqual(*[(self.folder / name / "results.csv").read_bytes() for name in ("study", "stopped")])

    def test_one_process_at_a_time(self):
        with open(self.folder / "study/.lock", "w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            self.assertIn("another ganbar process works on the study in study", self.refused(*self.WORDS))
        (self.folder / "study/.lock").unlink()

    def test_all_is_checked_before_the_folder_is_made(self):
        small = [w for s in ("data.dataset=synthetic-digits", "data.limit=40", "train.batch=20") for w in ("--set", s)]
        for study, set, said, code in (("quality", "train.rule=adam", "weights on crossbars are updated by pulses", 2), ("quality", "data.n_images=20", "unknown key", 2),
                                       ("quality", "data.limit=10", "there are only 10", 2), ("wires", "data.limit=10", "there are only 10", 2), ("cells", "data.limit=10", "there are only 10", 2),
                                       ("devices", "data.limit=10", "there are only 10", 2), ("rules", "data.limit=10", "there are only 10", 2), ("readings", "data.limit=10", "there are only 10", 2),
                                       *((study, "experiment.seed=4", "expected --seeds", 2) for study in ("wires", "cells", "devices", "rules", "readings", "quality"))):
            networks = ["--networks", "digits"] if study == "quality" else []
            self.assertIn(said, self.refused("study", study, "--quick", *networks, *small, "--set", set, "--out", "unmade", code=code), study)
            self.assertFalse((self.folder / "unmade").exists(), study)

    def test_bad_input(self):
        self.assertIn('did you mean "digits"?', self.refused("study", "quality", "--networks", "digit"))
        self.assertIn("expected --rounds", self.refused(*self.WORDS, "--set", "train.rounds=5"))
        self.assertIn('holds "study quality --networks dense, 6 rounds"', self.refused("study", "quality", "--networks", "digits", "--out", "study", code=3))
        self.assertIn('holds "study quality --networks dense, 6 rounds"', self.refused("study", "cells", "--out", "study", code=3))
        self.assertIn("varies it itself", self.refused("study", "quality", "--networks", "dense", "--set", "hardware.kind=software", "--out", "other"))
        self.assertIn("varies it itself", self.refused("study", "wires", "--quick", "--set", "tile.rows=32", "--out", "another"))
        self.assertIn("varies it itself", self.refused("study", "quality", "--networks", "dense", "--set", "train.beta1=0.5", "--out", "fourth"))
        self.assertIn("named twice", self.refused("study", "quality", "--networks", "dense,dense"))
        self.assertIn("varies it itself", self.refused("study", "quality", "--networks", "digits", "--set", "train.rate_end=0.5", "--out", "third"))
        self.assertIn("holds another sweep: there without train.label_real=0.9; choose another", self.refused(*self.WORDS, "--set", "train.label_real=0.9"))
        self.assertIn("train.batch=20 there, train.batch=10 here", self.refused(*[w.replace("train.batch=20", "train.batch=10") for w in self.WORDS]))
        self.assertIn("--networks belongs to study quality", self.refused("study", "wires", "--networks", "dense"))


if __name__ == "__main__":
    unittest.main()
