"""A run folder taken up: one process at a time, with more rounds than before, looked at more often; what may not be changed.

usage: resume_test.py GANBAR
"""
import json
import shutil
import signal
import subprocess
import time
import unittest

from running import DIGITS, GANBAR, InFolder, connected

REST = """
[train]
rounds = 12
batch = 16
checkpoint_every = 4
snapshot_every = 3
[evaluation]
samples = 32
"""
CROSSBAR = DIGITS + connected(8, 16) + '[device]\nmodel = "nili2020"\n' + REST
SOFTWARE = DIGITS + connected(8, 16) + '[hardware]\nkind = "software"\n' + REST.replace("batch = 16", 'batch = 16\nrule = "adam"\nrate = 1e-3')
NORMED = DIGITS + """
[generator]
input = "8"
[[generator.layer]]
type = "dense"
units = 16
norm = "batch"
activation = "relu"
[[generator.layer]]
type = "dense"
units = 784
activation = "tanh"
[discriminator]
layers = [784, 16, 1]
""" + REST.replace("batch = 16", 'batch = 16\nrule = "adam"\nrate = 1e-3')
EX_SITU = '[hardware]\nkind = "ex_situ"\n'
FOLDED = '[hardware]\nkind = "ex_situ"\nfold_norm = true\n'


