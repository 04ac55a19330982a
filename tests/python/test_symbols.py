"""The module must load where a manylinux_2_34 wheel may be installed: no symbol of a younger C library or libstdc++ (packaging/README.md)."""
import re
import subprocess

import ganbar

FLOOR = {"GLIBC": (2, 34), "GLIBCXX": (3, 4, 29), "CXXABI": (1, 3, 13)}


def wanted():
    """(library, version) of each versioned symbol that the module takes from elsewhere."""
    table = subprocess.run(["objdump", "-T", ganbar._core.__file__], check=True, capture_output=True, text=True).stdout
    return {(name, tuple(map(int, version.split(".")))) for name, version in re.findall(r"\b(GLIBC|GLIBCXX|CXXABI)_([0-9.]+)", table)}


def test_no_symbol_is_younger_than_the_floor():
    found = wanted()
    assert {name for name, _ in found} == set(FLOOR)
    assert not [f"{name}_{'.'.join(map(str, version))}" for name, version in found if version > FLOOR[name]]


def test_the_module_names_no_openssl():
    needed = subprocess.run(["objdump", "-p", ganbar._core.__file__], check=True, capture_output=True, text=True).stdout
    assert "libcrypto" not in needed and "libssl" not in needed
