"""Device models in numpy: the same bits as their twins in C++, in cells and in layers; laws that find what a model gets wrong."""
import copy
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ganbar
from ganbar.testing import check_device

f32 = np.float32


class SoftBounds(ganbar.DeviceModel):
    """src/ganbar/device/models/soft_bounds.cpp, line by line."""

    window = ("150 uS", "300 uS")
    fields = ("set_scale", "reset_scale")
    n_device_draws = 2

    def __init__(self, set_fraction=0.01, reset_fraction=0.01, threshold=0.5, d2d_sigma=0.0, c2c=0.0, noise=0.0):
        self.set_fraction, self.reset_fraction, self.threshold, self.d2d_sigma, self.c2c, self.noise = set_fraction, reset_fraction, threshold, d2d_sigma, c2c, noise

    def fabricate(self, cells, draws):
        cells.set_scale, cells.reset_scale = np.exp(self.d2d_sigma * draws).astype(f32).T

    def pulse(self, cells, v, width, noise):
        up = v > 0
        fraction = np.where(abs(v) >= self.threshold * (1 - 1e-6), np.where(up, f32(self.set_fraction), f32(self.reset_fraction)), f32(0))
        bound = np.where(up, f32(300e-6), f32(150e-6))
        part = fraction * np.where(up, cells.set_scale, cells.reset_scale) * np.maximum(f32(0), f32(1) + f32(self.c2c) * noise[0])
        cells.g = np.where(np.where(up, cells.g < bound, cells.g > bound), cells.g + np.minimum(part, f32(1)) * (bound - cells.g), cells.g)

    def read_noise(self, cells, v):
        g = cells.g.astype(float)
        return self.noise * self.noise * g * v * g * v


class Sinh(SoftBounds):
    """A current that is not ohmic, so that reads ask the model."""

    def current(self, cells, v):
        return cells.g * np.sinh(2 * v) / 2


class Bent(SoftBounds):
    """Bent the more, the higher the conductance."""

    def current(self, cells, v):
        return cells.g * v * (1 + v * v * cells.g / 200e-6)


def twins(n, seed, start, sigma=0.0, **keys):
    named = dict(keys, **({"d2d": "on", "d2d_sigma": sigma} if sigma else {}))
    read = {"read_noise": named.pop("noise")} if "noise" in named else {}
    return (ganbar.Cells("soft_bounds", n, seed=seed, start=start, **named, **read), ganbar.Cells(SoftBounds(d2d_sigma=sigma, **keys), n, seed=seed, start=start))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**40), n=st.integers(1, 700), c2c=st.sampled_from([0.0, 0.3, 2.0]), up=st.floats(0, 0.5), down=st.floats(0, 1), energy=st.sampled_from(["ohmic", "nonlinear"]))
def test_a_transcription_has_the_bits_of_its_twin(seed, n, c2c, up, down, energy):
    rng = np.random.default_rng(seed)
    start = np.clip(rng.uniform(150e-6, 300e-6, n), 150e-6, 300e-6)
    there, here = twins(n, seed, start, set_fraction=up, reset_fraction=down, c2c=c2c, noise=0.05)
    for _ in range(6):
        v = np.where(rng.random(n) < 0.2, 0.0, rng.uniform(-1.5, 1.5, n))
        theirs, ours = (cells.pulse(v, "100 ns", energy=energy) for cells in (there, here))
        assert np.array_equal(there.g, here.g)
        assert {k: theirs[k] for k in ("n_set", "n_reset", "n_idle")} == {k: ours[k] for k in ("n_set", "n_reset", "n_idle")}
        assert ours["energy_J"] == pytest.approx(theirs["energy_J"], rel=1e-12)
    assert np.array_equal(there.current(0.2), here.current(0.2))
    assert np.allclose(there.read_noise(0.2), here.read_noise(0.2), rtol=1e-5)


