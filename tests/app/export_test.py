"""`ganbar export`: every kind of file, read back here by readers of a few lines. The tools the files are for open them in tests/oracle/export_check.py.

usage: export_test.py GANBAR
"""
import base64
import json
import re
import shutil
import struct
import subprocess
import unittest
import xml.etree.ElementTree
import zipfile
import zlib

from running import CONVOLUTIONAL, DIGITS, InFolder, connected

RUN = DIGITS + connected(8, 16) + '[tile]\nmapping = "differential"\n[train]\nrounds = 4\nbatch = 32\nsnapshot_every = 2\n[evaluation]\nsamples = 32\nevery = 2\nfeatures = "untrained"\n'
SOFTWARE = DIGITS + CONVOLUTIONAL + '[hardware]\nkind = "software"\n[train]\nrule = "adam"\nrate = 1e-3\nrounds = 2\nbatch = 16\n[evaluation]\nsamples = 16\nfeatures = "untrained"\n'
SVG = "{http://www.w3.org/2000/svg}"


def npy(data):
    """Header and bytes of an NPY file."""
    assert data[:8] == b"\x93NUMPY\x01\x00"
    n = struct.unpack("<H", data[8:10])[0]
    return eval(data[10 : 10 + n], {"__builtins__": {}}), data[10 + n :]


def floats(data):
    return struct.unpack(f"<{len(data) // 4}f", data)


def protobuf(data):
    """Fields of a message: number -> values; whole numbers, or bytes."""
    fields, at = {}, 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at, value, shift = at + 1, value | (byte & 127) << shift, shift + 7
            if byte < 128:
                return value

    while at < len(data):
        tag = varint()
        if tag & 7 == 0:
            value = varint()
        else:
            n = {1: 8, 5: 4}.get(tag & 7) or varint()
            value, at = data[at : at + n], at + n
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def crc32c(data, table=[]):
    if not table:
        for i in range(256):
            for _ in range(8):
                i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
            table.append(i)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17 & 0xFFFFFFFF) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    """The messages of a TFRecord file, their checksums held against the bytes."""
    at = 0
    while at < len(data):
        (n,), (crc,) = struct.unpack("<Q", data[at : at + 8]), struct.unpack("<I", data[at + 8 : at + 12])
        body, (of_body,) = data[at + 12 : at + 12 + n], struct.unpack("<I", data[at + 12 + n : at + 16 + n])
        assert crc == masked(data[at : at + 8]) and of_body == masked(body)
        yield body
        at += n + 16


def gif_frames(data):
    """Sizes and delays of the frames, and how often the film repeats (0: for ever)."""
    width, height, flags = struct.unpack("<HHB", data[6:11])
    at, frames, delay, loops = 13 + 3 * (2 << (flags & 7)), [], None, None
    while data[at] != 0x3B:
        if data[at] == 0x21:
            if data[at + 1] == 0xF9:
                delay = struct.unpack("<H", data[at + 4 : at + 6])[0]
            if data[at + 3 : at + 14] == b"NETSCAPE2.0":
                loops = struct.unpack("<H", data[at + 16 : at + 18])[0]
            at += 2
        else:
            frames.append((*struct.unpack("<HH", data[at + 5 : at + 9]), delay))
            at += 11  # descriptor, and the size of codes
        while data[at]:
            at += data[at] + 1
        at += 1
    return (width, height), frames, loops


