"""What the tests of the program share: where it is, a folder to run it in, small networks, run folders compared byte by byte.

Every test here takes the program on its command line: NAME_test.py GANBAR.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

GANBAR = str(pathlib.Path(sys.argv.pop(1)).resolve())

# Few images of two classes; they need no files.
DIGITS = '[data]\ndataset = "synthetic-digits"\nclasses = [1, 7]\nlimit = 200\n'

# Every kind of layer a convolutional network has, on images of 28 x 28.
CONVOLUTIONAL = """
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
"""


def connected(n_latent, n_hidden, n_pixels=784, generator="", discriminator="w_max = 0.15\n"):
    """Two fully connected networks with one hidden layer each; what the last two say is added to their tables."""
    return (f'[generator]\nlayers = [{n_latent}, {n_hidden}, {n_pixels}]\noutput = "tanh"\n{generator}'
            f"[discriminator]\nlayers = [{n_pixels}, {n_hidden}, 1]\n{discriminator}")


def run(*words, **options):
    return subprocess.run([GANBAR, *words], capture_output=True, text=True, timeout=250, stdin=subprocess.DEVNULL, **options)


class InFolder(unittest.TestCase):
    """Tests that share a folder: FILES (name to text) are in it before the first, and it goes after the last."""

    FILES = {}

    @classmethod
    def setUpClass(cls):
        kept = tempfile.TemporaryDirectory()
        cls.addClassCleanup(kept.cleanup)
        cls.folder = pathlib.Path(kept.name)
        for name, text in cls.FILES.items():
            (cls.folder / name).write_text(text)

    @classmethod
    def environment(cls, **more):
        return dict(os.environ, **{"XDG_CACHE_HOME": str(cls.folder / "cache"), **more})

    @classmethod
    def command(cls, *words, **more):
        return run(*words, env=cls.environment(**more), cwd=cls.folder)

    def good(self, *words, **more):
        done = self.command(*words, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def refused(self, *words, code=2, **more):
        """What the program says of it; a refusal prints nothing else."""
        done = self.command(*words, **more)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def same_bytes(self, a, b, names):
        for name in names:
            self.assertEqual((self.folder / a / name).read_bytes(), (self.folder / b / name).read_bytes(), name)
