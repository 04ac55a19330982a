"""Data-parallel training over gloo: two ranks, one chip."""
import pytest

torch = pytest.importorskip("torch", reason="python3-torch is among the packages of `make test`")
if not torch.distributed.is_available():
    pytest.skip("this torch was built without torch.distributed", allow_module_level=True)
from torch import nn  # noqa: E402
from torch.nn.parallel import DistributedDataParallel  # noqa: E402

import ganbar  # noqa: E402
from ganbar.torch import Pulses, convert, ledger  # noqa: E402

STEPS, BATCH = 20, 16
IDEAL = {"device": {"model": "ideal"}, "tile": {"adc_bits": 0, "dac_bits": 0, "read_noise": False, "mapping": "differential"}}


def model(hardware):
    torch.manual_seed(1)
    return convert(nn.Sequential(nn.Linear(12, 10), nn.Tanh(), nn.Linear(10, 3)), hardware, w_max=1.0)


def batches():
    draw = torch.Generator().manual_seed(2)
    return torch.randn(STEPS, BATCH, 12, generator=draw), torch.randn(STEPS, BATCH, 3, generator=draw)


def train(net, cells, rule, own=slice(None), **settings):
    optimizer = Pulses(net.parameters(), rule=rule, lr=0.05, **settings)
    for x, y in zip(*batches()):
        optimizer.zero_grad()
        ((net(x[own]) - y[own]) ** 2).mean().backward()
        optimizer.step()
    return {"weights": [p.detach().clone() for p in cells.parameters()], "ranges": [p.ranges() for m in (cells[0], cells[2]) for p in m._store.parts],
            "conductance": [g for m in (cells[0], cells[2]) for g in m.conductance], "last": optimizer.last}


def play(rank, folder, job):
    torch.set_num_threads(1)
    ganbar.threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    try:
        torch.save(JOBS[job](rank), f"{folder}/{rank}.pt")
    finally:
        torch.distributed.destroy_process_group()


def halves(rank, hardware, rule="mixed_precision", **settings):
    cells = model(hardware)
    net = DistributedDataParallel(cells)
    out = train(net, cells, rule, slice(rank * BATCH // 2, (rank + 1) * BATCH // 2), **settings)
    table = lambda rows: {(r["layer"], r["phase"], r["component"]): (r["n"], r["energy_J"]) for r in (rows.to_dict("records") if hasattr(rows, "to_dict") else rows)}
    return {**out, "own": table(ledger(cells)), "all": table(ledger(cells, all_ranks=True))}


def said(what):
    try:
        what()
    except RuntimeError as fault:
        return str(fault)
    return ""


def refused(rank):
    """What ranks say to a rule of pairs, to gradients that were not averaged, and to two chips."""
    hardware = ganbar.hardware("satyam2022-base", **IDEAL)
    pairs = said(lambda: halves(rank, hardware, rule="pulse_train"))
    bare = model(hardware)
    alone = said(lambda: train(bare, bare, "mixed_precision", slice(rank, rank + 1)))
    torch.manual_seed(rank)
    other = convert(nn.Sequential(nn.Linear(12, 3)), hardware, seed=rank)
    optimizer = Pulses(other.parameters(), rule="mixed_precision")

    def step():
        net = DistributedDataParallel(other)
        net(torch.ones(1, 12)).sum().backward()
        optimizer.step()

    return {"pairs": pairs, "alone": alone, "chips": said(step)}


JOBS = {"real": lambda rank: halves(rank, ganbar.hardware("satyam2022-balanced"), v_set="1 V", v_reset="-1.2 V"),
        "signs": lambda rank: halves(rank, ganbar.hardware("satyam2022-balanced"), rule="manhattan", v_set="1 V", v_reset="-1.2 V"),
        "ideal": lambda rank: halves(rank, ganbar.hardware("satyam2022-base", **IDEAL)), "refused": refused}


def on_two_ranks(job, folder):
    torch.multiprocessing.spawn(play, (str(folder), job), nprocs=2)
    return [torch.load(folder / f"{r}.pt") for r in range(2)]


@pytest.mark.parametrize("job", ["real", "signs"])
def test_replicas_stay_equal_bit_for_bit(job, tmp_path):
    a, b = on_two_ranks(job, tmp_path)
    for k in ("weights", "conductance"):
        assert all(torch.equal(x, y) for x, y in zip(a[k], b[k]))
    assert a["ranges"] == b["ranges"] and all(max(r) > 0 for r in a["ranges"])
    assert a["last"] == b["last"]
    assert not torch.equal(a["weights"][0], model(ganbar.hardware("satyam2022-balanced"))[0].fabricate().weight)
    # Writes are rank 0's to book, reads each rank's own; together they are the chip's.
    writes = lambda table: {k: v for k, v in table.items() if k[1] == "update"}
    assert writes(a["own"]) and not writes(b["own"])
    assert writes(a["all"]) == writes(a["own"]) and a["all"] == b["all"]
    for k, (n, energy) in a["all"].items():
        if k[1] != "update":
            assert n == a["own"][k][0] + b["own"][k][0] and energy == pytest.approx(a["own"][k][1] + b["own"][k][1])
            assert a["own"][k][0] == b["own"][k][0]


def test_two_ranks_are_one_with_the_whole_batch(tmp_path):
    a, _ = on_two_ranks("ideal", tmp_path)
    cells = model(ganbar.hardware("satyam2022-base", **IDEAL))
    whole = train(cells, cells, "mixed_precision")
    for x, y in zip(a["weights"], whole["weights"]):
        # Sums of gradients run in another order: 1e-6 of the largest weight. A sum that lies on the edge of a pulse makes one pulse more or less.
        apart = (x - y).abs() / y.abs().max()
        assert float((apart > 1e-6).float().mean()) <= 0.02


def test_what_ranks_refuse(tmp_path):
    for out in on_two_ranks("refused", tmp_path):
        assert "sample by sample" in out["pairs"] and "DistributedDataParallel" in out["alone"] and "different chips" in out["chips"]
