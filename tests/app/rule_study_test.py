"""`ganbar study rules`: an equal budget for every rule, rows of small trainings, taken up again; bad input.

usage: rule_study_test.py GANBAR
"""
import csv
import unittest

from running import InFolder

SMALL = ["data.dataset=synthetic-digits", "data.limit=100", "train.batch=20", "evaluation.samples=40", "generator.layers=[8, 16, 784]", "discriminator.layers=[784, 16, 1]"]


class RuleStudy(InFolder):
    WORDS = ["study", "rules", "--devices", "nili2020,ag-asi", "--rules", "write-verify,mixed precision with Adam,Tiki-Taka v2", "--rounds", "3", "--seeds", "2", "--jobs", "2",
             *[w for s in SMALL for w in ("--set", s)], "--out", "study"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done = cls.command(*cls.WORDS)
        assert cls.done.returncode == 0, cls.done.stderr

    def rows(self):
        return list(csv.DictReader((self.folder / "study/results.csv").read_text().splitlines()))

    def test_every_rule_has_the_same_budget_and_the_best_setting_the_other_seeds(self):
        rows = self.rows()
        pairs = {(r["device"], r["rule"]) for r in rows}
        self.assertEqual(len(pairs), 6)
        for pair in pairs:
            own = [r for r in rows if (r["device"], r["rule"]) == pair]
            tuned, other = [r for r in own if r["seed"] == "1"], [r for r in own if r["seed"] == "2"]
            self.assertEqual((len({r["setting"] for r in tuned}), len(tuned), len(other)), (4, 4, 1), pair)
            self.assertEqual(other[0]["setting"], min(tuned, key=lambda r: float(r["frechet_distance"]))["setting"])

    def test_settings_reach_the_trainings(self):
        settings = (self.folder / "study/tuning/runs/00001/run.toml").read_text()  # nili2020, write-verify, its second setting: 0.006 of 150 uS
        for text in ('rule = "manhattan"', 'verify_step = "900 nS"', "verify_pulses = 8", 'v_set = "1 V"', 'v_reset = "-1.2 V"', "rounds = 3"):
            self.assertIn(text, settings)
        tiki = (self.folder / "study/tuning/runs/00008/run.toml").read_text()
        for text in ('rule = "tiki_taka_v2"', "rate = 0.03", 'v_reset = "-1.2 V"'):
            self.assertIn(text, tiki)
        by_rule = {r["rule"]: float(r["cells_used"]) for r in self.rows() if r["device"] == "nili2020"}
        self.assertGreater(by_rule["Tiki-Taka v2"], 1.9 * by_rule["write-verify"])  # a second array

    def test_the_page_says_which_rule_for_which_device(self):
        page = (self.folder / "study/report.html").read_text()
        for text in ("Training rules on devices", "the lowest mean distance is", "What each rule was tuned by", "verify_step=window*0.006", "digital numbers", "<td>rate=0."):
            self.assertIn(text, page)

    def test_a_rule_alone_is_not_ranked(self):
        alone = {"nili2020,ag-asi": "nili2020", "write-verify,mixed precision with Adam,Tiki-Taka v2": "write-verify", "2": "1"}
        self.good(*[alone.get(w, w) for w in self.WORDS[:-1]], "alone")
        page = (self.folder / "alone/report.html").read_text()
        self.assertIn("the mean distance is", page)
        for text in ("the lowest mean", "The highest is"):
            self.assertNotIn(text, page)

    def test_the_same_command_again_trains_nothing(self):
        before = {n: (self.folder / "study" / n).read_bytes() for n in ("results.csv", "report.html")}
        stamp = (self.folder / "study/seeds/runs/00000/summary.json").stat().st_mtime_ns
        self.good(*self.WORDS)
        self.assertEqual(before, {n: (self.folder / "study" / n).read_bytes() for n in before})
        self.assertEqual((self.folder / "study/seeds/runs/00000/summary.json").stat().st_mtime_ns, stamp)

    def test_bad_input(self):
        self.assertIn('did you mean "ecram-mo"', self.refused("study", "rules", "--devices", "ecram-mu"))
        self.assertIn('did you mean "momentum"', self.refused("study", "rules", "--rules", "momentun"))
        self.assertIn("varies it itself", self.refused("study", "rules", "--devices", "nili2020", "--set", "train.manhattan.verify_step=1 uS", "--out", "other"))
        self.assertIn("varies it itself", self.refused("study", "devices", "--set", "train.verify_step=1 uS", "--out", "another"))
        self.assertIn("varies it itself", self.refused("study", "readings", "--quick", "--set", "generator.hidden=relu", "--out", "third"))
        self.assertIn("varies it itself", self.refused("study", "devices", "--set", "train.rule=mixed_precision", "--out", "another"))
        self.assertIn("varies it itself", self.refused("study", "wires", "--quick", "--set", "device.g_min=100 uS", "--out", "fourth"))
        self.assertIn("--devices and --rules belong to study rules", self.refused("study", "cells", "--devices", "nili2020"))
        self.assertIn("--jobs belongs to study rules, readings and quality", self.refused("study", "devices", "--jobs", "2"))


if __name__ == "__main__":
    unittest.main()
