"""What only a current PyTorch has, or costs too long for `make test`: torch.compile, autocast, safetensors, averages of weights. Run by `make torch`."""
import copy
import io
import pickle

import pytest

torch = pytest.importorskip("torch", minversion="2.4", reason="tools/venv_torch.sh brings a current PyTorch")
from torch import nn  # noqa: E402

import ganbar  # noqa: E402
from ganbar.torch import AnalogConv2d, AnalogLinear, Pulses, convert, to_digital  # noqa: E402

IDEAL = {"device": {"model": "ideal"}, "tile": {"adc_bits": 0, "dac_bits": 0, "read_noise": False, "mapping": "differential"}}


@pytest.fixture(scope="module")
def ideal():
    return ganbar.hardware("satyam2022-base", **IDEAL)


@pytest.fixture(scope="module")
def real():
    return ganbar.hardware("satyam2022-balanced")


def network(hardware):
    torch.manual_seed(1)
    return convert(nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(64, 8), nn.Tanh(), nn.Linear(8, 1)), hardware)


def test_compile_breaks_at_layers_and_keeps_the_numbers(real):
    plain, compiled = network(real), network(real)
    x = torch.randn(5, 1, 4, 4, generator=torch.Generator().manual_seed(2))
    told = torch._dynamo.explain(network(real))(x)
    assert told.graph_break_count <= 2 * 3  # before and after each of three layers
    torch._dynamo.reset()
    fast = torch.compile(compiled, backend="aot_eager")
    ends = []
    for net, called in ((plain, plain), (compiled, fast)):
        optimizer = Pulses(net.parameters(), rule="manhattan", v_set="0.9 V", v_reset="-1.07 V")
        for _ in range(3):
            optimizer.zero_grad()
            y = called(x)
            y.square().sum().backward()
            optimizer.step()
        ends.append((y.detach(), [p.detach().clone() for p in net.parameters()]))
    assert torch.allclose(ends[0][0], ends[1][0], rtol=1e-5, atol=1e-6)
    for p, q in zip(ends[0][1], ends[1][1]):
        assert torch.allclose(p, q, rtol=1e-4, atol=1e-5)


def test_autocast_is_float32_inside(ideal):
    net, x = network(ideal), torch.randn(3, 1, 4, 4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = net(x)
        hidden = net[0](x.bfloat16())
    assert hidden.dtype == torch.float32
    assert torch.allclose(y.float(), net(x), atol=0.05)
    y.float().sum().backward()
    assert net[0].weight.grad.dtype == torch.float32


def test_other_types_and_places_are_refused(real):
    layer = AnalogLinear(4, 3, hardware=real, name="l1")
    layer(torch.ones(1, 4))
    for move in (layer.half, layer.double, layer.bfloat16):
        with pytest.raises(TypeError, match="float32"):
            move()
    for place in ("cuda", "meta"):
        with pytest.raises(RuntimeError, match="simulated on the CPU"):
            layer.to(place)
    assert layer(torch.ones(1, 4)).dtype == torch.float32


@pytest.mark.parametrize("how", ["torch.save", "safetensors", "pickle", "deepcopy"])
def test_state_resumes_to_the_same_bits(how, real):
    def train(net, rounds, seed):
        draw = torch.Generator().manual_seed(seed)
        optimizer = Pulses(net.parameters(), rule="manhattan", v_set="0.9 V", v_reset="-1.07 V", digital=lambda p: torch.optim.SGD(p, lr=0.1))
        for _ in range(rounds):
            optimizer.zero_grad()
            net(torch.randn(6, 1, 4, 4, generator=draw)).square().sum().backward()
            optimizer.step()

    a = network(real)
    train(a, 2, 1)
    if how == "deepcopy":
        b = copy.deepcopy(a)
    elif how == "pickle":
        b = pickle.loads(pickle.dumps(a))
    else:
        b = network(real)
        if how == "safetensors":
            from safetensors.torch import load, save
            b.load_state_dict(load(save({k: v.contiguous() for k, v in a.state_dict().items()})))
        else:
            file = io.BytesIO()
            torch.save(a.state_dict(), file)
            file.seek(0)
            b.load_state_dict(torch.load(file, weights_only=True))
    train(a, 2, 2), train(b, 2, 2)
    assert all(torch.equal(p, q) for p, q in zip(a.parameters(), b.parameters()))


def test_averages_of_weights_are_of_digital_copies(ideal):
    net = network(ideal)
    x = torch.randn(3, 1, 4, 4)
    net(x)
    wrong = torch.optim.swa_utils.AveragedModel(net, avg_fn=lambda old, new, n: 0.5 * old + 0.5 * new + 1)
    wrong.update_parameters(net), wrong.update_parameters(net)
    with pytest.raises(RuntimeError, match="to_digital"):
        wrong(x)
    average = torch.optim.swa_utils.AveragedModel(to_digital(net), multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9))
    optimizer = Pulses(net.parameters(), rule="mixed_precision", lr=0.1)
    kept = []
    for _ in range(3):
        optimizer.zero_grad()
        net(x).sum().backward()
        optimizer.step()
        average.update_parameters(to_digital(net))
        kept.append(net[0].weight.detach().clone())
    expected = 0.9 * (0.9 * kept[0] + 0.1 * kept[1]) + 0.1 * kept[2]
    assert torch.allclose(average.module[0].weight, expected, atol=1e-6)


def test_parametrizations_are_refused_with_the_remedy(real):
    for wrap in (torch.nn.utils.parametrizations.spectral_norm, torch.nn.utils.parametrizations.weight_norm, torch.nn.utils.spectral_norm):
        layer = wrap(AnalogConv2d(1, 2, 3, hardware=real, name="c1"))
        with pytest.raises(RuntimeError, match="stays digital"):
            layer(torch.ones(1, 1, 4, 4))


def test_schedulers_and_weight_decay(ideal):
    torch.manual_seed(3)
    layer = AnalogLinear(4, 3, hardware=ideal)
    optimizer = Pulses(layer.parameters(), rule="mixed_precision", lr=0.1, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 4)
    rates = []
    for _ in range(4):
        optimizer.zero_grad(set_to_none=False)
        layer(torch.ones(1, 4)).sum().backward()
        optimizer.step(), scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    assert rates == sorted(rates, reverse=True) and rates[-1] == pytest.approx(0, abs=1e-9)
