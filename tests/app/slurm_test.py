"""`ganbar sweep --slurm` under Slurm itself: its controller, node daemon and munge are started in a temporary folder, for this test alone.

usage: slurm_test.py GANBAR       needs root, and Debian's slurmctld, slurmd, slurm-client, munge; code 77 without them
"""
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import unittest

if os.geteuid() != 0 or not all(shutil.which(p, path=os.environ["PATH"] + ":/usr/sbin") for p in ("slurmctld", "slurmd", "sbatch", "munged")):
    print("needs root, slurmctld, slurmd, slurm-client and munge")
    sys.exit(77)

from running import GANBAR, InFolder  # noqa: E402

CONF = """ClusterName=local
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={at}/munge.sock
CryptoType=crypto/munge
StateSaveLocation={at}/state
SlurmdSpoolDir={at}/spool
SlurmctldPidFile={at}/slurmctld.pid
SlurmdPidFile={at}/slurmd.pid
SlurmctldLogFile={at}/slurmctld.log
SlurmdLogFile={at}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=10 State=UP
"""
ESTIMATE = '[sweep]\nkind = "estimate"\nbase = "dcgan"\n[[axis]]\nkey = "on"\nvalues = ["regan", "pipelayer"]\n[[axis]]\nkey = "batch"\nvalues = [16, 64, 128]\n'


def free_ports(n):
    kept = [socket.socket() for _ in range(n)]
    for s in kept:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in kept]
    for s in kept:
        s.close()
    return ports


class Slurm(InFolder):
    FILES = {"e.toml": ESTIMATE}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        at = cls.folder / "slurm"
        for name in ("state", "spool"):
            (at / name).mkdir(parents=True)
        (at / "slurm.conf").write_text(CONF.format(host=socket.gethostname(), ports=free_ports(2), at=at, cpus=os.cpu_count()))
        (at / "munge.key").write_bytes(os.urandom(1024))
        (at / "munge.key").chmod(0o600)
        cls.slurm = dict(cls.environment(), SLURM_CONF=str(at / "slurm.conf"), PATH=os.environ["PATH"] + ":/usr/sbin")
        munge = [f"--{k}={at}/{v}" for k, v in (("socket", "munge.sock"), ("key-file", "munge.key"), ("pid-file", "munged.pid"), ("log-file", "munged.log"), ("seed-file", "munged.seed"))]
        for words in (["munged", "--force", *munge], ["slurmctld", "-f", str(at / "slurm.conf")], ["slurmd", "-f", str(at / "slurm.conf")]):
            done = subprocess.run(words, env=cls.slurm, capture_output=True, text=True, timeout=60)
            if done.returncode != 0:
                raise RuntimeError(f"{words[0]}: {done.stderr}")
            cls.addClassCleanup(cls.end, at / (words[0] + ".pid"))
        for _ in range(120):
            if "idle" in cls.say("sinfo", "-h", "-o", "%t"):
                return
            time.sleep(0.5)
        raise RuntimeError("the node never came up")

    @staticmethod
    def end(pid_file):
        if pid_file.exists():
            pid = int(pid_file.read_text())
            os.kill(pid, signal.SIGTERM)
            for _ in range(100):
                if not pathlib.Path(f"/proc/{pid}").exists():
                    return
                time.sleep(0.1)

    @classmethod
    def say(cls, *words):
        return subprocess.run(words, env=cls.slurm, capture_output=True, text=True, timeout=60, cwd="/").stdout

    def done(self, *words):
        """Submits, waits until nothing is left in the queue."""
        sent = subprocess.run(["sbatch", "--parsable", *words], env=self.slurm, capture_output=True, text=True, timeout=60, cwd="/")
        self.assertEqual(sent.returncode, 0, sent.stderr)
        for _ in range(360):
            if not self.say("squeue", "-h").strip():
                return sent.stdout.strip()
            time.sleep(0.5)
        self.fail("the job never ended: " + self.say("squeue"))

    def rows(self, out):
        with sqlite3.connect(self.folder / out / "sweep.sqlite") as table:
            return table.execute("select status, rank from runs order by id").fetchall()

    def logs(self, out):
        return "".join(p.read_text() for p in sorted((self.folder / out).glob("slurm-*.log")))

    def test_an_array_job_does_the_sweep(self):
        script = self.good("sweep", "e.toml", "--out", "array", "--slurm", "--tasks", "3").stdout.strip()
        self.done(script)
        self.assertEqual(self.rows("array"), [("done", k % 3) for k in range(6)], self.logs("array"))
        self.assertEqual(len(list((self.folder / "array").glob("slurm-*.log"))), 3)
        self.assertIn("6 done, 0 failed, 0 open", self.logs("array"))
        self.assertTrue((self.folder / "array/report.html").exists())

    def test_part_of_an_array_and_the_rest_later(self):
        script = self.good("sweep", "e.toml", "--out", "part", "--slurm", "--tasks", "3").stdout.strip()
        self.done("--array=1", script)
        self.assertEqual(self.rows("part"), [("done", 1) if k % 3 == 1 else ("open", None) for k in range(6)], self.logs("part"))
        self.assertIn("4 of 6 points are left to the other ranks", self.logs("part"))
        self.done("--array=0,2", script)
        self.assertEqual({s for s, _ in self.rows("part")}, {"done"})

    def test_a_batch_step_without_srun_does_all_points_and_steps_share(self):
        for name, launch in (("batch", ""), ("steps", "srun --overlap ")):
            text = f'#!/bin/bash\n#SBATCH --ntasks=2 --overcommit --output={self.folder}/{name}.log\ncd {self.folder}\n{launch}{GANBAR} sweep e.toml --out {name}\n'
            (self.folder / f"{name}.sh").write_text(text)
            self.done(str(self.folder / f"{name}.sh"))
            said = (self.folder / f"{name}.log").read_text()
            self.assertEqual(self.rows(name), [("done", k % 2 if launch else 0) for k in range(6)], said)
            self.assertEqual("by SLURM_PROCID: 3 of 6 points are left to the other ranks" in said, bool(launch), said)


if __name__ == "__main__":
    unittest.main()
