"""`ganbar device` as a user types it, against the published equations of nili2020 evaluated here.

usage: device_command_test.py GANBAR
"""
import json
import math
import tempfile
import unittest

from running import run


def set_step(v, t):  # bin 100-178 uS
    return 1.55e-4 * (1 - math.tanh(-0.47 * (math.log10(t) + 3.422))) * (math.tanh(4.936 * v - 5.840) + 1)


def reset_step(v, t):
    return -0.89e-4 * (-1 - math.tanh(0.22 * (math.log10(t) - 1.93))) * (math.tanh(6.2 * v + 7.10) - 1)


class DeviceCommand(unittest.TestCase):
    def answer(self, *words):
        done = run("device", *words, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        return json.loads(done.stdout)

    def test_steps_and_energy(self):
        got = self.answer("nili2020", "--from", "120e-6", "--pulse", "0.93,2e-7", "--count", "3", "--set", "window=off")
        self.assertEqual(list(got), ["model", "g_S", "delta_g_S", "energy_J"])
        self.assertEqual(got["model"], "nili2020")
        g = 120e-6
        for after, delta, energy in zip(got["g_S"], got["delta_g_S"], got["energy_J"]):
            self.assertAlmostEqual(delta / set_step(0.93, 2e-7), 1, delta=2e-3)
            self.assertAlmostEqual(energy / (0.93 ** 2 * g * 2e-7), 1, delta=1e-6)
            self.assertAlmostEqual(after - g, delta, delta=1e-11)  # single precision
            g = after

    def test_negative_voltages_are_values_not_options(self):
        for words in (["--pulse", "-1.07,1e-7"], ["--pulse=-1.07,1e-7"], ["--pulse", "-1070 mV,100 ns"]):
            got = self.answer("nili2020", "--from", "170e-6", *words)
            self.assertAlmostEqual(got["delta_g_S"][0] / reset_step(-1.07, 1e-7), 1, delta=2e-3)

    def test_a_sequence(self):
        got = self.answer("nili2020", "--from", "200e-6", "--pulse", "0.8,1e-7", "--pulse", "-0.8,1e-7", "--count", "2")
        self.assertEqual([x > 0 for x in got["delta_g_S"]], [True, False, True, False])

    def test_gate_window_and_variation(self):
        self.assertEqual(self.answer("nili2020", "--from", "150e-6", "--pulse", "0.4,1e-7")["delta_g_S"], [0])
        below = run("device", "nili2020", "--from", "150e-6", "--pulse", "0.4,1e-7", "--set", "gate=off", "--json")
        self.assertIn("a set pulse of 400 mV lies beyond the fit of nili2020", below.stderr)
        half = json.loads(below.stdout)["delta_g_S"][0]
        self.assertAlmostEqual(half / set_step(0.4, 1e-7), 1, delta=1e-2)
        seeds = [self.answer("nili2020", "--from", "2e-4", "--pulse", "0.8,1e-7", "--set", "d2d=A", "--seed", str(s))["g_S"] for s in (1, 1, 2)]
        self.assertEqual(seeds[0], seeds[1])
        self.assertNotEqual(seeds[0], seeds[2])

    def test_measured_devices_by_name_and_by_file(self):
        pulse = ("--pulse", "1,1e-7")
        by_name = self.answer("ecram-li", *pulse)
        self.assertEqual(by_name["model"], "ecram-li")
        self.assertGreater(by_name["delta_g_S"][0], 0)
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/mine.toml"
            with open(path, "w", encoding="utf-8") as f:
                f.write('[device]\nmodel = "linear_step"\npreset = "EcRam"\n')
            self.assertEqual(self.answer(path, *pulse)["g_S"], by_name["g_S"])
            self.assertNotEqual(self.answer(path, *pulse, "--set", "preset=EcRamMO")["g_S"], by_name["g_S"])
        self.assertIn("ecram-li", run("list", "devices").stdout)
        self.assertIn("linear_step", run("describe", "device", "ecram-li").stdout)
        self.assertIn('did you mean "table"', run("device", "tabel", *pulse).stderr)

    def test_parameters(self):
        got = self.answer("nili2020", "--set", "d2d=B")
        by_name = {p["name"]: p for p in got["parameters"]}
        self.assertEqual(got["model"], "nili2020")
        self.assertEqual(by_name["d2d"]["value"], "B")
        self.assertEqual(by_name["temperature"]["value"], 298.15)
        self.assertEqual(by_name["c0_set"]["kind"], "published")
        for p in got["parameters"]:
            for key in ("value", "unit", "doc", "source", "kind"):
                self.assertIn(key, p)
        self.assertIn("yakopcic", run("device", "yakopcic").stdout)

    def test_a_pulse_of_any_strength_ends(self):
        for model, at_end in (("yakopcic", 0.17 * 0.05 * 0.99), ("vteam", 0.02), ("wox", 25e-6), ("nili2020", 300e-6), ("soft_bounds", None), ("ideal", None)):
            for pulse in ("100,1e-6", "100 V,1000 s", "80,1"):
                done = run("device", model, "--pulse", pulse, "--json")
                self.assertEqual(done.returncode, 0, (model, pulse, done.stderr))
                g = json.loads(done.stdout)["g_S"][0]
                if at_end is not None and not (model == "nili2020" and pulse == "100,1e-6"):
                    self.assertAlmostEqual(g / at_end, 1, delta=1e-5, msg=(model, pulse))
        done = run("device", "yakopcic", "--set", "b=100", "--pulse", "100,1e-6", "--energy", "nonlinear")  # sinh(10000)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("no finite result", done.stderr)

    def test_what_lies_beyond_the_fit_is_said(self):
        for words, said in ((["nili2020", "--from", "200 uS", "--pulse", "5,1e-7"], "warning: a set pulse of 5 V lies beyond the fit of nili2020"),
                            (["nili2020", "--from", "200 uS", "--pulse", "0.8 V,100 s"], "warning: a pulse of 100 s lies beyond the fit of nili2020"),
                            (["nili2020", "--from", "100 uS", "--pulse", "0.8,1e-7"], "warning: the start at 100 uS lies outside the window of nili2020, 150 uS to 300 uS"),
                            (["wox", "--from", "10 uS", "--pulse", "-1.5 V,100 ns"], "warning: a reset pulse of -1.5 V lies beyond the fit of wox")):
            done = run("device", *words)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(said, done.stderr)
            self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        twice = run("device", "nili2020", "--pulse", "5,1e-7", "--pulse", "5 V,100 ns", "--count", "50")
        self.assertEqual(twice.stderr.count("warning"), 1)

    def test_numbers_that_want_their_unit(self):
        for words, hint in ((["--from", "200", "--pulse", "0.8,1e-7"], 'write "200 uS" if you mean that, or "200 S"'), (["--pulse", "0.8,100"], 'write "100 ns" if you mean that, or "100 s"'),
                            (["--from", "200 S", "--pulse", "0.8,1e-7"], "lies outside what nili2020 can hold; expected 150 uS to 300 uS"), (["--from", "200 ns"], "is not a conductance")):
            done = run("device", "nili2020", *words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn(hint, done.stderr)

    def test_bad_input(self):
        for words in (["nilli2020"], ["nili2020", "--set", "windw=off"], ["nili2020", "--set", "temperature=25"], ["nili2020", "--pulse", "0.8"],
                      ["nili2020", "--pulse", "0.8,0"], ["nili2020", "--pulse", "0.8,nan"], ["nili2020", "--from", "-1e-6", "--pulse", "0.8,1e-7"],
                      ["nili2020", "--from", "x", "--pulse", "0.8,1e-7"], ["nili2020", "--pulse", "0.8,1e-7", "--count", "0"],
                      ["vteam", "--from", "1e-6", "--pulse", "0.8,1e-7"], ["nili2020", "--energy", "none", "--pulse", "0.8,1e-7"], []):
            done = run("device", *words)
            self.assertEqual(done.returncode, 2, words)
            self.assertEqual(done.stdout, "")
            self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)


if __name__ == "__main__":
    unittest.main()
