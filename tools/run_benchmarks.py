#!/usr/bin/env python3
"""Runs every benchmark program and writes one results.json.

usage: run_benchmarks.py BUILD_FOLDER [--filter REGEX]

Programs: BUILD_FOLDER/bin/*_bench (Google Benchmark). All run in this one call, one after the other, each benchmark repeated five times;
results.json holds per benchmark the median of the CPU times and its counters. Times are of this machine, now: compare within one file only.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys


def run(program, pattern):
    """The benchmarks of one program: name -> {cpu_time_s, spread, counters}."""
    command = [str(program), "--benchmark_format=json", "--benchmark_repetitions=5", f"--benchmark_filter={pattern}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    scale = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
    samples, counters = {}, {}
    known = {"name", "family_index", "per_family_instance_index", "run_name", "run_type", "repetitions", "repetition_index", "threads",
             "iterations", "real_time", "cpu_time", "time_unit", "label"}
    for row in json.loads(done.stdout or b'{"benchmarks": []}')["benchmarks"]:
        if row["run_type"] != "iteration":
            continue
        name = row["run_name"]
        samples.setdefault(name, []).append(row["cpu_time"] * scale[row["time_unit"]])
        for key, value in row.items():
            if key not in known and isinstance(value, (int, float)):
                counters.setdefault(name, {}).setdefault(key, []).append(value)
    return {name: {"cpu_time_s": statistics.median(times), "spread": (max(times) - min(times)) / statistics.median(times),
                   **{key: statistics.median(values) for key, values in counters.get(name, {}).items()}}
            for name, times in samples.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--filter", default=".*")
    options = parser.parse_args()
    programs = sorted((options.build / "bin").glob("*_bench"))
    if not programs:
        print(f"run_benchmarks.py: no *_bench in {options.build / 'bin'}", file=sys.stderr)
        return 2
    results = {program.name: run(program, options.filter) for program in programs}
    for program, rows in results.items():
        for name, row in rows.items():
            print(f"{program:20} {name:50} {row['cpu_time_s']:12.4g} s  +-{50 * row['spread']:.0f} %")
    rounds = options.build / "bin" / "round_program"
    if rounds.exists():
        script = pathlib.Path(__file__).resolve().parents[1] / "bench" / "round_vs_torch.py"
        results["round_vs_torch"] = json.loads(subprocess.run(["/usr/bin/python3", str(script), str(rounds)], stdout=subprocess.PIPE, check=True).stdout)
        row = results["round_vs_torch"]
        print(f"one training round: {row['median_ms']['ganbar_crossbar_2']:.2f} ms on crossbars, {row['ratio_to_torch']:.2f} of torch")
    dcgan = options.build / "bin" / "dcgan_program"
    if dcgan.exists():
        script = pathlib.Path(__file__).resolve().parents[1] / "bench" / "dcgan_vs_torch.py"
        row = json.loads(subprocess.run(["/usr/bin/python3", str(script), str(dcgan)], stdout=subprocess.PIPE, check=True).stdout)
        results["dcgan_vs_torch"] = row
        print(f"one DCGAN round: {row['wall_ms']['ganbar_software_2']:.0f} ms in software, {row['software_to_torch']:.2f} of torch; "
              f"{row['wall_ms']['ganbar_crossbar_2']:.0f} ms on crossbars, {row['crossbar_to_torch']:.2f} of torch")
    out = options.build / "results.json"
    out.write_text(json.dumps(results, indent=1) + "\n")
    print(f"written: {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
