"""`ganbar watch`: values move while a run trains, the run is never in its way, other hosts and paths are refused, sweeps.

usage: watch_test.py GANBAR        with chromium the page is opened as well
"""
import http.client
import json
import pathlib
import signal
import subprocess
import time
import unittest

import browser
from running import DIGITS, GANBAR, InFolder, connected

EXPERIMENT = DIGITS + connected(8, 16) + """
[experiment]
name = "watched"
[device]
model = "ideal"
[train]
rounds = 4000
batch = 8
snapshot_every = 20
checkpoint_every = 50
[evaluation]
samples = 32
features = "untrained"
"""
SWEEP = '[sweep]\nbase = "small.toml"\nset = ["train.rounds=3"]\n[[axis]]\nkey = "train.batch"\nvalues = [8, 100000, 16]\n'


def until(what, seconds=120):
    """The first truth that `what` says."""
    end = time.time() + seconds
    while time.time() < end:
        found = what()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it never came to be")


class Watcher:
    """ganbar watch as a process, and its events."""

    def __init__(self, folder, where, *words, environment=None):
        self.process = subprocess.Popen([GANBAR, "watch", folder, *words], cwd=where, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        self.port = int(self.address.rsplit(":", 1)[1].strip("/"))

    def get(self, path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    def looks(self, path="/events", seconds=120):
        """Looks as they come."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        end = time.time() + seconds
        try:
            assert answer.status == 200 and answer.getheader("Content-Type") == "text/event-stream", answer.status
            while time.time() < end:
                line = answer.readline()
                if not line:
                    return
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])
        finally:
            answer.close()  # the connection lets go of the socket only then
            connection.close()

    def newest(self, path="/events"):
        """The look of this moment. A server that holds as many streams as it may, as it has not heard yet that some are closed, is asked again."""
        for _ in range(40):
            looks = self.looks(path)
            try:
                return next(looks)
            except AssertionError as refused:
                if refused.args != (503,):
                    raise
                time.sleep(0.5)
            finally:
                looks.close()
        raise AssertionError("no stream came free")

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        self.process.communicate(timeout=20)
        return self.process.returncode


class Watch(InFolder):
    FILES = {"small.toml": EXPERIMENT, "sweep.toml": SWEEP}

    def start(self, out, *words):
        """A training at work, with rounds in its table."""
        process = subprocess.Popen([GANBAR, "train", "small.toml", "--out", out, "--no-report", "--threads", "1", *words], cwd=self.folder, env=self.environment(),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (process.kill(), process.wait()))
        table = self.folder / out / "metrics.csv"
        until(lambda: table.exists() and table.stat().st_size > 500)
        return process

    def watch(self, folder, *words):
        watcher = Watcher(folder, self.folder, *words, environment=self.environment())
        self.addCleanup(lambda: (watcher.process.kill(), watcher.process.communicate()))
        return watcher

    def test_values_move_while_a_run_trains(self):
        run = self.start("moves")
        watcher = self.watch("moves")
        first, later = None, None
        for look in watcher.looks():
            first = first or look
            later = look
            if look["done"] > first["done"] and len(look["samples"]) > len(first["samples"]):
                break
        self.assertEqual((later["title"], later["state"], later["total"], later["fault"]), ("watched", "running", 4000, ""))
        self.assertGreater(later["done"], first["done"])
        titles = [c["data"]["title"] for c in later["charts"]]
        for title in ("Losses", "What the discriminator believes", "Cumulative energy"):
            self.assertIn(title, titles)
        self.assertTrue(any(t.startswith("Conductance of ") for t in titles), titles)
        losses = [next(c for c in look["charts"] if c["data"]["title"] == "Losses")["data"]["views"][0]["series"][0] for look in (first, later)]
        self.assertGreater(losses[1]["x"][-1], losses[0]["x"][-1])
        self.assertEqual(run.poll(), None)
        answer, png = watcher.get(f"/samples/{later['samples'][-1]}.png")
        self.assertEqual((answer.status, png[:8]), (200, b"\x89PNG\r\n\x1a\n"))
        self.assertEqual(png, (self.folder / "moves" / f"samples/{later['samples'][-1]:06d}.png").read_bytes())
        self.assertEqual(watcher.get(f"/conductance/{later['conductance'][0]}.png")[0].status, 200)
        run.send_signal(signal.SIGINT)
        run.wait(timeout=60)
        stopped = until(lambda: (look := watcher.newest())["state"] == "interrupted" and look)
        self.assertIn("--resume", stopped["progress"])
        # The same watcher sees the run taken up, and finish.
        rounds = stopped["done"] + 5
        done = self.good("train", "small.toml", "--out", "moves", "--resume", "--set", f"train.rounds={rounds}", "--no-report")
        self.assertIn("moves", done.stdout)
        look = until(lambda: (look := watcher.newest())["state"] == "finished" and look["done"] == rounds and look)
        self.assertEqual((look["done"], look["total"]), (rounds, rounds))
        self.assertEqual(watcher.end(), 0)

    def test_a_run_never_notices(self):
        self.good("train", "small.toml", "--out", "alone", "--no-report", "--set", "train.rounds=60")
        run = self.start("watched", "--set", "train.rounds=60")
        watcher = self.watch("watched")
        looks = watcher.looks()
        next(looks)
        watcher.process.kill()  # at any moment
        run.wait(timeout=100)
        self.assertEqual(run.returncode, 0)
        self.same_bytes("alone", "watched", ["metrics.csv", "quality.csv", "samples.npy", "conductance/histogram.csv"])
        names = lambda name: sorted(str(p.relative_to(self.folder / name)) for p in (self.folder / name).rglob("*"))
        self.assertEqual(names("alone"), names("watched"))
        # A folder that cannot be written, with a watcher in it, is taken up as any other: no lock is asked for.
        before = {p: p.stat().st_mtime_ns for p in (self.folder / "watched").rglob("*")}
        watcher = self.watch("watched")
        for _ in range(3):
            self.assertEqual(watcher.newest()["state"], "finished")
        self.good("train", "small.toml", "--out", "watched", "--resume", "--no-report", "--set", "train.rounds=60")
        self.assertEqual({p for p in (self.folder / "watched").rglob("*")}, set(before))
        self.assertEqual(watcher.end(signal.SIGTERM), 0)

    def test_a_killed_run_is_interrupted(self):
        run = self.start("killed")
        watcher = self.watch("killed")
        self.assertEqual(watcher.newest()["state"], "running")
        run.kill()
        run.wait()
        self.assertTrue((self.folder / "killed/.lock").exists())
        until(lambda: watcher.newest()["state"] == "interrupted", 10)
        watcher.end()

    def test_other_hosts_and_paths_are_refused(self):
        self.good("train", "small.toml", "--out", "guarded", "--no-report", "--set", "train.rounds=3")
        watcher = self.watch("guarded")
        for path in ("/", "/events", "/samples/3.png"):
            for host in ("evil.example", f"evil.example:{watcher.port}", "127.0.0.1", "localhost:1", f"127.0.0.1:{watcher.port}.evil.example", ""):
                answer, body = watcher.get(path, Host=host)
                self.assertEqual(answer.status, 403, (path, host))
                self.assertNotIn(b"PNG", body)
            self.assertEqual(watcher.get(path, Host=f"127.0.0.1:{watcher.port}", Origin="http://evil.example")[0].status, 403)
        for host in (f"localhost:{watcher.port}", f"LocalHost:{watcher.port}", f"127.0.0.1:{watcher.port}"):
            self.assertEqual(watcher.get("/", Host=host)[0].status, 200)
        for path in ("/../run.toml", "/run.toml", "/samples/../run.toml", "/samples/..%2frun.toml", "/samples/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/samples/000003.png/../../run.toml",
                     "/samples/3.png%00.toml", "/checkpoints/000003.safetensors", "/points/0/", "/points/..%2f..%2f/", "/samples/999.png", "/samples/-1.png"):
            answer, body = watcher.get(path)
            self.assertEqual(answer.status, 404, path)
            self.assertNotIn(b"[train]", body)
            self.assertNotIn(b"root:", body)
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            self.assertEqual(watcher.get("/", method)[0].status, 405, method)
        answer, body = watcher.get("/")
        self.assertIn(b"connect-src 'self'", body)
        self.assertEqual(answer.getheader("X-Frame-Options"), "DENY")
        self.assertIsNone(answer.getheader("Access-Control-Allow-Origin"))
        listening = [line.split()[1] for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"]
        self.assertIn(f"0100007F:{watcher.port:04X}", listening)
        self.assertNotIn(f"00000000:{watcher.port:04X}", listening)
        self.assertIn("cannot be had", self.refused("watch", "guarded", "--port", str(watcher.port)))
        self.assertEqual(watcher.end(), 0)

    def test_many_readers_and_those_who_leave(self):
        self.good("train", "small.toml", "--out", "crowd", "--no-report", "--set", "train.rounds=3")
        watcher = self.watch("crowd")
        readers = [watcher.looks() for _ in range(16)]
        self.assertEqual({next(r)["state"] for r in readers}, {"finished"})
        self.assertEqual(watcher.get("/events")[0].status, 503)  # a page still comes
        self.assertEqual(watcher.get("/")[0].status, 200)
        for reader in readers:
            reader.close()
        # A silent reader that left is found at the next sign of life.
        until(lambda: watcher.get("/events", "HEAD")[0].status == 200, 30)
        start = time.time()
        self.assertEqual(watcher.end(), 0)
        self.assertLess(time.time() - start, 5)

    def test_a_run_that_is_just_beginning(self):
        """The two lines of docs/watch.md: the watcher is there before the run's folder is."""
        process = subprocess.Popen(["sh", "-c", 'sleep 1; exec "$0" train small.toml --out soon --no-report --set train.rounds=3', GANBAR], cwd=self.folder, env=self.environment(),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (process.kill(), process.wait()))
        self.assertFalse((self.folder / "soon").exists())
        watcher = self.watch("soon")
        until(lambda: watcher.newest()["state"] == "finished")

    def test_what_is_no_run_is_one_clear_error(self):
        (self.folder / "nothing").mkdir()
        (self.folder / "torn").mkdir()
        (self.folder / "torn/sweep.sqlite").write_text("this is no table")
        for folder, says in (("nowhere", "no such folder"), ("small.toml", "no such folder"), ("nothing", "neither a run folder nor that of a sweep"), ("torn", "sweep.sqlite")):
            error = self.refused("watch", folder, code=3)
            self.assertEqual(error.count("\n"), 1)
            self.assertIn(says, error)
        self.refused("watch")
        self.refused("watch", "nothing", "--port", "70000")

    def test_a_sweep(self):
        self.good("sweep", "sweep.toml", "--out", "s")
        watcher = self.watch("s")
        look = watcher.newest()
        self.assertEqual((look["state"], look["done"], look["total"]), ("finished", 3, 3))
        self.assertIn("2 done, 1 failed, 0 open of 3 points", look["progress"])
        points = look["points"]
        self.assertEqual(points["columns"], ["point", "state", "train.batch", "frechet_distance", "time"])
        self.assertEqual([r["best"] for r in points["rows"]], [True, False, False])
        self.assertTrue(points["rows"][-1]["cells"][1].startswith("failed: "))
        values = [float(r["cells"][3].replace("\u202f", "")) for r in points["rows"][:2]]
        self.assertLessEqual(values[0], values[1])
        best = points["rows"][0]["id"]
        self.assertEqual(watcher.get(f"/points/{best}/")[0].status, 200)
        self.assertEqual(watcher.newest(f"/points/{best}/events")["state"], "finished")
        self.assertEqual(watcher.get(f"/points/{best}/samples/3.png")[0].status, 200)
        self.assertEqual(watcher.get("/points/7/")[0].status, 404)
        self.assertEqual(watcher.get("/samples/3.png")[0].status, 404)
        self.assertEqual(watcher.end(), 0)

    def test_a_sweep_at_work(self):
        (self.folder / "long.toml").write_text(SWEEP.replace("train.rounds=3", "train.rounds=4000"))
        sweep = subprocess.Popen([GANBAR, "sweep", "long.toml", "--out", "long"], cwd=self.folder, env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (sweep.kill(), sweep.wait()))
        table = self.folder / "long/runs/00000/metrics.csv"
        until(lambda: table.exists() and table.stat().st_size > 500)
        watcher = self.watch("long")
        looks = watcher.looks()
        first = next(looks)
        later = next(look for look in looks if look["points"]["rows"][0]["cells"] != first["points"]["rows"][0]["cells"])
        self.assertEqual((later["state"], later["points"]["rows"][0]["id"]), ("running", 0))
        self.assertRegex(later["points"]["rows"][0]["cells"][1], r"^running, round \d+ of 4000$")
        self.assertIn("1 training now", later["progress"])
        watcher.process.kill()
        sweep.send_signal(signal.SIGINT)
        self.assertEqual(sweep.wait(timeout=60), 130)
        watcher = self.watch("long")
        self.assertEqual(watcher.newest()["state"], "interrupted")
        watcher.end()

    @unittest.skipUnless(browser.CHROMIUM, "chromium is not installed")
    def test_in_a_browser(self):
        run = self.start("shown")
        watcher = self.watch("shown")
        with browser.Page(watcher.address) as page:
            page.until("document.getElementById('state').textContent === 'running'")
            value = page.evaluate("document.getElementById('progress').value")
            page.until(f"document.getElementById('progress').value > {value}")
            page.until("document.querySelectorAll('.chart-figure svg').length > 4 && document.querySelector('#samples img').naturalWidth > 0")
            self.assertEqual(page.said, [])
            # The reader's choice of an older picture stays while newer ones come.
            page.until("Number(document.getElementById('round').max) >= 2")
            page.evaluate("(() => { const r = document.getElementById('round'); r.value = 1; r.dispatchEvent(new Event('input')); })()")
            shown, most = page.evaluate("[document.querySelector('#samples img').getAttribute('src'), Number(document.getElementById('round').max)]")
            page.until(f"Number(document.getElementById('round').max) > {most}")
            self.assertEqual(page.evaluate("document.querySelector('#samples img').getAttribute('src')"), shown)
            run.send_signal(signal.SIGINT)
            page.until("document.getElementById('state').textContent === 'interrupted'")
            # Without its watcher the page says so; it comes back with the next one, and so does the run.
            watcher.process.kill()
            page.until("!document.getElementById('connection').hidden")
            self.watch("shown", "--port", str(watcher.port))
            page.until("document.getElementById('connection').hidden")
            self.good("train", "small.toml", "--out", "shown", "--resume", "--no-report", "--set", f"train.rounds={1 + (self.folder / 'shown/metrics.csv').read_text().count(chr(10))}")
            page.until("document.getElementById('state').textContent === 'finished'")
            self.assertTrue(page.evaluate("document.getElementById('progress').value === 1"))
        with browser.Page(watcher.address, 390) as page:
            page.until("document.querySelectorAll('.chart-figure svg').length > 4")
            self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 390)


if __name__ == "__main__":
    unittest.main()
