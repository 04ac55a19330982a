"""Replicas of one chip in the processes of torch.distributed: which one this is, and what they must agree on.

Every rank holds the same cells and pulses them alike; each reads samples of its own. The bill of writes is rank 0's, that of reads is each rank's own.
"""
import zlib

import torch

_APART = 1 << 40  # calls of one rank: their numbers, and so their noise, are no other rank's


def _on():
    d = torch.distributed
    return d.is_available() and d.is_initialized()


def rank():
    return torch.distributed.get_rank() if _on() else 0


def world():
    return torch.distributed.get_world_size() if _on() else 1


def own_call(number):
    """The number of a read among those of all ranks."""
    return number + rank() * _APART


def gathered(value):
    """What every rank says, in order of ranks."""
    out = [None] * world()
    torch.distributed.all_gather_object(out, value)
    return out


def _checksum(arrays):
    sum_ = 0
    for a in arrays:
        sum_ = zlib.crc32(a, sum_)
    return sum_


def check_chips(layers):
    """RuntimeError where the cells of two ranks are not the same chip."""
    own = [(m.name, m.seed, _checksum(v for p in m._store.parts for k, v in sorted(p.state().items()) if not k.endswith("/ranges"))) for m in layers]
    for r, other in enumerate(gathered(own)):
        for mine, theirs in zip(own, other):
            if mine != theirs:
                raise RuntimeError(f"{mine[0]}: ranks {rank()} and {r} hold different chips; expected the same seed on every rank (torch.manual_seed before "
                                   "the layers are made, or seed=) and the same weights (DistributedDataParallel before the first read)")
        if len(other) != len(own):
            raise RuntimeError(f"ranks {rank()} and {r} hold {len(own)} and {len(other)} layers in cells; expected the same model on every rank")


def agree(layers, gradients):
    """Converter ranges become the largest of all ranks'. RuntimeError where gradients are not equal bit for bit."""
    parts = [p for m in layers for p in m._store.parts]
    ranges = [p.ranges() for p in parts]
    sum_ = _checksum(b"none" if g is None else g.contiguous().numpy() for g in gradients)
    both = torch.tensor([v for r in ranges for v in r] + [sum_, -sum_], dtype=torch.float64)
    torch.distributed.all_reduce(both, op=torch.distributed.ReduceOp.MAX)
    *agreed, most, least = both.tolist()
    if most != -least:
        raise RuntimeError("gradients differ between ranks, so their chips would part; expected a model wrapped in torch.nn.parallel.DistributedDataParallel")
    for part, own in zip(parts, ranges):
        part.set_ranges(agreed[:len(own)])
        agreed = agreed[len(own):]
