"""Networks of PyTorch, Keras and scikit-learn as ONNX files, for tests/exchange/import.rs.

    pip install torch onnx onnxscript onnxruntime scikit-learn skl2onnx
    python3 goldens/import.py torch sklearn
    pip install tensorflow-cpu keras tf2onnx
    python3 goldens/import.py keras

It writes goldens/import/NAME.onnx, as each program writes it itself, and the inputs and what that program gives for them into
import.json: images channels last, as typednet reads them. What is there stays as it is; to have a network made anew, delete its file.
"""

import json
import os
import sys
import warnings
import zlib
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
warnings.filterwarnings("ignore")

import numpy as np

from kept import old

folder = Path(__file__).parent / "import"
path = Path(__file__).parent / "import.json"


def samples(name, *sizes):
    return np.random.default_rng(zlib.crc32(name.encode())).integers(-16, 17, (3, *sizes)).astype(np.float32) / 8


def last(x):
    return np.moveaxis(x, 1, -1)


def case(program, inputs, outputs):
    return {"program": program, "inputs": np.asarray(inputs).flatten().tolist(), "outputs": np.asarray(outputs).flatten().tolist()}


def of_torch(known):
    import torch
    from torch import nn

    class Residual(nn.Module):
        def __init__(self, *inner):
            super().__init__()
            self.inner = nn.Sequential(*inner)

        def forward(self, x):
            return torch.relu(x + self.inner(x))

    class Lstm(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.norm, self.head = nn.LSTM(3, 6, num_layers=2, batch_first=True), nn.LayerNorm(6), nn.Linear(6, 2)

        def forward(self, x):
            return self.head(self.norm(self.lstm(x)[0][:, -1]))

    class Gru(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.gru, self.head = nn.Embedding(11, 4), nn.GRU(4, 5, batch_first=True, bidirectional=True), nn.Linear(10, 3)

        def forward(self, x):
            return self.head(self.gru(self.table(x))[0].mean(1)).softmax(-1)

    class Branches(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two = nn.Conv2d(2, 3, 3, padding=1), nn.Conv2d(2, 2, 1)
            self.norm, self.head = nn.GroupNorm(1, 5), nn.Linear(5 * 4 * 4, 3)

        def forward(self, x):
            x = nn.functional.silu(self.norm(torch.cat([self.one(x), self.two(x)], dim=1)))
            return self.head(nn.functional.max_pool2d(x, 2).flatten(1))

    networks = {
        "torch_mlp": (False, (1, 8, 8), lambda: nn.Sequential(
            nn.Flatten(), nn.Linear(64, 16), nn.GELU(), nn.Dropout(), nn.Linear(16, 12), nn.GELU(approximate="tanh"), nn.Linear(12, 10),
            nn.LogSoftmax(1),
        )),
        "torch_cnn": (True, (1, 14, 14), lambda: nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3, padding=1), nn.LeakyReLU(0.1), nn.AvgPool2d(2),
            nn.Flatten(), nn.Linear(54, 10),
        )),
        "torch_resnet": (True, (3, 8, 8), lambda: nn.Sequential(
            nn.BatchNorm2d(3), nn.Conv2d(3, 6, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(),
            Residual(nn.Conv2d(6, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1, groups=2)),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 4),
        )),
        "torch_lstm": (False, (5, 3), Lstm),
        "torch_gru": (False, (6,), Gru),
        "torch_encoder": (False, (5, 8), lambda: nn.Sequential(
            nn.TransformerEncoderLayer(8, 2, 12, batch_first=True, norm_first=True, activation="gelu"), nn.Linear(8, 3),
        )),
        "torch_branches": (True, (2, 8, 8), Branches),
        "torch_decoder": (True, (4, 3, 3), lambda: nn.Sequential(
            nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1), nn.ELU(), nn.Upsample(scale_factor=2), nn.Hardswish(),
            nn.Conv2d(3, 1, 3, padding=1), nn.Sigmoid(),
        )),
        "torch_signal": (True, (2, 12), lambda: nn.Sequential(
            nn.Conv1d(2, 4, 3, padding=1), nn.Tanh(), nn.BatchNorm1d(4), nn.Flatten(), nn.Linear(48, 3), nn.Softplus(),
        )),
    }
    for name, (first, sizes, make) in networks.items():
        for way in ["script", "dynamo"]:
            file = folder / f"{name}_{way}.onnx"
            if file.exists() and file.stem in known:
                continue
            torch.manual_seed(zlib.crc32(name.encode()))
            module = make().eval()
            for key, value in module.state_dict().items():
                # Statistics that are not those of the beginning.
                if "running" in key:
                    value += torch.rand_like(value) * 0.3
            x = samples(name, *sizes)
            if name == "torch_gru":
                x = np.abs(x * 8).astype(np.int64) % 11
            with torch.no_grad():
                y = module(torch.from_numpy(x)).numpy()
            given = (torch.from_numpy(x),)
            if way == "dynamo":
                shapes = ({0: torch.export.Dim("batch")},)
                torch.onnx.export(module, given, file, dynamo=True, dynamic_shapes=shapes, external_data=False, verbose=False)
            else:
                torch.onnx.export(module, given, file, dynamo=False, input_names=["input"], output_names=["output"],
                                  dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}})
            known[file.stem] = case(f"PyTorch {torch.__version__}", last(x) if first else x, last(y) if first and y.ndim > 2 else y)


