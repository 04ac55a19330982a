#!/usr/bin/python3
"""What `ganbar export` and `train --tensorboard` write, opened by the tools it is for: onnxruntime, safetensors, torch, numpy, PIL, tensorboard.

usage: export_check.py BUILD_FOLDER    (make oracle; onnx, onnxruntime, safetensors, tensorboard, pillow from PyPI, in BUILD_FOLDER/../venv-oracle)
The numbers: for the same latent vectors the graph draws the images that the program draws, to 1e-5 where reads are neither noisy nor converted;
with converters all but a few pixels to 1e-4 (a rounding that falls on the other side moves a pixel by a code); with noise the same spread.
"""
import pathlib
import subprocess
import sys
import tempfile

from pypi import needs

needs("onnx", "onnxruntime", "safetensors", "PIL", "tensorboard")
import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
import PIL.Image  # noqa: E402
import safetensors.numpy  # noqa: E402
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator  # noqa: E402

BUILD = pathlib.Path(sys.argv[1]).absolute()
try:
    import torch
except ImportError:
    torch = None

DATA = '[data]\ndataset = "synthetic-digits"\nclasses = [1, 7]\nlimit = 200\n'
TRAIN = '[train]\nrounds = 6\nbatch = 32\nsnapshot_every = 2\ncheckpoint_every = 3\n[evaluation]\nsamples = 32\nevery = 3\n'
DENSE = '[generator]\nlayers = [20, 90, 784]\noutput = "tanh"\nbias = "{bias}"\n[discriminator]\nlayers = [784, 20, 1]\nw_max = 0.15\n'
LAYERS = """
[generator]
input = "12"
bias = "digital"
[[generator.layer]]
type = "dense"
shape = "8x7x7"
norm = "{norm}"
activation = "relu"
[[generator.layer]]
type = "residual"
padding = 1
norm = "{norm}"
activation = "leaky_relu"
[[generator.layer]]
type = "conv_transpose"
channels = 6
kernel = 4
stride = 2
padding = 1
norm = "{norm}"
activation = "relu"
form = "{form}"
[[generator.layer]]
type = "conv"
channels = 8
kernel = 3
padding = 1
bias = "{conv_bias}"
activation = "leaky_relu"
[[generator.layer]]
type = "{last}"
factor = 2
{more}[discriminator]
input = "1x28x28"
[[discriminator.layer]]
type = "conv"
channels = 4
kernel = 4
stride = 4
activation = "leaky_relu"
[[discriminator.layer]]
type = "dense"
units = 1
"""
SPREAD = '[[generator.layer]]\ntype = "conv"\nchannels = 1\nkernel = 3\npadding = 1\nactivation = "tanh"\n'
CHAINED = '[[generator.layer]]\ntype = "conv"\nchannels = 1\nkernel = 5\npadding = 2\nactivation = "tanh"\n[[generator.layer]]\ntype = "max_pool"\nkernel = 3\npadding = 1\n'


def layers(norm="batch", form="zero_free", conv_bias="digital", last="depth_to_space", more=SPREAD):
    return LAYERS.format(norm=norm, form=form, conv_bias=conv_bias, last=last, more=more)


CASES = {
    "dense": DENSE.format(bias="cells"),
    "dense, differential": DENSE.format(bias="digital") + '[tile]\nmapping = "differential"\nrows = 32\ncols = 48\n',
    "dense, offset, classes": DENSE.format(bias="none") + '[tile]\nmapping = "offset"\n[latent]\nclasses = 2\n',
    "dense, wires": DENSE.format(bias="none") + '[tile]\nrows = 16\ncols = 16\n[wires]\nmode = "exact"\n',
    "convolutional": layers() + "[tile]\nrows = 24\ncols = 5\n",
    "convolutional, virtual norm, biases in cells": layers(norm="virtual", conv_bias="cells", last="upsample"),
    "convolutional, zeros inserted": layers(form="zero_inserted", last="upsample", more=CHAINED),
    "software": layers() + '[hardware]\nkind = "software"\n',
}


def call(*words, fails=False):
    done = subprocess.run([str(BUILD / "bin/ganbar"), *map(str, words)], capture_output=True, text=True)
    assert (done.returncode != 0) == fails, (words, done.stderr)
    return done


