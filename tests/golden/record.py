#!/usr/bin/env python3
"""The golden record: what every preset and every deterministic command of the program writes, as hashes.

usage: record.py GANBAR RECORD [--write] [--only WORD] [--threads 1,2] [--images]

Without --write the program is held against RECORD: exit code 1 and one line a difference. Each experiment preset plays a few rounds on drawn
digits (no data files needed) with small batches: at each number of threads, and once more killed (SIGKILL) after its first checkpoint and
resumed with another number of threads; all of them must agree with each other and with the record. --images: of trainings, only images are held against the record, which is g++'s; another
compiler sums the energies of pulses in another order, and their last digit is in metrics and checkpoints.
"""
import argparse
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

ROUNDS = 4
# What each preset needs to stay small; every key is one that the preset itself has.
SMALL = ["data.limit=120", f"train.rounds={ROUNDS}", "train.epochs=1", "train.batch=16", "train.checkpoint_every=1", "train.snapshot_every=2",
         "evaluation.samples=20", "evaluation.every=0"]
COLOUR = "cifar10"


def sha(data):
    return hashlib.sha256(data).hexdigest()[:16]


def colour_images(path):
    """48 images of 32 x 32 x 3 from a linear congruential generator, as NPY with labels of ten classes."""
    state, values = 12345, bytearray()
    for _ in range(48 * 32 * 32 * 3):
        state = (1103515245 * state + 12345) % 2**31
        values.append(state >> 23)
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (48, 32, 32, 3), }"
    header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(values))


