"""What the tests of the package share. GANBAR_PROGRAM is the command line that they hold it against."""
import os
import subprocess

import pytest

QUICK = {"train": {"rounds": 6, "batch": 16, "epochs": 1, "checkpoint_every": 2, "snapshot_every": 0},
         "evaluation": {"samples": 16, "every": 0}, "data": {"dataset": "synthetic-digits", "classes": [1, 7], "limit": 120}}


@pytest.fixture(scope="session")
def program():
    return os.environ["GANBAR_PROGRAM"]


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """One cache for package and program, and for all files of tests where GANBAR_TEST_CACHE names it: the classifier of the data is trained once."""
    os.environ["XDG_CACHE_HOME"] = os.environ.get("GANBAR_TEST_CACHE") or str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def command(program):
    def run(*words):
        return subprocess.run([program, *map(str, words)], check=True, capture_output=True, text=True).stdout

    return run


def as_sets(sections):
    return [word for s, keys in sections.items() for k, v in keys.items() for word in ("--set", f"{s}.{k}={v}")]
