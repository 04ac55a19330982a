"""ganbar.torch: layers in cells against torch's own, laws of a GAN's training loop, state that resumes to the same bits."""
import copy
import io
import pickle
import warnings

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is what these layers are made for; python3-torch is among the packages of `make test`")
from torch import nn  # noqa: E402

import ganbar  # noqa: E402
from ganbar.torch import (AnalogConv1d, AnalogConv2d, AnalogConv3d, AnalogConvTranspose1d, AnalogConvTranspose2d, AnalogConvTranspose3d, AnalogLinear,  # noqa: E402
                          Latents, Pulses, convert, ledger, plan, to_digital)

IDEAL = {"device": {"model": "ideal"}, "tile": {"adc_bits": 0, "dac_bits": 0, "read_noise": False, "mapping": "differential"}}


@pytest.fixture(scope="module")
def ideal():
    return ganbar.hardware("satyam2022-base", **IDEAL)


@pytest.fixture(scope="module")
def real():
    return ganbar.hardware("satyam2022-balanced")


def close(a, b, tolerance=2e-5):
    return float((a - b).abs().max()) <= tolerance * max(1e-30, float(b.abs().max()))


KINDS = [(AnalogConv1d, 1), (AnalogConv2d, 2), (AnalogConv3d, 3), (AnalogConvTranspose1d, 1), (AnalogConvTranspose2d, 2), (AnalogConvTranspose3d, 3)]


