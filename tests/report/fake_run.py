"""Makes run folders that look like a training run: a fixture for the report tests, with invented numbers.

fake_run.py OUT [--quick]   writes OUT/<variant>-<seed>/ for four variants; --quick: smaller pictures and fewer rounds.
Needs only Python's standard library. Sample images are real digits where MNIST is found, else blobs, buried in noise that shrinks.
"""
import gzip, json, math, os, random, struct, sys, zlib


def put(path, content):
    with open(path, "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())


def png(width, height, pixels, channels=1):
    colour = {1: 0, 3: 2}[channels]
    rows = b"".join(b"\0" + bytes(pixels[y * width * channels:(y + 1) * width * channels]) for y in range(height))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b"")


def digits(n):
    """n 28x28 images of threes as flat lists."""
    here = os.path.dirname(os.path.abspath(__file__))
    for root in (os.path.join(os.environ.get("GANBAR_DATA", ""), "mnist"), os.path.join(here, "../../../shared/data/mnist")):
        images, labels = (os.path.join(root, f"t10k-{k}-ubyte.gz") for k in ("images-idx3", "labels-idx1"))
        if os.path.exists(images):
            with gzip.open(images) as f, gzip.open(labels) as g:
                raw, names = f.read()[16:], g.read()[8:]
            threes = [i for i, label in enumerate(names) if label == 3][:n]
            return [raw[i * 784:(i + 1) * 784] for i in threes]
    blob = lambda k: [255 if (x - 14 - k % 3) ** 2 + (y - 14) ** 2 < 40 + 8 * (k % 5) else 0 for y in range(28) for x in range(28)]
    return [blob(k) for k in range(n)]


def sample_grid(images, clean, per_row, rng):
    side = 28 + 2
    rows = (len(images) + per_row - 1) // per_row
    width, height = per_row * side, rows * side
    out = bytearray([40]) * (width * height)
    for k, image in enumerate(images):
        x0, y0 = k % per_row * side + 1, k // per_row * side + 1
        for y in range(28):
            for x in range(28):
                v = clean * image[y * 28 + x] + (1 - clean) * rng.randrange(256)
                out[(y0 + y) * width + x0 + x] = int(min(255, v))
    return png(width, height, out)


