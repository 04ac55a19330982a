"""Rules that pulse sample by sample, verified writes, drift, other chips; what torch users write around a layer."""
import copy
import io
import pickle

import pytest

torch = pytest.importorskip("torch", reason="python3-torch is among the packages of `make test`")
from torch import nn  # noqa: E402

import ganbar  # noqa: E402
from ganbar.torch import AnalogConv2d, AnalogConvTranspose2d, AnalogLinear, FidelityGenerator, Latents, Pulses, convert, dataset, ledger, refabricate, rest  # noqa: E402

QUIET = {"adc_bits": 0, "dac_bits": 0, "read_noise": False, "mapping": "differential"}


def soft(**more):
    return ganbar.hardware("satyam2022-base", **{"device": {"model": "soft_bounds"}, "tile": QUIET, **more})


def drifting():
    return soft(nonideal={"drift": 0.1, "drift_start": "1 s"})


def loss_of(net, x, y):
    return float(((net(x) - y) ** 2).mean())


TIKI = [("tiki_taka", dict(lr=0.05, transfer_rate=0.3)), ("tiki_taka_v2", dict(lr=0.05, transfer_rate=0.3)), ("pulse_train", dict(lr=0.005))]


@pytest.mark.parametrize("rule, settings", TIKI)
@pytest.mark.parametrize("kind", ["linear", "conv", "transposed"])
def test_pair_rules_learn(rule, settings, kind):
    torch.manual_seed(0)
    kinds = {"linear": (lambda **k: AnalogLinear(6, 4, bias=False, **k), (6,)), "conv": (lambda **k: AnalogConv2d(2, 3, 3, bias=False, **k), (2, 4, 4)),
             "transposed": (lambda **k: AnalogConvTranspose2d(2, 3, 4, 2, 1, bias=False, **k), (2, 2, 2))}
    make, shape = kinds[kind]
    layer, teacher = make(hardware=soft(), w_max=1.0, seed=1), make(hardware=soft(), w_max=1.0, seed=2)
    optimizer = Pulses(layer.parameters(), rule=rule, v_set="1 V", v_reset="-1 V", **settings)
    x = torch.randn(20, *shape)
    y = teacher(x).detach()
    first = loss_of(layer, x, y)
    for _ in range(60):
        optimizer.zero_grad()
        ((layer(x) - y) ** 2).sum().div(2).backward()
        optimizer.step()
    assert loss_of(layer, x, y) < 0.5 * first
    assert optimizer.last["energy_J"] > 0


def test_two_arrays_resume_to_the_same_bits():
    def train(layer, optimizer, rounds, seed):
        draw = torch.Generator().manual_seed(seed)
        for _ in range(rounds):
            optimizer.zero_grad()
            layer(torch.randn(8, 5, generator=draw)).tanh().sum().backward()
            optimizer.step()

    make = lambda layer: Pulses(layer.parameters(), rule="tiki_taka_v2", lr=0.2, v_set="1 V", v_reset="-1 V")
    torch.manual_seed(1)
    a = AnalogLinear(5, 3, hardware=soft())
    train(a, make(a), 3, 1)
    file = io.BytesIO()
    torch.save(a.state_dict(), file)
    file.seek(0)
    b, c = AnalogLinear(5, 3, hardware=soft(), seed=9), copy.deepcopy(a)
    b.load_state_dict(torch.load(file))
    for layer in (a, b, c):
        train(layer, make(layer), 3, 2)
    assert torch.equal(a.weight, b.weight) and torch.equal(a.weight, c.weight)
    assert {row for row in a.ledger if "_fast" in row}


@pytest.mark.parametrize("rule, settings", TIKI)
def test_pair_rules_take_a_sum_of_losses_as_its_parts(rule, settings):
    """A discriminator's step: two passes, one backward pass. Which of them autograd takes first is its own business."""
    x = torch.randn(2, 7, 5, generator=torch.Generator().manual_seed(3))

    def moved(split, order):
        torch.manual_seed(4)
        layer = AnalogLinear(5, 4, bias=False, hardware=soft(), w_max=1.0, seed=1)
        optimizer = Pulses(layer.parameters(), rule=rule, v_set="1 V", v_reset="-1 V", **settings)
        for _ in range(3):
            optimizer.zero_grad()
            losses = [layer(part).square().sum() for part in x]
            for loss in [losses[k] for k in order] if split else [losses[0] + losses[1]]:
                loss.backward()
            assert sum(len(pair[0]) for pair in layer._pairs) == 14
            optimizer.step()
        return layer.weight.detach()

    together = moved(False, ())
    assert any(torch.equal(together, moved(True, order)) for order in ([0, 1], [1, 0]))


