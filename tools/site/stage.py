"""The pages Sphinx reads, copied from docs/ into a folder of the build: links set right, tutorials run, their output and pictures put in."""
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

from program import ROOT

from run_snippets import FENCE  # one reading of fences, in the test and here; program.py says where it lies

LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s]+)(\))")
SHOW = re.compile(r"^<!-- (picture|page) (\S+): (.*) -->$")
PROJECT = {"CONTRIBUTING.md": "project/contributing.md", "CHANGELOG.md": "project/changelog.md", "README.md": "index.md"}
MOST_SECONDS = 60  # of processor time of one tutorial
MOST_LINES = 45  # of output shown


def processor_seconds():
    """Of all child processes so far; a busy machine does not change it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def outside_fences(text, change):
    """`text` with `change` applied to each line that no fence holds."""
    out, fenced = [], False
    for line in text.splitlines():
        if line.lstrip().startswith("```") and not re.match(r"^\s*```\{(?!toctree)", line):
            fenced = not fenced
        out.append(line if fenced else change(line))
    return "\n".join(out) + "\n"


class Stage:
    """Writes into `folder`, which is emptied first; whole HTML pages go to `folder`/pages, which Sphinx copies as they are."""

    def __init__(self, folder, program):
        self.folder, self.program = folder, program
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "pages").mkdir()

    def link(self, source, page, target):
        """What a link of the file `source` becomes on the staged `page` (relative to the stage)."""
        path, _, anchor = target.partition("#")
        if not path or re.match(r"^[a-z]+:", target):
            return target
        there = pathlib.Path(os.path.normpath(source.parent / path))
        relative = there.relative_to(ROOT).as_posix()
        if relative in PROJECT:
            new = PROJECT[relative]
        elif relative.startswith("docs/"):
            new = relative.removeprefix("docs/") + ("/index.md" if there.is_dir() else "")
        elif there.is_file():  # a file of the repository that is no page: the site carries a copy
            new = f"files/{relative}"
            (self.folder / new).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(there, self.folder / new)
        else:
            raise RuntimeError(f"{source}: broken link {target}")
        return os.path.relpath(new, pathlib.PurePath(page).parent) + (f"#{anchor}" if anchor else "")

    def page(self, source, page, text=None):
        text = source.read_text(encoding="utf-8") if text is None else text
        text = outside_fences(text, lambda line: LINK.sub(lambda m: m[1] + self.link(source, page, m[2]) + m[3], line))
        path = self.folder / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(re.sub(r"^```(\w+) .*$", r"```\1", text, flags=re.M), encoding="utf-8")

    def tutorial(self, source, page):
        """Runs a tutorial; returns its seconds. Each block is followed by all it printed, not by the lines that the test looks for."""
        start = processor_seconds()
        (self.folder / page).parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            text = Tutorial(self, source, page, pathlib.Path(folder)).run()
        seconds = processor_seconds() - start
        if seconds > MOST_SECONDS:
            raise RuntimeError(f"{source}: took {seconds:.0f} s of processor time; a tutorial has {MOST_SECONDS}")
        self.page(source, page, text)
        return seconds

    def all(self):
        """Everything of docs/ and the project's own pages; returns seconds by tutorial."""
        times = {}
        for source in sorted((ROOT / "docs").rglob("*")):
            name = source.relative_to(ROOT / "docs").as_posix()
            if source.suffix == ".md" and name.startswith("tutorials/") and source.name != "index.md":
                times[name] = self.tutorial(source, name)
            elif source.suffix == ".md":
                self.page(source, name)
            elif source.is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, self.folder / name)
        for name, page in PROJECT.items():
            if page != "index.md":
                self.page(ROOT / name, page)
        shutil.copytree(ROOT / "tools/site/static", self.folder / "_static")
        return times


class Tutorial:
    """One run of one tutorial in an empty folder."""

    def __init__(self, stage, source, page, folder):
        self.stage, self.source, self.page, self.folder = stage, source, page, folder

    def block(self, body, line):
        done = subprocess.run(["sh", "-eu"], input=body, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.folder,
                              env=self.stage.program.environment, timeout=20 * MOST_SECONDS)
        if done.returncode != 0:
            raise RuntimeError(f"{self.source}:{line}: exit code {done.returncode}\n{body}{done.stdout}")
        printed = done.stdout.replace(f"{self.folder}/", "").replace(f"{ROOT}/", "").rstrip().splitlines()
        if len(printed) > MOST_LINES:
            printed = printed[:MOST_LINES] + [f"... ({len(printed) - MOST_LINES} more lines)"]
        return ["```text", *printed, "```"] if printed else []

    def show(self, what, file, caption):
        """A picture as a figure; a whole page, copied to the site, as a link."""
        made = self.folder / file
        if not made.is_file():
            raise RuntimeError(f"{self.source}: no block left {file}")
        name = f"{pathlib.PurePath(self.page).stem}-{file.replace('/', '-')}"
        if what == "page":
            shutil.copyfile(made, self.stage.folder / "pages" / name)
            return [f'<p class="made-page"><a href="../{name}">{caption}</a></p>']
        shutil.copyfile(made, (self.stage.folder / self.page).parent / name)
        return [f":::{{figure}} {name}", f":alt: {caption}", ":class: pixels", "", caption, ":::"]

    def run(self):
        out, info, body, start = [], None, [], 0
        for number, line in enumerate(self.source.read_text(encoding="utf-8").splitlines(), 1):
            found, shown = FENCE.match(line), SHOW.match(line)
            if found and info is None:
                info, body, start = found.group(1), [], number
            elif found:
                if info != "text output":
                    out += [f"```{'sh' if info == 'sh runnable' else info}", *body, "```"]
                if info == "sh runnable":
                    out += ["", *self.block("\n".join(body) + "\n", start)]
                info = None
            elif info is not None:
                body.append(line)
            else:
                out += self.show(*shown.groups()) if shown else [line]
        return "\n".join(out) + "\n"
