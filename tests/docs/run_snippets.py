#!/usr/bin/env python3
"""Runs what README.md and docs/*.md show.

usage: run_snippets.py GANBAR [FILE...]

Every block fenced as ```sh runnable is run by `sh -eu` in a temporary folder of its file, blocks of one file one after the other, with
`ganbar` on the PATH, and, where `make python` made it, its Python before the system's. A block must end with code 0. A block ```text output right after it must appear in what it printed, line by line.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(.*?)\s*$")


def blocks(text):
    """(line number, info string, body) of every fenced block."""
    out, info, start, body = [], None, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        found = FENCE.match(line)
        if found and info is None:
            info, start, body = found.group(1), number, []
        elif found:
            out.append((start, info, "\n".join(body) + "\n"))
            info = None
        elif info is not None:
            body.append(line)
    return out


def run_file(path, environment):
    """(number of blocks run, faults) of one document."""
    faults, n_run, printed = [], 0, ""
    with tempfile.TemporaryDirectory() as folder:
        for line, info, body in blocks(path.read_text(encoding="utf-8")):
            if info == "sh runnable":
                n_run += 1
                done = subprocess.run(["sh", "-eu"], input=body, text=True, capture_output=True, cwd=folder, env=environment, timeout=250)
                printed = done.stdout
                if done.returncode != 0:
                    faults.append(f"{path}:{line}: exit code {done.returncode}\n{body}{done.stdout}{done.stderr}")
            elif info == "text output":
                for wanted in body.splitlines():
                    if wanted.strip() not in (got.strip() for got in printed.splitlines()):
                        faults.append(f"{path}:{line}: not printed: {wanted}\nprinted:\n{printed}")
                        break
    return n_run, faults


def search_path(program):
    """PATH of the blocks: the program, the environment of its Python package."""
    return f"{program.parent}:{ROOT / 'build/venv/bin'}:{os.environ['PATH']}"


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    files = [pathlib.Path(f) for f in sys.argv[2:]] or [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    environment = dict(os.environ, PATH=search_path(program), GANBAR_ROOT=str(ROOT))
    if "GANBAR_DATA" not in environment and (ROOT.parent / "shared/data").is_dir():
        environment["GANBAR_DATA"] = str(ROOT.parent / "shared/data")
    n_run, faults = 0, []
    for path in files:
        n, found = run_file(path, environment)
        n_run += n
        faults += found
    print("\n".join(faults) if faults else f"{n_run} blocks ran")
    if n_run == 0:
        print("run_snippets.py: no runnable block found", file=sys.stderr)
        return 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
