"""`ganbar device fit` as a user types it: a CSV of measured pulses becomes a device file, a training on it, and a page.

usage: device_fit_test.py GANBAR
"""
import json
import pathlib
import random
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
        self.assertIn("bad.csv:1454:5", self.refused("device", "fit", "bad.csv", code=3))
        self.assertIn("gone.toml", self.refused("train", "base.toml", "--set", "device.model=gone.toml"))
        self.assertIn("model is required", self.refused("device"))
        self.refused("device", "fit", "plain.csv", "--report", "x.html")
        self.assertIn("iv_turned.csv:2:2: the current", self.refused("device", "fit", "plain.csv", "-o", "no.toml", "--iv", "iv_turned.csv", code=3))
        self.assertFalse((self.folder / "no.toml").exists())


if __name__ == "__main__":
    unittest.main()