@pytest.mark.parametrize("kind, axes", KINDS)
def test_ideal_convolutions_are_torchs(kind, axes, ideal):
    draw = torch.Generator().manual_seed(axes)
    pick = lambda lo, hi: int(torch.randint(lo, hi + 1, (1,), generator=draw))
    base = next(c for c in kind.__mro__ if c.__module__.startswith("torch.nn"))
    for _ in range(6):
        kernel, stride, padding = pick(1, 4), pick(1, 3), pick(0, 1)
        padding = min(padding, (kernel - 1) // 2)
        form = {"form": "zero_inserted"} if kind.transposed_form and pick(0, 1) else {}
        out_pad = {"output_padding": pick(0, stride - 1)} if kind.transposed_form else {}
        layer = kind(pick(1, 3), pick(1, 3), kernel, stride=stride, padding=padding, hardware=ideal, seed=1, **out_pad, **form)
        other = base(layer.in_channels, layer.out_channels, kernel, stride=stride, padding=padding, **out_pad)
        other.load_state_dict(layer.state_dict())
        x = torch.randn(2, layer.in_channels, *[pick(kernel, kernel + 4) for _ in range(axes)], generator=draw)
        a, b = x.clone().requires_grad_(), x.clone().requires_grad_()
        y, z = layer(a), other(b)
        assert y.shape == z.shape and close(y, z)
        g = torch.randn(z.shape, generator=draw)
        y.backward(g), z.backward(g)
        assert close(a.grad, b.grad) and close(layer.weight.grad, other.weight.grad) and close(layer.bias.grad, other.bias.grad)


def test_ideal_linear_is_torchs_in_any_shape(ideal):
    torch.manual_seed(0)
    layer = AnalogLinear(7, 5, hardware=ideal)
    other = nn.Linear(7, 5)
    other.load_state_dict(layer.state_dict())
    for shape in [(7,), (3, 7), (2, 3, 7)]:
        x = torch.randn(*shape)
        assert close(layer(x), other(x))
    strided = torch.randn(7, 4).t()
    assert close(layer(strided), other(strided))
    assert isinstance(layer, nn.Linear)


def game(hardware, seed=0):
    torch.manual_seed(seed)
    g = nn.Sequential(nn.Linear(6, 12, bias=False), nn.LeakyReLU(0.2), nn.Linear(12, 9, bias=False), nn.Tanh())
    d = nn.Sequential(nn.Linear(9, 8, bias=False), nn.LeakyReLU(0.2), nn.Linear(8, 1, bias=False))
    return convert(g, hardware), convert(d, hardware)


def pulses(net, **more):
    return Pulses(net.parameters(), rule="manhattan", v_set="0.9 V", v_reset="-1.07 V", t_pulse="100 ns", **more)


def play(g, d, og, od, rounds, seed):
    draw, bce = torch.Generator().manual_seed(seed), nn.BCEWithLogitsLoss()
    for _ in range(rounds):
        real, z = torch.randn(16, 9, generator=draw), torch.randn(16, 6, generator=draw)
        fake = g(z)
        od.zero_grad()
        (bce(d(real), torch.ones(16, 1)) + bce(d(fake.detach()), torch.zeros(16, 1))).backward()
        od.step()
        og.zero_grad()
        bce(d(fake), torch.ones(16, 1)).backward()
        og.step()


def weights(net):
    return [p.detach().clone() for p in net.parameters()]


def same(a, b):
    return all(torch.equal(x, y) for x, y in zip(a, b))


def test_training_moves_cells_and_repeats(real):
    runs = []
    for n_threads in (1, 2):
        ganbar.threads(n_threads)
        g, d = game(real)
        before = weights(g)
        og, od = pulses(g), pulses(d)
        play(g, d, og, od, 4, 1)
        assert not same(before, weights(g))
        assert og.last["n_set"] + og.last["n_reset"] > 0 and og.last["energy_J"] > 0
        runs.append((weights(g), weights(d)))
    assert same(runs[0][0], runs[1][0]) and same(runs[0][1], runs[1][1])


def test_the_generators_gradient_does_not_reach_the_discriminator(real):
    steps = []
    for leak in (False, True):
        g, d = game(ganbar.hardware("satyam2022-balanced", tile={"adc_bits": 0, "dac_bits": 0}))
        od, bce = pulses(d), nn.BCEWithLogitsLoss()
        x = torch.randn(16, 9, generator=torch.Generator().manual_seed(3))
        d(x)
        if leak:
            bce(d(g(torch.ones(16, 6))), torch.ones(16, 1)).backward()
        else:
            d(x)  # the same number of reads
        od.zero_grad()
        torch.manual_seed(5)
        bce(d(x), torch.ones(16, 1)).backward()
        od.step()
        steps.append(weights(d))
    assert same(*steps)


def test_looking_changes_nothing(real):
    ends = []
    for look in (False, True):
        g, d = game(real)
        og, od = pulses(g), pulses(d)
        play(g, d, og, od, 2, 1)
        if look:
            g.eval()
            with torch.no_grad():
                g(torch.ones(5, 6))
            g.train()
        play(g, d, og, od, 2, 2)
        ends.append(weights(g))
    assert same(*ends)


@pytest.mark.parametrize("how", ["state_dict", "deepcopy", "pickle"])
def test_state_resumes_to_the_same_bits(real, how):
    g, d = game(real)
    og, od = pulses(g), pulses(d)
    play(g, d, og, od, 2, 1)
    if how == "state_dict":
        file = io.BytesIO()
        torch.save({"g": g.state_dict(), "d": d.state_dict(), "og": og.state_dict(), "od": od.state_dict()}, file)
        file.seek(0)
        state = torch.load(file)
        assert all(torch.is_tensor(v) for v in state["g"].values())
        g2, d2 = game(real, seed=9)
        g2.load_state_dict(state["g"]), d2.load_state_dict(state["d"])
    elif how == "deepcopy":
        g2, d2 = copy.deepcopy(g), copy.deepcopy(d)
    else:
        g2, d2 = pickle.loads(pickle.dumps(g)), pickle.loads(pickle.dumps(d))
    og2, od2 = pulses(g2), pulses(d2)
    play(g, d, og, od, 2, 2)
    assert not same(weights(g), weights(g2))
    play(g2, d2, og2, od2, 2, 2)
    assert same(weights(g), weights(g2)) and same(weights(d), weights(d2))


def test_frozen_and_accumulated_gradients(ideal):
    torch.manual_seed(1)
    layer = AnalogLinear(4, 3, bias=False, hardware=ideal)
    x, y = torch.randn(5, 4), torch.randn(6, 4)
    layer(torch.cat([x, y])).sum().backward()
    whole = layer.weight.grad.clone()
    layer.weight.grad = None
    layer(x).sum().backward(), layer(y).sum().backward()
    assert close(layer.weight.grad, whole)
    layer.weight.grad = None
    layer.weight.requires_grad_(False)
    x.requires_grad_()
    layer(x).sum().backward()
    assert layer.weight.grad is None and x.grad is not None


def test_gradient_penalty_goes_through_the_arrays(ideal):
    def penalty(net, x):
        x = x.clone().requires_grad_()
        (slope,) = torch.autograd.grad(net(x).sum(), x, create_graph=True)
        loss = ((slope.norm(dim=1) - 1) ** 2).mean()
        loss.backward()
        return [p.grad.clone() for p in net.parameters() if p.dim() > 1], float(loss)

    torch.manual_seed(2)
    plain = nn.Sequential(nn.Linear(5, 6), nn.Tanh(), nn.Linear(6, 1))
    cells = convert(plain, ideal)
    x = torch.randn(8, 5)
    (a, la), (b, lb) = penalty(plain, x), penalty(cells, x)
    assert la == pytest.approx(lb, rel=1e-4)
    for p, q in zip(a, b):
        assert close(q, p, 1e-3)


def test_convert_plan_and_back(ideal):
    torch.manual_seed(3)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3, groups=2), nn.Flatten(), nn.Linear(4 * 36, 2))
    rows = plan(model, ideal)
    assert [r["digital"] is None for r in rows] == [True, False, True] and "groups" in rows[1]["digital"]
    x = torch.randn(2, 1, 10, 10)
    cells = convert(model, ideal)
    assert close(cells(x), model(x)) and isinstance(cells[0], AnalogConv2d) and isinstance(cells[2], nn.Conv2d) and not isinstance(cells[2], AnalogConv2d)
    back = to_digital(cells)
    assert type(back[0]) is nn.Conv2d and close(back(x), cells(x))
    assert isinstance(convert(model, ideal, exclude=["0"])[0], nn.Conv2d) and not isinstance(convert(model, ideal, exclude=["0"])[0], AnalogConv2d)
    with pytest.raises(ValueError, match="no module"):
        convert(model, ideal, only=["00"])