class Export(InFolder):
    FILES = {"run.toml": RUN, "software.toml": SOFTWARE}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.made = cls.command("train", "run.toml", "--out", "run", "--no-report", "--tensorboard", "board/a")
        cls.other = cls.command("train", "software.toml", "--out", "software", "--no-report")

    def setUp(self):
        self.assertEqual((self.made.returncode, self.other.returncode), (0, 0), self.made.stderr + self.other.stderr)

    def export(self, name, *words, run="run"):
        """The bytes of a file; the same bytes a second time."""
        self.good("export", run, "-o", name, *words)
        first = (self.folder / name).read_bytes()
        self.good("export", run, "-o", name, "--force", *words)
        self.assertEqual(first, (self.folder / name).read_bytes())
        return first

    def test_npz(self):
        self.export("a.npz", "-n", "6", "--seed", "5")
        with zipfile.ZipFile(self.folder / "a.npz") as archive:
            self.assertIsNone(archive.testzip())
            arrays = {name.removesuffix(".npy"): npy(archive.read(name)) for name in archive.namelist()}
        self.good("sample", "run", "-n", "6", "--seed", "5", "-o", "s.npy")
        self.assertEqual(arrays["samples"], npy((self.folder / "s.npy").read_bytes()))
        self.assertEqual(arrays["latents"][0]["shape"], (6, 8))
        self.assertEqual(arrays["images"][0]["shape"], (6, 1, 28, 28))
        of_bytes = [round((v + 1) * 127.5) for v in floats(arrays["images"][1])]
        self.assertLessEqual(max(abs(a - b) for a, b in zip(of_bytes, arrays["samples"][1])), 1)
        rows = (self.folder / "run/metrics.csv").read_text().splitlines()
        self.assertEqual(struct.unpack("<4d", arrays["metrics.loss_g"][1]), tuple(float(r.split(",")[3]) for r in rows[1:]))
        self.assertEqual(struct.unpack("<2d", arrays["quality.round"][1]), (2, 4))
        for plane in "01":
            header, g = arrays["conductances.generator.dense1." + plane]
            self.assertEqual(header, {"descr": "<f4", "fortran_order": False, "shape": (8, 16)})
            self.assertTrue(all(0 < v < 1e-2 for v in floats(g)))
        # Weights are torch's [out, in]: the difference of the planes, up to a factor, the other way round.
        w, plus, minus = (floats(arrays[n][1]) for n in ("weights.generator.0.weight", "conductances.generator.dense1.0", "conductances.generator.dense1.1"))
        pairs = [(w[o * 8 + i], plus[i * 16 + o] - minus[i * 16 + o]) for i in range(8) for o in range(16)]
        xx, yy, xy = (sum(f(x, y) for x, y in pairs) for f in (lambda x, y: x * x, lambda x, y: y * y, lambda x, y: x * y))
        self.assertGreater(xy / (xx * yy) ** 0.5, 0.9)  # every cell's own curve bends it a little

    def test_safetensors(self):
        data = self.export("a.safetensors", run="software")
        n = struct.unpack("<Q", data[:8])[0]
        header = json.loads(data[8 : 8 + n])
        about = header.pop("__metadata__")
        self.assertEqual((about["format"], about["round"], about["dataset"]), ("pt", "2", "synthetic-digits"))
        shapes = {name: tuple(v["shape"]) for name, v in header.items()}
        self.assertEqual(shapes["generator.0.weight"], (294, 12))
        self.assertEqual(shapes["generator.0.norm.running_var"], (6,))
        self.assertEqual(shapes["generator.2.weight"], (6, 4, 4, 4))
        self.assertEqual(shapes["generator.3.bias"], (1,))
        self.assertEqual(shapes["discriminator.1.conv2.weight"], (4, 4, 3, 3))
        self.assertEqual(sum(len(data[8 + n :][slice(*v["data_offsets"])]) for v in header.values()), len(data) - 8 - n)

    def test_onnx(self):
        for run, words in (("software", ()), ("run", ()), ("run", ("--converters",)), ("run", ("--noise", "reads"))):
            model = protobuf(self.export("a.onnx", *words, run=run))
            (self.folder / "a.onnx").unlink()
            self.assertEqual((model[1], model[2]), ([8], [b"ganbar"]))
            graph = protobuf(model[7][0])
            operators = [protobuf(node)[4][0].decode() for node in graph[1]]
            names = [protobuf(v)[1][0] for v in graph[11] + graph[12]]
            self.assertEqual(names, [b"latents", b"images"])
            self.assertEqual("Round" in operators, "--converters" in words)
            self.assertEqual("RandomNormalLike" in operators, "--noise" in words)
            self.assertEqual(("ConvTranspose" in operators, "BatchNormalization" in operators), (run == "software",) * 2)

    def test_onnx_is_the_network(self):
        """Read back as a network, the graph multiplies as often as the experiment's own."""
        self.export("net.onnx", run="software")
        macs = [json.loads(self.good("estimate", net, "--on", "a100", "--json", "--batch", "8").stdout)[0]["macs_useful"] for net in ("net.onnx", "software.toml")]
        self.assertGreater(macs[0], 0)
        self.assertLess(macs[0], macs[1])  # the experiment has a discriminator too, and trains
        for words in (("--converters",), ("--noise", "reads")):
            self.export("arrays.onnx", *words, run="run")
            self.assertIn("holds the crossbars of a run", self.refused("estimate", "arrays.onnx", "--on", "isaac"))
            (self.folder / "arrays.onnx").unlink()

    def test_gif(self):
        (width, height), frames, loops = gif_frames(self.export("a.gif"))
        shots = sorted((self.folder / "run/samples").glob("*.png"))
        self.assertEqual([f[:2] for f in frames], [(width, height)] * len(shots))
        self.assertEqual(loops, 0)
        self.assertGreater(frames[-1][2], frames[0][2])
        self.assertEqual(width, struct.unpack(">I", shots[0].read_bytes()[16:20])[0])

    def test_mp4(self):
        if shutil.which("ffmpeg"):
            self.assertEqual(self.export("a.mp4")[4:8], b"ftyp")
        told = self.refused("export", "run", "-o", "b.mp4", code=3, PATH="/nowhere")
        self.assertIn("ffmpeg, which is not on the PATH", told)
        self.assertFalse((self.folder / "b.mp4").exists())

    def test_csv(self):
        rows = [line.split(",") for line in self.export("a.csv").decode().splitlines()]
        self.assertEqual(len({len(r) for r in rows}), 1)
        of_metrics = (self.folder / "run/metrics.csv").read_text().splitlines()
        self.assertEqual(rows[0][: len(of_metrics[0].split(","))], of_metrics[0].split(","))
        coverage = rows[0].index("coverage")
        self.assertEqual([r[coverage] != "" for r in rows[1:]], [False, True, False, True])
        self.assertEqual([float(r[2]) for r in rows[1:]], [float(r.split(",")[2]) for r in of_metrics[1:]])

    def test_figures(self):
        names = self.good("export", "run", "--list").stdout.split()
        for wanted in ("generated-images", "conductance-of-every-array", "conductance-of-generator-dense1", "losses", "cumulative-energy", "energy-by-layer-and-component"):
            self.assertIn(wanted, names)
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            for column, mm in (("single", 89), ("double", 183)):
                self.good("export", "run", "-o", f"{name}-{column}.svg", "--figure", name, "--column", column)
                top = xml.etree.ElementTree.parse(self.folder / f"{name}-{column}.svg").getroot()
                self.assertEqual(top.get("width"), f"{mm:.2f}mm")
                self.assertLess(float(top.get("height").removesuffix("mm")), 247)  # a page
                words = [t for t in top.iter(SVG + "text")]
                self.assertEqual(bool(words), name != "generated-images")
                of_pictures = {"generated-images": 1, "conductance-of-every-array": 1, "images-against-energy": 2}
                self.assertEqual(len(list(top.iter(SVG + "image"))), of_pictures.get(name, 0))
                self.assertFalse([p for p in top.iter(SVG + "path") if re.search("nan|inf", p.get("d"))])

    def test_images_against_energy(self):
        """The pictures of rounds that were judged, of all four, cut to whole images; a run that was judged once has no curve."""
        (self.folder / "often.toml").write_text(RUN.replace("snapshot_every = 2", "snapshot_every = 1"))
        self.good("train", "often.toml", "--out", "often", "--no-report")
        for column, n in (("single", 2), ("double", 3)):
            data = self.export(f"along-{column}.svg", "--figure", "images-against-energy", "--column", column, run="often")
            top = xml.etree.ElementTree.fromstring(data)
            texts = ["".join(t.itertext()) for t in top.iter(SVG + "text")]
            self.assertEqual([t for t in texts if t.startswith("round ")], ["round 2", "round 4"])
            self.assertTrue(any(t.startswith("energy of training") for t in texts), texts)
            grid = (self.folder / "often/samples/000004.png").read_bytes()
            pitch = (struct.unpack(">I", grid[16:20])[0] - 1) // 8
            for image in top.iter(SVG + "image"):
                png = base64.b64decode(next(v for k, v in image.attrib.items() if k.endswith("href")).split(",")[1])
                self.assertEqual(struct.unpack(">II", png[16:24]), (n * pitch + 1,) * 2)
        self.assertNotIn("images-against-energy", self.good("export", "software", "--list").stdout.split())

    def test_pdf(self):
        for name in ("losses", "generated-images"):
            data = self.export(f"{name}.pdf", "--figure", name)
            self.assertTrue(data.startswith(b"%PDF-1.") and data.rstrip().endswith(b"%%EOF"))
            self.assertIn(f"MediaBox [ 0 0 252", data.decode("latin-1"))
            streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.S)
            pages = b"".join(zlib.decompress(s) for s in streams if s[:1] == b"x")
            self.assertEqual(b"FontFile" in data, name == "losses")  # embedded, as journals ask
            self.assertIn(b"Tj" if name == "losses" else b"Do", pages.replace(b"TJ", b"Tj"))
        if shutil.which("pdftoppm"):
            done = subprocess.run(["pdftoppm", "-r", "100", "-png", str(self.folder / "losses.pdf"), str(self.folder / "page")], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertTrue(list(self.folder.glob("page*.png")))

    def test_refusals(self):
        for words, told in (
            (("-o", "a.tiff"), "expected a name ending in .onnx"),
            ((), "expected -o FILE"),
            (("-o", "a.svg"), "expected --figure NAME"),
            (("-o", "a.svg", "--figure", "loses"), 'did you mean "losses"'),
            (("-o", "b.npz", "--converters"), ".npz has no use for --converters; expected it with .onnx"),
            (("-o", "b.npz", "--noise", "reads"), ".npz has no use for --noise"),
            (("-o", "b.onnx", "--seed", "1"), ".onnx has no use for --seed; expected it with .npz"),
            (("-o", "b.gif", "--column", "single"), ".gif has no use for --column"),
            (("-o", "b.gif", "--list"), "expected it without -o"),
        ):
            self.assertIn(told, self.refused("export", "run", *words))
        for sets, words, told in (("tile.read_noise=false", ("--noise", "reads"), "reads have no noise"), ("tile.dac_bits=0 tile.adc_bits=0", ("--converters",), "without converters")):
            self.good("train", "run.toml", "--out", "bare-" + words[0], "--no-report", "--set", "train.rounds=1", *[w for s in sets.split() for w in ("--set", s)])
            self.assertIn(told, self.refused("export", "bare-" + words[0], "-o", "b.onnx", *words))
        self.assertIn("generator is in software", self.refused("export", "software", "-o", "b.onnx", "--converters"))
        self.assertIn("is no run folder", self.refused("export", "nowhere", "-o", "b.onnx", code=3))
        (self.folder / "there.csv").write_text("mine")
        self.assertIn("--force", self.refused("export", "run", "-o", "there.csv"))
        self.assertEqual((self.folder / "there.csv").read_text(), "mine")
        self.assertEqual(list(self.folder.glob("b.*")), [])

    def test_tensorboard(self):
        (file,) = (self.folder / "board/a").iterdir()
        self.assertTrue(file.name.startswith("events.out.tfevents."))
        events = [protobuf(r) for r in records(file.read_bytes())]
        self.assertEqual(events[0][3], [b"brain.Event:2"])
        scalars, images, histograms = {}, {}, {}
        for event in events[1:]:
            step = event.get(2, [0])[0]
            for value in (protobuf(v) for v in protobuf(event[5][0]).get(1, [])):
                tag = value[1][0].decode()
                if 2 in value:
                    scalars.setdefault(tag, {})[step] = struct.unpack("<f", value[2][0])[0]
                if 4 in value:
                    images.setdefault(tag, {})[step] = protobuf(value[4][0])[4][0]
                if 5 in value:
                    histograms.setdefault(tag, {})[step] = protobuf(value[5][0])
        rows = [r.split(",") for r in (self.folder / "run/metrics.csv").read_text().splitlines()]
        losses = {int(r[0]): float(r[2]) for r in rows[1:]}
        self.assertEqual(scalars["loss/discriminator"].keys(), losses.keys())
        for step, loss in losses.items():
            self.assertAlmostEqual(scalars["loss/discriminator"][step], loss, delta=1e-6 * abs(loss))
        self.assertEqual(list(scalars["quality/coverage"]), [2, 4])
        self.assertEqual(list(images["samples"]), [0, 2, 4])
        for step, png in images["samples"].items():
            self.assertEqual(png, (self.folder / f"run/samples/{step:06d}.png").read_bytes())
        for h in histograms["conductance_S/generator/dense1"].values():
            counts = struct.unpack(f"<{len(h[7][0]) // 8}d", h[7][0])
            self.assertEqual((sum(counts), struct.unpack("<d", h[3][0])[0]), (2 * 8 * 16, 2 * 8 * 16))

    def test_tensorboard_of_a_run_taken_up(self):
        """A second process writes a second file, which says from where on it counts; the run's own files do not know of either."""
        more = ("--no-report", "--set", "train.rounds=6")
        self.good("train", "run.toml", "--out", "again", "--no-report", "--tensorboard", "board/b")
        self.good("train", "run.toml", "--out", "again", "--resume", *more, "--tensorboard", "board/b")
        self.good("train", "run.toml", "--out", "plain", *more)
        self.same_bytes("again", "plain", ["metrics.csv", "quality.csv", "samples.npy"])
        first, second = sorted((self.folder / "board/b").iterdir(), key=lambda p: p.stat().st_mtime_ns)
        started = [protobuf(r) for r in records(second.read_bytes())][1]
        self.assertEqual(protobuf(started[7][0]), {1: [1]})
        self.assertEqual(started[2], [4])  # the round before the end is where both runs are the same, so round 4 is played again
        self.assertNotEqual(first.read_bytes(), second.read_bytes())
        self.assertIn("cannot", self.refused("train", "run.toml", "--out", "none", "--tensorboard", "run.toml/board", code=3))
        self.assertFalse((self.folder / "none").exists())


if __name__ == "__main__":
    unittest.main()