def test_devices_differ_by_the_same_draws():
    there, here = twins(500, 3, "200 uS", sigma=0.4)
    for cells in (there, here):
        for v in (1.0, 1.0, -1.0):
            cells.pulse(v, "100 ns")
    assert len(np.unique(here.g)) > 400
    assert np.abs(there.g - here.g).max() <= np.spacing(here.g.max())  # the exponential function is numpy's


HARDWARE = {"plain": {}, "differential": {"tile": {"mapping": "differential"}}, "literal": {"tile": {"rows": 32, "cols": 16}}, "wires": {"wires": {"rw": "1 ohm", "rb": "1 ohm", "program": "exact"}}}


@pytest.mark.parametrize("kind", HARDWARE)
@pytest.mark.parametrize("threads", [1, 2])
def test_layers_have_the_bits_of_the_twin(kind, threads):
    torch = pytest.importorskip("torch")
    from ganbar.torch import AnalogLinear, Pulses

    ganbar.threads(threads)
    rule = {"literal": True} if kind == "literal" else {}
    models = [{"model": "soft_bounds", "c2c": 0.3, "read_noise": 0.02}, SoftBounds(c2c=0.3, noise=0.02)]
    layers = []
    for model in models:
        hw = ganbar.hardware("satyam2022-balanced", device=model, **HARDWARE[kind])
        torch.manual_seed(1)
        layers.append(AnalogLinear(40, 70, hardware=hw, w_max=0.5, name="twin"))
    x, dy = torch.randn(5, 40), torch.randn(5, 70)
    for _ in range(3):
        seen = []
        for layer in layers:
            pulses = Pulses(layer.parameters(), v_set="1 V", v_reset="-1 V", **rule)
            y = layer(x)
            y.backward(dy)
            pulses.step()
            pulses.zero_grad()
            seen.append((y.detach(), layer.weight.detach().clone(), pulses.last["n_set"], pulses.last["energy_J"]))
        assert torch.equal(seen[0][0], seen[1][0]) and torch.equal(seen[0][1], seen[1][1]) and seen[0][2] == seen[1][2]
        assert seen[1][3] == pytest.approx(seen[0][3], rel=1e-9)


def test_reads_ask_the_model_for_its_current():
    torch = pytest.importorskip("torch")
    from ganbar.torch import AnalogLinear

    ganbar.threads(2)
    hw = ganbar.hardware("satyam2022-balanced", device=Bent(), tile={"mapping": "differential", "v_read": "0.5 V", "adc_bits": 0, "dac_bits": 0, "read_noise": False})
    layer = AnalogLinear(30, 20, hardware=hw, w_max=0.5, seed=4, bias=False)
    chord = lambda g: g * (1 + 0.25 * g / 200e-6)
    plus, minus = (chord(g.numpy().astype(float)) for g in layer.conductance[0])
    weight = 0.5 * (plus - minus) / (chord(300e-6) - chord(150e-6))
    with torch.no_grad():
        seen = layer(torch.eye(30)).numpy()
    assert np.allclose(seen, weight, rtol=1e-4, atol=1e-5)
    assert np.abs(weight - 0.5 * (plus - minus) / 150e-6).max() > 0.01
    x = torch.ones(2, 30)
    with torch.no_grad():
        before = layer(x)
        layer.write_(torch.zeros(20, 30))  # what was made ready for reads is not what they see then
        assert layer(x).abs().max() < 0.2 * before.abs().max()


def test_states_copies_and_pickles_go_on_to_the_same_bits(tmp_path):
    torch = pytest.importorskip("torch")
    from ganbar.torch import AnalogLinear, Pulses

    hw = ganbar.hardware("satyam2022-balanced", device=SoftBounds(c2c=0.3, d2d_sigma=0.2))
    layer = AnalogLinear(20, 30, hardware=hw, w_max=0.5, seed=4, name="one")

    def step(m):
        pulses = Pulses(m.parameters(), v_set="1 V", v_reset="-1 V")
        m(torch.ones(3, 20)).sum().backward()
        pulses.step()
        pulses.zero_grad()

    step(layer)
    torch.save(layer.state_dict(), tmp_path / "one.pt")
    others = [copy.deepcopy(layer), pickle.loads(pickle.dumps(layer)), AnalogLinear(20, 30, hardware=hw, w_max=0.5, seed=4, name="one")]
    others[2].load_state_dict(torch.load(tmp_path / "one.pt"))
    step(layer)
    for other in others:
        step(other)
        assert torch.equal(layer.weight, other.weight)
    stranger = AnalogLinear(20, 30, hardware=ganbar.hardware("satyam2022-balanced", device=SoftBounds(c2c=0.4)), w_max=0.5, seed=4, name="one")
    with pytest.raises(RuntimeError, match="other hardware"):
        stranger.load_state_dict(torch.load(tmp_path / "one.pt"))


