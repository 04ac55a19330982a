"""Accelerators as a user meets them: estimates and their page, networks and machines from files, bad input, the join with training.

usage: estimate_test.py GANBAR
"""
import html.parser
import json
import time
import unittest

from running import CONVOLUTIONAL, InFolder, connected

NETWORK = """
batch = 16
[generator]
input = "100"
layers = ["fc 256x4x4 bn relu", "tconv 128 k4 s2 p1 bn relu", "tconv 1 k4 s2 p1 tanh @16"]
[discriminator]
input = "1x16x16"
layers = ["conv 64 k4 s2 p1 lrelu", "conv 128 k4 s2 p1 bn lrelu", "fc 1 sigmoid"]
"""
EXPERIMENT = '[data]\ndataset = "synthetic-digits"\n' + connected(20, 32) + """
[train]
rounds = 6
batch = 16
snapshot_every = 0
[evaluation]
samples = 32
[accelerators]
estimate = ["regan", "satyam2022", "gtx1080"]
[accelerators.regan]
steps_per_cycle = 100
link_energy = "2 pJ"
"""
CONVOLUTIONAL_EXPERIMENT = '[data]\ndataset = "synthetic-digits"\n' + CONVOLUTIONAL + """
[train]
rounds = 3
batch = 16
[evaluation]
samples = 32
[accelerators]
estimate = ["zara", "gtx1080", "satyam2022"]
"""


CHOICES = {"steps_per_cycle", "gradient_steps_per_cycle", "units", "stack_layers", "bus_bits", "batch_norm", "transposed_copies", "input_bits", "weight_bits", "digital_lanes", "bandwidth_B_per_s"}


def varint(n):
    return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)


def field(number, payload):
    """A protobuf field: a text, bytes or a whole number."""
    if isinstance(payload, int):
        return varint(number << 3) + varint(payload)
    payload = payload.encode() if isinstance(payload, str) else payload
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def onnx_model(inputs, weights, nodes, output):
    """An ONNX file of operator set 17: inputs and weights as {name: sides}, an open batch, nodes as (operator, inputs, output, axis)."""
    def value(name, sides):
        dims = field(1, field(2, "batch")) + b"".join(field(1, field(1, n)) for n in sides)
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))

    graph = field(2, "g")
    for op, ins, out, *axis in nodes:
        attributes = b"".join(field(5, field(1, "axis") + field(3, a) + field(20, 2)) for a in axis)
        graph += field(1, b"".join(field(1, i) for i in ins) + field(2, out) + field(3, out) + field(4, op) + attributes)
    graph += b"".join(field(5, b"".join(field(1, n) for n in dims) + field(2, 1) + field(8, name)) for name, dims in weights.items())
    graph += b"".join(field(11, value(name, sides)) for name, sides in inputs.items()) + field(12, field(1, output) + field(2, field(1, field(1, 1))))
    return field(1, 8) + field(7, graph) + field(8, field(2, 17))


GENERATOR = onnx_model({"z": [8], "label": [4]}, {"w": [12, 96]}, [("Concat", ["z", "label"], "both", 1), ("Gemm", ["both", "w"], "fc"), ("Tanh", ["fc"], "y")], "y")
CLASSIFIER = onnx_model({"x": [96]}, {"w": [96, 10]}, [("Gemm", ["x", "w"], "fc"), ("Softmax", ["fc"], "y")], "y")


