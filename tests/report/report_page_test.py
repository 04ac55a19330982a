"""Runs `ganbar report` on invented run folders and holds the page against what it promises.

report_page_test.py GANBAR     standard library only; with node the scripts' numbers are compared with the program's, and with
chromium the page is opened to see that its scripts run without a fault.
"""
import base64, csv, html.parser, json, os, re, shutil, subprocess, sys, tempfile, unittest, urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import fake_run  # noqa: E402
sys.path.insert(0, os.path.join(HERE, "../app"))
import browser  # noqa: E402

GANBAR = sys.argv.pop(1) if len(sys.argv) > 1 else ""
WEB = os.path.join(HERE, "../../src/ganbar/report/web")
VOID = {"meta", "link", "img", "br", "input", "hr"}


class Balance(html.parser.HTMLParser):
    """Every tag closes where it should; ids are unique; every picture has an alternative text."""

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.ids, self.data, self.images = [], [], set(), {}, 0

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in values:
            if values["id"] in self.ids:
                self.faults.append(f"id {values['id']} twice")
            self.ids.add(values["id"])
        if tag == "img":
            self.images += 1
            if not values.get("alt") or not values.get("src", "").startswith("data:image/png;base64,"):
                self.faults.append(f"picture without text or from outside, line {self.getpos()[0]}")
        for key in ("src", "href", "action", "data"):
            if re.match(r"\s*(https?:)?//", values.get(key) or ""):
                self.faults.append(f"{tag} {key} points outside: {values[key][:60]}")
        self.in_data = values.get("id") if tag == "script" and values.get("type") == "application/json" else None

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at line {self.getpos()[0]} closes nothing")

    def handle_data(self, data):
        if getattr(self, "in_data", None):
            self.data[self.in_data] = self.data.get(self.in_data, "") + data


class ReportPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="ganbar_report_")
        cls.runs = []
        for variant in ("satyam2022-software", "satyam2022-prng", "satyam2022-trng"):
            for seed in (1, 2):
                cls.runs.append(os.path.join(cls.folder, f"{variant}-{seed}"))
                fake_run.make(cls.runs[-1], variant, seed, quick=True)
        cls.page = os.path.join(cls.folder, "all.html")
        cls.one = os.path.join(cls.folder, "one.html")
        cls.first = cls.report(*cls.runs, "-o", cls.page)
        cls.report(cls.runs[-1], "-o", cls.one)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @staticmethod
    def report(*arguments):
        return subprocess.run([GANBAR, "report", *arguments], capture_output=True, text=True)

    def parsed(self, path):
        parser = Balance()
        with open(path, encoding="utf-8") as f:
            text = f.read()
        parser.feed(text)
        parser.close()
        return text, parser

    def test_command_is_quiet_and_done(self):
        self.assertEqual((self.first.returncode, self.first.stdout, self.first.stderr), (0, "", f"wrote {self.page}\n"))

    def test_pages_are_well_formed_and_complete_in_themselves(self):
        for path in (self.page, self.one):
            text, parser = self.parsed(path)
            self.assertEqual(parser.faults, [])
            self.assertEqual(parser.open, [])
            self.assertGreaterEqual(parser.images, 2)
            for address in re.findall(r"https?://[^\"' )]*", text):
                self.assertEqual(address, "http://www.w3.org/2000/svg")

    def test_chart_data_is_json_and_fits_together(self):
        _, parser = self.parsed(self.page)
        n_charts = 0
        for text in parser.data.values():
            data = json.loads(text)
            for view in data.get("views", []):
                n_charts += 1
                for series in view["series"]:
                    self.assertEqual(len(series["x"]), len(series["y"]))
                    self.assertEqual(len(series["lo"]), len(series["hi"]))
                    self.assertIn(len(series["lo"]), (0, len(series["x"])))
            if "src" in data:
                self.assertEqual(len(data["src"]), len(data["rounds"]))
                self.assertIsNone(data["src"][-1])
        self.assertGreater(n_charts, 20)

    def test_every_variant_is_there_without_scripts(self):
        text, _ = self.parsed(self.page)
        still = re.sub(r"<script.*?</script>", "", text, flags=re.S)
        for word in ("satyam2022-software", "satyam2022-prng", "satyam2022-trng", "2 of 2 collapsed", "none of 2 collapsed", "one per epoch", "<svg class=\"chart\"", "published", "noise.kind"):
            self.assertIn(word, still)
        self.assertGreaterEqual(still.count("<img"), 8)

    def test_pictures_are_small_and_none_is_there_twice(self):
        for path in (self.page, self.one):
            text, _ = self.parsed(path)
            pictures = [base64.b64decode(p) for p in re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", text)]
            if path == self.one:  # invented runs share pictures
                self.assertEqual(len(pictures), len(set(pictures)))
            for picture in pictures:
                bits, kind = picture[24], picture[25]
                self.assertTrue(kind == 2 or (kind == 3 and bits <= 4), (bits, kind))  # a palette of 16 at most; invented maps have more than 256 colours
        shown = lambda text: [text.index(f'<section id="{name}"') for name in ("training", "curves", "energy", "area")]
        text, _ = self.parsed(self.one)
        self.assertEqual(shown(text), sorted(shown(text)))  # images first, then what they cost

    @unittest.skipUnless(browser.CHROMIUM, "chromium is not installed")
    def test_data_of_a_chart_is_one_click_away(self):
        with browser.Page("file://" + self.one) as page:
            page.until("document.documentElement.dataset.ready")
            self.assertEqual(page.evaluate("document.querySelectorAll('.chart-figure').length"), page.evaluate("document.querySelectorAll('.chart-figure details.data').length"))
            page.evaluate("document.querySelector('.chart-figure details.data > summary').click()")
            link = page.until("document.querySelector('details.data a')?.href")
            rows = list(csv.reader(urllib.parse.unquote(link.split(",", 1)[1]).splitlines()))
            chart = json.loads(page.evaluate("document.getElementById('data-' + document.querySelector('.chart-figure').dataset.chart).textContent"))
            shown = chart["frames"][-1]["y"][0] if chart["frames"] else chart["views"][0]["series"][0]["y"]
            self.assertEqual([float(r[1]) if r[1] else None for r in rows[1:1 + len(shown)]], shown)
            self.assertEqual(page.evaluate("document.querySelectorAll('details.data[open] tbody tr').length"), len(rows) - 1)
            self.assertEqual(page.said, [])

    def test_existing_file_is_kept(self):
        before = os.path.getmtime(self.one)
        again = self.report(self.runs[0], "-o", self.one)
        self.assertEqual(again.returncode, 2)
        self.assertEqual(again.stderr.count("\n"), 1)
        self.assertIn("--force", again.stderr)
        self.assertEqual(os.path.getmtime(self.one), before)

    def test_faults_end_with_the_right_code_and_one_line(self):
        out = os.path.join(self.folder, "x.html")
        broken = os.path.join(self.folder, "broken")
        shutil.copytree(self.runs[0], broken)
        with open(os.path.join(broken, "metrics.csv"), "a") as f:
            f.write("1,2\n")
        for arguments, code in ((("/nowhere", "-o", out), 3), ((broken, "-o", out), 3), ((self.runs[0],), 2), (("-o", out), 2),
                                ((self.runs[0], "-o", self.folder), 2), ((self.runs[0], "-o", "/nowhere/x.html"), 3)):
            done = self.report(*arguments)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertFalse(os.path.exists(out))

    @unittest.skipUnless(shutil.which("node"), "node is not installed")
    def test_scripts_write_numbers_as_the_program_does(self):
        cases = [(48.34e-6, "J", 3, "48.3\u202fµJ"), (999.96e-9, "J", 3, "1.00\u202fµJ"), (150e-6, "S", 3, "150\u202fµS"), (-0.8, "V", 3, "−800\u202fmV"), (250e3, "ohm", 3, "250\u202fkΩ"),
                 (7.9626e-8, "m2", 3, "0.0796\u202fmm²"), (50e-6, "J", 3, "50\u202fµJ"), (213632, "", 3, "213\u202f632"), (0.99996, "", 3, "1.00"), (1.5e-7, "", 3, "1.50×10⁻⁷"), (1234, "", 3, "1234"), (0, "J", 3, "0\u202fJ")]
        with open(os.path.join(WEB, "format.js"), encoding="utf-8") as f:
            script = f.read() + f"\nfor (const [v, u, d] of {json.dumps([c[:3] for c in cases])}) console.log(formatQuantity(v, u, d));"
        done = subprocess.run(["node", "-e", script], capture_output=True, text=True)
        self.assertEqual(done.stdout.splitlines(), [c[3] for c in cases], done.stderr)

    @staticmethod
    def opened(path, width=1280):
        with tempfile.TemporaryDirectory() as profile:
            return subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                                   f"--user-data-dir={profile}", f"--window-size={width},900", "--virtual-time-budget=2000", "--enable-logging=stderr", "--dump-dom", "file://" + path], capture_output=True, text=True, timeout=60)

    @unittest.skipUnless(shutil.which("chromium"), "chromium is not installed")
    def test_tables_wider_than_the_page_say_so(self):
        for width, wide in ((1280, 0), (500, 1)):
            done = self.opened(self.one, width)
            section = re.search(r'<section id="energy">.*?</section>', done.stdout, re.S).group()
            cues = re.findall(r'<p class="cue"[^>]*>', section)
            self.assertEqual(len(cues), section.count('class="scroll"'))
            self.assertGreaterEqual(sum("hidden" not in c for c in cues), wide, f"{width} px")
            sources = re.search(r'<section id="assumptions">.*?</section>', done.stdout, re.S).group()
            if width == 1280:
                self.assertIn("hidden", re.search(r'<p class="cue"[^>]*>', sources).group(), "the source column fits")

    @unittest.skipUnless(shutil.which("chromium"), "chromium is not installed")
    def test_scripts_run_without_a_fault(self):
        for path in (self.page, self.one):
            done = self.opened(path)
            self.assertNotIn("CONSOLE", done.stderr)
            charts = done.stdout.count('class="chart-figure"')
            self.assertGreater(charts, 8)
            self.assertIn(f'data-ready="{charts}"', done.stdout)
            self.assertIn('class="tools"><button', done.stdout)


if __name__ == "__main__":
    unittest.main()
