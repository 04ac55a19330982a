"""export_onnx against onnxruntime: the graph gives what the layers give in evaluation mode, without noise to rounding, with noise in mean and variance."""
import numpy
import pytest

torch = pytest.importorskip("torch", reason="python3-torch is among the packages of `make test`")
runtime = pytest.importorskip("onnxruntime", reason="onnxruntime from PyPI reads the files (tools/venv.sh)")
from torch import nn  # noqa: E402

import ganbar  # noqa: E402
from ganbar.torch import convert, export_onnx  # noqa: E402


def hardware(**tile):
    return ganbar.hardware("satyam2022-balanced", tile={"read_noise": False, **tile})


def dense():
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(70, 90), nn.LeakyReLU(0.2), nn.Linear(90, 33, bias=False), nn.Tanh())


def maps():
    torch.manual_seed(2)
    return nn.Sequential(nn.ConvTranspose2d(6, 8, 4, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.ConvTranspose2d(8, 4, 4, 2, 1), nn.ReLU(), nn.Conv2d(4, 1, 3, padding=1), nn.Tanh())


def session(path):
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def both(model, latents, path, noise="none"):
    """What the cells give in evaluation mode, and what the graph gives."""
    model.train()
    model(latents)  # converters find their ranges
    export_onnx(model, path, noise=noise, latent=latents)
    model.eval()
    with torch.no_grad():
        shown = model(latents).numpy()
    return shown, session(path).run(["images"], {"latent": latents.numpy()})[0]


@pytest.mark.parametrize("bits", [0, 8])
@pytest.mark.parametrize("net, latent", [(dense, (70,)), (maps, (6, 1, 1))])
def test_without_noise_it_is_the_layers(net, latent, bits, tmp_path):
    torch.manual_seed(3)
    cells = convert(net(), hardware(adc_bits=bits, dac_bits=bits))
    shown, said = both(cells, torch.randn(5, *latent), tmp_path / "g.onnx")
    assert shown.shape == said.shape
    apart = numpy.abs(shown - said) / numpy.abs(shown).max()
    # A sum that lies on the edge between two codes may round either way: where one does, the output moves by a code and no more.
    edge = 0 if bits == 0 else 0.02
    assert (apart > 1e-5).mean() <= edge and apart.max() <= (1e-5 if bits == 0 else 0.05)


@pytest.mark.parametrize("form", ["zero_inserted", "zero_free"])
@pytest.mark.parametrize("mapping", ["signed", "offset", "differential"])
def test_mappings_and_forms(form, mapping, tmp_path):
    from ganbar.torch import AnalogConvTranspose2d
    torch.manual_seed(4)
    layer = AnalogConvTranspose2d(3, 5, 3, 2, 1, output_padding=1, hardware=hardware(mapping=mapping, adc_bits=0, dac_bits=0), form=form, seed=1)
    shown, said = both(nn.Sequential(layer), torch.randn(2, 3, 5, 4), tmp_path / "g.onnx")
    assert numpy.abs(shown - said).max() <= 1e-5 * numpy.abs(shown).max()


def test_any_batch(tmp_path):
    cells = convert(dense(), hardware())
    export_onnx(cells, tmp_path / "g.onnx")
    graph = session(tmp_path / "g.onnx")
    for n in (1, 7):
        assert graph.run(None, {"latent": numpy.ones((n, 70), numpy.float32)})[0].shape == (n, 33)


@pytest.mark.parametrize("net, latent", [(dense, (70,)), (maps, (6, 1, 1))])
def test_noise_has_the_cells_mean_and_variance(net, latent, tmp_path):
    torch.manual_seed(5)
    model = nn.Sequential(*list(net())[:-1])  # before tanh, which hides tails
    cells = convert(model, ganbar.hardware("satyam2022-balanced", nonideal={"read_noise": 0.05}, tile={"adc_bits": 0, "dac_bits": 0}))
    one = torch.randn(1, *latent)
    many = one.repeat(400, *[1] * len(latent))
    path = tmp_path / "g.onnx"
    shown, said = both(cells, many, path, noise="reads")
    for values in (shown, said):
        assert values.std(0).min() > 0
    quiet = both(cells, many, tmp_path / "quiet.onnx")[1]
    assert quiet.std(0).max() <= 1e-5 * numpy.abs(quiet).max()
    n = len(shown)
    a, b = shown.reshape(n, -1), said.reshape(n, -1)
    spread = a.std(0)
    z = (a.mean(0) - b.mean(0)) / (spread * (2 / n) ** 0.5)
    assert abs(z.mean()) < 4 / len(z) ** 0.5 * 3 and numpy.abs(z).max() < 6
    assert (b.var(0).mean() / a.var(0).mean()) == pytest.approx(1, abs=0.1)
    graph = session(path)
    first, second = (graph.run(None, {"latent": many.numpy()})[0] for _ in range(2))
    assert not numpy.array_equal(first, second)


def test_what_cannot_be_is_said(tmp_path):
    cells = convert(dense(), hardware())
    with pytest.raises(ganbar.ConfigError, match="expected \"none\" or \"reads\""):
        export_onnx(cells, tmp_path / "g.onnx", noise="some")
    with pytest.raises(ganbar.ConfigError, match="13"):
        export_onnx(cells, tmp_path / "g.onnx", opset=9)
    with pytest.raises(ganbar.ConfigError, match="latent="):
        export_onnx(nn.Sequential(nn.Tanh()), tmp_path / "g.onnx")
    before = [p.detach().clone() for p in cells.parameters()]
    export_onnx(cells, tmp_path / "g.onnx")
    assert all(torch.equal(p, q) for p, q in zip(before, cells.parameters())) and cells.training
