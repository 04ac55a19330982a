"""Data sets of one's own and files of bits, as a user types the commands: what is read, what is doubted, what is refused.

usage: data_test.py GANBAR
"""
import json
import random
import struct
import subprocess
import unittest
import zlib

from running import GANBAR, InFolder


def png(path, side, kind, pixel):
    """8-bit PNG without filters; kind: 0 grey, 6 RGBA; pixel(x, y) gives the bytes of one."""
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    lines = b"".join(b"\0" + b"".join(bytes(pixel(x, y)) for x in range(side)) for y in range(side))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, kind, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def npy(path, descr, shape, body):
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + body)


class OwnImages(InFolder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for part, classes in (("train", "cat dog"), ("test", "dog emu")):
            for number, name in enumerate(classes.split()):
                for i in range(4):
                    png(cls.folder / "differ" / part / name / f"{i}.png", 8, 0, lambda x, y: [(x * 30 + y * (i + 1) * 7 + number) % 256])
        for part, classes in (("train", "cat dog emu"), ("test", "emu")):
            for name in classes.split():
                for i in range(12):
                    png(cls.folder / "lacks" / part / name / f"{i:02}.png", 8, 0, lambda x, y: [(len(name) * (ord(name[0]) - 96) * 8 + (x * y + i) % 50) % 256])
        for i in range(5):
            png(cls.folder / "ink" / f"{i}.png", 8, 6, lambda x, y: (0, 0, 0, 255 if (x + y) % (i + 2) == 0 else 0))
        for i in range(60):
            png(cls.folder / "drawings" / f"{i:02}.png", 8, 6, lambda x, y: (0, 0, 0, 255 if (x * (i % 7 + 1) + y * (i // 7 + 1)) % 5 == 0 else 0))
        npy(cls.folder / "binary.npy", "|u1", (20, 8, 8), bytes((i * 7 + i // 8) % 2 for i in range(20 * 64)))
        npy(cls.folder / "mask.npy", "|b1", (20, 8, 8), bytes((i * 7 + i // 9) % 2 for i in range(20 * 64)))

    def test_parts_with_other_classes_are_refused(self):
        for words in (["data", "check", "./differ"], ["evaluate", "--samples", "binary.npy", "--reference", "./differ:test"]):
            said = self.refused(*words, code=3)
            self.assertIn("has the classes dog, emu, but the training images have cat, dog", said)

    def test_a_class_missing_in_test_shifts_none(self):
        said = json.loads(self.good("data", "check", "./lacks", "--json").stdout)
        self.assertIn("classes cat (12), dog (12), emu (12);", said[0]["text"])
        self.assertIn("classes cat (0), dog (0), emu (12);", said[1]["text"])
        samples = self.folder / "emus.npy"
        # the same images as emu's of the test part: class 2 of both
        npy(samples, "|u1", (12, 8, 8), bytes((3 * 5 * 8 + (x * y + i) % 50) % 256 for i in range(12) for y in range(8) for x in range(8)))
        said = self.refused("evaluate", "--samples", "emus.npy", "--reference", "./lacks:test", "--classes", "0", code=3)
        self.assertIn("none of the chosen classes", said)

    def test_black_images_are_doubted(self):
        done = self.good("data", "check", "./ink", "./binary.npy", "./mask.npy")
        self.assertRegex(done.stdout, r"(?m)^doubt +\./ink:train: 5 images .*transparency laid over black")
        self.assertRegex(done.stdout, r"(?m)^doubt +\./binary.npy:train")
        self.assertRegex(done.stdout, r"(?m)^good +\./mask.npy:train")
        self.assertIn("all 5 images are the same", done.stderr)
        self.assertIn('data.background = "white"', done.stderr)
        self.assertIn("lie between 0 and 1 of 255, nearly black", done.stderr)
        white = self.good("data", "check", "./ink", "--background", "white")
        self.assertRegex(white.stdout, r"(?m)^good ")
        self.assertEqual(white.stderr, "")
        warnings = json.loads(self.good("data", "check", "./ink", "--json").stdout)[0]["warnings"]
        self.assertEqual(len(warnings), 2)

    def test_training_says_so_too(self):
        toml = """[data]
dataset = "./drawings"
{}
[generator]
layers = [4, 8, 192]
output = "tanh"
[discriminator]
layers = [192, 8, 1]
[train]
rounds = 1
batch = 8
[hardware]
kind = "software"
[evaluation]
samples = 16
"""
        (self.folder / "ink.toml").write_text(toml.format(""))
        (self.folder / "white.toml").write_text(toml.format('background = "white"'))
        dark = self.good("train", "ink.toml", "--out", "dark")
        self.assertIn("warning: ./drawings: the pixels of all images lie between 0 and 0 of 255", dark.stderr)
        light = self.good("train", "white.toml", "--out", "light")
        self.assertNotIn("lie between", light.stderr)
        self.assertEqual(json.loads((self.folder / "light" / "summary.json").read_text())["image_background"], "white")
        self.good("evaluate", "light")

    def test_sizes_and_shapes(self):
        png(self.folder / "sizes" / "1.png", 8, 0, lambda x, y: [20 * x])
        png(self.folder / "sizes" / "2.png", 12, 0, lambda x, y: [20 * y])
        self.assertIn("data.side = N", self.refused("data", "check", "./sizes", code=3))
        self.assertIn("2 images of 1 x 4 x 4", self.good("data", "check", "./sizes", "--side", "4", "--fit", "pad").stdout)
        self.assertIn("expected stretch, crop or pad", self.refused("data", "check", "./sizes", "--fit", "cut"))


class BitFiles(InFolder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        bits = random.Random(7).getrandbits(20000)
        cls.bits = [bits >> k & 1 for k in range(20000)]
        packed = bytes(sum(b << (7 - k) for k, b in enumerate(cls.bits[i:i + 8])) for i in range(0, 20000, 8))
        text = "".join(map(str, cls.bits))
        (cls.folder / "packed.bin").write_bytes(packed)
        (cls.folder / "bytes.bin").write_bytes(bytes(cls.bits))
        (cls.folder / "lines.txt").write_text("\n".join(text[i:i + 25] for i in range(0, 20000, 25)) + "\n")
        (cls.folder / "hex.txt").write_text(packed.hex() + "\n")
        (cls.folder / "wide.bin").write_bytes(struct.pack("<20000q", *cls.bits))

    def judged(self, *words, **more):
        return json.loads(self.good("noise", "test", *words, "--json", "--threads", "1", **more).stdout)

    def test_formats_are_recognised(self):
        wanted = self.judged("packed.bin", "--no-entropy")
        self.assertTrue(all(t.get("pass", True) for t in wanted["sp800_22"]))
        for name, form in (("bytes.bin", "bytes"), ("lines.txt", "ascii"), ("hex.txt", "hex")):
            self.assertEqual(self.judged(name, "--no-entropy"), wanted, name)
            self.assertEqual(self.judged(name, "--no-entropy", "--format", form), wanted, name)
            self.assertIn(f"is read as {form} (--format): 20000 bits", self.good("noise", "test", name, "--no-entropy").stderr)
        self.assertEqual(self.judged("bytes.bin", "--no-entropy", "--format", "packed")["n_bits"], 160000)

    def test_standard_input(self):
        with open(self.folder / "lines.txt", "rb") as file:
            done = subprocess.run([GANBAR, "noise", "test", "-", "--no-entropy", "--json"], stdin=file, capture_output=True, text=True, timeout=100)
        self.assertEqual(json.loads(done.stdout), self.judged("packed.bin", "--no-entropy"))
        piped = subprocess.run([GANBAR, "noise", "test", "-", "--no-entropy", "--json"], input=(self.folder / "packed.bin").read_bytes(), capture_output=True, timeout=100)
        self.assertEqual(json.loads(piped.stdout)["n_bits"], 20000)

    def test_refusals(self):
        self.refused("noise", "test", "packed.bin", "--no-entropy", "--bits", "0")
        self.assertIn("looks like whole numbers of 8 bytes", self.refused("noise", "test", "wide.bin", code=3))
        self.assertIn("expected auto, packed, ascii, bytes, hex", self.refused("noise", "test", "packed.bin", "--format", "binary"))
        self.assertIn("is no bit", self.refused("noise", "test", "packed.bin", "--format", "bytes", code=3))
        self.assertIn("holds 20000 bits (ascii)", self.refused("noise", "test", "lines.txt", "--bits", "20001", code=3))
        self.assertIn("--initial-entropy", self.refused("noise", "test", "packed.bin", "--bits", "1000", "--restarts", "10"))

    def test_too_few_bits_are_not_assessed(self):
        for n in (96, 1000, 4095):
            got = self.judged("packed.bin", "--bits", str(n))
            self.assertIsNone(got["sp800_90b"]["min_entropy_per_bit"])
            self.assertLessEqual(got["largest_autocorrelation"], 1)
            self.assertIn("SP 800-90B section 3.1.1", got["warnings"][0])
        self.assertIn("not assessed", self.good("noise", "test", "packed.bin", "--bits", "1000").stdout)
        enough = self.judged("packed.bin")
        self.assertGreater(enough["sp800_90b"]["min_entropy_per_bit"], 0.5)
        self.assertIn("20000 bits are fewer than the 1000000", enough["warnings"][0])
        (self.folder / "stuck.bin").write_bytes(b"\xa5" * 12)
        stuck = self.judged("stuck.bin")
        self.assertIsNone(stuck["sp800_90b"]["min_entropy_per_bit"])
        self.assertLessEqual(stuck["largest_autocorrelation"], 1)


if __name__ == "__main__":
    unittest.main()
