"""Runs the ONNX files of tests/exchange/onnx.rs and padded.rs.

    pip install onnx onnxruntime
    UPDATE_GOLDENS=1 cargo test -p typednet --features exchange --test exchange
    python3 goldens/exchange_onnx.py

The second command writes goldens/exchange/onnx/. Each file is checked by onnx.checker with its shapes, and run with one sample and
with three, where their number is free. Inputs and outputs in exchange_onnx.json are channels last; files whose name begins with
`first_` have both ends channels first, which is turned here. A sample of padded sequences is all steps, and how many of them are
padding.
"""

from pathlib import Path

from onnx_runs import write

here = Path(__file__).parent
write(here / "exchange" / "onnx", here / "exchange_onnx.json")
