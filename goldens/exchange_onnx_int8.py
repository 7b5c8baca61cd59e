"""Runs the ONNX files of tests/exchange/int8.rs, forms of one byte with QuantizeLinear and DequantizeLinear.

    pip install onnx onnxruntime
    UPDATE_GOLDENS=1 cargo test -p typednet --features exchange --test exchange int8
    python3 goldens/exchange_onnx_int8.py

The second command writes goldens/exchange/onnx_int8/. Each file is checked by onnx.checker with its shapes, and run with one sample
and with three.

Nothing is optimised, so each operator computes what it says: on x86 processors without VNNI the products of bytes that ONNX Runtime makes of
them else are sums of 16 bits, which end at their largest number (its documentation of quantisation has it under "U8S8").
"""

from pathlib import Path

import onnxruntime
from onnx_runs import write

options = onnxruntime.SessionOptions()
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL

here = Path(__file__).parent
write(here / "exchange" / "onnx_int8", here / "exchange_onnx_int8.json", options)
