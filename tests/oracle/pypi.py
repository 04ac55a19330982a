"""Packages from PyPI for the checks here: they live in BUILD_FOLDER/../venv-oracle (make oracle)."""
import importlib
import os
import pathlib
import sys


def needs(*names):
    """Goes on in that environment where these do not import here; where they do not there either, says so and ends well."""
    venv = pathlib.Path(sys.argv[1]).absolute().parent / "venv-oracle"
    try:
        return [importlib.import_module(n) for n in names]
    except ImportError as missing:
        python = venv / "bin" / "python"
        if python.exists() and pathlib.Path(sys.prefix) != venv:
            os.execv(python, [str(python), *sys.argv])
        print(f"{pathlib.Path(sys.argv[0]).stem}: skipped, {missing}; make oracle puts it into {venv} where PyPI can be reached")
        sys.exit(0)