class Page(html.parser.HTMLParser):
    """What a page asks the network for, its marks, and whether its elements close."""

    VOID = {"meta", "img", "br", "input", "link", "hr"}

    def __init__(self, text):
        super().__init__()
        self.open, self.outside, self.tips, self.ids = [], [], 0, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.outside += [v for k, v in attributes if k in ("src", "href") and v and not v.startswith(("#", "data:"))]
        self.tips += "data-tip" in values
        if "id" in values:
            self.ids.append(values["id"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tips += "data-tip" in dict(attributes)

    def handle_endtag(self, tag):
        while self.open and self.open[-1] in ("li", "p", "td", "tr") and self.open[-1] != tag:
            self.open.pop()
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()


class Estimate(InFolder):
    FILES = {"mine.toml": NETWORK, "small.toml": EXPERIMENT}

    def test_everything_in_time(self):
        best = min(self.timed() for _ in range(3))
        self.assertLess(best, 1.0)  # 0.2 s on a quiet machine; tests share theirs

    def timed(self):
        start = time.monotonic()
        self.good("estimate", "dcgan", "--on", "all", "--json")
        return time.monotonic() - start

    def test_page_is_self_contained_and_complete(self):
        self.good("estimate", "mine.toml", "--on", "all", "-o", "page.html")
        text = (self.folder / "page.html").read_text()
        page = Page(text)
        self.assertEqual(page.outside, [])
        self.assertEqual(len(page.ids), len(set(page.ids)))
        self.assertGreater(page.tips, 100)
        for figure in ("Time per image", "Energy against time", "Energy by component", "Area by component", "Utilisation", "Busy cycles by phase", "Schedule of regan", ">fill<", "regan: energy"):
            self.assertIn(figure, text)
        self.assertIn("of its peak in convolutions", text)  # the baseline's efficiency beside the speed-ups
        self.refused("estimate", "mine.toml", "--on", "all", "-o", "page.html")  # it is there
        self.good("estimate", "mine.toml", "--on", "all", "-o", "page.html", "--force")
        self.assertEqual((self.folder / "page.html").read_text().replace(" --force", ""), text)

    def test_intervals_hold_the_estimate_and_open_where_something_swings(self):
        for machine in json.loads(self.good("estimate", "mine.toml", "--on", "all", "--json").stdout):
            lo, hi = machine["interval"]["iteration_energy_J"]
            self.assertTrue(lo <= machine["iteration_energy_J"] <= hi)
            self.assertTrue(any(ratio != 1 for row in machine["sensitivity"] for ratio in row["energy_ratio"]))
            self.assertLess(lo, hi)
            self.assertFalse({row["name"] for row in machine["sensitivity"]} & CHOICES)
            self.assertGreater(machine["efficiency"]["reached"], 0)

    def test_densities_and_warnings(self):
        regan, isaac = json.loads(self.good("estimate", "mine.toml", "--on", "regan,isaac", "--json").stdout)
        for m in (regan, isaac):
            self.assertAlmostEqual(m["power_density_W_m2"], m["power_W"] / m["area_m2"], delta=1e-9 * m["power_density_W_m2"])
            self.assertAlmostEqual(m["achieved_op_per_J"], 2 * m["macs_useful"] / m["iteration_energy_J"], delta=1e-9 * m["achieved_op_per_J"])
            self.assertAlmostEqual(m["peak_op_per_J"], m["peak_op_per_s"] / m["peak_power_W"], delta=1e-9 * m["peak_op_per_J"])
            self.assertLess(m["achieved_op_per_s_m2"], m["peak_op_per_s_m2"])
            self.assertEqual(m["above_1_W_per_mm2"], m["power_density_W_m2"] > 1e6)
            self.assertNotIn("warnings", m)
        text = self.good("estimate", "mine.toml", "--on", "ganax", "--set", "ganax.clock=1 GHz").stdout
        self.assertIn("warning: ganax.clock was changed, mac_energy not", text)

    def test_reproductions_have_pages(self):
        for name, published in (("regan2018", "240×"), ("zara2019", "23"), ("liu2018", "2.80×")):
            self.good("reproduce", name, "--out", name)
            text = (self.folder / name / "report.html").read_text()
            self.assertEqual(Page(text).outside, [])
            self.assertIn(published, text)
            self.assertIn("rival assumes", text)
        self.assertIn("trains nothing: --quick and --seeds change nothing", self.good("reproduce", "liu2018", "--quick").stderr)
        self.assertIn("--full belongs to krestinskaya2020", self.refused("reproduce", "liu2018", "--full"))

    def test_bad_input_is_refused_with_its_place(self):
        (self.folder / "cyclic.toml").write_text(NETWORK.replace('"fc 256x4x4 bn relu"', '"fc 256x4x4 from=tconv2"'))
        self.assertIn("cycle", self.refused("estimate", "cyclic.toml", "--on", "regan"))
        (self.folder / "shape.toml").write_text(NETWORK.replace("conv 64 k4", "conv 64 k40"))
        self.assertRegex(self.refused("estimate", "shape.toml", "--on", "regan"), r"shape.toml:\d+:\d+: .*kernel 40 does not fit")
        self.assertIn("fully connected", self.refused("estimate", "mine.toml", "--on", "satyam2022"))
        self.assertRegex(self.refused("estimate", "mlp1_4layer", "--on", "satyam2022", "--set", "satyam2022.arrays=10"), r"needs \d+ crossbars of 64x64, but 10")
        self.assertIn("out of range", self.refused("estimate", "mine.toml", "--on", "regan", "--set", "regan.read_energy=-1 pJ"))
        self.assertIn("did you mean", self.refused("estimate", "mine.toml", "--on", "regn"))
        self.assertIn("batch = 0 is out of range", self.refused("estimate", "mine.toml", "--on", "gtx1080", "--batch", "0"))
        self.assertIn("steps-d = 0 is out of range", self.refused("estimate", "mine.toml", "--on", "gtx1080", "--steps-d", "0"))
        self.assertIn("expected training or generation", self.refused("estimate", "mine.toml", "--on", "gtx1080", "--task", ""))
        (self.folder / "broken.onnx").write_bytes(b"\x08\x07 not a model")
        self.assertIn("broken.onnx", self.refused("estimate", "broken.onnx", "--on", "regan"))
        self.assertIn("layers-d", self.refused("inspect", "schedule", "--layers-d", "0", "--layers-g", "3", "--batch", "4"))
        self.assertIn("times-d", self.refused("inspect", "schedule", "--layers-d", "3", "--layers-g", "3", "--batch", "4", "--times-d", "1,2"))

    def test_onnx_files_alone_and_together(self):
        (self.folder / "g.onnx").write_bytes(GENERATOR.replace(b"Concat", b"ConCat"))
        self.assertRegex(self.refused("describe", "network", "g.onnx"), r'node "both" \(ConCat\): .*Concat is')
        (self.folder / "g.onnx").write_bytes(GENERATOR)
        (self.folder / "d.onnx").write_bytes(CLASSIFIER)
        # describe reads what estimate reads: a generator generates, anything else is trained
        self.assertRegex(self.good("describe", "network", "g.onnx").stdout, r"8 and 4 -> 96, 1 layers on the longest path, 1152 weights")
        self.assertRegex(self.good("describe", "network", "g.onnx").stdout, r"multiplications of one image\s+1152 useful")
        self.assertRegex(self.good("describe", "network", "d.onnx").stdout, r"96 -> 10, .*\n.*one training iteration per image\s+1920 useful")
        self.assertIn("96 -> 10", json.loads(self.good("describe", "network", "d.onnx", "--json").stdout)["facts"]["discriminator"])
        # passes that multiply: D on real 2; then G 1 and D 2 on fakes; then G 1, D forward and back 2, G's gradient 1
        for files, layers in ((["g.onnx"], 1), (["d.onnx"], 2), (["g.onnx", "--discriminator", "d.onnx"], 2 + 3 + 4)):
            machine = json.loads(self.good("estimate", *files, "--on", "gtx1080", "--json").stdout)[0]
            self.assertEqual(sum(l["macs_useful"] > 0 for l in machine["layers"]), layers, files)
        (self.folder / "both.toml").write_text('[generator]\nonnx = "g.onnx"\n[discriminator]\nonnx = "d.onnx"\ninput = "96"\n')
        self.assertIn("96 -> 10", self.good("describe", "network", "both.toml").stdout)

    def test_schedule_with_unequal_stages_and_copies(self):
        def iteration(*more):
            done = self.good("inspect", "schedule", "--layers-d", "3", "--layers-g", "3", "--batch", "16", "--json", *more)
            counts = json.loads(done.stdout)
            self.assertEqual(counts["pipelined"], counts["event_level"])
            return counts["pipelined"]["iteration"]

        equal, slow = iteration(), iteration("--times-d", "4,2,1")
        self.assertLess(equal, slow)
        self.assertEqual(iteration("--times-d", "4,2,1", "--copies-d", "4,2,1"), equal)
        self.good("inspect", "schedule", "--layers-d", "3", "--layers-g", "3", "--batch", "6", "--svg", "s.svg")
        self.assertIn(">fill<", (self.folder / "s.svg").read_text())

    def test_a_run_feeds_the_accelerators_it_names(self):
        self.good("train", "small.toml", "--out", "run", "--threads", "1")
        hardware = json.loads((self.folder / "run" / "hardware.json").read_text())
        summary = json.loads((self.folder / "run" / "summary.json").read_text())
        machines = {m["accelerator"]: m for m in hardware["accelerators"]}
        self.assertEqual(set(machines), {"regan", "satyam2022", "gtx1080"})
        pulses = sum(a["n"] for a in hardware["accounts"] if a["account"].split("/")[-1] in ("set", "reset", "idle"))
        own = machines["satyam2022"]
        self.assertAlmostEqual(own["counts"]["cells_written"] / pulses, 1, 9)  # its cell writes are the run's pulses
        self.assertEqual(own["counts"]["run_pulses"], pulses)
        reads = sum(a["n"] for a in hardware["accounts"] if a["account"].endswith(("forward/cells", "backward/cells")))
        self.assertEqual(own["counts"]["run_cell_reads"], reads)
        # one batch of fakes serves both steps: G runs forward once a round
        g = sum(l["macs_useful"] for l in own["layers"] if l["network"] == "generator" and l["pass"] == "forward")
        self.assertAlmostEqual(g, 16 * (20 * 32 + 32 * 784), 3)
        for name, machine in machines.items():
            self.assertAlmostEqual(machine["run_energy_J"] / machine["iteration_energy_J"], 6, 9)
            self.assertEqual(summary["accelerators"][name]["run_energy_J"], machine["run_energy_J"])
        page = (self.folder / "run" / "report.html").read_text()
        self.assertEqual(Page(page).outside, [])
        self.assertIn("The same training on accelerators", page)
        self.assertTrue(any(a["name"] == "accelerators.regan.steps_per_cycle" and a["value"] == 100 for a in hardware["assumptions"]))
        swung = {row["name"] for row in machines["regan"]["sensitivity"]}
        self.assertIn("input_density", swung)
        self.assertFalse(swung & {"link_energy", "steps_per_cycle"}, "what the experiment sets is known, and copies are a choice")
        self.good("train", "run/run.toml", "--out", "again", "--threads", "2")
        self.same_bytes("run", "again", ["run.toml", "hardware.json"])

    def test_a_convolutional_run_counts_its_passes(self):
        (self.folder / "conv.toml").write_text(CONVOLUTIONAL_EXPERIMENT)
        self.good("train", "conv.toml", "--out", "conv", "--threads", "1")
        hardware = json.loads((self.folder / "conv" / "hardware.json").read_text())
        machines = {m["accelerator"]: m for m in hardware["accelerators"]}
        self.assertIn("fully connected", machines["satyam2022"]["does_not_run_it"])

        def forward(network, layer):
            return sum(l["macs_useful"] for l in machines["gtx1080"]["layers"] if (l["network"], l["layer"], l["pass"]) == (network, layer, "forward"))

        # useful pairs of an axis: 4 H - 2 in a transposed convolution k4 s2 p1, all 28 in k4 s4, 3 H - 2 in k3 p1
        self.assertAlmostEqual(forward("generator", "conv_transpose3") / (16 * 26**2 * 6 * 4), 1, 9)
        self.assertAlmostEqual(forward("generator", "conv_transpose4") / (16 * 54**2 * 4), 1, 9)
        self.assertAlmostEqual(forward("discriminator", "conv1") / (3 * 16 * 28**2 * 4), 1, 9)  # real, fake, and fake for G
        self.assertAlmostEqual(forward("discriminator", "residual2/conv1") / (3 * 16 * 19**2 * 16), 1, 9)

    def test_machines_sized_to_a_budget(self):
        def sized(*words):
            return {m["accelerator"]: m for m in json.loads(self.good("estimate", "dcgan", "--on", "pipelayer,ganax", *words, "--json").stdout)}

        small, large, plain = sized("--area", "300"), sized("--area", "600"), sized()
        for name in ("pipelayer", "ganax"):
            self.assertEqual(small[name]["budget"], {"area_m2": 300e-6})
            self.assertLessEqual(large[name]["area_m2"], 600e-6)
            self.assertLess(large[name]["iteration_latency_s"], small[name]["iteration_latency_s"])
            self.assertNotIn("budget", plain[name])
        self.assertIn("at most 300 mm2, 50 W", self.good("estimate", "dcgan", "--on", "ganax", "--area", "300", "--power", "50", "-o", "sized.html").stdout)
        self.assertIn("Every machine is sized to at most 300 mm², 50 W.", (self.folder / "sized.html").read_text())
        for words, said in ((["--area", "0"], "above 0"), (["--power", "-1"], "above 0"), (["--arrays", "0"], "above 0"), (["--area", "1"], "the limit is 1 mm2")):
            self.assertIn(said, self.refused("estimate", "dcgan", "--on", "pipelayer", *words))
        for words, said in ((["--power", "1e6"], "a limit of 1e+06 W; plausible are 1e-06 to 100000 W"), (["--area", "1e9"], "a limit of 1e+09 mm2; plausible are 0.001 to 70686 mm2"),
                            (["--set", "ganax.mac_energy=0 J"], "ganax.mac_energy is 0 J in place of 5.76 pJ")):
            self.assertIn("warning: " + said, self.good("estimate", "gan1", "--on", "ganax", *words).stdout)
            done = self.good("estimate", "gan1", "--on", "ganax", *words, "--json", "-o", "odd.html", "--force")
            self.assertIn("warning: " + said, done.stderr)
            self.assertIn(said.replace("mm2", "mm²"), (self.folder / "odd.html").read_text())
        self.assertIn("mac_energy", self.refused("estimate", "gan1", "--on", "ganax", "--set", "ganax.mac_energy=-1 pJ"))

    def test_all_is_compared_at_equal_area_and_power(self):
        def machines(*words):
            return {m["accelerator"]: m for m in json.loads(self.good("estimate", "dcgan", "--on", "all", *words, "--json").stdout)}

        equal, published = machines(), machines("--as-published")
        self.assertEqual(equal.keys(), published.keys())
        boards = [m for m in published.values() if m["platform"] == "GPU"]
        area, power = (max(m[key] for m in boards) for key in ("area_m2", "power_W"))
        for name, machine in equal.items():
            self.assertEqual(machine["budget"]["area_m2"], area)
            self.assertLessEqual(machine["area_m2"], area)
            self.assertEqual(machine["equal_power"]["limit_W"], power)
            self.assertLessEqual(machine["equal_power"]["power_W"], power)
            self.assertFalse({"budget", "equal_power"} & published[name].keys())
            self.assertLess(*machine["interval"]["iteration_latency_s"])  # the model's own error stays when copies are chosen
            if published[name]["area_m2"] <= area:  # more of it is never slower
                self.assertLessEqual(machine["iteration_latency_s"], published[name]["iteration_latency_s"])
            if published[name]["power_W"] <= power:
                self.assertLessEqual(machine["equal_power"]["iteration_latency_s"], published[name]["iteration_latency_s"])
        self.assertEqual(equal["a100"]["iteration_latency_s"], published["a100"]["iteration_latency_s"])  # bought whole
        alone = json.loads(self.good("estimate", "dcgan", "--on", "regan", "--json").stdout)[0]
        self.assertEqual(alone, published["regan"])
        # what is asked for by name is what "all" shows
        sized = json.loads(self.good("estimate", "dcgan", "--on", "regan,ganax", "--area", str(1e6 * area), "--json").stdout)
        for machine in sized:
            self.assertEqual(machine["iteration_latency_s"], equal[machine["accelerator"]]["iteration_latency_s"])
        text = self.good("estimate", "mine.toml", "--on", "all", "-o", "equal.html").stdout
        self.assertIn("the largest that is bought whole", text)
        self.assertRegex(text, r"at [\d.]+ W, h100's +time/image")
        page = (self.folder / "equal.html").read_text()
        self.assertIn("At equal power", page)
        self.assertIn("the largest that is bought whole", page)
        self.good("estimate", "mine.toml", "--on", "all", "--as-published", "-o", "published.html")
        page = (self.folder / "published.html").read_text()
        self.assertNotIn("At equal power", page)
        self.assertIn("--on all --as-published -o published.html", page)
        for words in (["--area", "100"], ["--power", "5"], ["--chip"]):
            self.assertIn("at its own size", self.refused("estimate", "mine.toml", "--on", "all", "--as-published", *words))
        # a network that no chip of that area holds is loaded in turn
        large = {m["accelerator"]: m for m in json.loads(self.good("estimate", "stylegan2_256", "--on", "all", "--json").stdout)}
        self.assertGreater(large["isaac"]["chip"]["fixed"]["swaps"], 1)
        self.assertLessEqual(large["isaac"]["area_m2"], area)

    def test_one_chip(self):
        free = {m["accelerator"]: m for m in json.loads(self.good("estimate", "dcgan", "--on", "isaac,regan,ganax", "--json").stdout)}
        chip = {m["accelerator"]: m for m in json.loads(self.good("estimate", "dcgan", "--on", "isaac,regan,ganax", "--chip", "--json").stdout)}
        for name in ("isaac", "regan"):
            fixed = chip[name]["chip"]["fixed"]
            self.assertGreater(fixed["arrays_needed"], fixed["arrays"])
            self.assertGreater(fixed["swaps"], 1)
            loading = sum(layer["energy_J"].get("reprogram", 0) for layer in chip[name]["layers"])
            self.assertAlmostEqual(fixed["reprogram_J"], loading, delta=1e-9 * loading)
            self.assertGreaterEqual(chip[name]["iteration_latency_s"], fixed["reprogram_s"] + fixed["drain_s"] + max(fixed["dram_s"], fixed["mesh_s"]))
            self.assertLessEqual(chip[name]["area_m2"], free[name]["chip"]["area_m2"] * 1.001)
            self.assertGreater(chip[name]["iteration_latency_s"], free[name]["iteration_latency_s"])
            low, high = chip[name]["interval"]["iteration_latency_s"]
            self.assertTrue(low <= chip[name]["iteration_latency_s"] < high)
            self.assertIn("bandwidth_share", {row["name"] for row in chip[name]["sensitivity"]})
            self.assertNotIn("bandwidth_share", {row["name"] for row in free[name]["sensitivity"]})
        self.assertEqual(chip["ganax"], free["ganax"])
        text = self.good("estimate", "dcgan", "--on", "isaac,regan", "--chip", "--area", "40", "-o", "chip.html").stdout
        self.assertIn("on one chip", text)
        page = (self.folder / "chip.html").read_text()
        for part in ("reprogram", "On one chip", "memory traffic"):
            self.assertIn(part, page)
        small = json.loads(self.good("estimate", "dcgan", "--on", "isaac", "--chip", "--area", "40", "--json").stdout)[0]
        self.assertLessEqual(small["area_m2"], 40e-6)
        large = json.loads(self.good("estimate", "dcgan", "--on", "isaac", "--json", "--set", "isaac.chip_arrays=1000000000").stdout)[0]
        self.assertEqual(large["iteration_latency_s"], free["isaac"]["iteration_latency_s"])
        self.assertIn("does not fit", self.refused("estimate", "dcgan", "--on", "isaac", "--chip", "--power", "0.0001"))

    def test_published_peaks(self):
        machines = {m["accelerator"]: m for m in json.loads(self.good("estimate", "dcgan", "--on", "all", "--json").stdout)}
        self.assertEqual(machines["isaac"]["published_peak"]["op_per_s_m2"], 0.479e18)
        self.assertIn("none is published", machines["zara"]["published_peak"]["text"])
        self.assertIn("(0.627)", self.good("estimate", "dcgan", "--on", "isaac").stdout)

    def test_bad_accelerators_of_an_experiment(self):
        (self.folder / "bad.toml").write_text(EXPERIMENT.replace('"gtx1080"', '"gtx1081"'))
        self.assertRegex(self.refused("train", "bad.toml", "--dry-run"), r"bad.toml:\d+:\d+: .*gtx1081.*did you mean \"gtx1080\"")
        (self.folder / "bad.toml").write_text(EXPERIMENT.replace("steps_per_cycle = 100", "steps_per_cycle = 0"))
        self.assertIn("out of range", self.refused("train", "bad.toml", "--dry-run"))
        (self.folder / "bad.toml").write_text(EXPERIMENT + "\n[accelerators.isaac]\nrows = 64\n")
        self.assertIn("isaac", self.refused("train", "bad.toml", "--dry-run"))


unittest.main(verbosity=2)