def test_pair_rules_forget_a_backward_pass_that_broke():
    layer = AnalogLinear(4, 3, bias=False, hardware=soft())
    optimizer = Pulses(layer.parameters(), rule="pulse_train", lr=0.01)
    first = nn.Linear(4, 4)
    first.weight.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        layer(first(torch.ones(2, 4))).sum().backward()
    optimizer.zero_grad()
    layer(torch.ones(5, 4)).sum().backward()
    assert len(layer._pairs) == 1 and len(layer._pairs[0][0]) == 5
    optimizer.step()


def test_pair_rules_refuse_what_they_cannot_know():
    layer = AnalogLinear(4, 3, hardware=soft(), name="l1")
    optimizer = Pulses(layer.parameters(), rule="tiki_taka", lr=0.1)
    layer(torch.ones(2, 4)).sum().backward()
    layer.weight.grad.mul_(0.5)
    with pytest.raises(RuntimeError, match="untouched"):
        optimizer.step()
    layer.weight.grad = torch.ones(3, 4)
    layer._pairs = []
    with pytest.raises(RuntimeError, match="backward"):
        optimizer.step()
    with pytest.raises(ganbar.ConfigError, match="weight_decay"):
        Pulses(layer.parameters(), rule="pulse_train", weight_decay=0.1)


def test_weight_decay_is_part_of_the_gradient():
    ends = []
    for by_hand in (False, True):
        torch.manual_seed(2)
        layer = AnalogLinear(4, 3, bias=False, hardware=soft(), seed=1)
        optimizer = Pulses(layer.parameters(), rule="mixed_precision", lr=0.5, v_set="1 V", v_reset="-1 V", **({} if by_hand else {"weight_decay": 0.3}))
        for _ in range(5):
            optimizer.zero_grad()
            layer(torch.ones(2, 4)).sum().backward()
            if by_hand:
                layer.weight.grad.add_(layer.weight.detach(), alpha=0.3)
            optimizer.step()
        ends.append(layer.weight.detach().clone())
    assert torch.equal(*ends)


def test_a_write_with_verification_reaches_its_tolerance():
    layer = AnalogLinear(12, 10, hardware=soft(device={"model": "soft_bounds", "d2d": True, "c2c": 0.2}, hardware={"write_v_set": "1 V", "write_v_reset": "-1 V"}), w_max=1.0, name="only")
    target = torch.rand(10, 12, generator=torch.Generator().manual_seed(1)) * 1.2 - 0.6
    layer.write_(target, verify=True, tolerance=0.02, max_pulses=400)
    told = layer.written
    assert told["n_cells"] == 240 and told["n_pulses"] > 0 and told["energy_J"] > 0
    reached = told["n_cells"] - told["n_unreached"]
    assert reached >= 0.8 * told["n_cells"]
    near = ((layer.weight - target).abs() <= 2 * 0.02 + 1e-3).float().mean()
    assert float(near) >= reached / told["n_cells"] - 0.05
    assert "programming" in set(ledger(layer)["phase"])
    before = layer.weight.detach().clone()
    assert layer.write_(before) is layer and torch.allclose(layer.weight, before, atol=1e-3)
    with pytest.raises(ValueError, match="verify=True"):
        layer.write_(target, tolerance=0.1)


def test_rest_is_the_law_of_drift():
    torch.manual_seed(3)
    layer = AnalogLinear(5, 4, bias=False, hardware=drifting(), w_max=1.0)
    x = torch.randn(3, 5)
    layer(x)
    g = layer.conductance[0].clone()
    layer.rest(9.0)
    assert torch.allclose(layer.conductance[0], g * 10 ** -0.1, rtol=1e-5)
    rest(nn.Sequential(layer), 90.0)  # time adds up
    assert torch.allclose(layer.conductance[0], g * 100 ** -0.1, rtol=1e-5)
    shown = layer(x).detach()
    other = AnalogLinear(5, 4, bias=False, hardware=drifting(), w_max=1.0, seed=5)
    other.load_state_dict(layer.state_dict())
    assert torch.equal(other.conductance[0], layer.conductance[0]) and torch.equal(copy.deepcopy(layer).conductance[0], layer.conductance[0])
    assert torch.allclose(other(x), shown, rtol=1e-5)
    layer.write_(layer.weight.detach().clone() * 0 + 0.5)
    g = layer.conductance[0].clone()
    layer.rest(9.0)
    assert torch.allclose(layer.conductance[0], g * 10 ** -0.1, rtol=1e-5)  # a write starts the clock anew
    with pytest.raises(ganbar.ConfigError, match="drift"):
        AnalogLinear(2, 2, hardware=soft()).rest(1.0)
    with pytest.raises(ValueError, match="seconds"):
        layer.rest(-1)


