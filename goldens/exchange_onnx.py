"""Runs the ONNX files of tests/exchange/onnx.rs.

    pip install onnx onnxruntime
    UPDATE_GOLDENS=1 cargo test -p typednet --features exchange --test exchange
    python3 goldens/exchange_onnx.py

The second command writes goldens/exchange/onnx/. Each file is checked by onnx.checker with its shapes, and run with one sample and
with three, where their number is free. Inputs and outputs in exchange_onnx.json are channels last; files whose name begins with
`first_` have both ends channels first, which is turned here.
"""

import json
import zlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

folder = Path(__file__).parent / "exchange" / "onnx"
path = Path(__file__).parent / "exchange_onnx.json"


def run(file):
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
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


def main():
    versions = {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
    runs = {file.stem: run(file) for file in sorted(folder.glob("*.onnx"))}
    path.write_text(json.dumps(versions | {"runs": runs}) + "\n")
    print(len(runs), "files")


main()
