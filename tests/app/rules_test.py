"""`ganbar train` under every training rule and loss, ex situ, early stop, and on data of one's own: end to end, resume, bad input.

usage: rules_test.py GANBAR
"""
import json
import shutil
import struct
import unittest
import zlib

from running import DIGITS, InFolder, connected

EXPERIMENT = DIGITS + connected(8, 16, generator='bias = "digital"\n', discriminator="w_max = 0.3\n") + """
[device]
model = "soft_bounds"
d2d = true
c2c = 0.3
[tile]
mapping = "differential"
[train]
rounds = 4
batch = 16
rate = 0.05
checkpoint_every = 2
zero_pulses = 30
[evaluation]
samples = 32
"""


def png(width, height, rgb):
    """A PNG of one colour with a diagonal."""
    rows = b"".join(b"\0" + b"".join(bytes((255, 255, 255) if x == y else rgb) for x in range(width)) for y in range(height))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def npy_shape(path):
    return path.read_bytes()[:128].split(b"'shape': (")[1].split(b")")[0].decode().replace(" ", "").rstrip(",")


class Rules(InFolder):
    FILES = {"small.toml": EXPERIMENT}

    def train(self, out, *sets, file="small.toml", words=()):
        done = self.good("train", file, "--out", out, "--no-report", *[w for s in sets for w in ("--set", s)], *words)
        return json.loads((self.folder / out / "summary.json").read_text()), done.stderr

    def same_run(self, a, b):
        self.same_bytes(a, b, ["metrics.csv", "samples.npy", "hardware.json", "checkpoints/000004.safetensors"])

    def test_every_rule_trains_and_resumes_to_the_same_bytes(self):
        cells = None
        for rule in ["pulse_train", "mixed_precision", "tiki_taka", "tiki_taka_v2"]:
            summary, _ = self.train(rule, f"train.rule={rule}", words=("--threads", "1"))
            self.assertGreater(summary["update_energy_J"], 0, rule)
            cells = cells or summary["cells_used"]
            self.assertEqual(summary["cells_used"], cells * 3 // 2 if rule.startswith("tiki") else cells)
            (self.folder / rule / "checkpoints/000004.safetensors").rename(self.folder / f"{rule}.kept")
            copy = f"{rule}-again"
            shutil.copytree(self.folder / rule, self.folder / copy)
            self.train(copy, f"train.rule={rule}", words=("--resume", "--threads", "2"))
            (self.folder / f"{rule}.kept").rename(self.folder / rule / "checkpoints/000004.safetensors")
            self.same_run(rule, copy)

    def test_losses_and_spectral_norm(self):
        software = ["hardware.kind=software", "train.rule=adam", "train.rate=1e-3"]
        found = set()
        for loss in ["minimax", "wasserstein", "hinge", "least_squares"]:
            summary, _ = self.train(loss, f"train.loss={loss}", "train.clip_d=0.1", *software)
            found.add(summary["final_loss_d"])
        self.assertEqual(len(found), 4)
        plain, _ = self.train("plain", "train.rule=pulse_train")
        normed, _ = self.train("normed", "train.rule=pulse_train", "discriminator.spectral_norm=true")
        self.assertNotEqual(plain["final_loss_d"], normed["final_loss_d"])
        self.assertGreater(normed["read_energy_J"], plain["read_energy_J"])  # the power iteration reads

    def test_ex_situ_writes_at_the_end(self):
        sets = ["hardware.kind=ex_situ", "train.rule=adam", "train.rate=1e-3", "hardware.write_pulses=1500", "hardware.write_tolerance=0.02"]
        summary, log = self.train("exsitu", *sets)
        self.assertIn("wrote 50464 cells", log)
        self.assertEqual(summary["cells_used"], 2 * (8 * 16 + 16 * 784 + 784 * 16 + 16))
        self.assertEqual(summary["update_energy_J"], 0)
        self.assertGreater(summary["programming_energy_J"], 0)
        self.assertLess(summary["programming_error_rms"], 0.02)
        self.assertLess(summary["programming_unreached"], 0.05)
        tighter, _ = self.train("tighter", *sets[:4], "hardware.write_tolerance=0.01")
        self.assertLess(tighter["programming_error_rms"], summary["programming_error_rms"])
        self.assertGreater(tighter["programming_energy_J"], summary["programming_energy_J"])
        self.good("sample", "exsitu", "-n", "4", "-o", "x.npy")

    def test_early_stop_on_request_only(self):
        wild = ["hardware.kind=software", "train.rule=adam", "train.rate=0.05", "train.rounds=60", "train.stop_patience=3", "train.stop_loss=3"]
        kept, log = self.train("warned", *wild)
        self.assertEqual((kept["rounds"], kept["stopped_early"]), (60, 0))
        self.assertRegex(log, r"warning: round \d+: divergence: the \w+'s loss was beyond 3 .*; try train.rate_d = .*, or train.label_real = 0.9")
        stopped, log = self.train("stopped", *wild, "train.stop_on=both")
        self.assertLess(stopped["rounds"], 60)
        self.assertTrue(stopped["stopped_early"])
        self.assertIn("divergence after", stopped["stop_reason"])
        self.assertIn("as train.stop_on asks", log)
        self.assertEqual(npy_shape(self.folder / "stopped/samples.npy"), "32,28,28")
        again, _ = self.train("stopped", *wild, "train.stop_on=both", words=("--resume",))  # an ended run stays ended
        self.assertEqual(again["rounds"], stopped["rounds"])
        frozen = ["hardware.kind=software", "train.rule=sgd", "train.rate=1e-9", "generator.init_scale=0.001", "train.rounds=60", "train.stop_after=10", "train.stop_patience=3"]
        alike, _ = self.train("alike", *frozen, "train.stop_on=collapse")
        self.assertEqual(alike["rounds"], 13)
        self.assertIn("collapse after 13", alike["stop_reason"])

    def test_colour_folder_with_classes(self):
        for split in ["train", "test"]:
            for k, name in enumerate(["blue", "green", "red"]):
                (self.folder / "pictures" / split / name).mkdir(parents=True)
                for i in range(24):
                    colour = [10 + 3 * i, 20, 30]
                    (self.folder / "pictures" / split / name / f"{i:02}.png").write_bytes(png(6, 4, tuple(colour[k:] + colour[:k])))
        sets = ["data.dataset=./pictures", "generator.layers=[8, 16, 72]", "discriminator.layers=[72, 16, 1]", "data.classes=[0, 2]", "hardware.kind=software", "train.rule=adam"]
        summary, _ = self.train("folder", *sets)
        self.assertEqual(npy_shape(self.folder / "folder/samples.npy"), "32,4,6,3")
        self.assertEqual(summary["classes"], [0, 2])
        self.good("sample", "folder", "-n", "5", "-o", "five.npy")
        self.assertEqual(npy_shape(self.folder / "five.npy"), "5,4,6,3")
        done = self.good("evaluate", "folder", "--json")
        self.assertEqual(json.loads(done.stdout)["frechet_distance"], summary["frechet_distance"])
        self.good("data", "check", "./pictures")
        # a run's own samples are a data set: the file, and labels beside it
        (self.folder / "mine.npy").write_bytes((self.folder / "folder/samples.npy").read_bytes())
        header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (32,), }"
        (self.folder / "mine.labels.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + header.ljust(117) + b"\n" + bytes(k % 2 for k in range(32)))
        again, _ = self.train("npy", *[s for s in sets if "dataset" not in s and "classes" not in s], "data.dataset=./mine.npy", "data.classes=[1]", "train.batch=8")
        self.assertEqual(npy_shape(self.folder / "npy/samples.npy"), "32,4,6,3")

    def test_pictures_without_labels(self):
        (self.folder / "loose").mkdir()
        for i in range(40):
            (self.folder / "loose" / f"{i:02}.png").write_bytes(png(6, 4, (5 * i, 20, 200 - 5 * i)))
        sets = ["data.dataset=./loose", "data.classes=[]", "generator.layers=[8, 16, 72]", "discriminator.layers=[72, 16, 1]", "hardware.kind=software", "train.rule=adam"]
        summary, log = self.train("loose-run", *sets)
        self.assertIn("seen through an untrained network", log)
        self.assertEqual(summary["features"], "untrained")
        self.assertIsNone(summary["classifier_accuracy"])
        self.assertGreater(summary["frechet_distance"], 0)
        done = self.command("evaluate", "loose-run", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["frechet_distance"], summary["frechet_distance"])
        self.assertEqual(self.command("report", "loose-run", "-o", "loose.html").returncode, 0)
        page = (self.folder / "loose.html").read_text()
        self.assertIn("seen through an untrained network", page)
        self.assertNotIn("classifier accuracy</dt>", page)
        for code, part, extra in [(2, "no labels", "data.classes=[1]"), (2, "folder for each class", "latent.classes=2"), (2, "did you mean", "evaluation.features=mnits")]:
            done = self.command("train", "small.toml", "--out", "bad", *[w for s in sets + [extra] for w in ("--set", s)])
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(part, done.stderr)
            self.assertFalse((self.folder / "bad").exists())

    def test_bad_input(self):
        def bad(part, *sets):
            self.assertIn(part, self.refused("train", "small.toml", "--out", "bad", *[w for s in sets for w in ("--set", s)]))
            self.assertFalse((self.folder / "bad").exists())
        bad("moves cells by pulses", "hardware.kind=software", "train.rule=pulse_train")
        bad("updated by pulses", "train.rule=adam")
        bad("discriminator.w_max", "train.clip_d=0.01")
        bad("amplitude_slope varies", "train.amplitude_slope=50 mV", "train.feedback=0.5")
        bad("pulse_length", "train.pulse_length=33")
        bad('did you mean "tiki_taka', "train.rule=tiki_tak")


if __name__ == "__main__":
    unittest.main()
