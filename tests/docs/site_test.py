#!/usr/bin/env python3
"""The documentation site without Sphinx: site_test.py GANBAR

The reference that tools/site writes has every key, name and command that the program knows; every page is in a table of contents; every link
between files of the repository leads somewhere. `make docs` builds the site itself, runs its tutorials and follows its links and anchors.
"""
import fnmatch
import os
import pathlib
import re
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/site"))
from program import KINDS, Program  # noqa: E402
from reference import si, write_reference  # noqa: E402
from run_snippets import blocks  # noqa: E402

TOCTREE = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# What strangers look for, the page that answers and words of the answer.
TASKS = [
    ("train a first GAN", "tutorials/first_gan.md", "ganbar train"),
    ("fit a device to measured pulses", "own_device.md", "ganbar device fit"),
    ("default, range and source of a key", "reference/keys/tile.md", "[`tile.adc_bits`]"),
    ("a GAN of PyTorch in cells", "torch.md", "convert("),
    ("a SPICE deck of a crossbar", "circuit.md", "ganbar netlist"),
    ("accelerators at equal area", "accelerators.md", "--area"),
    ("a trained generator as ONNX, with its noise", "exports.md", ".onnx"),
    ("a sweep as an array job of Slurm", "sweep.md", "--slurm"),
    ("test random bits of one's own", "noise.md", "ganbar noise test"),
    ("a training rule of one's own in C++", "tutorials/own_rule.md", "src/ganbar/tile/rules/"),
    ("a search by Optuna", "optuna.md", "optuna"),
    ("how to cite", "citing.md", "CITATION.cff"),
]
CLICKS = 3
STAGED = ["project/contributing", "project/changelog"]  # from the repository's root (tools/site/stage.py)


