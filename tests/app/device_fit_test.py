"""`ganbar device fit` as a user types it: a CSV of measured pulses becomes a device file, a training on it, and a page.

usage: device_fit_test.py GANBAR
"""
import json
import pathlib
import random
import re
import unittest

from running import DIGITS, InFolder, connected

BASE = DIGITS + connected(8, 16) + "[train]\nrounds = 2\nbatch = 16\n[evaluation]\nsamples = 32\n[device]\nmodel = \"nili2020\"\nd2d = \"off\"\n"


def pulses(n_devices=12, n_each=60, seed=1):
    """device, pulse, volts, siemens of soft-bounds cells between 20 and 80 uS."""
    rng = random.Random(seed)
    for device in range(n_devices):
        scale, g = rng.gauss(1, 0.1), 20e-6
        yield device, 0, 0.0, g
        for k in range(2 * n_each):
            up = k < n_each
            g += (0.05 * (80e-6 - g) if up else -0.05 * (g - 20e-6)) * scale * rng.gauss(1, 0.1)
            yield device, k + 1, 1.5 if up else -1.7, g


PLAIN = "device,pulse,v_V,t_us,g_uS\n" + "".join(f"{d},{k},{v},10,{g * 1e6:.6g}\n" for d, k, v, g in pulses())
GERMAN = "Zelle;pulse;v_mV;t_ns;R (kOhm)\n".replace("Zelle", "device") + "".join(
    f"{d};{k};{v * 1e3:.0f};10000;{1e-3 / g:.8g}\n".replace(".", ",") for d, k, v, g in pulses())


