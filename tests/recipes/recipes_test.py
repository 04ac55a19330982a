"""Follows the recipes of docs/design.md and docs/tutorials/own_accelerator.md as they stand: a device, a layer type, a training rule, a converter, an accelerator, one file each.

usage: recipes_test.py BUILD_FOLDER SOURCE_FOLDER CMAKE
A scratch copy of the folders of components gets one more file each; the build's own function writes the lists that register them, and these
with the new files are compiled and linked with the libraries that are built already.
"""
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
CMAKE = sys.argv[3]
FOLDERS = {  # folder of components -> header, namespace, name of the list's function, argument, its type
    "device/models": ("ganbar/device/device_registry.h", "ganbar", "register_builtin_devices", "registry", "ganbar::DeviceRegistry&"),
    "nn/layer_types": ("ganbar/nn/layer_types.h", "ganbar::nn", "register_builtin_layer_types", "registry", "ganbar::nn::LayerTypeRegistry&"),
    "tile/rules": ("ganbar/tile/training_rule.h", "ganbar", "register_builtin_rules", "registry", "ganbar::RuleRegistry&"),
    "tile/converters": ("ganbar/tile/converter.h", "ganbar", "register_builtin_converters", "registries", "ganbar::ConverterRegistries&"),
    "arch/models": ("ganbar/arch/accelerator.h", "ganbar", "register_builtin_accelerators", "registry", "ganbar::AcceleratorRegistry&"),
}


def recipes():
    """Path below src/ganbar -> text, from the documents."""
    found = dict(re.findall(r"^```cpp recipe=(\S+)\n(.*?)^```", (SOURCE / "docs/design.md").read_text(), re.S | re.M))
    tutorial = (SOURCE / "docs/tutorials/own_accelerator.md").read_text()
    found["arch/models/mychip.cpp"] = re.search(r"^cat > mychip.cpp <<'END'\n(.*?)^END$", tutorial, re.S | re.M).group(1)
    return found


def call(*words, **options):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))[:300]}\nexit code {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
    return done.stdout


def compile_words():
    """Compiler and options of a unit of the library, without its output and its precompiled header."""
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    words = shlex.split(next(e["command"] for e in entries if "/ganbar_experiment.dir/" in e["command"]))
    start = max(i for i, w in enumerate(words) if re.search(r"(\+\+|clang|gcc)[-\d.]*$", pathlib.Path(w).name) and not w.startswith("-"))
    kept, skip = [], 0
    for w in words[start:]:
        skip = 2 if w in ("-o", "-c", "-include") else skip
        if skip:
            skip -= 1
        elif w not in ("-Winvalid-pch",) and not re.fullmatch(r"-O\d", w):
            kept.append(w)
    while "-Xclang" in kept:  # clang's words for a precompiled header
        at = kept.index("-Xclang")
        del kept[at:at + 2]
    return [*kept, "-O0"]


def link_words():
    """The libraries of the program, as its link line has them, up to the layer that recipes need."""
    ninja = (BUILD / "build.ninja").read_text()
    block = re.search(r"^build bin/ganbar:.*?^$", ninja, re.S | re.M).group(0)
    above = {f"libganbar_{layer}.a" for layer in ("app", "study", "run", "report")}
    return [w for w in shlex.split(re.search(r"^  LINK_LIBRARIES = (.*)$", block, re.M).group(1)) if w not in above]


class Recipes(unittest.TestCase):
    def test_one_file_each(self):
        with tempfile.TemporaryDirectory(prefix="ganbar recipes ") as name:
            scratch = pathlib.Path(name)
            texts = recipes()
            self.assertEqual(sorted({str(pathlib.Path(p).parent) for p in texts}), sorted(FOLDERS))
            calls = []
            for folder, (header, space, head, argument, kind) in FOLDERS.items():
                shutil.copytree(SOURCE / "src/ganbar" / folder, scratch / folder)
                calls.append(f'ganbar_generate_registration("{scratch}/list-{head}.cpp" "{scratch / folder}" "{header}" {space} {head} {argument} "{kind}")')
            for path, text in texts.items():
                self.assertFalse((scratch / path).exists(), path)
                (scratch / path).write_text(text)
            (scratch / "CMakeLists.txt").write_text(f'cmake_minimum_required(VERSION 3.25)\nproject(lists NONE)\ninclude("{SOURCE}/cmake/ganbar.cmake")\n' + "\n".join(calls) + "\n")
            call(CMAKE, "-S", scratch, "-B", scratch / "lists")
            parts = [*(scratch / p for p in texts), *(scratch / f"list-{head}.cpp" for _, _, head, *_ in FOLDERS.values()), SOURCE / "tests/recipes/main.cpp"]
            # One unit for all: what costs is to read the headers. The new lists come first and stand in place of the libraries' own.
            (scratch / "all.cpp").write_text("".join(f'#include "{p}"\n' for p in parts))
            call(*compile_words(), scratch / "all.cpp", "-o", scratch / "program", *link_words(), cwd=BUILD)
            self.assertRegex(call(scratch / "program", scratch / "small.toml"), r"\d+ set pulses, \d+ conversions")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