def test_writes_rest_and_stuck_cells_work_as_with_any_model():
    torch = pytest.importorskip("torch")
    from ganbar.torch import AnalogLinear

    hw = ganbar.hardware("satyam2022-balanced", device=SoftBounds(), nonideal={"drift": 0.1, "stuck_on": 0.05})
    layer = AnalogLinear(20, 30, hardware=hw, w_max=0.5, seed=4)
    layer.write_(torch.full((30, 20), 0.2), verify=True, tolerance=0.02, max_pulses=400)
    assert layer.written["n_pulses"] > 100 and layer.written["n_unreached"] < 0.2 * 600
    before = layer.weight.detach().clone()
    assert not torch.equal(layer.rest(3600.0).weight, before)


def test_threads_of_python_share_an_array_and_a_layer():
    """No thread waits for another with the interpreter's lock in hand."""
    torch = pytest.importorskip("torch")
    from ganbar.torch import AnalogLinear

    ganbar.threads(2)
    cells = ganbar.Cells(Sinh(c2c=0.3), 3000, start="200 uS")
    layer = AnalogLinear(60, 90, hardware=ganbar.hardware("satyam2022-balanced", device=Sinh(c2c=0.3)), w_max=0.5)
    layer(torch.ones(1, 60))

    def work():
        for _ in range(20):
            cells.pulse("1 V", "100 ns")
            cells.current("0.1 V")
            layer.write_(torch.rand(90, 60) * 0.4)
            layer.conductance

    workers = [threading.Thread(target=work, daemon=True) for _ in range(3)]
    for w in workers:
        w.start()
    for w in workers:
        w.join(60)
    assert not any(w.is_alive() for w in workers)


@pytest.mark.parametrize("name", ganbar.list("devices"))
def test_laws_hold_for_the_models_in_cpp(name):
    quiet = {row: value for row, value in {"d2d": "off", "c2c": 0.0, "write_noise": 0.0}.items() if row in set(ganbar.describe("device", name).parameters["name"])}
    check_device(name, n=64, **quiet)
    check_device(name, n=64)  # with its own spread and noise


def test_laws_hold_with_the_spread_a_model_has_of_itself():
    assert len(check_device("nili2020").laws) == 14


def test_pulses_beyond_the_fit_are_told_once(caplog):
    cells = ganbar.Cells("table", 10, start="200 uS")
    with caplog.at_level("WARNING", logger="ganbar"):
        cells.pulse("1 V", "1 us")
        assert caplog.records == []
        for _ in range(3):
            cells.pulse(np.r_[np.full(5, 1.5), np.full(5, -2.0)], "1 us")
        copy.deepcopy(cells).pulse("1.6 V", "1 us")
        assert [r.message.split(" of ")[0] for r in caplog.records] == ["a set pulse", "a reset pulse"]
        assert "a set pulse of 1.5 V lies beyond the fit of table (800 mV to 1.2 V" in caplog.text
        caplog.clear()
        ganbar.Device("table").pulse("1.5 V", "1 ms", start="200 uS")
        assert len(caplog.records) == 2
        caplog.clear()
        ganbar.Cells(SoftBounds(), 4).pulse("5 V", "1 s")
        ganbar.Cells("table", 4).pulse("0.2 V", "1 us")  # below the threshold: nothing moves
        assert caplog.records == []


