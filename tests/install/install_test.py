"""An installed copy serves programs that know nothing of the source tree: find_package, pkg-config, and the program beside its presets.

usage: install_test.py BUILD_FOLDER SOURCE_FOLDER CMAKE CXX
The copy lies in a folder with a space in its name, as does the project that uses it.
"""
import csv
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
BUILD, SOURCE, CMAKE, CXX = (sys.argv.pop(1) for _ in range(4))


def call(*words, fails=False, **options):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, **options)
    if (done.returncode != 0) != fails:
        raise AssertionError(f"{words}: exit code {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keeper = tempfile.TemporaryDirectory(prefix="ganbar install ")
        cls.root = pathlib.Path(cls.keeper.name)
        cls.prefix = cls.root / "a prefix"
        call(CMAKE, "--install", BUILD, "--prefix", cls.prefix)
        cls.ganbar = cls.prefix / "bin/ganbar"
        # A machine without the tree: nothing that says where it lies, no data but what the presets make.
        cls.env = {"PATH": os.environ["PATH"], "HOME": str(cls.root)}

    @classmethod
    def tearDownClass(cls):
        cls.keeper.cleanup()

    def project(self, name, *options, fails=False):
        folder = self.root / "projects of others" / name
        shutil.copytree(HERE / name, folder, dirs_exist_ok=True)
        build = folder / "build"
        shutil.rmtree(build, ignore_errors=True)
        done = call(CMAKE, "-S", folder, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", f"-DCMAKE_CXX_COMPILER={CXX}", f"-DCMAKE_PREFIX_PATH={self.prefix}", *options,
                    env=self.env, fails=fails)
        if not fails:
            call(CMAKE, "--build", build, env=self.env)
        return done if fails else build / name

    def test_files(self):
        for name in ("bin/ganbar", "share/ganbar/presets/experiments/dcgan-quick.toml", "share/ganbar/presets/networks/dcgan.toml", "include/ganbar/ganbar.h",
                     "include/ganbar/experiment/session.h", "lib/libganbar_core.a"):
            self.assertTrue((self.prefix / name).is_file(), name)
        headers = {p.relative_to(self.prefix / "include").as_posix() for p in (self.prefix / "include").rglob("*.h")}
        of_tests = {h for h in headers if h.endswith(("_test.h", "_testing.h", "_test_support.h")) or h.rpartition("/")[2].startswith("test_")}
        self.assertEqual(of_tests, set())
        self.assertEqual({h for h in headers if h.startswith("ganbar/app/")}, set())  # the program's own
        for header in headers:  # every header finds what it includes
            for line in (self.prefix / "include" / header).read_text().splitlines():
                if line.startswith('#include "ganbar/'):
                    self.assertIn(line.split('"')[1], headers, header)

    def test_nothing_says_where_the_tree_lies(self):
        places = {str(pathlib.Path(SOURCE).resolve()), str(pathlib.Path(BUILD).resolve())}
        for path in (p for p in self.prefix.rglob("*") if p.is_file()):
            content = path.read_bytes()
            for place in places:
                self.assertNotIn((place + "/").encode(), content, path.relative_to(self.prefix))

    def test_program_finds_its_presets(self):
        listed = call(self.ganbar, "list", "experiments", env=self.env, cwd=self.root).stdout
        self.assertIn("dcgan-quick", listed)
        moved = self.root / "moved"
        shutil.copytree(self.prefix / "bin", moved / "bin")
        shutil.copytree(self.prefix / "share", moved / "share")
        self.assertEqual(call(moved / "bin/ganbar", "list", "experiments", env=self.env, cwd=self.root).stdout, listed)

    def test_project_of_another(self):
        answer = json.loads(call(self.project("consumer"), env=self.env, cwd=self.root).stdout)
        self.assertIn(f"ganbar {answer['version']} ", call(self.ganbar, "--version").stdout)
        # Its training is the program's, to the digits that the program writes.
        run = self.root / "run"
        call(self.ganbar, "train", "dcgan-quick", "--out", run, *sum((["--set", s] for s in ("data.limit=200", "train.batch=8", "train.rounds=5", "evaluation.samples=100")), []), env=self.env)
        rows = list(csv.DictReader((run / "metrics.csv").read_text().splitlines()))
        self.assertEqual(len(answer["rounds"]), 5)
        for row, (loss_d, loss_g) in zip(rows, answer["rounds"], strict=True):
            for key, value in (("loss_d", loss_d), ("loss_g", loss_g)):
                self.assertLessEqual(abs(float(row[key]) - value), 1e-9 * abs(value) if len(row[key]) > 11 else 1e-5 * abs(value), (key, row[key], value))
        # Ohm's law round one loop: driver, cell, sense amplifier.
        self.assertAlmostEqual(answer["i_A"] / (0.3 / (10 + 1e4 + 5)), 1, delta=1e-9)
        told = json.loads(call(self.ganbar, "estimate", "dcgan", "--on", "regan", "--json", env=self.env).stdout)
        self.assertAlmostEqual(answer["energy_J"] / told[0]["iteration_energy_J"], 1, delta=1e-12)

    def test_one_layer(self):
        program = self.project("parts", "-DPART=circuit", "-DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON", "-DCMAKE_DISABLE_FIND_PACKAGE_PNG=ON")
        self.assertEqual(call(program).stdout, "2e-05 6e-05\n")

    def test_layer_that_there_is_not(self):
        self.assertIn("ganbar has no component circuits", self.project("parts", "-DPART=circuits", fails=True).stderr)

    @unittest.skipUnless(shutil.which("pkg-config"), "needs pkg-config")
    def test_pkg_config(self):
        env = self.env | {"PKG_CONFIG_PATH": str(self.prefix / "lib/pkgconfig")}
        for static in ([], ["--static"]):
            flags = shlex.split(call("pkg-config", *static, "--cflags", "--libs", "ganbar", env=env).stdout)
            program = self.root / "by pkg-config"
            call(CXX, HERE / "parts/main.cpp", "-o", program, *flags)
            self.assertEqual(call(program).stdout, "2e-05 6e-05\n")
        self.assertEqual(call("pkg-config", "--modversion", "ganbar", env=env).stdout.strip(), call(self.ganbar, "--version").stdout.split()[1])


if __name__ == "__main__":
    unittest.main()