class DeviceFit(InFolder):
    FILES = {"plain.csv": PLAIN, "german.csv": GERMAN, "bad.csv": PLAIN + "3,200,1.5,10,4O\n", "base.toml": BASE, "iv.csv": "v_V,i_uA\n" + "".join(f"{v / 20},{(v / 20) ** 3 + v / 20}\n" for v in range(-10, 11)),
             "iv_turned.csv": "v_V,i_uA\n" + "".join(f"{v / 20},{-v / 20}\n" for v in range(-10, 11))}

    def fit(self, name, *more):
        return json.loads(self.good("device", "fit", name, "--json", *more).stdout)

    def test_numbers_and_law(self):
        got = self.fit("plain.csv")
        self.assertEqual(got["n_devices"], 12)
        self.assertAlmostEqual(got["g_min_S"] / 20e-6, 1, delta=0.02)
        self.assertAlmostEqual(got["g_max_S"] / 80e-6, 1, delta=0.1)
        self.assertAlmostEqual(got["balance"], 1, delta=0.15)
        self.assertEqual(got["families"][0]["model"], "soft_bounds")
        self.assertAlmostEqual(got["symmetric_S"] / 50e-6, 1, delta=0.05)

    def test_another_writing_of_the_same_data(self):
        a, b = self.fit("plain.csv"), self.fit("german.csv")
        for key in ("g_min_S", "g_max_S", "set_step_S", "reset_step_S"):
            self.assertAlmostEqual(a[key] / b[key], 1, delta=1e-4)

    def test_the_file_is_a_device_anywhere(self):
        self.good("device", "fit", "plain.csv", "-o", "mine.toml", "--iv", "iv.csv")
        text = (self.folder / "mine.toml").read_text()
        self.assertIn('iv = "', text)
        self.refused("device", "fit", "plain.csv", "-o", "mine.toml")  # is there already
        self.good("train", "base.toml", "--set", "device.model=mine.toml", "--out", "by-set")
        run_toml = (self.folder / "by-set" / "run.toml").read_text()
        self.assertIn('model = "table"', run_toml)
        self.assertRegex(run_toml, r'v_set = "1.5 V"')
        self.assertRegex(run_toml, r'd2d = "on"')  # base.toml's "off" spoke of another device
        (self.folder / "user.toml").write_text(BASE.replace('model = "nili2020"', 'model = "mine.toml"'))
        self.good("train", "user.toml", "--out", "by-file")
        self.assertRegex((self.folder / "by-file" / "run.toml").read_text(), r'd2d = "off"')  # the same speaker
        self.good("train", "by-set/run.toml", "--out", "again")  # run.toml is whole
        self.same_bytes("by-set", "again", ["samples.npy", "metrics.csv", "run.toml"])
        (self.folder / "on.toml").write_text('preset = "mine.toml"\n' + DIGITS + "[train]\nrounds = 1\nbatch = 16\n[evaluation]\nsamples = 32\n")
        self.good("train", "on.toml", "--out", "by-preset")
        self.assertIn('model = "table"', (self.folder / "by-preset" / "run.toml").read_text())

    def test_the_files_pulses_are_those_of_every_rule_in_todays_words(self):
        self.good("device", "fit", "plain.csv", "-o", "words.toml")
        short = ["--set", "train.rounds=1", "--set", "train.batch=50", "--set", "data.dataset=synthetic-digits", "--set", "data.limit=100", "--set", "evaluation.samples=32"]
        for rule in ("manhattan", "pulse_train", "mixed_precision", "tiki_taka", "tiki_taka_v2"):
            said = self.good("train", "words.toml", *short, "--set", f"train.rule={rule}", "--dry-run")
            self.assertNotIn("is now", said.stderr)  # an old name
            self.assertNotIn("nothing under", said.stderr)
            self.assertRegex(said.stdout, rf'\[train.{rule}\]\n(?:[^\[].*\n)*?v_set = "1.5 V"')
        told = self.good("train", "words.toml", *short, "--out", "words").stderr
        self.assertNotIn("old name", told)
        by_device = self.good("train", "base.toml", "--set", "device.model=words.toml", "--set", "train.rule=pulse_train", "--dry-run")
        self.assertRegex(by_device.stdout, r'\[train.pulse_train\]\n(?:[^\[].*\n)*?v_set = "1.5 V"')
        self.assertIn('write_v_reset = "-1.7 V"', self.good("train", "words.toml", *short, "--dry-run", "--set", "hardware.kind=ex_situ", "--set", "train.rule=adam").stdout)

    def test_wild_reads_are_set_aside_and_told(self):
        lines = PLAIN.splitlines()
        for k in (40, 300, 641, 1000):
            cells = lines[k].split(",")
            lines[k] = ",".join(cells[:4] + [f"{float(cells[4]) / 100:.6g}"])
        (self.folder / "wild.csv").write_text("\n".join(lines))
        clean, wild = self.fit("plain.csv"), self.fit("wild.csv")
        self.assertEqual((clean["n_wild_reads"], wild["n_wild_reads"]), (0, 4))
        for key in ("g_min_S", "g_max_S", "set_step_S", "reset_step_S", "balance"):
            self.assertAlmostEqual(wild[key] / clean[key], 1, delta=0.03)
        self.assertEqual(wild["rule"], clean["rule"])
        self.assertTrue(any("4 of 1452 reads (0.28%)" in note and "(line 41)" in note for note in wild["notes"]), wild["notes"])

    def test_pulses_beyond_the_measured_are_told(self):
        self.good("device", "fit", "plain.csv", "-o", "told.toml")
        ask = lambda pulse: self.good("device", "told.toml", "--from", "50 uS", "--pulse", pulse).stderr
        self.assertEqual(ask("1.5,1e-5"), "")
        self.assertIn("warning: a set pulse of 2 V lies beyond the fit of table (1.5 V alone; ", ask("2,1e-5"))
        self.assertIn("warning: a pulse of 1 us lies beyond the fit of table (10 us alone; ", ask("1.5,1e-6"))
        array = lambda v: self.good("array", "--size", "4x4", "--device", "told.toml", "--set", f"array.v_set={v} V", "--set", "array.v_reset=-1.7 V", "--set", "array.t_pulse=10 us").stderr
        self.assertNotIn("lies beyond", array(1.5))
        self.assertEqual(array(1.6).count("a set pulse of 1.6 V lies beyond"), 1)

    def test_the_main_pair_is_the_balanced_one(self):
        rows, g = ["v_V,t_us,g_uS"], 20.0
        for up, down, a, b in ((1.0, -1.0, 0.02, 0.015), (1.2, -1.2, 0.04, 0.041), (1.4, -1.4, 0.09, 0.12)):
            for k in range(200):
                g += a * (80 - g) if k < 100 else -b * (g - 20)
                rows.append(f"{up if k < 100 else down},10,{g:.6g}")
        (self.folder / "pairs.csv").write_text("\n".join(rows))
        got = self.fit("pairs.csv")
        self.assertEqual((got["main_v_set_V"], got["main_v_reset_V"]), (1.2, -1.2))
        self.assertTrue(any("main amplitudes: 1.2 V and -1.2 V, of 9 pairs" in note for note in got["notes"]), got["notes"])

    def test_page_with_images(self):
        sets = [word for text in ("data.dataset=synthetic-digits", "data.limit=200", "train.batch=32", "evaluation.samples=32") for word in ("--set", text)]
        self.good("device", "fit", "plain.csv", "-o", "page.toml", "--report", "page.html", "--rounds", "3", *sets)
        html = (self.folder / "page.html").read_text()
        for words in ("Verdict for training", "Symmetric point", "soft_bounds", "data:image/png"):
            self.assertIn(words, html)
        self.assertIn("is there already", self.refused("device", "fit", "plain.csv", "-o", "page2.toml", "--report", "page.html"))

    def test_every_published_device_is_an_experiment(self):
        folder = pathlib.Path(__file__).resolve().parents[2] / "presets/devices"
        names = sorted(f.stem for f in folder.glob("*.toml"))
        self.assertGreaterEqual(len(names), 8)
        for name in names:
            plan = self.good("train", "measured-device", "--dry-run", "--set", f"device.model={name}", "--set", "data.dataset=synthetic-digits").stdout
            self.assertNotIn('model = "nili2020"\nd2d = "A"', plan)
            self.assertRegex((folder / f"{name}.toml").read_text(), "# (published|assumed)")

    def test_refusals_name_the_place(self):
        far = re.sub(r"(,-?[\d.]+),10,(?=[^,]*$)", r"\1,2e-13,", PLAIN.replace("t_us", "t_s"), flags=re.M)
        (self.folder / "short.csv").write_text(far)
        (self.folder / "strong.csv").write_text(PLAIN.replace(",1.5,", ",8,"))
        for name, place, words in (("short.csv", "short.csv:3:4: ", "t_pulse"), ("strong.csv", "strong.csv:3:3: ", "v_set")):
            for more in ((), ("-o", "no.toml")):
                text = self.refused("device", "fit", name, *more, code=3)
                self.assertIn(place, text)
                self.assertIn(words, text)
                self.assertNotIn("ganbar-fit", text)
        self.assertNotIn("ganbar-fit", self.refused("device", "fit", "plain.csv", "-o", "no.toml", "--preset", "nosuch"))
        self.assertIn("bad.csv:1454:5", self.refused("device", "fit", "bad.csv", code=3))
        self.assertIn("gone.toml", self.refused("train", "base.toml", "--set", "device.model=gone.toml"))
        self.assertIn("model is required", self.refused("device"))
        self.refused("device", "fit", "plain.csv", "--report", "x.html")
        self.assertIn("iv_turned.csv:2:2: the current", self.refused("device", "fit", "plain.csv", "-o", "no.toml", "--iv", "iv_turned.csv", code=3))
        self.assertFalse((self.folder / "no.toml").exists())


if __name__ == "__main__":
    unittest.main()