def test_laws_take_the_pulses_of_a_device_file(tmp_path):
    def made(v_set):
        path = tmp_path / f"{v_set}.toml"
        path.write_text(f'[device]\nmodel = "soft_bounds"\nthreshold = "3 V"\n[train.manhattan]\nv_set = "{v_set} V"\nv_reset = "-3.5 V"\nt_pulse = "1 us"\n')
        return str(path)
    check_device(made(3.2), n=64)
    report = check_device(made(2.5), n=64, raises=False)
    assert report.broken == ["set raises, reset lowers"] and "100 pulses of 2.5 V, 1e-06 s move cells by 0 S" in str(report)


def test_laws_still_see_a_window_that_is_left():
    assert check_device("linear_step", n=64).broken == []
    assert "conductances stay in the window" in check_device("linear_step", n=64, beyond_window=False, raises=False).broken
    assert "conductances stay in the window" not in check_device("linear_step", n=64, d2d="off", raises=False).broken


def test_laws_hold_for_models_in_numpy():
    report = check_device(SoftBounds(c2c=0.3, d2d_sigma=0.2, noise=0.02))
    assert report and len(report.laws) == 16 and "16 of 16 laws kept" in str(report)
    check_device(Sinh())


def broken(**methods):
    return type("Wrong", (SoftBounds,), methods)()


def leaves_the_window(self, cells, v, width, noise):
    cells.g += np.where(v > 0, f32(2e-6), f32(-2e-6))


def strong_pulses_leave(self, cells, v, width, noise):
    SoftBounds.pulse(self, cells, v, width, noise)
    cells.g = np.where(abs(v) > 50, f32(400e-6), cells.g)


def upside_down(self, cells, v, width, noise):
    SoftBounds.pulse(self, cells, -v, width, noise)


def shorter_is_more(self, cells, v, width, noise):
    SoftBounds.pulse(self, cells, v if width < 1e-6 else 0 * v, width, noise)


def own_dice(self, cells, v, width, noise):
    SoftBounds.pulse(self, cells, v, width, [np.random.standard_normal(len(v)).astype(f32)] * 2)


def counts_its_calls(self, cells, v, width, noise):
    self.__dict__["calls"] = self.__dict__.get("calls", 0) + 1
    SoftBounds.pulse(self, cells, v if self.calls % 3 else 0.1 * v, width, noise)


def no_threshold(self, cells, v, width, noise):
    SoftBounds.pulse(self, cells, np.sign(v), width, noise)


def reads_that_write(self, cells, v):
    cells.g *= f32(0.9)
    return cells.g * v


def a_battery(self, cells, v):
    return cells.g * (v - 0.3)


def shifted(self, cells, v):
    return 1.5 * cells.g * v


def sees_its_neighbours(self, cells, v, width, noise):
    SoftBounds.pulse(self, cells, np.where(cells.g > cells.g.mean(), v, 0.4 * v), width, noise)


def forgets_a_field(self, cells, draws):
    SoftBounds.fabricate(self, cells, draws)
    cells.w = cells.g


def follows_w(self, cells, v, width, noise):
    cells.g = cells.w
    SoftBounds.pulse(self, cells, v, width, noise)
    cells.w = cells.g


WRONG = {
    "conductances stay in the window": dict(pulse=leaves_the_window),
    "pulses of any strength end in the window": dict(pulse=strong_pulses_leave),
    "set raises, reset lowers": dict(pulse=upside_down),
    "a longer pulse moves no less": dict(pulse=shorter_is_more),
    "same seed, same cells": dict(pulse=own_dice, __init__=lambda self: SoftBounds.__init__(self, c2c=0.3)),
    "a model keeps nothing between calls": dict(pulse=counts_its_calls),
    "no pulse does nothing": dict(pulse=no_threshold),
    "a read disturbs nothing": dict(current=reads_that_write),
    "cells are passive": dict(current=a_battery),
    "g is what a small voltage sees": dict(current=shifted),
    "each cell by itself": dict(pulse=sees_its_neighbours),
    "cells start where asked": dict(fabricate=lambda self, cells, draws: (SoftBounds.fabricate(self, cells, draws), setattr(cells, "g", cells.g * f32(0.99)))),
    "a write keeps fields and conductance together": dict(fields=("set_scale", "reset_scale", "w"), fabricate=forgets_a_field, pulse=follows_w),
    "copies go on as their original": dict(pulse=counts_its_calls),
}