def test_the_bill(real):
    layer = AnalogLinear(4, 3, hardware=real, name="only")
    layer(torch.ones(2, 4)).sum().backward()
    pulses(layer).step()
    table = ledger(layer)
    phases = set(table["phase"])
    assert {"forward", "backward", "update"} <= phases or {"forward", "update"} <= phases
    assert sum(table["energy_J"]) > 0
    assert layer.placement[0]["rows"] == 4 and layer.window[0] < layer.window[1]


def test_another_chip_and_written_weights(real):
    layer = AnalogLinear(4, 3, hardware=ganbar.hardware("satyam2022-balanced-d2d"), seed=1)
    x = torch.ones(1, 4)
    layer(x)
    first = layer.conductance[0].clone()
    layer.refabricate(2)
    assert layer.conductance[0].shape == first.shape
    layer.write_(torch.full((3, 4), 0.05))
    assert float((layer.weight - 0.05).abs().max()) < 1e-3
    with pytest.raises(ValueError, match="shape"):
        layer.write_(torch.ones(2, 2))


def test_a_weight_changed_behind_torchs_back_is_seen(real):
    net = convert(nn.Sequential(nn.Linear(6, 4), nn.Conv2d(1, 2, 3)), real)
    net[0](torch.randn(3, 6))
    net[0].weight.data.clamp_(-0.01, 0.01)  # a Wasserstein critic's clipping
    for use in (lambda: net[0](torch.randn(3, 6)), net.state_dict, lambda: to_digital(net)):
        with pytest.raises(RuntimeError, match="changed in memory"):
            use()
    net[0].write_(net[0].weight.detach())
    net[0](torch.randn(3, 6))


def test_one_module_in_two_places_stays_one(real):
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(5, 5)
            self.inner = nn.Sequential(self.a, nn.ReLU())

    net = convert(Twice(), real)
    assert net.inner[0] is net.a and isinstance(net.a, AnalogLinear)
    tied = nn.Sequential(nn.Linear(5, 5), nn.Linear(5, 5))
    tied[1].weight = tied[0].weight
    with pytest.raises(ValueError, match="shares its weight"):
        convert(tied, real)
    assert isinstance(convert(tied, real, exclude=["0", "1"])[1], nn.Linear)


def test_what_clips_and_what_stays_digital_is_told(real, ideal):
    with pytest.warns(UserWarning, match="w_max = 0.1"):
        AnalogLinear(20, 20, hardware=real, w_max=0.1)(torch.zeros(1, 20))
    layer = AnalogLinear(20, 20, hardware=real, w_max=0.4)
    with pytest.warns(UserWarning, match="clipped"):
        layer.write_(torch.full((20, 20), 5.0))
    with pytest.warns(UserWarning, match=r"1 \(Conv2d: groups or dilation\)"):
        convert(nn.Sequential(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 2, 3, groups=2)), ideal)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        convert(nn.Sequential(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 2, 3, groups=2)), ideal, exclude="1")


