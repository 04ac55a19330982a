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

    def only_fault(self, files, table=TABLE):
        found = self.faults(files, table)
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_library_does_not_print(self):
        for line in ("std::cout << 1;", "std::cerr << x;", 'fmt::print(stderr, "x");', 'fmt::print("x");', 'fmt::println("{}", 1);', 'std::printf("x");', 'puts("x");',
                     "std::fflush(stdout);"):
            with self.subTest(line=line):
                self.assertIn("must not write to stdout or stderr", self.only_fault({"core/a.cpp": "void f() {\n" + line + "\n}\n"}))
                self.assertEqual(self.faults({"app/a.cpp": line, "core/a_test.cpp": line, "core/test_a.h": line}), [])
        for line in ("fmt::print(log, \"x\");", "// to stdout", "/* std::cout\n stderr */", 'say("stderr");', "std::snprintf(b, 3, \"x\");"):
            with self.subTest(line=line):
                self.assertEqual(self.faults({"core/a.cpp": line}), [])

    def test_library_does_not_ask_the_environment(self):
        self.assertEqual(self.only_fault({"data/a.cpp": '\nauto x = std::getenv("HOME");'}), "src/ganbar/data/a.cpp:2: data must not ask the environment; app does, and hands the answer in")
        self.assertEqual(self.faults({"app/a.cpp": 'std::getenv("HOME");', "data/a_test.cpp": 'getenv("HOME");'}), [])

    def test_no_path_of_the_tree(self):
        for layer in ("core", "app"):
            self.assertIn("path of the source tree", self.only_fault({f"{layer}/a.cpp": "auto x = GANBAR_SOURCE_ROOT;"}))
        self.assertIn("path of the source tree", self.only_fault({"core/a.h": "auto x = __FILE__;"}))
        self.assertEqual(self.faults({"core/a_test.cpp": "GANBAR_SOURCE_ROOT", "core/b.h": "// GANBAR_SOURCE_ROOT"}), [])

    def test_experiment_writes_no_file(self):
        table = "ganbar_layer(data)\nganbar_layer(experiment USES data)\n"
        for line in ("#include <fstream>", '#include "ganbar/data/atomic_file.h"', 'auto f = std::fopen("x", "w");', "write_file(a, b);", "std::ofstream out(p);",
                     "fs::create_directories(p);"):
            with self.subTest(line=line):
                self.assertIn("experiment writes no file", self.only_fault({"experiment/a.cpp": line}, table))
                self.assertEqual(self.faults({"data/a.cpp": line, "experiment/a_test.cpp": line}, table), [])
        self.assertEqual(self.faults({"experiment/a.cpp": "std::int64_t write_pulses = 200; // write_file(x)\n"}, table), [])

    def test_public_face(self):
        face = '#pragma once\n#include "ganbar/config/b.h"\n'
        good = {"ganbar.h": face, "config/b.h": '#include <string>\n#include "ganbar/core/a.h"\n', "core/a.h": "#include <vector>\n", "core/hidden.h": "#include <fmt/format.h>\n"}
        self.assertEqual(self.faults(good), [])
        for header in ("<fmt/format.h>", "<nlohmann/json.hpp>", "<Eigen/Core>", "<png.h>", "<sqlite3.h>", '"onnx/onnx_pb.h"', "<CLI/CLI.hpp>", "<toml++/toml.h>"):
            with self.subTest(header=header):
                found = self.only_fault(good | {"core/a.h": f"#include <vector>\n#include {header}\n"})
                self.assertTrue(found.startswith("src/ganbar/core/a.h:2: ") and "another project" in found, found)
        self.assertIn("expected at most 80", self.only_fault(good | {"config/b.h": "\n" * 81}))
        many = {f"core/h{i}.h": "" for i in range(16)}
        self.assertIn("names 16 headers", self.only_fault(many | {"ganbar.h": "".join(f'#include "ganbar/core/h{i}.h"\n' for i in range(16))}))

    def test_comments_and_texts_keep_their_lines(self):
        text = 'a /* one\ntwo */ b\nR"(x\ny)" c // d\n#include "ganbar/core/x.h"  // e\n'
        self.assertEqual(len(check_layers.code_of(text)), len(text.splitlines()))
        self.assertIn('#include "ganbar/core/x.h"', check_layers.code_of(text)[4])


if __name__ == "__main__":
    unittest.main()
