"""Runs the ONNX files of the examples' networks, for tests/exchange/examples.rs.

    pip install onnx onnxruntime
    UPDATE_GOLDENS=1 cargo test -p typednet --features exchange --test exchange
    python3 goldens/exchange_examples.py

The second command writes target/onnx-examples/. The files are too large to be kept: exchange_examples.json has the hash of each.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx_runs import dtype, opened, run_padded, with_counts

root = Path(__file__).parent.parent
folder = root / "target" / "onnx-examples"
path = root / "goldens" / "exchange_examples.json"


def short(array):
    """The numbers with as many digits as their type has."""
    numbers = [float(str(number)) for number in array.flatten()]
    return [int(number) if number.is_integer() else number for number in numbers]


def run(file):
    session, generator = opened(file)
    given, is_padded = session.get_inputs()[0], len(session.get_inputs()) > 1
    # Mostly zeros, so that the file stays small.
    sizes = (given.shape[1] if is_padded else 1, *given.shape[1:])
    x = generator.integers(-16, 17, sizes) * (generator.random(sizes) < 0.2)
    x = (abs(x) if dtype(session) == np.int64 else x / 8).astype(dtype(session))
    if is_padded:
        y, padding = run_padded(session, x, generator)
        x = with_counts(x, padding)
    else:
        [y] = session.run(None, {"input": x})
    return {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "inputs": short(x), "outputs": short(y)}


def main():
    versions = {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
    runs = {file.with_suffix(".txt").read_text(): run(file) for file in sorted(folder.glob("*.onnx"))}
    path.write_text(json.dumps(versions | {"runs": runs}) + "\n")
    print(len(runs), "files")


main()
