"""Ideal cells are torch: hundreds of random shapes of all seven layers, and the trajectory of a WGAN with gradient penalty."""
import pytest

torch = pytest.importorskip("torch", reason="python3-torch is among the packages of `make test`")
from torch import nn  # noqa: E402

import ganbar  # noqa: E402
from ganbar.torch import (AnalogConv1d, AnalogConv2d, AnalogConv3d, AnalogConvTranspose1d, AnalogConvTranspose2d, AnalogConvTranspose3d, AnalogLinear,  # noqa: E402
                          Pulses, convert)

TILE = {"adc_bits": 0, "dac_bits": 0, "read_noise": False, "mapping": "differential"}
KINDS = [(AnalogLinear, 0), (AnalogConv1d, 1), (AnalogConv2d, 2), (AnalogConv3d, 3), (AnalogConvTranspose1d, 1), (AnalogConvTranspose2d, 2), (AnalogConvTranspose3d, 3)]
N_SHAPES = 60  # of each kind


def near(a, b, tolerance=1e-5):
    """Equal to `tolerance` of the largest value."""
    return float((a - b).detach().abs().max()) <= tolerance * max(1e-30, float(b.detach().abs().max()))


def drawn_layer(kind, axes, pick, hardware):
    """A layer in cells, torch's own with the same weights, an input; None where the shape has no output."""
    bias = bool(pick(0, 1))
    if axes == 0:
        layer, other, shape = kind(pick(1, 90), pick(1, 90), bias, hardware=hardware, seed=1), nn.Linear, [pick(1, 4)] * pick(0, 2)
        other = nn.Linear(layer.in_features, layer.out_features, bias)
        return layer, other, [pick(1, 5), *shape, layer.in_features]
    transposed = kind.transposed_form
    kernel, stride = ([pick(1, 4 if axes < 3 else 3) for _ in range(axes)] for _ in range(2))
    padding = [pick(0, (k - 1) // 2 + (k > 2)) for k in kernel]
    named = {"stride": stride, "padding": padding, "bias": bias}
    side = [pick(max(1, k - 2 * p), k + 4) for k, p in zip(kernel, padding)]
    if transposed:
        named["output_padding"] = [pick(0, s - 1) for s in stride]
        side = [pick(1, 4) for _ in range(axes)]
        if any((n - 1) * s - 2 * p + k + o < 1 for n, s, p, k, o in zip(side, stride, padding, kernel, named["output_padding"])):
            return None
    form = {"form": "zero_inserted"} if transposed and pick(0, 1) else {}
    base = next(c for c in kind.__mro__ if c.__module__.startswith("torch.nn"))
    c_in, c_out = pick(1, 9), pick(1, 9)
    return kind(c_in, c_out, kernel, hardware=hardware, seed=1, **named, **form), base(c_in, c_out, kernel, **named), [pick(1, 3), c_in, *side]


@pytest.mark.parametrize("kind, axes", KINDS)
def test_random_shapes(kind, axes):
    hardware = ganbar.hardware("satyam2022-base", device={"model": "ideal"}, tile={**TILE, "rows": 48, "cols": 40})
    torch.manual_seed(20)  # of the weights: one output of products that cancel may lose more digits than any fixed bound allows
    draw = torch.Generator().manual_seed(10 + KINDS.index((kind, axes)))
    pick = lambda low, high: int(torch.randint(low, high + 1, (1,), generator=draw))
    done = 0
    while done < N_SHAPES:
        found = drawn_layer(kind, axes, pick, hardware)
        if found is None:
            continue
        layer, other, shape = found
        layer.fabricate()
        other.load_state_dict({k: v for k, v in layer.state_dict().items() if not k.startswith("cells")})
        x = torch.randn(*shape, generator=draw)
        a, b = x.clone().requires_grad_(), x.clone().requires_grad_()
        y, z = layer(a), other(b)
        assert y.shape == z.shape and near(y, z), (layer, shape)
        g = torch.randn(z.shape, generator=draw)
        y.backward(g), z.backward(g)
        assert near(a.grad, b.grad) and near(layer.weight.grad, other.weight.grad), (layer, shape)
        done += 1


def critic_and_generator():
    torch.manual_seed(4)
    g = nn.Sequential(nn.Linear(5, 12), nn.Tanh(), nn.Linear(12, 8))
    d = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))
    return g, d


def wgan_gp(g, d, make, steps=20):
    """Losses of both, step after step (Gulrajani et al. 2017, alg. 1 with one critic step)."""
    draw, losses = torch.Generator().manual_seed(5), []
    og, od = make(g), make(d)
    for _ in range(steps):
        real, z, mix = torch.randn(24, 8, generator=draw) + 1, torch.randn(24, 5, generator=draw), torch.rand(24, 1, generator=draw)
        fake = g(z).detach()
        between = (mix * real + (1 - mix) * fake).requires_grad_()
        (slope,) = torch.autograd.grad(d(between).sum(), between, create_graph=True)
        loss_d = d(fake).mean() - d(real).mean() + 10 * ((slope.norm(dim=1) - 1) ** 2).mean()
        od.zero_grad()
        loss_d.backward()
        od.step()
        loss_g = -d(g(z)).mean()
        og.zero_grad()
        loss_g.backward()
        og.step()
        losses.append((float(loss_d), float(loss_g)))
    return losses


def test_a_wgan_with_gradient_penalty_follows_torch():
    # Steps of 1e-6 of the window (10 units in the last place of float32 there): what is left of a gradient waits in digital memory, so weights are never a step apart. One cell a weight, since of
    # two one stands at its lowest conductance, which no reset lowers.
    fine = {"model": "ideal", "step_set": "0.1455192 nS", "step_reset": "0.1455192 nS"}
    hardware = ganbar.hardware("satyam2022-base", device=fine, tile={**TILE, "mapping": "offset"})
    rate = 5e-5
    plain = wgan_gp(*critic_and_generator(), lambda net: torch.optim.SGD(net.parameters(), lr=rate))
    cells = wgan_gp(*(convert(net, hardware, w_max=2.0) for net in critic_and_generator()), lambda net: Pulses(net.parameters(), rule="mixed_precision", lr=rate, max_pulses=120))
    moved = abs(plain[-1][0] - plain[0][0])
    assert moved > 0.05  # there is something to follow
    for (d, g), (e, f) in zip(plain, cells):
        assert d == pytest.approx(e, abs=1e-4 * max(1, abs(d))) and g == pytest.approx(f, abs=1e-4 * max(1, abs(g)))
