"""`ganbar train` as a user types it, on the data set that needs no files: run folders, same bits, kill and resume, bad input.

usage: train_test.py GANBAR
"""
import csv
import json
import shutil
import signal
import subprocess
import time
import unittest

from running import GANBAR, InFolder, connected

EXPERIMENT = """
[data]
dataset = "synthetic-digits"
classes = [1, 7]
""" + connected(20, 32) + """
[latent]
source = "array"
[trng]
n_set = 2
n_reset = 2
[device]
model = "nili2020"
[train]
rounds = 12
batch = 32
checkpoint_every = 3
snapshot_every = 6
feedback = 0.6
verify_pulses = 2
verify_step = "1 uS"
[evaluation]
samples = 64
every = 6
"""
METRICS = "round,epoch,loss_d,loss_g,p_real,p_fake,pulses_set,pulses_reset,update_energy_J,cumulative_update_energy_J"
SUMMARY = """name seed rounds wall_s dataset classes n_crossbars cells_used area_m2 update_energy_J read_energy_J classifier_accuracy
classifier_confidence frechet_distance precision recall density coverage mean_pairwise_distance mean_pairwise_distance_real final_loss_d
final_loss_g collapsed""".split()


class Train(InFolder):
    FILES = {"small.toml": EXPERIMENT}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        done = cls.command("train", "small.toml", "--out", "one", "--threads", "1")
        assert done.returncode == 0, done.stderr

    def same_run(self, a, b):
        names = ["metrics.csv", "samples.npy", "quality.csv", "run.toml", "hardware.json", "conductance/histogram.csv"]
        names += [f"checkpoints/{p.name}" for p in (self.folder / a / "checkpoints").iterdir()]
        names += [f"samples/{p.name}" for p in (self.folder / a / "samples").iterdir()]
        self.same_bytes(a, b, names)

    def test_run_folder_is_complete(self):
        run = self.folder / "one"
        rows = (run / "metrics.csv").read_text().splitlines()
        self.assertTrue(rows[0].startswith(METRICS))
        self.assertEqual(len(rows), 13)
        summary = json.loads((run / "summary.json").read_text())
        for key in SUMMARY:
            self.assertIn(key, summary)
        self.assertGreater(summary["n_crossbars"], 0)
        for name in ["samples/000012.png", "conductance/000012.png", "report.html", "env.json", "log.txt"]:
            self.assertGreater((run / name).stat().st_size, 0, name)
        self.assertLessEqual(len(list((run / "checkpoints").iterdir())), 2)
        table = list(csv.DictReader(rows))
        total = sum(float(r["update_energy_J"]) for r in table)
        self.assertAlmostEqual(total / float(table[-1]["cumulative_update_energy_J"]), 1, 9)
        self.assertAlmostEqual(total / summary["update_energy_J"], 1, 9)

    def test_two_threads_give_the_same_bytes(self):
        self.good("train", "small.toml", "--out", "two", "--threads", "2")
        self.same_run("one", "two")

    def test_resolved_file_runs_to_the_same_bytes(self):
        self.good("train", "one/run.toml", "--out", "again")
        self.same_run("one", "again")

    def test_another_seed_gives_another_run(self):
        self.good("train", "small.toml", "--out", "other", "--seed", "2")
        self.assertNotEqual((self.folder / "one/metrics.csv").read_bytes(), (self.folder / "other/metrics.csv").read_bytes())

    def test_kill_and_resume_at_any_moment(self):
        for k, rows in enumerate([0, 2, 5, 10]):
            out = self.folder / f"killed{k}"
            process = subprocess.Popen([GANBAR, "train", "small.toml", "--out", out.name], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       env=self.environment(), cwd=self.folder)
            end = time.time() + 100
            while time.time() < end and process.poll() is None:
                if (out / "metrics.csv").exists() and (out / "metrics.csv").read_text().count("\n") > rows:
                    break
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.good("train", "small.toml", "--out", out.name, "--resume")
            self.same_run("one", out.name)

    def test_taken_up_after_the_last_round(self):  # killed before the end was written, or asked to go on with what has ended
        shutil.copytree(self.folder / "one", self.folder / "ended")
        for name in ["samples.npy", "hardware.json", "summary.json", "report.html"]:
            (self.folder / "ended" / name).unlink()
        self.good("train", "small.toml", "--out", "ended", "--resume")
        self.same_run("one", "ended")
        one, ended = (json.loads((self.folder / name / "summary.json").read_text()) for name in ["one", "ended"])
        one.pop("wall_s"), ended.pop("wall_s")
        self.assertEqual(one, ended)
        self.assertNotEqual(ended["final_loss_d"], 0)

    def test_damaged_checkpoint_is_passed_over(self):
        shutil.copytree(self.folder / "one", self.folder / "damaged")
        newest = sorted((self.folder / "damaged/checkpoints").iterdir())[-1]
        newest.write_bytes(newest.read_bytes()[:-100])
        done = self.good("train", "small.toml", "--out", "damaged", "--resume")
        self.assertIn("passed over", done.stderr)
        self.same_run("one", "damaged")

    def bad(self, code, part, *words):
        self.assertIn(part, self.refused(*words, code=code))

    def test_bad_input_ends_with_its_code_and_loses_nothing(self):
        before = sorted(p.name for p in self.folder.iterdir())
        metrics = (self.folder / "one/metrics.csv").read_bytes()
        for same in ("one", "one/", "one/.", "./one/./"):
            self.bad(2, "exists", "train", "small.toml", "--out", same)
        self.bad(2, "another experiment", "train", "small.toml", "--out", "one", "--resume", "--seed", "5")
        self.bad(2, 'did you mean "v_set"', "train", "small.toml", "--set", "train.v_sett=0.8 V", "--out", "x")
        self.bad(2, "t_pulse", "train", "small.toml", "--set", "train.t_pulse=100 mV", "--out", "x")
        self.bad(2, "v_set", "train", "small.toml", "--set", "train.v_set=0.8", "--out", "x")
        self.bad(2, "rate", "train", "small.toml", "--set", "train.rate=nan", "--out", "x")
        self.bad(2, "2e8", "train", "small.toml", "--set", "generator.layers=[20, 1000000, 784]", "--out", "x")
        self.bad(2, "expected the same number", "train", "small.toml", "--set", "generator.layers=[20, 783]", "--out", "x")
        self.bad(2, "use a smaller batch", "train", "small.toml", "--set", "train.batch=500000", "--out", "x")
        self.bad(2, "manhattan", "train", "small.toml", "--set", "train.rule=adam", "--out", "x")
        self.bad(2, "did you mean", "train", "satyam2022-balancd", "--out", "x")
        self.bad(2, "nili2020", "train", "small.toml", "--set", "device.model=nili2021", "--out", "x")
        self.bad(3, "cannot make", "train", "small.toml", "--out", "/proc/nowhere/run")
        self.bad(2, 'did you mean "mnist"', "train", "small.toml", "--set", "data.dataset=mnistt", "--out", "x")
        for name in ("satyam2022", "krestinskaya2020", "lin2018"):  # before the folder is made
            self.bad(2, "unknown key", "reproduce", name, "--quick", "--set", "data.n_images=20", "--out", "x")
            self.bad(2, "there are only 10", "reproduce", name, "--quick", "--set", "data.dataset=synthetic-digits", "--set", "data.limit=10", "--set", "train.batch=11", "--out", "x")
        for words in (["reproduce", "lin2018"], ["reproduce", "satyam2022"], ["noise", "report", "-o", "x.html", "--runs", "x"]):
            self.bad(2, "expected --seeds", *words, "--set", "experiment.seed=4", *(["--out", "x"] if words[0] == "reproduce" else []))
        for words in (["reproduce", "lin2018", "--set", "nonideal.write_noise=0.05"], ["reproduce", "krestinskaya2020", "--set", "nonideal.stuck_on=0.2"],
                      ["reproduce", "satyam2022", "--set", "latent.source=bits"], ["noise", "report", "-o", "x.html", "--runs", "x", "--set", "latent.source=bits"]):
            self.bad(2, "varies it itself", *words, *(["--out", "x"] if words[0] == "reproduce" else []))
        self.bad(2, "there are only 10", "noise", "report", "--quick", "--set", "data.dataset=synthetic-digits", "--set", "data.limit=10", "-o", "x.html", "--runs", "x")
        self.bad(3, "expected a place", "reproduce", "satyam2022", "--quick", "--out", "small.toml")
        self.bad(3, "no run folder", "sample", "nowhere", "-o", "x.png")
        self.assertEqual(before, sorted(p.name for p in self.folder.iterdir()))
        self.assertEqual(metrics, (self.folder / "one/metrics.csv").read_bytes())

    def test_checkpoint_of_another_network_is_refused(self):
        shutil.copytree(self.folder / "one", self.folder / "mixed")
        text = (self.folder / "mixed/run.toml").read_text().replace("layers = [20, 32, 784]", "layers = [20, 48, 784]")
        (self.folder / "mixed/run.toml").write_text(text)
        self.bad(3, "another", "sample", "mixed", "-o", "mixed.png")

    def test_dry_run_prints_and_leaves_nothing(self):
        done = self.good("train", "small.toml", "--dry-run", "--out", "dry")
        self.assertIn("crossbars", done.stdout)
        self.assertFalse((self.folder / "dry").exists())

    def test_sample_and_interpolate(self):
        for name in ["a.png", "b.png"]:
            self.good("sample", "one", "-n", "9", "--seed", "4", "-o", name)
        self.assertEqual((self.folder / "a.png").read_bytes(), (self.folder / "b.png").read_bytes())
        self.bad(2, "a.png", "sample", "one", "-o", "a.png")
        self.good("sample", "one", "-n", "5", "-o", "five.npy")
        self.assertIn(b"(5, 28, 28)", (self.folder / "five.npy").read_bytes()[:128])
        self.good("interpolate", "one", "-o", "between.png")
        self.bad(2, ".png or .npy", "sample", "one", "-o", "x.gif")

    def test_placement_counts_of_the_paper(self):
        for policy, n in [("blockwise", 58), ("per_layer", 55), ("per_layer_slack", 54)]:
            done = self.good("inspect", "placement", "satyam2022-prng", "--set", f"tile.placement={policy}", "--json")
            placement = json.loads(done.stdout)
            self.assertEqual(placement["n_crossbars"], n)
            self.assertEqual(placement["cells_used"], 213632)
        dense = ["--set", "tile.placement=dense", "--json"]
        self.assertEqual(json.loads(self.good("inspect", "placement", "satyam2022-prng", *dense).stdout)["n_crossbars"], 53)
        self.assertEqual(json.loads(self.good("inspect", "placement", "satyam2022-trng", *dense).stdout)["n_crossbars"], 54)

    def test_through_wires(self):
        sets = ["wires.mode=exact", "wires.rw=2 ohm", "wires.rdrv=3 ohm", "train.feedback=0", "train.verify_pulses=0", "train.rounds=4", "train.checkpoint_every=2"]
        words = [word for text in sets for word in ("--set", text)]
        open_gate = ["--set", "device.threshold=0.4 V"]
        held = self.good("train", "small.toml", "--out", "held", *words)
        self.assertIn("device.threshold", held.stderr)  # 0.8 V pulses, a threshold of 0.8 V, and wires
        self.assertEqual(json.loads((self.folder / "held/summary.json").read_text())["n_crossbars"] > 0, True)
        self.assertEqual(sum(int(r["pulses_set"]) for r in csv.DictReader((self.folder / "held/metrics.csv").read_text().splitlines())), 0)
        for name, threads in [("wired1", "1"), ("wired2", "2")]:
            done = self.good("train", "small.toml", "--out", name, "--threads", threads, *words, *open_gate)
            self.assertNotIn("95%", done.stderr)
        self.same_run("wired1", "wired2")
        accounts = {a["account"]: a["energy_J"] for a in json.loads((self.folder / "wired1/hardware.json").read_text())["accounts"]}
        for part in ["set", "reset", "half_selected", "wires"]:
            self.assertGreater(accounts[f"generator/dense2/update/{part}"], 0)
        self.good("netlist", "--run", "wired1", "--array", "0", "-o", "array.cir")
        self.refused("netlist", "--run", "wired1", "--array", "99")
        if shutil.which("ngspice"):
            ran = subprocess.run(["ngspice", "-b", "array.cir"], capture_output=True, text=True, timeout=120, cwd=self.folder)
            self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)


if __name__ == "__main__":
    unittest.main()
