"""The built program, asked for its declarations: what `list`, `describe` and `--help` say, with nothing of this machine in it."""
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/docs"))
from run_snippets import search_path  # noqa: E402  (what the tests run, the site runs)

KINDS = ["devices", "experiments", "networks", "accelerators", "rules", "layers", "converters", "generators", "circuits", "datasets"]
# An experiment that sets nothing but what has no default: what it describes are the declarations.
BARE = '[generator]\nlayers = [4, 4]\n[discriminator]\nlayers = [4, 1]\n'


class Program:
    """Runs one executable with presets of this checkout; answers are kept, for several pages ask the same."""

    def __init__(self, path):
        self.path = pathlib.Path(path).resolve()
        self.environment = dict(os.environ, GANBAR_ROOT=str(ROOT), GANBAR_PRESETS=str(ROOT / "presets"), PATH=search_path(self.path))
        self.kept = {}

    def text(self, *arguments, folder=None):
        """Standard output; a RuntimeError with the program's own message where it fails."""
        if arguments not in self.kept:
            done = subprocess.run([self.path, *arguments], text=True, capture_output=True, env=self.environment, cwd=folder or ROOT)
            if done.returncode != 0:
                raise RuntimeError(f"ganbar {' '.join(arguments)}: exit code {done.returncode}\n{done.stderr}")
            self.kept[arguments] = done.stdout.replace(f"{ROOT}/", "")
        return self.kept[arguments]

    def json(self, *arguments, folder=None):
        return json.loads(self.text(*arguments, "--json", folder=folder))

    def names(self, kind):
        return self.json("list", kind)

    def describe(self, kind, name, folder=None):
        return self.json("describe", kind.removesuffix("s"), name, folder=folder)

    def subcommands(self, *command):
        """Names below one command (below the program itself when empty), in the order of its help."""
        found = re.search(r"^Subcommands:\n((?:  .*\n)+)", self.text(*command, "--help"), re.MULTILINE)
        return re.findall(r"^  (\S+)", found.group(1), re.MULTILINE) if found else []

    def commands(self):
        """Every command with its words, depth first: ("data",), ("data", "list"), ..."""
        out = []
        for name in self.subcommands():
            out.append((name,))
            out += [(name, below) for below in self.subcommands(name)]
        return out