def without_fences(text):
    return re.sub(r"^```(?!\{toctree).*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.out = pathlib.Path(cls.folder.name) / "reference"
        cls.program = Program(PROGRAM)
        write_reference(cls.program, cls.out)
        cls.pages = {p.relative_to(cls.out).as_posix(): p.read_text(encoding="utf-8") for p in cls.out.rglob("*.md")}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def shown(self, folder):
        """Keys defined on the pages of one folder."""
        return {key for name, text in self.pages.items() if name.startswith(folder) for key in re.findall(r"^\[`([^`]+)`\]\{#", text, re.MULTILINE)}

    def test_every_key_of_every_experiment_is_there(self):
        keys, devices = self.shown("keys/"), self.shown("devices/")
        for preset in self.program.names("experiments"):
            for p in self.program.describe("experiments", preset["name"])["parameters"]:
                self.assertIn(p["name"], devices | keys if p["name"].startswith("device.") else keys, preset["name"])

    def test_every_parameter_of_devices_accelerators_rules_generators_and_circuits_is_there(self):
        for kind, folder, prefix in (("devices", "devices/", "device."), ("accelerators", "accelerators/", "accelerators.{}."), ("generators", "keys/", ""), ("rules", "keys/", ""), ("circuits", "circuits/", "")):
            shown = self.shown(folder)
            for thing in self.program.names(kind):
                for p in self.program.describe(kind, thing["name"])["parameters"]:
                    self.assertIn(prefix.format(thing["name"]) + p["name"], shown, thing["name"])

    def test_a_key_says_its_default_unit_range_kind_and_source(self):
        for p in self.program.describe("devices", "nili2020")["parameters"]:
            entry = self.pages["devices/nili2020.md"].split(f"[`device.{p['name']}`]")[1].split("\n[`")[0]
            self.assertIn(f"*{p['kind']}*", entry)
            self.assertIn("default `", entry)
            if p["unit"]:
                self.assertIn(f"unit {p['unit']};", entry)
            for choice in p.get("choices", []):
                self.assertIn(f"`{choice}`", entry)
            if "choices" not in p and "lo" in p and p["type"] == "real":
                self.assertIn(si(p["lo"], p["unit"]), entry)

    def test_every_name_and_command_has_its_place(self):
        for kind in KINDS:
            for thing in self.program.names(kind):
                self.assertIn(f"{kind}/{thing['name']}.md", self.pages)
        for words in self.program.commands():
            self.assertIn(self.program.text(*words, "--help").rstrip(), self.pages[f"commands/{words[0]}.md"], words)

    def test_nothing_of_this_machine_is_in_it(self):
        for name, text in self.pages.items():
            self.assertNotIn(str(ROOT), text, name)

    def test_every_page_is_in_a_table_of_contents(self):
        texts = {p.relative_to(ROOT / "docs").as_posix(): p.read_text(encoding="utf-8") for p in (ROOT / "docs").rglob("*.md")}
        texts.update({f"reference/{name}": text for name, text in self.pages.items()})
        every = {name.removesuffix(".md") for name in texts} | set(STAGED)
        listed = {"index"}
        for name, text in texts.items():
            folder = pathlib.PurePosixPath(name).parent
            for toctree in TOCTREE.findall(text):
                for line in (x.strip() for x in toctree.splitlines()):
                    if line and not line.startswith(":"):
                        entry = (folder / line).as_posix().removeprefix("./")
                        found = set(fnmatch.filter(every, entry))
                        self.assertTrue(found, f"docs/{name} lists {line}, which is no page")
                        listed |= found
        self.assertEqual(sorted(every - listed), [])

    def test_no_page_is_lost_behind_one_that_sphinx_writes(self):
        for name in ("search", "genindex", "py-modindex"):
            self.assertFalse((ROOT / f"docs/{name}.md").exists(), f"docs/{name}.md: the site's own {name}.html takes its place")

    def test_a_stranger_finds_each_task_in_three_clicks(self):
        """From the start page, over links in the text and entries of the side bar."""
        texts = {p.relative_to(ROOT / "docs").as_posix(): p.read_text(encoding="utf-8") for p in (ROOT / "docs").rglob("*.md")}
        texts.update({f"reference/{name}": text for name, text in self.pages.items()})

        def links(name):
            folder = pathlib.PurePosixPath(name).parent.as_posix()
            for target in LINK.findall(without_fences(texts[name])):
                yield os.path.normpath(os.path.join(folder, target.partition("#")[0]))
            for toctree in TOCTREE.findall(texts[name]):
                for line in (x.strip() for x in toctree.splitlines() if x.strip() and not x.strip().startswith(":")):
                    yield from fnmatch.filter(texts, os.path.normpath(os.path.join(folder, line)) + ".md")

        clicks, front = {"index.md": 0}, ["index.md"]
        while front:
            name = front.pop(0)
            for there in links(name):
                if there in texts and there not in clicks:
                    clicks[there] = clicks[name] + 1
                    front.append(there)
        for task, page, words in TASKS:
            self.assertIn(words, texts[page], task)
            self.assertLessEqual(clicks.get(page, CLICKS + 1), CLICKS, task)
            print(f"{task}: {clicks[page]}", file=sys.stderr)

    def test_links_between_files_lead_somewhere(self):
        made = {f"reference/{name}" for name in self.pages}
        for source in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")):
            for target in LINK.findall(without_fences(source.read_text(encoding="utf-8"))):
                path = target.partition("#")[0]
                if path and not re.match(r"^[a-z]+:", path):
                    there = pathlib.Path(os.path.normpath(source.parent / path))
                    generated = there.is_relative_to(ROOT / "docs") and there.relative_to(ROOT / "docs").as_posix() in made
                    self.assertTrue(there.exists() or generated, f"{source.relative_to(ROOT)}: {target}")

    def test_every_tutorial_runs_something_and_is_in_the_table(self):
        index = (ROOT / "docs/tutorials/index.md").read_text(encoding="utf-8")
        for source in (ROOT / "docs/tutorials").glob("*.md"):
            if source.name != "index.md":
                self.assertIn(f"({source.name})", index)
                self.assertIn("sh runnable", [info for _, info, _ in blocks(source.read_text(encoding="utf-8"))], source.name)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
