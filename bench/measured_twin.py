#!/usr/bin/env python3
"""Does a table that was fitted to measured pulses train a GAN as the device itself does? 324 simulated nili2020 devices are pulsed on a bench, written down as a laboratory would,
fitted by ganbar.Device.from_pulses, and the same GAN is trained on nili2020 and on the table, with the same pulses.

usage: measured_twin.py [-o FOLDER] [--seeds N] [--devices N] [--case same|spread] [--rounds N] [--data NAME]

same: satyam2022-balanced; the measured devices are alike but for 30% noise from pulse to pulse, and both trainings are of the expected cell. spread: satyam2022-balanced-d2d with
error feedback; devices differ, and the table's do. What is in FOLDER is not done again: a broken study goes on. Writes
FOLDER/results.csv and prints it; exit status 1 where the means differ by more than the seeds do, 77 where the data are not here.
"""
import argparse
import csv
import json
import pathlib
import sys

import numpy as np

import ganbar

MEASURES = ("frechet_distance", "coverage", "classifier_accuracy", "update_energy_J")
# Amplitudes that the presets come to, and how many pulses of each: enough to cross the window, for what no device went through is in no table.
PULSES = {"same": (((0.83, 260), (-1.0, 350)), ((0.9, 140), (-1.1, 160)), ((1.0, 70), (-1.2, 90))),
          "spread": tuple(((up, 100), (down, 100)) for up, down in ((0.8, -0.95), (0.9, -1.05), (1.0, -1.15), (1.15, -1.3)))}
MEASURED = {"same": {"d2d": "off", "c2c": 0.3}, "spread": {"d2d": "A", "clamp_nonneg": True}}  # the devices on the bench
TRAINED = {"same": {"d2d": "off", "c2c": 0.0}, "spread": {}}  # of the table: with its noise and spread, or without
PRESET = {"same": "satyam2022-balanced", "spread": "satyam2022-balanced-d2d"}
WIDTH_S = 100e-9


def bench(case, n_devices):
    """Pulses and reads of all devices: each pair of amplitudes takes a cycle, up through the window and down again. And I-V sweeps of some."""
    cells = ganbar.Cells("nili2020", n_devices, seed=324, **MEASURED[case])
    columns = {name: [] for name in ("device", "cycle", "pulse", "v_V", "t_s", "g_S")}
    sweeps = {"device": [], "v_V": [], "i_A": []}
    names = np.arange(n_devices)

    def read(cycle, pulse, v):
        for name, value in zip(columns, (names, cycle, pulse, v, WIDTH_S, cells.g.astype(float))):
            columns[name].append(np.broadcast_to(value, n_devices))

    for cycle, pair in enumerate(PULSES[case]):
        read(cycle, 0, 0.0)
        pulse = 0
        for v, count in pair:
            for _ in range(count):
                cells.pulse(v, WIDTH_S)
                pulse += 1
                read(cycle, pulse, v)
    for v in np.linspace(-0.5, 0.5, 21):
        for device, i in zip(names[:20], cells.current(float(v))):
            for name, value in zip(sweeps, (device, v, i)):
                sweeps[name].append(value)
    return {name: np.concatenate(values) for name, values in columns.items()}, sweeps


def write(path, columns):
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(columns)
        rows.writerows(zip(*(np.asarray(c).tolist() for c in columns.values())))


def table(folder, case, n_devices):
    """The fitted device; made once."""
    path = folder / f"{case}.toml"
    if not path.exists():
        pulses, sweeps = bench(case, n_devices)
        write(folder / f"{case}.csv", pulses), write(folder / f"{case}-iv.csv", sweeps)
        fit = ganbar.Device.from_pulses(folder / f"{case}.csv", iv=folder / f"{case}-iv.csv", name=case)
        print(f"{case}: {fit!r}", file=sys.stderr)
        fit.save(path)
    return path


def trained(folder, case, device, seed, given):
    out = folder / f"{case}-{'nili2020' if device is None else 'table'}-{seed}"
    if not (out / "summary.json").exists():
        preset = PRESET[case]
        pulses = {k: v for k, v in ganbar.load(preset)["train"]["manhattan"].items() if k.startswith("v_")}  # said, so that the table's own do not take their place
        sections = {"data": {"dataset": given.data}, "train": {"manhattan": pulses, **({"rounds": given.rounds} if given.rounds else {})}}
        if device is not None:
            sections["device"] = {"model": str(device), **TRAINED[case]}
        ganbar.load(preset, seed=seed, **sections).run(out, resume=out.exists(), report=False)
    return json.loads((out / "summary.json").read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("-o", default="measured-twin", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--devices", type=int, default=324)
    parser.add_argument("--case", choices=sorted(PRESET), action="append")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--data", default="mnist")
    given = parser.parse_args()
    try:
        ganbar.images(given.data, classes=[3])
    except ganbar.DataError as fault:
        print(f"measured_twin.py: {fault}", file=sys.stderr)
        sys.exit(77)
    given.o.mkdir(parents=True, exist_ok=True)
    rows, apart = [], []
    for case in given.case or sorted(PRESET):
        twin = table(given.o, case, given.devices)
        values = {}
        for name, device in (("nili2020", None), ("table", twin)):
            for seed in range(1, given.seeds + 1):
                summary = trained(given.o, case, device, seed, given)
                rows.append([case, name, seed] + [summary[m] for m in MEASURES])
                for m in MEASURES:
                    values.setdefault(m, {}).setdefault(name, []).append(summary[m])
        for m in ("frechet_distance", "coverage"):
            a, b = values[m]["nili2020"], values[m]["table"]
            difference, spread = abs(np.mean(a) - np.mean(b)), max(np.ptp(a), np.ptp(b))
            print(f"{case}, {m}: nili2020 {np.mean(a):.3g} ({min(a):.3g} to {max(a):.3g}), table {np.mean(b):.3g} ({min(b):.3g} to {max(b):.3g}): means {difference:.2g} apart, seeds {spread:.2g}")
            if difference > spread:
                apart.append(f"{case}, {m}")
    with open(given.o / "results.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["case", "device", "seed", *MEASURES])
        out.writerows(rows)
    print((given.o / "results.csv").read_text(), end="")
    if apart:
        sys.exit(f"measured_twin.py: table and device differ by more than seeds do: {'; '.join(apart)}")


if __name__ == "__main__":
    main()
