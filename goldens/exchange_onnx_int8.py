"""Runs the ONNX files of tests/exchange/int8.rs, forms of one byte with QuantizeLinear and DequantizeLinear.

    pip install onnx onnxruntime
    UPDATE_GOLDENS=1 cargo test -p typednet --features exchange --test exchange int8
    python3 goldens/exchange_onnx_int8.py

The second command writes goldens/exchange/onnx_int8/. Each file is checked by onnx.checker with its shapes, and run with one sample
and with three.
"""

from pathlib import Path

from onnx_runs import write

here = Path(__file__).parent
write(here / "exchange" / "onnx_int8", here / "exchange_onnx_int8.json")
