"""Runs the ONNX files of tests/exchange/int8.rs, forms of one byte with QuantizeLinear and DequantizeLinear.

    pip install onnx onnxruntime
    UPDATE_GOLDENS=1 cargo test -p typednet --features exchange --test exchange int8
    python3 goldens/exchange_onnx_int8.py

The second command writes goldens/exchange/onnx_int8/. Each file is checked by onnx.checker with its shapes, and run with one sample
and with three.
"""

import json
import zlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

folder = Path(__file__).parent / "exchange" / "onnx_int8"
path = Path(__file__).parent / "exchange_onnx_int8.json"


def run(file):
    onnx.checker.check_model(onnx.load(file), full_check=True)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(zlib.crc32(file.stem.encode()))
    inputs, outputs = [], []
    for batch in [1, 3]:
        x = generator.integers(-16, 17, (batch, *session.get_inputs()[0].shape[1:])).astype(np.float32) / 8
        [y] = session.run(None, {"input": x})
        inputs += x.flatten().tolist()
        outputs += y.flatten().tolist()
    return {"inputs": inputs, "outputs": outputs}


def main():
    versions = {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
    runs = {file.stem: run(file) for file in sorted(folder.glob("*.onnx"))}
    path.write_text(json.dumps(versions | {"runs": runs}) + "\n")
    print(len(runs), "files")


main()
