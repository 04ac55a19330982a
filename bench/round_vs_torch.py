"""A training round on simulated crossbars against the same GAN in float32 PyTorch: interleaved processes, medians, ratio.

usage: round_vs_torch.py ROUND_PROGRAM [REPEATS]    prints one JSON object
Floor, per round of 608 images: 1.13 GFLOP of products, 6.35 million converter samples, 214 thousand pulses.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = "33"


def times(command, environment=None):
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **(environment or {})})
    return [float(line) for line in done.stdout.split()]


def main():
    program, repeats = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    contenders = {"ganbar_crossbar_2": [program, "2", ROUNDS], "ganbar_crossbar_1": [program, "1", ROUNDS],
                  "ganbar_exact_converters_2": [program, "2", ROUNDS, "tile.dac_bits=0", "tile.adc_bits=0", "tile.read_noise=false"],
                  "ganbar_software_2": [program, "2", ROUNDS, "hardware.kind=software", "train.rule=sgd", "train.rate=0.05"]}
    contenders = {name: (command, None) for name, command in contenders.items()}
    # PyTorch with every OpenBLAS build, thread count and instruction set there is; the fastest counts.
    for library in sorted(pathlib.Path("/usr/lib").glob("*/openblas-*")):
        for capability in ("avx2", "avx512"):
            for threads in ("1", "2"):
                environment = {"LD_LIBRARY_PATH": str(library), "ATEN_CPU_CAPABILITY": capability}
                contenders[f"torch_{library.name}_{capability}_{threads}"] = (["/usr/bin/python3", str(HERE / "torch_round.py"), threads, ROUNDS], environment)
    if not any(name.startswith("torch_") for name in contenders):
        sys.exit("round_vs_torch.py: no OpenBLAS; tools/install.sh bench installs it")
    samples = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, (command, environment) in contenders.items():
            samples[name] += times(command, environment)
    median = {name: statistics.median(values) for name, values in samples.items()}
    torch = min(value for name, value in median.items() if name.startswith("torch_"))
    result = {"median_ms": median, "best_ms": {name: min(values) for name, values in samples.items()},
              "ratio_to_torch": median["ganbar_crossbar_2"] / torch, "gflop_per_round": 1.13, "converter_samples_per_round": 6.35e6,
              "ns_per_converter_sample_two_threads": 1e6 * median["ganbar_crossbar_2"] / 6.35e6}
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