@pytest.mark.parametrize("law", WRONG)
def test_each_law_finds_the_model_that_breaks_it(law):
    report = check_device(broken(**WRONG[law]), raises=False)
    assert law in report.broken, str(report)
    with pytest.raises(AssertionError, match="BROKEN"):
        check_device(broken(**WRONG[law]))


def gives(**left):
    def pulse(self, cells, v, width, noise):
        for name, value in left.items():
            setattr(cells, name, value(cells))
    return broken(pulse=pulse)


BAD = {
    "NaN": (gives(g=lambda c: c.g * np.nan), ganbar.NumericError, "nan"),
    "below 0": (gives(g=lambda c: -c.g), ganbar.NumericError, "conductance >= 0"),
    "another length": (gives(g=lambda c: c.g[:1]), ganbar.ConfigError, r"expected numbers \[4\]"),
    "texts": (gives(g=lambda c: np.array(["a"] * 4)), ganbar.ConfigError, "expected numbers"),
    "an unknown field": (gives(x=lambda c: c.g), ganbar.ConfigError, "no field 'x'"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_no_pulse_may_leave_is_refused_and_no_cell_moves(what):
    model, kind, words = BAD[what]
    cells = ganbar.Cells(model, 4, start="200 uS")
    before = cells.g
    with pytest.raises(kind, match=words):
        cells.pulse("1 V", "100 ns")
    assert np.array_equal(before, cells.g)


def test_a_fault_of_the_model_reaches_the_user_from_any_thread():
    torch = pytest.importorskip("torch")
    from ganbar.torch import AnalogLinear, Pulses

    ganbar.threads(2)

    def fails(self, cells, v, width, noise):
        raise KeyError("my own fault")

    layer = AnalogLinear(300, 90, hardware=ganbar.hardware("satyam2022-balanced", device=broken(pulse=fails)), w_max=0.5)
    layer(torch.ones(1, 300)).sum().backward()
    with pytest.raises(KeyError, match="my own fault"):
        Pulses(layer.parameters()).step()


@pytest.mark.parametrize("use, words", {
    "a class": (lambda: ganbar.Cells(SoftBounds, 3), "object of it"),
    "no window": (lambda: ganbar.Cells(type("Bare", (ganbar.DeviceModel,), {"pulse": SoftBounds.pulse})(), 3), "no window"),
    "window upside down": (lambda: ganbar.Cells(broken(window=(3e-4, 1e-4)), 3), "the lower first"),
    "no pulse": (lambda: ganbar.Cells(type("Bare", (ganbar.DeviceModel,), {"window": (1e-4, 2e-4)})(), 3), "no pulse"),
    "settings": (lambda: ganbar.Cells(SoftBounds(), 3, c2c=0.1), "model in numpy"),
    "a TOML": (lambda: ganbar.load("satyam2022-balanced", device=SoftBounds()), "run.toml"),
    "one cell": (lambda: ganbar.Device(SoftBounds()), "ganbar.Cells"),
    "fields": (lambda: ganbar.Cells(broken(fields="ab"), 3), "tuple of names"),
    "start outside": (lambda: ganbar.Cells(SoftBounds(), 3, start="1 uS"), "outside the window"),
    "starts of others": (lambda: ganbar.Cells(SoftBounds(), 3, start=[2e-4, 2e-4]), "2 conductances for 3 cells"),
    "pulses of one sign": (lambda: check_device(SoftBounds(), v_reset="1 V"), "one below"),
}.values())
def test_what_is_no_model_is_refused(use, words):
    with pytest.raises(ganbar.ConfigError, match=words):
        use()