class MoreRounds(InFolder):
    FILES = {"crossbar.toml": CROSSBAR, "software.toml": SOFTWARE, "ex_situ.toml": NORMED + EX_SITU, "folded.toml": NORMED + FOLDED,
             "crossbar_folded.toml": NORMED.replace('rule = "adam"\nrate = 1e-3', "") + "[hardware]\nfold_norm = true\n",
             "software_folded.toml": NORMED + '[hardware]\nkind = "software"\nfold_norm = true\n'}

    def train(self, kind, out, rounds, *words):
        return self.good("train", f"{kind}.toml", "--no-report", "--threads", "1", "--out", out, "--set", f"train.rounds={rounds}", *words)

    def files_of(self, name):
        root = self.folder / name
        return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file() and not p.name.endswith(".tmp"))  # a kill may leave those

    def same_run(self, a, b):
        """All files but those that tell the time, the machine or the way that was taken."""
        told = {"times.csv", "env.json", "log.txt", "summary.json"}
        self.assertEqual([n for n in self.files_of(a) if n not in told], [n for n in self.files_of(b) if n not in told])
        self.same_bytes(a, b, [n for n in self.files_of(a) if n not in told])
        first, second = (json.loads((self.folder / name / "summary.json").read_text()) for name in (a, b))
        first.pop("wall_s"), second.pop("wall_s")
        self.assertEqual(first, second)

    def test_more_rounds_are_as_if_asked_for_at_the_start(self):
        for kind in ("crossbar", "ex_situ", "folded", "crossbar_folded", "software", "software_folded"):
            for every in ("0", "2", "4"):
                with self.subTest(kind, every=every):
                    whole, parts, looked = f"{kind}{every}-whole", f"{kind}{every}-parts", ["--set", f"evaluation.every={every}"]
                    self.train(kind, whole, 12, *looked)
                    self.train(kind, parts, 6, *looked)
                    ended = json.loads((self.folder / parts / "summary.json").read_text())
                    self.assertEqual(ended["rounds"], 6)
                    done = self.train(kind, parts, 12, "--resume", *looked)
                    self.assertIn("train.rounds = 12 (was 6)", done.stderr)
                    self.same_run(whole, parts)

    def test_by_steps_epochs_and_from_a_single_round(self):
        self.train("folded", "steps-whole", 9)
        self.train("folded", "steps", 1)
        for rounds in (2, 3, 8, 9):
            self.train("folded", "steps", rounds, "--resume")
        self.same_run("steps-whole", "steps")
        epochs = ["--set", "train.epochs=2"]  # of 200 images in batches of 16: 12 rounds each
        self.train("crossbar", "epochs-whole", 0, *epochs)
        self.train("crossbar", "epochs", 0, "--set", "train.epochs=1")
        self.train("crossbar", "epochs", 0, "--resume", *epochs)
        self.same_run("epochs-whole", "epochs")

    def test_many_maps_of_conductances(self):
        often = ["--set", "train.snapshot_every=1", "--set", "evaluation.samples=16"]
        for name, n in (("maps", 7), ("maps-whole", 50)):
            self.train("crossbar", name, n, *often)
        for n in (20, 50):
            self.train("crossbar", "maps", n, "--resume", *often)
        self.same_run("maps-whole", "maps")

    def test_killed_while_going_on(self):
        self.train("ex_situ", "kill-whole", 40)
        for wait in (0.0, 0.05, 0.15):
            name = f"kill{wait}"
            self.train("ex_situ", name, 6)
            process = subprocess.Popen([GANBAR, "train", "ex_situ.toml", "--no-report", "--out", name, "--set", "train.rounds=40", "--resume"], env=self.environment(), cwd=self.folder,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.train("ex_situ", name, 40, "--resume")
            self.same_run("kill-whole", name)

    def test_looked_at_more_often(self):
        self.train("crossbar", "plain", 8)
        self.train("crossbar", "looked", 4)
        more = ["--set", "evaluation.every=2", "--set", "train.snapshot_every=1", "--set", "train.checkpoint_every=1"]
        done = self.train("crossbar", "looked", 8, "--resume", *more)
        said = [line for line in done.stderr.splitlines() if "was" in line]
        self.assertEqual(len(said), 1, done.stderr)
        for text in ("evaluation.every = 2 (was 0)", "train.snapshot_every = 1 (was 3)", "train.checkpoint_every = 1 (was 4)", "train.rounds = 8 (was 4)"):
            self.assertIn(text, said[0])
        self.same_bytes("plain", "looked", ["metrics.csv", "samples.npy"])
        self.assertEqual([line.split(",")[0] for line in (self.folder / "looked/quality.csv").read_text().splitlines()[1:]], ["4", "6", "8"])

    def test_what_cannot_be_changed(self):
        self.train("crossbar", "fixed", 6)
        before = {n: (self.folder / "fixed" / n).read_bytes() for n in self.files_of("fixed") if n != "log.txt"}
        words = ["train", "crossbar.toml", "--no-report", "--out", "fixed", "--resume"]
        said = self.refused(*words, "--set", "train.rounds=12", "--set", "train.batch=8")
        self.assertIn("another experiment", said)
        self.assertIn("train.batch", said)
        self.assertIn("has played 6 rounds already", self.refused(*words, "--set", "train.rounds=4"))
        self.assertEqual(before, {n: (self.folder / "fixed" / n).read_bytes() for n in self.files_of("fixed") if n in before})

    def test_a_run_that_stopped_itself_is_not_lengthened(self):
        wild = [word for text in ("train.rate=0.05", "train.stop_patience=3", "train.stop_loss=3", "train.stop_on=both") for word in ("--set", text)]
        self.train("software", "stopped", 60, *wild)
        summary = json.loads((self.folder / "stopped/summary.json").read_text())
        self.assertTrue(summary["stopped_early"])
        said = self.refused("train", "software.toml", "--out", "stopped", *wild, "--set", "train.rounds=90", "--resume")
        self.assertIn("was ended by train.stop_on", said)
        # Asked for just so many rounds, it ended before it could stop itself; going on, it stops there.
        self.train("software", "unstopped", summary["rounds"], *wild)
        self.assertFalse(json.loads((self.folder / "unstopped/summary.json").read_text())["stopped_early"])
        self.train("software", "unstopped", 60, "--resume", *wild)
        before = {p.name for p in (self.folder / "stopped/checkpoints").iterdir()}
        self.assertLessEqual({f"{summary['rounds']:06d}.safetensors"}, before)
        self.same_bytes("stopped", "unstopped", ["metrics.csv", "samples.npy", "run.toml", "quality.csv", "hardware.json", f"checkpoints/{summary['rounds']:06d}.safetensors"])


class OneAtATime(InFolder):
    FILES = {"small.toml": SOFTWARE.replace("rounds = 12", "rounds = 100000").replace("checkpoint_every = 4", "checkpoint_every = 1")}

    def test_a_live_run_is_not_taken_up(self):
        out = self.folder / "live on"
        first = subprocess.Popen([GANBAR, "train", "small.toml", "--no-report", "--threads", "1", "--out", "live on"], env=self.environment(), cwd=self.folder,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            end = time.time() + 60
            while time.time() < end and not list(out.glob("checkpoints/*.safetensors")):
                time.sleep(0.01)
            for words in (["--resume"], ["--resume", "--set", "train.rounds=200000"]):
                said = self.refused("train", "small.toml", "--no-report", "--out", "live on", *words)
                self.assertIn("another ganbar process works", said)
        finally:
            first.send_signal(signal.SIGINT)
            said = first.communicate(timeout=60)[1]
        self.assertEqual(first.returncode, 130)
        self.assertIn("--resume --out 'live on'", said)  # as a shell reads it back
        rounds = [int(line.split(",")[0]) for line in (out / "metrics.csv").read_text().splitlines()[1:]]
        self.assertEqual(rounds, list(range(1, len(rounds) + 1)))

    def test_two_signals_at_once_are_one(self):  # a terminal and a parent both pass on one Ctrl-C
        out = self.folder / "twice"
        process = subprocess.Popen([GANBAR, "train", "small.toml", "--no-report", "--threads", "1", "--out", "twice"], env=self.environment(), cwd=self.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not list(out.glob("checkpoints/*.safetensors")):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 130)
        rounds = len((out / "metrics.csv").read_text().splitlines()) - 1
        self.assertTrue((out / f"checkpoints/{rounds:06d}.safetensors").is_file())


if __name__ == "__main__":
    unittest.main()
