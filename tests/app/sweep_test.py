"""`ganbar sweep`: grids and random searches, resume, failures, several processes, bad input with its place.

usage: sweep_test.py GANBAR
"""
import csv
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest

from running import DIGITS, GANBAR, InFolder, connected

EXPERIMENT = DIGITS + connected(8, 16) + """
[device]
model = "ideal"
[train]
rounds = 2
batch = 16
[evaluation]
samples = 32
"""
SWEEP = """[sweep]
base = "small.toml"
also = ["update_energy_J"]
[[axis]]
key = "train.v_set"
from = "0.7 V"
to = "0.9 V"
n = 2
[[axis]]
key = "train.batch"
values = [8, 100000]
"""
ESTIMATE = """[sweep]
kind = "estimate"
base = "dcgan"
[[axis]]
key = "on"
values = ["regan", "pipelayer"]
[[axis]]
key = "batch"
values = [16, 64, 128]
"""


class Sweep(InFolder):
    FILES = {"small.toml": EXPERIMENT, "grid.toml": SWEEP, "estimate.toml": ESTIMATE}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done = cls.command("sweep", "grid.toml", "--out", "grid", "--jobs", "2")

    def rows(self, out):
        with sqlite3.connect(self.folder / out / "sweep.sqlite") as table:
            table.row_factory = sqlite3.Row
            return [dict(r) for r in table.execute("select * from runs order by id")]

    def test_grid_has_one_row_a_run_and_failures_are_recorded(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        rows = self.rows("grid")
        self.assertEqual([(r["train.v_set"], r["train.batch"]) for r in rows], [("0.7 V", 8), ("0.7 V", 100000), ("0.9 V", 8), ("0.9 V", 100000)])
        self.assertEqual([r["status"] for r in rows], ["done", "failed", "done", "failed"])
        self.assertIn("use a smaller batch", rows[1]["error"])
        self.assertIn("use a smaller batch", self.done.stdout)
        summary = json.loads((self.folder / "grid/runs/00000/summary.json").read_text())
        for key, value in summary.items():
            if isinstance(value, (int, float, str)) and key != "wall_s":
                self.assertEqual(rows[0][key], value, key)
        self.assertEqual(json.loads(rows[0]["classes"]), [1, 7])
        self.assertGreater(rows[2]["update_energy_J"], rows[0]["update_energy_J"])  # a higher pulse costs more
        table = list(csv.DictReader((self.folder / "grid/sweep.csv").read_text().splitlines()))
        self.assertEqual([t["status"] for t in table], [r["status"] for r in rows])
        self.assertEqual(float(table[2]["frechet_distance"]), rows[2]["frechet_distance"])
        page = (self.folder / "grid/report.html").read_text()
        for text in ["frechet_distance by train.v_set", "update_energy_J by train.batch", "Failed points"]:
            self.assertIn(text, page)

    def test_again_does_nothing_and_lost_rows_are_made_again(self):
        again = self.good("sweep", "grid.toml", "--out", "grid", "--json")
        self.assertNotIn("point", again.stderr)  # nothing was left to do
        self.assertEqual([r["status"] for r in json.loads(again.stdout)], ["done", "failed", "done", "failed"])
        shutil.copytree(self.folder / "grid", self.folder / "lost")
        before = self.rows("lost")
        with sqlite3.connect(self.folder / "lost/sweep.sqlite") as table:
            table.execute("update runs set status = 'open', frechet_distance = null where id = 2")
        shutil.rmtree(self.folder / "lost/runs/00002")
        self.good("sweep", "grid.toml", "--out", "lost")
        self.assertEqual(self.rows("lost")[2]["frechet_distance"], before[2]["frechet_distance"])

    def test_killed_sweep_goes_on(self):
        process = subprocess.Popen([GANBAR, "sweep", "grid.toml", "--out", "killed"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   env=self.environment(), cwd=self.folder, start_new_session=True)
        end = time.time() + 60
        while time.time() < end and not (self.folder / "killed/runs/00000/metrics.csv").exists():
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.good("sweep", "grid.toml", "--out", "killed")
        self.assertEqual([r["frechet_distance"] for r in self.rows("killed")], [r["frechet_distance"] for r in self.rows("grid")])

    def test_random_search_is_reproducible_and_grows(self):
        text = '[sweep]\nbase = "small.toml"\nsearch = "random"\npoints = {}\nseed = 4\n[[axis]]\nkey = "train.v_set"\nfrom = "0.5 V"\nto = "1 V"\nscale = "log"\n[[axis]]\nkey = "train.steps_d"\nfrom = 1\nto = 5\n'
        for name, n in [("few.toml", 40), ("many.toml", 60)]:
            (self.folder / name).write_text(text.format(n))
        few, many = (self.good("sweep", name, "--dry-run").stdout.splitlines() for name in ["few.toml", "many.toml"])
        self.assertEqual((len(few), len(many)), (40, 60))
        self.assertEqual(few, many[:40])
        values = [(float(line.split("v_set=")[1].split(" V")[0]), line.split("steps_d=")[1]) for line in many]
        self.assertTrue(all(0.5 <= v <= 1 for v, _ in values))
        self.assertEqual({s for _, s in values}, set("12345"))

    def test_estimates_and_ranks_share_one_table(self):
        self.good("sweep", "estimate.toml", "--out", "e")
        for rank in ["0", "2", "1"]:
            done = self.good("sweep", "estimate.toml", "--out", "ranks", GANBAR_RANK=rank, GANBAR_RANKS="3")
            self.assertEqual("6 done" in done.stdout, rank == "1")  # only the last one tells
        ranks, rows = self.rows("ranks"), self.rows("e")
        self.assertEqual([r["rank"] for r in ranks], [0, 1, 2, 0, 1, 2])
        self.assertEqual([r["iteration_latency_s"] for r in ranks], [r["iteration_latency_s"] for r in rows])
        estimate = json.loads(self.good("estimate", "dcgan", "--on", "regan", "--batch", "64", "--json").stdout)[0]
        self.assertEqual(rows[1]["iteration_energy_J"], estimate["iteration_energy_J"])

    def test_axes_that_are_numbers_are_numbers_in_the_table(self):
        (self.folder / "axes.toml").write_text(ESTIMATE)
        self.good("sweep", "axes.toml", "--out", "axes")
        with sqlite3.connect(self.folder / "axes/sweep.sqlite") as table:
            self.assertEqual([b for b, in table.execute("select distinct batch from runs order by batch")], [16, 64, 128])
            self.assertEqual(table.execute("select count(*) from runs where batch < 50").fetchone(), (2,))
            self.assertEqual(table.execute('select distinct typeof(batch), typeof("on") from runs').fetchall(), [("integer", "text")])
        rows = list(csv.DictReader((self.folder / "axes/sweep.csv").read_text().splitlines()))
        self.assertEqual(list(rows[0])[:4], ["id", "status", "wall_s", "rank"])
        self.assertEqual({r["rank"] for r in rows}, {"0"})
        self.assertTrue(all(float(r["wall_s"]) >= 0 for r in rows))
        # Reals, a mixture with a word, and quantities; taken up again they are the same sweep.
        text = '[sweep]\nkind = "estimate"\nbase = "dcgan"\nset = ["on=regan"]\n[[axis]]\nkey = "batch"\nfrom = 4\nto = 32\nn = 3\n[[axis]]\nkey = "task"\nvalues = ["training", "generation"]\n'
        (self.folder / "mixed.toml").write_text(text)
        for _ in range(2):
            self.good("sweep", "mixed.toml", "--out", "mixed")
        self.assertEqual([r["batch"] for r in self.rows("mixed")], [4, 4, 18, 18, 32, 32])
        (self.folder / "real.toml").write_text('[sweep]\nbase = "small.toml"\n[[axis]]\nkey = "train.momentum"\nvalues = [0.0, 0.25]\n')
        for _ in range(2):
            self.good("sweep", "real.toml", "--out", "real")
        self.assertEqual([r["train.momentum"] for r in self.rows("real")], [0.0, 0.25])

    def test_an_axis_of_switches(self):
        (self.folder / "switches.toml").write_text('[sweep]\nbase = "small.toml"\n[[axis]]\nkey = "train.fresh_latents"\nvalues = [true, false]\n')
        self.good("sweep", "switches.toml", "--out", "switches")
        self.assertEqual([r["train.fresh_latents"] for r in self.rows("switches")], ["true", "false"])
        self.assertEqual(len({r["final_loss_g"] for r in self.rows("switches")}), 2)

    def test_an_old_table_of_texts_goes_on(self):
        self.good("sweep", "estimate.toml", "--out", "old")
        with sqlite3.connect(self.folder / "old/sweep.sqlite") as table:
            table.execute("alter table runs rename column batch to was")
            table.execute("alter table runs add column batch TEXT")
            table.execute("update runs set batch = was")
            table.execute("alter table runs drop column was")
            table.execute("update runs set status = 'open' where id = 1")
        self.good("sweep", "estimate.toml", "--out", "old")
        self.assertEqual({r["status"] for r in self.rows("old")}, {"done"})

    def test_unknown_results_are_refused_before_anything_runs(self):
        head, axis = '[sweep]\nbase = "small.toml"\n', '[[axis]]\nkey = "train.batch"\nvalues = [8]\n'
        self.bad("frechet_distance", head + 'objective = "fid"\n' + axis)
        self.bad('did you mean "frechet_distance"', head + 'objective = "frechet_distanc"\n' + axis)
        self.bad('no result "FID" to show; did you mean "frechet_distance"', head + 'also = ["FID"]\n' + axis)
        self.bad('no result "coverge" to show; did you mean "coverage"', head + 'also = ["coverge"]\n' + axis)
        self.bad("compare points by", head + 'objective = "name"\n' + axis)  # a word has no order
        estimate = '[sweep]\nkind = "estimate"\nbase = "dcgan"\nset = ["on=regan"]\n[[axis]]\nkey = "batch"\nvalues = [4]\n'
        self.bad("iteration_energy_J", estimate.replace("base", 'objective = "energy"\nbase'))
        # All numbers that a run's summary has may be asked for.
        summary = json.loads((self.folder / "grid/runs/00000/summary.json").read_text())
        names = [k for k, v in summary.items() if isinstance(v, (int, float))]
        (self.folder / "all.toml").write_text(head + f"also = {json.dumps(names)}\n" + axis)
        self.good("sweep", "all.toml", "--dry-run")

    def test_an_axis_of_named_settings(self):
        (self.folder / "named.toml").write_text('[sweep]\nbase = "small.toml"\n[[axis]]\nkey = "pulses"\nvalues = ["weak", "strong"]\n[axis.settings]\n'
                                                'strong = ["train.v_set=0.9 V", "train.v_reset=-0.9 V"]\nweak = ["train.v_set=0.7 V", "train.v_reset=-0.7 V"]\n'
                                                '[[axis]]\nkey = "experiment.seed"\nvalues = [1, 2]\n')
        self.good("sweep", "named.toml", "--out", "settings")
        self.assertEqual([(r["pulses"], r["experiment.seed"]) for r in self.rows("settings")], [("weak", 1), ("weak", 2), ("strong", 1), ("strong", 2)])
        for point, volts in ((1, "700 mV"), (2, "900 mV")):
            self.assertIn(f'v_set = "{volts}"', (self.folder / f"settings/runs/{point:05d}/run.toml").read_text())
        text = (self.folder / "named.toml").read_text()
        (self.folder / "named.toml").write_text(text.replace("-0.9 V", "-0.8 V"))
        self.assertIn("another sweep", self.refused("sweep", "named.toml", "--out", "settings"))
        head = '[sweep]\nbase = "small.toml"\n[[axis]]\nkey = "pulses"\n'
        self.bad("bad.toml:6:8", head + '[axis.settings]\nweak = ["train.v_set"]\n')
        self.bad("no settings named strong", head + 'values = ["strong"]\n[axis.settings]\nweak = ["train.v_set=0.7 V"]\n')
        self.bad("at least one", head + "[axis.settings]\n")
        self.bad("needs values", head + 'from = 1\nto = 2\n[axis.settings]\nweak = ["train.v_set=0.7 V"]\n')
        self.bad('did you mean "v_set"', head + '[axis.settings]\nweak = ["train.v_sett=0.7 V"]\n')

    def test_zero_is_no_default(self):
        for key in ("batch", "steps_d"):
            for value in ("0", "-1", '"x"'):
                self.bad(key, f'[sweep]\nkind = "estimate"\nbase = "dcgan"\nset = ["on=gtx1080"]\n[[axis]]\nkey = "{key}"\nvalues = [{value}]\n')

    def test_a_value_given_twice_is_no_replicate(self):
        self.bad("has the value 1 twice", '[sweep]\nname = "s"\nbase = "small.toml"\n[[axis]]\nkey = "experiment.seed"\nvalues = [1, 2, 1]\n')

    def test_seeds_are_replicates(self):
        text = '[sweep]\nbase = "small.toml"\n[[axis]]\nkey = "experiment.seed"\nvalues = [1, 2, 3]\n[[axis]]\nkey = "train.batch"\nvalues = [8, 16]\n'
        (self.folder / "seeds.toml").write_text(text)
        done = self.good("sweep", "seeds.toml", "--out", "seeds")
        rows, page = self.rows("seeds"), (self.folder / "seeds/report.html").read_text()
        self.assertEqual(len(rows), 6)
        self.assertNotIn("by experiment.seed", page)
        self.assertNotIn("over experiment.seed", page)
        self.assertIn("frechet_distance by train.batch", page)
        values = {b: [r["frechet_distance"] for r in rows if r["train.batch"] == b] for b in (8, 16)}
        means = {b: sum(v) / 3 for b, v in values.items()}
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0].split(), ["train.batch", "frechet_distance,", "mean", "spread", "n"])
        for line, batch in zip(lines[1:3], sorted(means, key=means.get)):
            words = line.split()
            self.assertEqual((words[0], words[1], words[-1]), (str(batch), f"{means[batch]:.4g}", "3"))
            self.assertIn(f"{min(values[batch]):.4g} to {max(values[batch]):.4g}", line)
        (self.folder / "only.toml").write_text(text.replace('[[axis]]\nkey = "train.batch"\nvalues = [8, 16]\n', ""))
        self.assertIn("point", self.good("sweep", "only.toml", "--out", "only").stdout.splitlines()[0])  # nothing but seeds: each is a point

    def test_a_batch_step_of_slurm_is_alone(self):
        batch = dict(SLURM_JOB_ID="1", SLURM_NTASKS="4", SLURM_PROCID="0")
        for k, more in enumerate(({}, {"SLURM_STEP_ID": "batch", "SLURM_STEP_NUM_TASKS": "4"}, {"SLURM_STEP_ID": "4294967291", "SLURM_STEP_NUM_TASKS": "1"},
                                  {"SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "1"})):
            done = self.good("sweep", "estimate.toml", "--out", f"batch{k}", **batch, **more)
            self.assertIn("6 done, 0 failed, 0 open", done.stdout)
        for rank in "3012":  # what srun sets
            done = self.good("sweep", "estimate.toml", "--out", "step", **dict(batch, SLURM_PROCID=rank, SLURM_STEP_ID="0", SLURM_STEP_NUM_TASKS="4"))
            self.assertIn(f"rank {rank} of 4 by SLURM_PROCID: {4 if rank in '01' else 5} of 6 points are left to the other ranks", done.stderr)
        self.assertIn("6 done", done.stdout)
        self.assertEqual([r["rank"] for r in self.rows("step")], [0, 1, 2, 3, 0, 1])

    def test_ranks_by_name(self):
        for k in (1, 0):
            done = self.good("sweep", "estimate.toml", "--out", "named", "--rank", f"{k}/2", GANBAR_RANK="9", GANBAR_RANKS="3")
        self.assertIn("6 done", done.stdout)
        for wrong in ("2/2", "x/2", "1", "-1/2", "1/2/3", "1/0", "/"):
            self.assertIn("I/N", self.refused("sweep", "estimate.toml", "--out", "r", f"--rank={wrong}"))
        for wrong in (dict(GANBAR_RANK="x", GANBAR_RANKS="2"), dict(GANBAR_RANK="1x", GANBAR_RANKS="2"), dict(GANBAR_RANK="0"), dict(GANBAR_RANK="0", GANBAR_RANKS="two")):
            self.assertIn("name no rank", self.refused("sweep", "estimate.toml", "--out", "r", **wrong))
        self.assertFalse((self.folder / "r").exists())

    def test_a_job_script_of_slurm(self):
        place = self.folder / "it's a 50 % place"
        place.mkdir()
        (place / "e.toml").write_text(ESTIMATE)
        for wrong in (("--rank", "0/2"), ("--tasks", "0")):
            self.refused("sweep", "estimate.toml", "--out", "slurm", "--slurm", *wrong)
        self.assertIn("--slurm", self.refused("sweep", "estimate.toml", "--out", "slurm", "--tasks", "2"))
        done = self.good("sweep", str(place / "e.toml"), "--out", str(place / "out"), "--slurm", "--tasks", "4", "--jobs", "2")
        script = place / "out/job.sh"
        self.assertEqual(done.stdout, f"{script}\n")
        self.assertEqual(sorted(p.name for p in (place / "out").iterdir()), ["job.sh"])  # nothing was worked on
        text = script.read_text()
        for line in ("#SBATCH --array=0-3", "#SBATCH --ntasks=1", "#SBATCH --cpus-per-task=2", "it's a 50 %% place/out/slurm-%A_%a.log"):
            self.assertIn(line, text)
        # As Slurm calls it: the script's own copy, in any folder, one task after the other in any order; the last one tells.
        job = dict(self.environment(), SLURM_JOB_ID="7", SLURM_ARRAY_JOB_ID="7", SLURM_NTASKS="1", SLURM_PROCID="0", SLURM_CPUS_PER_TASK="2", SLURM_ARRAY_TASK_COUNT="4")
        for k in "2031":
            ran = subprocess.run(["bash", "-s"], input=text, text=True, capture_output=True, cwd="/", env=dict(job, SLURM_ARRAY_TASK_ID=k), timeout=100)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertIn(f"rank {k} of 4 by --rank", ran.stderr)
            self.assertEqual("6 done, 0 failed, 0 open" in ran.stdout, k == "1")
        self.assertEqual([r["rank"] for r in self.rows(place / "out")], [0, 1, 2, 3, 0, 1])
        # No array task: all points. A task beyond the array: told.
        self.good("sweep", str(place / "e.toml"), "--out", str(place / "all"), "--slurm")
        ran = subprocess.run(["bash", str(place / "all/job.sh")], text=True, capture_output=True, cwd="/", env=self.environment(), timeout=100)
        self.assertIn("6 done, 0 failed, 0 open", ran.stdout, ran.stderr)
        self.assertIn("#SBATCH --array=0-5", (place / "all/job.sh").read_text())  # six points are six tasks at most
        ran = subprocess.run(["bash", str(script)], text=True, capture_output=True, env=dict(job, SLURM_ARRAY_TASK_ID="4"), timeout=100)
        self.assertEqual(ran.returncode, 2)
        self.assertIn("expected I/N", ran.stderr)

    def test_a_signal_ends_it_with_checkpoints(self):
        (self.folder / "long.toml").write_text('[sweep]\nbase = "small.toml"\nset = ["train.rounds=200000", "train.checkpoint_every=0"]\n[[axis]]\nkey = "train.batch"\nvalues = [8, 16, 24]\n')
        for name, number, group in (("int", signal.SIGINT, False), ("term", signal.SIGTERM, False), ("terminal", signal.SIGINT, True)):
            with self.subTest(name):
                process = subprocess.Popen([GANBAR, "sweep", "long.toml", "--out", name, "--jobs", "2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                           env=self.environment(), cwd=self.folder, start_new_session=True)
                end, tables = time.time() + 60, [self.folder / name / f"runs/0000{k}/metrics.csv" for k in (0, 1)]
                while time.time() < end and not all(t.exists() and t.stat().st_size > 500 for t in tables):
                    time.sleep(0.01)
                os.killpg(process.pid, number) if group else process.send_signal(number)
                out, errors = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 130, errors)
                self.assertIn("to go on: the same command", errors.splitlines()[-1])
                self.assertEqual(out, "")
                self.assertEqual([r["status"] for r in self.rows(name)], ["open"] * 3)
                for table in tables:
                    rounds = table.read_text().count("\n") - 1
                    self.assertTrue((table.parent / f"checkpoints/{rounds:06d}.safetensors").is_file(), errors)

    @unittest.skipUnless(shutil.which("mpirun"), "no mpirun (Debian package openmpi-bin)")
    def test_under_mpirun(self):
        words = ["mpirun", "--oversubscribe", "-n", "2", GANBAR, "sweep", "estimate.toml", "--out", "mpi"]
        if os.geteuid() == 0:
            words.insert(1, "--allow-run-as-root")
        done = subprocess.run(words, capture_output=True, text=True, timeout=100, env=self.environment(), cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("6 done, 0 failed, 0 open", done.stdout)
        self.assertEqual([r["rank"] for r in self.rows("mpi")], [0, 1, 0, 1, 0, 1])

    def bad(self, part, text, code=2, words=()):
        (self.folder / "bad.toml").write_text(text)
        self.assertIn(part, self.refused("sweep", "bad.toml", "--out", "bad", *words, code=code))
        self.assertFalse((self.folder / "bad").exists())

    def test_bad_input_names_its_place(self):
        head = '[sweep]\nbase = "small.toml"\n'
        axis = '[[axis]]\nkey = "train.v_set"\n'
        self.bad("bad.toml:4:7", head + '[[axis]]\nkey = "train.v_sett"\nvalues = ["1 V"]\n')
        self.bad('did you mean "v_set"', head + '[[axis]]\nkey = "train.v_sett"\nvalues = ["1 V"]\n')
        self.bad("bad.toml:4:7", head + axis + 'values = ["1 V", "1 A"]\n')
        self.bad("varies nothing", head)
        self.bad("needs a base", "[sweep]\n" + axis + 'values = ["1 V"]\n')
        self.bad("no sweep", "[train]\nbatch = 3\n")
        self.bad('did you mean "values"', head + axis + 'valuess = ["1 V"]\n')
        self.bad("same unit", head + axis + 'from = "1 V"\nto = "900 mV"\nn = 3\n')
        self.bad("bad.toml:7:5", head + axis + 'from = "1 V"\nto = "2 V"\nn = 1\n')
        self.bad("only one end", head + axis + 'from = "1 V"\nn = 3\n')
        self.bad("through zero", head + '[[axis]]\nkey = "train.rate"\nfrom = 0\nto = 1\nscale = "log"\nn = 3\n')
        self.bad("twice", head + (axis + 'values = ["1 V"]\n') * 2)
        self.bad("needs points", head + 'search = "random"\n' + axis + 'from = "1 V"\nto = "2 V"\n')
        self.bad("at most 100000", head + "".join(f'[[axis]]\nkey = "train.{k}"\nfrom = 0.0\nto = 0.5\nn = 50\n' for k in ["momentum", "beta1", "beta2"]))
        self.bad("nowhere", '[sweep]\nbase = "nowhere.toml"\n' + axis + 'values = ["1 V"]\n')
        self.bad("needs one accelerator", '[sweep]\nkind = "estimate"\nbase = "dcgan"\n[[axis]]\nkey = "batch"\nvalues = [4]\n')
        self.bad("did you mean", '[sweep]\nkind = "estimate"\nbase = "dcgan"\n[[axis]]\nkey = "on"\nvalues = ["regen"]\n')
        self.assertIn("another sweep", self.refused("sweep", "estimate.toml", "--out", "grid"))
        self.assertIn("GANBAR_RANK=5", self.refused("sweep", "estimate.toml", "--out", "r", GANBAR_RANK="5", GANBAR_RANKS="2"))
        self.refused("sweep", "estimate.toml", "--out", "/proc/x", code=3)
        (self.folder / "torn").mkdir()
        (self.folder / "torn/sweep.sqlite").write_text("this is no table")
        self.refused("sweep", "estimate.toml", "--out", "torn", code=3)


if __name__ == "__main__":
    unittest.main()
