"""Arrays between numpy and typednet, for tests/exchange/npz.rs.

    pip install numpy
    UPDATE_GOLDENS=1 cargo test -p typednet --features exchange --test exchange
    python3 goldens/npz.py

It reads goldens/exchange/ours_mlp.npz, which typednet has written (the second command), and writes numpy_*.npz beside it: as `savez` and
`savez_compressed` do, in three precisions, and with arrays that were transposed, which numpy saves in Fortran's order. npz.json holds
what the network 6 => Dense<8, Relu> => BatchNorm => Dropout<0.5> => Dense<5, Tanh> => Dense<3, Softmax> gives with each, in float64.
What numpy has written stays as it is; to have it made anew, delete the files.
"""

import json
from pathlib import Path

import numpy as np

folder = Path(__file__).parent / "exchange"
inputs = np.array([[0.5, -1.0, 0.25, 2.0, -0.75, 1.5], [0.0, 0.125, -0.5, -2.0, 1.0, 0.375]])


def network(w, x):
    w = {name: array.astype(np.float64) for name, array in w.items()}
    x = np.maximum(x @ w["l1.weight"] + w["l1.bias"], 0)
    x = (x - w["l2.running_mean"]) / np.sqrt(w["l2.running_variance"] + 1e-5) * w["l2.scale"] + w["l2.bias"]
    x = np.tanh(x @ w["l4.weight"] + w["l4.bias"])
    x = np.exp(x @ w["l5.weight"] + w["l5.bias"])
    return x / x.sum(axis=1, keepdims=True)


def drawn(random, like):
    arrays = {name: random.uniform(-1, 1, array.shape) for name, array in like.items()}
    arrays["l2.running_variance"] = np.abs(arrays["l2.running_variance"]) + 0.5
    return arrays


ours = dict(np.load(folder / "ours_mlp.npz"))
random = np.random.default_rng(5)
files = {"ours": ours}
for name, change, save in [
    ("plain", lambda a: a.astype(np.float32), np.savez),
    ("packed", lambda a: a.astype(np.float32), np.savez_compressed),
    ("double", lambda a: a, np.savez),
    ("half", lambda a: a.astype(np.float16), np.savez),
    ("turned", lambda a: np.asfortranarray(a.astype(np.float32)), np.savez),
]:
    path = folder / f"numpy_{name}.npz"
    if not path.exists():
        save(path, **{key: change(array) for key, array in drawn(random, ours).items()})
    files[name] = dict(np.load(path))

goldens = {
    name: {"inputs": inputs.tolist(), "outputs": network(weights, inputs).tolist()} for name, weights in files.items()
}
(Path(__file__).parent / "npz.json").write_text(json.dumps(goldens, indent=1) + "\n")