def train(folder, name, text, *sets, more=()):
    (folder / "x.toml").write_text(DATA + text + TRAIN)
    out = folder / name.replace(" ", "-").replace(",", "")
    call("train", folder / "x.toml", "--out", out, "--no-report", *[w for s in sets for w in ("--set", s)], *more)
    return out


def exported(run, ending, *words):
    file = run.with_suffix(ending)
    call("export", run, "-o", file, "--force", *words)
    return file


def draw(file, latents):
    """What onnxruntime makes of latent vectors."""
    onnx.checker.check_model(str(file), full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    assert [i.name for i in session.get_inputs()] == ["latents"] and [o.name for o in session.get_outputs()] == ["images"]
    return session.run(None, {"latents": latents})[0]


def images_agree(folder):
    quiet = ["tile.read_noise=false"]
    exact = [*quiet, "tile.dac_bits=0", "tile.adc_bits=0"]
    for name, text in CASES.items():
        software = name == "software"
        run = train(folder, name, text, *(["train.rule=adam"] if software else exact))
        drawn = np.load(exported(run, ".npz"))
        apart = np.abs(draw(exported(run, ".onnx"), drawn["latents"]) - drawn["images"]).max()
        print(f"export: {name}: largest difference {apart:.1e}")
        assert apart < 1e-5, (name, apart)
        if software:
            assert "software" in call("export", run, "-o", folder / "no.onnx", "--converters", fails=True).stderr
            continue
        run = train(folder, name + " converted", text, *quiet)
        drawn = np.load(exported(run, ".npz"))
        apart = np.abs(draw(exported(run, ".onnx", "--converters"), drawn["latents"]) - drawn["images"])
        print(f"export: {name}, converters: {np.mean(apart > 1e-4):.2%} of pixels beyond 1e-4, largest {apart.max():.1e}")
        assert np.mean(apart > 1e-4) < 0.02 and apart.max() < 0.1, name
        without = np.abs(draw(exported(run, ".onnx"), drawn["latents"]) - drawn["images"])
        assert without.mean() > 3 * apart.mean(), (name, "converters make no difference")
        run = train(folder, name + " noisy", text)
        drawn = np.load(exported(run, ".npz", "-n", "400"))
        still = draw(exported(run, ".onnx", "--converters"), drawn["latents"])
        moved = draw(exported(run, ".onnx", "--converters", "--noise", "reads"), drawn["latents"])
        ours, theirs = (drawn["images"] - still).std(), (moved - still).std()
        print(f"export: {name}, noise: spread {ours:.3g} here, {theirs:.3g} in onnxruntime")
        assert 0.9 < theirs / ours < 1.1, name


def weights_load(folder):
    run = train(folder, "weights", layers(), "tile.read_noise=false", "tile.dac_bits=0", "tile.adc_bits=0")
    file = exported(run, ".safetensors")
    with safetensors.safe_open(str(file), framework="np") as f:
        assert f.metadata()["format"] == "pt" and f.metadata()["producer"].startswith("ganbar "), f.metadata()
    state = safetensors.numpy.load_file(str(file))
    drawn = np.load(exported(run, ".npz"))
    for name, value in state.items():
        assert np.array_equal(value, drawn["weights." + name]), name
    if torch is None:
        return print("export: torch is missing, its layout was not tried")
    nn = torch.nn

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.Conv2d(8, 8, 3, padding=1, bias=False)
            self.conv1.norm, self.conv2.norm = nn.BatchNorm2d(8), nn.BatchNorm2d(8)

        def forward(self, x):
            inner = nn.functional.leaky_relu(self.conv1.norm(self.conv1(x)), 0.2)
            return nn.functional.leaky_relu(self.conv2.norm(self.conv2(inner)) + x, 0.2)

    class Generator(nn.Module):
        def __init__(self):
            super().__init__()
            parts = [nn.Linear(12, 392, bias=False), Residual(), nn.ConvTranspose2d(8, 6, 4, 2, 1, bias=False), nn.Conv2d(6, 8, 3, padding=1), nn.Identity(), nn.Conv2d(2, 1, 3, padding=1)]
            parts[0].norm, parts[2].norm = nn.BatchNorm2d(8), nn.BatchNorm2d(6)
            for i, part in enumerate(parts):
                self.add_module(str(i), part)
            self.parts = parts

        def forward(self, z):
            p = self.parts
            x = torch.relu(p[0].norm(p[0](z).view(-1, 8, 7, 7)))
            x = torch.relu(p[2].norm(p[2](p[1](x))))
            x = nn.functional.leaky_relu(p[3](x), 0.2)
            n, c, h, w = x.shape  # channels are (block, channel): DCR, as ONNX calls it
            x = x.view(n, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2).reshape(n, c // 4, 2 * h, 2 * w)
            return torch.tanh(p[5](x))

    generator = Generator().eval()
    own = {k[len("generator."):]: torch.from_numpy(v) for k, v in state.items() if k.startswith("generator.")}
    missing = generator.load_state_dict(own, strict=False)
    assert not missing.unexpected_keys and all(k.endswith("num_batches_tracked") for k in missing.missing_keys), missing
    with torch.no_grad():
        apart = np.abs(generator(torch.from_numpy(drawn["latents"])).numpy() - drawn["images"]).max()
    print(f"export: torch with the exported weights: largest difference {apart:.1e}")
    assert apart < 1e-5


def arrays_and_films_open(folder):
    run = train(folder, "arrays", DENSE.format(bias="none"))
    a = np.load(exported(run, ".npz", "-n", "5", "--seed", "3"))
    call("sample", run, "-n", "5", "--seed", "3", "-o", folder / "s.npy")
    assert np.array_equal(a["samples"], np.load(folder / "s.npy")) and a["samples"].shape == (5, 28, 28)
    table = np.genfromtxt(run / "metrics.csv", delimiter=",", names=True)
    assert np.array_equal(a["metrics.loss_d"], table["loss_d"]) and len(a["quality.round"]) == 2
    g = a["conductances.generator.dense1.0"]
    assert g.shape == (20, 90) and 0 < g.min() and g.max() < 1
    both = np.genfromtxt(exported(run, ".csv"), delimiter=",", names=True)
    assert np.array_equal(both["loss_g"], table["loss_g"]) and np.isnan(both["coverage"]).sum() == 4
    film = PIL.Image.open(exported(run, ".gif"))
    shots = sorted((run / "samples").glob("*.png"))
    assert film.n_frames == len(shots) == 4 and film.info["loop"] == 0
    for i, shot in enumerate(shots):
        film.seek(i)
        grid = np.asarray(PIL.Image.open(shot).convert("L"))
        assert np.array_equal(np.asarray(film.convert("L"))[: grid.shape[0]], grid), shot


def events_read(folder):
    board = folder / "board"
    run = train(folder, "events", DENSE.format(bias="none"), more=("--tensorboard", board))
    text = (folder / "x.toml").read_text()
    (folder / "x.toml").write_text(text.replace("rounds = 6", "rounds = 9"))
    call("train", folder / "x.toml", "--out", run, "--resume", "--no-report", "--tensorboard", board)
    assert len(list(board.iterdir())) == 2
    events = EventAccumulator(str(board), size_guidance={"scalars": 0, "images": 0, "histograms": 0}).Reload()
    table = np.genfromtxt(run / "metrics.csv", delimiter=",", names=True)
    losses = events.Scalars("loss/discriminator")
    assert [e.step for e in losses] == list(range(1, 10)), losses
    assert np.allclose([e.value for e in losses], table["loss_d"], rtol=1e-6)
    assert np.allclose([e.value for e in events.Scalars("energy_J/training")], table["training_energy_J"], rtol=1e-6)
    assert [e.step for e in events.Scalars("quality/coverage")] == [3, 6, 9]
    pictures = events.Images("samples")
    assert [e.step for e in pictures] == [0, 2, 4, 6, 8, 9]
    assert pictures[-1].encoded_image_string == (run / "samples/000009.png").read_bytes()
    bins = events.Histograms("conductance_S/generator/dense1")[-1].histogram_value
    assert sum(bins.bucket) == bins.num == 20 * 90 and 0 < bins.min < bins.max < 1


def main():
    with tempfile.TemporaryDirectory() as keeper:
        folder = pathlib.Path(keeper)
        for check in (arrays_and_films_open, events_read, weights_load, images_agree):
            check(folder)
    print("export: all agree")


if __name__ == "__main__":
    main()