def test_other_chips_hold_the_same_weights():
    hw = soft(device={"model": "soft_bounds", "d2d": True}, tile=dict(QUIET, **{"yield": 0.8}))
    layer = AnalogLinear(12, 12, bias=False, hardware=hw, w_max=1.0, seed=1)
    layer(torch.ones(1, 12))
    seen = [layer.weight.detach().clone()]
    for seed in (2, 3, 2):
        layer.refabricate(seed)
        seen.append(layer.weight.detach().clone())
    assert not torch.equal(seen[1], seen[2])  # stuck cells are others
    model = nn.Sequential(layer, nn.Tanh())
    kept = torch.stack(layer.conductance)
    assert refabricate(model, 7) is model and not torch.equal(kept, torch.stack(layer.conductance))


def test_computed_weights_are_refused_with_the_remedy():
    for wrap in (torch.nn.utils.spectral_norm, torch.nn.utils.parametrizations.spectral_norm):
        layer = wrap(AnalogLinear(4, 3, hardware=soft(), name="l1"))
        with pytest.raises(RuntimeError, match="stays digital"):
            layer(torch.ones(1, 4))
    model = nn.Sequential(torch.nn.utils.spectral_norm(nn.Linear(4, 4)), nn.Linear(4, 2))
    cells = convert(model, soft())
    assert not hasattr(cells[0], "hardware") and isinstance(cells[1], AnalogLinear)
    cells(torch.ones(1, 4))


def test_a_torch_optimizer_on_cells_is_refused():
    layer = AnalogLinear(4, 3, hardware=soft(), name="l1")
    optimizer = torch.optim.Adam(layer.parameters(), weight_decay=0.01)
    layer(torch.ones(1, 4)).sum().backward()
    optimizer.step()
    with pytest.raises(RuntimeError, match="Pulses"):
        layer(torch.ones(1, 4))


def test_data_through_workers():
    data = dataset("synthetic-digits", classes=[3])
    image, label = data[0]
    assert image.shape == (1, 28, 28) and image.dtype == torch.float32 and label == 3 and -1 <= float(image.min()) < float(image.max()) <= 1
    loader = torch.utils.data.DataLoader(data, batch_size=16, num_workers=2)
    whole = torch.cat([x for x, _ in loader])
    assert torch.equal(whole, torch.stack([data[k][0] for k in range(len(data))]))


class FromCells(torch.utils.data.Dataset):
    """A generator in cells that draws in a worker."""

    def __init__(self, generator, latents):
        self.generator, self.latents = generator.eval(), latents

    def __len__(self):
        return 4

    def __getitem__(self, k):
        with torch.no_grad():
            return self.generator(self.latents(1))[0]


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_cells_travel_to_workers(start):
    hw = ganbar.hardware("satyam2022-balanced")
    torch.manual_seed(5)
    data = FromCells(convert(nn.Sequential(nn.Linear(8, 6), nn.Tanh()), hw), Latents(8, source="array", hardware=hw, seed=3))
    data[0]
    loader = torch.utils.data.DataLoader(data, batch_size=4, num_workers=1, multiprocessing_context=start)
    (there,) = list(loader)
    here = torch.stack([data[k] for k in range(4)])
    assert torch.equal(there, here)


def test_a_generator_for_torch_fidelity():
    torch.manual_seed(6)
    flat = FidelityGenerator(nn.Sequential(nn.Linear(5, 16), nn.Tanh()), 5, shape=(1, 4, 4))
    images = flat(torch.randn(3, 5))
    assert images.shape == (3, 3, 4, 4) and images.dtype == torch.uint8 and (flat.z_size, flat.z_type, flat.num_classes) == (5, "normal", 0)
    assert torch.equal(images[:, 0], images[:, 2])
    hw = ganbar.hardware("satyam2022-balanced")
    drawn = FidelityGenerator(nn.Sequential(nn.Linear(5, 16), nn.Tanh()), 5, shape=(1, 4, 4), latents=Latents(5, source="array", hardware=hw, seed=1))
    assert len(drawn(torch.randn(2, 5))) == 2
    with pytest.raises(ValueError, match="shape"):
        FidelityGenerator(nn.Linear(5, 16), 5)(torch.randn(2, 5))


@pytest.fixture(scope="module")
def real():
    return ganbar.hardware("satyam2022-balanced")