def of_sklearn(known):
    import sklearn
    from skl2onnx import to_onnx
    from sklearn.datasets import load_iris
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    x, classes = load_iris(return_X_y=True)
    x = x.astype(np.float32)
    settings = {"random_state": 0, "max_iter": 200}
    networks = {
        "sklearn_classifier": (classes, make_pipeline(StandardScaler(), MLPClassifier(hidden_layer_sizes=(8,), **settings))),
        "sklearn_binary": (classes > 0, MLPClassifier(hidden_layer_sizes=(6, 4), activation="tanh", **settings)),
        "sklearn_regressor": (x[:, 0], make_pipeline(
            MinMaxScaler(), MLPRegressor(hidden_layer_sizes=(6, 4), activation="logistic", **settings))),
    }
    for name, (targets, network) in networks.items():
        file = folder / f"{name}.onnx"
        if file.exists() and name in known:
            continue
        network.fit(x, targets)
        file.write_bytes(to_onnx(network, x[:1]).SerializeToString())
        rows = x[::40]
        y = network.predict(rows) if name == "sklearn_regressor" else network.predict_proba(rows)
        known[name] = case(f"scikit-learn {sklearn.__version__}", rows, y)


def of_keras(known):
    import keras
    from keras import layers

    def residual():
        x = inputs = layers.Input((8, 8, 2))
        x = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(x)
        y = layers.BatchNormalization()(layers.DepthwiseConv2D(3, padding="same")(x))
        x = layers.ReLU()(layers.Add()([x, y]))
        return keras.Model(inputs, layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(x)))

    networks = {
        "keras_dense": lambda: keras.Sequential([
            layers.Input((8,)), layers.Dense(6, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.2),
            layers.Dense(3, activation="softmax"),
        ]),
        "keras_conv": lambda: keras.Sequential([
            layers.Input((12, 12, 1)), layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(2),
            layers.Conv2D(4, 3, padding="same", activation="relu"), layers.Flatten(), layers.Dense(5, activation="softmax"),
        ]),
        "keras_lstm": lambda: keras.Sequential([layers.Input((6, 3)), layers.LSTM(5), layers.Dense(2)]),
        "keras_residual": residual,
    }
    for name, make in networks.items():
        file = folder / f"{name}.onnx"
        if file.exists() and name in known:
            continue
        keras.utils.set_random_seed(zlib.crc32(name.encode()))
        network = make()
        for layer in network.layers:
            if isinstance(layer, layers.BatchNormalization):
                drawn = np.random.default_rng(7)
                layer.set_weights([w + drawn.uniform(0, 0.3, w.shape) for w in layer.get_weights()])
        x = samples(name, *network.input_shape[1:])
        y = network(x).numpy()
        network.export(file, format="onnx", verbose=False)
        known[name] = case(f"Keras {keras.__version__} on {keras.backend.backend()}", x, y)


def main():
    folder.mkdir(exist_ok=True)
    known = old(path)
    for which in sys.argv[1:] or ["torch", "sklearn", "keras"]:
        {"torch": of_torch, "sklearn": of_sklearn, "keras": of_keras}[which](known)
    path.write_text(json.dumps(dict(sorted(known.items())), indent=None) + "\n")
    print(len(known), "networks")


main()
