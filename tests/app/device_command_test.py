"""`ganbar device` as a user types it, against the published equations of nili2020 evaluated here.

usage: device_command_test.py GANBAR
"""
import json
import math
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
        half = self.answer("nili2020", "--from", "150e-6", "--pulse", "0.4,1e-7", "--set", "gate=off")["delta_g_S"][0]
        self.assertAlmostEqual(half / set_step(0.4, 1e-7), 1, delta=1e-2)
        seeds = [self.answer("nili2020", "--from", "2e-4", "--pulse", "0.8,1e-7", "--set", "d2d=A", "--seed", str(s))["g_S"] for s in (1, 1, 2)]
        self.assertEqual(seeds[0], seeds[1])
        self.assertNotEqual(seeds[0], seeds[2])

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
