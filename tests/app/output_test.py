"""What a command writes, and where: devices, FIFOs, symlinks and files that are there already; streams and disks that take no more.

usage: output_test.py GANBAR
"""
import json
import os
import pathlib
import stat
import subprocess
import threading
import unittest

from running import DIGITS, GANBAR, InFolder, connected

CROSSBAR = json.dumps({"rows": 2, "cols": 2, "G": [[1e-4, 2e-4], [2e-4, 1e-4]], "device": {"type": "linear"}, "rw": 1, "rb": 1, "rdrv": 1, "rsense": 1,
                       "Vw": [0.1, 0.2], "Vb": [0, 0]})
SMALL = DIGITS + connected(8, 16) + '[hardware]\nkind = "software"\n[train]\nrule = "adam"\nrate = 1e-3\nrounds = 2\nbatch = 32\n[evaluation]\nsamples = 32\n'
# Every command with an output file, and an ending that its file may have.
WRITERS = {
    "noise generate": (["noise", "generate", "--bits", "800", "--set", "noise.generator=thermal", "-o"], ""),
    "estimate": (["estimate", "dcgan", "--on", "regan", "-o"], ".html"),
    "explore": (["explore", "gan1", "--on", "ganax", "--axis", "units=64,128", "-o"], ".html"),
    "solve": (["solve", "crossbar.json", "-o"], ".json"),
    "netlist": (["netlist", "crossbar.json", "-o"], ".cir"),
    "inspect circuit": (["inspect", "circuit", "sigmoid", "--deck"], ".cir"),
    "inspect schedule": (["inspect", "schedule", "--layers-d", "2", "--layers-g", "2", "--batch", "2", "--timeline"], ".svg"),
    "sample": (["sample", "run", "-o"], ".png"),
    "interpolate": (["interpolate", "run", "-o"], ".npy"),
    "report": (["report", "run", "-o"], ".html"),
    "export": (["export", "run", "-o"], ".csv"),
}
TOLD = "cannot write to stdout: No space left on device"


