"""Random ONNX graphs for onnx_check.py: they grow node by node, as far as onnxruntime accepts them."""
import random

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

onnxruntime.set_default_logger_severity(4)
OPTIONS = onnxruntime.SessionOptions()
OPTIONS.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
OPTIONS.intra_op_num_threads = OPTIONS.inter_op_num_threads = 1
UNARY = ("Relu LeakyRelu Sigmoid Tanh Elu Selu Softplus Softsign HardSigmoid Abs Neg Exp Floor Ceil Erf Sin Cos Sign Sqrt Identity Softmax LogSoftmax "
         "Celu ThresholdedRelu Dropout Mish HardSwish Gelu").split()
SINCE = {"Celu": 12, "Mish": 18, "HardSwish": 14, "Gelu": 20, "GridSample": 16, "GroupNormalization": 21, "LayerNormalization": 17}


class Graph:
    """A graph that grows by nodes which onnxruntime accepts."""

    def __init__(self, r):
        self.r = r
        self.opset = r.choice((9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21))
        self.open_batch = r.random() < 0.4
        self.batch = 1 if self.open_batch else r.choice((1, 1, 2, 3))
        self.nodes, self.stored, self.n = [], [], 0
        self.shapes, self.live, self.inputs, self.type = {}, [], {}, {}
        self.tensor_of = {}
        rank = r.choice((2, 3, 4, 4, 4, 4, 5))
        sides = {2: [r.randint(2, 24)], 3: [r.randint(1, 6), r.randint(3, 12)], 4: [r.randint(1, 6), r.randint(3, 11), r.randint(3, 11)],
                 5: [r.randint(1, 3), r.randint(2, 5), r.randint(2, 5), r.randint(2, 5)]}[rank]
        self.add_input("x", [self.batch, *sides])
        if r.random() < 0.25:
            self.add_input("x2", [self.batch, *(sides if r.random() < 0.5 else [r.randint(1, 4)])])

    def add_input(self, name, dims):
        self.inputs[name] = dims
        self.shapes[name] = dims
        self.live.append(name)

    def name(self, stem):
        self.n += 1
        return f"{stem}{self.n}"

    def store(self, array):
        name = self.name("k")
        self.stored.append(numpy_helper.from_array(np.asarray(array), name))
        self.shapes[name] = list(np.asarray(array).shape)
        return name

    def ints(self, values):
        return self.store(np.array(values, np.int64))

    def weights(self, dims):
        """A weight as exporters leave it: stored, or behind operators on constants."""
        way = self.r.choice(("plain", "plain", "plain", "reshape", "transpose", "cast", "scaled", "fill", "norm"))
        array = np.full(dims, 0.01, np.float32)
        if way == "reshape":
            return self.node("Reshape", [self.store(array.reshape(-1)), self.ints(dims)], {}, constant=True)
        if way == "transpose":
            perm = self.r.sample(range(len(dims)), len(dims))
            return self.node("Transpose", [self.store(array.transpose(perm))], {"perm": [int(i) for i in np.argsort(perm)]}, constant=True)
        if way == "cast":
            return self.node("Cast", [self.store(array.astype(np.float16))], {"to": TensorProto.FLOAT}, constant=True)
        if way == "scaled":
            return self.node("Mul", [self.store(array), self.store(np.float32(2))], {}, constant=True)
        if way == "fill":
            return self.node("ConstantOfShape", [self.ints(dims)], {}, constant=True)
        if way == "norm":  # spectral: W / (u' W v)
            flat = self.node("Reshape", [w := self.store(array), self.ints([dims[0], -1])], {}, constant=True)
            right = self.node("MatMul", [flat, self.store(np.ones(int(np.prod(dims[1:])), np.float32))], {}, constant=True)
            sigma = self.node("MatMul", [self.store(np.ones(dims[0], np.float32)), right], {}, constant=True)
            return self.node("Div", [w, sigma], {}, constant=True)
        return self.store(array)

    def model(self, declare=None):
        dims = {n: (["N", *d[1:]] if self.open_batch else d) for n, d in self.inputs.items()}
        outs = [o for n in self.nodes for o in n.output if o]
        used = {i for n in self.nodes for i in n.input} if declare else set()  # with shapes: inner values as exporters declare them
        info = [helper.make_tensor_value_info(o, self.type.get(o, TensorProto.FLOAT), (declare or {}).get(o)) for o in outs]
        graph = helper.make_graph(self.nodes, "g", [helper.make_tensor_value_info(n, TensorProto.FLOAT, d) for n, d in dims.items()],
                                  [i for i in info if i.name not in used], self.stored, value_info=[i for i in info if i.name in used])
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)

    def run(self):
        session = onnxruntime.InferenceSession(self.model().SerializeToString(), OPTIONS, providers=["CPUExecutionProvider"])
        outs = session.get_outputs()
        types = {"tensor(float)": TensorProto.FLOAT, "tensor(int64)": TensorProto.INT64, "tensor(bool)": TensorProto.BOOL}
        for o in outs:
            self.type[o.name] = types[o.type]
        made = session.run(None, {n: np.ones(d, np.float32) for n, d in self.inputs.items()})
        return {o.name: list(v.shape) for o, v in zip(outs, made)}

    def node(self, op, inputs, attributes, outputs=1, constant=False, tries=True):
        """Adds a node; its first output's name, or None when onnxruntime refuses it."""
        if SINCE.get(op, 0) > self.opset:
            return None
        if None in inputs:
            return None
        names = [self.name("v") for _ in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, names, name=self.name("n"), **attributes))
        try:
            made = self.run()
        except Exception:
            self.nodes.pop()
            return None
        if any(0 in made[n] or np.prod(made[n]) > 20000 for n in names):
            self.nodes.pop()
            return None
        for n in names:
            self.shapes[n] = made[n]
            if not constant:
                self.live.append(n)
        return names[0]