def test_settings_of_groups_count(real):
    """A group's own settings are those of its cells, when it is made, later, and after a state is loaded; misspelt ones are refused."""
    def moved(make):
        torch.manual_seed(2)
        layer = AnalogLinear(6, 5, bias=False, hardware=real, seed=1)
        layer(torch.ones(2, 6)).sum().backward()
        optimizer = make(layer)
        optimizer.step()
        return optimizer.last["n_set"] + optimizer.last["n_reset"]
    assert moved(lambda layer: Pulses(layer.parameters())) > 0
    assert moved(lambda layer: Pulses([{"params": layer.parameters(), "v_set": "0 V", "v_reset": "0 V"}])) == 0

    def later(layer):
        optimizer = Pulses(layer.parameters())
        optimizer.param_groups[0]["v_set"], optimizer.param_groups[0]["v_reset"] = "0 V", "0 V"
        return optimizer

    def loaded(layer):
        optimizer = Pulses(layer.parameters())
        optimizer.load_state_dict(Pulses([{"params": [layer.weight], "v_set": "0 V", "v_reset": "0 V"}]).state_dict())
        return optimizer
    assert moved(later) == 0 and moved(loaded) == 0
    layer = AnalogLinear(3, 2, hardware=real)
    with pytest.raises(ganbar.ConfigError, match="v_set"):
        Pulses([{"params": layer.parameters(), "v_sett": "0 V"}])
    for wrong in ({"lr": float("nan")}, {"weight_decay": float("nan")}, {"weight_decay": -1.0}):
        with pytest.raises(ValueError, match="finite|weight_decay|learning rate"):
            Pulses([layer.weight], rule="mixed_precision", **wrong)
    with pytest.raises(TypeError, match="one tensor"):
        Pulses(layer.weight)
    Pulses(list(layer.named_parameters()), rule="mixed_precision")
    with pytest.warns(UserWarning, match="whatever the rate"):
        Pulses([layer.weight], lr=0.1)


def test_digital_groups_keep_their_rates(real):
    model = nn.Sequential(AnalogLinear(3, 2, bias=False, hardware=real), nn.BatchNorm1d(2), nn.Linear(2, 2))
    optimizer = Pulses([{"params": model[0].parameters(), "lr": 0.1}, {"params": model[1].parameters(), "lr": 0.0}, {"params": model[2].parameters()}], rule="mixed_precision", lr=0.5)
    kept, free = model[1].weight.detach().clone(), model[2].weight.detach().clone()
    model(torch.randn(4, 3)).sum().backward()
    optimizer.step()
    assert torch.equal(model[1].weight, kept) and not torch.equal(model[2].weight, free)
    assert [g["lr"] for g in optimizer.digital.param_groups] == [0.0, 0.1]
    more = nn.Linear(2, 2)
    optimizer.add_param_group({"params": more.parameters(), "lr": 0.2})
    cells = AnalogLinear(2, 2, bias=False, hardware=real)
    optimizer.add_param_group({"params": cells.parameters()})
    assert optimizer.digital.param_groups[-1]["lr"] == 0.2 and optimizer.param_groups[-1]["params"][0] is cells.weight


def test_a_refused_step_pulses_no_cell(real):
    torch.manual_seed(4)
    model = nn.Sequential(AnalogLinear(4, 4, bias=False, hardware=real, name="a"), AnalogLinear(4, 2, bias=False, hardware=real, name="b"))
    optimizer = Pulses(model.parameters(), rule="pulse_train")
    model(torch.randn(3, 4)).square().sum().backward()
    model[1].weight.grad.mul_(0.5)
    before = [layer.weight.detach().clone() for layer in model]
    with pytest.raises(RuntimeError, match="not the sum"):
        optimizer.step()
    assert all(torch.equal(layer.weight, w) for layer, w in zip(model, before))


def test_copies_of_model_and_pulses_go_on_together(real):
    torch.manual_seed(5)
    model = nn.Sequential(AnalogLinear(4, 4, bias=False, hardware=real, name="a"), nn.BatchNorm1d(4))
    optimizer = Pulses(model.parameters(), rule="mixed_precision", lr=0.5)
    def step(net, pulses):
        pulses.zero_grad()
        net(torch.arange(12.0).reshape(3, 4) / 12).square().sum().backward()
        pulses.step()
        return [p.detach().clone() for p in net.parameters()]
    step(model, optimizer)
    other, others = copy.deepcopy((model, optimizer))
    pickled, pulses = pickle.loads(pickle.dumps((model, optimizer)))
    want = step(model, optimizer)
    for net, own in ((other, others), (pickled, pulses)):
        assert all(torch.equal(a, b) for a, b in zip(step(net, own), want))
