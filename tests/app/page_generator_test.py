"""`ganbar report --generator`: the page draws what the program draws.

usage: page_generator_test.py GANBAR       with chromium the page draws; without it only its making is tested
"""
import ast
import json
import re
import struct
import unittest

import browser
from running import CONVOLUTIONAL, DIGITS, InFolder, connected

TRAIN = '[train]\nrounds = 8\nbatch = 8\n[evaluation]\nsamples = 32\nfeatures = "untrained"\n'


def pixels_of(path):
    """Shape and bytes of an NPY file of bytes."""
    data = path.read_bytes()
    n, = struct.unpack("<H", data[8:10])
    return ast.literal_eval(data[10:10 + n].decode())["shape"], data[10 + n:]


class PageGenerator(InFolder):
    FILES = {"soft.toml": DIGITS + connected(8, 24, generator='bias = "digital"\n') + '[hardware]\nkind = "software"\n' + TRAIN,
             "cells.toml": DIGITS + connected(8, 24, generator='bias = "cells"\n') + '[device]\nmodel = "ideal"\n' + TRAIN,
             "conv.toml": DIGITS + CONVOLUTIONAL + '[hardware]\nkind = "software"\n' + TRAIN}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("soft", "cells", "conv"):
            done = cls.command("train", f"{name}.toml", "--out", name, "--no-report", *(["--set", "train.rounds=1"] if name == "conv" else []))
            assert done.returncode == 0, done.stderr

    def page(self, name):
        out = self.folder / f"{name}.html"
        if not out.exists():
            self.good("report", name, "-o", str(out), "--generator")
        return out

    def test_the_page_holds_the_network(self):
        for name, biases in (("soft", 24 + 784), ("cells", 24 + 784)):
            text = self.page(name).read_text()
            network = json.loads(re.search(r'id="data-draw">(.*?)</script>', text, re.S).group(1))
            self.assertEqual([(l["in"], l["out"], l["activation"]) for l in network["layers"]], [(8, 24, "leaky_relu"), (24, 784, "tanh")])
            self.assertEqual([len(l["weights"]) for l in network["layers"]], [-(-2 * n // 3) * 4 for n in (8 * 24, 24 * 784)])
            self.assertEqual(sum(len(l["bias"]) * 3 // 4 for l in network["layers"]), 2 * biases + (2 * 24) % 3 + (-2 * 784) % 3)
            self.assertEqual((network["height"], network["width"], len(network["latents"])), (28, 28, 48))
        self.good("report", "soft", "-o", "plain.html")
        self.assertNotIn("data-draw", (self.folder / "plain.html").read_text())

    @unittest.skipUnless(browser.CHROMIUM, "chromium is not installed")
    def test_the_page_draws_what_the_program_draws(self):
        for name in ("soft", "cells"):
            self.good("sample", name, "-n", "48", "--seed", "1", "-o", f"{name}.npy")
            shape, drawn = pixels_of(self.folder / f"{name}.npy")
            self.assertEqual(shape[-2:], (28, 28))
            with browser.Page(f"file://{self.page(name)}") as page:
                page.until("!document.getElementById('draw-figure').hidden")
                self.assertEqual(page.said, [])
                for k in (0, 1, 47):
                    image = page.evaluate(f"document.getElementById('draw-figure').generate({k}, 0).map((v) => 127.5 * (1 + v))")
                    off = [abs(a - b) for a, b in zip(image, drawn[784 * k:784 * (k + 1)])]
                    self.assertLess(max(off), 2 if name == "soft" else 16, (name, k))  # the page has no converters and no read noise of its own
                    self.assertLess(sum(off) / len(off), 0.5 if name == "soft" else 3, (name, k))
                    self.assertGreater(max(image) - min(image), 20)
                spread = lambda share: page.evaluate("(() => { const g = document.getElementById('draw-figure').generate; const clean = g(0, 0); let sum = 0; for (let k = 0; k < 20; ++k) "
                                                     f"g(0, {share}).forEach((v, i) => {{ sum += (v - clean[i]) ** 2; }}); return Math.sqrt(sum / 20 / clean.length); }})()")
                some, more = spread(0.01), spread(0.1)
                self.assertGreater(some, 0)
                self.assertGreater(more, 4 * some)
                # Sliders change the images; back at the start they are what they were.
                picture = "document.querySelector('#draw-figure canvas').toDataURL()"
                move = lambda name, value: page.evaluate(f"(() => {{ const s = document.querySelector('#draw-figure input[name={name}]'); s.value = {value}; s.dispatchEvent(new Event('input')); }})()")
                before, seen = page.evaluate(picture), set()
                for slider in ("first", "second", "noise"):
                    move(slider, 1)
                    seen.add(page.evaluate(picture))
                    move(slider, 0)
                    self.assertEqual(page.evaluate(picture), before)
                self.assertEqual(len(seen - {before}), 3)
                page.evaluate("document.querySelector('#draw-figure button').click()")
                self.assertNotEqual(page.evaluate(picture), before)

    def test_what_cannot_draw_in_a_page_is_refused(self):
        self.assertIn("expected dense layers", self.refused("report", "conv", "-o", "no.html", "--generator"))
        self.assertIn("expected one run", self.refused("report", "soft", "cells", "-o", "no.html", "--generator"))
        big = self.folder / "big.toml"
        big.write_text(DIGITS + connected(8, 700) + '[hardware]\nkind = "software"\n' + TRAIN)
        self.good("train", "big.toml", "--out", "big", "--no-report", "--set", "train.rounds=1")
        self.assertIn("bytes of the page", self.refused("report", "big", "-o", "no.html", "--generator"))
        self.assertFalse((self.folder / "no.html").exists())


if __name__ == "__main__":
    unittest.main()
