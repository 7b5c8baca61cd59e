"""What ONNX Runtime computes of the files that tests write: shared by exchange_onnx.py and exchange_onnx_int8.py."""

import json
import zlib

import numpy as np
import onnx
import onnxruntime


def run(file):
    """Checks the file by onnx.checker with its shapes, and runs it with one sample and with three, where their number is free."""
    onnx.checker.check_model(onnx.load(file), full_check=True)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    [given], [taken] = session.get_inputs(), session.get_outputs()
    assert (given.name, taken.name) == ("input", "output")
    samples, *sizes = given.shape
    dtype = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64}[given.type]
    first = file.stem.startswith("first_")
    generator = np.random.default_rng(zlib.crc32(file.stem.encode()))
    inputs, outputs = [], []
    for batch in [1, 3] if samples == "batch" else [samples]:
        x = generator.integers(-16, 17, (batch, *sizes)).astype(dtype)
        # Tokens of a vocabulary of seven.
        x = abs(x) % 7 if dtype == np.int64 else x / dtype(8)
        [y] = session.run(None, {"input": x})
        assert list(y.shape[1:]) == list(taken.shape[1:]), (file, y.shape, taken.shape)
        if first:
            x, y = [np.moveaxis(a, 1, -1) if a.ndim > 3 else a for a in (x, y)]
        inputs += x.flatten().tolist()
        outputs += y.flatten().tolist()
    return {"inputs": inputs, "outputs": outputs}


def write(folder, path):
    """The runs of all files of a folder."""
    versions = {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
    runs = {file.stem: run(file) for file in sorted(folder.glob("*.onnx"))}
    path.write_text(json.dumps(versions | {"runs": runs}) + "\n")
    print(len(runs), "files")
