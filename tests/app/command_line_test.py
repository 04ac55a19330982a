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
        self.assertIn("did you mean train?", self.bad(2, "trian"))
        self.assertIn("did you mean --seed?", self.bad(2, "train", "x.toml", "--sed", "3"))
        self.bad(2, "list", "devices", "more")
        self.assertIn('did you mean "devices"?', self.bad(2, "list", "devcies"))
        self.assertIn('did you mean "ideal"?', self.bad(2, "describe", "device", "idael"))
        self.assertIn("unknown preset", self.bad(2, "describe", "experiment", "no-such-experiment"))

    def test_alone_it_helps(self):
        self.assertEqual(self.good(), self.good("--help"))
        self.assertEqual(self.good("help", "train"), self.good("train", "--help"))
        self.assertEqual(self.good("help"), self.good("--help"))
        self.assertRegex(self.good("--version"), r"^ganbar \d+\.\d+")

    def test_list_alone_lists_the_kinds(self):
        kinds = [line.split()[0] for line in self.good("list").splitlines()]
        self.assertLessEqual({"devices", "experiments", "datasets", "networks", "accelerators"}, set(kinds))
        self.assertEqual([k["name"] for k in json.loads(self.good("list", "--json"))], kinds)
        for kind in kinds:
            listed = json.loads(self.good("list", kind, "--json"))
            self.assertEqual([one["name"] for one in listed], [line.split()[0] for line in self.good("list", kind).splitlines()])
            self.assertTrue(all(set(one) == {"name", "text"} for one in listed))

    def test_quotes_that_lack_are_named(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "x.toml")
            for text, place, advice in (("preset = satyam2022-balanced\n", ":1:", 'write "satyam2022-balanced"'), ("[train]\nv_set = 0.9 V  # more\n", ":2:", 'write "0.9 V"'),
                                        ("[train]\nt_pulse = 100ns\n", ":2:", 'write "100ns"'), ("[device]\ng_min = 150 µS\n", ":2:", 'write "150 µS"'),
                                        ("[train]\nmirror = True\n", ":2:", "write true")):
                path.write_text(text)
                said = self.bad(2, "train", str(path), "--dry-run")
                self.assertIn(f"x.toml{place}", said)
                self.assertIn(advice, said)
            path.write_text("[train]\nepochs = 1..2\n")
            self.assertNotIn("quotes", self.bad(2, "train", str(path), "--dry-run"))

    def test_faults_name_what_said_it(self):
        dry = ["train", "satyam2022-balanced", "--dry-run", "--set"]
        self.assertTrue(self.bad(2, *dry, "generator.layers=[100, 128, 783]", "--set", "discriminator.layers=[784, 128, 1]").startswith("--set discriminator.layers: "))
        self.assertTrue(self.bad(2, *dry, "generator.layers=[100]").startswith("--set generator.layers: "))
        self.assertTrue(self.bad(2, *dry, "train.batch=100000000").startswith("--set train.batch: "))
        self.assertTrue(self.bad(2, *dry, "train.v_set=1 A").startswith("--set train.v_set: "))
        said = self.bad(2, *dry, "train.batc=3")
        self.assertTrue(said.startswith("--set train.batc: "))
        self.assertIn('did you mean "batch"?', said)
        self.assertLess(len(said), 200)
        self.assertRegex(said, r"\(nearest of \d+: batch, \w+, \w+, \w+, \w+\)")
        self.assertRegex(self.bad(2, *dry, "train.learning_rate=1"), r"\(nearest of \d+: .*\brate\b.*\)")  # words before letters
        self.assertIn('did you mean "t_pulse"?', self.bad(2, *dry, "train.pulse_width=200 ns"))
        self.assertIn("did you mean tile.adc_bits?", self.bad(2, *dry, "adc_bits=3"))
        self.assertIn("did you mean train.batch?", self.bad(2, *dry, "tile.batch=3"))

    def test_the_example_of_the_documents(self):
        self.assertIn('t_pulse = "200 ns"', self.good("train", "satyam2022-balanced", "--dry-run", "--set", "train.t_pulse=200 ns"))

    def test_onnx_is_no_experiment(self):
        said = self.bad(2, "train", "g.onnx")
        self.assertIn("ganbar estimate g.onnx --on all", said)

    def test_zero_is_no_default(self):
        for option in ("--batch", "--steps-d"):
            self.assertIn("expected 1 to", self.bad(2, "estimate", "dcgan", "--on", "gtx1080", option, "0"))

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
