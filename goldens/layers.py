"""Writes layers.json: what PyTorch computes for small networks, in float64 and float32.

    python3 goldens/layers.py

For each network: its parameters in typednet's order (a weight as [inputs][outputs], then its bias), a batch of inputs
and targets, and in both precisions the outputs, the mean loss, the gradient of every parameter and of the inputs.
Parameters, inputs and targets are numbers that float32 holds exactly, so both precisions start from the same values.
Networks that the file has are kept (`kept.py`).
"""

import json
import pathlib

import kept
import torch
from torch import nn
from torch.nn import functional as F

ROWS = 4

ACTIVATIONS = {
    "Linear": lambda z: z,
    "Sigmoid": torch.sigmoid,
    "Tanh": torch.tanh,
    "Relu": torch.relu,
    "LeakyRelu<0.01>": lambda z: F.leaky_relu(z, 0.01),
    "LeakyRelu<-0.5>": lambda z: F.leaky_relu(z, -0.5),
    "Elu<1.0>": lambda z: F.elu(z, 1.0),
    "Elu<0.5>": lambda z: F.elu(z, 0.5),
    "Gelu": F.gelu,
    "GeluTanh": lambda z: F.gelu(z, approximate="tanh"),
    "Silu": F.silu,
    "HardSwish": F.hardswish,
    "Softplus": F.softplus,
    "Softmax": lambda z: F.softmax(z, dim=-1),
    "LogSoftmax": lambda z: F.log_softmax(z, dim=-1),
}

# From the logits and outputs of the last layer, and the targets. The batch's loss is the mean over its rows.
LOSSES = {
    "Mean": lambda z, a, y: F.mse_loss(a, y),
    "Half": lambda z, a, y: 0.5 * F.mse_loss(a, y, reduction="sum") / len(y),
    "BinaryCrossEntropy": lambda z, a, y: F.binary_cross_entropy_with_logits(z, y),
    "CrossEntropy": lambda z, a, y: F.cross_entropy(z, y[:, 0].long()),
    "SoftCrossEntropy": lambda z, a, y: F.cross_entropy(z, y),
    "AbsoluteError": lambda z, a, y: F.l1_loss(a, y),
    "Huber { threshold: 0.25 }": lambda z, a, y: F.huber_loss(a, y, delta=0.25),
    "BinaryCrossEntropyWithLogits": lambda z, a, y: F.binary_cross_entropy_with_logits(z, y),
    "Hinge": lambda z, a, y: F.multi_margin_loss(z, y[:, 0].long()),
    "SquaredHinge": lambda z, a, y: F.multi_margin_loss(z, y[:, 0].long(), p=2),
    "KullbackLeibler": lambda z, a, y: F.kl_div(F.log_softmax(z, dim=-1), y, reduction="batchmean"),
    "WeightedCrossEntropy { weights: [0.5, 2.0, 1.0, 0.25], smoothing: 0.1 }": lambda z, a, y: (
        F.cross_entropy(
            z,
            y[:, 0].long(),
            weight=torch.tensor([0.5, 2.0, 1.0, 0.25], dtype=z.dtype),
            label_smoothing=0.1,
            reduction="sum",
        )
        / len(y)
    ),
}

# Losses against the number of a class, and those against probabilities.
CLASSES = (
    "CrossEntropy",
    "Hinge",
    "WeightedCrossEntropy { weights: [0.5, 2.0, 1.0, 0.25], smoothing: 0.1 }",
    "SquaredHinge",
)
PROBABILITIES = ("SoftCrossEntropy", "KullbackLeibler")

