"""A training round of the DCGAN of krestinskaya2020-software at batch 64, in software and on crossbars, against the same network in float32
PyTorch: interleaved processes, medians, ratios of wall time and of processor time.

usage: dcgan_vs_torch.py DCGAN_PROGRAM [REPEATS]    prints one JSON object
Floor of a round: 6.1 billion multiplications (12.3 Gflop), zeros of the borders left out.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = "7"
PRESET = "krestinskaya2020-software"
CROSSBARS = ["hardware.kind=crossbar", "train.rule=manhattan", "device.d2d=A", "tile.placement=blockwise"]


def times(command, environment):
    """(wall, processor) milliseconds of every round."""
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **environment})
    return [tuple(map(float, line.split())) for line in done.stdout.splitlines()]


def main():
    program, repeats = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    contenders = {"ganbar_software_2": ([program, PRESET, "2", ROUNDS], {}), "ganbar_software_1": ([program, PRESET, "1", ROUNDS], {}),
                  "ganbar_crossbar_2": ([program, PRESET, "2", ROUNDS, *CROSSBARS], {})}
    # PyTorch with every OpenBLAS build, thread count and memory format there is; the fastest counts.
    for library in sorted(pathlib.Path("/usr/lib").glob("*/openblas-*")):
        for threads in ("1", "2"):
            for form in ([], ["--channels-last"]):
                name = "_".join(["torch", library.name, threads, *(f.strip("-") for f in form)])
                contenders[name] = (["/usr/bin/python3", str(HERE / "dcgan_torch.py"), threads, ROUNDS, *form], {"LD_LIBRARY_PATH": str(library)})
    samples = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, (command, environment) in contenders.items():
            samples[name] += times(command, environment)
    wall = {name: statistics.median(w for w, _ in values) for name, values in samples.items()}
    processor = {name: statistics.median(c for _, c in values) for name, values in samples.items()}
    torch_wall, torch_processor = (min(v for n, v in table.items() if n.startswith("torch_")) for table in (wall, processor))
    print(json.dumps({"wall_ms": wall, "processor_ms": processor, "gflop_per_round": 12.3,
                      "software_to_torch": wall["ganbar_software_2"] / torch_wall, "crossbar_to_torch": wall["ganbar_crossbar_2"] / torch_wall,
                      "software_to_torch_processor": processor["ganbar_software_2"] / torch_processor,
                      "crossbar_to_torch_processor": processor["ganbar_crossbar_2"] / torch_processor}, indent=1))


if __name__ == "__main__":
    main()