class Output(InFolder):
    FILES = {"crossbar.json": CROSSBAR, "small.toml": SMALL}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        done = cls.command("train", "small.toml", "--out", "run", "--no-report")
        assert done.returncode == 0, done.stderr

    def entries(self):
        return sorted(p.name for p in self.folder.iterdir())

    def test_a_file_that_is_there_is_kept_unless_forced(self):
        for name, (words, ending) in WRITERS.items():
            with self.subTest(name):
                target = self.folder / ("keep-" + name.replace(" ", "-") + ending)
                target.write_text("important")
                os.chmod(target, 0o600)
                before = self.entries()
                said = self.refused(*words, target.name)
                self.assertIn("--force", said)
                self.assertIn(target.name, said)
                self.assertEqual(len(said.splitlines()), 1, said)
                self.assertEqual(target.read_text(), "important")
                done = self.good(*words, target.name, "--force")
                self.assertIn(f"wrote {target.name}", done.stderr)
                self.assertNotEqual(target.read_bytes(), b"important")
                self.assertEqual(stat.S_IMODE(target.stat().st_mode), 0o600)
                self.assertEqual(self.entries(), before)  # no temporary file stays

    def test_a_symlink_stays_and_its_file_is_written(self):
        for name, (words, ending) in WRITERS.items():
            with self.subTest(name):
                stem = name.replace(" ", "-")
                plain, real, link, new = (self.folder / f"{what}-{stem}{ending}" for what in ("plain", "real", "link", "new"))
                real.write_text("data")
                link.symlink_to(real.name)
                new.symlink_to(f"made-{stem}")
                self.good(*words, plain.name)
                for l, target in ((link, real), (new, self.folder / f"made-{stem}")):
                    self.good(*words, l.name)
                    self.assertTrue(l.is_symlink())
                    if name not in ("estimate", "explore"):  # their pages name the command that makes them
                        self.assertEqual(target.read_bytes(), plain.read_bytes())

    def device(self, name, minor):
        """A device of our own: what a fault replaces must never be the machine's."""
        path = self.folder / name
        try:
            os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, minor))
            path.open("wb").close()
        except OSError:
            path.unlink(missing_ok=True)
            self.skipTest("no devices may be made here")
        self.addCleanup(path.unlink)
        return path.name

    def test_devices_are_written_to_and_stay(self):
        null, full = self.device("null", 3), self.device("full", 7)
        for name, (words, _) in WRITERS.items():
            if name in ("sample", "interpolate", "export"):  # the ending says which format they write
                continue
            with self.subTest(name):
                for force in ([], ["--force"]):
                    self.good(*words, null, *force)
                    said = self.refused_with_output(*words, full, *force)
                    self.assertIn("full: cannot be written: No space left on device", said)
                for device in (null, full):
                    self.assertTrue(stat.S_ISCHR(os.stat(self.folder / device).st_mode))

    def refused_with_output(self, *words):
        done = self.command(*words)
        self.assertEqual(done.returncode, 3, done.stderr)
        return done.stderr

    def test_a_fifo_is_written_into(self):
        for name in ("noise generate", "solve", "sample", "report", "export"):
            words, ending = WRITERS[name]
            with self.subTest(name):
                fifo, plain = self.folder / ("fifo" + name.replace(" ", "-") + ending), self.folder / ("beside" + name.replace(" ", "-") + ending)
                os.mkfifo(fifo)
                got = []
                reader = threading.Thread(target=lambda: got.append(fifo.read_bytes()), daemon=True)
                reader.start()
                self.good(*words, fifo.name)
                reader.join(30)
                self.good(*words, plain.name)
                self.assertEqual(got, [plain.read_bytes()])
                self.assertTrue(fifo.is_fifo())

    def test_dev_stdout_is_the_standard_output(self):
        (self.folder / "out").symlink_to("/proc/self/fd/1")
        self.assertEqual(self.good(*WRITERS["solve"][0], "out").stdout, self.good("solve", "crossbar.json").stdout)
        with open(self.folder / "taken.json", "w") as file:
            file.write("before\n"), file.flush()
            subprocess.run([GANBAR, "solve", "crossbar.json", "-o", "out"], stdout=file, stderr=subprocess.DEVNULL, cwd=self.folder, check=True)
        self.assertEqual((self.folder / "taken.json").read_text(), "before\n" + self.good("solve", "crossbar.json").stdout)

    def test_a_minus_is_the_standard_output(self):
        for what, (words, ending) in WRITERS.items():
            if what in ("sample", "interpolate", "export"):
                continue  # the name says the format
            done = subprocess.run([GANBAR, *words, "-"], cwd=self.folder, env=self.environment(), capture_output=True)
            self.assertEqual(done.returncode, 0, (what, done.stderr))
            self.assertFalse((self.folder / "-").exists(), what)
            self.good(*words, "same" + ending)
            there = (self.folder / ("same" + ending)).read_bytes().replace(("same" + ending).encode(), b"-")  # a page says its own command
            self.assertEqual(done.stdout, there, what)
            (self.folder / ("same" + ending)).unlink()

    def test_places_that_cannot_be_written(self):
        before = self.entries()
        for name, (words, ending) in WRITERS.items():
            with self.subTest(name):
                self.assertIn("does not exist", self.refused(*words, "nowhere/x" + ending, code=3))
                self.assertIn("is not a folder", self.refused(*words, "small.toml/x" + ending, code=3))
                self.assertIn("too long", self.refused(*words, "x" * 300 + ending, code=3))
                self.assertIn("too long", self.refused(*words, "/" + "y/" * 3000 + "x" + ending, code=3))
                self.assertIn("is a folder", self.refused(*words, "run"))
        for words in (["train", "small.toml", "--out", "z" * 300], ["train", "small.toml", "--out", "small.toml/run"],
                      ["sweep", "sweep.toml", "--out", "z" * 300]):
            (self.folder / "sweep.toml").write_text('[sweep]\nbase = "small.toml"\n[[axis]]\nkey = "train.batch"\nvalues = [16]\n')
            said = self.refused(*words, code=3)
            self.assertEqual(len(said.splitlines()), 1, said)
        (self.folder / "sweep.toml").unlink()
        self.assertEqual(self.entries(), before)

    def test_endings_in_capitals(self):
        self.good("export", "run", "-o", "A.CSV")
        self.good("sample", "run", "-o", "A.NPY")
        self.assertEqual((self.folder / "A.NPY").read_bytes()[:6], b"\x93NUMPY")

    def test_a_name_says_the_format(self):
        for name, wrong in (("report", "x.pdf"), ("estimate", "x.png"), ("sample", "x.gif"), ("inspect schedule", "x.pdf"), ("export", "x.tar")):
            self.assertIn("expected a name ending in", self.refused(*WRITERS[name][0], wrong))
            self.assertFalse((self.folder / wrong).exists())

    def test_without_home(self):
        environment = {k: v for k, v in os.environ.items() if k not in ("HOME", "XDG_CACHE_HOME")}
        for words in (["train", "small.toml", "--out", "homeless", "--no-report"], ["doctor"], ["list", "devices"]):
            done = subprocess.run([GANBAR, *words], capture_output=True, text=True, env=environment, cwd=self.folder, timeout=100)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_full_stdout_is_told_by_every_command(self):
        commands = ["estimate dcgan --on regan", "list devices", "data list", "inspect tconv --in 4 --kernel 4", "device nili2020 --from 200e-6 --pulse 0.8,1e-7 --json",
                    "inspect placement satyam2022-trng", "doctor", "estimate dcgan --on all --json", "describe device nili2020", "train satyam2022-balanced --dry-run",
                    "solve crossbar.json", "netlist crossbar.json", "--help", "--version", "help train", "train --help", "describe device nili2020 --json",
                    "inspect circuit sigmoid", "noise generate --bits 80 -o bits.bin --force --json --set noise.generator=thermal", "evaluate run --json"]
        for text in commands:
            with self.subTest(text), open("/dev/full", "w") as full:
                done = subprocess.run([GANBAR, *text.split()], stdout=full, stderr=subprocess.PIPE, text=True, env=self.environment(), cwd=self.folder, timeout=100)
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIn(TOLD, done.stderr.splitlines()[-1])
                self.assertNotIn("report it", done.stderr)

    def test_a_full_stderr_loses_no_work(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([GANBAR, "train", "small.toml", "--out", "silent", "--no-report"], stdout=subprocess.PIPE, stderr=full, text=True,
                                  env=self.environment(), cwd=self.folder, timeout=100)
            self.assertEqual(done.returncode, 3)
            self.same_bytes("run", "silent", ["metrics.csv", "samples.npy", "run.toml"])
            done = subprocess.run([GANBAR, "trian"], stdout=subprocess.PIPE, stderr=full, cwd=self.folder, timeout=100)
            self.assertEqual(done.returncode, 2)  # what was wrong first

    def test_a_closed_pipe_ends_quietly(self):
        for ignored in (False, True):  # SIGPIPE as a shell has it, and as some parents leave it
            process = subprocess.Popen([GANBAR, "estimate", "dcgan", "--on", "all", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                       restore_signals=not ignored, cwd=self.folder)
            process.stdout.close()
            said = process.stderr.read()
            process.stderr.close()
            self.assertEqual(process.wait(), 3)
            self.assertEqual(len(said.splitlines()), 1, said)
            self.assertNotIn("report it", said)


class Names(InFolder):
    FILES = {"small.toml": SMALL}

    def test_a_name_is_no_path(self):
        inner = self.folder / "w"
        inner.mkdir()
        names = {"../../out": "out", "A/B test": "A-B test", "..": "unnamed", "/etc/x": "etc-x", "a\\b": "a-b", "plain_1.5": "plain_1.5", "n" * 300: "n" * 200}
        for name, folder in names.items():
            done = subprocess.run([GANBAR, "train", "../small.toml", "--no-report", "--threads", "1", "--set", f'experiment.name="{name}"'.replace("\\", "\\\\")],
                                  capture_output=True, text=True, env=self.environment(), cwd=inner, timeout=100)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout.splitlines()[-1], f"runs/{folder}-seed1")
            self.assertTrue((inner / "runs" / f"{folder}-seed1" / "summary.json").is_file())
        self.assertEqual(sorted(p.name for p in inner.iterdir()), ["runs"])
        self.assertEqual(len(list((inner / "runs").iterdir())), len(names))
        self.assertEqual(sorted(p.name for p in self.folder.iterdir() if p.name != "cache"), ["small.toml", "w"])

    def test_a_sweeps_name_is_no_path(self):
        inner = self.folder / "s"
        inner.mkdir()
        (self.folder / "s.toml").write_text('[sweep]\nname = "../up/x"\nkind = "estimate"\nbase = "dcgan"\nset = ["on=regan"]\n[[axis]]\nkey = "batch"\nvalues = [4]\n')
        done = subprocess.run([GANBAR, "sweep", "../s.toml"], capture_output=True, text=True, env=self.environment(), cwd=inner, timeout=100)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((inner / "sweeps/up-x/sweep.sqlite").is_file())
        (self.folder / "s.toml").unlink()


class Folders(InFolder):
    FILES = {"small.toml": SMALL}

    def test_a_slash_behind_the_name(self):
        for given in ("slash/", "slash//", "deep/er/"):
            name = given.rstrip("/")
            if not (self.folder / name).exists():
                self.good("train", "small.toml", "--no-report", "--out", given)
            self.assertTrue((self.folder / name / "summary.json").is_file())
            self.assertIn("exists", self.refused("train", "small.toml", "--no-report", "--out", name))
            self.assertIn("exists", self.refused("train", "small.toml", "--no-report", "--out", given))
        self.good("train", "small.toml", "--no-report", "--out", "slash/", "--resume")
        self.good("sample", "slash/", "-o", "x.png")
        self.assertFalse([p for p in self.folder.rglob("*.new-*")])


if __name__ == "__main__":
    unittest.main()