# Sizes with the activation after each layer, and the loss.
NETWORKS = [((3, 5, 4, 2), (name, name, "Linear"), "Mean") for name in ACTIVATIONS] + [
    ((3, 5, 4, 2), ("Tanh", "Relu", "Sigmoid"), "Mean"),
    ((3, 5, 4, 2), ("Sigmoid", "Sigmoid", "Sigmoid"), "Half"),
    ((3, 5, 4, 2), ("Gelu", "Silu", "Tanh"), "Half"),
    ((3, 5, 4, 2), ("Relu", "Relu", "Softmax"), "Mean"),
    ((3, 5, 4, 2), ("Tanh", "Relu", "Sigmoid"), "BinaryCrossEntropy"),
    ((2, 8, 1), ("Relu", "Sigmoid"), "BinaryCrossEntropy"),
    ((3, 17, 9, 10), ("Relu", "Tanh", "Softmax"), "CrossEntropy"),
    ((3, 5, 4), ("Softplus", "LogSoftmax"), "CrossEntropy"),
    ((3, 5, 4), ("Sigmoid", "Softmax"), "SoftCrossEntropy"),
    ((3, 5, 4), ("Silu", "LogSoftmax"), "SoftCrossEntropy"),
    ((3, 5, 4, 2), ("Tanh", "Relu", "Linear"), "AbsoluteError"),
    ((3, 5, 4, 2), ("Tanh", "Silu", "Linear"), "Huber { threshold: 0.25 }"),
    ((3, 5, 4), ("Tanh", "Linear"), "BinaryCrossEntropyWithLogits"),
    ((3, 5, 4), ("Tanh", "Linear"), "Hinge"),
    ((3, 5, 4), ("Tanh", "Softmax"), "KullbackLeibler"),
    ((3, 5, 4), ("Tanh", "LogSoftmax"), CLASSES[2]),
    ((3, 5, 4), ("Tanh", "Linear"), "SquaredHinge"),
]


def draw(sizes, loss):
    """The parameters as (weight, bias) pairs, inputs and targets."""
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layer = nn.Linear(inputs, outputs)  # its weight is [outputs][inputs]
        layers.append((layer.weight.detach().T.contiguous(), layer.bias.detach()))
    x = torch.randn(ROWS, sizes[0])
    if loss in CLASSES:
        y = torch.randint(sizes[-1], (ROWS, 1)).float()
    elif loss in PROBABILITIES:
        y = torch.softmax(torch.randn(ROWS, sizes[-1]), dim=-1)
    else:
        y = torch.rand(ROWS, sizes[-1])
    return layers, x, y


def flat(tensors, dtype):
    """All numbers in a row; those of float32 as short as it can be told exactly."""
    numbers = torch.cat([t.detach().reshape(-1) for t in tensors]).numpy()
    return [float(n) if dtype == torch.float64 else float(str(n)) for n in numbers]


def run(layers, x, y, activations, loss, dtype):
    layers = [(w.to(dtype).requires_grad_(), b.to(dtype).requires_grad_()) for w, b in layers]
    x = x.to(dtype).requires_grad_()
    a = x
    for (weight, bias), activation in zip(layers, activations):
        z = a @ weight + bias
        a = ACTIVATIONS[activation](z)
    value = LOSSES[loss](z, a, y.to(dtype))
    value.backward()
    return {
        "outputs": flat([a], dtype),
        "loss": flat([value], dtype)[0],
        "gradient": flat([p.grad for layer in layers for p in layer], dtype),
        "input_gradient": flat([x.grad], dtype),
    }


def main():
    path = pathlib.Path(__file__).with_name("layers.json")
    networks = kept.networks(path)
    for sizes, activations, loss in NETWORKS:
        text = " => ".join(f"Dense<{size}, {name}>" for size, name in zip(sizes[1:], activations))
        name = f"[{sizes[0]}] => {text} | {loss}"
        if name in networks:
            continue
        torch.manual_seed(kept.seed(name))
        layers, x, y = draw(sizes, loss)
        networks[name] = {
            "name": name,
            "parameters": flat([p for layer in layers for p in layer], torch.float32),
            "inputs": flat([x], torch.float32),
            "targets": flat([y], torch.float32),
            "float64": run(layers, x, y, activations, loss, torch.float64),
            "float32": run(layers, x, y, activations, loss, torch.float32),
        }
    lines = ",\n".join(json.dumps(network) for network in networks.values())
    text = f'{{"torch": "{torch.__version__}", "rows": {ROWS}, "networks": [\n{lines}\n]}}\n'
    path.write_text(text)


main()