def conductance_map(arrays, side, share, rng):
    per_row, gap = 9, 3
    rows = (arrays + per_row - 1) // per_row
    width, height = per_row * (side + gap), rows * (side + gap)
    out = bytearray([255, 255, 255]) * (width * height)
    ramp = [(68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)]
    for a in range(arrays):
        for y in range(side):
            for x in range(side):
                t = min(0.999, max(0, rng.gauss(0.25 + 0.5 * share * math.sin(a + 0.1 * y) ** 2, 0.08 + 0.12 * share))) * 4
                lo, hi, f = ramp[int(t)], ramp[int(t) + 1], t - int(t)
                at = ((a // per_row * (side + gap) + y) * width + a % per_row * (side + gap) + x) * 3
                out[at:at + 3] = bytes(int(p + f * (q - p)) for p, q in zip(lo, hi))
    return png(width, height, out, 3)


def metrics(folder, rounds, pulses, rng, trend):
    energy_sum = reads = converters = 0.0
    lines = ["round,epoch,loss_d,loss_g,p_real,p_fake,pulses_set,pulses_reset,update_energy_J,cumulative_update_energy_J,read_energy_J,converter_energy_J,clipped_cells"]
    energies = {0: 0.0}
    for r in range(1, rounds + 1):
        t = r / rounds
        up = int(pulses * (0.45 + 0.05 * rng.random()))
        down = int(pulses * (0.35 + 0.1 * t + 0.05 * rng.random()))
        energy = (up * 0.64 + down * 1.14) * (180e-6 + trend * 40e-6 * t) * 100e-9
        energy_sum, reads, converters = energy_sum + energy, reads + 8.6e-5 * (1 + 0.1 * t), converters + 3.1e-5
        energies[r] = energy_sum
        loss_d, loss_g = 0.35 + 0.9 * math.exp(-6 * t) + 0.12 * rng.random(), 1.6 + 2.2 * math.exp(-4 * t) + 0.5 * rng.random()
        p_fake = 0.12 + 0.3 * t * rng.random()
        lines.append(f"{r},{(r - 1) // 10 + 1},{loss_d},{loss_g},{0.85 - 0.15 * t + 0.05 * rng.random()},{p_fake},{up},{down},{energy},{energy_sum},{reads},{converters},{int(900 * t)}")
    put(os.path.join(folder, "metrics.csv"), "\n".join(lines) + "\n")
    return energies, reads


def quality(folder, shots, rounds, good, rng):
    lines = ["round,classifier_accuracy,classifier_confidence,frechet_distance,precision,recall,density,coverage,mean_pairwise_distance,collapsed"]
    last = None
    for r in shots:
        t = 1 - math.exp(-5 * r / rounds)
        jitter = lambda s: s * (rng.random() - 0.5)
        last = dict(classifier_accuracy=min(1, 0.1 + (0.89 if good else 0.88) * t + jitter(0.02)), classifier_confidence=0.4 + 0.55 * t, frechet_distance=400 * math.exp(-5 * t * (1 if good else 0.5)) + 15,
                    precision=0.85 * t, recall=(0.8 if good else 0.15) * t, density=0.95 * t + jitter(0.05), coverage=(0.84 if good else 0.22) * t + jitter(0.04),
                    mean_pairwise_distance=25 - (8 if good else 16.5) * t + jitter(0.3))
        lines.append(",".join(str(v) for v in [r, *last.values(), "false" if good or t < 0.6 else "true"]))
    put(os.path.join(folder, "quality.csv"), "\n".join(lines) + "\n")
    return last


def histogram(folder, shots, rounds, rng):
    lines = ["round,layer,bin_lo_S,bin_hi_S,count"]
    for r in shots:
        for layer, width in (("generator/dense1", 0.3), ("generator/dense2", 0.5), ("discriminator/dense1", 0.45), ("discriminator/dense2", 0.2)):
            for b in range(40):
                lo = 150e-6 + b * 150e-6 / 40
                centre, spread = 0.15 + width * r / rounds, 0.05 + 0.2 * width * r / rounds
                count = int(1e4 * math.exp(-(((b + 0.5) / 40 - centre) / spread) ** 2) / spread * (0.9 + 0.2 * rng.random()))
                lines.append(f"{r},{layer},{lo},{lo + 150e-6 / 40},{count}")
    put(os.path.join(folder, "conductance", "histogram.csv"), "\n".join(lines) + "\n")


def hardware(folder, update_energy, reads):
    accounts = []
    for network, weight in (("discriminator", 0.5), ("generator", 0.5)):
        for layer, size in (("dense1", 0.11 if network == "generator" else 0.9), ("dense2", 0.89 if network == "generator" else 0.1)):
            share = weight * size
            for phase, component, energy, n in (("update", "set", 0.42 * update_energy, 9.1e6), ("update", "reset", 0.58 * update_energy, 7.3e6), ("forward", "cells", 0.6 * reads, 4e9), ("forward", "adc", 0.2 * reads, 6e7),
                                                ("backward", "cells", 0.3 * reads, 2e9), ("backward", "dac", 0.05 * reads, 6e7)):
                accounts.append(dict(account=f"{network}/{layer}/{phase}/{component}", n=int(n * share), energy_J=energy * share, busy_s=n * share * 1e-9))
    area = [dict(component="cells", area_m2=7.9626e-8, n=221184), dict(component="adc", area_m2=3.1e-7, n=54), dict(component="dac", area_m2=4.4e-8, n=3456)]
    assumptions = [dict(name="device.v_set", value=0.8, unit="V", source="Satyam et al. 2022, section II.D", kind="published"), dict(name="device.t_pulse", value=1e-7, unit="s", source="Satyam et al. 2022, section II.D", kind="published"),
                   dict(name="device.g_min", value=1.5e-4, unit="S", source="fig. 4: conductance window", kind="published"), dict(name="circuit.cell_area", value=3.6e-13, unit="m2", source="section III.C", kind="published"),
                   dict(name="converter.adc_bits", value=8, unit="", source="the paper names none; eight bits keep the loss of accuracy below the spread over seeds", kind="assumed"),
                   dict(name="noise.columns", value=8, unit="", source="fig. 3 leaves n open", kind="assumed"), dict(name="tile.mean_cell_energy", value=9.6e-12, unit="J", source="V² G t at 150 µS", kind="derived")]
    put(os.path.join(folder, "hardware.json"), json.dumps(dict(accounts=accounts, area=area, totals=dict(update_energy_J=update_energy, read_energy_J=reads), assumptions=assumptions)))


def make(folder, variant, seed, quick):
    rng = random.Random(f"{variant} {seed}")
    good = variant != "satyam2022-prng"
    rounds, n_shots, side = (40, 4, 8) if quick else (300, 16, 64)
    for part in ("samples", "conductance"):
        os.makedirs(os.path.join(folder, part), exist_ok=True)
    shots = sorted({round(rounds * k / (n_shots - 1)) for k in range(n_shots)})
    is_crossbar = variant != "satyam2022-software"
    energies, reads = metrics(folder, rounds, 180000 if is_crossbar else 0, rng, 1 if "prng" in variant else -0.4)
    last = quality(folder, shots, rounds, good, rng)
    images = digits(8 if quick else 40)
    for r in shots:
        clean = 1 - math.exp(-5 * r / rounds)
        shown = images if good else [images[k % 2] for k in range(len(images))]
        put(os.path.join(folder, "samples", f"{r:06d}.png"), sample_grid(shown, clean, 8, random.Random(seed)))
    if is_crossbar:
        for r in shots[:: 3]:
            put(os.path.join(folder, "conductance", f"{r:06d}.png"), conductance_map(54, side, r / rounds, random.Random(seed)))
        histogram(folder, shots, rounds, rng)
        hardware(folder, energies[rounds], reads)
    summary = dict(name=variant, seed=seed, rounds=rounds, wall_s=12.3 + seed, dataset="mnist", classes=[3], n_crossbars=54 if is_crossbar else 0, cells_used=213632 if is_crossbar else 0,
                   area_m2=7.9626e-8 if is_crossbar else 0, update_energy_J=energies[rounds], read_energy_J=reads, **last, mean_pairwise_distance_real=17.75, final_loss_d=0.42, final_loss_g=1.7, collapsed=not good,
                   collapsed_reason="coverage 0.83 and pairwise distance 0.96 of real" if good else "pairwise distance is 0.49 of the real images', below 0.6")
    put(os.path.join(folder, "summary.json"), json.dumps(summary))
    put(os.path.join(folder, "run.toml"), f'[experiment]\nname = "{variant}"\nseed = {seed}  # --set\n\n[train]\nbatch = 608  # default\nepochs = 30\nrule = "manhattan"\nv_set = "800 mV"  # preset {variant}\n'
                                                      f'\n[hardware]\nkind = "{"crossbar" if is_crossbar else "software"}"\n\n[noise]\nkind = "{"prng" if "prng" in variant or not is_crossbar else "trng"}"\n\n[device]\nd2d = "{"A" if "d2d" in variant else "off"}"\n')
    put(os.path.join(folder, "env.json"), json.dumps({"ganbar": {"version": "0.1.0", "commit": "0000000"}, "compiler": "g++ 12.2.0", "cpu": "a test fixture", "threads": 2}))
    put(os.path.join(folder, "log.txt"), "".join(f"round {r}: <ok> & going\n" for r in range(1, 90)))


def main():
    out, quick = sys.argv[1], "--quick" in sys.argv
    for variant in ("satyam2022-software", "satyam2022-prng", "satyam2022-trng", "satyam2022-trng-d2d"):
        for seed in (1, 2, 3):
            make(os.path.join(out, f"{variant}-{seed}"), variant, seed, quick)


if __name__ == "__main__":
    main()
