"""Pages held against axe-core (WCAG 2.1 A and AA: contrast, labels, names, keyboard), light and dark, wide and narrow, in headless Chromium.

accessibility_check.py GANBAR AXE_MIN_JS [PAGE.html...]     other pages than those of invented runs, a watched run, an estimate, an exploration and an array may be given. make accessibility
"""
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "app")]
import browser  # noqa: E402
import fake_run  # noqa: E402

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
RUN = f"axe.run(document, {{runOnly: {TAGS}, resultTypes: ['violations']}}).then((r) => r.violations.map((v) => [v.id, v.help, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + '  ' + n.failureSummary.slice(0, 200))]))"


def faults_of(address, axe, ready="document.documentElement.dataset.ready || document.documentElement.dataset.looks"):
    found = []
    for width, dark in ((1280, False), (1280, True), (390, False)):
        with browser.Page(address, width, dark=dark) as page:
            page.until(ready)
            page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")  # what is closed is looked at too
            page.evaluate(axe + "; true")
            for rule, help_text, nodes in page.evaluate(RUN):
                found.append(f"{address} at {width} px{', dark' if dark else ''}: {rule}: {help_text}\n  " + "\n  ".join(nodes))
    return found


def main():
    ganbar, axe = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        runs = []
        for variant in ("satyam2022-software", "satyam2022-trng"):
            for seed in (1, 2):
                runs.append(os.path.join(folder, f"{variant}-{seed}"))
                fake_run.make(runs[-1], variant, seed, quick=True)
        pages = [str(pathlib.Path(p).resolve()) for p in sys.argv[3:]]
        for name, given in (("one", runs[-1:]), ("all", runs)):
            pages.append(os.path.join(folder, name + ".html"))
            subprocess.run([ganbar, "report", *given, "-o", pages[-1]], check=True, capture_output=True)
        for name, words in (("estimate", ["estimate", "dcgan", "--on", "all"]), ("explore", ["explore", "dcgan", "--on", "pipelayer"]),
                            ("array", ["array", "--size", "16", "--against", "wire=0.5ohm,1ohm", "--chips", "2"])):
            pages.append(os.path.join(folder, name + ".html"))
            subprocess.run([ganbar, *words, "-o", pages[-1]], check=True, capture_output=True)
        faults = [f for page in pages for f in faults_of("file://" + page, axe)]
        watcher = subprocess.Popen([ganbar, "watch", runs[0]], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            # The page's policy lets no script in from outside; the protocol's does not count as one.
            faults += faults_of(watcher.stdout.readline().strip(), axe)
        finally:
            watcher.terminate()
            watcher.wait()
    for fault in faults:
        print(fault)
    print(f"{len(pages) + 1} pages, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
