"""Convolutional and conditional GANs through `ganbar train`: software and crossbars, same bits, resume, pictures, faults with their place.

usage: conv_train_test.py GANBAR
"""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

GANBAR = str(pathlib.Path(sys.argv.pop(1)).resolve())
ROOT = pathlib.Path(__file__).resolve().parents[2]
NETWORKS = """
[generator]
input = "12"
bias = "digital"
[[generator.layer]]
type = "dense"
shape = "6x7x7"
norm = "batch"
activation = "relu"
[[generator.layer]]
type = "dropout"
rate = 0.2
at_inference = true
[[generator.layer]]
type = "conv_transpose"
channels = 4
kernel = 4
stride = 2
padding = 1
norm = "batch"
activation = "relu"
[[generator.layer]]
type = "conv_transpose"
channels = 1
kernel = 4
stride = 2
padding = 1
activation = "tanh"
[discriminator]
input = "1x28x28"
bias = "digital"
[[discriminator.layer]]
type = "conv"
channels = 4
kernel = 4
stride = 4
activation = "leaky_relu"
[[discriminator.layer]]
type = "residual"
padding = 1
norm = "batch"
activation = "leaky_relu"
[[discriminator.layer]]
type = "avg_pool"
kernel = 2
stride = 2
[[discriminator.layer]]
type = "dense"
units = 1
[train]
rounds = 6
batch = 16
checkpoint_every = 2
[evaluation]
samples = 40
"""
SOFTWARE = '[data]\ndataset = "synthetic-digits"\n[hardware]\nkind = "software"\n' + NETWORKS.replace("batch = 16", 'batch = 16\nrule = "adam"\nrate = 1e-3')
CROSSBAR = '[data]\ndataset = "synthetic-digits"\nclasses = [1, 7]\n[latent]\nclasses = 2\n' + NETWORKS


class ConvolutionalTraining(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.kept.name)
        for name, text in (("software", SOFTWARE), ("crossbar", CROSSBAR)):
            (cls.folder / f"{name}.toml").write_text(text)
            done = cls.command("train", f"{name}.toml", "--out", name, "--threads", "1")
            assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    @classmethod
    def command(cls, *words):
        environment = dict(os.environ, XDG_CACHE_HOME=str(cls.folder / "cache"), OMP_WAIT_POLICY="passive")
        return subprocess.run([GANBAR, *words], capture_output=True, text=True, timeout=250, env=environment, cwd=cls.folder)

    def same_bytes(self, a, b):
        names = ["metrics.csv", "samples.npy", "quality.csv", "run.toml", "checkpoints/000006.safetensors", "samples/000006.png"]
        for name in names:
            self.assertEqual((self.folder / a / name).read_bytes(), (self.folder / b / name).read_bytes(), name)

    def test_threads_do_not_change_a_byte(self):
        for name in ("software", "crossbar"):
            done = self.command("train", f"{name}.toml", "--out", name + "-threads", "--threads", "3")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.same_bytes(name, name + "-threads")

    def test_resolved_file_and_resume_give_the_same_bytes(self):
        for name in ("software", "crossbar"):
            done = self.command("train", f"{name}/run.toml", "--out", name + "-again", "--set", f'experiment.name="{name}"')
            self.assertEqual(done.returncode, 0, done.stderr)
            self.same_bytes(name, name + "-again")
            shutil.rmtree(self.folder / (name + "-again"))
            shutil.copytree(self.folder / name, self.folder / (name + "-again"))
            (self.folder / (name + "-again") / "checkpoints/000006.safetensors").unlink()
            done = self.command("train", f"{name}.toml", "--out", name + "-again", "--resume")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("going on after round 4", done.stderr)
            self.same_bytes(name, name + "-again")

    def test_every_matrix_has_its_place(self):
        done = self.command("inspect", "placement", "crossbar.toml", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
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
        done = self.command("inspect", "placement", "krestinskaya2020-software", "--json")
        cells = json.loads(done.stdout)["cells_used"]
        self.assertEqual(cells, 1718112)
        self.assertLess(abs(cells / 1.7e6 - 1), 0.02)

    def test_pictures_of_a_conditional_gan_have_a_column_a_class(self):
        png = (self.folder / "crossbar/samples/000006.png").read_bytes()
        width, height = struct.unpack(">II", png[16:24])
        self.assertGreater(height, 4 * width)  # 2 classes, 10 of each
        done = self.command("sample", "crossbar", "-n", "6", "-o", "six.npy")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"(6, 28, 28)", (self.folder / "six.npy").read_bytes()[:128])
        self.assertEqual(self.command("interpolate", "crossbar", "-o", "between.png").returncode, 0)

    def test_classes_must_be_those_of_the_data(self):
        done = self.command("train", "crossbar.toml", "--set", "latent.classes=3", "--out", "wrong")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("latent.classes = 2", done.stderr)

    def test_faults_name_the_layer(self):
        (self.folder / "bad.toml").write_text(SOFTWARE.replace('type = "avg_pool"\nkernel = 2', 'type = "avg_pool"\nkernel = 20'))
        done = self.command("train", "bad.toml", "--out", "bad")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stderr, r"bad.toml:\d+:\d+: .*kernel of 20 does not fit a side of 7")
        (self.folder / "bad.toml").write_text(SOFTWARE.replace("channels = 4\nkernel = 4\nstride = 4", "channel = 4\nkernel = 4\nstride = 4"))
        done = self.command("train", "bad.toml", "--out", "bad")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn('did you mean "channels"', done.stderr)
        (self.folder / "bad.toml").write_text(SOFTWARE.replace('input = "12"', 'layers = [12, 784]'))
        self.assertIn("expected one of them", self.command("train", "bad.toml", "--out", "bad").stderr)


if __name__ == "__main__":
    unittest.main()
