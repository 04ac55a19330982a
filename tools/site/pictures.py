#!/usr/bin/env python3
"""Draws the pictures that README.md and the start page show, into docs/images: pictures.py GANBAR; lays pictures of runs side by side, or the
first ROWS pixel rows of each below one another: pictures.py beside OUT.png A.png B.png ..., pictures.py below ROWS OUT.png A.png B.png ...

crossbars.png    conductances of the generator's crossbars after the first tutorial's training
conditional.png  digits of the conditional tutorial, one column a class
wires.png        voltage across each cell of a 64 x 64 crossbar while one corner is written, V/2 scheme
Run it again when the pictures of those tutorials change; the same program draws the same bytes.
"""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

from program import ROOT, Program

IMAGES = ROOT / "docs/images"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(path, pixels):
    """Rows of (r, g, b) as a PNG, with a palette where at most 256 colours occur."""
    colours = sorted({p for row in pixels for p in row})
    if len(colours) > 256:
        rows = b"".join(b"\0" + bytes(v for p in row for v in p) for row in pixels)
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", len(pixels[0]), len(pixels), 8, 2, 0, 0, 0))
                         + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))
        return
    index = {c: i for i, c in enumerate(colours)}
    rows = b"".join(b"\0" + bytes(index[p] for p in row) for row in pixels)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", len(pixels[0]), len(pixels), 8, 3, 0, 0, 0))
                     + chunk(b"PLTE", bytes(v for c in colours for v in c)) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def read_png(path):
    """Rows of (r, g, b) of an 8-bit PNG, grey, colour or with a palette, not interlaced."""
    data, at, packed, palette = path.read_bytes(), 8, b"", b""
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + n]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, _ = struct.unpack(">IIBBBBB", body)
        elif kind == b"PLTE":
            palette = body
        elif kind == b"IDAT":
            packed += body
        at += 12 + n
    if depth != 8:
        raise RuntimeError(f"{path}: {depth} bits a sample; expected 8")
    n = {0: 1, 2: 3, 3: 1}[colour]
    raw, before, rows = zlib.decompress(packed), bytearray(width * n), []
    for y in range(height):
        line = raw[y * (width * n + 1):(y + 1) * (width * n + 1)]
        before = unfiltered(line[0], bytearray(line[1:]), before, n)
        if colour == 3:
            rows.append([tuple(palette[3 * v:3 * v + 3]) for v in before])
        else:
            rows.append([tuple(before[i:i + 3]) if n == 3 else (before[i],) * 3 for i in range(0, width * n, n)])
    return rows


def unfiltered(kind, line, before, n):
    """One row with its PNG filter taken off (PNG specification, section 9)."""
    for i in range(len(line)):
        a, b, c = line[i - n] if i >= n else 0, before[i], before[i - n] if i >= n else 0
        p = a + b - c
        nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
        line[i] = (line[i] + (0, a, b, (a + b) // 2, nearest)[kind]) & 255
    return line


def heat(share):
    """Dark blue (0) over green to yellow (1)."""
    stops = [(33, 12, 84), (38, 86, 140), (32, 145, 140), (94, 201, 98), (253, 231, 37)]
    at = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    i = min(int(at), len(stops) - 2)
    return tuple(round(a + (b - a) * (at - i)) for a, b in zip(stops[i], stops[i + 1]))


def block(tutorial, file):
    """What a tutorial writes into `file`."""
    text = (ROOT / "docs/tutorials" / tutorial).read_text(encoding="utf-8")
    return text.split(f"cat > {file} <<'END'\n", 1)[1].split("\nEND\n", 1)[0] + "\n"


def train(program, folder, tutorial, file, *more):
    (folder / file).write_text(block(tutorial, file), encoding="utf-8")
    subprocess.run([program.path, "train", file, "--out", "run", "--no-report", *more], cwd=folder, env=program.environment, check=True, stdout=subprocess.DEVNULL)
    return folder / "run"


def crossbars(program, folder):
    rows = read_png(max(train(program, folder, "first_gan.md", "first.toml", "--seed", "2").glob("conductance/*.png")))
    write_png(IMAGES / "crossbars.png", [[tuple(v // 51 * 51 for v in p) for p in row] for row in rows[:200]])


def conditional(program, folder):
    rows = read_png(max(train(program, folder, "conditional.md", "ask.toml").glob("samples/*.png")))
    write_png(IMAGES / "conditional.png", [[tuple(v // 17 * 17 for v in p) for p in row] for row in rows[:286]])


def wires(program, folder, n=64):
    vw, vb = [0.4] * n, [0.4] * n
    vw[n // 3], vb[2 * n // 3] = 0.8, 0.0
    problem = {"rows": n, "cols": n, "G": [[2e-4] * n] * n, "rw": 0.5, "rb": 0.5, "rdrv": 10, "rsense": 10, "Vw": vw, "Vb": vb}
    (folder / "write.json").write_text(json.dumps(problem), encoding="utf-8")
    subprocess.run([program.path, "solve", "write.json", "-o", "point.json"], cwd=folder, env=program.environment, check=True)
    point = json.loads((folder / "point.json").read_text(encoding="utf-8"))
    drops = [[abs(w - b) for w, b in zip(word, bit)] for word, bit in zip(point["W"], point["B"])]
    write_png(IMAGES / "wires.png", [[heat(drops[y // 5][x // 5] / 0.6) for x in range(5 * n)] for y in range(5 * n)])


def beside(out, paths, gap=20):
    pictures = [read_png(pathlib.Path(p)) for p in paths]
    between = [(255, 255, 255)] * gap
    write_png(pathlib.Path(out), [sum(([*row, *between] for row in rows[:-1]), []) + rows[-1] for rows in zip(*pictures)])


def below(n, out, paths):
    write_png(pathlib.Path(out), sum((read_png(pathlib.Path(p))[:n] for p in paths), []))


def main():
    if sys.argv[1] == "beside":
        return beside(sys.argv[2], sys.argv[3:])
    if sys.argv[1] == "below":
        return below(int(sys.argv[2]), sys.argv[3], sys.argv[4:])
    program = Program(sys.argv[1])
    for draw in (crossbars, conditional, wires):
        with tempfile.TemporaryDirectory() as folder:
            draw(program, pathlib.Path(folder))
    for name in ("crossbars", "conditional", "wires"):
        print(f"docs/images/{name}.png: {(IMAGES / (name + '.png')).stat().st_size} bytes")


if __name__ == "__main__":
    main()
