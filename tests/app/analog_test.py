"""The analog system as a user meets it: circuits and their decks, power by layer, non-idealities in a run that resumes, reduced images.

usage: analog_test.py GANBAR
"""
import json
import re
import shutil
import subprocess
import unittest

from running import InFolder, connected

CIRCUITS = "opamp relu leaky_relu tanh sigmoid dropout_gate normalisation subtractor sample_hold column_read".split()
EXPERIMENT = """
[data]
dataset = "synthetic-digits"
classes = [1, 7]
side = 14
noise = 0.1
""" + connected(10, 16, n_pixels=196, discriminator="") + """
[device]
model = "wox"
c2c = 0.2
[nonideal]
r_on_sigma = 0.2
r_off_sigma = 0.2
levels = 64
write_noise = 0.005
read_noise = 0.01
stuck_on = 0.01
stuck_off = 0.02
drift = 0.03
t_update = "1 s"
t_shelf = "1 h"
endurance = 20
[tile]
sign_flips = true
errors = "digital"
dac_bits = 0
adc_bits = 0
[periphery]
kind = "analog"
dropout = 0.1
[train]
rounds = 8
batch = 32
checkpoint_every = 4
snapshot_every = 4
instance_noise = 0.1
v_set = "1 V"
v_reset = "-1 V"
[evaluation]
samples = 64
"""


class Analog(InFolder):
    FILES = {"x.toml": EXPERIMENT}

    def printed(self, *words):
        return self.good(*words).stdout

    def test_every_circuit_is_listed_described_and_drawn(self):
        listed = [line.split()[0] for line in self.printed("list", "circuits").splitlines()]
        self.assertEqual(sorted(listed), sorted(CIRCUITS))
        text = self.printed("describe", "circuit", "leaky_relu")
        self.assertIn("opamp_gain", text)
        self.assertIn("rectifier", text)
        self.assertIn('did you mean "leaky_relu"', self.refused("describe", "circuit", "leaky_rel"))
        self.assertIn('did you mean "sigmoid"', self.refused("inspect", "circuit", "sigmoi"))
        self.assertIn('did you mean "opamp_gain"', self.refused("inspect", "circuit", "relu", "--set", "opamp_gan=3"))

    @unittest.skipUnless(shutil.which("ngspice"), "ngspice is not installed")
    def test_a_deck_gives_the_printed_curve(self):
        out = json.loads(self.printed("inspect", "circuit", "tanh", "--set", "opamp_gain=200", "--points", "7", "--deck", "tanh.cir", "--json"))
        done = subprocess.run(["ngspice", "-b", "tanh.cir"], text=True, capture_output=True, cwd=self.folder)
        spice = [float(v) for v in re.findall(r"^y_\d+ = (\S+)", done.stdout, re.M)]
        self.assertEqual(len(spice), 7)
        for a, b in zip(spice, out["y_V"]):
            self.assertAlmostEqual(a, b, delta=2e-4)

    def test_power_by_layer(self):
        out = json.loads(self.printed("inspect", "analog", "krestinskaya2020-analog", "--json"))
        self.assertAlmostEqual(out["devices"] / 1.7e6, 1, delta=0.02)
        self.assertEqual(sum(layer["devices"] for layer in out["layers"]), out["devices"])
        self.assertEqual(out["published_least_average_W"], 47e-9)
        self.assertAlmostEqual(min(layer["average_W"] for layer in out["layers"]), out["least_average_W"])
        self.assertIn("published: at least 47 nW", self.printed("inspect", "analog", "krestinskaya2020-analog"))

    def test_every_nonideality_in_one_run_that_resumes_to_the_same_bytes(self):
        self.good("train", "x.toml", "--out", "whole", "--threads", "1")
        self.good("train", "x.toml", "--out", "cut", "--threads", "2")
        shutil.rmtree(self.folder / "cut" / "samples")
        for checkpoint in (self.folder / "cut" / "checkpoints").glob("*8.safetensors"):
            checkpoint.unlink()
        self.good("train", "x.toml", "--out", "cut", "--resume", "--threads", "2")
        self.same_bytes("whole", "cut", ["metrics.csv", "samples.npy", "quality.csv"])
        summary = json.loads((self.folder / "whole" / "summary.json").read_text())
        self.assertEqual(summary["image_side"], 14)
        accounts = {a["account"].split("/", 1)[1] for a in json.loads((self.folder / "whole" / "hardware.json").read_text())["accounts"]}
        self.assertTrue(any(a.endswith("neurons/forward/leaky_relu") for a in accounts), accounts)
        self.assertTrue(any(a.endswith("backward/digital") for a in accounts), accounts)
        self.assertTrue(any(a.endswith("update/sign") for a in accounts), accounts)
        evaluated = json.loads(self.printed("evaluate", "whole", "--json"))
        self.assertAlmostEqual(evaluated["frechet_distance"], summary["frechet_distance"])

    def test_impossible_settings_are_told(self):
        self.assertIn("levels", self.refused("train", "x.toml", "--out", "y", "--set", "nonideal.levels=1"))
        self.assertIn("stuck", self.refused("train", "x.toml", "--out", "z", "--set", "nonideal.stuck_on=0.7", "--set", "nonideal.stuck_off=0.7"))
        self.assertIn("196", self.refused("train", "x.toml", "--out", "u", "--set", "data.side=10"))


if __name__ == "__main__":
    unittest.main()
