"""Which chip a layer lives on, whose bill is whose, and what converting keeps: seeds, names, hooks, frozen and shared parameters, latents."""
import copy

import pytest

torch = pytest.importorskip("torch", reason="python3-torch is among the packages of `make test`")
from torch import nn  # noqa: E402

import ganbar  # noqa: E402
from ganbar.torch import AnalogConvTranspose2d, AnalogLinear, Latents, convert, ledger, plan, to_digital  # noqa: E402


@pytest.fixture(scope="module")
def ideal():
    return ganbar.hardware("satyam2022-base", device={"model": "soft_bounds"}, tile={"read_noise": False, "dac_bits": 0, "adc_bits": 0})


@pytest.fixture(scope="module")
def real():
    return ganbar.hardware("satyam2022-balanced")


def test_two_networks_are_two_chips(real):
    """Cells of networks that are converted one after the other, or made by hand, do not share their draws; one seed of torch's decides all."""
    def made():
        torch.manual_seed(3)
        nets = [nn.Sequential(nn.Linear(32, 24, bias=False)) for _ in range(2)]
        with torch.no_grad():
            nets[1][0].weight.copy_(nets[0][0].weight)
        cells = [convert(n, real)[0] for n in nets] + [AnalogLinear(32, 24, bias=False, hardware=real) for _ in range(2)]
        for layer in cells[2:]:
            layer.weight.data.copy_(nets[0][0].weight)
        x = torch.ones(4, 32)
        return [layer(x).detach() for layer in cells], cells
    reads, cells = made()
    assert len({layer.seed for layer in cells}) == 4
    for k in range(4):
        for j in range(k):
            assert not torch.equal(reads[k], reads[j]), (k, j)
    assert all(torch.equal(a, b) for a, b in zip(reads, made()[0]))
    seeds = [layer.refabricate(7).seed for layer in cells]
    assert len(set(seeds)) == 4 and [layer.refabricate(7).seed for layer in cells] == seeds
    a, b = (Latents(8, hardware=real) for _ in range(2))
    assert not torch.equal(a(4), b(4))


def test_what_only_looks_draws_nothing(real):
    model = convert(nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 2)), real)
    model(torch.ones(1, 6))
    plain, before = nn.Sequential(nn.Linear(6, 5)), torch.get_rng_state()
    nn.Linear(4, 3)
    after = torch.get_rng_state()
    torch.set_rng_state(before)
    AnalogLinear(4, 3, hardware=real)  # draws its weights, as torch's layer does
    assert torch.equal(torch.get_rng_state(), after)
    torch.set_rng_state(before)
    plan(plain, real)
    to_digital(model)
    assert torch.equal(torch.get_rng_state(), before)


def test_convert_keeps_what_a_layer_has(real):
    model = nn.Sequential(nn.Sequential(nn.Linear(6, 5)), nn.Linear(5, 2))
    calls = []
    model[1].register_forward_hook(lambda *_: calls.append(1))
    model[0].requires_grad_(False)
    cells = convert(model, real)
    cells(torch.ones(1, 6))
    assert calls == [1] and [p.requires_grad for p in cells.parameters()] == [False, False, True, True]
    assert [p.requires_grad for p in to_digital(cells).parameters()] == [False, False, True, True]
    assert type(convert(model, real, exclude=["0"])[0][0]) is nn.Linear and type(convert(model, real, only=["0"])[0][0]) is AnalogLinear
    tied = nn.Sequential(nn.Linear(5, 5), nn.Linear(5, 5))
    tied[1].bias = tied[0].bias
    with pytest.raises(ValueError, match="shares its bias"):
        convert(tied, real)
    tied[1].weight = tied[0].weight
    with pytest.raises(ValueError, match="shares its weight"):
        convert(tied, real, exclude=["0"])
    with pytest.raises(TypeError, match="hardware"):
        convert(model, None)


def test_the_bill_tells_networks_apart(real):
    torch.manual_seed(1)
    g, d = (convert(nn.Sequential(nn.Linear(4, 4)), real) for _ in range(2))
    pair = nn.Sequential(AnalogLinear(4, 4, hardware=real), AnalogLinear(4, 4, hardware=real), Latents(4, hardware=real))
    d(g(torch.ones(2, 4)))
    pair[:2](pair[2](3))
    table = ledger(g, d, pair)
    rows = table.to_dict("records") if hasattr(table, "to_dict") else table
    assert {r["model"] for r in rows} == {0, 1, 2} and {r["layer"] for r in rows if r["model"] == 2} == {"0", "1", "2"}
    noise = [r for r in rows if r["phase"] == "noise"]
    assert len(noise) == 1 and noise[0]["n"] == 12 and noise[0]["energy_J"] == pair[2].energy_J > 0


def test_latents_go_on_where_a_state_left_them(real):
    for source in ("array", "gaussian"):
        z = Latents(5, source=source, hardware=real, seed=3)
        z(4)
        other = Latents(5, source=source, hardware=real, seed=4)
        other.load_state_dict(z.state_dict())
        want = z(2)
        assert torch.equal(other(2), want)
        again = Latents(5, source=source, hardware=real, seed=3)
        again(4)
        assert torch.equal(again(2), want) and torch.equal(copy.deepcopy(again)(2), z(2))


def test_bills_of_latents_begin_with_them(real):
    """Bits that were taken before a copy or a state are not paid twice."""
    z = Latents(5, hardware=real, seed=3)
    z(40)
    before = z.energy_J
    loaded, copied = Latents(5, hardware=real, seed=4), copy.deepcopy(z)
    loaded.load_state_dict(z.state_dict())
    assert loaded.energy_J == copied.energy_J == 0
    for latents in (z, loaded, copied):
        latents(4)
    assert loaded.energy_J == copied.energy_J == pytest.approx(z.energy_J - before, rel=1e-9) and z.energy_J > before
    rows = ledger(nn.Sequential(copied))
    assert list(rows["n"]) == [20] and list(rows["energy_J"]) == [copied.energy_J]


def test_a_bill_of_nothing_has_its_columns():
    assert list(ledger(nn.Linear(2, 2)).columns) == ["model", "layer", "mode", "phase", "component", "n", "energy_J", "busy_s"]


def test_a_map_that_no_tap_meets_is_zero(ideal):
    arguments = {"stride": 3, "padding": (2, 0), "output_padding": (1, 0), "bias": False}
    x = torch.ones(1, 1, 2, 7)
    ours, theirs = AnalogConvTranspose2d(1, 2, (1, 3), hardware=ideal, **arguments), nn.ConvTranspose2d(1, 2, (1, 3), **arguments)
    y = ours(x.requires_grad_())
    assert torch.equal(y, torch.zeros_like(theirs(x)))
    y.sum().backward()
    assert not x.grad.any() and not ours.weight.grad.any()


def test_states_go_where_the_cells_are_the_same(real):
    """What does not decide what cells do, such as rounds of an experiment, is no other hardware."""
    layer = AnalogLinear(3, 2, hardware=ganbar.hardware("satyam2022-balanced", train={"rounds": 5}), seed=1)
    layer(torch.ones(1, 3))
    AnalogLinear(3, 2, hardware=real, seed=1).load_state_dict(layer.state_dict())
    with pytest.raises(RuntimeError, match="other hardware"):
        AnalogLinear(3, 2, hardware=ganbar.hardware("satyam2022-balanced", tile={"adc_bits": 6}), seed=1).load_state_dict(layer.state_dict())
