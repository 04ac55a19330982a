#!/usr/bin/python3
"""Random ONNX graphs against onnxruntime: the shape of every value, and the multiplications of every layer counted pair by pair.

usage: onnx_check.py BUILD_FOLDER [GRAPHS]    (make oracle; onnx and onnxruntime from PyPI, in BUILD_FOLDER/../venv-oracle or importable)
Every graph is read three times: as it is, with onnxruntime's shapes declared in it (must be read), and with one of them changed (must be
refused, with the node that disagrees).
"""
import itertools
import pathlib
import subprocess
import sys
import tempfile

from pypi import needs

np, onnx, onnxruntime = needs("numpy", "onnx", "onnxruntime")
from onnx import helper  # noqa: E402

from onnx_graphs import random_graph  # noqa: E402


def pad_before(node, a, side, kernel, out, i):
    """Padding before the first element of axis i."""
    n = len(a["strides"])
    word = a.get("auto_pad", "NOTSET")
    s = a["strides"][i]
    if word == "VALID":
        return 0
    if word == "NOTSET" and "output_shape" not in a:
        return a.get("pads", [0] * 2 * n)[i]
    if node.op_type == "Conv":
        total = max(0, (out - 1) * s + kernel - side)
        return total // 2 if word == "SAME_UPPER" else (total + 1) // 2
    total = max(0, (side - 1) * s + kernel + a.get("output_padding", [0] * n)[i] - out)
    return total // 2 if word == "SAME_UPPER" else total - total // 2


def multiplications(g):
    """By node name, for one sample: every pair of an element and a tap, counted."""
    live = set(g.inputs)
    counts = {}
    for node in g.nodes:
        if not any(i in live for i in node.input) or node.op_type == "Shape":
            continue
        live.update(node.output)
        a = {x.name: helper.get_attribute_value(x) for x in node.attribute}
        a = {k: v.decode() if isinstance(v, bytes) else v for k, v in a.items()}
        out = g.shapes[node.output[0]]
        if node.op_type in ("MatMul", "Gemm"):
            d = g.shapes[node.input[0]]
            counts[node.name] = int(np.prod(out)) * d[-1] / g.batch
        elif node.op_type in ("Conv", "ConvTranspose"):
            x, w = g.shapes[node.input[0]], g.shapes[node.input[1]]
            pairs = x[0] / g.batch * w[0] * w[1]
            for i, kernel in enumerate(w[2:]):
                side, made, s, dil = x[i + 2], out[i + 2], a["strides"][i], a["dilations"][i]
                lo = pad_before(node, a, side, (kernel - 1) * dil + 1, made, i)
                small, large = (made, side) if node.op_type == "Conv" else (side, made)
                pairs *= sum(0 <= p * s - lo + k * dil < large for p, k in itertools.product(range(small), range(kernel)))
            counts[node.name] = pairs
    return counts


def read_answers(program, paths):
    text = subprocess.run([program], input="\n".join(map(str, paths)) + "\n", capture_output=True, text=True, check=True).stdout
    answers, now = [], {"values": {}, "layers": {}, "error": None}
    for line in text.splitlines():
        words = line.split(" ")
        if words[0] == "value":
            now["values"][words[1]] = [int(w) for w in words[2:]]
        elif words[0] == "layer":
            now["layers"][words[1]] = float(words[3])
        elif words[0] == "error":
            now["error"] = line[6:]
        elif words[0] == "end":
            answers.append(now)
            now = {"values": {}, "layers": {}, "error": None}
    return answers


def differences(g, counts, plain, declared, changed, victim):
    if plain["error"]:
        return [f"refused: {plain['error']}"]
    out = [f"{n}: shape {plain['values'].get(n)}; onnxruntime has {d}" for n, d in g.shapes.items() if n in plain["values"] and plain["values"][n] != d]
    out += [f"{n} of {node.op_type} is missing" for node in g.nodes for n in node.output if n not in plain["values"]]
    names = {k for k in plain["layers"]} | set(counts)
    out += [f"{n}: {plain['layers'].get(n)} multiplications; counted {counts.get(n)}" for n in names if plain["layers"].get(n) != counts.get(n)]
    if declared["error"]:
        out.append(f"with onnxruntime's shapes declared: {declared['error']}")
    if not changed["error"] or victim not in changed["error"]:
        out.append(f"{victim} declared otherwise and read all the same ({changed['error']})")
    return out


def main():
    program = pathlib.Path(sys.argv[1]) / "bin" / "onnx_values"
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    graphs, paths, operators = [], [], {}
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + n):
            g, counts = random_graph(seed, multiplications)
            for node in g.nodes:
                operators[node.op_type] = operators.get(node.op_type, 0) + 1
            needed = {node.name: node for node in g.nodes}
            victim = g.nodes[-1].output[0]
            shapes = {o: g.shapes[o] for node in needed.values() for o in node.output}
            wrong = {**shapes, victim: shapes[victim][:-1] + [shapes[victim][-1] + 1] if shapes[victim] else [2]}
            for kind, model in (("plain", g.model()), ("declared", g.model(shapes)), ("changed", g.model(wrong))):
                paths.append(pathlib.Path(folder) / f"{seed}_{kind}.onnx")
                onnx.save(model, paths[-1])
            graphs.append((seed, g, counts, victim))
        answers = read_answers(program, paths)
    assert len(answers) == 3 * n, f"{len(answers)} answers from {program}; expected {3 * n}"
    bad = 0
    for i, (seed, g, counts, victim) in enumerate(graphs):
        faults = differences(g, counts, *answers[3 * i:3 * i + 3], victim)
        bad += bool(faults)
        for fault in faults[:2] if bad < 12 else []:
            print(f"graph {seed} (operator set {g.opset}, batch {'open' if g.open_batch else g.batch}): {fault}")
    values = sum(len(g.shapes) for _, g, _, _ in graphs)
    layers = sum(len(c) for _, _, c, _ in graphs)
    print(f"onnx: {n} random graphs, {values} shapes and {layers} layers of {len(operators)} operators: {bad} graphs differ from onnxruntime {onnxruntime.__version__}")
    if bad:
        sys.exit("ONNX graphs differ from onnxruntime or from the counted multiplications")


if __name__ == "__main__":
    main()
