"""tools/check_style.py finds what it says it finds, and nothing in sources that keep to it.

usage: check_style_test.py
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def body(n_lines):
    return "".join(f"    n += {i};\n" for i in range(n_lines))


class Style(unittest.TestCase):
    def faults(self, text):
        """What is said of a tree with this one source."""
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            (root / "src").mkdir()
            shutil.copy(ROOT / ".clang-format", root)
            (root / "src/a.cpp").write_text(text)
            done = subprocess.run([sys.executable, ROOT / "tools/check_style.py", root], capture_output=True, text=True)
            if done.returncode == 2:
                self.skipTest(done.stdout.strip())
            self.assertEqual(done.returncode, 1 if done.stdout else 0, done.stderr)
            return done.stdout.splitlines()

    def test_good_sources_are_good(self):
        self.assertEqual(self.faults("int one() { return 1; }\n"), [])

    def test_layout(self):
        found = self.faults("int   one( ){return 1;}\n")
        self.assertTrue(found and all(":1:" in line and "error" in line for line in found), found)

    def test_long_files(self):
        self.assertEqual(self.faults("\n".join(f"extern int n{i};" for i in range(400)) + "\n"), [])
        self.assertEqual(self.faults("\n".join(f"extern int n{i};" for i in range(401)) + "\n"), ["src/a.cpp: 401 lines; expected at most 400"])

    def test_long_functions(self):
        free = "void f(int n) {\n" + body(58) + "}\n"
        self.assertEqual(self.faults(free), [])
        self.assertEqual(self.faults("void f(int n) {\n" + body(59) + "}\n"), ["src/a.cpp:1: a function of 61 lines; expected at most 60"])
        method = "struct S {\n    void f(int n) const {\n" + "".join("    " + line + "\n" for line in body(59).splitlines()) + "    }\n};\n"
        self.assertEqual(self.faults(method), ["src/a.cpp:2: a function of 61 lines; expected at most 60"])

    def test_tables_are_no_long_functions(self):
        self.assertEqual(self.faults("int T::schema() {\n    int n = 0;\n" + body(80) + "}\n"), [])


if __name__ == "__main__":
    unittest.main()
