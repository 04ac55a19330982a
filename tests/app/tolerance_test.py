"""`ganbar reproduce krestinskaya2020`: every non-ideality at its values, on an eighth of the channels and with --full on all of them.

usage: tolerance_test.py GANBAR
"""
import csv
import unittest

from running import InFolder

SMALL = ["data.dataset=synthetic-digits", "data.limit=64", "evaluation.samples=40", "evaluation.features=untrained", "train.batch=8", "train.rounds=1"]


class Tolerance(InFolder):
    def rows_of(self, out, *more):
        self.good("reproduce", "krestinskaya2020", "--seeds", "1", *more, *[w for s in SMALL for w in ("--set", s)], "--out", out)
        found = {}
        for row in csv.DictReader((self.folder / out / "results.csv").read_text().splitlines()):
            found.setdefault(row["sweep"], []).append(float(row["x"]))
        return found

    def test_all_channels_have_the_two_values_next_to_the_break(self):
        whole, small = self.rows_of("whole", "--full"), self.rows_of("small")
        self.assertEqual(whole.keys(), small.keys())
        self.assertEqual(len(whole), 13)
        for sweep, values in small.items():
            self.assertEqual(len(values), 5, sweep)
            first = 1 if sweep in ("image_noise", "ageing") else 3
            self.assertEqual(whole[sweep], [0.0, *values[first:first + 2]], sweep)
        for out, shape, said in (("whole", "256x7x7", "on all channels"), ("small", "32x7x7", "on an eighth of the channels")):
            self.assertIn(f'shape = "{shape}"', (self.folder / out / "runs/baseline/seed1/run.toml").read_text())
            page = (self.folder / out / "report.html").read_text()
            self.assertIn(said, page)
            self.assertEqual("reproduce krestinskaya2020 --full" in page, out == "whole")


if __name__ == "__main__":
    unittest.main()
