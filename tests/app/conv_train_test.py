"""Convolutional and conditional GANs through `ganbar train`: software and crossbars, same bits, resume, pictures, faults with their place.

usage: conv_train_test.py GANBAR
"""
import json
import shutil
import struct
import unittest

from running import CONVOLUTIONAL, InFolder

EXPERIMENT = CONVOLUTIONAL + """
[train]
rounds = 6
batch = 16
checkpoint_every = 2
[evaluation]
samples = 40
"""
SOFTWARE = '[data]\ndataset = "synthetic-digits"\n[hardware]\nkind = "software"\n' + EXPERIMENT.replace("batch = 16", 'batch = 16\nrule = "adam"\nrate = 1e-3')
CROSSBAR = '[data]\ndataset = "synthetic-digits"\nclasses = [1, 7]\n[latent]\nclasses = 2\n' + EXPERIMENT


class ConvolutionalTraining(InFolder):
    FILES = {"software.toml": SOFTWARE, "crossbar.toml": CROSSBAR}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("software", "crossbar"):
            done = cls.command("train", f"{name}.toml", "--out", name, "--threads", "1")
            assert done.returncode == 0, done.stderr

    def same_run(self, a, b):
        self.same_bytes(a, b, ["metrics.csv", "samples.npy", "quality.csv", "run.toml", "checkpoints/000006.safetensors", "samples/000006.png"])

    def test_threads_do_not_change_a_byte(self):
        for name in ("software", "crossbar"):
            self.good("train", f"{name}.toml", "--out", name + "-threads", "--threads", "3")
            self.same_run(name, name + "-threads")

    def test_resolved_file_and_resume_give_the_same_bytes(self):
        for name in ("software", "crossbar"):
            self.good("train", f"{name}/run.toml", "--out", name + "-again", "--set", f'experiment.name="{name}"')
            self.same_run(name, name + "-again")
            shutil.rmtree(self.folder / (name + "-again"))
            shutil.copytree(self.folder / name, self.folder / (name + "-again"))
            (self.folder / (name + "-again") / "checkpoints/000006.safetensors").unlink()
            done = self.good("train", f"{name}.toml", "--out", name + "-again", "--resume")
            self.assertIn("going on after round 5", done.stderr)
            self.same_run(name, name + "-again")

    def test_folded_batch_norms(self):
        def final(name):
            return (self.folder / name / "samples.npy").read_bytes()[128:]
        done = self.command("train", "software.toml", "--out", "software-folded", "--set", "hardware.fold_norm=true")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("folded 2 batch norms", done.stderr)
        self.assertLessEqual(max(abs(a - b) for a, b in zip(final("software"), final("software-folded"))), 1)  # a pixel rounds the other way
        summary = json.loads((self.folder / "software-folded/summary.json").read_text())
        self.assertEqual(summary["fold_clipped"], 0)
        self.assertEqual(self.command("sample", "software-folded", "-n", "4", "-o", "four.npy").returncode, 0)
        # On cells: written to a tolerance, once; what is taken up after the last round is the folded network.
        words = ["--set", "hardware.fold_norm=true", "--set", "train.v_set=0.8 V", "--set", "train.v_reset=-0.9 V", "--set", "train.verify_ramp=0.02 V", "--set", "hardware.write_tolerance=0.02",
                 "--set", "device.d2d=off"]
        for threads in ("1", "2"):
            done = self.command("train", "crossbar.toml", "--out", f"crossbar-folded{threads}", "--threads", threads, *words)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.same_bytes("crossbar-folded1", "crossbar-folded2", ("samples.npy", "metrics.csv", "quality.csv"))
        summary = json.loads((self.folder / "crossbar-folded1/summary.json").read_text())
        self.assertLess(summary["programming_error_rms"], 0.02)
        self.assertGreater(summary["programming_energy_J"], 0)
        self.assertLess(summary["fold_clipped"], 1)
        (self.folder / "crossbar-folded1/summary.json").unlink()
        done = self.command("train", "crossbar.toml", "--out", "crossbar-folded1", "--resume", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        again = json.loads((self.folder / "crossbar-folded1/summary.json").read_text())
        self.assertEqual(again["fold_clipped"], summary["fold_clipped"])
        self.assertEqual(again["frechet_distance"], summary["frechet_distance"])
        for part, words in [("wires.program", ["crossbar.toml", "--set", "wires.mode=exact"]), ('has norm = "batch"', ["satyam2022-software"]), ("spectral_norm", ["software.toml", "--set", "generator.spectral_norm=true"])]:
            done = self.command("train", *words, "--out", "bad", "--set", "hardware.fold_norm=true")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(part, done.stderr)

    def test_every_matrix_has_its_place(self):
        done = self.good("inspect", "placement", "crossbar.toml", "--json")
        placement = json.loads(done.stdout)
        matrices = {m["name"]: m["rows"] * m["cols"] for m in placement["matrices"]}
        self.assertEqual(matrices["generator/dense1"], (12 + 2) * 6 * 49)  # a row a class
        self.assertEqual(matrices["generator/conv_transpose3/phase1"], 4 * 6 * 4)
        self.assertEqual(matrices["discriminator/classes"], 2 * 784)
        self.assertEqual(matrices["discriminator/conv1"], 16 * 2 * 4)  # the class is one more channel
        self.assertEqual(sum(matrices.values()), placement["cells_used"])
        self.assertEqual(sum(b["rows"] * b["cols"] for b in placement["blocks"]), placement["cells_used"])
        self.assertLess(max(b["at_row"] + b["rows"] for b in placement["blocks"]), 65)

    def test_device_count_of_the_published_network(self):
        done = self.good("inspect", "placement", "krestinskaya2020-software", "--json")
        cells = json.loads(done.stdout)["cells_used"]
        self.assertEqual(cells, 1718112)
        self.assertLess(abs(cells / 1.7e6 - 1), 0.02)

    def test_pictures_of_a_conditional_gan_have_a_column_a_class(self):
        png = (self.folder / "crossbar/samples/000006.png").read_bytes()
        width, height = struct.unpack(">II", png[16:24])
        self.assertGreater(height, 4 * width)  # 2 classes, 10 of each
        self.good("sample", "crossbar", "-n", "6", "-o", "six.npy")
        self.assertIn(b"(6, 28, 28)", (self.folder / "six.npy").read_bytes()[:128])
        self.good("interpolate", "crossbar", "-o", "between.png")

    def test_classes_must_be_those_of_the_data(self):
        self.assertIn("latent.classes = 2", self.refused("train", "crossbar.toml", "--set", "latent.classes=3", "--out", "wrong"))

    def bad(self, text):
        (self.folder / "bad.toml").write_text(text)
        return self.refused("train", "bad.toml", "--out", "bad")

    def test_faults_name_the_layer(self):
        self.assertRegex(self.bad(SOFTWARE.replace('type = "avg_pool"\nkernel = 2', 'type = "avg_pool"\nkernel = 20')),
                         r"bad.toml:\d+:\d+: .*kernel of 20 does not fit a side of 7")
        self.assertIn('did you mean "channels"', self.bad(SOFTWARE.replace("channels = 4\nkernel = 4\nstride = 4", "channel = 4\nkernel = 4\nstride = 4")))
        self.assertIn("expected one of them", self.bad(SOFTWARE.replace('input = "12"', 'layers = [12, 784]')))


if __name__ == "__main__":
    unittest.main()
