"""`ganbar evaluate` as a user types it, on the data set that needs no files.

usage: evaluate_test.py GANBAR
"""
import json
import struct
import unittest

from running import InFolder

KEYS = """classifier_accuracy classifier_confidence frechet_distance precision recall density coverage mean_pairwise_distance
mean_pairwise_distance_real collapsed collapsed_reason n_samples reference feature_net_sha256""".split()


def npy(path, n, pixel):
    """n images of 28 x 28 bytes, pixel(image, row, column) each."""
    head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({n}, 28, 28), }}".encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    body = bytes(pixel(i, r, c) for i in range(n) for r in range(28) for c in range(28))
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + body)


class Evaluate(InFolder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        npy(cls.folder / "same.npy", 60, lambda i, r, c: 255 if 12 <= c <= 15 and 4 <= r <= 23 else 0)
        npy(cls.folder / "noise.npy", 60, lambda i, r, c: (i * 7919 + r * 104729 + c * 1299709) * 2654435761 >> 9 & 255)

    def evaluate(self, *words):
        return self.good("evaluate", *words).stdout

    def bad(self, code, part, *words):
        self.assertIn(part, self.refused("evaluate", *words, code=code))

    def test_quality(self):
        words = ("--reference", "synthetic-digits", "--classes", "1")
        same = json.loads(self.evaluate("--samples", "same.npy", *words, "--json"))
        for key in KEYS:
            self.assertIn(key, same)
        self.assertIs(same["collapsed"], True)
        self.assertEqual(same["mean_pairwise_distance"], 0)
        self.assertEqual(same["n_samples"], 60)
        self.assertEqual(same["reference"], "synthetic-digits:test:1")
        noise = json.loads(self.evaluate("--samples", "noise.npy", *words, "--json"))
        self.assertEqual(noise["feature_net_sha256"], same["feature_net_sha256"])
        self.assertGreater(noise["mean_pairwise_distance"], noise["mean_pairwise_distance_real"])
        self.assertIs(noise["collapsed"], False)
        headline = self.evaluate("--samples", "same.npy", *words).splitlines()[0]
        for word in ("accuracy", "coverage", "pairwise distance", "COLLAPSED"):
            self.assertIn(word, headline)
        run = self.folder / "run"
        run.mkdir()
        (run / "samples.npy").write_bytes((self.folder / "same.npy").read_bytes())
        (run / "summary.json").write_text('{"dataset": "synthetic-digits", "classes": [1]}')
        self.assertEqual(json.loads(self.evaluate("run", "--json")), same)

    def test_without_labels(self):
        plain = json.loads(self.evaluate("--samples", "same.npy", "--reference", "noise.npy", "--json"))
        self.assertEqual(plain["features"], "untrained")
        self.assertEqual(plain["reference"], "noise.npy:train")
        self.assertIsNone(plain["classifier_accuracy"])
        self.assertIs(plain["collapsed"], True)
        lent = json.loads(self.evaluate("--samples", "same.npy", "--reference", "noise.npy", "--features", "synthetic-digits", "--json"))
        self.assertEqual(lent["features"], "synthetic-digits")
        self.assertIsNone(lent["classifier_accuracy"])
        self.assertGreater(lent["frechet_distance"], 0)

    def test_faults(self):
        self.bad(2, "one of the two")
        self.bad(2, "one of the two", "run", "--samples", "same.npy")
        self.bad(2, "--reference", "--samples", "same.npy")
        self.bad(2, 'did you mean "mnist"?', "--samples", "same.npy", "--reference", "mnits")
        self.bad(2, "0 to 9", "--samples", "same.npy", "--reference", "synthetic-digits", "--classes", "10")
        self.bad(3, "none.npy", "--samples", "none.npy", "--reference", "synthetic-digits")
        self.bad(3, "summary.json", "norun")
        self.bad(3, "no labels", "--samples", "same.npy", "--reference", "noise.npy:train", "--features", "noise.npy")
        self.bad(2, "no labels", "--samples", "same.npy", "--reference", "noise.npy:train", "--classes", "1")
        broken = self.folder / "broken"
        broken.mkdir()
        (broken / "summary.json").write_text('{"dataset": ')
        self.bad(3, "summary.json", "broken")


if __name__ == "__main__":
    unittest.main()
