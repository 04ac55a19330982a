"""Random kills: trainings of every kind of hardware and a sweep are killed (SIGKILL) at random moments, again and again, and each is taken up with
another number of threads. What lies in the folder at the end must be, byte for byte, what an undisturbed run leaves.

usage: kills.py GANBAR [KILLS, 200] [SEED, 1]      exit code 1 when anything differs
"""
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "app"))
from running import CONVOLUTIONAL, DIGITS, GANBAR, connected  # noqa: E402  (it takes GANBAR from the command line)

CONNECTED = DIGITS + connected(8, 24, generator='bias = "digital"\n', discriminator="w_max = 0.3\n")
TRAIN = "[train]\nrounds = 30\nbatch = 64\ncheckpoint_every = 3\nsnapshot_every = 5\nzero_pulses = 30\n"
EVALUATION = "[evaluation]\nsamples = 64\nevery = 10\n"
CELLS = '[device]\nmodel = "soft_bounds"\nd2d = true\nc2c = 0.3\n[tile]\nmapping = "differential"\n'


def experiment(networks, tables, train=""):
    return networks + tables + TRAIN + train + EVALUATION


ADAM = 'rule = "adam"\nrate = 1e-3\n'
KINDS = {
    "software": experiment(CONNECTED, '[hardware]\nkind = "software"\n', ADAM),
    "ideal": experiment(CONNECTED, '[device]\nmodel = "ideal"\n'),
    "nili2020": experiment(CONNECTED, '[device]\nmodel = "nili2020"\nd2d = "A"\n'),
    "feedback": experiment(CONNECTED, '[device]\nmodel = "nili2020"\n', "feedback = 1\n"),
    "array-bits": experiment(CONNECTED, '[device]\nmodel = "nili2020"\n[latent]\nsource = "array"\n'),
    "pulse-train": experiment(CONNECTED, CELLS, 'rule = "pulse_train"\nrate = 0.05\n'),
    "mixed-precision": experiment(CONNECTED, CELLS, 'rule = "mixed_precision"\nrate = 0.05\n'),
    "tiki-taka": experiment(CONNECTED, CELLS, 'rule = "tiki_taka"\nrate = 0.05\n'),
    "ex-situ": experiment(CONNECTED, CELLS + '[hardware]\nkind = "ex_situ"\n', ADAM),
    "wires": experiment(CONNECTED, '[device]\nmodel = "nili2020"\n[wires]\nrw = "0.1 ohm"\nrb = "0.1 ohm"\n'),
    "convolutional": experiment(DIGITS + CONVOLUTIONAL, CELLS).replace("batch = 64", "batch = 16"),
}
SWEEP = '[sweep]\nbase = "ideal.toml"\n[[axis]]\nkey = "train.v_set"\nvalues = ["0.7 V", "0.9 V"]\n[[axis]]\nkey = "experiment.seed"\nvalues = [1, 2]\n'
TOLD = {"times.csv", "env.json", "log.txt", "summary.json", "report.html"}  # tell the time, the machine or the way that was taken


def start(words, folder):
    return subprocess.Popen([GANBAR, *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
                            env=dict(os.environ, XDG_CACHE_HOME=str(folder / "cache")))


def finish(words, folder):
    process = start(words, folder)
    said = process.communicate()[1]
    if process.returncode != 0:
        sys.exit(f"kills.py: {' '.join(words)}: exit code {process.returncode}\n{said}")


def kill_after(words, folder, seconds):
    """True when the kill came before the end."""
    process = start(words, folder)
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return True
    finally:
        process.communicate()


def contents(run):
    """What must be equal of a run folder, by name."""
    found = {}
    for path in sorted(run.rglob("*")):
        name = str(path.relative_to(run))
        if path.is_file() and path.name not in TOLD and not name.endswith(".tmp") and path.name != "lock" and not path.name.startswith("sweep"):
            found[name] = path.read_bytes()
    for path in run.rglob("summary.json"):
        summary = json.loads(path.read_text())
        summary.pop("wall_s")
        found[str(path.relative_to(run))] = json.dumps(summary, sort_keys=True).encode()
    table = run / "sweep.sqlite"
    if table.exists():
        with sqlite3.connect(table) as rows:
            columns = [c[1] for c in rows.execute("pragma table_info(runs)")]
            kept = [c for c in columns if "wall" not in c and "time" not in c and c not in ("started", "ended", "worker", "host", "pid")]
            found["table"] = repr(rows.execute(f"select {', '.join(chr(34) + c + chr(34) for c in kept)} from runs order by id").fetchall()).encode()
    return found


def differences(a, b):
    return sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))


def tortured(name, words, whole_s, folder, draw, kills):
    """Kills `kills` times, then lets it end; the last two legs never have the same number of threads."""
    out, done = f"{name}-killed", 0
    threads = draw.randint(1, 3)
    flag = "--jobs" if name == "sweep" else "--threads"
    resume = lambda: ["--resume"] if name != "sweep" and (folder / out / "checkpoints").is_dir() and any((folder / out / "checkpoints").iterdir()) else []
    while done < kills:
        if not resume() and name != "sweep":
            shutil.rmtree(folder / out, ignore_errors=True)  # killed before its first checkpoint: it starts anew
        killed = kill_after([*words, "--out", out, flag, str(threads), *resume()], folder, draw.uniform(0.02, 0.8) * whole_s)
        done += killed
        threads = threads % 3 + 1
        if not killed:
            break
    if not resume() and name != "sweep":
        shutil.rmtree(folder / out, ignore_errors=True)
    finish([*words, "--out", out, flag, str(threads), *resume()], folder)
    return done, out


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    draw = random.Random(seed)
    total, wrong = 0, 0
    with tempfile.TemporaryDirectory() as kept:
        folder = pathlib.Path(kept)
        for name, text in KINDS.items():
            (folder / f"{name}.toml").write_text(text)
        (folder / "sweep.toml").write_text(SWEEP)
        whole = {}
        for name in [*KINDS, "sweep"]:
            words = ["sweep", "sweep.toml"] if name == "sweep" else ["train", f"{name}.toml", "--no-report"]
            begin = time.monotonic()
            finish([*words, "--out", name, *([] if name == "sweep" else ["--threads", "1"])], folder)
            whole[name] = (words, time.monotonic() - begin)
        while total < kills:
            for name, (words, seconds) in whole.items():
                shutil.rmtree(folder / f"{name}-killed", ignore_errors=True)
                done, out = tortured(name, words, seconds, folder, draw, min(3, kills - total))
                total += done
                found = differences(contents(folder / name), contents(folder / out))
                if found:
                    wrong += 1
                    print(f"{name}: after {done} kills these differ: {', '.join(found[:8])}", flush=True)
                if total >= kills:
                    break
            print(f"{total} kills, {wrong} folders differ", flush=True)
    print(f"{total} kills of {len(whole)} kinds (seed {seed}), {wrong} folders differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
