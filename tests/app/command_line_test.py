"""The command line as a user types it: exit codes, what goes to stdout and stderr, list, describe, doctor.

usage: command_line_test.py GANBAR
"""
import json
import pathlib
import re
import tempfile
import unittest

from running import run


class CommandLine(unittest.TestCase):
    def good(self, *words, **options):
        done = run(*words, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def bad(self, code, *words):
        done = run(*words)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        return done.stderr

    def test_help_everywhere(self):
        commands = re.findall(r"^  (\S+)", self.good("--help").split("Subcommands:")[1], re.M)
        self.assertGreaterEqual(len(commands), 3)
        for command in commands:
            self.assertIn("Usage:", self.good(command, "--help"))

    def test_wrong_words(self):
        self.bad(2)
        self.bad(2, "trian")
        self.bad(2, "list")
        self.bad(2, "list", "devices", "more")
        self.assertIn('did you mean "devices"?', self.bad(2, "list", "devcies"))
        self.assertIn('did you mean "ideal"?', self.bad(2, "describe", "device", "idael"))
        self.assertIn("unknown preset", self.bad(2, "describe", "experiment", "no-such-experiment"))

    def test_list_puts_the_name_first(self):
        for kind in ("devices", "experiments"):
            for line in self.good("list", kind).splitlines():
                name = line.split()[0]
                self.assertTrue(line.startswith(name))
                self.assertIn(name, self.good("describe", kind[:-1], name))
        self.assertIn("ideal", [line.split()[0] for line in self.good("list", "devices").splitlines()])

    def test_describe_json(self):
        described = json.loads(self.good("describe", "device", "ideal", "--json"))
        g_min = next(p for p in described["parameters"] if p["name"] == "g_min")
        self.assertEqual(g_min["unit"], "S")
        self.assertAlmostEqual(g_min["value"], 150e-6)
        self.assertIn(g_min["kind"], ("published", "derived", "assumed"))
        self.assertTrue(g_min["source"])

    def test_describe_an_experiment_file(self):
        with tempfile.TemporaryDirectory() as folder:
            base = self.good("list", "experiments").split()[0]
            path = pathlib.Path(folder, "x.toml")
            path.write_text(f'# Mine\npreset = "{base}"\n[train]\nepochs = 7\n')
            described = json.loads(self.good("describe", "experiment", str(path), "--json"))
            values = {p["name"]: p["value"] for p in described["parameters"]}
            self.assertEqual(values["train.epochs"], 7)
            self.assertIn("epochs = 7\n", described["config"])
            self.assertIn(f"{base}.toml", described["facts"]["starts from"])
            self.assertEqual(described["text"], "Mine")
            for text, place in (("[train\n", ":1:"), ("\n[train]\nepoch = 7\n", ":3:1: "), ('[train]\nt_pulse = "1 V"\n', ":2:11: ")):
                path.write_text(text)
                self.assertIn(f"x.toml{place}", self.bad(2, "describe", "experiment", str(path)))

    def test_doctor(self):
        found = {row["name"]: row for row in json.loads(self.good("doctor", "--json"))}
        self.assertTrue(found["current folder"]["ok"])
        self.assertTrue(all(row["ok"] or row["remedy"] for row in found.values()))
        self.assertTrue(run("doctor", env={"PATH": "/nonexistent"}).stdout.count("missing") >= 2)


if __name__ == "__main__":
    unittest.main()
