"""The layer check must find what it is for: each case is a small tree with one fault, and one without."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import check_layers  # noqa: E402

TABLE = "ganbar_layer(core LINK x::y)\nganbar_layer(config USES core)\nganbar_layer(app USES config LINK z)\nganbar_layer(data USES core TEST_LINK z LINK x)\n"


class Layers(unittest.TestCase):
    def faults(self, files, table=TABLE):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "CMakeLists.txt").write_text(table)
            (root / "src/ganbar").mkdir(parents=True)
            for name, text in files.items():
                path = root / "src/ganbar" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return check_layers.check(root)

    def test_table(self):
        self.assertEqual(check_layers.read_table(TABLE), {"core": [], "config": ["core"], "app": ["config"], "data": ["core"]})

    def test_good_tree(self):
        self.assertEqual(self.faults({"core/a.h": "", "config/b.h": '#include "ganbar/core/a.h"', "app/c.cpp": '#include "ganbar/core/a.h"\n'}), [])

    def test_upward(self):
        found = self.faults({"core/a.cpp": '#pragma once\n#include "ganbar/config/b.h"\n'})
        self.assertEqual(len(found), 1)
        self.assertTrue(found[0].startswith("src/ganbar/core/a.cpp:2: core must not include"))

    def test_sideways(self):
        self.assertEqual(len(self.faults({"data/a.cpp": '#include "ganbar/config/b.h"\n'})), 1)

    def test_unknown_folder(self):
        self.assertEqual(len(self.faults({"extra/a.cpp": ""})), 1)

    def test_header_circle(self):
        found = self.faults({"core/a.h": '#include "ganbar/core/b.h"', "core/b.h": '#include "ganbar/core/c.h"', "core/c.h": '#include "ganbar/core/a.h"'})
        self.assertEqual(found, ["headers in a circle: ganbar/core/a.h -> ganbar/core/b.h -> ganbar/core/c.h -> ganbar/core/a.h"])

    def test_layer_circle_and_unknown_use(self):
        self.assertTrue(any("circle" in f for f in self.faults({}, "ganbar_layer(a USES b)\nganbar_layer(b USES a)\n")))
        self.assertTrue(any("no layer" in f for f in self.faults({}, "ganbar_layer(a USES b)\n")))


if __name__ == "__main__":
    unittest.main()
