"""Writes embedding.json: what PyTorch computes for networks that begin with an embedding.

    python3 goldens/embedding.py

For each network: its parameters in typednet's order (a table as [tokens][width], a weight as [inputs][outputs], then its bias; a
weight that is tied with a table stands there alone, behind its bias, and its gradient is what PyTorch adds up of both uses), a batch of inputs and targets, and in both precisions the outputs, the mean squared error and the gradient of every parameter.
Inputs stand as numbers from -1 to 1, as the tests draw them: of a vocabulary of V, x is the token floor((x + 1) / 2 · V). By them
nothing has a gradient, so theirs is 0.
Parameters, inputs and targets are numbers that float32 holds exactly, so both precisions start from the same values.
Networks that the file has are kept (`kept.py`).
"""

import json
import pathlib

import kept
import torch
from torch import nn

ROWS = 6


class Positions(nn.Module):
    def __init__(self, steps, width):
        super().__init__()
        self.table = nn.Parameter(torch.randn(steps, width))

    def forward(self, x):
        return x + self.table


class Head(nn.Linear):
    """Its weight is an embedding's."""


class Tied(nn.Module):
    """The head's weight is the embedding's, as in nanoGPT; with a bias, if it has one."""

    def __init__(self, vocabulary, width, *inner, bias=False):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.inner = nn.Sequential(*inner)
        self.head = Head(width, vocabulary, bias=bias)
        self.head.weight = self.embedding.weight

    def forward(self, tokens):
        return self.head(self.inner(self.embedding(tokens)))


# The name, the size of the vocabulary, the shape of the input, and the layers.
NETWORKS = [
    ("[4] => Embedding<3> | Mean", 5, (4,), lambda: [nn.Embedding(5, 3)]),
    ("[6] => Embedding<1> | Mean", 2, (6,), lambda: [nn.Embedding(2, 1)]),
    (
        "[4] => Embedding<3> => Dense<2, Tanh> => Flatten => Dense<3, Linear> | Mean",
        9,
        (4,),
        lambda: [nn.Embedding(9, 3), nn.Linear(3, 2), nn.Tanh(), nn.Flatten(), nn.Linear(8, 3)],
    ),
    ("[4] => TiedEmbedding<3> | Mean", 5, (4,), lambda: [Tied(5, 3, nn.LayerNorm(3))]),
    ("[6] => TiedEmbedding<1> | Mean", 2, (6,), lambda: [Tied(2, 1, nn.Linear(1, 1), nn.Tanh())]),
    (
        "[5] => TiedEmbedding<8> | Mean",
        9,
        (5,),
        lambda: [Tied(9, 8, Positions(5, 8), nn.LayerNorm(8), nn.Linear(8, 8), nn.Tanh())],
    ),
    ("[4] => TiedEmbedding<3, bias = true> | Mean", 5, (4,), lambda: [Tied(5, 3, nn.LayerNorm(3), bias=True)]),
    (
        "[5] => TiedEmbedding<8, bias = true> | Mean",
        9,
        (5,),
        lambda: [Tied(9, 8, Positions(5, 8), nn.Linear(8, 8), nn.Tanh(), bias=True)],
    ),
]


def parts(model):
    """Each parameter in typednet's order, and whether PyTorch has it the other way round."""
    for module in model.modules():
        if isinstance(module, Tied) and module.head.bias is not None:
            yield module.head.bias, False
        elif isinstance(module, nn.Embedding):
            yield module.weight, False
        elif isinstance(module, Positions):
            yield module.table, False
        elif isinstance(module, nn.LayerNorm):
            yield module.weight, False
            yield module.bias, False
        elif isinstance(module, nn.Linear) and not isinstance(module, Head):
            yield module.weight, True
            yield module.bias, False


def numbers(tensor, transposed=False):
    tensor = tensor.detach()
    flat = (tensor.T if transposed else tensor).reshape(-1).numpy()
    return [float(n) if tensor.dtype == torch.float64 else float(str(n)) for n in flat]


def run(model, tokens, y, dtype):
    model = model.to(dtype)
    model.zero_grad()
    outputs = model(tokens)
    loss = nn.functional.mse_loss(outputs, y.to(dtype))
    loss.backward()
    return {
        "outputs": numbers(outputs),
        "loss": numbers(loss)[0],
        "gradient": [n for part, transposed in parts(model) for n in numbers(part.grad, transposed)],
        "input_gradient": [0.0] * tokens.numel(),
    }


def main():
    path = pathlib.Path(__file__).with_name("embedding.json")
    networks = kept.networks(path)
    for name, vocabulary, shape, layers in NETWORKS:
        if name in networks:
            continue
        torch.manual_seed(kept.seed(name))
        model = nn.Sequential(*layers())
        for module in model.modules():
            if isinstance(module, nn.LayerNorm):
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.normal_(module.bias)
        x = torch.rand(ROWS, *shape) * 2 - 1
        tokens = ((x.double() + 1) / 2 * vocabulary).floor().long()
        y = torch.randn_like(model(tokens))
        networks[name] = {
            "name": name,
            "parameters": [n for part, transposed in parts(model) for n in numbers(part, transposed)],
            "inputs": numbers(x),
            "targets": numbers(y),
            "float32": run(model, tokens, y, torch.float32),
            "float64": run(model, tokens, y, torch.float64),
        }
    lines = ",\n".join(json.dumps(network) for network in networks.values())
    path.write_text(f'{{"torch": "{torch.__version__}", "rows": {ROWS}, "networks": [\n{lines}\n]}}\n')


main()
