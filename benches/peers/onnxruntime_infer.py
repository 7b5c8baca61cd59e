"""The inference of `ours.rs` in ONNX Runtime; it cannot train. The model is built here with the onnx package.

Called by `compare.py`; prints one JSON object. By itself: python3 benches/peers/onnxruntime_infer.py --threads 1 --infer
"""

import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import work

SIZES = [work.PIXELS, 128, 64, work.CLASSES]


def model():
    """784-128-64-10 with ReLU and softmax, for any number of rows."""
    random = np.random.default_rng(0)
    nodes, weights, x = [], [], "x"
    for layer, (i, o) in enumerate(zip(SIZES, SIZES[1:])):
        w = (random.uniform(-1, 1, (i, o)) * (6 / i) ** 0.5).astype(np.float32)
        weights += [numpy_helper.from_array(w, f"w{layer}"), numpy_helper.from_array(np.zeros(o, np.float32), f"b{layer}")]
        nodes.append(helper.make_node("Gemm", [x, f"w{layer}", f"b{layer}"], [f"z{layer}"]))
        last = layer == len(SIZES) - 2
        x = "y" if last else f"y{layer}"
        nodes.append(helper.make_node("Softmax", [f"z{layer}"], [x], axis=1) if last
                     else helper.make_node("Relu", [f"z{layer}"], [x]))
    graph = helper.make_graph(
        nodes, "mnist",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", work.PIXELS])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", work.CLASSES])],
        weights)
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    whole.ir_version = 9
    onnx.checker.check_model(whole)
    return whole.SerializeToString()


def main():
    flags = work.options()
    if not flags.infer:
        sys.exit("ONNX Runtime is here for inference only: give --infer")
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = flags.threads
    settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model(), settings, providers=["CPUExecutionProvider"])
    images = work.test_images()
    one = {"x": images[:1]}
    batches = [{"x": images[first:last]} for first, last in work.batches()]
    predict = lambda feed: session.run(None, feed)

    # The leaner way binds input and output once.
    bound = session.io_binding()
    bound.bind_cpu_input("x", images[:1])
    bound.bind_ortvalue_output("y", onnxruntime.OrtValue.ortvalue_from_numpy(np.empty((1, work.CLASSES), np.float32)))

    def many():
        for feed in batches:
            predict(feed)

    predict(one), many()
    usual = work.median_microseconds(lambda: predict(one))
    lean = work.median_microseconds(lambda: session.run_with_iobinding(bound))
    work.print_inference(onnxruntime.__version__, min(usual, lean), work.best_milliseconds(many),
                         one_usual=usual, one_bound=lean)


if __name__ == "__main__":
    main()