def spatial(g, x):
    return len(g.shapes[x]) - 2


def window(g, x, n, same=True):
    r = g.r
    k = [r.randint(1, 4 if n < 3 else 2) for _ in range(n)]
    a = {"strides": [r.randint(1, 3) for _ in range(n)], "dilations": [r.choice((1, 1, 1, 2, 3)) for _ in range(n)]}
    if same and r.random() < 0.25:
        a["auto_pad"] = r.choice(("SAME_UPPER", "SAME_LOWER", "VALID"))
        a["dilations"] = [1] * n
    else:
        a["pads"] = [r.randint(0, 2) for _ in range(2 * n)]
    return k, a


def conv(g, x):
    n = spatial(g, x)
    if n < 1 or n > 3 or (n == 3 and g.shapes[x][0] != g.batch):  # three axes leave none for several maps of a sample
        return
    c = g.shapes[x][1]
    k, a = window(g, x, n)
    groups = g.r.choice([d for d in range(1, c + 1) if c % d == 0])
    a["group"] = groups
    m = groups * g.r.randint(1, 3)
    w = g.weights([m, c // groups, *k])
    g.node("Conv", [x, w] + ([g.store(np.zeros(m, np.float32))] if g.r.random() < 0.5 else []), a)


def conv_transpose(g, x):
    n = spatial(g, x)
    if n < 1 or n > 3 or (n == 3 and g.shapes[x][0] != g.batch):  # three axes leave none for several maps of a sample
        return
    c = g.shapes[x][1]
    k, a = window(g, x, n)
    groups = g.r.choice([d for d in range(1, c + 1) if c % d == 0])
    a["group"] = groups
    if g.r.random() < 0.4:
        a["output_padding"] = [g.r.randint(0, s - 1) for s in a["strides"]]
    elif g.r.random() < 0.2:
        a["output_shape"] = [s * t + g.r.randint(0, 1) for s, t in zip(g.shapes[x][2:], a["strides"])]
        a.pop("pads", None)
        if a.get("auto_pad") == "VALID":
            a.pop("auto_pad")
    g.node("ConvTranspose", [x, g.weights([c, g.r.randint(1, 3), *k])], a)


def pool(g, x):
    n = spatial(g, x)
    if n < 1 or n > 3:
        return
    op = g.r.choice(("MaxPool", "AveragePool"))
    k, a = window(g, x, n)
    if op == "AveragePool" and g.opset < 19 or g.opset < 10:
        a.pop("dilations")
    if g.opset >= 10 and "auto_pad" not in a:
        a["ceil_mode"] = g.r.randint(0, 1)
    reach = [(size - 1) * d + 1 for size, d in zip(k, a.get("dilations", [1] * n))]
    pads = a.get("pads", [0] * 2 * n)
    if all(w <= s + lo + hi for w, s, lo, hi in zip(reach, g.shapes[x][2:], pads[:n], pads[n:])):  # else onnxruntime rounds a negative number towards 0
        g.node(op, [x], {"kernel_shape": k, **a})


def product(g, x):
    d = g.shapes[x]
    r = g.r
    if len(d) == 2 and r.random() < 0.5:
        across = r.randint(0, 1)
        n = r.randint(1, 8)
        g.node("Gemm", [x, g.weights([n, d[1]] if across else [d[1], n])], {"transB": across})
    elif r.random() < 0.3 and len(d) >= 3:
        g.node("MatMul", [g.weights([r.randint(1, 5), d[-2]]), x], {})
    elif r.random() < 0.3 and len(d) == 4:
        g.node("MatMul", [x, g.weights([d[1], d[3], r.randint(1, 4)])], {})
    elif len(d) >= 2:
        g.node("MatMul", [x, g.weights([d[-1], r.randint(1, 8)])], {})


def unary(g, x):
    op = g.r.choice(UNARY)
    if op in ("Celu", "Mish", "HardSwish", "Gelu") and g.opset < SINCE[op]:
        return
    g.node(op, [x], {})


def norm(g, x):
    d = g.shapes[x]
    if len(d) < 2:
        return
    c = [g.store(np.ones(d[1], np.float32)) for _ in range(4)]
    op = g.r.choice(("BatchNormalization", "InstanceNormalization", "LRN", "PRelu", "LayerNormalization", "LpNormalization", "MeanVarianceNormalization"))
    if op == "BatchNormalization":
        g.node(op, [x, *c], {})
    elif op == "InstanceNormalization" and len(d) > 2:
        g.node(op, [x, *c[:2]], {})
    elif op == "LRN":
        g.node(op, [x], {"size": 3})
    elif op == "PRelu":
        g.node(op, [x, g.store(np.ones([d[1]] + [1] * (len(d) - 2), np.float32))], {})
    elif op == "LayerNormalization":
        g.node(op, [x, g.store(np.ones(d[-1], np.float32))], {"axis": -1})
    elif op == "LpNormalization":
        g.node(op, [x], {"axis": g.r.randint(-1, len(d) - 1)})
    elif len(d) == 4:
        g.node(op, [x], {})


def binary(g, x):
    r, d = g.r, g.shapes[x]
    op = r.choice(("Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean", "Pow", "Concat", "Concat", "Where"))
    same = [v for v in g.live if len(g.shapes[v]) == len(d)]
    other = r.choice(same + [None])
    if op == "Concat":
        fits = [v for v in same if sum(p != q for p, q in zip(g.shapes[v], d)) <= 1]
        v = r.choice(fits)
        axis = next((i for i, (p, q) in enumerate(zip(g.shapes[v], d)) if p != q), r.randrange(len(d)))
        if axis > 0:
            g.node(op, [x, v], {"axis": axis - (len(d) if g.opset >= 11 and r.random() < 0.5 else 0)})
        return
    if other is None or r.random() < 0.4:
        k = [r.choice((1, s)) for s in d][r.randint(0, len(d)):]
        other = g.store(np.ones(k, np.float32))
    if op == "Where":
        g.node(op, [g.store(np.ones([1], bool)), x, other], {})
    else:
        pair = [x, other]
        r.shuffle(pair)
        g.node(op, pair + ([x] if op in ("Sum", "Mean") and r.random() < 0.3 else []), {})


def reshape(g, x):
    r, d = g.r, g.shapes[x]
    rest = d[1:]
    way = r.choice(("flatten", "reshape", "zero", "dynamic", "shuffle", "squeeze", "unsqueeze", "transpose", "merge"))
    if way == "flatten":
        axis = r.randint(0 if g.opset < 11 else -len(d), len(d))
        if g.batch == 1 or axis % len(d) != 0 or axis == len(d):  # else it would mix the samples
            g.node("Flatten", [x], {"axis": axis})
    elif way == "reshape" and rest:
        size = int(np.prod(rest))
        c = r.choice([n for n in range(1, size + 1) if size % n == 0])
        g.node("Reshape", [x, g.ints(r.choice(([d[0], c, size // c], [d[0], c, -1], [-1, c, size // c])))], {})
    elif way == "zero" and len(d) > 2:
        g.node("Reshape", [x, g.ints([0, 0, -1])], {})
    elif way == "dynamic":  # x.view(x.size(0), -1)
        shape = g.node("Shape", [x], {}, constant=True)
        first = g.node("Gather", [shape, g.store(np.int64(0))], {}, constant=True)
        one = ("Unsqueeze", [first, g.ints([0])], {}) if g.opset >= 13 else ("Unsqueeze", [first], {"axes": [0]})
        g.node("Reshape", [x, g.node("Concat", [g.node(*one, constant=True), g.ints([-1])], {"axis": 0}, constant=True)], {})
    elif way == "shuffle" and len(d) == 4 and d[1] % 4 == 0:  # PixelShuffle of old exporters
        a = g.node("Reshape", [x, g.ints([d[0], d[1] // 4, 2, 2, d[2], d[3]])], {})
        b = g.node("Transpose", [a], {"perm": [0, 1, 4, 2, 5, 3]})
        g.node("Reshape", [b, g.ints([d[0], d[1] // 4, d[2] * 2, d[3] * 2])], {})
    elif way in ("squeeze", "unsqueeze"):
        ones = [i for i, s in enumerate(d) if s == 1 and i > 0]
        axes = ([r.choice(ones)] if ones else []) if way == "squeeze" else [r.randint(1, len(d))]
        if axes and len(d) < 6:
            op = way.capitalize()
            g.node(op, [x, g.ints(axes)] if g.opset >= 13 else [x], {} if g.opset >= 13 else {"axes": axes})
    elif way == "transpose":
        perm = r.sample(range(1, len(d)), len(d) - 1)
        g.node("Transpose", [x], {"perm": [0, *perm]})
    elif way == "merge" and len(d) == 4:  # frames as samples
        g.node("Reshape", [x, g.ints([d[0] * d[1], 1, d[2], d[3]])], {})


def move(g, x):
    r, d = g.r, g.shapes[x]
    op = r.choice(("Slice", "Split", "Gather", "Expand", "Tile", "Pad", "DepthToSpace", "SpaceToDepth", "Resize", "Upsample", "GridSample"))
    axis = r.randrange(1, len(d)) if len(d) > 1 else 0
    if axis == 0:
        return
    if op == "Slice":
        start, end = r.randint(-d[axis], d[axis] - 1), r.choice((r.randint(-d[axis], d[axis]), 2 ** 62))
        if g.opset < 10:
            g.node(op, [x], {"starts": [start], "ends": [end], "axes": [axis]})
        else:
            step = r.choice((1, 1, 2, -1, -2))
            g.node(op, [x, g.ints([start]), g.ints([-2 ** 62 if step < 0 else end]), g.ints([axis - len(d)]), g.ints([step])], {})
    elif op == "Split" and d[axis] > 1:
        first = r.randint(1, d[axis] - 1)
        if g.opset < 13:
            g.node(op, [x], {"axis": axis, "split": [first, d[axis] - first]}, outputs=2)
        elif r.random() < 0.5:
            g.node(op, [x, g.ints([first, d[axis] - first])], {"axis": axis}, outputs=2)
        else:
            g.node(op, [x], {"axis": axis, **({"num_outputs": 2} if g.opset >= 18 else {})}, outputs=2)
    elif op == "Gather":
        g.node(op, [x, g.ints([r.randrange(d[axis]) for _ in range(r.randint(1, 3))])], {"axis": axis})
    elif op == "Expand":
        g.node(op, [x, g.ints([1] + [r.choice((1, s, 3)) for s in d[1:]])], {})
    elif op == "Tile":
        g.node(op, [x, g.ints([1] + [r.choice((1, 1, 2)) for _ in d[1:]])], {})
    elif op == "Pad":
        lo, hi = [r.randint(0, 2) for _ in d], [r.randint(-1, 2) for _ in d]
        lo[0] = hi[0] = 0
        if g.opset < 11:
            g.node(op, [x], {"pads": lo + hi})
        elif g.opset >= 18 and r.random() < 0.5:
            g.node(op, [x, g.ints([lo[axis], hi[axis]]), "", g.ints([axis - len(d)])], {})
        else:
            g.node(op, [x, g.ints(lo + hi)], {})
    elif op in ("DepthToSpace", "SpaceToDepth"):
        g.node(op, [x], {"blocksize": 2})
    elif op == "GridSample" and len(d) == 4:
        g.node(op, [x, g.store(np.zeros([d[0], 3, 2, 2], np.float32))], {})
    else:
        scales = [1.0] + [r.choice((1.0, 1.0, 2.0, 0.5, 1.5, 7 / 3)) for _ in d[1:]]
        if g.opset < 10:
            g.node("Upsample", [x, g.store(np.array([max(1.0, s) for s in scales], np.float32))], {})
        elif g.opset < 11:
            g.node("Resize", [x, g.store(np.array(scales, np.float32))], {})
        elif r.random() < 0.5:
            g.node("Resize", [x, "", "", g.ints([d[0]] + [r.randint(1, 8) for _ in d[1:]])], {})
        elif g.opset >= 18 and r.random() < 0.5:
            g.node("Resize", [x, "", "", g.ints([r.randint(1, 8)])],
                   {"axes": [axis], "keep_aspect_ratio_policy": r.choice(("stretch", "not_larger", "not_smaller"))})
        else:
            g.node("Resize", [x, g.store(np.zeros(0, np.float32)), g.store(np.array(scales, np.float32))], {})


def reduce(g, x):
    r, d = g.r, g.shapes[x]
    op = r.choice(("ReduceMean", "ReduceSum", "ReduceMax", "ReduceL2", "GlobalAveragePool", "GlobalMaxPool", "ArgMax", "Clip", "TopK"))
    if op.startswith("Global"):
        if len(d) > 2:
            g.node(op, [x], {})
    elif op == "ArgMax":
        made = g.node(op, [x], {"axis": -1, "keepdims": 1})
        if made:
            g.node("Cast", [made], {"to": TensorProto.FLOAT})
            g.live.remove(made)
    elif op == "TopK":
        if g.opset >= 10:
            made = g.node(op, [x, g.ints([1])], {"axis": -1}, outputs=2)
            if made:
                g.live.pop()
    elif op == "Clip":
        g.node(op, [x], {"min": 0.0, "max": 6.0}) if g.opset < 11 else g.node(op, [x, g.store(np.float32(0)), g.store(np.float32(6))], {})
    elif len(d) > 1:
        axes = sorted(r.sample(range(1, len(d)), r.randint(1, len(d) - 1)))
        keep = r.randint(0, 1)
        if g.opset >= 18 or (op == "ReduceSum" and g.opset >= 13):
            g.node(op, [x, g.ints([a - len(d) for a in axes])], {"keepdims": keep})
        else:
            g.node(op, [x], {"axes": axes, "keepdims": keep})


STEPS = [conv, conv, conv, conv_transpose, conv_transpose, pool, pool, product, product, unary, norm, binary, binary, reshape, reshape, move, move, reduce]


def random_graph(seed, count):
    """A graph with at least one multiplication, and count(graph)."""
    r = random.Random(seed)
    while True:
        g = Graph(r)
        for _ in range(r.randint(5, 12)):
            r.choice(STEPS)(g, r.choice(g.live[-3:] if r.random() < 0.7 else g.live))
        counts = count(g)
        if counts and all(c > 0 for c in counts.values()):  # a layer that sees padding alone is refused
            return g, counts
