"""What a wheel must do in an environment that holds it, numpy and onnx alone: wheel_check.py FOLDER. Beside onnx, as two protobuf run-times in one
process must not meet, whichever comes first."""
import pathlib
import shutil
import subprocess
import sys

GRAPH = """
import onnx
from onnx import TensorProto, helper
graph = helper.make_graph([helper.make_node("Gemm", ["z", "w", "b"], ["x"]), helper.make_node("Tanh", ["x"], ["image"])], "generator",
                          [helper.make_tensor_value_info("z", TensorProto.FLOAT, [1, 16])], [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 64])],
                          [helper.make_tensor("w", TensorProto.FLOAT, [16, 64], [0.1] * 1024), helper.make_tensor("b", TensorProto.FLOAT, [64], [0.0] * 64)])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), "g.onnx")
"""
ESTIMATE = """
import ganbar
table = ganbar.estimate("g.onnx", on="regan", batch=8).table
"""
AFTER = "assert onnx.load('g.onnx').graph.node[0].op_type == 'Gemm'"


def main():
    folder = pathlib.Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for tool in ("cc", "c++", "gcc", "g++", "clang", "cmake", "ninja"):
        assert shutil.which(tool) is None, f"{tool} is on the PATH; this check wants an environment without a compiler"
    for script in (GRAPH + ESTIMATE + AFTER, ESTIMATE + "import onnx\n" + AFTER):
        subprocess.run([sys.executable, "-c", script], cwd=folder, check=True)

    import ganbar
    for module in ("torch", "pandas", "matplotlib"):
        assert module not in sys.modules, f"import ganbar imports {module}"
    assert "site-packages" in ganbar.__file__, ganbar.__file__
    experiment = ganbar.load("satyam2022-balanced", data={"dataset": "synthetic-digits"}, train={"rounds": 3, "batch": 16}, evaluation={"samples": 16})
    run = experiment.run(folder / "run")
    assert len(run.metrics["round"]) == 3 and run.samples.shape[1:] == (28, 28)
    assert (folder / "run" / "report.html").stat().st_size > 10_000
    assert "dcgan" in ganbar.list("networks"), "presets of networks are missing"
    point = ganbar.solve([[1e-4, 2e-4], [3e-4, 4e-4]], word=[0.1, 0.2], bit=[0.0, 0.0], rw=1.0, rb=1.0)
    assert abs(sum(point.i_word) - sum(point.i_bit)) < 1e-15
    print("the wheel of ganbar", ganbar.__version__, "imports, estimates beside onnx, trains, solves")


main()
