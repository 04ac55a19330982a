"""The Python snippets of the pages run as they stand, in order, in a folder of their own."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SNIPPET = re.compile(r"^```python\n(.*?)^```", re.S | re.M)


@pytest.mark.parametrize("page", ["README.md", "docs/python.md", "docs/optuna.md", "docs/torch.md"])
def test_snippets(page, tmp_path, monkeypatch):
    text = (ROOT / page).read_text()
    found = list(SNIPPET.finditer(text))
    assert found, f"{page} has no snippet of Python"
    monkeypatch.chdir(tmp_path)
    names = {}
    for m in found:
        line = text.count("\n", 0, m.start()) + 1
        exec(compile("\n" * line + m.group(1), str(ROOT / page), "exec"), names)