class Recorder:
    def __init__(self, program, folder):
        self.program, self.folder, self.found, self.faults = program, folder, {}, []
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("OMP_", "GANBAR_"))}
        self.environment["XDG_CACHE_HOME"] = str(folder / "cache")

    def command(self, *words, **options):
        return subprocess.run([self.program, *words], capture_output=True, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, **options)

    def note(self, key, value):
        """A value that is found twice must be the same twice."""
        if self.found.setdefault(key, value) != value:
            self.faults.append(f"{key}: {value}, but {self.found[key]} with another number of threads or after a kill")

    def output(self, key, *words):
        done = self.command(*words)
        if done.returncode != 0:
            self.faults.append(f"{key}: exit code {done.returncode}: {done.stderr.decode().strip()[-300:]}")
        self.note(key, sha(done.stdout))

    # -- trainings
    def training(self, preset):
        data = self.folder / "colour.npy" if COLOUR in preset else "synthetic-digits"
        words = ["train", preset, "--no-report"]
        for key in [*SMALL, f"data.dataset={data}"]:
            words += ["--set", key]
        return words

    def keep(self, preset, run):
        self.note(f"train/{preset}/metrics.csv", sha(first_columns((run / "metrics.csv").read_bytes())))
        self.note(f"train/{preset}/samples.npy", sha((run / "samples.npy").read_bytes()))
        for name in sorted(p.name for p in (run / "checkpoints").iterdir()):
            self.note(f"train/{preset}/{name}", sha(without_digest((run / "checkpoints" / name).read_bytes())))

    def train(self, preset, threads):
        run = self.folder / f"{preset}-{threads}"
        done = self.command(*self.training(preset), "--out", str(run), "--threads", str(threads))
        if done.returncode != 0:
            self.faults.append(f"train/{preset}: exit code {done.returncode}: {done.stderr.decode().strip()[-300:]}")
            return
        self.keep(preset, run)

    def train_killed(self, preset, threads, other):
        run = self.folder / f"{preset}-killed"
        words = [self.program, *self.training(preset), "--out", str(run)]
        child = subprocess.Popen([*words, "--threads", str(threads)], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while child.poll() is None and not list(run.glob("checkpoints/*.safetensors")):
            time.sleep(0.002)
        child.send_signal(signal.SIGKILL)
        child.wait()
        done = subprocess.run([*words, "--threads", str(other), "--resume"], cwd=self.folder, env=self.environment, capture_output=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            self.faults.append(f"train/{preset} after a kill: exit code {done.returncode}: {done.stderr.decode().strip()[-300:]}")
            return
        self.keep(preset, run)

    # -- everything else
    def commands(self, only):
        (self.folder / "crossbar.json").write_text(json.dumps(crossbar()))
        (self.folder / "sinh.json").write_text(json.dumps({**crossbar(), "device": {"type": "sinh", "b": 3.0}}))
        wanted = {"solve/linear": ("solve", "crossbar.json"), "solve/sinh": ("solve", "sinh.json"),
                  "device/nili2020": ("device", "nili2020", "--from", "200e-6", "--pulse", "0.8,1e-7", "--pulse", "-0.8,1e-7", "--count", "20", "--json"),
                  "noise/array": ("noise", "generate", "--bits", "4000", "-o", "-"),
                  "noise/columns": ("noise", "generate", "--bits", "4000", "--set", "noise.generator=columns", "-o", "-")}
        for network in self.listed("networks"):
            wanted[f"estimate/{network}"] = ("estimate", network, "--on", "all", "--as-published", "--json")
            wanted[f"estimate at equal size/{network}"] = ("estimate", network, "--on", "all", "--json")
        for key, words in wanted.items():
            if only in key:
                if "-o" in words:  # a file, as `-` is no name for standard output everywhere
                    target = self.folder / "bits.bin"
                    target.unlink(missing_ok=True)
                    done = self.command(*words[:-1], str(target))
                    self.note(key, sha(target.read_bytes()) if target.exists() else f"exit code {done.returncode}: {done.stderr.decode()[-200:]}")
                else:
                    self.output(key, *words)

    def listed(self, kind):
        return [line.split()[0] for line in self.command("list", kind).stdout.decode().splitlines() if line and not line.startswith(" ")]


def first_columns(data, n=13):
    """A table's first columns: what is added behind them is no change of these."""
    return b"".join(b",".join(line.split(b",")[:n]) + b"\n" for line in data.splitlines())


def without_digest(data):
    """A checkpoint without the digest of its run.toml, which names the folder of the data, and that of the whole, which covers it."""
    head = int.from_bytes(data[:8], "little")
    text = json.loads(data[8:8 + head])
    for key in ("experiment_sha256", "content_sha256"):
        text.get("__metadata__", {}).pop(key, None)
    return json.dumps(text, sort_keys=True).encode() + data[8 + head:]


def crossbar(n=12):
    return {"rows": n, "cols": n, "G": [[(150 + (37 * i + 11 * j * j) % 150) * 1e-6 for j in range(n)] for i in range(n)], "device": {"type": "linear"},
            "rw": 2.5, "rb": 2.5, "rdrv": 10.0, "rsense": 5.0, "Vw": [0.1 * (i % 4) for i in range(n)], "Vb": [0.0] * n}


def main():
    words = argparse.ArgumentParser()
    words.add_argument("program"), words.add_argument("record", type=pathlib.Path)
    words.add_argument("--write", action="store_true"), words.add_argument("--only", default=""), words.add_argument("--threads", default="1,2"), words.add_argument("--images", action="store_true")
    options = words.parse_args()
    threads = [int(n) for n in options.threads.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(str(pathlib.Path(options.program).resolve()), pathlib.Path(folder))
        colour_images(recorder.folder / "colour.npy")
        for preset in recorder.listed("experiments"):
            if options.only not in f"train/{preset}":
                continue
            for n in threads:
                recorder.train(preset, n)
            recorder.train_killed(preset, threads[-1], threads[0])
        recorder.commands(options.only)
    found = dict(sorted(recorder.found.items()))
    if options.write:
        kept = json.loads(options.record.read_text()) if options.record.exists() and options.only else {}
        kept = {k: v for k, v in kept.items() if options.only not in k}  # of what was not looked at, the record stays
        options.record.write_text(json.dumps(dict(sorted({**kept, **found}.items())), indent=0) + "\n")
    kept = json.loads(options.record.read_text())
    differ = [f"{key}: {found.get(key, 'nothing')}, recorded {kept.get(key, 'nothing')}" for key in sorted(found.keys() | {k for k in kept if options.only in k})
              if found.get(key) != kept.get(key) and not (options.images and key.startswith("train/") and not key.endswith("samples.npy"))]
    for line in recorder.faults + differ:
        print(line)
    print(f"{len(found)} hashes, {len(recorder.faults)} faults, {len(differ)} differences from the record")
    return 1 if recorder.faults or differ else 0


if __name__ == "__main__":
    sys.exit(main())