def test_what_is_not_finite_is_no_weight(real):
    layer = AnalogLinear(5, 4, hardware=real, w_max=1.0, seed=1)
    with torch.no_grad():
        layer.weight[1, 2] = float("nan")
    with pytest.raises(ValueError, match="1 of its 20 weights are NaN or infinite"):
        layer.fabricate()
    with torch.no_grad():
        layer.weight[1, 2] = 0.1
    before = layer.fabricate().weight.detach().clone()
    with pytest.raises(ValueError, match="20 of its 20"):
        layer.write_(torch.full((4, 5), float("inf")))
    assert torch.equal(layer.weight, before)


def test_what_is_not_finite_is_no_input(real):
    for layer, shape in ((AnalogLinear(6, 4, hardware=real), (3, 6)), (AnalogConv2d(1, 2, 3, hardware=real), (2, 1, 5, 5))):
        for bad in (float("nan"), float("inf")):
            x = torch.zeros(shape)
            x.view(-1)[-1] = bad
            with pytest.raises(ganbar.NumericError):
                layer(x)


@pytest.mark.parametrize("wrong", [{"w_max": 0}, {"w_max": -1.0}, {"w_max": "0.4"}, {"hardware": "satyam2022-balanced"}])
def test_layers_refuse_what_they_cannot_be_made_of(real, wrong):
    with pytest.raises((ValueError, TypeError), match="expected"):
        AnalogLinear(4, 4, **{"hardware": real, **wrong})


def test_latents_are_bits_of_the_array(real):
    z = Latents(10, source="array", hardware=real, seed=4)(8)
    assert z.shape == (8, 10) and set(z.unique().tolist()) == {-1.0, 1.0}
    assert torch.equal(z, Latents(10, source="array", hardware=real, seed=4)(8))


def test_what_cannot_be_is_said(real):
    layer = AnalogLinear(4, 3, hardware=real, name="l1")
    layer(torch.ones(1, 4))
    with pytest.raises(RuntimeError, match="changed in memory"):
        with torch.no_grad():
            layer.weight.mul_(0.5)
        layer(torch.ones(1, 4))
    fresh = AnalogLinear(4, 3, hardware=real, name="l2")
    with pytest.raises(TypeError, match="float32"):
        fresh(torch.ones(1, 4, dtype=torch.float64))
    with pytest.raises(ValueError, match="features"):
        fresh(torch.ones(1, 5))
    for model in (fresh, nn.Sequential(fresh)):
        with pytest.raises(TypeError, match="float32"):
            model.half()
        with pytest.raises(RuntimeError, match="simulated on the CPU"):
            model.to("cuda")
    with pytest.raises(ValueError, match="groups"):
        AnalogConv2d(2, 2, 3, groups=2, hardware=real)
    with pytest.raises(ganbar.ConfigError, match="v_set"):
        Pulses(fresh.parameters(), rule="manhattan", v_sett="1 V")
    with pytest.raises(ganbar.ConfigError):
        Pulses(fresh.parameters(), rule="manhatan")
    with pytest.raises(ganbar.ConfigError, match="expected feedback"):
        Pulses(fresh.parameters(), rule="manhattan", feedback_d=1.0)
    with pytest.raises(ValueError, match="lives in cells"):
        Pulses(nn.Linear(2, 2).parameters())
    optimizer = pulses(fresh)
    fresh(torch.ones(1, 4)).sum().backward()
    fresh.weight.grad[0, 0] = float("nan")
    before = fresh.conductance[0].clone()
    with pytest.raises(ganbar.NumericError):
        optimizer.step()
    assert torch.equal(before, fresh.conductance[0])


def test_mixed_precision_follows_a_scheduler(ideal):
    torch.manual_seed(4)
    layer = AnalogLinear(3, 2, hardware=ideal)
    optimizer = Pulses(layer.parameters(), rule="mixed_precision", lr=0.05)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.0)
    for expected in (True, False):
        before = layer(torch.ones(1, 3)).detach()
        optimizer.zero_grad()
        layer(torch.ones(1, 3)).sum().backward()
        optimizer.step(), scheduler.step()
        assert (not torch.equal(before, layer(torch.ones(1, 3)).detach())) == expected
