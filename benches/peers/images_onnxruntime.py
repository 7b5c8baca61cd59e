"""The inference of `images.rs` in ONNX Runtime: one image and 256 through LeNet; it cannot train. The model is built here.

Called by `compare.py --work images`; prints one JSON object, times in microseconds. By itself:
python3 benches/peers/images_onnxruntime.py --network lenet --threads 1
"""

import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import clock
import images_work as work

random = np.random.default_rng(0)


def lenet():
    """LeNet with ReLU and softmax, for any number of images, channels first."""
    nodes, weights = [], []

    def constant(name, *shape):
        numbers = random.normal(0, (2 / max(1, np.prod(shape[1:]))) ** 0.5, shape).astype(np.float32)
        weights.append(numpy_helper.from_array(numbers, name))
        return name

    x = "x"
    for at, (inputs, outputs) in enumerate(((1, 6), (6, 16))):
        w, b = constant(f"kernel{at}", outputs, inputs, 5, 5), constant(f"bias{at}", outputs)
        nodes += [helper.make_node("Conv", [x, w, b], [f"z{at}"], kernel_shape=[5, 5]),
                  helper.make_node("Relu", [f"z{at}"], [f"a{at}"]),
                  helper.make_node("MaxPool", [f"a{at}"], [f"p{at}"], kernel_shape=[2, 2], strides=[2, 2])]
        x = f"p{at}"
    nodes.append(helper.make_node("Flatten", [x], ["flat"]))
    x, sizes = "flat", (256, 120, 84, work.CLASSES)
    for at, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        w, b, last = constant(f"w{at}", inputs, outputs), constant(f"b{at}", outputs), outputs == work.CLASSES
        nodes += [helper.make_node("Gemm", [x, w, b], [f"d{at}"]),
                  helper.make_node("Softmax", [f"d{at}"], ["y"], axis=1) if last else helper.make_node("Relu", [f"d{at}"], [f"r{at}"])]
        x = f"r{at}"
    graph = helper.make_graph(
        nodes, "lenet", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 1, 28, 28])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", work.CLASSES])], weights)
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    whole.ir_version = 9
    onnx.checker.check_model(whole)
    return whole.SerializeToString()


def main():
    flags = work.options()
    if flags.network != "lenet":
        sys.exit("ONNX Runtime is here for the inference of LeNet only: give --network lenet")
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = flags.threads
    settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(lenet(), settings, providers=["CPUExecutionProvider"])
    images = random.random((work.MANY, 1, 28, 28), np.float32)

    def seconds_of(rows):
        """The better of the plain way and the leaner one, which binds input and output once."""
        feed, bound = {"x": images[:rows]}, session.io_binding()
        bound.bind_cpu_input("x", images[:rows])
        bound.bind_ortvalue_output(
            "y", onnxruntime.OrtValue.ortvalue_from_numpy(np.empty((rows, work.CLASSES), np.float32)))
        return min(clock.least(lambda: session.run(None, feed), 1.0),
                   clock.least(lambda: session.run_with_iobinding(bound), 1.0))

    clock.tell(onnxruntime.__version__, one=seconds_of(1), many=seconds_of(work.MANY))


if __name__ == "__main__":
    main()
