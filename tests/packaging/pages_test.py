"""The manual page and the completion of bash know every command: pages_test.py GANBAR_PAGES GANBAR."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PAGES, GANBAR = (sys.argv.pop(1) for _ in range(2))


def said(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def commands(*path):
    """The commands that the program's own help lists under a command."""
    part = re.search(r"Subcommands:\n((?:  .*\n?)+)", said(GANBAR, *path, "--help"))
    return re.findall(r"^  (\w[\w-]*)", part.group(1), re.M) if part else []


class Pages(unittest.TestCase):
    def complete(self, *words):
        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder) / "ganbar"
            script.write_text(said(PAGES, "bash"))
            line = " ".join(f"'{w}'" for w in words)
            return said("bash", "-c", f'. {script}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _ganbar; printf "%s\\n" "${{COMPREPLY[@]}}"').split()

    def test_every_command_has_its_section(self):
        page, top = said(PAGES, "man"), commands()
        self.assertGreater(len(top), 10)
        for name in top:
            self.assertIn(f".SS ganbar {name}\n", page)
            for below in commands(name):
                self.assertIn(f".SS ganbar {name} {below}\n", page)

    @unittest.skipUnless(shutil.which("man"), "needs man")
    def test_page_has_no_faults(self):
        with tempfile.NamedTemporaryFile("w", suffix=".1") as page:
            page.write(said(PAGES, "man"))
            page.flush()
            done = subprocess.run(["man", "--warnings", "-l", page.name], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "MANWIDTH": "200", "LC_ALL": "C.UTF-8"})
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_completion(self):
        self.assertEqual(self.complete("ganbar", "trai"), ["train"])
        self.assertEqual(set(self.complete("ganbar", "")), set(commands()))
        self.assertEqual(set(self.complete("ganbar", "inspect", "")), set(commands("inspect")))
        self.assertIn("--resume", self.complete("ganbar", "train", "x.toml", "--"))
        self.assertNotIn("--resume", self.complete("ganbar", "estimate", "--"))
        self.assertEqual(self.complete("ganbar", "train", "sat"), [])  # left to the names of files


if __name__ == "__main__":
    unittest.main()
