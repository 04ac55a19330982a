#!/usr/bin/python3
"""Golden numbers for src/ganbar/gan/metrics, by definitions and numpy/scipy alone (Debian: python3-numpy, python3-scipy).

Writes src/ganbar/gan/metrics/metrics_golden.inc. Not part of the tests: run it again only when a definition changes.
The point sets come from an integer hash, so that C++ and Python have the same floats without sharing a file.
"""
import pathlib

import numpy as np
from scipy import linalg
from scipy.spatial.distance import cdist, pdist


def mix(x):
    x = np.asarray(x, np.uint64) & np.uint64(0xFFFFFFFF)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        x ^= x >> np.uint64(shift)
        x = (x * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    return x


def points(n, d, first, scale, shift):
    """n x d sums of four uniforms on a grid of 2^-20, each exact in float32."""
    i = np.arange(n * d, dtype=np.uint64) + np.uint64(first)
    u = sum((mix(np.uint64(4) * i + np.uint64(q)) >> np.uint64(12)).astype(np.float64) for q in range(4)) / 2**20 - 2
    return u.reshape(n, d) * scale + (np.arange(d) % 3) * shift


def frechet(a, b):
    """Two independent routes to tr (S1 S2)^(1/2), which must agree where both are defined."""
    s, t = np.cov(a.T), np.cov(b.T)
    root = np.sqrt(np.clip(linalg.eigvals(s @ t).real, 0, None)).sum()
    if min(len(a), len(b)) > a.shape[1] + 1:
        assert abs(np.trace(linalg.sqrtm(s @ t)).real - root) < 1e-9
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(s) + np.trace(t) - 2 * root


def radius(a, k):
    return np.sort(cdist(a, a), axis=1)[:, k]  # column 0 is the point itself


def kernel_distance(a, b):
    def k(x, y):
        return (x @ y.T / x.shape[1] + 1) ** 3

    def off_diagonal(m):
        return (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))

    return off_diagonal(k(a, a)) + off_diagonal(k(b, b)) - 2 * k(a, b).mean()


A, B, C = points(150, 9, 0, 1, 0), points(90, 9, 100000, 0.75, 0.25), points(6, 9, 200000, 1, 0)
D = cdist(A, B)  # A is real, B generated
golden = {
    "frechet_ab": frechet(A, B),
    "frechet_ac": frechet(A, C),
    "precision": (D <= radius(A, 3)[:, None]).any(0).mean(),
    "recall": (D <= radius(B, 3)[None, :]).any(1).mean(),
    "density": (D < radius(A, 5)[:, None]).sum(0).mean() / 5,
    "coverage": (D < radius(A, 5)[:, None]).any(1).mean(),
    "radius_sum": radius(A, 5).sum(),
    "kernel": kernel_distance(A, B),
    "pairwise": pdist(A).mean(),
}
out = pathlib.Path(__file__).resolve().parents[2] / "src/ganbar/gan/metrics/metrics_golden.inc"
out.write_text("// written by tests/oracle/metrics_oracle.py\n" + "".join(f"constexpr double {k} = {v:.17g};\n" for k, v in golden.items()))
