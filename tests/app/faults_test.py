"""A machine that does not give what is asked: full disks, size limits, no permission. Each ends with exit code 3 and one line, leaves nothing
half-written, and what was done so far goes on to the same bytes when there is room again.

usage: faults_test.py GANBAR
"""
import os
import resource
import shutil
import subprocess
import unittest

from running import DIGITS, GANBAR, InFolder, connected

SMALL = DIGITS + connected(8, 16) + '[hardware]\nkind = "software"\n[train]\nrule = "adam"\nrate = 1e-3\nrounds = 6\nbatch = 32\ncheckpoint_every = 2\n[evaluation]\nsamples = 32\n'
NOBODY = 65534


def as_nobody():
    """Root may write everywhere; these tests want someone who may not."""
    if os.getuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)


class Faults(InFolder):
    FILES = {"small.toml": SMALL, "sweep.toml": '[sweep]\nbase = "small.toml"\n[[axis]]\nkey = "train.batch"\nvalues = [16, 32]\n'}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        os.chmod(cls.folder, 0o755)
        done = cls.command("train", "small.toml", "--out", "whole", "--no-report")
        assert done.returncode == 0, done.stderr

    def told(self, done, *words):
        """Exit code 3, and the last line says why."""
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertNotIn("report it", done.stderr)
        for word in words:
            self.assertIn(word, done.stderr.splitlines()[-1])

    def limited(self, n_bytes, *words):
        """No file may grow beyond n_bytes, as on a disk that is full."""
        return subprocess.run([GANBAR, *words], capture_output=True, text=True, timeout=100, env=self.environment(), cwd=self.folder, stdin=subprocess.DEVNULL,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, resource.RLIM_INFINITY)))

    def whole_files(self, out):
        left = [str(p) for p in (self.folder / out).rglob("*") if p.name.endswith(".tmp") or ".tmp." in p.name]
        self.assertEqual(left, [])

    def test_a_training_without_room_goes_on_later(self):
        size = max(p.stat().st_size for p in (self.folder / "whole/checkpoints").iterdir())
        for limit in (size // 2, size + 1, 2000):  # no checkpoint; checkpoints, but no samples; hardly anything
            with self.subTest(limit):
                shutil.rmtree(self.folder / "full", ignore_errors=True)
                done = self.limited(limit, "train", "small.toml", "--out", "full", "--no-report")
                if done.returncode == 0:
                    self.assertGreater(limit, size)  # everything fitted
                    continue
                self.told(done)
                self.whole_files("full")
                words = ["--resume"] if (self.folder / "full/checkpoints").is_dir() and any((self.folder / "full/checkpoints").iterdir()) else []
                if not words:
                    shutil.rmtree(self.folder / "full", ignore_errors=True)
                self.good("train", "small.toml", "--out", "full", "--no-report", *words)
                self.same_bytes("whole", "full", ["metrics.csv", "samples.npy", "run.toml", "checkpoints/000006.safetensors"])

    def test_single_files_without_room(self):
        for name, words in {"x.npy": ["sample", "whole", "-n", "64", "-o"], "x.html": ["report", "whole", "-o"], "x.bin": ["noise", "generate", "--bits", "80000", "--set", "noise.generator=thermal", "-o"]}.items():
            with self.subTest(name):
                self.told(self.limited(4000, *words, name), name)
                self.assertFalse((self.folder / name).exists())
        self.whole_files(".")

    def test_a_sweep_without_room_goes_on_later(self):
        self.good("sweep", "sweep.toml", "--out", "sweep")
        done = self.limited(9000, "sweep", "sweep.toml", "--out", "tight")
        self.assertNotIn("report it", done.stderr)
        self.assertIn(done.returncode, (1, 3), done.stderr)
        self.good("sweep", "sweep.toml", "--out", "tight")
        self.same_bytes("sweep", "tight", ["runs/00000/samples.npy", "runs/00001/samples.npy"])

    def test_a_full_file_system(self):
        place = self.folder / "mount"
        place.mkdir()
        script = f'mount -t tmpfs -o size=100k none "{place}" && exec "$0" "$@"'
        words = ["unshare", "-m"] if os.getuid() == 0 else ["unshare", "-rm"]
        if subprocess.run([*words, "sh", "-c", f'mount -t tmpfs -o size=100k none "{place}"'], capture_output=True).returncode != 0:
            self.skipTest("no file system of its own can be mounted here")
        done = subprocess.run([*words, "sh", "-c", script, GANBAR, "train", "small.toml", "--out", str(place / "run"), "--no-report"], capture_output=True, text=True,
                              timeout=100, env=self.environment(), cwd=self.folder)
        self.told(done, "No space left on device")

    def unable(self, *words, **more):
        return subprocess.run([GANBAR, *words], capture_output=True, text=True, timeout=100, cwd=self.folder, stdin=subprocess.DEVNULL, preexec_fn=as_nobody,
                              env=self.environment(**more))

    def test_no_permission(self):
        shut = self.folder / "shut"
        shut.mkdir()
        os.chmod(shut, 0o555)
        os.chmod(self.folder, 0o755)
        hidden = self.folder / "hidden.toml"
        hidden.write_text(SMALL)
        os.chmod(hidden, 0)
        self.told(self.unable("train", "small.toml", "--out", "shut/run", "--no-report"), "shut", "ermission")
        self.told(self.unable("sweep", "sweep.toml", "--out", "shut/sweep"), "shut", "ermission")
        self.told(self.unable("sample", "whole", "-o", "shut/x.png"), "shut", "ermission")
        self.assertEqual(list(shut.iterdir()), [])
        done = self.unable("train", "hidden.toml", "--out", "x")
        self.assertIn(done.returncode, (2, 3))
        self.assertIn("hidden.toml", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_a_cache_that_cannot_be_written_costs_time_alone(self):
        shut = self.folder / "shut-cache"
        shut.mkdir()
        os.chmod(shut, 0o555)
        out = self.folder / "open"
        out.mkdir()
        os.chmod(out, 0o777)
        done = self.unable("train", "small.toml", "--out", "open/run", "--no-report", XDG_CACHE_HOME=str(shut))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.same_bytes("whole", "open/run", ["metrics.csv", "samples.npy"])

    def flipped(self, path, at):
        data = bytearray(path.read_bytes())
        data[at] ^= 0x10
        path.write_bytes(data)

    def test_a_bit_that_flipped_in_a_checkpoint_is_noticed(self):
        newest = self.folder / "whole/checkpoints/000006.safetensors"
        size = newest.stat().st_size
        for at in (9, size // 3, size // 2, size - 9):  # the header, and values that any number may be
            with self.subTest(at):
                shutil.rmtree(self.folder / "bit", ignore_errors=True)
                shutil.copytree(self.folder / "whole", self.folder / "bit")
                self.flipped(self.folder / "bit/checkpoints/000006.safetensors", at)
                done = self.good("train", "small.toml", "--out", "bit", "--no-report", "--resume")
                self.assertIn("passed over a damaged checkpoint", done.stderr)
                self.same_bytes("whole", "bit", ["metrics.csv", "samples.npy", "checkpoints/000006.safetensors"])
        for path in (self.folder / "bit/checkpoints").iterdir():
            self.flipped(path, path.stat().st_size - 9)
        self.told(self.command("sample", "bit", "-n", "4", "-o", "bit.npy"), "damaged")

    def test_rounds_that_went_missing_are_not_passed_over(self):
        for kept in (0, 3):  # no table, half a table
            with self.subTest(kept):
                shutil.rmtree(self.folder / "cut", ignore_errors=True)
                shutil.copytree(self.folder / "whole", self.folder / "cut")
                table = self.folder / "cut/metrics.csv"
                lines = table.read_text().splitlines(keepends=True)
                table.write_text("".join(lines[:1 + kept])) if kept else table.unlink()
                self.told(self.command("train", "small.toml", "--out", "cut", "--no-report", "--resume", "--set", "train.rounds=9"), "metrics.csv", f"has {kept} rows until round")

    def test_a_reader_that_goes_leaves_no_trace(self):
        process = subprocess.Popen([GANBAR, "train", "small.toml", "--out", "piped", "--no-report"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment(), cwd=self.folder)
        process.stdout.close()
        process.stderr.close()
        code = process.wait(100)
        self.assertIn(code, (0, 3))
        if not (self.folder / "piped/samples.npy").exists():
            self.good("train", "small.toml", "--out", "piped", "--no-report", "--resume")
        self.same_bytes("whole", "piped", ["metrics.csv", "samples.npy"])


if __name__ == "__main__":
    unittest.main()
