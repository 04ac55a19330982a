"""The package is typed: a checker finds nothing in it, and finds what a user gets wrong. The keys it knows are those of the library."""
import pathlib
import subprocess
import sys

import pytest

import ganbar

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = pathlib.Path(ganbar.__file__).parent


def mypy(*files):
    return subprocess.run([sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--cache-dir=/dev/null", "--follow-imports=silent", *map(str, files)],
                          capture_output=True, text=True, cwd=PACKAGE.parent)


def test_keys_are_those_of_the_declarations():
    done = subprocess.run([sys.executable, str(ROOT / "tools/python_keys.py"), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_section_is_typed():
    from ganbar import _keys

    known = set(_keys.Sections.__annotations__)
    for name in ganbar.list("experiments"):
        sections = ganbar.load(name).to_dict()
        assert {k for k in sections if isinstance(sections[k], dict)} <= known | {"set_by"}, name
    assert "pulse voltage" in _keys.TrainManhattan.__doc__ or "V" in _keys.TrainManhattan.__doc__


def test_the_package_is_clean_and_wrong_use_is_found(tmp_path):
    user = tmp_path / "user.py"
    user.write_text('''import ganbar

exp = ganbar.load("satyam2022-balanced", seed=3, train={"rounds": 5, "manhattan": {"v_set": "0.9 V"}}, device={"d2d": "off"})
for record in exp.start("runs/a"):
    loss: float = record.loss_d
run = ganbar.open("runs/a")
cell: str = ganbar.Device.from_pulses("chip.csv").verdict.rule
ganbar.load("satyam2022-balanced", train={"rounds": "many"})  # wrong 1
ganbar.load("satyam2022-balanced", train={"round": 5})  # wrong 2
ganbar.load("satyam2022-balanced", tarin={"rounds": 5})  # wrong 3
ganbar.load("satyam2022-balanced", train={"manhattan": {"v_set": 0.9}})  # wrong 4
''')
    done = mypy(*sorted(p for p in PACKAGE.glob("*.py")), user)
    lines = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert not [line for line in lines if "user.py" not in line], done.stdout
    found = {int(line.split("user.py:")[1].split(":")[0]) for line in lines}
    assert found == {8, 9, 10, 11}, done.stdout
